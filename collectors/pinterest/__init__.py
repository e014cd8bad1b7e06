"""Pinterest: figures of our own boards and pins, shown and never kept."""

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
    name="pinterest",
    label="Pinterest",
    probes=Lazy("collectors.pinterest.probe:probes"),
    collector=Lazy("collectors.pinterest.collector:Pinterest"),
    reads_whole="our own boards",
    platforms=(
        PlatformFacts(
            name="pinterest",
            label="Pinterest",
            report_route=ReportRoute(
                name="Pinterest’s help: report something on Pinterest",
                address="https://help.pinterest.com/en/article/report-something-on-pinterest",
                how=REPORT_MENU,
            ),
            url_hosts=("pinterest.com",),
            account_urls=AccountUrls(first=("pinterest.com", "pinterest.co.uk")),
        ),
    ),
)
