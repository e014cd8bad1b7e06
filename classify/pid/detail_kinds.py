"""What kind a masked stretch is, in the words that stand in its mask: [health details], [family and job], [details: 4 words].

A reader decides by the mask alone whether to look at what it hides. Only where no list and no pattern knows the kind does a mask
say "details", and then how much it hides.
"""

from __future__ import annotations

import re

from classify.people.lists import first_names, places, plain, surnames
from classify.text.clean import by_letter
from classify.text.lexicon import english, given_names
from core.patterns import lazy_compile

from . import vocabulary as cues
from .base import lowered

DETAILS = "details"
HEALTH, CARE, AREA = "health details", "place of care", "area"
# Of what tells of a person in words, in the order in which a mask names them.
_ORDER = (
    HEALTH,
    CARE,
    "family",
    "job",
    "school",
    AREA,
    "background",
    "event",
    "appearance",
    "person",
)
KINDS = (*_ORDER, "age", "date", "time", "number", "email", "address", "name")
TELLING = tuple(kind for kind in _ORDER if kind != AREA)
MOST = 2  # kinds that one mask names

_UPPER = r"[A-ZÀ-ÖØ-ÞŁŚŻŠČŽĐİ]"
_AGE = re.compile(
    r"(?:aged? )?(?:\d{1,3}|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[ -]\w+)?|\w{3,9})[ -]?(?:(?:years?|yrs?|months?|mths?|weeks?|wks?|days?)(?:[ -]olds?)?|yo|y/o)|old|elderly",
    re.I,
)
_SO_OLD = re.compile(r"\d{1,2}|10\d")  # alone behind a comma, as newspapers write it
_BEFORE_AGE = re.compile(rf"(?:, ?|\baged? |\b{cues.KIN},? )\(?$", re.I)
_AFTER_AGE = re.compile(r"\)?(?:[,.;:]|$| (?:who|left|went|is|was|has|had|and|did)\b)")
_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
_DAY = re.compile(
    r"(?:(?:last|next|this|on|in|the|of|since|until|by) )*(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|yesterday|today|tonight|christmas|easter|eid|diwali|new year"
    rf"|(?:\d{{1,2}}(?:st|nd|rd|th)?|\w+(?:first|second|third|th))(?: of)? {_MONTH}|\d{{1,2}}(?:st|nd|rd|th)|{_MONTH}|(?:19|20)\d\d)"
    r"(?: (?:morning|afternoon|evening|night|day|\d{1,4}(?:st|nd|rd|th)?))?", re.I,
)  # fmt: skip
_TIME = re.compile(r"\d{1,2}[.:]\d\d ?(?:[ap]m)?|\d{1,2} ?[ap]m", re.I)
_NUMBERS = re.compile(r"(?:[A-Z]{1,5}[-_ ]{0,2})?[\d\W_]*\d[\d\W_]*")
# Digits that are written as words, or with letters for them, and addresses that are spelt out
_SPELT = re.compile(
    r"zero|oh?|one|two|three|four|five|six|seven|eight|nine|double|treble|hundred|(?=[A-Za-z\d]*\d)[\dOIol]+"
)
SPELT_DIGITS = 3  # of these words, from which on they are a number
_SPELT_EMAIL = re.compile(r".*\bdot\b.*")
_HOUSE = re.compile(rf"(?:no\.? ?|flat )?\d{{1,4}}[A-Za-z]? (?:in )?{_UPPER}[a-z]+")
_CARE = lazy_compile(
    r"\b(?:wards?|bays?|bed|side ?rooms?|cubicles?|clinics?|hosp(?:ital)?s?|surger(?:y|ies)|hospices?|care homes?|nursing homes?|a ?& ?e|icu|itu|nicu|hdu|resus|outpatients|theatre"
    r"|maternity|antenatal|(?:discharge|departure) lounge|waiting room|unit|triage)\b"
)
_HEALTH = lazy_compile(
    r"\b(?:anti(?:psychotic|depressant|biotic|coagulant|convulsant|histamine|viral)s?|\w{3,}(?:itis|oscopy|ectomy|ostomy|plasty|aemia|emia|oma)|scans?|mental|nil by mouth|renal|cardiac"
    r"|twins at \d+|birth|result|lungs?|hearts?|legs?|arms?|teeth|stomach|breath\w*|bleed\w*|blood\w*|drunk|drugs?|detox|gender|surgery)\b"
)
_FAMILY = re.compile(rf"(?<!\w){by_letter(cues.KIN[3:-1])}(?!\w)|\b(?:famil(?:y|ies)|(?:mother|father|brother|sister|son|daughter)s?(?:-in-law)?|fella|widow(?:er)?|orphan|next of kin|twins|triplets|flatmates?|housemates?|neighbours?|friends?)\b")  # fmt: skip
_JOB = lazy_compile(
    r"\b(?:\w{2,}keepers?|(?:fire|police|post|milk|fisher|stunt|chair|sales|crafts)(?:man|men|woman|women)|(?:bus|taxi|cab|lorry|van|train|tube|delivery|deliveroo|uber) drivers?|drivers?"
    r"|(?:head)?(?:teacher|master|mistress)s?|tutors?|coach(?:es)?|educators?|lecturers?|professors?|managers?|directors?|chefs?|cooks?|bakers?|butchers?|barbers?|hairdressers?|builders?|plumbers?|electricians?|mechanics?"
    r"|vicars?|priests?|rabbis?|imams?|bishops?|curates?|nuns?|ministers?|mps?|mayors?|councillors?|judges?|magistrates?|solicitors?|barristers?|lawyers?|detectives?|constables?|sergeants?|soldiers?"
    r"|newsreaders?|weather (?:girl|man|woman)|presenters?|actors?|actress(?:es)?|singers?|musicians?|footballers?|cricketers?|boxers?|swimmers?|athletes?|players?|jockeys?|referees?"
    r"|nurses?|doctors?|midwi(?:fe|ves)|porters?|hcas?|carers?|paramedics?|pharmacists?|receptionists?|consultants?|cleaners?|clerks?|volunteers?|apprentices?|accountants?|engineers?|farmers?|gardeners?"
    r"|lollipop (?:lady|man|woman)|dinner lady|landlords?|landlad(?:y|ies)|shop ?(?:keeper|owner)s?|works? (?:at|for|in|as)|runs (?:the|a)|owns (?:the|a)|(?:who|that) reads the|used to (?:teach|drive)|retired)\b"
)
_SCHOOL = lazy_compile(
    r"\b(?:schools?|college|academy|university|uni|nurser(?:y|ies)|reception class|sixth form|(?:year|yr) \d{1,2}|pupils?|students?|class|playgroup|school ?kids?)\b"
)
_AREA = lazy_compile(
    r"\b(?:road|rd|street|avenue|ave|lane|drive|crescent|gardens|estate|parade|court|close|rise|terrace|mews|square|park|station|green|village|shops?|pub|flats?|tower|allotments?|tesco|sainsbury'?s|asda|lidl|aldi|club|lido|house|car wash|off licence|kebab place|tower block|postcode|door)\b"
)
_BACKGROUND = lazy_compile(
    r"\b(?:church|chapel|parish|mosque|temple|shul|synagogue|gurdwara|mandir|refugees?|asylum|migrants?|travellers?|gyps(?:y|ies)|roma|jew(?:ish)?|muslims?|hindus?|sikhs?|christians?|catholics?|buddhists?"
    r"|filipin[oa]|syrian|somali|polish|indian|pakistani|bangladeshi|afghan|iraqi|iranian|irish|scottish|welsh|english|nigerian|ghanaian|jamaican|chinese|japanese|romanian|ukrainian|turkish|tamil|nepali|gay|lesbian|trans)\b"
)
_LOOKS = lazy_compile(
    r"\b(?:gown|cardigan|coat|jacket|headscarf|hijab|turban|hat|tattoos?|beard|bald|(?:red|black|grey|blond|blonde|brown|white) ?-?hair(?:ed)?|brown|tall|wearing|pyjamas|slippers)\b"
)
_EVENT = lazy_compile(
    r"\b(?:hanged|beat(?:en|s)?|crash(?:ed)?|fire|attack(?:ed)?|stabb?(?:ed|ing)|shot|fell|fallen|collapsed?|arrest(?:ed)?|assault(?:ed)?|raped?|robbed|evicted|divorced?|married|wedding|funeral|prison|court case|won the|competition|marathon|flood(?:ed)?)\b"
)
_PERSON = lazy_compile(
    r"\b(?:lad(?:y|ies)(?:'s)?|gentlem[ae]n|wom[ae]n(?:'s)?|m[ae]n|bloke|chap|lads?|girls?|boys?|guy|residents?|toddler|baby|pensioner|celebrit(?:y|ies)|star|names)\b"
)
_AFTER_PLACING = re.compile(r"(?<!\w)(?:in|at|from|near|outside|around) (?:the )?$", re.I)
_CAPITALS = re.compile(rf"{_UPPER}[\w'’-]*(?: {_UPPER}[\w'’-]*){{0,3}}")
_WORD = re.compile(r"\w+(?:['’-]\w+)*")

