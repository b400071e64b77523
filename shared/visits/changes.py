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
    Heard,
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
DIRECT = "direct"
"""The kind of a text that a clinician sends: the visit's link, whenever the visit is."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a message says of one patient. `phone` None with `phone_given`: erase it; not given: leave it."""

    phone: Phone | None
    phone_given: bool
    language: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What an appointment message says, freed of HL7. `patients` are by key: `""`, or a group's keyed hashes.

    `sent_at` is MSH-7 and `number` MSH-10 where that is a number, which tells messages of one second apart.
    """

    happening: Happening
    sent_at: datetime | None
    start: datetime | None
    duration: timedelta
    zone: str
    department: str
    patients: Mapping[str, Told]
    number: int | None = None


def heed(
    record: Record | None, notice: Notice, *, key: VisitKey, session: str, confirm: frozenset[str], now: datetime
) -> Record | None:
    """Applies an appointment message. `confirm` names the confirmations the connection sends (empty: texts are off).

    The latest MSH-7 wins, for the visit and for each patient of a group: an older message changes nothing, so that the
    order of arrival does not matter.
    """
    before = record or Record(_fresh(key, session, notice, now))
    late = record is not None and _late(notice, record.visit)
    notice = replace(notice, patients=_as_known(before, notice))
    if notice.happening == "book" and late and _ended_for_some_only(before, notice):
        after = _book(_reopened(before, notice, now), notice, new=True, late=False, confirm=confirm, now=now)
    elif notice.happening == "book":
        after = _book(before, notice, new=record is None, late=late, confirm=confirm, now=now)
    elif record is not None and _some_stay(record, notice):
        after = _leave(record, notice, confirm=confirm, now=now)
    elif late:
        after = _outdated(before, notice)
    else:
        after = _end(before, notice, new=record is None, confirm=confirm, now=now)
    return None if after == record else after


def _as_known(before: Record, notice: Notice) -> Mapping[str, Told]:
    """The patients of a message under the keys by which the visit knows them.

    One patient of a visit that knows one is that patient, whatever visit number stands beside: encounters get theirs
    late, and change it. Of a visit that was ended before it was booked nobody knows how many it has.
    """
    if notice.happening != "book" and _never_booked(before.visit):
        return notice.patients
    patients = notice.patients
    if len(patients) == len(before.visit.heard) == 1:
        return dict(zip(before.visit.heard, patients.values(), strict=True))
    return patients


def _late(notice: Notice, visit: Visit) -> bool:
    if notice.sent_at != visit.applied or notice.number is None or visit.applied_number is None:
        return _older(notice.sent_at, visit.applied)
    return notice.number < visit.applied_number


def _older(sent: datetime | None, known: datetime | None) -> bool:
    return bool(sent and known and sent < known)


def _ended_for_some_only(tombstone: Record, notice: Notice) -> bool:
    """Whether what ended the visit came before any booking, and named some of the patients whom this booking names."""
    heard = tombstone.visit.heard
    return _never_booked(tombstone.visit) and bool(heard) and not set(notice.patients) <= set(heard)


def _never_booked(visit: Visit) -> bool:
    ended = visit.state is not State.BOOKED and visit.generation == 1
    return ended and not any(heard.comes for heard in visit.heard.values())


def _reopened(tombstone: Record, notice: Notice, now: datetime) -> Record:
    """The tombstone as a visit that nothing has been said of, except who does not come."""
    visit = tombstone.visit
    fresh = _fresh(visit.key, visit.session, notice, now)
    return replace(tombstone, visit=replace(fresh, heard=visit.heard, launches=visit.launches, staff=visit.staff))


def _book(
    before: Record, notice: Notice, *, new: bool, late: bool, confirm: frozenset[str], now: datetime
) -> Record | None:
    assert notice.start is not None
    visit, active = before.visit, not new and before.visit.state is State.BOOKED
    if late and not active:
        return None
    start, duration = (visit.start, visit.duration) if late else (notice.start, notice.duration)
    over = start + duration <= now
    moved = not active or visit.start != start
    resized = moved or visit.duration != duration
    phones, heard = _phones(before, notice, late=late)
    phones = {} if over else phones
    renumbered = {who for who, phone in phones.items() if before.phones.get(who) != phone}
    changed = moved or phones != before.phones
    generation = visit.generation if new or not changed else visit.generation + 1
    visit = replace(
        visit,
        # What was over when it was booked is kept as long as a tombstone: an older message must not revive it.
        state=State.BOOKED if active or not over else State.OVER,
        start=start,
        duration=duration,
        zone=visit.zone if late else notice.zone,
        department=(not late and notice.department) or visit.department,
        generation=generation,
        time_generation=generation if moved else visit.time_generation,
        time_set=now if moved else visit.time_set,
        applied=visit.applied if late else notice.sent_at or visit.applied,
        applied_number=visit.applied_number if late else notice.number,
        ended=notice.sent_at if over and not late else visit.ended,
        heard=heard,
        room=_room_due(visit.room, "move") if resized and not new else visit.room,
        facts_due=(visit.facts_due or changed or resized) and (active or not over),
        call_ended=None if moved else visit.call_ended,
        closed=None if moved else visit.closed,
    )
    after = replace(before, visit=visit, phones=phones)
    if not changed:
        return after
    told = recipients(phones)
    waiting = {text.patient for text in before.text_list(TextState.DUE)}
    # A number that a relative of the same group had before has heard of the visit, unless the text is still to leave.
    known = {phone.digest: who for who, phone in before.phones.items() if who not in waiting}
    news = {who for who in renumbered if known.get(phones[who].digest, who) == who}
    owed = {who: _kind(before, who, active=active) for who in told if moved or who in news}
    dropped = set(before.phones) - (set() if moved else set(told) - renumbered)
    return _with_confirmations(after, owed if start > now else {}, dropped, confirm, now)


def recipients(phones: Mapping[str, Phone]) -> list[str]:
    """The patients who get a visit's texts. A family with one phone needs one text."""
    first: dict[str, str] = {}
    for patient, phone in sorted(phones.items()):
        if phone.purpose == "visit":
            first.setdefault(phone.digest, patient)
    return list(first.values())


