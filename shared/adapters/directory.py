"""People of a tenant's directory: searched as one types, and named by their object ids. Nothing is kept.

Microsoft Graph as the application, `User.Read.All`: listing users with `User.ReadBasic.All` is for signed-in people
only, and would not give job titles; `getByIds` asks for `Directory.Read.All`. So ids go into a filter.
https://learn.microsoft.com/graph/api/user-list, https://learn.microsoft.com/graph/search-query-parameter
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.adapters.web import UpstreamError, Web
from shared.errors import Refused, Unavailable

PATH = "/v1.0/users"
SELECT = "id,displayName,userPrincipalName,jobTitle,userType"
# What Graph does not take by default, a search among it, it takes with these (advanced queries).
EVENTUAL = {"ConsistencyLevel": "eventual"}
FOUND_AT_MOST = 10
# Graph refuses a filter with more values in one `in`.
IDS_A_FILTER = 15
SEARCHED = ("displayName", "mail", "userPrincipalName")


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody of the directory. `member`: of the tenant itself, not a guest."""

    oid: str
    name: str
    username: str
    job_title: str
    member: bool


class Directory:
    """The directories of the tenants, each with that tenant's own token. `web_of` gives Graph for one of them."""

    def __init__(self, web_of: Callable[[str], Web]) -> None:
        self._web_of = web_of

    async def search(self, tenant: str, text: str) -> list[Found]:
        """Accounts in use whose name, mail or sign-in name begins so; members before guests, ten at most.

        Raises `Unavailable`, `Unavailable("directory.permission_missing")`.
        """
        clauses = " OR ".join(f'"{name}:{quoted(text)}"' for name in SEARCHED)
        query = {"$search": clauses, "$filter": "accountEnabled eq true", "$top": str(FOUND_AT_MOST), "$count": "true"}
        found = await self._ask(tenant, query, EVENTUAL)
        return sorted(found, key=lambda person: (not person.member, person.name.casefold()))

    async def named(self, tenant: str, oids: Sequence[str]) -> list[Found]:
        """Who these are, in the order asked; disabled accounts too, those that are gone not. `oids` are GUIDs.

        Raises as `search`.
        """
        known: dict[str, Found] = {}
        for start in range(0, len(oids), IDS_A_FILTER):
            listed = ",".join(f"'{oid}'" for oid in oids[start : start + IDS_A_FILTER])
            for person in await self._ask(tenant, {"$filter": f"id in ({listed})"}, {}):
                known[person.oid] = person
        return [known[oid] for oid in oids if oid in known]

    async def _ask(self, tenant: str, query: Mapping[str, str], headers: Mapping[str, str]) -> list[Found]:
        try:
            answer = await self._web_of(tenant).send("GET", PATH, params={**query, "$select": SELECT}, headers=headers)
        except UpstreamError:
            raise Unavailable from None
        if answer.status == 403:
            raise Unavailable("directory.permission_missing", retry_after=60)
        if answer.status in (401, 429) or answer.status >= 500:
            raise Unavailable
        if answer.status != 200 or not isinstance(answer.body, dict):
            raise Refused("request.invalid")
        return [_found(item) for item in answer.body.get("value", [])]


def quoted(text: str) -> str:
    """Text as it may stand in a clause of `$search`: a backslash before quotes and backslashes.

    An ampersand fails in Graph however it is encoded (its known issue 18185); a space finds the same words.
    """
    return text.replace("&", " ").replace("\\", "\\\\").replace('"', '\\"')


def _found(item: Mapping[str, Any]) -> Found:
    return Found(
        oid=str(item["id"]),
        name=str(item.get("displayName") or ""),
        username=str(item.get("userPrincipalName") or ""),
        job_title=str(item.get("jobTitle") or ""),
        member=item.get("userType") != "Guest",
    )
