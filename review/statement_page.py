"""The accessibility statement, by the model of the Public Sector Bodies Accessibility Regulations 2018."""

from __future__ import annotations

from datetime import date

from starlette.responses import Response

from review.desk import Visit
from review.rendering import page

# When what it says was last held against the pages and the tests. Change both together.
PREPARED = date(2026, 11, 25)


def statement(visit: Visit) -> Response:
    """Everybody may read it, signed in or not."""
    return page(visit, "accessibility.html", prepared=PREPARED)