# A month behind one of these is no person: "in April", "from June"; "see April" may be one.
_AFTER_TIME = re.compile(
    r"(?<!\w)(?:in|from|since|until|till|by|during|through|last|next|early|late|mid|end of|beginning of|middle of|back in|and) (?:the )?$",
    re.I,
)
_MONTH_NAMES = frozenset(("april", "may", "june", "july", "august", "jan", "january", "march"))
# Where somebody stands or goes: what is named behind it is a place, unless it is a person's name.
_STANDING_IN = re.compile(
    r"(?<!\w)(?:(?:in|near|outside|around|off|opposite|behind)|(?:(?:live[sd]?|living|bus stop|stops?|station|street|shop|pub|flat|house|school|surgery|clinic|hospital|home|born|moved?|moving|off|back|trains?|bus) (?:at|to|from|on|by)))(?: the)? $",
    re.I,
)
_ON = re.compile(r"(?<!\w)(?:on|at|to|from)(?: the)? $", re.I)
_STREET = re.compile(r"(?:rd|st|ave|road|street|avenue|lane|drive|crescent|close|court|gardens|grove|way|square|park|estate|green|hill|parade|mews|terrace|lakes?|railways?|grange|lodge|manor|circus|house|common|bridge|station|farm|vale|heath|rise|walk|row)\.?", re.I)  # fmt: skip
_THEN_CARE = re.compile(r" (?:ward|wing|unit|suite|clinic|hospital|hospice|surgery|(?:medical|health) centre|care home)\b", re.I)  # fmt: skip
_THEN_SCHOOL = re.compile(r" (?:primary|secondary|school|college|academy|nursery)\b", re.I)
_THEN_AREA = re.compile(
    r" (?:estate|road|street|lane|avenue|close|court|crescent|gardens|walk|park|station|tesco|borough|area)\b",
    re.I,
)
_THEN_STREET = re.compile(rf",? (?:{_UPPER}[\w'’-]+ ){{1,2}}(?i:{_STREET.pattern})(?!\w)")
_AT_PRAYER = frozenset(("shul", "gurdwara", "mandir", "masjid", "synagogue"))
_CARE_ALONE = frozenset(("antenatal", "maternity", "outpatients"))


