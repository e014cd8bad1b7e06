"""Finds what lets a patient or a patient's relative be identified, by rules that can be explained.

Each recogniser has a pattern, a validator where there is one, the words around it and a reason, in
the manner of Presidio; the modules of this folder hold one kind each. Whose detail it is decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from classify.text.clean import plain

from .addresses import homes
from .base import MOST, NOBODY, TYPES, Contacts, Hit, Post
from .birth_dates import births
from .contact_details import emails, phones
from .id_numbers import bank, numbers
from .names import again, names
from .narratives import stories
from .singled_out import unnamed_patients
from .spoken_numbers import in_figures

__all__ = ["TYPES", "Contacts", "Hit", "find"]

_RECOGNISERS = (numbers, births, bank, homes, phones, emails)
_WITHOUT_DIGITS = (births, homes, emails)  # those that find something told in words
# Where two overlap, the more telling type stays: what the words call it beats what it looks like.
_RANK = {
    name: place
    for place, name in enumerate((*TYPES[:12], "RELATIVE_NAME", "PATIENT_NAME", "NARRATIVE"))
}


def find(
    text: str, *, contacts: Contacts = NOBODY, bio: str = "", official: bool = False
) -> tuple[Hit, ...]:
    """Every identifier in a post, in the order in which they stand; none overlaps another.

    `official` is an account on the register: its contact points and its consented stories are no
    hits. Reads at most `plain.LIMIT` code points; what lies beyond is neither read nor shown.
    """
    post = Post(in_figures(plain(text)), contacts, bio, official)
    hits = [
        hit
        for recognise in (_RECOGNISERS if post.digits else _WITHOUT_DIGITS)
        for hit in _real(post, recognise(post))
    ]
    person_hits = [
        *_real(post, names(post, hits)),
        *_real(post, stories(post)),
        *_real(post, unnamed_patients(post)),
    ]
    person_hits += _real(post, again(post, person_hits[:20]))
    return tuple(_given(post, hit) for hit in _apart([*hits, *person_hits]))


def _real(post: Post, hits: Iterable[Hit]) -> list[Hit]:
    return [hit for hit in islice(hits, MOST) if not post.invented(hit.start, hit.end)]


def _apart(hits: Iterable[Hit]) -> list[Hit]:
    chosen: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (_RANK[hit.type], -hit.score, hit.start)):
        if hit.end > hit.start and all(
            hit.end <= other.start or hit.start >= other.end for other in chosen
        ):
            chosen.append(hit)
    return sorted(chosen, key=lambda hit: hit.start)


def _given(post: Post, hit: Hit) -> Hit:
    start, end = post.source.map_to_original(hit.start, hit.end)
    return Hit(hit.type, start, end, hit.score, hit.why)
