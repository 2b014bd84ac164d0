"""What nobody should type, and what people do type: by the kind of a form's field.

`HOPELESS` holds values that the kind of field never takes; `MISTAKES` what a hurried parent types,
for which the page owes a sentence beside the field. «⟦name⟧» stands for something of the town.
"""

from tests.gateway.bad_urls import Encoded

LONG = "a" * 10_000
NUL = "Lou\x00ane"
SURROGATE = Encoded("%ED%A0%80")
BROKEN_UTF8 = Encoded("Lou%C3%28ane%FF%FE")
SCRIPT = "<script>alert(1)</script>"
QUOTES = "\"'><img src=x onerror=alert(1)>"
SQL = "Robert'); drop table person;--"
TEMPLATE = "{{7919*7927}}${7919*7927}<%= 7919*7927 %>"
HEADER = Encoded("/%0d%0aX-Injecte:%20oui%0d%0aSet-Cookie:%20session=volee")
PATH = "../../../../etc/passwd"
RIGHT_TO_LEFT = "\u202egnirts\u2066"
ARABIC = "سارة بنت عمر"
EMOJI = "👩‍👧 Zoé 🍎"
LIGATURES = "\ufdfa" * 90
STRANGER = "6a3c43a8-9999-4999-8999-000000000000"
"""An id that nobody has."""

STRANGE_NAMES = (
    SCRIPT, QUOTES, SQL, f"Zoé {TEMPLATE}", ARABIC, EMOJI, "O’Brien", "Anne-Marie  d’Épée",
    "李小龙", "Zoé\u0301", "&lt;b&gt;", "javascript:alert(1)", "\\u0000", "Zo%00é", "Null",
    "\ufdfa" * 50,
)  # fmt: skip
"""Strange, and still texts with letters: they are kept, and shown as they are."""

ANY = ("", "  ", LONG, NUL, "\x01\x02\x1b[31m", SURROGATE, BROKEN_UTF8, HEADER)
"""Not a value of anything that has a shape."""
CODE = (SCRIPT, QUOTES, SQL, TEMPLATE, PATH, RIGHT_TO_LEFT, ARABIC, EMOJI)
NUMBERS = ("-1", "1e999", "NaN", "Infinity", "9" * 400, "9" * 5_000, "0x1F", "1_0", "½", "٣")
IDS = (
    *ANY, *CODE, *NUMBERS, "⟦louane⟧0", "null", "[]", "{}", "g0000000-0000-4000-8000-000000000000",
)  # fmt: skip
DAYS = (
    *ANY, *CODE, *NUMBERS, "2027-02-31", "2027-13-01", "0000-01-01", "0001-01-01", "1999-12-31",
    "10000-01-01", "2200-01-01", "2027-6-3", "03/06/2027", "2027-06-03T00:00:00",
)  # fmt: skip

