"""Statuses on their way to the EHR."""

from typing import get_args

from functions.contract.operation import BODY, Operation
from shared.follow import replay
from shared.organisations.requests import Page

ID = {"id": "The connection's id."}
CODES = get_args(replay.EhrCode)

OPERATIONS = {
    "writeback_show": Operation(
        "Whether statuses reach the EHR, and those of the last seven days that did not", "health",
        {200: replay.WritebackStanding}, query=Page, path=ID, refuses=("not_found", "request.invalid"), reports=CODES,
    ),
    "writeback_replay": Operation(
        "Has statuses that were given up written after all", "health", {200: replay.Replayed},
        takes=replay.ReplayRequest, path=ID, refuses=("not_found", "ehr.writeback_off", *BODY),
    ),
}  # fmt: skip
