"""A règlement in plain French, and the agreement of its example with booking's own rule."""

from datetime import date, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contracts.regulation import CategoryPrice, ClosedPeriod, Deadline, Regulation, WeekdayOfWeek
from services.booking.domain.rules import deadline_of
from services.booking.domain.rules import serving_days as booking_serves
from services.subscriptions.console.opening.made import faults_of, regulation_of
from services.subscriptions.console.opening.rows import cents_of, clock_of, day_of, typed_cents
from services.subscriptions.console.opening.typed import TypedService
from services.subscriptions.console.plain import differences, example_day, said_to_families
from services.subscriptions.console.town import Place
from services.subscriptions.domain.calendars import SCHOOL_YEAR, closes_at, serving_days
from tests.subscriptions.console.neighbours import CANTEEN, COUBON, a_regulation, a_town

TODAY = date(2026, 11, 26)
RULES = st.builds(
    WeekdayOfWeek,
    weekday=st.integers(1, 7),
    weeks_before=st.integers(0, 8),
    at=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
)
DAYS = st.dates(date(2026, 8, 1), date(2027, 8, 31))
REGULATIONS = st.builds(
    lambda first, length, weekdays, closed, book, cancel: Regulation(
        **{
            **a_regulation(COUBON, CANTEEN, "Coubon").model_dump(),
            "valid_from": first, "valid_until": first + timedelta(days=length),
            "weekdays": weekdays, "book": Deadline(rule=book), "cancel": Deadline(rule=cancel),
            "closed": [
                ClosedPeriod(first=day, last=day + timedelta(days=more), reason="congés")
                for day, more in closed
            ],
        }
    ),
    DAYS, st.integers(0, 500), st.frozensets(st.integers(1, 7)),
    st.lists(st.tuples(DAYS, st.integers(0, 20)), max_size=4), RULES, RULES,
)  # fmt: skip


def spoken(regulation: Regulation, title: str, today: date = TODAY) -> str:
    """What is said of one subject, with ordinary spaces."""
    said = next(s for s in said_to_families(regulation, today) if s.title == title)
    return " ".join(said.sentences).replace("\xa0", " ").replace("\u202f", " ")


def at_coubon(**changed: object) -> Regulation:
    """Coubon's canteen, with something else."""
    return a_regulation(COUBON, CANTEEN, "Coubon").model_copy(update=changed)


def test_days_and_moments_are_said_in_one_sentence():
    assert spoken(at_coubon(), "Jours") == ("Les lundis, mardis, jeudis et vendredis, à midi.")
    assert spoken(at_coubon(), "Période") == "Du 1er septembre 2026 au 2 juillet 2027."
    evenings = at_coubon(sessions=("matin", "soir"), weekdays=frozenset({3}))
    assert spoken(evenings, "Jours") == "Les mercredis, le matin et le soir."


def test_a_deadline_is_said_with_an_example_that_can_still_be_met():
    assert spoken(at_coubon(), "Réserver") == (
        "Jusqu’au jeudi de la semaine précédente à 10 h 00. Par exemple, pour un repas du "
        "lundi 7 décembre : jusqu’au jeudi 3 décembre à 10 h 00."
    )
    on_monday = spoken(at_coubon(), "Réserver", date(2026, 11, 23))
    assert "lundi 30 novembre : jusqu’au jeudi 26 novembre à 10 h 00" in on_monday


def test_closures_prices_and_places_are_said_one_by_one():
    closed = (ClosedPeriod(first=date(2026, 10, 17), last=date(2026, 11, 1), reason="vacances"),)
    assert spoken(at_coubon(closed=closed), "Fermetures") == (
        "Fermé du 17 octobre au 1er novembre : vacances."
    )
    day = ClosedPeriod(first=date(2026, 11, 11), last=date(2026, 11, 11), reason="11 novembre")
    assert spoken(at_coubon(closed=(day,)), "Fermetures") == "Fermé le 11 novembre."
    assert spoken(at_coubon(), "Fermetures") == "Aucune fermeture n’est prévue."
    assert spoken(at_coubon(), "Tarifs") == "Enfant commune : 3,80 €. Adulte : 6,50 €."
    assert spoken(at_coubon(), "Places") == "120 places par jour."
    twice = at_coubon(sessions=("matin", "soir"), capacity=1)
    assert spoken(twice, "Places") == "1 place à chaque fois : le matin et le soir."
    assert "personne ne peut réserver" in spoken(at_coubon(capacity=0), "Places")


def test_an_article_of_the_commune_s_own_text_is_quoted():
    rule = WeekdayOfWeek(weekday=7, weeks_before=2, at=time(8, 30))
    cancel = Deadline(rule=rule, article="article 6")
    assert "Jusqu’au dimanche deux semaines avant à 8 h 30 (article 6)." in spoken(
        at_coubon(cancel=cancel), "Annuler"
    )


@given(REGULATIONS, DAYS)
def test_the_example_s_deadline_is_booking_s(regulation: Regulation, today: date):
    day = example_day(regulation, today)
    served = booking_serves(regulation)
    assert (day is None) == (not served)
    if day is not None:
        assert day in served
        for action, deadline in (("book", regulation.book), ("cancel", regulation.cancel)):
            ours = closes_at(deadline.rule, day, regulation.zone)
            assert ours == deadline_of(regulation, action, day)  # type: ignore[arg-type]


