"""Turns what a page found into HTML: Jinja templates that escape everything and fail on an unknown name.

Posts are hostile: their words go through `visible` and are only ever text, never an attribute that a script
or a browser acts on; an address becomes a link only where it is http or https.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    pass_context,
)
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.responses import HTMLResponse

from collectors import terms
from collectors.platforms import PLATFORM_NAMES
from core import clock
from core.at_least import at_least
from core.text import reach, sentence, visible
from reports.rendering import TEMPLATES, role_name
from review.auth.required import due
from review.context import AppContext, RequestContext
from review.desk import mails, shell, untold
from review.desk.rows import RowShown
from review.navigation import navigation
from review.wording import DOES, SHORT_NAMES, ago, either, how_sure, plain, post_name, words
from settings.organisation import search_silence
from steps.health import Health
from store import Item, SignedIn

HERE = Path(__file__).parent
FIRST = ("desk/", "layout/")  # templates of the pages that people open first
ROWS_HELD = 1_024  # lines of lists that are remembered as written: some 3 MB
# Case 33; cases 33, 145 and 7: the words before a number, and the number
_CASE = re.compile(
    r"\bcases? \d{1,9}\b(?:(?:, | and |, and | & )(?:case )?\d{1,9}\b(?! (?:others?|more|posts?|people|calls?|hours?|days?|minutes?|times|of)\b|[:.]\d))*",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?:case )?(\d{1,9})\b", re.IGNORECASE)

_environment = Environment(
    loader=ChoiceLoader(
        [
            FileSystemLoader(HERE / "templates"),
            PrefixLoader({"reports": FileSystemLoader(TEMPLATES)}),  # what mails and pages share
        ]
    ),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@pass_context
def words_on_page(context: Context, name: str) -> str:
    """What a flag is called by the policy of the page; else a decision, a state or a source."""
    app: AppContext | None = context.get("app")
    flag = app.policy.flags.get(name) if app is not None else None
    return flag.label if flag is not None else words(name)


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
    for named in _CASE.finditer(text):
        for match in _NUMBER.finditer(text, *named.span()):
            markup += text[at : match.start()] + Markup('<a href="/cases/{}">{}</a>').format(
                match[1], match[0]
            )
            at = match.end()
    return markup + text[at:]


def may_read_profile(item: Item) -> bool:
    """Whether a writer's profile may be shown: of a page in our name it is what was found, of anybody else terms may forbid it."""
    return item.kind == "profile" or not terms.forbids(item.platform, "background_checks")


@lru_cache(maxsize=ROWS_HELD)
def _row(line: RowShown, address: str, is_open: bool, tick: str, value: str) -> Markup:
    template = _environment.get_template("desk/row.html").module
    markup: Markup = template.row(line, address, is_open, tick, value)  # type: ignore[attr-defined]
    return markup


def row(
    line: RowShown, address: str, open_case: int = 0, tick: str = "", value: str | int = ""
) -> Markup:
    """A case as one line of a list, which most people see alike: written once for all of them.

    `tick`: the name of a box before it, to decide on several or hand them on; `value`: what that box sends.
    """
    return _row(line, address, line.number == open_case, tick, str(value))


_environment.filters.update(
    cases=cases, words=words_on_page, visible=visible, local=clock.local, near=clock.near, near_time=clock.near_time, at_time=clock.at_time, day=clock.local_day, linkable=linkable, ago=ago,
    sentence=sentence, either=either, how_sure=how_sure, plain=plain,
    role_name=role_name,
)  # fmt: skip
_environment.globals.update(
    at_least=at_least,
    row=row,
    platforms=PLATFORM_NAMES,
    short=SHORT_NAMES,
    post_name=post_name,
    does=DOES,
    reach=reach,
    forbids=terms.forbids,
    may_read_profile=may_read_profile,
)


def prepare() -> None:
    """Reads the desk's templates before anybody asks for them: 0.3 s that the first of a morning would wait."""
    for name in _environment.list_templates(filter_func=lambda name: name.startswith(FIRST)):
        _environment.get_template(name)


