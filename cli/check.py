"""Is everything there that the settings name? One line each, with the mend."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from cli.base import every_organisation, stop
from collectors import platforms, registry, terms
from collectors.queries import check_approval
from collectors.registry import Source, Sources
from core import clock
from core.errors import MentionsError
from reports import access, chain, looks
from review.auth import two_people
from review.replies import templates
from settings import (
    branding,
    guarded,
    guardian_contacts,
    named_people,
    overrides,
    recipients,
    safety,
    schema,
    secrets,
)
from settings.another_body import unanswered_line, unnamed_line
from settings.examples import is_example, keys_of_examples
from settings.files import news
from settings.organisation import about_first_name
from settings.overrides import EffectiveConfig
from settings.policy import load_policy
from settings.public_records import cqc_lacks_key
from settings.schema import LOOPBACK, Config
from steps import access_tokens, agreed_settings, ask_world, gate, safeguards
from steps.access_tokens import WARN_BEFORE
from steps.channels.registry import mail_channel, second_channel
from steps.classifier import load_classifier
from steps.context import open_store, with_newest_backup
from steps.effective import effective_config
from steps.health import turned_off
from steps.picture_words import process as picture_words
from steps.trial import send_trials
from store import Token


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `state` is "ok", "off" (on purpose) or "missing"."""

    what: str
    state: str
    says: str

    def line(self) -> str:
        """The check as one line."""
        mark = {"ok": "ok     ", "off": "off    ", "missing": "MISSING"}[self.state]
        return f"{mark}  {self.what}: {self.says}"


@click.command()
@every_organisation
@click.option(
    "--send-test", "send_test", metavar="ADDRESS", default="",
    help="Send a test to this address and by every second channel, and say what happened. Nothing else is looked at.",
)  # fmt: skip
@click.option(
    "--offline", is_flag=True,
    help="Look at what is here alone: no source is asked. The mail server is, as it always was.",
)  # fmt: skip
def check(path: Path, send_test: str, offline: bool) -> None:
    """Is everything there that the settings name, and does it answer? One line each, with the mend.

    Each source is signed in to and asked for one item, within ten seconds for all of them together. Nothing is
    stored.
    """
    config, folder = schema.load(path), path.resolve().parent
    if send_test:
        _send_test(config, folder, send_test)
        return
    say(checks(config, folder) if offline else checks_of_world(config, folder))


def say(outcomes: Iterable[Check]) -> None:
    """A line each; exit status 1 where something is missing."""
    missing = 0
    for outcome in outcomes:
        click.echo(outcome.line())
        missing += outcome.state == "missing"
    if missing:
        stop(f"{missing} thing{'s are' if missing > 1 else ' is'} missing: see the lines above")


def _send_test(config: Config, folder: Path, to: str) -> None:
    """What became of a test, one line a channel."""
    failed = 0
    for outcome in send_trials(
        _set_up(config, folder).config, secrets.Secrets(folder), to, clock.now()
    ):
        click.echo(f"{'sent    ' if outcome.ok else 'NOT SENT'}  {outcome.channel}: {outcome.says}")
        failed += not outcome.ok
    if failed:
        stop(f"{failed} of the tests did not leave: see the lines above")


def checks_of_world(
    config: Config, folder: Path, *, seconds: float = ask_world.SECONDS
) -> Iterator[Check]:
    """The same, while each source, the mail server and the second channels are asked side by side; then this machine."""
    inquiry, left_out = _begin_to_ask(_set_up(config, folder).config, folder, seconds)
    what_answers = {question.what for question in inquiry.questions}
    yield from checks(config, folder, elsewhere=what_answers)
    yield from left_out
    for outcome in inquiry.outcomes():
        yield Check(outcome.what, outcome.state, outcome.says)
    try:
        with open_store(config, folder, create=False) as store:
            machine = list(ask_world.of_machine(config, folder, store, inquiry.dates))
    except MentionsError:  # said of the store
        machine = list(ask_world.of_machine(config, folder, None, inquiry.dates))
    yield from (Check(outcome.what, outcome.state, outcome.says) for outcome in machine)


