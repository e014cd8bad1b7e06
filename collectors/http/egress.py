"""The one way out: every address that is opened is resolved once, judged, and connected to by the number that was judged.

What somebody else wrote (a link in a post, a redirect, the server of a status, what an identity provider publishes) may lead
to this machine, its network or a cloud's metadata. So the check stands where the connection is made: whatever a name
resolves to is looked at, and the socket is opened to that very number, so that a name that answers otherwise a moment
later changes nothing. TLS and the Host header keep the name. Each redirect is a connection of its own.

What may lead inside is the installer's to say: an address of config.toml that is written as a number or as localhost, and
the names of [http] internal_hosts. See docs/decisions/0037.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import allowed_gai_family
from urllib3.util.timeout import _DEFAULT_TIMEOUT

from core.errors import PlatformRefused

Number = ipaddress.IPv4Address | ipaddress.IPv6Address
# As socket.getaddrinfo(host, port, family, SOCK_STREAM) answers; raises OSError where there is no answer.
Resolve = Callable[[str, int, int], Sequence[tuple[Any, ...]]]
Watch = Callable[[socket.socket | None], None]

PORTS = frozenset((80, 443, 8080, 8443))  # of the web, for addresses that config.toml does not name
REMEMBERED = 300.0  # seconds for which a verdict holds where a proxy makes the connection
MOST_REMEMBERED = 1_000
_LOCAL = (".localhost", ".local", ".internal", ".intranet", ".lan", ".home.arpa", ".corp", ".home")
_SAYS_PLACE = re.compile(r"(?:\w+_)?(?:url|host|hosts)")
# Global by their numbers, or without a rule of their own in Python's `is_global`
_NEVER = tuple(
    map(
        ipaddress.ip_network,
        (
            "0.0.0.0/8",  # this host on this network (RFC 1122, 3.2.1.3): connects to this machine
            "169.254.0.0/16",  # link-local, where clouds keep their metadata
            "168.63.129.16/32",  # Azure's own channel to a machine, a public number
            "100.100.100.200/32",  # Alibaba Cloud's metadata
            "fd00:ec2::/32",  # Amazon's metadata by IPv6
            "fe80::/10",
            "224.0.0.0/4",
            "ff00::/8",
        ),
    )
)
_TUNNELS = tuple(
    map(
        ipaddress.ip_network,
        (
            "192.88.99.0/24",  # relays of 6to4, which RFC 7526 ended
            "2001::/32",  # Teredo (RFC 4380)
            "2002::/16",  # 6to4 (RFC 3056): the next 32 bits are a machine's IPv4 number
            "64:ff9b:1::/48",  # NAT64 of a network's own choice (RFC 8215)
        ),
    )
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: its last 32 bits are where it leads
_GLOBAL = ipaddress.ip_network("2000::/3")  # all that IANA gives out as global unicast so far
_ISATAP = (0x00005EFE, 0x02005EFE)  # RFC 5214: an interface whose last 32 bits are an IPv4 number


# Names that lead to the number that stands in them, in figures or as hexadecimal, or to this machine
_RESOLVES_ITSELF = (
    ".nip.io",
    ".sslip.io",
    ".xip.io",
    ".traefik.me",
    ".localtest.me",
    ".lvh.me",
    ".vcap.me",
)
_HOLDS_NUMBER = re.compile(r"(?<!\d)\d{1,3}(?:([.-])\d{1,3})(?:\1\d{1,3}){2}(?![\d])")
_METADATA = ("metadata", "metadata.google.internal", "instance-data", "instance-data.ec2.internal")


class LeadsInside(PlatformRefused):
    """An address that somebody else wrote leads to where nobody outside may send us. It names the host at most."""


def resolved(host: str, port: int, family: int) -> Sequence[tuple[Any, ...]]:
    """What this machine's resolver says of a name or a number in any spelling. Raises OSError."""
    return socket.getaddrinfo(host, port, family, socket.SOCK_STREAM)


def is_public(number: Number) -> bool:
    """Whether anybody's machine may stand there: global unicast alone, by IANA's registers of special addresses.

    Numbers that hold another (mapped, NAT64, ISATAP) are judged by that one; 6to4 and Teredo are over, and refused.
    """
    if any(number in net for net in (*_NEVER, *_TUNNELS) if net.version == number.version):
        return False
    if isinstance(number, ipaddress.IPv4Address):
        return number.is_global and not number.is_reserved
    if number.ipv4_mapped is not None:
        return is_public(number.ipv4_mapped)
    last = ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
    if number in _NAT64:
        return is_public(last)
    if number not in _GLOBAL or not number.is_global:
        return False
    return (int(number) >> 32) & 0xFFFFFFFF not in _ISATAP or is_public(last)


