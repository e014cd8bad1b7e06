"""A TOML file as text and table, however an editor saved it; what is no TOML is told in plain words, with its line.

Notepad and Word leave byte order marks, UTF-16, carriage returns and curly quotes: what has one meaning is read, the rest is named.
"""

from __future__ import annotations

import codecs
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.errors import ConfigError
from settings.files.lines import Keys, lines_of_keys

_MOST_FAULTS = 20  # told of one file: past them somebody handed in another kind of file
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, with whose mark it begins
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CURLY = "“”„‟‘’‚‛«»"
_INVISIBLE = re.compile("[\u200b-\u200f\u2028\u2029\u2060\ufeff\u00ad]")
_PLACE = re.compile(r" \((?:at line (?P<line>\d+), column (?P<column>\d+)|at end of document)\)$")


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A file that was read: its content, and what a message needs to say where something stands."""

    path: Path
    text: str
    table: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.path.name

    def lines(self) -> Mapping[Keys, int]:
        """The line of every key, counted from 1."""
        return lines_of_keys(self.text)


def read_toml(path: Path) -> TomlFile:
    """Reads a file. Raises OSError where it can't be opened, and ConfigError, a line for each fault, for what is no TOML."""
    return toml_of(path, path.read_bytes())


def toml_of(path: Path, raw: bytes) -> TomlFile:
    """The same of what a file holds, or would hold."""
    text = _decoded(path.name, raw)
    try:
        return TomlFile(path, text, _table(text))
    except tomllib.TOMLDecodeError:
        raise ConfigError("\n".join(_syntax_faults(path.name, text))) from None


@lru_cache(maxsize=8)
def _table(text: str) -> Mapping[str, Any]:
    """Of the files that a process reads again and again, as at each cycle: nobody changes it."""
    return tomllib.loads(text)


