"""The Bicep files and the code name the same settings, roles, queues, tables, keys, functions, metrics and origins.

Each test reads both sides; neither can change alone.
"""

import ast
import json
import re
from typing import Any

import pytest

from infra.checks.values import Member, Name, Text
from shared.adapters.queues import QUEUES
from shared.adapters.tables import TABLES
from shared.keys.keyring import SECRET_NAME
from shared.keys.signing import ALGORITHMS, ENVIRONMENTS, key_name
from shared.metrics import ATTRIBUTES, METRICS
from shared.organisations import access
from shared.rooms.envelope import KEY_NAME
from tests.docs.pages import ROOT
from tests.docs.test_settings import read_by_the_code, sample, told
from tests.infra.reading import INFRA, bicep, bodies, merged, names, sources, triggers

# By connection string, which would be a secret: a stamp has none.
NOT_IN_AZURE = {"AzureWebJobsStorage"}
# What the platform reads; docs/operator/deploy.md has them.
OF_THE_PLATFORM = {
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
    "APPLICATIONINSIGHTS_CONNECTION_STRING",
    "AzureWebJobsStorage__blobServiceUri",
    "AzureWebJobsStorage__clientId",
    "AzureWebJobsStorage__credential",
}
# https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan#deprecated-properties-and-settings
DEPRECATED = {
    "ENABLE_ORYX_BUILD",
    "FUNCTIONS_EXTENSION_VERSION",
    "FUNCTIONS_WORKER_DYNAMIC_CONCURRENCY_ENABLED",
    "FUNCTIONS_WORKER_PROCESS_COUNT",
    "FUNCTIONS_WORKER_RUNTIME",
    "FUNCTIONS_WORKER_RUNTIME_VERSION",
    "FUNCTIONS_MAX_HTTP_CONCURRENCY",
    "SCM_DO_BUILD_DURING_DEPLOYMENT",
    "TZ",
    "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING",
    "WEBSITE_CONTENTOVERVNET",
    "WEBSITE_CONTENTSHARE",
    "WEBSITE_DNS_SERVER",
    "WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT",
    "WEBSITE_NODE_DEFAULT_VERSION",
    "WEBSITE_RUN_FROM_PACKAGE",
    "WEBSITE_TIME_ZONE",
    "WEBSITE_VNET_ROUTE_ALL",
}

DEPRECATED_PROPERTIES = {
    "alwaysOn",
    "containerSize",
    "ftpsState",
    "functionAppScaleLimit",
    "isReserved",
    "isXenon",
    "javaVersion",
    "linuxFxVersion",
    "minimumElasticInstanceCount",
    "netFrameworkVersion",
    "powerShellVersion",
    "preWarmedInstanceCount",
    "pythonVersion",
    "use32BitWorkerProcess",
    "vnetBackupRestoreEnabled",
    "vnetContentShareEnabled",
    "vnetImagePullEnabled",
    "vnetRouteAllEnabled",
    "windowsFxVersion",
}


def set_in_azure() -> set[str]:
    """Every setting of the function app."""
    stamp = merged(bodies("stamp", "app")[0]["params"]["settings"])
    return stamp.keys() | merged(bodies("modules/app", "appSettings")[0]["properties"]).keys()


def test_the_stamp_sets_every_setting_that_the_code_reads_and_no_other() -> None:
    assert set_in_azure() - OF_THE_PLATFORM == read_by_the_code() - NOT_IN_AZURE


def test_the_sample_and_the_page_have_every_setting_of_the_stamp() -> None:
    assert set_in_azure() - OF_THE_PLATFORM - sample().keys() == set()
    assert set_in_azure() - OF_THE_PLATFORM - told().keys() == set()


def test_the_platforms_settings_are_those_expected() -> None:
    assert OF_THE_PLATFORM - set_in_azure() == set()
    assert set_in_azure() & DEPRECATED == set()


def test_the_app_has_no_property_that_flex_consumption_gave_up() -> None:
    properties = bodies("modules/app", "app")[0]["properties"]
    there = {name.casefold() for name in properties.keys() | properties["siteConfig"].keys()}
    assert there & {name.casefold() for name in DEPRECATED_PROPERTIES} == set()


