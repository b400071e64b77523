"""The token endpoint: what a launch brings, and every reason to bring nothing. PyJWT judges the id_token."""

from typing import Any

import httpx
import jwt
import pytest

from local.config import EPIC_CLIENT_IDS, PEOPLE
from local.epic.answers import OAuthError
from local.epic.grants import Asked, Grants
from local.epic.launches import subject
from tests.local.epic.vendor import ASSERTION_TYPE, Clock, Vendor, error_of


async def id_token(vendor: Vendor, answer: httpx.Response, client: str = "provider") -> dict[str, Any]:
    """The claims, verified with the published keys as OpenID Connect asks; times against the clock of the test."""
    document = (await vendor.epic.get("oauth2/.well-known/openid-configuration")).json()
    keys = jwt.PyJWKSet.from_dict((await vendor.epic.get(document["jwks_uri"])).json())
    token = answer.json()["id_token"]
    claims: dict[str, Any] = jwt.decode(
        token,
        keys[jwt.get_unverified_header(token)["kid"]],
        algorithms=["RS256"],
        audience=EPIC_CLIENT_IDS[client],
        issuer=document["issuer"],
        options={"require": ["iss", "sub", "aud", "exp", "iat"], "verify_exp": False, "verify_iat": False},
    )
    return claims


@pytest.mark.parametrize("algorithm", ["ES384", "RS384"])
async def test_a_clinicians_launch_tells_who_and_which_visit(vendor: Vendor, algorithm: str) -> None:
    csn = (await vendor.appointment())["csn"]
    code = await vendor.code(launch=await vendor.launch(csn=csn))
    answer = await vendor.token(code=code, assertion=vendor.assertion(algorithm=algorithm))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert (told["sessionId"], told["departmentId"], told["userId"], told["userType"]) == (csn, "10501", "MBELL", "1")
    assert (told["token_type"], told["expires_in"], told["state"]) == ("Bearer", 3240, "state-of-the-test")
    assert told["patient"] == PEOPLE["patient"].fhir_id
    assert told["need_patient_banner"] == "true"
    assert {"__epic.dstu2.patient", "encounter", "appointment", "loginDepartment", "smart_style_url"} <= set(told)
    assert set(told["scope"].split()) > {"launch", "openid", "fhirUser"}
    claims = await id_token(vendor, answer)
    assert claims["sub"] == PEOPLE["clinician"].fhir_id
    assert claims["fhirUser"] == f"{vendor.config.fhir_base}/Practitioner/{PEOPLE['clinician'].fhir_id}"
    assert claims["nonce"] == "nonce-of-the-test"
    assert claims["exp"] - claims["iat"] == 300


async def test_a_patients_launch_tells_less(vendor: Vendor) -> None:
    answer = await vendor.token("patient", code=await vendor.code("patient"))
    told = answer.json()
    assert told["userType"] == "2"
    assert told["sessionId"]
    assert not {"loginDepartment", "departmentId", "userId"} & set(told)
    claims = await id_token(vendor, answer, "patient")
    assert claims["fhirUser"] == f"{vendor.config.fhir_base}/Patient/{PEOPLE['patient'].fhir_id}"


async def test_the_second_clinician_is_someone_else(vendor: Vendor) -> None:
    answer = await vendor.token(code=await vendor.code(launch=await vendor.launch(user="IMOREAU")))
    assert (await id_token(vendor, answer))["sub"] == PEOPLE["second_clinician"].fhir_id
    assert answer.json()["userId"] == "IMOREAU"


@pytest.mark.parametrize(("fhir_user", "expected"), [(None, None), ("RelatedPerson/eProxy3", "/RelatedPerson/eProxy3")])
async def test_fhir_user_can_be_absent_or_a_proxy(vendor: Vendor, fhir_user: str | None, expected: str | None) -> None:
    launch = await vendor.launch("patient", fhir_user=fhir_user)
    claims = await id_token(
        vendor, await vendor.token("patient", code=await vendor.code("patient", launch=launch)), "patient"
    )
    assert claims.get("fhirUser") == (expected and vendor.config.fhir_base + expected)


async def test_a_patient_can_be_put_on_the_clinicians_path(vendor: Vendor) -> None:
    """What the product must refuse has to be producible."""
    answer = await vendor.token(code=await vendor.code(launch=await vendor.launch(user="pat.tester")))
    assert "/Patient/" in (await id_token(vendor, answer))["fhirUser"]
    assert answer.json()["userType"] == "1"


async def test_the_logon_name_comes_with_the_scope_profile_alone(vendor: Vendor) -> None:
    without = await id_token(vendor, await vendor.token(code=await vendor.code()))
    asked = await vendor.code(scope="launch openid profile", launch=await vendor.launch())
    claims = await id_token(vendor, await vendor.token(code=asked))
    assert "preferred_username" not in without
    assert claims["preferred_username"] == "MBELL"
    assert "fhirUser" not in claims


async def test_context_strings_never_replace_members_of_oauth(vendor: Vendor) -> None:
    launch = await vendor.launch(context="sessionId=%CSN%&access_token=mine&id_token=mine&state=mine&note=a%NOSUCH%b")
    told = (await vendor.token(code=await vendor.code(launch=launch))).json()
    assert "mine" not in (told["access_token"], told["id_token"], told["state"])
    assert told["note"] == "ab"


