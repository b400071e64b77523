"""Verifier A: a token is taken only if everything about it holds, and never where PyJWT would refuse it."""

import base64
import hashlib
import hmac
import json
import uuid
from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Refused
from shared.messages import jws, signers
from shared.organisations.connection import ConnectionState
from tests.builders import NOW
from tests.messages.feed import CONNECTION, URL, Feed
from tests.messages.make import a_message
from tests.messages.signing import Key, a_pair, pem_of

BODY = a_message().encode()
YEAR = timedelta(days=365)
Pair = tuple[Key, x509.Certificate]


def in_date(key: Key | None = None) -> Pair:
    return a_pair(key, begins=NOW - YEAR, ends=NOW + YEAR)


RSA, P256, P384 = (
    in_date(),
    in_date(ec.generate_private_key(ec.SECP256R1())),
    in_date(ec.generate_private_key(ec.SECP384R1())),
)


def kid_of(certificate: x509.Certificate) -> str:
    return base64.urlsafe_b64encode(certificate.fingerprint(hashes.SHA256())).rstrip(b"=").decode()


def a_token(
    pair: Pair = RSA,
    algorithm: str = "RS384",
    *,
    now: datetime = NOW,
    header: dict[str, Any] | None = None,
    **claims: Any,
) -> str:
    """A right token at `now`; `claims` replace (None: leave out) what is right, `header` adds to the header."""
    seconds = int(now.timestamp())
    right = {
        "iss": CONNECTION, "aud": URL, "iat": seconds, "exp": seconds + 300, "jti": str(uuid.uuid4()),
        "body_sha256": hashlib.sha256(BODY).hexdigest(),
    }  # fmt: skip
    told = {name: value for name, value in (right | claims).items() if value is not None}
    return jwt.encode(told, pair[0], algorithm=algorithm, headers={"kid": kid_of(pair[1])} | (header or {}))


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


async def refused(
    token: str, *certificates: x509.Certificate, code: str = "hl7.signature_invalid", **options: Any
) -> None:
    with pytest.raises(Refused, match=code):
        await Feed(lambda: NOW, *(certificates or [RSA[1]])).verify(bearer(token), BODY, **options)


@pytest.mark.parametrize(
    ("pair", "algorithm"),
    [(RSA, "RS256"), (RSA, "RS384"), (RSA, "RS512"), (P256, "ES256"), (P384, "ES384")],
    ids=["RS256", "RS384", "RS512", "ES256", "ES384"],
)
async def test_each_algorithm_of_the_profile_is_taken(pair: Pair, algorithm: str) -> None:
    sender = await Feed(lambda: NOW, pair[1]).verify(bearer(a_token(pair, algorithm)), BODY)
    assert sender.connection.id == CONNECTION
    assert sender.token_expires == NOW + timedelta(minutes=6)


async def test_a_token_names_its_connection_where_the_path_does_not() -> None:
    url = URL.rpartition("/")[0]
    await Feed(lambda: NOW, RSA[1]).verify(bearer(a_token(aud=url)), BODY, url=url, connection_id=None)
    await refused(a_token(aud=url, iss="another"), url=url, connection_id=None)
    await refused(a_token(iss="another"), connection_id=CONNECTION)
    await refused(a_token(), connection_id="another")


@pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
async def test_the_scheme_s_case_does_not_matter(scheme: str) -> None:
    await Feed(lambda: NOW, RSA[1]).verify({"authorization": f"{scheme} {a_token()}"}, BODY)


@pytest.mark.parametrize(
    "headers", [{}, {"authorization": ""}, {"authorization": "Bearer "}, {"authorization": "Basic YTpi"}]
)
async def test_without_a_token_a_message_is_unsigned(headers: dict[str, str]) -> None:
    with pytest.raises(Refused, match=r"hl7\.unsigned"):
        await Feed(lambda: NOW, RSA[1]).verify(headers, BODY)


