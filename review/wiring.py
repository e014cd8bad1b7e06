"""What the page is given to work with, from a config.toml: its policy, clocks, platforms and sign-in."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from classify.policy.schema import HERE
from core.errors import ConfigError, MentionsError
from core.progress import report_progress
from core.worker import run_in_subprocess
from settings import overrides, secrets
from settings.policy import load_policy
from settings.schema import Config
from steps.context import RunContext, hours, open_store

if TYPE_CHECKING:
    from review.auth.oidc import Provider
    from review.context import AppContext, Brand, Summary
    from steps.models import ModerationRequest, Offers, Platforms
    from store import Store


def build_app_context(config: Config, folder: Path) -> AppContext:
    """The review page of a config.toml, which asks anew what is set up in the page. Raises ConfigError where the policy in force or a secret can't be read."""
    from review.context import AppContext, EscalationRole, PreElection
    from review.replies import templates
    from review.setup import changes

    policy = load_policy(config, folder)
    return AppContext(
        organisation=config.organisation.names[0].name,
        public_url=config.review.public_url,
        open_store=lambda: open_store(config, folder, create=False),
        policy=policy,
        clauses=tomllib.loads((HERE / "clauses.toml").read_text("utf-8"))["clauses"],
        roles=tuple(
            EscalationRole(key=role.key, name=role.name, when=role.when, reach=role.reach, hr=role.hr)
            for role in config.review.roles
        ),
        crisis_contact=config.review.crisis_contact,
        pre_election=[
            PreElection(first=period.since, last=period.until, reason=period.reason)
            for period in config.review.pre_election
        ],
        hours=hours(config),
        setup=changes.SettingUp(config, folder),
        renew=lambda store: build_app_context(overrides.apply_overrides(config, store.settings.current()).config, folder),
        accessibility_contact=config.review.accessibility_contact,
        brand=brand(config, folder),
        note=lambda seen, at: note(config, folder, seen, at),
        platforms=platforms(config, folder),
        oidc=provider(config, folder),
        weekly=lambda last: weekly_summary(config, folder, last),
        replies=lambda on: templates.replies(config, policy, on),
        read_draft=lambda text: templates.details(text, config.organisation),
        staff_line=lambda bio, staff, on: templates.staff_line(bio, staff, config.organisation, on),
        # what somebody turned on, with its secret or without: what can't be read must be seen to be so
        sources_on=tuple(name for name, table in config.collectors.items() if table.get("on")),
    )  # fmt: skip


def weekly_summary(config: Config, folder: Path, last: date) -> Summary:
    """What the weekly summary says of the seven days that end with `last`, for the page.

    A process of its own gathers it: pandas takes 60 MB, which would stay with the page for good.
    """
    return run_in_subprocess(gather_summary, config, folder, last)


def gather_summary(config: Config, folder: Path, last: date) -> Summary:
    """The same, in the process that calls it."""
    from reports import weekly
    from review.context import Summary

    with open_store(config, folder, create=False) as store:
        week = weekly.gather(store, load_policy(config, folder), last)
    return Summary(
        first=week.first, last=week.last, headline=week.headline, official=week.official,
        campaigns=week.campaigns, answers=week.answers,
        groups=[
            (heading, first, [(row.name, row.now, row.before, row.change) for row in rows])
            for heading, first, rows in weekly.groups(week)
        ],
    )  # fmt: skip


def note(config: Config, folder: Path, seen: Mapping[str, str], at: datetime) -> int:
    """Takes in what somebody reports on the page; the number of the mention. Raises InputError as `noting.told`.

    It waits for no cycle: the store has its own locks, and the next cycle assesses it.
    """
    from steps import note

    with open_store(config, folder, create=False) as store:
        return note.store_report(
            RunContext(
                config=config, folder=folder, store=store, report_progress=report_progress, at=at
            ),
            seen,
        )


def platforms(file: Config, folder: Path) -> Platforms:
    """How the page acts on posts where they are, by what is in force when somebody does.

    The platforms' libraries are loaded then, and what was set up in the page and stops a source is left out.
    """
    from steps.models import Platforms

    def context(store: Store, at: datetime) -> RunContext:
        from steps.effective import effective_config

        in_force = effective_config(file, folder, store, at)
        return RunContext(
            config=in_force.config,
            folder=folder,
            store=store,
            report_progress=report_progress,
            at=at,
            effective=in_force,
        )

    def offers(number: int, at: datetime) -> Offers:
        from steps import moderate

        with open_store(file, folder, create=False) as store:
            return moderate.offers(context(store, at), number)

    def act(request: ModerationRequest) -> None:
        from steps import moderate

        try:
            with open_store(file, folder, create=False) as store:
                moderate.carry_out(context(store, request.at), request)
        except MentionsError as error:  # nothing can be kept: after a while it counts as not known
            report_progress(
                f"mention {request.mention} {request.action}: what came of it could not be kept: {error}"
            )

    return Platforms(offers=offers, act=act)


def provider(config: Config, folder: Path) -> Provider | None:
    """Whom people sign in with. None where that is off. Raises ConfigError where the client's secret is missing."""
    oidc = config.review.oidc
    if not oidc.on:
        return None
    from review.auth.oidc import Provider

    secret = secrets.secret(oidc.client_secret, folder)
    if secret.value is None:
        raise ConfigError(
            f"review.oidc.client_secret: put the application's secret in the {secret.where}"
        )
    return Provider(
        issuer=oidc.issuer, client_id=oidc.client_id, secret=secret.value, roles=oidc.roles,
        redirect=f"{config.review.public_url}/sign-in/oidc/back", entra=oidc.kind == "entra",
        local_accounts=oidc.local_accounts, ask=oidc.ask,
    )  # fmt: skip


def brand(config: Config, folder: Path) -> Brand:
    """The organisation's own name and logo. Raises ConfigError where the file can't be shown."""
    from review.context import Brand
    from settings import branding

    settings, logo = config.branding, branding.logo(config.branding, folder)
    service = settings.service.strip() or Brand().service
    if logo is None:
        return Brand(service=service)
    return Brand(
        service=service, logo=logo.png, alt=settings.alt, width=logo.width, height=logo.height
    )
