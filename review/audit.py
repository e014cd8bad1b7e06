"""What the governance lead reads: everything that was done, who saw personal data and why, whether the chain is whole.

Nothing here can be changed. That somebody took a copy is recorded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response, StreamingResponse

from collectors.platforms import PLATFORM_NAMES
from core import acting, clock, text
from core.text import sentence
from reports import looks
from reports.rendering import role_name
from review import looking
from review.auth.sessions import requires_role
from review.cases.deadlines import OUTCOMES, STEPS, WHOM
from review.context import AppContext, RequestContext
from review.rendering import page
from review.wording import words
from settings.sections import SECTIONS
from store import AuditQuery, Event

SIZE = 50
HEAD = re.compile(r"[0-9a-f]{16,64}")
COLUMNS = ("Event", "When (UK time)", "When (UTC)", "Who", "What", "In words", "Case", "Post", "Details", "Chain")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class AuditSearch:
    """What an address asks for, as it stands there: `kind` a kind of event or "group: " and a group's name."""

    kind: str
    person: str
    since: str
    until: str
    page: int
    faults: tuple[tuple[str, str], ...]  # the field, and what is wrong with it
    query: AuditQuery

    @property
    def filters(self) -> dict[str, str]:
        """What is set, as an address holds it."""
        params = {
            "kind": self.kind,
            "person": self.person,
            "since": self.since,
            "until": self.until,
        }
        return {name: value for name, value in params.items() if value}

    def link(self, page: int = 1) -> str:
        """The address of the same with another page."""
        params = self.filters | ({"page": str(page)} if page > 1 else {})
        return f"/audit?{urlencode(params)}" if params else "/audit"


