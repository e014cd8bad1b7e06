"""Why somebody looks at what is masked or opens an original, ready to be chosen; after many looks an hour also in their own words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from review import looking
from review.context import RequestContext
from steps.reasons import SAYS_NOTHING, refused, says_nothing

# Why somebody looks, ready to be chosen; the record has the words.
REASONS: Mapping[str, str] = {
    "check": "To check it’s a real patient",
    "ig": "To tell information governance",
    "hide": "To find and hide the post",
    "other": "Another reason",
}
OTHERWISE: Mapping[str, str] = {
    "check": "To check what was said, and of whom",
    "ig": "To pass it on to who deals with it",
    "hide": "To find and hide the post",
    "other": "Another reason",
}
# As the record of looks has it; an answer that is out is told by it.
OPENED = "Opened the original: "
ANSWERING = "To answer it there"
OPENED_TO_ANSWER = f"{OPENED}{ANSWERING}"
HOUR = timedelta(hours=1)


def reason_of_form(
    context: RequestContext, ready: Mapping[str, str], chosen: str, own_words: str, *, post: int | None = None
) -> str | None:  # fmt: skip
    """The words that are kept of a form: the ready reason that was chosen, or one's own; None where they don't say why.

    A ready reason fits any look: whoever has looked often within an hour says in their own words too what it is this time.
    None too where their own words are about employment or curiosity, which governance is told.
    """
    if own_words and (barred := refused(own_words)) is not None:
        looking.note_refused_reason(context, barred.ground, post=post)
        return None
    if chosen == "other" or (own_words and not chosen):
        return None if says_nothing(own_words) else own_words
    reason = ready.get(chosen)
    if reason is None or not looked_often(context):
        return reason
    return None if says_nothing(own_words) else f"{reason}: {own_words}"


def looked_often(context: RequestContext) -> bool:
    """Whether whoever asks opened so much within the last hour that a ready reason alone is not enough."""
    openings = context.store.views.openings(context.user.handle, since=context.at - HOUR)
    return openings >= context.config.review.looking.own_words_after


def fault(context: RequestContext, chosen: str, own_words: str) -> str:
    """What is wrong with a form that doesn't say why, or says what nothing is opened for."""
    if own_words and (barred := refused(own_words)) is not None:
        return barred.says
    if chosen not in ("", "other") and looked_often(context):
        often = context.config.review.looking.own_words_after
        return f"You opened {often} or more within an hour. Say in your own words too why you need this one"
    return SAYS_NOTHING if chosen == "other" else "Say why you need to see it"
