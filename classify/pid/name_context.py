"""What is a person's name in a text, and whose: nobody famous, no pet, no place, nobody made up."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice

from classify.text.lexicon import english, given_names, only_names
from classify.text.whole_words import word_starts
from core.patterns import lazy_compile

from . import vocabulary as cues
from .base import Post
from .vocabulary import BED_OF, CARED_FOR, HEALTH, ILL, IN_BED, POSSESSION, PREDICATE

WORD = r"[A-ZÀ-ÖØ-ÞŁŚŻŠČŽĐ](?:[a-zA-ZÀ-ÖØ-öø-ÿĀ-ž]|['-](?!s\b)(?=[A-Za-zÀ-öø-ÿ])){0,24}(?<!'s)"
WORD = rf"(?:[A-Z]\.(?= [A-Z])|{WORD})"
NAME = rf"{WORD}(?: (?:(?:de|van|der|den|bin|binti|al|el|da|dos|la|von|ap|ter|O') )?{WORD}){{0,3}}"
TITLE = r"(?:Mrs?|Ms|Miss|Mx|Master|Mister|Baby|Little|Old|Big|Wee|Poor)\.?"
BARE = re.compile(rf"(?<![\w@#])(?<!\w')(?P<name>{NAME})")
_NOT_NAMES_WORDS = """
i nhs gp gps icb ccg nwl nw ae icu itu hdu a&e er uk london england monday tuesday wednesday
thursday friday saturday sunday january february march april june july august september october
november december christmas easter ramadan eid diwali northwick park hillingdon charing cross
ealing harrow hounslow brent westminster chelsea kensington paddington hammersmith fulham acton
wembley uxbridge southall hayes hanwell pinner ruislip greenford northolt perivale willesden
kilburn kingsbury sudbury stanmore edgware feltham isleworth brentford twickenham chiswick
imperial middlesex central west north south east mount vernon hospital hospitals ward clinic
surgery centre trust healthcare medical practice street road avenue lane covid english british
irish indian polish somali asian african muslim christian hindu sikh jewish god jesus allah
facebook twitter google sky bbc itv channel tesco boots asda uber zoom microsoft dr doctor nurse
sister matron cancer bosnian romanian bulgarian albanian ukrainian russian chinese bengali
gujarati punjabi tamil pakistani bangladeshi nigerian ghanaian jamaican caribbean american
australian italian spanish portuguese french german greek turkish iranian iraqi syrian afghan
eritrean ethiopian kenyan scottish welsh european arab arabic sri alzheimer's parkinson's
crohn's down's mum dad nan hi hello thanks thank please sorry yes no ok lol omg wtf update rip
happy merry royal free guys st saint saints macmillan maggie's samaritans mind pals cqc ofsted
unison cnwl lnwh clch hca rn bsc council type stage group dear refunds our your my his her their
transport safety voice experience participation hr it mr mrs ms miss he she they we you it this
that the a an was is has had were been and or but in on at who said to for with from by of as so
if left told got went came did does will can could would should not never just after when while
because since his her my our its am are be me him them needs need still now then also too very
what where why how
"""
NOT_NAMES = frozenset(_NOT_NAMES_WORDS.split())


def trim(text: str, start: int, end: int, *, sure: bool) -> tuple[int, int] | None:
    """The name within what looks like one: words that are none are cut off; None where nothing stays.

    `sure` is a name after a title, where a surname may be any word ('Mrs Baker').
    """
    parts = [
        (match.start() + start, match.end() + start)
        for match in re.finditer(r"\S+", text[start:end])
    ]
    name_parts: list[tuple[int, int]] = []
    titles = 0
    for begun, done in parts:
        word = text[begun:done].rstrip(".").lower().removesuffix("'s")
        if not name_parts and re.fullmatch(
            r"mrs?|ms|miss|mx|master|mister|baby|little|old|big|wee|poor|auntie|aunty|aunt|uncle|mama|papa|nana?"
            r"|nanna|nanny|grandma|grand?dad|granny|gran|cousin|grandpa",
            word,
        ):
            name_parts.append((begun, done))
            titles = 1
        elif re.fullmatch(r"[A-Z]\.", text[begun:done]) and done < end:
            name_parts.append((begun, done))  # an initial
        elif _is_name(
            word,
            first=len(name_parts) == titles,
            sure=(sure or len(name_parts) > titles)
            and not (name_parts[titles:] and text[begun:done].isupper()),
        ):
            name_parts.append((begun, done))
        elif name_parts:
            break
    if len(name_parts) <= titles:
        return None
    last = text[name_parts[-1][0] : name_parts[-1][1]]
    return name_parts[0][0], name_parts[-1][1] - (len(last) - len(last.rstrip("."))) - (
        2 if last.endswith("'s") else 0
    )


def _is_name(word: str, *, first: bool, sure: bool) -> bool:
    if (
        word in NOT_NAMES
        or word.removesuffix("s") in NOT_NAMES
        or (len(word) < 2 and first)
        or word.startswith("i'")
    ):
        return False
    if word in given_names():
        return True
    return word not in english() or (sure and not first) or (sure and len(word) > 3 and first)


def a_place(post: Post, start: int, end: int) -> bool:
    """Whether the capitals are those of a place or a body: 'Copse Hill Surgery', 'Little Venice'."""
    words = post.low[start:end].split()
    named = words[0] in given_names()
    if any(cues.STREET.fullmatch(word) for word in words[1:]):
        return True
    if cues.PLACE_WORD.fullmatch(words[-1]) and not (named and cues.SURNAME.fullmatch(words[-1])):
        return True
    if cues.PLACE_NEXT.search(post.after(end, 30)):
        return True
    return (
        not named
        and re.search(
            r"\b(?:at|in|to|near|outside|opposite|around|across|the) $", post.before(start, 12)
        )
        is not None
    )


def excused(post: Post, start: int, end: int) -> bool:
    """Whether this is somebody famous, a pet or a person in a story that nobody takes for real."""
    low = post.low
    name, before = low[start:end], post.before(start, 60)
    told_by_staff = post.told_by_staff
    if (
        cues.FAMOUS.search(re.sub(r"^(?:mrs?|ms|miss)\.? ", "", name))
        or cues.FAMOUS_ROLE.search(before)
        or _famous_elsewhere(post, name)
    ) and not told_by_staff:
        return True
    if _of_history(low, start, end) and not told_by_staff:
        return True
    if not post.words.isdisjoint(cues.HONOURED) and any(
        match.start() <= start < match.end()
        for match in cues.OPENS.finditer(low, max(0, start - 80), end + 60)
    ):
        return True
    if cues.PET_NAME.search(before) or re.search(
        r"\b(?:cat|dog)\b.{0,80}\banswers to $", post.before(start, 120)
    ):
        return True
    around = low[max(0, start - 160) : end + 160]
    if (
        cues.PETS.search(around)
        and not re.search(rf"\b(?:{cues.KIN}|mrs?|miss|ms|patient)\.? $", before)
        and re.search(r"\bvets?\b|\bveterinary\b|\bkennel", around)
    ):
        return True
    return not told_by_staff and any(
        start - 250 <= first
        and last <= end + 250
        and not cues.SIMILE.search(low, max(0, first - 60), first)
        for first, last in post.fiction
    )


def _famous_elsewhere(post: Post, name: str) -> bool:
    """Whether the post says of the same name elsewhere what it is famous for: looked for once a name."""
    known = post.famous_elsewhere.get(name)
    if known is None:
        known = post.famous_elsewhere[name] = any(
            cues.FAMOUS_ROLE.search(post.low, max(0, start - 40), start)
            for start in islice(word_starts(name, post.low), 5)
        )
    return known


_CENTURIES_AGO = re.compile(
    r"\b(?:in|of|from|to|since|until|c\.?|circa|d\.) ?1[5-8]\d\d\b|\b(?:a|blue) plaque (?:to|for)\b"
)
_REIGNED = re.compile(r" [ivx]{2,5}$")


def _of_history(low: str, start: int, end: int) -> bool:
    """Whether this is a king by his number, or somebody who lived centuries ago."""
    if _REIGNED.search(low[start:end]):
        return True
    return _CENTURIES_AGO.search(low, max(0, start - 120), end + 120) is not None


def is_patients(before: str, after: str) -> bool:
    """Whether the words around a name make it a patient's: in a bed, cared for, with a body part."""
    bed = IN_BED.search(after) or BED_OF.search(before)
    return bool(
        bed
        or POSSESSION.search(after)
        or (CARED_FOR.search(before) and not re.search(r"\b(?:me|by)\b[^.]{0,10}$", before))
    )


