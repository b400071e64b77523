"""FHIR R4 appointments as Oracle Health Millennium keeps them: read with their version, changed by a JSON Patch.

A patch names the version it was made for in `If-Match` and is refused with 409 if it is another by now, with 412 without
the header, with 423 while somebody else writes.
https://docs.oracle.com/en/industries/health/millennium-platform-apis/mfrap/op-appointment-id-patch.html
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.adapters.epic import check_taken
from shared.adapters.web import Answer, UpstreamError, Web
from shared.errors import Refused, Unavailable

FHIR, PATCH = "application/fhir+json", "application/json-patch+json"
ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
"""FHIR R4, `id`."""
READ_SECONDS = 10
CHANGED = (409, 412, 423)

Operation = Mapping[str, str]
"""One step of a JSON Patch (RFC 6902): `op`, `path`, `value`."""


@dataclass(frozen=True, slots=True)
class Appointment:
    """An appointment as it was read. `version` is what `If-Match` wants between the quotes; `links` are the addresses of
    its video rooms, the provider's first.
    """

    id: str
    version: str
    status: str
    links: tuple[str, ...] = ()


class Appointments:
    """Appointments of an EHR. Raises `Refused` and `Unavailable` with `ehr.` codes, as `EpicServers.set_status` does."""

    def __init__(self, web: Web) -> None:
        self._web = web

    async def read(self, fhir_base: str, appointment_id: str, token: str) -> Appointment:
        """One appointment. A number that can be no FHIR id is not asked for."""
        answer = await self._send("GET", fhir_base, appointment_id, token, {})
        body = answer.body
        if not isinstance(body, dict) or body.get("resourceType") != "Appointment":
            raise Unavailable("ehr.not_answering")
        version = _version(answer.headers.get("etag", "")) or str((body.get("meta") or {}).get("versionId") or "")
        if not version:
            raise Refused("ehr.status_refused")
        return Appointment(appointment_id, version, str(body.get("status", "")), _links(body.get("contained")))

    async def patch(self, fhir_base: str, known: Appointment, operations: Sequence[Operation], token: str) -> None:
        """Changes the appointment as it was read. Raises `Unavailable("ehr.appointment_changing")` if it is another by now."""
        headers = {"Content-Type": PATCH, "If-Match": f'W/"{known.version}"'}
        await self._send("PATCH", fhir_base, known.id, token, headers, [dict(one) for one in operations])

    async def _send(
        self, method: str, fhir_base: str, appointment_id: str, token: str, headers: Mapping[str, str], body: Any = None
    ) -> Answer:
        if not ID.fullmatch(appointment_id):
            raise Refused("ehr.appointment_unknown")
        try:
            answer = await self._web.send(
                method,
                f"{fhir_base}/Appointment/{appointment_id}",
                headers={"Accept": FHIR, "Authorization": f"Bearer {token}", **headers},
                json_body=body,
                read_seconds=READ_SECONDS,
            )
        except UpstreamError:
            raise Unavailable("ehr.not_answering") from None
        if method == "PATCH" and answer.status in CHANGED:
            raise Unavailable("ehr.appointment_changing")
        check_taken(answer.status)
        return answer


def _version(etag: str) -> str:
    match = re.fullmatch(r'(?:W/)?"([^"]+)"', etag.strip())
    return match[1] if match else ""


def _links(contained: Any) -> tuple[str, ...]:
    """The addresses of the contained virtual meeting rooms, in their order, until one is missing."""
    found: list[str] = []
    for room in contained if isinstance(contained, list) else []:
        telecom = room.get("telecom") if isinstance(room, dict) else None
        value = telecom[0].get("value") if isinstance(telecom, list) and telecom else None
        if not value:
            break
        found.append(str(value))
    return tuple(found)
