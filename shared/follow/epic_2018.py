"""`epic-2018`: Epic's SetExternalConnectionStatus, one call a status.

Epic publishes the call's path and parameter names, not the values of `ConnectionStatus` and `ExternalIDType`: a hospital
fills them in (docs/decisions/0008). A status that the hospital's values do not name is not written.
"""

from shared.adapters.epic import EpicServers, interconnect_of
from shared.follow.ehr import Word
from shared.organisations.connection import Connection
from shared.visits.visit import Announcement


class Epic2018:
    """An adapter for writing back."""

    scope = ""
    epic_header = True

    def __init__(self, servers: EpicServers) -> None:
        self._servers = servers

    def speaks(self, connection: Connection, item: Announcement) -> bool:
        """Whether the hospital's values name the status and the kind of participant."""
        return all(_values(connection, item))

    async def tell(self, connection: Connection, word: Word, token: str) -> None:
        """One call. Raises `Refused` and `Unavailable` as `EpicServers.set_status` does."""
        status, kind = _values(connection, word.item)
        query = {
            "ConferenceID": word.session,
            "ExternalID": word.user or word.session,
            "ExternalIDType": kind,
            "VendorName": connection.writeback.vendor,
            "ConnectionStatus": status,
        }
        interconnect = interconnect_of(connection.fhir_base)
        await self._servers.set_status(interconnect, query, token, connection.client_id("backend"))


def _values(connection: Connection, item: Announcement) -> tuple[str, str]:
    statuses, types = connection.writeback.statuses, connection.writeback.id_types
    status = statuses.get("disconnected" if item.state == "left" else item.state, "")
    return status, types.get("provider" if item.role == "clinician" else "patient", "")
