"""Recognises a patient or a patient's relative by name with a health fact; role decides, not the name.

Staff in their role, the famous, pets and the made up have names with health facts too, and are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from classify.text.lexicon import english, given_names, only_names
from core.patterns import lazy_compile

from . import vocabulary as cues
from .base import Hit, Post
from .context import cares_for_patients
from .name_context import (
    BARE,
    NAME,
    TITLE,
    WORD,
    a_place,
    excused,
    goes_on,
    has_health_fact,
    is_patients,
    trim,
)
from .vocabulary import CLINIC, HEALTH, ILL, OUR_WARD, PREDICATE, PREDICATE_FROM

_PATIENT = re.compile(
    rf"(?i:(?<!\w){cues.PATIENT}(?:'s name)?(?: (?:is|was|called|named|name|name is))?[,:;-]? "
    rf"(?:\(|called |named |surname )?)(?P<name>(?:{TITLE} )?{NAME})"
)
_TITLED = re.compile(rf"(?<!\w)(?<!\w')(?P<name>(?:{TITLE}|MRS?|MS|MISS) {NAME})")
_LOW_TITLED = re.compile(
    r"(?<!\w)(?<!\w')(?P<name>(?:mrs?|ms|miss)\.? (?P<sur>[a-zà-ÿ'-]{3,20}))(?!\w)"
)
_BODY = (
    r"(?:legs?|foot|feet|toes?|hips?|knees?|arms?|skin|chest|cough|breathing|stump|bowels?|bladder|heart|lungs?"
    r"|kidneys?|liver|wounds?|ulcers?|sores?|catheter|stoma|colostomy|drips?|cannula|dressings?|pads?|bag"
    r"|bloods?|biopsy|obs|sats|sugars|insulin|meds|dnar|dnr|dnacpr|feeding tube|falls?|fits|od|overdose)"
)
_OWNED = lazy_compile(
    r"(?<!\w)(?<!\w')(?P<name>(?:mrs?|ms|miss)\.? (?P<sur>[a-zà-ÿ-]{2,18}[a-zà-ÿ]))(?:'s|s'|s) "
    rf"(?:(?:own|poor|left|right|bad|other|good) )?(?:(?P<body>{_BODY})|face|back|head|eyes?|room"
    rf"|{cues.KIN})\b"
)
_SAFE_SURNAMES_WORDS = "cook baker taylor hill wood green brown white black king young"
_SAFE_SURNAMES = frozenset(_SAFE_SURNAMES_WORDS.split())
_AT_WORK = re.compile(
    r"^'?s? (?:clinic|team|list|patients|secretary|office|surgery|rounds?)\b"
    r"|^ (?:takes|teaches|leads|gives|runs) (?:the|our|a) (?:\w+ )?(?:class|course|session|group|clinic)\b"
)
_TITLES = frozenset(("mr", "mrs", "ms", "miss"))
_WARD_WORDS = frozenset(("bed", "bay", "patient", "pt", "notes", "section", "nhs", "dob", "mrn"))
_OF_A_WARD = re.compile(r"\bd\.o\.b\b|\d[/.]\d")
_SIGNS = re.compile(r"\b(?:name is|name's|regards|sincerely|thank you|thanks)\b")


def names(post: Post, identifiers: Sequence[Hit]) -> Iterator[Hit]:
    """Names of patients and relatives; one that stands beside one of `identifiers` needs no more.

    An official account's stories are told with consent.
    """
    if post.official:
        return
    yield from _own(post, identifiers)
    if post.consented:
        return
    titled = not post.words.isdisjoint(_TITLES)
    told_of_health = identifiers or _of_a_ward(post) or post.says(HEALTH)
    if titled and (told_of_health or cares_for_patients(post)):
        yield from _owned(post)
    if not told_of_health:
        return
    yield from relatives(post)
    yield from _called_patient(post)
    for match in _TITLED.finditer(post.text):
        yield from _titled(post, identifiers, match)
    yield from _bare(post, identifiers)
    if titled:
        yield from _lower_titled(post)


def _of_a_ward(post: Post) -> bool:
    return not post.words.isdisjoint(_WARD_WORDS) or post.says(_OF_A_WARD)


def _own(post: Post, identifiers: Sequence[Hit]) -> Iterator[Hit]:
    """The author's own name counts where a number of their own stands beside it."""
    if not identifiers or not (post.says(cues.OWN_NAME) or post.says(_SIGNS)):
        return
    for match in BARE.finditer(post.text):
        name = trim(post.text, *match.span("name"), sure=False)
        if (
            name
            and " " in post.text[name[0] : name[1]]
            and cues.OWN_NAME.search(post.before(name[0], 30))
        ):
            yield Hit("PATIENT_NAME", *name, 0.8, "the author's name beside a number of their own")


