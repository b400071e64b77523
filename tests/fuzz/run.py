"""Coverage-guided fuzzing of the readers with atheris: `python -m tests.fuzz.run [SECONDS] [--keep]`; see scripts/fuzz.

Each target of `targets.py` has a process of its own and its share of the time, and begins with the seeds. An input that
breaks something is put among the seeds, where the ordinary test run meets it until it is mended. `--keep` also adds the
smallest inputs found that reach what no seed reaches. Status 1 if something broke, 2 where atheris does not run.
"""

import argparse
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from tests.fuzz.corpus import SEEDS, all_seeds
from tests.fuzz.reach import smallest

SHARES = {"body": 0.6, "time": 0.15, "phone": 0.25}  # of the time; a message's body has most to find
_LARGEST_KEPT = 2048
_STATUS = re.compile(r"#(\d+)\s+\w+\s+cov: (\d+) ft: (\d+) corp: (\d+)")


def fuzz(target: str, seconds: int, *, keep: bool) -> bool:
    """Runs one target for some time and prints what came of it; whether all held."""
    with tempfile.TemporaryDirectory() as folder:
        corpus, broken = Path(folder, "corpus"), Path(folder, "broken")
        for path in (corpus, broken):
            path.mkdir()
        for name, seed in all_seeds(target):
            (corpus / name).write_bytes(seed)
        said = _atheris(target, f"-max_total_time={seconds}", f"-artifact_prefix={broken}/", str(corpus))
        execs, cov, features, size = _STATUS.findall(said)[-1]
        sys.stdout.write(
            f"{target:6} {execs} executions, {cov} branches and {features} features reached, {size} inputs kept\n"
        )
        for path in broken.iterdir():
            shutil.copy(path, SEEDS / target / f"broken-{path.name[-12:]}")
            sys.stdout.write(f"       broken by {path.name}; now among the seeds\n{said[-3000:]}\n")
        if keep and not any(broken.iterdir()):
            _keep(target, [path.read_bytes() for path in corpus.iterdir()])
        return not any(broken.iterdir())


def _keep(target: str, found: list[bytes]) -> None:
    """Adds to the seeds the smallest inputs that reach more than they do."""
    seeds = [seed for _, seed in all_seeds(target)]
    added = list(smallest(target, seeds, (data for data in found if len(data) <= _LARGEST_KEPT)))
    for data in added:
        (SEEDS / target / sha256(data).hexdigest()[:12]).write_bytes(data)
    sys.stdout.write(f"       {len(added)} seeds added\n")


def _atheris(target: str, *options: str) -> str:
    command = [sys.executable, "-m", "tests.fuzz.one", target, *options]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", env=environment, check=False)
    said = done.stdout + done.stderr
    if not _STATUS.search(said):
        raise SystemExit(f"the fuzzer did not run:\n{said}")
    return said


def main() -> int:
    """As in the module's words."""
    parser = argparse.ArgumentParser(description="Fuzzes the readers of messages, times and phone numbers.")
    parser.add_argument("seconds", nargs="?", type=int, default=60, help="for all targets together")
    parser.add_argument("--keep", action="store_true", help="add to the seeds what reaches more than they do")
    options = parser.parse_args()
    if find_spec("atheris") is None:
        sys.stderr.write(
            "scripts/fuzz needs atheris, which is installed on Linux x86_64 only.\n"
            "The seeds run everywhere: scripts/test tests/fuzz\n"
        )
        return 2
    logging.disable()  # of character sets that nobody can tell there will be many
    held = [fuzz(target, max(1, round(options.seconds * share)), keep=options.keep) for target, share in SHARES.items()]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
