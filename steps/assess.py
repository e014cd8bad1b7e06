"""The second step: what is unassessed is read; what earns a high risk raises an alert once it is in a case."""

from __future__ import annotations

from collections.abc import Sequence

from classify.classifier import Classifier, add_impersonation_flags
from classify.policy.schema import Policy
from classify.risk import risk, risk_of
from collectors import terms
from core.models import Assessment
from steps.bugs import log_bug, of_a_bug
from steps.classifier import load_classifier
from steps.classify_file import read_one_by_one
from steps.context import RunContext
from store import NewRisk, Stored

BATCH = 256  # mentions assessed in one transaction


def assess(context: RunContext, classifier: Classifier) -> int:
    """Assesses what this policy and model have not assessed; how many it was."""
    store, policy = context.store, classifier.policy
    waiting = store.assessments.unassessed(policy.version, classifier.version)
    for start in range(0, len(waiting), BATCH):
        batch = waiting[start : start + BATCH]
        store.assessments.add(
            _assessments(context, classifier, batch),
            staff_not_kept=terms.no_staff() | frozenset(context.config.classifier.staff_not_kept),
        )
        context.report_progress(f"assessed {start + len(batch)} of {len(waiting)}")
    _reach(context, policy, classifier.version)
    return len(waiting)


def _assessments(
    context: RunContext, classifier: Classifier, batch: Sequence[Stored]
) -> list[Assessment]:
    def give_up(stored: Stored, bug: Exception) -> None:
        log_bug(f"mention {stored.number}", bug)
        context.failed(f"mention {stored.number} could not be assessed: {of_a_bug(bug)}")

    readings = read_one_by_one(
        lambda part: classifier.read([stored.mention for stored in part]), batch, give_up
    )
    known = [
        (
            stored,
            add_impersonation_flags(reading, stored.mention.matched, classifier.policy),
        )
        for stored, reading in readings
    ]
    return [
        Assessment(
            mention=stored.number, revision=stored.revision, policy=classifier.policy.version,
            model=classifier.version, reading=reading, at=context.at,
            risk=risk(
                reading, classifier.policy, followers=stored.mention.author.followers,
                shares=stored.mention.metrics.get("shares"),
            ),
        )
        for stored, reading in known
    ]  # fmt: skip


def _reach(context: RunContext, policy: Policy, model: str) -> None:
    """New followers or shares may raise a risk without a new reading of the text."""
    changed = [
        NewRisk(
            mention=old.mention, revision=old.revision, policy=old.policy, model=old.model, at=context.at,
            followers=old.followers, shares=old.shares,
            risk=risk_of(
                old.flags, policy, staff=old.staff, in_scope=old.in_scope, sentiment=old.sentiment,
                protected=old.protected, followers=old.followers, shares=old.shares,
            ),
        )
        for old in context.store.assessments.needing_new_risk(policy.version, model)
    ]  # fmt: skip
    context.store.assessments.add_risks(changed)


def classifier(context: RunContext) -> Classifier:
    """The classifier in force, with the run's policy. Raises ConfigError, ModelError."""
    return load_classifier(context.config, context.folder, context.at, policy=context.policy)