def _called_patient(post: Post) -> Iterator[Hit]:
    for match in _PATIENT.finditer(post.text):
        name = trim(post.text, *match.span("name"), sure=False)
        if not name or excused(post, *name) or a_place(post, *name):
            continue
        word = post.text[name[0] : name[1]]
        introduced = re.search(r"(?:[,:;]|called|named|name|is|was) $", post.before(name[0], 10))
        ill = word.lower() not in english() and PREDICATE.search(post.after(name[1], 110))
        if " " not in word and word.lower() not in given_names() and not (introduced or ill):
            continue
        if not cues.STAFF_AFTER.search(post.low[name[1] : name[1] + 90]):
            yield Hit("PATIENT_NAME", *name, 0.9, "a name after the word for a patient")


def _titled(post: Post, identifiers: Sequence[Hit], match: re.Match[str]) -> Iterator[Hit]:
    start, end = match.span("name")
    name = trim(post.text, start, end, sure=True)
    if not name or excused(post, *name):
        return
    words = post.low[name[0] : name[1]].split()
    if words[0] in ("little", "old", "big", "wee", "poor", "baby") and (
        a_place(post, *name) or not (words[1] in given_names() or len(words) > 2)
    ):
        return
    start, end = name
    before, after = post.before(start, 50), post.low[end : end + 110]
    if is_patients(before, after):
        yield Hit("PATIENT_NAME", start, end, 0.95, "a person told as a patient")
        return
    if (
        cues.STAFF_TITLE.search(before)
        or cues.STAFF_AFTER.search(after)
        or cues.PREAMBLE.search(before)
        or before.endswith("your ")
    ):
        return
    mine = cues.MINE.search(after[:70])
    if _beside(identifiers, start, end) or (
        cues.NAMED_AS.search(before) and has_health_fact(post, start, reach=1)
    ):
        yield Hit(
            "PATIENT_NAME",
            start,
            end,
            0.85,
            "a person with a title beside an identifier, or prayed or asked for",
        )
        return
    if PREDICATE.search(after) or (
        not mine and (ILL.search(post.around(start, 0)) or goes_on(post, end))
    ):
        yield Hit("PATIENT_NAME", start, end, 0.8, "a person with a title and a health fact")


def _bare(post: Post, identifiers: Sequence[Hit]) -> Iterator[Hit]:
    """Names without a title or a kin word: only where the words make the person a patient."""
    if _shouted(post.text[:400]):
        return
    for match in BARE.finditer(post.text):
        name = trim(post.text, *match.span("name"), sure=False)
        if not name or excused(post, *name) or a_place(post, *name):
            continue
        score = _as_patient(post, identifiers, *name)
        if score:
            yield Hit("PATIENT_NAME", *name, score, "a person named with a health fact")


def _shouted(text: str) -> bool:
    letters = sum(map(str.isalpha, text))
    return sum(map(str.isupper, text)) > 0.6 * max(1, letters)


