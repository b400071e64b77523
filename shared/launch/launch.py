"""A launch from the chart or the patient portal: find the connection, sign in at the EHR, enter the visit.

`iss` is looked up among the approved connections before any network call; the connection, never a query parameter or a
context token, says which tenant this is.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from shared.clock import Clock
from shared.errors import BridgeError, Refused
from shared.launch.cookies import FORM_LIFE, Cookie, form_cookie
from shared.launch.ehr import Departure, EhrSignIn, SignedIn, cookie_name
from shared.launch.entry import Entry
from shared.launch.microsoft import ClinicianSignIn, Newcomer
from shared.launch.once import Once
from shared.launch.smart import check_role, read_context
from shared.metrics import measure
from shared.organisations.connection import Connection, ConnectionState, normal_fhir_base
from shared.organisations.connections import Connections
from shared.organisations.people import Clinicians
from shared.organisations.records import AUDIENCES
from shared.organisations.sightings import Sightings
from shared.settings import Settings

LAUNCH_LENGTH = 8_192

IssueForm = Callable[[Connection, str, str], Awaitable[tuple[str, str]]]
"""A form by which a clinician texts the visit's link: connection, session and department in, name and sealed ticket out."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where the browser goes next, with cookies to set or remove."""

    url: str
    cookies: tuple[Cookie, ...] = ()


class Launches:
    """Launches of one stamp."""

    def __init__(
        self, settings: Settings, connections: Connections, sign_in: EhrSignIn, microsoft: ClinicianSignIn,
        clinicians: Clinicians, entry: Entry, issue_form: IssueForm, sightings: Sightings, clock: Clock,
    ) -> None:  # fmt: skip
        self._settings = settings
        self._connections = connections
        self._sign_in = sign_in
        self._microsoft = microsoft
        self._clinicians = clinicians
        self._entry = entry
        self._issue_form = issue_form
        self._sightings = sightings
        self._clock = clock
        self._once: Once[Arrival] = Once(clock)

    async def begin(self, audience: str, query: Mapping[str, str], connection_id: str | None) -> Departure:
        """The EHR opened us: to its own sign-in, and back to `/api/launch/callback/{audience}`."""
        try:
            departure = await self._begin(audience, query, connection_id)
        except BridgeError as error:
            _refused(audience, error)
            raise
        measure("visitbridge.launch.begun", 1, audience=audience)
        return departure

    async def _begin(self, audience: str, query: Mapping[str, str], connection_id: str | None) -> Departure:
        if audience not in AUDIENCES:
            raise Refused("launch.audience_unknown")
        launch = query.get("launch", "")
        if not query.get("iss") or not launch or len(launch) > LAUNCH_LENGTH:
            raise Refused("launch.issuer_missing")
        connection = await self._connection(query["iss"], audience, connection_id)
        redirect_uri = f"{self._settings.public_url}/api/launch/callback/{audience}"
        path = {"id": connection_id or ""}
        return await self._sign_in.begin(connection, audience, redirect_uri=redirect_uri, launch=launch, extra=path)

    async def finish(
        self,
        audience: str,
        query: Mapping[str, str],
        cookies: Mapping[str, str],
        device: str = "desktop",
        *,
        fits: bool = True,
    ) -> Arrival:
        """The EHR sent the browser back: into the room, to the waiting page, or to the one Microsoft sign-in.

        `device` is the kind of device that the browser is on; `fits`: whether a call may run in it.
        """
        if audience not in AUDIENCES:
            raise Refused("launch.audience_unknown")
        state = query.get("state", "")
        proof = (audience, query.get("code", ""), cookies.get(cookie_name(audience, state), ""))
        try:
            return await self._once.finish(
                state, proof, lambda: self._enter(audience, query, cookies, device, fits=fits)
            )
        except BridgeError as error:
            _refused(audience, error)
            with contextlib.suppress(BridgeError):
                began_for = await self._sign_in.began_for(audience, query, cookies)
                self._sightings.refused_launch(began_for, error.code)
            raise

    async def _enter(
        self, audience: str, query: Mapping[str, str], cookies: Mapping[str, str], device: str, *, fits: bool
    ) -> Arrival:
        signed_in = await self._sign_in.finish(audience, query, cookies)
        with_id = bool(signed_in.extra.get("id"))
        self._sightings.launch(signed_in.connection.id, audience, signed_in.answer, with_id=with_id)
        if signed_in.connection.state is not ConnectionState.APPROVED:
            raise Refused("connection.not_approved")
        context = read_context(signed_in.answer)
        check_role(audience, signed_in.identity, context)
        measure("visitbridge.launch.returned", 1, audience=audience)
        if audience == "patient":
            url = await self._entry.patient(signed_in.connection, context, device, fits=fits)
            measure("visitbridge.launch.entered", 1, audience=audience)
            return Arrival(url, (signed_in.spent,))
        if audience == "devicetest":
            url = await self._entry.device_test(signed_in.connection, context)
            measure("visitbridge.launch.entered", 1, audience=audience)
            return Arrival(url, (signed_in.spent,))
        if audience == "directsms":
            # Whoever texts a link needs no Teams: the EHR's word that this is staff of the visit is enough.
            form, ticket = await self._issue_form(signed_in.connection, context.session, context.department)
            url = f"{self._settings.public_url}/api/direct-sms/{form}"
            return Arrival(url, (signed_in.spent, Cookie(form_cookie(form), ticket, FORM_LIFE)))
        return await self._clinician(signed_in)

    async def _clinician(self, signed_in: SignedIn) -> Arrival:
        connection, user = signed_in.connection, signed_in.identity.id
        context = read_context(signed_in.answer)
        oid, looked = await asyncio.gather(
            self._clinicians.linked(connection.id, user), self._entry.look(connection, context)
        )
        if oid is not None:
            way = await self._entry.clinician(connection, looked, user, oid)
            measure("visitbridge.launch.entered", 1, audience="provider")
            return Arrival(way.url, (signed_in.spent, *way.cookies))
        departure = await self._microsoft.begin(Newcomer(connection.tenant, connection.id, user, context))
        return Arrival(departure.url, (signed_in.spent, departure.cookie))

    async def _connection(self, iss: str, audience: str, connection_id: str | None) -> Connection:
        try:
            base = normal_fhir_base(iss, allow_loopback=self._settings.allow_loopback)
        except Refused:
            self._sightings.refused_launch(connection_id, "launch.issuer_unknown")
            raise Refused("launch.issuer_unknown") from None
        found = await self._connections.by_issuer(base)
        if connection_id is not None:
            found = [connection for connection in found if connection.id == connection_id]
        if not found:
            # With an id in the path this is what a mix-up of test and production looks like.
            self._sightings.refused_launch(connection_id, "launch.issuer_unknown")
            raise Refused("launch.issuer_unknown")
        approved = [c for c in found if c.state is ConnectionState.APPROVED and c.endpoints and c.client_id(audience)]
        if not approved:
            for connection in found:
                self._sightings.refused_launch(connection.id, "connection.not_approved")
            raise Refused("connection.not_approved")
        if len(approved) > 1:
            # Affiliates share a FHIR base URL, or testing and production do: only the id in the launch URL tells them apart.
            # A context token that names a tenant could only confirm what the connection says.
            for connection in approved:
                self._sightings.refused_launch(connection.id, "launch.connection_ambiguous")
            raise Refused("launch.connection_ambiguous")
        return approved[0]


def _refused(audience: str, error: BridgeError) -> None:
    # The audience stands in the address: whatever is no audience of ours could be anything.
    measure("visitbridge.launch.refused", 1, audience=audience if audience in AUDIENCES else "other", code=error.code)
