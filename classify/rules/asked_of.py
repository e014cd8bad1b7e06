"""Of whom a post asks something, where its words plainly say so: of neighbours and not of a service, or whether somebody is in danger.

`assistance` is what is asked of the ICB or a service (codebook, section 2). An answer of a word or two says what it says of the question
that it answers (codebook, section 5: words that say something only with what they answer are judged with that meaning).
"""

from __future__ import annotations

import re

from classify.text.literals import Sought

LONGEST = 1_000  # code points: a longer post asks of more than one
_NEIGHBOURS = Sought(
    r"\b(?:(?:has|have|does|did|do|is|are|would|could|can|will) (?:any(?:one|body)|any of (?:you|ye|u))\b"
    r"|any(?:one|body) (?:else|know|knows|got|been|had|tried|used|have|has|on here|here|recommend|round here)\b|who (?:knows?|has done|has been|do you recommend)\b"
    r"|any recommendations?\b|did any\b)"
    r"|(?:^|[.!?] )(?:girls|my brothers|my sisters|mums|ladies|parents|neighbours|folks)\b(?= (?:of|in|here)\b|,)|\b(?:sisters|brothers) in\b",
    re.IGNORECASE,
)  # fmt: skip
_A_SERVICE = re.compile(
    r"\b(?:any(?:one|body)|some(?:one|body)) (?:at|from|in) (?:the )?(?:nhs|icb|trust|practice|surgery|hospital|team)\b|\bdear\b|@\w*(?:nhs|icb|nwl)",
    re.IGNORECASE,
)
_ARE_YOU_SAFE = re.compile(
    r"\b(?:are|r) (?:you|u|ya) (?:\w+ )?(?:safe|ok|okay|alright)\b[^?]*\?|\bcan (?:you|u) keep (?:yourself|urself) safe\b|\b(?:is there|have you got|you got) (?:someone|somebody|anyone|anybody) with (?:you|u)\b",
    re.IGNORECASE,
)
_WILL_YOU = re.compile(
    r"\b(?:you|u|ya|are you|r u) (?:still |really |actually )?(?:thinking (?:of|about) (?:going through|ending|killing|hurting|harming|doing it|suicide)"
    r"|going to (?:hurt|kill|harm|do it|do something|end)|suicidal|planning to)\b"
    r"|\b(?:have|did|do) (?:you|u) (?:have a plan|taken|take|hurt yourself|hurt urself|harmed|cut yourself|swallow\w*|want to die|feel suicidal)\b",
    re.IGNORECASE,
)
_NO = re.compile(r"(?:no|nope|nah|not really|not tonight|not at all|i'?m not|im not|don'?t think so|dunno|idk)\b", re.IGNORECASE)  # fmt: skip
_YES = re.compile(r"(?:yes|yeah|yep|yh|ye|ya|maybe|probably|already|kind of|sort of|i (?:have|did|am|do)|still am|every (?:day|night)|all of them|a bit|tonight|not yet)\b", re.IGNORECASE)  # fmt: skip
# Who answers somebody in danger that they have done the same: 'Got mine saved up too'.
_MINE_TOO = re.compile(
    r"\b(?:got|have|saved|wrote|written|bought|packed|counted|hid|hidden|stashed) (?:mine|them too|it too|enough)\b|\bmine(?:'s| is| are)? (?:\w+ )?(?:ready|saved|written|counted|hidden|stashed|here|packed)\b"
    r"|\b(?:me too|same(?: here)?|so (?:am|have|will) i)\b[^?]{0,40}\b(?:tonight|tomorrow|soon|ready|saved|waiting till|waiting until|on (?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    re.IGNORECASE,
)
# Who says of themselves what a post tells of people in danger: 'I am one of them', 'asking as him'; but not who was, or who helps.
_IN_DANGER = re.compile(
    r"\b(?:suicid\w*|self[- ]?harm\w*|(?:end|ending|take|taking|took|taken) (?:it all|(?:your|their|his|her|my|own|their own|his own|her own) li(?:fe|ves))"
    r"|kill(?:ing)? (?:them|your|him|her|my)sel(?:f|ves)|want(?:s|ed)? to die|overdos\w+|domestic (?:abuse|violence)|abus(?:e|ed|ive)|hit by (?:a|their) partner|crisis)\b",
    re.IGNORECASE,
)
_ONE_OF_THEM = re.compile(
    r"^\W*(?:(?:hi|hello|um|well|so|yes|yeah|yep|honestly|hey)[,. ]+)?(?:i(?:'m| am|m) (?:still )?(?:one (?:of (?:them|those|these|the \w+|that \w+)|in \w+)|(?:that|the) (?:friend|one|person|mate|man|woman|mum|dad|kid|teenager)|number \w+|them|him|her|'?a friend'?)"
    r"|asking as (?:him|her|them|one|the friend|that friend)|(?:that'?s|this is) me\b(?! on| in| at)|me[.,]? (?:most|every|right now|tonight|again|today)|count me in that)",
    re.IGNORECASE,
)
_NO_LONGER = re.compile(
    r"\b(?:was|were|used to|not any ?more|no longer|years|recover\w*|survived|survivor|volunteer\w*|train(?:ed|ing|er)|proud|listener|helper|staff|team|help(?:ed|ing)? (?:others|people)|lol|haha)\b",
    re.IGNORECASE,
)
# Who answers that all is well
_ALL_WELL = re.compile(
    r"^\W*(?:(?:yes|yeah|yep|yh|aw|ah|oh|thanks|ty|hi|no no)[,! ]+)?(?:\w+ )?(?:(?:i'?m |am |we'?re )?(?:all |totally |absolutely |perfectly )?(?:good|fine|safe|grand|ok|okay|well)\b|all (?:good|fine|well|sorted)\b|false alarm)",
    re.IGNORECASE,
)
_BUT = re.compile(r"\b(?:but|not|\w+n't|(?:is|are|was|do|ca|wo|did)nt|never|except|until|he(?:'?s| is) (?:here|in|watching|outside|next)|ish|suppose|guess|sort of|kind of|though)\b", re.IGNORECASE)  # fmt: skip
_HELPS = re.compile(r"\b(?:samaritans|helpline|116|999|111|please (?:don'?t|ring|call|talk)|hugs?|(?:thinking of|here for|proud of) (?:you|u)|i(?:'ll| will) (?:come|sit|listen))\b", re.IGNORECASE)  # fmt: skip
ANSWERED = 160  # code points: who answers at length says more than yes or no


