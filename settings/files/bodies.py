"""The NHS bodies of England that `mentions init` offers: boards and trusts by ODS code, and what the settings say of one.

The list is bodies.toml beside this; docs/bodies.md says where each part is from and what nobody checked.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

FILE = Path(__file__).with_name("bodies.toml")
FIRST_BOARDS = date(2022, 7, 1)  # Health and Care Act 2022, section 19: boards took over from CCGs
SAID_AFTER = timedelta(days=365)  # how long a former name is still searched for
MOST_FOUND = 9  # shown of a search

BodyKind = Literal["board", "trust"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A board or a trust. `until` is its last day, `became` the codes of those that have its area or services since.

    `boards` are the codes of the boards in whose areas a trust works, that of its headquarters first; `note` is what a
    person must ask, "" where nothing is open.
    """

    code: str
    kind: BodyKind
    name: str
    town: str = ""
    region: str = ""
    since: date | None = None
    until: date | None = None
    became: tuple[str, ...] = ()
    cluster: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    boards: tuple[str, ...] = ()
    former: tuple[tuple[str, date], ...] = ()  # former names, each with its last day
    also: tuple[str, ...] = ()  # abbreviations and areas of earlier bodies, for the search alone
    note: str = ""

    @property
    def short(self) -> str:
        """A trust's name as it is shortened most; a board's as it is."""
        if self.kind == "board":
            return self.name
        return _SHORTENED.sub("", self.name.removeprefix("The ")).rstrip(" ,")

    @property
    def title(self) -> str:
        """Its name, code and town or last day, for a list."""
        name = f"NHS {self.name} Integrated Care Board" if self.kind == "board" else self.name
        town = f", {self.town}" if self.town else ""
        ended = f", until {self.until.isoformat()}" if self.until else ""
        return f"{name} ({self.code}{town}{ended})"

    def is_called(self, words: str) -> bool:
        """Whether words are its name, with or without what all such names have, such as NHS or Integrated Care Board."""
        wanted = [word for word in _words(words) if word not in _SAY_NOTHING]
        return bool(wanted) and wanted == _telling(self.name)

    def ended(self, on: date) -> bool:
        """Whether its last day is before a day."""
        return self.until is not None and self.until < on


_SHORTENED = re.compile(r",? NHS (?:Foundation )?Trust$")
# A shortened name that has none of these may be a place's: "Bolton", "Isle of Wight", "West Suffolk"
_SAYS_CARE = re.compile(
    r"\b(?:hospitals?|health|healthcare|care|partnership|ambulance|community|centre|christie|marsden|clatterbridge|maudsley|barts|oxleas|portman|caring|"
    r"alliance|university|thomas'|services|mental|children's|women's)(?!\w)",
    re.IGNORECASE,
)
_SAYS_KIND = re.compile(
    r"\b(?:nhs|trust|hospitals?|infirmary|ambulance|university healthcare|healthcare university|partnership university)\b",
    re.IGNORECASE,
)
# Of a shortened name: what says care, and nothing of whose. Beside these and places it needs a word of its own, as Oxleas or Maudsley.
GENERAL = frozenset(
    (
        "community", "health", "healthcare", "care", "partnership", "university", "services", "service", "integrated", "mental", "centre", "cancer",
        "women's", "children's", "teaching", "royal", "and", "of", "the", "north", "south", "east", "west", "mid", "northern", "southern", "eastern",
        "western", "central",
    )
)  # fmt: skip
_PLACES = frozenset(
    ("walton", "glossop", "england", "thames", "northumbria", "anglia", "borders")
)  # no area or town of the list


@dataclass(frozen=True, slots=True, kw_only=True)
class Bodies:
    """The list, by code. `read` is the day on which its sources were read."""

    by_code: Mapping[str, Body]
    read: date
    source: str

    def search(self, words: str) -> list[Body]:
        """Bodies of a code or with all these words in name, town or place: one of just this name first, then those that go on; a few at most.

        Who writes ICB, CCG or the like means a board: a trust is none of those that are found then, unless there is no board.
        """
        code = words.strip().upper()
        if code in self.by_code:
            return [self.by_code[code]]
        plain = _GROUP.sub("ccg", words)
        wanted = [word for word in _words(plain) if word not in _SAY_NOTHING]
        if not wanted:
            return []
        ranked = [
            (rank > 0, body.until is not None, rank, body.kind != "board", body.name, body)
            for body in self.by_code.values()
            if (rank := _rank(body, wanted)) is not None
        ]
        matches = [body for *_, body in sorted(ranked, key=lambda row: row[:5])]
        if _MEANS_BOARD.search(words):
            matches = [body for body in matches if body.kind == "board"] or matches
        return matches[:MOST_FOUND]

    def place_words(self) -> frozenset[str]:
        """Every word of which towns, areas and boards are called."""
        return _PLACES.union(
            word
            for body in self.by_code.values()
            for text in (body.town, body.region, *body.places, body.name if body.kind == "board" else "")
            for word in _words(text)
        )  # fmt: skip

    def successors(self, body: Body) -> list[Body]:
        """The bodies that have its area or services since, as far as the list knows."""
        return [self.by_code[code] for code in body.became if code in self.by_code]

    def predecessors(self, body: Body) -> list[Body]:
        """The bodies whose area or services it has, the latest to end first."""
        before = [other for other in self.by_code.values() if body.code in other.became]
        return sorted(before, key=lambda other: other.until or date.min, reverse=True)

    def trusts_of(self, board: str) -> list[Body]:
        """The trusts that work in a board's area and go on, those with their headquarters there first."""
        there = [
            body
            for body in self.by_code.values()
            if body.kind == "trust" and not body.until and board in body.boards
        ]
        return sorted(there, key=lambda body: (body.boards[0] != board, body.name))


