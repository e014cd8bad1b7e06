"""Whether the page answers, for a container's health check: exit status 0 where it does and has no fault of its own."""

from __future__ import annotations

import sys
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterable
from pathlib import Path

CONFIGS = (Path("site.toml"), Path("config.toml"))  # the first holds over the second
SECONDS = 8


def port(configs: Iterable[Path] = CONFIGS) -> int:
    """Where the page listens, by the files of this folder."""
    for config in configs:
        try:
            return int(tomllib.loads(config.read_text("utf-8-sig"))["review"]["port"])
        except (OSError, ValueError, KeyError):
            continue
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
