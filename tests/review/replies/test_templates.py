"""What the page is given to answer with, from the file that ships: filled, in force, and looked over."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from classify.policy.schema import load
from core.models import Platform, Staff
from review.replies import personal_details, suggest, templates
from review.replies.lint import Detail, findings, is_short_enough, length
from review.replies.suggest import Post
from review.replies.templates import FilledTemplate
from settings import schema
from settings.organisation import Contact, Name, Organisation
from settings.review import LineToTake, PreElection, ReplyTemplate
from settings.schema import Config
from tests.waits import run_in_threads

CFG = schema.load(Path(schema.__file__).parent.parent / "config.toml")
TODAY = date(2026, 11, 20)
SHIPPED = templates.replies(CFG, load(), TODAY)
OURS = Organisation(
    names=(Name(name="NHS North West London"),),
    contacts=(
        Contact(name="PALS", phones=("0300 123 4567", "0300 123 9999"), emails=("pals@nhs.net",)),
        Contact(name="Old desk", emails=("old@nhs.net",), until=date(2026, 1, 1)),
    ),
)


def template(text: str, **changes: object) -> ReplyTemplate:
    given = {
        "key": "help",
        "name": "Help",
        "contact": "PALS",
        "link": "https://111.nhs.uk",
        "text": text,
    }
    return ReplyTemplate(**(given | changes))  # type: ignore[arg-type]


# ── filling ──────────────────────────────────────────────────────────────────────────────────────


def test_a_template_is_filled_with_the_contact_point_of_today() -> None:
    text = "{organisation}: {service}, {contact}; {phone}; {email}; {link}"
    filled = templates.filled(template(text), OURS, TODAY)
    assert filled.text == (
        "NHS North West London: PALS, 0300 123 4567 or pals@nhs.net; 0300 123 4567; pals@nhs.net; https://111.nhs.uk"
    )
    assert filled.missing == ""


@pytest.mark.parametrize(
    ("contact", "text", "missing"),
    [
        ("Nobody", "Ask {contact}", "there is no contact point called Nobody"),
        ("Old desk", "Ask {email}", "there is no contact point called Old desk"),
    ],
)
def test_what_points_to_nobody_says_so(contact: str, text: str, missing: str) -> None:
    assert templates.filled(template(text, contact=contact), OURS, TODAY).missing == missing


def test_a_contact_point_without_a_phone_is_named() -> None:
    told = Organisation(names=OURS.names, contacts=(Contact(name="PALS", emails=("p@nhs.net",)),))
    missing = templates.filled(template("Ring {phone}"), told, TODAY).missing
    assert missing == "the contact point PALS has no phone"


# ── the file that ships ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("one", SHIPPED.templates, ids=lambda one: one.template.key)
def test_every_template_that_ships_is_short_and_gives_nothing_away(one: FilledTemplate) -> None:
    """On TikTok, which takes 150 characters, those must fit that are for TikTok: of others the check says that they don't."""
    assert one.missing == ""
    every: tuple[Platform, ...] = one.template.platforms or tuple(
        name for name in SHIPPED.lengths if name != "tiktok"
    )
    said = findings(
        one.text, details=personal_details.details(one.text, CFG.organisation), hidden=(),
        platforms=every, lengths=SHIPPED.lengths,
    )  # fmt: skip
    # the numbers that ship are examples, and the page says so of each
    assert [found.says for found in said if "an example" not in found.says] == []


LANDLINE, MAILBOX = (
    "020 7946 0111",
    "nhsnwl.patientexperience.nwl@example.org",
)  # as long as real ones are


def with_real_lengths(config: Config) -> Config:
    """The settings with contact points of which each has a telephone and an address as long as a real one."""
    contacts = tuple(contact.model_copy(update={"phones": (LANDLINE,), "emails": (MAILBOX,)}) for contact in config.organisation.contacts)  # fmt: skip
    return config.model_copy(update={"organisation": config.organisation.model_copy(update={"contacts": contacts})})  # fmt: skip


@pytest.mark.parametrize("platform", CFG.review.lengths)
@pytest.mark.parametrize("flags", sorted({each.flags for each in CFG.review.templates if each.reply and each.flags}, key=str), ids="-".join)  # fmt: skip
def test_whatever_is_offered_for_a_post_fits_its_platform_with_real_numbers_and_addresses(flags: frozenset[str], platform: Platform) -> None:  # fmt: skip
    assert (len(LANDLINE), len(MAILBOX)) == (13, 40)
    real = with_real_lengths(CFG)
    ready = templates.replies(real, load(), TODAY)
    staff: tuple[Staff, ...] = ("no", "icb")
    posts = [
        Post(place=1, mention=1, platform=platform, staff=works, tone="neutral", flags=frozenset((flag,)), clauses=frozenset(), masked=words)
        for flag in flags for works in staff for words in ("Can anybody help my mum?", "The doctor says that I want to kill myself, the vaccine website is wrong and I ran out of tablets")
    ]  # fmt: skip
    offered = [(post, draft) for post in posts for draft in suggest.drafts(ready, [post])]
    assert [(draft.template.key, length(draft.text, platform)) for post, draft in offered if not is_short_enough(draft.text, platform, real.review.lengths)] == []  # fmt: skip


