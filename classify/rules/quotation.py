"""Whether authors object to what they quote, or help who said it: else it counts as theirs (codebook, section 4)."""

from __future__ import annotations

import re

_OBJECTS = re.compile(
    r"\b(?:disgust\w*|vile|vicious|appall\w*|horr(?:id|ible|ific|endous)|sick(?:ening)?|awful|unacceptable|shameful"
    r"|shame on|disgrace\w*|abusive|hateful|inexcusable|threaten\w*|not ok(?:ay)?|how dare|nobody deserves"
    r"|no one deserves|report(?:ed|ing)|block(?:ed|ing)|police|moderators?|condemn\w*|delete th(?:is|at)|stop it|you can(?:no|')?t"
    r"|don['’]?t (?:do|be|say|give|hurt|talk|think|believe)|please don['’]?t|wrong)\b",
    re.IGNORECASE,
)
_HELPS = re.compile(
    r"\b(?:samaritans|shout|helpline|116 ?123|85258|999|111|a ?& ?e|crisis (?:team|line)|please (?:ring|call|phone|talk|speak|reach|stay|get|go)"
    r"|sorry|here (?:for you|if you|to)|reach out|not alone|stay safe|stay with us|are you (?:ok(?:ay)?|safe|alright)"
    r"|(?:you|is s?he|are they) ok(?:ay)?\b|hugs|thinking of you|praying|gets better|hang in there|take care|dm me"
    r"|get (?:some )?help|hope (?:you|s?he|they)|worried about)\b",
    re.IGNORECASE,
)


def is_answered(words: str) -> bool:
    """Whether an author's own words object to what stands beside them quoted, or offer help or comfort."""
    return bool(_OBJECTS.search(words) or _HELPS.search(words))
