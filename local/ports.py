"""Ports of one stack: free ones, or a block that begins where one says."""

import socket

from local.config import SERVICES


def free(count: int) -> list[int]:
    """Ports that were free a moment ago. All are held until the last is found, so that they differ."""
    held = []
    try:
        for _ in range(count):
            probe = socket.socket()
            probe.bind(("127.0.0.1", 0))
            held.append(probe)
        return [probe.getsockname()[1] for probe in held]
    finally:
        for probe in held:
            probe.close()


def choose(base: int | None = None) -> dict[str, int]:
    """A port for each service of the stack."""
    numbers = range(base, base + len(SERVICES)) if base else free(len(SERVICES))
    return dict(zip(SERVICES, numbers, strict=True))
