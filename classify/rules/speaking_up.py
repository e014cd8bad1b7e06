"""What the codebook says by rule of who speaks up: a disclosure is told by who works there or did, union matters name what unions do.

The model says what protects a post (`protected`); these words move it between two kinds that differ by who speaks (codebook,
section 1: `disclosure` by somebody who works there or did, `complaint` by a patient, relative or unpaid carer, `criticism` by anyone).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from classify.rules.detriment import claims_detriment
from classify.rules.harm_words import harms_in
from classify.rules.slurs import own_hate_in
from classify.rules.staff import JOB, NHS_PLACE
from classify.rules.told_at_work import (
    asked_in_vain,
    colleague_was_punished,
    hidden_harm,
    punished_for_speaking,
    tells_of_unequal_treatment,
    worked_there,
)
from classify.rules.unequal_care import tells_of_unequal_care, told_of_kin
from classify.text.literals import Sought
from core.models import PROTECTED, SPEAKING_UP, Protected

LONGEST = 20_000  # code points that are searched
UNION_IN_WORDS = 0.3  # the score from which words of unions are a union matter
UNION_NEWS = (
    0.5  # below it what a union tells of its own is no leak: codebook, section 2, `confidential`
)
OFFICERS_NEWS = 0.9  # the same of an officer's words on the union's business in which nothing says that it is not public
UNCHARGED = 0.9  # and unequal treatment that no word charges as a wrong no `allegation`: section 5
REPRISAL_UNCHARGED = 0.65  # the same of a reprisal
OWN_TREATMENT = 0.97  # and what staff tell of their own treatment no leak, where no word says that it is not public: section 2
# below it the public's unequal care needs words of it, or it is a complaint
UNSURE_OF_UNEQUAL = 0.65
UNEQUAL_IN_WORDS = 0.05  # and from which staff who tell of unequal treatment tell of discrimination
UNEQUAL_ASKED = 0.2  # the same where they tell that they asked for an adjustment in vain
UNSURE = 0.5  # and below it that it is one is no more than a guess
# What these need in speech that is protected. Of twelve writers and half of the fixed sets 9 of 27 charges fell that were none, and 3 of
# 66 that were one, where no danger and no wrong is told; of what is told as not public 6 of 7 and none of 14; of insults 1 of 4 and none of 7.
ALLEGED_IN_WORDS = 0.45
GIVEN_AWAY = 0.5
INSULTS = 0.5

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
_UNEQUAL = Sought(
    r"\b(?:my accent|do my accent|adjust(?:ed|ments?)|reasonable adjust\w+|occupational health|oh report|oh letter|pregnan\w+|menopaus\w+|maternity leave|mat leave"
    r"|my (?:disabilit\w+|stammer|stutter|faith|religion|race|hijab|turban|age|wheelchair|dyslexia|adhd|autism|sexuality)|i use a wheelchair|dyslexi\w+|racis\w+|sexis\w+"
    r"|bull(?:y|ied|ies|ying)|harass\w*|scream(?:ed|s|ing) at me|shouts? at me|shouting at me|calls? me|call me|called me|mimics?|laugh at my|humiliat\w+"
    r"|equality act|the only (?:black|brown|asian|muslim|hijabi|woman|gay|disabled|deaf)|passed over|you people|you lot|your (?:lot|sort)|skin (?:thick|thin)\w*|thicker skin|came out (?:at work|to (?:my|the|them|our))|prove it|captions?|captioner"
    r"|misgender\w*|pronouns|groped|grop(?:es|ing)|leer\w*|who they'd (?:do|shag)|(?:touch\w*|comments? (?:on|about)|star\w* at) my (?:\w+ )?(?:bum|arse|legs?|chest|breasts?|bra|body|figure|hair|skirt)|(?:white|younger|male|english) (?:candidate|colleague|nurse|man|one)s?|because i(?:'m| am) (?:black|brown|asian|a woman|gay|muslim|older|disabled))\b",
    re.IGNORECASE,
)
_OWN = Sought(r"\b(?:i|me|my|i'm|i've)\b", re.IGNORECASE)
_CHARGES = Sought(
    r"discriminat|unlawful|illegal|against the law|equality act|racis|sexis|homophob|transphob|islamophob|ableis|ageis|assault|abus|harass|bull(?:y|ied)|victimi|breach"
    r"|tribunal|hate crime|prejudice|negligen|segregat|treat(?:s|ed)? (?:us|white|them) (?:like|better|first)",
    re.IGNORECASE,
)  # fmt: skip
# What makes more of it than what befell its author: danger to others, or a record that is false
_ENDANGERS_OTHERS = Sought(
    r"\b(?:patients?|residents?|clients?|babies|mothers|unsafe|not safe|danger\w*|falsif\w+|fak(?:e|ed|ing)|back-?dat\w+|fiddl\w+|fudg\w+|fraud\w*|cover(?:ed|ing)?[- ]up|datix\w*|cqc|guardian|whistle-?bl\w+|sp(?:oke|oken|eaking) up|raised (?:a |my |our )?concerns?|staffing|short[- ]staffed)\b",
    re.IGNORECASE,
)
# A record of what went wrong that is gone or changed
_RECORD_GONE = Sought(
    r"\b(?:datix\w*|incident (?:forms?|reports?)|statements?|audits?|minutes|logs?|charts?|obs|records?|reports?)\b[^.!?\n]{0,40}?\b(?:deleted|vanished|disappeared|gone|closed|binned|shredded|edited|altered|changed|rewritten|missing|downgraded)\b",
    re.IGNORECASE,
)
# What somebody was told to write or sign, and would not
_REFUSED = Sought(
    r"\b(?:asked|told|made|want(?:ed|s)?|had) (?:me |us )?(?:to )?(?:write|sign|say|put|change|tick|record)\b[^!?\n]{0,160}?\bi (?:said no|refused|didn't|wouldn't|won't|write what i see)\b",
    re.IGNORECASE,
)
_MY_CARE = Sought(
    r"\b(?:my|our|his|her|their) (?:\w+ )?(?:scan|op|operation|appointment|appt|clinic|surgery|knee|hip|hernia|gallbladder|cataracts?|bloods?|results|chemo|treatment|procedure|biopsy|consultant|gown|discharge|mri|x-?ray|physio|smear|prescription|tablets)\b|\bpals\b|\b(?:as|i was|i am|i'm) (?:an? )?(?:in-?patient|patient)\b|\bcoming round from\b|\bi was in for\b",
    re.IGNORECASE,
)
_PUT_OFF = Sought(
    r"\b(?:cancel\w*|postpon\w+|put (?:back|off)|(?:is|was|are|were|been|got|gets) (?:off|moved|bumped|rearranged)|moved (?:again|to|three|twice)|waiting|third time|again)\b",
    re.IGNORECASE,
)
_WISHES_WELL = Sought(
    r"\b(?:good luck|solidarity|support (?:the|them|every|all|our)|(?:fully|totally|hundred percent|100%) (?:support|behind)|honk\w*|behind them all|pay them)\b",
    re.IGNORECASE,
)
# Words that are said of unions alone
_STRICTLY_UNION = Sought(
    r"\b(?:ballot(?:s|ed|ing)?(?! box)|pickets?|picketing|picket line|on strike|strike (?:day|ballot|fund|committee|mandate|vote)s?|striking|(?:joined|join|joining|rejoined) (?:the|a|my|our) union|(?:my|our|the|union) reps?|shop stewards?|union (?:rep|meeting|branch|dues|subs)|staff side"
    r"|(?:on|see you on|out on|joining|manning) the line|(?:pay|full pay) restoration|pay (?:offer|award|campaign|dispute)|industrial action|walk(?:ed|ing)? out (?:with|over|on|at|today|tomorrow))\b",
    re.IGNORECASE,
)
_STRICTLY_BALLOT = Sought(r"\bballot\w*\b", re.IGNORECASE)
_VOTED = Sought(r"\b(?:posted|voted|sent|ticked|filled in|returned|yes and yes|mine's|done mine)\b", re.IGNORECASE)  # fmt: skip
_FIRST_PERSON = Sought(r"\b(?:i|i'm|i've|me|my|we|our|us)\b", re.IGNORECASE)
_UNION_MATTERS = Sought(
    r"\b(?:(?<!european )(?<!students )(?<!student )(?<!credit )(?<!rugby )(?<!ghana )unions?(?! (?:jack|street|road|square|lane|flag|chapel))|unionis\w+|ballot\w*|picket\w*"
    r"|(?<!hunger )(?<!lightning )strik(?:e|es|ers?|ing)(?! (?:resemblance|difference|view))|walk-?outs?|industrial (?:action|dispute|relations)|work(?:ing)? to rule"
    r"|turn ?out|voted (?:yes|no)|a mandate|(?:a|your|our|my|the|secretaries' |union )reps?|job matching|re-?band(?:ing|ed)|band [2-9] (?:to|work)|parity"
    r"|unison|gmb|rcn|rcm|bma|csp|tuc|staff side|regrading|placards?|scabs?|derogations?|pay (?:campaign|offer|deal|award|restoration|review evidence|rise)|joint staff side|members' meeting|our members|branch (?:meeting|officer|sec\w*)"
    r"|rep hat|facility time|shop steward|stewards?|convenor|solidarity|on the line|fbu|neu|nasuwt|pcs|hcsa|cphva|pda union|rmt|usdaw|unite)\b",
    re.IGNORECASE,
)

_UNION = r"(?:unison|unite|gmb|rcn|rcm|bma|csp|pcs|sor|bda|cwu|hcsa|fbu|rmt|usdaw|cphva|pda|mip|trade union|union)"
_OFFICE = r"(?:rep|representative|steward|secretary|convenor|convener|chair|officer|organiser|official|president|treasurer|branch|lead|spokesperson|negotiator)s?"
_OFFICER = re.compile(
    rf"\b{_UNION}\b[^.|\n]{{0,30}}\b{_OFFICE}\b|\b{_OFFICE}\b[^.|\n]{{0,20}}\b{_UNION}\b|\bstaff[- ]side\b[^.|\n]{{0,20}}\b{_OFFICE}\b|\b{_OFFICE}\b[^.|\n]{{0,20}}\bstaff[- ]side\b"
    r"|\b(?:lnc|jlnc|jncc|workplace|shop) (?:rep|chair|steward|officer)s?\b",
    re.IGNORECASE,
)
_GUARDIANS_OFFICE = re.compile(
    r"\b(?:freedom to speak up|ftsu|speak(?:ing)? up)\b[^.|\n]{0,20}\b(?:guardian|champion|ambassador|lead)s?\b|\bguardian of safe working\b|\bcaldicott guardian\b|\b(?:lead |hospital |trust )?chaplain\b"
    r"|\bstaff network\b[^.|\n]{0,20}\b(?:chair|lead)\b|\b(?:chair|lead)\b[^.|\n]{0,20}\bstaff network\b|\b(?:wellbeing|mental health|inclusion) champion\b",
    re.IGNORECASE,
)
_ANNOUNCES = re.compile(
    r"\b(?:come (?:and|to)|drop[- ]?ins?|drop by|pop in|find me|my door|door is open|surger(?:y|ies) for|i'll be in|i'm in the|room \d|say it to me|speak up (?:month|week)|join us|all welcome|open to all|every lunchtime|tea provided|sign up)\b",
    re.IGNORECASE,
)
_NAMES_UNION = re.compile(rf"\b{_UNION}\b|\bstaff[- ]side\b", re.IGNORECASE)
_COLLECTIVE = re.compile(
    r"\b(?:members?|branch|staff[- ]side|consultations?|redundanc\w+|redeploy\w+|tupe\w*|j?lnc|jncc|jcc|joint (?:staff|negotiating|consultative) \w+|ballot\w*|dispute|outsourc\w+|privatis\w+"
    r"|in-?house|job evaluation|re-?band\w*|regrad\w+|restructur\w+|reorganisation|negotiat\w+|facility time|drop-?ins?|leaflet\w*|management (?:said|say|says|want|wants|could|couldn't|can't|will|won't|today|has|have)"
    r"|(?:posts?|jobs?|roles?|staff) (?:go|goes|going|to go|close|closing|at risk|cut|lost|are under|under review)|as (?:a|your|their|his|her) reps?\b|(?:a )?members? of mine|my members?|proper room|how many (?:\w+ ){0,5}?(?:posts?|jobs?|roles?|staff)|merger|equality impact|talks|pensions?|pay)\b",
    re.IGNORECASE,
)
# What says that something is not for the public: a leak by whomever, an officer of a union too
_NOT_PUBLIC = re.compile(
    r"\b(?:leak\w*|unpublished|never published|not (?:yet )?(?:been )?(?:published|public|announced|for circulation)|(?:won't|not|aren't|isn't|refuse to) publish\w*|draft|private session|closed session|confidential\w*|in confidence|screenshots?|attached|attaching|enclosed?"
    r"|internal (?:emails?|memo|report|review|audit|papers?|plans?|figures?|documents?)|emails? (?:from|says|said|chain)|(?:hr|personnel|sickness) (?:file|record|system|case)s?|shared drive|exec drive|inbox|embargo\w*|(?:list|spreadsheet|rota) (?:of|with) (?:\w+ )?names"
    r"|before they (?:know|are told)|nobody is meant|not meant to|shouldn't (?:be sharing|share|say|post)|keep this (?:quiet|to)|page \d+|appendix|risk register|minutes of|slides?|forwarded|seen the (?:paper|plan|list|document)\w*)\b",
    re.IGNORECASE,
)
# What makes a reprisal's words charge more than the reprisal: danger, or a record or law that was broken
_TELLS_DANGER = re.compile(
    r"\b(?:unsafe|danger\w*|falsif\w+|fak(?:e|ed|ing)|back-?dat\w+|fiddl\w+|fudg\w+|fraud\w*|hid|hiding|hidden|cover(?:ed|ing)?[- ]up|illegal\w*|unlawful\w*|patients? (?:at risk|harm\w*|waiting|lost|fell|left)|someone will|somebody will|not safe|isn't safe|wasn't safe|untrue|lied|lies|lying"
    r"|made[- ]up (?:numbers|figures|obs|times|names|data)|making (?:it|them|numbers|figures) up|from (?:nothing|memory)|invent(?:ed|ing)|copied from|(?:the )?figures (?:are|were) wrong|no tender|pre-?(?:signed|filled|ticked)"
    r"|(?:never|not) (?:checked|tested|given|done|happened|declared)|(?:weren't|wasn't|isn't|aren't|hasn't been|haven't been) (?:being )?(?:checked|tested|given|done|declared))\b",
    re.IGNORECASE,
)


def works_there(text: str) -> bool:
    """Whether authors say that they work in care or did: 'I work nights on a ward', 'we were told to sign'."""
    plain = text[:LONGEST].replace("’", "'")
    return any(pattern.search(plain) for pattern in _WORKS_THERE)


def speaks_of_unions(text: str) -> bool:
    """Whether words of unions, strikes or ballots stand in it."""
    return _UNION_MATTERS.search(text[:LONGEST]) is not None


def for_a_union(text: str, bio: str) -> bool:
    """Whether an officer or representative of a union, or who names one, speaks of its business: consultations, posts, members."""
    words = text[:LONGEST].replace("’", "'")
    officer = _OFFICER.search(bio) or _OFFICER.search(words) or _NAMES_UNION.search(bio)
    return officer is not None and _COLLECTIVE.search(words) is not None


def speaks_in_office(bio: str) -> bool:
    """Whether a profile names an office by which its holder tells colleagues of things: the Guardian, a union's officer, a chaplain."""
    return _GUARDIANS_OFFICE.search(bio) is not None or _OFFICER.search(bio) is not None


