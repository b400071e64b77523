"""A stamp's keys are changed without an instance ever meeting what it cannot open."""

import json

import pytest

from operation.bundle import OperationError
from operation.datakeys import add, use
from shared.keys.keyring import SECRET_NAME, Keyring
from tests.operation.stamps import MemoryVault


def ring(vault: MemoryVault) -> Keyring:
    return Keyring.from_secret(vault.secrets[SECRET_NAME])


async def test_a_new_key_is_read_with_first_and_written_with_then() -> None:
    vault = MemoryVault()
    before = ring(vault)
    sealed, hashed = before.seal("phone", b"one"), before.digest("optout", "+16085550143")

    assert await add(vault, SECRET_NAME) == "2"
    between = ring(vault)
    assert [key for key, _ in between.keys] == ["1", "2"]
    assert between.seal("phone", b"two").startswith("1."), "who has not read the new key opens it"

    assert await use(vault, SECRET_NAME) == "2"
    after = ring(vault)
    assert [key for key, _ in after.keys] == ["2", "1"]
    assert between.unseal("phone", after.seal("phone", b"three")) == b"three", "who read it before opens it"
    assert after.unseal("phone", sealed) == b"one"
    assert hashed in after.digests("optout", "+16085550143"), "a STOP under the old key holds"


async def test_steps_out_of_their_order_change_nothing() -> None:
    vault = MemoryVault()
    with pytest.raises(OperationError, match="make one first"):
        await use(vault, SECRET_NAME)
    await add(vault, SECRET_NAME)
    before = dict(vault.secrets)
    with pytest.raises(OperationError, match="key 2 waits behind key 1"):
        await add(vault, SECRET_NAME)
    assert vault.secrets == before


async def test_keys_of_another_stamp_stay_where_they_are() -> None:
    vault = MemoryVault()
    text, _ = Keyring.with_lookups(vault.secrets[SECRET_NAME], "optout", [b"o" * 32])
    vault.secrets[SECRET_NAME] = text
    await add(vault, SECRET_NAME)
    await use(vault, SECRET_NAME)
    assert ring(vault).lookups == (("optout", b"o" * 32),)


async def test_what_is_no_numbered_secret_of_ours_is_left_alone() -> None:
    vault = MemoryVault()
    with pytest.raises(OperationError, match="is it a stamp's"):
        await add(vault, "another")
    vault.secrets[SECRET_NAME] = json.dumps({"keys": [{"id": "spring", "key": "AA=="}]})
    with pytest.raises(OperationError, match="by hand"):
        await use(vault, SECRET_NAME)
