"""Whether a search singles out one person by the post that they hold: the sister of ward 7, the head of radiology at a hospital.

It takes a title that one person holds at a time, in the singular, and beside it what only one of them is in charge of: a
ward, a department, a service, a place. Titles and units are by hand. What many hold (receptionist, porter, consultant,
staff nurse), what stands in the plural, and a title alone (lead nurse) is nobody, though it may be one person at a small
practice: that can't be told. Nor can a post in words of its own ("who runs radiology").
"""

from __future__ import annotations

import re

from classify.people.lists import called_after, dictionary, field, places, plain, surnames
from classify.text.lexicon import english
from core.patterns import lazy_compile

# Of a ward, a department, a practice: staff, who are never searched for.
_OF_STAFF = (
    r"(?:ward |unit |night |day )?sister|(?:senior )?charge nurse|matron|(?:ward|unit|practice|theatre|bed|site|department|departmental|service|clinic) manager|nurse manager"
    r"|(?:clinical |service |operational |modern |ward |team )lead|lead (?:nurse|consultant|clinician|doctor|gp|midwife|radiographer|pharmacist|therapist|physiotherapist|matron|practitioner|surgeon|manager|paramedic|dietitian|psychologist)"
    r"|(?:nurse|consultant|doctor|midwife|person|manager) in charge|(?:deputy |interim |acting |assistant )?head of(?! (?:state|government|hair|household|steam|table|bed|year|us|nhs england))"
    r"|(?:head|principal|chief) (?:nurse|midwife|pharmacist|radiographer|physiotherapist|porter|chef|dietitian|psychologist)|senior partner|clinical director|divisional director"
    r"|team leader|general manager|caldicott guardian|speak[ -]up guardian|safeguarding lead|data protection officer|ward clerk|(?:consultant|nurse|midwife) lead"
)
# Of a public body: who holds it speaks for it, and two people can agree to search for them.
_OF_A_BODY = (
    r"chief (?:executive|operating|medical|nursing|finance|financial|information|people|strategy|clinical)(?: officer)?|ceo|(?:medical|nursing|finance|managing|executive|workforce|strategy|transformation|communications)"
    r" director|director of|chair(?:man|woman|person)?(?= of\b)|(?:trust|icb|icp|board|committee) chair(?:man|woman|person)?|accountable officer|director general"
)
# The same by itself: one person at any organisation, and ours where its name is beside it or it searches our posts.
_OFFICE = re.compile(
    r"(?<![\w-])(?:chief (?:executive|operating|medical|nursing|finance|financial|information|people|strategy|clinical|digital|transformation)(?: officer)?"
    r"|chief (?:nurse|midwife|pharmacist|of staff)|(?:medical|nursing|finance|managing|workforce|people|strategy|communications) director"
    r"|director (?:of|general)(?! public)|accountable officer|(?:trust|icb|icp|board|committee) chair(?:man|woman|person)?"
    r"|caldicott guardian|head of (?:communications|comms|governance|hr|people|nursing|quality|safety|estates|digital|finance|press|media))(?![\w-])"
)
_WHOLE = re.compile(
    r"(?:the )?(?:(?:nhs|nwl|icb|north west london) )*(?:ceo|chair(?:man|woman|person)?|(?:deputy |vice )chair|head of [a-z &-]+"
    r"|(?:[a-z]+ ){1,2}lead|lead (?:nurse|midwife|consultant|gp|pharmacist))(?: (?:of|at|for))?(?: (?:the|nhs|nwl|icb|north west london))*"
)
_STAFF = re.compile(rf"(?<![\w-])(?:{_OF_STAFF})(?![\w-])")
_TITLE = re.compile(rf"(?<![\w-])(?:{_OF_STAFF}|{_OF_A_BODY})(?![\w-])")
_STEMS = {"sister": "sister", "matron": "matron"}  # a rule may begin them: sist*, matro*
_STEM = re.compile(r"(?<![\w-])([a-z]{4,})\*")
# Their sister is a relative, and an opening for one is nobody yet.
_RELATIVE = re.compile(
    r"\b(?:my|his|her|their|your|whose|twin|big|little|older|younger|elder|half|step|baby|brother) (?:\w+ )?sister\b"
)
_OPENING = re.compile(r"\b(?:vacanc(?:y|ies)|recruitment|jobs?|apprenticeships?)\b")
# What one of them is in charge of. A word that ends so is a department: radiology, geriatrics, paediatrics.
_UNIT = lazy_compile(
    r"(?<![\w-])(?:wards? ?\w*|\w+ (?:ward|unit|wing|suite|department|directorate|division|clinic|surgery|practice|hospital|infirmary|centre|trust|service|team|hub|icb|borough|council)"
    r"|a&e|a and e|ed|emergency department|casualty|urgent (?:and emergency )?care|emergency care|acute medicine|intensive care|critical care|itu|icu|hdu|nicu|scbu|theatres?|outpatients?|day surgery|day unit"
    r"|maternity|labour ward|midwifery|nursing|obstetrics|gynaecology|paediatrics?|pediatrics?|geriatrics|orthopaedics|surgery|medicine|imaging|x-?ray|mri|ct|endoscopy|pharmacy|pathology|phlebotomy|physiotherapy|therapies"
    r"|dietetics|stroke|renal|dialysis|elderly care|frailty|respiratory|cardiac|vascular|mental health|camhs|iapt|talking therapies|learning disabilit(?:y|ies)|safeguarding|infection (?:prevention|control)|end of life|palliative(?: care)?"
    r"|community (?:nursing|services)|district nursing|health visiting|discharge|bed management|patient flow|patient experience|pals|complaints|communications|press|media|engagement|estates|facilities|catering|security|portering"
    r"|finance|procurement|payroll|hr|human resources|people|workforce|recruitment|it|digital|information governance|governance|quality|safety|strategy|primary care|commissioning|public health|social care"
    r"|[a-z]{3,}(?:ology|iatrics|iatry|metry|graphy))(?![\w-])"
)  # fmt: skip
_NO_UNIT = re.compile(
    r"\b(?:technology|apology|psychology degree|biology|ideology|terminology|methodology)\b"
)
_SERVICE = frozenset(
    ("nhs", "gp", "gps", "icb", "ics", "ccg", "pals", "uk", "cqc", "nhse", "dhsc", "covid", "camhs")
)
# As people call somebody of a ward by name; the family name may be a word as well.
_CALLED = re.compile(r"(?<![\w-])(?:Sister|Matron|Charge Nurse) ([A-Z][a-z'’-]+)")
_NO_NAME = frozenset(
    ("ward", "hall", "house", "park", "care", "bank", "court", "lane", "street", "green")
)
_SIGNS = re.compile(
    r"(?<!\S)-?[a-z_]+:\S*|[\"“”()|+]|(?<!\S)(?:and|or|near(?:/\d+)?)(?!\S)|(?<!\S)#"
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Za-z])(?=\d)")
_WORD = re.compile(r"[a-z][a-z'&-]*|\d+")


