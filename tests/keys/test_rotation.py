"""Publish, wait, sign, retire: which version of a key does what, when."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

import pytest

from shared.adapters.vault import KeyVersion
from shared.errors import Unavailable
from shared.keys.rotation import KEEP, WAIT, published, signing
from tests.builders import NOW

YEAR = timedelta(days=365)
OLD = KeyVersion("old", NOW - YEAR, {})
NEW = KeyVersion("new", NOW, {})
TURN = NOW + WAIT


def names(versions: Sequence[KeyVersion]) -> list[str]:
    return [version.id for version in versions]


def test_the_first_version_signs_at_once() -> None:
    assert signing([NEW], NOW) is NEW
    assert published([NEW], NOW) == [NEW]


@pytest.mark.parametrize(
    ("after", "signs", "shown"),
    [
        (timedelta(0), "old", ["old", "new"]),
        (WAIT - timedelta(seconds=1), "old", ["old", "new"]),
        (WAIT, "new", ["new", "old"]),
        (WAIT + KEEP - timedelta(seconds=1), "new", ["new", "old"]),
        (WAIT + KEEP, "new", ["new"]),
        (YEAR, "new", ["new"]),
    ],
    ids=["published", "about to sign", "signs", "the old one is still believed", "retired", "a year later"],
)
def test_a_rotation_takes_its_steps_by_itself(after: timedelta, signs: str, shown: list[str]) -> None:
    assert signing([NEW, OLD], NOW + after).id == signs
    assert names(published([NEW, OLD], NOW + after)) == shown


def test_an_activation_date_says_when_it_signs() -> None:
    soon = KeyVersion("soon", NOW, {}, starts=NOW + timedelta(minutes=5))
    assert signing([OLD, soon], NOW + timedelta(minutes=4)) is OLD
    assert signing([OLD, soon], NOW + timedelta(minutes=5)) is soon


def test_a_version_that_was_disabled_is_neither_used_nor_believed() -> None:
    leaked = KeyVersion("leaked", NOW - YEAR, {}, enabled=False)
    assert signing([leaked, NEW], NOW) is NEW
    assert published([leaked, NEW], NOW) == [NEW]


def test_a_new_version_that_is_taken_back_leaves_the_old_one() -> None:
    bad = KeyVersion("bad", NOW, {}, enabled=False)
    assert signing([OLD, bad], TURN + YEAR) is OLD
    assert published([OLD, bad], TURN + YEAR) == [OLD]


def test_an_expired_version_is_replaced_at_once() -> None:
    ended = KeyVersion("ended", NOW - YEAR, {}, ends=NOW)
    assert signing([ended, NEW], NOW) is NEW
    assert published([ended, NEW], NOW) == [NEW]


def test_two_rotations_within_the_wait_turn_twice_and_each_is_published_before() -> None:
    second = KeyVersion("second", NOW + timedelta(hours=2), {})
    versions = [OLD, NEW, second]
    hours = [NOW + timedelta(hours=hour) for hour in range(2, 60)]
    assert [signing(versions, TURN + timedelta(hours=h)).id for h in (-1, 0, 1, 2)] == ["old", "new", "new", "second"]
    for earlier, later in pairwise(hours):
        assert signing(versions, later) in published(versions, earlier)


@pytest.mark.parametrize(
    "versions",
    [[], [KeyVersion("off", NOW - YEAR, {}, enabled=False)], [KeyVersion("later", NOW, {}, starts=NOW + YEAR)]],
    ids=["none", "disabled", "not yet allowed by the vault"],
)
def test_without_a_key_that_may_sign_nothing_is_signed(versions: list[KeyVersion]) -> None:
    with pytest.raises(Unavailable):
        signing(versions, NOW)
