"""How much came in since a page was made, for the script that asks once a minute while the page is in sight.

It is asked by nobody, so it keeps no session alive: a machine that stands alone signs out all the same.
"""

from __future__ import annotations

import re

from starlette.responses import JSONResponse, Response

from review.desk import Visit


def new_items(visit: Visit) -> Response:
    """A count and its words. Who is signed out is told so, and is not led to a form that a script can't fill."""
    if visit.signed is None:
        return JSONResponse({"new": 0, "says": ""}, 401)
    told = visit.request.query_params.get("after", "")
    after = int(told) if re.fullmatch(r"[0-9]{1,15}", told) else visit.store.newest_case()
    new, high = visit.store.new_since(after)
    return JSONResponse({"new": new, "says": _says(new, high)})


def _says(new: int, high: int) -> str:
    if not new:
        return ""
    cases = f"{new:,} new case{'s' * (new != 1)}"
    if not high:
        return f"{cases} since this page was made."
    risk = "of high risk" if new == high == 1 else f"{high:,} of high risk"
    return f"{cases} since this page was made, {risk}."
