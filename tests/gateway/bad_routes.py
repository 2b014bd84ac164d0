"""The forms of the gateway, in the order in which their good posts can follow each other."""

from tests.gateway.bad_forms import Form
from tests.gateway.bad_inputs import STRANGER

Fields = dict[str, tuple[str, str]]
PASSWORD = "une-phrase-de-passe-solide"
NEW_PASSWORD = "huit barques vertes dorment"


def an_id(number: int) -> tuple[str, str]:
    """A field for an id that the page draws."""
    return ("id", f"6a3c43a8-7777-4777-8777-{number:012d}")


def birth(year: str) -> Fields:
    """A day of birth in three fields."""
    return {
        "birth_day": ("day", "10"), "birth_month": ("month", "5"), "birth_year": ("year", year),
    }  # fmt: skip


PERSONAL: Fields = {
    "civility": ("civility", "madame"), "first_name": ("name", "Camille"),
    "last_name": ("name", "Dupont"), **birth("1985"), "newsletter": ("flag", "oui"),
}  # fmt: skip
COMPANY: Fields = {
    "company": ("company flag", "oui"), "company_name": ("company", "Les Jardins du Velay"),
    "siret": ("siret", "732 829 320 00074"),
}  # fmt: skip
EMAIL = ("email", "nouvelle.adresse@exemple.fr")


def filiation(number: int) -> Fields:
    """Somebody who eats."""
    return {
        "new": an_id(number), "last_name": ("name", "Dupont"), "first_name": ("name", "Anaïs"),
        **birth("2019"), "filiation": ("filiation", "mere"),
    }  # fmt: skip


def links() -> list[Form]:
    """The page behind each kind of link, used by whom the letter reached."""
    said: Fields = {"email": ("free", "qui@exemple.fr"), "greeted": ("free", "Camille")}
    new = {"password": ("new password", NEW_PASSWORD)}
    own = {"password": ("password", PASSWORD)}
    fields: dict[str, Fields] = {
        "invitation": {**PERSONAL, **new, "terms": ("must", "oui")},
        "proof": own, "new_address": own, "password": new,
    }  # fmt: skip
    return [
        Form(
            "/lien/{secret}", "visitor",
            {"new": an_id(10), "purpose": ("purpose", purpose), **said, **of_its_own},
            "/", {"secret": ("secret", f"⟦{purpose} secret⟧")}, name=purpose,
        )
        for purpose, of_its_own in fields.items()
    ]  # fmt: skip


def of_the_file(base: str, number: int) -> list[Form]:
    """Filiations and services, while registering and ever after."""
    who = "applicant" if base == "/creer-un-compte" else "family"
    child, eater = ("⟦zoé⟧", "⟦léo⟧") if who == "applicant" else ("⟦louane⟧", "⟦théo⟧")
    listed = f"{base}/filiations"
    theirs = {"beneficiary": "⟦inès⟧"}
    return [
        Form(listed, who, filiation(number), listed, others=({"new": "⟦inès⟧"},)),
        Form(
            f"{listed}/{{beneficiary}}", who, {**filiation(0), "new": ("free", STRANGER)}, listed,
            {"beneficiary": ("in path", child)}, others=(theirs,),
        ),
        Form(
            f"{base}/services", who,
            {
                "batch": an_id(number + 2), "commune": ("free", "⟦authority⟧"),
                "demande": ("wish", f"{child}|⟦canteen⟧|residents"),
            },
            f"{base}/services", others=({"demande": "⟦inès⟧|⟦canteen⟧|residents"},),
        ),
        Form(
            f"{base}/services/retirer", who, {"request": ("id", f"⟦request of the {who}⟧")},
            f"{base}/services", others=({"request": "⟦martins' request⟧"}, {"request": STRANGER}),
        ),
        Form(
            f"{listed}/{{beneficiary}}/retirer", who, {}, listed,
            {"beneficiary": ("in path", eater)}, others=(theirs, {"beneficiary": STRANGER}),
            quiet=True,
        ),
    ]  # fmt: skip


DAYS: Fields = {"first": ("date", "2027-06-01"), "last": ("date", "2027-06-30")}
MEAL = "⟦louane⟧|2027-06-04|midi"


