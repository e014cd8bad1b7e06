"""Exports: a lead takes a table of mentions, flags or decisions, governance one with words as posted, and either the evidence pack of a case.

Each is for a purpose of a list, and stands in the record before it is handed over. Leads and governance see what was taken so far.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import BinaryIO

from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from core import clock
from core.errors import ConfigError, StoreError
from core.models import Role
from core.text import sentence
from reports import exports, pdf
from review import looking
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.rendering import page
from steps import export, export_purposes, lane_packs
from store import Case, ExportKind

KINDS: Mapping[ExportKind, tuple[str, str]] = {
    "mentions": ("Mentions", "a row a post: its words, how it was read, its case and its latest decision"),
    "flags": ("Flags", "a row for each flag of each post, with how sure it is"),
    "decisions": ("Decisions", "a row for each decision on each post, by the roles of whoever made it"),
}  # fmt: skip
FORMATS: Mapping[exports.Format, str] = {
    "csv": "CSV", "xlsx": "Excel (XLSX)", "jsonl": "JSON, an object a line (JSONL)", "parquet": "Parquet",
}  # fmt: skip
DAYS = 30
LATEST = 20  # exports that the page tells of
CHUNK = 1 << 16  # bytes sent at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What somebody typed into the form, as they typed it."""

    what: str = "mentions"
    format: str = "csv"
    first: str
    last: str
    words: str = "masked"
    purpose: str = ""
    reason: str = ""


@requires_role("lead", "governance")
def overview(context: RequestContext) -> Response:
    """The form for leads, and what was taken so far."""
    return _show(context, _typed(context))


