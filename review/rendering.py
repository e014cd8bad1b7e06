"""Turns what a page found into HTML: Jinja templates that escape everything and fail on an unknown name.

Posts are hostile: their words go through `visible` and are only ever text, never an attribute that a script
or a browser acts on; an address becomes a link only where it is http or https.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

import clock
import terms
from review.desk import Visit
from review.names import DOES, ago, sentence, words
from review.navigation import navigation
from wording import PLATFORM_NAMES, reach, visible

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
    made, at = Markup(), 0
    for told in _CASE.finditer(text):
        made += text[at : told.start()] + Markup('<a href="/cases/{}">{}</a>').format(
            told[1], told[0]
        )
        at = told.end()
    return made + text[at:]


_environment.filters.update(
    cases=cases, words=words, visible=visible, local=clock.local, near=clock.near, day=clock.local_day, linkable=linkable, ago=ago,
    sentence=sentence,
)  # fmt: skip
_environment.globals.update(platforms=PLATFORM_NAMES, does=DOES, reach=reach, forbids=terms.forbids)


def page(visit: Visit, template: str, *, status: int = 200, **told: object) -> HTMLResponse:
    """A template with what it is told, and what every page shows: who is signed in, and where."""
    shared = {
        "desk": visit.desk,
        "me": visit.signed.user if visit.signed else None,
        "path": visit.request.url.path,
        "menu": navigation(visit) if visit.signed else None,
        "at": visit.at,
        "can_decide": visit.signed is not None and visit.may("reviewer"),
        # a page that says what is wrong with the store asks nothing more of it
        "newest": visit.store.newest_case() if visit.signed and status < 500 else None,
    }
    return HTMLResponse(_environment.get_template(template).render(shared | told), status)
