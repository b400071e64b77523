"""The EHR's feed on the running stack: what is taken, what is refused, and that a refusal changes nothing."""

import base64
import gzip
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from local.demo.steps import until
from local.epic.cms import hl7_signature
from tests.messages.signing import a_pair
from tests.stack.conftest import Hospital
from tests.stack.optouts import kinds, opted

Unchanged = Callable[[], Awaitable[None]]
HOUR = timedelta(hours=1)
STRANGER = rsa.generate_private_key(65537, 2048).private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)


def seconds(delta: timedelta) -> int:
    return int((datetime.now(UTC) + delta).timestamp())


async def test_a_booking_is_stored_sealed_and_confirmed_once(hospital: Hospital) -> None:
    appointment = await hospital.booked()
    await hospital.at_rest()
    assert len(await hospital.texts(appointment)) == 1
    everything = str(await hospital.stored())
    assert appointment.phone not in everything
    assert appointment.csn not in everything


async def test_the_same_message_again_is_acknowledged_and_sends_no_second_text(hospital: Hospital) -> None:
    appointment = hospital.appointment()
    body = hospital.message(appointment)
    for _ in range(2):
        assert "|AA|" in (await hospital.post(body, hospital.token(body))).text
        await hospital.text(appointment)
    await hospital.at_rest()
    assert len(await hospital.texts(appointment)) == 1


async def test_a_reschedule_and_a_cancel_are_told_and_the_number_goes(hospital: Hospital) -> None:
    appointment = await hospital.booked()
    moved = replace(appointment, start=appointment.start + HOUR)
    await hospital.send(moved, "S13")
    assert "visit update" in (await hospital.text(appointment, 2))["message"]
    await hospital.send(moved, "S15")
    assert "canceled" in (await hospital.text(appointment, 3))["message"]
    phones = [row for row in (await hospital.at_rest())["visits"] if ":phone" in row]
    token = await hospital.link(appointment)
    answer = await hospital.world.http.get(f"{hospital.config.functions}/api/visits/{token}/status")
    assert (answer.status_code, answer.json()["code"]) == (410, "link.cancelled")
    visit = (await hospital.text(appointment))["tag"].split("/")[1]
    assert not [row for row in phones if visit in row]


