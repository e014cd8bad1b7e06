"""What is known of a post for data rights, as its case shows it; and who may not read what names a child.

Those on duty who must act, governance, the Guardian and Safeguarding read such a post like any other. Whoever only reads along sees that
it is there, and how urgent it is, without its words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from review.context import RequestContext
from store import Card, CaseMention, Correction, Item, LaneRow, Thread, ThreadPost

COVERED = "This post names a child, or a child wrote it. Those on duty see its words."
NOT_YET = (
    "The program has not looked yet whether this post names a child. Those on duty see its words."
)
REASON = "A post that names a child"
NOT_YET_REASON = "A post that was not looked at yet"


class Covering:
    """Covers what names a child for one request; nothing for those who may read it.

    Who doesn't read who is staff doesn't read flags either that hold of staff alone: such a flag says it.
    """

    def __init__(self, context: RequestContext, numbers: Iterable[int]) -> None:
        duty, asked_for = context.sight.reads_children, list(numbers)
        self._unsaid = frozenset() if context.reads_staff else context.app.policy.of_staff_alone
        children = context.store.children
        self._not_yet = frozenset() if duty else children.not_looked_at(asked_for)
        self._covered = frozenset() if duty else children.among(asked_for) | self._not_yet

    def __contains__(self, number: object) -> bool:
        return number in self._covered

    def words(self, number: int) -> str:
        """What stands in place of a covered post's words."""
        return NOT_YET if number in self._not_yet else COVERED

    def reason(self, number: int) -> str:
        """The same of the line by which a list names it."""
        return NOT_YET_REASON if number in self._not_yet else REASON

    def item(self, item: Item) -> Item:
        """A post without its words and without where in them a flag stands; for all posts without flags that say who is staff."""
        if not self._unsaid.isdisjoint(flag.name for flag in item.flags):
            left = tuple(flag for flag in item.flags if flag.name not in self._unsaid)
            item = replace(item, flags=left, explanation=None)
        if item.number not in self._covered:
            return item
        flags = tuple(replace(flag, spans=(), explanation=None) for flag in item.flags)
        return replace(
            item, masked=self.words(item.number), flags=flags, explanation=None, language="en"
        )

    def mention(self, mention: CaseMention) -> CaseMention:
        """The same of a mention of a case."""
        if mention.item.number not in self._covered:
            return replace(mention, item=self.item(mention.item))
        return replace(
            mention,
            item=self.item(mention.item),
            reason=self.reason(mention.item.number) if mention.reason else "",
        )

    def thread(self, thread: Thread) -> Thread:
        """The same of what stands around a post."""

        def cover(post: ThreadPost | None) -> ThreadPost | None:
            return (
                replace(post, masked=self.words(post.mention))
                if post and post.mention in self._covered
                else post
            )

        return replace(
            thread,
            answers={number: cover(post) for number, post in thread.answers.items()},
            more=[covered for post in thread.more if (covered := cover(post))],
        )


def mentions(
    context: RequestContext, case_mentions: Sequence[CaseMention], thread: Thread
) -> tuple[list[CaseMention], Thread, Covering]:
    """A case's posts and what stands around them as the person who asks may read them."""
    numbers = [mention.item.number for mention in case_mentions]
    around = [post.mention for post in (*thread.answers.values(), *thread.more) if post]
    covering = Covering(context, [*numbers, *around])
    return [covering.mention(mention) for mention in case_mentions], covering.thread(thread), covering  # fmt: skip


def cards(context: RequestContext, listed: Sequence[Card]) -> tuple[tuple[Card, ...], Covering]:
    """Cards of a list, the same way."""
    covering = Covering(context, [card.item.number for card in listed if card.item])
    return tuple(
        replace(card, item=covering.item(card.item)) if card.item else card for card in listed
    ), covering  # fmt: skip


def rows(context: RequestContext, listed: Sequence[LaneRow]) -> list[LaneRow]:
    """Rows of a lane, the same way."""
    covering = Covering(context, [number for row in listed for number in (row.item.number, row.named_by)])  # fmt: skip
    return [_row(row, covering) for row in listed]


def _row(row: LaneRow, covering: Covering) -> LaneRow:
    item = covering.item(row.item)
    if row.item.number in covering or row.named_by in covering:
        return replace(
            row,
            item=item,
            reason=covering.reason(row.named_by if row.named_by in covering else row.item.number),
        )
    return row if item is row.item else replace(row, item=item)


def facts(context: RequestContext, number: int, *, children: frozenset[int]) -> list[str]:
    """What a post's line of facts says besides: that it names a child, that its writer objected and why it is here."""
    because = {"high": "it’s a high risk", "reported": "a colleague reported it"}
    objected = context.store.objections.kept_because(number)
    lines = ["names a child, or a child wrote it"] if number in children else []
    return lines + ([f"they objected; saved because {because[objected]}"] if objected else [])


def corrections(context: RequestContext, number: int) -> list[Correction]:
    """What was put right of a post."""
    return context.store.corrections.of_mention(number)
