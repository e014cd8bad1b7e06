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
    made_by_its_reader = {"NEW.toml", "site.toml", "watch.toml"}
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