HOPELESS: dict[str, tuple[str, ...]] = {
    "id": IDS,
    "name": (*ANY, RIGHT_TO_LEFT, "\u200b", "-", "0", "é" * 101, "\ufffe", "\ufffd"),
    "company": (*ANY, RIGHT_TO_LEFT, "\u200b", "é" * 121),
    "email": (
        *ANY, *CODE, *NUMBERS, f"{'a' * 250}@exemple.fr", f"{LIGATURES}@exemple.fr",
        "a@b\x00.fr", "claire@exemple.fr\r\nBcc: x@y.fr", "claire@exemple\u2028.fr",
        "a@[127.0.0.1]", "ｃlaire@exemple.fr", "claire＠exemple.fr", "claire@straße.de",
        "claire@exemple.fr\u202e",
    ),
    "new password": ("", LONG, "court", NUL, "\x00" * 12, "sept rivières\x1b calmes", SURROGATE),
    "password": ("", LONG, NUL, BROKEN_UTF8),
    "day": (*CODE, *NUMBERS, NUL, LONG, SURROGATE, "31.5", "1;2"),
    "month": (*CODE, *NUMBERS, NUL, "13", "février", "00"),
    "year": (*CODE, *NUMBERS, NUL, LONG, "0", "10000", "9999", "1899"),
    "must": ("", "non", "true", LONG, NUL, SCRIPT, SURROGATE),
    "filiation": (*ANY, *CODE, "[]", "pere\x00", "PERE", "father"),
    "siret": (*ANY, *CODE, *NUMBERS, "73282932000075", "7328293200007٤"),
    "purpose": (*ANY, *CODE, "[]", "admin"),
    "date": DAYS,
    "cents": (*ANY, *CODE, "-1", "1e999", "NaN", "Infinity", "9" * 400, "9" * 5_000, "0x1F",
              "½", "3,80"),
    "line": ("0", "-1", "99", "NaN", "9" * 400, "%C2%BD", "%00", "%ED%A0%80", "..%2f..%2fetc"),
    "in path": ("x", "%00", "%ED%A0%80", "%FF%FE", "..%2f..%2fetc%2fpasswd", "0" * 36, STRANGER,
                "%E2%80%AE", "%3Cscript%3E", "a" * 2_000),
    "secret": ("a" * 43, "a" * 101, "a" * 20 + "%00", "%ED%A0%80" * 20, "..%2f" * 10, "a"),
    "meal": (
        *ANY, *CODE, "|||", "||", "⟦louane⟧|2027-06-31|midi", "⟦louane⟧|2027-06-04|MIDI",
        "⟦louane⟧|0001-01-01|midi", "⟦inès⟧|2027-06-04|midi", f"{STRANGER}|2027-06-04|midi",
        "⟦louane⟧|2027-06-04|minuit", "⟦louane⟧|9999-12-31|midi", "⟦louane⟧|2027-06-05|midi",
    ),
    "taken out": (
        *ANY, *CODE, "|||", "⟦canteen⟧|⟦louane⟧|2027-06-31|midi", "⟦canteen⟧|⟦louane⟧|NaN|midi",
        f"{STRANGER}|⟦louane⟧|2027-06-04|midi", "⟦canteen⟧|⟦inès⟧|2027-06-04|midi",
        "⟦canteen⟧|⟦louane⟧|0001-01-01|midi", "⟦canteen⟧|⟦louane⟧|9999-12-31|midi",
    ),
    "part": (
        *ANY, *CODE, "||", "⟦regie⟧|-1|1", "⟦regie⟧|NaN|1", "⟦regie⟧|760|0", "⟦regie⟧|1|1",
        "⟦regie⟧|760|999999", f"⟦regie⟧|{'9' * 400}|1", f"{STRANGER}|760|1", "⟦regie⟧|760|1|1",
    ),
    "means": (*ANY, *CODE, "gratuit", "[]"),
    "wish": (
        *ANY, *CODE, "||", "moi||", "moi|x|x", f"moi|{STRANGER}|residents", "moi|⟦canteen⟧|gratuit",
        "⟦inès⟧|⟦canteen⟧|residents", f"{STRANGER}|⟦canteen⟧|residents",
        "⟦louane⟧|⟦canteen⟧|" + "x" * 500, "⟦louane⟧|⟦canteen⟧|gratuit", "⟦louane⟧|⟦canteen⟧",
        f"⟦louane⟧|{STRANGER}|residents",
    ),
    "span": (
        *ANY, *CODE, "||", "..|⟦louane⟧|midi", "2027-06-31..2027-06-31|⟦louane⟧|midi",
        "2027-06-01|⟦louane⟧|midi", "2027-06-01..2027-06-30|x|midi",
    ),
}  # fmt: skip
"""By kind of field. A post with one of these changes nothing, whatever stands beside it."""

ODD: dict[str, tuple[str, ...]] = {
    "civility": (*ANY, *CODE, "mademoiselle", "[]"),
    "flag": (*ANY, *CODE, "true", "1", "[]"),
    "free": (
        *ANY,
        *CODE,
        *NUMBERS,
        "//ailleurs.example",
        "https://ailleurs.example",
        "\\\\ailleurs",
    ),
}
"""What the server does not read so closely: it may stand beside anything."""

