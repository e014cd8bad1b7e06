"""Words by which a post tells that somebody died, as its reason, its place in a lane and its steps ask for them."""

from __future__ import annotations

import re

KIN = r"(?:mum|mother|mom|dad|father|son|daughter|wife|husband|partner|nan|gran\w*|aunt\w*|uncle|sister|brother|neighbour|friend|baby|child|boy|girl)"
DIED = re.compile(
    r"\b(?<!could have )(?<!might have )(?<!would have )(?<!nearly )(?<!almost )(?<!not )(?:died|passed away|(?:is|was|were|found \w+) dead(?! tired)|(?:his|her|their) death"
    r"|death of (?:my|our|his|her)|inquests?|coroner\w*|post[- ]?mortem|buried(?! (?:it|this|that|(?:the|their|its|a|my|our) (?:reports?|reviews?|findings?|evidence|complaints?|data|figures|letters?|news|stor(?:y|ies)|records?|notes))\b)|cremated|(?:his|her|their|my \w+[’']s) funeral"
    rf"|my late {KIN}|(?:lost|buried) (?:my|our) {KIN}|killed (?:my|our|him|her) ?{KIN}?)\b",
    re.I,
)  # fmt: skip

# A death that is told as that of a baby, for which other words are used
BABY = re.compile(
    r"\b(?:still ?born|still ?births?|lost (?:the|her|their) baby|bab(?:y|ies)(?: girl| boy)? (?:did not|didn.?t|never) (?:survive|make it|come home))\b",
    re.I,
)


def tells_of_death(words: str) -> bool:
    """Whether these words say that somebody died, a baby too."""
    return DIED.search(words) is not None or BABY.search(words) is not None