def _as_patient(post: Post, identifiers: Sequence[Hit], start: int, end: int) -> float:
    """How sure it is that a bare name is a patient's, from the words around it."""
    before, after = post.before(start, 50), post.low[end : end + 110]
    word = post.text[start:end]
    first, full = word.split()[0].lower().rstrip("."), " " in word
    if OUR_WARD.search(after) and not cues.CLINICIAN.search(before):
        return 0.85
    if cues.STAFF_TITLE.search(before) or cues.STAFF_AFTER.search(after):
        return 0.0
    if full and _beside(identifiers, start, end):
        return 0.8
    patients = is_patients(before, after) or (
        full and CLINIC.search(after) is not None and re.search(r"\b(?:saw|seen|had|met) $", before)
    )
    named = first in given_names()
    if cues.PREAMBLE.search(before) or (word.isupper() and len(word) < 8 and not named):
        return 0.0
    if not full and first not in only_names() and not (named and patients):
        return 0.0
    named_as_ill = cues.NAMED_AS.search(before) and HEALTH.search(post.around(start, 1))
    stated = PREDICATE.search(after) or PREDICATE_FROM.search(after)
    if (
        patients
        or stated
        or named_as_ill
        or _aged(post, start, after)
        or (full and named and goes_on(post, end))
    ):
        return 0.85 if full else 0.7
    return 0.0


def _beside(identifiers: Sequence[Hit], start: int, end: int) -> bool:
    return any(
        -2 <= start - identifier.end <= 20 or -2 <= identifier.start - end <= 30
        for identifier in identifiers
    )


def _aged(post: Post, start: int, after: str) -> bool:
    """Whether an age stands after the name, as in the news: 'Ivy Blackstock, 88, of …'."""
    return cues.AGE.search(after) is not None and has_health_fact(post, start, reach=1)


# Who gave an illness their name: 'my dad (Parkinsons, I'm his carer)'.
_ILLNESSES = frozenset(
    (
        "parkinson", "alzheimer", "crohn", "huntington", "hodgkin", "tourette", "asperger", "addison", "cushing", "raynaud", "sjogren", "bell",
        "wilson", "hashimoto", "meniere", "menière", "paget", "barrett", "down", "korsakoff", "lewy",
    )
)  # fmt: skip


def _is_the_illness(written: str) -> bool:
    """'MS' in capitals alone is multiple sclerosis: 'I have MS. Hillingdon helped'."""
    return written.startswith("MS") and not written.isupper()


def _is_an_illness(written: str) -> bool:
    """Whether one word stands for an illness that is called after somebody."""
    word = written.lower()
    return word.replace("'s", "").replace("’s", "") in _ILLNESSES or word.removesuffix("s") in _ILLNESSES  # fmt: skip


def _lower_titled(post: Post) -> Iterator[Hit]:
    for match in _LOW_TITLED.finditer(post.low):
        start, end = match.span("name")
        before, after = post.before(start, 50), post.low[end : end + 110]
        if match["sur"] in {
            "and",
            "the",
            "who",
            "you",
            "out",
            "or",
            "it",
            "my",
            "right",
            "me",
            "a",
            "him",
            "her",
            "them",
            "our",
        } or excused(post, start, end):
            continue
        if _is_the_illness(post.text[start:end]) or _AT_WORK.search(after):
            continue
        if is_patients(before, after) or (
            match["sur"] not in english()
            and PREDICATE.search(after)
            and not cues.STAFF_AFTER.search(after)
        ):
            yield Hit("PATIENT_NAME", start, end, 0.85, "a person told as a patient")
        elif _typed_low(post, start, end) and _told_as_ill(post, start, end):
            yield Hit("PATIENT_NAME", start, end, 0.7, "a person with a title and a health fact")


def _typed_low(post: Post, start: int, end: int) -> bool:
    """Whether a titled name that is no English word stands in small letters: 'mr oyelaran'."""
    written = post.text[start:end]
    return written.islower() and written.split()[-1] not in english()


def _told_as_ill(post: Post, start: int, end: int) -> bool:
    """Whether the words near a name tell of an illness of that person, and not of staff or the author."""
    before, after = post.before(start, 50), post.low[end : end + 110]
    in_role = (
        cues.STAFF_TITLE.search(before)
        or cues.PREAMBLE.search(before)
        or cues.STAFF_AFTER.search(after)
        or cues.JOB.search(after)
    )
    if in_role or cues.MINE.search(after[:70]) or re.search(r"\bmy\b", after[:70]):
        return False
    return ILL.search(post.around(start, 0)) is not None or goes_on(post, end)


