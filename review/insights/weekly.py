"""The summary of a week, a month or a quarter in the page, as PDF and spreadsheet, and what people write into it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, get_args

from starlette.responses import RedirectResponse, Response

from core import clock
from core.errors import ConfigError, StoreError
from core.text import sentence
from reports.weekly.periods import Period, last_whole, period_of
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.rendering import page
from store import LabelCount, PeriodKind
from store.weekly_notes import LONGEST

if TYPE_CHECKING:
    from reports.weekly.figures import Figures
    from reports.weekly.wording import Summary

OLDEST = clock.local_day(clock.EARLIEST) + timedelta(days=400)
KINDS: dict[PeriodKind, str] = {"week": "Week", "month": "Month", "quarter": "Quarter"}
FORMS = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@requires_role("viewer")
def weekly(context: RequestContext) -> Response:
    """The last whole week, or the week, month or quarter that the address names."""
    return _show(context)


@requires_role("viewer")
def as_file(context: RequestContext) -> Response:
    """The same as a PDF or a spreadsheet; a page that says how, where a PDF can't be made here."""
    # 1.1 s and 60 MB with pandas, for those alone who look at a summary
    from reports import pdf
    from reports.weekly import layout, spreadsheet

    form = context.request.path_params["form"]
    if form not in FORMS:
        return RedirectResponse("/weekly", 303)
    period, faults = _asked_for(context)
    figures, summary = _summary(context, period)
    try:
        content = (
            spreadsheet.xlsx(figures, summary) if form == "xlsx" else pdf.pdf(layout.html(summary))
        )
    except ConfigError as error:
        return _show(context, [*faults, sentence(str(error))], 503)
    name = f"{layout.file_name(figures)}.{form}"
    return Response(
        content, media_type=FORMS[form],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


@requires_role("reviewer")
def write(context: RequestContext) -> Response:
    """Keeps a note: a headline, the gist of a theme, what came of a campaign. An empty one takes back what was written."""
    period, _ = _asked_for(context)
    about, words = (str(context.form.get(name, "")) for name in ("about", "words"))
    if about != "headline" and not about.startswith(("theme:", "campaign:")):
        return _show(context, ["The form was changed on its way: write it again."], 422)
    try:
        context.store.weekly_notes.write(
            period.kind, period.last, about, words, by=context.user.number, at=context.at
        )
    except StoreError as error:
        return _show(context, [f"{sentence(str(error))}."], 422)
    return RedirectResponse(f"{_address(period)}#write", 303)


@requires_role("reviewer")
def add_to_calendar(context: RequestContext) -> Response:
    """Adds what is coming up on a day."""
    period, _ = _asked_for(context)
    try:
        day = date.fromisoformat(str(context.form.get("day", "")))
        context.store.weekly_notes.add_to_calendar(
            day, str(context.form.get("what", "")), by=context.user.number, at=context.at
        )
    except ValueError:
        return _show(context, ["Choose the day on which it is coming up."], 422)
    except StoreError as error:
        return _show(context, [f"{sentence(str(error))}."], 422)
    return RedirectResponse(f"{_address(period)}#coming", 303)


@requires_role("reviewer")
def remove_from_calendar(context: RequestContext) -> Response:
    """Takes an entry out; one that is gone already stays gone."""
    period, _ = _asked_for(context)
    context.store.weekly_notes.remove_from_calendar(
        context.request.path_params["number"], by=context.user.number, at=context.at
    )
    return RedirectResponse(f"{_address(period)}#coming", 303)


def _asked_for(context: RequestContext) -> tuple[Period, list[str]]:
    """The period that the address or the form names, and what is wrong with it."""
    values = context.form if context.form else context.request.query_params
    today = clock.local_day(context.at)
    written = str(values.get("period", "") or "week")
    kind: PeriodKind = written if written in get_args(PeriodKind) else "week"  # type: ignore[assignment]
    text, usual = str(values.get("last", "")), last_whole(kind, today)
    if not text:
        return usual, []
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.max
    if OLDEST <= day < today:
        period = period_of(kind, day)
        if period.last < today:
            return period, []
    return usual, [
        f"That is no {kind} of the past, written as 2026-11-22. This is the last whole {kind}."
    ]


def _address(period: Period) -> str:
    return f"/weekly?period={period.kind}&last={period.last}"


def _summary(context: RequestContext, period: Period) -> tuple[Figures, Summary]:
    """Figures and words, worked out once for all who ask at the same time."""
    # 1.1 s and 60 MB with pandas, for those alone who look at a summary
    from reports.weekly import layout
    from reports.weekly.gathering import gather

    store, policy, config = context.store, context.app.policy, context.config
    faults = tuple(context.health().lines)
    figures = context.app.figures.get(
        ("weekly", period.kind, period.last), (store.figures.head(), store.weekly_notes.head(), faults),
        lambda: gather(store, config, policy, period, context.at, health=faults),
    )  # fmt: skip
    return figures, layout.summary_of(figures, config)


def _show(context: RequestContext, faults: list[str] | None = None, status: int = 200) -> Response:
    period, wrong = _asked_for(context)
    figures, summary = _summary(context, period)
    today = clock.local_day(context.at)
    running = period.later if period.later.last >= today else None
    campaigns = [each.reach.campaign for each in figures.campaigns]
    return page(
        context, "insights/weekly.html", status=status, told=summary, period=period, kinds=KINDS, notes=figures.notes,
        themes=[theme.name for theme in figures.themes.themes] if figures.themes else [], campaigns=campaigns,
        entries=figures.coming, faults=[*(wrong if not faults else ()), *(faults or ())], most=LONGEST,
        earlier=period.earlier, later=period.later if period.later.last < today else None,
        may_write=context.may("reviewer"), address=_address, running=running, so_far=_so_far(context, running, today),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SoFar:
    """Counts of a period that is not over yet, with no word of what is usual: a part of a week is like no whole one.

    `decided` are decisions that stand, `leaks` those that somebody confirmed.
    """

    mentions: int
    negative: int
    positive: int
    asking: int
    high: int
    decided: int
    leaks: int


def _so_far(context: RequestContext, running: Period | None, today: date) -> SoFar | None:
    """The period that is not over, counted to this moment; None where another follows the one that is shown."""
    if running is None:
        return None
    rows = context.store.trends.by_labels(running.first, today)
    work = context.store.weekly.work(clock.day(running.first)[0], context.at)

    def count(chosen: Callable[[LabelCount], bool]) -> int:
        return sum(row.count for row in rows if chosen(row))

    return SoFar(
        mentions=count(lambda _: True), negative=count(lambda row: row.sentiment == "negative"),
        positive=count(lambda row: row.sentiment == "positive"), asking=count(lambda row: "assistance" in row.flags),
        high=count(lambda row: row.risk == "high"), decided=sum(work.decided.values()), leaks=work.clocks_began,
    )  # fmt: skip
