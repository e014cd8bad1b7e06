"""What is wrong with settings, in plain words: the file, its line, the key, what was given, what is allowed, and what may have been meant.

pydantic finds it; its own messages name types and patterns, which help nobody who edits a file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from core.errors import ConfigError
from settings.files.catalogue import catalogue, closest, shown, without_places
from settings.files.lines import Keys

Node = Mapping[str, Any]  # of a JSON schema
Where = Callable[[Keys], str]  # "site.toml line 12: " of the nearest thing that stands in a file

# What a form of text is called. A test asks for each that settings and sources know.
FORMS: Mapping[str, str] = {
    r"^([01]\d|2[0-3]):[0-5]\d$": 'a time of day with two digits each, from "00:00" to "23:59"',
    r"^[^@\s]+@[^@\s]+$": "a whole email address",
    r"^https?://": "an address that begins with https:// or http://",
    r"^[a-z][a-z0-9_]{0,39}$": "small letters, digits and _, beginning with a letter, 40 at most",
    r"^[a-z][a-z0-9-]{0,38}[a-z0-9]$": "a short name of 2 to 40 small letters, digits and hyphens, beginning with a letter",
    r"^[a-z_]{1,40}$": "small letters and _, 40 at most",
    r"^[A-Za-z0-9.-]{0,100}$": "the directory's id: letters, digits, points and -",
    r"^[\w .&'-]{1,60}$": "letters, digits, spaces and . & ' -, 60 at most",
    r"^(?i:https?)://[^\s/]+/?$": "a server's address without a path, from https:// on",
    r"^(?i:https?)://[^\s/]+": "an address that begins with https:// or http://",
    r"^[A-Za-z0-9._-]+(:[0-9]{1,5})?$": 'a host, or host and port, such as "intranet.example.org" or "10.1.2.3:8080"',
    r"^[^\x00-\x1f\x7f]*$": "text in quotes, on one line",
    r"^#?\w+$": "one word, with or without #",
    r"^#?\w{1,100}$": "one word, with or without #",
    r"^@?\w{1,15}$": "a handle of 15 letters, digits and _ at most",
    r"^\d*$": "digits alone",
    r"^\d{5,25}$": "a number of 5 to 25 digits, in quotes",
    r"^v\d{1,3}\.\d{1,2}$": 'a version such as "v26.0"',
    r"^[\w-]{8,80}$": "the id that TikTok gives the app for the account: 8 to 80 letters, digits, _ and -",
    r"^accounts/\d{1,25}/locations/\d{1,25}$": 'a place as Google names it: "accounts/1234567890/locations/9876543210"',
    r"^urn:li:organization(Brand)?:\d+$": 'the Page as "urn:li:organization:" and its number',
    r"^20\d\d(0[1-9]|1[0-2])$": 'a year and a month such as "202609"',
    r"^\w{3,12}$": "a code of 3 to 12 letters and digits",
    r"^[A-Za-z]*$": "letters alone",
    r"^UC[\w-]{22}$": 'a channel\'s id: "UC" and 22 more letters and digits',
    r"^[A-Z]{2}$": 'a country\'s two capital letters, such as "GB"',
    r"^[A-Za-z0-9]{3,12}$": "a code of 3 to 12 letters and digits",
    r"^[^:\s]+:[^:\s]+:\S+ \(by /u/[\w-]+\)$": 'the form "server:nwl-mentions:0.1 (by /u/your-account)"',
    r"^(?:r/)?\w{2,25}$": 'a subreddit\'s name, such as "london"',
    r"^(?:/?u/)?[\w-]{3,20}$": "an account's name of 3 to 20 letters, digits, _ and -",
}
_SECRET = re.compile(r"(?:password|secret|token|api_key|subscription_key|address)$|^(?:keys|url)$")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. `keys` are the steps to it, of the whole configuration; `words` have no place in them."""

    keys: Keys
    words: str

    def line(self, where: str = "") -> str:
        """As one line of a message."""
        key = place_in_words(self.keys)
        return f"{where}{key}: {self.words}" if key else f"{where}{self.words}"


