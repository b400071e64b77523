"""Who sent a message, and by which of the certificates uploaded for a connection that is proved.

What each way of proving shares: verify_token.py (A) and verify_signature.py (B) are the ways, verify.py chooses.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.adapters.vault import Vault
from shared.clock import Clock
from shared.errors import Refused
from shared.organisations.connection import Certificate, Connection, ConnectionState
from shared.organisations.connections import Connections


@dataclass(frozen=True, slots=True)
class Sender:
    """An authentic message's connection; `token` names the credential it came with, which must not come twice."""

    connection: Connection
    token: str
    token_expires: datetime


class Verifier(Protocol):
    """One way of proving that a message comes from the hospital."""

    async def verify(self, headers: Mapping[str, str], body: bytes, url: str, connection_id: str | None) -> Sender:
        """Raises `Refused` (401) unless everything holds, `Unavailable` if it cannot be checked now.

        `body` is the message's bytes, after any compression was undone; `connection_id` is what the path names.
        """


@dataclass(frozen=True, slots=True)
class SenderKey:
    """A certificate's public key, and both ways in which a CMS signature may name the certificate; `key_id` is empty
    where the certificate has none. `curve` is that of an ECDSA key, empty for RSA."""

    issuer_serial: bytes
    key_id: bytes
    curve: str
    holds: Callable[[bytes, bytes, str], bool]
    """Whether the first argument is a signature of the second by this key with SHA256, SHA384 or SHA512: PKCS #1 v1.5
    for RSA, DER for ECDSA."""


class SenderKeys:
    """The keys of a stamp's connections, each read from the vault once."""

    def __init__(self, connections: Connections, vault: Vault, clock: Clock) -> None:
        self._connections = connections
        self._vault = vault
        self._clock = clock
        self._known: dict[str, SenderKey] = {}

    async def current(self, connection_id: str) -> tuple[Connection, list[Certificate]]:
        """An approved connection and those of its certificates that are in date, two at most while one follows the
        other. Raises `Refused("hl7.signature_invalid")` for any other: who asks is nobody yet."""
        connection = await self._connections.get(connection_id)
        if connection is None or connection.state is not ConnectionState.APPROVED:
            raise Refused("hl7.signature_invalid")
        now = self._clock()
        return connection, [it for it in connection.certificates if it.not_before <= now < it.not_after]

    async def key(self, connection: Connection, certificate: Certificate) -> SenderKey:
        """The key of one of its certificates. Raises `Refused` if it was removed."""
        known = self._known.get(certificate.thumbprint)
        if known is None:
            text = await self._vault.secret(certificate.secret_of(connection.id))
            if text is None:
                raise Refused("hl7.signature_invalid")
            known = self._known[certificate.thumbprint] = _read(text)
        return known


def _read(pem: str) -> SenderKey:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
    from cryptography.hazmat.primitives.serialization import Encoding

    from shared.messages.cms import issuer_and_serial

    loaded = x509.load_pem_x509_certificate(pem.encode())
    public = loaded.public_key()
    digests: dict[str, hashes.HashAlgorithm]
    digests = {"SHA256": hashes.SHA256(), "SHA384": hashes.SHA384(), "SHA512": hashes.SHA512()}
    verify: Callable[[bytes, bytes, str], None]
    if isinstance(public, rsa.RSAPublicKey):
        scheme = padding.PKCS1v15()
        verify = lambda value, signed, digest: public.verify(value, signed, scheme, digests[digest])  # noqa: E731
        curve = ""
    elif isinstance(public, ec.EllipticCurvePublicKey):
        schemes = {name: ec.ECDSA(digest) for name, digest in digests.items()}
        verify = lambda value, signed, digest: public.verify(value, signed, schemes[digest])  # noqa: E731
        curve = public.curve.name
    else:
        raise Refused("hl7.signature_invalid")

    def holds(value: bytes, signed: bytes, digest: str) -> bool:
        try:
            verify(value, signed, digest)
        except InvalidSignature:
            return False
        return True

    try:
        key_id = loaded.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except (x509.ExtensionNotFound, ValueError):
        key_id = b""
    return SenderKey(issuer_and_serial(loaded.public_bytes(Encoding.DER)), key_id, curve, holds)
