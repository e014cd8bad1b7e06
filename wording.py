"""Words that the page and the reports share: what platforms are called, and text that can't deceive an eye."""

from __future__ import annotations

import re

from mention import PLATFORMS

# What people call a platform, where it is not its own name with a capital.
_CALLED = {
    "x": "X (Twitter)", "linkedin": "LinkedIn", "youtube": "YouTube", "blog": "Blogs", "review": "Reviews",
}  # fmt: skip
PLATFORM_NAMES: dict[str, str] = {name: _CALLED.get(name, name.capitalize()) for name in PLATFORMS}

# What people call a flag, where it is not its own name.
FLAG_NAMES: dict[str, str] = {
    "pid": "personal data of a patient", "removal_request": "asks for removal", "assistance": "asks for help",
    "media": "media enquiry", "brand": "use of the logo", "misinformation": "claim to check",
}  # fmt: skip

# Control and format characters, fillers that look like nothing, and the tags behind U+E0000. A joiner
# between two signs that are not ASCII stays: it makes one emoji of several, and Indic letters need it.
_HIDDEN = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b\\u200e\\u200f"
    "\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e007f]"
    r"|(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])"
)


def visible(text: str) -> str:
    """Text that can't reorder or hide what stands around it: marks that are not seen become a dot."""
    return _HIDDEN.sub("\u00b7", re.sub("\r\n?|[\x85\u2028\u2029]", "\n", text))


def bare(text: str) -> str:
    """Text without marks that are not seen, in lines that end alike: for what people type to be searched, shown or copied."""
    return _HIDDEN.sub("", re.sub("\r\n?|[\x85\u2028\u2029]", "\n", text))


def reach(followers: int | None, shares: int | None) -> str:
    """12,400 followers, 1 share; what is nought or not known is left out."""
    counts = (("follower", followers or 0), ("share", shares or 0))
    return ", ".join(f"{count:,} {noun}{'s' * (count > 1)}" for noun, count in counts if count > 0)
