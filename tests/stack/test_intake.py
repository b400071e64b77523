"""The EHR's feed on the running stack: what is taken, what is refused, and that a refusal changes nothing."""

import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from local.demo.steps import until
from tests.stack.conftest import Hospital

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
    assert "has changed" in (await hospital.text(appointment, 2))["message"]
    await hospital.send(moved, "S15")
    assert "cancelled" in (await hospital.text(appointment, 3))["message"]
    phones = [row for row in (await hospital.at_rest())["visits"] if ":phone" in row]
    token = await hospital.link(appointment)
    answer = await hospital.world.http.get(f"{hospital.config.functions}/api/visits/{token}/status")
    assert (answer.status_code, answer.json()["code"]) == (410, "link.cancelled")
    assert not [row for row in phones if await visit_of(hospital, token) in row]


async def visit_of(hospital: Hospital, token: str) -> str:
    """The visit's key inside a link's code: after nine characters of connection, fifteen bytes."""
    return base64.urlsafe_b64encode(base64.urlsafe_b64decode(token)[9:24]).decode()


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
    await hospital.world.control("POST", "/sms/inbound", json={"from": appointment.phone, "message": "Stop."})

    async def noted() -> list[dict[str, Any]] | None:
        return await hospital.world.rows("optouts") or None

    await until(noted, "the opt-out")
    await hospital.send(replace(appointment, start=appointment.start + HOUR), "S13")

    async def opted_out() -> bool:
        rows = await hospital.world.rows("visits")
        return any(row.get("state") == "opted_out" and row["kind"] == "updated" for row in rows)

    await until(opted_out, "the text to be held back")
    assert [item["id"] for item in await hospital.texts(appointment)] == [text["id"]]
