"""Sends appointment messages as the hospital's interface engine does: signed, one at a time, again if need be.

How Epic signs what it sends is not public. These are the two ways that VisitBridge documents: verifier A, a bearer JWT
by the key of the uploaded certificate, bound to the body by its hash; verifier B, HL7 over HTTP's signature by that key.
"""

import asyncio
import base64
import functools
import gzip
import hashlib
import ssl
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any

import httpx
import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from local.config import CONNECTION_ID, StackConfig
from local.epic.cms import hl7_signature
from local.epic.schedule import Appointment
from local.epic.siu import siu

CONTENT_TYPE = "application/hl7-v2; charset=utf-8"
LIFETIME_SECONDS = 300
ATTEMPTS = 8
SIGNATURES = ("token", "cms")
# Seconds before the next attempt when the receiver names none; and the most that it may ask for.
PAUSE = 0.5
LONGEST_PAUSE = 5.0


class NotSentError(Exception):
    """No attempt got an answer; the text says why."""


@dataclass(frozen=True)
class Receipt:
    """What came back: HTTP status, the acknowledgement's text, and the seconds that the last attempt took."""

    status: int
    ack: str
    control_id: str
    seconds: float
    attempts: int


def thumbprint(certificate_pem: bytes) -> str:
    """`x5t#S256` of RFC 7515 §4.1.8: base64url of the SHA-256 of the certificate's DER, unpadded."""
    digest = x509.load_pem_x509_certificate(certificate_pem).fingerprint(hashes.SHA256())
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def sign(
    config: StackConfig,
    body: bytes,
    url: str,
    *,
    connection_id: str = CONNECTION_ID,
    now: float,
    algorithm: str = "RS384",
    header: dict[str, Any] | None = None,
    key_pem: bytes | None = None,
    **overrides: Any,
) -> str:
    """The bearer token for posting `body` to `url` at `now` (seconds since the epoch). `header`, `key_pem` and claims
    by name replace what is right; a claim that is None is left out.
    """
    claims = {
        "iss": connection_id,
        "aud": url,
        "iat": int(now),
        "exp": int(now) + LIFETIME_SECONDS,
        "jti": str(uuid.uuid4()),
        "body_sha256": hashlib.sha256(body).hexdigest(),
    } | overrides
    key = _private_key(key_pem or config.sender_key.read_bytes())
    return jwt.encode(
        {name: value for name, value in claims.items() if value is not None},
        key,
        algorithm=algorithm,
        headers={"kid": thumbprint(config.sender_certificate.read_bytes())} | (header or {}),
    )


@functools.cache
def _private_key(pem: bytes) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(pem, password=None)
    assert isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
    return key


class Sender:
    """Posts messages to the product."""

    def __init__(self, config: StackConfig, clock: Callable[[], float]) -> None:
        self._config, self._clock = config, clock
        self._client: httpx.AsyncClient | None = None

    async def send(
        self,
        appointment: Appointment,
        event: str,
        control_id: str | None = None,
        url: str | None = None,
        *,
        signature: str = "token",
        compressed: bool = False,
    ) -> Receipt:
        """Builds the message of this event, signs it in one of SIGNATURES and posts it, with gzip if `compressed`;
        `url` replaces the demo connection's address. Tries again, with the same bytes and signed anew, while the
        receiver is away or says 503. Raises NotSentError.
        """
        control_id = control_id or uuid.uuid4().hex[:20].upper()  # MSH-10 is ST of 20 in HL7 2.3
        url = url or f"{self._config.functions}/api/hl7/{CONNECTION_ID}"
        body = siu(appointment, event, control_id, datetime.fromtimestamp(self._clock(), UTC))
        for attempt in range(1, ATTEMPTS + 1):
            last = attempt == ATTEMPTS
            started = time.monotonic()
            try:
                # The same bytes signed twice in one second by RSA are the same signature: each attempt has its own.
                proof = self._proof(url, body, signature, self._clock() + attempt - 1)
                answer = await self._post(url, body, proof, compressed=compressed)
            except httpx.TransportError as error:
                if last:
                    raise NotSentError(f"{url}: {error!r}") from error
                await asyncio.sleep(PAUSE)
                continue
            if answer.status_code == 503 and not last:
                await asyncio.sleep(_pause(answer.headers.get("retry-after", "")))
                continue
            return Receipt(answer.status_code, answer.text, control_id, time.monotonic() - started, attempt)
        raise AssertionError("the last attempt returns or raises")

    async def close(self) -> None:
        """Closes the connection."""
        if self._client:
            await self._client.aclose()

    def _proof(self, url: str, body: bytes, signature: str, now: float) -> dict[str, str]:
        """The header that shows who sends; both are over the message as it is before compression."""
        if signature == "cms":
            key = _private_key(self._config.sender_key.read_bytes())
            certificate = x509.load_pem_x509_certificate(self._config.sender_certificate.read_bytes())
            return {"HL7-Signature": hl7_signature(body, key, certificate, now=now)}
        token = sign(self._config, body, url, connection_id=connection_of(url), now=now)
        return {"Authorization": f"Bearer {token}"}

    async def _post(self, url: str, body: bytes, proof: dict[str, str], *, compressed: bool) -> httpx.Response:
        if self._client is None:
            trust = await asyncio.to_thread(ssl.create_default_context, cafile=str(self._config.bundle))
            self._client = httpx.AsyncClient(verify=trust, timeout=30, trust_env=False)
        headers = proof | {
            "Content-Type": CONTENT_TYPE,
            "Date": formatdate(self._clock(), usegmt=True),  # HL7 over HTTP asks for it
        }
        if compressed:
            headers["Content-Encoding"] = "gzip"
            body = gzip.compress(body, mtime=0)
        return await self._client.post(url, content=body, headers=headers)


def connection_of(url: str) -> str:
    """The connection that an intake address names (`.../hl7/{connection}`), else the demo connection."""
    return url.rpartition("/hl7/")[2] if "/hl7/" in url else CONNECTION_ID


def _pause(retry_after: str) -> float:
    return min(float(retry_after), LONGEST_PAUSE) if retry_after.isdigit() else PAUSE
