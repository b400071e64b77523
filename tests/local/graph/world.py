"""What Graph's stand-in needs around it: an Entra that publishes keys and signs, and a subscriber that can misbehave."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, padding, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.x509.oid import NameOID
from jwt.algorithms import RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from local.config import APP_CLIENT_ID, PEOPLE, TENANT_ID, StackConfig
from local.standin import StandIn

Json = dict[str, Any]
AUDIENCE = "https://graph.microsoft.com"
ROLES = (
    *("OnlineMeetings.ReadWrite.All", "OnlineMeetingArtifact.Read.All", "CallRecords.Read.All"),
    "User.Read.All",
)
CLINICIAN, SECOND, ADMIN = PEOPLE["clinician"], PEOPLE["second_clinician"], PEOPLE["admin"]
MEETINGS = f"/v1.0/users/{CLINICIAN.oid}/onlineMeetings"


class Entra:
    """Publishes keys where Entra does, and has the control route by which Graph has its validation tokens signed."""

    def __init__(self, config: StackConfig) -> None:
        self._config = config
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def stand_in(self) -> StandIn:
        """Keys and signatures, to be served."""
        keys = Route("/common/discovery/v2.0/keys", self._keys)
        return StandIn("entra", Starlette(routes=[keys, Route("/control/sign", self._sign, methods=["POST"])]))

    async def _keys(self, _: Request) -> Response:
        jwk = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return JSONResponse({"keys": [{**jwk, "kid": "first", "use": "sig"}]})

    async def _sign(self, request: Request) -> Response:
        if request.headers.get("x-control-secret") != self._config.secrets["entra_control"]:
            return Response(status_code=403)
        return JSONResponse({"token": self.token((await request.json())["claims"])})

    def token(self, claims: Json) -> str:
        """A token of the tenant with these claims and no others."""
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "first"})

    def app_token(self, **claims: Any) -> str:
        """What the app registration gets for Graph, `claims` changed as told."""
        now = int(time.time())
        usual: Json = {"aud": AUDIENCE, "iss": f"{self._config.authority}/v2.0", "tid": TENANT_ID, "azp": APP_CLIENT_ID}
        usual |= {"iat": now, "nbf": now, "exp": now + 3600, "idtyp": "app", "roles": list(ROLES)}
        return self.token(usual | claims)


class Subscriber:
    """A notification address. `/good` keeps the handshake; the other paths each break it in one way.

    `answers` are the statuses of the next notifications; 202 when it is empty.
    """

    def __init__(self) -> None:
        self.received: list[Json] = []
        self.lifecycle: list[Json] = []
        self.handshakes: list[str] = []
        self.answers: list[int] = []
        self._news = asyncio.Condition()

    def stand_in(self) -> StandIn:
        """The address over plain http on the control port, and over https on the service's."""
        routes = [Route("/{manner}", self._take, methods=["POST"])]
        return StandIn("functions", Starlette(routes=routes), [*routes])

    async def _take(self, request: Request) -> Response:
        manner, token = request.path_params["manner"], request.query_params.get("validationToken")
        if token is not None:
            self.handshakes.append(manner)
            return self._handshake(manner, token, request.url.query)
        status = self.answers.pop(0) if self.answers else 202
        async with self._news:
            if status < 300:
                (self.lifecycle if manner == "lifecycle" else self.received).append(await request.json())
            self._news.notify_all()
        return Response(status_code=status)

    def _handshake(self, manner: str, token: str, query: str) -> Response:
        match manner:
            case "undecoded":
                return PlainTextResponse(query.partition("validationToken=")[2])
            case "json":
                return JSONResponse(token)
            case "accepted":
                return PlainTextResponse(token, 202)
            case "quoted":
                return PlainTextResponse(f'"{token}"')
            case "silent":
                return Response(status_code=200)
            case "failing":
                return Response(status_code=500)
            case _:
                return PlainTextResponse(token)

    async def until(self, enough: Callable[[], bool]) -> None:
        """Returns when a notification makes `enough` true. Raises TimeoutError after ten seconds."""
        async with asyncio.timeout(10), self._news:
            await self._news.wait_for(enough)


