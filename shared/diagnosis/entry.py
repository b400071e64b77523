"""One kind of finding, as the catalogue has it."""

from typing import NamedTuple

from shared.diagnosis.shown import ActionKind, Level


class Entry(NamedTuple):
    """`detail` says what was found and why it matters; `fix` what to do, empty where there is nothing to mend.

    Both may name values in braces. `action` is what the portal's button does.
    """

    level: Level
    detail: str
    fix: str = ""
    action: ActionKind | None = None
