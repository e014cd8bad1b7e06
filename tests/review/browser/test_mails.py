"""Every mail as a browser draws it: narrow as a phone, in the light and in the dark."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser

from tests.reports.mail_lint import html_of
from tests.reports.mails import every

# Words whose colour differs from what lies behind them by less than 4.5 to 1 (WCAG 1.4.3; 3 to 1 where they are large).
FAINT = """() => {
  const channel = value => { const part = value / 255; return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4; };
  const parts = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = ([red, green, blue]) => 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
  const behind = element => {
    for (let each = element; each; each = each.parentElement) {
      const colour = parts(getComputedStyle(each).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), faint = [];
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement, words = walker.currentNode.textContent.trim();
    if (!words || !element.getClientRects().length) continue;
    const style = getComputedStyle(element), two = [light(parts(style.color)), light(behind(element))].sort((a, b) => b - a);
    const large = parseFloat(style.fontSize) >= 24 || parseFloat(style.fontSize) >= 18.6 && style.fontWeight >= 700;
    if ((two[0] + 0.05) / (two[1] + 0.05) < (large ? 3 : 4.5)) faint.push(words.slice(0, 60));
  }
  return faint;
}"""


@pytest.fixture(scope="module")
def mails(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, EmailMessage]:
    return every(tmp_path_factory.mktemp("mails"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_cut_off_on_a_phone_and_all_words_stand_out(
    scheme: Literal["light", "dark"], browser: Browser, mails: Mapping[str, EmailMessage]
) -> None:
    context = browser.new_context(viewport={"width": 375, "height": 700}, color_scheme=scheme)
    page = context.new_page()
    wrong: dict[str, Any] = {}
    for name, mail in mails.items():
        page.set_content(html_of(mail))
        width, faint = page.evaluate("document.documentElement.scrollWidth"), page.evaluate(FAINT)
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 23, 28)"
        if width > 375 or faint or dark != (scheme == "dark"):
            wrong[name] = width, faint, dark
    context.close()
    assert not wrong


def test_faint_words_would_be_found(browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.set_content('<p style="color:#999">Faint</p><p style="color:#333">Plain</p>')
    assert page.evaluate(FAINT) == ["Faint"]
    context.close()
