"""Questions on a terminal: each answer is checked at once and asked for again, Enter keeps what stands in brackets."""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Callable, Sequence
from typing import Protocol

import click

Check = Callable[[str], str]  # what is wrong with an answer; "" where nothing is


class Terminal(Protocol):
    """Where questions are put: a person's terminal, or a test's list of answers."""

    def say(self, line: str = "") -> None:
        """Shows a line."""

    def ask(self, question: str, default: str = "", *, hidden: bool = False) -> str:
        """Puts one question; the answer without blanks around it, or the default."""


class Screen:
    """The terminal that the command runs in."""

    def say(self, line: str = "") -> None:
        """Shows a line, broken between words where it is longer than the terminal."""
        width = min(shutil.get_terminal_size().columns, 100)
        indent = " " * (len(line) - len(line.lstrip()) + 2)
        click.echo("\n".join(textwrap.wrap(line, width, subsequent_indent=indent) or [""]))

    def ask(self, question: str, default: str = "", *, hidden: bool = False) -> str:
        """Puts one question by click, which edits the line and hides what is secret."""
        answer = click.prompt(
            question, default=default, show_default=bool(default) and not hidden, hide_input=hidden, prompt_suffix=": "
        )  # fmt: skip
        return str(answer).strip()


BACK = "<"


class Back(Exception):
    """Somebody goes back."""


class Way:
    """A terminal on which "<" goes back; `asked` counts the questions that were put since `begin`."""

    def __init__(self, at: Terminal) -> None:
        self._at, self.asked = at, 0

    def begin(self) -> None:
        """A part begins."""
        self.asked = 0

    def say(self, line: str = "") -> None:
        """Shows a line."""
        self._at.say(line)

    def ask(self, question: str, default: str = "", *, hidden: bool = False) -> str:
        """Puts one question. Raises Back."""
        answer = self._at.ask(question, default, hidden=hidden)
        if answer == BACK:
            raise Back
        self.asked += 1
        return answer


def text(at: Terminal, question: str, default: str = "", check: Check = lambda _: "") -> str:
    """A text that a check lets pass; "-" empties what stands there."""
    while True:
        answer = at.ask(question, default)
        answer = "" if answer == "-" else answer
        if not (why := check(answer)):
            return answer
        at.say(f"  {why[:1].upper()}{why[1:]}")


def yes(at: Terminal, question: str, default: bool) -> bool:
    """Yes or no."""
    answer = text(
        at, f"{question} (yes/no)", "yes" if default else "no",
        lambda word: "" if word.casefold() in ("yes", "no", "y", "n") else "answer yes or no",
    )  # fmt: skip
    return answer.casefold().startswith("y")


def choice(at: Terminal, question: str, choices: Sequence[str], default: str) -> str:
    """One of some words."""
    listed = ", ".join(choices)
    return text(
        at, f"{question} ({listed})", default,
        lambda word: "" if word in choices else f"answer with one of these: {listed}",
    )  # fmt: skip


def several(
    at: Terminal, question: str, default: Sequence[str], check: Check = lambda _: ""
) -> list[str]:
    """Several texts with commas between them; "-" for none."""

    def wrong(answer: str) -> str:
        return next((why for part in parted(answer) if (why := check(part))), "")

    return parted(
        text(at, f"{question} (commas between them; - for none)", ", ".join(default), wrong)
    )


def parted(answer: str) -> list[str]:
    """What stands between commas."""
    return [part for part in (part.strip() for part in re.split("[,;]", answer)) if part]


def lines(at: Terminal, question: str, check: Check = lambda _: "") -> list[str]:
    """One thing a line until an empty one."""
    at.say(f"{question} An empty line ends the list.")
    listed: list[str] = []
    while answer := text(at, f"  {len(listed) + 1}", "", lambda word: check(word) if word else ""):
        listed.append(answer)
    return listed
