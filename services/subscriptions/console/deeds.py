"""What each act is called, and what stood there before and after, in French."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from chassis.ui import french
from contracts.accounts import HOUSEHOLD_REASONS
from contracts.act import Act
from contracts.subscriptions import ACCESS_REASONS
from services.subscriptions.console.words import roles_in_words

SERVICES = {
    "accounts": "les comptes",
    "booking": "les réservations",
    "payments": "la régie",
    "subscriptions": "les services et les demandes",
}
"""What a service's acts are about."""

DEEDS: dict[str, str] = {
    "accounts.invite_agent": "a invité une personne dans l’équipe",
    "accounts.judge_household": "a répondu à un compte en attente",
    "booking.cancel_bookings": "a annulé des réservations pour une famille",
    "booking.change_cart": "a changé le panier d’une famille",
    "booking.place_order": "a réservé pour une famille",
    "payments.take_cash": "a encaissé de l’argent au guichet",
    "subscriptions.describe_regie": "a créé ou renommé une régie",
    "subscriptions.grant_entitlement": "a donné ou repris un accès",
    "subscriptions.judge_requests": "a répondu à une demande",
    "subscriptions.publish_regulation": "a publié un règlement",
    "subscriptions.set_roles": "a changé les rôles d’une personne",
}
VERDICTS = {
    ("accounts.judge_household", "validated"): "a validé un compte",
    ("accounts.judge_household", "refused"): "a refusé un compte",
    ("subscriptions.judge_requests", "approved"): "a accepté une demande",
    ("subscriptions.judge_requests", "refused"): "a refusé une demande",
}
"""An act whose end says more than its name."""

STATES = {
    "pending": "en attente", "approved": "acceptée", "refused": "refusé", "waiting": "en attente",
    "validated": "validé", "active": "actif", "ended": "terminé", "held": "en attente",
    "confirmed": "confirmée", "cancelled": "annulée", "released": "places rendues",
}  # fmt: skip
MEANS = {"cash": "espèces", "cheque": "chèque", "credits": "crédits"}
FACTS: dict[str, tuple[str, Callable[[Any], str]]] = {
    "first_name": ("Prénom", str),
    "last_name": ("Nom", str),
    "email": ("Adresse e-mail", str),
    "state": ("État", lambda value: STATES.get(value, str(value))),
    "roles": ("Rôles", lambda value: roles_in_words(frozenset(value))),
    "label": ("Nom public", str),
    "service_label": ("Service", str),
    "category_label": ("Entrée", str),
    "version": ("Version", str),
    "number": ("Reçu n°", str),
    "cents": ("Montant", french.money),
    "means": ("Moyen", lambda value: MEANS.get(value, str(value))),
    "meals": ("Nombre", lambda value: str(len(value) if isinstance(value, list) else value)),
    "valid_from": ("À partir du", lambda value: french.day_in_full(date.fromisoformat(value))),
    "valid_until": ("Jusqu’au", lambda value: french.day_in_full(date.fromisoformat(value))),
    "reason": (
        "Motif", lambda value: (ACCESS_REASONS | HOUSEHOLD_REASONS).get(value, str(value)),
    ),
    "explanation": ("Précision", str),
}  # fmt: skip
"""What is shown of an act; ids are for who searches the record itself."""


def sentence(act: Act) -> str:
    """« a accepté une demande »."""
    special = VERDICTS.get((act.what, str(act.after.get("state", ""))))
    return special or DEEDS.get(act.what, "a fait un acte")


def facts_in_words(act: Act) -> list[tuple[str, str]]:
    """What it was about, and what changed: « Rôles: Cuisine → Cuisine et Régisseur »."""
    found = []
    for name, (label, write) in FACTS.items():
        after, before = _written(act.after, name, write), _written(act.before, name, write)
        after = after or _written(act.personal, name, write)
        if before and after and before != after:
            found.append((label, f"{before} → {after}"))
        elif before or after:
            found.append((label, after or before))
    return found


def _written(facts: Mapping[str, Any], name: str, write: Callable[[Any], str]) -> str:
    value = facts.get(name)
    if value is None or value == "":
        return ""
    try:
        return write(value)
    except (ArithmeticError, TypeError, ValueError):
        return str(value)
