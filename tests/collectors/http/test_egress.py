"""Addresses that somebody else wrote lead to no machine of ours, however they are spelt and whatever a name answers."""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
import requests

from collectors import factory
from collectors.http import egress
from collectors.http.client import Http
from collectors.http.egress import Egress, GuardedAdapter, LeadsInside, inside, is_public, number_of
from collectors.http.web_pages import NotRead, Pages
from core import clock
from core.errors import CollectorError, PlatformRefused
from demo.servers.http import stop

PUBLIC = "93.184.216.34"
SPELLINGS = (
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0x7f.1", "017700000001", "0177.0.0.1",
    "0177.1", "127.000.000.001", "0", "0.0.0.0", "0x0", "127.0.0.1.", "localhost", "LOCALHOST", "localhost.", "x.localhost",
    "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]",
    "[fec0::1]", "[2606:4700::5efe:127.0.0.1]", "10.0.0.1", "10.1", "172.16.0.1", "192.168.1.1", "0xc0a80101", "169.254.169.254",
    "2852039166", "0xa9fea9fe", "100.64.0.1", "100.100.100.200", "168.63.129.16", "224.0.0.1", "255.255.255.255", "198.18.0.1",
    "192.0.2.1", "240.0.0.1", "intranet", "printer.local", "metadata.google.internal", "router.lan",
)  # fmt: skip


def entry(number: str, port: int) -> tuple[Any, ...]:
    family = socket.AF_INET6 if ":" in number else socket.AF_INET
    place = (number, port, 0, 0) if ":" in number else (number, port)
    return (family, socket.SOCK_STREAM, 6, "", place)


class Names:
    """A resolver whose answers are written down: the next of a name's each time that it is asked, the last for ever."""

    def __init__(self, **answers: Sequence[str]) -> None:
        self.answers = {name.replace("_", "."): list(numbers) for name, numbers in answers.items()}
        self.asked: list[str] = []

    def __call__(self, host: str, port: int, family: int) -> list[tuple[Any, ...]]:
        self.asked.append(host)
        if host not in self.answers:
            return list(egress.resolved(host, port, family))
        left = self.answers[host]
        numbers = left.pop(0) if len(left) > 1 else left[0]
        return [entry(number, port) for number in numbers.split()]


class Server:
    """A server on loopback that notes what reaches it, and says by `leads` where else to go."""

    def __init__(self) -> None:
        self.reached: list[tuple[str, str]] = []
        self.leads: dict[str, str] = {}
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.reached.append((self.headers["Host"], self.path))
                target = outer.leads.get(self.path)
                self.send_response(302 if target else 200)
                if target:
                    self.send_header("Location", target)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        stop(self._server)
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.stop()


def client(guard: Egress) -> Http:
    return Http(attempts=1, longest_wait=0.0, timeout=(2.0, 2.0), egress=guard)


@pytest.mark.parametrize("host", SPELLINGS)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_every_spelling_of_an_address_inside_is_refused(host: str, scheme: str) -> None:
    with pytest.raises(CollectorError) as refused:
        client(Egress()).get(f"{scheme}://{host}/admin?do=restart")
    assert isinstance(refused.value, LeadsInside)
    assert "admin" not in str(refused.value)


@pytest.mark.parametrize(
    "host",
    [
        host
        for host in SPELLINGS
        if host[:4] in ("127.", "2130", "0x7f", "0177", "loca", "LOCA", "0", "0.0.", "0x0")
    ],
)
def test_no_redirect_reaches_a_server_of_ours(server: Server, host: str) -> None:
    """The server stands where the spelling leads, and its port is one that may be asked."""
    guard = Egress(named=(f"http://127.0.0.1:{server.port}/feed",), ports=frozenset((server.port,)))
    server.leads["/feed"] = f"http://{host}:{server.port}/secret"
    if host == "127.0.0.1":
        return  # the very address that config.toml names
    with pytest.raises(CollectorError):
        client(guard).get(f"http://127.0.0.1:{server.port}/feed")
    assert [path for _, path in server.reached] == ["/feed"]


