"""The demo as its first user runs it."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def test_the_demo_plays_every_step_and_ends_well() -> None:
    result = subprocess.run(
        ["scripts/demo", "--exit"], cwd=ROOT, capture_output=True, text=True, timeout=300, env=os.environ, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "15 of 15 steps held" in result.stdout
    assert "FAIL" not in result.stdout


def test_a_demo_whose_stack_does_not_start_says_so() -> None:
    result = subprocess.run(
        ["scripts/demo", "--exit"], cwd=ROOT, capture_output=True, text=True, timeout=120,
        env=os.environ | {"CLAIM_LEASE_SECONDS": "soon"}, check=False,
    )  # fmt: skip
    assert result.returncode == 1
    assert "The stack did not start: seed failed" in result.stderr
