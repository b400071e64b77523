"""Small readable builders for tests: a visit, a notice, a ring of keys, a clock that stands still."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.keys.keyring import Keyring
from shared.visits.changes import Happening, Notice, Told, heed
from shared.visits.visit import Phone, Record, VisitKey
from shared.work.moments import Rules

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
KEY = VisitKey("demo2amer", "AAAAAAAAAAAAAAAAAAAA")
RING = Keyring((("1", b"k" * 32),))
ALL = frozenset({"scheduled", "updated", "cancelled"})
RULES = Rules(texts_on=True, reminders=(1440, 120, 15), writeback_on=True)


def at(hours: float = 0, *, minutes: float = 0) -> datetime:
    """An instant after NOW."""
    return NOW + timedelta(hours=hours, minutes=minutes)


def a_phone(number: str = "+16085550143", language: str = "en") -> Phone:
    """A phone row; the digest is the number itself, so that a test can read it."""
    return Phone(sealed=f"sealed {number}", digest=number, language=language)


def a_notice(
    happening: Happening = "book",
    *,
    start: datetime | None = None,
    sent: datetime | None = None,
    phone: Phone | None = None,
    phone_given: bool = True,
    language: str = "",
    patients: Mapping[str, Told] | None = None,
    number: int | None = None,
) -> Notice:
    """An appointment message: a booking for two days from NOW, sent at NOW, with a phone, unless said otherwise."""
    return Notice(
        happening=happening,
        sent_at=sent or NOW,
        start=start or (at(48) if happening == "book" else None),
        duration=timedelta(minutes=30),
        zone="America/Chicago",
        department="10501",
        patients=patients
        if patients is not None
        else {"": Told(phone or (a_phone() if phone_given else None), phone_given=phone_given, language=language)},
        number=number,
    )


def heeded(
    record: Record | None, notice: Notice, *, now: datetime = NOW, confirm: frozenset[str] = ALL
) -> Record | None:
    """The record after a message, or what stood before if the message changed nothing."""
    return heed(record, notice, key=KEY, session="sealed", confirm=confirm, now=now) or record


def a_visit(**changes: Any) -> Record:
    """A booked visit with a phone; its confirmation has been sent. `changes` are fields of the visit."""
    record = heed(None, a_notice(), key=KEY, session="sealed", confirm=frozenset(), now=NOW)
    assert record is not None
    return replace(record, visit=replace(record.visit, facts_due=False, **changes))


@dataclass
class StillClock:
    """A clock that moves only when told."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_time(self, **passed: float) -> None:
        self.now += timedelta(**passed)
