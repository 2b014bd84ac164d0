"""Households that book already: the Duponts of the guide and their neighbours."""

from datetime import date

from contracts.accounts import Company
from deploy.local.demo.communes import (
    AIGUILHE,
    BLAVOZY,
    BRIVES,
    CANTINE_AIGUILHE,
    CANTINE_BLAVOZY,
    CANTINE_BRIVES,
    CANTINE_COUBON,
    CANTINE_CRAPONNE,
    CANTINE_POLIGNAC,
    CANTINE_ROSIERES,
    CANTINE_SAINT_ETIENNE,
    COUBON,
    CRAPONNE,
    GARDERIE_AIGUILHE,
    POLIGNAC,
    ROSIERES,
    SAINT_ETIENNE,
)
from deploy.local.demo.days import MONDAY, NOVEMBER, OCTOBER, SEPTEMBER
from deploy.local.demo.stories import (
    PASSWORD,
    Ask,
    Cash,
    Eater,
    Household,
    Meals,
    Order,
    address,
    on,
)
from deploy.local.families import Family

LATE = "Réservation tardive garderie"
EVENING = ("soir",)
BOTH = ("Louane", "Théo")
DUPONT = Household(
    address("dupont"), PASSWORD, "Camille", "Dupont", civility="madame", newsletter=True,
    eaters=(
        Eater("Louane", date(2018, 5, 10)), Eater("Théo", date(2013, 7, 12)),
        Eater("Camille", date(1986, 3, 4), "moi_meme"),
    ),
    asks=(
        Ask("Louane", CANTINE_AIGUILHE, "Résidents"), Ask("Théo", CANTINE_AIGUILHE, "Résidents"),
        Ask("Louane", GARDERIE_AIGUILHE, LATE),
        Ask("Louane", CANTINE_COUBON, "Enfant hors commune"),
        Ask("Théo", CANTINE_COUBON, "Enfant commune", "refused", "outside",
            "Votre adresse est à Aiguilhe : demandez l’entrée « Enfant hors commune ».",
            on=OCTOBER),
        Ask("Camille", CANTINE_COUBON, "Adulte", None, on=MONDAY),
    ),
    cash=(
        Cash(SEPTEMBER, AIGUILHE, 5000), Cash(OCTOBER, COUBON, 2000),
        Cash(NOVEMBER, AIGUILHE, 5600),
    ),
    orders=(
        Order(SEPTEMBER, Meals(CANTINE_AIGUILHE, BOTH, on(9, 24, 25))),
        Order(SEPTEMBER, Meals(GARDERIE_AIGUILHE, ("Louane",), on(9, 22, 24, 25), EVENING)),
        Order(OCTOBER, Meals(CANTINE_AIGUILHE, BOTH, on(10, 13, 15))),
        Order(OCTOBER, Meals(CANTINE_COUBON, ("Louane",), on(10, 12))),
        Order(NOVEMBER, Meals(CANTINE_AIGUILHE, BOTH, on(11, 17, 19, 26)), cancelled=(5,)),
        Order(NOVEMBER, Meals(GARDERIE_AIGUILHE, ("Louane",), on(11, 17, 19), EVENING)),
        Order(NOVEMBER, Meals(CANTINE_AIGUILHE, ("Louane",), on(11, 24, 27)), by_the_other=True),
        Order(NOVEMBER, Meals(CANTINE_COUBON, ("Louane",), on(11, 23, 30))),
    ),
    other=Family(address("alex.dupont"), PASSWORD, "Alex", "Dupont", ()),
)  # fmt: skip
"""The guide's family: 40,00 € at Aiguilhe, a past, meals ahead, every state of a request."""

