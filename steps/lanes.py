"""Where a post waits for a person, and why in one line: by rules, from flags, masks, whose page it is and places.

A lane is a promise with a time (classify/policy/policy.toml, `lane`): by harm, never by a count of flags. Reasons are
made of fixed words and the organisation's own names; a short question is told in its own masked words, after what it is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from classify.pid.base import NOBODY, Contacts
from classify.pid.redaction import tells_details
from classify.policy.schema import Policy
from core import danger, worries
from core.deaths import tells_of_death
from core.models import SPEAKING_UP, Flag, Lane, speaks_up
from core.named_time import named_time
from core.subjects import MASK, TOPICS, topic_of, wants, warns, whom_of
from store import LanePlacing, PostFacts

THREAT = "threat"
REPORTED = "Reported by a colleague"  # where nobody ticked what worries them
# What a colleague ticks, as the form calls it (review/staff_reports.py), and the heading of the case by it. Theirs alone: everybody who signs in
# reads headings, and a colleague's own words may name somebody and accuse them.
REPORT_REASONS = worries.HEADINGS
DIED, HURT = "Says that someone died", "Says that someone came to serious harm"
COVERED_UP = "Says that something was covered up"
REMARK = "Remark"  # instead of what holds of staff alone: a list of such headings would be a list of staff
OURS_WRONG = "Says that our information is wrong"
NOT_READ = "The program could not read this post"
# What may be speaking up is called in the Guardian's lane
GUARDIANS_REASONS: Mapping[str, str] = {
    "disclosure": "A concern, told in public", "union": "Union matters", "discrimination": "Says they were treated unfairly",
}  # fmt: skip
SURE, VERY_SURE = (
    0.7,
    0.9,
)  # scores from which the page calls a flag sure; below it is told as what may be
LONGEST_REASON = 42  # characters, as a row has room for
LANE_ORDER: tuple[Lane, ...] = ("now", "answer", "look", "guardian", "rest")  # worst first
AIMED = frozenset(("patient", "colleague", "person"))
# What a colleague ticked who saw that somebody may come to harm (review/staff_reports.py): a person outranks the program
TOLD_FIRST = (worries.DANGER, worries.THREAT, worries.AIMED)
PERSON_FIRST = 10**9  # more than any reach, so that what is aimed at somebody comes first

# Kinds of masked details that single somebody out, the most telling first, and what a row calls them
DETAILS = {
    "NHS number": "NHS number", "CHI number": "Scottish NHS number", "hospital number": "hospital number",
    "date of birth": "date of birth", "address": "address", "postcode": "address",
    "phone": "phone number", "telephone": "phone number", "email": "email address", "bank account": "bank details",
    "passport number": "passport number", "NI number": "NI number",
    "licence number": "licence number", "name": "name",
}  # fmt: skip
_SHARE = re.compile(r"\s*RT [@\[]", re.IGNORECASE)
_MASKED = re.compile(r"\[([A-Za-z ]{4,20})\]")


# What is told by a colleague's email and is acted upon within the hour
_TOLD_AT_ONCE = frozenset(
    ("allegation", "confidential", "harassment", "hate", "pid", "removal_request", "security", "sexual", "threat")
)  # fmt: skip


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)


_CLOSING = _words(r"clos(?:e[sd]?|ing|ure)|shut(?:s|ting)?|shutters")
# What is claimed to heal, whatever it is to replace
_CURES = _words(r"cur(?:e[sd]?|ing)|heal(?:s|ed)|miracle|detox\w*|remed(?:y|ies)")
_ASKS_PRESS = _words(
    r"comment|interview|a line by|inbox|dms?|get in touch|contact (?:me|us)|did you|were you|can you|could you|would you"
    r"|will you|confirm|would (?:\w+ ){1,3}be possible|have you|looking for|speak to|talk to us|could we|may we"
)
# What a published piece says where it wants to hear from us or from people; a question in it is put to its readers
_PAGES = (
    r"(?:web ?)?(?:sites?|pages?)|websites?|leaflets?|letters?|posters?|lists?|maps?|app|directory"
)
_OUR_PAGE = _words(
    rf"(?:your|nhs|nhs north west london|nhs nw london|nwl|nwl nhs|icb|icb[’']s|healthiernwl)(?: own)?(?: \w+){{0,2}} (?:{_PAGES})"
)
_YOUR_PAGE = _words(rf"(?:this|the|that|your) (?:{_PAGES}|post|number|link|date|address)")
_IS_WRONG = _words(
    r"(?:still )?(?:says?|said|lists?|shows?|gives?|tells?)\b.{0,80}\b(?:not (?:since|true|so|any ?more)|is ?n[’']?t|are ?n[’']?t|no longer|but|closed)"
    r"|out of date|outdated|not up to date|update (?:somebody|it|your|the)|(?:is|are|was|were) wrong|wrong (?:number|address|date|hours|times|link|page)"
    r"|still (?:says?|lists?|shows?|gives?)|not correct|incorrect|dead link|(?:link|page) (?:is|was) (?:dead|broken)"
)
_SCORE = re.compile(r"(?m)(?:^|\n)[^\n:]{3,60}: ([1-5])(?: of 5)?[ ]*$")
_GLAD = _words(
    r"thanks?|thank you|thankful|grateful|hvala|merci|gracias|shukran|dziękuję|obrigad[oa]|well done|more of this|brilliant|amazing|fantastic"
    r"|excellent|couldn.?t fault|credit where|finally a|nearly fell off (?:my|the) chair|works\.|works (?:well|now)|seen on time|fixed"
)
_FAULT = _words(
    r"not|no|never|nobody|none|nothing|\w+n[’']t|cannot|wait(?:ed|ing|s)?|rude|worse|worst|useless|joke|shame|ridiculous|cancel\w*|lost|wrong\w*"
    r"|ignor\w+|refus\w+|why (?:is|are|do|does|did|was|were|can|won)|disgrac\w+|awful|terrible|appalling|fail\w*|delay\w*|mistake\w*|hours|weeks|months|but|still|closing|shut\w*|obviously"
)
_ASKS_READERS = _words(
    r"inbox|dms?|get in touch|contact (?:me|us)|e-?mail (?:me|us)|a line by|for (?:a )?(?:comment|statement|response)"
)
_REMOVAL = _words(
    r"take (?:(?:\w+ ){0,3})?(?:down|off|away)|tak(?:ing|en) (?:it |them )?(?:down|off)|remov\w+|delet\w+|unpublish\w*|withdraw\w*|take .{1,40} down"
    r"|blur\w*|no consent|(?:never|not|didn.?t) (?:agree\w*|consent\w*|said yes|give permission)|without (?:consent|permission|asking)"
    r"|said yes to|pictures?|photos?|poster|video"
)
_STUDIES = _words(
    r"dissertation|thesis|ph\.?d|m\.?sc|students?|my (?:research|course|degree)|university"
)
_INTERVIEW = _words("interview|talk to")
# What whoever writes for a paper or a programme says of it; a question that has none of them is one that anybody asks
_OF_PRESS = _words(
    r"reporters?|journalis\w+|news(?:paper|room|desk)?|press|media|editors?|magazine|producer|presenter|radio|tv|bbc|itv|sky|documentar(?:y|ies)|podcasts?"
    r"|film(?:ing|ed)?|broadcast\w*|publish\w*|print(?:ing)?|article|story|stories|feature|piece|column|statement|comments?|interviews?|quotes?|deadline"
    r"|on the record|off the record|a line (?:by|from)|confirm|deny|spokes\w+|foi|inquiry|inquest|investigat\w+|inbox|dms?|confidences?"
)
# By which a colleague passes on what is kind, and asks whether we share it
_TO_SHARE = _words(
    r"a (?:kind|nice|lovely|happy|good) (?:one|post|video|comment)|(?:could|can|may|shall|should) we (?:ask (?:them |him |her )?(?:to|if we (?:can|could|may)) )?(?:share|repost|retweet|thank|re-?use)"
)
_ASKS_FOR_CARE = _words(
    r"dentist\w*|dental|tooth\w*|teeth|gps?|doctors?|nurse|surgery|surgeries|appointments?|pharmac\w+|chemists?|prescri\w+|medicines?|tablets?|inhalers?|a&e|111"
    r"|walk.?ins?|urgent care|clinics?|hospital|midwi\w+|jabs?|vaccin\w+|blood tests?|scans?|symptoms?|pain|referr\w+|waiting list"
)
# Who knew and kept silent, or put away what would have shown it: no harm that somebody came to
_COVERED_UP = _words(
    r"cover(?:ed|ing|s)?[ -]?(?:it |this |that |them |all of it )?up|coverup|hush(?:ed|ing)? (?:it )?up|whitewash\w*|brush(?:ed|ing)? (?:it |this )?under"
    r"|s(?:at|it|itting) on (?:it|this|that|the (?:report|findings|evidence|complaints?|review|data|figures))|buried (?:it|this|the (?:report|findings|evidence|complaints?|review))"
    r"|shredded|destroyed (?:the )?(?:records|notes|emails|evidence)|delet(?:ed|ing) (?:the )?(?:records|notes|emails|evidence)|falsif\w+|doctored"
)
_HARMED = _words(
    r"harm\w*|hurt\w*|injur\w+|damag\w+|disab\w+|paraly\w+|amputat\w+|stroke|sepsis|septic|haemorrhag\w+|hemorrhag\w+|bleed\w*|bled|blood|clots?|collaps\w+|coma|overdos\w+"
    r"|fell|falls?|fractur\w*|broke\w*|burn(?:t|ed|s)?|infect\w+|cancer|tumou?rs?|misdiagnos\w+|wrong (?:leg|arm|side|drug|dose|patient|medicine|medication|blood)|neglect\w*|starv\w+"
    r"|on the floor|sores?|stillb\w+|miscarr\w+|brain|icu|intensive care|life support|resuscitat\w+|assault\w*|abus\w+|raped?|suffer\w*|agony|in pain|blind\w*|scarred|organ"
    r"|suicid\w+|self.?harm\w*|surviv\w+|nearly (?:lost|killed)|almost (?:lost|killed)|killed|lost (?:my|our|her|his|their) (?:baby|mum|mother|dad|father|son|daughter|wife|husband|sight|leg|arm|hearing)"
    r"|can.?t (?:walk|see|speak|hear)|never (?:walk|see|speak|hear)\w*|(?:my|our|her|his) (?:mum|mother|dad|father|nan|gran\w*|son|daughter|baby|child|wife|husband|brother|sister|aunt|uncle)"
)
_BY_WHEN = _words(
    r"by (?:\d{1,2}(?:[.:]\d\d)?(?: ?[ap]m)?|noon|midday|lunch\w*|tonight|today|tomorrow|close of play|end of (?:the )?day|cop|eod|\w+day)"
    r"|deadlines?|(?:publish|print|broadcast|air)\w* (?:at|today|tonight|tomorrow|this (?:morning|afternoon|evening))|on air"
)
_CANT_WAIT = _words(
    r"oxygen|insulin|epi ?pens?|dialysis|ventilator|chest pains?|(?:can.?t|cannot|struggling to|hard to) breathe?|breathless"
    r"|(?:run|ran|running|runs) out|no (?:heating|heat|food|water|electric\w*|power|gas|medication|medicine|insulin|tablets)"
    r"|freezing|meter is empty|bleeding|collapsed|unconscious|seizures?|overdose|urgent|urgently|right now|asap"
    r"|been on the floor|last (?:tablet|pill|dose|inhaler)s?"
)
_KIN = r"(?:mum|mother|mom|dad|father|son|daughter|wife|husband|partner|nan|gran\w*|aunt\w*|uncle|sister|brother|neighbour|friend|patient|client)"
_OF_ANOTHER = re.compile(
    rf"\b(?:my|our|her|his|their|this|the|a) {_KIN}\b|\b(?:he|she|they|him|her|his)\b", re.I
)
_OF_ONESELF = re.compile(r"\b(?:i|i'm|i’m|im|my|me|mine)\b", re.I)
# How a colleague writes to our mailbox of what somebody put online of patients, where nothing of theirs stands in the email itself
_PUT_ONLINE = _words(
    r"(?:snap ?chat\w*|insta(?:gram)?|tik ?toks?|facebook|fb|twitter|tweet\w*|threads|whats ?app|linked ?in|you ?tube|reddit|telegram|discord|online|internet"
    r"|(?:her|his|their|a|the) (?:story|reel|feed|page|wall|profile|channel|blog)|social media|post(?:s|ed|ing)|upload\w*|live ?stream\w*|https?://\S+)"
)
_OF_PATIENTS = _words(
    r"patients?[’']?s?|resident[’']?s?|(?:white|ward |bed ?)?boards?|(?:handover|bed) sheets?|x-?rays?|scans?|wrist ?bands?|toe tags?|(?:drug |obs )?charts?|medical records?|case ?notes"
    r"|(?:discharge|clinic|appointment) letters?|(?:their|patients?.?|readable|four|three|two|some|the) names?|notes|mortuary|theatre list|clinic list|wards? round|bed numbers?|selfies?"
)
# What makes words with a question mark a question: not "Number 4 is literally my list??"
_ASKS = re.compile(
    r"\b(?:who|whom|whose|what|when|where|which|why|how)\b|^(?:and |so |but |or |please )?(?:is|are|am|was|were|do|does|did|don.?t|can|could|can.?t"
    r"|would|will|won.?t|should|shall|may|might|has|have|had|isn.?t|aren.?t|any\w*|got)\b", re.I,
)  # fmt: skip
_QUESTION = re.compile(r"(?:^|(?<=[.!?\n]))\s*([^.!?\n]{8,120}\?)")
_ADDRESSED = re.compile(r"^(?:@[\w.]+[,:]?\s+)+")  # whom it is put to
# The question that ends a longer sentence: "I look after my neighbour, am I a carer?"
_LAST_CLAUSE = re.compile(
    r",\s+(?:and |but |so )?((?:who|what|when|where|which|why|how|is|are|am|do|does|did|can|could|would|will|should|may|has|have)\b[^,]{4,36}\?)$",
    re.I,
)
# A question of such words alone asks about what stands elsewhere: "Is that good or bad?", "Who do I ask?"
_POINTS = re.compile(
    r"\b(?:it|that|this|these|those|them|they|one|ones|there|he|she|him|her)\b(?! (?:a|an|any|the|some)\b)",
    re.I,
)
_EMPTY = re.compile(
    r"(?:and|so|but|or|please|who|what|when|where|which|why|how|is|are|am|was|were|do|does|did|can|could|would|will|should|shall|may|might|has|have|had"
    r"|i|we|you|us|me|my|a|an|the|to|in|on|at|of|for|from|with|if|not|just|still|again|now|then|even|ask|asked|tell|told|say|ring|call|phone|go|get|got|walk|come"
    r"|need|want|know|find|use|see|show|talk|speak|good|bad|right|wrong|ok|okay|mean|happens?|next|man|woman|person|people|someone|somebody|anyone|anybody|nobody)",
    re.I,
)


def placing_of(
    facts: PostFacts, places: Sequence[str], policy: Policy, published: Contacts = NOBODY
) -> LanePlacing:
    """The lane of a post, its reason and its order within the lane."""
    own = lane_of(facts, policy)  # by which it is called, wherever it waits
    lane = worries.UNLOOKED if facts.unlooked and not is_guardians(facts) else own
    return LanePlacing(
        lane=lane,
        reason=reason_of(facts, own, places, policy, published),
        weight=weight_of(facts, policy, lane),
        speaks=is_guardians(facts),
        urgent=is_guardians(facts) and own == "now",
        alone=own == "now" and not _passes_on(facts) and _is_in_danger(facts, policy),
        wanted_at=_wanted_at(facts),
    )


def _wanted_at(facts: PostFacts) -> datetime | None:
    """By when a reporter wants an answer, where they name a time, or a colleague who says that a journalist asks; None for a story, and where nobody knows when it was posted."""
    asks = any(flag.name == "media" for flag in facts.flags) and not _is_story(facts)
    named = [named_time(facts.masked, facts.posted_at) if asks and facts.posted_at else None]
    for words, at in facts.press:
        named.append(named_time(words, at, bare=True))
        named.append(
            None if _is_story(facts) else named_time(facts.masked, facts.posted_at or at, bare=True)
        )
    return min((each.at for each in named if each), default=None)


def is_guardians(facts: PostFacts) -> bool:
    """Whether somebody speaks up in a post: as a person said, else by the search that found it or the post that it answers, else as it is read.

    One that was read so stays so when its words change, or could not be read again: the Guardian alone sends it back.
    """
    if facts.ruled is not None:
        return facts.ruled
    if facts.sought or facts.beneath or facts.spoke:
        return True
    names = {*(flag.name for flag in facts.flags), *facts.missed}
    return speaks_up(facts.protected, facts.staff, facts.kind, names)


def lane_of(facts: PostFacts, policy: Policy) -> Lane:
    """Where it waits once somebody has looked: until then what a colleague reported waits in Now. Speaking up is the Guardian's, whatever else is in it, but for what those on duty act on within
    the hour: somebody is in danger, or a patient's details are out; and a threat that nobody of that lane took up in time
    (`steps.untaken_threats`). Whatever else is flagged for Now in it is told to the Guardian and the duty lead at once, and to nobody else.

    What a colleague reported waits in the lane of what they ticked until somebody has decided, or in a more urgent one by what is read in it;
    what the program tripped over waits in Now, since it may be anything. Neither opens what is the Guardian's: anybody may report a link.
    """
    if is_guardians(facts):
        urgent = _is_in_danger(facts, policy) or tells_of_leak(facts) or facts.opened
        return "now" if urgent else "guardian"
    return _by_flags(facts, policy)


def _by_flags(facts: PostFacts, policy: Policy) -> Lane:
    """The lane of a post in which nobody speaks up."""
    if facts.unconfirmed or _tells_of_harm(facts) or (_is_not_read(facts) and not facts.reported):
        return "now"
    lanes = _lanes_of_flags(facts, policy) | (
        {worries.lane(facts.worry)} if facts.reported else set()
    )
    if "now" in lanes:
        return "now"
    look = facts.edited or (facts.flags and _reaches_far(facts, policy)) or may_speak_up(facts, policy)  # fmt: skip
    if look or says_ours_is_wrong(facts):
        lanes.add("look")
    return next((lane for lane in LANE_ORDER if lane in lanes), "rest")


def _lanes_of_flags(facts: PostFacts, policy: Policy) -> set[Lane]:
    """Where its flags alone would put it."""
    lanes = {_lane_of_flag(flag, facts, policy) for flag in facts.flags}
    return lanes | {policy.flags[name].lane for name in facts.missed if name in policy.flags}


def may_speak_up(facts: PostFacts, policy: Policy) -> bool:
    """Whether somebody may be speaking up in what is not the Guardian's: a person reads it by itself.

    It is read so of somebody who is not known to be staff, or alleges something and may be.
    """
    if facts.ruled is not None:
        return False  # a person said what it is
    spoken = any(
        policy.flags[flag.name].protected_speech
        for flag in facts.flags
        if flag.name in policy.flags
    )
    return facts.protected in SPEAKING_UP or (spoken and facts.staff != "no")


def _tells_of_harm(facts: PostFacts) -> bool:
    """Whether a colleague writes to our mailbox of something that can't wait, such as patients' details put online by somebody else."""
    return facts.kind == "report" and not _TOLD_AT_ONCE.isdisjoint(
        [*(flag.name for flag in facts.flags), *facts.missed]
    )


def _passes_on(facts: PostFacts) -> bool:
    """Whether it is another's post, passed on as it is."""
    return facts.kind == "repost" or _SHARE.match(facts.masked) is not None


