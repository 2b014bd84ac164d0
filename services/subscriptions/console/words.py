"""What roles, ages and states are called in front of agents."""

from datetime import datetime

from chassis.ui import french
from contracts.accounts import HouseholdState
from contracts.subscriptions import AccessState
from contracts.values import StaffRole

ROLES: dict[StaffRole, tuple[str, str]] = {
    "administrator": (
        "Administrateur",
        "Ouvre les services, gère l’équipe, voit les actes, et fait tout ce que font les autres.",
    ),
    "clerk": (
        "Agent d’accueil",
        "Répond aux demandes des familles, cherche une famille, réserve et annule pour elle.",
    ),
    "regisseur": ("Régisseur", "Encaisse espèces et chèques, voit les recettes du jour."),
    "kitchen": ("Cuisine", "Voit combien de repas sont à servir."),
    "attendance": ("Pointage", "Voit la liste des enfants attendus."),
    "reader": ("Consultation", "Voit les effectifs, sans rien modifier."),
}
"""Each role and what it is for, the widest first."""

HOUSEHOLDS: dict[HouseholdState, str] = {
    "waiting": "Compte en attente",
    "refused": "Compte refusé",
    "validated": "Compte validé",
}
ACCESS: dict[AccessState, str] = {
    "pending": "En attente",
    "opening": "Activation en cours",
    "open": "Accordé",
    "refused": "Refusé",
    "withdrawn": "Retiré par la famille",
    "ended": "Terminé",
}


NO_ROLE = "Aucun rôle"


def roles_in_words(roles: tuple[StaffRole, ...] | frozenset[StaffRole]) -> str:
    """« Administrateur et Régisseur »; « Aucun rôle »."""
    return french.listing(label for role, (label, _) in ROLES.items() if role in roles) or NO_ROLE


def age(since: datetime, now: datetime) -> str:
    """« aujourd’hui », « hier », « depuis 3 jours »."""
    days = (now.date() - since.astimezone(now.tzinfo).date()).days
    if days < 1:
        return "aujourd’hui"
    return "hier" if days == 1 else f"depuis {french.count(days, 'jour')}"
