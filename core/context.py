"""Where a mention stood: whose page, what it answers, the link it shares, what its pictures show.

Context says what a mention's words are about. It is sealed like text, dies with its mention and is never
flagged itself (codebook, version 2, 'A mention is'; its shape in files is design.md's `context`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

Owner = Literal["organisation", "provider", "other"]
PageKind = Literal["page", "practice", "hospital", "video", "subreddit", "group", "newspaper"]

OWNERS: tuple[Owner, ...] = get_args(Owner)
PAGE_KINDS: tuple[PageKind, ...] = get_args(PageKind)
MOST_TEXT = 2000  # code points kept of any one text: more than is ever read of it
MOST_ANSWERED = 5  # posts kept of what a mention answers, nearest first
MOST_PICTURES = 10
MOST_MATCHED = 20  # search terms kept of what a mention was found by
MOST_READ = 4_000  # code points kept of what is read in one picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Where a mention stands. `name` is as the platform gives it."""

    owner: Owner = "other"
    name: str = ""
    kind: PageKind = "page"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredPost:
    """A post that a mention answers or quotes; `official` where the register says that it is ours.

    `post_id` names it as the mention's own links do ("" where its source does not tell). One that is `gone` from its
    platform has neither words nor handle left.
    """

    text: str
    handle: str = ""
    official: bool = False
    post_id: str = field(default="", compare=False, repr=False)
    gone: bool = False

    def emptied(self) -> AnsweredPost:
        """The same as a post that is gone."""
        return AnsweredPost(text="", official=self.official, post_id=self.post_id, gone=True)


@dataclass(frozen=True, slots=True)
class ParentPost:
    """A post that is no mention of ours, whose words stand in the context of mentions that answer or quote it.

    Its issuer and id name it as a mention's do. `is_comment`: it stands under another post itself. `own`: the register
    says that it is ours; `under_ours`: that the mention which holds its words stands on our page or under our post.
    """

    issuer: str
    issued_id: str = field(repr=False)
    is_comment: bool = False
    own: bool = False
    under_ours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCard:
    """The link that a mention shares, as the platform presents it."""

    title: str = ""
    description: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureText:
    """Words that a program read in an attached picture; `place` is the attachment's, from 0. It misreads some."""

    place: int
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """All of it may be missing. `answered` is nearest first; `pictures` are alternative texts.

    `picture_texts` is what we read in the pictures ourselves, and `matched` the search terms that found a post of a
    file: no platform tells either. Of a mention of ours `Mention.matched` says what found it.
    """

    page: Page | None = None
    answered: tuple[AnsweredPost, ...] = ()
    card: LinkCard | None = None
    pictures: tuple[str, ...] = ()
    picture_texts: tuple[PictureText, ...] = ()
    matched: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.is_told or bool(self.picture_texts or self.matched)

    @property
    def is_told(self) -> bool:
        """Whether the platform told any of it."""
        return bool(self.page or self.answered or self.card or self.pictures)

    @property
    def is_under_ours(self) -> bool:
        """Whether it stands on a page of the organisation's own or answers a post of its own."""
        on_page = self.page is not None and self.page.owner == "organisation"
        return on_page or any(post.official for post in self.answered)

    @property
    def words(self) -> str:
        """All that it says, a line each."""
        card = self.card or LinkCard()
        page = [self.page.name] if self.page else []
        answered = [text for post in self.answered for text in (post.handle, post.text)]
        read = [picture.text for picture in self.picture_texts]
        parts = [*page, *answered, card.title, card.description, *self.pictures, *read]
        return "\n".join(filter(None, [*parts, *self.matched]))

    def with_answered(self, change: Callable[[AnsweredPost], AnsweredPost]) -> Context:
        """The same with every answered post as `change` gives it back; one that nothing is left of is left out."""
        posts = tuple(change(post) for post in self.answered)
        return replace(self, answered=tuple(post for post in posts if _tells_something(post)))


NOWHERE = Context()


def context_of(
    *,
    page: Page | None = None,
    answered: Iterable[AnsweredPost] = (),
    card: LinkCard | None = None,
    pictures: Iterable[str] = (),
    picture_texts: Iterable[PictureText] = (),
    matched: Iterable[str] = (),
) -> Context:
    """A context within bounds: texts cut to `MOST_TEXT`, empty parts left out."""
    posts = [
        replace(post, text=cut(post.text), handle=cut(post.handle))
        for post in answered
        if _tells_something(post)
    ]
    if card is not None:
        card = LinkCard(title=cut(card.title), description=cut(card.description), url=cut(card.url))
        card = card if card.title or card.description or card.url else None
    if page is not None:
        page = Page(owner=page.owner, name=cut(page.name), kind=page.kind)
    alternatives = [cut(alt) for alt in pictures if alt.strip()]
    return Context(
        page=page, answered=tuple(posts[:MOST_ANSWERED]), card=card,
        pictures=tuple(alternatives[:MOST_PICTURES]), picture_texts=read_in_pictures(picture_texts),
        matched=tuple(cut(term) for term in matched if term.strip())[:MOST_MATCHED],
    )  # fmt: skip


