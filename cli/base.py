"""What every command shares: --config, one line for an error, and the exit status. It loads no step."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NoReturn

import click
from click.core import ParameterSource

from core import logs
from core.errors import ConfigError, MentionsError
from core.progress import Line, SettingsLine, report_progress
from settings.shipped import has_settings, shipped_config
from settings.systemd import keeps_what_is_written

NOBODY_SIGNED_IN = 2**32 - 1  # as the kernel has it of what no session began
SCRIPT = Path(sys.executable).with_name(
    "mentions.exe" if sys.platform == "win32" else "mentions"
)  # where pip puts it


class Commands(click.Group):
    """Our own errors print as one line and exit with 1; a bug prints its traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except MentionsError as error:
            stop(str(error), of_settings=isinstance(error, ConfigError))
        except MemoryError:
            stop(
                "there is not enough memory: stop other programs, then run it again; nothing stored is lost"
            )
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                stop(f"{error.strerror}: make room on the disk, then run it again")
            if error.errno == errno.EPIPE or error.filename is None:
                raise  # click's to end quietly, or a bug
            stop(
                f"{error.filename}: {error.strerror}: check the path, its rights and the disk's space"
            )


def stop(why: str, *, of_settings: bool = False) -> NoReturn:
    """One line, and exit status 1. `of_settings`: it quotes the settings alone, and is shown as it is."""
    kind = SettingsLine if of_settings else Line
    report_progress(kind(f"mentions: {why}", why, logging.ERROR))
    sys.exit(1)


@dataclass(slots=True)
class LogOptions:
    """What the options of a command said of the log, before and behind its name."""

    verbose: int = 0
    quiet: int = 0
    form: logs.Form | None = None

    def take(self) -> None:
        """Keeps the log so from now on; what no option says is worked out, until config.toml says it."""
        fixed = {"level"} if self.verbose or self.quiet else set()
        fixed |= {"form"} if self.form else set()
        form = self.form or ("json" if keeps_what_is_written() else "text")
        level = max(logging.NOTSET, logging.INFO + 10 * (self.quiet - self.verbose))
        logs.configure(form, level, fixed=frozenset(fixed))


def with_log_options(command: click.Command) -> click.Command:
    """The command, and each below it, with -v, -q and --log-format."""
    if not any(parameter.name == "verbose" for parameter in command.params):
        command.params += [
            click.Option(["-v", "--verbose"], count=True, expose_value=False, callback=_log_option, help="Say more; -vv: what libraries say too."),
            click.Option(["-q", "--quiet"], count=True, expose_value=False, callback=_log_option, help="Say warnings and failures alone; -qq: failures."),
            click.Option(["--log-format"], type=click.Choice(["text", "json"]), expose_value=False, callback=_log_option,
                help="How the log is written; as [log] of config.toml says, or else JSON for a service and text for people."),
        ]  # fmt: skip
    if isinstance(command, click.Group):
        for each in command.commands.values():
            with_log_options(each)
    return command


def _log_option(
    context: click.Context, option: click.Parameter, value: int | logs.Form | None
) -> None:
    if not value:
        return
    options = context.find_root().ensure_object(LogOptions)
    if isinstance(value, str):
        options.form = value
    elif option.name == "verbose":
        options.verbose += value
    else:
        options.quiet += value
    if context.parent is not None:  # the program's own are taken as it begins
        options.take()


def config_option(command: click.decorators.FC) -> click.decorators.FC:
    """Every command takes --config."""
    return click.option(
        "--config", "path", type=click.Path(path_type=Path, dir_okay=False), default=Path("config.toml"),
        show_default=True, help="The file that says what is watched; site.toml beside it is laid over it.",
    )(command)  # fmt: skip


def config_or_shipped(path: Path) -> Path:
    """The config.toml that ships where nobody named a file and this folder has none."""
    source = click.get_current_context().get_parameter_source("path")
    if source is not ParameterSource.DEFAULT or has_settings(path):
        return path
    report_progress(f"there is no {path} here: the one that ships with this program is used")
    return shipped_config()


if sys.platform == "win32":

    def login() -> str:
        """Who runs this command: the account of the process, whatever the environment says."""
        return os.getlogin()

else:
    import pwd

    def login() -> str:
        """Who runs this command, as far as the system knows: the account, and who signed in behind it, as with sudo.

        Neither comes from the environment, which anybody sets.
        """
        runs = os.getuid()
        try:
            signed_in = int(Path("/proc/self/loginuid").read_text("ascii"))
        except (OSError, ValueError):  # no Linux, or a kernel that keeps none
            signed_in = runs
        if signed_in in (runs, NOBODY_SIGNED_IN):
            return _account(runs)
        return f"{_account(signed_in)} as {_account(runs)}"

    def _account(uid: int) -> str:
        try:
            return pwd.getpwuid(uid).pw_name
        except KeyError:  # no such account here, as in a container
            return str(uid)


def program(script: Path = SCRIPT) -> str:
    """How a person in this folder calls this program: `mentions` where their shell finds it, else its path."""
    if not script.exists() or shutil.which("mentions") == str(script):
        return "mentions"
    return str(script.relative_to(Path.cwd()) if script.is_relative_to(Path.cwd()) else script)


def same_file(input_file: BinaryIO, answers: BinaryIO) -> bool:
    """Whether two names lead to one file."""
    input_path, other = (Path(str(getattr(file, "name", "-"))) for file in (input_file, answers))
    return input_path.is_file() and other.is_file() and input_path.samefile(other)
