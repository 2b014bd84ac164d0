"""A forgotten password, another device, another address."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from deploy.local.demo import MONDAY
from deploy.local.families import Family
from tests.journeys.conftest import OpenPage
from tests.journeys.newcomers import box, sign_in_as
from tests.journeys.portal import Portal, sign_in, text_of

pytestmark = pytest.mark.browser
NEW_PASSWORD = "trombone paprika nuage 7"
FIREFOX = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"


async def forget(page: Page, email: str) -> str:
    """« Mot de passe oublié ? », from the button at the top right; what the page then says."""
    await page.goto("/")
    await page.get_by_role("banner").get_by_role("link", name="Connexion").click()
    await page.get_by_role("link", name="Mot de passe oublié").click()
    await box(page, "Adresse e-mail").fill(email)
    await page.get_by_role("button", name="Recevoir un lien").click()
    await page.get_by_role("heading", name="Regardez vos e-mails").wait_for()
    return await text_of(page)


async def choose(page: Page, password: str) -> None:
    """Behind the link: a new password."""
    await page.get_by_label("Nouveau mot de passe").fill(password)
    await page.get_by_role("button", name="Enregistrer et me connecter").click()


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
async def test_a_forgotten_password_is_chosen_again_by_a_link_that_works_once(
    portal: Portal, window: OpenPage, javascript: bool
):
    dupont = await portal.a_family(await portal.a_canteen())
    old, page = await window(), await window(javascript=javascript)
    await sign_in(old, dupont)
    nobody = f"personne.{uuid4().hex[:8]}@famille.example"
    assert await forget(page, nobody) == await forget(page, dupont.email)
    link = await portal.link_at(dupont.email, "Choisissez votre mot de passe")
    assert await portal.letters_now(nobody) == []
    await page.goto(link)
    await choose(page, "dupont2026")
    await expect(page.get_by_label("Nouveau mot de passe")).to_have_accessible_description(
        re.compile("Ce mot de passe")
    )
    await choose(page, NEW_PASSWORD)
    await page.get_by_role("heading", name=f"Bonjour {dupont.first_name}").wait_for()
    await portal.one_letter(dupont.email, "Votre mot de passe a changé")
    assert not await portal.is_signed_in(old)
    again = await window(javascript=javascript)
    await again.goto(link)
    assert "Ce lien a déjà servi" in await text_of(again)
    await again.get_by_role("link", name="Recevoir un nouveau lien").click()
    await again.get_by_role("heading", name="Mot de passe oublié").wait_for()
    await sign_in_as(again, dupont.email, NEW_PASSWORD)


async def test_a_password_link_of_half_an_hour_ago_is_refused_kindly(
    portal: Portal, window: OpenPage
):
    dupont = await portal.a_family(await portal.a_canteen())
    page, late = await window(), await window()
    await forget(page, dupont.email)
    link = await portal.link_at(dupont.email, "Choisissez votre mot de passe")
    await late.goto(link)  # looked at in time, used too late
    try:
        await portal.clock_shows(MONDAY + timedelta(hours=2))
        await page.goto(link)
        await choose(late, NEW_PASSWORD)
        for shown in (page, late):
            await shown.get_by_text("Ce lien n’est plus valable").first.wait_for()
            assert await shown.get_by_role("link", name="Recevoir un nouveau lien").count() == 1
    finally:
        await portal.clock_shows(MONDAY)
    await sign_in(page, dupont)


async def test_an_account_of_the_version_before_is_entered_by_the_same_link(
    portal: Portal, window: OpenPage
):
    email = f"ancienne.{uuid4().hex[:8]}@famille.example"
    imported = Family(email, "", "Claire", "Morel", (("Zoé", None),))
    await portal.town_hall.take_over(imported)
    page = await window()
    await forget(page, email)
    await page.goto(await portal.link_at(email, "Choisissez votre mot de passe"))
    await choose(page, NEW_PASSWORD)
    await page.get_by_role("heading", name="Bonjour Claire").wait_for()
    await page.goto("/mon-compte/filiations")
    assert "Zoé" in await text_of(page)


async def test_another_device_is_told_by_e_mail_listed_and_signed_out(
    portal: Portal, window: OpenPage
):
    dupont = await portal.a_family(await portal.a_canteen())
    computer, phone = await window(), await window(device=FIREFOX)
    await sign_in(computer, dupont)
    await sign_in(phone, dupont)
    letter = await portal.one_letter(dupont.email, "Nouvelle connexion à votre compte")
    assert "Firefox sur Android" in letter["text"]
    await computer.goto("/mon-compte/appareils")
    said = await text_of(computer)
    assert "Chrome sur Linux Cet appareil" in said, said
    assert "Firefox sur Android" in said, said
    await computer.get_by_role("button", name="Déconnecter Firefox sur Android").click()
    await computer.get_by_text("Cet appareil est déconnecté").wait_for()
    assert "Firefox sur Android" not in await text_of(computer)
    assert not await portal.is_signed_in(phone)
    assert await portal.is_signed_in(computer)


async def test_another_address_counts_once_its_link_was_followed_and_both_are_written_to(
    portal: Portal, window: OpenPage
):
    dupont = await portal.a_family(await portal.a_canteen())
    new = f"nouvelle.{uuid4().hex[:8]}@famille.example"
    page = await window()
    await sign_in(page, dupont)
    await page.goto("/mon-compte/informations")
    await page.get_by_role("link", name="Changer d’adresse e-mail").click()
    await box(page, "Nouvelle adresse e-mail").fill(new)
    await page.get_by_label("Mot de passe").fill("pas le bon mot de passe")
    await page.get_by_role("button", name="Envoyer le lien").click()
    await page.get_by_role("alert").wait_for()
    assert await box(page, "Nouvelle adresse e-mail").input_value() == new
    await page.get_by_label("Mot de passe").fill(dupont.password)
    await page.get_by_role("button", name="Envoyer le lien").click()
    await page.get_by_text("Un lien vient de partir à la nouvelle adresse").wait_for()
    await page.goto(await portal.link_at(new, "Confirmez votre nouvelle adresse"))
    await page.get_by_role("button", name="Confirmer mon adresse").click()
    await page.get_by_text("Votre adresse e-mail est confirmée").wait_for()
    assert f"Votre adresse est {new}" in await text_of(page)
    for address in (dupont.email, new):
        await portal.one_letter(address, "Votre adresse e-mail a changé")
    other = await window()
    await sign_in_as(other, new, dupont.password)
    await other.get_by_role("button", name="Déconnexion").click()
    await other.goto("/connexion")
    await box(other, "Adresse e-mail").fill(dupont.email)
    await other.get_by_label("Mot de passe").fill(dupont.password)
    await other.get_by_role("button", name="Se connecter").click()
    await other.get_by_role("alert").wait_for()
