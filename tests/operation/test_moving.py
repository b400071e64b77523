"""An organisation is backed up, moved to another stamp and erased; the other one of its stamp is as it was."""

import json
from pathlib import Path

import pytest

from operation import __main__ as command
from operation.bundle import OperationError, bring, differences, digest, export, only_optouts, read, write
from operation.erasure import carry_optout_keys, erase
from operation.holdings import ALL
from shared.adapters.schema import VERSION, Schema
from shared.adapters.tables import TABLES
from shared.keys.keyring import SECRET_NAME, Keyring
from shared.organisations.connection import ConnectionState
from tests.operation.stamps import NORTH, NORTHS, NUMBERS, PATIENT, RIVER, RIVERS, Stamp

NEW_NUMBER = "+447700900123"


def silent(_: str) -> None:
    """Progress nobody reads."""


@pytest.fixture
async def amer() -> Stamp:
    stamp = Stamp()
    await stamp.settle(RIVER, RIVERS)
    await stamp.settle(NORTH, NORTHS)
    return stamp


@pytest.fixture
def emea() -> Stamp:
    return Stamp()


async def exported(stamp: Stamp, *, whole: bool = True) -> dict[str, object]:
    return await export(stamp.tables, stamp.vault, NORTH, whole=whole, now=stamp.clock(), say=silent)


def test_every_table_is_somebodys() -> None:
    assert set(ALL) == set(TABLES)


async def test_an_export_holds_the_tenant_alone_and_nothing_sealed(amer: Stamp) -> None:
    before = amer.dump()
    text = json.dumps(await exported(amer))
    assert amer.dump() == before
    assert NORTHS in text
    for absent in (RIVER, RIVERS, NUMBERS[RIVER], "sealed", PATIENT, amer.vault.secrets[SECRET_NAME], "operation:"):
        assert absent not in text


async def test_a_backup_restores_what_was_lost_as_it_was(amer: Stamp, tmp_path: Path) -> None:
    path = tmp_path / "backup.json"
    write(await exported(amer, whole=False), path)
    assert path.stat().st_mode & 0o077 == 0
    connection = await amer.connections.get(NORTHS)
    assert connection
    await amer.connections.remove(connection)
    bundle = read(path)
    missing = await differences(amer.tables, amer.vault, bundle, here=True, senders={})
    assert missing == {"connections": 1, "issuers": 1}
    await bring(amer.tables, amer.vault, bundle, here=True, senders={}, overwrite=False, say=silent)
    restored = await amer.connections.get(NORTHS)
    assert restored
    assert restored.state is ConnectionState.APPROVED
    assert restored.sms == connection.sms
    assert await differences(amer.tables, amer.vault, bundle, here=True, senders={}) == {}


async def test_a_moved_tenant_is_there_and_the_old_stamp_has_nothing_of_it(amer: Stamp, emea: Stamp) -> None:
    river = {
        table: [row for row in rows if RIVER in str(row) or RIVERS in str(row)] for table, rows in amer.dump().items()
    }
    bundle, moved = await exported(amer), {NUMBERS[NORTH]: NEW_NUMBER}
    emea.tables.put("tenants", {"PartitionKey": "numbers", "RowKey": NEW_NUMBER, "tenant": NORTH, "operation": ""})
    for _ in range(2):  # again does no harm
        await bring(emea.tables, emea.vault, bundle, here=False, senders=moved, overwrite=True, say=silent)
    assert await carry_optout_keys(amer.vault, emea.vault, SECRET_NAME) == 1
    assert await carry_optout_keys(amer.vault, emea.vault, SECRET_NAME) == 0
    assert await differences(emea.tables, emea.vault, bundle, here=False, senders=moved) == {}
    # Who leaves out the numbers compares with what was not brought: docs/operator/tenants.md says to name them.
    assert "connections" in await differences(emea.tables, emea.vault, bundle, here=False, senders={})

    found = await emea.connections.get(NORTHS)
    assert found
    assert (found.state, found.sms.sender, found.decision) == (ConnectionState.NEEDS_APPROVAL, NEW_NUMBER, None)
    assert await emea.optouts.stopped(NEW_NUMBER, PATIENT)
    assert not await emea.optouts.stopped(NEW_NUMBER, "+16085550144")
    await emea.optouts.start(NEW_NUMBER, PATIENT)
    assert not await emea.optouts.stopped(NEW_NUMBER, PATIENT)
    assert not emea.dump()["visits"]
    assert not emea.dump()["work"]

    await amer.disable(NORTHS)
    receipt = await erase(amer.tables, amer.vault, NORTH, now=amer.clock(), say=silent)
    left = str(amer.dump())
    for gone in (NORTH, NORTHS, NUMBERS[NORTH]):
        assert gone not in left
    assert not any(NORTHS in name for name in amer.vault.secrets)
    for table, rows in river.items():
        assert all(row in amer.dump()[table] for row in rows), table
    assert not any(receipt["left"].values())
    assert all(receipt["removed"].values())
    assert PATIENT not in str(receipt)


async def test_keys_that_are_carried_open_nothing_and_make_no_link(amer: Stamp, emea: Stamp) -> None:
    await carry_optout_keys(amer.vault, emea.vault, SECRET_NAME)
    old, new = (Keyring.from_secret(one.vault.secrets[SECRET_NAME]) for one in (amer, emea))
    assert new.digests("optout", "1")[1] == old.digest("optout", "1")
    assert new.digest("optout", "1") != old.digest("optout", "1"), "what is written is under the stamp's own key"
    for purpose in ("link", "visit", "guest", "watch"):
        assert old.digest(purpose, "1") not in new.digests(purpose, "1")
    assert str(json.loads(amer.vault.secrets[SECRET_NAME])["keys"][0]["key"]) not in emea.vault.secrets[SECRET_NAME]


