"""Choosing an NHS body of the list that ships, by name or code, for what `mentions init` fills in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from cli import terminal
from cli.terminal import Terminal
from core.errors import ConfigError
from settings.files.bodies import Bodies, Body

HINT = (
    "An ODS code, or ? and some words such as ? west yorkshire, looks it up in a list of boards and trusts, "
    "and fills in names, places and providers for you to check."
)
Rows = Sequence[Mapping[str, Any]]


def asks(answer: str, bodies: Bodies) -> bool:
    """Whether an answer is a code of the list or asks for a search in it."""
    return answer.startswith("?") or answer.upper() in bodies.by_code


def choose(at: Terminal, answer: str, bodies: Bodies, on: date) -> Body | None:
    """The body that somebody picks; None where there is none, or they type its name themselves."""
    matches = bodies.search(answer.lstrip("? "))
    if not matches:
        at.say("  Nothing in the list has these words. Try fewer, or type the name as it is.")
        return None
    body = matches[0] if answer.upper() == matches[0].code else _pick(at, matches)
    return _present(at, body, bodies, on) if body is not None else None


def check_one(names: Sequence[str], bodies: Bodies) -> Body | None:
    """The body of the list that names are of, or that has its area since; None where they are of none. Raises ConfigError for two.

    A name of a body that another came from is one of that other: its posts are read on.
    """
    called = {
        name: of_name for name in names if (of_name := [body for body in bodies.by_code.values() if body.is_called(name)])
    }  # fmt: skip
    for name, of in called.items():
        for other, of_other in called.items():
            if not any(_one(body, another, bodies) for body in of for another in of_other):
                raise ConfigError(
                    f"{name} and {other} are two bodies, and each has its own posts, key and people: set them up one after another, by "
                    "`mentions init --organisation SHORT-NAME --organisation NAME`"
                )
    of_all = [body for of in called.values() for body in of]
    later = [after for body in of_all for after in bodies.successors(body)]
    return next((body for body in (*of_all, *later) if body.until is None), None)


def _one(body: Body, other: Body, bodies: Bodies) -> bool:
    """Whether two bodies are one, or one of them became the other."""
    return body.code == other.code or _became(body, other, bodies) or _became(other, body, bodies)


def _became(before: Body, after: Body, bodies: Bodies) -> bool:
    return any(
        body.code == after.code or _became(body, after, bodies)
        for body in bodies.successors(before)
    )


def by_flag(word: str, bodies: Bodies, on: date) -> Body:
    """The one body that `--body` names. Raises ConfigError, saying which there are, for none, several, or one that ended."""
    matches = bodies.search(word)
    exact = [body for body in matches if word.upper() == body.code]
    if not exact:  # a whole name, of one that goes on before one that ended
        called = [body for body in matches if body.is_called(word)]
        exact = [body for body in called if not body.ended(on)] or called
    if len(exact) > 1 or (not exact and len(matches) != 1):
        listed = "; ".join(body.title for body in matches)
        raise ConfigError(
            f"--body {word}: give one code; there are {listed}"
            if listed
            else f"--body {word}: no board or trust of the list has this code or these words"
        )
    body = (exact or matches)[0]
    if body.ended(on):
        raise ConfigError(f"--body {word}: {_ended(body, bodies)}")
    return body


def same(rows: Rows, others: Rows) -> bool:
    """Whether two lists have a name in common."""
    return not {_plain(row["name"]) for row in rows}.isdisjoint(
        _plain(row["name"]) for row in others
    )


def added(rows: Rows, more: Rows) -> list[dict[str, Any]]:
    """What stands there, and those of `more` whose names are not among them."""
    there = {_plain(name) for row in rows for name in (row["name"], *row.get("aliases", ()))}
    return [*map(dict, rows), *(dict(row) for row in more if _plain(row["name"]) not in there)]


def _plain(name: object) -> str:
    return str(name).casefold().replace("&", "and")


def _pick(at: Terminal, matches: Sequence[Body]) -> Body | None:
    for number, body in enumerate(matches, 1):
        at.say(f"  {number:2}  {body.title}")
    numbers = [str(number) for number in range(len(matches) + 1)]
    answer = terminal.text(
        at, "Which of them? 0 for none", "1",
        lambda word: "" if word in numbers else f"answer with a number from 0 to {len(matches)}",
    )  # fmt: skip
    return matches[int(answer) - 1] if answer != "0" else None


def _present(at: Terminal, body: Body, bodies: Bodies, on: date) -> Body | None:
    """The body, or one that has its area since where it ended."""
    if not body.ended(on):
        return body
    at.say(f"  {_ended(body, bodies)}")
    after = bodies.successors(body)
    if not after:
        return None
    if len(after) > 1:
        return _pick(at, after)
    return after[0] if terminal.yes(at, f"Take {after[0].title}?", True) else None


def _ended(body: Body, bodies: Bodies) -> str:
    what = "its area is that of" if body.kind == "board" else "its services are those of"
    after = " and ".join(other.title for other in bodies.successors(body))
    until = body.until.isoformat() if body.until else ""
    return f"{body.name} ended on {until}" + (f": {what} {after} since" if after else "")
