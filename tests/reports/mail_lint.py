"""What of a mail's HTML the mail programs of its readers can't draw, by mail_support.json."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

from lxml import html

SUPPORT = json.loads(Path(__file__).with_name("mail_support.json").read_text("utf-8"))


def html_of(mail: EmailMessage) -> str:
    """The HTML part."""
    part = mail.get_body(("html",))
    assert isinstance(part, EmailMessage)
    written: str = part.get_content()
    return written


def faults(mail: EmailMessage) -> list[str]:
    """Each with the element in which it stands; nothing where all of it can be drawn."""
    tree = html.fromstring(html_of(mail))
    found = [
        fault
        for element in tree.iter()
        if isinstance(element.tag, str)
        for fault in _faults(element)
    ]
    return [*found, *_tables(tree)]


def _faults(element: html.HtmlElement) -> Iterator[str]:
    for rule in SUPPORT["elements"]:
        if element.tag == rule["element"]:
            yield f"<{element.tag}>: {rule['note']}"
    for declaration in element.get("style", "").split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        for rule in SUPPORT["css"]:
            if name != rule["property"] and not name.startswith(f"{rule['property']}-left"):
                continue
            elsewhere = "only_on" in rule and element.tag not in rule["only_on"]
            there = "not_on" in rule and element.tag in rule["not_on"]
            anywhere = "only_on" not in rule and "not_on" not in rule
            if (elsewhere or there or anywhere) and re.search(rule["refused"], value):
                yield f"<{element.tag}> {name}: {value} ({rule['note']})"


def _tables(tree: html.HtmlElement) -> Iterator[str]:
    """Tables are for layout and say so, or of figures with headings; spaces stand in attributes too, which Word's engine reads first."""
    for table in tree.iter("table"):
        if table.get("role") != "presentation" and not table.xpath(
            "./tr/th[@scope]|./tbody/tr/th[@scope]"
        ):
            yield "<table> without role=presentation"
        if (table.get("cellpadding"), table.get("cellspacing")) != ("0", "0"):
            yield "<table> without cellpadding and cellspacing"
    for cell in tree.iter("td", "th"):
        if (
            cell.text_content().strip()
            and "font-family" not in cell.get("style", "")
            and not cell.xpath(".//td|.//h1")
        ):
            yield f"<td> without a font: {cell.text_content().strip()[:30]}"
