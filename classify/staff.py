"""What bio and text say by rule about whether the author works for the ICB, or the NHS, now.

Evidence, not a verdict: the model's head and these cues are weighed together elsewhere. Relatives,
former staff, applicants, governors, firms and official accounts are no staff (codebook, section 1).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mention import Staff

from .branches import by_letter
from .pid_post import lowered
from .plain import plain, words_of
from .staff_words import (
    AT,
    AT_WORK,
    BIO_ONLY,
    JOB,
    NHS_PLACE,
    NOT,
    NOT_NEEDS,
    PARTIAL,
    ROLE,
    SAYS_NHS,
    SAYS_NHS_NEEDS,
)


@dataclass(frozen=True, slots=True)
class StaffCues:
    """`icb` and `nhs` are plain statements of working there now; `at_work` is talk of one's own work.

    `denied` holds the reasons why the author is no staff ('formerly staff'), in our own words.
    """

    icb: bool
    nhs: bool
    at_work: bool
    denied: tuple[str, ...]

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
    said = _without_denied(low, PARTIAL - BIO_ONLY) if by_text & PARTIAL else low
    icb = (not whole and _icb_bio(clean, own)) or (
        "formerly staff" not in denied and _icb_text(said, own)
    )
    nhs = not icb and ((not whole and _nhs_bio(clean)) or _says_nhs(said))
    denied = [reason.removesuffix(", by the text") for reason in denied]
    return StaffCues(icb, nhs, AT_WORK.search(low) is not None, tuple(dict.fromkeys(denied)))


@lru_cache(maxsize=256)
def named(names: tuple[str, ...]) -> re.Pattern[str]:
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
    return re.compile(rf"(?<![\w@])(?:{'|'.join(either)})(?!\w)" if either else r"(?!)")


def _without_denied(low: str, reasons: Collection[str]) -> str:
    """The words without the parts that tell of relatives, of the past and of hopes."""
    for reason, pattern in NOT.items():
        if reason not in reasons:
            continue
        for found in list(pattern.finditer(low)):
            done = found.end()
            rest = re.match(r"[^.|;\n]*?(?=[.|;\n]|,? now\b|,? but\b|$)", low[done:])
            done += len(rest.group()) if rest else 0
            low = low[: found.start()] + " " * (done - found.start()) + low[done:]
    return low


def _says_nhs(said: str) -> bool:
    if words_of(said).isdisjoint(SAYS_NHS_NEEDS):
        return SAYS_NHS.match(said) is not None
    return SAYS_NHS.search(said) is not None


def _icb_bio(about: str, own: re.Pattern[str]) -> bool:
    if not about:
        return False
    for found in own.finditer(about):
        before, after = (
            about[max(0, found.start() - 90) : found.start()],
            about[found.end() : found.end() + 60],
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


def _icb_text(low: str, own: re.Pattern[str]) -> bool:
    if "icb" not in low and not own.search(low):
        return False
    for found in own.finditer(low):
        before = low[max(0, found.start() - 70) : found.start()]
        after = low[found.end() : found.end() + 40]
        if _I_WORK.search(before) or re.search(rf"^ {_STAFFER}s? (?:here|myself|i)\b", after):
            return True
        if re.search(r"\bas an? $", before) and re.search(rf"^ {_STAFFER}\b", after):
            return True
    return _AT_THE_ICB.search(low) is not None or _at_named(own).search(low) is not None


_STAFFER = r"(?:employee|colleague|staff member|manager|commissioner|worker)"
_I_WORK = re.compile(
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
def _at_named(own: re.Pattern[str]) -> re.Pattern[str]:
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
