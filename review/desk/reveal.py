"""What a person opens of a post for a reason that is kept: masked details in place, the original, a picture.

Each is a form's answer and never a link's, and stands in the record before anything is shown.
"""

from __future__ import annotations

from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from collectors import pictures, redrawing
from collectors.http.egress import Egress
from core.errors import PlatformRefused, PlatformUnavailable
from reports import asked
from review import looking
from review.auth.sessions import requires_role
from review.cases import detail
from review.context import RequestContext
from review.desk import today, words
from review.reasons import ANSWERING, OPENED
from review.rendering import linkable, page
from steps.reasons import refused
from store import Case, Item
from store.cases.path_steps import PATHS

IN_ADDRESS = "-._~:/?#[]@!$&'()*+,;=%"  # RFC 3986: what may stand in an address as it is


@requires_role("reviewer")
def show(context: RequestContext) -> Response:
    """Opens the masked details of a post to a person for two minutes, in place; `do=cover` covers them again."""
    case, item = _of_case(context)
    if context.form.get("do") == "cover":
        context.app.details.cover(context.user.number, item.number)
        return _back(context, case, item.number)
    reason = words.reason(context, pid=_is_pid(item), post=item.number)
    if reason is None:
        return _asks(context, case, item.number)
    stored = context.store.mentions.reveal(
        item.number, by=context.user.handle, at=context.at, reason=reason
    )
    if stored is not None:
        context.app.details.open(context.user.number, item.number, stored.revision, context.at)
        looking.opened(context, "details", item.number, case.number)
        _tell_guardian(context, case, item)
    return _back(context, case, item.number)


@requires_role("reviewer")
def original(context: RequestContext) -> Response:
    """Leads to the post where it stands, once that is in the record.

    The browser is sent on by a header of this page and not by a redirect, which our own content policy would refuse
    after a form (`form-action`).
    """
    case, item = _of_case(context)
    answering = context.form.get("why") == "answer"
    reason = ANSWERING if answering else words.reason(context, pid=_is_pid(item), post=item.number)
    if reason is None:
        return _asks(context, case, item.number)
    _tell_guardian(context, case, item)
    return _lead_to(context, item, case.number, reason)


@requires_role("reviewer")
def original_alone(context: RequestContext) -> Response:
    """The same for a post that is in no case, or whose words somebody has just seen whole."""
    number = context.request.path_params["number"]
    item = context.store.figures.item(number)
    if item is None:
        raise HTTPException(404)
    reason = words.reason(context, pid=_is_pid(item), post=item.number)
    if reason is None:
        written = str(context.form.get("why_text", "")).strip()[:500]
        return detail.ask_why(context, item, written=written, original=True)
    return _lead_to(context, item, context.store.cases.of_mention(number), reason)


def _tell_guardian(context: RequestContext, case: Case, item: Item) -> None:
    """Emails the Guardian that someone on duty looked behind masks, or opened the original, in a case of their lane."""
    if not case.protected or context.sight.guardians:
        return
    guardians = [user for user in context.store.users.all() if user.active and "guardian" in user.roles]  # fmt: skip
    asked.tell(
        context.store, context.config, "lane_looked", guardians, ["guardian"], at=context.at, case=case.number,
        key=f"looked {case.number} {item.number} {context.user.number}",
    )  # fmt: skip


def _lead_to(context: RequestContext, item: Item, case: int | None, reason: str) -> Response:
    stored = context.store.mentions.get(item.number)
    address = linkable(stored.mention.url) if stored is not None and not item.deleted else ""
    if not address:
        raise HTTPException(404)
    context.store.mentions.reveal(
        item.number, by=context.user.handle, at=context.at, reason=f"{OPENED}{reason}"
    )
    looking.opened(context, "original", item.number, case)
    answer = page(context, "desk/original.html", item=item, case=case, address=address)
    answer.headers["Refresh"] = f"0; url={quote(address, safe=IN_ADDRESS)}"
    return answer


