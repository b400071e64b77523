"""The composition root: makes each part when it is first needed and hands it what it needs.

One class, in floors: each file adds the parts of a few rooms and stands on the one below, so that a part is made of what
is under it. Each room is imported where it is first needed, so that a cold start pays for the first request only, and
nothing is opened before; tests build their own with other parts.
"""

from functools import cache

from shared.services.reports import ReportServices
from shared.settings import Settings


class Services(ReportServices):
    """All parts of one stamp."""

    async def close(self) -> None:
        """Closes every client that was opened; a process that goes on, such as a worker of the platform, never needs to."""
        made = self.__dict__
        for name in ("tables", "queues", "vault", "web", "identity"):
            if name in made:
                await made[name].close()


@cache
def services() -> Services:
    """The parts of this process, from its environment. Raises `SettingsError`."""
    return Services(Settings.from_environment())
