"""Two organisations side by side in one process: neither sees the other's words, whatever is asked."""

from __future__ import annotations

import gc
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyotp
import pytest

from core import clock
from core.errors import ConfigError
from review import app
from review.auth.sessions import ABSOLUTE, COOKIE
from review.listening import Listening
from review.organisations import Pages, own_cookies
from settings.organisations import members
from tests.review.server import bound
from tests.review.several import Installation, made, serving, standing
from tests.waits import until

ROUTES = [
    *(("GET", path) for path, _ in (*app.GET, *app.OIDC) if path not in ("/events",)),
    *(("POST", path) for path, _ in app.POST if path not in ("/sign-out", "/sign-out-everywhere")),
    ("POST", "/import"),
]
OPEN = (
    "/sign-in",
    "/welcome/",
    "/accessibility",
    "/personal-data",
    "/static/",
    "/arrive",
    "/sign-out",
)


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with standing(tmp_path_factory.mktemp("several")) as installation:
        yield installation


def addresses(method: str, path: str) -> list[str]:
    """An address with numbers that the other organisation has too."""
    numbers = ("1", "2") if method == "GET" else ("1",)
    return [
        re.sub(r"{\w+:row}", number, path)
        .replace("{section}", "names").replace("{token}", "x").replace("{form}", "csv").replace("{paper}", "dpia")
        for number in numbers
    ]  # fmt: skip


@pytest.mark.parametrize(("own", "others"), [("brent", "ealing"), ("ealing", "brent")])
def test_no_address_shows_another_organisations_words(
    several: Installation, own: str, others: str
) -> None:
    body, other = several.bodies[own], several.bodies[others]
    cookie, shown = body.cookie(), 0
    with body.asks(cookie) as client:
        client.get("/today")
        several.pages._limits[own].rate.most = several.pages._limits[own].rate.each = 10**6
        for method, path in ROUTES:
            for address in dict.fromkeys(addresses(method, path)):
                answer = client.request(method, address)
                assert answer.status_code < 500, (method, address)
                assert other.mark not in answer.text.lower(), (method, address)
                assert other.mark.encode() not in answer.content.lower(), (method, address)
                shown += body.mark in answer.text.lower()
        for words in (other.mark, body.mark):
            answer = client.post("/search", data={"q": words}, follow_redirects=True)
            listed = re.findall(r'href="/cases/\d+', answer.text)
            assert bool(listed) == (words == body.mark)
        assert client.get("/today").status_code == 200  # signed in to the end
    assert shown > 10  # its own it does show


@pytest.mark.parametrize(("own", "others"), [("brent", "ealing"), ("ealing", "brent")])
def test_another_organisations_session_opens_no_address(
    several: Installation, own: str, others: str
) -> None:
    body, other = several.bodies[own], several.bodies[others]
    theirs = other.cookie()
    # as a browser sends it, which knows no ports; and as somebody would write it who tries
    session = theirs.partition("=")[2]
    for cookie in (theirs, f"{COOKIE}={session}; {COOKIE}--{own}={session}"):
        with body.asks(cookie) as client:
            client.get("/sign-in")
            several.pages._limits[own].rate.most = several.pages._limits[own].rate.each = 10**6
            for method, path in ROUTES:
                if path.startswith(OPEN):
                    continue
                answer = client.request(method, addresses(method, path)[0])
                refused = answer.status_code in (401, 404, 415, 422) or (
                    answer.status_code == 303
                    and answer.headers["location"].startswith(("/sign-in", "/organisations"))
                )
                assert refused, (method, path, answer.status_code)
                for mark in (body.mark, other.mark):
                    assert mark not in answer.text.lower(), (method, path)


def test_a_cookie_is_named_after_its_organisation_and_each_page_is_handed_its_own_alone(
    several: Installation,
) -> None:
    brent = several.bodies["brent"]
    with brent.store() as store:
        token = store.sign_in_links.make(
            brent.who["vera"], at=clock.now(), until=clock.now() + ABSOLUTE
        )
    with brent.asks() as client:
        answer = client.post(
            f"/welcome/{token}",
            data={
                "password": "a heron under nine umbrellas",
                "again": "a heron under nine umbrellas",
            },
        )
    names = [value.partition("=")[0] for value in answer.headers.get_list("set-cookie")]
    assert names
    assert all(name.endswith("--brent") for name in names)
    scope = {
        "headers": [
            (b"cookie", b"__Host-mentions--brent=1; __Host-mentions--ealing=2; __Host-mentions=3")
        ]
    }
    assert own_cookies(scope, "brent")["headers"] == [(b"cookie", b"__Host-mentions=1")]
    assert own_cookies(scope, "har")["headers"] == []


