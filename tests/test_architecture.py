"""What holds of the whole tree: who may touch the database, the environment and the clock; names; what is packed; the commands.

Which part may import which is import-linter's affair, and how a function is cut ruff's: both in `make check`.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from cli.main import COMMANDS, load_command

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PARTS = PROJECT["tool"]["importlinter"]["root_packages"]
FILES = [
    ROOT / "pipeline.py",
    *(path for part in PARTS for path in sorted((ROOT / part).rglob("*.py"))),
]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


Looked = (
    ast.Import
    | ast.ImportFrom
    | ast.Attribute
    | ast.Call
    | ast.Name
    | ast.arg
    | ast.FunctionDef
    | ast.ClassDef
)


@cache
def parsed(path: Path) -> list[Looked]:
    """The nodes of a file that some test looks at."""
    return [
        node
        for node in ast.walk(ast.parse(path.read_text("utf-8"), name(path)))
        if isinstance(node, Looked)
    ]


def nodes(*allowed: str) -> Iterator[tuple[str, Looked]]:
    """The nodes of every file but those allowed, with the file's name."""
    for path in FILES:
        if (file := name(path)) not in allowed:
            yield from ((file, node) for node in parsed(path))


def place(file: str, node: Looked) -> str:
    return f"{file}:{node.lineno}"


def imported(node: Looked) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []


def test_only_the_program_imports_the_way_through() -> None:
    imports = [
        place(*at) for at in nodes("cli/run.py", "cli/demo.py") if "pipeline" in imported(at[1])
    ]
    assert imports == []


def test_only_the_store_knows_the_database_and_nobody_the_driver_of_python() -> None:
    roots = [
        (file, node, module.partition(".")[0])
        for file, node in nodes()
        for module in imported(node)
    ]
    assert [
        place(file, node) for file, node, root in roots if root in ("sqlite3", "pysqlite3")
    ] == []
    assert [
        place(file, node)
        for file, node, root in roots
        if root == "sqlite_utils" and not file.startswith("store/")
    ] == []


def test_only_secrets_looks_in_the_environment() -> None:
    looks = {"environ", "environb", "getenv", "getenvb", "putenv", "expandvars"}
    lookups = [
        place(file, node)
        for file, node in nodes("settings/secrets.py")
        if (isinstance(node, ast.Attribute) and node.attr in looks)
        or (
            isinstance(node, ast.ImportFrom)
            and node.module == "os"
            and looks & {alias.name for alias in node.names}
        )
    ]
    assert lookups == []


def test_only_the_clock_asks_what_time_it_is() -> None:
    calls = [
        place(file, node)
        for file, node in nodes("core/clock.py")
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and re.search(r"\b(datetime|date)\.(now|utcnow|today)$", ast.unparse(node.func))
    ]
    assert calls == []


# Names that say nothing of the thing that they hold, and the share of all names that they may be: lower it, never raise it.
VAGUE = {"found", "told", "one", "said", "given", "made", "kept", "held", "asked"}
MOST_VAGUE = 0.0005


def bound_name(node: Looked) -> str:
    """The name that a node gives to a variable, an argument, a function or a class; else ""."""
    match node:
        case ast.Name(id=written, ctx=ast.Store()) | ast.arg(arg=written):
            return written
        case ast.FunctionDef(name=written) | ast.ClassDef(name=written):
            return written
    return ""


def test_names_say_what_they_hold() -> None:
    bindings = [(file, node, written) for file, node in nodes() if (written := bound_name(node))]
    vague = [
        f"{place(file, node)} {written}"
        for file, node, written in bindings
        if written.lower() in VAGUE
    ]
    assert len(bindings) > 20_000
    assert len(vague) / len(bindings) <= MOST_VAGUE, vague


def test_no_file_is_named_for_what_has_no_name() -> None:
    assert [
        name(path) for path in FILES if re.search(r"util|helper|manager|service", path.stem)
    ] == []


def test_every_folder_of_code_and_of_tests_is_a_package() -> None:
    folders = {path.parent for path in [*FILES[1:], *(ROOT / "tests").rglob("test_*.py")]}
    assert {name(folder) for folder in folders if not (folder / "__init__.py").exists()} == set()


def test_all_that_is_ours_is_packed_and_known_to_the_tools() -> None:
    ours = {*PARTS, "pipeline"}
    tools = PROJECT["tool"]
    packed = {
        name.removesuffix(".*") for name in tools["setuptools"]["packages"]["find"]["include"]
    }
    assert packed == set(PARTS) - {"bench"}
    assert {path.parent.name for path in ROOT.glob("*/__init__.py")} == {*PARTS, "tests"}
    assert set(tools["ruff"]["lint"]["isort"]["known-first-party"]) == ours
    (warnings,) = tools["pytest"]["ini_options"]["filterwarnings"]
    assert set(re.search(r"\(([\w|]+)\)", warnings).group(1).split("|")) == ours  # type: ignore[union-attr]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_takes_the_file(name: str) -> None:
    command = load_command(name)
    assert command.name == name
    assert command.help
    assert COMMANDS[name].summary == " ".join(command.help.split("\n\n")[0].split())
    options = [part for part in command.params if isinstance(part, click.Option)]
    assert [option.name for option in options if not option.help] == []
    assert "--config" in [written for option in options for written in option.opts]


def test_the_commands_are_those_of_the_design() -> None:
    wanted = {
        "run", "collect", "classify", "schedule", "report", "import", "check", "demo", "evaluate", "purge", "verify",
    }  # fmt: skip
    assert wanted <= set(COMMANDS)
