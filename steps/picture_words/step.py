"""Reads the words in pictures of posts that came: fetched from their platforms' hosts, drawn anew and read in a process of its own.

What is read becomes part of the post's context, sealed as its text is and gone with it; the post is assessed again. It never
holds up a cycle for longer than it may, and what fails costs one picture.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

from collectors import terms
from collectors.http.egress import Egress
from collectors.pictures import allowed, fetch
from core.context import PictureText
from core.errors import PlatformRefused, PlatformUnavailable
from core.models import Mention
from core.progress import Line
from steps import gate
from steps.context import RunContext
from steps.picture_words import process
from steps.picture_words.process import CannotRead, NotRead, Reader
from store import PictureOutcome, PictureRead, Stored
from store.picture_reads import TRIES

MOST = 4  # pictures of one post
FEWEST = 4  # letters and digits that are words: of a pattern the reader makes up to three

Fetch = Callable[[str], bytes]  # raises PlatformUnavailable and PlatformRefused


def read_new(
    context: RunContext, *, reader: Reader | None = None, fetch_picture: Fetch | None = None
) -> int:
    """Reads the pictures of what came and was not read yet, for as long as [pictures] seconds_a_cycle says; how many had words."""
    settings = context.config.pictures
    if not settings.read_text or gate.closed(context):
        return 0
    if reader is None and (lack := process.missing()):
        context.failed(f"pictures: {lack}")
        return 0
    reader = reader or Reader(seconds=settings.seconds_a_picture, memory_mb=settings.memory_mb)
    until = time.monotonic() + settings.seconds_a_cycle
    counts: Counter[PictureOutcome] = Counter()
    try:
        with reader:
            for stored in _waiting(context, until):
                counts += _of_mention(context, stored, reader, fetch_picture or _fetching(context))
    except CannotRead as error:
        context.failed(f"pictures: no words are read in them: {error}")
    if tried := sum(counts.values()):
        lost = counts["failed"] + counts["gone"] + counts["waits"]
        words = f"pictures: {tried} looked at for words, {counts['read']} with some"
        words += f", {lost} could not be read" if lost else ""
        figures = {name: counts[name] for name in ("read", "empty", "failed", "gone", "elsewhere", "waits")}  # fmt: skip
        context.report_progress(Line(words, "pictures read", **figures))
    return counts["read"]


def may_read(mention: Mention) -> bool:
    """Whether its platform's terms let a program read its pictures, and they are somebody else's."""
    return not mention.own and terms.all_terms()[mention.platform].reads_pictures


def _waiting(context: RunContext, until: float) -> Iterator[Stored]:
    """Mentions whose pictures wait, until the time is over."""
    since = context.at - timedelta(days=context.config.pictures.days)
    seen: set[int] = set()
    while numbers := [
        number
        for number in context.store.picture_reads.waiting(since, context.at)
        if number not in seen
    ]:
        for number in numbers:
            if time.monotonic() >= until:
                return
            seen.add(number)
            stored = context.store.mentions.get(number)
            if stored is not None:
                yield stored


def _of_mention(
    context: RunContext, stored: Stored, reader: Reader, fetch_picture: Fetch
) -> Counter[PictureOutcome]:
    """Reads one mention's pictures and keeps what was found."""
    store, mention = context.store, stored.mention
    tried = store.picture_reads.tries(stored.number)
    reads: list[PictureRead] = []
    texts: list[PictureText] = []
    if may_read(mention):
        for place, attached in enumerate(mention.media[:MOST]):
            if attached.kind != "picture" or tried.get(place, 0) >= TRIES:
                continue
            outcome, words = _of_picture(context, mention, attached.url, reader, fetch_picture)
            reads.append(PictureRead(mention=stored.number, place=place, outcome=outcome))
            if words:
                texts.append(PictureText(place=place, text=words))
    if texts:
        store.mentions.add_picture_texts(stored.number, stored.revision, texts, context.at)
    store.picture_reads.note(stored.number, reads, context.at)
    return Counter(read.outcome for read in reads)


def _of_picture(
    context: RunContext, mention: Mention, url: str, reader: Reader, fetch_picture: Fetch
) -> tuple[PictureOutcome, str]:
    more = context.config.logos.more_hosts
    addresses = allowed([url], mention.platform, mention.issuer, more)
    if not addresses:
        return "elsewhere", ""
    try:
        words = reader.read(fetch_picture(addresses[0])).strip()
    except PlatformUnavailable:
        return "waits", ""
    except PlatformRefused:
        return "gone", ""
    except NotRead:
        return "failed", ""
    is_text = sum(sign.isalnum() for sign in words) >= FEWEST
    return ("read", words) if is_text else ("empty", "")


def _fetching(context: RunContext) -> Fetch:
    http = context.config.http
    egress = Egress(named=context.config.logos.more_hosts, internal=http.internal_hosts)
    return lambda address: fetch(address, user_agent=http.user_agent, egress=egress)
