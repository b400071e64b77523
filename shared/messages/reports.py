"""What the gateway tells us afterwards: delivery reports and inbound texts, as Event Grid events.

https://learn.microsoft.com/azure/event-grid/communication-services-telephony-sms-events
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from shared.messages.optouts import OptOuts
from shared.messages.sending import read_tag
from shared.visits.store import Visits
from shared.visits.visit import Record, TextState

DELIVERED = "Microsoft.Communication.SMSDeliveryReportReceived"
RECEIVED = "Microsoft.Communication.SMSReceived"
UNFINISHED = (TextState.SENDING, TextState.SENT)


class GatewayReports:
    """Notes what became of a text, and heeds STOP."""

    def __init__(self, visits: Visits, optouts: OptOuts) -> None:
        self._visits = visits
        self._optouts = optouts

    async def note(self, kind: str, data: Mapping[str, Any]) -> None:
        """One event; any number of times the same is one. Events of other kinds are nothing to us."""
        if kind == RECEIVED:
            await self._optouts.heed(str(data.get("to", "")), str(data.get("from", "")), str(data.get("message", "")))
        elif kind == DELIVERED:
            await self._delivered(data)

    async def _delivered(self, data: Mapping[str, Any]) -> None:
        found = read_tag(str(data.get("Tag") or data.get("tag") or ""))
        if found is None:
            return
        key, name = found
        state = TextState.DELIVERED if data.get("deliveryStatus") == "Delivered" else TextState.FAILED
        message_id = str(data.get("messageId", ""))

        def apply(record: Record | None) -> Record | None:
            text = record.texts.get(name) if record else None
            if record is None or text is None or text.state not in UNFINISHED:
                return None
            text = replace(text, state=state, message_id=message_id)
            visit = replace(record.visit, facts_due=True)
            return replace(record, visit=visit, texts={**record.texts, name: text})

        await self._visits.change(key, apply)