def _decoded(name: str, raw: bytes) -> str:
    encoding = next((encoding for mark, encoding in _MARKS if raw.startswith(mark)), "utf-8")
    try:
        if encoding == "utf-8" and b"\0" in raw:
            raise ConfigError(
                f"{name} is not plain text: save it again with the encoding UTF-8, as Notepad offers under Save as"
            )
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ConfigError(
            f"{name} line {line}: a character there is not saved as UTF-8: save the file again with the encoding UTF-8, "
            "as Notepad offers under Save as"
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\x1a")


def _syntax_faults(name: str, text: str) -> Iterator[str]:
    """What is no TOML, line by line: past a line whose fault is known reading goes on without it."""
    lines = text.split("\n")
    for _ in range(_MOST_FAULTS):
        try:
            tomllib.loads("\n".join(lines))
        except tomllib.TOMLDecodeError as error:
            place = _PLACE.search(str(error))
            number = int(place["line"]) if place and place["line"] else len(lines)
            number, why, known = _explained(lines, number, _PLACE.sub("", str(error)))
            yield f"{name} line {number}: {why}"
            if not known:
                return
            lines[number - 1] = _without(lines, number)
        else:
            return


def _without(lines: list[str], number: int) -> str:
    """What stands in the place of a line with a fault, so that what is below it keeps its table."""
    header = re.match(r"\s*(\[+)\s*([\w.-]+)", lines[number - 1])
    return f"[unread.line{number}]" if header else ""


def _explained(lines: list[str], number: int, why: str) -> tuple[int, str, bool]:
    """The line that is to blame, what to do about it, and whether reading can go on without that line."""
    number = min(max(number, 1), len(lines))
    if why.startswith("Cannot"):
        return number, _of_parser(why), True
    for at in _suspects(lines, number):
        if look := _of_line(lines[at - 1]):
            return at, look, True
    open_line = _left_open(lines, number)
    if open_line:
        return (
            open_line,
            "a list, a table or a text that begins here is never closed: look for the missing ], } or quote",
            False,
        )
    if words := _of_parser(why):
        return number, words, True
    return number, "this is not how a setting is written: KEY = VALUE, such as port = 587", False


def _of_parser(why: str) -> str:
    """The parser's own message in plain words; "" where the line alone must tell."""
    return next((words for begin, words in _OF_PARSER.items() if begin in why), "")


def _suspects(lines: list[str], number: int) -> list[int]:
    """The line that the parser names, and the one before, at whose end it may have gone on."""
    before = number - 1
    while before > 1 and not lines[before - 1].strip():
        before -= 1
    return [number, before] if before >= 1 else [number]


_OF_PARSER = {
    "Cannot overwrite a value": "this key stands twice in its table: keep one of the two",
    "Cannot declare": "this table stands twice: put the keys of both under one heading",
    "Cannot redefine": "this table stands twice: put the keys of both under one heading",
    "Cannot mutate immutable namespace": "this table was closed above: put its keys together under one heading",
    "Cannot extend": "this table was closed above: put its keys together under one heading",
    "Illegal character": "a character that can't be seen, or a tab, stands in this text: delete it and type the line again",
    "Found invalid character": "a character stands here that no key may have: keys have letters, digits and _ alone",
    "Invalid date or datetime": "there is no such day: write it as 2027-03-31",
    "Unescaped": "a backslash in double quotes means something else: write / or single quotes, 'C:\\mentions\\ca.pem'",
}

_KEY = r"^\s*(?P<key>[\w.\"'-]+)\s*"


def _of_line(line: str) -> str:
    """What is wrong with a line by its look; "" where that can't be said."""
    bare = line.strip()
    if _reads(bare):
        return ""
    for looks, words in _LOOKS:
        if looks(bare):
            return words
    return _of_value(bare)


def _reads(line: str) -> bool:
    """Whether a line is TOML by itself."""
    try:
        tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _of_value(line: str) -> str:
    """What is wrong with what stands after the equals sign."""
    match = re.match(_KEY + r"=\s*(?P<value>.*)$", line)
    if match is None:
        return ""
    key, value = match["key"], _without_comment(match["value"])
    if not value:
        return f'nothing stands after the equals sign: write {key} = "" where it shall be empty'
    if value.startswith(('"', "'")):
        return _of_quoted(key, value)
    for looks, words in _VALUES:
        if looks.match(value):
            shown = value if len(value) <= 60 and not _SECRET.search(key) else "..."
            return words(key, shown)
    return ""


def _of_quoted(key: str, value: str) -> str:
    if "\\" in value and value.startswith('"'):
        return f"a backslash in double quotes means something else: write / or single quotes, {key} = 'C:\\mentions\\ca.pem'"
    if value.count(value[0]) % 2:
        return f"the quote that begins here is never closed: put {value[0]} at its end"
    if value.endswith((",", ";")):
        return (
            f"take out the {'comma' if value.endswith(',') else 'semicolon'} at the end of the line"
        )
    if re.match(r"""("[^"]*"|'[^']*')\s*,""", value):
        return f"more than one value makes a list: put them in square brackets, {key} = [{value}]"
    if re.match(r"""("[^"]*"|'[^']*')\s*\w""", value):
        return "something stands after the closing quote: put # before a remark, or \\ before a quote inside of the text"
    return ""


def _truth(key: str, value: str) -> str:
    right = "true" if value.casefold().rstrip(",;") in ("true", "yes", "on", "y") else "false"
    return f"write true or false in small letters, without quotes: {key} = {right}"


_VALUES: tuple[tuple[re.Pattern[str], Callable[[str, str], str]], ...] = (
    (re.compile(r"(?i:true|false|yes|no|on|off|y|n)[,;]?$"), _truth),
    (
        re.compile(r"\d[\d.]*,\d+$"),
        lambda key, value: f"a number has a point, not a comma: {key} = {value.replace(',', '.')}",
    ),
    (
        re.compile(r"0\d+$"),
        lambda key, value: f"a number begins with no 0: {key} = {value.lstrip('0') or 0}",
    ),
    (
        re.compile(r"\d{1,2}([.:]\d{2})?( ?[ap]m)?$", re.IGNORECASE),
        lambda key, value: f'a time of day stands in quotes: {key} = "08:00"',
    ),
    (
        re.compile(r"\d{4}-\d{2}-\d{2}$"),
        lambda key, value: f"there is no such day: {key} = 2027-03-31",
    ),
    (
        re.compile(r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})$"),
        lambda key, value: f"write a date as year-month-day: {key} = 2027-03-31",
    ),
    (
        re.compile(r"\d+[,;]$"),
        lambda key, value: f"nothing follows a value: {key} = {value[:-1]}",
    ),
    (
        re.compile(r"\d+ *(%|[A-Za-z]+)$"),
        lambda key, value: (
            f"a number stands alone, without its unit: {key} = {re.sub(r'[^0-9]', '', value)}"
        ),
    ),
    (
        re.compile(r"\+?\d[\d ]+\d$"),
        lambda key, value: f'a telephone number stands in quotes: {key} = "020 7946 0111"',
    ),
    (
        re.compile(r"\[.*[\"'][^,\]]*\s[\"']"),
        lambda key, value: (
            f'a comma is missing between the entries of this list: {key} = ["one", "two"]'
        ),
    ),
    (
        re.compile(r"\[[^\"'\[\]{]*[A-Za-z@]"),
        lambda key, value: f'each entry of a list stands in quotes: {key} = ["one", "two"]',
    ),
    (
        re.compile(r"(?!inf|nan)[A-Za-z@/#.~]"),
        lambda key, value: f'text stands in quotes: {key} = "{value}"',
    ),
)
_SECRET = re.compile(r"(password|secret|token|key|keys|address)$", re.IGNORECASE)


