"""Microsoft's own Python clients against the stand-in, in the way the product uses them.

They run in a process of their own, with the trust in its environment before they are imported, as the stack starts
the functions: aiohttp reads it at import, and `requests` lets it override what a session was told.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.config import APP_CLIENT_ID, IDENTITY_CLIENT_ID, IDENTITY_PRINCIPAL_ID, TENANT_ID, StackConfig
from local.entra.settings import SERVICE_PRINCIPAL_ID
from tests.local.entra.visitor import ADMIN, verified

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(stack: StackConfig) -> Run:
    """Runs one function of sdk_calls.py with the environment of a function app; what it found."""

    def call(name: str, **extra: str) -> dict[str, Any]:
        environment = os.environ | {
            "SSL_CERT_FILE": str(stack.bundle),
            "REQUESTS_CA_BUNDLE": str(stack.bundle),
            "CURL_CA_BUNDLE": str(stack.bundle),
            "IDENTITY_ENDPOINT": stack.identity_endpoint,
            "IDENTITY_HEADER": stack.secrets["identity_header"],
        }
        root = Path(__file__).parents[3]
        command = [sys.executable, "-W", "error", "-m", "tests.local.entra.sdk_calls", name, str(stack.save())]
        done = subprocess.run(
            command, env=environment | extra, cwd=root, capture_output=True, text=True, timeout=50, check=False
        )
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    return call


def test_msal_signs_a_person_in_with_the_identity_as_its_credential(run: Run) -> None:
    found = run("sign_in")
    assert "id_token_claims" in found, found
    claims = found["id_token_claims"]
    assert (claims["oid"], claims["tid"], claims["aud"]) == (ADMIN.oid, TENANT_ID, APP_CLIENT_ID)
    assert claims["roles"] == ["Connector.Admin"]
    assert "refresh_token" not in found
    assert found["replayed"] == "invalid_grant"
    assert found["other_state"].startswith("state mismatch")
    assert found["forged"] == "invalid_client"
    assert "AADSTS700027" in found["forged_description"]


def test_azure_identity_gets_tokens_from_the_managed_identity_endpoint(
    run: Run, stack: StackConfig, keys: dict[str, Any]
) -> None:
    found = run("managed_identity")
    claims = verified(found["token"], keys, "https://vault.azure.net", f"https://sts.windows.net/{TENANT_ID}/")
    assert (claims["oid"], claims["appid"]) == (IDENTITY_PRINCIPAL_ID, IDENTITY_CLIENT_ID)
    assert found["expires_on"] == claims["exp"]


def test_azure_identity_is_refused_without_the_apps_header(run: Run) -> None:
    assert run("managed_identity", IDENTITY_HEADER="guessed") == {"refused": "ClientAuthenticationError"}


def test_azure_identity_exchanges_the_identitys_token_for_graphs(run: Run, keys: dict[str, Any]) -> None:
    found = run("client_assertion")
    claims = verified(found["token"], keys, "https://graph.microsoft.com", f"https://sts.windows.net/{TENANT_ID}/")
    assert (claims["oid"], claims["appid"]) == (SERVICE_PRINCIPAL_ID, APP_CLIENT_ID)
    assert "OnlineMeetings.ReadWrite.All" in claims["roles"]
    assert found["forged"].startswith("ClientAuthenticationError")
    assert "AADSTS700027" in found["forged"]
