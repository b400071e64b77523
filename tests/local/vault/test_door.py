"""Who is let into the vault, what a restart keeps, and what the control address shows."""

import asyncio
import hashlib
import ssl
import stat
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.keyvault.keys import KeyClient
from azure.keyvault.keys.crypto import CryptographyClient, SignatureAlgorithm
from azure.keyvault.secrets import SecretClient
from cryptography.hazmat.primitives.asymmetric import rsa

from local.config import StackConfig
from local.vault.app import create
from tests.local.azure_side import Credential, TinyEntra, running
from tests.local.configs import a_config

AUDIENCE = "https://vault.azure.net"
VERSION = {"api-version": "7.6"}


@pytest.fixture
async def http(stack: StackConfig, entra: TinyEntra) -> Any:
    trust = ssl.create_default_context(cafile=str(stack.bundle))
    async with httpx.AsyncClient(base_url=stack.vault, verify=trust) as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_without_a_token_the_vault_says_where_to_get_one(http: httpx.AsyncClient, stack: StackConfig) -> None:
    answer = await http.get("/secrets", params=VERSION)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == f'Bearer authorization="{stack.authority}", resource="{AUDIENCE}"'
    assert answer.json()["error"]["code"] == "Unauthorized"


async def test_the_sdk_asks_for_the_resource_that_the_challenge_names(stack: StackConfig, entra: TinyEntra) -> None:
    credential = Credential(entra)

    def play() -> None:
        client = SecretClient(stack.vault, credential, verify_challenge_resource=False, connection_verify=stack.bundle)
        with client:
            client.set_secret("scoped", "value")

    await asyncio.to_thread(play)
    assert set(credential.scopes) == {f"{AUDIENCE}/.default"}


async def test_only_a_token_of_this_tenant_for_this_vault_opens_it(
    http: httpx.AsyncClient, stack: StackConfig, entra: TinyEntra
) -> None:
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    now = int(time.time())
    bad = {
        "other audience": entra.token("https://graph.microsoft.com"),
        "expired": entra.token(AUDIENCE, exp=now - 400),
        "not yet": entra.token(AUDIENCE, nbf=now + 400),
        "other issuer": entra.token(AUDIENCE, iss="https://login.example/v2.0"),
        "other tenant": entra.token(AUDIENCE, tid="00000000-0000-4000-8000-000000000000"),
        "other key": entra.token(AUDIENCE, key=stranger),
        "unknown key": entra.token(AUDIENCE, kid="unknown", key=stranger),
        "no token": "rubbish",
    }
    answers = {
        why: (await http.get("/secrets", params=VERSION, headers=bearer(token))).status_code
        for why, token in bad.items()
    }
    assert answers == dict.fromkeys(bad, 401)
    for token in (entra.token(AUDIENCE), entra.token(AUDIENCE, iss=f"{stack.authority}/v2.0")):
        assert (await http.get("/secrets", params=VERSION, headers=bearer(token))).status_code == 200


async def test_the_sdk_reports_a_token_for_something_else_as_an_authentication_error(
    entra: TinyEntra, options: dict[str, Any]
) -> None:
    class Confused(Credential):
        def get_token_info(self, *scopes: str, options: Any = None) -> Any:
            return super().get_token_info("https://graph.microsoft.com/.default")

    def play() -> None:
        with (
            SecretClient(credential=Confused(entra), **options) as client,
            pytest.raises(ClientAuthenticationError),
        ):
            client.get_secret("anything")

    await asyncio.to_thread(play)


