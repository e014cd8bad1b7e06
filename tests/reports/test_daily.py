from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from collectors import terms
from core.models import PLATFORMS, RISKS, speaks_up
from reports import daily
from reports.daily import Daily
from store import Item, Store, Token
from tests.reports.factories import AT, DAY, MEANINGS, POLICY, flag, item, source
from tests.store import factories as stored
from tests.stores import KEY, new_store, nothing

HOSTILE = (
    '<script>alert("1")</script><img src=x onerror=alert(1)> \u202e{{ 7*7 }} & \x1b[31mred\ud800'
)


def listed(*items: Item, **changes: Any) -> Daily:
    given: dict[str, Any] = {
        "start": AT - DAY, "end": AT, "items": items, "read": 212, "sources": [source()],
        "meanings": MEANINGS,
    }  # fmt: skip
    return Daily(**(given | changes))


def page(*items: Item, **changes: Any) -> str:
    return daily.html(listed(*items, **changes), "https://review.example.org/")


class Elements(HTMLParser):
    """The tags of a page with what they bear, and its words."""

    def __init__(self, written: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(written)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += f" {data} "  # cells touch in the source and not on the page


def words_of(written: str) -> str:
    return re.sub(r"\s+", " ", Elements(written).words)


# ── headline ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (listed(), "Nothing was flagged among 212 mentions read."),
        (listed(read=1), "Nothing was flagged among 1 mention read."),
        (listed(read=0), "No new mention was found."),
        (listed(read=0, sources=[]), "No new mention was found. No source has been read yet."),
        (
            listed(read=0, sources=[source("x", error="no"), source("reddit", error="no"), source("feeds")]),
            "No new mention was found. 2 sources were not read to the end, so there may be more.",
        ),
        (
            listed(sources=[source(error="no")]),
            "Nothing was flagged among 212 mentions read. 1 source was not read to the end, so there may be more.",
        ),
        (listed(item(risk="high"), read=1), "1 of 1 mention to look at: 1 high."),
        (
            listed(item(1, risk="high"), item(2), item(3), item(4, risk="low"), read=1_200),
            "4 of 1,200 mentions to look at: 1 high, 2 medium, 1 low.",
        ),
        (
            listed(item(risk="none", read="unread", flags=())),
            "1 of 212 mentions to look at: no risk earned, 1 not read in full.",
        ),
    ],
)  # fmt: skip
def test_the_headline_says_how_much_there_is_and_how_sure_that_is(given: Daily, says: str) -> None:
    assert given.headline == says


# ── the page ─────────────────────────────────────────────────────────────────────────────────────


def test_every_item_is_a_card_under_its_risk_gravest_first() -> None:
    items = [item(number, risk=risk) for number, risk in enumerate(RISKS, 1)]
    elements = Elements(page(*items))
    cards = [attrs["class"] for tag, attrs in elements.tags if tag == "article"]
    assert cards == [f"card {risk}" for risk in RISKS]
    heads = re.findall(r"<h2>([^<(]+)", page(*items))
    assert [head.strip() for head in heads] == [
        "High risk", "Medium risk", "Low risk", "No risk earned, for a person to look at",
    ]  # fmt: skip


def test_a_card_says_why_it_was_flagged() -> None:
    flags = (
        flag("harassment", target=("colleague", "person"), score=0.876),
        flag("allegation", harm="serious"),
    )
    written = words_of(page(item(flags=flags)))
    assert MEANINGS["harassment"] in written
    assert "Clause 6.9; 88% sure; aimed at: colleague, person" in written
    assert "Clause 6.8, 6.9, 9; 91% sure; harm: serious" in written


def test_a_card_says_where_when_how_far_and_what_it_matched() -> None:
    written = words_of(
        page(item(platform="news", kind="article", followers=120_400, metrics={"shares": 340}))
    )
    assert (
        "News article, Tue 24 Nov 2026, 05:00, negative, 120,400 followers, 340 shares" in written
    )
    assert "matched NHS North West London" in written
    assert "followers" not in words_of(page(item()))


