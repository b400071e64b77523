"""Measures each day for how long connections still have a sender certificate, so that an alert comes before its end."""

from shared.clock import Clock
from shared.metrics import measure
from shared.organisations.connections import Connections


class Expiry:
    """The certificates of one stamp's approved connections."""

    def __init__(self, connections: Connections, clock: Clock) -> None:
        self._connections = connections
        self._clock = clock

    async def measure(self) -> None:
        """Notes the seconds that each connection's last certificate has left, below nothing once it has ended.

        The last one of a connection counts: whoever uploaded the next certificate has done what the alert asks for.
        A connection without any takes no messages and is no matter of expiry.
        """
        now = self._clock()
        for connection in await self._connections.approved():
            ends = [certificate.not_after for certificate in connection.certificates]
            if ends:
                measure(
                    "visitbridge.certificate.remaining",
                    (max(ends) - now).total_seconds(),
                    environment=connection.environment,
                )
