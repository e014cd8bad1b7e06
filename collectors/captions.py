"""Subtitles and transcripts (SRT, WebVTT, podcasts' JSON, HTML, plain text) as the words that were spoken."""

from __future__ import annotations

import html
import json
import re

from collectors.context import object_of, objects_of, text_of
from collectors.parsing import MOST_TEXT, plain

_TIMES = re.compile(r"^\s*(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}\s*-->")
_NOT_SAID = re.compile(
    r"^(?:WEBVTT|NOTE|STYLE|REGION|X-TIMESTAMP-MAP|Kind:|Language:)", re.IGNORECASE
)
_TAG = re.compile(r"<[^<>]{1,200}>|\{\\[^{}]{1,50}\}")


def spoken(subtitles: str) -> str:
    """What was said, a line each as it was shown; a line that rolls on from one caption to the next stands once."""
    lines: list[str] = []
    speaking = skipping = False
    for written in subtitles.removeprefix("\ufeff")[: 4 * MOST_TEXT].splitlines():
        line = " ".join(html.unescape(_TAG.sub("", written)).split())
        if not line:
            speaking = skipping = False
        elif _TIMES.match(written):
            speaking, skipping = True, False
        elif _NOT_SAID.match(line) and not speaking:
            skipping = True
        elif speaking and not skipping and (not lines or lines[-1] != line):
            lines.append(line)
    return "\n".join(lines)[:MOST_TEXT]


def transcript(written: str) -> str:
    """A podcast's transcript in any of the forms that its namespace names; "" for one without words.

    Podcastindex-org/podcast-namespace, docs/examples/transcripts/transcripts.md, read 2026-11-29: WebVTT, SubRip, JSON with
    segments, HTML; some give plain text.
    """
    start = written.removeprefix("\ufeff").lstrip()[:1]
    if start == "{":
        try:
            segments = objects_of(object_of(json.loads(written)).get("segments"))
        except (ValueError, RecursionError):
            return ""
        return "\n".join(filter(None, (text_of(part.get("body")).strip() for part in segments)))[
            :MOST_TEXT
        ]
    if start == "<":
        return plain(written)[:MOST_TEXT]
    return spoken(written) if "-->" in written else written.strip()[:MOST_TEXT]
