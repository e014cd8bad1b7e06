"""TikTok: our own account's videos and the comments on them, by the Accounts API of TikTok API for Business."""

from __future__ import annotations

from collectors.integration import (
    FIRST_PARTY,
    AccountUrls,
    Integration,
    Lazy,
    PlatformFacts,
    ReportRoute,
)

INTEGRATION = Integration(
    name="tiktok",
    label="TikTok",
    probes=Lazy("collectors.tiktok.probe:probes"),
    collector=Lazy("collectors.tiktok.collector:TikTok"),
    reads_whole="our own account",
    recheck=Lazy("collectors.tiktok.actions:recheck"),
    recheck_parents=Lazy("collectors.tiktok.actions:recheck_parents"),
    replying=Lazy("collectors.tiktok.replies:REPLYING"),
    moderation=Lazy("collectors.tiktok.actions:MODERATION"),
    takedown_actions=("hide",),
    platforms=(
        PlatformFacts(
            name="tiktok",
            label="TikTok",
            report_route=ReportRoute(
                name="TikTok", how="Open the original, hold it or choose the arrow beside it, then Report.",
            ),
            privacy_route=ReportRoute(
                name="TikTok’s form for privacy",
                address="https://www.tiktok.com/legal/report/privacy",
                how=FIRST_PARTY,
            ),
            url_hosts=("tiktok.com",),
            account_urls=AccountUrls(first=("tiktok.com",)),
            image_hosts=(".tiktokcdn.com", ".tiktokcdn-eu.com", ".tiktokcdn-us.com"),
            kind="video",
            export_names=("tik tok", "tiktok com", "tiktok video", "tiktok comment"),
        ),
    ),
)  # fmt: skip
