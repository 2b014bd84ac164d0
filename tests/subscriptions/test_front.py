"""The service's process serves the console's pages beside its operations, each in its own way."""

import aiohttp

from tests.accounts.at_work import AtWork


async def test_pages_and_operations_answer_in_their_own_shapes(subscriptions: AtWork) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{subscriptions.url}/console/nulle-part") as page:
            assert page.status == 404
            assert page.content_type == "text/html"
            assert "Cette page est introuvable" in await page.text()
        async with session.post(f"{subscriptions.url}/console/connexion", data={"a": "b"}) as page:
            assert page.status == 403
            assert page.content_type == "text/html"
        async with session.get(f"{subscriptions.url}/nowhere") as answer:
            assert answer.status == 404
            assert answer.content_type == "application/problem+json"
            assert "Content-Security-Policy" not in answer.headers


async def test_the_sign_in_page_opens_while_every_neighbour_is_away(subscriptions: AtWork) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{subscriptions.url}/console/connexion") as page,
    ):
        assert page.status == 200
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
        assert "Espace des mairies" in await page.text()