MARTIN = Household(
    address("martin"), PASSWORD, "Nadia", "Martin", civility="madame",
    eaters=(Eater("Inès", date(2019, 3, 2)),),
    asks=(
        Ask("Inès", CANTINE_AIGUILHE, "Résidents"), Ask("Inès", GARDERIE_AIGUILHE, LATE),
    ),
    cash=(Cash(SEPTEMBER, AIGUILHE, 1000),),
    orders=(
        Order(OCTOBER, Meals(CANTINE_AIGUILHE, ("Inès",), on(11, 3))),
        Order(NOVEMBER, Meals(GARDERIE_AIGUILHE, ("Inès",), on(11, 26), EVENING)),
        Order(MONDAY, Meals(CANTINE_AIGUILHE, ("Inès",), on(11, 24, 26, 27))),
    ),
)  # fmt: skip
"""Credits too short: the last order was released. The cart is empty."""

FIVE = ("Anaïs", "Zoé", "Gabriel", "Léo", "Jade")
PETIT = Household(
    address("petit"), PASSWORD, "Jean-Baptiste", "Petit", civility="monsieur",
    eaters=(
        Eater("Anaïs", date(2015, 11, 30), "pere"), Eater("Zoé", date(2017, 9, 21), "pere"),
        Eater("Gabriel", date(2019, 1, 8), "pere"), Eater("Léo", date(2020, 1, 8), "pere"),
        Eater("Jade", date(2022, 12, 25), "pere"),
    ),
    asks=tuple(
        ask
        for child in FIVE
        for ask in (
            Ask(child, CANTINE_AIGUILHE, "Résidents"), Ask(child, GARDERIE_AIGUILHE, LATE)
        )
    ),
    cash=(Cash(OCTOBER, AIGUILHE, 15000),),
    orders=(
        Order(OCTOBER, Meals(CANTINE_AIGUILHE, FIVE, on(10, 12, 13, 15, 16))),
        Order(NOVEMBER, Meals(GARDERIE_AIGUILHE, FIVE, on(11, 26), EVENING)),
    ),
    cart=(
        Meals(CANTINE_AIGUILHE, FIVE, on(12, 1, 3, 4, 7, 8, 10)),
        Meals(GARDERIE_AIGUILHE, ("Anaïs", "Zoé"), on(12, 3, 10), ("matin", "soir")),
    ),
)  # fmt: skip
"""Five children, a full cart, and with Inès every place of the garderie on one evening."""

MOREAU = Household(
    address("moreau"), PASSWORD, "Sophie", "Moreau", civility="madame",
    eaters=(Eater("Lina", date(2016, 2, 29), last_name="Benali"),),
    asks=(Ask("Lina", CANTINE_BRIVES, "Résidant commune"),),
    cash=(Cash(NOVEMBER, BRIVES, 3000),),
    orders=(Order(NOVEMBER, Meals(CANTINE_BRIVES, ("Lina",), on(11, 16, 18, 19, 30))),),
)  # fmt: skip
BENALI = Household(
    address("benali"), PASSWORD, "Karim", "Benali", civility="monsieur",
    eaters=(Eater("Lina", date(2016, 2, 29), "pere", "Benali", known_to=address("moreau")),),
    asks=(Ask("Lina", CANTINE_BRIVES, "1 parent travaillant à Brives"),),
    cash=(Cash(NOVEMBER, BRIVES, 2500),),
    orders=(Order(NOVEMBER, Meals(CANTINE_BRIVES, ("Lina",), on(11, 23, 25, 26))),),
)  # fmt: skip
"""Lina’s parents are separated: each has a household, a week and a purse."""

TILLEULS = Household(
    address("lestilleuls"), PASSWORD, "Marc", "Chevalier", civility="monsieur",
    company=Company(name="Les Tilleuls SARL", siret="73282932000074"),
    eaters=(
        Eater("Ahmed", None, "autre", "Saïdi"), Eater("Laure", None, "autre", "Pons"),
    ),
    asks=(
        Ask("Ahmed", CANTINE_POLIGNAC, "Adultes"), Ask("Laure", CANTINE_POLIGNAC, "Adultes"),
    ),
    cash=(Cash(OCTOBER, POLIGNAC, 12000),),
    orders=(
        Order(OCTOBER, Meals(CANTINE_POLIGNAC, ("Ahmed", "Laure"), on(11, 3, 5))),
        Order(NOVEMBER, Meals(CANTINE_POLIGNAC, ("Ahmed",), on(11, 17, 24))),
    ),
)  # fmt: skip

