"""Every word and figure of the reports is defined, once, and nothing is defined that is not there."""

from typing import get_args

from msgspec import Struct

from shared.reports import definitions, shown
from shared.reports.requests import StatusName
from shared.reports.status import Status


def names(*given: tuple[definitions.Definition, ...]) -> list[str]:
    return [each.name for group in given for each in group]


def fields(model: type[Struct]) -> list[str]:
    return list(model.__struct_fields__)


def test_the_columns_are_defined_in_their_order() -> None:
    assert names(definitions.COLUMNS) == fields(shown.VisitRow)


def test_the_statuses_are_those_of_the_code_and_of_the_filter() -> None:
    assert names(definitions.STATUSES) == [status.value for status in Status] == list(get_args(StatusName))


def test_the_figures_are_defined_and_no_others() -> None:
    usage = names(definitions.STATUSES, definitions.KINDS, definitions.FIGURES)
    assert sorted(usage) == sorted(fields(shown.UsageFigures))
    assert names(definitions.TEXTS) == fields(shown.SmsFigures)
    assert names(definitions.QUALITY) == fields(shown.QualityFigures)
    assert names(definitions.ALLOWANCE) == fields(shown.AllowanceMonth)[1:]


def test_every_definition_is_a_sentence_of_its_own() -> None:
    said = [each.says for each in (*definitions.STATUSES, *definitions.TEXTS)]
    assert len(said) == len(set(said))
    assert all(text.endswith(".") for text in said)
