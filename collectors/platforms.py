"""Every integration, in a list that can be read; a new one is a line here.

It costs no library of a platform to import: see `collectors/integration.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from collectors import (
    bluesky,
    care_opinion,
    facebook,
    feeds,
    files,
    gdelt,
    google,
    inbox,
    instagram,
    linkedin,
    mastodon,
    nhs_reviews,
    pinterest,
    reddit,
    threads,
    tiktok,
    x,
    youtube,
)
from collectors.integration import Integration, PlatformFacts
from core.errors import ConfigError
from core.models import PLATFORMS, Platform
from settings.files.catalogue import closest

INTEGRATIONS: tuple[Integration, ...] = (
    x.INTEGRATION,
    reddit.INTEGRATION,
    feeds.INTEGRATION,
    files.INTEGRATION,
    facebook.INTEGRATION,
    instagram.INTEGRATION,
    gdelt.INTEGRATION,
    care_opinion.INTEGRATION,
    nhs_reviews.INTEGRATION,
    pinterest.INTEGRATION,
    linkedin.INTEGRATION,
    youtube.INTEGRATION,
    bluesky.INTEGRATION,
    mastodon.INTEGRATION,
    threads.INTEGRATION,
    google.INTEGRATION,
    tiktok.INTEGRATION,
    inbox.INTEGRATION,
)

_BY_NAME = {integration.name: integration for integration in INTEGRATIONS}
# What is known of each place that posts are from, in the order of `Platform`.
FACTS: Mapping[Platform, PlatformFacts] = {
    name: facts
    for name in PLATFORMS
    for integration in INTEGRATIONS
    for facts in integration.platforms
    if facts.name == name
}
PLATFORM_NAMES: Mapping[str, str] = {name: facts.label for name, facts in FACTS.items()}


def find(source: str) -> Integration | None:
    """The integration of a source; None of what no integration brought, such as a note by hand."""
    return _BY_NAME.get(source)


def integration(source: str) -> Integration:
    """The same. Raises ConfigError where there is no such source."""
    if source not in _BY_NAME:
        meant = closest(source, list(_BY_NAME))
        hint = f"did you mean [collectors.{meant}]? There" if meant else "there"
        raise ConfigError(
            f"[collectors.{source}]: no such source; {hint} are {', '.join(_BY_NAME)}"
        )
    return _BY_NAME[source]