def announces_in_office(text: str, bio: str) -> bool:
    """Whether a Guardian or the like, who holds no union's office, tells where they are found: no views of their own."""
    return (
        _GUARDIANS_OFFICE.search(bio) is not None
        and _ANNOUNCES.search(text[:LONGEST].replace("’", "'")) is not None
    )


def says_not_public(text: str) -> bool:
    """Whether its words say that something in it is not for the public: a draft, a private session, an internal email."""
    return _NOT_PUBLIC.search(text[:LONGEST].replace("’", "'")) is not None


def _may_be_of_detriment(kind: Protected, is_staff: bool) -> bool:
    """Whether words of detriment may make a disclosure of it: of who works there or did, but for a complaint by who is not known as staff."""
    return kind in ("criticism", "none") or (is_staff and kind == "complaint")


def _is_union_business(kind: Protected, text: str) -> bool:
    """Whether words of a union's business may make a union matter of it; a danger or a wrong that they tell stays a disclosure."""
    grave = _TELLS_DANGER.search(text) or _CHARGES.search(text) or harms_in(text)
    return kind in ("criticism", "complaint", "none") or (kind == "disclosure" and not grave)


def protected_by_speaker(
    scores: Mapping[str, float], text: str, bio: str, around: str, *, is_staff: bool, accuses: bool,
    abuses: bool = False, faulted: bool = False, gives_away: bool = False, insults: bool = False,
) -> Protected:  # fmt: skip
    """What protects a post, as `_by_speaker` has it; hate by its author is not protected by what is claimed around it."""
    kind = _by_speaker(
        scores, text, bio, around, is_staff=is_staff, accuses=accuses, abuses=abuses, faulted=faulted, gives_away=gives_away, insults=insults
    )  # fmt: skip
    return "none" if kind in SPEAKING_UP and own_hate_in(text) else kind


