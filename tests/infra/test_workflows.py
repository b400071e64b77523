"""GitHub's side: every action by its hash, no permission that is not needed, CI is `.ci/run`, releases say one version."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.release import ReleaseError, notes, version_of
from tests.docs.pages import ROOT, plain, rows

GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))


def workflow(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text())
    return content


def steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in workflow(path)["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_by_its_hash_and_says_its_version(path: Path) -> None:
    used = re.findall(r"uses: (.+)", path.read_text())
    assert used
    assert [line for line in used if not re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)] == []


def test_one_action_has_one_version_everywhere() -> None:
    used = {line for path in WORKFLOWS for line in re.findall(r"uses: (.+)", path.read_text())}
    assert len({line.partition("@")[0] for line in used}) == len(used)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_permissions_are_none_but_what_a_job_names(path: Path) -> None:
    content = workflow(path)
    assert content["permissions"] == {}
    allowed = {
        ("release.yml", "publish"): {"contents", "id-token", "attestations"},
        ("deploy.yml", "deploy"): {"id-token"},
    }
    for name, job in content["jobs"].items():
        writes = {right for right, level in job["permissions"].items() if level == "write"}
        assert writes == allowed.get((path.name, name), set())
        assert "timeout-minutes" in job


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_secret_is_kept_at_github(path: Path) -> None:
    assert "secrets." not in path.read_text()
    for step in steps(path):
        if "actions/checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False


def test_ci_is_our_own_and_a_release_passes_it_first() -> None:
    assert "bash .ci/run" in [step.get("run") for step in steps(GITHUB / "workflows/ci.yml")]
    runs = [step["run"] for step in steps(GITHUB / "workflows/release.yml") if "run" in step]
    assert runs[0] == "bash .ci/run"


def test_a_deployment_hands_over_every_value_that_parameters_and_hooks_read() -> None:
    read = set(re.findall(r"readEnvironmentVariable\('(\w+)'", (ROOT / "infra/main.bicepparam").read_text()))
    hooks = "".join(path.read_text() for path in (ROOT / "infra/hooks").glob("*.py"))
    read |= set(re.findall(r'environ.get\("(VISITBRIDGE_\w+)"', hooks))
    given = workflow(GITHUB / "workflows/deploy.yml")["jobs"]["deploy"]["env"].keys()
    # Rights in Entra are an administrator's, not a workflow's; a lock is on unless somebody takes it off by hand.
    by_hand = {"VISITBRIDGE_CREATE_ENTRA_APP", "VISITBRIDGE_GRANT_GRAPH", "VISITBRIDGE_LOCK_DATA"}
    assert read - by_hand <= given


def test_what_can_be_chosen_is_on_the_page() -> None:
    sources = [ROOT / "infra/main.bicepparam", ROOT / "infra/hooks/portal.py"]
    read = set(
        re.findall(
            r"(?:readEnvironmentVariable\('|environ.get\(\")((?:VISITBRIDGE|ENTRA)_\w+)",
            "".join(path.read_text() for path in sources),
        )
    )
    assert read == {plain(name) for name, *_ in rows(ROOT / "docs/operator/deploy.md", columns=3) if "_" in name}


def test_updates_cover_every_lock_file_and_rest_a_week() -> None:
    updates = yaml.safe_load((GITHUB / "dependabot.yml").read_text())["updates"]
    folders = {
        (one["package-ecosystem"], folder)
        for one in updates
        for folder in one.get("directories", [one.get("directory")])
    }
    assert folders == {
        ("uv", "/"),
        ("npm", "/portal"),
        ("npm", "/local"),
        ("devcontainers", "/"),
        ("github-actions", "/"),
    }
    assert all(one["cooldown"]["default-days"] >= 7 for one in updates)


def test_the_dev_container_is_sound() -> None:
    container = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text())
    assert ":3.13" in container["image"]
    assert "scripts/check" in container["postCreateCommand"]


CHANGELOG = """# Changelog

## [Unreleased]

## [1.2.0] - 2026-11-23

### Added

- Visits.

## [1.1.0] - 2026-10-01

- Less.
"""
TEXTS = {"pyproject.toml": '[project]\nversion = "1.2.0"\n', "portal/package.json": '{"version": "1.2.0"}'}


def test_a_releases_notes_are_its_section_of_the_changelog() -> None:
    assert notes(CHANGELOG, "1.2.0") == "### Added\n\n- Visits.\n"


@pytest.mark.parametrize("version", ["1.3.0", "Unreleased", "1.2"])
def test_a_version_without_a_section_is_not_released(version: str) -> None:
    with pytest.raises(ReleaseError, match="no section"):
        notes(CHANGELOG, version)


def test_a_release_has_one_version() -> None:
    assert version_of("v1.2.0", TEXTS) == "1.2.0"
    with pytest.raises(ReleaseError, match="versions differ"):
        version_of("v1.2.1", TEXTS)
    with pytest.raises(ReleaseError, match="versions differ"):
        version_of("v1.2.0", TEXTS | {"portal/package.json": '{"version": "1.1.9"}'})
