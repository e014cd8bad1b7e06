"""Whether a search gathers what staff of one kind write, or singles out one of them: a role by itself with its shift, a role at a place, every ending of a role.

`post_holders` tells a post that one person holds at a time, which is refused. Here are roles that many hold: with a place, a unit or a shift they are few, and
somebody at home there knows whom. Two people say that the search is of the service. In the plural, without a place, and of the public's own doctors and dentists it is a subject.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from classify.people import post_holders
from classify.people.lists import field, places, plain
from classify.people.search_terms import BODY_WORDS

# In the singular; "sister" and "consultant" are something else as often, and count with what stands beside them alone
_ROLE = (
    r"nurse|sister|matron|midwife|porter|receptionist|phlebotomist|physio|physiotherapist|radiographer|sonographer|paramedic|consultant|registrar|surgeon|anaesthetist|doctor|hca"
    r"|health ?care assistant|support worker|ward clerk|clerk|secretary|cleaner|domestic|caterer|therapist|psychologist|dietitian|health visitor|technician|manager|volunteer|security guard"
)
_SHIFT = r"night|day|late|early|evening|weekend|bank|agency|duty|charge|triage|theatre|discharge|bed|site|on-call|on call|relief|locum|newly qualified|trainee|student|junior|senior"
# What a word with * finds beside the role itself is the same role: midwi* finds midwife and midwives. `pharmac*`, `dent*` and `gp*` find services.
_STEMS = (
    "nurse", "midwife", "porter", "receptionist", "phlebotomist", "physiotherapist", "radiographer", "sonographer", "paramedic", "consultant", "registrar",
    "surgeon", "anaesthetist", "matron", "sister", "doctor", "cleaner", "secretary",
)  # fmt: skip
_SHORTEST_STEM = 4  # letters that a word with * begins with: fewer find anything
_OF_SHIFT = re.compile(rf"(?<![\w-])(?:{_SHIFT})[ -](?:{_ROLE})(?![\w-])(?! (?:support|training|shortage|vacanc|recruit|cover|service|led)\w*)")  # fmt: skip
_NICKNAME = re.compile(rf"(?:(?:{_SHIFT}) )?((?:[^\W\d_]+ ){{1,2}})(?:{_ROLE})")
_ALONE = re.compile(rf"(?:the|that|this|our) (?:{_ROLE})")
_BESIDE = re.compile(rf"(?<![\w-])(?:{_ROLE})(?![\w-]|\*)")
_WITH_ENDING = re.compile(r"(?<![\w-])([a-z]{4,})\*")
_RELATIVE = re.compile(r"\b(?:my|his|her|their|your|twin|big|little|older|younger|half|step|baby) sister\b")  # fmt: skip
# With these it is of a service, a job or an advertisement.
_SERVICE = re.compile(
    r"\b(?:vacanc\w+|recruitment|jobs?|apprentic\w+|training|course|strike|shortage\w*|staffing|(?:school|community|district|practice|specialist) nurs\w+|outpatient manager|waste manager|case manager|(?:midwife|nurse|consultant|doctor|therapist)[ -]led|nurse (?:associates?|practitioners?))\b"
)
_SHUT_OUT = re.compile(r"(?<!\S)(?:-|NOT\s+)(?:\"[^\"]*\"|\([^()]*\)|\S+)")
_ONE_OF = re.compile(r"(?<!\S)OR(?!\S)|\|")
_SIGNS = re.compile(r"(?<!\S)-?[a-z_]+:\S*|[\"“”()+#]|(?<!\S)(?:and|near(?:/\d+)?)(?!\S)")
_JOINED = re.compile(r"(?<!\S)(?:AND|NEAR(?:/\d+)?)(?!\S)")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Za-z])(?=\d)")
# What may stand between the two and is of the work all the same
_OF_WORK_TEXT = """
holiday time shift lounge case unit ward team call cover general family community district school practice specialist mental health public care home research resident
surgery clinic centre nurse doctor hospital hours cancer stroke heart diabetes asthma wound eye bone
male female private named link dental prescribing advanced registered qualified find see my no new second first only any change duty emergency orthopaedic
need needs want get got be become becoming saw seen wait thank hate love missing lost trust book booking gp gps macmillan black asian international overseas foreign best good bad rude medical health consultant plastic brain veterinary vet head lead chief
see a an the book ask to speak phone call waiting for without rehabilitation occupational speech language beauty massage agency
"""
_OF_WORK = frozenset(_OF_WORK_TEXT.split())
MOST_BESIDE = 2  # terms that a rule joins to a role; more describe one of them


def sought(text: str) -> list[str]:
    """The words of a term, rule, query or tag by which it gathers or singles out staff by their role; none where it does not."""
    if text.lstrip()[:1] == "#":
        text = _CAMEL.sub(" ", text)
    text = _SHUT_OUT.sub(" ", text)
    phrases = dict.fromkeys(_endings(plain(text)))
    for part in _ONE_OF.split(text):
        phrases |= dict.fromkeys(_in_part(part))
    return list(phrases)


def _has_nickname(low: str) -> bool:
    """Whether words that say nothing of the work stand before a role, or between it and a shift, and all of it is that: sleepy midwife, night owl nurse."""
    nick = _NICKNAME.fullmatch(low)
    return nick is not None and not all(_is_of_the_work(word) for word in nick[1].split())


def _is_of_the_work(word: str) -> bool:
    return any(form in field() or form in BODY_WORDS or form in _OF_WORK for form in (word, word.removesuffix("s"))) or word in places()  # fmt: skip


def _endings(low: str) -> Sequence[str]:
    return [
        match[0]
        for match in _WITH_ENDING.finditer(low)
        if len(match[1]) >= _SHORTEST_STEM and any(role.startswith(match[1]) or match[1] == f"{role}s" for role in _STEMS)
    ]  # fmt: skip


def _in_part(part: str) -> Sequence[str]:
    low = " ".join(_SIGNS.sub(" ", plain(part)).split())
    low = _RELATIVE.sub(" ", low)
    if shift := _OF_SHIFT.search(low):
        return [shift[0]]
    if _SERVICE.search(low):
        return []
    if _ALONE.fullmatch(low) or (not _JOINED.search(part) and _has_nickname(low)):
        return [low]
    role = _BESIDE.search(low)
    if role is None:
        return []
    rest = f"{low[: role.start()]} | {low[role.end() :]}"
    described = len(_JOINED.findall(part)) >= MOST_BESIDE
    return [low] if described or post_holders.unit_or_place(rest) else []
