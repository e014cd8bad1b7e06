"""Feeds (RSS, Atom, JSON Feed), WordPress sites and public records: blogs, news, Parliament, coroners, councils."""

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
        PlatformFacts(
            name="record",
            label="Public records",
            report_route=ReportRoute(
                name="whoever publishes the record",
                how="A record is corrected by whoever publishes it: Hansard, the coroner’s office, the "
                "council. Write to them; WhatDoTheyKnow takes down personal details when told.",
            ),
            kind="article",
            export_names=("public record", "hansard", "foi"),
        ),
    ),
)
