"""What the states of meals and orders are called in front of parents."""

from datetime import date

from chassis.ui import french
from contracts.booking import CellState, OrderState, RefusedMeal
from contracts.values import Session

CELLS: dict[CellState, str] = {
    "bookable": "À réserver",
    "in_cart": "Au panier",
    "held": "En attente",
    "booked": "Réservé",
    "full": "Complet",
    "late": "Trop tard",
    "closed": "Fermé",
    "not_entitled": "Pas d’accès",
}
"""One or two words for a day of the calendar."""

REASONS: dict[CellState, str] = {
    "bookable": "à nouveau disponible, réessayez",
    "in_cart": "déjà dans votre panier",
    "held": "déjà réservé, en attente de confirmation",
    "booked": "déjà réservé",
    "full": "complet",
    "late": "trop tard",
    "closed": "pas de service ce jour-là",
    "not_entitled": "pas d’accès à ce service ce jour-là",
}
"""Why a meal cannot be booked, within a sentence."""

SESSIONS: dict[Session, str] = {"midi": "midi", "matin": "matin", "soir": "soir"}

BOOKINGS: dict[OrderState, str] = {"confirmed": "Réservé", "held": "En attente"}
"""A live booking, by the state of its order."""

ORDERS: dict[OrderState, str] = {
    "confirmed": "Confirmée",
    "held": "En cours de confirmation",
    "released": "Places rendues",
    "cancelled": "Annulée",
}


def session_name(session: Session) -> str:
    """« midi », « soir »; a session that has no name yet shows its own word."""
    return SESSIONS.get(session, session.replace("_", " "))


def product(service_name: str, session: Session) -> str:
    """« Garderie, soir »; a meal at noon goes without saying."""
    return service_name if session == "midi" else f"{service_name}, {session_name(session)}"


def of_authority(label: str) -> str:
    """« de la mairie de Polignac », « d’Aiguilhe »: whose something is, however it is called."""
    name = label.removeprefix("Mairie ")
    if name != label:
        return f"de la mairie {name}"
    return f"d’{label}" if label[0].lower() in "aeiouyéèêâîôh" else f"de {label}"


def place_unsaid(authority: str, service: str) -> str:
    """The commune's name, where the service's own does not say it."""
    name = authority.removeprefix("Mairie ").removeprefix("de ").removeprefix("d’")
    return "" if name in service else authority


def on_day(day: date, session: Session) -> str:
    """« jeudi 3 décembre », « jeudi 3 décembre (soir) »."""
    text = french.day_of_year(day)
    return text if session == "midi" else f"{text} ({session_name(session)})"


def why(meal: RefusedMeal) -> str:
    """« trop tard : c’était jusqu’au jeudi 26 novembre à 10 h 00 (article 4) »."""
    text = REASONS[meal.state]
    if meal.state == "late" and meal.deadline:
        text += f"{french.NBSP}: c’était jusqu’au {french.instant(meal.deadline)}"
    return f"{text} ({meal.article})" if meal.article else text
