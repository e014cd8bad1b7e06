"""One file a platform; each yields Mentions and does nothing else. A new one is a line in COLLECTORS.

`build` makes a collector from its table in config.toml, strictly, and holds it to the register of
accounts: no table can be a watch-list.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_type_hints

from pydantic import ConfigDict, ValidationError, create_model

from collectors import care_opinion, nhs_reviews
from collectors.base import Collector, Http, Moderation, Profiles, Recheck
from collectors.bluesky import actions as bluesky_actions
from collectors.bluesky.collector import Bluesky
from collectors.care_opinion import CareOpinion
from collectors.feeds import actions as feeds_actions
from collectors.feeds.collector import Feeds
from collectors.files.collector import Files
from collectors.gdelt import Gdelt
from collectors.inbox.collector import Inbox
from collectors.linkedin import actions as linkedin_actions
from collectors.linkedin.collector import LinkedIn
from collectors.mastodon import actions as mastodon_actions
from collectors.mastodon.collector import Mastodon
from collectors.meta import facebook, instagram
from collectors.meta.facebook import Facebook
from collectors.meta.instagram import Instagram
from collectors.nhs_reviews import NhsReviews
from collectors.pinterest import Pinterest
from collectors.queries import Follow
from collectors.reddit import actions as reddit_actions
from collectors.reddit.collector import Reddit
from collectors.x import actions as x_actions
from collectors.x.collector import X
from collectors.youtube import actions as youtube_actions
from collectors.youtube.collector import YouTube
from core.errors import ConfigError
from core.validation import first_fault

NOBODY: Mapping[str, frozenset[str]] = {}

COLLECTORS: dict[str, type[Any]] = {
    "x": X,
    "reddit": Reddit,
    "feeds": Feeds,
    "files": Files,
    "facebook": Facebook,
    "instagram": Instagram,
    "gdelt": Gdelt,
    "care_opinion": CareOpinion,
    "nhs_reviews": NhsReviews,
    "pinterest": Pinterest,
    "linkedin": LinkedIn,
    "youtube": YouTube,
    "bluesky": Bluesky,
    "mastodon": Mastodon,
    "inbox": Inbox,
}

# Is it still there? A function of the built source and mentions as they are held; see base.Recheck.
RECHECKS: dict[str, Recheck] = {
    "x": x_actions.recheck,
    "reddit": reddit_actions.recheck,
    "facebook": facebook.recheck,
    "instagram": instagram.recheck,
    "feeds": feeds_actions.recheck,
    "care_opinion": care_opinion.recheck,
    "nhs_reviews": nhs_reviews.recheck,
    "linkedin": linkedin_actions.recheck,
    "youtube": youtube_actions.recheck,
    "bluesky": bluesky_actions.recheck,
    "mastodon": mastodon_actions.recheck,
}

# What the owner of a page may do there to what others posted; see base.Moderation.
MODERATIONS: dict[str, Moderation] = {
    "x": x_actions.MODERATION,
    "facebook": facebook.MODERATION,
    "instagram": instagram.MODERATION,
    "feeds": feeds_actions.MODERATION,
    "linkedin": linkedin_actions.MODERATION,
    "youtube": youtube_actions.MODERATION,
}

# Accounts whose name may be ours: a function of the built source and names; see base.Profiles.
PROFILES: dict[str, Profiles] = {
    "x": x_actions.profiles,
    "reddit": reddit_actions.profiles,
    "youtube": youtube_actions.profiles,
    "bluesky": bluesky_actions.profiles,
    "mastodon": mastodon_actions.profiles,
}

_FROM_THE_RUN = ("http", "at", "state", "official")  # by the run, not by the table


def build(
    name: str,
    table: Mapping[str, object],
    *,
    http: Http,
    at: datetime,
    state: Mapping[str, str],
    terms: tuple[str, ...],
    register: Mapping[str, frozenset[str]],
    official: Mapping[str, frozenset[str]] = NOBODY,
) -> Collector:
    """A collector from its table, without the key `on` and with its secrets looked up.

    `terms` are the names in force today, for a table that has none of its own. Raises ConfigError,
    one line, for a source or key that is unknown, wrong or missing, and for an account that is not
    in `register` (platform to handles, lower case, without @). `official` are those of the register
    that are the organisation's own.
    """
    if name not in COLLECTORS:
        raise ConfigError(f"[collectors.{name}]: unknown source; there are {', '.join(COLLECTORS)}")
    kind = COLLECTORS[name]
    values = _checked(name, kind, table)
    if not values["terms"]:
        values["terms"] = terms
    try:
        if "official" in {field.name for field in dataclasses.fields(kind)}:
            values["official"] = official.get(name, frozenset())
        collector: Collector = kind(http=http, at=at, state=state, **values)
    except ConfigError as error:
        raise ConfigError(f"[collectors.{name}] {error}") from error
    for follow in collector.follows():
        if follow.key == "terms" and not table.get("terms"):
            continue  # config's own names, which stem from the tables of the register
        if not _registered(follow, register):
            raise ConfigError(
                f"[collectors.{name}] {follow.key}: follows an account that is not in the register of "
                "accounts; only the organisation's, its providers' and other bodies' can be followed"
            )
    return collector


def needed(name: str) -> tuple[str, ...]:
    """The secrets without which a source can't run: those that have no default."""
    kind = COLLECTORS[name]
    optional_keys = {field.name for field in dataclasses.fields(kind) if field.default == ""}
    return tuple(key for key in kind.secrets if key not in optional_keys)


def _checked(name: str, kind: type[Any], table: Mapping[str, object]) -> dict[str, Any]:
    """The table's values by the dataclass's own types: what is written there once is enough."""
    hints = get_type_hints(kind, include_extras=True)
    fields: dict[str, Any] = {}
    for field in dataclasses.fields(kind):
        if field.name in _FROM_THE_RUN:
            continue
        default: Any = field.default if field.default is not dataclasses.MISSING else ...
        if field.default_factory is not dataclasses.MISSING:
            default = field.default_factory()
        fields[field.name] = (hints[field.name], default)
    strict = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
    model = create_model(kind.__name__, __config__=strict, **fields)
    try:
        # through JSON, where strict takes arrays for tuples; a TOML date is no text that we take
        read = model.model_validate_json(json.dumps(dict(table), default=lambda _: None))
    except ValidationError as error:
        raise ConfigError(f"[collectors.{name}] {_fault_line(error)}") from None  # it holds values
    return {field: getattr(read, field) for field in fields}


def _fault_line(error: ValidationError) -> str:
    place, why = first_fault(error)
    steps = [
        f"{step + 1}" if isinstance(step, int) else step
        for step in place
        if "[" not in str(step)  # not which part of a union
    ]
    return f"{' '.join(steps)}: {why[:1].lower()}{why[1:]}"


def _registered(follow: Follow, register: Mapping[str, frozenset[str]]) -> bool:
    known = register.get(follow.platform, frozenset())
    return follow.handle in known or (
        follow.platform == "mastodon" and follow.handle.split("@")[0] in known
    )