def of_details(text: str, start: int, end: int) -> str:
    """The label of a stretch that no recogniser named, by its words and those beside it."""
    words = text[start:end]
    low = lowered(words)
    if alone := _alone(text, start, end):
        return alone
    kinds_told = [
        kind
        for kind, pattern in (
            (HEALTH, cues.ILL), (CARE, _CARE), ("family", _FAMILY), ("job", _JOB), ("school", _SCHOOL),
            (AREA, _AREA), ("background", _BACKGROUND), ("event", _EVENT),
            ("appearance", _LOOKS),
        )
        if pattern.search(low)
    ]  # fmt: skip
    if HEALTH not in kinds_told and (
        _HEALTH.search(low) or (not kinds_told and cues.HEALTH.search(low))
    ):
        kinds_told.insert(0, HEALTH)
    if not kinds_told and _PERSON.search(low):
        kinds_told = ["person"]
    if not kinds_told and _is_place(text, start, words, end):
        kinds_told = [AREA]
    if not kinds_told and _reads_as_a_name(words):
        kinds_told = ["name"]
    if kinds_told:
        return " and ".join(kinds_told[:MOST])
    count = max(1, len(_WORD.findall(words)))
    return f"{DETAILS}: {count} word{'s' if count > 1 else ''}"


def _alone(text: str, start: int, end: int) -> str:
    """What the whole of a stretch is: an age, a day, a time, a number; "" where it is none of them."""
    words = text[start:end]
    if _AGE.fullmatch(words):
        return "age"
    if _SO_OLD.fullmatch(words) and _BEFORE_AGE.search(text, max(0, start - 24), start) and _AFTER_AGE.match(text, end):  # fmt: skip
        return "age"
    if _DAY.fullmatch(words):
        return "date"
    if _TIME.fullmatch(words):
        return "time"
    parts = re.findall(r"[^\W_]+", words)
    spelt = sum(_SPELT.fullmatch(part) is not None for part in parts)
    if _NUMBERS.fullmatch(words) or (spelt >= SPELT_DIGITS and 2 * spelt > len(parts)):
        return "address" if _THEN_STREET.match(text, end) else "number"
    if _HOUSE.fullmatch(words):
        return "address"
    if words.lower() == "birth" and text[:start].lower().endswith("date of "):
        return "date of birth"
    return "email" if _SPELT_EMAIL.fullmatch(words.lower()) else ""


