"""What an app is told from outside: host.json, the environment, local.settings.json.

The environment is read first, as a deployment sets it; local.settings.json only fills what is missing there.
https://learn.microsoft.com/azure/azure-functions/functions-app-settings
"""

import json
import os
import re
from pathlib import Path
from typing import Any

STORAGE = "AzureWebJobsStorage"
# Published by Microsoft for the storage emulator; it opens nothing else.
EMULATOR = (
    "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;"
    "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50u"  # pragma: allowlist secret
    "SRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"  # pragma: allowlist secret
    "QueueEndpoint=http://127.0.0.1:10001/devstoreaccount1;"
)


class AppError(RuntimeError):
    """The app cannot be run as it is; the message says what is wrong with it."""


def load(folder: Path) -> dict[str, Any]:
    """Returns host.json and puts local settings into the environment. Raises AppError."""
    configuration = _object(folder / "host.json")
    local = folder / "local.settings.json"
    if local.exists():
        for name, value in _object(local).get("Values", {}).items():
            os.environ.setdefault(name, str(value))
    return configuration


def cors(folder: Path) -> str:
    """`Host.CORS` of local.settings.json: origins by commas, or nothing. Raises AppError."""
    local = folder / "local.settings.json"
    return str(_object(local).get("Host", {}).get("CORS", "")) if local.exists() else ""


def _object(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text())
    except FileNotFoundError:
        raise AppError(f"{path} is missing") from None
    except ValueError as error:
        raise AppError(f"{path} is not JSON: {error}") from None
    if not isinstance(content, dict):
        raise AppError(f"{path} is not a JSON object")
    return content


def resolved(text: str) -> str:
    """`%SETTING%` in a binding, replaced as the host does it. Raises AppError for one that is not set."""

    def value(match: re.Match[str]) -> str:
        if match[1] not in os.environ:
            raise AppError(f"'%{match[1]}%' does not resolve to a value")
        return os.environ[match[1]]

    return re.sub("%([^%]+)%", value, text)


def connection(name: str | None) -> str:
    """The connection string behind a binding's `connection`. Raises AppError if no setting has it."""
    name = name or STORAGE
    text = os.environ.get(f"AzureWebJobs{name}") or os.environ.get(name)
    if not text:
        raise AppError(f"the setting {name} with a storage connection string is missing")
    return EMULATOR if text.strip().rstrip(";") == "UseDevelopmentStorage=true" else text


def disabled(function: str) -> bool:
    """`AzureWebJobs.NAME.Disabled`, or the form that Linux allows, `AzureWebJobs_NAME_Disabled`."""
    names = (f"AzureWebJobs.{function}.Disabled", f"AzureWebJobs_{function}_Disabled")
    return any(os.environ.get(name, "").lower() in ("1", "true") for name in names)
