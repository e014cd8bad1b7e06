"""The commands that say how good a model is and put another in its place, and what thresholds should be.

Nothing here puts anything in force but `accept`, which somebody gives: a person decides everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from classify.classifier import Classifier
from classify.evaluation import report
from classify.evaluation.areas import load_areas
from classify.evaluation.edits import load_fillers
from classify.evaluation.workload import USUAL, Day
from classify.inputs import Known
from classify.policy import schema as policies
from cli.base import config_option, stop
from cli.context import command_context
from core import clock
from core.progress import report_progress
from core.text import visible
from settings import schema
from steps import assess, classifier
from steps.classifier import load_classifier
from tuning import backtest, evaluate, promotion, thresholds
from tuning.feedback import reviewed
from tuning.thresholds import table, write_policy


@click.group("policy")
@config_option
@click.pass_context
def policy(ctx: click.Context, path: Path) -> None:
    """What other thresholds would do, and which ones people's decisions suggest."""
    ctx.default_map = {name: {"path": path} for name in policy.commands}


@policy.command()
@config_option
@click.option(
    "--write", "to", type=click.Path(path_type=Path, dir_okay=False),
    help="Write the policy with the new thresholds into this new file; the current one stays.",
)  # fmt: skip
def suggest(path: Path, to: Path | None) -> None:
    """Say where thresholds should stand by what people confirmed and corrected."""
    with command_context(path, create=False) as context:
        reader = assess.classifier(context)
        decisions = reviewed(context, reader)
        if not decisions:
            click.echo("nobody has said yet of a flag whether it holds: nothing can follow")
            return
        came = policies.load(promotion.policy_of(context.config, context.folder))
        proposals = thresholds.proposals(decisions, reader.policy.flags, came.flags)
        for line in table(proposals):
            click.echo(line)
        if to and not any(proposal.moves for proposal in proposals):
            click.echo("no threshold moves: nothing was written")
        elif to:
            version = write_policy(context, proposals, to)
            click.echo(
                f"written: {to}, version {version}. Look at it with `mentions policy diff {to}`;"
            )
            click.echo('a person puts it in force: policy = "..." under [classifier] in site.toml')