def _by_speaker(
    scores: Mapping[str, float], text: str, bio: str, around: str, *, is_staff: bool, accuses: bool,
    abuses: bool, faulted: bool, gives_away: bool, insults: bool,
) -> Protected:  # fmt: skip
    """What protects a post, by its scores (a value of `protected` -> 0 to 1) and by who speaks.

    `around` is what its context says; `accuses`: it makes an allegation; `abuses`: it abuses somebody, which no claim of detriment covers;
    `insults`: it insults and does nothing worse; `gives_away`: the same of something that is not public, unless no word says so; `faulted`: somebody from the public finds fault with care in it;
    """

    def works() -> bool:  # looked for where it decides: it takes longer than the rest together
        return is_staff or works_there(text) or works_there(bio)

    kind = _likeliest(scores, text, bio, around, is_staff=is_staff, accuses=accuses)
    leaks = gives_away and says_not_public(text)
    if not leaks and not abuses and _fared_worse(kind, text, is_staff=is_staff) and works():
        return "disclosure"
    if is_staff and (insults or not abuses) and _hides_harm(kind, text):
        return "disclosure"  # an insult beside it keeps its flag: codebook, section 1
    civil = not abuses and not gives_away
    if accuses and not abuses and _discloses(kind, text, bio, is_staff=is_staff and civil):
        return "disclosure"
    if _of_union(kind, scores, text, bio, around, is_staff=is_staff, civil=civil, works=works):
        return "union"
    if is_staff:
        kind = _of_staff_treated(kind, scores, text, accuses=accuses, abuses=abuses)
    elif not abuses and _unequal_care(kind, scores, text) and not works():
        return "discrimination"
    if kind == "none" and faulted:
        return "complaint"
    if kind == "none" and scores["union"] >= UNION_IN_WORDS and speaks_of_unions(text):
        return "union"
    return _by_office(kind, text, accuses=accuses, works=works)


