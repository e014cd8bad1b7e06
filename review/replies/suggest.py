"""What helps to answer a case: which reply drafts, lines to take and related policies fit it, and why they do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from review.cases.highlight import without_blanks
from review.replies.models import (
    Draft,
    Line,
    LineThatFits,
    Post,
    RelatedThatFits,
    Replies,
    Template,
)
from store import CaseDecided, CaseMention

MOST = 100  # posts of a case in which words of lines are looked for
LOOKED = 5_000  # code points of each


def posts_of(
    mentions: Sequence[CaseMention],
    history: Sequence[CaseDecided],
    clauses: Mapping[str, Sequence[str]],
    missed: Mapping[int, Sequence[str]] = MappingProxyType({}),
) -> list[Post]:
    """Those of a case that can be answered, by what people said of their flags.

    `clauses` are those of each flag, `missed` what somebody found blind in posts in which the model had flagged nothing.
    """
    posts = []
    for place, mention in enumerate(mentions, start=1):
        item = mention.item
        if item.deleted or item.own:
            continue
        flags = {flag.name for flag in item.flags} | set(missed.get(item.number, ()))
        for name, holds in said_of(item.number, item.revision, history).items():
            flags = flags | {name} if holds else flags - {name}
        posts.append(
            Post(
                place=place, mention=item.number, platform=item.platform, staff=item.staff or "no",
                tone=item.sentiment, flags=frozenset(flags), masked=item.masked,
                clauses=frozenset(clause for name in flags for clause in clauses.get(name, ())),
            )
        )  # fmt: skip
    return posts


def said_of(mention: int, revision: int, history: Sequence[CaseDecided]) -> dict[str, bool]:
    """The last word of people on each flag of a post, as its words stand."""
    labels: dict[str, bool] = {}
    for entry in history:
        if not entry.undone and (mention, revision) in entry.decision.covers:
            labels |= entry.decision.labels
    return labels


def drafts(replies: Replies, posts: Sequence[Post]) -> list[Draft]:
    """The reply drafts that fit, in the order in which they are set up: the first is the first to think of."""
    fitting, handling = [], _handling(replies)
    for template in replies.templates:
        if not template.replies or template.missing:
            continue
        matching_posts = [post for post in posts if _answers(template, post, handling)]
        if matching_posts:
            fitting.append(Draft(of=template, why=_why(replies, template, matching_posts, posts)))
    return fitting


def wanting(replies: Replies, posts: Sequence[Post]) -> list[Template]:
    """Templates that would fit if the contact point that they point to were set up."""
    handling = _handling(replies)
    return [
        template
        for template in replies.templates
        if template.replies
        and template.missing
        and any(_answers(template, post, handling) for post in posts)
    ]


def unanswered(replies: Replies, posts: Sequence[Post]) -> list[Draft]:
    """Why nothing is answered to some of the posts, and what is done instead."""
    fitting, never = [], _handling(replies).never_answered
    left = [post for post in posts if post.flags & never]
    for template in replies.templates:
        if template.replies:
            continue
        matching_posts = [post for post in posts if _fits(template, post)]
        if matching_posts:
            fitting.append(Draft(of=template, why=_why(replies, template, matching_posts, posts)))
            left = [post for post in left if post not in matching_posts]
    if left:
        fitting.append(Draft(of=_NOTHING, why=_why(replies, _NOTHING, left, posts, never)))
    return fitting


_NOTHING = Template(
    key="", name="Nothing is answered", replies=False,
    text="A reply feeds it. Report the post to its platform, keep what is needed as evidence, and escalate the case.",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Handling:
    """The flags that say whether anything is answered to a post, and what."""

    never_answered: frozenset[str]
    in_danger: frozenset[str]
    spreads: frozenset[str]


def _handling(replies: Replies) -> _Handling:
    policy = replies.policy
    return _Handling(
        never_answered=frozenset(policy.names(never_answered=True)),
        in_danger=frozenset(policy.names(in_danger=True)),
        spreads=frozenset(policy.names(spreads=True)),
    )


def _answers(template: Template, post: Post, handling: _Handling) -> bool:
    """Whether a draft is for this post. Who may be in danger is pointed to help, and to nothing else.

    Where something was said that should not be seen, friendly words alone are no reason to answer.
    """
    if handling.in_danger & post.flags:
        return bool(handling.in_danger & template.flags) and _fits(template, post)
    if handling.spreads & post.flags and not template.flags:
        return False
    return _fits(template, post) and not post.flags & handling.never_answered


def _fits(template: Template, post: Post) -> bool:
    return (
        (not template.flags or bool(template.flags & post.flags))
        and (not template.staff or post.staff in template.staff)
        and (not template.tones or post.tone in template.tones)
        and (not template.platforms or post.platform in template.platforms)
    )


def _why(
    replies: Replies, template: Template, matching_posts: Sequence[Post], posts: Sequence[Post],
    more: frozenset[str] = frozenset(),
) -> str:  # fmt: skip
    """Post 2 is flagged as: asks for help; its author says that they work for the NHS."""
    which = (
        ""
        if len(posts) == 1
        else f"{'post' if len(matching_posts) == 1 else 'posts'} {listed([str(post.place) for post in matching_posts])}: "
    )
    flags = sorted(
        {flag for post in matching_posts for flag in (template.flags | more) & post.flags}
    )
    reasons = []
    if flags:
        reasons.append(f"flagged as {listed([replies.policy.label(flag) for flag in flags])}")
    if template.tones:
        reasons.append(f"its tone is {listed(sorted({post.tone for post in matching_posts}))}")
    if template.staff and any(post.staff != "no" for post in matching_posts):
        reasons.append("its author is staff")
    return which + ", and ".join(reasons) if reasons else f"{which}it fits any post"


def lines(
    replies: Replies, posts: Sequence[Post], places: frozenset[str], on: date
) -> list[LineThatFits]:
    """The lines to take that are in force and fit, each with why."""
    flags = frozenset(flag for post in posts for flag in post.flags)
    clauses = frozenset(clause for post in posts for clause in post.clauses)
    terms_by_line: dict[str, list[str]] = {}
    for line_terms in replies.find([without_blanks(post.masked[:LOOKED]) for post in posts[:MOST]]):
        for key, terms in line_terms.items():
            terms_by_line.setdefault(key, []).extend(terms)
    fitting = []
    for line in replies.lines:
        if not line.in_force(on):
            continue
        named = [replies.policy.label(flag) for flag in sorted(line.flags & flags)]
        why = list(_reasons(line, named, clauses, places, terms_by_line))
        if all(why):
            fitting.append(LineThatFits(of=line, why="; ".join(why)))
    return fitting


def _reasons(
    line: Line,
    flags: Sequence[str],
    clauses: frozenset[str],
    places: frozenset[str],
    terms_by_line: Mapping[str, Sequence[str]],
) -> Iterator[str]:
    """One for each condition that the line has; "" where it does not hold. `flags` are shared ones, as people call them."""
    if line.about:
        quotes = [f"‘{word}’" for word in dict.fromkeys(terms_by_line.get(line.key, ()))]
        yield f"it says {listed(quotes)}" if quotes else ""
    if line.flags:
        yield f"it is flagged as {listed(flags)}" if flags else ""
    if line.places:
        there = sorted(line.places & places)
        yield f"it names {listed(there)}" if there else ""
    if line.clauses:
        touched = sorted(line.clauses & clauses)
        yield f"it falls under clause {listed(touched)}" if touched else ""


def related(
    replies: Replies, posts: Sequence[Post], *, released: bool
) -> list[RelatedThatFits]:  # fmt: skip
    """Related policies for the flags of a case; those about an employer once the way there is released."""
    flags = {flag for post in posts for flag in post.flags}
    clauses = {clause for post in posts for clause in post.clauses}
    return [
        RelatedThatFits(of=policy, flags=sorted(policy.flags & flags))
        for policy in replies.related
        if (policy.flags & flags or policy.clauses & clauses) and (released or not policy.hr)
    ]


def listed(names: Sequence[str]) -> str:
    """a, b and c."""
    return " and ".join([*([", ".join(names[:-1])] if len(names) > 1 else []), *names[-1:]])