def test_instances_are_kept_warm_and_take_several_requests_as_the_parameters_say() -> None:
    scaling = bodies("modules/app", "app")[0]["properties"]["functionAppConfig"]["scaleAndConcurrency"]
    told = {"alwaysReady", "maximumInstanceCount", "instanceMemoryMB", "triggers"}
    assert scaling.keys() == told
    scale = bicep("main").parameters["scale"].default
    assert isinstance(scale, dict)
    for name in scale:
        assert f"'{name}'" in repr(scaling), name
    # Python's own default is one request at a time; a memory of 512 MB and fewer than 40 instances are refused.
    assert isinstance(scale["httpConcurrency"], int)
    assert scale["httpConcurrency"] > 1
    assert (scale["instanceMemoryMB"], scale["maximumInstances"]) >= (2048, 40)


def test_no_setting_holds_a_secret() -> None:
    texts = [path.read_text() for path in INFRA.rglob("*.bicep")]
    assert not re.search(r"listKeys\(|listSecrets|AccountKey=|SharedAccess", "".join(texts), re.IGNORECASE)


def test_a_tunable_setting_has_the_default_of_the_page() -> None:
    defaults = bicep("stamp").variables["defaults"]
    assert isinstance(defaults, dict)
    page = {name: cells[2].strip("`").replace("empty", "") for name, cells in told().items()}
    assert {name: page.get(name) for name in defaults} == defaults


def test_tables_and_queues_are_those_of_the_code() -> None:
    assert names("modules/storage", "table") == set(TABLES)
    assert names("modules/storage", "queue") == {*QUEUES, *(f"{queue}-poison" for queue in QUEUES)}


def test_queue_triggers_read_queues_that_are_made() -> None:
    assert {trigger["queue_name"] for trigger in triggers("queue_trigger")} <= names("modules/storage", "queue")
    assert set(QUEUES) <= {trigger["queue_name"] for trigger in triggers("queue_trigger")}


def test_events_go_to_the_function_that_reads_them() -> None:
    subscription = bodies("modules/events", "subscription")[0]["properties"]
    target = subscription["destination"]["properties"]["resourceId"]
    assert isinstance(target, Text)
    assert [f"/functions/{trigger['function']}" for trigger in triggers("event_grid_trigger")] == [target.parts[-1]]


def test_the_events_are_those_that_the_code_reads() -> None:
    asked = set(bodies("modules/events", "subscription")[0]["properties"]["filter"]["includedEventTypes"])
    code = "".join(sources("shared/messages").values())
    assert asked == set(re.findall(r"Microsoft\.Communication\.SMS\w+", code))


def test_no_dead_letter_keeps_a_patients_number() -> None:
    assert "deadLetter" not in (INFRA / "modules/events.bicep").read_text()


def test_the_vault_has_the_keys_that_the_code_uses() -> None:
    made: dict[str, dict[str, Any]] = {
        body["name"]: body["properties"]
        for symbol in ("signingEc", "signingRsa", "notifications")
        for body in bodies("modules/vault", symbol)
    }
    signing = {key_name(environment, algorithm) for environment in ENVIRONMENTS for algorithm in ALGORITHMS}
    assert made.keys() == {*signing, KEY_NAME}
    for name in signing:
        kind = ("EC", "P-384") if name.endswith("es384") else ("RSA", None)
        assert (made[name]["kty"], made[name].get("curveName")) == kind
        assert made[name]["keyOps"] == ["sign", "verify"]
    assert made[KEY_NAME]["keyOps"] == ["encrypt", "decrypt"]


def test_the_first_hook_writes_the_secret_that_the_code_reads() -> None:
    assert names("modules/datakeys", "secret") == {SECRET_NAME}


# What in the code needs which role of whom. One table here, one in roles.bicep.
NEEDS = {
    "Storage Table Data Contributor": r"TableServiceClient\(",
    "Storage Queue Data Contributor": r"QueueServiceClient\(|queue_trigger\(",
    "Storage Blob Data Owner": r"timer_trigger\(",  # its lease; the package is read by the platform as the same identity
    "Key Vault Crypto User": r"CryptographyClient\(|\.get_key\(",
    "Key Vault Crypto Officer": r"\.(create_rsa_key|create_ec_key|create_key|rotate_key|delete_key|import_key)\(",
    "Key Vault Secrets Officer": r"\.(set_secret|begin_delete_secret|delete_secret|recover_deleted_secret)\(",
    "Contributor": r'"https://communication\.azure\.com/',
}
# Not for the code: the platform sends telemetry in the app's name.
OF_THE_HOST = {"Monitoring Metrics Publisher"}


