"""What must stand in no log is taken out of its lines."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import redaction

SECRET = "s3cret/value+of=ours"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("bluesky: 3 found, 2 new, 0 changed", "bluesky: 3 found, 2 new, 0 changed"),
        ("case 4711 was decided at 2026-11-29", "case 4711 was decided at 2026-11-29"),
        ("mail to rowan.ashdown@example.org failed", "mail to … failed"),
        ("@rowan_ashdown says so", "@… says so"),
        ("“the porter is a thief” is no word", "“…” is no word"),
        ('the reason "he hit me again" is odd', "the reason “…” is odd"),
        ("set `[alerts] on`: see --config", "set `[alerts] on`: see --config"),
        ("a patient's and a carer's row", "a patient's and a carer's row"),
        ("https://feeds.example.org/alerts/77/private?key=1 gave up", "https://feeds.example.org/… gave up"),
        ("http://user:word@example.org/x, then", "http://example.org/…, then"),
        ("https://example.org answered 503", "https://example.org answered 503"),
        ("call 020 7946 0123 now", "call … now"),
        ("number 999 123 4567", "number …"),
        ("/srv/mentions/config.toml: no such file", "/srv/mentions/config.toml: no such file"),
    ],
)  # fmt: skip
def test_a_line_keeps_ids_and_counts_and_loses_people_words_and_addresses(
    line: str, shown: str
) -> None:
    assert redaction.scrub(line) == shown


def test_a_secret_that_was_looked_up_stands_in_no_line_however_an_address_writes_it() -> None:
    redaction.keep_secret(SECRET)
    redaction.keep_secret("short")  # which stands in too many words
    redaction.keep_secret("https://")
    assert redaction.scrub("https://example.org/a/b is slow") == "https://example.org/… is slow"
    for form in (SECRET, "s3cret%2Fvalue%2Bof%3Dours"):
        assert redaction.scrub(f"refused: {form}!") == "refused: …!"
    assert redaction.scrub("a short line") == "a short line"


@given(st.text(max_size=300))
def test_what_was_scrubbed_holds_no_address_and_no_secret(text: str) -> None:
    redaction.keep_secret(SECRET)
    line = redaction.scrub(f"{text} rowan@example.org {SECRET} {text}")
    assert "rowan@example.org" not in line
    assert SECRET not in line


def test_a_long_line_is_cut() -> None:
    assert len(redaction.scrub("word " * 9000)) <= redaction.LONGEST + 1


def test_of_a_value_that_is_no_id_and_no_count_its_kind_is_written() -> None:
    shown = redaction.value_of(
        {"n": 3, "ok": True, "took": timedelta(seconds=2), "who": ("@rowan_ashdown", ValueError("words"))}
    )  # fmt: skip
    assert shown == {"n": 3, "ok": True, "took": "0:00:02", "who": ["@…", "ValueError"]}


# ── other people's lines ─────────────────────────────────────────────────────────────────────────


def foreign(record: logging.LogRecord) -> str:
    return redaction.foreign(record.msg, record.args, record.funcName)


class Lines(logging.Handler):
    """Other people's lines as a log may hold them."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(foreign(record))


def test_a_librarys_line_is_its_template_with_numbers_alone() -> None:
    log, lines = logging.Logger("library"), Lines()
    log.addHandler(lines)
    words = "the porter is a thief"
    log.warning("retry %d of %s after %.1f s", 3, words, 2.5)
    log.warning("%(who)s failed %(times)d times, 100%%", {"who": words, "times": 2})
    log.warning("nothing to say")
    log.warning(f"body: {words}")
    log.warning("body: " + words)
    log.warning(ValueError(words))
    assert lines.lines == [
        "retry 3 of … after 2.5 s", "… failed 2 times, 100%", "nothing to say",
        *["a message that is not shown"] * 3,
    ]  # fmt: skip
