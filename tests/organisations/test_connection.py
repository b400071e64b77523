"""FHIR base URLs, certificates and the API's forms."""

from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from shared.adapters.epic import Endpoints, interconnect_of
from shared.errors import Refused
from shared.organisations import forms
from shared.organisations.certificates import read_certificate
from shared.organisations.connection import Connection, SmsRules, normal_fhir_base
from shared.organisations.records import records

BASE = "https://epic.example.org/Interconnect-PRD/api/FHIR/R4"
CONNECTION = Connection(
    "demo2amer", "tenant", BASE, "testing", "UTC", "oid", client_ids={"provider": "p", "patient": "q"}
)
NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", [BASE, BASE + "/", "HTTPS://EPIC.example.org:443/Interconnect-PRD/api/FHIR/R4/", f" {BASE} "]
)
def test_one_server_has_one_form(text: str) -> None:
    assert normal_fhir_base(text) == BASE


@pytest.mark.parametrize(
    "text",
    [
        "http://epic.example.org/R4", "epic.example.org/R4", "https:///R4", "https://a@epic.example.org/R4",
        BASE + "?x=1", BASE + "#x", "https://epic.example.org/a%2fb", "https://epic.example.org//R4", "https://epic/R4",
        "https://epic.example.org:99999/R4", "https://épic.example.org/R4", "https://epic.example.org/\nR4", "", "x" * 600,
    ],
)  # fmt: skip
def test_what_cannot_be_compared_plainly_is_refused(text: str) -> None:
    with pytest.raises(Refused, match=r"connection.url_invalid"):
        normal_fhir_base(text)


def test_the_path_keeps_its_case() -> None:
    assert normal_fhir_base("https://e.example/Api/fhir/R4") != normal_fhir_base("https://e.example/api/FHIR/R4")


def test_the_interconnect_is_what_stands_before_the_api() -> None:
    assert interconnect_of(BASE) == "https://epic.example.org/Interconnect-PRD"


@pytest.mark.parametrize(
    "changes",
    [
        {"fhir_base": BASE + "2"},
        {"environment": "production"},
        {"approver_oid": "other"},
        {"client_ids": {"provider": "p2"}},
        {"endpoints": Endpoints("https://elsewhere", "t")},
    ],
    ids=str,
)
def test_what_an_approval_covers_changes_its_digest(changes: dict[str, Any]) -> None:
    assert replace(CONNECTION, **changes).configuration != CONNECTION.configuration


def test_sms_settings_need_no_new_approval() -> None:
    assert replace(CONNECTION, sms=SmsRules(enabled=True)).configuration == CONNECTION.configuration


def test_every_bad_field_of_a_form_is_named() -> None:
    body = {
        "environment": "prod",
        "zone": "Mars/Olympus",
        "fhir_base": "x",
        "organizers": "x",
        "odd": 1,
        "client_ids": {"x": 1},
    }
    with pytest.raises(Refused) as caught:
        forms.take(CONNECTION, body, allow_loopback=False)
    assert set(caught.value.fields) == set(body)


def test_a_form_changes_what_it_names_and_nothing_else() -> None:
    taken = forms.take(CONNECTION, {"zone": "America/Chicago", "room": {"chat": "disabled"}}, allow_loopback=False)
    assert taken == replace(CONNECTION, zone="America/Chicago", chat="disabled")


@pytest.mark.parametrize(
    "body",
    [{"reminders": [0]}, {"reminders": [99999]}, {"sender": "12"}, {"confirmations": ["x"]}, {"enabled": "yes"}],
    ids=str,
)
def test_bad_sms_rules_are_refused(body: dict[str, Any]) -> None:
    with pytest.raises(Refused, match=r"request.invalid"):
        forms.take_sms(SmsRules(), body)


def test_reminders_are_sorted_and_single() -> None:
    assert forms.take_sms(SmsRules(), {"reminders": [15, 1440, 15]}).reminders == (1440, 15)


def test_the_records_carry_launch_url_client_and_context() -> None:
    found = {record["name"]: record for record in records(CONNECTION, "https://us")}
    assert found["provider"]["launch_url"] == "https://us/api/launch/epic/provider/demo2amer"
    assert found["patient"]["client_id"] == "q"
    assert found["provider"]["context"].startswith("sessionId=%CSN%&departmentId=")
    assert "%CONFERENCEID%" in found["group-patient"]["context"]


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
