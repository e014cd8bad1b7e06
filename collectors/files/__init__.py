"""Exports of another listening tool, whose rows are posts of any place."""

from __future__ import annotations

from collectors.integration import AccountUrls, Integration, Lazy, PlatformFacts

INTEGRATION = Integration(
    name="files",
    label="Exports of another tool",
    probes=Lazy("collectors.files.probe:probes"),
    collector=Lazy("collectors.files.collector:Files"),
    reads_whole="the files that people put in",
    platforms=(
        PlatformFacts(
            name="other",
            label="Other",
            account_urls=AccountUrls(first=("tiktok.com", "t.me", "github.com")),
            export_names=("forum", "forums"),
        ),
    ),
)
