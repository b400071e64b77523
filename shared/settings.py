"""The product's settings, read once from the environment by the table of `settings_table.py`."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from shared.settings_table import SETTINGS, Setting


@dataclass(frozen=True, slots=True)
class Settings:
    """Each field is set by the environment variable of the same name in capitals, the storage ones excepted.

    Storage follows the platform: `AzureWebJobsStorage` (connection string) or, with a managed identity,
    `AzureWebJobsStorage__tableServiceUri` and `AzureWebJobsStorage__queueServiceUri`.
    """

    public_url: str
    portal_url: str
    entra_tenant_id: str
    entra_client_id: str
    vault_url: str
    sms_endpoint: str
    entra_affiliate_tenant_ids: tuple[str, ...] = ()
    geography: str = "amer"
    entra_authority_host: str = "https://login.microsoftonline.com"
    managed_identity_client_id: str = ""
    graph_url: str = "https://graph.microsoft.com"
    allow_loopback: bool = False
    claim_lease: timedelta = timedelta(seconds=120)
    sms_per_minute: int = 0
    sms_gateway: str = "acs"
    sns_region: str = ""
    sns_role_arn: str = ""
    sns_audience: str = ""
    sns_endpoint: str = ""
    monthly_allowance: int = 0
    call_quality: bool = False
    report_retention_months: int = 24
    audit_retention_years: int = 6
    storage_connection: str = ""
    table_service_uri: str = ""
    queue_service_uri: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Reads every setting.

        Raises `SettingsError` that names each missing or wrong one, so that one look at the log is enough to mend them.
        """
        values: dict[str, Any] = {}
        wrong: list[str] = []
        for setting in SETTINGS:
            given = environment.get(setting.name, "").strip()
            if not given and setting.required:
                wrong.append(setting.explain("is missing"))
                continue
            try:
                values[setting.field] = setting.read(given or setting.default) if given or setting.default else None
            except ValueError as error:
                wrong.append(setting.explain(str(error)))
                values[setting.field] = given  # there, for what is looked at together
        values = {name: value for name, value in values.items() if value is not None}
        wrong += _wrong_together(values)
        if wrong:
            raise SettingsError(wrong)
        return cls(**values)

    @property
    def sms_gateways(self) -> tuple[str, ...]:
        """The gateways that this deployment is set up for."""
        return ("acs", "sns") if self.sns_region else ("acs",)

    @property
    def tenants(self) -> tuple[str, ...]:
        """Every Entra tenant that this deployment serves; the first is the app registration's own."""
        return tuple(dict.fromkeys((self.entra_tenant_id, *self.entra_affiliate_tenant_ids)))


def _wrong_together(values: Mapping[str, Any]) -> list[str]:
    """What no single setting shows: one way to storage is needed, and the settings of SNS all or none."""
    wrong = []
    if not values.get("storage_connection"):
        gone = [name for name in ("table_service_uri", "queue_service_uri") if not values.get(name)]
        if len(gone) == 1:
            wrong.append(_of_field(gone[0]).explain("is missing"))
        elif gone:
            wrong.append(_of_field("storage_connection").explain("is missing, and so are the two in its place"))
    given = [name for name in SNS if values.get(name)]
    if given or values.get("sms_gateway") == "sns" or values.get("sns_endpoint"):
        wrong += [_of_field(name).explain("is missing and needed for SNS") for name in SNS if name not in given]
    if values.get("sns_endpoint") and not values.get("allow_loopback"):
        wrong.append(_of_field("sns_endpoint").explain("is for tests, with ALLOW_LOOPBACK only"))
    return wrong


def _of_field(name: str) -> Setting:
    return next(setting for setting in SETTINGS if setting.field == name)


SNS = ("sns_region", "sns_role_arn", "sns_audience")


class SettingsError(RuntimeError):
    """The deployment is incomplete. `problems` has a line for each setting that is missing or not valid; none has the
    value that was given, which may be a secret in the wrong place."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(["settings are not valid:", *problems]))
        self.problems = tuple(problems)
