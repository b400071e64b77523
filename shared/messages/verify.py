"""Is this message from the hospital? Verifier A: a JWT signed with the certificate uploaded for the connection.

Our profile (docs/hl7.md): `Authorization: Bearer`; `alg` RS256/384/512 or ES256/384; `kid` = the certificate's
`x5t#S256`; `iss` = connection id, `aud` = the URL posted to, `iat`, `exp` at most five minutes ahead, `jti` once,
`body_sha256` = lower-case hex SHA-256 of the raw body. Verification raises; it never returns a bool to overlook.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Protocol

from shared.adapters.vault import Vault
from shared.clock import Clock
from shared.errors import Refused
from shared.keys.keyring import encode
from shared.organisations.connection import Certificate, Connection, ConnectionState
from shared.organisations.connections import Connections

ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384"]
MOST_LIFE = timedelta(minutes=5)
LEEWAY = timedelta(seconds=60)
JTI_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Sender:
    """An authentic message's connection; `token` names the credential it came with, which must not come twice."""

    connection: Connection
    token: str
    token_expires: datetime


class Verifier(Protocol):
    """One way of proving that a message comes from the hospital."""

    async def verify(self, headers: Mapping[str, str], body: bytes, url: str, connection_id: str | None) -> Sender:
        """Raises `Refused` (401) unless everything holds, `Unavailable` if it cannot be checked now."""


class TokenVerifier:
    """Verifier A."""

    def __init__(self, connections: Connections, vault: Vault, clock: Clock) -> None:
        self._connections = connections
        self._vault = vault
        self._clock = clock
        self._public: dict[str, Any] = {}

    async def verify(self, headers: Mapping[str, str], body: bytes, url: str, connection_id: str | None) -> Sender:
        """Checks in the order that gives least away: form, connection, certificate, signature, claims, body."""
        import jwt

        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Refused("hl7.unsigned")
        refusal = Refused("hl7.signature_invalid")
        try:
            kid = str(jwt.get_unverified_header(token).get("kid"))
            issuer = str(jwt.decode(token, options={"verify_signature": False}).get("iss"))
            if connection_id is not None and issuer != connection_id:
                raise refusal
            connection = await self._connections.get(issuer)
            certificate = self._certificate(connection, kid)
            if connection is None or certificate is None:
                raise refusal
            claims: dict[str, Any] = jwt.decode(
                token,
                await self._key(connection.id, certificate),
                algorithms=ALGORITHMS,
                issuer=connection.id,
                audience=url,
                options={
                    "require": ["iss", "aud", "iat", "exp", "jti", "body_sha256"],
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
        except (jwt.PyJWTError, ValueError, TypeError):
            raise refusal from None
        expires = self._check_time(claims, refusal)
        if not hmac.compare_digest(str(claims["body_sha256"]).encode(), sha256(body).hexdigest().encode()):
            raise refusal
        jti = claims["jti"]
        if not isinstance(jti, str) or not 0 < len(jti) <= JTI_LENGTH:
            raise refusal
        return Sender(connection, encode(sha256(f"{connection.id}|{jti}".encode()).digest()), expires)

    def _check_time(self, claims: Mapping[str, Any], refusal: Refused) -> datetime:
        # Against our own clock, which tests hold; the library would read the wall.
        now = self._clock()
        try:
            issued = datetime.fromtimestamp(float(claims["iat"]), UTC)
            expires = datetime.fromtimestamp(float(claims["exp"]), UTC)
        except (TypeError, ValueError, OverflowError, OSError):
            raise refusal from None
        if expires + LEEWAY <= now or expires > now + MOST_LIFE + LEEWAY or issued > now + LEEWAY:
            raise refusal
        return expires + LEEWAY

    def _certificate(self, connection: Connection | None, kid: str) -> Certificate | None:
        if connection is None or connection.state is not ConnectionState.APPROVED:
            return None
        now = self._clock()
        return next(
            (c for c in connection.certificates if c.thumbprint == kid and c.not_before <= now < c.not_after), None
        )

    async def _key(self, connection_id: str, certificate: Certificate) -> Any:
        if certificate.thumbprint not in self._public:
            from cryptography import x509

            text = await self._vault.secret(certificate.secret_of(connection_id))
            if text is None:
                raise Refused("hl7.signature_invalid")
            loaded = x509.load_pem_x509_certificate(text.encode())
            self._public[certificate.thumbprint] = loaded.public_key()
        return self._public[certificate.thumbprint]