@pytest.mark.parametrize(
    ("overrides", "code"),
    [
        ({"key_pem": STRANGER}, "hl7.signature_invalid"),
        ({"header": {"kid": "unknown"}}, "hl7.signature_invalid"),
        ({"algorithm": "PS384"}, "hl7.signature_invalid"),
        ({"iat": seconds(-2 * HOUR), "exp": seconds(-HOUR)}, "hl7.signature_invalid"),
        ({"exp": seconds(HOUR)}, "hl7.signature_invalid"),
        ({"iat": seconds(HOUR)}, "hl7.signature_invalid"),
        ({"aud": "https://elsewhere.example/api/hl7"}, "hl7.signature_invalid"),
        ({"iss": "another", "connection_id": "another"}, "hl7.signature_invalid"),
        ({"body_sha256": "0" * 64}, "hl7.signature_invalid"),
        ({"body_sha256": None}, "hl7.signature_invalid"),
        ({"jti": None}, "hl7.signature_invalid"),
        ({"jti": 7}, "hl7.signature_invalid"),
        ({"exp": "soon"}, "hl7.signature_invalid"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_a_token_that_does_not_hold_is_refused(
    hospital: Hospital, unchanged: Unchanged, overrides: dict[str, Any], code: str
) -> None:
    await unchanged()
    body = hospital.message(hospital.appointment())
    answer = await hospital.post(body, hospital.token(body, **overrides))
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (401, "text/plain")
    assert f" {hospital.config.portal}/errors/" in answer.text
    assert answer.text.startswith(code)
    await unchanged()


@pytest.mark.parametrize("token", [None, "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])  # pragma: allowlist secret
async def test_an_unsigned_message_is_refused(hospital: Hospital, unchanged: Unchanged, token: str | None) -> None:
    await unchanged()
    answer = await hospital.post(hospital.message(hospital.appointment()), token)
    assert answer.status_code == 401
    await unchanged()


async def test_an_unsigned_token_is_refused(hospital: Hospital, unchanged: Unchanged) -> None:
    await unchanged()
    body = hospital.message(hospital.appointment())
    _, claims, _ = hospital.token(body).split(".")
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": "x"}).encode()).decode().rstrip("=")
    assert (await hospital.post(body, f"{header}.{claims}.")).status_code == 401
    await unchanged()


async def test_a_tampered_body_is_refused(hospital: Hospital, unchanged: Unchanged) -> None:
    await unchanged()
    body = hospital.message(hospital.appointment())
    answer = await hospital.post(body.replace(b"VIDEO", b"VIDE0"), hospital.token(body))
    assert answer.status_code == 401
    await unchanged()


async def test_a_replayed_request_is_refused(hospital: Hospital, unchanged: Unchanged) -> None:
    appointment = hospital.appointment()
    body = hospital.message(appointment)
    token = hospital.token(body)
    assert (await hospital.post(body, token)).status_code == 200
    await hospital.text(appointment)
    await unchanged()
    again = await hospital.post(body, token)
    assert (again.status_code, again.text.split(":")[0]) == (401, "hl7.replayed")
    await unchanged()


@pytest.mark.parametrize("coding", ["", "gzip"])
async def test_a_message_signed_as_hl7_over_http_says_is_taken_once(
    hospital: Hospital, unchanged: Unchanged, coding: str
) -> None:
    appointment = hospital.appointment()
    body = hospital.message(appointment)
    headers = hospital.signature(body) | ({"Content-Encoding": coding} if coding else {})
    sent = gzip.compress(body) if coding else body
    for media in ("x-application/hl7-v2+er7", "application/hl7-v2"):
        answer = await hospital.post(sent, None, **(headers | {"Content-Type": f"{media}; charset=utf-8"}))
        if media == "application/hl7-v2":
            assert (answer.status_code, answer.text.split(":")[0]) == (401, "hl7.replayed")
        else:
            assert (answer.status_code, answer.headers["content-type"]) == (200, f"{media}; charset=utf-8")
            assert "|AA|" in answer.text
            await hospital.text(appointment)
            await unchanged()
    await unchanged()


async def test_the_vendor_can_sign_and_compress_either_way(hospital: Hospital) -> None:
    start = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)
    csn = await hospital.scheduled(start=start)
    for signature, compressed in (("cms", False), ("token", True), ("cms", True)):
        order = {"event": "S14", "signature": signature, "gzip": compressed, "url": hospital.url}
        answer = await hospital.world.control("POST", f"/epic/appointments/{csn}/send", json=order)
        assert answer["status"] == 200
        assert "|AA|" in answer["ack"]


async def test_a_signature_that_does_not_hold_is_refused(hospital: Hospital, unchanged: Unchanged) -> None:
    await unchanged()
    body = hospital.message(hospital.appointment())
    stranger = a_pair()
    for headers in (
        hospital.signature(body + b" "),
        hospital.signature(body, ago=timedelta(minutes=6)),
        {"HL7-Signature": hl7_signature(body, *stranger, now=datetime.now(UTC).timestamp())},
        {"HL7-Signature": "SHA512withRSA AAAA"},
    ):
        answer = await hospital.post(body, None, **headers)
        assert (answer.status_code, answer.text.split(":")[0]) == (401, "hl7.signature_invalid")
    nameless = await hospital.world.http.post(
        f"{hospital.config.functions}/api/hl7", content=body,
        headers=hospital.signature(body) | {"Content-Type": "application/hl7-v2; charset=utf-8"},
    )  # fmt: skip
    assert (nameless.status_code, nameless.text.split(":")[0]) == (400, "hl7.connection_missing")
    await unchanged()


@pytest.mark.parametrize(
    ("coding", "body", "status", "code"),
    [
        ("br", b"MSH", 415, "hl7.encoding"),
        ("gzip", b"MSH", 400, "hl7.gzip_invalid"),
        ("gzip", gzip.compress(b"\0" * 100_000_000), 413, "hl7.too_large"),
    ],
    ids=["other coding", "not gzip", "bomb"],
)
async def test_a_body_that_cannot_be_unpacked_is_refused(
    hospital: Hospital, unchanged: Unchanged, coding: str, body: bytes, status: int, code: str
) -> None:
    await unchanged()
    answer = await hospital.post(body, hospital.token(body), **{"Content-Encoding": coding})
    assert (answer.status_code, answer.text.split(":")[0]) == (status, code)
    await unchanged()


async def test_each_message_of_a_batch_is_answered_in_order(hospital: Hospital) -> None:
    one, two = hospital.appointment(), hospital.appointment()
    parts = [hospital.message(one), hospital.message(one).replace(b"SIU^S12", b"ADT^A08"), hospital.message(two)]
    body = b"FHS|^~\\&|A\rBHS|^~\\&|A\r" + b"".join(parts) + b"BTS|3\rFTS|1\r"
    answer = await hospital.post(body, None, **hospital.signature(body))
    ids = [part.split(b"|")[9].decode() for part in parts]
    verdicts = [tuple(line.split("|")[1:3]) for line in answer.text.split("\r") if line.startswith("MSA")]
    assert verdicts == list(zip(["AA", "AR", "AA"], ids, strict=True))
    for appointment in (one, two):
        await hospital.text(appointment)


async def test_a_message_over_256_kib_is_refused(hospital: Hospital, unchanged: Unchanged) -> None:
    await unchanged()
    body = hospital.message(hospital.appointment()) + b"NTE|1||" + b"x" * 262_144 + b"\r"
    assert (await hospital.post(body, hospital.token(body))).status_code == 413
    await unchanged()


@pytest.mark.parametrize("body", [b"", b"hello", b'{"resourceType": "Appointment"}', b"\x00\xff", b"MSH"])
async def test_what_is_not_hl7_is_refused(hospital: Hospital, unchanged: Unchanged, body: bytes) -> None:
    await unchanged()
    answer = await hospital.post(body, hospital.token(body))
    assert (answer.status_code, answer.text.split(":")[0]) == (400, "hl7.not_hl7")
    await unchanged()


async def test_another_content_type_is_refused(hospital: Hospital, unchanged: Unchanged) -> None:
    await unchanged()
    body = hospital.message(hospital.appointment())
    assert (await hospital.post(body, hospital.token(body), **{"Content-Type": "application/json"})).status_code == 415
    await unchanged()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ((b"SIU^S12", b"ADT^A08"), "AR"),
        ((b"SIU^S12", b"SIU^S99"), "AR"),
        ((b"|T|2.3", b"|T|3.0"), "AR"),
        ((b"\rSCH|", b"\rZCH|"), "AE"),
    ],
    ids=lambda value: str(value)[:30],
)
async def test_a_message_we_cannot_use_is_answered_in_hl7(
    hospital: Hospital, unchanged: Unchanged, change: tuple[bytes, bytes], code: str
) -> None:
    await unchanged()
    body = hospital.message(hospital.appointment()).replace(*change, 1)
    answer = await hospital.post(body, hospital.token(body))
    assert answer.status_code == 200
    assert f"MSA|{code}|" in answer.text
    await unchanged()


async def test_a_stop_is_heeded_before_the_next_text(hospital: Hospital) -> None:
    appointment = await hospital.booked()
    text = await hospital.text(appointment)
    await opted(hospital, appointment.phone, "Stop.", count=1)
    before = await kinds(hospital, "opted_out")
    await hospital.send(replace(appointment, start=appointment.start + HOUR), "S13")

    async def opted_out() -> bool:
        return await kinds(hospital, "opted_out") == before + 1

    await until(opted_out, "the text to be held back")
    assert [item["id"] for item in await hospital.texts(appointment)] == [text["id"]]
