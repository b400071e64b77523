"""The stack's manifest: what scripts and tests need to use it. Its contract is docs/local-stack.md."""

from dataclasses import asdict
from typing import Any

from local.certificates import thumbprint
from local.config import EPIC_CLIENT_IDS, PEOPLE, StackConfig


def of(config: StackConfig, connection_id: str) -> dict[str, Any]:
    """URLs, and paths of files where a key is meant. `connection_id` is the demo connection."""
    return {
        "functions": config.functions,
        "portal": config.portal,
        "storage": config.storage,
        "master_key": config.secrets["master_key"],
        "epic": {
            "fhir_base": config.fhir_base,
            "client_ids": EPIC_CLIENT_IDS,
            "hyperspace": f"{config.epic}/hyperspace",
            "mychart": f"{config.epic}/mychart",
            "control": config.control,
        },
        "microsoft": {
            "authority": config.authority,
            "graph": config.graph,
            "sms": config.sms,
            "vault": config.vault,
            "control": config.control,
        },
        "people": {name: asdict(person) for name, person in PEOPLE.items()},
        "connection_id": connection_id,
        "hl7": {
            "url": f"{config.functions}/api/hl7/{connection_id}",
            "private_key": str(config.sender_key),
            "certificate": str(config.sender_certificate),
            "kid": thumbprint(config.sender_certificate),
        },
        "ca": str(config.bundle),
    }
