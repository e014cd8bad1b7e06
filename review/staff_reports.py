"""Tell: staff report a post that worries them (policy, section 9), also from a place that no source can read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from classify import pid
from classify.people import spelt_names
from classify.pid.base import Contacts
from classify.pid.redaction import mask
from collectors.inbox import private_chat
from collectors.platforms import FACTS
from core import clock, worries
from core.errors import InputError, StoreError
from core.models import Assessment, Platform
from core.progress import report_progress
from reports import asked
from review import audit
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.desk import mails, sorting
from review.reading import NO_WORDS as NO_WORDS
from review.rendering import page
from settings.organisation import today
from steps import lanes
from steps.context import RunContext
from steps.health import schedule_runs
from store import StaffReport
from store.assessments import BY_NOBODY
from store.cases.staff_reports import Wrote

LONGEST = {"url": 2000, "words": 10_000, "worry": 4000, "who": 200}
# What `note` calls its fields in what it refuses, and what this form calls them.
_CALLED = {"--url": "url", "--text": "words", "--posted": "posted", "--platform": "words"}
TARGET = "target"  # the kind of who is meant themselves
PRIVATE = "no"  # where it was seen: not in public
# Why governance may look at who reported. No words of their own: the record of it stays for good.
REPORTER_REASONS: Mapping[str, str] = {
    "safety": "The reporter may be in danger", "complaint": "A complaint about the report", "rights": "Someone asks what we hold about them",
    "legal": "A court or the law asks for it", "audit": "A check of how reports are handled",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What may worry a colleague. By its `label` alone a case is called in Today (`lanes.REPORT_REASONS`), whatever they write beside it.

    `flags`: whoever is told at once of these is told of it; all that a report says that the post is stands in core.worries. `team`: whom they ring where it is private, so that we take nothing in.
    """

    label: str
    hint: str = ""
    flags: tuple[str, ...] = ()
    team: str = ""


_BULLYING = {"harassment", "threat", "derogatory"}  # flags of the policies that help who is bullied
KINDS: Mapping[str, Kind] = {
    "danger": Kind(label=worries.DANGER, flags=worries.FLAGS[worries.DANGER], team="safeguarding"),
    "patient": Kind(
        label=worries.PATIENT, flags=worries.FLAGS[worries.PATIENT], team="information_governance",
        hint="A name, number, photo, wristband or ward board",
    ),
    "threat": Kind(label=worries.THREAT, flags=worries.FLAGS[worries.THREAT], team="security"),
    TARGET: Kind(
        label=worries.AIMED, flags=worries.FLAGS[worries.AIMED],
        hint="The next page says what help there is, and what you need not wait for",
    ),
    "false": Kind(label=worries.FALSE_CLAIM),
    "press": Kind(
        label=worries.PRESS, team="media", hint="Or a story about us is coming",
    ),
    "other": Kind(label=worries.OTHER),
}  # fmt: skip


# Where words were said that nobody but its members reads
_CHAT = re.compile(
    r"\b(?:what?s ?app|group (?:chat|text|message)|(?:staff|ward|team|work|our|the) (?:chat|group chat)|chat group|(?:teams|signal|messenger|telegram|slack) (?:chat|channel|group|message|call)"
    r"|(?:direct|private) (?:messages?|chat|group)|(?:closed|members.only) group|dm(?:s|ed|'d|’d)?|text(?:ed|s)? (?:me|us|him|her|them)|(?:sent|wrote) (?:me|us|him|her|them) an? e-?mail)\b",
    re.IGNORECASE,
)  # fmt: skip
_CHAT_LINES = 2  # that look like a chat's, as an app exports or copies them


@requires_role("viewer")
def tell(context: RequestContext) -> Response:
    """The form."""
    return _show(context)


@requires_role("viewer")
def at_report(_context: RequestContext) -> Response:
    """Where people look for the form by its name."""
    return RedirectResponse("/tell", 303)


