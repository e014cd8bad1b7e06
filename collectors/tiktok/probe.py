"""Asks TikTok for one of our videos, without its words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from collectors.probing import Probe, came
from collectors.tiktok.collector import TikTok
from core.errors import PlatformUnavailable


def probes(source: TikTok) -> Iterator[Probe]:
    """One call."""
    yield Probe("", partial(_video, source))


def _video(source: TikTok) -> str:
    source.check_access()
    videos = source.calls.get("business/video/list", {"max_count": 1}).get("videos")
    if not isinstance(videos, list):
        raise PlatformUnavailable("TikTok sent a page without a list")
    return f"its token is taken; {came(len(videos[:1]), 'video')}"
