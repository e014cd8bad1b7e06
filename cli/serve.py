"""`mentions serve`, the review page, and `mentions user`, who may use it."""

from __future__ import annotations

import contextlib
import math
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click
import uvicorn

from cli import port
from cli.base import config_option, file_option, login, organisation_option, organisation_path, stop
from cli.context import command_context
from core import clock, logs
from core.errors import MentionsError
from core.models import ROLES, Role
from core.progress import SettingsLine, report_progress
from reports import access
from review.app import build_app_context, create_app
from review.auth import second_people, second_step, users
from review.listening import Listening
from review.organisations import LOOK_EVERY, Pages
from settings import schema
from settings.organisations import Member, entries
from settings.schema import Config
from settings.shipped import has_settings
from steps.context import RunContext, open_store
from steps.health import why_none_is_promised
from store import OutboxRow, Store, User
from store.team.users import UserKind


@click.command()
@file_option
@organisation_option
@click.option(
    "--wait", "seconds", type=click.FloatRange(0, 600), default=30.0, show_default=True, metavar="SECONDS",
    help="How long to wait for the port where another program has it.",
)  # fmt: skip
def serve(path: Path, of_organisation: str, seconds: float) -> None:
    """The review page, in the foreground. Ctrl-C stops it.

    Of several organisations those of all, each at its own address.
    """
    if not of_organisation and has_settings(path) and entries(path):
        _serve_several(path, seconds)
        return
    path = organisation_path(path, of_organisation)
    config, folder = schema.load(path), path.resolve().parent
    app = create_app(build_app_context(config, folder))
    with port.take(
        config.review.port, seconds=seconds, report_progress=report_progress
    ) as listening:
        with open_store(config, folder) as store:
            option = "" if path == Path("config.toml") else f" --config {path}"
            _first_link(store, config, option, on_terminal=sys.stderr.isatty())
        report_progress(f"the review page is at {config.review.public_url} ; Ctrl-C stops it")
        server = uvicorn.Server(
            uvicorn.Config(
                app, timeout_graceful_shutdown=3,  # pages that listen for what is new never hang up by themselves
                log_level="warning", log_config=None, access_log=False, server_header=False, date_header=True,
                proxy_headers=config.review.public_url.startswith("https://"), forwarded_allow_ips=port.LOOPBACK,
            )
        )  # fmt: skip
        with contextlib.suppress(KeyboardInterrupt):  # which it raises again once all is closed
            server.run(sockets=[listening])
    if not server.started:
        sys.exit(1)  # it has said why


def _serve_several(path: Path, seconds: float) -> None:
    """The pages of all organisations in one process. One whose settings or database are broken keeps no other's away."""
    pages = Pages(path)
    pages.look()
    with contextlib.ExitStack() as stack:
        ports = sorted({member.port for member in pages.members.values() if member.port})
        sockets = [
            stack.enter_context(port.take(number, seconds=seconds, report_progress=report_progress))
            for number in ports
        ]
        for member in pages.members.values():
            with logs.for_organisation(member.slug):
                _said_of(member)
        if len(pages.members) <= MANY:
            for member in pages.members.values():
                with logs.for_organisation(member.slug):
                    _first_link_of(member, path)
        report_progress(f"{len(pages.members)} organisations; Ctrl-C stops it")
        behind_proxy = any(
            member.public_url.startswith("https://") for member in pages.members.values()
        )
        listening = Listening(
            pages, partial(port.take, seconds=0, report_progress=report_progress), set(ports), behind_proxy
        )  # fmt: skip
        server = listening.server = uvicorn.Server(
            uvicorn.Config(
                pages, timeout_graceful_shutdown=3, log_level="warning", log_config=None, access_log=False, server_header=False,
                date_header=True, proxy_headers=behind_proxy, forwarded_allow_ips=port.LOOPBACK, lifespan="on",
                callback_notify=listening.look, timeout_notify=math.ceil(LOOK_EVERY),
            )
        )  # fmt: skip
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=sockets)
    if not server.started:
        sys.exit(1)


MANY = 10  # organisations whose first sign-in is looked at as the pages start; of more, `mentions user` says it


def _first_link_of(member: Member, path: Path) -> None:
    if member.wrong:
        return
    try:
        config = schema.load(member.path)
        with open_store(config, member.folder, create=False) as store:
            named = "" if path == Path("config.toml") else f" --config {path}"
            option = f"{named} --organisation {member.slug}"
            _first_link(store, config, option, on_terminal=sys.stderr.isatty())
    except MentionsError as error:
        report_progress(SettingsLine(f"! its page can't be opened: {error}"))


def _said_of(member: Member) -> None:
    if member.wrong:
        report_progress(SettingsLine(f"! its page can't be opened: {member.wrong}"))
        return
    report_progress(f"the review page of {member.name} is at {member.public_url}")


def _first_link(store: Store, config: Config, option: str, *, on_terminal: bool) -> None:
    """Where nobody can sign in yet, an administrator's one-time link is shown on the terminal.

    What is no terminal is kept, as a service's journal is: there it is said how a person gets the link.
    """
    admin = _first_administrator(store, config)
    if admin is None:
        return
    if not on_terminal:
        report_progress(
            f"nobody has a password yet: `mentions user link {admin.handle}{option}`, in a terminal, shows the one-time "
            f"link for '{admin.handle}'"
        )
        return
    link = users.link(store, config, admin, at=clock.now(), login=login(), beside=True)
    report_progress(
        f"nobody has a password yet. Sign in once as '{admin.handle}' with this link, within 24 hours:"
    )
    click.echo(f"  {link}", err=True)  # past the log, which holds no link that signs somebody in


