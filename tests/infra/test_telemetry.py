"""Nothing personal reaches telemetry: the worker's lines, the host's settings, and the rule in front of the store."""

import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest

from infra.checks.bicep import read
from shared import telemetry
from shared.metrics import measure
from tests.docs.pages import ROOT
from tests.infra.kql import transformed
from tests.infra.reading import triggers

URL = "https://ehr.example/launch?iss=https://fhir.example&launch=s3cr3t-launch-token"
BODY = "PID|1||MRN0815||Haddad^Layla"


@pytest.fixture
def exported() -> Iterator[io.StringIO]:
    """What an exporter at the end of Python's logging gets: text and exception, as handlers see them."""
    factory, out = logging.getLogRecordFactory(), io.StringIO()
    levels = {name: logging.getLogger(name).level for name in telemetry.TALKATIVE}
    exporter = logging.StreamHandler(out)
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(exporter)
    root.setLevel(logging.INFO)
    telemetry.install()
    yield out
    root.removeHandler(exporter)
    root.setLevel(level)
    logging.setLogRecordFactory(factory)
    for name, was in levels.items():
        logging.getLogger(name).setLevel(was)


def test_the_query_of_a_url_is_cut_before_the_exporter(exported: io.StringIO) -> None:
    logging.getLogger("any.library").warning("GET %s failed", URL)
    logging.getLogger("any.library").warning(f"GET {URL} failed")  # noqa: G004, as libraries do
    assert "s3cr3t" not in exported.getvalue()
    assert exported.getvalue().count("GET https://ehr.example/launch? failed") == 2


CODE = "AbC-_dEf0123"
# Every address of ours that has something in its path, whichever route it is.
PATHS = sorted(
    re.sub(r"\{[^}]+\}", CODE, trigger["route"]) for trigger in triggers("route") if "{" in str(trigger.get("route"))
)


def test_the_codes_of_links_are_among_the_paths() -> None:
    assert {f"v/{CODE}", f"g/{CODE}", f"visits/{CODE}/status"} <= set(PATHS)


@pytest.mark.parametrize("path", PATHS)
def test_what_a_path_opens_or_names_is_cut_before_the_exporter(exported: io.StringIO, path: str) -> None:
    logging.getLogger("any.library").warning("GET https://visits.example/api/%s took long", path)
    assert CODE not in exported.getvalue()
    assert exported.getvalue().count("took long") == 1


def test_a_patients_id_in_an_address_of_an_ehr_is_cut(exported: io.StringIO) -> None:
    logging.getLogger("any.library").warning("PUT https://ehr.example/api/FHIR/R4/Appointment/%s: 500", CODE)
    assert exported.getvalue() == "PUT https://ehr.example/api/FHIR/... 500\n"


def test_an_exception_is_exported_without_its_words(exported: io.StringIO) -> None:
    try:
        int(f"{BODY} from {URL}")
    except ValueError:
        logging.getLogger("any.library").exception("a message was not read")
    assert "Haddad" not in exported.getvalue()
    assert "s3cr3t" not in exported.getvalue()
    assert "ValueError" in exported.getvalue()
    assert "test_telemetry.py" in exported.getvalue()


async def test_azures_own_pipeline_exports_no_request(exported: io.StringIO) -> None:
    from azure.core.pipeline import PipelineContext, PipelineRequest
    from azure.core.pipeline.policies import HttpLoggingPolicy
    from azure.core.rest import HttpRequest

    request = HttpRequest("POST", URL, content=BODY)
    context = PipelineContext(None)
    HttpLoggingPolicy().on_request(PipelineRequest(request, context))
    assert exported.getvalue() == ""


def host() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((ROOT / "host.json").read_text())["logging"]
    return content


def test_the_host_sends_no_address_of_a_request() -> None:
    """https://learn.microsoft.com/azure/azure-functions/functions-host-json#applicationinsights"""
    insights = host()["applicationInsights"]
    assert insights["enableQueryStringTracing"] is False
    assert insights["httpAutoCollectionOptions"]["enableHttpTriggerExtendedInfoCollection"] is False
    assert insights["enableDependencyTracking"] is False


