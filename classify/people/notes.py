"""Whether a note that colleagues read says who wrote a post, or has somebody watched: words that nobody may keep of a colleague who speaks up.

Notes name colleagues all day ("Ben has case 12"), so that a name alone asks nothing. It is asked about where a name or *he* stands beside
who posted something, where somebody is to be watched or told on, and where it stands beside what an employer does with staff. A handle
names its writer as a name does, and is asked about wherever it stands.
"""

from __future__ import annotations

import re

from classify.people.lists import dictionary, field, first_names, places, telling, words
from classify.people.workplace_speech import in_text
from classify.text.lexicon import given_names

_POST = r"(?:it|this|[Tt]hat|(?:[Tt]he|[Tt]his|[Tt]hat|[Tt]hose|[Tt]hese) (?:\w+ ){0,2}?(?:posts?|tweets?|threads?|comments?|blogs?|videos?|reviews?|accounts?|leaks?|rumours?))"
_WROTE = r"(?:wrote|writes|has written|posted|posts|tweeted|leaked|filmed|put up|runs|is behind|was behind)"
_PERSON = r"(?:[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)?|[Hh]e|[Ss]he|[Tt]hey)"
_WRITER = r"(?:he|she|they|the (?:writer|author|poster|account)|who(?:ever)?\b[^.!?\n]{0,40}?)"
# What a team does that a case is with: *let me know when they have confirmed*
_ANSWERS = r"(?:(?:have|’ve|'ve)(?! (?:posted|written|tweeted|been (?:on|at)))|repl(?:y|ied)|answer|confirm|respond|decide|ring|call|say|get|need|want|send|are (?:back|done|finished|ready|open))"
# Who wrote it, in so many words: no name is needed
_SAYS_WHO = re.compile(
    rf"\b(?:who(?:ever)? (?:wrote|posted|tweeted|leaked|filmed|is behind|was behind) {_POST}"
    rf"|(?:we|i) (?:all )?(?:know|think we know|can guess|worked out|found out) who\b(?! (?:to|has (?:it|the case)|is on|answers|deals)\b)|{_WRITER} (?:must be|(?:is|are) probably) (?:in|from) (?!by\b)\w+"
    r"|(?:must be|probably) some(?:one|body) (?:in|from)|(?:this|it)(?: is|[’']s) probably from"
    r"|(?:watch|keep (?:an|your) eyes? on|look out for|find out about) (?:him|her|them)\b(?! back)|(?:look into|speak to|report) (?:him|her)\b(?! back)"
    r"|(?:his|her|their) (?:line )?(?:managers?|boss(?:es)?|supervisors?|team leader|matron|head of department)\b|(?:tell|let|ring|email|inform|contact) (?:his|her|their) ward\b"
    rf"|(?:let (?:me|us) know|tell (?:me|us)) when (?:he|she|they(?! {_ANSWERS}\b))\b|have a (?:quiet )?word with (?:him|her|them))",
    re.IGNORECASE,
)  # fmt: skip
_NAMED_AS_WRITER = re.compile(
    rf"\b({_PERSON})\b(?:,? (?:from|in|of|on) [\w ]{{1,30}}?,?)? (?:probably |may have |must have |has )?{_WROTE} {_POST}"
    rf"|\b(?:{_POST} (?:is|was|comes?|came) (?:written |posted )?(?:by|from) ({_PERSON}))|\b(?:account|handle) (?:is|belongs to) ({_PERSON})"
)
_EYE = r"(?:[Ww]atch(?: out for)?|(?:[Kk]eep |[Hh]ave )?(?:an |a close |your |both )?[Ee]yes? on|[Ll]ook out for|[Mm]onitor|[Ff]ollow)"
_WATCH = re.compile(rf"\b{_EYE} ([A-Za-z][\w’'-]+)")
_STAFF = (
    r"(?:guys?|m[ae]n|wom[ae]n|lads?|girls?|chaps?|blokes?|lady|ladies|person|people|poster|writer|author|whistle-?blowers?|nurses?|sisters?|midwi(?:fe|ves)|doctors?|registrars?|consultants?"
    r"|porters?|hcas?|clerks?|stewards?|union reps?|matrons?|paramedics?|pharmacists?|physios?|therapists?|receptionists?|cleaners?|carers?|colleagues?|staff|students?|accounts? (?:that|who|which))"
)
# What staff are in the news for is followed, and not they
_NEWS = r"(?!(?:[’']s?)? (?:\w+ )?(?:strikes?|surveys?|disputes?|ballots?|story|stories|threads?|votes?|walkouts?)\b)"
_WATCHED_KIND = re.compile(
    rf"\b{_EYE} (?:the|that|this|those|our|a) (?:[\w’'-]+ ){{0,3}}?{_STAFF}\b{_NEWS}", re.IGNORECASE
)
_AGAIN = re.compile(
    rf"\b{_STAFF}\b[^.!?\n]{{0,60}}\b(?:at it|posted|posting|posts|writes|written|wrote|tweeted) again\b",
    re.IGNORECASE,
)
# An account by its shape: no address of an email or a page, and no file
_HANDLE = re.compile(
    r"(?<![\w@./=-])(?:@(\w[\w.-]+\w)|([A-Za-z0-9]+(?:_[A-Za-z0-9]+)+))(?![\w@/]|\.\w)"
)
_MAYBE_HANDLE = re.compile(r"(?<![\w@./=-])@?(\w[\w.-]+\w)")
# What an employer does with staff
_AT_WORK = re.compile(
    r"\b(?:HR|human resources|disciplin\w+|capability|suspend\w*|dismiss\w*|sack(?:ed|ing)?|misconduct|probation|contract (?:not )?renew\w*|warning|investigat\w+|his manager|her manager)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?\n]+")
