"""What holds of the whole tree: who may touch the database, the environment and the clock; names; what is packed; the commands.

Which part may import which is import-linter's affair, and how a function is cut ruff's: both in `make check`.
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
        place(*at)
        for at in nodes("cli/run.py", "cli/demo.py", "bench/year.py")
        if "pipeline" in imported(at[1])
    ]
    assert imports == []


# What is imported where it is used, and why: a start that was measured (CPU seconds and memory), or an extra.
INSIDE_FUNCTIONS = {
    "bench/classifier.py _pipeline": "the extra `train`",
    "classify/evaluation/baselines.py baseline": "the extra `peers`",
    "classify/evaluation/baselines.py profanity": "the extra `peers`",
    "classify/evaluation/baselines.py _analyser": "the extra `peers`",
    "classify/model/checkpoint.py _network": "the extra `torch`",
    "classify/text/language.py _model": "0.14 s and 9 MB that most posts don't need",
    "cli/classify.py _classify_store": "0.9 s and 71 MB that an answer on a file does not need",
    "cli/classify.py _in_force": "the same",
    "cli/train.py train": "the extra `train`",
    "core/working_time.py bank_holidays": "0.1 s and 12 MB, which who counts no working days does not need",
    "core/logs.py _formatter": "0.1 s and rich, which a command that says nothing does not need",
    "reports/exports.py _parquet": "the extra `parquet`",
    "reports/answers.py refusal_words": "0.2 s: the recognisers of the classifier, for an email about what a team does not take",
    "reports/weekly/gathering.py _case_lines": "0.2 s: the recognisers of the classifier, for a summary of a case that an officer renamed",
    "reports/region.py _duckdb": "the extra `region`",
    "reports/pdf.py pdf": "the extra `pdf`",
    "review/app.py _provider": "0.1 s and 6 MB that a page with passwords does not need",
    "review/app.py view": "as _provider there",
    "review/auth/passwords.py guesses": "0.1 s and 14 MB, for those alone who choose a password",
    "review/cases/detail.py _profile": "0.2 s that a start would pay for",
    "review/moderation/platforms.py act": "as offers there",
    "review/moderation/platforms.py answer": "as offers there",
    "review/moderation/platforms.py answer_offer": "as offers there",
    "review/moderation/platforms.py keep_reply": "as offers there",
    "review/moderation/platforms.py offers": "0.7 s and 41 MB: the platforms' libraries",
    "review/desk/everything.py in_language": "0.1 s that a search which finds something does not need",
    "review/desk/everything.py masking_may_hide": "0.1 s that a search which finds something does not need",
    "review/free_text.py holds_nhs_number": "0.2 s that a start would pay for",
    "review/free_text.py _names_someone": "as holds_nhs_number",
    "review/free_text.py names_person": "as holds_nhs_number",
    "steps/picture_words/child.py _bound": "the kernel's bounds, which Windows does not have",
    "steps/picture_words/child.py _reader": "the extra `pictures`",
    "steps/deliver.py _weekly_letter": "0.4 s and 60 MB: pandas, for those alone who make a summary",
    "steps/report.py weekly_summary": "as _weekly_letter in deliver.py",
    "steps/report.py _xlsx": "0.1 s: openpyxl, for those alone who want a spreadsheet",
    "steps/reasons.py says_nothing": "0.1 s, which few need who open something",
    "steps/seeking.py seeks_person": "the same",
    "collectors/redrawing.py redrawn": "0.01 s and 3 MB that a page without pictures does not need",
    "review/desk/words.py _masked_pieces": "0.2 s that a start would pay for",
    "review/replies/panel.py checked": "0.2 s that a start would pay for",
    "review/team/handover.py _names": "as checked in panel.py",
    "review/staff_reports.py _store": "0.3 s and 32 MB: openpyxl and lxml",
    "review/desk/sorting.py _sort": "0.2 s of the processor: numpy, with which likeness is told",
    "review/imports/pages.py _understood": "0.6 s and 45 MB: openpyxl and the sources’ libraries",
    "review/imports/worker.py _looked_at": "as _understood in pages.py",
    "review/imports/worker.py _store": "as _understood in pages.py",
    "review/imports/worker.py answers": "as _understood in pages.py",
    "review/insights/weekly.py _summary": "1.1 s and 60 MB: pandas",
    "review/insights/weekly.py as_file": "as _summary there",
    "search/query.py parse": "0.05 s that who asks for help does not need",
    "settings/branding.py _looked_at": "0.01 s and 2 MB: few have a logo",
    "settings/secrets.py _secret_keyring": "the extra `keyring`",
    "steps/catalogue/classify_parts.py _engine": "the extra `ray`",
    "steps/catalogue/parts.py _parquet": "the extra `parquet`",
    "steps/catalogue/places.py _pyarrow_fs": "the extra `parquet`",
    "steps/search_checks.py _holds_nhs_number": "0.2 s that a start of the page would pay for",
    "steps/channels/apprise.py session": "the extra `apprise`",
    "store/search_indexes.py _bands": "numpy, which the page does not need",
    "store/residue_scan.py find_fragments": "0.09 s and 16 MB that the page does not need",
}
FOR_TYPES_ALONE = {
    "collectors/redrawing.py": "Pillow, as redrawn there",
    "steps/picture_words/child.py": "Pillow, which the parent does not need",
    "classify/text/language.py": "as _model there",
    "collectors/integration.py": "0.24 s and 17 MB that who asks for a label does not need",
    "review/app.py": "as _provider there",
    "review/context.py": "as _provider in review/app.py",
    "review/imports/worker.py": "as _understood in pages.py",
    "review/insights/weekly.py": "as _summary there",
    "settings/named_people.py": "settings/schema.py asks it when it reads a file: they would import one another",
    "settings/registered_accounts.py": "as settings/named_people.py",
}


def test_imports_stand_at_the_top_unless_a_measured_start_needs_them_elsewhere() -> None:
    trees = [(name(path), ast.parse(path.read_text("utf-8"))) for path in FILES]
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


def test_the_way_through_loads_no_library_of_tables_before_a_summary_is_made() -> None:
    """Every command that runs a step pays for what it imports, and so does each start of the tests."""
    libraries = {"pandas", "pyarrow", "openpyxl", "holidays"}
    assert loaded("import pipeline") & libraries == set()


def test_the_largest_patterns_are_compiled_when_a_post_asks_for_them() -> None:
    statement = (
        "import cli.classify\nfrom classify.pid import vocabulary\nfrom classify.rules import staff\n"
        "assert not {'search', 'match'} & {*vars(vocabulary.PREDICATE), *vars(staff.SAYS_NHS)}"
    )
    assert "holidays" not in loaded(statement)


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


def test_only_secrets_and_systemd_are_looked_for_in_the_environment() -> None:
    looks = {"environ", "environb", "getenv", "getenvb", "putenv", "expandvars"}
    lookups = [
        place(file, node)
        # on_ray.py looks for nothing: it tells Ray, which has no other way, to report to nobody
        for file, node in nodes(
            "settings/secrets.py", "settings/systemd.py", "steps/catalogue/on_ray.py"
        )
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
MOST_VAGUE = 0.0002


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


# Tests that mirror no module: what they hold is of several, or of the whole.
ACROSS = {
    "test_architecture.py": "the tree itself",
    "test_documents.py": "what the documents name is there",
    "test_interrupted.py": "the program killed, and two at once",
    "test_interrupted_serve.py": "the page killed amid decisions",
    "cli/test_memory.py": "memory that is used up, from the database to the command",
    "fuzz/": "what others write, damaged at random",
    "injected/": "calls of the system that fail, in small jobs",
    "test_compiled.py": "what is compiled before the workers begin",
    "test_packing.py": "what a wheel holds",
    "test_platforms.py": "every platform from a first day to a later one",
    "test_platforms_faults.py": "every platform in every trouble",
    "test_platforms_outages.py": "all platforms out at once",
    "test_rule_flag.py": "a flag that a rule decides, from policy.toml to the page",
    "test_questions.py": "what governance asks, from the document to the page and the command",
    "test_log_lines.py": "what a cycle logs, whatever fails in a collector",
    "test_told_in_time.py": "from found to mailed while another source hangs",
    "test_screenshots.py": "the pictures in the documents",
    "reports/weekly/test_year.py": "simulated weeks, from sources to the headline",
    "packaging/test_locks.py": "what every lock holds",
    "classify/test_bounds.py": "how long hostile words may take, whoever reads them",
    "collectors/test_contract.py": "what every collector promises",
    "collectors/test_odd_answers.py": "what any platform may answer oddly",
    "collectors/test_integrations.py": "what each platform says of itself",
    "real/": "against real servers, where they are installed",
    "review/browser/": "the page as a person uses it, in Chromium",
    "review/desk/test_left_to_do.py": "what is suggested once a team, a colleague or the platform did something",
    "review/test_figures_agree.py": "what was decided and who has what, on every page that counts it",
    "review/test_huge_posts.py": "a post of a book's length on every page",
    "review/test_pages.py": "every page in every state",
    "review/test_arrivals.py": "every page before and after a case of the lane arrives",
    "review/test_who_may.py": "every address and every role",
    "review/test_who_reads.py": "who reads what colleagues wrote",
    "store/test_every_way.py": "the store in any order of what can be done to it",
    "store/test_processes.py": "several processes on one store",
}
ON_LOOPBACK = "on_loopback"  # a platform's collector and actions against its stand-in


def mirrored(path: Path) -> bool:
    """Whether a file is named test_MODULE or test_MODULE_TOPIC beside where the module lies."""
    folder, stem = ROOT / path.relative_to(ROOT / "tests").parent, path.stem.removeprefix("test_")
    modules = {folder.name, ON_LOOPBACK, *(there.stem for there in folder.iterdir())}
    return any(stem == module or stem.startswith(f"{module}_") for module in modules)


def test_a_test_lies_where_its_module_does_and_has_its_name() -> None:
    files = {
        path.relative_to(ROOT / "tests").as_posix(): path
        for path in (ROOT / "tests").rglob("test_*.py")
    }
    across = {name for name in files if name in ACROSS or f"{name.rpartition('/')[0]}/" in ACROSS}
    assert [name for name in sorted(files.keys() - across) if not mirrored(files[name])] == []
    assert [name for name in ACROSS if not (ROOT / "tests" / name).exists()] == []


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


DANGEROUS = {
    "eval", "exec", "compile", "os.system", "os.popen", "pickle.load", "pickle.loads", "marshal.loads", "shelve.open",
    "subprocess.run", "subprocess.Popen", "subprocess.call", "subprocess.check_output", "yaml.load", "__import__",
}  # fmt: skip
# module -> why
RUNS_OTHERS = {
    "cli/config.py": "git, by a fixed name and fixed words, for what an edited config.toml began as",
    "cli/services/systemd.py": "systemctl, systemd-sysusers, systemd-run and id, by fixed words and checked names, for whoever installs",
    "settings/windows_rights.py": "icacls, by fixed words and one path, on Windows",
    "steps/picture_words/process.py": "Python itself, by fixed words, to read pictures apart from everything else",
    "store/residue_scan.py": "Python itself, isolated, to read a file that this process would close",
}


def test_nothing_is_evaluated_unpickled_or_run_as_a_command() -> None:
    """OWASP ASVS 5.0, 1.2.5, 1.3.2, 1.5.2: in what is installed to run; benches and tests start programs."""
    calls = {
        (file, ast.unparse(node.func))
        for file, node in nodes()
        if isinstance(node, ast.Call) and not file.startswith(("bench/", "demo/"))
    }
    assert {file for file, call in calls if call in DANGEROUS} == set(RUNS_OTHERS)
