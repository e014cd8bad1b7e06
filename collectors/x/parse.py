"""X's posts as Mentions: the only code that knows X's field names, in both of its vocabularies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from collectors.base import ODD_ERRORS, count, counts, decoded, identity, moment, words
from collectors.context import text_of
from core.context import AnsweredPost, Context, LinkCard, context_of
from core.media import Attachment, AttachmentKind
from core.models import Author, Kind, Mention


@dataclass(frozen=True, slots=True)
class Included:
    """The users, posts and pictures that came with a page, by id."""

    users: Mapping[str, Any]
    posts: Mapping[str, Any]
    media: Mapping[str, Any] = field(default_factory=dict)


def included(page: Mapping[str, Any]) -> Included:
    """Of what came with a page, what is shaped as it should be."""
    raw_includes = page.get("includes")
    includes: Mapping[str, Any] = raw_includes if isinstance(raw_includes, dict) else {}

    def by_id(*names: str, key: str = "id") -> dict[str, Any]:
        lists = [includes[name] for name in names if isinstance(includes.get(name), list)]
        return {
            str(i[key]): i for items in lists for i in items if isinstance(i, dict) and i.get(key)
        }

    return Included(by_id("users"), by_id("tweets", "posts"), by_id("media", key="media_key"))


def _either(post: Mapping[str, Any], *names: str) -> Any:
    """The first of these names that is there: tweet's word or post's."""
    return next((post[name] for name in names if post.get(name) is not None), None)


def to_mention(
    post: Mapping[str, Any], included: Included, at: datetime, official: Set[str] = frozenset()
) -> Mention:
    """One post. Its id is the first of its edit history; a repost has the words of what it reposts.

    `quoted_id` is what it quotes or reposts. `official` are handles (lower case) and ids of our own
    accounts. A post that is withheld here (GB) or everywhere (XX, XY) is hidden. Its context is what
    came with the page: the post that it answers, the one that it quotes, its link's card, its pictures.
    """
    users, posts = included.users, included.posts
    own, first = identity(post["id"]), history(post)[0]
    links = _links(post)
    reposted, raw = links.get("retweeted") or links.get("reposted"), _full(post)[0]
    there = posts.get(reposted) if reposted else None
    text_source = there if isinstance(there, dict) and isinstance(there.get("text"), str) else post
    created = moment(post.get("created_at"))
    original = posts.get(first, {}) if first != own else {}
    user = users.get(str(post.get("author_id")), {})
    handle = words(user.get("username"))
    root, author = str(post.get("conversation_id") or ""), _author(post, user)
    return Mention(
        issuer="x", issued_id=first, platform="x", kind=_kind(links),
        url=f"https://x.com/{handle if re.fullmatch(r'[A-Za-z0-9_]+', handle) else 'i'}/status/{own}",
        text=_plain(text_source), text_raw=raw, author=author,
        posted_at=moment(original.get("created_at")) if original.get("created_at") else created,
        edited_at=created if first != own else None, fetched_at=at,
        parent_id=_first_of(links.get("replied_to", ""), posts),
        root_id="" if root in (own, first) else root,
        quoted_id=_first_of(reposted or links.get("quoted", ""), posts),
        metrics=_metrics(post), language=words(post.get("lang")), hidden=_is_withheld(post),
        own=author.handle.lower() in official or author.id in official,
        images=_images(post, included.media), media=tuple(_attached(post, included.media)),
        context=_context(links, post, text_source, included, official),
    )  # fmt: skip


def _links(post: Mapping[str, Any]) -> dict[str, str]:
    """The ids that it refers to, by how."""
    references = post.get("referenced_tweets") or post.get("referenced_posts") or []
    return {reference["type"]: identity(reference["id"]) for reference in references}


def _kind(links: Mapping[str, str]) -> Kind:
    if "retweeted" in links or "reposted" in links:
        return "repost"
    if "replied_to" in links:
        return "reply"
    return "quote" if "quoted" in links else "post"


def history(post: Mapping[str, Any]) -> tuple[str, ...]:
    """The ids of all versions of a post, the first of which is ours and the last the current one."""
    ids = post.get("edit_history_tweet_ids") or post.get("edit_history_post_ids")
    return (
        tuple(identity(i) for i in ids)
        if ids and isinstance(ids, list)
        else (identity(post["id"]),)
    )


def version(mention: Mention) -> str:
    """The id of the version that we hold, which stands in its address."""
    last = mention.url.rpartition("/")[2]
    return last if last.isdecimal() else mention.issued_id


def to_profile(user: Mapping[str, Any], at: datetime) -> Mention:
    """One account that a lookup found; when it was posted is when it was opened."""
    author = _author({}, user)
    number = identity(user["id"])
    return Mention(
        issuer="x", issued_id=f"profile:{number}", platform="x", kind="profile",
        url=f"https://x.com/{author.handle}" if author.handle else f"https://x.com/i/user/{number}",
        text="\n".join(part for part in (author.name, author.handle, author.bio) if part),
        author=author, posted_at=moment(user.get("created_at")), fetched_at=at,
    )  # fmt: skip


def _first_of(post_id: str, posts: Mapping[str, Any]) -> str:
    """An id under which we know that post, where its edit history came with the page."""
    known = posts.get(post_id)
    try:
        return history(known)[0] if isinstance(known, dict) else post_id
    except (KeyError, ValueError, TypeError):
        return post_id


def _full(post: Mapping[str, Any]) -> tuple[str, list[Mapping[str, Any]]]:
    """The whole text, which `text` cuts at 280 characters, and the links in either."""
    raw_note = _either(post, "note_tweet", "note_post")
    note: Mapping[str, Any] = (
        raw_note if isinstance(raw_note, dict) and raw_note.get("text") else {}
    )
    text = note.get("text") or post["text"]
    if not isinstance(text, str):
        raise TypeError("not text")
    return text, [*_urls(post), *_urls(note)]


def _urls(part: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    entities = part.get("entities")
    urls = entities.get("urls") if isinstance(entities, dict) else None
    yield from (link for link in (urls if isinstance(urls, list) else ()) if isinstance(link, dict))


def _plain(post: Mapping[str, Any]) -> str:
    """Links as they lead, found by their string: whether offsets count &amp; is not documented."""
    text, urls = _full(post)
    shown = {}
    for link in urls:
        leads = link.get("unwound_url") or link.get("expanded_url")
        if leads and link.get("url"):
            shown[words(link["url"])] = words(leads)
    for short in sorted(shown, key=len, reverse=True):
        text = text.replace(short, shown[short].replace("&amp;", "&").replace("&", "&amp;"))
    return decoded(text)


def written(post: Mapping[str, Any]) -> str:
    """What a post says, as it stands in the context of another; "" for an odd one."""
    try:
        return _plain(post)
    except ODD_ERRORS:
        return ""


def _author(post: Mapping[str, Any], user: Mapping[str, Any]) -> Author:
    metrics = user.get("public_metrics")
    followers = metrics.get("followers_count") if isinstance(metrics, dict) else None
    author_id = post.get("author_id") or user.get("id")
    return Author(
        id=identity(author_id) if author_id else "", handle=words(user.get("username")),
        name=decoded(words(user.get("name"))), bio=decoded(words(user.get("description"))), followers=count(followers),
        avatar=words(user.get("profile_image_url")),
    )  # fmt: skip


def _is_withheld(post: Mapping[str, Any]) -> bool:
    withheld = post.get("withheld")
    codes = withheld.get("country_codes") if isinstance(withheld, dict) else None
    return isinstance(codes, list) and any(code in codes for code in ("GB", "XX", "XY"))


def _context(
    links: Mapping[str, str], post: Mapping[str, Any], text_source: Mapping[str, Any],
    included: Included, official: Set[str],
) -> Context:  # fmt: skip
    referenced = [included.posts.get(links.get(kind, "")) for kind in ("replied_to", "quoted")]
    answered = [_answered(other, included, official) for other in referenced if other]
    alternatives = [text_of(picture.get("alt_text")) for picture in _media(post, included.media)]
    return context_of(
        answered=[other for other in answered if other],
        card=_card(text_source), pictures=alternatives,
    )  # fmt: skip


def _answered(
    post: Mapping[str, Any], included: Included, official: Set[str]
) -> AnsweredPost | None:
    """A post that came along; None for an odd one."""
    try:
        author = str(post.get("author_id"))
        handle = words(included.users.get(author, {}).get("username"))
        ours = author in official or handle.lower() in official
        return AnsweredPost(
            text=_plain(post), handle=handle, official=ours, post_id=history(post)[0]
        )
    except ODD_ERRORS:
        return None


def _card(post: Mapping[str, Any]) -> LinkCard | None:
    """The first link of which X tells a title or a description; where the others lead stands in the text."""
    for link in _full(post)[1]:
        title, description = text_of(link.get("title")), text_of(link.get("description"))
        if title.strip() or description.strip():
            url = text_of(link.get("unwound_url")) or text_of(link.get("expanded_url"))
            return LinkCard(title=decoded(title), description=decoded(description), url=url)
    return None


def _media(post: Mapping[str, Any], media: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What is attached to it, of what came along."""
    attached = post.get("attachments")
    keys = attached.get("media_keys") if isinstance(attached, dict) else None
    return [media.get(str(key), {}) for key in keys] if isinstance(keys, list) else []


