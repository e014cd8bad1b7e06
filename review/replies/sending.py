"""Sending a reply through its platform: exactly what would be sent, then sending it once, then what came of it.

Three steps, each of its own form. What is shown is what is sent: the words, the account and the post are bound
together, and nothing leaves where one of them is different.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core import clock
from core.errors import MentionsError
from core.text import bare
from review.auth.sessions import requires_role
from review.cases import detail
from review.context import RequestContext
from review.desk import decide, shell
from review.rendering import linkable, page
from review.replies import panel, suggest, ways
from review.replies.lint import Finding, length
from review.replies.suggest import Post
from review.replies.templates import Replies
from steps.models import AnswerOffer, AnswerRequest
from store import Case, CaseMention, Item, Sending


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What somebody wants to send: to which post of which case, with which words."""

    case: Case
    mention: CaseMention
    post: Post
    today: Replies
    text: str = field(repr=False)
    template: str
    original: str = field(repr=False)  # the post's address

    @property
    def item(self) -> Item:
        """The post as it was assessed."""
        return self.mention.item


@requires_role("reviewer")
def check(context: RequestContext) -> Response:
    """The dry run: what would be sent, from which account, to what, and what was found in it. It changes nothing."""
    wanted = _wanted(context)
    if isinstance(wanted, Response):
        return wanted
    findings, fault = _looked_over(context, wanted)
    if fault:
        return _show(context, wanted, AnswerOffer(), findings, fault, status=422)
    offer = context.app.platforms.answer_offer(wanted.item.number, wanted.text, context.at)
    fault = offer.why_not or _too_long(wanted, offer)
    return _show(context, wanted, offer, findings, fault, status=422 if fault else 200)


@requires_role("reviewer")
def confirm(context: RequestContext) -> Response:
    """Sends what was shown, unless it is another thing now; never twice for two clicks."""
    wanted = _wanted(context)
    if isinstance(wanted, Response):
        return wanted
    findings, fault = _looked_over(context, wanted)
    before = context.store.sendings.of_mention(wanted.item.number, context.at)
    after = _number(context, "after")
    if before and before[-1].number > after:
        return _second(context, wanted, before[-1], findings)
    offer = AnswerOffer()
    if not fault:
        offer = context.app.platforms.answer_offer(wanted.item.number, wanted.text, context.at)
        fault = offer.why_not or _too_long(wanted, offer)
    if fault:
        return _show(context, wanted, offer, findings, fault, status=422)
    shown = (str(context.form.get("mark", "")), str(context.form.get("revision", "")))
    if shown != (offer.mark, str(wanted.item.revision)):
        why = "The post, or what would be sent, changed after it was shown. Nothing was sent: read it again"
        return _show(context, wanted, offer, findings, why, status=409)
    if wanted.today.restriction and context.form.get("services") != "yes":
        why = "Say that this answers a question about services or care and announces nothing new"
        return _show(context, wanted, offer, findings, why, at="services", status=422)
    return _send(context, wanted, offer, findings, after)


@requires_role("viewer")
def sent(context: RequestContext) -> Response:
    """What came of it, told as it is."""
    return _result(context, _sending(context))


@requires_role("reviewer")
def settled(context: RequestContext) -> Response:
    """Keeps what somebody saw on the platform, of a reply of which nobody knew whether it is out."""
    sending = _sending(context)
    there, link = str(context.form.get("there", "")), str(context.form.get("link", "")).strip()
    if there not in ("yes", "no"):
        return _result(context, sending, "Look on the platform, then say what you saw", 422)
    if link and (not linkable(link) or len(link) > panel.LONGEST_LINK):
        return _result(context, sending, "Write the link as https://..., or leave it out", 422)
    done = context.store.sendings.settle(
        sending.number, there=there == "yes", link=link if there == "yes" else "",
        by=context.user.number, at=context.at,
    )  # fmt: skip
    if done and there == "yes":
        try:
            context.app.platforms.keep_reply(sending.number, context.at)
        except MentionsError as error:
            return _result(context, _sending(context), str(error), 503)
    return RedirectResponse(_way(context, sending.case, sending.number), 303)


