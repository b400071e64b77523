"""The key that Graph encrypts its notifications to, and how such a notification is opened.

The private half stays in the vault (`graph-notifications`, RSA 2048); Graph gets a certificate around the public half.
https://learn.microsoft.com/graph/change-notifications-with-resource-data
"""

import hmac
import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from shared.adapters.vault import Vault
from shared.clock import Clock
from shared.errors import Refused

KEY_NAME = "graph-notifications"


@dataclass(frozen=True, slots=True)
class EnvelopeCertificate:
    """`der_base64` is what a subscription takes; `key_id` is the vault's version of the key."""

    der_base64: str
    key_id: str


class Envelope:
    """Makes the certificate and opens what was encrypted to it."""

    def __init__(self, vault: Vault, clock: Clock) -> None:
        self._vault = vault
        self._clock = clock
        self._certificate: EnvelopeCertificate | None = None

    async def certificate(self) -> EnvelopeCertificate:
        """The certificate of the key's current version."""
        key = await self._vault.key(KEY_NAME)
        version = str(key.properties.version)
        if self._certificate is None or self._certificate.key_id != version:
            self._certificate = EnvelopeCertificate(self._make(key.key), version)
        return self._certificate

    def _make(self, jwk: Any) -> str:
        """Graph reads the public key only, so a throwaway key signs: the vault's own never signs and decrypts both."""
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec, rsa
        from cryptography.x509.oid import NameOID

        public = rsa.RSAPublicNumbers(int.from_bytes(jwk.e, "big"), int.from_bytes(jwk.n, "big")).public_key()
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "VisitBridge notifications")])
        now = self._clock()
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=365))
            .sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
        )
        return b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()

    async def open(self, content: dict[str, Any]) -> dict[str, Any]:
        """The event inside a notification's `encryptedContent`. Raises `Refused("graph.not_authentic")`."""
        from azure.core.exceptions import HttpResponseError
        from cryptography.hazmat.primitives import padding
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

        refusal = Refused("graph.not_authentic")
        try:
            data, wrapped = b64decode(content["data"]), b64decode(content["dataKey"])
            signature = b64decode(content["dataSignature"])
            key_id = await self._key_id(str(content["encryptionCertificateId"]))
            symmetric = await self._vault.decrypt(key_id, wrapped)
        except (KeyError, TypeError, ValueError):
            raise refusal from None
        except HttpResponseError as error:
            if error.status_code in (400, 404):
                raise refusal from None
            raise
        if not hmac.compare_digest(hmac.digest(symmetric, data, sha256), signature):
            raise refusal
        try:
            decryptor = Cipher(algorithms.AES(symmetric), modes.CBC(symmetric[:16])).decryptor()
            unpadder = padding.PKCS7(128).unpadder()
            plain = unpadder.update(decryptor.update(data) + decryptor.finalize()) + unpadder.finalize()
            event: dict[str, Any] = json.loads(plain)
        except ValueError:
            raise refusal from None
        return event

    async def _key_id(self, version: str) -> str:
        if not version.isalnum():
            raise ValueError
        current = await self._vault.key(KEY_NAME)
        return str(current.id).rpartition("/")[0] + "/" + version
