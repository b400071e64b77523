"""`POST /sms`: one message to up to a hundred recipients, each with a result of its own.

Contract: azure-rest-api-specs, communication/data-plane/Sms, stable/2021-03-07 and stable/2026-01-23. What the contract
leaves open (a foreign sender is 401, a bad recipient is a 400 of its own) is as the SDK's recorded tests have it.
"""

import math
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from local.sms.answers import AcsError, FieldError, Json
from local.sms.carrier import DELIVERED, E164, Carrier, Text

MOST_RECIPIENTS = 100
LONGEST_MESSAGE = 2048
# 36 characters, says the contract; other spellings that Python would take for a UUID are not.
_REQUEST_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_FIRST_SENT = "%a, %d %b %Y %H:%M:%S GMT"


def send(carrier: Carrier, owned: Callable[[str], bool], body: Json, version: str) -> tuple[Json, list[Text]]:
    """Takes a send request: the answer's body, and the texts that are new. Raises AcsError for the whole request."""
    sender, message, recipients, options = _validate(body, version)
    if not E164.fullmatch(sender):
        raise FieldError("From", "Invalid From phone number format")
    if not owned(sender):
        raise AcsError(401, "Unauthorized", "")
    fresh = [each for each in recipients if _refusal(carrier, each) is None and not _repeats(carrier, each)]
    wait = carrier.take_turn(sender, len(fresh))
    if wait:
        after = {"Retry-After": str(math.ceil(wait))}
        raise AcsError(429, "TooManyRequests", "Rate limit of the sender number exceeded.", headers=after)

    results: list[Json] = []
    texts: list[Text] = []
    for each in recipients:
        # Asked again on purpose: two recipients of one request may share an id.
        refused = _refusal(carrier, each)
        if refused:
            results.append({"to": each["to"], "httpStatusCode": 400, "errorMessage": refused, "successful": False})
            if each.get("repeatabilityRequestId"):
                results[-1]["repeatabilityResult"] = "rejected"
            continue
        request_id = each.get("repeatabilityRequestId", "")
        earlier = carrier.earlier(request_id) if request_id else None
        if earlier:
            text = earlier[1]
        else:
            status, details = DELIVERED
            event = "pending" if options["enableDeliveryReport"] else "none"
            text = Text(each["to"], sender, message, options.get("tag", ""), request_id, status, details, event)
            texts.append(carrier.accept(text, each.get("repeatabilityFirstSent", "")))
        results.append({"to": each["to"], "messageId": text.id, "httpStatusCode": 202, "successful": True})
        if request_id:
            results[-1]["repeatabilityResult"] = "accepted"
    return {"value": results}, texts


def _repeats(carrier: Carrier, recipient: Json) -> bool:
    return (
        bool(recipient.get("repeatabilityRequestId"))
        and carrier.earlier(recipient["repeatabilityRequestId"]) is not None
    )


def _refusal(carrier: Carrier, recipient: Json) -> str | None:
    """Why this recipient gets nothing, or None. Repeatability: OASIS Repeatable Requests 1.0."""
    if not E164.fullmatch(recipient["to"]):
        return "Invalid To phone number format."
    request_id, first_sent = recipient.get("repeatabilityRequestId"), recipient.get("repeatabilityFirstSent")
    if request_id is None and first_sent is None:
        return None
    if not request_id or not _REQUEST_ID.fullmatch(request_id):
        return "Invalid repeatabilityRequestId: a UUID of 36 characters is needed."
    if not first_sent or not _is_http_date(first_sent):
        return "Invalid repeatabilityFirstSent: a date such as Tue, 26 Mar 2019 16:06:51 GMT is needed."
    earlier = carrier.earlier(request_id)
    if earlier and (earlier[0], earlier[1].to) != (first_sent, recipient["to"]):
        return "The repeatabilityRequestId was used for another request."
    return None


def _is_http_date(text: str) -> bool:
    """IMF-fixdate, RFC 9110 §5.6.7: written back, it must be the same text (a wrong weekday is not)."""
    try:
        return datetime.strptime(text, _FIRST_SENT).strftime(_FIRST_SENT) == text  # noqa: DTZ007  the format says GMT
    except ValueError:
        return False


def _validate(body: Json, version: str) -> tuple[str, str, list[Json], Json]:
    """The request's parts, of the contract's types. Raises FieldError."""
    sender = _text(body, "from", "From")
    message = _text(body, "message", "Message")
    if len(message) > LONGEST_MESSAGE:
        raise FieldError("Message", f"The field Message must be a string with a maximum length of {LONGEST_MESSAGE}.")
    recipients = body.get("smsRecipients")
    if not isinstance(recipients, list) or not 1 <= len(recipients) <= MOST_RECIPIENTS:
        raise FieldError("SmsRecipients", f"Between 1 and {MOST_RECIPIENTS} recipients are needed.")
    for each in recipients:
        if not isinstance(each, dict):
            raise FieldError("SmsRecipients", "A recipient must be an object.")
        _text(each, "to", "SmsRecipients.To")
        for name in ("repeatabilityRequestId", "repeatabilityFirstSent"):
            if not isinstance(each.get(name, ""), str):
                raise FieldError(f"SmsRecipients.{name[0].upper()}{name[1:]}", "A string is needed.")
    return sender, message, recipients, _options(body, version)


def _options(body: Json, version: str) -> Json:
    options: Any = body.get("smsSendOptions", {"enableDeliveryReport": False})
    if not isinstance(options, dict) or not isinstance(options.get("enableDeliveryReport"), bool):
        raise FieldError("SmsSendOptions.EnableDeliveryReport", "The field EnableDeliveryReport is required.")
    if not isinstance(options.get("tag", ""), str):
        raise FieldError("SmsSendOptions.Tag", "A string is needed.")
    if version == "2021-03-07":
        seconds = options.get("validityPeriodSeconds", 0)
        if not (type(seconds) is int and -(2**31) <= seconds < 2**31):
            raise FieldError("SmsSendOptions.ValidityPeriodSeconds", "A number of 32 bits is needed.")
        return options
    timeout = options.get("deliveryReportTimeoutInSeconds", 60)
    if not (type(timeout) is int and 60 <= timeout <= 43_200):
        raise FieldError("SmsSendOptions.DeliveryReportTimeoutInSeconds", "A number between 60 and 43200 is needed.")
    if "messagingConnect" in options:
        raise FieldError("SmsSendOptions.MessagingConnect", "No messaging connect partner is set up for this resource.")
    return options


def _text(body: Json, name: str, field: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise FieldError(field, f"The {field} field is required.")
    return value
