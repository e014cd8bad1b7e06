"""The locks: what runs is small, every file has its hash, no lock names an address to download from."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.test_architecture import PROJECT, ROOT

LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
HEAVY = {
    "scipy",
    "pywavelets",
    "torch",
    "scikit-learn",
    "hf-xet",
}  # 150 MB and more that need not run
NAMES = re.compile(r"^([a-z0-9][a-z0-9.-]*)==", re.M)


def names(lock: str) -> set[str]:
    return set(NAMES.findall((ROOT / "requirements" / f"{lock}.lock").read_text("utf-8")))


def required(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=\[ ]", one)[0].lower() for one in requirements}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_every_version_is_pinned_with_hashes_and_no_address(lock: Path) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", lock.read_text("utf-8"))
    assert all(re.match(r"\S+==\S+", entry) and "--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", lock.read_text("utf-8"))


def test_every_lock_is_there() -> None:
    assert {lock.stem for lock in LOCKS} == {
        "build", "demo", "dev", "release", "run", "slim", "train"
    }  # fmt: skip


def test_what_runs_has_every_library_of_the_project_and_none_that_is_heavy() -> None:
    assert required(PROJECT["project"]["dependencies"]) <= names("run")
    assert names("run") & HEAVY == set()


def test_slim_is_the_same_without_transformers() -> None:
    assert names("slim") < names("run")
    assert required(PROJECT["project"]["dependencies"]) - names("slim") == {"transformers"}
    assert names("slim") & {*HEAVY, "huggingface-hub", "safetensors", "pip"} == set()


def test_the_demos_servers_stand_apart() -> None:
    assert names("demo") > names("run")
    assert "aiosmtpd" in names("demo") - names("run")


def test_what_builds_a_wheel_is_locked_too() -> None:
    assert names("build") == required(PROJECT["build-system"]["requires"]) == {"setuptools"}
    assert names("build") <= names("release")


def test_one_version_of_a_library_stands_in_every_lock() -> None:
    pinned: dict[str, set[str]] = {}
    for lock in LOCKS:
        versions: dict[str, set[str]] = {}
        for name, version in re.findall(r"^([a-z0-9.-]+)==(\S+)", lock.read_text("utf-8"), re.M):
            versions.setdefault(name, set()).add(version)
        for name, found in versions.items():
            if name in pinned:
                assert found == pinned[name], name
            pinned[name] = found
