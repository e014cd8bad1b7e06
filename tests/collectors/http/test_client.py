from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from email.utils import format_datetime

import pytest
import requests
import responses
from hypothesis import given
from hypothesis import strategies as st

from collectors.base import Http, Passing
from collectors.http.client import asked_wait, read_json
from collectors.http.transport import host, trouble
from core import clock
from core.errors import CollectorError, PlatformRefused, PlatformUnavailable
from tests.collectors.cases import SECRET, client

URL = "https://api.example.org/things"


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def error_of(http: Http, url: str = f"{URL}?key={SECRET}") -> CollectorError:
    with pytest.raises(CollectorError) as raised:
        http.get_json(url)
    assert SECRET not in str(raised.value)
    return raised.value


def test_json_comes_back_as_it_was_sent(web: responses.RequestsMock) -> None:
    web.get(URL, json={"a": 1})
    assert client().get_json(URL, params={"q": "x"}) == {"a": 1}


def test_a_timeout_is_always_sent(web: responses.RequestsMock) -> None:
    web.get(URL, json={})
    client(timeout=(1.5, 2.5)).get_json(URL)
    assert web.calls[0].request.req_kwargs["timeout"] == (1.5, 2.5)  # type: ignore[attr-defined]


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(web: responses.RequestsMock, status: int) -> None:
    web.get(URL, status=status)
    web.get(URL, json={"at": "last"})
    assert client().get_json(URL) == {"at": "last"}


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
def test_what_does_not_pass_is_unavailable(web: responses.RequestsMock, status: int) -> None:
    web.get(URL, status=status)
    assert isinstance(error_of(client()), PlatformUnavailable)
    assert len(web.calls) == 2


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 410, 418, 426])
def test_what_needs_a_person_is_never_tried_again(web: responses.RequestsMock, status: int) -> None:
    web.get(URL, status=status)
    assert isinstance(error_of(client()), PlatformRefused)
    assert len(web.calls) == 1


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (
            requests.ConnectionError(f"Max retries exceeded with url: /?key={SECRET}"),
            PlatformUnavailable,
        ),
        (requests.ReadTimeout("slow"), PlatformUnavailable),
        (requests.exceptions.SSLError("CERTIFICATE_VERIFY_FAILED"), PlatformRefused),
        (requests.exceptions.InvalidHeader("odd"), PlatformRefused),
    ],
)
def test_trouble_on_the_way_is_our_error(
    web: responses.RequestsMock, raised: Exception, kind: type[CollectorError]
) -> None:
    web.get(URL, body=raised)
    assert isinstance(error_of(client()), kind)


def test_a_wait_that_is_asked_for_is_kept_in_the_error(web: responses.RequestsMock) -> None:
    web.get(URL, status=429, headers={"Retry-After": "900"})
    error = error_of(client(attempts=4, longest_wait=1.0))
    assert isinstance(error, PlatformUnavailable)
    assert error.retry_after == 900
    assert len(web.calls) == 1, "sooner would be against what was asked"


def test_a_wait_within_the_longest_is_waited(web: responses.RequestsMock) -> None:
    web.get(URL, status=503, headers={"Retry-After": "0"})
    web.get(URL, json=[])
    assert client(longest_wait=0.5).get_json(URL) == []


@pytest.mark.parametrize("written", ["soon", "-5", "nan", "inf", "", "1e400"])
def test_a_wait_that_makes_no_sense_is_no_wait(written: str) -> None:
    assert asked_wait({"Retry-After": written}) is None


def test_a_wait_until_a_date_is_measured_by_the_servers_clock() -> None:
    answered = clock.parse("2026-11-24T09:00:00Z")
    until = clock.parse("2026-11-24T09:02:00Z")
    dates = {"Date": format_datetime(answered, usegmt=True)}
    assert asked_wait({**dates, "Retry-After": format_datetime(until, usegmt=True)}) == 120
    assert asked_wait({**dates, "reset": str(int(until.timestamp()))}, reset="reset") == 120
    assert asked_wait({**dates, "reset": "1"}, reset="reset") == 1
    assert asked_wait({**dates, "Retry-After": "Tue, 24 Nov 2026 08:00:00 GMT"}) == 0