def _begin_to_ask(
    config: Config, folder: Path, seconds: float
) -> tuple[ask_world.Inquiry, list[Check]]:
    """The questions under way; and of which sources nothing is asked, and why. What is wrong with a table is said elsewhere."""
    find, at = secrets.Secrets(folder), clock.now()
    on: list[Source] = []
    left_out: list[Check] = []
    try:
        tokens = _tokens(config, folder)
        listed = Sources(
            ask_world.impatient(config, seconds), find,
            today=schema.today(config.organisation, clock.local_day(at)), at=at,
            tokens={token.source: token.access for token in tokens}, state=_states(config, folder),
        )  # fmt: skip
        closed = gate.lacking(config, _day_of_papers(config, folder))
        ended = {t.source: t for t in tokens if t.renewal and t.expires_at and t.expires_at <= at}
        for source in listed:
            if source.off:
                continue
            if closed:
                says = "not asked: no source is read before the papers of [governance] are complete"
                left_out.append(Check(f"source {source.name}", "off", says))
            elif source.name in ended:
                says = f"not asked: its access ended {clock.local(ended[source.name].expires_at or at)}, and the next run renews it"
                left_out.append(Check(f"source {source.name}", "off", says))
            else:
                on.append(source)
    except MentionsError:
        on = []
    mail = _mails(config, _waiting(config, folder)) and not config.alerts.mail.is_example
    return ask_world.ask(config, on, find, mail=mail, seconds=seconds), left_out


def _states(config: Config, folder: Path) -> Callable[[str], Mapping[str, str]]:
    """What is kept of each source, such as what it spent; nothing where the store can't be opened."""
    try:
        with open_store(config, folder, create=False) as store:
            states = {name: store.sources.state(name) for name in config.sources_on}
    except MentionsError:
        states = {}
    return lambda name: states.get(name, {})


def checks(config: Config, folder: Path, *, elsewhere: Collection[str] = ()) -> Iterator[Check]:
    """Looks at everything here; never raises for what is missing. What was set up in the page counts, where it fits.

    `elsewhere` is what is asked for itself, so that nothing is said of it twice.
    """
    for outcome in _checks(config, folder, elsewhere):
        of_source = outcome.state == "ok" and any(
            what == outcome.what or what.startswith(f"{outcome.what}, ") for what in elsewhere
        )
        if not of_source:
            yield outcome


def _checks(config: Config, folder: Path, elsewhere: Collection[str]) -> Iterator[Check]:
    set_up, file = _set_up(config, folder), config
    config = set_up.config
    yield _model(config, folder)
    yield from _store(config, folder)
    yield from (Check("settings", state, says) for state, says in news.for_check(file, folder))
    if line := unnamed_line(config):
        yield Check("organisation", "missing", line)
    today = clock.local_day(clock.now())
    if line := about_first_name(config.organisation, today):
        none = not any(name.in_force(today) for name in config.organisation.names)
        yield Check("name of the organisation", "missing" if none else "off", line)
    if line := unanswered_line(config):
        yield Check("settings", "missing", line)
    yield from (Check("set up in the page", "missing", line) for line in set_up.lines())
    yield from _papers(config, _day_of_papers(config, folder))
    yield from _sources(config, folder)
    yield _replies(config)
    yield from _answering(config)
    if "mail server" not in elsewhere:
        yield _mail(config, folder)
    yield from _sender(config, folder)
    for what, people in (("alerts", config.alerts.to), ("morning list", config.reports.daily_to),
                         ("weekly summary", config.reports.weekly_to)):  # fmt: skip
        yield _recipients(what, people, config)
    yield from _told_to_governance(config)
    yield from _routes(config, folder)
    yield from (each for each in _second(config, folder) if each.what not in elsewhere)
    yield from _named(config)
    yield from _passing_on(config)
    yield from _people_and_purposes(config, file, folder)
    if config.pictures.read_text:
        lack = picture_words.missing()
        yield Check(
            "words in pictures", "missing" if lack else "ok", lack or "RapidOCR is installed"
        )
    yield from _terms(config)
    yield from _records(config)
    yield from _page(config, folder)


