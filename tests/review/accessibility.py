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
CONTRAST = "color-contrast"
# Violations alone: to tell of each element that passed takes as long as to look at it.
OPTIONS = {
    "runOnly": {"type": "tag", "values": TAGS},
    "resultTypes": ["violations"],
    "rules": {CONTRAST: {"enabled": False}},
}
RUN = """options => axe.run(options).then(
    results => results.violations.map(one => [one.id, one.nodes.map(node => node.html.slice(0, 200))])
)"""
# Contrast takes longer than all other rules together. Words that stand within the same elements, with the same classes and
# states, have the same colours: of those the first is looked at, the first time that this process sees them so.
UNSEEN = """known => {
    const seen = new Set(known), fresh = [];
    window.unseen = [];
    const width = window.innerWidth, dark = matchMedia("(prefers-color-scheme: dark)").matches;
    for (const one of document.body.querySelectorAll("*")) {
        const spoken = [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim());
        if (!spoken && !one.matches("input, select, textarea")) continue;
        let chain = `${width} ${dark}`;
        for (let each = one; each; each = each.parentElement)
            chain += `<${each.tagName}.${each.getAttribute("class")}.${each.getAttribute("style")}.${each.hidden}.${each.disabled}`
                + `.${each.getAttribute("aria-current")}.${each.getAttribute("aria-selected")}.${each.getAttribute("aria-pressed")}`
                + `.${each.type}.${each.checked}.${each === document.activeElement}.${each.id}`;
        let hash = 7;
        for (let at = 0; at < chain.length; at += 1) hash = (hash * 31 + chain.charCodeAt(at)) % 9007199254740;
        if (seen.has(hash)) continue;
        seen.add(hash);
        fresh.push(hash);
        window.unseen.push(one);
    }
    return fresh;
}"""
RUN_CONTRAST = """rule => axe.run({include: window.unseen}, {runOnly: {type: "rule", values: [rule]}, resultTypes: ["violations"]}).then(
    results => results.violations.map(one => [one.id, one.nodes.map(node => node.html.slice(0, 200))])
)"""
_seen: set[int] = set()


def faults(page: Page) -> list[str]:
    """What axe finds wrong, in words."""
    page.wait_for_load_state()  # a form's answer may have only begun to come
    page.evaluate(OPEN)
    _load_axe(page)
    found = page.evaluate(RUN, OPTIONS)
    unseen = page.evaluate(UNSEEN, list(_seen))
    if unseen:
        found += page.evaluate(RUN_CONTRAST, CONTRAST)
    if not found:  # what is wrong is told wherever it stands
        _seen.update(unseen)
    return [f"{page.url}: {rule}: {json.dumps(elements)}" for rule, elements in found]


def _load_axe(page: Page) -> None:
    """Its half a million signs are handed over as they are: the browser knows them from the page before, which `evaluate` hides."""
    session = page.context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": AXE_SCRIPT})
    session.detach()


def beyond(page: Page, width: int) -> list[str]:
    """Whether something is cut off, everything unfolded.

    What unfolds over the page, as the menu does, is left folded: it would hide what stands beneath."""
    page.set_viewport_size({"width": width, "height": 800})
    page.evaluate(OPEN)
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [f"{page.url} is {wide} wide"] if wide > width else []