class SettingFaults(ConfigError):
    """Several things that are wrong in one table or file: a line each."""

    def __init__(self, faults: Sequence[Fault], where: Where = lambda _: "") -> None:
        self.faults = faults
        super().__init__("\n".join(fault.line(where(fault.keys)) for fault in faults))

    def placed(self, where: Where, before: Keys = ()) -> SettingFaults:
        """The same with file and line, of keys that start after `before`."""
        return SettingFaults(
            [Fault((*before, *fault.keys), fault.words) for fault in self.faults], where
        )


def place_in_words(keys: Keys) -> str:
    """Steps as a message writes them: `organisation.names, entry 1, name`; of a source `[collectors.feeds] feed 1 url`."""
    if keys[:1] == ("collectors",) and len(keys) > 2:
        rest = [str(step + 1) if isinstance(step, int) else step for step in keys[2:]]
        return f"[collectors.{keys[1]}] {' '.join(rest)}"
    text = ""
    for step in keys:
        if isinstance(step, int):
            text += f", entry {step + 1}"
        else:
            text += (", " if ", entry " in text[-12:] else "." if text else "") + step
    return text


def faults_of(
    error: ValidationError, schema: Node, before: Keys = (), *, repeat: bool = True
) -> list[Fault]:
    """All that is wrong, each once. `schema` is of what was read, which stands at `before` in the whole configuration.

    Without `repeat` no value is: secrets were looked up in it.
    """
    faults: list[Fault] = []
    details = error.errors(include_url=False)
    unknown = {d["loc"] for d in details if d["type"] == "extra_forbidden"}
    for detail in details:
        if detail["type"] == "missing" and _misspelt(detail["loc"], unknown):
            continue  # it is there under a wrong name, which is told
        loc = tuple(
            step
            for place, step in enumerate(detail["loc"], 1)
            if not (isinstance(step, str) and ("[" in step or "-" in step))
            or (detail["type"] == "extra_forbidden" and place == len(detail["loc"]))
        )  # not which part of a union
        if loc and loc[-1] in _TYPES and not node_at(schema, loc):
            loc = loc[:-1]  # the same: a day that may be empty
        fault = Fault((*before, *loc), _words(detail, schema, loc, before, repeat))
        if all(fault.keys != other.keys for other in faults):
            faults.append(fault)
    return [
        fault
        for fault in faults
        if not any(_below(other.keys, fault.keys) for other in faults)  # an entry of it is to blame
    ]


def _below(keys: Keys, above: Keys) -> bool:
    return len(keys) > len(above) and keys[: len(above)] == above


def _misspelt(loc: Sequence[int | str], unknown: Iterable[Sequence[int | str]]) -> bool:
    names = [str(keys[-1]) for keys in unknown if keys[:-1] == loc[:-1]]
    return any(closest(name, [str(loc[-1])]) for name in names)


def unknown_words(table: str, key: str) -> str:
    """What is said of a key that nobody knows."""
    meant = catalogue().meant(table, key)
    return f"unknown key; {meant}" if meant else "unknown key; config.toml as it ships has them all"


