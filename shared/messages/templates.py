"""A text as it leaves: the connection's own template or ours, filled in, in letters that cost no more than they must.

Placeholders are these four and nothing else: whatever else stands in braces stays as it is (the linter refuses it before
it is saved). What is filled in is never looked at for placeholders again.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from unicodedata import bidirectional

from shared.messages.dates import local_time
from shared.messages.segments import plain
from shared.messages.words import LANGUAGES, PLAIN_LETTERS, RIGHT_TO_LEFT, STOP, TEXTS

PLACEHOLDERS = ("organisation", "when", "link", "stop")
"""`stop` need not be there: the line comes last then."""
_PLACEHOLDER = re.compile("{(" + "|".join(PLACEHOLDERS) + ")}")
_ISOLATE, _POP = "\u2066", "\u2069"
Templates = Mapping[str, Mapping[str, str]]
"""An administrator's own, by language and kind."""


def spoken(wanted: str, default: str) -> str:
    """The language to write in: the patient's, if we have it, else the connection's, else English."""
    return next((language for language in (wanted, default) if language in LANGUAGES), "en")


def template_kind(kind: str) -> str:
    """The kind of template for a text's kind: `reminder` for `reminder-15`. A text sent by hand says what a new one says."""
    return "scheduled" if kind == "direct" else kind.partition("-")[0]


def render(
    kind: str,
    language: str,
    *,
    organisation: str,
    start: datetime,
    zone: str,
    link: str,
    templates: Templates | None = None,
    now: datetime | None = None,
) -> str:
    """The text of a kind (`scheduled`, `updated`, `cancelled`, `reminder-15`, `direct`) in a language, else in English.

    `start` is shown in `zone` (IANA), with its year only if it is long after `now`. A cancelled text has no link.
    """
    language, name = spoken(language, "en"), template_kind(kind)
    template = (templates or {}).get(language, {}).get(name) or TEXTS[language][name]
    when = local_time(start, zone, language, now)
    return fill(template, language, organisation=organisation, when=when, link="" if name == "cancelled" else link)


def fill(template: str, language: str, *, organisation: str, when: str, link: str) -> str:
    """A template with its values, and the line about STOP at the end unless the template has a place for it."""
    values = {"organisation": _named(organisation, language), "when": when, "link": link, "stop": STOP[language]}
    whole = template if "{stop}" in template else f"{template}\n{{stop}}"
    text = _PLACEHOLDER.sub(lambda found: values[found[1]], whole)
    return plain(text, letters=language in PLAIN_LETTERS)


def _named(organisation: str, language: str) -> str:
    """The organisation's name. Where one writes from right to left, a Latin name with a digit first or a full stop last
    would be torn apart (rules W2 and N2 of the Bidirectional Algorithm), so it is isolated; others need nothing."""
    directions = [bidirectional(char) for char in organisation]
    if language not in RIGHT_TO_LEFT or "L" not in directions or {"R", "AL"} & {*directions}:
        return organisation
    whole = directions[0] == "L" and directions[-1] in ("L", "EN")
    return organisation if whole else f"{_ISOLATE}{organisation}{_POP}"
