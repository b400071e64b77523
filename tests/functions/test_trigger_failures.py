"""What a function that fails tells the platform, which exports it: a type's name, through the worker that Azure runs."""

import ast
import asyncio
import json
import sys
from pathlib import Path

from tests.docs.pages import ROOT

SECRETS = ("Haddad", "MRN0815", "s3cr3t")
APP = """
import azure.functions as func
from functions.failures import unquoted

app = func.FunctionApp()

def fail(_):
    patient = "PID|1||MRN0815||Haddad^Layla"
    try:
        int(patient)
    except ValueError as error:
        raise ExceptionGroup("https://ehr.example/?launch=s3cr3t", [error]) from error

@app.queue_trigger(arg_name="msg", queue_name="q", connection="AzureWebJobsStorage")
@unquoted
async def queued(msg: func.QueueMessage) -> None:
    fail(msg)

@app.timer_trigger(arg_name="timer", schedule="0 * * * * *")
@unquoted
async def timed(timer: func.TimerRequest) -> None:
    fail(timer)

@app.timer_trigger(arg_name="timer", schedule="0 * * * * *")
async def bare(timer: func.TimerRequest) -> None:
    fail(timer)
"""
INVOKE = """
import asyncio, json, logging, sys
from local.host.worker import Worker

async def main():
    worker, found = Worker(sys.argv[1]), {}
    for function in await worker.start():
        name = function.trigger["name"]
        value = ("string", "MRN0815") if name == "msg" else ("json", "{}")
        result = await worker.invoke(function, {name: value}, {}, function.name)
        found[function.name] = [result.ok, result.error, result.trace]
    print(json.dumps(found))

logging.basicConfig(stream=sys.stderr)
asyncio.run(main())
"""


async def test_the_worker_hands_on_no_word_of_what_failed(tmp_path: Path) -> None:
    (tmp_path / "function_app.py").write_text(f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n{APP}")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", INVOKE, str(tmp_path), cwd=ROOT, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    found = json.loads(out.decode().splitlines()[-1])
    assert {name: ok for name, (ok, _, _) in found.items()} == dict.fromkeys(("queued", "timed", "bare"), False)
    # The same failure raised as it is would be exported: what follows could fail.
    assert all(secret in str(found["bare"]) for secret in SECRETS)
    for name in ("queued", "timed"):
        assert "WorkFailedError: ExceptionGroup" in found[name][1]
        assert not [secret for secret in SECRETS if secret in str(found[name])], found[name]
        lines = [line for line in err.decode().splitlines() if f"{name} failed: ExceptionGroup" in line]
        assert len(lines) == 1


def test_no_trigger_but_http_raises_past_it() -> None:
    seen = []
    for path in sorted((ROOT / "functions").glob("*.py")):
        for node in ast.parse(path.read_text()).body:
            names = [ast.unparse(each) for each in getattr(node, "decorator_list", [])]
            triggers = [name for name in names if "_trigger(" in name]
            if triggers:
                seen.append(getattr(node, "name", ""))
                assert names[names.index(triggers[0]) + 1] == "unquoted", f"{path.name}: {seen[-1]}"
    assert {"reminder_tick", "visit_worker", "graph_event", "operation_step", "sms_events"} <= set(seen)
