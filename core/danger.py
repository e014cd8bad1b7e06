"""What may be happening to somebody, by the words of a post, and what is first done about each kind of it.

The rows of the desk, the page of first steps and the mails say it in these words, so that no two of them differ. Whom to ring
stands in the settings. Samaritans' media guidelines (2020), the NSPCC and Refuge say how to answer, and when not to.
"""

from __future__ import annotations

import re
from collections.abc import Collection


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)


# What a safeguarding flag is about, in this order; where nothing fits, that somebody may be in danger
LIFE, SELF_HARM, DEVICE, MISSING, CHILD, HOME = (
    "Someone may end their life", "Someone may be hurting themselves", "Someone’s oxygen may stop", "Someone is missing",
    "A child may be at risk", "Someone may be hurt at home",
)  # fmt: skip
OTHERS_LIFE = "Someone else may end their life"  # beside LIFE, of whoever writes about them
# Whoever writes may be under 18, by their own words or by what they answer
_YOUNG = _words(
    r"teen\w*|under[- ]?18s?|(?:i.?m|i am|aged?|she.?s|he.?s) 1[0-7]|1[0-7] ?(?:yo|years? old)|year (?:[7-9]|1[0-3])"
    r"|(?:my|at|from|after) school|gcses?|sixth form|camhs|childline"
)
PATTERNS = (
    (LIFE, _words(
        r"end (?:my|it|her|his|their) (?:life|all)|kill(?:ing)? (?:my|him|her|them)sel(?:f|ves)|suicid\w+|want(?:s|ed)? to die"
        r"|(?:do(?:n.?t| not)|no longer) want to (?:be alive|live|be here|wake up)|overdos\w+|won.?t be here|no point (?:in )?living"
        r"|better off (?:dead|without me)|put up with me any ?more|take my own life|goodbye (?:everyone|all)"
    )),
    (SELF_HARM, _words(r"self[- ]?harm\w*|(?:cut|cutting|burn\w*) (?:my|her|his)(?: \w+)? ?(?:self|arms?|legs?|wrists?)?")),
    (DEVICE, _words(
        r"(?:oxygen|concentrator|ventilator|home dialysis|suction machine)\b.{0,120}\b(?:running out|runs? out|dead|stopped|in the red|red now|last (?:bottle|cylinder|tank))"
        r"|(?:oxygen|concentrator|ventilator|home dialysis|suction machine)\b.{0,120}\b(?:battery|meter|power|electric\w*|leccy|hours)"
        r"|(?:battery|meter|power|powers|electric\w*|leccy|hours|running out)\b.{0,120}\b(?:oxygen|concentrator|ventilator|home dialysis|suction machine)"
        r"|(?:hours|hrs) in the last (?:bottle|cylinder|tank)"
    )),
    (MISSING, _words(r"(?:gone|is|been|went|still) missing|not been seen since|last seen|hasn.?t come home")),
    (CHILD, _words(
        r"(?:child\w*|kids?|baby|toddler|daughter|son|boy|girl)\b.{0,80}\b(?:hit|hits|beat\w*|bruis\w*|hurt\w*|touch\w*|left alone|neglect\w*|starv\w*|scared)"
    )),
    (HOME, _words(
        r"(?:he|she|partner|husband|wife|boyfriend|girlfriend|dad|mum)\b.{0,60}\b(?:hit|hits|beats?|chok\w+|strangl\w+|hurts?|threatens) (?:me|her|him)"
    )),
)  # fmt: skip
_SOMEONE = (
    r"(?:my|our|a|his|her|their) (?:\w+ )?(?:son|daughter|child|brother|sister|mum|mother|dad|father|wife|husband|partner"
    r"|boyfriend|girlfriend|friend|mate|neighbour|colleague|nan|gran\w*|aunt\w*|uncle|cousin|niece|nephew|flatmate)"
)
_OF_ANOTHER = _words(
    r"kill(?:ing)? (?:him|her|them)sel(?:f|ves)|(?:end|take|taken) (?:her|his|their)(?: own)? life"
    rf"|{_SOMEONE}\b.{{0,80}}\b(?:suicid\w+|want(?:s|ed)? to die|overdos\w+|end it all|want to (?:live|be alive|be here))"
    r"|(?:he|she|they)(?:.?s|.?re| is| are|) (?:\w+ )?(?:suicidal|wants? to die|wanted to die)"
)
_OF_MYSELF = _words(
    r"myself|(?:my own|end my|take my) life|i (?:\w+ )?want(?:ed)? to die|i(?:.?m| am) (?:\w+ )?suicidal"
    r"|i (?:\w+ )?(?:do(?:n.?t| not)|no longer) want to (?:be alive|live|be here|wake up)|without me|put up with me"
)


