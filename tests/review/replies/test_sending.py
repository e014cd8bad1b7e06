"""Sending a reply from the page: against stand-ins that really publish it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from core import clock
from demo.platforms.x import XStandIn
from demo.world import World
from review.auth.sessions import COOKIE
from review.replies.templates import replies
from settings.review import PreElection, Sending
from tests.review.accessibility import faults
from tests.review.factories import configure
from tests.review.pages import Tags
from tests.review.platform_pages import There, there
from tests.waits import run_in_threads

WORDS = "Thank you for asking. A GP practice can tell you more, and NHS 111 when it is closed."
PLATFORMS = ("x", "bluesky", "mastodon", "facebook")


@pytest.fixture(scope="module")
def made(one_world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[There]:
    with there(one_world, tmp_path_factory.mktemp("there"), *PLATFORMS, own=True) as found:
        configure(found.desk, answering=Sending(role="reviewer"))
        yield found


@pytest.fixture(autouse=True)
def calm_again(made: There) -> Iterator[None]:
    yield
    for name in PLATFORMS:
        made.world.faults.clear(name)
    configure(made.desk, answering=Sending(role="reviewer"), pre_election=())


def post(made: There, platform: str = "x") -> int:
    """The number of a post that nobody used, which can be answered."""
    for number in range(1, made.store.figures.row_counts()["mentions"] + 1):
        seen = made.mention(number)
        fits = seen.platform == platform and not seen.own and seen.kind in ("post", "comment")
        if number in made._used or not fits:
            continue
        if made.desk.platforms.answer_offer(number, "Hello", clock.now()).why_not:
            continue
        made._used.add(number)
        return number
    raise AssertionError(f"there are no more posts of {platform}")


def asked(made: There, platform: str = "x") -> tuple[int, int]:
    """A post that asks for help, and its case."""
    number = post(made, platform)
    return number, made.tell(number, "assistance")


def form_of(page: Tags) -> dict[str, str]:
    """What the form to confirm sends along by itself: the first form's fields."""
    fields: dict[str, str] = {}
    for one in page.all("input", type_="hidden"):
        fields.setdefault(one.get("name", ""), one["value"])
    return fields


def said(number: int) -> str:
    """Words that no other post is answered with: X takes the same words but once."""
    return f"{WORDS} Answer {number}."


def looked_at(
    made: There, number: int, case: int, words: str | None = None, handle: str = "amina"
) -> httpx.Response:
    """The dry run."""
    reply = said(number) if words is None else words
    return made.send(f"/cases/{case}/send", handle, send_to=number, reply=reply)


def confirmed(
    made: There,
    number: int,
    case: int,
    words: str | None = None,
    handle: str = "amina",
    **more: str,
) -> httpx.Response:
    shown = looked_at(made, number, case, words, handle)
    assert shown.status_code == 200, shown.text
    return made.send(f"/cases/{case}/send/confirm", handle, **(form_of(Tags(shown.text)) | more))


def outcome(made: There, answer: httpx.Response, handle: str = "amina") -> str:
    assert answer.status_code == 303, answer.text[:3000]
    return made.read(answer.headers["location"], handle).text


def writes(made: There, platform: str = "x") -> list[str]:
    """What was published there, as it was asked for."""
    return [
        one.body.decode() for one in made.world.standins[platform].requests
        if one.method == "POST" and "Session" not in one.path
    ]  # fmt: skip


# ── the button and the dry run ───────────────────────────────────────────────────────────────────


def test_a_case_offers_to_send_as_our_account_where_the_settings_let_it(made: There) -> None:
    number, case = asked(made)
    for path in (f"/cases/{case}", f"/cases/{case}/full"):
        assert made.read(path).all("button", name="send_to") != [], path
    page = made.read(f"/cases/{case}")
    (button,) = page.all("button", name="send_to")
    assert button["value"] == str(number)
    assert "Send as @healthiernwl" in page.text
    configure(made.desk, answering=Sending(role="lead"))
    assert made.read(f"/cases/{case}").all("button", name="send_to") == []
    assert made.read(f"/cases/{case}", "bea").all("button", name="send_to") != []