@given(REGULATIONS)
def test_the_days_that_are_served_are_booking_s(regulation: Regulation):
    assert list(serving_days(regulation, regulation.valid_from)) == booking_serves(regulation)


def test_each_difference_is_a_sentence_and_none_is_none():
    before = at_coubon()
    assert differences(before, before) == []
    prices = (
        CategoryPrice(category="commune", label="Enfant de la commune", cents=390),
        CategoryPrice(category="hors", label="Hors commune", cents=510),
    )
    after = at_coubon(
        service_name="Cantine", weekdays=frozenset({1, 2, 3, 4}), capacity=90, prices=prices,
        sessions=("midi", "soir"), book=Deadline(rule=before.book.rule, article="article 2"),
        closed=(ClosedPeriod(first=date(2026, 12, 24), last=date(2026, 12, 24), reason="Noël"),),
        valid_until=date(2027, 6, 30),
    )  # fmt: skip
    said = "\n".join(differences(before, after)).replace("\xa0", " ")
    for sentence in (
        "Le nom devient « Cantine » (c’était « Restaurant scolaire »).",
        "au 30 juin 2027 (c’était du 1er septembre 2026 au 2 juillet 2027).",
        "Service ajouté le mercredi.", "Plus de service le vendredi.", "Service ajouté le soir.",
        "Fermeture ajoutée : le 24 décembre, Noël.", "Réserver : jusqu’au jeudi",
        "L’entrée « Enfant commune » s’appelle maintenant « Enfant de la commune ».",
        "« Enfant de la commune » : 3,90 € au lieu de 3,80 €.",
        "Nouvelle entrée « Hors commune » à 5,10 €.", "L’entrée « Adulte » n’existe plus",
        "90 places (c’était 120).",
    ):  # fmt: skip
        assert sentence in said, sentence


# -- the form -------------------------------------------------------------------------------------


def test_amounts_days_and_times_are_read_as_people_type_them():
    assert [cents_of(t) for t in ("3,80", "3.8", "4", " 1 234,5 € ", "0,05")] == [
        380, 380, 400, 123_450, 5,
    ]  # fmt: skip
    assert [cents_of(t) for t in ("", "trois", "3,805", "-3", "3,8,0", "٣")] == [None] * 6
    assert [day_of(t) for t in ("2026-12-24", "24/12/2026", "24 12 2026")] == [
        date(2026, 12, 24)
    ] * 3
    assert [day_of(t) for t in ("", "31/02/2027", "2026-13-01", "24/12/26")] == [None] * 4
    assert [clock_of(t) for t in ("10:00", "8 h 30", "8h30", "10h")] == [
        time(10), time(8, 30), time(8, 30), time(10),
    ]  # fmt: skip
    assert [clock_of(t) for t in ("", "25:00", "10", "midi")] == [None] * 4


@given(st.integers(0, 10_000))
def test_an_amount_that_is_shown_is_read_back(cents: int):
    assert cents_of(typed_cents(cents)) == cents


@given(REGULATIONS)
def test_the_form_of_a_service_makes_the_same_service_again(regulation: Regulation):
    town = a_town(COUBON, "Coubon", CANTEEN)
    place = Place(COUBON, "Coubon", frozenset({"administrator"}), 0, town.regies, town.services)
    typed = TypedService.changing(regulation)
    wrong = [step for step in range(1, 6) if faults_of(typed, step, [place])]
    if wrong:  # no weekday at all, or a deadline after the service: told, never published
        assert set(wrong) <= {2, 5}
        return
    made = regulation_of(typed, place, regulation)
    assert made.version == regulation.version + 1
    kept = {"version", "closed"}
    assert made.model_dump(exclude=kept) == regulation.model_dump(exclude=kept)
    assert set(made.closed) == set(regulation.closed)


def test_the_three_zones_are_closed_on_the_ministry_s_days():
    seasons = ("vacances d’hiver", "vacances de printemps")
    assert {
        zone: [(str(p.first), str(p.last)) for p in closed if p.reason in seasons]
        for zone, closed in SCHOOL_YEAR.closed.items()
    } == {
        "A": [("2027-02-13", "2027-02-28"), ("2027-04-10", "2027-04-25")],
        "B": [("2027-02-20", "2027-03-07"), ("2027-04-17", "2027-05-02")],
        "C": [("2027-02-06", "2027-02-21"), ("2027-04-03", "2027-04-18")],
    }  # fmt: skip
    for zone, closed in SCHOOL_YEAR.closed.items():
        days = {p.first + timedelta(n) for p in closed for n in range((p.last - p.first).days + 1)}
        holidays = {
            date(2026, 11, 1), date(2026, 11, 11), date(2026, 12, 25), date(2027, 1, 1),
            date(2027, 3, 29), date(2027, 5, 1), date(2027, 5, 6), date(2027, 5, 8),
            date(2027, 5, 17),
        }  # fmt: skip
        assert holidays <= days, zone
        assert SCHOOL_YEAR.zone_of(closed) == zone
