"""Bytes off the wire: a requests adapter with a timeout, a size cap and an honest end, always.

Mounted on our own session and on a platform library's, so that both fail in the same words.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import requests
import urllib3
from requests.auth import HTTPBasicAuth
from requests.cookies import RequestsCookieJar
from requests.utils import get_auth_from_url

from collectors.http.budget import CutShort, TimeBudget
from collectors.http.egress import Egress, GuardedAdapter
from core.errors import CollectorError, PlatformRefused, PlatformUnavailable

Judge = Callable[[requests.Response], None]
_CHUNK = 65_536
LONGEST_BODY = 120.0  # seconds for one answer; a server that drips a byte at a time ends here


class Passing(PlatformUnavailable):
    """Trouble that may pass within this run, so that `Http.patiently` tries again."""


class Unsent(Passing):
    """What was to be sent never got there, or was turned away for now: the platform has done nothing."""


def host(url: str) -> str:
    """The host of an address, which is all of it that a message may name: the rest can be secret."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.hostname or 'an address without a host'}{port}"
    except ValueError:
        return "an address that can't be read"


class Wire(GuardedAdapter):
    """Sends with our timeout whatever the caller asked, and hands back a body read to its end.

    `instead` and `aim` replace the start of the address, for a library whose host is fixed. `judge`
    sees every answer before the library does and raises our error for a bad one. Raises Passing for
    trouble on the way, PlatformUnavailable for a body that is too big, cut off or damaged.
    """

    def __init__(
        self,
        *,
        timeout: tuple[float, float],
        most_bytes: int,
        instead: str = "",
        aim: str = "",
        judge: Judge | None = None,
        longest_body: float = LONGEST_BODY,
        budget: TimeBudget | None = None,
        egress: Egress | None = None,
    ) -> None:
        self.budget = budget or TimeBudget()
        super().__init__(egress, self.budget.watch)  # so that the budget can shut what is open
        self.timeout, self.most_bytes, self.longest_body = timeout, most_bytes, longest_body
        self.instead, self.aim, self.judge = instead, aim.rstrip("/"), judge

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: object = None,
        verify: bool | str = True,
        cert: object = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """One request, one whole answer."""
        if self.instead and request.url:
            request.url = request.url.replace(self.instead, self.aim, 1)
        address = request.url or ""
        self.budget.check()
        connect, read = (self.budget.timeout(seconds) for seconds in self.timeout)
        try:
            response = super().send(
                request,
                stream=True,
                timeout=(connect, read),
                verify=verify,
                cert=None,
                proxies=proxies,
            )
            content = body(response, self.most_bytes, self.longest_body, self.budget)
            self.budget.check()  # a connection that was shut reads like an answer that ended
            vars(response).update(_content=content, _content_consumed=True)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            # from None: the cause's words hold the whole address, which can be a secret
            if self.budget.spent:
                raise CutShort(f"{host(address)}: its time in this run is spent") from None
            raise trouble(error, address) from None
        if self.judge:
            self.judge(response)
        return response


def trouble(error: Exception, url: str) -> CollectorError:
    """Our error for what went wrong on the way to an answer, naming the host alone."""
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return PlatformRefused(
            f"{host(url)}: its certificate can't be checked; if the network inspects traffic, point "
            "REQUESTS_CA_BUNDLE at its authority's file"
        )
    if "NameResolutionError" in str(error) or "Name or service not known" in str(error):
        return Unsent(
            f"{host(url)} can't be reached: its name is not known here (DNS); check the address, and that this "
            "machine can look names up"
        )
    if "ProxyError" in str(error) or "Tunnel connection failed" in str(error):
        return Unsent(
            f"{host(url)} can't be reached: the proxy of HTTPS_PROXY does not let it through; ask who runs it"
        )
    if _never_left(error):
        return Unsent(f"{host(url)} can't be reached")
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError):
        return Passing(f"{host(url)} did not answer in time")
    if isinstance(error, requests.ConnectionError | urllib3.exceptions.HTTPError):
        return Passing(f"{host(url)} can't be reached, or broke off its answer")
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return Passing(f"{host(url)} broke off its answer")
    return PlatformRefused(
        f"{host(url)} can't be asked ({type(error).__name__}): check the address"
    )


def _never_left(error: Exception) -> bool:
    """Whether no connection came about, so that nothing was asked."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    no_way = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)
    early = (requests.ConnectTimeout, requests.exceptions.ProxyError, *no_way)
    return isinstance(error, early) or isinstance(reason, no_way)


def body(
    response: requests.Response,
    most: int,
    longest: float = LONGEST_BODY,
    budget: TimeBudget | None = None,
) -> bytes:
    """The decoded body. Both its packed and its unpacked size are counted against `most` bytes."""
    packed, end = bytearray(), time.monotonic() + longest
    try:
        while piece := response.raw.read1(_CHUNK, decode_content=False):
            packed += piece
            if len(packed) > most:
                raise _too_big(response, most)
            if budget:
                budget.check()
            if time.monotonic() > end:
                raise Passing(f"{host(response.url)} took over {longest:.0f} s for one answer")
    except BaseException:
        response.close()
        raise
    response.raw.release_conn()
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise PlatformUnavailable(
            f"{host(response.url)} packed its answer in a way we did not ask for"
        )
    if packed[:3] == b"\x1f\x8b\x08":
        return _unpacked(bytes(packed), response, most, 31)
    if encoding == "deflate":
        zlib_header = packed[:1] == b"\x78"
        return _unpacked(bytes(packed), response, most, 15 if zlib_header else -15)
    return bytes(packed)


def _unpacked(packed: bytes, response: requests.Response, most: int, wbits: int) -> bytes:
    out = bytearray()
    try:
        while packed:
            engine = zlib.decompressobj(wbits)
            out += engine.decompress(packed, most + 1 - len(out))
            if len(out) > most:
                raise _too_big(response, most)
            if not engine.eof:
                raise Passing(f"{host(response.url)} sent a compressed answer that is cut off")
            packed = engine.unused_data if engine.unused_data[:2] == b"\x1f\x8b" else b""
    except zlib.error as error:
        raise Passing(f"{host(response.url)} sent a compressed answer that is damaged") from error
    return bytes(out)


def _too_big(response: requests.Response, most: int) -> PlatformUnavailable:
    return PlatformUnavailable(
        f"{host(response.url)} sent more than {most / 1e6:.1f} MB; "
        "raise most_megabytes under [http] if that is right"
    )


def dress(session: requests.Session, wire: Wire, user_agent: str) -> None:
    """Makes a session ours: our wire, no cookies, and no credentials out of a .netrc file."""
    session.mount("https://", wire)
    session.mount("http://", wire)
    session.headers.update({"User-Agent": user_agent, "Accept-Encoding": "gzip, deflate"})
    session.auth = _from_address
    session.cookies = _NoCookies()


class _NoCookies(RequestsCookieJar):
    """A jar that stays empty, so that one answer never changes the next."""

    def set_cookie(self, cookie: object, *args: object, **kwargs: object) -> None:
        """Drops it."""


def _from_address(request: requests.PreparedRequest) -> requests.PreparedRequest:
    name, password = get_auth_from_url(request.url or "")
    return HTTPBasicAuth(name, password)(request) if name or password else request