def test_the_dry_run_shows_what_goes_out_from_whom_to_what_and_sends_nothing(made: There) -> None:
    number, case = asked(made, "mastodon")
    handle = made.mention(number).author.handle
    before = len(writes(made, "mastodon"))
    page = Tags(looked_at(made, number, case).text)
    assert "Nothing has been sent." in page.text
    assert f"@{handle} {said(number)}" in page.text  # the words as Mastodon gets them
    assert "write:statuses" in page.text
    assert f"Masked words of {number}" in page.text
    assert made.mention(number).text not in page.text
    assert "of 500 characters" in page.text
    assert len(writes(made, "mastodon")) == before
    assert made.store.sendings.of_mention(number, clock.now()) == []


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("", "Write the reply, or choose a draft"),
        ("Ring me on 020 7946 0999", "Must change"),
        ("What is your NHS number? Please send us your date of birth.", "Must change"),
        ("Thank you. " * 40, "It is too long"),
    ],
)
def test_words_that_must_change_are_not_sent(made: There, words: str, why: str) -> None:
    number, case = asked(made)
    made._used.discard(number)
    answer = looked_at(made, number, case, words)
    assert answer.status_code == 422
    assert why in answer.text
    assert "Send as" not in answer.text


@pytest.mark.parametrize(
    ("flag", "read", "why"),
    [
        ("threat", {}, "Nothing is answered to this"),
        ("harassment", {}, "Nothing is answered to this"),
        ("pid", {}, "have it hidden or taken down first"),
    ],
)
def test_threats_and_leaks_keep_their_rules(
    made: There, flag: str, read: dict[str, Any], why: str
) -> None:
    number = post(made, "facebook")
    case = made.tell(number, flag, **read)
    assert made.read(f"/cases/{case}").all("button", name="send_to") == []
    answer = looked_at(made, number, case)
    assert answer.status_code == 422
    assert why in answer.text
    assert made.send(f"/cases/{case}/send/confirm", send_to=number, reply=WORDS).status_code == 422


def test_nothing_is_answered_from_the_desk_to_who_speaks_up(made: There) -> None:
    number = post(made, "facebook")
    case = made.tell(number, "grievance", protected="disclosure", staff="nhs")
    assert looked_at(made, number, case).status_code == 404
    assert made.send(f"/cases/{case}/send/confirm", send_to=number, reply=WORDS).status_code == 404


def test_somebody_in_danger_is_sent_the_prepared_words_and_no_others(made: There) -> None:
    number = post(made, "facebook")
    case = made.tell(number, "safeguarding")
    answer = looked_at(made, number, case)
    assert answer.status_code == 422
    assert "only the prepared words about help" in answer.text
    filled = replies(
        made.desk.config(made.store), made.desk.policy, clock.local_day(clock.now())
    ).templates
    ready = next(
        each.text
        for each in filled
        if "safeguarding" in each.template.flags
        and not each.template.about
        and (not each.template.platforms or "facebook" in each.template.platforms)
    )
    assert looked_at(made, number, case, ready).status_code == 200


# ── from the desk ────────────────────────────────────────────────────────────────────────────────


def test_after_a_reply_was_sent_from_the_desk_the_next_case_comes_and_says_so(made: There) -> None:
    number, case = asked(made)
    from_desk: dict[str, Any] = {"send_to": number, "reply": said(number), "desk": "yes", "answering": number, "lane": "answer"}  # fmt: skip
    shown = made.send(f"/cases/{case}/send", **from_desk)
    assert shown.status_code == 200
    assert f'href="/cases/{case}?post={number}&amp;answer=1&amp;lane=answer"' in shown.text
    answer = made.send(f"/cases/{case}/send/confirm", **form_of(Tags(shown.text)))
    assert answer.status_code == 303
    assert f"saved={case}." in answer.headers["location"]
    page = made.read(answer.headers["location"]).text
    assert f"Saved: case {case}, answered as @healthiernwl" in page
    assert "leaves the reply there" in page


def test_words_that_can_t_be_sent_lead_back_to_the_box_of_the_desk(made: There) -> None:
    number, case = asked(made)
    from_desk: dict[str, Any] = {"send_to": number, "reply": "Ring me on 020 7946 0999", "desk": "yes", "answering": number}  # fmt: skip
    shown = made.send(f"/cases/{case}/send", **from_desk)
    assert shown.status_code == 422
    back = {name: value for name, value in form_of(Tags(shown.text)).items() if value}
    assert back["desk"] == "yes"
    again = made.send(f"/cases/{case}/draft", **back)
    assert again.status_code == 200
    assert "Must change" in again.text
    assert Tags(again.text).all("textarea", id="reply")


