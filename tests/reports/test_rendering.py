from __future__ import annotations

import os
import stat
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jinja2 import TemplateNotFound, UndefinedError

from collectors.platforms import PLATFORM_NAMES
from core import text as core_text
from core.errors import ConfigError
from core.models import PLATFORMS
from reports import rendering
from tests.reports.factories import AT


def test_every_platform_has_a_name_for_people() -> None:
    assert set(PLATFORM_NAMES) == set(PLATFORMS)
    names = [PLATFORM_NAMES[name] for name in ("x", "linkedin", "blog", "bluesky", "email")]
    assert names == ["X (Twitter)", "LinkedIn", "Blogs", "Bluesky", "Email"]


def test_a_flags_name_is_written_in_words() -> None:
    assert rendering.words("removal_request") == "removal request"


def test_a_day_is_written_as_people_do() -> None:
    assert rendering.on_day(date(2026, 11, 4)) == "Wed 4 Nov 2026"


@pytest.mark.parametrize(
    ("followers", "shares", "written"),
    [
        (None, None, ""), (0, 0, ""), (1, None, "1 follower"), (12_400, 1, "12,400 followers, 1 share"),
        (None, 340, "340 shares"),
    ],
)  # fmt: skip
def test_reach_is_told_in_figures(followers: int | None, shares: int | None, written: str) -> None:
    assert core_text.reach(followers, shares) == written


# ── hidden marks ─────────────────────────────────────────────────────────────────────────────────

HIDDEN = [
    "\0", "\x07", "\x1b", "\x7f", "\x9b", "\xad", "\u034f", "\u061c", "\u115f", "\u180e", "\u200b", "\u200e", "\u200f",
    "\u202a", "\u202d", "\u202e", "\u2060", "\u2066", "\u2067", "\u2069", "\u3164", "\ufeff", "\ufff9", "\U000e0041",
    "\U000e007f",
]  # fmt: skip


@pytest.mark.parametrize("mark", HIDDEN)
def test_a_mark_that_nobody_sees_becomes_a_dot(mark: str) -> None:
    assert core_text.visible(f"a{mark}b") == "a·b"


@given(st.text())
@example("\u200d\u200c" * 3)
def test_no_text_can_reorder_hide_or_steer_a_terminal(text: str) -> None:
    shown = core_text.visible(text)
    assert not set(shown) & set(HIDDEN)
    assert not any(ord(sign) < 32 and sign not in "\t\n" for sign in shown)
    assert core_text.visible(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "👩🏽‍⚕️ thanks",
        "👨‍👩‍👧‍👦",
        "क्‍ष",
        "می‌روم",
        "مستشفى إيلينغ",
        "café £5\n\tnew line",
        "naïve — “quoted” … ✓",
    ],
)
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert core_text.visible(text) == text


def test_line_ends_of_every_kind_become_one() -> None:
    assert core_text.visible("a\r\nb\rc\u2028d\u2029e\x85f") == "a\nb\nc\nd\ne\nf"


# ── templates ────────────────────────────────────────────────────────────────────────────────────


def test_an_unknown_name_in_a_template_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        rendering.render("daily.html")
    with pytest.raises(TemplateNotFound):
        rendering.render("none.html")


def test_html_is_escaped_and_text_is_not() -> None:
    environment = rendering._environment
    assert environment.autoescape("daily.html") is True  # type: ignore[operator]
    assert environment.autoescape("alert.txt") is False  # type: ignore[operator]


# ── files ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.skipif(os.name != "posix", reason="owners and groups are POSIX's")
def test_a_file_is_its_owners_alone_from_the_first_byte(tmp_path: Path) -> None:
    path = tmp_path / "new" / "daily.html"
    rendering.write(path, "first")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    rendering.write(path, "second")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text("utf-8") == "second"


def test_nothing_but_the_file_is_left_behind(tmp_path: Path) -> None:
    rendering.write(tmp_path / "daily.html", "words")
    assert [path.name for path in tmp_path.iterdir()] == ["daily.html"]


def test_a_lone_surrogate_does_not_keep_a_file_from_being_written(tmp_path: Path) -> None:
    rendering.write(tmp_path / "daily.html", "a\ud800b ✓")
    assert (tmp_path / "daily.html").read_text("utf-8") == "a?b ✓"


def test_where_it_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for path in (tmp_path / "file" / "daily.html", tmp_path):
        with pytest.raises(ConfigError, match="can't be written"):
            rendering.write(path, "words")
    assert not list(tmp_path.parent.glob(f".{tmp_path.name}.*")), "no scratch file is left"


def test_a_file_that_could_not_be_written_leaves_the_old_one_whole(tmp_path: Path) -> None:
    path = tmp_path / "daily.html"
    rendering.write(path, "old")
    with pytest.raises(TypeError):
        rendering.write(path, 5)  # type: ignore[arg-type]
    assert path.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["daily.html"]


def test_moments_are_in_uk_time_in_every_template() -> None:
    assert (
        rendering._environment.filters["local"](datetime(2026, 7, 1, 8, tzinfo=UTC))
        == "Wed 1 Jul 2026, 09:00"
    )
    assert AT.tzinfo is UTC
