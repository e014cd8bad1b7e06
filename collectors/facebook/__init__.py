"""Facebook: a Page's own posts, its visitors' and tags, and the comments under them."""

from __future__ import annotations

from collectors.integration import (
    AT_RISK_MENU,
    FIRST_PARTY,
    REPORT_MENU,
    AccountUrls,
    Integration,
    Lazy,
    PlatformFacts,
    ReportRoute,
)

INTEGRATION = Integration(
    name="facebook",
    label="Facebook",
    probes=Lazy("collectors.facebook.probe:probes"),
    collector=Lazy("collectors.facebook.collector:Facebook"),
    reads_whole="our own Page",
    allowance="Meta",  # the app's, of which X-App-Usage tells
    recheck=Lazy("collectors.facebook.actions:recheck"),
    replying=Lazy("collectors.facebook.replies:REPLYING"),
    recheck_parents=Lazy("collectors.facebook.actions:recheck_parents"),
    moderation=Lazy("collectors.facebook.actions:MODERATION"),
    takedown_actions=("hide", "delete"),
    platforms=(
        PlatformFacts(
            name="facebook",
            label="Facebook",
            report_route=ReportRoute(
                name="Facebook’s help: reporting abuse",
                address="https://www.facebook.com/help/1753719584844061",
                how=REPORT_MENU,
            ),
            privacy_route=ReportRoute(
                name="Facebook’s form for privacy",
                address="https://www.facebook.com/help/contact/144059062408922",
                how=FIRST_PARTY,
            ),
            impersonation_route=ReportRoute(
                name="Facebook’s help: an account or Page that pretends to be someone",
                address="https://www.facebook.com/help/174210519303259",
                how="Open it, choose the three dots, then Report, then that it pretends to be a business.",
            ),
            at_risk_route=ReportRoute(
                name="Facebook’s form: report suicidal content",
                address="https://www.facebook.com/help/contact/305410456169423",
                how=AT_RISK_MENU,
            ),
            url_hosts=("facebook.com",),
            account_urls=AccountUrls(first=("facebook.com",)),
            image_hosts=(".fbcdn.net",),
            export_names=("fb", "facebook public", "facebook page", "facebook com"),
        ),
    ),
)
