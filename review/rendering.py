"""Turns what a page found into HTML: Jinja templates that escape everything and fail on an unknown name.

Posts are hostile: their words go through `visible` and are only ever text, never an attribute that a script
or a browser acts on; an address becomes a link only where it is http or https.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.responses import HTMLResponse

from collectors import terms
from collectors.platforms import INTEGRATIONS, PLATFORM_NAMES
from core import clock
from core.models import DecisionKind
from core.text import reach, visible
from review.context import AppContext, RequestContext
from review.navigation import navigation

# ── What people call decisions and states on the page; what a flag is called, the policy says. ────

NAMES: dict[str, str] = {
    # decisions
    "no_action": "No action", "not_relevant": "Not relevant", "respond": "Respond", "remove": "Remove",
    "escalate": "Escalate", "monitor": "Monitor", "snooze": "Snooze", "report": "Report to the platform",
    "duplicate": "Duplicate", "second_opinion": "Second opinion", "wrong_label": "Wrong label",
    "reopen": "Reopened", "undo": "Undone",
    # states and tabs
    "new": "New", "open": "Open again", "escalated": "Escalated", "snoozed": "Snoozed", "done": "Done",
    "high": "High risk", "mine": "Mine", "overdue": "Overdue", "edited": "Edited since",
    "unread": "Not read by the model", "all": "All",
    # staff
    "icb": "says that they work for the ICB", "nhs": "says that they work for the NHS, not the ICB",
    "no": "not staff",
    # why a post is in a case
    "first": "the first of its case", "same words": "says the same, word for word",
    "alike": "says nearly the same", "thread": "in the same thread",
    # how far the model could read
    "full": "read in full", "partial": "read in part",
    # how grave an allegation is
    "serious": "death, serious harm, abuse or crime", "other": "other failing",
    # roles
    "admin": "administrator",
    # sources that are no platform
    "accounts": "Profiles in our name", "noted": "Noted by hand",
    **{source.name: source.label for source in INTEGRATIONS if source.name not in PLATFORM_NAMES},
}  # fmt: skip

# What each decision means, beside its name on the form.
DOES: dict[DecisionKind, str] = {
    "no_action": "Nothing needs doing. The case closes.",
    "not_relevant": "Not about us, or not about health care. The case closes.",
    "respond": "Somebody answers on the platform, and says so here. Nothing is sent from here.",
    "remove": "It should be taken down. Deciding removes nothing: hide, remove or report it afterwards, under ‘On the platform’.",
    "escalate": "It is for another role. Nobody is told by this page: tell them yourself.",
    "monitor": "Nothing now. The case opens again if it grows threefold or turns worse.",
    "snooze": "The case comes back on a day, or when it grows.",
    "report": "It breaks the platform’s own rules (policy, section 9). Afterwards the case says where and in what words.",
    "duplicate": "Another case covers it, and what is decided there holds.",
    "second_opinion": "The case stays open, and a colleague whom you name is asked.",
}  # fmt: skip


def words(name: str) -> str:
    """What a decision, a state or a source is called."""
    return NAMES.get(name, name.replace("_", " "))


@pass_context
def words_on_page(context: Context, name: str) -> str:
    """The same in a template, where a flag is called as the policy of the page has it."""
    app: AppContext | None = context.get("app")
    flag = app.policy.flags.get(name) if app is not None else None
    return flag.label if flag is not None else words(name)


def sentence(text: str) -> str:
    """The same with a capital at its beginning, and nothing else changed."""
    return text[:1].upper() + text[1:]


def either(names: Iterable[str]) -> str:
    """a, b or c."""
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def ago(moment: datetime, at: datetime) -> str:
    """5 minutes ago, 3 hours ago, 2 days ago."""
    passed = max(timedelta(), at - moment)
    for size, noun in ((86400, "day"), (3600, "hour"), (60, "minute")):
        count = int(passed.total_seconds() // size)
        if count:
            return f"{count} {noun}{'s' * (count > 1)} ago"
    return "just now"


# ─────────────────────────────────────────────────────────────────────────────────────────────────

HERE = Path(__file__).parent
_CASE = re.compile(r"\bcase (\d{1,9})\b", re.IGNORECASE)

_environment = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def linkable(address: str) -> str:
    """The address where a browser may follow it; "" for any other scheme (`javascript:` and its like)."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return ""
    return address.strip() if parts.scheme in ("http", "https") and parts.netloc else ""


def cases(text: str) -> Markup:
    """What a colleague wrote, escaped; where it names a case by its number, that leads there."""
    markup, at = Markup(), 0
    for match in _CASE.finditer(text):
        markup += text[at : match.start()] + Markup('<a href="/cases/{}">{}</a>').format(
            match[1], match[0]
        )
        at = match.end()
    return markup + text[at:]


_environment.filters.update(
    cases=cases, words=words_on_page, visible=visible, local=clock.local, near=clock.near, day=clock.local_day, linkable=linkable, ago=ago,
    sentence=sentence, either=either,
)  # fmt: skip
_environment.globals.update(platforms=PLATFORM_NAMES, does=DOES, reach=reach, forbids=terms.forbids)


def page(
    context: RequestContext, template: str, *, status: int = 200, **told: object
) -> HTMLResponse:
    """A template with what it is told, and what every page shows: who is signed in, and where."""
    shared = {
        "app": context.app,
        "me": context.signed.user if context.signed else None,
        "path": context.request.url.path,
        "menu": navigation(context) if context.signed else None,
        "at": context.at,
        "can_decide": context.signed is not None and context.may("reviewer"),
        # a page that says what is wrong with the store asks nothing more of it
        "newest": context.store.queue.newest() if context.signed and status < 500 else None,
    }
    return HTMLResponse(_environment.get_template(template).render(shared | told), status)
