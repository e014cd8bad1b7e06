"""What bio and text say by rule about whether the author works for the ICB, or the NHS, now.

Evidence, not a verdict: the model's head and these cues are weighed together elsewhere. Relatives,
former staff, applicants, governors, firms and official accounts are no staff (codebook, section 1).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from classify.pid.base import lowered
from classify.text.clean import by_letter, plain, words_of
from classify.text.literals import Sought
from core.models import Staff
from core.patterns import lazy_compile

# ── The words by which authors say where they work, and those by which they don't work there. ─────

JOB = by_letter(
    r"(?:nurses?|rn|rmn|rgn|rnld|nqn|hcas?|healthcare assistant|health care assistant|health "
    r"visitor|midwi(?:fe|ves)|stmw|paramedic|emt|physio(?:therapist)?|odp|radiographer|sonographer"
    r"|dietitian|phleb(?:otomist)?|anp|acp|dsn|cns"
    r"|junior (?:dr|doctor)|doctor in training|registrar|reg|sho|f1|f2|fy1|fy2|st\d|ct\d|gpst\d?"
    r"|gp(?: partner| trainee| trainer| registrar| principal)?|locum gp|anaesthetist|surgeon"
    r"|paediatrician|psychiatrist|oncologist|cardiologist|geriatrician|haematologist|consultant "
    r"(?:in|physician|surgeon|anaesthetist|psychiatrist|paediatrician|nurse|midwife|radiologist)"
    r"|matron|ward (?:manager|sister|clerk|hostess|nurse)|charge nurse|staff nurse|practice "
    r"(?:manager|nurse|pharmacist)|clinical (?:lead|fellow|nurse specialist|pharmacist"
    r"|psychologist)|hospital (?:pharmacist|porter|doctor)|pharmacy tech(?:nician)?|scrub nurse"
    r"|theatre (?:nurse|practitioner)"
    r"|mh nurse|mental health (?:nurse|worker|practitioner)|camhs (?:clinician|nurse|practitioner)"
    r"|pwp|occupational therapist|speech (?:and language )?therapist|salt|slt|student (?:nurse"
    r"|midwife|paramedic)|nursing (?:student|associate|assistant)|nhs (?:\w+ )?(?:manager|nurse"
    r"|doctor|dr|worker|porter|admin|employee|staff|consultant|physio|midwife|pharmacist|analyst"
    r"|project \w+|comms|commissioner|psychologist|therapist|dentist|radiographer|secretary"
    r"|scientist|pen ?pusher|lifer|leader|director)"
    r"|district nurse|dn|community nurse|band [2-9][abcd]?|b[5-8]\b)"
)
NHS_PLACE = by_letter(
    r"(?:nhs(?: foundation)?(?: trust)?|trust|hospitals?|hosp|infirmary|a ?& ?e|ed|icu|itu|nicu"
    r"|picu|amu|ward \w+|theatres?|gynae|maternity|renal|surgery|gp|gp practice|(?:medical"
    r"|health) centre|pcn|utc|111|ambulance service|las|ccg|icb|lnwh|cnwl|clch|imperial(?: "
    r"college healthcare)?|chel ?west|west mid(?:dlesex)?"
    r"|northwick(?: park| pk)?|hillingdon(?: hosp\w*)?|charing (?:cross|x)|st mary'?s"
    r"|hammersmith(?: hosp\w*)?|central mid(?:dlesex)?|ealing hosp\w*|mount vernon|qcch|queen "
    r"charlotte'?s|royal \w+ hospital|c&w|cx)"
)
ROLE = by_letter(
    r"(?:manager|lead|director|officer|analyst|analytics|administrator|admin|assistant|coordinator"
    r"|co-ordinator|head of|chief|deputy|associate|partner|commission\w+|finance|payroll|hr|comms?"
    r"|communications|engagement|planning|digital|data|estates|contracts?|procurement|quality"
    r"|safeguarding|performance|transformation|programme|project|primary care"
    r"|medicines|pharmacist|nurse|gp|clinical|doctor|consultant|secretary|pa|ea|trainee|graduate"
    r"|intern|apprentice|temp|interim|secondee|secondment|seconded|workforce|inclusion|cyber|it|ig"
    r"|governance|strategy|improvement|operations|ops|access|urgent care|uec|referrals?|chc"
    r"|continuing (?:health)?care|population health|public health|immunisation|non[- ]?exec\w*|ned"
    r"|board member|accountant|business|champion|team|staffer|employee|colleague|work(?:s|ing|er)?"
    r"|job|desk|floor|office|corporate|band \d\w?)"
)
AT = r"(?:at|@|for|with|in|of|,|\||-|/|:|;|\()"
FORMER = (
    r"(?:once of|ex|former(?:ly)?|retired?|recovering|previously|used to|onetime|one-time|late of"
    r"|once (?:a|an|at|in)|was (?:a|an|at|in|with)|were|left|lapsed|past|alum\w*|no longer|quit"
    r"|resigned from|years? ago|until (?:19|20)\d\d|worked|ret'?d)"
)
KIN = by_letter(
    r"(?:wife|husband|partner|hubby|son|daughter|mum|mother|dad|father|sister|brother|girlfriend"
    r"|boyfriend|fiancee?|cousin|aunt|uncle|niece|nephew|nan|flatmate|housemate|friend|mate"
    r"|neighbour|missus|other half|parents?|in-law)"
)
NOT = {
    "a relative of staff": lazy_compile(
        rf"(?:\b(?:my|our|his|her|whose) (?:\w+ )?|(?:^|[.!?|\n] ?)(?:so proud,? )?)"
        rf"{KIN}(?:'s| is| was|, who)? (?:\w+ "
        rf"){{0,3}}?(?:works?|working|worked|starts?|started|nurses?|(?:a|an|the) (?:\w+ "
        rf"){{0,2}}(?:nurse|doctor|gp|midwife|paramedic|manager|physio|hca|consultant|commissioner"
        r"|porter|receptionist))\b"
        rf"|\b(?:married|engaged|wed|related|proud|{KIN})(?: \w+)? (?:to|of|for) (?:an?|the|two"
        rf"|three|my)? ?(?:\w+ ){{0,2}}(?:nurses?|doctors?|drs?|gps?|midwi(?:fe|ves)|paramedics?"
        r"|medics?|nhs|icb|hca|physio|consultant|surgeon|porter)\b|\b(?:nurse|doctor|nhs|medic|gp"
        rf"|midwife)(?:'s)? (?:wife|husband|widow|mum|dad|son|daughter)\b|\b{KIN}(?: of|'s| is) "
        rf"an? (?:\w+ )?{JOB}\b"
    ),
    "formerly staff": lazy_compile(
        rf"\b{FORMER}\b[- ,:]{{0,3}}(?:\w+[ ,-]+){{0,4}}?(?:{JOB}|nhs|icb|ccgs?|pct|{NHS_PLACE}"
        rf"|{ROLE})\b|\b{JOB}\b[^.|]{{0,40}}\((?:retired|ret'?d|former|ex)\)|\b{JOB},? (?:now "
        rf")?retired\b|\b(?:nhs|nurse|ccg|icb)[^.|]{{0,30}}\buntil (?:19|20)\d\d|\bwas an? {JOB} "
        r"for\b"
    ),
    "formerly staff, by the text": lazy_compile(
        rf"\b(?:ex|former|retired)[- ](?:\w+ )?(?:{JOB}|nhs|icb|ccg|nwl)\b(?! (?:wife|husband))"
        r"|\bi (?:left|quit|used to work (?:at|for|in)|retired from|once worked (?:at|for)"
        rf"|worked (?:at|for|in)|was (?:a|an)) (?:the )?(?:\w+ ){{0,3}}?(?:{JOB}|icb|ccg"
        rf"|{NHS_PLACE})\b|\bno longer (?:work|at|with|in)|\bdon't work (?:there|here|for)"
    ),
    "an applicant": re.compile(
        r"\b(?:appl(?:ied|ying|ication|icant)|interview(?:ed|ing)?|hoping|aspiring|wannabe|future"
        r"|would-be|rejected|want to be|dream(?:s|ing)? of being)\b[^.|]{0,40}\b(?:icb|nhs|nurse"
        r"|doctor|midwife|paramedic|trust|job|role|band)\b"
    ),
    "a governor or representative": re.compile(
        r"\b(?:(?:public|patient|trust|lead|staff)? ?governor|ppg|patient (?:rep\w*|leader|partner"
        r"|participation|voice)|lay (?:member|rep\w*|partner)|expert (?:patient|by experience)"
        r"|healthwatch|league of friends|volunteer\w*|carers? rep\w*|service user rep\w*)\b"
    ),
    "a firm or its marketing": re.compile(
        r"\b(?:ltd|limited|llp|plc|recruit(?:s|ing|ed|ers?)|recruitment(?! (?:panel|lead|manager"
        r"|team|officer))|staffing|suppl(?:y|ier|iers|ies) (?:to|of)|we (?:place|help|work with"
        r"|supply|support|provide|build|deliver)|co-?founder|founder|clients? include|our clients"
        r"|consultancy|agency supplies|trusted by|partner(?:s|ed|ing)? (?:of|with|to) (?:the )?nhs"
        r"|official partner|solutions|saas|vendors?|(?:med|health|care) ?-?tech"
        r"|sales (?:lead|manager|director|exec\w*|rep\w*|team)|head of sales|account (?:manager|exec\w*))\b"
    ),
    "an official or a service's account": re.compile(
        r"\bofficial (?:account|page|twitter|feed|channel|news|profile|home|site)\b"
        r"|\bofficial\b(?=.{0,40}\b(?:nhs|icb|ics|trust))|\b(?:we are|we're|news (?:and|&) "
        r"(?:updates|info)|updates from|follow us|contact us|call us|(?:not )?monitored (?:24|mon"
        r"|9)|account (?:is )?(?:not )?monitored|tweets by the|run by the|managed by|24/7|support "
        r"desk|help ?desk|part of (?:the )?nhs)\b"
        r"|\b(?:channel|careers|service|dept|department|squad|page|account)\b(?= (?:of|for) "
        r"(?:the )?(?:nhs|north west london|nw london|nwl))|\b(?:nhs|nwl|london)(?: \w+){0,4} "
        r"(?:channel|careers|service|services|squad|screening dept|vaccination team)\b"
    ),
    "not NHS": re.compile(
        r"(?<!me, )(?<!mine, )(?<!mine )(?<!own, )\b(?:not (?:an? |the |in |part of |work(?:ing)? "
        r"for )?(?:the )?nhs(?! (?:view|opinion|voice|speak))\b(?: (?:staff|employee|worker))?|no "
        r"link to the (?:nhs|icb)|(?:independent|unofficial)\b[^.|]{0,30}\b(?:nhs|icb)|not run by"
        r"|never worked|nhs (?:supporter|campaigner|fan|user|patient|watcher|critic)|(?:save|keep"
        r"|love|support|defend) (?:our|the|r) ?nhs|i (?:don't|do not) work)\b"
    ),
    "a union": re.compile(
        r"\b(?:unison|unite|rcn|gmb|bma|rcm|csp)\b[^.|]{0,25}\b(?:branch|region|official|members"
        r"|rep for|organiser|retired)\b|\b(?:branch|retired members)\b[^.|]{0,20}\b(?:unison|unite"
        r"|gmb|rcn)\b|\btrade union\b"
    ),
    "a journalist": re.compile(
        r"\b(?:reporter|journalist|correspondent|news editor|newsdesk|local democracy)\b"
    ),
}
SAYS_NHS = lazy_compile(
    r"\b(?:i'm|im|i am|i've been|as(?! \w+ (?:for|as|to|since)\b)|being) (?:an? |the |still an? |just an? |only an? )?(?:\w+ "
    rf"){{0,3}}?{JOB}\b(?!['’]s)|\bi (?:still )?work (?:at|for|in|on|as|with) (?:the |an? |our "
    rf")?(?:\w+ ){{0,3}}?(?:{NHS_PLACE}|{JOB}|reception)\b|\b{JOB} (?:here|of \d+ years"
    r"|speaking)\b"
    rf"|^(?:\w+ ){{0,2}}?(?:{JOB}|porter|receptionist|cleaner)(?: here\b|, (?:{NHS_PLACE}|"
    rf"[\w' ]{{3,20}})[.,:]| (?:at|in|@) [\w' ]{{3,25}}[.,:;])|\b(?:agency|bank|locum) (?:{JOB}"
    r"|shift)\b|\bi(?:'m| am) (?:a |an |the )?(?:\w+ )?(?:receptionist|porter|secretary|cleaner"
    r"|booking clerk|call handler|carer|ward clerk|admin|pharmacist"
    rf"|consultant)\b[^.]{{0,30}}\b{NHS_PLACE}\b"
)
# Words of which one stands in every match but one at the very start of the text.
SAYS_NHS_NEEDS = frozenset(
    {"i", "im", "as", "being", "here", "speaking", "years", "agency", "bank", "locum"}
)
# By reason: words of which one stands in every match in a text.
_NOT_NEEDS = {
    "a relative of staff": """
        wife husband partner hubby son daughter mum mother dad father sister brother girlfriend
        boyfriend fiance fiancee cousin aunt uncle niece nephew nan flatmate housemate friend mate
        neighbour missus half parent parents law married engaged wed related proud widow""",
    "formerly staff, by the text": "ex former retired left quit used worked was longer don",
    "an applicant": "icb nhs nurse doctor midwife paramedic trust job role band",
    "not NHS": "nhs ournhs thenhs rnhs icb run never don do",
}
NOT_NEEDS = {reason: frozenset(words.split()) for reason, words in _NOT_NEEDS.items()}
AT_WORK = re.compile(
    r"\b(?:my (?:line manager|matron|ward|shift|shifts|trust|caseload|patients?|rota|ward manager"
    r"|clinic list|on[- ]call|smartcard|band|team lead|supervisor|placement|bleep|registrar"
    r"|consultant's list)|our (?:ward|trust|patients|department|unit|rota|staff room|matron"
    r"|handover|hub|ed|surgery|practice|clinicians|icb)|on (?:shift|nights|placement|call)"
    r"|(?:just )?(?:finished|got off|off|coming off|end of) (?:a |my )?(?:night|nights|shift|long "
    r"day)|handover|staff ?room|my nhs colleagues|our execs?|our executive|cannula\w*|twelve hours"
    r"|13 hour shift|my manager at the (?:trust|hospital|icb|surgery|practice))\b"
)
PARTIAL = frozenset(
    {"a relative of staff", "formerly staff", "formerly staff, by the text", "an applicant"}
)
BIO_ONLY = frozenset(NOT) - {
    "a relative of staff",
    "formerly staff, by the text",
    "an applicant",
    "not NHS",
}


# ── What a post says of where its author works. ──────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffCues:
    """`icb` and `nhs` are plain statements of working there now; `at_work` is talk of one's own work.

    `denied` holds the reasons why the author is no staff ('formerly staff'), in our own words; `place` is
    where that which decides stands, "" where nothing does.
    """

    icb: bool
    nhs: bool
    at_work: bool
    denied: tuple[str, ...]
    place: Literal["profile", "text", ""]

    @property
    def suggests(self) -> Staff | None:
        """What the cues alone come to; None where they say nothing."""
        if self.icb:
            return "icb"
        if self.nhs:
            return "nhs"
        return "no" if self.denied else None


def staff_cues(text: str, bio: str, names: Sequence[str] = ()) -> StaffCues:
    """What bio and text say about where the author works. `names` are the ICB's, handles included.

    Predecessors' names count as the ICB's. A denial takes back only what stands beside it, so that
    'ex-nurse, now commissioning manager at NWL ICB' is `icb`.
    """
    about, low = lowered(plain(bio[:2000]).text), lowered(plain(text[:20_000]).text)
    own = named(tuple(names))
    by_bio = {reason for reason, pattern in NOT.items() if about and pattern.search(about)}
    words = words_of(low)
    by_text = {
        reason
        for reason, needs in NOT_NEEDS.items()
        if not needs.isdisjoint(words) and NOT[reason].search(low)
    }
    denied = [reason for reason in NOT if reason in by_bio or reason in by_text]
    whole = [reason for reason in denied if reason not in PARTIAL]
    clean = _without_denied(about, PARTIAL) if by_bio & PARTIAL else about
    clean_text = _without_denied(low, PARTIAL - BIO_ONLY) if by_text & PARTIAL else low
    by_profile = not whole and _icb_bio(clean, own)
    icb = by_profile or ("formerly staff" not in denied and _icb_text(clean_text, own))
    nhs = False
    if not icb:
        by_profile = not whole and _nhs_bio(clean)
        nhs = by_profile or _says_nhs(clean_text)
    return StaffCues(
        icb=icb,
        nhs=nhs,
        at_work=AT_WORK.search(low) is not None,
        denied=tuple(dict.fromkeys(reason.removesuffix(", by the text") for reason in denied)),
        place=_place(by_profile if icb or nhs else bool(by_bio), icb or nhs or bool(denied)),
    )


def _place(in_profile: bool, decides: bool) -> Literal["profile", "text", ""]:
    if not decides:
        return ""
    return "profile" if in_profile else "text"


@lru_cache(maxsize=256)
def named(names: tuple[str, ...]) -> Sought:
    """A pattern for any of these names in lower-case text, with blanks, '&' and hashtags let through."""
    handles, spoken = [], []
    for name in sorted(names, key=len, reverse=True):
        simple = lowered(plain(name).text).strip()
        if simple.startswith("@"):
            handles.append(re.escape(simple))
        elif simple:
            parts = [
                r"(?:&|and)" if part in ("&", "and") else re.escape(part)
                for part in re.split(r"[\s-]+", simple)
            ]
            spoken.append(r"[\s\-]{0,2}".join(parts))
    either = [f"#?{by_letter('|'.join(spoken))}"] * bool(spoken) + handles
    return Sought(rf"(?<![\w@])(?:{'|'.join(either)})(?!\w)" if either else r"(?!)")


def _without_denied(low: str, reasons: Collection[str]) -> str:
    """The words without the parts that tell of relatives, of the past and of hopes."""
    for reason, pattern in NOT.items():
        if reason not in reasons:
            continue
        for match in list(pattern.finditer(low)):
            done = match.end()
            rest = re.match(r"[^.|;\n]*?(?=[.|;\n]|,? now\b|,? but\b|$)", low[done:])
            done += len(rest.group()) if rest else 0
            low = low[: match.start()] + " " * (done - match.start()) + low[done:]
    return low


def _says_nhs(low: str) -> bool:
    if words_of(low).isdisjoint(SAYS_NHS_NEEDS):
        return SAYS_NHS.match(low) is not None
    return SAYS_NHS.search(low) is not None


def _icb_bio(about: str, own: Sought) -> bool:
    if not about:
        return False
    for match in own.finditer(about):
        before, after = (
            about[max(0, match.start() - 90) : match.start()],
            about[match.end() : match.end() + 60],
        )
        if re.search(
            r"\b(?:logo|fan|love|supporting|watching|tagging|news about|link to|campaign|banner"
            r"|poking|complain\w*)\b",
            before + after,
        ):
            continue
        if not before.strip() and re.search(
            r"^(?: [\w-]+){0,5} (?:team|dept|department|service|services|desk|channel|squad|imms"
            r"|hub|line|clinics?|careers)\b",
            after,
        ):
            continue
        if re.search(rf"\b{ROLE}\b", before + after) or re.search(
            r"(?:\bat|@|\bfor|\bworks? (?:at|for|in)|\bin)(?: the)? ?$", before
        ):
            return True
        segment = re.split(r"[|.•\n]", before)[-1] + re.split(r"[|.•\n,]", after)[0]
        if len(segment.split()) <= 2:
            return True
    return (
        re.search(
            rf"\bicb\b[ ,:|/-]{{0,3}}(?:\w+ ){{0,2}}{ROLE}\b|\b{ROLE}\b(?: \w+)? ?{AT} ?(?:the "
            r"|our )?icb\b",
            about,
        )
        is not None
    )


def _icb_text(low: str, own: Sought) -> bool:
    if "icb" not in low and not own.search(low):
        return False
    for match in own.finditer(low):
        before = low[max(0, match.start() - 70) : match.start()]
        after = low[match.end() : match.end() + 40]
        if _I_WORK.search(before) or re.search(rf"^ {_STAFFER}s? (?:here|myself|i)\b", after):
            return True
        if re.search(r"\bas an? $", before) and re.search(rf"^ {_STAFFER}\b", after):
            return True
    return _AT_THE_ICB.search(low) is not None or _at_named(own).search(low) is not None


_STAFFER = r"(?:employee|colleague|staff member|manager|commissioner|worker)"
_I_WORK = lazy_compile(
    r"\b(?:i(?:'m| am)?|we|as) (?:still |now |have |'ve )?"
    rf"(?:work(?:ed|ing)? (?:at|for|in|with)|(?:an? |the )?(?:\w+ ){{0,3}}{ROLE} (?:at|for|in|of|with)"
    r"|here at|at|employed by|joined|started at|seconded to|(?:in )?the \w+ team (?:at|of))"
    r"(?: the| this)?(?: \w+)? ?$"
    r"|(?:^|[.!?] ?|\bi'm |\bi am )(?:currently |now )?on secondment (?:to|at|with|in)(?: the)? $"
)
_AT_THE_ICB = re.compile(
    r"\bi (?:still )?work (?:\w+ ){0,4}(?:at|for|in|on) (?:the |our |this |an? )?icb(?:'s)?\b"
    r"|\bas an icb (?:employee|manager|commissioner|staff member|worker)\b"
    r"|\bi(?:'m| am) (?:at|with) the icb\b|\bseconded (?:\w+ ){0,3}to the icb\b"
    r"|\bour icb (?:team|office|colleagues|execs?)\b|\b(?:here|we) at the icb\b"
    r"|\bmy (?:\w+ )?(?:manager|director|team|desk) at the icb\b|\bi have worked in this icb\b"
    r"|^\W{0,3}icb (?:\w+ ){0,3}here\b|\(icb (?:staff|employee)\b|\bi'm icb\b"
    r"|\bmy icb (?:desk|job|team|colleagues?|manager|contract)\b"
)


@lru_cache(maxsize=16)
def _at_named(own: Sought) -> re.Pattern[str]:
    """'I'm a band 4 in the referral hub for …', 'my manager at …', with any of these names."""
    body = rf"(?:icb|{own.pattern})"
    return re.compile(
        rf"\b(?:i'm|i am) (?:an? |the )?(?:\w+ ){{0,7}}(?:at|for|in|from|of) (?:the |our )?{body}"
        r"(?! (?:patient|area|board paper|complaint|app))"
        rf"|\bmy (?:line )?(?:manager|boss|director|team) (?:at|in) (?:the )?{body}"
    )


