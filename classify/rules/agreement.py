"""Whether a post only agrees with what it answers: 'same', 'me too', 'exactly this', an angry face.

Bare agreement takes over tone and protection of the post that it answers, never a flag (codebook, section 5).
"""

from __future__ import annotations

import re

LONGEST = 60  # code points
_KIN = r"(?:mum|mam|dad|nan|gran|son|daughter|husband|wife|partner|brother|sister|lad|girl|boy)"
_AGREES = re.compile(
    r"(?:(?:the )?same(?: (?:here|again|story|thing|with us|for (?:me|us)|happened (?:to|with) (?:me|us|my \w+)))?(?: (?:as|at) (?:me|us|ours|mine))?"
    r"|(?:me|us|mine|ours|and me|my \w+) (?:too|2|as well|also|an'? all)|(?:exactly|so|too|very|sadly|100 ?%?)? ?(?:this|true|right)|exactly|(?:i |totally |completely )*agreed?|ditto|snap"
    r"|spot on|well said|hear hear|here here|absolutely|totally|couldn'?t agree more|what (?:she|he|they|you) said|preach|facts|100 ?%|y(?:es|eah|ep|up)|omg|ugh|sadly"
    rf"|(?:happens|happened) (?:to (?:me|us|my {_KIN})|every time|all the time)(?: too)?)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]")
# Signs that say no less than 'same'; who laughs may laugh at it, and a heart comforts.
_SIGNS = re.compile("[😡🤬😠😤💯👏👍🙌👆☝😔😢😞😟😥🙄✊🤦🤯]")


def agrees(text: str) -> bool:
    """Whether all that a text says is that its author agrees."""
    words = text.strip()
    if not words or len(words) > LONGEST:
        return False
    if _WORD.search(words) is None:
        return _SIGNS.search(words) is not None
    parts = [part.strip(" '\"*") for part in re.split(r"[.,!…\n]+|[^\w\s'%*\"]+", words)]
    phrases = [part for part in parts if _WORD.search(part)]
    return all(_AGREES.fullmatch(" ".join(part.split())) for part in phrases)