@given(st.text(max_size=40))
def test_any_retry_after_is_seconds_or_nothing(written: str) -> None:
    wait = asked_wait({"Retry-After": written})
    assert wait is None or wait >= 0


def test_a_login_page_in_place_of_data_needs_a_person(web: responses.RequestsMock) -> None:
    web.get(URL, body="<html><input type='password'></html>", content_type="text/html")
    assert isinstance(error_of(client()), PlatformRefused)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<html>Down for maintenance</html>", "text/html"),
        ("Please limit requests to one every 5 seconds", "text/plain"),
        ('{"half": ', "application/json"),
        ('"a bare string"', "application/json"),
        ("", "application/json"),
        ("[" * 100_000, "application/json"),
    ],
)
def test_an_answer_that_lies_is_unavailable(
    web: responses.RequestsMock, body: str, kind: str
) -> None:
    web.get(URL, body=body, content_type=kind)
    assert isinstance(error_of(client()), PlatformUnavailable)


def test_data_that_is_labelled_as_a_web_page_is_data() -> None:
    assert read_json(b' [{"a": 1}]', {"Content-Type": "text/html"}, URL) == [{"a": 1}]


def test_one_byte_that_is_not_utf8_costs_one_character() -> None:
    assert read_json(b'{"a": "caf\xe9"}', {}, URL) == {"a": "caf\ufffd"}
    assert read_json(b'\xef\xbb\xbf{"a": 1}', {}, URL) == {"a": 1}


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "deflate", ""])
def test_compressed_answers_are_unpacked(web: responses.RequestsMock, encoding: str) -> None:
    packed = {"deflate": zlib.compress}.get(encoding, gzip.compress)(json.dumps([1]).encode())
    web.get(URL, body=packed, headers={"Content-Encoding": encoding} if encoding else {})
    assert client().get_json(URL) == [1]


def test_a_compressed_answer_that_is_cut_off_is_a_clear_error(web: responses.RequestsMock) -> None:
    packed = gzip.compress(json.dumps(list(range(1000))).encode())
    web.get(URL, body=packed[:-200], headers={"Content-Encoding": "gzip"})
    assert "cut off" in str(error_of(client()))


def test_a_compressed_answer_that_is_damaged_is_a_clear_error(web: responses.RequestsMock) -> None:
    web.get(URL, body=gzip.compress(b"{}")[:-8] + bytes(8), headers={"Content-Encoding": "gzip"})
    assert "damaged" in str(error_of(client()))


def test_a_bomb_is_not_unpacked(web: responses.RequestsMock) -> None:
    web.get(URL, body=gzip.compress(b"0" * 50_000_000), headers={"Content-Encoding": "gzip"})
    assert "more than 1.0 MB" in str(error_of(client(most_bytes=1_000_000)))


def test_an_answer_over_the_cap_is_not_read_to_its_end(web: responses.RequestsMock) -> None:
    web.get(URL, body=b"0" * 2_000_000)
    assert "more than 1.0 MB" in str(error_of(client(most_bytes=1_000_000)))


def test_an_encoding_that_was_not_asked_for_is_named(web: responses.RequestsMock) -> None:
    web.get(URL, body=b"??", headers={"Content-Encoding": "br"})
    assert isinstance(error_of(client()), PlatformUnavailable)


def test_a_permanent_move_is_told_from_one_for_now(web: responses.RequestsMock) -> None:
    web.get(URL, status=301, headers={"Location": "/new"})
    web.get("https://api.example.org/new", status=302, headers={"Location": "/today"})
    web.get("https://api.example.org/today", json={})
    answer = client().get(URL)
    assert [status for status, _ in answer.redirects] == [301, 302]
    assert answer.moved == "https://api.example.org/new"


