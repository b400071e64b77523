"""The sign-in page and the session behind it, as a browser meets them."""

import re

import httpx
import jwt
import pytest

from local.config import StackConfig
from tests.local.entra.visitor import ADMIN, CLINICIAN, Visitor, told


async def test_the_page_leads_to_the_application_with_a_code_and_its_state(visitor: Visitor) -> None:
    answer = await visitor.sign_in(state="mine")
    assert answer["state"] == "mine"
    assert answer["code"]


@pytest.mark.parametrize(
    ("username", "password"),
    [
        (ADMIN.username, "wrong"),
        (ADMIN.username, ""),
        (ADMIN.username, CLINICIAN.password),
        ("nobody@northlake.example", ADMIN.password),
        ("admin", ADMIN.password),
        ("pat.tester", "mychart-demo-1"),
        ("__proto__", "x"),
    ],
)
async def test_a_wrong_name_or_password_shows_the_page_again_and_signs_nobody_in(
    visitor: Visitor, username: str, password: str
) -> None:
    page = await visitor.submit(await visitor.authorize(), username, password)
    assert page.status_code == 401
    assert re.search(r'<p role="alert"[^>]*>Your account or password is incorrect', page.text)
    assert f'value="{username}"' in page.text
    assert told(await visitor.authorize(prompt="none"))["error"] == "login_required"


async def test_after_a_wrong_password_the_right_one_is_taken_on_the_same_page(visitor: Visitor) -> None:
    page = await visitor.submit(await visitor.authorize(), ADMIN.username, "wrong")
    assert told(await visitor.submit(page, ADMIN.username.upper(), ADMIN.password))["code"]


async def test_what_was_typed_is_shown_as_text(visitor: Visitor) -> None:
    page = await visitor.submit(await visitor.authorize(), '"><script>alert(1)</script>', "x")
    assert "<script" not in page.text


async def test_the_page_has_labels_and_may_not_be_framed_or_load_anything(visitor: Visitor) -> None:
    page = await visitor.authorize()
    for field in ("username", "password"):
        assert f'<label for="{field}">' in page.text
        assert f'<input id="{field}" name="{field}"' in page.text
    assert page.headers["x-frame-options"] == "DENY"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "prefers-color-scheme: dark" in page.text
    assert "http://" not in page.text
    assert "https://" not in page.text


async def test_the_second_time_the_session_signs_in_without_a_page(visitor: Visitor) -> None:
    await visitor.sign_in()
    assert told(await visitor.authorize())["code"]
    assert told(await visitor.authorize(prompt="none"))["code"]


@pytest.mark.parametrize("prompt", ["login", "select_account"])
async def test_a_prompt_asks_again_and_lets_another_person_in(visitor: Visitor, prompt: str) -> None:
    await visitor.sign_in()
    page = await visitor.authorize(prompt=prompt)
    assert page.status_code == 200
    answer = told(await visitor.submit(page, CLINICIAN.username, CLINICIAN.password))
    tokens = (await visitor.redeem(grant_type="authorization_code", code=answer["code"])).json()
    assert jwt.decode(tokens["id_token"], options={"verify_signature": False})["oid"] == CLINICIAN.oid
    assert told(await visitor.authorize(login_hint=CLINICIAN.username, prompt="none"))["code"]
    assert told(await visitor.authorize(login_hint=ADMIN.username, prompt="none"))["error"] == "login_required"


async def test_there_is_no_consent_page(visitor: Visitor) -> None:
    await visitor.sign_in()
    assert told(await visitor.authorize(prompt="consent"))["code"]


async def test_a_hint_fills_in_the_name_and_a_hint_at_someone_else_asks_again(visitor: Visitor) -> None:
    page = await visitor.authorize(login_hint=CLINICIAN.username, domain_hint="organizations")
    assert f'value="{CLINICIAN.username}"' in page.text
    await visitor.submit(page, CLINICIAN.username, CLINICIAN.password)
    assert told(await visitor.authorize(login_hint=CLINICIAN.username))["code"]
    assert (await visitor.authorize(login_hint=ADMIN.username)).status_code == 200
    assert told(await visitor.authorize(login_hint=ADMIN.username, prompt="none"))["error"] == "login_required"


@pytest.mark.parametrize("mode", ["query", "fragment", "form_post"])
async def test_the_answer_travels_as_asked(visitor: Visitor, mode: str) -> None:
    await visitor.sign_in()
    answer = await visitor.authorize(response_mode=mode)
    assert told(answer).keys() == {"code", "state", "session_state"}
    if mode == "form_post":
        assert f'<form method="post" action="{visitor.spa}">' in answer.text
    else:
        assert ("#" if mode == "fragment" else "?") in answer.headers["location"]


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"scope": "openid Files.ReadWrite.All"}, "invalid_scope"),
        ({"scope": "openid api://someone-else/Portal.Access"}, "invalid_scope"),
        ({"code_challenge": "", "code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge_method": "plain", "code_challenge": "v" * 43}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"prompt": "dance"}, "invalid_request"),
    ],
)
async def test_a_request_that_entra_refuses_is_told_to_the_application(
    visitor: Visitor, changed: dict[str, str], error: str
) -> None:
    assert told(await visitor.authorize(**changed))["error"] == error


@pytest.mark.parametrize(
    "changed", [{"redirect_uri": "http://localhost:1/"}, {"client_id": "5d2f0b7e-0000-4a3c-8a55-6c1e0f9b7d23"}]
)
async def test_nobody_is_sent_to_an_address_that_is_not_registered(visitor: Visitor, changed: dict[str, str]) -> None:
    page = await visitor.authorize(**changed)
    assert page.status_code == 400
    assert "Sorry, we cannot sign you in" in page.text
    assert ".mjs" not in page.text
    assert "node_modules" not in page.text


async def test_a_page_of_another_browser_is_told_to_start_again(visitor: Visitor, http: httpx.AsyncClient) -> None:
    page = await visitor.authorize()
    elsewhere = await http.post(str(page.url), data={"username": ADMIN.username, "password": ADMIN.password})
    assert elsewhere.status_code == 400
    assert "start again" in elsewhere.text


async def test_signing_out_ends_the_session_and_goes_back_to_the_portal(visitor: Visitor, stack: StackConfig) -> None:
    await visitor.sign_in()
    answer = await visitor.go("oauth2/v2.0/logout", post_logout_redirect_uri=visitor.spa, state="bye")
    assert answer.headers["location"] == f"{visitor.spa}?state=bye"
    assert told(await visitor.authorize(prompt="none"))["error"] == "login_required"
    elsewhere = await visitor.go("oauth2/v2.0/logout", post_logout_redirect_uri="https://evil.example/")
    assert elsewhere.status_code == 200
    assert "You signed out" in elsewhere.text
