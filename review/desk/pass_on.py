"""Passing a post on to a team: who is the right one, what they are told word for word, and what happens until they have it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core import clock
from core.errors import StoreError
from core.models import speaks_up
from core.text import sentence
from reports import handoffs
from reports.deeds import record_of
from reports.standing import Standing
from review.auth.sessions import requires_role
from review.cases import employer, recipients
from review.context import RequestContext
from review.desk import asked, decide, mails, pane, questions, rows, shell, sorting, today
from review.desk.aimed import help_words, is_aimed_at_staff
from review.desk.harm import is_over, needs_safeguarding, tells_of_harm
from review.desk.phones import of_team, phones
from review.rendering import page
from settings.review import EscalationRole
from store import Case, CaseDecided, CaseDecision, CaseMention, Handoff, Item
from store.cases.handoffs import DANGERS, OPEN, gravest_first, in_danger, is_urgent
from store.cases.sight import GUARDIAN

LONGEST = 1000  # characters of a line for the team
IN_SIGHT = 5  # teams that are shown at once; the rest are a touch away
# Which type of team a flag is for, the gravest flag first; one that is not set up is passed over.
RIGHT_ONE: Mapping[str, tuple[str, ...]] = {
    "safeguarding": ("safeguarding",),
    "threat": ("security", "police"),
    "pid": ("information_governance",),
    "security": ("security",),
    "media": ("media",),
    "assistance": ("pals",),
    "removal_request": (
        "media",
        "pals",
    ),  # who can change what we published; a patient's details go before it
    "confidential": ("information_governance",),
    "impersonation": ("security", "media"),
    "hate": ("security",),
    "sexual": ("security",),
    "harassment": ("security",),
    "allegation": ("pals", "safeguarding"),
    "misinformation": ("media",),
    "grievance": ("guardian",),
    "derogatory": ("pals",),
}


# Whoever works here says that they were told to be silent
_SILENCED = re.compile(
    r"\b(?:told|warned|asked|threatened|advised)\b.{0,60}\b(?:stop asking|stop raising|keep quiet|stay quiet|say nothing|shut up"
    r"|not to (?:ask|speak|talk|raise|say)|revalidation|disciplin\w*)",
    re.I | re.S,
)
# A picture of somebody, of a child above all, that we may have no consent for: whoever answers for personal data decides
_PICTURE = re.compile(r"\b(?:pic|picture|photo|photograph|image|video)s?\b|\bfilm(?:ed)?\b", re.I)
_CHILD = re.compile(
    r"\b(?:my|our|his|her|their) (?:\w+ ){0,2}(?:grand)?(?:sons?|daughters?|child(?:ren)?|kids?|bab(?:y|ies)|boys?|girls?|toddlers?|twins|niece|nephew)\b"
    r"|\b(?:a|the|this|that) (?:child|minor|baby|toddler)\b",
    re.I,
)
_CONSENT = re.compile(
    r"\bconsent\w*|\bpermission\b|\bsaid yes\b|\bnever asked\b|\bnobody asked\b|\bwithout asking\b|\bsigned\b"
    r"|\b(?:did ?n[o’']t|did not|never|only) (?:agreed?|sign(?:ed)?|said? yes)\b|\bagreed (?:only )?to\b",
    re.I,
)
_CONCERNS = frozenset(("grievance", "allegation"))
_COMPLAINS = frozenset(("complaint", "discrimination"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A team as the page offers it. `subject` and `text` are what it is sent, "" where it has no email."""

    role: EscalationRole
    suggested: bool
    standing: (
        Standing | None
    )  # how far all of this is with this team that it was passed to; None where some is new to it
    answered: bool  # this team has answered, and is asked once more by whoever means it
    danger: bool
    due_at: datetime
    wait: str  # how long that is: 15 minutes, 4 working hours
    within: str  # in 4 working hours, by today, 13:00; or by when, where the case itself is due before that
    subject: str
    text: str = field(repr=False)

    @property
    def so_far(self) -> str:
        """The same in a word or two, beside the team."""
        if self.standing is None:
            return "has answered" if self.answered else "suggested" if self.suggested else ""
        if self.standing.is_refused:
            return "does not take it"
        return "has it already" if self.standing.has_it else "passed on, not confirmed"