def granted() -> dict[str, str]:
    roles = bicep("modules/roles").variables["roles"]
    assert isinstance(roles, dict)
    tables: list[Any] = list(roles.values())
    return {one["role"]: one["id"] for table in tables for one in table}


def test_every_role_that_the_code_needs_is_granted_and_no_other() -> None:
    code = "".join(sources("shared", "functions").values())
    needed = {role for role, evidence in NEEDS.items() if re.search(evidence, code)}
    assert set(granted()) == needed | OF_THE_HOST


# https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
BUILT_IN = {
    "Contributor": "b24988ac-6180-42a0-ab88-20f7382dd24c",
    "Key Vault Crypto User": "12338af0-0e69-4776-bea7-57ae8d297424",
    "Key Vault Secrets Officer": "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
    "Monitoring Metrics Publisher": "3913510d-42f4-4e42-8a64-420c390055eb",
    "Storage Blob Data Owner": "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
    "Storage Queue Data Contributor": "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
    "Storage Table Data Contributor": "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
}


def test_roles_are_granted_by_their_ids_and_in_one_place_only() -> None:
    assert granted() == {role: BUILT_IN[role] for role in granted()}
    for path in INFRA.rglob("*.bicep"):
        assert path.name == "roles.bicep" or "roleAssignments@" not in path.read_text(), path


def test_each_role_is_granted_on_one_resource_and_on_nothing_wider() -> None:
    for symbol, resource in bicep("modules/roles").resources.items():
        if not resource.existing:
            assert all("scope" in body for body in bodies("modules/roles", symbol)), symbol


def test_the_operators_page_names_every_role_and_permission_and_no_other() -> None:
    page = " ".join((ROOT / "docs/operator.md").read_text().split())
    assert {role for role in BUILT_IN if role in page} == set(granted())
    permissions = set(re.findall(r"`(\w+\.[\w.]*\.All)`", page))
    entra: Any = bicep("entra").variables
    assert permissions == {*entra["graphPermissions"], *entra["callQualityPermissions"]}


# Microsoft Graph: which path needs which application permission.
PERMISSIONS = {
    "OnlineMeetings.ReadWrite.All": r"/onlineMeetings|meetingCallEvents",
    "OnlineMeetingArtifact.Read.All": r"attendanceReports",
    "CallRecords.Read.All": r"/communications/callRecords",
    "User.Read.All": r'/v1\.0/users["/{]',
}
# Asked for only where the setting CALL_QUALITY is on.
CHOSEN = "CallRecords.Read.All"


def test_graph_permissions_are_those_of_the_code_wherever_they_are_named() -> None:
    code = "".join(sources("shared").values())
    needed = sorted(name for name, path in PERMISSIONS.items() if re.search(path, code))
    assert needed[:1] == [CHOSEN]
    needed = needed[1:]
    assert bicep("entra").variables["graphPermissions"] == needed
    assert bicep("entra").variables["callQualityPermissions"] == [CHOSEN]
    shell = re.search(r'^PERMISSIONS="(.*)"$', (INFRA / "admin/consent").read_text(), re.MULTILINE)
    assert shell
    assert shell[1].split() == needed
    assert f'\nCALL_QUALITY="{CHOSEN}"\n' in (INFRA / "admin/consent").read_text()
    powershell = re.search(r"^\$Permissions = @\((.*)\)$", (INFRA / "admin/Consent.ps1").read_text(), re.MULTILINE)
    assert powershell
    assert re.findall(r"'([^']+)'", powershell[1]) == needed
    assert f"\n$ForCallQuality = @('{CHOSEN}')\n" in (INFRA / "admin/Consent.ps1").read_text()


