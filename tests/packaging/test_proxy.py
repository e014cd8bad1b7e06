"""nginx and Caddy as their files here set them up, on a port that is not 443, before the page: both are real."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from core import clock
from tests.cycles import changed, start
from tests.decisions import settled
from tests.test_architecture import ROOT
from tests.waits import until

PROXIES = ROOT / "packaging" / "proxy"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Of localhost, signed by itself, and its key."""
    key, at = ec.generate_private_key(ec.SECP256R1()), clock.now()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1)).not_valid_after(at + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    paths = folder / "certificate.pem", folder / "certificate.key"
    paths[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return paths


@contextmanager
def running(command: list[str], **env: str) -> Iterator[None]:
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **env}
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def answer(url: str) -> httpx.Response | None:
    try:
        return httpx.get(url, verify=False, timeout=10)
    except httpx.TransportError:
        return None


@pytest.fixture
def ports(tmp_path: Path) -> Iterator[tuple[int, int]]:
    """Where browsers come in, and where the page listens, which knows of the first alone."""
    outside, inside = free_port(), free_port()
    path = settled(tmp_path)
    changed(path, review={"public_url": f"https://localhost:{outside}", "port": inside})
    process = start("serve", "--config", path)
    try:
        until(partial(answer, f"http://127.0.0.1:{inside}/sign-in"), "the page", seconds=60)
        yield outside, inside
    finally:
        process.terminate()
        process.communicate(timeout=20)


def is_reached(outside: int) -> None:
    """The page answers through the proxy, and takes what a browser sends for its own."""
    url = f"https://localhost:{outside}"
    reply = until(partial(answer, f"{url}/sign-in"), "the proxy", seconds=30)
    assert reply is not None
    assert reply.status_code == 200
    assert "Strict-Transport-Security" in reply.headers
    sent = httpx.post(
        f"{url}/sign-in", data={"name": "nobody", "password": "nothing"}, verify=False, timeout=10,
        headers={"Origin": url, "Sec-Fetch-Site": "same-origin"},
    )  # fmt: skip
    assert sent.status_code != 421
    assert "Use https://" not in sent.text


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not here")
def test_nginx_leads_to_the_page_on_any_port(ports: tuple[int, int], tmp_path: Path) -> None:
    outside, inside = ports
    certificate, key = make_certificate(tmp_path)
    site = (
        (PROXIES / "nginx.conf").read_text("utf-8")
        .replace("listen 443 ssl", f"listen 127.0.0.1:{outside} ssl").replace("    listen [::]:443 ssl;\n", "")
        .replace("mentions.example.org", "localhost").replace("127.0.0.1:8765", f"127.0.0.1:{inside}")
        .replace("/etc/ssl/certs/mentions.pem", str(certificate)).replace("/etc/ssl/private/mentions.key", str(key))
    )  # fmt: skip
    config = tmp_path / "whole.conf"
    paths = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config.write_text(
        f"daemon off;\nmaster_process off;\npid {tmp_path}/pid;\nerror_log stderr;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{paths}{site}}}\n"
    )
    checked = subprocess.run(
        ["nginx", "-t", "-c", str(config)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
    with running(["nginx", "-c", str(config)]):
        is_reached(outside)


@pytest.mark.skipif(shutil.which("caddy") is None, reason="Caddy is not here")
def test_caddy_leads_to_the_page_on_any_port(ports: tuple[int, int], tmp_path: Path) -> None:
    outside, inside = ports
    certificate, key = make_certificate(tmp_path)
    config = tmp_path / "Caddyfile"
    config.write_text(
        "{\n\tadmin off\n\tauto_https disable_redirects\n}\n"
        + (PROXIES / "Caddyfile")
        .read_text("utf-8")
        .replace("# tls internal", f"tls {certificate} {key}")
    )
    env = {
        "MENTIONS_SITE": f"localhost:{outside}", "MENTIONS_PAGE": f"127.0.0.1:{inside}",
        "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path),
    }  # fmt: skip
    command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(config)]
    with running(command, **env):
        is_reached(outside)


def test_iis_keeps_the_address_and_is_well_formed() -> None:
    ElementTree.parse(PROXIES / "web.config")
    assert "preserveHostHeader" in (PROXIES / "web.config").read_text("utf-8")