def has_health_fact(post: Post, start: int, *, reach: int) -> bool:
    """Whether a health fact stands in the sentence, or in `reach` sentences around it."""
    return HEALTH.search(post.around(start, reach)) is not None


def goes_on(post: Post, end: int) -> bool:
    """Whether the next sentence tells of the same person's health: 'She's 91, her ulcer clinic …'."""
    place = bisect_right(post.sentences, end)
    if place >= len(post.sentences) - 1:
        return False
    following = post.low[post.sentences[place] : post.sentences[place + 1]][:200]
    return cues.PRONOUN.search(following) is not None and ILL.search(following) is not None


# ── Who is told of in a post: by name, in their role or not, or singled out without one.
#
# Weaker than the recognisers: what stands here is no hit, but it moves how much the model's score must say.

READ = 3000  # code points that are looked at
_TITLED = re.compile(
    r"(?:mrs?|ms|miss|baby|little|wee|uncle|aunt(?:y|ie)?|mama|papa)\b\.? ?\w", re.I
)
_BY_TITLE = re.compile(r"\b(?:mrs?|ms|miss|baby|little|wee|big|our|uncle|aunt(?:y|ie)?)\.? $")
_MONTHS = frozenset(("may", "april", "june", "august", "summer", "autumn", "winter"))
_IN_BRACKETS = lazy_compile(rf"^ ?\([^)\n]{{0,40}}?{ILL.pattern}")
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
    for match in BARE.finditer(post.text[:READ]):
        sure = _TITLED.match(match["name"]) is not None
        name = trim(post.text, *match.span("name"), sure=sure)
        if not name or excused(post, *name) or a_place(post, *name) or post.invented(*name):
            continue
        if _personal(post, *name) and not in_role(post, *name):
            yield name
    for match in _LOW.finditer(post.low[:READ]):
        if match["name"] in only_names() and not post.invented(*match.span("name")):
            yield match.span("name")


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
    return any(pattern.search(after) for pattern in (PREDICATE, POSSESSION, _IN_BRACKETS))


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
    credited = cues.PREAMBLE.search(before[-50:]) or _THANKED.search(before)
    signed = _SIGNED.search(before) and not after.strip(" .!x\n")
    return bool((credited or signed) and not ill_of(post, end))
