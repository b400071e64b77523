"""What a patient's link stands at."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What a patient's link stands at: `ready` with the room's address, `waiting` for the care team, or `early`: patients
    may come in from `opens` on.

    `language` is the patient's, empty where it is not known whose link it is. `moved`: the booking was changed since it
    was made, so that an older text or letter may name another time.
    """

    state: str
    join_url: str
    language: str
    start: datetime
    zone: str
    opens: datetime | None
    moved: bool
