"""What accounts tells. No name and no address: whoever writes asks for them when it writes."""

from typing import Literal
from uuid import UUID

from contracts.event import ProcessEvent, StateEvent
from contracts.values import HouseholdId

HouseholdState = Literal["waiting", "refused", "validated"]
HouseholdReason = Literal["unknown_family", "duplicate", "incomplete", "outside"]
HOUSEHOLD_REASONS: dict[HouseholdReason, str] = {
    "unknown_family": "la mairie n’a pas pu vérifier votre identité",
    "duplicate": "un autre compte existe déjà pour votre famille",
    "incomplete": "des informations manquent",
    "outside": "votre situation ne relève d’aucune commune du portail",
}
"""Why an account is refused: a closed list, as a part of a sentence."""


class LetterWanted(ProcessEvent, name="accounts.letter_wanted.v1"):
    """A letter with a link or a notice is to be written; accounts knows to whom, if to anybody.

    Told for unknown addresses too, so that nothing at the door depends on who exists.
    """

    letter: UUID


class HouseholdChanged(StateEvent, name="accounts.household_changed.v1"):
    """A household waits for the town hall, was refused, or is validated.

    Told once an adult of it has proved an address, and at each change from then on.
    """

    household: HouseholdId
    state: HouseholdState
    reason: HouseholdReason | None = None