@policy.command()
@config_option
@click.argument("new", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
@click.option(
    "--model", type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder with another model to compare.",
)  # fmt: skip
@click.option(
    "--days", default=30, show_default=True, type=click.IntRange(1, 366), help="How far back."
)
def diff(path: Path, new: Path | None, model: Path | None, days: int) -> None:
    """Show what another policy or model would have made of what was posted lately."""
    if new is None and model is None:
        raise click.UsageError("name a policy file, or a model with --model")
    with command_context(path, create=False) as context:
        at = context.at
        reader = assess.classifier(context)
        rules = policies.load(new) if new else reader.policy
        other = reader
        if model:
            other = load_classifier(context.config, context.folder, at, model=model, policy=rules)
        for line in backtest.backtest(context, reader, other, rules, at, days).lines():
            click.echo(line)


@click.command()
@config_option
@click.argument("candidate", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--policy", "rules", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The policy that the new model comes with, if it is another.",
)  # fmt: skip
@click.option(
    "--sets", type=click.Path(path_type=Path, exists=True, file_okay=False), default=promotion.SETS,
    show_default="those that ship", help="A folder with the fixed test sets: *.jsonl, and *.csv with tests of hate.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Measure it, and leave everything as it is.")
@click.option(
    "--by", default="", help="Who accepts it: kept beside the model; the events keep a fingerprint."
)
def accept(
    path: Path, candidate: Path, rules: Path | None, sets: Path, dry_run: bool, by: str
) -> None:
    """Put a new model in the place of the present one, if it is no worse on the fixed test sets."""
    if not dry_run and not by.strip():
        raise click.UsageError("name who accepts it with --by NAME, or look first with --dry-run")
    config, folder = schema.load(path), path.resolve().parent
    trial = promotion.trial(config, folder, candidate, rules, sets, clock.now(), report_progress)
    for line in trial.lines():
        click.echo(line)
    if not trial.passed:
        stop(
            "refused: it is worse than the present model, or not shown to be no worse; nothing was changed"
        )
    if not dry_run:
        for line in promotion.promote(config, folder, trial, by=by):
            click.echo(line)


def _elsewhere(path: Path, file: Path, options: Mapping[str, Any]) -> None:
    config, at, folder = schema.load(path), clock.now(), path.resolve().parent

    def reader(organisation: Known) -> Classifier:
        return load_classifier(config, folder, at, organisation=organisation)

    measured = evaluate.elsewhere(
        reader, classifier.known(config, at), file, load_areas(),
        all_scopes=options["all_scopes"], tell=report_progress,
    )  # fmt: skip
    click.echo(visible(measured.text()))
    if options["save"]:
        evaluate.save_elsewhere(measured, options["save"])
    if measured.beyond:
        stop(f"beyond the goals: {', '.join(measured.beyond)}")


@click.command("evaluate")
@config_option
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--task", help="Measure this head or flag on a CSV of text,label.")
@click.option("--all-scopes", is_flag=True, help="Flag content even where it is out of scope.")
@click.option(
    "--save", type=click.Path(path_type=Path, file_okay=False),
    help="A folder for figures.json and report.txt; no words of posts.",
)  # fmt: skip
@click.option("--peers", is_flag=True, help="Measure a TF-IDF baseline and other tools too.")
@click.option(
    "--edits", is_flag=True,
    help="Say instead how far edits that change nothing (typos, handles, a link ...) change the answers.",
)  # fmt: skip
@click.option(
    "--areas", is_flag=True,
    help="Say instead how the answers differ where the organisation's names are another's.",
)  # fmt: skip
@click.option("--words", is_flag=True, help="Show the masked words of the worst errors here.")
@click.option(
    "--volume", type=click.FloatRange(min=1), default=USUAL.volume, show_default=True,
    help="Mentions a day.",
)  # fmt: skip
@click.option(
    "--prevalence", type=click.FloatRange(0, 1), default=USUAL.prevalence, show_default=True,
    help="The share of a day's mentions that earn a flag.",
)  # fmt: skip
@click.option(
    "--budget", type=click.FloatRange(min=0), default=USUAL.budget, show_default=True,
    help="Items a day that the team can read.",
)  # fmt: skip
def evaluate_command(path: Path, file: Path, task: str | None, **options: Any) -> None:
    """Say how good the model is on labelled lines: see docs/measuring.md."""
    if task and (options["peers"] or options["words"]):
        raise click.UsageError("--peers and --words go with labelled mentions, not with --task")
    alone = [name for name in ("edits", "areas") if options[name]]
    if alone and (task or options["peers"] or options["words"] or len(alone) > 1):
        raise click.UsageError(f"--{alone[0]} goes alone, not with other measures")
    if options["areas"]:
        _elsewhere(path, file, options)
        return
    reader = load_classifier(schema.load(path), path.resolve().parent, clock.now())
    if task:
        figures = evaluate.task(reader, file, task, report_progress)
        click.echo(visible("\n".join(figure.line() for figure in figures)))
        if options["save"]:
            evaluate.save_task(figures, options["save"])
        return
    if options["edits"]:
        robustness = evaluate.robustness(
            reader, file, load_fillers(), all_scopes=options["all_scopes"], tell=report_progress
        )
        click.echo(visible(robustness.text()))
        if options["save"]:
            evaluate.save_robustness(robustness, options["save"])
        return
    day = Day(volume=options["volume"], prevalence=options["prevalence"], budget=options["budget"])
    measured = evaluate.everything(
        reader,
        file,
        day,
        all_scopes=options["all_scopes"],
        others=options["peers"],
        tell=report_progress,
    )
    # ids and masked words are strangers': nothing of them may steer a terminal
    click.echo(visible(report.text(measured, words=options["words"])))
    if options["save"]:
        evaluate.save(measured, options["save"])