def checks_of_governance(config: Config, folder: Path) -> Iterator[Check]:
    """What governance answers for: the papers, who is let in and told, what may be passed on, and the terms of platforms."""
    file, config = config, _set_up(config, folder).config
    yield from _papers(config, _day_of_papers(config, folder))
    yield from _told_to_governance(config)
    yield from _people_and_purposes(config, file, folder)
    yield from _terms(config)


def _people_and_purposes(config: Config, file: Config, folder: Path) -> Iterator[Check]:
    """The Guardian, whoever waits for governance's yes, the second people, and the other purpose."""
    yield from _guardian(config, folder)
    yield from _guardian_contacts(config)
    yield from _who_waits(file, folder)
    yield from _two_people(config, folder)
    yield _employment(config, _day_of_papers(config, folder))
    if not access.outside(config) and config.governance.dpo:
        yield Check(
            "accounts of governance and the Guardian",
            "off",
            "nobody outside the team is emailed when one is let in at the command line: give the mailbox of the Caldicott Guardian or the data protection officer in [governance]",
        )


def _set_up(config: Config, folder: Path) -> EffectiveConfig:
    """What is in force; config.toml alone where the store can't be opened."""
    try:
        with open_store(config, folder, create=False) as store:
            return effective_config(config, folder, store, clock.now())
    except MentionsError:
        return overrides.apply_overrides(config, {})


def _model(config: Config, folder: Path) -> Check:
    try:
        reader = load_classifier(config, folder, clock.now())
    except MentionsError as error:
        return Check("model", "missing", str(error))
    return Check(
        "model", "ok", f"{reader.version}, policy {reader.policy.version}, checksums right"
    )


def _store(config: Config, folder: Path) -> Iterator[Check]:
    path = folder / config.store.path
    try:
        with open_store(config, folder, create=False) as store:
            verification, given_up = store.maintenance.verify(), len(store.outbox.parked())
            ledger, rotation = store.ledger.state(), store.maintenance.unfinished_rotation()
            lost = store.ledger.lost(clock.now())
    except MentionsError as error:
        yield (
            Check("store", "missing", str(error))
            if path.exists()
            else _new_store(config, folder, path)
        )
        return
    if not verification.ok:
        yield Check("store", "missing", f"{'; '.join(verification.problems)}: restore a backup")
        return
    yield Check(
        "store", "ok", f"{path}, its key fits, {verification.events} events in an unbroken chain"
    )
    lines = f"{ledger.lines} lines, whole" if ledger.lines else "nobody was erased yet"
    trouble = "; ".join([*ledger.trouble, *([lost] if lost else [])])
    yield Check("erasure ledger", "missing" if trouble else "ok", trouble or lines)
    if rotation:
        yield Check("keys", "missing", f"a change of keys that began {clock.local(rotation)} has not ended: run `mentions rotate-keys`, and keep the old key")  # fmt: skip
    if given_up:
        says = (
            f"{given_up} were given up: see what is wrong below, then `mentions run --retry-mail`"
        )
        yield Check("mails", "missing", says)


def _new_store(config: Config, folder: Path, path: Path) -> Check:
    for reference in config.store.keys:
        try:
            secret = secrets.secret(reference, folder)
        except MentionsError as error:
            return Check("store", "missing", str(error))
        if secret.value is None:
            return Check(
                "store",
                "missing",
                f"no key in the {secret.where}: make one with `mentions new-key`",
            )
    return Check(
        "store", "missing",
        with_newest_backup(
            f"{path} is not there: mount its disk, restore a backup (`mentions restore FROM`), or for a first installation `mentions init --database`",
            config, folder,
        ),
    )  # fmt: skip


