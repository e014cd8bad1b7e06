from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import hypothesis
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.platforms import PLATFORM_NAMES
from core import clock
from core.models import PLATFORMS
from reports import weekly
from reports.rendering import render
from reports.weekly import Row, Weekly
from store import AccountActivity, AnswerCounts, LabelCount, Reach, SourceState, Store, Token
from tests.reports.factories import AT, DAY, POLICY, labelled, settings, source
from tests.reports.test_daily import Elements, body, words_of
from tests.store import factories as stored
from tests.stores import KEY, new_store, nothing, temporary_store

LAST = date(2026, 11, 22)  # a Sunday


class Weeks:
    """What `gather` asks of a store: the counts of this week, then of the one before."""

    def __init__(
        self,
        now: Sequence[LabelCount],
        before: Sequence[LabelCount] = (),
        sources: Sequence[SourceState] = (source(),),
    ) -> None:
        self.weeks = {LAST: now, LAST - weekly.WEEK: before}
        self.given = list(sources)
        self.spoken: list[AccountActivity] = []
        self.reached: list[Reach] = []
        self.help = AnswerCounts(requests=0, answered=0)
        self.expiring: list[Token] = []
        self.figures = self.trends = self.sources = self.own_posts = self.tokens = self

    def by_labels(self, first: date, last: date) -> Sequence[LabelCount]:
        assert last - first == timedelta(days=6)
        return self.weeks[last]

    def all(self) -> list[SourceState]:
        return self.given

    def activity(self, start: datetime, end: datetime) -> list[AccountActivity]:
        return self.spoken

    def campaign_reach(self, start: datetime, end: datetime) -> list[Reach]:
        return self.reached

    def answered(self, flag: str, start: datetime, end: datetime) -> AnswerCounts:
        assert flag == "assistance"
        return self.help

    def ending(self, at: datetime, within: timedelta) -> list[Token]:
        return self.expiring


def gathered(
    *now: LabelCount, before: Sequence[LabelCount] = (), **changes: Sequence[SourceState]
) -> Weekly:
    return weekly.gather(cast(Store, Weeks(now, before, **changes)), POLICY, LAST)


def rows(given: Sequence[Row]) -> dict[str, tuple[int, int]]:
    return {row.name: (row.now, row.before) for row in given}


# ── counts ───────────────────────────────────────────────────────────────────────────────────────


def test_counts_are_by_platform_flag_risk_and_sentiment_against_the_week_before() -> None:
    told = gathered(
        labelled(5, risk="high", flags=("pid", "threat")),
        labelled(3, platform="reddit", risk="medium", flags=("pid",), sentiment="neutral"),
        labelled(2, sentiment="positive", risk="none"),
        before=[labelled(4, platform="reddit", risk="medium", flags=("media",)), labelled(1)],
    )
    assert (told.first, told.last) == (date(2026, 11, 16), LAST)
    assert (told.mentions.now, told.mentions.before) == (10, 5)
    assert (told.flagged.now, told.flagged.before) == (8, 4)
    assert rows(told.platforms) == {"X (Twitter)": (7, 1), "Reddit": (3, 4)}
    assert rows(told.flags) == {"pid": (8, 0), "threat": (5, 0), "media": (0, 4)}
    assert rows(told.risks) == {"high": (5, 0), "medium": (3, 4), "low": (0, 1), "none": (2, 0)}
    assert rows(told.sentiments) == {"negative": (5, 5), "neutral": (3, 0), "positive": (2, 0)}


def test_tables_are_in_an_order_that_people_expect() -> None:
    told = gathered(
        labelled(1, risk="none", sentiment="positive", platform="news"),
        labelled(9, risk="high", flags=("threat",), platform="reddit"),
        labelled(9, risk="high", flags=("hate",), platform="facebook"),
    )
    assert [row.name for row in told.risks] == ["high", "medium", "low", "none"]
    assert [row.name for row in told.sentiments] == ["negative", "neutral", "positive"]
    assert [row.name for row in told.platforms] == ["Facebook", "Reddit", "News"], "most first"
    assert [row.name for row in told.flags] == ["hate", "threat"], "then by name"


