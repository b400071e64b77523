"""Folds a meeting's events into a visit: who waits, is connected, has left. Pure; duplicates and disorder are harmless.

Events are deltas and may come twice, late or in any order. So what is kept of each participant is every move with its
`eventDateTime`, and all else is worked out from those: the same events end in the same visit, however they came.
https://learn.microsoft.com/graph/changenotifications-for-onlinemeeting
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from shared.follow.stays import CONNECTED, LEFT, WAITING, called, person_of, times_of
from shared.visits.visit import Announcement, Move, Presence, Record

MACHINES = ("application", "applicationInstance")
ID_CHARS = 16


def fold(record: Record, event: Mapping[str, Any]) -> Record | None:
    """The record after an event, or None if the event changes nothing."""
    kind = event.get("eventType")
    at = _instant(event.get("eventDateTime"))
    if at is None:
        return None
    after = record
    if kind in ("rosterUpdated", "callStarted"):
        after = _moved(record, list(_participants(record, event, at)))
    elif kind == "callEnded":
        after = ended(record, at)
    return None if after == record else after


def ended(record: Record, at: datetime) -> Record:
    """The call is over: whoever was still there has left. If both sides had met, the visit needs its number no more."""
    ends = tuple(sorted({*record.visit.call_ends, at}))
    return _worked_out(replace(record, visit=replace(record.visit, call_ends=ends)), record)


def staff_of(record: Record) -> set[str]:
    """The Entra ids of those who are not patients."""
    room = record.visit.room
    return {*record.visit.staff, *([room.organizer] if room else [])}


def _participants(record: Record, event: Mapping[str, Any], at: datetime) -> Iterator[tuple[str, str, Move]]:
    for item in event.get("participants@delta") or event.get("participants") or []:
        identity = (item.get("info") or {}).get("identity") or {}
        if any(identity.get(kind) for kind in MACHINES) or not item.get("id"):
            continue
        oid = str((identity.get("user") or {}).get("id") or "")
        state = LEFT if item.get("removedState") else WAITING if item.get("isInLobby") else CONNECTED
        # Teams' own participant id is not kept, only enough of its hash to tell one from another.
        name = sha256(str(item["id"]).encode()).hexdigest()[:ID_CHARS]
        yield name, oid if oid in staff_of(record) else "", (at, state)


def _moved(record: Record, moves: list[tuple[str, str, Move]]) -> Record:
    people = dict(record.visit.people)
    for name, oid, move in moves:
        known = people.get(name) or Presence("patient", LEFT, move[0])
        if oid:
            known = replace(known, role="clinician", oid=oid)
        people[name] = replace(known, moves=tuple(sorted({*known.moves, move})))
    if people == record.visit.people:
        return record
    return _worked_out(replace(record, visit=replace(record.visit, people=people)), record)


def _worked_out(after: Record, before: Record) -> Record:
    """The record with all that follows from moves and ends; a status that is news waits to be told to the EHR."""
    visit = after.visit
    people = {name: person_of(person, visit.call_ends) for name, person in visit.people.items()}
    news = [
        Announcement(person.role, person.state, person.since, person.oid)
        for name, person in people.items()
        if person.role == "clinician" and _is_news(before.visit.people.get(name), person)
    ]
    side = _side(people)
    if side != _side(before.visit.people):
        news.append(Announcement("patient", side, _latest(people, visit.call_ends)))
    times = times_of(people.values(), visit.call_ends, visit.times)
    worked_out = replace(
        visit,
        people=people,
        # By time of the event: what two workers fold at once may come in either order.
        outbox=tuple(sorted((*visit.outbox, *news), key=lambda item: item.at)),
        times=times,
        call_ended=called(people.values(), visit.call_ends) if times.both_connected else None,
    )
    return before if worked_out == before.visit else replace(after, visit=replace(worked_out, facts_due=True))


def _side(people: Mapping[str, Presence]) -> str:
    """How the patient's side stands, which the EHR knows as one: the family, an interpreter and the others of a group have
    no account either, so while one of them is there, one who leaves is not the patient leaving.
    """
    states = {person.state for person in people.values() if person.role == "patient"}
    return next((state for state in (CONNECTED, WAITING) if state in states), LEFT)


def _latest(people: Mapping[str, Presence], ends: Sequence[datetime]) -> datetime:
    """The last that is known of the patient's side: what is told of it is newer than whatever was told before. Where one who
    was taken for a patient turns out to be staff, it is the last that is known of anybody.
    """
    patients = [person for person in people.values() if person.role == "patient"] or people.values()
    return max([*(at for person in patients for at, _ in person.moves), *ends])


def _is_news(known: Presence | None, person: Presence) -> bool:
    if known is None:
        # Who has left when they are first heard of was never shown as being there.
        return person.state != LEFT
    return known.state != person.state


def _instant(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
