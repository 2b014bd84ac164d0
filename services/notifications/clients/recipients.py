"""Recipients: one message each, with the words that its template wants."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from contracts.accounts import HouseholdView, Letter
from services.notifications.domain.contents import plain, rights, shares
from services.notifications.domain.emails import Email


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom a message goes, from which template it is written, and with what in it.

    `id` is the person's; in a letter of accounts it is made from letter and address.
    """

    id: UUID
    address: str = field(repr=False)
    template: str
    words: Mapping[str, Any] = field(repr=False)


def adults_of(household: HouseholdView, email: Email) -> list[Recipient]:
    """Every adult of the household, in the same words."""
    names = {
        str(eater.beneficiary): plain(eater.first_name)
        for eater in (*household.beneficiaries, *household.former)
    }
    words = {**email.data, "subject": str(email.subject)}
    if "meals" in words:
        words["shares"] = shares(words["meals"], names)
    if "items" in words:
        words["rights"] = rights(words["items"], names)
    return [
        Recipient(
            adult.person, adult.email, email.template,
            {**words, "first_name": plain(adult.first_name)},
        )
        for adult in household.adults
    ]  # fmt: skip


def readers_of(letters: Sequence[Letter]) -> list[Recipient]:
    """Who gets a letter of accounts: nobody, one address, or the old one and the new."""
    return [
        Recipient(
            uuid5(letter.letter, letter.email), letter.email, letter.kind,
            {
                **letter.model_dump(exclude={"letter", "kind", "email"}),
                "first_name": plain(letter.first_name),
                "inviter": plain(letter.inviter),
                "device": plain(letter.device),
            },
        )
        for letter in letters
    ]  # fmt: skip
