"""A person's rights at the command line: find, disclose, erase, rectify, object, hold. Each is governance's, as on the page; who did is recorded.

Whom it is about can be left off the command line, which a shell remembers: it is asked for then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click

from classify.people import whom
from cli.base import config_option, stop
from cli.context import command_context
from collectors.platforms import PLATFORM_NAMES
from core import clock
from core.models import PLATFORMS
from core.text import visible
from reports import pdf, subject_access
from reports.rendering import write
from steps import erasures, lane_erasures, rights
from steps.context import RunContext
from steps.reasons import is_no_reference, names_nobody
from steps.same_person import CHECKS, Check
from store import Correction, PurgeProof, RequestKind
from store.retention import SPARED, SPARED_ALONE
from store.rights.objections import accounts_named

BY = click.option("--by", required=True, help="Who does it: the sign-in name of somebody of governance. It stands in the record.")  # fmt: skip
REQUEST = click.option("--request", type=int, help="The request in the register that it is for.")
REQUESTER = click.option("--requester", default="", help="Without --request: who asks, and how to answer them. A request is written down.")  # fmt: skip
REFERENCE = click.option("--reference", default="", help="With --requester, and needed with it: what their letter is filed under, such as IG/26/118.")  # fmt: skip
WHO = click.argument("who", required=False, default="")
_DAY = click.DateTime(["%Y-%m-%d"])
_CHECKS = "; ".join(f"{key}: {words[0].lower()}{words[1:]}" for key, words in CHECKS.items())
_SAME_PERSON = (
    click.option("--same-person", "same_check", type=click.Choice(list(CHECKS)), default=None, help=f"With --request: what was checked where this is another name or account of the person whose request it is ({_CHECKS}). It is sealed, and another of governance has to agree."),
    click.option("--checked-by", "same_made", default="", help="With --same-person: who checked it."),
    click.option("--checked-on", "same_on", default="", metavar="YYYY-MM-DD", help="With --same-person: on which day."),
    click.option("--check-words", "same_words", default="", help="With --same-person: what else there is to say."),
)  # fmt: skip


def SAME_PERSON(command: Callable[..., None]) -> Callable[..., None]:
    """The options by which a check is named, handed on as one."""

    @wraps(command)
    def with_check(
        *args: Any, same_check: str | None, same_made: str, same_on: str, same_words: str, **kwargs: Any
    ) -> None:  # fmt: skip
        check = Check(key=same_check or "", checker=same_made, on=same_on, words=same_words)
        command(*args, same_person=check, **kwargs)

    decorated: Callable[..., None] = with_check
    for option in reversed(_SAME_PERSON):
        decorated = option(decorated)
    return decorated


@click.command()
@config_option
@WHO
@click.option("--author", "authors_only", is_flag=True, help="Only what an account of exactly this handle, id or name wrote.")  # fmt: skip
@BY
@REQUEST
@REQUESTER
@REFERENCE
@SAME_PERSON
def find(
    path: Path, who: str, authors_only: bool, by: str, request: int | None, requester: str, reference: str, same_person: Check,
) -> None:  # fmt: skip
    """Find what is held of a person, by what they wrote or where they are mentioned. It decrypts everything, and is recorded.

    It needs a request in the register, or writes one down. Whom you look for is sealed with it.
    """
    with command_context(path, create=False) as context:
        rights.check_who(context.store, by=by, request=request)
        request = _request(context, request, requester, reference, kind="access", by=by)
        matches = _search(context, _asked(who), authors_only=authors_only, by=by, request=request, same_person=same_person)  # fmt: skip
        guardians = context.store.exports.speaking_up([number for number, by_them in matches if not by_them])  # fmt: skip
        for number, by_them in matches:
            click.echo(_line(context, number, by_them=by_them, withheld=number in guardians))
        _say_beside(context, request)


@click.command()
@config_option
@WHO
@click.option("--post", "posts", type=int, multiple=True, help="A post that mentions them, by its number: see `mentions find`.")  # fmt: skip
@click.option("--record", "records", multiple=True, metavar="KEY", help="What beside the posts is about them, by its key: see `mentions find`.")  # fmt: skip
@click.option(
    "--own", multiple=True, help="A name, handle or number of theirs that need not be masked."
)
@click.option("--decide", is_flag=True, help="Be shown each masked place, and say whether it is theirs; that you looked is recorded.")  # fmt: skip
@click.option("--theirs", "places", multiple=True, metavar="POST.PLACE", help="A masked place that is theirs, as 524.3; the others of that post stay masked.")  # fmt: skip
@click.option("--others", "none_of", type=int, multiple=True, metavar="POST", help="A post in which no masked place is theirs.")  # fmt: skip
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The PDF or HTML file; the same as JSON lies beside it.")  # fmt: skip
@BY
@REQUEST
@REQUESTER
@REFERENCE
@SAME_PERSON
def disclose(  # noqa: PLR0913 - an option each
    path: Path, who: str, posts: Sequence[int], records: Sequence[str], own: Sequence[str], decide: bool, places: Sequence[str], none_of: Sequence[int],
    output: Path, by: str, request: int | None, requester: str, reference: str, same_person: Check,
) -> None:  # fmt: skip
    """Write what is held of a person as a page and as JSON, other people masked. Read it before you send it.

    What they wrote is in it. A post that mentions them is in it once you name it with --post: a name can be somebody else’s.
    Whose a masked place is, a person decides: with --decide, or --theirs and --others; until then it is marked.
    """
    decided = _decided(places, none_of)
    with command_context(path, create=False) as context:
        rights.check_who(context.store, by=by, request=request)
        rights.check_stepped_back(context.store, [*posts, *decided], by=by)
        request = _request(context, request, requester, reference, kind="access", by=by)
        who = _asked(who)
        matches = _search(context, who, authors_only=False, by=by, request=request, whole=True, same_person=same_person)  # fmt: skip
        rights.check_posts(context.store, context.config, [*posts, *decided], request=request, by=by, at=context.at)  # fmt: skip
        theirs = [number for number, by_them in matches if by_them]
        mentioned = [number for number, by_them in matches if not by_them and number not in posts]
        speaking = context.store.exports.speaking_up(mentioned)
        mentioned = [number for number in mentioned if number not in speaking]
        if speaking:
            click.echo(
                f"{_posts(len(speaking))} that others wrote may be speaking up and {'mention' if len(speaking) != 1 else 'mentions'} this name: left out and counted, though held. "
                "Don’t tell the person that nothing is held: ask the Guardian"
            )
        if mentioned:
            click.echo(
                f"{_posts(len(mentioned))} that others wrote {'mention' if len(mentioned) != 1 else 'mentions'} this name and {'are' if len(mentioned) != 1 else 'is'} "
                f"not in the copy: {', '.join(map(str, mentioned))}. Look at each; what is about them goes in by --post, such as --post {mentioned[0]}"
            )
        _say_beside(context, request, besides=records)
        if not theirs and not posts and not records:
            stop("no account of exactly this name wrote anything that is held" + (": name the posts that are about them with --post" if mentioned else "; nor does any post mention it"))  # fmt: skip
        numbers, own = [*theirs, *posts], [who, *own]
        if decide:
            decided = {
                **_asked_of_each(context, numbers, theirs, own, by, request, decided),
                **decided,
            }
        pack = rights.disclose(
            context.store, context.config, context.policy, numbers, theirs, own=own, by=by, at=context.at, request=request,
            as_html=output.suffix.lower() in (".html", ".htm"), decided=decided, records=records,
        )  # fmt: skip
        page, data = output.with_suffix(f".{pack.format}"), output.with_suffix(".json")
        write(page, pack.page)
        write(data, pack.data)
        if pack.format == "html" and output.suffix.lower() == ".pdf":
            context.report_progress(pdf.NEEDS_PDF)
        withheld = f"; {pack.withheld} left out, of somebody who may speak up" if pack.withheld else ""  # fmt: skip
        click.echo(f"written: {page} and {data}; {_posts(pack.posts)}{withheld}")
        click.echo(
            "Open are WHO, each --own and the name with which the request says who asks, where they stand whole, and what you said is "
            "theirs. Everything else that names or describes somebody stays masked"
        )
        for place in subject_access.undecided(context.store, context.config, context.policy, numbers, theirs, own=own, at=context.at, request=request, decided=decided):  # fmt: skip
            click.echo(f"not decided: {place.post}.{place.place}  {place.what}")
        if not pack.not_decided:
            rights.note_done(context.store, request, by=by, at=context.at)
        else:
            click.echo(
                f"NOT READY TO BE SENT: whose {pack.not_decided} masked {'places are' if pack.not_decided != 1 else 'place is'}, a person decides. Write it again with "
                "--decide, which shows them one by one; or with --theirs 524.3 for a place that is theirs, --others 524 for a post in which none is"
            )


@click.command()
@config_option
@WHO
@click.option("--post", "posts", type=int, multiple=True, help="One post by its number, in place of all that somebody wrote.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Do it without asking. It can’t be undone.")
@click.option("--though-urgent", is_flag=True, help="With --yes: erase too what is the Guardian's, or waits in Now for a decision.")  # fmt: skip
@click.option("--not-theirs", "why_not_theirs", default="", help="Why a post of the Guardian's lane goes though WHO, who asks, did not write it. It is sealed, and the Guardian reads it.")  # fmt: skip
@click.option("--though-hold-waits", is_flag=True, help="With --yes: erase too what somebody asked to hold, and nobody agreed to yet.")  # fmt: skip
@BY
@REQUEST
@REQUESTER
@REFERENCE
@SAME_PERSON
def erase(  # noqa: PLR0913 - an option each
    path: Path, who: str, posts: Sequence[int], yes: bool, though_urgent: bool, why_not_theirs: str, though_hold_waits: bool, by: str,
    request: int | None, requester: str, reference: str, same_person: Check,
) -> None:  # fmt: skip
    """Erase all that an account wrote, or single posts, and prove that it is gone. It stays erased after a restore.

    It needs a request in the register, or writes one down, for a single post as for all. With --post, WHO says whose request it is. What lies in the
    Guardian's lane goes once the Guardian agreed, who is asked by this: governance alone asks, and no hold may stand or wait.
    """
    with command_context(path, create=False) as context:
        rights.check_who(context.store, by=by, request=request)
        request = _request(context, request, requester, reference, kind="erasure", by=by)
        store, who = context.store, who if posts else _asked(who)
        rights.check_stepped_back(store, posts, by=by)
        numbers = list(posts) or [number for number, _ in _search(context, who, authors_only=True, by=by, request=request, whole=True, same_person=same_person)]  # fmt: skip
        if posts:
            if who:
                rights.note_whom(store, context.config, who, request=request, by=by, at=context.at, same_person=same_person)  # fmt: skip
            rights.check_posts(store, context.config, posts, request=request, by=by, at=context.at)
        plan = rights.standing(store, numbers, context.at)
        click.echo(
            f"{_posts(len(plan.going))} would go: {', '.join(map(str, plan.going)) or 'none'}"
        )
        if plan.on_hold:
            click.echo(f"a hold keeps {', '.join(map(str, plan.on_hold))}")
        if plan.hold_waits:
            click.echo(
                f"a hold was asked for, and nobody agreed yet, of {', '.join(map(str, plan.hold_waits))}: ask whoever is to approve it first"
            )
        _say_what_waits(plan, may_know=rights.may_be_told(store, by))
        if not plan.going and posts:
            stop("nothing of this can be erased")
        if plan.needs_a_look and yes and not though_urgent:
            stop("nothing was erased: leave --yes out and be asked, or add --though-urgent")
        if plan.hold_waits and yes and not though_hold_waits:
            stop("nothing was erased: leave --yes out and be asked, or add --though-hold-waits")
        theirs = ([number for number in numbers if number in set(store.search.by_author(who))] if who else []) if posts else numbers  # fmt: skip
        erasures.check(store, context.config, plan.going, by=by, at=context.at, request=request)
        lane = lane_erasures.check(
            store, context.config, plan.going, theirs, by=by, at=context.at, request=request, hold_waits=plan.hold_waits, why_not_theirs=why_not_theirs,
        )  # fmt: skip
        if not yes:
            click.confirm("Erase them? This can’t be undone", abort=True)
            if plan.needs_a_look:
                click.confirm("Also those that somebody has to look at first?", abort=True)
        proof = (
            store.retention.erase(plan.going, by=by, at=context.at, request=request)
            if posts
            else store.retention.erase_person(who, by=by, at=context.at, request=request)
        )
        lane_erasures.tell_erased(store, context.config, lane, request=request, by=by, at=context.at)  # fmt: skip
        rights.note_done(store, request, by=by, at=context.at)
        erasures.tell_erased(store, context.config, sum(proof.gone.values()), by=by, at=context.at, request=request)  # fmt: skip
        _say_beside(context, request, erased=True)
        say_proof(context, proof)


def _say_beside(
    context: RunContext, request: int, *, besides: Sequence[str] = (), erased: bool = False
) -> None:
    """What is held of them beside the posts, without its words, and how much was looked through."""
    searched = rights.beside_posts(context.store, request)
    left = [match for place in searched for match in place.matches if match.key not in besides]
    context.report_progress(
        "looked through beside posts: "
        + ", ".join(f"{place.looked:,} × {place.place}" for place in searched)
    )
    for match in left:
        click.echo(f"{match.key}  {match.place}" + (f"  {clock.local_day(match.at).isoformat()}" if match.at else ""))  # fmt: skip
    if left and erased:
        click.echo("these hold the name too, and no erasure of posts takes them: strike or change each in the page")  # fmt: skip
    elif left and besides:
        click.echo("these are not in the copy")
    elif left:
        click.echo(f"these hold the name too: read each in the page; what is about them goes into a copy by --record, such as --record {left[0].key}")  # fmt: skip


def _say_what_waits(plan: rights.Standing, *, may_know: bool) -> None:
    """What somebody has to see to first; which of it is the Guardian's is for governance and the Guardian alone."""
    if not may_know:
        if plan.needs_a_look:
            click.echo(
                f"{', '.join(map(str, plan.all_to_look_at))}: somebody has to see to these first, since what waits of them goes too: ask governance"
            )
        return
    for number, due in plan.leaks:
        click.echo(
            f"{number} is of a leak whose 72 hours run until {clock.local(due)}: the record of it has to be written all the same"
        )
    if plan.speaking_up:
        click.echo(
            f"{', '.join(map(str, plan.speaking_up))} may be speaking up, and the Guardian’s case goes with it: ask the Guardian, or for a hold, first"
        )
    if plan.urgent:
        click.echo(
            f"{', '.join(map(str, plan.urgent))}: in Now or of high risk, and nobody decided on it yet: see to that first"
        )


