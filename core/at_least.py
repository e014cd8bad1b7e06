"""Counts of emails as they are told to whoever may not know of each: no reader learns from two of them that one came between.

Some emails are the Guardian's. A count that rises by one tells whoever has just reported a link that its post lies in that lane,
so it is told as the power of ten that it reaches: that a server fails is told at once, and how badly.
"""

from __future__ import annotations


def at_least(count: int) -> int:
    """0, 1, 10, 100 and so on: the largest that is not above it."""
    return 0 if count <= 0 else int(10 ** (len(str(count)) - 1))


def emails(count: int) -> str:
    """So many emails, in words that begin a sentence: Emails, At least 10 emails."""
    return f"At least {at_least(count):,} emails" if count >= 10 else "Emails"