@requires_role("reviewer")
def pass_on(context: RequestContext) -> Response:
    """The teams, the right one first, and what each is sent."""
    case = _case(context)
    sorting.note_look(context, case.number)
    return _show(context, context.store.cases.get(case.number) or case)


@requires_role("reviewer")
def passed_on(context: RequestContext) -> Response:
    """Passes the posts on: the email is written with the decision, and the next case says whom to ring.

    Where nobody can be emailed, to the page that says whom to ring and asks what they said.
    """
    case = _case(context)
    posts, mentions = _posts(context), _mentions(context, case)
    covered = [each for each in mentions if (each.item.number, each.item.revision) in posts]
    history = context.store.cases.history(case.number)
    if str(context.form.get("version", "")) != str(case.version):
        last = history[-1] if history else None
        return _show(context, case, overtaken=last, status=409)
    if not posts:
        return _show(context, case, fault="Tick the posts that you pass on.", at_field="posts", status=422)  # fmt: skip
    if len(covered) < len(posts):
        fault = "A post was edited or left this case while you looked. Nothing was sent: read it again, then pass it on."
        return _show(context, case, fault=fault, status=409)
    roles = {
        role.key: role for role in recipients.offered(context, case, mentions, covered=covered)
    }
    role = roles.get(str(context.form.get("role", "")))
    if role is None:
        return _show(context, case, fault="Choose who to pass it on to.", at_field="role", status=422)  # fmt: skip
    if (before := _passed_before(context, case, role, posts)) is not None:
        return before
    shown = pane.pane(context, case)
    graves = {post.item.number: frozenset(post.situation.flags) for post in shown.posts if post.value in _values(posts)}  # fmt: skip
    asking = questions.team_question(context, case, role, graves) or questions.other_team_question(
        context, case, role, right_role(context, case, covered, posts), covered
    )
    if asking is not None:
        return _show(context, case, asking=asking)
    decision = CaseDecision(
        case=case.number, kind="escalate", by=context.user.number, at=context.at, covers=tuple(posts), role=role.key,
        suggested=pane.suggested(context, case, posts), note=str(context.form.get("note", "")).strip()[:LONGEST],
    )  # fmt: skip
    following = decide.next_case(context, case.number)
    try:
        saved = context.store.cases.decide(decision, case.version)
    except StoreError as error:
        return _show(context, case, fault=f"{sentence(str(error))}.", status=422)
    if not saved:
        changed = context.store.cases.get(case.number) or case
        history = context.store.cases.history(case.number)
        return _show(context, changed, overtaken=history[-1] if history else None, status=409)
    went = context.store.cases.get(case.number)
    if role.key == GUARDIAN and went is not None and not context.sees(went):
        return decide.go_to(context, following, case.number, case.version + 1, sent=True)
    opened = next(
        handoff
        for handoff in context.store.handoffs.of_case(case.number)
        if handoff.version == case.version + 1
    )
    if not role.email:  # ringing them is all that tells them
        return RedirectResponse(f"/waiting/{opened.number}?new=yes", 303)
    return decide.go_to(context, following, case.number, case.version + 1, stays=True)


def _passed_before(
    context: RequestContext, case: Case, role: EscalationRole, posts: Collection[tuple[int, int]]
) -> Response | None:
    """What a team that was passed all of this before is asked of whoever sends it: the line alone, or all of it again; None where nothing is asked."""
    again, passed = str(context.form.get("again", "")), passed_all(context, case, role.key, posts)
    if passed is not None and context.form.get("do") == "line":
        return _add_line(context, case, passed)
    if again and again != role.key:
        return _show(context, case, fault="You chose another team now. Nothing was sent: look at it, then send it.", at_field="role", status=409)  # fmt: skip
    return _show(context, case, passed=passed, status=409) if passed is not None and not again else None  # fmt: skip


