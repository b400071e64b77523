"""What the Node server must know about the demo hospital and its affiliate, written as JSON so that `local/config.py` stays
its one source: the tenants, the app registration, the managed identity and the people who can sign in.
"""

import json
from pathlib import Path

from local.config import (
    AFFILIATE_TENANT_ID,
    APP_CLIENT_ID,
    IDENTITY_CLIENT_ID,
    IDENTITY_PRINCIPAL_ID,
    PEOPLE,
    TENANT_ID,
    StackConfig,
)

# Object id of the app registration's service principal, another one in each tenant that has consented: `oid` of the tokens
# that the app gets for itself.
SERVICE_PRINCIPAL_ID = "d4b8e1f6-3c27-4a95-8e0b-7f2a6c9d1e54"
SERVICE_PRINCIPAL_IDS = {
    TENANT_ID: SERVICE_PRINCIPAL_ID,
    AFFILIATE_TENANT_ID: "e7c05a92-6d1b-4f38-b2a4-90d8f7315c6e",
}
# Delegated permission that the app registration exposes to the portal.
PORTAL_SCOPE = "Portal.Access"
# What each tenant's administrator has consented to, by resource. Only Graph has application permissions; the other resources go
# by role assignments, which their stand-ins take for granted.
APP_ROLES = {
    "https://graph.microsoft.com": [
        "OnlineMeetings.ReadWrite.All",
        "OnlineMeetingArtifact.Read.All",
        "CallRecords.Read.All",
        "User.Read.All",
    ],
    "https://vault.azure.net": [],
    "https://communication.azure.com": [],
    "https://storage.azure.com": [],
}


def write(config: StackConfig) -> Path:
    """Writes `entra.json` into the run directory, readable by its owner only, and returns its path."""
    people = {
        key: {
            "name": person.name,
            "username": person.username,
            "password": person.password,
            "oid": person.oid,
            "roles": list(person.roles),
            "tenant": person.tenant,
        }
        for key, person in PEOPLE.items()
        if person.oid  # a patient has no account in a hospital's tenant
    }
    settings = {
        # The first is the home of the app registration and of the managed identity.
        "tenants": [{"id": tenant, "service_principal_id": oid} for tenant, oid in SERVICE_PRINCIPAL_IDS.items()],
        "origin": config.entra,
        "app": {
            "client_id": APP_CLIENT_ID,
            "portal_scope": PORTAL_SCOPE,
            "roles": APP_ROLES,
            "spa_redirect_uris": [f"{config.portal}/", f"{config.portal}/redirect.html"],
            "web_redirect_uris": [f"{config.functions}/api/signin/callback"],
        },
        "identity": {"client_id": IDENTITY_CLIENT_ID, "principal_id": IDENTITY_PRINCIPAL_ID},
        "people": people,
    }
    path = config.run_dir / "entra.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(settings, indent=1), encoding="utf-8")
    return path
