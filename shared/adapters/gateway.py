"""Sending a text: one protocol, and Azure Communication Services behind it by its REST API.

The Python SDK draws a new repeatability id for each call, so that our own retry after a crash would send twice; the
REST API takes ours. https://learn.microsoft.com/rest/api/communication/sms
"""

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Protocol

from shared.adapters.web import UpstreamError, Web
from shared.errors import Unavailable

API_VERSION = "2026-01-23"
REPORT_AFTER_SECONDS = 600
ANSWER_SECONDS = 8


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A text to send. `id` is derived from what it is about, so that the same text twice is sent once; `tag` comes back
    in the delivery report. `first_attempt` is that of the first attempt with this id.
    """

    id: str
    first_attempt: datetime
    sender: str
    to: str
    text: str
    tag: str


@dataclass(frozen=True, slots=True)
class Sent:
    """The gateway's word: `message_id` if accepted, else refused for good."""

    message_id: str

    @property
    def accepted(self) -> bool:
        return bool(self.message_id)


class Gateway(Protocol):
    """Sends texts."""

    async def send(self, text: Outgoing) -> Sent:
        """Raises `Unavailable` when the outcome is unknown or may change: then the same text may be sent again."""


class CommunicationServices:
    """The stamp's Azure Communication Services resource, with the managed identity's token."""

    def __init__(self, web: Web) -> None:
        self._web = web

    async def send(self, text: Outgoing) -> Sent:
        """One recipient a call; the answer is a multi-status of one."""
        body = {
            "from": text.sender,
            "message": text.text,
            "smsRecipients": [
                {
                    "to": text.to,
                    "repeatabilityRequestId": text.id,
                    "repeatabilityFirstSent": format_datetime(text.first_attempt, usegmt=True),
                }
            ],
            "smsSendOptions": {
                "enableDeliveryReport": True,
                "tag": text.tag,
                "deliveryReportTimeoutInSeconds": REPORT_AFTER_SECONDS,
            },
        }
        try:
            answer = await self._web.send(
                "POST", "/sms", params={"api-version": API_VERSION}, json_body=body, read_seconds=ANSWER_SECONDS
            )
        except UpstreamError:
            raise Unavailable from None
        if answer.status in (401, 403, 408, 429) or answer.status >= 500:
            raise Unavailable
        if answer.status != 202 or not isinstance(answer.body, dict) or not answer.body.get("value"):
            return Sent("")
        item = answer.body["value"][0]
        if item.get("httpStatusCode") in (408, 429) or item.get("httpStatusCode", 0) >= 500:
            raise Unavailable
        return Sent(str(item.get("messageId", "")) if item.get("successful") else "")
