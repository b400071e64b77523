"""Verifier B: what others' programs sign is taken, and nothing that is wrong in any way."""

import base64
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms as asn1  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from local.epic.cms import detached, hl7_signature
from shared.clock import wall_clock
from shared.errors import Refused
from shared.messages import cms, der
from shared.messages.signers import Sender
from shared.organisations.connection import ConnectionState
from tests.builders import NOW
from tests.messages import signing
from tests.messages.feed import Feed
from tests.messages.make import a_message
from tests.messages.signing import (
    Key,
    a_pair,
    by_cryptography,
    by_openssl,
    changed,
    header,
    open_ended,
    openssl_accepts,
)

BODY = a_message().encode()
RSA, P256, P384 = (
    a_pair(),
    a_pair(ec.generate_private_key(ec.SECP256R1())),
    a_pair(ec.generate_private_key(ec.SECP384R1())),
)
Pair = tuple[Key, x509.Certificate]
YEAR = timedelta(days=365)
THEN = a_pair(begins=NOW - YEAR, ends=NOW + YEAR)  # in date at NOW, where the clock stands still
needs_openssl = pytest.mark.skipif(signing.OPENSSL is None, reason="openssl is not on PATH")


def name_of(pair: Pair, digest: str = "SHA512") -> str:
    return f"{digest}with{'RSA' if isinstance(pair[0], rsa.RSAPrivateKey) else 'ECDSA'}"


async def taken(der_bytes: bytes, pair: Pair = THEN, algorithm: str = "SHA512withRSA", body: bytes = BODY) -> Sender:
    """What the verifier says, at NOW."""
    return await Feed(lambda: NOW, pair[1]).verify(header(der_bytes, algorithm), body)


async def refused(der_bytes: bytes, pair: Pair = THEN, algorithm: str = "SHA512withRSA", body: bytes = BODY) -> None:
    with pytest.raises(Refused, match=r"hl7\.signature_invalid"):
        await taken(der_bytes, pair, algorithm, body)


def right(pair: Pair = THEN, at: datetime = NOW) -> bytes:
    return detached(BODY, *pair, now=at.timestamp())


@needs_openssl
@pytest.mark.parametrize("pair", [RSA, P256, P384], ids=["RSA", "P-256", "P-384"])
@pytest.mark.parametrize(
    "options",
    [
        ("-md", "sha256"),
        ("-md", "sha384"),
        ("-md", "sha512"),
        ("-keyid",),
        ("-nocerts",),
        ("-nosmimecap",),
    ],
    ids=" ".join,
)
async def test_what_openssl_signs_is_taken(pair: Pair, options: tuple[str, ...], tmp_path: Path) -> None:
    signature = by_openssl(BODY, pair, tmp_path, *options)
    digest = options[1].upper() if options[0] == "-md" else "SHA512"
    sender = await Feed(wall_clock, pair[1]).verify(header(signature, name_of(pair, digest)), BODY)
    assert sender.connection.id == "demo2amer"
    assert timedelta(minutes=4) < sender.token_expires - wall_clock() < timedelta(minutes=7)


@needs_openssl
async def test_indefinite_lengths_are_taken_by_openssl_and_by_us(tmp_path: Path) -> None:
    """HAPI's signer is BouncyCastle's, which writes them."""
    signature = open_ended(by_openssl(BODY, RSA, tmp_path))
    assert signature.startswith(b"\x30\x80")
    assert openssl_accepts(signature, BODY, RSA[1], tmp_path)
    await Feed(wall_clock, RSA[1]).verify(header(signature), BODY)


@pytest.mark.parametrize("pair", [RSA, P256, P384], ids=["RSA", "P-256", "P-384"])
@pytest.mark.parametrize("digest", [hashes.SHA256(), hashes.SHA384(), hashes.SHA512()], ids=lambda it: it.name)
async def test_what_cryptography_signs_is_taken(pair: Pair, digest: hashes.HashAlgorithm) -> None:
    signature = header(by_cryptography(BODY, pair, digest), name_of(pair, digest.name.upper()))
    assert (await Feed(wall_clock, pair[1]).verify(signature, BODY)).connection.id == "demo2amer"


@pytest.mark.parametrize("pair", [RSA, P256, P384], ids=["RSA", "P-256", "P-384"])
@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
async def test_what_our_stand_in_signs_is_taken(pair: Pair, digest: str) -> None:
    signature = hl7_signature(BODY, *pair, now=datetime.now(UTC).timestamp(), digest=digest)
    await Feed(wall_clock, pair[1]).verify({"hl7-signature": signature}, BODY)