@requires_role("viewer")
def submit_report(context: RequestContext) -> Response:
    """Takes the report in and goes on to what becomes of it; or says what is wrong with it."""
    names = ("kind", "public", "open", "posted", *LONGEST)
    fields = {name: str(context.form.get(name, "")).strip() for name in names}
    if fields["public"] == PRIVATE:  # before anything of it is looked at
        what = fields["kind"] if fields["kind"] in KINDS else "other"
        context.store.staff_reports.turn_away(what, context.at)
        return RedirectResponse(f"/tell/private?about={what}", 303)
    faults = _faults(fields, context.at)
    if faults:
        return _show(context, faults=faults, status=422)
    target = fields["kind"] == TARGET
    try:
        flags = KINDS[fields["kind"]].flags
        at_once = bool(flags) or target or not _is_read_soon(context)
        mention, reason, unread, wrote = _store(context, fields, at_once=at_once)
        number = context.store.staff_reports.add(
            mention, at=context.at, worry=_worry(fields), who=fields["who"], target=target, reason=reason,
            flags=flags, by=context.user.number, unread=unread, wrote=wrote,
        )  # fmt: skip
        _tell_governance(context, number)
        report = context.store.staff_reports.get(number)
        if not reason and report is not None and report.case is not None:
            sorting.sort_at_once(context, report.case)
    except InputError as error:
        option, _, why = str(error).partition(": ")
        named = option in _CALLED
        return _show(
            context, faults={_CALLED.get(option, "words"): why if named else str(error)}, status=422
        )
    except StoreError as error:
        return _show(context, faults={"words": str(error)}, status=503)
    return RedirectResponse(f"/tell/{number}{'?target=1' if target else ''}", 303)


def _tell_governance(context: RequestContext, number: int) -> None:
    """Governance reads at once what was reported of a post that is held without use, and that the program did not read as danger."""
    if not any(each.number == number for each in context.store.staff_reports.of_restricted()):
        return
    people = [user for user in context.store.users.all() if user.active and "governance" in user.roles]  # fmt: skip
    asked.tell(context.store, context.config, "restricted", people, ["governance"], at=context.at, key=number)  # fmt: skip


def _is_read_soon(context: RequestContext) -> bool:
    """Whether a schedule of ours reads what is new within minutes. Where something else calls the commands, nobody knows when it does."""
    return not context.config.schedule.by_hand and schedule_runs(
        context.store, context.config, context.at
    )


def _worry(fields: Mapping[str, str]) -> str:
    """What worries them: their own words first, then what they ticked."""
    ticked = KINDS[fields["kind"]].label
    return f"{fields['worry']} ({ticked})" if fields["worry"] else ticked


def masked_worries(
    context: RequestContext, reports: Sequence[StaffReport]
) -> list[tuple[StaffReport, str]]:
    """Reports with what worries them, masked, for who may decide of the case; for anybody else without a word of it."""
    if not reports or not (
        context.may("reviewer") or context.may("governance") or context.may("guardian")
    ):
        return [(report, "") for report in reports]
    return [(report, masked(context, report.worry)) for report in reports]


def masked(context: RequestContext, text: str) -> str:
    """What a colleague wrote, without names and identifiers."""
    current = today(context.config.organisation, clock.local_day(context.at))
    public = Contacts(phones=current.phones, emails=current.emails, postcodes=current.postcodes)
    return spelt_names.hide(mask(text, pid.find(text, contacts=public), (), public))


