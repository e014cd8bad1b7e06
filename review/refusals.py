"""What the guard answers where it lets nobody in: a small page that needs neither the store nor a template."""

from __future__ import annotations

from html import escape

from starlette.responses import HTMLResponse

_PAGE = """<!DOCTYPE html>
<html class="nhsuk-template" lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} – Mentions</title>
<link rel="stylesheet" href="/static/nhsuk-frontend.min.css">
<link rel="stylesheet" href="/static/page.css">
<link rel="icon" href="/static/icon.svg" type="image/svg+xml">
</head>
<body class="nhsuk-template__body">
<header class="top"><div class="nhsuk-width-container top__in"><span class="top__name"><span class="top__service">Mentions</span></span></div></header>
<div class="nhsuk-width-container"><main class="nhsuk-main-wrapper" id="main"><div class="narrow">
<h1 class="nhsuk-heading-l">{title}</h1>
{body}
</div></main></div>
</body>
</html>
"""
WAIT = 10  # seconds, as an answer to too many requests says

_BACK = "<p>Go back with your browser’s own button: what you typed is still there.</p>"


def page(title: str, body: str) -> str:
    """The whole page. `body` is HTML of ours, never of a request's."""
    return _PAGE.format(title=escape(title), body=body)


FORGED = page(
    "The form was not sent from this page",
    "<p>Nothing was changed. Your browser did not say that the form was sent from here: the page may have been open "
    "for long, or something else sent it.</p>"
    + _BACK
    + "<p>Then reload the page and send the form again. If it goes "
    "wrong again, use a newer browser, or tell whoever looks after this page.</p>",
)
UNREADABLE = page(
    "The request could not be read",
    "<p>Nothing was changed.</p>" + _BACK + "<p>Then send it again.</p>",
)
TOO_LARGE = page(
    "That is too much to send at once",
    "<p>Nothing was kept. A form may hold one megabyte.</p>"
    + _BACK
    + "<p>Then shorten it, and send it again.</p>",
)
TOO_OFTEN = page(
    "Too many requests from here",
    f"<p>Nothing was changed. Too much was sent from your network in a short time.</p>{_BACK}"
    f"<p>Wait {WAIT} seconds, then send it again.</p>",
)
TROUBLE = page(
    "Something went wrong here",
    "<p>If you were deciding something, look at the case before you send it again: it says whether your decision was "
    "kept.</p><p>Wait a minute, then try again. If this stays so, tell whoever looks after this program. It has written "
    'down where it went wrong, and no words of any post.</p><p><a href="/cases">Go to the queue</a></p>',
)


def elsewhere(address: str) -> str:
    """Says where the page is; `address` is config.toml's, never the request's."""
    told = escape(address, quote=True)
    return page(
        "This page has another address",
        f'<p>Use <a href="{told}">{told}</a> instead, and change your bookmark to that.</p>',
    )


def answer(written: str, status: int) -> HTMLResponse:
    """A refusal as it is sent."""
    headers = {"Retry-After": str(WAIT)} if status == 429 else None
    return HTMLResponse(written, status, headers)
