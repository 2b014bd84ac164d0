"""2,000 bad inputs on the forms: a French sentence beside the field, never a 500.

Every POST route of the gateway, in front of the real services. `judging.py` reads each answer;
afterwards every form still does what it is for.
"""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from gateway.app import ENTRANCE, FILE, SCREENS
from gateway.parents import forgotten
from tests.databases import Templates
from tests.gateway.bad_forms import Form, Post
from tests.gateway.bad_inputs import MISTAKES, QUERIES, SOUGHT, STRANGE_NAMES
from tests.gateway.bad_routes import FORMS
from tests.gateway.bad_town import Answer, BadTown, a_bad_town
from tests.gateway.judging import faults_of

POSTS_MIN = 2_000
MISTAKES_MIN = 150
AFTER_SIGNING_IN = (
    "//ailleurs.example", "https://ailleurs.example", "\\\\ailleurs", "/\\ailleurs.example",
    "javascript:alert(1)", "/\r\nX-Injecte: oui", "/%0d%0aX-Injecte:%20oui", "/" + "a" * 600, "/é",
)  # fmt: skip


@pytest.fixture(scope="module")
async def town(templates: Templates) -> AsyncIterator[BadTown]:
    async with a_bad_town(templates) as made:
        yield made


def test_every_form_of_the_gateway_has_its_bad_inputs():
    posted = {
        route.path.replace(":[A-Za-z0-9_-]{20,100}", "")
        for route in (*ENTRANCE, *FILE, *SCREENS)
        if route.method == "POST"
    }
    assert {form.route for form in FORMS} == posted


def test_there_are_two_thousand_of_them_and_as_many_mistakes_as_people_make():
    different = {
        (post.path, post.body, *post.headers.items(), post.proof)
        for form in FORMS
        for post in form.posts()
    }
    assert len(different) >= POSTS_MIN
    assert sum(map(len, MISTAKES.values())) >= MISTAKES_MIN


async def judged(town: BadTown, post: Post, who: str) -> list[str]:
    """What is wrong with the answer to a post, whatever was tried before."""
    await town.forget_tries()
    answer = await town.send(post, who)
    kept = tuple((name, town.filled(value)) for name, value in post.kept)
    return [f"{post.what}: {fault}" for fault in faults_of(answer, replace(post, kept=kept))]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.called)
async def test_bad_inputs_are_told_in_french_and_change_nothing(town: BadTown, form: Form):
    before = await town.digest()
    found = [fault for post in form.posts() for fault in await judged(town, post, form.who)]
    assert not found, "\n".join(found)
    assert await town.digest() == before


@pytest.mark.parametrize("who", ["visitor", "applicant"])
async def test_whoever_may_not_send_a_form_is_led_where_they_can_go_on(town: BadTown, who: str):
    before = await town.digest()
    theirs = {"visitor": ("visitor",), "applicant": ("visitor", "applicant")}[who]
    for form in FORMS:
        if form.who in theirs or (form.route.startswith("/mon-compte/") and who == "applicant"):
            continue
        if form.route == "/deconnexion":  # nobody is kept
            continue
        answer = await town.send(form.well(), who)
        where = "/connexion" if who == "visitor" else "/mon-compte/suivi"
        assert (answer.status, answer.headers["Location"]) == (303, where), form.called
    assert await town.digest() == before


async def test_bad_addresses_of_pages_are_told_in_french_too(town: BadTown):
    before, found = await town.digest(), []
    for page, name, value in (
        (page, name, value) for page, names in QUERIES.items() for name in names for value in SOUGHT
    ):
        path = f"{page}?{name}={value}"
        answer = await town.open(path, "family")
        read = Post(path, path, b"", {}, leads="/")
        found += [f"{path}: {fault}" for fault in faults_of(answer, read)]
    assert not found, "\n".join(found)
    assert await town.digest() == before


@pytest.mark.parametrize("value", ["é", "\x80", "%00", "a" * 6_000, '"', "x; __Host-session=y", ""])
async def test_a_strange_cookie_is_nobodys(town: BadTown, value: str):
    for name in ("__Host-session", "__Host-visitor"):
        answer = await town.open("/connexion", "visitor", f"{name}={value}")
        assert faults_of(answer, Post("", "", b"", {})) == []
        form = FORMS[0]
        sent = form.post("cookie", form.typed(), headers={"Cookie": f"{name}={value}"})
        assert (await town.send(sent, "visitor")).status in (403, 422)