def is_never_asked(number: Number) -> bool:
    """Whether it is a cloud's metadata, link-local or the like, also where another number holds it: nobody's name may lead there."""
    if isinstance(number, ipaddress.IPv6Address):
        last = ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
        holds = number.ipv4_mapped is not None or number in _NAT64
        if holds or (int(number) >> 32) & 0xFFFFFFFF in _ISATAP:
            return is_never_asked(last)
    return any(number in net for net in _NEVER if net.version == number.version)


def number_of(host: str) -> Number | None:
    """The number that a host is written as, in any spelling that a C library or a browser takes; None for a name.

    IPv4 in one to four parts, each decimal, octal or hexadecimal (inet_aton(3); the URL Standard, "IPv4 parser").
    """
    host = host.strip("[]").partition("%")[0].rstrip(".")
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    parts = host.lower().split(".")
    if not 1 <= len(parts) <= 4 or not all(
        re.fullmatch(r"0x[0-9a-f]*|[0-9]+", part) for part in parts
    ):
        return None
    try:
        values = [_part(part) for part in parts]
    except ValueError:
        return None
    *heads, tail = values
    if any(value > 255 for value in heads) or tail >= 256 ** (5 - len(values)):
        return None
    return ipaddress.IPv4Address(
        sum(value << (8 * (3 - place)) for place, value in enumerate(heads)) + tail
    )


def _part(written: str) -> int:
    if written.startswith("0x"):
        return int(written[2:] or "0", 16)
    return int(written, 8) if len(written) > 1 and written[0] == "0" else int(written)


def is_local_name(host: str) -> bool:
    """Whether a name is one of a local network's by its very form, so that no resolver has to be asked."""
    name = host.lower().rstrip(".")
    return (
        not name
        or name == "localhost"
        or name.endswith(_LOCAL)
        or ("." not in name and ":" not in name)
    )


def inside(url: str) -> bool:
    """Is it this machine or a private network, as it is written? What a name resolves to is not asked here."""
    try:
        name = urlsplit(url).hostname or ""
    except ValueError:
        return False
    number = number_of(name)
    if number is not None:
        return not is_public(number)
    name = name.rstrip(".")
    return name == "localhost" or name.endswith(".localhost")


def names_inside(host: str) -> bool:
    """Whether a host leads inside by its very form: a number or a name of a local network, or a name that holds such a number.

    Services such as nip.io resolve a name to the number that stands in it.
    """
    name = host.strip().lower().rstrip(".")
    number = number_of(name)
    if number is not None:
        return not is_public(number)
    if is_local_name(name) or name in _METADATA or name.endswith(_RESOLVES_ITSELF):
        return True
    match = _HOLDS_NUMBER.search(name)
    inner = number_of(match[0].replace("-", ".")) if match else None
    return inner is not None and not is_public(inner)