BONNET = Household(
    address("bonnet"), PASSWORD, "Françoise", "Bonnet", civility="madame",
    eaters=(Eater("Françoise", date(1951, 8, 15), "moi_meme"),),
    asks=(Ask("Françoise", CANTINE_SAINT_ETIENNE, "Adultes"),),
    cash=(Cash(SEPTEMBER, SAINT_ETIENNE, 6000),),
    orders=(
        Order(SEPTEMBER, Meals(CANTINE_SAINT_ETIENNE, ("Françoise",), on(9, 21, 28))),
        Order(NOVEMBER, Meals(CANTINE_SAINT_ETIENNE, ("Françoise",), on(11, 16, 23, 30))),
    ),
)  # fmt: skip
"""An adult who eats: « moi-même »."""

FAURE = Household(
    address("faure"), "", "Robert", "Faure",
    eaters=(Eater("Maël", date(2017, 4, 1), "pere"), Eater("Noé", date(2019, 6, 18), "pere")),
    asks=(Ask("Maël", CANTINE_CRAPONNE, "Enfants"), Ask("Noé", CANTINE_CRAPONNE, "Enfants")),
    cash=(Cash(SEPTEMBER, CRAPONNE, 4000),),
    orders=(Order(SEPTEMBER, Meals(CANTINE_CRAPONNE, ("Maël", "Noé"), on(10, 1, 2))),),
)  # fmt: skip
"""Taken over from the version before, without a password: « Mot de passe oublié ? » lets in."""

AURELLE = Household(
    address("daurelle"), PASSWORD, "Marie-Bénédicte Éléonore",
    "de La Rochefoucauld-Montmorency d’Aurelle de Saint-Bonnet", civility="madame",
    eaters=(
        Eater("Anne-Clémence Victoire-Éléonore", date(2016, 12, 6)),
        Eater("Zoë-Noëlle", date(2021, 2, 28)),
    ),
    asks=(
        Ask("Anne-Clémence Victoire-Éléonore", CANTINE_ROSIERES, "Enfants"),
        Ask("Zoë-Noëlle", CANTINE_ROSIERES, "Enfants"),
    ),
    cash=(Cash(NOVEMBER, ROSIERES, 2000),),
    orders=(
        Order(NOVEMBER, Meals(
            CANTINE_ROSIERES, ("Anne-Clémence Victoire-Éléonore", "Zoë-Noëlle"), on(11, 19, 26),
        )),
    ),
)  # fmt: skip
"""Names as long and accented as they come."""

ELAMRANI = Household(
    address("elamrani"), PASSWORD, "Fatima", "El Amrani", by="registering",
    eaters=(Eater("Yanis", date(2017, 1, 19)), Eater("Sara", date(2014, 10, 2))),
    asks=(
        Ask("Yanis", CANTINE_POLIGNAC, "Enfants"), Ask("Sara", CANTINE_ROSIERES, "Enfants"),
        Ask("Sara", CANTINE_BLAVOZY, "Résidents hors commune", on=NOVEMBER),
    ),
    cash=(Cash(OCTOBER, POLIGNAC, 3000), Cash(NOVEMBER, ROSIERES, 1500)),
    orders=(
        Order(OCTOBER, Meals(CANTINE_POLIGNAC, ("Yanis",), on(10, 13, 15))),
        Order(NOVEMBER, Meals(CANTINE_ROSIERES, ("Sara",), on(11, 17, 24)), cancelled=(1, 2)),
    ),
    cart=(
        Meals(CANTINE_POLIGNAC, ("Yanis",), on(12, 1, 3)),
        Meals(CANTINE_ROSIERES, ("Sara",), on(12, 1, 4)),
        Meals(CANTINE_BLAVOZY, ("Sara",), on(12, 7)),
    ),
)  # fmt: skip
"""Three communes, hence three régies in one cart; every meal of one order was cancelled."""

