"""What a case's page shows beside the decision to help answer it: what was said already, lines to take, drafts, a check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from starlette.responses import Response

from core import clock
from core.models import Platform
from review.cases import employer
from review.cases.highlight import hidden
from review.context import RequestContext
from review.reasons import OPENED_TO_ANSWER
from review.rendering import linkable, page
from review.replies import suggest, ways
from review.replies.lint import Finding, findings, length
from review.replies.suggest import Draft, LineThatFits, Post, RelatedThatFits
from review.replies.templates import FilledTemplate, Replies, replies
from review.replies.ways import SendWay
from store import Case, CaseDecided, CaseMention, OwnAnswer, Reply, Sending
from store.cases.news import CLOSING, tells_of_closing

CLAIM = "misinformation"  # the flag of a claim to check
LONGEST = 10_000  # characters of a reply: no platform takes a longer one
LONGEST_LINK = 500
ANSWERS_WITHIN = timedelta(minutes=30)  # between opening the platform to answer there and saying so
# What a reply would carry further: it is to be taken down before anybody answers under it.


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedReply:
    """What somebody typed in the reply's box. `found` is None where it was not looked over.

    `as_is`: it went out although something grave was found. `before` is what stood in the box until another
    draft was chosen. `unsent`: they were told that to respond alone keeps none of it.
    `fault` is why it can't be kept, `at` the field that is to blame.
    """

    text: str = field(default="", repr=False)
    link: str = field(default="", repr=False)
    template: str = ""
    as_is: bool = False
    before: str = field(default="", repr=False)
    unsent: bool = False
    findings: Sequence[Finding] | None = None
    fault: str = ""
    at: str = "reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How long the reply is on a platform, and how long it may be there; None for no limit that we know."""

    platform: Platform
    characters: int
    most: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """All that `replies/answer.html` and `replies/reply.html` show."""

    posts: Sequence[Post]
    drafts: Sequence[Draft]
    wanting: Sequence[FilledTemplate]
    unanswered: Sequence[Draft]
    lines: Sequence[LineThatFits]
    related: Sequence[RelatedThatFits]
    section: str  # the policy's own words on related policies
    answers: Sequence[OwnAnswer]
    written: Sequence[Reply]
    sendings: Sequence[
        Sending
    ]  # that are under way, not known or failed: what was sent is in `written`
    send_ways: Sequence[SendWay]
    taken_back: frozenset[int]  # versions of decisions that no longer hold
    restriction: str
    spreads: bool
    sees: bool  # who asks may read what was replied
    counts: Sequence[Count]
    reply: TypedReply

    @property
    def earlier(self) -> OwnAnswer | Reply | None:
        """The last of what we answered to these posts, by our own account or as somebody wrote it down."""
        posts = {post.mention for post in self.posts}
        written = [
            each
            for each in self.written
            if each.version not in self.taken_back and not posts.isdisjoint(each.posts)
        ]
        if written and self.sees:
            return written[-1]
        return next(
            (each for each in reversed(self.answers) if not posts.isdisjoint(each.posts)), None
        )


def panel(
    context: RequestContext,
    case: Case,
    mentions: Sequence[CaseMention],
    history: Sequence[CaseDecided],
    reply: TypedReply | None,
    *,
    typing: bool = True,
) -> Panel:
    """What fits a case; `mentions` are those that a person should see, `reply` what is in the box instead of a draft.

    `typing`: what a form brought is for this box.
    """
    today = replies_today(context)
    clauses = {name: flag.clause for name, flag in context.app.flags.items()}
    missed = {**context.store.sample_answers.false_negatives(case.number)}
    for number, flags in asked_about(context, mentions).items():
        missed[number] = (*missed.get(number, ()), *flags)
    posts = suggest.posts_of(mentions, history, clauses, missed)
    on, items = clock.local_day(context.at), {each.item.number: each.item for each in mentions}
    drafts = suggest.drafts(today, posts)
    lines = suggest.lines(today, posts, context.store.cases.places(case.number), on)
    reply = reply or (typed(context) if typing else None)
    if reply is None:  # nothing was typed yet: the first draft is ready
        first = drafts[0] if drafts else None
        line = next((each.line for each in lines), None) if any(CLAIM in post.flags for post in posts) else None  # fmt: skip
        reply = TypedReply(text=first.text, template=first.template.key) if first else TypedReply()
        if line is not None:  # to a claim the line to take goes before any template
            reply = TypedReply(text=line.line)
        if reply.text:  # its faults are shown before it is copied
            reply = replace(reply, findings=checked(context, mentions, reply).findings or None)
    return Panel(
        posts=posts, drafts=drafts, wanting=suggest.wanting(today, posts),
        unanswered=suggest.unanswered(today, posts),
        lines=lines,
        related=suggest.related(today, posts, released=employer.is_open(context, case, mentions)),
        section=context.app.clauses.get("8", ""), answers=context.store.replies.own_answers(case.number),
        written=context.store.replies.of_case(case.number),
        sendings=unsettled(context, case.number),
        send_ways=ways.ways(context, mentions, posts, today),
        taken_back=frozenset(entry.version for entry in history if entry.undone),
        restriction=today.restriction, spreads=any(suggest.carries_further(items[post.mention], post.flags, today.policy) for post in posts),
        counts=_counts(reply.text, posts, today), reply=reply,
        sees=context.may("reviewer") or context.may("governance"),
    )  # fmt: skip


