"""What helps to answer a case: which reply drafts, lines to take and related policies fit it, and why they do."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from classify.policy.schema import Policy
from core import danger
from core.models import Platform, Sentiment, Staff
from review.cases.highlight import without_blanks
from review.replies.lint import is_short_enough
from review.replies.templates import FilledTemplate, Replies, about
from settings.review import LineToTake, RelatedPolicy, ReplyTemplate
from steps.lanes import SURE, asks_for_care, is_to_share
from store import CaseDecided, CaseMention, Item, PostFacts

MOST = 100  # posts of a case in which words of lines are looked for
LOOKED = 5_000  # code points of each


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post as it may be answered: its flags are those that no colleague found wrong. `place` counts from 1."""

    place: int
    mention: int
    platform: Platform
    staff: Staff
    tone: Sentiment
    flags: frozenset[str]
    clauses: frozenset[str]
    masked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A template that fits, its text as it reads today, and why it fits."""

    template: ReplyTemplate
    text: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineThatFits:
    """A line to take, and why it fits."""

    line: LineToTake
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedThatFits:
    """A related policy, and the flags that it is about."""

    policy: RelatedPolicy
    flags: Sequence[str]


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
        flags = flags_as_asked(item) | set(missed.get(item.number, ()))
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


def facts_of(item: Item) -> PostFacts:
    """What a post is called by, of what its page knows."""
    return PostFacts(platform=item.platform, kind=item.kind, masked=item.masked, risk=item.risk, flags=item.flags)  # fmt: skip


def flags_as_asked(item: Item) -> set[str]:
    """The flags by which something is suggested and answered: who asks where to get care, and may have been read as a reporter, asks for help; of a colleague who asks to share something kind none is the press's."""
    flags, facts = {flag.name for flag in item.flags}, facts_of(item)
    if is_to_share(facts):
        return flags - {"media"}
    return flags - {"media"} | {"assistance"} if asks_for_care(facts) else flags


def said_of(mention: int, revision: int, history: Sequence[CaseDecided]) -> dict[str, bool]:
    """The last word of people on each flag of a post, as its words stand."""
    labels: dict[str, bool] = {}
    for entry in history:
        if not entry.undone and (mention, revision) in entry.decision.covers:
            labels |= entry.decision.labels
    return labels


def carries_further(item: Item, flags: Collection[str], policy: Policy) -> bool:
    """Whether an answer would carry further what should not be seen, so that the post is taken down first.

    Never on a suspicion, nor of what may not be public in a citizen's criticism, which is answered; of a patient's details always.
    """
    citizen = item.staff in ("no", None) and item.protected in ("criticism", "complaint")
    unsure = {flag.name for flag in item.flags if flag.score < SURE} - {"pid"}
    return bool(set(flags) & set(policy.names(spreads=True)) - unsure - ({"confidential"} if citizen else set()))  # fmt: skip


def drafts(replies: Replies, posts: Sequence[Post]) -> list[Draft]:
    """The reply drafts that fit, in the order in which they are set up: the first is the first to think of.

    What is longer than the platform of each post takes is left out, unless nothing shorter fits: it would be cut off there.
    """
    fitting, too_long = list[Draft](), list[Draft]()
    handling, about_it = _handling(replies), _about_it(replies, posts)
    for filled in replies.templates:
        template = filled.template
        if not template.reply or filled.missing:
            continue
        matching_posts = [
            post
            for post in posts
            if _answers(template, post, handling) and _is_about(template, post, about_it)
        ]
        if matching_posts:
            why = _why(replies, template, matching_posts, posts)
            holds = any(is_short_enough(filled.text, post.platform, replies.lengths) for post in matching_posts)  # fmt: skip
            (fitting if holds else too_long).append(Draft(template=template, text=filled.text, why=why))  # fmt: skip
    return fitting or too_long


def wanting(replies: Replies, posts: Sequence[Post]) -> list[FilledTemplate]:
    """Templates that would fit if the contact point that they point to were set up."""
    handling, about_it = _handling(replies), _about_it(replies, posts)
    return [
        filled
        for filled in replies.templates
        if filled.template.reply
        and filled.missing
        and any(
            _answers(filled.template, post, handling) and _is_about(filled.template, post, about_it)
            for post in posts
        )
    ]


def unanswered(replies: Replies, posts: Sequence[Post]) -> list[Draft]:
    """Why nothing is answered to some of the posts, and what is done instead."""
    fitting, never = [], _handling(replies).never_answered
    left = [post for post in posts if post.flags & never]
    for filled in replies.templates:
        template = filled.template
        if template.reply:
            continue
        matching_posts = [post for post in posts if _fits(template, post)]
        if matching_posts:
            why = _why(replies, template, matching_posts, posts)
            fitting.append(Draft(template=template, text=filled.text, why=why))
            left = [post for post in left if post not in matching_posts]
    if left:
        why = _why(replies, _NOTHING, left, posts, never)
        fitting.append(Draft(template=_NOTHING, text=_NOTHING.text, why=why))
    return fitting


