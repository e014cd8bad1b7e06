from __future__ import annotations

from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from core import clock
from core.models import Author, Mention
from demo.servers.http import Kind
from demo.world import World
from reports import asked
from reports.weekly.periods import period_of
from steps import alerts, assess, deliver, group, handoffs, report
from steps.context import RunContext
from steps.retries import LONGEST_OUTAGE
from store import User
from tests.cycles import at_home, changed, settled
from tests.fakes import FakeModel, reader
from tests.stores import make_older

AT = clock.now()
STORY = "If the clinic sends my neighbour home again I am bringing a brick to the front desk"
MODEL = {
    "brick": {"threat": 0.99, "target.colleague": 0.9},
    "leaked": {"security": 0.99, "target.colleague": 0.9},
}
WHO = Author(id="77009", handle="rowan_ashdown", name="Rowan Ashdown", bio="Potter", followers=12)


def mention(number: int, text: str = STORY, **changes: Any) -> Mention:
    given: dict[str, Any] = {
        "issuer": "x", "issued_id": str(number), "platform": "x", "kind": "post", "author": WHO,
        "url": f"https://x.com/rowan_ashdown/status/{number}", "text": text, "text_raw": text,
        "posted_at": AT - timedelta(hours=1), "fetched_at": AT,
    }  # fmt: skip
    return Mention(**(given | changes))


def one_of(number: int) -> Mention:
    """A story of its own, all of whose words are others."""
    return mention(number, f"{chr(96 + number) * 7} brick {chr(97 + number) * 9} desk {number}")


@pytest.fixture
def made(calm: World, tmp_path: Path) -> Path:
    return settled(tmp_path, calm, only=("files",))


def become_high(house: RunContext, *found: Mention) -> None:
    """Posts that came while their source was watched: read, grouped, and told of."""
    house.store.mentions.add_run("x", (), since=AT, at=AT - timedelta(days=30))
    house.store.mentions.add_run("x", found, since=AT, at=AT)
    run = house.new_run(clock.now())
    assess.assess(run, reader(FakeModel(says=MODEL)))
    group.group(run)
    alerts.raise_alerts(run, run.at)


def due(house: RunContext, at: datetime | None = None) -> int:
    return len(house.store.outbox.due(at or clock.now()))


def bodies(mail: EmailMessage) -> str:
    parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    return "\n".join((*(f"{name}: {value}" for name, value in mail.items()), *parts))


# ── what leaves ──────────────────────────────────────────────────────────────────────────────────


def test_what_was_sent_is_not_sent_again(calm: World, made: Path) -> None:
    with at_home(made) as (house, _):
        become_high(house, mention(1))
        assert [deliver.deliver(house, clock.now()) for _ in range(3)] == [1, 0, 0]
    assert len(calm.mail.messages) == 1


def test_no_words_no_author_and_no_address_of_a_post_stand_in_an_alert(
    calm: World, made: Path
) -> None:
    with at_home(made) as (house, _):
        become_high(house, mention(1), mention(2))
        deliver.deliver(house, clock.now())
    for mail in calm.mail.messages:
        said = bodies(mail).lower()
        for private in ("brick", "front desk", "rowan", "ashdown", "potter", "x.com", "77009"):
            assert private not in said
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["X-Envelope-To"] == "comms-duty@example.org"


