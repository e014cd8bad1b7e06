"""Who may use the page is said by `mentions user`; a first start lets an administrator in."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import IO

import httpx
import pytest
import tomli_w

from cli import serve
from core import clock, logs
from core.errors import ConfigError
from review.app import build_app_context
from review.auth.sessions import ABSOLUTE
from settings import schema, secrets
from steps.context import open_context
from tests.conftest import Command
from tests.cycles import ROOT, start
from tests.decisions import settled
from tests.fakes import Told
from tests.waits import line_of, until


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return settled(tmp_path)


def test_somebody_who_is_added_gets_a_link_and_is_listed(mentions: Command, made: Path) -> None:
    added = mentions(
        "user", "add", "amina", "--name", "Amina Yusuf", "--role", "lead", "--config", made
    )
    token = re.search(r"/welcome/(\S+)", added.output)
    assert token is not None
    with open_context(made, Told()) as house:
        user = house.store.sign_in_links.owner(token[1], at=clock.now())
    assert user is not None
    assert (user.name, user.roles) == ("Amina Yusuf", ("lead",))
    assert (
        "amina: Amina Yusuf, lead (no password yet)"
        in mentions("user", "list", "--config", made).output
    )


def test_roles_and_access_are_changed_by_name(mentions: Command, made: Path) -> None:
    mentions("user", "add", "amina", "--config", made)
    mentions("user", "roles", "amina", "--role", "viewer", "--config", made)
    mentions("user", "off", "amina", "--config", made)
    assert "amina: amina, viewer (off)" in mentions("user", "list", "--config", made).output


@pytest.mark.parametrize(
    ("args", "code", "why"),
    [
        (("add",), 2, "name the user"),
        (("link", "nobody"), 1, "there is no user nobody"),
        (("roles", "amina"), 2, "give each with --role"),
        (("add", "amina"), 1, "already"),
    ],
)
def test_what_cannot_be_done_says_why(
    mentions: Command, made: Path, args: tuple[str, ...], code: int, why: str
) -> None:
    mentions("user", "add", "amina", "--config", made)
    result = mentions("user", *args, "--config", made)
    assert (result.exit_code, why in result.output) == (code, True)


def answered(url: str) -> httpx.Response | None:
    """What a page says, or None while nobody listens."""
    try:
        return httpx.get(url, timeout=10, verify=False)
    except httpx.ConnectError:
        return None


def on_free_port(made: Path) -> int:
    """The port that the page of this file has from now on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    written = (
        made.read_text("utf-8")
        .replace("port = 8765", f"port = {port}")
        .replace(":8765", f":{port}")
    )
    made.write_text(written, "utf-8")
    return port


@contextmanager
def on_terminal(*command: str | Path) -> Iterator[IO[str]]:
    """The program as a person at a terminal has it, and what it writes there."""
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "pipeline.py"), *map(str, command)],
        stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    os.close(theirs)
    try:
        with os.fdopen(ours, encoding="utf-8") as screen:
            yield screen
    finally:
        process.terminate()
        process.wait(20)


def links(made: Path) -> list[str]:
    """For whom a link was made, by the record."""
    with open_context(made, Told()) as house:
        events = [event for event in house.store.audit.events() if event.kind == "link made"]
        people = [house.store.users.get(int(str(event.about["user"]))) for event in events]
    return [user.handle for user in people if user]


def test_a_first_start_at_a_terminal_shows_one_link_and_the_page_answers(made: Path) -> None:
    on_free_port(made)
    with on_terminal("serve", "--config", made) as screen:
        assert "Sign in once as 'admin'" in line_of(screen, "nobody has a password yet")
        line = line_of(screen, "/welcome/", what="the link of a first start")
        link = re.search(r"http\S+/welcome/\S+", line)
        assert link is not None
        assert "is at" in line_of(screen, what="where the page is")
        answer = until(partial(answered, link[0]), "the page", seconds=20)
        assert answer is not None
        assert answer.status_code == 200
        assert "Administrator" in answer.text


