"""Sender certificates: what may be uploaded, and what is kept of it.

One public certificate, PEM or Base64 or DER; RSA from 2,048 bits or EC P-256/P-384; in date; for signatures. A file with
a private key is refused by name, for then that key has been shown to others.
"""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from shared.errors import Refused
from shared.keys.keyring import encode
from shared.organisations.connection import Certificate, Connection

MOST_BYTES = 16_384
CURVES = ("secp256r1", "secp384r1")
MOST_ACTIVE = 2


def read_certificate(data: bytes, *, now: datetime, added_by: str) -> tuple[Certificate, str]:
    """The certificate's facts and its PEM text. Raises `Refused` with a `certificate.*` code."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization

    if b"PRIVATE KEY" in data:
        raise Refused("certificate.private_key")
    try:
        loaded = x509.load_der_x509_certificate(_der(data))
        _check_key(loaded.public_key())
        usage = loaded.extensions.get_extension_for_class(x509.KeyUsage).value
        if not usage.digital_signature:
            raise Refused("certificate.invalid")
    except x509.ExtensionNotFound:
        pass
    except ValueError:
        raise Refused("certificate.invalid") from None
    if not loaded.not_valid_before_utc <= now < loaded.not_valid_after_utc:
        raise Refused("certificate.expired")
    encoding, info = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    certificate = Certificate(
        thumbprint=encode(loaded.fingerprint(hashes.SHA256())),
        subject=loaded.subject.rfc4514_string()[:200],
        not_before=loaded.not_valid_before_utc,
        not_after=loaded.not_valid_after_utc,
        added_by=added_by,
        key_digest=encode(sha256(loaded.public_key().public_bytes(encoding, info)).digest()),
    )
    return certificate, loaded.public_bytes(serialization.Encoding.PEM).decode()


def check_environment(connection: Connection, others: Iterable[Connection]) -> None:
    """That none of a connection's keys serves another environment too: what a test system can sign must not pass for
    production. Raises `Refused("certificate.other_environment")`."""
    keys = {certificate.key_digest for certificate in connection.certificates} - {""}
    for other in others:
        if other.environment != connection.environment and any(it.key_digest in keys for it in other.certificates):
            raise Refused("certificate.other_environment")


def _der(data: bytes) -> bytes:
    if len(data) > MOST_BYTES or data.count(b"BEGIN CERTIFICATE") > 1:
        raise Refused("certificate.invalid")
    if data[:1] == b"\x30":
        # As it is: its last byte may be one that is a blank in a text.
        return data
    text = data.strip()
    if text.startswith(b"-----BEGIN CERTIFICATE-----"):
        text = b"".join(line for line in text.splitlines() if b"-----" not in line)
    try:
        return b64decode(b"".join(text.split()), validate=True)
    except Base64Error:
        raise Refused("certificate.invalid") from None


def _check_key(key: object) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= 2048:
        return
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in CURVES:
        return
    raise Refused("certificate.invalid")