def test_a_move_for_now_is_no_new_address(web: responses.RequestsMock) -> None:
    web.get(URL, status=302, headers={"Location": "/new"})
    web.get("https://api.example.org/new", status=308, headers={"Location": "/newer"})
    web.get("https://api.example.org/newer", json={})
    assert client().get(URL).moved == ""


@pytest.mark.parametrize(
    "target",
    ["http://api.example.org/x", "ftp://example.org/x", "file:///etc/hostname", "http://[", "https://127.0.0.1/x",
     "https://localhost/x", "https://169.254.169.254/x", "javascript:alert(1)"],
)  # fmt: skip
def test_a_redirect_to_where_nobody_should_go_is_refused(
    web: responses.RequestsMock, target: str
) -> None:
    web.get(URL, status=302, headers={"Location": target})
    error_of(client())
    assert len(web.calls) == 1


def test_redirects_in_a_circle_end(web: responses.RequestsMock) -> None:
    web.get(URL, status=302, headers={"Location": URL})
    assert isinstance(error_of(client(), URL), PlatformUnavailable)


def test_a_token_is_not_sent_to_another_host(web: responses.RequestsMock) -> None:
    web.get(URL, status=302, headers={"Location": "https://other.example.com/x"})
    web.get("https://other.example.com/x", json={})
    client().get(URL, headers={"Authorization": "Bearer x"})
    assert "Authorization" in web.calls[0].request.headers
    assert "Authorization" not in web.calls[1].request.headers


def test_cookies_are_neither_kept_nor_sent(web: responses.RequestsMock) -> None:
    web.get(URL, json={}, headers={"Set-Cookie": "a=b"})
    http = client()
    http.get(URL)
    http.get(URL)
    assert "Cookie" not in web.calls[1].request.headers


def test_a_name_and_password_in_an_address_are_sent_and_never_told(
    web: responses.RequestsMock,
) -> None:
    web.get(URL, status=500)
    error = error_of(client(), f"https://ana:{SECRET}@api.example.org/things")
    assert "api.example.org" in str(error)
    assert web.calls[0].request.headers["Authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    "url", ["http://[", "nonsense", "https://", "https://exa mple.org/", "gopher://x.example"]
)
def test_an_address_that_is_none_is_our_error(url: str) -> None:
    assert isinstance(error_of(client(), url), CollectorError)


@given(st.text(max_size=60))
def test_a_message_holds_no_more_than_the_host(rest: str) -> None:
    assert host(f"https://api.example.org/{SECRET}?{rest}") in (
        "api.example.org", "an address that can't be read",
    )  # fmt: skip


def test_only_what_may_pass_is_called_again() -> None:
    calls: list[int] = []

    def bug() -> None:
        calls.append(1)
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        client(attempts=3).patiently(bug)
    assert len(calls) == 1

    def passing() -> None:
        calls.append(1)
        raise Passing("soon")

    with pytest.raises(Passing):
        client(attempts=3).patiently(passing)
    assert len(calls) == 4


@pytest.mark.parametrize(
    ("cause", "says"),
    [
        ("HTTPSConnectionPool: NameResolutionError(...)", "(DNS)"),
        ("Cannot connect to proxy: ProxyError('Tunnel connection failed: 403 Forbidden')", "HTTPS_PROXY"),
        ("SSLError: CERTIFICATE_VERIFY_FAILED", "REQUESTS_CA_BUNDLE"),
    ],
)  # fmt: skip
def test_what_stands_between_us_and_a_host_is_told_apart_with_its_mend(
    cause: str, says: str
) -> None:
    said = str(trouble(requests.ConnectionError(cause), "https://feed.example.org/a?key=secret"))
    assert says in said
    assert "secret" not in said
