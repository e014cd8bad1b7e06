"""What the HTTP stand-ins share: a real server on loopback, a request log, and faults."""

from __future__ import annotations

import contextlib
import dataclasses
import gzip
import socket
import sys
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from threading import Event, Lock, Thread
from typing import Any, ClassVar, Literal, Self, get_args
from urllib.parse import parse_qs, parse_qsl, urlsplit

from demo.posts_loader import POSTS

HTML_LOGIN = (
    b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><form>...</form></body></html>"
)
COMPRESS_FROM = 1024  # bytes; as most servers do
HUGE = 10 * 1024 * 1024
HTML_DOWN = b"<!DOCTYPE html><html><body><h1>We will be back soon</h1></body></html>"
Secret = Callable[[str, str], str]  # keeps a secret under a name, and gives the reference to it
REASONS = {400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden",
           404: "Not Found", 410: "Gone", 429: "Too Many Requests"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it came: header names in lower case, the last value of each query key.

    `asked` has every value of each query key; `target` is path and query as they were sent.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    query_values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    target: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    fault: str = ""  # a fault that the platform itself has to act out, such as "repeat_token"

    def form(self) -> dict[str, str]:
        """The body as a form."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back. `promised` is the content-length that is claimed, if it isn't the truth."""

    status: int = 200
    body: bytes = b""
    type: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    promised: int | None = None


def stop(server: TCPServer) -> None:
    """Ends `serve_forever` at once: a connection wakes it, which else looks for a stop twice a second."""
    ending = Thread(target=server.shutdown)
    ending.start()
    while ending.is_alive():
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", server.server_address[1]), timeout=1).close()
        ending.join(0.01)


class Service(ABC):
    """A web service on loopback, of which faults are asked. `requests` holds all that it was asked, in order."""

    name: ClassVar[str]

    def __init__(self, at: datetime, faults: Faults | None = None) -> None:
        self.at = at
        self.faults = faults or Faults()
        self.requests: list[Request] = []
        self.stopping = Event()
        self._server = _Server(self)
        self._thread = Thread(target=self._server.serve_forever, name=self.name)

    @abstractmethod
    def answer(self, request: Request) -> Answer:
        """The platform's own answer to a request that met no fault."""

    @abstractmethod
    def refusal(self, status: int, seconds: float) -> Answer:
        """An error in the platform's own words; `seconds` is how long a 429 or 503 lasts."""

    def expired(self) -> Answer:
        """What the platform says to a token whose time is over."""
        return self.refusal(401, 0)

    @property
    def url(self) -> str:
        """http://127.0.0.1:PORT, without a slash at the end."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def served(self) -> Counter[str]:
        """How many requests came, by path."""
        return Counter(request.path for request in self.requests)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        stop(self._server)
        self._server.close_connections()
        self._server.server_close()
        self._thread.join()

    def respond(self, request: Request) -> Answer | None:
        """What this request gets, faults included; None closes the connection unanswered."""
        fault = self.faults.take(self.name, request.path)
        if fault is None:
            return self.answer(request)
        if fault.kind == "repeat_token":
            return self.answer(_with_fault(request, fault))
        if fault.kind == "slow":
            self.stopping.wait(fault.seconds)
            return self.answer(request)
        if fault.kind == "expire":
            return self.expired()
        if fault.kind in ("hang", "drop"):
            if fault.kind == "hang":
                self.stopping.wait(fault.seconds)
            return None
        if fault.kind.isdigit():
            return self.refusal(int(fault.kind), fault.seconds)
        return spoiled(self.answer(request), fault)


class StandIn(Service):
    """A platform on loopback, with the posts of `folder`: a source of mentions."""

    ours: ClassVar[
        tuple[str, ...]
    ] = ()  # accounts of the organisation that no key of the table names

    def __init__(self, at: datetime, faults: Faults | None = None, folder: Path = POSTS) -> None:
        super().__init__(at, faults)
        self.folder = folder

    @abstractmethod
    def table(self, secret: Secret) -> dict[str, Any]:
        """The table under [collectors.NAME] that points a collector here, without `on`."""

    def go_on(self, at: datetime) -> None:
        """It is this moment on the platform from now on."""
        self.at = at

    def change(self) -> None:
        """A later day, once: what is edited, deleted and added between two polls."""


def spoiled(answer: Answer, fault: Fault) -> Answer:
    """A good answer turned into one that lies: status 200, but not what it says it is."""
    whole = answer.body or b"{}"
    match fault.kind:
        case "html_login":
            return Answer(body=HTML_LOGIN, type="text/html; charset=utf-8")
        case "html":
            return Answer(body=HTML_DOWN, type="text/html; charset=utf-8")
        case "not_json" | "not_xml":
            return Answer(body=b"upstream said no; see the log\x00", type=answer.type)
        case "empty":
            return Answer(type=answer.type)
        case "truncated":
            return Answer(body=whole[: len(whole) // 2], type=answer.type, promised=len(whole))
        case "truncated_gzip":
            packed = gzip.compress(whole, mtime=0)
            return Answer(
                body=packed[: len(packed) // 2],
                type=answer.type,
                headers={"content-encoding": "gzip"},
            )
        case "huge":
            sentence = b"NHS North West London. "
            return Answer(body=sentence * (HUGE // len(sentence)), type=answer.type)
    raise ValueError(f"{fault.kind} is no fault of a web server")


def _with_fault(request: Request, fault: Fault) -> Request:
    return dataclasses.replace(request, fault=fault.kind)


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # joined at the end, so that nothing outlives the world

    def __init__(self, standin: Service) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.standin = standin
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        """Ends the connections that clients keep alive, so that their threads end too."""
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # a client that hung up is no news
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "standin"
    sys_version = ""
    wbufsize = -1  # head and body in one packet: two would wait 40 ms for each other
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._serve()

    do_POST = do_PUT = do_DELETE = do_PATCH = do_GET

    def log_message(self, *_: Any) -> None:
        return  # the terminal belongs to the demo

    def _serve(self) -> None:
        assert isinstance(self.server, _Server)
        standin = self.server.standin
        parts = urlsplit(self.path)
        query_values = parse_qs(parts.query, keep_blank_values=True)
        request = Request(
            method=self.command,
            path=parts.path,
            query={name: values[-1] for name, values in query_values.items()},
            query_values={name: tuple(values) for name, values in query_values.items()},
            target=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(int(self.headers.get("content-length") or 0)),
        )
        standin.requests.append(request)
        answer = standin.respond(request)
        if answer is None:
            self.close_connection = True
            return
        self._send(answer, packs="gzip" in request.headers.get("accept-encoding", ""))

    def _send(self, answer: Answer, *, packs: bool) -> None:
        body, headers = answer.body, dict(answer.headers)
        as_it_is = "content-encoding" in headers or answer.promised is not None
        if packs and len(body) >= COMPRESS_FROM and not as_it_is:
            body = gzip.compress(body, mtime=0)
            headers["content-encoding"] = "gzip"
        self.send_response(answer.status)
        for name, value in headers.items():
            self.send_header(name, value)
        if answer.status not in (204, 304):
            self.send_header("content-type", answer.type)
            self.send_header("content-length", str(answer.promised or len(body)))
        if answer.promised is not None:
            self.close_connection = True
        if self.close_connection:  # or a client that asked for it might use the connection again
            self.send_header("connection", "close")
        self.end_headers()
        if answer.status not in (204, 304):
            self.wfile.write(body)


# ── How a stand-in is told to misbehave: which fault, where, after how many requests, how often.

Kind = Literal[
    "400", "401", "402", "403", "404", "410", "426", "429", "500", "502", "503",
    "expire",          # what the platform says to a token whose time is over
    "slow",            # nothing for `seconds`, then a good answer
    "html",            # 200 with a web page that asks for nothing
    "html_login",      # 200 with a page that asks for a login
    "not_json",        # 200, the right type, a body that isn't it
    "not_xml",         # the same for a feed
    "empty",           # 200 with no body
    "truncated",       # fewer bytes than content-length promised
    "truncated_gzip",  # gzip that stops half way
    "huge",            # 10 MB of one sentence
    "repeat_token",    # the page token that was sent comes back, as if there were always more
    "hang",            # nothing for `seconds`, then the connection closes
    "drop",            # the connection closes at once
    "421", "451", "535", "550", "552", "554",  # mail: it hangs up; try later; login refused; no such mailbox; too big; refused
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(slots=True)
class Fault:
    """`path` is a prefix of the paths it spoils; `times` None means until it is cleared.

    `seconds` is what a 429 or 503 asks to be waited for, and how long 'hang' lasts.
    """

    kind: Kind
    path: str = ""
    after: int = 0
    times: int | None = 1
    seconds: float = 1.0


class Faults:
    """What is still to go wrong, for each stand-in by name, which is its source's ("x"), or "mail"."""

    def __init__(self) -> None:
        self._due: dict[str, list[Fault]] = {}
        self._lock = Lock()

    def add(
        self,
        standin: str,
        kind: Kind,
        *,
        path: str = "",
        after: int = 0,
        times: int | None = 1,
        seconds: float = 1.0,
    ) -> None:
        """From the request after the next `after` ones on `path`, answer `times` of them so."""
        if kind not in KINDS:
            raise ValueError(f"no such fault: {kind!r}; there are {', '.join(KINDS)}")
        with self._lock:
            self._due.setdefault(standin, []).append(Fault(kind, path, after, times, seconds))

    def clear(self, standin: str | None = None) -> None:
        """Nothing goes wrong any more, at one stand-in or at all."""
        with self._lock:
            if standin is None:
                self._due.clear()
            else:
                self._due.pop(standin, None)

    def take(self, standin: str, path: str) -> Fault | None:
        """The fault that this request meets, if any; each request meets one at most."""
        with self._lock:
            met: Fault | None = None
            for fault in self._due.get(standin, []):
                if not path.startswith(fault.path) or fault.times == 0:
                    continue
                if fault.after > 0:
                    fault.after -= 1
                elif met is None:
                    met = fault
                    fault.times = None if fault.times is None else fault.times - 1
            return met
