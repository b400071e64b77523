"""Subscriptions to a meeting's call events: checked, validated by handshake, renewed, ended.

https://learn.microsoft.com/graph/changenotifications-for-onlinemeeting and
https://learn.microsoft.com/graph/api/resources/subscription
"""

import base64
import binascii
import re
import uuid
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.routing import Route

from local.graph import times
from local.graph.answers import Call, Frame, GraphError, Json, bad_request
from local.graph.outgoing import Outgoing
from local.graph.state import Meeting, State, Subscription
from local.graph.tokens import READ_MEETINGS

LONGEST = timedelta(minutes=4_230)
SHORTEST = timedelta(minutes=45)
LIFECYCLE_URL_FROM = timedelta(hours=1)
RESOURCE = re.compile(r"/?communications/onlineMeetings\(joinWebUrl='([^']*)'\)/meetingCallEvents")
SETTABLE = (
    *("changeType", "notificationUrl", "lifecycleNotificationUrl", "resource", "expirationDateTime", "clientState"),
    *("includeResourceData", "encryptionCertificate", "encryptionCertificateId", "latestSupportedTlsVersion"),
    "notificationUrlAppId",
)
UPDATABLE = ("expirationDateTime", "encryptionCertificate", "encryptionCertificateId")
LONGEST_TEXT = 128


def routes(frame: Frame, state: State, outgoing: Outgoing) -> list[Route]:
    """The routes under /subscriptions."""

    def shown(call: Call, subscription: Subscription) -> Json:
        return {"@odata.context": call.context("subscriptions/$entity"), **subscription.properties}

    def free(app_id: str, meeting: Meeting, body: Json) -> None:
        """Raises GraphError when the application watches this meeting already."""
        for held in state.subscriptions(meeting.join_url):
            if held.app_id != app_id:  # of the same tenant: the meeting is
                continue
            if all(held.properties[name] == body.get(name) for name in ("notificationUrl", "resource")):
                raise GraphError(409, "Conflict", f"Subscription '{held.id}' is the same as the one asked for.")
            raise GraphError(403, "Forbidden", "One subscription per application and meeting is the limit.")

    async def create(call: Call) -> tuple[int, Json]:
        body = call.body
        _known(body, SETTABLE)
        meeting = _meeting(call, state)
        state.require_policy(meeting.organizer)
        expires = _expiry(body)
        _check_text(body)
        urls = [_url(body, "notificationUrl")]
        if body.get("lifecycleNotificationUrl") is not None:
            urls.append(_url(body, "lifecycleNotificationUrl"))
        elif expires - times.now() > LIFECYCLE_URL_FROM:
            raise bad_request("'lifecycleNotificationUrl' is required when the subscription lasts more than 1 hour.")
        certificate = _certificate(body) if body.get("includeResourceData") is True else b""
        free(call.app_id, meeting, body)
        for url in urls:
            await outgoing.handshake(url)
        free(call.app_id, meeting, body)  # someone else may have been quicker while we asked
        subscription = Subscription(
            str(uuid.uuid4()),
            call.tenant,
            call.app_id,
            meeting.join_url,
            expires,
            _properties(call, expires),
            certificate,
        )
        subscription.properties["id"] = subscription.id
        state.subscribe(subscription)
        return 201, shown(call, subscription)

    async def listing(call: Call) -> tuple[int, Json]:
        own = [s.properties for s in state.subscriptions() if (s.tenant, s.app_id) == (call.tenant, call.app_id)]
        return 200, {"@odata.context": call.context("subscriptions"), "value": own}

    def own(call: Call) -> Subscription:
        for subscription in state.subscriptions():
            held = (subscription.id, subscription.tenant, subscription.app_id)
            if held == (call.path("subscription"), call.tenant, call.app_id):
                return subscription
        raise GraphError(404, "ResourceNotFound", "The object was not found.")

    async def get(call: Call) -> tuple[int, Json]:
        return 200, shown(call, own(call))

    async def update(call: Call) -> tuple[int, Json]:
        subscription, body = own(call), call.body
        _known(body, UPDATABLE)
        if not body:
            raise bad_request("Nothing to update.")
        certified = "encryptionCertificate" in body or "encryptionCertificateId" in body
        certificate = _certificate(body) if certified else subscription.certificate
        if "expirationDateTime" in body:
            subscription.expires = _expiry(body)
            subscription.properties["expirationDateTime"] = times.write(subscription.expires)
        if certified:
            subscription.certificate = certificate
            subscription.properties["encryptionCertificateId"] = body["encryptionCertificateId"]
        return 200, shown(call, subscription)

    async def reauthorize(call: Call) -> tuple[int, None]:
        own(call)
        return 204, None

    async def delete(call: Call) -> tuple[int, None]:
        state.unsubscribe(own(call).id)
        return 204, None

    one = "/subscriptions/{subscription}"
    return [
        *frame.routes("POST", "/subscriptions", create, roles=READ_MEETINGS),
        *frame.routes("GET", "/subscriptions", listing, roles=READ_MEETINGS),
        *frame.routes("GET", one, get, roles=READ_MEETINGS),
        *frame.routes("PATCH", one, update, roles=READ_MEETINGS),
        *frame.routes("POST", f"{one}/reauthorize", reauthorize, roles=READ_MEETINGS),
        *frame.routes("DELETE", one, delete, roles=READ_MEETINGS),
    ]