@requires_role("governance")
def audit(context: RequestContext) -> Response:
    """A page of events, by filters that an address can hold."""
    search = asked_of(context, context.request.query_params)
    audit_page = context.store.audit.page(search.query)
    pages = max(1, -(-audit_page.total // SIZE))
    if search.page > pages:
        return RedirectResponse(search.link(pages), 303)
    looking.note(context, "record")
    return page(
        context, "audit/audit.html", params=search, wrong=dict(search.faults), found=audit_page, pages=pages, groups=_groups(context),
        everybody=context.store.users.all(), people=people(context), said=describe_event, kind_name=kind_name,
        section_titles={section.key: section.title for section in SECTIONS},
    )  # fmt: skip


@requires_role("governance")
def reveals(context: RequestContext) -> Response:
    """Who saw personal data, and the reasons that they gave."""
    wanted = _page(context.request.query_params)
    reveals, total = context.store.audit.reveals(page=wanted, size=SIZE)
    pages = max(1, -(-total // SIZE))
    if wanted > pages:
        return RedirectResponse(f"/audit/reveals?page={pages}", 303)
    looking.note(context, "record")
    return page(
        context, "audit/reveals.html", found=reveals, total=total, number=wanted, pages=pages, people=people(context),
    )  # fmt: skip


@requires_role("governance")
def chain(context: RequestContext) -> Response:
    """Reads the whole chain now, and compares it with a head that was noted elsewhere, where one is given."""
    params = context.request.query_params
    anchor = "".join(params.get("head", "").split()).casefold()[:200]  # an email has it in groups
    has_head = "head" in params
    fault = (
        "" if not anchor or HEAD.fullmatch(anchor) else "A head is at least 16 signs of 0 to 9 and a to f: copy it whole"
    )  # fmt: skip
    verification = context.store.audit.check_chain(anchor) if has_head and not fault else None
    return page(
        context, "audit/chain.html", status=422 if fault else 200, found=verification, anchor=anchor, fault=fault,
    )  # fmt: skip


@requires_role("governance")
def export(context: RequestContext) -> Response:
    """The events that the filters find, as CSV. That somebody took it is an event."""
    search = asked_of(context, context.form)
    if search.faults:
        return RedirectResponse(search.link(), 303)
    _, last = context.store.audit.export(search.query, by=context.user.number, at=context.at)
    looking.note(context, "export")
    name = f"audit-{clock.local_day(context.at).isoformat()}.csv"
    return StreamingResponse(
        _lines(context.app, search.query, last, people(context)), media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


def _lines(app: AppContext, query: AuditQuery, last: int, known: People) -> Iterator[bytes]:
    """Page by page, so that years of events never lie in memory; each may be read by another thread."""
    yield b"\xef\xbb\xbf" + text.rows([COLUMNS])  # by which Excel knows UTF-8
    after = 0
    while events := app.store().audit.events_up_to(query, last, after=after):
        yield text.rows(_row(event, known) for event in events)
        after = events[-1].number


def _row(event: Event, known: People) -> tuple[object, ...]:
    return (
        event.number, clock.local(event.at), clock.text(event.at), known.who(event), kind_name(event.kind),
        describe_event(event, known) or kind_name(event.kind), event.about.get("case", ""), event.about.get("mention", ""),
        json.dumps(dict(event.about), sort_keys=True), event.mac,
    )  # fmt: skip


def people(context: RequestContext) -> People:
    """Everybody's name, and whom fingerprints mean."""
    return People(
        {user.number: user.name for user in context.store.users.all()},
        context.store.audit.fingerprints(),
        {role.key: role.name for role in context.config.review.roles},
    )


def asked_of(context: RequestContext, params: Mapping[str, object]) -> AuditSearch:
    """What an address or a form asks for. What can't be understood is named and left out of the query."""
    fields = {
        name: str(params.get(name) or "").strip()[:80]
        for name in ("kind", "person", "since", "until")
    }
    faults: list[tuple[str, str]] = []
    known = {str(user.number): user.number for user in context.store.users.all()}
    group = fields["kind"].removeprefix("group: ")
    kinds: tuple[str, ...] = (fields["kind"],) if fields["kind"] else ()
    if group != fields["kind"]:
        kinds = tuple(_groups(context).get(group, {}))
        faults += [] if kinds else [("kind", "Choose what happened from the list")]
    if fields["person"] and fields["person"] not in known:
        faults.append(("person", "Choose a person from the list"))
    since, until = (read_day(fields[name], name, faults) for name in ("since", "until"))
    edges = (since[0] if since else None, until[1] if until else None)
    if edges[0] and edges[1] and edges[0] >= edges[1]:
        faults.append(("until", "The last day comes before the first"))
    return AuditSearch(
        **fields, page=_page(params), faults=tuple(faults),
        query=AuditQuery(
            kinds=kinds, person=known.get(fields["person"]), since=edges[0], until=edges[1],
            page=_page(params), size=SIZE,
        ),
    )  # fmt: skip


def _groups(context: RequestContext) -> dict[str, dict[str, str]]:
    """The kinds that can be chosen, by group; what has no words (of a newer version) is not hidden."""
    named = {
        group: {kind: wording[0] for kind, wording in kinds.items()}
        for group, kinds in GROUPS.items()
    }
    other = {kind: kind_name(kind) for kind in context.store.audit.kinds() if kind not in KINDS}
    return named | ({"Other": other} if other else {})


def read_day(
    written: str, name: str, faults: list[tuple[str, str]]
) -> tuple[datetime, datetime] | None:
    """From when to when a UK day is that somebody typed; what is wrong with it goes to `faults`, under the field's name."""
    if not written:
        return None
    try:
        return clock.day(date.fromisoformat(written))
    except (ValueError, OverflowError):
        faults.append((name, "Write a day as 2026-11-24"))
        return None


def _page(params: Mapping[str, object]) -> int:
    page_number = str(params.get("page") or "1")
    return max(1, int(page_number)) if re.fullmatch(r"[0-9]{1,6}", page_number) else 1


# What each kind of event is called, and what one says, in plain words: no name of a field, no code.
#
# Every kind that any code writes stands in `GROUPS`; a test goes through the code and fails on one that doesn't.

# By group: of each kind its name, and what one says beyond it. {field} is what the event holds there, in words.
GROUPS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "People and signing in": {
        "signed in": ("Signed in", ""),
        "signed out": ("Signed out", ""),
        "signed out everywhere": ("Signed out everywhere", "Ended all sessions of {user}: {sessions}."),
        "user added": ("Person added", "Added {user}, who may be: {roles}."),
        "user changed": ("Person changed", ""),  # see _changed
        "guarded setting approved": ("Guarded setting agreed to", "Agreed to a setting that waited for another person: who is told, how soon, which teams are there, or the Guardian’s telephone ({part})."),
        "guarded setting refused": ("Change of the settings refused", "Did not agree to a change of what nobody changes alone: it is as it was."),
        "own handle asked": ("Own handle asked for", "Asked that a handle count as one of {user}’s. It waits for another person."),
        "own handle agreed": ("Own handle agreed to", "Agreed that a handle counts as one of {user}’s: cases with a post by it are not shown to them, those that were here neither. The writers of all posts in cases were read for it, and nobody knows by that who wrote which."),
        "own handle refused": ("Own handle refused", "Refused that a handle counts as one of {user}’s."),
        "own handle removed": ("Own handle removed", "Removed a handle that counted, or waited to count, as one of {user}’s."),
        "access asked": ("Access asked for", "For {user}, asked for: {what}. It waits for a second person."),
        "access agreed": ("Access agreed to", "As the second person for {user}, agreed to: {what}."),
        "accounts seen": ("Accounts made by command seen", "Said that they have seen what commands did to accounts of governance and the Guardian, up to event {upto}."),
        "access refused": ("Access refused", "As the second person for {user}, refused: {what}."),
        "sign-in failed": ("Sign-in failed", "Someone tried to sign in as {user}, and failed: {wrong}. Tries: {tries}."),
        "unknown sign-in name": ("Sign-in under an unknown name", "Someone tried to sign in under a name that nobody has here. Tries: {tries}."),
        "second step set": ("Second step turned on", "Turned on a second step of signing in."),
        "second step removed": ("Second step turned off", "Turned off their own second step of signing in."),
        "second step reset": ("Second step reset", "Reset the second step of {user}, who turns it on again."),
        "second step reset asked": ("Reset of a second step asked for", "Asked to reset the second step of {user}. It waits for a second person."),
        "second step reset refused": ("Reset of a second step refused", "As the second person, refused to reset the second step of {user}."),
        "recovery codes made": ("Recovery codes made", "Made other recovery codes; those of before no longer work."),
        "recovery code used": ("Recovery code used", "Signed in by a recovery code, which works no more."),
        "account linked": ("Account linked", "Linked their account here with theirs in another organisation of this installation: {organisation}."),
        "link of accounts ended": ("Link of accounts ended", "Ended the link of their account here with theirs in {organisation}."),
        "went to another organisation": ("Went to another organisation", "Went over to {organisation}, where they have an account too."),
        "came from another organisation": ("Came from another organisation", "Came over from {organisation}, where they have an account too."),
        "link made": ("One-time link made", "Made a link by which {user} can choose a password."),
    },
    "Personal data": {
        "revealed": ("Original words shown", "Saw the original words of a post, for a reason that stays."),
        "searched for a person": ("Searched for a person", "Searched for what is held of a person, who asked: {found} found in {looked} posts."),
        "searched by own words": ("Searched by words of a post", "Looked, in that search, by words that the person says they wrote, and by no name or account."),
        "another name on a request": ("Looked for another name on a request", "Looked for another name or account on request {request}, and said by what check it is known to be the same person’s."),
        "another name asked for": ("Asked for another name on a request", "Asked to look for another name or account on request {request}, and said by what check it is known to be the same person’s. Another person has to agree first."),
        "another name agreed": ("Agreed to another name on a request", "Agreed that another name or account on request {request} is the same person’s."),
        "another name refused": ("Refused another name on a request", "Did not agree that another name or account on request {request} is the same person’s: it was not opened."),
        "search for a person opened": ("Looked whom a search was for", "Looked whom a colleague had searched for, on request {request}."),
        "disclosed": ("Pack made for a person", "Made a pack of what is held of a person: {posts} posts, {withheld} left out."),
        "corrected": ("Put right for a person", "Put something right of a post, for the person it is about."),
        "objected": ("Objection", "Wrote down that someone objected: {accounts} accounts on {platform}."),
        "objection withdrawn": ("Objection withdrawn", "Took {accounts} accounts off the list of who objected."),
        "objected, taken in": ("Taken in although they objected", "A post of someone who objected was taken in, because it is {because}."),
        "not taken in": ("Not taken in", "{mentions} posts of people who objected were read and not taken in."),
        "erased again": ("Erased again", "Erased {mentions} posts again after a restore, and did again what else the erasure ledger says."),
        "request came": ("Request came", "Wrote down a request: {what}."),
        "request taken": ("Request taken", "Took a request."),
        "request extended": ("Request extended", "Took two more months for a request."),
        "request changed": ("Request changed", "Said where a request stands: {state}."),
        "ledger was missing": ("Erasure ledger missing", "No erasure ledger was found, and it was written again from what the database knows."),
        "erased": ("Erased for a person", "Erased what was held of a person: {mentions} posts."),
        "breach clock counted": ("72-hour clock counted again", "The 72 hours of a breach count from {since}, when someone here first knew of it."),
        "breach clock began": ("72-hour clock began", "The clock of a breach of personal data began."),
        "breach clock stopped": ("72-hour clock stopped", "Recorded what was done about a breach: {outcome}."),
        "breach clock taken back": ("72-hour clock taken back", "The clock of a breach was taken back, with the decision that had begun it."),
        "exported": ("Copied out of the system", ""),  # see _exported
        "access record exported": ("Record of looking copied", "Took a copy of who looked at what."),
        "decision records exported": ("Records of decisions copied", "Took a copy of the records of decisions."),
        "imported": ("File taken in", "Took in a file of another tool: {posts} posts, {new} new, {changed} changed, {left_out} rows left out."),
        "import agreed to": ("File agreed to", "Had a file of another tool stored, after looking at what it would bring: {posts} posts, import {number}."),
        "import dropped": ("File dropped", "Dropped a file of another tool, import {number}: nothing of it was stored."),
        "import failed": ("File not taken in", "A file of another tool was not taken in, or not to its end."),
        "opened much": ("Much was opened", ""),  # see _opened_much
        "audit exported": ("Record copied", "Took a copy of this record: {events} events."),
    },
    "Cases and decisions": {
        "case decided": ("Case decided", "Decided: {decision} (decision {version} of the case)."),
        "decided together": ("Cases decided together", "Decided {cases} cases at once."),
        "undone together": ("Cases brought back together", "Took back a decision on {cases} cases at once."),
        "case split": ("Case split", "Gave {posts} posts of case {of} a case of their own: they are another matter."),
        "case put back": ("Case put back", "Put {posts} posts back into case {of}, from which they had been split off."),
        "case renamed": ("Case renamed", "Gave the case a line of their own, in place of the rules’. This record does not hold what it says."),
        "case renamed back": ("Case’s line taken back", "The case is called by the rules’ line again."),
        "case reopened": ("Case opened again", "The case opened again: it {why}."),
        "report looked at": ("Report looked at", "First of those who decide to look at what a colleague reported."),
        "opened to those on duty": ("Opened to those on duty", "Nobody of the Guardian’s lane took up a threat in it in time: those on duty see {posts} posts of it."),
        "sent to the Guardian": ("Sent to the Guardian", "Someone speaks up in it: it is in the Guardian’s lane, and on nobody else’s list."),
        "sent back by the Guardian": ("Sent back by the Guardian", "Nobody speaks up in it: it is back in its ordinary lane, for a reason that stays."),
        "taken back from the Guardian": ("Taken back from the Guardian", "They sent it there by mistake a moment before: it stands as it stood."),
        "stepped back": ("Stepped back", "The case is about them, their team or someone they manage: it is out of their sight."),
        "case assigned": ("Case taken, given or given back", ""),  # see _assigned
        "weekly note": ("Wrote in the weekly summary", "A headline, a gist of a theme or what came of a campaign."),
        "calendar entry": ("Added to “Coming up”", ""),
        "calendar entry removed": ("Took out of “Coming up”", ""),
        "alert not acknowledged": ("Next contact told", "Nobody had taken the case in time: contact {level} of that route was written to."),
        "passed on": ("Case passed on", "Passed the case on to {role}."),
        "hand-off chased": ("Chased", "Whoever has not confirmed was written to: {emails} emails."),
        "hand-off confirmed": ("Confirmed", "Wrote down who has the case."),
        "hand-off answered": ("Answered", "Wrote down what was answered."),
        "line added": ("A line for the team", "{user} added a line for the team; it stands in the case."),
        "hand-off not taken": ("Not taken", "The team says that it does not take it; the case waits, and the next contact is told."),
        "hand-off waits again": ("Waits again", "The case waits for that team again."),
        "hand-off taken back": ("Taken back", "The case was taken back from that team."),
        "path step done": ("Step done", "Did a step of dealing with a {path}: {step} ({outcome})."),
        "path step taken back": ("Step taken back", "Took back a step of dealing with a {path}: {step}."),
        "opinion asked": ("A colleague asked", "Asked {user} what they think."),
        "opinion given": ("A colleague answered", "Said what they think of a case."),
        "absence set": ("Absence set", "Saved when {user} is away, and who covers."),
        "absence ended": ("Absence ended", "Ended or took back an absence of {user}."),
        "looked again": ("Looked a second time", "Looked a second time at decision {version} of the case, and left it as it is."),
        "second look taken back": ("Second look taken back", "Took back a second look at decision {version} of the case: someone has to look again."),
        "handed over": ("Handover note", ""),  # see _handed_over
        "handover struck": ("Handover note struck", "Removed the words of handover note {handover} for good."),
        "decided": ("Post decided", "Decided on one post: {decision}."),
        "reply recorded": ("Reply written down", "Wrote down what was replied (decision {version} of the case)."),
        "employer asked for": ("Asked for an employer", "Asked that the case may go to an employer: {ground}."),
        "employer answered": ("Answered for an employer", "As {as_role}: {answer} that the case goes to an employer: {ground}."),
        "return from the lane asked for": ("Return from the Guardian’s lane asked for", "As {as_role}: said that nobody speaks up in the case. It goes back once governance agrees."),
        "return from the lane answered": ("Return from the Guardian’s lane looked at", "As {as_role}: {answer} to the case’s going back."),
        "return from the lane taken back": ("Return from the Guardian’s lane taken back", "Took back that nobody speaks up in the case: it stays in the Guardian’s lane."),
        "erased in the lane": ("Erased in the Guardian’s lane", "Erased {posts} posts of the Guardian’s lane, as governance and the Guardian agreed."),
        "erasure in the lane asked for": ("Erasure in the Guardian’s lane asked for", "As {as_role}: asked that posts of the case be erased."),
        "erasure in the lane answered": ("Erasure in the Guardian’s lane answered", "As {as_role}: {answer} to the erasure of posts of the case."),
        "erasure of evidence asked for": ("Erasure of evidence asked for", "Asked that posts which may be evidence be erased for a person."),
        "erasure of evidence answered": ("Erasure of evidence answered", "As the second person {answer} to the erasure of posts that may be evidence."),
        "lane pack asked for": ("Pack of the Guardian’s lane asked for", "As {as_role}: asked for an evidence pack of the case, for a claim."),
        "lane pack answered": ("Pack of the Guardian’s lane answered", "As {as_role}: {answer} to the evidence pack of the case."),
        "police asked about": ("Second person asked about the police", "Asked a second person whether the case goes to the police, by the ground “{ground}”."),
        "police answered": ("Second person about the police", "As the second person {answer} that the case goes to the police."),
        "disclosed to the police": ("Passed to the police", "Passed the case to the police by the ground “{ground}”."),
        "told": ("Post reported by staff", ""),
        "reporter seen": ("Who reported looked at", "Looked at who made report {telling}: {why}."),
        "became high": ("Post read as a high risk", ""),
        "sample drawn": ("Quality check drawn", "Drew the quality check of the week from {week}: {mentions} posts."),
        "sample answered": ("Post of the quality check judged", ""),
        "sample passed over": ("Post of the quality check skipped", ""),
        "missed": ("Missed post found", "The quality check found a post that had been let pass; it is a case now."),
        "not missed": ("Missed post taken back", "Whoever had found a missed post says that nothing in it was missed."),
    },
    "On platforms": {
        "takedown": ("Takedown step", "Wrote down a step of a takedown: {step} ({whom})."),
        "moderating": ("About to act on a platform", "Was about to act on {source}: {action}."),
        "moderated": ("Acted on a platform", "Acted on {source}: {action}."),
        "reply sending": ("About to send a reply", "Confirmed a reply through {source}."),
        "reply ended": ("Reply through a platform", "A reply through {source}: {outcome}."),
        "moderation began": ("Acting on a platform began", "Confirmed an act on a platform: {action}, {clause}."),
        "moderation ended": ("Acting on a platform ended", "An act on a platform ended: {outcome}."),
        "access granted": ("Access granted", "Granted access to {source}."),
        "access renewed": ("Access renewed", "Access to {source} was renewed by itself."),
        "access given up": ("Access given up", "Gave up access to {source}."),
    },
    "Posts that came and went": {
        "revised": ("Post edited", "A post was edited by its writer (its words are now version {revision})."),
        "pictures read": ("Words read in pictures", "Words were read in a post’s pictures (it is now version {revision})."),
        "deleted": ("Post gone from its platform", ""),
        "returned": ("Post back on its platform", ""),
        "hold asked for": ("Hold asked for", "Asked {user} to agree to a hold on a post."),
        "hold ran out": ("Hold not answered in time", "{user} gave no answer to a hold that was asked for, until it was to end. Nothing was held by it."),
        "hold refused": ("Hold refused", "Refused a hold on a post that a colleague had asked for."),
        "held": ("Hold put on a post", "Put a hold on a post, so that it is held for longer."),
        "restricted while asked": ("Post out of use while someone is asked", "A post was put out of use at once, while a second person is asked to agree to its restriction."),
        "restriction ended": ("Restriction not agreed to", "A post is in use again: its restriction was refused, or nobody answered within 7 days."),
        "restricted post reported": ("Reported while out of use", "A colleague reported a post that is held without use, and the program read no danger in it: governance reads it."),
        "restricted report read": ("Report read by the program", "The program read what a colleague wrote of a post that is held without use."),
        "restricted report answered": ("Report of a held post read", "Someone of governance read what a colleague wrote of a post that is held without use, and said what it tells of."),
        "restriction ended by danger": ("Restriction ended: danger was reported", "A post is in use again, or will not be out of use by a yes: a colleague reported danger, a threat, a leak or that it is aimed at them. Its hold stays (UK GDPR Article 18(2): the rights of another person)."),
        "numbers seen": ("Changed numbers seen", "Saw what was changed of the telephones, addresses and words by which people are reached."),
        "held without use": ("Hold without use", "Put a hold without use on a post: it stays, on nobody’s list."),
        "hold ended": ("Hold on a post ended", "A hold came to its end."),
        "hold lifted": ("Hold on a post lifted", ""),
        "removed": ("Post removed from here", "A post was removed from here: {reason}."),
        "purged": ("Purge", ""),  # see _purged
    },
    "Settings, mail and care of the data": {
        "settings changed": ("Settings changed", "Changed the settings “{section}” (version {version})."),
        "recipient approved": ("Team or mailbox approved", "Approved a {what} that may be sent something of a case."),
        "recipient refused": ("Team or mailbox refused", "Did not approve a {what} that would be sent something of a case: it is as it was."),
        "addresses added": ("Mailboxes added", "Let {count} more mailboxes be told of cases, under “{section}”."),
        "name asked": ("Name of a person asked for", "Asked that a name (entry {name}) may be searched for."),
        "name agreed": ("Name of a person agreed to", "Agreed that a name (entry {name}) may be searched for."),
        "name ended": ("Name of a person ended", "Ended that a name (entry {name}) may be searched for."),
        "note may name someone": ("Note that may name someone", "Saved a note on {page} of which it was asked whether it says who wrote a post."),
        "reason refused": ("Reason not taken", "Gave a reason that was about {ground}: nothing was opened or taken for it."),
        "search refused": ("Search not saved", "A search was not saved, under “{section}”: it might be a name, or of what staff say."),
        "rules tried": ("Search rules tried", "Tried {rules} search rules on what is held: {found} found."),
        "model accepted": ("Program changed", "Put version {version} of the program to work, measured against {against}."),
        "indexes rebuilt": ("Indexes rebuilt", "Rebuilt the indexes of searches from the words."),
        "rows sealed": ("Rows sealed", "An upgrade put seals on {rows} rows, by which a change outside the program is noticed."),
        "rows counted": ("Changes counted", "Noted how many changes each table has seen, before the morning list took the record’s end outside."),
        "sent": ("Mail sent", "Mail {outbox} was sent."),
        "parked": ("Mail given up", "Mail {outbox} could not be sent, and was given up."),
        "mail address changed": ("Address of an email changed", "Sent mail {outbox} to another address."),
        "mail dropped": ("Mail not needed any more", "Said that mail {outbox} need not be sent any more."),
        "mail tested": ("Test sent", "Had a test sent."),
        "keys rotated": ("Keys changed", "Sealed everything again under another key: {fields} fields."),
        "clock doubted": ("Clock doubted", "The clock of the machine leapt by {hours} hours ({leapt}): nothing was deleted or chased from then on."),
        "clock right again": ("Clock right again", "The clock was right again: {posts} posts, {runs} readings and {deadlines} clocks of cases were put right."),
        "clock confirmed": ("Clock confirmed", "Said that the clock is right: {posts} posts, {runs} readings and {deadlines} clocks of cases were put right."),
        "purge asked about": ("Deletion that waits", "{posts} of {of} posts were to be deleted: a lead was asked first."),
        "purge agreed to": ("Deletion agreed to", "Agreed that {posts} posts are deleted."),
        "purge declined": ("Deletion declined", "Said that {posts} posts are not deleted now."),
        "restore tried": ("Backup tried by a restore", "The newest backup was restored to see whether it can be: {problems} things were wrong."),
        "upgraded": ("Program upgraded", "The database was brought up to version {version} of the program, with a backup before it."),
        "backed up": ("Backup made", ""),
        "restored": ("Backup restored", "The data was brought back from a backup."),
    },
}  # fmt: skip
KINDS: Mapping[str, tuple[str, str]] = {
    kind: wording for group in GROUPS.values() for kind, wording in group.items()
}
# What earlier programs wrote, and nothing writes any more.
FORMER: Mapping[str, str] = {
    "hr released": "Way to human resources released by one person",
    "own handle registered": "Own handle registered by one person",
}
OWN = frozenset(
    {
        "signed in",
        "signed out",
        "signed out everywhere",
        "second step set",
        "recovery codes made",
        "recovery code used",
        "account linked",
        "link of accounts ended",
        "went to another organisation",
        "came from another organisation",
    }
)  # done by the person whom they name
BY_COMMAND = frozenset({"second step reset", "second step reset asked", "user added", "user changed", "link made", "backed up", "restored", "keys rotated", "rules tried"})  # fmt: skip
BY_LOGIN = frozenset(
    {"clock confirmed", "purge agreed to", "purge declined"}
)  # their `by` is who ran the command
BY_NOBODY_KNOWN = frozenset({"sign-in failed", "unknown sign-in name"})
REASONS: Mapping[str, str] = {
    "deleted": "its writer or platform deleted it", "limit": "its platform allows no longer",
    "retention": "it was held for as long as the settings say", "erased": "it was erased for a person",
    "child": "it names a child, and goes soonest",
    "profile": "only its writer’s profile, which the platform took back",
    "superseded": "words that an edit replaced",
    "answered post": "only the words of a post that it answers or quotes",
}  # fmt: skip

# What stands in these fields is one of a few names, each with words of its own.
_SHOWN: Mapping[str, Mapping[str, str]] = {
    "section": {section.key: section.title for section in SECTIONS},
    "step": {str(name): label for name, label in STEPS.items()},
    "whom": {str(name): label for name, label in WHOM.items()},
    "outcome": OUTCOMES, "reason": REASONS,
    "wrong": {"password": "the password was wrong", "code": "the password was right, the code wrong"},
    "why": {
        "safety": "the reporter may be in danger", "complaint": "a complaint about the report", "rights": "someone asks what is held of them",
        "legal": "a court or the law asks for it", "audit": "a check of how reports are handled",
    },
}  # fmt: skip


@dataclass(frozen=True)
class People:
    """Names by number, and the numbers behind the fingerprints by which some events know whom."""

    names: Mapping[int, str]
    fingerprints: Mapping[str, int] = field(default_factory=dict)
    teams: Mapping[str, str] = field(
        default_factory=dict
    )  # to whom cases are passed on: name by key

    def name(self, number: object) -> str:
        """Somebody's name."""
        return self.names.get(number, "somebody") if isinstance(number, int) else "somebody"

    def doer(self, event: Event) -> int | None:
        """The number of who did it, where that is known."""
        by = event.about.get("by")
        if by is None and event.kind in OWN:
            by = event.about.get("user")
        return self.fingerprints.get(by) if isinstance(by, str) else by

    def who(self, event: Event) -> str:
        """Who did it, in words."""
        by, number, login = (
            event.about.get("by"),
            self.doer(event),
            str(event.about.get("login", "")),
        )
        if login and event.kind not in BY_COMMAND:
            name = "" if number is None else self.name(number)
            if number is None and isinstance(by, str) and event.kind not in BY_LOGIN:
                name = f"a name with fingerprint {by[:8]}"
            return sentence(acting.in_words(login, name))
        if number is not None:
            return self.name(number)
        if by == "provider":
            return "The organisation’s sign-in service"
        if login:
            return f"Someone at the command line, as “{login}”"
        if isinstance(by, str):
            return f"Someone at the command line (fingerprint {by[:8]})"
        if event.kind in BY_NOBODY_KNOWN:
            return "Someone who is not signed in"
        return "At the command line" if event.kind in BY_COMMAND else "This program"


def kind_name(kind: str) -> str:
    """What a kind is called; one without words by its own name."""
    return KINDS[kind][0] if kind in KINDS else FORMER.get(kind) or sentence(kind)


def describe_event(event: Event, people: People) -> str:
    """What happened, in a sentence; "" where its name says it all."""
    if event.kind in _OF_THEIR_OWN:
        return _OF_THEIR_OWN[event.kind](event, people)
    if (
        event.kind not in KINDS
    ):  # of a newer version of this program: shown as it is rather than hidden
        return "; ".join(f"{name}: {value}" for name, value in event.about.items())
    return sentence(KINDS[event.kind][1].format_map(_Fields(event, people)))


class _Fields(dict[str, str]):
    """What an event holds, in words; "not known" where an older version wrote it without."""

    def __init__(self, event: Event, people: People) -> None:
        super().__init__({name: _shown(name, value, people) for name, value in event.about.items()})

    def __missing__(self, name: str) -> str:
        return "not known"


def _shown(name: str, value: int | str, people: People) -> str:
    if name == "user":
        return people.name(value)
    if name == "role":  # one that is no longer set up by its key, in words
        return people.teams.get(str(value), sentence(words(str(value))))
    if name == "clause":
        return "by no clause" if value == "none" else f"by clause {value}"
    if name in ("roles", "before"):
        return ", ".join(role_name(role) for role in str(value).split(",")) or "nothing"
    if name == "source":
        return PLATFORM_NAMES.get(str(value)) or sentence(words(str(value)))
    label = _SHOWN.get(name, {}).get(str(value))
    if label is not None and name == "section":
        return label
    if label is not None:
        return label[:1].lower() + label[1:]
    if name in ("decision", "action", "outcome"):
        return words(str(value)).lower()
    return f"{value:,}" if isinstance(value, int) and name != "outbox" else str(value)


def _changed(event: Event, people: People) -> str:
    user, by = event.about.get("user"), event.about.get("by")
    whose = "their own" if user == by else f"{people.name(user)}’s"
    fields, told_of = _Fields(event, people), str(event.about.get("changed", "")).split(",")
    parts = {
        "roles": f"Changed {whose} roles to: {fields['roles']} (before: {fields['before']})."
        if "roles" in event.about
        else f"Changed {whose} roles.",
        "active": {1: f"Turned {people.name(user)} on.", 0: f"Turned {people.name(user)} off."}.get(
            int(event.about.get("active", 2)), f"Turned {people.name(user)} on or off."
        ),
        "password": f"Set {whose} password.",
    }
    return " ".join(parts[part] for part in told_of if part in parts)


def _handed_over(event: Event, people: People) -> str:
    version = event.about.get("version")
    if version is None:  # an older version of this program did not write which
        return "Left a handover note, or corrected one."
    return "Left a handover note." if version == 1 else "Corrected their handover note."


def _assigned(event: Event, people: People) -> str:
    to = event.about.get("to")
    if to is not None and to == people.doer(event):
        return "Took the case."
    return (
        "Gave the case back to everybody." if to is None else f"Gave the case to {people.name(to)}."
    )


def _purged(event: Event, people: People) -> str:
    counts = [
        f"{value:,} because {REASONS[name]}" if name in ("deleted", "limit", "retention") else f"{value:,} {name}"
        for name, value in event.about.items()
        if value and name != "superseded"
    ]  # fmt: skip
    if edits := event.about.get("superseded"):
        counts.append(f"{edits:,} older versions of edited posts")
    return f"Removed what was due: {'; '.join(counts) or 'nothing'}."


def _exported(event: Event, people: People) -> str:
    fields = _Fields(event, people)
    if event.about.get("what") == "evidence":
        return f"Took the evidence pack of the case: {fields['rows']} posts in clear, {fields['left_out']} left out."
    words = {1: "masked words", 0: "the words as they were collected"}.get(int(event.about.get("masked", 2)), "words")  # fmt: skip
    return f"Took {fields['what']} as {fields['format'].upper()}, {words}: {fields['rows']} rows, {fields['left_out']} left out."


def _opened_much(event: Event, people: People) -> str:
    count = event.about.get("count")
    if event.about.get("what") == "writer":
        return f"Opened {count} different posts of one writer within {event.about.get('days')} days; governance was told."
    if event.about.get("what") in looks.WALKS:
        return f"{sentence(looks.WALKS[str(event.about['what'])].format(count))} within an hour; governance was told."
    return f"Opened originals, masked details or pictures {count} times within an hour; governance was told."


_OF_THEIR_OWN: Mapping[str, Callable[[Event, People], str]] = {
    "user changed": _changed, "case assigned": _assigned, "handed over": _handed_over, "purged": _purged,
    "exported": _exported, "opened much": _opened_much,
}  # fmt: skip
