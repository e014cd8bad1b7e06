"""What holds of the whole tree: who may touch the database, the environment and the clock; what is packed; the commands.

Which part may import which is import-linter's affair: `lint-imports`, in `make check`.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
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


@cache
def parsed(path: Path) -> tuple[ast.AST, ...]:
    """Every node of a file."""
    return tuple(ast.walk(ast.parse(path.read_text("utf-8"), name(path))))


def nodes(*allowed: str) -> Iterator[tuple[str, ast.AST]]:
    """Every node of every file but those allowed, with where it stands."""
    for path in FILES:
        if name(path) not in allowed:
            for node in parsed(path):
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


# What is imported where it is used, and why: a start that was measured (CPU seconds and memory), or an extra.
INSIDE_FUNCTIONS = {
    "bench/classifier.py _pipeline": "the extra `train`",
    "classify/evaluation/baselines.py baseline": "the extra `peers`",
    "classify/evaluation/baselines.py profanity": "the extra `peers`",
    "classify/evaluation/baselines.py _analyser": "the extra `peers`",
    "classify/model/checkpoint.py _network": "the extra `torch`",
    "classify/text/language.py _model": "0.14 s and 9 MB that most posts don't need",
    "cli/classify.py _classify_store": "0.9 s and 71 MB that an answer on a file does not need",
    "cli/train.py train": "the extra `train`",
    "review/app.py work": "0.16 s and 9 MB that a page with passwords does not need",
    "settings/secrets.py _secret_keyring": "the extra `keyring`",
    "store/deletion.py find_fragments": "0.09 s and 16 MB that the page does not need",
}
FOR_TYPES_ALONE = {
    "classify/text/language.py": "as _model there",
    "collectors/integration.py": "0.24 s and 17 MB that who asks for a label does not need",
    "review/context.py": "as work in review/app.py",
}


def test_imports_stand_at_the_top_unless_a_measured_start_needs_them_elsewhere() -> None:
    trees = [(name(path), parsed(path)[0]) for path in FILES if name(path) != "review/wiring.py"]
    inside = {f"{file} {function}" for file, tree in trees for function in importing(tree)}
    assert inside == set(INSIDE_FUNCTIONS)
    assert {
        file for file, tree in trees for node in ast.iter_child_nodes(tree) if for_types(node)
    } == set(FOR_TYPES_ALONE)


def importing(tree: ast.AST, function: str = "") -> Iterator[str]:
    """The functions in which something is imported, the innermost of several."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from importing(node, node.name)
        elif function and isinstance(node, ast.Import | ast.ImportFrom):
            yield function
        elif isinstance(node, ast.stmt | ast.excepthandler | ast.match_case):
            yield from importing(node, function)


def for_types(node: ast.AST) -> bool:
    """Whether what follows is imported for annotations alone."""
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def loaded(statement: str) -> set[str]:
    """The modules that a process of its own has after a statement."""
    script = f"import sys\n{statement}\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize(
    "statement",
    [
        "import collectors.platforms",
        "from cli.main import cli; cli(['--help'], standalone_mode=False)",
    ],
)
def test_labels_hosts_and_the_list_of_commands_load_no_library_of_a_platform(
    statement: str,
) -> None:
    libraries = {
        "requests", "stamina", "tweepy", "praw", "feedparser", "openpyxl", "trafilatura", "imap_tools",
        "pydantic", "store", "steps",
    }  # fmt: skip
    assert loaded(statement) & libraries == set()


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
