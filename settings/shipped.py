"""config.toml as it ships: what `mentions init` writes, and what `mentions demo` starts from in a folder without one."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent


def shipped_config() -> Path:
    """Packed beside this module by setup.py; in a checkout the one at its top."""
    packed = _HERE / "config.toml"
    return packed if packed.is_file() else _HERE.parent / "config.toml"
