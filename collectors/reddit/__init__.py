"""Reddit: posts and comments by search and in communities."""

from __future__ import annotations

from collectors.integration import AccountUrls, Integration, Lazy, PlatformFacts, ReportRoute

INTEGRATION = Integration(
    name="reddit",
    label="Reddit",
    probes=Lazy("collectors.reddit.probe:probes"),
    collector=Lazy("collectors.reddit.collector:Reddit"),
    recheck=Lazy("collectors.reddit.actions:recheck"),
    recheck_parents=Lazy("collectors.reddit.actions:recheck_parents"),
    profiles=Lazy("collectors.reddit.actions:profiles"),
    platforms=(
        PlatformFacts(
            name="reddit",
            label="Reddit",
            report_route=ReportRoute(
                name="Reddit’s form for reports",
                address="https://www.reddit.com/report",
                how="Report beside the post reaches the moderators of its community; the form reaches "
                "Reddit itself.",
            ),
            at_risk_route=ReportRoute(
                name="Reddit’s report of a post",
                how="Choose Report beside the post, then Someone is considering suicide or serious self-harm. Reddit writes to the person.",
            ),
            url_hosts=("reddit.com",),
            account_urls=AccountUrls(after={"reddit.com": frozenset(("u", "user"))}),
            image_hosts=(
                "i.redd.it",
                "styles.redditmedia.com",
                "www.redditstatic.com",
                "preview.redd.it",
            ),
            export_names=("reddit com",),
            native_ids=(
                (r"/comments/\w+/[^/]*/(\w+)", "t1_{}"),
                (r"/comments/(\w+)", "t3_{}"),
            ),
        ),
    ),
)
