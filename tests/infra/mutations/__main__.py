"""`scripts/mutate [WORD ...]`: changes one side of each pair alone, in a copy, and sees that the named test fails.

First every named test must pass in the copy as it is. Status 0: each change was noticed. Words choose pairs by their
names. Nothing is written outside a temporary folder. A few minutes; not part of scripts/test.
"""

# ruff: noqa: T201, this is a program that runs git and pytest

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.docs.pages import ROOT
from tests.infra.mutations import code, deployment
from tests.infra.mutations.mutant import Mutant, Pairs

PAIRS: Pairs = code.PAIRS | deployment.PAIRS
# pytest's own: https://docs.pytest.org/en/stable/reference/exit-codes.html
PASSED, FAILED = 0, 1


def copy(target: Path) -> None:
    """What git has or would have of this clone, with a repository around it, as some tests ask for one."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in names.stdout.decode().split("\0"):
        if name and (ROOT / name).is_file() and not (ROOT / name).is_symlink():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    subprocess.run(["git", "init", "--quiet"], cwd=target, check=True)


def changed(text: str, mutant: Mutant) -> str:
    """The file after the change. Raises `ValueError` where the text is not there once."""
    if not mutant.old:
        return text + mutant.new
    if text.count(mutant.old) != 1:
        raise ValueError(f"{mutant.path} has {mutant.old!r} {text.count(mutant.old)} times, not once")
    return text.replace(mutant.old, mutant.new)


def tried(folder: Path, *tests: str) -> subprocess.CompletedProcess[str]:
    """The tests, in the copy."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "--no-header", "--tb=line", "-p", "no:cacheprovider", *tests]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def main() -> int:
    """Prints a row for each change."""
    parser = argparse.ArgumentParser(prog="scripts/mutate", description=__doc__)
    parser.add_argument("words", nargs="*", help="only pairs whose names have one of these words")
    words = parser.parse_args().words
    chosen = {name: rows for name, rows in PAIRS.items() if not words or any(word in name for word in words)}
    began, unnoticed = time.monotonic(), 0
    with tempfile.TemporaryDirectory() as folder:
        # One folder further down: nothing of this machine is beside the copy, as beside a user's clone.
        place = Path(folder, "clone", "visitbridge")
        copy(place)
        if (done := tried(place, *sorted({one.test for rows in chosen.values() for one in rows}))).returncode != PASSED:
            print(f"not even unchanged:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
            return 1
        for name, rows in chosen.items():
            print(f"\n{name}")
            for mutant in rows:
                path = place / mutant.path
                before = path.read_text()
                path.write_text(changed(before, mutant))
                done = tried(place, mutant.test)
                path.write_text(before)
                noticed = done.returncode == FAILED
                unnoticed += not noticed
                verdict = "noticed" if noticed else f"NOT NOTICED (status {done.returncode})"
                print(f"  {verdict}  {mutant.side:<10} {mutant.path}  by {mutant.test.rpartition('::')[2]}", flush=True)
    count = sum(map(len, chosen.values()))
    seconds = time.monotonic() - began
    print(f"\n{len(chosen)} pairs, {count} changes, {count - unnoticed} noticed, {unnoticed} not, {seconds:.0f} s")
    return 1 if unnoticed else 0


if __name__ == "__main__":
    raise SystemExit(main())
