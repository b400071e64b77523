"""Links for those who have no account: an interpreter, family, a colleague from elsewhere. Pure.

A clinician makes them on the visit's page. Each has a role, a date and a count; who holds one is not known and not asked.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from shared.errors import Refused
from shared.visits.visit import Guest, Record, State

ROLES = ("interpreter", "family", "caregiver", "clinician", "other")
MOST_GUESTS = 20
GOOD_AFTER_END = timedelta(hours=1)


def invited(record: Record, name: str, role: str, by: str, now: datetime) -> Record:
    """One more link. It is good until an hour after the visit's end, or after now where that is later.

    Raises `Refused`: `link.over`, `link.cancelled`, `visit.too_many_guests`.
    """
    refuse_ended(record)
    if len(record.guests) >= MOST_GUESTS:
        raise Refused("visit.too_many_guests")
    guest = Guest(name, role, by, now, max(record.visit.end, now) + GOOD_AFTER_END)
    return replace(record, guests={**record.guests, name: guest})


def revoked(record: Record, name: str, now: datetime) -> Record:
    """The link is taken back, for good."""
    guest = record.guests.get(name)
    if guest is None or guest.revoked:
        return record
    return replace(record, guests={**record.guests, name: replace(guest, revoked=now)})


def used(record: Record, name: str) -> Record:
    """The link led into the meeting once more."""
    guest = record.guests[name]
    return replace(record, guests={**record.guests, name: replace(guest, uses=guest.uses + 1)})


def welcome(record: Record, name: str, now: datetime) -> Guest:
    """The guest, if the link is good. Raises `Refused`: `link.invalid`, `.cancelled`, `.over`, `.revoked`, `.expired`."""
    guest = record.guests.get(name)
    if guest is None:
        raise Refused("link.invalid")
    refuse_ended(record)
    if guest.revoked:
        raise Refused("link.revoked")
    if guest.expires <= now:
        raise Refused("link.expired")
    return guest


def refuse_ended(record: Record) -> None:
    """Raises `Refused` if a visit cannot be entered any more: `link.cancelled`, `link.over`."""
    if record.visit.state is State.CANCELLED:
        raise Refused("link.cancelled")
    if record.visit.state is not State.BOOKED or record.visit.closed:
        raise Refused("link.over")


def closed(record: Record, now: datetime) -> Record:
    """A clinician ended the visit for all: no link leads there any more, and guests' links never again."""
    for name in record.guests:
        record = revoked(record, name, now)
    return replace(record, visit=replace(record.visit, closed=record.visit.closed or now))


def reopened(record: Record) -> Record:
    """A clinician launched it again."""
    return replace(record, visit=replace(record.visit, closed=None)) if record.visit.closed else record
