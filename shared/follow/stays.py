"""What follows from the moves of a call's participants: who is there now, how long they waited, when both sides met. Pure."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from shared.visits.visit import Move, Presence, Times

WAITING, CONNECTED, LEFT = "waiting", "connected", "left"
ORDER = (WAITING, CONNECTED, LEFT)
MOST_MOVES = 24
TOLERANCE = timedelta(minutes=1)
"""By so much clocks and roundings of events and of the attendance report may differ; the event's time stands then."""
LAST = ("last_left", "most_people")
"""Of these the greatest counts, of all other times the earliest."""

Stay = tuple[datetime, datetime | None]
"""From when to when somebody was in the call; None: they still are."""


def person_of(person: Presence, ends: Sequence[datetime]) -> Presence:
    """The participant as their moves and the ends of calls say. A stay that nothing else ended, the call's end did."""
    moves = _bounded(person.moves or ((person.since, person.state),))
    course = _course(moves, ends)
    since, state = course[-1]
    lobby = list(_stays(course, WAITING))
    arrived = lobby[0][0] if lobby else None
    let_in = next((begin for begin, _ in _stays(course, CONNECTED) if arrived and begin >= arrived), None)
    waited = sum(int((end - begin).total_seconds()) for begin, end in lobby if end)
    return replace(person, moves=moves, state=state, since=since, arrived=arrived, let_in=let_in, waited=waited)


def times_of(people: Collection[Presence], ends: Sequence[datetime], before: Times) -> Times:
    """The times that reports are made of. What the attendance report knew better stands."""
    courses = [(person.role, _course(person.moves, ends)) for person in people]
    moves = [(role, at, state) for role, course in courses for at, state in course]
    patients = [stay for role, course in courses if role == "patient" for stay in _stays(course, CONNECTED)]
    clinicians = [stay for role, course in courses if role != "patient" for stay in _stays(course, CONNECTED)]
    told = Times(
        patient_waiting=min((at for role, at, state in moves if (role, state) == ("patient", WAITING)), default=None),
        patient_connected=min((begin for begin, _ in patients), default=None),
        clinician_connected=min((begin for begin, _ in clinicians), default=None),
        both_connected=met(patients, clinicians),
        last_left=max((at for _, at, state in moves if state == LEFT), default=None),
        most_people=most_at_once((*patients, *clinicians)),
    )
    return better_of(told, {name: getattr(before, name) for name in before.attended})


def better_of(told: Times, attended: dict[str, Any]) -> Times:
    """Times told by events, with those of the attendance report that show that events missed something: nobody can have
    come later, or left earlier, than the report says.
    """
    better = {name: known for name, known in attended.items() if known and _better(name, known, getattr(told, name))}
    return replace(told, **better, attended=tuple(sorted(better)))


def met(patients: Iterable[Stay], clinicians: Sequence[Stay]) -> datetime | None:
    """When a patient and a clinician first were in the call together."""
    return min(
        (
            max(patient[0], clinician[0])
            for patient in patients
            for clinician in clinicians
            if all(end is None or max(patient[0], clinician[0]) < end for end in (patient[1], clinician[1]))
        ),
        default=None,
    )


def most_at_once(stays: Iterable[Stay]) -> int:
    """How many were in the call together. Who leaves in the instant in which another one comes was not."""
    known = list(stays)
    there = most = 0
    for _, step in sorted([(begin, 1) for begin, _ in known] + [(end, -1) for _, end in known if end]):
        there += step
        most = max(most, there)
    return most


def called(people: Collection[Presence], ends: Sequence[datetime]) -> datetime | None:
    """When the call ended; None while somebody is in it or waits, and when somebody came after its end."""
    if not ends or any(person.state != LEFT for person in people):
        return None
    came = max((at for person in people for at, state in person.moves if state != LEFT), default=ends[-1])
    return ends[-1] if came <= ends[-1] else None


def _better(name: str, attended: Any, told: Any) -> bool:
    if told is None:
        return True
    if name == "most_people":
        return bool(attended > told)
    return bool(attended > told + TOLERANCE if name in LAST else attended < told - TOLERANCE)


def _course(moves: Iterable[Move], ends: Iterable[datetime]) -> list[Move]:
    """Each change of state, in order. Of two moves in one instant the one further into the call and out of it is last."""
    marks = [(at, ORDER.index(state), state) for at, state in moves] + [(end, len(ORDER), LEFT) for end in ends]
    course: list[Move] = []
    for at, order, state in sorted(marks):
        if course[-1][1] != state if course else order < len(ORDER):
            course.append((at, state))
    return course


def _stays(course: Sequence[Move], state: str) -> Iterator[Stay]:
    for place, (at, found) in enumerate(course):
        if found == state:
            yield at, course[place + 1][0] if place + 1 < len(course) else None


def _bounded(moves: tuple[Move, ...]) -> tuple[Move, ...]:
    if len(moves) <= MOST_MOVES:
        return moves
    news = [move for place, move in enumerate(moves) if not place or moves[place - 1][1] != move[1]]
    return (*news[:2], *news[2:][2 - MOST_MOVES :])
