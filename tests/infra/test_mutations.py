"""The table of `scripts/mutate` is about the files as they are: each change can be made, and its test exists."""

import re

import pytest

from tests.docs.pages import ROOT
from tests.infra.mutations.__main__ import PAIRS, changed
from tests.infra.mutations.mutant import Mutant

ALL = [
    pytest.param(mutant, id=f"{name}-{number}") for name, rows in PAIRS.items() for number, mutant in enumerate(rows)
]


@pytest.mark.parametrize("mutant", ALL)
def test_a_change_changes_a_file_and_names_a_test(mutant: Mutant) -> None:
    """If this fails after a change of yours, say in tests/infra/mutations what the file has now."""
    text = (ROOT / mutant.path).read_text()
    assert changed(text, mutant) != text
    file, _, test = mutant.test.partition("::")
    assert re.search(rf"^(async )?def {test}\(", (ROOT / file).read_text(), re.MULTILINE), mutant.test


def test_both_sides_of_what_code_and_deployment_share_are_changed() -> None:
    one_sided = {name for name, rows in PAIRS.items() if len({mutant.side for mutant in rows}) < 2}
    # What has no second side in the code: rules of Azure, of GitHub, of our own checks.
    assert one_sided == {
        "setting: the platform's, none deprecated, none secret",
        "telemetry: what the worker exports",
        "telemetry: what the host sends",
        "doors that are shut",
        "locks",
        "workflows",
        "an administrator's scripts: dry unless told",
        "the Bicep checks",
    }