@click.command("object")
@config_option
@click.option(
    "--platform", type=click.Choice(PLATFORMS), required=True, help="Where the account is."
)
@click.option("--account", "accounts", multiple=True, required=True, help="Its handle or its id there, both are better; or the address of its profile.")  # fmt: skip
@click.option("--withdraw", is_flag=True, help="Take it off the list, as they asked.")
@BY
@REQUEST
@REQUESTER
@REFERENCE
@SAME_PERSON
def object_(
    path: Path, platform: str, accounts: Sequence[str], withdraw: bool, by: str, request: int | None, requester: str, reference: str, same_person: Check,
) -> None:  # fmt: skip
    """Take in nothing more of an account that objected, unless it is a high risk. The list holds hashes alone.

    An objection is a right of its own (UK GDPR Article 21). It needs a request in the register, or writes one down, and is of that request's person alone.
    """
    with command_context(path, create=False) as context:
        rights.check_who(context.store, by=by, request=request)
        objections, at = context.store.objections, context.at
        accounts = accounts_named(platform, accounts)
        request = _request(context, request, requester, reference, kind="objection", by=by)
        _say_which_right(context, request, "objection")
        rights.note_accounts(context.store, context.config, platform, accounts, request=request, by=by, at=at, same_person=same_person)  # fmt: skip
        if withdraw:
            count = objections.withdraw(platform, accounts, by=by, at=at, request=request)
            click.echo(f"{count} taken off the list")
            return
        count = objections.add(platform, accounts, by=by, at=at, request=request)
        if (known := context.store.rights_requests.get(request)) and known.kind == "objection":
            rights.note_done(context.store, request, by=by, at=at)
        click.echo(
            f"{count} new on the list; what is held of them already stays until you erase it: `mentions erase`"
        )
        click.echo(
            f"It holds on {PLATFORM_NAMES[platform]} alone, for this very handle or id, as a post’s author or address says it; a post that "
            "came without any of these, as one of an import may, is matched by the author’s name as it was given, the same from end to end"
        )