def _images(post: Mapping[str, Any], media: Mapping[str, Any]) -> tuple[str, ...]:
    """The addresses of its pictures and of what stands for its films."""
    pictures = _media(post, media)
    addresses = [picture.get("url") or picture.get("preview_image_url") for picture in pictures]
    return tuple(words(address) for address in addresses if address)


_KINDS: Mapping[str, AttachmentKind] = {"video": "video", "animated_gif": "animation"}


def _attached(post: Mapping[str, Any], media: Mapping[str, Any]) -> Iterator[Attachment]:
    for part in _media(post, media):
        address = text_of(part.get("url") or part.get("preview_image_url"))
        length = count(part.get("duration_ms"))
        if address or text_of(part.get("type")) in _KINDS:
            yield Attachment(
                kind=_KINDS.get(text_of(part.get("type")), "picture"), url=address,
                seconds=None if length is None else length // 1000,
            )  # fmt: skip


def _metrics(post: Mapping[str, Any]) -> dict[str, int]:
    raw_metrics = post.get("public_metrics")
    metrics = raw_metrics if isinstance(raw_metrics, dict) else {}
    shared_ = [
        count(_either(metrics, "retweet_count", "repost_count")),
        count(metrics.get("quote_count")),
    ]
    known = [number for number in shared_ if number is not None]
    return counts(
        likes=metrics.get("like_count"), shares=sum(known) if known else None,
        replies=metrics.get("reply_count"), quotes=metrics.get("quote_count"),
        views=metrics.get("impression_count"),
    )  # fmt: skip
