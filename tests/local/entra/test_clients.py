"""Who may redeem what: one registration, as single-page application and as web application without a secret."""

from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from local.config import APP_CLIENT_ID, StackConfig
from tests.local.entra.visitor import Visitor, control, identity_answer, told

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
GRAPH = "https://graph.microsoft.com/.default"


async def for_graph(http: httpx.AsyncClient, assertion: str, **changed: str) -> httpx.Response:
    """The app's request for a token of its own."""
    form = {
        "grant_type": "client_credentials",
        "client_id": APP_CLIENT_ID,
        "scope": GRAPH,
        "client_assertion": assertion,
        "client_assertion_type": ASSERTION_TYPE,
    }
    sent = {name: value for name, value in (form | changed).items() if value}
    return await http.post("oauth2/v2.0/token", data=sent)


async def an_assertion(http: httpx.AsyncClient, stack: StackConfig) -> str:
    answer = await identity_answer(http, stack)
    return str(answer.json()["access_token"])


async def test_the_identitys_token_is_the_apps_credential(http: httpx.AsyncClient, stack: StackConfig) -> None:
    answer = await for_graph(http, await an_assertion(http, stack))
    assert answer.status_code == 200, answer.text
    assert answer.json()["token_type"] == "Bearer"


@pytest.mark.parametrize(
    ("changed", "number"),
    [
        ({"exp": 1_700_000_000}, 700024),
        ({"nbf": 4_000_000_000}, 700024),
        ({"exp": None}, 700024),
        ({"iss": "https://sts.windows.net/6f1d1c02-1f53-4d1e-9b1e-0d5a7c3e9a10/"}, 700211),
        ({"aud": "https://graph.microsoft.com"}, 700212),
        ({"sub": APP_CLIENT_ID}, 700213),
    ],
)
async def test_an_assertion_of_the_tenant_with_one_thing_wrong_is_refused(
    http: httpx.AsyncClient, stack: StackConfig, changed: dict[str, Any], number: int
) -> None:
    good = jwt.decode(await an_assertion(http, stack), options={"verify_signature": False})
    claims = {name: value for name, value in (good | changed).items() if value is not None}
    refused(await for_graph(http, (await control(http, stack, "sign", claims=claims))["token"]), 401, number)


async def test_a_forged_assertion_is_refused(http: httpx.AsyncClient, stack: StackConfig) -> None:
    real = await an_assertion(http, stack)
    claims = jwt.decode(real, options={"verify_signature": False})
    kid = {"kid": jwt.get_unverified_header(real)["kid"]}
    own = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    head, body, signature = real.split(".")
    forgeries = {
        "signed by someone else": jwt.encode(claims, own, algorithm="RS256", headers=kid),
        "not signed": jwt.encode(claims, "", algorithm="none", headers=kid),
        "signed with a shared secret": jwt.encode(claims, "k" * 32, algorithm="HS256", headers=kid),
        "another body": f"{head}.{body[:-4]}AAAA.{signature}",
        "no JWT": "rubbish",
    }
    for what, forgery in forgeries.items():
        answer = await for_graph(http, forgery)
        assert (what, answer.status_code, answer.json()["error_codes"]) == (what, 401, [700027])


async def test_the_identitys_token_for_something_else_is_no_credential(
    http: httpx.AsyncClient, stack: StackConfig
) -> None:
    vault = (await identity_answer(http, stack, resource="https://vault.azure.net")).json()["access_token"]
    refused(await for_graph(http, vault), 401, 700211)


async def test_no_secret_opens_the_app(http: httpx.AsyncClient) -> None:
    guessed = {"client_assertion_type": "", "client_secret": "guess"}  # pragma: allowlist secret
    refused(await for_graph(http, "", **guessed), 401, 7000215)
    basic = await http.post(
        "oauth2/v2.0/token", data={"grant_type": "client_credentials", "scope": GRAPH}, auth=(APP_CLIENT_ID, "guess")
    )
    refused(basic, 401, 7000215)
    refused(await for_graph(http, "", client_assertion_type=""), 401, 7000218)


@pytest.mark.parametrize(
    ("changed", "status", "number"),
    [
        ({"client_id": "11111111-0000-4000-8000-000000000000"}, 400, 700016),
        ({"grant_type": "password"}, 400, 70003),
        ({"grant_type": ""}, 400, 900144),
        ({"scope": "https://graph.microsoft.com/User.Read.All"}, 400, 70011),
        ({"scope": ""}, 400, 70011),
        ({"scope": "https://unknown.example/.default"}, 400, 500011),
        ({"client_assertion_type": "jwt"}, 401, 50027),
    ],
)
async def test_a_request_that_cannot_be_served_says_so_with_entras_number(
    http: httpx.AsyncClient, stack: StackConfig, changed: dict[str, str], status: int, number: int
) -> None:
    refused(await for_graph(http, await an_assertion(http, stack), **changed), status, number)


async def test_a_code_of_the_portal_is_redeemed_once_by_whoever_began(visitor: Visitor) -> None:
    code = (await visitor.sign_in())["code"]
    refused(await visitor.redeem(grant_type="authorization_code", code=code, code_verifier="x" * 43), 400, 70000)
    first = await visitor.redeem(grant_type="authorization_code", code=code)
    assert first.status_code == 200, first.text
    assert first.headers["access-control-allow-origin"] == visitor.spa.rstrip("/")
    refused(await visitor.redeem(grant_type="authorization_code", code=code), 400, 70000)


