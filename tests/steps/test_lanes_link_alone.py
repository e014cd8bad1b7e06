"""What says no more of a post than a link stays with the Guardian and the duty lead, where nobody can tell whose post it leads to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from classify.policy import schema
from core.models import LINK_ALONE, Author, Mention
from steps import lanes
from store import LanePlacing, Placing, Store
from tests.store.cases.test_speaking_up import everywhere, take
from tests.store.factories import AT, add, assess_all, flag, mention
from tests.stores import KEY, new_store, nothing

POLICY = schema.load()
SHORT = "https://t.co/AbC123xyz9"
HELD = "https://x.com/rowan_ashdown/status/1990000000000000301"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    new_store(tmp_path / "mentions.db", nothing)
    with Store.open(tmp_path / "mentions.db", [KEY]) as opened:
        yield opened


def mail(url: str, text: str = "Have you seen this one? Please look at it before the weekend") -> Mention:  # fmt: skip
    return mention(
        50, issuer="inbox:report", issued_id="<1@example.org>", platform="email", kind="report", url=url, text=text, text_raw=text,
        author=Author(handle="jo@example.org", name="Jo"), matched=(),
    )  # fmt: skip


def sorted_into(store: Store, number: int) -> tuple[str | None, str]:
    """Groups what was read as a cycle does, and where the mention went, with its reason."""
    assess_all(store, "medium")
    placings = []
    for one in store.grouping.ungrouped():
        assert one.facts is not None
        placing: LanePlacing = lanes.placing_of(one.facts, (), POLICY)
        placings.append(Placing(mention=one.mention, risk=one.risk, lane=placing, places=()))
    store.grouping.group(placings, alike=lambda *_: False, at=AT)
    row = store.database.row("SELECT lane, coalesce(reason, '') AS reason FROM case_mentions WHERE mention = ?", number)  # fmt: skip
    assert row is not None
    return row["lane"], row["reason"]


def brought(store: Store, source: str, copy: Mention) -> int:
    store.mentions.add_run(source, [copy], since=AT, at=AT)
    number = store.mentions.number_of(copy.issuer, copy.issued_id)
    assert number is not None
    return number


@pytest.mark.parametrize("url", [SHORT, HELD, f"{HELD}?s=20"])
def test_an_email_whose_link_is_shortened_or_leads_to_the_lane_is_the_guardians(
    store: Store, url: str
) -> None:
    take(store, mention(1, url=HELD, issued_id="1990000000000000301"))
    number = brought(store, "inbox", mail(url))
    assert sorted_into(store, number) == ("guardian", "A colleague’s link: whose post is it?")
    case = store.cases.of_mention(number)
    assert case not in everywhere(store)
    assert store.speaking_up.is_hidden(number)


@pytest.mark.parametrize("url", ["", "https://x.com/somebody/status/1990000000000000999", "https://www.nhs.uk/conditions/asthma/"])  # fmt: skip
def test_any_other_email_is_the_teams_that_it_was_written_to(store: Store, url: str) -> None:
    take(store, mention(1, url=HELD, issued_id="1990000000000000301"))
    number = brought(store, "inbox", mail(url))
    assert sorted_into(store, number)[0] != "guardian"
    assert not store.speaking_up.is_hidden(number)


@pytest.mark.parametrize(
    ("text", "kept"), [(SHORT, True), ("Look https://t.co/x", True), ("The lift at Ealing is out again, says my aunt", False)]
)  # fmt: skip
def test_a_row_of_an_import_with_no_words_but_a_shortened_link_is_the_guardians_too(
    store: Store, text: str, kept: bool
) -> None:
    number = brought(store, "import", mention(60, url=SHORT, issued_id="row 60", text=text, text_raw=text, matched=()))  # fmt: skip
    assert (sorted_into(store, number)[0] == "guardian") == kept
    marked = store.database.value("SELECT 1 FROM matches WHERE mention = ? AND term = ?", number, LINK_ALONE)  # fmt: skip
    assert bool(marked) == kept


def test_danger_that_a_colleague_tells_of_in_their_own_words_is_those_on_dutys_all_the_same(
    store: Store,
) -> None:
    number = brought(store, "inbox", mail(SHORT, "She says she will end her life tonight"))
    assess_all(store, "high", flags=[flag("safeguarding")])
    assert sorted_into(store, number)[0] == "now"


def test_once_somebody_has_said_whose_post_it_is_it_is_the_desks(store: Store) -> None:
    number = brought(store, "inbox", mail(SHORT))
    sorted_into(store, number)
    case = store.cases.of_mention(number)
    assert case is not None
    farah = store.users.add("local", "farah", "Farah Iqbal", ["guardian"], at=AT).number
    store.speaking_up.send_back(case, by=farah, at=AT, reason="It leads to a bus timetable")
    assert not store.speaking_up.is_hidden(number)
    add(store, mention(61, text="Something else altogether was said in Harrow"))
    sorted_into(store, 2)
    assert not store.speaking_up.is_hidden(number)


REMOTE = "https://else.example.org/@ambu_lance@fedi.example.net/117000000000000001"
ANYBODYS = "https://else.example.org/web/statuses/117000000000000001"
AT_HOME = "https://fedi.example.net/@ambu_lance/115000000000000001"


def on_mastodon(url: str = AT_HOME) -> Mention:
    return mention(
        1, platform="mastodon", issuer="fedi.example.net", issued_id="115000000000000001", url=url,
        author=Author(handle="ambu_lance@fedi.example.net", name=""),
    )  # fmt: skip


@pytest.mark.parametrize("source", ["noted", "import", "inbox"])
@pytest.mark.parametrize(
    ("url", "text"),
    [
        (REMOTE, "Reported by link alone."), (REMOTE, "Two of us for thirty beds on nights and nobody answers, see this"),
        ("https://else.example.org/deck/@Ambu_Lance@Fedi.example.net/117000000000000001", "Reported by link alone."),
        (ANYBODYS, "Look here"),
    ],
)  # fmt: skip
def test_another_servers_link_to_whoever_speaks_up_is_the_guardians(store: Store, source: str, url: str, text: str) -> None:  # fmt: skip
    """Its number is that server's own, so that nobody can tell which of the account's posts it is."""
    take(store, on_mastodon())
    copy = mail(url, text) if source == "inbox" else mention(70, platform="other", issuer="other", issued_id=f"row {url}", url=url, text=text, text_raw=text, author=Author(), matched=())  # fmt: skip
    number = brought(store, source, copy)
    assert sorted_into(store, number)[0] == "guardian"
    assert store.cases.of_mention(number) not in everywhere(store)
    assert store.speaking_up.is_hidden(number)


@pytest.mark.parametrize("source", ["noted", "import", "inbox"])
@pytest.mark.parametrize(
    ("home", "url"),
    [
        ({"platform": "bluesky", "author": Author(id="did:plc:tx", handle="pharm-tilly.example.com")}, "https://else.example.org/@pharm-tilly.example.com@bsky.brid.gy/117000000000000001"),
        ({"platform": "x", "author": Author(id="9", handle="Ward_Tilly")}, "https://bird.makeup/users/ward_tilly/statuses/117000000000000001"),
        ({"platform": "threads", "author": Author(id="9", handle="ward_tilly")}, "https://else.example.org/@ward_tilly@threads.net/117000000000000001"),
        ({"platform": "mastodon", "author": Author(handle="ward_tilly@fedi.example.net")}, "https://bsky.app/profile/ward-tilly.fedi.example.net.ap.brid.gy/post/3n2jkke76c222"),
    ],
)  # fmt: skip
def test_a_bridges_copy_of_whoever_speaks_up_is_the_guardians(
    store: Store, source: str, home: dict[str, Any], url: str
) -> None:
    take(store, mention(1, **home))
    text = "Two of us for thirty beds on nights and nobody answers, see this"
    copy = mail(url, text) if source == "inbox" else mention(70, platform="other", issuer="other", issued_id=f"row {url}", url=url, text=text, text_raw=text, author=Author(), matched=())  # fmt: skip
    number = brought(store, source, copy)
    assert sorted_into(store, number)[0] == "guardian"
    assert store.speaking_up.is_hidden(number)


@pytest.mark.parametrize("url", ["https://else.example.org/@bus_fan@fedi.example.net/117000000000000002", "https://fedi.example.net/@bus_fan/115000000000000009"])  # fmt: skip
def test_such_a_link_to_anybody_else_is_the_desks(store: Store, url: str) -> None:
    take(store, on_mastodon())
    number = brought(store, "noted", mention(71, platform="other", issuer="other", issued_id="row 71", url=url, text="The 140 is late again, see this one here", author=Author(), matched=()))  # fmt: skip
    assert sorted_into(store, number)[0] != "guardian"
    assert not store.speaking_up.is_hidden(number)


def test_a_post_that_is_held_already_is_not_hidden_by_a_link_without_an_account(store: Store) -> None:  # fmt: skip
    home = "https://fedi.example.net/web/statuses/115000000000000001"
    add(store, on_mastodon())
    sorted_into(store, 1)
    again = mention(1, platform="mastodon", issuer="fedi.example.net", issued_id="115000000000000001", url=home, text="Look", matched=())  # fmt: skip
    brought(store, "noted", again)
    assert not store.speaking_up.is_hidden(1)
