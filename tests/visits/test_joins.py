"""How often a visit was entered, by which way and on what kind of device."""

import pytest

from shared.visits.joins import device_of, joined
from tests.builders import NOW, a_visit

AGENTS = {
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1": "phone",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile Safari/537.36": "phone",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36": "tablet",
    "Mozilla/5.0 (Android 15; Tablet; rv:145.0) Gecko/145.0 Firefox/145.0": "tablet",
    "Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1": "tablet",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36": "desktop",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15": "desktop",
    "": "desktop",
}


@pytest.mark.parametrize("agent", AGENTS)
def test_a_browser_says_on_what_kind_of_device_it_is(agent: str) -> None:
    assert device_of(agent) == AGENTS[agent]


def test_a_long_header_is_read_at_once() -> None:
    assert device_of("Android " * 20_000) == "tablet"


def test_each_way_and_kind_is_counted() -> None:
    record = a_visit()
    for way, device in (("portal", "phone"), ("text", "phone"), ("text", "phone"), ("guest", "desktop")):
        record = joined(record, way, device, NOW)  # type: ignore[arg-type]
    assert record.visit.joins == {"portal:phone": 1, "text:phone": 2, "guest:desktop": 1}
    assert record.visit.tried == NOW
    assert not record.visit.facts_due
