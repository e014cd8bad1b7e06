"""Forms that nobody's browser would send, to every address that takes one: never a bug, and nothing for whom it is not for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.auth.sessions import COOKIE
from tests.fuzz.damage import PIECES
from tests.fuzz.profiles import examples
from tests.review.conftest import House, serve
from tests.review.factories import NOW, REPOSITORY, session
from tests.review.test_who_may import ASKING, LETS, WHO, filled, refused

POSTS = [route for route in WHO if route.startswith("POST ")]
# What a field may be called: as the templates call them, and as the page asks for them.
NAMES = sorted(
    {
        name
        for folder, kind in (("templates", "*.html"), ("", "*.py"))
        for file in (REPOSITORY / "review" / folder).rglob(kind)
        for name in re.findall(
            r"""(?:name=|form\.get\(|form\[|getlist\()"([a-z_]+)\"""", file.read_text("utf-8")
        )
    }
)
WORDS = (
    "", "0", "1", "3", "-1", "9" * 30, "1:1", "2:1", "1:0:1", "yes", "none", "watch", "later", "leak", "answered", "reply", "names",
    "2026-11-25", "2026-02-30", "0000-01-01", "99:99", "now", "lead", "x", "bluesky", "https://example.org/a", "javascript:alert(1)",
    "NHS OR (", '"', "a" * 5000, "\u202e", "é" * 300, "[]", "{}", "{{ 7*7 }}", "<script>", "1e999", "NaN", "\ud7ff", "\x00", "../../etc/passwd",
)  # fmt: skip
# Tables in which something stands that a person with rights does; what is only looked at, and who signed in, is apart.
DONE = ("case_decisions", "decisions", "users", "outbox", "settings", "takedowns", "staff_reports", "sample_answers", "legal_holds", "erasures")  # fmt: skip
addresses = count()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A page of this module's own, at the end of which the store is whole."""
    for made in serve(tmp_path_factory.mktemp("forms"), filled):
        yield made
        verified = made.store.maintenance.verify()
        assert verified.ok, verified.problems


def posted(house: House, asking: str, route: str, number: str, content: bytes) -> httpx.Response:
    """What an address answers to a form."""
    path = route.partition(" ")[2]
    number = str(house.who["spare"]) if path.startswith("/people") else number
    path = re.sub(r"{\w+:row}", number, path).replace("{section}", "names").replace("{token}", "x")
    place = next(addresses)
    headers = {
        "Sec-Fetch-Site": "same-origin", "X-Forwarded-For": f"10.{place >> 16 & 255}.{place >> 8 & 255}.{place & 255}",
        "Content-Type": "application/x-www-form-urlencoded",
    }  # fmt: skip
    if asking != "nobody":
        held = session(house.store, house.who[asking])
        if asking == "over":
            house.store.sessions.end(held, at=NOW)
        headers["Cookie"] = f"{COOKIE}={held}"
    return httpx.post(
        f"{house.url}{path}", headers=headers, content=content, timeout=60, verify=False
    )


def done(house: House) -> dict[str, int]:
    """How much there is of what people did."""
    counts = house.store.figures.row_counts()
    return {table: counts[table] for table in DONE if table in counts}


@pytest.mark.parametrize("route", POSTS)
def test_any_form_is_answered_and_changes_nothing_for_whom_it_is_not_for(
    house: House, route: str
) -> None:
    fields = st.lists(
        st.tuples(st.sampled_from(NAMES), st.sampled_from(WORDS) | st.text(max_size=20)), max_size=8
    )

    @examples(2)
    @given(
        st.sampled_from(ASKING), st.integers(0, 14), fields,
        st.just(b"") | st.sampled_from(PIECES) | st.binary(max_size=30),
    )  # fmt: skip
    def asked(asking: str, number: int, sent: list[tuple[str, str]], rest: bytes) -> None:
        may = asking in LETS[WHO[route]]
        before = {} if may else done(house)
        content = urlencode(sent, errors="replace").encode() + (b"&" + rest if rest else b"")
        answer = posted(house, asking, route, str(number), content)
        assert answer.status_code < 500, (asking, answer.status_code, answer.text[:300])
        if not may:
            assert refused(answer, "POST") or answer.status_code in (400, 404, 413, 429), (
                answer.status_code
            )
            assert done(house) == before

    asked()
