"""One post has many addresses: each is known for the same post, and for the account that it names, and for no other."""

from __future__ import annotations

import pytest

from core.addresses import (
    account_in,
    account_named,
    copied_account,
    home_account,
    is_address,
    is_any_servers,
    is_shortened,
    leads_to,
    post_key,
    shortener,
)

VIDEO, REMARK = "EY1-WOQAR_u", "UgcvGlt15EZL3YI2d7r4AaABAg"
SAME = (
    ("https://x.com/jo_q/status/1994295356928000000", "https://mobile.twitter.com/i/web/status/1994295356928000000?s=20", "https://x.com/i/status/1994295356928000000/photo/1"),
    ("https://bsky.app/profile/did:plc:tx/post/3n2jkke76c222", "https://bsky.app/profile/jo.example.org/post/3n2jkke76c222?ref_src=embed", "at://did:plc:tx/app.bsky.feed.post/3n2jkke76c222"),
    (f"https://www.youtube.com/watch?v={VIDEO}", f"https://youtu.be/{VIDEO}?si=abc", f"https://m.youtube.com/shorts/{VIDEO}"),
    (f"https://www.youtube.com/watch?v={VIDEO}&lc={REMARK}", f"https://youtu.be/{VIDEO}?lc={REMARK}&t=4"),
    ("https://www.reddit.com/r/ealing/comments/1qa9f1/flu_jab/", "https://old.reddit.com/r/ealing/comments/1qa9f1", "https://redd.it/1qa9f1"),
    ("https://www.reddit.com/r/ealing/comments/1qa9f1/flu_jab/abc123/", "https://www.reddit.com/r/ealing/comments/1qa9f1/comment/abc123/?context=3"),
    ("https://www.facebook.com/1000001/posts/200000009", "https://m.facebook.com/story.php?story_fbid=200000009&id=1000001", "https://facebook.com/1000001/posts/a-slug/200000009/?fbclid=x"),
    ("https://social.example.org/@jo/115603911475200004", "https://social.example.org/users/jo/statuses/115603911475200004", "https://social.example.org/web/statuses/115603911475200004", "https://social.example.org/deck/@jo/115603911475200004"),
    ("https://fedi.example.net/@jo/019ab29684070007", "https://fedi.example.net/users/jo/statuses/019ab29684070007?s=20", "https://fedi.example.net/@jo@fedi.example.net/019ab29684070007", "https://fedi.example.net/@jo/statuses/019ab29684070007"),
    ("https://www.instagram.com/p/AD-O3DcIIAE/", "https://instagram.com/jo/reel/AD-O3DcIIAE?igsh=1"),
    ("https://www.linkedin.com/feed/update/urn:li:activity:7000000000000000001", "https://www.linkedin.com/posts/jo-q_nhs-activity-7000000000000000001-AbCd"),
    ("https://paper.example.net/blood-test/?utm_source=x#top", "http://www.paper.example.net/blood-test", "https://paper.example.net:443/blood-test/amp/"),
    # by what passes on, copies or keeps the page of a post
    (
        "https://x.com/jo_q/status/1994295356928000001", "https://twitter.com/intent/tweet?in_reply_to=1994295356928000001", "https://twitter.com/intent/like?tweet_id=1994295356928000001",
        "https://platform.twitter.com/embed/Tweet.html?id=1994295356928000001", "https://twitter.com/#!/jo_q/status/1994295356928000001", "https://mirror.example.net/jo_q/status/1994295356928000001",
        "https://web.archive.org/web/2026/https://x.com/jo_q/status/1994295356928000001", "https://www.google.com/url?q=https%3A%2F%2Fx.com%2Fjo_q%2Fstatus%2F1994295356928000001&sa=D",
        "https://gbr01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fx.com%2Fjo_q%2Fstatus%2F1994295356928000001&data=05", "https://threads.example.org/thread/1994295356928000001.html",
        "HTTPS://X.COM/jo_q/status/1994295356928000001",
    ),
    ("https://bsky.app/profile/jo.example.org/post/3n2jkke76c223", "https://copy.example.net/profile/jo.example.org/post/3n2jkke76c223"),
    ("https://www.reddit.com/r/ealing/comments/1qa9f2/", "https://www.reddit.com/tb/1qa9f2", "https://www.reddit.com/gallery/1QA9F2", "https://copy.example.net/r/ealing/comments/1qa9f2"),
    (
        "https://fedi.example.net/@jo/019ab29684070008", "https://fedi.example.net/@jo/019ab29684070008/embed", "https://fedi.example.net/web/statuses/019ab29684070008",
        "https://fedi.example.net/users/jo/statuses/019ab29684070008/activity", "https://elk.example.net/fedi.example.net/@jo/019ab29684070008", "https://phan.example.net/#/fedi.example.net/s/019ab29684070008",
    ),
    (
        "https://www.facebook.com/1000001/posts/200000010?comment_id=300000000000033", "https://www.facebook.com/1000001_200000010?comment_id=300000000000033",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.facebook.com%2F1000001%2Fposts%2F200000010%3Fcomment_id%3D300000000000033",
    ),
    ("https://www.facebook.com/1000001/posts/200000010?comment_id=300000000000033&reply_comment_id=5",),
    (
        "https://www.linkedin.com/feed/update/urn:li:activity:7000000000000000002?commentUrn=urn:li:comment:(activity:7000000000000000002,7000000000000000007)",
        "https://www.linkedin.com/feed/update/urn:li:activity:7000000000000000002?dashCommentUrn=urn%3Ali%3Afsd_comment%3A%287000000000000000007%2Curn%3Ali%3Aactivity%3A7000000000000000002%29",
        "https://uk.linkedin.com/posts/jo_activity-7000000000000000002-AbCd?commentUrn=urn%3Ali%3Acomment%3A%28activity%3A7000000000000000002%2C7000000000000000007%29",
    ),
    ("https://blog.example.net/nine/#comment-33", "https://blog.example.net/nine/comment-page-2/#comment-33", "https://blog.example.net/nine/?replytocom=33#respond"),
    ("https://blog.example.net/nine/", "https://blog.example.net/nine/?amp=1", "https://l.facebook.com/l.php?u=https%3A%2F%2Fblog.example.net%2Fnine%2F"),
    ("https://blog.example.net/ten?url=https://paper.example.net/",),  # a page that names another, and passes nobody on
)  # fmt: skip


