"""Reddit's posts (t3) and comments (t1) as Mentions: the only code that knows Reddit's field names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import replace
from datetime import datetime
from typing import Any

from collectors.base import ODD_ERRORS, count, counts, decoded, identity, moment, words
from collectors.context import object_of, objects_of, text_of
from collectors.reddit import markdown
from core.context import AnsweredPost, Context, Page, context_of
from core.media import Attachment
from core.models import Author, Kind, Mention

_GONE = ("[deleted]", "[removed]", "[ removed by reddit ]", "[deleted by user]")


def to_mention(child: Mapping[str, Any], at: datetime, official: Set[str] = frozenset()) -> Mention:
    """One child of a listing. What its author or a moderator took down has no author and no text.

    Ids are full names (t3_1aaaaaa). A crosspost is a repost with its parent's words, and `quoted_id`
    is that parent. `official` are our own accounts, lower case. The bio is what the author says of
    themselves beside their name in this subreddit (its flair). Of its context the subreddit and the
    title of its thread are told here; see `in_thread`.
    """
    kind, data = child["kind"], child["data"]
    if kind not in ("t1", "t3"):
        raise ValueError("neither a post nor a comment")
    comment, parent = kind == "t1", _crossposted(data)
    own = words(data.get("body" if comment else "selftext"))
    gone = _is_gone(data, own)
    raw = "" if gone else _raw(data, own, parent, comment=comment)
    permalink, author = words(data.get("permalink")), Author() if gone else _author(data)
    is_repost: Kind = "repost" if data.get("crosspost_parent") else "post"
    return Mention(
        issuer="reddit", issued_id=full_name(child), platform="reddit",
        kind="comment" if comment else is_repost,
        url=f"https://www.reddit.com{permalink}" if permalink.startswith("/") else permalink,
        text=_text(data, raw, comment=comment), text_raw=raw, author=author,
        posted_at=moment(data.get("created_utc")), edited_at=_edited(data), fetched_at=at,
        parent_id=words(data.get("parent_id")), root_id=words(data.get("link_id")),
        quoted_id=words(data.get("crosspost_parent")), deleted=gone,
        own=author.handle.lower() in official, images=() if gone else _images(data),
        media=() if gone else tuple(_film(data)),
        # a comment has its thread's number
        metrics=counts(score=data.get("score"), shares=data.get("num_crossposts"),
                       replies=None if comment else data.get("num_comments")),
        context=Context() if gone else _context(data, official),
    )  # fmt: skip


def to_answered(child: Any, official: Set[str] = frozenset()) -> AnsweredPost | None:
    """A post or comment as a comment answers it; None for an odd one and for what was taken down."""
    try:
        data, comment = child["data"], child["kind"] == "t1"
        own = words(data.get("body" if comment else "selftext"))
        if _is_gone(data, own):
            return None
        raw = _raw(data, own, _crossposted(data), comment=comment)
        text = _text(data, raw, comment=comment)
        handle = _author(data).handle
        return AnsweredPost(
            text=text, handle=handle, official=handle.lower() in official, post_id=full_name(child)
        )
    except ODD_ERRORS:
        return None


def in_thread(mention: Mention, posts: Mapping[str, AnsweredPost | None]) -> Mention:
    """The mention with the comment and the post that it answers, by their full names.

    Where the post was not looked up, its title stands for it; where it is None it is there no more.
    """
    parent, root = mention.parent_id, mention.root_id
    title = mention.context.answered[-1:]
    thread = (posts[root],) if root in posts else title
    above = (posts.get(parent),) if parent != root else ()
    answered = [post for post in (*above, *thread) if post]
    context = context_of(page=mention.context.page, answered=answered)
    return replace(mention, context=context)


def _context(data: Mapping[str, Any], official: Set[str]) -> Context:
    """The subreddit, our own where it is the profile of our account, and the title of a comment's thread."""
    name = text_of(data.get("subreddit"))
    ours = name.lower().startswith("u_") and name[2:].lower() in official
    page = Page(owner="organisation" if ours else "other", name=f"r/{name}", kind="subreddit")
    author = text_of(data.get("link_author"))
    handle = "" if author.lower() in _GONE else author
    title = AnsweredPost(
        text=decoded(text_of(data.get("link_title"))), handle=handle, official=handle.lower() in official,
        post_id=text_of(data.get("link_id")),
    )  # fmt: skip
    return context_of(page=page if name else None, answered=[title] if title.text else [])


def full_name(child: Mapping[str, Any]) -> str:
    """Its kind and id, as in t3_1aaaaaa. Raises ODD_ERRORS where it has none."""
    kind, name = child["kind"], child["data"].get("name")
    if isinstance(name, str) and name.startswith(f"{kind}_"):
        return name
    return f"{kind}_{identity(child['data']['id'])}"


