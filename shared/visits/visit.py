"""A visit and all that hangs on it, as frozen records. How they change is in `changes.py`; how they are kept in `store.py`.

All instants are UTC. Ids of the EHR appear only sealed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

DEFAULT_DURATION = timedelta(minutes=30)
LINK_GRACE = timedelta(hours=4)
FORGET_AFTER = timedelta(days=3)


class State(StrEnum):
    """Where a visit stands. `cancelled`, `no_show` and `deleted` are also tombstones: a late booking does not revive them."""

    BOOKED = "booked"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    DELETED = "deleted"
    OVER = "over"


class TextState(StrEnum):
    """Where a text stands. `sending`: claimed, perhaps sent; `superseded`: the visit changed before it left;
    `withheld`: texts were switched off before it left; `unknown`: perhaps sent, by a gateway that cannot be asked twice.
    """

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    MISSED = "missed"
    OPTED_OUT = "opted_out"
    SUPERSEDED = "superseded"
    WITHHELD = "withheld"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class VisitKey:
    """`connection` is the connection's id, `visit` the keyed hash of the EHR's session id, base64url, 20 characters."""

    connection: str
    visit: str

    def __str__(self) -> str:
        return f"{self.connection}/{self.visit}"

    @classmethod
    def parse(cls, text: str) -> "VisitKey":
        """Reads `str()`. Raises ValueError."""
        connection, visit = text.split("/")
        return cls(connection, visit)


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone number of the appointment, sealed; `digest` (keyed) tells whether it changed; erased with the visit.

    `purpose`: `visit` gets every text; `direct` only the one that a clinician sends; `leaving` is told that the visit is
    cancelled, and goes.
    """

    sealed: str
    digest: str
    language: str
    purpose: Literal["visit", "direct", "leaving"] = "visit"


@dataclass(frozen=True, slots=True)
class Heard:
    """What messages said of a patient, by their time (MSH-7): the latest that named the patient, the latest that gave or
    erased the number, and whether the patient still comes.
    """

    at: datetime | None = None
    number: datetime | None = None
    comes: bool = True


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a visit to one patient. `kind` is `scheduled`, `updated`, `cancelled`, `reminder-<minutes>`, `direct`.

    `occurrence` is the start it speaks of, `version` the generation that caused it and `patient` the key of its phone;
    the four name the text everywhere, its gateway id included. `due` is when it ought to leave. `first_attempt` stays
    that of the first attempt, `attempt` counts gateway ids. `reason` says why it failed.
    """

    occurrence: datetime
    kind: str
    version: int
    state: TextState
    useful_until: datetime
    first_attempt: datetime | None = None
    attempt: int = 1
    message_id: str = ""
    patient: str = ""
    due: datetime | None = None
    reason: str = ""

    @property
    def name(self) -> str:
        whose = f":{self.patient}" if self.patient else ""
        return f"{self.occurrence:%Y%m%dT%H%M%SZ}:{self.kind}:{self.version}{whose}"


@dataclass(frozen=True, slots=True)
class Room:
    """The meeting of a visit. `stage`: `pinned` (organiser chosen), then `ready`. `due`: `move` or `delete` in Teams.
    `told`: digest of the settings that Teams has. `good_until`: until when the meeting is taken to be there without
    asking. `version` counts the visit's meetings, should one have to be replaced.
    """

    organizer: str
    external_id: str
    stage: str = "pinned"
    meeting_id: str = ""
    join_url: str = ""
    due: str = ""
    told: str = ""
    good_until: datetime | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Guest:
    """A link that a clinician made for somebody without an account. `role` is one of a few words and never a name; `by`
    is the clinician's oid; `uses` counts how often it led into the meeting.
    """

    id: str
    role: str
    by: str
    made: datetime
    expires: datetime
    revoked: datetime | None = None
    uses: int = 0


@dataclass(frozen=True, slots=True)
class Watch:
    """Graph's subscription to the room's events."""

    subscription_id: str
    expires: datetime


Move = tuple[datetime, str]
"""When a participant came into a state."""


@dataclass(frozen=True, slots=True)
class Presence:
    """One participant of the call. `state`: `waiting`, `connected`, `left`; `role`: `patient` or `clinician`.

    `arrived`: when they first were in the lobby; `let_in`: when they first were in the call after that; `waited`: seconds
    in the lobby, all stays together that are over. All of it follows from `moves`, which are in order of time.
    """

    role: str
    state: str
    since: datetime
    oid: str = ""
    arrived: datetime | None = None
    let_in: datetime | None = None
    waited: int = 0
    moves: tuple[Move, ...] = ()


LINK = "link"
"""What is announced of a visit itself: how it is opened, and when."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """A status still to be written back to the EHR, in order. `role` may also be `visit`, of which the LINK is told;
    `person` is the clinician's oid, empty for a patient; `again`: when an administrator asked for it once more.
    """

    role: str
    state: str
    at: datetime
    person: str = ""
    again: datetime | None = None


@dataclass(frozen=True, slots=True)
class Times:
    """What reports are made of. `attended` names those that events missed and the attendance report told."""

    patient_waiting: datetime | None = None
    patient_connected: datetime | None = None
    clinician_connected: datetime | None = None
    both_connected: datetime | None = None
    last_left: datetime | None = None
    most_people: int = 0
    attended: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stream:
    """One person's sound in a call. `loss` is a ratio; `mos` by how much the network lowered the score. None: not told."""

    device: str
    network: str
    jitter_ms: float | None
    loss: float | None
    round_trip_ms: float | None
    mos: float | None