# ── sending ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("platform", PLATFORMS)
def test_what_is_confirmed_is_published_recorded_and_in_the_chain(
    made: There, platform: str
) -> None:
    number, case = asked(made, platform)
    before = len(writes(made, platform))
    page = outcome(made, confirmed(made, number, case))
    assert "has published the reply" in page
    assert len(writes(made, platform)) == before + 1
    (sending,) = made.store.sendings.of_mention(number, clock.now())
    assert (sending.state, sending.by_name) == ("sent", "Amina Yusuf")
    assert sending.link.startswith("https://")
    (reply,) = made.store.replies.of_case(case)
    assert (reply.text, reply.link, reply.posts) == (sending.text, sending.link, (number,))
    (decided,) = made.store.cases.history(case)
    assert (decided.decision.kind, decided.by_name) == ("respond", "Amina Yusuf")
    kinds = [one.kind for one in made.store.audit.events() if one.about.get("case") == case]
    assert kinds[-4:] == ["reply sending", "reply ended", "case decided", "reply recorded"]
    assert "GP practice" not in str(made.store.audit.events())
    assert "Amina Yusuf replied" in made.read(f"/cases/{case}/full").text
    assert "Answered Amina Yusuf" in made.read(f"/cases/{case}").text


def test_two_clicks_send_it_once_and_lead_to_the_same_page(made: There) -> None:
    number, case = asked(made, "bluesky")
    form = form_of(Tags(looked_at(made, number, case).text))
    before = len(writes(made, "bluesky"))
    answers: list[httpx.Response] = []
    clients = [made.asks() for _ in range(3)]

    def click(client: httpx.Client) -> None:
        with client:
            answers.append(client.post(f"/cases/{case}/send/confirm", data=form))

    run_in_threads(*(partial(click, client) for client in clients))
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"].partition("?")[0] for answer in answers}) == 1
    assert len(writes(made, "bluesky")) == before + 1


def test_who_comes_second_is_told_and_sends_nothing(made: There) -> None:
    number, case = asked(made)
    theirs = form_of(Tags(looked_at(made, number, case, "We will look into it.", "bea").text))
    assert confirmed(made, number, case).status_code == 303
    late = made.send(f"/cases/{case}/send/confirm", "bea", **theirs)
    assert late.status_code == 409
    assert "Amina Yusuf sent a reply to it" in late.text
    assert len(made.store.sendings.of_mention(number, clock.now())) == 1


def test_other_words_than_were_shown_are_not_sent(made: There) -> None:
    number, case = asked(made)
    form = form_of(Tags(looked_at(made, number, case).text)) | {"reply": "Something else."}
    answer = made.send(f"/cases/{case}/send/confirm", **form)
    assert answer.status_code == 409
    assert "changed after it was shown" in answer.text
    assert made.store.sendings.of_mention(number, clock.now()) == []


def test_a_post_that_its_author_deleted_meanwhile_is_not_answered(made: There) -> None:
    number, case = asked(made)
    form = form_of(Tags(looked_at(made, number, case).text))
    x = made.world.standins["x"]
    assert isinstance(x, XStandIn)
    issued = made.mention(number).issued_id
    x.timeline.tweets = [tweet for tweet in x.timeline.tweets if str(tweet.number) != issued]
    before = len(writes(made))
    page = outcome(made, made.send(f"/cases/{case}/send/confirm", **form))
    assert "Nothing was published" in page
    assert "It is there no more" in page
    assert len(writes(made)) == before


@pytest.mark.parametrize(
    ("fault", "why"), [("401", "mentions connect x"), ("403", "plan"), ("429", "rate limit")]
)
def test_what_x_refuses_is_told_and_can_be_tried_again(made: There, fault: Any, why: str) -> None:
    number, case = asked(made)
    form = form_of(Tags(looked_at(made, number, case).text))
    made.world.faults.add("x", fault, path="/2/tweets", after=1, seconds=600)
    page = outcome(made, made.send(f"/cases/{case}/send/confirm", **form))
    assert "Not sent" in page
    assert why in page
    assert made.store.cases.history(case) == []
    assert "A reply was not sent" in made.read(f"/cases/{case}").text
    assert "has published the reply" in outcome(made, confirmed(made, number, case))