def _add_line(context: RequestContext, case: Case, handoff: Handoff) -> Response:
    """A line for a team that was passed it before: it stands in the case beside the first, and they are written to about it."""
    note = str(context.form.get("note", "")).strip()[:LONGEST]
    if not note:
        return _show(context, case, passed=handoff, fault="Write the line.", at_field="note", status=422)  # fmt: skip
    saved = context.store.handoff_steps.add_line(handoff.number, by=context.user.number, at=context.at, note=note)  # fmt: skip
    if not saved:
        fault = "They do not take it, or took no more of it meanwhile. Your line is not saved: it stands below."
        return _show(context, case, passed=handoff, fault=fault, at_field="note", status=409)
    return RedirectResponse(f"/waiting/{handoff.number}?saved=line-{case.number}", 303)


def offers(
    context: RequestContext, case: Case, covered: Sequence[CaseMention], mentions: Sequence[CaseMention],
    claimed: Collection[str] = (), *, only: str = "",
) -> list[Offer]:  # fmt: skip
    """The teams that a case can be passed on to, the right one for these posts first, then as the settings have them.

    Of a leak that tells of serious harm as well two are right: information governance, and Safeguarding.

    `claimed` are flags that whoever passes it on says it holds. `only` is the key of the one team that is asked for: to write
    what each of the others would be sent takes as long again for each.
    """
    history = context.store.cases.history(case.number)
    there = [(each.item.number, each.item.revision) for each in covered]
    flags = gravest_first({*flags_of(covered, history), *context.store.handoffs.reported(case.number, there)})  # fmt: skip
    guardians = any(each.lane == "guardian" or raises_concern(each.item) for each in covered)
    serious = any(needs_safeguarding(each.item) for each in covered)
    aimed = any(is_aimed_at_staff(each.item) for each in covered)
    over = any(tells_of_harm(each.item) and is_over(each.item) for each in covered)
    leak = any(each.lane == "now" for each in covered) and "pid" in flags
    consent = any(about_consent(each.item) for each in covered)
    roles = recipients.offered(context, case, mentions, claimed, covered)
    kind = right_one(
        flags, {role.type for role in roles}, speaks_up=guardians, serious=serious, consent=consent, leak=leak, aimed=aimed,
        wronged=over or any(each.item.protected in _COMPLAINS for each in covered),
    )  # fmt: skip
    kinds = (
        (kind, "safeguarding") if kind == "information_governance" and leak and serious else (kind,)
    )
    right = [key for wanted in kinds for key in [next((role.key for role in roles if role.type == wanted), "")] if key]  # fmt: skip
    policy, record = context.store.handoffs.policy, record_of(context.store, case.number)
    answered = {each.role for each in record.handoffs if each.state == "answered" and {post for post, _ in each.posts}.issuperset(number for number, _ in there)}  # fmt: skip
    shown = []
    for role in sorted(roles, key=lambda role: right.index(role.key) if role.key in right else len(right)):  # fmt: skip
        if only and role.key != only:
            continue
        passed = context.store.handoffs.passed_flags(case.number, role.key, there, flags)
        danger = in_danger(role.key, passed)
        wait = rows.length(policy.wait(role.key, passed, case.lane))
        if not danger and not is_urgent(passed, case.lane):
            wait = "24 hours" if policy.is_within_a_day(role.key, context.at, passed) else wait.replace(" ", " working ", 1)  # fmt: skip
        due = context.store.handoffs.due(case.number, role.key, context.at, flags=passed, lane=case.lane, case_due=case.due_at)  # fmt: skip
        by = f"by {clock.near(due, context.at)}"
        sooner = due < policy.due(role.key, context.at, flags=passed, lane=case.lane)
        late = case.due_at is not None and case.due_at <= context.at
        within = f"{by}, {'since the case is overdue' if late else 'before the case itself is due'}" if sooner else f"in {wait}, {by}"  # fmt: skip
        draft = Handoff(
            number=0, case=case.number, version=case.version + 1, role=role.key,
            posts=tuple(there), flags=passed,
            by=context.user.number, by_name=context.user.name, at=context.at, state="waits", state_at=context.at,
            due_at=due, next_at=due, chases=0, keeps_look=False, lane=case.lane,
        )  # fmt: skip
        mail = handoffs.letter(context.store, context.config, context.app.policy, draft, "sent", at=context.at, first=covered[0].item if covered else None, record=record)  # fmt: skip
        passed_on = _with_team(record.handoffs, role.key, there)
        shown.append(
            Offer(
                role=role, suggested=role.key in right, standing=asked.standing(context, passed_on) if passed_on is not None else None, answered=role.key in answered, danger=danger, due_at=due, wait=wait, within=within,
                subject=mail.subject if role.email else "", text=mail.text if role.email else "",
            )
        )  # fmt: skip
    return shown


