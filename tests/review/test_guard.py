"""What stands before every page refuses forged requests and sends the headers that browsers obey."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from review.guard import MOST_BYTES, Bucket, same_origin
from review.signing import way_back
from tests.review.conftest import House

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
    ],
)
def test_only_this_page_may_send_forms_to_itself(headers: dict[str, str], ours: bool) -> None:
    assert same_origin(Headers(headers)) is ours


def test_a_forged_form_changes_nothing(house: House) -> None:
    with house.asks() as client:
        client.headers["Sec-Fetch-Site"] = "cross-site"
        assert client.post("/cases/1/decide", data=FORM).status_code == 403
    assert house.store.case_history(1) == []


@pytest.mark.parametrize("path", ["/cases", "/sign-in", "/static/page.css", "/nowhere"])
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
        assert client.get("/cases", headers={"Host": "evil.example.org"}).status_code == 421


def test_a_body_that_is_too_large_is_refused(house: House) -> None:
    with house.asks() as client:
        big = client.post("/cases/1/decide", content=b"x" * (MOST_BYTES + 1))
    assert big.status_code == 413


def test_a_bucket_gives_so_many_and_then_as_time_passes() -> None:
    now = [0.0]
    bucket = Bucket(most=3, each=1, now=lambda: now[0])
    assert [bucket.take("a") for _ in range(4)] == [True, True, True, False]
    assert bucket.take("b")
    now[0] = 1.0
    assert [bucket.take("a"), bucket.take("a")] == [True, False]


@pytest.mark.parametrize(
    "written", ["https://example.org/", "//example.org", "/\\example.org", "\\\\example.org", "cases", "", "/a b", "javascript:alert(1)"]
)  # fmt: skip
def test_no_link_leads_elsewhere_after_signing_in(written: str) -> None:
    assert way_back(written) == "/cases"


@given(st.text(max_size=80))
def test_the_way_back_is_always_a_path_of_this_page(written: str) -> None:
    back = way_back(written)
    assert back.startswith("/")
    assert not back.startswith(("//", "/\\"))


def test_the_way_back_keeps_a_view_with_its_filters() -> None:
    assert way_back("/cases?tab=high&flag=pid") == "/cases?tab=high&flag=pid"
