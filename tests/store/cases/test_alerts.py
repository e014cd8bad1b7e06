"""Alerts in the store: raised with what makes a case high, told once, and gone with their case."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlite_utils import Database

from core import clock
from store import NewMail, Store
from store.cases.alerts import Alerts
from store.cases.handoffs import Handoffs
from tests.store.cases.test_lanes import place, take, words
from tests.store.factories import AT, DAY, HOUR, add, assess_all, flag, mention
from tests.store.older import older
from tests.store.plans import Planned


def mail(*alerts: int, route: str = "to", **changes: object) -> NewMail:
    given = {
        "alerts": alerts,
        "route": route,
        "recipients": ("duty@example.org",),
        "about": {"why": "high"},
    }
    return NewMail(**(given | changes))  # type: ignore[arg-type]


def test_only_a_high_case_is_raised_unless_a_route_wants_more(store: Store) -> None:
    take(store, "look", words(1), risk="medium")
    assert store.alerts.count_raised() == 0
    store.alerts.from_risk = 2
    take(store, "look", words(2), risk="medium")
    take(store, "now", words(3), risk="high")
    take(store, "rest", words(4), risk="low")
    assert [(alert.case, alert.risk) for alert in store.alerts.raised()] == [(2, 2), (3, 3)]


def test_an_alert_knows_its_case_as_it_is_now_and_no_word_of_it(store: Store) -> None:
    take(store, "now", words(1), words(2), risk="high", flags=("threat", "allegation"))
    alert = store.alerts.raised()[0]
    assert (alert.case, alert.kind, alert.lane, alert.size, alert.has_by) == (
        1,
        "high",
        "now",
        1,
        "",
    )
    assert [name for name, _ in alert.worst.flags] == ["threat", "allegation"]
    assert "clinic" not in repr(alert)
    user = store.users.add("local", "ben", "Ben Okafor", ["reviewer"], at=AT).number
    store.assignments.assign(1, user, by=user, at=AT + HOUR, seen=0)
    taken = store.alerts.get(alert.number)
    assert taken is not None
    assert (taken.has_by, taken.handled) == ("Ben Okafor", True)


def test_a_post_is_live_only_where_its_source_was_watched_when_it_came(store: Store) -> None:
    add(store, mention(9), at=AT - DAY, source="old")
    for number, (source, posted) in enumerate(
        (("old", AT - HOUR), ("old", AT - 2 * DAY), ("new", AT - HOUR), ("import", AT - HOUR), ("noted", AT - 9 * DAY)), 1
    ):  # fmt: skip
        add(store, mention(number, text=f"{number} words {chr(96 + number) * 9} of its own", posted_at=posted), source=source, at=AT)  # fmt: skip
    assess_all(store, "high", flags=[flag("threat")])
    place(store, "now")
    live = {alert.worst.mention: alert.worst.live for alert in store.alerts.raised()}
    assert live == {1: True, 2: True, 3: False, 4: False, 5: False, 6: True}


def test_the_next_contact_is_told_once_whoever_asks(store: Store) -> None:
    take(store, "now", words(1), risk="high")
    (alert,) = store.alerts.raised()
    store.alerts.tell([mail(alert.number, next_at=AT + HOUR)], {alert.number: "told"}, AT)
    assert store.alerts.to_chase(AT + HOUR / 2) == []
    (chased,) = store.alerts.to_chase(AT + HOUR)
    following = mail(alert.number, level=1)
    assert store.alerts.chase(chased, following, AT + HOUR)
    assert not store.alerts.chase(chased, following, AT + HOUR)
    assert [told.level for told in store.alerts.mails_of_case(1)] == [0, 1]
    assert [told.next_at for told in store.alerts.mails_of_case(1)] == [None, None]


def test_contacts_that_are_due_are_found_by_as_many_queries_of_many_mails_as_of_one(
    store: Store,
) -> None:
    for number in range(1, 7):
        take(store, "now", words(number), risk="high", flags=("threat",) if number == 3 else ())
    first, *others = store.alerts.raised()
    later = AT + 2 * HOUR

    def queries() -> int:
        seen: list[str] = []
        store.database.connection.set_trace_callback(seen.append)
        store.alerts.contacts_due(later, 20)
        store.database.connection.set_trace_callback(None)
        return len(seen)

    store.alerts.tell([mail(first.number, next_at=AT + HOUR)], {first.number: "told"}, AT)
    of_one = queries()
    for each in others:
        store.alerts.tell([mail(each.number, next_at=AT + HOUR)], {each.number: "told"}, AT)
    due = store.alerts.contacts_due(later, 20)
    assert [(each.case, each.lane, each.danger) for each in due] == [(n, "now", n == 3) for n in range(1, 7)]  # fmt: skip
    assert queries() == of_one
    assert [each.case for each in store.alerts.contacts_due(later, 2)] == [1, 2]


def test_of_a_digest_somebody_has_a_case_of_the_next_contact_is_due_for_what_is_in_now_alone(
    store: Store,
) -> None:
    take(store, "now", words(1), words(2), risk="high")
    take(store, "answer", words(3), risk="high")
    take(store, "now", words(4), risk="high")
    alerts = [each.number for each in store.alerts.raised()]
    store.alerts.tell([mail(*alerts, digest=True, next_at=AT + HOUR)], dict.fromkeys(alerts, "told"), AT)  # fmt: skip
    later = AT + 2 * HOUR
    everything = [each.case for each in store.alerts.contacts_due(later, 20)]
    assert len(everything) == len(alerts)
    ben = store.users.add("local", "ben", "Ben Okafor", ["reviewer"], at=AT).number
    store.assignments.assign(1, ben, by=ben, at=AT, seen=0)
    due = store.alerts.contacts_due(later, 20)
    assert 1 not in [each.case for each in due]
    assert {each.lane for each in due} == {"now"}
    store.database.execute("UPDATE cases SET state = 'done'")
    assert store.alerts.contacts_due(later, 20) == []


def test_a_contact_is_due_of_a_post_that_is_in_no_case_until_it_is_gone(store: Store) -> None:
    add(store, mention(1))
    store.alerts.raise_report(1, ["safeguarding"], AT)
    (alert,) = store.alerts.raised()
    store.alerts.tell([mail(alert.number, next_at=AT + HOUR)], {alert.number: "told"}, AT)
    (due,) = store.alerts.contacts_due(AT + 2 * HOUR, 20)
    assert (due.case, due.lane, due.danger) == (None, None, True)
    store.database.execute("UPDATE mentions SET deleted_at = ?", clock.text(AT))
    assert store.alerts.contacts_due(AT + 2 * HOUR, 20) == []


def test_mails_of_the_hour_are_counted_by_route_a_digest_once(store: Store) -> None:
    take(store, "now", words(1), words(2), words(3), risk="high")
    one, two, three = (alert.number for alert in store.alerts.raised())
    states = dict.fromkeys((one, two, three), "told")
    store.alerts.tell([mail(one), mail(two, three, digest=True)], states, AT)  # type: ignore[arg-type]
    assert store.alerts.count_mails("to", AT - HOUR, digests=False) == 1
    assert store.alerts.count_mails("to", AT - HOUR, digests=True) == 1
    assert store.alerts.count_mails("to", AT, digests=False) == 0
    assert store.alerts.count_mails("other", AT - HOUR, digests=False) == 0
    digest = store.outbox.due(AT)[1]
    assert [alert.case for alert in store.alerts.of_mail(digest.number)] == [2, 3]


def test_an_alert_goes_with_its_case_and_a_digest_with_the_last_of_them(store: Store) -> None:
    take(store, "now", words(1), words(2), risk="high")
    one, two = (alert.number for alert in store.alerts.raised())
    store.alerts.tell([mail(one, two, digest=True)], {one: "in digest", two: "in digest"}, AT)
    proof = store.retention.erase([1], by="governance", at=AT)
    assert proof.left == {} or not any(proof.left.values())
    (row,) = store.outbox.due(AT)
    assert [alert.case for alert in store.alerts.of_mail(row.number)] == [2]
    store.retention.erase([2], by="governance", at=AT)
    assert store.outbox.due(AT) == []
    assert store.alerts.get(two) is None


def test_a_report_becomes_the_alert_of_its_case(store: Store) -> None:
    add(store, mention(1))
    store.staff_reports.add(1, at=AT, worry="look", flags=("pid",))
    (alert,) = store.alerts.raised()
    assert (alert.kind, alert.case, alert.mention) == ("reported", None, 1)
    assert alert.worst.flags == (("pid", 0.0),)
    assess_all(store, "low")
    place(store, "now")
    (alert,) = store.alerts.raised()
    assert (alert.case, alert.mention, alert.lane) == (1, None, "now")
    assert clock.text(alert.at) == clock.text(AT)


def test_an_upgrade_tells_nobody_again_and_loses_nothing_that_had_not_left(
    store: Store, path: Path, keys: list[str], tmp_path: Path
) -> None:
    """Alerts of before were of posts: one that left, one that had not, one of ours, one that a colleague reported."""
    take(store, "now", words(1), words(2), risk="high", flags=("threat",))
    add(store, mention(3, own=True), mention(4, text="Look at this, somebody, before it goes away"))
    store.close()
    older(path, tmp_path / "old.db", "m030_alerts")
    db = Database(tmp_path / "old.db")
    for number, about, state in (
        (1, "1:1", "sent"), (2, "2:2", "ready"), (3, "3:3", "parked"), (4, "report:1", "ready"),
    ):  # fmt: skip
        db.execute(
            """INSERT INTO outbox (kind, about, message_id, state, mention, story, created_at, due_at)
            VALUES ('alert', ?, ?, ?, ?, '', ?, ?)""",
            [about, about, state, number, clock.text(AT), clock.text(AT)],
        )
    db.execute("UPDATE mentions SET own = 1 WHERE number = 3")
    db.conn.commit()
    db.close()
    with Store.open(tmp_path / "old.db", keys) as upgraded:
        raised = {(alert.kind, alert.case, alert.mention) for alert in upgraded.alerts.raised()}
        assert raised == {("high", 2, None), ("own", None, 3), ("reported", None, 4)}
        assert upgraded.outbox.due(AT + DAY) == upgraded.outbox.parked() == []
        assert not upgraded.alerts.raise_for(1, AT + DAY)


@pytest.mark.parametrize("case", [None, 1])
def test_whoever_let_a_case_go_is_known_by_the_mails_of_that_case_alone(
    store: Store, case: int | None
) -> None:
    planned = Planned(store.database)
    Alerts(planned.as_database, store.outbox).let_go(case)
    assert not [line for line in planned.plan if line.startswith("SCAN") or "by_route" in line]
    assert ("SEARCH c USING INTEGER PRIMARY KEY (rowid=?)" in planned.plan) is (case is not None)


def test_what_has_not_left_is_found_without_reading_all_that_ever_was_sent(store: Store) -> None:
    planned = Planned(store.database)
    Alerts(planned.as_database, store.outbox).unsent(AT, AT)
    Handoffs(planned.as_database, store.deadlines).untold(AT)
    assert sum("outbox_recipients_unsent" in step for step in planned.plan if " r " in step) == 2
    assert not [step for step in planned.plan if "kind=?" in step]