def test_a_named_address_that_redirects_to_another_port_of_ours_is_not_followed(
    server: Server,
) -> None:
    other = Server()
    server.leads["/feed"] = f"http://127.0.0.1:{other.port}/flush"
    try:
        with pytest.raises(LeadsInside):
            client(Egress(named=(f"http://127.0.0.1:{server.port}",))).get(
                f"http://127.0.0.1:{server.port}/feed"
            )
        assert other.reached == []
    finally:
        other.stop()


@pytest.mark.parametrize(
    "numbers",
    ["127.0.0.1", "10.0.0.5", "::1", "fe80::1", f"{PUBLIC} 127.0.0.1", f"10.0.0.5 {PUBLIC}"],
)
def test_a_name_that_resolves_inside_is_refused_even_where_one_of_its_numbers_is_public(
    server: Server, numbers: str
) -> None:
    names = Names(rebound_example_org=[numbers])
    guard = Egress(resolve=names, ports=frozenset((server.port,)))
    match = "never asked" if numbers == "fe80::1" else "internal_hosts under .http. in site.toml"
    with pytest.raises(LeadsInside, match=match):
        client(guard).get(f"http://rebound.example.org:{server.port}/")
    assert server.reached == []


def test_a_name_is_resolved_once_and_the_connection_goes_to_what_was_judged(server: Server) -> None:
    """A name that answers with a public number when it is judged and with ours when it is used: there is no second asking."""
    names = Names(rebound_example_org=[PUBLIC, "127.0.0.1"])
    tried: list[Any] = []
    guard = Egress(resolve=names, ports=frozenset((server.port,)))

    class Refusing(socket.socket):
        def connect(self, address: Any) -> None:
            tried.append(address)
            raise ConnectionRefusedError

    adapter = GuardedAdapter(guard)
    session = requests.Session()
    session.mount("http://", adapter)
    pinned = guard.connect

    def connect(*args: Any) -> socket.socket:
        real, socket.socket = socket.socket, Refusing  # type: ignore[misc]
        try:
            return pinned(*args)
        finally:
            socket.socket = real  # type: ignore[misc]

    guard.connect = connect  # type: ignore[assignment, method-assign]
    with pytest.raises(requests.ConnectionError):
        session.get(f"http://rebound.example.org:{server.port}/")
    assert tried == [(PUBLIC, server.port)]
    assert names.asked == ["rebound.example.org"]
    assert server.reached == []


def test_the_next_request_to_a_name_that_turned_inside_is_judged_anew() -> None:
    names = Names(rebound_example_org=[PUBLIC, "127.0.0.1"])
    guard = Egress(resolve=names)
    assert guard.numbers("rebound.example.org", 443)
    with pytest.raises(LeadsInside):
        guard.numbers("rebound.example.org", 443)


def test_a_host_that_config_says_is_ours_is_asked_by_its_name(server: Server) -> None:
    names = Names(intranet_example_org=["127.0.0.1"])
    guard = Egress(
        internal=("Intranet.example.org",), resolve=names, ports=frozenset((server.port,))
    )
    assert client(guard).get(f"http://intranet.example.org:{server.port}/feed").status == 200
    assert server.reached == [(f"intranet.example.org:{server.port}", "/feed")]


def test_a_host_of_ours_at_one_port_is_ours_at_no_other() -> None:
    guard = Egress(
        internal=("wiki.example.org:8443",), resolve=Names(wiki_example_org=["10.0.0.5"])
    )
    assert guard.numbers("wiki.example.org", 8443)
    with pytest.raises(LeadsInside):
        guard.numbers("wiki.example.org", 443)


@pytest.mark.parametrize("number", ["169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::254"])
def test_even_a_host_of_ours_never_leads_to_a_clouds_metadata(number: str) -> None:
    guard = Egress(internal=("intranet.example.org",), resolve=Names(intranet_example_org=[number]))
    with pytest.raises(LeadsInside, match="never asked"):
        guard.numbers("intranet.example.org", 80)