def _likeliest(
    scores: Mapping[str, float], text: str, bio: str, around: str, *, is_staff: bool, accuses: bool
) -> Protected:
    """What the model says, but for what the words do not bear."""
    likeliest = sorted(PROTECTED, key=lambda value: -scores[value])
    if likeliest[0] == "union" and not any(map(speaks_of_unions, (text, around, bio))):
        likeliest.remove("union")
    kind = likeliest[0]
    if is_staff:
        unborne = _unborne_by_staff(kind, scores[kind], text, accuses=accuses)
    else:
        unborne = _unborne_by_public(kind, scores[kind], text)
    return next(value for value in likeliest if value not in unborne)


def _unborne_by_staff(kind: Protected, score: float, text: str, *, accuses: bool) -> Sequence[str]:
    """What it can't be where somebody at work tells of nothing that was wrong."""
    if kind != "disclosure" or score >= UNSURE or accuses:
        return ()
    return () if _tells_of_wrong(text) or tells_of_reprisal(text) else tuple(SPEAKING_UP)


def _unborne_by_public(kind: Protected, score: float, text: str) -> Sequence[str]:
    """What it can't be where a patient tells of a strike that moved their own care, of the unequal care of a relative or, saying who they are, of a wait."""
    if kind == "union" and _PUT_OFF.search(text) and _MY_CARE.search(text):
        return () if _WISHES_WELL.search(text) else tuple(SPEAKING_UP)
    if kind == "discrimination":
        in_words = tells_of_unequal_care(text) or _CHARGES.search(text) is not None
        unsure = score < UNSURE_OF_UNEQUAL and not in_words
        return tuple(SPEAKING_UP) if unsure or told_of_kin(text) else ()
    if kind == "disclosure" and _MY_CARE.search(text) and not works_there(text):
        return ("disclosure", "union")
    return ()