def asked_about(context: RequestContext, mentions: Sequence[CaseMention]) -> dict[int, tuple[str, ...]]:  # fmt: skip
    """Of posts that ask, that they ask about a claim which waits to be checked, in it or in what they answer or quote.

    Whoever asks whether it is true gets the line that the claim gets.
    """
    asking = [each for each in mentions if any(flag.name == "assistance" for flag in each.item.flags)]  # fmt: skip
    about: dict[int, tuple[str, ...]] = {}
    for mention in asking:
        stored = context.store.mentions.get(mention.item.number)
        words = (
            f"{stored.mention.text}\n{stored.mention.context.words}".casefold() if stored else ""
        )
        if not tells_of_closing(words):
            continue
        claims = context.shared("claims", context.store.bulk.claims)
        named = {
            place.name.casefold()
            for place in context.config.organisation.places
            if any(name.casefold() in words for name in (place.name, *place.aliases))
        }
        if any(topic == CLOSING and (name in named or name in words) for topic, name in claims):
            about[mention.item.number] = (CLAIM,)
    return about


def unsettled(context: RequestContext, case: int) -> list[Sending]:
    """Of the replies that were to be sent in a case the last to each post, where it was not sent."""
    sendings = context.store.sendings.of_case(case, context.at)
    last = {sending.mention: sending for sending in sendings}
    return [sending for sending in last.values() if sending.state != "sent"]


def replies_today(context: RequestContext) -> Replies:
    """What is set up for answering today."""
    return replies(context.config, context.app.policy, clock.local_day(context.at))


def typed(context: RequestContext) -> TypedReply | None:
    """What a form brought of a reply, whatever else it was for; None where it brought nothing."""
    form = context.form
    if "reply" not in form:
        return None
    return TypedReply(
        text=str(form.get("reply", "")).replace("\r\n", "\n"), link=str(form.get("reply_link", "")).strip(),
        template=str(form.get("reply_from", ""))[:40], as_is=form.get("as_is") == "yes",
        before=str(form.get("reply_before", "")).replace("\r\n", "\n"),
    )  # fmt: skip


def chosen(context: RequestContext) -> TypedReply:
    """Another draft in the box; what somebody had typed there before stays beside it."""
    reply = typed(context) or TypedReply()
    today = replies_today(context)
    templates = today.templates
    ready = {each.text for each in templates} | {line.line for line in today.lines}
    theirs = reply.text.strip() and reply.text.strip() not in ready
    before = reply.text if theirs else reply.before
    if key := str(context.form.get("line", "")):
        on = clock.local_day(context.at)
        line = next((each for each in today.lines if each.key == key and each.in_force(on)), None)
        if line is None:
            return replace(reply, fault="That line is no longer there. Choose another")
        return replace(reply, text=line.line, template="", before=before)
    key = str(context.form.get("use", ""))
    draft = next(
        (each for each in templates if each.template.key == key and each.template.reply), None
    )
    if draft is None or draft.missing:
        return replace(reply, fault="That draft is no longer there. Choose another")
    return replace(reply, text=draft.text, template=draft.template.key, before=before)


def checked(
    context: RequestContext, mentions: Sequence[CaseMention], reply: TypedReply | None = None
) -> TypedReply:
    """What was typed, or `reply`, looked over; with a fault where there is nothing to look over or it can't be kept."""
    reply = reply or typed(context) or TypedReply()
    if not reply.text.strip():
        return replace(reply, fault="Write the reply, or choose a draft")
    if len(reply.text) > LONGEST:
        return replace(reply, fault=f"Use at most {LONGEST:,} characters in a reply")
    from review.replies import personal_details  # here, since a start would pay 0.2 s for it

    posts = suggest.posts_of(mentions, (), {})
    reply_findings = findings(
        reply.text,
        details=[
            *personal_details.details(reply.text, context.config.organisation),
            *personal_details.of_other_teams(reply.text, context.config),
        ],
        hidden=_hidden(context, mentions),
        platforms=list(dict.fromkeys(post.platform for post in posts)),
        lengths=replies_today(context).lengths,
    )
    return replace(reply, findings=reply_findings)


