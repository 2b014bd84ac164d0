"""Households on their way in: each waits at another step of it, or was told no."""

from datetime import date

from deploy.local.demo.communes import (
    CANTINE_AIGUILHE,
    CANTINE_BLAVOZY,
    CANTINE_BRIVES,
    CANTINE_COUBON,
    CANTINE_POLIGNAC,
    CANTINE_ROSIERES,
)
from deploy.local.demo.days import MONDAY
from deploy.local.demo.stories import PASSWORD, Ask, Eater, Household, address

LAMBERT = Household(
    address("lambert"), PASSWORD, "Hugo", "Lambert", came=MONDAY, by="registering",
)  # fmt: skip
"""Proved and waiting, with nobody who eats and no request."""

FONTAINE = Household(
    address("fontaine"), PASSWORD, "Chloé", "Fontaine", came=MONDAY, by="registering",
    civility="madame", eaters=(Eater("Arthur", date(2020, 4, 23)),),
)  # fmt: skip
"""Proved and waiting, with a child and no request."""

MERCIER = Household(
    address("mercier"), PASSWORD, "Julie", "Mercier", came=MONDAY, by="registering",
    civility="madame",
    eaters=(Eater("Nina", date(2019, 2, 14)), Eater("Julie", date(1988, 10, 9), "moi_meme")),
    asks=(
        Ask("Nina", CANTINE_POLIGNAC, "Enfants", None, on=MONDAY),
        Ask("Julie", CANTINE_COUBON, "Adulte", None, on=MONDAY),
    ),
)  # fmt: skip
"""Waiting, with two requests of two communes that nobody has judged."""

BLANC = Household(
    address("blanc"), PASSWORD, "Olivier", "Blanc", came=MONDAY, by="registering",
    civility="monsieur", eaters=(Eater("Adam", date(2018, 3, 30), "pere"),),
    asks=(
        Ask("Adam", CANTINE_BLAVOZY, "Résidents commune", "refused", "outside",
            "Votre adresse est au Puy-en-Velay. L’entrée « Résidents hors commune » vous est "
            "ouverte.", on=MONDAY),
        Ask("Adam", CANTINE_ROSIERES, "Enfants", "refused", "full", on=MONDAY),
    ),
)  # fmt: skip
"""Waiting; the requests were refused, with a reason."""

PERRIN = Household(
    address("perrin"), PASSWORD, "Paul", "Perrin", came=MONDAY, by="registering",
    eaters=(Eater("Éloïse", date(2021, 1, 11), "pere"),),
    asks=(
        Ask("Éloïse", CANTINE_BRIVES, "Hors commune", "withdrawn", on=MONDAY),
        Ask("Éloïse", CANTINE_BRIVES, "Résidant commune", None, on=MONDAY),
    ),
)  # fmt: skip
"""Waiting; one request was taken back for a better one."""

LEROY = Household(
    address("leroy"), PASSWORD, "Sandrine", "Leroy", came=MONDAY, by="registering",
    civility="madame", eaters=(Eater("Lucie", date(2016, 9, 1)),), judged="unknown_family",
)  # fmt: skip
GARNIER = Household(
    address("garnier"), PASSWORD, "Thomas", "Garnier", came=MONDAY, by="registering",
    judged="incomplete",
)  # fmt: skip
"""Refused accounts."""

CHEVALLIER = Household(
    address("chevallier"), PASSWORD, "Manon", "Chevallier", came=MONDAY, by="registering",
    civility="madame", newsletter=True, eaters=(Eater("Axel", date(2020, 7, 14)),),
    asks=(Ask("Axel", CANTINE_BLAVOZY, "Résidents commune", on=MONDAY),),
)  # fmt: skip
"""Approved this morning: nothing booked, no credits yet."""

ROUX = Household(
    address("roux"), PASSWORD, "Emma", "Roux", came=MONDAY, by="registering", proved=False,
    eaters=(Eater("Ambre", date(2021, 5, 2)),),
    asks=(Ask("Ambre", CANTINE_AIGUILHE, "Résidents", None, on=MONDAY),),
)  # fmt: skip
"""Has said who eats and what for, and has not used the link of the letter."""

GIRARD = Household(
    address("girard"), PASSWORD, "Lucas", "Girard", came=MONDAY, by="registering", proved=False,
)  # fmt: skip
"""Has just registered, and has not used the link of the letter."""

NEWCOMERS = (LAMBERT, FONTAINE, MERCIER, BLANC, PERRIN, LEROY, GARNIER, CHEVALLIER, ROUX)
LAST = GIRARD
"""Comes once everybody else has: who finds him need not load anything."""
