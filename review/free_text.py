"""Stops an NHS number in what people type: a note is read by colleagues unmasked, and can't be masked afterwards.

It takes the classifier's recognisers, 0.2 s of a start, where somebody typed as many digits as an NHS number has.
"""

from __future__ import annotations

from starlette.responses import Response

from review.context import RequestContext
from review.rendering import page

FAULT = "This looks like an NHS number. Take it out."
# Fields of forms in which people write in their own words, whichever page they stand on.
FIELDS = frozenset((
    "answer", "assign_note", "before", "correction", "decider", "done", "hold_reason", "holds_now", "name", "new", "note", "other", "outcome", "purpose", "question", "reason", "remark", "requester", "who", "why_text",
    "words", "worry",
))  # fmt: skip
FEWEST = 9  # digits below which nothing is looked at
POSTS = frozenset(("/tell",))  # where "words" are a post's, which are masked as any post's


def stopped(context: RequestContext) -> Response | None:
    """The page that says what to take out, with all that was typed, to be sent again; None where there is nothing."""
    fields = [(name, str(value)) for name, value in context.form.multi_items()]
    url = context.request.url
    own_words = FIELDS - {"words"} if url.path in POSTS else FIELDS
    wrong = [name for name, value in fields if name in own_words and holds_nhs_number(value)]
    if not wrong:
        return None
    return page(
        context, "layout/take_out.html", status=422, fault=FAULT, wrong=wrong[0], fields=fields,
        action=f"{url.path}?{url.query}" if url.query else url.path,
    )  # fmt: skip


def holds_nhs_number(text: str) -> bool:
    """Whether something in it looks like an NHS number."""
    if sum(character.isdigit() for character in text) < FEWEST:
        return False
    from classify.pid import typed_words  # here, since few type so many digits

    return typed_words.holds_nhs_number(text)
