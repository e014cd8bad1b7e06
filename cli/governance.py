"""`mentions governance`: the papers that have to be signed, written from what is in force, and what is missing of what governance answers for."""

from __future__ import annotations

from pathlib import Path

import click

from cli import check as checking
from cli.base import config_option
from cli.context import command_context
from reports import rendering
from reports.papers import pack as papers
from reports.papers.facts import gather
from review.auth import two_people
from review.auth.users import MAY
from settings import schema
from steps import model_files


@click.group("governance")
@config_option
@click.pass_context
def governance(ctx: click.Context, path: Path) -> None:
    """The papers that governance signs, written from the settings in force, and what is missing of them."""
    ctx.obj = path


@governance.command("pack")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The folder to write to; files of the same names are replaced.",
)
@click.option(
    "--config",
    "own",
    type=click.Path(dir_okay=False, path_type=Path),
    help="As before the word pack.",
)
@click.option("--pdf", "as_pdf", is_flag=True, help="As PDFs too.")
@click.pass_obj
def pack(path: Path, output: Path, as_pdf: bool, own: Path | None) -> None:
    """Write the DPIA, the notices, the retention schedule and the other papers to a folder."""
    with command_context(own or path, create=False) as context:
        facts = gather(
            context.config,
            context.policy,
            context.store.users.all(),
            may=MAY,
            model=model_files.installed_version(context.config, context.folder),
            read_by=context.store.workload.reading_models(),
            at=context.at,
            by_command={
                int(event.about["user"]) for event in context.store.second_people.not_seen()
            },
            shared=two_people.shared(context.config, context.store.users.all()),
        )
        names = []
        for name, content in papers.files(facts, as_pdf=as_pdf):
            rendering.write(output / name, content)
            names.append(name)
        click.echo(f"written: {len(names)} papers to {output}")
        lacking = [what for what, value in facts.gate if not value]
        if lacking:
            click.echo(f"not there yet: {'; '.join(lacking)}")


@governance.command("check")
@click.option(
    "--config",
    "own",
    type=click.Path(dir_okay=False, path_type=Path),
    help="As before the word check.",
)
@click.pass_obj
def check(path: Path, own: Path | None) -> None:
    """What is missing of what governance answers for: one line each, with the mend. Nothing is asked of anybody."""
    file = own or path
    checking.say(checking.checks_of_governance(schema.load(file), file.resolve().parent))
