"""Every setting: its name, what it means, its default, an example, and how its text is read.

`settings.py` reads the environment by this table, `local/settings_page.py` writes docs/settings.md from it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

# A tenant by its id only: `common`, `organizations` or a domain would let in others than those meant.
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+")
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
REQUIRED = "required"
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `read` turns its text into the field's value, or raises ValueError that says what is wanted.

    `meaning` is Markdown; `default` is the text that stands for none given. `told_default` and `told_example` are what
    the page says where that differs.
    """

    name: str
    field: str
    meaning: str
    default: str
    example: str
    read: Callable[[str], Any]
    told_default: str = ""
    told_example: str = ""

    @property
    def required(self) -> bool:
        """Whether the app does not start without it."""
        return self.default == REQUIRED

    def explain(self, wrong: str) -> str:
        """One line that names the setting, what is wrong, what it means, and an example. Never the value it has."""
        meaning = _LINK.sub(r"\1", self.meaning).replace("`", "").partition(". ")[0].rstrip(".")
        return f"{self.name} {wrong}. {meaning}. Example: {self.example}"


def text(value: str) -> str:
    """Any text."""
    return value


def url(value: str) -> str:
    """An address without a slash at its end; https, or this machine."""
    parts = urlsplit(value)
    local = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not parts.hostname or (parts.scheme != "https" and not local) or parts.query or parts.fragment or " " in value:
        raise ValueError("has to be an https address, without a query")
    return value.rstrip("/")


def guid(value: str) -> str:
    """A GUID in lower case."""
    found = value.strip().lower()
    if not GUID.fullmatch(found):
        raise ValueError("has to be a GUID")
    return found


def guids(value: str) -> tuple[str, ...]:
    """GUIDs with commas between them."""
    try:
        return tuple(guid(item) for item in value.split(",") if item.strip())
    except ValueError:
        raise ValueError("has to be GUIDs with commas between them") from None


def count(value: str) -> int:
    """A whole number from 0 on."""
    if not (value.isascii() and value.isdigit()):
        raise ValueError("has to be a whole number, 0 or more")
    return int(value)


def seconds(value: str) -> timedelta:
    """A length of time, up to ten minutes."""
    if not (value.isascii() and value.isdigit() and SHORTEST <= int(value) <= LONGEST):
        raise ValueError(f"has to be a whole number of seconds, {SHORTEST} to {LONGEST}")
    return timedelta(seconds=int(value))


def switch(value: str) -> bool:
    """`true` or `1`; `false` or `0`."""
    if value.lower() not in ("true", "1", "false", "0"):
        raise ValueError("has to be true or false")
    return value.lower() in ("true", "1")


def geography(value: str) -> str:
    """One of the three geographies."""
    return _one_of(value, ("amer", "emea", "apac"))


def gateway(value: str) -> str:
    """A gateway of texts."""
    return _one_of(value, ("acs", "sns"))


def region(value: str) -> str:
    """An AWS region."""
    if not REGION.fullmatch(value):
        raise ValueError("has to be the name of an AWS region")
    return value


def role(value: str) -> str:
    """An IAM role."""
    if not ROLE_ARN.fullmatch(value):
        raise ValueError("has to be the role's ARN")
    return value


def address(value: str) -> str:
    """An audience, without a slash at its end."""
    return value.rstrip("/")


def _one_of(value: str, words: tuple[str, ...]) -> str:
    if value not in words:
        raise ValueError(f"has to be one of {', '.join(words)}")
    return value


