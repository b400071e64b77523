"""Who guesses links is slowed down, and nobody else."""

import pytest

from shared.errors import Refused
from shared.launch.guesses import FREE, MOST_ADDRESSES, Guesses, client_address
from tests.builders import StillClock


def allowed(guesses: Guesses, address: str) -> int:
    """How many misses an address has, up to a hundred."""
    for count in range(100):
        try:
            guesses.missed(address)
        except Refused:
            return count
    return 100


def test_a_few_misses_are_free_then_they_are_refused() -> None:
    assert allowed(Guesses(StillClock()), "192.0.2.1") == FREE


def test_another_address_has_its_own() -> None:
    guesses = Guesses(StillClock())
    allowed(guesses, "192.0.2.1")
    assert allowed(guesses, "192.0.2.2") == FREE


def test_time_gives_them_back_one_by_one() -> None:
    clock = StillClock()
    guesses = Guesses(clock)
    allowed(guesses, "192.0.2.1")
    clock.pass_time(seconds=61)
    assert allowed(guesses, "192.0.2.1") == 2
    clock.pass_time(hours=1)
    assert allowed(guesses, "192.0.2.1") == FREE


def test_the_refusal_says_when_to_come_again() -> None:
    clock = StillClock()
    guesses = Guesses(clock)
    allowed(guesses, "192.0.2.1")
    with pytest.raises(Refused) as refusal:
        guesses.missed("192.0.2.1")
    assert (refusal.value.code, refusal.value.retry_after) == ("link.too_many", 31)
    clock.pass_time(seconds=31)
    guesses.missed("192.0.2.1")


def test_a_flood_of_addresses_takes_no_more_memory() -> None:
    guesses = Guesses(StillClock())
    for number in range(MOST_ADDRESSES + 500):
        guesses.missed(f"2001:db8::{number:x}")
    assert len(guesses._spent) == MOST_ADDRESSES


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("192.0.2.1:50123", "192.0.2.1"),
        ("192.0.2.1", "192.0.2.1"),
        ("203.0.113.9, 192.0.2.1:50123", "192.0.2.1"),
        ("[2001:db8:1:2:3:4:5:6]:50123", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("", ""),
        ("unknown", ""),
        ("192.0.2.1:50123, <script>", ""),
    ],
)
def test_the_address_is_what_the_front_end_wrote_without_its_port(header: str, address: str) -> None:
    assert client_address(header) == address
