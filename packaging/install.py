"""Installs the program from the bundle that this file lies in, without a network, into a folder of its own.

    python3 install.py /srv/mentions        py install.py C:\\Mentions

Every file is checked against its hash. Run it again with a newer bundle to update: site.toml and data stay as they are.
"""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

BUNDLE = Path(__file__).resolve().parent


def install(folder: Path, bundle: Path = BUNDLE) -> Path:
    """The path of the command `mentions`. Raises CalledProcessError where pip refuses, as for a file that was changed."""
    environment = folder / ".venv"
    if not (environment / "pyvenv.cfg").exists():
        venv.create(environment, with_pip=True)
    scripts = environment / ("Scripts" if sys.platform == "win32" else "bin")
    python = scripts / ("python.exe" if sys.platform == "win32" else "python")
    subprocess.run(
        [
            str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-index", "--no-deps",
            "--require-hashes", "--find-links", str(bundle / "wheels"), "-r", str(bundle / "requirements.txt"),
        ],
        check=True,
    )  # fmt: skip
    subprocess.run([str(python), str(bundle / "trim.py")], check=True)
    return scripts / ("mentions.exe" if sys.platform == "win32" else "mentions")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever runs it may have an older one
        sys.exit("install.py: Python 3.11 or newer is needed")
    try:
        command = install(Path(sys.argv[1]))
    except subprocess.CalledProcessError as error:
        sys.exit(f"install.py: nothing more was done, see above ({error.returncode})")
    print(f"installed: {command}\nnext, in {Path(sys.argv[1])}: {command} init")
