"""Who may call: a bearer token of Entra, or a request signed with the resource's access key.

The signature scheme: https://learn.microsoft.com/rest/api/communication/authentication
"""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from starlette.requests import Request

from local.bearer import BearerCheck, BearerRefusedError, KeysUnavailableError
from local.config import StackConfig
from local.sms.answers import AcsError

# The key of this demo's resource, made for it and of no worth elsewhere.
DEMO_ACCESS_KEY = base64.b64encode(b"visitbridge demo key, worth nothing").decode()
AUDIENCES = ("https://communication.azure.com", "https://communication.azure.com/")
SIGNED_HEADERS = "x-ms-date;host;x-ms-content-sha256"
# Seconds a signature stays good; the page names no number, its sibling scheme in App Configuration says 15 minutes.
SIGNATURE_LIFETIME = 900


def connection_string(config: StackConfig) -> str:
    """What the portal's Keys page shows for this resource, for `from_connection_string` of the SDKs."""
    return f"endpoint={config.sms}/;accesskey={DEMO_ACCESS_KEY}"


class Callers:
    """Lets good callers in."""

    def __init__(self, config: StackConfig) -> None:
        self._bearer = BearerCheck(config, AUDIENCES)

    async def check(self, request: Request) -> None:
        """Raises AcsError: 401 for anyone who cannot show who they are, 503 when Entra does not answer."""
        scheme, _, rest = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            try:
                await self._bearer.verify(rest)
            except BearerRefusedError as why:
                raise _denied(str(why)) from why
            except KeysUnavailableError as why:
                raise AcsError(503, "ServiceUnavailable", str(why)) from why
        elif scheme == "HMAC-SHA256":
            _check_signature(request, rest, await request.body())
        else:
            raise _denied("the request carries no credentials")


def _denied(why: str) -> AcsError:
    return AcsError(401, "Denied", f"Denied by the resource provider: {why}.")


def _check_signature(request: Request, parameters: str, body: bytes) -> None:
    headers = request.headers
    given = dict(part.partition("=")[::2] for part in parameters.split("&"))
    if given.get("SignedHeaders") != SIGNED_HEADERS:
        raise _denied(f"SignedHeaders must be {SIGNED_HEADERS}")
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    if not hmac.compare_digest(headers.get("x-ms-content-sha256", ""), digest):
        raise _denied("x-ms-content-sha256 is not the hash of the body")
    date = headers.get("x-ms-date", "")
    try:
        age = datetime.now(UTC) - parsedate_to_datetime(date)
    except (TypeError, ValueError) as error:
        raise _denied("x-ms-date is no date") from error
    if abs(age.total_seconds()) > SIGNATURE_LIFETIME:
        raise _denied("x-ms-date is too far from now")
    target = request.scope["raw_path"].decode()
    if request.scope["query_string"]:
        target += "?" + request.scope["query_string"].decode()
    text = f"{request.method}\n{target}\n{date};{headers.get('host', '')};{digest}"
    signature = hmac.digest(base64.b64decode(DEMO_ACCESS_KEY), text.encode(), "sha256")
    if not hmac.compare_digest(given.get("Signature", ""), base64.b64encode(signature).decode()):
        raise _denied("the signature does not match")