@click.command()
@config_option
@click.argument("numbers", type=int, nargs=-1, required=True)
@click.option("--reason", default="", help="Why they must stay; it is sealed.")
@click.option(
    "--approver",
    default="",
    help="Who is to approve it: governance or a lead of the page, or of what may be speaking up governance or the Guardian; another person than --by. They say yes on the page.",
)
@click.option("--until", type=_DAY, help="The last UK day of the hold.")
@click.option("--lift", is_flag=True, help="End the holds on these posts.")
@click.option(
    "--without-use",
    is_flag=True,
    help="Restriction (Article 18): out of lists, counts, exports and learning until then.",
)
@BY
@REQUEST
def hold(
    path: Path, numbers: Sequence[int], reason: str, approver: str, until: datetime | None, lift: bool, without_use: bool, by: str,
    request: int | None,
) -> None:  # fmt: skip
    """Ask that posts be kept from purge and erasure, with a reason and an end; or end that.

    Whoever approves it says yes on the page, signed in: until then an erasure takes the posts, and the nightly deletion
    leaves them for two weeks. Where nobody else is there yet who approves it, leave --approver out: it waits for whoever comes
    first, and the nightly deletion leaves the posts for 30 days.
    """
    with command_context(path, create=False) as context:
        rights.check_who(context.store, by=by, request=request, roles=rights.may_hold(context.store, numbers))  # fmt: skip
        rights.check_stepped_back(context.store, numbers, by=by)
        if request is not None:
            rights.check_posts(
                context.store, context.config, numbers, request=request, by=by, at=context.at
            )
        if lift:
            for number in numbers:
                context.store.retention.lift_hold(number, by=by, at=context.at)
            click.echo(f"{_posts(len(numbers))}: no hold any more")
            return
        if until is None:
            raise click.UsageError("--until: a hold needs an end")
        person = rights.ask_hold(
            context.store, context.config, numbers, reason=reason, approved_by=approver, by=by, at=context.at,
            expires=clock.day(until.date())[1], request=request, without_use=without_use,
        )  # fmt: skip
        whom, spared = (person.name, SPARED) if person else ("whoever comes first who approves it, since nobody else is here yet,", SPARED_ALONE)  # fmt: skip
        click.echo(
            f"asked: {_posts(len(numbers))} to be held{' without use' if without_use else ''} until {until:%-d %B %Y}, though never past a platform’s "
            f"own limit. It waits until {whom} says yes, signed in, under {context.config.review.public_url.rstrip('/')}/holds ; "
            f"the nightly deletion leaves what is asked for {spared.days} days, an erasure doesn’t"
        )
        for line in rights.leaves_before(context.store, numbers, clock.day(until.date())[1]):
            click.echo(line)


