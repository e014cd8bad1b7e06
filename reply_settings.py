"""What [review] of config.toml says of answering: reply templates, lines to take, related policies, lengths."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from errors import ConfigError
from mention import Platform, Sentiment, Staff
from rules import parse

_STRICT = ConfigDict(extra="forbid", frozen=True, strict=True)
# What a template may leave open, and where it is taken from. `contact` is every way to reach the contact point.
FROM_CONTACT = ("service", "contact", "phone", "email")
PLACEHOLDERS = ("organisation", *FROM_CONTACT, "link")
# To what threatens, hates, pursues or sexualises nobody is given words: an answer feeds it.
NEVER_ANSWERED = frozenset(("threat", "hate", "harassment", "sexual"))
_OPEN = re.compile(r"\{(\w*)\}")


def _is_a_link(written: str) -> str:
    parts = urlsplit(written)
    if written and (parts.scheme not in ("http", "https") or not parts.netloc):
        raise ValueError("write a link as https://...")
    return written


def _is_a_rule(written: str) -> str:
    if written:
        try:
            parse(written)
        except ConfigError as error:
            raise ValueError(str(error)) from None
    return written


def _is_fillable(written: str) -> str:
    unknown = [name for name in _OPEN.findall(written) if name not in PLACEHOLDERS]
    left = _OPEN.sub("", written)
    if unknown or "{" in left or "}" in left:
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise ValueError(f"only these can be left open in a text: {known}")
    return written


Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Name = Annotated[str, Field(min_length=2, max_length=100)]
Link = Annotated[str, Field(max_length=500), AfterValidator(_is_a_link)]
About = Annotated[str, AfterValidator(_is_a_rule)]


class ReplyTemplate(BaseModel):
    """Words to begin a reply from. It fits a post for which all hold that it names; what is empty, always holds.

    `contact` is the name of a contact point of the organisation. With `reply = false` it says why nothing is
    answered, and what to do instead.
    """

    model_config = _STRICT
    key: Key
    name: Name
    flags: tuple[str, ...] = ()
    staff: tuple[Staff, ...] = ()
    tone: tuple[Sentiment, ...] = ()
    platforms: tuple[Platform, ...] = ()
    contact: str = ""
    link: Link = ""
    reply: bool = True
    text: Annotated[str, Field(min_length=2, max_length=4000), AfterValidator(_is_fillable)]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        used = set(_OPEN.findall(self.text))
        if "link" in used and not self.link:
            raise ValueError("its text wants {link}: write the link beside it")
        if used & set(FROM_CONTACT) and not self.contact:
            raise ValueError("its text wants a contact point: name it under contact")
        if self.reply and (wrong := sorted(NEVER_ANSWERED & set(self.flags))):
            raise ValueError(f"nothing is answered to {', '.join(wrong)}: write reply = false")
        return self


class LineToTake(BaseModel):
    """What the organisation says of a subject, from its first day to its last.

    It fits a case for which all hold that it names: `about` is a rule over the masked words as under [[rules]], of
    `flags`, `places` and `clauses` one is enough.
    """

    model_config = _STRICT
    key: Key
    topic: Name
    about: About = ""
    flags: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    line: Annotated[str, Field(min_length=2, max_length=4000)]
    owner: Name
    since: date | None = Field(default=None, alias="from")
    until: date | None = None
    source: Link = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.since and self.until and self.until < self.since:
            raise ValueError("until is before from")
        if not (self.about or self.flags or self.places or self.clauses):
            raise ValueError("say when it fits: about, flags, places or clauses")
        return self


class RelatedPolicy(BaseModel):
    """A policy beside the social media policy (its section 8). `hr`: shown once the way to an employer is released."""

    model_config = _STRICT
    name: Name
    flags: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    where: str = ""
    link: Link = ""
    hr: bool = False


Length = Annotated[int, Field(ge=1, le=100_000)]


class Answering(BaseModel):
    """The keys of [review] that help to answer."""

    model_config = _STRICT
    lengths: Mapping[Platform, Length] = Field(default_factory=dict)
    templates: tuple[ReplyTemplate, ...] = ()
    lines: tuple[LineToTake, ...] = ()
    related: tuple[RelatedPolicy, ...] = ()

    @model_validator(mode="after")
    def _have_keys_of_their_own(self) -> Self:
        for name, given in (("templates", self.templates), ("lines", self.lines)):
            keys = [one.key for one in given]
            if len(set(keys)) < len(keys):
                raise ValueError(f"{name}: two have the same key")
        return self