def test_what_waits_for_a_yes_leaves_as_one_email_of_its_kind(calm: World, made: Path) -> None:
    """The first at once; a server that puts the rest off is asked again for all of them together."""
    at = clock.now()
    gwen = User(number=1, kind="local", handle="gwen@example.org", name="Gwen", roles=("governance",), active=True)  # fmt: skip
    with at_home(made) as (house, _):
        for key in range(4):
            asked.tell(house.store, house.config, "less", [gwen], ["governance"], at=at, key=key, about="Less would be searched for")  # fmt: skip
        asked.tell(house.store, house.config, "employer", [gwen], ["governance"], at=at, case=41, posts=1)  # fmt: skip
        assert deliver.deliver(house, at) == 2
        assert deliver.deliver(house, at + timedelta(minutes=14)) == 0
        later = at + timedelta(minutes=15)
        assert [deliver.deliver(house, later) for _ in range(2)] == [1, 0]
        assert house.store.outbox.count_unsent() == 0
    assert [mail["Subject"] for mail in calm.mail.messages] == [
        "To agree to: less would be searched for", "To agree to: a request for an employer", "3 × To agree to: less would be searched for",
    ]  # fmt: skip
    assert bodies(calm.mail.messages[-1]).count("3 times: A lead saved") == 2  # text and page


# ── a server that refuses ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["RCPT", "DATA"])
def test_what_the_server_puts_off_is_tried_later(path: str, calm: World, made: Path) -> None:
    calm.faults.add("mail", "451", path=path)
    with at_home(made) as (house, told):
        become_high(house, one_of(1), one_of(2))
        assert deliver.deliver(house, clock.now()) == 1  # the other is not kept by it
        (failed,) = told.failures
        assert "451" in failed
        assert "it stays due" in failed
        assert due(house) == 0  # not at once
        assert deliver.deliver(house, clock.now() + timedelta(minutes=6)) == 1
    assert len({mail["Message-ID"] for mail in calm.mail.messages}) == 2


def test_each_try_waits_longer_and_the_last_gives_up(calm: World, made: Path) -> None:
    changed(made, alerts={"attempts": 3, "retry_minutes": 8.0})
    calm.faults.add("mail", "451", path="DATA", times=None)
    with at_home(made) as (house, told):
        become_high(house, mention(1))
        at = clock.now()
        for minutes in (
            0,
            9,
            26,
        ):  # half of 8 to 8 minutes after the first try, half of 16 to 16 after the second
            moment = at + timedelta(minutes=minutes)
            assert due(house, moment) == 1
            deliver.deliver(house, moment)
            assert due(house, moment + timedelta(minutes=3)) == 0
        assert len(told.failures) == 3
        assert "given up" in told.failures[-1]
        (row,) = house.store.outbox.parked()
        assert (row.people[0].tries, row.people[0].refusals) == (3, 3)
        assert due(house, clock.now() + timedelta(days=9)) == 0


@pytest.mark.parametrize(("kind", "path"), [("550", "RCPT"), ("554", "DATA")])
def test_what_the_server_refuses_for_good_waits_for_a_person(
    kind: Kind, path: str, calm: World, made: Path
) -> None:
    calm.faults.add("mail", kind, path=path)
    with at_home(made) as (house, told):
        become_high(house, one_of(1), one_of(2))
        assert deliver.deliver(house, clock.now()) == 1
        assert kind in told.failures[0]
        assert "given up" in told.failures[0]
        deliver.report_stuck_mail(house, clock.now())
        assert any("given up: the mail of alert" in line and kind in line for line in told)
        assert any("--retry-mail" in line for line in told)
        deliver.again(house, clock.now())
        assert deliver.deliver(house, clock.now()) == 1
        assert house.store.outbox.parked() == []
    assert len(calm.mail.messages) == 2


def waits(house: RunContext) -> list[timedelta]:
    """How long each recipient waits from now on."""
    rows = house.store.outbox.due(clock.now() + timedelta(days=1))
    return [person.due_at - clock.now() for row in rows for person in row.people]


