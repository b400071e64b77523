"""What is wrong with a template that an administrator writes, found while it is typed and again before it is saved.

An error keeps it from being saved: a text must name who sends it, say when, have our link and no other address, and tell
once how to stop; it can name nothing about a person, for there is no placeholder of that kind. A warning is about what
it costs, or what a stranger may learn from it.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final, Literal, NamedTuple

from shared.messages.segments import forcing, size
from shared.messages.sensitive import PATTERNS
from shared.messages.templates import PLACEHOLDERS, fill
from shared.messages.words import PLAIN_LETTERS, TEXTS
from shared.organisations.connection import SmsRules

MOST_SEGMENTS = 4
MOST_LINES = 7
Level = Literal["error", "warning"]

_PLACES = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
# Code: level, what is wrong, what to do.
FINDINGS: Final[dict[str, tuple[Level, str, str]]] = {
    "template.brace": ("error", "A brace stands alone.", f"Braces are for placeholders only: {_PLACES}."),
    "template.placeholder_unknown": ("error", "This placeholder does not exist.", f"There are only {_PLACES}."),
    "template.organisation_missing": ("error", "It does not say who is writing.", "Add {organisation}."),
    "template.organisation_twice": ("error", "{organisation} is there more than once.", "Keep one."),
    "template.when_missing": ("error", "It does not say when the visit is.", "Add {when}."),
    "template.when_twice": ("error", "{when} is there more than once.", "Keep one."),
    "template.link_missing": ("error", "The link to the visit is missing.", "Add {link}."),
    "template.link_twice": ("error", "{link} is there more than once.", "Keep one."),
    "template.link_cancelled": ("error", "A cancelled visit has no link.", "Remove {link}."),
    "template.link_joined": (
        "error",
        "Something touches the link and would break it.",
        "Put a space or a new line on both sides of {link}.",
    ),
    "template.stop_twice": (
        "error",
        "It would say twice how to stop.",
        "Leave that to us, or put {stop} once where it should stand.",
    ),
    "template.address": (
        "error",
        "An address of its own, or what a phone takes for one. Carriers block texts with other addresses.",
        "Remove it, or put a space after the full stop.",
    ),
    "template.control": ("error", "An invisible character.", "Remove it, or type this place anew."),
    "template.lines": ("error", "It has too many lines.", f"Use {MOST_LINES} at most."),
    "template.blank": ("error", "Blank space at an end, or several empty lines.", "Remove it."),
    "template.too_long": ("error", "It takes more segments than are allowed.", f"Shorten it to {MOST_SEGMENTS}."),
    "template.segments": ("warning", "It takes more segments than our own text, and each is billed.", "Shorten it."),
    "template.ucs2": (
        "warning",
        "A character makes the text leave in UCS-2, with 70 to a segment in place of 160.",
        "Use another one.",
    ),
    "template.health": (
        "warning",
        "A word that tells whoever sees the phone about someone's health.",
        "Use one that tells nothing.",
    ),
}  # fmt: skip

# As long as real ones, where those are not at hand: 30 characters of host, 31 of code; a date at its longest.
ORGANISATION = "A" * 20
LINK = f"https://{'a' * 30}/api/v/{'A' * 31}"
WHEN = {
    "en": "Wed Sep 30 10:15 AM CST",
    "es": "mié, 30 de sept, 10:15 a.m. CST",
    "fr": "mer. 30 sept., 10 h 15 HNC",
    "pt": "qua., 30 de set. 10:15 GMT-3",
    "zh": "11月24日周二 10:15 北美中部标准时间",
    "ar": "الثلاثاء، 24 نوفمبر، 10:15 ص CST",
    "vi": "10:15 CST Th 3, 24 tháng 11",
}

_BRACES = re.compile(r"\{([^{}]*)\}|[{}]")
# What a phone makes a link of: a scheme, or names with a dot between them.
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://\S*|\b[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}(?:[/?#:]\S*)?", re.IGNORECASE)
_STOP = re.compile(r"\bSTOP\b")
_JOINED = re.compile(r"\S\{link\}|\{link\}\S")
_BLANK = re.compile(r"\A\s+|\s+\Z|\n(?:[^\S\n]*\n){2,}")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


class Finding(NamedTuple):
    """One thing about a template. `start` and `length` count characters (Unicode code points) of the template."""

    code: str
    start: int
    length: int

    @property
    def level(self) -> Level:
        """Only without errors a template is saved."""
        return FINDINGS[self.code][0]

    @property
    def detail(self) -> str:
        """What is wrong."""
        return FINDINGS[self.code][1]

    @property
    def fix(self) -> str:
        """What to do."""
        return FINDINGS[self.code][2]


def lint(language: str, kind: str, template: str, *, organisation: str = "") -> list[Finding]:
    """What is wrong with a template of a language and kind, errors first, each in the order of the text."""
    found = [*_placeholders(kind, template), *_addresses(template), *_signs(template), *_health(language, template)]
    if all(finding.level == "warning" for finding in found):
        found += _cost(language, kind, template, organisation or ORGANISATION)
    return sorted(found, key=lambda finding: (finding.level, finding.start))


def wrong_templates(rules: SmsRules) -> Mapping[str, str]:
    """What keeps the templates of a connection from being saved, by field: `templates.es.reminder`."""
    wrong: dict[str, str] = {}
    for language, kinds in rules.templates.items():
        for kind, template in kinds.items():
            found = lint(language, kind, template, organisation=rules.organisation)
            errors = dict.fromkeys(finding.code for finding in found if finding.level == "error")
            if errors:
                wrong[f"templates.{language}.{kind}"] = " ".join(" ".join(FINDINGS[code][1:]) for code in errors)
    return wrong


def _placeholders(kind: str, template: str) -> Iterator[Finding]:
    seen: Counter[str] = Counter()
    for found in _BRACES.finditer(template):
        name, where = found[1], (found.start(), len(found[0]))
        seen[name or ""] += 1
        if name is None:
            yield Finding("template.brace", *where)
        elif name not in PLACEHOLDERS:
            yield Finding("template.placeholder_unknown", *where)
        elif name == "link" and kind == "cancelled":
            yield Finding("template.link_cancelled", *where)
        elif seen[name] > 1:
            yield Finding(f"template.{name}_twice", *where)
    needed = ("organisation", "when") if kind == "cancelled" else ("organisation", "when", "link")
    for name in needed:
        if not seen[name]:
            yield Finding(f"template.{name}_missing", len(template), 0)
    for found in _STOP.finditer(template):
        yield Finding("template.stop_twice", found.start(), len(found[0]))


def _addresses(template: str) -> Iterator[Finding]:
    for found in _ADDRESS.finditer(template):
        yield Finding("template.address", found.start(), len(found[0]))
    for found in _JOINED.finditer(template):
        yield Finding("template.link_joined", found.start(), len(found[0]))


def _signs(template: str) -> Iterator[Finding]:
    breaks = 0
    for index, char in enumerate(template):
        if char == "\n":
            breaks += 1
            if breaks == MOST_LINES:
                yield Finding("template.lines", index, len(template) - index)
        elif unicodedata.category(char) in _INVISIBLE:
            yield Finding("template.control", index, 1)
    for found in _BLANK.finditer(template):
        yield Finding("template.blank", found.start(), len(found[0]))


def _cost(language: str, kind: str, template: str, organisation: str) -> Iterator[Finding]:
    def segments(text: str) -> int:
        return size(fill(text, language, organisation=organisation, when=WHEN[language], link=LINK)).segments

    count = segments(template)
    if count > MOST_SEGMENTS:
        yield Finding("template.too_long", 0, len(template))
    elif count > max(1, segments(TEXTS[language][kind])):
        yield Finding("template.segments", 0, len(template))
    if language in PLAIN_LETTERS:
        for char in forcing(template, letters=True):
            yield Finding("template.ucs2", template.index(char), 1)


def _health(language: str, template: str) -> Iterator[Finding]:
    for found in PATTERNS[language].finditer(template):
        yield Finding("template.health", found.start(), len(found[0]))