def _is_in_danger(facts: PostFacts, policy: Policy) -> bool:
    dangers = set(policy.names(in_danger=True))
    return not dangers.isdisjoint([*(flag.name for flag in facts.flags), *facts.missed])


def tells_of_leak(facts: PostFacts) -> bool:
    """Whether a patient's details are out, in a post that speaks up or by what it tells: not on a mere suspicion.

    Of three things one has to hold, since whoever speaks up is opened to the desk by it: something that identifies a
    person is masked in it, the program is sure, or a colleague reports it to our mailbox: details that somebody else put online.
    """
    flag = next((flag for flag in facts.flags if flag.name == "pid"), None)
    reported = facts.kind == "report"
    if flag is None:
        seen = reported and _PUT_ONLINE.search(facts.masked) and _OF_PATIENTS.search(facts.masked)
        return "pid" in facts.missed or bool(seen)
    identified = bool(set(_details(facts)) - {"name"})
    return _is_leak(facts) and (identified or reported or flag.score >= SURE)


def weight_of(facts: PostFacts, policy: Policy, lane: Lane | None = None) -> int:
    """The order within a lane: danger to life and what a colleague says of harm, in Answer need that can't wait, in Look a death, then what a colleague reported and serious harm; then what is aimed at a person, then reach."""
    danger = any(flag.name in policy.names(in_danger=True) for flag in facts.flags)
    aimed = any(AIMED & set(flag.target) for flag in facts.flags)
    reach = (facts.followers or 0) + 100 * (facts.shares or 0)
    seen_harm = (
        lane == "now" and facts.reported and facts.worry.removesuffix(")").endswith(TOLD_FIRST)
    )
    first = danger or seen_harm or (lane == "answer" and is_pressing(facts)) or (lane == "look" and facts.reported)  # fmt: skip
    serious = lane == "look" and any(flag.name == "allegation" and flag.harm == "serious" for flag in facts.flags)  # fmt: skip
    died = serious and tells_of_death(facts.masked)
    return min(reach, PERSON_FIRST - 1) + PERSON_FIRST * (aimed + 2 * (first or serious) + 2 * died)