@pytest.mark.parametrize(
    "host",
    ["169.254.169.254", "0xa9fea9fe", "2852039166", "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]", "168.63.129.16",
     "100.100.100.200", "[fd00:ec2::254]", "[fe80::1]", "metadata.google.internal", "metadata"],
)  # fmt: skip
def test_nobody_is_led_to_let_a_clouds_metadata_in(host: str) -> None:
    with pytest.raises(LeadsInside, match="never asked") as refused:
        Egress().check_form(host, 80)
    assert "internal_hosts" not in str(refused.value)
    with pytest.raises(LeadsInside, match=r"internal_hosts under \[http\] in site\.toml"):
        Egress().check_form("10.0.0.5", 80)


def test_a_public_name_in_config_that_turns_inside_is_refused_too() -> None:
    """Its owner can point it anywhere: only a number, or internal_hosts, says that inside is meant."""
    guard = Egress(
        named=("https://blog.example.org/feed",), resolve=Names(blog_example_org=["127.0.0.1"])
    )
    with pytest.raises(LeadsInside):
        guard.numbers("blog.example.org", 443)


def test_ports_that_are_not_the_webs_are_asked_only_where_config_names_them() -> None:
    names = Names(social_example_org=[PUBLIC])
    with pytest.raises(LeadsInside, match="port 25"):
        Egress(resolve=names).numbers("social.example.org", 25)
    assert Egress(named=("https://social.example.org:3000",), resolve=names).numbers(
        "social.example.org", 3000
    )


@pytest.mark.parametrize("target", ["/secret", "/robots.txt"])
def test_a_link_in_a_post_leads_to_no_server_of_ours_and_is_no_fault_of_the_source(
    server: Server, target: str
) -> None:
    pages = Pages(client(Egress(ports=frozenset((server.port,)))))
    with pytest.raises(NotRead):
        pages.get(f"http://127.1:{server.port}{target}", lambda _: True)
    assert server.reached == []


def test_the_host_header_and_the_path_stay_as_they_were_written(server: Server) -> None:
    names = Names(intranet_example_org=["127.0.0.1"])
    guard = Egress(
        internal=("intranet.example.org",), resolve=names, ports=frozenset((server.port,))
    )
    client(guard).get(f"http://intranet.example.org:{server.port}/a/b", params={"c": "d"})
    assert server.reached == [(f"intranet.example.org:{server.port}", "/a/b?c=d")]


# ── behind a proxy ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def behind_proxy(server: Server, monkeypatch: pytest.MonkeyPatch) -> Callable[[Egress], Http]:
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{server.port}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    return client


def test_behind_a_proxy_a_name_that_only_the_proxy_knows_goes_to_the_proxy(
    server: Server, behind_proxy: Callable[[Egress], Http]
) -> None:
    def knows_nothing(host: str, port: int, family: int) -> list[tuple[Any, ...]]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    assert behind_proxy(Egress(resolve=knows_nothing)).get("http://news.example.org/").status == 200
    assert server.reached == [("news.example.org", "http://news.example.org/")]


@pytest.mark.parametrize("host", [host for host in SPELLINGS if host not in ("x.localhost",)])
def test_behind_a_proxy_every_spelling_is_refused_before_the_proxy_hears_of_it(
    server: Server, behind_proxy: Callable[[Egress], Http], host: str
) -> None:
    with pytest.raises(CollectorError):
        behind_proxy(Egress()).get(f"http://{host}/")
    assert server.reached == []


