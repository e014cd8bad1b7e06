"""A real server that speaks Mastodon's API, on loopback: Debian's snac2, made anew in a folder.

Needs no root, no network and no TLS.
"""

from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import requests

from tests.waits import listens, until


def missing() -> str:
    """What is not installed here; "" where all of it is."""
    return "" if shutil.which("snac") else "snac2"


class Snac:
    """Two users: the organisation's "nhsnwl" and "ana"."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "snac"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.host}"
        self.tokens: dict[str, str] = {}
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            self._run("init", told=f"127.0.0.1\n{self.port}\n{self.host}\n\n\n")
            settings = self.root / "server.json"
            plain = {"protocol": "http", "disable_sandbox": True}
            settings.write_text(json.dumps(json.loads(settings.read_text()) | plain))
            passwords = {user: self._user(user) for user in ("nhsnwl", "ana")}
            self._serve(opened)
            self.tokens = {user: self._token(user, word) for user, word in passwords.items()}
            self._open = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def post(self, user: str, text: str, **more: str) -> dict[str, Any]:
        """Writes a status; what the server says of it."""
        found: dict[str, Any] = self._asked(
            "POST", "/api/v1/statuses", user, {"status": text, **more}
        )
        return found

    def edit(self, user: str, number: str, text: str) -> None:
        """Changes a status."""
        self._asked("PUT", f"/api/v1/statuses/{number}", user, {"status": text})

    def told(self, user: str) -> None:
        """Waits until this user was told of something; a mention takes it ten seconds or so."""
        until(
            lambda: self._asked("GET", "/api/v1/notifications", user, {}),
            f"what snac tells {user}", seconds=60, every=0.5,
        )  # fmt: skip

    def _asked(self, method: str, path: str, user: str, form: dict[str, str]) -> Any:
        answer = requests.request(
            method, self.url + path, data=form, timeout=10,
            headers={"Authorization": f"Bearer {self.tokens[user]}"},
        )  # fmt: skip
        answer.raise_for_status()
        return answer.json()

    def _run(self, command: str, *more: str, told: str = "") -> str:
        return subprocess.run(
            ["snac", command, str(self.root), *more], input=told, capture_output=True, text=True,
            check=True, timeout=60,
        ).stdout  # fmt: skip

    def _user(self, name: str) -> str:
        found = re.search(r"User password is (\S+)", self._run("adduser", name))
        assert found
        return found[1]

    def _token(self, user: str, password: str) -> str:
        form = {"login": user, "passwd": password, "redir": "", "cid": "", "state": ""}
        answer = requests.post(f"{self.url}/oauth/x-snac-get-token", data=form, timeout=10)
        answer.raise_for_status()
        return answer.text.strip()

    def _serve(self, opened: ExitStack) -> None:
        command = ["snac", "httpd", str(self.root)]
        server = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        opened.callback(server.wait, 20)
        opened.callback(server.send_signal, signal.SIGTERM)
        until(lambda: listens(self.port), "snac")