def _send(
    context: RequestContext, wanted: Wanted, offer: AnswerOffer, findings: Sequence[Finding], after: int
) -> Response:  # fmt: skip
    """Writes down that it begins, and sends it in a thread of its own, whose end is waited for a while."""
    sending = Sending(
        mention=wanted.item.number, revision=wanted.item.revision, case=wanted.case.number, source=offer.source,
        account=offer.account, text=offer.words, template=wanted.template, by=context.user.number, at=context.at,
    )  # fmt: skip
    number = context.store.sendings.begin(sending, after=after)
    if number is None:
        before = context.store.sendings.of_mention(wanted.item.number, context.at)
        if before:
            return _second(context, wanted, before[-1], findings)
        why = "The post was edited or removed meanwhile. Nothing was sent: read it again"
        return _show(context, wanted, offer, findings, why, status=409)
    request = AnswerRequest(sending=number, mark=offer.mark, at=context.at)
    desk = context.app.platforms
    asking = threading.Thread(target=partial(desk.answer, request), daemon=True, name="reply")
    asking.start()
    asking.join(desk.limit)
    if context.form.get("desk"):
        sent = context.store.sendings.get(number, context.at)
        if sent is not None and sent.state == "sent" and sent.version:
            return decide.onward(context, sent.case, sent.version)
    return RedirectResponse(_way(context, wanted.case.number, number), 303)


def _second(
    context: RequestContext, wanted: Wanted, last: Sending, findings: Sequence[Finding]
) -> Response:
    """Somebody was faster, or clicked twice: to their own first click, else to what the other did."""
    same = bool(wanted.text) and " ".join(last.text.split()).endswith(" ".join(wanted.text.split()))
    if last.by == context.user.number and same and last.state != "failed":
        return RedirectResponse(_way(context, wanted.case.number, last.number), 303)
    when = clock.local(last.at)
    explanation = {
        "sending": f"{last.by_name} is sending a reply to it at this moment (begun {when})",
        "unknown": f"Nobody knows whether the reply of {when} is out: look there first",
        "sent": f"{last.by_name} sent a reply to it at {when}",
        "failed": f"{last.by_name} tried to send a reply to it at {when}",
    }[last.state]
    return _show(
        context,
        wanted,
        AnswerOffer(),
        findings,
        f"{explanation}. Nothing of yours was sent",
        status=409,
    )


def _wanted(context: RequestContext) -> Wanted | Response:
    """What the form says. Raises HTTPException where there is no such post in the case."""
    case = context.store.cases.get(context.request.path_params["number"])
    if case is None:
        return panel.left(context)
    mentions = [each for each in context.store.cases.mentions(case.number) if each.reviewable]
    number = _number(context, "send_to")
    mention = next((each for each in mentions if each.item.number == number), None)
    history = context.store.cases.history(case.number)
    clauses = {name: flag.clause for name, flag in context.app.flags.items()}
    missed = context.store.sample_answers.false_negatives(case.number)
    posts = suggest.posts_of(mentions, history, clauses, missed)
    post = next((each for each in posts if each.mention == number), None)
    if mention is None or post is None:
        raise HTTPException(404)
    typed = panel.typed(context) or panel.TypedReply()
    stored = context.store.mentions.get(number)
    text = bare(typed.text).strip()
    if stored is not None and stored.mention.author.handle:
        # which some platforms want before the words: what is checked is what a person wrote
        text = text.removeprefix(f"@{stored.mention.author.handle.lstrip('@')} ")
    return Wanted(
        case=case, mention=mention, post=post, today=panel.replies_today(context), text=text,
        template=typed.template, original=stored.mention.url if stored is not None else "",
    )  # fmt: skip


def _looked_over(context: RequestContext, wanted: Wanted) -> tuple[Sequence[Finding], str]:
    """What was found in the words, and why they can't be sent ("" where they can, as far as this page knows)."""
    if not ways.may_send(context):
        return (
            (),
            "Only a lead sends replies from here: ask one of them, or copy the words and answer there",
        )
    if why := ways.refusal(wanted.item, wanted.post, wanted.today):
        return (), why
    stored = context.store.mentions.get(wanted.item.number)
    if stored is None or stored.revision != wanted.item.revision:
        return (
            (),
            "Its writer edited it, and the new words are not assessed yet: look again after the next collection",
        )
    checked = panel.checked(context, [wanted.mention], panel.TypedReply(text=wanted.text))
    if checked.fault:
        return (), checked.fault
    findings = checked.findings or ()
    ready = ways.ready_drafts(wanted.post, wanted.today)
    if ready is not None:
        texts = {" ".join(draft.text.split()) for draft in ready}
        if " ".join(wanted.text.split()) not in texts:
            return (
                findings,
                "Someone may be in danger: only the prepared words about help can be sent. Choose that draft, and change nothing in it",
            )
        return (), ""  # written for it, with the numbers that help
    if any(finding.grave for finding in findings):
        return findings, "Change what is marked ‘Must change’: it can’t be sent like this"
    return findings, ""


