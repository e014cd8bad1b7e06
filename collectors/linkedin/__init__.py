"""LinkedIn: our own page's posts, the comments under them, and posts that mention us."""

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
    name="linkedin",
    label="LinkedIn",
    probes=Lazy("collectors.linkedin.probe:probes"),
    collector=Lazy("collectors.linkedin.collector:LinkedIn"),
    reads_whole="our own Page",
    recheck=Lazy("collectors.linkedin.actions:recheck"),
    replying=Lazy("collectors.linkedin.replies:REPLYING"),
    recheck_parents=Lazy("collectors.linkedin.actions:recheck_parents"),
    moderation=Lazy("collectors.linkedin.actions:MODERATION"),
    takedown_actions=("delete",),
    platforms=(
        PlatformFacts(
            name="linkedin",
            label="LinkedIn",
            report_route=ReportRoute(
                name="LinkedIn’s help: report inappropriate content",
                address="https://www.linkedin.com/help/linkedin/answer/a1337576",
                how=REPORT_MENU,
            ),
            at_risk_route=ReportRoute(
                name="LinkedIn’s report of a post",
                how=AT_RISK_MENU,
            ),
            url_hosts=("linkedin.com",),
            account_urls=AccountUrls(
                after={"linkedin.com": frozenset(("in", "company", "school"))}
            ),
            export_names=("linkedin com",),
        ),
    ),
)
