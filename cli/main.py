"""The program `mentions`: its commands by name, each loaded when it is called.

`classify` on a file must answer at once, and the steps, the platforms' libraries and the page take longer
than that: the list of commands takes 0.05 s and 5 MB, and all commands 3.1 s and 223 MB.
"""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from io import TextIOWrapper

import click

from cli.base import Commands, LogOptions, with_log_options
from core import logs


@dataclass(frozen=True, slots=True)
class LazyCommand:
    """Where a command stands, and the first line of its help, which the list of commands shows."""

    path: str
    summary: str


COMMANDS: Mapping[str, LazyCommand] = {
    "accept": LazyCommand(
        "cli.model:accept",
        "Put a new model in the place of the present one, if it is no worse on the fixed test sets.",
    ),
    "accounts": LazyCommand(
        "cli.sources:accounts_command",
        "Look for accounts in the organisation's name now, whenever it was last done.",
    ),
    "backup": LazyCommand(
        "cli.data:backup",
        "Write an encrypted copy of the database, where nothing is yet.",
    ),
    "check": LazyCommand(
        "cli.check:check",
        "Is everything there that the settings name, and does it answer? One line each, with the mend.",
    ),
    "classify": LazyCommand(
        "cli.classify:classify",
        "Assess what is unassessed in the store, a file, or a catalogue of many files.",
    ),
    "clock": LazyCommand(
        "cli.data:clock_command",
        "Whether this machine's clock can be right; `confirm` says that it is.",
    ),
    "collect": LazyCommand(
        "cli.sources:collect_command", "Fetch new mentions from every source that is on."
    ),
    "config": LazyCommand(
        "cli.config:config_",
        "Say what holds of each setting and why, what a newer version brings; write a site's own settings.",
    ),
    "connect": LazyCommand(
        "cli.sources:connect_command", "Grant a source access to its platform, in a browser."
    ),
    "counts": LazyCommand(
        "cli.region:counts_command",
        "Write the counts by day that an organisation gives to its region, as the schedule does each morning.",
    ),
    "deliver": LazyCommand(
        "cli.run:deliver_command", "Send what is due now, whatever else goes on."
    ),
    "demo": LazyCommand(
        "cli.demo:demo",
        "A full cycle against stand-ins on this machine: no credentials, no network.",
    ),
    "disclose": LazyCommand(
        "cli.rights:disclose",
        "Write what is held of a person as a page and as JSON, other people masked. Read it before you send it.",
    ),
    "erase": LazyCommand(
        "cli.rights:erase",
        "Erase all that an account wrote, or single posts, and prove that it is gone. It stays erased after a restore.",
    ),
    "evaluate": LazyCommand(
        "cli.model:evaluate_command",
        "Say how good the model is on labelled lines: see docs/measuring.md.",
    ),
    "export": LazyCommand(
        "cli.export:export_command",
        "Write mentions, flags, decisions or the evidence pack of a case to a file; who, what and why is recorded.",
    ),
    "governance": LazyCommand(
        "cli.governance:governance",
        "The papers that governance signs, written from the settings in force, and what is missing of them.",
    ),
    "find": LazyCommand(
        "cli.rights:find",
        "Find what is held of a person, by what they wrote or where they are mentioned. It decrypts everything, and is recorded.",
    ),
    "hold": LazyCommand(
        "cli.rights:hold",
        "Ask that posts be kept from purge and erasure, with a reason and an end; or end that.",
    ),
    "import": LazyCommand(
        "cli.sources:import_command",
        "Take in JSONL, CSV or XLSX exported from another listening tool, or the answers of a back catalogue.",
    ),
    "init": LazyCommand(
        "cli.init:init",
        "Ask for a site's own settings, and write them, the key and the database. What is there stays.",
    ),
    "moderate": LazyCommand(
        "cli.sources:moderate_command",
        "Hide, hold or remove what somebody posted on a page of ours, by its number.",
    ),
    "new-key": LazyCommand(
        "cli.data:new_key",
        "Make the key that seals personal fields, where the settings say, unless it is there.",
    ),
    "note": LazyCommand(
        "cli.sources:note_command",
        "Note by hand a pin or a post from a place that no source can read.",
    ),
    "object": LazyCommand(
        "cli.rights:object_",
        "Take in nothing more of an account that objected, unless it is a high risk. The list holds hashes alone.",
    ),
    "pins": LazyCommand(
        "cli.sources:pins_command",
        "Show our own pins on Pinterest as they are now, most comments first; nothing of it is kept.",
    ),
    "policy": LazyCommand(
        "cli.model:policy",
        "What other thresholds would do, and which ones people's decisions suggest.",
    ),
    "purge": LazyCommand(
        "cli.data:purge",
        "Remove what must go, and prove that it is gone. Where it is much of the store, a lead is asked first.",
    ),
    "recheck": LazyCommand(
        "cli.sources:recheck_command",
        "Look again at what is stored: is it still there, edited, gone, hidden?",
    ),
    "rectify": LazyCommand(
        "cli.rights:rectify",
        "Put something right of a post for the person it is about; what stood there stays with it, struck through.",
    ),
    "region": LazyCommand(
        "cli.region:region_command",
        "Counts of the organisations of a region, of the last four whole weeks: never words. Small ones are hidden.",
    ),
    "report": LazyCommand(
        "cli.report:report_command",
        "Show the morning list, or write the full daily list or the summary of a week, month or quarter.",
    ),
    "restore": LazyCommand("cli.data:restore", "Bring a backup back, where no database is."),
    "restore-trial": LazyCommand(
        "cli.data:restore_trial",
        "Try the newest backup by a restore into a folder that goes afterwards, as the schedule does each week.",
    ),
    "rotate-keys": LazyCommand(
        "cli.data:rotate_keys",
        "Seal everything again under the first key, so that the old one can be thrown away.",
    ),
    "rules": LazyCommand(
        "cli.sources:rules_command", "Show what each rule means, and what it would have matched."
    ),
    "run": LazyCommand(
        "cli.run:run", "One full cycle: collect, assess, alert, deliver what is due."
    ),
    "schedule": LazyCommand(
        "cli.run:schedule", "Everything at its time, in the foreground. Ctrl-C stops it."
    ),
    "serve": LazyCommand("cli.serve:serve", "The review page, in the foreground. Ctrl-C stops it."),
    "status": LazyCommand(
        "cli.status:status",
        "How the program is: exit status 0 if it is well, 1 if something failed, 2 if nothing gets through.",
    ),
    "service": LazyCommand(
        "cli.services.command:service",
        "The review page and the schedule as services of the system: install, uninstall, status, run.",
    ),
    "train": LazyCommand(
        "cli.train:train", "Make a model (needs the extra `train`: see docs/training.md)."
    ),
    "upgrade": LazyCommand(
        "cli.upgrade:upgrade_command",
        "Back up, bring the database up to this version, check it, and go back where anything fails. Stop the services first.",
    ),
    "user": LazyCommand(
        "cli.serve:user",
        "Who may use the review page: add HANDLE, list, link HANDLE (a new password), off, on, reset-step (who lost their telephone), roles.",
    ),
    "verify": LazyCommand(
        "cli.data:verify",
        "Is the database whole, is every row as the program left it, and is the chain of its events unbroken?",
    ),
}


def load_command(name: str) -> click.Command:
    """One of COMMANDS, with all that it needs."""
    command = pkgutil.resolve_name(COMMANDS[name].path)
    assert isinstance(command, click.Command)
    return with_log_options(command)


class LazyGroup(Commands):
    """The commands of COMMANDS; the list of them loads none."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return load_command(cmd_name) if cmd_name in COMMANDS else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = formatter.width - 6 - max(len(name) for name in COMMANDS)
        with formatter.section("Commands"):
            formatter.write_dl(
                [
                    (name, click.Command(name, help=command.summary).get_short_help_str(width))
                    for name, command in sorted(COMMANDS.items())
                ]
            )


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="nwl-mentions")
@click.pass_context
def cli(context: click.Context) -> None:
    """Watches what is said of the organisation in public, for a person to decide."""
    context.ensure_object(LogOptions).take()


with_log_options(cli)


def main() -> None:
    """The entry point of `mentions`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that can't show a sign shows a ?
    logs.hook_bugs()
    cli()
