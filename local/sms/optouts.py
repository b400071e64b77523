"""`POST /sms/optouts:add`, `:remove` and `:check`: who wants no texts from a sender.

Contract: azure-rest-api-specs, communication/data-plane/Sms/stable/2026-01-23.
"""

from local.sms.answers import FieldError, Json
from local.sms.carrier import E164, Carrier

MOST_RECIPIENTS = 100
ACTIONS = ("add", "remove", "check")


def act(carrier: Carrier, action: str, body: Json) -> Json:
    """The answer's body. Raises FieldError for a request that breaks the contract."""
    sender, recipients = body.get("from"), body.get("recipients")
    if not isinstance(sender, str) or not E164.fullmatch(sender):
        raise FieldError("From", "Invalid From phone number format")
    if not isinstance(recipients, list) or not 1 <= len(recipients) <= MOST_RECIPIENTS:
        raise FieldError("Recipients", f"Between 1 and {MOST_RECIPIENTS} recipients are needed.")
    numbers = [each.get("to") if isinstance(each, dict) else None for each in recipients]
    if not all(isinstance(number, str) and number for number in numbers):
        raise FieldError("Recipients.To", "The To field is required.")
    return {"value": [_one(carrier, action, sender, str(number)) for number in numbers]}


def _one(carrier: Carrier, action: str, sender: str, recipient: str) -> Json:
    if not E164.fullmatch(recipient):
        return {"to": recipient, "httpStatusCode": 400, "errorMessage": "Invalid recipient phone number format"}
    result: Json = {"to": recipient, "httpStatusCode": 200}
    if action == "add":
        carrier.opt_out(sender, recipient)
    elif action == "remove":
        carrier.opt_in(sender, recipient)
    else:
        result["isOptedOut"] = carrier.is_opted_out(sender, recipient)
    return result
