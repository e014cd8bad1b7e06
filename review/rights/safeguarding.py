"""What Safeguarding sees of the desk: what was passed to them, which they confirm here, and posts that name a child or that a child wrote.

Whoever has the role alone sees nothing else. Governance reads the same list. Nothing of the Guardian's lane stands in it but danger that was passed on.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from starlette.responses import RedirectResponse, Response

from core.errors import StoreError
from core.text import visible
from review import looking
from review.auth.sessions import requires_role
from review.cases.highlight import BLANK, Piece
from review.context import RequestContext
from review.desk.phones import phones
from review.rendering import page
from review.rights.requests import out_of_sight
from store import Handoff, Item

MOST = 100  # of each list
SAVED = {"yes": "Saved: you have it.", "over": "Someone wrote that down before you."}


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOn:
    """What waits for Safeguarding, or what they have, with its posts."""

    handoff: Handoff
    items: tuple[Item, ...]


@requires_role("safeguarding", "governance")
def safeguarding(context: RequestContext) -> Response:
    """The two lists."""
    return _show(context)


@requires_role("safeguarding")
def confirm(context: RequestContext) -> Response:
    """Whoever of Safeguarding is signed in has it: from now on, by their own name."""
    number = str(context.form.get("handoff", ""))
    mine = next((each.handoff for each in _passed_on(context) if str(each.handoff.number) == number), None)  # fmt: skip
    if mine is None:
        return RedirectResponse("/safeguarding?saved=over", 303)
    try:
        saved = context.store.handoff_steps.confirm(
            mine.number, by=context.user.number, at=context.at, who=context.user.name, when=context.at
        )  # fmt: skip
    except StoreError as error:
        return _show(context, fault=str(error))
    return RedirectResponse(f"/safeguarding?saved={'yes' if saved else 'over'}", 303)


def has_anybody(context: RequestContext) -> bool:
    """Whether somebody holds the role: until then those on duty and governance alone see what names a child."""
    return any(user.active and "safeguarding" in user.roles for user in context.store.users.all())


def _passed_on(context: RequestContext) -> list[PassedOn]:
    """What is with a team of that type, or should be, what nobody confirmed first."""
    teams = {role.key for role in context.config.review.roles if role.type == "safeguarding"}
    # danger in the Guardian's lane that was passed to them too, as those on duty see it
    database, own = context.store.database, context.sight
    database.sight = replace(own, on_duty=True)
    try:
        waiting = [each for each in context.store.handoffs.waiting(context.at) if each.role in teams][:MOST]  # fmt: skip
    finally:
        database.sight = own
    items = context.store.figures.items([post for each in waiting for post, _ in each.posts])
    return [
        PassedOn(handoff=each, items=tuple(items[post] for post, _ in each.posts if post in items))
        for each in waiting
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfChild:
    """A post that names a child, or that a child wrote. `danger`: somebody may be in danger; `passed`: Safeguarding was told."""

    case: int
    item: Item
    danger: bool
    passed: bool


def _of_children(context: RequestContext, passed: Collection[int]) -> list[OfChild]:
    """Posts that name a child, danger first; none of the Guardian's."""
    out, danger = out_of_sight(context), frozenset(context.app.policy.names(in_danger=True))
    listed = context.store.children.posts(limit=MOST, first=danger)
    posts = [(case, post) for case, post in listed if case not in out]
    items = context.store.figures.items([post for _, post in posts])
    return [
        OfChild(
            case=case, item=items[post], passed=post in passed,
            danger=not danger.isdisjoint(flag.name for flag in items[post].flags),
        )
        for case, post in posts if post in items
    ]  # fmt: skip


def pieces_of(masked: str) -> list[Piece]:
    """All the words of a masked text, and each mask by what it is called."""
    pieces, upto = [], 0
    for match in BLANK.finditer(masked):
        pieces += [Piece(visible(masked[upto : match.start()])), Piece(visible(match.group()[1:-1]), "blank")]  # fmt: skip
        upto = match.end()
    return [*pieces, Piece(visible(masked[upto:]))]


def _show(context: RequestContext, *, fault: str = "") -> Response:
    passed = _passed_on(context)
    known = [item.number for each in passed for item in each.items]
    children = _of_children(context, known)
    shown = dict.fromkeys([*known, *(each.item.number for each in children)])
    looking.note_posts(context, shown)
    return page(
        context, "rights/safeguarding.html", status=422 if fault else 200, fault=fault, passed=passed, children=children,
        saved=SAVED.get(context.request.query_params.get("saved", ""), ""), held_by_nobody=not has_anybody(context),
        confirms="safeguarding" in context.user.roles, ring=phones(context.config.review.comms_phone), pieces_of=pieces_of,
    )  # fmt: skip
