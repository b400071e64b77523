"""Nothing personal reaches telemetry: the worker's lines, the host's settings, and the rule in front of the store."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from infra.checks.bicep import read
from shared import telemetry
from tests.docs.pages import ROOT

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


def test_the_link_of_a_text_is_cut_before_the_exporter(exported: io.StringIO) -> None:
    for place in ("v", "visits"):
        logging.getLogger("any.library").warning("GET https://visits.example/api/%s/AbC-_dEf0123 took long", place)
    assert "AbC" not in exported.getvalue()
    assert exported.getvalue().count("took long") == 2


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
HOLD_DATA = {
    "AppRequests": {"Url", "Source", "ClientIP", "Properties"},
    "AppDependencies": {"Data", "ClientIP", "Name"},
    "AppTraces": {"Message", "ClientIP"},
    "AppExceptions": {"Message", "OuterMessage", "InnermostMessage", "Details", "ClientIP"},
}


def test_every_record_is_scrubbed_once_more_before_it_is_kept() -> None:
    file = read(ROOT / "infra/modules/monitoring.bicep")
    flows: Any = file.bodies("scrub")[0]["properties"]
    scrubbed = {
        flow["streams"][0].removeprefix("Microsoft-Table-"): {
            column
            for column in HOLD_DATA["AppRequests"].union(*HOLD_DATA.values())
            if f"{column} = " in flow["transformKql"]
        }
        for flow in flows["dataFlows"]
    }
    missing = {table: columns - scrubbed.get(table, set()) for table, columns in HOLD_DATA.items()}
    assert not any(missing.values()), missing


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
