"""A vendor's app, written for these tests alone: its published keys, its assertions, its launches, and the HL7 address
that it listens on. Epic's side is reached through httpx, without TLS in between.
"""

import base64
import hashlib
import secrets
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.config import EPIC_CLIENT_IDS, StackConfig

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
EC_KEY, RSA_KEY = (
    ec.generate_private_key(ec.SECP384R1()),
    rsa.generate_private_key(public_exponent=65537, key_size=2048),
)
KEYS: dict[str, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey] = {"ES384": EC_KEY, "RS384": RSA_KEY}
PUBLIC = {
    "ES384": ECAlgorithm.to_jwk(EC_KEY.public_key(), as_dict=True),
    "RS384": RSAAlgorithm.to_jwk(RSA_KEY.public_key(), as_dict=True),
}
Changes = dict[str, Any]


@dataclass
class Clock:
    """A clock that stands still until told."""

    now: float = 1_795_500_000.0  # 24 November 2026, 06:00 UTC: midnight in Chicago

    def __call__(self) -> float:
        return self.now


def public(algorithm: str, kid: str | None = None) -> Changes:
    """The JWK of one of KEYS."""
    return {**PUBLIC[algorithm], "kid": kid or algorithm, "use": "sig", "alg": algorithm}


@dataclass
class Listener:
    """What the vendor's own address serves: its keys, and a place for HL7 messages."""

    jwks: Any = field(default_factory=lambda: {"keys": [public("ES384"), public("RS384")]})
    jwks_status: int = 200
    cache_control: str | None = "public, max-age=300"
    lookups: int = 0
    answers: list[tuple[int, str]] = field(default_factory=list)
    received: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def app(self) -> Starlette:
        """To be served at the stack's functions address."""
        return Starlette(
            routes=[Route("/api/jwks/testing", self._keys), Route("/api/hl7/{id}", self._take, methods=["POST"])]
        )

    async def _keys(self, _: Request) -> Response:
        self.lookups += 1
        headers = {"Cache-Control": self.cache_control} if self.cache_control else {}
        return JSONResponse(self.jwks, self.jwks_status, headers)

    async def _take(self, request: Request) -> Response:
        self.received.append((str(request.url), dict(request.headers), await request.body()))
        status, text = self.answers.pop(0) if self.answers else (200, "MSH|ack\rMSA|AA|1\r")
        return Response(text, status, {"Retry-After": "0"} if status == 503 else None)


class Vendor:
    """Makes the calls. `control` is the stand-in's control address, `epic` Epic's own."""

    def __init__(
        self, config: StackConfig, epic: httpx.AsyncClient, control: httpx.AsyncClient, clock: Clock, listener: Listener
    ) -> None:
        self.config, self.epic, self.control, self.clock, self.listener = config, epic, control, clock, listener
        self.verifier = secrets.token_urlsafe(48)

    async def appointment(self, **changes: Any) -> Changes:
        """Books one in Epic."""
        answer = await self.control.post("/epic/appointments", json={"start": "2026-11-24T10:15:00-06:00"} | changes)
        assert answer.status_code == 201, answer.text
        booked: Changes = answer.json()
        return booked

    async def launch(self, audience: str = "provider", **changes: Any) -> str:
        """A launch token, for a new appointment unless `csn` says which."""
        csn = changes.pop("csn", None) or (await self.appointment())["csn"]
        answer = await self.control.post("/epic/launches", json={"audience": audience, "csn": csn} | changes)
        assert answer.status_code == 201, answer.text
        token: str = answer.json()["launch"]
        return token

    def question(self, client: str = "provider", **changes: Any) -> dict[str, str]:
        """A right authorization request, but for `changes`; None leaves a parameter out."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        usual = {
            "response_type": "code",
            "client_id": EPIC_CLIENT_IDS[client],
            "redirect_uri": f"{self.config.functions}/api/launch/callback/{client}",
            "scope": "openid fhirUser" + (" launch" if changes.get("launch") else ""),
            "aud": self.config.fhir_base,
            "state": "state-of-the-test",
            "nonce": "nonce-of-the-test",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in (usual | changes).items() if value is not None}

    async def code(self, client: str = "provider", **changes: Any) -> str:
        """A code by an EHR launch."""
        changes.setdefault("launch", await self.launch(client))
        answer = await self.epic.get("oauth2/authorize", params=self.question(client, **changes))
        assert answer.status_code == 302, answer.text
        return came_back(answer)["code"]

    def assertion(
        self, client: str = "provider", algorithm: str = "ES384", header: Changes | None = None, **changes: Any
    ) -> str:
        """A right assertion, but for `header` and `changes`; None leaves a claim out."""
        now = int(self.clock.now)
        claims = {
            "iss": EPIC_CLIENT_IDS[client],
            "sub": EPIC_CLIENT_IDS[client],
            "aud": f"{self.config.epic}/oauth2/token",
            "iat": now,
            "exp": now + 300,
            "jti": str(uuid.uuid4()),
        } | changes
        kept = {name: value for name, value in claims.items() if value is not None}
        headers: Changes = {"kid": algorithm} | (header or {})
        # PyJWT adds a type of its own, and takes it away again if it is None.
        kept_headers = {name: value for name, value in headers.items() if value is not None or name == "typ"}
        return jwt.encode(kept, KEYS[algorithm], algorithm, kept_headers)

    async def token(self, client: str = "provider", **changes: Any) -> httpx.Response:
        """A right token request, but for `changes`; None leaves a parameter out. `code` is needed."""
        form = {
            "grant_type": "authorization_code",
            "redirect_uri": f"{self.config.functions}/api/launch/callback/{client}",
            "code_verifier": self.verifier,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": changes.pop("assertion", None) or self.assertion(client),
        } | changes
        data = {name: value for name, value in form.items() if value is not None}
        return await self.epic.post("oauth2/token", data=data)

    async def backend_token(self) -> str:
        """An access token of the backend client."""
        answer = await self.token(
            "backend", grant_type="client_credentials", code=None, redirect_uri=None, code_verifier=None
        )
        assert answer.status_code == 200, answer.text
        token: str = answer.json()["access_token"]
        return token


def came_back(answer: httpx.Response) -> dict[str, str]:
    """The query that the browser brings back to the app."""
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def error_of(answer: httpx.Response) -> str:
    """The OAuth error code of a refused token request."""
    code: str = answer.json()["error"]
    return code