def in_text(text: str) -> str:
    """The title and what it is of, by which a term, a query or the positive words of a rule single out one person; "" where none do."""
    return _found(text, _TITLE)


def of_staff(text: str) -> bool:
    """Whether that person works on a ward, in a department or a practice, and holds no office of a public body."""
    return bool(_found(text, _STAFF))


def sole(text: str) -> str:
    """The post of a public body in a term, query or rule that one person holds there, whatever stands beside it; "" where there is none.

    With the organisation's name it is one person as much as by itself. Of staff a lead or a head is asked about where it is all of the term.
    """
    low = " ".join(_SIGNS.sub(" ", plain(text).replace("_", " ")).split())
    if (
        _OPENING.search(low)
        or tuple(low.replace("'", "").replace("-", " ").split()) in called_after()
    ):
        return ""
    office = _OFFICE.search(low)
    if office:
        return office[0]
    whole = _WHOLE.fullmatch(low)
    return whole[0] if whole else ""


def _found(text: str, titles: re.Pattern[str]) -> str:
    if text.lstrip()[:1] == "#":
        text = _CAMEL.sub(" ", text)
    # "and" joins words of a title as well ("urgent and emergency care"): it goes with the other signs
    low = " ".join(_SIGNS.sub(" ", plain(text).replace("_", " ")).split())
    low = _STEM.sub(
        lambda match: next((title for title in _STEMS if title.startswith(match[1])), match[0]), low
    )
    if _OPENING.search(low):
        return ""
    low = _RELATIVE.sub(" ", low)
    for called in _CALLED.finditer(text):
        if plain(called[1]) in surnames() and plain(called[1]) not in _NO_NAME:
            return called[0]
    for title in titles.finditer(low):
        rest = f"{low[: title.start()]} | {low[title.end() :]}"
        if unit := unit_or_place(rest):
            return f"{title[0]} {unit}"
    return ""


def unit_or_place(rest: str) -> str:
    """What stands beside a title that it can be of: a unit, or a place; "" for none."""
    if unit := _UNIT.search(_NO_UNIT.sub(" ", rest)):
        return unit[0]
    words = _WORD.findall(rest)
    for size in (4, 3, 2):
        for at in range(len(words) - size + 1):
            if tuple(word.replace("'", "") for word in words[at : at + size]) in called_after():
                return " ".join(words[at : at + size])
    return next((word for word in words if word in places() or _is_a_name(word)), "")


def _is_a_name(word: str) -> bool:
    """Whether a word is no English word and none of the service: then it names a place, a body or a person."""
    bare = word.replace("'", "")
    return (
        len(bare) > 2
        and bare.isalpha()
        and not any(
            form in listed
            for form in (bare, bare.removesuffix("s"))
            for listed in (english(), dictionary(), field(), _SERVICE)
        )
    )
