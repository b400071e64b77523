"""Exactly once under faults: thousands of appointments' lives in which processes die at any request, on the gateway's account.

Each life has its own seed: a booking, up to two changes, perhaps a STOP; two reminders; doubled ticks; and at every
request to storage, queue or gateway a chance that the process dies there, before the request took hold or after.
"""

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any

from tests.work.test_exactly_once import play

LIVES = 10_000
DEATHS = (0.0, 0.005, 0.02)
SHARE = 250


def some(first: int, count: int) -> tuple[int, list[str]]:
    """Lives from a seed on: how many texts left, and what did not hold."""
    wrong: list[str] = []
    texts = 0
    for seed in range(first, first + count):
        try:
            texts += asyncio.run(play(seed, DEATHS[seed % len(DEATHS)]))
        except AssertionError as error:
            wrong.append(str(error).splitlines()[0])
    return texts, wrong


def measure(lives: int) -> dict[str, Any]:
    """Plays them all, on every core."""
    began, texts = time.perf_counter(), 0
    wrong: list[str] = []
    with ProcessPoolExecutor() as pool:
        firsts = range(0, lives, SHARE)
        for index, (count, found) in enumerate(pool.map(partial(some, count=SHARE), firsts), start=1):
            texts += count
            wrong += found
            if index % 4 == 0:
                print(f"  .. {index * SHARE} lives, {texts} texts, {len(wrong)} wrong", file=sys.stderr)
    return {
        "lives": lives,
        "texts": texts,
        "wrong": dict(Counter(wrong)),
        "seconds": round(time.perf_counter() - began),
        "held": not wrong,
    }


def main() -> int:
    """Prints the figures; the exit status says whether each life held."""
    parser = argparse.ArgumentParser(prog="scripts/bench faults", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--lives", type=int, default=LIVES)
    options = parser.parse_args()
    figures = measure(options.lives)
    if options.json:
        print(json.dumps(figures, indent=2))
    else:
        print("  ".join(f"{name} {value}" for name, value in figures.items()))
    return 0 if figures["held"] else 1


if __name__ == "__main__":
    sys.exit(main())
