"""Secrets, judged by the Azure SDK. Synchronous clients run in a thread, because the vault runs in this loop."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.keyvault.secrets import SecretClient
from azure.keyvault.secrets.aio import SecretClient as AioSecretClient

from tests.local.azure_side import AioCredential, TinyEntra


async def test_a_secret_comes_back_as_it_was_set(secrets: SecretClient) -> None:
    expires = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)

    def play() -> None:
        secrets.set_secret("plain", "välue", content_type="text/x", tags={"a": "b"}, expires_on=expires)
        found = secrets.get_secret("plain")
        assert (found.value, found.properties.content_type, found.properties.tags) == ("välue", "text/x", {"a": "b"})
        assert (found.properties.expires_on, found.properties.enabled) == (expires, True)

    await asyncio.to_thread(play)


async def test_each_set_makes_a_version_and_the_last_is_the_one_without_a_number(secrets: SecretClient) -> None:
    def play() -> None:
        first = secrets.set_secret("versions", "one")
        second = secrets.set_secret("versions", "two")
        assert secrets.get_secret("versions").value == "two"
        assert secrets.get_secret("versions", first.properties.version).value == "one"
        listed = {each.version for each in secrets.list_properties_of_secret_versions("versions")}
        assert listed == {first.properties.version, second.properties.version}

    await asyncio.to_thread(play)


async def test_an_update_without_a_version_changes_the_latest(secrets: SecretClient) -> None:
    """The SDK writes it as PATCH /secrets/{name}/ with an empty last segment."""

    def play() -> None:
        secrets.set_secret("updated", "value")
        secrets.update_secret_properties("updated", content_type="text/new", tags={"x": "y"})
        found = secrets.get_secret("updated")
        assert (found.value, found.properties.content_type, found.properties.tags) == ("value", "text/new", {"x": "y"})

    await asyncio.to_thread(play)


async def test_a_disabled_secret_is_not_handed_out(secrets: SecretClient) -> None:
    def play() -> None:
        secrets.set_secret("disabled", "value", enabled=False)
        with pytest.raises(HttpResponseError) as refused:
            secrets.get_secret("disabled")
        assert refused.value.status_code == 403
        secrets.update_secret_properties("disabled", enabled=True)
        assert secrets.get_secret("disabled").value == "value"

    await asyncio.to_thread(play)


async def test_lists_go_over_several_pages_and_show_no_value(secrets: SecretClient) -> None:
    def play() -> None:
        for number in range(27):
            secrets.set_secret(f"paged-{number:02d}", "value")
        pages = [list(page) for page in secrets.list_properties_of_secrets().by_page()]
        names = [each.name for page in pages for each in page]
        assert len(pages) >= 2
        assert len(names) == len(set(names))
        assert {f"paged-{number:02d}" for number in range(27)} <= set(names)

    await asyncio.to_thread(play)


async def test_a_deleted_name_is_taken_until_it_is_purged(secrets: SecretClient) -> None:
    def play() -> None:
        secrets.set_secret("deleted", "old")
        gone = secrets.begin_delete_secret("deleted").result()
        assert gone.scheduled_purge_date
        assert gone.scheduled_purge_date > datetime.now(UTC) + timedelta(days=89)
        with pytest.raises(ResourceNotFoundError):
            secrets.get_secret("deleted")
        with pytest.raises(ResourceExistsError):
            secrets.set_secret("deleted", "new")
        assert "deleted" in [each.name for each in secrets.list_deleted_secrets()]
        secrets.purge_deleted_secret("deleted")
        with pytest.raises(ResourceNotFoundError):
            secrets.get_deleted_secret("deleted")
        secrets.set_secret("deleted", "new")
        assert secrets.get_secret("deleted").value == "new"

    await asyncio.to_thread(play)


async def test_a_deleted_secret_can_be_recovered_with_its_versions(secrets: SecretClient) -> None:
    def play() -> None:
        first = secrets.set_secret("recovered", "one")
        secrets.set_secret("recovered", "two")
        secrets.begin_delete_secret("recovered").wait()
        secrets.begin_recover_deleted_secret("recovered").wait()
        assert secrets.get_secret("recovered").value == "two"
        assert secrets.get_secret("recovered", first.properties.version).value == "one"

    await asyncio.to_thread(play)


@pytest.mark.parametrize(
    ("name", "value"),
    [("too-long", "x" * (25 * 1024 + 1)), ("bad_name", "value"), ("n" * 128, "value")],
)
async def test_what_the_vault_cannot_take_is_a_bad_request(secrets: SecretClient, name: str, value: str) -> None:
    def play() -> None:
        with pytest.raises(HttpResponseError) as refused:
            secrets.set_secret(name, value)
        assert refused.value.status_code == 400
        assert refused.value.error is not None
        assert refused.value.error.code == "BadParameter"

    await asyncio.to_thread(play)


async def test_a_secret_of_25_kilobytes_fits(secrets: SecretClient) -> None:
    def play() -> None:
        secrets.set_secret("just-fits", "x" * 25 * 1024)
        assert len(secrets.get_secret("just-fits").value or "") == 25 * 1024

    await asyncio.to_thread(play)


async def test_a_missing_secret_is_named_so(secrets: SecretClient) -> None:
    def play() -> None:
        with pytest.raises(ResourceNotFoundError) as missing:
            secrets.get_secret("never-was")
        assert missing.value.error is not None
        assert missing.value.error.code == "SecretNotFound"

    await asyncio.to_thread(play)


async def test_the_asynchronous_client_can_do_the_same(entra: TinyEntra, options: dict[str, Any]) -> None:
    async with AioSecretClient(credential=AioCredential(entra), **options) as client:
        await client.set_secret("aio", "one")
        await client.update_secret_properties("aio", tags={"a": "b"})
        found = await client.get_secret("aio")
        assert (found.value, found.properties.tags) == ("one", {"a": "b"})
        await client.delete_secret("aio")
        with pytest.raises(ResourceExistsError):
            await client.set_secret("aio", "two")
        await client.recover_deleted_secret("aio")
        assert "aio" in [each.name async for each in client.list_properties_of_secrets()]
