"""What stands before every page refuses forged requests and sends the headers that browsers obey."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path

import anyio
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from core.errors import StoreError
from review import middleware
from review.auth.sessions import way_back
from review.middleware import (
    MOST_BYTES,
    MOST_KEYS,
    POLICY,
    RateLimiter,
    SecurityMiddleware,
    same_origin,
)
from store import Store
from tests.review.conftest import House, serve
from tests.review.factories import NOW, Failing, people
from tests.review.pages import Tags

FORM = {"kind": "no_action"}


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "http://a:1", "host": "a:1"}, False),
        ({"origin": "http://127.0.0.1:8765", "host": "127.0.0.1:8765"}, True),
        ({"origin": "http://127.0.0.1:9999", "host": "127.0.0.1:8765"}, False),
        ({"origin": "null", "host": "127.0.0.1:8765"}, False),
        ({"host": "127.0.0.1:8765"}, False),
        ({"origin": "http://[", "host": "127.0.0.1:8765"}, False),
    ],
)
def test_only_this_page_may_send_forms_to_itself(headers: dict[str, str], ours: bool) -> None:
    assert same_origin(Headers(headers)) is ours


def test_behind_tls_the_same_host_without_it_is_another() -> None:
    sent = {"origin": "http://mentions.example.org", "host": "mentions.example.org"}
    assert same_origin(Headers(sent))
    assert not same_origin(Headers(sent), secure=True)
    assert same_origin(Headers(sent | {"origin": "https://mentions.example.org"}), secure=True)


def test_a_forged_form_changes_nothing(house: House) -> None:
    with house.asks() as client:
        client.headers["Sec-Fetch-Site"] = "cross-site"
        assert client.post("/cases/1/decide", data=FORM).status_code == 403
    assert house.store.cases.history(1) == []


@pytest.mark.parametrize("path", ["/all", "/sign-in", "/static/page.css", "/nowhere"])
def test_every_answer_has_the_headers(house: House, path: str) -> None:
    with house.asks() as client:
        answer = client.get(path)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Frame-Options"] == "DENY"
    kept = answer.headers["Cache-Control"]
    assert kept == ("private, max-age=3600" if path.startswith("/static/") else "no-store")


def test_another_host_name_is_refused(house: House) -> None:
    with house.asks() as client:
        assert client.get("/all", headers={"Host": "evil.example.org"}).status_code == 421


def test_a_body_that_is_too_large_is_refused(house: House) -> None:
    with house.asks() as client:
        big = client.post("/cases/1/decide", content=b"x" * (MOST_BYTES + 1))
    assert big.status_code == 413


def test_a_bucket_gives_so_many_and_then_as_time_passes() -> None:
    now = [0.0]
    bucket = RateLimiter(most=3, each=1, now=lambda: now[0])
    assert [bucket.take("a") for _ in range(4)] == [True, True, True, False]
    assert bucket.take("b")
    now[0] = 1.0
    assert [bucket.take("a"), bucket.take("a")] == [True, False]


def test_a_key_that_has_waited_long_enough_has_all_its_tries_and_takes_no_memory() -> None:
    now = [0.0]
    bucket = RateLimiter(most=3, each=1, now=lambda: now[0])
    assert [bucket.take("a") for _ in range(4)] == [True, True, True, False]
    now[0] = 3.0
    assert bucket.take("b")
    assert list(bucket._buckets) == ["b"]
    assert [bucket.take("a") for _ in range(4)] == [True, True, True, False]


def test_tries_from_very_many_addresses_are_counted_quickly_and_in_little_memory() -> None:
    bucket = RateLimiter(most=2, each=0.001)
    assert bucket.take("a")
    began = time.process_time()
    for number in range(2 * MOST_KEYS):
        assert bucket.take(f"192.0.2.{number}")
        if number % 1000 == 0:
            bucket.take("a")
    assert time.process_time() - began < 20
    assert len(bucket._buckets) == MOST_KEYS
    assert not bucket.take("a")  # who goes on trying is not forgotten


@pytest.mark.parametrize(
    "written", ["https://example.org/", "//example.org", "/\\example.org", "\\\\example.org", "cases", "", "/a b", "javascript:alert(1)", "//["]
)  # fmt: skip
def test_no_link_leads_elsewhere_after_signing_in(written: str) -> None:
    assert way_back(written) == "/"


@given(st.text(max_size=80))
def test_the_way_back_is_always_a_path_of_this_page(written: str) -> None:
    back = way_back(written)
    assert back.startswith("/")
    assert not back.startswith(("//", "/\\"))


def test_the_way_back_keeps_a_view_with_its_filters() -> None:
    assert way_back("/all?tab=high&flag=pid") == "/all?tab=high&flag=pid"


def refused(answer: httpx.Response, status: int) -> Tags:
    """A refusal is a small page of its own: with a heading, in English, with the headers of every page."""
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    page = Tags(answer.text)
    assert page.all("html", lang="en-GB")
    assert [name for name, _ in page.tags].count("h1") == 1
    assert page.all("script") == []
    return page


def test_a_refusal_says_what_to_do(house: House) -> None:
    with house.asks() as client:
        elsewhere = refused(client.get("/all", headers={"Host": "<b>evil.example.org"}), 421)
        assert elsewhere.all("a", href=f"{house.url}/")
        assert "evil" not in elsewhere.text
        client.headers["Sec-Fetch-Site"] = "cross-site"
        forged = refused(client.post("/cases/1/decide", data=FORM), 403)
        assert "what you typed is still there" in forged.text
        client.headers["Sec-Fetch-Site"] = "same-origin"
        big = refused(client.post("/cases/1/decide", content=b"x" * (MOST_BYTES + 1)), 413)
        assert "one megabyte" in big.text


def test_too_many_forms_are_refused_with_how_long_to_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    standing = partial(RateLimiter, now=lambda: 0.0)  # none more is allowed meanwhile
    monkeypatch.setattr(middleware, "RateLimiter", standing)
    for page in serve(tmp_path, people):
        with page.asks("") as client:
            answers = [client.post("/nowhere") for _ in range(121)]
        over = answers.pop()
        assert 429 not in {answer.status_code for answer in answers}
        assert over.headers["Retry-After"] == "10"
        assert "Wait 10 seconds" in refused(over, 429).text


def test_only_the_page_s_own_kind_of_form_is_read(house: House) -> None:
    """A part of a multipart body may ask for a decoder that takes minutes for a megabyte."""
    body = (
        b"--b\r\nContent-Disposition: form-data; name=name\r\n\r\n" + b"a" * 90_000 + b"-z\r\n--b--"
    )
    kind = "multipart/form-data; boundary=b; charset=punycode"
    with house.asks("") as client:
        assert (
            client.post("/sign-in", content=body, headers={"Content-Type": kind}).status_code == 415
        )
        assert (
            client.post(
                "/sign-in", content=b"{}", headers={"Content-Type": "text/plain"}
            ).status_code
            == 415
        )


def test_a_body_that_does_not_tell_its_length_is_refused_too(house: House) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    with house.asks() as client:
        parts = (b"note=" + b"x" * 65_536 for _ in range(20))
        assert client.post("/cases/1/decide", content=parts, headers=kind).status_code == 413


def test_the_server_logs_no_words_of_a_bug(
    fresh: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh.desk.platforms = Failing(ValueError("Rosalind Pettigrew"))
    monkeypatch.setattr(logging.getLogger("uvicorn"), "propagate", True)
    with fresh.asks() as client:
        answer = client.get("/mentions/1/moderate")
    assert answer.status_code == 500
    assert "ValueError" in caplog.text
    assert "Pettigrew" not in caplog.text + answer.text


def test_who_only_looks_waits_for_no_collector_that_writes(fresh: House) -> None:
    fresh.desk.now = lambda: NOW + timedelta(minutes=5)  # when the session was used is to be kept
    other = type(fresh.store.database.connection)(
        str(fresh.store.database.path), isolation_level=None, timeout=1
    )
    with fresh.asks() as client:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        assert client.get("/all").status_code == 200
        assert time.monotonic() - began < 5
        other.execute("ROLLBACK")
    other.close()


def test_without_a_store_every_answer_still_has_the_headers(fresh: House) -> None:
    def gone() -> Store:
        raise StoreError("mentions.db: another program holds it")

    with fresh.asks() as client:
        fresh.desk.open_store = gone
        fresh.desk._stores = threading.local()
        for path in ("/all", "/sign-in", "/nowhere"):
            answer = client.get(path)
            assert (answer.status_code, "Something went wrong here" in answer.text) == (503, True)
            assert answer.headers["content-security-policy"] == POLICY
            assert answer.headers["cache-control"] == "no-store"


def test_behind_tls_browsers_are_told_to_stay_there() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("x")(scope, receive, send)

    answers = {}
    for secure in (True, False):
        guarded = SecurityMiddleware(app, secure=secure, hosts=frozenset({"mentions.example.org"}))
        transport = httpx.ASGITransport(app=guarded)

        async def ask(transport: httpx.ASGITransport = transport) -> httpx.Response:
            async with httpx.AsyncClient(transport=transport) as client:
                return await client.get("http://mentions.example.org/")

        with ThreadPoolExecutor(1) as pool:  # a browser of another test may hold this thread's loop
            answers[secure] = pool.submit(lambda: anyio.run(ask)).result().headers
    assert answers[True]["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert "Strict-Transport-Security" not in answers[False]
    assert answers[True]["Content-Type"] == "text/plain; charset=utf-8"