@requires_role("lead", "governance")
def take(context: RequestContext) -> Response:
    """The table as a file, once it stands in the record; the form again where something is wrong with it."""
    form = context.form
    typed = replace(
        _typed(context),
        **{name: str(form.get(name, "")).strip()[:500] for name in ("what", "format", "first", "last", "words", "purpose", "reason") if name in form},
    )  # fmt: skip
    wanted, fault = _wanted(typed)
    if wanted is None:
        return _show(context, typed, fault=fault, status=422)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - it is closed once it was sent; it has no name meanwhile
    try:
        export.take_table(
            context.store, context.config, context.app.policy, wanted, file, by=context.user, at=context.at
        )  # fmt: skip
    except export_purposes.Refused as error:
        file.close()
        if error.ground is not None:
            looking.note_refused_reason(context, error.ground)
        return _show(context, typed, fault=(error.field, sentence(error.why)), status=422)
    except (ConfigError, StoreError) as error:
        file.close()
        return _show(context, typed, fault=("reason", str(error)), status=422)
    except BaseException:
        file.close()
        raise
    looking.note(context, "export")
    name = f"{wanted.what}-{wanted.first}-{wanted.last}.{wanted.format}"
    return StreamingResponse(
        _chunks(file), media_type=exports.MEDIA_TYPES[wanted.format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


@requires_role("lead", "governance")
def evidence(context: RequestContext) -> Response:
    """What a pack of this case holds, and the form to take it."""
    return _show_evidence(context, _case(context))


@requires_role("lead", "governance")
def take_evidence(context: RequestContext) -> Response:
    """The pack, once it stands in the record."""
    case = _case(context)
    reason = str(context.form.get("reason", "")).strip()[:500]
    purpose = str(context.form.get("purpose", ""))
    try:
        pack = lane_packs.take_pack(
            context.store, context.config, context.app.policy, case, by=context.user, at=context.at, purpose=purpose,
            reason=reason,
        )  # fmt: skip
    except export_purposes.Refused as error:
        if error.ground is not None:
            looking.note_refused_reason(context, error.ground, case=case.number)
        return _show_evidence(context, case, fault=(error.field, error.why), purpose=purpose, reason=reason)  # fmt: skip
    except StoreError as error:
        return _show_evidence(context, case, fault=("reason", str(error)), purpose=purpose, reason=reason)  # fmt: skip
    looking.note(context, "evidence", case=case.number)
    kind = "application/pdf" if pack.format == "pdf" else "text/html; charset=utf-8"
    name = f"evidence-case-{case.number}.{pack.format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(pack.content, media_type=kind, headers=headers)


def _show(
    context: RequestContext, typed: Typed, *, fault: tuple[str, str] | None = None, status: int = 200
) -> Response:  # fmt: skip
    return page(
        context, "insights/exports.html", status=status, typed=typed, fault=fault, kinds=KINDS,
        formats={key: name for key, name in FORMATS.items() if exports.is_available(key)},
        withheld=sorted(exports.forbidden()), taken=context.store.exports.latest(limit=LATEST),
        purposes={key: export_purposes.PURPOSES[key] for key in export_purposes.OF_TABLES}, all_purposes=export_purposes.PURPOSES,
        left_out=partial(exports.left_out_in_words, roles=context.user.roles), may_take=context.may("lead") or context.may("governance"), words=_words(context), names={**KINDS, "evidence": ("Evidence pack", "")},
    )  # fmt: skip


def _show_evidence(
    context: RequestContext, case: Case, *, fault: tuple[str, str] | None = None, purpose: str = "", reason: str = ""
) -> Response:  # fmt: skip
    mentions, speaking_up, more = export.pack_of(context.store, case)
    lane = [
        key
        for key in export_purposes.OF_LANE
        if lane_packs.is_of_lane(context.store, case, context.user, key)
    ]
    leaks = (
        len(lane_packs.posts_of(context.store, case, "ico"))
        if "ico" in lane and context.may("governance")
        else 0
    )
    staff = sum(export_purposes.by_staff(each.item, context.app.policy) for each in mentions)
    return page(
        context, "insights/evidence.html", status=422 if fault else 200, case=case, fault=fault, reason=reason, purpose=purpose,
        purposes=_pack_purposes(context, case), posts=len(mentions), by_staff=staff, may_take=not staff or context.may("governance"),
        leaks=leaks, claim="court" in lane, speaking_up=speaking_up if exports.counts_speaking_up(context.user.roles) else 0, more=more, as_pdf=pdf.is_installed(),
    )  # fmt: skip


def _pack_purposes(context: RequestContext, case: Case) -> dict[str, str]:
    """What a pack of this case can be taken for: the police and an employer where those were agreed to alone."""
    shut = set()
    if not context.store.purposes.disclosures(case.number):
        shut.add("police")
    if not context.config.governance.employment.in_force(clock.local_day(context.at)):
        shut.add("employer")
    return {key: export_purposes.PURPOSES[key] for key in export_purposes.OF_PACKS if key not in shut}  # fmt: skip


def _words(context: RequestContext) -> list[str]:
    """Which words somebody may take: a lead masked ones, governance those as they were posted, by staff too."""
    roles: dict[str, Role] = {"masked": "lead", "original": "governance"}
    return [words for words, role in roles.items() if context.may(role)]


def _typed(context: RequestContext) -> Typed:
    today = clock.local_day(context.at)
    return Typed(
        words=_words(context)[0],
        first=(today - timedelta(days=DAYS - 1)).isoformat(),
        last=today.isoformat(),
    )


def _wanted(typed: Typed) -> tuple[export.Wanted | None, tuple[str, str]]:
    """What is asked for; or the field that is wrong, and what is wrong with it."""
    what = next((kind for kind in KINDS if kind == typed.what), None)
    format_ = next((each for each in exports.FORMATS if each == typed.format), None)
    if what is None:
        return None, ("what", "Choose what to take from the list")
    if format_ is None or not exports.is_available(format_):
        return None, ("format", "Choose a format from the list")
    try:
        first, last = date.fromisoformat(typed.first), date.fromisoformat(typed.last)
    except ValueError:
        return None, ("first", "Write both days as 2026-11-24")
    if not date(1990, 1, 1) <= first <= last <= date(2100, 1, 1):
        return None, ("first", "The first day must not come after the last")
    wanted = export.Wanted(
        what=what, format=format_, first=first, last=last, purpose=typed.purpose, reason=typed.reason, original=typed.words == "original"
    )  # fmt: skip
    return wanted, ("", "")


def _case(context: RequestContext) -> Case:
    case = context.store.cases.get(context.request.path_params["number"])
    if case is None:
        raise HTTPException(404)
    return case


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk
