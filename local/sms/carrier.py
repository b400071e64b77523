"""What happens to a text after it is accepted: the texts themselves, who does not want any, and how fast a number may
send. Pure state: no HTTP, and the clock is handed in.
"""

import re
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

# E.164, and for North America its fixed length of ten digits after the 1.
E164 = re.compile(r"\+(1[2-9]\d{9}|[2-9]\d{6,14})")
_TOLL_FREE = re.compile(r"\+1(800|833|844|855|866|877|888)\d{7}")
# Toll-free carriers act on these words alone in a text: https://learn.microsoft.com/azure/communication-services/
# concepts/sms/sms-faq. Other words reach the application, which has to act on them itself.
STOP_WORDS = frozenset({"STOP"})
START_WORDS = frozenset({"START", "UNSTOP"})

# What becomes of a text, as `deliveryStatusDetails` says it: "SMS error codes" of
# https://learn.microsoft.com/azure/communication-services/concepts/troubleshooting-info
CODES = {
    "2000": "Message Delivered Successfully",
    "4000": "Message is rejected due to fraud detection",
    "4001": "Message is rejected due to invalid Source/From number format",
    "4002": "Message is rejected due to invalid Destination/To number format",
    "4003": "Message failed to deliver due to unsupported destination",
    "4004": "Message failed to deliver since Destination/To number doesn't exist",
    "4005": "Message is blocked by Destination carrier",
    "4006": "The Destination/To number isn't reachable",
    "4007": "The Destination/To number has opted out of receiving messages from you",
    "4008": "You've exceeded the maximum number of messages allowed for your profile",
    "4009": "Message is rejected by Microsoft Entitlement System",
    "4010": "Message was blocked due to the toll-free number not being verified",
    "5000": "Message failed to deliver",
    "5001": "Message failed to deliver due to temporary unavailability of application/system",
    "5002": "Carrier does not support delivery report",
    "9999": "Message failed to deliver due to unknown error/failure",
}
DELIVERED = ("Delivered", "No error.")
BLOCKED = ("Failed", "Sender blocked for given recipient.")
UNVERIFIED = ("Failed", "Toll-free number is not verified.")


def now() -> str:
    """The time as the service writes it: UTC with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Text:
    """One accepted text. `status` and `details` are what its delivery report says; `event` is what became of that
    report: none (not asked for), pending, acknowledged or given up.
    """

    to: str
    sender: str
    message: str
    tag: str
    repeatability_request_id: str
    status: str
    details: str
    event: str
    id: str = field(default_factory=lambda: f"Outgoing_{datetime.now(UTC):%Y%m%d%H%M%S}_{uuid.uuid4()}")
    accepted_at: str = field(default_factory=now)

    def shown(self) -> dict[str, str]:
        """The text as the control address lists it."""
        return {
            "to": self.to,
            "from": self.sender,
            "message": self.message,
            "id": self.id,
            "tag": self.tag,
            "repeatability_request_id": self.repeatability_request_id,
            "accepted_at": self.accepted_at,
            "delivery": self.status,
            "delivery_details": self.details,
            "delivery_event": self.event,
        }


@dataclass(frozen=True)
class Reply:
    """A text that a patient wrote to one of our numbers."""

    sender: str
    to: str
    message: str
    at: str


class Carrier:
    """Texts, opt-outs and pace of all numbers of the resource. Pairs are (sender, recipient).

    `outcomes`: what becomes of texts to a number, one of CODES; where none is named they arrive.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.texts: list[Text] = []
        self.replies: list[Reply] = []
        self.texts_per_minute = (
            200  # toll-free: https://learn.microsoft.com/azure/communication-services/concepts/service-limits
        )
        self.unverified: set[str] = set()
        self.outcomes: dict[str, str] = {}
        self._clock = clock
        self._blocked: set[tuple[str, str]] = set()
        self._opted_out: set[tuple[str, str]] = set()
        self._sent_at: dict[str, deque[float]] = {}
        self._repeatable: dict[str, tuple[str, Text]] = {}
        self._by_id: dict[str, Text] = {}

    def accept(self, text: Text, first_sent: str) -> Text:
        """Takes a text, remembering it under its repeatability id if it has one."""
        if text.sender in self.unverified:
            text.status, text.details = UNVERIFIED
        elif self.is_opted_out(text.sender, text.to):
            text.status, text.details = BLOCKED
        elif text.to in self.outcomes:
            code = self.outcomes[text.to]
            text.status, text.details = "Delivered" if code == "2000" else "Failed", code
        self.texts.append(text)
        self._by_id[text.id] = text
        if text.repeatability_request_id:
            self._repeatable[text.repeatability_request_id.lower()] = (first_sent, text)
        return text

    def earlier(self, repeatability_request_id: str) -> tuple[str, Text] | None:
        """When a text with this id was first sent, and the text; None if there was none."""
        return self._repeatable.get(repeatability_request_id.lower())

    def empty(self) -> None:
        """Forgets what is shown. Opt-outs and repeatability ids stay: an old id must not send again."""
        self.texts.clear()
        self.replies.clear()

    def find(self, message_id: str) -> Text | None:
        """The text with this message id."""
        return self._by_id.get(message_id)

    def take_turn(self, sender: str, texts: int) -> float:
        """Counts `texts` against the number's pace. Returns 0, or the seconds to wait, with nothing counted."""
        times = self._sent_at.setdefault(sender, deque())
        moment = self._clock()
        while times and times[0] <= moment - 60:
            times.popleft()
        excess = len(times) + texts - self.texts_per_minute
        if excess > 0:
            return times[min(excess, len(times)) - 1] + 60 - moment if times else 60.0
        times.extend([moment] * texts)
        return 0.0

    def receive(self, sender: str, recipient: str, message: str) -> None:
        """What the carrier does with a text of `recipient` to our number `sender`."""
        self.replies.append(Reply(recipient, sender, message, now()))
        word = message.strip().upper()
        if not _TOLL_FREE.fullmatch(sender):
            return
        if word in STOP_WORDS:
            self._blocked.add((sender, recipient))
        elif word in START_WORDS:
            self._blocked.discard((sender, recipient))
            self._opted_out.discard((sender, recipient))

    def opt_out(self, sender: str, recipient: str) -> None:
        """What the opt-out API adds."""
        self._opted_out.add((sender, recipient))

    def opt_in(self, sender: str, recipient: str) -> None:
        """What the opt-out API removes. A block that the carrier made stays: only the recipient's START lifts it."""
        self._opted_out.discard((sender, recipient))

    def is_opted_out(self, sender: str, recipient: str) -> bool:
        """Whether a text would be stopped."""
        return (sender, recipient) in self._blocked or (sender, recipient) in self._opted_out


def segments(message: str) -> int:
    """How many parts the text takes: GSM-7 160 (153 when split), otherwise UCS-2 70 (67). 3GPP TS 23.038, 23.040."""
    if all(character in _GSM7 or character in _GSM7_DOUBLE for character in message):
        length, one, many = len(message) + sum(character in _GSM7_DOUBLE for character in message), 160, 153
    else:
        length, one, many = len(message.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= one else -(-length // many)


_GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM7_DOUBLE = frozenset("^{}\\[~]|€")
