"""config.toml as it ships: what lies under a site's own settings, and what `mentions demo` starts from in a folder without any."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent
CONFIG, SITE = "config.toml", "site.toml"


def shipped_config() -> Path:
    """Packed beside this module by setup.py; in a checkout the one at its top."""
    packed = _HERE / "config.toml"
    return packed if packed.is_file() else _HERE.parent / "config.toml"


def has_settings(path: Path) -> bool:
    """Whether there is a file for --config PATH, or a site.toml that is laid over what ships."""
    return path.exists() or (path.name == CONFIG and path.with_name(SITE).exists())
