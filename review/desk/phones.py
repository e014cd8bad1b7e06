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


def numbers_of(context: RequestContext, role: EscalationRole) -> list[Markup]:
    """Whom to ring of a team now: the number that answers, else from when on its own does; none where none is known.

    Of Safeguarding it says as well who is rung out of hours for whoever may be in danger.
    """
    working, crisis = context.config.review.lanes.working_time, context.config.review.crisis_contact
    now = role.rings(context.at, working)
    parts = [phones(now)] if now else []
    if not now and role.reach:
        opens = clock.near(working.opens(context.at), context.at)
        parts.append(
            phones(role.reach) + f": nobody answers before {opens}, and no other number is set up"
        )
    if crisis and role.key == "safeguarding" and crisis != role.out_of_hours_phone:
        parts.append(Markup("out of hours: {}").format(phones(crisis)))
    return parts


def dialled(number: str) -> str:
    """A number as a telephone wants it: a British one with its country, an emergency one as it is."""
    digits = number.replace(" ", "")
    return f"+44{digits[1:]}" if digits.startswith("0") and len(digits) > 6 else digits