def test_a_server_that_is_down_gives_nobody_up_and_is_asked_less_and_less_often(
    calm: World, made: Path
) -> None:
    changed(made, alerts={"mail": {"port": 9}})
    with at_home(made) as (house, told):
        become_high(house, *(one_of(n) for n in range(1, 6)))
        at = clock.now()
        for _ in range(20):  # more often than [alerts] attempts
            assert deliver.deliver(house, at) == 0
            held = house.store.outbox.held_until(at)
            assert held is not None
            assert held - at <= LONGEST_OUTAGE
            at = held
        assert "5 stay due" in told.failures[0]
        assert ":9" in told.failures[0]
        rows = house.store.outbox.due(at)
        assert [row.people[0].tries for row in rows] == [20] * 5
        assert house.store.outbox.parked() == []
    changed(made, alerts={"mail": {"port": calm.mail.port}})
    with at_home(made) as (house, _):
        assert deliver.deliver(house, at) == 5


def test_while_the_server_is_left_alone_what_is_new_waits_too_and_says_so(
    calm: World, made: Path
) -> None:
    calm.faults.add("mail", "535", path="AUTH", times=None)
    with at_home(made) as (house, told):
        become_high(house, one_of(1))
        deliver.deliver(house, clock.now())
        become_high(house, one_of(2))
        assert deliver.deliver(house, clock.now()) == 0
        assert "wait: the last try failed, the next is at" in told.failures[-1]
        assert len(calm.mail.messages) == calm.mail.logins == 0
        stuck = house.store.outbox.stuck(clock.now())
        assert stuck is not None
        assert stuck.count == 2
        calm.faults.clear()
        deliver.again(house, clock.now())  # somebody mended it, and does not want to wait
        assert deliver.deliver(house, clock.now()) == 2
        assert house.store.outbox.stuck(clock.now()) is None


def test_a_wrong_password_counts_as_a_try_and_gives_nothing_up(calm: World, made: Path) -> None:
    calm.faults.add("mail", "535", path="AUTH", times=None)
    with at_home(made) as (house, told):
        become_high(house, *(one_of(n) for n in range(1, 4)))
        deliver.deliver(house, clock.now())
        (failed,) = told.failures
        assert "sign-in" in failed
        assert calm.mail.password not in failed
        assert len(waits(house)) == 3
        assert all(timedelta(minutes=2) < wait <= timedelta(minutes=5) for wait in waits(house))
        rows = house.store.outbox.due(clock.now() + timedelta(days=1))
        assert [(row.people[0].tries, row.people[0].refusals) for row in rows] == [(1, 0)] * 3
        assert len({row.people[0].due_at for row in rows}) == 1, "the server is asked once for all"


def test_a_missing_password_is_named_with_where_to_put_it(made: Path) -> None:
    changed(made, alerts={"mail": {"password": "env:NOT_SET_ANYWHERE"}})
    with at_home(made) as (house, told):
        become_high(house, mention(1))
        assert deliver.deliver(house, clock.now()) == 0
        assert "NOT_SET_ANYWHERE" in told.failures[0]
        assert due(house, clock.now() + timedelta(minutes=5)) == 1


@pytest.mark.parametrize("path", ["RCPT", "DATA"])
def test_a_server_that_hangs_up_half_way_is_asked_again_at_once_for_the_others(
    path: str, calm: World, made: Path
) -> None:
    calm.faults.add("mail", "drop", path=path, after=1)
    with at_home(made) as (house, told):
        become_high(house, *(one_of(n) for n in range(1, 6)))
        assert deliver.deliver(house, clock.now()) == 4
        assert len(told.failures) == 1
        (waiting,) = house.store.outbox.due(clock.now() + timedelta(minutes=10))
        assert waiting.people[0].tries == 1
        assert deliver.deliver(house, clock.now() + timedelta(minutes=10)) == 1
    assert len(calm.mail.messages) == 5


@pytest.mark.parametrize("path", ["RCPT", "DATA"])
def test_a_server_that_hangs_up_at_every_mail_costs_the_others_no_try(
    path: str, calm: World, made: Path
) -> None:
    calm.faults.add("mail", "drop", path=path, times=None)
    with at_home(made) as (house, told):
        become_high(house, *(one_of(n) for n in range(1, 6)))
        assert deliver.deliver(house, clock.now()) == 0
        assert len(told.failures) == 1
        waiting = house.store.outbox.due(clock.now() + timedelta(minutes=10))
        assert sorted(row.people[0].tries for row in waiting) == [0, 0, 0, 0, 1]
    assert calm.mail.messages == []