MISTAKES: dict[str, tuple[str, ...]] = {
    "email": (
        "", "   ", "claire", "claire@", "@exemple.fr", "claire@exemple", "claire.exemple.fr",
        "claire@@exemple.fr", "claire@exemple,fr", "claire @exemple.fr", "claire@ exemple.fr",
        "claire@exemple .fr", "claire@exemple..fr", "claire@.exemple.fr", "claire@exemple.fr.",
        "claire@exemple.", "claire..dupont@exemple.fr", ".claire@exemple.fr",
        "claire.@exemple.fr", "claire@exemple.fr, theo@exemple.fr",
        "claire@exemple.fr;theo@exemple.fr", "claire@exemple.fr theo@exemple.fr",
        "mailto:claire@exemple.fr", "<claire@exemple.fr>", "Claire Dupont <claire@exemple.fr>",
        "clairé@exemple.fr", "claire@exemplé.fr", "claire(at)exemple.fr", "claire[at]exemple.fr",
        "claire@exemple/fr", "claire@exemple;fr", "claire@-exemple.fr", "claire@exemple.f",
        "claire@exemple_1.fr", "www.exemple.fr", "https://exemple.fr", "06 12 34 56 78",
        "claire\u00a0@exemple.fr", "claire’@exemple.fr", "claire@exemple.fr\u200b", "@claire",
    ),
    "birth": (
        "31/2/2018", "30/2/2018", "29/2/2019", "31/4/2018", "31/6/2018", "31/9/2018", "31/11/2018",
        "32/1/2018", "0/1/2018", "00/1/2018", "-1/1/2018", "10/13/2018", "10/0/2018", "10/5/18",
        "10/5/018", "10/5/20188", "10/5/0", "10/5/0000", "10/5/1899", "10/5/2999", "10/5/2108",
        "/5/2018", "10//2018", "10/5/", "10//", "/5/", "//2018", "un/5/2018", "1er/5/2018",
        "10/mai/2018", "10/5/deux mille", "1O/5/2018", "l/5/2018", "10/5/2o18", "１０/5/2018",
        "10 mai/5/2018", "2018/5/10", "10,/5/2018", "+1/5/2018", "10/5/2 018",
    ),
    "name": (
        "", "   ", "\u00a0", "-", ".", "?", "--", "123", "06 12 34 56 78", "😀", "\u200b", "_",
        "10/05/2018", "é" * 101, "Louane " * 20, "Lou\tane", "Lou\nane",
    ),
    "company": ("", "   ", "-", "...", "\u200b", "Les Jardins " * 12, "Les\nJardins"),
    "siret": (
        "", "   ", "7328293200007", "732829320000745", "732 829 320 0007", "732829320",
        "73282932000047", "73282932000073", "7328293200007O", "FR40303265045", "néant",
        "en cours", "732-829-320-00074", "14 chiffres", "RCS Le Puy B 732 829 320", "?",
        "SIRET 73282932000074",
    ),
    "new password": (
        "", "abc", "azerty", "azerty123", "12345678", "motdepasse", "Soleil12", "camille",
        "123456789012", "aaaaaaaaaaaa", "azertyuiop12", "passwordpassword", "Dupont2018!",
        "qwertyqwerty", "111111111111", "a" * 1_025,
    ),
    "password": ("", "a" * 1_025),
    "wrong password": ("une phrase de passe", "UNE-PHRASE-DE-PASSE-SOLIDE", "azerty",
                       "une-phrase-de-passe-solide "),
    "filiation": ("", "Père", "maman", "mère"),
    "must": ("", "non"),
    "wish": ("",),
}  # fmt: skip
"""By kind of field; a date is written « day/month/year »."""

QUERIES: dict[str, tuple[str, ...]] = {
    "/": ("x",), "/connexion": ("next",), "/mot-de-passe-oublie/envoye": ("x",),
    "/calendrier": ("mois", "ajout"), "/panier": ("x",), "/commandes": ("commande",),
    "/mon-compte/filiations": ("fait", "retire"), "/mon-compte/services": ("commune", "fait"),
    "/mon-compte/suivi": ("fait",), "/mon-compte/appareils": ("fait",),
    "/mon-compte/reservations": ("mois",), "/mon-compte/commandes": ("avant",),
    "/mon-compte/credits/⟦regie⟧": ("avant",), "/mon-compte/adresse-e-mail": ("fait",),
    "/creer-un-compte/services": ("commune",), "/lien/aaaaaaaaaaaaaaaaaaaa": ("x",),
}  # fmt: skip
"""What each page reads behind its address."""
SOUGHT = (
    "%ED%A0%80", "%00", "2000-01", "2099-12", "2027-13", "0000-00", "20%D9%A2%D9%A2-01", "9999-12",
    "-1", "9" * 400, "%0d%0aX-Injecte:%20oui", "%3Cscript%3Ealert(1)%3C/script%3E", STRANGER,
    "{{7919*7927}}",
)  # fmt: skip
