"""Makes a release in dist/: wheel, source, notes, bills of materials and checksums, the same bytes each time.

Run by `make release`, or on any system `py packaging/release.py` with requirements/release.lock installed. The version is
that of pyproject.toml; its notes are the section of that version in CHANGELOG.md, whose date all files carry. What is
released is what is committed: the tree is exported from git first.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from datetime import UTC, datetime
from pathlib import Path

TOP = Path(__file__).parents[1]
OUT = TOP / "dist"
LOCKS = ("run", "slim")  # what is installed, each with a bill of materials
SECTION = r"^## {version} \((\d{{4}}-\d{{2}}-\d{{2}})\)\n(.*?)(?=^## |\Z)"


def project(top: Path) -> tuple[str, str]:
    """Its name and version, as pyproject.toml says."""
    table = tomllib.loads((top / "pyproject.toml").read_text("utf-8"))["project"]
    return table["name"], table["version"]


def notes(changelog: str, version: str) -> tuple[datetime, str]:
    """The day of a version and what changed in it. Raises ValueError where the changelog has no such section."""
    section = re.search(SECTION.format(version=re.escape(version)), changelog, re.M | re.S)
    if section is None or not section[2].strip():
        raise ValueError(f"CHANGELOG.md has no section '## {version} (YYYY-MM-DD)' with its notes")
    return datetime.fromisoformat(section[1]).replace(tzinfo=UTC), section[2].strip() + "\n"


def export(top: Path, to: Path) -> None:
    """The committed tree, and nothing that merely lies beside it."""
    archive = subprocess.run(
        ["git", "-C", str(top), "archive", "--format=tar", "HEAD"], check=True, capture_output=True
    )
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as packed:
        packed.extractall(to, filter="data")


def build(source: Path, to: Path, at: datetime) -> None:
    """Wheel and source distribution, by the setuptools that is installed here: nothing is fetched."""
    epoch = int(at.timestamp())
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(to), str(source)],
        check=True, stdout=subprocess.DEVNULL, env={**os.environ, "SOURCE_DATE_EPOCH": str(epoch)},
    )  # fmt: skip
    for path in to.glob("*.tar.gz"):
        path.write_bytes(repacked(path.read_bytes(), epoch))


def repacked(packed: bytes, epoch: int) -> bytes:
    """A .tar.gz as anybody would pack it: sorted, of one moment, of nobody. setuptools writes when and who."""
    plain = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(packed)) as before,
        tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as after,
    ):
        for member in sorted(before.getmembers(), key=lambda member: member.name):
            content = before.extractfile(member)
            member.mtime, member.uid, member.gid, member.uname, member.gname = epoch, 0, 0, "", ""
            member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
            member.pax_headers = {}
            after.addfile(member, content)
    return gzip.compress(plain.getvalue(), mtime=epoch)


def bill_of_materials(source: Path, lock: str, to: Path) -> None:
    """The libraries of a lock with their hashes, as CycloneDX 1.6."""
    subprocess.run(
        [
            sys.executable, "-W", "ignore::UserWarning", "-m", "cyclonedx_py", "requirements", f"requirements/{lock}.lock", "--pyproject",
            "pyproject.toml", "--mc-type", "application", "--sv", "1.6", "--of", "JSON", "--output-reproducible",
            "-o", str(to),
        ],
        cwd=source, check=True,
    )  # fmt: skip


def checksums(folder: Path) -> str:
    """As `sha256sum -c SHA256SUMS` reads them."""
    files = [path for path in sorted(folder.iterdir()) if path.name != "SHA256SUMS"]
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files
    )


def release(top: Path = TOP, out: Path = OUT) -> list[str]:
    """Fills `out`, which is made anew; the names of its files. Raises ValueError without notes of this version."""
    name, version = project(top)
    at, text = notes((top / "CHANGELOG.md").read_text("utf-8"), version)
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as temporary:
        source = Path(temporary) / f"{name}-{version}"
        export(top, source)
        build(source, out, at)
        for lock in LOCKS:
            bill_of_materials(source, lock, out / f"{name}-{version}-{lock}.cdx.json")
    (out / f"NOTES-{version}.md").write_text(f"# {name} {version}\n\n{text}", "utf-8")
    (out / "SHA256SUMS").write_text(checksums(out), "utf-8")
    return [path.name for path in sorted(out.iterdir())]


if __name__ == "__main__":
    try:
        print(*(f"dist/{name}" for name in release()), sep="\n")
    except ValueError as error:
        sys.exit(f"release.py: {error}")
