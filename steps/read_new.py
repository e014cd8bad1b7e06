"""Reads what is stored and not read, puts it into cases, writes alerts and marks what names a child, without a look at any source."""

from __future__ import annotations

from datetime import timedelta

from core import clock
from steps import alerts, assess, children, group, restricted_reports
from steps.context import RunContext
from steps.effective import without_unusable_settings


def read_new(context: RunContext) -> None:
    """What fails of it is named, and the rest goes on."""
    context = without_unusable_settings(context)
    with context.continue_on_error("assessing"):
        assess.assess(context, assess.classifier(context), history=timedelta())
    with context.continue_on_error("reports of what is held without use"):
        restricted_reports.read(context, assess.classifier(context))
    with context.continue_on_error("cases"):
        group.group(context)
    with context.continue_on_error("alerts"):
        alerts.raise_alerts(context, clock.now(), digests=False)
    with context.continue_on_error("children"):
        children.mark(context)
