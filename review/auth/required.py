"""Whether somebody's role asks for a second step of signing in, and until when they may go without one."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.models import Role
from settings.schema import Config
from store import Store, User

# Who can let others in, read the record or decide on people speaking up, or see what names a child, goes without it for no day
AT_ONCE: frozenset[Role] = frozenset(("governance", "guardian", "safeguarding", "admin"))


def needs_second_step(config: Config, user: User) -> bool:
    """Whether the account is this page's own and has a role that asks for one; a sign-in service asks for its own."""
    return user.kind == "local" and not set(user.roles).isdisjoint(
        config.review.sign_in.second_step_roles
    )


def due(store: Store, config: Config, user: User) -> datetime | None:
    """Until when this person may go without the second step that their role asks for; None where nothing is asked of them.

    Governance, the Guardian, Safeguarding and administrators set it up as they first sign in.
    """
    if not needs_second_step(config, user):
        return None
    step = store.second_steps.of(user.number)
    if step.confirmed_at is not None or step.asked_at is None:
        return None
    sign_in = config.review.sign_in
    at_once = not AT_ONCE.intersection(user.roles).isdisjoint(sign_in.second_step_roles)
    return step.asked_at + timedelta(days=0 if at_once else sign_in.grace_days)
