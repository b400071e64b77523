"""Writes the table of docs/settings.md from the code: `python -m local.settings_page [--check]`."""

import sys
from collections.abc import Iterator

from local.node import ROOT
from shared.settings_table import SETTINGS, Setting

PAGE = ROOT / "docs" / "settings.md"
FIRST = "| Setting | Field | Meaning | Default | Example |"


def _row(setting: Setting) -> str:
    default = setting.told_default or ("required" if setting.required else _code(setting.default) or "empty")
    example = setting.told_example or _code(setting.example)
    return f"| `{setting.name}` | `{setting.field}` | {setting.meaning} | {default} | {example} |"


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _lines(text: str) -> Iterator[str]:
    inside = False
    for line in text.splitlines():
        if line == FIRST:
            inside = True
            yield from [FIRST, "|---|---|---|---|---|", *map(_row, SETTINGS)]
        inside = inside and line.startswith("|")
        if not inside:
            yield line


def page() -> str:
    """The page with the table as it ought to be."""
    return "\n".join(_lines(PAGE.read_text())) + "\n"


def main(arguments: list[str]) -> int:
    """Writes the page; with `--check` only says whether it is stale, by a status of 1."""
    if "--check" not in arguments:
        PAGE.write_text(page())
        return 0
    if PAGE.read_text() == page():
        return 0
    print("docs/settings.md is stale: run scripts/generate", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
