"""An administrator's scripts: dry by default, idempotent, and sound PowerShell."""

import subprocess
from pathlib import Path

import pytest
import tree_sitter
import tree_sitter_powershell

from tests.infra.azure import Azure
from tests.infra.reading import INFRA

CLIENT = "c0a8a5f2-77f0-4f3b-8f39-3c9d6f4c2b51"
FOUND = [
    (f"appId eq '{CLIENT}'", "principal-1"),
    ("appId eq '00000003", "graph-1"),
    ("appRoleAssignmentRequired --output", "true"),
    ("OnlineMeetingArtifact.Read.All'].id", "role-attendance"),
    ("OnlineMeetings.ReadWrite.All'].id", "role-meetings"),
    ("User.Read.All'].id", "role-users"),
]
NONE_YET = ("appRoleAssignments --query", "")
ALL = ("appRoleAssignments --query", "role-attendance\nrole-meetings\nrole-users")


def consent(azure: Azure, *words: str) -> subprocess.CompletedProcess[str]:
    command = ["sh", str(INFRA / "admin/consent"), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": azure.path})


def test_consent_changes_nothing_unless_told_to(tmp_path: Path) -> None:
    azure = Azure(tmp_path, *FOUND, NONE_YET)
    done = consent(azure, CLIENT)
    assert (done.returncode, done.stderr) == (0, "")
    assert azure.changes() == []
    assert done.stdout.count("would") == 4


def test_consent_grants_what_is_missing(tmp_path: Path) -> None:
    azure = Azure(tmp_path, *FOUND, NONE_YET)
    assert consent(azure, CLIENT, "--apply").returncode == 0
    posted = [words for words in azure.changes() if "post" in words]
    roles = ("role-attendance", "role-meetings", "role-users")
    assert [[role for role in roles if role in repr(words)] for words in posted] == [[role] for role in roles]
    assert ["appRoleAssignmentRequired" in repr(words) for words in azure.changes() if "patch" in words] == [True]


def test_consent_to_call_records_is_for_who_asks_for_it(tmp_path: Path) -> None:
    found = [*FOUND, ("CallRecords.Read.All'].id", "role-calls"), ALL]
    done = consent(Azure(tmp_path, *found), CLIENT, "--call-quality")
    assert "would  grant CallRecords.Read.All" in done.stdout
    refused = consent(Azure(tmp_path, *found), CLIENT, "--everything")
    assert (refused.returncode, refused.stderr) == (2, "what is --everything?\n")


def test_consent_that_is_given_is_left_alone(tmp_path: Path) -> None:
    required = ("appRoleAssignmentRequired --output", "false")
    azure = Azure(tmp_path, required, *FOUND, ALL)
    done = consent(azure, CLIENT, "--apply")
    assert azure.changes() == []
    assert done.stdout.count("have") == 3


def test_consent_makes_the_enterprise_application_where_there_is_none(tmp_path: Path) -> None:
    azure = Azure(tmp_path, (f"appId eq '{CLIENT}'", ""))
    done = consent(azure, CLIENT)
    assert "would  make the enterprise application" in done.stdout
    assert azure.changes() == []


@pytest.mark.parametrize("words", [(), ("visitbridge",), (CLIENT, "--force")])
def test_consent_refuses_what_it_does_not_know(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert consent(Azure(tmp_path), *words).returncode == 2


SCRIPTS = sorted(INFRA.glob("admin/*.ps1"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_powershell_parses(path: Path) -> None:
    """No PowerShell runs here: it parses, by tree-sitter's grammar, and that is all that is said."""
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
    assert not parser.parse(path.read_bytes()).root_node.has_error


CHANGING = ("New-Mg", "Update-Mg", "New-Cs", "Set-Cs", "Grant-Cs", "Remove-")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_powershell_changes_nothing_unless_told_to(path: Path) -> None:
    """Every command that changes something stands in a block that only `-Apply` runs."""
    text = path.read_text()
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
    waiting, found = [parser.parse(text.encode()).root_node], 0
    while waiting:
        node = waiting.pop()
        waiting += node.children
        words = (node.text or b"").decode()
        if node.type != "command" or not words.startswith(CHANGING):
            continue
        found += 1
        around = node.parent
        while around and not (around.type == "command" and (around.text or b"").startswith(b"Invoke-Change")):
            around = around.parent
        assert around, f"{words} is not in Invoke-Change"
    assert found >= 3
    assert "[switch] $Apply" in text
    assert text.count("& $How") == 1
