"""GDELT: news the world over, by its DOC API."""

from __future__ import annotations

from collectors.integration import Integration, Lazy

INTEGRATION = Integration(
    name="gdelt", label="GDELT (news)", collector=Lazy("collectors.gdelt.collector:Gdelt")
)
