"""One target under atheris, in a process of its own: libFuzzer ends the process when it is done."""

import importlib
import logging
import sys

LONGEST = {"body": 4096, "time": 64, "phone": 512}  # bytes; what is longer is for the tests of growth


def main() -> None:
    """`python -m tests.fuzz.one TARGET`, then libFuzzer's own options and folders."""
    atheris = importlib.import_module("atheris")  # it is not on every platform, nor typed on any
    target, *options = sys.argv[1:]
    logging.disable()
    with atheris.instrument_imports(include=["shared.messages"]):
        targets = importlib.import_module("tests.fuzz.targets")
    limits = [f"-max_len={LONGEST[target]}", "-timeout=10", "-rss_limit_mb=1024"]
    atheris.Setup([sys.argv[0], *limits, *options], targets.TARGETS[target])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
