"""Our launch at SMART servers that were not written here. docs/security/smart.md says what each of them judges.

Always: oidc-provider, a certified OpenID Provider. With `VISITBRIDGE_SMART_LAUNCHER` (the origin of a running SMART App
Launcher, smart-on-fhir/smart-launcher-v2): that one. With `VISITBRIDGE_SMART_SERVER` (a FHIR base URL): any other, where
a client is registered; `VISITBRIDGE_SMART_CLIENT_ID`, `_LAUNCH`, `_REDIRECT_URI`, `_ALGORITHM` and `_KEY` (a PEM file of
the registered key) say which and how.
"""

import asyncio
import base64
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from local import node
from local.config import StackConfig
from local.node import ROOT
from local.settings import trust
from shared.clock import wall_clock
from shared.keys.signing import ALGORITHMS, Signer
from tests.local.configs import a_config
from tests.smart.pem_vault import PemVault, fresh

HERE = Path(__file__).parent
CLIENT, REDIRECT = "visitbridge", "https://visits.example/api/launch/callback/provider"
LAUNCHER, SERVER = (os.environ.get(f"VISITBRIDGE_SMART_{name}", "") for name in ("LAUNCHER", "SERVER"))
SPOILT = ["verifier", "signature", "audience"]


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> StackConfig:
    return a_config(tmp_path_factory.mktemp("smart"))


@pytest.fixture(scope="module")
def pems() -> dict[str, str]:
    """Keys for one run."""
    return fresh()


async def judged(config: StackConfig, given: dict[str, Any]) -> dict[str, Any]:
    """A launch in a process of its own, which trusts this run's authority and the system's."""
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-m", "tests.smart.judged"], input=json.dumps(given), capture_output=True,
        text=True, check=False, cwd=ROOT, env=os.environ | trust(config), timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@asynccontextmanager
async def beside(script: str, *arguments: str) -> AsyncIterator[None]:
    """A program of this folder, for the length of a block."""
    process = await asyncio.create_subprocess_exec(
        str(node.node()), str(HERE / script), *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    try:
        async with asyncio.timeout(30):
            line = b""
            while b"listening" not in line:
                line = await process.stdout.readline()
                assert line, f"{script} ended by itself"
        yield
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def certified(config: StackConfig, pems: dict[str, str], algorithm: str) -> AsyncIterator[dict[str, Any]]:
    """A launch at oidc-provider, which knows our key and wants assertions of this algorithm."""
    keys = await Signer(PemVault(pems), wall_clock).jwks("testing")
    client = {
        "client_id": CLIENT, "redirect_uris": [REDIRECT], "jwks": keys, "token_endpoint_auth_signing_alg": algorithm,
    }  # fmt: skip
    told = json.dumps({"client": client, "context": {"sessionId": "900100001", "need_patient_banner": False}})
    port, files = str(config.ports["epic"]), (str(config.server_certificate), str(config.server_key))
    async with beside("authority.mjs", port, *files, told):
        yield {
            "fhir_base": f"https://localhost:{port}/fhir", "client_id": CLIENT, "redirect_uri": REDIRECT,
            "launch": "opaque", "algorithm": algorithm, "pems": pems,
        }  # fmt: skip


@pytest.mark.parametrize("algorithm", ALGORITHMS)
async def test_a_certified_openid_provider_lets_us_in(
    config: StackConfig, pems: dict[str, str], algorithm: str
) -> None:
    async with certified(config, pems, algorithm) as given:
        found = await judged(config, given)
    assert (found["kind"], found["id"]) == ("Practitioner", "practitioner-1"), found
    assert found["session"] == "900100001"
    assert not {"access_token", "id_token"} & set(found["members"])


@pytest.mark.parametrize("spoil", SPOILT)
async def test_it_would_have_refused_us_for_one_thing_wrong(
    config: StackConfig, pems: dict[str, str], spoil: str
) -> None:
    async with certified(config, pems, "ES384") as given:
        assert await judged(config, given | {"spoil": spoil}) == {"refused": "launch.ehr_refused"}


@asynccontextmanager
async def launcher(config: StackConfig, pems: dict[str, str], algorithm: str) -> AsyncIterator[dict[str, Any]]:
    """A launch at the SMART App Launcher, of which the launch itself is the registration. TLS stands in front of it."""
    keys = json.dumps(await Signer(PemVault(pems), wall_clock).jwks("testing"))
    # launch type, patient, provider, encounter, skip login, skip consent, simulated EHR, scope, redirect URIs, client id,
    # secret, error, key URL, keys, client type (asymmetric), PKCE (always), FHIR server
    told = [0, "patient-1", "practitioner-1", "encounter-1", 1, 1, 0, "", REDIRECT, CLIENT, "", "", "", keys, 2, 2, ""]
    launch = base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()
    port, files = str(config.ports["graph"]), (str(config.server_certificate), str(config.server_key))
    async with beside("front.mjs", port, *files, LAUNCHER):
        yield {
            "fhir_base": f"https://localhost:{port}/v/r4/fhir", "client_id": CLIENT, "redirect_uri": REDIRECT,
            "launch": launch, "algorithm": algorithm, "pems": pems,
        }  # fmt: skip


needs_launcher = pytest.mark.skipif(
    not LAUNCHER,
    reason="NOT RUN: no SMART App Launcher is named in VISITBRIDGE_SMART_LAUNCHER (docs/security/smart.md)",
)


@needs_launcher
@pytest.mark.parametrize("algorithm", ALGORITHMS)
async def test_the_smart_app_launcher_lets_us_in(config: StackConfig, pems: dict[str, str], algorithm: str) -> None:
    async with launcher(config, pems, algorithm) as given:
        found = await judged(config, given)
    assert (found["kind"], found["id"]) == ("Practitioner", "practitioner-1"), found
    assert "patient" in found["members"] or "need_patient_banner" in found["members"]


@needs_launcher
@pytest.mark.parametrize("spoil", SPOILT)
async def test_the_launcher_would_have_refused_us_for_one_thing_wrong(
    config: StackConfig, pems: dict[str, str], spoil: str
) -> None:
    async with launcher(config, pems, "ES384") as given:
        assert await judged(config, given | {"spoil": spoil}) == {"refused": "launch.ehr_refused"}


@pytest.mark.skipif(
    not SERVER, reason="NOT RUN: no SMART server is named in VISITBRIDGE_SMART_SERVER (docs/security/smart.md)"
)
async def test_the_named_smart_server_lets_us_in(config: StackConfig, pems: dict[str, str]) -> None:
    """For a server where somebody is signed in without a page, and where our key and redirect URI are registered."""

    def told(name: str, default: str = "") -> str:
        return os.environ.get(f"VISITBRIDGE_SMART_{name}", default)

    algorithm, own = told("ALGORITHM", "ES384"), told("KEY")
    found = await judged(
        config,
        {
            "fhir_base": SERVER, "client_id": told("CLIENT_ID", CLIENT), "launch": told("LAUNCH"), "algorithm": algorithm,
            "redirect_uri": told("REDIRECT_URI", REDIRECT),
            "pems": pems | ({algorithm: await asyncio.to_thread(Path(own).read_text)} if own else {}),
        },
    )  # fmt: skip
    assert found.get("id"), found
