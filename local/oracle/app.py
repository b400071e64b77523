"""One tenant: what it publishes about itself, its token endpoint, its appointments by id."""

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.oracle import patches
from local.oracle.outcomes import FHIR, RefusedError
from local.oracle.tokens import Tokens

TENANT = "0c2e4f6a-1b3d-4d5e-8f70-92a4b6c8d0e2"
BASE = f"/r4/{TENANT}"
READ, WRITE = "system/Appointment.read", "system/Appointment.write"
PATCH = "application/json-patch+json"


@dataclass
class Appointment:
    """`resource` without its version; `locked`: somebody writes it; `patched`: the operations taken, oldest first."""

    resource: dict[str, Any]
    version: int = 1
    video: bool = True
    locked: int = 0
    patched: list[dict[str, tuple[str, str]]] = field(default_factory=list)

    @property
    def etag(self) -> str:
        return f'W/"{self.version}"'


class Millennium:
    """The tenant. `origin`: where it is served; `keys`: the public keys of its one client."""

    def __init__(
        self,
        origin: str,
        client_id: str,
        keys: Mapping[str, Any],
        *,
        allowed: tuple[str, ...] = (READ, WRITE),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.fhir_base, self.token_url = origin + BASE, f"{origin}/tenants/{TENANT}/token"
        self._clock = clock
        self.tokens = Tokens(client_id, keys, set(allowed), self.token_url, clock)
        self.appointments: dict[str, Appointment] = {}
        self.app = Starlette(
            routes=[
                Route(BASE + "/.well-known/smart-configuration", self.configuration),
                Route(BASE + "/metadata", self.metadata),
                Route(BASE + "/Appointment/{id}", self.appointment, methods=["GET", "PATCH"]),
                Route(f"/tenants/{TENANT}/token", self.tokens.token, methods=["POST"]),
            ]
        )

    def add(self, appointment_id: str, status: str = "booked", *, video: bool = True) -> Appointment:
        """Books an appointment of tomorrow, without video links."""
        start = datetime.fromtimestamp(self._clock(), UTC).replace(microsecond=0) + timedelta(days=1)
        resource = {
            "resourceType": "Appointment",
            "id": appointment_id,
            "status": status,
            "serviceType": [{"text": "Video Visit" if video else "Office Visit"}],
            "start": start.isoformat(),
            "end": (start + timedelta(minutes=30)).isoformat(),
            "minutesDuration": 30,
            "participant": [
                {"actor": {"reference": "Patient/12724066"}, "required": "required", "status": "accepted"},
                {"actor": {"reference": "Practitioner/593923"}, "required": "required", "status": "accepted"},
            ],
        }
        self.appointments[appointment_id] = made = Appointment(resource, video=video)
        return made

    async def configuration(self, _: Request) -> Response:
        """SMART App Launch 2.2, Conformance: what a client of Backend Services needs."""
        return JSONResponse(
            {
                "token_endpoint": self.token_url,
                "authorization_endpoint": self.token_url.replace("/token", "/authorize"),
                "grant_types_supported": ["authorization_code", "client_credentials"],
                "token_endpoint_auth_methods_supported": ["private_key_jwt"],
                "token_endpoint_auth_signing_alg_values_supported": ["RS384", "ES384"],
                "scopes_supported": [READ, WRITE],
                "code_challenge_methods_supported": ["S256"],
                "capabilities": ["client-confidential-asymmetric", "permission-v1"],
            }
        )

    async def metadata(self, _: Request) -> Response:
        """The CapabilityStatement, as far as it is so."""
        interactions = [{"code": "read"}, {"code": "patch"}]
        body = {
            "resourceType": "CapabilityStatement",
            "status": "active",
            "date": "2026-11-01",
            "kind": "instance",
            "implementation": {"description": "A stand-in", "url": self.fhir_base},
            "fhirVersion": "4.0.1",
            "format": ["json"],
            "patchFormat": [PATCH],
            "rest": [
                {
                    "mode": "server",
                    "resource": [
                        {"type": "Appointment", "interaction": interactions, "versioning": "versioned-update"}
                    ],
                }
            ],
        }
        return JSONResponse(body, media_type=FHIR)

    async def appointment(self, request: Request) -> Response:
        """Read and patch."""
        try:
            scopes = self._scopes(request)
            if request.method == "GET":
                return self._read(self._found(request, scopes, READ))
            return await self._patched(request, scopes)
        except RefusedError as refusal:
            return refusal.answer()

    def _scopes(self, request: Request) -> frozenset[str]:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        scopes = self.tokens.scopes(token) if scheme == "Bearer" else None
        if scopes is None:
            raise RefusedError(401, "a token is needed")
        if request.headers.get("accept", "") != FHIR:
            raise RefusedError(406, f"Accept must be {FHIR}")
        return scopes

    def _found(self, request: Request, scopes: frozenset[str], *needed: str) -> Appointment:
        if not scopes.issuperset(needed):
            raise RefusedError(403, "the token does not allow this")
        found = self.appointments.get(request.path_params["id"])
        if found is None:
            raise RefusedError(404, "there is no such appointment")
        return found

    def _read(self, found: Appointment) -> Response:
        now = datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="seconds")
        body = found.resource | {"meta": {"versionId": str(found.version), "lastUpdated": now}}
        return JSONResponse(body, headers={"ETag": found.etag}, media_type=FHIR)

    async def _patched(self, request: Request, scopes: frozenset[str]) -> Response:
        if request.headers.get("content-type") != PATCH:
            raise RefusedError(415, f"Content-Type must be {PATCH}")
        try:
            operations = patches.read(json.loads(await request.body()))
        except ValueError:
            raise RefusedError(400, "the body is no JSON") from None
        links = any(path != "/status" for path in operations)
        found = self._found(request, scopes, WRITE, *([READ] if links else []))
        seen = request.headers.get("if-match")
        if seen is None:
            raise RefusedError(412, "If-Match is needed")
        if not re.fullmatch(r'W/"[^"]+"', seen):
            raise RefusedError(400, "If-Match is a weak ETag")
        if found.locked:
            found.locked -= 1
            raise RefusedError(423, "the appointment is being modified")
        if seen != found.etag:
            raise RefusedError(409, "the appointment is of another version")
        found.resource = patches.applied(found.resource, operations, video=found.video)
        found.version += 1
        found.patched.append(operations)
        return Response(headers={"ETag": found.etag}, media_type="text/html")