def asks_neighbours(text: str) -> bool:
    """Whether a question is put to whoever reads it, and to no service."""
    to_anybody = len(text) <= LONGEST and _NEIGHBOURS.search(text) is not None
    return to_anybody and _A_SERVICE.search(text) is None


def answers_in_danger(text: str, question: str) -> bool:
    """Whether a few words answer a question of danger so that there is some: 'Are you safe right now?', 'no and no'."""
    words = text.strip(" \n\t.,!…-")
    if len(words) > ANSWERED:
        return False
    return bool(
        (_ARE_YOU_SAFE.search(question) and _NO.match(words))
        or (_WILL_YOU.search(question) and _YES.match(words))
    )


def has_done_the_same(text: str) -> bool:
    """Whether a few words answer somebody in danger that their author is as far."""
    return len(text.strip()) <= ANSWERED and _MINE_TOO.search(text) is not None and _HELPS.search(text) is None  # fmt: skip


def counts_themselves_in(text: str, question: str) -> bool:
    """Whether a few words say of their author what a post tells of people in danger: 'One in five thinks of suicide', 'I am one of them'."""
    words = text.strip()
    return (
        len(words) <= ANSWERED
        and _IN_DANGER.search(question) is not None
        and _ONE_OF_THEM.search(words) is not None
        and _NO_LONGER.search(words) is None
    )


def answers_that_all_is_well(text: str, question: str) -> bool:
    """Whether a few words answer the question whether somebody is safe so that they are."""
    words = text.strip().replace("’", "'")
    return (
        len(words) <= ANSWERED
        and _ARE_YOU_SAFE.search(question) is not None
        and _ALL_WELL.search(words) is not None
        and _BUT.search(words) is None
    )
