"""Versions of a connection that need no memory of ours: the ETag holds a short digest of each field, so that a stale one
tells which fields changed since (RFC 9110 §8.8.3 leaves an ETag's content to us).
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from hashlib import sha256

from shared.clock import to_text
from shared.errors import Refused
from shared.keys.keyring import encode
from shared.organisations.connection import Connection

DIGEST_BYTES = 6
FIELDS = (
    "fhir_base", "environment", "zone", "state", "approver", "client_ids", "assertion", "organizers", "room", "sms",
    "writeback", "endpoints", "certificates", "decision",
)  # fmt: skip


def etag_of(connection: Connection) -> str:
    """The connection's version: eight characters a field, in the order of FIELDS."""
    fields = asdict(connection) | {
        "approver": [connection.approver_oid, connection.approver_name],
        "room": [
            connection.lobby,
            connection.chat,
            connection.recording,
            connection.visit_page,
            connection.early_minutes,
            connection.late_minutes,
        ],
    }
    return "".join(
        encode(sha256(json.dumps(fields[name], sort_keys=True, default=to_text).encode()).digest()[:DIGEST_BYTES])
        for name in FIELDS
    )


def check_seen(headers: Mapping[str, str], connection: Connection) -> None:
    """Raises `Refused("precondition.failed")` naming the changed fields, if `If-Match` names another version.

    Without the header, or with `*`, whatever stands is meant (RFC 9110 §13.1.1).
    """
    header = headers.get("if-match", "").strip()
    given, current = header.removeprefix("W/").strip('"'), etag_of(connection)
    if header in ("", "*") or given == current:
        return
    changed = changed_fields(given, current)
    raise Refused("precondition.failed", fields=dict.fromkeys(changed or FIELDS, "changed meanwhile"))


def changed_fields(before: str, after: str) -> list[str]:
    """Names of the fields in which two versions differ; none if one of them is no version of ours."""
    width = len(encode(bytes(DIGEST_BYTES)))
    if len(before) != width * len(FIELDS):
        return []
    cuts = [slice(index * width, (index + 1) * width) for index in range(len(FIELDS))]
    return [name for name, cut in zip(FIELDS, cuts, strict=True) if before[cut] != after[cut]]
