"""What azd's hooks share: the deployment's outputs, and calls of `az`. Standard library only: hooks run before anything is
installed.
"""

# ruff: noqa: T201, S603, hooks talk to whoever deploys, and call programs whose names are written here

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class HookError(Exception):
    """Something must be mended first; the message says what."""


@dataclass(frozen=True)
class Stamp:
    """One geography, as `STAMPS` of main.bicep has it."""

    geography: str
    resource_group: str
    function_app: str
    public_url: str
    vault: str
    system_topic: str


def stamps() -> list[Stamp]:
    """The deployment's stamps; none before the first `azd provision`."""
    return [
        Stamp(
            one["geography"],
            one["resourceGroup"],
            one["functionApp"],
            one["publicUrl"].rstrip("/"),
            one["vault"],
            one["systemTopic"],
        )
        for one in json.loads(os.environ.get("STAMPS") or "[]")
    ]


def output(name: str) -> str:
    """One output of main.bicep. Raises `HookError`."""
    if value := os.environ.get(name):
        return value
    raise HookError(f"{name} is not in azd's environment: run azd provision first")


def program(name: str) -> str:
    """Where a program is. Raises `HookError` where it is not installed."""
    if found := shutil.which(name):
        return found
    raise HookError(f"{name} is not installed")


def az(*words: str) -> Any:
    """Runs `az` in the deployment's subscription, whichever is az's own, and reads its answer.

    Raises `HookError` with its own words.
    """
    subscription = os.environ.get("AZURE_SUBSCRIPTION_ID")
    # An address of `az rest` names its subscription itself.
    where = ("--subscription", subscription) if subscription and words[0] != "rest" else ()
    command = [program("az"), *words, *where, "--output", "json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise HookError(f"az {' '.join(words[:3])} failed: {done.stderr.strip()}")
    return json.loads(done.stdout) if done.stdout.strip() else None


def say(line: str) -> None:
    """One line for whoever deploys."""
    print(f"  {line}", flush=True)


def run(main: Any) -> None:
    """Ends the process with what a hook says."""
    try:
        main()
    except HookError as problem:
        sys.exit(f"  {problem}")
