"""Getting a phone number, as a record that survives whoever works on it. Pure: no clock, no call, one way forward.

    SEARCH -> SEARCH_SENT -> FINDING -> BUY -> BUY_SENT -> BUYING -> DONE
      ^                                  |                   |
      `-- once, when the number was not held long enough ----'         any of them -> a problem

A `..._SENT` is written before the request leaves. Who finds it there does not know whether the request arrived: a search
is then begun again (it costs one of five a week), a purchase is looked for first. Buying is anchored on the search's id,
for a search holds one number and a number is bought once; so after a purchase that may have arrived there is no other
search.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

# A search that expired, or whose answer was lost, is begun once more and no more: five a week are all there are.
MOST_SEARCHES = 2
# Microsoft speaks of two minutes. A worker that died leaves its message hidden for up to ten; a number is held for
# fifteen: what can still come to something by itself must not be given up before.
GIVE_UP_AFTER = timedelta(minutes=20)
ABANDON_AFTER = timedelta(minutes=40)
# A purchase that begins so shortly before the number is let go might be too late.
HELD_MARGIN = timedelta(seconds=30)
# A worker takes a few seconds a step, and pauses for twenty at most.
ASLEEP_AFTER = timedelta(seconds=45)


class Phase(StrEnum):
    """Where the work stands; see the module."""

    SEARCH = "search"
    SEARCH_SENT = "search_sent"
    FINDING = "finding"
    BUY = "buy"
    BUY_SENT = "buy_sent"
    BUYING = "buying"
    DONE = "done"


STEPS: dict[Phase, Literal["searching", "buying", "done"]] = {
    Phase.SEARCH: "searching", Phase.SEARCH_SENT: "searching", Phase.FINDING: "searching",
    Phase.BUY: "buying", Phase.BUY_SENT: "buying", Phase.BUYING: "buying", Phase.DONE: "done",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Operation:
    """A number on its way. `by` is the Entra object id of who asked; `problem` is a code once it failed."""

    id: str
    tenant: str
    by: str
    country: str
    kind: str
    started_at: datetime
    updated_at: datetime
    phase: Phase = Phase.SEARCH
    searches: int = 0
    search_id: str = ""
    search_operation: str = ""
    number: str = ""
    held_until: datetime | None = None
    purchase_operation: str = ""
    problem: str = ""
    etag: str = ""

    @property
    def running(self) -> bool:
        """Whether there is something left to do."""
        return self.phase is not Phase.DONE and not self.problem

    @property
    def state(self) -> Literal["running", "succeeded", "failed"]:
        """How it stands."""
        return "running" if self.running else "failed" if self.problem else "succeeded"

    @property
    def step(self) -> Literal["searching", "buying", "done"]:
        """What is being done, or what it failed at."""
        return STEPS[self.phase]

    @property
    def may_have_bought(self) -> bool:
        """Whether a purchase may have reached the service."""
        return self.phase in (Phase.BUY_SENT, Phase.BUYING)

    def asleep(self, now: datetime) -> bool:
        """Whether nobody seems to work on it any more."""
        return self.running and now - self.updated_at >= ASLEEP_AFTER

    def overdue(self, now: datetime) -> bool:
        """Whether it is time to give up."""
        return self.running and now - self.started_at >= GIVE_UP_AFTER

    def abandoned(self, now: datetime) -> bool:
        """Whether no worker will give up any more, as after a message that failed five times."""
        return self.running and now - self.started_at >= ABANDON_AFTER

    def still_held(self, now: datetime) -> bool:
        """Whether there is time to buy what the search holds."""
        return self.held_until is not None and now < self.held_until - HELD_MARGIN

    def touched(self, now: datetime) -> "Operation":
        """Looked at, with nothing new."""
        return replace(self, updated_at=now)

    def search_sent(self, now: datetime) -> "Operation":
        """A search is about to leave; failed if there were too many."""
        if self.searches >= MOST_SEARCHES:
            return self.failed("numbers.failed", now)
        return replace(self, phase=Phase.SEARCH_SENT, searches=self.searches + 1, updated_at=now)

    def search_not_taken(self, now: datetime) -> "Operation":
        """The service asked for a pause instead; the search did not happen."""
        return replace(self, phase=Phase.SEARCH, searches=self.searches - 1, updated_at=now)

    def search_begun(self, search_id: str, operation: str, now: datetime) -> "Operation":
        """The service looks for a number."""
        return replace(self, phase=Phase.FINDING, search_id=search_id, search_operation=operation, updated_at=now)

    def found(self, number: str, until: datetime, now: datetime) -> "Operation":
        """A number is held for us."""
        return replace(self, phase=Phase.BUY, number=number, held_until=until, updated_at=now)

    def buy_sent(self, now: datetime) -> "Operation":
        """The purchase is about to leave."""
        return replace(self, phase=Phase.BUY_SENT, updated_at=now)

    def buy_not_taken(self, now: datetime) -> "Operation":
        """The service asked for a pause instead; nothing was bought."""
        return replace(self, phase=Phase.BUY, updated_at=now)

    def buy_begun(self, operation: str, now: datetime) -> "Operation":
        """The service is buying."""
        return replace(self, phase=Phase.BUYING, purchase_operation=operation, updated_at=now)

    def bought(self, now: datetime) -> "Operation":
        """The number is ours."""
        return replace(self, phase=Phase.DONE, updated_at=now)

    def refused(self, problem: str, now: datetime) -> "Operation":
        """The service said no, and nothing was bought: begins anew if the number was let go, once."""
        if problem == "numbers.expired" and self.searches < MOST_SEARCHES:
            return replace(
                self, phase=Phase.SEARCH, search_id="", search_operation="", number="", held_until=None,
                purchase_operation="", updated_at=now,
            )  # fmt: skip
        return self.failed(problem, now)

    def given_up(self, now: datetime) -> "Operation":
        """Too late: nothing was bought, or nobody knows."""
        return self.failed("numbers.unclear" if self.may_have_bought else "numbers.timed_out", now)

    def failed(self, problem: str, now: datetime) -> "Operation":
        """Over, without a number. `problem` is a code of the catalogue."""
        return replace(self, problem=problem, updated_at=now)
