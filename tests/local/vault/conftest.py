"""One vault and one Entra for all tests of the vault's stand-in; each test uses names of its own."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from azure.keyvault.keys import KeyClient
from azure.keyvault.secrets import SecretClient

from local.config import StackConfig
from local.vault.app import create
from tests.local.azure_side import Credential, TinyEntra, running
from tests.local.configs import a_config


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> StackConfig:
    return a_config(tmp_path_factory.mktemp("vault"))


@pytest.fixture(scope="session")
async def entra(stack: StackConfig) -> AsyncIterator[TinyEntra]:
    async with running(stack, create(stack)) as entra:
        yield entra


@pytest.fixture(scope="session")
def options(stack: StackConfig) -> dict[str, Any]:
    """What every client of a vault on localhost needs: its certificate, and no check that the name is Azure's."""
    return {"vault_url": stack.vault, "verify_challenge_resource": False, "connection_verify": str(stack.bundle)}


@pytest.fixture
def secrets(entra: TinyEntra, options: dict[str, Any]) -> Iterator[SecretClient]:
    with SecretClient(credential=Credential(entra), **options) as client:
        yield client


@pytest.fixture
def keys(entra: TinyEntra, options: dict[str, Any]) -> Iterator[KeyClient]:
    with KeyClient(credential=Credential(entra), **options) as client:
        yield client
