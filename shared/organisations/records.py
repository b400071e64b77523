"""Integration records: what the EHR's analyst pastes into Epic for a connection. Pure.

Contents follow what is public (context tokens `sessionId=%CSN%`, `%CONFERENCEID%`, `departmentId`); those of device
test and direct SMS are ours to choose. A launch record's context names the record and its version in `record`, so that
a launch tells from what it was set up. A version is the form's number and a fingerprint of launch URL, client id and
context, four hexadecimal digits each: `2.9f3a77b1c0de`. So a changed client id makes another version, and an old
version tells what has changed since.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from typing import Any

from shared.organisations.connection import Connection

VERSION = 2
MARKER = "record"
DEPARTMENT = "&departmentId=%PERFDEPID;;; ; ;;NONE;%"
STAFF = "&userId=%EPICUSERID%&userType=1"
# Name: audience of the launch, context without its marker.
CONTEXTS = {
    "provider": ("provider", f"sessionId=%CSN%{DEPARTMENT}{STAFF}"),
    "patient": ("patient", "sessionId=%CSN%&userType=2"),
    "group-provider": ("provider", f"sessionId=%CONFERENCEID%{DEPARTMENT}{STAFF}"),
    "group-patient": ("patient", "sessionId=%CONFERENCEID%&userType=2"),
    "direct-sms": ("directsms", f"sessionId=%CSN%{STAFF}"),
    "device-test": ("devicetest", "sessionId=%CSN%&deviceTest=1&userType=2"),
}
AUDIENCES = frozenset(audience for audience, _ in CONTEXTS.values())
# A cell that begins so is run as a formula by spreadsheets (OWASP, CSV Injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Record:
    """One record to paste."""

    name: str
    version: str
    launch_url: str
    client_id: str
    context: str


def issued(connection: Connection, public_url: str) -> list[Record]:
    """Every record of a connection as it is issued now. `public_url` is ours, without a slash at the end."""
    return [
        *(_launch(name, connection, public_url) for name in CONTEXTS),
        _record(
            "sms-configuration",
            f"{public_url}/api/hl7/{connection.id}",
            connection.id,
            " ".join(certificate.thumbprint for certificate in connection.certificates),
        ),
    ]


def records(connection: Connection, public_url: str) -> list[dict[str, Any]]:
    """The same as the API shows them."""
    return [asdict(record) for record in issued(connection, public_url)]


def as_csv(rows: Sequence[dict[str, Any]]) -> str:
    """Records as CSV (RFC 4180), formulas disarmed. The byte order mark is put in front by whoever answers with it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    columns = [field.name for field in fields(Record)]
    writer.writerow(columns)
    writer.writerows([_cell(row[column]) for column in columns] for row in rows)
    return out.getvalue()


def context_names(context: str) -> frozenset[str]:
    """The parameter names of a context, its marker left out."""
    return frozenset(part.partition("=")[0] for part in context.split("&")) - {MARKER}


def _launch(name: str, connection: Connection, public_url: str) -> Record:
    audience, context = CONTEXTS[name]
    url = f"{public_url}/api/launch/epic/{audience}/{connection.id}"
    return _record(name, url, connection.client_id(audience), context, marked=True)


def _record(name: str, url: str, client_id: str, context: str, *, marked: bool = False) -> Record:
    version = f"{VERSION}.{''.join(sha256(part.encode()).hexdigest()[:4] for part in (url, client_id, context))}"
    context += f"&{MARKER}={name}.{version}" if marked else ""
    return Record(name, version, url, client_id, context)


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
