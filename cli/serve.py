"""`mentions serve`, the review page, and `mentions user`, who may use it."""

from __future__ import annotations

from pathlib import Path

import click
import uvicorn

from cli.base import config_option, login, stop
from cli.context import command_context
from core import clock
from core.models import ROLES, Role
from core.progress import report_progress
from review.app import build_app_context, create_app
from review.auth import second_people, users
from settings import schema
from settings.schema import Config
from steps.context import RunContext, open_store
from store import Store, User
from store.team.users import UserKind


@click.command()
@config_option
def serve(path: Path) -> None:
    """The review page, in the foreground. Ctrl-C stops it."""
    config, folder = schema.load(path), path.resolve().parent
    with open_store(config, folder) as store:
        _first_link(store, config)
    report_progress(f"the review page is at {config.review.public_url} ; Ctrl-C stops it")
    uvicorn.run(
        create_app(build_app_context(config, folder)), host="127.0.0.1", port=config.review.port,
        timeout_graceful_shutdown=3,  # pages that listen for what is new never hang up by themselves
        log_level="warning", access_log=False, server_header=False, date_header=True,
        proxy_headers=config.review.public_url.startswith("https://"), forwarded_allow_ips="127.0.0.1",
    )  # fmt: skip


def _first_link(store: Store, config: Config) -> None:
    """Where nobody can sign in yet, an administrator's one-time link is shown on the terminal."""
    known, oidc = store.users.all(), config.review.oidc
    if oidc.on and not oidc.local_accounts:
        return  # whoever gets the role admin from the provider is the first
    desk = [user for user in known if user.roles != ("guardian",)]  # who lets in nobody else
    if any(user.active and (user.secret or (user.kind == "oidc" and oidc.on)) for user in desk):
        return
    admin = next(
        (user for user in known if "admin" in user.roles and user.active and user.kind == "local"),
        None,
    )
    if admin is None:
        roles: tuple[Role, ...] = ("reviewer", "lead", "admin")
        admin = store.users.add("local", "admin", "Administrator", roles, at=clock.now())
    report_progress(
        f"nobody has a password yet. Sign in once as '{admin.handle}' with this link, within 24 hours:"
    )
    # past the log, which holds no link that signs somebody in
    click.echo(f"  {users.link(store, config, admin, at=clock.now(), login=login())}", err=True)


@click.command()
@config_option
@click.argument("action", type=click.Choice(["add", "list", "link", "off", "on", "roles"]))
@click.argument("handle", default="")
@click.option("--name", default="", help="What colleagues call them; the sign-in name if left out.")
@click.option(
    "--role", "roles", type=click.Choice(ROLES), multiple=True, help="May be given again; reviewer if left out."
)  # fmt: skip
def user(path: Path, action: str, handle: str, name: str, roles: tuple[Role, ...]) -> None:
    """Who may use the review page: add HANDLE, list, link HANDLE (a new password), off, on, roles."""
    if not handle and action != "list":
        raise click.UsageError(f"{action}: name the user: mentions user {action} HANDLE")
    with command_context(path) as context:
        if action == "list":
            for user in context.store.users.all():
                click.echo(_line(user))
        elif action == "add":
            new_user, waits = users.add(
                context.store, context.config, handle, name, roles or ("reviewer",), at=context.at, login=login()
            )  # fmt: skip
            if waits:
                _say_who_agrees(context, new_user)
            else:
                _hand_over(context, new_user)
        else:
            _change(context, action, handle, roles)


def _change(context: RunContext, action: str, handle: str, roles: tuple[Role, ...]) -> None:
    kinds: tuple[UserKind, ...] = ("local", "oidc")
    user = next(
        (match for kind in kinds if (match := context.store.users.by_handle(kind, handle))), None
    )
    if user is None:
        stop(f"there is no user {handle}: see `mentions user list`")
    if action == "link":
        _hand_over(context, user)
    elif action == "roles":
        if not roles:
            raise click.UsageError("roles: give each with --role")
        if not users.give_roles(context.store, context.config, user, roles, at=clock.now(), login=login()):  # fmt: skip
            _say_who_agrees(context, user)
    else:
        users.turn(context.store, context.config, user, on=action == "on", at=clock.now(), login=login())  # fmt: skip


def _hand_over(context: RunContext, user: User) -> None:
    link = users.link(context.store, context.config, user, at=clock.now(), login=login())
    if not link:
        _say_who_agrees(context, user)
        return
    click.echo(f"give {user.name} this link; it works once, within 24 hours:")
    click.echo(f"  {link}")


def _say_who_agrees(context: RunContext, user: User) -> None:
    names = ", ".join(each.name for each in second_people.able(context.store, user, by=None))
    click.echo(
        f"{user.name}: it waits for a second person who holds governance ({names}), under Overview."
    )
    click.echo("once they agreed, `mentions user link` makes the link, within 24 hours")


def _line(user: User) -> str:
    state = "" if user.active else " (off)"
    ready = "" if user.secret or user.kind == "oidc" else " (no password yet)"
    return f"{user.handle}: {user.name}, {', '.join(user.roles)}{state}{ready}"