def _too_long(wanted: Wanted, offer: AnswerOffer) -> str:
    """Why the platform would not take so many characters; "" where it would."""
    platform = wanted.item.platform
    most, count = wanted.today.lengths.get(platform), length(offer.words, platform)
    if most is None or count <= most:
        return ""
    return f"It is too long: {count:,} characters, and {most:,} fit. Shorten it"


def _show(
    context: RequestContext, wanted: Wanted, offer: AnswerOffer, findings: Sequence[Finding], fault: str = "", *,
    at: str = "", status: int = 200,
) -> Response:  # fmt: skip
    before = context.store.sendings.of_mention(wanted.item.number, context.at)
    words = offer.words or wanted.text
    platform = wanted.item.platform
    return page(
        context, "replies/send.html", status=status, wanted=wanted, item=wanted.item, offer=offer, findings=findings,
        fault=fault, at_field=at, words=words, before=before, after=before[-1].number if before else 0,
        count=length(words, platform), most=wanted.today.lengths.get(platform),
        answers=context.store.replies.own_answers(wanted.case.number),
        ready=bool(offer.mark) and (not fault or at != ""), way=_case_way(context, wanted.case.number, wanted.item.number),
        along=_along(context, wanted.item.number),
        restriction=wanted.today.restriction,
    )  # fmt: skip


def _result(
    context: RequestContext, sending: Sending, fault: str = "", status: int = 200
) -> Response:
    item = context.store.figures.item(sending.mention)
    stored = context.store.mentions.get(sending.mention)
    if item is None:
        raise HTTPException(404)
    return page(
        context, "replies/sent.html", status=status, of=sending, item=item, fault=fault, form=context.form,
        original=stored.mention.url if stored is not None else "", way=_case_way(context, sending.case, sending.mention),
        along=_along(context, sending.mention),
        sees=context.may("reviewer") or context.may("governance"),
    )  # fmt: skip


def _sending(context: RequestContext) -> Sending:
    params: Mapping[str, int] = context.request.path_params
    sending = context.store.sendings.get(params["sending"], context.at)
    if sending is None or sending.case != params["number"]:
        raise HTTPException(404)
    return sending


def _way(context: RequestContext, case: int, number: int) -> str:
    lane = {"lane": lanes[0]} if len(lanes := shell.chosen_lanes(context)) == 1 else {}
    more = {"desk": "yes", **lane} if _from_desk(context) else {"back": detail.back(context)}
    return f"/cases/{case}/sent/{number}?{urlencode(more)}"


def _from_desk(context: RequestContext) -> bool:
    """Whether somebody answers from the desk, and goes back to it."""
    return "yes" in (context.form.get("desk"), context.request.query_params.get("desk"))


def _case_way(context: RequestContext, case: int, mention: int) -> str:
    """Back to where somebody answers."""
    if not _from_desk(context):
        return detail.way(context, case)
    lanes = shell.chosen_lanes(context)
    lane = {"lane": lanes[0]} if len(lanes) == 1 else {}
    return f"/cases/{case}?{urlencode({'post': mention, 'answer': 1, **lane})}"


def _along(context: RequestContext, mention: int) -> dict[str, object]:
    """What each form of these pages carries so that the way leads back to the desk; nothing from the whole case."""
    if not _from_desk(context):
        return {}
    lanes = shell.chosen_lanes(context)
    return {"desk": "yes", "answering": mention} | ({"lane": lanes[0]} if len(lanes) == 1 else {})


def _number(context: RequestContext, name: str) -> int:
    digits = str(context.form.get(name, ""))
    return int(digits) if digits.isdecimal() and len(digits) < 12 else -1
