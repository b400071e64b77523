"""Who calls the portal's API: checks an Entra access token whole, and says what its holder may do.

Pinned: one of the configured tenants, signature by that tenant's published keys, RS256, issuer of that very tenant
(v2.0), audience = our client id, scope `Portal.Access`, not expired (60 s leeway). Roles, the bootstrap one too, hold for
the caller's own tenant, because everything that a caller reaches is found by `Caller.tenant`.
https://learn.microsoft.com/entra/identity-platform/access-tokens
"""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.adapters.entra import TenantTokens
from shared.errors import Refused

ADMIN = "Connector.Admin"
APPROVER = "Connector.Approver"
REPORTS = "Reports.Read"
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
SCOPE = "Portal.Access"


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in person: tenant, object id and app roles."""

    tenant: str
    oid: str
    roles: frozenset[str]

    def require(self, *roles: str) -> None:
        """Raises `Refused("auth.role_missing")` unless the caller has one of the roles."""
        if not self.roles.intersection(roles):
            raise Refused("auth.role_missing")


class Access:
    """Turns a request's Authorization header into a caller."""

    def __init__(self, tokens: TenantTokens) -> None:
        self._tokens = tokens

    async def caller(self, headers: Mapping[str, str]) -> Caller:
        """Raises `Refused`: 401 without or with an invalid token. An outage of Entra is `Unavailable`, not a refusal."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Refused("auth.token_missing")
        claims = await self._tokens.verify(token, refusal="auth.token_invalid")
        if SCOPE not in str(claims.get("scp", "")).split() or not claims.get("oid"):
            raise Refused("auth.token_invalid")
        roles = {str(role) for role in claims.get("roles", [])}
        if GLOBAL_ADMINISTRATOR in claims.get("wids", []):
            roles.add(ADMIN)
        return Caller(str(claims["tid"]), str(claims["oid"]), frozenset(roles))
