"""Bluesky: searches, notifications and our own accounts' posts."""

from __future__ import annotations

from collectors.integration import (
    AT_RISK_MENU,
    REPORT_MENU,
    AccountUrls,
    Integration,
    Lazy,
    PlatformFacts,
    ReportRoute,
)

INTEGRATION = Integration(
    name="bluesky",
    label="Bluesky",
    probes=Lazy("collectors.bluesky.probe:probes"),
    collector=Lazy("collectors.bluesky.collector:Bluesky"),
    recheck=Lazy("collectors.bluesky.actions:recheck"),
    replying=Lazy("collectors.bluesky.replies:REPLYING"),
    recheck_parents=Lazy("collectors.bluesky.actions:recheck_parents"),
    profiles=Lazy("collectors.bluesky.actions:profiles"),
    platforms=(
        PlatformFacts(
            name="bluesky",
            label="Bluesky",
            report_route=ReportRoute(
                name="Bluesky’s community guidelines",
                address="https://bsky.social/about/support/community-guidelines",
                how=f"{REPORT_MENU} Bluesky takes reports in its own app and page alone.",
            ),
            at_risk_route=ReportRoute(
                name="Bluesky’s report of a post",
                how=AT_RISK_MENU,
            ),
            url_hosts=("bsky.app",),
            account_urls=AccountUrls(after={"bsky.app": frozenset(("profile",))}),
            image_hosts=("cdn.bsky.app", "video.bsky.app"),
            export_names=("bsky", "bsky app"),
        ),
    ),
)
