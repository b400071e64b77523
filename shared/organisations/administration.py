"""What an administrator does with connections. Every change is audited; what an approval covers needs approval anew."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from msgspec import UNSET

from shared.adapters.epic import EpicServers
from shared.adapters.vault import Vault
from shared.clock import Clock
from shared.errors import BridgeError, Conflict, Refused
from shared.organisations import forms
from shared.organisations.access import ADMIN, Caller
from shared.organisations.audit import Audit
from shared.organisations.certificates import check_environment
from shared.organisations.connection import Connection, ConnectionState, SmsRules, normal_fhir_base
from shared.organisations.connections import Connections, new_id
from shared.organisations.paging import page
from shared.organisations.people import Clinicians
from shared.organisations.requests import CheckUrl, Confirmation, ConnectionChange, NewConnection, Page, PersonRef
from shared.organisations.showing import show
from shared.organisations.shown import Checked, ConnectionList, ConnectionShown, FindingOfCheck
from shared.organisations.sightings import Sightings
from shared.organisations.taking import take
from shared.organisations.versions import check_seen
from shared.settings import Settings

VisitsToday = Callable[[Connection], Awaitable[int]]
KEY_LENGTH = 64


class Administration:
    """The portal's use cases around connections."""

    def __init__(
        self, settings: Settings, connections: Connections, epic: EpicServers, vault: Vault, clinicians: Clinicians,
        sightings: Sightings, audit: Audit, visits_today: VisitsToday, clock: Clock,
    ) -> None:  # fmt: skip
        self._settings = settings
        self._connections = connections
        self._epic = epic
        self._vault = vault
        self._clinicians = clinicians
        self._sightings = sightings
        self._audit = audit
        self._visits_today = visits_today
        self._clock = clock

    async def visible(self, caller: Caller) -> list[Connection]:
        """All connections of the caller's tenant, for administrators; for others those they are to approve."""
        found = await self._connections.of_tenant(caller.tenant)
        return found if ADMIN in caller.roles else [c for c in found if c.approver_oid == caller.oid]

    async def page(self, caller: Caller, query: Mapping[str, str]) -> ConnectionList:
        """A page of what is visible."""
        asked = take(Page, query, strict=False)
        found = sorted(await self.visible(caller), key=_place)
        given, following = page(found, _place, limit=asked.limit, cursor=asked.cursor)
        return ConnectionList(connections=[self._shown(connection) for connection in given], next=following)

    async def show(self, caller: Caller, connection_id: str) -> ConnectionShown:
        """One connection, as the API shows it."""
        return self._shown(await self.find(caller, connection_id))

    async def find(self, caller: Caller, connection_id: str) -> Connection:
        """One connection, for administrators and its approver. Raises `Refused`."""
        connection = await self._connections.require(connection_id, caller.tenant)
        if connection.approver_oid != caller.oid:
            caller.require(ADMIN)
        return connection

    async def add(self, caller: Caller, body: Mapping[str, Any], key: str = "") -> ConnectionShown:
        """Adds a draft as it is; else checks the FHIR base URL first and asks for approval.

        `key`: the caller's idempotency key; the same again answers with what it made. Raises `Refused`.
        """
        caller.require(ADMIN)
        form = take(NewConnection, body)
        draft = form.state == ConnectionState.DRAFT.value
        origin = await self._origin(caller, form)
        connection = self._apply(replace(origin, id=_id_for(caller, key)), form)
        missing = _missing(connection, draft=draft)
        if missing:
            raise Refused("request.invalid", fields=missing)
        made = await self._connections.get(connection.id, fresh=True) if key else None
        if made is not None:
            if (made.tenant, made.fhir_base, made.environment) != (
                caller.tenant, connection.fhir_base, connection.environment
            ):  # fmt: skip
                raise Refused("request.key_reused")
            return self._shown(made)
        await self._only_one(connection)
        if not draft:
            connection = replace(await self._discovered(connection), state=ConnectionState.NEEDS_APPROVAL)
        added = await self._connections.add(connection)
        await self._audit.note(caller.tenant, caller.oid, "connection.added", added.id, ",".join(sorted(body)))
        return self._shown(added)

    async def change(
        self, caller: Caller, connection_id: str, body: Mapping[str, Any], headers: Mapping[str, str],
        query: Mapping[str, str],
    ) -> ConnectionShown:  # fmt: skip
        """Changes fields; a new URL is checked first. What takes an approved connection out of service on a day with
        visits, or its approver away, asks to be confirmed. Raises `Refused`, `Conflict`.
        """
        caller.require(ADMIN)
        form, confirmed = take(ConnectionChange, body), take(Confirmation, query, strict=False).confirm
        connection = await self._connections.require(connection_id, caller.tenant)
        check_seen(headers, connection)
        after = self._apply(connection, form)
        if (after.fhir_base, after.environment) != (connection.fhir_base, connection.environment):
            await self._only_one(after)
        if after.certificates and after.environment != connection.environment:
            check_environment(after, await self._connections.of_tenant(caller.tenant))
        if not after.approver_oid and connection.approver_oid and not confirmed:
            raise Refused("approval.last_approver", fields=await self._visits_of(connection))
        after = _moved(connection, after, form.state)
        missing = _missing(after, draft=after.state in (ConnectionState.DRAFT, ConnectionState.DISABLED))
        if missing:
            raise Refused("request.invalid", fields=missing)
        if connection.state is ConnectionState.APPROVED and after.state is not connection.state and not confirmed:
            await self._ask_if_in_use(connection)
        asks_anew = after.state is ConnectionState.NEEDS_APPROVAL
        if asks_anew and (after.fhir_base != connection.fhir_base or form.state is not UNSET or not after.endpoints):
            after = await self._discovered(after)
        saved = await self._save(after, headers)
        await self._audit.note(caller.tenant, caller.oid, "connection.changed", saved.id, ",".join(sorted(body)))
        return self._shown(saved)

    async def remove(
        self, caller: Caller, connection_id: str, headers: Mapping[str, str], query: Mapping[str, str]
    ) -> None:
        """Deletes a connection, its certificates and linked clinicians with it; asks first if it has visits today.

        Its visits' links end at once; their rows are forgotten in their time.
        """
        caller.require(ADMIN)
        confirmed = take(Confirmation, query, strict=False).confirm
        connection = await self._connections.require(connection_id, caller.tenant)
        check_seen(headers, connection)
        if not confirmed:
            await self._ask_if_in_use(connection)
        for certificate in connection.certificates:
            await self._vault.delete_secret(certificate.secret_of(connection.id))
        await self._clinicians.forget(connection.id)
        await self._connections.remove(connection)
        await self._sightings.forget(connection.id)
        await self._audit.note(caller.tenant, caller.oid, "connection.removed", connection.id)

    async def check(self, caller: Caller, body: Mapping[str, Any]) -> Checked:
        """A dry check of a FHIR base URL: findings with cause and fix; stores nothing."""
        caller.require(ADMIN)
        form = take(CheckUrl, body)
        try:
            base = normal_fhir_base(form.fhir_base, allow_loopback=self._settings.allow_loopback)
        except BridgeError as error:
            return Checked(usable=False, fhir_base="", fhir_release="", findings=[_finding(error)])
        try:
            found = await self._epic.discover(base, form.client_id)
        except BridgeError as error:
            return Checked(usable=False, fhir_base=base, fhir_release="", findings=[_finding(error)])
        findings = [] if found.issuer and found.jwks else [_finding(BridgeError("connection.no_keys"))]
        return Checked(usable=not findings, fhir_base=base, fhir_release=found.fhir_release, findings=findings)

    def _shown(self, connection: Connection) -> ConnectionShown:
        return show(connection, self._clock())

    async def _origin(self, caller: Caller, form: NewConnection) -> Connection:
        blank = Connection("", caller.tenant, "", "testing", "", "")
        if not isinstance(form.copy_of, str):
            return blank
        other = await self._connections.require(form.copy_of, caller.tenant)
        sms: SmsRules = replace(other.sms, enabled=False)
        return replace(
            blank, zone=other.zone, approver_oid=other.approver_oid, approver_name=other.approver_name,
            assertion=other.assertion, organizers=other.organizers, lobby=other.lobby, chat=other.chat,
            recording=other.recording, visit_page=other.visit_page, early_minutes=other.early_minutes,
            late_minutes=other.late_minutes, writeback=other.writeback, sms=sms,
        )  # fmt: skip

    def _apply(self, connection: Connection, form: NewConnection | ConnectionChange) -> Connection:
        after = forms.apply(connection, form, allow_loopback=self._settings.allow_loopback)
        if form.approver is None or isinstance(form.approver, PersonRef):
            after = forms.with_approver(after, form.approver)
        return after

    async def _only_one(self, connection: Connection) -> None:
        for other in await self._connections.by_issuer(connection.fhir_base):
            mine = other.tenant == connection.tenant and other.id != connection.id
            if mine and other.environment == connection.environment:
                raise Refused("connection.exists")

    async def _ask_if_in_use(self, connection: Connection) -> None:
        today = await self._visits_of(connection)
        if today:
            raise Refused("connection.in_use", fields=today)

    async def _visits_of(self, connection: Connection) -> dict[str, str]:
        today = await self._visits_today(connection)
        return {"visits_today": str(today)} if today else {}

    async def _discovered(self, connection: Connection) -> Connection:
        """The connection with the EHR's addresses as they are now. Raises `Refused` where none of them would do."""
        found = await self._epic.discover(connection.fhir_base, connection.client_id("provider"))
        if not (found.issuer and found.jwks):
            raise Refused("connection.no_keys")
        return replace(connection, endpoints=found)

    async def _save(self, connection: Connection, headers: Mapping[str, str]) -> Connection:
        try:
            return await self._connections.save(connection)
        except Conflict:
            # Somebody was faster between our read and our write: whoever said what they saw is told what changed.
            check_seen(headers, await self._connections.require(connection.id, connection.tenant))
            raise


