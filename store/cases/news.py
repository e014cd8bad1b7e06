"""Of which piece of news a post tells, so that what several say of one stands together: by rules alone, and nothing is kept.

Two posts tell of one piece of news where they name the same closing of the same place, the same subject there, the same event by its
name (*the maternity review*), or pass on the same page. What somebody tells of their own care is no news, however like it is to another's.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from string import capwords

CLOSING = "closing"  # what the reason of a claim says of it
_NAMES = re.compile(r"\b[A-Z][a-z]+(?: [A-Z][a-z]+)+\b")
_CLOSES = re.compile(r"\b(?:clos(?:e[sd]?|ing|ure)|shut(?:s|ting)?|shutters)\b", re.IGNORECASE)
_OWN_CARE = (
    "Complaint",
    "Praise",
)  # how the reason begins of what somebody tells of their own care
# An event that people talk of by its name, with the one word that says which.
_EVENTS = re.compile(
    r"\b([a-z]{4,}(?: test)?) (review|inquiry|inquest|report|consultation|strike|walkout|merger|petition|proposal|plan|scandal)s?\b", re.IGNORECASE
)  # fmt: skip
# Words before such a one that name no event: what everybody has of their own, or that say nothing of which one.
_NO_NAME = frozenset(
    ["action", "also", "another", "annual", "backup", "been", "birth", "book", "bright", "care", "discharge", "each", "every", "film", "first", "from",
     "good", "google", "great", "have", "hospital", "into", "just", "last", "lunch", "meal", "medical", "medication", "more", "next", "nice", "online",
     "only", "payment", "peer", "repeat", "said", "says", "scan", "school", "some", "test", "that", "their", "they", "this", "travel", "treatment",
     "weekend", "what", "which", "will", "with", "your"]
)  # fmt: skip
_IS_OF = re.compile(
    r" (?:Hospital|Health Centre|Centre|Surgery|Practice)$"
)  # what one says and another leaves out
# Any place of its kind, which names none: "The Hospital" at the beginning of a sentence, "My Surgery"
_ANY_PLACE = re.compile(
    r"(?:The|This|That|My|Our|Your|Their|His|Her|Its|Any|Another|Every|Each|Which|What|One|No|Some|Is|In|At|To|If|And|But|So|Local|New|Old)"
    r"(?: (?:Local|New|Old|Whole))* (?:Hospital|Health Centre|Centre|Surgery|Practice|Clinic|Trust|Council|Department|Government|Doctor|Nurse|Ward)s?"
)
_PAGES = re.compile(r"https?://(?:www\.)?([\w.-]+/[^\s<>\[\]?#]{6,100})")


def tells_of_closing(words: str) -> bool:
    """Whether words say that something closes, as most rumours about a place do."""
    return bool(_CLOSES.search(words))


# Words by which a claim is denied, doubted or asked about; that it is "not true" is told as often as "fake" or by asking for a source
_DOUBTS = re.compile(
    r"\?|\b(?:not|n[o’']t|never|nothing) (?:\w+ ){0,2}(?:true|clos\w+|shut\w*|happening|going anywhere|about it)\b|\b(?:is|are|was|were|does|do|did)n[o’']t (?:\w+ ){0,2}(?:true|clos\w+|shut\w*)"
    r"|\b(?:false|untrue|fake|hoax|rumou?rs?|debunk\w*|misinformation|disinformation|made up|nonsense|rubbish|bollocks|scaremonger\w*)\b|\bno (?:truth|proof|evidence|source)\b"
    r"|\b(?:any|an?|the|your|actual|what(?:’s|'s)? the) source\b|\bsource (?:is|was|for)\b|\bany ?(?:body|one) (?:know|confirm|heard)|\bcan (?:any ?(?:body|one)|you) confirm\b|\b(?:stays?|staying|remains?|keeps?) open\b",
    re.IGNORECASE,
)


# A denial of others, told to be disbelieved: "'not closing' is what they said before they closed the last one"
_DENIED_BY_THEM = re.compile(
    r"(?:“[^“”]{3,80}”|\"[^\"]{3,80}\"|['‘][^'‘’“”\"]{3,80}['’]|\b(?:it is|it[’']s|its)? ?not (?:\w+ ){0,2}clos\w+),? ?(?:is|was|[’']s|that[’']?s) (?:just |exactly |also )?what (?:they|you|everyone|the \w+) "
    r"(?:\w+ )?(?:said|say|says|told|tell|promised|claimed)\b"
    r"|\b(?:they|the \w+) (?:also |always )?(?:said|told us|promised|swore) (?:that )?(?:it|the last one|\w+) (?:was ?n[o’']t|is ?n[o’']t|would ?n[o’']t|was not|would not) (?:\w+ )?clos\w+",
    re.IGNORECASE,
)  # fmt: skip


def doubts(words: str) -> bool:
    """Whether words deny a claim, doubt it or ask about it, so that they may say the opposite of what it says. Rather one too many: it is looked at by itself.

    What they tell that others denied is no denial of theirs.
    """
    return bool(_DOUBTS.search(_DENIED_BY_THEM.sub(" ", words)))


def topic(reason: str) -> str:
    """What a reason is about: 'closing' of 'Claim to check: closing, Hayes'."""
    return reason.partition(":")[2].partition(",")[0].partition(";")[0].strip()


def named(words: str) -> set[str]:
    """Names of two words and more that stand in words, such as that of a hospital; not of what most posts are about, nor "The Hospital"."""
    return {
        name for name in _NAMES.findall(words) if "London" not in name and not _ANY_PLACE.fullmatch(name)
    }  # fmt: skip


def short_name(place: str) -> str:
    """A place as most people call it: Central Middlesex, of Central Middlesex Hospital."""
    return _IS_OF.sub("", place)


def pieces_of_news(reason: str, masked: str, places: Collection[str]) -> frozenset[str]:
    """What a post tells of, as Rest calls it: 'maternity review'; 'closing, Central Middlesex'; 'bbc.co.uk/news/health-1'.

    `places` are those of ours that stand in it, in small letters.
    """
    here = {short_name(place) for place in ({capwords(place) for place in places} | named(masked))}  # fmt: skip
    of_own_care = reason.startswith(_OWN_CARE)
    subjects = {CLOSING} if tells_of_closing(masked) else set()
    if not of_own_care and topic(reason):
        subjects.add(topic(reason))
    pieces = {f"{subject}, {place}" for subject in subjects for place in here}
    if not of_own_care:
        pieces |= {
            f"{which} {event}".lower() for which, event in _EVENTS.findall(masked) if which.lower() not in _NO_NAME
        }  # fmt: skip
    return frozenset(pieces) | {page.rstrip("/.,") for page in _PAGES.findall(masked)}