def _hides_harm(kind: Protected, text: str) -> bool:
    return kind in ("criticism", "complaint", "none") and hidden_harm(text)


def _discloses(kind: Protected, text: str, bio: str, *, is_staff: bool) -> bool:
    """Whether a charge is one by who worked there once, or of a danger to others by who works there (codebook, section 5)."""
    if kind in ("criticism", "none") and worked_there(text, bio):
        return True
    return is_staff and kind == "criticism" and _tells_of_others(text)


def _of_union(
    kind: Protected, scores: Mapping[str, float], text: str, bio: str, around: str, *, is_staff: bool, civil: bool,
    works: Callable[[], bool],
) -> bool:  # fmt: skip
    """Whether an officer speaks of a union's business, or staff of a union's matter in its own words."""
    if for_a_union(text, bio) and works() and _is_union_business(kind, text):
        return True
    return is_staff and civil and _stands_with_union(kind, scores, text, around)


def _tells_of_others(text: str) -> bool:
    """Whether others than its author are in danger, or harmed, in it."""
    return _ENDANGERS_OTHERS.search(text) is not None or bool(harms_in(text))


def _of_staff_treated(
    kind: Protected, scores: Mapping[str, float], text: str, *, accuses: bool, abuses: bool
) -> Protected:
    """The same where staff tell of how they were treated: for who they are it is discrimination, for what they would not sign a disclosure."""
    charged = accuses and (kind != "disclosure" or _tells_of_others(text))
    if kind in ("disclosure", "criticism", "none") and not charged:
        unequal = _treated_unequally(text, scores["discrimination"], abuses=abuses)
        return "discrimination" if unequal else kind
    of_records = kind == "discrimination" and (_RECORD_GONE.search(text) or _REFUSED.search(text))
    return "disclosure" if of_records and not _UNEQUAL.search(text.replace("’", "'")) else kind


