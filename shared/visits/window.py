"""When patients may come in: from some minutes before the start until some minutes after the end. Pure.

Staff are never held back, and where a clinician is in the meeting nobody is: a visit that was brought forward, or runs
late, is open because somebody waits in it. All instants are UTC, so that no change of clocks makes the window longer.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.visits.visit import Visit


@dataclass(frozen=True, slots=True)
class Window:
    """`early_minutes` before the start, None for as early as one likes; `late_minutes` after the end."""

    early_minutes: int | None
    late_minutes: int

    def opens(self, visit: Visit) -> datetime | None:
        """From when on patients may come in, None if always."""
        return None if self.early_minutes is None else visit.start - timedelta(minutes=self.early_minutes)

    def closes(self, visit: Visit) -> datetime:
        """Until when patients may come in."""
        return visit.end + timedelta(minutes=self.late_minutes)

    def too_early(self, visit: Visit, now: datetime) -> datetime | None:
        """When a patient who comes now may come in, None if that need not wait."""
        opens = self.opens(visit)
        return opens if opens and now < opens and not clinician_there(visit) else None

    def too_late(self, visit: Visit, now: datetime) -> bool:
        """Whether a patient who comes now finds the visit over."""
        return now >= self.closes(visit) and not clinician_there(visit)


def clinician_there(visit: Visit) -> bool:
    """Whether staff of the visit are in the meeting now."""
    return any(person.role == "clinician" and person.state == "connected" for person in visit.people.values())