COUNTS = st.lists(
    st.builds(
        labelled,
        st.integers(1, 50),
        platform=st.sampled_from(PLATFORMS),
        risk=st.sampled_from(["high", "medium", "low", "none"]),
        sentiment=st.sampled_from(["negative", "neutral", "positive"]),
        flags=st.lists(st.sampled_from(list(POLICY.flags)), max_size=3, unique=True).map(tuple),
    ),
    max_size=6,
)


@given(COUNTS, COUNTS)
def test_every_mention_is_counted_once_in_each_table_and_once_for_each_of_its_flags(
    now: list[LabelCount], before: list[LabelCount]
) -> None:
    told = gathered(*now, before=before)
    in_all = sum(one.count for one in now)
    assert told.mentions.now == in_all
    for table in (told.platforms, told.risks, told.sentiments):
        assert sum(row.now for row in table) == in_all
    assert sum(row.now for row in told.flags) == sum(one.count * len(one.flags) for one in now)
    assert told.headline
    assert weekly.html(told)


# ── words ────────────────────────────────────────────────────────────────────────────────────────


def test_the_headline_tells_the_week_in_a_paragraph() -> None:
    told = gathered(
        labelled(1, risk="high", flags=("pid",)), labelled(2), labelled(1, sentiment="positive", risk="none"),
        before=[labelled(5, risk="medium", flags=("media",)), labelled(1, risk="high", flags=("pid",))],
    )  # fmt: skip
    assert told.headline == (
        "4 mentions about local health care, 2 fewer than the week before (6). "
        "75% were negative and 25% positive. "
        "1 earned a flag, 5 fewer than the week before (6); 1 a high risk, as many as the week before. "
        "Most was said on X (Twitter)."
    )


def test_the_headline_of_a_week_with_one_mention_and_none_before() -> None:
    assert gathered(labelled(1)).headline == (
        "1 mention about local health care, 1 more than the week before (0). "
        "100% were negative and 0% positive. "
        "None earned a flag, as in the week before; none a high risk, as in the week before. "
        "Most was said on X (Twitter)."
    )


@pytest.mark.parametrize("before", [[], [labelled(5)]])
def test_a_week_in_which_nothing_was_found_is_not_called_quiet(before: list[LabelCount]) -> None:
    told = gathered(before=before)
    assert told.headline.startswith("No mention about local health care was found this week.")
    assert "sources" in told.headline
    assert "Nothing this week or the week before." in weekly.html(told)


@pytest.mark.parametrize(
    ("now", "before", "change"),
    [(5, 2, "+3"), (2, 5, "−3"), (4, 4, "0"), (2_500, 0, "+2,500"), (0, 1_200, "−1,200")],
)
def test_a_change_is_written_as_people_do(now: int, before: int, change: str) -> None:
    assert Row("x", now, before).change == change


# ── the page and the mail ────────────────────────────────────────────────────────────────────────


def test_the_page_has_a_table_for_each_count_with_headings() -> None:
    written = weekly.html(
        gathered(labelled(1_234, flags=("removal_request",), risk="medium"), before=[labelled(2)])
    )
    captions = re.findall(r"<caption[^>]*>([^<]+)", written)
    assert captions == [
        "Risk",
        "Sentiment",
        "Where it was said",
        "What was flagged",
        "Our own accounts",
        "What was read",
    ]
    told = words_of(written)
    assert "Flag (clause) This week Week before Change" in told
    assert "Asks for removal (6.11) 1,234 0 +1,234" in told
    assert 'style="width: 100%"' in written


def test_a_flag_of_a_former_policy_is_shown_without_a_clause() -> None:
    assert "Rudeness 3 0 +3" in words_of(weekly.html(gathered(labelled(3, flags=("rudeness",)))))


def test_the_page_names_a_source_that_failed_once_with_when_it_was_last_read() -> None:
    failing = source("reddit", error="the token <expired>", last_complete=None, odd=4)
    written = weekly.html(gathered(labelled(1), sources=[failing, source("x")]))
    assert written.count("was not read to the end.") == 1
    assert "the token &lt;expired&gt;" in written
    assert "reddit never 4" in words_of(written)


def test_where_no_source_was_read_the_page_says_that_silence_says_nothing() -> None:
    assert "silence here says nothing" in weekly.html(gathered(sources=[]))