def at(**passed: float) -> int:
    return int((NOW + timedelta(**passed)).timestamp())


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": None}, {"aud": None}, {"iat": None}, {"exp": None}, {"jti": None}, {"body_sha256": None},
        {"aud": URL + "/"}, {"aud": URL.upper()}, {"aud": [URL, "https://elsewhere.example"]}, {"aud": []}, {"aud": {}},
        {"exp": at(seconds=-60)}, {"exp": at(minutes=6, seconds=1)}, {"exp": "soon"}, {"exp": str(at(minutes=4))},
        {"exp": True}, {"exp": float("nan")}, {"exp": float("inf")}, {"exp": -1}, {"exp": 10**30},
        {"iat": at(seconds=61)}, {"iat": float("nan")}, {"iat": "now"}, {"nbf": at(seconds=61)}, {"nbf": float("nan")},
        {"jti": ""}, {"jti": 7}, {"jti": "x" * 201}, {"jti": ["x"]},
        {"body_sha256": "0" * 64}, {"body_sha256": hashlib.sha256(BODY).hexdigest().upper()}, {"body_sha256": 5},
    ],
    ids=str,
)  # fmt: skip
async def test_a_claim_that_does_not_hold_is_refused(claims: dict[str, Any]) -> None:
    await refused(a_token(**claims))


@pytest.mark.parametrize(
    "claims",
    [{"exp": at(seconds=-59)}, {"exp": at(minutes=6)}, {"iat": at(seconds=60)}, {"aud": [URL]}, {"nbf": at()}],
    ids=str,
)
async def test_a_minute_of_difference_between_clocks_is_allowed(claims: dict[str, Any]) -> None:
    await Feed(lambda: NOW, RSA[1]).verify(bearer(a_token(**claims)), BODY)


@pytest.mark.parametrize(
    "header", [{"kid": "x"}, {"kid": 7}, {"kid": None}, {"kid": ["x"]}, {"crit": ["b64"], "b64": False}], ids=str
)
async def test_a_header_that_does_not_hold_is_refused(header: dict[str, Any]) -> None:
    await refused(resigned(RSA, "RS384", header))


def resigned(pair: Pair, algorithm: str, header: dict[str, Any]) -> str:
    """A right token whose header says otherwise (None: does not say it), signed with the right key afterwards."""
    _, claims, _ = a_token(pair, algorithm).split(".")
    told = {"alg": algorithm, "kid": kid_of(pair[1])} | header
    signed = f"{encoded({name: value for name, value in told.items() if value is not None})}.{claims}"
    signer: Any = jwt.get_algorithm_by_name(str(told["alg"]))
    return f"{signed}.{base64.urlsafe_b64encode(signer.sign(signed.encode(), pair[0])).rstrip(b'=').decode()}"