def _day_of_papers(config: Config, folder: Path) -> date:
    """The day by which a cycle judges papers: by the record, where this machine's clock went back."""
    at = clock.now()
    try:
        with open_store(config, folder, create=False) as store:
            return safeguards.day_of_papers_at(store, config, at)
    except MentionsError:
        return clock.local_day(at)


def _papers(config: Config, on: date) -> Iterator[Check]:
    """The papers without which no source is read, and the day on which they must be looked at again."""
    papers = config.governance
    lacks = gate.lacking(config, on)
    for key, why in lacks.items():
        yield Check(f"[governance] {key}", "missing", f"no source is read before: {why}")
    if words := named_people.unknown_in_file(config):
        yield Check(
            "search terms",
            "off",
            f"{', '.join(words)}: no word, place or body that is known here, written as accounts are, or a post that one person holds; were it new, two people would say what it is, and governance is shown it",
        )
    if lacks or not isinstance(papers.review_date, date):
        return
    review = f"the next review is due by {papers.review_date:%-d %B %Y}"
    if papers.review_soon(on):
        review += "; after that day no source is read until the papers were reviewed"
    yield Check(
        "[governance]",
        "ok",
        f"all papers are named, by their form; whether they hold is for who signed them; {review}",
    )


def _sources(config: Config, folder: Path) -> Iterator[Check]:
    try:
        tokens = _tokens(config, folder)
        at = clock.now()
        today = schema.today(config.organisation, clock.local_day(at))
        access = {token.source: token.access for token in tokens}
        listed = Sources(config, secrets.Secrets(folder), today=today, at=at, tokens=access)
    except MentionsError as error:
        yield Check("sources", "missing", str(error))
        return
    if not any(not source.off for source in listed):
        yield Check("sources", "missing", "none runs: set on = true under a [collectors.…] table")
    for source in listed:
        what = f"source {source.name}"
        if source.off:
            state = "off" if source.off.startswith("turned off") else "missing"
            yield Check(what, state, source.off)
            continue
        try:
            approval = getattr(source.collector, "approval", "needs none")
            check_approval(approval, source.name, source.name)
        except MentionsError as error:
            yield Check(what, "missing", str(error))
        else:
            yield from (Check(what, "missing", lack) for lack in source.lacks)
            examples = keys_of_examples(config.collectors.get(source.name, {}))
            if examples:
                says = f"still as the example that ships: {', '.join(examples)}; write your own under [collectors.{source.name}]"
                yield Check(what, "missing", says)
            if not source.lacks and not examples:
                yield Check(what, "ok", "its settings and secrets are there")
        if ending := _access(source.name, tokens):
            yield ending


def _tokens(config: Config, folder: Path) -> list[Token]:
    """The access that people granted; none where the store can't be opened, which is named elsewhere."""
    try:
        with open_store(config, folder, create=False) as store:
            return store.tokens.all()
    except MentionsError:
        return []


def _access(name: str, tokens: Sequence[Token]) -> Check | None:
    """When access that a person granted ends, where it can't be renewed and that is soon."""
    for token in tokens:
        until = token.renewable_until if token.renewal else token.expires_at
        if token.source == name and until and until <= clock.now() + WARN_BEFORE:
            return Check(f"access to {name}", "missing", access_tokens.ends(token))
    return None


def _replies(config: Config) -> Check:
    """Whether every reply template points to where somebody answers."""
    lacks, examples = templates.lacking(config, clock.local_day(clock.now()))
    if lacks:
        return Check("reply templates", "missing", "; ".join(lacks))
    if long := templates.too_long(config, clock.local_day(clock.now())):
        return Check(
            "reply templates",
            "missing",
            f"{'; '.join(long)}: shorten the words, or add a short form for that platform",
        )
    if examples:
        says = f"{examples} of {len(config.review.templates)} point{'s' * (examples == 1)} to examples that reach nobody: put your own under [[organisation.contacts]]"
        return Check("reply templates", "missing", says)
    return Check(
        "reply templates", "ok", f"{len(config.review.templates)}, each with its contact point"
    )


