"""Public facts about who holds public office: a mayor who had a flu jab for the cameras, an MP who spoke of her own illness.

What somebody in office did or said of themselves before the public is no leak (codebook, section 2: public figures' health already in
the news). What somebody else tells of their care is, as is whoever stands beside them.
"""

from __future__ import annotations

import re

from classify.text.lexicon import only_names
from core.patterns import lazy_compile

from .vocabulary import FRIEND, KIN

_NAME = r"[A-Z][\w'’-]+(?: [A-Z][\w'’-]+){0,2}"
_PLACE = r"[A-Z][\w'’-]+(?:(?: and| &)? [A-Z][\w'’-]+){0,3}"
_MAYOR = rf"(?i:(?:lord |deputy |directly elected )*mayor(?:ess)?)(?: of {_PLACE})?"
_TITLE = rf"(?:{_MAYOR}|(?i:cllr\.?|councillor)|MP(?: for {_PLACE})?|(?i:(?:health|home|foreign|care|schools) (?:secretary|minister)|prime minister|assembly member)|(?i:leader) of {_PLACE} Council)"
_HOLDER = lazy_compile(
    rf"(?<!\w)(?:(?:(?i:the|our|your|my|local) )*(?:{_TITLE}(?:,? (?:and )?{_TITLE})*(?: {_NAME}|, {_NAME}(?=,))?(?:, {_TITLE}(?=\W))?|{_NAME},? MP\b(?: for {_PLACE})?"
    rf"|(?:Lord|Baroness) {_NAME}))"
)
_MAY_HOLD = re.compile(
    r"(?i:mayor|cllr|councillor|minister|secretary|baroness|leader|assembly member)|\bMP\b|\bLord\b"
)
_OWN = r"(?:his|her|their)(?: own)?"
# What is done for everybody to see, and what is told of oneself.
_IN_PUBLIC = lazy_compile(
    rf"\b(?:had|got|gets|getting|having|received|receives|took|takes|came for|rolled up {_OWN} sleeves? for|tried|tries)\b[^.!?\n]{{0,30}}?"
    r"\b(?:jabs?|booster|vaccin\w+|blood pressure|health check|hearing test|eye test|finger prick)\b"
    r"|\b(?:gave|gives|giving|donat\w+) blood\b"
    rf"|\b(?:talk(?:ed|s)|spoken?|speaks|told|tells|wrote|writes|opened up|opens up|reveal(?:ed|s)|announc(?:ed|es)|shar(?:ed|es)|describ(?:ed|es)|disclos(?:ed|es)|confirm(?:ed|s))\b[^.!?\n]{{0,60}}?"
    rf"\b(?:{_OWN}|that (?:he|she|they)|how (?:he|she|they)|about it|of it)\b"
)
_PRIVATE = lazy_compile(
    r"\b(?:ward|bed|bay|cubicle|a ?& ?e|a and e|resus|itu|icu|hdu|admitted|inpatient|in hospital|sectioned|detox|rehab|overdos\w+|drunk|smear|sti|std|abortion|miscarr\w+|bloods|records?|notes|file|results?"
    r"|gossip|rumou?rs?|apparently|allegedly|i hear|heard|word is|secret|secretly|leak\w*|between us|don't tell|dont tell|reception\w*|(?:my|our|a) patients?|patient of|waiting room|next to me|jumped the queue"
    r"|i (?:did|treated|nursed|gave|jabbed|vaccinated|scanned|clerked)|we (?:treated|nursed|scanned)|neighbours?|colleagues?|cleaners?"
    rf"|{KIN}|{FRIEND})\b"
)
_WORD = re.compile(r"[^\W\d_]+")
_CLEARED = "the holder"


def without_holders(text: str) -> str | None:
    """The text without who holds public office, where it tells in public of them alone; None where it does not, or something in it is private.

    Whoever is left in it is somebody else.
    """
    if _MAY_HOLD.search(text) is None:
        return None
    low = text.replace("’", "'").lower()
    if _IN_PUBLIC.search(low) is None or _PRIVATE.search(low) is not None:
        return None
    sentences = re.split(r"(?<=[.!?\n])\s+", text)
    for sentence in sentences:
        if _IN_PUBLIC.search(sentence.lower()) and _HOLDER.search(sentence) is None:
            return None  # it is told of somebody else
    rest = _HOLDER.sub(_CLEARED, text)
    return None if any(word in only_names() for word in _WORD.findall(rest.lower())) else rest
