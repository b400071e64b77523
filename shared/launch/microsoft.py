"""A clinician's one Microsoft sign-in: ties the EHR user, whom the EHR has just vouched for, to an Entra account."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from shared.adapters.entra import MicrosoftSignIn
from shared.clock import Clock
from shared.errors import Refused
from shared.keys.keyring import SealError
from shared.keys.keys import Keys
from shared.launch.cookies import LIFE, Cookie
from shared.launch.ehr import Departure
from shared.launch.entry import Entry, Way
from shared.launch.once import Once
from shared.launch.smart import Context
from shared.metrics import measure
from shared.organisations.audit import Audit
from shared.organisations.connections import Connections
from shared.organisations.people import Clinicians

PURPOSE = "microsoft"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who launched where and which visit waits: sealed into the browser's cookie for the trip to Entra."""

    tenant: str
    connection_id: str
    ehr_user: str
    context: Context


class ClinicianSignIn:
    """The trip to Entra and back: to the connection's tenant, and to no other."""

    def __init__(
        self, microsoft: MicrosoftSignIn, clinicians: Clinicians, connections: Connections, entry: Entry, audit: Audit,
        keys: Keys, clock: Clock,
    ) -> None:  # fmt: skip
        self._microsoft = microsoft
        self._clinicians = clinicians
        self._connections = connections
        self._entry = entry
        self._audit = audit
        self._keys = keys
        self._clock = clock
        self._once: Once[Way] = Once(clock)

    async def begin(self, newcomer: Newcomer) -> Departure:
        """Where to send the browser, with the flow sealed into a cookie."""
        flow = await self._microsoft.begin(newcomer.tenant)
        url = str(flow.pop("auth_uri"))
        context = newcomer.context
        content: dict[str, Any] = {
            "flow": flow,
            "connection": newcomer.connection_id,
            "user": newcomer.ehr_user,
            "context": [context.session, context.department, context.user_type],
            "until": int((self._clock() + LIFE).timestamp()),
        }
        ring = await self._keys.ring()
        return Departure(url, Cookie(_name(str(flow["state"])), ring.seal_json(PURPOSE, content)))

    async def finish(self, query: Mapping[str, str], cookies: Mapping[str, str]) -> Way:
        """Keeps the link and enters the visit. The way has the sign-in's own cookie to remove, too."""
        state = query.get("state", "")
        proof = (query.get("code", ""), cookies.get(_name(state), ""))
        return await self._once.finish(state, proof, lambda: self._finish(query, cookies))

    async def _finish(self, query: Mapping[str, str], cookies: Mapping[str, str]) -> Way:
        name = _name(query.get("state", ""))
        ring = await self._keys.ring()
        try:
            began = ring.unseal_json(PURPOSE, cookies.get(name, ""))
        except SealError:
            raise Refused("launch.state_invalid") from None
        if datetime.fromtimestamp(began["until"], UTC) <= self._clock():
            raise Refused("launch.state_invalid")
        connection = await self._connections.get(str(began["connection"]))
        if connection is None:
            raise Refused("connection.changed")
        oid = await self._microsoft.finish(connection.tenant, began["flow"], query)
        user = str(began["user"])
        await self._clinicians.link(connection.id, user, connection.tenant, oid)
        await self._audit.note(connection.tenant, oid, "clinician.linked", connection.id)
        looked = await self._entry.look(connection, Context(*began["context"]))
        way = await self._entry.clinician(connection, looked, user, oid)
        measure("visitbridge.launch.entered", 1, audience="provider")
        return Way(way.url, (Cookie(name, "", 0), *way.cookies))


def _name(state: str) -> str:
    return f"vb_microsoft_{sha256(state.encode()).hexdigest()[:12]}"