class Egress:
    """Where connections may lead. `internal`: hosts, as `name` or `name:port`, which may lead inside whatever they resolve to.

    `named` are addresses of config.toml: what they write as a number, or as localhost, is meant as it stands there.
    Cloud metadata, link-local and multicast numbers are refused to all but the numbers themselves in `named`.
    """

    def __init__(
        self,
        *,
        named: Iterable[str] = (),
        internal: Iterable[str] = (),
        resolve: Resolve = resolved,
        ports: frozenset[int] = PORTS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._named: set[tuple[str, int]] = set()
        self._internal = frozenset(host.strip().lower().rstrip(".") for host in internal)
        self._resolve, self._ports, self._now = resolve, ports, now
        self._verdicts: dict[tuple[str, int], tuple[float, LeadsInside | None]] = {}
        self._lock = threading.Lock()
        self.name(named)

    def name(self, addresses: Iterable[str]) -> None:
        """Adds addresses that config.toml names: URLs, or `host:port`; of anything else nothing is taken."""
        for address in addresses:
            place = _place(address)
            if place is not None:
                self._named.add(place)

    def is_ours(self, host: str, port: int) -> bool:
        """Whether config.toml says that this host may lead inside."""
        host = host.strip("[]").lower().rstrip(".")
        if host in self._internal or f"{host}:{port}" in self._internal:
            return True
        literal = number_of(host) is not None or host == "localhost" or host.endswith(".localhost")
        return literal and (host, port) in self._named

    def check_form(self, host: str, port: int) -> None:
        """Raises LeadsInside for what is seen without asking anybody: a port that is not the web's, a number, a local name."""
        bare = host.strip("[]").lower().rstrip(".")
        if self.is_ours(bare, port):
            return
        if port not in self._ports and (bare, port) not in self._named:
            raise LeadsInside(f"{bare}: port {port} is not of the web, and is not asked")
        number = number_of(bare)
        if (number is not None and not is_public(number)) or (
            number is None and is_local_name(bare)
        ):
            raise _refused(
                bare, never=bare in _METADATA or (number is not None and is_never_asked(number))
            )

    def numbers(
        self, host: str, port: int, family: int = socket.AF_UNSPEC
    ) -> list[tuple[Any, ...]]:
        """What a host resolves to, asked once: every number was judged, and a connection goes to none but these.

        One that leads inside condemns all of them. Raises LeadsInside, and OSError where there is no answer.
        """
        self.check_form(host, port)
        bare = host.strip("[]")
        answers = list(self._resolve(bare, port, family))
        ours = self.is_ours(bare, port)
        literal = number_of(bare) is not None
        for entry in answers:
            number = ipaddress.ip_address(str(entry[4][0]).partition("%")[0])
            never = is_never_asked(number)
            if not is_public(number) and (not ours or (never and not literal)):
                raise _refused(bare, never=never)
        return answers

    def check_behind_proxy(self, host: str, port: int) -> None:
        """What can be said where a proxy resolves the name: its form, and this machine's own answer if it has one.

        Raises LeadsInside. A name that only the proxy knows is the proxy's to judge: docs/runbook.md says how.
        """
        self.check_form(host, port)
        bare, at = host.strip("[]").lower(), self._now()
        with self._lock:
            known = self._verdicts.get((bare, port))
        if known is None or at - known[0] >= REMEMBERED:
            known = (at, None)
            try:
                self.numbers(bare, port)
            except LeadsInside as error:
                known = (at, error)
            except (OSError, UnicodeError, ValueError):
                pass
            with self._lock:
                while len(self._verdicts) >= MOST_REMEMBERED:
                    self._verdicts.pop(next(iter(self._verdicts)))
                self._verdicts[bare, port] = known
        if known[1] is not None:
            raise LeadsInside(str(known[1]))

    def connect(
        self,
        host: str,
        port: int,
        timeout: float | object | None,
        source_address: tuple[str, int] | None,
        options: Sequence[tuple[int, int, int | bytes]] | None,
    ) -> socket.socket:
        """A socket to one of the numbers that `numbers` judged, the first that answers. Raises OSError as `socket` does."""
        host.encode("idna")
        failed: OSError | None = None
        for family, kind, protocol, _, number in self.numbers(host, port, allowed_gai_family()):
            connection = socket.socket(family, kind, protocol)
            try:
                for option in options or ():
                    connection.setsockopt(*option)
                if timeout is not _DEFAULT_TIMEOUT:
                    connection.settimeout(timeout)  # type: ignore[arg-type]  # a float or None then
                if source_address:
                    connection.bind(source_address)
                connection.connect(number)
            except OSError as error:
                failed = error
                connection.close()
            else:
                return connection
        raise failed or OSError("the name has no number")


def _refused(host: str, *, never: bool = False) -> LeadsInside:
    """`never`: so that nobody is led to let it in."""
    if never:
        return LeadsInside(
            f"{host} leads to what a cloud keeps of its machines, or to the next machine of the link, which is never asked: "
            "whatever sent us there is wrong or means harm"
        )
    return LeadsInside(
        f"{host} leads into a private network, which is not asked; if it is yours and meant, add it to "
        "internal_hosts under [http] in site.toml"
    )


def _place(address: str) -> tuple[str, int] | None:
    """Host and port of a URL, or of `host:port`."""
    try:
        parts = urlsplit(address if "://" in address else f"//{address}")
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return None
    if not parts.hostname or (parts.scheme and parts.scheme not in ("http", "https")):
        return None
    return (parts.hostname.rstrip("."), port or 443)


def addresses_in(table: object, key: str = "") -> Iterable[str]:
    """Every address, or host with a port, that stands in a source's table under a key that says a place, however deep.

    Keys that say a place are `url`, `host` and those that end in _url or _hosts, which config.toml alone sets. What is looked
    for is no place, whatever it looks like: terms are set up in the page, and would open this network to whoever sets them.
    """
    if isinstance(table, str):
        if _SAYS_PLACE.fullmatch(key) and re.fullmatch(r"https?://\S+|[\w.-]+:[0-9]{1,5}", table):
            yield table
    elif isinstance(table, Mapping):
        for name, value in table.items():
            yield from addresses_in(value, str(name))
    elif isinstance(table, Sequence):
        for value in table:
            yield from addresses_in(value, key)
    elif hasattr(table, "__dataclass_fields__"):
        for name in table.__dataclass_fields__:
            yield from addresses_in(getattr(table, name), name)


# ── How requests gets there. ─────────────────────────────────────────────────────────────────────


class GuardedAdapter(HTTPAdapter):
    """A requests adapter whose every connection `egress` judges. `watch` is handed each socket that was opened."""

    def __init__(self, egress: Egress | None = None, watch: Watch = lambda _: None) -> None:
        self.egress, self.watch = egress or Egress(), watch  # before the pools, which ask for both
        super().__init__()

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """As requests does. Raises LeadsInside before anything leaves for an address that may not be asked."""
        address = request.url or ""
        way = dict(proxies or {})
        place = _place(address)
        if place is not None and (inside(address) or self.egress.is_ours(*place)):
            way = {}  # no proxy stands before this machine and its network
        if place is not None:
            self.egress.check_form(*place)
            if select_proxy(address, way):
                self.egress.check_behind_proxy(*place)
        return super().send(
            request, stream=stream, timeout=timeout, verify=verify, cert=cert, proxies=way
        )

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        """Pools whose connections are judged."""
        super().init_poolmanager(*args, **more)
        self.poolmanager.pool_classes_by_scheme = _pools(self.egress, self.watch)

    def proxy_manager_for(self, proxy: str, **more: Any) -> Any:
        """The way to a proxy, which the installer named; what it is asked for was looked at in `send`."""
        manager = super().proxy_manager_for(proxy, **more)
        manager.pool_classes_by_scheme = _pools(None, self.watch)
        return manager


def session(*, own: Iterable[str] = (), internal: Iterable[str] = ()) -> requests.Session:
    """A plain session of requests behind the guard. `own` are the installer's addresses, wherever they lead."""
    plain = requests.Session()
    guarded(plain, own=own, internal=internal)
    return plain


def guarded(plain: Any, *, own: Iterable[str] = (), internal: Iterable[str] = ()) -> Any:
    """A session of requests, or of a library that builds on it, with the guard mounted: see `session`."""
    places = [place for address in own if (place := _place(address)) is not None]
    hosts = [f"{host}:{port}" for host, port in places]
    adapter = GuardedAdapter(Egress(named=hosts, internal=(*internal, *hosts)))
    plain.mount("https://", adapter)
    plain.mount("http://", adapter)
    return plain


def _pools(egress: Egress | None, watch: Watch) -> dict[str, type[HTTPConnectionPool]]:
    """urllib3's pools by scheme; `egress` is None on the way to a proxy."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return super()._new_conn() if egress is None else _opened(self, egress)

        def connect(self) -> None:
            super().connect()
            watch(self.sock)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return super()._new_conn() if egress is None else _opened(self, egress)

        def connect(self) -> None:
            super().connect()
            watch(self.sock)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _opened(connection: HTTPConnection, egress: Egress) -> socket.socket:
    """What urllib3's own `_new_conn` does, by numbers that were judged; the same errors for the same trouble."""
    try:
        opened = egress.connect(
            connection._dns_host, connection.port, connection.timeout, connection.source_address,
            connection.socket_options,
        )  # fmt: skip
    except socket.gaierror as error:
        raise NameResolutionError(connection.host, connection, error) from error
    except TimeoutError as error:
        raise ConnectTimeoutError(
            connection, f"connecting to {connection.host} took too long"
        ) from error
    except (OSError, UnicodeError) as error:
        raise NewConnectionError(connection, f"no connection came about: {error}") from error
    sys.audit("http.client.connect", connection, connection.host, connection.port)
    return opened