@needs_openssl
@pytest.mark.parametrize("pair", [RSA, P256, P384], ids=["RSA", "P-256", "P-384"])
def test_openssl_takes_what_our_stand_in_signs_and_nothing_else(pair: Pair, tmp_path: Path) -> None:
    signature = detached(BODY, *pair, now=datetime.now(UTC).timestamp())
    assert openssl_accepts(signature, BODY, pair[1], tmp_path)
    assert not openssl_accepts(signature, BODY + b" ", pair[1], tmp_path)


@pytest.mark.parametrize("pair", [RSA, P384], ids=["RSA", "P-384"])
def test_a_general_library_reads_the_same_from_a_signature(pair: Pair) -> None:
    at = datetime.now(UTC).replace(microsecond=0)
    whole = detached(BODY, *pair, now=at.timestamp())
    read, signer = cms.read(whole), asn1.ContentInfo.load(whole)["content"]["signer_infos"][0]
    attributes = {it["type"].native: it["values"][0].native for it in signer["signed_attrs"]}
    assert (read.signed_at, read.content_digest) == (attributes["signing_time"], attributes["message_digest"])
    assert read.signed == signer["signed_attrs"].untag().dump()
    assert read.value == signer["signature"].native
    sid = signer["sid"].chosen
    assert read.issuer_serial == sid["issuer"].dump() + sid["serial_number"].dump()


async def test_the_certificate_s_key_id_names_it_as_well() -> None:
    def by_key_id(signed_data: Any, signer: Any) -> None:
        key_id = x509.SubjectKeyIdentifier.from_public_key(THEN[0].public_key()).digest
        signer["sid"] = asn1.SignerIdentifier({"subject_key_identifier": key_id})

    await taken(changed(BODY, THEN, by_key_id, now=NOW))
    nameless = a_pair(THEN[0], begins=NOW - YEAR, ends=NOW + YEAR, key_id=False)
    await refused(changed(BODY, THEN, by_key_id, now=NOW), nameless)


async def test_another_body_is_refused() -> None:
    await taken(right())
    await taken(open_ended(right()))
    await refused(right(), body=BODY.replace(b"VIDEO", b"VIDE0"))
    await refused(right(), body=b"")


async def test_a_signer_who_is_not_of_this_connection_is_refused_whatever_certificate_travels_along() -> None:
    stranger = a_pair(begins=NOW - YEAR, ends=NOW + YEAR)
    await refused(right(stranger))
    serial = THEN[1].serial_number
    impostor = a_pair(begins=NOW - YEAR, ends=NOW + YEAR, serial=serial)  # the same issuer and serial number
    assert cms.read(right(impostor)).issuer_serial == cms.read(right()).issuer_serial
    await refused(right(impostor))
    await refused(right((THEN[0], stranger[1])))  # the right key under another certificate's name


@pytest.mark.parametrize(
    ("minutes", "seconds", "good"),
    [(0, 0, True), (-5, 0, True), (5, 0, True), (-5, -1, False), (5, 1, False), (-60, 0, False), (525_600, 0, False)],
)
async def test_the_signing_time_must_be_within_five_minutes(minutes: int, seconds: int, *, good: bool) -> None:
    signature = right(at=NOW + timedelta(minutes=minutes, seconds=seconds))
    await (taken(signature) if good else refused(signature))


async def test_what_was_signed_is_the_token_and_outlives_the_signature() -> None:
    one, again, later = await taken(right()), await taken(right()), await taken(right(at=NOW + timedelta(seconds=1)))
    assert one.token == again.token != later.token
    assert one.token_expires == NOW + timedelta(minutes=6)


async def test_another_form_of_the_same_signature_is_the_same_token() -> None:
    """Anyone can turn an ECDSA signature (r, s) into (r, n - s), and unsigned parts into others: all are replays."""
    key = ec.generate_private_key(ec.SECP256R1())
    pair = a_pair(key, begins=NOW - YEAR, ends=NOW + YEAR)
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    whole = asn1.ContentInfo.load(right(pair))
    [signer] = whole["content"]["signer_infos"]
    r, s = decode_dss_signature(signer["signature"].native)
    signer["signature"] = encode_dss_signature(r, order - s)
    twin = bytes(whole.dump(force=True))
    del whole["content"]["certificates"]
    bare = bytes(whole.dump(force=True))
    assert len({right(pair), twin, bare}) == 3
    tokens = {(await taken(each, pair, "SHA512withECDSA")).token for each in (right(pair), twin, bare)}
    assert len(tokens) == 1