@click.command()
@config_option
@click.argument("number", type=int)
@click.option(
    "--what",
    type=click.Choice(["label", "attribution", "note"]),
    required=True,
    help="What is put right.",
)
@click.option("--name", default="", help="Which label, or what it is attributed to.")
@click.option("--before", default="", help="What stood there; it stays, struck through.")
@click.option("--now", "now_", default="", help="What holds now.")
@click.option("--note", required=True, help="Why, as it was shown.")
@BY
@REQUEST
def rectify(
    path: Path, number: int, what: str, name: str, before: str, now_: str, note: str, by: str, request: int | None
) -> None:  # fmt: skip
    """Put something right of a post for the person it is about; what stood there stays with it, struck through."""
    with command_context(path, create=False) as context:
        rights.check_who(context.store, by=by, request=request)
        rights.check_stepped_back(context.store, [number], by=by)
        if request is not None:
            rights.check_posts(
                context.store, context.config, [number], request=request, by=by, at=context.at
            )
        user = next((user.number for user in context.store.users.all() if user.handle == by), None)
        context.store.corrections.add(Correction(
            mention=number, what=what, name=name, at=context.at, by=user, before=before, now=now_, note=note,  # type: ignore[arg-type]  # click checked it
            request=request,
        ))  # fmt: skip
        click.echo(f"put right: post {number}")