def right_role(
    context: RequestContext,
    case: Case,
    covered: Sequence[CaseMention],
    posts: Collection[tuple[int, int]],
) -> EscalationRole | None:
    """The team that these posts are for and were not passed to yet, of two the first; None where no rule says which."""
    if not any(
        (each.lane == "now" or is_aimed_at_staff(each.item)) and not each.decided
        for each in covered
    ):
        return None
    mentions = _mentions(context, case)
    right = (offer.role for offer in offers(context, case, covered, mentions) if offer.suggested)
    return next((role for role in right if passed_all(context, case, role.key, posts) is None), None)  # fmt: skip


def right_one(
    flags: Sequence[str], types: Collection[str], *, speaks_up: bool, serious: bool = False, consent: bool = False, wronged: bool = False, leak: bool = False, aimed: bool = False
) -> str:  # fmt: skip
    """The type of the team that posts with these flags are for; "" where no rule says so. Danger goes before all, then a `leak`: it is out in public, whatever else it tells.

    `serious`: somebody who lives and is cared for came to harm. `consent`: a picture of somebody is out, and they may not have agreed. `wronged`: somebody complains,
    or says that they were treated unfairly; PALS has that where no flag says otherwise. `aimed`: it threatens or abuses a person of staff.
    """
    if speaks_up and "safeguarding" not in flags and "guardian" in types:
        return "guardian"
    if leak and "information_governance" in types and DANGERS.isdisjoint(flags):
        return "information_governance"
    if serious and "safeguarding" in types and DANGERS.isdisjoint(flags):
        return "safeguarding"
    if consent and "information_governance" in types and DANGERS.isdisjoint(flags):
        return "information_governance"
    if aimed and "security" in types and {*DANGERS, "pid"}.isdisjoint(flags):
        return "security"
    wanted = (key for flag in flags for key in RIGHT_ONE.get(flag, ()))
    return next((kind for kind in wanted if kind in types), "pals" if wronged and "pals" in types else "")  # fmt: skip


def raises_concern(item: Item) -> bool:
    """Whether it is for the Guardian, by what protects it or because somebody who works for the NHS raises it."""
    works_here = item.staff not in ("no", None)
    concern = any(flag.name in _CONCERNS for flag in item.flags) or _SILENCED.search(item.masked)
    return speaks_up(item.protected, item.staff, item.kind) or bool(works_here and concern)


def about_consent(item: Item) -> bool:
    """Whether it says that a picture of a child, or of somebody who did not agree to it, is used by us.

    Where it does not ask for it to go, only what names both a child and consent: others write of pictures too.
    """
    words = item.masked
    child, consent = bool(_CHILD.search(words)), bool(_CONSENT.search(words))
    asks = any(flag.name == "removal_request" for flag in item.flags)
    return bool(_PICTURE.search(words)) and (child or consent if asks else child and consent)


def flags_of(covered: Sequence[CaseMention], history: Sequence[CaseDecided]) -> tuple[str, ...]:
    """The flags of posts by the last word of people on each, the gravest first."""
    return gravest_first(name for each in covered for name in pane.flags_of(each.item, history))


