"""Reviews on the NHS website, service by service."""

from __future__ import annotations

from collectors.integration import Integration, Lazy, PlatformFacts, ReportRoute

INTEGRATION = Integration(
    name="nhs_reviews",
    label="NHS reviews",
    probes=Lazy("collectors.nhs_reviews.probe:probes"),
    collector=Lazy("collectors.nhs_reviews.collector:NhsReviews"),
    reads_whole="the reviews of our services",
    recheck=Lazy("collectors.nhs_reviews.actions:recheck"),
    platforms=(
        PlatformFacts(
            name="review",
            label="Reviews",
            report_route=ReportRoute(
                name="the site that shows the review",
                address="https://www.nhs.uk/about-us/managing-patient-feedback/",
                how="On the NHS website the provider chooses ‘report as unsuitable’ beside the review, by "
                "its NHS Profile Manager. On Care Opinion write to its moderators by the story’s own "
                "page: careopinion.org.uk/info/moderation.",
            ),
            kind="review",
            export_names=(
                "reviews",
                "trustpilot",
                "care opinion",
                "nhs reviews",
            ),
        ),
    ),
)