def _words(detail: ErrorDetails, schema: Node, loc: Keys, before: Keys, repeat: bool) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    keys: Keys = (*before, *loc)
    table, key = without_places(keys[:-1]), without_places(keys)
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        return unknown_words(table, str(keys[-1]))
    if kind in ("missing", "missing_argument"):
        example = catalogue().example(key)
        heading = catalogue().heading(table) if table else ""
        if key in catalogue().tables:
            return f"missing: a table [{key}], as config.toml ships it"
        return f"missing; write, for example, {example} under {heading}" if example else "missing"
    if kind == "value_error":
        return _own(detail["msg"])
    if "[key]" in detail["loc"]:
        known = re.findall(r"'([^']+)'", str(context.get("expected", "")))
        meant = closest(str(loc[-1]), known)
        return f"unknown; {f'did you mean {meant}? ' if meant else ''}there are {', '.join(known)}"
    node = node_at(schema, loc)
    value = detail.get("input") if repeat else None
    words = f"{value_in_words(keys, value)} is not allowed; write {allowed(node)}"
    names = [step for step in keys if isinstance(step, str)]
    if meant := _meant(node, value, names[-1] if names else ""):
        return f"{words}; did you mean {meant}?"
    example = catalogue().example(key)
    return f"{words}, such as {example}" if example else words


def _own(message: str) -> str:
    return message.removeprefix("Value error, ")


def value_in_words(keys: Keys, value: Any) -> str:
    """What stood there, as a file has it; never a secret, and no more than a line."""
    if any(isinstance(step, str) and _SECRET.search(step) for step in keys[-2:]) or value is None:
        return "what stands there"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 40 else "so long a text"
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list | tuple):
        return "a list" if value else "an empty list"
    return str(value)


def _meant(node: Node, value: Any, key: str) -> str:
    """The same value in the form that is wanted, where it can be told."""
    if _SECRET.search(key) or isinstance(value, bool):
        return ""
    words = node.get("enum") or ([node["const"]] if "const" in node else [])
    if words and isinstance(value, str):
        return f'"{meant}"' if (meant := closest(value, [str(word) for word in words])) else ""
    if isinstance(value, str):
        return _text_meant(node, value, key)
    if isinstance(value, int) and _kinds(node) == {"boolean"} and value in (0, 1):
        return shown(key, bool(value))
    if isinstance(value, int | float) and "string" in _kinds(node) and not node.get("format"):
        return shown(key, str(value))
    return ""


def _text_meant(node: Node, value: str, key: str) -> str:
    """What a text may mean where a truth, a number, a list, a time or a day is wanted."""
    kinds, pattern, plain = _kinds(node), node.get("pattern", ""), value.strip()
    if "boolean" in kinds and (truth := _TRUTHS.get(plain.casefold())) is not None:
        return shown(key, truth)
    if kinds & {"integer", "number"} and (number := _NUMBER.fullmatch(plain)):
        figure = float(number[1].replace(",", "."))
        return shown(key, int(figure) if figure.is_integer() else figure)
    if "array" in kinds and plain:
        return shown(key, [part.strip() for part in re.split(r"[,;]", plain) if part.strip()])
    if pattern.startswith(r"^([01]\d") and (time := _TIME.fullmatch(plain)):
        hour = int(time[1]) % 12 + 12 * (time[3].casefold() == "pm") if time[3] else int(time[1])
        return f'"{hour:02}:{time[2] or "00"}"' if hour < 24 else ""
    if node.get("format") == "date" and (day := _DAY.fullmatch(plain)) and 1 <= int(day[2]) <= 12:
        return f"{day[3]}-{int(day[2]):02}-{int(day[1]):02}"
    if node.get("format") == "date" and (day := _DAY_IN_WORDS.fullmatch(plain)):
        month = next((place for place, name in enumerate(_MONTHS, 1) if name == day[2][:3].casefold()), 0)  # fmt: skip
        return f"{day[3]}-{month:02}-{int(day[1]):02}" if month else ""
    if pattern.startswith("^https?") and re.match(r"[\w-]+\.[\w.-]+", plain):
        return f'"https://{plain}"'
    return ""


_TRUTHS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}  # fmt: skip
_NUMBER = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*(?:minutes?|hours?|days?|seconds?|mins?|s|m|h|d|%|MB)?", re.IGNORECASE
)
_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm)?", re.IGNORECASE)
_TYPES = ("date", "datetime", "str", "int", "float", "bool")  # what pydantic calls parts of a union
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY_IN_WORDS = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\s+([A-Za-z]{3,9})\.?,?\s+(\d{4})")
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


