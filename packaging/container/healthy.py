"""Whether the page answers, for a container's health check: exit status 0 where it does and has no fault of its own."""

from __future__ import annotations

import sys
import tomllib
import urllib.error
import urllib.request
from pathlib import Path

CONFIG = Path("config.toml")
SECONDS = 8


def port(config: Path = CONFIG) -> int:
    """Where the page listens, by config.toml of this folder."""
    try:
        return int(tomllib.loads(config.read_text("utf-8-sig")).get("review", {}).get("port", 8765))
    except (OSError, ValueError):
        return 8765


def answers(number: int) -> bool:
    """Whether the program's sign of life comes."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{number}/livez", timeout=SECONDS):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500  # it answers, though not by this address
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(not answers(port()))
