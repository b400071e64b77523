"""Sender certificates: what is taken, and why the rest is not."""

from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from shared.errors import Refused
from shared.organisations.certificates import check_environment, read_certificate
from shared.organisations.connection import Certificate, Connection, Environment
from shared.organisations.showing import show_certificate

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def a_certificate(key: Any = None, *, days: int = 365, sign: bool = True) -> x509.Certificate:
    key = key or rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Sender")])
    usage = x509.KeyUsage(sign, *[False] * 8)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(NOW - timedelta(days=2)).add_extension(usage, critical=True)
    return builder.not_valid_after(NOW + timedelta(days=days)).sign(key, hashes.SHA256())


def test_pem_base64_and_der_are_the_same_certificate() -> None:
    certificate = a_certificate()
    der = certificate.public_bytes(serialization.Encoding.DER)
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    found = {
        read_certificate(data, now=NOW, added_by="x")
        for data in (pem, der, b64encode(der), pem.replace(b"\n", b"\r\n"))
    }
    assert len(found) == 1


def test_a_certificate_whose_last_byte_is_a_blank_in_a_text_is_taken() -> None:
    """One in 43 is."""
    key = ec.generate_private_key(ec.SECP256R1())
    ders = (a_certificate(key).public_bytes(serialization.Encoding.DER) for _ in range(5_000))
    der = next(der for der in ders if der[-1:].isspace())
    assert read_certificate(der, now=NOW, added_by="x")[0].subject == "CN=Sender"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "invalid"),
        (b"hello", "invalid"),
        (a_certificate().public_bytes(serialization.Encoding.PEM) * 2, "invalid"),
        (a_certificate(rsa.generate_private_key(65537, 1024)).public_bytes(serialization.Encoding.PEM), "invalid"),  # noqa: S505, that is the point
        (a_certificate(ec.generate_private_key(ec.SECP521R1())).public_bytes(serialization.Encoding.PEM), "invalid"),
        (a_certificate(sign=False).public_bytes(serialization.Encoding.PEM), "invalid"),
        (a_certificate(days=-1).public_bytes(serialization.Encoding.PEM), "expired"),
        (b"-----BEGIN " + b"PRIVATE KEY-----", "private_key"),
    ],
)
def test_what_is_no_good_sender_certificate_is_refused_by_name(data: bytes, code: str) -> None:
    with pytest.raises(Refused, match=f"certificate.{code}"):
        read_certificate(data, now=NOW, added_by="x")


def test_an_elliptic_curve_certificate_is_fine() -> None:
    data = a_certificate(ec.generate_private_key(ec.SECP256R1())).public_bytes(serialization.Encoding.DER)
    assert read_certificate(data, now=NOW, added_by="x")[0].subject == "CN=Sender"


@pytest.mark.parametrize(
    ("days", "warning"), [(31, "none"), (30, "soon"), (1, "soon"), (0, "expired"), (-1, "expired")]
)
def test_a_certificate_warns_from_thirty_days_before_it_expires(days: int, warning: str) -> None:
    certificate = Certificate("t", "CN=Sender", NOW - timedelta(days=300), NOW + timedelta(days=days), "oid")
    assert show_certificate(certificate, NOW).warning == warning


KEY, OTHER = rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())


def a_connection(environment: Environment, *keys: Any) -> Connection:
    """One with a certificate for each key."""
    days = {"testing": 365, "production": 730}[environment]
    pems = [a_certificate(key, days=days).public_bytes(serialization.Encoding.PEM) for key in keys]
    known = tuple(read_certificate(pem, now=NOW, added_by="x")[0] for pem in pems)
    return Connection("c", "t", "https://ehr.example/R4", environment, "UTC", "oid", certificates=known)


def test_a_key_that_serves_testing_cannot_serve_production_under_any_certificate() -> None:
    testing, production = a_connection("testing", OTHER, KEY), a_connection("production", KEY)
    assert testing.certificates[1].thumbprint != production.certificates[0].thumbprint
    for one, other in ((testing, production), (production, testing)):
        with pytest.raises(Refused, match=r"certificate\.other_environment"):
            check_environment(one, [a_connection("production"), other])


def test_a_key_may_follow_itself_and_serve_connections_of_one_environment() -> None:
    one = a_connection("production", KEY, KEY)
    check_environment(one, [one, a_connection("production", KEY), a_connection("testing", OTHER)])


def test_certificates_whose_key_was_not_noted_are_not_taken_for_one_another() -> None:
    unknown = Certificate("t", "CN=Sender", NOW, NOW, "oid")
    one, other = replace(a_connection("testing"), certificates=(unknown,)), a_connection("production")
    check_environment(one, [replace(other, certificates=(unknown,))])