_NOTHING = ReplyTemplate(
    key="nothing", name="Nothing is answered", reply=False,
    text="A reply makes it grow. Report the post to its platform, save what is needed as evidence, and pass the case on.",
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


def _answers(template: ReplyTemplate, post: Post, handling: _Handling) -> bool:
    """Whether a draft is for this post. Who may be in danger is pointed to help, and to nothing else; whoever is hurt at
    home is not answered where others read it, and a crisis line is no help to a child at risk or where the oxygen stops.

    Where something was said that should not be seen, friendly words alone are no reason to answer.
    """
    if handling.in_danger & post.flags:
        likely = danger.harms(post.masked[:LOOKED])
        helps = danger.replies(likely) and danger.may_end_life(likely)
        return helps and not handling.in_danger.isdisjoint(template.flags) and _fits(template, post)
    if handling.spreads & post.flags and not template.flags:
        return False
    return _fits(template, post) and not post.flags & handling.never_answered


def _about_it(replies: Replies, posts: Sequence[Post]) -> Mapping[int, Collection[str]]:
    """Of each post, by its mention, the keys of the templates that it is about by their rule."""
    templates = [filled.template for filled in replies.templates]
    texts = [without_blanks(post.masked[:LOOKED]) for post in posts[:MOST]]
    return {post.mention: keys.keys() for post, keys in zip(posts, about(templates, texts), strict=False)}  # fmt: skip


def _is_about(template: ReplyTemplate, post: Post, about_it: Mapping[int, Collection[str]]) -> bool:
    return not template.about or template.key in about_it.get(post.mention, ())


def _fits(template: ReplyTemplate, post: Post) -> bool:
    return (
        (not template.flags or not post.flags.isdisjoint(template.flags))
        and (not template.staff or post.staff in template.staff)
        and (not template.tone or post.tone in template.tone)
        and (not template.platforms or post.platform in template.platforms)
    )


def _why(
    replies: Replies, template: ReplyTemplate, matching_posts: Sequence[Post], posts: Sequence[Post],
    more: frozenset[str] = frozenset(),
) -> str:  # fmt: skip
    """Post 2 is flagged as: asks for help; its author says that they work for the NHS."""
    which = (
        ""
        if len(posts) == 1
        else f"{'post' if len(matching_posts) == 1 else 'posts'} {listed([str(post.place) for post in matching_posts])}: "
    )
    known = more.union(template.flags)
    flags = sorted({flag for post in matching_posts for flag in known & post.flags})
    reasons = []
    if flags:
        reasons.append(f"flagged as {listed([replies.policy.label(flag) for flag in flags])}")
    if template.tone:
        reasons.append(f"its tone is {listed(sorted({post.tone for post in matching_posts}))}")
    if template.staff and any(post.staff != "no" for post in matching_posts):
        reasons.append("its writer is staff")
    return which + ", and ".join(reasons) if reasons else f"{which}it fits any post"


def lines(
    replies: Replies, posts: Sequence[Post], places: frozenset[str], on: date
) -> list[LineThatFits]:
    """The lines to take that are in force and fit, each with why."""
    flags = frozenset(flag for post in posts for flag in post.flags)
    clauses = frozenset(clause for post in posts for clause in post.clauses)
    terms_by_line: dict[str, list[str]] = {}
    texts = [without_blanks(post.masked[:LOOKED]) for post in posts[:MOST]]
    for line_terms in about(replies.lines, texts):
        for key, terms in line_terms.items():
            terms_by_line.setdefault(key, []).extend(terms)
    fitting = []
    for line in replies.lines:
        if not line.in_force(on):
            continue
        named = [replies.policy.label(flag) for flag in sorted(flags.intersection(line.flags))]
        why = list(_reasons(line, named, clauses, places, terms_by_line))
        if all(why):
            fitting.append(LineThatFits(line=line, why="; ".join(why)))
    return fitting


def _reasons(
    line: LineToTake,
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
        there = sorted(places.intersection(line.places))
        yield f"it names {listed(there)}" if there else ""
    if line.clauses:
        touched = sorted(clauses.intersection(line.clauses))
        yield f"it falls under clause {listed(touched)}" if touched else ""


def related(
    replies: Replies, posts: Sequence[Post], *, released: bool
) -> list[RelatedThatFits]:  # fmt: skip
    """Related policies for the flags of a case; those about an employer once the way there is released."""
    flags = {flag for post in posts for flag in post.flags}
    clauses = {clause for post in posts for clause in post.clauses}
    return [
        RelatedThatFits(policy=policy, flags=sorted(flags.intersection(policy.flags)))
        for policy in replies.related
        if not (flags.isdisjoint(policy.flags) and clauses.isdisjoint(policy.clauses))
        and (released or not policy.hr)
    ]


def listed(names: Sequence[str]) -> str:
    """a, b and c."""
    return " and ".join([*([", ".join(names[:-1])] if len(names) > 1 else []), *names[-1:]])