def sendable(context: RequestContext, mentions: Sequence[CaseMention]) -> TypedReply:
    """As `checked`, for a reply that is out: what is grave in it must be owned up to before it is kept."""
    reply = checked(context, mentions)
    if reply.fault:
        return reply
    if reply.link and (not linkable(reply.link) or len(reply.link) > LONGEST_LINK):
        fault = "Write the link to the reply as https://..., or leave it out"
        return replace(reply, fault=fault, at="reply-link")
    if any(finding.grave for finding in reply.findings or ()) and not reply.as_is:
        fault = "Read what was found in the reply: it must change. If other words went out, put those there or empty the box. If these did, say so below it"
        return replace(reply, fault=fault, at="reply")
    return reply


def out(context: RequestContext, mentions: Sequence[CaseMention]) -> TypedReply | None:
    """As `sendable`, of the words that somebody says went out; None where they wrote others, of which we have none."""
    if context.form.get("out") == "own" and (_ready(context) or not _holds_words(context)):
        return None
    return sendable(context, mentions)


def asks_what_went_out(context: RequestContext, mentions: Sequence[CaseMention]) -> bool:
    """Whether nobody can tell what went out: the box is empty, or ready words stand in it as they came, and nobody copied them from there.

    Nor can they have gone out where something in them must change. Who opened the platform from here to answer, and left the
    box empty, wrote their own words there: an empty box stops no clock otherwise.
    """
    if context.form.get("out") == "own" or (
        context.form.get("out") == "these" and _holds_words(context)
    ):
        return False
    if not _holds_words(context):
        return not _opened_to_answer(context, mentions)
    if not _ready(context):
        return False
    grave = any(finding.grave for finding in checked(context, mentions).findings or ())
    return grave or context.form.get("copied") != "yes"


def _opened_to_answer(context: RequestContext, mentions: Sequence[CaseMention]) -> bool:
    """Whether whoever asks opened each of these posts to answer it there, so shortly before that it goes together."""
    since = context.at - ANSWERS_WITHIN
    return all(
        OPENED_TO_ANSWER
        in context.store.mentions.looks_of(
            each.item.number, by=context.user.handle, since=since, revision=each.item.revision
        )
        for each in mentions
    )


def _holds_words(context: RequestContext) -> bool:
    return bool(str(context.form.get("reply", "")).strip())


def _ready(context: RequestContext) -> bool:
    """Whether the box holds a template or a line as it came."""
    reply = typed(context)
    words = reply.text.strip() if reply else ""
    today = replies_today(context)
    return bool(words) and words in {
        *(each.text.strip() for each in today.templates),
        *(line.line.strip() for line in today.lines),
    }


def unsent(context: RequestContext) -> TypedReply | None:
    """What somebody wrote themselves and has not said to be out, which to respond alone would lose; they are asked once."""
    reply = typed(context)
    if reply is None or context.form.get("unsent") == "yes":
        return None
    words = reply.text.strip()
    if not words or words in {
        template.text.strip() for template in replies_today(context).templates
    }:
        return None
    fault = "This does not save your words. If they are out, choose ‘I’ve answered’. If not, copy them, then save the decision again"
    return replace(reply, unsent=True, fault=fault)


def left(context: RequestContext) -> Response:
    """Where the case was purged meanwhile: that it is gone, and what somebody had typed, so that it is not lost."""
    return page(context, "replies/left.html", status=404, said=typed(context) or TypedReply())


def _hidden(context: RequestContext, mentions: Sequence[CaseMention]) -> list[tuple[str, str]]:
    """What is blanked out of the posts; read in memory alone, and never shown."""
    blanks: list[tuple[str, str]] = []
    for mention in mentions:
        stored = context.store.mentions.get(mention.item.number)
        if (
            stored is not None
            and stored.revision == mention.item.revision
            and "[" in mention.item.masked
        ):
            blanks += hidden(mention.item.masked, stored.mention.text)
    return blanks


def _counts(text: str, posts: Sequence[Post], today: Replies) -> list[Count]:
    return [
        Count(platform=name, characters=length(text, name), most=today.lengths.get(name))
        for name in dict.fromkeys(post.platform for post in posts)
    ]
