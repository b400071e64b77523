"""When does a visit next need something, and what? Pure functions of the visit's own rows, its settings and the time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zlib import crc32
from zoneinfo import ZoneInfo

from shared.clock import to_text
from shared.visits.changes import TOMBSTONE_KEPT, needs_phone, recipients
from shared.visits.visit import LINK_GRACE, Moment, Record, State, Text, TextState

WATCH_RENEW_BEFORE = timedelta(hours=2)
RECONCILE_AFTER_CALL = timedelta(minutes=10)
RECONCILE_AFTER_VISIT = timedelta(hours=2)
QUALITY_AFTER_CALL = timedelta(minutes=30)
REMINDER = "reminder-"
SLOT_SECONDS = 300  # one bucket of alarms
MOVABLE_FROM_MINUTES = 720


@dataclass(frozen=True, slots=True)
class Rules:
    """What of a connection's settings decides about time. `reminders`: minutes before the start, any order; `quiet`:
    from and to, `HH:MM` in the visit's zone; `links_on`: the EHR is given the link of each visit; `quality_on`: call
    records are read.
    """

    texts_on: bool = False
    reminders: tuple[int, ...] = ()
    quiet: tuple[str, str] | None = None
    writeback_on: bool = False
    links_on: bool = False
    quality_on: bool = False


def due_reminders(record: Record, rules: Rules, now: datetime) -> list[Text]:
    """The reminders whose time has come and that are still of use, none of which was dealt with."""
    return [text for at, text in _reminders(record, rules) if at <= now < text.useful_until]


def next_moment(record: Record, rules: Rules, now: datetime) -> Moment | None:
    """The earliest instant at which a worker has something to do for this visit; a past one means: now.

    Of two at one instant the paced one counts: whoever does it does the other too.
    """
    return min(_moments(record, rules, now), key=lambda moment: (moment.at, not moment.paced), default=None)


def _moments(record: Record, rules: Rules, now: datetime) -> Iterator[Moment]:
    visit = record.visit
    if record.text_list(TextState.DUE, TextState.SENDING):
        yield Moment(visit.texts_retry or now)
    for at, text in _reminders(record, rules):
        if now < text.useful_until:
            yield Moment(max(at, visit.texts_retry or at))
    for at in _others(record, now):
        yield Moment(at, paced=False)
    quality = quality_due(record, rules)
    if quality:
        yield Moment(quality, paced=False)
    if link_due(record, rules, now):
        yield Moment(record.visit.outbox_retry or now, paced=False)


def link_of(record: Record) -> str:
    """For which time a visit's link is of use, as it is noted once the EHR is given it."""
    return f"{to_text(record.visit.start)} {to_text(record.visit.end)}"


def link_due(record: Record, rules: Rules, now: datetime) -> bool:
    """Whether the EHR has yet to be given the visit's link, or the link's time: a visit that is still to come."""
    visit = record.visit
    return rules.links_on and visit.state is State.BOOKED and visit.end > now and visit.linked != link_of(record)


def reconciliation(record: Record) -> datetime | None:
    """When attendance is to be asked for next: after a call has ended, and after the appointment in any case.

    Teams makes a report when a call ends, a few minutes later.
    """
    visit = record.visit
    if visit.room is None or visit.room.stage != "ready":
        return None
    wanted = [visit.end + RECONCILE_AFTER_VISIT]
    if visit.call_ended:
        wanted.append(visit.call_ended + RECONCILE_AFTER_CALL)
    return min((at for at in wanted if visit.reconciled is None or visit.reconciled < at), default=None)


def quality_due(record: Record, rules: Rules) -> datetime | None:
    """When the records of a call that has ended are to be asked for next; None: never, or they were read."""
    visit = record.visit
    if not rules.quality_on or visit.room is None or visit.call_ended is None:
        return None
    if visit.measured is not None and visit.measured >= visit.call_ended:
        return None
    due = visit.call_ended + QUALITY_AFTER_CALL
    return max(due, visit.measured_retry or due)


def _others(record: Record, now: datetime) -> Iterator[datetime]:
    visit = record.visit
    reconcile = reconciliation(record)
    if reconcile:
        yield max(reconcile, visit.reconcile_retry or reconcile)
    if visit.facts_due:
        yield now
    if visit.outbox:
        yield visit.outbox_retry or now
    if any(needs_phone(record, patient, now) for patient in record.phones):
        yield visit.end
    if visit.room and visit.room.due:
        yield visit.watch_retry or now
    if visit.state is State.BOOKED:
        if visit.room and visit.room.stage == "ready" and visit.call_ended is None:
            yield visit.watch.expires - WATCH_RENEW_BEFORE if visit.watch else visit.watch_retry or now
        yield visit.end + LINK_GRACE
    else:
        yield max(visit.end, visit.applied or visit.end) + TOMBSTONE_KEPT


def _reminders(record: Record, rules: Rules) -> Iterable[tuple[datetime, Text]]:
    """Reminders not dealt with yet, each with its time. One is of use until the next one's time, or the start.

    A visit booked after a reminder's time does not get that reminder. A reminder that would leave in quiet hours
    leaves when they begin; where two come to the same instant, the one nearer to the start is sent.
    """
    visit = record.visit
    if not rules.texts_on or visit.state is not State.BOOKED or visit.call_ended:
        return
    times = sorted(
        {
            before_quiet(visit.start - timedelta(minutes=minutes), visit.zone, rules.quiet): minutes
            for minutes in sorted(rules.reminders, reverse=True)
        }.items()
    )
    for index, (at, minutes) in enumerate(times):
        until = times[index + 1][0] if index + 1 < len(times) else visit.start
        if visit.time_set is not None and visit.time_set > at:
            continue
        staggered = at + _stagger(record, minutes)
        if staggered < until and before_quiet(staggered, visit.zone, rules.quiet) == staggered:
            at = staggered
        for patient in recipients(record.phones):
            text = Text(
                visit.start,
                f"{REMINDER}{minutes}",
                visit.time_generation,
                TextState.DUE,
                until,
                patient=patient,
                due=at,
            )
            if text.name not in record.texts:
                yield at, text


def _stagger(record: Record, minutes: int) -> timedelta:
    """How much later a reminder leaves that may move, so that those of one hour do not all come in its first second.

    The same for the same visit each time it is asked; zero for a reminder so near to the start that minutes count.
    """
    if minutes < MOVABLE_FROM_MINUTES:
        return timedelta(0)
    return timedelta(seconds=crc32(record.visit.key.visit.encode()) % SLOT_SECONDS)


def before_quiet(at: datetime, zone: str, quiet: tuple[str, str] | None) -> datetime:
    """An instant, or the beginning of the quiet hours that it falls into."""
    if quiet is None:
        return at
    begins, ends = (time.fromisoformat(text) for text in quiet)
    local = at.astimezone(ZoneInfo(zone))
    now = local.time().replace(tzinfo=None)
    over_midnight = ends < begins
    if not (begins <= now or now < ends if over_midnight else begins <= now < ends):
        return at
    day = local.date() - timedelta(days=1) if over_midnight and now < ends else local.date()
    return datetime.combine(day, begins, ZoneInfo(zone)).astimezone(UTC)
