"""What a stamp must be whatever the code needs: closed, tagged, pinned, and in the right order."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.checks.__main__ import files
from infra.checks.values import Either, Name, Text
from tests.docs.pages import ROOT
from tests.infra.reading import INFRA, bicep, bodies

CLOSED_WITH = {"publicNetworkAccess": ("Disabled", "Enabled"), "defaultAction": ("Deny", "Allow")}


def properties(module: str, symbol: str) -> dict[str, Any]:
    found: dict[str, Any] = bodies(f"modules/{module}", symbol)[0]["properties"]
    return found


@pytest.mark.parametrize(
    ("module", "symbol", "wanted"),
    [
        ("storage", "account", {"allowSharedKeyAccess": False, "allowBlobPublicAccess": False, "minimumTlsVersion": "TLS1_2",
                                "supportsHttpsTrafficOnly": True, "isLocalUserEnabled": False}),
        ("vault", "vault", {"enableRbacAuthorization": True, "enablePurgeProtection": True, "enableSoftDelete": True}),
        ("texting", "communication", {"disableLocalAuth": True}),
        ("monitoring", "insights", {"DisableLocalAuth": True}),
        ("app", "app", {"httpsOnly": True}),
    ],
)  # fmt: skip
def test_doors_that_need_no_sign_in_are_shut(module: str, symbol: str, wanted: dict[str, Any]) -> None:
    there = properties(module, symbol)
    assert {name: there.get(name) for name in wanted} == wanted


def test_neither_logs_nor_code_come_by_a_key_or_password() -> None:
    assert properties("workspace", "workspace")["features"]["disableLocalAuth"] is True
    doors = bodies("modules/app", "noPasswords")
    assert {(door["name"], door["properties"]["allow"]) for door in doors} == {("ftp", False), ("scm", False)}


@pytest.mark.parametrize(("module", "symbol"), [("storage", "account"), ("vault", "vault")])
def test_a_private_network_shuts_what_holds_data(module: str, symbol: str) -> None:
    there = properties(module, symbol)
    for name, (closed, opened) in CLOSED_WITH.items():
        assert (there | there["networkAcls"])[name] == Either(Name("privateNetwork"), closed, opened)
    assert bodies("stamp", module)[0]["params"]["privateNetwork"] == Name("privateNetwork")


def test_a_private_network_has_a_door_to_each_service_that_the_app_uses() -> None:
    doors: Any = bicep("modules/network").variables["doors"]
    assert {(door["name"], door["target"].name) for door in doors} == {
        *((service, "storageId") for service in ("blob", "queue", "table")),
        ("vault", "vaultId"),
    }
    subnet = bodies("stamp", "app")[0]["params"]["subnetId"]
    assert (subnet.condition, subnet.no) == (Name("privateNetwork"), "")


def test_everything_that_lies_somewhere_is_tagged() -> None:
    for file in files().values():
        for symbol, resource in file.resources.items():
            for body in file.bodies(symbol):
                assert resource.existing or "location" not in body or "tags" in body, (file.path, symbol)
        for symbol, module in file.modules.items():
            # A budget has no tags.
            if module.path.startswith("br/") and "/budget/" not in module.path:
                given: list[Any] = [body["params"] for body in file.bodies(symbol)]
                assert all("tags" in one for one in given), (file.path, symbol)


def test_azure_verified_modules_are_pinned_and_send_no_telemetry() -> None:
    found: list[tuple[str, Any]] = [
        (module.path, body["params"])
        for file in files().values()
        for symbol, module in file.modules.items()
        if module.path.startswith("br/")
        for body in file.bodies(symbol)
    ]
    assert len(found) >= 6
    for path, given in found:
        assert re.fullmatch(r"br/public:avm/res/[a-z/-]+:\d+\.\d+\.\d+", path)
        assert given["enableTelemetry"] is False, path


def test_events_are_subscribed_by_the_hook_after_the_code_and_by_nothing_before() -> None:
    called = {Path(module.path).name for file in files().values() for module in file.modules.values()}
    assert "events.bicep" not in called
    assert "infra/modules/events.bicep" in (ROOT / "infra/hooks/deployed.py").read_text()


def test_every_parameter_file_names_geographies_that_a_stamp_can_be() -> None:
    allowed = set(re.findall(r"'(\w+)'", bicep("stamp").parameters["geography"].decorators[1]))
    assert allowed == {"amer", "emea", "apac"}
    places = set(re.findall(r"'([\w ]+)'", bicep("stamp").parameters["dataLocation"].decorators[1]))
    for path, file in files().items():
        if path.parent == INFRA / "environments":
            geos: Any = file.variables["geos"]
            assert {geo["name"] for geo in geos} <= allowed
            assert {geo["dataLocation"] for geo in geos} <= places


def test_data_of_texts_and_logs_stays_with_the_stamp() -> None:
    assert properties("texting", "communication")["dataLocation"] == Name("dataLocation")
    assert bodies("modules/storage", "account")[0]["sku"]["name"] == "Standard_ZRS", (
        "a copy elsewhere leaves the geography"
    )
    for module in ("monitoring", "storage", "vault", "app"):
        assert bodies("stamp", module)[0]["params"]["location"] == Name("location")


def test_a_release_has_bills_of_materials_and_a_proof_of_where_it_was_made() -> None:
    jobs: Any = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text())["jobs"]
    attested = [step["with"] for step in jobs["publish"]["steps"] if "actions/attest@" in step.get("uses", "")]
    assert {"subject-path": "release/*.zip"} in attested
    assert {one["sbom-path"] for one in attested if "sbom-path" in one} == {
        "release/app.cdx.json",
        "release/portal.cdx.json",
    }
    # Who builds cannot publish, and who publishes builds nothing.
    assert jobs["build"]["permissions"] == {"contents": "read"}
    assert jobs["publish"]["needs"] == "build"


def test_a_budget_and_alerts_tell_the_same_people() -> None:
    assert bodies("main", "budget")[0]["params"]["contactEmails"] == Name("alertEmails")
    assert bodies("stamp", "alerts")[0]["params"]["emails"] == Name("alertEmails")
    assert isinstance(bodies("stamp", "alerts")[0]["params"]["healthUrl"], Text)
