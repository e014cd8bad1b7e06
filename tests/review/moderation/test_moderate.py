"""Hiding and removing through the platform, from the page: against stand-ins that really do it."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import datetime
from functools import partial

import httpx
import pytest
from playwright.sync_api import Browser, expect

from classify.policy import schema as policy_schema
from collectors.platforms import INTEGRATIONS
from core import clock
from core.models import Flag
from demo.platforms.facebook import FacebookStandIn
from demo.world import World
from review.auth.sessions import COOKIE
from review.moderation.moderate import ground_words
from review.moderation.platforms import Platforms
from settings import schema
from steps import moderate
from steps.models import ACTIONS, DONE, ModerationRequest, Offers, protected
from store import Moderation
from store.cases.moderations import LONGEST
from tests.review.accessibility import faults
from tests.review.factories import decide, whole_policy
from tests.review.pages import Tags
from tests.review.platform_pages import There, there
from tests.waits import run_in_threads, until

MODERATED = [source for source in INTEGRATIONS if source.moderation]


@pytest.fixture(scope="module")
def made(one_world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[There]:
    with there(
        one_world,
        tmp_path_factory.mktemp("there"),
        *(source.name for source in MODERATED),
        "reddit",
    ) as found:
        yield found


@pytest.fixture(autouse=True)
def calm_again(one_world: World) -> Iterator[None]:
    yield
    facebook = one_world.standins["facebook"]
    assert isinstance(facebook, FacebookStandIn)
    one_world.faults.clear("facebook")


def hidden(page: Tags) -> dict[str, str]:
    """What a form sends along by itself."""
    return {one["name"]: one["value"] for one in page.all("input", type_="hidden") if "name" in one}


def chosen(
    made: There, number: int, action: str, handle: str = "amina", **more: str
) -> httpx.Response:
    """The dry run of an action."""
    given = {"action": action, "clause": "3", "reason": ""} | more
    return made.send(f"/mentions/{number}/moderate", handle, **given)


def confirmed(
    made: There, number: int, action: str, handle: str = "amina", **more: str
) -> httpx.Response:
    """The dry run, and saying yes to what it showed."""
    typed = more.pop("typed", "")
    shown = chosen(made, number, action, handle, **more)
    assert shown.status_code == 200, shown.text
    form = hidden(Tags(shown.text)) | ({"typed": typed} if typed else {})
    return made.send(f"/mentions/{number}/moderate/confirm", handle, **form)


def outcome(made: There, answer: httpx.Response, handle: str = "amina") -> str:
    """The page to which a confirmation leads."""
    assert answer.status_code == 303, answer.text[:2000]
    return made.read(answer.headers["location"], handle).text


# ── what is written down twice ───────────────────────────────────────────────────────────────────


def test_the_page_knows_what_every_platform_has_gentlest_first() -> None:
    for source in MODERATED:
        actions = source.moderation.load().actions
        takes_away = [name for name in actions if name in moderate.HIDES | moderate.REMOVES]
        assert list(source.takedown_actions) == sorted(takes_away, key=moderate.GENTLEST.index)
        assert set(actions) <= set(ACTIONS)
    assert [source for source in INTEGRATIONS if source.takedown_actions] == MODERATED
    assert set(ACTIONS) == set(DONE)


# ── the panel and the dry run ────────────────────────────────────────────────────────────────────


def test_a_case_offers_for_each_post_what_its_platform_has(made: There) -> None:
    number = made.comment("harassment")
    page = made.read(f"/cases/{made.store.cases.of_mention(number)}/full")
    assert "hide it, delete it for good" in page.text
    assert page.all("a", href=f"/mentions/{number}/moderate")
    viewed = made.read(f"/cases/{made.store.cases.of_mention(number)}/full", "vera")
    assert viewed.all("a", href=f"/mentions/{number}/moderate") == []


def test_the_dry_run_says_what_people_will_see_and_whether_it_can_be_undone(made: There) -> None:
    number = made.comment("harassment")
    before = len(made.changes())
    page = Tags(chosen(made, number, "hide", reason="It goes on and on").text)
    assert "Nothing has been done yet" in page.text
    assert "Only its writer and their friends still see the comment" in page.text
    assert "Yes: show it again" in page.text
    assert "3: The communications team removes" in page.text, page.text
    assert f"Masked words of {number}" in page.text
    assert made.mention(number).text not in page.text
    assert len(made.changes()) == before
    assert made.store.moderations.of_mention(number, clock.now()) == []


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"action": ""}, "Choose what should be done"),
        ({"action": "shout"}, "Choose what should be done"),
        ({"clause": "", "reason": ""}, "Choose the clause that it rests on"),
        ({"clause": "", "reason": "rude"}, "Choose the clause that it rests on"),
        ({"clause": "9.9"}, "Choose a clause of the list"),
        (
            {"clause": "6.9"},
            "Choose a clause of the list",
        ),  # a rule for staff, over the public's words
        ({"reason": "x" * 600}, "at most 500"),
    ],
)
def test_a_choice_that_lacks_something_says_what_and_keeps_the_words(
    made: There, form: dict[str, str], why: str
) -> None:
    number = made.comment("harassment")
    answer = chosen(made, number, **({"action": "hide", "reason": "They go on and on"} | form))
    assert answer.status_code == 422
    assert why in answer.text
    assert form.get("reason", "They go on and on")[:20] in answer.text
    made._used.discard(number)


# ── doing it ─────────────────────────────────────────────────────────────────────────────────────


def test_what_is_confirmed_is_hidden_there_kept_here_and_shown_again_the_same_way(
    made: There,
) -> None:
    number = made.comment("harassment")
    before = len(made.changes())
    page = outcome(made, confirmed(made, number, "hide", reason="It hounds a nurse"))
    assert "Facebook has confirmed it. It can be undone" in page
    assert made.changes()[before:] == ["POST"]
    assert made.mention(number).hidden
    case = made.store.cases.of_mention(number)
    history = made.read(f"/cases/{case}/full").text
    assert "Done through the platform Hidden, post 1 Done Amina Yusuf" in history
    assert "It hounds a nurse" in history
    assert "It hounds a nurse" not in made.read(f"/cases/{case}/full", "vera").text
    events = [one for one in made.store.audit.events() if one.about.get("mention") == number]
    assert [one.kind for one in events][-4:] == [
        "moderation began",
        "moderating",
        "moderated",
        "moderation ended",
    ]
    assert "hounds" not in str(events)
    shown = made.read(f"/mentions/{number}/moderate?action=unhide")
    assert shown.all("input", name="action", value="unhide", checked="")
    assert shown.all("input", name="action", value="hide") == []
    assert "Shown again" in outcome(made, confirmed(made, number, "unhide", clause=""))
    assert not made.mention(number).hidden


def test_who_hides_a_post_and_goes_elsewhere_finds_its_case_in_mine(made: There) -> None:
    number = made.comment("harassment")
    case = made.store.cases.of_mention(number)
    assert case is not None
    outcome(made, confirmed(made, number, "hide"))
    *_, given = before = made.store.assignments.of_case(case)
    assert given.to == next(
        user.number for user in made.store.users.all() if user.handle == "amina"
    )
    assert made.read("/mine").all("a", data_row=f"{case}")
    outcome(made, confirmed(made, number, "unhide", "bea", clause=""))
    assert made.store.assignments.of_case(case) == before, "who shows it again takes nothing"


def test_two_clicks_do_it_once_and_lead_to_the_same_page(made: There) -> None:
    number = made.comment("harassment")
    form = hidden(Tags(chosen(made, number, "hide").text))
    before = len(made.changes())
    answers: list[httpx.Response] = []

    clients = [made.asks() for _ in range(3)]

    def click(client: httpx.Client) -> None:
        with client:
            answers.append(client.post(f"/mentions/{number}/moderate/confirm", data=form))

    run_in_threads(*(partial(click, client) for client in clients))
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert len(made.changes()) == before + 1
    assert len(made.store.moderations.of_mention(number, clock.now())) == 1


def test_who_comes_second_sees_what_the_first_did(made: There) -> None:
    number = made.comment("harassment")
    theirs = hidden(Tags(chosen(made, number, "hide", "bea").text))
    assert confirmed(made, number, "hide").status_code == 303
    late = made.send(f"/mentions/{number}/moderate/confirm", "bea", **theirs)
    assert late.status_code == 409
    assert "Amina Yusuf acted on it" in late.text
    assert len(made.store.moderations.of_mention(number, clock.now())) == 1


def test_an_edit_that_a_cycle_saw_shows_it_anew(made: There) -> None:
    number = made.comment("harassment")
    form = hidden(Tags(chosen(made, number, "hide").text))
    made.edit(number, "I am sorry, I was wrong")
    answer = made.send(f"/mentions/{number}/moderate/confirm", **form)
    assert answer.status_code == 422
    assert "the new words are not assessed yet" in answer.text
    assert made.store.moderations.of_mention(number, clock.now()) == []


def test_an_edit_that_no_cycle_saw_is_seen_before_anything_is_done(made: There) -> None:
    number = made.comment("harassment")
    facebook = made.world.standins["facebook"]
    assert isinstance(facebook, FacebookStandIn)
    facebook.wall.nodes[made.mention(number).issued_id].values["message"] = (
        "I am sorry, I was wrong"
    )
    before = len(made.changes())
    page = outcome(made, confirmed(made, number, "hide"))
    assert "Nothing was changed there" in page
    assert "It is no longer what was shown" in page
    assert len(made.changes()) == before
    assert made.mention(number).text == "I am sorry, I was wrong"


def test_what_is_gone_there_meanwhile_is_told_so(made: There) -> None:
    number = made.comment("harassment")
    facebook = made.world.standins["facebook"]
    assert isinstance(facebook, FacebookStandIn)
    form = hidden(Tags(chosen(made, number, "hide").text))
    facebook.remove(facebook.wall.nodes[made.mention(number).issued_id])
    page = outcome(made, made.send(f"/mentions/{number}/moderate/confirm", **form))
    assert "It is there no more" in page
    assert made.mention(number).deleted
    assert "deleted on its platform" in made.read(f"/mentions/{number}/moderate").text


def test_what_the_platform_refuses_is_told_so_and_stands_in_the_tracker(made: There) -> None:
    number = made.comment("pid")
    case = made.store.cases.of_mention(number)
    assert case is not None
    covers = f"{number}:1"
    assert (
        made.send(f"/cases/{case}/decide", kind="remove", covers=covers, version="0").status_code
        == 303
    )
    form = hidden(Tags(chosen(made, number, "hide", clause="6.10").text))
    facebook = made.world.standins["facebook"]
    assert isinstance(facebook, FacebookStandIn)
    facebook.wall.nodes[made.mention(number).issued_id].values["can_hide"] = False
    page = outcome(made, made.send(f"/mentions/{number}/moderate/confirm", **form))
    assert "The platform refused" in page
    assert "Nothing was changed there" in page
    assert not made.mention(number).hidden
    assert [one.step for one in made.store.takedowns.of_case(case)[0].steps] == ["asked", "refused"]
    facebook.wall.nodes[made.mention(number).issued_id].values["can_hide"] = True
    assert "Hidden" in outcome(made, confirmed(made, number, "hide", clause="6.10"))
    (takedown,) = made.store.takedowns.of_case(case)
    assert (takedown.standing, takedown.steps[-1].step) == ("hidden", "refused")
    assert (
        confirmed(made, number, "delete", "bea", clause="6.10", typed="delete").status_code == 303
    )
    assert [one.step for one in made.store.takedowns.of_case(case)[0].steps] == [
        "asked",
        "refused",
        "gone",
    ]


def test_no_answer_is_not_known_and_not_taken_for_done(made: There) -> None:
    number = made.comment("harassment")
    made.world.faults.add("facebook", "drop", after=2, times=9)
    page = outcome(made, confirmed(made, number, "hide"))
    assert "Nobody knows whether it was done" in page
    assert "look, before anything is tried again" in page
    assert not made.mention(number).hidden
    made.world.faults.clear("facebook")
    assert "Hidden" in outcome(made, confirmed(made, number, "hide"))


def test_an_outage_before_anything_was_asked_is_not_done(made: There) -> None:
    number = made.comment("harassment")
    made.world.faults.add("facebook", "drop", times=9)
    assert "The platform was not asked for it" in outcome(made, confirmed(made, number, "hide"))


def test_a_platform_that_takes_its_time_is_not_waited_for_and_the_answer_is_kept(
    made: There,
) -> None:
    number = made.comment("harassment")
    asked = threading.Event()
    may_end = threading.Event()
    real = made.desk.platforms

    class Slow(Platforms):
        limit = 0.1

        def act(self, request: ModerationRequest) -> None:
            asked.set()
            may_end.wait(20)
            super().act(request)

    made.desk.platforms = Slow(schema.load(made.path), made.path.parent)
    try:
        answer = confirmed(made, number, "hide")
        assert asked.is_set()
        waiting = outcome(made, answer)
        assert "No answer yet" in waiting
        assert "Don’t ask again" in waiting
        assert "is doing something to it" in confirmed_late(made, number)
        made.store.moderations.note(
            1, "facebook", "hide", by="x", at=clock.now()
        )  # nobody holds the lock
    finally:
        may_end.set()
        made.desk.platforms = real
    until(
        lambda: made.store.moderations.of_mention(number, clock.now())[-1].outcome != "doing",
        "the platform's answer",
    )
    assert "Facebook has confirmed it" in outcome(made, answer)


def confirmed_late(made: There, number: int) -> str:
    """What a colleague is told who confirms while it is under way."""
    form = hidden(Tags(chosen(made, number, "hide", "bea").text)) | {"after": "0"}
    answer = made.send(f"/mentions/{number}/moderate/confirm", "bea", **form)
    assert answer.status_code == 409
    return answer.text


def test_what_began_long_ago_and_never_ended_is_not_known_and_can_be_tried_again(
    made: There,
) -> None:
    number = made.comment("harassment")
    begun = Moderation(
        mention=number, revision=1, source="facebook", action="hide", by=made.who["bea"],
        at=clock.now() - LONGEST,
    )  # fmt: skip
    assert made.store.moderations.begin(begun, after=0)
    assert "Not known: look there" in made.read(f"/mentions/{number}/moderate").text
    assert "Hidden" in outcome(made, confirmed(made, number, "hide"))
    assert [one.outcome for one in made.store.moderations.of_mention(number, clock.now())] == [
        "unknown",
        "done",
    ]


@pytest.mark.parametrize(
    ("platform", "steps"),
    [
        ("facebook", ("hide", "unhide", "hide", "delete")),
        ("instagram", ("hide", "unhide", "hide", "delete")),
        ("youtube", ("hold", "release", "hold", "reject")),
        ("x", ("hide", "unhide")),
        ("blog", ("hold", "release", "spam", "unspam", "trash", "untrash")),
        ("linkedin", ("delete",)),
        ("threads", ("hide", "unhide")),
        ("tiktok", ("hide", "unhide")),
    ],
)
def test_every_platform_does_what_it_offers_and_takes_back_what_can_be_taken_back(
    made: There, platform: str, steps: tuple[str, ...]
) -> None:
    number = made.comment("harassment", platform=platform)
    for step in steps:
        final = step in moderate.REMOVES
        page = outcome(
            made, confirmed(made, number, step, "bea", typed=step if final else ""), "bea"
        )
        assert DONE[step] in page, page
        said = made.mention(number)
        assert said.deleted == final
        assert final or said.hidden == (step in moderate.HIDES)


# ── what is final, what is protected, and who may ────────────────────────────────────────────────


def test_what_is_final_comes_after_what_can_be_undone_and_is_for_a_lead_who_writes_the_word(
    made: There,
) -> None:
    number = made.comment("harassment")
    offered = made.read(f"/mentions/{number}/moderate")
    assert [told["value"] for told in offered.all("input", name="action")] == ["hide"]
    assert "A lead can also: delete it for good." in offered.text
    early = chosen(made, number, "delete", "bea")
    assert (early.status_code, "Hide it first" in early.text) == (422, True)
    assert confirmed(made, number, "hide").status_code == 303
    assert "A lead does this, since nothing takes it back" in chosen(made, number, "delete").text
    shown = chosen(made, number, "delete", "bea")
    assert "No. Nothing takes it back" in shown.text
    form = hidden(Tags(shown.text))
    slip = made.send(f"/mentions/{number}/moderate/confirm", "bea", **form)
    assert (slip.status_code, "Write delete to say that you know" in slip.text) == (422, True)
    assert (
        made.send(f"/mentions/{number}/moderate/confirm", **form, typed="delete").status_code == 422
    )  # no lead
    assert not made.mention(number).deleted
    done = made.send(f"/mentions/{number}/moderate/confirm", "bea", **form, typed=" Delete ")
    page = outcome(made, done, "bea")
    assert "Deleted for good" in page
    assert "can be undone" not in page
    assert made.mention(number).deleted
    assert made.changes()[-1] == "DELETE"


@pytest.mark.parametrize(
    "flags", [("allegation",), ("grievance", "harassment"), ("misinformation",), ()]
)
def test_protected_speech_is_for_a_lead_with_a_reason_and_a_warning(
    made: There, flags: tuple[str, ...]
) -> None:
    number = made.comment(*flags)
    page = made.read(f"/mentions/{number}/moderate")
    assert "It may be lawful speech" in page.text
    assert page.all("input", name="action") == []  # nothing is offered that a lead alone does
    assert "A lead does this: hide it, delete it for good. Hand the case to a lead" in page.text
    steps = made.read(f"/mentions/{number}/moderate", "bea").all("input", name="action")
    assert [told["value"] for told in steps] == ["hide", "delete"]
    assert (
        "A lead does this, since it may be lawful speech"
        in chosen(made, number, "hide", clause="3").text
    )
    bare = chosen(made, number, "hide", "bea", clause="")
    assert "Write why it must go although it may be lawful speech" in bare.text
    shown = chosen(made, number, "hide", "bea", clause="", reason="A court forbids it")
    assert "Hiding or removing it is itself a risk" in shown.text


def test_criticism_of_an_organisation_is_protected_and_an_insult_to_a_person_is_not(
    made: There,
) -> None:
    aimed = made.comment("derogatory", target=("colleague",))
    against = made.comment("derogatory", target=("organisation",))
    found = {}
    for number in (aimed, against):
        item = made.store.figures.item(number)
        assert item is not None
        found[number] = protected(item.flags, {}, whole_policy())
    assert found == {aimed: False, against: True}
    assert (
        confirmed(made, against, "hide", "bea", reason="It was agreed with PALS").status_code == 303
    )
    assert made.store.moderations.of_mention(against, clock.now())[0].protected


@pytest.mark.parametrize(
    ("flags", "said", "guarded"),
    [
        (("harassment",), {"harassment": False}, True),  # no ground is left
        (("harassment",), {"allegation": True}, True),
        (("allegation", "harassment"), {"allegation": False}, True),
        ((), {"harassment": True}, True),
        (("harassment",), {"harassment": True}, False),
    ],
)
def test_what_colleagues_say_of_its_flags_can_protect_a_post_and_never_lay_it_open(
    flags: tuple[str, ...], said: dict[str, bool], guarded: bool
) -> None:
    told = [Flag(name=name, score=0.9, clauses=()) for name in flags]
    assert protected(told, said, whole_policy()) == guarded


def test_a_post_whose_ground_a_colleague_found_wrong_is_protected(made: There) -> None:
    number = made.comment("harassment")
    case = made.store.cases.of_mention(number)
    assert case is not None
    assert "It may be lawful speech" not in made.read(f"/mentions/{number}/moderate").text
    wrong = {"harassment": False}
    decide(made.store, case, made.who["amina"], "second_opinion", labels=wrong)
    assert "It may be lawful speech" in made.read(f"/mentions/{number}/moderate").text
    made._used.discard(number)


@pytest.mark.parametrize(("handle", "status"), [("vera", 403), ("ada", 403)])
def test_who_may_not_decide_does_nothing(made: There, handle: str, status: int) -> None:
    number = made.comment("harassment")
    form = hidden(Tags(chosen(made, number, "hide").text))
    with made.asks(handle) as client:
        assert client.get(f"/mentions/{number}/moderate").status_code == status
    assert chosen(made, number, "hide", handle).status_code == status
    assert made.send(f"/mentions/{number}/moderate/confirm", handle, **form).status_code == status
    assert made.store.moderations.of_mention(number, clock.now()) == []
    made._used.discard(number)


# ── where nothing can be done ────────────────────────────────────────────────────────────────────


def test_a_source_that_is_off_says_how_to_turn_it_on(made: There) -> None:
    number = made.comment("harassment")
    real = made.desk.platforms

    class Off(Platforms):
        def offers(self, number: int, at: datetime) -> Offers:
            return Offers(source="facebook", off="facebook is off: turned off in the file")

    form = hidden(Tags(chosen(made, number, "hide").text))
    made.desk.platforms = Off(schema.load(made.path), made.path.parent)
    try:
        assert (
            "Facebook is off: turned off in the file"
            in made.read(f"/mentions/{number}/moderate").text
        )
        answer = made.send(f"/mentions/{number}/moderate/confirm", **form)
        assert answer.status_code == 422
        assert made.store.moderations.of_mention(number, clock.now()) == []
    finally:
        made.desk.platforms = real


def test_a_place_where_nothing_can_be_done_leads_to_the_report(made: There) -> None:
    number = made.comment("harassment", platform="reddit", usable=False)
    page = made.read(f"/mentions/{number}/moderate")
    assert "isn’t on one of our pages" in page.text
    assert page.all("a", href=f"/mentions/{number}/report")
    case = made.store.cases.of_mention(number)
    assert made.read(f"/cases/{case}/full").all("a", href=f"/mentions/{number}/moderate") == []


def test_what_is_not_there_is_not_found(made: There) -> None:
    number = made.comment("harassment")
    other = made.comment("harassment")
    assert confirmed(made, other, "hide").status_code == 303
    done = made.store.moderations.of_mention(other, clock.now())[0].number
    with made.asks() as client:
        for path in (
            "/mentions/99999/moderate",
            f"/mentions/{number}/moderated/{done}",
            f"/mentions/{number}/moderated/99",
        ):
            assert client.get(path).status_code == 404


def test_axe_finds_nothing_wrong_on_the_way(made: There, browser: Browser) -> None:
    number = made.comment("allegation")
    at = clock.now()
    session = made.store.sessions.begin(made.who["bea"], at=at, until=at + LONGEST)
    context = browser.new_context(java_script_enabled=True)
    context.add_cookies(
        [
            {
                "name": COOKIE,
                "value": session,
                "url": made.url.replace("http:", "https:"),
                "secure": True,
            }
        ]
    )
    page = context.new_page()
    found = []
    page.set_viewport_size({"width": 320, "height": 900})
    page.goto(f"{made.url}/cases/{made.store.cases.of_mention(number)}/full")
    found += faults(page)
    page.goto(f"{made.url}/mentions/{number}/moderate")
    page.get_by_label("Hide").check()
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.get_by_text("Write why it must go").first).to_be_visible()
    found += faults(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_label("Why", exact=True).fill("A court forbids it")
    page.get_by_role("button", name="Show what it would do").click()
    found += faults(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("button", name="Yes: hide").click()
    page.wait_for_url(re.compile("moderated"))
    expect(page.get_by_text("Facebook has confirmed it").first).to_be_visible()
    found += faults(page)
    page.goto(f"{made.url}/mentions/{number}/report")
    found += faults(page)
    assert found == []


def test_what_the_public_writes_is_hidden_by_the_teams_own_duty_in_a_whole_sentence() -> None:
    clauses = ground_words("3", policy_schema.clause_texts()["3"])
    assert (
        clauses
        == "The communications team removes any content posted by other users that is considered offensive or derogatory."
    )
    for clause, words in policy_schema.clause_texts().items():
        sentences = ground_words(clause, words)
        assert sentences
        assert sentences[-1] in ".!?", clause  # no sentence is cut