def test_the_registration_has_the_roles_scope_and_redirects_of_the_code() -> None:
    roles: Any = bicep("entra").variables["appRoles"]
    assert {role["value"] for role in roles} == {access.ADMIN, access.APPROVER, access.REPORTS}
    app = bodies("entra", "app")[0]
    assert [scope["value"] for scope in app["api"]["oauth2PermissionScopes"]] == [access.SCOPE]
    # The tokens' issuer and audience are those of version 2: shared/adapters/entra.py.
    assert app["api"]["requestedAccessTokenVersion"] == 2
    redirect = app["web"]["redirectUris"].body.parts[-1]
    routes = {trigger["route"] for trigger in triggers("route")}
    assert redirect.removeprefix("/api/") in routes
    assert "`${location.origin}/`" in (ROOT / "portal/src/session/msal.ts").read_text()
    assert [uri.parts[-1] for uri in app["spa"]["redirectUris"]] == ["/"]
    assert app["web"]["implicitGrantSettings"] == {"enableAccessTokenIssuance": False, "enableIdTokenIssuance": False}


def test_the_registration_has_no_secret_but_each_stamps_identity() -> None:
    app = bodies("entra", "app")[0]
    assert {"passwordCredentials", "keyCredentials"} & app.keys() == set()
    credential = bodies("entra", "credentials")[0]
    # What shared/adapters/entra.py asks the identity for.
    assert f"{credential['audiences'][0]}/.default" in "".join(sources("shared/adapters").values())
    assert repr(credential["subject"]) == repr(Member(Name("identity"), "principalId"))


def queries() -> dict[str, str]:
    """What alerts and workbook ask for, by the name of the alert or chart."""
    alerts: Any = bicep("modules/alerts").variables["logAlerts"]
    workbook = json.loads((INFRA / "modules/workbook.json").read_text())
    asked = {item["name"]: item["content"]["query"] for item in workbook["items"] if "query" in item["content"]}
    return asked | {alert["name"]: "".join(map(str, alert["query"].parts)) for alert in alerts}


def emitted() -> dict[str, set[str]]:
    """The metrics that the code measures, and each one's attributes as its line has them."""
    found: dict[str, set[str]] = {}
    for text in sources("shared", "functions").values():
        for call in ast.walk(ast.parse(text)):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "measure":
                name = ast.literal_eval(call.args[0])
                words = {ATTRIBUTES.get(str(word.arg), f"visitbridge.{word.arg}") for word in call.keywords}
                found[name] = found.get(name, set()) | words
    return found


@pytest.mark.parametrize(("name", "query"), queries().items())
def test_alerts_and_workbook_ask_for_metrics_and_attributes_that_the_code_emits(name: str, query: str) -> None:
    there = emitted()
    # Dots of a name, none in an attribute that stands under ours.
    asked = set(re.findall(r"\"(visitbridge\.[a-z]+\.[a-z]+)\"", query))
    assert asked, name
    assert asked <= there.keys()
    for attribute in re.findall(r'extract\("([a-z.]+)=\(\[', query):
        assert all(attribute in there[metric] for metric in asked), attribute


def test_what_is_emitted_is_what_is_listed() -> None:
    assert emitted().keys() == METRICS.keys()


@pytest.mark.parametrize(
    ("chart", "metrics"),
    [
        ("visits", {"visit.received"}),
        ("waiting", {"lobby.wait"}),
        ("texts", {"text.ended"}),
        ("lateness", {"text.lateness"}),
        ("funnel", {"launch.begun", "launch.returned", "launch.entered", "launch.refused"}),
    ],
)
def test_the_workbook_shows_visits_waiting_texts_lateness_and_launches(chart: str, metrics: set[str]) -> None:
    assert set(re.findall(r'"visitbridge\.([a-z]+\.[a-z]+)"', queries()[chart])) == metrics


def test_the_workbook_reads_measurements_as_the_alerts_do() -> None:
    measured = str(bicep("modules/alerts").variables["measured"])
    charts = [query for query in queries().values() if query.startswith("AppTraces\n")]
    assert charts
    assert all(" ".join(query.split()).startswith(measured) for query in charts)


def test_queries_read_the_line_that_a_measurement_makes(caplog: pytest.LogCaptureFixture) -> None:
    from shared.metrics import measure

    measured: Any = bicep("modules/alerts").variables["measured"]
    name, value = re.findall(r'extract\("(.+?)", 1, Message\)', measured)
    caplog.set_level("INFO")
    measure(next(iter(METRICS)), 12.5, kind="reminder")
    line = caplog.messages[0]
    assert line.startswith("metric visitbridge.")
    found_name, found_value = re.search(name, line), re.search(value, line)
    assert found_name
    assert found_value
    assert (found_name[1], float(found_value[1])) == (next(iter(METRICS)), 12.5)


