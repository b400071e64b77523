"""docs/settings.md, local.settings.sample.json and the code name the same settings."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from datetime import timedelta
from pathlib import Path
from typing import Any

from local import ports
from local.config import StackConfig
from local.settings import environment
from local.settings_page import PAGE, page
from shared.settings import Settings
from shared.settings_table import SETTINGS
from tests.docs.pages import DOCS, ROOT, plain, rows

PORT_BASE = 17000
# Made by each stack, or held in its folder: the sample says where they are.
OF_THE_RUN = {"AzureWebJobsStorage", "IDENTITY_HEADER", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"}
EXAMPLES = {setting.name: setting.example for setting in SETTINGS} | {"ALLOW_LOOPBACK": "true"}
STORAGE = {
    "AzureWebJobsStorage": "storage_connection",
    "AzureWebJobsStorage__tableServiceUri": "table_service_uri",
    "AzureWebJobsStorage__queueServiceUri": "queue_service_uri",
}


class Watched(Mapping[str, str]):
    """An environment that has everything and remembers what was asked for."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return EXAMPLES[name]

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def read_by_the_code() -> set[str]:
    watched = Watched()
    Settings.from_environment(watched)
    return watched.asked


def told() -> dict[str, list[str]]:
    """The page's settings: field, meaning, default, example."""
    return {plain(cells[0]): cells[1:] for cells in rows(DOCS / "settings.md", columns=5)}


def of_the_platform() -> set[str]:
    return {plain(cells[0]) for cells in rows(DOCS / "settings.md", columns=3)}


def sample() -> dict[str, str]:
    values: dict[str, str] = json.loads((ROOT / "local.settings.sample.json").read_text())["Values"]
    return values


def test_the_page_is_what_the_code_generates() -> None:
    assert PAGE.read_text() == page(), "run scripts/generate"


def test_the_page_has_every_setting_that_is_read_and_no_other() -> None:
    assert set(told()) == read_by_the_code()
    assert {plain(cells[0]) for cells in told().values()} == {field.name for field in fields(Settings)}


def test_every_setting_is_named_like_its_field_except_storage() -> None:
    for name, (field, *_) in told().items():
        assert plain(field) == STORAGE.get(name, name.removesuffix("_SECONDS").lower())


def test_every_default_of_the_page_is_the_codes() -> None:
    defaults = {field.name: field.default for field in fields(Settings)}
    for name, (field, _, default, _) in told().items():
        if name in STORAGE:
            continue
        assert default == as_told(defaults[plain(field)]), name
        assert (default == "required") == (name in {setting.name for setting in SETTINGS if setting.required})


def as_told(default: Any) -> str:
    """A field's default as the page writes it."""
    if default is MISSING:
        return "required"
    if isinstance(default, timedelta):
        return f"`{default.total_seconds():.0f}`"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default}`" if default or isinstance(default, int) else "empty"


def test_the_sample_has_every_setting_and_what_the_platform_needs_and_no_other() -> None:
    assert set(sample()) == read_by_the_code() | of_the_platform()


def test_the_samples_values_are_those_of_a_stack_on_its_ports() -> None:
    config = StackConfig(Path(".stack/run"), ports.choose(PORT_BASE), {"identity_header": "made at start"})
    values = environment(config)
    shared = {name: value for name, value in sample().items() if name in values and name not in OF_THE_RUN}
    assert shared == {name: values[name] for name in shared}
    assert sample()["SSL_CERT_FILE"] == sample()["REQUESTS_CA_BUNDLE"] == config.bundle.as_posix()
    assert set(sample()) - set(values) == {
        "FUNCTIONS_WORKER_RUNTIME",
        "AzureWebJobsStorage__tableServiceUri",
        "AzureWebJobsStorage__queueServiceUri",
    }


def test_the_product_can_be_configured_by_the_sample() -> None:
    settings = Settings.from_environment(sample())
    assert settings.allow_loopback
    assert settings.public_url == f"http://localhost:{PORT_BASE}"


def test_the_sample_holds_no_secret() -> None:
    values = sample()
    for name in ("AzureWebJobsStorage", "IDENTITY_HEADER"):
        assert values[name].startswith("<")
        assert values[name].endswith(">")
    assert not any("AccountKey" in value for value in values.values())
