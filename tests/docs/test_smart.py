"""docs/security/smart.md cites tests that exist."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, ROOT

PAGE = DOCS / "security" / "smart.md"
CITED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE.read_text())))


def test_the_page_cites_tests() -> None:
    assert len(CITED) > 20


@pytest.mark.parametrize(("file", "function"), CITED, ids=lambda part: Path(part).name)
def test_every_cited_test_exists(file: str, function: str) -> None:
    source = (ROOT / file).read_text()
    if function:
        assert re.search(rf"^(?:async )?def {function}\(", source, re.MULTILINE)
