"""Every setting that is wrong is refused by its name, with what it means and an example, and never with its value."""

import logging

import pytest

from shared.settings import Settings, SettingsError
from shared.settings_table import SETTINGS, Setting
from shared.start import check

SPOILT = "hunter2 not-a-value ?"
WHOLE = {setting.name: setting.example for setting in SETTINGS} | {"ALLOW_LOOPBACK": "true"}
ANY_TEXT = {"AzureWebJobsStorage", "SNS_AUDIENCE"}


def problems(**changes: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as raised:
        Settings.from_environment(WHOLE | changes)
    assert "hunter2" not in str(raised.value)
    return raised.value.problems


def test_every_example_of_the_table_is_valid() -> None:
    settings = Settings.from_environment(WHOLE)
    assert settings.sms_gateways == ("acs", "sns")
    assert settings.claim_lease.total_seconds() == 120


def test_every_default_of_the_table_is_valid() -> None:
    kept = {setting.name: setting.example for setting in SETTINGS if setting.required}
    settings = Settings.from_environment(kept | {"AzureWebJobsStorage": "UseDevelopmentStorage=true"})
    assert settings.graph_url == "https://graph.microsoft.com"
    assert settings.geography == "amer"


@pytest.mark.parametrize("setting", [one for one in SETTINGS if one.required], ids=lambda one: one.name)
def test_a_missing_setting_is_told_with_its_meaning_and_an_example(setting: Setting) -> None:
    (problem,) = problems(**{setting.name: " "})
    assert problem.startswith(f"{setting.name} is missing. ")
    assert problem.endswith(f" Example: {setting.example}")
    assert setting.meaning.replace("`", "").split(".")[0].split("[")[0] in problem


@pytest.mark.parametrize("setting", [one for one in SETTINGS if one.name not in ANY_TEXT], ids=lambda one: one.name)
def test_a_value_that_cannot_be_meant_is_told_without_it(setting: Setting) -> None:
    (problem,) = [line for line in problems(**{setting.name: SPOILT}) if line.startswith(f"{setting.name} ")]
    assert " has to be " in problem
    assert problem.endswith(f" Example: {setting.example}")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC_URL", "http://visits.northlake.example"), ("PUBLIC_URL", "visits.northlake.example"),
        ("VAULT_URL", "https://v.example/?a=1"), ("CLAIM_LEASE_SECONDS", "-1"), ("CLAIM_LEASE_SECONDS", "3600"),
        ("SMS_PER_MINUTE", "1e3"), ("SMS_PER_MINUTE", "²"), ("ALLOW_LOOPBACK", "yes"), ("GEOGRAPHY", "AMER"),
        ("MANAGED_IDENTITY_CLIENT_ID", "visits"), ("ENTRA_CLIENT_ID", "api://visits"),
    ],
)  # fmt: skip
def test_what_looks_nearly_right_is_refused(name: str, value: str) -> None:
    (problem,) = problems(**{name: value})
    assert problem.startswith(f"{name} has to be ")


def test_storage_is_needed_one_way_or_the_other() -> None:
    two = {"AzureWebJobsStorage__tableServiceUri": "", "AzureWebJobsStorage__queueServiceUri": ""}
    assert Settings.from_environment(WHOLE | two).storage_connection
    assert Settings.from_environment(WHOLE | {"AzureWebJobsStorage": ""}).table_service_uri
    (none,) = problems(**two | {"AzureWebJobsStorage": ""})
    assert none.startswith("AzureWebJobsStorage is missing")
    (half,) = problems(AzureWebJobsStorage="", AzureWebJobsStorage__queueServiceUri="")
    assert half.startswith("AzureWebJobsStorage__queueServiceUri is missing")


def test_the_start_says_everything_that_is_wrong_at_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    assert not check(WHOLE | {"PUBLIC_URL": "", "SMS_PER_MINUTE": SPOILT})
    assert [line.split(" ")[1] for line in caplog.messages] == ["PUBLIC_URL", "SMS_PER_MINUTE"]
    assert "hunter2" not in caplog.text


def test_a_whole_environment_starts_quietly(caplog: pytest.LogCaptureFixture) -> None:
    assert check(WHOLE)
    assert not caplog.messages
