"""Exports of another listening tool, whose rows are posts of any place."""

from __future__ import annotations

from collectors.integration import REPORT_MENU as MENU
from collectors.integration import AccountUrls, Integration, Lazy, PlatformFacts, ReportRoute

INTEGRATION = Integration(
    name="files",
    label="Exports of another tool",
    probes=Lazy("collectors.files.probe:probes"),
    collector=Lazy("collectors.files.collector:Files"),
    reads_whole="the files that people put in",
    platforms=(
        PlatformFacts(
            name="nextdoor",
            label="Nextdoor",
            report_route=ReportRoute(name="Nextdoor", how=MENU),
            url_hosts=("nextdoor.com", "nextdoor.co.uk"),
            export_names=("next door", "nextdoor com", "nextdoor co uk"),
        ),
        PlatformFacts(
            name="forum",
            label="Forum",
            url_hosts=("mumsnet.com", "netmums.com", "thestudentroom.co.uk", "digitalspy.com"),
            export_names=("forums", "message board", "messageboard", "board", "discussion board", "quora", "q a"),
        ),
        PlatformFacts(
            name="other",
            label="Other",
            account_urls=AccountUrls(first=("t.me", "github.com")),
        ),
    ),
)  # fmt: skip
