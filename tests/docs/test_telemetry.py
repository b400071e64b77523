"""docs/operator/telemetry.md is the list of metrics, whose names and units are as OpenTelemetry wants them."""

import logging
import re

import pytest

from shared.metrics import METRICS, measure
from tests.docs.pages import DOCS, plain, rows

UNIT_WORDS = {"seconds", "second", "ms", "count", "total", "bytes", "days"}


def test_the_page_has_every_metric_with_its_unit_and_no_other() -> None:
    told = {plain(name): (plain(unit), what) for name, unit, what in rows(DOCS / "operator/telemetry.md", columns=3)}
    assert told == METRICS


@pytest.mark.parametrize("name", METRICS)
def test_names_and_units_are_as_the_conventions_say(name: str) -> None:
    """https://opentelemetry.io/docs/specs/semconv/general/naming/ and .../metrics/#instrument-units"""
    unit, _ = METRICS[name]
    assert re.fullmatch(r"visitbridge(\.[a-z][a-z0-9_]*)+", name)
    assert not UNIT_WORDS & set(re.split(r"[._]", name))
    # Seconds, or what is counted in curly braces; in the singular.
    assert unit == "s" or re.fullmatch(r"\{[a-z]+[^s]\}", unit)


def test_no_metrics_name_is_the_namespace_of_another() -> None:
    assert not [name for name in METRICS for other in METRICS if other.startswith(name + ".")]


def test_attributes_are_opentelemetrys_or_stand_under_our_name(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    measure("visitbridge.queue.poisoned", 1, queue="due", code="internal", kind="visit")
    words = caplog.messages[0].split(" ")[3:]
    assert words == ["error.type=internal", "visitbridge.kind=visit", "messaging.destination.name=due"]
