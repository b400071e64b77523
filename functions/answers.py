"""The one place where errors become answers: RFC 9457 problems for programs, pages for people, plain text for HL7.

No answer holds a trace or a value that came from outside. What nobody expected is logged by its type and the trace id
that the answer names; its message is not, for it may quote data.
"""

import json
import logging
from collections.abc import Awaitable, Callable
from functools import partial, wraps
from http.cookies import CookieError, SimpleCookie
from typing import Any
from uuid import uuid4

import azure.functions as func

from functions.page_words import Reader, language_of
from functions.pages import error_page
from shared.errors import BridgeError, Refused, Unavailable
from shared.launch.cookies import Cookie
from shared.services import services
from shared.settings import SettingsError

log = logging.getLogger(__name__)

Handler = Callable[[func.HttpRequest], Awaitable[func.HttpResponse]]
Answer = Callable[[func.HttpRequest, BridgeError, str], func.HttpResponse]


def api(handler: Handler) -> Handler:
    """For programs: errors as `application/problem+json`."""
    return _guarded(handler, _problem)


def page(handler: Handler) -> Handler:
    """For people: errors as a page in plain words, with the same code."""
    return _guarded(handler, partial(_page, "patient"))


def link_page(handler: Handler) -> Handler:
    """As `page`, for a patient's own link: in the language that was chosen there, with a choice of it."""
    return _guarded(handler, partial(_page, "patient", choice=True))


def staff_page(handler: Handler) -> Handler:
    """As `page`, for those who set a connection up: nobody tells them to call the clinic."""
    return _guarded(handler, partial(_page, "staff"))


def plain(handler: Handler) -> Handler:
    """For interface engines: errors as plain text."""
    return _guarded(handler, _plain)


def _guarded(handler: Handler, answer: Answer) -> Handler:
    @wraps(handler)
    async def guarded(req: func.HttpRequest) -> func.HttpResponse:
        trace_id = uuid4().hex
        try:
            return await handler(req)
        except BridgeError as error:
            return answer(req, error, trace_id)
        except Exception as error:  # noqa: BLE001, the edge: whatever it is, no trace and no data may get out
            if _is_outage(error):
                log.warning("an upstream does not answer: %s, trace %s", type(error).__name__, trace_id)
                return answer(req, Unavailable(), trace_id)
            log.error("unexpected %s, trace %s\n%s", type(error).__name__, trace_id, places(error))  # noqa: TRY400
            return answer(req, BridgeError("internal"), trace_id)

    return guarded


def _is_outage(error: Exception) -> bool:
    from azure.core.exceptions import AzureError

    # Without its settings the app is down as without its storage; the log of its start names each that is wrong.
    return isinstance(error, AzureError | OSError | SettingsError)


def places(error: BaseException) -> str:
    """Where it happened, without the message or any line's values."""
    import traceback

    return "\n".join(f"  {f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__))


def _headers(error: BridgeError) -> dict[str, str]:
    headers = {"Cache-Control": "no-store"}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if error.problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return headers


def _about(code: str) -> str:
    """Where the portal explains a code; `about:blank` (RFC 9457 section 4.2.1) while the settings are wrong."""
    try:
        return f"{services().settings.portal_url}/errors/{code}"
    except SettingsError:
        return "about:blank"


def _problem(req: func.HttpRequest, error: BridgeError, trace_id: str) -> func.HttpResponse:  # noqa: ARG001
    body: dict[str, Any] = {
        "type": _about(error.code),
        "title": error.problem.detail,
        "status": error.problem.status,
        "code": error.code,
        "detail": error.problem.detail,
        "fix": error.problem.fix,
        "trace_id": trace_id,
    }
    if error.fields:
        body["fields"] = error.fields
    return func.HttpResponse(
        json.dumps(body), status_code=error.problem.status, mimetype="application/problem+json", headers=_headers(error)
    )


def _page(
    reader: Reader, req: func.HttpRequest, error: BridgeError, trace_id: str, *, choice: bool = False
) -> func.HttpResponse:
    language = language_of((choice and req.params.get("lang", "")) or req.headers.get("accept-language", ""))
    about = _about(error.code) if reader == "staff" else ""
    answer = error_page(error, trace_id, language, reader, choice=choice, about=about)
    for name, value in _headers(error).items():
        answer.headers[name] = value
    return answer


def _plain(req: func.HttpRequest, error: BridgeError, trace_id: str) -> func.HttpResponse:  # noqa: ARG001
    text = f"{error.code}: {error.problem.detail} {error.problem.fix} {_about(error.code)} (trace {trace_id})\n"
    return func.HttpResponse(text, status_code=error.problem.status, mimetype="text/plain", headers=_headers(error))


def json_answer(value: Any, status: int = 200) -> func.HttpResponse:
    """A JSON answer that no one may cache. `value` may be, or hold, a Struct of the API's models."""
    return func.HttpResponse(
        json.dumps(value, default=_builtins),
        status_code=status,
        mimetype="application/json",
        headers={"Cache-Control": "no-store"},
    )


def _builtins(value: Any) -> Any:
    # Here only: patients' answers are plain, and should not wait for this import.
    from msgspec import to_builtins

    return to_builtins(value)


def wants_csv(req: func.HttpRequest) -> bool:
    """Whether the Accept header asks for CSV."""
    return "text/csv" in req.headers.get("accept", "")


def csv_answer(text: str) -> func.HttpResponse:
    """CSV with a byte order mark, without which spreadsheets misread UTF-8."""
    return func.HttpResponse(
        ("\ufeff" + text).encode(),
        mimetype="text/csv",
        charset="utf-8",
        headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"},
    )


def redirect(url: str, *cookies: Cookie, status: int = 302) -> func.HttpResponse:
    """A redirect that sets or removes cookies; the Referer must not carry our addresses on."""
    answer = func.HttpResponse(
        status_code=status,
        headers={"Location": url, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"},
    )
    return with_cookies(answer, *cookies)


def with_cookies(answer: func.HttpResponse, *cookies: Cookie) -> func.HttpResponse:
    """The answer, setting or removing cookies."""
    for cookie in cookies:
        answer.headers.add(
            "Set-Cookie",
            f"{cookie.name}={cookie.value}; Max-Age={cookie.max_age}; Path={cookie.path}; Secure; HttpOnly; SameSite=None",
        )
    return answer


def cookies_of(req: func.HttpRequest) -> dict[str, str]:
    """The request's cookies; a header that is not one is none."""
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(req.headers.get("cookie", "")).items()}
    except CookieError:
        return {}


def json_body(req: func.HttpRequest) -> dict[str, Any]:
    """The request's JSON object (RFC 8259: no NaN, no half of a surrogate pair). Raises `Refused("request.not_json")`."""
    try:
        value = json.loads(req.get_body(), parse_constant=_no_constant)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Refused("request.not_json") from None
    if not isinstance(value, dict):
        raise Refused("request.not_json")
    return value


def _no_constant(_: str) -> float:
    raise ValueError