def _show(
    context: RequestContext, case: Case, *, fault: str = "", at_field: str = "", overtaken: CaseDecided | None = None,
    status: int = 200, asking: questions.TeamQuestion | None = None, passed: Handoff | None = None,
) -> Response:  # fmt: skip
    mentions = _mentions(context, case)
    ticked = _ticked(context, mentions)
    covered = [each for each in mentions if each.item.number in ticked] or mentions[:1]
    teams = offers(context, case, covered, mentions)
    wanted = str(context.form.get("role") or context.request.query_params.get("role", ""))
    suggested = next(
        (
            offer
            for offer in teams
            if offer.suggested and offer.standing is None and not offer.answered
        ),
        None,
    )
    chosen = next((offer for offer in teams if offer.role.key == wanted), suggested)
    shown = pane.pane(context, case)
    return page(
        context, "desk/pass_on.html", status=status, support=any(is_aimed_at_staff(each.item) for each in covered), aimed=help_words(context, case.number, [each.item.number for each in covered]), case=case, pane=shown, ticked=ticked,
        posts=[post for post in shown.posts if not post.item.deleted], teams=teams, in_sight=IN_SIGHT, chosen=chosen,
        told=today.lanes_told(context), lane=shell.lane_asked(context), fault=fault, at_field=at_field, overtaken=overtaken, asking=asking, passed=_passed_on(context, passed) if passed is not None else None, again=str(context.form.get("again", "")), ring=partial(of_team, context),
        protected=employer.is_protected(context, case, mentions), left_out=recipients.leaves_out(context, case, covered, [offer.role for offer in teams]), note=str(context.form.get("note", "")), chase=context.config.review.chase, waits=[_passed_on(context, each) for each in context.store.handoffs.open(case.number)],
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOn:
    """What a team was passed before, in words: how far that is, and whom to ring while nobody there has confirmed."""

    of: Handoff
    standing: Standing
    words: str
    order: Markup


def _passed_on(context: RequestContext, handoff: Handoff) -> PassedOn:
    stands = asked.standing(context, handoff)
    order = phones(sentence(mails.on_call(context))) if stands.is_refused else asked.ring_now(context, handoff)  # fmt: skip
    reads = context.may("reviewer") or context.may("governance")
    words = stands.words(partial(clock.near_time, at=context.at), names=reads)
    return PassedOn(of=handoff, standing=stands, words=words, order=order)


def passed_all(
    context: RequestContext, case: Case, role: str, posts: Collection[tuple[int, int]]
) -> Handoff | None:
    """What was passed on to this team and waits for it or is with it, where it is all of these posts with these words; None where any is new to it."""
    return _with_team(context.store.handoffs.of_case(case.number), role, posts)


def _with_team(
    handoffs: Sequence[Handoff], role: str, posts: Collection[tuple[int, int]]
) -> Handoff | None:
    """The same, of the hand-offs of the case."""
    standing = [each for each in handoffs if each.role == role and each.state in OPEN]
    pairs = {pair for each in standing for pair in each.posts}
    return standing[-1] if standing and pairs.issuperset(posts) else None


def _values(posts: Collection[tuple[int, int]]) -> set[str]:
    return {f"{number}:{revision}" for number, revision in posts}


def _ticked(context: RequestContext, mentions: Sequence[CaseMention]) -> set[int]:
    """The posts that somebody named: in the form, by the address, or the only one that there is."""
    named = {number for number, _ in _posts(context)}
    post = context.request.query_params.get("post", "")
    if not named and post.isdecimal() and len(post) < 12:
        named = {int(post)}
    there = {each.item.number for each in mentions if not each.item.deleted}
    return named & there or (there if len(there) == 1 else set())


def _posts(context: RequestContext) -> tuple[tuple[int, int], ...]:
    """The posts that a form names, each with the revision of the words that were on the page."""
    pairs = (
        re.fullmatch(r"([0-9]{1,11}):([0-9]{1,8})", str(value))
        for value in context.form.getlist("posts")
    )
    return tuple(dict.fromkeys((int(pair[1]), int(pair[2])) for pair in pairs if pair))


def _mentions(context: RequestContext, case: Case) -> list[CaseMention]:
    return [each for each in context.store.cases.mentions(case.number) if each.reviewable]


def _case(context: RequestContext) -> Case:
    case = context.store.cases.get(context.request.path_params["number"])
    if case is None:
        raise HTTPException(404)
    return case