async def test_signing_in_leads_nowhere_else(town: BadTown):
    form = next(form for form in FORMS if form.route == "/connexion")
    for onward in AFTER_SIGNING_IN:
        post = form.post("next", form.with_fields({"next": onward}), leads="/")
        assert await judged(town, post, "visitor") == []


@pytest.mark.parametrize("name", STRANGE_NAMES)
async def test_a_strange_name_is_kept_and_shown_as_it_is(town: BadTown, name: str):
    form = next(form for form in FORMS if form.route == "/mon-compte/informations")
    post = form.post(
        "name", form.with_fields({"first_name": name, "company_name": name}), leads=form.good
    )
    answer = await town.send(post, "family")
    assert (answer.status, faults_of(answer, post)) == (303, [])
    for page in ("/", "/mon-compte", "/mon-compte/informations", "/mon-compte/filiations"):
        answer = await town.open(page, "family")
        assert faults_of(answer, Post(page, page, b"", {})) == [], page
        assert answer.status == 200


async def test_afterwards_every_form_still_does_what_it_is_for(town: BadTown):
    for form in FORMS:
        await town.forget_tries()
        answer = await town.send(form.well(), form.who)
        where = answer.headers.get("Location", "")
        assert answer.status == (303 if form.good else 200), (form.called, answer.status)
        assert where.startswith(form.good), (form.called, where)


# -- the judge itself ---------------------------------------------------------------------------


async def test_a_gateway_that_breaks_is_seen(town: BadTown, monkeypatch: pytest.MonkeyPatch):
    def breaks(_text: str) -> str:
        raise RuntimeError("a bug")

    monkeypatch.setattr(forgotten, "email_fault", breaks)
    form = FORMS[0]
    found = [fault for post in form.posts() for fault in await judged(town, post, form.who)]
    assert any("status 500" in fault for fault in found)


async def test_a_form_that_says_nothing_beside_its_field_is_seen(
    town: BadTown, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(forgotten, "email_fault", lambda _text: "")
    form = FORMS[0]
    found = [fault for post in form.posts() for fault in await judged(town, post, form.who)]
    assert any("no word about the mistake" in fault for fault in found)


GOOD_PAGE = (
    '<!doctype html><html lang="fr"><head><title>Erreur : Page</title></head><body><h1>Page</h1>'
    '<form action="/"><label for="email">Adresse</label><p id="email-erreur">Indiquez-la.</p>'
    '<input id="email" name="email" value="x" aria-invalid="true" aria-describedby="email-erreur">'
    '<input type="hidden" name="other" value="kept"></form></body></html>'
)
WORSE = {
    "status 500": ("status", 500),
    "leads to ''": ("status", 303),
    "says 'Invalid'": ("Page</h1>", "Page</h1><p>Invalid value</p>"),
    "says 'Traceback'": ("Page</h1>", "Page</h1><pre>Traceback (most recent call last)</pre>"),
    "raw '<script>alert'": ("Page</h1>", "Page</h1><script>alert(1)</script>"),
    "raw '62773913'": ("Page</h1>", "Page</h1>62773913"),
    "not exactly one h1": ("<h1>Page</h1>", ""),
    "beside email stands": ("Indiquez-la.", "Indiquez-la"),
    "email is not marked": ('aria-invalid="true" ', ""),
    "lost": ('value="kept"', 'value=""'),
    "shows a password": ('value="x"', 'value="un mot de passe"'),
    "title without error": ("Erreur : ", ""),
    "not a page in French": ('lang="fr"', 'lang="en"'),
    "no security headers": ("headers", {}),
    "a header was injected": ("headers", {"Content-Security-Policy": "", "X-Injecte": "oui"}),
}


@pytest.mark.parametrize("fault", WORSE)
def test_the_judge_sees_what_is_wrong(fault: str):
    headers = {"Content-Security-Policy": "default-src 'self'"}
    good = Answer(422, headers, GOOD_PAGE)
    post = Post(
        "", "", b"", {}, wrong="email", kept=(("other", "kept"),), secrets=("un mot de passe",)
    )
    assert faults_of(good, post) == []
    part, instead = WORSE[fault]
    if part in ("status", "headers"):
        worse = replace(good, **{part: instead})
    else:
        worse = replace(good, text=GOOD_PAGE.replace(part, str(instead)))
    assert any(found.startswith(fault) for found in faults_of(worse, post))
