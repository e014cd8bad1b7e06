"""The house's shape: which room may import which, and what is written down twice."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import pipeline

ROOT = Path(__file__).parent.parent
ROOMS = ("collectors", "classify", "store", "review", "reports", "stories", "demo")
TOP = sorted(ROOT.glob("*.py"))
FILES = [*TOP, *(path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")))]
OURS = {*ROOMS, *(path.stem for path in TOP)}
SHARED = {"mention", "clock", "errors"}
MAY_IMPORT = {
    "mention": set[str](),
    "clock": set[str](),
    "errors": set[str](),
    "organisation": SHARED | {"rules"},
    "terms": SHARED,
    "rules": SHARED,
    "rule_words": SHARED | {"rules"},
    "branding": SHARED,
    "config": SHARED | {"branding", "organisation", "review_settings", "secret_refs"},
    "reply_settings": SHARED | {"rules"},
    "review_settings": SHARED | {"reply_settings", "secret_refs"},
    "secret_refs": set[str](),
    "sections": SHARED | {"config"},
    "section_words": set[str](),
    "in_force": SHARED | {"config", "sections", "store"},
    "weakening": SHARED | {"config", "wording"},
    "rule_logic": SHARED | {"rules"},
    "folding": set[str](),
    "collectors": SHARED | {"folding"},
    "classify": SHARED,
    "store": SHARED,
    "stories": SHARED,
    "wording": SHARED,
    "review": SHARED | {"store", "config", "terms", "wording"},
    "reports": SHARED | {"store", "config", "terms", "wording"},
    "demo": OURS - {"pipeline"},
}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), name(path))


def modules(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in it and however, by its full name."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*above, *((node.module,) if node.module else ())))
            yield module
            yield from (f"{module}.{alias.name}".lstrip(".") for alias in node.names)
        elif isinstance(node, ast.Call) and called(node) in ("import_module", "__import__"):
            told = node.args[0] if node.args else None
            assert isinstance(told, ast.Constant), f"{name(path)}: imports what cannot be read here"
            yield str(told.value)


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def imported(path: Path) -> set[str]:
    """The rooms and top modules of ours that a file imports."""
    return {module.partition(".")[0] for module in modules(path)} & OURS


@pytest.fixture(params=FILES, ids=name)
def file(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


# ── rooms ────────────────────────────────────────────────────────────────────────────────────────


def test_no_room_imports_another_beyond_what_it_may(file: Path) -> None:
    room = room_of(file)
    may = MAY_IMPORT.get(room, OURS - {"pipeline"})
    assert imported(file) - {room} <= may


def test_hidden_and_relative_imports_are_seen(tmp_path: Path) -> None:
    hidden = ROOT / "collectors" / "not_there.py"  # never written: only its place counts

    class There(type(hidden)):  # type: ignore[misc]
        def read_text(self, *_: object) -> str:
            return (
                "def f():\n    from ..store import driver\n    import reports.mail as m\n"
                "    from . import base\n    from .. import demo\n"
                "    importlib.import_module('classify.pid')\n"
            )

    found = imported(There(hidden))
    assert found == {"store", "reports", "collectors", "demo", "classify"}


def test_nobody_but_store_knows_the_database_and_nobody_the_driver_of_python(file: Path) -> None:
    found = {module.partition(".")[0] for module in modules(file)}
    assert not found & {"sqlite3", "pysqlite3"}, "import it through sqlite_utils.utils"
    assert "sqlite_utils" not in found or room_of(file) == "store"


def test_nobody_but_config_looks_in_the_environment(file: Path) -> None:
    if file == ROOT / "config.py":
        return
    looks = {"environ", "environb", "getenv", "getenvb", "putenv", "expandvars"}
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.Attribute):
            assert node.attr not in looks, f"line {node.lineno}"
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            assert not looks & {alias.name for alias in node.names}, f"line {node.lineno}"


def test_nobody_but_clock_asks_what_time_it_is(file: Path) -> None:
    if file == ROOT / "clock.py":
        return
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            asks = ast.unparse(node.func)
            assert not re.search(r"\b(datetime|date)\.(now|utcnow|today)$", asks), (
                f"line {node.lineno}"
            )


# ── files ────────────────────────────────────────────────────────────────────────────────────────


def test_a_module_opens_with_what_it_is_for(file: Path) -> None:
    tree = parsed(file)
    assert not tree.body or ast.get_docstring(tree)


def test_public_things_say_what_their_names_do_not(file: Path) -> None:
    for node in parsed(file).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{node.name} has no docstring"


def test_no_file_is_past_300_lines_and_no_function_past_40(file: Path) -> None:
    assert len(file.read_text("utf-8").splitlines()) <= 300
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 40, f"{node.name} wants a second name"


def test_no_file_is_named_for_what_has_no_name(file: Path) -> None:
    assert not re.search(r"util|helper|manager|service", file.stem)


def test_every_folder_of_tests_is_a_package() -> None:
    folders = {path.parent for path in (ROOT / "tests").rglob("test_*.py")}
    assert {folder for folder in folders if not (folder / "__init__.py").exists()} == set()


def test_all_that_is_ours_is_packed_and_known_to_the_tools() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    packages = {room for room in ROOMS if (ROOT / room / "__init__.py").exists()}
    assert set(project["tool"]["setuptools"]["packages"]) == packages
    assert set(project["tool"]["setuptools"]["py-modules"]) == {path.stem for path in TOP}
    (warnings,) = project["tool"]["pytest"]["ini_options"]["filterwarnings"]
    ours = packages | {path.stem for path in TOP}
    assert set(project["tool"]["ruff"]["lint"]["isort"]["known-first-party"]) == ours
    assert set(re.search(r"\(([\w|]+)\)", warnings).group(1).split("|")) == ours  # type: ignore[union-attr]


# ── commands ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "command", pipeline.cli.commands.values(), ids=lambda command: command.name
)
def test_every_command_has_help_and_takes_the_file(command: click.Command) -> None:
    assert command.help
    options = [part for part in command.params if isinstance(part, click.Option)]
    assert [option.name for option in options if not option.help] == []
    assert "--config" in [written for option in options for written in option.opts]


def test_the_commands_are_those_of_the_design() -> None:
    wanted = {
        "run", "collect", "classify", "schedule", "report", "import", "check", "demo", "evaluate", "purge", "verify",
    }  # fmt: skip
    assert wanted <= set(pipeline.cli.commands)
