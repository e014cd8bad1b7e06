"""All mails of the product: what programs can draw, dark mode, what they say and what they never say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.message import EmailMessage
from html import unescape

import pytest

from reports import handoffs
from reports.rendering import TEMPLATES
from tests.reports.factories import POLICY, WORDS
from tests.reports.mail_lint import SUPPORT, faults, html_of
from tests.reports.mails import FORMS, every

NAMES = (
    "danger", "threat", "leak", "abuse, taken", "worse", "grew", "next contact", "reported", "our own account", "reported as aimed", "reported by a journalist’s call", "next contact, much done", "speaking up",
    "decided since", "digest of older posts", "digest over the cap", "digest of a back catalogue", "more than usual", "passed on", "chased", "told", "taken back", "leak passed on", "told, much done", "page in our name passed on", "request passed on",
    "morning list", "weekly", "first weekly", "monthly", "quarterly", "end of the record", "much opened", "a link asked for", "several changes that wait", "a hold asked for", "heartbeat", "heartbeat, not well",
    "what ails the program", "test",
)  # fmt: skip


@pytest.fixture(scope="module")
def mails(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, EmailMessage]:
    return every(tmp_path_factory.mktemp("mails"))


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert isinstance(part, EmailMessage)
    written: str = part.get_content()
    return written


def test_each_is_looked_at(mails: Mapping[str, EmailMessage]) -> None:
    assert tuple(mails) == NAMES


def test_no_template_of_a_mail_is_left_out(mails: Mapping[str, EmailMessage]) -> None:
    """A mail is an HTML and a text template of one name: a new one belongs into FORMS."""
    there = {
        str(path.relative_to(TEMPLATES).with_suffix(""))
        for path in TEMPLATES.rglob("*.txt")
        if path.with_suffix(".html").exists()
    }
    framed = {
        str(path.relative_to(TEMPLATES).with_suffix(""))
        for path in TEMPLATES.rglob("*.html")
        if "call frame(" in path.read_text("utf-8")
    }
    assert there == framed == set(FORMS)
    for form, name in FORMS.items():
        words = re.sub(r"\{[%{#].*?[%}#]\}", "\n", (TEMPLATES / f"{form}.txt").read_text("utf-8"))
        lines = {line.strip() for line in words.splitlines() if len(line.strip()) > 20}
        assert [line for line in lines if line in text_of(mails[name])], form


@pytest.mark.parametrize("name", NAMES)
def test_outlook_and_others_can_draw_it(name: str, mails: Mapping[str, EmailMessage]) -> None:
    assert faults(mails[name]) == []


def test_the_lint_finds_what_cannot_be_drawn() -> None:
    mail = EmailMessage()
    mail.set_content("A word")
    mail.add_alternative(
        '<table><tr><td style="padding:8px;border-radius:4px">A<p style="padding:4px">word</p>'
        '<span style="display:block">or two</span><svg></svg></td></tr></table>',
        subtype="html",
    )
    found = " ".join(faults(mail))
    for fault in ("border-radius", "<p> padding", "<span> display: block", "<svg>", "role=presentation", "without a font"):  # fmt: skip
        assert fault in found
    assert "<td> padding" not in found


def test_every_rule_of_the_lint_says_where_it_is_from() -> None:
    assert "caniemail" in SUPPORT["source"]
    assert all(rule["note"] for part in ("css", "elements") for rule in SUPPORT[part])
    assert all(rule["feature"] and rule["tested"] for rule in SUPPORT["css"])


@pytest.mark.parametrize("name", NAMES)
def test_it_is_600_wide_narrow_on_a_phone_and_dark_where_that_is_wanted(
    name: str, mails: Mapping[str, EmailMessage]
) -> None:
    written = html_of(mails[name])
    assert 'width="600"' in written
    assert re.search(r"@media \(max-width: ?632px\)", written)
    assert re.search(r"@media \(prefers-color-scheme: ?dark\)", written)
    assert 'name="color-scheme" content="light dark"' in written
    # each word has a colour that dark mode changes, or stands on a coloured ground
    for cell in re.findall(r'<td[^>]*style="[^"]*color: ?#(?:212b32|4c6272)[^"]*"[^>]*>', written):
        assert re.search(r'class="[^"]*(?:ink|quiet)', cell), cell


@pytest.mark.parametrize("name", NAMES)
def test_it_has_a_text_part_that_says_the_same_and_no_word_of_a_post(
    name: str, mails: Mapping[str, EmailMessage]
) -> None:
    mail = mails[name]
    text, written = text_of(mail), html_of(mail)
    assert "<" not in text
    for link in set(re.findall(r'href="(https:[^"]*)"', written)):
        assert unescape(link) in text
    for said in (text, written, mail["Subject"]):
        assert not [word for word in WORDS.split() if len(word) > 5 and word in said]


@pytest.mark.parametrize("name", NAMES)
def test_no_name_of_a_flag_stands_in_it_but_what_people_call_it(
    name: str, mails: Mapping[str, EmailMessage]
) -> None:
    mail = mails[name]
    said = f"{mail['Subject']} {text_of(mail)}".lower()
    for flag in (
        "pid",
        "safeguarding_",
        "derogatory",
        "misinformation",
        "removal_request",
        "assistance",
    ):
        assert not re.search(rf"\b{flag}\b", said), flag
    assert "clause" not in said
    assert POLICY.flags["pid"].mail_words == "Patient’s details"


@pytest.mark.parametrize(
    ("name", "important"),
    [("danger", True), ("next contact", True), ("passed on", True), ("abuse, taken", False), ("taken back", False),
     ("digest of older posts", True), ("speaking up", False)],
)  # fmt: skip
def test_what_is_in_now_is_marked_as_important(
    name: str, important: bool, mails: Mapping[str, EmailMessage]
) -> None:
    mail = mails[name]
    headers = (mail["Importance"], mail["Priority"], mail["X-Priority"])
    assert headers == (("high", "urgent", "1") if important else (None, None, None))


@pytest.mark.parametrize(("flags", "role", "words"), [
    ((), "safeguarding", "Someone may be in danger"), (("grievance",), "guardian", "Someone may be speaking up"),
    (("allegation",), "safeguarding", handoffs.HARM), ((), "pals", "A post to look at"),
])  # fmt: skip
def test_what_safeguarding_is_sent_is_never_just_a_post_to_look_at(
    flags: tuple[str, ...], role: str, words: str
) -> None:
    assert handoffs.about(flags, role, POLICY) == words