def say_proof(context: RunContext, proof: PurgeProof) -> None:
    """What went, and whether that is proved; a failure where it is not."""
    gone = sum(proof.gone.values())
    hold_words = f"; {proof.held_back} kept by a hold" if proof.held_back else ""
    click.echo(f"{_posts(gone)} erased{hold_words}")
    if proof.proved:
        click.echo(
            f"proved: nothing of it is left in any of {len(proof.left)} places; {proof.sought} fragments of its words "
            "were sought in the bytes of the files, and none was found"
        )
        return
    for place, left in proof.left.items():
        if left:
            context.report_progress(f"left in {place}: {left}")
    context.failed(
        f"it is not proved: {'; '.join(proof.trouble) or 'see what is left, above'}; run `mentions purge`"
    )


def _search(
    context: RunContext, who: str, *, authors_only: bool, by: str, request: int | None, whole: bool = False,
    same_person: Check = rights.NO_CHECK,
) -> list[tuple[int, bool]]:  # fmt: skip
    """Numbers, and whether they wrote it; told part by part how far it is. What --by stepped back from is left out, or all refused where it is to be `whole`."""
    search = context.store.search
    # a copy for somebody who is called by an everyday word holds what that account wrote
    authors_only = authors_only or (whole and whom.manner(who) == "account")
    manner: whom.Manner = "words"
    if request is not None:  # a search without one is refused before
        manner = rights.search_for(
            context.store, context.config, who, request=request, by=by, at=context.at, same_person=same_person, wrote_only=authors_only
        )  # fmt: skip
    matches: list[tuple[int, bool]] = []
    after, looked, total = 0, 0, search.count()
    while True:
        part = search.person_part(who, after=after, authors_only=authors_only, phrase=manner in rights.AS_IT_STANDS)  # fmt: skip
        matches += [(match.number, match.by_them) for match in part.matches]
        looked += part.looked
        context.report_progress(f"looked through {looked:,} of {total:,}")
        if part.last is None:
            break
        after = part.last
    if whole:
        rights.check_stepped_back(context.store, [number for number, _ in matches], by=by)
    aside = rights.stepped_back(context.store, [number for number, _ in matches], by=by)
    if aside:
        click.echo(
            f"{_posts(len(aside))} found in a case that {by} stepped back from: left out here. Somebody else of governance has to look"
        )
        matches = [match for match in matches if match[0] not in aside]
    search.note_search(by=by, at=context.at, matches=len(matches), looked=looked, request=request, quoted=manner == "quote")  # fmt: skip
    context.report_progress(
        f"{_posts(len(matches))} found; that somebody looked is in the record, and for whom is sealed with the request"
    )
    return matches


