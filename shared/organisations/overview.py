"""What a signed-in person may look at: themselves, the linked clinicians, the trail. There are no patients to list."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from msgspec import UNSET, UnsetType

from shared.adapters.tables import Entity
from shared.clock import Clock
from shared.errors import Refused
from shared.organisations.access import ADMIN, Caller
from shared.organisations.administration import Administration
from shared.organisations.audit import Audit
from shared.organisations.paging import cursor_of, read_cursor
from shared.organisations.people import Clinicians
from shared.organisations.requests import AuditQuery, Page
from shared.organisations.shown import AuditEntry, AuditList, Clinician, ClinicianList, Me
from shared.organisations.taking import take

TRAIL = timedelta(days=366)


class Overview:
    """Lists for the portal."""

    def __init__(
        self, administration: Administration, clinicians: Clinicians, audit: Audit, geography: str, clock: Clock
    ) -> None:
        self._administration = administration
        self._clinicians = clinicians
        self._audit = audit
        self._geography = geography
        self._clock = clock

    async def me(self, caller: Caller) -> Me:
        """Who is signed in, and what they may do."""
        visible = await self._administration.visible(caller)
        return Me(
            tenant=caller.tenant,
            oid=caller.oid,
            roles=sorted(caller.roles),
            admin=ADMIN in caller.roles,
            approver_of=sum(connection.approver_oid == caller.oid for connection in visible),
            connections=len(visible),
            geography=self._geography,
        )

    async def clinicians(self, caller: Caller, query: Mapping[str, str]) -> ClinicianList:
        """Who is linked, over all of the tenant's connections, page by page."""
        caller.require(ADMIN)
        asked = take(Page, query, strict=False)
        connection_id, _, user = read_cursor(asked.cursor).partition(":")
        found: list[Clinician] = []
        for connection in sorted(await self._administration.visible(caller), key=lambda c: c.id):
            if connection.id < connection_id:
                continue
            async for row in self._clinicians.after(connection.id, user if connection.id == connection_id else ""):
                found.append(_clinician(connection.id, row))
                if len(found) > asked.limit:
                    return ClinicianList(clinicians=found[:-1], next=cursor_of(found[-2].id))
        return ClinicianList(clinicians=found, next=None)

    async def unlink(self, caller: Caller, clinician_id: str) -> None:
        """Unlinks a clinician: `connection:EHR user id`. Raises `Refused("not_found")`."""
        caller.require(ADMIN)
        connection_id, _, user = clinician_id.partition(":")
        if not user:
            raise Refused("not_found")
        connection = await self._administration.show(caller, connection_id)
        if await self._clinicians.linked(connection.id, user) is None:
            raise Refused("not_found")
        await self._clinicians.unlink(connection.id, user)
        await self._audit.note(caller.tenant, caller.oid, "clinician.unlinked", connection.id)

    async def trail(self, caller: Caller, query: Mapping[str, str], *, whole: bool = False) -> AuditList:
        """Who changed what, newest first, filtered, page by page. The last year if no range is given.

        `whole`: for a file, which has no next page, all of it at once; `limit` does not count.
        """
        caller.require(ADMIN)
        asked = take(AuditQuery, query, strict=False)
        since, until = self._range(asked)
        entries: list[AuditEntry] = []
        keys: list[str] = []
        async for row in self._audit.newest(caller.tenant, since, until, read_cursor(asked.cursor)):
            if _matches(row, asked):
                entries.append(_entry(row))
                keys.append(row["RowKey"])
            if len(entries) > asked.limit and not whole:
                return AuditList(entries=entries[:-1], next=cursor_of(keys[-2]))
        return AuditList(entries=entries, next=None)

    def _range(self, asked: AuditQuery) -> tuple[datetime, datetime]:
        now = self._clock()
        if isinstance(asked.month, str):
            since = _instant("month", f"{asked.month[:4]}-{asked.month[4:]}-01", now)
            return since, (since + timedelta(days=31)).replace(day=1)
        until = _instant("to", asked.until, now + timedelta(days=1))
        return _instant("from", asked.since, max(until, datetime(2001, 1, 1, tzinfo=UTC)) - TRAIL), until


def _instant(name: str, text: str | UnsetType, default: datetime) -> datetime:
    if text is UNSET or not isinstance(text, str):
        return default
    try:
        read = datetime.fromisoformat(text)
        instant = read.replace(tzinfo=read.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused("request.invalid", fields={name: "not an ISO 8601 date or instant"}) from None
    if not 2000 <= instant.year <= 9000:
        raise Refused("request.invalid", fields={name: "not a year of ours"})
    return instant


def _clinician(connection_id: str, row: Entity) -> Clinician:
    user = str(row["RowKey"])
    return Clinician(
        id=f"{connection_id}:{user}",
        connection_id=connection_id,
        ehr_user=user,
        oid=row["oid"],
        linked_at=row["linked_at"],
    )


def _entry(row: Entity) -> AuditEntry:
    return AuditEntry(
        at=row["RowKey"].partition("_")[0],
        by=row["by"],
        action=row["action"],
        subject=row["subject"],
        changed=row["changed"],
    )


def _matches(row: Entity, asked: AuditQuery) -> bool:
    return (
        row["action"].startswith(asked.action)
        and (not asked.by or row["by"] == asked.by)
        and asked.subject in row["subject"]
    )