def test_the_page_asks_nobody_else_for_anything() -> None:
    tags = Elements(weekly.html(gathered(labelled(1)))).tags
    assert not [tag for tag, attrs in tags if "src" in attrs or tag in ("link", "script", "a")]


@pytest.mark.parametrize("form", ["plain", "html"])
def test_the_summary_is_mailed_with_all_its_counts(tmp_path: Path, form: str) -> None:
    told = gathered(
        labelled(5, flags=("removal_request",)),
        sources=[source("reddit", error="it isn't there"), source("x")],
    )
    mail = weekly.mail(settings(tmp_path), told, at=AT, message_id="<1@example.org>")
    assert mail["Subject"] == "Weekly summary to 22 November 2026: 5 mentions"
    assert mail["To"] == "board@example.org"
    written = words_of(body(mail, form)) if form == "html" else body(mail, form)
    for part in (told.headline, "Mon 16 Nov 2026 to Sun 22 Nov 2026", "Asks for removal (6.11)", "X (Twitter)",
                 "it isn't there", "names nobody and quotes nothing"):  # fmt: skip
        assert part in written, part


def test_a_mail_that_nothing_was_found_and_nothing_read_leaves_too(tmp_path: Path) -> None:
    mail = weekly.mail(
        settings(tmp_path), gathered(sources=[]), at=AT, message_id="<1@example.org>"
    )
    assert mail["Subject"] == "Weekly summary to 22 November 2026: 0 mentions"
    for form in ("plain", "html"):
        assert "silence here says nothing" in words_of(body(mail, form))


# ── out of a real store ──────────────────────────────────────────────────────────────────────────


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    new_store(tmp_path / "mentions.db", nothing)
    with Store.open(tmp_path / "mentions.db", [KEY]) as opened:
        yield opened


def test_weeks_are_cut_at_midnight_in_the_uk_and_name_nobody(store: Store, tmp_path: Path) -> None:
    start = clock.week(LAST)[0]
    for number, posted in enumerate((start - timedelta(seconds=1), start, clock.week(LAST)[1]), 1):
        stored.add(store, stored.mention(number, posted_at=posted.astimezone(UTC)))
    stored.assess_all(store, "medium", flags=[stored.flag("media")])
    told = weekly.gather(store, POLICY, LAST)
    assert (told.mentions.now, told.mentions.before) == (1, 1)
    mail: EmailMessage = weekly.mail(settings(tmp_path), told, at=AT, message_id="<1@example.org>")
    for written in (weekly.html(told), mail.as_string(), body(mail, "html"), body(mail, "plain")):
        for private in ("rowan", "Rowan", "Gardener", "mother", "status/1"):
            assert private not in written


# ── our own accounts ─────────────────────────────────────────────────────────────────────────────


def test_the_summary_says_when_each_account_last_spoke_what_a_campaign_reached_and_who_was_answered() -> (
    None
):
    weeks = Weeks([labelled(2)])
    weeks.spoken = [AccountActivity(platform="x", handle="HealthierNWL", last=AT, posts=3)]
    weeks.reached = [
        Reach(campaign="Winter jabs", posts=2, views=4300, likes=12, shares=5, replies=7, mentions=9)
    ]  # fmt: skip
    weeks.help = AnswerCounts(requests=5, answered=3)
    weeks.expiring = [Token(source="linkedin", access="never shown", at=AT, expires_at=AT)]
    told = weekly.gather(cast(Store, weeks), POLICY, LAST)
    plain = render("weekly.txt", weekly=told)
    for text in (words_of(weekly.html(told)), plain):
        assert "HealthierNWL" in text
        assert "Winter jabs" in text
        assert "5 requests for help under our own posts, 3 answered by us." in text
        assert "mentions connect linkedin" in text
        assert "never shown" not in text
    assert "4,300" in weekly.html(told)


def test_a_summary_without_own_posts_says_so() -> None:
    told = gathered(labelled(1))
    assert "No post of an account of ours was read" in weekly.html(told)
    assert told.answers == "Nobody asked for help under our own posts."


# ── worked out another way ───────────────────────────────────────────────────────────────────────

