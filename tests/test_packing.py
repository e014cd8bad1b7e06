"""What `pip install` brings: a wheel is built from this tree, and looked into."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_architecture import PARTS, ROOT

PACKED = sorted({*PARTS} - {"bench"})
LEFT_OUT = ("classify/training/data/", "store/schema.sql")  # read by developers alone


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """Built beside the tree, in which a build would leave its traces; nothing is fetched for it."""
    folder = tmp_path_factory.mktemp("packing")
    for path in ROOT.iterdir():
        if path.name in {*PARTS, "tests", "docs"} or (path.is_file() and path.name != ".git"):
            (folder / path.name).symlink_to(path)
    code = "from setuptools.build_meta import build_wheel; build_wheel('.')"
    built = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, check=True, capture_output=True, text=True,
        timeout=100,
    )  # fmt: skip
    assert "Warning" not in built.stderr  # which pip shows to whoever installs
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as opened:
        yield opened


@pytest.fixture(scope="module")
def names(wheel: zipfile.ZipFile) -> set[str]:
    """What is in it, but for what pip reads."""
    return {name for name in wheel.namelist() if ".dist-info/" not in name}


def ours() -> set[str]:
    """Every file of the folders that are packed."""
    return {
        path.relative_to(ROOT).as_posix()
        for part in PACKED
        for path in (ROOT / part).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_every_file_is_packed_but_what_developers_alone_read(names: set[str]) -> None:
    needed = {name for name in ours() if not name.startswith(LEFT_OUT)}
    assert needed - names == set()


def test_nothing_else_is_packed(names: set[str]) -> None:
    assert names - ours() == {"pipeline.py", "settings/config.toml", "settings/CHANGELOG.md"}
    assert [name for name in names if name.startswith(LEFT_OUT)] == []


def test_the_config_that_is_packed_is_the_one_at_the_top(wheel: zipfile.ZipFile) -> None:
    assert wheel.read("settings/config.toml") == (ROOT / "config.toml").read_bytes()
    assert not (ROOT / "settings" / "config.toml").exists()


def test_the_licences_and_the_command_are_named(wheel: zipfile.ZipFile) -> None:
    about = {
        name.partition(".dist-info/")[2]: name for name in wheel.namelist() if ".dist-info/" in name
    }
    assert {"licenses/LICENSE", "licenses/classify/model/weights/LICENSES"} <= set(about)
    assert b"mentions = cli.main:main" in wheel.read(about["entry_points.txt"])


CHECK = """
import sys
from cli.main import cli
from settings.shipped import shipped_config
print(shipped_config())
cli(["check", "--offline"])
"""


@pytest.mark.timeout(400)  # a demo is two whole cycles
def test_unpacked_it_starts_in_an_empty_folder_with_its_own_config_and_model_and_a_second_demo_ends_well(
    wheel: zipfile.ZipFile, aftermath: Path, tmp_path: Path
) -> None:
    site, folder = tmp_path / "site", tmp_path / "empty"
    folder.mkdir()
    wheel.extractall(site)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, timeout=300,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(site)}, check=False,
        )  # fmt: skip

    begun = run("-m", "pipeline", "init", "--yes")
    assert begun.stdout.startswith("written: site.toml"), begun.stderr
    assert not (folder / "config.toml").exists(), "the one that is packed lies under site.toml"
    shipped, model, store = run("-c", CHECK).stdout.splitlines()[:3]
    assert shipped == str(site / "settings" / "config.toml")
    assert model.startswith("ok       model: ")
    assert store.startswith("ok       store: ")
    (folder / "var").mkdir()
    shutil.move(aftermath.parent, folder / "var" / "demo")  # what an earlier demo left
    demonstrated = run("-m", "pipeline", "demo")
    assert demonstrated.returncode == 0, demonstrated.stderr
    assert "it added nothing" in demonstrated.stderr
    assert "mentions stored" in demonstrated.stdout, demonstrated.stderr
