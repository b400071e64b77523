"""CSV: RFC 4180, safe to open in a spreadsheet, the same columns as the JSON in the same order."""

import csv
import io

import pytest

from shared.reports.listing import listed, row_of
from shared.reports.sheets import as_csv
from shared.reports.shown import SmsPeriod, UsageDepartment, VisitRow
from tests.reports.facts import a_fact


def cells(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_what_a_spreadsheet_would_run_is_only_text(begin: str) -> None:
    (row,) = cells(listed([row_of(a_fact(department=f'{begin}HYPERLINK("//evil","x")'), "Ada")]))
    assert row["department"] == f'\'{begin}HYPERLINK("//evil","x")'


def test_a_name_of_the_directory_is_no_formula_either() -> None:
    (row,) = cells(listed([row_of(a_fact(), "=cmd()")]))
    assert row["organizer_name"] == "'=cmd()"


def test_commas_quotes_and_lines_stay_in_their_cell() -> None:
    department = 'Ear, "nose"\r\nand throat'
    (row,) = cells(listed([row_of(a_fact(department=department), "")]))
    assert row["department"] == department


def test_lines_end_as_the_rfc_says_and_columns_are_those_of_the_json() -> None:
    text = listed([row_of(a_fact(), "")])
    assert text.count("\r\n") == 2
    assert text.split("\r\n", 1)[0].split(",") == list(VisitRow.__struct_fields__)


def test_what_a_row_is_about_stands_first() -> None:
    assert as_csv(UsageDepartment, []).startswith("department,visits,")
    assert as_csv(SmsPeriod, []).startswith("from,to,texts,")
