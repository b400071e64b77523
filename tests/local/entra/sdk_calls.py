"""Calls of msal and azure-identity, run by test_python_sdks.py: `python -m tests.local.entra.sdk_calls NAME STACK.json`.

Each prints what it found as JSON.
"""

import asyncio
import json
import ssl
import sys
from typing import Any

import httpx
import jwt
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ManagedIdentityCredential
from azure.identity.aio import ClientAssertionCredential as AioClientAssertionCredential
from azure.identity.aio import ManagedIdentityCredential as AioManagedIdentityCredential
from msal import ConfidentialClientApplication

from local.config import APP_CLIENT_ID, IDENTITY_CLIENT_ID, TENANT_ID, StackConfig
from tests.local.entra.visitor import ADMIN, Visitor, told

EXCHANGE = "api://AzureADTokenExchange/.default"
FORGED = jwt.encode({"sub": "someone"}, "k" * 32, algorithm="HS256")


def assertion() -> str:
    """The managed identity's token, which stands in for a secret."""
    with ManagedIdentityCredential(client_id=IDENTITY_CLIENT_ID) as identity:
        token: str = identity.get_token(EXCHANGE).token
    return token


def application(stack: StackConfig, credential: Any) -> ConfidentialClientApplication:
    """The web application as the product makes it."""
    return ConfidentialClientApplication(
        APP_CLIENT_ID,
        authority=stack.authority,
        client_credential={"client_assertion": credential},
        exclude_scopes=["offline_access"],
        instance_discovery=False,
    )


async def sign_in(stack: StackConfig) -> dict[str, Any]:
    """The authorization code flow with PKCE, a person at the page."""
    app = application(stack, assertion)
    uri = f"{stack.functions}/api/signin/callback"
    flow = app.initiate_auth_code_flow(
        scopes=[], redirect_uri=uri, login_hint=ADMIN.username, domain_hint="organizations", response_mode="form_post"
    )
    trust = ssl.create_default_context(cafile=str(stack.bundle))
    async with httpx.AsyncClient(verify=trust, base_url=f"{stack.authority}/") as client:
        visitor = Visitor(client, stack)
        page = await visitor.go(flow["auth_uri"])
        answer = told(await visitor.submit(page, ADMIN.username, ADMIN.password))
        again = told(await visitor.go(flow["auth_uri"]))
    result: dict[str, Any] = app.acquire_token_by_auth_code_flow(flow, answer)
    forged = application(stack, lambda: FORGED).acquire_token_by_auth_code_flow(flow, again)
    try:
        app.acquire_token_by_auth_code_flow(flow, answer | {"state": "other"})
        other_state = "taken"
    except ValueError as error:
        other_state = str(error)
    return result | {
        "replayed": app.acquire_token_by_auth_code_flow(flow, answer).get("error"),
        "other_state": other_state,
        "forged": forged.get("error"),
        "forged_description": forged.get("error_description"),
    }


async def managed_identity(_: StackConfig) -> dict[str, Any]:
    """A token for Key Vault, from the endpoint that the environment names."""
    async with AioManagedIdentityCredential(client_id=IDENTITY_CLIENT_ID) as credential:
        try:
            found = await credential.get_token("https://vault.azure.net/.default")
        except ClientAuthenticationError as error:
            return {"refused": type(error).__name__}
    return {"token": found.token, "expires_on": found.expires_on}


async def client_assertion(stack: StackConfig) -> dict[str, Any]:
    """A token for Graph, with the identity's token as the app's credential, and with a forged one."""

    async def ask(credential: Any) -> str:
        async with AioClientAssertionCredential(
            TENANT_ID, APP_CLIENT_ID, credential, authority=stack.entra, disable_instance_discovery=True
        ) as client:
            return (await client.get_token("https://graph.microsoft.com/.default")).token

    try:
        forged = await ask(lambda: FORGED)
    except ClientAuthenticationError as error:
        forged = f"{type(error).__name__}: {error.message}"
    return {"token": await ask(assertion), "forged": forged}


CALLS = {call.__name__: call for call in (sign_in, managed_identity, client_assertion)}

if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(CALLS[sys.argv[1]](StackConfig.load(sys.argv[2])))))
