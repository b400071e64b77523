"""A cold start: how long a process takes to import the app, beside one that imports `azure.functions` alone.

Processes of each kind take turns, and the median counts: trust the ratio, not the milliseconds. The first of each writes
the compiled files and is left out, as a deployed package has them.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "local.settings.sample.json"
KINDS = {"bare": "pass", "azure_functions": "import azure.functions", "function_app": "import function_app"}
ROUNDS, MOST_RATIO = 15, 1.3


def measure() -> dict[str, Any]:
    """Milliseconds for each kind of process, and the ratio."""
    values = json.loads(SAMPLE.read_text())["Values"]
    took: dict[str, list[float]] = {kind: [] for kind in KINDS}
    with tempfile.TemporaryDirectory() as compiled:
        environment = os.environ | values | {"PYTHONPYCACHEPREFIX": compiled}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for _ in range(ROUNDS + 1):
            for kind, code in KINDS.items():
                began = time.perf_counter()
                subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)
                took[kind].append(1000 * (time.perf_counter() - began))
    medians = {kind: statistics.median(times[1:]) for kind, times in took.items()}
    ratio = medians["function_app"] / medians["azure_functions"]
    figures = {f"{kind}_ms": round(median) for kind, median in medians.items()}
    return figures | {"ratio": round(ratio, 2), "wanted": {"ratio": MOST_RATIO}, "held": ratio <= MOST_RATIO}


def main() -> int:
    """Prints the figures; the exit status says whether they hold."""
    parser = argparse.ArgumentParser(prog="scripts/bench cold", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    figures = measure()
    if options.json:
        print(json.dumps(figures, indent=2))
    else:
        print(
            "  ".join(f"{name} {value}" for name, value in figures.items() if name.endswith("_ms") or name == "ratio")
        )
        print("held" if figures["held"] else f"not held: wanted {figures['wanted']}")
    return 0 if figures["held"] else 1


if __name__ == "__main__":
    sys.exit(main())
