"""Hate in the words of a claim: whoever claims to be wronged for abusing a group abuses it all the same.

'Discriminated against for saying …' is read as discrimination, whatever follows. So slurs, and groups called vermin or terrorists, count as
their author's own where they say them of others, and as what was said to the author where they tell so ('he called me a …', a word on a locker).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from classify.text.literals import Sought
from core.patterns import lazy_compile

LONGEST = 20_000  # code points that are searched
NEAR = 120  # code points before a slur in which somebody says whose it is
AFTER = 60  # and behind it

_SLUR = Sought(
    r"\b(?:pak(?:i|y|ki)(?:s|es)?|wogs?|chink(?:y|ies|s)?|nigg(?:er|a)s?|coons?|gooks?|spics?|kikes?|yids?|(?:rag|towel)-?heads?|dark(?:y|ie|ies)|golliwogs?"
    r"|faggots?|poof(?:s|ters?)?|dykes?|lezz(?:a|er)s?|trann(?:y|ies)|she-?males?|pikey(?:s)?|gypp(?:o|os|y)|gippos?|mongs?|spastics?|spaz(?:zes)?|retards?|window-?lickers?)\b",
    re.IGNORECASE,
)
_GROUP = (
    r"(?:muslims?|jews|jewish people|blacks|black people|asians|indians|africans|somalis|romanians|poles|arabs|immigrants|migrants|foreigners|refugees|gyps(?:y|ies)|travellers|roma"
    r"|gays?|lesbians|queers|trans(?:gender)? (?:people|women|men)|disabled people|the disabled|hindus|sikhs|christians|catholics)"
)
_TROPE = Sought(
    rf"\b{_GROUP} (?:\w+ ){{0,3}}?(?:are|is|as|were|being) (?:all |just |only |nothing but |mostly |basically |the |a |an )*"
    r"(?:terrorists?|vermin|animals?|scum|savages?|filth(?:y)?|dirty|parasites?|cockroach(?:es)?|rats?|rapists?|groomers?|paedo\w*|criminals?|subhuman|inferior|diseased?|unclean|backward|lazy|thick|sick|mentally ill|a disease|an abomination|abominations?)\b"
    rf"|\b{_GROUP} (?:spread|carry|bring) (?:\w+ )?(?:diseases?|aids|hiv|germs)\b|\b{_GROUP} (?:should ?n[o']t|shouldn't|do ?n[o']t deserve to|don't deserve to|have no right to|must not|can't be trusted to|cannot be trusted to) (?:be|run|work|manage|lead|nurse|treat|care|teach|have)\b",
    re.IGNORECASE,
)
# Somebody says them of others, and tells that they were not let
_SAYS_IT = re.compile(
    r"(?:\bmy (?:own )?(?:comments?|jokes?|remarks?|posts?|opinions?|views?|words?)(?: (?:about|on|that|of)\b|:)|\b(?:for|because of|over|about) (?:me |my |only |just |simply |once |merely |openly )*(?:saying|calling|using|telling|posting|joking|pointing out|mentioning|writing|thinking|believing|refusing)"
    r"|(?:because|when|after|since|that|if|once) (?:i|we) (?:only |just |once |simply )?(?:said|say|called|call|used|told|posted|wrote|pointed out|think|thought|refuse|refused)"
    r"|(?:i|we|you|one|people|nobody) (?:can ?not|can't|cannot|couldn't|can no longer|may not|mustn't|am not allowed to|'m not allowed to|are not allowed to|isn't allowed to|aren't allowed to)(?: even)? (?:say|call|use|tell|write|point)|what everyone (?:thinks|knows)|telling the truth)\b",
    re.IGNORECASE,
)
# Or it was said to them, or of them, or they speak of the word, or of themselves
_SAID_TO_THEM = lazy_compile(
    r"\b(?:call(?:s|ed|ing)? (?:me|us|him|her|them|my \w+)|(?:be|being|been|was|were|got|get|getting|am|i'm|is|are) (?:\w+ )?call(?:ed)?|called an?|refer(?:s|red|ring)? to (?:me|us|him|her|my \w+|one of \w+) as|nicknam\w+|labelled|branded"
    r"|shout\w*|yell\w*|scream\w*|spat|hiss\w*|mutter\w*|whisper\w*|sprayed|scrawl\w*|scratched|graffiti|wrote|writes|written|note|locker|heard|hears?|overheard|hearing|(?:he|she|they|patients?|colleagues?|managers?|somebody|someone|who) (?:\w+ )?(?:said|says|say|told|tells|used|uses|use|asked|joke[sd]?|laugh\w*)"
    r"|told (?:me|us) (?:i|we|to)|told to|said (?:it |that )?to (?:me|us|my)|(?:the|that|this) (?:\w+ )?(?:word|slur|term|insult|name)s?|slurs?|at me|at us|to my face|behind my back|reclaim\w*|(?:don't|do not|never|stop|please) (?:call|say|use))\b",
    re.IGNORECASE,
)
# Right before it: they speak of themselves, or of their own
_OF_THEMSELVES = re.compile(
    r"\b(?:as|i am|i'm|being|was|am) (?:an?|the) (?:\w+ ){0,2}$|\b(?:us|we|fellow|proud|my fellow|we are|we're) (?:\w+ )?$",
    re.IGNORECASE,
)
_IS_SAID_BEHIND = re.compile(
    r"^[\"'”’]?\s*(?:\w+ ){0,3}?(?:is what|was what|were what|they (?:said|called|shouted|say|call)|he (?:said|called|shouted|says|calls)|she (?:said|called|shouted|says|calls)|(?:was|were|is) (?:written|shouted|sprayed|scrawled|scratched|said|on my|on the)|shouted|on my (?:locker|desk|door|car)|myself|like me)\b",
    re.IGNORECASE,
)
_TO_ME = re.compile(
    r"\b(?:call\w* (?:me|us)|told (?:me|us)|to (?:me|us)|at (?:me|us))\b", re.IGNORECASE
)
_ONE_OF_THEM = re.compile(
    r"\b(?:some|another|every|any|no|these|those|that|a|an|bloody|fucking|dirty|filthy) (?:\w+ )?$",
    re.IGNORECASE,
)
_OPENS = re.compile(r"(?:^|(?<=[\s(:,]))[\"“‘'«](?=\w)")
_CLOSES = re.compile(r"[\"”’'»](?=$|[\s.,!?;:)])")


@lru_cache(maxsize=16)  # what protects a post and its flags ask for the same text
def own_hate_in(text: str) -> tuple[tuple[int, int], ...]:
    """Where slurs or tropes of a protected group stand that the author says of others: half open, in code points.

    None of what was said to the author or of them, nor of a word that they speak about. Who tells that they may not say it says it.
    """
    words = text[:LONGEST].replace("’", "'").replace("‘", "'")
    return tuple(_own_ones(words))


def _own_ones(words: str) -> Iterator[tuple[int, int]]:
    for match in _SLUR.finditer(words):
        if not _is_name(words, match) and (_is_said(words, match.start()) or _is_used(words, match.span())):  # fmt: skip
            yield match.span()
    for match in _TROPE.finditer(words):  # of no slur: only where they tell that they say it
        if _is_said(words, match.start()):
            yield match.span()


def _is_name(words: str, match: re.Match[str]) -> bool:
    """Whether it is a surname or a place in all likelihood: Greg Dyke, Coon Lane."""
    before = words[: match.start()].rstrip()
    capital = match.group()[:1].isupper() and match.group().lower() in (
        "dyke",
        "dykes",
        "coon",
        "mong",
        "spic",
    )
    return capital and bool(before) and before[-1] not in ".!?"


def _is_said(words: str, start: int) -> bool:
    """Whether the author tells that they say it, or were not let."""
    before = words[max(0, start - NEAR) : start]
    says = max((match.end() for match in _SAYS_IT.finditer(before)), default=-1)
    return says >= 0 and _TO_ME.search(before[says:]) is None


def _is_used(words: str, span: tuple[int, int]) -> bool:
    """Whether a slur stands as one says it of others, and nobody is told to have said it.

    Whoever was called so is not to be accused: where it is not plain it is not theirs.
    """
    before = words[max(0, span[0] - NEAR) : span[0]]
    if _SAID_TO_THEM.search(words) or _OF_THEMSELVES.search(before) or _is_quoted(words, span):
        return False
    if _IS_SAID_BEHIND.search(words[span[1] : span[1] + AFTER]):
        return False
    several = words[span[0] : span[1]].lower().endswith("s")
    return several or _ONE_OF_THEM.search(before) is not None


def _is_quoted(words: str, span: tuple[int, int]) -> bool:
    """Whether a quotation that began before it is not over."""
    opened = [match.end() for match in _OPENS.finditer(words[: span[0]])]
    return bool(opened) and _CLOSES.search(words[opened[-1] : span[0]]) is None