def _unequal_care(kind: Protected, scores: Mapping[str, float], text: str) -> bool:
    """Whether a patient's own unequal care is told, in words of it that the model sees too."""
    other = kind in ("complaint", "criticism", "none")
    return other and scores["discrimination"] >= UNEQUAL_IN_WORDS and tells_of_unequal_care(text)


def _stands_with_union(
    kind: Protected, scores: Mapping[str, float], text: str, around: str
) -> bool:
    """Whether staff speak of a union's matter in its own words, or answer a ballot: civil, and read as nothing graver."""
    if kind not in ("criticism", "none"):
        return False
    if _STRICTLY_UNION.search(text):
        return kind == "none" or scores["union"] >= UNION_IN_WORDS
    return (
        kind == "none"
        and _STRICTLY_BALLOT.search(around) is not None
        and _VOTED.search(text) is not None
    )


def _by_office(
    kind: Protected, text: str, *, accuses: bool, works: Callable[[], bool]
) -> Protected:
    """What is left to say by whether its author works there: a charge by who does discloses, by who says nothing of themselves it doesn't."""
    if kind == "complaint" and accuses and works():
        return "disclosure"
    if (
        kind in ("criticism", "discrimination", "complaint")
        and _SPOKE_UP.search(text)
        and not _MY_CARE.search(text)
        and works()
    ):
        return "disclosure"
    if kind == "disclosure" and not _FIRST_PERSON.search(text) and not works():
        return "criticism"
    return kind


