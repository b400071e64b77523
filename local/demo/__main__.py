"""`python -m local.demo [--exit] [--manifest FILE]`: plays the story on a fresh stack, then stays up to click through."""

import argparse
import asyncio
import signal
import sys
import time
from pathlib import Path

from local.demo.steps import StepFailedError, Steps
from local.demo.story import Story
from local.demo.world import World
from local.node import NodeError
from local.processes import PartError
from local.stack import Stack, running


def _addresses(stack: Stack) -> None:
    config = stack.config
    print("\nClick through it yourself:")
    for name, url in (
        ("Epic, the chart", f"{config.epic}/hyperspace"),
        ("Epic, the patient's portal", f"{config.epic}/mychart"),
        ("the patient's phone", f"{config.control}/phone"),
        ("the portal", config.portal),
        ("functions", f"{config.functions}/api/health"),
    ):
        print(f"  {name:28} {url}")
    print(f"  certificate authority        {config.ca}")


def _log_end(stack: Stack) -> str:
    """The last lines of the functions' log, which goes with the stack. There is nothing of a patient in it."""
    lines = (stack.config.run_dir / "logs" / "functions.log").read_text().splitlines()
    return "\n".join(lines[-20:])


async def _stay() -> None:
    print("\nThe stack stays up. Ctrl-C ends it.", flush=True)
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await ended.wait()


async def main(arguments: list[str]) -> int:
    """Exit status 0 only if every step was checked and held."""
    parser = argparse.ArgumentParser(
        prog="scripts/demo", description="Plays one whole virtual visit on the local stack."
    )
    parser.add_argument("--exit", action="store_true", help="end when the story is over")
    parser.add_argument("--manifest", type=Path, help="write the stack's manifest to this file")
    options = parser.parse_args(arguments)
    began = time.monotonic()
    async with running(seed_connection=False) as stack:
        print("\nOne virtual visit, from an appointment message to an erased phone number:\n", flush=True)
        steps = Steps()
        async with World(stack.config) as world:
            story = Story(world, steps)
            try:
                await story.play()
            except (StepFailedError, AssertionError) as error:
                print(f"\nThe story stopped: {error}\n\nThe functions' log ends:\n{_log_end(stack)}", file=sys.stderr)
                return 1
        print(
            f"\n{steps.count} of {steps.count} steps held, {time.monotonic() - began:.0f} s with the start of the stack."
        )
        if options.manifest:
            stack.write_manifest(options.manifest, connection_id=story.connection_id)
        _addresses(stack)
        if not options.exit:
            await _stay()
    return 0


def _run() -> int:
    try:
        return asyncio.run(main(sys.argv[1:]))
    except (PartError, NodeError) as error:
        print(f"The stack did not start: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(_run())
