"""`mentions serve`, the review page, and `mentions user`, who may use it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

import clock
import config
import in_force
from apart import apart
from classify.policy import HERE, Policy, load
from commands import at_work, config_option, stop, tell
from config import Config
from errors import ConfigError, MentionsError
from house import House, hours, open_store
from mention import ROLES, Role

if (
    TYPE_CHECKING
):  # they bring pandas, the platforms' libraries and a web server: see docs/decisions/0006
    from review.brand import Brand
    from review.desk import Desk, Summary
    from review.oidc import Provider
    from review.platforms import Asked, Offers, Platforms
    from store import Store, User
    from store.users import UserKind


def desk(cfg: Config, folder: Path) -> Desk:
    """The review page of a config.toml, which asks anew what is set up in the page. Raises ConfigError where the policy in force or a secret can't be read."""
    import answering
    import setting_up
    from review.desk import Desk, EscalationRole, FlagWords, PreElection

    return Desk(
        organisation=cfg.organisation.names[0].name,
        public_url=cfg.review.public_url,
        open_store=lambda: open_store(cfg, folder, create=False),
        flags={
            name: FlagWords(name=name, clauses=flag.clause, means=flag.means, gravity=flag.gravity)
            for name, flag in _policy(cfg, folder).flags.items()
        },
        clauses=tomllib.loads((HERE / "clauses.toml").read_text("utf-8"))["clauses"],
        roles=tuple(
            EscalationRole(key=role.key, name=role.name, when=role.when, reach=role.reach, hr=role.hr)
            for role in cfg.review.roles
        ),
        crisis_contact=cfg.review.crisis_contact,
        pre_election=[
            PreElection(first=one.since, last=one.until, reason=one.reason)
            for one in cfg.review.pre_election
        ],
        hours=hours(cfg),
        setup=setting_up.SettingUp(cfg, folder),
        renew=lambda store: desk(in_force.laid(cfg, store.settings()).cfg, folder),
        accessibility_contact=cfg.review.accessibility_contact,
        brand=brand(cfg, folder),
        note=lambda seen, at: note(cfg, folder, seen, at),
        platforms=platforms(cfg, folder),
        oidc=provider(cfg, folder),
        weekly=lambda last: weekly_summary(cfg, folder, last),
        replies=lambda on: answering.replies(cfg, on),
        read_draft=lambda text: answering.details(text, cfg.organisation),
        staff_line=lambda bio, staff, on: answering.staff_line(bio, staff, cfg.organisation, on),
        # what somebody turned on, with its secret or without: what can't be read must be seen to be so
        sources_on=tuple(name for name, table in cfg.collectors.items() if table.get("on")),
    )  # fmt: skip


def weekly_summary(cfg: Config, folder: Path, last: date) -> Summary:
    """What the weekly summary says of the seven days that end with `last`, for the page.

    A process of its own gathers it: pandas takes 60 MB, which would stay with the page for good.
    """
    return apart(gather_summary, cfg, folder, last)


def gather_summary(cfg: Config, folder: Path, last: date) -> Summary:
    """The same, in the process that calls it."""
    import reporting
    from reports import weekly
    from review.desk import Summary

    with open_store(cfg, folder, create=False) as store:
        house = House(cfg=cfg, folder=folder, store=store, tell=tell)
        told = weekly.gather(store, reporting.clauses(house), last)
    return Summary(
        first=told.first, last=told.last, headline=told.headline, official=told.official,
        campaigns=told.campaigns, answers=told.answers,
        groups=[
            (heading, first, [(row.name, row.now, row.before, row.change) for row in rows])
            for heading, first, rows in weekly.groups(told)
        ],
    )  # fmt: skip


def _policy(cfg: Config, folder: Path) -> Policy:
    """The policy in force, as `assessing` finds it; without the model's libraries, which serving a page needs not."""
    return load(folder / cfg.classifier.policy if cfg.classifier.policy else HERE / "policy.toml")


def note(cfg: Config, folder: Path, seen: Mapping[str, str], at: datetime) -> int:
    """Takes in what somebody reports on the page; the number of the mention. Raises InputError as `noting.told`.

    It waits for no cycle: the store has its own locks, and the next cycle assesses it.
    """
    import noting

    with open_store(cfg, folder, create=False) as store:
        return noting.told(House(cfg=cfg, folder=folder, store=store, tell=tell), seen, at)


