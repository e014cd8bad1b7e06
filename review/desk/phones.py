"""Telephones as links: a person rings from the page, on a phone by a touch."""

from __future__ import annotations

import re

from markupsafe import Markup

from core import clock
from core.text import visible
from review.context import RequestContext
from settings.review import EscalationRole

_NUMBER = re.compile(r"\+?[0-9][0-9 ]{6,}[0-9]|\b(?:999|111|101|105|112)\b")


def phones(text: str) -> Markup:
    """What somebody wrote of how to ring a team, escaped, its numbers as links; "" where there is nothing."""
    markup, at = Markup(), 0
    for match in _NUMBER.finditer(text):
        markup += visible(text[at : match.start()])
        markup += Markup('<a class="phone phone--s" href="tel:{}">{}</a>').format(
            dialled(match[0]), match[0]
        )
        at = match.end()
    return markup + visible(text[at:])


def of_team(context: RequestContext, role: EscalationRole) -> Markup:
    """The numbers of a team in one line."""
    return Markup("; ").join(numbers_of(context, role))


def numbers_of(
    context: RequestContext, role: EscalationRole, *, marked: bool = False
) -> list[Markup]:
    """Whom to ring of a team, the number that answers now first; none where none is known.

    `marked`: the first says that it is the one, where there are several.
    Of Safeguarding it says as well who is rung out of hours for whoever may be in danger: the same, in the same order, on every page.
    """
    now, crisis = _answers(context, role), _crisis(context, role)
    parts = []
    if now:
        parts.append(phones(now))
    elif crisis:
        parts.append(phones(crisis) + ", out of hours")
    if not now and role.reach:
        opens = _opens(context)
        nobody = Markup("{}: nobody answers before {}").format(phones(role.reach), opens)
        parts.append(nobody + ("" if crisis else ", and no other number is set up"))
    if now and crisis:
        parts.append(Markup("out of hours{}: {}").format("" if _is_open(context) else ", if nobody answers", phones(crisis)))  # fmt: skip
    if marked and len(parts) > 1:
        parts[0] = Markup("<strong>Now:</strong> ") + parts[0]
    return parts


def can_ring(context: RequestContext, role: EscalationRole) -> bool:
    """Whether a number of the team, or whoever is rung for it out of hours, answers now."""
    return bool(_answers(context, role) or _crisis(context, role))


def to_ring(context: RequestContext, role: EscalationRole, *, danger: bool) -> Markup:
    """The numbers to ring now of whom no email reached: the team's where one answers; of `danger` whoever is on call, where none does. "" where nobody answers."""
    if can_ring(context, role):
        return of_team(context, role)
    return phones(context.config.review.crisis_contact) if danger else Markup()


def order(context: RequestContext, role: EscalationRole, *, danger: bool = False) -> Markup:
    """Ring Security now: 020 7946 0155. That nobody answers, and until when, where that can't be done: no order that nobody can follow.

    `danger`: whoever is on call is named where nobody of the team answers.
    """
    if can_ring(context, role):
        return Markup("Ring {} now: {}.").format(role.name, of_team(context, role))
    on_call = context.config.review.crisis_contact if danger else ""
    if on_call:
        later = Markup(" From {} on the team: {}.").format(_opens(context), phones(role.reach)) if role.reach else ""  # fmt: skip
        return Markup("Nobody at {} answers the phone now: ring {}.{}").format(role.name, phones(on_call), later)  # fmt: skip
    if not role.reach:
        return Markup("Ring {} now: no number is set up.").format(role.name)
    return Markup("Nobody at {} answers the phone before {}, and no other number is set up. From then on: {}.").format(
        role.name, _opens(context), phones(role.reach)
    )  # fmt: skip


def _answers(context: RequestContext, role: EscalationRole) -> str:
    return role.rings(context.at, context.config.review.lanes.working_time)


def _crisis(context: RequestContext, role: EscalationRole) -> str:
    """Who is rung out of hours where somebody may be in danger; "" for another team, and where it is the team's own number."""
    crisis = context.config.review.crisis_contact
    return crisis if role.key == "safeguarding" and crisis != role.out_of_hours_phone else ""


def _is_open(context: RequestContext) -> bool:
    return context.config.review.lanes.working_time.is_open(context.at)


def _opens(context: RequestContext) -> str:
    return clock.near(context.config.review.lanes.working_time.opens(context.at), context.at)


def dialled(number: str) -> str:
    """A number as a telephone wants it: a British one with its country, an emergency one as it is."""
    digits = number.replace(" ", "")
    return f"+44{digits[1:]}" if digits.startswith("0") and len(digits) > 6 else digits
