"""The quality check: one post at a time in masked words, to be judged with nothing to lean on.

One question comes first, whether someone should have seen it; which flags hold is asked only after a yes. The page
says what a yes means, so that a no says of each flag that it does not hold, and the figures made of it stay what they
were. "Not about us" is an answer of its own, since scope is estimated too. The page shows no flag, score, risk or
decision, nor whether it is a second look: its form is the same for all, so that what somebody says is their own. Who
decided on a post is never shown it here.
"""

from __future__ import annotations

from typing import Literal

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core.errors import StoreError
from core.models import RISKS, Risk
from review import looking
from review.auth.sessions import requires_role
from review.cases.highlight import marked
from review.context import RequestContext
from review.desk.words import around
from review.rendering import page
from review.replies.suggest import listed
from store import SampleAnswer, SampleItem, Skip

LONGEST_NOTE = 4000
Step = Literal["first", "second"]  # whether someone should have seen it; what it is
# Why someone skips one; a colleague is asked instead. "Can't tell" is one of them, by one click.
UNSURE: Skip = "context"
SKIPS: dict[Skip, str] = {
    "language": "I can’t read its language",
    "involved": "I know who wrote it, or whom it is about",
    "distress": "I would rather not read this one",
}


@requires_role("reviewer")
def sample(context: RequestContext) -> Response:
    """The next one for this person, or that there is none."""
    number = context.request.query_params.get("kept", "")
    judged = (
        context.store.sample_answers.get(int(number), context.user.number)
        if _is_number(number)
        else None
    )
    return _show(
        context, context.store.sample_answers.next_for(context.user.number),
        judged=judged if judged is not None and judged.mine is not None else None,
        lost="lost" in context.request.query_params,
    )  # fmt: skip


@requires_role("reviewer")
def again(context: RequestContext) -> Response:
    """One that this person judged, with what they said, to be judged anew."""
    sample = context.store.sample_answers.get(
        context.request.path_params["number"], context.user.number
    )
    if sample is None:
        raise HTTPException(404)
    asks = context.request.query_params.get("ask", "")
    flagged = sample.mine is not None and bool(sample.mine.flags)
    second = asks == "second" or (flagged and asks != "first")
    return _show(context, sample, step="second" if second else "first")


@requires_role("reviewer")
def answer(context: RequestContext) -> Response:
    """Saves what was said and goes on to the next; or asks what it is, says what is wrong, or that it came too late."""
    number = context.request.path_params["number"]
    version = str(context.form.get("version", ""))
    action = str(context.form.get("do", ""))
    if action == "yes":
        return RedirectResponse(f"/sample/{number}?ask=second", 303)
    try:
        answer = _answer(context, number, action)
        saved = context.store.sample_answers.add(
            answer, int(version) if _is_number(version) else -1
        )
    except (StoreError, ValueError) as error:
        sample = context.store.sample_answers.get(number, context.user.number)
        if sample is None:
            return RedirectResponse("/sample?lost", 303)
        step: Step = "second" if action == "save" else "first"
        return _show(context, sample, step=step, fault=str(error), status=422)
    if not saved:
        return RedirectResponse("/sample?lost", 303)
    return RedirectResponse("/sample" if answer.skipped else f"/sample?kept={number}", 303)


def _show(
    context: RequestContext,
    sample: SampleItem | None,
    *,
    step: Step = "first",
    judged: SampleItem | None = None,
    lost: bool = False,
    fault: str = "",
    status: int = 200,
) -> Response:
    if sample is not None:
        looking.note(context, "post", post=sample.mention)
    flagged = judged is not None and judged.mine is not None and judged.mine.flags
    stored = context.store.mentions.get(sample.mention) if sample is not None else None
    return page(
        context, "insights/sample.html", status=status, one=sample, step=step, kept=judged, lost=lost, fault=fault,
        pieces=marked(sample.masked, (), None) if sample else (), around=around(context, stored.mention) if stored else (), form=context.form, skips=SKIPS,
        progress=context.store.sample_answers.progress(context.user.number), most=LONGEST_NOTE,
        case=context.store.cases.of_mention(judged.mention) if judged is not None and flagged else None,
    )  # fmt: skip


def _answer(context: RequestContext, number: int, action: str) -> SampleAnswer:
    """What somebody said of a post, by the button that they pressed. Raises ValueError where it can't be right."""
    if action == "save":
        return _flagged(context, number)
    if action in ("no", "elsewhere"):  # none of the flags holds
        return SampleAnswer(
            sample=number, by=context.user.number, at=context.at, in_scope=action == "no"
        )
    if action == "unsure":
        return SampleAnswer(sample=number, by=context.user.number, at=context.at, skipped=UNSURE)
    if action == "skip":
        return _skipped(context, number)
    raise ValueError("Say whether someone should have seen it")


def _flagged(context: RequestContext, number: int) -> SampleAnswer:
    """What the form says of a post that someone should have seen."""
    scope = context.form.get("scope")
    flags = tuple(
        dict.fromkeys(
            str(name) for name in context.form.getlist("flag") if name in context.app.flags
        )
    )
    if not flags:
        raise ValueError("Tick what it is, or go back and answer no")
    if scope not in ("yes", "no"):
        raise ValueError("Say whether it is about us and about health care")
    policy = context.app.policy
    anywhere = policy.judged_everywhere  # codebook, section 1
    if scope == "no" and not set(anywhere).issuperset(flags):
        named = listed([policy.label(name) for name in anywhere])
        raise ValueError(f"Of a post that is not about us, only {named} are flagged")
    return SampleAnswer(
        sample=number, by=context.user.number, at=context.at, in_scope=scope == "yes", flags=flags,
        risk=_risk(context, flags), note=_note(context),
    )  # fmt: skip


def _skipped(context: RequestContext, number: int) -> SampleAnswer:
    why = next((reason for reason in SKIPS if reason == context.form.get("skip")), None)
    if why is None:
        raise ValueError("Choose why you skip it")
    return SampleAnswer(
        sample=number, by=context.user.number, at=context.at, skipped=why, note=_note(context)
    )


def _risk(context: RequestContext, flags: tuple[str, ...]) -> Risk:
    """What the flags alone earn, gravest first: what would lift it is not known here."""
    grave = {context.app.policy.flags[flag].gravity for flag in flags}
    return next((risk for risk in RISKS if risk in grave), "none")


def _note(context: RequestContext) -> str:
    note = str(context.form.get("note", "")).strip()
    if len(note) > LONGEST_NOTE:
        raise ValueError(f"Use at most {LONGEST_NOTE:,} characters in a note")
    return note


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 12