def _owned(post: Post) -> Iterator[Hit]:
    """A titled person's body, belongings or kin, as typed in haste: 'mr henshaws leg', 'mrs okoros son'."""
    for match in _OWNED.finditer(post.low):
        start, end = match.span("name")
        surname = match["sur"]
        if surname == "so-and-so" or (surname in english() and surname not in _SAFE_SURNAMES):
            continue
        before, after = post.before(start, 50), post.low[match.end() : match.end() + 70]
        role = cues.STAFF_TITLE.search(before) or re.search(r"\b(?:on me|my)\b", after)
        if role or excused(post, start, end):
            continue
        if match["body"] or (has_health_fact(post, start, reach=1) and cares_for_patients(post)):
            yield Hit("PATIENT_NAME", start, end, 0.85, "a person's body or belongings on a ward")


def again(post: Post, hits: Sequence[Hit]) -> Iterator[Hit]:
    """The full name of somebody who was hit by the first name elsewhere: 'my uncle Ferdie … Ferdie Quansah'."""
    known = {
        post.text[hit.start : hit.end]: hit
        for hit in hits
        if hit.type in ("PATIENT_NAME", "RELATIVE_NAME")
    }
    for known_name, hit in known.items():
        first = known_name.split()[-1]
        for match in re.finditer(rf"(?<!\w){re.escape(first)} {WORD}", post.text):
            name = trim(post.text, *match.span(), sure=False)
            if name and " " in post.text[slice(*name)]:
                yield Hit(hit.type, *name, hit.score, hit.why)


# ── Recognises a relative, a friend or a neighbour who is named with a health fact. ───────────────

_KIN = re.compile(
    r"(?i:(?<!\w)(?P<whose>my|our|her|his|their|your|me|a|the|this|'s|\w+'s|hubby|poor)(?: own)? "
    r"(?:(?:late|elderly|dear|dearest|poor|little|big|older|younger|old|young|step|beautiful"
    rf"|lovely|amazing|darling|only|eldest|youngest|middle|great|baby|best|next door|\d{{1,3}}"
    rf"[- ]?(?:yr|year|month|week)s?[- ]old|\d{{1,2}}yo|disabled|autistic|pregnant|foster|adopted"
    rf"|twin|close|good|upstairs|downstairs),? ){{0,3}}"
    rf"(?:great[- ])?(?P<kin>{cues.KIN}|{cues.FRIEND})(?:-?(?: |-)in-?(?: |-)law)?(?!\w)(?:,| \("
    r"|'s name (?:is|was)| (?:is )?(?:called|named)|,? whose name is|:)? ?(?:\(?surname )?) "
    rf"?(?P<name>(?:{TITLE} )?{NAME})"
)
_KIN_LISTED = re.compile(
    r"(?i:(?<!\w)(?:next of kin|nok|husband|wife|son|daughter|mother|father|partner) ?(?:[(:]|is"
    rf"|=) ?)(?P<name>(?:{TITLE} )?{NAME})"
)
_KIN_TITLE = re.compile(
    r"(?<!\w)(?<!\w')(?P<name>(?:Mama|Papa|Dziadek|Babcia|Nani|Dadi|Amma|Ammi|Appa|Abbu|Abuela|Hooyo"
    r"|Ayeeyo|Masi|Chacha|Chachi|Bhabhi|Auntie|Aunty|Aunt|Uncle|Nan|Nana|Nanna|Nanny|Grandma|Grandad"
    rf"|Granddad|Granny|Gran|Cousin|Grandpa) {NAME})"
)
_KIN_AFTER = re.compile(
    rf"(?P<name>{NAME}),? \(?(?i:(?:is |was )?(?:my|our|his|her|their) (?:\w+ "
    rf"){{0,2}}{cues.KIN})\b(?!')"
)
_OF_KIN = re.compile(rf"(?<!\w)(?<!\w')(?P<name>{NAME})(?:'s|s') (?i:(?:\w+ )?{cues.KIN})\b")
_OURS = re.compile(rf"(?<!\w)(?:[Oo]ur|[Mm]y) (?P<name>{WORD})(?! (?:{WORD}))")
_LOW_KIN = re.compile(
    rf"(?<![\w'])(?:my|our|her|his|their)(?: \w+)? (?:{cues.KIN}|{cues.FRIEND})(?: in law)?(?:,| "
    rf"\(| called| named)? (?P<name>[a-zà-ÿ]{{2,15}}(?: [a-zà-ÿ'-]{{3,15}})?)"
)
_SAFE_LOW_WORDS = """
jean jack rose grace lily daisy ruby ivy iris holly heather hazel jade jasmine carol dawn fern
pearl olive dean earl victor violet ray robin bonnie alma basil glen bill mary john
"""
_SAFE_LOW = frozenset(_SAFE_LOW_WORDS.split())
# Patterns in which somebody's relative is named, the type of the name, and how sure it is.
_WAYS = (
    (_KIN, "RELATIVE_NAME", 0.9),
    (_KIN_LISTED, "RELATIVE_NAME", 0.8),
    (_KIN_TITLE, "RELATIVE_NAME", 0.8),
    (_KIN_AFTER, "RELATIVE_NAME", 0.9),
    (_OF_KIN, "RELATIVE_NAME", 0.7),
)


