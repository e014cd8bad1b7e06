"""Sends a reply through a platform, as the organisation's own account; a person writes it and confirms it.

Nothing is sent unless somebody saw exactly what would be, from which account and to what. What is about to be sent is
written down before, so that no reply leaves twice: where nobody knows whether it is out, a person looks there.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from collectors import platforms
from collectors.base import Replying, SaveState, Unsent
from collectors.registry import Source
from core import clock
from core.errors import CollectorError, ConfigError, MentionsError, PlatformRefused, StoreError
from steps.bugs import log_bug, of_a_bug
from steps.context import RunContext
from steps.models import AnswerOffer, AnswerRequest
from steps.recheck import look_again
from store import CaseDecision, Sending, SendingState, Stored

CHANGED = "its writer edited it meanwhile: read it again"
GONE = "it is there no more: its writer, or someone else, removed it"
SETTINGS = "it changed what would be sent, or from which account: look at it again"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A reply to one post, ready to be sent, and why it can't be ("" where it can)."""

    stored: Stored
    source: Source
    built: Any
    replying: Replying
    account: str
    words: str
    why_not: str

    @property
    def mark(self) -> str:
        """Another one as soon as anything is different of what a person was shown of it."""
        post = self.stored
        shown = [
            post.number,
            post.revision,
            self.source.name,
            self.account,
            self.words,
            self.why_not,
        ]
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:32]

    @property
    def key(self) -> str:
        """The same for one post and one wording, so that a platform which knows of such keys sends neither twice."""
        return hashlib.sha256(f"{self.stored.mention.key}\n{self.words}".encode()).hexdigest()


def plan(context: RunContext, number: int, text: str) -> Plan:
    """What sending these words to a mention would do. Nothing is asked of the platform.

    Raises ConfigError where there is no way to answer it from here.
    """
    stored = context.store.mentions.get(number)
    if stored is None:
        raise ConfigError("the post is here no more")
    source = _source_of(context, number)
    if source.off:
        raise ConfigError(f"{source.name} is off: {source.off}")
    replying = platforms.integration(source.name).replying.load()
    built = context.collector(source)
    mention = stored.mention
    return Plan(
        stored=stored, source=source, built=built, replying=replying, account=replying.account(built, mention),
        words=replying.wording(mention, text), why_not=replying.may(built, mention),
    )  # fmt: skip


def _source_of(context: RunContext, number: int) -> Source:
    """The source through which a mention can be answered, one that is on where there are several; or ConfigError."""
    found_by = context.store.mentions.sources_of(number)
    able = [
        source
        for source in context.sources
        if source.name in found_by and platforms.integration(source.name).replying
    ]
    if not able:
        raise ConfigError("its platform's interface has no way to answer it")
    allowed = [source for source in able if source.table.get("reply") is True]
    if not allowed:
        names = " or ".join(f"[collectors.{source.name}]" for source in able)
        raise ConfigError(f"sending is turned off: reply = true under {names} turns it on")
    return next((source for source in allowed if not source.off), allowed[0])


def offer(context: RunContext, number: int, text: str) -> AnswerOffer:
    """What would be sent, from which account, and why it can't be. Asks nothing of the platform."""
    try:
        planned = plan(context, number, text)
    except (ConfigError, CollectorError) as error:
        return AnswerOffer(why_not=str(error))
    return AnswerOffer(
        source=planned.source.name, account=planned.account, words=planned.words,
        needs=planned.replying.needs, why_not=planned.why_not, mark=planned.mark,
    )  # fmt: skip


def carry_out(context: RunContext, request: AnswerRequest) -> None:
    """Sends what somebody confirmed, if it is still what they were shown, and keeps what came of it."""
    sending = context.store.sendings.get(request.sending, context.at)
    if sending is None:
        return
    state, why, link, issued_id = _tried(context, request, sending)
    context.store.sendings.end(
        request.sending, state, at=clock.now(), issued_id=issued_id, link=link, why=why
    )
    if state == "sent":
        keep_as_reply(context, request.sending)


def _tried(
    context: RunContext, request: AnswerRequest, sending: Sending
) -> tuple[SendingState, str, str, str]:
    """What came of it, what is to be said of it, and the link and id of what was published."""
    begun = False
    try:
        planned = plan(context, sending.mention, sending.text)
        if planned.mark != request.mark:
            return "failed", SETTINGS, "", ""
        if planned.why_not:
            return "failed", planned.why_not, "", ""
        if why := _changed_there(context, planned):
            return "failed", why, "", ""
        built = context.collector(planned.source)  # told what the look at the post spent
        begun = True
        published = planned.replying.send(built, planned.stored.mention, planned.words, planned.key)
    except (PlatformRefused, Unsent) as error:
        return "failed", str(error), "", ""
    except MentionsError as error:
        return ("unknown" if begun else "failed"), str(error), "", ""
    except Exception as bug:
        log_bug(f"mention {sending.mention} reply", bug)
        return ("unknown" if begun else "failed"), of_a_bug(bug), "", ""
    _note(context, planned.source.name, published.notes)
    return "sent", "", published.url, published.issued_id


def _changed_there(context: RunContext, planned: Plan) -> str:
    """Looks at the post on its platform; why it is not the one that was shown, or "".

    Where the platform says nothing of it, it is answered: who wrote there can still be told.
    """
    seen = look_again(context, planned.source.name, planned.built, planned.stored.mention)
    if seen == "gone":
        return GONE
    now = context.store.mentions.get(planned.stored.number)
    return CHANGED if now is None or now.revision != planned.stored.revision else ""


def _note(context: RunContext, source: str, notes: tuple[SaveState, ...]) -> None:
    """Keeps what was spent and the session; that it fails changes nothing of what was sent."""
    noted = {note.name: note.value for note in notes}
    try:
        if noted:
            context.store.mentions.add_page(source, [], at=context.at, noted=noted)
    except StoreError as error:
        context.report_progress(f"{source}: what a reply spent could not be saved: {error}")


def keep_as_reply(context: RunContext, number: int) -> None:
    """Keeps what was sent as a reply of its case, with the decision to respond, whoever decided meanwhile."""
    store, at = context.store, clock.now()
    sending = store.sendings.get(number, at)
    if sending is None or sending.version is not None:
        return
    for _ in range(3):  # somebody can decide in between
        case = store.cases.get(sending.case)
        if case is None:
            return
        decision = CaseDecision(
            case=case.number, kind="respond", by=sending.by, at=at,
            covers=((sending.mention, sending.revision),),
        )  # fmt: skip
        try:
            saved = store.replies.record(
                decision,
                case.version,
                text=sending.text,
                link=sending.link,
                template=sending.template,
            )
        except StoreError as error:
            context.report_progress(
                f"mention {sending.mention}: its reply could not be saved: {error}"
            )
            return
        if saved:
            store.sendings.record_decision(number, case.version + 1)
            return