def _fared_worse(kind: Protected, text: str, *, is_staff: bool) -> bool:
    """Whether its words tell of a reprisal, so that they may make a disclosure of it."""
    if not _may_be_of_detriment(kind, is_staff):
        return False
    return tells_of_reprisal(text) if is_staff else claims_detriment(text)


def _treated_unequally(text: str, score: float, *, abuses: bool) -> bool:
    """Whether staff tell of their own unequal treatment: in words of it that the model sees too, or side by side with what they are."""
    if score >= UNEQUAL_IN_WORDS and _OWN.search(text) and _UNEQUAL.search(text.replace("’", "'")):
        return True
    if abuses:
        return False
    if score >= UNEQUAL_ASKED and asked_in_vain(text):
        return True
    return tells_of_unequal_treatment(text)


def tells_of_reprisal(text: str) -> bool:
    """Whether what befell somebody for having spoken is told: of oneself, or of a colleague."""
    return claims_detriment(text) or punished_for_speaking(text) or colleague_was_punished(text)


def least_of(flag: str, kind: Protected, text: str, bio: str = "") -> tuple[float, str]:
    """The score that a flag needs in speech that is told as protected so, and why in our own words; 0 where nothing is asked."""
    if flag == "confidential":
        if kind == "union":
            known = for_a_union(text, bio) and not says_not_public(text)
            return OFFICERS_NEWS if known else UNION_NEWS, "a union's own news is no leak"
        if kind == "disclosure" and tells_of_reprisal(text) and not says_not_public(text):
            return OWN_TREATMENT, "one's own treatment at work is no leak"
        if kind in SPEAKING_UP:
            return GIVEN_AWAY, "it is protected, and whether it gives away more is not sure"
    if flag == "derogatory" and kind in SPEAKING_UP:
        return INSULTS, "what is told is protected, and whether it insults is not sure"
    if flag == "allegation":
        uncharged = _uncharged(kind, text)
        if uncharged and not harms_in(text):
            return REPRISAL_UNCHARGED if kind == "disclosure" else UNCHARGED, uncharged
        if kind == "disclosure" and not _tells_of_wrong(text):
            return (
                ALLEGED_IN_WORDS,
                "something was said to somebody, and no danger or wrong is told",
            )
    return 0.0, ""


def _tells_of_wrong(text: str) -> bool:
    """Whether words of danger, of a wrong or of harm stand in it."""
    wrongs = (_TELLS_DANGER, _ENDANGERS_OTHERS, _CHARGES)
    return any(words.search(text) for words in wrongs) or hidden_harm(text) or bool(harms_in(text))


def _uncharged(kind: Protected, text: str) -> str:
    """Why what is told charges no wrong by itself; empty where it may."""
    if (
        kind == "discrimination"
        and not _CHARGES.search(text)
        and not _ENDANGERS_OTHERS.search(text)
    ):
        return "unequal treatment is told and no word charges a wrong"
    if kind == "union" and not (_CHARGES.search(text) or _TELLS_DANGER.search(text)):
        return "a union's business is told and no word charges a wrong"
    if kind == "disclosure" and tells_of_reprisal(text) and not _TELLS_DANGER.search(text):
        return "a reprisal is told and no danger, and no word charges more"
    return ""
