"""SMART App Launch 2.2 from the client's side."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from shared.adapters.epic import Endpoints
from shared.errors import Refused
from shared.launch.smart import (
    Context,
    Identity,
    Pending,
    authorize_query,
    authorize_url,
    check_role,
    must_post,
    read_context,
    read_identity,
)
from shared.organisations.connection import Connection

BASE = "https://ehr.example/interconnect/api/FHIR/R4"
ISSUER = "https://ehr.example/interconnect/oauth2"
CONNECTION = Connection(
    "demo2amer", "tenant", BASE, "testing", "UTC", "oid", client_ids={"provider": "client"},
    endpoints=Endpoints(f"{ISSUER}/authorize", f"{ISSUER}/token", ISSUER, "https://ehr.example/keys"),
)  # fmt: skip
KEY = rsa.generate_private_key(65537, 2048)
# Epic's key ids are base64 and hold characters that do not belong into a path.
KID = "a+b/c="


def published(kid: str = KID) -> dict[str, Any]:
    public: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
    return public | {"kid": kid, "use": "sig"}


def an_id_token(headers: dict[str, Any] | None = None, **changes: Any) -> str:
    now = datetime.now(UTC)
    claims = {
        "iss": ISSUER, "aud": "client", "sub": "eDoctor", "nonce": "nonce", "iat": now, "exp": now + timedelta(minutes=5),
        "fhirUser": f"{BASE}/Practitioner/eDoctor",
    } | changes  # fmt: skip
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": KID} | (headers or {}))


def identity_of(token: str, keys: list[dict[str, Any]] | None = None) -> Identity:
    return read_identity(token, keys or [published()], connection=CONNECTION, client_id="client", nonce="nonce")


def asked(pending: Pending, launch: str) -> dict[str, str]:
    return authorize_query(CONNECTION, pending, client_id="client", redirect_uri="https://us/cb", launch=launch)


def address(pending: Pending, launch: str) -> str:
    assert CONNECTION.endpoints
    return authorize_url(CONNECTION.endpoints, asked(pending, launch))


def test_the_authorize_url_has_what_smart_and_epic_ask_for() -> None:
    pending = Pending.new()
    url = address(pending, "abc+/=")
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert query == {
        "response_type": "code",
        "client_id": "client",
        "redirect_uri": "https://us/cb",
        "scope": "launch openid fhirUser",
        "aud": BASE,
        "state": pending.state,
        "nonce": pending.nonce,
        "code_challenge": pending.challenge,
        "code_challenge_method": "S256",
        "launch": "abc+/=",
    }


def test_a_standalone_sign_in_sends_no_launch() -> None:
    query = parse_qs(urlsplit(address(Pending.new(), "")).query)
    assert "launch" not in query
    assert query["scope"] == ["openid fhirUser"]


@pytest.mark.parametrize(
    ("posts", "launch", "posted"),
    [(True, "x" * 2000, True), (True, "x" * 100, False), (False, "x" * 2000, False), (True, "", False)],
    ids=["long and offered", "short", "not offered", "standalone, which Epic takes by GET alone"],
)
def test_a_request_is_posted_where_the_server_takes_that_and_the_address_is_long(
    launch: str, *, posts: bool, posted: bool
) -> None:
    assert CONNECTION.endpoints
    endpoints = replace(CONNECTION.endpoints, posts=posts)
    assert must_post(endpoints, asked(Pending.new(), launch)) is posted


def test_the_challenge_is_that_of_rfc_7636_appendix_b() -> None:
    pending = Pending("s", "n", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    assert pending.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # pragma: allowlist secret


def test_state_and_nonce_have_enough_randomness_and_differ() -> None:
    states = {value for _ in range(50) for value in (Pending.new().state, Pending.new().nonce)}
    assert len(states) == 100
    assert all(len(state) >= 43 for state in states)


def test_an_epic_id_token_is_believed() -> None:
    assert identity_of(an_id_token()) == Identity("Practitioner", "eDoctor")


def test_without_fhir_user_the_subject_is_known_but_not_its_type() -> None:
    assert identity_of(an_id_token(fhirUser=None)) == Identity("", "eDoctor")


def test_the_smart_launcher_shape_is_believed_too() -> None:
    token = jwt.encode(
        jwt.decode(an_id_token(fhirUser="Practitioner/eDoctor"), options={"verify_signature": False}), KEY, "RS256"
    )
    assert identity_of(token) == Identity("Practitioner", "eDoctor")


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": BASE},
        {"aud": "another client"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": datetime.now(UTC) - timedelta(minutes=2)},
        {"sub": None},
        {"fhirUser": "https://elsewhere.example/api/FHIR/R4/Practitioner/eDoctor"},
        {"fhirUser": f"{BASE}.evil.example/Practitioner/eDoctor"},
        {"fhirUser": f"{BASE}/Practitioner"},
        {"fhirUser": f"{BASE}/Practitioner/a/b"},
    ],
    ids=str,
)
def test_an_id_token_that_does_not_hold_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Refused, match=r"launch.identity_invalid"):
        identity_of(an_id_token(**changes))


def test_another_key_no_key_and_two_keys_are_refused() -> None:
    token = an_id_token()
    for keys in ([published("other")], [published(), published()]):
        with pytest.raises(Refused):
            identity_of(token, keys)


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused() -> None:
    token = an_id_token()
    forged = token.split(".")[1]
    with pytest.raises(Refused):
        identity_of(f"eyJhbGciOiJub25lIiwia2lkIjoiYStiL2M9In0.{forged}.")


NOBODY = Context("1", "", "")


@pytest.mark.parametrize(
    ("audience", "identity", "context"),
    [
        ("provider", Identity("Patient", "p"), NOBODY),
        ("provider", Identity("RelatedPerson", "p"), NOBODY),
        ("patient", Identity("Practitioner", "d"), NOBODY),
        ("provider", Identity("Person", "x"), NOBODY),
        ("patient", Identity("Patient", "p"), Context("1", "", "1")),
        ("provider", Identity("Practitioner", "d"), Context("1", "", "2")),
    ],
)
def test_a_launch_in_another_role_is_refused(audience: str, identity: Identity, context: Context) -> None:
    with pytest.raises(Refused, match=r"launch.wrong_role"):
        check_role(audience, identity, context)


@pytest.mark.parametrize(
    ("audience", "kind"),
    [("provider", "Practitioner"), ("patient", "Patient"), ("patient", "RelatedPerson"), ("provider", "")],
)
def test_a_launch_in_its_role_passes(audience: str, kind: str) -> None:
    check_role(audience, Identity(kind, "x"), NOBODY)


def test_context_tokens_are_read_as_bare_names() -> None:
    answer = {"sessionId": "900100001", "departmentId": "10501", "userType": "1", "need_patient_banner": "true"}
    assert read_context(answer) == Context("900100001", "10501", "1")


def test_the_department_none_is_no_department() -> None:
    assert read_context({"sessionId": "1", "departmentId": "NONE"}).department == ""


@pytest.mark.parametrize("session", ["", "%CSN%", None, True, ["1"], "x" * 201, "1\n2", "<script>", "1/2", "é"])
def test_a_launch_without_a_usable_visit_id_is_refused(session: Any) -> None:
    with pytest.raises(Refused, match=r"launch.session_missing"):
        read_context({"sessionId": session})


def test_the_issuer_must_have_been_pinned() -> None:
    blind = replace(CONNECTION, endpoints=Endpoints("a", "t", "", "k"))
    with pytest.raises(Refused):
        read_identity(an_id_token(), [published()], connection=blind, client_id="client", nonce="nonce")
