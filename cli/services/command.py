"""`mentions service`: installs the page and the schedule as services of the system."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from cli.base import SCRIPT, file_option, stop
from cli.services import installation, systemd, windows
from cli.services.installation import Installation
from core.progress import report_progress
from settings import schema
from settings.organisations import members

KINDS = ("systemd", "windows")
HERE = "windows" if sys.platform == "win32" else "systemd"

user_option = click.option(
    "--user", default="mentions", show_default=True, metavar="NAME",
    help="The account that it runs as; made where it is not there. Not on Windows, where each service has its own.",
)  # fmt: skip


@click.group("service")
@file_option
@click.pass_context
def service(ctx: click.Context, path: Path) -> None:
    """The review page and the schedule as services of the system: install, uninstall, status, run."""
    ctx.default_map = {name: {"path": path} for name in ("install", "run")}


@service.command("install")
@file_option
@user_option
@click.option("--dry-run", is_flag=True, help="Show what would be written and run, and do nothing.")
@click.option("--kind", type=click.Choice(KINDS), default=HERE, show_default=True, help="For --dry-run: whose services.")  # fmt: skip
@click.option("--winsw", type=click.Path(path_type=Path), help="On Windows: WinSW's file, copied beside each service.")  # fmt: skip
def install(path: Path, user: str, dry_run: bool, kind: str, winsw: Path | None) -> None:
    """Write the units and start them, now and with the machine. Run it again after an update."""
    described = _described(path, user)
    if dry_run:
        _show(described, kind)
    elif kind == "windows":
        windows.write(described, report_progress, winsw)
    else:
        _root_alone()
        systemd.install(described, report_progress)
        report_progress(
            "started. `mentions service status` says how they are; a first sign-in: "
            "`mentions service run user link admin`"
        )


@service.command("uninstall")
def uninstall() -> None:
    """Stop the services and remove their units. config.toml, data and the account stay."""
    if sys.platform == "win32":
        stop(r"packaging\windows\uninstall.ps1 does it, as an administrator")
    _root_alone()
    systemd.uninstall(report_progress)


@service.command("status")
def status() -> None:
    """Whether each service runs; exit status 1 where one does not."""
    if sys.platform == "win32":
        stop("`Get-Service mentions-*` says it")
    states = systemd.states()
    for name, state in states.items():
        click.echo(f"{name}: {state}")
    if any(state != "active" for state in states.values()):
        stop(
            "not all of them run: `journalctl -u mentions-serve -u mentions-schedule -n 50` says why"
        )


@service.command("run", context_settings={"ignore_unknown_options": True})
@file_option
@user_option
@click.argument("arguments", nargs=-1, required=True, type=click.UNPROCESSED)
def run(path: Path, user: str, arguments: tuple[str, ...]) -> None:
    """Run a command of this program as the service would: as its account, with its secrets. By root, on systemd."""
    if sys.platform == "win32":
        stop("on Windows run the command itself, as an administrator")
    _root_alone()
    systemd.must_run()
    sys.exit(systemd.run_command(systemd.as_service(_described(path, user), arguments)))


def _described(path: Path, user: str) -> Installation:
    program = (
        (str(SCRIPT),) if SCRIPT.exists() else (sys.executable, str(Path(sys.argv[0]).resolve()))
    )
    described = installation.of(schema.load(path), path, program=program, user=user)
    listed = [member for member in members(path) if member.slug and not member.wrong]
    return installation.with_organisations(described, [
        installation.of(schema.load(member.path), member.path, program=program, user=user) for member in listed
    ])  # fmt: skip


def _show(described: Installation, kind: str) -> None:
    if kind == "windows":
        for name, content in windows.descriptions(described).items():
            click.echo(f"# {described.folder / windows.FOLDER / name}\n{content}")
    else:
        for name, content in systemd.units(described).items():
            click.echo(f"# {systemd.UNITS / name}\n{content}")
        for command in (*systemd.preparing(described), *systemd.starting()):
            click.echo(f"$ {' '.join(command)}")


def _root_alone() -> None:
    if sys.platform != "win32" and os.geteuid() != 0:
        stop("only root installs services: run it with sudo, or look at it first with --dry-run")
