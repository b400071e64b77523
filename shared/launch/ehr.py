"""The sign-in at an EHR, begun and finished: the same for a launch from the chart and for the approver's proof.

No server-side session: what must survive the trip is sealed into a short-lived cookie of the browser that began it. The
cookie is named after the state, so that several tabs do not disturb each other.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from shared.adapters.epic import EpicServers
from shared.clock import Clock
from shared.errors import Refused, Unavailable
from shared.keys.ahead import Assertions, Audience
from shared.keys.keyring import SealError
from shared.keys.keys import Keys
from shared.launch.cookies import LIFE, Cookie
from shared.launch.smart import Identity, Pending, authorize_query, authorize_url, must_post, read_identity
from shared.organisations.connection import Connection
from shared.organisations.connections import Connections

KEYS_CACHED_FOR = timedelta(minutes=5)
PURPOSE = "sign-in"


@dataclass(frozen=True, slots=True)
class Departure:
    """Where to send the browser, and what it must carry. With a `form`, that is posted there."""

    url: str
    cookie: Cookie
    form: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a finished sign-in gave: `answer` is the token response without its tokens, which are dropped here."""

    connection: Connection
    identity: Identity
    issuer: str
    answer: Mapping[str, Any]
    extra: Mapping[str, str]
    spent: Cookie