def is_pressing(facts: PostFacts) -> bool:
    """Whether a question can't wait its turn: a reporter names a time, or who asks for help may soon come to harm."""
    names = {flag.name for flag in facts.flags} | (
        worries.flags_told(facts.worry) if facts.reported else set()
    )
    reporter = "media" in names and not _is_story(facts) and _BY_WHEN.search(facts.masked)
    return bool(reporter or ("assistance" in names and _CANT_WAIT.search(facts.masked)))


def reason_of(
    facts: PostFacts,
    lane: Lane,
    places: Sequence[str],
    policy: Policy,
    published: Contacts = NOBODY,
) -> str:
    """Why it stands there, in at most 42 characters. `published` contact points stand in a colleague's own line."""
    if lane == "guardian" and facts.sought and facts.kind == "report":
        return "A colleague’s link: whose post is it?"
    if lane == "guardian":
        return GUARDIANS_REASONS.get(
            facts.protected,
            "Answers a post of this lane" if facts.beneath else "May be speaking up",
        )
    if is_guardians(facts):  # no word of it, nor of who wrote it
        if _is_in_danger(
            facts, policy
        ):  # which danger, in fixed words: whoever is on duty acts by it
            fixed = policy.flags[policy.names(in_danger=True)[0]].reason
            return next((words for words, pattern in danger.PATTERNS if pattern.search(facts.masked)), fixed)  # fmt: skip
        if tells_of_leak(facts):
            return policy.flags["pid"].reason
        return policy.flags[THREAT].reason  # opened, since nobody of the lane took it up
    if facts.reported and lane == worries.lane(facts.worry):
        return report_reason(facts.worry)
    if (
        facts.ruled is False
    ):  # it came back from the Guardian's lane: nothing of what was read as speaking up is said
        facts = replace(facts, protected="none")
    flag = _worst(facts, policy)
    if flag is None:
        return next(
            (policy.flags[name].reason for name in facts.missed if name in policy.flags),
            _unflagged(facts, places),
        )
    if flag.name in policy.of_staff_alone:
        # as what is a case without a flag: criticism, and never for who wrote it
        return _unflagged(replace(facts, sentiment="negative"), places)
    parts = list(_parts(flag, facts, places, policy))
    if (facts.shares or 0) >= policy.reach.shares and flag.name in _SPREADING:
        parts.append("; spreading")
    return _joined(parts)


