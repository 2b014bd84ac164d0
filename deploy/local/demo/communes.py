"""The guide's eight communes, their entries, prices, deadlines and seats."""

from datetime import time

from contracts.regulation import Deadline, WeekdayOfWeek
from deploy.local.communes import Commune, Entry, Service

TUESDAY_BEFORE = Deadline(
    rule=WeekdayOfWeek(weekday=2, weeks_before=1, at=time(12)), article="article 6"
)
SUNDAY_BEFORE = Deadline(
    rule=WeekdayOfWeek(weekday=7, weeks_before=1, at=time(20)), article="article 3"
)
"""« Réservation tardive » : until the evening before the week begins."""
FRIDAY_TWO_WEEKS_BEFORE = Deadline(
    rule=WeekdayOfWeek(weekday=5, weeks_before=2, at=time(12)), article="article 5"
)
MONDAY_OF_THE_WEEK = Deadline(
    rule=WeekdayOfWeek(weekday=1, weeks_before=0, at=time(8, 30)), article="article 2"
)

AIGUILHE = Commune("Aiguilhe", "Aiguilhe")
BLAVOZY = Commune("Blavozy", "Blavozy")
SAINT_ETIENNE = Commune("Saint-Étienne-Lardeyrol", "Mairie Saint-Étienne-Lardeyrol")
BRIVES = Commune("Brives-Charensac", "Mairie Brives-Charensac")
COUBON = Commune("Coubon", "Mairie Coubon")
CRAPONNE = Commune("Craponne-sur-Arzon", "Mairie de Craponne-sur-Arzon")
POLIGNAC = Commune("Polignac", "Mairie de Polignac")
ROSIERES = Commune("Rosières", "Mairie de Rosières")
COMMUNES = (AIGUILHE, BLAVOZY, SAINT_ETIENNE, BRIVES, COUBON, CRAPONNE, POLIGNAC, ROSIERES)

CANTINE_AIGUILHE = Service(
    AIGUILHE, (Entry("Résidents", 380), Entry("Hors commune", 490)), capacity=80
)
GARDERIE_AIGUILHE = Service(
    AIGUILHE, (Entry("Réservation tardive garderie", 180),), kind="Garderie",
    sessions=("matin", "soir"), book=SUNDAY_BEFORE, cancel=SUNDAY_BEFORE, capacity=6,
)  # fmt: skip
"""Six places an evening: one evening of the demonstration is full."""
CANTINE_BLAVOZY = Service(
    BLAVOZY,
    (
        Entry("Commune 3 enfants", 340), Entry("Hors commune 3 enfants", 430),
        Entry("Résidents commune", 390), Entry("Résidents hors commune", 480),
    ),
    book=TUESDAY_BEFORE, cancel=TUESDAY_BEFORE, capacity=60,
)  # fmt: skip
CANTINE_SAINT_ETIENNE = Service(
    SAINT_ETIENNE, (Entry("Adultes", 650), Entry("Enfants", 360)), capacity=24
)
CANTINE_BRIVES = Service(
    BRIVES,
    (
        Entry("1 parent travaillant à Brives", 420), Entry("Hors commune", 510),
        Entry("Résidant commune", 375), Entry("Tarif réduit", 320),
    ),
    weekdays=frozenset({1, 2, 3, 4, 5}), capacity=120,
)  # fmt: skip
CANTINE_COUBON = Service(
    COUBON,
    (Entry("Adulte", 620), Entry("Enfant commune", 370), Entry("Enfant hors commune", 450)),
    cancel=SUNDAY_BEFORE, capacity=40,
)  # fmt: skip
CANTINE_CRAPONNE = Service(
    CRAPONNE, (Entry("Adultes", 600), Entry("Enfants", 345)),
    book=FRIDAY_TWO_WEEKS_BEFORE, cancel=FRIDAY_TWO_WEEKS_BEFORE, capacity=70,
)  # fmt: skip
CANTINE_POLIGNAC = Service(
    POLIGNAC, (Entry("Adultes", 590), Entry("Enfants", 355)),
    book=MONDAY_OF_THE_WEEK, cancel=MONDAY_OF_THE_WEEK, capacity=50,
)  # fmt: skip
CANTINE_ROSIERES = Service(ROSIERES, (Entry("Enfants", 335), Entry("Adultes", 610)), capacity=45)
SERVICES = (
    CANTINE_AIGUILHE, GARDERIE_AIGUILHE, CANTINE_BLAVOZY, CANTINE_SAINT_ETIENNE, CANTINE_BRIVES,
    CANTINE_COUBON, CANTINE_CRAPONNE, CANTINE_POLIGNAC, CANTINE_ROSIERES,
)  # fmt: skip
