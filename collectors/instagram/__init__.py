"""Instagram: a professional account's own media with comments, tags, mentions and hashtags."""

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
    name="instagram",
    label="Instagram",
    probes=Lazy("collectors.instagram.probe:probes"),
    collector=Lazy("collectors.instagram.collector:Instagram"),
    reads_whole="our own account",
    allowance="Meta",  # the app's, of which X-App-Usage tells
    recheck=Lazy("collectors.instagram.actions:recheck"),
    replying=Lazy("collectors.instagram.replies:REPLYING"),
    recheck_parents=Lazy("collectors.instagram.actions:recheck_parents"),
    moderation=Lazy("collectors.instagram.actions:MODERATION"),
    takedown_actions=("hide", "delete"),
    platforms=(
        PlatformFacts(
            name="instagram",
            label="Instagram",
            report_route=ReportRoute(
                name="Instagram’s help: report something on the web",
                address="https://help.instagram.com/519598734752872",
                how=REPORT_MENU,
            ),
            impersonation_route=ReportRoute(
                name="Instagram’s help: an account that pretends to be someone",
                address="https://help.instagram.com/446663175382270",
                how="Open it, choose the three dots, then Report, then that it pretends to be a business.",
            ),
            at_risk_route=ReportRoute(
                name="Instagram’s report of a post",
                how=AT_RISK_MENU,
            ),
            url_hosts=("instagram.com",),
            account_urls=AccountUrls(first=("instagram.com",)),
            image_hosts=(".cdninstagram.com", ".fbcdn.net"),
            export_names=("instagram public", "instagram com"),
        ),
    ),
)