DUTY_AND_GONE = {"to": ["duty@example.org", "gone@example.org"]}


def test_a_recipient_that_is_refused_beside_others_is_given_up_alone_and_told(
    calm: World, made: Path
) -> None:
    changed(made, alerts=DUTY_AND_GONE)
    calm.faults.add("mail", "550", path="RCPT", after=1)
    with at_home(made) as (house, told):
        become_high(house, mention(1))
        assert deliver.deliver(house, clock.now()) == 1
        (failed,) = told.failures
        assert "for 1 of its 2 recipients (given up)" in failed
        assert "550 5.1.1: there is no such mailbox" in failed
        assert "example.org" not in failed
        (row,) = house.store.outbox.parked()
        assert [(person.address, person.state) for person in row.people] == [
            ("duty@example.org", "sent"), ("gone@example.org", "parked"),
        ]  # fmt: skip
        assert deliver.deliver(house, clock.now() + timedelta(days=1)) == 0
    assert [mail["X-Envelope-To"] for mail in calm.mail.messages] == ["duty@example.org"]
    assert calm.mail.messages[0]["To"] == "duty@example.org, gone@example.org"


@pytest.mark.parametrize("first", [0, 1])
def test_a_recipient_that_is_put_off_is_tried_again_alone(
    first: int, calm: World, made: Path
) -> None:
    changed(made, alerts=DUTY_AND_GONE)
    calm.faults.add("mail", "451", path="RCPT", after=first)
    with at_home(made) as (house, told):
        become_high(house, mention(1))
        assert deliver.deliver(house, clock.now()) == 1
        assert "for 1 of its 2 recipients (it stays due)" in told.failures[0]
        assert deliver.deliver(house, clock.now() + timedelta(minutes=6)) == 1
        assert deliver.deliver(house, clock.now() + timedelta(days=1)) == 0
    got = [mail["X-Envelope-To"] for mail in calm.mail.messages]
    assert sorted(got) == ["duty@example.org", "gone@example.org"]
    assert len({mail["Message-ID"] for mail in calm.mail.messages}) == 1


def test_an_email_that_is_too_big_is_given_up_for_all_and_the_next_leaves(
    calm: World, made: Path
) -> None:
    changed(made, alerts=DUTY_AND_GONE)
    calm.faults.add("mail", "552", path="DATA")
    with at_home(made) as (house, told):
        become_high(house, one_of(1), one_of(2))
        assert deliver.deliver(house, clock.now()) == 1
        assert "552 5.3.4: the email is too big" in told.failures[0]
        (row,) = house.store.outbox.parked()
        assert {person.state for person in row.people} == {"parked"}


@pytest.mark.parametrize("path", ["RCPT", "DATA"])
def test_a_server_that_says_421_is_opened_again_and_that_mail_tried_later(
    path: str, calm: World, made: Path
) -> None:
    calm.faults.add("mail", "421", path=path, after=1)
    with at_home(made) as (house, told):
        become_high(house, *(one_of(n) for n in range(1, 4)))
        assert deliver.deliver(house, clock.now()) == 2
        assert "421" in told.failures[0]
        assert deliver.deliver(house, clock.now() + timedelta(minutes=6)) == 1
    assert len(calm.mail.messages) == 3


def test_a_slow_server_counts_as_a_try(calm: World, made: Path) -> None:
    changed(made, alerts={"mail": {"timeout_seconds": 0.5}})
    calm.faults.add("mail", "hang", path="DATA", seconds=1.5)
    with at_home(made) as (house, told):
        become_high(house, mention(1))
        assert deliver.deliver(house, clock.now()) == 0
        assert "too slow" in told.failures[0]
        (row,) = house.store.outbox.due(clock.now() + timedelta(minutes=6))
        assert (row.people[0].tries, row.people[0].refusals) == (1, 1)
        assert deliver.deliver(house, clock.now() + timedelta(minutes=6)) == 1


