"""Visits one by one, page by page, and the one under an appointment number."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from shared.adapters.tables import MOST_ENTITIES
from shared.clock import Clock
from shared.errors import Refused
from shared.organisations.access import ADMIN, REPORTS, Caller
from shared.organisations.connections import Connections
from shared.organisations.paging import cursor_of, read_cursor
from shared.organisations.taking import take
from shared.reports import figures
from shared.reports.days import FactDays
from shared.reports.fact import Fact
from shared.reports.places import place_of
from shared.reports.ranges import days_of
from shared.reports.reports import allowed, department_of, head, of_department, total
from shared.reports.requests import FindVisit, VisitsQuery
from shared.reports.sheets import as_csv
from shared.reports.shown import FoundVisits, VisitRow, VisitsReport
from shared.visits.visit import VisitKey

JOINS = ("portal", "text", "guest", "phone", "tablet", "desktop")
JSON_LIMIT, JSON_MOST, CSV_MOST = 100, 500, 50_000

NamesOf = Callable[[str, Sequence[str]], Awaitable[Mapping[str, str]]]
"""Names of object ids in a tenant's directory, as far as they can be had."""
KeysOf = Callable[[str, str], Awaitable[list[VisitKey]]]
"""The keys under which a connection's visit of an appointment number may stand."""


class Listing:
    """Visits of a tenant."""

    def __init__(
        self, days: FactDays, connections: Connections, names_of: NamesOf, keys_of: KeysOf, clock: Clock
    ) -> None:
        self._days = days
        self._connections = connections
        self._names_of = names_of
        self._keys_of = keys_of
        self._clock = clock

    async def page(self, caller: Caller, query: Mapping[str, str], *, csv: bool = False) -> VisitsReport:
        """A page of visits with the totals of the range. Raises `Refused`."""
        asked = take(VisitsQuery, query, strict=False)
        await allowed(caller, asked.connection, self._connections)
        most = CSV_MOST if csv else JSON_MOST
        limit = asked.limit if isinstance(asked.limit, int) else CSV_MOST if csv else JSON_LIMIT
        if limit > most:
            raise Refused("request.invalid", fields={"limit": f"at most {most}"})
        days = days_of(asked, self._clock().date())
        equal = {"connection": asked.connection} if asked.connection else {}
        department = department_of(asked)
        equal |= {} if department is None else {"department": department}
        equal |= {"status": asked.status} if isinstance(asked.status, str) else {}
        after = read_cursor(asked.cursor)
        found: list[Fact] = []
        async for fact in self._days.visits(
            caller.tenant, days, equal, after=after, most=min(limit + 1, MOST_ENTITIES)
        ):
            found.append(fact)
            if len(found) > limit:
                break
        given = found[:limit]
        counted = await self._days.read(caller.tenant, asked.connection, days)
        return VisitsReport(
            **head(asked, days, self._clock),
            status=asked.status if isinstance(asked.status, str) else None,
            totals=figures.statuses(total(of_department(counted, asked))),
            visits=await self._rows(caller.tenant, given),
            next=cursor_of(_place(given[-1])) if len(found) > limit else None,
        )

    async def find(self, caller: Caller, body: Mapping[str, Any]) -> FoundVisits:
        """The visit under an appointment number, which is hashed and forgotten. Raises `Refused`."""
        asked = take(FindVisit, body)
        caller.require(REPORTS, ADMIN)
        connection = await self._connections.get(asked.connection)
        if connection is None or connection.tenant != caller.tenant:
            raise Refused("not_found")
        keys = [key.visit for key in await self._keys_of(connection.id, asked.number)]
        facts = await self._days.of_visit(caller.tenant, connection.id, keys)
        return FoundVisits(visits=await self._rows(caller.tenant, facts))

    async def _rows(self, tenant: str, facts: Sequence[Fact]) -> list[VisitRow]:
        oids = list(dict.fromkeys(fact.organizer for fact in facts if fact.organizer))
        names = await self._names_of(tenant, oids) if oids else {}
        return [row_of(fact, names.get(fact.organizer, "")) for fact in facts]


def listed(rows: Sequence[VisitRow]) -> str:
    """Rows as CSV."""
    return as_csv(VisitRow, rows)


def row_of(fact: Fact, organizer_name: str) -> VisitRow:
    """A visit as the report shows it."""
    counts = figures.counts_of(fact)
    heard = figures.quality(counts)
    same: dict[str, Any] = {name: getattr(fact, name) for name in _SAME}
    joins: dict[str, Any] = {f"joins_{name}": counts[f"joins_{name}"] for name in JOINS}
    return VisitRow(
        **same,
        organizer_name=organizer_name,
        texts_sent=sum(number for name, number in fact.texts.items() if name.endswith((":sent", ":delivered"))),
        texts_delivered=sum(number for name, number in fact.texts.items() if name.endswith(":delivered")),
        **joins,
        quality_streams=heard.streams,
        jitter_ms=heard.jitter_ms,
        packet_loss_percent=heard.packet_loss_percent,
        round_trip_ms=heard.round_trip_ms,
        mos_degradation=heard.mos_degradation,
    )


_SAME = tuple(name for name in VisitRow.__struct_fields__ if name in Fact.__slots__)


def _place(fact: Fact) -> str:
    return f"{place_of(fact)}_{fact.connection}_{fact.visit}"
