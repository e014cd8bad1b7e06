"""What ships beside the program: the config.toml that lies under a site's own settings and that `mentions demo` starts from, and the changelog."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent
CONFIG, SITE = "config.toml", "site.toml"


def shipped_changelog() -> Path:
    """What each version brought; packed and found as the config.toml is."""
    packed = _HERE / "CHANGELOG.md"
    return packed if packed.is_file() else _HERE.parent / "CHANGELOG.md"


def shipped_config() -> Path:
    """Packed beside this module by setup.py; in a checkout the one at its top."""
    packed = _HERE / "config.toml"
    return packed if packed.is_file() else _HERE.parent / "config.toml"


def has_settings(path: Path) -> bool:
    """Whether there is a file for --config PATH, or a site.toml that is laid over what ships."""
    return path.exists() or (path.name == CONFIG and path.with_name(SITE).exists())
