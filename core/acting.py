"""Who runs a command on this machine while it acts in somebody's name: each record of it says both.

A name that is typed after `--by` proves nothing; the account of the process is known from the system (`cli.base.login`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_LOGIN: ContextVar[str] = ContextVar("login of a command", default="")


@contextmanager
def at_the_machine(login: str) -> Iterator[None]:
    """What is recorded meanwhile, in this thread, was done by a command that `login` ran."""
    token = _LOGIN.set(login)
    try:
        yield
    finally:
        _LOGIN.reset(token)


def login() -> str:
    """Who runs the command that acts in somebody's name; "" where somebody acts who is signed in, and where nobody does."""
    return _LOGIN.get()


def in_words(login: str, name: str = "") -> str:
    """How a record names whoever did something: at the command line of “root”, for Gina Test."""
    who = f"at the command line of “{login}”" if login else "at the command line"
    return f"{who}, for {name}" if name else who
