"""How messages travel: signed with the sender's certificate, sent again while the receiver is away."""

import base64
import gzip
import hashlib
from pathlib import Path
from typing import Any

import jwt
import pytest
from asn1crypto import cms  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from local.config import CONNECTION_ID, StackConfig
from local.epic.sender import sign
from tests.local.epic.vendor import Vendor
from tests.messages.signing import OPENSSL, openssl_accepts

URL = "http://localhost:7071/api/hl7/demo2amer"


def verified(config: StackConfig, token: str, url: str, issuer: str = CONNECTION_ID) -> dict[str, Any]:
    """The claims, the signature checked with the certificate that the hospital uploads."""
    certificate = x509.load_pem_x509_certificate(config.sender_certificate.read_bytes())
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    claims: dict[str, Any] = jwt.decode(
        token, key, ["RS384"], audience=url, issuer=issuer, options={"verify_exp": False, "verify_iat": False}
    )
    return claims


async def test_a_message_is_posted_and_its_token_is_bound_to_it(vendor: Vendor) -> None:
    csn = (await vendor.appointment())["csn"]
    sent = (await vendor.control.post(f"/epic/appointments/{csn}/send", json={"event": "S12"})).json()
    assert sent["status"] == 200
    assert sent["ack"] == "MSH|ack\rMSA|AA|1\r"
    assert sent["seconds"] >= 0
    [(url, headers, body)] = vendor.listener.received
    assert url == f"{vendor.config.functions}/api/hl7/{CONNECTION_ID}"
    assert headers["content-type"] == "application/hl7-v2; charset=utf-8"
    assert f"|{sent['control_id']}|T|2.3".encode() in body
    token = headers["authorization"].removeprefix("Bearer ")
    claims = verified(vendor.config, token, url)
    assert claims["body_sha256"] == hashlib.sha256(body).hexdigest()
    assert claims["exp"] - claims["iat"] == 300
    header = jwt.get_unverified_header(token)
    der = x509.load_pem_x509_certificate(vendor.config.sender_certificate.read_bytes()).public_bytes(Encoding.DER)
    expected = base64.urlsafe_b64encode(hashlib.sha256(der).digest()).decode().rstrip("=")
    assert (header["alg"], header["kid"]) == ("RS384", expected)


async def test_a_message_is_sent_again_while_the_receiver_is_busy(vendor: Vendor) -> None:
    csn = (await vendor.appointment())["csn"]
    vendor.listener.answers = [(503, "later"), (503, "later"), (200, "ack")]
    sent = (
        await vendor.control.post(f"/epic/appointments/{csn}/send", json={"event": "S12", "control_id": "C1"})
    ).json()
    assert (sent["status"], sent["attempts"], sent["control_id"]) == (200, 3, "C1")
    assert len({body for _, _, body in vendor.listener.received}) == 1
    assert len({headers["authorization"] for _, headers, _ in vendor.listener.received}) == 3


@pytest.mark.parametrize("signature", ["token", "cms"])
async def test_a_message_can_be_compressed_and_is_signed_as_it_was_before(vendor: Vendor, signature: str) -> None:
    csn = (await vendor.appointment())["csn"]
    order = {"event": "S12", "signature": signature, "gzip": True}
    assert (await vendor.control.post(f"/epic/appointments/{csn}/send", json=order)).json()["status"] == 200
    [(url, headers, sent)] = vendor.listener.received
    body = gzip.decompress(sent)
    assert headers["content-encoding"] == "gzip"
    assert body.startswith(b"MSH|")
    if signature == "token":
        claims = verified(vendor.config, headers["authorization"].removeprefix("Bearer "), url)
        assert claims["body_sha256"] == hashlib.sha256(body).hexdigest()
    else:
        assert digest_in(headers["hl7-signature"]) == hashlib.sha512(body).digest()


