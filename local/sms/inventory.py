"""The resource's phone numbers: searched for, bought, listed, released, each as a long-running operation.

Contract: azure-rest-api-specs, communication/data-plane/PhoneNumbers/stable/2025-06-01. Quotas: a tenant may search
five times a week and buy one number, https://learn.microsoft.com/azure/communication-services/concepts/service-limits
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from local.config import SENDER_NUMBER
from local.sms.answers import AcsError, Json
from local.sms.carrier import now

SEARCH_LASTS = timedelta(minutes=15)
# Seconds an operation takes here unless the control address says otherwise; in the cloud up to two minutes. Long enough
# to be seen running.
OPERATION_SECONDS = 0.3
COUNTRIES = ("US", "PR", "CA")
AREA_CODES = {"tollFree": ("833", "844", "855", "866", "877", "888"), "geographic": ("608", "312")}
COST = {"tollFree": 2.0, "geographic": 1.0}
ASSIGNMENTS = ("application", "person")
CAPABILITIES = ("none", "inbound", "outbound", "inbound+outbound")


@dataclass
class Operation:
    """A long-running operation: what it is, what it leads to, when it began (seconds of the clock), why it fails."""

    kind: str
    id: str
    location: str | None = None
    finish: Callable[[], None] | None = None
    began_at: float = 0
    error: str = ""
    created: str = field(default_factory=now)


@dataclass
class Search:
    """Numbers held for a buyer until `expires`."""

    answer: Json
    expires: datetime
    country: str
    bought: bool = False


@dataclass
class Course:
    """How orders go from now on: set by the control address.

    `seconds`: how long operations take, those that run included. `search_error`, `purchase_error`: a value of the
    contract's PhoneNumberSearchResultError. `lose`: how many of the next answers to `search` or `purchase` get lost
    after the work is done.
    """

    seconds: float = OPERATION_SECONDS
    search_lasts_seconds: float = SEARCH_LASTS.total_seconds()
    search_error: str = ""
    purchase_error: str = ""
    lose: dict[str, int] = field(default_factory=dict)


class Inventory:
    """All numbers of the resource, and what may still be searched for and bought."""

    def __init__(self, clock: Callable[[], float], on_bought: Callable[[str], None]) -> None:
        self.course = Course()
        self.searches_left = 5
        self.purchases_left = 1
        self.owned: dict[str, Json] = {}
        self.searches: dict[str, Search] = {}
        self._operations: dict[str, Operation] = {}
        self._clock = clock
        self._on_bought = on_bought
        self._offered = 0
        capabilities = {"calling": "none", "sms": "inbound+outbound"}
        self._own(SENDER_NUMBER, "US", "tollFree", "application", capabilities)

    def search(self, country: str, wanted: Json) -> tuple[Operation, Json]:
        """Starts a search: its operation and the result it leads to. Raises AcsError."""
        if country not in COUNTRIES:
            raise _bad("countryCode", f"Country {country} is not supported.")
        kind, assignment = wanted.get("phoneNumberType"), wanted.get("assignmentType")
        capabilities, quantity = wanted.get("capabilities"), wanted.get("quantity", 1)
        if kind not in AREA_CODES:
            raise _bad("phoneNumberType", f"The phone number type must be one of {tuple(AREA_CODES)}.")
        if assignment not in ASSIGNMENTS:
            raise _bad("assignmentType", f"The assignment type must be one of {ASSIGNMENTS}.")
        if not isinstance(capabilities, dict) or any(
            capabilities.get(name) not in CAPABILITIES for name in ("calling", "sms")
        ):
            raise _bad("capabilities", f"Calling and sms must each be one of {CAPABILITIES}.")
        if country == "CA" and kind == "geographic" and capabilities["sms"] != "none":
            raise _bad("capabilities", "Geographic numbers of CA have no sms.")
        if type(quantity) is not int or not 1 <= quantity <= 10:
            raise _bad("quantity", "The quantity must be between 1 and 10.")
        area = wanted.get("areaCode") or AREA_CODES[kind][0]
        if area not in AREA_CODES[kind]:
            raise _bad("areaCode", f"The area code must be one of {AREA_CODES[kind]}.")
        if self.searches_left < 1:
            raise _limit()
        self.searches_left -= 1

        search_id = str(uuid.uuid4())
        expires = datetime.now(UTC) + timedelta(seconds=self.course.search_lasts_seconds)
        answer = {
            "searchId": search_id,
            "phoneNumbers": [self._next_number(area) for _ in range(quantity)],
            "phoneNumberType": kind,
            "assignmentType": assignment,
            "capabilities": {"calling": capabilities["calling"], "sms": capabilities["sms"]},
            "cost": _cost(kind),
            "searchExpiresBy": expires.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "isAgreementToNotResellRequired": False,
            "errorCode": 0,
            "error": "NoError",
        }
        if self.course.search_error:
            answer |= {"phoneNumbers": [], "errorCode": 1000, "error": self.course.search_error}
        self.searches[search_id] = Search(answer, expires, country)
        location = f"/availablePhoneNumbers/searchResults/{search_id}"
        return self._start(Operation("search", f"search_{search_id}", location)), answer

    def purchase(self, search_id: object) -> Operation:
        """Starts buying what a search holds. Raises AcsError."""
        search = self.searches.get(search_id) if isinstance(search_id, str) else None
        if search is None:
            raise AcsError(404, "NotFound", f"Search {search_id} cannot be found.", "searchId")
        if search.bought or search.expires < datetime.now(UTC):
            raise _bad("searchId", "The search has expired or its numbers are bought already.")
        answer = search.answer
        if not answer["phoneNumbers"]:
            raise _bad("searchId", "The search found no numbers.")
        if self.purchases_left < len(answer["phoneNumbers"]):
            raise _limit()
        operation = Operation("purchase", f"purchase_{search_id}", error=self.course.purchase_error)
        if operation.error:
            return self._start(operation)
        self.purchases_left -= len(answer["phoneNumbers"])
        search.bought = True

        def finish() -> None:
            for number in answer["phoneNumbers"]:
                kind, assignment = answer["phoneNumberType"], answer["assignmentType"]
                self._own(number, search.country, kind, assignment, answer["capabilities"])
                self._on_bought(number)

        operation.finish = finish
        return self._start(operation)

    def release(self, number: str) -> Operation:
        """Starts giving a number back. Raises AcsError for one that is not owned."""
        self.get(number)

        def finish() -> None:
            self.owned.pop(number, None)

        return self._start(Operation("releasePhoneNumber", f"release_{uuid.uuid4()}", finish=finish))

    def get(self, number: str) -> Json:
        """An owned number. Raises AcsError."""
        self._settle()
        if number not in self.owned:
            raise AcsError(404, "NotFound", f"Input phoneNumber {number} cannot be found.", "phonenumber")
        return self.owned[number]

    def listed(self) -> list[Json]:
        """All owned numbers."""
        self._settle()
        return list(self.owned.values())

    def owns(self, number: str) -> bool:
        """Whether texts may be sent from this number."""
        self._settle()
        return number in self.owned

    def operation(self, operation_id: str) -> tuple[Operation, Json]:
        """An operation and how it stands. Raises AcsError for an unknown one."""
        self._settle()
        operation = self._operations.get(operation_id)
        if operation is None:
            raise AcsError(404, "NotFound", f"Operation {operation_id} cannot be found.", "operationId")
        done = "failed" if operation.error else "succeeded"
        status = done if self._is_done(operation) else "running"
        body: Json = {
            "operationType": operation.kind,
            "status": status,
            "createdDateTime": operation.created,
            "id": operation.id,
            "lastActionDateTime": operation.created if status == "running" else now(),
        }
        if operation.location:
            body["resourceLocation"] = operation.location
        if status == "failed":
            body["error"] = {"code": operation.error, "message": "The operation has failed."}
        return operation, body

    def _start(self, operation: Operation) -> Operation:
        operation.began_at = self._clock()
        self._operations[operation.id] = operation
        return operation

    def _is_done(self, operation: Operation) -> bool:
        return operation.began_at + self.course.seconds <= self._clock()

    def _settle(self) -> None:
        """Lets happen what operations that are done by now lead to."""
        for operation in self._operations.values():
            if operation.finish and self._is_done(operation):
                operation.finish()
                operation.finish = None

    def _own(self, number: str, country: str, kind: str, assignment: str, capabilities: Json) -> None:
        self.owned[number] = {
            "id": number[1:],
            "phoneNumber": number,
            "countryCode": country,
            "phoneNumberType": kind,
            "capabilities": capabilities,
            "assignmentType": assignment,
            "purchaseDate": now(),
            "cost": _cost(kind),
        }

    def _next_number(self, area: str) -> str:
        """Numbers of the 555-01xx block, which belong to nobody."""
        self._offered = self._offered % 98 + 1
        return f"+1{area}55501{self._offered:02d}"


def _cost(kind: str) -> Json:
    return {"amount": COST[kind], "currencyCode": "USD", "billingFrequency": "monthly"}


def _bad(target: str, message: str) -> AcsError:
    return AcsError(400, "BadRequest", message, target)


def _limit() -> AcsError:
    # Recorded in the service's nightly runs: azure-sdk-for-js issue 18261.
    return AcsError(429, "TooManyRequests", "Request limit exceeded.")
