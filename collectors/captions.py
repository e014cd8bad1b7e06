"""Subtitles (SRT, WebVTT) as the words that were spoken, without times, numbers, styles and lines said twice."""

from __future__ import annotations

import html
import re

from collectors.parsing import MOST_TEXT

_TIMES = re.compile(r"^\s*(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}\s*-->")
_NOT_SAID = re.compile(
    r"^(?:WEBVTT|NOTE|STYLE|REGION|X-TIMESTAMP-MAP|Kind:|Language:)", re.IGNORECASE
)
_TAG = re.compile(r"<[^<>]{1,200}>|\{\\[^{}]{1,50}\}")


def spoken(subtitles: str) -> str:
    """What was said, a line each as it was shown; a line that rolls on from one caption to the next stands once."""
    lines: list[str] = []
    said = skipping = False
    for written in subtitles.removeprefix("\ufeff")[: 4 * MOST_TEXT].splitlines():
        line = " ".join(html.unescape(_TAG.sub("", written)).split())
        if not line:
            said = skipping = False
        elif _TIMES.match(written):
            said, skipping = True, False
        elif _NOT_SAID.match(line) and not said:
            skipping = True
        elif said and not skipping and (not lines or lines[-1] != line):
            lines.append(line)
    return "\n".join(lines)[:MOST_TEXT]
