"""The product's settings, read once from the environment. `docs/settings.md` explains each; a test holds them together."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

# A tenant by its id only: `common`, `organizations` or a domain would let in others than those meant.
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+")


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
    report_retention_months: int = 24
    storage_connection: str = ""
    table_service_uri: str = ""
    queue_service_uri: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Reads every setting.

        Raises `SettingsError` that names each missing or wrong one, so that one look at the log is enough to mend them.
        """
        missing = [name for name in REQUIRED if not environment.get(name)]
        storage = environment.get("AzureWebJobsStorage", "")
        tables = environment.get("AzureWebJobsStorage__tableServiceUri", "")
        queues = environment.get("AzureWebJobsStorage__queueServiceUri", "")
        if not storage and not (tables and queues):
            missing.append("AzureWebJobsStorage")
        if missing:
            raise SettingsError("settings missing: " + ", ".join(missing))
        home = environment["ENTRA_TENANT_ID"].strip().lower()
        affiliates = _listed(environment.get("ENTRA_AFFILIATE_TENANT_IDS", ""))
        wrong = [] if GUID.fullmatch(home) else ["ENTRA_TENANT_ID (the tenant's GUID)"]
        if not all(GUID.fullmatch(tenant) for tenant in affiliates):
            wrong.append("ENTRA_AFFILIATE_TENANT_IDS (GUIDs with commas between them)")
        wrong += _wrong_of_gateways(environment)
        if wrong:
            raise SettingsError("settings not valid: " + ", ".join(wrong))
        return cls(
            public_url=environment["PUBLIC_URL"].rstrip("/"),
            portal_url=environment["PORTAL_URL"].rstrip("/"),
            entra_tenant_id=home,
            entra_affiliate_tenant_ids=affiliates,
            entra_client_id=environment["ENTRA_CLIENT_ID"],
            vault_url=environment["VAULT_URL"].rstrip("/"),
            sms_endpoint=environment["SMS_ENDPOINT"].rstrip("/"),
            geography=environment.get("GEOGRAPHY", "amer"),
            entra_authority_host=environment.get("ENTRA_AUTHORITY_HOST", "https://login.microsoftonline.com").rstrip(
                "/"
            ),
            managed_identity_client_id=environment.get("MANAGED_IDENTITY_CLIENT_ID", ""),
            graph_url=environment.get("GRAPH_URL", "https://graph.microsoft.com").rstrip("/"),
            allow_loopback=environment.get("ALLOW_LOOPBACK", "").lower() in ("1", "true"),
            claim_lease=timedelta(seconds=int(environment.get("CLAIM_LEASE_SECONDS", "120"))),
            sms_per_minute=int(environment.get("SMS_PER_MINUTE", "0")),
            sms_gateway=environment.get("SMS_GATEWAY") or "acs",
            sns_region=environment.get("SNS_REGION", ""),
            sns_role_arn=environment.get("SNS_ROLE_ARN", ""),
            sns_audience=environment.get("SNS_AUDIENCE", "").rstrip("/"),
            sns_endpoint=environment.get("SNS_ENDPOINT", "").rstrip("/"),
            report_retention_months=int(environment.get("REPORT_RETENTION_MONTHS", "24")),
            monthly_allowance=int(environment.get("MONTHLY_ALLOWANCE", "0")),
            storage_connection=storage,
            table_service_uri=tables,
            queue_service_uri=queues,
        )

    @property
    def sms_gateways(self) -> tuple[str, ...]:
        """The gateways that this deployment is set up for."""
        return ("acs", "sns") if self.sns_region else ("acs",)

    @property
    def tenants(self) -> tuple[str, ...]:
        """Every Entra tenant that this deployment serves; the first is the app registration's own."""
        return tuple(dict.fromkeys((self.entra_tenant_id, *self.entra_affiliate_tenant_ids)))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(item.strip().lower() for item in text.split(",") if item.strip())


def _wrong_of_gateways(environment: Mapping[str, str]) -> list[str]:
    """What is wrong about the choice of gateways. The settings of SNS are needed all or none."""
    chosen, given = environment.get("SMS_GATEWAY") or "acs", [name for name in SNS if environment.get(name)]
    wrong = [] if chosen in ("acs", "sns") else ["SMS_GATEWAY (acs or sns)"]
    if chosen == "sns" or given or environment.get("SNS_ENDPOINT"):
        wrong += [f"{name} (needed for SNS)" for name in SNS if name not in given]
    if environment.get("SNS_ROLE_ARN") and not ROLE_ARN.fullmatch(environment["SNS_ROLE_ARN"]):
        wrong.append("SNS_ROLE_ARN (the role's ARN)")
    if environment.get("SNS_ENDPOINT") and environment.get("ALLOW_LOOPBACK", "").lower() not in ("1", "true"):
        wrong.append("SNS_ENDPOINT (for tests, with ALLOW_LOOPBACK only)")
    return wrong


REQUIRED = ("PUBLIC_URL", "PORTAL_URL", "ENTRA_TENANT_ID", "ENTRA_CLIENT_ID", "VAULT_URL", "SMS_ENDPOINT")
SNS = ("SNS_REGION", "SNS_ROLE_ARN", "SNS_AUDIENCE")


class SettingsError(RuntimeError):
    """The deployment is incomplete; the message names what is missing or not valid."""