async def test_entras_keys_are_asked_for_once_and_again_only_for_a_new_key(tmp_path: Path) -> None:
    stack = a_config(tmp_path)
    trust = ssl.create_default_context(cafile=str(stack.bundle))
    async with (
        running(stack, create(stack)) as entra,
        httpx.AsyncClient(base_url=stack.vault, verify=trust) as http,
    ):
        for _ in range(3):
            answer = await http.get("/secrets", params=VERSION, headers=bearer(entra.token(AUDIENCE)))
            assert answer.status_code == 200
        assert entra.key_lookups == 1
        entra.keys["second"] = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        token = entra.token(AUDIENCE, kid="second")
        deadline = time.monotonic() + 10
        while (await http.get("/secrets", params=VERSION, headers=bearer(token))).status_code != 200:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.2)
        assert entra.key_lookups == 2


async def test_a_request_without_a_version_of_the_api_is_refused(http: httpx.AsyncClient, entra: TinyEntra) -> None:
    answer = await http.get("/secrets", headers=bearer(entra.token(AUDIENCE)))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadParameter")


@pytest.mark.parametrize("body", ["[]", "{", '{"value": 1}', '{"value": "x", "attributes": {"exp": "soon"}}'])
async def test_a_body_of_the_wrong_shape_is_refused(http: httpx.AsyncClient, entra: TinyEntra, body: str) -> None:
    headers = bearer(entra.token(AUDIENCE))
    answer = await http.put("/secrets/shape", params=VERSION, headers=headers, content=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadParameter")


async def test_an_unknown_path_answers_in_the_vaults_words(http: httpx.AsyncClient, entra: TinyEntra) -> None:
    answer = await http.get("/certificates", params=VERSION, headers=bearer(entra.token(AUDIENCE)))
    assert (answer.status_code, set(answer.json()["error"])) == (404, {"code", "message"})


async def test_a_restarted_vault_has_what_it_had(tmp_path: Path) -> None:
    stack = a_config(tmp_path)
    rest: dict[str, Any] = {"verify_challenge_resource": False, "connection_verify": str(stack.bundle)}
    digest = hashlib.sha384(b"before and after").digest()

    def before(entra: TinyEntra) -> tuple[str, bytes]:
        with (
            SecretClient(stack.vault, Credential(entra), **rest) as secrets,
            KeyClient(stack.vault, Credential(entra), **rest) as keys,
        ):
            secrets.set_secret("kept", "one", tags={"a": "b"})
            secrets.set_secret("binned", "two")
            secrets.begin_delete_secret("binned").wait()
            key = keys.create_ec_key("kept", curve="P-384")
            with CryptographyClient(key, Credential(entra), **rest) as user:
                return str(key.id), user.sign(SignatureAlgorithm.es384, digest).signature

    def after(entra: TinyEntra, key_id: str, signature: bytes) -> None:
        with (
            SecretClient(stack.vault, Credential(entra), **rest) as secrets,
            KeyClient(stack.vault, Credential(entra), **rest) as keys,
        ):
            found = secrets.get_secret("kept")
            assert (found.value, found.properties.tags) == ("one", {"a": "b"})
            assert [each.name for each in secrets.list_deleted_secrets()] == ["binned"]
            key = keys.get_key("kept")
            assert key.id == key_id
            with CryptographyClient(key, Credential(entra), **rest) as user:
                assert user.verify(SignatureAlgorithm.es384, digest, signature).is_valid

    async with running(stack, create(stack)) as entra:
        key_id, signature = await asyncio.to_thread(before, entra)
    async with running(stack, create(stack)) as entra:
        await asyncio.to_thread(after, entra, key_id, signature)
    assert stat.S_IMODE((tmp_path / "vault.json").stat().st_mode) == 0o600


async def test_the_control_address_shows_names_and_counts_but_no_value(
    stack: StackConfig, secrets: SecretClient
) -> None:
    await asyncio.to_thread(secrets.set_secret, "seen", "a value to keep quiet")
    async with httpx.AsyncClient(base_url=stack.control) as control:
        answer = await control.get("/vault")
    assert answer.json()["secrets"]["seen"] == {"versions": 1, "deleted": False}
    assert answer.json()["operations"]["secrets.set"] >= 1
    assert "keep quiet" not in answer.text
