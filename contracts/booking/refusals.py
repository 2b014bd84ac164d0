"""The expected noes of booking."""

from contracts import refusal
from contracts.booking.meals import MealKey, PricedMeal, RefusedMeal
from contracts.refusal import Refusal
from contracts.values import Cents


class MealsRefused(Refusal, code="booking.meals_refused", status=409):
    """Some meals cannot be booked; nothing was changed, and each says why."""

    sentence = "Certains repas ne peuvent pas être réservés. Rien n’a été modifié."

    class Details(refusal.Details):
        meals: tuple[RefusedMeal, ...]


class PriceChanged(Refusal, code="booking.price_changed", status=409):
    """The cart is not the one that was shown: nothing was charged; it is given as it is now."""

    sentence = "Votre panier a changé depuis son affichage. Rien n’a été débité."

    class Details(refusal.Details):
        cart_version: int
        cents: Cents
        shown_cents: Cents
        meals: tuple[PricedMeal, ...] = ()


class CartEmpty(Refusal, code="booking.cart_empty", status=409):
    """There is nothing to order in this régie."""

    sentence = "Votre panier est vide. Si vous venez de le valider, votre commande est enregistrée."


class WrongOrderId(Refusal, code="booking.wrong_order_id", status=422):
    """The order's id is not the one that this checkout makes in this régie."""

    sentence = "Cette commande n’a pas été comprise. Revenez au panier puis recommencez."


class TooLateToCancel(Refusal, code="booking.too_late_to_cancel", status=409):
    """The deadline for cancelling these meals is over, or the order was not confirmed in time."""

    sentence = "Il est trop tard pour annuler. Rien n’a été modifié."

    class Details(refusal.Details):
        lines: tuple[int, ...] = ()


class CreditChanged(Refusal, code="booking.credit_changed", status=409):
    """What would be given back is not what was shown: nothing was cancelled."""

    sentence = "Le montant recrédité a changé depuis son affichage. Rien n’a été annulé."

    class Details(refusal.Details):
        credit_cents: Cents
        shown_cents: Cents


class BookingsAhead(Refusal, code="booking.bookings_ahead", status=409):
    """A beneficiary with bookings ahead stays on the list; the next ones are told."""

    sentence = (
        "Des repas sont encore réservés. Annulez-les d’abord, ou attendez le lendemain du dernier."
    )

    class Details(refusal.Details):
        meals: tuple[MealKey, ...] = ()
