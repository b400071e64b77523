"""SetExternalConnectionStatus: where a video vendor says who is connected, shown on the clinician's schedule.

Path and parameter names are public (Epic, context linking, 2018). The values' meaning is not: those here are invented,
the choice of this one demo hospital, as each real hospital has to tell its own. Nor is the answer's body: ours is empty.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.config import EPIC_CLIENT_IDS
from local.epic.answers import OAuthError, parameters
from local.epic.grants import Grants
from local.epic.schedule import Schedule

PATH = "/api/epic/2018/Telehealth/ContextLinking/SetExternalConnectionStatus"
STATUS_MAP = {"1": "connected", "2": "disconnected"}
TYPE_MAP = {"1": "provider", "2": "patient"}
PARAMETERS = {"ConferenceID", "ExternalID", "ExternalIDType", "VendorName", "ConnectionStatus"}


@dataclass(frozen=True)
class Status:
    """One write-back, values translated by the maps above."""

    conference_id: str
    external_id: str
    external_id_type: str
    vendor_name: str
    status: str
    received_at: str


class Statuses:
    """What was written back, oldest first."""

    def __init__(self, grants: Grants, schedule: Schedule, clock: Callable[[], float]) -> None:
        self._grants, self._schedule, self._clock = grants, schedule, clock
        self.received: list[Status] = []

    def latest(self, *conference_ids: str) -> list[Status]:
        """The last word about each participant of a visit."""
        last: dict[tuple[str, str], Status] = {}
        for each in self.received:
            if each.conference_id in conference_ids:
                last[each.external_id_type, each.external_id] = each
        return list(last.values())

    async def set(self, request: Request) -> Response:
        """GET with a query, or POST with a query or a form."""
        if refusal := self._refusal(request):
            return refusal
        try:
            sent = await parameters(request, query=True, body=request.method == "POST" and bool(await request.body()))
        except OAuthError as error:
            return _problem(400, error.description)
        names = set(sent.values)
        if names != PARAMETERS or sent.repeated:
            return _problem(400, f"needed once each: {', '.join(sorted(PARAMETERS))}; sent: {', '.join(sorted(names))}")
        status, kind = STATUS_MAP.get(sent.get("ConnectionStatus")), TYPE_MAP.get(sent.get("ExternalIDType"))
        if status is None or kind is None:
            return _problem(400, "ConnectionStatus and ExternalIDType must be 1 or 2")
        conference_id = sent.get("ConferenceID")
        if not self._schedule.has_conference(conference_id):
            return _problem(404, "ConferenceID is not known")
        at = datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="milliseconds")
        self.received.append(Status(conference_id, sent.get("ExternalID"), kind, sent.get("VendorName"), status, at))
        return Response(status_code=200)

    def _refusal(self, request: Request) -> Response | None:
        """401 unless the backend client's own token comes, 400 without the Epic-Client-ID header."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        access = self._grants.access(token) if scheme.lower() == "bearer" else None
        backend = EPIC_CLIENT_IDS["backend"]
        if access is None or access.client_id != backend:
            return _problem(401, "a token of the backend client is needed", {"WWW-Authenticate": "Bearer"})
        if request.headers.get("epic-client-id") != backend:
            return _problem(400, "the header Epic-Client-ID must name the backend client")
        return None


def _problem(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"Message": message}, status, headers)
