"""Whether a child is in what somebody wrote: an age under 18, or a school, of the writer or of whoever is spoken of.

It says nothing of risk. What it marks is kept for the shortest time and is not for whoever only reads along; a mark too many
costs that, and a mark too few leaves a child's story standing for longer, so it rather marks.
"""

from __future__ import annotations

import re

from classify.text.clean import LIMIT
from classify.text.literals import Sought

_WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"]  # fmt: skip
# 0 to 17, in figures or in words; not the end of a longer number, an amount or a decimal
_TENS = "".join(
    rf"(?<!{tens}[\s-])"
    for tens in ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
)
_AGE = rf"(?<![\d£$.,/]){_TENS}(?:\d|1[0-7]|{'|'.join(_WORDS)})"
_KIN = (
    r"(?:son|sons|daughter|daughters|child|children|kid|kids|boy|girl|lad|baby|grandson|granddaughter|grandchild"
    r"|niece|nephew|stepson|stepdaughter|foster (?:son|daughter|child)|little (?:one|brother|sister)|sister|brother"
    r"|twins?|eldest|youngest|pupil|teen(?:ager)?|patient|ds|dd|lo)"
)
# What is so many years old and no person.
_THINGS = (
    r"(?:building|hospital|boiler|scanner|machine|equipment|kit|bed|chair|wheelchair|hearing aid|computer|pc|laptop"
    r"|system|software|website|app|server|phone|letter|email|referral|complaint|case|claim|policy|contract|plan|promise"
    r"|report|audit|review|study|data|figures?|news|story|post|tweet|thread|photo|picture|video|leaflet|poster|sign"
    r"|car|van|ambulance|fleet|lift|roof|ward|unit|practice|surgery|centre|clinic|trust|icb|service|scheme|programme"
    r"|dog|cat|puppy|kitten|horse|rabbit|pet|tree|house|flat|scar|injury|problem|issue|debt|backlog|waiting list"
    r"|prescription|record|notes|implant|pacemaker|whisky|bottle)"
)
_YEAR_OLD = Sought(
    rf"{_AGE}(?:\s?(?:and a half|½))?[\s-]?(?:(?:years?|yrs?|yr)[\s-]?olds?|y\.?/?o\.?|yrs?\sof\sage|years?\sof\sage)\b"
    rf"(?!,?\s+(?:\w+\s+){{0,2}}?{_THINGS}\b)", re.I,
)  # fmt: skip
_YOUNGER = Sought(
    rf"(?<![\d£$.,/])\d{{1,3}}[\s-]?(?:days?|weeks?|wks?|months?|mths?)[\s-]?old\s+(?:\w+\s+){{0,1}}{_KIN}\b"
    rf"|\b{_KIN}\b[^.!?\n]{{0,20}}?(?<![\d£$.,/])\d{{1,3}}[\s-]?(?:days?|weeks?|wks?|months?|mths?)[\s-]?old\b"
    r"|\b(?:my|our|his|her|their)\s+(?:newborn|new-born|toddler|\d{1,3}[\s-]?(?:days?|weeks?|wks?|months?|mths?)[\s-]?old)\b", re.I,
)  # fmt: skip
_AGED = Sought(
    rf"\bage[ds]?\s?(?:of\s)?(?:only\s|just\s)?{_AGE}\b(?!\s?(?:[-–]|to|and)\s?(?:1[89]|[2-9]\d|\w+\s?\+)|\s?\+|[,.]?\d"
    r"|\s+(?:and|or)\s+(?:over|above|older|up)\b)", re.I,
)  # fmt: skip
# "my daughter is 14", "my son, 9,", "her girl (7)", "he has just turned 16"
_IS = Sought(
    rf"\b{_KIN}\b(?:\s\w+)?(?:\s?[,(]\s?|\s(?:is|was|'s|has|just|only|now|he's|she's)\s(?:(?:just|only|now|not even|nearly|almost|turned|about)\s)*)"
    rf"{_AGE}(?=\s?[,).!?;]|\s(?:and|now|but|with|on|who|has|is|next|this|soon)\b|\s?$)"
    rf"|\b(?:he|she|they)\b\s?(?:'s|’s|\sis|\sare|\shas)?\s?(?:just\s|only\s)*(?:is|turned|turns|turning)?\s?(?:just\s|only\s)*turned\s{_AGE}\b"
    rf"|\b(?:he|she)\s?(?:'s|’s|\sis)\s(?:only|just)\s{_AGE}(?=\s?[,).!?;]|\s(?:and|for)\b|\s?$)", re.I | re.M,
)  # fmt: skip
# A child whom somebody else tells of: "she is fifteen and", "his girl, who is 13", "the lad next door, about 8,", "stepson turned 16", "DD13", "14F,".
_SMALL = r"(?:son|daughter|child|kid|boy|girl|lad|lass|wee one|little one|baby|babies|grandson|granddaughter|grandchild|niece|nephew|stepson|stepdaughter|twins?|eldest|youngest|toddler|bairn)(?:s|['’]s|s['’])?"
_FROM_THREE = rf"(?<![\d£$.,/])(?:[3-9]|1[0-7]|{'|'.join(_WORDS[2:])})"
_ABOUT = r"(?:(?:only|just|about|nearly|almost|around|barely|aged?|now)\s)*"
_NO_UNIT = r"(?!\sand\s(?:a\s)?half\s(?:weeks|months|stone|miles|hours))(?=\s?[,;)](?!\d)|\s?[.!?…](?!\d)|\s(?:and|but|so|now|who|when|with)\b|\s?$)"
_HER_AGE = Sought(
    rf"\b(?:he|she)(?:['’]s|\sis)\s{_ABOUT}{_FROM_THREE}{_NO_UNIT}"
    rf"|\b{_SMALL}\b(?:\s\w+){{0,2}}?,?\s(?:who|that)(?:['’]s|\sis|\swas|\shas\sjust\sturned|\sturned)\s{_ABOUT}{_AGE}\b(?!\s?(?:stone|weeks|months|days|hours|miles|points|%|per\b|years\s(?:into|in|older|younger|clean)))"
    rf"|\b{_SMALL}\b(?:\s\w+){{0,2}}?\s?[,(]\s?{_ABOUT}{_AGE}\s?[,)]"
    rf"|\b{_SMALL}\b(?:\s\w+)?\s(?:turned|turns|is\sturning)\s{_AGE}\b(?!\s(?:stone|weeks|months|away|up|out))"
    rf"|\b{_SMALL}\b(?:['’]s|\sis|\swas)\s{_ABOUT}\d{{1,2}}\s?(?:days?|weeks?|wks?|months?|mths?)\b(?!\s(?:pregnant|into|away|behind|late|since|on|in|waiting|without|over|overdue|sober|clean))"
    rf"|\bteen(?:aged?)?\s{_SMALL}\b|\bD[DS]\s?\(?(?:\d|1[0-7])\b", re.I | re.M,
)  # fmt: skip
_SIGNED = Sought(r"(?<![\w£$.])1[0-7][FM](?=\s?[,)])")
# What stands behind an age told of oneself: an end, or another part of the sentence; never a unit ("I am 12 weeks pregnant", "12 stone").
_AGE_ENDS = (
    r"(?!\sand a half\s(?:weeks|months|stone|miles|hours))"
    r"(?=\s?[,;](?!\d)|\s?[).!?…](?!\d)|\s?:(?!\d)|\s[-–—&(]"
    r"|\s(?:and|but|so|with|now|who|i|im|i['’]m|ive|i['’]ve|my|me|nobody|no one|pls|plz|please|help|lol|today|tomorrow|soon|because|bc|cos|coz|n|going on)\b|\s?$)"
)
_OWN = r"\b(?:i['’]?m|i am|im)\s(?:only\s|just\s|nearly\s|almost\s|still\s|literally\s|a\s)*"
_I_AM = Sought(
    rf"{_OWN}(?<![\d£$.,/])(?:[7-9]|1[0-7]|{'|'.join(_WORDS[9:])}){_AGE_ENDS}"
    r"|\bi(?:'ve|’ve| have)?\s(?:just|only just)\sturned\s1[0-7]\b", re.I | re.M,
)  # fmt: skip
_MY_YEARS = Sought(rf"{_OWN}{_AGE}[\s-]?(?:(?:years?|yrs?|yr)[\s-]?olds?|y\.?/?o)\b(?!\s+{_THINGS}\b)", re.I)  # fmt: skip
_MY_YEAR = Sought(rf"{_OWN}in\s(?:year|yr)\s?(?:[6-9]|1[0-3])\b(?!\s(?:of|medic|med\b|at\s(?:uni|med)))", re.I)  # fmt: skip
# Self-harm, bullying and violence, as somebody tells of themselves.
_TO_ME = r"(?:me|us)\b"
_NO = r"(?<!never\s)(?<!not\s)(?<!n't\s)(?<!n’t\s)(?<!dont\s)"
_HARMED = Sought(
    rf"\b{_NO}(?:hate|hating|hated)\s(?:myself|my\s?self|my\s(?:life|body)|being\salive)\b"
    rf"|\b{_NO}(?:hurt|hurting|cut|cutting|cuts|harm|harming|burn|burning|starve|starving|kill|killing|scratch|scratching)\s(?:myself|my\s?self|my\s(?:arms?|legs?|wrists?|thighs?))\b"
    rf"|\bi\b[^.!?\n]{{0,25}}\b{_NO}self[\s-]?harm(?:s|ed|ing)?\b|\bmy\s(?:self[\s-]?harm|cuts|scars)\b"
    rf"|\b{_NO}(?:want|wanna|wish)\s(?:to\s|i\s(?:was|were)\s|i\scould\s)?(?:die|disappear|dead|gone|be\sdead)\b"
    r"|\bi\s(?:don['’]?t|do\snot)\s(?:want\sto|wanna)\s(?:live|be\shere|be\salive|wake\sup|exist)\b|\bsuicidal\b"
    rf"|\b{_NO}bull(?:y|ies|ied|ying)\s{_TO_ME}|\bmy\sbull(?:y|ies)\b"
    rf"|\b(?:i|i['’]?m|i['’]?ve|get|gets|getting|got|being|been)\s(?:\w+\s)?{_NO}bullied\b"
    rf"|\b(?:pick(?:s|ed|ing)?\son|beat(?:s|ing)?\s(?:me|us)\sup|hits?|hitting|punch(?:es|ed|ing)?|kick(?:s|ed|ing)?|touch(?:es|ed|ing)?|threaten(?:s|ed|ing)?|hurts?|hurting)\s{_TO_ME}",
    re.I,
)  # fmt: skip
# That it is past: who has come through it is left to the model.
_OVER = Sought(
    r"\b(?:(?:years?|months?|weeks?|days?|\d+)\s(?:and\s\w+\s)?clean|clean\s(?:today|now|for)|recover(?:ed|ing)|in\srecovery|healed"
    r"|over\snow|(?:much|so much|a lot)\sbetter\snow|better\snow|it['’]?s\s(?:all\s)?(?:over|stopped)|has\sstopped|used\sto\s(?:hurt|cut|harm|self[\s-]?harm|starve|burn))\b",
    re.I,
)  # fmt: skip
_NOT_OVER = Sought(r"\b(?:again|relaps\w+|tonight|still|want(?:ed)?\sto\sdie)\b", re.I)
_ONCE = Sought(rf"(?:\b{_THINGS}\s(?:\w+\s)?(?:that|which)?\s?(?:is|was|are|were)|\bwhen\si\swas|\bi\swas|\bas\sa|\bsince\si\swas|\bback\swhen\si\swas)\s(?:only\s|just\s|about\s|over\s|nearly\s|a\s)*$", re.I)  # fmt: skip

