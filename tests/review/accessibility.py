"""What axe finds wrong with a page in the browser: WCAG 2.2 AA and its best practices, everything unfolded."""

from __future__ import annotations

import json

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPEN = """() => {
    for (const one of document.querySelectorAll("details")) one.open = true;
    for (const one of document.querySelectorAll(".nhsuk-radios__conditional")) one.hidden = false;
}"""
# Violations alone: to tell of each element that passed takes as long as to look at it.
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
RUN = """options => axe.run(options).then(
    results => results.violations.map(one => [one.id, one.nodes.map(node => node.html.slice(0, 200))])
)"""


# Every element by its classes and those of what it stands in, which give it its colours.
LOOKS = """() => [...new Set([...document.body.querySelectorAll("*")].map(one => [one, one.parentElement, one.parentElement.parentElement]
    .map(each => each ? each.tagName + "." + (each.getAttribute("class") || "") + (each.getAttribute("style") || "") : "").join(" < ")))]"""
_SEEN: set[tuple[int, str]] = set()  # by the width of the screen


def faults(page: Page) -> list[str]:
    """What axe finds wrong, in words. Contrast, two thirds of its time, is looked at where something looks new."""
    page.wait_for_load_state()  # a form's answer may have only begun to come
    page.evaluate(OPEN)
    page.evaluate(AXE_SCRIPT)
    width = (page.viewport_size or {"width": 0})["width"]
    looks = {(width, look) for look in page.evaluate(LOOKS)}
    contrast = {"color-contrast": {"enabled": not looks <= _SEEN}}
    wrong = [
        f"{page.url}: {rule}: {json.dumps(elements)}"
        for rule, elements in page.evaluate(RUN, {**OPTIONS, "rules": contrast})
    ]
    if not wrong:
        _SEEN.update(looks)
    return wrong


def beyond(page: Page, width: int) -> list[str]:
    """Whether something is cut off, everything unfolded."""
    page.set_viewport_size({"width": width, "height": 800})
    page.evaluate(OPEN)
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [f"{page.url} is {wide} wide"] if wide > width else []