def test_each_way_of_writing_an_address_leads_to_one_post_and_no_two_posts_are_one() -> None:
    keys = [{post_key(url) for url in urls} for urls in SAME]
    assert [len(each) for each in keys] == [1] * len(SAME)
    assert len(set.union(*keys)) == len(SAME)
    assert [post_key(url) for url in ("javascript:alert(1)", "https://[nowhere", "", "a word")] == [
        ""
    ] * 4


@pytest.mark.parametrize(
    ("asked", "url", "issued_id", "kind", "expected"),
    [
        (SAME[0][1], SAME[0][0], "1994295356928000000", "post", True),
        (SAME[6][1], "https://www.facebook.com/healthy/posts/pfbid02", "1000001_200000009", "post", True),
        (SAME[1][1], "", "at://did:plc:tx/app.bsky.feed.post/3n2jkke76c222", "post", True),
        # the address of a video is not that of a remark under it, though the remark has no other
        ("https://www.tiktok.com/@jo/video/74001", "https://www.tiktok.com/@jo/video/74001", "74006", "comment", False),
        (SAME[10][0], f"{SAME[10][0]}?commentUrn=urn%3Ali%3Acomment%3A%28activity%3A7000000000000000001%2C7000000000000000007%29", "urn:li:comment:(urn:li:activity:7000000000000000001,7000000000000000007)", "comment", False),
        (SAME[3][1], SAME[3][0], REMARK, "comment", True),
        (SAME[2][0], SAME[3][0], REMARK, "comment", False),
    ],
)  # fmt: skip
def test_an_address_leads_to_the_post_that_it_names(
    asked: str, url: str, issued_id: str, kind: str, expected: bool
) -> None:
    assert leads_to(post_key(asked), url, issued_id, kind) is expected


@pytest.mark.parametrize(
    ("url", "kind", "account"),
    [
        (SAME[0][0], "post", "jo_q"), (SAME[0][1], "post", ""), (SAME[1][0], "post", "did:plc:tx"), (SAME[1][1], "post", "jo.example.org"),
        ("https://www.tiktok.com/@jo/video/74001", "video", "jo"), ("https://www.tiktok.com/@jo/video/74001", "comment", ""),
        ("https://www.threads.com/@late.lou/post/D05", "comment", "late.lou"), (SAME[7][0], "post", "jo@social.example.org"),
        ("https://else.example.org/@jo@social.example.org/115603911475200004", "post", "jo@social.example.org"),
        ("https://www.reddit.com/user/jo_q/comments/1qa9f1/x/", "post", "jo_q"), (SAME[4][0], "post", ""),
        (SAME[6][0], "post", ""),  # whose page it stands on, who need not have written it
        (SAME[9][1], "post", "jo"), (SAME[9][0], "post", ""), (SAME[10][1], "post", "jo-q"), ("https://paper.example.net/@x", "article", ""),
    ],
)  # fmt: skip
def test_an_address_names_the_account_that_wrote_where_it_says_so(
    url: str, kind: str, account: str
) -> None:
    assert account_in(url, kind) == account


