"""Exports of another listening tool, whose rows are posts of any place."""

from __future__ import annotations

from collectors.integration import AccountUrls, Integration, Lazy, PlatformFacts

INTEGRATION = Integration(
    name="files",
    label="Exports of another tool",
    collector=Lazy("collectors.files.collector:Files"),
    platforms=(
        PlatformFacts(
            name="other",
            label="Other",
            account_urls=AccountUrls(first=("tiktok.com", "t.me", "github.com")),
            export_names=("forum", "forums"),
        ),
    ),
)