_THING_COMMA = Sought(r"\b(?:van|car|ambulance|boiler|scanner|machine|lift|roof|building|chair|bed|computer|laptop|phone|dog|cat|puppy|kitten|horse|rabbit|house)\s?[,(–-]\s*(?:now\s|about\s|only\s)?$", re.I)  # fmt: skip

_SCHOOL_YEAR = Sought(
    r"(?<!foundation\s)(?<!training\s)(?<!medical\s)(?<!financial\s)\b(?:year|yr)\s?(?:[1-9]|1[0-3])(?:s|'s)?\s"
    r"(?:at\s(?!uni|univ|medic|med\b|imperial|ucl|king|college of|the university)|pupils?\b|girls?\b|boys?\b|child|class\b|kids?\b|form\b"
    r"|students?\b(?!\s(?:nurse|midwi|doctor|paramedic))|sats\b|gcse|exams?\b)"
    rf"|\b(?:{_KIN}|he|she|i['’]?m|i am|they)\b(?:'s|’s|\sis|\sare|\swas)?(?:\s\w+){{0,3}}?\s(?:in|starting|starts|started|into)\s(?:year|yr)\s?(?:[1-9]|1[0-3])\b"
    r"(?!\sof\b|\smedic)", re.I,
)  # fmt: skip
_SCHOOL = Sought(
    r"\b(?:my|our|his|her|their|your|daughter'?s|son'?s|child'?s|kid'?s|children'?s|kids'?|s['’])\s(?:\w+\s)?"
    r"(?:primary|secondary|infants?|junior|high|grammar|special|nursery|boarding|prep)?\s?(?:school|sixth form)"
    r"(?!\s(?:of|friend|nurse))\b"
    r"|\b(?:off|missed|missing|miss|misses|bullied at|excluded from|back (?:at|to|in)|home from|refus\w+|can'?t go to|goes? to|going to)\s"
    r"(?:her\s|his\s|their\s|primary\s|secondary\s|high\s)?school\b(?!\sof)"
    r"|\b(?:pupils?|schoolboys?|schoolgirls?|school\s?child(?:ren)?)\b"
    r"|\b(?:goes|going|went|attends?|attending|is|studies)\s(?:to\s|at\s)?(?:the\s)?[\w’'. -]{2,40}\s(?:primary|secondary|infant|junior|grammar|high)\sschool\b"
    rf"|\b{_KIN}\b[^.!?\n]{{0,40}}\b(?:at|in|to|from)\s(?:primary\s|secondary\s|infant\s|junior\s|high\s|nursery\s)?school\b"
    r"|\b(?:my|his|her|their|for|doing|sitting|revising for)\s(?:her\s|his\s|my\s)?(?:gcses?|mock gcses?|sats|11 ?plus)\b"
    r"|\b(?:in|starts?|starting|started)\s(?:reception(?:\sclass)?\sat|reception\sclass|nursery\sschool|sixth\sform)\b", re.I,
)  # fmt: skip
# The same of whom somebody else tells of: "the lad, year 9,", "our year 7s", "(Y9)", "primary 5 class", nursery and reception.
_OTHERS_SCHOOL = Sought(
    rf"\b{_SMALL}\b(?:\s\w+)?\s?[,(]\s?(?:in\s)?(?:year|yr|y)\s?(?:[1-9]|1[0-3])\b(?!\sof\b)"
    r"|\b(?:our|the|my|all|their)\s(?:year|yr)\s?(?:[1-9]|1[0-3])['’]?s\b"
    r"|\bprimary\s[1-7]\s(?:class|pupils?|child(?:ren)?|kids?|boys?|girls?)\b"
    rf"|\b(?:reception|nursery|pre-?school|primary|school)[\s-]age[d]?\s{_SMALL}\b|\b(?:reception|nursery|pre-?school)\s(?:child(?:ren)?|kids?|class|boys?|girls?)\b"
    rf"|\b(?:my|our|his|her|their|{_SMALL})\s(?:nursery|pre-?school|playgroup|childminder|cr[eè]che)\b(?!\s(?:nurs|manager|worker|job|staff|team))"
    r"|\b(?:goes|going|went|go|starts?|started|starting|attends?|attending|home\sfrom|off)\s(?:to\s|at\s)?(?:the\s|a\s)?(?:nursery|pre-?school|playgroup|cr[eè]che)\b(?!\snurs)"
    rf"|\b{_SMALL}\b[^.!?\n]{{0,10}}\b(?:from|at)\s[\w’'. -]{{2,30}}\s(?:primary|secondary|infants|juniors|academy)\b(?!\s(?:care|health|clinic|prevention|diagnos|infection|cancer|of)\b)", re.I,
)  # fmt: skip
_NO_SCHOOL = Sought(
    r"\b(?:medical|med|nursing|business|law|dental|art|drama|driving|old|summer|language|doctoral|graduate|teaching)\sschool\b"
    r"|\bwhen i was at school\b|\bschool of \w+", re.I,
)  # fmt: skip
_BIO_AGE = Sought(r"(?:^|[|•·/,~–—*✨]\s*)(?:1[0-7])\s*(?:$|[|•·/,~–—*✨♡]|yo\b|y/o\b)", re.M)


