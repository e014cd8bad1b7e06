"""Threads: search by words, mentions of our account, our own posts and the replies below them."""

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
from collectors.threads.characters import count_characters

INTEGRATION = Integration(
    name="threads",
    label="Threads",
    probes=Lazy("collectors.threads.probe:probes"),
    collector=Lazy("collectors.threads.collector:Threads"),
    recheck=Lazy("collectors.threads.actions:recheck"),
    recheck_parents=Lazy("collectors.threads.actions:recheck_parents"),
    replying=Lazy("collectors.threads.replies:REPLYING"),
    moderation=Lazy("collectors.threads.actions:MODERATION"),
    takedown_actions=("hide",),
    only_under_own_posts=True,
    search_limit="Threads searches for words and knows no phrases: what holds the words apart is found too.",
    platforms=(
        PlatformFacts(
            name="threads",
            label="Threads",
            report_route=ReportRoute(name="Threads", how=REPORT_MENU),
            at_risk_route=ReportRoute(name="Threads’ report of a post", how=AT_RISK_MENU),
            url_hosts=("threads.net", "threads.com"),
            account_urls=AccountUrls(first=("threads.net", "threads.com")),
            image_hosts=(".cdninstagram.com", ".fbcdn.net"),
            count_characters=count_characters,
            export_names=("threads net", "threads com", "instagram threads"),
        ),
    ),
)
