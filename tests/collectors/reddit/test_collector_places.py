from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import responses
from hypothesis import given
from hypothesis import strategies as st

from collectors import factory
from collectors.base import Collected, SaveState, SkippedItem
from core.errors import CollectorError, PlatformUnavailable
from core.models import Author, Mention
from tests.collectors.cases import AT, REGISTER, SINCE, TABLES, TERMS, client, page, pull, source
from tests.fuzz.profiles import examples

TOKEN = "https://www.reddit.com/api/v1/access_token"
SEARCH = "https://oauth.reddit.com/r/all/search"
NEW = "https://oauth.reddit.com/r/london/new"
COMMENTS = "https://oauth.reddit.com/r/london/comments"
ABOUT = "https://oauth.reddit.com/user/ana_example/about"
EMPTY = {"kind": "Listing", "data": {"after": None, "children": []}}
HOUR = timedelta(hours=1)


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.post(TOKEN, json=page("reddit/token.json"))
        yield mock


def comment(name: str, at: datetime, **more: Any) -> dict[str, Any]:
    data = {"name": name, "id": name[3:], "body": "NHS NW London rang", "created_utc": at.timestamp(),
            "author": "ana_example", "author_fullname": "t2_aaaaaa", "permalink": "/r/london/"}  # fmt: skip
    return {"kind": "t1", "data": {**data, **more}}


def listing(*children: Any, after: str | None = None) -> dict[str, Any]:
    return {"kind": "Listing", "data": {"after": after, "children": list(children)}}


def quiet(web: responses.RequestsMock) -> None:
    """Nothing but comments."""
    web.get(SEARCH, json=EMPTY)
    web.get(NEW, json=EMPTY)


def asked(web: responses.RequestsMock, url: str = COMMENTS) -> list[dict[str, str]]:
    return [c.request.params for c in web.calls if str(c.request.url).startswith(url)]  # type: ignore[attr-defined]


def ours(kept: dict[str, str] | None = None, **table: Any) -> Any:
    return factory.build(
        "reddit", {**TABLES["reddit"], **table}, http=client(), at=AT, state=kept or {}, terms=TERMS,
        register=REGISTER, official={"reddit": frozenset({"nhs_example"})},
    )  # fmt: skip


# ── a run that was stopped ───────────────────────────────────────────────────────────────────────


def stopped(web: responses.RequestsMock) -> dict[str, str]:
    """What is kept by a run that its cap stopped after one page of two."""
    quiet(web)
    web.get(
        COMMENTS,
        json=listing(*(comment(f"t1_c{n}", AT - n * HOUR) for n in range(3)), after="t1_c2"),
    )
    _, odds, keeps, error = pull(source("reddit", pages=1))
    assert error is None
    assert [(odd.item, odd.stops) for odd in odds] == [("subreddit 1 comments", True)]
    web.reset()
    web.post(TOKEN, json=page("reddit/token.json"))
    quiet(web)
    return keeps


def test_the_next_run_reads_what_is_new_and_then_what_was_left(web: responses.RequestsMock) -> None:
    keeps = stopped(web)
    old, older = AT - 5 * HOUR, SINCE - HOUR
    web.get(COMMENTS, json=listing(comment("t1_d1", AT), comment("t1_c2", old), after="t1_c2"))
    web.get(COMMENTS, json=listing(comment("t1_b2", old), after="t1_b2"))
    web.get(COMMENTS, json=listing(comment("t1_b1", old), comment("t1_b0", older)))
    mentions, odds, left, error = pull(source("reddit", state=keeps))
    assert (odds, error, left["places"]) == ([], None, "{}")
    assert [mention.issued_id for mention in mentions] == ["t1_d1", "t1_b1"]
    assert [one.get("after") for one in asked(web)] == [None, "t1_c2", "t1_c2"]


