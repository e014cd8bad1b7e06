"""LinkedIn: our own page's posts, the comments under them, and posts that mention us."""

from __future__ import annotations

from collectors.integration import (
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
    collector=Lazy("collectors.linkedin.collector:LinkedIn"),
    recheck=Lazy("collectors.linkedin.actions:recheck"),
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
            url_hosts=("linkedin.com",),
            account_urls=AccountUrls(
                after={"linkedin.com": frozenset(("in", "company", "school"))}
            ),
            export_names=("linkedin com",),
        ),
    ),
)
