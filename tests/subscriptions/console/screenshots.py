"""`python -m tests.subscriptions.console.screenshots FOLDER`: every page at two sizes, with axe."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright

from chassis import log
from contracts import accounts, subscriptions
from contracts.refusal import NotFound, Unavailable
from contracts.values import AGGLOMERATION, HouseholdId, RequestId
from tests.subscriptions.console.neighbours import (
    BRUNO,
    CODE,
    COUBON,
    DUPONT,
    NOW,
    PASSWORD,
    POLIGNAC,
    SECRET,
    Script,
    a_request,
    a_script,
    a_sheet,
    an_access,
    an_act,
    an_id,
    console_with,
)

SIZES = {"360": (360, 740), "1280": (1280, 900)}
Do = Callable[[Page, Script], Awaitable[None]]


def at(path: str, **raises: Exception) -> Do:
    """A page as it opens."""

    async def go(page: Page, script: Script) -> None:
        for name, error in raises.items():
            script.raises[name.replace("__", ".")] = error
        await page.goto(path)

    return go


def then(first: Do, *acts: tuple[str, str], press: str, **raises: Exception) -> Do:
    """Fill in, tick or choose, then press a button."""

    async def go(page: Page, script: Script) -> None:
        await first(page, script)
        for place, value in acts:
            if value == "tick":
                await page.locator(place).first.check()
            else:
                await page.fill(place, value)
        for name, error in raises.items():
            script.raises[name.replace("__", ".")] = error
        await page.click(f"main button:has-text('{press}')")

    return go


def busy() -> Script:
    """An administrator of the agglomeration, with much that waits."""
    script = a_script("administrator", at=COUBON)
    script.roles[AGGLOMERATION] = ("administrator",)
    script.pending += [
        a_request(n, category="adulte", category_label="Adulte", authority=POLIGNAC,
                  authority_label="Mairie de Polignac-en-Velay")
        for n in range(12, 18)
    ]  # fmt: skip
    script.pending.sort(key=lambda one: one.asked)
    script.waiting = [
        a_sheet(HouseholdId(an_id("petit")), "Petit", state="waiting"),
        a_sheet(HouseholdId(an_id("grand")), "de La Grande-Famille", state="waiting"),
    ]
    script.sheets[DUPONT] = unproved(script.sheets[DUPONT])
    script.access[DUPONT] = (
        an_access("pending", a_request(1).request),
        an_access("open", RequestId(an_id("held")), category="adulte", category_label="Adulte"),
        an_access("refused", RequestId(an_id("refused")), reason="proof_missing"),
    )
    script.acts = {
        "subscriptions": [
            an_act(40, "subscriptions.judge_requests", before={"state": "pending"}, after={
                "state": "approved", "service_label": "Restaurant scolaire",
                "category_label": "Enfant commune", "valid_until": "2027-07-02"}),
            an_act(41, "subscriptions.set_roles", before={"roles": ["kitchen"]},
                   after={"roles": ["kitchen", "regisseur"]}, why="Remplacement en décembre."),
        ],
        "payments": [an_act(42, "payments.take_cash", after={
            "cents": 4000, "means": "cheque", "number": 12})],
        "accounts": [an_act(39, "accounts.invite_agent", personal={
            "first_name": "Bruno", "last_name": "Roche", "email": "bruno@mairie.example.fr"})],
    }  # fmt: skip
    script.devices = (
        accounts.Device(session=an_id("office"), label="Edge sur Windows", seen=NOW,
                        opened=NOW - timedelta(hours=2), keep=False),
    )  # fmt: skip
    return script


def unproved(sheet: accounts.HouseholdSheet) -> accounts.HouseholdSheet:
    """The family with another adult, who has not proved an address."""
    paul = sheet.household.adults[0].model_copy(
        update={"first_name": "Paul", "email": "paul.martin-dupont@example.fr"}
    )
    return sheet.model_copy(update={"unproved": (paul,), "state": "waiting"})


REQUEST = f"/console/demandes/{a_request(1).request}?foyer={DUPONT}"
BOTH = f"/console/demandes?commune={COUBON}" + "".join(
    f"&demande={a_request(n).request}" for n in (9, 1)
)
MEMBER, INVITE = f"/console/equipe/{BRUNO}?commune={COUBON}", "/console/equipe/inviter"
MOVED = subscriptions.RolesMoved(roles=("kitchen", "reader"), version=4)
SIGNED_OUT: dict[str, Do] = {
    "sign-in": at("/console/connexion"),
    "sign-in-wrong": then(
        at("/console/connexion"), ("#email", "nadia@mairie.example.fr"), ("#password", "x"),
        ("#code", "1"), press="Se connecter",
    ),
    "sign-in-empty": then(at("/console/connexion"), press="Se connecter"),
    "sign-in-away": then(
        at("/console/connexion"), ("#email", "nadia@mairie.example.fr"), ("#password", "x"),
        ("#code", "1"), press="Se connecter", accounts__open_agent_session=Unavailable(),
    ),
    "forgotten": at("/console/mot-de-passe-oublie"),
    "forgotten-sent": at("/console/mot-de-passe-oublie/envoye"),
    "enrolment": at(f"/console/lien/{SECRET}"),
    "enrolment-wrong": then(
        at(f"/console/lien/{SECRET}"), ("#password", PASSWORD), ("#code", "0"),
        press="Ouvrir mon accès",
    ),
    "link-over": at(f"/console/lien/{SECRET}", accounts__begin_enrolment=NotFound()),
    "codes": then(
        at(f"/console/lien/{SECRET}"), ("#password", PASSWORD), ("#code", CODE),
        press="Ouvrir mon accès",
    ),
}  # fmt: skip
SIGNED_IN: dict[str, Do] = {
    "home": at("/console/"),
    "home-one": at(f"/console/?commune={COUBON}&fait=accepte&n=3"),
    "home-names-missing": at("/console/", accounts__describe_households=Unavailable()),
    "request": at(REQUEST),
    "request-wrong": then(at(REQUEST), press="Refuser"),
    "requests": at(BOTH),
    "requests-lost": then(
        at(BOTH), press="Accepter 2",
        subscriptions__judge_requests=subscriptions.RequestsJudged(
            requests=(a_request(9).request,)
        ),
    ),
    "requests-none": at("/console/demandes"),
    "account-waiting": at(f"/console/comptes/{an_id('petit')}"),
    "team": at(f"/console/equipe?commune={COUBON}"),
    "member": at(MEMBER),
    "member-moved": then(
        at(MEMBER), ("[value=regisseur]", "tick"), press="Enregistrer",
        subscriptions__set_roles=MOVED,
    ),
    "invite-wrong": then(at(INVITE), ("#email", "x"), press="Inviter"),
    "acts": at(f"/console/actes?commune={COUBON}", booking__list_acts=Unavailable()),
    "account": at("/console/compte"),
    "not-found": at("/console/ailleurs"),
}  # fmt: skip
ELSEWHERE: dict[str, tuple[Script, str]] = {
    "no-role": (a_script(), "/console/"),
    "kitchen": (a_script("kitchen"), "/console/"),
    "nothing-waits": (a_script("clerk"), "/console/"),
}
ELSEWHERE["nothing-waits"][0].pending = []


async def enter(page: Page) -> None:
    """Become Nadia."""
    await page.goto("/console/connexion")
    await page.fill("#email", "nadia@mairie.example.fr")
    await page.fill("#password", PASSWORD)
    await page.fill("#code", CODE)
    await page.click("main button:has-text('Se connecter')")


async def take(page: Page, script: Script, name: str, do: Do, folder: Path) -> None:
    """One page as a picture, and what axe says of it."""
    script.raises.clear()
    await do(page, script)
    await page.wait_for_timeout(100)
    await page.screenshot(path=folder / f"{name}.png", full_page=True)
    wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    found = await Axe().run(page)
    told = [f"{v['id']}: {v['nodes'][0]['html'][:140]}" for v in found.response["violations"]]
    sys.stdout.write(f"{name}: {'TOO WIDE ' if wide else ''}{told or 'axe ok'}\n")


async def walk(
    browser: Browser, script: Script, tail: str, screens: dict[str, Do], folder: Path, *,
    signed_in: bool, dark: bool = False,
) -> None:  # fmt: skip
    """All screens of one agent at one size."""
    width, height = SIZES[tail.partition("-")[0]]
    async with console_with(script, base="http://127.0.0.1") as server:
        context = await browser.new_context(
            base_url=str(server.make_url("/")), locale="fr-FR", reduced_motion="reduce",
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
        )  # fmt: skip
        page = await context.new_page()
        if signed_in:
            await enter(page)
        for name, do in screens.items():
            await take(page, script, f"{name}-{tail}", do, folder)
        await context.close()


async def main(folder: Path, only: str = "") -> None:
    """Take them all."""

    def wanted(screens: dict[str, Do]) -> dict[str, Do]:
        return {name: do for name, do in screens.items() if only in name}

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        for size in SIZES:
            for dark in (False, True):
                tail = f"{size}{'-dark' if dark else ''}"
                for screens, inside in ((SIGNED_OUT, False), (SIGNED_IN, True)):
                    await walk(
                        browser, busy(), tail, wanted(screens), folder, signed_in=inside, dark=dark
                    )
            for name, (script, path) in ELSEWHERE.items():
                await walk(browser, script, size, wanted({name: at(path)}), folder, signed_in=True)
        await browser.close()


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    log.configure("critical", "console")
    asyncio.run(main(target, *sys.argv[2:3]))
