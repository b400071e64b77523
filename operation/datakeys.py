"""The stamp's own keys changed in two steps: a new one that all can read with, and then write with.

Between them lie ten minutes, in which every instance reads the vault's secret again (`shared/keys/keys.py`).
"""

import json
from base64 import b64encode
from secrets import token_bytes

from operation.bundle import OperationError, Secrets

KEY_BYTES = 32


async def add(vault: Secrets, name: str) -> str:
    """Puts a new key behind the others; returns its id. Raises `OperationError` if one waits there already."""
    found = await _found(vault, name)
    ids = [int(item["id"]) for item in found["keys"]]
    if ids[0] != max(ids):
        raise OperationError(f"key {max(ids)} waits behind key {ids[0]}: put it to use first, by `data-keys use`")
    made = str(max(ids) + 1)
    found["keys"].append({"id": made, "key": b64encode(token_bytes(KEY_BYTES)).decode()})
    await vault.set_secret(name, json.dumps(found), "application/json")
    return made


async def use(vault: Secrets, name: str) -> str:
    """Writes with the newest key from now on, and reads with all; returns its id.

    Raises `OperationError` if no new key waits.
    """
    found = await _found(vault, name)
    newest = max(found["keys"], key=lambda item: int(item["id"]))
    if newest is found["keys"][0]:
        raise OperationError(f"key {newest['id']} is in use, and none is newer: make one first, by `data-keys add`")
    found["keys"].remove(newest)
    found["keys"].insert(0, newest)
    await vault.set_secret(name, json.dumps(found), "application/json")
    return str(newest["id"])


async def _found(vault: Secrets, name: str) -> dict[str, list[dict[str, str]]]:
    text = await vault.secret(name)
    if text is None:
        raise OperationError(f"the vault has no secret {name}: is it a stamp's?")
    found: dict[str, list[dict[str, str]]] = json.loads(text)
    if not all(item["id"].isdecimal() for item in found["keys"]):
        raise OperationError(f"the keys in {name} were named by hand, not numbered: add the new one by hand, too")
    return found
