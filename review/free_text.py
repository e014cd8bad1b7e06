"""Stops an NHS number in what people type, and asks about words that say who wrote a post: a note is read by colleagues unmasked, and can't be masked afterwards.

It takes the classifier's recognisers, 0.2 s of a start, where somebody typed as many digits as an NHS number has.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from review.context import RequestContext
from review.rendering import page

FAULT = "This looks like an NHS number. Take it out."
# Fields of forms in which people write in their own words, whichever page they stand on.
FIELDS = frozenset((
    "answer", "assign_note", "before", "correction", "decider", "done", "hold_reason", "holds_now", "line", "name", "new", "note", "other", "outcome", "purpose", "question", "reason", "remark", "requester", "same_made", "same_person", "same_words", "who", "why_none", "why_not_theirs", "why_text",
    "words", "worry",
))  # fmt: skip
# Of these what everybody on the desk reads; "words" are a handover note's on its page alone
READ_BY_ALL = frozenset(("answer", "assign_note", "line", "note", "question", "remark", "why_none"))
_NOT_READ_BY_ALL = ("/guardian", "/requests", "/holds", "/setup", "/names", "/people")
SURE = "named_sure"
FEWEST = 9  # digits below which nothing is looked at
POSTS = frozenset(("/tell",))  # where "words" are a post's, which are masked as any post's


def stopped(context: RequestContext) -> Response | None:
    """The page that says what to take out, with all that was typed, to be sent again; None where there is nothing."""
    fields = [(name, str(value)) for name, value in context.form.multi_items()]
    url = context.request.url
    own_words = FIELDS - {"words"} if url.path in POSTS else FIELDS
    wrong = [name for name, value in fields if name in own_words and holds_nhs_number(value)]
    if not wrong:
        return _names_someone(context, fields)
    return page(
        context, "layout/take_out.html", status=422, fault=FAULT, wrong=wrong[0], fields=fields,
        action=f"{url.path}?{url.query}" if url.query else url.path,
    )  # fmt: skip


def _names_someone(context: RequestContext, fields: Sequence[tuple[str, str]]) -> Response | None:
    """The page that asks about what says who wrote a post, or has somebody watched; None where nothing does, or they said that it doesn't, which governance sees.

    A word that is the account of somebody who posts here is not asked about, and governance sees the note.
    """
    url = context.request.url
    if url.path.startswith(_NOT_READ_BY_ALL) or url.path in POSTS:
        return None
    read = READ_BY_ALL | ({"words"} if url.path == "/handover" else set())
    written = [(at, value) for at, (name, value) in enumerate(fields) if name in read and len(value.split()) > 1]  # fmt: skip
    if not written:
        return None
    from classify.people import notes  # here, since a start would pay for its lists

    team = frozenset(user.name.split()[0].lower() for user in context.store.users.all() if user.name.split())  # fmt: skip
    bodies = frozenset(account.handle.lower().lstrip("@") for account in context.config.organisation.accounts)  # fmt: skip
    words = {word for _, value in written for word in notes.may_be_handles(value, team | bodies)}
    accounts = context.store.search.accounts_shown(words)
    at, about = next(((at, doubt) for at, value in written if (doubt := notes.doubt(value, team, bodies=bodies))), (0, ""))  # fmt: skip
    # that it is an account of who posts here is said to governance alone: to be asked about it would tell that it is here
    names_account = any(notes.doubt(value, team, accounts=accounts, bodies=bodies) for _, value in written)  # fmt: skip
    if not about and not names_account:
        return None
    if not about or context.form.get(SURE) == "yes":
        context.store.audit.note_names_someone(by=context.user.number, page=url.path, at=context.at)
        return None
    return page(
        context, "layout/names_someone.html", status=422, about=about, doubtful=at, fields=fields,
        action=f"{url.path}?{url.query}" if url.query else url.path,
    )  # fmt: skip


def names_person(text: str) -> str:
    """What in a line that stands in everybody's lists is of a person, to be said to who wrote it: a name, a handle, a number; "" for nothing."""
    from classify import pid  # here, since a start would pay for its lists
    from classify.people import notes
    from classify.pid import typed_words

    if len(text.split()) < 2 and notes.doubt(text):
        return "an account’s handle"
    if typed_words.holds_person(text) or notes.names(text):
        return "a person’s name"
    return "a number, an address or a date of a person" if pid.find(text) else ""


def holds_nhs_number(text: str) -> bool:
    """Whether something in it looks like an NHS number."""
    if sum(character.isdigit() for character in text) < FEWEST:
        return False
    from classify.pid import typed_words  # here, since few type so many digits

    return typed_words.holds_nhs_number(text)
