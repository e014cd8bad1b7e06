"""Whether a note that colleagues read says who wrote a post, or has somebody watched: words that nobody may keep of a colleague who speaks up.

Notes name colleagues all day ("Ben has case 12"), so that a name alone asks nothing. It is asked about where a name or *he* stands beside
who posted something, where somebody is to be watched or told on, and where it stands beside what an employer does with staff.
"""

from __future__ import annotations

import re

from classify.people.lists import first_names, words
from classify.people.workplace_speech import in_text
from classify.text.lexicon import given_names

_POST = r"(?:it|this|[Tt]hat|(?:[Tt]he|[Tt]his|[Tt]hat|[Tt]hose|[Tt]hese) (?:\w+ ){0,2}?(?:posts?|tweets?|threads?|comments?|blogs?|videos?|reviews?|accounts?|leaks?|rumours?))"
_WROTE = r"(?:wrote|writes|has written|posted|posts|tweeted|leaked|filmed|put up|runs|is behind|was behind)"
_PERSON = r"(?:[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)?|[Hh]e|[Ss]he|[Tt]hey)"
# Who wrote it, in so many words: no name is needed
_SAYS_WHO = re.compile(
    rf"\b(?:who(?:ever)? (?:wrote|posted|tweeted|leaked|filmed|is behind|was behind) {_POST}"
    r"|(?:we|i) (?:all )?(?:know|think we know|can guess|worked out|found out) who|must be (?:some(?:one|body) )?(?:in|from) \w+|(?:is|it’s|it's|its) probably (?:some(?:one|body) )?(?:in|from)"
    r"|(?:watch|keep (?:an|your) eyes? on|look into|look out for|speak to|report|find out about) (?:him|her|them)\b(?! back)"
    r"|(?:his|her|their) (?:line )?(?:managers?|boss(?:es)?|supervisors?|ward|team leader)\b|have a (?:quiet )?word with (?:him|her|them))",
    re.IGNORECASE,
)  # fmt: skip
_NAMED_AS_WRITER = re.compile(
    rf"\b({_PERSON})\b(?:,? (?:from|in|of|on) [\w ]{{1,30}}?,?)? (?:probably |may have |must have |has )?{_WROTE} {_POST}"
    rf"|\b(?:{_POST} (?:is|was|comes?|came) (?:written |posted )?(?:by|from) ({_PERSON}))|\b(?:account|handle) (?:is|belongs to) ({_PERSON})"
)
_WATCH = re.compile(r"\b[Ww]atch ([A-Z][\w’'-]+)|\b[Kk]eep an eye on ([A-Z][\w’'-]+)")
# What an employer does with staff
_AT_WORK = re.compile(
    r"\b(?:HR|human resources|disciplin\w+|capability|suspend\w*|dismiss\w*|sack(?:ed|ing)?|misconduct|probation|contract (?:not )?renew\w*|warning|investigat\w+|his manager|her manager)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?\n]+")
_WORD = re.compile(r"[A-Z][a-z-]+")


def doubt(text: str, colleagues: frozenset[str] = frozenset()) -> str:
    """The words of a note by which it says who wrote a post or has a person watched; "" for none. `colleagues`: given names of the team, in lower case."""
    if match := _SAYS_WHO.search(text):
        return str(match[0])
    for pattern in (_NAMED_AS_WRITER, _WATCH):
        for match in pattern.finditer(text):
            who = next(filter(None, match.groups()), "")
            if who.split()[0].lower() not in colleagues and _is_person(who):
                return str(match[0])
    for sentence in _SENTENCE.findall(text):
        names = [word for word in _WORD.findall(sentence) if _is_name(word) and word.lower() not in colleagues]  # fmt: skip
        if names and (_AT_WORK.search(sentence) or in_text(sentence)):
            return str(sentence).strip()
    return ""


def _is_person(who: str) -> bool:
    first = who.split()[0].lower()
    return first in ("he", "she", "they") or _is_name(first)


def _is_name(word: str) -> bool:
    """Whether it is a given name, and no word as well: Will, Mark and May begin sentences."""
    low = word.lower().removesuffix("’s").removesuffix("'s")
    return low in given_names() or (low in first_names() and low not in words())