def _without_comment(value: str) -> str:
    quote = ""
    for at, char in enumerate(value):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char == "#":
            return value[:at].rstrip()
    return value.rstrip()


def _code(line: str) -> str:
    """A line without what stands in straight quotes and without its comment."""
    return _without_comment(re.sub(r'"[^"]*"|\'[^\']*\'', "", line))


_LOOKS: tuple[tuple[Callable[[str], bool], str], ...] = (
    (
        lambda line: re.match(r"(<{7}|={7}|>{7})( |$)", line) is not None,
        "git left both versions of a conflict here: keep one, and take out the lines <<<<<<<, ======= and >>>>>>>",
    ),
    (
        lambda line: any(mark in _code(line) for mark in _CURLY),
        'these are curly quotes, as Word types them: type straight ones, "like this"',
    ),
    (
        lambda line: "\u00a0" in _code(line) or _INVISIBLE.search(_code(line)) is not None,
        "a character that can't be seen stands here, as copied from a web page: delete the line and type it again",
    ),
    (
        lambda line: line.startswith(("//", ";", "--", "/*", "REM ")),
        "a remark begins with #",
    ),
    (
        lambda line: line.startswith(("{", "}")) and len(line) < 3,
        "this reads like JSON: a table begins with its name in square brackets, [alerts], and has no braces around it",
    ),
    (
        lambda line: line.startswith("[") and "]" not in line and "=" not in line,
        "the ] is missing at the end of this heading",
    ),
    (
        lambda line: re.match(r"\[[\w.-]+\]\]|\[\[[\w.-]+\](?!\])", line) is not None,
        "this heading begins with as many brackets as it ends with: [alerts], or [[alerts.route]] for one of several",
    ),
    (
        lambda line: re.match(r"\[{1,2}[\w.-]+( +[\w.-]+)+\]{1,2}", line) is not None,
        "a heading has no spaces: its parts are joined by points, [alerts.mail]",
    ),
    (
        lambda line: re.match(r"\[[^\]]*\]\s*\w", line) is not None and "=" in line and not re.match(r"\[.*=.*\]", line),
        "a heading stands on a line of its own: put what follows on the next line",
    ),
    (
        lambda line: re.match(r"[\w.-]+( +[\w.-]+)+\s*=", line) is not None,
        "a key has no spaces: join its words by _, such as daily_at",
    ),
    (
        lambda line: re.match(r"[\"'\w.-]+\s*:(?!/)", line) is not None and "=" not in line.split(":")[0],
        "an equals sign stands between a key and its value: port = 587",
    ),
    (
        lambda line: re.match(r"[\w.-]+\s*==", line) is not None,
        "one equals sign is enough: port = 587",
    ),
    (
        lambda line: re.match(r"[\w.-]+\s+(true\b|false\b|[\"'\[\d])", line) is not None and "=" not in line,
        "the equals sign is missing between a key and its value: port = 587",
    ),
    (
        lambda line: re.fullmatch(r"[\w.-]+", line) is not None,
        "a key without a value: write KEY = VALUE, or # before a remark",
    ),
)  # fmt: skip


def _left_open(lines: list[str], number: int) -> int:
    """The line above on which a list or a text began that the parser still was in; 0 where there is none."""
    for at in range(min(number, len(lines)), 0, -1):
        line = lines[at - 1].strip()
        value = _without_comment(line.partition("=")[2].strip())
        if re.match(_KEY + "=", line) and value[:1] in ("[", "{") and _depth(value) > 0:
            return at
        if (
            re.match(_KEY + "=", line)
            and value.startswith(('"""', "'''"))
            and value.count(value[:3]) % 2
        ):
            return at
        if line.startswith("[") and at < number:
            return 0
    return 0


def _depth(value: str) -> int:
    code = _code(value)
    return sum(code.count(char) for char in "[{") - sum(code.count(char) for char in "]}")
