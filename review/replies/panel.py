"""What a case's page shows beside the decision to help answer it: what was said already, lines to take, drafts, a check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from starlette.responses import Response

from core import clock
from core.models import Platform
from review.cases import safeguards
from review.cases.highlight import hidden
from review.context import Visit
from review.rendering import linkable, page
from review.replies import suggest
from review.replies.lint import Finding, findings, length
from review.replies.models import Draft, LineThatFits, Post, RelatedThatFits, Replies, Template
from store import Case, CaseDecided, CaseMention, OwnAnswer, Reply

LONGEST = 10_000  # characters of a reply: no platform takes a longer one
LONGEST_LINK = 500
# What a reply would carry further: it is to be taken down before anybody answers under it.


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
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
    found: Sequence[Finding] | None = None
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
    """All that `case_answer.html` and `case_reply.html` show."""

    posts: Sequence[Post]
    drafts: Sequence[Draft]
    wanting: Sequence[Template]
    unanswered: Sequence[Draft]
    lines: Sequence[LineThatFits]
    related: Sequence[RelatedThatFits]
    section: str  # the policy's own words on related policies
    answers: Sequence[OwnAnswer]
    written: Sequence[Reply]
    taken_back: frozenset[int]  # versions of decisions that no longer hold
    restriction: str
    spreads: bool
    sees: bool  # who asks may read what was replied
    counts: Sequence[Count]
    said: Said


def panel(
    visit: Visit,
    case: Case,
    mentions: Sequence[CaseMention],
    history: Sequence[CaseDecided],
    said: Said | None,
) -> Panel:
    """What fits a case; `mentions` are those that a person should see, `said` what is in the box instead of a draft."""
    told = set_up(visit)
    clauses = {name: one.clauses for name, one in visit.desk.flags.items()}
    posts = suggest.posts_of(mentions, history, clauses, visit.store.missed_in(case.number))
    on = clock.local_day(visit.at)
    drafts = suggest.drafts(told, posts)
    said = said or typed(visit)
    if said is None:  # nothing was typed yet: the first draft is ready
        first = drafts[0].of if drafts else None
        said = Said(text=first.text, template=first.key) if first else Said()
    return Panel(
        posts=posts, drafts=drafts, wanting=suggest.wanting(told, posts),
        unanswered=suggest.unanswered(told, posts),
        lines=suggest.lines(told, posts, visit.store.places_of(case.number), on),
        related=suggest.related(told, posts, released=safeguards.is_open(visit, case, mentions)),
        section=visit.desk.clauses.get("8", ""), answers=visit.store.own_answers(case.number),
        written=visit.store.replies(case.number),
        taken_back=frozenset(one.version for one in history if one.undone),
        restriction=told.restriction, spreads=any(post.flags & suggest.SPREADS for post in posts),
        counts=_counts(said.text, posts, told), said=said,
        sees=visit.may("reviewer") or visit.may("governance"),
    )  # fmt: skip


def set_up(visit: Visit) -> Replies:
    """What is set up for answering today."""
    desk = visit.desk
    return desk.replies(clock.local_day(visit.at)) if desk.replies is not None else Replies()


def typed(visit: Visit) -> Said | None:
    """What a form brought of a reply, whatever else it was for; None where it brought nothing."""
    form = visit.form
    if "reply" not in form:
        return None
    return Said(
        text=str(form.get("reply", "")).replace("\r\n", "\n"), link=str(form.get("reply_link", "")).strip(),
        template=str(form.get("reply_from", ""))[:40], as_is=form.get("as_is") == "yes",
        before=str(form.get("reply_before", "")).replace("\r\n", "\n"),
    )  # fmt: skip


def chosen(visit: Visit) -> Said:
    """Another draft in the box; what somebody had typed there before stays beside it."""
    said = typed(visit) or Said()
    key = str(visit.form.get("use", ""))
    found = next((one for one in set_up(visit).templates if one.key == key and one.replies), None)
    if found is None or found.missing:
        return replace(said, fault="That draft is no longer there. Choose another")
    ready = {one.text for one in set_up(visit).templates}
    theirs = said.text.strip() and said.text.strip() not in ready
    return replace(
        said, text=found.text, template=found.key, before=said.text if theirs else said.before
    )


def checked(visit: Visit, mentions: Sequence[CaseMention]) -> Said:
    """What was typed, looked over; with a fault where there is nothing to look over or it can't be kept."""
    said = typed(visit) or Said()
    if not said.text.strip():
        return replace(said, fault="Write the reply, or choose a draft")
    if len(said.text) > LONGEST:
        return replace(said, fault=f"Use at most {LONGEST:,} characters in a reply")
    desk = visit.desk
    posts = suggest.posts_of(mentions, (), {})
    found = findings(
        said.text,
        details=desk.read_draft(said.text) if desk.read_draft is not None else (),
        hidden=_hidden(visit, mentions),
        platforms=list(dict.fromkeys(post.platform for post in posts)),
        lengths=set_up(visit).lengths,
    )
    return replace(said, found=found)


def sendable(visit: Visit, mentions: Sequence[CaseMention]) -> Said:
    """As `checked`, for a reply that is out: what is grave in it must be owned up to before it is kept."""
    said = checked(visit, mentions)
    if said.fault:
        return said
    if said.link and (not linkable(said.link) or len(said.link) > LONGEST_LINK):
        fault = "Write the link to the reply as https://..., or leave it out"
        return replace(said, fault=fault, at="reply-link")
    if any(one.grave for one in said.found or ()) and not said.as_is:
        fault = "Read what was found in the reply. If it is out already, say so, and have it mended or taken down"
        return replace(said, fault=fault, at="reply")
    return said


def unsent(visit: Visit) -> Said | None:
    """What somebody wrote themselves and has not said to be out, which to respond alone would lose; they are asked once."""
    said = typed(visit)
    if said is None or visit.form.get("unsent") == "yes":
        return None
    words = said.text.strip()
    if not words or words in {one.text.strip() for one in set_up(visit).templates}:
        return None
    fault = "Your words are not kept by this. If they are out, choose ‘I have replied’. If not, copy them, then keep the decision again"
    return replace(said, unsent=True, fault=fault)


def left(visit: Visit) -> Response:
    """Where the case was purged meanwhile: that it is gone, and what somebody had typed, so that it is not lost."""
    return page(visit, "reply_left.html", status=404, said=typed(visit) or Said())


def _hidden(visit: Visit, mentions: Sequence[CaseMention]) -> list[tuple[str, str]]:
    """What is blanked out of the posts; read in memory alone, and never shown."""
    found: list[tuple[str, str]] = []
    for one in mentions:
        stored = visit.store.mention(one.item.number)
        if stored is not None and stored.revision == one.item.revision and "[" in one.item.masked:
            found += hidden(one.item.masked, stored.mention.text)
    return found


def _counts(text: str, posts: Sequence[Post], told: Replies) -> list[Count]:
    return [
        Count(platform=name, characters=length(text, name), most=told.lengths.get(name))
        for name in dict.fromkeys(post.platform for post in posts)
    ]
