"""Reads a JSON Web Signature in compact form and checks it with a known key (RFC 7515, RFC 7518).

Own reading, because PyJWT's looks at each character of each part in Python, twice for a token whose key must first be
found: that alone is three times the signature check, for each message. A test holds every token against PyJWT.
"""

import json
from typing import Any, NamedTuple

from shared.keys.keyring import decode, encode
from shared.messages.signers import SenderKey

MOST_CHARACTERS = 8192
# RFC 7518, 3.1; each with its digest and the key that it takes: RSA (3.3), or one curve (3.4).
ALGORITHMS = {
    "RS256": ("SHA256", ""),
    "RS384": ("SHA384", ""),
    "RS512": ("SHA512", ""),
    "ES256": ("SHA256", "secp256r1"),
    "ES384": ("SHA384", "secp384r1"),
}
_HALF = {"secp256r1": 32, "secp384r1": 48}  # bytes of each of the two numbers in an ECDSA signature


class Token(NamedTuple):
    """A token as it was read: nothing of it is true before `signed_with` says so."""

    header: dict[str, Any]
    claims: dict[str, Any]
    signed: bytes
    signature: bytes

    def signed_with(self, key: SenderKey) -> bool:
        """Whether it is signed with this key, by one of ALGORITHMS and by one that fits the key."""
        name = self.header.get("alg")
        digest, curve = ALGORITHMS.get(name, ("", "")) if isinstance(name, str) else ("", "")
        if not digest or curve != key.curve:
            return False
        signature = _der(self.signature, _HALF[curve]) if curve else self.signature
        return key.holds(signature, self.signed, digest)


def read(token: str) -> Token:
    """The parts of a compact token. Raises ValueError for anything else; also for extensions that must be understood
    (`crit`, 4.1.11), for we understand none."""
    if len(token) > MOST_CHARACTERS or not token.isascii():
        raise ValueError("too long or not ASCII")
    signed, _, signature = token.rpartition(".")
    header, _, claims = signed.partition(".")
    read_header, read_claims = json.loads(_bytes(header).decode()), json.loads(_bytes(claims).decode())
    if not isinstance(read_header, dict) or not isinstance(read_claims, dict) or "crit" in read_header:
        raise ValueError("header and claims must be JSON objects, without extensions")
    return Token(read_header, read_claims, signed.encode(), _bytes(signature))


def _bytes(part: str) -> bytes:
    """Base64url without padding (RFC 7515, 2), in the one form that encoding gives."""
    data = decode(part)
    if not part or encode(data) != part:
        raise ValueError("a part is not base64url")
    return data


def _der(signature: bytes, half: int) -> bytes:
    """The two numbers of an ECDSA signature, of fixed length in a token (RFC 7518, 3.4), as DER has them."""
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    if len(signature) != 2 * half:
        return b""
    return encode_dss_signature(int.from_bytes(signature[:half]), int.from_bytes(signature[half:]))
