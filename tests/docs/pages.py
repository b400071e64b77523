"""Reads the pages: files, tables, code blocks, links."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FENCES = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def named(page: Path) -> str:
    """A page's path as tests show it."""
    return page.relative_to(ROOT).as_posix()


def rows(page: Path, *, columns: int) -> list[list[str]]:
    """The cells of every table row of a page that has this many columns, header rows and rules left out."""
    found, before = [], ""
    for line in [*page.read_text().splitlines(), ""]:
        if before.startswith("|") and not re.match(r"\|[-|: ]+\|$", line) and not re.match(r"\|[-|: ]+\|$", before):
            cells = [cell.strip() for cell in before.strip("|").split("|")]
            if len(cells) == columns:
                found.append(cells)
        before = line
    return found


def plain(cell: str) -> str:
    """A cell's text without the backticks around it."""
    return cell.strip("`")


def blocks(page: Path, language: str) -> list[str]:
    """The code blocks of a language."""
    return [text for name, text in _BLOCK.findall(page.read_text()) if name == language]


def links(page: Path) -> list[str]:
    """The targets of a page's links, those in code left out."""
    text = re.sub(r"`[^`\n]*`", "", _FENCES.sub("", page.read_text()))
    found: list[str] = _LINK.findall(text)
    return found


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as renderers of Markdown make them."""
    headings = re.findall(r"^#+ (.+)$", _FENCES.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
