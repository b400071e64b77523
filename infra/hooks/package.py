"""Makes the package that runs in Azure: `python infra/hooks/package.py OUT.zip`. The same files give the same bytes."""

# ruff: noqa: T201, this is a program

import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILES = ("function_app.py", "host.json", "requirements.txt")
FOLDERS = ("functions", "shared")
EPOCH = (1980, 1, 1, 0, 0, 0)


def contents() -> Iterator[Path]:
    """What the app consists of, in order."""
    yield from (ROOT / name for name in FILES)
    for folder in FOLDERS:
        yield from sorted(
            path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts
        )


def make(target: Path) -> None:
    """Writes the package."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for path in contents():
            entry = zipfile.ZipInfo(path.relative_to(ROOT).as_posix(), EPOCH)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, path.read_bytes())


if __name__ == "__main__":
    make(Path(sys.argv[1]))
    print(sys.argv[1])
