"""How what a function returned goes out: a response object, a text, or nothing.

Cookies are rewritten as ASP.NET Core writes them, for the host hands them to it one by one.
https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-output
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote

from starlette.responses import PlainTextResponse, Response

from local.host.worker import Value

NO_BODY = (204, 205, 304)


def reply(value: Value, custom_headers: Mapping[str, str]) -> Response:
    """The answer to a request. `custom_headers` are those of host.json; a header of the function's own wins."""
    kind, content = value
    if kind == "http":
        response = _response(content)
    elif kind in ("string", "json"):
        response = _sniffed(str(content))
    else:
        response = Response(content or b"", 200 if content else 204)
    for name, text in custom_headers.items():
        response.headers.setdefault(name, text)
    return response


def _response(content: dict[str, Any]) -> Response:
    response = Response(b"" if content["status"] in NO_BODY else content["body"], content["status"])
    for name, text in content["headers"].items():
        # The length is what the body has, whatever the function says.
        if name.lower() != "content-length":
            response.headers[name] = text
    for cookie in content["cookies"]:
        response.raw_headers.append((b"set-cookie", set_cookie(cookie).encode("latin-1")))
    return response


def _sniffed(text: str) -> Response:
    """The host takes a text that is a JSON object with a `body` for a response object."""
    try:
        parsed = json.loads(text)
    except ValueError:
        return PlainTextResponse(text)
    lowered = {name.lower(): value for name, value in parsed.items()} if isinstance(parsed, dict) else {}
    if "body" not in lowered:
        return PlainTextResponse(text)
    body = lowered["body"] if isinstance(lowered["body"], str) else json.dumps(lowered["body"])
    return PlainTextResponse(body, int(lowered.get("statuscode", lowered.get("status", 200))), lowered.get("headers"))


def set_cookie(cookie: Any) -> str:
    """The value of a Set-Cookie header: the cookie's value escaped, `path=/` where none is given.

    `cookie` is the worker's `RpcHttpCookie`. Order and case are those of ASP.NET Core's SetCookieHeaderValue.
    """

    def given(field: Any) -> Any:
        return None if field is None else field.value

    parts = [f"{cookie.name}={quote(cookie.value, safe='')}"]
    expires, max_age = given(cookie.expires), given(cookie.max_age)
    if expires is not None:
        parts.append(f"expires={format_datetime(datetime.fromtimestamp(expires.seconds, UTC), usegmt=True)}")
    if max_age is not None:
        parts.append(f"max-age={int(max_age)}")
    if given(cookie.domain):
        parts.append(f"domain={given(cookie.domain)}")
    parts.append(f"path={given(cookie.path) or '/'}")
    if given(cookie.secure):
        parts.append("secure")
    if cookie.same_site:
        parts.append(f"samesite={cookie.same_site}")
    if given(cookie.http_only):
        parts.append("httponly")
    return "; ".join(parts)
