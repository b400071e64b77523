"""Phone numbers, operations, the directory: what the portal calls."""

from typing import get_args

from functions.contract.operation import IDEMPOTENCY_KEY, Operation
from shared.numbers import models
from shared.organisations import requests, shown

OPERATIONS = {
    "phone_numbers_list": Operation(
        "The tenant's numbers, the operation that is under way or was last, and what can be had", "numbers",
        {200: models.NumberList}, refuses=("numbers.permission_missing",),
    ),
    "phone_numbers_add": Operation(
        "Begins to get a number; while one is under way, answers with that one", "numbers",
        {202: models.OperationShown}, takes=models.NewNumber, headers=(IDEMPOTENCY_KEY,),
        refuses=("sms.consent_missing", "request.key_reused", "conflict"),
    ),
    "phone_numbers_verification": Operation(
        "Records how far a number's registration with the carriers is", "numbers", {200: models.NumberShown},
        takes=models.VerificationChange, path={"number": "E.164, with its plus sign."},
        refuses=("not_found", "sms.number_taken", "numbers.permission_missing"),
    ),
    "operations_show": Operation(
        "How an operation stands; ask every two seconds", "numbers", {200: models.OperationShown},
        path={"id": "The operation's id."}, refuses=("not_found",), reports=get_args(models.Outcome),
    ),
    "directory_people": Operation(
        "Who a search finds, or who object ids are: ten, or fifty, at most", "people", {200: shown.PeopleList},
        query=requests.PeopleQuery, refuses=("request.invalid", "directory.permission_missing"),
    ),
}  # fmt: skip
