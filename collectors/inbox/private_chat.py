"""Whether a mail plainly carries a private chat: an export of WhatsApp, lines copied from Teams, a message app's notice.

Such words are not taken in. It is plain or it is not: a report that tells of a chat in its own words is a report.
"""

from __future__ import annotations

import re

from classify import pid
from classify.rules import plain_words
from collectors.inbox.bodies import header, heading
from collectors.inbox.parse import Letter

FEWEST_LINES = 2  # that look like a chat's
_WHO = r"[^:\n\[\]]{1,60}"
# [21/11/2026, 09:05:12] Name: words · 21/11/2026, 09:05 - Name: words (WhatsApp's export); [09:05] Name: words (Teams, copied)
LINE = re.compile(
    rf"^[>\s\u200e\u200f]*(?:\[?\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}},? \d{{1,2}}[:.]\d{{2}}(?:[:.]\d{{2}})?(?:\s?[ap]\.?m\.?)?\]?(?: ?[-–])? {_WHO}: \S"
    rf"|\[(?:\d{{1,2}}[./-]\d{{1,2}}(?:[./-]\d{{2,4}})?,? )?\d{{1,2}}:\d{{2}}(?:\s?[ap]m)?\] {_WHO}(?::|$))",
    re.IGNORECASE | re.MULTILINE,
)
_SUBJECT = re.compile(
    r"whatsapp[- ]chat|chat (?:mit|with|de) .{1,60} (?:exported|on whatsapp)|sent you a (?:direct |private )?message|new direct message"
    r"|sent a message in teams|mentioned you in (?:a )?chat|\bdm from\b|signal chat",
    re.IGNORECASE,
)
_ATTACHED = re.compile(r"^_chat\.txt$|whatsapp[- ]chat", re.IGNORECASE)
_APP = re.compile(
    r"@(?:email\.teams\.microsoft\.com|whatsapp\.com|messages?\.(?:x|twitter|instagram|facebook)\.com)>?$",
    re.IGNORECASE,
)
_DANGER = ("safeguarding", "threat")
_IDENTIFIERS = frozenset(("NHS_NUMBER", "CHI_NUMBER", "HOSPITAL_NUMBER", "PATIENT_NAME", "RELATIVE_NAME", "DATE_OF_BIRTH"))  # fmt: skip

NOT_TAKEN = (
    "reads like a private chat, so that no word of it was taken in: open it in the mailbox, and answer its sender with the "
    "help that the page names under Report a post, In private"
)
# What stands for one in which somebody may be in danger or a patient's details may be: no word of it, no name.
NOTICE = (
    "Someone may be in danger, or a patient’s details may be out: a colleague forwarded a private chat. No word of it was taken in. "
    "Open the mail in the report mailbox now."
)


def is_one(letter: Letter) -> bool:
    """Whether a mail, or what it carries, plainly is one."""
    contents = letter.contents
    subjects = [
        heading(header(letter.message, "Subject")),
        *(title for title, _ in contents.carried),
    ]
    if any(map(_SUBJECT.search, subjects)) or any(map(_ATTACHED.search, contents.attached)):
        return True
    return bool(_APP.search(letter.sender[1])) or len(LINE.findall(_words(letter))) >= FEWEST_LINES


def is_alarming(letter: Letter) -> bool:
    """Whether its words may tell of danger, or hold what identifies a patient: read here and forgotten."""
    words = _words(letter)
    if not set(_DANGER).isdisjoint(plain_words.find(words)):
        return True
    return any(hit.type in _IDENTIFIERS for hit in pid.find(words))


def _words(letter: Letter) -> str:
    contents = letter.contents
    bodies = [*contents.plain, *contents.filed, *(body for _, body in contents.carried)]
    return "\n".join(bodies or contents.rich)
