"""Is the connection in force, and is somebody there to approve it?"""

from collections.abc import Awaitable, Callable

from shared.adapters.probe import Account
from shared.clock import to_text
from shared.diagnosis.findings import finding
from shared.diagnosis.shown import Finding
from shared.errors import Unavailable
from shared.organisations.connection import Connection, ConnectionState

# An account, None if there is none. Raises `Unavailable` if it cannot be read.
AccountOf = Callable[[str], Awaitable[Account | None]]


def state(connection: Connection) -> list[Finding]:
    """The connection's state."""
    decision = connection.decision
    match connection.state:
        case ConnectionState.APPROVED:
            return [finding("state.approved", at=to_text(decision.at) if decision else "")]
        case ConnectionState.REJECTED:
            return [finding("state.rejected", reason=decision.reason if decision else "")]
        case other:
            return [finding(f"state.{other.value}")]


async def approver(connection: Connection, account_of: AccountOf) -> list[Finding]:
    """The approver: named, in the directory, enabled."""
    if not connection.approver_oid:
        return [finding("approver.missing")]
    try:
        account = await account_of(connection.approver_oid)
    except Unavailable:
        return [finding("organisers.unreadable")]
    name = (account.name if account else "") or connection.approver_name or connection.approver_oid
    if account is None:
        return [finding("approver.gone", name=name)]
    return [finding("approver.active" if account.enabled else "approver.disabled", name=name)]