def test_a_card_links_to_the_review_page() -> None:
    links = [attrs["href"] for tag, attrs in Elements(page(item(17))).tags if tag == "a"]
    assert links == ["https://review.example.org/mentions/17"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"read": "partial"}, "could not be read in full"),
        ({"read": "unread", "masked": ""}, "could not be read"),
        ({"masked": ""}, "(no words to show)"),
        ({"edited": True}, "edited"),
        ({"copies": 4}, "4 of one story"),
        ({"decision": "no_action"}, "decided: no action"),
        ({"flags": (), "risk": "low"}, "No flag: civil criticism."),
    ],
)
def test_a_card_says_what_a_person_should_know(changes: dict[str, Any], says: str) -> None:
    assert says in words_of(page(item(**changes)))
    assert says not in words_of(page(item()))


def test_what_was_deleted_is_named_and_its_words_are_not_shown() -> None:
    written = page(item(deleted=True))
    assert "Zebedee" not in written
    assert "deleted by its writer" in written


def test_a_mention_that_could_not_be_read_is_never_called_clean() -> None:
    written = words_of(page(item(flags=(), risk="none", read="unread")))
    assert "civil criticism" not in written
    assert "could not be read" in written


def test_a_flag_of_a_rule_is_shown_with_what_it_means() -> None:
    by_rule = flag("working_hours", clauses=("6.5",))
    written = words_of(page(item(flags=(by_rule,))))
    assert f"working hours : {POLICY.flags['working_hours'].means} Clause 6.5" in written


def test_a_flag_of_a_former_policy_is_shown_by_name() -> None:
    former = replace(flag("working_hours", clauses=("6.5",)), name="out_of_hours")
    assert "out of hours Clause 6.5" in words_of(page(item(flags=(former,))))


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_platform_can_be_shown(platform: str) -> None:
    assert page(item(platform=platform))


@pytest.mark.parametrize("where", ["masked", "matched"])
def test_hostile_words_stay_words(where: str) -> None:
    hostile: dict[str, Any] = {where: HOSTILE if where == "masked" else (HOSTILE,)}
    written = page(item(**hostile))
    tags = {tag for tag, _ in Elements(written).tags}
    assert not tags & {"script", "img"}
    assert not any(name.startswith("on") for _, attrs in Elements(written).tags for name in attrs)
    assert '<script>alert("1")</script>' in Elements(written).words
    assert "{{ 7*7 }}" in written
    assert "\u202e" not in written
    assert "\x1b" not in written


def test_the_words_run_in_their_own_direction_and_turn_nothing_else() -> None:
    quotes = [
        attrs for tag, attrs in Elements(page(item(masked="مستشفى"))).tags if tag == "blockquote"
    ]
    assert quotes == [{"dir": "auto"}]


