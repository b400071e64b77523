"""docs/errors.md is the catalogue of errors, and pages name only codes that exist."""

import re

import pytest

from shared.errors import CATALOGUE
from tests.docs.pages import DOCS, plain, rows

PREFIXES = {code.partition(".")[0] for code in CATALOGUE if "." in code}
CODE = re.compile(rf"`((?:{'|'.join(sorted(PREFIXES))})\.[a-z_]+)`")
FILES = ("md", "py", "json", "yaml")


def test_the_page_has_every_code_with_its_status_sentence_and_fix_and_no_other() -> None:
    told = {
        plain(code): (int(status), detail, fix) for code, status, detail, fix in rows(DOCS / "errors.md", columns=4)
    }
    assert told == {code: tuple(problem) for code, problem in CATALOGUE.items()}


@pytest.mark.parametrize("name", ["api.md", "hl7.md", "operator.md", "errors.md"])
def test_every_code_that_a_page_names_exists(name: str) -> None:
    found = {code for code in CODE.findall((DOCS / name).read_text()) if code.rpartition(".")[2] not in FILES}
    assert found
    assert found <= set(CATALOGUE)
