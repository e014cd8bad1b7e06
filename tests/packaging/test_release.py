"""A release is what is committed, the same bytes each time; a bundle installs without a network, and nothing that was changed."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import re
import runpy
import shutil
import subprocess
import sys
import tarfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.test_architecture import PROJECT, ROOT

RELEASE = runpy.run_path(str(ROOT / "packaging" / "release.py"))
BUNDLE = runpy.run_path(str(ROOT / "packaging" / "bundle.py"))
VERSION = PROJECT["project"]["version"]


def test_the_version_of_the_project_has_its_notes() -> None:
    name, version = RELEASE["project"](ROOT)
    at, text = RELEASE["notes"]((ROOT / "CHANGELOG.md").read_text("utf-8"), version)
    assert (name, version) == (PROJECT["project"]["name"], VERSION)
    assert at.tzinfo is UTC
    assert text.startswith("- ")


def test_notes_are_those_of_one_version_and_a_version_without_any_is_refused() -> None:
    log = "# Changelog\n\n## 1.10.0 (2027-02-01)\n\n- New.\n\n## 1.1.0 (2026-12-01)\n\n- Old.\n\n## 1.0.0 (2026-11-01)\n"
    assert RELEASE["notes"](log, "1.1.0") == (datetime(2026, 12, 1, tzinfo=UTC), "- Old.\n")
    for version in ("1.0.0", "1.1", "2.0.0"):
        with pytest.raises(ValueError, match=re.escape(f"no section '## {version} (YYYY-MM-DD)'")):
            RELEASE["notes"](log, version)


def packed(at: int, names: list[str], owner: str) -> bytes:
    """A .tar.gz as setuptools would pack it, by whom and when."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:gz") as tar:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size, member.mtime, member.uname, member.mode = len(name), at, owner, 0o664
            tar.addfile(member, io.BytesIO(name.encode()))
    return whole.getvalue()


def test_the_source_is_packed_the_same_whoever_packs_it_and_when() -> None:
    first = RELEASE["repacked"](packed(1_700_000_000, ["a/one.py", "a/two.py"], "amina"), 1_000)
    second = RELEASE["repacked"](packed(1_800_000_000, ["a/two.py", "a/one.py"], "root"), 1_000)
    assert first == second
    with tarfile.open(fileobj=io.BytesIO(first)) as tar:
        assert [(member.name, member.mtime, member.uname) for member in tar] == [
            ("a/one.py", 1_000, ""), ("a/two.py", 1_000, "")
        ]  # fmt: skip


def test_what_is_not_committed_is_not_released(tmp_path: Path) -> None:
    tree, to = tmp_path / "tree", tmp_path / "to"
    tree.mkdir()
    git = ["git", "-C", str(tree), "-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run([*git, "init", "-q"], check=True)
    (tree / "in.py").write_text("committed")
    subprocess.run([*git, "add", "in.py"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "One file"], check=True)
    (tree / "secret.env").write_text("invented")
    (tree / "in.py").write_text("changed since")
    RELEASE["export"](tree, to)
    assert {path.name: path.read_text() for path in to.iterdir()} == {"in.py": "committed"}


def test_checksums_are_as_sha256sum_reads_them(tmp_path: Path) -> None:
    for name in ("b.whl", "a.tar.gz", "SHA256SUMS"):
        (tmp_path / name).write_bytes(name.encode())
    lines = RELEASE["checksums"](tmp_path).splitlines()
    assert lines == [
        f"{hashlib.sha256(name.encode()).hexdigest()}  {name}" for name in ("a.tar.gz", "b.whl")
    ]


def test_a_bundle_is_fetched_by_hashes_alone_and_for_another_system_too(tmp_path: Path) -> None:
    command = BUNDLE["downloading"]([tmp_path / "slim.lock"], tmp_path, "win_amd64", "3.13")
    assert {"--require-hashes", "--no-deps", "--only-binary"} <= set(command)
    assert command[command.index("--platform") + 1] == "win_amd64"
    assert command[command.index("--python-version") + 1] == "3.13"
    assert "--platform" not in BUNDLE["downloading"]([], tmp_path, "", "3.13")


def test_without_a_release_there_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="make release"):
        BUNDLE["bundle"]("slim", "", "3.13", dist=tmp_path)


def wheel(folder: Path, name: str, files: dict[str, str]) -> Path:
    """A small wheel, written by hand."""
    path, info = folder / f"{name}-1.0-py3-none-any.whl", f"{name}-1.0.dist-info"
    files = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "[console_scripts]\nmentions = nwl_small:main\n",
    }
    record = []
    with zipfile.ZipFile(path, "w") as whole:
        for file, text in files.items():
            whole.writestr(file, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=")
            record.append(f"{file},sha256={digest.decode()},{len(text)}")
        whole.writestr(f"{info}/RECORD", "\n".join([*record, f"{info}/RECORD,,"]) + "\n")
    return path


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    folder = tmp_path / "bundle"
    (folder / "wheels").mkdir(parents=True)
    small = wheel(
        folder / "wheels", "nwl_small", {"nwl_small.py": "def main():\n    print('it runs')\n"}
    )
    (folder / "requirements.txt").write_text(BUNDLE["requirements"]([], small))
    for file in ("install.py", "trim.py"):
        shutil.copy(ROOT / "packaging" / file, folder)
    return folder


def installed(bundle: Path, to: Path) -> subprocess.CompletedProcess[str]:
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PATH": os.environ["PATH"]}
    return subprocess.run(
        [sys.executable, str(bundle / "install.py"), str(to)], capture_output=True, text=True, check=False,
        env=nowhere, timeout=100,
    )  # fmt: skip


def test_a_bundle_installs_without_a_network_and_runs(bundle: Path, tmp_path: Path) -> None:
    done = installed(bundle, tmp_path / "srv")
    command = tmp_path / "srv" / ".venv" / "bin" / "mentions"
    assert (done.returncode, f"installed: {command}" in done.stdout) == (0, True), done.stderr
    assert subprocess.run([command], capture_output=True, check=True).stdout == b"it runs\n"


def test_a_bundle_that_was_changed_is_refused(bundle: Path, tmp_path: Path) -> None:
    wheel(bundle / "wheels", "nwl_small", {"nwl_small.py": "def main():\n    print('another')\n"})
    done = installed(bundle, tmp_path / "srv")
    assert done.returncode != 0
    assert "HASH" in done.stderr.upper()
    assert not (tmp_path / "srv" / ".venv" / "bin" / "mentions").exists()
