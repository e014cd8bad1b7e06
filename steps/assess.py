"""The second step: what is unassessed is read; what earns a high risk raises an alert once it is in a case."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from classify import pid
from classify.batch import Line
from classify.classifier import Classifier, add_impersonation_flags
from classify.pid.redaction import mask
from classify.policy.schema import Policy
from classify.risk import risk, risk_of
from collectors import terms
from core.models import Assessment, Author, Reading
from steps import inferences
from steps.bugs import log_bug, of_a_bug
from steps.classifier import load_classifier
from steps.classify_file import read_one_by_one
from steps.context import RunContext
from store import TRIES, NewRisk, Stored

BATCH = 256  # mentions assessed in one transaction
HISTORY = timedelta(
    minutes=10
)  # for which a cycle assesses again what an earlier policy or model did
_PROBE = (
    "The clinic in the high street is open on Monday."  # what any classifier that works can read
)


def assess(
    context: RunContext,
    classifier: Classifier,
    *,
    after_part: Callable[[], object] = lambda: None,
    history: timedelta | None = None,
) -> int:
    """Assesses what this policy and model have not assessed; how many it was.

    What nobody has assessed comes first and is done to its end; what an earlier policy or model did is done for
    as long as `history` says (None: to its end too), and the next call goes on. `after_part` is called after each BATCH,
    so that nobody waits for the whole to be told of the first.
    """
    store, policy, at = context.store, classifier.policy, context.at
    seconds = math.inf if history is None else history.total_seconds()
    until = time.monotonic() + seconds
    done, total = 0, 0
    for part in store.assessments.unassessed_parts(
        policy.version, classifier.version, size=BATCH,
        history=lambda: seconds > 0 and time.monotonic() < until,
    ):  # fmt: skip
        total = total or _total(context, classifier, part, history)
        assessments, can_read = _assessments(context, classifier, part)
        store.assessments.add(
            assessments,
            staff_not_kept=terms.no_staff() | frozenset(context.config.classifier.staff_not_kept),
        )
        done += len(part)
        context.report_progress(f"assessed {done} of {max(done, total)}")
        after_part()
        if not can_read:
            break
    _reach(
        context, policy, classifier.version, since=at if history == timedelta() else None
    )  # fmt: skip
    return done


def name_unassessed(context: RunContext) -> int:
    """Names as failed that something waits to be assessed, at the end of a cycle: no all-clear; how many."""
    if waiting := context.store.assessments.count_unassessed():
        what = "post was" if waiting == 1 else "posts were"
        context.failed(f"assessing: {waiting:,} {what} not read yet and may hold anything")
    return waiting


def _total(
    context: RunContext, classifier: Classifier, part: Sequence[Stored], history: timedelta | None
) -> int:
    """How many there are to assess, where it is more than one part: only then somebody waits for it."""
    if len(part) < BATCH:
        return len(part)
    assessments = context.store.assessments
    older = (
        assessments.count_history(classifier.policy.version, classifier.version)
        if history != timedelta()
        else 0
    )
    return assessments.count_unassessed() + older


def _assessments(
    context: RunContext, classifier: Classifier, batch: Sequence[Stored]
) -> tuple[list[Assessment], bool]:
    """What is said of each that could be read, or tripped the program for the last time; and whether it can read at all."""
    tripped: list[Stored] = []

    def give_up(stored: Stored, bug: Exception) -> None:
        log_bug(f"mention {stored.number}", bug)
        tripped.append(stored)
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
    assessments = [
        Assessment(
            mention=stored.number, revision=stored.revision, policy=classifier.policy.version,
            model=classifier.version, reading=inferences.without_forbidden(reading, stored.mention.platform), at=context.at,
            risk=risk(
                reading, classifier.policy, followers=stored.mention.author.followers,
                shares=stored.mention.metrics.get("shares"),
            ),
        )
        for stored, reading in known
    ]  # fmt: skip
    if tripped and not _can_read(classifier):
        context.failed(
            "assessing: the program can read nothing, not even a plain sentence: its model or its "
            "installation is broken, and everything waits"
        )
        return assessments, False
    return [*assessments, *_not_read(context, classifier, tripped)], True


def _can_read(classifier: Classifier) -> bool:
    """Whether it can read a plain sentence: else the program is to blame for what tripped, and no post."""
    try:
        classifier.read([Line(
            id=0, text=_PROBE, platform="other", author=Author(), shares=None, posted_at=None
        )])  # fmt: skip
    except Exception as bug:
        log_bug("a plain sentence", bug)
        return False
    return True


def _not_read(
    context: RunContext, classifier: Classifier, tripped: Sequence[Stored]
) -> Iterator[Assessment]:
    """Counts a try for each; after TRIES it is high and `unread`, which the page says, until another model reads it."""
    policy, model = classifier.policy.version, classifier.version
    for stored in tripped:
        tries = context.store.assessments.note_failure(
            stored.number, stored.revision, policy, model, context.at
        )
        if tries >= TRIES:
            context.failed(
                f"mention {stored.number} was not read: it stands on the page as not read, with a high risk"
            )
            reading = Reading(
                in_scope=True, staff="no", sentiment="neutral", language="und", read="unread", flags=(),
                masked=_masked(stored.mention.text),
            )  # fmt: skip
            yield Assessment(
                mention=stored.number, revision=stored.revision, policy=policy, model=model, reading=reading,
                risk="high", at=context.at,
            )  # fmt: skip


def _masked(text: str) -> str:
    """The words without identifiers, as rules find those; none of them where even that fails."""
    try:
        return mask(text, pid.find(text), ())
    except Exception as bug:
        log_bug("masking", bug)
        return ""


def _reach(context: RunContext, policy: Policy, model: str, since: datetime | None) -> None:
    """New followers or shares may raise a risk without a new reading of the text; of what was seen `since`."""
    changed = [
        NewRisk(
            mention=old.mention, revision=old.revision, policy=old.policy, model=old.model, at=context.at,
            followers=old.followers, shares=old.shares,
            risk=risk_of(
                old.flags, policy, staff=old.staff, in_scope=old.in_scope, sentiment=old.sentiment,
                protected=old.protected, followers=old.followers, shares=old.shares,
            ),
        )
        for old in context.store.assessments.needing_new_risk(policy.version, model, since)
    ]  # fmt: skip
    context.store.assessments.add_risks(changed)


def classifier(context: RunContext) -> Classifier:
    """The classifier in force, with the run's policy. Raises ConfigError, ModelError."""
    return load_classifier(context.config, context.folder, context.at, policy=context.policy)
