"""The credits of a household: what is left, and every movement, like a bank's statement."""

from uuid import uuid4

import pytest

from contracts.payments import Wallet
from contracts.refusal import Unavailable
from tests.gateway.booked import ORDER, a_statement
from tests.gateway.neighbours import AIGUILHE, COUBON, Script
from tests.gateway.reading import Browser

CREDITS = "/mon-compte/credits"
COUBON_S = f"{CREDITS}/{COUBON}"


async def test_credits_are_shown_regie_by_regie(claire: Browser, script: Script) -> None:
    script.wallets = (
        *script.wallets,
        Wallet(regie=AIGUILHE, label="Aiguilhe", balance_cents=900, reserved_cents=380,
               available_cents=520),
    )  # fmt: skip
    page = await claire.get(CREDITS)
    assert page.status == 200
    assert page.faults == []
    assert "20,00 €" in page.plain
    assert "5,20 €" in page.plain
    assert "En plus, 3,80 € réservés" in page.plain
    assert COUBON_S in page.text
    assert "guichet de la mairie" in page.plain


async def test_no_credit_yet_says_how_to_load_some(claire: Browser, script: Script) -> None:
    script.wallets = ()
    page = await claire.get(CREDITS)
    assert page.faults == []
    assert "Vous n’avez pas encore de crédit." in page.plain
    assert "Recharger mes crédits" in page.plain


async def test_movements_read_like_a_bank_s_statement(claire: Browser, script: Script) -> None:
    cancellation = uuid4()
    script.movements[COUBON] = a_statement(
        ("order_reversed", 1520), ("bookings_cancelled", 380), ("order_paid", -1520),
        ("cheque_top_up", 500), ("cash_top_up", 3000), more=cancellation,
    )  # fmt: skip
    page = await claire.get(COUBON_S)
    assert page.faults == []
    assert "38,80 €</span> disponibles" in page.plain
    for text in ("Crédit au guichet, reçu n° 12", "+30,00 €", "Commande du 4 novembre", "−15,20 €",
                 "Crédit au guichet, par chèque, reçu n° 12", "+5,00 €",
                 "Annulation de repas", "+3,80 €", "19,80 €", "Commande annulée"):  # fmt: skip
        assert text in page.plain, text
    assert f'href="/commandes/{ORDER}"' in page.text
    assert f'href="/annulations/{cancellation}"' in page.text
    assert page.plain.index("Annulation de repas") < page.plain.index("Crédit au guichet")


async def test_what_an_order_holds_back_is_explained(claire: Browser, script: Script) -> None:
    script.movements[COUBON] = a_statement(("cash_top_up", 2000))
    script.wallets = (script.wallets[0].model_copy(update={"reserved_cents": 760}),)
    page = await claire.get(COUBON_S)
    assert page.faults == []
    assert "12,40 €</span> disponibles" in page.plain
    assert "Le solde est de 20,00 € ; 7,60 € sont réservés" in page.plain
    script.raises["payments.get_wallets"] = Unavailable()
    assert (await claire.get(COUBON_S)).status == 200


async def test_older_movements_stand_behind_a_link(claire: Browser, script: Script) -> None:
    script.movements[COUBON] = a_statement(*[("cash_top_up", 100)] * 70)
    page = await claire.get(COUBON_S)
    assert page.text.count('<tr role="row">') == 51
    assert f"{COUBON_S}?avant=21" in page.text
    page = await claire.get(f"{COUBON_S}?avant=21")
    assert page.faults == []
    assert page.text.count('<tr role="row">') == 21
    assert "Plus anciens" not in page.text
    assert "Les plus récents" in page.text


async def test_a_wallet_without_movement_says_so(claire: Browser, script: Script) -> None:
    script.movements[COUBON] = a_statement()
    page = await claire.get(COUBON_S)
    assert page.faults == []
    assert "Aucun mouvement pour le moment." in page.plain


@pytest.mark.parametrize(
    "path", [f"{CREDITS}/x", f"{CREDITS}/{uuid4()}", f"{COUBON_S}?avant=x", f"{COUBON_S}?avant=0",
             f"{COUBON_S}?avant=99999999999999999999"],
)  # fmt: skip
async def test_what_is_not_there_is_not_found(claire: Browser, script: Script, path: str) -> None:
    script.movements[COUBON] = a_statement(("cash_top_up", 100))
    page = await claire.get(path)
    assert page.status == 404
    assert page.faults == []


async def test_when_payments_is_away_the_page_says_so(claire: Browser, script: Script) -> None:
    script.raises["payments.list_movements"] = Unavailable()
    script.raises["payments.get_wallets"] = Unavailable()
    for path in (CREDITS, COUBON_S):
        page = await claire.get(path)
        assert page.status == 503
        assert page.faults == []
