"""How a person's consent comes back: by a browser to this machine, or pasted by hand."""

from __future__ import annotations

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

import click

from errors import ConfigError, PlatformRefused

Consent = Callable[[str, str], str]  # the address of consent and the redirect; gives where it ended
PATIENCE = 600.0  # seconds for a person to sign in and agree
_SILENCE = 2.0  # seconds for a browser's request: some open a connection beforehand and say nothing
_PAGE = (
    b"<!DOCTYPE html><html lang=en><title>Access</title><p>Thank you. You can close this page and go "
    b"back to the terminal."
)


def pasted(say: Callable[[str], None]) -> Consent:
    """Asks for the address at which the browser ended."""

    def ask(url: str, redirect: str) -> str:
        _tell(url, say)
        say(f"The browser then ends at an address that starts with {redirect}")
        found: str = click.prompt("Paste that whole address here", hide_input=True)
        return checked(found.strip())

    return ask


def listening(say: Callable[[str], None]) -> Consent:
    """Waits on this machine for the browser to come back.

    Asking raises ConfigError where the redirect does not lead here, PlatformRefused where nobody
    agreed in time.
    """

    def ask(url: str, redirect: str) -> str:
        came: list[str] = []
        with _opened(redirect, came) as server:
            _tell(url, say)
            while not came:
                server.handle_request()
        return checked(came[0])

    return ask


def _opened(redirect: str, came: list[str]) -> HTTPServer:
    parts = urlsplit(redirect)
    if parts.scheme != "http" or parts.hostname not in ("127.0.0.1", "localhost") or not parts.port:
        raise ConfigError("--redirect does not lead to this machine: use --paste with it")

    class Waiting(BaseHTTPRequestHandler):
        timeout = _SILENCE

        def do_GET(self) -> None:
            there = urlsplit(self.path)
            wanted = there.path == (parts.path or "/") and bool(there.query)
            self.send_response(200 if wanted else 404)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("cache-control", "no-store")
            self.send_header("referrer-policy", "no-referrer")
            self.end_headers()
            if wanted:
                self.wfile.write(_PAGE)
                came.append(f"{redirect}?{there.query}")

        def log_message(self, *_: object) -> None:
            return  # the address holds the code

    try:
        return _Server(("127.0.0.1", parts.port), Waiting)
    except OSError as error:
        raise ConfigError(
            f"port {parts.port} of this machine is taken ({error.strerror}): use --redirect with another "
            "that the app's settings name, or --paste"
        ) from error


class _Server(HTTPServer):
    timeout = PATIENCE

    def handle_timeout(self) -> None:
        raise PlatformRefused("nobody agreed within ten minutes: run it again")


def _tell(url: str, say: Callable[[str], None]) -> None:
    say("Open this address in a browser, signed in as an administrator of the account:\n")
    say(f"  {url}\n")


def checked(back: str) -> str:
    """The address that the browser ended at. Raises PlatformRefused where nobody agreed."""
    if "error=" in urlsplit(back).query:
        raise PlatformRefused("the platform says that access was not granted: run it again")
    return back
