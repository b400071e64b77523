"""The EHR as it answers now, against what was pinned when the connection was approved."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from shared.adapters.epic import Endpoints
from shared.adapters.probe import Reach
from shared.diagnosis.findings import finding
from shared.diagnosis.shown import Finding
from shared.errors import Refused, Unavailable
from shared.organisations.connection import Connection

DISCOVERY_SECONDS = 4.0
REACH_SECONDS = 0.9
# FHIR versions by their releases, as they stand at the end of Epic's base URLs: https://hl7.org/fhir/directory.html
RELEASES = (("1.0", "DSTU2"), ("3.0", "STU3"), ("4.0", "R4"), ("4.3", "R4B"), ("5.0", "R5"))
OLD = ("DSTU2", "STU3")
_SUFFIX = re.compile(r"/(DSTU2|STU3|R4B?|R5)(?:/|$)", re.IGNORECASE)
PINNED = ("authorize", "token", "issuer", "jwks")

Reacher = Callable[[str], Awaitable[Reach]]


class Ehr(Protocol):
    """What is asked of an EHR's servers."""

    async def discover(self, fhir_base: str, client_id: str = "") -> Endpoints:
        """The sign-in endpoints. Raises `Refused`."""

    async def keys(self, url: str) -> list[dict[str, Any]]:
        """The EHR's public keys. Raises `Unavailable`."""


async def server(
    connection: Connection, ehr: Ehr, reach: Reacher, *, seconds: float = DISCOVERY_SECONDS
) -> list[Finding]:
    """Discovery as of now: reachable, SMART, the release that the URL says, the endpoints that were approved."""
    base = connection.fhir_base
    try:
        async with asyncio.timeout(seconds):
            found = await ehr.discover(base, connection.client_id("provider"))
    except TimeoutError:
        return [finding("ehr.unreachable", reason="timeout")]
    except Refused as refusal:
        return [await _why_not(refusal.code, base, reach)]
    findings = [finding("ehr.reachable"), _release(base, found.fhir_release)]
    pinned = connection.endpoints
    if pinned is not None:
        changed = [name for name in PINNED if getattr(pinned, name) != getattr(found, name)]
        if changed:
            findings.append(finding("ehr.endpoints_changed", fields=", ".join(changed)))
    return findings


async def keys(connection: Connection, ehr: Ehr, *, seconds: float = DISCOVERY_SECONDS) -> list[Finding]:
    """The EHR's own keys, at the pinned address."""
    endpoints = connection.endpoints
    if endpoints is None:
        return []
    if not (endpoints.issuer and endpoints.jwks):
        return [finding("ehr.keys_missing")]
    try:
        async with asyncio.timeout(seconds):
            found = await ehr.keys(endpoints.jwks)
    except (Unavailable, TimeoutError):
        found = []
    return [finding("ehr.keys_readable", count=str(len(found))) if found else finding("ehr.keys_unreadable")]


async def _why_not(code: str, base: str, reach: Reacher) -> Finding:
    if code == "connection.url_private":
        return finding("ehr.private_address")
    if not _SUFFIX.search(base) and "/fhir" in base.lower():
        return finding("ehr.url_incomplete")
    if code != "connection.url_unreachable":
        return finding("ehr.not_smart")
    try:
        async with asyncio.timeout(REACH_SECONDS):
            reached = await reach(f"{base}/metadata")
    except TimeoutError:
        reached = "timeout"
    if reached == "tls":
        return finding("ehr.tls_failed")
    return finding("ehr.not_smart") if reached == "answers" else finding("ehr.unreachable", reason=reached)


def _release(base: str, version: str) -> Finding:
    found = next((name for number, name in RELEASES if version.startswith(number)), "")
    if not found:
        return finding("ehr.release_unknown")
    match = _SUFFIX.search(base)
    suffix = match[1].upper() if match else ""
    if suffix and suffix != found:
        return finding("ehr.release_mismatch", suffix=suffix, found=found)
    return finding("ehr.release_old" if found in OLD else "ehr.release_fits", found=found)