POSTS = st.lists(
    st.fixed_dictionaries(
        {
            # from the day before the two weeks to the day after, with hours on either side of midnight in the UK
            "posted_at": st.integers(-4, 15 * 24 + 4).map(
                lambda hours: clock.week(LAST - weekly.WEEK)[0] + timedelta(hours=hours)
            ),
            "platform": st.sampled_from(["x", "reddit", "news"]),
            "risk": st.sampled_from(["high", "medium", "low", "none"]),
            "sentiment": st.sampled_from(["negative", "neutral", "positive"]),
            "flags": st.lists(st.sampled_from(["pid", "media", "threat"]), max_size=3, unique=True),
            "in_scope": st.booleans(),
            "own": st.sampled_from([False, False, False, True]),
        }
    ),
    max_size=12,
)


def fill(store: Store, posts: Sequence[dict[str, Any]]) -> None:
    """Posts as given, assessed as given."""
    for number, post in enumerate(posts, start=1):
        about = {name: post[name] for name in ("posted_at", "platform", "own")}
        stored.add(store, stored.mention(number, fetched_at=post["posted_at"], **about), at=AT)
        stored.assess_all(
            store,
            post["risk"],
            flags=[stored.flag(name) for name in post["flags"]],
            sentiment=post["sentiment"],
            in_scope=post["in_scope"],
        )


def by_pandas(posts: Sequence[dict[str, Any]]) -> dict[str, dict[str, tuple[int, int]]]:
    """Each table of the two weeks, counted post by post."""
    names = ["posted_at", "platform", "risk", "sentiment", "flags", "in_scope", "own"]
    frame = pd.DataFrame([[post[name] for name in names] for post in posts], columns=names)
    frame["flagged"] = frame["flags"].map(len).gt(0)
    frame = frame[~frame["own"].astype(bool) & (frame["in_scope"].astype(bool) | frame["flagged"])]
    days = pd.to_datetime(frame["posted_at"], utc=True).dt.tz_convert("Europe/London").dt.date
    weeks = [
        frame[(days > LAST - (back + 1) * weekly.WEEK) & (days <= LAST - back * weekly.WEEK)]
        for back in (0, 1)
    ]

    def table(column: str, rows: Sequence[pd.DataFrame]) -> dict[str, tuple[int, int]]:
        now, before = (week.groupby(column).size() for week in rows)
        return {
            str(name): (int(now.get(name, 0)), int(before.get(name, 0)))
            for name in now.index.union(before.index)
        }

    return {
        "all": {"mentions": (len(weeks[0]), len(weeks[1])),
                "flagged": (int(weeks[0]["flagged"].sum()), int(weeks[1]["flagged"].sum()))},
        "platforms": table("platform", weeks),
        "risks": table("risk", weeks),
        "sentiments": table("sentiment", weeks),
        "flags": table("flags", [week.explode("flags").dropna(subset=["flags"]) for week in weeks]),
    }  # fmt: skip


@hypothesis.settings(max_examples=25, deadline=None)
@given(POSTS, st.booleans())
def test_the_figures_are_those_that_pandas_counts_post_by_post_also_once_they_are_purged(
    posts: list[dict[str, Any]], purged: bool
) -> None:
    with temporary_store() as store:
        fill(store, posts)
        if purged:
            store.retention.purge(AT + DAY, {"default": 9 * DAY}, deleted_after=timedelta(0))
        told = weekly.gather(store, POLICY, LAST)
    expected = by_pandas(posts)
    some = dict.fromkeys(("high", "medium", "low", "none"), (0, 0))
    tones = dict.fromkeys(("negative", "neutral", "positive"), (0, 0))
    assert rows([told.mentions, told.flagged]) == expected["all"]
    assert rows(told.risks) == some | expected["risks"]
    assert rows(told.sentiments) == tones | expected["sentiments"]
    assert rows(told.flags) == expected["flags"]
    named = {PLATFORM_NAMES[name]: counts for name, counts in expected["platforms"].items()}
    assert rows(told.platforms) == named
    for table in (told.flags, told.platforms):
        counts = [(row.now, row.before) for row in table]
        assert counts == sorted(counts, reverse=True), "most first"