def _nhs_bio(about: str) -> bool:
    if not about:
        return False
    if re.search(rf"(?<![\w-])(?!nhs\b){JOB}(?![\w-])", about):
        return True
    return (
        re.search(
            r"\b(?:works?|working|employed) (?:at|for|in) (?:the |an? )?(?:\w+ "
            rf"){{0,3}}?{NHS_PLACE}\b|\b(?:{ROLE}|porter|reception(?:ist)?|clerk|cleaner"
            r"|registrar"
            r"|sister|theatres?|bookings|hostess|therapist|psychologist|scientist|carer|domestic"
            rf"|chaplain|secretary|nursery nurse|kiosk guy)\b[^.|]{{0,25}}?(?:{AT}|\s)\s?(?:\w+ "
            rf"){{0,3}}?{NHS_PLACE}\b"
            rf"|(?:^|[|.,/•] ?){NHS_PLACE} (?:\w+ )?{ROLE}\b|(?:^|[|.•] ?)nhs(?:$|[|.,•/])",
            about,
        )
        is not None
    )


def profile_line(bio: str, staff: Staff, names: Sequence[str] = ()) -> str:
    """The part of a profile that by itself says that its author is such staff; "" where none does.

    What two parts say only together is not told: to show more of a profile than its one line would be too much.
    """
    for part in re.split(r"[|•\n;]|(?<=[.!?])\s+", bio[:2000])[:40]:
        line = part.strip()
        if line and staff_cues("", line, names).suggests == staff:
            return line
    return ""
