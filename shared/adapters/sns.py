"""Texts by Amazon SNS, for geographies in which Communication Services has no numbers.

SNS takes no idempotency id and gives no delivery report to us: a text is offered once, and what cannot be known stays
unknown. What that means for who runs it: docs/sns.md. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
"""

import asyncio
import logging
import time
from typing import Any

from shared.adapters.aws import CONNECT_SECONDS, READ_SECONDS, RoleClients
from shared.adapters.gateway import OutcomeUnknown, Outgoing, Reason, Sent, Throttled, retry_after
from shared.errors import Unavailable

log = logging.getLogger(__name__)

# Keys and the opt-out list come before the text; if they took longer, the text's own call might not end in time.
PREPARATION_SECONDS = 7
# The whole, as the caller waits for it; a thread cannot be stopped, so what it does later stays unknown.
WHOLE_SECONDS = PREPARATION_SECONDS + CONNECT_SECONDS + READ_SECONDS + 1
INVALID = {
    "InvalidParameter",
    "InvalidParameterValue",
    "ParameterValueInvalid",
    "ValidationError",
    "ValidationException",
}
STALE_KEYS = {"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "RequestExpired"}
NOT_ALLOWED = STALE_KEYS | {
    "AccessDenied", "AccessDeniedException", "AuthorizationError", "InvalidSecurity", "MissingAuthenticationToken",
    "OptInRequired", "SignatureDoesNotMatch", "UnrecognizedClientException",
}  # fmt: skip


class Sns:
    """The account's SNS in one region, with the keys of a role."""

    repeatable = False

    def __init__(self, clients: RoleClients) -> None:
        self._clients = clients
        self._warned = False

    async def send(self, text: Outgoing) -> Sent:
        """One call, at most one text. Raises `Throttled`, `Unavailable` (surely not sent) and `OutcomeUnknown`."""
        try:
            return await asyncio.wait_for(asyncio.to_thread(self._send, text), WHOLE_SECONDS)
        except TimeoutError:
            raise OutcomeUnknown from None

    def _send(self, text: Outgoing) -> Sent:
        from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]
        from botocore.parsers import ResponseParserError  # type: ignore[import-untyped]

        began = time.monotonic()
        client = self._clients.get()
        if _opted_out(client, text.to):
            return Sent("", "opted_out")
        if time.monotonic() - began > PREPARATION_SECONDS:
            raise Unavailable
        try:
            answer = client.publish(PhoneNumber=text.to, Message=text.text, MessageAttributes=_attributes(text.sender))
        except ClientError as error:
            return self._judge(error.response)
        except (BotoCoreError, ResponseParserError) as error:
            raise (Unavailable if _never_left(error) else OutcomeUnknown) from None
        self._warned = False
        if not answer.get("MessageId"):
            raise OutcomeUnknown
        return Sent(str(answer["MessageId"]))

    def _judge(self, response: dict[str, Any]) -> Sent:
        """What a refusal means."""
        about = response.get("ResponseMetadata", {})
        code, status = str(response.get("Error", {}).get("Code", "")), int(about.get("HTTPStatusCode", 500))
        if status == 429 or "Throttl" in code or code in ("RequestLimitExceeded", "TooManyRequestsException"):
            raise Throttled(retry_after(about.get("HTTPHeaders", {})))
        if code in NOT_ALLOWED or status in (401, 403):
            if code in STALE_KEYS:
                self._clients.forget()
            if not self._warned:
                log.warning("Amazon SNS refuses us with %s: check the role's permissions, see docs/sns.md", code)
            self._warned = True
            raise Unavailable
        if status == 408 or not 400 <= status < 500:
            raise OutcomeUnknown
        return Sent("", _reason(code, str(response.get("Error", {}).get("Message", ""))))


def _attributes(sender: str) -> dict[str, dict[str, str]]:
    """https://docs.aws.amazon.com/sns/latest/dg/sms_publish-to-phone.html: a number of the account, or a name."""
    kind = "AWS.MM.SMS.OriginationNumber" if sender.startswith("+") else "AWS.SNS.SMS.SenderID"
    values = {"AWS.SNS.SMS.SMSType": "Transactional", kind: sender}
    return {name: {"DataType": "String", "StringValue": value} for name, value in values.items()}


def _opted_out(client: Any, number: str) -> bool:
    """Whether the account's own list has the number. SNS would take the text and drop it, and say nothing.

    Asked for the truth of a status only: where it cannot be had, SNS withholds the text all the same.
    """
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    try:
        return bool(client.check_if_phone_number_is_opted_out(phoneNumber=number).get("isOptedOut"))
    except (ClientError, BotoCoreError, ResponseParserError):
        return False


def _never_left(error: Exception) -> bool:
    """Whether the request cannot have reached SNS: no connection was made."""
    import ssl

    from botocore.exceptions import ConnectionError as NoConnection
    from botocore.exceptions import ParamValidationError, SSLError

    if isinstance(error, SSLError):
        # A certificate is looked at before anything is sent; other faults of TLS may come afterwards.
        cause = error.kwargs.get("error")
        return any(isinstance(each, ssl.SSLCertVerificationError) for each in (cause, *getattr(cause, "args", ())))
    return isinstance(error, (NoConnection, ParamValidationError))


def _reason(code: str, message: str) -> Reason:
    if code in ("OptedOut", "OptedOutException"):
        return "opted_out"
    return "invalid_number" if code in INVALID and "phone" in message.lower().replace(" ", "") else "other"
