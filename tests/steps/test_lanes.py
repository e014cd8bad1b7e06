"""Where a post waits, and why in one line: by harm, in fixed words and the organisation's own names."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any, get_args

import pytest

from classify.policy import schema
from core import worries
from core.context import AnsweredPost, Context, Page
from core.models import ABUSIVE, SPEAKING_UP, Flag, Harm, Lane, Protected, Staff, Target
from steps import lanes
from store import PostFacts

POLICY = schema.load()
OURS = Context(page=Page(owner="organisation", name="NHS North West London"))


def flag(name: str, *target: Target, harm: Harm | None = None) -> Flag:
    return Flag(name=name, score=0.9, clauses=(), target=target, harm=harm)


def post(masked: str = "", *flags: str | Flag, **more: Any) -> PostFacts:
    found = tuple(flag(one) if isinstance(one, str) else one for one in flags)
    given: dict[str, Any] = {
        "platform": "x",
        "kind": "post",
        "masked": masked,
        "risk": "low",
        "flags": found,
    }
    return PostFacts(**(given | more))


def lane(facts: PostFacts) -> Lane:
    return lanes.lane_of(facts, POLICY)


def reason(facts: PostFacts, *places: str) -> str:
    return lanes.placing_of(facts, places, POLICY).reason


# ── lanes


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("safeguarding", "now"), ("threat", "now"), ("security", "now"), ("assistance", "answer"),
        ("removal_request", "answer"), ("hate", "look"), ("sexual", "look"), ("harassment", "look"),
        ("derogatory", "look"), ("impersonation", "look"), ("misinformation", "look"), ("allegation", "look"),
        ("confidential", "look"), ("grievance", "rest"), ("no_disclaimer", "rest"), ("brand", "rest"),
    ],
)  # fmt: skip
def test_each_flag_has_its_lane(name: str, expected: Lane) -> None:
    assert lane(post("words", name)) == expected


def test_the_worst_flag_decides_however_many_others_there_are() -> None:
    assert lane(post("w", "derogatory", "brand", "assistance", "threat")) == "now"
    assert lane(post("w", "brand", "assistance")) == "answer"
    assert lane(post("w")) == "rest"


@pytest.mark.parametrize("protected", ["disclosure", "union", "discrimination"])
@pytest.mark.parametrize("staff", ["icb", "nhs", None])
def test_speaking_up_is_the_guardians(protected: str, staff: str | None) -> None:
    facts = post("w", "grievance", "allegation", protected=protected, staff=staff)
    assert (lane(facts), reason(facts)) == ("guardian", lanes.GUARDIANS_REASONS[protected])


def test_who_left_may_disclose_and_a_patient_speaks_of_discrimination_to_all() -> None:
    assert lane(post("w", "allegation", protected="disclosure", staff="no")) == "guardian"
    assert lane(post("w", "allegation", protected="discrimination", staff="no")) == "look"


@pytest.mark.parametrize(
    ("flags", "more", "expected"),
    [
        ((), {"protected": "union"}, "look"),  # a union's own account, or a member who is not known to be staff
        ((), {"protected": "discrimination"}, "look"),
        (("allegation",), {"staff": None}, "look"),  # it may be anybody's
        (("no_disclaimer",), {"protected": "criticism", "staff": "icb"}, "rest"),  # civil criticism
        ((), {"protected": "complaint"}, "rest"),
        ((), {"protected": "union", "ruled": False}, "rest"),
    ],
)  # fmt: skip
def test_what_may_be_speaking_up_is_never_in_the_groups_of_rest(
    flags: tuple[str, ...], more: dict[str, Any], expected: Lane
) -> None:
    assert lane(post("We told the board", *flags, **more)) == expected


@pytest.mark.parametrize("protected", ["criticism", "complaint", "none"])
@pytest.mark.parametrize(
    ("flags", "staff"),
    [
        (("grievance", "no_disclaimer", "confidential"), "icb"), (("grievance",), "nhs"),
        (("grievance",), None),  # the flag itself says that staff wrote it
        (("allegation",), "icb"), (("allegation", "derogatory"), "nhs"),
    ],
)  # fmt: skip
def test_staff_who_tell_of_their_own_work_or_of_wrong_are_the_guardians_whatever_it_is_read_as(
    flags: tuple[str, ...], staff: str | None, protected: str
) -> None:
    facts = post("We told the board", *flags, staff=staff, protected=protected)
    assert (lane(facts), reason(facts)) == ("guardian", "May be speaking up")
    assert lane(replace(facts, staff="no")) != "guardian"
    assert lane(replace(facts, kind="report")) != "guardian"
    assert lane(replace(facts, ruled=False)) != "guardian"


@pytest.mark.parametrize("protected", sorted(SPEAKING_UP))
@pytest.mark.parametrize("name", sorted(POLICY.flags))
def test_a_colleagues_email_that_speaks_up_is_the_guardians_and_opens_for_danger_and_a_leak_alone(
    name: str, protected: str
) -> None:
    """Details that somebody else put online are out however sure the program is: a colleague saw them."""
    facts = post("I have told the matron of it twice", name, staff="nhs", protected=protected, kind="report")  # fmt: skip
    facts = replace(facts, flags=tuple(replace(each, score=0.4) for each in facts.flags))
    placing = lanes.placing_of(facts, (), POLICY)
    opens = name in ("safeguarding", "pid")
    assert (placing.lane, placing.speaks, placing.urgent) == ("now" if opens else "guardian", True, opens)  # fmt: skip
    assert "matron" not in placing.reason
    assert "work" not in placing.reason


@pytest.mark.parametrize(
    "protected", ["criticism", "complaint", "none", "disclosure", "union", "discrimination"]
)
@pytest.mark.parametrize("name", sorted(POLICY.flags))
def test_danger_to_life_and_a_leak_alone_open_it_to_those_on_duty(
    name: str, protected: str
) -> None:
    """Whatever kind of speech it is read as, and whatever else the policy puts into Now."""
    facts = post("[name] [NHS number]", "grievance", name, staff="icb", protected=protected)
    facts = replace(facts, flags=tuple(replace(each, target=("colleague",)) for each in facts.flags))  # fmt: skip
    if name in ABUSIVE and protected not in SPEAKING_UP:
        assert not lanes.is_guardians(facts)  # aimed at somebody, and nothing is alleged
        return
    placing = lanes.placing_of(facts, (), POLICY)
    opens = name in ("safeguarding", "pid")
    assert (placing.lane, placing.speaks, placing.urgent) == ("now" if opens else "guardian", True, opens)  # fmt: skip
    assert "work" not in placing.reason


@pytest.mark.parametrize("protected", ["criticism", "disclosure"])
def test_a_threat_that_nobody_of_the_lane_took_up_is_open_to_those_on_duty_whatever_it_is_read_as_later(
    protected: str,
) -> None:
    for flags in (("threat",), ()):  # edited since
        facts = post("w", *flags, staff="icb", protected=protected, ruled=True, opened=True)
        placing = lanes.placing_of(facts, (), POLICY)
        assert (placing.lane, placing.speaks, placing.urgent) == ("now", True, True)
        assert placing.reason == POLICY.flags["threat"].reason


@pytest.mark.parametrize("more", [
    {"reported": True}, {"reported": True, "edited": True, "shares": 10**6}, {"read": "unread", "risk": "high"},
    {"reported": True, "spoke": True, "staff": "no", "read": "unread", "risk": "high"}, {"reported": True, "beneath": True, "staff": "no"},
])  # fmt: skip
@pytest.mark.parametrize("protected", ["criticism", "none", "union"])
def test_no_report_and_nothing_that_was_not_read_opens_what_is_the_guardians(
    protected: str, more: dict[str, Any]
) -> None:
    flags = () if more.get("read") else ("grievance", "confidential")
    facts = post("Told to stop asking", *flags, **{"staff": "icb", "protected": protected, "sought": not flags, **more})  # fmt: skip
    placing = lanes.placing_of(facts, (), POLICY)
    assert (placing.lane, placing.speaks, placing.urgent) == ("guardian", True, False)


def test_danger_and_details_that_are_out_come_before_speaking_up_and_nothing_else_does() -> None:
    assert lane(post("w", "safeguarding", protected="disclosure", staff="nhs")) == "now"
    for flags, more in ((("threat",), {}), ((), {"reported": True})):
        facts = post("[name] [NHS number]", *flags, protected="disclosure", staff="nhs", **more)
        assert lane(facts) == "guardian"


@pytest.mark.parametrize(
    ("masked", "name", "first"),
    [
        ("Could you send us a line by 5pm? We publish tonight", "media", True),
        ("Would an interview be possible some time?", "media", False),
        ("my mother’s flat is 14 degrees and the meter is empty, she is on oxygen, who can help?", "assistance", True),
        ("I ran out of insulin and nobody answers, who do I ring?", "assistance", True),
        ("Is there an upper age limit for the apprenticeship?", "assistance", False),
        ("Where is the urgent-looking poster printed?", "brand", False),
    ],
)  # fmt: skip
def test_who_cant_wait_comes_first_in_answer(masked: str, name: str, first: bool) -> None:
    placing = lanes.placing_of(post(masked, name), (), POLICY)
    assert (placing.weight >= 2 * lanes.PERSON_FIRST) == first


@pytest.mark.parametrize(
    ("masked", "more", "expected"),
    [
        ("Bed 4 is [name], [NHS number], and nobody comes", {}, "now"),
        ("An agency nurse put our whiteboard on Snapchat, [name] in [details]", {"score": 0.95}, "now"),
        ("I told [name] about bed 4 in June", {"score": 0.4}, "guardian"),  # a name beside it may be anybody's
        ("Bed 4 is [name], [NHS number]", {"hidden": True}, "guardian"),
    ],
)  # fmt: skip
def test_whoever_speaks_up_is_opened_to_those_on_duty_by_a_leak_and_not_by_a_suspicion(
    masked: str, more: dict[str, Any], expected: Lane
) -> None:
    score = more.pop("score", 0.4)
    facts = post(masked, "pid", protected="disclosure", staff="nhs", **more)
    facts = replace(facts, flags=tuple(replace(flag, score=score) for flag in facts.flags))
    placing = lanes.placing_of(facts, (), POLICY)
    assert (placing.lane, placing.speaks, placing.urgent) == (expected, True, expected == "now")
    assert placing.reason == ("Patient’s details" if expected == "now" else lanes.GUARDIANS_REASONS["disclosure"])  # fmt: skip


@pytest.mark.parametrize(
    ("masked", "more", "expected"),
    [
        ("Look at [name] in bed 4, [NHS number]", {}, "now"),
        ("Please ring my dad [name], [NHS number]", {"protected": "complaint"}, "now"),
        ("Please ring me on [phone], I have waited for weeks", {"protected": "complaint"}, "look"),
        ("My NHS number is [NHS number], why can I not log in", {}, "look"),
        ("My aunt lay on the floor at [details] until Tuesday", {"protected": "complaint"}, "now"),
        (
            "My aunt lay on the floor at [details] until Tuesday",
            {"protected": "discrimination"},
            "now",
        ),
        (
            "My aunt lay on the floor at [details] until Tuesday",
            {"protected": "complaint", "score": 0.6},
            "look",
        ),
        ("I lay on the floor at [details] until Tuesday", {"protected": "complaint"}, "look"),
        (
            "I lay on the floor at [details], my number is [NHS number]",
            {"protected": "complaint"},
            "look",
        ),
        ("our goalkeeper is in [details] with his liver", {"staff": "nhs"}, "now"),
        ("Seen him in the [details] clinic, telling everyone", {}, "now"),
        (
            "My aunt lay on the floor at [place of care] until Tuesday",
            {"protected": "complaint"},
            "now",
        ),
        (
            "My aunt lay on the floor at [details: 2 words] until Tuesday",
            {"protected": "complaint"},
            "now",
        ),
        ("our goalkeeper is in [place of care] with his liver", {"staff": "nhs"}, "now"),
        ("Seen him in the [health details and family] clinic, telling everyone", {}, "now"),
        ("Look at [name] in bed 4, [NHS number]", {"hidden": True}, "look"),
    ],
)
def test_a_leak_is_neither_ones_own_care_nor_what_is_hidden(
    masked: str, more: dict[str, Any], expected: Lane
) -> None:
    pid = replace(flag("pid"), score=more.pop("score", 0.9))
    assert lane(post(masked, pid, **more)) == expected
    # whatever else it tells: no milder flag draws it into a later lane
    beside = [flag("allegation", harm="serious"), flag("assistance"), flag("media"), flag("derogatory", "colleague")]  # fmt: skip
    assert lane(post(masked, pid, *beside, **more)) == ("now" if expected == "now" else "answer")


LEAK = "My aunt [name], {}, lay on the floor"


@pytest.mark.parametrize("detail", sorted({"details", *lanes.DETAILS}))
@pytest.mark.parametrize(
    ("beside", "words"),
    [
        (flag("allegation", harm="serious"), "; serious harm"), (flag("allegation"), "; an allegation"),
        (flag("safeguarding", "person"), "; details out"), (flag("threat", "colleague"), "; details out"),
    ],
)  # fmt: skip
def test_the_title_names_the_leak_and_the_harm_that_is_told_with_it(
    detail: str, beside: Flag, words: str
) -> None:
    masked = LEAK.format(f"[{detail}]" + (" [address]" if detail == "NHS number" else ""))
    title = reason(post(masked, "pid", beside, protected="complaint"), "Kenton")
    assert words in title
    assert len(title) <= lanes.LONGEST_REASON
    assert title.startswith("Patient’s ") or beside.name != "allegation"


def test_a_request_with_ones_own_number_is_still_answered_the_same_day() -> None:
    facts = post("Can you ring me on [phone] please, I have waited", "pid", "assistance")
    assert lane(facts) == "answer"


@pytest.mark.parametrize(
    ("masked", "kind", "expected"),
    [
        ("Can you confirm this? We'd like a line by 5pm.", "post", "answer"),
        ("Were you there? My inbox is open.", "post", "answer"),
        ("Board apologises to families", "article", "look"),
        ("We have asked NHS North West London for a comment.", "article", "answer"),
        ("Our report from a warm room in Hammersmith", "post", "look"),
    ],
)
def test_a_reporter_who_asks_is_answered_and_a_story_is_looked_at(
    masked: str, kind: str, expected: Lane
) -> None:
    assert lane(post(masked, "media", kind=kind)) == expected


def test_who_warns_of_a_fraud_gives_nothing_away() -> None:
    warning = post("That's not the ICB. Don't DM anyone your NHS number", "security", kind="quote")
    assert (lane(warning), reason(warning)) == ("look", "Warns of a fake or a fraud")
    assert lane(post("Door code for the drug cupboard is [number]", "security")) == "now"


def test_a_page_in_our_name_that_asks_for_logins_is_in_now() -> None:
    fake = post("Send us the login you use and we will reset it", "impersonation", "security")
    assert (lane(fake), reason(fake)) == ("now", "Page in our name asks for a login")
    assert lane(post("Is your ICB ready to merge?", "impersonation")) == "look"


def test_what_reaches_far_or_was_edited_is_looked_at() -> None:
    assert lane(post("w", "brand", shares=POLICY.reach.shares)) == "look"
    assert lane(post("w", "brand", followers=POLICY.reach.followers)) == "look"
    assert lane(post("w", shares=POLICY.reach.shares)) == "rest"
    assert lane(post("w", edited=True)) == "look"


def test_a_colleagues_report_outranks_the_models_silence() -> None:
    silent = post("A wristband", reported=True, worry="A wristband (A patient’s details)")
    assert (lane(silent), reason(silent)) == ("now", "A patient’s details")
    assert reason(post("w", reported=True)) == "Reported by a colleague"


@pytest.mark.parametrize(("kind", "flags", "waits", "heading"), [
    *((kind, (), where, lanes.REPORT_REASONS[kind]) for kind, where in worries.LANES.items() if kind in lanes.REPORT_REASONS),
    ("Her line manager rang", (), "now", lanes.REPORTED),  # nobody knows what was ticked
    ("Their news desk rang (Something else)", (), "answer", lanes.REPORT_REASONS[worries.OTHER]),
    (worries.FALSE_CLAIM, ("threat",), "now", POLICY.flags["threat"].reason),  # what is read may be more urgent
    (worries.DANGER, ("brand",), "now", worries.DANGER),
])  # fmt: skip
@pytest.mark.parametrize("read", ["full", "unread"])
def test_what_a_colleague_reported_waits_in_the_lane_of_what_they_ticked(
    kind: str, flags: tuple[str, ...], waits: str, heading: str, read: Any
) -> None:
    told = post("w", *flags, reported=True, worry=kind, read=read, risk="high")
    assert (lane(told), reason(told)) == (waits, heading)


def test_of_several_reports_the_gravest_counts_and_of_equal_ones_the_last() -> None:
    danger, other = f"Tonight ({worries.DANGER})", worries.OTHER
    assert worries.gravest([danger, other]) == danger
    assert worries.gravest([other, danger]) == danger
    assert worries.gravest(["a (Something else)", "b (Something else)"]) == "b (Something else)"
    assert worries.gravest([]) == ""


def test_what_a_person_found_in_a_sample_has_its_lane() -> None:
    found = post("w", missed=("assistance",))
    assert (lane(found), reason(found)) == ("answer", "Asks for help")


# ── order


def test_danger_comes_first_then_what_is_aimed_at_a_person_then_reach() -> None:
    def weight(*flags: str | Flag, **more: Any) -> int:
        return lanes.weight_of(post("w", *flags, **more), POLICY)

    ordered = [
        weight("safeguarding"), weight(flag("derogatory", "colleague")),
        weight(flag("derogatory", "organisation"), shares=1013), weight("derogatory", followers=50),
        weight("derogatory"),
    ]  # fmt: skip
    assert ordered == sorted(ordered, reverse=True)
    assert len(set(ordered)) == len(ordered)
    assert weight(followers=10**12) < weight(flag("hate", "person"))


# ── reasons


REASONS: list[tuple[PostFacts, tuple[str, ...], str]] = [
    (post("I am going to end my life tonight", "safeguarding"), (), "Someone may end their life"),
    (post("he hit me again last night", "safeguarding"), (), "Someone may be hurt at home"),
    (post("my daughter came home with bruises", "safeguarding"), ("Brent",), "A child may be at risk, Brent"),
    (post("she has not been seen since Friday", "safeguarding"), (), "Someone is missing"),
    (post("w", "safeguarding"), (), "Someone may be in danger"),
    (post("I know where the doc parks", flag("threat", "colleague")), ("Harrow",), "Threat to hurt a doctor, Harrow"),
    (post("they will see", flag("threat", "colleague")), (), "Threat to hurt staff"),
    (post("they will see", "threat"), (), "Threat"),
    (post("[name] [NHS number]", "pid", context=OURS), (), "Patient’s NHS number, on our page"),
    (post("[name], [address]", "pid", kind="comment"), (), "Patient’s address, in a thread"),
    (post("in [details] ward", "pid", staff="nhs"), ("Hillingdon",), "Patient’s details, Hillingdon"),
    (post("[name] is in [details: 3 words]", "pid", staff="nhs"), ("Hillingdon",), "Patient’s details, Hillingdon"),
    (post("[name], [health details and place of care]", "pid", staff="nhs"), ("Hillingdon",), "Patient’s details, Hillingdon"),
    (post("[name] in [family and job]", "pid", staff="nhs"), ("Hillingdon",), "Patient’s details, Hillingdon"),
    (post("[name] in [area]", "pid", staff="nhs"), ("Hillingdon",), "Patient’s name, Hillingdon"),
    (post("ring me on [phone]", "pid"), (), "Writer’s own phone number"),
    (post("[handle] Is the spray halal? Ours has gelatine", "assistance"), (), "Is the spray halal?"),
    (post("Where do I get the inhaler", "assistance"), ("Ealing",), "Asks about prescriptions, Ealing"),
    (post("please", "assistance"), (), "Asks for help"),
    (post("Would an interview be possible?", "media"), (), "Reporter asks for an interview"),
    (post("Can you comment?", "media"), (), "Reporter asks for comment"),
    (post("Board says sorry", "media", kind="article"), ("Brent",), "News story about us, Brent"),
    (post("DM your bank app name", "impersonation"), (), "Page in our name asks for bank details"),
    (post("A&E is shutting", "misinformation"), ("Ealing",), "Claim to check: closing, Ealing"),
    (post("throw away inhalers, my tea cures asthma", "misinformation"), (), "Claim to check: a cure"),
    (post("the jab alters DNA", "misinformation"), (), "Claim to check: vaccinations"),
    (post("clowns", flag("derogatory", "organisation"), shares=1013), (), "Insult about us; spreading"),
    (post("that nurse", flag("sexual", "person"), context=OURS), (), "Sexual remark about a nurse, on our page"),
    (post("w", flag("hate", "group"), kind="reply"), (), "Hate about a group, in a thread"),
    (post("w", flag("allegation", harm="serious")), (), "Says that someone came to serious harm"),
    (post("he died at six in the morning", flag("allegation", harm="serious")), (), "Says that someone died"),
    (post("I want to ask at the inquest who decided that", flag("allegation", harm="serious")), ("Ealing",), "Says that someone died, Ealing"),
    (post("he nearly died", flag("allegation", harm="serious")), (), "Says that someone came to serious harm"),
    (post("w", "removal_request"), (), "Asks us to take something down"),
    (post("no call back from the GP", protected="complaint"), ("Brent",), "Complaint: GP appointments, Brent"),
    (post("Call back works. They rang. More of this.", protected="complaint", sentiment="negative"), (), "Praise: GP appointments"),
    (post("Rang and they rang\n\nTelephone access: 5", protected="complaint", sentiment="negative"), (), "Praise"),
    (post("Thanks for nothing", protected="complaint", sentiment="negative"), (), "Complaint"),
    (post("", read="unread"), (), "Could not be read in full"),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "places", "expected"), REASONS, ids=[row[2] for row in REASONS])
def test_the_reason_says_in_plain_words_why(
    facts: PostFacts, places: tuple[str, ...], expected: str
) -> None:
    assert reason(facts, *places) == expected


def test_no_reason_is_longer_than_a_row_has_room_for() -> None:
    places = ("Hammersmith & Fulham",)
    for name in POLICY.flags:
        for masked in (
            "",
            "[NHS number] [hospital number] [date of birth]",
            "Who? " * 30,
            "x" * 300 + "?",
        ):
            for more in ({}, {"context": OURS}, {"reported": True, "worry": masked * 3}):
                facts = post(masked, flag(name, "colleague"), shares=9999, **more)
                assert 0 < len(reason(facts, *places)) <= lanes.LONGEST_REASON


def test_under_our_post_is_told_from_on_our_page() -> None:
    context = Context(answered=(AnsweredPost(text="Flu jabs", official=True),))
    facts = post("w", flag("hate", "group"), kind="reply", context=context)
    assert reason(facts) == "Hate about a group, under our post"


@pytest.mark.parametrize("protected", sorted(SPEAKING_UP))
@pytest.mark.parametrize("staff", ["icb", "nhs", "no", None])
@pytest.mark.parametrize("flags", [(), ("grievance",), ("allegation",), ("derogatory",)])
def test_what_came_back_from_the_lane_is_not_called_by_what_it_was(
    protected: Protected, staff: Staff | None, flags: tuple[str, ...]
) -> None:
    back = post(
        "They pay us band 4 for band 5 work", *flags, protected=protected, staff=staff, ruled=False
    )
    plain = post(
        "They pay us band 4 for band 5 work", *flags, protected="none", staff="no", ruled=None
    )
    assert reason(back) == reason(plain)
    assert not any(reason(back).startswith(words) for words in lanes.GUARDIANS_REASONS.values())


def test_what_a_colleague_reported_is_called_by_what_they_ticked_and_never_in_their_words() -> None:
    for label, heading in lanes.REPORT_REASONS.items():
        for own in ("", "Kay Lamb again, people team ought to know", "x" * 300, "A threat or abuse) (", "(It is aimed at me)"):  # fmt: skip
            assert lanes.report_reason(f"{own} ({label})" if own else label) == heading
        assert len(heading) <= lanes.LONGEST_REASON
    assert lanes.report_reason("Jo Barnes (HR should see it)") == lanes.REPORTED


@pytest.mark.parametrize(
    ("name", "masked", "score", "expected"),
    [
        ("media", "Weekend dentist? Anyone had luck in Acton?", 0.46, "May ask about dentists"),
        ("media", "Can you comment on the closing?", 0.95, "Reporter asks for comment"),
        ("media", "Writing my dissertation. Would twenty minutes be possible?", 0.95, "Asks for an interview, for a study"),
        ("removal_request", "Her story should be read out in every hospital", 0.77, "May ask us to take something down"),
        ("removal_request", "There is a picture of my daughter, please take it down", 0.77, "Asks us to take something down"),
        ("allegation", "Nobody asked about my wife", 0.33, "May say that something went wrong"),
        ("threat", "brick", 0.2, "May be a threat"),
        ("derogatory", "clowns", 0.4, "May be an insult"),
        ("pid", "baby [name] weighed 7lb 2, look at him", 0.33, "May be a patient’s details"),
        ("pid", "ring my dad [name], [NHS number]", 0.33, "Patient’s NHS number"),
        ("assistance", "you what? I live opposite [link x.com]", 0.5, "May ask for help"),
        ("assistance", "Is that good or bad?", 0.45, "Is that good or bad?"),
        ("assistance", "Mine is not listed. Larkspur Lane. Is that good or bad?", 0.45, "Larkspur Lane. Is that good or bad?"),
        ("assistance", "My rash is back. Is that good or bad?", 0.45, "Is that good or bad?"),
        ("assistance", "My surgery has no spacers left. Who do I ask?", 0.45, "GPs: Who do I ask?"),
        ("misinformation", "It is closing", 0.41, "Claim to check: closing"),
    ],
)  # fmt: skip
def test_a_reason_states_as_a_fact_nothing_of_which_the_program_is_not_sure(
    name: str, masked: str, score: float, expected: str
) -> None:
    assert reason(post(masked, replace(flag(name), score=score))) == expected


@pytest.mark.parametrize("masked", [
    "Weekend dentist? Tooth split, anyone had luck on a Sunday?",
    "Has anybody got an appointment at the Harrow surgery this week?",
    "which pharmacy does the patches on a Saturday?",
    "Where do people go for stitches, the walk-in or the hospital?",
])  # fmt: skip
def test_who_asks_where_to_get_care_is_called_no_reporter(masked: str) -> None:
    asking = post(masked, replace(flag("media"), score=0.5))
    assert not reason(asking).startswith(("Reporter", "May be a reporter"))
    assert lane(asking) == "answer"


@pytest.mark.parametrize("masked", [
    "a kind one\n\nYoung man shows how he uses the asthma page, 3,000 likes: [link tiktok.com]\n\nCould we ask to share it?",
    "A lovely post about the ward. Can we repost?",
    "Mum thanks the midwives. Shall we thank her?",
])  # fmt: skip
def test_a_colleague_who_asks_to_share_something_kind_is_no_reporter(masked: str) -> None:
    report = post(masked, replace(flag("media"), score=0.84), kind="report", platform="email")
    assert reason(report) == "A colleague asks: share a kind post?"
    asked = replace(report, masked=f"{masked} A reporter wants to know by five.")
    assert reason(asked).startswith("Reporter asks")


@pytest.mark.parametrize("masked", [
    "Could you confirm the surgery is closing? We publish at six",
    "Reporter here: did you wait for a dentist? Tell us your story",
    "Would the hospital give us a statement?",
    "Doing a podcast about waiting for scans: who would talk?",
    "Is the NHS listening?",
])  # fmt: skip
def test_what_may_be_the_press_asking_is_still_called_so(masked: str) -> None:
    assert reason(post(masked, replace(flag("media"), score=0.5))) == "May be a reporter asking"


@pytest.mark.parametrize(
    ("masked", "expected"),
    [
        ("They knew in 2023 and sat on it. A cover up", lanes.COVERED_UP),
        ("the trust buried the report, whitewash", lanes.COVERED_UP),
        ("managers shredded the records before the inspection", lanes.COVERED_UP),
        ("A cover-up. They falsified the waiting times", lanes.COVERED_UP),
        ("They covered up how my mum was left on the floor", lanes.HURT),
        ("covered up the sepsis, then deleted the notes", lanes.HURT),
        ("They sat on it for two days and she lost her leg. Injury for life", lanes.HURT),
        ("he died and they covered it up", lanes.DIED),
        ("the wrong dose, twice", lanes.HURT),
    ],
)
def test_a_cover_up_is_called_harm_only_where_somebody_was_hurt(masked: str, expected: str) -> None:
    assert reason(post(masked, flag("allegation", harm="serious"))) == expected


@pytest.mark.parametrize(
    ("masked", "expected"),
    [
        ("I care for my dad but I'm not registered as a carer anywhere, tell me", "Asks for help"),
        ("I care for a man who isn't registered anywhere at all, so do I count?", "Do I count?"),
        ("@healthiernwl, any idea when the new health centre opens?", "Any idea when the new health centre opens?"),
        ("How do I get my mother's care home changed to her new GP, you say home", "Asks about care homes"),
        ("do under 5s go to the van or the GP, text says one thing and so on", "Asks about GPs"),
        ("no answer for an appointment at my surgery in two weeks", "Asks about GP appointments"),
        ("is this true about Central Middlesex and all of that [link x.com]", "Asks for help"),
        ("number 4 is literally my list?? thank u for using it", "Asks for help"),
        ("denting my faith in them", "Asks for help"),
    ],
)  # fmt: skip
def test_what_somebody_asks_about_is_named_only_where_it_is_that(
    masked: str, expected: str
) -> None:
    assert reason(post(masked, "assistance")) == expected


@pytest.mark.parametrize(
    ("kind", "masked", "expected"),
    [
        ("video", "31 to 19: will you have to travel for a blood test? We went to a bus stop and asked", "look"),
        ("article", "The NHS has yet to answer questions about it. Could you lose your clinic?", "look"),
        ("article", "Did you work there? My inbox is open", "answer"),
        ("post", "@HealthierNWL can you confirm it?", "answer"),
    ],
)  # fmt: skip
def test_a_published_piece_asks_us_only_where_it_wants_to_hear_from_people(
    kind: str, masked: str, expected: Lane
) -> None:
    assert lane(post(masked, "media", kind=kind)) == expected


MAIL: dict[str, Any] = {
    "kind": "report",
    "platform": "email",
    "protected": "disclosure",
    "staff": "nhs",
}


@pytest.mark.parametrize(
    "words",
    [
        "A nurse put our ward board on Snapchat. I have told the matron",
        "Our HCA posted a selfie in the sluice and behind her you can read the handover sheet. I reported it on Monday and nothing happened",
        "A porter keeps putting TikToks from the mortuary corridor with toe tags readable. I raised it twice",
        "One of the doctors has tweeted about a patient so anyone would know who it is. My manager says leave it",
        "A colleague shared an x-ray with the name still on it in a Facebook group of ours. I escalated it",
        "A mum put the whole discharge letter of her son on Instagram and tagged our ward, I told matron",
    ],
)
def test_a_colleagues_email_of_a_leak_is_acted_upon_at_once_in_a_fixed_line_and_is_the_guardians(
    words: str,
) -> None:
    """With no flag of a leak too: what identifies a patient stands in the post that it tells of."""
    placing = lanes.placing_of(post(words, "allegation", **MAIL), (), POLICY)
    assert (placing.lane, placing.speaks, placing.urgent) == ("now", True, True)
    assert placing.reason == POLICY.flags["pid"].reason
    other = post(words, "allegation", **MAIL | {"protected": "criticism"})
    assert (lane(other), lanes.is_guardians(other)) == ("now", False)


@pytest.mark.parametrize(
    "words",
    [
        "The figures for the four hour wait are changed by hand every night. I told my manager and I am now off the rota",
        "I work in medicines. The minute was altered after two deaths, and I have said so in writing",
        "Two of us for twenty-eight at night for nine weeks. I raised it and was moved",
    ],
)
def test_a_colleagues_email_that_tells_of_their_own_work_is_nobody_elses_than_the_guardians(
    words: str,
) -> None:
    placing = lanes.placing_of(post(words, "allegation", **MAIL), (), POLICY)
    assert (placing.lane, placing.speaks, placing.urgent) == ("guardian", True, False)


def test_no_heading_of_a_list_is_a_flag_that_holds_of_staff_alone() -> None:
    alone = post("w", "no_disclaimer", staff="icb", protected="criticism")
    unflagged = post("w", protected="criticism", sentiment="negative")
    assert (lane(alone), reason(alone)) == ("rest", reason(unflagged))
    assert reason(post("w", "no_disclaimer", "brand", staff="icb")) == POLICY.flags["brand"].reason
    for name in POLICY.of_staff_alone:
        for tone in ("positive", "neutral", "negative"):
            told = post("w", name, ruled=False, sentiment=tone)
            bare = post(
                "w", ruled=False, sentiment="negative"
            )  # what is a case with no flag at all
            assert lanes.reason_of(told, "rest", (), POLICY) == lanes.reason_of(bare, "rest", (), POLICY)  # fmt: skip


def test_hate_at_a_person_waits_with_what_else_is_of_such_a_risk_and_hate_at_a_group_in_look() -> (
    None
):
    for flagged, lane in (
        (flag("hate", "colleague"), "now"),
        (flag("hate", "person"), "now"),
        (replace(flag("hate", "colleague"), score=0.5), "look"),  # the program is not sure
        (flag("hate", "group"), "look"),
    ):
        assert lanes.lane_of(post("w", flagged), POLICY) == lane


# ── public records


@pytest.mark.parametrize("kind", ["article", "post"])
def test_a_public_record_about_us_is_looked_at_and_nobody_waits_for_an_answer_to_it(
    kind: str,
) -> None:
    record = post(
        "What does [name] say? Please contact the Member.", "media", platform="record", kind=kind
    )
    assert lane(record) == "look"
    assert reason(record, "Brent") == "Public record about us, Brent"
    assert not lanes.is_pressing(record)


@pytest.mark.parametrize(
    ("words", "of_ours"),
    [
        ("Not taking NHS. The NHS North West London site says that they are. The desk says not since June. Somebody update somebody.", True),
        ("Your website still gives the Easter opening hours", True),
        ("The leaflet was lovely and the nurse is not here", False),
        ("The council website still says Easter", False),
    ],
)  # fmt: skip
def test_that_our_own_information_is_wrong_is_looked_at_and_is_no_plain_complaint(
    words: str, of_ours: bool
) -> None:
    facts = post(words, protected="complaint", sentiment="negative")
    assert (lane(facts) == "look") is of_ours
    assert (reason(facts) == lanes.OURS_WRONG) is of_ours
    assert lane(replace(facts, protected="disclosure", staff="nhs")) == "guardian"


def test_what_a_colleague_says_of_harm_stands_with_danger_above_what_was_only_found() -> None:
    told = post("He waits tonight", reported=True, worry="With a bat (A threat or abuse)")
    found = lanes.weight_of(post("w", "threat"), POLICY, "now")
    assert lanes.weight_of(told, POLICY, "now") > found
    assert lanes.weight_of(replace(told, worry="Something else"), POLICY, "now") <= found


# ── whatever is read of a post

TARGETS: tuple[tuple[Target, ...], ...] = ((), ("person",))
READINGS = itertools.product(
    [(), ("grievance",), ("allegation",), ("confidential",)], [*POLICY.flags, "of_another_policy"], [0.3, 0.99], TARGETS,
    get_args(Protected), [None, *get_args(Staff)], [True, None],
)  # fmt: skip


def test_every_post_has_a_lane_and_a_reason_whatever_was_read_of_it() -> None:
    """One whose reason could not be told would keep all others from their lanes."""
    for speech, name, score, target, protected, staff, ruled in READINGS:
        worst = Flag(name=name, score=score, clauses=(), target=target)
        facts = post("Words", worst, *speech, protected=protected, staff=staff, ruled=ruled)
        placing = lanes.placing_of(facts, ["Ealing"], POLICY)
        assert placing.lane in get_args(Lane), facts
        assert 0 < len(placing.reason) <= 42, facts
        assert not placing.speaks or placing.lane in ("guardian", "now"), facts


@pytest.mark.parametrize(
    ("question", "ours", "expected"),
    [
        ("Is there a recording?", "Menopause and work: a free webinar.", "Menopause and work: Is there a recording?"),
        ("Is there an upper age limit?", "Twelve apprentices start today in Brent and Harrow.", "On our post: Is there an upper age limit?"),
        ("Is there an upper age limit?", "Meet [name], a porter.", "On our post: Is there an upper age limit?"),
        ("What do I show them?", "Hello. Flu jabs in Feltham until six.", "Vaccinations: What do I show them?"),
        ("Is there one on a weekday evening, or a Sunday?", "Cafes for carers. Flu jabs too.", "Asks for help, under our post"),
        ("Can I bring my blood tests along?", "Menopause and work: a free webinar.", "Can I bring my blood tests along?"),
    ],
)  # fmt: skip
def test_a_question_that_names_no_subject_stands_after_what_it_is_put_to(question: str, ours: str, expected: str) -> None:  # fmt: skip
    """A row says what is asked about, not only that somebody asks."""
    own = Context(answered=(AnsweredPost(text=ours, official=True),))
    assert reason(replace(post(question, flag("assistance")), context=own)) == expected
    if expected.partition(":")[0] not in ("Vaccinations", "Asks for help, under our post", question):  # fmt: skip
        theirs = Context(answered=(AnsweredPost(text=ours, official=False),))
        assert reason(replace(post(question, flag("assistance")), context=theirs)) == question


def test_staff_who_harass_somebody_and_allege_nothing_are_no_case_of_the_guardians() -> None:
    """Whom it is aimed at needs whoever is on duty."""
    abuse = post("w", "grievance", flag("harassment", "colleague"), staff="icb")
    assert not lanes.is_guardians(abuse)
    assert lanes.is_guardians(post("w", "grievance", staff="icb"))
    assert lanes.is_guardians(post("w", "grievance", "allegation", flag("harassment", "colleague"), staff="icb"))  # fmt: skip
    assert lanes.is_guardians(replace(abuse, protected="disclosure"))


def test_in_look_a_death_stands_above_all_and_serious_harm_above_what_is_aimed_at_somebody() -> (
    None
):
    died = post("He died on Tuesday", flag("allegation", harm="serious"))
    hurt = post("She lost her leg", flag("allegation", harm="serious"))
    insult = post("that clown", flag("derogatory", "colleague"), shares=900_000)
    told = replace(post("w"), reported=True)
    places = [lanes.weight_of(each, POLICY, "look") for each in (died, told, hurt, insult)]
    assert places == sorted(places, reverse=True)
    assert places[0] > places[1] + lanes.PERSON_FIRST
    assert places[2] > places[3]
