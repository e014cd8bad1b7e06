"""The second step: what is unassessed is read; what earns a high risk raises an alert once it is in a case."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from classify.batch import Line
from classify.classifier import Classifier, add_impersonation_flags
from classify.policy.schema import Policy
from classify.risk import risk, risk_of
from collectors import terms
from core.models import Assessment, Author, Mention, Reading
from steps import inferences
from steps.bugs import log_bug, of_a_bug
from steps.classifier import load_classifier
from steps.classify_file import read_one_by_one
from steps.context import RunContext
from steps.unread import unread_assessment
from store import TRIES, NewRisk, Stored

BATCH = 256  # mentions assessed in one transaction
CHARACTERS = 100_000  # of them, so that nobody waits for 256 long texts; as many as 600 posts of the usual length
HISTORY = timedelta(
    minutes=10
)  # for which a cycle assesses again what an earlier policy or model did
BROKEN = (
    "assessing: the program can read nothing, not even a plain sentence: its model or its "
    "installation is broken, and everything waits"
)
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
        can_read = True
        for piece in _pieces(part):
            can_read = _assess_part(context, classifier, piece)
            done += len(piece)
            context.report_progress(f"assessed {done} of {max(done, total)}")
            after_part()
            if not can_read:
                break
        if not can_read:
            break
    _reach(
        context, policy, classifier.version, since=at if history == timedelta() else None
    )  # fmt: skip
    return done


def _pieces(part: Sequence[Stored]) -> Iterator[list[Stored]]:
    """A part as it is, or where it is long in pieces of up to CHARACTERS or one post, the shortest first.

    Whoever writes 40,000 characters delays nobody.
    """
    if sum(len(stored.mention.text) for stored in part) <= CHARACTERS:
        yield list(part)
        return
    piece: list[Stored] = []
    characters = 0
    for stored in sorted(part, key=lambda stored: len(stored.mention.text)):
        characters += len(stored.mention.text)
        if piece and characters > CHARACTERS:
            yield piece
            piece, characters = [], len(stored.mention.text)
        piece.append(stored)
    if piece:
        yield piece


def _assess_part(context: RunContext, classifier: Classifier, part: Sequence[Stored]) -> bool:
    """Assesses a part: together what failed never, alone what did, so that a post that ends the program names itself.

    Whether the program can read at all.
    """
    tries = context.store.assessments.failed_tries(
        part, classifier.policy.version, classifier.version
    )
    # fewest tries first: whoever stops the program again and again does so at one post after another
    again = sorted(
        (stored for stored in part if stored.number in tries), key=lambda s: tries[s.number]
    )
    if not _assess_together(context, classifier, [s for s in part if s.number not in tries]):
        return False
    if again and not _can_read(classifier):
        context.failed(BROKEN)
        return False
    for stored in again:
        if tries[stored.number] > TRIES:  # among others, and then twice alone, no answer came back
            context.failed(
                f"mention {stored.number} could not be assessed: the program ended while it was read"
            )
            keep(context, [_not_read(context, classifier, stored)])
        elif not _assess_together(context, classifier, [stored], tries[stored.number]):
            return False
    return True


def _assess_together(
    context: RunContext, classifier: Classifier, batch: Sequence[Stored], tries: int = 0
) -> bool:
    """Reads and keeps; `tries`: how often these failed before. Whether the program can read at all.

    A try is counted before it begins: a post can end the program (it takes all memory, a library crashes), which then
    counts nothing any more. It is taken back where it did not fail.
    """
    store, policy, model = context.store.assessments, classifier.policy.version, classifier.version
    tripped: list[Stored] = []
    store.begin_reading(batch, policy, model, context.at)
    try:
        assessments = _assessments(context, classifier, batch, tripped)
    except BaseException:  # stopped by a person, or a bug of this program
        store.end_reading(batch, policy, model, was_read=False)
        raise
    can_read = not tripped or _can_read(classifier)
    known = {assessment.mention for assessment in assessments}
    store.end_reading([s for s in batch if s.number in known], policy, model, was_read=True)
    if not can_read:
        store.end_reading(tripped, policy, model, was_read=False)
        context.failed(BROKEN)
    elif tries + 1 >= TRIES:
        assessments += [_not_read(context, classifier, stored) for stored in tripped]
    keep(context, assessments)
    return can_read


def keep(context: RunContext, assessments: Sequence[Assessment]) -> None:
    """Stores what was said of posts, without what terms forbid and what somebody wrote who objected."""
    not_kept = terms.no_staff() | frozenset(context.config.classifier.staff_not_kept)
    allowed = _without_objected(context, assessments)
    context.store.assessments.add(allowed, staff_not_kept=not_kept)


def _without_objected(context: RunContext, assessments: Sequence[Assessment]) -> list[Assessment]:
    """Lets go of what somebody wrote who objected, unless it is a high risk; the assessments of what stays."""
    objections = context.store.objections
    waiting = objections.waiting([assessment.mention for assessment in assessments])
    if not waiting:
        return list(assessments)
    high = {each.mention for each in assessments if each.mention in waiting and each.risk == "high"}
    gone = objections.settle(sorted(high), sorted(waiting - high), at=context.at)
    return [assessment for assessment in assessments if assessment.mention not in gone]


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
    context: RunContext, classifier: Classifier, batch: Sequence[Stored], tripped: list[Stored]
) -> list[Assessment]:
    """What is said of each that could be read; what could not is added to `tripped`."""

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
    return [
        Assessment(
            mention=stored.number, revision=stored.revision, policy=classifier.policy.version,
            model=classifier.version, reading=as_kept(context, reading, stored.mention, classifier.policy), at=context.at,
            risk=risk(
                reading, classifier.policy, followers=stored.mention.author.followers,
                shares=stored.mention.metrics.get("shares"),
            ),
        )
        for stored, reading in known
    ]  # fmt: skip


def as_kept(context: RunContext, reading: Reading, mention: Mention, policy: Policy) -> Reading:
    """What may be kept of it, by the terms of its platform and by the settings."""
    allowed = inferences.without_forbidden(reading, mention.platform)
    return inferences.without_staff(
        allowed, mention.platform, mention.kind, policy, context.config.classifier.staff_not_kept
    )


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


def _not_read(context: RunContext, classifier: Classifier, stored: Stored) -> Assessment:
    """High and `unread`, which the page says, until another model reads it."""
    context.failed(
        f"mention {stored.number} was not read: it stands on the page as not read, with a high risk"
    )
    return unread_assessment(
        stored, policy=classifier.policy.version, model=classifier.version, at=context.at
    )


def _reach(context: RunContext, policy: Policy, model: str, since: datetime | None) -> None:
    """New followers or shares may raise a risk without a new reading of the text; of what was seen `since`.

    None: of all that was seen since that was last done of all.
    """
    assessments = context.store.assessments
    known = since or assessments.reach_told(policy.version, model, context.at)
    changed = [
        NewRisk(
            mention=old.mention, revision=old.revision, policy=old.policy, model=old.model, at=context.at,
            followers=old.followers, shares=old.shares,
            risk=risk_of(
                old.flags, policy, staff=old.staff, in_scope=old.in_scope, sentiment=old.sentiment,
                protected=old.protected, followers=old.followers, shares=old.shares,
            ),
        )
        for old in assessments.needing_new_risk(policy.version, model, known)
    ]  # fmt: skip
    assessments.add_risks(changed)
    if since is None:
        assessments.tell_reach(policy.version, model, context.at)


def classifier(context: RunContext) -> Classifier:
    """The classifier in force, with the run's policy. Raises ConfigError, ModelError."""
    return load_classifier(context.config, context.folder, context.at, policy=context.policy)
