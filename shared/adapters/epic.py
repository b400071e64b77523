"""An EHR's servers, as SMART App Launch 2.2 and Epic's habits have them: discovery, keys, token calls, status write-back.

Epic: the issuer is not the FHIR base; keys of the configuration document may be missing, the document too; no
`client_id` beside an assertion; endpoints can differ by client, hence the header `Epic-Client-ID`.
https://hl7.org/fhir/smart-app-launch/app-launch.html
"""

import asyncio
import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urljoin, urlsplit

from shared.adapters.web import Answer, UpstreamError, Web
from shared.errors import Refused, Unavailable

OAUTH_URIS = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
DISCOVERY_SECONDS = 5
WRITEBACK_PATH = "/api/epic/2018/Telehealth/ContextLinking/SetExternalConnectionStatus"


@dataclass(frozen=True, slots=True)
class Endpoints:
    """What discovery found, pinned at approval (SMART App Launch 2.2, Conformance). `fhir_release` such as `4.0.1`.

    `posts`: authorization requests may be posted (`authorize-post`). `says_iss`: every answer of the authorization
    endpoint names its server (RFC 9207 §3).
    """

    authorize: str
    token: str
    issuer: str = ""
    jwks: str = ""
    fhir_release: str = ""
    posts: bool = False
    says_iss: bool = False


class EpicServers:
    """Calls to the EHR of a connection. Follows no redirect and sends nothing of ours but what the protocol asks."""

    def __init__(self, web: Web, *, allow_loopback: bool) -> None:
        self._web = web
        self._allow_loopback = allow_loopback

    async def discover(self, fhir_base: str, client_id: str = "") -> Endpoints:
        """Finds the sign-in endpoints: SMART configuration first, then the OpenID document, then `/metadata`.

        Raises `Refused` with `connection.url_private`, `.url_unreachable` or `.not_smart`.
        """
        await self._guard(fhir_base)
        headers = {"Epic-Client-ID": client_id} if client_id else {}
        smart = await self._document(f"{fhir_base}/.well-known/smart-configuration", headers)
        metadata = await self._document(f"{fhir_base}/metadata", headers)
        found = _endpoints(smart or {}, fhir_base)
        if not (found.authorize and found.token):
            found = _from_metadata(metadata or {}, found)
        if found.token and not (found.issuer and found.jwks):
            found = await self._from_openid(found, fhir_base, headers)
        if smart is None and metadata is None:
            raise Refused("connection.url_unreachable")
        if not (found.authorize and found.token):
            raise Refused("connection.not_smart")
        for url in (found.authorize, found.token, found.issuer, found.jwks):
            if url and (urlsplit(url).scheme != "https" or not urlsplit(url).hostname):
                raise Refused("connection.not_smart")
        return replace(found, fhir_release=str((metadata or {}).get("fhirVersion", "")))

    async def keys(self, url: str) -> list[dict[str, Any]]:
        """The EHR's public keys. Raises `Unavailable`."""
        answer = await self._get(url, {})
        if answer is None or answer.status != 200 or not isinstance(answer.body, dict):
            raise Unavailable
        return [key for key in answer.body.get("keys", []) if isinstance(key, dict)]

    async def token(self, url: str, form: Mapping[str, str], client_id: str) -> dict[str, Any]:
        """One token call. Raises `Refused("launch.ehr_refused")` or `Unavailable`. Never repeated: codes work once."""
        try:
            answer = await self._web.send(
                "POST", url, form=form, headers={"Epic-Client-ID": client_id} if client_id else {}, read_seconds=15
            )
        except UpstreamError:
            raise Unavailable from None
        if answer.status >= 500 or answer.status == 429:
            raise Unavailable
        if answer.status != 200 or not isinstance(answer.body, dict):
            raise Refused("launch.ehr_refused")
        return answer.body

    async def set_status(self, interconnect: str, query: Mapping[str, str], token: str, client_id: str) -> None:
        """Writes one participant's status (`epic-2018`).

        Raises `Refused` if Epic refuses this appointment (`ehr.appointment_unknown`) or status (`ehr.status_refused`),
        `Unavailable` with `ehr.sign_in_refused` or `ehr.not_answering` if it takes nothing now.
        """
        try:
            answer = await self._web.send(
                "GET",
                interconnect + WRITEBACK_PATH,
                params=query,
                headers={"Authorization": f"Bearer {token}", "Epic-Client-ID": client_id},
                read_seconds=10,
            )
        except UpstreamError:
            raise Unavailable("ehr.not_answering") from None
        check_taken(answer.status)

    async def _document(self, url: str, headers: Mapping[str, str]) -> dict[str, Any] | None:
        answer = await self._get(url, headers)
        return answer.body if answer and answer.status == 200 and isinstance(answer.body, dict) else None

    async def _get(self, url: str, headers: Mapping[str, str]) -> Answer | None:
        try:
            return await self._web.send("GET", url, headers=headers, read_seconds=DISCOVERY_SECONDS)
        except UpstreamError:
            return None

    async def _from_openid(self, found: Endpoints, fhir_base: str, headers: Mapping[str, str]) -> Endpoints:
        # Older Epics publish issuer and keys only here, beside the authorization server.
        before_api = fhir_base.lower().find("/api/fhir/")
        bases = [fhir_base[:before_api] + "/oauth2"] if before_api > 0 else []
        for base in [*bases, fhir_base]:
            document = await self._document(f"{base}/.well-known/openid-configuration", headers)
            if document and document.get("issuer") and document.get("jwks_uri"):
                return replace(found, issuer=str(document["issuer"]), jwks=str(document["jwks_uri"]))
        return found

    async def _guard(self, url: str) -> None:
        """Refuses addresses inside private networks, so that the check cannot be used to look around in ours."""
        parts = urlsplit(url)
        try:
            found = await asyncio.get_running_loop().getaddrinfo(
                parts.hostname, parts.port or 443, type=socket.SOCK_STREAM
            )
        except OSError:
            raise Refused("connection.url_unreachable") from None
        for *_, address in found:
            ip = ipaddress.ip_address(str(address[0]).partition("%")[0])
            if self._allow_loopback and ip.is_loopback:
                continue
            if not ip.is_global or ip.is_multicast or str(ip) == "168.63.129.16":
                raise Refused("connection.url_private")


