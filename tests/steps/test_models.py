"""Where whoever runs a page can take a post on it out of sight, and where nobody but the platform can."""

from __future__ import annotations

from typing import get_args

import pytest

from core.models import Platform
from steps.models import can_be_hidden


@pytest.mark.parametrize("platform", get_args(Platform))
def test_no_review_can_be_hidden_by_us_wherever_it_stands(platform: Platform) -> None:
    assert not can_be_hidden(platform, "review")


def test_comments_can_be_hidden_where_platforms_let_a_page_do_so_and_not_in_news_or_on_review_sites() -> (
    None
):
    able = {platform for platform in get_args(Platform) if can_be_hidden(platform, "comment")}
    assert able >= {
        "x",
        "facebook",
        "instagram",
        "youtube",
        "tiktok",
        "threads",
        "linkedin",
        "blog",
    }
    assert able.isdisjoint({"google", "review", "news", "forum", "email", "record"})
