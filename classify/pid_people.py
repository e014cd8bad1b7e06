"""Who is told of in a post: people by name, in their role or not, and people singled out without one.

Weaker than the recognisers: what stands here is no hit, but it moves how much the model's score must say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import pid_cues as cues
from .pid_health import ILL, POSSESSION, PREDICATE
from .pid_naming import BARE, a_place, excused, trim
from .pid_post import Post
from .words import english, given_names, only_names

READ = 3000  # code points that are looked at
_TITLED = re.compile(
    r"(?:mrs?|ms|miss|baby|little|wee|uncle|aunt(?:y|ie)?|mama|papa)\b\.? ?\w", re.I
)
_BY_TITLE = re.compile(r"\b(?:mrs?|ms|miss|baby|little|wee|big|our|uncle|aunt(?:y|ie)?)\.? $")
_MONTHS = frozenset(("may", "april", "june", "august", "summer", "autumn", "winter"))
_IN_BRACKETS = re.compile(rf"^ ?\([^)\n]{{0,40}}?{ILL.pattern}")
_SIGNED = re.compile(r"(?:\n|[.!?,] )\s*$")
_LOW = re.compile(
    r"\b(?:mrs|miss|baby|little|lil|big|old man|our|uncle|aunty|auntie|aunt|nan|grandad|rip"
    r"|pray for|its|it's|nan is|mum is|dad is|called|named) (?P<name>[a-z]{3,14})\b"
)
_WORKS = re.compile(
    r"^(?:'s)?,? ?\(?(?:from|at|of|in|on) (?:the |our |my )?(?:[\w'&-]+ ){0,4}?(?:surgery"
    r"|practice|reception|pharmacy"
    r"|team|office|clinic|hub|department|pals|front desk|icb|trust|council|service|helpline|desk|admin|hr)\b"
)
_THANKED = re.compile(
    r"\b(?:thanks?|thank you|thankful|grateful|big up|shout ?out|well done|kudos|congrat\w*"
    r"|nandri|cheers|bless|hats off|nominat\w+"
    r"|award|vote for|welcome|farewell|retir\w+)\b[^.!?\n]{0,60}$"
)


def named(post: Post) -> Iterator[tuple[int, int]]:
    """People by name who are told of, and neither in their role, famous, made up nor the author."""
    for found in BARE.finditer(post.text[:READ]):
        sure = _TITLED.match(found["name"]) is not None
        name = trim(post.text, *found.span("name"), sure=sure)
        if not name or excused(post, *name) or a_place(post, *name) or post.invented(*name):
            continue
        if _personal(post, *name) and not in_role(post, *name):
            yield name
    for found in _LOW.finditer(post.low[:READ]):
        if found["name"] in only_names() and not post.invented(*found.span("name")):
            yield found.span("name")


def _personal(post: Post, start: int, end: int) -> bool:
    """Whether these are a person's names, and no other words with capitals."""
    words = post.text[start:end].split()
    first = words[0].lower().rstrip(".")
    if _TITLED.match(post.text[start:end]) or _BY_TITLE.search(post.before(start, 12)):
        return True
    if first in given_names():
        begins = post.low[:start].rstrip(" \"'(").endswith((".", "!", "?", "\n", ":")) or start < 2
        surely = first in only_names() or not begins
        return len(words) > 1 or (surely and first not in _MONTHS and not words[0].isupper())
    if len(words) == 1:
        return first not in english() and ill_of(post, end)
    return not {word.lower().removesuffix("'s") for word in words} & english()


def ill_of(post: Post, end: int) -> bool:
    """Whether a health fact is stated of what ends here: 'Fikreta has pneumonia', 'Dilys's scan'."""
    after = post.low[end : end + 110]
    return any(one.search(after) for one in (PREDICATE, POSSESSION, _IN_BRACKETS))


def in_role(post: Post, start: int, end: int) -> bool:
    """Whether somebody is told of in their role, thanked for their work, or signs the post."""
    before, after = post.before(start, 70), post.low[end : end + 110]
    if (
        cues.STAFF_TITLE.search(before[-50:])
        or cues.STAFF_AFTER.search(after)
        or cues.JOB.search(after)
        or _WORKS.search(after)
    ):
        return True
    told = cues.PREAMBLE.search(before[-50:]) or _THANKED.search(before)
    signed = _SIGNED.search(before) and not after.strip(" .!x\n")
    return bool((told or signed) and not ill_of(post, end))
