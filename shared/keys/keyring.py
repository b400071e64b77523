"""Sealing, keyed hashing and link codes, from keys that live in Key Vault.

The vault's secret `data-keys` is JSON: `{"keys": [{"id": "1", "key": "<32 bytes, base64>"}, ...]}`, newest first.
Each purpose has a key of its own, derived with HKDF-SHA256 (RFC 5869), so that a hash tells nothing about a seal.
Rotation: append the new key, wait until every instance has read it (ten minutes), then move it to the front. What was
sealed or hashed under an older key is read for as long as that key stays; docs/operator.md has the steps.
"""

import hmac
import json
from base64 import b64decode, b64encode, urlsafe_b64decode
from binascii import b2a_base64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from secrets import token_bytes
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SECRET_NAME = "data-keys"  # noqa: S105, the name of a secret is none  # pragma: allowlist secret
NONCE_BYTES = 12
_URL_SAFE = bytes.maketrans(b"+/", b"-_")


class SealError(Exception):
    """A sealed value was changed, belongs elsewhere, or its key is gone. It says nothing about the content."""


@dataclass(frozen=True)
class Keyring:
    """Keys by id, newest first. `lookups`: keys of another stamp, each derived for one purpose's hashes already, under
    which is looked and never written (docs/decisions/0020-moving.md)."""

    keys: tuple[tuple[str, bytes], ...]
    lookups: tuple[tuple[str, bytes], ...] = ()

    @classmethod
    def from_secret(cls, text: str) -> "Keyring":
        """Reads the value of the vault's secret."""
        found = json.loads(text)
        lookups = tuple((item["purpose"], b64decode(item["key"])) for item in found.get("lookups", []))
        return cls(tuple((item["id"], b64decode(item["key"])) for item in found["keys"]), lookups)

    @staticmethod
    def with_lookups(text: str, purpose: str, keys: Sequence[bytes]) -> tuple[str, int]:
        """The secret's value with more keys to look under, and how many were new."""
        found = json.loads(text)
        known = {(item["purpose"], item["key"]) for item in found.get("lookups", [])}
        new = [each for each in dict.fromkeys(b64encode(key).decode() for key in keys) if (purpose, each) not in known]
        lookups = [*found.get("lookups", []), *({"purpose": purpose, "key": each} for each in new)]
        return json.dumps(found | {"lookups": lookups}), len(new)

    def derived(self, purpose: str) -> list[bytes]:
        """The keys of a purpose's hashes, and of nothing else: those of this ring and those it looks under."""
        own = [_derive(key, "hash " + purpose) for _, key in self.keys]
        return own + [key for its, key in self.lookups if its == purpose]

    def seal(self, purpose: str, value: bytes, context: str = "") -> str:
        """Encrypts and authenticates (AES-256-GCM). `context` must be the same when it is opened."""
        key_id, key = self.keys[0]
        nonce = token_bytes(NONCE_BYTES)
        sealed = _cipher(key, purpose).encrypt(nonce, value, _bound(purpose, context))
        return f"{key_id}.{encode(nonce + sealed)}"

    def unseal(self, purpose: str, text: str, context: str = "") -> bytes:
        """Opens what `seal` made. Raises `SealError`."""
        from cryptography.exceptions import InvalidTag

        key_id, _, rest = text.partition(".")
        key = dict(self.keys).get(key_id)
        try:
            data = decode(rest)
        except ValueError:
            raise SealError from None
        if key is None or len(data) < NONCE_BYTES:
            raise SealError
        try:
            return _cipher(key, purpose).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], _bound(purpose, context))
        except InvalidTag:
            raise SealError from None

    def seal_json(self, purpose: str, value: dict[str, Any], context: str = "") -> str:
        """As `seal`, for a JSON object."""
        return self.seal(purpose, json.dumps(value, separators=(",", ":")).encode(), context)

    def unseal_json(self, purpose: str, text: str, context: str = "") -> dict[str, Any]:
        """As `unseal`, for a JSON object."""
        value: dict[str, Any] = json.loads(self.unseal(purpose, text, context))
        return value

    def digests(self, purpose: str, text: str, length: int = 32) -> list[bytes]:
        """Keyed hashes (HMAC-SHA256) under each key, the one to write first, then those to look under."""
        return [hmac.digest(key, text.encode(), sha256)[:length] for key in self.derived(purpose)]

    def digest(self, purpose: str, text: str, length: int = 32) -> bytes:
        """The keyed hash to write."""
        return self.digests(purpose, text, length)[0]

    def verify(self, purpose: str, text: str, code: bytes) -> bool:
        """Whether `code` is a keyed hash of `text` under any key; in constant time for each."""
        found = False
        for known in self.digests(purpose, text, len(code)):
            found |= hmac.compare_digest(code, known)
        return found


def new_secret() -> str:
    """A fresh value for the vault's secret, with one key."""
    return json.dumps({"keys": [{"id": "1", "key": b64encode(token_bytes(32)).decode()}]})


def encode(data: bytes) -> str:
    """Base64url without padding (RFC 4648 §5)."""
    return b2a_base64(data, newline=False).translate(_URL_SAFE).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Reads `encode`. Raises ValueError."""
    return urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))


@cache
def _cipher(key: bytes, purpose: str) -> "AESGCM":
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(_derive(key, "seal " + purpose))


def _bound(purpose: str, context: str) -> bytes:
    return f"{purpose}\n{context}".encode()


@cache
def _derive(key: bytes, purpose: str) -> bytes:
    # HKDF with an empty salt and one block of output (RFC 5869 §2), which is two lines of HMAC; the library's class
    # would load OpenSSL's key derivation at a cold start for the same bytes.
    extracted = hmac.digest(b"\0" * 32, key, sha256)
    return hmac.digest(extracted, f"visitbridge {purpose}".encode() + b"\x01", sha256)