def names_child(text: str, bio: str = "") -> bool:
    """Whether an age under 18, or a school that somebody goes to, stands in the words or in what the writer says of themselves."""
    return _in(text[:LIMIT]) or _in(bio[:LIMIT]) or bool(_BIO_AGE.search(bio[:LIMIT]))


def tells_of_harm(text: str) -> tuple[tuple[int, int], ...]:
    """Where a child who tells their own age or school year tells of self-harm, bullying or violence to themselves; () where none does.

    Half open code points, in order. A rule alone: it makes no finding, it has a person look. Where they say that it is over it says nothing.
    """
    text = text[:LIMIT]
    own = (_I_AM, _MY_YEARS, _MY_YEAR)
    if not any(pattern.search(text) for pattern in own):
        return ()
    if _OVER.search(text) and not _NOT_OVER.search(text):
        return ()
    return tuple(match.span() for match in _HARMED.finditer(text))


def _in(text: str) -> bool:
    if not text:
        return False
    for pattern in (_YEAR_OLD, _YOUNGER, _AGED, _IS, _HER_AGE, _SIGNED, _I_AM):
        if any(not _of_other(text[max(0, match.start() - 40) : match.start()], old=pattern is _YEAR_OLD) for match in pattern.finditer(text)):  # fmt: skip
            return True
    plain = _NO_SCHOOL.sub(" ", text)
    return bool(_SCHOOL_YEAR.search(plain) or _SCHOOL.search(plain) or _OTHERS_SCHOOL.search(plain))


def _of_other(before: str, *, old: bool) -> bool:
    """Whether what stands before an age says that it is a thing's, or was somebody's once; `old`: of so many years old."""
    return bool(_ONCE.search(before) or (old and _THING_COMMA.search(before)))
