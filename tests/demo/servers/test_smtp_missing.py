"""The demo's mail server is an extra; without it a sentence says what to install, and all else works."""

from __future__ import annotations

import subprocess
import sys

from tests.test_architecture import ROOT

WITHOUT = """
import sys
sys.modules["aiosmtpd"] = None  # as where it is not installed
from cli.main import COMMANDS, cli, load_command
for name in sorted({*COMMANDS} - {"demo"}):
    load_command(name)
cli(["demo", "--folder", "nowhere"])
"""


def test_without_its_mail_server_the_demo_says_what_to_install_and_all_else_loads() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT], cwd=ROOT, capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip
    assert ran.returncode == 1
    assert ran.stderr.startswith("mentions: the demo's mail server is not installed")
    assert "requirements/demo.lock" in ran.stderr
