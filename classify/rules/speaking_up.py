"""What the codebook says by rule of who speaks up: a disclosure is told by who works there or did, union matters name what unions do.

The model says what protects a post (`protected`); these words move it between two kinds that differ by who speaks (codebook,
section 1: `disclosure` by somebody who works there or did, `complaint` by a patient, relative or unpaid carer, `criticism` by anyone).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from classify.rules.harm_words import harms_in
from classify.rules.staff import JOB, NHS_PLACE
from classify.text.literals import Sought
from core.models import PROTECTED, Protected

LONGEST = 20_000  # code points that are searched
UNION_IN_WORDS = 0.3  # the score from which words of unions are a union matter
UNION_NEWS = (
    0.5  # below it what a union tells of its own is no leak: codebook, section 2, `confidential`
)
UNCHARGED = 0.65  # and unequal treatment that no word charges as a wrong no `allegation`: section 5
UNEQUAL_IN_WORDS = 0.05  # and from which staff who tell of unequal treatment tell of discrimination

_WORKPLACE = (
    rf"(?:{NHS_PLACE}|ward|unit|care home|nursing home|home care|homecare|home|agency|ambulance|theatre|pharmacy|practice|mortuary|lab"
    r"|reception|kitchen|laundry|contractor|rehab|dialysis|community|department)"
)
_OCCUPATION = (
    rf"(?:{JOB}|carers?|home carer|live-in carer|support worker|care (?:worker|assistant)|cleaner|cleaning supervisor|domestic|porter"
    r"|receptionist|deputy|locum|courier|coder|healthcare|health care|hcsw|bank|agency|caterer|night nurse|social worker|doctor|pharmacist"
    r"|dispenser|driver)"
)
_SOMEONES = r"(?: (?:for|to|of) (?:my|our|his|her|him|them)\b)"
_WORKS_THERE = tuple(
    Sought(pattern, re.IGNORECASE)
    for pattern in (
        # I work nights on the ward; the home I worked in
        rf"\bi(?:'ve| have|'d| had| did| do|'m| am| was)?(?: \w+){{0,3}}? work(?:ed|ing)?\b(?=[^.!?\n]{{0,60}}\b{_WORKPLACE}\b)",
        rf"\b(?:{_WORKPLACE}|{_OCCUPATION})(?: (?:that|where|in which))? i(?:'ve| have)? work(?:ed)?\b",
        r"\b(?:reviewing|writing|speaking) as (?:someone|a person|one) who (?:works|worked)\b|\b(?:was|were) working (?:in|at|for|on)\b",
        # I was a ward clerk; but not: I'm his only carer
        rf"\b(?:im|i'm|i am|i was|i've been|i have been|as)(?: now| still| just| only| once| currently)? (?:an? |the |one of the |in )?"
        rf"(?:(?!my\b|his\b|her\b|their\b)\w+ ){{0,3}}?{_OCCUPATION}\b(?!{_SOMEONES})",
        rf"\b(?:ex|former|retired)[- ](?:\w+[- ])?(?:{_OCCUPATION}|{NHS_PLACE}|icb|ccg|hca|nhs|pals)",
        r"\bmy job is\b|\bi drive (?:patients|the)\b|\byears at (?:two|three|the|that) hospitals?\b|\bi(?:'ve| have) been in (?:home care|nursing)\b",
        # on our ward; my line manager
        r"\bon (?:our|my) (?:ward|unit|shifts?|take|floor|site)\b|\bour (?:ward|unit|theatres?|rota|shifts?|take|caseload|bay)\b",
        r"\bmy (?:own |line |bank |agency )?(?:manager|shifts?|rota|caseload|supervisor|placement|registration|pin|matron|clients?|patients"
        r"|residents|badge|handover|agency|role|coordinator)\b|\bwe're [\w ]{3,30} staff\b",
        # we were told to write
        r"\b(?:we|i|us|staff)(?:'re| (?:was|were|am|are|got|been|have been|had been|'ve been))? (?:told|asked|instructed|made|had us) (?:\w+ )?"
        r"(?:to|not to) (?:\w+ )?(?:log|write|put|sign|record|fill|say|change|close|chart|code|book|find|mark|lock|do|use|reset|count|switch)\w*\b",
        # I resigned; I left over it
        r"\bi (?:resigned|handed in|quit|was (?:suspended|dismissed|sacked|let go))\b|\bi left (?:in|on|last|over|because|the (?:trust|icb|ccg|job|nhs))\b"
        r"|\bi don't work (?:there|here)\b|\bin my time\b|\bleft [\w ]{3,30} (?:portering|nursing|in the (?:spring|summer|autumn|winter))\b",
        # I raised it, and to whom
        r"\bdatix\w*\b|\bi(?:'ve| have)? whistleblew\b|\bi raised (?:it|this|that|a concern|concerns)\b|\bi was handed\b"
        r"|\bi(?:'d| had)? told (?:the|my) (?:audit|matron|coordinator|supervisor|programme lead|line manager|inspector|deputy|board|chair|charge nurse|guardian)\b",
    )
)
_SPOKE_UP = Sought(
    r"\b(?:spoke|spoken|speaking|speak) up\b|\braised (?:it|this|that|a concern|concerns|my concerns?)\b|\bwhistle-?bl\w+\b|\bsaid my piece\b"
    r"|\b(?:reported|told) (?:it|this|that|him|her|them|the \w+)[^.!?\n]{0,60}\b(?:since|then|after that|now i|by (?:april|may|june|monday|friday)|off the rota)\b",
    re.IGNORECASE,
)
# What staff say became of them, and that it was since they spoke up: a claim of detriment (Employment Rights Act 1996, section 47B)
_BEFELL = Sought(
    r"\b(?:moved|transferred|taken|dropped|removed|cut|left|frozen|shut|pushed|edged|kept|managed) (?:off|out|from)\b"
    r"|\b(?:sidelined|demoted|suspended|disciplined|passed over|overlooked|excluded|isolated|blanked|ostracised|redeployed)\b|\blost my (?:job|post|role|shifts?|secondment)\b"
    r"|\bno longer (?:invited|asked|rostered)\b|\bperformance manag\w+|\bon a (?:pip|capability)\b",
    re.IGNORECASE,
)
_HAD_SPOKEN_UP = Sought(
    r"\b(?:since|after|because|weeks?|months?|days?|then|now)\b[^.!?\n]{0,60}\bi(?:'d| had|'ve| have)? (?:spoke|spoken|went|gone|been)\b[^.!?\n]{0,40}\b(?:guardian|ftsu|cqc|union|whistleblowing)\b"
    r"|\b(?:since|after|because|weeks?|months?|days?)\b[^.!?\n]{0,40}\bi(?:'d| had|'ve| have)? (?:reported|raised|flagged|whistle-?blew|blew the whistle|spoke up|spoken up)\b",
    re.IGNORECASE,
)
_UNEQUAL = Sought(
    r"\b(?:my accent|do my accent|adjust(?:ed|ments?)|reasonable adjust\w+|occupational health|oh report|oh letter|pregnan\w+|menopaus\w+|maternity leave|mat leave"
    r"|my (?:disabilit\w+|stammer|stutter|faith|religion|race|hijab|turban|age|wheelchair|dyslexia|adhd|autism|sexuality)|i use a wheelchair|dyslexi\w+|racis\w+|sexis\w+"
    r"|bull(?:y|ied|ies|ying)|harass\w*|screaming at me|screams at me|shouts? at me|shouting at me|calls? me|call me|called me|mimics?|laugh at my|humiliat\w+"
    r"|equality act|the only (?:black|brown|asian|muslim|hijabi|woman|gay)|passed over|because i(?:'m| am) (?:black|brown|asian|a woman|gay|muslim|older|disabled))\b",
    re.IGNORECASE,
)
_OWN = Sought(r"\b(?:i|me|my|i'm|i've)\b", re.IGNORECASE)
_CHARGES = Sought(
    r"discriminat|unlawful|illegal|against the law|equality act|racis|sexis|homophob|transphob|islamophob|ableis|assault|abus|harass|bull(?:y|ied)|victimi|breach"
    r"|tribunal|hate crime|prejudice|negligen|segregat|treat(?:s|ed)? (?:us|white|them) (?:like|better|first)",
    re.IGNORECASE,
)  # fmt: skip
_FIRST_PERSON = Sought(r"\b(?:i|i'm|i've|me|my|we|our|us)\b", re.IGNORECASE)
_UNION_MATTERS = Sought(
    r"\b(?:(?<!european )(?<!students )(?<!student )(?<!credit )(?<!rugby )(?<!ghana )unions?(?! (?:jack|street|road|square|lane|flag|chapel))|unionis\w+|ballot\w*|picket\w*"
    r"|(?<!hunger )(?<!lightning )strik(?:e|es|ers?|ing)(?! (?:resemblance|difference|view))|walk-?outs?|industrial (?:action|dispute|relations)|work(?:ing)? to rule"
    r"|turn ?out|voted (?:yes|no)|a mandate|(?:a|your|our|my|the|secretaries' |union )reps?|job matching|re-?band(?:ing|ed)|band [2-9] (?:to|work)|parity"
    r"|unison|gmb|rcn|rcm|bma|csp|tuc|staff side|regrading|placards?|scabs?|derogations?|pay (?:campaign|offer|deal|award|restoration|review evidence|rise)|joint staff side|members' meeting|our members|branch (?:meeting|officer|sec\w*)"
    r"|rep hat|facility time|shop steward|stewards?|convenor|solidarity|on the line|fbu|neu|nasuwt|pcs|hcsa|cphva|pda union|rmt|usdaw|unite)\b",
    re.IGNORECASE,
)


def works_there(text: str) -> bool:
    """Whether authors say that they work in care or did: 'I work nights on a ward', 'we were told to sign'."""
    plain = text[:LONGEST].replace("’", "'")
    return any(pattern.search(plain) for pattern in _WORKS_THERE)


def speaks_of_unions(text: str) -> bool:
    """Whether words of unions, strikes or ballots stand in it."""
    return _UNION_MATTERS.search(text[:LONGEST]) is not None


def claims_detriment(text: str) -> bool:
    """Whether somebody says that they fared worse since they spoke up: 'moved off my project two weeks after I spoke to the Guardian'."""
    plain = text[:LONGEST].replace("’", "'")
    return bool(_BEFELL.search(plain) and _HAD_SPOKEN_UP.search(plain))


def protected_by_speaker(
    scores: Mapping[str, float], text: str, bio: str, around: str, *, is_staff: bool, accuses: bool
) -> Protected:
    """What protects a post, by its scores (a value of `protected` -> 0 to 1) and by who speaks.

    `around` is what its context says; `accuses`: it makes an allegation.
    """
    likeliest = sorted(PROTECTED, key=lambda value: -scores[value])
    kind: Protected = likeliest[0]

    def works() -> (
        bool
    ):  # looked for where it decides, since it takes longer than the rest together
        return is_staff or works_there(text) or works_there(bio)

    if kind in ("criticism", "complaint", "none") and is_staff and claims_detriment(text):
        return "disclosure"
    if kind == "union" and not any(map(speaks_of_unions, (text, around, bio))):
        kind = next(value for value in likeliest if value != "union")
    if kind == "none" and scores["union"] >= UNION_IN_WORDS and speaks_of_unions(text):
        return "union"
    if kind in ("disclosure", "criticism", "none") and is_staff and not accuses:
        own = _OWN.search(text) and _UNEQUAL.search(text.replace("’", "'"))
        if own and scores["discrimination"] >= UNEQUAL_IN_WORDS:
            return "discrimination"
    if kind == "complaint" and accuses and works():
        return "disclosure"
    if kind in ("criticism", "discrimination", "complaint") and _SPOKE_UP.search(text) and works():
        return "disclosure"
    if kind == "disclosure" and not _FIRST_PERSON.search(text) and not works():
        return "criticism"
    return kind


def least_of(flag: str, kind: Protected, text: str) -> tuple[float, str]:
    """The score that a flag needs in speech that is told as protected so, and why in our own words; 0 where nothing is asked."""
    if kind == "union" and flag == "confidential":
        return UNION_NEWS, "a union's own news is no leak"
    if kind == "discrimination" and flag == "allegation":
        plainly = _CHARGES.search(text) is not None or harms_in(text)
        return (
            0.0 if plainly else UNCHARGED,
            "unequal treatment is told and no word charges a wrong",
        )
    return 0.0, ""
