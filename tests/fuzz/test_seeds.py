"""Every seed again, in the ordinary run; and valid messages made and spoiled by Hypothesis."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.corpus import SEEDS, all_seeds
from tests.fuzz.reach import smallest
from tests.fuzz.run import SHARES
from tests.fuzz.targets import TARGETS, choose_phone, read_body, read_time

SEEDED = [(target, name, seed) for target in TARGETS for name, seed in all_seeds(target)]
ROOT = Path(__file__).parents[2]
BODIES = [seed for target, _, seed in SEEDED if target == "body"]


@pytest.mark.parametrize(("target", "name", "seed"), SEEDED, ids=lambda value: value if isinstance(value, str) else "")
def test_every_seed_is_read_or_refused(target: str, name: str, seed: bytes) -> None:
    TARGETS[target](seed)


def test_the_seeds_are_few_and_small() -> None:
    sizes = [path.stat().st_size for path in SEEDS.rglob("*") if path.is_file()]
    assert len(sizes) < 200
    assert max(sizes) <= 2048
    assert {path.name for path in SEEDS.iterdir()} == TARGETS.keys() == SHARES.keys()


def test_what_reaches_nothing_new_is_not_kept() -> None:
    plain, odd = b"202611241015", b"202611241015.25-0600"
    assert list(smallest("time", [plain], [plain, odd, b"202611241015.50-0600"])) == [odd]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_seeds_grafted_on_one_another_are_read_or_refused(data: st.DataObject) -> None:
    """What the fuzzer does, with Hypothesis' own shrinking: pieces of one body put into another."""
    body, other = data.draw(st.sampled_from(BODIES)), data.draw(st.sampled_from(BODIES))
    for _ in range(data.draw(st.integers(1, 3))):
        start, length = data.draw(st.integers(0, len(other))), data.draw(st.integers(0, 60))
        at = data.draw(st.integers(0, len(body)))
        body = body[:at] + other[start : start + length] + body[at + data.draw(st.integers(0, 60)) :]
    read_body(body)


# Fields as they come, and as they should not.
COMPONENTS = st.sampled_from(
    ["", '""', "SIU", "S12", "S15", "P", "T", "2.3", "2.5.1", "9001", "30", "MIN", "202611241015", "20261124101500-0600",
     "(608)555-0143", "PRN", "CP", "en", "Cancelled", "\\F\\", "\\X0D\\", "\\", "\u00e9", "\u202e", " "]
) | st.text(max_size=6)  # fmt: skip
FIELDS = st.lists(st.lists(COMPONENTS, max_size=5).map("^".join), max_size=2).map("~".join)
SEGMENTS = st.tuples(
    st.sampled_from(["SCH", "TQ1", "PID", "PV1", "RGS", "AIS", "AIG", "AIP", "AIL", "NTE", "MSH", "BHS", "ZZZ"]),
    st.lists(FIELDS, max_size=26).map("|".join),
).map("|".join)
HEADERS = st.tuples(
    st.just("MSH|^~\\&|A|B|C|D"), FIELDS, st.just(""), st.just("SIU^S12") | FIELDS, st.just("ID1") | FIELDS, FIELDS,
    st.sampled_from(["2.3", "2.5.1", ""]), st.just("||"), FIELDS, FIELDS,
).map("|".join)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(HEADERS, st.lists(SEGMENTS, max_size=9), st.sampled_from("\r\n"))
def test_messages_made_of_fields_are_read_or_refused(header: str, segments: list[str], between: str) -> None:
    read_body(b"\x00" + between.join([header, *segments]).encode("utf-8", "replace"))


@settings(max_examples=300, deadline=None)
@given(st.from_regex(r"[0-9]{4,16}(\.[0-9]{0,6})?([+-][0-9]{4})?", fullmatch=True))
def test_every_text_in_the_form_of_a_time_is_read_or_refused(text: str) -> None:
    read_time(text.encode())


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.lists(st.text('0123456789()+-. Xx^~\\"PRNCHW', max_size=14), max_size=18).map("^".join)).map("~".join)
)
def test_every_text_in_the_form_of_phones_is_read(text: str) -> None:
    choose_phone(b"\x00" + text.encode())


def test_where_atheris_cannot_run_the_fuzzer_says_so_and_fails(tmp_path: Path) -> None:
    """As on other platforms: the module is not there."""
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util as util\nfound = util.find_spec\n"
        "util.find_spec = lambda name, package=None: None if name == 'atheris' else found(name, package)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    command = [sys.executable, "-m", "tests.fuzz.run", "1"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 2
    assert "Linux x86_64 only" in done.stderr