async def test_both_certificates_are_taken_while_one_follows_the_other() -> None:
    old, new = THEN, a_pair(ec.generate_private_key(ec.SECP384R1()), begins=NOW - timedelta(days=1), ends=NOW + YEAR)
    feed = Feed(lambda: NOW, old[1], new[1])
    for pair in (old, new):
        await feed.verify(header(right(pair), name_of(pair)), BODY)


@pytest.mark.parametrize(("begins", "ends"), [(-2, -1), (1, 2), (-1, 0)], ids=["expired", "not yet", "expires now"])
async def test_a_certificate_out_of_date_is_refused(begins: int, ends: int) -> None:
    pair = a_pair(begins=NOW + begins * YEAR, ends=NOW + ends * YEAR)
    await refused(right(pair), pair)


@pytest.mark.parametrize("state", [it for it in ConnectionState if it is not ConnectionState.APPROVED])
async def test_only_an_approved_connection_takes_messages(state: ConnectionState) -> None:
    with pytest.raises(Refused, match=r"hl7\.signature_invalid"):
        await Feed(lambda: NOW, THEN[1], state=state).verify(header(right()), BODY)


async def test_a_certificate_that_left_the_vault_is_refused() -> None:
    feed = Feed(lambda: NOW, THEN[1])
    feed.pems.clear()
    with pytest.raises(Refused, match=r"hl7\.signature_invalid"):
        await feed.verify(header(right()), BODY)


async def test_the_address_must_name_the_connection() -> None:
    feed = Feed(lambda: NOW, THEN[1])
    with pytest.raises(Refused, match=r"hl7\.connection_missing"):
        await feed.verify(header(right()), BODY, connection_id=None)
    with pytest.raises(Refused, match=r"hl7\.signature_invalid"):
        await feed.verify(header(right()), BODY, connection_id="another")


async def test_with_both_headers_the_signature_alone_decides() -> None:
    feed = Feed(lambda: NOW, THEN[1])
    await feed.verify(header(right()) | {"authorization": "Basic aGVsbG86d29ybGQ="}, BODY)
    for wrong in ("", "SHA512withRSA", header(right(a_pair()))["hl7-signature"]):
        with pytest.raises(Refused, match=r"hl7\.signature_invalid"):
            await feed.verify({"hl7-signature": wrong, "authorization": "Bearer x.y.z"}, BODY)


def two_signers(signed_data: Any, signer: Any) -> None:
    signed_data["signer_infos"].append(signer.copy())


def no_signer(signed_data: Any, signer: Any) -> None:
    signed_data["signer_infos"] = []


def enclosed(signed_data: Any, signer: Any) -> None:
    signed_data["encap_content_info"]["content"] = BODY


def other_content(signed_data: Any, signer: Any) -> None:
    signed_data["encap_content_info"]["content_type"] = "enveloped_data"


def with_attribute(name: str, *values: Any, again: bool = False) -> Callable[[Any, Any], None]:
    """Replaces (or, `again`, repeats) a signed attribute; without values it is left out."""

    def change(signed_data: Any, signer: Any) -> None:
        kept = [it for it in signer["signed_attrs"] if again or it["type"].native != name]
        added = [asn1.CMSAttribute({"type": name, "values": list(values)})] if values else []
        signer["signed_attrs"] = asn1.CMSAttributes(kept + added)

    return change


def algorithm(field: str, name: str, parameters: Any = None) -> Callable[[Any, Any], None]:
    def change(signed_data: Any, signer: Any) -> None:
        signer[field] = {"algorithm": name} | ({"parameters": parameters} if parameters else {})

    return change


def no_attributes(signed_data: Any, signer: Any) -> None:
    del signer["signed_attrs"]


def protection(digest: str, signature: str) -> dict[str, Any]:
    return {"digest_algorithm": {"algorithm": digest}, "signature_algorithm": {"algorithm": signature}}


TIME = asn1.Time({"utc_time": NOW})


