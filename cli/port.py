"""The port that the review page listens on: taken, waited for within a bound, and who has it."""

from __future__ import annotations

import errno
import socket
import time

import psutil

from core.errors import ConfigError
from core.progress import ReportProgress

LOOPBACK = "127.0.0.1"
EVERY = 0.25  # seconds between two tries
BACKLOG = 2048  # connections that wait to be taken, as uvicorn has it


def take(port: int, *, seconds: float, report_progress: ReportProgress) -> socket.socket:
    """A socket that listens on `port` of loopback; waits up to `seconds` for whoever has it, and says who that is.

    Raises ConfigError where it is not free by then, or may not be had.
    """
    end, waits = time.monotonic() + seconds, False
    while True:
        try:
            return _bound(port)
        except OSError as error:
            if error.errno == errno.EACCES:
                raise ConfigError(
                    f"[review] port {port} is for the system's own services: choose one above 1023"
                ) from error
            if error.errno != errno.EADDRINUSE:
                raise
        if time.monotonic() >= end:
            raise ConfigError(
                f"port {port} is taken by {holder(port)}: stop it, or choose another [review] port and public_url"
            )
        if not waits:
            report_progress(
                f"port {port} is taken by {holder(port)}: waiting up to {seconds:.0f} seconds for it"
            )
            waits = True
        time.sleep(EVERY)


def _bound(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # Windows, where REUSEADDR lets another one in
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((LOOPBACK, port))
        listening.listen(BACKLOG)
    except BaseException:
        listening.close()
        raise
    return listening


def holder(port: int) -> str:
    """Whoever listens on a port, for people: its name, process and account, as far as this account may know.

    Arguments of a command are left out: they can hold a secret.
    """
    try:
        numbers = [
            connection.pid
            for connection in psutil.net_connections("tcp")
            if connection.status == psutil.CONN_LISTEN and connection.laddr[1:] == (port,)
        ]
    except (psutil.Error, OSError):
        return "another program"
    number = next((number for number in numbers if number), None)
    if number is None:
        return "a program of another account" if numbers else "another program"
    try:
        process = psutil.Process(number)
        name = "another `mentions serve`" if _is_ours(process.cmdline()) else process.name()
        return f"{name} (process {number}, account {process.username()})"
    except psutil.Error:
        return f"process {number}"


def _is_ours(command: list[str]) -> bool:
    """Whether a command is `mentions serve`, `python pipeline.py serve` or `python -m pipeline serve`."""
    return "serve" in command and any("mentions" in part or "pipeline" in part for part in command)
