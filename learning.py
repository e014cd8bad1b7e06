"""Learning from what people decided: thresholds that follow it, rows to train on, models that replace another.

Nothing here puts anything in force but `accept`, which somebody gives: a person decides everything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import accepting
import assessing
import clock
import config
import hindsight
import terms
from classify import decided, following, marks, policy_text
from classify import policy as policies
from classify.assess import Classifier
from classify.following import Proposal, Reviewed
from classify.policy import Policy
from commands import at_work, config_option, stop, tell
from errors import InputError
from house import House
from judging import judged
from mention import Reading

if TYPE_CHECKING:
    from store import Item, Judgement, Stored

# what marks are put on, where the words don't count
NOTHING = Reading(
    in_scope=False, staff="no", sentiment="neutral", language="", read="full", flags=(), masked=""
)  # fmt: skip


# ── thresholds ───────────────────────────────────────────────────────────────────────────────────


def reviewed(house: House, reader: Classifier) -> list[Reviewed]:
    """What people said of flags, with the score that the model in force gives each.

    In decisions, and blind of samples that nobody had flagged: only those show what a threshold misses.

    Copies of a story count once for each flag, by the last word on any of them. Left out: our own
    posts and what could not be read in full, which other rules decide; a flag that can't hold of a mention
    whatever its score; and a flag that a profile or a picture put on, not the words. A mention that
    carried a flag when somebody judged it is no chance find, though the model in force gives it none.
    """
    found: dict[tuple[str, str], Reviewed] = {}
    for judgement, stored in judged(house, reader.policy.flags):
        if stored.mention.own:
            continue
        with house.going_on(f"mention {stored.number}"):
            ((reading, scores),) = reader.weigh([stored.mention])
            if reading.read != "full":
                continue
            put_on = _put_on(stored, reader.policy)
            for flag, held in judgement.labels.items():
                if flag in scores and flag not in put_on:
                    unflagged = not (judgement.flagged or reading.flags or put_on)
                    found[judgement.story, flag] = Reviewed(flag, scores[flag], held, unflagged)
    return list(found.values())


def _put_on(stored: Stored, rules: Policy) -> set[str]:
    """The flags that marks put on a mention, whatever its words say."""
    return {flag.name for flag in marks.marked(NOTHING, stored.mention.matched, rules).flags}


def table(found: Sequence[Proposal]) -> Iterator[str]:
    """Line by line: each threshold as it is and as it should be, what that rests on, and why."""
    yield (
        f"{'flag':<17}{'now':>5}{'then':>7}{'held':>7}{'not':>6}{'unflagged':>11}{'missed':>8}"
        f"   {'costs balance at':<18}{'sure':>5}"
    )
    for one in found:
        decisions = one.held + one.refused
        where = f"{one.low:.2f} to {one.high:.2f}" if decisions else ""
        sure = f"{one.sure:.0%}" if one.moves else ""
        yield (
            f"{one.flag:<17}{one.now:5.2f}{one.threshold:7.2f}{one.held:7}{one.refused:6}"
            f"{one.unflagged:11}{one.missed:8}   {where:<18}{sure:>5}   {one.why}"
        )
    yield ""
    yield f"The shipped threshold of a flag weighs as much as {following.PRIOR} decisions. Copies of a story count once."
    yield "Mostly what was flagged is reviewed: only decisions on mentions without a flag tell what is missed."
    yield (
        "Only what was said of a flag counts: where people write down what is wrong and not what is right, "
        "or what they add and not what they looked at in vain, these figures mislead."
    )


def write_policy(house: House, found: Sequence[Proposal], to: Path) -> str:
    """Writes the policy in force with the proposed thresholds and a version of its own, which it returns.

    Raises InputError where the file is there already, ConfigError where the policy can't be rewritten.
    """
    text = assessing.policy_file(house.cfg, house.folder).read_bytes().decode("utf-8")
    now = assessing.policy(house.cfg, house.folder).version
    version = policy_text.next_version(now, f"{clock.local_day(clock.now()):%Y%m%d}")
    moved = {one.flag: one.threshold for one in found if one.moves}
    changed = policy_text.rewritten(text, moved, version)
    try:
        with to.open("x", encoding="utf-8", newline="") as file:
            file.write(changed)
    except FileExistsError as error:
        raise InputError(f"{to} is there already: name another file") from error
    return version


# ── rows to train on ─────────────────────────────────────────────────────────────────────────────


def decided_rows(house: House) -> list[dict[str, Any]]:
    """What reviewers judged, as `decided.row` gives it, one of each story; what was left out is told."""
    rules = assessing.policy(house.cfg, house.folder)
    rows: dict[str, dict[str, Any]] = {}
    left: Counter[str] = Counter()
    telling: set[str] = set()  # stories: the same words stand in every copy
    for judgement, stored in judged(house, rules.flags):
        item, sources = house.store.item(stored.number), house.store.found_by(stored.number)
        if _identifies(judgement, stored, item):
            telling.add(judgement.story)
        why = _left_out(house, judgement, stored, item, sources)
        if why or item is None:
            left[why] += 1
            continue
        put_on = _put_on(stored, rules)  # by a profile or a picture: the words don't show it
        said = decided.Said(
            number=stored.number, version=judgement.version, platform=stored.mention.platform,
            sources=sources, masked=item.masked, blanked=item.masked != stored.mention.text,
            described=bool(stored.mention.author.bio.strip()),
            labels={flag: held for flag, held in judgement.labels.items() if flag not in put_on},
        )  # fmt: skip
        row = decided.row(said, rules.flags)
        if row is None:
            left["nothing that can be learnt was said of it"] += 1
        else:
            rows[judgement.story] = row
    for story in telling & set(rows):
        del rows[story]
        left["a copy of it identifies somebody, and masking did not see it"] += 1
    house.tell(f"{len(rows)} mentions that people decided on can be learnt from")
    for why, count in sorted(left.items()):
        house.tell(f"left out {count}: {why}")
    return list(rows.values())


def _identifies(judgement: Judgement, stored: Stored, item: Item | None) -> bool:
    """A person said that it identifies somebody, and nothing shows that masking blanked what does."""
    if not judgement.labels.get("pid", False):
        return False
    if item is None or item.revision != stored.revision or item.masked == stored.mention.text:
        return True
    return not any(flag.name == "pid" for flag in item.flags)


def _left_out(
    house: House, judgement: Judgement, stored: Stored, item: Item | None, sources: Sequence[str]
) -> str:
    """Why a mention may not be learnt from; empty where it may."""
    from store.mentions import BY_HAND  # here, since the store brings pandas

    mention = stored.mention
    if terms.forbids(mention.platform, "training"):
        return f"terms give no leave ({mention.platform})"
    if not set(sources) - BY_HAND:
        return "noted or imported by hand: whose terms hold isn't known"
    if mention.kind in ("report", "profile"):
        return "it quotes somebody else, or is a profile"
    if mention.own or mention.hidden:
        return "our own, or hidden from the public"
    if item is None or item.revision != stored.revision or item.read != "full":
        return "not assessed as it stands, or not read in full, so that it is not surely masked"
    if house.store.on_hold(stored.number, clock.now()):
        return "a hold keeps it, for its own purpose alone"
    if _identifies(judgement, stored, item):
        return "it identifies somebody, and masking did not see it"
    return ""


# ── commands ─────────────────────────────────────────────────────────────────────────────────────


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
    help="Write the policy with the new thresholds into this new file; nothing is put in force.",
)  # fmt: skip
def suggest(path: Path, to: Path | None) -> None:
    """Say where thresholds should stand by what people confirmed and corrected."""
    with at_work(path, create=False) as house:
        reader = assessing.classifier(house.cfg, house.folder, clock.now())
        decisions = reviewed(house, reader)
        if not decisions:
            click.echo("nobody has said yet of a flag whether it holds: nothing can follow")
            return
        came = policies.load(accepting.policy_of(house.cfg, house.folder))
        found = following.proposals(decisions, reader.policy.flags, came.flags)
        for line in table(found):
            click.echo(line)
        if to and not any(one.moves for one in found):
            click.echo("no threshold moves: nothing was written")
        elif to:
            version = write_policy(house, found, to)
            click.echo(
                f"written: {to}, version {version}. Look at it with `mentions policy diff {to}`;"
            )
            click.echo(
                'a person puts it in force: policy = "..." under [classifier] in config.toml'
            )


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
    with at_work(path, create=False) as house:
        at = clock.now()
        reader = assessing.classifier(house.cfg, house.folder, at)
        rules = policies.load(new) if new else reader.policy
        other = reader
        if model:
            other = assessing.classifier(house.cfg, house.folder, at, model=model, rules=rules)
        for line in hindsight.look_back(house, reader, other, rules, at, days).lines():
            click.echo(line)


@click.command()
@config_option
@click.argument("candidate", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--policy", "rules", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The policy that the new model comes with, if it is another.",
)  # fmt: skip
@click.option(
    "--sets", type=click.Path(path_type=Path, exists=True, file_okay=False), default=accepting.SETS,
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
    cfg, folder = config.load(path), path.resolve().parent
    trial = accepting.trial(cfg, folder, candidate, rules, sets, clock.now(), tell)
    for line in trial.lines():
        click.echo(line)
    if not trial.passed:
        stop(
            "refused: it is worse than the present model, or not shown to be no worse; nothing was changed"
        )
    if not dry_run:
        for line in accepting.install(cfg, folder, trial, by=by):
            click.echo(line)


COMMANDS = (policy, accept)