def report_reason(worry: str) -> str:
    """The heading of what a colleague reported: by the kind of worry alone, never in their words."""
    return REPORT_REASONS.get(worries.ticked(worry), REPORTED)


def _worst(facts: PostFacts, policy: Policy) -> Flag | None:
    """The flag by which it stands in its lane; of several in one lane danger first, then as the policy has them."""
    known = [flag for flag in facts.flags if flag.name in policy.flags]
    order = [*policy.names(in_danger=True), *_TELLING, *policy.flags]
    return min(
        known, key=lambda flag: (
            LANE_ORDER.index(_lane_of_flag(flag, facts, policy)), flag.name in policy.of_staff_alone, flag.name == "pid" and not _is_leak(facts),
            order.index(flag.name),
        ),
        default=None,
    )  # fmt: skip


# Before others of their lane, as it is told
_TELLING = (
    "threat", "pid", "impersonation", "hate", "sexual", "harassment", "derogatory", "misinformation", "allegation",
)  # fmt: skip
_ABOUT = {
    "derogatory": "Insult",
    "hate": "Hate",
    "sexual": "Sexual remark",
    "harassment": "Harassment",
}
_SPREADING = frozenset(
    (*_ABOUT, "misinformation", "allegation", "confidential", "media", "impersonation")
)


