"""Names of people: whose name may be searched for, what for, until when. A lead and governance agree, two different people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from classify.people import handles, known_words, names_in_words, post_holders, staff_roles
from classify.people.search_terms import BODY_WORDS, in_account, in_query, in_term
from core import clock
from core.errors import StoreError
from core.text import sentence
from reports import asked
from review import audit
from review.auth import one_person
from review.auth.one_person import same_person
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.rendering import page
from search.query import LONGEST as LONGEST_RULE
from settings.governance import LONGEST_NAMED, OFFICES, NamedPerson
from settings.named_people import looks_for_speech
from store.team.searched_people import SearchedPerson, Side

# Whose name nobody may search for, whoever agrees. They can be chosen, so that the refusal says why.
REFUSED: Mapping[str, str] = {
    "staff": "Works for us or elsewhere in the NHS",
    "patient": "A patient, or a relative of one",
    "private": "Anyone else: a neighbour, a journalist, a campaigner",
}
WHY_REFUSED = (
    "Nobody is searched for by name who holds no public office. What they say about us is found by our own names; "
    "where someone is in danger or is threatened, pass the case on"
)
NOT_TO_REGISTER = "Someone who works here, or who may be speaking up, wrote by this account: it is no body’s, and is registered by nobody. Don’t tell whoever asked why"
LONGEST = {"name": LONGEST_RULE, "purpose": 300}
SHORTEST_PURPOSE = 15
SAVED: Mapping[str, str] = {
    "asked": "It waits for a colleague with the other role to agree. Nothing is searched for until then.",
    "agreed": "Two people agreed. It can stand in terms and rules now, until its last day.",
    "ended": "It is not searched for any more, from the next cycle on.",
    "over": "Someone else was faster: it had been agreed to, or ended.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One name as the page lists it. `state`: "waits", "in force" or "over"; `may_agree`: whether who looks may."""

    number: int | None  # None of one that stands in config.toml
    name: str
    office: str
    purpose: str
    who: str
    until: date
    state: str
    may_agree: bool = False


@requires_role("lead", "governance")
def people(context: RequestContext) -> Response:
    """Every name that may be searched for, waits, or was."""
    return _show(context)


@requires_role("lead", "governance")
def ask(context: RequestContext) -> Response:
    """Asks for a name; whoever asks has agreed on their own side."""
    fields = {
        name: " ".join(str(context.form.get(name, "")).split())
        for name in ("name", "office", "purpose", "until")
    }
    faults = _faults(fields)
    if not faults and fields["office"] == "account" and _side(context) == "governance" and _is_nobodys_to_register(context, fields["name"]):  # fmt: skip
        faults["name"] = NOT_TO_REGISTER
    if faults:
        return _show(context, fields, faults, status=422)
    try:
        number = context.store.searched_people.ask(
            fields["name"], office=fields["office"], purpose=fields["purpose"], until=date.fromisoformat(fields["until"]),
            by=context.user.number, side=_side(context), at=context.at,
        )  # fmt: skip
    except StoreError as error:
        return _show(context, fields, {"until": sentence(str(error))}, status=422)
    missing: Side = "governance" if _side(context) == "lead" else "lead"
    others = [
        user for user in context.store.users.all()
        if user.active and missing in user.roles and not same_person(context.user, user)
    ]  # fmt: skip
    what: asked.AskedFor = "speech" if fields["office"] == "speech" else "name"
    asked.tell(context.store, context.config, what, others, [missing], at=context.at, key=number)
    return RedirectResponse("/names?saved=asked", 303)


@requires_role("lead", "governance")
def agree(context: RequestContext) -> Response:
    """Agrees for the side that is missing."""
    person = _person(context)
    side: Side = "governance" if person.governance_by is None else "lead"
    if not context.may(side):
        return _show(context, fault=f"Someone with the role {side} agrees to this one", status=403)
    why = one_person.why_not(context.store, context.user, [person.asked_by], at=context.at)
    if why:
        return _show(context, fault=why, status=422)
    if person.office == "account" and side == "governance" and _is_nobodys_to_register(context, person.name):  # fmt: skip
        context.store.searched_people.end(person.number, by=context.user.number, at=context.at)
        return _show(context, fault=f"{NOT_TO_REGISTER}. It was turned down", status=422)
    try:
        agreed = context.store.searched_people.agree(
            person.number, by=context.user.number, side=side, at=context.at
        )
    except StoreError as error:
        return _show(context, fault=sentence(str(error)), status=422)
    return RedirectResponse(f"/names?saved={'agreed' if agreed else 'over'}", 303)


@requires_role("lead", "governance")
def end(context: RequestContext) -> Response:
    """Ends it, or turns down what was asked."""
    ended = context.store.searched_people.end(
        _person(context).number, by=context.user.number, at=context.at
    )
    return RedirectResponse(f"/names?saved={'ended' if ended else 'over'}", 303)


def listed(context: RequestContext) -> list[Row]:
    """All names, newest first, and those of config.toml."""
    on, names = clock.local_day(context.at), audit.people(context)
    rows = [_row(context, person, on, names) for person in context.store.searched_people.all()]
    return [*rows, *(_filed(person, on) for person in context.app.file.governance.people)]


