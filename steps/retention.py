"""What must go, goes: deleted upstream, past its time, past a platform's own limit; and it is proved."""

from __future__ import annotations

from datetime import timedelta

from collectors import terms
from core import clock
from steps import safeguards, soundness
from steps.context import RunContext
from store import Early


def apply_platform_terms(context: RunContext) -> None:
    """Purges at once where something lies longer than its platform lets it: a night would be too late."""
    if not safeguards.clock_is_right(context, context.at, "platforms' terms"):
        return
    let_lists_go(context)
    context.store.retention.end_unanswered(context.at)
    bounds = (terms.limits(), terms.profiles(), terms.longest(), terms.gone_within())
    if context.store.retention.overdue(context.at, *bounds):
        purge(context)


def let_lists_go(context: RunContext) -> None:
    """Removes daily lists of before `daily_kept_days`: their masked words are content too.

    Lists that were written elsewhere by `report --output` are their owner's to remove.
    """
    oldest = (context.at - timedelta(days=context.config.reports.daily_kept_days)).timestamp()
    gone = 0
    for path in (context.folder / context.config.reports.folder).glob("daily-????-??-??.html"):
        try:
            if path.stat().st_mtime <= oldest:
                path.unlink()
                gone += 1
        except OSError as error:
            context.failed(f"{path.name} can't be removed ({error.strerror}): remove it by hand")
    if gone:
        context.report_progress(
            f"{gone} daily list{'s were' if gone > 1 else ' was'} old enough to go"
        )


def purge(context: RunContext) -> None:
    """Removes it, says how much of what went, and names whatever is not proved gone.

    Nothing goes while the clock is doubted; where much would go, a lead is asked first.
    """
    if not safeguards.clock_is_right(context, context.at, "purge"):
        return
    if context.store.maintenance.damaged_since() is not None:
        soundness.tell(context)
        context.report_progress("purge: not done while the database is damaged")
        return
    let_lists_go(context)
    retention = context.config.retention
    days: dict[str, timedelta] = {"default": timedelta(days=retention.days)}
    days |= {platform: timedelta(days=number) for platform, number in retention.platforms.items()}
    proof = context.store.retention.purge(
        context.at,
        days,
        deleted_after=timedelta(hours=retention.deleted_after_hours),
        limits=terms.limits(),
        profiles=terms.profiles(),
        longest=terms.longest(),
        gone_within=terms.gone_within(),
        early=Early(
            set_aside=timedelta(days=retention.no_action_days),
            out_of_scope=timedelta(days=retention.out_of_scope_days),
            positive=timedelta(days=retention.positive_days),
            children=timedelta(days=retention.children_days),
        ),
        records=timedelta(days=retention.decision_records_days),
        views=timedelta(days=retention.access_days),
    )
    gone = ", ".join(f"{count} {reason}" for reason, count in proof.gone.items() if count)
    context.report_progress(
        f"purged: {gone or 'nothing was due'}"
        + (f"; {proof.held_back} held back by a hold" if proof.held_back else "")
        + (f"; {proof.left_for_later} more go with the next purges" if proof.left_for_later else "")
    )
    if proof.waits:
        tell_question(context)
    for place, left in proof.left.items():
        if left:
            context.report_progress(f"left in {place}: {left}")
    if not proof.proved:
        why = "; ".join(proof.trouble) or "see what is left, above"
        context.failed(f"the purge is not proved: {why}; run it again")
    else:
        context.report_progress(
            f"proved: nothing that went is left in any of {len(proof.left)} places; {proof.sought} "
            "fragments of its words were sought in the bytes of the files, and none was found"
        )


def tell_question(context: RunContext) -> None:
    """Names a purge that waits for a lead, with its counts by reason and how to answer."""
    question = context.store.purge_questions.waiting()
    if question is None:
        answered = context.store.purge_questions.answered(context.at)
        if answered is not None and answered.until is not None:
            context.report_progress(
                f"much is due and stays, as a lead said: asked again on {clock.local(answered.until)}"
            )
        return
    counts = ", ".join(f"{count:,} {reason}" for reason, count in question.counts.items())
    context.failed(
        f"{safeguards.question_line(question)} ({counts}) They stay until then: a lead answers in the page under Backups and deletion, or "
        f"`mentions purge --agree {question.posts}` or `--decline`"
    )
