"""Phone numbers of the Communication Services resource: what it owns, and how one is searched for and bought.

By the REST API on the pipeline that storage has loaded: `azure-communication-phonenumbers` costs 55 to 120 ms more
(docs/decisions/0003-outgoing-calls.md), and its pollers do not show the operations' ids, by which a process finds out
what became of a purchase whose answer it did not live to hear.
https://learn.microsoft.com/rest/api/communication/phonenumbers, version 2025-06-01
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import parse_qsl, quote, urlsplit

from shared.adapters.web import Answer, UpstreamError, Web
from shared.errors import Refused, Unavailable

API_VERSION = "2025-06-01"
PAGE = 100
MOST_PAGES = 20
# A limit that ends so soon is the service's pace; the limits of numbers last a week or for good.
SOON_SECONDS = 120

Kind = Literal["tollFree", "geographic"]
Status = Literal["running", "succeeded", "failed"]

# PhoneNumberSearchResultError of the API, and what it means to whoever wants a number.
REASONS = {
    "outofstock": "numbers.none_available",
    "allnumbersnotacquired": "numbers.none_available",
    "numberspartiallyacquired": "numbers.none_available",
    "authorizationdenied": "numbers.not_eligible",
    "missingaddress": "numbers.not_eligible",
    "invalidaddress": "numbers.not_eligible",
    "invalidoffermodel": "numbers.not_eligible",
    "notenoughlicenses": "numbers.not_eligible",
    "nowallet": "numbers.not_eligible",
    "notenoughcredit": "numbers.not_eligible",
    "billingunavailable": "numbers.not_eligible",
    "reservationexpired": "numbers.expired",
    "toomanyrequests": "numbers.quota",
}


class Busy(Unavailable):
    """The service did not take the request and asks for a pause: asking again does nothing twice."""


@dataclass(frozen=True, slots=True)
class Owned:
    """A number that the resource owns and may text from. `number` is E.164, `country` ISO 3166."""

    number: str
    country: str
    kind: str


@dataclass(frozen=True, slots=True)
class Search:
    """A search that was begun: its id, by which one buys, and the id of its operation."""

    id: str
    operation: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How an operation stands; `reason` is a code of ours once it failed."""

    status: Status
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """What a search found: a number that is held for us until then, or none and why."""

    number: str
    until: datetime | None
    reason: str = ""


def purchase_of(search_id: str) -> str:
    """The operation's id of buying what a search holds, as the API's own examples have it."""
    return f"purchase_{search_id}"


class PhoneNumbers:
    """The resource's numbers, with the managed identity's token. `web` must not repeat requests by itself.

    Each call may raise `Unavailable`: whether it was done is then not known. `Busy`: it was not. `Refused` with a code
    of `numbers.`: it was not, and why.
    """

    def __init__(self, web: Web) -> None:
        self._web = web

    async def owned(self) -> list[Owned]:
        """The resource's numbers that can send texts."""
        found: list[Owned] = []
        query = {"skip": "0", "top": str(PAGE)}
        for _ in range(MOST_PAGES):
            body = (await self._send("GET", "/phoneNumbers", query=query)).body
            found += [_owned(item) for item in body["phoneNumbers"] if "outbound" in item["capabilities"]["sms"]]
            if not body.get("nextLink"):
                break
            # Only its query is taken over: our token goes to no other address.
            query = dict(parse_qsl(urlsplit(body["nextLink"]).query))
        return found

    async def search(self, country: str, kind: str) -> Search:
        """Begins to look for one number that sends and receives texts: STOP must come back. Five a week are free."""
        body = {
            "phoneNumberType": kind,
            "assignmentType": "application",
            "capabilities": {"calling": "none", "sms": "inbound+outbound"},
            "quantity": 1,
        }
        answer = await self._send("POST", f"/availablePhoneNumbers/countries/{country}/:search", body)
        operation = _operation(answer)
        return Search(answer.headers.get("search-id") or operation.removeprefix("search_"), operation)

    async def held(self, search_id: str) -> Held:
        """What a search that is done found."""
        body = (await self._send("GET", f"/availablePhoneNumbers/searchResults/{quote(search_id, safe='')}")).body
        reason = _reason(str(body.get("error") or "")) if body.get("error") not in (None, "", "NoError") else ""
        numbers = body.get("phoneNumbers") or []
        if reason or not numbers:
            return Held("", None, reason or "numbers.none_available")
        if body.get("isAgreementToNotResellRequired"):
            # To agree to terms is for people to do.
            return Held("", None, "numbers.not_eligible")
        return Held(str(numbers[0]), datetime.fromisoformat(body["searchExpiresBy"]))

    async def buy(self, search_id: str) -> str:
        """Buys what a search holds; the same search again can buy nothing more. Returns the operation's id."""
        body = {"searchId": search_id, "agreeToNotResell": False}
        return _operation(await self._send("POST", "/availablePhoneNumbers/:purchase", body))

    async def progress(self, operation: str) -> Progress | None:
        """How an operation stands; None if the service does not know it."""
        answer = await self._send("GET", f"/phoneNumbers/operations/{quote(operation, safe='')}", fine=404)
        if answer.status == 404:
            return None
        status = str(answer.body["status"]).lower()
        if status == "failed":
            error = answer.body.get("error") or {}
            return Progress("failed", _reason(str(error.get("code") or "")))
        return Progress("succeeded" if status == "succeeded" else "running")

    async def _send(
        self, method: str, path: str, body: Any = None, *, query: Mapping[str, str] | None = None, fine: int = 0
    ) -> Answer:
        parameters = {**(query or {}), "api-version": API_VERSION}
        try:
            answer = await self._web.send(method, path, json_body=body, params=parameters)
        except UpstreamError:
            raise Unavailable from None
        if answer.status == fine or (answer.status < 300 and isinstance(answer.body, dict)):
            return answer
        raise _refusal(answer, asked=method == "GET")


def _refusal(answer: Answer, *, asked: bool) -> Unavailable | Refused:
    """What an answer other than a good one means. `asked`: the request was a question and had nothing to do."""
    if answer.status == 429:
        pause = answer.headers.get("retry-after", "")
        if asked or (pause.isdecimal() and int(pause) <= SOON_SECONDS):
            return Busy()
        return Refused("numbers.quota")
    if answer.status < 400 or answer.status == 408 or answer.status >= 500:
        return Unavailable()
    if answer.status == 401 or (answer.status == 403 and asked):
        return Refused("numbers.permission_missing")
    if answer.status == 403:
        return Refused("numbers.not_eligible")
    if answer.status == 404:
        return Refused("numbers.expired")
    error = answer.body.get("error") if isinstance(answer.body, dict) else None
    return Refused(_reason(str(error.get("code") or "") if isinstance(error, dict) else ""))


def _operation(answer: Answer) -> str:
    """The id in `Operation-Location`, which is where the API says an operation is to be asked for."""
    place = urlsplit(answer.headers.get("operation-location", "")).path.rpartition("/")[2]
    if not place:
        raise Unavailable
    return place


def _reason(code: str) -> str:
    return REASONS.get(code.lower(), "numbers.failed")


def _owned(item: Mapping[str, Any]) -> Owned:
    return Owned(str(item["phoneNumber"]), str(item["countryCode"]), str(item["phoneNumberType"]))
