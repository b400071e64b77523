"""Who may call: an application's token of this tenant with the permission that the call needs.

Permissions: https://learn.microsoft.com/graph/permissions-reference
"""

from collections.abc import Collection

from starlette.requests import Request

from local.bearer import BearerCheck, BearerRefusedError, KeysUnavailableError
from local.config import StackConfig
from local.graph.answers import GraphError, Guard, Json

AUDIENCE = "https://graph.microsoft.com"
WRITE_MEETINGS = ("OnlineMeetings.ReadWrite.All",)
READ_MEETINGS = ("OnlineMeetings.Read.All", "OnlineMeetings.ReadWrite.All")
READ_ATTENDANCE = ("OnlineMeetingArtifact.Read.All",)
READ_CALL_RECORDS = ("CallRecords.Read.All",)
READ_PEOPLE = ("User.ReadBasic.All", "User.Read.All", "Directory.Read.All")


def guard(config: StackConfig) -> Guard:
    """The check that every call passes first."""
    bearer = BearerCheck(config, [AUDIENCE])

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
        # A person's scopes have other names than an application's roles, those for reading people excepted.
        granted = {*claims.get("roles", []), *str(claims.get("scp", "")).split()}
        if granted.isdisjoint(roles):
            code = "Authorization_RequestDenied" if roles == READ_PEOPLE else "Forbidden"
            raise GraphError(403, code, f"Insufficient privileges: the call needs one of {', '.join(roles)}.")
        return claims

    return check


def _unauthenticated(message: str) -> GraphError:
    challenge = f'Bearer realm="", client_id="00000003-0000-0000-c000-000000000000", resource="{AUDIENCE}"'
    return GraphError(401, "InvalidAuthenticationToken", message, {"WWW-Authenticate": challenge})
