"""An AWS endpoint on loopback: STS works, SNS does what a test says, each request is kept."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from tests.builders import StillClock


class Asked(NamedTuple):
    """A request that came: the API's action, its parameters, the Authorization header."""

    action: str
    parameters: dict[str, str]
    authorization: str


class Faulty:
    """An AWS endpoint of a test's own: STS works; `publish` does what the test says; nobody has opted out."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answers: dict[str, tuple[int, str, dict[str, str]] | str] = {}
        self.released = Event()
        self.url = ""
        self.kept = 0
        self.lasts = timedelta(hours=1)
        self.clock = StillClock(datetime(2026, 11, 24, 16, tzinfo=UTC))

    def publishes(self, status: int, code: str, message: str = "no", **headers: str) -> None:
        """Lets `publish` be refused."""
        self.answers["Publish"] = (status, refusal(code, message), headers)

    def count(self, action: str) -> int:
        return sum(asked.action == action for asked in self.asked)

    def answer(self, action: str) -> tuple[int, str, dict[str, str]] | str:
        if action in self.answers:
            return self.answers[action]
        until = (self.clock.now + self.lasts).strftime("%Y-%m-%dT%H:%M:%SZ")
        results = {
            "AssumeRoleWithWebIdentity": "<Credentials><AccessKeyId>ASIATEST</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
            f"<SessionToken>session {self.count(action)}</SessionToken><Expiration>{until}</Expiration></Credentials>",
            "CheckIfPhoneNumberIsOptedOut": "<isOptedOut>false</isOptedOut>",
            "Publish": "<MessageId>m-1</MessageId>",
        }
        return 200, f"<{action}Response><{action}Result>{results[action]}</{action}Result></{action}Response>", {}


def refusal(code: str, message: str) -> str:
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    return f'<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">{error}</ErrorResponse>'


@contextmanager
def listening(faulty: Faulty, certificate: tuple[Path, Path] | None = None) -> Iterator[Faulty]:
    """Serves it on loopback."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            parameters = {name: values[0] for name, values in parse_qs(body).items()}
            faulty.asked.append(Asked(parameters["Action"], parameters, self.headers.get("Authorization", "")))
            answer = faulty.answer(parameters["Action"])
            if answer in ("closed", "half", "silence"):
                self.close_connection = True
            faulty.kept += self.headers.get("Connection") != "close"
            if answer == "silence":
                faulty.released.wait(30)
            elif answer == "half":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n<PublishResponse>")
            elif isinstance(answer, tuple):
                status, text, headers = answer
                self.send_response(status)
                about = {"Content-Length": str(len(text.encode()))}
                if self.close_connection:
                    about["Connection"] = "close"
                for name, value in (headers | about).items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()
                self.wfile.write(text.encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, the base class's name
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    faulty.url = f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}"
    try:
        yield faulty
    finally:
        faulty.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
