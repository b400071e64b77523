"""The pages for security reviewers cite tests that exist."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, ROOT

PAGES = sorted((DOCS / "security").glob("*.md"))
CITED = sorted({cited for page in PAGES for cited in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", page.read_text())})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_page_cites_tests(page: Path) -> None:
    assert page.read_text().count("`tests/") > 5


@pytest.mark.parametrize(("file", "function"), CITED, ids=lambda part: Path(part).name)
def test_every_cited_test_exists(file: str, function: str) -> None:
    source = (ROOT / file).read_text()
    if function:
        assert re.search(rf"^(?:async )?def {function}\(", source, re.MULTILINE)
