"""What holds of the whole tree: who may touch the database, the environment and the clock; what is packed; the commands.

Which part may import which is import-linter's affair: `lint-imports`, in `make check`.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
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


def nodes(*allowed: str) -> Iterator[tuple[str, ast.AST]]:
    """Every node of every file but those allowed, with where it stands."""
    for path in FILES:
        if name(path) not in allowed:
            for node in ast.walk(ast.parse(path.read_text("utf-8"), name(path))):
                yield f"{name(path)}:{getattr(node, 'lineno', 0)}", node


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []


def test_only_the_program_imports_the_way_through() -> None:
    found = [
        where for where, node in nodes("cli/run.py", "cli/demo.py") if "pipeline" in imported(node)
    ]
    assert found == []


def test_only_the_store_knows_the_database_and_nobody_the_driver_of_python() -> None:
    roots = [
        (where, module.partition(".")[0]) for where, node in nodes() for module in imported(node)
    ]
    assert [where for where, root in roots if root in ("sqlite3", "pysqlite3")] == []
    assert [
        where for where, root in roots if root == "sqlite_utils" and not where.startswith("store/")
    ] == []


def test_only_secrets_looks_in_the_environment() -> None:
    looks = {"environ", "environb", "getenv", "getenvb", "putenv", "expandvars"}
    found = [
        where
        for where, node in nodes("settings/secrets.py")
        if (isinstance(node, ast.Attribute) and node.attr in looks)
        or (
            isinstance(node, ast.ImportFrom)
            and node.module == "os"
            and looks & {alias.name for alias in node.names}
        )
    ]
    assert found == []


def test_only_the_clock_asks_what_time_it_is() -> None:
    found = [
        where
        for where, node in nodes("core/clock.py")
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and re.search(r"\b(datetime|date)\.(now|utcnow|today)$", ast.unparse(node.func))
    ]
    assert found == []


def test_no_function_is_past_40_lines() -> None:
    found = [
        f"{where} {node.name}"
        for where, node in nodes()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= 40
    ]
    assert found == []


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