_WORD = re.compile(r"[A-Z][a-z-]+")
# A name that hospitals, wards and streets have: St Mary’s, Queen Charlotte’s
_OF_A_PLACE = re.compile(r"\b(?:St\.?|Saint|Queen|King|Princess|Prince|Royal|Lady) [A-Z][a-z-]+")


def doubt(
    text: str, colleagues: frozenset[str] = frozenset(), *, accounts: frozenset[str] = frozenset(), bodies: frozenset[str] = frozenset(),
) -> str:  # fmt: skip
    """The words of a note by which it says who wrote a post or has a person watched; "" for none.

    `colleagues`: given names of the team; `accounts`: who wrote posts of the desk; `bodies`: accounts that are no person's; all in lower case.
    """
    for pattern in (_SAYS_WHO, _WATCHED_KIND, _AGAIN):
        if match := pattern.search(text):
            return str(match[0])
    for match in _HANDLE.finditer(text):
        if (match[1] or match[2]).lower() not in bodies:
            return str(match[0])
    for word in may_be_handles(text, colleagues | bodies):
        if word in accounts:
            return word
    for pattern in (_NAMED_AS_WRITER, _WATCH):
        for match in pattern.finditer(text):
            who = next(filter(None, match.groups()), "")
            if (
                who.split()[0].lower() not in colleagues
                and _is_person(who)
                and (pattern is not _WATCH or _is_watched(who))
            ):
                return str(match[0])
    for sentence in _SENTENCE.findall(text):
        names = [word for word in _WORD.findall(sentence) if _is_name(word) and word.lower() not in colleagues]  # fmt: skip
        if names and (_AT_WORK.search(sentence) or in_text(sentence)):
            return str(sentence).strip()
    return ""


def names(text: str) -> list[str]:
    """The words of a short line that are a person's given name, and no word or place as well; none of what a place is called by."""
    return [word for word in _WORD.findall(_OF_A_PLACE.sub(" ", text)) if word.lower() in telling()]


def may_be_handles(text: str, but: frozenset[str] = frozenset()) -> list[str]:
    """The words of a note that may be an account's name, in lower case: none that is an English word or one of ours, nor among `but`."""
    candidates = dict.fromkeys(match.lower() for match in _MAYBE_HANDLE.findall(text))
    return [word for word in candidates if word not in but and not word.isdigit() and word not in words() and word not in dictionary() and word not in field() and word not in places()]  # fmt: skip


def _is_watched(who: str) -> bool:
    """Whether a word behind *watch* is a name there: in small letters only where it is no word, so that *watch may* isn't."""
    return who[0].isupper() or who not in words()


def _is_person(who: str) -> bool:
    first = who.split()[0].lower()
    return first in ("he", "she", "they") or _is_name(first)


def _is_name(word: str) -> bool:
    """Whether it is a given name, and no word as well: Will, Mark and May begin sentences."""
    low = word.lower().removesuffix("’s").removesuffix("'s")
    return low in given_names() or (low in first_names() and low not in words())