async def test_two_tabs_of_one_session_both_redeem_their_codes(visitor: Visitor) -> None:
    first = (await visitor.sign_in())["code"]
    second = told(await visitor.authorize())["code"]
    for code in (first, second):
        assert (await visitor.redeem(grant_type="authorization_code", code=code)).status_code == 200


async def test_a_code_of_the_portal_is_not_redeemed_outside_a_browser_nor_by_the_web_application(
    visitor: Visitor, http: httpx.AsyncClient, stack: StackConfig
) -> None:
    code = (await visitor.sign_in())["code"]
    form = {
        "grant_type": "authorization_code",
        "client_id": APP_CLIENT_ID,
        "code": code,
        "redirect_uri": visitor.spa,
        "code_verifier": "v" * 43,
    }
    refused(await http.post("oauth2/v2.0/token", data=form), 400, 9002327)
    credential = {"client_assertion": await an_assertion(http, stack), "client_assertion_type": ASSERTION_TYPE}
    refused(await http.post("oauth2/v2.0/token", data=form | credential), 400, 700025)


async def test_a_code_of_the_web_application_needs_its_credential(
    visitor: Visitor, http: httpx.AsyncClient, stack: StackConfig
) -> None:
    code = (await visitor.sign_in(redirect_uri=visitor.web, scope="openid profile"))["code"]
    redemption = {"grant_type": "authorization_code", "code": code, "redirect_uri": visitor.web}
    refused(await visitor.redeem(**redemption), 401, 7000218)
    credential = {"client_assertion": await an_assertion(http, stack), "client_assertion_type": ASSERTION_TYPE}
    refused(await visitor.redeem(**redemption, **credential), 400, 9002326)
    form = redemption | credential | {"client_id": APP_CLIENT_ID, "code_verifier": "v" * 43}
    refused(await http.post("oauth2/v2.0/token", data=form | {"code_verifier": "x" * 43}), 400, 70000)
    answer = await http.post("oauth2/v2.0/token", data=form)
    assert answer.status_code == 200, answer.text
    assert "refresh_token" not in answer.json(), "it was not asked for"


async def test_the_web_application_may_go_without_pkce(
    visitor: Visitor, http: httpx.AsyncClient, stack: StackConfig
) -> None:
    code = (await visitor.sign_in(redirect_uri=visitor.web, code_challenge="", code_challenge_method=""))["code"]
    form = {
        "grant_type": "authorization_code",
        "client_id": APP_CLIENT_ID,
        "code": code,
        "redirect_uri": visitor.web,
        "client_assertion": await an_assertion(http, stack),
        "client_assertion_type": ASSERTION_TYPE,
    }
    assert (await http.post("oauth2/v2.0/token", data=form)).status_code == 200


async def test_a_refresh_token_is_given_to_whoever_asks_and_opens_every_resource_consented_to(
    visitor: Visitor, http: httpx.AsyncClient, stack: StackConfig
) -> None:
    code = (await visitor.sign_in(scope="openid profile offline_access"))["code"]
    first = (await visitor.redeem(grant_type="authorization_code", code=code)).json()
    assert "Portal.Access" not in first["scope"]
    scope = f"api://{APP_CLIENT_ID}/Portal.Access openid profile offline_access"
    second = (
        await visitor.redeem(grant_type="refresh_token", refresh_token=first["refresh_token"], scope=scope)
    ).json()
    assert second["scope"] == f"api://{APP_CLIENT_ID}/Portal.Access"
    assert jwt.decode(second["access_token"], options={"verify_signature": False})["aud"] == APP_CLIENT_ID
    again = await visitor.redeem(grant_type="refresh_token", refresh_token=first["refresh_token"], scope=scope)
    assert again.status_code == 200, "Entra's earlier refresh token goes on working"
    credential = {"client_assertion": await an_assertion(http, stack), "client_assertion_type": ASSERTION_TYPE}
    form = {"grant_type": "refresh_token", "client_id": APP_CLIENT_ID, "refresh_token": first["refresh_token"]}
    refused(await http.post("oauth2/v2.0/token", data=form | credential), 400, 70000)


async def test_a_page_of_another_origin_cannot_redeem(visitor: Visitor, http: httpx.AsyncClient) -> None:
    code = (await visitor.sign_in())["code"]
    form = {"grant_type": "authorization_code", "client_id": APP_CLIENT_ID, "code": code, "redirect_uri": visitor.spa}
    answer = await http.post(
        "oauth2/v2.0/token", data=form | {"code_verifier": "v" * 43}, headers={"origin": "https://evil.example"}
    )
    assert answer.status_code == 400
    assert "access-control-allow-origin" not in answer.headers


async def test_an_address_that_is_none_does_not_end_the_server(http: httpx.AsyncClient, stack: StackConfig) -> None:
    assert (await http.get(httpx.URL(f"{stack.entra}", raw_path=b"//"))).status_code == 400
    assert (await http.get(stack.entra)).status_code == 200


async def test_an_oversized_request_is_refused(http: httpx.AsyncClient) -> None:
    assert (await http.post("oauth2/v2.0/token", data={"scope": "x" * 100_000})).status_code == 413


def refused(answer: httpx.Response, status: int, number: int) -> None:
    """The answer is an error in Entra's shape, and tells nothing of our insides."""
    body = answer.json()
    assert (answer.status_code, body.get("error_codes")) == (status, [number]), answer.text
    assert body["error_description"].startswith(f"AADSTS{number}: ")
    assert "Trace ID" in body["error_description"]
    assert ".mjs" not in answer.text
