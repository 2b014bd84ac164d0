"""The expected noes of accounts."""

from typing import Literal

from contracts.refusal import Details, Refusal


class CredentialsRefused(Refusal, code="accounts.credentials_refused", status=403):
    """The address and the password do not belong together; it is not said which is wrong."""

    sentence = "L’adresse e-mail ou le mot de passe ne correspond pas. Vérifiez-les puis réessayez."


class CodeRefused(Refusal, code="accounts.code_refused", status=403):
    """The code is not the authenticator's of this minute, or was used already."""

    sentence = "Ce code ne correspond pas. Attendez le suivant dans votre application."


class PasswordTooWeak(Refusal, code="accounts.password_too_weak", status=422):
    """A password that could be found: too short for its mix, or too easily guessed."""

    sentence = (
        "Ce mot de passe serait trop facile à trouver. Choisissez-en un d’au moins 12 caractères."
    )

    class Details(Details):
        why: Literal["short", "guessable", "long"] = "guessable"


class TooManyTries(Refusal, code="accounts.too_many_tries", status=429):
    """Too many tries in a short time from here or for this account; nobody is locked out."""

    sentence = "Trop d’essais en peu de temps. Patientez un peu, puis réessayez."

    class Details(Details):
        retry_seconds: int


class LinkOver(Refusal, code="accounts.link_over", status=410):
    """A link that was used, replaced, or whose time is over. A new one can be asked for."""

    sentence = "Ce lien a déjà servi ou n’est plus valable. Demandez-en un nouveau."

    class Details(Details):
        why: Literal["used", "expired", "cancelled"] = "expired"


class AddressTaken(Refusal, code="accounts.address_taken", status=409):
    """Somebody else proved this address first; only who holds the link learns it."""

    sentence = "Un compte existe déjà avec cette adresse. Connectez-vous avec elle."


class AlreadyJudged(Refusal, code="accounts.already_judged", status=409):
    """A validated household cannot be refused any more."""

    sentence = "Ce compte est déjà validé."


class HouseholdFull(Refusal, code="accounts.household_full", status=409):
    """A household has at most thirty beneficiaries and ten adults."""

    sentence = "Votre liste est complète. Retirez quelqu’un avant d’ajouter une personne."