def resource_of(join_url: str) -> str:
    """How a meeting's call events are named: the join URL, encoded as it is, is encoded once more."""
    return f"communications/onlineMeetings(joinWebUrl='{quote(join_url, safe='')}')/meetingCallEvents"


def join_url_of(resource: str) -> str | None:
    """The join URL that a resource names; None when it is not encoded as it should be."""
    match = RESOURCE.fullmatch(resource)
    if not match:
        return None
    join_url = unquote(match[1])
    # Encoded to the last character, in upper or lower case: a URL pasted in as it is names nothing.
    return join_url if quote(join_url, safe="").lower() == match[1].lower() else None


def _known(body: Json, names: tuple[str, ...]) -> None:
    for name in body:
        if name not in names and not name.startswith("@odata."):
            raise bad_request(f"The property '{name}' does not exist on a subscription or cannot be set.")


def _meeting(call: Call, state: State) -> Meeting:
    resource = call.body.get("resource")
    if not isinstance(resource, str) or "meetingCallEvents" not in resource:
        raise bad_request("'resource' is not one that can be subscribed to here.")
    if call.version != "beta":
        raise bad_request("Subscriptions to meetingCallEvents exist on the beta endpoint only.")
    join_url = join_url_of(resource)
    meeting = state.by_url(join_url, call.tenant) if join_url else None
    if not meeting:
        raise GraphError(400, "ExtensionError", "The meeting join url in subscription is not valid.")
    if call.body.get("changeType") != "updated":
        raise bad_request("'changeType' is 'updated' for this resource.")
    return meeting


def _expiry(body: Json) -> datetime:
    now = times.now()
    expires = times.read(body.get("expirationDateTime"), "expirationDateTime")
    if not now < expires <= now + LONGEST:
        raise GraphError(
            400,
            "ValidationError",
            f"Subscription expiration can only be {LONGEST // timedelta(minutes=1)} minutes in the future.",
        )
    return max(expires, now + SHORTEST)


def _check_text(body: Json) -> None:
    for name in ("clientState", "notificationUrlAppId"):
        value = body.get(name)
        if value is not None and not (isinstance(value, str) and len(value) <= LONGEST_TEXT):
            raise bad_request(f"'{name}' is a string of at most {LONGEST_TEXT} characters.")
    if not isinstance(body.get("includeResourceData"), bool | None):
        raise bad_request("'includeResourceData' is true or false.")


def _url(body: Json, name: str) -> str:
    url = body.get(name)
    parts = urlsplit(url) if isinstance(url, str) else None
    local = parts is not None and parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1")
    if not parts or not parts.hostname or not (parts.scheme == "https" or local):
        raise bad_request(f"'{name}' is an https address.")
    return str(url)


def _certificate(body: Json) -> bytes:
    """The DER of the certificate that notifications are to be encrypted with."""
    text, name = body.get("encryptionCertificate"), body.get("encryptionCertificateId")
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_TEXT:
        raise bad_request(f"'encryptionCertificateId' is required, of at most {LONGEST_TEXT} characters.")
    try:
        der = base64.b64decode(text or "", validate=True)
        key: Any = x509.load_der_x509_certificate(der).public_key()
    except (TypeError, binascii.Error, ValueError) as error:
        raise bad_request("'encryptionCertificate' is not a certificate (X.509, DER) in Base64.") from error
    if not isinstance(key, rsa.RSAPublicKey) or not 2048 <= key.key_size <= 4096:
        raise bad_request("The key of 'encryptionCertificate' is RSA of 2048 to 4096 bits.")
    return der


def _properties(call: Call, expires: datetime) -> Json:
    """The subscription as Graph shows it: the certificate itself is not shown again."""
    properties: Json = {"id": None, "applicationId": call.app_id, "creatorId": call.claims.get("oid")}
    properties |= {name: call.body.get(name) for name in SETTABLE}
    return properties | {
        "expirationDateTime": times.write(expires),
        "encryptionCertificate": None,
        "includeResourceData": call.body.get("includeResourceData", False),
        "latestSupportedTlsVersion": call.body.get("latestSupportedTlsVersion", "v1_2"),
    }
