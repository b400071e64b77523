"""After `azd deploy`: the same code into the further geographies, the subscriptions to events, then the smoke test.

azd deploys to one function app. The further ones get the same package one after the other, so that a broken release
stops at the first.
"""

# ruff: noqa: S603, the command is written here

import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from infra.hooks import package
from infra.hooks.azd import ROOT, HookError, Stamp, az, output, run, say, stamps

# A new function app tells Azure of its functions within a few minutes of its first start.
TRIES = 12
PAUSE_SECONDS = 20


def bring(stamp: Stamp, zipped: Path) -> None:
    """Deploys the package to one stamp; Azure installs the requirements."""
    place = ("--resource-group", stamp.resource_group, "--name", stamp.function_app)
    az("functionapp", "deployment", "source", "config-zip", *place, "--src", str(zipped), "--build-remote", "true")
    say(f"{stamp.geography}: code deployed")


def subscribe(stamp: Stamp) -> None:
    """Subscribes `sms_events` to the stamp's texts; again is fine. Raises `HookError` if the function does not appear."""
    parameters = (f"systemTopicName={stamp.system_topic}", f"functionAppName={stamp.function_app}")
    place = ("--resource-group", stamp.resource_group, "--name", "visitbridge-events")
    for left in reversed(range(TRIES)):
        try:
            az(
                *("deployment", "group", "create", *place),
                *("--template-file", "infra/modules/events.bicep", "--parameters", *parameters),
            )
        except HookError:
            if not left:
                raise
            time.sleep(PAUSE_SECONDS)
        else:
            say(f"{stamp.geography}: events subscribed")
            return


def smoke(stamp: Stamp) -> None:
    """Raises `HookError` if the stamp does not answer as it should."""
    command = [sys.executable, str(ROOT / "infra" / "smoke.py"), stamp.public_url, "--portal", output("PORTAL_URL")]
    if subprocess.run([*command, "--wait", "300"], check=False).returncode:
        raise HookError(f"{stamp.geography}: the smoke test failed")


def main() -> None:
    """One stamp after the other."""
    with tempfile.TemporaryDirectory() as folder:
        zipped = Path(folder, "visitbridge.zip")
        package.make(zipped)
        for number, stamp in enumerate(stamps()):
            if number:
                bring(stamp, zipped)
            subscribe(stamp)
            smoke(stamp)


if __name__ == "__main__":
    run(main)
