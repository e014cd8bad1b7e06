"""What the network answers, by name and in order: outputs of a post, and evidence of each token."""

from __future__ import annotations

from core.models import PROTECTED

FLAGS = (
    "derogatory", "harassment", "threat", "sexual", "hate", "pid", "confidential", "grievance",
    "allegation", "misinformation", "assistance", "media", "safeguarding", "removal_request",
    "impersonation", "no_disclaimer", "brand", "security",
)  # fmt: skip
STAFF = ("icb", "nhs", "no")
SENTIMENT = ("negative", "neutral", "positive")
TARGETS = ("patient", "colleague", "person", "group", "organisation", "none")
TASKS = ("dynahate", "gab", "hatemoji", "edos", "misogyny", "davidson", "offensive", "toxic")
OUTPUTS = (
    *FLAGS,
    "in_scope",
    *(f"staff.{value}" for value in STAFF),
    *(f"sentiment.{value}" for value in SENTIMENT),
    *(f"target.{value}" for value in TARGETS),
    "harm.serious",
    *(f"task.{name}" for name in TASKS),
    "flagged",  # any flag at all: a second opinion on what looks clean
    *(f"protected.{value}" for value in PROTECTED),
)
EVIDENCE = (*FLAGS, "toxic", "name")