def _reads_as_a_name(words: str) -> bool:
    """Whether it is one word with a capital that no list of the language has."""
    return words.isalpha() and words[0].isupper() and words.lower() not in english()


def _is_place(text: str, start: int, words: str, end: int) -> bool:
    if not _CAPITALS.fullmatch(words):
        return False
    placed = _AFTER_PLACING.search(text, max(0, start - 14), start)
    return (
        placed is not None
        or _THEN_AREA.match(text, end) is not None
        or all(plain(word) in places() for word in words.split())
    )


def of_name(text: str, start: int, end: int, *, beside: str = "") -> str:
    """What stands in a mask of what reads like a name: mostly "name", and where it is a month or a place that it is one.

    `beside`: the label of the mask right before it.
    """
    words = text[start:end]
    low = plain(words)
    before = text[max(0, start - 24) : start]
    if low in _MONTH_NAMES and _AFTER_TIME.search(before):
        return "date"
    if low in _AT_PRAYER:
        return "background"
    if low in _CARE_ALONE:
        return CARE
    if beside in ("address", "postcode", AREA) and low in places():
        return AREA
    standing = _STANDING_IN.search(before)
    if not (standing or _ON.search(before)):
        return "name"
    if _THEN_CARE.match(text, end):
        return CARE
    if _THEN_SCHOOL.match(text, end):
        return "school"
    if _THEN_AREA.match(text, end) or _names_a_street(words):
        return AREA
    return AREA if standing and _is_nobody(low) else "name"


def _names_a_street(words: str) -> bool:
    """Whether its last word is what streets and houses are called, and it has one before it."""
    each = words.split()
    return len(each) > 1 and _STREET.fullmatch(each[-1]) is not None


def _is_nobody(low: str) -> bool:
    """Whether none of its words is somebody's name, or all of it is a place behind words of one."""
    each = low.split()
    if low in places() and not (len(each) == 1 and low in first_names() & given_names()):
        return True
    named = given_names() | first_names() | surnames()
    return len(each) > 1 and named.isdisjoint(each)