def _lane_of_flag(flag: Flag, facts: PostFacts, policy: Policy) -> Lane:
    known = policy.flags.get(flag.name)
    if known is None:
        return "rest"
    if flag.name == "pid" and not _is_leak(facts):
        return "look"
    if flag.name == "security" and _is_warning(facts):
        return "look"
    if flag.name == "media" and _is_story(facts):
        return "look"
    if flag.name == "hate" and flag.score >= SURE and AIMED & set(flag.target):
        return "now"  # of high risk by the codebook, as a threat is: not for two working days in public
    # a page in our name that asks for logins is one thing, told by both flags
    if flag.name == "impersonation" and any(other.name == "security" for other in facts.flags):
        return policy.flags["security"].lane if "security" in policy.flags else known.lane
    return known.lane


def _is_not_read(facts: PostFacts) -> bool:
    """Whether the program tripped over it: it is high, and nothing is known of what is in it.

    One in a language that is not read has the risk of its flags, and so none without any.
    """
    return facts.read == "unread" and facts.risk == "high" and not facts.flags


def _is_leak(facts: PostFacts) -> bool:
    """Whether a patient's details are out, of a post with that flag: lane, title, clock and all that follows from them go by this alone.

    What is hidden is none, and what somebody gives of themselves alone: their own number, or what was done to them. A complaint that identifies somebody else by no
    number, address or the like, only by what it tells, is one where the program is sure; where it is not, it is a family's own story.
    """
    if facts.hidden:
        return False
    if facts.staff not in ("no", None):
        return True
    own = bool(_OF_ONESELF.search(facts.masked)) and not _OF_ANOTHER.search(facts.masked)
    if set(_details(facts)) - {"name"}:
        return not own
    complains = facts.protected in ("complaint", "discrimination")
    return not complains or (not own and any(flag.name == "pid" and flag.score >= SURE for flag in facts.flags))  # fmt: skip


