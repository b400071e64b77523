"""The product's settings for one run of the stack, as a deployment would set them."""

import os
from collections.abc import Mapping

from local.config import AFFILIATE_TENANT_ID, APP_CLIENT_ID, IDENTITY_CLIENT_ID, TENANT_ID, StackConfig

# A second gateway, for whoever runs a stand-in of it beside the stack.
SNS = ("SNS_REGION", "SNS_ROLE_ARN", "SNS_AUDIENCE", "SNS_ENDPOINT")


def environment(config: StackConfig) -> dict[str, str]:
    """Settings of the product, and what makes every client on this machine trust the run's authority.

    The trust variables must be in place before a process starts: some clients read them at import.
    """
    return {
        "AzureWebJobsStorage": config.storage,
        "GEOGRAPHY": config.geography,
        "PUBLIC_URL": config.functions,
        "PORTAL_URL": config.portal,
        "ENTRA_AUTHORITY_HOST": config.entra,
        "ENTRA_TENANT_ID": TENANT_ID,
        "ENTRA_AFFILIATE_TENANT_IDS": AFFILIATE_TENANT_ID,
        "ENTRA_CLIENT_ID": APP_CLIENT_ID,
        "MANAGED_IDENTITY_CLIENT_ID": IDENTITY_CLIENT_ID,
        "IDENTITY_ENDPOINT": config.identity_endpoint,
        "IDENTITY_HEADER": config.secrets["identity_header"],
        "GRAPH_URL": config.graph,
        "VAULT_URL": config.vault,
        "SMS_ENDPOINT": config.sms,
        "ALLOW_LOOPBACK": "true",
        "CLAIM_LEASE_SECONDS": os.environ.get("CLAIM_LEASE_SECONDS", "120"),
        "SMS_PER_MINUTE": os.environ.get("SMS_PER_MINUTE", "0"),
        "SMS_GATEWAY": os.environ.get("SMS_GATEWAY", "acs"),
        **{name: os.environ.get(name, "") for name in SNS},
        "REPORT_RETENTION_MONTHS": os.environ.get("REPORT_RETENTION_MONTHS", "24"),
        "AUDIT_RETENTION_YEARS": os.environ.get("AUDIT_RETENTION_YEARS", "6"),
        "MONTHLY_ALLOWANCE": os.environ.get("MONTHLY_ALLOWANCE", "0"),
        "CALL_QUALITY": os.environ.get("CALL_QUALITY", "true"),
        **trust(config),
        "PYTHONUNBUFFERED": "1",
    }


def trust(config: StackConfig) -> Mapping[str, str]:
    """Variables by which Python's, curl's and Node's clients find the run's authority."""
    bundle = str(config.bundle)
    return {
        "SSL_CERT_FILE": bundle,
        "REQUESTS_CA_BUNDLE": bundle,
        "CURL_CA_BUNDLE": bundle,
        "NODE_EXTRA_CA_CERTS": str(config.ca),
    }
