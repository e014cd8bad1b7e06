"""How long 1,000 alerts take to a mail server on this machine: `python -m bench.alerts`.

So many cases become high at once. Their mails are written and sent by the real steps, one by one, over one connection;
the server is one of loopback in a process of its own that takes whatever comes. The same is timed of smtplib alone, with mails
of the same size, so that a slow machine can be told from a slow program.
"""

from __future__ import annotations

import multiprocessing
import random
import smtplib
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from multiprocessing.synchronize import Event
from pathlib import Path

import click
import tomli_w
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography.fernet import Fernet

from bench import store_fixture
from bench.review_page import free_port
from core import clock
from core.models import Flag
from steps import alerts, deliver
from steps.context import RunContext, open_context

ROOT = Path(__file__).parent.parent
GOAL = 30.0  # seconds


@contextmanager
def receiving() -> Iterator[int]:
    """A mail server in a process of its own: its port."""
    spawn = multiprocessing.get_context("spawn")
    ready, over = spawn.Event(), spawn.Event()
    port = free_port()
    process = spawn.Process(target=_receive, args=(port, ready, over), daemon=True)
    process.start()
    try:
        if not ready.wait(60):
            raise click.ClickException("the mail server did not start")
        yield port
    finally:
        over.set()
        process.join(10)


class _TakesAll:
    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        return "250 OK"


def _receive(port: int, ready: Event, over: Event) -> None:
    controller = Controller(_TakesAll(), hostname="127.0.0.1", port=port)
    controller.start()
    ready.set()
    over.wait()
    controller.stop()


def settings(folder: Path, port: int) -> Path:
    """config.toml with alerts on, told to this server."""
    config = tomllib.loads((ROOT / "config.toml").read_text("utf-8"))
    config["store"] |= {"path": "mentions.db", "keys": ["file:key"]}
    config["alerts"] |= {"on": True, "to": ["duty@example.org"], "most_an_hour": 1000}
    config["alerts"]["mail"] |= {"host": "127.0.0.1", "port": port, "security": "none", "user": ""}
    (folder / "key").touch(mode=0o600)
    (folder / "key").write_text(Fernet.generate_key().decode(), "utf-8")
    (folder / "config.toml").write_text(tomli_w.dumps(config), "utf-8")
    return folder / "config.toml"


def become_high(context: RunContext, count: int) -> None:
    """So many cases of one post each, in which somebody is threatened."""
    at, store, chance = clock.now(), context.store, random.Random(1)
    store.mentions.add_run("x", (), since=at - timedelta(days=2), at=at - timedelta(days=1))
    posts = []
    for number in range(count):
        words = " ".join(f"{store_fixture.sentence(chance, 'Brent')} {number * 7919:x}" for _ in range(2))  # fmt: skip
        posts.append(store_fixture.post(chance, number, at, words))
    store.mentions.add_page("x", posts, at=at)
    threat = Flag(name="threat", score=0.97, clauses=("6.9",), target=("colleague",))
    store.assessments.add(
        [
            store_fixture.assessed(
                stored.number, stored.revision, store_fixture.reading(chance, stored.mention.text, flags=(threat,)), "high", at
            )
            for stored in store.assessments.unassessed(store_fixture.POLICY, store_fixture.MODEL)
        ]
    )  # fmt: skip
    store_fixture.group(store, at, {})


def smtplib_alone(port: int, content: bytes, count: int) -> float:
    """Seconds that smtplib takes to send so many of the same."""
    begun = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as connection:
        for _ in range(count):
            connection.sendmail("mentions@example.org", ["duty@example.org"], content)
    return time.perf_counter() - begun


def _last_mail(context: RunContext) -> EmailMessage:
    row = context.store.outbox.due(clock.now())[-1]
    return alerts.letter(context, row, row.recipients, clock.now())


@click.command()
@click.option("--count", default=1000, show_default=True, help="How many cases become high.")
def main(count: int) -> None:
    """Times them, and exits with 1 where they take longer than they may."""
    with tempfile.TemporaryDirectory() as folder, receiving() as port:
        path = settings(Path(folder), port)
        with open_context(path, lambda _: None) as context:
            become_high(context, count)
            begun, cpu = time.perf_counter(), time.process_time()
            written = alerts.raise_alerts(context, clock.now())
            raised = time.perf_counter() - begun
            mail = _last_mail(context)
            content = mail.as_bytes(policy=mail.policy.clone(cte_type="7bit", linesep="\r\n"))
            begun = time.perf_counter()
            left = deliver.deliver(context, clock.now())
            sent, cpu = time.perf_counter() - begun, time.process_time() - cpu
        alone = smtplib_alone(port, content, left)
    print(
        f"{written:,} alerts written in {raised:.1f} s, {left:,} sent in {sent:.1f} s (smtplib alone {alone:.1f} s), "
        f"{cpu:.1f} s of CPU, {len(content) / 1024:.0f} KB each; at most {GOAL:.0f} s"
    )
    sys.exit(raised + sent > GOAL or left != written)


if __name__ == "__main__":
    main()