def _kinds(node: Node) -> set[str]:
    options = node.get("anyOf") or [node]
    return {str(option.get("type", "")) for option in options} - {"null", ""}


def node_at(schema: Node, loc: Iterable[int | str]) -> Node:
    """What a JSON schema says of a place; an empty one where it says nothing."""
    node = _resolved(schema, schema)
    for step in loc:
        if isinstance(step, int):
            node = _resolved(schema, node.get("items") or {})
        else:
            properties = node.get("properties") or {}
            inner = properties.get(step) or node.get("additionalProperties")
            node = _resolved(schema, inner if isinstance(inner, Mapping) else {})
    return node


def _resolved(schema: Node, node: Node) -> Node:
    """A node without references; of one that may be left out, what it is otherwise."""
    if "$ref" in node:
        node = {
            **schema["$defs"][node["$ref"].rpartition("/")[2]],
            **{k: v for k, v in node.items() if k != "$ref"},
        }
    if "anyOf" in node:
        options = [
            option
            for option in node["anyOf"]
            if option.get("type") != "null" and option.get("const") != ""
        ]
        if len(options) == 1:
            return _resolved(schema, options[0])
    if len(node.get("allOf", ())) == 1:
        return _resolved(schema, node["allOf"][0])
    return node


def allowed(node: Node) -> str:
    """What may stand at a place, in words."""
    if words := node.get("enum"):
        quoted = [f'"{word}"' if isinstance(word, str) else str(word) for word in words]
        return _or(quoted)
    if "const" in node:
        return f'"{node["const"]}"'
    kinds = _kinds(node)
    if kinds == {"boolean"}:
        return "true or false, without quotes"
    if kinds & {"integer", "number"}:
        return f"a {'whole ' if 'number' not in kinds else ''}number without quotes{_range(node)}"
    if "array" in kinds:
        least = " with at least one entry" if node.get("minItems") else ""
        return f"a list in square brackets{least}"
    if "object" in kinds or "properties" in node:
        return "a table"
    if node.get("format") == "date":
        return "a day as year-month-day without quotes, such as 2027-03-31"
    if "string" in kinds:
        form = FORMS.get(node.get("pattern", ""))
        if form:
            return form
        longest = f" of {node['maxLength']:,} characters at most" if "maxLength" in node else ""
        least = node.get("minLength", 0)
        short = f" of at least {least} character{'s' * (least > 1)}" if least else ""
        return f"text in quotes{short or longest}"
    return "what config.toml as it ships shows for it"


def _range(node: Node) -> str:
    least, most = node.get("minimum"), node.get("maximum")
    above = node.get("exclusiveMinimum")
    if least is not None and most is not None:
        return f" from {least:,} to {most:,}"
    if above is not None and most is not None:
        return f" above {above:,}, up to {most:,}"
    if above is not None:
        return f" above {above:,}"
    return (
        f" of {least:,} or more"
        if least is not None
        else f" of {most:,} or less"
        if most is not None
        else ""
    )


def _or(words: Sequence[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else str(last)


def unknown_keys(table: Mapping[str, Any], name: str, free: Sequence[str]) -> Iterator[Fault]:
    """Keys of a table that config.toml as it ships does not know, at every depth."""
    yield from _unknown(table, tuple(name.split(".")), free)


def _unknown(value: Any, keys: Keys, free: Sequence[str]) -> Iterator[Fault]:
    table = without_places(keys)
    if table in free:
        return
    if isinstance(value, Mapping):
        known = catalogue().keys_of(table)
        if not known:
            return  # a value that only looks like a table
        for key, part in value.items():
            if key in known:
                yield from _unknown(part, (*keys, key), free)
            else:
                yield Fault((*keys, key), unknown_words(table, key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            if isinstance(part, Mapping):
                yield from _unknown(part, (*keys, number), free)
