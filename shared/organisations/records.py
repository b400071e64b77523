"""Integration records: what the EHR's analyst pastes into Epic for a connection. Pure.

Contents of the provider and patient records follow what is public (context tokens `sessionId=%CSN%`, `%CONFERENCEID%`,
`departmentId`); the form is versioned, so that a change of ours can be told from a slip of the hand.
"""

from typing import Any

from shared.organisations.connection import Connection

VERSION = 1
DEPARTMENT = "&departmentId=%PERFDEPID;;; ; ;;NONE;%"
CONTEXTS = {
    "provider": ("provider", f"sessionId=%CSN%{DEPARTMENT}&userId=%EPICUSERID%&userType=1"),
    "patient": ("patient", "sessionId=%CSN%&userType=2"),
    "group-provider": ("provider", f"sessionId=%CONFERENCEID%{DEPARTMENT}&userId=%EPICUSERID%&userType=1"),
    "group-patient": ("patient", "sessionId=%CONFERENCEID%&userType=2"),
}


def records(connection: Connection, public_url: str) -> list[dict[str, Any]]:
    """The records of a connection: name, version, launch URL, client id, context token."""
    return [
        {
            "name": name,
            "version": VERSION,
            "launch_url": f"{public_url}/api/launch/epic/{audience}/{connection.id}",
            "client_id": connection.client_id(audience),
            "context": context,
        }
        for name, (audience, context) in CONTEXTS.items()
    ] + [
        {
            "name": "sms-configuration",
            "version": VERSION,
            "launch_url": f"{public_url}/api/hl7/{connection.id}",
            "client_id": connection.id,
            "context": " ".join(certificate.thumbprint for certificate in connection.certificates),
        }
    ]