def test_killed_between_sending_and_noting_it_the_mail_leaves_again_as_the_same(
    calm: World, made: Path
) -> None:
    with at_home(made) as (house, _):
        become_high(house, mention(1))
        (row,) = house.store.outbox.due(clock.now())
        deliver.deliver(house, clock.now())
        house.store.database.execute(
            "UPDATE outbox SET state = 'claimed', sent_at = NULL"
        )  # as a kill leaves it
        house.store.database.execute(
            "UPDATE outbox_recipients SET state = 'claimed', sent_at = NULL"
        )
        assert deliver.deliver(house, clock.now()) == 0  # another process may be at it
        assert deliver.deliver(house, clock.now() + timedelta(minutes=11)) == 1
    assert [mail["Message-ID"] for mail in calm.mail.messages] == [row.message_id] * 2


# ── who is told ──────────────────────────────────────────────────────────────────────────────────


def test_alerts_that_are_off_wait(calm: World, made: Path) -> None:
    changed(made, alerts={"on": False})
    with at_home(made) as (house, told):
        become_high(house, mention(1))
        assert deliver.deliver(house, clock.now()) == 0
        deliver.report_stuck_mail(house, clock.now())
        assert "1 mail waits" in told[-1]
        assert "on = false" in told[-1]
    changed(made, alerts={"on": True})
    with at_home(made) as (house, _):
        assert handoffs.chase_and_deliver(house, clock.now()) == 1


def test_an_alert_whose_case_was_purged_does_not_leave(calm: World, made: Path) -> None:
    with at_home(made) as (house, _):
        become_high(house, mention(1), one_of(2))
        house.store.retention.erase([1], by="governance", at=clock.now())
        assert deliver.deliver(house, clock.now()) == 1
        assert due(house, clock.now() + timedelta(days=1)) == 0
    assert "case 2" in calm.mail.messages[0]["Subject"]


