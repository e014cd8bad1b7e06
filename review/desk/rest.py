"""Rest: what waits and is due to nobody, in groups by what it is about, closed together after a first look, with one undo.

What is closed is the list that a person was shown, case by case with the words that they saw; whatever else happened
to one meanwhile leaves it out, by name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core import clock
from core.errors import StoreError
from core.models import DecisionKind
from core.text import sentence
from reports.quality import qualities
from review.auth.sessions import requires_role
from review.cases.highlight import Piece, marked
from review.context import RequestContext
from review.desk import rows, shell
from review.insights import quality
from review.rendering import page
from review.rights.covering import Covering
from store import BulkCase, BulkDecision, Case, CaseDecision, Item, LeftOut
from store.cases.bulk import MOST

OTHER = "Small matters of other kinds"
FIRST_LOOK = 5  # posts of a group that one reads before closing it
FIRST_WORDS = 90  # characters of each post before it is closed with others
MOST_READ = 100  # posts of a group that "all of them" shows at once
TOPICS = 4  # subjects and places of a group that are named
UNDO_WITHIN = timedelta(days=30)
STORY = "One story: "  # how a group is called whose cases all tell of one piece of news
NOT_ABOUT_US, UNREAD = "Not about us", "Could not be read in full"
KINDS: tuple[DecisionKind, ...] = ("no_action", "not_relevant", "monitor")
ONLY_HERE: tuple[DecisionKind, ...] = ("duplicate",)  # of what repeats a claim, from its own case
LONGEST_REASON = 4000
# Why cases are left out: of one, of several; and where somebody can go on with them.
WHY: Mapping[LeftOut, tuple[str, str]] = {
    "claim": ("tells what waits in Today to be checked: open it by itself", "tell what waits in Today to be checked: open each by itself"),
    "doubts": ("denies what is claimed, or asks about it: open it by itself", "deny what is claimed, or ask about it: open each by itself"),
    "told": ("was told to people at once: open it by itself", "were told to people at once: open each by itself"),
    "clock": ("has a running clock", "have a running clock"),
    "help": ("asks for help or for an answer", "ask for help or for an answer"),
    "reported": ("was reported by a colleague, and nobody has looked yet", "were reported by colleagues, and nobody has looked yet"),
    "edited": ("was edited since someone decided", "were edited since someone decided"),
    "speaks": ("may be someone speaking up: open it by itself", "may be people speaking up: open each by itself"),
    "unread": ("could not be read in full: open it by itself", "could not be read in full: open each by itself"),
    "held": ("is with a colleague", "are with a colleague"),
    "above": ("is flagged for Now, Answer, Look or the Guardian", "are flagged for Now, Answer, Look or the Guardian"),
    "unsorted": ("is not sorted into a lane yet", "are not sorted into a lane yet"),
    "many": ("has more posts than anyone reads at once", "have more posts than anyone reads at once"),
    "changed": ("changed or was decided since this list was made", "changed or were decided since this list was made"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRead:
    """A post of the first look, in masked words."""

    case: int
    item: Item
    pieces: Sequence[Piece]
    tile: str
    age: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Cases of Rest that are about the same, or tell of one piece of news. `left_out`: how many would stay, by why; `about`: subjects and places."""

    name: str
    kind: DecisionKind
    cases: Sequence[BulkCase]
    about: str
    left_out: Mapping[LeftOut, int]
    several: bool = False  # they tell of one piece of news
    read: Sequence[PostRead] = field(default=())

    @property
    def closes(self) -> int:
        """How many cases would close."""
        return len(self.cases) - sum(self.left_out.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A case to be decided as `kind`, with the posts and words that were shown. `value` is how a form holds it."""

    case: BulkCase
    kind: DecisionKind

    @property
    def value(self) -> str:
        posts = ",".join(f"{mention}.{revision}" for mention, revision in self.case.posts)
        return f"{self.kind}:{self.case.case}:{self.case.version}:{posts}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Cases that are left out for one cause: how many and which, in words."""

    words: str
    cases: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a bulk decision will do: what it decides, by kind, and what it leaves out."""

    picks: Sequence[Pick]
    kinds: Sequence[tuple[DecisionKind, int]]
    posts: int
    left: Sequence[Left]
    reason: str = field(default="", repr=False)


@requires_role("viewer")
def rest(context: RequestContext) -> Response:
    """The groups, with a first look at each; one of them whole where the address asks for it."""
    return _show(context)


@requires_role("reviewer")
def check(context: RequestContext) -> Response:
    """Leads to what closing the ticked groups will do: a page of its own address, to which a browser's Back leads again."""
    ticked = [str(name) for name in context.form.getlist("group")]
    leave = [str(number) for number in context.form.getlist("leave") if str(number).isdecimal()]
    if not _picks(context, set(ticked), set(leave)):
        return _show(context, fault="Tick the groups that you want to close.", status=422)
    query = {"group": ticked} | ({"leave": leave} if leave else {})
    return RedirectResponse(f"/rest/check?{urlencode(query, doseq=True)}", 303)


@requires_role("reviewer")
def checked(context: RequestContext) -> Response:
    """What closing these groups will do, as they are now, before anything is done."""
    params = context.request.query_params
    picks = _picks(context, set(params.getlist("group")), set(params.getlist("leave")))
    return check_page(context, picks, back="/rest") if picks else RedirectResponse("/rest", 303)


def _picks(context: RequestContext, ticked: Collection[str], leave: Collection[str]) -> list[Pick]:
    """The cases of these groups, but for those that are to be left."""
    groups = [group for group in _groups(context, ()) if group.name in ticked]
    return [
        Pick(case=case, kind=group.kind)
        for group in groups
        for case in group.cases
        if str(case.case) not in leave
    ]


def check_page(
    context: RequestContext, picks: Sequence[Pick], *, back: str, reason: str = "", missing: Collection[int] = (), same_as: int = 0
) -> Response:  # fmt: skip
    """What a bulk decision on these cases will do; `missing` are cases that were asked for and are not there.

    `same_as` is the case whose claim they repeat, where they are closed as the same.
    """
    preview = preview_of(picks, missing=missing, reason=reason)
    items = context.store.figures.items([pick.case.mention for pick in preview.picks])
    words = {number: _first_words(item.masked) for number, item in items.items()}
    return page(
        context, "desk/rest_check.html", preview=preview, back=back, days=UNDO_WITHIN.days, words=words, same_as=same_as
    )  # fmt: skip


@requires_role("reviewer")
def repeats(context: RequestContext) -> Response:
    """What it does to close what repeats a claim in Rest as the same as the claim's own case, before anything is done."""
    case = _claim(context)
    picks = [Pick(case=each, kind="duplicate") for each in context.store.bulk.repeats(case.number, user=context.user.number, at=context.at)]  # fmt: skip
    way = f"/cases/{case.number}"
    return check_page(context, picks, back=way, same_as=case.number) if picks else RedirectResponse(way, 303)  # fmt: skip


@requires_role("reviewer")
def join(context: RequestContext) -> Response:
    """Closes just the list that was shown as the same as the claim's case, as one decision with one undo, and goes back to it."""
    case = _claim(context)
    matches = [match for value in context.form.getlist("case") if (match := _PICK.fullmatch(str(value))) and match[1] in ONLY_HERE]  # fmt: skip
    decisions = [_decision(context, match, f"Tells what case {case.number} tells", same_as=case.number) for match in matches]  # fmt: skip
    if not decisions:
        return RedirectResponse(f"/cases/{case.number}", 303)
    try:
        outcome = context.store.bulk.decide(decisions, repeats_of=case.number)
    except StoreError as error:
        return _show(context, fault=f"{sentence(str(error))}.", status=422)
    left = [number for number, _ in outcome.left_out]
    return _onward(context, "done", outcome.number, left, f"/cases/{case.number}")


def _claim(context: RequestContext) -> Case:
    case = context.store.cases.get(context.request.path_params["number"])
    if case is None:
        raise HTTPException(404)
    return case


def _first_words(masked: str) -> str:
    line = " ".join(masked.split())
    return line if len(line) <= FIRST_WORDS else f"{line[:FIRST_WORDS].rsplit(' ', 1)[0]}…"


@requires_role("reviewer")
def close(context: RequestContext) -> Response:
    """Decides just the list that was shown, as one decision with one undo."""
    reason = str(context.form.get("reason", "")).strip()[:LONGEST_REASON]
    decisions = [
        _decision(context, match, reason)
        for value in context.form.getlist("case")
        if (match := _PICK.fullmatch(str(value))) and match[1] in KINDS
    ]
    if not decisions:
        return _show(context, fault="Tick the groups that you want to close.", status=422)
    try:
        outcome = context.store.bulk.decide(decisions)
    except StoreError as error:
        return _show(context, fault=f"{sentence(str(error))}.", status=422)
    left = [case for case, _ in outcome.left_out]
    return _onward(context, "done", outcome.number, left)


@requires_role("reviewer")
def undo(context: RequestContext) -> Response:
    """Takes a bulk decision back, whole, but for cases that somebody decided anew since."""
    digits = str(context.form.get("number", ""))
    number = int(digits) if digits.isdecimal() and len(digits) < 16 else 0
    decision = context.store.bulk.get(number)
    if decision is None or not may_undo(context, decision):
        return _show(context, fault="There is no such decision that you can undo.", status=422)
    outcome = context.store.bulk.undo(number, by=context.user.number, at=context.at)
    left = [case for case, _ in outcome.left_out]
    return _onward(context, "undone", number, left)


def may_undo(context: RequestContext, decision: BulkDecision) -> bool:
    """Whoever made it, and a lead, for 30 days."""
    theirs = decision.by == context.user.number or context.may("lead")
    recent = decision.at >= context.at - UNDO_WITHIN
    return context.may("reviewer") and theirs and recent and decision.standing > 0


def preview_of(
    picks: Sequence[Pick], *, missing: Collection[int] = (), reason: str = ""
) -> Preview:
    """What will be decided of these, and what is left out."""
    taken = [pick for pick in picks if pick.case.left_out is None][:MOST]
    left: dict[LeftOut, list[int]] = {}
    for pick in picks:
        if pick.case.left_out is not None:
            left.setdefault(pick.case.left_out, []).append(pick.case.case)
    if missing:
        left.setdefault("changed", []).extend(missing)
    counts = Counter(pick.kind for pick in taken)
    return Preview(
        picks=taken, kinds=[(kind, counts[kind]) for kind in (*KINDS, *ONLY_HERE) if counts[kind]],
        posts=sum(len(pick.case.posts) for pick in taken), left=left_in_words(left), reason=reason,
    )  # fmt: skip


def left_in_words(left: Mapping[LeftOut, Sequence[int]]) -> list[Left]:
    """3 have a running clock: and which they are."""
    return [
        Left(words=f"{len(left[why]):,} {words[len(left[why]) > 1]}", cases=left[why])
        for why, words in WHY.items()
        if left.get(why)
    ]


# mention.revision of each post; figures as long as a row's number can be
_PICK = re.compile(
    rf"({'|'.join((*KINDS, *ONLY_HERE))}):([0-9]{{1,11}}):([0-9]{{1,8}}):((?:[0-9]{{1,11}}\.[0-9]{{1,8}},?){{1,60}})"
)


IN_BULK = "Closed together, in bulk"


def _decision(
    context: RequestContext, match: re.Match[str], reason: str, *, same_as: int | None = None
) -> tuple[CaseDecision, int]:
    kind: DecisionKind = "duplicate" if same_as else next(kind for kind in KINDS if kind == match[1])  # fmt: skip
    posts = [post.split(".") for post in match[4].strip(",").split(",")]
    return (
        CaseDecision(
            case=int(match[2]), kind=kind, by=context.user.number, at=context.at, reason=reason or IN_BULK,
            why="" if reason else IN_BULK, duplicate_of=same_as,
            covers=tuple((int(mention), int(revision)) for mention, revision in posts),
        ),
        int(match[3]),
    )  # fmt: skip


def _show(context: RequestContext, *, fault: str = "", status: int = 200) -> Response:
    params = context.request.query_params
    open_group = params.get("group", "")
    groups = _groups(context, (open_group,))
    counts = shell.lane_counts(context)
    recent = context.store.bulk.recent(context.at - UNDO_WITHIN)
    return page(
        context, "desk/rest.html", status=status, groups=groups, open_group=open_group, total=counts["rest"],
        shown=sum(len(group.cases) for group in groups), fault=fault, why=WHY, days=UNDO_WITHIN.days, most_read=MOST_READ,
        recent=[(decision, may_undo(context, decision)) for decision in recent], outcome=outcome_of(context),
        ticked={str(name) for name in context.form.getlist("group")}, blind=_blind(context),
    )  # fmt: skip


def _groups(context: RequestContext, whole: Collection[str]) -> list[Group]:
    """What waits in Rest by what it is about, the largest first; what could not be read stands last.

    `whole` are groups of which all posts are read, not only the first.
    """
    waiting = context.store.bulk.waiting("rest", user=context.user.number, at=context.at)
    policy = context.app.policy
    of_staff = {policy.flags[name].reason for name in policy.of_staff_alone}
    story_of = stories(waiting)
    by_name: dict[str, list[BulkCase]] = {}
    for case in waiting:
        by_name.setdefault(story_of.get(case.case) or group_of(case, of_staff), []).append(case)
    ordered = sorted(by_name, key=lambda name: (name == UNREAD, -len(by_name[name]), name))
    first = {name: by_name[name][: MOST_READ if name in whole else FIRST_LOOK] for name in ordered}
    items = context.store.figures.items([case.mention for cases in first.values() for case in cases])  # fmt: skip
    covering = Covering(context, items)
    items = {number: covering.item(item) for number, item in items.items()}
    return [
        Group(
            name=name, kind="not_relevant" if name == NOT_ABOUT_US else "no_action", cases=by_name[name],
            about="" if name.startswith(STORY) else about(by_name[name]), several=name.startswith(STORY),
            left_out=Counter(case.left_out for case in by_name[name] if case.left_out is not None),
            read=[
                _post(context, case, items[case.mention])
                for case in first[name]
                if case.mention in items
            ],
        )
        for name in ordered
    ]  # fmt: skip


def group_of(case: BulkCase, of_staff: Collection[str] = ()) -> str:
    """What a case is about: its reason without subject and place, so that 'Complaint: phones, Brent' is a complaint.

    `of_staff`: reasons that hold of staff alone, which make no group of their own: that would be a list of staff.
    """
    if not case.about_us:
        return NOT_ABOUT_US
    name = re.split(r"[:,]", case.reason, maxsplit=1)[0].strip() or "Nothing flagged"
    return OTHER if name in of_staff else name


def stories(cases: Sequence[BulkCase]) -> dict[int, str]:
    """Of cases that tell of one piece of news with others, what the group of those is called; each is in the largest alone.

    What is not about us and what could not be read stay in groups of their own.
    """
    joins = [case for case in cases if case.about_us and case.left_out != "unread"]
    tellers = Counter(piece for case in joins for piece in case.news)
    groups: dict[int, str] = {}
    for piece, count in sorted(tellers.items(), key=lambda counted: (-counted[1], counted[0])):
        members = [case.case for case in joins if piece in case.news and case.case not in groups]
        if count > 1 and len(members) > 1:
            groups |= dict.fromkeys(members, f"{STORY}{piece}")
    return groups


def about(cases: Sequence[BulkCase]) -> str:
    """The subjects and places that the reasons of a group name most: 'A&E, blood tests, Hillingdon'."""
    parts = Counter(
        part.strip() for case in cases for part in re.split(r"[:,]", case.reason)[1:] if part.strip()
    )  # fmt: skip
    return ", ".join(part for part, _ in parts.most_common(TOPICS))


def _post(context: RequestContext, case: BulkCase, item: Item) -> PostRead:
    return PostRead(
        case=case.case, item=item, pieces=marked(item.masked, (), None),
        tile=rows.TILES[item.platform], age=rows.age(item.posted_at, context.at),
    )  # fmt: skip


def _onward(
    context: RequestContext, what: str, number: int, left: Sequence[int], way: str = "/rest"
) -> Response:
    query = {what: number} | ({"left": ".".join(map(str, left[:50]))} if left else {})
    return RedirectResponse(f"{way}?{urlencode(query)}", 303)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was done just now: a bulk decision or its undo, and the cases that it left."""

    undone: bool
    decision: BulkDecision | None
    left: Sequence[int]
    may_undo: bool


def outcome_of(context: RequestContext) -> Outcome | None:
    """What the address says was done; None where it says nothing of it."""
    params = context.request.query_params
    for name in ("done", "undone"):
        digits = params.get(name, "")
        if digits.isdecimal() and len(digits) < 16:
            decision = context.store.bulk.get(int(digits))
            left = [int(part) for part in params.get("left", "").split(".") if part.isdecimal() and len(part) < 12]  # fmt: skip
            if decision is None and not left:
                return None
            return Outcome(
                undone=name == "undone", decision=decision, left=left[:50],
                may_undo=name == "done" and decision is not None and may_undo(context, decision),
            )  # fmt: skip
    return None


def _blind(context: RequestContext) -> tuple[int, int] | None:
    """How many posts without a flag were judged blind in the newest weeks, and how many should have been seen."""
    since = clock.local_day(context.at) - timedelta(weeks=quality.WEEKS - 1)
    draws = context.store.samples.draws(since)
    weeks = qualities(draws, context.store.sample_counts.tallies(since), ()).weeks if draws else ()  # fmt: skip
    judged = next((week for week in weeks if week.answered), None)
    return (judged.answered, judged.missed) if judged else None
