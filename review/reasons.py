"""Why somebody looks at what is masked or opens an original: a purpose of a list, and after many looks an hour also their own words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from review import looking
from review.context import RequestContext
from review.wording import SHORT_NAMES
from steps.reasons import names_no_work, refused, says_nothing

# Why somebody looks, to be chosen; the record has the words. Nothing is opened for anything else: own words come beside one of these.
REASONS: Mapping[str, str] = {
    "check": "To check it’s a real patient",
    "ig": "To tell information governance",
    "hide": "To find and hide the post",
    "act": "To help someone, or tell who deals with it",
    "answer": "To answer it, or have it answered",
    "request": "For a complaint, a claim or a request about data",
}
OTHERWISE: Mapping[str, str] = {
    "check": "To check what was said, and of whom",
    "ig": "To pass it on to who deals with it",
    "hide": "To find and hide the post",
    "act": "To help someone who may be in danger",
    "answer": "To answer it, or have it answered",
    "request": "For a complaint, a claim or a request about data",
}
# What the page itself gives as the reason, of a step at which it is plain; each stands in a form of ours.
OF_PAGES = frozenset((
    "To answer it there", "To read our reply where it stands", "To read our answer where it stands", "To read it where it stands", "To reply with help",
    "To report it to the platform", *(f"To report it to {name}" for name in SHORT_NAMES.values()),
    "Danger: who or where they are", "A threat: who or where they are",
))  # fmt: skip
# As the record of looks has it; an answer that is out is told by it.
OPENED = "Opened the original: "
ANSWERING = "To answer it there"
OPENED_TO_ANSWER = f"{OPENED}{ANSWERING}"
HOUR = timedelta(hours=1)
CHOOSE = "Choose why you need to see it. Your own words can stand beside that, not in its place"


def reason_of_form(
    context: RequestContext, ready: Mapping[str, str], chosen: str, own_words: str, *, post: int | None = None
) -> str | None:  # fmt: skip
    """The words that are kept of a form: the ready reason that was chosen, with one's own beside it; None where none was chosen.

    Own words alone open nothing: a list of words that are refused is got round, a list of purposes isn't.
    A ready reason fits any look: whoever has looked often within an hour says in their own words too what it is this time.
    None too where their own words are about employment, look for a person or are curiosity, which governance is told; and where they name nothing of the work.
    """
    if chosen == "other" and own_words in OF_PAGES:
        return own_words
    if own_words and (barred := refused(own_words)) is not None:
        looking.note_refused_reason(context, barred.ground, post=post)
        return None
    reason = ready.get(chosen)
    if reason is None or names_no_work(own_words):
        return None
    more = "" if says_nothing(own_words) else own_words
    if looked_often(context) and not more:
        return None
    return f"{reason}: {more}" if more else reason


def looked_often(context: RequestContext) -> bool:
    """Whether whoever asks opened so much within the last hour that a ready reason alone is not enough."""
    openings = context.store.views.openings(context.user.handle, since=context.at - HOUR)
    return openings >= context.config.review.looking.own_words_after


def fault(context: RequestContext, chosen: str, own_words: str) -> str:
    """What is wrong with a form that doesn't say why, or says what nothing is opened for."""
    if own_words and (barred := refused(own_words)) is not None:
        return barred.says
    if chosen in (*REASONS, *OTHERWISE) and (vague := names_no_work(own_words)):
        return vague
    if chosen not in ("", "other") and looked_often(context):
        often = context.config.review.looking.own_words_after
        return f"You opened {often} or more within an hour. Say in your own words too why you need this one"
    return CHOOSE
