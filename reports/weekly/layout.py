"""Lays out the words of a summary: as a file that stands on its own, and as a mail with its text part."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage

from reports.email import message
from reports.rendering import render
from reports.weekly.figures import Figures
from reports.weekly.wording import Summary
from reports.weekly.words import worded
from settings.schema import Config

TYPES = {
    "pdf": ("application", "pdf"),
    "xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
NAMES = {"pdf": "PDF", "xlsx": "spreadsheet"}


def role_names(config: Config) -> dict[str, str]:
    """What those are called to whom cases are passed on, by their keys; not the police: a summary goes to many."""
    return {role.key: role.name for role in config.review.roles if role.type != "police"}


def summary_of(figures: Figures, config: Config) -> Summary:
    """The words of these figures."""
    return worded(figures, role_names(config))


def file_name(figures: Figures) -> str:
    """Without its ending: weekly-2026-11-29, monthly-2026-11-30."""
    kind = {"week": "weekly", "month": "monthly", "quarter": "quarterly"}[figures.period.kind]
    return f"{kind}-{figures.period.last}"


def html(summary: Summary) -> str:
    """The summary as a page that stands on its own and asks for nothing; a PDF is made of it."""
    return render("weekly/page.html", told=summary)


def mail(
    config: Config,
    figures: Figures,
    *,
    at: datetime,
    message_id: str,
    attached: Mapping[str, bytes] | None = None,
) -> EmailMessage:
    """The summary by mail, as HTML and as text. `attached`: the same as "pdf" and "xlsx"."""
    summary = summary_of(figures, config)
    attached = attached or {}
    site = config.review.public_url.rstrip("/")
    address = f"{site}/weekly?period={figures.period.kind}&last={figures.period.last}"
    names = " and the ".join(NAMES[form] for form in attached)
    values = {
        "told": summary, "site": site, "address": address, "themes": _bars(figures),
        "attached": f"The {names} {'are' if len(attached) > 1 else 'is'} attached." if attached else "",
    }  # fmt: skip
    letter = message(
        config.alerts.mail, config.reports.weekly_to, summary.subject, render("weekly/mail.txt", **values),
        render("weekly/mail.html", **values), at=at, message_id=message_id,
    )  # fmt: skip
    for form, content in attached.items():
        main, sub = TYPES[form]
        letter.add_attachment(
            content, maintype=main, subtype=sub, filename=f"{file_name(figures)}.{form}"
        )
    return letter


def _bars(figures: Figures) -> list[tuple[str, int, int]]:
    """Themes as bars of a mail: name, count, length in 100; "new" stands by one that none of the periods before told."""
    themes = figures.themes.themes if figures.themes else ()
    most = max((theme.posts for theme in themes), default=1)
    return [
        (
            theme.called + (" (new)" if theme.told_before[1] >= 4 and not theme.told_before[0] else ""),
            theme.posts, max(2, round(100 * theme.posts / most)),
        )
        for theme in themes
    ]  # fmt: skip
