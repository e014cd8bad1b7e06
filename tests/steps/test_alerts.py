"""Alerts with a real store and the real grouping: one a case, at once or in a digest, to whom the settings say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from core import clock, worries
from core.models import Author, Mention
from demo.world import World
from steps import alerts, assess, deliver, group, handoffs, health, second
from steps.alerts import duty_lead_of
from steps.context import RunContext
from store import CaseDecision, NewMail, PathStep
from tests.cycles import at_home, changed, settled
from tests.fakes import FakeModel, reader

# A Tuesday in working hours; the sources have been watched for a month.
AT = clock.parse("2026-11-24T10:00:00Z")
NIGHT = clock.parse("2026-11-25T23:00:00Z")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DUTY, LEAKS, SAFE, DESK, PRESS, GUARDIAN, CALL = (
    f"{who}@example.org" for who in ("comms-duty", "ig", "safeguarding", "security", "press", "guardian", "on-call")
)  # fmt: skip
MODEL = {
    "brick": {"threat": 0.99, "target.colleague": 0.9},
    "overdose": {"safeguarding": 0.95},
    "idiots": {"derogatory": 0.97, "target.colleague": 0.9},
    "newsroom": {"media": 0.98},
    "whiteboard": {"pid": 0.97},
    "rota": {"allegation": 0.97, "staff.icb": 0.95, "staff.no": 0.0, "protected.disclosure": 0.95, "protected.none": 0.0},
}  # fmt: skip
ROUTES = [
    {"name": "Safeguarding", "flags": ["safeguarding"], "to": [SAFE], "next": [CALL]},
    {"name": "Information governance", "flags": ["pid"], "to": [LEAKS]},
    {"name": "Security", "flags": ["threat", "security"], "to": [DESK]},
    {"name": "The press desk", "flags": ["media"], "risk": "low", "to": [PRESS]},
    {"name": "The Freedom to Speak Up Guardian", "lanes": ["guardian"], "risk": "low", "to": [GUARDIAN]},
]  # fmt: skip
STREETS = (
    "Acton", "Brent", "Chiswick", "Ealing", "Fulham", "Greenford", "Harrow", "Hayes", "Hounslow", "Kilburn", "Northolt", "Pinner",
    "Ruislip", "Southall", "Uxbridge", "Wembley",
)  # fmt: skip


def post(number: int, text: str = "", at: datetime = AT, **changes: Any) -> Mention:
    """A post of its own words, posted ten minutes before `at` and found then."""
    given: dict[str, Any] = {
        "issuer": "x", "issued_id": str(number), "platform": "x", "kind": "post", "text": text or own_words(number),
        "url": f"https://example.org/status/{number}", "posted_at": at - 10 * MINUTE, "fetched_at": at,
    }  # fmt: skip
    return Mention(**(given | changes))


def own_words(number: int, danger: str = "") -> str:
    """Words that no other number has, so that each is a case of its own."""
    name = "".join("abcdefghij"[int(digit)] * 3 for digit in f"{number:05}")
    street = STREETS[number % len(STREETS)]
    return f"{name} {street}{number} {danger} {name[::-1]} by the {name[3:9]} clinic{number} at {number % 12}"


def cycle(house: RunContext, at: datetime, *found: Mention, source: str = "x") -> int:
    """A run of a source, read, grouped and told of; how many mails were written."""
    house.store.mentions.add_run(source, found, since=at - HOUR, at=at, complete=True)
    run = house.new_run(at)
    assess.assess(run, reader(FakeModel(says=MODEL)))
    group.group(run)
    return alerts.raise_alerts(run, at)


@pytest.fixture
def made(calm: World, tmp_path: Path) -> Path:
    path = settled(tmp_path, calm, only=("files",))
    changed(path, alerts={"to": [DUTY]}, review={"chase": {"chain": []}})
    return path


@pytest.fixture
def house(made: Path) -> Iterator[RunContext]:
    """A store whose source has been watched for a month."""
    with at_home(made, at=AT) as (context, _):
        context.store.mentions.add_run("x", (), since=AT - 31 * DAY, at=AT - 30 * DAY)
        yield context


@pytest.fixture
def routed(made: Path) -> Iterator[RunContext]:
    changed(made, alerts={"route": ROUTES})
    with at_home(made, at=AT) as (context, _):
        context.store.mentions.add_run("x", (), since=AT - 31 * DAY, at=AT - 30 * DAY)
        yield context


def people(house: RunContext) -> list[str]:
    """Whoever is written to, mail by mail."""
    return [" ".join(row.recipients) for row in house.store.outbox.due(AT + 90 * DAY)]


def subjects(house: RunContext, at: datetime) -> list[str]:
    return [
        str(alerts.letter(house, row, row.recipients, at)["Subject"])
        for row in house.store.outbox.due(AT + 90 * DAY)
    ]


def letter(house: RunContext, at: datetime, number: int = -1) -> EmailMessage:
    row = house.store.outbox.due(AT + 90 * DAY)[number]
    return alerts.letter(house, row, row.recipients, at)


def person(house: RunContext, name: str = "Ben Okafor") -> int:
    return house.store.users.add("local", name.split()[0].lower(), name, ["reviewer"], at=AT).number


def decide(house: RunContext, case: int, at: datetime, by: int) -> None:
    found = house.store.cases.get(case)
    assert found is not None
    covers = tuple(
        (each.item.number, each.item.revision) for each in house.store.cases.mentions(case) if each.reviewable
    )  # fmt: skip
    flags = {flag.name for each in house.store.cases.mentions(case) for flag in each.item.flags}
    none: dict[str, bool] = {
        name: False for name in ("threat", "safeguarding", "pid") if name in flags
    }
    decision = CaseDecision(case=case, kind="no_action", by=by, at=at, covers=covers, labels=none, reason="A play of that name")  # fmt: skip
    assert house.store.cases.decide(decision, found.version)


# ── one a case ───────────────────────────────────────────────────────────────────────────────────


def test_a_case_is_told_of_once_whatever_number_of_posts_it_has(house: RunContext) -> None:
    words = own_words(1, "brick")
    assert cycle(house, AT, post(1, words), post(2, words)) == 1
    assert cycle(house, AT + HOUR, post(3, words, AT + HOUR)) == 0
    (subject,) = subjects(house, AT)
    assert subject == "Now: a threat to hurt staff, case 1 (X post, found 10:00)"


def test_it_is_told_of_again_when_it_is_three_times_as_large(house: RunContext) -> None:
    words = own_words(1, "brick")
    cycle(house, AT, post(1, words), post(2, words))
    later = AT + HOUR
    assert cycle(house, later, *(post(number, words, later) for number in (3, 4, 5, 6))) == 1
    assert (
        subjects(house, later)[-1]
        == "Growing: a threat to hurt staff, case 1 (X post, found 11:00)"
    )
    first, second = (letter(house, later, number) for number in (0, 1))
    assert second["References"] == second["In-Reply-To"] == first["Message-ID"]
    assert cycle(house, later + HOUR, post(7, words, later + HOUR)) == 0


def test_it_is_told_of_again_when_something_graver_comes_to_it(routed: RunContext) -> None:
    words = own_words(1, "brick")
    by = Author(id="77", handle="rowan_ashdown", name="Rowan Ashdown")
    cycle(routed, AT, post(1, words, author=by))
    later = AT + HOUR
    cycle(routed, later, post(2, f"{words} overdose", later, author=by))
    assert people(routed) == [DESK, SAFE, DESK]
    assert subjects(routed, later)[1].startswith(
        "More serious now: someone may be in danger, case 1"
    )


def test_somebody_else_in_danger_is_another_case_in_the_same_words(routed: RunContext) -> None:
    words = own_words(1, "overdose")
    cycle(routed, AT, post(1, words, author=Author(id="77", handle="rowan_ashdown")))
    later = AT + HOUR
    cycle(routed, later, post(2, words, later, author=Author(id="78", handle="jordan_p")))
    assert subjects(routed, later)[-1].startswith("Now: someone may be in danger, case 2")


def test_of_a_case_that_was_decided_a_post_that_it_does_not_cover_is_told(
    house: RunContext,
) -> None:
    by, words = person(house), own_words(1, "brick")
    cycle(house, AT, post(1, words))
    decide(house, 1, AT + MINUTE, by)
    later = AT + HOUR
    assert cycle(house, later, post(2, words, later)) == 1, "a copy of what is in Now is out again"
    decide(house, 1, later + MINUTE, by)
    edited = post(1, f"{words} and tonight", later, edited_at=later, posted_at=AT)
    assert cycle(house, later + HOUR, edited) == 1
    assert subjects(house, later + HOUR)[-1].startswith("Now: a threat to hurt staff, case 1")


def test_what_became_high_again_after_an_edit_made_it_low_is_told_again(house: RunContext) -> None:
    cycle(house, AT, post(1, own_words(1, "brick")))
    mild = post(1, own_words(1, "idiots"), AT + HOUR, edited_at=AT + HOUR, posted_at=AT)
    assert cycle(house, AT + HOUR, mild) == 0
    again = post(1, own_words(1, "brick"), AT + 2 * HOUR, edited_at=AT + 2 * HOUR, posted_at=AT)
    assert cycle(house, AT + 2 * HOUR, again) == 1


def test_what_was_decided_before_anybody_was_told_is_not_told(made: Path) -> None:
    changed(made, alerts={"on": False})
    with at_home(made, at=AT) as (house, _):
        house.store.mentions.add_run("x", (), since=AT - 31 * DAY, at=AT - 30 * DAY)
        cycle(house, AT, post(1, own_words(1, "brick")))
        assert house.store.alerts.count_raised() == 1
        decide(house, 1, AT + MINUTE, person(house))
        alerts.raise_alerts(house, AT + 2 * MINUTE)
        assert house.store.alerts.count_raised() == 0


def test_a_post_of_our_own_account_is_told_of_though_no_case_holds_it(house: RunContext) -> None:
    house.store.mentions.add_run("x", [post(1, own_words(1, "brick"))], since=AT, at=AT)
    house.store.database.execute("UPDATE mentions SET own = 1")
    for _ in range(2):
        cycle(house, AT)
    (subject,) = subjects(house, AT)
    assert subject == "On our own account: a threat to hurt staff, post 1 (X post, found 10:00)"
    assert "/mentions/1" in str(letter(house, AT).get_body(("plain",)))


@pytest.mark.parametrize("before", ["grouping", "telling"])
def test_nothing_high_is_untold_after_a_crash(before: str, house: RunContext) -> None:
    house.store.mentions.add_run("x", [post(1, own_words(1, "brick"))], since=AT, at=AT)
    assess.assess(house.new_run(AT), reader(FakeModel(says=MODEL)))
    if before == "telling":
        group.group(house.new_run(AT))
    assert house.store.outbox.due(AT) == []
    assert cycle(house, AT + MINUTE) == 1  # the next run
    assert cycle(house, AT + 2 * MINUTE) == 0


def test_what_makes_a_case_high_and_its_alert_are_written_together(house: RunContext) -> None:
    class Broken(Exception):
        pass

    def breaks(*_: object, **__: object) -> None:
        raise Broken

    house.store.mentions.add_run("x", [post(1, own_words(1, "brick"))], since=AT, at=AT)
    assess.assess(house.new_run(AT), reader(FakeModel(says=MODEL)))
    raise_for, house.store.alerts._add = house.store.alerts._add, breaks  # type: ignore[method-assign]
    with pytest.raises(Broken):
        group.group(house.new_run(AT))
    assert house.store.cases.get(1) is None
    house.store.alerts._add = raise_for  # type: ignore[method-assign]
    group.group(house.new_run(AT))
    assert house.store.alerts.count_raised() == 1


def test_two_processes_write_a_mail_once(house: RunContext, made: Path) -> None:
    with at_home(made, at=AT) as (other, _):
        house.store.mentions.add_run("x", [post(1, own_words(1, "brick"))], since=AT, at=AT)
        assess.assess(house.new_run(AT), reader(FakeModel(says=MODEL)))
        group.group(house.new_run(AT))
        raised = house.store.alerts.raised()
        assert alerts.raise_alerts(other, AT) == 1
        mails = [
            NewMail(alerts=(raised[0].number,), route="to", recipients=(DUTY,), about={"why": "high"})
        ]  # fmt: skip
        assert house.store.alerts.tell(mails, {raised[0].number: "told"}, AT) == 0


# ── what never alerts at once ────────────────────────────────────────────────────────────────────


def test_a_first_run_over_a_week_of_posts_sends_one_digest(calm: World, made: Path) -> None:
    with at_home(made, at=AT) as (house, _):
        found = [post(n, own_words(n, "brick"), AT - n * HOUR) for n in range(1, 160, 2)]
        assert cycle(house, AT, *found) == 1
        assert cycle(house, AT + 5 * MINUTE) == 0
        deliver.deliver(house, clock.now())
        assert house.store.alerts.count_raised() == 0
        high = len(house.store.database.rows("SELECT number FROM cases WHERE risk = 3"))
    (mail,) = calm.mail.messages
    assert high > 70
    assert mail["Subject"] == f"{high} cases need someone now"
    assert mail["Importance"] is None


def test_a_digest_names_danger_first_however_many_cases_it_has(house: RunContext) -> None:
    old = [post(n, own_words(n, "brick"), AT - 9 * DAY, fetched_at=AT) for n in range(1, 31)]
    old.append(post(50, own_words(50, "overdose"), AT - 9 * DAY, fetched_at=AT))
    cycle(house, AT, *old, source="import")
    written = str(letter(house, AT).get_body(("plain",)))
    assert written.index("Someone may be in danger") < written.index("A threat")
    assert "11 more are in Today." in written


@pytest.mark.parametrize(("days", "within_the_hour"), [(1, 1), (9, 0)])
def test_somebody_in_danger_in_a_file_waits_for_no_hour_after_the_last_digest(
    house: RunContext, days: int, within_the_hour: int
) -> None:
    assert cycle(house, AT, post(1, own_words(1, "brick"), AT - 9 * DAY, fetched_at=AT), source="import") == 1  # fmt: skip
    found = post(50, own_words(50, "overdose"), AT - days * DAY, fetched_at=AT + MINUTE)
    assert cycle(house, AT + MINUTE, found, source="import") == within_the_hour
    assert alerts.raise_alerts(house, AT + 2 * HOUR) == 1 - within_the_hour


def test_a_report_of_a_post_in_a_large_case_is_told_of_once(house: RunContext) -> None:
    words = own_words(1)
    cycle(house, AT, post(1, f"{words} idiots"), *(post(n, f"{words} idiots") for n in range(2, 9)))
    before = len(people(house))
    house.store.staff_reports.add(1, at=AT, worry="Look", flags=("threat",))
    assert alerts.raise_alerts(house, AT + MINUTE) == 1
    assert cycle(house, AT + HOUR, post(9, f"{words} idiots", AT + HOUR)) == 0
    assert len(people(house)) == before + 1


def test_sources_that_end_one_after_another_share_digests(house: RunContext) -> None:
    written = 0
    for number in range(1, 9):
        at = AT + number * MINUTE
        found = post(number, own_words(number, "brick"), at - DAY, fetched_at=at)
        written += cycle(house, at, found, source=f"source-{number}")
    written += alerts.raise_alerts(house, AT + 30 * MINUTE)
    written += alerts.raise_alerts(house, AT + 70 * MINUTE)
    assert written == 2
    assert house.store.alerts.count_raised() == 0


def test_a_digest_waits_for_the_end_of_a_run_where_its_caller_says_so(house: RunContext) -> None:
    house.store.mentions.add_run("new", [post(1, own_words(1, "brick"))], since=AT, at=AT)
    assess.assess(house.new_run(AT), reader(FakeModel(says=MODEL)))
    group.group(house.new_run(AT))
    assert alerts.raise_alerts(house, AT, digests=False) == 0
    assert alerts.raise_alerts(house, AT) == 1


def test_an_import_of_1500_old_rows_sends_one_digest(calm: World, house: RunContext) -> None:
    rows = [
        post(n, own_words(n, "brick" if n % 6 == 0 else ""), AT - (n % 900) * DAY, fetched_at=AT)
        for n in range(1, 1501)
    ]
    house.store.mentions.add_page("import", rows[:1000], at=AT)
    assert cycle(house, AT, *rows[1000:], source="import") == 1
    assert cycle(house, AT + 2 * HOUR) == 0
    assert house.store.alerts.count_raised() == 0
    (row,) = house.store.outbox.due(AT + DAY)
    cases = {alert.case for alert in house.store.alerts.of_mail(row.number)}
    assert len(cases) > 200
    high = house.store.database.rows("SELECT number FROM cases WHERE risk = 3")
    assert {case["number"] for case in high} == cases
    assert deliver.deliver(house, clock.now()) == len(calm.mail.messages) == 1


@pytest.mark.parametrize(("days", "why"), [(2, "high"), (4, "digest")])
def test_a_post_older_than_the_settings_say_comes_in_a_digest(
    days: int, why: str, house: RunContext
) -> None:
    cycle(house, AT, post(1, own_words(1, "brick"), AT - days * DAY, fetched_at=AT))
    (subject,) = subjects(house, AT)
    assert subject.startswith("1 case needs someone now" if why == "digest" else "Now: a threat")


def test_news_of_a_case_that_was_history_is_told_at_once(house: RunContext) -> None:
    words = own_words(1, "brick")
    cycle(house, AT, post(1, words, AT - 200 * DAY, fetched_at=AT), source="import")
    cycle(house, AT + HOUR, post(2, words, AT + HOUR))
    assert [subject[:11] for subject in subjects(house, AT)] == ["1 case need", "Now: a thre"]


# ── not too many ─────────────────────────────────────────────────────────────────────────────────


def test_what_is_over_the_cap_comes_in_a_digest_with_danger_told_first(house: RunContext) -> None:
    found = [post(n, own_words(n, "brick")) for n in range(1, 15)]
    found.append(post(99, own_words(99, "overdose")))
    assert cycle(house, AT, *found) == 11
    said = subjects(house, AT)
    assert said[0].startswith("Now: someone may be in danger")
    assert said[-1] == "5 cases need someone now: all within an hour"
    # within the quarter of an hour the next ones wait; then they come together; after the hour one by one again
    assert cycle(house, AT + 5 * MINUTE, post(21, own_words(21, "brick"), AT + 5 * MINUTE)) == 0
    assert cycle(house, AT + 16 * MINUTE, post(22, own_words(22, "brick"), AT + 16 * MINUTE)) == 1
    assert cycle(house, AT + 62 * MINUTE, post(23, own_words(23, "brick"), AT + 62 * MINUTE)) == 1
    assert [line[:11] for line in subjects(house, AT)[-2:]] == ["2 cases nee", "Now: a thre"]
    assert house.store.alerts.count_raised() == 0


def test_a_week_of_2000_posts_with_six_stories_sends_six_and_follow_ups_and_nothing_high_is_untold(
    calm: World, house: RunContext
) -> None:
    stories = {1 + 14 * place: own_words(9000 + place, "brick") for place in range(6)}
    number = 0
    for hour in range(0, 168, 8):
        at = AT + hour * HOUR
        found = []
        for _ in range(95):
            number += 1
            found.append(post(number, own_words(number), at))
        for begins, words in stories.items():
            if (
                begins <= hour < begins + 25
            ):  # five copies a story: the first cycles tell of it, and once it trebles
                number += 1
                found.append(post(number, words, at))
        cycle(house, at, *found)
    assert number >= 2000
    said = subjects(house, AT)
    assert len([subject for subject in said if subject.startswith("Now: a threat")]) == 6
    follow_ups = [subject for subject in said if subject.startswith("Growing: a threat")]
    assert len(said) == 6 + len(follow_ups)
    assert len(follow_ups) <= 6
    high = house.store.database.rows("SELECT number FROM cases WHERE risk = 3")
    assert len(high) == 6
    assert all(house.store.alerts.mails_of_case(row["number"]) for row in high)
    assert deliver.deliver(house, clock.now()) == len(said) == len(calm.mail.messages)


# ── who is told ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("danger", "to"),
    [("brick", [DESK]), ("overdose", [SAFE]), ("newsroom", [PRESS]), ("rota", [GUARDIAN]), ("brick overdose", [SAFE, DESK]),
     ("rota brick", [GUARDIAN]), ("rota overdose brick", [SAFE, GUARDIAN]),
     ("rota whiteboard", [LEAKS, GUARDIAN])],  # who speaks up: danger to life and details that are out are told to others too
)  # fmt: skip
def test_each_case_goes_to_the_people_of_its_routes(
    danger: str, to: list[str], routed: RunContext
) -> None:
    cycle(routed, AT, post(1, own_words(1, danger)))
    assert people(routed) == to


def test_who_may_be_speaking_up_is_told_to_the_guardian_alone_in_digests_too(
    routed: RunContext,
) -> None:
    old = [
        post(n, own_words(n, "rota" if n == 1 else "brick"), AT - 50 * DAY, fetched_at=AT)
        for n in (1, 2)
    ]
    cycle(routed, AT, *old)
    assert sorted(people(routed)) == sorted([GUARDIAN, DESK])
    by_people = dict(zip(people(routed), range(2), strict=True))
    written = letter(routed, AT, by_people[DESK]).get_body(("plain",))
    assert "case 1," not in str(written)
    mine = str(letter(routed, AT, by_people[GUARDIAN]).get_body(("plain",)))
    assert "Someone may be speaking up" in mine
    assert "Staff about" not in mine


def test_of_a_leak_by_who_speaks_up_the_guardians_mail_names_the_case_and_the_others_say_no_more(
    routed: RunContext,
) -> None:
    cycle(routed, AT, post(1, own_words(1, "rota whiteboard")))
    theirs, mine = subjects(routed, AT)
    assert theirs.startswith("Now: patient’s details, case 1")
    assert mine.startswith(
        "Someone may be speaking up; those on duty act on it: patient’s details, case 1"
    )
    assert "speaking up" not in str(letter(routed, AT, 0))
    assert routed.store.outbox.due(AT)[1].payload.get("level", "0") == "0"
    for minutes in (20, 61):  # nobody is chased at night for the Guardian
        alerts.raise_alerts(routed.new_run(AT + minutes * MINUTE), AT + minutes * MINUTE)
    assert people(routed) == [LEAKS, GUARDIAN]


def test_without_a_route_what_may_be_speaking_up_is_nobody_elses(house: RunContext) -> None:
    cycle(house, AT, post(1, own_words(1, "rota")))
    assert people(house) == []


def test_a_route_can_be_for_a_platform_and_for_hours(made: Path) -> None:
    routes = [
        {"name": "Night", "flags": ["threat"], "hours": "outside", "to": [CALL]},
        {"name": "Day", "flags": ["threat"], "hours": "working", "platforms": ["x"], "to": [DESK]},
    ]
    changed(made, alerts={"route": routes})
    with at_home(made, at=AT) as (house, _):
        house.store.mentions.add_run("x", (), since=AT - 31 * DAY, at=AT - 30 * DAY)
        cycle(house, AT, post(1, own_words(1, "brick")))
        cycle(house, NIGHT, post(2, own_words(2, "brick"), NIGHT))
        elsewhere = post(3, own_words(3, "brick"), AT + 2 * DAY, platform="mastodon")
        cycle(house, AT + 2 * DAY, elsewhere)
        assert people(house) == [DESK, CALL, DUTY]


def test_at_night_only_now_is_told_and_the_rest_when_the_office_opens(routed: RunContext) -> None:
    found = [post(1, own_words(1, "newsroom"), NIGHT), post(2, own_words(2, "overdose"), NIGHT)]
    cycle(routed, NIGHT, *found)
    assert people(routed) == [SAFE]
    for at, to in (
        ("2026-11-26T08:59:00Z", [SAFE, CALL]), ("2026-11-26T09:01:00Z", [SAFE, CALL, PRESS]),
    ):  # fmt: skip
        alerts.raise_alerts(routed, clock.parse(at))
        assert people(routed) == to


def test_on_a_bank_holiday_nothing_but_now_is_told(routed: RunContext) -> None:
    boxing_day = clock.parse("2026-12-28T11:00:00Z")  # the substitute day
    cycle(routed, boxing_day, post(1, own_words(1, "newsroom"), boxing_day))
    assert people(routed) == []
    alerts.raise_alerts(routed, clock.parse("2026-12-29T09:01:00Z"))
    assert people(routed) == [PRESS]


def test_alerts_that_nobody_was_to_get_leave_once_somebody_is(calm: World, made: Path) -> None:
    changed(made, alerts={"to": []})
    with at_home(made, at=AT) as (house, _):
        house.store.mentions.add_run("x", (), since=AT - 31 * DAY, at=AT - 30 * DAY)
        cycle(house, AT, post(1, own_words(1, "brick")), post(2, own_words(2, "overdose")))
        assert people(house) == []
        assert house.store.alerts.count_raised() == 2
    changed(made, alerts={"route": [ROUTES[2]]})
    with at_home(made, at=AT) as (house, _):
        alerts.raise_alerts(house, AT)
        assert people(house) == [DESK]
        assert house.store.alerts.count_raised() == 1


# ── whoever is next ──────────────────────────────────────────────────────────────────────────────


def test_where_nobody_takes_it_in_time_the_next_contact_is_told_once(routed: RunContext) -> None:
    cycle(routed, AT, post(1, own_words(1, "overdose")))
    assert "If nobody takes it by 10:15" in str(letter(routed, AT).get_body(("plain",)))
    assert alerts.raise_alerts(routed, AT + 14 * MINUTE) == 0
    assert alerts.raise_alerts(routed, AT + 15 * MINUTE) == 1
    assert alerts.raise_alerts(routed, AT + 60 * MINUTE) == 0
    assert people(routed) == [SAFE, CALL]
    mail = letter(routed, AT + 15 * MINUTE)
    assert mail["Subject"] == "Nobody has taken it: someone may be in danger, case 1 (X post, found 10:00)"  # fmt: skip
    assert "Who knows: you alone" in str(mail.get_body(("plain",)))  # the first has not left
    routed.store.outbox.mark_sent(routed.store.outbox.due(AT + HOUR)[0].number, AT + 16 * MINUTE)
    mail = letter(routed, AT + 15 * MINUTE)
    assert "Who knows: you, and Safeguarding" in str(mail.get_body(("plain",)))


@pytest.mark.parametrize("how", ["taken", "decided"])
def test_who_takes_or_decides_it_has_acknowledged_it(how: str, routed: RunContext) -> None:
    cycle(routed, AT, post(1, own_words(1, "overdose")))
    by = person(routed)
    if how == "taken":
        assert routed.store.assignments.assign(1, by, by=by, at=AT + 5 * MINUTE, seen=0)
    else:
        decide(routed, 1, AT + 5 * MINUTE, by)
    assert alerts.raise_alerts(routed, AT + 20 * MINUTE) == 0
    assert people(routed) == [SAFE]
    # whoever took it and did nothing until it was due has forgotten it
    assert alerts.raise_alerts(routed, AT + 61 * MINUTE) == (1 if how == "taken" else 0)
    if how == "taken":
        mail = letter(routed, AT + 61 * MINUTE)
        assert mail["Subject"].startswith("Taken, and nothing is done: someone may be in danger")
        assert "nothing was done about it in time" in str(mail.get_body(("plain",)))


def test_a_case_that_was_given_back_is_nobodys_and_the_next_contact_is_told(
    routed: RunContext,
) -> None:
    cycle(routed, AT, post(1, own_words(1, "overdose")))
    by = person(routed)
    routed.store.assignments.assign(1, by, by=by, at=AT + 5 * MINUTE, seen=0)
    routed.store.assignments.assign(1, None, by=by, at=AT + 6 * MINUTE, seen=1)
    assert alerts.raise_alerts(routed, AT + 20 * MINUTE) == 1


@pytest.mark.parametrize("how", ["step", "decided", "taken"])
def test_the_next_contact_is_told_once_what_had_ended_that_is_taken_back(how: str, routed: RunContext) -> None:  # fmt: skip
    """Whoever had it did something in time, so that nobody was told next; then that is undone and nobody has it."""
    cycle(routed, AT, post(1, own_words(1, "overdose")))
    by, steps = person(routed), routed.store.path_steps
    if how == "step":
        assert steps.add(PathStep(case=1, path="danger", step="first", outcome="called", by=by, at=AT + 5 * MINUTE), seen=0)  # fmt: skip
    elif how == "decided":
        decide(routed, 1, AT + 5 * MINUTE, by)
    else:
        assert routed.store.assignments.assign(1, by, by=by, at=AT + 5 * MINUTE, seen=0)
        assert steps.add(PathStep(case=1, path="danger", step="first", outcome="called", by=by, at=AT + 6 * MINUTE), seen=0)  # fmt: skip
    assert alerts.raise_alerts(routed, AT + 20 * MINUTE) == 0
    back = AT + 30 * MINUTE
    if how == "decided":
        undo = CaseDecision(case=1, kind="undo", by=by, at=back, undoes=1)
        assert routed.store.cases.decide(undo, 1)
    else:
        assert steps.take_back(1, by=by, at=back, seen=1)
    if how == "taken":
        assert alerts.raise_alerts(routed, back + MINUTE) == 0  # somebody has it still
        assert routed.store.assignments.assign(1, None, by=by, at=back, seen=1)
    assert alerts.raise_alerts(routed, back + 14 * MINUTE) == 0
    assert alerts.raise_alerts(routed, back + 15 * MINUTE) == 1
    assert alerts.raise_alerts(routed, back + 60 * MINUTE) == 0
    assert people(routed) == [SAFE, CALL]


def test_one_case_that_cannot_be_read_keeps_the_next_contact_of_no_other_from_hearing(
    routed: RunContext,
) -> None:
    cycle(routed, AT, post(1, own_words(1, "overdose")))
    by = person(routed)
    routed.store.assignments.assign(1, by, by=by, at=AT + 5 * MINUTE, seen=0)
    assert alerts.raise_alerts(routed, AT + 61 * MINUTE) == 1  # taken, and nothing was done
    routed.store.assignments.assign(1, None, by=by, at=AT + 62 * MINUTE, seen=1)
    cycle(routed, AT + 70 * MINUTE, post(2, own_words(2, "overdose"), AT + 70 * MINUTE))
    assert routed.store.database.execute("UPDATE revisions SET encrypted = x'00' WHERE mention = 1")
    assert alerts.raise_alerts(routed, AT + 85 * MINUTE) == 1
    assert any("alert 1" in failure for failure in routed.failures)


def test_danger_without_a_next_contact_of_its_own_goes_along_the_chain_of_passing_on(
    made: Path,
) -> None:
    changed(made, review={"chase": {"chain": [CALL, PRESS], "danger_minutes": 10}})
    with at_home(made, at=AT) as (house, _):
        house.store.mentions.add_run("x", (), since=AT - 31 * DAY, at=AT - 30 * DAY)
        cycle(house, NIGHT, post(1, own_words(1, "overdose"), NIGHT))
        for minutes in (10, 20, 30):
            alerts.raise_alerts(house, NIGHT + minutes * MINUTE)
        assert people(house) == [DUTY, CALL, PRESS]


def test_a_colleagues_report_leaves_before_anybody_read_the_post(calm: World, made: Path) -> None:
    with at_home(made, at=AT) as (house, _):
        house.store.mentions.add_run("noted", [post(1, "Come and see this")], since=AT, at=AT)
        house.store.staff_reports.add(1, at=AT, worry="Look", flags=("pid",))
        assert handoffs.chase_and_deliver(house, clock.now()) == 1
        (mail,) = calm.mail.messages
        assert mail["Subject"].startswith("Now: patient’s details, told by a colleague, post 1 (X post, found ")  # fmt: skip
        assert mail["Importance"] == "high"
        # once it is read, its case is that of the report: nobody is told twice
        run = house.new_run(AT + MINUTE)
        assess.assess(run, reader(FakeModel(says=MODEL)))
        group.group(run)
        assert alerts.raise_alerts(run, AT + MINUTE) == 0
        assert [told.route for told in house.store.alerts.mails_of_case(1)] == ["to"]


@pytest.mark.parametrize("worry", [worries.THREAT, worries.AIMED, worries.DANGER, worries.PATIENT])
def test_a_threat_that_a_colleague_tells_of_is_chased_as_danger_is(made: Path, worry: str) -> None:
    """Though the program reads nothing of it in the post; of a leak without danger nobody is next."""
    changed(made, review={"chase": {"chain": [CALL, PRESS], "danger_minutes": 10}})
    with at_home(made, at=AT) as (house, _):
        house.store.mentions.add_run("noted", [post(1, "Come and see this")], since=NIGHT, at=NIGHT)
        run = house.new_run(NIGHT)
        assess.assess(run, reader(FakeModel(says=MODEL)))
        group.group(run)
        house.store.staff_reports.add(1, at=NIGHT, worry=worry, flags=worries.FLAGS[worry])
        assert alerts.raise_alerts(house, NIGHT) == 1
        chased = worry != worries.PATIENT
        assert (house.store.alerts.mails_of_case(1)[0].next_at == NIGHT + 10 * MINUTE) == chased
        for minutes in (10, 20, 30):
            alerts.raise_alerts(house, NIGHT + minutes * MINUTE)
        assert people(house) == ([DUTY, CALL, PRESS] if chased else [DUTY])


def test_a_mail_of_a_case_that_somebody_has_says_who(routed: RunContext) -> None:
    cycle(routed, AT, post(1, own_words(1, "brick")))
    by = person(routed)
    routed.store.assignments.assign(1, by, by=by, at=AT, seen=0)
    assert "Ben Okafor has it." in str(letter(routed, AT).get_body(("plain",)))


# ── what is first done ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "step", "no_step"),
    [
        ("overdose, I want to die", "Tell X that a person is at risk", "Childline"),
        ("my brother took an overdose", "Tell X that someone else may be at risk", "Childline"),
        ("overdose, she’s 14", "Childline 0800 1111", "Samaritans"),
        ("overdose: he hits me", "Don’t reply in public", "Samaritans"),
    ],
)
def test_first_steps_of_danger_go_by_what_the_post_says_and_the_mail_says_none_of_its_words(
    house: RunContext, words: str, step: str, no_step: str
) -> None:
    cycle(house, AT, post(1, own_words(1, words)))
    written = letter(house, AT).get_body(("plain",))
    assert written is not None
    text = written.get_content()
    assert step in text
    assert no_step not in text
    assert words not in text


# ── a digest that nobody acknowledged ────────────────────────────────────────────────────────────


def digest_of_old(house: RunContext, *words: str) -> None:
    """Posts of a month ago, each of its own words, in one digest at AT."""
    old = AT - 20 * DAY
    cycle(house, AT, *(post(number, own_words(number, said), old, fetched_at=AT) for number, said in enumerate(words, 1)))  # fmt: skip


def test_of_a_digest_that_somebody_looked_after_nobody_is_promised_a_next_contact_for_the_rest(
    made: Path,
) -> None:
    press = {"name": "The press desk", "flags": ["media"], "risk": "low", "to": [PRESS], "next": [CALL]}  # fmt: skip
    changed(made, alerts={"route": [press]})
    with at_home(made, at=AT) as (house, _):
        house.store.mentions.add_run("x", (), since=AT - 31 * DAY, at=AT - 30 * DAY)
        digest_of_old(house, "newsroom", "newsroom")
        by = person(house)
        for case in (1, 2):
            house.store.assignments.assign(case, by, by=by, at=AT + 5 * MINUTE, seen=0)
        alerts.raise_alerts(house, AT + 5 * HOUR)
        assert house.store.assignments.assign(2, None, by=by, at=AT + 5 * HOUR, seen=1)
        (let_go,) = house.store.alerts.let_go(2)
        assert let_go.digest
        assert alerts.resumes_at(house.store, house.config, house.policy, let_go) is None
        assert house.store.assignments.assign(1, None, by=by, at=AT + 5 * HOUR, seen=1)
        assert alerts.resumes_at(house.store, house.config, house.policy, let_go) is not None


@pytest.fixture
def followed(made: Path) -> Iterator[RunContext]:
    """A team with a next contact, who are two in a row."""
    changed(made, alerts={"next": [CALL, PRESS]})
    with at_home(made, at=AT) as (context, _):
        context.store.mentions.add_run("x", (), since=AT - 31 * DAY, at=AT - 30 * DAY)
        yield context


def test_that_nobody_took_more_cases_than_are_looked_at_is_said_as_at_least_so_many(
    followed: RunContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest_of_old(followed, "brick", "idiots", "brick")
    assert people(followed) == [DUTY]
    (mail,) = followed.store.alerts.to_chase(AT + HOUR)
    monkeypatch.setattr(health, "MOST_LOOKED_AT", 1)
    monkeypatch.setattr(followed.store.alerts, "to_chase", lambda _: [mail, mail])
    lines = [fault.line for fault in health.of_run(followed, AT + HOUR + 6 * MINUTE).faults]
    assert "Nobody took at least 2 cases of which an alert told, and the next contact is not told." in lines  # fmt: skip


def test_a_digest_that_nobody_acknowledged_goes_once_to_the_next_contact(
    followed: RunContext,
) -> None:
    digest_of_old(followed, "brick", "idiots", "brick")
    assert people(followed) == [DUTY]
    body = letter(followed, AT).get_body(("plain",))
    assert body is not None
    words = " ".join(body.get_content().split())
    assert (
        "Each case in Now that nobody takes by 11:00 goes to the next person on the list" in words
    )
    assert alerts.raise_alerts(followed, AT + 59 * MINUTE) == 0
    late = "Nobody took 2 cases of which an alert told, and the next contact is not told."
    (shown,) = [fault for fault in health.of_run(followed, AT + HOUR + 6 * MINUTE).faults if fault.line == late]  # fmt: skip
    assert shown.mend.endswith(
        "calls `mentions run`, which tells the next contact."
    )  # by_hand is set
    assert shown.desk  # the Guardian sees none of these cases
    assert alerts.raise_alerts(followed, AT + HOUR) == 1

    def lines() -> list[str]:
        return [fault.line for fault in health.of_run(followed, AT + HOUR + 6 * MINUTE).faults]

    assert late in lines()  # what was queued has told nobody
    assert people(followed) == [DUTY, CALL]
    assert subjects(followed, AT + HOUR)[1].startswith(
        "Nobody has taken them: 2 cases need someone now"
    )
    assert [alerts.raise_alerts(followed, AT + later * HOUR) for later in (2, 5, 30)] == [0, 0, 0]
    assert alerts.recipients(followed, followed.store.outbox.due(AT + 90 * DAY)[1]) == (CALL,)
    for row in followed.store.outbox.due(AT + 90 * DAY):
        followed.store.outbox.mark_sent(row.number, AT + HOUR)
    assert late not in lines()


def test_whoever_took_one_of_its_cases_has_acknowledged_it(followed: RunContext) -> None:
    digest_of_old(followed, "brick", "idiots")
    decide(followed, 1, AT + MINUTE, person(followed))
    assert alerts.raise_alerts(followed, AT + HOUR) == 0
    assert people(followed) == [DUTY]


def test_what_is_left_of_now_is_told_on_though_another_case_of_the_digest_was_taken(
    followed: RunContext,
) -> None:
    digest_of_old(followed, "brick", "brick", "idiots")
    decide(followed, 1, AT + MINUTE, person(followed))
    assert alerts.raise_alerts(followed, AT + HOUR) == 1
    assert people(followed) == [DUTY, CALL]
    assert "1 case" in subjects(followed, AT + HOUR)[1]


def test_danger_in_a_digest_is_chased_though_another_case_of_it_was_taken(
    followed: RunContext,
) -> None:
    digest_of_old(followed, "overdose", "idiots")
    decide(followed, 2, AT + MINUTE, person(followed))
    assert alerts.raise_alerts(followed, AT + 15 * MINUTE) == 1
    assert people(followed) == [DUTY, CALL]
    assert "1 person may be in danger" in subjects(followed, AT + HOUR)[1]


def test_where_nobody_is_next_a_digest_is_not_chased(house: RunContext) -> None:
    digest_of_old(house, "idiots", "brick")
    assert alerts.raise_alerts(house, AT + 9 * HOUR) == 0
    assert people(house) == [DUTY]


def test_by_a_second_channel_too_a_leak_by_who_speaks_up_is_told_as_a_leak_and_the_guardians_mail_is_not(
    routed: RunContext,
) -> None:
    cycle(routed, AT, post(1, own_words(1, "rota whiteboard")))
    theirs, mine = routed.store.outbox.due(AT + DAY)
    assert second.note_of(routed, theirs).words == "Patient’s details"
    assert (second._guarded(routed, theirs), second._guarded(routed, mine)) == (False, True)


HOTHEAD = {
    "threat": 0.95, "grievance": 0.9, "target.colleague": 0.9, "staff.icb": 0.95, "staff.no": 0.0, "protected.criticism": 0.9, "protected.none": 0.0,
}  # fmt: skip
LEAD = "duty.lead@example.org"


@pytest.fixture
def lane(made: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunContext]:
    """Routes, a duty lead, and a word by which a colleague who tells of their work threatens somebody."""
    monkeypatch.setitem(MODEL, "crowbar", HOTHEAD)
    monkeypatch.setitem(MODEL, "unsure", {**HOTHEAD, "threat": 0.5})
    changed(made, alerts={"route": ROUTES}, review={"duty_lead": LEAD, "chase": {"chain": []}})
    with at_home(made, at=AT) as (context, _):
        context.store.mentions.add_run("x", (), since=AT - 31 * DAY, at=AT - 30 * DAY)
        yield context


@pytest.mark.parametrize("at", [AT, NIGHT])
def test_a_threat_by_who_speaks_up_is_told_to_the_guardian_and_the_duty_lead_at_once_and_to_nobody_else(
    lane: RunContext, at: datetime
) -> None:
    assert cycle(lane, at, post(1, own_words(1, "crowbar"), at)) == 2
    assert sorted(people(lane)) == sorted([GUARDIAN, LEAD])
    assert lane.store.speaking_up.protected(1) == 1
    assert cycle(lane, at + 50 * MINUTE) == 0  # they have an hour
    assert lane.store.speaking_up.protected(1) == 1


def test_the_duty_lead_is_emailed_where_the_settings_say_though_they_sign_in_by_a_name(lane: RunContext) -> None:  # fmt: skip
    for handle, mailbox, told_to in (
        ("duty", (), ()),
        ("duty", ("duty.desk@example.org",), ("duty.desk@example.org",)),
        (LEAD, (), (LEAD,)),
        ("", ("duty.desk@example.org",), ()),
    ):
        review = lane.config.review.model_copy(
            update={"duty_lead": handle, "duty_lead_email": mailbox}
        )
        assert duty_lead_of(lane.config.model_copy(update={"review": review})) == told_to


def test_where_nobody_of_the_lane_takes_it_up_those_on_duty_are_told_once_and_so_are_they(
    lane: RunContext,
) -> None:
    cycle(lane, NIGHT, post(1, own_words(1, "crowbar"), NIGHT))
    assert cycle(lane, NIGHT + 61 * MINUTE) > 0
    assert lane.store.speaking_up.protected(1) == 2
    told = people(lane)
    assert told.count(DESK) == 1
    assert told.count(GUARDIAN) == 2
    assert [event.kind for event in lane.store.audit.events()].count("opened to those on duty") == 1
    assert cycle(lane, NIGHT + 3 * HOUR) == 0
    assert [event.kind for event in lane.store.audit.events()].count("opened to those on duty") == 1


@pytest.mark.parametrize("took", ["took", "decided", "began"])
def test_what_somebody_of_the_lane_took_up_stays_theirs(lane: RunContext, took: str) -> None:
    store = lane.store
    farah = store.users.add("local", "farah", "Farah Iqbal", ["guardian"], at=AT).number
    cycle(lane, AT, post(1, own_words(1, "crowbar")))
    if took == "took":
        store.assignments.assign(1, farah, by=farah, at=AT + MINUTE, seen=0)
    elif took == "decided":
        case = store.cases.get(1)
        assert case is not None
        store.cases.decide(CaseDecision(case=1, kind="no_action", by=farah, at=AT + MINUTE, covers=((1, 1),), reason="Noted by the Guardian"), case.version)  # fmt: skip
    else:
        store.path_steps.add(
            PathStep(
                case=1, path="threat", step="first", outcome="called", by=farah, at=AT + MINUTE
            ),
            seen=0,
        )
    cycle(lane, AT + 5 * HOUR)
    assert store.speaking_up.protected(1) == 1
    assert DESK not in " ".join(people(lane))


def test_a_threat_of_which_the_program_is_unsure_and_one_of_years_ago_open_nothing(
    lane: RunContext,
) -> None:
    old = post(2, own_words(2, "crowbar"), posted_at=AT - 400 * DAY)
    cycle(lane, AT, post(1, own_words(1, "unsure")), old)
    cycle(lane, AT + 5 * HOUR)
    assert [lane.store.speaking_up.protected(number) for number in lane_cases(lane)] == [1, 1]


def lane_cases(house: RunContext) -> list[int]:
    return [row[0] for row in house.store.database.rows("SELECT number FROM cases ORDER BY number")]
