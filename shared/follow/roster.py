"""Folds a meeting's events into a visit: who waits, is connected, has left. Pure; duplicates and disorder are harmless.

Events are deltas and may come twice or late: per participant the newest `eventDateTime` wins.
https://learn.microsoft.com/graph/changenotifications-for-onlinemeeting
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from shared.visits.visit import Announcement, Presence, Record, Times

MACHINES = ("application", "applicationInstance")
WAITING, CONNECTED, LEFT = "waiting", "connected", "left"
ID_CHARS = 16


def fold(record: Record, event: Mapping[str, Any]) -> Record | None:
    """The record after an event, or None if the event changes nothing."""
    kind = event.get("eventType")
    at = _instant(event.get("eventDateTime"))
    if at is None:
        return None
    after = record
    if kind in ("rosterUpdated", "callStarted"):
        for name, presence in _participants(record, event, at):
            after = _seen(after, name, presence)
    elif kind == "callEnded":
        after = ended(record, at)
    return None if after == record else after


def _participants(record: Record, event: Mapping[str, Any], at: datetime) -> Iterator[tuple[str, Presence]]:
    for item in event.get("participants@delta") or event.get("participants") or []:
        identity = (item.get("info") or {}).get("identity") or {}
        if any(identity.get(kind) for kind in MACHINES) or not item.get("id"):
            continue
        oid = str((identity.get("user") or {}).get("id") or "")
        role = "clinician" if oid and oid in staff_of(record) else "patient"
        state = LEFT if item.get("removedState") else WAITING if item.get("isInLobby") else CONNECTED
        # Teams' own participant id is not kept, only enough of its hash to tell one from another.
        name = sha256(str(item["id"]).encode()).hexdigest()[:ID_CHARS]
        yield name, Presence(role, state, at, oid if role == "clinician" else "")


def staff_of(record: Record) -> set[str]:
    """The Entra ids of those who are not patients."""
    room = record.visit.room
    return {*record.visit.staff, *([room.organizer] if room else [])}


def _seen(record: Record, name: str, presence: Presence) -> Record:
    visit = record.visit
    before = visit.people.get(name)
    if before is not None and before.since > presence.since:
        return _late(record, presence)
    if before is not None and before.state == presence.state:
        return record
    if before is None and presence.state == LEFT:
        # It overtook how they came. Nobody was told of them; what comes now must not let them stay for ever.
        return replace(record, visit=replace(visit, people={**visit.people, name: presence}))
    presence = _waited(before, presence)
    people = {**visit.people, name: presence}
    note = Announcement(presence.role, presence.state, presence.since, presence.oid)
    times = _timed(visit.times, people, presence)
    return replace(
        record,
        visit=replace(
            visit,
            people=people,
            # By time of the event: what two workers fold at once may come in either order.
            outbox=tuple(sorted((*visit.outbox, note), key=lambda item: item.at)),
            times=times,
            facts_due=True,
            call_ended=None if presence.state != LEFT else visit.call_ended,
        ),
    )


def _late(record: Record, presence: Presence) -> Record:
    """An event that a newer one overtook: nothing about now, but it may have been the first of its kind."""
    times = _firsts(record.visit.times, presence)
    if times == record.visit.times:
        return record
    return replace(record, visit=replace(record.visit, times=times, facts_due=True))


def _waited(before: Presence | None, now: Presence) -> Presence:
    """With what was known of the person's time in the lobby, and what is known of it now."""
    arrived, let_in, waited = (before.arrived, before.let_in, before.waited) if before else (None, None, 0)
    if now.state == WAITING:
        arrived = arrived or now.since
    elif before and before.state == WAITING:
        waited += int((now.since - before.since).total_seconds())
    if now.state == CONNECTED and arrived:
        let_in = let_in or now.since
    return replace(now, arrived=arrived, let_in=let_in, waited=waited)


def _timed(times: Times, people: Mapping[str, Presence], presence: Presence) -> Times:
    connected = [person for person in people.values() if person.state == CONNECTED]
    roles = {person.role for person in connected}
    times = _firsts(replace(times, most_people=max(times.most_people, len(connected))), presence)
    if presence.state == LEFT:
        times = replace(times, last_left=_later(times.last_left, presence.since))
    if roles == {"patient", "clinician"}:
        # Not the time of this event: the one that brought the other side may be the later, and have come first.
        sides = [min(person.since for person in connected if person.role == role) for role in roles]
        times = replace(times, both_connected=_earlier(times.both_connected, max(sides)))
    return times


def _firsts(times: Times, presence: Presence) -> Times:
    if presence.state == WAITING and presence.role == "patient":
        return replace(times, patient_waiting=_earlier(times.patient_waiting, presence.since))
    if presence.state == CONNECTED and presence.role == "patient":
        return replace(times, patient_connected=_earlier(times.patient_connected, presence.since))
    if presence.state == CONNECTED:
        return replace(times, clinician_connected=_earlier(times.clinician_connected, presence.since))
    return times


def ended(record: Record, at: datetime) -> Record:
    """The call is over: whoever was still there has left. If both sides had met, the visit needs its number no more."""
    visit = record.visit
    for name, person in visit.people.items():
        if person.state != LEFT and person.since <= at:
            record = _seen(record, name, replace(person, state=LEFT, since=at))
    if record.visit.times.both_connected is None or record.visit.call_ended:
        return record
    return replace(record, visit=replace(record.visit, call_ended=at, facts_due=True))


def _instant(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _earlier(known: datetime | None, new: datetime) -> datetime:
    return min(known, new) if known else new


def _later(known: datetime | None, new: datetime) -> datetime:
    return max(known, new) if known else new
