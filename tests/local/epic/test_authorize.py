"""The authorize endpoint: who is let through, who is sent back with an error, and who is never redirected."""

import re
from typing import Any

import pytest

from local.config import EPIC_CLIENT_IDS, PEOPLE
from tests.local.epic.vendor import Vendor, came_back

AUTHORIZE, SIGN_IN = "oauth2/authorize", "oauth2/signin"


async def test_a_launch_comes_back_with_a_code_and_the_state(vendor: Vendor) -> None:
    answer = await vendor.epic.get(AUTHORIZE, params=vendor.question(launch=await vendor.launch()))
    assert answer.status_code == 302
    assert answer.headers["location"].startswith(f"{vendor.config.functions}/api/launch/callback/provider?")
    assert set(came_back(answer)) == {"code", "state"}
    assert came_back(answer)["state"] == "state-of-the-test"
    assert answer.headers["cache-control"] == "no-store"


async def test_a_launch_may_be_posted(vendor: Vendor) -> None:
    answer = await vendor.epic.post(AUTHORIZE, data=vendor.question("patient", launch=await vendor.launch("patient")))
    assert answer.status_code == 302
    assert "code" in came_back(answer)


async def test_only_launches_may_be_posted(vendor: Vendor) -> None:
    answer = await vendor.epic.post(AUTHORIZE, data=vendor.question())
    assert came_back(answer)["error"] == "invalid_request"


async def test_a_post_that_is_no_form_gets_a_page(vendor: Vendor) -> None:
    assert (await vendor.epic.post(AUTHORIZE, json=vendor.question())).status_code == 400


async def test_the_audience_may_end_in_a_slash(vendor: Vendor) -> None:
    question = vendor.question(launch=await vendor.launch(), aud=vendor.config.fhir_base + "/")
    assert "code" in came_back(await vendor.epic.get(AUTHORIZE, params=question))


@pytest.mark.parametrize(
    ("client", "path"),
    [
        ("provider", "launch/callback/provider"),
        ("provider", "launch/callback/directsms"),
        ("provider", "approval/callback"),
        ("patient", "launch/callback/patient"),
        ("patient", "launch/callback/devicetest"),
    ],
)
async def test_every_registered_address_is_taken(vendor: Vendor, client: str, path: str) -> None:
    question = vendor.question(client, redirect_uri=f"{vendor.config.functions}/api/{path}")
    assert (await vendor.epic.get(AUTHORIZE, params=question)).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "unknown"},
        {"client_id": None},
        {"redirect_uri": None},
        {"redirect_uri": "https://elsewhere.example/api/launch/callback/provider"},
        {"redirect_uri": "{functions}/api/launch/callback/provider/"},
        {"redirect_uri": "{functions}/api/launch/callback/patient"},
        {"client_id": EPIC_CLIENT_IDS["backend"]},
    ],
)
async def test_a_wrong_client_or_address_is_never_redirected(vendor: Vendor, change: dict[str, Any]) -> None:
    change = {name: value and value.format(functions=vendor.config.functions) for name, value in change.items()}
    answer = await vendor.epic.get(AUTHORIZE, params=vendor.question(launch=await vendor.launch(), **change))
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"state": None}, "invalid_request"),
        ({"aud": None}, "invalid_request"),
        ({"aud": "https://other.example/api/FHIR/R4"}, "invalid_request"),
        ({"scope": "launch fhirUser"}, "invalid_scope"),
        ({"scope": "openid fhirUser"}, "invalid_scope"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "too-short"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"launch": "made-up"}, "invalid_request"),
        ({"launch": None, "scope": "launch openid"}, "invalid_scope"),
        ({"nonce": ["one", "two"]}, "invalid_request"),
    ],
)
async def test_whatever_else_is_wrong_goes_back_to_the_app(vendor: Vendor, change: dict[str, Any], error: str) -> None:
    question = vendor.question(launch=await vendor.launch()) | {"scope": "launch openid"} | change
    answer = await vendor.epic.get(AUTHORIZE, params={name: it for name, it in question.items() if it is not None})
    assert answer.status_code == 302
    sent_back = came_back(answer)
    assert sent_back["error"] == error
    assert sent_back["error_description"]
    assert sent_back.get("state") == question["state"]
    assert "code" not in sent_back


