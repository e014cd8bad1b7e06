"""Files of another tool: a lead hands one over, sees what it would bring, and has it stored.

Nothing is stored before somebody has seen the dates, places and what is left out. What the file does not tell is asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import anyio
import anyio.to_thread
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from classify import pid
from classify.pid.base import Contacts
from classify.pid.public_names import public_names
from classify.pid.redaction import mask
from classify.rules.staff import staff_cues
from classify.text.lexicon import english
from collectors.files.columns import HEADINGS, tool_named, tools
from collectors.files.dates import ORDERS as ALL_ORDERS
from collectors.files.dates import zone_named
from collectors.platforms import PLATFORM_NAMES
from core import clock
from core.models import Mention
from core.text import sentence
from review import looking, middleware
from review.auth.sessions import requires_role
from review.context import RequestContext, allowed, request_context
from review.imports.worker import Looked
from review.rendering import page
from settings import schema
from steps import gate, import_keep
from store.imports import WAITS_FOR, Import

_FEW = anyio.CapacityLimiter(2)  # threads: who waits for a large file holds up nobody else
PATIENCE = 15.0  # seconds that an answer waits for a file to be read, or stored
SHOWN = 240  # characters of a post's words
# The columns that can be named in the page: ours, and how people call them
NAMED = {"text": "The words of the post", "posted_at": "When it was posted", "url": "Its address", "platform": "Where it was posted"}  # fmt: skip
ORDERS = {"": "As its dates tell", "day first": "Day first: 03/11/2026 is in November", "month first": "Month first: 03/11/2026 is in March"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RowShown:
    """A post of the file as the preview shows it, in masked words."""

    posted: str
    place: str
    kind: str
    words: str  # "" where rules alone can't tell that nobody speaks up in it
    facts: str


async def handed_over(request: Request) -> Response:
    """`POST /import`: the one form that may hold a file. Who may not hand one over is answered before it is read."""
    signed = request.scope.get("signed")
    if signed is None or not allowed(signed.user.roles, "lead"):
        return await anyio.to_thread.run_sync(
            lambda: _start(request_context(request, FormData())), limiter=_FEW
        )
    async with request.form(max_files=1, max_fields=4, max_part_size=1 << 16) as form:
        return await anyio.to_thread.run_sync(
            lambda: _start(request_context(request, form)), limiter=_FEW
        )


@requires_role("lead")
def _start(context: RequestContext) -> Response:
    if _closed(context):
        return _overview(context, fault="Nothing can be taken in now", status=422)
    upload = context.form.get("file")
    if not isinstance(upload, UploadFile) or not upload.filename or not upload.size:
        return _overview(context, fault="Choose a file that is not empty", status=422)
    most = _most_mb(context)
    if upload.size > most * 10**6:
        return _overview(context, fault=f"The file is bigger than {most} MB: export fewer days at a time", status=422)  # fmt: skip
    name = upload.filename.replace("\\", "/").rpartition("/")[2][:200]
    digest = import_keep.digest(upload.file)
    number = context.store.imports.add(name, digest=digest, by=context.user.number, at=context.at)
    import_keep.keep(context.app.file, context.app.folder, number, name, upload.file)
    context.app.imports.drop_in_time(WAITS_FOR.total_seconds() + 5)
    context.app.imports.looked(number, patience=PATIENCE)
    return RedirectResponse(f"/import/{number}", 303)


@requires_role("lead")
def overview(context: RequestContext) -> Response:
    """The form to hand over a file, and what was handed over so far."""
    return _overview(context)


def _overview(context: RequestContext, *, fault: str = "", status: int = 200) -> Response:
    context.app.imports.tidy(context.store)
    return page(
        context, "imports/overview.html", status=status, fault=fault, most_mb=_most_mb(context), closed=_closed(context),
        files=context.store.imports.latest(), tools=_tools(),
    )  # fmt: skip


@requires_role("lead")
def file_page(context: RequestContext) -> Response:
    """One file: what it is and would bring, how far it has come, or what came of it."""
    return _show(context, _found(context))


@requires_role("lead")
def act(context: RequestContext) -> Response:
    """What somebody said of a file, that it is to be stored, or that it is not wanted."""
    file, do = _found(context), str(context.form.get("do", ""))
    desk, back = context.app.imports, RedirectResponse(f"/import/{file.number}", 303)
    if file.state != "waits":
        return back
    if do == "drop":
        context.store.imports.drop(file.number, at=context.at, by=context.user.number)
        import_keep.forget(context.app.file, context.app.folder, file.number)
        desk.look_again(file.number)
        return RedirectResponse("/import", 303)
    if do == "answer":
        answers, fault = _answers(context)
        if fault:
            return _show(context, file, fault=fault, status=422)
        context.store.imports.answer(file.number, answers)
        desk.look_again(file.number)
        desk.looked(file.number, patience=PATIENCE)
        return back
    looked = desk.looked(file.number, patience=PATIENCE)
    if do == "store" and looked and looked.preview and not looked.preview.refused and looked.survey and looked.preview.mentions:  # fmt: skip
        tool = looked.survey.tool.name if looked.survey.tool else ""
        if context.store.imports.begin(file.number, tool=tool, posts=looked.preview.mentions, at=context.at, by=context.user.number):  # fmt: skip
            desk.store(file.number, patience=3)
    return back


def _found(context: RequestContext) -> Import:
    file = context.store.imports.get(context.request.path_params["number"])
    if file is None:
        raise HTTPException(404)
    return file


def _show(
    context: RequestContext, file: Import, *, fault: tuple[str, str] | None = None, status: int = 200
) -> Response:  # fmt: skip
    waits = file.state == "waits"
    if waits and context.at - file.at > WAITS_FOR:
        context.app.imports.tidy(context.store)
        file = context.store.imports.get(file.number) or file
        waits = False
    looked = context.app.imports.looked(file.number, patience=2) if waits else None
    if looked is not None and looked.preview is not None:
        looking.note(context, "import", file=file.number)
    return page(
        context, "imports/one.html", status=status, file=file, looked=looked, fault=fault, tools=_tools(), orders=ORDERS,
        named=NAMED, headings=_headings(looked), understood=_understood(looked), rows=_rows(context, looked),
        typed=_typed(context, file, fault), until=clock.local(file.at + WAITS_FOR)[-5:], sentence=sentence, names=PLATFORM_NAMES,
    )  # fmt: skip


def _typed(context: RequestContext, file: Import, fault: tuple[str, str] | None) -> Mapping[str, str]:  # fmt: skip
    if fault:
        return {key: str(context.form.get(key, ""))[:100] for key in ("tool", "zone", "date_order", *NAMED)}  # fmt: skip
    columns = file.answers.get("columns", {})
    return {
        **{key: str(file.answers.get(key, "")) for key in ("tool", "zone", "date_order")},
        **{name: str(columns.get(name, "")) for name in NAMED},
    }


def _answers(context: RequestContext) -> tuple[dict[str, Any], tuple[str, str] | None]:
    """What was typed, and the field that is wrong with what is wrong with it."""
    form = context.form
    tool, zone, order = (str(form.get(key, "")).strip()[:60] for key in ("tool", "zone", "date_order"))  # fmt: skip
    if tool and tool_named(tool) is None:
        return {}, ("tool", "Choose a tool from the list")
    if zone and zone_named(zone) is None:
        return {}, ("zone", "Write the time zone as Europe/London, UTC or UTC+01:00")
    columns = {name: chosen for name in NAMED if (chosen := str(form.get(name, ""))[:200])}
    return {
        "tool": tool, "zone": zone, "date_order": order if order in ALL_ORDERS else "", "columns": columns,
        "undated": form.get("undated") == "yes",
    }, None  # fmt: skip


def _headings(looked: Looked | None) -> list[str]:
    tables = looked.survey.tables if looked is not None and looked.survey is not None else []
    return list(dict.fromkeys(h for table in tables for h in table.headings if h))[:200]


def _understood(looked: Looked | None) -> list[dict[str, Any]]:
    """Each table of a file in words: its tool, its columns, its dates, what is not read."""
    from steps.import_preview import (
        dates_in_words,  # here: 0.6 s, 45 MB, of whoever hands a file over
    )

    if looked is None or looked.survey is None:
        return []
    return [
        {
            "sheet": table.sheet, "tool": table.mapping.tool.label if table.mapping.tool else "", "rows": table.rows,
            "columns": [(FIELDS.get(name, name), some) for name in HEADINGS if (some := table.mapping.columns.get(name))],
            "ignored": table.ignored, "dates": sentence(dates_in_words(looked.survey, table.sheet)),
        }
        for table in looked.survey.tables
    ]  # fmt: skip


FIELDS = {
    "text": "words", "title": "title", "id": "number of the post", "url": "address", "platform": "where it was posted", "kind": "kind",
    "posted_at": "when it was posted", "posted_time": "at what time", "zone": "time zone", "edited_at": "when it was edited", "handle": "writer’s account",
    "author": "writer’s name", "author_id": "writer’s number", "bio": "writer’s profile", "followers": "followers", "likes": "likes", "shares": "shares",
    "replies": "replies", "quotes": "quotes", "views": "views", "score": "score", "language": "language", "parent_id": "what it answers",
    "root_id": "thread", "quoted_id": "what it quotes", "page": "page or outlet", "parent_text": "words that it answers", "card_title": "title of a link",
    "context": "what surrounds it",
}  # fmt: skip


def _rows(context: RequestContext, looked: Looked | None) -> list[RowShown]:
    if looked is None or looked.preview is None:
        return []
    today = schema.today(context.config.organisation, clock.local_day(context.at))
    public = Contacts(phones=today.phones, emails=today.emails, postcodes=today.postcodes)
    handles = tuple(sorted({handle for some in today.official.values() for handle in some}))
    known = public_names(*today.names, *today.places, *today.providers)
    ours = (*today.names, *(f"@{handle}" for handle in handles))

    def masked(mention: Mention) -> str:
        text = mention.text[:4_000]
        hits = pid.find(text, contacts=public, bio=mention.author.bio)
        return mask(text, hits, handles, public, known)

    first = looked.preview.first
    named = _people_named(first, [masked(mention) for mention in first])
    return [
        _row(
            mention, "" if _may_speak_up(mention, ours) else named.sub("[name]", masked(mention)) if named else masked(mention),
        )
        for mention in first
    ]  # fmt: skip


def _people_named(mentions: Sequence[Mention], masked: Sequence[str]) -> re.Pattern[str] | None:
    """Who is masked by name in one post of the file, or wrote one, so that they are in all of them, by family name too."""
    words = {
        word
        for mention, shown in zip(mentions, masked, strict=True)
        for word in [
            *re.findall(r"\b[A-Z][\w’'-]{2,}", mention.author.name or ""),
            *(re.findall(r"\b[A-Z][\w’'-]{2,}", mention.text[:4_000]) if "[name]" in shown else ()),
        ]
        if word not in shown and word.lower() not in english()
    }
    return (
        re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(words)))})\b", re.I) if words else None
    )


# Before any model has read a file nobody can say who speaks up in it. So the words of a post are shown only where they are no
# account of anybody's own and say nothing of work; never by what is held already, which would tell whose post is the Guardian's.
_OWN_ACCOUNT = re.compile(
    r"\b(?:i|i[’']?(?:m|ve|d|ll)|me|my|mine|myself|we|we[’'](?:re|ve|d|ll)|our|ours|us|ourselves)\b",
    re.I,
)
_OF_WORK = re.compile(
    r"\b(?:manager|boss|colleague|employer|matron|supervisor|employee|staff|worker|workforce|rota|shift|job|contract|redundan\w+|pay|payroll|agency"
    r"|whistle ?-?blow\w*|speak(?:ing)? (?:up|out)|spoke (?:up|out)|datix|grievance|tribunal|nda|gagg\w+|silenc\w+|retaliat\w+|detriment"
    r"|union|unison|unite|rcn|bma|gmb|strik(?:e|es|ing)|picket\w*|ballot\w*|discriminat\w+|rac(?:ist|ism)|sexis[tm]|ableis[tm]|bull(?:y|ied|ying)"
    r"|harass\w*|cover(?:ed|ing)? (?:it )?up|falsif\w+|unsafe|told (?:not )?to|whoever works|those who work)s?\b", re.I,
)  # fmt: skip
_FEW_KNOWN = (
    0.5  # of the words of a text: below that it is in a language that these rules don't read
)


def _may_speak_up(mention: Mention, ours: Sequence[str]) -> bool:
    """By rules alone, and far too often: whether it may be somebody's own account, or of their work; or can't be read by rules."""
    words = re.findall(r"[^\W\d_]+", mention.text.lower())
    known = sum(word in english() for word in words)
    return (
        staff_cues(mention.text, mention.author.bio or "", ours).suggests in ("icb", "nhs")
        or _OWN_ACCOUNT.search(mention.text) is not None
        or _OF_WORK.search(mention.text) is not None
        or known < _FEW_KNOWN * len(words)
    )


def _row(mention: Mention, words: str) -> RowShown:
    facts = [
        "with an address" if mention.url else "no address",
        "with a writer" if mention.author.handle or mention.author.name else "no writer",
        *(f"{count:,} {name}" for name, count in mention.metrics.items() if count),
    ]
    return RowShown(
        posted=clock.local(mention.posted_at), place=PLATFORM_NAMES[mention.platform], kind=mention.kind, facts=", ".join(facts),
        words=words if len(words) <= SHOWN else f"{words[:SHOWN].rsplit(' ', 1)[0]}…",
    )  # fmt: skip


def _tools() -> dict[str, str]:
    return {tool.name: tool.label for tool in tools()}


def _most_mb(context: RequestContext) -> int:
    table = context.config.collectors.get("files") or {}
    return min(int(table.get("most_mb", 64)), middleware.MOST_UPLOAD // 10**6)


def _closed(context: RequestContext) -> str:
    """Why nothing may be taken in now; "" where it may."""
    lacks = gate.lacking(context.config, clock.local_day(context.at))
    return "; ".join(f"{key}: {why}" for key, why in lacks.items())