def why_gone(child: Mapping[str, Any]) -> str:
    """How what was taken down went: "deleted" by its author, or "removed" by others."""
    data = child["data"]
    by = str(data.get("removed_by_category") or "")
    if by:
        return "deleted" if by in ("deleted", "author") else "removed"
    text = str(data.get("body") or data.get("selftext"))
    return "removed" if "removed" in text.lower() else "deleted"


def is_nameless(child: Mapping[str, Any]) -> bool:
    """Whether Reddit says that the author's account is gone."""
    return words(child["data"].get("author")).lower() in _GONE


def to_profile(child: Mapping[str, Any], at: datetime) -> Mention:
    """An account (t2) or a subreddit (t5) that a search found, posted when it was opened."""
    kind, data = child["kind"], child["data"]
    if kind not in ("t2", "t5"):
        raise ValueError("neither an account nor a subreddit")
    account = kind == "t2"
    page = data if not account else data.get("subreddit") or {}
    handle = identity(data["name" if account else "display_name"])
    author = Author(
        id=f"{kind}_{identity(data['id'])}", handle=handle, name=decoded(words(page.get("title"))),
        bio=markdown.plain(decoded(words(page.get("public_description")))), followers=count(page.get("subscribers")),
        avatar=decoded(words(data.get("icon_img") or page.get("community_icon"))),
    )  # fmt: skip
    return Mention(
        issuer="reddit", issued_id=f"profile:{author.id}", platform="reddit", kind="profile",
        url=f"https://www.reddit.com/{'user' if account else 'r'}/{handle}/",
        text="\n".join(part for part in (author.name, handle, author.bio) if part),
        author=author, posted_at=moment(data.get("created_utc")), fetched_at=at,
    )  # fmt: skip


def _is_gone(data: Mapping[str, Any], own: str) -> bool:
    title = words(data.get("title")) if not own else ""
    text = (own or title).strip().lower()
    return text in _GONE or bool(data.get("removed_by_category"))


def _raw(data: Mapping[str, Any], own: str, parent: Mapping[str, Any], *, comment: bool) -> str:
    """A comment's body; a post's title and text, or the address that it links to."""
    if comment:
        return words(data["body"])
    text = own or words(parent.get("selftext"))
    link = words(data.get("url"))
    if not text and data.get("is_self") is False and not data.get("crosspost_parent"):
        text = link
    return "\n\n".join(part for part in (words(data["title"]), text) if part)


def _text(data: Mapping[str, Any], raw: str, *, comment: bool) -> str:
    """The words without the markup. A title is no Markdown, and its signs are its author's."""
    title = "" if comment or not raw else words(data["title"])
    body = markdown.plain(decoded(raw.removeprefix(title)))
    return "\n\n".join(part for part in (decoded(title).strip(), body) if part)


def _crossposted(data: Mapping[str, Any]) -> Mapping[str, Any]:
    parents = data.get("crosspost_parent_list")
    first = parents[0] if isinstance(parents, list) and parents else {}
    own = words(first.get("selftext"))
    return {} if _is_gone(first, own) else first


def title_above(data: Mapping[str, Any]) -> str:
    """The title of the thread that a comment stands in, or of the post that a crosspost repeats."""
    return decoded(words(data.get("link_title")) or words(_crossposted(data).get("title")))


def _author(data: Mapping[str, Any]) -> Author:
    """Nobody where the account is gone, whose posts stay."""
    handle = words(data.get("author"))
    if not handle or handle.lower() in _GONE:
        return Author()
    flair = decoded(words(data.get("author_flair_text")))
    return Author(id=words(data.get("author_fullname")), handle=handle, bio=flair)


def _images(data: Mapping[str, Any]) -> tuple[str, ...]:
    """The picture that a post links to, or those of its gallery."""
    gallery = data.get("media_metadata")
    link = words(data.get("url"))
    if not isinstance(gallery, dict):
        return (link,) if data.get("post_hint") == "image" and link else ()
    sources = [picture.get("s") for picture in gallery.values() if isinstance(picture, dict)]
    addresses = [words(source.get("u")) for source in sources if isinstance(source, dict)]
    return tuple(decoded(address) for address in addresses if address)


def _film(data: Mapping[str, Any]) -> Iterator[Attachment]:
    """A film that Reddit serves itself, by its still."""
    film = object_of(object_of(data.get("secure_media")).get("reddit_video"))
    if data.get("is_video") is True or film:
        stills = objects_of(object_of(data.get("preview")).get("images"))
        address = text_of(object_of(stills[0].get("source")).get("url")) if stills else ""
        yield Attachment(kind="video", url=decoded(address), seconds=count(film.get("duration")))


def _edited(data: Mapping[str, Any]) -> datetime | None:
    """Reddit says false, a time, or on very old items just true, which gives the time of posting."""
    edited = data.get("edited")
    if edited is True:
        return moment(data.get("created_utc"))
    return moment(edited) if edited else None
