"""What patients write back, seen from outside."""

from local.demo.steps import until
from tests.stack.conftest import Hospital


async def write(hospital: Hospital, phone: str, message: str) -> None:
    """A patient texts the hospital's number."""
    await hospital.world.control("POST", "/sms/inbound", json={"from": phone, "message": message})


async def optouts(hospital: Hospital) -> set[str]:
    """Whose hashes stand there; which is whose nobody can tell from outside."""
    return {row["RowKey"] for row in await hospital.world.rows("optouts") if row["RowKey"] != "changed"}


async def opted(hospital: Hospital, phone: str, message: str, *, count: int) -> None:
    """The patient writes, and so many more opt-outs than before stand there."""
    before = await optouts(hospital)
    await write(hospital, phone, message)

    async def noted() -> bool:
        return len(await optouts(hospital)) == len(before) + count

    await until(noted, f"what came of {message!r}")


async def kinds(hospital: Hospital, state: str) -> int:
    """How many texts, of any appointment, are in this state: a test compares with what stood before."""
    return len([row for row in await hospital.world.rows("visits") if row.get("state") == state])
