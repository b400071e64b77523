"""What the gateway tells us afterwards: delivery reports and inbound texts, as Event Grid events.

https://learn.microsoft.com/azure/event-grid/communication-services-telephony-sms-events
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from shared.messages.inbound import Replies
from shared.messages.sending import read_tag
from shared.messages.statuses import status_of
from shared.metrics import measure
from shared.visits.store import Visits
from shared.visits.visit import Record, TextState

DELIVERED = "Microsoft.Communication.SMSDeliveryReportReceived"
RECEIVED = "Microsoft.Communication.SMSReceived"
UNFINISHED = (TextState.SENDING, TextState.SENT, TextState.UNKNOWN)


class GatewayReports:
    """Notes what became of a text, and heeds what patients reply."""

    def __init__(self, visits: Visits, replies: Replies) -> None:
        self._visits = visits
        self._replies = replies

    async def note(self, kind: str, data: Mapping[str, Any]) -> None:
        """One event; any number of times the same is one. Events of other kinds are nothing to us."""
        if kind == RECEIVED:
            await self._replies.heed(data)
        elif kind == DELIVERED:
            await self._delivered(data)

    async def _delivered(self, data: Mapping[str, Any]) -> None:
        found = read_tag(str(data.get("Tag") or data.get("tag") or ""))
        if found is None:
            return
        key, name = found
        state, reason = status_of(str(data.get("deliveryStatus", "")), str(data.get("deliveryStatusDetails", "")))
        message_id = str(data.get("messageId", ""))

        def apply(record: Record | None) -> Record | None:
            text = record.texts.get(name) if record else None
            # Reports come in any order: that it arrived, by any of its attempts, is true whatever came before.
            open_to = (*UNFINISHED, TextState.FAILED) if state is TextState.DELIVERED else UNFINISHED
            if record is None or text is None or text.state not in open_to:
                return None
            if state is TextState.FAILED and text.message_id and text.message_id != message_id:
                # An earlier attempt of it: a later one was accepted, and has a report of its own.
                return None
            noted = replace(text, state=state, reason=reason, message_id=message_id)
            if noted == text:
                return None
            visit = replace(record.visit, facts_due=True)
            return replace(record, visit=visit, texts={**record.texts, name: noted})

        after = await self._visits.change(key, apply)
        if after and name in after.texts and after.texts[name].message_id == message_id:
            measure("visitbridge.text.ended", 1, state=state.value, reason=reason or "none")