async def test_without_a_number_there_a_moved_connection_sends_nothing(amer: Stamp, emea: Stamp) -> None:
    bundle = await exported(amer)
    with pytest.raises(OperationError, match="not this tenant's here"):
        await bring(
            emea.tables, emea.vault, bundle, here=False, senders={"+1": NEW_NUMBER}, overwrite=False, say=silent
        )
    await bring(emea.tables, emea.vault, bundle, here=False, senders={}, overwrite=False, say=silent)
    found = await emea.connections.get(NORTHS)
    assert found
    assert (found.sms.enabled, found.sms.sender) == (False, "")


async def test_opt_outs_of_the_last_day_are_added_and_nothing_else_is_touched(amer: Stamp, emea: Stamp) -> None:
    emea.tables.put("tenants", {"PartitionKey": "numbers", "RowKey": NEW_NUMBER, "tenant": NORTH, "operation": ""})
    moved = {NUMBERS[NORTH]: NEW_NUMBER}
    await bring(emea.tables, emea.vault, await exported(amer), here=False, senders=moved, overwrite=False, say=silent)
    await carry_optout_keys(amer.vault, emea.vault, SECRET_NAME)
    before, optouts = emea.dump(), emea.optouts
    assert not await optouts.stopped(NEW_NUMBER, "+16085550199")
    await amer.optouts.stop(NUMBERS[NORTH], "+16085550199")
    late = only_optouts(await exported(amer))
    await bring(emea.tables, emea.vault, late, here=False, senders=moved, overwrite=True, say=silent)
    # The same instance, which had read the opt-outs before.
    assert await optouts.stopped(NEW_NUMBER, "+16085550199")
    after = emea.dump()
    assert {name for name in after if after[name] != before[name]} == {"optouts"}


async def test_what_stands_there_is_overwritten_only_when_told(amer: Stamp) -> None:
    bundle = await exported(amer)
    with pytest.raises(OperationError, match="--overwrite"):
        await bring(amer.tables, amer.vault, bundle, here=True, senders={}, overwrite=False, say=silent)


async def test_another_tenants_connection_is_never_overwritten(amer: Stamp, emea: Stamp) -> None:
    await emea.settle(RIVER, NORTHS)
    before = emea.dump()
    with pytest.raises(OperationError, match="another tenant's"):
        await bring(emea.tables, emea.vault, await exported(amer), here=False, senders={}, overwrite=True, say=silent)
    assert emea.dump() == before


async def test_nothing_is_erased_while_a_connection_works(amer: Stamp) -> None:
    before = amer.dump()
    with pytest.raises(OperationError, match="disable it"):
        await erase(amer.tables, amer.vault, NORTH, now=amer.clock(), say=silent)
    assert amer.dump() == before


async def test_an_erasure_that_was_cut_short_is_ended_by_the_next(amer: Stamp) -> None:
    await amer.disable(NORTHS)
    requests = 0

    async def fail(request: str) -> None:
        nonlocal requests
        requests += request.startswith(("before transact", "before delete"))
        if requests == 6:
            raise ConnectionResetError

    amer.tables.fault = fail
    with pytest.raises(ConnectionResetError):
        await erase(amer.tables, amer.vault, NORTH, now=amer.clock(), say=silent)
    requests = 100
    await erase(amer.tables, amer.vault, NORTH, now=amer.clock(), say=silent)
    assert NORTH not in str(amer.dump())
    assert NORTHS not in str(amer.dump())


async def test_a_changed_file_is_refused(amer: Stamp, tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    write(await exported(amer), path)
    path.write_text(path.read_text().replace("MBELL", "MBELT"))
    with pytest.raises(OperationError, match="digest"):
        read(path)
    with pytest.raises(OperationError, match="there already"):
        write({}, path)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["backup", NORTH, "new.json"], "--tables and --vault"),
        (["--tables", "https://t.example", "--vault", "https://v.example", "backup", "northlake", "x"], "a GUID"),
        (
            ["--tables", "https://t.example", "--vault", "https://v.example", "restore", "/none.json"],
            "no export of ours",
        ),
    ],
)
def test_the_command_says_what_is_wrong(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AzureWebJobsStorage", "AzureWebJobsStorage__tableServiceUri", "VAULT_URL"):
        monkeypatch.delenv(name, raising=False)
    assert command.main(words) == 1
    assert told in capsys.readouterr().err


async def test_rows_of_an_older_release_are_brought_forward_when_they_come(
    amer: Stamp, emea: Stamp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if this release had a second schema, and the file were of the first."""
    since: list[int] = []

    async def forward(_: Schema, version: int) -> None:
        since.append(version)

    monkeypatch.setattr(Schema, "forward", forward)
    made = {name: value for name, value in (await exported(amer)).items() if name not in ("digest", "schema")}
    await bring(
        emea.tables, emea.vault, made | {"digest": digest(made)}, here=False, senders={}, overwrite=False, say=silent
    )
    assert since == [1]


async def test_a_file_of_a_release_to_come_is_refused_with_what_to_do(amer: Stamp, emea: Stamp) -> None:
    made = {name: value for name, value in (await exported(amer)).items() if name != "digest"}
    made["schema"] = VERSION + 1
    ahead, before = made | {"digest": digest(made)}, emea.dump()
    with pytest.raises(OperationError, match="update this stamp first"):
        await bring(emea.tables, emea.vault, ahead, here=False, senders={}, overwrite=False, say=silent)
    assert emea.dump() == before
