"""Which connections a report can be narrowed to, for those who read reports and may see nothing else of connections."""

from shared.organisations.access import ADMIN, REPORTS, Caller
from shared.organisations.connections import Connections
from shared.reports.shown import ReportConnection, ReportConnections


async def among(caller: Caller, connections: Connections) -> ReportConnections:
    """The caller's tenant's connections, by FHIR base URL. Raises `Refused("auth.role_missing")`."""
    caller.require(REPORTS, ADMIN)
    found = await connections.of_tenant(caller.tenant)
    return ReportConnections(
        connections=[
            ReportConnection(id=each.id, fhir_base=each.fhir_base, environment=each.environment, zone=each.zone)
            for each in found
        ]
    )
