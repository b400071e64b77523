"""What the operator's pages tell to type is what the commands take, and what they say of keys is what the code does."""

import re
from argparse import Namespace

import pytest

from operation.__main__ import parser
from shared.adapters.vault import CACHE_FOR
from shared.keys.rotation import KEEP, WAIT
from shared.keys.signing import ALGORITHMS, ENVIRONMENTS, key_name
from shared.rooms.envelope import KEY_NAME
from tests.docs.pages import DOCS, PAGES
from tests.docs.test_commands import commands

TENANTS, UPGRADE = DOCS / "operator/tenants.md", DOCS / "operator/upgrade.md"
KEYS = DOCS / "operator.md"
CHANGING = {"backup", "export", "restore", "import", "keys", "data-keys", "erase"}


def shown() -> list[Namespace]:
    """The commands of the pages about tenants, updates and keys, as `scripts/admin` understands them, in their order."""
    pages = (TENANTS, UPGRADE, KEYS)
    return [
        parser().parse_args(words) for page in pages for first, *words in commands(page) if first == "scripts/admin"
    ]


def test_every_admin_command_on_any_page_is_understood() -> None:
    for page in PAGES:
        for first, *words in commands(page):
            if first == "scripts/admin" and words != ["--help"]:
                parser().parse_args(words)


def test_a_command_with_its_options_in_the_wrong_place_would_be_noticed() -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["verify", "northlake.json", "--apply"])


def test_every_command_is_shown_once_at_least_and_names_its_stamp() -> None:
    assert {each.command for each in shown()} == {*CHANGING, "verify", "schema"}
    for each in shown():
        place = re.fullmatch(r"https://visits(\w+)\.table\.core\.windows\.net", each.tables)
        assert place
        assert each.vault == f"https://visits-{place[1]}.vault.azure.net"


def test_what_is_shown_to_change_something_is_applied_and_an_erasure_is_looked_at_first() -> None:
    assert [each.apply for each in shown() if each.command == "erase"] == [False, True]
    assert all(each.apply for each in shown() if each.command in CHANGING - {"erase"})


def test_a_move_goes_from_one_stamp_to_another_and_compares_what_it_brought() -> None:
    move = [each for each in shown() if getattr(each, "file", None) and each.file.name != "northlake.json"]
    exported = {each.file: each.tables for each in move if each.command == "export"}
    assert len(exported) == 2
    brought = [each for each in move if each.command in ("import", "verify")]
    assert {each.file for each in brought} == set(exported)
    assert all(each.tables != exported[each.file] for each in brought)
    assert len({tuple(each.sender) for each in brought}) == 1
    assert {each.tables for each in move if each.command == "erase"} == set(exported.values())


def test_keys_that_are_rotated_are_those_that_there_are() -> None:
    rotated = {
        words[words.index("--name") + 1] for words in commands(KEYS) if words[1:4] == ["keyvault", "key", "rotate"]
    }
    assert rotated == {KEY_NAME, *(key_name(place, kind) for place in ENVIRONMENTS for kind in ALGORITHMS)}
    steps = [each for each in shown() if each.command == "data-keys"]
    assert [each.step for each in steps] == ["add", "use"]
    waited = [int(words[1]) for words in commands(KEYS) if words[0] == "sleep"]
    assert waited
    assert min(waited) > CACHE_FOR.total_seconds()


def test_the_page_says_how_long_a_new_key_waits_and_an_old_one_stays() -> None:
    text = KEYS.read_text()
    assert f"| wait | {WAIT.total_seconds() / 3600:.0f} hours |" in text
    assert KEEP.total_seconds() == 3600
    assert "| retire | an hour later |" in text
