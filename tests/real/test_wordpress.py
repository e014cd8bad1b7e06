"""Against a real WordPress, where Debian's is installed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from collectors import factory
from collectors.base import Collected, Gone, Http, SaveState, SkippedItem
from collectors.feeds import actions
from collectors.feeds.collector import Feeds
from core import clock
from core.errors import CollectorError, PlatformRefused
from core.models import Mention
from tests.collectors.cases import kept
from tests.real.wordpress import WordPress, missing

pytestmark = pytest.mark.skipif(bool(missing()), reason=f"not installed here: {missing()}")

TERMS = ("NHS NW London", "NW London ICB")
LONG = "The board of NHS NW London met in Acton and spoke of the phones. " * 12


@pytest.fixture(scope="module")
def blog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WordPress]:
    with WordPress(tmp_path_factory.mktemp("wordpress")) as site:
        yield site


@pytest.fixture(scope="module")
def password(blog: WordPress) -> str:
    return blog.application_password()


@pytest.fixture
def post(blog: WordPress) -> int:
    blog.run(  # each test has the site for itself
        "foreach (get_posts(['numberposts' => -1, 'post_status' => 'any']) as $p) wp_delete_post($p->ID, true);"
    )
    return blog.post("Winter at NHS NW London", "<p>Phones unanswered &amp; doors shut.</p>")


def built(kept: dict[str, str] | None = None, **table: Any) -> Feeds:
    http = Http(attempts=2, longest_wait=1.0, user_agent="nwl-mentions/0.1 (a test)")
    made = factory.build(
        "feeds", table, http=http, at=clock.now(), state=kept or {}, terms=TERMS, register={}
    )
    assert isinstance(made, Feeds)
    return made


def run(kept: dict[str, str] | None = None, **table: Any) -> list[Collected]:
    return list(built(kept, **table).collect(clock.now() - timedelta(days=7)))


def mentions(found: Sequence[object]) -> list[Mention]:
    assert not [thing for thing in found if isinstance(thing, SkippedItem)]
    return [thing for thing in found if isinstance(thing, Mention)]


def ours(blog: WordPress, password: str, **more: Any) -> dict[str, Any]:
    return {"url": blog.url, "user": "ana", "password": password, "own": True} | more


def test_posts_and_comments_are_read_in_their_threads_by_the_api(
    blog: WordPress, post: int
) -> None:
    first = blog.comment(post, "Still <b>unanswered</b>", comment_author="Bo & Söhne")
    second = blog.comment(post, "Yes they are", parent=first)
    blog.comment(post, "Waits for approval", approved=0)
    blog.post("Cake", "<p>A recipe.</p>")
    article, *comments = mentions(run(wordpress=[{"url": blog.url}]))
    assert (article.issued_id, article.kind) == (f"post:{post}", "article")
    assert article.text == "Winter at NHS NW London\n\nPhones unanswered & doors shut."
    assert (article.author.name, article.author.handle, article.edited_at) == ("ana", "ana", None)
    assert clock.now() - article.posted_at < timedelta(minutes=2), "New York's time is not UTC"
    newest, oldest = sorted(comments, key=lambda one: one.issued_id, reverse=True)
    assert (newest.issued_id, newest.kind, newest.parent_id, newest.root_id) == (
        f"comment:{second}", "reply", f"comment:{first}", f"post:{post}",
    )  # fmt: skip
    assert (oldest.kind, oldest.parent_id) == ("comment", f"post:{post}")
    assert (oldest.text, oldest.author.name) == ("Still unanswered", "Bo & Söhne")
    assert oldest.url.endswith(f"#comment-{first}")


def test_all_pages_are_read_to_their_end(blog: WordPress, post: int) -> None:
    for number in range(4):
        blog.comment(blog.post(f"NW London ICB {number}", "<p>A</p>"), "And?")
    for settings in ({"keep": "all"}, {"search": False}, {}):
        found = mentions(run(wordpress=[{"url": blog.url, "page_size": 2, **settings}]))
        assert len([one for one in found if one.kind == "article"]) == 5, settings
        assert len([one for one in found if one.kind == "comment"]) == 4, settings


def test_an_edit_is_seen_as_one(blog: WordPress, post: int) -> None:
    old = blog.post(
        "An old one", "<p>On NW London ICB</p>", post_date="2026-01-05 10:00:00",
        post_date_gmt="2026-01-05 15:00:00",
    )  # fmt: skip
    blog.run(
        "return wp_update_post(['ID' => $given['post'], 'post_content' => '<p>NW London ICB, mended</p>']);",
        post=old,
    )
    (edited,) = [
        one
        for one in mentions(run(wordpress=[{"url": blog.url, "comments": False}]))
        if one.issued_id == f"post:{old}"
    ]
    assert edited.posted_at == clock.parse("2026-01-05T15:00:00Z")
    assert edited.edited_at
    assert "mended" in edited.text


@pytest.mark.parametrize("form", ["", "atom/"])
def test_a_reply_in_the_comments_feed_names_what_it_answers_and_not_in_its_words(
    form: str, blog: WordPress, post: int
) -> None:
    first = blog.comment(post, "Still unanswered")
    blog.comment(post, "Yes they are", parent=first, comment_author="Cy Example")
    feed = {"url": f"{blog.url}/comments/feed/{form}", "keep": "all"}
    reply, comment = sorted(mentions(run(feed=[feed])), key=lambda one: one.root_id, reverse=True)
    assert (reply.text, reply.author.name) == ("Yes they are", "Cy Example")
    assert reply.parent_id == comment.issued_id
    assert comment.parent_id
    assert comment.issued_id.startswith(comment.parent_id)
    (article, *thread) = mentions(run(feed=[{"url": f"{blog.url}/feed/", "comments": True}]))
    assert (article.metrics, len(thread)) == ({"replies": 2}, 2)


def test_a_comment_that_is_approved_late_is_found_by_the_next_run(
    blog: WordPress, post: int, password: str
) -> None:
    held = blog.comment(post, "Approved late", approved=0, comment_date_gmt="2026-01-05 10:00:00")
    blog.comment(post, "At once")
    feed = {"url": f"{blog.url}/comments/feed/", "keep": "all"}
    first = run(feed=[feed])
    kept = {keep.name: keep.value for keep in first if isinstance(keep, SaveState)}
    blog.run("return wp_set_comment_status($given['held'], 'approve');", held=held)
    second = mentions(run(kept, feed=[feed]))
    assert {one.text for one in second} - {one.text for one in mentions(first)} == {"Approved late"}


def test_an_unchanged_feed_is_not_sent_again(blog: WordPress, post: int) -> None:
    feed = {"url": f"{blog.url}/feed/"}
    assert mentions(run(kept(run(feed=[feed])), feed=[feed])) == []


def test_the_full_text_comes_from_the_page_where_the_feed_has_a_summary(
    blog: WordPress, post: int
) -> None:
    blog.run("update_option('rss_use_excerpt', 1);")
    blog.post("In Acton", f"<p>{LONG}</p><p>The end of NW London ICB.</p>")
    feed = {"url": f"{blog.url}/feed/", "full_text": True}
    found = mentions(run(feed=[feed], full_text_hosts=[f"127.0.0.1:{blog.port}"]))
    (article,) = [one for one in found if one.text.startswith("In Acton")]
    assert article.text.endswith("The end of NW London ICB.")
    assert "The end" not in article.text_raw
    blog.run("update_option('rss_use_excerpt', 0);")


def test_what_is_deleted_is_gone_and_what_is_held_is_hidden_from_who_may_see_it(
    blog: WordPress, post: int, password: str
) -> None:
    numbers = [blog.comment(post, f"Number {n}") for n in range(4)]
    second = blog.post("On NW London ICB", "<p>A</p>")
    public, own = {"url": blog.url}, ours(blog, password)
    held = mentions(run(wordpress=[public]))
    blog.run("return wp_delete_comment($given['one'], true);", one=numbers[0])
    blog.run("return wp_set_comment_status($given['one'], 'hold');", one=numbers[1])
    blog.run("return wp_trash_comment($given['one']);", one=numbers[2])
    blog.run("return wp_trash_post($given['one']);", one=second)

    def fates(table: dict[str, Any]) -> dict[str, str]:
        told: dict[str, str] = {}
        for fate in actions.recheck(built(wordpress=[table]), held):
            if isinstance(fate, Gone):
                told[fate.issued_id] = fate.why
            elif isinstance(fate, Mention):
                told[fate.issued_id] = "hidden" if fate.hidden else "there"
        return told

    there = {
        f"post:{post}": "there",
        f"comment:{numbers[3]}": "there",
        f"comment:{numbers[0]}": "deleted",
    }
    assert fates(public) == there | {
        f"comment:{numbers[1]}": "removed", f"comment:{numbers[2]}": "removed", f"post:{second}": "removed",
    }  # fmt: skip
    assert fates(own) == there | {
        f"comment:{numbers[1]}": "hidden", f"comment:{numbers[2]}": "hidden", f"post:{second}": "hidden",
    }  # fmt: skip


def test_a_page_that_is_gone_says_so_for_what_a_feed_told(blog: WordPress, post: int) -> None:
    blog.comment(post, "Still unanswered")
    other = blog.post("On NW London ICB", "<p>A</p>")
    feeds = [{"url": f"{blog.url}/feed/"}, {"url": f"{blog.url}/comments/feed/", "keep": "all"}]
    source = built(feed=feeds)
    held = mentions(list(source.collect(clock.now() - timedelta(days=7))))
    blog.run("return wp_trash_post($given['one']);", one=other)
    fates = list(actions.recheck(built(feed=feeds), held))
    gone = [fate for fate in fates if isinstance(fate, Gone)]
    assert [one.issued_id for one in gone] == [one.issued_id for one in held if "on-nw" in one.url]
    assert len(mentions(fates)) == 2, "the other article, and the comment by its place on the page"


def test_every_action_is_done_seen_and_taken_back(
    blog: WordPress, post: int, password: str
) -> None:
    number = blog.comment(post, "Rude")
    source = built(wordpress=[ours(blog, password)])
    (comment,) = [
        one
        for one in mentions(list(source.collect(clock.now() - timedelta(days=7))))
        if one.kind == "comment"
    ]
    address = f"{blog.url}/wp-json/wp/v2/comments/{number}"
    for name, status in (("hold", 401), ("release", 200), ("spam", 401), ("unspam", 200),
                         ("trash", 401), ("untrash", 200), ("untrash", 200)):  # fmt: skip
        action = actions.ACTIONS[name]
        assert actions.may(source, comment, action) == ""
        actions.act(source, comment, action)
        assert requests.get(address, timeout=10).status_code == status, name


def test_who_may_not_moderate_is_told_so(blog: WordPress, post: int, password: str) -> None:
    blog.comment(post, "Rude")
    source = built(wordpress=[{"url": blog.url}])
    (comment,) = [
        one for one in mentions(list(source.collect(_week_ago()))) if one.kind == "comment"
    ]
    blog.run(
        "return username_exists('reader') || wp_insert_user(['user_login' => 'reader', 'user_pass' => 'a', 'role' => 'subscriber']);"
    )
    reader = {"user": "reader", "password": blog.application_password("reader")}
    for table, says in (
        ({"user": "ana", "password": "wrong"}, "make a new one"),
        (reader, "role Editor"),
    ):
        with pytest.raises(PlatformRefused, match=says):
            actions.act(
                built(wordpress=[{"url": blog.url, **table}]), comment, actions.ACTIONS["hold"]
            )


def _week_ago() -> datetime:
    return clock.now() - timedelta(days=7)


def test_a_site_that_turned_its_api_off_is_named_once_with_what_to_do(
    blog: WordPress, post: int
) -> None:
    plugin = blog.root / "wp-content" / "mu-plugins" / "off.php"
    plugin.parent.mkdir(exist_ok=True)
    plugin.write_text(
        "<?php add_filter('rest_authentication_errors', fn() => new WP_Error('rest_disabled', 'No.', "
        "['status' => 403]));"
    )
    try:
        held = [Mention(
            issuer=blog.url, issued_id=f"post:{post}", platform="blog", kind="article", url=blog.url,
            text="a", posted_at=clock.now(), fetched_at=clock.now(),
        )]  # fmt: skip
        for call in (
            lambda: run(wordpress=[{"url": blog.url}]),
            lambda: list(actions.recheck(built(wordpress=[{"url": blog.url}]), held)),
        ):
            with pytest.raises(CollectorError) as raised:
                call()
            assert str(raised.value).count("list the site's feed") == 1
    finally:
        plugin.unlink()


def test_a_site_whose_addresses_are_not_rewritten_is_read_all_the_same(tmp_path: Path) -> None:
    with WordPress(tmp_path, plain=True) as site:
        post = site.post("Winter at NHS NW London", "<p>Phones unanswered.</p>")
        site.comment(post, "Still")
        found = mentions(run(wordpress=[{"url": site.url}]))
        assert [one.kind for one in found] == ["article", "comment"]
        table = {"url": site.url, "user": "ana", "password": site.application_password()}
        actions.act(built(wordpress=[table]), found[1], actions.ACTIONS["hold"])
        fates = list(actions.recheck(built(wordpress=[table]), found))
        assert [one.hidden for one in mentions(fates)] == [False, True]
