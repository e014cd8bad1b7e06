"""Whether a text holds rough words: a weak answer where a data set tells hate but not offence."""

from __future__ import annotations

import re

_SWEARING = re.compile(
    r"\b(?:(?:mother)?fuck\w*|shit\w*|bullshit|cunts?|bitch\w*|bastards?|wankers?|twats?|pricks?|arse(?:hole)?s?|"
    r"ass(?:es|hole\w*)?|dumbass|jackass|dick(?:head)?s?|cocks?|pussy|bollocks|fag(?:got)?s?|nigg(?:er|a)s?|pakis?|"
    r"trann(?:y|ies)|retard(?:s|ed)?|whor(?:e|es|ing)|slut\w*|hoes?|spics?|chinks?|kikes?|gooks?|dykes?|skank\w*|"
    r"douche\w*|stfu|gtfo|wtf|morons?|idiot\w*|scum\w*|imbeciles?|cum|tits|piss\w*|crap)\b",
    re.IGNORECASE,
)
_ROUGH = re.compile(
    r"\b(?:stupid\w*|dumb|losers?|liars?|trash|disgust\w*|pathetic|ugly|fools?|clowns?|hate[sd]?|kill\w*|racist\w*|"
    r"nazis?|damn\w*|hell|sucks?|shut up|evil|vile|fascist\w*|criminals?|garbage|ignorant|cowards?|disgrace\w*|"
    r"rape\w*|rapists?|murder\w*|die|dead|sick|filth\w*|pigs?|rats?|vermin|hell|insane|crazy|lunatic\w*|traitors?|"
    r"pervert\w*|creep\w*|jerks?|sexist|terrorists?|thugs?|parasites?|corrupt|bigots?)\b",
    re.IGNORECASE,
)


def rude(text: str) -> float | None:
    """1 where somebody swears, 0 where no rough word stands, None where it can't be told by words."""
    if _SWEARING.search(text):
        return 1.0
    return None if _ROUGH.search(text) else 0.0
