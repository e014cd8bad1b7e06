"""The emails of how the program is: a subject that says it, nobody's address but who looks after it, and words of no post."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from reports.health import Ailment, HealthMail, told_to
from settings.schema import Config
from tests.reports.factories import settings
from tests.reports.mails import config, of_health

AT = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
ALARM = Ailment(line="A line.", mend="A mend.")
SOON = Ailment(line="It ends.", mend="Renew it.", alarm=False)


@pytest.mark.parametrize(
    ("heartbeat", "ailments", "subject"),
    [
        ("each week", [], "The program is well (Mon 30 Nov)"),
        ("each week", [SOON], "The program is well, 1 thing to see to in time (Mon 30 Nov)"),
        ("each day", [ALARM, SOON], "The program is not well, 2 things to see to (Mon 30 Nov)"),
        ("", [ALARM], "The program needs someone: 1 thing to see to (Mon 30 Nov)"),
    ],
)
def test_the_subject_says_how_it_is(heartbeat: str, ailments: list[Ailment], subject: str) -> None:
    assert HealthMail(at=AT, heartbeat=heartbeat, headline="", ailments=ailments).subject == subject


def plain(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_a_heartbeat_says_what_its_absence_means_and_is_no_alarm(tmp_path: Path) -> None:
    mails = of_health(config(tmp_path))
    for name in ("heartbeat", "heartbeat, not well"):
        assert "If it does not come, the program has stopped" in plain(mails[name])
        assert mails[name]["Importance"] is None
    assert mails["what ails the program"]["Importance"] == "high"
    assert "You are told once of each" in plain(mails["what ails the program"])


def test_each_thing_stands_with_what_to_do_about_it(tmp_path: Path) -> None:
    text = plain(of_health(config(tmp_path))["heartbeat, not well"])
    assert "! Silent for twice as long as usual: Reddit since Thursday" in text
    assert "- The certificate of mail.example.org ends on Fri 4 Dec." in text
    assert "\n  Look on the platform whether something new is there." in text
    assert "Sources: 11 of 12 read to their end" in text
    assert "/sources#wrong" in text


def test_who_looks_after_it_is_told_else_the_lead_else_the_team(tmp_path: Path) -> None:
    def told(to: tuple[str, ...], lead: tuple[str, ...], *, on: bool = True) -> tuple[str, ...]:
        file: Config = settings(tmp_path)
        chase = file.review.chase.model_copy(update={"lead": lead})
        return told_to(file.model_copy(update={
            "health": file.health.model_copy(update={"to": to}), "review": file.review.model_copy(update={"chase": chase}),
            "alerts": file.alerts.model_copy(update={"on": on, "to": ("team@example.org",)}),
        }))  # fmt: skip

    assert told(("ict@example.org",), ("lead@example.org",)) == ("ict@example.org",)
    assert told(("ict@example.org",), (), on=False) == ("ict@example.org",)
    assert told((), ("lead@example.org",)) == ("lead@example.org",)
    assert told((), ()) == ("team@example.org",)
    assert told((), ("lead@example.org",), on=False) == ()
