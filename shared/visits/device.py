"""What a patient's device test found, in words that say nothing of the patient. Pure.

Each check ends in one of a few outcomes; the worst of them is the test's result. A visit without a picture, or in which
one side hears nothing, is no video visit: such an outcome fails. What may yet go well, or can be mended on the way, warns.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from shared.errors import Refused
from shared.visits.guests import refuse_ended
from shared.visits.visit import Announcement, Device, Record

PASSED, WARNINGS, FAILED = RESULTS = ("passed", "warnings", "failed")
_NO_INPUT = {"denied": FAILED, "missing": FAILED, "busy": FAILED, "unsupported": FAILED}
CHECKS: Mapping[str, Mapping[str, str]] = {
    # `other`: a browser for which Microsoft does not promise anything; `embedded`: inside another app.
    "browser": {"ok": PASSED, "other": WARNINGS, "embedded": WARNINGS, "unsupported": FAILED},
    "network": {"good": PASSED, "poor": WARNINGS, "offline": FAILED},
    "camera": {"ok": PASSED, **_NO_INPUT},
    "microphone": {"ok": PASSED, "silent": WARNINGS, **_NO_INPUT},
    # Who does not hear anyway, and has an interpreter or captions, goes on without.
    "speaker": {"heard": PASSED, "skipped": PASSED, "not_heard": FAILED, "unsupported": FAILED},
}
TESTED = "device_"
"""An announcement to the EHR whose state begins so tells a result: `device_passed`, `device_warnings`, `device_failed`."""


def result_of(checks: Mapping[str, object]) -> str:
    """`passed`, `warnings` or `failed`. Raises `Refused("request.invalid")` unless each check has an outcome of its own."""
    wrong = {name: "not one of the values allowed" for name in CHECKS if str(checks.get(name)) not in CHECKS[name]}
    wrong |= {name: "not known" for name in checks if name not in CHECKS}
    if wrong:
        raise Refused("request.invalid", fields=wrong)
    return max((CHECKS[name][str(outcome)] for name, outcome in checks.items()), key=RESULTS.index)


def with_device(record: Record, checks: Mapping[str, object], now: datetime) -> Record:
    """The last test counts: for the reports, and for the EHR, which is told of a result that is another than before.

    The same again changes nothing. Raises `Refused`: `request.invalid`, `link.over`, `link.cancelled`.
    """
    refuse_ended(record)
    result = result_of(checks)
    visit, last = record.visit, record.visit.device
    if last and last.checks == checks:
        return record
    device = Device(now, result, {name: str(outcome) for name, outcome in checks.items()})
    if last and last.result == result:
        return replace(record, visit=replace(visit, device=device))
    # An earlier result that has not been told yet is past.
    others = (item for item in visit.outbox if not item.state.startswith(TESTED))
    outbox = (*others, Announcement("patient", TESTED + result, now))
    return replace(record, visit=replace(visit, device=device, outbox=outbox, facts_due=True))