def test_a_bug_in_one_letter_keeps_no_other(
    calm: World, made: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with at_home(made) as (house, told):
        become_high(house, mention(1))
        house.store.outbox.add("weekly", "odd", clock.now(), {"last": "no day at all"})
        changed_cfg = house.config.model_copy(
            update={
                "reports": house.config.reports.model_copy(update={"weekly_to": ("a@example.org",)})
            }
        )
        other = RunContext(
            config=changed_cfg, folder=house.folder, store=house.store, report_progress=told
        )
        assert deliver.deliver(other, clock.now()) == 1
        assert "weekly" in other.failures[0]
        assert "no day at all" not in "".join(told) + caplog.text


# ── who is told of which flags ───────────────────────────────────────────────────────────────────

DUTY, DESK, LEAD = "comms-duty@example.org", "security-desk@example.org", "lead@example.org"
THREATS = {"flags": ["threat"], "to": [DESK]}
LEAK = "the door code of the pharmacy store leaked on a forum again this week, well done"


def envelopes(calm: World) -> list[str]:
    return [mail["X-Envelope-To"] for mail in calm.mail.messages]


def test_each_alert_goes_to_the_people_of_its_flags(calm: World, made: Path) -> None:
    changed(made, alerts={"route": [THREATS]})
    with at_home(made) as (house, _):
        become_high(house, mention(1), mention(2, LEAK))
        first, second = house.store.outbox.due(clock.now())
        assert (first.recipients, second.recipients) == ((DESK,), (DUTY,))
        assert deliver.deliver(house, clock.now()) == 2
    assert envelopes(calm) == [DESK, DUTY]
    assert [mail["To"] for mail in calm.mail.messages] == [DESK, DUTY]


def test_who_is_told_from_now_on_changes_nothing_of_what_was_raised_before(
    calm: World, made: Path
) -> None:
    with at_home(made) as (house, _):
        become_high(house, mention(1))
    changed(made, alerts={"to": [LEAD], "route": [THREATS]})
    with at_home(made) as (house, _):
        become_high(house, one_of(2))
        assert deliver.deliver(house, clock.now()) == 2
    assert envelopes(calm) == [DUTY, DESK]


def test_alerts_that_are_turned_off_wait_though_it_is_known_who_gets_them(
    calm: World, made: Path
) -> None:
    with at_home(made) as (house, _):
        become_high(house, mention(1))
    changed(made, alerts={"on": False})
    with at_home(made) as (house, _):
        assert deliver.deliver(house, clock.now()) == 0
        assert due(house) == 1
    assert calm.mail.messages == []


def test_what_was_given_up_is_tried_again_at_an_address_that_was_mended(
    calm: World, made: Path
) -> None:
    changed(made, alerts={"to": ["mistyped@example.org"]})
    calm.faults.add("mail", "550", path="RCPT")
    with at_home(made) as (house, _):
        become_high(house, mention(1))
        assert deliver.deliver(house, clock.now()) == 0
    changed(made, alerts={"to": [DUTY]})
    with at_home(made) as (house, _):
        deliver.again(house, clock.now())
        assert deliver.deliver(house, clock.now()) == 1
    assert envelopes(calm) == [DUTY]


def test_a_report_goes_where_a_person_sent_it_and_says_so(calm: World, made: Path) -> None:
    changed(made, reports={"weekly_to": ["board@example.org", "gone@example.org"]})
    calm.faults.add("mail", "550", path="RCPT", after=1)
    with at_home(made) as (house, _):
        report.queue_weekly(
            house, period_of("week", clock.local_day(clock.now()) - timedelta(days=1))
        )
        assert deliver.deliver(house, clock.now()) == 1
        (row,) = house.store.outbox.parked()
        assert house.store.outbox.retry_recipient(
            row.people[1].number, clock.now(), "new@example.org"
        )
        assert deliver.deliver(house, clock.now()) == 1
    assert envelopes(calm) == ["board@example.org", "new@example.org"]
    assert calm.mail.messages[1]["To"] == "board@example.org, new@example.org"


def test_what_one_person_opened_much_of_is_mailed_to_governance(made: Path) -> None:
    changed(made, review={"looking": {"email": ["dpo@example.org"]}})
    with at_home(made) as (house, _):
        amina = house.store.users.add("local", "amina", "Amina Yusuf", ["reviewer"], at=AT).number
        payload = {
            "what": "hour",
            "user": str(amina),
            "count": "21",
            "limit": "20",
            "days": "0",
            "at": clock.text(AT),
        }
        assert house.store.views.tell("1 hour", payload, ["dpo@example.org"], by=amina, at=AT)
        assert not house.store.views.tell("1 hour", payload, ["dpo@example.org"], by=amina, at=AT)
        assert deliver.deliver(house, clock.now()) == 1
        assert due(house) == 0


def test_each_morning_list_takes_the_end_of_the_chain_outside_with_what_tables_had_seen(
    made: Path,
) -> None:
    changed(made, reports={"daily_to": ["desk@example.org"]})
    with at_home(made) as (house, _):
        make_older(house.store)
        report.morning_on_time(house)
        report.morning_on_time(house)
        counted = [event for event in house.store.audit.events() if event.kind == "rows counted"]
        assert len(counted) == 1
        assert "case_decisions" in counted[0].about
        letter = deliver.letter(house, house.store.outbox.due(clock.now()), clock.now())
        body = letter.get_body(("plain",))
        assert body is not None
        text = body.get_content()
        head = house.store.audit.check_chain().head
        assert head[:16] in text.replace(" ", "")  # the short form, which `verify --head` takes
        assert house.store.maintenance.verify(head).ok