def _kind(before: Record, patient: str, *, active: bool) -> str:
    known = before.phones.get(patient)
    return "updated" if active and known and known.purpose == "visit" else "scheduled"


def _phones(before: Record, notice: Notice, *, late: bool) -> tuple[dict[str, Phone], dict[str, Heard]]:
    """The numbers after a booking, each from the latest message that said one, and what was heard of each patient."""
    visit, sent = before.visit, notice.sent_at
    phones, heard = dict(before.phones), dict(visit.heard)
    for patient, told in notice.patients.items():
        known, phone = heard.get(patient, Heard()), phones.get(patient)
        newer = not _older(sent, known.at) and not (late and sent == known.at)
        numbered = told.phone_given and not _older(sent, known.number) and not _older(sent, visit.ended)
        numbered = numbered and not (late and sent in (known.number, visit.ended))
        if numbered and told.phone:
            phones[patient] = phone if phone and _same(phone, told.phone) else told.phone
        elif numbered:
            phones.pop(patient, None)
        elif newer and phone and phone.purpose == "visit" and not told.phone_given:
            phones[patient] = replace(phone, language=told.language or phone.language)
        heard[patient] = Heard(
            at=sent or known.at if newer else known.at,
            number=sent or known.number if numbered else known.number,
            comes=newer or known.comes,
        )
    return phones, heard


def _same(known: Phone, said: Phone) -> bool:
    # Sealing draws a nonce: the same number is another seal, which would be written for nothing.
    return (known.digest, known.language, known.purpose) == (said.digest, said.language, said.purpose)


def _some_stay(record: Record, notice: Notice) -> bool:
    """Whether a message ends the visit for some patients of a group only."""
    if record.visit.state is not State.BOOKED or not notice.patients:
        return False
    return any(heard.comes for patient, heard in record.visit.heard.items() if patient not in notice.patients)


def _leave(record: Record, notice: Notice, *, confirm: frozenset[str], now: datetime) -> Record:
    heard, sent = dict(record.visit.heard), notice.sent_at
    gone = {who for who in notice.patients if not _older(sent, heard.get(who, Heard()).at)}
    if not gone or all(who in heard and not heard[who].comes for who in gone):
        return record
    heard |= {who: Heard(sent, sent, comes=False) for who in gone}
    visit = replace(record.visit, heard=heard, generation=record.visit.generation + 1, facts_due=True)
    return _dismissed(replace(record, visit=visit), notice, gone, confirm, now)


def _outdated(record: Record, notice: Notice) -> Record:
    """A visit that was ended and booked again, of which the end comes late: numbers from before the end go."""
    visit, sent = record.visit, notice.sent_at
    if visit.state is not State.BOOKED or _older(sent, visit.ended):
        return record
    old = {who for who in record.phones if _older(visit.heard.get(who, Heard()).number, sent)}
    old -= {who for who, phone in record.phones.items() if phone.purpose == "direct"}
    phones = {who: phone for who, phone in record.phones.items() if who not in old}
    after = replace(record, visit=replace(visit, ended=sent or visit.ended), phones=phones)
    return _with_confirmations(after, {}, old, frozenset(), visit.start)