def _place(connection: Connection) -> str:
    return f"{connection.fhir_base} {connection.environment} {connection.id}"


def _moved(before: Connection, after: Connection, wanted: object) -> Connection:
    """The state that a change leads to; pure."""
    anew = replace(after, state=ConnectionState.NEEDS_APPROVAL, decision=None, evidence=None)
    if wanted == ConnectionState.DISABLED.value:
        return replace(after, state=ConnectionState.DISABLED)
    if wanted == ConnectionState.NEEDS_APPROVAL.value:
        return anew
    if before.state in (ConnectionState.DRAFT, ConnectionState.DISABLED):
        return after
    if not after.approver_oid:
        return replace(anew, state=ConnectionState.DRAFT)
    return anew if after.configuration != before.configuration else after


def _missing(connection: Connection, *, draft: bool) -> dict[str, str]:
    needed = {"fhir_base": connection.fhir_base}
    if not draft:
        needed |= {"zone": connection.zone, "approver": connection.approver_oid}
    return {name: "missing" for name, value in needed.items() if not value}


def _id_for(caller: Caller, key: str) -> str:
    if not key:
        return new_id()
    if len(key) > KEY_LENGTH or not key.replace("-", "").isalnum() or not key.isascii():
        raise Refused("request.invalid", fields={"Idempotency-Key": "up to 64 letters, digits and hyphens"})
    return new_id("connection", caller.tenant, key)


def _finding(error: BridgeError) -> FindingOfCheck:
    return FindingOfCheck(code=error.code, detail=error.problem.detail, fix=error.problem.fix)
