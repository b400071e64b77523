"""`python -m tests.local.host.forked FOLDER=SETTINGS...`: runs a host for each app, one after the other, each in a fork.

What they have in common is loaded once, which makes the many broken apps cheap. Each host prints into `output` in its
app's folder; the last line here is the list of their exit statuses.
"""

import json
import os
import sys
from pathlib import Path

from local.host.__main__ import main


def host(folder: Path, settings: dict[str, str]) -> int:
    """The exit status of a host of the app."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    status = 70  # unless `main` returns
    try:
        output = os.open(folder / "output", os.O_WRONLY | os.O_CREAT)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.environ.update(settings)
        status = main([str(folder), "--port", "1"])
    finally:
        sys.stdout.flush()
        os._exit(status)


if __name__ == "__main__":
    apps = (argument.split("=", 1) for argument in sys.argv[1:])
    sys.stdout.write(json.dumps([host(Path(folder), json.loads(settings)) for folder, settings in apps]))
