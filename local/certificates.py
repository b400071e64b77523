"""Certificates of one run: an authority, a server certificate for this machine, and the hospital's sender certificate.

Python 3.13 verifies strictly (RFC 5280): authority and server need key usage and both key identifiers.
"""

import datetime as dt
import ipaddress
import os
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from local.config import StackConfig

DAYS = 30
type Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def make(config: StackConfig) -> None:
    """Makes what is missing or about to expire; what is there and good is kept."""
    folder = config.ca.parent
    folder.mkdir(parents=True, exist_ok=True)
    if not (_good(config.ca) and _good(config.server_certificate) and config.server_key.exists()):
        authority_key = ec.generate_private_key(ec.SECP256R1())
        authority = _authority(authority_key)
        server_key = ec.generate_private_key(ec.SECP256R1())
        # The authority last: whoever interrupts this leaves something that is made again, not a pair that does not fit.
        config.ca.unlink(missing_ok=True)
        _write_key(config.server_key, server_key)
        config.server_certificate.write_bytes(_pem(_server(server_key, authority, authority_key)) + _pem(authority))
        config.ca.write_bytes(_pem(authority))
    if not (_good(config.sender_certificate) and config.sender_key.exists()):
        sender_key = rsa.generate_private_key(65537, 2048)
        config.sender_certificate.unlink(missing_ok=True)
        _write_key(config.sender_key, sender_key)
        config.sender_certificate.write_bytes(_pem(_sender(sender_key)))
    config.bundle.write_bytes(_system_authorities() + config.ca.read_bytes())


def _good(path: Path) -> bool:
    if not path.exists():
        return False
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
    except ValueError:
        return False
    return certificate.not_valid_after_utc > dt.datetime.now(dt.UTC) + dt.timedelta(days=1)


def _system_authorities() -> bytes:
    paths = ssl.get_default_verify_paths()
    for name in (os.environ.get("SSL_CERT_FILE"), paths.cafile, paths.openssl_cafile):
        if name and Path(name).is_file():
            return Path(name).read_bytes() + b"\n"
    import certifi

    return Path(certifi.where()).read_bytes() + b"\n"


def _builder(name: str, public: rsa.RSAPublicKey | ec.EllipticCurvePublicKey, days: int) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _authority(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = "VisitBridge local stack"
    return (
        _builder(name, key.public_key(), DAYS)
        .issuer_name(_name(name))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _server(
    key: ec.EllipticCurvePrivateKey, authority: x509.Certificate, authority_key: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    names = [
        x509.DNSName("localhost"),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
        x509.IPAddress(ipaddress.ip_address("::1")),
    ]
    return (
        _builder("localhost", key.public_key(), DAYS)
        .issuer_name(authority.subject)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )


def _sender(key: rsa.RSAPrivateKey) -> x509.Certificate:
    name = "Northlake Health interface engine (demo)"
    return (
        _builder(name, key.public_key(), 365)
        .issuer_name(_name(name))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .sign(key, hashes.SHA256())
    )


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _write_key(path: Path, key: Key) -> None:
    data = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.touch(mode=0o600)
    path.write_bytes(data)


def thumbprint(path: Path) -> str:
    """A certificate's `x5t#S256`: SHA-256 of its DER, base64url without padding (RFC 7515 §4.1.8)."""
    from base64 import urlsafe_b64encode

    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    return urlsafe_b64encode(certificate.fingerprint(hashes.SHA256())).decode().rstrip("=")