async def test_a_launch_works_once(vendor: Vendor) -> None:
    question = vendor.question(launch=await vendor.launch())
    assert "code" in came_back(await vendor.epic.get(AUTHORIZE, params=question))
    assert came_back(await vendor.epic.get(AUTHORIZE, params=question))["error"] == "invalid_request"


async def test_a_launch_is_not_used_up_by_a_refused_request(vendor: Vendor) -> None:
    launch = await vendor.launch()
    await vendor.epic.get(AUTHORIZE, params=vendor.question(launch=launch, aud="https://other.example"))
    assert "code" in came_back(await vendor.epic.get(AUTHORIZE, params=vendor.question(launch=launch)))


@pytest.mark.parametrize(("age", "outcome"), [(299, "code"), (300, "error")])
async def test_a_launch_lives_five_minutes(vendor: Vendor, age: int, outcome: str) -> None:
    question = vendor.question(launch=await vendor.launch())
    vendor.clock.now += age
    assert outcome in came_back(await vendor.epic.get(AUTHORIZE, params=question))


async def test_a_patients_launch_is_of_no_use_to_the_clinicians_client(vendor: Vendor) -> None:
    question = vendor.question("provider", launch=await vendor.launch("patient"))
    assert came_back(await vendor.epic.get(AUTHORIZE, params=question))["error"] == "invalid_request"


async def sign_in(vendor: Vendor, client: str, **form: str) -> Any:
    """Opens the sign-in page without a launch and sends its form."""
    page = await vendor.epic.get(AUTHORIZE, params=vendor.question(client))
    assert page.status_code == 200
    assert "<label>" in page.text
    session = re.search(r'name="session" value="([^"]+)"', page.text)
    assert session
    return await vendor.epic.post(SIGN_IN, data={"session": session[1], "choice": "allow", **form})


@pytest.mark.parametrize(
    ("client", "who"), [("provider", "approver"), ("provider", "clinician"), ("patient", "patient")]
)
async def test_without_a_launch_a_person_signs_in(vendor: Vendor, client: str, who: str) -> None:
    person = PEOPLE[who]
    answer = await sign_in(vendor, client, epic_username=person.epic_username, epic_password=person.epic_password)
    assert answer.status_code == 303
    assert came_back(answer)["state"] == "state-of-the-test"
    told = (await vendor.token(client, code=came_back(answer)["code"])).json()
    assert told.get("patient", "") == (person.fhir_id if who == "patient" else "")
    assert "sessionId" not in told
    assert "launch" not in told["scope"].split()


@pytest.mark.parametrize(
    ("client", "username", "password"),
    [
        ("provider", "PRAMAN", "wrong"),
        ("provider", "PRAMAN", ""),
        ("provider", "NOBODY", "epic-demo-1"),
        ("provider", "pat.tester", "mychart-demo-1"),
        ("patient", "PRAMAN", "epic-demo-1"),
        ("provider", "PRAMAN", "épic"),
    ],
)
async def test_who_may_not_sign_in_sees_the_form_again(
    vendor: Vendor, client: str, username: str, password: str
) -> None:
    answer = await sign_in(vendor, client, epic_username=username, epic_password=password)
    assert answer.status_code == 403
    assert 'role="alert"' in answer.text


async def test_a_person_may_decline(vendor: Vendor) -> None:
    answer = await sign_in(vendor, "provider", choice="cancel")
    assert came_back(answer)["error"] == "access_denied"
    assert came_back(answer)["state"] == "state-of-the-test"


async def test_a_sign_in_that_was_never_begun_goes_nowhere(vendor: Vendor) -> None:
    assert (await vendor.epic.post(SIGN_IN, data={"session": "made-up", "choice": "cancel"})).status_code == 400
