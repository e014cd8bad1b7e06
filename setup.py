"""Packs the config.toml at the top with the package that reads it; all else is in pyproject.toml.

The file stays where people look for it, and there is no second copy of it to forget.
"""

from __future__ import annotations

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

CONFIG = "config.toml"


class BuildWithConfig(build_py):
    """A wheel carries the file as settings/config.toml; an editable install reads it at the top."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            self.copy_file(CONFIG, str(Path(self.build_lib, "settings", CONFIG)))

    def get_source_files(self) -> list[str]:
        return [*super().get_source_files(), CONFIG]  # a source distribution needs it too


setup(cmdclass={"build_py": BuildWithConfig})
