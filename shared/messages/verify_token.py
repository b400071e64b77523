"""Is this message from the hospital? Verifier A: a JWT signed with the certificate uploaded for the connection.

Our profile (docs/hl7.md): `Authorization: Bearer`; `alg` RS256/384/512 or ES256/384; `kid` = the certificate's
`x5t#S256`; `iss` = connection id, `aud` = the URL posted to, `iat`, `exp` at most five minutes ahead, `jti` once,
`body_sha256` = lower-case hex SHA-256 of the message. Verification raises; it never returns a bool to overlook.
"""

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from shared.clock import Clock
from shared.errors import Refused
from shared.keys.keyring import encode
from shared.messages import jws
from shared.messages.signers import Sender, SenderKeys

MOST_LIFE, LEEWAY = 300, 60  # seconds
YEAR_9999 = 253_370_764_800  # as a NumericDate; Python's calendar ends with it
JTI_LENGTH = 200


class TokenVerifier:
    """Verifier A."""

    def __init__(self, keys: SenderKeys, clock: Clock) -> None:
        self._keys = keys
        self._clock = clock

    async def verify(self, headers: Mapping[str, str], body: bytes, url: str, connection_id: str | None) -> Sender:
        """Checks in the order that gives least away: form, connection, certificate, signature, claims, body."""
        scheme, _, text = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not text:
            raise Refused("hl7.unsigned")
        try:
            token = jws.read(text.strip())
        except (ValueError, RecursionError):
            raise Refused("hl7.signature_invalid") from None
        kid, claims = token.header.get("kid"), token.claims
        # The token is asked which connection it is for only where the path does not say so.
        connection, certificates = await self._keys.current(connection_id or str(claims.get("iss")))
        certificate = next((it for it in certificates if it.thumbprint == kid), None)
        if certificate is None or not token.signed_with(await self._keys.key(connection, certificate)):
            raise Refused("hl7.signature_invalid")
        audience, jti = claims.get("aud"), claims.get("jti")
        if claims.get("iss") != connection.id or audience not in (url, [url]):
            raise Refused("hl7.signature_invalid")
        expires = self._expires(claims)
        if not isinstance(jti, str) or not 0 < len(jti) <= JTI_LENGTH:
            raise Refused("hl7.signature_invalid")
        if not hmac.compare_digest(str(claims.get("body_sha256")).encode(), sha256(body).hexdigest().encode()):
            raise Refused("hl7.signature_invalid")
        return Sender(connection, encode(sha256(f"{connection.id}|{jti}".encode()).digest()), expires)

    def _expires(self, claims: Mapping[str, Any]) -> datetime:
        """Until when the token could be accepted; its times are NumericDates (RFC 7519, 2)."""
        now = self._clock().timestamp()
        try:
            issued, expires, begins = (_instant(it) for it in (claims["iat"], claims["exp"], claims.get("nbf", 0)))
        except (KeyError, ValueError):
            raise Refused("hl7.signature_invalid") from None
        if max(issued, begins) > now + LEEWAY or not now - LEEWAY < expires <= now + MOST_LIFE + LEEWAY:
            raise Refused("hl7.signature_invalid")
        return datetime.fromtimestamp(expires + LEEWAY, UTC)


def _instant(given: object) -> float:
    """A NumericDate. Raises ValueError for anything else, such as the NaN that JSON does not have and Python reads."""
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given < YEAR_9999:
        raise ValueError
    return given