def _end(before: Record, notice: Notice, *, new: bool, confirm: frozenset[str], now: datetime) -> Record:
    state, visit, sent = TOMBSTONES[notice.happening], before.visit, notice.sent_at
    heard = {who: Heard(sent or known.at, sent or known.number, comes=False) for who, known in visit.heard.items()}
    heard |= {who: Heard(sent, sent, comes=False) for who in notice.patients}
    visit = replace(
        visit, applied=sent or visit.applied, applied_number=notice.number, ended=sent or visit.ended, heard=heard
    )
    if new:
        return Record(replace(visit, state=state))
    if before.visit.state is not State.BOOKED and before.visit.state is state:
        return replace(before, visit=visit)
    was_active = before.visit.state is State.BOOKED
    visit = replace(
        visit,
        state=state,
        generation=visit.generation + 1,
        room=_room_due(visit.room, "delete"),
        facts_due=True,
    )
    after = replace(before, visit=visit)
    return _dismissed(after, notice, set(before.phones), confirm if was_active else frozenset(), now)


def _dismissed(record: Record, notice: Notice, whom: set[str], confirm: frozenset[str], now: datetime) -> Record:
    """The phones of patients who no longer come: those who are to be told stay until then, the others go."""
    phones, owed = dict(record.phones), {}
    first = recipients(phones)
    tell = notice.happening == "cancel" and "cancelled" in confirm and record.visit.start > now
    for patient in whom & set(phones):
        if tell and patient in first:
            phones[patient] = replace(phones[patient], purpose="leaving")
            owed[patient] = "cancelled"
        elif phones[patient].purpose != "leaving" or not tell:
            del phones[patient]
    dropped = whom - {patient for patient in whom if patient in phones and patient not in owed}
    return _with_confirmations(replace(record, phones=phones), owed, dropped, confirm, now)


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


def _room_due(room: Room | None, due: str) -> Room | None:
    return replace(room, due=due) if room and room.meeting_id else room


def _with_confirmations(
    record: Record, owed: Mapping[str, str], dropped: set[str], confirm: frozenset[str], now: datetime
) -> Record:
    """Drops texts to `dropped` that have not left yet, for they speak of a past state, and adds those due now."""
    texts, visit = dict(record.texts), record.visit
    for name, text in record.texts.items():
        if text.patient not in dropped or text.kind == DIRECT:
            continue
        if text.state is TextState.DUE:
            texts[name] = replace(text, state=TextState.SUPERSEDED)
        elif text.state is TextState.SENDING:
            # Its sender died over it. It may have left; what it says is past, so it is not sent again.
            texts[name] = replace(text, state=TextState.UNKNOWN)
    for patient, kind in owed.items():
        if kind in confirm:
            text = Text(visit.start, kind, visit.generation, TextState.DUE, visit.start, patient=patient, due=now)
            texts[text.name] = text
    return replace(record, texts=texts)


def launched(
    record: Record | None, *, key: VisitKey, session: str, zone: str, department: str, now: datetime
) -> Record:
    """A launch met this visit. One that no message announced begins to exist now, for an hour."""
    if record is None:
        visit = Visit(
            key=key, session=session, state=State.BOOKED, start=now, duration=2 * DEFAULT_DURATION, zone=zone,
            time_set=now, department=department, facts_due=True, launches=1, tried=now,
        )  # fmt: skip
        return Record(visit)
    visit = record.visit
    return replace(
        record,
        visit=replace(visit, launches=visit.launches + 1, department=department or visit.department, tried=now),
    )


def with_staff(record: Record, oid: str, sealed_ehr_user: str) -> Record:
    """Remembers who launched as staff, so that the roster can tell them from patients."""
    if oid in record.visit.staff:
        return record
    staff: Mapping[str, str] = {**record.visit.staff, oid: sealed_ehr_user}
    return replace(record, visit=replace(record.visit, staff=staff))


def settled(record: Record, now: datetime) -> Record:
    """What time alone does: texts that lost their use, the phone that must go, the visit that is over."""
    visit, texts = record.visit, dict(record.texts)
    for name, text in record.texts.items():
        if text.state is TextState.DUE and text.useful_until <= now:
            texts[name] = replace(text, state=TextState.MISSED)
    if visit.state is State.BOOKED and now >= visit.end + LINK_GRACE:
        visit = replace(visit, state=State.OVER, facts_due=True)
    after = replace(record, visit=visit, texts=texts)
    needed = {patient: phone for patient, phone in after.phones.items() if needs_phone(after, patient, now)}
    return after if len(needed) == len(after.phones) else replace(after, phones=needed)


def needs_phone(record: Record, patient: str, now: datetime) -> bool:
    """A number stays until the appointment has taken place, or until a cancellation has been told, and no longer."""
    if any(text.patient == patient for text in record.text_list(TextState.DUE, TextState.SENDING)):
        return True
    visit = record.visit
    if record.phones[patient].purpose == "leaving":
        return False
    return visit.state is State.BOOKED and now < visit.end and visit.call_ended is None


def forgettable(record: Record, now: datetime) -> bool:
    """Whether nothing of the visit but its facts needs to be kept any longer."""
    visit = record.visit
    return now >= max(visit.end, visit.applied or visit.end) + TOMBSTONE_KEPT and not visit.facts_due