def test_an_unknown_name_is_answered_without_naming_any_organisation(several: Installation) -> None:
    with several.bodies["brent"].asks() as client:
        answer = client.get("/today", headers={"Host": "elsewhere.example.org"})
    assert answer.status_code == 421
    port = several.bodies["brent"].url.rpartition(":")[2]
    assert not re.search(rf"brent|ealing|{port}", answer.text, re.IGNORECASE)
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_machine_is_told_which_organisations_cannot_be_run_and_no_more(
    several: Installation,
) -> None:
    headers = {"Host": "localhost"}
    with several.bodies["brent"].asks() as client:
        assert client.get("/livez", headers=headers).text == "ok\n"
        assert client.get("/readyz", headers=headers).json() == {"ready": True, "failed": []}
        behind = client.get("/readyz", headers=headers | {"X-Forwarded-For": "192.0.2.7"})
        assert behind.status_code == 403
        own = client.get("/readyz")
        assert own.status_code in (200, 503)
        assert "brent" not in own.text


def test_one_that_is_broken_keeps_no_other_away(tmp_path: Path) -> None:
    with standing(tmp_path) as several:
        brent, ealing = several.bodies["brent"], several.bodies["ealing"]
        (brent.folder / "data/mentions.db").unlink()
        with brent.asks() as client:
            broken = client.get("/sign-in")
        with ealing.asks(ealing.cookie()) as client:
            well = client.get("/all")
    assert broken.status_code == 503
    assert "brent" not in broken.text.lower()
    assert (well.status_code, ealing.mark in well.text) == (200, True)


def test_a_key_that_another_organisation_has_too_opens_no_page(tmp_path: Path) -> None:
    with standing(tmp_path) as several:
        brent, ealing = several.bodies["brent"], several.bodies["ealing"]
        with brent.asks() as client:
            assert client.get("/sign-in").status_code == 200
        (ealing.folder / "data/key").write_text(brent.key, "ascii")
        (ealing.folder / "data/mentions.db").write_bytes(
            (brent.folder / "data/mentions.db").read_bytes()
        )
        with ealing.asks() as client:
            assert client.get("/sign-in").status_code == 503


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ('[store]\npath = "../brent/data/mentions.db"\n', "database"),
        ('[store]\nkeys = ["file:../brent/data/key"]\n', "key"),
        ('[backup]\nfolder = "../brent/data/backups"\n', "folder of backups"),
        ('[reports]\nfolder = "../brent/data/reports"\n', "folder of reports"),
    ],
)
def test_what_two_would_share_is_refused_for_both(tmp_path: Path, line: str, what: str) -> None:
    (tmp_path / "site.toml").write_text("[organisations.brent]\n[organisations.ealing]\n", "utf-8")
    made(tmp_path, "brent", "http://127.0.0.1:8765")
    made(tmp_path, "ealing", "http://127.0.0.1:8766", more=line)
    wrong = {member.slug: member.wrong for member in members(tmp_path / "config.toml")}
    assert wrong == {
        "brent": f"its {what} is also that of ealing: each organisation has its own",
        "ealing": f"its {what} is also that of brent: each organisation has its own",
    }


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="tells open files by /proc")
def test_a_page_that_was_let_go_of_keeps_no_file_of_its_database_open(tmp_path: Path) -> None:
    def open_files() -> int:
        gc.collect()
        names = [
            str(file.readlink()) for file in Path("/proc/self/fd").iterdir() if file.is_symlink()
        ]
        return sum(name.startswith(str(tmp_path)) for name in names)

    with standing(tmp_path, idle=0.0) as several:
        brent = several.bodies["brent"]
        cookie = brent.cookie()
        for _ in range(3):
            with brent.asks(cookie) as client:
                assert client.get("/today").status_code == 200
            until(lambda: open_files() == 0, "the files of a page that was let go of")


def test_a_page_that_nobody_asks_for_is_let_go_of_with_its_store(tmp_path: Path) -> None:
    with standing(tmp_path, idle=0.0) as several:
        brent = several.bodies["brent"]
        with brent.asks(brent.cookie()) as client:
            assert client.get("/all").status_code == 200
            first = client.get("/today")
            until(
                lambda: several.pages.open == (), "that the page is let go of, once it has answered"
            )
            gc.collect()
            assert client.get("/today").status_code == first.status_code == 200