def _first_administrator(store: Store, config: Config) -> User | None:
    """Who is to sign in first, made where there is none; None where somebody can sign in already."""
    known, oidc = store.users.all(), config.review.oidc
    if oidc.on and not oidc.local_accounts:
        return None  # whoever gets the role admin from the provider is the first
    desk = [
        user for user in known if not set(user.roles) <= {"guardian", "safeguarding"}
    ]  # who lets in nobody else
    if any(user.active and (user.secret or (user.kind == "oidc" and oidc.on)) for user in desk):
        return None
    admin = next(
        (user for user in known if "admin" in user.roles and user.active and user.kind == "local"),
        None,
    )
    if admin is None:
        roles: tuple[Role, ...] = ("reviewer", "lead", "admin")
        admin = store.users.add("local", "admin", "Administrator", roles, at=clock.now())
    return admin


@click.command()
@config_option
@click.argument(
    "action", type=click.Choice(["add", "list", "link", "off", "on", "reset-step", "roles"])
)
@click.argument("handle", default="")
@click.option("--name", default="", help="What colleagues call them; the sign-in name if left out.")
@click.option(
    "--role", "roles", type=click.Choice(ROLES), multiple=True, help="May be given again; reviewer if left out."
)  # fmt: skip
def user(path: Path, action: str, handle: str, name: str, roles: tuple[Role, ...]) -> None:
    """Who may use the review page: add HANDLE, list, link HANDLE (a new password), off, on, reset-step (who lost their telephone), roles."""
    if not handle and action != "list":
        raise click.UsageError(f"{action}: name the user: mentions user {action} HANDLE")
    with command_context(path) as context:
        if action == "list":
            for user in context.store.users.all():
                click.echo(_line(user))
            return
        waited = {row.number for row in _of_accounts(context)}
        if action == "add":
            new_user, waits = users.add(
                context.store, context.config, handle, name, roles or ("reviewer",), at=context.at, login=login()
            )  # fmt: skip
            if waits:
                _say_who_agrees(context, new_user)
            else:
                _hand_over(context, new_user)
        else:
            _change(context, action, handle, roles)
        new = [row for row in _of_accounts(context) if row.number not in waited]
        _say_who_is_told(context, handle, new)


def _of_accounts(context: RunContext) -> list[OutboxRow]:
    """The emails about accounts that wait to leave."""
    return [row for row in context.store.outbox.due(clock.now()) if row.kind == "access"]


def _say_who_is_told(context: RunContext, handle: str, rows: Sequence[OutboxRow]) -> None:
    """To whom it is emailed, and until when an account of governance or the Guardian answers for nobody: nothing is done in silence."""
    user = context.store.users.by_handle("local", handle)
    guarded = user is not None and not second_people.GUARDED.isdisjoint(user.roles)
    if addresses := dict.fromkeys(address for row in rows for address in row.recipients):
        why = why_none_is_promised(context.store, context.config, clock.now())
        click.echo(
            f"to be told by email, which has not left yet: {', '.join(addresses)}; {why}"
            if why
            else f"told by email within minutes: {', '.join(addresses)}"
        )
    elif guarded:
        click.echo(
            "nobody is told by email: give mailboxes in [governance] and [health], and sign-in names that are one"
        )
    touched = context.store.second_people.at_the_machine(clock.now() - access.ANSWERS_AFTER)
    if guarded and user is not None and (at := touched.get(user.number)) is not None:
        click.echo(
            f"until {clock.local(at + access.ANSWERS_AFTER)} this account is no second person: it agrees to no hold, no employer, no police, no name and no access that a command asks for; "
            "governance asks meanwhile whose it is"
        )


def _change(context: RunContext, action: str, handle: str, roles: tuple[Role, ...]) -> None:
    kinds: tuple[UserKind, ...] = ("local", "oidc")
    user = next(
        (match for kind in kinds if (match := context.store.users.by_handle(kind, handle))), None
    )
    if user is None:
        stop(f"there is no user {handle}: see `mentions user list`")
    if action == "reset-step":
        waits = second_step.reset(context.store, context.config, user, at=context.at, login=login())
        click.echo(
            f"asked: another person who holds governance agrees on the page, under /people/{user.number}/second-step"
            if waits
            else f"{user.name} sets up the second step again when they next sign in"
        )
        return
    if action == "link":
        _hand_over(context, user)
    elif action == "roles":
        if not roles:
            raise click.UsageError("roles: give each with --role")
        if not users.give_roles(context.store, context.config, user, roles, at=clock.now(), login=login()):  # fmt: skip
            _say_who_agrees(context, user)
    elif not users.turn(context.store, context.config, user, on=action == "on", at=clock.now(), login=login()):  # fmt: skip
        _say_who_agrees(context, user, link=False)


def _hand_over(context: RunContext, user: User) -> None:
    link = users.link(context.store, context.config, user, at=clock.now(), login=login())
    if not link:
        _say_who_agrees(context, user)
        return
    click.echo(
        f"give {user.name} this link, which is for '{user.handle}' alone; it works once, within 24 hours:"
    )
    click.echo(f"  {link}")


def _say_who_agrees(context: RunContext, user: User, *, link: bool = True) -> None:
    able = second_people.able(context.store, user, at=clock.now(), by=None)
    names = ", ".join(each.name for each in able) or "nobody is turned on who could"
    click.echo(
        f"{user.name}: it waits for a second person who holds governance ({names}), under Overview; "
        f"an account that was let in at the command line within the last {access.ANSWERS_AFTER.days} days can't agree yet."
    )
    if link:
        click.echo("once they agreed, `mentions user link` makes the link, within 24 hours")


def _line(user: User) -> str:
    state = "" if user.active else " (off)"
    ready = "" if user.secret or user.kind == "oidc" else " (no password yet)"
    return f"{user.handle}: {user.name}, {', '.join(user.roles)}{state}{ready}"
