"""What is told about a text afterwards: delivery reports, and texts that patients send back.

Event schemas: https://learn.microsoft.com/azure/event-grid/communication-services-telephony-sms-events. Its samples
write some numbers without the plus sign and the tag with a capital; so do we, because receivers must cope with it.
"""

import uuid
from datetime import UTC, datetime

from local.sms.answers import Json
from local.sms.carrier import Text, now, segments
from local.sms.events import EventGrid


def announce(events: EventGrid, text: Text) -> None:
    """Sends the delivery report of a text as an event, if one was asked for."""
    if text.event == "none":
        return

    def outcome(what: str) -> None:
        text.event = what

    common = report(text)
    data = {name: common[name] for name in common if name != "tag"} | {"from": text.sender[1:], "Tag": text.tag}
    events.publish("Microsoft.Communication.SMSDeliveryReportReceived", _subject(text.to), data, outcome)


def report(text: Text) -> Json:
    """The delivery report as `GET /deliveryReports/{id}` answers it."""
    parts = segments(text.message)
    arrived = text.status == "Delivered"
    return {
        "messageId": text.id,
        "from": text.sender,
        "to": text.to,
        "deliveryStatus": text.status,
        "deliveryStatusDetails": text.details,
        "deliveryAttempts": [
            {
                "timestamp": text.accepted_at,
                "segmentsSucceeded": parts if arrived else 0,
                "segmentsFailed": 0 if arrived else parts,
            }
        ],
        "receivedTimestamp": text.accepted_at,
        "tag": text.tag,
    }


def inbound(events: EventGrid, sender: str, recipient: str, message: str) -> str:
    """Announces a text that `sender`, a patient, wrote to our number; returns its id."""
    message_id = f"Incoming_{datetime.now(UTC):%Y%m%d%H%M%S}_{uuid.uuid4()}"
    data = {
        "messageId": message_id,
        "from": sender[1:],
        "to": recipient[1:],
        "message": message,
        "receivedTimestamp": now(),
        "segmentCount": segments(message),
    }
    events.publish("Microsoft.Communication.SMSReceived", _subject(recipient), data)
    return message_id


def _subject(number: str) -> str:
    return f"/phonenumber/{number[1:]}"
