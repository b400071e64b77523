"""Which schema the tables of a stamp have, and how they are brought forward while the stamp works.

While a release takes over from the one before, code of both writes to the same tables. So a step may add, and may
rewrite rows in a way that the release before reads too; what it takes away it takes away a release later. A step can be
run again, and by several instances at once: the row is raised after it, and only from the version below.
docs/operator/upgrade.md says what that means for whoever updates a stamp.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from shared.adapters.tables import Tables
from shared.errors import Conflict

VERSION = 1
"""The schema that this release writes."""
LEAST = 1
"""The oldest release, by its VERSION, that still reads what this one writes. At most VERSION - 1 once there are two."""
TABLE, PARTITION, ROW = "work", "heartbeat", "schema"
"""Beside the tick's heartbeat: whoever asks for the one reads the other in the same request."""

Step = Callable[[Tables], Awaitable[None]]
STEPS: Mapping[int, Step] = {}
"""By the version that a step leads to: all from 2 to VERSION."""


class SchemaError(Exception):
    """The tables are of a release to come, and this one would misread them. Holds versions only."""


@dataclass(frozen=True, slots=True)
class Standing:
    """`version`: what the tables have. `least`: the oldest release, by its VERSION, that still reads them."""

    version: int
    least: int

    def fits(self, version: int = VERSION) -> bool:
        """Whether a release reads these tables."""
        return self.least <= version


FIRST = Standing(1, 1)
"""Tables of before there was a row."""


class Schema:
    """Brings the tables of one stamp forward, once in the life of a process."""

    def __init__(
        self, tables: Tables, version: int = VERSION, least: int = LEAST, steps: Mapping[int, Step] = STEPS
    ) -> None:
        self._tables = tables
        self._version = version
        self._least = least
        self._steps = steps
        self._settled = False

    async def standing(self) -> Standing:
        """What the tables have now."""
        row = await self._tables.get(TABLE, PARTITION, ROW)
        return standing(row) if row else FIRST

    async def forward(self, since: int) -> None:
        """Runs all steps after a version once more, for rows of it that were written into tables of this release."""
        for version in range(since + 1, self._version + 1):
            await self._steps[version](self._tables)

    async def settle(self) -> None:
        """Brings the tables to this release's version, step by step; those that are ahead and can be read stay.

        Raises `SchemaError` if they cannot be read, and what a step raises: the next call goes on where it ended.
        """
        while not self._settled:
            row = await self._tables.get(TABLE, PARTITION, ROW)
            found = standing(row) if row else FIRST
            if not found.fits(self._version):
                raise SchemaError(
                    f"the tables have schema {found.version} and need a release of schema {found.least} or later; this "
                    f"one has {self._version}: deploy the newer release again"
                )
            try:
                if row is None:
                    await self._tables.insert(TABLE, _row(FIRST))
                elif found.version < self._version:
                    reached = found.version + 1
                    await self._steps[reached](self._tables)
                    await self._tables.replace(TABLE, row | _row(Standing(reached, min(self._least, reached))))
                else:
                    self._settled = True
            except Conflict:
                continue  # another instance was faster


def standing(row: Mapping[str, object]) -> Standing:
    """What a row says."""
    return Standing(int(str(row["version"])), int(str(row["least"])))


def _row(standing: Standing) -> dict[str, object]:
    return {"PartitionKey": PARTITION, "RowKey": ROW, "version": standing.version, "least": standing.least}
