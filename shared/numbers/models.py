"""What the API takes and shows around phone numbers and the directory: part of the contract in `docs/openapi.json`."""

from typing import Annotated, Literal

from msgspec import Meta

from shared.numbers import offers
from shared.numbers.offers import Country
from shared.organisations.requests import Request
from shared.organisations.shown import Instant, Shown

NumberType = Annotated[offers.NumberType, Meta(description="`geographic` is a local number, which texts by 10DLC.")]
Recorded = Literal["not_submitted", "submitted", "verified"]
Verification = Annotated[
    Literal["not_needed", "not_submitted", "submitted", "verified"],
    Meta(description="How far the number's registration with the carriers is, as an administrator has recorded it."),
]


class NewNumber(Request):
    """A number to get: one of those `offered`."""

    country: Country
    type: NumberType


class VerificationChange(Request):
    """What the carriers have said."""

    state: Recorded


# Why no number came of it; `sms.` and `request.` codes refuse the request instead.
Outcome = Literal[
    "numbers.quota", "numbers.none_available", "numbers.not_eligible", "numbers.expired", "numbers.permission_missing",
    "numbers.failed", "numbers.timed_out", "numbers.unclear",
]  # fmt: skip


class ProblemOfOperation(Shown):
    """Why it failed: stable code, cause, fix."""

    code: Outcome
    detail: str
    fix: str


class OperationShown(Shown):
    """Something that takes minutes and goes on by itself. `step`: what is being done, or what it failed at."""

    id: str
    kind: Literal["phone_number"]
    state: Literal["running", "succeeded", "failed"]
    step: Literal["searching", "buying", "done"]
    started_at: Instant
    updated_at: Instant
    number: str | None
    problem: ProblemOfOperation | None


class NumberShown(Shown):
    """A number that can send texts. `connections`: the ids of those that send from it."""

    number: str
    country: str
    type: str
    verification: Verification
    connections: list[str]


class Offer(Shown):
    """What can be had in a country."""

    country: Country
    types: list[NumberType]


class NumberList(Shown):
    """The tenant's numbers, what is under way or was last, and what can be had."""

    numbers: list[NumberShown]
    operation: OperationShown | None
    offered: list[Offer]
