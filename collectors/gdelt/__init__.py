"""GDELT: news the world over, by its DOC API."""

from __future__ import annotations

from collectors.integration import Integration, Lazy

INTEGRATION = Integration(
    name="gdelt",
    label="GDELT (news)",
    search_limit="Names of accounts and terms of fewer than 5 characters are left out.",
    probes=Lazy("collectors.gdelt.probe:probes"),
    collector=Lazy("collectors.gdelt.collector:Gdelt"),
)