SHORTEST, LONGEST = 1, 600
SETTINGS = (
    Setting(
        "PUBLIC_URL",
        "public_url",
        "The address under which browsers, the EHR, Graph and patients reach the app, without `/api`. It "
        "stands in every link, redirect URI and record; the `aud` of HL7 tokens begins with it.",
        REQUIRED,
        "https://visits.northlake.example",
        url,
    ),
    Setting(
        "PORTAL_URL",
        "portal_url",
        "The portal's address; the approver's browser returns to `/approve/{connection}` there.",
        REQUIRED,
        "https://portal.northlake.example",
        url,
    ),
    Setting(
        "ENTRA_TENANT_ID",
        "entra_tenant_id",
        "The Entra tenant of the health organisation, by its id (a GUID): home of the app registration and "
        "the managed identity. Tokens and sign-ins of tenants that are neither this one nor an affiliate are "
        "refused.",
        REQUIRED,
        "6f1d1c02-1f53-4d1e-9b1e-0d5a7c3e9a10",
        guid,
    ),
    Setting(
        "ENTRA_CLIENT_ID",
        "entra_client_id",
        "The app registration: audience of API tokens and of Graph's validation tokens, client of the "
        "clinician's sign-in and of Graph.",
        REQUIRED,
        "c0a8a5f2-77f0-4f3b-8f39-3c9d6f4c2b51",
        guid,
    ),
    Setting(
        "VAULT_URL",
        "vault_url",
        "Key Vault of this geography.",
        REQUIRED,
        "https://visits-amer.vault.azure.net",
        url,
    ),
    Setting(
        "SMS_ENDPOINT",
        "sms_endpoint",
        "Endpoint of the Azure Communication Services resource of this geography.",
        REQUIRED,
        "https://visits-amer.unitedstates.communication.azure.com",
        url,
    ),
    Setting(
        "ENTRA_AFFILIATE_TENANT_IDS",
        "entra_affiliate_tenant_ids",
        "Tenants of affiliated organisations that this deployment serves beside its own, by their ids, "
        "separated by commas. Each has its own connections, people and rooms: [how an affiliate is "
        "added](operator.md#an-affiliate). A value that is not a GUID, `common` among them, keeps the app "
        "from starting.",
        "",
        "8c3a5e77-2b94-4d06-a1f8-3e9d0c6b7f21",
        guids,
    ),
    Setting(
        "GEOGRAPHY",
        "geography",
        "Which geography this deployment serves: `amer`, `emea` or `apac`. The portal shows it.",
        "amer",
        "emea",
        geography,
    ),
    Setting(
        "ENTRA_AUTHORITY_HOST",
        "entra_authority_host",
        "Where tokens come from. Another one is for national clouds and the local stack.",
        "https://login.microsoftonline.com",
        "https://login.microsoftonline.us",
        url,
    ),
    Setting(
        "MANAGED_IDENTITY_CLIENT_ID",
        "managed_identity_client_id",
        "Client id of the user-assigned managed identity; empty for a system-assigned one.",
        "",
        "5d2f0b7e-9a41-4a3c-8a55-6c1e0f9b7d23",
        guid,
    ),
    Setting(
        "GRAPH_URL",
        "graph_url",
        "Microsoft Graph. The scope asked for stays `https://graph.microsoft.com/.default`.",
        "https://graph.microsoft.com",
        "https://graph.microsoft.com",
        url,
    ),
    Setting(
        "ALLOW_LOOPBACK",
        "allow_loopback",
        "`true` or `1`: FHIR base URLs and the vault may be on this machine. For the local stack only: it "
        "opens the guard against requests into our own network.",
        "false",
        "true",
        switch,
    ),
    Setting(
        "CLAIM_LEASE_SECONDS",
        "claim_lease",
        "For how long a worker may act for a visit before another one may take over, in seconds. Shorter: a "
        "visit is picked up sooner after a crash, and a slow gateway is cut off sooner.",
        "120",
        "120",
        seconds,
    ),
    Setting(
        "SMS_PER_MINUTE",
        "sms_per_minute",
        "How many texts a minute each sender number may send. `0`: what its kind may send by default, 200 for"
        " a toll-free number, 6000 for a short code, 600 for a name, 60 for any other; set it when the "
        "provider granted more.",
        "0",
        "0",
        count,
    ),
    Setting(
        "SMS_GATEWAY",
        "sms_gateway",
        "What texts leave by where a connection does not choose: `acs`, Azure Communication Services, or "
        "`sns`, [Amazon SNS](sns.md).",
        "acs",
        "sns",
        gateway,
    ),
    Setting(
        "SNS_REGION",
        "sns_region",
        "The AWS region whose SNS sends. With it, `SNS_ROLE_ARN` and `SNS_AUDIENCE` connections may choose "
        "SNS; with `SMS_GATEWAY` `sns` the three are needed. A part of them alone keeps the app from "
        "starting.",
        "",
        "eu-central-1",
        region,
    ),
    Setting(
        "SNS_ROLE_ARN",
        "sns_role_arn",
        "The IAM role that the app assumes with its managed identity.",
        "",
        "arn:aws:iam::123456789012:role/visitbridge-texts",
        role,
    ),
    Setting(
        "SNS_AUDIENCE",
        "sns_audience",
        "For whom the managed identity's token is made: the application ID URI that AWS trusts.",
        "",
        "api://visitbridge-aws",
        text,
    ),
    Setting(
        "SNS_ENDPOINT",
        "sns_endpoint",
        "Where SNS and STS are, for tests only: refused without `ALLOW_LOOPBACK`.",
        "",
        "http://localhost:5000",
        url,
    ),
    Setting(
        "REPORT_RETENTION_MONTHS",
        "report_retention_months",
        "How many whole months of facts the reports keep beside the present one. What is older is "
        "removed once a day. `0`: nothing is.",
        "24",
        "36",
        count,
    ),
    Setting(
        "AUDIT_RETENTION_YEARS",
        "audit_retention_years",
        "How many years the trail of who changed what is kept. Months that are older are removed once a day. "
        "`0`: none is. HIPAA asks for six.",
        "6",
        "10",
        count,
    ),
    Setting(
        "MONTHLY_ALLOWANCE",
        "monthly_allowance",
        "How many completed visits a month are agreed on for each tenant, by a licence for instance. The "
        "report of usage shows what is used, what remains and by how much it is exceeded; nothing is ever "
        "blocked. `0`: there is none.",
        "0",
        "5000",
        count,
    ),
    Setting(
        "CALL_QUALITY",
        "call_quality",
        "`true` or `1`: how well people heard each other is read from Teams' call records after a call. Needs the Graph "
        "permission `CallRecords.Read.All`, which sees every call of the tenant: we ask for those of the visit's "
        "clinician only, and drop what is not the visit's meeting before anything is kept.",
        "false",
        "true",
        switch,
    ),
    Setting(
        "AzureWebJobsStorage",
        "storage_connection",
        "Storage by connection string: tables, queues and the platform's own state. For the local stack; in "
        "Azure use the two below instead.",
        "",
        "UseDevelopmentStorage=true",
        text,
        told_default="required, or the two below",
        told_example="see below",
    ),
    Setting(
        "AzureWebJobsStorage__tableServiceUri",
        "table_service_uri",
        "Table service, reached with the managed identity.",
        "",
        "https://visitsamer.table.core.windows.net",
        url,
        told_default="required without a connection string",
    ),
    Setting(
        "AzureWebJobsStorage__queueServiceUri",
        "queue_service_uri",
        "Queue service, reached with the managed identity.",
        "",
        "https://visitsamer.queue.core.windows.net",
        url,
        told_default="required without a connection string",
    ),
)