def harms(words: str, around: str = "") -> frozenset[str]:
    """What may be happening to somebody, as a row says it; `around` is what they answer, which may say how old they are."""
    likely = {harm for harm, pattern in PATTERNS if pattern.search(words)}
    if _YOUNG.search(words) or _YOUNG.search(around):
        likely.add(CHILD)
    if LIFE in likely and _OF_ANOTHER.search(words) and not _OF_MYSELF.search(words):
        likely.add(OTHERS_LIFE)
    return frozenset(likely)


# ── what is done about it ────────────────────────────────────────────────────────────────────────

HELP = (
    "Please call 111 and choose option 2, or Samaritans on 116 123, any time. "
    "If you are in danger now, call 999."
)
OTHERS_HELP = (
    "If they are in danger now, please call 999. For advice on how to help them, call 111 and choose option 2, or "
    "Samaritans on 116 123, any time."
)
CHILD_HELP = (
    "You can talk to someone now: Childline on 0800 1111, free and private, any time. If you are in danger now, call 999. "
    "Worried about a child? The NSPCC helpline is 0808 800 5000."
)
# 105 is the electricity networks' own number in a power cut (sse.co.uk, electrical medical equipment and power cuts; read on 29 November 2026).
DEVICE_HELP = (
    "If someone finds it hard to breathe, or their oxygen or equipment may stop, please call 999 now. "
    "In a power cut, call 105, free, and say that someone depends on it."
)
MISSING_HELP = "If someone is missing, please call 101 now, or 999 if they are in danger."
# Every number that these words name: whoever answers may give them, whatever team is reached by one of them.
NUMBERS = (
    "999",
    "111",
    "101",
    "105",
    "116 123",
    "85258",
    "0800 1111",
    "0808 800 5000",
    "0808 2000 247",
)
KNOWN = "If you know who or where they are, call"  # 999
NO_REPLY = "Don’t reply in public"
NO_REPLY_WHY = "Whoever hurts them may read it"
ASK_FOR = "ask for children’s safeguarding"  # of whom is rung, where it may be a child


def may_end_life(harms: Collection[str]) -> bool:
    """Whether a platform's help for people at risk fits; where nothing is known of the harm, too."""
    return not harms or LIFE in harms or SELF_HARM in harms


def tells_platform(harms: Collection[str]) -> bool:
    """Whether the platform is told: of whoever is hurt at home, or whose oxygen may stop, it need not know, and it helps nobody there."""
    return may_end_life(harms) or not {HOME, DEVICE} & set(harms)


def replies(harms: Collection[str]) -> bool:
    """Whether they are answered where others read it."""
    return HOME not in harms


def first_steps(harms: Collection[str]) -> tuple[str, ...]:
    """What is asked besides ringing, by its word: was 999 called, is the platform told, are they answered or not."""
    platform = ("platform",) if tells_platform(harms) else ()
    return ("first", *platform, "reply" if replies(harms) else "no_reply")


def tell(platform: str, harms: Collection[str]) -> str:
    """The step by which a platform is told: Tell X that a person is at risk."""
    whom = "a child is" if CHILD in harms else "someone else may be" if OTHERS_LIFE in harms else "a person is"  # fmt: skip
    return f"Tell {platform} that {whom} at risk"


def wording(harms: Collection[str]) -> str:
    """What to write to a platform of what may be happening. It repeats no word of the post."""
    if may_end_life(harms):
        who = "someone whom this post speaks of" if OTHERS_LIFE in harms else "whoever wrote this"
        risk = "suicide or self-harm" if harms else "suicide, self-harm or other harm"
        return f"{who} may be at risk of {risk} now. Please check on them as you do for people at risk."
    who = "a child" if CHILD in harms else "someone"
    return f"{who} may be at risk of harm now. Please look at it first."


def help_for(harms: Collection[str]) -> str:
    """A reply that points to help, and nothing else."""
    if DEVICE in harms and not may_end_life(harms):
        return DEVICE_HELP
    if CHILD in harms:
        return CHILD_HELP
    if not may_end_life(harms):
        return MISSING_HELP
    return OTHERS_HELP if OTHERS_LIFE in harms else HELP


def reply(harms: Collection[str]) -> str:
    """The step by which they are answered, with the numbers that `help_for` gives."""
    if not replies(harms):
        return f"{NO_REPLY}: {NO_REPLY_WHY[0].lower()}{NO_REPLY_WHY[1:]}"
    if DEVICE in harms and not may_end_life(harms):
        return "Reply with help only: 999 now, and 105 in a power cut"
    if CHILD in harms:
        return "Reply with help only: Childline 0800 1111, NSPCC 0808 800 5000"
    if not may_end_life(harms):
        return "Reply with help only: 101, or 999 if they are in danger"
    if OTHERS_LIFE in harms:
        return (
            "Reply with help only: 999 if they are in danger, else 111 option 2, Samaritans 116 123"
        )
    return "Reply with help only: 111 option 2, Samaritans 116 123"
