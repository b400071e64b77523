"""Certificates as senders bring them to the portal, good and bad."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

KEY = ec.generate_private_key(ec.SECP256R1())


def a_certificate(
    name: str = "engine.northlake.example", *, days: int = 400, since: int = -10, curve: ec.EllipticCurve | None = None
) -> x509.Certificate:
    """A sender's certificate, valid from `since` to `days` days from now."""
    now = datetime.now(UTC)
    key = ec.generate_private_key(curve) if curve else KEY
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now + timedelta(days=since))
    return builder.not_valid_after(now + timedelta(days=days)).sign(key, hashes.SHA256())


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def bare_base64(certificate: x509.Certificate) -> bytes:
    """Base64 without the lines around it."""
    return b64encode(der(certificate))


def private_key() -> bytes:
    return KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def thumbprint(certificate: x509.Certificate) -> str:
    """As the portal shows it: base64url of the SHA-256, without padding."""
    digest = b64encode(certificate.fingerprint(hashes.SHA256()), altchars=b"-_")
    return digest.rstrip(b"=").decode()