def test_behind_a_proxy_a_name_that_this_machine_sees_inside_is_refused(
    server: Server, behind_proxy: Callable[[Egress], Http]
) -> None:
    names = Names(rebound_example_org=["10.0.0.5"])
    for _ in range(2):
        with pytest.raises(LeadsInside):
            behind_proxy(Egress(resolve=names)).get("http://rebound.example.org/")
    assert server.reached == []


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("127.1", "127.0.0.1"), ("0x7f.0.0.1", "127.0.0.1"), ("017700000001", "127.0.0.1"), ("2130706433", "127.0.0.1"),
        ("10.65535", "10.0.255.255"), ("1.2.3.4.", "1.2.3.4"), ("[::1]", "::1"), ("fe80::1%eth0", "fe80::1"), ("0x", "0.0.0.0"),
    ],
)  # fmt: skip
def test_numbers_are_read_as_a_c_library_reads_them(written: str, number: str) -> None:
    assert str(number_of(written)) == number


@pytest.mark.parametrize(
    "written", ["example.org", "127.0.0.256", "1.2.3.4.5", "08.1", "0xg", "", "4294967296", "a.1"]
)
def test_a_name_is_no_number(written: str) -> None:
    assert number_of(written) is None


@pytest.mark.parametrize(
    "number", [PUBLIC, "8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_numbers_are_public(number: str) -> None:
    read = number_of(number)
    assert read is not None
    assert is_public(read)


def test_what_is_written_inside_is_seen_without_a_resolver() -> None:
    assert inside("http://0177.1:8000/x")
    assert inside("http://localhost/x")
    assert not inside("https://example.org/x")
    assert not inside("http://[")


def test_a_plain_session_of_ours_is_guarded_and_trusts_its_own_address_alone(
    server: Server,
) -> None:
    with egress.session(own=(f"http://127.0.0.1:{server.port}/token",)) as session:
        assert session.get(f"http://127.0.0.1:{server.port}/token").status_code == 200
        with pytest.raises(PlatformRefused):
            session.get("http://127.0.0.1/token")


TERMS_THAT_LOOK_LIKE_PLACES = ("127.0.0.1:{port}", "http://127.0.0.1:{port}/", "169.254.169.254:80")


@pytest.mark.parametrize("own", [(), ("NHS North West London",)])
def test_a_term_that_looks_like_an_address_opens_nothing_of_ours(
    server: Server, own: tuple[str, ...]
) -> None:
    places = tuple(term.format(port=server.port) for term in TERMS_THAT_LOOK_LIKE_PLACES)
    feed = {"url": "https://news.example.org/feed", "name": f"127.0.0.1:{server.port}"}
    table = {"feed": [feed], **({"terms": [*own, *places]} if own else {})}
    http = Http()
    factory.build("feeds", table, http=http, at=clock.now(), state={}, terms=places, register={})
    assert not http.egress.is_ours("127.0.0.1", server.port)
    assert not http.egress.is_ours("169.254.169.254", 80)
    with pytest.raises((NotRead, CollectorError)):
        Pages(http).get(f"http://127.0.0.1:{server.port}/admin", lambda _: True)
    assert server.reached == []


def test_an_address_of_the_files_table_stays_the_installers_own(server: Server) -> None:
    http = Http()
    feed = {"url": f"http://127.0.0.1:{server.port}/feed"}
    factory.build("feeds", {"feed": [feed]}, http=http, at=clock.now(), state={}, terms=("NHS NWL",), register={})  # fmt: skip
    assert http.egress.is_ours("127.0.0.1", server.port)


@pytest.mark.parametrize(
    ("host", "inside"),
    [
        ("127.0.0.1", True), ("[::1]", True), ("0x7f.1", True), ("localhost", True), ("intranet", True), ("files.corp", True),
        ("169.254.169.254.nip.io", True), ("a9fea9fe.nip.io", True), ("papers.10-0-0-7.example.org", True), ("192.168.1.1.example.org", True),
        ("metadata.google.internal", True), ("app.localtest.me", True), ("168.63.129.16", True),
        ("democracy.example.org", False), ("8.8.8.8", False), ("ip-8-8-8-8.example.org", False), ("2026-11-29.example.org", False), ("v1.2.3.example.org", False),
    ],
)  # fmt: skip
def test_a_host_is_known_to_lead_inside_by_its_form(host: str, inside: bool) -> None:
    assert egress.names_inside(host) is inside