def encoded(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


async def test_a_public_key_is_not_taken_for_a_secret() -> None:
    """The classic confusion: HS256 with the public key, which everybody has, as the secret."""
    _, claims, _ = a_token().split(".")
    secret = RSA[1].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for key in (secret, pem_of(RSA[1])):
        signed = f"{encoded({'alg': 'HS256', 'kid': kid_of(RSA[1])})}.{claims}"
        mac = base64.urlsafe_b64encode(hmac.digest(key, signed.encode(), "sha256")).rstrip(b"=").decode()
        await refused(f"{signed}.{mac}")


@pytest.mark.parametrize("algorithm", ["none", "None", "", "PS384", "RS1", "ES512", "EdDSA", None, 7, ["RS384"]])
async def test_an_algorithm_that_is_not_of_the_profile_is_refused(algorithm: object) -> None:
    _, claims, signature = a_token().split(".")
    await refused(f"{encoded({'alg': algorithm, 'kid': kid_of(RSA[1])})}.{claims}.{signature}")
    await refused(f"{encoded({'alg': algorithm, 'kid': kid_of(RSA[1])})}.{claims}.")


async def test_each_curve_has_its_own_algorithm() -> None:
    for pair, fitting, other in ((P384, "ES384", "ES256"), (P256, "ES256", "ES384")):
        await refused(resigned(pair, fitting, {"alg": other}), pair[1])
        await Feed(lambda: NOW, pair[1]).verify(bearer(resigned(pair, fitting, {})), BODY)


@pytest.mark.parametrize("state", [it for it in ConnectionState if it is not ConnectionState.APPROVED])
async def test_only_an_approved_connection_takes_messages(state: ConnectionState) -> None:
    with pytest.raises(Refused, match=r"hl7\.signature_invalid"):
        await Feed(lambda: NOW, RSA[1], state=state).verify(bearer(a_token()), BODY)


async def test_both_certificates_are_taken_while_one_follows_the_other() -> None:
    feed = Feed(lambda: NOW, RSA[1], P384[1])
    await feed.verify(bearer(a_token()), BODY)
    await feed.verify(bearer(a_token(P384, "ES384")), BODY)
    await refused(a_token(P384, "ES384", header={"kid": kid_of(RSA[1])}), RSA[1], P384[1])


@pytest.mark.parametrize(("begins", "ends"), [(-2, -1), (1, 2), (-1, 0)], ids=["expired", "not yet", "expires now"])
async def test_a_certificate_out_of_date_is_refused(begins: int, ends: int) -> None:
    pair = a_pair(begins=NOW + begins * YEAR, ends=NOW + ends * YEAR)
    await refused(a_token(pair), pair[1])


async def test_another_body_is_refused() -> None:
    with pytest.raises(Refused, match=r"hl7\.signature_invalid"):
        await Feed(lambda: NOW, RSA[1]).verify(bearer(a_token()), BODY + b" ")


async def test_the_jti_is_the_token() -> None:
    feed = Feed(lambda: NOW, RSA[1])
    one, same, other = [await feed.verify(bearer(a_token(jti=jti)), BODY) for jti in ("1", "1", "2")]
    assert one.token == same.token != other.token


RIGHT = a_token()
KEY = signers._read(pem_of(RSA[1]).decode())


@pytest.mark.parametrize("last", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ ")
async def test_only_one_spelling_of_a_signature_is_taken(last: str) -> None:
    if last != RIGHT[-1]:
        await refused(RIGHT[:-1] + last)


@given(st.data())
def test_what_pyjwt_refuses_is_never_taken(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(RIGHT) - 1))
    change = data.draw(st.sampled_from(["replace", "insert", "cut", "end"]))
    letter = data.draw(st.characters(max_codepoint=255))
    token = {
        "replace": RIGHT[:place] + letter + RIGHT[place + 1 :],
        "insert": RIGHT[:place] + letter + RIGHT[place:],
        "cut": RIGHT[:place],
        "end": RIGHT + letter,
    }[change]
    key: Any = RSA[1].public_key()
    try:
        read = jws.read(token)
        ours = read.signed_with(KEY)
    except (ValueError, RecursionError):
        return
    options: Any = {"verify_exp": False, "verify_iat": False, "verify_aud": False}
    try:
        theirs = jwt.decode_complete(token, key, algorithms=list(jws.ALGORITHMS), options=options)
    except jwt.PyJWTError:
        assert not ours
    else:
        assert (read.header, read.claims) == (theirs["header"], theirs["payload"])


@pytest.mark.parametrize(
    "token",
    ["", "x", "a.b.c", "..", "e30.e30.", ".e30.AAAA", "e30..AAAA", "W10.e30.AAAA", "e30.W10.AAAA", "e30.e30.AAAA.AAAA",
     "é.e30.AA", "e30=.e30.AAAA", "e3+.e30.AAAA", "e30.e3/.AAAA", "e30.e30.AA\nAA", " e30.e30.AAAA", "A" * 9000, "e30.e30.AAB"],
    ids=lambda token: repr(token[:16]),
)  # fmt: skip
def test_what_is_no_token_cannot_be_read(token: str) -> None:
    with pytest.raises((ValueError, RecursionError)):
        jws.read(token)


def test_deeply_nested_json_is_no_way_around() -> None:
    deep = base64.urlsafe_b64encode(b"[" * 5000).rstrip(b"=").decode()
    with pytest.raises((ValueError, RecursionError)):
        jws.read(f"{deep}.e30.AAAA")
