"""Work that failed: what the portal's health page calls."""

from functions.contract.operation import Operation
from shared.work import failures

ID = {"id": "The failure's id."}

OPERATIONS = {
    "failures_list": Operation(
        "Work that failed five times in a row, of the last seven days", "health", {200: failures.FailureList},
        query=failures.FailureQuery, refuses=("request.invalid",),
    ),
    "failures_replay": Operation(
        "Puts the work back into its queue; if it fails again it is listed again", "health", {204: None}, path=ID,
        refuses=("not_found",),
    ),
    "failures_dismiss": Operation(
        "Forgets it: what was to be done is not done", "health", {204: None}, path=ID, refuses=("not_found",)
    ),
}  # fmt: skip
