"""Those who eat, and the adults: added, corrected, taken off, invited."""

from datetime import UTC, date, datetime

import pytest

from contracts.accounts import Adult, HouseholdFull, Invitation, TooManyTries
from contracts.booking import BookingsAhead, MealKey
from contracts.refusal import FieldError, Malformed, Refusal, Unavailable
from contracts.values import PersonId
from tests.gateway.neighbours import CANTEEN, LOUANE, THEO, Script, an_id
from tests.gateway.reading import Browser

LIST = "/mon-compte/filiations"
JOINING = "/creer-un-compte/filiations"
ZOE = {
    "last_name": "Dupont", "first_name": "Zoé", "birth_day": "10", "birth_month": "5",
    "birth_year": "2018", "filiation": "pere",
}  # fmt: skip
HOSTILE = "<img src=x onerror=alert(1)>"


def ahead(*days: date) -> BookingsAhead:
    """Meals of Louane to come."""
    meals = [MealKey(beneficiary=LOUANE, service=CANTEEN, day=day, session="midi") for day in days]
    return BookingsAhead(meals=tuple(meals))


@pytest.mark.parametrize("path", [LIST, JOINING])
async def test_somebody_who_eats_is_added_and_seen(
    claire: Browser, script: Script, path: str
) -> None:
    page = await claire.get(path)
    assert page.faults == []
    page = await claire.send(page, path, **ZOE)
    assert page.location == f"{path}?fait=ajout"
    asked = script.of("accounts.save_beneficiary")[0]
    assert (asked.first_name, asked.birth_date, asked.filiation) == (
        "Zoé", date(2018, 5, 10), "pere",
    )  # fmt: skip
    page = await claire.get(page.location)
    assert "La personne est ajoutée à votre liste." in page.plain
    assert "10 mai 2018" in page.plain
    assert page.faults == []


async def test_the_step_can_be_passed_with_nobody(claire: Browser, script: Script) -> None:
    empty = script.file.household.model_copy(update={"beneficiaries": ()})
    script.wait("address_unproved", household=empty)
    page = await claire.get(JOINING)
    assert page.faults == []
    assert "Étape 2 sur 3" in page.plain
    assert 'href="/creer-un-compte/services"' in page.text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"first_name": ""}, "Indiquez le prénom."),
        ({"last_name": " "}, "Indiquez le nom."),
        ({"birth_day": "31", "birth_month": "4"}, "Cette date n’existe pas."),
        ({"birth_year": ""}, "Indiquez le jour, le mois et l’année"),
        ({"filiation": ""}, "Choisissez le type de filiation."),
        ({"filiation": "roi"}, "Choisissez le type de filiation."),
    ],
)
async def test_what_is_wrong_is_said_and_the_rest_is_kept(
    claire: Browser, script: Script, changed: dict[str, str], said: str
) -> None:
    page = await claire.send(await claire.get(LIST), LIST, **(ZOE | changed))
    assert page.status == 422
    assert page.faults == []
    assert page.plain.count(said) == 2
    assert script.of("accounts.save_beneficiary") == []
    for name in set(ZOE) - set(changed):
        assert page.field(LIST, name) == ZOE[name]


async def test_an_adult_may_eat_too(claire: Browser, script: Script) -> None:
    await claire.send(await claire.get(LIST), LIST, **(ZOE | {"birth_year": "1985"}))
    assert script.of("accounts.save_beneficiary")[0].birth_date == date(1985, 5, 10)


async def test_somebody_on_the_list_is_corrected(claire: Browser, script: Script) -> None:
    path = f"{LIST}/{LOUANE}"
    page = await claire.get(path)
    assert page.faults == []
    assert page.field(path, "first_name") == "Louane"
    page = await claire.send(page, path, filiation="mere", last_name="Durand")
    assert page.location == f"{LIST}?fait=modification"
    asked = script.of("accounts.save_beneficiary")[0]
    assert (asked.beneficiary, asked.last_name) == (LOUANE, "Durand")


async def test_a_correction_that_is_wrong_or_meets_an_outage_is_kept(
    claire: Browser, script: Script
) -> None:
    path = f"{LIST}/{LOUANE}"
    page = await claire.send(await claire.get(path), path, first_name=HOSTILE, filiation="x")
    assert page.status == 422
    assert page.faults == []
    assert page.field(path, "first_name") == HOSTILE
    script.raises["accounts.save_beneficiary"] = Unavailable()
    page = await claire.send(page, path, filiation="mere")
    assert page.status == 503
    assert page.field(path, "first_name") == HOSTILE


@pytest.mark.parametrize("path", [f"{LIST}/{CANTEEN}", f"{LIST}/x", f"{LIST}/x/retirer"])
async def test_somebody_who_is_not_ours_is_not_there(claire: Browser, path: str) -> None:
    assert (await claire.get(path)).status == 404


async def test_taking_somebody_off_is_asked_about_first(claire: Browser, script: Script) -> None:
    path = f"{LIST}/{LOUANE}/retirer"
    page = await claire.get(path)
    assert page.faults == []
    assert "Supprimer Louane Dupont" in page.plain
    assert script.of("booking.retire_beneficiary") == []
    page = await claire.send(page, path)
    assert page.location == f"{LIST}?fait=retrait&retire={LOUANE}"
    # accounts has not heard yet: the page leaves the name out all the same
    page = await claire.get(page.location)
    assert "Louane" not in page.text
    assert "Théo" in page.text