def _is_warning(facts: PostFacts) -> bool:
    """Somebody warns of a fake or a fraud, in an answer to it or of their own."""
    return not any(flag.name == "impersonation" for flag in facts.flags) and bool(
        warns(facts.masked)
    )


def _is_story(facts: PostFacts) -> bool:
    """Published, and asks us nothing: so is every public record."""
    if facts.platform == "record":
        return True
    if facts.kind in ("message", "report"):
        return False
    if facts.kind in ("article", "video"):
        return not _ASKS_READERS.search(facts.masked)
    return not (_ASKS_PRESS.search(facts.masked) or "?" in facts.masked)


def _reaches_far(facts: PostFacts, policy: Policy) -> bool:
    return (facts.followers or 0) >= policy.reach.followers or (
        facts.shares or 0
    ) >= policy.reach.shares


# What a reason says of a flag of which the program is not sure, where its own words would state it as a fact
UNSURE: Mapping[str, str] = {
    "threat": "May be a threat", "pid": "May be a patient’s details", "impersonation": "May be a page in our name",
    "hate": "May be hate", "sexual": "May be a sexual remark", "harassment": "May be harassment", "derogatory": "May be an insult",
    "allegation": "May say that something went wrong", "media": "May be a reporter asking", "assistance": "May ask for help",
    "removal_request": "May ask us to take something down", "confidential": "May be something not public",
    "security": "May be a code or a way in, given away",
}  # fmt: skip


def unsure_of(facts: PostFacts) -> frozenset[str]:
    """The flags of which nothing may be said as a fact, in a reason or in a suggestion."""
    return frozenset(flag.name for flag in facts.flags if _is_unsure(flag, facts))


def _is_unsure(flag: Flag, facts: PostFacts) -> bool:
    """Whether a reason must not say as a fact what a flag holds.

    A text of a patient's masked identifiers stands by itself, as a short question and a warning do.
    """
    if flag.name == "pid":
        return flag.score < SURE and not set(_details(facts)) - {"name"}
    if flag.name == "removal_request":
        return flag.score < SURE or (flag.score < VERY_SURE and not _REMOVAL.search(facts.masked))
    if flag.name == "media" and (_is_story(facts) or is_to_share(facts)):
        return False
    if flag.name == "security" and _is_warning(facts):
        return False
    return flag.score < SURE and flag.name in UNSURE


# ── What a reason is made of: the first part always stands, later ones where there is room.


def _parts(flag: Flag, facts: PostFacts, places: Sequence[str], policy: Policy) -> Iterator[str]:
    fixed, where = policy.flags[flag.name].reason, _where(facts)
    place = f", {places[0]}" if places else ""
    if _is_unsure(flag, facts):
        yield _unsure_reason(flag, facts)
        yield place
    elif policy.flags[flag.name].in_danger:
        named = (words for words, pattern in danger.PATTERNS if pattern.search(facts.masked))
        yield from (next(named, fixed), _and_details(facts), place)
    elif flag.name == "threat":
        yield f"Threat to hurt {whom}" if (whom := whom_of(flag, facts.masked)) else fixed
        yield from (_and_details(facts), place)
    elif flag.name == "pid":
        yield from (_detail_reason(facts, fixed), where, place)
    elif flag.name in _ABOUT:
        yield (
            f"{_ABOUT[flag.name]} about {whom}" if (whom := whom_of(flag, facts.masked)) else fixed
        )
        yield where
    elif flag.name == "assistance":
        question = _question(facts)
        yield question or (f"Asks about {topic}" if (topic := topic_of(facts.masked)) else fixed)
        yield (
            f" ({places[0]})"
            if question.endswith("?") and places
            else place or ("" if question else where)
        )
    elif flag.name == "media":
        yield _press(facts, fixed)
        yield place
    elif flag.name == "impersonation":
        what = wants(facts.masked)
        yield f"{fixed} asks for {what}" if what else fixed
    elif flag.name == "misinformation":
        topic = "closing" if _CLOSING.search(facts.masked) else "a cure" if _CURES.search(facts.masked) else topic_of(facts.masked)  # fmt: skip
        yield fixed + (f": {topic}" if topic else "")
        yield place
    elif flag.name == "allegation":
        yield _harm_told(facts) if flag.harm == "serious" else fixed
        yield place
    elif flag.name == "security" and _is_warning(facts):
        yield "Warns of a fake or a fraud"
        yield where or place
    else:
        yield fixed
        yield where or place


