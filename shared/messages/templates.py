"""What a text says. No name, no clinical word, no place: the organisation, when, the link, how to stop.

Typographic characters that would flip a text from GSM-7 to UCS-2, and so double its price, are written plainly.
Dates by CLDR (`babel`) in the facility's zone, with the zone's name.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "scheduled": "{org}: your video visit is set for {when}. Join here: {link}",
        "updated": "{org}: your video visit has changed. It is now on {when}. Join here: {link}",
        "cancelled": "{org}: your video visit on {when} was cancelled.",
        "reminder": "{org}: reminder, your video visit is on {when}. Join here: {link}",
        "stop": "Reply STOP to stop texts.",
    },
    "es": {
        "scheduled": "{org}: su videoconsulta es el {when}. Entre aqui: {link}",
        "updated": "{org}: su videoconsulta ha cambiado. Ahora es el {when}. Entre aqui: {link}",
        "cancelled": "{org}: su videoconsulta del {when} fue cancelada.",
        "reminder": "{org}: recordatorio, su videoconsulta es el {when}. Entre aqui: {link}",
        "stop": "Responda STOP para no recibir mensajes.",
    },
    "fr": {
        "scheduled": "{org} : votre visite vidéo est prévue le {when}. Lien : {link}",
        "updated": "{org} : votre visite vidéo a changé. Elle aura lieu le {when}. Lien : {link}",
        "cancelled": "{org} : votre visite vidéo du {when} est annulée.",
        "reminder": "{org} : rappel, votre visite vidéo a lieu le {when}. Lien : {link}",
        "stop": "Répondez STOP pour ne plus recevoir de messages.",
    },
}
PLAIN = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u202f": " ", "\u00a0": " ", "…": "..."}
)


def render(kind: str, language: str, *, organisation: str, start: datetime, zone: str, link: str) -> str:
    """The text of a kind (`scheduled`, `updated`, `cancelled`, `reminder-15`) in a language, English where unknown."""
    language = language if language in WORDS else "en"
    words = WORDS[language]
    body = words["reminder" if kind.startswith("reminder") else kind]
    when = local_time(start, zone, language)
    return f"{body.format(org=organisation, when=when, link=link)} {words['stop']}".translate(PLAIN)


def local_time(start: datetime, zone: str, language: str) -> str:
    """A start as people say it: date and time in the facility's zone, with the zone's short name."""
    from babel.dates import format_date, format_time, get_timezone_name

    local = start.astimezone(ZoneInfo(zone))
    day = format_date(local, "full", locale=language)
    time = format_time(local, "short", locale=language, tzinfo=local.tzinfo)
    name = get_timezone_name(local, width="short", locale="en_US")
    return f"{day}, {time} {name}".translate(PLAIN)
