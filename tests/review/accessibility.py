"""What axe finds wrong with a page in the browser: WCAG 2.2 AA and its best practices, everything unfolded.

What unfolds over the page, as the menu does, is left folded: it would hide what stands beneath."""

from __future__ import annotations

import json
import re

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from review.rendering import HERE

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPEN = """() => {
    for (const one of document.querySelectorAll("details:not(.menu, .more)")) one.open = true;
    for (const one of document.querySelectorAll(".nhsuk-radios__conditional")) one.hidden = false;
}"""
# Violations alone: to tell of each element that passed takes as long as to look at it.
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
# Ids and attributes that a style is for: by no other do two elements differ in their colours. In a page's own styles any id may be.
SHEETS = "".join(path.read_text("utf-8") for path in sorted((HERE / "static").glob("*.css")))
IDS = sorted(set(re.findall(r"#([A-Za-z_][\w-]*)", SHEETS)))
ATTRIBUTES = sorted(
    set(re.findall(r"\[([a-z-]+)", SHEETS)) - {"class", "href", "src", "name", "form", "value"}
)
# Contrast takes longer than all other rules together. Words that stand within the same elements, with the same classes and
# states, have the same colours: of those the first is looked at, the first time that this process sees them so.
RUN = """([options, known, ids, attributes]) => {
    const styled = new Set(ids), any = document.querySelector("style") !== null;
    const seen = new Set(known.split(" ")), fresh = new Set(), hashes = new Map(), unseen = new Set();
    const screen = `${window.innerWidth} ${matchMedia("(prefers-color-scheme: dark)").matches}`;
    function hashed(one) {
        if (hashes.has(one)) return hashes.get(one);
        const own = `<${one.tagName}.${one.getAttribute("class")}.${one.getAttribute("style")}.${one.hidden}.${one.disabled}`
            + `.${one.getAttribute("aria-selected")}.${one.getAttribute("aria-pressed")}.${attributes.map(name => one.getAttribute(name))}`
            + `.${one.type}.${one.checked}.${one === document.activeElement}.${any || styled.has(one.id) ? one.id : ""}`
            + (one.parentElement ? "" : screen);
        let hash = one.parentElement ? hashed(one.parentElement) : 7;
        for (let at = 0; at < own.length; at += 1) hash = (hash * 31 + own.charCodeAt(at)) % 9007199254740;
        hashes.set(one, hash);
        return hash;
    }
    for (const one of document.body.querySelectorAll("*")) {
        const spoken = [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim());
        if (!spoken && !one.matches("input, select, textarea")) continue;
        const hash = String(hashed(one));
        if (seen.has(hash) || fresh.has(hash)) continue;
        fresh.add(hash);
        unseen.add(one);
    }
    const contrast = axe._audit.rules.find(rule => rule.id === "color-contrast"), matches = contrast.matches;
    contrast.matches = (node, ...more) => unseen.has(node) && matches(node, ...more);
    return axe.run(options).then(results => [
        results.violations.map(one => [one.id, one.nodes.map(node => node.html.slice(0, 200))]), [...fresh],
    ]);
}"""
_seen: set[str] = set()


def faults(page: Page) -> list[str]:
    """What axe finds wrong, in words."""
    page.wait_for_load_state()  # a form's answer may have only begun to come
    page.evaluate(OPEN)
    _load_axe(page)
    found, fresh = page.evaluate(RUN, [OPTIONS, " ".join(_seen), IDS, ATTRIBUTES])
    if not found:  # what is wrong is told wherever it stands
        _seen.update(fresh)
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
