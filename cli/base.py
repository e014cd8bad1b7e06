"""What every command shares: --config, one line for an error, and the exit status. It loads no step."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial, wraps
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, ParamSpec

import click
from click.core import ParameterSource

from core import acting, logs
from core.errors import ConfigError, MentionsError
from core.progress import Line, SettingsLine, report_progress
from settings import organisations
from settings.shipped import has_settings, shipped_config
from settings.systemd import keeps_what_is_written

P = ParamSpec("P")
_MEANT = "mentions.organisation"  # of a group of commands, for the one that is called
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


def config_option(command: Callable[P, None]) -> Callable[P, None]:
    """Every command takes --config and --organisation, and is called with the file of the one organisation that they mean.

    Where an installation has several and none is named, the command says which there are and does nothing.
    """
    return _options(command, lambda call, path, slug: call(path=organisation_path(path, slug)))


def every_organisation(command: Callable[P, None]) -> Callable[P, None]:
    """The same for what is done for each organisation in turn where none is named. One that fails holds up no other."""
    return _options(command, _in_turn)


# What no program of ours calls, so that its record says who ran it; with all that is done in the name of whoever --by names.
_BY_HAND = frozenset(("purge", "clock", "backup", "restore", "rotate-keys"))


def _options(
    command: Callable[P, None], choose: Callable[[Callable[..., None], Path, str], None]
) -> Callable[P, None]:
    @wraps(command)
    def chosen(*args: Any, **kwargs: Any) -> None:
        context = click.get_current_context()
        slug = kwargs.pop("of_organisation", "") or context.meta.get(_MEANT, "")
        if isinstance(context.command, click.Group):  # what comes after it asks for itself
            context.meta[_MEANT] = slug
            command(*args, **kwargs)
            return
        path: Path = kwargs.pop("path")
        named = "by" in kwargs or context.command.name in _BY_HAND
        runs = login() if named else ""
        with acting.at_the_machine(runs):
            choose(partial(command, *args, **kwargs), path, slug)

    return file_option(organisation_option(chosen))


LOGGED = (
    "run",
    "deliver",
)  # commands that say what they do in the log, whose lines name the organisation


def _in_turn(call: Callable[..., None], path: Path, slug: str) -> None:
    listed = {} if slug else _listed(path)
    if not listed:
        call(path=organisation_path(path, slug))
        return
    failed = []
    for member in organisations.members(path):
        with logs.for_organisation(member.slug):
            if not _goes_well(call, member):
                failed.append(member.slug)
    if failed:
        stop(f"{len(failed)} of the organisations failed: {', '.join(failed)}: see the lines above")


def _goes_well(call: Callable[..., None], member: organisations.Member) -> bool:
    """Whether a command reached its end for one organisation. What failed is told; a bug too costs only that one."""
    if click.get_current_context().info_name in LOGGED:
        report_progress(Line(member.name or member.slug, "an organisation"))
    else:  # beside the lines that the command writes, wherever those go
        click.echo(f"{member.name or member.slug} ({member.slug})")
    try:
        if member.wrong:
            raise ConfigError(member.wrong)
        call(path=member.path)
    except MentionsError as error:
        kind = SettingsLine if isinstance(error, ConfigError) else Line
        report_progress(kind(f"! {error}", f"! {error}", logging.ERROR))
        return False
    except SystemExit as end:
        return not end.code
    except Exception as bug:
        logging.getLogger("mentions").critical("a bug in this program", exc_info=bug)
        return False
    return True


def _listed(path: Path) -> Mapping[str, organisations.Entry]:
    """The organisations of an installation; of a file that can't be read none, as each command says so in its own way."""
    try:
        return organisations.entries(path) if has_settings(path) else {}
    except ConfigError:
        return {}


def organisation_path(path: Path, slug: str) -> Path:
    """The file of one organisation of an installation; `path` itself where it is one organisation's alone.

    Raises ConfigError where none is named and there are several, or another than there are.
    """
    listed = _listed(path)
    if not listed and not slug:
        return path
    if not listed:
        raise ConfigError(
            f"{path} is one organisation's alone: leave --organisation out, or make another by `mentions init --organisation {slug}`"
        )
    if slug not in listed:
        names = ", ".join(listed)
        why = f"there is no organisation {slug} here" if slug else "there are several organisations here"  # fmt: skip
        raise ConfigError(f"{why}: say --organisation and one of {names}")
    member = next((each for each in organisations.members(path) if each.slug == slug), None)
    if member is None:
        raise ConfigError(f"{slug} is off: organisations.{slug}.on says so")
    if member.wrong:
        raise ConfigError(member.wrong)
    return member.path


def organisation_option(command: click.decorators.FC) -> click.decorators.FC:
    """--organisation: which of several."""
    return click.option(
        "--organisation", "of_organisation", default="", metavar="SHORT-NAME",
        help="Which of several organisations of this installation: its short name under [organisations].",
    )(command)  # fmt: skip


def file_option(command: click.decorators.FC) -> click.decorators.FC:
    """--config alone, for what is of a whole installation."""
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
