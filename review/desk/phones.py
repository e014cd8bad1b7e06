"""Telephones as links: a person rings from the page, on a phone by a touch."""

from __future__ import annotations

import re

from markupsafe import Markup

from core.text import visible

_NUMBER = re.compile(r"\+?[0-9][0-9 ]{6,}[0-9]|\b(?:999|111|101|105|112)\b")


def phones(text: str) -> Markup:
    """What somebody wrote of how to ring a team, escaped, its numbers as links; "" where there is nothing."""
    markup, at = Markup(), 0
    for match in _NUMBER.finditer(text):
        markup += visible(text[at : match.start()])
        markup += Markup('<a class="phone phone--s" href="tel:{}">{}</a>').format(
            dialled(match[0]), match[0]
        )
        at = match.end()
    return markup + visible(text[at:])


def dialled(number: str) -> str:
    """A number as a telephone wants it: a British one with its country, an emergency one as it is."""
    digits = number.replace(" ", "")
    return f"+44{digits[1:]}" if digits.startswith("0") and len(digits) > 6 else digits
