"""Feeds (RSS, Atom, JSON Feed) and WordPress sites: blogs and news."""

from __future__ import annotations

from collectors.integration import AccountUrls, Integration, Lazy, PlatformFacts, ReportRoute

INTEGRATION = Integration(
    name="feeds",
    label="Blogs, news and feeds",
    probes=Lazy("collectors.feeds.probe:probes"),
    collector=Lazy("collectors.feeds.collector:Feeds"),
    recheck=Lazy("collectors.feeds.actions:recheck"),
    moderation=Lazy("collectors.feeds.actions:MODERATION"),
    takedown_actions=("hold", "spam", "trash"),
    platforms=(
        PlatformFacts(
            name="blog",
            label="Blogs",
            report_route=ReportRoute(
                name="the site’s own contact page",
                how="Write to whoever runs the site by its contact page. Ask them to look at it; don’t "
                "demand.",
            ),
            account_urls=AccountUrls(after={"medium.com": frozenset()}),
            kind="article",
            export_names=("blogs",),
        ),
        PlatformFacts(
            name="news",
            label="News",
            report_route=ReportRoute(
                name="the editor",
                how="Ring or write to the newsdesk. The media desk does this, since it is press.",
            ),
            kind="article",
            export_names=("online news", "newspaper", "print"),
        ),
    ),
)
