"""Two peers for `demo.paces`: a page that says hello, and one that counts what the store holds and nothing else."""

from __future__ import annotations

import multiprocessing
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from store import Store


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def hello(path: Path, key: str) -> Iterator[str]:
    """The peers in a process of their own: host and port."""
    port = free_port()
    process = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(path, key, port), daemon=True
    )
    process.start()
    try:
        _wait(port)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.join(10)


def _wait(port: int) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def _serve(path: Path, key: str, port: int) -> None:
    mine = threading.local()

    def counted() -> int:
        if not hasattr(mine, "store"):
            mine.store = Store.open(path, [key])
        return int(mine.store.sizes()["mentions"])

    async def says(_: Request) -> Response:
        return PlainTextResponse("hello")

    async def counts(_: Request) -> Response:
        return PlainTextResponse(str(await run_in_threadpool(counted)))

    app = Starlette(routes=[Route("/hello", says), Route("/count", counts)])
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)
