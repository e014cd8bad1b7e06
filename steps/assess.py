"""The second step: what is unassessed is read, and an alert is written with what earns a high risk."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar

from classify import batch as classify_batch
from classify import classifier as classify_classifier
from classify.classifier import Classifier
from classify.inputs import Known
from classify.model.checkpoint import opened
from classify.model.onnx_model import SHIPPED
from classify.policy import schema as policies
from classify.policy.schema import Policy
from classify.risk import risk, risk_of
from collectors import terms
from core import clock
from core.errors import InputError
from core.models import Assessment, Reading
from settings import schema as settings_schema
from settings.schema import Config
from steps.context import ReportProgress, RunContext, log_bug, of_a_bug

if TYPE_CHECKING:
    from store import Stored

T = TypeVar("T")

BATCH = 256  # mentions assessed in one transaction


def assess(context: RunContext, classifier: Classifier, at: datetime) -> int:
    """Assesses what this policy and model have not assessed; how many it was."""
    store, policy = context.store, classifier.policy
    alert_after = at - timedelta(hours=context.config.classifier.alert_recent_hours)
    waiting = store.assessments.unassessed(policy.version, classifier.version)
    for start in range(0, len(waiting), BATCH):
        batch = waiting[start : start + BATCH]
        store.assessments.add(
            _assessments(context, classifier, batch, at),
            alert_after=alert_after,
            staff_not_kept=terms.no_staff() | frozenset(context.config.classifier.staff_not_kept),
        )
        context.report_progress(f"assessed {start + len(batch)} of {len(waiting)}")
    _reach(context, policy, classifier.version, at, alert_after)
    return len(waiting)


def _assessments(
    context: RunContext, classifier: Classifier, batch: Sequence[Stored], at: datetime
) -> list[Assessment]:
    def give_up(stored: Stored, bug: Exception) -> None:
        log_bug(f"mention {stored.number}", bug)
        context.failed(f"mention {stored.number} could not be assessed: {of_a_bug(bug)}")

    readings = _one_by_one(
        lambda part: classifier.read([stored.mention for stored in part]), batch, give_up
    )
    known = [
        (
            stored,
            classify_classifier.add_impersonation_flags(
                reading, stored.mention.matched, classifier.policy
            ),
        )
        for stored, reading in readings
    ]
    return [
        Assessment(
            mention=stored.number, revision=stored.revision, policy=classifier.policy.version,
            model=classifier.version, reading=reading, at=at,
            risk=risk(
                reading, classifier.policy, followers=stored.mention.author.followers,
                shares=stored.mention.metrics.get("shares"),
            ),
        )
        for stored, reading in known
    ]  # fmt: skip


def _one_by_one(
    read: Callable[[Sequence[T]], list[Reading]],
    batch: Sequence[T],
    give_up: Callable[[T, Exception], None],
) -> list[tuple[T, Reading]]:
    """Each with its reading. Where all at once fail, each is read alone: one bug costs one post."""
    try:
        return list(zip(batch, read(batch), strict=True))
    except Exception as bug:
        if len(batch) > 1:
            return [pair for post in batch for pair in _one_by_one(read, [post], give_up)]
        give_up(batch[0], bug)
        return []


def _reach(
    context: RunContext, policy: Policy, model: str, at: datetime, alert_after: datetime
) -> None:
    """New followers or shares may raise a risk without a new reading of the text."""
    from store import NewRisk  # here, since it brings pandas, which files don't need

    changed = [
        NewRisk(
            mention=old.mention, revision=old.revision, policy=old.policy, model=old.model, at=at,
            followers=old.followers, shares=old.shares,
            risk=risk_of(
                old.flags, policy, staff=old.staff, in_scope=old.in_scope, sentiment=old.sentiment,
                followers=old.followers, shares=old.shares,
            ),
        )
        for old in context.store.assessments.needing_new_risk(policy.version, model)
    ]  # fmt: skip
    context.store.assessments.add_risks(changed, alert_after=alert_after)


def classifier(
    config: Config,
    folder: Path,
    at: datetime,
    *,
    model: Path | None = None,
    rules: Policy | None = None,
) -> Classifier:
    """The classifier that the file names, told what is in force today.

    `model` and `rules` stand in for the file's own, to be compared with them.
    """
    rules = rules or policy(config, folder)
    weights = opened(model or model_folder(config, folder), config.classifier.threads, rules)
    return Classifier(known(config, at), weights, rules=rules)


def known(config: Config, at: datetime) -> Known:
    """What the classifier is told of the organisation as it is on that day."""
    organisation_today = settings_schema.today(config.organisation, clock.local_day(at))
    return Known(
        names=organisation_today.names, places=organisation_today.places, providers=organisation_today.providers, register=organisation_today.register,
        official=organisation_today.official, phones=organisation_today.phones, emails=organisation_today.emails, postcodes=organisation_today.postcodes,
    )  # fmt: skip


def policy(config: Config, folder: Path) -> Policy:
    """The policy in force."""
    return policies.load(policy_file(config, folder))


def model_folder(config: Config, folder: Path) -> Path:
    """Where the model in force lies."""
    return folder / config.classifier.model if config.classifier.model else SHIPPED


def policy_file(config: Config, folder: Path) -> Path:
    """Where the policy in force lies."""
    return (
        folder / config.classifier.policy
        if config.classifier.policy
        else policies.HERE / "policy.toml"
    )


def assess_file(
    reader: Classifier,
    input_file: BinaryIO,
    answers: BinaryIO,
    *,
    all_scopes: bool,
    tell: ReportProgress,
) -> bool:
    """Answers every line that can be read, in order; False where some could not, each named."""
    whole = True

    def leave_out(line: classify_batch.Line, bug: Exception) -> None:
        nonlocal whole
        whole = False
        log_bug("a line", bug)
        tell(f"! the line with id {json.dumps(line.id)[:80]}: {of_a_bug(bug)}; left out")

    batch: list[classify_batch.Line] = []
    done, told_at = 0, time.monotonic()
    for line in itertools.chain(classify_batch.lines(input_file), [None]):
        if isinstance(line, InputError):
            tell(f"! {line}; left out")
            whole = False
        elif line is not None:
            batch.append(line)
        if batch and (line is None or len(batch) >= BATCH):
            for answer in _answers(reader, batch, all_scopes, leave_out):
                answers.write(answer.encode("utf-8") + b"\n")
            answers.flush()
            done += len(batch)
            batch.clear()
            if time.monotonic() - told_at > 1:
                tell(f"assessed {done}")
                told_at = time.monotonic()
    answers.flush()  # makes the file even where there was nothing to answer
    return whole


def _answers(
    reader: Classifier,
    lines: Sequence[classify_batch.Line],
    all_scopes: bool,
    give_up: Callable[[classify_batch.Line, Exception], None],
) -> Iterator[str]:
    for line, reading in _one_by_one(
        lambda part: reader.read(part, all_scopes=all_scopes), lines, give_up
    ):
        earned = risk(reading, reader.policy, followers=line.author.followers, shares=line.shares)
        yield classify_batch.answer(
            line, reading, earned, policy=reader.policy.version, model=reader.version
        )