async def test_somebody_with_meals_ahead_stays_and_the_days_are_told(
    claire: Browser, script: Script
) -> None:
    script.raises["booking.retire_beneficiary"] = ahead(date(2026, 12, 3), date(2026, 12, 4))
    path = f"{LIST}/{LOUANE}/retirer"
    page = await claire.send(await claire.get(path), path)
    assert page.status == 409
    assert page.faults == []
    assert "jeudi 3 et vendredi 4 décembre 2026" in page.plain
    assert 'href="/mon-compte/reservations"' in page.text


async def test_many_days_ahead_are_counted(claire: Browser, script: Script) -> None:
    script.raises["booking.retire_beneficiary"] = ahead(
        *(date(2026, 12, day) for day in range(1, 16))
    )
    path = f"{LIST}/{LOUANE}/retirer"
    page = await claire.send(await claire.get(path), path)
    assert "et 5 autres jours" in page.plain


async def test_who_has_left_already_has_left(claire: Browser, script: Script) -> None:
    path = f"{LIST}/{THEO}/retirer"
    page = await claire.get(path)
    left = script.file.household.model_copy(update={"beneficiaries": ()})
    script.own = script.file.model_copy(update={"household": left})
    assert (await claire.send(page, path)).location == f"{LIST}?fait=retrait"


@pytest.mark.parametrize("refusal", [HouseholdFull(), Unavailable()])
async def test_a_list_that_is_full_or_away_keeps_what_was_typed(
    claire: Browser, script: Script, refusal: Refusal
) -> None:
    script.raises["accounts.save_beneficiary"] = refusal
    page = await claire.send(await claire.get(LIST), LIST, **ZOE)
    assert page.status == refusal.status
    assert page.faults == []
    assert page.field(LIST, "first_name") == "Zoé"


async def test_another_adult_is_invited_and_the_invitation_taken_back(
    claire: Browser, script: Script
) -> None:
    page = await claire.get(LIST)
    page = await claire.send(page, "/mon-compte/invitations", email="paul@example.fr")
    assert page.location == f"{LIST}?fait=invitation"
    assert script.of("accounts.invite_adult")[0].email == "paul@example.fr"
    open_one = Invitation(
        invitation=an_id("invitation"), email="paul@example.fr",
        sent=datetime(2026, 11, 23, 9, 5, tzinfo=UTC),
    )  # fmt: skip
    unproved = Adult(
        person=PersonId(an_id("zoé")), first_name="Zoé", last_name="Petit", email="z@example.fr"
    )
    script.own = script.file.model_copy(
        update={"invitations": (open_one,), "unproved": (unproved,)}
    )
    page = await claire.get(LIST)
    assert page.faults == []
    assert "lundi 23 novembre à 10 h 05" in page.plain
    assert "z@example.fr, adresse à confirmer" in page.plain
    page = await claire.send(page, "/mon-compte/invitations/annuler")
    assert page.location == f"{LIST}?fait=annulation"
    assert script.of("accounts.cancel_invitation")[0].invitation == an_id("invitation")


@pytest.mark.parametrize(
    ("refusal", "status"),
    [(TooManyTries(retry_seconds=60), 429), (HouseholdFull(), 409), (Unavailable(), 503)],
)
async def test_an_invitation_that_cannot_leave_keeps_the_address(
    claire: Browser, script: Script, refusal: Refusal, status: int
) -> None:
    script.raises["accounts.invite_adult"] = refusal
    page = await claire.send(
        await claire.get(LIST), "/mon-compte/invitations", email="paul@example.fr"
    )
    assert page.status == status
    assert page.faults == []
    assert page.field("/mon-compte/invitations", "email") == "paul@example.fr"


async def test_an_invitation_to_no_address_is_said_beside_its_field(claire: Browser) -> None:
    page = await claire.send(await claire.get(LIST), "/mon-compte/invitations", email="paul")
    assert page.status == 422
    assert page.plain.count("Indiquez une adresse e-mail") == 2
    assert page.faults == []


async def test_who_is_an_adult_of_the_account_already_is_not_invited(
    claire: Browser, script: Script
) -> None:
    here = FieldError(field="email", kind="already_here")
    script.raises["accounts.invite_adult"] = Malformed(errors=(here,))
    page = await claire.get(LIST)
    page = await claire.send(page, "/mon-compte/invitations", email="claire@example.fr")
    assert page.status == 422
    assert page.plain.count("Cette adresse est déjà celle d’un adulte du compte.") == 2
    assert page.field("/mon-compte/invitations", "email") == "claire@example.fr"
    assert page.faults == []


async def test_a_hostile_name_is_shown_as_it_was_typed(claire: Browser) -> None:
    page = await claire.send(await claire.get(LIST), LIST, **(ZOE | {"first_name": HOSTILE}))
    page = await claire.get(page.location)
    assert page.faults == []
    assert "<img src=x" not in page.text
    assert "&lt;img src=x" in page.text