def _store(
    context: RequestContext, fields: Mapping[str, str], *, at_once: bool
) -> tuple[int, str, Assessment | None, Wrote]:
    """The number of the mention, the heading by what worries them, by what it is a case before the program reads it, and what their own words tell of.

    The last is asked of every report, whatever they ticked, so that its time tells nothing of the post.

    Raises InputError. `at_once`: danger, a leak, a threat or what is aimed at whoever reports it, which a person saw and which waits for no reading; and
    anything where no schedule of ours reads. All else waits the minutes until it is read, since it may be somebody who speaks up.
    """
    # here, since every start of the page would pay for openpyxl and lxml: 0.3 s, 32 MB
    from steps import group, note, restricted_reports, unread

    run = RunContext(
        config=context.config, folder=context.app.folder, store=context.store,
        report_progress=report_progress, at=context.at,
    )  # fmt: skip
    published = group.contacts(run)
    number = note.store_report(run, _seen(fields))
    worry = _worry(fields)
    # of a journalist the time by which they want an answer is read at once, and the heading with it
    reason = "" if "media" in worries.flags_told(worry) else lanes.report_reason(worry)
    tells = restricted_reports.told_plainly(f"{fields['worry']}\n{fields['words']}")
    wrote = Wrote(words=fields["words"], tells=tells)
    stored = context.store.mentions.get(number) if at_once else None
    if stored is None:
        return number, reason, None, wrote
    assessment = unread.unread_assessment(
        stored, policy=context.app.policy.version, model=BY_NOBODY, at=context.at, published=published
    )  # fmt: skip
    return number, reason, assessment, wrote


@requires_role("viewer")
def private(context: RequestContext) -> Response:
    """Where help is for what was said in private: nothing of it was taken in."""
    kind = KINDS.get(context.request.query_params.get("about", ""), KINDS["other"])
    review = context.config.review
    teams = {role.key: role for role in review.roles}
    policies = [
        policy for policy in review.related if not policy.hr and _BULLYING & set(policy.flags)
    ]
    return page(
        context, "staff_reports/private.html", kind=kind, team=teams.get(kind.team), guardian=teams.get("guardian"),
        policies=policies, crisis=review.crisis_contact, danger=kind.team == "safeguarding" or kind.team == "security",
    )  # fmt: skip


@requires_role("governance")
def reporter(context: RequestContext) -> Response:
    """Who made a report: sealed with it, seen by governance with a reason, and that is recorded."""
    reason = str(context.form.get("reason", ""))
    number = context.request.path_params["number"]
    if reason not in REPORTER_REASONS:
        return _report(context, number, fault="Choose why you look at who reported it", status=422)
    try:
        user = context.store.staff_reports.reporter(
            number, reason=reason, by=context.user.number, at=context.at
        )
    except StoreError as error:
        raise HTTPException(404) from error
    who = (
        audit.people(context).name(user)
        if user is not None
        else "Not known: it was reported before this was saved"
    )
    return _report(context, number, who=who)


@requires_role("viewer")
def report(context: RequestContext) -> Response:
    """What becomes of a report, for who made it and who acts on it. It says nothing of who made it, nor of what they wrote.

    Nor where the post went, nor whether it was here before, read or decided: anybody may report a link, so that words, a case's number or its want would tell whether
    its writer is treated as speaking up.
    """
    number = context.request.path_params["number"]
    if not is_open_to(context, number):
        raise HTTPException(404)  # when, and how many, colleagues reported is theirs alone
    return _report(context, number)


def is_open_to(context: RequestContext, number: int) -> bool:
    """Whether the page of a report is there for whoever asks: those who act on reports, and whoever made it."""
    if context.store.staff_reports.get(number) is None:
        return False
    acts = context.may("reviewer") or context.may("governance")
    return acts or context.store.staff_reports.is_by(number, context.user.number)


def _report(
    context: RequestContext, number: int, *, who: str = "", fault: str = "", status: int = 200
) -> Response:
    staff_report = context.store.staff_reports.get(number)
    if staff_report is None:
        raise HTTPException(404)
    target = context.request.query_params.get("target", "") == "1"
    return page(
        context, "staff_reports/report.html", status=status, report=staff_report, target=target, who=who, fault=fault, reasons=REPORTER_REASONS,
        reading=when_read(context, told=True),
    )  # fmt: skip


