"""Danger and threats have their steps on one page: who to ring, who was told, and who has it, by a name and a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from core import clock
from core.danger import HELP
from core.models import Author
from reports import handoffs
from settings.review import LanePromises
from tests.review.accessibility import beyond, faults
from tests.review.conftest import House, look, sign_in
from tests.review.desk.paths import (
    LOOKS,
    ROLES,
    do,
    emailed,
    emails_leave,
    hidden_fields,
    keys,
    now_lane,
    outline,
    path_of,
    ready,
)
from tests.review.factories import (
    HOSTILE,
    IN_DANGER,
    NOW,
    RUMOUR,
    Told,
    case_of,
    configure,
    decide,
    tell,
)
from tests.review.pages import Tags, read, send
from tests.store.factories import AT, DAY, HOUR, mention

HOME = Told(text="im home. my brother came. thank you vi x", risk="none", read={"read": "partial"})
SAME_DAY = NOW.replace(
    hour=17, minute=0
)  # until when what its team has is to be done, as an answer is
KIND = Told(text="please step back from the edge, ring me", risk="none")


@pytest.fixture
def desk(anew: House) -> House:
    now_lane(anew, IN_DANGER, "Someone may end their life")
    return ready(anew)


def danger(house: House) -> str:
    return f"/cases/{case_of(house.store, IN_DANGER)}/danger"


def threat(house: House) -> str:
    return f"/cases/{case_of(house.store, HOSTILE)}/threat"


def standing(house: House) -> list[str]:
    return list(path_of(house, case_of(house.store, IN_DANGER), "danger").standing)


# ── danger ───────────────────────────────────────────────────────────────────────────────────────


def test_the_steps_stand_first_with_numbers_that_ring(desk: House) -> None:
    page = read(desk, danger(desk))
    assert outline(page) == ["step"] * 4
    numbers = [link["href"] for link in page.all("a") if link.get("href", "").startswith("tel:")]
    # whoever is on call in the sentence that says when they are rung, then the numbers of the step
    assert numbers == ["tel:999", "tel:999", "tel:+442079460100", "tel:+442079460133", "tel:+442079460100"]  # fmt: skip
    assert "This page does not call anyone; call 999." in page.text
    assert "Can’t see the point of waking up tomorrow" in page.text
    assert "Safeguarding has not been told yet" in page.text
    assert "Facebook’s form: report suicidal content" in page.text
    assert "Samaritans on 116 123" in page.text


def test_of_all_teams_only_what_its_own_is_sent_is_written_and_once(
    desk: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter, teams = handoffs.letter, list[str]()

    def noted(*args: Any, **how: Any) -> handoffs.HandoffMail:
        teams.append(args[3].role)
        return letter(*args, **how)

    monkeypatch.setattr(handoffs, "letter", noted)
    assert "15 minutes" in read(desk, danger(desk)).text
    assert teams == ["safeguarding"]


def test_without_words_set_up_the_reply_is_our_own(desk: House) -> None:
    configure(desk.desk, templates=())
    assert HELP in read(desk, danger(desk)).text


def test_ringing_them_writes_down_who_and_when_emails_them_and_starts_the_chase(
    desk: House,
) -> None:
    way = danger(desk)
    assert do(desk, way, "not_called").status_code == 303
    assert do(desk, way, "ring", who="Priya Nair", when="10:50", prefix="ring").status_code == 303
    assert emailed(desk) == [("sent", ("safe@example.org",))]
    (handoff,) = desk.store.handoffs.open(case_of(desk.store, IN_DANGER))
    assert (handoff.state, handoff.danger, handoff.keeps_look) == ("waits", True, True)
    assert standing(desk) == ["first", "ring"]
    page = read(desk, way, "bea")
    assert "Amina rang Priya Nair, Safeguarding, at 10:50" in page.text
    assert "Safeguarding has not confirmed yet" in page.text
    assert (
        "an email to the next person on the on-call list is due, and no email leaves now: "
        in page.text
    )  # no schedule runs
    assert outline(page)[:2] == ["step step--not", "step step--done"]  # 999 was not called: no tick


def test_an_email_about_danger_that_waits_three_minutes_is_told_with_whom_to_ring(
    desk: House,
) -> None:
    way, case = danger(desk), case_of(desk.store, IN_DANGER)
    for row in desk.store.outbox.due(NOW + DAY):
        desk.store.outbox.mark_sent(row.number, NOW)
    do(desk, way, "no_answer")
    assert "is queued since 11:00, not sent yet: ring them" in read(desk, way).text
    line = f"Case {case}, Safeguarding: rung 11:00, no answer; ring again 020 7946 0133"
    assert line not in read(desk, "/waiting").text
    other = case_of(desk.store, RUMOUR)  # of no danger: counted and named a quarter of an hour on
    (post, *_) = [f"{each.item.number}:{each.item.revision}" for each in desk.store.cases.mentions(other)]  # fmt: skip
    form = {"version": "0", "posts": post, "role": "pals"}
    assert send(desk, f"/cases/{other}/pass-on", **form).status_code == 303
    desk.desk.now = lambda: NOW + timedelta(minutes=3)
    for address in ("/waiting", "/today"):
        assert line in read(desk, address).text
        assert line not in read(desk, address, "vera").text  # who may not decide rings nobody
    wrong = read(desk, "/sources").text
    assert f"Case {case}: Safeguarding, rung 11:00, no answer, ring again 020 7946 0133" in wrong
    assert "Emails can’t leave" in wrong
    assert f"Case {other}" not in wrong
    for row in desk.store.outbox.due(NOW + DAY):
        desk.store.outbox.mark_sent(row.number, NOW)
    assert line not in read(desk, "/waiting").text


def test_where_nobody_answers_they_are_emailed_and_to_be_rung_again(desk: House) -> None:
    way = danger(desk)
    for _ in range(2):
        assert do(desk, way, "no_answer").status_code == 303
    assert emailed(desk) == [("sent", ("safe@example.org",))]
    page = read(desk, way)
    assert "Nobody answered 2 times: ring again." in page.text
    assert page.all("button", value="ring")


def test_the_clock_stops_only_by_a_name_and_a_time(desk: House) -> None:
    way = danger(desk)
    case = case_of(desk.store, IN_DANGER)
    do(desk, way, "ring")
    assert "Write who has it." in do(desk, way, "has_it", who=" ", prefix="has").text
    assert do(desk, way, "has_it", who="Priya", when="noon", prefix="has").status_code == 422
    assert any(
        one.kind == "look" and one.stopped_at is None for one in desk.store.deadlines.of_case(case)
    )
    assert do(desk, way, "has_it", who="Priya Nair", when="10:55", prefix="has").status_code == 303
    (handoff,) = desk.store.handoffs.open(case)
    assert handoff.state == "confirmed"
    (look,) = [one for one in desk.store.deadlines.of_case(case) if one.kind == "look"]
    assert look.stopped_at is None  # three steps have no answer: it goes on, as calmly as an answer
    assert look.due_at == SAME_DAY
    page = read(desk, way)
    assert "Priya Nair of Safeguarding has it, since 10:55" in page.text
    assert do(desk, way, "back", step="has_it").status_code == 303
    assert desk.store.handoffs.open(case)[0].state == "waits"


def test_who_has_it_can_be_said_at_once_with_a_name_and_how(desk: House) -> None:
    way = danger(desk)
    for who in ("x", "me", "n/a", "-", "12", "amina"):
        assert (
            "Write a person’s name"
            in do(desk, way, "has_it", who=who, how="phone", prefix="has").text
        )
    assert "Safeguarding has not been told yet. Choose how" in do(desk, way, "has_it", who="Priya Nair", prefix="has").text  # fmt: skip
    assert do(desk, way, "has_it", who="Priya Nair", how="phone").status_code == 303
    assert "Safeguarding has confirmed, 11:00 (Priya Nair, by phone)" in read(desk, way).text
    (handoff,) = desk.store.handoffs.open(case_of(desk.store, IN_DANGER))
    assert handoff.state == "confirmed"


def test_not_a_danger_asks_why_and_who_said_so_and_tells_whoever_was_told(desk: House) -> None:
    way = danger(desk)
    do(desk, way, "ring")
    lacking: list[dict[str, Any]] = [{"who": "Priya Nair"}, {"who": "", "why": "past"}, {"who": "x", "why": "past"}, {"who": "Priya Nair3", "why": "past"}, {"who": "Priya Nair", "other": "x"}]  # fmt: skip
    for given in lacking:
        assert do(desk, way, "not", prefix="not", **given).status_code == 422
    answer = do(desk, way, "not", who="Priya Nair", why="past", prefix="not")
    assert answer.status_code == 303
    assert desk.store.handoffs.open(case_of(desk.store, IN_DANGER)) == []
    assert "Priya Nair said that it is no danger" in read(desk, way).text
    assert do(desk, way, "back", step="not").status_code == 303
    assert "Priya Nair said" not in read(desk, way).text


@pytest.mark.parametrize(("post", "path", "team"), [(IN_DANGER, "danger", "Safeguarding"), (HOSTILE, "threat", "Security")])  # fmt: skip
def test_closed_as_none_with_nobody_told_says_so_wherever_it_is_read(
    desk: House, post: Told, path: str, team: str
) -> None:
    case = case_of(desk.store, post)
    way = f"/cases/{case}/{path}"
    assert f"{team} has not been told." in read(desk, way).text
    assert do(desk, way, "not", who="Amina Khan", why="saying", prefix="not").status_code == 303
    for address in (way, "/done", f"/cases/{case}", f"/cases/{case}/full", "/handover"):
        assert f"{team} was not told" in read(desk, address).text, address


def test_of_two_officers_who_do_one_step_the_second_is_told_who_was_faster(desk: House) -> None:
    way = danger(desk)
    seen = read(desk, way, "bea")
    do(desk, way, "called")
    answer = do(desk, way, "called", "bea", seen)
    assert answer.status_code == 409
    assert "Amina Yusuf called 999, 11:00, while you looked. Yours was not saved" in Tags(answer.text).text  # fmt: skip
    assert standing(desk) == ["first"]
    seen = read(desk, way)
    assert do(desk, way, "back", "bea", step="first").status_code == 303
    answer = do(desk, way, "back", "amina", seen, step="first")
    assert answer.status_code == 409
    assert "Bea Whitlock took back “called 999”, 11:00" in Tags(answer.text).text


@pytest.mark.parametrize(("theirs", "own", "both"), [
    ({"do": "ring", "who": "Priya Nair", "prefix": "ring"}, {"do": "called"}, ["ring", "first"]),
    ({"do": "called"}, {"do": "ring", "who": "Priya Nair", "prefix": "ring"}, ["first", "ring"]),
    ({"do": "no_answer"}, {"do": "called"}, ["no_answer_1", "first"]),
    ({"do": "called"}, {"do": "platform"}, ["first", "platform"]),
    ({"do": "platform"}, {"do": "reply"}, ["platform", "reply"]),
    ({"do": "ring", "who": "Priya Nair", "prefix": "ring"}, {"do": "has_it", "who": "Sam Reid", "prefix": "has"}, ["ring", "has_it"]),
    ({"do": "not_called"}, {"do": "called"}, ["first"]),
])  # fmt: skip
def test_what_a_colleague_did_of_another_step_refuses_nothing(
    desk: House, theirs: dict[str, str], own: dict[str, str], both: list[str]
) -> None:
    way = danger(desk)
    seen = read(desk, way, "bea")
    assert send(desk, way, "amina", **(hidden_fields(seen) | theirs)).status_code == 303
    answer = send(desk, way, "bea", **(hidden_fields(seen) | own))
    assert answer.status_code == 303, Tags(answer.text).text[:400]
    assert standing(desk) == both
    path = path_of(desk, case_of(desk.store, IN_DANGER), "danger")
    assert path.standing[both[-1]].by_name == "Bea Whitlock"


def test_a_call_to_999_is_saved_though_the_post_was_edited_meanwhile(desk: House) -> None:
    way = danger(desk)
    seen = hidden_fields(read(desk, way))
    edited = seen | {"posts": re.sub(r":\d+$", ":99", seen["posts"])}
    assert send(desk, way, "amina", **(edited | {"do": "platform"})).status_code == 409
    assert send(desk, way, "amina", **(edited | {"do": "called"})).status_code == 303
    assert standing(desk) == ["first"]


def test_the_platform_and_the_reply_are_written_down_and_taken_back(desk: House) -> None:
    way = danger(desk)
    for step in ("platform", "reply"):
        assert do(desk, way, step).status_code == 303
    page = read(desk, way)
    assert "Told: You" in page.text
    assert "Replied: You" in page.text
    assert do(desk, way, "back", "bea", step="reply").status_code == 303
    assert standing(desk) == ["platform"]


def test_without_a_team_the_page_says_what_is_not_set_up(desk: House) -> None:
    configure(desk.desk, roles=(), crisis_contact="")
    page = read(desk, danger(desk))
    assert "No team called Safeguarding is set up" in page.text
    assert do(desk, danger(desk), "ring", who="The duty lead").status_code == 303
    assert desk.store.handoffs.of_case(case_of(desk.store, IN_DANGER)) == []


def test_a_viewer_has_no_steps_and_a_step_that_is_none_is_refused(desk: House) -> None:
    read(desk, danger(desk), "vera", status=403)
    assert send(desk, danger(desk), do="dance").status_code == 422
    read(desk, "/cases/99999/danger", status=404)


HIT = replace(
    IN_DANGER, flags=(("safeguarding", "hit me twice"),), text="He has hit me twice this week and he takes my phone. My midwife is at Hillingdon. How do I let her know?",
    masked="He has hit me twice this week and he takes my phone. My midwife is at Hillingdon. How do I let her know?",
)  # fmt: skip
YOUNG = replace(
    IN_DANGER, flags=(("safeguarding", "cutting my arms"),), text="I’m 15 and I keep cutting my arms, nobody at CAMHS rings back",
    masked="I’m 15 and I keep cutting my arms, nobody at CAMHS rings back",
)  # fmt: skip


def path(house: House, told: Told, number: int) -> str:
    tell(house.store, told, number, AT, alone=True)
    return f"/cases/{case_of(house.store, told)}/danger"


def test_whoever_is_hurt_at_home_is_not_answered_in_public(desk: House) -> None:
    way = path(desk, HIT, 81)
    page = read(desk, way)
    assert "Don’t reply in public" in page.text
    assert "0808 2000 247" in page.text
    assert not page.all("textarea")  # no words to post, for the platform neither
    assert "suicid" not in page.text.lower()
    assert do(desk, way, "no_reply").status_code == 303
    assert "Not answered: You" in read(desk, way).text
    whole = read(desk, f"{way.removesuffix('/danger')}/full").text  # says the same
    assert "Don’t reply in public: whoever hurts them may read it." in whole
    assert "Samaritans" not in whole


def test_a_request_is_passed_to_pals_as_one_and_told_from_the_danger_in_it(desk: House) -> None:
    asks = replace(HIT, flags=(*HIT.flags, ("assistance", "How do I let her know?")))
    way = path(desk, asks, 83)
    case = case_of(desk.store, asks)
    before = read(desk, f"/cases/{case}/pass-on?role=pals").text  # nobody has the danger yet
    assert "Now: a request for help; someone may be in danger" in before
    do(desk, way, "not_called")
    do(desk, way, "no_reply")
    do(desk, way, "ring_has", who="Priya Nair", when="10:55", prefix="ring")
    form = read(desk, f"/cases/{case}/pass-on?role=pals")
    due = desk.store.handoffs.request_due(case)
    assert due is not None
    words = f"Whoever wrote it asks for help: their answer is due by {clock.local(due)}. Nobody should reply in public: whoever hurts them may read it."
    assert words in form.text
    (post,) = [each.item for each in desk.store.cases.mentions(case)]
    version = desk.store.cases.get(case).version  # type: ignore[union-attr]
    answer = send(desk, f"/cases/{case}/pass-on", version=version, posts=f"{post.number}:{post.revision}", role="pals")  # fmt: skip
    assert answer.status_code in (200, 303), answer.text
    (pals,) = [each for each in desk.store.handoffs.open(case) if each.role == "pals"]
    config, policy = desk.desk.config(desk.store), desk.desk.policy
    mail = handoffs.step_mail(
        config, policy, pals, "sent", post, asks=handoffs.request_of(desk.store, config, pals), at=NOW
    )  # fmt: skip
    assert mail.subject == f"A request for help, case {case}, for PALS and complaints"
    assert words in " ".join(mail.text.split())
    assert "Someone may be in danger as well: that was passed to Safeguarding." in mail.text
    assert "Nobody should reply in public" in mail.html
    assert "A request for help" in read(desk, "/waiting").text
    assert post.masked[:20] not in mail.text + mail.html
    assert pals.due_at is not None
    assert pals.due_at < due
    page = read(desk, f"/cases/{case}")  # that a team has the request makes no public reply safe
    assert "Don’t reply in public: whoever hurts them may read it. A team has the request" in page.text  # fmt: skip
    assert "has it already" in read(desk, f"/cases/{case}/pass-on?role=pals").text
    assert "suggested" not in read(desk, f"/cases/{case}/pass-on?role=pals").text
    (danger,) = [each for each in desk.store.handoffs.open(case) if each.role == "safeguarding"]
    assert (danger.danger, pals.danger) == (True, False)  # who acts on it is chased by the minute


def test_before_anybody_rang_the_time_to_confirm_counts_from_the_call_and_no_clock_moves(
    desk: House,
) -> None:
    crisis = "the on-call manager, 020 7946 0199"
    configure(desk.desk, review=desk.desk.file.review.model_copy(update={"crisis_contact": crisis}))
    page = read(desk, danger(desk))
    sentence = "if nobody confirms in 15 minutes from when you ring, ring the on-call manager, 020 7946 0199"  # fmt: skip
    assert sentence in page.text
    assert "15 minutes, by" not in page.text
    tels = [link["href"] for link in page.all("a") if link["href"] == "tel:+442079460199"]
    assert len(tels) >= 2  # in the sentence and among the numbers
    do(desk, danger(desk), "ring", who="Priya Nair", when="10:50", prefix="ring")
    assert "If nobody confirms by" in read(desk, danger(desk)).text  # by when is known then


def test_a_call_to_whoever_is_on_call_stands_on_the_first_screen_of_the_case(desk: House) -> None:
    crisis = "the on-call manager, 020 7946 0199"
    configure(desk.desk, review=desk.desk.file.review.model_copy(update={"crisis_contact": crisis}))
    case = f"/cases/{case_of(desk.store, IN_DANGER)}"
    words = "Whoever is on call was rung 10:55."
    do(desk, danger(desk), "again", whom="on_call", who="Meera Shah", when="10:55", prefix="again")
    first = read(desk, case).text.partition("Who was told and rung")[0]
    assert f"{words} Nobody has rung Safeguarding." in first
    do(desk, danger(desk), "ring", who="Priya Nair", when="10:50", prefix="ring")
    assert words in read(desk, case).text.partition("Who was told and rung")[0]


def test_once_nobody_confirmed_in_time_the_case_names_whoever_is_on_call_by_number(
    desk: House,
) -> None:
    """Of a threat too, whose team has another number."""
    crisis = "the on-call manager, 020 7946 0199"
    configure(desk.desk, review=desk.desk.file.review.model_copy(update={"crisis_contact": crisis}))
    now_lane(desk, HOSTILE, "Threat to hurt staff")
    for way, case in ((danger(desk), IN_DANGER), (threat(desk), HOSTILE)):
        do(desk, way, "ring", who="Priya Nair", when="11:00", prefix="ring")
        address = f"/cases/{case_of(desk.store, case)}"
        before = read(desk, address)
        assert "due now" not in before.text
        desk.desk.now = lambda: NOW + timedelta(minutes=16)
        page = read(desk, address)
        assert "Nobody has confirmed by 11:15" in page.text.partition("Who was told and rung")[0]
        assert [link for link in page.all("a") if link["href"] == "tel:+442079460199"]
        desk.desk.now = lambda: NOW


def test_once_its_team_has_it_nobody_is_invited_to_answer_them_in_public(desk: House) -> None:
    asks = replace(HIT, flags=(*HIT.flags, ("assistance", "How do I let her know?")))
    way = path(desk, asks, 83)
    do(desk, way, "not_called")
    do(desk, way, "no_reply")
    do(desk, way, "ring_has", who="Priya Nair", when="10:55", prefix="ring")
    case = case_of(desk.store, asks)
    text = read(desk, f"/cases/{case}").text
    assert "Someone asked for help in it" in text
    assert "Also asks for help, by" in read(desk, "/waiting").text
    assert "Don’t reply in public: whoever hurts them may read it. Pass the request to PALS" in text
    assert "Answer it" not in text
    saved = read(desk, f"/today?saved={case}.danger").text
    assert "every step has an answer" not in saved
    assert "nobody has answered that. Don’t answer it in public" in saved


def test_a_request_that_stands_after_the_steps_is_told_and_listed_with_its_time_until_a_team_has_it(
    desk: House,
) -> None:
    """That somebody wrote "answered already" of a step of danger answers no request."""
    asks = replace(HIT, flags=(*HIT.flags, ("assistance", "How do I let her know?")))
    way = path(desk, asks, 84)
    case = case_of(desk.store, asks)
    do(desk, way, "not_called")
    do(desk, way, "ring_has", who="Priya Nair", when="10:55", prefix="ring")
    done = do(desk, way, "other", step="no_reply", answer="already", when="10:50", prefix="no_reply")  # fmt: skip
    assert done.headers["location"].endswith(f"saved={case}.danger")
    stands = "They also ask for help, by today, 17:00: no answer to that is written down"
    assert stands in read(desk, done.headers["location"]).text
    assert not read(desk, "/today?lane=answer").all("a", data_row=str(case))
    page = read(desk, "/waiting")
    assert page.all("tr", data_request=str(case))
    assert "By today, 17:00" in page.text
    desk.store.database.execute("UPDATE handoffs SET state = 'answered' WHERE case_number = ?", case)  # fmt: skip
    page = read(desk, "/waiting")  # whatever became of what its team was asked
    assert page.all("tr", data_request=str(case))
    due = NOW.replace(hour=9, minute=0)
    desk.store.database.execute("UPDATE deadlines SET due_at = ? WHERE case_number = ?", clock.text(due), case)  # fmt: skip
    assert "Overdue since today, 09:00" in read(desk, "/waiting").text
    decide(desk.store, case, desk.who["amina"], "escalate", role="pals")
    page = read(desk, "/waiting")
    assert not page.all("tr", data_request=str(case))
    assert "Their answer is due today, 09:00" in page.text
    assert "Someone asked for help in it" not in read(desk, f"/cases/{case}").text


OLD = replace(HIT, text="He hits me most nights and I work next door to the surgery in Acton", masked="", flags=(("safeguarding", "hits me"),))  # fmt: skip


@pytest.fixture
def old(desk: House) -> str:
    """The steps for what was posted three days ago at 09:00."""
    tell(desk.store, OLD, 86, AT + HOUR - 3 * DAY, alone=True)
    return f"/cases/{case_of(desk.store, OLD)}/danger"


@pytest.mark.parametrize(
    ("form", "moment"),
    [
        ({"when": "10:50"}, "Fri 20 Nov 2026, 10:50"), ({"when": "10:50", "day": "today"}, "Fri 20 Nov 2026, 10:50"),
        ({"when": "23:50", "day": "yesterday"}, "Thu 19 Nov 2026, 23:50"), ({"when": "09:00", "day": "earlier", "on": "2026-11-17"}, "Tue 17 Nov 2026, 09:00"),
    ],
)  # fmt: skip
def test_any_time_from_when_it_was_posted_to_now_is_kept_with_its_day(desk: House, old: str, form: dict[str, Any], moment: str) -> None:  # fmt: skip
    assert do(desk, old, "ring", who="Priya Nair", prefix="ring", **form).status_code == 303
    step = path_of(desk, case_of(desk.store, OLD), "danger").standing["ring"]
    assert step.when is not None
    assert clock.local(step.when) == moment


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"when": "11:01"}, "Today, 11:01 is still to come. Write a time up to now, such as 11:00, or choose an earlier day."),
        ({"when": "08:59", "day": "earlier", "on": "2026-11-17"}, "Tue 17 Nov, 08:59 is before it was posted: Tue 17 Nov, 09:00. Write a time from then to now, such as 11:00 today."),
        ({"when": "09:00", "day": "earlier", "on": ""}, "Write a day, and a time up to now by the 24-hour clock, such as 11:00 today."),
        ({"when": "09:00", "day": "earlier", "on": "2026-11-21"}, "Tomorrow, 09:00 is still to come."),
        ({"when": "", "day": "yesterday"}, "Write the time as well"),
        ({"when": "noon"}, "Write a day, and a time up to now by the 24-hour clock"),
        ({"when": "2:30 pm"}, "Write a day, and a time up to now by the 24-hour clock"),
        ({"when": "930"}, "Write a day, and a time up to now by the 24-hour clock"),
    ],
)  # fmt: skip
def test_another_time_is_refused_with_why_and_what_may_be_written(desk: House, old: str, form: dict[str, Any], says: str) -> None:  # fmt: skip
    for step in ("ring", "ring_has", "has_it", "no_answer"):
        answer = do(desk, old, step, prefix="ring", who="Priya Nair", how="phone", **form)
        assert answer.status_code == 422
        assert says in Tags(answer.text).text
    assert path_of(desk, case_of(desk.store, OLD), "danger").standing == {}


def test_a_day_is_offered_as_far_as_the_post_goes_back_and_stays_chosen(desk: House, old: str) -> None:  # fmt: skip
    page = read(desk, old)
    assert page.all("select", name="day", id="ring-day")
    assert page.all("option", value="earlier")
    (on,) = page.all("input", name="on", id="ring-on")
    assert not on.keys() & {
        "min",
        "max",
        "required",
    }  # hidden or not, no browser keeps the form back by it
    refused = Tags(do(desk, old, "ring", who="Priya Nair", prefix="ring", when="08:00", day="earlier", on="2026-11-17").text)  # fmt: skip
    assert "selected" in refused.all("option", value="earlier")[0]
    assert refused.all("input", name="on", value="2026-11-17")
    assert not read(desk, danger(desk)).all("select", name="day")  # it was posted today


def test_of_a_post_without_a_time_it_is_from_when_it_was_found(desk: House, old: str) -> None:
    desk.store.database.execute("UPDATE mentions SET posted_at = fetched_at WHERE number = (SELECT max(number) FROM mentions)")  # fmt: skip
    answer = do(desk, old, "ring", who="Priya Nair", prefix="ring", when="09:30", day="earlier", on="2026-11-17")  # fmt: skip
    assert "Tue 17 Nov, 09:30 is before it was found: Tue 17 Nov, 10:00." in answer.text


def test_a_call_that_nobody_answered_is_taken_back_by_undo(desk: House) -> None:
    way, case = danger(desk), case_of(desk.store, IN_DANGER)
    do(desk, way, "no_answer", when="10:40")
    do(desk, way, "no_answer", when="10:50")
    page = read(desk, way)
    assert "Nobody answered 2 times: ring again. The last time you rang, 10:50: Undo" in page.text
    assert do(desk, way, "back", step="no_answer_2").status_code == 303
    page = read(desk, way)
    assert "Nobody answered once: ring again." in page.text
    assert "at 10:50: no answer" not in page.text
    assert do(desk, way, "back", step="no_answer_1").status_code == 303
    page = read(desk, way)
    assert "Nobody answered" not in page.text
    assert "Safeguarding has not been told yet" in page.text  # the hand-off went with it
    assert desk.store.handoffs.open(case) == []
    assert do(desk, way, "no_answer").status_code == 303  # and it is done anew
    assert "Nobody answered once" in read(desk, way).text


def test_that_a_child_may_be_at_risk_is_said_first(desk: House) -> None:
    page = read(desk, path(desk, YOUNG, 82))
    assert "A child may be at risk." in page.text
    assert page.text.index("A child may be at risk.") < page.text.index("Call 999")
    assert "ask for children’s safeguarding" in page.text
    assert "Childline on 0800 1111" in page.text
    assert "suicide or self-harm" in page.text
    whole = read(desk, f"/cases/{case_of(desk.store, YOUNG)}/full").text
    assert "ask for children’s safeguarding" in whole
    assert "Childline 0800 1111" in whole


def keys_of_steps(page: Tags) -> dict[str, list[str]]:
    """Of each step on a page the keys of what it holds, in the order shown."""
    step, keyed = "", dict[str, list[str]]()
    for _, attributes in page.tags:
        step = "" if "danger__rest" in attributes.get("class", "") else attributes.get("data-step", step)  # fmt: skip
        if step and "data-key" in attributes:
            keyed.setdefault(step, []).append(attributes["data-key"])
    return keyed


@pytest.mark.parametrize("way", [danger, threat])
@pytest.mark.parametrize("done", [(), ("ring",), ("has_it",)])
@pytest.mark.parametrize("lookable", [True, False])
def test_the_keys_of_each_step_count_from_one_in_the_order_shown_without_a_hole(
    desk: House, way: Callable[[House], str], done: tuple[str, ...], lookable: bool
) -> None:
    """Also where they have it and nobody rang, and where there is no address to open."""
    address = way(desk)
    case = int(address.split("/")[2])
    if not lookable:
        (post,) = [each.item.number for each in desk.store.cases.mentions(case)]
        at = NOW - HOUR / 4
        stored = desk.store.mentions.get(post)
        assert stored is not None
        desk.store.mentions.add_run("x", [replace(stored.mention, url="", fetched_at=at)], since=at, at=at)  # fmt: skip
    for step in done:
        do(desk, address, step, who="Priya Nair", when="10:50", prefix="ring" if step == "ring" else "has", how="phone")  # fmt: skip
    keyed = keys_of_steps(read(desk, address))
    assert {"first", "platform"} <= keyed.keys()
    assert keyed == {step: [str(one) for one in range(1, len(each) + 1)] for step, each in keyed.items()}  # fmt: skip


@pytest.mark.parametrize(
    ("step", "saved"),
    [
        ("called", "Saved: you called 999."),
        ("not_called", "Recorded: who or where is not known, and 999 was not called."),
    ],
)
def test_what_is_saved_is_said_as_it_was(desk: House, step: str, saved: str) -> None:
    answer = do(desk, danger(desk), step)
    assert saved in read(desk, answer.headers["location"].partition("#")[0]).text


def test_taking_back_the_only_step_gives_the_case_back_and_a_second_one_does_not(
    desk: House,
) -> None:
    way, case = danger(desk), case_of(desk.store, IN_DANGER)
    do(desk, way, "not_called")
    answer = do(desk, way, "back", step="first")
    assert "Nobody has the case now" in read(desk, answer.headers["location"].partition("#")[0]).text  # fmt: skip
    assert desk.store.assignments.teamwork((case,))[case].assigned is None
    do(desk, way, "not_called")
    do(desk, way, "platform")
    answer = do(desk, way, "back", step="platform")
    assert "You still have the case" in read(desk, answer.headers["location"].partition("#")[0]).text  # fmt: skip


@pytest.mark.parametrize("order", [("first", "call", "platform"), ("call", "first", "platform"), ("platform", "call", "first")])  # fmt: skip
@pytest.mark.parametrize("elsewhere", [False, True])
def test_whoever_has_a_case_by_steps_has_it_no_more_once_none_holds_in_whatever_order_they_are_undone(
    desk: House, order: tuple[str, ...], elsewhere: bool
) -> None:
    """Nor where what passed it on was undone outside the steps; who took it by itself has it still."""
    way, case = danger(desk), case_of(desk.store, IN_DANGER)
    for step in ("not_called", "no_answer", "platform"):
        do(desk, way, step, prefix="ring")
        now = desk.desk.now() + timedelta(minutes=1)
        desk.desk.now = lambda now=now: now  # type: ignore[misc]
    call = next(word for word in path_of(desk, case, "danger").standing if word.startswith("no_answer"))  # fmt: skip
    for step in order:
        assert desk.store.assignments.teamwork((case,))[case].assigned is not None
        if step == "call" and elsewhere:
            (handoff,) = desk.store.handoffs.open(case)
            send(desk, f"/waiting/{handoff.number}/take-back", "bea")
        else:
            answer = do(desk, way, "back", "bea" if step == "first" else "amina", step=call if step == "call" else step)  # fmt: skip
    assert desk.store.assignments.teamwork((case,))[case].assigned is None
    if not (elsewhere and order[-1] == "call"):
        text = read(desk, answer.headers["location"].partition("#")[0]).text
        assert "Nobody has the case now. No next contact is told of it: ring the on-call manager, 020 7946 0100" in text  # fmt: skip
    assert send(desk, f"/cases/{case}/take", seen=2).status_code == 303
    desk.desk.now = lambda: NOW + timedelta(minutes=9)
    do(desk, way, "not_called")
    do(desk, way, "back", step="first")
    assert desk.store.assignments.teamwork((case,))[case].assigned is not None


def test_not_now_stays_not_now(desk: House) -> None:
    do(desk, threat(desk), "not_called")
    page = read(desk, threat(desk))
    assert "Not now: You" in page.text
    assert "Not known" not in page.text


def test_whoever_was_rung_and_has_it_is_written_down_once(desk: House) -> None:
    way, case = danger(desk), case_of(desk.store, IN_DANGER)
    assert "Write who you spoke to." in do(desk, way, "ring_has", who="").text
    assert do(desk, way, "ring_has", who="Priya Nair", when="10:50").status_code == 303
    assert standing(desk) == ["ring", "has_it"]
    (handoff,) = desk.store.handoffs.open(case)
    assert (handoff.state, handoff.steps[-1].who) == ("confirmed", "Priya Nair")
    page = read(desk, way)
    assert "Safeguarding has confirmed" in page.text
    assert page.all("a", href="/today")


def test_after_the_last_step_the_next_case_comes_with_what_was_done(desk: House) -> None:
    now_lane(desk, HOSTILE, "Threat to hurt staff")
    way, case = danger(desk), case_of(desk.store, IN_DANGER)
    do(desk, way, "ring_has", who="Priya Nair")
    for step in ("not_called", "platform"):
        assert f"done={step}" in do(desk, way, step).headers["location"]
    place = do(desk, way, "reply").headers["location"]
    following = desk.store.cases.get(int(place.removeprefix("/cases/").partition("?")[0]))
    assert following is not None
    assert following.lane == "now"
    page = read(desk, place)
    stands = f"Saved: case {case}, Priya Nair has it. They also ask for help, by today, 17:00: no answer to that is written down."
    assert stands in page.text
    assert page.all("a", href=f"/cases/{case}/danger")
    assert "Priya Nair has it" not in read(desk, place, "bea").text  # not theirs
    again = read(desk, way)
    assert "Next in Now" in again.text
    assert "Not confirmed after all" in again.text


def test_until_the_team_has_it_the_last_step_leads_nowhere_else(desk: House) -> None:
    way = danger(desk)
    for step in ("not_called", "ring", "platform", "reply"):
        answer = do(desk, way, step)
    assert f"{way.partition('?')[0]}?" in answer.headers["location"]
    assert "Who has it?" in read(desk, way).text


# ── a threat ─────────────────────────────────────────────────────────────────────────────────────


def test_a_threat_has_steps_of_its_own(desk: House) -> None:
    page = read(desk, threat(desk))
    assert "Someone may be hurt" in page.text
    assert "Ring Security" in page.text
    assert "Tell the police" in page.text
    assert "Reply with help" not in page.text
    assert "<script>alert" not in str(page.tags)
    numbers = [link["href"] for link in page.all("a") if link.get("href", "").startswith("tel:")]
    assert numbers == ["tel:999", "tel:999", "tel:+442079460100", "tel:+442079460155", "tel:101"]


def test_a_threat_is_passed_to_security_told_to_the_police_and_reported(desk: House) -> None:
    way, case = threat(desk), case_of(desk.store, HOSTILE)
    do(desk, way, "not_called")
    assert do(desk, way, "ring", who="Sam Reid").status_code == 303
    assert emailed(desk) == [("sent", ("security@example.org",))]
    assert do(desk, way, "police", reference="CAD 4471").status_code == 303
    assert do(desk, way, "platform").status_code == 303
    assert do(desk, way, "warned").status_code == 422  # by whom is written down
    assert do(desk, way, "warned", who="Dr Rao, the practice").status_code == 303
    (followed,) = desk.store.takedowns.of_case(case)
    assert [step.step for step in followed.steps] == ["asked"]
    page = read(desk, way)
    assert "You told the police at" in page.text
    assert "CAD 4471" in page.text
    assert "Whoever it is aimed at was told" in page.text
    assert outline(page) == ["step step--not", *["step step--done"] * 4]
    assert do(desk, way, "has_it", who="Sam Reid", how="phone").status_code == 303
    assert desk.store.handoffs.open(case)[0].state == "confirmed"


@pytest.mark.parametrize(
    ("kind", "told", "steps"),
    [
        ("danger", IN_DANGER, ("called", "platform", "reply")),
        ("threat", HOSTILE, ("called", "warns", "no_police", "no_platform")),
    ],
)
def test_what_its_team_has_stays_in_now_calmly_until_each_step_has_an_answer(
    desk: House, kind: str, told: Told, steps: tuple[str, ...]
) -> None:
    case = case_of(desk.store, told)
    way = f"/cases/{case}/{kind}"
    now_lane(desk, HOSTILE, "A threat")
    do(desk, way, "ring_has", who="Sam Reid")
    for left, step in zip(range(len(steps), 0, -1), steps, strict=True):
        found = desk.store.cases.get(case)
        assert found is not None
        assert (found.lane, found.state) == ("now", "open"), step
        assert found.due_at == SAME_DAY
        assert "It stays in Now until each step has an answer." in read(desk, way).text
        counted = f"{left} step{'s' * (left != 1)}"
        assert f"{counted} left" in read(desk, "/today").text
        shown = read(desk, f"/cases/{case}").text
        assert f"{counted} {'have' if left != 1 else 'has'} no answer yet." in shown
        assert "Nobody took it" not in shown
        if left < len(steps):  # step 1 is asked for by its name
            assert (
                f"{counted} {'have' if left != 1 else 'has'} no answer yet." in read(desk, way).text
            )
        do(desk, way, step)
    found = desk.store.cases.get(case)
    assert found is not None
    assert found.lane is None
    clocks = desk.store.deadlines.of_case(case)
    assert not [one for one in clocks if one.kind == "look" and one.stopped_at is None]


def test_ringing_after_they_confirmed_offers_no_second_confirmation_and_saves_no_half(
    desk: House,
) -> None:
    way = danger(desk)
    do(desk, way, "has_it", who="Priya Nair", how="phone", prefix="has")
    page = read(desk, way)
    assert not page.all("button", value="ring_has")
    assert page.all("button", value="ring")
    assert "They have confirmed already" in do(desk, way, "ring_has", who="Priya Nair").text
    assert standing(desk) == ["has_it"]
    assert "the email of 11:00 has not left, and they know without it" in read(desk, way).text
    assert do(desk, way, "ring", who="Priya Nair").status_code == 303


def test_what_they_said_since_lies_open_where_one_decides_with_who_wrote_it(desk: House) -> None:
    first = mention(2)
    place: dict[str, Any] = {"platform": "facebook", "issuer": "facebook", "root_id": first.issued_id, "parent_id": first.issued_id}  # fmt: skip
    tell(desk.store, HOME, 81, AT + HOUR, **place)
    tell(desk.store, KIND, 82, AT + 2 * HOUR, author=Author(id="31", handle="vi"), **place)
    assert case_of(desk.store, HOME) == case_of(desk.store, IN_DANGER)  # not apart, in Rest
    page = read(desk, danger(desk))
    assert (
        "Nobody has it" not in page.text
    )  # from the first moment on whoever goes through the steps is shown
    for words in (
        "You are looking",
        "Since then, in the same thread",
        "The same writer:",
        HOME.text,
        "Someone else:",
        KIND.text,
    ):
        assert words in page.text, words
    case = case_of(desk.store, IN_DANGER)
    on_desk = read(desk, f"/cases/{case}").text
    assert "Since then, in the same thread" in on_desk
    assert on_desk.count("The same writer as post 1, later.") == 1
    do(
        desk, danger(desk), "ring_has", who="Sam Reid"
    )  # afterwards too, and in Waiting it is called by the danger
    assert "The same writer as post 1, later." in read(desk, f"/cases/{case}").text
    now_lane_of_home = "UPDATE case_mentions SET lane = 'rest', reason = 'Could not be read in full' WHERE case_number = ? AND risk < 3"  # fmt: skip
    desk.store.database.execute(now_lane_of_home, case)
    assert "Someone may end their life" in read(desk, "/waiting").text
    assert "Could not be read in full" not in read(desk, "/waiting").text


# ── in a browser ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    yield context.new_page()
    context.close()


def test_words_steps_numbers_and_who_knows_are_on_the_first_screen(page: Page, desk: House) -> None:
    sign_in(page, desk, "amina")
    page.goto(f"{desk.url}/cases/{case_of(desk.store, IN_DANGER)}")
    page.get_by_role("link", name="Show the steps").click()
    for part in ("What was said", "Ring Safeguarding", "Who knows"):
        box = page.get_by_role("heading", name=part).bounding_box()
        assert box is not None
        assert box["y"] < 700, part
    page.get_by_role("button", name="Not known").click()
    page.get_by_role("button", name="I rang them", exact=True).click()
    expect(page.get_by_text("Safeguarding has not confirmed yet")).to_be_visible()


MUCH = " ".join(
    ["Rang the crisis line at Northwick Park again, nobody picks up, and nobody rings back either."]
    * 9
)


@pytest.mark.parametrize("flag", ["safeguarding", "threat"])
def test_steps_telephone_words_and_the_finish_are_in_sight_on_a_laptop_however_much_was_said(
    page: Page, desk: House, flag: str
) -> None:
    text = f"{IN_DANGER.text} {MUCH}"
    told = replace(IN_DANGER, text=text, flags=((flag, "Can’t see the point of waking up tomorrow"),), masked=text)  # fmt: skip
    way = path(desk, told, 88)
    sign_in(page, desk, "amina")
    page.goto(desk.url + (way if flag == "safeguarding" else way.replace("danger", "threat")))
    screen = 768

    def ends(locator: Locator) -> float:
        box = locator.bounding_box()
        assert box is not None
        return box["y"] + box["height"]

    steps = page.locator(".steps > .step")
    assert steps.count() >= 4
    for place in range(4):
        assert ends(steps.nth(place).locator("h2").first) <= screen, place
        assert ends(steps.nth(place).get_by_role("button").first) <= screen, place
    for part in (".phone >> nth=1", "#said-name", "#knows", "#finish", "[aria-labelledby=finish] button >> nth=0"):  # fmt: skip
        assert ends(page.locator(part)) <= screen, part
    words = page.locator(".danger__said blockquote").bounding_box()
    assert words is not None
    assert words["y"] < 300
    box = page.locator(".danger__said")
    assert box.evaluate("each => each.scrollHeight > each.clientHeight")  # the rest of the words
    last = page.locator(".danger__said .tools a").last
    last.focus()
    assert ends(last) <= ends(box) + 1  # is come to by the keyboard too
    assert page.evaluate("document.documentElement.scrollHeight") < 1150


def test_on_a_phone_the_words_come_first(browser: Browser, desk: House) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    sign_in(page, desk, "amina")
    page.goto(f"{desk.url}{danger(desk)}")
    words = page.locator(".danger__said blockquote").bounding_box()
    steps = page.locator("#steps").bounding_box()
    assert words is not None
    assert steps is not None
    assert words["y"] + words["height"] < 600
    assert words["y"] < steps["y"]
    context.close()


def test_by_keys_a_number_leads_and_enter_does_it_so_that_a_danger_is_ten_presses_and_a_name(
    page: Page, desk: House
) -> None:
    now_lane(desk, HOSTILE, "Threat to hurt staff")
    case = case_of(desk.store, IN_DANGER)
    page.context.grant_permissions(["clipboard-write"])
    sign_in(page, desk, "amina")
    page.goto(f"{desk.url}/cases/{case}")
    keys(page, "1")  # the steps
    page.wait_for_url(re.compile("/danger"))
    keys(page, "1")
    expect(page.get_by_role("button", name="Not known")).to_be_focused()
    keys(page, "Enter")
    page.wait_for_url(re.compile("done=not_called"))
    expect(
        page.locator("#open")
    ).to_be_focused()  # so that the numbers on its buttons are no letters of a name
    look(page, LOOKS)
    page.keyboard.type("Priya Nair 2")  # a name goes into its field; there a number is a word
    expect(page.get_by_label("Spoke to")).to_have_value("Priya Nair 2")
    badge = page.locator("#open .nhsuk-button kbd").first
    expect(badge).to_be_hidden()  # so that none promises to act there
    keys(page, "Enter")  # saves nothing yet
    expect(page.get_by_role("button", name="I rang them", exact=True)).to_be_focused()
    expect(badge).to_be_visible()
    keys(page, "3", "Enter")
    page.wait_for_url(re.compile("done=has_it"))
    keys(page, "1", "Enter")  # told the platform
    expect(page.get_by_role("button", name="Copy and open Facebook")).to_be_focused()
    with page.context.expect_page() as platform:
        keys(page, "Enter")
    platform.value.close()
    page.bring_to_front()
    expect(page.get_by_role("button", name="I replied")).to_be_focused()
    keys(page, "Enter")
    expect(page.locator(".done")).to_contain_text(
        "Priya Nair 2 has it. They also ask for help, by today, 17:00: no answer to that is written down"
    )
    expect(page.locator("#pane")).not_to_have_attribute("data-case", str(case))
    assert standing(desk) == ["first", "ring", "has_it", "platform", "reply"]


def test_no_number_however_often_says_that_somebody_was_called_rung_told_or_answered(
    page: Page, desk: House
) -> None:
    now_lane(desk, HOSTILE, "Threat to hurt staff")
    sign_in(page, desk, "amina")
    for way, words in (
        (danger(desk), ("not_called", "ring", "platform")),
        (threat(desk), ("called", "ring", "no_police")),
    ):
        for done, step in enumerate(["", *words]):
            if step:
                do(desk, way, step)
            page.goto(f"{desk.url}{way}#open")
            keys(page, "1", "1", "2", "3", "4", "1", "1", "1")
            if not step:
                # however long a busy machine takes between two keys, the page's clock stands
                page.evaluate("at => { performance.now = () => at; }", page.evaluate("performance.now()"))  # fmt: skip
                page.keyboard.press("2")  # I called 999
                page.keyboard.press("Enter")  # before anybody could have read where it leads
                expect(page.locator("#key-hint")).to_contain_text("before you could have read")
            case = int(way.split("/")[2])
            assert len(path_of(desk, case, way.rsplit("/", 1)[1]).standing) == done  # type: ignore[arg-type]


def test_what_is_sent_twice_before_the_answer_came_is_one_step(page: Page, desk: House) -> None:
    sign_in(page, desk, "amina")
    sent: list[str] = []

    def slow(route: Route) -> None:
        sent.append(route.request.method)
        page.wait_for_timeout(700)
        route.continue_()

    page.goto(f"{desk.url}{danger(desk)}#open")
    page.route("**/danger*", lambda route: slow(route) if route.request.method == "POST" else route.continue_())  # fmt: skip
    keys(page, "1", "Enter")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("done=not_called"))
    assert sent == ["POST"]
    expect(page.get_by_text("Yours was not saved")).to_have_count(0)
    assert standing(desk) == ["first"]


def test_a_key_before_the_script_is_there_is_said_to_have_done_nothing(
    page: Page, desk: House
) -> None:
    sign_in(page, desk, "amina")
    held: list[Route] = []
    page.route("**/static/desk.js", lambda route: held.append(route))
    page.goto(f"{desk.url}{danger(desk)}#open", wait_until="commit")
    page.get_by_role("button", name="Not known").wait_for()
    page.keyboard.press("1")
    page.get_by_label("Spoke to").fill("Priya")  # somebody is in a field when it comes
    page.get_by_label("Spoke to").focus()
    held[0].continue_()
    expect(page.locator("#key-hint")).to_contain_text("before the page was ready. Press it again.")
    page.wait_for_load_state("load")
    page.wait_for_timeout(100)
    expect(page.get_by_label("Spoke to")).to_be_focused()
    assert standing(desk) == []


def test_what_is_pressed_twice_at_once_or_held_does_no_second_step(page: Page, desk: House) -> None:
    case = case_of(desk.store, IN_DANGER)
    sign_in(page, desk, "amina")
    page.goto(f"{desk.url}/cases/{case}")
    keys(page, "1")
    page.wait_for_url(re.compile("/danger"))
    page.keyboard.press("1")
    expect(page.locator("#key-hint")).to_contain_text(
        "Press it again."
    )  # it is said and not swallowed
    page.keyboard.down("1")
    page.keyboard.down("1")  # held
    page.keyboard.up("1")
    page.wait_for_timeout(200)
    assert standing(desk) == []


def test_where_no_step_is_open_a_number_does_nothing(page: Page, desk: House) -> None:
    do(desk, danger(desk), "not", who="Priya Nair", why="past")
    sign_in(page, desk, "amina")
    page.goto(f"{desk.url}{danger(desk)}")
    expect(page.get_by_text("said that it is no danger")).to_be_visible()
    before = standing(desk)
    page.evaluate("document.querySelector('#open')?.removeAttribute('id')")
    keys(page, "1", "2")
    assert standing(desk) == before


def test_where_keys_are_turned_off_a_number_does_nothing(page: Page, desk: House) -> None:
    sign_in(page, desk, "amina")
    page.goto(f"{desk.url}{danger(desk)}#open")
    page.get_by_role("button", name="Turn keys off").click()
    expect(page.get_by_text("Single keys are off.")).to_be_visible()
    expect(page.locator(".step kbd").first).to_be_hidden()
    keys(page, "1", "2")
    assert standing(desk) == []


def test_the_same_without_a_script(browser: Browser, desk: House) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, desk, "amina")
    page.goto(f"{desk.url}{danger(desk)}")
    for name in ("Not known", "I rang them"):
        page.get_by_role("button", name=name, exact=True).click()
    page.get_by_label("Who has it?").fill("Priya Nair")
    page.get_by_role("button", name="Safeguarding has it").click()
    expect(page.get_by_text("Priya Nair of Safeguarding has it")).to_be_visible()
    context.close()


def test_axe_finds_nothing_before_and_after_wide_or_narrow(browser: Browser, desk: House) -> None:
    context = browser.new_context(viewport={"width": 1366, "height": 800})
    page = context.new_page()
    sign_in(page, desk, "amina")

    def looked(way: str) -> list[str]:
        page.set_viewport_size({"width": 1366, "height": 800})
        page.goto(f"{desk.url}{way}")
        wide = [*beyond(page, 1366), *faults(page)]
        return [*wide, *beyond(page, 390), *beyond(page, 320), *faults(page)]

    found = []
    for way in (danger(desk), threat(desk)):
        found += looked(way)
        for step in ("called", "ring", "platform"):
            do(desk, way, step)
        send(desk, way, do="has_it")
        found += looked(way)
    assert found == []
    context.close()


def test_after_ringing_the_time_says_whose_it_is_and_nothing_is_said_to_be_sent_that_waits(
    desk: House,
) -> None:
    way, case = danger(desk), case_of(desk.store, IN_DANGER)
    emails_leave(desk)
    assert "Each of the three buttons also sends them an email" in read(desk, way).text
    answer = do(desk, way, "ring", who="Priya Nair", when="10:50", prefix="ring")
    page = read(desk, answer.headers["location"].partition("#")[0])
    assert "left for Safeguarding to confirm" in page.text
    assert "They get an email" not in page.text
    assert "What is to be sent" in page.text
    assert "What was sent" not in page.text
    assert "not confirmed yet" in read(desk, "/today").text  # the row's time is theirs, too
    assert "left for Safeguarding to confirm" in read(desk, f"/cases/{case}").text
    desk.desk.now = lambda: NOW + timedelta(minutes=20)
    assert "Safeguarding has not confirmed" in read(desk, f"/cases/{case}").text


def test_that_step_one_has_no_answer_is_said_at_the_end(desk: House) -> None:
    way = danger(desk)
    asks = "Step 1 has no answer: was 999 called?"
    assert asks not in read(desk, way).text
    do(desk, way, "ring", who="Priya Nair", when="10:50", prefix="ring")
    assert asks in read(desk, way).text
    do(desk, way, "not_called")
    assert asks not in read(desk, way).text


# ── what else than “I did it” is true of a step ──────────────────────────────────────────────────

TOLD_ANOTHER = [("no_life", "first", "No life in danger now"), ("another", "first", "Someone else called"), ("gone", "platform", "Not possible, it is gone"),
    ("no_way", "platform", "Not possible there"), ("says_not", "platform", "Safeguarding says not to"), ("gone", "reply", "Not possible, it is gone"),
    ("no_way", "reply", "Not possible there"), ("says_not", "reply", "Safeguarding says not to")]  # fmt: skip


@pytest.mark.parametrize(("answer", "step", "tag"), TOLD_ANOTHER)
def test_a_step_is_answered_by_what_is_true_of_it_and_kept_as_that(
    desk: House, answer: str, step: str, tag: str
) -> None:
    way = danger(desk)
    do(desk, way, "ring", who="Sam Reid")
    saved = do(desk, way, "other", step=step, answer=answer)
    page = read(desk, saved.headers["location"].partition("#")[0])
    assert f"{tag}: You" in page.text
    assert "Recorded: " in page.text
    for lie in ("Replied: You", "Told: You", "Called: You", "You told", "You called"):
        assert lie not in page.text
    assert do(desk, way, "back", step=step).status_code == 303
    assert step not in standing(desk)


def test_that_we_answered_before_is_offered_with_its_time_and_kept_with_it(desk: House) -> None:
    case = case_of(desk.store, IN_DANGER)
    (post,) = [each.item for each in desk.store.cases.mentions(case) if each.reviewable]
    stored = desk.store.mentions.get(post.number)
    assert stored is not None
    ours = mention(
        991, text="Please ring 111 and choose option 2", platform="facebook", issuer="facebook", kind="comment",
        parent_id=stored.mention.issued_id, root_id=stored.mention.issued_id, author=Author(handle="HealthierNWL"), own=True, posted_at=AT + HOUR,
    )  # fmt: skip
    desk.store.mentions.add_page("facebook", [ours], at=AT + HOUR)
    way = danger(desk)
    assert "Answered already, 10:00, by our account" in read(desk, way).text
    do(desk, way, "other", step="reply", answer="already")
    page = read(desk, way)
    assert "Answered already, 10:00: You, 11:00" in page.text
    assert "Replied" not in page.text
    (step,) = path_of(desk, case, "danger").steps
    assert (step.step, step.outcome, step.when) == ("reply", "answered already", AT + HOUR)


def test_an_answer_that_nothing_tells_of_is_kept_with_the_time_that_was_written(
    desk: House,
) -> None:
    way = danger(desk)
    refused = do(desk, way, "other", step="reply", answer="already")
    assert "Write when it was answered." in refused.text
    assert standing(desk) == []
    assert do(desk, way, "other", step="reply", answer="already", when="09:12").status_code == 303
    assert "Answered already, 09:12: You" in read(desk, way).text


def test_that_the_team_says_not_to_is_said_once_somebody_spoke_to_them(desk: House) -> None:
    way = danger(desk)
    assert "says not to" not in read(desk, way).text
    assert do(desk, way, "other", step="reply", answer="says_not").status_code == 409
    assert standing(desk) == []


def test_no_other_answer_ends_it_before_its_team_has_it_and_with_them_it_ends(desk: House) -> None:
    way, case = danger(desk), case_of(desk.store, IN_DANGER)
    for step, answer in (("first", "no_life"), ("platform", "gone"), ("reply", "no_way")):
        do(desk, way, "other", step=step, answer=answer)
    found = desk.store.cases.get(case)
    assert found is not None
    assert found.lane == "now"
    done = do(desk, way, "has_it", who="Priya Nair", how="phone")
    found = desk.store.cases.get(case)
    assert found is not None
    assert found.lane is None
    page = read(desk, way)
    assert "Not rung: they told us" in page.text
    saved = do(desk, way, "other", step="ring", answer="not_rung")
    assert "Not rung, they told us: You" in read(desk, way).text
    text = read(desk, saved.headers["location"].partition("#")[0]).text
    assert "nobody has answered that" in text  # that it is not possible answers nobody
    assert "every step has an answer" not in text
    do(desk, way, "back", step="has_it")
    assert "Not rung, they told us" not in read(desk, way).text
    assert done.status_code == 303


def test_a_threat_that_is_gone_or_that_the_police_know_of_is_kept_as_that(desk: House) -> None:
    now_lane(desk, HOSTILE, "A threat")
    way = threat(desk)
    for step, answer in (("first", "another"), ("police", "another"), ("platform", "gone")):
        assert do(desk, way, "other", step=step, answer=answer).status_code == 303
    page = read(desk, way)
    assert "Someone else called: You" in page.text
    assert "Someone else told them: You" in page.text
    assert "Not possible, it is gone: You" in page.text
    assert desk.store.takedowns.open() == []  # nobody asked a platform


def test_every_page_rings_the_same_numbers_in_the_same_order_with_the_one_that_answers_first(desk: House) -> None:  # fmt: skip
    case = case_of(desk.store, IN_DANGER)
    pages = (danger(desk), f"/cases/{case}/full")
    day = ("020 7946 0133", "out of hours: the on-call manager, 020 7946 0100")
    night = ("Now: 020 7946 0133", "out of hours, if nobody answers: the on-call manager, 020 7946 0100")  # fmt: skip
    by_day_alone = ("Now: the on-call manager, 020 7946 0100, out of hours", "020 7946 0133: nobody answers before Mon")  # fmt: skip
    closed = LanePromises(days=("mon",))
    working = [role.model_copy(update={"hours": "working"}) if role.key == "safeguarding" else role for role in ROLES]  # fmt: skip
    for settings, order in (({}, day), ({"lanes": closed}, night), ({"roles": tuple(working)}, by_day_alone)):  # fmt: skip
        configure(desk.desk, **settings)
        for address in pages:
            text = " ".join(read(desk, address).text.split())
            assert -1 < text.find(order[0]) < text.find(order[1]), (address, order)
    assert "Tell the on-call manager" not in read(desk, pages[1]).text


def test_the_whole_case_gives_no_order_that_was_followed_and_hides_nothing_of_whoever_is_in_danger(desk: House) -> None:  # fmt: skip
    way, full = danger(desk), f"/cases/{case_of(desk.store, IN_DANGER)}/full"
    do(desk, way, "ring", who="Sam Reid")
    page = read(desk, full).text
    assert "Amina Yusuf rang Safeguarding, today, 11:00, and they have not confirmed." in page
    assert "Ring Safeguarding:" not in page
    do(desk, way, "has_it", who="Priya Nair", how="phone")
    page = read(desk, full).text
    assert "Priya Nair of Safeguarding has it, since today, 11:00." in page
    assert "Read the post at once" not in page


LINE = 31  # pixels of a line of a post's words


def test_what_was_done_is_said_once_on_a_case_and_its_first_words_stand_above_the_buttons(
    page: Page, desk: House
) -> None:
    case = case_of(desk.store, IN_DANGER)
    do(desk, danger(desk), "called")
    do(desk, danger(desk), "ring", who="Priya Nair", when="10:50", prefix="ring")
    do(desk, danger(desk), "again", who="Sam Reid", when="10:55", prefix="ring", whom="on_call")
    sign_in(page, desk, "amina")
    page.goto(f"{desk.url}/cases/{case}")
    shown = page.locator("#pane").inner_text()
    assert shown.count("999 called 11:00 by Amina Yusuf") == 1
    assert shown.lower().count("rung 10:50") == 1
    assert "Amina Yusuf rang Priya Nair" not in shown
    page.get_by_text("Who was told and rung, and what follows").click()
    assert "Amina Yusuf rang Priya Nair" in page.locator("#pane").inner_text()
    page.reload()
    words, buttons = page.locator("#pane .words").first.bounding_box(), page.locator("#pane .decide").bounding_box()  # fmt: skip
    assert words is not None
    assert buttons is not None
    assert min(words["y"] + words["height"], words["y"] + 3 * LINE) <= buttons["y"]


@pytest.mark.parametrize("language", ["en-US", "en-GB"])
def test_a_time_is_written_by_the_24_hour_clock_whatever_language_the_browser_has(
    browser: Browser, desk: House, language: str
) -> None:
    context = browser.new_context(locale=language, viewport={"width": 320, "height": 640})
    page = context.new_page()
    sign_in(page, desk, "amina")
    page.goto(f"{desk.url}{danger(desk)}")
    assert page.locator("input[type=time]").count() == 0
    when = page.locator("#ring-when")
    expect(when).to_have_value("11:00")
    page.locator("#ring-who").fill("Priya Nair")
    when.fill("10:50 am")
    page.get_by_role("button", name="No answer").click()
    assert page.evaluate("document.querySelector('#ring-when').validity.patternMismatch")
    assert "10:50" not in (page.evaluate("sessionStorage.getItem('typed')") or "")
    when.fill("1050")
    page.get_by_role("button", name="I rang them", exact=False).first.click()
    expect(page.get_by_text("Rang: You, 10:50")).to_be_visible()
    context.close()


def test_at_320_px_the_red_line_over_a_case_names_which_other_case_nobody_was_told_of(
    browser: Browser, desk: House
) -> None:
    other = case_of(desk.store, HOSTILE)
    for row in desk.store.outbox.due(NOW + DAY):
        desk.store.outbox.mark_sent(row.number, NOW)
    do(desk, danger(desk), "ring", who="Priya Nair", prefix="ring")
    desk.desk.now = lambda: NOW + timedelta(minutes=4)
    page = browser.new_context(viewport={"width": 320, "height": 640}).new_page()
    sign_in(page, desk, "amina")
    page.goto(f"{desk.url}/cases/{other}")
    line = page.locator("#ill").get_by_role("link", name=f"Case {case_of(desk.store, IN_DANGER)}")
    expect(line).to_be_visible()
    expect(page.locator("#ill")).not_to_contain_text("Priya Nair", use_inner_text=True)
    page.context.close()


def test_at_320_px_when_to_ring_again_and_the_words_of_the_post_are_on_the_first_screen(
    browser: Browser, desk: House
) -> None:
    do(desk, danger(desk), "ring", who="Carol Oyelaran", prefix="ring")
    page = browser.new_context(viewport={"width": 320, "height": 640}).new_page()
    sign_in(page, desk, "amina")
    page.goto(f"{desk.url}/cases/{case_of(desk.store, IN_DANGER)}")
    ring, words, buttons = (page.locator(f"#pane {part}").first.bounding_box() for part in (".leftout", ".words", ".decide"))  # fmt: skip
    assert ring
    assert words
    assert buttons
    assert ring["y"] + ring["height"] <= buttons["y"]
    assert words["y"] + LINE <= buttons["y"]
    page.context.close()


def in_sight(page: Page, selector: str) -> bool:
    """Whether all of an element stands in the window, with nothing over it."""
    return bool(page.locator(selector).evaluate(
        """one => { const box = one.getBoundingClientRect(), at = document.elementFromPoint(box.left + 9, box.top + box.height / 2);
        return box.top >= 0 && box.bottom <= innerHeight && one.contains(at); }"""
    ))  # fmt: skip


@pytest.mark.parametrize("way", ["steps", "waiting", "steps alone", "finished"])
def test_danger_that_its_team_confirmed_is_given_back_to_that_team_and_nobody_is_to_be_rung(
    desk: House, way: str
) -> None:
    roles = tuple(role for role in ROLES if way != "steps alone" or role.key != "safeguarding")
    configure(desk.desk, roles=roles, crisis_contact="the on-call manager, 020 7946 0199")
    desk.desk.config(desk.store)
    now_lane(desk, IN_DANGER, "Someone may be in danger")
    case = case_of(desk.store, IN_DANGER)
    do(desk, danger(desk), "not_called")
    if way == "waiting":
        do(desk, danger(desk), "no_answer")
        (handoff,) = desk.store.handoffs.open(case)
        assert send(desk, f"/waiting/{handoff.number}/confirm", who="Dr Shah", how="phone", when="10:54").status_code == 303  # fmt: skip
    else:
        do(desk, danger(desk), "ring_has", who="Dr Shah", when="10:54", prefix="ring")
    if way == "finished":
        for step in ("platform", "reply"):
            do(desk, danger(desk), step)
    seen = desk.store.assignments.teamwork((case,))[case].seen
    answer = send(desk, f"/cases/{case}/give", seen=seen)
    assert answer.status_code == 303  # nothing is asked
    page = read(desk, answer.headers["location"]).text
    how = ", by phone" if way == "waiting" else ""
    assert f"case {case} is given back. Safeguarding has it (confirmed 10:54, Dr Shah{how}). No one of us has the case now." in page  # fmt: skip
    assert "ring the on-call manager" not in page
    for each in ("/today", "/all")[way == "finished" :]:  # what is finished stands in no lane
        with desk.asks("amina") as client:
            html = client.get(each).text
        row = html[html.index(f'data-row="{case}"') :].partition("</li>")[0]
        assert "With Safeguarding" in row, each
        assert "obody has it" not in row, each


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
def test_what_was_saved_or_refused_is_in_sight_whichever_step_is_next(
    browser: Browser, desk: House, script: bool, size: tuple[int, int]
) -> None:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, java_script_enabled=script)  # fmt: skip
    page = context.new_page()
    sign_in(page, desk, "amina")
    page.goto(f"{desk.url}{danger(desk)}#open")
    page.get_by_role("button", name="Not known").click()
    expect(page.locator(".done")).to_contain_text("999 was not called")
    assert in_sight(page, ".done")
    do(desk, danger(desk), "ring", "bea", who="Ada Moss", prefix="ring")  # a colleague was faster
    page.get_by_label("Spoke to").fill("Sam Reid")
    page.get_by_role("button", name="I rang them", exact=False).first.click()
    expect(page.locator(".nhsuk-error-summary")).to_contain_text("Yours was not saved")
    assert in_sight(page, ".nhsuk-error-summary")
    context.close()


def test_axe_finds_nothing_wrong_with_days_with_what_lies_open_nor_with_requests(
    browser: Browser, desk: House, old: str
) -> None:
    asks = replace(HIT, flags=(*HIT.flags, ("assistance", "How do I let her know?")))
    way = path(desk, asks, 84)
    for step, form in (("not_called", {}), ("no_reply", {}), ("ring_has", {"who": "Priya Nair"})):
        do(desk, way, step, "amina", None, **form)
    idle = case_of(desk.store, IN_DANGER)
    read(desk, f"/cases/{idle}", "bea")
    do(desk, old, "no_answer")
    context = browser.new_context(viewport={"width": 1366, "height": 800})
    page = context.new_page()
    sign_in(page, desk, "amina")
    for address in (old, f"/cases/{idle}", f"/cases/{idle}/danger", "/waiting"):
        page.goto(f"{desk.url}{address}")
        if address == old:
            expect(page.locator("#ring-on")).to_be_hidden()
            page.locator("#ring-day").select_option("earlier")
            expect(page.locator("#ring-on")).to_be_visible()
        assert [*beyond(page, 1366), *faults(page), *beyond(page, 390), *beyond(page, 320), *faults(page)] == []  # fmt: skip
        page.set_viewport_size({"width": 1366, "height": 800})
    context.close()


# ── calls ────────────────────────────────────────────────────────────────────────────────────────


def test_each_page_tells_the_time_of_a_call_and_not_of_its_saving_and_who_rang(
    desk: House,
) -> None:
    """A call of yesterday that is saved today is no call of today, wherever it is told."""
    tell(desk.store, OLD, 87, AT + HOUR - 3 * DAY, alone=True)
    now_lane(desk, OLD, "Someone may be hurt at home")
    case = case_of(desk.store, OLD)
    way = f"/cases/{case}/danger"
    form: dict[str, Any] = {
        "who": "Josephine Cole",
        "when": "09:10",
        "day": "yesterday",
        "prefix": "ring",
    }
    assert do(desk, way, "ring", **form).status_code == 303
    pages = {
        "/handover": "rung yesterday, 09:10 by Amina Yusuf",
        "/overview": "rung yesterday, 09:10 by Amina Yusuf",
        "/waiting": "Amina Yusuf rang Josephine Cole yesterday, 09:10",
        f"/cases/{case}": "Amina Yusuf rang Josephine Cole yesterday, 09:10",
        f"/cases/{case}/full": "Amina Yusuf rang Safeguarding, yesterday, 09:10",
        way: "Amina rang Josephine Cole, Safeguarding, yesterday, 09:10",
    }
    (handoff,) = desk.store.handoffs.open(case)
    pages[f"/waiting/{handoff.number}"] = "Amina Yusuf rang Josephine Cole yesterday, 09:10"
    for address, words in pages.items():
        assert words in read(desk, address, "bea").text, address
    assert "at yesterday" not in read(desk, way, "bea").text
    assert "Josephine" not in read(desk, "/waiting", "vera").text  # that is for who may act


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_second_and_third_call_and_one_to_whoever_is_on_call_are_written_down(
    desk: House, *, confirmed: bool
) -> None:
    way, case = danger(desk), case_of(desk.store, IN_DANGER)
    form: dict[str, Any] = {"prefix": "ring"}
    assert do(desk, way, "ring_has" if confirmed else "ring", who="Josephine Cole", when="10:31", **form).status_code == 303  # fmt: skip
    assert do(desk, way, "again", "bea", who="Priya Nair", when="10:40", whom="team", **form).status_code == 303  # fmt: skip
    assert do(desk, way, "again_no", when="10:45", whom="team", **form).status_code == 303
    assert do(desk, way, "again", who="Dana Webb", when="10:50", whom="on_call", **form).status_code == 303  # fmt: skip
    assert do(desk, way, "again_no", when="10:52", whom="on_call", **form).status_code == 303
    text = read(desk, way).text
    for line in (
        "You rang Josephine Cole, Safeguarding, at 10:31", "Bea rang Priya Nair, Safeguarding, at 10:40",
        "You rang Safeguarding at 10:45: no answer", "You rang Dana Webb, on call, at 10:50", "You rang whoever is on call at 10:52: no answer",
    ):  # fmt: skip
        assert line in text
    if not confirmed:
        waits = read(desk, f"/cases/{case}").text
        assert "Bea Whitlock rang Priya Nair today, 10:40" in waits
        assert "Amina Yusuf rang Dana Webb, on call, today, 10:50" in waits
        assert "rung today, 10:45 by Amina Yusuf: no answer" in read(desk, "/handover").text
    assert do(desk, way, "back", step="ring_again_1").status_code == 303
    assert "Priya Nair" not in read(desk, way).text
    assert "Josephine Cole" in read(desk, way).text


def test_a_call_that_a_colleague_outran_keeps_its_words_and_is_saved_as_one_more(
    desk: House,
) -> None:
    way = danger(desk)
    seen = read(desk, way, "bea")
    assert do(desk, way, "ring", who="Josephine Cole", when="10:31", prefix="ring").status_code == 303  # fmt: skip
    answer = do(desk, way, "ring", "bea", seen, who="Priya Nair", when="10:40", prefix="ring")
    assert answer.status_code == 409
    page = Tags(answer.text)
    assert "Your call is not saved yet." in page.text
    (who,) = [one for one in page.all("input", name="who") if one["id"] == "ring-who"]
    assert who["value"] == "Priya Nair"
    assert page.all("button", value="again")
    assert do(desk, way, "again", "bea", page, who=who["value"], when="10:40", whom="team", prefix="ring").status_code == 303  # fmt: skip
    assert "Priya Nair" in read(desk, way).text
    assert "Josephine Cole" in read(desk, way).text


def test_whoever_is_on_call_is_no_team_so_that_a_call_to_them_alone_confirms_nothing(
    desk: House,
) -> None:
    way, case = danger(desk), case_of(desk.store, IN_DANGER)
    assert do(desk, way, "again", who="Dana Webb", when="10:50", whom="on_call", prefix="again").status_code == 303  # fmt: skip
    assert standing(desk) == ["on_call_1"]
    assert desk.store.handoffs.open(case) == []
    assert f"case {case}:" in read(desk, "/handover").text.partition("no team that must know has been told")[2]  # fmt: skip
    assert "Choose how" in do(desk, way, "has_it", who="Priya Nair", prefix="has").text


@pytest.mark.parametrize("reached", ["", "before", "confirmed"])
def test_after_a_call_that_nobody_took_the_page_says_ring_again_only_where_nobody_was_reached_meanwhile(
    desk: House, reached: str
) -> None:
    """Two officers on one step: the first line after a call is the one that is read."""
    way = danger(desk)
    if reached:
        do(desk, way, "ring_has" if reached == "confirmed" else "ring", "bea", who="Lou Marsh", when="10:58", prefix="ring")  # fmt: skip
    said = read(desk, f"{way}?done=no_answer").text
    assert ("Recorded: nobody answered. Ring again" in said) is (not reached)
    spoke = "Recorded: nobody answered. Bea Whitlock spoke to Lou Marsh, 10:58: ring again at 11:13 if they have not confirmed"
    assert (spoke in said) is (reached == "before")
    assert ("Recorded: nobody answered. Safeguarding has confirmed" in said) is (reached == "confirmed")  # fmt: skip


def test_whoever_is_next_is_named_where_their_email_is_due_and_nothing_writes_it(
    desk: House,
) -> None:
    """The team's own email left before the schedule stopped, so that nothing of it waits."""
    crisis = "the on-call manager, 020 7946 0199"
    configure(desk.desk, review=desk.desk.file.review.model_copy(update={"crisis_contact": crisis}))
    case = case_of(desk.store, IN_DANGER)
    do(desk, danger(desk), "ring", who="Priya Nair", when="11:00", prefix="ring")
    for row in desk.store.outbox.due(NOW + HOUR):
        desk.store.outbox.claim(row.number, NOW)
        desk.store.outbox.mark_sent(row.number, NOW)
    line = f"Case {case}: the next person on the on-call list, ring the on-call manager, 020 7946 0199."
    assert line not in read(desk, "/sources").text
    desk.desk.now = lambda: NOW + timedelta(minutes=21)
    assert line in read(desk, "/sources").text
    do(desk, danger(desk), "again", whom="on_call", who="Meera Shah", when="11:20", prefix="again")
    assert line not in read(desk, "/sources").text


