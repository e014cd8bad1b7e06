"""YouTube: videos by search, and the comments under them and on our own channels."""

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
    name="youtube",
    label="YouTube",
    search_limit="YouTube allows so many searches a day: a long list takes turns.",
    probes=Lazy("collectors.youtube.probe:probes"),
    collector=Lazy("collectors.youtube.collector:YouTube"),
    recheck=Lazy("collectors.youtube.actions:recheck"),
    replying=Lazy("collectors.youtube.replies:REPLYING"),
    recheck_parents=Lazy("collectors.youtube.actions:recheck_parents"),
    moderation=Lazy("collectors.youtube.actions:MODERATION"),
    profiles=Lazy("collectors.youtube.actions:profiles"),
    takedown_actions=("hold", "reject"),
    platforms=(
        PlatformFacts(
            name="youtube",
            label="YouTube",
            report_route=ReportRoute(
                name="YouTube’s help: report inappropriate content",
                address="https://support.google.com/youtube/answer/2802027",
                how="Open the original; for a comment choose More beside it, then Report. Personal data "
                "goes by YouTube’s privacy complaint process, which the same page names.",
            ),
            privacy_route=ReportRoute(
                name="YouTube’s privacy complaint process",
                address="https://support.google.com/youtube/answer/142443",
                how=FIRST_PARTY,
            ),
            at_risk_route=ReportRoute(
                name="YouTube’s report of a video or comment",
                how="Open the original, choose More beside it, then Report, then suicide or self-harm.",
            ),
            url_hosts=("youtube.com", "youtu.be"),
            account_urls=AccountUrls(after={"youtube.com": frozenset(("channel", "user", "c"))}),
            image_hosts=("yt3.ggpht.com", "yt3.googleusercontent.com", "i.ytimg.com"),
            kind="comment",
            export_names=("youtube com",),
        ),
    ),
)
