"""What is stored of a post that the program has not read: it may be anything, so it is high, and its words are masked by rules."""

from __future__ import annotations

from datetime import datetime

from classify import pid
from classify.pid.base import NOBODY, Contacts
from classify.pid.redaction import mask
from core.models import Assessment, Reading
from steps.bugs import log_bug
from store import Stored


def unread_assessment(stored: Stored, *, policy: str, model: str, at: datetime, published: Contacts = NOBODY) -> Assessment:  # fmt: skip
    """High and `unread`. `published` contact points are nobody's personal detail, and stay."""
    reading = Reading(
        in_scope=True, staff="no", sentiment="neutral", language="und", read="unread", flags=(),
        masked=_masked(stored.mention.text, published),
    )  # fmt: skip
    return Assessment(
        mention=stored.number, revision=stored.revision, policy=policy, model=model, reading=reading,
        risk="high", at=at,
    )  # fmt: skip


def _masked(text: str, published: Contacts) -> str:
    """The words without identifiers, as rules find those; none of them where even that fails."""
    try:
        return mask(text, pid.find(text, contacts=published), (), published)
    except Exception as bug:
        log_bug("masking", bug)
        return ""
