"""The demo: the whole way against stand-ins on this machine, and what to try next.

Its store, key and reports lie in a folder of their own, never the live one's, and are made anew
each time.
"""

from __future__ import annotations

import shutil
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click
import tomli_w
from cryptography.fernet import Fernet
from rich.console import Console

from cli.base import config_or_shipped, file_option, program, stop
from cli.demo_bodies import run_several
from core import clock
from core.errors import ConfigError
from core.models import Role
from core.progress import ReportProgress, report_progress
from demo.bodies import BODIES
from demo.pictures import LOGO, picture
from demo.posts_loader import TERMS, WEEK
from demo.world import World
from pipeline import cycle
from reports import daily
from reports.weekly.periods import last_whole, period_of
from settings import branding, schema, secrets
from settings.files.layers import read_layers
from settings.governance import DEMONSTRATION
from settings.organisations import FOLDER
from settings.shipped import CONFIG, has_settings
from steps import report
from steps.context import RunContext, open_context

VACCINES = 'vaccin* OR jab* OR "flu van" OR #FluJab'
NOBODY_ANSWERS = "(nobody OR no-one OR unanswered) NEAR/8 (phone* OR answer* OR pick*)"
MARKER = ".made-by-the-demo"
# Invented: Ofcom keeps 020 7946 0000 to 0999 for drama, and example.org is nobody's. The police are rung, not written to.
TELEPHONES = {
    "pals": "020 7946 0111, Monday to Friday, 9am to 5pm",
    "guardian": "020 7946 0144, Monday to Friday, 9am to 5pm",
    "information_governance": "020 7946 0190, Monday to Friday, 9am to 5pm",
    "safeguarding": "020 7946 0133, day and night",
    "media": "020 7946 0145, every day, 8am to 8pm",
    "security": "020 7946 0177, day and night",
    "police": "101; 999 in an emergency",
}
RUNG_ALONE = "police"
GUARDIAN: tuple[str, str, tuple[Role, ...]] = (
    "farah",
    "Farah Iqbal",
    ("guardian",),
)  # invented, as all of it


@click.command()
@file_option
@click.option(
    "--organisations", "count", type=click.IntRange(1, len(BODIES)), default=1, show_default=True,
    help="How many, side by side on one installation, each with its own sources, store and page.",
)  # fmt: skip
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), default=Path("var/demo"),
    show_default=True, help="Where its store and reports lie; made anew each time.",
)  # fmt: skip
def demo(path: Path, count: int, folder: Path) -> None:
    """A full cycle against stand-ins on this machine: no credentials, no network."""
    if count > 1:
        path = config_or_shipped(path)
        schema.load(path)  # names what is wrong in it before anything is changed
        _fresh(folder)
        if run_several(path, folder, BODIES[:count], settings, _first_cycle):
            stop("the demo did not go as it should: see the lines above that begin with !")
        return
    if run_demo(config_or_shipped(path), folder, report_progress):
        stop("the demo did not go as it should: see the lines above that begin with !")


def run_demo(path: Path, folder: Path, report_progress: ReportProgress) -> list[str]:
    """Runs a cycle twice and shows what came of it; what failed, if anything."""
    started = time.monotonic()
    schema.load(path)  # names what is wrong in it before anything is changed
    _fresh(folder)
    with World(
        at=clock.now(), folder=folder / "world", outbox=folder / "sent", posts=WEEK
    ) as world:
        config_path = settings(path, folder, world)
        with open_context(config_path, report_progress, create=True) as context:
            report_progress(
                f"stand-ins for {len(world.standins)} sources and a mail server are up on this machine; some of "
                "their posts are malformed on purpose"
            )
            _with_guardian(context)
            cycle(context)
            first = context.store.figures.row_counts()
            report_progress("a second cycle on the same world, which should find nothing new:")
            cycle(context.new_run(clock.now()))
            if context.store.figures.row_counts() != first:
                context.failed("the second cycle changed what is stored: please report this")
            else:
                report_progress(
                    "it added nothing: what is known is not taken in, read or alerted twice"
                )
            _show(context, folder, len(world.mail.messages), time.monotonic() - started)
    return context.failures


def _first_cycle(context: RunContext) -> None:
    _with_guardian(context)
    cycle(context)


