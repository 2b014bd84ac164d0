"""What people type: what is a slip, and what is only unusual."""

import pytest

from chassis.ui.typed import company_fault, email_fault, name_fault, password_fault
from tests.gateway.bad_inputs import MISTAKES, STRANGE_NAMES


@pytest.mark.parametrize("address", [
    "claire@exemple.fr", "Claire.Dupont@Exemple.FR", "claire+cantine@exemple.fr", "a@b.co",
    "o'brien@exemple.fr", "claire_dupont-2@sous.domaine.exemple.fr", "123@orange.fr",
    "claire@saint-etienne.fr", "claire@xn--cole-9oa.fr", "claire@exemple.xn--p1ai",
    f"{'a' * 60}@exemple.museum",
])  # fmt: skip
def test_an_address_that_can_be_written_to_is_taken(address: str):
    assert email_fault(address) == ""


@pytest.mark.parametrize("address", MISTAKES["email"])
def test_a_slip_in_an_address_is_told(address: str):
    assert email_fault(address.strip()).endswith("comme prenom.nom@exemple.fr.")


def test_an_accent_or_a_space_in_an_address_is_named():
    assert "sans accent ni espace" in email_fault("clairé@exemple.fr")
    assert "sans accent ni espace" in email_fault("claire @exemple.fr")
    assert "sans accent" not in email_fault("claire.exemple.fr")


@pytest.mark.parametrize("name", [*STRANGE_NAMES, "X", "Ng", "D’Artagnan", "Maël 2"])
def test_a_name_with_letters_is_taken(name: str):
    assert name_fault(name, "Indiquez le nom.") == ""


@pytest.mark.parametrize("name", ["-", "12", "😀", "\u200b", "Lou\u202eane", "Lou\ufffdane"])
def test_what_nobody_is_called_is_told(name: str):
    assert name_fault(name, "Indiquez le nom.") == (
        "Écrivez ce nom avec des lettres, 100 signes au plus."
    )


def test_a_company_may_be_called_by_a_number():
    assert company_fault("1001") == ""
    assert "120 signes" in company_fault("...")


def test_a_password_is_any_text_that_can_be_written():
    assert password_fault("sept rivières 🍎 calmes") == ""
    assert "Tapez-le de nouveau." in password_fault("sept rivières\0calmes")
