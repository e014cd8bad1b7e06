"""X (Twitter): recent search by words, mentions and quotes of our own account."""

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
from collectors.x.characters import count_characters

INTEGRATION = Integration(
    name="x",
    label="X (Twitter)",
    probes=Lazy("collectors.x.probe:probes"),
    collector=Lazy("collectors.x.collector:X"),
    recheck=Lazy("collectors.x.actions:recheck"),
    replying=Lazy("collectors.x.replies:REPLYING"),
    recheck_parents=Lazy("collectors.x.actions:recheck_parents"),
    moderation=Lazy("collectors.x.actions:MODERATION"),
    profiles=Lazy("collectors.x.actions:profiles"),
    takedown_actions=("hide",),
    only_under_own_posts=True,
    platforms=(
        PlatformFacts(
            name="x",
            label="X (Twitter)",
            report_route=ReportRoute(
                name="X’s help: report abusive behaviour",
                address="https://help.x.com/en/safety-and-security/report-abusive-behavior",
                how=f"{REPORT_MENU} For personal data choose that it shares private information.",
            ),
            privacy_route=ReportRoute(
                name="X’s form: private information",
                address="https://help.x.com/en/forms/safety-and-sensitive-content/private-information",
                how=FIRST_PARTY,
            ),
            impersonation_route=ReportRoute(
                name="X’s form: report impersonation",
                address="https://help.x.com/en/forms/authenticity/impersonation",
                how="Say that it impersonates an organisation, and that you act for it.",
            ),
            at_risk_route=ReportRoute(
                name="X’s help: self-harm and suicide",
                address="https://help.x.com/en/safety-and-security/self-harm-and-suicide",
                how=AT_RISK_MENU,
            ),
            url_hosts=("x.com", "twitter.com"),
            account_urls=AccountUrls(first=("x.com", "twitter.com")),
            image_hosts=("pbs.twimg.com",),
            count_characters=count_characters,
            export_names=("twitter", "x twitter", "x com", "twitter com", "tweet"),
            native_ids=((r"/status(?:es)?/(\d+)", "{}"),),
        ),
    ),
)
