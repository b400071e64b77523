"""Does the EHR know us: client ids, our published keys, and whether it accepts what they sign."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from secrets import token_urlsafe
from typing import Any, Protocol

from shared.diagnosis.findings import finding
from shared.diagnosis.shown import Finding
from shared.errors import Unavailable
from shared.keys.assertion import client_assertion
from shared.keys.signing import Signer
from shared.organisations.connection import Connection

NEEDED = ("provider", "patient")
# The client was authenticated, and only the code was not found (RFC 6749 §5.2).
KNOWN = ("", "invalid_grant")
UNKNOWN_CLIENT = ("invalid_client", "unauthorized_client")

# Url, form, client id: the error code of a token request, empty if granted. Raises `Unavailable`.
TokenError = Callable[[str, Mapping[str, str], str], Awaitable[str]]


class KeySets(Protocol):
    """Where our public keys come from."""

    async def jwks(self, environment: str) -> dict[str, Any]:
        """The public keys of one environment (RFC 7517)."""


def clients(connection: Connection) -> list[Finding]:
    """The client ids that launches need."""
    ids = {audience: connection.client_id(audience) for audience in NEEDED}
    missing = [audience for audience, client_id in ids.items() if not client_id]
    if missing:
        return [finding("clients.missing", audiences=", ".join(missing))]
    return [finding("clients.same" if ids["provider"] == ids["patient"] else "clients.complete")]


async def published(
    connection: Connection, signer: KeySets, document: Callable[[str], Awaitable[Any]], public_url: str
) -> list[Finding]:
    """What the EHR reads at our public address, against the keys in the vault."""
    environment, algorithm = connection.environment, connection.assertion
    url = jwks_url(connection, public_url)
    ours = (await signer.jwks(environment))["keys"]
    if algorithm not in {key["alg"] for key in ours}:
        return [finding("keys.algorithm_missing", environment=environment, algorithm=algorithm)]
    shown = await document(url)
    if not isinstance(shown, dict) or not isinstance(shown.get("keys"), list):
        return [finding("keys.unreachable", url=url)]
    if {key["kid"] for key in ours} - {key.get("kid") for key in shown["keys"] if isinstance(key, dict)}:
        return [finding("keys.stale", url=url)]
    return [finding("keys.published", environment=environment, algorithm=algorithm)]


async def accepted(
    connection: Connection, audience: str, signer: Signer, token_error: TokenError, public_url: str, now: datetime
) -> list[Finding]:
    """Whether the EHR accepts our assertion for one client.

    The backend client asks for its token, which is dropped; the others ask with a code that nobody issued.
    """
    client_id, endpoints = connection.client_id(audience), connection.endpoints
    if endpoints is None:
        return [finding("assertion.untested", why="the EHR's addresses are not known yet")]
    if not client_id:
        return []
    form = await client_assertion(
        signer, environment=connection.environment, algorithm=connection.assertion, client_id=client_id,
        token_url=endpoints.token, now=now,
    )  # fmt: skip
    if audience == "backend":
        form |= {"grant_type": "client_credentials"}
    else:
        form |= {
            "grant_type": "authorization_code",
            "code": token_urlsafe(24),
            "redirect_uri": f"{public_url}/api/launch/callback/{audience}",
            "code_verifier": token_urlsafe(48),
        }
    try:
        error = await token_error(endpoints.token, form, client_id)
    except Unavailable:
        error = "no answer"
    if error in KNOWN:
        return [finding("assertion.accepted", audience=audience)]
    if error in UNKNOWN_CLIENT:
        environment, url = connection.environment, jwks_url(connection, public_url)
        return [finding("assertion.refused", audience=audience, error=error, environment=environment, url=url)]
    return [finding("assertion.unclear", audience=audience, error=error)]


def jwks_url(connection: Connection, public_url: str) -> str:
    """The address of our keys that is entered in the app's registration."""
    return f"{public_url}/api/jwks/{connection.environment}"
