"""What an administrator sees of a connection's write-back, and what they have written after all."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from shared.clock import to_text
from shared.errors import CATALOGUE, Refused
from shared.follow.pauses import Pause, Pauses
from shared.follow.untold import Untold, UntoldStatuses
from shared.organisations.access import ADMIN, Caller
from shared.organisations.audit import Audit
from shared.organisations.connection import ConnectionState
from shared.organisations.connections import Connections
from shared.organisations.paging import cursor_of, read_cursor
from shared.organisations.requests import Page, Request
from shared.organisations.shown import Instant, Shown
from shared.organisations.taking import take

MOST_AT_ONCE = 200

EhrCode = Literal[
    "ehr.sign_in_refused", "ehr.not_answering", "ehr.appointment_unknown", "ehr.appointment_changing",
    "ehr.status_refused", "ehr.too_late",
]  # fmt: skip


class ProblemOfEhr(Shown):
    """Why the EHR was not told, as in errors.md."""

    code: EhrCode
    detail: str
    fix: str


class PauseShown(Shown):
    """Nothing is written: since when, why, and when one status is tried again."""

    since: Instant
    next_try_at: Instant
    problem: ProblemOfEhr


class UntoldShown(Shown):
    """A status that was not written. `visit`: the visit's key, which is no number of the EHR; `role`: whose it is, of the
    visit itself its link; `at`: of when it was.
    """

    id: str
    visit: str
    role: Literal["patient", "clinician", "visit"]
    status: Literal["waiting", "connected", "left", "link"]
    at: Instant
    given_up_at: Instant
    problem: ProblemOfEhr


class WritebackStanding(Shown):
    """How a connection's write-back goes: paused or not, and a page of what was not written in the last seven days, the
    latest first.
    """

    on: bool
    paused: PauseShown | None
    not_written: list[UntoldShown]
    next: str | None


class ReplayRequest(Request):
    """Which status is to be written after all; without `id` all of them."""

    id: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,64}$")] | UnsetType = UNSET


class Replayed(Shown):
    """What came of it. `replayed`: wait to be written now; `superseded`: the EHR knows something newer of the participant,
    nothing is written; `gone`: the visit is forgotten; `left`: not looked at yet, ask again.
    """

    replayed: int
    superseded: int
    gone: int
    left: int


class Replays:
    """Write-back of a stamp, for its administrators."""

    def __init__(self, connections: Connections, pauses: Pauses, untold: UntoldStatuses, audit: Audit) -> None:
        self._connections = connections
        self._pauses = pauses
        self._untold = untold
        self._audit = audit

    async def show(self, caller: Caller, connection_id: str, query: Mapping[str, str]) -> WritebackStanding:
        """How it goes. Raises `Refused`."""
        caller.require(ADMIN)
        asked = take(Page, query, strict=False)
        connection = await self._connections.require(connection_id, caller.tenant)
        pause, found = await self._pauses.of(connection.id), await self._untold.of(connection.id)
        after = read_cursor(asked.cursor)
        rest = [one for one in found if not after or _place(one) < after]
        given = rest[: asked.limit]
        return WritebackStanding(
            on=connection.writeback.kind != "none",
            paused=_pause(pause) if pause and connection.writeback.kind != "none" else None,
            not_written=[_shown(one) for one in given],
            next=cursor_of(_place(given[-1])) if len(rest) > asked.limit else None,
        )

    async def replay(self, caller: Caller, connection_id: str, body: Mapping[str, Any]) -> Replayed:
        """Has one status, or all, written after all; a pause is probed at once. Again it changes nothing more.

        Raises `Refused`, with `ehr.writeback_off` where nothing would be written.
        """
        caller.require(ADMIN)
        asked = take(ReplayRequest, body)
        connection = await self._connections.require(connection_id, caller.tenant)
        if connection.writeback.kind == "none" or connection.state is not ConnectionState.APPROVED:
            raise Refused("ehr.writeback_off")
        found = [one for one in await self._untold.of(connection.id) if asked.id in (UNSET, one.id)]
        if not found:
            return Replayed(replayed=0, superseded=0, gone=0, left=0)
        # In the trail before it is done: what was done is never missing there.
        await self._audit.note(caller.tenant, caller.oid, "failure.status_replayed", connection.id)
        await self._pauses.hasten(connection.id)
        # The latest first, so that an older one of the same participant is seen to be superseded.
        came = [await self._untold.again(one) for one in found[:MOST_AT_ONCE]]
        return Replayed(
            replayed=came.count("replayed"), superseded=came.count("superseded"), gone=came.count("gone"),
            left=len(found) - len(came),
        )  # fmt: skip


def _place(one: Untold) -> str:
    return f"{to_text(one.item.at)} {one.id}"


def _problem(code: str) -> ProblemOfEhr:
    known = CATALOGUE[code]
    return ProblemOfEhr(code=code, detail=known.detail, fix=known.fix)  # type: ignore[arg-type]


def _pause(pause: Pause) -> PauseShown:
    return PauseShown(since=to_text(pause.since), next_try_at=to_text(pause.probe), problem=_problem(pause.code))


def _shown(one: Untold) -> UntoldShown:
    return UntoldShown(
        id=one.id, visit=one.key.visit, role=one.item.role, status=one.item.state,  # type: ignore[arg-type]
        at=to_text(one.item.at), given_up_at=to_text(one.given_up), problem=_problem(one.code),
    )  # fmt: skip
