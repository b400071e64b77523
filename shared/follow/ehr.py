"""What every adapter for writing back has in common: what an EHR is told, and the token that lets us tell it.

An adapter raises `Refused` where the EHR refuses this appointment or this status, which is nobody else's trouble, and
`Unavailable` where it takes nothing now: from anybody (`ehr.sign_in_refused`, `ehr.not_answering`), or of this
appointment (`ehr.appointment_changing`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from shared.adapters.epic import EpicServers
from shared.clock import Clock
from shared.errors import Refused, Unavailable
from shared.keys.assertion import client_assertion
from shared.keys.signing import Signer
from shared.organisations.connection import Connection
from shared.visits.visit import Announcement

TOKEN_KEPT = timedelta(minutes=4)
EVERYBODYS = ("ehr.sign_in_refused", "ehr.not_answering")
"""Codes of refusals that hold for each visit of a connection: they pause it."""


@dataclass(frozen=True, slots=True)
class Word:
    """One thing to tell. `session`: the visit's number in the EHR; `user`: the EHR's id of a clinician, else empty; `link`
    opens the visit for a patient, of use from `start` to `end`.
    """

    item: Announcement
    session: str
    user: str
    link: str
    start: datetime
    end: datetime


class Adapter(Protocol):
    """One way to write into an EHR."""

    scope: str
    """What the backend's token is asked to allow; empty where the EHR knows by itself."""
    epic_header: bool
    """Whether the token call names the client in Epic's header."""

    def speaks(self, connection: Connection, item: Announcement) -> bool:
        """Whether the hospital's values have a word for it. Pure."""

    async def tell(self, connection: Connection, word: Word, token: str) -> None:
        """Tells it; to tell the same twice is harmless. Raises `Refused` or `Unavailable` as said above."""


class BackendTokens:
    """Tokens of SMART Backend Services, kept for four minutes of their life.

    https://hl7.org/fhir/smart-app-launch/backend-services.html
    """

    def __init__(self, servers: EpicServers, signer: Signer, clock: Clock) -> None:
        self._servers = servers
        self._signer = signer
        self._clock = clock
        self._kept: dict[str, tuple[tuple[str, ...], datetime, str]] = {}

    async def of(self, connection: Connection, adapter: Adapter) -> str:
        """A token. Raises `Unavailable` with one of EVERYBODYS."""
        now = self._clock()
        if connection.endpoints is None:
            raise Unavailable("ehr.sign_in_refused")
        url, client_id = connection.endpoints.token, connection.client_id("backend")
        # A token of a sign-in as it was before a change says nothing about the sign-in as it is.
        how = (url, client_id, connection.assertion, connection.environment, adapter.scope)
        before, until, token = self._kept.get(connection.id, ((), now, ""))
        if before == how and until > now:
            return token
        assertion = await client_assertion(
            self._signer, environment=connection.environment, algorithm=connection.assertion,
            client_id=client_id, token_url=url, now=now,
        )  # fmt: skip
        form = {"grant_type": "client_credentials", **({"scope": adapter.scope} if adapter.scope else {}), **assertion}
        try:
            answer = await self._servers.token(url, form, client_id if adapter.epic_header else "")
        except Refused:
            raise Unavailable("ehr.sign_in_refused") from None
        except Unavailable:
            raise Unavailable("ehr.not_answering") from None
        token = str(answer.get("access_token") or "")
        if not token:
            raise Unavailable("ehr.sign_in_refused")
        self._kept[connection.id] = (how, now + TOKEN_KEPT, token)
        return token

    def forget(self, connection: Connection) -> bool:
        """Drops a kept token. Whether there was one."""
        return self._kept.pop(connection.id, None) is not None