def _unsure_reason(flag: Flag, facts: PostFacts) -> str:
    """What it may be; of who asks where to get care, and was read as a reporter, what they may ask about."""
    if flag.name == "media" and asks_for_care(facts):
        topic = topic_of(facts.masked)
        return f"May ask about {topic}" if topic else _question(facts) or UNSURE["assistance"]
    return (_question(facts) if flag.name == "assistance" else "") or UNSURE[flag.name]


def _harm_told(facts: PostFacts) -> str:
    """A death is told as one: it stands above all other harm. That something was covered up is no harm that somebody came to, where nobody who was hurt is told of."""
    if tells_of_death(facts.masked):
        return DIED
    hidden = _COVERED_UP.search(facts.masked) and not _HARMED.search(facts.masked)
    return COVERED_UP if hidden else HURT


def asks_for_care(facts: PostFacts) -> bool:
    """Whether somebody who was read as a reporter, and not surely, asks where to get care, with no word that the press uses."""
    return (
        facts.kind not in ("article", "video", "report", "message")
        and any(flag.name == "media" and flag.score < SURE for flag in facts.flags)
        and bool(_ASKS_FOR_CARE.search(facts.masked))
        and "?" in facts.masked
        and not _OF_PRESS.search(facts.masked)
    )


def is_to_share(facts: PostFacts) -> bool:
    """Whether a colleague passes on something kind and asks whether we share it, with no word of the press: nobody of the press asks."""
    return (
        facts.kind == "report"
        and bool(_TO_SHARE.search(facts.masked))
        and not _OF_PRESS.search(facts.masked)
    )


def is_for_a_study(masked: str) -> bool:
    """Whether a request that a reporter might make is made for a study: the media desk does not answer those."""
    return _STUDIES.search(masked) is not None


def _and_details(facts: PostFacts) -> str:
    """What stands behind danger or a threat where a patient's details are out as well."""
    leaks = any(flag.name == "pid" for flag in facts.flags) and _is_leak(facts)
    return "; details out" if leaks else ""


def _and_harm(facts: PostFacts) -> str:
    """What stands behind a leak where the post tells of harm as well: neither hides the other."""
    harm = next((flag for flag in facts.flags if flag.name == "allegation"), None)
    if harm is None or not _is_leak(facts):
        return ""
    if harm.harm != "serious":
        return "; an allegation"
    return "; someone died" if tells_of_death(facts.masked) else "; serious harm"


def _detail_reason(facts: PostFacts, fixed: str) -> str:
    """Patient’s NHS number, address; Writer’s own phone number; Patient’s details; serious harm."""
    beside = _and_harm(facts)
    whose = "Patient’s" if _is_leak(facts) else "Writer’s own"
    kinds = list(dict.fromkeys(_details(facts)))
    if not kinds or (kinds == ["name"] and tells_details(facts.masked)):
        return fixed + beside if _is_leak(facts) else "Family’s own story, with details"
    kinds = [kind for kind in kinds if kind != "name"] or kinds  # a name beside it may be anybody's
    for count in (2, 1):
        line = f"{whose} {' and '.join(kinds[:count])}"
        if len(line + beside) <= LONGEST_REASON:
            return line + beside
    return fixed + beside


def _details(facts: PostFacts) -> Iterator[str]:
    """The kinds of identifiers that are masked in it, the most telling first."""
    masked = set(_MASKED.findall(facts.masked))
    return (name for label, name in DETAILS.items() if label in masked)


def _on_our_page(facts: PostFacts) -> bool:
    page = facts.context.page
    return page is not None and page.owner == "organisation"


def _where(facts: PostFacts) -> str:
    if _on_our_page(facts):
        return ", on our page"
    if facts.context.is_under_ours:
        return ", under our post"
    return ", in a thread" if facts.kind in ("reply", "comment") else ""


def _question(facts: PostFacts) -> str:
    """The question itself, where it is short and nothing in it is masked."""
    for match in _QUESTION.finditer(facts.masked.replace("[handle]", "")):
        words = _ADDRESSED.sub("", " ".join(match[1].split()).strip(" ,:;-"))
        if len(words) > LONGEST_REASON and (clause := _LAST_CLAUSE.search(words)):
            words = clause[1]
        short = len(words) <= LONGEST_REASON and "[" not in words and words.count(" ") >= 2
        if short and _ASKS.search(words):
            return _with_subject(words[:1].upper() + words[1:], facts, match.start())
    return ""


