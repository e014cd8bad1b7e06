"""Reviews of our places on Google, and the answers to them, by the Business Profile APIs."""

from __future__ import annotations

from collectors.integration import Integration, Lazy, PlatformFacts, ReportRoute

INTEGRATION = Integration(
    name="google",
    label="Google reviews",
    probes=Lazy("collectors.google.probe:probes"),
    collector=Lazy("collectors.google.collector:Google"),
    reads_whole="the reviews of our places",
    recheck=Lazy("collectors.google.actions:recheck"),
    replying=Lazy("collectors.google.replies:REPLYING"),
    platforms=(
        PlatformFacts(
            name="google",
            label="Google reviews",
            report_route=ReportRoute(
                name="Google’s help: report inappropriate reviews",
                address="https://support.google.com/business/answer/4596773",
                how="Signed in as a manager of the profile, choose Reviews, the three dots beside the review, "
                "then Report review. Google looks at it by its own policies.",
            ),
            at_risk_route=ReportRoute(
                name="Google’s report of a review",
                how="Choose the three dots beside the review, then Report review.",
            ),
            image_hosts=(".googleusercontent.com",),
            count_characters=lambda text: len(text.encode()),  # 4,096 bytes: ReviewReply.comment
            kind="review",
            export_names=("google reviews", "google business", "google business profile", "google my business"),
        ),
    ),
)  # fmt: skip