def test_every_alert_that_operation_asks_for_is_there_and_tells_where_to_read_on() -> None:
    alerts: Any = bicep("modules/alerts").variables["logAlerts"]
    source = (INFRA / "modules/alerts.bicep").read_text()
    wanted = {
        "certificate-expiring", "health-red", "http-5xx", "launch-failures", "poison-queue", "tick-late",
        "writeback-paused",
    }  # fmt: skip
    there = {alert["name"] for alert in alerts} | set(re.findall(r"docs/operator/alerts\.md, ([\w-]+)\.'", source))
    assert wanted <= there
    for symbol in ("onLogs", "onHealth", "onErrors"):
        for body in bodies("modules/alerts", symbol):
            assert "actionGroup" in repr(body["properties"]["actions"])


def test_every_alert_has_a_runbook_and_every_runbook_an_alert() -> None:
    alerts: Any = bicep("modules/alerts").variables["logAlerts"]
    source = (INFRA / "modules/alerts.bicep").read_text()
    there = {alert["name"] for alert in alerts} | set(re.findall(r"docs/operator/alerts\.md, ([\w-]+)\.'", source))
    runbooks = re.split(r"^## ", (ROOT / "docs/operator/alerts.md").read_text(), flags=re.MULTILINE)[1:]
    assert there == {text.partition("\n")[0] for text in runbooks}
    for text in runbooks:
        # What it means, where to look, what to do: a sentence alone is no runbook.
        assert len(text.split()) > 30, text


def test_health_is_asked_for_where_the_code_answers() -> None:
    url = bodies("stamp", "alerts")[0]["params"]["healthUrl"]
    assert url.parts[-1].removeprefix("/api/") in {trigger["route"] for trigger in triggers("route")}


def test_the_one_origin_of_cors_is_the_portal_that_the_code_knows() -> None:
    cors = bodies("modules/app", "app")[0]["properties"]["siteConfig"]["cors"]
    assert repr(cors["allowedOrigins"]) == repr([bodies("stamp", "app")[0]["params"]["portalUrl"]])
    assert cors["supportCredentials"] is False
    settings = merged(bodies("stamp", "app")[0]["params"]["settings"])
    assert settings["PORTAL_URL"] == bodies("stamp", "app")[0]["params"]["portalUrl"]


def test_the_portals_policy_lets_it_call_exactly_what_lets_it_in() -> None:
    headers = json.loads((ROOT / "portal/staticwebapp.config.json").read_text())["globalHeaders"]
    connect = re.search(r"connect-src ([^;]+)", headers["Content-Security-Policy"])
    assert connect
    # `{apis}` are the stamps' PUBLIC_URLs, `{authority}` Entra's: infra/hooks/portal.py hands them to configure.mjs.
    assert connect[1].split() == ["'self'", "{apis}", "{authority}"]
    settings = merged(bodies("stamp", "app")[0]["params"]["settings"])
    stamps = bicep("main").outputs["STAMPS"]
    assert "publicUrl" in repr(settings["PUBLIC_URL"])
    assert "publicUrl" in repr(stamps)
    assert settings["ENTRA_AUTHORITY_HOST"] == "https://login.microsoftonline.com"


def test_what_cannot_be_made_again_is_locked() -> None:
    for module, scope in (("storage", "account"), ("vault", "vault"), ("texting", "communication")):
        lock = bodies(f"modules/{module}", "lock")[0]
        assert (lock["scope"], lock["properties"]["level"]) == (Name(scope), "CanNotDelete")
        assert bodies("stamp", module)[0]["params"]["lockData"] == Name("lockData")


def test_python_is_the_one_that_is_tested() -> None:
    runtime = bodies("modules/app", "app")[0]["properties"]["functionAppConfig"]["runtime"]
    assert runtime == {"name": "python", "version": (ROOT / ".python-version").read_text().strip()}


@pytest.mark.parametrize("geography", ["amer", "emea", "apac"])
def test_names_fit_into_what_azure_allows(geography: str) -> None:
    token = "x" * 13
    storage = bodies("stamp", "storage")[0]["params"]["name"].parts[0] + geography + token
    vault = bodies("stamp", "vault")[0]["params"]["name"].parts[0] + geography + "-" + token
    assert len(storage) <= 24
    assert len(vault) <= 24
