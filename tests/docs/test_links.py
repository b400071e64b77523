"""Every link leads somewhere, every page is linked, and no page knows this machine."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, PAGES, ROOT, anchors, links, named

# Folders of the machine that a page was written on; a link never needs one.
OF_A_MACHINE = re.compile(r"(?<![\w.])/(?:work|root|home|tmp|Users|mnt|var/folders)/")


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_relative_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for link in links(page):
        if link.startswith(("https://", "http://", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_relative_to(ROOT), f"{link} leads out of the repository"
        assert target.exists(), f"{link} leads nowhere"
        if anchor:
            assert anchor in anchors(target), f"{link}: no such heading"


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached:
            continue
        reached.add(page)
        targets = [(page.parent / link.partition("#")[0]).resolve() for link in links(page) if "://" not in link]
        waiting += [target for target in targets if target.suffix == ".md" and target.exists()]
    assert sorted(map(named, DOCS.rglob("*.md"))) == sorted(named(page) for page in reached if DOCS in page.parents)


@pytest.mark.parametrize("page", [*PAGES, ROOT / "local.settings.sample.json"], ids=named)
def test_no_page_names_a_path_of_a_machine(page: Path) -> None:
    assert OF_A_MACHINE.findall(page.read_text()) == []