@pytest.mark.parametrize(
    ("step", "more", "words"),
    [
        ("not_called", {}, "Who or where they are was not known, and 999 was not called, as Amina Yusuf wrote down 11:00"),
        ("other", {"step": "first", "answer": "no_life"}, "No life is in danger now, and 999 was not called, as Amina Yusuf wrote down 11:00"),
        ("other", {"step": "first", "answer": "another"}, "999 called by someone else, as Amina Yusuf wrote down 11:00"),
        ("called", {}, "999 called 11:00 by Amina Yusuf"),
    ],
)  # fmt: skip
def test_an_email_says_of_999_what_the_button_that_was_pressed_says(
    desk: House, step: str, more: dict[str, Any], words: str
) -> None:
    do(desk, danger(desk), step, **more)
    do(desk, danger(desk), "no_answer")
    (one,) = desk.store.handoffs.open(case_of(desk.store, IN_DANGER))
    mail = handoffs.letter(desk.store, desk.desk.config(desk.store), desk.desk.policy, one, "sent", at=NOW)  # fmt: skip
    assert f"- {words}." in mail.text
    assert mail.text.count("999 was not called") == ("not called" in words)
    assert words in " ".join(mail.html.split())


def test_giving_back_is_said_with_what_follows(desk: House) -> None:
    case = case_of(desk.store, IN_DANGER)
    do(desk, danger(desk), "not_called")
    seen = desk.store.assignments.teamwork((case,))[case].seen
    asks = send(
        desk, f"/cases/{case}/give", seen=seen
    )  # danger that no team has is left to nobody unasked
    assert asks.status_code == 409
    assert "Someone may be in danger, and nobody would have this case. No team that must know has been told." in asks.text  # fmt: skip
    assert desk.store.assignments.teamwork((case,))[case].assigned is not None
    answer = send(desk, f"/cases/{case}/give", seen=seen, sure="yes")
    assert answer.status_code == 303
    page = read(desk, answer.headers["location"]).text
    assert f"Saved: case {case} is given back. Nobody has it now" in page
    do(desk, danger(desk), "ring", who="Priya Nair", when="10:55", prefix="ring")
    assert "is given back" not in read(desk, answer.headers["location"]).text  # somebody has it