def _answering(config: Config) -> Iterator[Check]:
    """Through which platforms replies are sent from the page, by whom, and which access that takes."""
    answering = {
        name: integration
        for name, table in config.collectors.items()
        if (integration := platforms.find(name)) and integration.replying and table.get("reply") is True
    }  # fmt: skip
    if not answering:
        says = "nothing is sent: reply = true under [collectors.…] lets people send from the page"
        yield Check("replies through platforms", "off", says)
        return
    who = config.review.answering.role
    for name, integration in answering.items():
        what, needs = f"replies through {name}", integration.replying.load().needs
        if not config.collectors[name].get("on"):
            yield Check(
                what, "missing", f"reply = true, and the source is off: [collectors.{name}] on"
            )
            continue
        asks = (
            f"; access that was granted before lacks it: `mentions connect {name}`"
            if _asks_more(name)
            else ""
        )
        yield Check(
            what, "ok", f"may be sent by a {who} ([review.answering]); it takes {needs}{asks}"
        )


def _asks_more(name: str) -> bool:
    """Whether answering takes more than reading and moderating do."""
    usual, more = registry.grant(name), registry.grant(name, {"reply": True})
    return usual is not None and more is not None and usual.scopes != more.scopes


def _waiting(config: Config, folder: Path) -> int:
    """How many emails wait to leave, as the page and `status` count them; those of kinds that are turned off left out."""
    try:
        with open_store(config, folder, create=False) as store:
            return store.outbox.count_unsent(turned_off(config))
    except MentionsError:  # said of the store
        return 0


def _mails(config: Config, waiting: int) -> bool:
    """Whether anything is to be mailed, by the settings or by what waits."""
    passed_on = any(role.email for role in config.review.roles) or config.review.chase.chain
    reports = config.reports.daily_to or config.reports.weekly_to
    overseers = config.health.to or looks.told_to(config) or chain.told_to(config)
    return bool(config.alerts.on or reports or passed_on or overseers or waiting)


def _mail(config: Config, folder: Path) -> Check:
    settings, waiting = config.alerts.mail, _waiting(config, folder)
    if not _mails(config, waiting):
        says = "nothing is to be mailed: see [alerts] on and to"
        if settings.is_example and access.outside(config):
            says += "; who looks after governance would not be told of accounts either: [alerts.mail] names no server of yours"
        return Check("mail server", "off", says)
    if settings.is_example:
        wait = f"; {waiting} wait{'s' * (waiting == 1)}" if waiting else ""
        says = f"host is still the example that ships ({settings.host}), by which no email leaves{wait}: name yours under [alerts.mail]"
        return Check("mail server", "missing", says)
    try:
        with mail_channel(settings, secrets.Secrets(folder)).session():
            pass
    except MentionsError as error:
        where = "" if "[alerts" in str(error) else "; see [alerts.mail]"
        return Check("mail server", "missing", f"{error}{where}")
    return Check("mail server", "ok", f"{settings.where} takes our mail")


def _sender(config: Config, folder: Path) -> Iterator[Check]:
    """Whom the mails come from, where that is still the example: a server that looks takes none of it."""
    mail = config.alerts.mail
    stand_in = mail.by == "smtp" and (mail.is_example or mail.host in LOOPBACK)
    if is_example(mail.sender) and not stand_in and _mails(config, _waiting(config, folder)):
        says = f"it is still the example that ships ({mail.sender}): write a mailbox of yours as sender under [alerts.mail]"
        yield Check("sender of emails", "missing", says)


def _recipients(what: str, people: tuple[str, ...], config: Config) -> Check:
    if what == "alerts" and not config.alerts.on:
        return Check(what, "off", "[alerts] on = false: nobody is told of a high risk")
    if not people:
        where = "[alerts] to" if what == "alerts" else "[reports]"
        return Check(
            what, "missing" if what == "alerts" else "off", f"nobody to send to: see {where}"
        )
    return Check(what, "ok", f"to {len(people)} address{'es' * (len(people) > 1)}")


