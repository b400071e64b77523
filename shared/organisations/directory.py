"""People of the caller's tenant: to pick an approver as one types, and to give names to object ids."""

from collections.abc import Mapping

from shared.adapters.directory import Directory, Found
from shared.errors import Refused
from shared.organisations.access import ADMIN, Caller
from shared.organisations.connections import Connections
from shared.organisations.requests import PeopleQuery
from shared.organisations.shown import PeopleList, PersonShown
from shared.organisations.taking import take

SHORTEST = 2


class Colleagues:
    """The portal's use cases around the directory. Nothing that is searched or found is kept."""

    def __init__(self, directory: Directory, connections: Connections) -> None:
        self._directory = directory
        self._connections = connections

    async def find(self, caller: Caller, query: Mapping[str, str]) -> PeopleList:
        """Who a search finds, for administrators; who ids are, for them and for approvers of a connection.

        Raises `Refused`; `Unavailable` if Graph does not answer or does not let us.
        """
        form = take(PeopleQuery, query, strict=False)
        if isinstance(form.search, str) == isinstance(form.ids, str):
            raise Refused("request.invalid", fields={"search": "either this or ids", "ids": "either this or search"})
        if isinstance(form.search, str):
            caller.require(ADMIN)
            text = " ".join(form.search.split())
            if len(text) < SHORTEST:
                raise Refused("request.invalid", fields={"search": "two characters at least"})
            return _list(await self._directory.search(caller.tenant, text))
        if not await self._approves(caller):
            caller.require(ADMIN)
        assert isinstance(form.ids, str)
        oids = list(dict.fromkeys(form.ids.lower().split(",")))
        return _list(await self._directory.named(caller.tenant, oids))

    async def _approves(self, caller: Caller) -> bool:
        return any(c.approver_oid == caller.oid for c in await self._connections.of_tenant(caller.tenant))


def _list(found: list[Found]) -> PeopleList:
    return PeopleList(
        people=[
            PersonShown(oid=person.oid, name=person.name, username=person.username, job_title=person.job_title)
            for person in found
        ]
    )
