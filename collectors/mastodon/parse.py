"""Statuses and accounts of Mastodon servers as Mentions: the only code that knows the field names.

What may be taken in, by the author's own word:
- public and unlisted statuses, never what is for followers or for those who are named in it;
- nothing of an account that says #nobot in its profile (its note or fields);
- what a search found, unless `indexable` is false: its public posts are not to be searched;
- what stands under a hashtag, unless `discoverable` is false: it is not to be featured to others.
  `indexable` says nothing here: it is about search alone, and false for whoever never chose;
- what was said to us, which notifications tell, whatever these two say.
The organisation's own accounts are taken as they are, but for what is not public.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Literal

from collectors.base import ODD_ERRORS, count, counts, identity, moment, plain, words
from collectors.context import object_of, objects_of, text_of
from collectors.http.transport import host
from collectors.parsing import UNREADABLE
from core.context import AnsweredPost, Context, LinkCard, context_of
from core.errors import PlatformUnavailable
from core.media import Attachment, AttachmentKind
from core.models import Author, Kind, Mention

Way = Literal["hashtag", "search", "told"]  # how a status came to us; told: it was said to us

NOBODY: frozenset[str] = frozenset()
NOTHING: Mapping[str, tuple[str, str]] = {}
NO_POSTS: Mapping[str, AnsweredPost] = {}
_PUBLIC = ("public", "unlisted")
_SAYS = {"hashtag": "discoverable", "search": "indexable"}  # the account's own word on each way
_NOBOT = re.compile(r"(?<!\w)#nobots?(?!\w)", re.IGNORECASE)
_HOME_ID = re.compile(r"https?://[^/?#]+/(?:ap/)?users/[^/?#]+/statuses/(\w+)(?:/activity)?")


def issued(uri: object) -> tuple[str, str]:
    """Who gave a status its id, and that id: the same on every server that shows it.

    The issuer is the host of its `uri`; the id is the last part of that address where it has
    Mastodon's form, which is then also the one that the author's own server knows it by, else the
    whole of it. `id` itself differs from server to server. Raises ValueError for what is no address.
    """
    written = identity(uri)
    if not re.match(r"https?://[^/?#]", written):
        raise ValueError("no address")
    home = _HOME_ID.fullmatch(written)
    return host(written), home[1] if home else written


def refused(status: Any, official: frozenset[str] = NOBODY, *, way: Way = "told") -> str:
    """Why a status is not taken in or kept: "private", "withheld" (by its author's word), or "".

    One that can't be read is let through, so that it is told as odd.
    """
    try:
        both = [post for post in (status, status.get("reblog")) if post is not None]
        if any(post["visibility"] not in _PUBLIC for post in both):
            return "private"
        others = [post["account"] for post in both if not _ours(post["account"], official)]
        no = [_NOBOT.search(_bio(who)) or who.get(_SAYS.get(way, "")) is False for who in others]
        return "withheld" if any(no) else ""
    except ODD_ERRORS:
        return ""


def to_mention(
    status: Mapping[str, Any],
    at: datetime,
    official: frozenset[str] = NOBODY,
    parents: Mapping[str, tuple[str, str]] = NOTHING,
    posts: Mapping[str, AnsweredPost] = NO_POSTS,
) -> Mention:
    """One status. A repost has the words of what it reposts, which `quoted_id` names.

    `quoted_id` and `parent_id` are ids of the same issuer; what another server issued is named by its
    whole key, "host:id". What a status answers is known by its id on the asked server alone: unless
    that server is its home, or it is one of `parents` (see known), `parent_id` is empty. The content
    warning stands before the words; a poll's choices and the descriptions of pictures follow, since
    their author wrote them too. `posts` are, by the asked server's own id, those that it may answer.
    """
    boosted = status.get("reblog")
    original: Mapping[str, Any] = boosted if boosted is not None else status
    for post in (status, original):
        if post["visibility"] not in _PUBLIC:
            raise ValueError("not public")
    issuer, issued_id = issued(status["uri"])
    who, quoted = status["account"], _quoted(status)
    kind: Kind = "post"
    if boosted is not None:
        kind, quoted = "repost", original["uri"]
    elif status.get("in_reply_to_id"):
        kind = "reply"
    elif quoted:
        kind = "quote"
    return Mention(
        issuer=issuer, issued_id=issued_id, platform="mastodon", kind=kind,
        url=words(status.get("url")) or words(original.get("url")) or words(status["uri"]),
        text=_text(original), text_raw=words(original.get("content")), author=to_author(who),
        posted_at=moment(status.get("created_at")), fetched_at=at, edited_at=_edited(original),
        parent_id=_parent(status, issuer, parents), quoted_id=_seen_from(issuer, *issued(quoted)) if quoted else "",
        metrics=_metrics(original), language=words(original.get("language")), own=_ours(who, official),
        images=tuple(_images(original)), media=tuple(_attached(original)), context=_context(original, official, posts),
    )  # fmt: skip


def to_answered(status: Any, official: frozenset[str] = NOBODY) -> AnsweredPost | None:
    """A status as another answers or quotes it; None for an odd one, and for what is not to be taken in."""
    try:
        if status["visibility"] not in _PUBLIC or refused(status, official):
            return None
        who = status["account"]
        return AnsweredPost(
            text=_text(status), handle=_handle(who), official=_ours(who, official),
            post_id=":".join(issued(status["uri"])),
        )  # fmt: skip
    except ODD_ERRORS:
        return None


def _context(
    status: Mapping[str, Any], official: frozenset[str], posts: Mapping[str, AnsweredPost]
) -> Context:
    quote, card = object_of(status.get("quote")), object_of(status.get("card"))
    both = (posts.get(answered(status)), to_answered(quote.get("quoted_status"), official))
    link = LinkCard(
        title=text_of(card.get("title")), description=text_of(card.get("description")),
        url=text_of(card.get("url")),
    )  # fmt: skip
    attachments = objects_of(status.get("media_attachments"))
    return context_of(
        answered=[post for post in both if post], card=link,
        pictures=[text_of(attachment.get("description")) for attachment in attachments],
    )  # fmt: skip


def to_profile(who: Mapping[str, Any], at: datetime, official: frozenset[str] = NOBODY) -> Mention:
    """An account as a mention of kind profile, of its own server; its text is name, handle and bio."""
    author, begun = to_author(who), moment(who.get("created_at"))
    text = "\n".join(part for part in (author.name, f"@{author.handle}", author.bio) if part)
    return Mention(
        issuer=host(author.id), issued_id=f"profile:{author.id}", platform="mastodon", kind="profile",
        url=author.id, text=text, text_raw=text, author=author, fetched_at=at,
        posted_at=at if begun == UNREADABLE else begun, own=_ours(who, official),
        images=(author.avatar,) if author.avatar else (),
    )  # fmt: skip


def to_author(who: Mapping[str, Any]) -> Author:
    """An account, by its address: like a status's, its `id` differs from server to server."""
    return Author(
        id=identity(who.get("url") or who["uri"]), handle=_handle(who),
        name=words(who.get("display_name")) or words(who.get("username")), bio=_bio(who),
        followers=count(who.get("followers_count")), avatar=words(who.get("avatar")),
    )  # fmt: skip


def answered(status: Any) -> str:
    """The asked server's own id of what a status, or the one that it boosts, answers; "" where none."""
    try:
        return identity((status.get("reblog") or status)["in_reply_to_id"])
    except ODD_ERRORS:
        return ""


def known(statuses: Iterable[Any]) -> dict[str, tuple[str, str]]:
    """Who issued each status, and its id there, by the asked server's own id; without odd ones."""
    keys_by_id = {}
    for status in statuses:
        with contextlib.suppress(*ODD_ERRORS):
            keys_by_id[identity(status["id"])] = issued(status["uri"])
    return keys_by_id


def signed_in(who: Any) -> tuple[str, str]:
    """An account's id on the asked server, and its whole name. Raises PlatformUnavailable for none."""
    try:
        number, name = identity(who["id"]), _handle(who)
    except ODD_ERRORS:
        number = name = ""
    if not re.fullmatch(r"[\w-]+", number):
        raise PlatformUnavailable("it told of no account when asked whose token this is")
    return number, name


def home(status: Any) -> str:
    """The name of the asked server, where a status shows it: one of its own users wrote it; else ""."""
    try:
        return "" if "@" in status["account"]["acct"] else issued(status["uri"])[0]
    except ODD_ERRORS:
        return ""


def _handle(who: Mapping[str, Any]) -> str:
    """name@server; the asked server's own users come without their server."""
    acct = words(who.get("acct")) or words(who.get("username"))
    return acct if "@" in acct else f"{acct}@{host(words(who.get('url')))}"


def _ours(who: Mapping[str, Any], official: frozenset[str]) -> bool:
    return str(_handle(who)).lower() in official


def _bio(who: Mapping[str, Any]) -> str:
    """The note, and the rows of the profile: "name: value"."""
    rows = who.get("fields")
    listed = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    field_lines = [f"{words(row.get('name'))}: {plain(words(row.get('value')))}" for row in listed]
    return "\n".join(part for part in (plain(words(who.get("note"))), *field_lines) if part)


def _text(status: Mapping[str, Any]) -> str:
    poll = status.get("poll") or {}
    choices = [words(choice.get("title")) for choice in poll.get("options") or []]
    pictures = [
        words(attachment.get("description")) for attachment in status.get("media_attachments") or []
    ]
    warning, written = words(status.get("spoiler_text")), plain(words(status.get("content")))
    parts = (warning, written, "\n".join(choices), *pictures)
    return "\n\n".join(part for part in parts if part.strip())


def _edited(status: Mapping[str, Any]) -> datetime | None:
    return moment(status["edited_at"]) if status.get("edited_at") else None


def _quoted(status: Mapping[str, Any]) -> str:
    quote = status.get("quote")
    there = quote.get("quoted_status") if isinstance(quote, dict) else None
    return words(there.get("uri")) if isinstance(there, dict) else ""


def _parent(status: Mapping[str, Any], issuer: str, parents: Mapping[str, tuple[str, str]]) -> str:
    parent, by = status.get("in_reply_to_id"), status.get("in_reply_to_account_id")
    if not parent:
        return ""
    if identity(parent) in parents:
        return _seen_from(issuer, *parents[identity(parent)])
    named = [status["account"], *(status.get("mentions") or [])]
    answered = next((who for who in named if who.get("id") == by), None)
    if answered is None or "@" in words(answered.get("acct")):
        return ""
    return _seen_from(issuer, host(words(answered.get("url"))), identity(parent))


def _seen_from(issuer: str, other: str, issued_id: str) -> str:
    return issued_id if other == issuer else f"{other}:{issued_id}"


def _metrics(status: Mapping[str, Any]) -> dict[str, int]:
    known = [count(status.get("reblogs_count")), count(status.get("quotes_count"))]
    shares = [number for number in known if number is not None]
    return counts(
        likes=status.get("favourites_count"), shares=sum(shares) if shares else None,
        replies=status.get("replies_count"), quotes=status.get("quotes_count"),
    )  # fmt: skip


_KINDS: Mapping[str, AttachmentKind] = {"image": "picture", "video": "video", "gifv": "animation"}


def _attached(status: Mapping[str, Any]) -> Iterator[Attachment]:
    """Pictures, and films by their still."""
    for attachment in objects_of(status.get("media_attachments")):
        kind = _KINDS.get(text_of(attachment.get("type")))
        if kind is None:
            continue
        address = text_of(attachment.get("url")) if kind == "picture" else ""
        original = object_of(object_of(attachment.get("meta")).get("original"))
        yield Attachment(
            kind=kind, url=address or text_of(attachment.get("preview_url")),
            seconds=None if kind == "picture" else count(original.get("duration")),
        )  # fmt: skip


def _images(status: Mapping[str, Any]) -> Iterator[str]:
    for attachment in status.get("media_attachments") or []:
        address = words(attachment.get("url")) or words(attachment.get("preview_url"))
        if attachment.get("type") == "image" and address:
            yield address