def test_of_many_pages_the_one_that_was_asked_for_longest_ago_goes(tmp_path: Path) -> None:
    with standing(tmp_path, most=1) as several:
        for slug in ("brent", "ealing"):
            with several.bodies[slug].asks() as client:
                assert client.get("/sign-in").status_code == 200
        until(
            lambda: several.pages.open == ("ealing",),
            "that the older page is let go of, once the other has answered",
        )


def test_wrong_passwords_count_on_after_a_page_was_let_go_of(tmp_path: Path) -> None:
    with standing(tmp_path, idle=0.0) as several, several.bodies["brent"].asks() as client:
        answers = [
            client.post("/sign-in", data={"name": "amina", "password": "wrong"}).status_code
            for _ in range(12)
        ]
    assert 429 in answers


def test_a_session_past_its_second_step_is_none_at_another_organisations_page(
    several: Installation,
) -> None:
    """Two accounts of one name, each with a second step: that of one is no sign-in at the other, under no name of the cookie."""
    brent, ealing = several.bodies["brent"], several.bodies["ealing"]
    for body in (brent, ealing):
        with body.store() as store:
            store.second_steps.begin(body.who["amina"], pyotp.random_base32(), at=clock.now())
            store.second_steps.confirm(body.who["amina"], 1, at=clock.now())
    cookie = brent.cookie("amina")
    session = cookie.partition("=")[2]
    with brent.asks(cookie) as client:
        assert client.get("/account").status_code == 200  # it holds where it was given
    for tried in (cookie, f"{COOKIE}--ealing={session}", f"{COOKIE}={session}"):
        with ealing.asks(tried) as client:
            for path in ("/today", "/all", "/account", "/account/second-step", "/organisations"):
                answer = client.get(path)
                assert answer.status_code == 303, (tried, path)
                assert answer.headers["location"].startswith("/sign-in"), (tried, path)
            assert client.post("/sign-in/code", data={"code": "000000"}).status_code != 200
    with ealing.store() as store:
        assert store.sessions.get(session, at=clock.now(), idle=ABSOLUTE) is None


def test_a_port_that_comes_later_is_listened_on_without_a_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "site.toml").write_text("[organisations.brent]\n", "utf-8")
    taken: list[int] = []

    def take(number: int) -> socket.socket:
        taken.append(number)
        if number != later.getsockname()[1]:
            raise ConfigError(f"port {number} is taken")
        later.listen()
        return later

    with bound() as (first, one), bound() as (later, two), bound() as (other, three):
        made(tmp_path, "brent", one)
        pages = Pages(tmp_path / "config.toml", now=time.monotonic, look_every=0.0)
        pages.look()
        listening = Listening(pages, take, {first.getsockname()[1]})
        with serving(pages, [first], listening), httpx.Client() as client:
            made(tmp_path, "ealing", two)
            harrow = tmp_path / "organisations/harrow/site.toml"
            harrow.parent.mkdir()
            harrow.write_text(f'[installation]\nconfig = "../../config.toml"\n[[organisation.names]]\nname = "NHS Harrow Example"\n[review]\npublic_url = "{three}"\nport = {three.rpartition(":")[2]}\n', "utf-8")  # fmt: skip
            (tmp_path / "site.toml").write_text("[organisations.harrow]\n[organisations.brent]\n[organisations.ealing]\n", "utf-8")  # fmt: skip
            until(lambda: len(taken) > 2 and len(listening.ports) > 1, "a port of its own")
            assert "NHS Ealing Example" in client.get(f"{two}/sign-in").text
            assert "NHS Brent Example" in client.get(f"{one}/sign-in").text
        refused = other.getsockname()[1]
    assert taken.count(refused) >= 1
    assert refused not in listening.ports
    said = [each.getMessage() for each in caplog.records if "the page of" in each.getMessage()]
    assert f"the page of harrow can't be opened: port {refused} is taken" in said
    assert len(said) == len(set(said))  # each once


def test_an_organisation_that_comes_later_is_served_without_a_start(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text("[organisations.brent]\n", "utf-8")
    at = 0.0
    with bound() as (first, one), bound() as (_, two):
        made(tmp_path, "brent", one)
        pages = Pages(tmp_path / "config.toml", now=lambda: at)
        pages.look()
        with serving(pages, [first]), httpx.Client(base_url=one) as client:
            made(tmp_path, "ealing", two)
            (tmp_path / "site.toml").write_text("[organisations.brent]\n[organisations.ealing]\n", "utf-8")  # fmt: skip
            host = {"Host": two.removeprefix("http://")}
            assert client.get("/sign-in", headers=host).status_code == 421
            at = 60.0
            assert "NHS Ealing Example" in client.get("/sign-in", headers=host).text
