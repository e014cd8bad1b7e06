"""Makes a bundle from which a machine without a network installs: every wheel with its hash, and an installer.

    python packaging/bundle.py [--lock slim|run] [--platform win_amd64 --python 3.13]

Without --platform it is for machines like this one. It holds the release's wheel (made by packaging/release.py before),
the libraries of the lock, what builds a wheel (setuptools), and install.py, which needs Python and nothing else.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).parents[1]
DIST = TOP / "dist"
HERE = Path(__file__).parent


def downloading(locks: list[Path], to: Path, platform: str, python: str) -> list[str]:
    """The command that fetches every wheel of some locks, each by its hash."""
    command = [
        sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--require-hashes", "--no-deps",
        "--only-binary", ":all:", "-d", str(to),
    ]  # fmt: skip
    if platform:
        command += ["--platform", platform, "--python-version", python, "--implementation", "cp"]
    for lock in locks:
        command += ["-r", str(lock)]
    return command


def requirements(locks: list[Path], wheel: Path) -> str:
    """The locks, and the program itself with the hash of its wheel."""
    name, version = wheel.name.split("-")[:2]
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return "".join(lock.read_text("utf-8") for lock in locks) + (
        f"{name.replace('_', '-')}=={version} \\\n    --hash=sha256:{digest}\n"
    )


def bundle(lock: str, platform: str, python: str, *, top: Path = TOP, dist: Path = DIST) -> Path:
    """The bundle's file. Raises ValueError where no release was made before."""
    wheels = sorted(dist.glob("*.whl"))
    if len(wheels) != 1:
        raise ValueError(f"{dist} holds no release: run `make release` first")
    (wheel,) = wheels
    version = wheel.name.split("-")[1]
    kind = f"{platform}-py{python}" if platform else f"{sys.platform}-py{python}"
    name = f"mentions-{version}-{lock}-{kind}"
    locks = [top / "requirements" / f"{each}.lock" for each in ("build", lock)]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / name
        (folder / "wheels").mkdir(parents=True)
        subprocess.run(downloading(locks, folder / "wheels", platform, python), check=True)
        shutil.copy(wheel, folder / "wheels")
        (folder / "requirements.txt").write_text(requirements(locks, wheel), "utf-8")
        for file in ("install.py", "trim.py"):
            shutil.copy(HERE / file, folder)
        shutil.copytree(HERE / "windows", folder / "windows")
        shutil.copy(top / "docs" / "installing.md", folder / "README.md")
        packed = shutil.make_archive(str(dist / name), "zip", temporary, name)
    return Path(packed)


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--lock", choices=("slim", "run"), default="slim")
    options.add_argument("--platform", default="", help="win_amd64, manylinux_2_28_x86_64, …")
    options.add_argument("--python", default=f"{sys.version_info[0]}.{sys.version_info[1]}")
    chosen = options.parse_args()
    try:
        made = bundle(chosen.lock, chosen.platform, chosen.python)
    except ValueError as error:
        sys.exit(f"bundle.py: {error}")
    print(f"{made} ({made.stat().st_size / 1e6:.0f} MB)")
