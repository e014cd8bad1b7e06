"""What an alert and a digest say: fixed words, the case, first steps, who else knows."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from core import danger
from core.models import PLATFORMS
from reports.alerts import AlertMail, alert_mail, steps_of
from settings.schema import Config
from tests.reports.mails import AT, alert, config, digest


@pytest.fixture
def cfg(tmp_path: Path) -> Config:
    return config(tmp_path)


def test_what_an_alert_is_told_holds_no_words_and_no_author() -> None:
    told = {field.name for field in fields(AlertMail)}
    assert not told & {"masked", "text", "author", "handle", "matched", "url"}


@pytest.mark.parametrize("form", ["text", "html"])
def test_it_says_what_happened_which_case_and_until_when(cfg: Config, form: str) -> None:
    written = getattr(alert(cfg), form)
    for part in (
        "Now: someone may be in danger", "Open case 6 and take it.", "Nobody has it yet.", "08:45", "the next person on the list",
        "https://review.example.org/cases/6", "the program is very sure", "Mon 30 Nov 2026, 01:29", "about 41 followers",
        "you, and the comms team", "Reference 6-1",
    ):  # fmt: skip
        assert part in written, part


def test_the_first_steps_of_danger_are_those_of_the_page(cfg: Config) -> None:
    steps = [step.text for step in alert(cfg).steps]
    assert steps == [
        "If you know who or where they are, call 999.",
        "Ring Safeguarding, day and night: 020 7946 0133.",
        "Tell X that a person is at risk. The case has the link and the words.",
        "Reply with help only: 111 option 2, Samaritans 116 123.",
    ]
    assert 'href="tel:+442079460133"' in alert(cfg).html
    assert 'href="tel:999"' in alert(cfg).html


def test_the_first_steps_of_danger_go_by_the_kind_of_harm(cfg: Config) -> None:
    child, home, another = (
        [step.text for step in steps_of(("safeguarding",), "x", cfg, {harm}, at=AT)]
        for harm in (danger.CHILD, danger.HOME, danger.OTHERS_LIFE)
    )
    assert child[1] == (
        "Ring Safeguarding and ask for children’s safeguarding, day and night: 020 7946 0133."
    )
    assert "Childline" in child[3]
    assert len(home) == 3
    assert home[2] == "Don’t reply in public: whoever hurts them may read it."
    assert "someone else may be at risk" in another[2]


def test_a_leak_and_a_threat_have_first_steps_and_anything_else_has_none(cfg: Config) -> None:
    assert "Don’t copy or forward the details" in alert(cfg, "leak").text
    assert "020 7946 0177" in alert(cfg, "leak").text
    assert "Don’t answer it" in alert(cfg, "threat").text
    assert alert(cfg, "abuse").steps == ()


def test_a_team_without_a_telephone_is_one_to_pass_it_on_to(cfg: Config) -> None:
    roles = tuple(role.model_copy(update={"reach": ""}) for role in cfg.review.roles)
    without = cfg.model_copy(update={"review": cfg.review.model_copy(update={"roles": roles})})
    assert [step.text for step in steps_of(("safeguarding",), "x", without, at=AT)][
        1
    ] == "Pass it on to Safeguarding."
    none = cfg.model_copy(update={"review": cfg.review.model_copy(update={"roles": ()})})
    assert len(steps_of(("safeguarding",), "other", none, at=AT)) == 3
    assert "Tell the platform" in steps_of(("safeguarding",), "other", none, at=AT)[1].text


@pytest.mark.parametrize(
    ("why", "says"),
    [
        ("next", "Nobody has taken case 6 since 08:31."), ("grew", "Case 6 has grown to 12 posts. There were 4"),
        ("worse", "Case 6 is more serious than when you were last told."), ("reported", "A colleague reported this."),
    ],
)  # fmt: skip
def test_it_says_why_it_comes(cfg: Config, why: str, says: str) -> None:
    assert says in alert(cfg, why=why, posts=12, posts_before=4).text


def test_of_a_case_that_somebody_has_nobody_is_told_next(cfg: Config) -> None:
    mail = alert(cfg, has_by="Ben Okafor")
    for written in (mail.text, mail.html):
        assert "Ben Okafor has it." in written
        assert "next person" not in written


def test_of_one_that_was_decided_it_asks_for_nothing(cfg: Config) -> None:
    mail = alert(cfg, done=True)
    for written in (mail.text, mail.html):
        assert "decided since" in written
        assert "call" not in written


def test_a_day_that_is_not_today_is_named(cfg: Config) -> None:
    mail = alert(cfg, found_at=AT - timedelta(days=2))
    assert mail.subject.endswith("(X post, found Sat 28 Nov, 08:31)")


def test_what_may_be_speaking_up_names_nobody_else_and_no_flag(cfg: Config) -> None:
    mail = replace(
        alert(cfg, "abuse"), lane="guardian", words="Someone may be speaking up", others=()
    )
    assert mail.subject.startswith("Someone may be speaking up, case 6")
    assert "you alone" in mail.text
    assert "Abuse" not in mail.text + mail.html


def test_a_route_has_words_of_its_own(cfg: Config) -> None:
    mail = alert(cfg, route_words="Ring the desk <first>.")
    assert "Ring the desk <first>." in mail.text
    assert "Ring the desk &lt;first&gt;." in mail.html


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_platform_can_be_alerted(cfg: Config, platform: str) -> None:
    assert alert(cfg, platform=platform).text


def test_the_hidden_first_line_says_more_than_the_subject(cfg: Config) -> None:
    assert "Case 6. Nobody has it yet. First steps and numbers inside." in alert(cfg).html


def test_the_email_goes_to_its_people_and_refers_to_the_first(cfg: Config) -> None:
    mail: EmailMessage = alert_mail(
        cfg, alert(cfg), to=["a@example.org", "b@example.org"], at=AT, message_id="<2@example.org>", references="<1@example.org>"
    )  # fmt: skip
    assert mail["To"] == "a@example.org, b@example.org"
    assert mail["References"] == mail["In-Reply-To"] == "<1@example.org>"
    assert mail["Subject"] == "Now: someone may be in danger, case 6 (X post, found 08:30)"


# ── the digest ───────────────────────────────────────────────────────────────────────────────────


def test_a_digest_lists_twenty_cases_by_lane_and_counts_the_rest(cfg: Config) -> None:
    mail = digest(cfg)
    assert mail.subject == "8 people may be in danger, 22 other cases"
    assert sum(len(cases) for _, _, cases in mail.lanes) == 20
    assert [name for name, _, _ in mail.lanes] == ["Now"]
    assert "10 more" in mail.html
    assert "10 more are in Today." in mail.text


def test_a_digest_with_somebody_in_danger_is_important_and_says_what_to_do_first(cfg: Config) -> None:  # fmt: skip
    danger = replace(alert(cfg), flag="safeguarding", lane="now", steps=steps_of(("safeguarding",), "x", cfg, at=AT))  # fmt: skip
    calm = replace(danger, flag="assistance", lane="answer", steps=())
    mail = replace(digest(cfg, 1), cases=(calm, danger))
    assert mail.urgent
    for part in (mail.text, mail.html):
        assert "may be in danger, first:" in part
        assert "999" in part
        assert "Safeguarding" in part
        assert part.index("999") < part.index("Opening it takes no case")
    over = replace(mail, cases=(calm, replace(danger, done=True)))
    assert "may be in danger, first:" not in over.text
    quiet = replace(mail, cases=(calm,))
    assert not quiet.urgent
    assert "first:" not in quiet.text


def test_the_link_of_an_alert_names_its_post_and_that_of_the_guardians_lane_its_case(cfg: Config) -> None:  # fmt: skip
    mail = alert(cfg)
    assert mail.link == f"{mail.address}/cases/{mail.case}?post={mail.mention}"
    assert mail.link in mail.text
    assert replace(mail, lane="guardian").link == f"{mail.address}/cases/{mail.case}"
    assert replace(mail, case=None).link == f"{mail.address}/mentions/{mail.mention}"


def test_a_digest_says_why_it_is_one(cfg: Config) -> None:
    assert "more than 3 days old" in digest(cfg).text
    assert "More than 10 cases came within an hour" in digest(cfg, 5, "cap").text
    assert digest(cfg, 1, "cap").subject == "1 person may be in danger: all within an hour"


def test_a_digest_says_danger_before_all_else_and_calls_nothing_old_that_needs_somebody_now(cfg: Config) -> None:  # fmt: skip
    plain = digest(cfg)
    case, other = plain.cases[0], plain.cases[-1]
    danger = replace(case, flag="safeguarding", lane="now")
    threat = replace(case, flag="threat", lane="now")
    calm = replace(other, flag="assistance", lane="answer")
    mail = replace(plain, cases=(calm, threat, danger, danger))
    assert mail.subject == "2 people may be in danger, 2 other cases"
    assert replace(mail, cases=(calm, danger)).subject == "1 person may be in danger, 1 other case"  # fmt: skip
    assert replace(mail, cases=(danger,), chased=True).subject == "Nobody has taken them: 1 person may be in danger"  # fmt: skip
    assert replace(mail, cases=(threat, calm)).subject == "1 case needs someone now, 1 other"  # fmt: skip
    assert replace(mail, cases=(calm, calm)).subject == "Older posts: 2 cases"
    now = mail.lanes[0][2]
    assert [each.flag for each in now] == ["safeguarding", "safeguarding", "threat"]
    assert mail.text.startswith(mail.subject)
    assert "only where nobody has taken any case of this email" in replace(mail, next_at=mail.at).text  # fmt: skip


def test_a_digest_of_a_back_catalogue_counts_what_it_does_not_list(tmp_path: Path) -> None:
    mail = replace(digest(config(tmp_path), 30, "catalogue"), others=12_000)
    assert mail.subject.startswith("At least ")
    assert mail.subject.endswith(" other cases: in a back catalogue")
    assert "This is the only email about it." in mail.text
    assert "12,010 more are in Today." in mail.text
