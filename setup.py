"""Packs the config.toml at the top with the package that reads it; all else is in pyproject.toml.

The file stays where people look for it, and there is no second copy of it to forget.
"""

from __future__ import annotations

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

CONFIG = "config.toml"
CHANGELOG = "CHANGELOG.md"  # `mentions upgrade` says what is new


class BuildWithConfig(build_py):
    """A wheel carries the file as settings/config.toml; an editable install reads it at the top."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            for name in (CONFIG, CHANGELOG):
                self.copy_file(name, str(Path(self.build_lib, "settings", name)))

    def get_source_files(self) -> list[str]:
        return [
            *super().get_source_files(),
            CONFIG,
            CHANGELOG,
        ]  # a source distribution needs it too


setup(cmdclass={"build_py": BuildWithConfig})
