"""docs/reports.md is what the definitions in the code say now."""

from local.openapi.definitions import text
from shared.reports.defined import defined
from tests.docs.pages import DOCS


def test_the_page_is_what_the_code_says_now() -> None:
    assert (DOCS / "reports.md").read_text() == text(), "run scripts/generate"


def test_the_page_and_the_api_define_the_same_words_alike() -> None:
    page, api = text(), defined()
    for group in (api.statuses, api.kinds, api.columns, api.figures, api.texts, api.quality, api.allowance):
        for each in group:
            assert f"| `{each.name}` | {each.unit} | {each.says} |" in page
    assert all(f"- {rule}" in page for rule in api.rules)
