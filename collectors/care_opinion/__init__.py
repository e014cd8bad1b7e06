"""Care Opinion: stories of patients and carers, and what services answered."""

from __future__ import annotations

from collectors.integration import Integration, Lazy

INTEGRATION = Integration(
    name="care_opinion",
    label="Care Opinion",
    probes=Lazy("collectors.care_opinion.probe:probes"),
    collector=Lazy("collectors.care_opinion.collector:CareOpinion"),
    reads_whole="the stories about our services",
    recheck=Lazy("collectors.care_opinion.actions:recheck"),
)