class EhrSignIn:
    """Signs people in at the EHR of a connection."""

    def __init__(
        self, connections: Connections, epic: EpicServers, assertions: Assertions, keys: Keys, clock: Clock
    ) -> None:
        self._connections = connections
        self._epic = epic
        self._assertions = assertions
        self._keys = keys
        self._clock = clock
        self._ehr_keys: dict[str, _Known] = {}

    async def begin(
        self,
        connection: Connection,
        audience: str,
        *,
        redirect_uri: str,
        launch: str,
        extra: Mapping[str, str] | None = None,
    ) -> Departure:
        """Begins a sign-in. `extra` comes back when it is finished."""
        pending, endpoints, client_id = Pending.new(), connection.endpoints, connection.client_id(audience)
        if endpoints is None:
            raise Refused("connection.not_approved")
        query = authorize_query(connection, pending, client_id=client_id, redirect_uri=redirect_uri, launch=launch)
        content = {
            "state": pending.state,
            "nonce": pending.nonce,
            "verifier": pending.verifier,
            "connection": connection.id,
            "configuration": connection.configuration,
            "redirect": redirect_uri,
            "until": int((self._clock() + LIFE).timestamp()),
            "extra": dict(extra or {}),
        }
        ring = await self._keys.ring()
        self._assertions.prepare(_audience(connection, client_id))
        cookie = Cookie(cookie_name(audience, pending.state), ring.seal_json(PURPOSE, content, audience))
        if must_post(endpoints, query):
            return Departure(endpoints.authorize, cookie, query)
        return Departure(authorize_url(endpoints, query), cookie)

    async def finish(self, audience: str, query: Mapping[str, str], cookies: Mapping[str, str]) -> SignedIn:
        """Finishes what `begin` began in this very browser.

        Raises `Refused`: `launch.state_invalid`, `.ehr_refused`, `.identity_invalid`; `connection.changed` if the
        configuration moved under the sign-in. Raises `Unavailable` if the EHR does not answer.
        """
        name = cookie_name(audience, query.get("state", ""))
        began = await self._began(cookies.get(name, ""), audience, query.get("state", ""))
        connection = await self._connections.get(str(began["connection"]))
        if connection is None or connection.configuration != began["configuration"] or connection.endpoints is None:
            raise Refused("connection.changed")
        # RFC 9207: an answer of another server, or of none where ours always says, is a mix-up of two hospitals.
        if query.get("iss", None if connection.endpoints.says_iss else connection.endpoints.issuer) != (
            connection.endpoints.issuer
        ):
            raise Refused("launch.state_invalid")
        if "error" in query or not query.get("code"):
            raise Refused("launch.ehr_refused")
        client_id = connection.client_id(audience)
        # The EHR's public keys are read beside the token call, not after it.
        answer, known = await asyncio.gather(
            self._exchange(connection, client_id, str(query["code"]), began), self._keys_of(connection)
        )
        identity = await self._identity(connection, client_id, str(answer.get("id_token", "")), began, known)
        kept = {k: v for k, v in answer.items() if k not in ("access_token", "id_token", "refresh_token")}
        spent = Cookie(name, "", 0)
        return SignedIn(connection, identity, connection.endpoints.issuer, kept, began["extra"], spent)

    async def began_for(self, audience: str, query: Mapping[str, str], cookies: Mapping[str, str]) -> str:
        """The id of the connection that this browser's sign-in was begun for. Raises as `finish` does."""
        state = query.get("state", "")
        return str((await self._began(cookies.get(cookie_name(audience, state), ""), audience, state))["connection"])

    async def _began(self, sealed: str, audience: str, state: str) -> dict[str, Any]:
        ring = await self._keys.ring()
        try:
            began = ring.unseal_json(PURPOSE, sealed, audience)
        except SealError:
            raise Refused("launch.state_invalid") from None
        if began["state"] != state or datetime.fromtimestamp(began["until"], UTC) <= self._clock():
            raise Refused("launch.state_invalid")
        return began

    async def _exchange(
        self, connection: Connection, client_id: str, code: str, began: Mapping[str, Any]
    ) -> dict[str, Any]:
        assert connection.endpoints is not None
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": str(began["redirect"]),
            "code_verifier": str(began["verifier"]),
            **await self._assertions.take(_audience(connection, client_id)),
        }
        return await self._epic.token(connection.endpoints.token, form, client_id)

    async def _keys_of(self, connection: Connection) -> "_Known":
        assert connection.endpoints is not None
        url = connection.endpoints.jwks
        known = self._ehr_keys.get(url)
        if known is not None and known.until > self._clock():
            return known
        if not url:
            return _Known(self._clock(), [], fresh=True)
        try:
            keys = await self._epic.keys(url)
        except Unavailable:
            # What the token call says of a code comes first; without keys nobody is believed.
            return _Known(self._clock(), [])
        self._ehr_keys[url] = _Known(self._clock() + KEYS_CACHED_FOR, keys)
        return replace(self._ehr_keys[url], fresh=True)

    async def _identity(
        self, connection: Connection, client_id: str, id_token: str, began: Mapping[str, Any], known: "_Known"
    ) -> Identity:
        assert connection.endpoints is not None
        nonce, url = str(began["nonce"]), connection.endpoints.jwks
        try:
            return read_identity(id_token, known.keys, connection=connection, client_id=client_id, nonce=nonce)
        except Refused:
            if known.fresh:
                raise
        # The EHR may have rotated its keys since: once more with fresh ones.
        keys = await self._epic.keys(url)
        identity = read_identity(id_token, keys, connection=connection, client_id=client_id, nonce=nonce)
        self._ehr_keys[url] = _Known(self._clock() + KEYS_CACHED_FOR, keys)
        return identity


@dataclass(frozen=True, slots=True)
class _Known:
    """An EHR's public keys and until when they are believed. `fresh`: read for this very sign-in."""

    until: datetime
    keys: list[dict[str, Any]]
    fresh: bool = False


def _audience(connection: Connection, client_id: str) -> Audience:
    if connection.endpoints is None:
        raise Refused("connection.not_approved")
    return Audience(connection.environment, connection.assertion, client_id, connection.endpoints.token)


def cookie_name(audience: str, state: str) -> str:
    """The name of a sign-in's cookie: one for each, so that tabs do not disturb each other."""
    return f"vb_{audience}_{sha256(state.encode()).hexdigest()[:12]}"
