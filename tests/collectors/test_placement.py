"""Whose page it is, what is answered, and what a look at a mention alone doesn't tell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from collectors.base import settle
from collectors.placement import answered_post, looked_up, owner_of, site_page, under
from core.context import NOWHERE, AnsweredPost, LinkCard, Page, context_of
from core.models import Author, Mention
from tests.collectors.cases import AT

OURS, PROVIDERS = frozenset({"nhsnwl", "123456"}), frozenset({"elmtree"})
POST = Mention(
    issuer="facebook", issued_id="1", platform="facebook", kind="post", url="", text="Flu jabs",
    posted_at=AT, fetched_at=AT, author=Author(name="Ana Example"),
)  # fmt: skip
COMMENT = replace(POST, issued_id="2", kind="comment", text="Where?")
OUR_PAGE = Page(owner="organisation", name="NHS NW London")


@pytest.mark.parametrize(
    ("names", "owner"),
    [
        (("@NHSNWL",), "organisation"),
        (("", "123456"), "organisation"),
        (("ElmTree",), "provider"),
        (("ana",), "other"),
        (("", ""), "other"),
    ],
)
def test_the_register_says_whose_account_it_is(names: tuple[str, ...], owner: str) -> None:
    assert owner_of(*names, ours=OURS, providers=PROVIDERS) == owner


def test_a_persons_name_is_not_taken_along_and_our_own_is() -> None:
    assert answered_post(POST) == AnsweredPost(text="Flu jabs")
    assert answered_post(replace(POST, own=True)) == AnsweredPost(
        text="Flu jabs", handle="Ana Example", official=True
    )


def test_what_a_mention_shares_stays_where_it_is_placed() -> None:
    card = LinkCard(title="Board papers")
    placed = under(replace(COMMENT, context=context_of(card=card)), OUR_PAGE, None, POST)
    assert placed.context == context_of(page=OUR_PAGE, answered=[answered_post(POST)], card=card)
    assert not under(COMMENT, None, None).context


def test_a_site_is_called_by_its_host() -> None:
    assert site_page("https://blog.example.org/a", own=True, platform="blog") == Page(
        owner="organisation", name="blog.example.org"
    )
    assert site_page("https://news.example.org", own=False, platform="news").kind == "newspaper"


def test_a_later_look_keeps_the_thread_and_begins_no_context() -> None:
    stored = under(COMMENT, OUR_PAGE, POST)
    card = LinkCard(title="Board papers")
    fresh = replace(COMMENT, context=context_of(card=card))
    assert looked_up(fresh, stored).context == replace(stored.context, card=card)
    assert looked_up(fresh, COMMENT).context == NOWHERE


def test_a_context_is_mended_as_a_text_is() -> None:
    torn = under(COMMENT, replace(OUR_PAGE, name="a\0"), AnsweredPost(text="\ud83d\ude00 \ud83d"))
    settled, _ = settle(torn, AT)
    assert settled.context.page == replace(OUR_PAGE, name="a\ufffd")
    assert settled.context.answered[0].text == "\U0001f600 \ufffd"
