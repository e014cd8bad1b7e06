"""Removes from an environment the tests that pandas and numpy bring of themselves: 63 MB that nothing imports.

Run it by the environment's own Python: `.venv/bin/python packaging/trim.py`. pip goes on working there: what an update or
a removal does not find, it passes over.
"""

from __future__ import annotations

import shutil
import sys
import sysconfig
from pathlib import Path

LIBRARIES = ("pandas", "numpy")


def trim(site_packages: Path) -> int:
    """The bytes that went; 0 where it was done before or the libraries are not there."""
    removed = 0
    for library in LIBRARIES:
        for folder in sorted((site_packages / library).rglob("tests")):
            if folder.is_dir():
                removed += sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
                shutil.rmtree(folder)
    return removed


if __name__ == "__main__":
    if sys.prefix == sys.base_prefix:
        sys.exit("trim.py: run it by the Python of an environment, not by the system's")
    print(f"removed {trim(Path(sysconfig.get_path('purelib'))) / 1e6:.0f} MB of libraries' tests")