def sees_lane_alone(context: RequestContext) -> bool:
    """Whether whoever is signed in is the Guardian or Safeguarding and nothing else: the desk's pages answer them 403, so that nothing leads there."""
    return context.signed is not None and set(context.signed.user.roles) in (
        {"guardian"},
        {"safeguarding"},
        {"guardian", "safeguarding"},
    )


def health_shown(context: RequestContext) -> Health:
    """What is wrong, for whoever looks: of the desk's own cases the Guardian is told nothing."""
    health = context.health()
    if not sees_lane_alone(context):
        return health
    return replace(health, faults=[fault for fault in health.faults if not fault.desk])


def _covers_in(context: RequestContext) -> int | None:
    """In how many seconds masked details that this page may show are covered: without a script it is loaded anew then."""
    looked = context.request.query_params.get("looked", "")
    if context.request.method != "GET" or not looked.isdecimal() or len(looked) > 11:
        return None
    until = context.app.details.last(context.user.number, int(looked), context.at)
    return int((until - context.at).total_seconds()) + 1 if until is not None else None


def session_mark(signed: SignedIn | None) -> str:
    """By what a browser knows whose words it keeps, and of which signing in: no secret. "" for nobody."""
    return f"{signed.user.number}-{clock.text(signed.made_at)}" if signed is not None else ""


def _silence(context: RequestContext) -> str:
    """That nobody is told at once, or that nothing is searched for, in the red line of every page."""
    on = clock.local_day(context.at)
    lines = (context.config.alerts.silence, search_silence(context.config.organisation, on))
    return " ".join(line for line in lines if line)


def page(
    context: RequestContext, template: str, *, status: int = 200, **values: object
) -> HTMLResponse:
    """A template with its values, and what every page shows: who is signed in, and where.

    Who must set up a second step first is shown no tabs with their counts, no search and nothing of what is new.
    Raises ValueError for a value by a name that every page has.
    """
    signed = context.signed is not None and status < 500
    until = due(context.store, context.config, context.user) if signed else None
    closed = until is not None and until <= context.at
    menu = navigation(context) if context.signed else None
    shared = {
        "app": context.app,
        "config": context.config,
        "restricted": context.config.review.pre_election_on(clock.local_day(context.at)),
        "me": context.signed.user if context.signed else None,
        "no_alerts": _silence(context) if context.signed and context.reads_staff else "",
        "session": session_mark(context.signed),
        "unsaved": status >= 400,  # a form's answer: what was typed was not saved
        "step_until": until,
        "path": context.request.url.path,
        "menu": replace(menu, tabs=(), beside=(), pages=(), within="") if menu and closed else menu,
        "at": context.at,
        "health": health_shown(context) if signed and not closed else Health(),
        "lane_alone": sees_lane_alone(context),
        # a page that says what is wrong with the store asks nothing more of it
        "counted": shell.counts(context) if signed and not closed else {},
        "lane_asked": shell.lane_asked(context),
        "untold": lambda: context.shared(
            ("untold", context.may("governance")), lambda: untold.all_untold(context)
        ),
        "promised": lambda does: mails.promised(context, does),
        "none_leaves": lambda: mails.none_leaves(context),
        "not_chased": lambda: mails.not_chased(context),
        "why_not_chased": lambda: mails.why_not_chased(context),
        "if_unconfirmed": lambda role, when="": mails.if_unconfirmed(context, role, when),
        "covers_in": _covers_in(context) if context.signed else None,
        "reads_staff": context.signed is not None and context.reads_staff,
        "can_decide": context.signed is not None and context.may("reviewer"),
        "newest": context.shared("newest", context.store.queue.newest)
        if signed and not closed
        else None,
    }
    hidden = shared.keys() & values.keys()
    if hidden:  # it would break what every page shows, and only where that has something to say
        raise ValueError(
            f"{template} takes a name that every page has: {', '.join(sorted(hidden))}"
        )
    return HTMLResponse(_environment.get_template(template).render(shared | values), status)