def _with_subject(question: str, facts: PostFacts, start: int) -> str:
    """A question after what it is about, where it does not name that itself: the topic of its post.

    One that names nothing at all stands after the short sentence before it (none that tells of a person: a reason is kept in clear), or the topic of what it answers, where the post
    has no topic; "" where the topic has no room beside it.
    """
    words = re.findall(r"[^\W\d_]+(?:[’'][^\W\d_]+)?", question)
    empty = bool(_POINTS.search(question)) or all(_EMPTY.fullmatch(word) for word in words)
    topic = topic_of(facts.masked)
    if topic and not any(name == topic and pattern.search(question) for name, pattern in TOPICS):
        line = _about(topic, question)
        return line if len(line) <= LONGEST_REASON else "" if empty else question
    if topic:
        return question
    if not empty:
        return _under_ours(question, facts)
    before = re.findall(r"[^.!?\n]+[.!\n]", MASK.sub("[", facts.masked[:start]).rstrip(" "))
    line = f"{' '.join(before[-1].split()).rstrip('.! ')}. {question}" if before else ""
    own = _OF_ONESELF.search(line[: -len(question)]) or _OF_ANOTHER.search(line[: -len(question)])
    if line and not own and "[" not in line and len(line) <= LONGEST_REASON:
        return line[:1].upper() + line[1:]
    texts = [each.text for each in facts.context.answered]
    topic = next((name for text in texts for name, pattern in TOPICS if pattern.search(text)), "")
    line = _about(topic, question) if topic else ""
    return line if line and len(line) <= LONGEST_REASON else _under_ours(question, facts)


def _under_ours(question: str, facts: PostFacts) -> str:
    """A question that names no subject of ours, after the first words of our own post that it is put to, or that it is put to one."""
    own = [each.text for each in facts.context.answered if each.official]
    first = [" ".join(re.split(r"[.:!?,;\n#]", text, maxsplit=1)[0].split()) for text in own]
    subjects = [words for words in first if words.count(" ") in (1, 2, 3) and "[" not in words and "@" not in words]  # fmt: skip
    lines = (f"{subject}: {question}" for subject in (*subjects, *(["On our post"] if own else [])))
    return next((line for line in lines if len(line) <= LONGEST_REASON), question)


def _about(topic: str, question: str) -> str:
    return f"{topic[:1].upper()}{topic[1:]}: {question}"


def _press(facts: PostFacts, fixed: str) -> str:
    if facts.platform == "record":
        return "Public record about us"
    if _is_story(facts):
        return "News story about us"
    if is_to_share(facts):
        return "A colleague asks: share a kind post?"
    if is_for_a_study(facts.masked):
        return "Asks for an interview, for a study"
    return "Reporter asks for an interview" if _INTERVIEW.search(facts.masked) else fixed


def _unflagged(facts: PostFacts, places: Sequence[str]) -> str:
    """What nothing was flagged in, for the groups of Rest."""
    if _is_not_read(facts):
        return NOT_READ
    if facts.read != "full":
        return "Could not be read in full"
    kind = {"complaint": "Complaint", "criticism": "Criticism", **GUARDIANS_REASONS}.get(
        facts.protected
    )
    if says_ours_is_wrong(facts):
        return OURS_WRONG
    if facts.protected in ("none", "complaint", "criticism") and praises(facts):
        kind = "Praise"
    if kind is None:
        kind = {"positive": "Praise", "negative": "Remark"}.get(facts.sentiment, "Post")
    topic = topic_of(facts.masked)
    return _joined([kind, f": {topic}" if topic else "", f", {places[0]}" if places else ""])


def says_ours_is_wrong(facts: PostFacts) -> bool:
    """Whether a post says that our own information is wrong or out of date: whoever reads that goes on being misled until it is put right.

    It is no charge about care, so no complaint (the codebook, section 5), and no claim to check of its writer's: what is to be checked is ours.
    """
    if facts.protected not in ("none", "complaint", "criticism") or facts.kind in ("article", "report"):  # fmt: skip
        return False
    words = facts.masked
    ours = _OUR_PAGE.search(words) or (_on_our_page(facts) and _YOUR_PAGE.search(words))
    return bool(ours and _IS_WRONG.search(words))


def praises(facts: PostFacts) -> bool:
    """Whether a post is glad of what it tells, as it is read or by its plain words: then it is called no complaint.

    Its own score counts first ("Telephone access: 5", of five as on Care Opinion); words of thanks only where none beside them find fault.
    """
    scored = [int(each) for each in _SCORE.findall(facts.masked)]
    if scored:
        return min(scored) >= 4
    if facts.sentiment == "positive":
        return True
    return bool(_GLAD.search(facts.masked)) and not _FAULT.search(facts.masked)


def _joined(parts: Sequence[str]) -> str:
    """As many parts as there is room for, the first of them always."""
    line = _short(parts[0])
    for part in parts[1:]:
        if len(line) + len(part) <= LONGEST_REASON:
            line += part
    return line


def _short(line: str) -> str:
    """One line, cut at a word."""
    line = " ".join(line.split())
    if len(line) <= LONGEST_REASON:
        return line
    cut = line[: LONGEST_REASON - 1]
    return cut[: cut.rfind(" ")].rstrip(" ,;:") + "…" if " " in cut else cut + "…"
