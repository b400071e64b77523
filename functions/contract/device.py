"""The device test: its page, what it measures with, what it found."""

from typing import Literal

from msgspec import UNSET, UnsetType

from functions.contract.operation import Header, Media, Operation
from functions.contract.public import LINK, PAGE
from shared.organisations.requests import Request
from shared.organisations.shown import Shown

OCTETS = Media("application/octet-stream", "Octets of no meaning, 262144 at most.")
CODE = Header("X-VisitBridge-Code", "The page's own code, good for twelve hours.", required=True)
TOKEN = {"token": "The code of the visit's link."}
MEASURES = ("link.invalid", "link.expired")
Input = Literal["ok", "denied", "missing", "busy", "unsupported"]


class ProbeQuery(Request):
    """How many octets to answer: 0 to 262144."""

    bytes: int | UnsetType = UNSET


class DeviceChecks(Request):
    """The outcome of each check."""

    browser: Literal["ok", "other", "embedded", "unsupported"]
    network: Literal["good", "poor", "offline"]
    camera: Input
    microphone: Literal["ok", "silent", "denied", "missing", "busy", "unsupported"]
    speaker: Literal["heard", "not_heard", "skipped", "unsupported"]


class DeviceFound(Request):
    """What a test found."""

    checks: DeviceChecks


class DeviceResult(Shown):
    """What it comes to."""

    result: Literal["passed", "warnings", "failed"]


OPERATIONS = {
    "device_test": Operation(
        "The device test of a visit", "visits", {200: PAGE}, signed_in=False, errors="page", path=TOKEN, refuses=LINK,
    ),
    "device_test_down": Operation(
        "Octets to see how fast they come", "visits", {200: OCTETS}, query=ProbeQuery, headers=(CODE,), signed_in=False,
        path=TOKEN, refuses=(*MEASURES, "request.invalid"),
    ),
    "device_test_up": Operation(
        "Takes octets, to see how fast they go, and forgets them", "visits", {204: None}, takes=(OCTETS,), headers=(CODE,),
        signed_in=False, path=TOKEN, refuses=(*MEASURES, "request.too_large"),
    ),
    "device_test_result": Operation(
        "Keeps what a test found with its visit; the last one counts", "visits", {200: DeviceResult}, takes=DeviceFound,
        signed_in=False, path=TOKEN, refuses=LINK,
    ),
}  # fmt: skip
