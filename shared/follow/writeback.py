"""Writes who is connected back to the EHR, as work: in order for each participant, at least once, and never backwards.

What the EHR refuses of one appointment is given up and kept for an administrator (`untold`). While it takes nothing at
all the connection is paused (`pauses`): statuses wait, and are given up four hours after they came to be told. Of those
that waited only the last of each participant is told; an older one never follows a newer one.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from shared.clock import Clock
from shared.errors import Refused, Unavailable
from shared.follow.ehr import EVERYBODYS, Adapter, BackendTokens, Word
from shared.follow.pauses import Pass, Pauses
from shared.follow.untold import UntoldStatuses, who
from shared.keys.keyring import Keyring, SealError
from shared.keys.keys import Keys
from shared.organisations.connection import Connection
from shared.visits.ids import link_token
from shared.visits.visit import LINK, Announcement, Record
from shared.work.moments import Rules, link_due, link_of
from shared.work.worker import Doer, Outcome, Permit

CALL_MARGIN = timedelta(seconds=15)
FIRST_RETRY = timedelta(seconds=15)
LAST_RETRY = timedelta(minutes=10)
GIVE_UP_AFTER = timedelta(hours=4)

ConnectionOf = Callable[[str], Awaitable[Connection | None]]


@dataclass
class _Course:
    """What came of the statuses of one visit. `done` are told or need not be; `retry`: when the others are tried again."""

    done: list[Announcement] = field(default_factory=list)
    told: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    given_up: list[tuple[Announcement, str]] = field(default_factory=list)
    failed: bool = False
    retry: datetime | None = None
    code: str = ""


class WriteBack(Doer):
    """A doer of the worker. `adapters` by the name that a connection chooses them by."""

    def __init__(
        self, adapters: Mapping[str, Adapter], tokens: BackendTokens, pauses: Pauses, untold: UntoldStatuses, keys: Keys,
        connection_of: ConnectionOf, public_url: str, clock: Clock,
    ) -> None:  # fmt: skip
        self._adapters = adapters
        self._tokens = tokens
        self._pauses = pauses
        self._untold = untold
        self._keys = keys
        self._connection_of = connection_of
        self._public_url = public_url
        self._clock = clock

    def wanted(self, record: Record, rules: Rules, now: datetime) -> bool:
        """Statuses that wait, or a link, and no pause after a failure."""
        retry = record.visit.outbox_retry
        return (bool(record.visit.outbox) or link_due(record, rules, now)) and (retry is None or retry <= now)

    def begin(self, record: Record, rules: Rules, now: datetime) -> Record:
        """With the adapter off there is nothing to write; a link that is due joins what waits."""
        visit = record.visit
        if not rules.writeback_on:
            return replace(record, visit=replace(visit, outbox=()))
        if not link_due(record, rules, now):
            return record
        outbox = (*(item for item in visit.outbox if item.state != LINK), Announcement("visit", LINK, now))
        return replace(record, visit=replace(visit, outbox=outbox, linked=link_of(record)))

    async def act(self, record: Record, permit: Permit, until: datetime) -> Outcome:  # noqa: ARG002
        """Writes each status in turn and stops at the first that cannot be written now: order is kept."""
        connection = await self._connection_of(record.visit.key.connection)
        adapter = self._adapters.get(connection.writeback.kind) if connection else None
        course = _Course()
        if connection is None or adapter is None:
            # Switched off in this moment.
            course.done += record.visit.outbox
        else:
            await self._tell_all(record, connection, adapter, until, course)
        # Kept before they are let go: a crash in between keeps them twice, which is once.
        await self._untold.keep(record.visit.key, course.given_up)
        return lambda current: self._written(current, course)

    async def _tell_all(
        self, record: Record, connection: Connection, adapter: Adapter, until: datetime, course: _Course
    ) -> None:
        ring = await self._keys.ring()
        waiting = [item for item in record.visit.outbox if adapter.speaks(connection, item)]
        waiting = due(record, waiting)
        course.done += [item for item in record.visit.outbox if item not in waiting]
        for item in waiting:
            now = self._clock()
            if (item.again or item.at) + GIVE_UP_AFTER <= now:
                course.given_up.append((item, record.visit.outbox_code or "ehr.too_late"))
                continue
            word = self._word(record, item, ring)
            if word is None:
                course.done.append(item)
                continue
            if now + CALL_MARGIN > until:
                return
            given = await self._pauses.ask(connection.id)
            if given.wait:
                course.retry, course.code = given.wait, given.code
                return
            if not await self._tell(connection, adapter, word, given, course):
                return

    async def _tell(self, connection: Connection, adapter: Adapter, word: Word, given: Pass, course: _Course) -> bool:
        """Tells one status. Whether the next may follow."""
        try:
            await self._say(connection, adapter, word)
        except Refused as refusal:
            course.given_up.append((word.item, refusal.code))
        except Unavailable as error:
            course.failed, course.code = True, error.code
            if error.code in EVERYBODYS:
                course.retry = await self._pauses.refused(connection.id, error.code, given)
            return False
        else:
            course.done.append(word.item)
            course.told[who(word.item)] = (word.item.at, word.item.state)
        await self._pauses.worked(connection.id, given)
        return True

    async def _say(self, connection: Connection, adapter: Adapter, word: Word) -> None:
        try:
            await adapter.tell(connection, word, await self._tokens.of(connection, adapter))
        except Unavailable as error:
            # A token that was kept may have been withdrawn before its time: one of now says which it is.
            if not (self._tokens.forget(connection) and error.code == "ehr.sign_in_refused"):
                raise
            await adapter.tell(connection, word, await self._tokens.of(connection, adapter))

    def _word(self, record: Record, item: Announcement, ring: Keyring) -> Word | None:
        """What to tell; None for a visit whose seals no key opens any more, or whose link none makes."""
        visit, key = record.visit, str(record.visit.key)
        try:
            session = ring.unseal("session", visit.session, key).decode()
            sealed = visit.staff.get(item.person, "")
            user = ring.unseal("staff", sealed, key).decode() if sealed else ""
            link = f"{self._public_url}/api/v/{link_token(ring, visit.key, session)}" if item.state == LINK else ""
        except (SealError, ValueError):
            return None
        return Word(item, session, user, link, visit.start, visit.end)

    def _written(self, current: Record, course: _Course) -> Record:
        visit = current.visit
        over = [*course.done, *(item for item, _ in course.given_up)]
        tries = visit.outbox_tries + 1 if course.failed else visit.outbox_tries if course.retry else 0
        retry = course.retry
        if course.failed and retry is None:
            retry = self._clock() + min(FIRST_RETRY * 2 ** min(tries - 1, 10), LAST_RETRY)
        # Others may have come meanwhile, also in between.
        outbox = tuple(item for item in visit.outbox if item not in over)
        return replace(
            current,
            visit=replace(
                visit,
                outbox=outbox,
                outbox_tries=tries if outbox else 0,
                outbox_retry=retry if outbox else None,
                outbox_code=course.code if outbox else "",
                told={**visit.told, **course.told},
            ),
        )


def due(record: Record, waiting: Sequence[Announcement]) -> list[Announcement]:
    """The statuses to tell, in order: none older than what was told of the same participant, and after a wait only the
    last of each. Pure.
    """
    visit = record.visit
    waited = visit.outbox_tries > 0 or bool(visit.outbox_code) or any(item.again for item in waiting)
    last = {who(item): item for item in waiting}
    return [item for item in waiting if not _told(record, item) and (not waited or last[who(item)] == item)]


def _told(record: Record, item: Announcement) -> bool:
    told = record.visit.told.get(who(item))
    return told is not None and told[0] > item.at
