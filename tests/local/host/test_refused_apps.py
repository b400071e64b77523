"""Apps that would be down in the cloud do not start here either: status 1, and words that say why.

Those with a wrong annotation are refused by Microsoft's indexer alone: nothing else that reads the app sees the mistake.
"""

import asyncio
import json
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from local import node
from local.host.settings import AppError, load, resolved
from tests.local.host.running import PATIENCE_SECONDS

START = "import typing\nimport azure.functions as func\napp = func.FunctionApp()\n"
HTTP = '@app.route("a")\n'
TIMER = '@app.timer_trigger(arg_name="t", schedule="{}")\n'
QUEUE = '@app.queue_output(arg_name="out", queue_name="q", connection="AzureWebJobsStorage")\n'
DEF = "def a({}){}:\n    return None\n"

# The app after its first lines, a word of what is said about it, and settings.
APPS: dict[str, tuple[str, str, Mapping[str, str]]] = {
    "another trigger's type": (TIMER.format("0 * * * * *") + DEF.format("t: func.QueueMessage", ""), "'t'", {}),
    "an output that is not Out": (HTTP + QUEUE + DEF.format("req: func.HttpRequest, out: str", " -> str"), "out", {}),
    "a context of text": (HTTP + DEF.format("req: func.HttpRequest, context: str", " -> str"), "context", {}),
    "an optional response": (HTTP + DEF.format("req: func.HttpRequest", " -> func.HttpResponse | None"), "return", {}),
    "an optional request": (HTTP + DEF.format("req: typing.Optional[func.HttpRequest]", " -> str"), "req", {}),
    "a parameter too many": (HTTP + DEF.format("req: func.HttpRequest, more: str", " -> str"), "more", {}),
    "a parameter too few": (HTTP + DEF.format("", " -> str"), "req", {}),
    "an output of list": (
        HTTP + QUEUE + DEF.format("req: func.HttpRequest, out: func.Out[list[str]]", " -> str"), "out", {},
    ),
    "two of a name": ((HTTP + DEF.format("req: func.HttpRequest", " -> str")) * 2, "unique", {}),
    "two apps": ("other = func.FunctionApp()\n", "More than one", {}),
    "no functions": ("", "no functions", {}),
    "a missing module": ("import not_there\n", "not_there", {}),
    "a syntax error": ("def\n", "SyntaxError", {}),
    "a route that cannot be read": (
        '@app.route("a/{x:nope}")\n' + DEF.format("req: func.HttpRequest", " -> str"), "nope", {},
    ),
    "a schedule that cannot be read": (TIMER.format("0 * * * * 7") + DEF.format("t: func.TimerRequest", ""), "week", {}),
    "a schedule nobody set": (TIMER.format("%CRON%") + DEF.format("t: func.TimerRequest", ""), "%CRON%", {}),
    "a connection nobody set": (
        '@app.queue_trigger(arg_name="q", queue_name="q", connection="Nowhere")\n' + DEF.format("q: str", ""),
        "Nowhere",
        {},
    ),
    "a connection that is none": (
        '@app.queue_trigger(arg_name="q", queue_name="q", connection="Nowhere")\n' + DEF.format("q: str", ""),
        "connection string",
        {"Nowhere": "nonsense"},
    ),
    "a binding we do not have": (
        '@app.blob_trigger(arg_name="b", path="x", connection="y")\n' + DEF.format("b: func.InputStream", ""),
        "blobTrigger",
        {},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
async def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str]]:
    """Exit status and output of each app's host."""
    folder = tmp_path_factory.mktemp("refused")
    folders = [folder / str(index) for index in range(len(APPS))]
    for app, (text, _, _) in zip(folders, APPS.values(), strict=True):
        app.mkdir()
        (app / "host.json").write_text('{"version": "2.0"}')
        (app / "function_app.py").write_text(START + text)
    settings = [json.dumps(dict(env)) for _, _, env in APPS.values()]
    given = [f"{app}={env}" for app, env in zip(folders, settings, strict=True)]
    status, output = await _ended("-m", "tests.local.host.forked", *given)
    assert status == 0, output
    ended = json.loads(output.splitlines()[-1])
    return {
        name: (status, (app / "output").read_text()) for name, app, status in zip(APPS, folders, ended, strict=True)
    }


async def _ended(*arguments: str) -> tuple[int | None, str]:
    """Exit status and output of a Python process."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, cwd=node.ROOT, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        output, _ = await asyncio.wait_for(process.communicate(), PATIENCE_SECONDS)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode, output.decode()


@pytest.mark.parametrize("name", APPS)
async def test_an_app_that_cannot_be_run_is_refused(outcomes: dict[str, tuple[int, str]], name: str) -> None:
    status, output = outcomes[name]
    assert status == 1, output
    assert "The app cannot be run" in output
    assert APPS[name][1] in output


async def test_the_host_ends_with_that_status(outcomes: dict[str, tuple[int, str]], tmp_path: Path) -> None:
    (tmp_path / "host.json").write_text("{}")
    (tmp_path / "function_app.py").write_text(START + APPS["another trigger's type"][0])
    status, output = await _ended("-m", "local.host", str(tmp_path))
    assert (status, "The app cannot be run" in output) == (1, True)


@pytest.mark.parametrize(("content", "word"), [(None, "missing"), ("{", "not JSON"), ("[]", "not a JSON object")])
def test_a_broken_host_json_is_refused(tmp_path: Path, content: str | None, word: str) -> None:
    if content:
        (tmp_path / "host.json").write_text(content)
    with pytest.raises(AppError, match=word):
        load(tmp_path)


def test_local_settings_fill_only_what_the_environment_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "host.json").write_text("{}")
    values = {"VISITBRIDGE_TEST_SET": "file", "VISITBRIDGE_TEST_NOT_SET": "file"}
    (tmp_path / "local.settings.json").write_text(json.dumps({"IsEncrypted": False, "Values": values}))
    monkeypatch.setenv("VISITBRIDGE_TEST_SET", "environment")
    # Set and taken away again, so that it is taken away after the test as well.
    monkeypatch.setenv("VISITBRIDGE_TEST_NOT_SET", "")
    monkeypatch.delenv("VISITBRIDGE_TEST_NOT_SET")
    load(tmp_path)
    assert resolved("%VISITBRIDGE_TEST_SET% %VISITBRIDGE_TEST_NOT_SET%") == "environment file"