def test_where_the_item_to_go_on_from_was_deleted_the_one_before_it_leads_on(
    web: responses.RequestsMock,
) -> None:
    keeps = stopped(web)
    past = comment("t1_a", SINCE - HOUR)
    for children in ([past], [], [], [comment("t1_b1", AT - 5 * HOUR), past]):
        web.get(COMMENTS, json=listing(*children))
    mentions, odds, _, _ = pull(source("reddit", state=keeps))
    assert ([mention.issued_id for mention in mentions], odds) == (["t1_b1"], [])
    assert [one.get("after") for one in asked(web)] == [None, "t1_c2", "t1_c1", "t1_c0"]


def test_what_reddit_no_longer_lists_of_what_was_left_is_told(web: responses.RequestsMock) -> None:
    keeps = stopped(web)
    web.get(COMMENTS, json=listing(comment("t1_a", SINCE - HOUR)))
    web.get(COMMENTS, json=EMPTY)
    _, odds, left, error = pull(source("reddit", state=keeps))
    assert (error, left["places"]) == (None, "{}")
    assert [odd.stops for odd in odds] == [False]
    assert "142.0 hours before Tue 24 Nov 2026, 07:00 are not read" in odds[0].why


def test_an_outage_leaves_a_gap_too(web: responses.RequestsMock) -> None:
    quiet(web)
    web.get(COMMENTS, json=listing(comment("t1_c1", AT), after="t1_c1"))
    web.get(COMMENTS, status=503, body="<html>")
    _, _, keeps, error = pull(source("reddit"))
    assert isinstance(error, PlatformUnavailable)
    assert "t1_c1" in keeps["places"]


class Subreddit:
    """Comments newest first; `after` an item that is there. Some calls fail, some items are deleted."""

    def __init__(self) -> None:
        self.comments: list[dict[str, Any]] = []
        self.written = 0
        self.now = AT - timedelta(days=6)
        self.failing: list[bool] = []

    def write(self, count: int) -> None:
        for _ in range(count):
            self.now += timedelta(minutes=20)
            self.written += 1
            self.comments.insert(0, comment(f"t1_{self.written}", self.now))

    def answer(self, request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        if self.failing and self.failing.pop():
            return 503, {}, "<html>"
        query = {
            name: values[0] for name, values in parse_qs(urlsplit(str(request.url)).query).items()
        }
        names = [one["data"]["name"] for one in self.comments]
        after = query.get("after")
        start = 0 if not after else names.index(after) + 1 if after in names else len(names)
        part = self.comments[start : start + 5]
        more = start + 5 < len(names)
        return 200, {}, json.dumps(listing(*part, after=part[-1]["data"]["name"] if more else None))


@examples(25)
@given(
    st.lists(
        st.tuples(st.integers(0, 25), st.lists(st.booleans(), max_size=3), st.booleans()),
        min_size=1, max_size=6,
    )
)  # fmt: skip
def test_no_comment_is_lost_whatever_stops_the_runs(
    steps: list[tuple[int, list[bool], bool]],
) -> None:
    place, kept, found, gone = Subreddit(), dict[str, str](), set[str](), set[str]()
    bookmark = place.now - HOUR
    with responses.RequestsMock(assert_all_requests_are_fired=False) as web:
        web.post(TOKEN, json=page("reddit/token.json"))
        quiet(web)
        web.add_callback(responses.GET, COMMENTS, place.answer)

        def run() -> bool:
            built = source(
                "reddit", state=dict(kept), pages=5, page_size=5, http=client(attempts=1)
            )
            object.__setattr__(built, "at", place.now)
            things, complete = list[Collected](), True
            try:
                for thing in built.collect(bookmark):
                    things.append(thing)
            except CollectorError:
                complete = False
            kept.update(
                {one.name: one.value for one in things if isinstance(one, SaveState) and one.always}
            )
            found.update(one.issued_id for one in things if isinstance(one, Mention))
            return complete and not any(
                isinstance(one, SkippedItem) and one.stops for one in things
            )

        for count, failing, deletes in steps:
            place.write(count)
            place.failing = failing
            if run():
                bookmark = place.now
            if deletes and len(place.comments) > 7:  # one of those that a page may have ended with
                gone.add(place.comments.pop(4)["data"]["name"])
        place.failing = []
        while not run():
            pass
    assert found | gone == {f"t1_{number}" for number in range(1, place.written + 1)}


# ── who wrote it ─────────────────────────────────────────────────────────────────────────────────


def test_what_our_account_says_is_kept_whatever_it_names(web: responses.RequestsMock) -> None:
    quiet(web)
    web.get(COMMENTS, json=listing(comment("t1_1", AT, author="NHS_example", body="Thank you")))
    (mention,) = pull(ours())[0]
    assert (mention.own, mention.matched) == (True, ())


def test_the_flair_beside_a_name_is_what_its_author_says_of_themselves(
    web: responses.RequestsMock,
) -> None:
    quiet(web)
    web.get(COMMENTS, json=listing(comment("t1_1", AT, author_flair_text="Ward clerk &amp; tired")))
    (mention,) = pull(ours())[0]
    assert mention.author == Author(id="t2_aaaaaa", handle="ana_example", bio="Ward clerk & tired")
    assert not mention.own


def test_profiles_are_looked_up_once_each_where_config_says_so(web: responses.RequestsMock) -> None:
    quiet(web)
    written = [comment(f"t1_{n}", AT, author_flair_text="Ealing") for n in range(3)]
    other = comment("t1_9", AT, body="names nobody", author="bo_example")
    web.get(COMMENTS, json=listing(*written, other))
    web.get(ABOUT, json=page("reddit/about.json"))
    mentions = pull(ours(bios=True))[0]
    assert {mention.author.bio for mention in mentions} == {"Ward clerk & gardener\nEaling"}
    assert len(asked(web, "https://oauth.reddit.com/user/")) == 1, "and nobody who is not matched"


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 404, "json": {}},
        {"status": 403, "json": {}},
        {"json": {"data": {"is_suspended": True}}},
    ],
)
def test_a_profile_that_is_not_there_says_nothing(
    web: responses.RequestsMock, answer: dict[str, Any]
) -> None:
    quiet(web)
    web.get(COMMENTS, json=listing(comment("t1_1", AT, author_flair_text="Ealing")))
    web.get(ABOUT, **answer)
    mentions, _, _, error = pull(ours(bios=True))
    assert (mentions[0].author.bio, error) == ("Ealing", None)