def test_no_template_that_ships_is_too_long_with_real_numbers_and_one_that_is_so_is_named() -> None:
    real = with_real_lengths(CFG)
    assert templates.too_long(real, TODAY) == []
    shouted = real.review.templates[-4].model_copy(update={"text": "Thank you for telling us. " * 11 + "{email}", "contact": "PALS", "reply": True, "name": "Long", "platforms": ()})  # fmt: skip
    longer = real.model_copy(update={"review": real.review.model_copy(update={"templates": (shouted,)})})  # fmt: skip
    (fault,) = templates.too_long(longer, TODAY)
    assert fault.startswith("Long: too long for X (Twitter), Bluesky")


def test_on_tiktok_danger_help_and_complaints_have_a_short_form_that_comes_first() -> None:
    keys = [each.template.key for each in SHIPPED.templates]
    short = [key for key in keys if key.endswith("_tiktok")]
    assert short == ["crisis_tiktok", "speak_up_tiktok", "help_tiktok", "complaint_tiktok", "take_down_tiktok"]  # fmt: skip
    assert all(keys.index(key) < keys.index(key.removesuffix("_tiktok")) for key in short)


@pytest.mark.parametrize("one", SHIPPED.lines, ids=lambda one: one.key)
def test_every_line_that_ships_gives_nothing_away(one: LineToTake) -> None:
    assert personal_details.details(one.line, CFG.organisation) == []


def test_what_ships_names_flags_of_the_policy() -> None:
    known = set(load().flags)
    flags = [each.template.flags for each in SHIPPED.templates]
    flags += [line.flags for line in SHIPPED.lines] + [policy.flags for policy in SHIPPED.related]
    assert frozenset().union(*flags) <= known


def test_the_related_policies_are_those_of_section_8() -> None:
    section = tomllib.loads(
        (Path(templates.__file__).parents[2] / "classify" / "policy" / "clauses.toml").read_text(
            "utf-8"
        )
    )["clauses"]["8"]
    assert len(SHIPPED.related) == 7
    for one in SHIPPED.related:
        assert one.name in section


def test_templates_that_point_to_examples_are_counted() -> None:
    assert templates.lacking(CFG, TODAY) == ([], 7)


ASKED = {
    "Just moved to Harrow, no proof of address yet: how do I get a GP? Do I just walk in?": "register",
    "how do we register a newborn with our surgery": "register",
    "Can I change GP? Mine is an hour away": "register",
    "Weekend dentist? Tooth split, 111 says a call back within six hours": "dentist",
    "Is any NHS dentist in Acton taking people on": "dentist",
    "Is there a walk-in centre open near Ealing on Sundays?": "urgent_care",
    "which urgent treatment centre does stitches after 8pm": "urgent_care",
    "Chemist has no inhalers in stock until January, who do I ask": "medicine",
    "where do i get the spacer with the mask for a 2yr old please": "prescription",
    "how do I order a repeat prescription when the site is down": "prescription",
    "I care for my dad but I'm not 'registered' as a carer anywhere, do I count?": "carer",
    "is there any help for unpaid carers in Brent": "carer",
    "Could a paper one be sent? My son has asked on my behalf": "formats",
    "can you give me this in Somali or in large print": "formats",
    "do I have to bring my own interpreter": "formats",
    "Is the spray halal? Is there a jab instead": "vaccine",
    "at what age is the shingles vaccine": "vaccine",
    "due in january, now terrified. who can I talk to": "maternity",
    "Which midwife do I ring at night": "maternity",
    "Lost my hearing aid batteries down the side of the chair, where do I get more": "hearing_aids",
    "who do I ask about a referral sent in May": "referral",
    "Car park machine only takes an app now. What does a man with buttons do?": "hospital_visit",
    "how do I ask for counselling without going through my doctor": "talking",
    "Who do I complain to about the way I was spoken to?": "how_to_complain",
    "it all went wrong at the clinic, who do I ask": "how_to_complain",
    "Pinner surgery website still gives the Easter opening hours, please sort out": "wrong_page",
    "cannot get an appointment, phoned at eight": "help",
    "how do I see a doctor tonight": "help",
    # none of them is for these: they are answered in one's own words
    "The second axis starts at 60. Could you redraw it from zero?": "",
    "Is there a recording?": "",
    "Who is the photographer please?": "",
    "any idea when the new health centre opens? builder says spring": "",
    "do under 5s go to the van or the GP? text says one thing poster says another": "",
    "is there anything for people over 40 changing career": "",
    "Is there one on a weekday evening? Some of us work and care": "",
    "Mine isn't on the list. Larkspur Lane. Is that good or bad?": "",
}  # fmt: skip


def asking(words: str, platform: Platform = "facebook") -> Post:
    return Post(place=1, mention=1, platform=platform, staff="no", tone="neutral", flags=frozenset({"assistance"}), clauses=frozenset(), masked=words)  # fmt: skip


