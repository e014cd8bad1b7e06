"""A mailbox that people report to, read by IMAP."""

from __future__ import annotations

from collectors.integration import Integration, Lazy, PlatformFacts

INTEGRATION = Integration(
    name="inbox",
    label="Mailbox for reports",
    probes=Lazy("collectors.inbox.probe:probes"),
    collector=Lazy("collectors.inbox.collector:Inbox"),
    reads_whole="the mailbox for reports by staff",
    platforms=(
        PlatformFacts(
            name="email",
            label="Email",
            kind="message",
            export_names=("e mail",),
        ),
    ),
)