def test_beyond_the_cap_of_profiles_a_bio_is_not_told_rather_than_changed(
    web: responses.RequestsMock,
) -> None:
    quiet(web)
    first = comment("t1_1", AT)
    second = comment("t1_2", AT, author="bo_example", author_flair_text="Ealing")
    web.get(COMMENTS, json=listing(first, second))
    web.get(ABOUT, json=page("reddit/about.json"))
    mentions = pull(ours(bios=True, bios_a_run=1))[0]
    assert [mention.author.bio for mention in mentions] == ["Ward clerk & gardener", ""]


@pytest.mark.parametrize(
    ("more", "images"),
    [
        ({"url": "https://i.example.org/a.jpg", "post_hint": "image"}, ("https://i.example.org/a.jpg",)),
        ({"url": "https://news.example.org/a"}, ()),
        ({"media_metadata": {"a": {"s": {"u": "https://i.example.org/a.jpg?x=1&amp;y=2"}}, "b": None}},
         ("https://i.example.org/a.jpg?x=1&y=2",)),
    ],
)  # fmt: skip
def test_pictures_of_a_post_are_handed_on(
    web: responses.RequestsMock, more: dict[str, Any], images: tuple[str, ...]
) -> None:
    post = {**page("reddit/search.json")["data"]["children"][0], "kind": "t3"}
    post["data"] = {**post["data"], **more}
    web.get(SEARCH, json=listing(post))
    found = pull(ours(subreddits=[]))[0]  # by the terms, and by our own account's name
    assert [mention.images for mention in found] == [images, images]