def check_taken(status: int) -> None:
    """What an EHR's answer to a write means. Raises `Refused` and `Unavailable` as `EpicServers.set_status` says."""
    if status in (401, 403):
        raise Unavailable("ehr.sign_in_refused")
    if status in (408, 429) or status >= 500:
        raise Unavailable("ehr.not_answering")
    if status in (404, 410):
        raise Refused("ehr.appointment_unknown")
    if not 200 <= status < 300:
        raise Refused("ehr.status_refused")


def interconnect_of(fhir_base: str) -> str:
    """The base of Epic's own services for a FHIR base URL: everything before `/api/FHIR`."""
    cut = fhir_base.lower().find("/api/fhir")
    return fhir_base[:cut] if cut > 0 else fhir_base


def _endpoints(document: Mapping[str, Any], fhir_base: str) -> Endpoints:
    def url(name: str) -> str:
        # Relative URLs are relative to the FHIR base (SMART 2.2, Conformance).
        return urljoin(fhir_base + "/", str(document[name])) if document.get(name) else ""

    capabilities = document.get("capabilities")
    return Endpoints(
        url("authorization_endpoint"),
        url("token_endpoint"),
        str(document.get("issuer", "")),
        url("jwks_uri"),
        posts=isinstance(capabilities, list) and "authorize-post" in capabilities,
        says_iss=document.get("authorization_response_iss_parameter_supported") is True,
    )


def _from_metadata(metadata: Mapping[str, Any], found: Endpoints) -> Endpoints:
    rest = metadata.get("rest") or [{}]
    security = rest[0].get("security", {}) if isinstance(rest[0], dict) else {}
    for extension in security.get("extension", []):
        if extension.get("url") == OAUTH_URIS:
            uris = {item.get("url"): str(item.get("valueUri", "")) for item in extension.get("extension", [])}
            return replace(found, authorize=uris.get("authorize", ""), token=uris.get("token", ""))
    return found
