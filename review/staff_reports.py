"""Tell: staff report a post that worries them (policy, section 9), also from a place that no source can read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core import clock
from core.errors import InputError, StoreError
from core.models import PLATFORMS
from core.progress import report_progress
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.rendering import page
from steps.context import RunContext

LONGEST = {"url": 2000, "words": 10_000, "worry": 4000, "who": 200}
# What `note` calls its fields in what it refuses, and what this form calls them.
_CALLED = {"--url": "url", "--text": "words", "--posted": "posted", "--platform": "platform"}
_TICKED = "yes"


@requires_role("viewer")
def tell(context: RequestContext) -> Response:
    """The form."""
    return _show(context)


@requires_role("viewer")
def submit_report(context: RequestContext) -> Response:
    """Takes the report in and goes on to what becomes of it; or says what is wrong with it."""
    fields = {
        name: str(context.form.get(name, "")).strip() for name in ("platform", "posted", *LONGEST)
    }
    faults = _faults(fields, context.at)
    if faults:
        return _show(context, faults=faults, status=422)
    target = context.form.get("target") == _TICKED
    try:
        mention, reason = _store(context, _seen(fields), fields["worry"])
        number = context.store.staff_reports.add(
            mention, at=context.at, worry=fields["worry"], who=fields["who"], target=target, reason=reason,
        )  # fmt: skip
    except InputError as error:
        option, _, why = str(error).partition(": ")
        named = option in _CALLED
        return _show(
            context, faults={_CALLED.get(option, "words"): why if named else str(error)}, status=422
        )
    except StoreError as error:
        return _show(context, faults={"words": str(error)}, status=503)
    return RedirectResponse(f"/tell/{number}{'?target=1' if target else ''}", 303)


def _store(context: RequestContext, seen: Mapping[str, str], worry: str) -> tuple[int, str]:
    """The number of the mention, and the reporter's own line, masked. Raises InputError. The next cycle assesses it."""
    # here, since every start of the page would pay for openpyxl and lxml: 0.3 s, 32 MB
    from steps import group, lanes, note

    run = RunContext(
        config=context.config, folder=context.app.folder, store=context.store,
        report_progress=report_progress, at=context.at,
    )  # fmt: skip
    return note.store_report(run, seen), lanes.report_reason(worry, group.contacts(run))


@requires_role("viewer")
def report(context: RequestContext) -> Response:
    """What becomes of a report. It says nothing of who made it, nor of what they wrote."""
    staff_report = context.store.staff_reports.get(context.request.path_params["number"])
    if staff_report is None:
        raise HTTPException(404)
    target = context.request.query_params.get("target", "") == "1"
    return page(context, "staff_reports/report.html", report=staff_report, target=target)


def _show(
    context: RequestContext, *, faults: Mapping[str, str] | None = None, status: int = 200
) -> Response:
    return page(
        context, "staff_reports/tell.html", status=status, faults=faults or {},
        form=context.form, choices=PLATFORMS, longest=LONGEST,
    )  # fmt: skip


def _faults(fields: Mapping[str, str], at: datetime) -> dict[str, str]:
    """What is wrong by field, in the order of the form."""
    faults = {}
    if fields["platform"] not in PLATFORMS:
        faults["platform"] = "Choose where you saw it"
    if fields["url"] and not fields["url"].startswith(("https://", "http://")):
        faults["url"] = "Write the whole address, from https:// on, or leave it empty"
    if not fields["words"]:
        faults["words"] = "Write what was said, or what the picture shows"
    if fields["posted"]:
        moment = _moment(fields["posted"])
        if moment is None:
            faults["posted"] = "Write when as 2026-11-30T09:05, in UK time, or leave it empty"
        elif not clock.EARLIEST <= moment <= at:
            faults["posted"] = "Write when it was posted: a moment that has been"
    for name, most in LONGEST.items():
        if len(fields[name]) > most:
            faults[name] = f"Use at most {most:,} characters"
    return faults


def _moment(text: str) -> datetime | None:
    try:
        return clock.from_local(text[:16], "%Y-%m-%dT%H:%M")
    except ValueError:
        return None


def _seen(fields: Mapping[str, str]) -> dict[str, str]:
    moment = _moment(fields["posted"]) if fields["posted"] else None
    return {
        "platform": fields["platform"], "url": fields["url"], "text": fields["words"],
        "posted_at": clock.text(moment) if moment else "", "handle": "",
    }  # fmt: skip
