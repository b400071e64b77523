"""How a visit changes: pure functions from a record to the next one. None means: nothing changes.

State moves here and nowhere else. The store saves what comes out, only if nobody else was faster.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from shared.visits.visit import (
    DEFAULT_DURATION,
    LINK_GRACE,
    Phone,
    Record,
    Room,
    State,
    Text,
    TextState,
    Visit,
    VisitKey,
)

Happening = Literal["book", "cancel", "discontinue", "no_show", "delete"]
TOMBSTONES = {
    "cancel": State.CANCELLED,
    "discontinue": State.OVER,
    "no_show": State.NO_SHOW,
    "delete": State.DELETED,
}
TOMBSTONE_KEPT = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Notice:
    """What an appointment message says, freed of HL7. `phone` None with `phone_given`: erase it; not given: leave it."""

    happening: Happening
    sent_at: datetime | None
    start: datetime | None
    duration: timedelta
    zone: str
    department: str
    phone: Phone | None
    phone_given: bool
    language: str


def heed(
    record: Record | None, notice: Notice, *, key: VisitKey, session: str, confirm: frozenset[str], now: datetime
) -> Record | None:
    """Applies an appointment message. `confirm` names the confirmations the connection sends (empty: texts are off).

    The latest MSH-7 wins: an older message changes nothing, so that order of arrival does not matter.
    """
    if record is not None and record.visit.applied and notice.sent_at and notice.sent_at < record.visit.applied:
        return None
    if notice.happening == "book":
        return _book(record, notice, key=key, session=session, confirm=confirm, now=now)
    return _end(record, notice, key=key, session=session, confirm=confirm, now=now)


def _book(
    record: Record | None, notice: Notice, *, key: VisitKey, session: str, confirm: frozenset[str], now: datetime
) -> Record | None:
    assert notice.start is not None
    end = notice.start + notice.duration
    active = record is not None and record.visit.state is State.BOOKED
    if not active and end <= now:
        return None
    before = record or Record(_fresh(key, session, notice, now))
    visit, phone = before.visit, _phone(before, notice) if end > now else None
    moved = not active or (visit.start, visit.duration) != (notice.start, notice.duration)
    renumbered = (phone and (phone.digest, phone.language)) != (
        before.phone and (before.phone.digest, before.phone.language)
    )
    changed = moved or renumbered
    generation = visit.generation + 1 if record and changed else visit.generation
    visit = replace(
        visit,
        state=State.BOOKED,
        start=notice.start,
        duration=notice.duration,
        zone=notice.zone,
        department=notice.department or visit.department,
        generation=generation,
        time_generation=generation if moved else visit.time_generation,
        time_set=now if moved else visit.time_set,
        applied=notice.sent_at or visit.applied,
        room=_room_due(visit.room, "move") if record and moved else visit.room,
        facts_due=visit.facts_due or changed,
        call_ended=None if moved else visit.call_ended,
    )
    after = replace(before, visit=visit, phone=phone)
    if changed:
        kind = "updated" if active else "scheduled"
        after = _with_confirmation(after, kind if kind in confirm and visit.start > now else None)
    return None if after == record else after


def _end(
    record: Record | None, notice: Notice, *, key: VisitKey, session: str, confirm: frozenset[str], now: datetime
) -> Record | None:
    state = TOMBSTONES[notice.happening]
    if record is None:
        return Record(replace(_fresh(key, session, notice, now), state=state, applied=notice.sent_at))
    was_active = record.visit.state is State.BOOKED
    if not was_active and record.visit.state is state:
        after = replace(record, visit=replace(record.visit, applied=notice.sent_at or record.visit.applied))
        return None if after == record else after
    visit = replace(
        record.visit,
        state=state,
        generation=record.visit.generation + 1,
        applied=notice.sent_at or record.visit.applied,
        room=_room_due(record.visit.room, "delete"),
        facts_due=True,
    )
    tell = was_active and notice.happening == "cancel" and "cancelled" in confirm and visit.start > now
    if record.phone is None or not tell:
        return replace(_with_confirmation(replace(record, visit=visit), None), phone=None)
    return _with_confirmation(replace(record, visit=visit), "cancelled")


def _fresh(key: VisitKey, session: str, notice: Notice, now: datetime) -> Visit:
    # A tombstone of an unknown visit has no start: it stands as if it were now, and is forgotten in time.
    return Visit(
        key=key,
        session=session,
        state=State.BOOKED,
        start=notice.start or now,
        duration=notice.duration,
        zone=notice.zone,
        time_set=now,
        department=notice.department,
        facts_due=notice.happening == "book",
    )


def _phone(record: Record, notice: Notice) -> Phone | None:
    if notice.phone_given:
        return notice.phone
    if record.phone and notice.language:
        return replace(record.phone, language=notice.language)
    return record.phone


def _room_due(room: Room | None, due: str) -> Room | None:
    return replace(room, due=due) if room and room.meeting_id else room


def _with_confirmation(record: Record, kind: str | None) -> Record:
    """Drops texts that have not left yet, for they speak of a past state, and adds the one that is due now."""
    texts = dict(record.texts)
    for name, text in record.texts.items():
        if text.state is TextState.DUE:
            texts[name] = replace(text, state=TextState.SUPERSEDED)
    if kind and record.phone:
        visit = record.visit
        text = Text(visit.start, kind, visit.generation, TextState.DUE, useful_until=visit.start)
        texts[text.name] = text
    return replace(record, texts=texts)


def launched(
    record: Record | None, *, key: VisitKey, session: str, zone: str, department: str, now: datetime
) -> Record | None:
    """A launch met this visit. One that no message announced begins to exist now, for an hour."""
    if record is None:
        visit = Visit(
            key=key, session=session, state=State.BOOKED, start=now, duration=2 * DEFAULT_DURATION, zone=zone,
            time_set=now, department=department, facts_due=True, launches=1,
        )  # fmt: skip
        return Record(visit)
    visit = record.visit
    return replace(
        record,
        visit=replace(visit, launches=visit.launches + 1, department=department or visit.department),
    )


def with_staff(record: Record, oid: str, sealed_ehr_user: str) -> Record:
    """Remembers who launched as staff, so that the roster can tell them from patients."""
    if oid in record.visit.staff:
        return record
    staff: Mapping[str, str] = {**record.visit.staff, oid: sealed_ehr_user}
    return replace(record, visit=replace(record.visit, staff=staff))


def settled(record: Record, now: datetime) -> Record:
    """What time alone does: texts that lost their use, the phone that must go, the visit that is over."""
    visit, phone, texts = record.visit, record.phone, dict(record.texts)
    for name, text in record.texts.items():
        if text.state is TextState.DUE and text.useful_until <= now:
            texts[name] = replace(text, state=TextState.MISSED)
    if visit.state is State.BOOKED and now >= visit.end + LINK_GRACE:
        visit = replace(visit, state=State.OVER, facts_due=True)
    after = replace(record, visit=visit, texts=texts)
    if phone and not needs_phone(after, now):
        after = replace(after, phone=None)
    return after


def needs_phone(record: Record, now: datetime) -> bool:
    """The number stays until the appointment has taken place, or until a cancellation has been told, and no longer."""
    if record.text_list(TextState.DUE, TextState.SENDING):
        return True
    visit = record.visit
    return visit.state is State.BOOKED and now < visit.end and visit.call_ended is None


def forgettable(record: Record, now: datetime) -> bool:
    """Whether nothing of the visit but its facts needs to be kept any longer."""
    visit = record.visit
    return now >= max(visit.end, visit.applied or visit.end) + TOMBSTONE_KEPT and not visit.facts_due