def read_in_pictures(texts: Iterable[PictureText]) -> tuple[PictureText, ...]:
    """The same within bounds, by place; where nothing was read nothing is left."""
    there = [
        replace(picture, text=picture.text.strip()[:MOST_READ])
        for picture in texts
        if picture.text.strip()
    ]
    return tuple(sorted(there, key=lambda picture: picture.place)[:MOST_PICTURES])


def from_json(written: Any) -> Context:
    """The context of a file's row. Raises ValueError that names the part which is wrong."""
    if written is None:
        return NOWHERE
    record = _object(written, "context")
    return context_of(
        page=_page(record.get("page")),
        answered=[_answered(post) for post in _list(record, "replies_to")],
        card=_card(record.get("card")),
        pictures=[_text(_object(p, "context.pictures"), "alt", "context.pictures.alt")
                  for p in _list(record, "pictures")],
        picture_texts=[_picture_text(part) for part in _list(record, "picture_texts")],
        matched=[_term(term) for term in _list(record, "matched")],
    )  # fmt: skip


def as_json(context: Context) -> dict[str, Any]:
    """What `from_json` reads; parts that are missing are left out."""
    record: dict[str, Any] = {}
    if context.page:
        page = context.page
        record["page"] = {"owner": page.owner, "name": page.name, "kind": page.kind}
    if context.answered:
        record["replies_to"] = [
            {
                "text": post.text,
                "author": {"handle": post.handle, "official": post.official},
                **({"id": post.post_id} if post.post_id else {}),
                **({"gone": True} if post.gone else {}),
            }
            for post in context.answered
        ]
    if context.card:
        card = context.card
        record["card"] = {"title": card.title, "description": card.description, "url": card.url}
    if context.pictures:
        record["pictures"] = [{"alt": alt} for alt in context.pictures]
    if context.picture_texts:
        record["picture_texts"] = [
            {"place": picture.place, "text": picture.text} for picture in context.picture_texts
        ]
    if context.matched:
        record["matched"] = list(context.matched)
    return record


def _term(written: Any) -> str:
    if not isinstance(written, str):
        raise ValueError('"context.matched" must be a list of text')
    return written


def _picture_text(written: Any) -> PictureText:
    record = _object(written, "context.picture_texts")
    place = record.get("place", 0)
    if isinstance(place, bool) or not isinstance(place, int) or not 0 <= place < MOST_PICTURES:
        raise ValueError(
            f'"context.picture_texts.place" must be a number from 0 to {MOST_PICTURES - 1}'
        )
    return PictureText(place=place, text=_text(record, "text", "context.picture_texts.text"))


def _page(written: Any) -> Page | None:
    if written is None:
        return None
    record = _object(written, "context.page")
    owner, kind = record.get("owner") or "other", record.get("kind") or "page"
    return Page(
        owner=owner if owner in OWNERS else "other",
        name=_text(record, "name", "context.page.name"),
        kind=kind if kind in PAGE_KINDS else "page",
    )


def _answered(written: Any) -> AnsweredPost:
    record = _object(written, "context.replies_to")
    author = record.get("author")
    author = {} if author is None else _object(author, "context.replies_to.author")
    official = author.get("official")
    if official is not None and not isinstance(official, bool):
        raise ValueError('"context.replies_to.author.official" must be true or false')
    return AnsweredPost(
        text=_text(record, "text", "context.replies_to.text"),
        handle=_text(author, "handle", "context.replies_to.author.handle"),
        official=bool(official),
        post_id=_text(record, "id", "context.replies_to.id"),
        gone=record.get("gone") is True,
    )


def _card(written: Any) -> LinkCard | None:
    if written is None:
        return None
    record = _object(written, "context.card")
    return LinkCard(
        title=_text(record, "title", "context.card.title"),
        description=_text(record, "description", "context.card.description"),
        url=_text(record, "url", "context.card.url"),
    )


def _object(written: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(written, Mapping):
        raise ValueError(f'"{name}" must be an object')
    return written


def _list(record: Mapping[str, Any], name: str) -> Sequence[Any]:
    listed = record.get(name)
    if listed is None:
        return ()
    if not isinstance(listed, list):
        raise ValueError(f'"context.{name}" must be a list')
    return listed


def _text(record: Mapping[str, Any], key: str, name: str) -> str:
    value = record.get(key)
    if not isinstance(value, str | None):
        raise ValueError(f'"{name}" must be text')
    return value or ""


def _tells_something(post: AnsweredPost) -> bool:
    return bool(post.text.strip() or post.handle or post.gone)


def cut(text: str) -> str:
    """As much of a text as a context keeps."""
    return text.strip()[:MOST_TEXT]