def _told_to_governance(config: Config) -> Iterator[Check]:
    """Whether anybody is mailed where one person opens much, and whether the end of the record leaves this system."""
    if not looks.told_to(config):
        says = "nobody is mailed, only governance's overview tells it: see email under [review.looking]"
        yield Check("one person opens much", "off", says)
    if how := chain.how_it_leaves(config):
        yield Check("end of the record", "ok", f"it leaves {how}")
    else:
        says = "nobody outside this system gets it, so who has file and key can change the record unnoticed: give who looks after the program in [health] to, or a mailbox as chain_end_to under [governance]"
        yield Check("end of the record", "missing", says)


def _routes(config: Config, folder: Path) -> Iterator[Check]:
    """Who is told of some flags, and whether the policy has flags of those names."""
    if not config.alerts.on or not config.alerts.route:
        return
    guardian = any(role.type == "guardian" and role.email for role in config.review.roles)
    if not guardian and not any("guardian" in route.lanes for route in config.alerts.route):
        says = 'nobody is told of what may be speaking up: see lanes = ["guardian"] under [[alerts.route]]'
        yield Check("alerts to the Guardian", "off", says)
    try:
        known = load_policy(config, folder).flags
    except MentionsError:
        return  # said of the model
    for route in config.alerts.route:
        what = (
            f"alerts to {route.name}"
            if route.name
            else f"alerts of {', '.join(route.flags or route.lanes or route.platforms)}"
        )
        unknown = sorted(set(route.flags) - set(known))
        if unknown:
            says = f"the policy has no flag called {', '.join(unknown)}: see [[alerts.route]]"
            yield Check(what, "missing", says)
        else:
            yield _recipients(what, route.to, config)


def _second(config: Config, folder: Path) -> Iterator[Check]:
    """Whether what stands in for mail has its address; nothing is sent."""
    channels = config.alerts.second.channels
    if not channels:
        says = "nobody is told where mail fails: see [alerts.second]"
        yield Check("second channel", "off", says)
    for channel in channels:
        what = f"second channel {channel.name}"
        try:
            with second_channel(channel, secrets.Secrets(folder)).session():
                pass
        except MentionsError as error:
            yield Check(what, "missing", str(error))
        else:
            yield Check(what, "ok", "its address is there: try it with --send-test")


def _named(config: Config) -> Iterator[Check]:
    """Whom the page names to people in need: nobody, as it ships."""
    for what, contact, key in (
        (
            "crisis contact",
            config.review.crisis_contact,
            "crisis_contact: whom to ring out of hours",
        ),
        ("accessibility contact", config.review.accessibility_contact, "accessibility_contact"),
    ):
        yield (
            Check(what, "ok", "named on the page")
            if contact.strip()
            else Check(what, "off", f"the page names nobody: see [review] {key}")
        )


def _passing_on(config: Config) -> Iterator[Check]:
    """Whether the teams that cases are passed on to are written to, and who is told where none of them answers."""
    roles, chase = config.review.roles, config.review.chase
    without = [role for role in roles if not role.email]
    if len(without) < len(roles):
        yield Check(
            "passing on", "ok", f"{len(roles) - len(without)} of {len(roles)} roles have an email"
        )
    if without:
        unknown = [role.name for role in without if not role.reach]
        says = f"no email for {', '.join(role.name for role in without)}: ring them"
        if unknown:
            says += f", and the page can’t say how: {', '.join(unknown)}"
        yield Check("passing on by phone", "off", f"{says}; see email and reach in [review] roles")
    yield from _answered_at_night(config)
    if not chase.chain:
        says = "nobody is told where someone may be in danger and no team has confirmed it"
        yield Check("on-call chain", "off", f"{says}: see chain in [review.chase]")


# Danger and a threat are rung about at any hour, and the 72 hours of a leak run through the night and the weekend.
_DAY_AND_NIGHT = ("safeguarding", "security", "information_governance")


