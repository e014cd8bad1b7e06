"""Notes by hand what no collector can read: a pin or a post as a person saw it.

A note is read as a row of an import is, so that one post noted twice, or noted and imported, is one.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from collectors.base import ODD_ERRORS, matching, settle
from collectors.files.dates import UnreadableDate
from collectors.files.parse import DATES, Reading, to_mention
from core.addresses import is_shortened
from core.context import Page
from core.errors import InputError
from core.models import Mention
from steps import match_rules
from steps.context import RunContext
from store import RunResult

SOURCE = "noted"
SHORTENED = (
    "this link is shortened: it doesn’t say which post it leads to, and nothing here opens it. Open it yourself, copy the whole address that your browser "
    "then shows at the top, and paste that. On a telephone: open it in the browser, or choose Copy link in the post’s own menu. If you can’t, leave the link out and write the post’s words"
)
_FOLLOWED = frozenset(("fbclid", "gclid", "igsh", "igshid", "mibextid", "si"))  # say who shared it


def note(context: RunContext, seen: Mapping[str, str]) -> None:
    """Stores one note: what a person wrote under url, text, platform, handle and posted_at.

    Raises InputError, naming the option, for one that can't be read.
    """
    stored = _store(context, noted(seen, context.at))
    how = "new" if stored.new else "changed" if stored.changed else "known already"
    context.report_progress(f"noted: {how}")


def store_report(context: RunContext, seen: Mapping[str, str]) -> int:
    """Stores what somebody reports, as `note` does, also without an address; the number that it has.

    What a source read stays as it was read: a report is no edit of its author's words. A post that is held is known by
    whatever address leads to it: else what is the Guardian's would lie a second time before the desk. What stands under one of
    the Guardian's by its address, and isn't held, answers it, and goes with it. Raises InputError, naming the
    option, for what can't be read, and for a post that is gone.
    """
    at, mentions = context.at, context.store.mentions
    mention = noted(seen, at) if seen["url"].strip() else without_address(seen, at)
    known = mentions.number_of(mention.issuer, mention.issued_id)
    if known is None and mention.url:  # one post has many addresses
        known, above = mentions.at_and_above(mention.url)
        stored = mentions.get(known) if known is not None else None
        if stored is not None:
            mention = dataclasses.replace(mention, issuer=stored.mention.issuer, issued_id=stored.mention.issued_id)  # fmt: skip
        elif above is not None and (answered := mentions.get(above)) is not None:
            mention = dataclasses.replace(
                mention, issuer=answered.mention.issuer, kind="comment", parent_id=answered.mention.issued_id
            )  # fmt: skip
    if known is not None and mentions.has_other_source(known, besides=SOURCE):
        return known
    _store(context, mention)
    number = mentions.number_of(mention.issuer, mention.issued_id)
    if number is None and mention.url:  # what is the Guardian's keeps its own id
        number = mentions.at_address(mention.url)
    if number is None:
        raise InputError(
            "that post was here, and was deleted on its platform or removed: if it is there again, tell the "
            "communications team"
        )
    return number


# Platforms on which the address of a post, and of a comment under it, begins with whose page it is.
_BY_PAGE = ("facebook", "linkedin")


def on_our_page(url: str, platform: str, official: Mapping[str, Collection[str]]) -> bool:
    """Whether an address leads to a page of the organisation's own, by the handle in it; `official` by platform, in lower case."""
    if platform not in _BY_PAGE:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    path = [part for part in parts.path.lower().split("/") if part]
    named = path[1:2] if path[:1] in (["company"], ["showcase"]) else path[:1]
    return bool(set(named) & set(official.get(platform, ())))


def _store(context: RunContext, mention: Mention) -> RunResult:
    at = context.at
    if not mention.context.page and on_our_page(
        mention.url, mention.platform, context.today.official
    ):
        context_ = dataclasses.replace(mention.context, page=Page(owner="organisation"))
        mention = dataclasses.replace(mention, context=context_)
    mention = mention.with_match(*matching(mention.text, context.today.terms))
    mentions = match_rules.matched(match_rules.of_today(context.config, at), [mention])
    return context.store.mentions.add_run(SOURCE, mentions, since=at, at=at)


def noted(seen: Mapping[str, str], at: datetime) -> Mention:
    """A note as a Mention, with the id that an import gives it, but for what of the address tracks people."""
    if not seen["url"].lower().startswith(("http://", "https://")):
        raise InputError("--url: write the whole address, from https:// on")
    if is_shortened(seen["url"]):
        raise InputError(f"--url: {SHORTENED}")
    mention = _read({**seen, "url": untracked(seen["url"])}, at)
    return dataclasses.replace(mention, url=seen["url"].strip())


def without_address(seen: Mapping[str, str], at: datetime) -> Mention:
    """A report of what has no address, or whose address nobody knows; the same words of one place are one."""
    words = f"{seen['platform']}\n{' '.join(seen['text'].split())}"
    digest = hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:32]
    return _read({**seen, "url": "", "kind": "report", "id": f"told:{digest}"}, at)


def _read(row: Mapping[str, str], at: datetime) -> Mention:
    if not row["text"].strip():
        raise InputError("--text: write what was said, or what the picture shows")
    reading = Reading(columns={}, platform="", dates=DATES, at=at, file=SOURCE, undated=True)
    try:
        return settle(to_mention(row, reading), at)[0]
    except UnreadableDate:
        raise InputError(
            "--posted: no moment that has been: write it as 24/11/2026 09:05, UK time"
        ) from None
    except ODD_ERRORS:  # the words of the error may be the author's
        raise InputError("--url: is no address of a post") from None


def untracked(url: str) -> str:
    """The address by which a page is known: no fragment, no keys that say who shared it, host in lower case."""
    try:
        parts = urlsplit(url.strip())
    except ValueError as error:
        raise InputError("--url: not an address") from error
    query = [
        (key, value)
        for key, value in parse_qsl(parts.query, keep_blank_values=True)
        if key.lower() not in _FOLLOWED and not key.lower().startswith("utm_")
    ]
    return urlunsplit(
        (parts.scheme, parts.netloc.lower(), parts.path.rstrip("/"), urlencode(query), "")
    )
