"""Ports of one stack: free ones, or a block that begins where one says."""

import socket

from local.config import SERVICES


class PortError(RuntimeError):
    """A port cannot be had; the message names it."""


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
    """A port for each service of the stack. Raises PortError if one of those from `base` on cannot be had."""
    if not base:
        return dict(zip(SERVICES, free(len(SERVICES)), strict=True))
    numbers = dict(zip(SERVICES, range(base, base + len(SERVICES)), strict=True))
    for service, number in numbers.items():
        with socket.socket() as probe:
            # As servers do: a connection that someone closed a moment ago does not keep the port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", number))
            except (OSError, OverflowError) as error:
                last = base + len(SERVICES) - 1
                raise PortError(f"port {number} ({service}) of {base} to {last} cannot be used: {error}") from error
    return numbers
