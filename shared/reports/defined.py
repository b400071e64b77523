"""The definitions as the API shows them."""

from collections.abc import Iterable

from shared.reports import definitions
from shared.reports.definitions import Definition
from shared.reports.shown import DefinitionShown, DefinitionsShown


def defined() -> DefinitionsShown:
    """Every word and figure of the reports."""
    return DefinitionsShown(
        rules=list(definitions.RULES),
        statuses=_shown(definitions.STATUSES),
        kinds=_shown(definitions.KINDS),
        columns=_shown(definitions.COLUMNS),
        figures=_shown(definitions.FIGURES),
        texts=_shown(definitions.TEXTS),
        quality=_shown(definitions.QUALITY),
        allowance=_shown(definitions.ALLOWANCE),
    )


def _shown(each: Iterable[Definition]) -> list[DefinitionShown]:
    return [DefinitionShown(name=one.name, unit=one.unit, says=one.says) for one in each]
