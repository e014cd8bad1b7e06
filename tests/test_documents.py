"""What README, CONTRIBUTING and docs/ name is there. Decisions and the changelog are left out: they tell of their time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import click
import pytest

from cli.main import COMMANDS, load_command
from tests.test_architecture import PARTS, PROJECT, ROOT

DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *(path for path in sorted((ROOT / "docs").rglob("*.md")) if path.parent.name != "decisions"),
]
TOPS = {*PARTS, "tests", "docs", "requirements"}
FENCED = re.compile(r"^```.*?^```", re.M | re.S)


def in_code(document: Path) -> list[str]:
    """Each piece of code in the lines of a document, and each line of its blocks of code."""
    text = document.read_text("utf-8")
    blocks = [line for block in FENCED.findall(text) for line in block.splitlines()[1:-1]]
    return blocks + re.findall(r"`([^`\n]+)`", FENCED.sub("", text))


def words(document: Path) -> Iterator[str]:
    for code in in_code(document):
        yield from (word.strip(",;:()\"'") for word in code.split())


def is_there(path: str) -> bool:
    """Under the top; NAME stands for any name."""
    return bool(list(ROOT.glob(path.strip("/").replace("NAME", "*"))))


@pytest.fixture(params=DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def document(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def test_every_path_that_is_named_is_there(document: Path) -> None:
    paths = {word for word in words(document) if word.partition("/")[0] in TOPS and "/" in word}
    assert {path for path in paths if not is_there(path)} == set()


def test_every_file_that_is_named_without_its_folder_is_there(document: Path) -> None:
    files = {word for word in words(document) if re.fullmatch(r"\w+\.(py|md|toml|lock)", word)}
    made_by_its_reader = {"NEW.toml", "site.toml", "site.draft.toml", "watch.toml"}
    assert {file for file in files - made_by_its_reader if not is_there(f"**/{file}")} == set()


def test_every_module_that_is_named_can_be_imported(document: Path) -> None:
    modules = {
        word for word in words(document)
        if re.fullmatch(r"\w+(\.\w+)+", word) and word.partition(".")[0] in PARTS and not is_there(word)
    }  # fmt: skip
    assert {module for module in modules if not find_spec(module)} == set()


def test_every_command_that_is_named_is_there(document: Path) -> None:
    named = {
        (found[1], found[2]) for code in in_code(document)
        if (found := re.search(r"(?:^|/)mentions ([a-z-]+)(?: ([a-z]+))?", code))
    }  # fmt: skip
    for name, inner in named:
        command = load_command(name)
        assert not inner or not isinstance(command, click.Group) or inner in command.commands


# What tells an installer what to write, and where. A key's place is site.toml; config.toml changes with each version.
EDITS = re.compile(
    r"EDITOR \S*config\.toml|\b(?:edit|open|change|write|put|set|add)s?\b[^.:|]{0,40}\b(?:in|into|to) `?config\.toml"
    r"|(?:\]`?|\btable) in `config\.toml`|\| in `config\.toml` \||^\|[ \d]*\| `config\.toml`:|`config\.toml`(?:,[^.]{0,20})? and `?data/|\bconfig\.toml(?:,[^.]{0,20})? and data\b|[Tt]hen in `config\.toml`",
    re.M | re.I,
)
INSTALLERS = [*(path for path in DOCUMENTS if not path.name.startswith("adding-")), *sorted(path for path in (ROOT / "packaging").rglob("*") if path.is_file() and path.suffix != ".pyc")]  # fmt: skip


@pytest.mark.parametrize("path", INSTALLERS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_tells_an_installer_to_edit_the_file_that_ships(path: Path) -> None:
    text = path.read_text("utf-8")
    told = [found[0] for found in EDITS.finditer(text) if "never" not in text[max(0, found.start() - 30) : found.end()]]  # fmt: skip
    assert told == []


@pytest.mark.parametrize("name", ["README.md", "docs/installing.md", "docs/configuration.md", "docs/runbook.md"])  # fmt: skip
def test_what_an_installer_reads_agrees_on_the_file_that_is_theirs(name: str) -> None:
    assert "`site.toml`" in (ROOT / name).read_text("utf-8")


def test_each_account_of_an_update_has_the_same_step() -> None:
    for name, heading in (("docs/installing.md", "## Updating"), ("docs/runbook.md", "## A newer version")):  # fmt: skip
        section = (ROOT / name).read_text("utf-8").partition(f"\n{heading}\n")[2]
        assert "`mentions upgrade`" in section.partition("\n## ")[0]


def test_every_command_is_in_the_readme_and_every_one_there_can_be_given() -> None:
    section = (ROOT / "README.md").read_text("utf-8").partition("\n## Commands\n")[2]
    table = re.findall(r"^\| (`.*?`) \| ", section.partition("\n## ")[0], re.M)
    named = {code.split()[0] for row in table for code in re.findall(r"`([^`]*)`", row)}
    assert named == set(COMMANDS)


def test_the_layout_in_the_readme_has_every_folder_of_code() -> None:
    folders = re.findall(r"^(\w+)/ ", (ROOT / "README.md").read_text("utf-8"), re.M)
    assert sorted(folders) == sorted([*PARTS, "tests"])


def test_the_layers_are_those_that_are_checked() -> None:
    (block,) = re.findall(r"```text\n(.*?)```", DOCUMENTS[1].read_text("utf-8"), re.S)
    written = [re.split(r"\s{2,}", line.strip())[0] for line in block.strip().splitlines()]
    contract = PROJECT["tool"]["importlinter"]["contracts"][0]
    assert [set(layer.split(" · ")) for layer in written] == [
        set(layer.split(" : ")) for layer in contract["layers"]
    ]


def test_every_target_of_make_that_is_named_is_there(document: Path) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = {found[1] for code in in_code(document) if (found := re.match(r"make (\w+)", code))}
    assert {target for target in targets if not re.search(rf"^{target}:", makefile, re.M)} == set()


def heading_anchors(document: Path) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", document.read_text("utf-8")), re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_link_leads_somewhere(document: Path) -> None:
    text = FENCED.sub("", document.read_text("utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?:|mailto:", target):
            continue
        path, _, anchor = target.partition("#")
        linked = (document.parent / path) if path else document
        assert linked.exists(), target
        assert not anchor or anchor in heading_anchors(linked), target


# ── docs/asvs.md ─────────────────────────────────────────────────────────────────────────────────

# How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has; they count from 1 in each.
ASVS_SECTIONS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4, "3.4": 6,
    "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3, "6.1": 3, "6.2": 12,
    "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2, "8.1": 2,
    "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2,
    "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1, "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1,
    "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3, "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5,
    "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip
ASVS_STATES = ("holds", "in part", "not met", "does not apply")


def asvs_rows() -> list[tuple[str, str, str, list[tuple[str, str]]]]:
    """Each row: the requirement, its state, how, and the tests that hold it, by file and name."""
    text = (ROOT / "docs" / "asvs.md").read_text("utf-8")
    rows = re.findall(
        r"^\| (\d+\.\d+\.\d+) \| ([a-z ]+) \| (.+?) \| (.*?) ?\|$", text, re.MULTILINE
    )
    return [
        (number, state, how, re.findall(r"`(tests/[\w/.]+)` (\w+)", tests))
        for number, state, how, tests in rows
    ]


def test_every_requirement_of_asvs_at_level_2_has_one_row() -> None:
    wanted = {
        f"{section}.{number}"
        for section, most in ASVS_SECTIONS.items()
        for number in range(1, most + 1)
    }
    numbers = [number for number, *_ in asvs_rows()]
    assert len(wanted) == 253  # 70 of level 1, 183 of level 2
    assert sorted(numbers) == sorted(wanted)


def test_every_row_of_asvs_says_how_and_what_holds_has_a_test_that_is_there() -> None:
    gone = []
    for number, state, how, tests in asvs_rows():
        assert state in ASVS_STATES, number
        assert how.strip(), number
        assert tests or state != "holds", number
        gone += [(number, *test) for test in tests if not has_test(*test)]
    assert gone == []


def has_test(file: str, name: str) -> bool:
    """Whether a test that a document names is there: by file and name, or all of a file."""
    path = ROOT / file
    written = path.read_text("utf-8") if path.exists() else ""
    return bool(written) and (name == "all" or f"def {name}(" in written)


def test_every_attack_that_was_tried_has_a_test_that_is_there() -> None:
    text = (ROOT / "docs" / "attacks.md").read_text("utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ") and "| test |" not in line]
    assert len(rows) > 20
    for row in rows:
        tests = re.findall(r"`(tests/[\w/.]+)` (\w+)", row)
        assert tests, row
        assert [test for test in tests if not has_test(*test)] == []


def test_each_problem_of_the_first_morning_names_what_shows_it_gone() -> None:
    text = (ROOT / "docs" / "officer-problems.md").read_text("utf-8")
    rows = [line for line in text.splitlines() if re.match(r"\| \d", line)]
    written = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert [int(row.split("|")[1]) for row in rows] == list(range(1, 21))
    for row in rows:
        assert re.search(r"`(test_\w+|tests/[\w/.]+)`|pictures? `", row), row
        assert [
            name for name in re.findall(r"`(test_\w+)`", row) if f"def {name}(" not in written
        ] == []
        pictures = re.findall(r"pictures? ((?:`[\w-]+`(?:, )?)+)", row)
        names = [name for found in pictures for name in re.findall(r"`([\w-]+)`", found)]
        assert [
            name for name in names if not (ROOT / "docs" / "screenshots" / f"{name}.png").exists()
        ] == []


def test_the_counts_of_asvs_are_those_of_its_rows() -> None:
    text = (ROOT / "docs" / "asvs.md").read_text("utf-8")
    for state in ASVS_STATES:
        count = sum(1 for _, stated, *_ in asvs_rows() if stated == state)
        assert re.search(rf"^\| {state}[^|]*\| {count} \|$", text, re.MULTILINE), (state, count)
