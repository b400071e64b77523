"""What every request of a cold instance waits for: `import function_app` loads little, and nothing of what one flow needs.

How long it takes is measured by `scripts/bench cold`; a test that measures time would fail by chance.
"""

import subprocess
import sys

import pytest

from tests.docs.pages import ROOT

HEAVY = (
    "azure.core", "azure.data", "azure.identity", "azure.keyvault", "babel", "boto3", "cryptography", "jwt", "msal",
    "msgspec", "opentelemetry", "phonenumbers", "aiohttp", "zoneinfo",
)  # fmt: skip
ROOMS = (
    "shared.visits.visit", "shared.visits.store", "shared.organisations.connection", "shared.rooms", "shared.messages",
    "shared.follow", "shared.reports", "shared.diagnosis", "shared.numbers", "shared.work",
)  # fmt: skip


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The modules of a process that has imported the app and done nothing yet, less those of `azure.functions`."""
    code = (
        "import sys, azure.functions; before = set(sys.modules); import function_app; print(*set(sys.modules) - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("name", [*HEAVY, *ROOMS])
def test_the_app_is_imported_without(loaded: set[str], name: str) -> None:
    assert not {module for module in loaded if module == name or module.startswith(f"{name}.")}


def test_the_app_itself_is_there(loaded: set[str]) -> None:
    assert {"function_app", "functions.launch", "shared.services"} <= loaded
