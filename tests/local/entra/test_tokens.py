"""The tokens themselves, verified by PyJWT with the published keys as any API would."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from local.config import (
    AFFILIATE_TENANT_ID,
    APP_CLIENT_ID,
    IDENTITY_CLIENT_ID,
    IDENTITY_PRINCIPAL_ID,
    PEOPLE,
    TENANT_ID,
    StackConfig,
)
from local.entra.settings import SERVICE_PRINCIPAL_ID
from tests.local.entra.test_clients import an_assertion, for_graph
from tests.local.entra.visitor import ADMIN, CLINICIAN, Visitor, control, identity_answer, verified

V1_ISSUER = f"https://sts.windows.net/{TENANT_ID}/"


async def test_the_portals_tokens_say_who_signed_in(visitor: Visitor, stack: StackConfig, keys: dict[str, Any]) -> None:
    code = (await visitor.sign_in(nonce="n-7"))["code"]
    answer = (await visitor.redeem(grant_type="authorization_code", code=code, client_info="1")).json()
    issuer = f"{stack.authority}/v2.0"
    access = verified(answer["access_token"], keys, APP_CLIENT_ID, issuer)
    assert (access["scp"], access["ver"], access["azp"]) == ("Portal.Access", "2.0", APP_CLIENT_ID)
    identity = verified(answer["id_token"], keys, APP_CLIENT_ID, issuer)
    assert (identity["nonce"], identity["ver"]) == ("n-7", "2.0")
    for claims in (access, identity):
        assert claims["oid"] == ADMIN.oid
        assert claims["tid"] == TENANT_ID
        assert claims["roles"] == ["Connector.Admin"]
        assert claims["preferred_username"] == ADMIN.username
        assert claims["name"] == ADMIN.name
        assert claims["sub"] == access["sub"] != ADMIN.oid
        assert "wids" not in claims
    assert answer["client_info"] == jwt.utils.base64url_encode(
        json.dumps({"uid": ADMIN.oid, "utid": TENANT_ID}, separators=(",", ":")).encode()
    ).decode().rstrip("=")
    assert jwt.get_unverified_header(answer["access_token"])["typ"] == "JWT"


async def test_a_person_without_app_roles_has_no_roles_claim(
    visitor: Visitor, stack: StackConfig, keys: dict[str, Any]
) -> None:
    code = (await visitor.sign_in(CLINICIAN))["code"]
    answer = (await visitor.redeem(grant_type="authorization_code", code=code)).json()
    for token in (answer["access_token"], answer["id_token"]):
        assert "roles" not in verified(token, keys, APP_CLIENT_ID, f"{stack.authority}/v2.0")


async def test_the_apps_own_token_is_for_graph_with_the_granted_roles(
    http: httpx.AsyncClient, stack: StackConfig, keys: dict[str, Any]
) -> None:
    token = (await for_graph(http, await an_assertion(http, stack))).json()["access_token"]
    claims = verified(token, keys, "https://graph.microsoft.com", V1_ISSUER)
    assert (claims["idtyp"], claims["appid"]) == ("app", APP_CLIENT_ID)
    assert claims["oid"] == claims["sub"] == SERVICE_PRINCIPAL_ID
    assert set(claims["roles"]) == {
        "OnlineMeetings.ReadWrite.All",
        "OnlineMeetingArtifact.Read.All",
        "CallRecords.Read.All",
        "User.Read.All",
    }
    assert "scp" not in claims


@pytest.mark.parametrize(
    "resource", ["https://vault.azure.net", "https://communication.azure.com/", "https://graph.microsoft.com"]
)
async def test_the_managed_identity_gets_tokens_for_azure(
    http: httpx.AsyncClient, stack: StackConfig, keys: dict[str, Any], resource: str
) -> None:
    answer = (await identity_answer(http, stack, resource=resource)).json()
    claims = verified(answer["access_token"], keys, resource, V1_ISSUER)
    assert claims["oid"] == claims["sub"] == IDENTITY_PRINCIPAL_ID
    assert (claims["appid"], claims["idtyp"], claims["tid"]) == (IDENTITY_CLIENT_ID, "app", TENANT_ID)
    assert "roles" not in claims
    assert answer["expires_on"] == str(claims["exp"])
    assert (answer["resource"], answer["client_id"], answer["token_type"]) == (resource, IDENTITY_CLIENT_ID, "Bearer")


async def test_the_managed_identitys_exchange_token_is_what_the_federated_credential_names(
    http: httpx.AsyncClient, stack: StackConfig, keys: dict[str, Any]
) -> None:
    token = await an_assertion(http, stack)
    claims = verified(token, keys, "api://AzureADTokenExchange", f"{stack.authority}/v2.0")
    assert claims["sub"] == claims["oid"] == IDENTITY_PRINCIPAL_ID


@pytest.mark.parametrize(
    ("header", "changed", "status"),
    [
        ("wrong", {}, 401),
        ("", {}, 401),
        (None, {"client_id": APP_CLIENT_ID}, 400),
        (None, {"client_id": ""}, 400),
        (None, {"resource": ""}, 400),
        (None, {"api-version": "2017-09-01"}, 400),
    ],
)
async def test_the_identity_endpoint_refuses_what_app_service_refuses(
    http: httpx.AsyncClient, stack: StackConfig, header: str | None, changed: dict[str, str], status: int
) -> None:
    answer = await identity_answer(http, stack, header, **changed)
    assert answer.status_code == status
    assert answer.json()["statusCode"] == status


@pytest.mark.parametrize("person", ["approver", PEOPLE["approver"].username])
async def test_control_makes_the_portals_token_of_a_person(
    http: httpx.AsyncClient, stack: StackConfig, keys: dict[str, Any], person: str
) -> None:
    answer = await control(http, stack, "tokens", person=person)
    claims = verified(answer["access_token"], keys, APP_CLIENT_ID, f"{stack.authority}/v2.0")
    assert (claims["oid"], claims["roles"], claims["scp"]) == (
        PEOPLE["approver"].oid,
        ["Connector.Approver"],
        "Portal.Access",
    )
    assert answer["expires_in"] == claims["exp"] - claims["iat"] == 3600


async def test_control_makes_tokens_that_an_api_must_refuse(
    http: httpx.AsyncClient, stack: StackConfig, keys: dict[str, Any]
) -> None:
    issuer = f"{stack.authority}/v2.0"
    other = await control(http, stack, "tokens", person="admin", audience="https://graph.microsoft.com")
    with pytest.raises(jwt.InvalidAudienceError):
        verified(other["access_token"], keys, APP_CLIENT_ID, issuer)
    past = await control(http, stack, "tokens", person="admin", expires_in=-60)
    with pytest.raises(jwt.ExpiredSignatureError):
        verified(past["access_token"], keys, APP_CLIENT_ID, issuer)
    changed = await control(
        http, stack, "tokens", person="admin", claims={"wids": ["62e90394-69f5-4237-9190-012177145e10"], "roles": None}
    )
    claims = verified(changed["access_token"], keys, APP_CLIENT_ID, issuer)
    assert claims["wids"] == ["62e90394-69f5-4237-9190-012177145e10"]
    assert "roles" not in claims


async def test_control_signs_claims_just_as_they_are(
    http: httpx.AsyncClient, stack: StackConfig, keys: dict[str, Any]
) -> None:
    claims = {
        "aud": "x",
        "iss": "y",
        "exp": int(time.time()) + 60,
        "iat": 1,
        "nbf": 1,
        "sub": "s",
        "oid": "o",
        "tid": "t",
    }
    token = (await control(http, stack, "sign", claims=claims, headers={"x5t": "thumb"}))["token"]
    assert verified(token, keys, "x", "y") == claims
    assert jwt.get_unverified_header(token)["x5t"] == "thumb"


@pytest.mark.parametrize(
    ("action", "secret", "body", "status"),
    [
        ("tokens", "wrong", {"person": "admin"}, 401),
        ("sign", "wrong", {"claims": {}}, 401),
        ("sign", None, {"claims": {}}, 401),
        ("tokens", "right", {"person": "patient"}, 404),
        ("tokens", "right", {}, 404),
        ("tokens", "right", {"person": "admin", "expires_in": "soon"}, 400),
        ("sign", "right", {"claims": [1]}, 400),
        ("sign", "right", [], 400),
    ],
)
async def test_control_is_guarded_and_says_what_is_wrong(
    http: httpx.AsyncClient, stack: StackConfig, action: str, secret: str | None, body: Any, status: int
) -> None:
    known = {"right": stack.secrets["entra_control"]}
    headers = {} if secret is None else {"x-control-secret": known.get(secret, secret)}
    answer = await http.post(f"{stack.entra}/control/{action}", json=body, headers=headers)
    assert answer.status_code == status
    assert answer.json().keys() == {"error"}


async def test_the_key_set_is_the_same_for_all_tenants_and_has_public_parts_only(
    http: httpx.AsyncClient, stack: StackConfig, keys: dict[str, Any]
) -> None:
    common = (await http.get(f"{stack.entra}/common/discovery/v2.0/keys")).json()
    affiliate = (await http.get(f"{stack.authority_of(AFFILIATE_TENANT_ID)}/discovery/v2.0/keys")).json()
    for found, issuer in (
        (keys, f"{stack.authority}/v2.0"),
        (affiliate, f"{stack.authority_of(AFFILIATE_TENANT_ID)}/v2.0"),
        (common, f"{stack.entra}/{{tenantid}}/v2.0"),
    ):
        assert [key["issuer"] for key in found["keys"]] == [issuer]
        assert [key | {"issuer": ""} for key in found["keys"]] == [key | {"issuer": ""} for key in keys["keys"]]
    for key in keys["keys"]:
        assert key.keys() == {"kty", "use", "kid", "n", "e", "issuer"}


async def test_discovery_names_entras_addresses(http: httpx.AsyncClient, stack: StackConfig) -> None:
    document = (await http.get("v2.0/.well-known/openid-configuration")).json()
    tenant = stack.authority
    assert document["issuer"] == f"{tenant}/v2.0"
    assert document["authorization_endpoint"] == f"{tenant}/oauth2/v2.0/authorize"
    assert document["token_endpoint"] == f"{tenant}/oauth2/v2.0/token"
    assert document["jwks_uri"] == f"{tenant}/discovery/v2.0/keys"
    assert document["end_session_endpoint"] == f"{tenant}/oauth2/v2.0/logout"
    assert "offline_access" in document["scopes_supported"]
    assert "authorization_response_iss_parameter_supported" not in document


async def test_other_tenants_and_addresses_are_unknown(http: httpx.AsyncClient, stack: StackConfig) -> None:
    other = await http.get(f"{stack.entra}/11111111-2222-4333-8444-555555555555/v2.0/.well-known/openid-configuration")
    assert (other.status_code, other.json()["error_codes"]) == (400, [90002])
    for path in ("oauth2/v2.0/nothing", "reg", "request", "token/introspection", "signin/"):
        assert (await http.get(path)).status_code == 404


async def test_the_log_names_addresses_and_nothing_that_opens_a_door(
    visitor: Visitor, http: httpx.AsyncClient, stack: StackConfig, log: Path
) -> None:
    page = await visitor.authorize(login_hint=ADMIN.username)
    told = await visitor.sign_in(state="secret-state")
    answer = (await visitor.redeem(grant_type="authorization_code", code=told["code"])).json()
    assertion = await an_assertion(http, stack)
    written = await asyncio.to_thread(log.read_text)
    assert "/oauth2/v2.0/token 200" in written
    kept_out = [told["code"], answer["access_token"], assertion, ADMIN.username, ADMIN.password, "secret-state"]
    kept_out += [page.url.path.rpartition("/")[2], *stack.secrets.values()]
    assert [text for text in kept_out if text in written] == []
    assert "error in" not in written
