"""After the portal's build: writes the deployment's settings and its policy into it, by portal/configure.mjs."""

# ruff: noqa: S603, the command is written here

import json
import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from infra.hooks.azd import ROOT, HookError, output, program, run, say, stamps


def command() -> list[str]:
    """How configure.mjs is called for this deployment. Raises `azd.HookError`."""
    dist = str(ROOT / "portal" / "dist")
    names: dict[str, str] = json.loads(os.environ.get("VISITBRIDGE_TENANT_NAMES") or "{}")
    return [
        *(program("node"), str(ROOT / "portal" / "configure.mjs"), "--out", dist, "--dist", dist),
        *("--api", ",".join(f"{one.geography}={one.public_url}" for one in stamps())),
        *(
            "--authority",
            output("AUTHORITY"),
            "--client-id",
            output("ENTRA_CLIENT_ID"),
            "--scope",
            output("PORTAL_SCOPE"),
        ),
        *(word for tenant, name in names.items() for word in ("--tenant", f"{tenant}={name}")),
    ]


def main() -> None:
    """Configures the build, or says that there is nothing to configure it with yet."""
    if not stamps():
        say("portal: nothing is provisioned yet; it is configured when it is deployed")
        return
    if subprocess.run(command(), check=False).returncode:
        raise HookError("the portal could not be configured")
    say(f"portal: configured for {', '.join(one.geography for one in stamps())}")


if __name__ == "__main__":
    run(main)
