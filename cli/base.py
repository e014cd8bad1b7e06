"""What every command shares: --config, one line for an error, and the exit status. It loads no step."""

from __future__ import annotations

import errno
import sys
from pathlib import Path
from typing import BinaryIO, NoReturn

import click

from core.errors import MentionsError


class Commands(click.Group):
    """Our own errors print as one line and exit with 1; a bug prints its traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except MentionsError as error:
            stop(str(error))
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                stop(f"{error.strerror}: make room on the disk, then run it again")
            if error.errno == errno.EPIPE or error.filename is None:
                raise  # click's to end quietly, or a bug
            stop(
                f"{error.filename}: {error.strerror}: check the path, its rights and the disk's space"
            )


def stop(why: str) -> NoReturn:
    """One line, and exit status 1."""
    click.echo(f"mentions: {why}", err=True)
    sys.exit(1)


def config_option(command: click.decorators.FC) -> click.decorators.FC:
    """Every command takes --config."""
    return click.option(
        "--config", "path", type=click.Path(path_type=Path, dir_okay=False), default=Path("config.toml"),
        show_default=True, help="The file that says what is watched.",
    )(command)  # fmt: skip


def same_file(input_file: BinaryIO, answers: BinaryIO) -> bool:
    """Whether two names lead to one file."""
    input_path, other = (Path(str(getattr(file, "name", "-"))) for file in (input_file, answers))
    return input_path.is_file() and other.is_file() and input_path.samefile(other)
