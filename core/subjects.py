"""What a post is about, by its masked words, in words of ours: the service, what a false page asks for, whom a threat is aimed at.

Headings of the desk and emails say it in these words alone, so that neither holds a word of a post.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from core.models import Flag, Target


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)


MASK = re.compile(r"\[[^\]\n]{2,60}\]")
# What a post is about, where the organisation's lists do not say it: the service or subject in a word
TOPICS: Sequence[tuple[str, re.Pattern[str]]] = (
    ("vaccinations", _words(r"jabs?|vaccin\w+|flu|boosters?|immuni[sz]ation\w*")),
    ("blood tests", _words(r"blood tests?|bloods|phlebotom\w+")),
    ("prescriptions", _words(r"prescri\w+|medication\w*|inhalers?|pills|tablets|spacer|chemists?|pharmac\w+")),
    ("maternity care", _words(r"maternity|midwi\w+|antenatal|labour ward|pregnan\w+|ultrasound")),
    ("mental health care", _words(r"mental health|talking therap\w+|crisis (?:line|team)|camhs|counselling")),
    ("A&E", _words(r"a ?& ?e|a and e|emergency department|urgent (?:care|treatment)\w*")),
    ("dentists", _words(r"dentists?|dental|dentures?|tooth|teeth")),
    ("care homes", _words(r"care homes?|nursing homes?")),
    ("social care", _words(r"social care|home carers?")),
    ("parking", _words(r"car ?parks?|parking|parked")),
    ("opening hours", _words(r"opening (?:hours|times)|open on|when does \w+ open|closed? on")),
    ("the website", _words(r"websites?|pdfs?|web ?page|links?|404s?|app")),
    ("the merger", _words(r"merg\w+")),
    # last, since many a post about something else names a practice
    ("hospital appointments", _words(r"outpatients?|referr\w+|waiting lists?|scans?|consultants?")),
    ("GP appointments", _words(r"appointments?|call back|8 ?am")),
    ("GPs", _words(r"gps?|gp practice|surgery")),
)  # fmt: skip
# What a page in our name wants of whoever believes it
_WANTS = (
    ("bank details", _words(r"bank|card (?:number|details)|sort code|account number|£\d+")),
    ("a login", _words(r"log ?in|password|username|sign ?in")),
    ("NHS numbers", _words(r"nhs number|\[nhs number\]|birthday|date of birth|surname")),
    ("direct messages", _words(r"dms?|message us|chat us|inbox us")),
)
_STAFF_ROLES = _words(
    r"nurses?|doctors?|doc|gps?|receptionists?|midwi(?:fe|ves)|consultants?|surgeons?|porters?|paramedics?|pharmacists?|matron"
)
_WARNED_OF = re.compile(
    r"\b(?:do(?:n.?t| not)|never) (?:dm|send|give|click|reply|share|tell)\b|\b(?:scam|fake|not (?:us|the icb|the nhs|real))\b",
    re.I,
)
_WHOM: Mapping[Target, str] = {
    "patient": "a patient", "colleague": "staff", "person": "someone", "group": "a group", "organisation": "us",
}  # fmt: skip


def topic_of(masked: str) -> str:
    """What a post is about, in a word; "" where none of these fits. What is masked in it is no word of the writer's."""
    words = MASK.sub(" ", masked)
    return next((topic for topic, pattern in TOPICS if pattern.search(words)), "")


def wants(masked: str) -> str:
    """What a page in our name asks for: bank details, a login; "" where it asks for nothing that is known."""
    return next((what for what, pattern in _WANTS if pattern.search(masked)), "")


def warns(masked: str) -> bool:
    """Whether somebody warns of a fake or a fraud, by their words."""
    return bool(_WARNED_OF.search(masked))


def whom_of(flag: Flag, masked: str) -> str:
    """At whom a post is aimed by what it is flagged for: a nurse, staff, patients; "" where nothing tells."""
    role = _STAFF_ROLES.search(masked)
    if role and {"colleague", "person"} & set(flag.target):
        word = {"doc": "doctor", "gp": "GP"}.get(
            role.group().lower().rstrip("s"), role.group().lower().rstrip("s")
        )
        return f"a {'midwife' if word.startswith('midwi') else word}"
    return next((words for target, words in _WHOM.items() if target in flag.target), "")
