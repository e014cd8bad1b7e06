"""Second opinions: asked of a colleague with the decision form, and answered by a note."""

from __future__ import annotations

import re

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

import clock
from errors import StoreError
from review import case_page, team_parts
from review.desk import Visit
from review.names import sentence
from review.rendering import page
from review.signing import needs
from store import CaseDecision, Opinion, Stance

LONGEST = 4000
STANCES: dict[Stance, str] = {"agrees": "I agree", "disagrees": "I see it differently"}


def keep(visit: Visit, said: CaseDecision, version: int) -> bool:
    """Keeps a decision; one for a second opinion together with whom it is asked of and what.

    Raises ValueError where either is missing. Where there is nobody to ask it is for whoever comes.
    """
    asks = said.kind == "second_opinion"
    askable = team_parts.askable(team_parts.team(visit)) if asks else ()
    if not askable:
        return visit.store.decide(said, version)
    told = str(visit.form.get("colleague", ""))
    question = str(visit.form.get("question", "")).strip()
    if told not in {str(one.number) for one in askable}:
        raise ValueError("Choose whose opinion you want")
    if not question:
        raise ValueError("Write what you want to know from your colleague")
    if len(question) > LONGEST:
        raise ValueError(f"Use at most {LONGEST:,} characters in your question")
    return visit.store.ask_opinion(said, version, of=int(told), question=question)


@needs("reviewer")
def answer(visit: Visit) -> Response:
    """Keeps an opinion and goes back to the case; says what is missing, or who was faster."""
    found = visit.store.opinion(visit.request.path_params["number"])
    if found is None:
        raise HTTPException(404)
    told = str(visit.form.get("stance", ""))
    words = str(visit.form.get("answer", "")).strip()
    stance = next((one for one in STANCES if one == told), None)
    if visit.user.number not in visit.store.may_answer(found, visit.at):
        return _show(visit, found, "This opinion was asked of somebody else", 403)
    if stance is None:
        return _show(visit, found, "Choose whether you agree", 422)
    if len(words) > LONGEST:
        return _show(visit, found, f"Use at most {LONGEST:,} characters", 422)
    try:
        kept = visit.store.answer_opinion(
            found.number, by=visit.user.number, stance=stance, answer=words, at=visit.at
        )
    except StoreError as error:
        return _show(visit, found, sentence(str(error)), 422)
    now = visit.store.opinion(found.number)
    twice = now is not None and (now.ended_by, now.answer) == (visit.user.number, words)
    if not kept and not twice:
        return _late(visit, found.number)
    return RedirectResponse(f"{case_page.way(visit, found.case)}#team", 303)


def _late(visit: Visit, number: int) -> Response:
    now = visit.store.opinion(number)
    if now is None:
        raise HTTPException(404)
    known = team_parts.team(visit)
    how = team_parts.ENDED[now.why] if now.why else ""
    who = f"{known.name(now.ended_by)}: " if now.ended_by else ""
    when = f", {clock.local(now.ended_at)}" if now.ended_at else ""
    return _show(visit, now, f"It needs no answer any more ({who}{how}{when})", 409)


def _show(visit: Visit, found: Opinion, fault: str, status: int) -> Response:
    known = team_parts.team(visit)
    return page(
        visit, "opinion.html", status=status, one=team_parts.shown(visit, known, found), fault=fault,
        form=visit.form, back=case_page.back(visit), stances=STANCES, at_field=_field(fault),
    )  # fmt: skip


def _field(fault: str) -> str:
    """Which field an error is about."""
    return (
        f"answer-{'words' if re.search('say why|characters', fault, re.IGNORECASE) else 'agrees'}"
    )