@pytest.mark.parametrize(
    "change",
    [
        two_signers, no_signer, enclosed, other_content, no_attributes,
        with_attribute("signing_time"), with_attribute("signing_time", TIME, TIME),
        with_attribute("signing_time", TIME, again=True),
        with_attribute("message_digest"), with_attribute("message_digest", b"\0" * 64),
        with_attribute("message_digest", b"\0" * 20), with_attribute("message_digest", b"\0" * 64, again=True),
        with_attribute("content_type"), with_attribute("content_type", "signed_data"),
        with_attribute("cms_algorithm_protection", protection("sha256", "sha512_rsa")),
        with_attribute("cms_algorithm_protection", protection("sha512", "sha256_rsa")),
        algorithm("digest_algorithm", "sha1"), algorithm("digest_algorithm", "md5"),
        algorithm("digest_algorithm", "sha256"), algorithm("signature_algorithm", "sha256_rsa"),
        algorithm("signature_algorithm", "sha512_ecdsa"), algorithm("signature_algorithm", "sha1_rsa"),
        algorithm("signature_algorithm", "rsassa_pss", {}),
    ],
    ids=lambda it: it.__qualname__.partition(".")[0],
)  # fmt: skip
async def test_a_signature_that_is_not_as_it_should_be_is_refused(change: Callable[[Any, Any], None]) -> None:
    await refused(changed(BODY, THEN, change, now=NOW))


@pytest.mark.parametrize(
    "change",
    [
        lambda *_: None,
        algorithm("signature_algorithm", "rsassa_pkcs1v15"),
        with_attribute("cms_algorithm_protection"),
        with_attribute("signing_time", asn1.Time({"generalized_time": NOW})),
    ],
    ids=["as it is", "rsaEncryption", "no protection", "GeneralizedTime"],
)
async def test_what_the_standards_leave_open_is_taken(change: Callable[[Any, Any], None]) -> None:
    def both(signed_data: Any, signer: Any) -> None:
        if change.__qualname__.startswith("algorithm"):
            with_attribute("cms_algorithm_protection")(signed_data, signer)
        change(signed_data, signer)

    await taken(changed(BODY, THEN, both, now=NOW))


@needs_openssl
@pytest.mark.parametrize(
    "options", [("-noattr",), ("-nodetach",), ("-keyopt", "rsa_padding_mode:pss"), ("-md", "sha1")], ids=" ".join
)
async def test_what_openssl_can_sign_and_we_do_not_take(options: tuple[str, ...], tmp_path: Path) -> None:
    signature = by_openssl(BODY, RSA, tmp_path, *options)
    with pytest.raises(Refused, match=r"hl7\.signature_invalid"):
        await Feed(wall_clock, RSA[1]).verify(header(signature), BODY)


@pytest.mark.parametrize(
    "value",
    [
        "", " ", "SHA512withRSA", "SHA512withRSA ", "SHA512withRSA !!!", "SHA512withRSA AAAA",
        base64.b64encode(right()).decode(),
        f"SHA256withRSA {base64.b64encode(right()).decode()}",
        f"SHA512withECDSA {base64.b64encode(right()).decode()}",
        f"SHA512withRSA {base64.b64encode(right() + b'x').decode()}",
        f"SHA512withRSA {base64.b64encode(right()[:-1]).decode()}",
        f"SHA512withRSA {'A' * 20_000}",
        "SHA512withRSA " + base64.b64encode(b"\x30\x80" * 4000).decode(),
    ],
    ids=lambda value: value[:24],
)  # fmt: skip
async def test_a_header_that_is_no_signature_is_refused(value: str) -> None:
    with pytest.raises(Refused, match=r"hl7\.signature_invalid"):
        await Feed(lambda: NOW, THEN[1]).verify({"hl7-signature": value}, BODY)


async def test_case_and_blanks_of_the_header_do_not_matter() -> None:
    text = base64.b64encode(right()).decode()
    await Feed(lambda: NOW, THEN[1]).verify({"hl7-signature": f" sha512WithRSA  {text[:64]} {text[64:]} "}, BODY)


async def test_no_changed_byte_gets_through() -> None:
    """Each byte turned over: refused, or it stands in what is not signed and names the same token."""
    whole, feed = right(), Feed(lambda: NOW, THEN[1])
    token = (await taken(whole)).token
    through = 0
    for place in range(len(whole)):
        spoilt = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
        with suppress(Refused):
            assert (await feed.verify(header(spoilt), BODY)).token == token
            through += 1
    certificate = len(THEN[1].public_bytes(Encoding.DER))
    assert through <= certificate + 40


@given(
    st.binary(max_size=400)
    | st.builds(lambda cut, tail: right()[:cut] + tail, st.integers(0, 1300), st.binary(max_size=40))
)
def test_only_its_own_error_leaves_the_reader(data: bytes) -> None:
    with suppress(der.Malformed):
        cms.read(data)
