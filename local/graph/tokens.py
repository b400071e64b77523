"""Who may call: an application's token of a tenant with the permission that the call needs.

The tenant of the token is all that the call can see.

Permissions: https://learn.microsoft.com/graph/permissions-reference
"""

from collections.abc import Collection

from starlette.requests import Request

from local.bearer import BearerCheck, BearerRefusedError, KeysUnavailableError
from local.config import TENANTS, StackConfig
from local.graph.answers import GraphError, Guard, Json

AUDIENCE = "https://graph.microsoft.com"
WRITE_MEETINGS = ("OnlineMeetings.ReadWrite.All",)
READ_MEETINGS = ("OnlineMeetings.Read.All", "OnlineMeetings.ReadWrite.All")
READ_ATTENDANCE = ("OnlineMeetingArtifact.Read.All",)
READ_CALL_RECORDS = ("CallRecords.Read.All",)
# User.ReadBasic.All lists people for a signed-in person only: https://learn.microsoft.com/graph/api/user-list.
READ_PEOPLE = ("User.Read.All", "Directory.Read.All")


def guard(config: StackConfig) -> Guard:
    """The check that every call passes first."""
    bearer = BearerCheck(config, [AUDIENCE], TENANTS)

    async def check(request: Request, roles: Collection[str]) -> Json:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise _unauthenticated("Access token is empty.")
        try:
            claims = await bearer.verify(token.strip())
        except BearerRefusedError as error:
            raise _unauthenticated(f"Access token validation failure: {error}.") from error
        except KeysUnavailableError as error:
            raise GraphError(503, "ServiceNotAvailable", f"The tenant's keys cannot be read: {error}") from error
        granted = {*claims.get("roles", []), *str(claims.get("scp", "")).split()}
        if granted.isdisjoint(roles):
            code = "Authorization_RequestDenied" if roles == READ_PEOPLE else "Forbidden"
            raise GraphError(403, code, f"Insufficient privileges: the call needs one of {', '.join(roles)}.")
        return claims

    return check


def _unauthenticated(message: str) -> GraphError:
    challenge = f'Bearer realm="", client_id="00000003-0000-0000-c000-000000000000", resource="{AUDIENCE}"'
    return GraphError(401, "InvalidAuthenticationToken", message, {"WWW-Authenticate": challenge})