def test_the_address_of_a_profile_names_its_account_on_every_platform_that_has_such_pages() -> None:
    named = {
        "https://bsky.app/profile/jo.example.org": ("bluesky", "jo.example.org"), "bsky.app/profile/did:plc:tx": ("bluesky", "did:plc:tx"),
        "https://old.reddit.com/user/jo_q/": ("reddit", "jo_q"), "reddit.com/u/jo_q/comments": ("reddit", "jo_q"),
        "https://www.youtube.com/@jo-q/videos": ("youtube", "jo-q"), "https://m.youtube.com/channel/UCabc_1": ("youtube", "UCabc_1"),
        "https://fedi.example.net/@jo": ("mastodon", "jo@fedi.example.net"), "https://a.example.net/@jo@b.example.net": ("mastodon", "jo@b.example.net"),
        "https://fedi.example.net/users/jo": ("mastodon", "jo@fedi.example.net"), "HTTPS://X.com/jo_q?s=20": ("x", "jo_q"), "https://twitter.com/jo_q/with_replies": ("x", "jo_q"),
        "https://x.com/i/user/77": ("x", "77"), "https://twitter.com/intent/user?screen_name=jo_q": ("x", "jo_q"), "https://x.com/jo_q/status/1": ("x", "jo_q"),
        "https://www.tiktok.com/@jo.q?lang=en": ("tiktok", "jo.q"), "https://www.threads.net/@jo.q": ("threads", "jo.q"), "https://instagram.com/jo.q/": ("instagram", "jo.q"),
        "https://www.facebook.com/profile.php?id=100077": ("facebook", "100077"), "https://m.facebook.com/jo.quill": ("facebook", "jo.quill"),
        "https://facebook.com/people/Jo-Q/100077/": ("facebook", "100077"), "https://uk.linkedin.com/in/jo-q": ("linkedin", "jo-q"), "https://www.pinterest.co.uk/jo_q/": ("pinterest", "jo_q"),
    }  # fmt: skip
    assert {url: account_named(url) for url in named} == named
    assert all(is_address(url) for url in named)
    nobody = ("https://x.com/home", "https://www.youtube.com/c/joq", "https://www.facebook.com/groups/77", "https://x.com/", "https://paper.example.net/jo", "https://[nowhere")  # fmt: skip
    assert {account_named(url) for url in nobody} == {("", "")}
    handles = (
        "jo_q",
        "@jo_q",
        "jo.example.org",
        "jo@fedi.example.net",
        "did:plc:tx",
        "UCabc_1",
        "urn:li:person:x",
    )
    assert not any(is_address(each) for each in handles)


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("https://t.co/aB3dE5fG7h", ("t.co", "x")), ("http://BIT.LY/3xYzAbc", ("bit.ly", "")), ("https://www.lnkd.in/e1", ("lnkd.in", "linkedin")),
        ("https://www.reddit.com/r/london/s/AbCd12EfGh", ("reddit.com", "reddit")),
        ("https://x.com/rowan/status/1990000000000000001", ("", "")), ("https://not.co/a", ("", "")), ("https://[nowhere", ("", "")), ("", ("", "")),
    ],
)  # fmt: skip
def test_a_shortened_address_is_known_by_its_host_and_whose_it_is(
    url: str, known: tuple[str, str]
) -> None:
    assert shortener(url) == known


@pytest.mark.parametrize("url", [
    "https://t.co/AbC123xyz9", "http://lnkd.in/eXy12AbC", "https://bit.ly/3xYzAbC", "https://fb.watch/abc12DEF/", "https://www.facebook.com/share/p/1AbCdEfGhI/",
    "https://www.facebook.com/share/v/1AbCdEfGhI/?mibextid=x", "https://www.reddit.com/r/london/s/AbCd12EfGh", "https://v.redd.it/abc123def456", "https://www.instagram.com/share/reel/BAbC12dEf",
    "https://vm.tiktok.com/ZMAbC12dE/", "https://vt.tiktok.com/ZSAbC12dE/", "https://www.tiktok.com/t/ZTAbC12dE/", "https://pin.it/4AbC12dEf", "https://m.me/somebody",
    "https://tinyurl.com/yc8abcde", "https://bbc.in/3AbCdEf", "https://zz.ly/aB3dE9", "https://qq.re/7hGfT", "https://l.facebook.com/l.php?u=https%3A%2F%2Ft.co%2FAbC123xyz9",
    "https://eu-west.safelinks.protection.outlook.com/?url=https%3A%2F%2Flnkd.in%2FeXy12AbC&data=x", "https://youtu.be.t.co/abc1", "https://goo.gl/maps/AbC123",
])  # fmt: skip
def test_a_shortened_address_is_told(url: str) -> None:
    assert is_shortened(url)


