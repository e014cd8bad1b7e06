"""Whether patients ask for a doctor or nurse of their own sex, language or faith, or tell that they were refused one: 'Would not let me see a female doctor'.

Such a wish is a complaint or tells of discrimination, and no hate (codebook, section 2: hate attacks a group). It is one only where nothing else
in the words speaks of a group: who wants no foreign doctor, or 'a real woman', is left to the model.
"""

from __future__ import annotations

import re

from classify.text.literals import Sought

LONGEST = 1_000  # code points of a post in which a wish is the matter
_WHO = r"(?:doctors?|drs?|gps?|nurses?|midwi(?:fe|ves)|carers?|chaperones?|clinicians?|consultants?|therapists?|counsellors?|physios?|sonographers?|radiographers?|phlebotomists?|interpreters?|health visitors?|social workers?|dentists?|practitioners?|hca|member of staff|one)"
_SEX = r"(?:female|male|woman|women|lady|ladies|man|same[- ]sex)"
_TONGUES = r"(?:somali|arabic|polish|romanian|punjabi|urdu|bengali|gujarati|hindi|tamil|farsi|dari|pashto|kurdish|turkish|portuguese|spanish|french|italian|albanian|russian|ukrainian|tigrinya|amharic|mandarin|cantonese|chinese|nepali|swahili|yoruba|twi|bsl|sign language|english|my language|our language|the language)"
_FAITHS = r"(?:muslim|jewish|sikh|hindu|christian|catholic|buddhist)"
# It follows what was wished or refused, or 'no' stands before it
_ASKS = r"(?:ask(?:s|ed|ing)?(?: \w+){0,3}? (?:for|to see|if)|want(?:s|ed)?|wish(?:ed)?|need(?:s|ed)?|prefer(?:s|red)?|request(?:s|ed)?|like(?:d)? to see|no|not any|without|booked|promised|(?:see|have|get|give|given|gave|find|seen by|offer(?:ed)?|book|send|provide)(?: me| my \w+| her| us| him)?|let (?:me|my \w+|her|us) (?:see|have)|(?:male|female|man|woman) (?:instead of|not))"
_WISH = Sought(
    rf"\b{_ASKS} (?:\w+ ){{0,2}}?(?:an? |any |the |another |by )?(?:(?:{_SEX}|{_FAITHS}|{_TONGUES}(?:[- ]speaking)) (?:{_FAITHS} |{_SEX} |{_TONGUES}[- ]speaking )?{_WHO}\b|{_WHO} (?:who|that|which) (?:speaks?|spoke|knows?|signs?|can speak|could speak) {_TONGUES}\b|{_WHO} (?:who|that) (?:is|was) (?:a )?(?:{_SEX}|{_FAITHS})\b|(?:{_SEX}|{_FAITHS} {_SEX})\b(?= (?:for|to do|do|examin\w+|see|at|in)\b)|(?:woman|lady|female)\b(?=\s*(?:[.,!?;]|$)))",
    re.IGNORECASE,
)
# They want none of a faith: 'No Muslim doctors for my children'
_WANTS_NONE = Sought(
    rf"(?:\bno|\bnot|n't|\bnever|\bwithout|\brefuse\w*)\b(?: \w+){{0,4}}? (?:an? |any |by )*{_FAITHS}\b",
    re.IGNORECASE,
)
# What speaks of a group otherwise: of one that is not to treat them, or as an insult
_OF_A_GROUP = Sought(
    r"\b(?:foreign\w*|immigrants?|migrants?|refugees?|asylum|blacks?|whites?|brown|asians?|indians?|pakistanis?|pak\w+|africans?|nigerians?|filipinos?|arabs?|jews?|muslims|islam\w*|hindus|sikhs|gyps\w+|travellers?|gays?|homosexual\w*|mecca|such people|lesbians?|queers?|trans\w*|dykes?|poof\w*|fag\w*|pikeys?|british|white|native|proper|real|actual|biological|normal|born here|from here|our own|this country|speaks? english|english (?:doctors?|nurses?|one|people)"
    r"|accents?|terrorists?|scum|vermin|filth\w*|dirty|animals?|savages?|thick|stupid|back (?:home|to)|send them|those people|their (?:kind|sort|lot)|bloke in|man in a|dress|perverts?|paedos?|nonces?|slags?|cows?|bitch\w*|cunts?|whores?|fuck\w*)\b",
    re.IGNORECASE,
)
_OF_THEMSELVES = re.compile(r"\b(?:i am|i'm|im|i was|we are|we're|my \w+ is|she is|she's|as|being|for being|because (?:i am|i'm)) (?:an? |both |all )?(?:\w+ )?$", re.IGNORECASE)  # fmt: skip


def wishes_for_own_kind(text: str) -> bool:
    """Whether a post asks for somebody of a sex, language or faith to treat them, or was refused, and attacks nobody."""
    if len(text) > LONGEST:
        return False
    plain = text.replace("’", "'").replace("‘", "'")
    if _WISH.search(plain) is None or _WANTS_NONE.search(plain):
        return False
    rest = _WISH.compiled.sub(lambda match: " " * len(match.group()), plain)
    return not _OF_A_GROUP.may_match(rest) or all(
        _OF_THEMSELVES.search(rest[: match.start()])
        for match in _OF_A_GROUP.compiled.finditer(rest)
    )
