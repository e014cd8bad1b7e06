"""`mentions init`: a first config.toml, the key and the database, in a folder that has none of them."""

from __future__ import annotations

from pathlib import Path

import click

from cli.base import config_option, program
from cli.data import make_key, make_store
from core.errors import ConfigError
from settings import schema
from settings.shipped import shipped_config

NEXT = """
Next:
  {mentions} demo
      tries it out against stand-ins on this machine; its data lies apart, in var/demo/
  edit {path}
      which sources are read, who is told of what, how mail leaves
  {mentions} check{option}
      says what is still missing, and how to mend it
  {mentions} serve{option}
      the review page, in a browser
  {mentions} run{option}
      one full cycle; `schedule` instead of `run` goes on by itself"""


@click.command()
@config_option
@click.option(
    "--database", "database_alone", is_flag=True, help="Only the database, where config.toml and its key are there."
)  # fmt: skip
def init(path: Path, database_alone: bool) -> None:
    """Write a first config.toml, the key and the database, never over what is there."""
    option = "" if path == Path("config.toml") else f" --config {path}"
    if database_alone:
        click.echo(f"made: {make_store(schema.load(path), path.resolve().parent)}")
        return
    key = write_first_files(path)
    config, folder = schema.load(path), path.resolve().parent
    click.echo(f"written: {path}, in which every key is explained")
    click.echo(key)
    if all(key.startswith("file:") for key in config.store.keys):
        click.echo(f"made: {make_store(config, folder)}, a database with nothing in it yet")
    else:
        click.echo(f"Then make the database: {program()} init --database{option}")
    click.echo(NEXT.format(mentions=program(), path=path, option=option))


def write_first_files(path: Path) -> str:
    """Writes `path` as it ships, and the key where it names it; what is to be done with the key.

    Raises ConfigError, and leaves everything as it is, where the file, a key or a database is there.
    """
    template = shipped_config()
    config, folder = schema.load(template), path.resolve().parent
    keys = [key.removeprefix("file:") for key in config.store.keys if key.startswith("file:")]
    for file in (path, *(folder / name for name in [*keys, config.store.path])):
        if file.exists() or file.is_symlink():
            raise ConfigError(
                f"{file} is there already: nothing was written. For a fresh config.toml name a file in "
                "another folder: mentions init --config FOLDER/config.toml"
            )
    folder.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file_to_write:
        file_to_write.write(template.read_bytes())
    try:
        return make_key(config, folder)
    except BaseException:
        path.unlink()  # half a start would stand in the way of the next
        raise
