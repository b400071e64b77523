"""Which number of a patient gets the text: from HL7's XTN fields to one E.164 number, or none.

`phonenumbers` knows which numbers exist; it is loaded at the first message, not at a cold start.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from shared.messages.fields import Segment

_MOBILE = "CP"
_NOT_FOR_TEXTS = frozenset({"NET", "EMR", "BPN"})  # table 0201: e-mail, someone else in an emergency, a beeper
_LINES, _HOME_USES = frozenset({"PH", ""}), frozenset({"PRN", ""})  # where a number of the home may be used
_MAX_REPETITIONS = 50
_MAX_LENGTH = 40
_TAIL = re.compile(r"(?<=[0-9 ().+-])[A-Za-z].*", re.DOTALL)  # XTN.1: X extension, B beeper, C any text
_PUNCTUATION = dict.fromkeys(map(ord, " ().-"))
_COUNTRY_FIRST = re.compile(r"\s*0?([0-9]{1,2})\s*(\([0-9]{3}\).*)", re.DOTALL)  # XTN.1: [NN] [(999)]999-9999
_NORTH_AMERICA = frozenset({"US", "CA"})
_ORDER = re.compile(r"[0-9]{1,3}")
_LAST = 1000  # a number without an order of preference
_TELECOM, _HOME, _WORK = 40, 13, 14  # fields of PID


class Choice(NamedTuple):
    """`number` is E.164 or None. `given` is False where the sender left the fields empty: what we have still holds."""

    number: str | None
    given: bool


def choose(patient: Segment, region: str, *, landlines: bool = False) -> Choice:
    """The number to text a patient on, from PID-13, PID-40 (2.7 and later) and PID-14, in this order.

    Cell phones (equipment CP) only, the best order of preference (XTN.18) first. With `landlines`, else the primary
    home number, coded PRN or not at all. `region` (`US`) is where numbers without a country code belong. Never raises.
    """
    delimiters = patient.delimiters
    mobiles: list[list[str]] = []
    others: list[list[str]] = []
    given = False
    for field in (_HOME, _TELECOM, _WORK):
        whole = patient.field(field)
        if not whole or not whole.strip(delimiters.blank):
            continue
        # A work number alone says nothing of the patient's own ones: it does not erase them.
        given = given or field != _WORK
        preferred: list[list[str]] = []
        for repetition in whole.split(delimiters.repetition, _MAX_REPETITIONS)[:_MAX_REPETITIONS]:
            if not landlines and _MOBILE not in repetition.upper():
                continue
            parts = repetition.split(delimiters.component)
            use, equipment = _code(parts, 2), _code(parts, 3)
            if equipment == _MOBILE and use not in _NOT_FOR_TEXTS:
                preferred.append(parts)
            elif landlines and field != _WORK and equipment in _LINES and use in _HOME_USES:
                others.append(parts)
        if len(preferred) > 1:
            preferred.sort(key=_order)
        mobiles += preferred
    for parts in mobiles or others:
        for text in _forms(parts):
            number = to_e164(delimiters.unescape(text), region)
            if number:
                return Choice(number, given=True)
    return Choice(None, given)


def to_e164(text: str, region: str) -> str | None:
    """A written number as E.164, or None if it is no number that can exist or that a text can be sent to."""
    digits = text.translate(_PUNCTUATION)
    if region in _NORTH_AMERICA or digits.startswith("+1"):
        digits = digits.removeprefix("+1" if digits.startswith("+") else "1")
        if _north_american_lines().fullmatch(digits):
            return f"+1{digits}"
    return _to_e164_anywhere(text, region)


def _to_e164_anywhere(text: str, region: str) -> str | None:
    import phonenumbers

    text = _TAIL.sub("", text.strip(), count=1)
    if not text or len(text) > _MAX_LENGTH:
        return None
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None  # such as (011)287-2128, whose area code reads as an international prefix
    if phonenumbers.number_type(number) not in _textable():
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@cache
def _textable() -> frozenset[int]:
    from phonenumbers import PhoneNumberType

    return frozenset(
        {
            PhoneNumberType.FIXED_LINE,  # ported and virtual numbers: the message says it is a cell phone
            PhoneNumberType.MOBILE,
            PhoneNumberType.FIXED_LINE_OR_MOBILE,
            PhoneNumberType.VOIP,
            PhoneNumberType.PERSONAL_NUMBER,
        }
    )


@cache
def _north_american_lines() -> re.Pattern[str]:
    """The ordinary lines of the United States (fixed or mobile: the plan does not tell), as `phonenumbers` has them.

    Most numbers are of these, and this answers the same in a twentieth of the time.
    """
    from phonenumbers import PhoneMetadata

    metadata = PhoneMetadata.metadata_for_region("US")
    pattern = metadata.fixed_line.national_number_pattern if metadata and metadata.fixed_line else None
    return re.compile(pattern or "(?!)", re.ASCII)


def _at(parts: list[str], component: int) -> str:
    return parts[component - 1].strip() if len(parts) >= component else ""


def _code(parts: list[str], component: int) -> str:
    return parts[component - 1].strip().upper() if len(parts) >= component else ""


def _order(parts: list[str]) -> int:
    """XTN.18: 1 is what the patient prefers most."""
    order = _at(parts, 18)
    return int(order) if _ORDER.fullmatch(order) else _LAST


def _forms(parts: list[str]) -> Iterator[str]:
    """The ways an XTN can hold its number, the plainest to read first."""
    if len(parts) >= 12 and parts[11]:
        yield parts[11]
    local = _at(parts, 7) if len(parts) > 6 else ""
    if local:
        country, area = _at(parts, 5).lstrip("+0"), _at(parts, 6)
        yield f"+{country} {area} {local}" if country else f"{area} {local}"
    if parts[0]:
        yield parts[0]
        country_first = _COUNTRY_FIRST.fullmatch(parts[0])
        if country_first:
            yield f"+{country_first[1]} {country_first[2]}"
    mail = _at(parts, 4) if len(parts) > 3 else ""
    if mail[:4].lower() == "tel:":
        yield mail[4:].split(";", 1)[0]
