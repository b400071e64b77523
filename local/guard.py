"""Runs one command and ends it, with its whole process group, when the pipe from the stack closes.

Started by `local.processes` with the pipe's number and the command. It is the leader of the group, so that killing the
group kills the guard as well.
"""

import os
import select
import signal
import subprocess
import sys
import time

PATIENCE_SECONDS = 6
LOOK_SECONDS = 0.05


def main(pipe: int, command: list[str]) -> int:
    """Exit status of the command, if it ends by itself."""
    child = subprocess.Popen(command, close_fds=True)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    while child.poll() is None:
        readable, _, _ = select.select([pipe], [], [], LOOK_SECONDS)
        if readable and not os.read(pipe, 1):
            _end(child)
    return child.returncode


def _end(child: "subprocess.Popen[bytes]") -> None:
    child.terminate()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while child.poll() is None and time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)
    # Also when the command ended in time: what it started may not have. The guard goes with them.
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
