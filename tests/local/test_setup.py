"""`scripts/_setup` on machines that lack this or that. Each test makes a machine: a PATH of its own, and a `uv` and a
`python3.13` that only note what they are asked, so that nothing reaches the machine beneath.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local.node import ROOT

BASE = ["sh", "dirname", "cat", "cksum", "tr", "sed", "id", "rm", "mkdir", "ln", "cp", "env"]
BEHIND = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
# `uv venv ... DIR` makes a real environment, quickly; anything else is noted only.
UV = """#!/bin/sh
echo "uv $*" >> "$HOME/asked"
if [ "$1" = venv ]; then for last in "$@"; do :; done; exec {behind} -m venv --without-pip "$last"; fi
"""
PYTHON = """#!/bin/sh
case "$*" in "-m "*) echo "python $*" >> "$HOME/asked"; mkdir -p .venv/bin; ln -s {behind} .venv/bin/python; exit 1;; esac
exec {behind} "$@"
"""


class Machine:
    """A machine with a clone on it."""

    def __init__(self, folder: Path) -> None:
        self.home, self.bin, self.clone = folder / "home", folder / "bin", folder / "clone"
        for made in (self.home, self.bin, self.clone / "scripts"):
            made.mkdir(parents=True)
        for tool in BASE:
            (self.bin / tool).symlink_to(shutil.which(tool) or pytest.fail(f"no {tool} here"))
        shutil.copy(ROOT / "scripts" / "_setup", self.clone / "scripts")
        shutil.copy(ROOT / "uv.lock", self.clone)
        (self.clone / "scripts" / "verb").write_text(
            '. "$(dirname "$0")/_setup"\nsetup "local"\necho "ready $NO_PROXY"\n'
        )

    def install(self, name: str, text: str) -> None:
        """Puts a program on the PATH."""
        (self.bin / name).write_text(text.format(behind=BEHIND))
        (self.bin / name).chmod(0o755)

    def run(self, **env: str) -> subprocess.CompletedProcess[str]:
        """Runs a script that needs the environment."""
        return subprocess.run(
            ["sh", "scripts/verb"], cwd=self.clone, capture_output=True, text=True, check=False,
            env={"HOME": str(self.home), "PATH": str(self.bin)} | env,
        )  # fmt: skip

    @property
    def asked(self) -> list[str]:
        """What uv and Python were asked to install or make, in order."""
        noted = self.home / "asked"
        return [line.split()[1] for line in noted.read_text().splitlines()] if noted.exists() else []

    @property
    def venv(self) -> Path:
        return self.clone / ".venv"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """With nothing but the base tools."""
    return Machine(tmp_path)


def test_without_python_and_uv_it_says_where_to_get_them(machine: Machine) -> None:
    said = machine.run()
    assert said.returncode == 1
    assert "needs Python 3.13 or uv" in said.stderr
    assert "https://docs.astral.sh/uv/" in said.stderr
    assert not machine.venv.exists()


def test_uv_alone_is_enough_and_the_second_time_nothing_is_done(machine: Machine) -> None:
    machine.install("uv", UV)
    said = machine.run()
    assert (said.returncode, said.stdout.split()[0]) == (0, "ready"), said.stderr
    assert "installing Python packages" in said.stderr
    assert machine.asked == ["venv", "sync"]
    again = machine.run()
    assert (again.returncode, again.stderr, machine.asked) == (0, "", ["venv", "sync"])


def test_a_new_lock_is_installed_into_the_same_environment(machine: Machine) -> None:
    machine.install("uv", UV)
    machine.run()
    with (machine.clone / "uv.lock").open("a") as lock:
        lock.write("\n")
    assert machine.run().returncode == 0
    assert machine.asked == ["venv", "sync", "sync"]


def test_an_environment_that_was_interrupted_is_made_again(machine: Machine) -> None:
    """Its Python is the machine's own: what is installed by it would land there."""
    machine.install("uv", UV)
    (machine.venv / "bin").mkdir(parents=True)
    (machine.venv / "bin" / "python").symlink_to(BEHIND)
    said = machine.run()
    assert said.returncode == 0, said.stderr
    assert "replacing .venv" in said.stderr
    assert (machine.venv / "pyvenv.cfg").exists()


def test_an_environment_of_another_python_is_made_again(machine: Machine) -> None:
    machine.install("uv", UV)
    (machine.venv / "bin").mkdir(parents=True)
    (machine.venv / "bin" / "python").write_text("#!/bin/sh\nexit 1\n")
    (machine.venv / "bin" / "python").chmod(0o755)
    assert machine.run().returncode == 0
    assert (machine.venv / "pyvenv.cfg").exists()


def test_a_python_that_cannot_make_environments_is_said_and_leaves_none(machine: Machine) -> None:
    """Debian's python3.13 without python3.13-venv. The second time it must not take what the first one left."""
    machine.install("python3.13", PYTHON)
    for _ in range(2):
        said = machine.run()
        assert said.returncode == 1
        assert "apt-get install python3.13-venv" in said.stderr
        assert not machine.venv.exists()
    assert not [line for line in (machine.home / "asked").read_text().splitlines() if "pip" in line]


def test_this_machine_is_reached_without_a_proxy_and_other_exceptions_stay(machine: Machine) -> None:
    machine.install("uv", UV)
    assert machine.run(NO_PROXY="example.org").stdout == "ready localhost,127.0.0.1,::1,example.org\n"
