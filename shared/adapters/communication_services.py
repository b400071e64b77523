"""Texts by Azure Communication Services, through its REST API.

The Python SDK draws a new repeatability id for each call, so that our own retry after a crash would send twice; the
REST API takes ours. https://learn.microsoft.com/rest/api/communication/sms
"""

import logging
from collections.abc import Mapping
from email.utils import format_datetime
from typing import Any

from shared.adapters.gateway import Outgoing, Reason, Sent, Throttled, retry_after
from shared.adapters.web import Answer, UpstreamError, Web
from shared.errors import Unavailable

log = logging.getLogger(__name__)

API_VERSION = "2026-01-23"
REPORT_AFTER_SECONDS = 600
ANSWER_SECONDS = 8
# The resource, its address or our role there are not what they ought to be: no text's fault.
NOT_SET_UP = (401, 403, 404)


class CommunicationServices:
    """The stamp's Azure Communication Services resource, with the managed identity's token."""

    repeatable = True

    def __init__(self, web: Web) -> None:
        self._web = web
        self._warned = False

    async def send(self, text: Outgoing) -> Sent:
        """One recipient a call; the answer is a multi-status of one. Raises `Throttled` and `Unavailable`."""
        try:
            answer = await self._web.send(
                "POST", "/sms", params={"api-version": API_VERSION}, json_body=_body(text), read_seconds=ANSWER_SECONDS
            )
        except UpstreamError:
            raise Unavailable from None
        if not 200 <= answer.status < 300:
            return self._judge(answer.status, answer, "")
        item = _only_item(answer)
        status, message_id = item.get("httpStatusCode"), item.get("messageId")
        if item.get("successful") and isinstance(message_id, str) and message_id:
            self._warned = False
            return Sent(message_id)
        return self._judge(status if isinstance(status, int) else 500, answer, str(item.get("errorMessage", "")))

    def _judge(self, status: int, answer: Answer, message: str) -> Sent:
        """What a refusal means, of the whole request or of its one item."""
        if status == 429:
            raise Throttled(retry_after(answer.headers))
        if status in NOT_SET_UP:
            if not self._warned:
                log.warning("Communication Services refuses us with %d: check SMS_ENDPOINT, role and sender", status)
            self._warned = True
            raise Unavailable
        if status == 408 or not 400 <= status < 500:
            raise Unavailable
        return Sent("", _reason(message))


def _body(text: Outgoing) -> dict[str, Any]:
    return {
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


def _only_item(answer: Answer) -> Mapping[str, Any]:
    """The result of our one recipient. Raises `Unavailable` where the answer has none: the same id may ask again."""
    items = answer.body.get("value") if isinstance(answer.body, dict) else None
    if not isinstance(items, list) or not items or not isinstance(items[0], dict):
        raise Unavailable
    return items[0]


def _reason(message: str) -> Reason:
    """Why one recipient gets nothing, by the words of `errorMessage`: the contract has no codes for it."""
    words = message.lower()
    if "opted out" in words or "opt-out" in words or "opt out" in words:
        return "opted_out"
    return "invalid_number" if "to phone number" in words or "recipient phone number" in words else "other"