@cache
def load(path: Path = FILE) -> Bodies:
    """The list as it ships."""
    table = tomllib.loads(path.read_text("utf-8"))
    bodies = [*_boards(table), *_trusts(table)]
    return Bodies(
        by_code={body.code: body for body in bodies}, read=table["read"], source=table["source"]
    )


def _boards(table: Mapping[str, Any]) -> Iterator[Body]:
    for code, row in table["icb"].items():
        yield Body(
            code=code, kind="board", name=row["name"], region=row["region"],
            since=row.get("from", FIRST_BOARDS), until=row.get("until"), became=tuple(row.get("became", ())),
            cluster=tuple(row.get("cluster", ())), places=tuple(row["places"]), also=tuple(table["also"].get(code, ())), note=table["unchecked"].get(code, ""),
        )  # fmt: skip


def _trusts(table: Mapping[str, Any]) -> Iterator[Body]:
    renamed, notes = table["renamed"], table["unchecked"]
    for code, (name, town, *boards) in table["trusts"].items():
        before = renamed.get(code)
        former = ((before[0], before[1] - timedelta(days=1)),) if before else ()
        yield Body(
            code=code, kind="trust", name=name, town=town, boards=tuple(boards), former=former,
            note=notes.get(code, ""),
        )  # fmt: skip
    for code, (name, town, board, until, became) in table["ended"].items():
        yield Body(
            code=code, kind="trust", name=name, town=town, boards=(board,), until=until,
            became=(became,) if became else (),
        )  # fmt: skip


_SAY_NOTHING = frozenset(
    ("nhs", "icb", "ics", "integrated", "care", "board", "system", "ccg", "ccgs", "trust", "foundation", "the", "and", "of")
)  # fmt: skip
_GROUP = re.compile(r"\bclinical commissioning groups?\b", re.IGNORECASE)
_MEANS_BOARD = re.compile(r"\b(?:ICB|ICS|CCGs?|commissioning|integrated care (?:board|system))\b", re.IGNORECASE)  # fmt: skip


def _words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.casefold().replace("’", "'").replace("&", " and "))


def _telling(name: str) -> list[str]:
    """The words of a name that tell it from others."""
    return [word for word in _words(name) if word not in _SAY_NOTHING]


def _rank(body: Body, wanted: Sequence[str]) -> int | None:
    """How near a body is to some words; None where it has not all of them.

    0 where its name is these words, 1 where it has them, 2 where town, places or a former name do, 3 where words begin so.
    """
    name = _words(body.name)
    if _telling(body.name) == list(wanted):
        return 0
    rest = _words(" ".join((body.town, *body.places, *body.also, *(was for was, _ in body.former))))
    if set(wanted) <= set(name):
        return 1
    if set(wanted) <= {*name, *rest}:
        return 2
    begun = all(any(word.startswith(part) for word in (*name, *rest)) for part in wanted)
    return 3 if begun else None


# ── What the settings say of a body.


def organisation(body: Body, bodies: Bodies) -> dict[str, list[dict[str, Any]]]:
    """`names`, `places` and `providers` of [organisation] for a body, as rows of config.toml. A person looks at them.

    Former names are searched for until a year after their last day, and recognised for ever.
    """
    places = bodies.place_words()
    names = [*_names(body, places), *_former_names(body)]
    for before in bodies.predecessors(body):
        if before.until is not None:
            names += _ended(_names(before, places), before.until)
    rows = {row["name"]: row for row in reversed(names)}
    return {
        "names": [rows[name] for name in dict.fromkeys(row["name"] for row in names)],
        "places": [{"name": place} for place in body.places or (body.town,)],
        "providers": [_provider(trust, places) for trust in bodies.trusts_of(body.code)],
    }


def _names(body: Body, places: AbstractSet[str]) -> list[dict[str, Any]]:
    since = {"from": body.since} if body.since and body.since != FIRST_BOARDS else {}
    if body.kind == "trust":
        return [{"name": name} for name in (body.name, *_short_names(body, places))]
    return [
        {"name": f"NHS {body.name}", **since},
        {"name": f"{body.name} ICB", **since},
        {"name": f"NHS {body.name} Integrated Care Board", **since, "search": False},  # the first finds it
    ]  # fmt: skip


def _former_names(body: Body) -> list[dict[str, Any]]:
    return [row for name, until in body.former for row in _ended([{"name": name}], until)]


def _ended(rows: Sequence[Mapping[str, Any]], until: date) -> list[dict[str, Any]]:
    return [{**row, "until": until + SAID_AFTER} for row in rows]


def _provider(trust: Body, places: AbstractSet[str]) -> dict[str, Any]:
    return {
        "name": trust.name,
        "aliases": [*_short_names(trust, places), *(was for was, _ in trust.former)],
    }


def _short_names(trust: Body, places: AbstractSet[str]) -> list[str]:
    """A trust's name as people shorten it; with what kind of body it is where it would be an ordinary phrase, as Sussex Community."""
    if _SAYS_CARE.search(trust.short) and not is_ordinary(trust.short, places):
        return [trust.short]
    whole = [f"{trust.short} NHS Trust"]
    if trust.short.endswith("’s") or trust.short.endswith("'s"):  # Liverpool Women's
        whole.append(f"{trust.short} Hospital")
    return [name for name in whole if name != trust.name]


def is_ordinary(name: str, places: AbstractSet[str]) -> bool:
    """Whether a name is an ordinary phrase: places and words of care alone, without the kind of body or a word of its own."""
    if _SAYS_KIND.search(name):
        return False
    return set(_words(name)) <= GENERAL | places