async def test_a_visit_without_department_says_none(vendor: Vendor) -> None:
    csn = (await vendor.appointment(department=""))["csn"]
    told = (await vendor.token(code=await vendor.code(launch=await vendor.launch(csn=csn)))).json()
    assert told["departmentId"] == "NONE"


async def test_a_group_visit_is_known_by_its_conference(vendor: Vendor) -> None:
    csn = (await vendor.appointment(conference_id="G-77&x=1"))["csn"]
    told = (await vendor.token(code=await vendor.code(launch=await vendor.launch(csn=csn)))).json()
    assert told["sessionId"] == "G-77&x=1"
    assert "x" not in told


async def test_a_record_pasted_anew_is_used(vendor: Vendor) -> None:
    await vendor.control.put(
        "/epic/records", json={"provider": {"context": "sessionId=%CSN%", "url": "https://v.example/l"}}
    )
    csn = (await vendor.appointment())["csn"]
    made = (await vendor.control.post("/epic/launches", json={"audience": "provider", "csn": csn})).json()
    assert made["url"].startswith("https://v.example/l?iss=")
    told = (await vendor.token(code=await vendor.code(launch=made["launch"]))).json()
    assert "userId" not in told


async def test_tokens_are_signed_by_the_newest_key_and_old_ones_still_verify(vendor: Vendor) -> None:
    before = await vendor.token(code=await vendor.code())
    kid = (await vendor.control.post("/epic/keys")).json()["kid"]
    after = await vendor.token(code=await vendor.code())
    assert jwt.get_unverified_header(after.json()["id_token"])["kid"] == kid
    await id_token(vendor, before)
    await id_token(vendor, after)


async def test_a_code_works_once(vendor: Vendor) -> None:
    code = await vendor.code()
    assert (await vendor.token(code=code)).status_code == 200
    again = await vendor.token(code=code)
    assert (again.status_code, error_of(again)) == (400, "invalid_grant")


def test_a_code_that_comes_twice_takes_its_tokens_back() -> None:
    grants, client = Grants(Clock()), EPIC_CLIENT_IDS["provider"]
    asked = Asked(client, "", "", frozenset(), "", "", "")
    code = grants.code(asked, subject(PEOPLE["clinician"]), {})
    token = grants.access_token(client, 60, grants.redeem(code, client))
    assert grants.access(token)
    with pytest.raises(OAuthError):
        grants.redeem(code, client)
    assert grants.access(token) is None


@pytest.mark.parametrize(("age", "status"), [(59, 200), (60, 400)])
async def test_a_code_lives_a_minute(vendor: Vendor, age: int, status: int) -> None:
    code = await vendor.code()
    vendor.clock.now += age
    assert (await vendor.token(code=code)).status_code == status


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"code_verifier": "short"}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_request"),
        ({"redirect_uri": "https://elsewhere.example"}, "invalid_grant"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"code": "made-up"}, "invalid_grant"),
        ({"code": None}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "unauthorized_client"),
        ({"client_id": EPIC_CLIENT_IDS["provider"]}, "invalid_request"),
        ({"client_secret": "s"}, "invalid_request"),
        ({"client_assertion": None}, "invalid_client"),
        ({"client_assertion_type": None}, "invalid_request"),
        ({"client_assertion_type": ASSERTION_TYPE.upper()}, "invalid_request"),
        ({"client_assertion": "no.jwt"}, "invalid_client"),
        ({"state": ["one", "two"]}, "invalid_request"),
    ],
)
async def test_a_wrong_request_is_refused(vendor: Vendor, change: dict[str, Any], error: str) -> None:
    answer = await vendor.token(**{"code": await vendor.code()} | change)
    assert error_of(answer) == error
    assert answer.status_code == (401 if error == "invalid_client" else 400)
    assert answer.headers["cache-control"] == "no-store"
    assert "access_token" not in answer.json()


async def test_a_code_is_of_no_use_to_another_client(vendor: Vendor) -> None:
    code = await vendor.code("provider")
    assert error_of(await vendor.token("patient", code=code)) == "invalid_grant"
    assert (await vendor.token("provider", code=code)).status_code == 200


async def test_parameters_belong_into_a_form(vendor: Vendor) -> None:
    assert error_of(await vendor.epic.post("oauth2/token?grant_type=client_credentials")) == "invalid_request"
    assert error_of(await vendor.epic.post("oauth2/token", json={})) == "invalid_request"


async def test_a_client_secret_is_not_what_was_registered(vendor: Vendor) -> None:
    answer = await vendor.epic.post("oauth2/token", auth=(EPIC_CLIENT_IDS["provider"], "secret"), data={"code": "c"})
    assert (answer.status_code, error_of(answer)) == (401, "invalid_client")


async def test_the_backend_client_acts_for_itself_alone(vendor: Vendor) -> None:
    assert await vendor.backend_token()
    assert error_of(await vendor.token("backend", code=await vendor.code())) == "unauthorized_client"
