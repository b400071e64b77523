"""Texts that a clinician sends by hand, from a launch out of the chart: the form's ticket, the number, the sending.

The ticket is sealed into a cookie of the browser that launched, named after the form, so that several tabs do not
disturb each other; the form carries a code of its own, so that no other site can send it.
"""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Any

from shared.clock import Clock
from shared.errors import Refused
from shared.keys.keyring import Keyring, SealError
from shared.keys.keys import Keys
from shared.messages import phones
from shared.messages.sending import PHONE, SESSION
from shared.organisations.connection import Connection, ConnectionState
from shared.organisations.connections import Connections
from shared.visits.changes import launched
from shared.visits.direct import directed, texts_to
from shared.visits.ids import visit_keys
from shared.visits.store import Visits
from shared.visits.visit import Phone, Record, State, VisitKey

TICKET = "direct"
LIFE = timedelta(minutes=30)

Consented = Callable[[str], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Ticket:
    """Who may text whom about which visit: made by a launch, good for one form. `code` proves that the form is ours."""

    form: str
    connection: Connection
    session: str
    department: str
    code: str

    @property
    def language(self) -> str:
        """The language that the form proposes for the text."""
        return self.connection.sms.language


class DirectTexts:
    """The use case of one stamp."""

    def __init__(
        self, visits: Visits, connections: Connections, consented: Consented, keys: Keys, clock: Clock
    ) -> None:
        self._visits = visits
        self._connections = connections
        self._consented = consented
        self._keys = keys
        self._clock = clock

    async def issue(self, connection: Connection, session: str, department: str) -> tuple[str, str]:
        """A form's name and its sealed ticket. Raises `Refused("direct.texts_off")` where no text could leave."""
        await self._check_on(connection)
        form = token_hex(8)
        content = {
            "connection": connection.id,
            "session": session,
            "department": department,
            "code": token_hex(16),
            "until": int((self._clock() + LIFE).timestamp()),
        }
        return form, (await self._keys.ring()).seal_json(TICKET, content, form)

    async def read(self, form: str, sealed: str) -> Ticket:
        """The ticket of a form. Raises `Refused`: `direct.ticket_invalid`, `direct.texts_off`."""
        try:
            content: dict[str, Any] = (await self._keys.ring()).unseal_json(TICKET, sealed, form)
        except SealError:
            raise Refused("direct.ticket_invalid") from None
        connection = await self._connections.get(str(content["connection"]))
        if connection is None or datetime.fromtimestamp(content["until"], UTC) <= self._clock():
            raise Refused("direct.ticket_invalid")
        await self._check_on(connection)
        return Ticket(form, connection, content["session"], content["department"], content["code"])

    def number(self, ticket: Ticket, fields: Mapping[str, str]) -> str:
        """The number that a form says, as E.164. Raises `Refused`: `direct.ticket_invalid`, `direct.number_invalid`."""
        if not hmac.compare_digest(fields.get("code", "").encode(), ticket.code.encode()):
            raise Refused("direct.ticket_invalid")
        number = phones.to_e164(fields.get("phone", ""), ticket.connection.sms.region)
        if number is None:
            raise Refused("direct.number_invalid")
        return number

    async def send(self, ticket: Ticket, number: str, language: str) -> str:
        """Owes the text, once; returns the name under which `status` knows it. Raises `Refused("link.over")`, too."""
        ring, connection, now = await self._keys.ring(), ticket.connection, self._clock()
        key = await self._key(ring, ticket)
        phone = Phone(
            sealed=ring.seal(PHONE, number.encode(), str(key)),
            digest=ring.digest("phone", number, 15).hex(),
            language=language,
        )
        patient = f"{TICKET}:{ring.digest('patient', f'{key}|{number}', 8).hex()}"
        session = ring.seal(SESSION, ticket.session.encode(), str(key))

        def apply(record: Record | None) -> Record:
            known = record or launched(
                None, key=key, session=session, zone=connection.zone, department=ticket.department, now=now
            )
            assert known is not None
            if known.visit.state is not State.BOOKED or known.visit.end <= now:
                raise Refused("link.cancelled" if known.visit.state is State.CANCELLED else "link.over")
            return directed(known, phone, patient, now)

        await self._visits.change(key, apply)
        return patient

    async def status(self, ticket: Ticket, patient: str) -> tuple[str, str]:
        """State and reason of the last text to a number; empty where there is none."""
        record = await self._visits.load(await self._key(await self._keys.ring(), ticket))
        texts = texts_to(record, patient) if record else []
        return (texts[-1].state.value, texts[-1].reason) if texts else ("", "")

    async def _key(self, ring: Keyring, ticket: Ticket) -> VisitKey:
        keys = visit_keys(ring, ticket.connection.id, ticket.session)
        return keys[0] if len(keys) == 1 else (await self._visits.find(keys))[0]

    async def on(self, connection: Connection) -> bool:
        """Whether a text could leave."""
        sms = connection.sms
        on = connection.state is ConnectionState.APPROVED and sms.enabled and sms.sender and sms.organisation
        return bool(on) and await self._consented(connection.tenant)

    async def _check_on(self, connection: Connection) -> None:
        if not await self.on(connection):
            raise Refused("direct.texts_off")