def when_read(context: RequestContext, *, told: bool = False) -> str:
    """When the program reads what a colleague reported, as every page says it.

    `told`: to whoever reported it, who isn't told whether it was read before, since a post that was here and stands on no list is the Guardian's.
    """
    runs = schedule_runs(context.store, context.config, context.at)
    if not runs:
        email = (
            "the team gets no email"
            if mails.none_leaves(context)
            else "the team gets an email only when someone sends what waits"
        )
        begins = "Nothing" if told else "The program has not read it yet: nothing"
        return f"{begins} reads posts at this moment, and {email}: {_ring_if_urgent(context)}"
    minutes = context.config.schedule.deliver_every_minutes
    when = f"within {minutes} minute{'s' * (minutes != 1)}"
    if context.config.schedule.by_hand:  # nothing of ours says when the commands are called
        when = "at its next run, for which no minute can be promised"
    within = f"The program reads new reports {when}" if told else f"The program has not read it yet: it does {when}"  # fmt: skip
    if mails.none_leaves(context):
        return (
            f"{within}. The team gets no email, since none leaves now: {_ring_if_urgent(context)}"
        )
    return f"{within}. The team gets an email."


def _ring_if_urgent(context: RequestContext) -> str:
    """What whoever reported does themselves where nobody is told: the number of whoever is on call, where one is set up."""
    crisis = context.config.review.crisis_contact
    return f"if it can’t wait, ring {crisis}." if crisis else "tell the team yourself if it can’t wait."  # fmt: skip


def _show(
    context: RequestContext, *, faults: Mapping[str, str] | None = None, status: int = 200
) -> Response:
    return page(
        context, "staff_reports/tell.html", status=status, faults=faults or {}, asks_open=bool(context.form.get("open")) or "tick that they can" in (faults or {}).get("public", ""),
        form=context.form, kinds=KINDS, longest=LONGEST,
    )  # fmt: skip


def _faults(fields: Mapping[str, str], at: datetime) -> dict[str, str]:
    """What is wrong by field, in the order of the form."""
    faults = {}
    if fields["url"] and not fields["url"].lower().startswith(("https://", "http://")):
        faults["url"] = "Paste the whole link, from https:// on, or leave it empty"
    if not fields["words"] and not fields["url"]:
        faults["words"] = "Paste its link, or write what was said or what the picture shows"
    if fields["kind"] not in KINDS:
        faults["kind"] = "Choose what worries you"
    if fields["public"] != "yes":
        faults["public"] = "Choose where you saw it"
    elif fault := _privacy_fault(fields):
        faults["public"] = fault
    if fields["posted"]:
        moment = _moment(fields["posted"])
        if moment is None:
            faults["posted"] = "Write when as 2026-11-30T09:05, in UK time, or leave it empty"
        elif not clock.EARLIEST <= moment <= at:
            faults["posted"] = "Write when it was posted: a moment that has been"
    for name, most in LONGEST.items():
        if len(fields[name]) > most:
            faults[name] = f"Use at most {most:,} characters"
    return faults


def _privacy_fault(fields: Mapping[str, str]) -> str:
    """What is asked where a report says that it is public and reads like a private chat; "" where nothing is."""
    if len(private_chat.LINE.findall(fields["words"])) >= _CHAT_LINES and not fields["url"]:
        return "Its words read like a private chat: choose In private, or paste the link under which anyone can open it"
    if fields["open"] != "yes" and _CHAT.search(f"{fields['words']}\n{fields['worry']}"):
        return "You write of a chat, messages or an email. If that is where it was said, choose In private. If anyone can open it, tick that they can"
    return ""


def _moment(text: str) -> datetime | None:
    try:
        return clock.from_local(text[:16], "%Y-%m-%dT%H:%M")
    except ValueError:
        return None


def _seen(fields: Mapping[str, str]) -> dict[str, str]:
    """The post as `note` reads one."""
    moment = _moment(fields["posted"]) if fields["posted"] else None
    url = fields["url"]
    return {
        "platform": platform_of(url), "url": url, "text": fields["words"] or NO_WORDS,
        "posted_at": clock.text(moment) if moment else "", "handle": "",
    }  # fmt: skip


def platform_of(url: str) -> Platform:
    """Where a link leads; "other" for none, and for a place that is not known."""
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return "other"
    return next(
        (
            name
            for name, facts in FACTS.items()
            if any(host == known or host.endswith(f".{known}") for known in facts.url_hosts)
        ),
        "other",
    )