GIRAUD = Household(
    address("giraud"), PASSWORD, "Claire", "Giraud", civility="madame",
    eaters=(
        Eater("Tom", date(2015, 5, 5), "tuteur", "Aubert"),
        Eater("Lou", date(2017, 7, 7), "tuteur", "Aubert"),
        Eater("Sam", date(2019, 9, 9), "tuteur", "Aubert"),
    ),
    asks=tuple(
        Ask(child, CANTINE_BLAVOZY, "Commune 3 enfants") for child in ("Tom", "Lou", "Sam")
    ),
    cash=(Cash(NOVEMBER, BLAVOZY, 8000),),
    orders=(
        Order(NOVEMBER, Meals(CANTINE_BLAVOZY, ("Tom", "Lou", "Sam"), on(11, 17, 19, 20))),
    ),
)  # fmt: skip
"""A guardian with three children."""

DUMAS = Household(
    address("dumas"), PASSWORD, "Amélie", "Dumas", civility="madame",
    eaters=(Eater("Rose", date(2018, 8, 20)),),
    asks=(
        Ask("Rose", CANTINE_BRIVES, "Résidant commune"),
        Ask("Rose", CANTINE_BRIVES, "Tarif réduit", on=NOVEMBER),
    ),
    cash=(Cash(NOVEMBER, BRIVES, 1500),),
    orders=(Order(NOVEMBER, Meals(CANTINE_BRIVES, ("Rose",), on(11, 18, 25))),),
    invited=address("julien.dumas"),
)  # fmt: skip
"""Another entry since November; the other adult was invited and has not answered."""

MASSON = Household(
    address("masson"), PASSWORD, "Benoît", "Masson", civility="monsieur",
    eaters=(Eater("Ève", date(2019, 12, 31), "pere"),),
    asks=(Ask("Ève", CANTINE_SAINT_ETIENNE, "Enfants"),),
    cash=(Cash(NOVEMBER, SAINT_ETIENNE, 2000),),
    orders=(
        Order(NOVEMBER, Meals(CANTINE_SAINT_ETIENNE, ("Ève",), on(11, 23, 24, 26, 27))),
    ),
)  # fmt: skip
"""Whole weeks."""

VIDAL = Household(
    address("vidal"), PASSWORD, "Jeanne", "Vidal", civility="madame",
    eaters=(Eater("Milo", date(2018, 1, 1), "grand_parent", "Fabre"),),
    asks=(Ask("Milo", CANTINE_ROSIERES, "Enfants"),),
    cash=(Cash(OCTOBER, ROSIERES, 1000),),
    orders=(Order(OCTOBER, Meals(CANTINE_ROSIERES, ("Milo",), on(10, 12))),),
)  # fmt: skip
BRUN = Household(
    address("brun"), PASSWORD, "Nathalie", "Brun", civility="madame",
    eaters=(
        Eater("Enzo", date(2016, 6, 16), "assistant_familial", "Leclerc"),
        Eater("Maya", date(2020, 11, 3), "assistant_familial", "N’Diaye"),
    ),
    asks=(Ask("Enzo", CANTINE_CRAPONNE, "Enfants"), Ask("Maya", CANTINE_CRAPONNE, "Enfants")),
    cash=(Cash(NOVEMBER, CRAPONNE, 2500),),
    orders=(Order(NOVEMBER, Meals(CANTINE_CRAPONNE, ("Enzo", "Maya"), on(11, 24, 26))),),
)  # fmt: skip
"""A grandparent, a foster parent: other names than the children’s."""

ESTABLISHED = (
    DUPONT, MARTIN, PETIT, MOREAU, BENALI, TILLEULS, BONNET, FAURE, AURELLE, ELAMRANI, GIRAUD,
    DUMAS, MASSON, VIDAL, BRUN,
)  # fmt: skip
