"""Mastodon: hashtags, searches and notifications of any number of servers."""

from __future__ import annotations

from collectors.integration import Integration, Lazy, PlatformFacts, ReportRoute
from collectors.mastodon.characters import count_characters

INTEGRATION = Integration(
    name="mastodon",
    label="Mastodon",
    probes=Lazy("collectors.mastodon.probe:probes"),
    collector=Lazy("collectors.mastodon.collector:Mastodon"),
    search_limit="Only servers that let us search are searched.",
    recheck=Lazy("collectors.mastodon.actions:recheck"),
    replying=Lazy("collectors.mastodon.replies:REPLYING"),
    recheck_parents=Lazy("collectors.mastodon.actions:recheck_parents"),
    profiles=Lazy("collectors.mastodon.actions:profiles"),
    platforms=(
        PlatformFacts(
            name="mastodon",
            label="Mastodon",
            report_route=ReportRoute(
                name="the server that shows the post",
                how="Open the original while signed in, choose the three dots, then Report. Tick to "
                "forward it, so that the writer’s own server hears of it too.",
            ),
            images_at_issuer=True,
            count_characters=count_characters,
        ),
    ),
)
