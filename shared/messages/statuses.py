"""What a delivery report of Communication Services says, as one of the nine statuses of a text. Pure.

The codes stand under "SMS error codes" in
https://learn.microsoft.com/azure/communication-services/concepts/troubleshooting-info, the sentence of an opt-out in
https://learn.microsoft.com/azure/communication-services/concepts/sms/sms-faq.
"""

import re

from shared.adapters.gateway import Reason
from shared.visits.visit import TextState

REASONS: dict[str, Reason] = {
    "4000": "spam",  # fraud detection
    "4001": "other",  # our own number's format
    "4002": "invalid_number",
    "4003": "other",  # a country that the sender cannot reach
    "4004": "no_such_number",
    "4005": "barred",  # blocked by the carrier
    "4006": "unreachable",
    "4007": "opted_out",
    "4008": "other",  # more than our profile may send
    "4009": "blocked_number",  # the vendor's own entitlement system
    "4010": "other",  # our toll-free number is not verified
    "5000": "other",
    "5001": "other",
    "9999": "other",
}
"""Why a text failed, by code."""
NO_REPORT = "5002"
"""The carrier gives no reports: the text may well have arrived."""
# Reports were also seen with a sentence in place of the code; what one says decides then, the first that fits.
SENTENCES: tuple[tuple[str, Reason], ...] = (
    ("sender blocked for given recipient", "opted_out"),
    ("opted out", "opted_out"),
    ("fraud", "spam"),
    ("spam", "spam"),
    ("entitlement", "blocked_number"),
    ("doesn't exist", "no_such_number"),
    ("does not exist", "no_such_number"),
    ("invalid destination", "invalid_number"),
    ("blocked by destination carrier", "barred"),
    ("isn't reachable", "unreachable"),
    ("not reachable", "unreachable"),
    ("unreachable", "unreachable"),
)
CODE = re.compile(r"(?<!\d)(?:2000|40\d\d|500\d|9999)(?!\d)")


def status_of(status: str, details: str) -> tuple[TextState, Reason]:
    """The state of a text and why it failed, from `deliveryStatus` and `deliveryStatusDetails`.

    What is neither delivered nor known is a failure of the kind `other`. `SENT`: nobody can tell.
    """
    if status.strip().lower() == "delivered":
        return TextState.DELIVERED, ""
    words = details.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    found = CODE.search(words)
    code = found.group() if found else ""
    if code == NO_REPORT or "does not support delivery report" in words:
        return TextState.SENT, ""
    by_words: Reason = next((reason for part, reason in SENTENCES if part in words), "other")
    return TextState.FAILED, REASONS.get(code, by_words)