def test_a_services_journal_gets_no_link_but_the_command_that_shows_it(
    made: Path, mentions: Command
) -> None:
    port = on_free_port(made)
    process = start("serve", "--config", made)
    try:
        line = line_of(process.stderr, "nobody has a password yet", what="how to get in")
        assert f"`mentions user link admin --config {made}`" in line
        assert "is at" in line_of(process.stderr, what="where the page is")
        until(partial(answered, f"http://127.0.0.1:{port}/sign-in"), "the page", seconds=20)
    finally:
        process.terminate()
        _, rest = process.communicate(timeout=20)
    assert "/welcome/" not in line + rest
    assert links(made) == []
    shown = mentions("user", "link", "admin", "--config", made).output
    assert "is for 'admin' alone" in shown
    assert "/welcome/" in shown


def test_the_link_of_a_start_ends_none_that_is_out(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = schema.load(made)
    with open_context(made, Told()) as house:
        for _ in range(2):
            serve._first_link(house.store, config, f" --config {made}", on_terminal=True)
        tokens = re.findall(r"/welcome/(\S+)", capsys.readouterr().err)
        owners = [house.store.sign_in_links.owner(token, at=clock.now()) for token in tokens]
        assert [owner.handle for owner in owners if owner] == ["admin", "admin"]
        first, second = tokens
        assert house.store.sign_in_links.use(second, secret="a hash", at=clock.now())
        assert house.store.sign_in_links.owner(first, at=clock.now()) is None


def test_a_port_that_is_taken_is_waited_for_and_its_holder_named_before_any_link(
    made: Path,
) -> None:
    port = on_free_port(made)
    with socket.create_server(("127.0.0.1", port)):
        waits = start("serve", "--wait", "60", "--config", made)
        line = line_of(waits.stderr, "is taken by", what="who has the port")
        assert f"(process {os.getpid()}, account " in line
    try:
        assert "nobody has a password" in line_of(waits.stderr, what="what comes once it is free")
        until(partial(answered, f"http://127.0.0.1:{port}/sign-in"), "the page", seconds=20)
        late = start("serve", "--wait", "0", "--config", made)
        _, why = late.communicate(timeout=60)
    finally:
        waits.terminate()
        waits.communicate(timeout=20)
    assert late.returncode == 1
    assert (
        f"mentions: port {port} is taken by another `mentions serve` (process {waits.pid}, account "
        in why
    )
    assert "stop it, or choose another [review] port" in why
    assert len(why.splitlines()) == 1


def test_the_page_knows_the_words_of_every_clause_that_a_flag_names(made: Path) -> None:
    desk = build_app_context(schema.load(made), made.parent)
    clauses = {clause for flag in desk.policy.flags.values() for clause in flag.clause}
    assert clauses <= set(desk.clauses)
    assert "employer" not in {role.type for role in desk.file.review.roles}


def with_oidc(made: Path, **changes: object) -> schema.Config:
    """The same file with sign-in by the organisation's accounts turned on."""
    table = tomllib.loads(made.read_text("utf-8"))
    table["review"]["oidc"] |= {
        "on": True, "kind": "other", "issuer": "https://id.example.org", "client_id": "abc",
        "client_secret": "file:oidc-secret", "roles": {"Mentions.Lead": ["reviewer", "lead"]}, **changes,
    }  # fmt: skip
    made.write_text(tomli_w.dumps(table), "utf-8")
    return schema.load(made)


def test_the_organisations_accounts_sign_in_as_config_says(made: Path) -> None:
    secrets.new_secret_file(made.parent / "oidc-secret", "invented")
    oidc = build_app_context(with_oidc(made, ask="the desk"), made.parent).oidc
    assert oidc is not None
    assert (oidc.issuer, oidc.secret, oidc.entra, oidc.ask) == (
        "https://id.example.org", "invented", False, "the desk",
    )  # fmt: skip
    assert oidc.redirect == "http://127.0.0.1:8765/sign-in/oidc/back"
    assert oidc.roles == {"Mentions.Lead": ("reviewer", "lead")}


def test_without_the_applications_secret_the_page_does_not_start(made: Path) -> None:
    with pytest.raises(ConfigError, match=r"review\.oidc\.client_secret: put .* in the file"):
        build_app_context(with_oidc(made), made.parent)


def test_somebody_of_the_organisation_is_turned_off_here_but_given_roles_there(
    mentions: Command, made: Path
) -> None:
    with open_context(made, Told()) as house:
        amina = house.store.users.admit(
            "tenant/object", "Amina Yusuf", ["reviewer"], at=clock.now()
        )
    for action in (("link",), ("roles", "--role", "lead")):
        done = mentions("user", action[0], "tenant/object", *action[1:], "--config", made)
        assert (done.exit_code, "change their roles there" in done.output) == (1, True)
    assert mentions("user", "off", "tenant/object", "--config", made).exit_code == 0
    with open_context(made, Told()) as house:
        after = house.store.users.get(amina.number)
    assert after is not None
    assert (after.active, after.roles) == (False, ("reviewer",))


def test_no_link_is_made_where_passwords_are_not_taken(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cfg = with_oidc(made, local_accounts=False)
    with open_context(made, Told()) as house:
        serve._first_link(house.store, cfg, "", on_terminal=True)
        assert house.store.users.all() == []
        house.store.users.admit("tenant/object", "Amina Yusuf", ["admin"], at=clock.now())
        serve._first_link(
            house.store, with_oidc(made, on=False), "", on_terminal=True
        )  # nobody of the organisation can sign in
    assert "/welcome/" in capsys.readouterr().err


WEEKLY = """
import sys
from pathlib import Path
from starlette.testclient import TestClient
from cli import serve
from review.app import build_app_context, create_app
from review.auth.sessions import COOKIE
from settings import schema

path, session = Path(sys.argv[1]), sys.argv[2]
file = schema.load(path)
page = create_app(build_app_context(file, path.parent))
client = TestClient(page, base_url=file.review.public_url, headers={"Cookie": f"{COOKIE}={session}"})
heavy = {
    "pandas", "numpy", "onnxruntime", "transformers", "tweepy", "praw", "feedparser", "trafilatura", "imap_tools",
    "openpyxl", "lxml", "PIL", "authlib",
}
at_start = sorted(heavy & set(sys.modules))
answer = client.get("/weekly")
assert "No source was read in this week" in answer.text, answer.text
print(answer.status_code, at_start, sorted(heavy & set(sys.modules)))
"""


def test_the_page_starts_without_the_libraries_of_platforms_and_tables_and_the_week_takes_pandas_alone(
    made: Path,
) -> None:
    with open_context(made, Told()) as house:
        vera = house.store.users.add("local", "vera", "Vera Lindqvist", ("viewer",), at=clock.now())
        until = clock.now() + ABSOLUTE
        session = house.store.sessions.begin(vera.number, at=clock.now(), until=until)
    ran = subprocess.run(
        [sys.executable, "-c", WEEKLY, str(made), session], cwd=Path(__file__).parents[2],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert ran.stdout == "200 [] ['numpy', 'pandas']\n", ran.stderr


def test_of_several_organisations_each_line_says_whose_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    members = {
        slug: SimpleNamespace(slug=slug, port=0, wrong="", name=slug, public_url="http://localhost")
        for slug in ("brent", "ealing")
    }
    pages = SimpleNamespace(members=members, look=lambda: None)
    server = SimpleNamespace(run=lambda **_: None, started=True)
    said: list[tuple[str, str]] = []
    monkeypatch.setattr(serve, "Pages", lambda _: pages)
    monkeypatch.setattr("uvicorn.Server", lambda _: server)
    monkeypatch.setattr(
        serve, "_said_of", lambda of: said.append((of.slug, logs.organisation.get()))
    )
    monkeypatch.setattr(
        serve, "_first_link_of", lambda of, _: said.append((of.slug, logs.organisation.get()))
    )
    serve._serve_several(Path("config.toml"), 0)
    assert said == [(slug, slug) for slug in ("brent", "ealing")] * 2