def of_the_calendar() -> list[Form]:
    """Ticking, putting in the cart, taking out again."""
    ticking: Fields = {
        "service": ("id", "⟦canteen⟧"), **DAYS, "repas": ("free", MEAL),
        "cocher": ("span", "2027-06-01..2027-06-30|⟦louane⟧|midi"),
    }  # fmt: skip
    adding: Fields = {
        "change": an_id(31), **DAYS, "repas": ("meal", MEAL), "suite": ("free", "2027-07"),
    }  # fmt: skip
    return [
        Form("/calendrier/cocher", "family", ticking, ""),
        Form(
            "/panier/{service}", "family", adding, "/calendrier?mois=2027-07",
            {"service": ("in path", "⟦canteen⟧")},
            others=({"repas": "⟦inès⟧|2027-06-04|midi"}, {"service": STRANGER}),
        ),
        Form(
            "/panier/retirer", "family",
            {"change": an_id(32), "retirer": ("taken out", f"⟦canteen⟧|{MEAL}")}, "/panier",
            others=({"retirer": "⟦canteen⟧|⟦inès⟧|2027-06-03|midi"},), quiet=True,
        ),
    ]  # fmt: skip


def of_the_orders() -> list[Form]:
    """Confirming the cart, and cancelling."""
    paying: Fields = {
        "checkout": an_id(30), "part": ("part", "⟦part⟧"), "vu": ("free", "⟦seen⟧"),
        "moyen": ("means", "credits"),
    }  # fmt: skip
    shown = "⟦canteen⟧|⟦louane⟧|midi|2027-06-07"
    return [
        Form(
            "/panier/confirmer", "family", paying, "/commandes/",
            others=tuple(
                {"part": "⟦regie⟧|1|1", "vu": f"⟦regie⟧|{cents}|{shown}"}
                for cents in ("9" * 40, "9" * 5_000, "-1", "NaN", "٣", "380|380", "")
            ),
        ),
        Form(
            "/annuler/{order}/{line}", "family",
            {"cancellation": an_id(33), "credit": ("cents", "380")}, "/annulations/",
            {"order": ("in path", "⟦order⟧"), "line": ("line", "1")},
            others=({"order": "⟦martins' order⟧"}, {"credit": "0"}, {"credit": "100000000"},
                    {"cancellation": "⟦cancellation⟧"}),
        ),
    ]  # fmt: skip


FORMS: list[Form] = [
    Form("/mot-de-passe-oublie", "visitor", {"letter": an_id(1), "email": EMAIL},
         "/mot-de-passe-oublie/envoye"),
    Form("/connexion", "visitor",
         {"email": ("email", "⟦family's address⟧"), "password": ("password", PASSWORD),
          "keep": ("flag", "oui"), "next": ("free", "/panier")}, "/panier"),
    Form("/creer-un-compte", "visitor",
         {"new": an_id(2), **PERSONAL, "email": EMAIL, "password": ("new password", NEW_PASSWORD),
          **COMPANY, "terms": ("must", "oui")}, "/creer-un-compte/filiations"),
    *of_the_orders(),
    *of_the_calendar(),
    *of_the_file("/mon-compte", 40),
    *of_the_file("/creer-un-compte", 50),
    Form("/mon-compte/invitations", "family", {"invitation": an_id(3), "email": EMAIL},
         "/mon-compte/filiations", others=({"invitation": "⟦martins' invitation⟧"},)),
    Form("/mon-compte/invitations/annuler", "family", {"invitation": ("id", "⟦an invitation⟧")},
         "/mon-compte/filiations",
         others=({"invitation": "⟦martins' invitation⟧"}, {"invitation": STRANGER}), quiet=True),
    Form("/mon-compte/suivi/renvoyer", "applicant", {"letter": an_id(4)}, "/mon-compte/suivi",
         others=({"letter": "⟦martins' invitation⟧"},), quiet=True),
    *links(),
    Form("/mon-compte/informations", "family", {**PERSONAL, **COMPANY},
         "/mon-compte/informations"),
    Form("/mon-compte/adresse-e-mail", "family",
         {"letter": an_id(5), "email": EMAIL, "password": ("password", PASSWORD)},
         "/mon-compte/adresse-e-mail", name="signed in"),
    Form("/mon-compte/mot-de-passe", "family",
         {"current": ("password", PASSWORD), "password": ("new password", NEW_PASSWORD)},
         "/mon-compte/mot-de-passe", name="signed in"),
    Form("/mon-compte/appareils/fermer", "family", {"session": ("id", "⟦a session⟧")},
         "/mon-compte/appareils",
         others=({"session": "⟦martins' session⟧"}, {"session": STRANGER}), quiet=True),
    Form("/mon-compte/appareils/fermer-les-autres", "family", {}, "/mon-compte/appareils"),
    Form("/deconnexion", "family", {}, "/"),
]  # fmt: skip