def _with_guardian(context: RunContext) -> None:
    handle, name, roles = GUARDIAN
    context.store.users.add("local", handle, name, roles, at=context.at)


def _show(context: RunContext, folder: Path, sent: int, seconds: float) -> None:
    at, console, sizes = clock.now(), Console(), context.store.figures.row_counts()
    listed, daily_path = report.daily_list(context, *report.day_before(at))
    today = clock.local_day(at)
    report.weekly_summary(
        context, last_whole("week", today)
    )  # the page shows this one, with its themes
    summary, (weekly_path,) = report.weekly_summary(context, period_of("week", today))
    console.print()
    daily.show(listed, console)
    console.print()
    for line in (
        summary.headline,
        "",
        f"{sizes['mentions']} mentions stored, {sizes['assessments']} assessed, {sent} alert mails sent "
        f"by SMTP, in {seconds:.0f} seconds.",
        "",
        f"Daily list       {daily_path}",
        f"Weekly summary   {weekly_path}",
        f"Alert mails      {folder / 'sent'}",
        f"Database         {folder / context.config.store.path} (personal fields sealed by {folder / 'key'})",
        "",
        *_next_steps(folder / "config.toml"),
    ):  # fmt: skip
        click.echo(line)


def _next_steps(config_path: Path) -> list[str]:
    mentions = program()
    own = (
        [f"  {mentions} check", "      what your own settings still lack, and how to mend it"]
        if has_settings(Path(CONFIG))
        else [
            f"  {mentions} init",
            "      asks for your own settings, and writes them into this folder",
        ]
    )
    return [
        "Try next:",
        f"  {mentions} serve --config {config_path}",
        "      the review page over all this, in your browser",
        f"  {mentions} user link {GUARDIAN[0]} --config {config_path}",
        "      a link to sign in as the Freedom to Speak Up Guardian, who alone sees the cases of people speaking up",
        "  open the daily list and the weekly summary in a browser",
        f"  {mentions} report weekly --config {config_path}",
        f"  {mentions} verify --config {config_path}",
        *own,
        "The README says how to go live.",
    ]


def _fresh(folder: Path) -> None:
    """Empties a folder that an earlier demo made; refuses any other that holds something."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARKER).exists():
            raise ConfigError(
                f"{folder} holds something that no demo made: name another with --folder"
            )
        if others := sorted({own.name for own in (folder / FOLDER).glob("*")} - {body.slug for body in BODIES}):  # fmt: skip
            raise ConfigError(
                f"{folder} holds organisations that no demo made ({', '.join(others)}), which a new demo would delete: name another with "
                "--folder, or take them out of there"
            )
        shutil.rmtree(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / MARKER).touch()


def settings(path: Path, folder: Path, world: World) -> Path:
    """config.toml as it stands, with the demo's sources, mail server, store and short waits."""
    table: dict[str, Any] = read_layers(path).table
    secrets.new_secret_file(folder / "key", Fernet.generate_key().decode())

    def secret(name: str, value: str) -> str:
        secrets.new_secret_file(folder / name, value)
        return f"file:{name}"

    secret("mail-password", world.mail.password)
    _point_to_files(table, path, folder)
    table["collectors"] = {**world.tables(secret), "files": {"on": True, "folder": "world"}}
    organisation = table["organisation"]
    _search_as_set_up(table["collectors"], organisation)
    organisation["accounts"] = [*organisation.get("accounts", []), *world.accounts()]
    organisation["campaigns"] = [{"name": "Winter vaccinations", "rule": VACCINES}]
    table["rules"] = [{"name": "nobody answers", "rule": NOBODY_ANSWERS}]
    (folder / "logo.png").write_bytes(picture(LOGO))
    table["logos"] = table.get("logos", {}) | {
        "image": [{"name": "the demo's logo", "file": "logo.png"}],
        "more_hosts": ["127.0.0.1", "localhost"],
        "attached": True,
    }
    # its servers lie on this machine, and pictures and links of what they serve too
    table["http"] |= {"attempts": 3, "longest_wait_seconds": 5.0, "read_seconds": 10.0, "internal_hosts": ["127.0.0.1", "localhost"]}  # fmt: skip
    table["store"] = {"path": "mentions.db", "keys": ["file:key"]}
    table["reports"] = {"folder": "reports"}
    table["retention"] = {"days": 365}
    # the posts of a week, which a live source does not look back for; nothing goes on by itself once the stand-ins stop
    table.setdefault("schedule", {}).update(first_look_hours=168, by_hand=True)
    table["alerts"] |= {"on": True, "to": ["comms-duty@example.org"]}
    table["alerts"]["mail"] |= {
        "host": world.mail.host, "port": world.mail.port, "security": "starttls", "user": world.mail.user,
        "password": "file:mail-password", "ca_file": str(world.mail.ca.resolve()), "timeout_seconds": 10.0,
    }  # fmt: skip
    _name_the_teams(table)
    table.setdefault("health", {})["ends_days"] = (
        0  # the stand-ins' certificates are made for two days
    )
    table["governance"] = papers(clock.local_day(world.at))
    config_path = folder / "config.toml"
    config_path.write_text(
        "# Made by `mentions demo` from config.toml: its servers stop with the demo.\n\n"
        + tomli_w.dumps(table),
        "utf-8",
    )
    return config_path