class World:
    """A fresh Graph beside the session's Entra and subscriber. `graph` carries the app's token, `control` needs none."""

    def __init__(
        self,
        config: StackConfig,
        entra: Entra,
        subscriber: Subscriber,
        graph: httpx.AsyncClient,
        control: httpx.AsyncClient,
    ) -> None:
        self.config, self.entra, self.subscriber = config, entra, subscriber
        self.graph, self.control = graph, control

    @property
    def hook(self) -> str:
        """The subscriber's plain http address."""
        return self.config.functions

    async def meeting(self, external_id: str = "visit-1", user: str = CLINICIAN.oid, **body: Any) -> Json:
        """A meeting, made or found."""
        url = f"/v1.0/users/{user}/onlineMeetings/createOrGet"
        answer = await self.graph.post(url, json={"externalId": external_id, **body})
        assert answer.status_code in (200, 201), answer.text
        found: Json = answer.json()
        return found

    def subscription(self, join_url: str, minutes: int = 120, **changes: Any) -> Json:
        """The body of a request for rich notifications; a change to None leaves the property out."""
        body = {
            "changeType": "updated",
            "notificationUrl": f"{self.hook}/good",
            "lifecycleNotificationUrl": f"{self.hook}/lifecycle",
            "resource": f"/communications/onlineMeetings(joinWebUrl='{encoded(join_url)}')/meetingCallEvents",
            "includeResourceData": True,
            "encryptionCertificate": base64.b64encode(KEYS.der).decode(),
            "encryptionCertificateId": "key-1",
            "expirationDateTime": in_minutes(minutes),
            "clientState": "our secret",
        }
        return {name: value for name, value in (body | changes).items() if value is not None}

    async def subscribe(self, meeting: Json, **changes: Any) -> Json:
        """A subscription to the meeting's call events."""
        answer = await self.graph.post("/beta/subscriptions", json=self.subscription(meeting["joinWebUrl"], **changes))
        assert answer.status_code == 201, answer.text
        made: Json = answer.json()
        return made

    async def roster(self, meeting: Json, action: str, participant: str = "", **more: Any) -> Json:
        """Moves somebody, by the control address."""
        body = {"action": action, "participant": participant, **more}
        answer = await self.control.post(f"/meetings/{meeting['id']}/roster", json=body)
        assert answer.status_code == 200, answer.text
        report: Json = answer.json()
        return report

    def events(self) -> list[Json]:
        """What the subscriber was told, decrypted."""
        return [opened(note["encryptedContent"]) for body in self.subscriber.received for note in body["value"]]


class KeyPair:
    """A key and its self-signed certificate, DER."""

    def __init__(self, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> None:
        self.key = key
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "notifications")])
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        self.certificate = builder.sign(key, hashes.SHA256())
        self.der = self.certificate.public_bytes(serialization.Encoding.DER)
        self.pem = self.certificate.public_bytes(serialization.Encoding.PEM)


def rsa_pair(bits: int) -> KeyPair:
    """A pair with an RSA key of this size."""
    return KeyPair(rsa.generate_private_key(public_exponent=65537, key_size=bits))


KEYS = rsa_pair(2048)


def opened(content: Json, pair: KeyPair = KEYS) -> Json:
    """Decrypts as https://learn.microsoft.com/graph/change-notifications-with-resource-data tells subscribers to."""
    assert isinstance(pair.key, rsa.RSAPrivateKey)
    oaep = rsa_padding.OAEP(rsa_padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303
    symmetric = pair.key.decrypt(base64.b64decode(content["dataKey"]), oaep)
    data = base64.b64decode(content["data"])
    signature = base64.b64decode(content["dataSignature"])
    assert hmac.compare_digest(signature, hmac.new(symmetric, data, hashlib.sha256).digest())
    decryptor = Cipher(algorithms.AES(symmetric), modes.CBC(symmetric[:16])).decryptor()
    unpadder = padding.PKCS7(128).unpadder()
    plain = unpadder.update(decryptor.update(data) + decryptor.finalize()) + unpadder.finalize()
    resource: Json = json.loads(plain)
    return resource


def encoded(join_url: str) -> str:
    """Every byte that is not a letter, a digit or one of -._~ as %XX, those of what was encoded already too."""
    return "".join(chr(b) if chr(b).isalnum() or chr(b) in "-._~" else f"%{b:02X}" for b in join_url.encode("ascii"))


def in_minutes(minutes: float) -> str:
    """An instant from now, as requests write it."""
    return (datetime.now(UTC) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


async def eventually(holds: Callable[[], Any], seconds: float = 10) -> None:
    """Waits until `holds` (awaited if need be) is true. Raises AssertionError when it never is."""
    until = time.monotonic() + seconds
    while True:
        value = holds()
        if await value if asyncio.iscoroutine(value) else value:
            return
        assert time.monotonic() < until, "it did not happen in time"
        await asyncio.sleep(0.02)