@dataclass(frozen=True, slots=True)
class Device:
    """What the patient's last device test came to: `passed`, `warnings` or `failed`, and the outcome of each check
    (`shared/visits/device.py` has the words). `at`: when.
    """

    at: datetime
    result: str
    checks: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Noted:
    """What of the visit stands in the reports. `place`: where its row is; `etag`, `department` and `counts`: that row's, as
    last written; `meant`: other places where a row of it may stand, because one was written there or was about to be.
    """

    place: str = ""
    etag: str = ""
    department: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    meant: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """Whoever holds this acts for the visit until `until`; afterwards it does nothing any more."""

    holder: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """The visit's own row. `generation` grows with every change in time, number, language or state; `time_generation` is
    the generation that set the start, `time_set` when that was. `applied` is the time (MSH-7) of the latest message about
    the visit and `applied_number` its MSH-10, if a number; `ended` is the time of the latest that ended it; `heard` is by
    patient. `closed`: a clinician ended it for all, until one launches it again. `joins`: how often it was entered, by
    `way:device`; `tried`: when somebody last came from the chart or was sent into the meeting. `told`: what the EHR was
    told last of each participant, and of when it was; `outbox_code`: why what waits could not be told; `linked`: for which
    time the link is with the EHR, or on its way.
    """

    key: VisitKey
    session: str
    state: State
    start: datetime
    duration: timedelta
    zone: str
    generation: int = 1
    time_generation: int = 1
    time_set: datetime | None = None
    applied: datetime | None = None
    applied_number: int | None = None
    ended: datetime | None = None
    heard: Mapping[str, Heard] = field(default_factory=dict)
    department: str = ""
    room: Room | None = None
    watch: Watch | None = None
    watch_retry: datetime | None = None
    texts_retry: datetime | None = None
    claim: Claim | None = None
    alarm: tuple[str, str] | None = None
    staff: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, Presence] = field(default_factory=dict)
    outbox: tuple[Announcement, ...] = ()
    outbox_retry: datetime | None = None
    outbox_tries: int = 0
    outbox_code: str = ""
    told: Mapping[str, Move] = field(default_factory=dict)
    linked: str = ""
    times: Times = Times()
    facts_due: bool = False
    noted: Noted = Noted()
    streams: tuple[Stream, ...] = ()
    joins: Mapping[str, int] = field(default_factory=dict)
    device: Device | None = None
    tried: datetime | None = None
    call_ended: datetime | None = None
    call_ends: tuple[datetime, ...] = ()
    reconciled: datetime | None = None
    reconcile_retry: datetime | None = None
    measured: datetime | None = None
    measured_retry: datetime | None = None
    closed: datetime | None = None
    launches: int = 0

    @property
    def end(self) -> datetime:
        return self.start + self.duration

    def claimed(self, now: datetime) -> bool:
        """Whether someone holds an unexpired claim."""
        return self.claim is not None and self.claim.until > now


@dataclass(frozen=True, slots=True)
class Record:
    """A visit with its phones, its texts, the tokens seen and its guests' links: all rows that one transaction commits.

    `phones` are by patient: `""` is the patient of an ordinary visit; those of a group have a keyed hash of their own
    visit number.
    """

    visit: Visit
    phones: Mapping[str, Phone] = field(default_factory=dict)
    texts: Mapping[str, Text] = field(default_factory=dict)
    tokens: Mapping[str, datetime] = field(default_factory=dict)
    guests: Mapping[str, Guest] = field(default_factory=dict)

    def text_list(self, *states: TextState) -> list[Text]:
        """Texts in the given states, by name."""
        return [text for _, text in sorted(self.texts.items()) if text.state in states]


@dataclass(frozen=True, slots=True)
class Moment:
    """When a visit needs something. `paced`: it is a text, which has to keep to its sender's pace."""

    at: datetime
    paced: bool = True
