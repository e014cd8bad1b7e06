from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from core.models import PLATFORMS
from reports.alerts import Alert, alert_mail, alert_of
from settings.schema import Config
from tests.reports.factories import AT, WORDS, flag, item, settings

FIRST = "<outbox-1@mentions.example.org>"


@pytest.fixture
def cfg(tmp_path: Path) -> Config:
    return settings(tmp_path)


def mailed(cfg: Config, *numbers: int, references: str = "", **changes: Any) -> EmailMessage:
    alerts = [alert_of(item(number, **({"risk": "high"} | changes))) for number in numbers or (17,)]
    return alert_mail(cfg, alerts, to=cfg.alerts.to, at=AT, message_id=FIRST, references=references)


def body(mail: EmailMessage, form: str = "plain") -> str:
    part = mail.get_body((form,))
    assert isinstance(part, EmailMessage)
    written: str = part.get_content()
    return written


def test_what_an_alert_is_told_holds_no_words_and_no_author() -> None:
    told = {field.name for field in fields(Alert)}
    assert not told & {"masked", "text", "author", "handle", "matched", "url"}
    assert WORDS not in repr(alert_of(item()))


@pytest.mark.parametrize("form", ["plain", "html"])
def test_no_word_of_a_post_is_in_the_mail(cfg: Config, form: str) -> None:
    written = body(mailed(cfg, matched=("Zebedee Ward",)), form) + str(mailed(cfg)["Subject"])
    assert not [word for word in ("Zebedee", "walloped", "████", "patient, ") if word in written]


@pytest.mark.parametrize("form", ["plain", "html"])
def test_the_mail_says_what_which_and_where_with_a_link(cfg: Config, form: str) -> None:
    flags = (flag("removal_request"), flag("pid"))
    written = body(mailed(cfg, flags=flags, platform="facebook", kind="comment"), form)
    for part in (
        "17", "removal request", "(clause 6.11)", "pid", "(clause 6.10)", "Facebook, comment",
        "Tue 24 Nov 2026, 05:00", "Tue 24 Nov 2026, 06:00",
        "https://review.example.org/mentions/17", "A person decides",
    ):  # fmt: skip
        assert part in written, part


@pytest.mark.parametrize("form", ["plain", "html"])
def test_of_a_post_of_our_own_it_says_so_and_not_that_its_author_is_staff(
    cfg: Config, form: str
) -> None:
    written = body(mailed(cfg, own=True, staff="icb"), form)
    assert "one of our own accounts" in written
    assert "they work for the ICB" not in written
    assert "our own" not in body(mailed(cfg, staff="icb"), form)


def test_the_subject_is_a_reference_flags_and_a_kind_of_source(cfg: Config) -> None:
    assert mailed(cfg)["Subject"] == "High risk: mention 17, derogatory, on X (Twitter)"
    assert mailed(cfg)["To"] == "duty@example.org, second@example.org"


def test_times_are_in_uk_time(cfg: Config) -> None:
    summer = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    assert "Thu 2 Jul 2026, 00:30" in body(mailed(cfg, posted_at=summer))


@pytest.mark.parametrize("form", ["plain", "html"])
@pytest.mark.parametrize(
    ("staff", "says"),
    [
        ("nhs", "works for the NHS, not the ICB: the policy does not apply"),
        ("icb", "says that they work for the ICB"),
    ],
)
def test_the_mail_says_whom_the_policy_binds(cfg: Config, form: str, staff: str, says: str) -> None:
    assert says in body(mailed(cfg, staff=staff), form)


@pytest.mark.parametrize("staff", ["no", None])
def test_of_anybody_else_nothing_is_said(cfg: Config, staff: str | None) -> None:
    assert "Writer:" not in body(mailed(cfg, staff=staff))


@pytest.mark.parametrize("form", ["plain", "html"])
def test_reach_and_copies_are_told_where_there_are_any(cfg: Config, form: str) -> None:
    wide = body(mailed(cfg, followers=12_400, metrics={"shares": 340}, copies=4), form)
    assert "12,400 followers, 340 shares" in wide
    assert "one of 4 mentions that say the same" in wide
    narrow = body(mailed(cfg), form)
    assert "Reach" not in narrow
    assert "Story" not in narrow


@pytest.mark.parametrize("form", ["plain", "html"])
def test_follow_ups_of_one_story_go_together(cfg: Config, form: str) -> None:
    mail = mailed(cfg, 18, 19, references="<first@example.org>")
    assert mail["Subject"] == "More on a high risk: 2 further mentions of one story"
    assert mail["References"] == "<first@example.org>"
    for part in ("/mentions/18", "/mentions/19", "Further mentions"):
        assert part in body(mail, form)


def test_one_follow_up_is_one_mention(cfg: Config) -> None:
    mail = mailed(cfg, references="<first@example.org>")
    assert mail["Subject"] == "More on a high risk: 1 further mention of one story"


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_platform_can_be_alerted(cfg: Config, platform: str) -> None:
    assert body(mailed(cfg, platform=platform))


def test_in_a_text_mail_nothing_is_written_in_html(cfg: Config) -> None:
    assert "&" not in body(mailed(cfg))
    assert "<" not in body(mailed(cfg))


def test_the_html_is_600_wide_tables_with_inline_styles_for_outlook(cfg: Config) -> None:
    written = body(mailed(cfg), "html")
    assert 'width="600"' in written
    assert 'class="label" style="' in written
    for unfit in ("<script", "<img", "<link", "flex", "border-radius", "background-image"):
        assert unfit not in written
