"""A reply is as long as its platform says: links, emoji, marks and handles count differently."""

from __future__ import annotations

import pytest

from core.models import Platform
from review.replies.lint import length

LONG_LINK = "https://www.england.nhs.uk/nhsidentity/a/long/way/down"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"  # three people in one sign


@pytest.mark.parametrize(
    ("text", "x", "mastodon", "bluesky"),
    [
        ("", 0, 0, 0),
        ("Thank you.", 10, 10, 10),
        ("  Thank you.\r\n", 10, 10, 10),
        ("a\r\nb", 3, 3, 3),
        (f"See {LONG_LINK}", 27, 27, 4 + len(LONG_LINK)),
        (f"See {LONG_LINK}.", 28, 28, 5 + len(LONG_LINK)),
        (f"({LONG_LINK})", 25, 25, 2 + len(LONG_LINK)),
        (f"{LONG_LINK}_(b) ok", 26, 26, 7 + len(LONG_LINK)),
        ("Go to 111.nhs.uk or nhs.uk/conditions.", 57, 38, 38),  # X makes links of both
        ("Write to pals@example.org", 25, 25, 25),
        ("e.g. at 1.5pm, Dr.Smith, 07.30", 30, 30, 30),
        (ENGLAND, 2, 1, 1),
        (FAMILY, 2, 1, 1),
        ("\U0001f1ec\U0001f1e7\U0001f1ec\U0001f1e7", 4, 2, 2),  # two flags
        ("1\ufe0f\u20e3", 2, 1, 1),
        ("\U0001f44d\U0001f3fd", 2, 1, 1),
        ("e\u0301", 1, 1, 1),
        ("日本", 4, 2, 2),
        ("“Thanks” – and…", 16, 15, 15),  # X counts an ellipsis twice
        ("@ana@mastodon.example.org hi", 28, 7, 28),
    ],
)
def test_a_text_is_counted_as_its_platform_counts(
    text: str, x: int, mastodon: int, bluesky: int
) -> None:
    every: tuple[Platform, ...] = ("x", "mastodon", "bluesky")
    assert [length(text, name) for name in every] == [x, mastodon, bluesky]


def test_a_huge_text_is_counted_in_a_moment() -> None:
    for sign in ("a", "a.", "-", "a-", ")", "https://"):
        assert length(sign * 100_000, "x") > 0
    assert length("a" * 200_000, "x") == 200_000
