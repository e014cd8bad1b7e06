"""A mail that plainly carries a private chat is not taken in; danger in it is not lost, and none of its words stay."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from collectors.inbox.private_chat import NOTICE, is_alarming, is_one
from core import clock
from demo.platforms.inbox import InboxStandIn
from demo.world import World
from steps import assess, collect, group
from tests.collectors.inbox.test_parse import letter, mail
from tests.cycles import at_home, settled
from tests.fakes import reader

WHATSAPP = "[21/11/2026, 09:05:12] Jo Example: zanzibarquux rota again\n[21/11/2026, 09:06:40] Kit Example: tell me about it\n"
ANDROID = "21/11/2026, 09:05 - Jo Example: the rota again\n21/11/2026, 09:06 - Kit Example: tell me about it\n"
TEAMS = "[09:05] Jo Example: the rota again\n[09:06] Kit Example: tell me about it\n"


def one(text: str, **headers: str) -> EmailMessage:
    return mail(text, **headers)


@pytest.mark.parametrize(
    "text", [WHATSAPP, ANDROID, TEAMS, "> " + TEAMS.replace("\n[", "\n> ["), f"Fwd\n\n{WHATSAPP}"]
)
def test_lines_of_a_chat_are_one(text: str) -> None:
    assert is_one(letter(one(text).as_bytes()))


@pytest.mark.parametrize("subject", ["WhatsApp Chat with Ward 4", "Fwd: Jo Example sent you a direct message", "Jo sent a message in Teams"])  # fmt: skip
def test_the_notice_of_a_message_app_is_one(subject: str) -> None:
    assert is_one(letter(one("see below", Subject=subject).as_bytes()))


@pytest.mark.parametrize(
    "text",
    [
        "Please look at https://x.com/a/status/1, it is about our ward\n", "They say in a WhatsApp group that the ward closes. Is it true?\n",
        "Seen on 21/11/2026, 09:05: a post about us\n", "From: Jo\nSent: 21/11/2026 09:05\nTo: us\n\nsee https://example.org\n",
        "[1] first link: https://example.org/1\n[2] second link: https://example.org/2\n",
    ],
)  # fmt: skip
def test_a_report_in_somebodys_own_words_is_a_report(text: str) -> None:
    assert not is_one(letter(one(text).as_bytes()))


@pytest.mark.parametrize(
    ("words", "alarming"),
    [("the rota again", False), ("i am going to kill myself tonight", True), ("bed 4 NHS number 999 000 0018", True)],
)  # fmt: skip
def test_danger_and_patients_numbers_in_it_are_told(words: str, alarming: bool) -> None:
    assert (
        is_alarming(letter(one(WHATSAPP.replace("zanzibarquux rota again", words)).as_bytes()))
        is alarming
    )


def forwarded(world: World, text: str) -> None:
    inbox = next(
        standin for standin in world.standins.values() if isinstance(standin, InboxStandIn)
    )
    inbox.add(
        {
            "key": "chat",
            "id": "chat",
            "ago": "1m",
            "from": "Ana <ana@example.org>",
            "subject": "Fwd: look at this",
            "text": text,
        }
    )


@pytest.mark.parametrize(("words", "notices"), [("zanzibarquux, the rota again", 0), ("zanzibarquux, i am going to kill myself tonight", 1)])  # fmt: skip
def test_nothing_of_it_is_stored_and_danger_waits_in_now_without_its_words(
    calm: World, tmp_path: Path, words: str, notices: int
) -> None:
    path = settled(tmp_path, calm, only=("inbox",))
    with at_home(path) as (house, _):
        collect.collect(house)
        before = house.store.figures.row_counts()["mentions"]
    forwarded(calm, WHATSAPP.replace("zanzibarquux rota again", words))
    with at_home(path) as (house, told):
        collect.collect(house.new_run(clock.now()))
        assert house.store.figures.row_counts()["mentions"] == before + notices
        assert any("reads like a private chat" in line for line in told)
        assess.assess(house.new_run(clock.now()), reader())
        group.group(house.new_run(clock.now()))
        if notices:
            stored = house.store.mentions.get(before + 1)
            assert stored is not None
            assert (stored.mention.text, stored.mention.author.handle, stored.mention.url) == (
                NOTICE,
                "",
                "",
            )
            (report,) = house.store.staff_reports.of_mention(before + 1)
            assert report.case is not None
    content = b"".join(file.read_bytes() for file in tmp_path.glob("mentions.db*"))
    assert b"zanzibarquux" not in content.lower()
    assert all("zanzibarquux" not in line for line in told)
