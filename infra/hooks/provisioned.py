"""After `azd provision`: makes the secret `data-keys` in each vault that has none.

A second value would make unreadable what was sealed under the first, so a vault whose secrets cannot be listed gets
none. All goes through Azure Resource Manager: the vault may be closed to this machine.
"""

import json
import os
import sys
import tempfile
from base64 import b64encode
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from infra.hooks.azd import Stamp, az, run, say, stamps

API_VERSION = "2025-05-01"
SECRET = "data-keys"  # noqa: S105, the name of a secret is none  # pragma: allowlist secret


def exists(stamp: Stamp) -> bool:
    """Whether the vault has the secret. Raises `azd.HookError` if that cannot be told."""
    vault = az("keyvault", "show", "--resource-group", stamp.resource_group, "--name", stamp.vault)
    url = f"https://management.azure.com{vault['id']}/secrets?api-version={API_VERSION}"
    while url:
        page = az("rest", "--method", "get", "--url", url)
        if any(secret["name"].rpartition("/")[2] == SECRET for secret in page["value"]):
            return True
        url = page.get("nextLink") or ""
    return False


def value() -> str:
    """A first key: shared/keys/keyring.py reads it."""
    return json.dumps({"keys": [{"id": "1", "key": b64encode(os.urandom(32)).decode()}]})


def make(stamp: Stamp) -> None:
    """Writes the secret. Its value passes through a file that only this user reads, never a command line."""
    parameters = {"vaultName": {"value": stamp.vault}, "value": {"value": value()}}
    schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "parameters.json")
        file.touch(mode=0o600)
        file.write_text(json.dumps({"$schema": schema, "contentVersion": "1.0.0.0", "parameters": parameters}))
        place = ("--resource-group", stamp.resource_group, "--name", "visitbridge-data-keys")
        template = ("--template-file", "infra/modules/datakeys.bicep", "--parameters", f"@{file}")
        az("deployment", "group", "create", *place, *template)


def main() -> None:
    """Each stamp once."""
    for stamp in stamps():
        if exists(stamp):
            say(f"{stamp.geography}: {SECRET} is there, and stays as it is")
        else:
            make(stamp)
            say(f"{stamp.geography}: {SECRET} made")


if __name__ == "__main__":
    run(main)