def _answered_at_night(config: Config) -> Iterator[Check]:
    """Whether somebody is rung at night and at weekends by teams that are told of danger, threats and a leak's 72 hours."""
    silent: list[str] = []
    unknown: list[str] = []
    for role in config.review.roles:
        rung = role.type in _DAY_AND_NIGHT and (role.reach or role.email) and role.hours != "any"
        crisis = role.type == "safeguarding" and config.review.crisis_contact.strip()
        if rung and not role.out_of_hours_phone and not crisis:
            (silent if role.hours else unknown).append(role.name)
    if silent:
        says = f"nobody answers for {', '.join(silent)} outside working hours: see out_of_hours_phone in [review] roles"
        yield Check("ringing at night", "off", says)
    if unknown:
        says = f"it is not said when {', '.join(unknown)} can be rung: see hours and out_of_hours_phone in [review] roles"
        yield Check("ringing at night", "off", says)


def _guardian(config: Config, folder: Path) -> Iterator[Check]:
    """Whether anybody is there for who speaks up: what goes to the Guardian's lane, the Guardian alone clears."""
    try:
        with open_store(config, folder, create=False) as store:
            accounts = [user for user in store.users.all() if user.active]
            posts = store.figures.row_counts()["mentions"]
    except MentionsError:  # said of the store
        accounts, posts = [], 0
    if not config.sources_on and not posts:
        return
    if config.review.duty_lead and not config.review.duty_lead_mail:
        how = "the sign-in name of duty_lead is no mailbox: write one as duty_lead_email under [review] of site.toml"
        yield Check(
            "the duty lead's email",
            "missing",
            f"who is on duty for the Guardian's lane is emailed of no threat there: {how}",
        )
    written_to = any(role.type == "guardian" and role.email for role in config.review.roles)
    says = "who speaks up goes to a lane that nobody reads"
    if any("guardian" in user.roles for user in accounts):
        yield Check("Freedom to Speak Up Guardian", "ok", "has an account")
    elif accounts:
        how = "no account has the role guardian: `mentions user add HANDLE --role guardian`"
        yield Check("Freedom to Speak Up Guardian", "missing", f"{says}: {how}")
    elif not written_to:
        how = "there is no account with the role guardian, and no email of the Guardian under [review] roles"
        yield Check("Freedom to Speak Up Guardian", "missing", f"{says}: {how}")


def _guardian_contacts(config: Config) -> Iterator[Check]:
    """Whether who speaks up is sent to the Guardian and to nobody else."""
    for says in guardian_contacts.doubts(config):
        yield Check("the Guardian's contact", "missing", f"{says}: give them a telephone and mailbox of their own under [[organisation.contacts]] and [review] roles")  # fmt: skip


def _two_people(config: Config, folder: Path) -> Iterator[Check]:
    """Posts that have to be two people's, and are one's by account, mailbox or name."""
    try:
        with open_store(config, folder, create=False) as store:
            users = store.users.all()
    except MentionsError:  # said of the store
        users = []
    for says in two_people.shared(config, users):
        yield Check("two people", "off", says)


def _who_waits(file: Config, folder: Path) -> Iterator[Check]:
    """Teams and mailboxes that can't be used before governance approves them on its page."""
    try:
        with open_store(file, folder, create=False) as store:
            approvals = store.approvals.all()
            as_set_up = overrides.apply_overrides(file, store.settings.current()).config
            agreed = agreed_settings.agreed_settings(file, store)
    except MentionsError:  # said of the store
        approvals, as_set_up, agreed = [], file, agreed_settings.AgreedSettings()
    parts: list[tuple[str, str]] = [(each.part, guarded.WORDS[each.part]) for each in guarded.waiting(as_set_up, file, agreed.guarded)]  # fmt: skip
    parts += [(each.part, safety.WORDS[each.part]) for each in safety.waiting(as_set_up, file, agreed.steps)]  # fmt: skip
    for part, words in parts:
        says = f"{words}, and waits for governance: as before until then"
        yield Check(f"settings that nobody changes alone: {part}", "off", says)
    for line in agreed.unread:
        yield Check("settings that two people agreed to", "off", line)
    for who in guarded.lacking(guarded.usable(as_set_up, file, agreed.guarded)):
        grade = "missing" if who == guarded.OBLIGATORY["guardian"] else "off"
        says = f"{who}: no team of that type under [review] roles, so nobody is there to be sent to"
        yield Check("teams that must be there", grade, says)
    for team in recipients.waiting_teams(as_set_up, file, approvals):
        until = "as before until then" if team.instead else "not offered until then"
        says = f"{team.why.lower()}, and waits for governance: {until}"
        yield Check(f"passing on to {team.role.name}", "off", says)
    if waiting := recipients.waiting_addresses(as_set_up, file, approvals):
        says = (
            f"{len(waiting)} are told nothing of cases until governance approves them on its page"
        )
        yield Check("mailboxes", "off", says)