@pytest.mark.parametrize("url", [
    *[url for group in SAME for url in group if url.startswith("http")],
    "https://youtu.be/dQw4w9WgXcQ", "https://redd.it/1qa9f1", "https://www.reddit.com/r/london/comments/1qa9f1/x/", "https://instagr.am/p/DAbC12dEf/", "https://www.threads.net/t/DAbC12dEf",
    "https://www.nhs.uk/conditions/asthma/", "https://nhs.uk/", "https://www.bbc.co.uk/news/articles/c4g2k7d9x0po", "https://www.bbc.com/news/uk-england-london-60000001", "https://gov.uk/bank-holidays",
    "https://t.co/", "https://www.hillingdontimes.co.uk/news/24000001.hospital-car-park/", "https://x.com/jo_q", "https://inews.co.uk/news/health", "https://metro.co.uk/2026/11/20/strike-1234/",
    "https://mastodon.example.org/@jo/115603911475200004", "https://hsj.co.uk/north-west/7041234.article", "https://itv.com/news/london", "https://www.careopinion.org.uk/1300001", "", "jo_q",
])  # fmt: skip
def test_no_other_address_is_held_to_be_shortened(url: str) -> None:
    assert not is_shortened(url)


def test_another_servers_copy_names_whose_post_it_is_and_its_number_is_no_posts_key() -> None:
    home = "https://fedi.example.net/@jo/019ab29684070007"
    copies = (
        "https://else.example.org/@Jo@fedi.example.net/115603911475200004", "https://else.example.org/deck/@jo@fedi.example.net/115603911475200004",
        "https://elk.example.net/else.example.org/@jo@fedi.example.net/115603911475200004", "https://else.example.org/%40jo%40fedi.example.net/115603911475200004",
    )  # fmt: skip
    assert {copied_account(url) for url in copies} == {"jo@fedi.example.net"}
    assert post_key(home) not in {post_key(url) for url in copies}
    for url in (
        home,
        "https://fedi.example.net/@jo@fedi.example.net/019ab29684070007",
        "https://x.com/jo_q/status/1994295356928000001",
        "https://paper.example.net/@x",
        "",
    ):
        assert copied_account(url) == ""
    assert is_any_servers("https://else.example.org/web/statuses/115603911475200004")
    assert not any(
        map(
            is_any_servers,
            (*copies, home, "https://fedi.example.net/users/jo/statuses/019ab29684070007"),
        )
    )


@pytest.mark.parametrize("kind", ["post", "reply"])
def test_a_post_is_known_by_its_activitypub_id_where_its_page_has_another_address(
    kind: str,
) -> None:
    for url, issued in (
        (
            "https://plero.example.net/notice/AbC123dEf",
            "https://plero.example.net/objects/0b6c2a1e-5c0f-4f0e-9d5d-2d6a8f4f0001",
        ),
        (
            "https://tube.example.net/w/abc",
            "https://tube.example.net/videos/watch/0b6c2a1e-5c0f-4f0e-9d5d-2d6a8f4f0002",
        ),
    ):
        assert leads_to(post_key(issued), url, issued, kind)
        assert leads_to(post_key(url), url, issued, kind)
    assert not leads_to(
        post_key("https://blog.example.net/nine/"),
        "https://blog.example.net/nine/#comment-3",
        "https://blog.example.net/nine/",
        "comment",
    )


@pytest.mark.parametrize(("url", "home"), [
    ("https://mastodon.social/@jo-tilly.example.com@bsky.brid.gy/113355997711220011", "jo-tilly.example.com"),
    ("https://hachyderm.io/@jo.bsky.social@bsky.brid.gy/113355997711220012", "jo.bsky.social"),
    ("https://bsky.app/profile/jo.fedi.example.net.ap.brid.gy/post/3n2jkke76c222", "jo@fedi.example.net"),
    ("https://mastodon.social/@jo_q@bird.makeup/113355997711220013", "jo_q"),
    ("https://bird.makeup/users/jo_q/statuses/1994295356928000001", "jo_q"),
    ("https://mastodon.social/@jo_q@threads.net/113355997711220014", "jo_q"),
    ("https://mastodon.social/@npub1qqqsx@mostr.pub/113355997711220015", "npub1qqqsx"),
    ("https://mastodon.social/@example.org.news@rss-parrot.net/113355997711220016", "example.org.news"),
    ("https://mastodon.social/@jo@fedi.example.net/113355997711220017", ""),
])  # fmt: skip
def test_what_a_bridge_shows_is_a_copy_of_the_account_at_home(url: str, home: str) -> None:
    account = copied_account(url)
    assert account
    assert home_account(account) == home
