"""The container as its files set it up: nobody's root, nothing written but the site's folder, one health check."""

from __future__ import annotations

import re
import runpy
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from cli.main import COMMANDS
from demo.servers.http import stop
from tests.test_architecture import PARTS, PROJECT, ROOT

FOLDER = ROOT / "packaging" / "container"
DOCKERFILE = (FOLDER / "Dockerfile").read_text("utf-8")
HEALTHY = runpy.run_path(str(FOLDER / "healthy.py"))


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))[
        "services"
    ]
    return services


@pytest.mark.skipif(shutil.which("hadolint") is None, reason="hadolint is not here")
def test_hadolint_has_nothing_to_say() -> None:
    ran = subprocess.run(
        ["hadolint", str(FOLDER / "Dockerfile")], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (0, "")


def test_what_builds_stays_behind_and_what_runs_is_nobodys_root() -> None:
    build, run = re.split(r"^FROM ", DOCKERFILE, flags=re.M)[1:]
    assert "AS build" in build.splitlines()[0]
    assert re.findall(r"^USER (\S+)$", run, re.M) == ["10001:10001"]
    assert re.findall(r"^COPY --from=build (\S+)", run, re.M) == ["/opt/mentions"]
    assert "HEALTHCHECK" in run
    assert "--require-hashes -r requirements/slim.lock" in build
    assert "pip" not in run


def test_every_part_that_is_packed_is_copied() -> None:
    copied = set(re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text("utf-8"), re.M))
    assert {*PARTS} - {"bench"} <= copied
    assert {"pyproject.toml", "setup.py", "config.toml", "pipeline.py", "requirements"} <= copied
    assert not copied & {"tests", "docs", "data", "var", ".git", "site.toml"}


def test_both_services_are_confined_and_call_commands_that_are_there(
    services: dict[str, Any],
) -> None:
    for name in ("page", "schedule"):
        service = services[name]
        assert service["command"][0] in COMMANDS
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["volumes"] == ["./site:/srv/mentions"]
        assert service["image"].endswith(f":{PROJECT['project']['version']}}}")


def test_caddy_alone_is_reached_from_outside(services: dict[str, Any]) -> None:
    assert services["caddy"]["network_mode"] == "service:page"
    assert services["page"]["ports"] == [
        "${MENTIONS_HTTPS:-443}:${MENTIONS_HTTPS:-443}", "${MENTIONS_HTTP:-80}:80"
    ]  # fmt: skip
    assert "ports" not in services["schedule"]
    mounted = services["caddy"]["volumes"][0].split(":")[0]
    assert (FOLDER / mounted).resolve() == ROOT / "packaging" / "proxy" / "Caddyfile"


@contextmanager
def answering(status: int) -> Iterator[int]:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """It is quiet."""

    server = HTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        stop(server)
        server.server_close()


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (421, True), (500, False), (503, False)])  # fmt: skip
def test_the_page_is_healthy_where_it_answers_without_a_fault(status: int, healthy: bool) -> None:
    with answering(status) as port:
        assert HEALTHY["answers"](port) is healthy
    assert HEALTHY["answers"](port) is False  # nobody listens any more


def test_the_health_check_asks_where_config_says(tmp_path: Path) -> None:
    site, config = tmp_path / "site.toml", tmp_path / "config.toml"
    assert HEALTHY["port"]((site, config)) == 8765
    config.write_text("[review]\nport = 9001\n")
    assert HEALTHY["port"]((site, config)) == 9001
    site.write_text("[review]\nport = 9002\n")
    assert HEALTHY["port"]((site, config)) == 9002
    site.write_text("[organisation]\n")
    assert HEALTHY["port"]((site, config)) == 9001