def _employment(config: Config, today: date) -> Check:
    """Whether anything may be passed to an employer: another purpose, with papers of its own."""
    employment = config.governance.employment
    if employment.in_force(today):
        says = f"governance and the Guardian agree on each case; the papers are named, and whether they hold is for who signed them; to be looked at again by {employment.review_by:%-d %B %Y}"
        if not any(team.type == "employer" for team in config.review.roles):
            says = f"nothing can be passed on yet: no team of the type employer is set up and approved. A lead adds it under Settings, Passing on, and governance approves it; {says}"
            return Check("passing on to an employer", "missing", says)
        return Check("passing on to an employer", "ok", says)
    return Check("passing on to an employer", "missing" if employment.on else "off", employment.why_off(today))  # fmt: skip


def _terms(config: Config) -> Iterator[Check]:
    """Sources that are on though the terms of their platform could not be read whole."""
    sources = [source for name in config.sources_on if (source := platforms.find(name)) is not None]
    on = {facts.name for source in sources for facts in source.platforms}
    if unread := [name for name in terms.unread() if name in on]:
        says = f"not read whole for {', '.join(unread)}: read them before the source is on, and say so in collectors/terms.toml"
        yield Check("terms of platforms", "off", says)


def _records(config: Config) -> Iterator[Check]:
    """Public records that are chosen and that nothing reads: the source of feeds is off, or a key is not set."""
    chosen = config.organisation.records
    if chosen and "feeds" not in config.sources_on:
        what = "1 is chosen" if len(chosen) == 1 else f"{len(chosen)} are chosen"
        yield Check(
            "public records", "off", f"{what}, and nothing reads them: turn on [collectors.feeds]"
        )
    elif any(record.preset == "cqc" for record in chosen) and cqc_lacks_key(config.collectors):
        says = 'the CQC is chosen and is not read without its key, which is free: make one at api-portal.service.cqc.org.uk and write [collectors.feeds] cqc_key = "env:CQC_KEY"'
        yield Check("public record of the CQC", "missing", says)


def _page(config: Config, folder: Path) -> Iterator[Check]:
    """What the review page needs from outside the store: whom people sign in with, and the logo. Nobody is asked."""
    oidc = config.review.oidc
    if not oidc.on:
        yield Check("sign-in", "ok", "by passwords: see `mentions user`; [review.oidc] is off")
    else:
        try:
            secret = secrets.secret(oidc.client_secret, folder)
        except MentionsError as error:
            yield Check("sign-in", "missing", str(error))
        else:
            yield (
                Check("sign-in", "ok", f"by {oidc.issuer}, its secret is there")
                if secret.value is not None
                else Check(
                    "sign-in", "missing", f"the application's secret: set the {secret.where}"
                )
            )
    if not config.branding.logo:
        return  # a plain name, as it ships
    try:
        logo = branding.logo(config.branding, folder)
    except MentionsError as error:
        yield Check("logo", "missing", str(error))
    else:
        size = f", {logo.width} by {logo.height} pixels" if logo else ""
        yield Check("logo", "ok", f"{config.branding.logo}{size}")
