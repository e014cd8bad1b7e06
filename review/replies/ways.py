"""Which posts of a case can be answered through their platform by who asks, and what stands against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from collectors import platforms
from core import clock
from core.models import Platform, speaks_up
from review.context import RequestContext
from review.replies.suggest import Draft, Post, carries_further, drafts, listed
from review.replies.templates import Replies
from settings import schema
from store import CaseMention, Item

_POSTS = ("post", "comment", "reply", "quote")


@dataclass(frozen=True, slots=True, kw_only=True)
class SendWay:
    """A post that may be answered through its platform: `account` is who would speak, as far as the settings tell."""

    place: int  # in its case, from 1
    mention: int
    platform: Platform
    account: str


def ways(context: RequestContext, mentions: Sequence[CaseMention], posts: Sequence[Post], today: Replies) -> list[SendWay]:  # fmt: skip
    """The posts that have a button to send to them. Whether the platform takes it is found out by the dry run."""
    if not may_send(context):
        return []
    items = {mention.item.number: mention.item for mention in mentions}
    return [
        SendWay(
            place=post.place, mention=post.mention, platform=post.platform,
            account=_account(context, source, post.platform),
        )
        for post in posts
        if (source := source_of(context, items[post.mention]))
        and not refusal(items[post.mention], post, today)
    ]  # fmt: skip


def may_send(context: RequestContext) -> bool:
    """Whether the settings let this person send."""
    return context.may(context.config.review.answering.role)


def source_of(context: RequestContext, item: Item) -> str:
    """The source through which a post can be answered, "" where there is none that is on and lets it."""
    if item.kind not in _POSTS or item.deleted or item.own:
        return ""
    for name in item.sources:
        source, table = platforms.find(name), context.config.collectors.get(name, {})
        if source and source.replying and table.get("on") is True and table.get("reply") is True:
            return name
    return ""


def refusal(item: Item, post: Post, today: Replies) -> str:
    """Why nothing is sent to a post whatever the words are; "" where it may be answered."""
    policy = today.policy
    never = post.flags.intersection(policy.names(never_answered=True))
    if never:
        labels = listed(sorted(policy.label(flag) for flag in never))
        return f"Nothing is answered to this ({labels}): report it to its platform, and pass it on"
    if carries_further(item, post.flags, policy):
        return "An answer carries it further while it stands: have it hidden or taken down first"
    if speaks_up(item.protected, item.staff, item.kind, post.flags):
        return "This may be someone speaking up at work: it goes to the Freedom to Speak Up Guardian, and is not answered in public"
    return ""


def ready_drafts(post: Post, today: Replies) -> Sequence[Draft] | None:
    """The only words that may go to somebody in danger: those written for it. None where any words may."""
    in_danger = post.flags.intersection(today.policy.names(in_danger=True))
    return drafts(today, [post]) if in_danger else None


def _account(context: RequestContext, source: str, platform: Platform) -> str:
    """@handle by the register of accounts, where it has one of ours alone."""
    today = schema.today(context.config.organisation, clock.local_day(context.at))
    table = context.config.collectors.get(source, {})
    if isinstance(table.get("identifier"), str):
        return f"@{table['identifier'].lstrip('@')}"
    handles = sorted(
        name
        for name in today.official.get(platform, ())
        if not name.isdecimal() and not name.startswith("uc")
    )
    label = platforms.PLATFORM_NAMES[platform]
    return f"@{handles[0].lstrip('@')}" if len(handles) == 1 else f"our account on {label}"