def platforms(file: Config, folder: Path) -> Platforms:
    """How the page acts on posts where they are, by what is in force when somebody does.

    The platforms' libraries are loaded then, and what was set up in the page and stops a source is left out.
    """
    from review.platforms import Platforms

    def house(store: Store, at: datetime) -> House:
        import collecting

        found = collecting.fitted(file, folder, store, at)
        return House(cfg=found.cfg, folder=folder, store=store, tell=tell, in_force=found)

    def offers(number: int, at: datetime) -> Offers:
        import removing

        with open_store(file, folder, create=False) as store:
            return removing.offers(house(store, at), number, at)

    def act(asked: Asked) -> None:
        import removing

        try:
            with open_store(file, folder, create=False) as store:
                removing.carry_out(house(store, asked.at), asked)
        except MentionsError as error:  # nothing can be kept: after a while it counts as not known
            tell(
                f"mention {asked.mention} {asked.action}: what came of it could not be kept: {error}"
            )

    return Platforms(offers=offers, act=act)


def provider(cfg: Config, folder: Path) -> Provider | None:
    """Whom people sign in with. None where that is off. Raises ConfigError where the client's secret is missing."""
    told = cfg.review.oidc
    if not told.on:
        return None
    from review.oidc import Provider

    secret = config.secret(told.client_secret, folder)
    if secret.value is None:
        raise ConfigError(
            f"review.oidc.client_secret: put the application's secret in the {secret.where}"
        )
    return Provider(
        issuer=told.issuer, client_id=told.client_id, secret=secret.value, roles=told.roles,
        redirect=f"{cfg.review.public_url}/sign-in/oidc/back", entra=told.kind == "entra",
        local_accounts=told.local_accounts, ask=told.ask,
    )  # fmt: skip


def brand(cfg: Config, folder: Path) -> Brand:
    """The organisation's own name and logo. Raises ConfigError where the file can't be shown."""
    import branding
    from review.brand import Brand

    told, found = cfg.branding, branding.logo(cfg.branding, folder)
    service = told.service.strip() or Brand().service
    if found is None:
        return Brand(service=service)
    return Brand(
        service=service, logo=found.png, alt=told.alt, width=found.width, height=found.height
    )


@click.command()
@config_option
def serve(path: Path) -> None:
    """The review page, in the foreground. Ctrl-C stops it."""
    import uvicorn

    import review.app

    cfg, folder = config.load(path), path.resolve().parent
    with open_store(cfg, folder) as store:
        _first_link(store, cfg)
    tell(f"the review page is at {cfg.review.public_url} ; Ctrl-C stops it")
    uvicorn.run(
        review.app.app(desk(cfg, folder)), host="127.0.0.1", port=cfg.review.port,
        log_level="warning", access_log=False, server_header=False, date_header=True,
        proxy_headers=cfg.review.public_url.startswith("https://"), forwarded_allow_ips="127.0.0.1",
    )  # fmt: skip


def _first_link(store: Store, cfg: Config) -> None:
    """Where nobody can sign in yet, an administrator's one-time link is shown on the terminal."""
    users, oidc = store.users(), cfg.review.oidc
    if oidc.on and not oidc.local_accounts:
        return  # whoever gets the role admin from the provider is the first
    if any(one.active and (one.secret or (one.kind == "oidc" and oidc.on)) for one in users):
        return
    admin = next(
        (one for one in users if "admin" in one.roles and one.active and one.kind == "local"), None
    )
    if admin is None:
        roles: tuple[Role, ...] = ("reviewer", "lead", "admin")
        admin = store.add_user("local", "admin", "Administrator", roles, at=clock.now())
    tell("nobody has a password yet. Sign in once as 'admin' with this link, within 24 hours:")
    tell(f"  {_link(store, cfg, admin)}")


def _link(store: Store, cfg: Config, user: User) -> str:
    from review import people

    return people.link(store, cfg.review.public_url, user, at=clock.now())


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
    with at_work(path) as house:
        if action == "list":
            for one in house.store.users():
                click.echo(_line(one))
        elif action == "add":
            from review import people

            at = clock.now()
            made = people.add(house.store, handle, name, roles or ("reviewer",), at=at)
            _hand_over(house, made)
        else:
            _change(house, action, handle, roles)


def _change(house: House, action: str, handle: str, roles: tuple[Role, ...]) -> None:
    from review import people

    kinds: tuple[UserKind, ...] = ("local", "oidc")
    found = next((one for kind in kinds if (one := house.store.user_by_handle(kind, handle))), None)
    if found is None:
        stop(f"there is no user {handle}: see `mentions user list`")
    if action == "link":
        _hand_over(house, found)
    elif action == "roles":
        if not roles:
            raise click.UsageError("roles: give each with --role")
        people.give_roles(house.store, found, roles, at=clock.now())
    else:
        people.turn(house.store, found, on=action == "on", at=clock.now())


def _hand_over(house: House, made: User) -> None:
    click.echo(f"give {made.name} this link; it works once, within 24 hours:")
    click.echo(f"  {_link(house.store, house.cfg, made)}")


def _line(one: User) -> str:
    state = "" if one.active else " (off)"
    ready = "" if one.secret or one.kind == "oidc" else " (no password yet)"
    return f"{one.handle}: {one.name}, {', '.join(one.roles)}{state}{ready}"


COMMANDS = (serve, user)
