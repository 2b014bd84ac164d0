"""What a device is called in front of its owner: « Firefox sur Android »."""

BROWSERS = [
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrom", "Chrome"),
    ("Safari", "Safari"),
]  # fmt: skip
"""Words of a User-Agent, the most telling first: Edge also claims to be Chrome and Safari."""
SYSTEMS = [
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("CrOS", "Chromebook"),
    ("Windows", "Windows"), ("Macintosh", "Mac"), ("Linux", "Linux"),
]  # fmt: skip


def label_of(user_agent: str) -> str:
    """A few words of ours, whatever the browser says; nothing that it wrote is passed on."""
    browser = _first(BROWSERS, user_agent)
    system = _first(SYSTEMS, user_agent)
    if browser and system:
        return f"{browser} sur {system}"
    return browser or system or "Appareil inconnu"


def _first(words: list[tuple[str, str]], user_agent: str) -> str:
    return next((name for word, name in words if word in user_agent), "")
