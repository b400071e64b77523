"""A sign-in that comes back twice."""

import asyncio

import pytest

from shared.errors import Refused, Unavailable
from shared.launch.cookies import LIFE
from shared.launch.once import Once
from tests.builders import StillClock


class Finishing:
    """Counts how often a sign-in was finished; each waits until it is let go."""

    def __init__(self) -> None:
        self.clock = StillClock()
        self.once: Once[int] = Once(self.clock)
        self.times = 0
        self.down = False
        self.go = asyncio.Event()
        self.go.set()

    async def make(self) -> int:
        self.times += 1
        result = self.times
        await self.go.wait()
        if self.down:
            raise Unavailable
        return result

    async def come(self, state: str = "state", *proof: str) -> int:
        return await self.once.finish(state, proof or ("code", "cookie"), self.make)


async def test_two_at_the_same_time_get_the_same() -> None:
    finishing = Finishing()
    finishing.go.clear()
    both = [asyncio.create_task(finishing.come()) for _ in range(2)]
    await asyncio.sleep(0)
    finishing.go.set()
    assert [await one for one in both] == [1, 1]
    assert finishing.times == 1


async def test_the_second_is_not_given_up_with_the_first() -> None:
    finishing = Finishing()
    finishing.go.clear()
    first, second = (asyncio.create_task(finishing.come()) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    finishing.go.set()
    assert await second == 1


async def test_who_comes_later_is_told_so() -> None:
    finishing = Finishing()
    await finishing.come()
    for proof in (("code", "cookie"), ("code", "")):
        with pytest.raises(Refused, match=r"launch.used"):
            await finishing.come("state", *proof)
    assert finishing.times == 1


async def test_another_browser_or_code_shares_nothing_with_one_under_way() -> None:
    finishing = Finishing()
    finishing.go.clear()
    three = asyncio.gather(
        finishing.come(), finishing.come("state", "code", ""), finishing.come("state", "c", "cookie")
    )
    await asyncio.sleep(0)
    finishing.go.set()
    assert sorted(await three) == [1, 2, 3]


async def test_what_failed_may_be_tried_again() -> None:
    finishing = Finishing()
    finishing.down = True
    with pytest.raises(Unavailable):
        await finishing.come()
    finishing.down = False
    assert await finishing.come() == 2


async def test_it_is_remembered_for_as_long_as_a_sign_in_lives() -> None:
    finishing = Finishing()
    await finishing.come()
    finishing.clock.pass_time(seconds=LIFE.total_seconds())
    assert await finishing.come() == 2