def papers(on: date) -> dict[str, Any]:
    """[governance] as a demonstration has it: it says that nobody signed for more, and is past after a month."""
    day, mark = on - timedelta(days=1), DEMONSTRATION
    return {
        "dpia": f"{mark}DEMO-1, invented posts from stand-ins on this machine", "dpia_approved_by": f"{mark}R. Example, SIRO, invented",
        "dpia_approved_on": day, "legitimate_basis": f"{mark}Article 6(1)(e) and 9(2)(g) with Schedule 1, paragraph 18, would be named here",
        "privacy_notice": "https://www.example.org/privacy", "staff_notice": f"{mark}intranet, {day:%-d %B %Y}, invented",
        "union_consultation": f"{mark}{day:%-d %B %Y}, minutes of a committee that is invented: agreed",
        "caldicott_guardian": f"{mark}C. Example, caldicott@example.org", "dpo": f"{mark}D. Example, dpo@example.org", "review_date": on + timedelta(days=30),
    }  # fmt: skip


def _name_the_teams(table: dict[str, Any]) -> None:
    """Invented emails and telephones for the teams that a case is passed on to, whoever stood there before."""
    review = table.setdefault("review", {})
    for role in review.get("roles", ()):
        role["email"] = [f"{role['key'].replace('_', '-')}@example.org"]
        role["reach"] = TELEPHONES.get(role["key"], "020 7946 0100")
        if "Friday" in role["reach"]:
            role["hours"] = "working"
        elif "night" in role["reach"]:
            role["hours"] = "any"
        if role["key"] == "information_governance":
            role["out_of_hours_phone"] = "the on-call manager, 020 7946 0199"
        if role["key"] == RUNG_ALONE:
            del role["email"]
    review["crisis_contact"] = "the on-call manager, 020 7946 0199"
    # nobody has an app on a telephone for accounts that are gone with the demo
    review["sign_in"] = review.get("sign_in", {}) | {"second_step_roles": []}
    review["comms_phone"] = "020 7946 0122"
    review["chase"] = review.get("chase", {}) | {
        "chain": ["on-call@example.org", "director@example.org"],
        "lead": ["comms-lead@example.org"],
    }


def _search_as_set_up(collectors: dict[str, dict[str, Any]], organisation: dict[str, Any]) -> None:
    """The demo's terms as the organisation's own, so that what somebody changes in the page reaches every source."""
    for source in collectors.values():
        source.pop("terms", None)
    known = {name["name"] for name in organisation["names"] if name.get("search", True)}
    more = (term for term in TERMS if term not in known and not term.startswith("@"))
    organisation["topics"] = list(dict.fromkeys((*organisation.get("topics", ()), *more)))


def _point_to_files(table: dict[str, Any], path: Path, folder: Path) -> None:
    """The files that `path` names from its own folder, named from the demo's; a logo must lie in that."""
    config, start = schema.load(path), path.resolve().parent
    for name in ("model", "policy"):
        named = getattr(config.classifier, name)
        table["classifier"][name] = str(start / named) if named else ""
    if logo := branding.logo(config.branding, start):
        (folder / "branding.png").write_bytes(logo.png)
        table["branding"]["logo"] = "branding.png"