def _row(context: RequestContext, person: SearchedPerson, on: date, names: audit.People) -> Row:
    state = person.state(on)
    missing: Side = "governance" if person.governance_by is None else "lead"
    agreed = [
        f"{names.name(by)} ({side})"
        for side, by in (("lead", person.lead_by), ("governance", person.governance_by))
        if by is not None
    ]
    who = f"Agreed by {' and '.join(agreed)}" if len(agreed) == 2 else f"Asked by {agreed[0]}"
    if person.ended_by is not None:
        who += f"; ended by {names.name(person.ended_by)}"
    return Row(
        number=person.number, name=person.name, office=OFFICES.get(person.office, person.office), purpose=person.purpose,
        who=who, until=person.until, state=state,
        may_agree=state == "waits" and context.may(missing) and context.user.number not in (person.lead_by, person.governance_by),
    )  # fmt: skip


def _filed(person: NamedPerson, on: date) -> Row:
    return Row(
        number=None, name=person.name, office=OFFICES[person.office], purpose=person.purpose, until=person.until,
        who=f"By site.toml: agreed by {person.lead} (lead) and {person.governance} (governance)",
        state="in force" if person.in_force(on) else "over",
    )  # fmt: skip


def _faults(fields: Mapping[str, str]) -> dict[str, str]:
    faults = {}
    if len(fields["name"]) < 2:
        faults["name"] = "Write the name as it is searched for"
    elif why := _wrong_name(fields["name"], fields["office"]):
        faults["name"] = why
    if fields["office"] in REFUSED:
        faults["office"] = WHY_REFUSED
    elif fields["office"] not in OFFICES:
        faults["office"] = "Choose who this is"
    if len(fields["purpose"]) < SHORTEST_PURPOSE or len(set(fields["purpose"].casefold())) < 5:
        faults["purpose"] = "Say in a sentence what the name is searched for"
    for name, most in LONGEST.items():
        if len(fields[name]) > most:
            faults[name] = f"Use at most {most} characters"
    try:
        date.fromisoformat(fields["until"])
    except ValueError:
        faults["until"] = "Write the last day, such as 2027-03-31"
    return faults


def _wrong_name(name: str, office: str) -> str:
    """Why this can't be asked for as what it is said to be; "" where it can."""
    if office == "speech":
        return _wrong_speech(name)
    if office == "account":
        one_handle = len(name.split()) == 1 and len(name) <= LONGEST_NAMED
        return (
            ""
            if one_handle
            else "Write the account as it will stand in the register, without spaces"
        )
    if post_holders.of_staff(name):
        return "This is the post of one person of staff. Nobody of staff is searched for, by name or by post"
    reads_like_one = bool(in_term(name) or in_account(name))
    if office != "called_after" and (looks_for_speech(name) or looks_for_speech(name, "rule")):
        return "This looks for what staff say of their work. Choose that, and write the whole term or rule as it will stand"
    if len(name) > LONGEST_NAMED:
        return f"Use at most {LONGEST_NAMED} characters"
    if office == "word":
        if reads_like_one:
            return "This reads like a person’s name. If something is called after them, choose that"
        unknown = known_words.unknown(name) or _may_be_account(name)
    elif office == "called_after":
        low = {word.strip(".,'’").casefold() for word in name.split()}
        if not low & BODY_WORDS:
            return "Write it with what it is, such as a ward, a law or a prize: a name alone is a person’s"
        return ""
    else:
        sole = post_holders.sole(name)
        unknown = [
            *names_in_words.names(name),
            *([sole] if sole else []),
            *handles.as_accounts(name),
        ]
    if reads_like_one or unknown:
        return ""
    return "This does not read like a person’s name: write it as a search term, nobody has to agree"


def _may_be_account(name: str) -> list[str]:
    """Whether somebody might call themselves so, whoever posts here: the answer is the same for an account that is here and for one that isn't."""
    return sorted(handles.compared(name))


def _wrong_speech(written: str) -> str:
    """Why these words can't be agreed to as a search for what staff say; "" where they can."""
    unknown = set(known_words.unknown(written)) - set(staff_roles.sought(written))
    if in_query(written) or unknown:  # a role at a place is several people's: two agree to it
        return "This holds what may be a person’s name. Nobody’s own speech is searched for: leave it out"
    if looks_for_speech(written) or looks_for_speech(written, "rule"):
        return ""
    return "This looks for nothing that staff say of unions, complaints about work, managers or whistleblowing: nobody has to agree"


def _is_nobodys_to_register(context: RequestContext, handle: str) -> bool:
    """Whether an account wrote what is read as somebody's who works here, or what is the Guardian's: governance is told, and nobody else."""
    store = context.store
    with store.database.snapshot():
        written = store.search.by_author(handle)
    return bool(store.exports.speaking_up(written)) or store.assessments.any_by_staff(written)


def _side(context: RequestContext) -> Side:
    """On which side whoever asks agrees: a person with both roles as a lead, since somebody else is governance then."""
    return "lead" if context.may("lead") else "governance"


def _person(context: RequestContext) -> SearchedPerson:
    person = context.store.searched_people.get(context.request.path_params["number"])
    if person is None:
        raise HTTPException(404)
    return person


def _show(
    context: RequestContext, fields: Mapping[str, str] | None = None, faults: Mapping[str, str] | None = None, *,
    fault: str = "", status: int = 200,
) -> Response:  # fmt: skip
    rows = listed(context)
    return page(
        context, "setup/people.html", status=status, fields=fields or {}, faults=faults or {}, fault=fault, offices=OFFICES,
        refused=REFUSED, longest=LONGEST, saved=SAVED.get(context.request.query_params.get("saved", ""), ""),
        groups=[
            (title, [row for row in rows if row.state == state])
            for state, title in (("waits", "Waiting for a second person"), ("in force", "Searched for now"), ("over", "Over"))
        ],
    )  # fmt: skip