@requires_role("reviewer")
def picture(context: RequestContext) -> Response:
    """Fetches a picture for a person, which then waits for one look; nothing of it is stored."""
    number = context.request.path_params["number"]
    item, stored = context.store.figures.item(number), context.store.mentions.get(number)
    case = _case(context, number)
    place = str(context.form.get("place", ""))
    if item is None or stored is None or item.deleted or not _is_place(place):
        raise HTTPException(404)
    attached = stored.mention.media[int(place) : int(place) + 1]
    if not attached:
        raise HTTPException(404)
    reason = words.reason(context, pid=_is_pid(item), post=number)
    if reason is None:
        return _asks(context, case, number)
    context.store.mentions.reveal(
        number,
        by=context.user.handle,
        at=context.at,
        reason=f"Looked at picture {int(place) + 1}: {reason}",
    )
    looking.opened(context, "picture", number, case.number)
    mention, more = stored.mention, context.config.logos.more_hosts
    addresses = pictures.allowed([attached[0].url], mention.platform, mention.issuer, more)
    if not addresses:
        return _back(context, case, number, picture="elsewhere")
    try:
        came = pictures.fetch(
            addresses[0],
            user_agent=context.config.http.user_agent,
            egress=Egress(named=more, internal=context.config.http.internal_hosts),
        )
        drawn = redrawing.plain(came)
    except ValueError:
        return _back(context, case, number, picture="unreadable")
    except PlatformUnavailable:
        return _back(context, case, number, picture="later")
    except PlatformRefused:
        return _back(context, case, number, picture="gone")
    token = context.app.pictures.put(context.user.number, number, int(place), drawn, context.at)
    return _back(context, case, number, picture=token)


@requires_role("reviewer")
def look(context: RequestContext) -> Response:
    """A picture that waits for the person who asked, once; then it is gone."""
    number, token = context.request.path_params["number"], context.request.path_params["token"]
    drawn = context.app.pictures.take(token, context.user.number, number, context.at)
    if drawn is None:
        raise HTTPException(404)
    return Response(drawn, media_type="image/jpeg")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 12


def _is_place(place: str) -> bool:
    return place.isascii() and place.isdecimal() and len(place) < 3


def _of_case(context: RequestContext) -> tuple[Case, Item]:
    """The case of the address, and the post of it that a form names."""
    case = context.store.cases.get(context.request.path_params["number"])
    named = str(context.form.get("post") or context.form.get("posts", "")).partition(":")[0]
    if case is None or not _is_number(named):
        raise HTTPException(404)
    item = context.store.figures.item(int(named))
    if item is None or context.store.cases.of_mention(item.number) != case.number:
        raise HTTPException(404)
    return case, item


def _case(context: RequestContext, mention: int) -> Case:
    number = context.store.cases.of_mention(mention)
    case = context.store.cases.get(number) if number is not None else None
    if case is None:
        raise HTTPException(404)
    return case


def _is_pid(item: Item) -> bool:
    return any(flag.name == "pid" for flag in item.flags)


def _asks(context: RequestContext, case: Case, mention: int) -> Response:
    """The case again, where a form gave no reason; of the Guardian's lane the page from which it came."""
    if case.protected:
        barred = refused(str(context.form.get("why_text", "")).strip()) is not None
        return _back(context, case, mention, why="not-for-this" if barred else "missing")
    return today.show(context, case, came=mention, status=422)


def _back(context: RequestContext, case: Case, mention: int, **more: str) -> Response:
    """The case again, at this post; the guided path from which it was asked, where it was."""
    address, guide = today.way(context, case.number), str(context.form.get("guide", ""))
    if guide in PATHS:
        came = str(context.form.get("came", ""))
        address = f"/cases/{case.number}/{guide}" + (f"?post={came}" if _is_number(came) else "")
    query = "&".join(
        f"{name}={quote(value)}" for name, value in {"looked": str(mention), **more}.items()
    )
    joined = "&" if "?" in address else "?"
    return RedirectResponse(f"{address}{joined}{query}#mention-{mention}", 303)