def test_the_page_asks_nobody_else_for_anything() -> None:
    elements = Elements(page(item()))
    assert not [tag for tag, attrs in elements.tags if "src" in attrs or tag == "link"]
    policies = [
        a["content"] for tag, a in elements.tags if a.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_a_source_that_failed_is_named_once_with_why_and_when_it_was_last_read() -> None:
    failing = source("reddit", error="the token <expired>", last_complete=None)
    written = page(sources=[failing, source("x")])
    assert written.count("was not read to the end.") == 1
    assert "the token &lt;expired&gt;" in written
    assert "reddit never" in words_of(written)
    assert "x Tue 24 Nov 2026, 07:00" in words_of(written)


def test_where_no_source_was_read_the_page_says_that_silence_says_nothing() -> None:
    assert "silence here says nothing" in page(sources=[], read=0)


def body(mail: EmailMessage, form: str) -> str:
    part = mail.get_body((form,))
    assert isinstance(part, EmailMessage)
    written: str = part.get_content()
    return written


# ── the terminal ─────────────────────────────────────────────────────────────────────────────────


def shown(*items: Item, width: int = 100, most: int = 15, **changes: Any) -> str:
    out = io.StringIO()
    daily.show(listed(*items, **changes), Console(file=out, width=width, color_system=None), most)
    return out.getvalue()


@pytest.mark.parametrize("width", [80, 100, 200])
def test_the_terminal_shows_number_risk_place_flags_and_masked_words(width: int) -> None:
    written = shown(item(17, platform="facebook"), width=width)
    row = written.splitlines()[2]
    assert re.match(r" ?17 +medium +Facebook +derogatory +Zebedee on ward nine", row)
    assert all(len(line) <= width for line in written.splitlines())


def test_the_terminal_cannot_be_steered_by_a_post() -> None:
    written = shown(item(masked=HOSTILE + " [bold red]not markup[/] \r\n next"), width=200)
    assert "\x1b" not in written
    assert "\u202e" not in written
    assert "[bold red]not markup[/]" in written


def test_the_terminal_does_not_show_what_was_deleted() -> None:
    written = shown(item(deleted=True), width=200)
    assert "Zebedee" not in written
    assert "deleted by its writer" in written


def test_a_long_list_ends_with_how_many_more_there_are() -> None:
    written = shown(*(item(number) for number in range(1, 21)), most=15)
    assert "… and 5 more in the file." in written
    assert " 16 " not in written


def test_more_flags_than_fit_are_counted_and_what_was_not_read_is_said() -> None:
    names = ("pid", "threat", "hate", "media", "brand")
    written = shown(item(flags=tuple(flag(name) for name in names), read="partial"), width=300)
    assert re.sub(r" +", " ", written).count("and 2 more") == 1
    assert "partial" in written
    assert "negative" in shown(item(flags=(), risk="low"))


def test_the_terminal_names_a_source_that_failed_though_nothing_was_found() -> None:
    written = shown(
        read=0, sources=[source("reddit", error="[collectors.reddit] refused")], width=200
    )
    assert "! reddit was not read to the end: [collectors.reddit] refused" in written


# ── out of a real store ──────────────────────────────────────────────────────────────────────────


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    new_store(tmp_path / "mentions.db", nothing)
    with Store.open(tmp_path / "mentions.db", [KEY]) as opened:
        yield opened


def test_what_was_found_in_the_period_is_listed_without_its_author(store: Store) -> None:
    stored.add(store, stored.mention(1), stored.mention(2), at=stored.AT)
    stored.assess_all(
        store, "high", flags=[stored.flag("allegation", harm="serious")], masked="Nine hours ████"
    )
    gathered = daily.gather(store, POLICY, stored.AT - DAY, stored.AT + timedelta(seconds=1))
    assert gathered.read == 2
    assert [one.risk for one in gathered.items] == ["high", "high"]
    written = daily.html(gathered, "https://review.example.org")
    assert "Nine hours ████" in written
    for private in ("rowan_ashdown", "Rowan Ashdown", "Gardener", "status/1", "with my mother"):
        assert private not in written
    later = daily.gather(store, POLICY, stored.AT + DAY, stored.AT + 2 * DAY)
    assert (later.items, later.read) == ([], 0)


def test_what_earned_nothing_is_counted_and_not_listed(store: Store) -> None:
    stored.add(store, stored.mention(1), at=stored.AT)
    stored.assess_all(store, "none", sentiment="neutral")
    gathered = daily.gather(store, POLICY, stored.AT - DAY, stored.AT + timedelta(seconds=1))
    assert (gathered.items, gathered.read) == ([], 1)
    assert gathered.headline == "Nothing was flagged among 1 mention read."


WRONG = ("LinkedIn is failing since Thursday.", "1 email has not left since 08:10.")


@pytest.mark.parametrize("read", [0, 1, 212])
def test_while_something_is_wrong_the_list_says_so_first_and_never_that_all_is_clear(
    read: int,
) -> None:
    for written in (
        words_of(page(read=read, health=WRONG)),
        shown(read=read, health=WRONG, width=200),
    ):
        assert written.index(WRONG[0]) < written.index("Not everything was read") or "! " in written
        assert WRONG[1] in written
        assert "Nothing was flagged" not in written
        assert "No new mention" not in written
    assert "Nothing was flagged among 212 mentions read." in words_of(page())


def test_access_that_ends_soon_is_told_without_the_token() -> None:
    token = Token(source="linkedin", access="never shown", at=AT, expires_at=AT + DAY)
    written = page(ending=[token])
    assert "mentions connect linkedin" in written
    assert "never shown" not in written
    assert "mentions connect" not in page()


OF_STAFF = sorted(POLICY.of_staff_alone)
HIDDEN = "the quince orchard behind Mount Vernon"
LISTED = "the phones rang out for an hour in Harrow"


def _put(store: Store, number: int, text: str, *, flags: tuple[str, ...], child: bool = False, platform: str = "x", **read: Any) -> None:  # fmt: skip
    post = stored.mention(number, text=text, platform=platform, issuer=platform)
    stored.add(store, post, source=platform, at=stored.AT)
    stored.assess_all(store, read.pop("risk", "medium"), flags=[stored.flag(name) for name in flags], masked=text, **read)  # fmt: skip
    found = store.mentions.number_of(post.issuer, post.issued_id)
    assert found is not None
    store.children.mark({found: child})


def _written(store: Store) -> tuple[Daily, str]:
    """The list, and all that it says: in the file and in a terminal."""
    gathered = daily.gather(store, POLICY, stored.AT - DAY, stored.AT + timedelta(seconds=1))
    out = io.StringIO()
    daily.show(gathered, Console(file=out, width=200, color_system=None))
    return gathered, words_of(daily.html(gathered, "https://review.example.org")) + out.getvalue()


@pytest.mark.parametrize("name", OF_STAFF)
@pytest.mark.parametrize("staff", ["icb", "nhs", None])
def test_no_daily_list_tells_who_is_staff_by_a_flag_or_by_a_word(store: Store, name: str, staff: str | None) -> None:  # fmt: skip
    _put(store, 1, HIDDEN, flags=(name,), staff=staff)
    _put(store, 2, LISTED, flags=(name, "derogatory"), staff=staff)
    gathered, written = _written(store)
    lane = speaks_up("none", staff, "post", [name])  # type: ignore[arg-type]  # the Guardian's, and in no list
    listed_flags = [(each.staff, [flag.name for flag in each.flags]) for each in gathered.items]
    assert listed_flags == ([] if lane else [(None, ["derogatory"])])
    assert (LISTED in written) == (not lane)
    assert HIDDEN not in written
    assert name.replace("_", " ") not in written
    assert POLICY.flags[name].means not in written
    assert (f"1 {daily.STAFF_ALONE}" in written) == (not lane)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_no_daily_list_holds_what_the_terms_of_its_platform_keep_on_the_page(store: Store, platform: str) -> None:  # fmt: skip
    _put(store, 1, HIDDEN, flags=("derogatory",), platform=platform)
    gathered, written = _written(store)
    kept_here = terms.forbids(platform, "export")  # type: ignore[arg-type]
    assert (HIDDEN not in written, len(gathered.items)) == (kept_here, int(not kept_here))
    assert ("1 that their platform’s terms keep here" in written) == kept_here
    assert "Nothing was flagged" not in written


def test_no_daily_list_holds_a_child_or_anybody_who_speaks_up(store: Store) -> None:
    _put(store, 1, HIDDEN, flags=("derogatory",), child=True)
    _put(store, 2, f"{HIDDEN}, we told the board", flags=("derogatory",), staff="nhs", protected="disclosure")  # fmt: skip
    gathered, written = _written(store)
    assert not gathered.items
    assert HIDDEN not in written
    assert "1 that name a child" in written
    assert gathered.headline == "Nothing to be listed here among 2 mentions read."