def _request(
    context: RunContext, request: int | None, requester: str, reference: str, *, kind: RequestKind, by: str
) -> int:  # fmt: skip
    """The request that a search is for: the one that was named, or one that is written down now."""
    if request is not None:
        return request
    if requester and reference:
        if names_nobody(requester):
            raise click.UsageError("--requester: say who asks and how to answer them, such as an address, an account or a telephone number")  # fmt: skip
        if is_no_reference(reference):
            raise click.UsageError("--reference: give what their letter is filed under, of four signs or more, with a number in it, such as IG/2026/014")  # fmt: skip
    if names_nobody(requester) or is_no_reference(reference):
        raise click.UsageError(
            "--request: name the request in the register that this is for; or --requester, who asks and how to answer them, "
            "and --reference, what their letter is filed under, and one is written down"
        )
    number = rights.write_down(context.store, kind, who=requester, reference=reference, by=by, at=context.at)  # fmt: skip
    context.report_progress(f"request {number} was written down")
    return number


def _say_which_right(context: RunContext, request: int | None, kind: RequestKind) -> None:
    """That a request stands in the register as another right than the one that is used under it."""
    known = context.store.rights_requests.get(request) if request is not None else None
    if known is not None and known.kind != kind:
        click.echo(
            f"request {known.number} stands in the register as {known.kind}, and stays so: {'an' if kind[0] in 'aeo' else 'a'} {kind} has a month of its own. "
            "Write it down too: leave --request out, and give --requester and --reference"
        )