def test_only_the_functions_own_lines_and_results_are_sent_below_a_warning() -> None:
    """The host's middleware logs paths, which hold the links of texts."""
    quiet = {name for name, level in host()["logLevel"].items() if level in ("Warning", "Error", "None")}
    loud = set(host()["logLevel"]) - quiet
    assert "default" in quiet
    assert loud == {"Function", "Host.Results", "Host.Aggregator"}


def test_measurements_are_not_sampled_away() -> None:
    assert "Trace" in host()["applicationInsights"]["samplingSettings"]["excludedTypes"].split(";")


# What each table of Application Insights has that can hold an address, an IP or what was sent.
ADDRESSES = [f"GET {URL}", *(f"GET https://visits.example/api/{path} took long" for path in PATHS)]
HELD: dict[str, dict[str, list[Any]]] = {
    "AppRequests": {
        "Url": [URL, f"https://visits.example/api/v/{CODE}"],
        "Source": [URL],
        "ClientIP": ["203.0.113.7"],
        "Properties": [{"HttpPath": f"/api/v/{CODE}", "body": BODY}],
    },
    "AppDependencies": {"Data": [URL, BODY], "ClientIP": ["203.0.113.7"], "Name": ADDRESSES},
    "AppTraces": {"Message": ADDRESSES, "ClientIP": ["203.0.113.7"]},
    "AppExceptions": {
        "Message": [BODY],
        "OuterMessage": [BODY],
        "InnermostMessage": [BODY],
        "Details": [[{"message": BODY, "parsedStack": URL}]],
        "ClientIP": ["203.0.113.7"],
        "Properties": [{"FormattedMessage": f"Result: Failure\nException: ValueError: {BODY}"}],
    },
}
SECRETS = ("s3cr3t", CODE, "Haddad", "MRN0815", "203.0.113.7")


def rules() -> dict[str, str]:
    """What is done to each table's records before they are kept."""
    flows: Any = read(ROOT / "infra/modules/monitoring.bicep").bodies("scrub")[0]["properties"]
    return {flow["streams"][0].removeprefix("Microsoft-Table-"): flow["transformKql"] for flow in flows["dataFlows"]}


@pytest.mark.parametrize("table", HELD)
def test_every_record_is_scrubbed_once_more_before_it_is_kept(table: str) -> None:
    """Each value that must not be kept is put into its column, and the rule is run over the record."""
    columns = HELD[table]
    first = {column: values[0] for column, values in columns.items()}
    for column, values in columns.items():
        for value in values:
            kept = transformed(rules()[table], first | {column: value})
            assert not [secret for secret in SECRETS if secret in repr(kept)], (column, value)


def test_the_rule_leaves_measurements_as_they_are(exported: io.StringIO) -> None:
    """Alerts and workbook read them out of what is kept."""
    measure("visitbridge.launch.refused", 1, audience="provider", code="connection.changed")
    line = exported.getvalue().strip()
    assert line.startswith("metric visitbridge.launch.refused=1.000")
    assert transformed(rules()["AppTraces"], {"Message": line, "ClientIP": ""})["Message"] == line


def test_application_insights_writes_to_the_scrubbed_workspace() -> None:
    file = read(ROOT / "infra/modules/monitoring.bicep")
    assert "scrubbed" in repr(file.bodies("insights")[0]["properties"])
    assert "scrub" in repr(file.bodies("scrubbed")[0]["params"])


def test_no_log_of_texts_is_collected() -> None:
    """Communication Services' own SMS logs hold patients' numbers; storage's and Event Grid's, keys of rows."""
    allowed = {"AuthOperational", "DeliveryFailures", "audit"}
    for path in (ROOT / "infra").rglob("*.bicep"):
        file = read(path)
        for symbol, resource in file.resources.items():
            if resource.type != "Microsoft.Insights/diagnosticSettings":
                continue
            for body in file.bodies(symbol):
                properties: Any = body["properties"]
                for log in properties.get("logs", []):
                    assert (log.get("category") or log.get("categoryGroup")) in allowed, (path, log)
