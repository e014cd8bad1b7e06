"""What ships beside the program: the config.toml that `mentions init` writes and `mentions demo` starts from, and the changelog."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent


def shipped_changelog() -> Path:
    """What each version brought; packed and found as the config.toml is."""
    packed = _HERE / "CHANGELOG.md"
    return packed if packed.is_file() else _HERE.parent / "CHANGELOG.md"


def shipped_config() -> Path:
    """Packed beside this module by setup.py; in a checkout the one at its top."""
    packed = _HERE / "config.toml"
    return packed if packed.is_file() else _HERE.parent / "config.toml"