def _decided(places: Sequence[str], none_of: Sequence[int]) -> dict[int, frozenset[int]]:
    """By post, the places that are theirs, as --theirs and --others say it."""
    decided: dict[int, set[int]] = {number: set() for number in none_of}
    for written in places:
        post, _, place = written.partition(".")
        if not (post.isascii() and post.isdecimal() and place.isascii() and place.isdecimal()):
            raise click.UsageError("--theirs: write the post and the place, such as 524.3")
        decided.setdefault(int(post), set()).add(int(place))
    return {post: frozenset(numbers) for post, numbers in decided.items()}


def _asked_of_each(
    context: RunContext, numbers: Sequence[int], theirs: Sequence[int], own: Sequence[str], by: str, request: int,
    decided: subject_access.Decided,
) -> dict[int, frozenset[int]]:  # fmt: skip
    """Shows each masked place between the words around it, and asks whose it is."""
    places = rights.show_places(
        context.store, context.config, context.policy, numbers, theirs, own=own, by=by, at=context.at, request=request, decided=decided,
    )  # fmt: skip
    theirs_by_post: dict[int, set[int]] = {}
    for place in places:
        theirs_by_post.setdefault(place.post, set())
        click.echo(
            f"{place.post}.{place.place}  {visible(place.before)}>>{visible(place.hidden)}<<{visible(place.after)}",
            err=True,
        )
        if click.confirm(f"Is this {place.what} theirs?", err=True):
            theirs_by_post[place.post].add(place.place)
    return {post: frozenset(numbers) for post, numbers in theirs_by_post.items()}


def _line(context: RunContext, number: int, *, by_them: bool, withheld: bool) -> str:
    """A post that was found. `withheld`: somebody else may be speaking up in it, so that its words are the Guardian's, as on the page."""
    item = context.store.figures.item(number)
    case = context.store.cases.of_mention(number)
    parts = [str(number), "by them" if by_them else "mentions them"]
    if item is not None:
        parts += [
            PLATFORM_NAMES[item.platform],
            clock.local_day(item.posted_at).isoformat(),
            "(the Guardian sees its words)" if withheld else item.masked,
        ]
    return "  ".join([*parts[:4], f"case {case}" if case else "no case", *parts[4:]])


def _asked(who: str) -> str:
    who = who or click.prompt(
        "Who (name, account, address or number, or words that they wrote)", err=True
    )
    if not who.strip().lstrip("@"):
        stop("write a name, an account, an address or a number, or words that they wrote")
    return who


def _posts(count: int) -> str:
    return f"{count:,} post{'s' * (count != 1)}"