@pytest.mark.parametrize(("words", "key"), ASKED.items())
def test_who_asks_gets_the_answer_to_what_they_ask_or_none(words: str, key: str) -> None:
    drafts = suggest.drafts(SHIPPED, [asking(words)])
    assert (drafts[0].template.key if drafts else "") == key, [each.template.key for each in drafts]


def test_what_no_answer_is_about_gets_none_on_tiktok_either() -> None:
    without = [words for words, key in ASKED.items() if not key]
    assert [words for words in without if suggest.drafts(SHIPPED, [asking(words, "tiktok")])] == []


def test_pals_is_named_where_somebody_complains_or_gets_no_answer_and_never_with_111() -> None:
    named = {each.template.key for each in SHIPPED.templates if "PALS" in each.text and "assistance" in each.template.flags}  # fmt: skip
    assert named == {"referral", "hospital_visit", "how_to_complain"}
    assert not [each.template.key for each in SHIPPED.templates if "PALS" in each.text and "111" in each.text.replace("0111", "")]  # fmt: skip


@pytest.mark.parametrize("general", ["111", "1 1 1", "NHS 111", "101", "116 123"])
def test_a_number_that_everybody_rings_is_no_contact_points_own(general: str) -> None:
    def filled(phones: tuple[str, ...] = (), emails: tuple[str, ...] = ()) -> FilledTemplate:
        pals = Contact.model_construct(name="PALS", emails=emails, phones=(general, *phones))
        return templates.filled(template("{service}: {contact}"), Organisation(names=OURS.names, contacts=(pals,)), TODAY)  # fmt: skip

    assert filled(phones=("020 7946 0111",)).text == "PALS: 020 7946 0111"
    assert filled(emails=("pals@example.org",)).text == "PALS: pals@example.org"
    assert filled().missing == "the contact point PALS has no contact"


def test_a_contact_point_that_is_such_a_number_gives_it() -> None:
    line = Contact(name="NHS 111", phones=("111",))
    ready = templates.filled(template("Ring {phone}", contact="NHS 111"), Organisation(names=OURS.names, contacts=(line,)), TODAY)  # fmt: skip
    assert ready.text == "Ring 111"


def test_a_period_before_an_election_is_told() -> None:
    held = PreElection.model_validate(
        {"from": date(2026, 11, 1), "until": date(2026, 11, 30), "reason": "the council elections"}
    )
    review = CFG.review.model_copy(update={"pre_election": (held,)})
    cfg = CFG.model_copy(update={"review": review})
    assert templates.replies(cfg, load(), TODAY).restriction == "the council elections"
    assert templates.replies(cfg, load(), date(2026, 12, 1)).restriction == ""


# ── what a text is about ─────────────────────────────────────────────────────────────────────────


def line(key: str, about: str) -> LineToTake:
    return LineToTake(key=key, topic="A topic", about=about, line="What we say.", owner="Someone")


def test_a_text_is_about_a_line_by_its_rule_and_says_by_which_words() -> None:
    lines = (
        line("gp", "(GP OR surgery) NEAR/5 appointment*"),
        line("parking", "parking NOT bikes"),
    )
    found = templates.about(
        lines, ["No appointments at the SURGERY again", "parking of bikes", "Parking is dear", ""]
    )
    assert [set(one) for one in found] == [{"gp"}, set(), {"parking"}, set()]
    assert set(found[0]["gp"]) == {"surgery", "appointment…"}
    assert found[2]["parking"] == ("parking",)


def test_each_thread_has_an_index_of_its_own_and_sees_new_lines() -> None:
    assert templates.about((line("a", "parking"),), ["parking"]) == [{"a": ("parking",)}]
    assert templates.about((line("b", "ward*"),), ["wards"]) == [{"b": ("ward…",)}]
    seen: list[object] = []
    run_in_threads(lambda: seen.append(templates.about((line("b", "ward*"),), ["wards"])))
    assert seen == [[{"b": ("ward…",)}]]


# ── what gives somebody away ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Hi Rosalind, thank you.", "name"),
        ("Ring 020 8967 5000.", "phone"),
        ("Write to maeve.doyle@gmail.com.", "email"),
        ("Is 999 123 4567 your NHS number?", "detail"),
        ("Ring 07700 900123.", "example"),
        ("Write to desk@example.org", "example"),
    ],
)
def test_what_names_or_reaches_a_person_is_found(text: str, kind: str) -> None:
    assert kind in {one.kind for one in personal_details.details(text, OURS)}


@pytest.mark.parametrize(
    "text",
    [
        "Ring PALS on 0300 123 4567 or +44 300 123 9999.",
        "Write to pals@nhs.net or see https://www.nhs.uk/nhs-services/gps/.",
        "NHS North West London thanks you.",
        "The Freedom to Speak Up Guardian listens.",
    ],
)
def test_published_contact_points_and_public_names_are_nobodys_detail(text: str) -> None:
    found: list[Detail] = personal_details.details(text, OURS)
    assert found == []
