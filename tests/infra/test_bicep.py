"""The Bicep files parse, their names agree, they use only what Azure has; and the checks that say so can say no."""

import json
import os
from pathlib import Path

import pytest

from infra.checks import extract, names
from infra.checks.__main__ import INFRA, TOPS, compiled, files, unreasoned, walked
from infra.checks.bicep import BicepError, read
from infra.checks.types import BESIDE, EXTRACT, extension


def test_every_file_parses_and_its_names_agree() -> None:
    assert list(names.findings(files())) == []


def test_every_resource_has_only_known_properties() -> None:
    wrong, seen, _ = walked(files())
    assert wrong == []
    assert seen > 30


def test_what_checkov_is_told_to_skip_has_a_reason() -> None:
    assert unreasoned() == []


@pytest.mark.skipif(not BESIDE.exists(), reason="the published files are not beside this clone")
def test_the_extract_is_what_the_published_types_say() -> None:
    made = {
        f"{name}.json": extract.extracted(BESIDE / f"{name}.json", kinds)
        for name, kinds in extract.wanted().items()
        if (BESIDE / f"{name}.json").exists()
    }
    assert {path.name: path.read_text() for path in EXTRACT.glob("*.json")} == made, "python -m infra.checks.extract"


VAULT = """
param name string
param location string = resourceGroup().location
resource vault 'Microsoft.KeyVault/vaults@2025-05-01' = {
  name: name
  location: location
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
  }
}
output url string = vault.properties.vaultUri
"""


def objections(folder: Path, **texts: str) -> list[str]:
    for name, text in texts.items():
        (folder / f"{name}.bicep").write_text(text)
    found = {(folder / f"{name}.bicep").resolve(): read(folder / f"{name}.bicep") for name in texts}
    return [*names.findings(found), *walked(found)[0]]


def test_a_right_file_has_no_objections(tmp_path: Path) -> None:
    assert objections(tmp_path, vault=VAULT) == []


@pytest.mark.parametrize(
    ("right", "wrong", "objection"),
    [
        ("enableRbacAuthorization: true", "enableRbacAuthorisation: true", "no such property"),
        ("enableRbacAuthorization: true", "enableRbacAuthorization: 'yes'", "BooleanType is wanted"),
        ("enableRbacAuthorization: true", "hsmPoolResourceId: 'mine'", "Azure sets this"),
        ("    tenantId: tenant().tenantId\n", "", "tenantId is missing"),
        ("family: 'A', name: 'standard'", "family: 'A', name: 'basic'", "is none of"),
        ("name: name", "name: nam", "nam is used and not declared"),
        ("param name string", "param name string\nparam other string", "other is declared and not used"),
        ("Microsoft.KeyVault/vaults@", "Microsoft.KeyVault/vault@", "no Microsoft.KeyVault/vault@"),
        ("tenant().tenantId", "tenantOf().tenantId", "tenantOf() is no function"),
        ("vault.properties.vaultUri", "{ urls: [for one in [name]: one] }", "the loop in url is a part of it"),
    ],
)
def test_a_wrong_file_has_one(tmp_path: Path, right: str, wrong: str, objection: str) -> None:
    assert right in VAULT
    assert any(objection in one for one in objections(tmp_path, vault=VAULT.replace(right, wrong)))


@pytest.mark.parametrize(
    ("params", "output", "objection"),
    [
        ("name: 'kv', nam: 'kv'", "url", "has no parameter nam"),
        ("location: 'here'", "url", "needs name"),
        ("name: 5", "url", "name is of type string"),
        ("name: 'kv'", "uri", "has no output uri"),
    ],
)
def test_a_module_gets_what_it_asks_for(tmp_path: Path, params: str, output: str, objection: str) -> None:
    main = f"module it './vault.bicep' = {{\n name: 'it'\n params: {{ {params} }}\n}}\noutput o string = it.outputs.{output}\n"
    assert any(objection in one for one in objections(tmp_path, vault=VAULT, main=main))


def test_a_file_that_does_not_parse_names_the_line(tmp_path: Path) -> None:
    (tmp_path / "broken.bicep").write_text("param a string\nresource = {\n")
    with pytest.raises(BicepError, match=r"broken\.bicep:2: does not parse"):
        read(tmp_path / "broken.bicep")


@pytest.mark.parametrize(("status", "said"), [(0, []), (1, ["main.bicep(1,1): Error BCP007"])])
def test_a_compiler_on_the_path_has_its_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, said: list[str]
) -> None:
    program = tmp_path / "bicep"
    program.write_text(f"#!/bin/sh\necho 'main.bicep(1,1): Error BCP007' >&2\nexit {status}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert sorted(set(compiled() or [])) == said


def test_without_a_compiler_nothing_is_said_to_compile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert compiled() is None


def test_every_module_is_part_of_something_that_is_deployed() -> None:
    known = files()
    called = {
        (file.path.resolve().parent / module.path).resolve()
        for file in known.values()
        for module in file.modules.values()
        if not module.path.startswith("br/")
    }
    tops = {(INFRA / f"{name}.bicep").resolve() for name in TOPS}
    assert {path for path in known if path.suffix == ".bicep"} == called | tops


def test_types_are_found_where_the_published_files_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Azure's lie by version, Microsoft Graph's one folder deeper, by the version of the extension."""
    types = [
        {"$type": "StringType"},
        {"$type": "ObjectType", "name": "body", "properties": {"name": {"type": {"$ref": "#/0"}, "flags": 1}}},
        {"$type": "ResourceType", "name": "Microsoft.Nowhere/things@2020-01-01", "body": {"$ref": "#/1"}},
    ]
    bicep = tmp_path / "new.bicep"
    bicep.write_text("resource a 'Microsoft.Nowhere/things@2020-01-01' = {\n  nam: 'a'\n}\n")
    for below in ("", f"{extension()}/"):
        folder = tmp_path / f"generated{len(below)}"
        place = folder / f"nowhere/microsoft.nowhere/2020-01-01/{below}types.json"
        place.parent.mkdir(parents=True)
        place.write_text(json.dumps(types))
        monkeypatch.setenv("BICEP_TYPES", os.pathsep.join([str(tmp_path / "none"), str(folder)]))
        wrong, seen, unseen = walked({bicep: read(bicep)})
        assert (len(wrong), seen, unseen) == (2, 1, {})


def test_a_type_that_is_not_here_is_counted_apart(tmp_path: Path) -> None:
    (tmp_path / "new.bicep").write_text("resource a 'Microsoft.Nowhere/things@2020-01-01' = {\n  name: 'a'\n}\n")
    file = read(tmp_path / "new.bicep")
    assert walked({file.path: file}) == ([], 0, {"Microsoft.Nowhere/things@2020-01-01": 1})
