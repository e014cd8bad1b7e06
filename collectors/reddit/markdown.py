r"""Reddit's Markdown as the plain words that a reader sees, so that terms are found in them.

What hides a name otherwise: `@NHS\_NWLondon`, `**NHS** NWL`, `[NWL](https://...) ICB`, `&amp;`, `&#x200B;`.
Takes any text, in time that grows with its length, and never raises. A quoted line keeps its ">".
"""

from __future__ import annotations

import html
import re
import string

# While markup is taken off, what stands for itself (after a backslash, in code, in an address) is one of
# Unicode's 32 noncharacters, which no text holds: one for each sign of ASCII's punctuation.
_LITERAL = {ord(sign): chr(0xFDD0 + n) for n, sign in enumerate(string.punctuation)}
_AS_WRITTEN = {ord(place): chr(sign) for sign, place in _LITERAL.items()}
_NO_LITERAL = dict.fromkeys(_AS_WRITTEN, "\ufffd")

_FENCED = re.compile(
    r"^ {0,3}(```+|~~~+)[^\n`]*\n(.*?)(?:^ {0,3}\1[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL
)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_CODE = re.compile(r"(?<!`)(`{1,3})(?!`)([^\n]{1,2000}?)(?<!`)\1(?!`)")
_ADDRESS = re.compile(r"<?(\bhttps?://[^\s<>\]]+)>?", re.IGNORECASE)
_TARGET = r"\(\s*<?([^()\s<>]*(?:\([^()\s]*\)[^()\s<>]*)*)>?(?:\s+[\"'(][^\n]{0,300}?[\"')])?\s*\)"
_LINK = re.compile(r"(!?)\[([^\[\]\n]{0,1000})\]" + _TARGET)
_REFERENCE = re.compile(r"!?\[([^\[\]\n]{1,300})\] ?\[([^\[\]\n]{0,100})\]")
_DEFINITION = re.compile(r"^ {0,3}\[[^\[\]\n]{1,100}\]:\s*(\S+).*$", re.MULTILINE)
_HEADING = re.compile(r"^( {0,3}(?:> ?)*)#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*$", re.MULTILINE)
_BULLET = re.compile(r"^([ \t>]*)[*+][ \t]+", re.MULTILINE)
_RULE = re.compile(
    r"^[ \t]*(?:(?:[-*_=][ \t]*){3,}|\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?)[ \t]*$",
    re.MULTILINE,
)
_SPOILER = re.compile(r">!|!<")
_RAISED = re.compile(r"(?<!\w)\^(?:\(([^()\n]{0,300})\)|(?=\S))")
_STRUCK = re.compile(r"~~(?=\S)([^~\n]{1,1000})~~")
_RUN = re.compile(r"\*+|_+")
_UNSEEN = re.compile("[\u200b\ufeff]")


def plain(markdown: str) -> str:
    """The words of a post or comment; where a word leads stands at the end of its line: `word (https://...)`."""
    text = markdown.translate(_NO_LITERAL).replace("\r\n", "\n")
    text = _FENCED.sub(lambda block: _literal(block[2]), text)
    text = _ESCAPED.sub(lambda escape: _literal(escape[1]), text)
    text = _CODE.sub(lambda code: _literal(code[2].strip()), text)
    text = "\n".join(map(_without_links, text.split("\n")))
    text = _DEFINITION.sub(lambda definition: _literal(definition[1]), text)
    text = _ADDRESS.sub(lambda address: _literal(address[1]), text)
    for pattern, instead in ((_RULE, ""), (_HEADING, r"\1\2"), (_BULLET, r"\1- "), (_SPOILER, "")):
        text = pattern.sub(instead, text)
    text = _STRUCK.sub(r"\1", _RAISED.sub(lambda raised: raised[1] or "", text))
    text = "\n\n".join(map(_without_emphasis, text.split("\n\n")))
    text = html.unescape(text.translate(_AS_WRITTEN))
    return _tidied(_UNSEEN.sub("", text).replace("\xa0", " "))


def _literal(written: str) -> str:
    return written.translate(_LITERAL)


def _without_links(line: str) -> str:
    """A line with the words of its links, and the addresses that they don't show behind it."""
    if "](" not in line and "][" not in line and "] [" not in line:
        return line
    targets: list[str] = []

    def shown(link: re.Match[str]) -> str:
        words, target = link[2], link[3].translate(_AS_WRITTEN)
        is_address = target.startswith(("http://", "https://")) and not link[1]
        if is_address and target not in (words.translate(_AS_WRITTEN), *targets):
            targets.append(target)
        return words

    words = _REFERENCE.sub(r"\1", _LINK.sub(shown, line))
    return f"{words} ({', '.join(map(_literal, targets))})" if targets else words


def _without_emphasis(paragraph: str) -> str:
    """Without the * and _ that belong together, as CommonMark pairs them (spec.commonmark.org, 6.2)."""
    if "*" not in paragraph and "_" not in paragraph:
        return paragraph
    openers: list[
        list[int]
    ] = []  # place of a run that opens, and how many of its signs are not paired
    waiting = {"*": 0, "_": 0}
    dropped: set[int] = set()
    for run in _RUN.finditer(paragraph):
        sign, at, length = run[0][0], run.start(), len(run[0])
        opens, closes = _may_open_and_close(paragraph, run)
        while closes and length and waiting[sign]:
            start, left = openers[-1]
            if paragraph[start] != sign:
                waiting[paragraph[start]] -= 1
                openers.pop()
                continue
            paired = min(left, length)
            dropped.update(range(start + left - paired, start + left))
            dropped.update(range(at, at + paired))
            at, length = at + paired, length - paired
            openers[-1][1] -= paired
            if not openers[-1][1]:
                waiting[sign] -= 1
                openers.pop()
        if opens and length:
            openers.append([at, length])
            waiting[sign] += 1
    return "".join(sign for place, sign in enumerate(paragraph) if place not in dropped)


def _may_open_and_close(paragraph: str, run: re.Match[str]) -> tuple[bool, bool]:
    before = paragraph[run.start() - 1 : run.start()] if run.start() else " "
    after = paragraph[run.end() : run.end() + 1] or " "
    opens = not after.isspace() and (_is_word(after) or not _is_word(before))
    closes = not before.isspace() and (_is_word(before) or not _is_word(after))
    if run[0][0] == "_":  # within a word it stands for itself
        return opens and not _is_word(before), closes and not _is_word(after)
    return opens, closes


def _is_word(sign: str) -> bool:
    return sign.isalnum() or sign in "_*" or "\ufdd0" <= sign <= "\ufdef"


def _tidied(text: str) -> str:
    text = re.sub(r"[ \t]+$|^[ \t]+", "", text, flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", text).strip()
