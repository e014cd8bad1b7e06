"""Words of judgement of one person who can be told, which are `derogatory` ('Dr Shaw is useless'), and pests told of a place, which insult nobody.

Of a service, or of staff who are not told apart, the same words are a complaint (codebook, section 5). Who can be told is named, or told by a role
that one person alone holds there. What others are told to have said is not its author's.
"""

from __future__ import annotations

import re

from classify.text.literals import Sought

LONGEST = 6_000  # code points that are searched

_TITLE = r"(?:[Dd]r\.?|[Dd]octor|[Mm]r\.?|[Mm]rs\.?|[Mm]s\.?|[Mm]iss|[Nn]urse|[Ss]ister|[Mm]atron|[Pp]rof(?:essor|\.)?|[Mm]idwife|[Pp]ractice nurse|[Rr]eceptionist|[Cc]onsultant)"
_NAME = r"[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)?"
_ROLE = r"(?:[Tt]he|[Oo]ur|[Tt]heir|[Yy]our) (?:practice manager|chief exec(?:utive)?|CEO|ceo|medical director|finance director|chief nurse|clinical lead|chair(?:man|woman)?|ward manager|ward sister|matron|senior partner|head of \w+)"
_WHERE = r"(?:,? (?:at|of|on|in|from) (?:the )?[\w'’-]+(?: [\w'’-]+){0,4}?|,? (?:the|our|a|my) (?:\w+ )?(?:physio\w*|gp|GP|doctor|dentist|nurse|midwife|consultant|surgeon|receptionist|pharmacist|manager|locum|registrar))?"
_HOW = r"(?:(?:so|very|really|absolutely|totally|completely|utterly|just|such|bloody|fucking|always|plain|simply|beyond|pretty|quite|extremely|incredibly|frankly|honestly|a|an|the|most|both|too|no less than|nothing but) )*"
_JUDGED = r"(?:useless|rude|lazy|incompetent|clueless|hopeless|arrogant|ignorant|thick|stupid|dim|pathetic|nasty|vile|spiteful|two[- ]faced|moron\w*|idiot\w*|liar|clown|muppet|waste of (?:space|time|money)|disgrace|joke)"
_JUDGEMENT = Sought(
    rf"(?<![\w@])(?:{_TITLE} {_NAME}|{_ROLE}|[Pp]ractice nurse {_NAME}){_WHERE},? (?:is|was|'s|’s|has been) {_HOW}{_JUDGED}\b(?!-| (?:to|at) (?:say|think)| (?:of )?(?:me|about))"
)
# Right before it: others said so, or it is asked or denied
_OF_OTHERS = re.compile(
    r"(?:\b(?:said|says|say|saying|told|tells|claim\w*|call\w*|wrote|writes|posted|heard|rumour\w*|if|whether|anyone who|whoever|who thinks?|people think|(?:don't|do not|doesn't|wouldn't|can't|cannot) (?:think|say|believe|agree|see)|not (?:that|because|true that)|never (?:said|thought)|as though|like|apolog\w+|review\w*)\b[^.!?\n]{0,30}|[\"“‘'])$",
    re.IGNORECASE,
)
_PESTS = Sought(
    r"\b(?:cockroach(?:es)?|roach(?:es)?|mice|mouse|rats?|pigeons?|slugs?|maggots?|bed ?bugs?|silverfish|fleas|ants|flies|mould)\b(?: droppings)?(?: \w+){0,3}? (?:on|in|under|behind|round|around|near|by|from|at|across) (?:(?:the|my|a|his|her|our|your|their|every|each|all|mum's|dad's|nan's) )?(?:\w+ ){0,2}?"
    r"(?:wards?|kitchens?|beds?|bath(?:room)?s?|showers?|toilets?|loos?|rooms?|bays?|corridors?|canteen|caf[eé]|food|floors?|ceilings?|walls?|sinks?|lockers?|cupboards?|curtains?|trolleys?|windows?|basement|hospital|clinic|surgery|building|car park|bins?|theatres?|a&e|unit|stairs|lift|salad|sandwich|chairs?)\b",
    re.IGNORECASE,
)
_INSULTS = Sought(
    r"\b(?:clowns?|muppets?|idiots?|morons?|pigs?|scum|vermin|wankers?|twats?|cunts?|bastards?|bitch\w*|cows?|snakes?|animals?|jokers?|parasites?|leech\w*|filth|trash|thick|stupid|useless|lazy|incompetent|pathetic|dickheads?|pricks?|tossers?|cretins?|like (?:rats|pigs|cockroaches)|(?:you|they|managers?|staff|nurses?|doctors?|receptionists?|patients?|bosses|these|those) (?:are |were |lot (?:are )?)?(?:\w+ )?(?:rats|cockroaches|mice|pigeons|slugs|maggots|fleas))\b",
    re.IGNORECASE,
)


def judged_persons(text: str) -> tuple[tuple[int, int], ...]:
    """Where its author has such a word of one person who can be told: half open, in code points."""
    words = text[:LONGEST]
    if not _JUDGEMENT.may_match(words):
        return ()
    return tuple(
        match.span()
        for match in _JUDGEMENT.compiled.finditer(words)
        if _OF_OTHERS.search(words[: match.start()]) is None
    )


def tells_of_pests(text: str) -> bool:
    """Whether it tells where vermin were seen, and calls nobody so or anything else."""
    words = text[:LONGEST].replace("’", "'")
    return _PESTS.search(words) is not None and _INSULTS.search(words) is None