def test_where_nobody_knows_a_person_looks_and_nothing_is_sent_before(made: There) -> None:
    number, case = asked(made, "bluesky")
    form = form_of(Tags(looked_at(made, number, case).text))
    made.world.faults.add("bluesky", "drop", path="/xrpc/com.atproto.repo")
    answer = made.send(f"/cases/{case}/send/confirm", **form)
    page = outcome(made, answer)
    assert "Nobody knows whether it was sent" in page
    assert "Nobody knows whether a reply is out" in made.read(f"/cases/{case}").text
    again = form_of(Tags(looked_at(made, number, case, "Other words.").text))
    refused = made.send(f"/cases/{case}/send/confirm", **again)
    assert refused.status_code == 409
    assert "look there first" in refused.text
    where = answer.headers["location"].partition("?")[0]
    assert made.send(where, there="perhaps").status_code == 422
    assert made.send(where, there="yes", link="javascript:alert(1)").status_code == 422
    link = "https://bsky.app/profile/did:plc:us/post/1"
    assert "has published" in outcome(made, made.send(where, there="yes", link=link))
    (reply,) = made.store.replies.of_case(case)
    assert reply.link == link


def test_what_somebody_did_not_find_there_can_be_sent_anew(made: There) -> None:
    number, case = asked(made, "bluesky")
    form = form_of(Tags(looked_at(made, number, case).text))
    made.world.faults.add("bluesky", "503", path="/xrpc/com.atproto.repo")
    where = made.send(f"/cases/{case}/send/confirm", **form).headers["location"]
    assert "Not sent" in outcome(made, made.send(where.partition("?")[0], there="no"))
    assert made.store.replies.of_case(case) == []
    assert "has published the reply" in outcome(made, confirmed(made, number, case))


def test_in_a_pre_election_period_somebody_says_that_it_is_about_services(made: There) -> None:
    number, case = asked(made)
    today = clock.local_day(clock.now())
    period = PreElection.model_validate(
        {"from": date(today.year, 1, 1), "until": date(today.year, 12, 31), "reason": "the mayor"}
    )
    configure(made.desk, pre_election=(period,))
    page = looked_at(made, number, case)
    assert "Pre-election period: the mayor" in page.text
    answer = confirmed(made, number, case)
    assert answer.status_code == 422
    assert "Say that this answers a question about services" in answer.text
    assert "has published" in outcome(made, confirmed(made, number, case, services="yes"))


def test_who_only_looks_sees_that_it_was_sent_and_not_the_words(made: There) -> None:
    number, case = asked(made)
    answer = confirmed(made, number, case)
    where = answer.headers["location"]
    assert said(number) in made.read(where).text
    assert said(number) not in made.read(where, "vera").text


def test_a_lead_sends_where_the_settings_say_so(made: There) -> None:
    number, case = asked(made)
    configure(made.desk, answering=Sending(role="lead"))
    answer = looked_at(made, number, case)
    assert answer.status_code == 422
    assert "Only a lead sends replies from here" in answer.text
    assert "has published" in outcome(made, confirmed(made, number, case, handle="bea"), "bea")


# ── in a browser ─────────────────────────────────────────────────────────────────────────────────


def test_somebody_sends_a_reply_in_a_browser_by_looking_and_confirming(
    made: There, browser: Browser
) -> None:
    number, case = asked(made, "facebook")
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    session = made.asks().headers["Cookie"].partition("=")[2]
    page.context.add_cookies(
        [
            {
                "name": COOKIE,
                "value": session,
                "url": made.url.replace("http:", "https:"),
                "secure": True,
            }
        ]
    )
    page.goto(f"{made.url}/cases/{case}")
    page.get_by_label("Your words").fill(WORDS)
    page.get_by_role("button", name="Send as").click()
    expect(page.get_by_role("heading", name="Send this reply?")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Send as").click()
    expect(page.get_by_text(f"Saved: case {case}, answered as our Page")).to_be_visible()
    assert faults(page) == []
    assert json.dumps(WORDS.split()[0]).strip('"') in writes(made, "facebook")[-1]
    assert made.store.sendings.of_mention(number, clock.now())[-1].state == "sent"
