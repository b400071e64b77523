"""The ports of a stack."""

import socket

import pytest

from local import ports
from local.config import SERVICES


def test_free_ports_differ_and_can_be_had() -> None:
    chosen = ports.choose()
    assert tuple(chosen) == SERVICES
    assert len(set(chosen.values())) == len(SERVICES)
    for number in chosen.values():
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", number))


def test_a_base_gives_a_block_in_the_order_of_the_services() -> None:
    base = next(
        base for base in range(21_000, 60_000, 100) if all(usable(base + index) for index in range(len(SERVICES)))
    )
    assert ports.choose(base) == {name: base + index for index, name in enumerate(SERVICES)}


def usable(number: int) -> bool:
    """Whether nobody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", number)) != 0


def test_a_port_that_is_taken_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        with pytest.raises(ports.PortError, match=rf"port {number} \(functions\) of {number} to {number + 10}"):
            ports.choose(number)


def test_a_block_beyond_the_last_port_is_refused() -> None:
    with pytest.raises(ports.PortError, match="port 65536"):
        ports.choose(65_530)