def relatives(post: Post) -> Iterator[Hit]:
    """Names of relatives; a friend's or a neighbour's is a patient's name."""
    for pattern, type_, score in _WAYS:
        for match in pattern.finditer(post.text):
            yield from _relative(post, match, type_, score)
    for match in _OURS.finditer(post.text):
        if match["name"].lower() in given_names() and ILL.search(post.around(match.start(), 0)):
            yield from _relative(post, match, "RELATIVE_NAME", 0.7)
    yield from _lower_case(post)


def _relative(post: Post, match: re.Match[str], type_: str, score: float) -> Iterator[Hit]:
    sure_only = match.re is _KIN_AFTER
    kin = (match.groupdict().get("kin") or "").lower()
    aunt = re.match(r"(?:aunt(?:y|ie)?|uncle|mama|papa) ", match["name"].lower())
    name = trim(post.text, *match.span("name"), sure=aunt is not None)
    if not name or excused(post, *name):
        return
    word = post.text[slice(*name)]
    if word.isupper() and len(word) < 4 and word.lower() not in given_names():
        return  # 'my brother (LD)'
    if _is_an_illness(word):
        return
    if not kin and name[1] != match.end("name"):
        return  # 'Leeds ICB, my mum': what stands beside the kin word is no name
    if not kin and " " not in word and word.lower() not in given_names() and sure_only:
        return  # 'Restrained my son'
    after = post.low[name[1] : name[1] + 90]
    if cues.JOB.search(after) or (
        type_ == "RELATIVE_NAME" and not kin and cues.STAFF_TITLE.search(post.before(name[0], 30))
    ):
        return
    whose = (match.groupdict().get("whose") or "my").lower()
    if whose in {"a", "the", "this"} and re.fullmatch(
        r"boys?|girls?|lads?|kid|child|baby|babies|ex|little one|parents?", kin
    ):
        return
    if re.fullmatch(cues.FRIEND, kin):
        near = (
            PREDICATE.search(after)
            or ILL.search(after[:60])
            or (HEALTH.search(after) and not cues.JOB.search(after))
        )
        if (
            not near
            or cues.STAFF_AFTER.search(after)
            or re.search(r"^(?:'s| is)? (?:selling|sells)\b", after)
        ):
            return
        yield Hit("PATIENT_NAME", *name, 0.8, "a friend or neighbour named with a health fact")
    elif has_health_fact(post, name[0], reach=2):
        yield Hit(type_, *name, score, "a relative named with a health fact")


def _lower_case(post: Post) -> Iterator[Hit]:
    """The same where nothing, or everything, is in capitals."""
    for match in _LOW_KIN.finditer(post.low):
        start, end = match.span("name")
        first, _, last = match["name"].partition(" ")
        if first not in only_names() and first not in _SAFE_LOW:
            continue
        if not last or last in english() or last.removesuffix("'s") in english():
            end = start + len(first)
        if excused(post, start, end) or cues.JOB.search(post.low[end : end + 90]):
            continue
        if has_health_fact(post, start, reach=1):
            yield Hit("RELATIVE_NAME", start, end, 0.8, "a relative named with a health fact")
