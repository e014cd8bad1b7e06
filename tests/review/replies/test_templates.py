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
    assert templates.lacking(CFG, TODAY) == ([], 6)


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
