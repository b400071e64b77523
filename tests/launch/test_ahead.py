"""Client assertions made ahead: each is used once, none is old, and a failure ahead costs nobody their launch."""

import asyncio
from typing import cast

import pytest

from shared.errors import Unavailable
from shared.keys.ahead import GOOD_FOR, MOST_AHEAD, Assertions, Audience
from shared.keys.signing import Signer
from tests.builders import StillClock
from tests.launch.ehr import CountingSigner

HERE = Audience("testing", "ES384", "client", "https://ehr.example/token")
THERE = Audience("testing", "RS384", "client", "https://elsewhere.example/token")


class Making:
    """Assertions over a signer that counts."""

    def __init__(self) -> None:
        self.clock, self.signer = StillClock(), CountingSigner()
        self.assertions = Assertions(cast("Signer", self.signer), self.clock)

    async def prepared(self, times: int = 1) -> None:
        """Prepares and lets the signing come to its end."""
        for _ in range(times):
            self.assertions.prepare(HERE)
        await asyncio.wait([made.form for made in self.assertions._ahead[HERE]])

    async def take(self, audience: Audience = HERE) -> str:
        return (await self.assertions.take(audience))["client_assertion"]


async def test_one_that_was_made_ahead_is_used_without_signing_again() -> None:
    making = Making()
    await making.prepared()
    assert making.signer.signed == 1
    await making.take()
    assert making.signer.signed == 1


async def test_one_that_is_still_being_made_is_waited_for() -> None:
    making = Making()
    making.assertions.prepare(HERE)
    await making.take()
    assert making.signer.signed == 1


async def test_none_is_used_twice() -> None:
    making = Making()
    await making.prepared(2)
    assert len({await making.take() for _ in range(4)}) == 4


async def test_without_one_at_hand_it_is_made_on_the_spot_for_the_server_that_asks() -> None:
    making = Making()
    await making.prepared()
    assert '"aud": "https://elsewhere.example/token", "alg": "RS384"' in await making.take(THERE)
    assert making.signer.signed == 2


async def test_an_old_one_is_left_to_expire() -> None:
    making = Making()
    await making.prepared()
    making.clock.pass_time(seconds=GOOD_FOR.total_seconds())
    await making.take()
    assert making.signer.signed == 2


async def test_a_vault_that_was_down_ahead_is_asked_again() -> None:
    making = Making()
    making.signer.down = True
    await making.prepared()
    making.signer.down = False
    await making.take()
    assert making.signer.signed == 1


async def test_a_vault_that_is_down_is_said_to_be() -> None:
    making = Making()
    making.signer.down = True
    await making.prepared()
    with pytest.raises(Unavailable):
        await making.take()


async def test_launches_begun_for_nothing_cost_a_bounded_number_of_signatures() -> None:
    making = Making()
    await making.prepared(10 * MOST_AHEAD)
    assert making.signer.signed == MOST_AHEAD