async def test_a_message_can_be_signed_as_hl7_over_http_says(vendor: Vendor, tmp_path: Path) -> None:
    csn = (await vendor.appointment())["csn"]
    vendor.listener.answers = [(503, "later"), (200, "ack")]
    order = {"event": "S12", "signature": "cms"}
    sent = (await vendor.control.post(f"/epic/appointments/{csn}/send", json=order)).json()
    assert (sent["status"], sent["attempts"]) == (200, 2)
    [(_, first, body), (_, second, same)] = vendor.listener.received
    assert "authorization" not in first
    assert body == same
    assert first["hl7-signature"] != second["hl7-signature"]
    algorithm, text = first["hl7-signature"].split(" ")
    assert algorithm == "SHA512withRSA"
    assert digest_in(first["hl7-signature"]) == hashlib.sha512(body).digest()
    if OPENSSL:
        certificate = x509.load_pem_x509_certificate(vendor.config.sender_certificate.read_bytes())
        assert openssl_accepts(base64.b64decode(text), body, certificate, tmp_path)


async def test_there_is_no_third_way_to_sign(vendor: Vendor) -> None:
    csn = (await vendor.appointment())["csn"]
    order = {"event": "S12", "signature": "none"}
    assert (await vendor.control.post(f"/epic/appointments/{csn}/send", json=order)).status_code == 400
    assert vendor.listener.received == []


def digest_in(header: str) -> bytes:
    """The message digest that a signature was made over."""
    signed = cms.ContentInfo.load(base64.b64decode(header.split(" ")[1]))["content"]["signer_infos"][0]
    [digest] = [it["values"][0].native for it in signed["signed_attrs"] if it["type"].native == "message_digest"]
    return bytes(digest)


async def test_a_refusal_is_not_argued_with(vendor: Vendor) -> None:
    csn = (await vendor.appointment())["csn"]
    vendor.listener.answers = [(401, "no")]
    sent = (await vendor.control.post(f"/epic/appointments/{csn}/send", json={"event": "S12"})).json()
    assert (sent["status"], sent["ack"], sent["attempts"]) == (401, "no", 1)


async def test_a_message_to_another_connections_address_is_signed_for_that_one(vendor: Vendor) -> None:
    csn, url = (await vendor.appointment())["csn"], f"{vendor.config.functions}/api/hl7/other"
    await vendor.control.post(f"/epic/appointments/{csn}/send", json={"event": "S12", "url": url})
    [(posted_to, headers, _)] = vendor.listener.received
    assert posted_to == url
    assert verified(vendor.config, headers["authorization"].removeprefix("Bearer "), url, "other")["aud"] == url


async def test_nobody_there_is_told_as_such(vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.epic.sender.PAUSE", 0.0)
    csn, url = (await vendor.appointment())["csn"], f"http://127.0.0.1:{vendor.config.ports['graph']}/"
    answer = await vendor.control.post(f"/epic/appointments/{csn}/send", json={"event": "S12", "url": url})
    assert answer.status_code == 502


@pytest.mark.parametrize(("event", "status"), [("S15", "cancelled"), ("S17", "deleted"), ("S26", "no-show")])
async def test_the_schedule_agrees_with_what_was_sent(vendor: Vendor, event: str, status: str) -> None:
    csn = (await vendor.appointment())["csn"]
    await vendor.control.post(f"/epic/appointments/{csn}/send", json={"event": event})
    assert (await vendor.control.get(f"/epic/appointments/{csn}")).json()["status"] == status


def test_each_claim_can_be_made_wrong_or_left_out(config: StackConfig) -> None:
    token = sign(config, b"body", URL, now=1000, aud="other", jti=None, exp=1)
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["aud"], claims["exp"], claims["iss"]) == ("other", 1, CONNECTION_ID)
    assert "jti" not in claims


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [(ec.generate_private_key(ec.SECP384R1()), "ES384"), (rsa.generate_private_key(65537, 2048), "RS256")],
)
def test_key_algorithm_and_header_can_be_others(
    config: StackConfig, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, algorithm: str
) -> None:
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    token = sign(config, b"", URL, now=1, connection_id="x", algorithm=algorithm, key_pem=pem, header={"kid": "other"})
    jwt.decode(token, key.public_key(), [algorithm], audience=URL, options={"verify_exp": False})
    assert jwt.get_unverified_header(token)["kid"] == "other"
