"""What axe finds wrong with a page in the browser: WCAG 2.2 AA and its best practices, everything unfolded.

What unfolds over the page, as the menu does, is left folded: it would hide what stands beneath."""

from __future__ import annotations

import json

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPEN = """() => {
    for (const one of document.querySelectorAll("details:not(.menu, .more)")) one.open = true;
    for (const one of document.querySelectorAll(".nhsuk-radios__conditional")) one.hidden = false;
}"""
# Violations alone: to tell of each element that passed takes as long as to look at it.
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
RUN = """options => axe.run(options).then(
    results => results.violations.map(one => [one.id, one.nodes.map(node => node.html.slice(0, 200))])
)"""


def faults(page: Page) -> list[str]:
    """What axe finds wrong, in words."""
    page.wait_for_load_state()  # a form's answer may have only begun to come
    page.evaluate(OPEN)
    page.evaluate(AXE_SCRIPT)
    return [
        f"{page.url}: {rule}: {json.dumps(elements)}"
        for rule, elements in page.evaluate(RUN, OPTIONS)
    ]


def beyond(page: Page, width: int) -> list[str]:
    """Whether something is cut off, everything unfolded.

    What unfolds over the page, as the menu does, is left folded: it would hide what stands beneath."""
    page.set_viewport_size({"width": width, "height": 800})
    page.evaluate(OPEN)
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [f"{page.url} is {wide} wide"] if wide > width else []
