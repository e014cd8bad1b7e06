"""Marks what names a child: an age under 18 or a school. What is marked is kept shortest, and shown to those on duty as it is.

No list, order or alert depends on it: a child in danger is never out of sight of who can act. What our own channels post is no
child's: it is kept as everything of ours.
"""

from __future__ import annotations

from classify.rules.children import names_child
from steps.context import RunContext

BATCH = 500  # mentions looked at in one transaction
MOST = 20_000  # in one cycle: of a large store that was never looked through the rest waits for the next


def mark(context: RunContext, *, most: int = MOST) -> int:
    """Looks at what nobody has looked at, newest first; how many name a child."""
    marked = looked = 0
    while looked < most:
        part = context.store.children.unlooked(limit=BATCH)
        if not part:
            break
        named = {
            stored.number: not stored.mention.own
            and names_child(stored.mention.text, stored.mention.author.bio)
            for stored in part
        }
        context.store.children.mark(named)
        looked += len(part)
        marked += sum(named.values())
    return marked
