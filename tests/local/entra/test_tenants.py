"""A second tenant that has consented to the registration: its own people, issuer and tokens, under the same keys."""

import ssl
from collections.abc import AsyncIterator
from typing import Any

import httpx
import jwt
import pytest

from local.config import AFFILIATE_TENANT_ID, APP_CLIENT_ID, PEOPLE, TENANT_ID, StackConfig
from local.entra.settings import SERVICE_PRINCIPAL_IDS
from tests.local.entra.test_clients import an_assertion, for_graph
from tests.local.entra.visitor import ADMIN, Visitor, control, told, verified

AFFILIATE_ADMIN = PEOPLE["affiliate_admin"]


@pytest.fixture
async def affiliate(stack: StackConfig, trust: ssl.SSLContext) -> AsyncIterator[httpx.AsyncClient]:
    """A client for the affiliate's addresses."""
    authority = f"{stack.authority_of(AFFILIATE_TENANT_ID)}/"
    async with httpx.AsyncClient(verify=trust, base_url=authority) as client:
        yield client


async def test_the_affiliate_s_people_sign_in_at_the_affiliate(
    affiliate: httpx.AsyncClient, stack: StackConfig, keys: dict[str, Any]
) -> None:
    visitor = Visitor(affiliate, stack)
    code = (await visitor.sign_in(AFFILIATE_ADMIN))["code"]
    answer = (await visitor.redeem(grant_type="authorization_code", code=code)).json()
    issuer = f"{stack.authority_of(AFFILIATE_TENANT_ID)}/v2.0"
    for token in (answer["access_token"], answer["id_token"]):
        claims = verified(token, keys, APP_CLIENT_ID, issuer)
        assert (claims["tid"], claims["oid"]) == (AFFILIATE_TENANT_ID, AFFILIATE_ADMIN.oid)
        assert claims["roles"] == ["Connector.Admin"]


async def test_a_person_of_one_tenant_cannot_sign_in_at_the_other(
    affiliate: httpx.AsyncClient, visitor: Visitor, stack: StackConfig
) -> None:
    for guest, person in ((Visitor(affiliate, stack), ADMIN), (visitor, AFFILIATE_ADMIN)):
        page = await guest.submit(await guest.authorize(), person.username, person.password)
        assert page.status_code == 401
        assert "account or password is incorrect" in page.text


async def test_a_session_a_code_and_a_refresh_token_are_good_at_their_own_tenant_only(
    visitor: Visitor, affiliate: httpx.AsyncClient, stack: StackConfig, trust: ssl.SSLContext
) -> None:
    scope = f"openid offline_access api://{APP_CLIENT_ID}/Portal.Access"
    first = await visitor.sign_in(scope=scope)
    second = told(await visitor.authorize(scope=scope, prompt="none"))
    elsewhere = Visitor(affiliate, stack)
    refused = await elsewhere.redeem(grant_type="authorization_code", code=first["code"])
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    given = (await visitor.redeem(grant_type="authorization_code", code=second["code"])).json()
    refused = await elsewhere.redeem(grant_type="refresh_token", refresh_token=given["refresh_token"])
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    async with httpx.AsyncClient(
        verify=trust, base_url=str(affiliate.base_url), cookies=visitor.client.cookies
    ) as client:
        assert told(await Visitor(client, stack).authorize(prompt="none"))["error"] == "login_required"


async def test_one_browser_is_signed_in_at_both(visitor: Visitor, stack: StackConfig) -> None:
    await visitor.sign_in()
    visitor.client.base_url = httpx.URL(f"{stack.authority_of(AFFILIATE_TENANT_ID)}/")
    await visitor.sign_in(AFFILIATE_ADMIN)
    assert told(await visitor.authorize(prompt="none"))["code"]
    visitor.client.base_url = httpx.URL(f"{stack.authority}/")
    assert told(await visitor.authorize(prompt="none"))["code"]


async def test_the_home_tenant_s_identity_is_the_app_s_credential_at_the_affiliate_too(
    affiliate: httpx.AsyncClient, http: httpx.AsyncClient, stack: StackConfig, keys: dict[str, Any]
) -> None:
    token = (await for_graph(affiliate, await an_assertion(http, stack))).json()["access_token"]
    issuer = f"https://sts.windows.net/{AFFILIATE_TENANT_ID}/"
    claims = verified(token, keys, "https://graph.microsoft.com", issuer)
    assert (claims["tid"], claims["appid"]) == (AFFILIATE_TENANT_ID, APP_CLIENT_ID)
    assert claims["oid"] == SERVICE_PRINCIPAL_IDS[AFFILIATE_TENANT_ID] != SERVICE_PRINCIPAL_IDS[TENANT_ID]


async def test_an_identity_of_the_affiliate_is_no_credential(
    affiliate: httpx.AsyncClient, http: httpx.AsyncClient, stack: StackConfig
) -> None:
    claims = jwt.decode(await an_assertion(http, stack), options={"verify_signature": False})
    claims["iss"] = f"{stack.authority_of(AFFILIATE_TENANT_ID)}/v2.0"
    answer = await for_graph(affiliate, (await control(http, stack, "sign", claims=claims))["token"])
    assert (answer.status_code, answer.json()["error_codes"]) == (401, [700211])


async def test_control_s_token_is_of_the_person_s_own_tenant(
    http: httpx.AsyncClient, stack: StackConfig, keys: dict[str, Any]
) -> None:
    answer = await control(http, stack, "tokens", person="affiliate_admin")
    issuer = f"{stack.authority_of(AFFILIATE_TENANT_ID)}/v2.0"
    assert verified(answer["access_token"], keys, APP_CLIENT_ID, issuer)["tid"] == AFFILIATE_TENANT_ID
