"""Whether somebody's role asks for a second step of signing in, and until when they may go without one."""

from __future__ import annotations

from datetime import datetime, timedelta

from settings.schema import Config
from store import Store, User


def needs_second_step(config: Config, user: User) -> bool:
    """Whether the account is this page's own and has a role that asks for one; a sign-in service asks for its own."""
    return user.kind == "local" and not set(user.roles).isdisjoint(
        config.review.sign_in.second_step_roles
    )


def due(store: Store, config: Config, user: User) -> datetime | None:
    """Until when this person may go without the second step that their role asks for; None where nothing is asked of them."""
    if not needs_second_step(config, user):
        return None
    step = store.second_steps.of(user.number)
    if step.confirmed_at is not None or step.asked_at is None:
        return None
    return step.asked_at + timedelta(days=config.review.sign_in.grace_days)
