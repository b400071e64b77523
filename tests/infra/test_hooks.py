"""azd's hooks: what they ask of Azure, in which order, and what they never do."""

import json
import re
import subprocess
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.checks.bicep import read
from infra.checks.values import compute
from infra.hooks import azd, deployed, package, portal, provisioned
from shared.keys.keyring import Keyring
from tests.docs.pages import ROOT
from tests.infra.azure import Azure
from tests.infra.reading import bicep, bodies

STAMPS = [
    {
        "geography": name,
        "resourceGroup": f"rg-{name}",
        "functionApp": f"func-{name}",
        "publicUrl": f"https://{name}.example",
        "vault": f"kv-{name}",
        "systemTopic": f"evgt-{name}",
    }
    for name in ("amer", "emea")
]
VAULT = ("keyvault show", '{"id": "/subscriptions/s/vaults/kv"}')
EMPTY = ("rest --method get", '{"value": [{"name": "kv/other"}]}')
FULL = ("rest --method get", '{"value": [{"name": "kv/other"}, {"name": "kv/data-keys"}]}')


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """azd's environment after a provision."""
    values = {
        "STAMPS": json.dumps(STAMPS),
        "AUTHORITY": "https://login.microsoftonline.com/6f1d1c02-1f53-4d1e-9b1e-0d5a7c3e9a10",
        "ENTRA_CLIENT_ID": "c0a8a5f2-77f0-4f3b-8f39-3c9d6f4c2b51",
        "PORTAL_SCOPE": "api://visitbridge/Portal.Access",
        "PORTAL_URL": "https://portal.example",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_a_vault_without_data_keys_gets_them_by_a_file_nobody_else_reads(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    azure = Azure(tmp_path, VAULT, EMPTY)
    environment.setenv("PATH", azure.path)
    provisioned.main()
    assert len(azure.changes()) == len(STAMPS)
    parameters = json.loads((tmp_path / "parameters").read_text())["parameters"]
    secret = parameters["value"]["value"]
    assert [len(key) for _, key in Keyring.from_secret(secret).keys] == [32]
    assert (tmp_path / "mode").read_text() == "0o600"
    assert secret not in repr(azure.asked)
    assert parameters.keys() == read(ROOT / "infra/modules/datakeys.bicep").parameters.keys()


def test_data_keys_that_are_there_stay(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    azure = Azure(tmp_path, VAULT, FULL)
    environment.setenv("PATH", azure.path)
    provisioned.main()
    assert azure.changes() == []


def test_every_call_is_for_the_subscription_of_the_deployment(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`az` may be signed in to another one by default."""
    azure = Azure(tmp_path, VAULT, EMPTY)
    environment.setenv("PATH", azure.path)
    environment.setenv("AZURE_SUBSCRIPTION_ID", "9d1f3f0e-7d3e-4c39-9a55-0f5b0b3c8a11")
    provisioned.main()
    calls = [words for words in azure.asked if words[0] != "rest"]
    assert {words[0] for words in calls} == {"keyvault", "deployment"}
    for words in calls:
        assert words[words.index("--subscription") + 1] == "9d1f3f0e-7d3e-4c39-9a55-0f5b0b3c8a11"


def test_where_it_cannot_be_told_no_keys_are_made(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A second value would make unreadable what was sealed under the first."""
    azure = Azure(tmp_path, VAULT, ("rest --method get", "", 1))
    environment.setenv("PATH", azure.path)
    with pytest.raises(azd.HookError, match="az says no"):
        provisioned.main()
    assert azure.changes() == []


def test_two_keys_are_never_the_same() -> None:
    assert provisioned.value() != provisioned.value()


def test_code_goes_to_the_further_stamps_only_after_the_first_one_answers(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    azure = Azure(tmp_path)
    environment.setenv("PATH", azure.path)
    seen: list[str] = []

    def smoke(stamp: azd.Stamp) -> None:
        seen.append(stamp.geography)
        assert not any(f"func-{name}" in repr(azure.asked) for name in ("amer", "emea") if name not in seen)

    environment.setattr(deployed, "smoke", smoke)
    deployed.main()
    assert seen == ["amer", "emea"]
    calls = [" ".join(words[:4]) for words in azure.changes()]
    assert calls == [
        "deployment group create --resource-group",
        "functionapp deployment source config-zip",
        "deployment group create --resource-group",
    ]


def test_a_broken_release_stops_at_the_first_stamp(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    azure = Azure(tmp_path)
    environment.setenv("PATH", azure.path)

    def smoke(stamp: azd.Stamp) -> None:
        raise azd.HookError(f"{stamp.geography}: the smoke test failed")

    environment.setattr(deployed, "smoke", smoke)
    with pytest.raises(azd.HookError, match="amer"):
        deployed.main()
    assert "func-emea" not in repr(azure.asked)


def test_the_events_template_gets_the_parameters_it_has(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    azure = Azure(tmp_path)
    environment.setenv("PATH", azure.path)
    deployed.subscribe(azd.stamps()[0])
    given = {word.partition("=")[0] for word in azure.asked[0] if "=" in word}
    assert given == read(ROOT / "infra/modules/events.bicep").parameters.keys()


def test_the_portal_is_configured_with_every_stamp(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("VISITBRIDGE_TENANT_NAMES", '{"6f1d1c02-1f53-4d1e-9b1e-0d5a7c3e9a10": "Northlake Health"}')
    words = portal.command()
    assert "amer=https://amer.example,emea=https://emea.example" in words
    assert "6f1d1c02-1f53-4d1e-9b1e-0d5a7c3e9a10=Northlake Health" in words
    told = (ROOT / "portal/configure.mjs").read_text()
    strings = re.search(r"const strings = \[(.*?)\]", told)
    assert strings
    options = set(re.findall(r"'([a-z-]+)'", strings[1])) | set(re.findall(r"(\w+): \{ type:", told))
    assert {word.removeprefix("--") for word in words if word.startswith("--")} <= options


def test_the_hooks_read_outputs_that_main_has(environment: pytest.MonkeyPatch) -> None:
    outputs = bicep("main").outputs
    asked = set(
        re.findall(r'output\("(\w+)"\)', "".join(path.read_text() for path in (ROOT / "infra/hooks").glob("*.py")))
    )
    assert asked
    assert asked | {"STAMPS"} <= outputs.keys()
    stamp: Any = outputs["STAMPS"]
    assert stamp.body.keys() == STAMPS[0].keys()
    assert len(azd.stamps()) == len(STAMPS)


def test_an_administrator_gets_all_that_the_registration_asks_for() -> None:
    """What docs/operator/deploy.md has them hand to infra/entra.bicep; each value is that of main.bicep's own call."""
    outputs, own = bicep("main").outputs, bodies("main", "entra")[0]["params"]
    asked = {name for name, one in bicep("entra").parameters.items() if one.default is ...}
    command = (ROOT / "docs/operator/deploy.md").read_text()
    told = dict(re.findall(r'(\w+)="\$\(azd env get-value (\w+)\)"', command))
    assert told.keys() == asked
    for name, output in told.items():
        assert repr(compute(outputs[output], bicep("main").variables)) == repr(own[name]), name


def test_a_budget_keeps_its_first_month() -> None:
    """Azure: "Start date of budgets cannot be updated". What one deployment says, azd hands to the next."""
    given = bicep("main").outputs["VISITBRIDGE_BUDGET_START"]
    assert "budgetFrom" in repr(given)
    assert "budgetFrom" in repr(bicep("main").modules["budget"].body)
    parameters = (ROOT / "infra/main.bicepparam").read_text()
    assert "param budgetStart = readEnvironmentVariable('VISITBRIDGE_BUDGET_START', '')" in parameters


def azure_yaml() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / "azure.yaml").read_text())
    return content


def test_azure_yaml_names_outputs_tags_and_hooks_that_exist() -> None:
    content = azure_yaml()
    named = set(re.findall(r"\$\{(\w+)\}", (ROOT / "azure.yaml").read_text()))
    assert named <= bicep("main").outputs.keys()
    tagged = {
        "api": bodies("modules/app", "app")[0]["tags"],
        "portal": bodies("modules/portal", "site")[0]["tags"],
    }
    assert content["services"].keys() == tagged.keys()
    assert all(name in repr(tags) for name, tags in tagged.items())
    for script in re.findall(r"python3? (?:\.\./)?(infra/hooks/\w+\.py)", (ROOT / "azure.yaml").read_text()):
        assert (ROOT / script).is_file(), script


def test_the_portal_is_built_when_its_addresses_are_known() -> None:
    steps = [step["azd"] for step in azure_yaml()["workflows"]["up"]["steps"]]
    assert steps == ["provision", "deploy --all"]


def test_the_package_is_the_app_and_nothing_else(tmp_path: Path) -> None:
    package.make(tmp_path / "a.zip")
    package.make(tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    tops = {path.relative_to(ROOT).parts[0] for path in package.contents()}
    assert tops == {"function_app.py", "functions", "host.json", "requirements.txt", "shared"}
    left_out = [pattern.rstrip("/") for pattern in (ROOT / ".funcignore").read_text().split()]
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    there = {name.partition("/")[0] for name in listed.stdout.splitlines()}
    sent = {name for name in there if not any(fnmatch(name, pattern) for pattern in left_out)}
    assert sent == tops, "what azd would deploy"
