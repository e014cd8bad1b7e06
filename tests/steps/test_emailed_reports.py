"""A colleague's email of a post that is held without use: as a report by the page, danger ends that, and nothing else does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import StoreError
from core.models import Author, Mention
from core.worries import DANGER, PATIENT, THREAT
from steps import group, lanes
from steps.context import RunContext, open_context
from store.cases.staff_reports import Wrote
from tests.decisions import settled
from tests.fakes import Told
from tests.store.factories import AT, DAY, add, assess_all, flag, mention

HELD = "https://x.com/rowan_ashdown/status/1990000000000000301"
WORDS = "Please look at this one: {}"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[RunContext]:
    with open_context(settled(tmp_path), Told()) as context:
        store = context.store
        add(store, mention(1, url=HELD, issued_id="1990000000000000301", text="The car park is full again"))  # fmt: skip
        assess_all(store, "none", flags=[])
        for name, role in (("gwen", "governance"), ("lena", "lead")):
            store.users.add("local", name, name.title(), [role], at=AT)  # type: ignore[list-item]
        yield context


def held(house: RunContext, *, agreed: bool) -> None:
    gwen, lena = (user.number for user in house.store.users.all())
    house.store.hold_requests.ask([1], approver=lena, by=gwen, by_name="Gwen", reason="They say it is wrong", at=AT, expires=AT + 90 * DAY, without_use=True)  # fmt: skip
    if agreed:
        (waiting,) = house.store.hold_requests.waiting(AT)
        house.store.hold_requests.answer([waiting.number], agrees=True, by=lena, by_name="Lena", at=AT)  # fmt: skip
    assert house.store.retention.restricted(1)


def email(url: str, words: str = WORDS, number: int = 50) -> Mention:
    text = words.format(url)
    return mention(
        number, issuer="inbox:report", issued_id=f"<{number}@example.org>", platform="email", kind="report", url=url, text=text, text_raw=text,
        author=Author(handle="jo@example.org", name="Jo"), matched=(),
    )  # fmt: skip


def arrives(house: RunContext, copy: Mention, *flags: str, staff: str = "no", protected: str = "none") -> None:  # fmt: skip
    add(house.store, copy)
    assess_all(house.store, "high" if flags else "none", flags=[flag(name) for name in flags], staff=staff, protected=protected)  # fmt: skip
    group.group(house.new_run(AT))


@pytest.mark.parametrize("agreed", [True, False])
@pytest.mark.parametrize(
    ("name", "worry"), [("safeguarding", DANGER), ("threat", THREAT), ("pid", PATIENT)]
)
@pytest.mark.parametrize("url", [HELD, f"{HELD}?s=20", HELD.replace("x.com", "twitter.com")])
def test_danger_that_an_email_tells_of_puts_the_post_into_now_and_governance_is_told(
    house: RunContext, url: str, name: str, worry: str, agreed: bool
) -> None:
    held(house, agreed=agreed)
    arrives(house, email(url), name)
    store = house.store
    assert not store.retention.restricted(1)
    assert store.retention.ended_by_danger(since=AT) == [1]
    row = store.database.row("SELECT lane, reason, speaks FROM case_mentions WHERE mention = 1")
    assert row is not None
    assert tuple(row) == ("now", lanes.report_reason(worry), 0)
    assert [report.mention for report in store.staff_reports.of_mention(1)] == [1]
    assert {alert.kind for alert in store.alerts.raised() if alert.case == store.cases.of_mention(1)} == {"reported"}  # fmt: skip


def test_a_link_in_the_words_of_the_email_counts_too(house: RunContext) -> None:
    held(house, agreed=True)
    arrives(house, email("", f"She says she ends it tonight. See {HELD} and the first one. {{}}"), "safeguarding")  # fmt: skip
    assert not house.store.retention.restricted(1)


@pytest.mark.parametrize("flags", [(), ("derogatory",), ("allegation",)])
def test_an_email_that_tells_of_no_harm_leaves_it_out_of_use(
    house: RunContext, flags: tuple[str, ...]
) -> None:
    held(house, agreed=True)
    arrives(house, email(HELD), *flags)
    assert house.store.retention.restricted(1)
    assert house.store.staff_reports.of_mention(1) == []
    assert not house.store.speaking_up.is_hidden(2)  # it leads to nobody who speaks up


def test_danger_in_an_email_of_another_post_or_of_before_ends_nothing(house: RunContext) -> None:
    arrives(house, email(HELD), "safeguarding")
    assert house.store.staff_reports.of_mention(1) == []  # nothing to end: the email is the case
    held(house, agreed=True)
    arrives(house, email(HELD.replace("301", "999"), number=51), "safeguarding")
    group.group(house.new_run(AT + 3 * DAY))
    assert house.store.retention.restricted(1)


def test_a_report_that_is_sent_twice_is_one_though_the_first_ended_the_restriction(
    house: RunContext,
) -> None:
    """As by a second click: the words that were kept with the first, while the post was out of use, are the same."""
    held(house, agreed=True)
    reports = house.store.staff_reports
    wrote = Wrote(words="She says that she will do it tonight", tells=frozenset(("safeguarding",)))
    first = reports.add(1, at=AT, worry="Something else (she will do it tonight)", wrote=wrote)
    assert not house.store.retention.restricted(1)
    assert reports.add(1, at=AT, worry="Something else (she will do it tonight)", wrote=wrote) == first  # fmt: skip
    assert len(reports.of_mention(1)) == 1
    others = Wrote(words="And her sister too", tells=frozenset(("safeguarding",)))
    assert reports.add(1, at=AT, worry="Something else (and her sister too)", wrote=others) > first


def test_a_stop_half_way_leaves_it_to_the_next_time(
    house: RunContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    held(house, agreed=True)

    def stopped(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(house.store.staff_reports, "add", stopped)
        with pytest.raises(KeyboardInterrupt):
            arrives(house, email(HELD), "safeguarding")
    assert house.store.retention.restricted(1)
    group.group(house.new_run(AT))
    assert not house.store.retention.restricted(1)
    assert [report.mention for report in house.store.staff_reports.of_mention(1)] == [1]


def test_what_fails_there_keeps_no_email_from_its_case(
    house: RunContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    held(house, agreed=True)

    def fails(*_: object, **__: object) -> int:
        raise StoreError("the disk is full")

    monkeypatch.setattr(house.store.staff_reports, "add", fails)
    add(house.store, email(HELD))
    assess_all(house.store, "high", flags=[flag("safeguarding")])
    run = house.new_run(AT)
    group.group(run)
    assert house.store.grouping.ungrouped(limit=10) == []
    assert any("held without use: the disk is full" in line for line in run.failures)
