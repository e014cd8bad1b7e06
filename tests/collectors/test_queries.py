from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.queries import in_address, in_query
from core.errors import ConfigError
from tests.collectors.cases import source

PERSON = "ana_example"


@pytest.mark.parametrize(
    "query",
    ["from:ana_example", "FROM:Ana_Example nhs", "to:@ana_example", "nhs (from:ana_example OR x)", '"nhs" @ana_example',
     "＠ana_example", "retweets_of:ana_example", "list:1234567890", 'url:"x.com/ana_example"', "url:https://twitter.com/ana_example",
     "from:2244994945", "from: ana_example", "-nhs from:ana_example", "@HealthierNWL OR @ana_example"],
)  # fmt: skip
def test_a_query_that_follows_a_person_is_refused_and_the_person_not_named(query: str) -> None:
    with pytest.raises(ConfigError, match=r"\[collectors.x\] queries: ") as raised:
        source("x", queries=[query])
    assert PERSON not in str(raised.value)


@pytest.mark.parametrize(
    "query",
    ["from:HealthierNWL", "@healthiernwl waiting", "to:HealthierNWL -from:HealthierNWL", '"North West London ICB" lang:en',
     "nhs -from:ana_example", "nhs conversation_id:123", "mail ana@example.org", "url:example.org/news", "(@HealthierNWL)."],
)  # fmt: skip
def test_organisations_topics_and_registered_accounts_can_be_looked_for(query: str) -> None:
    assert source("x", queries=[query]).name == "x"


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("x", {"accounts": ["ana_example"]}),
        ("x", {"accounts": ["HealthierNWL", "@ana_example"]}),
        ("x", {"terms": ["@ana_example"]}),
        ("reddit", {"accounts": ["ana_example"]}),
        ("reddit", {"subreddits": ["u_ana_example"]}),
        ("reddit", {"queries": ["author:ana_example"]}),
        ("reddit", {"queries": ["nhs u/ana_example"]}),
        ("reddit", {"queries": ["subreddit:u_ana_example"]}),
        ("reddit", {"terms": ["/u/ana_example"]}),
    ],
)
def test_an_account_outside_the_register_is_refused_by_key(
    name: str, table: dict[str, Any]
) -> None:
    with pytest.raises(
        ConfigError, match=rf"\[collectors.{name}\] {next(iter(table))}: "
    ) as raised:
        source(name, **table)
    assert PERSON not in str(raised.value)


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("x", {"accounts": ["@HealthierNWL"]}),
        (
            "reddit",
            {
                "accounts": ["u/nhs_example"],
                "subreddits": ["r/london"],
                "queries": ["author:nhs_example"],
            },
        ),
    ],
)
def test_a_registered_account_can_be_followed(name: str, table: dict[str, Any]) -> None:
    assert source(name, **table).name == name


def test_names_that_config_gives_are_not_held_to_the_register() -> None:
    assert source("x", names=("@SomeFormerHandle",)).name == "x"


@pytest.mark.parametrize(
    "url",
    [
        "https://www.reddit.com/user/ana_example/.rss", "https://old.reddit.com/u/ana_example.rss",
        "https://www.reddit.com/r/u_ana_example/new.rss", "https://www.reddit.com/search.rss?q=author%3Aana_example",
        "https://example.social/@ana_example.rss", "https://example.social/users/ana_example.rss",
        "https://example.social/%40ana_example.rss", "https://evil.example.com/@nwlondon.rss",
        "https://bsky.app/profile/ana.example.com/rss", "https://www.youtube.com/@ana_example",
        "https://www.youtube.com/feeds/videos.xml?channel_id=UCana", "https://www.youtube.com/feeds/videos.xml?user=ana_example",
        "https://nitter.example.org/ana_example/rss", "https://twitter.com/ana_example", "https://medium.com/feed/@ana_example",
        "https://blog.example.org/author/ana_example/feed/", "https://blog.example.org/?feed=rss2&author=7",
        "https://rss.example.org/x/search?q=from:ana_example", "https://www.pinterest.com/ana_example/feed.rss",
        "https://rss.example.org/twitter/user/ana_example", "https://news.google.com/rss/search?q=site:x.com/ana_example",
        "https://forum.example.org/members/ana_example.41/index.rss", "https://disqus.example.com/by/ana_example/comments.rss",
        "https://www.whatdotheyknow.com/feed/list/successful?query=requested_by%3Aana_example", "https://rss.app/feeds/abc123.xml",
    ],
)  # fmt: skip
def test_a_feed_that_is_a_persons_timeline_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match=r"\[collectors.feeds\] feed 1 url: ") as raised:
        source("feeds", feed=[{"url": url}])
    assert PERSON not in str(raised.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://blog.example.org/feed/", "https://blog.example.org/?feed=comments-rss2", "https://www.reddit.com/r/london/new.rss",
        "https://news.google.com/rss/search?q=%22NHS+North+West+London%22+when:1d&hl=en-GB&gl=GB&ceid=GB:en",
        "https://www.google.com/alerts/feeds/01234/5678", "https://example.social/tags/nhs.rss", "https://example.social/@nwlondon.rss",
        "https://www.youtube.com/@NHSNWL", "https://blog.example.org/2026/11/winter/feed/", "https://ana:pass@blog.example.org/feed/",
        "https://news.example.org/people/feed", "https://www.reddit.com/search.rss?q=%22NHS+NW+London%22",
    ],
)  # fmt: skip
def test_other_feeds_can_be_read(url: str) -> None:
    assert source("feeds", feed=[{"url": url}]).name == "feeds"


@given(st.text(max_size=80))
def test_any_text_can_be_looked_at(text: str) -> None:
    for platform in ("x", "reddit", "other"):
        list(in_query(text, platform, "queries"))
    list(in_address(text, "feed 1 url"))
    list(in_address(f"https://www.reddit.com/{text}", "feed 1 url"))
