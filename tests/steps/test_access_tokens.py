from __future__ import annotations

import dataclasses
import socket
import threading
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from core import clock
from core.errors import ConfigError, PlatformRefused, PlatformUnavailable
from demo.servers.oauth import Consent
from demo.world import World
from steps import access_tokens
from steps.context import RunContext
from store import Token
from tests.conftest import Command
from tests.cycles import at_home, changed, collected, settled
from tests.fakes import Told

GRANTED = ("facebook", "linkedin", "threads", "google", "tiktok")
BY_THEIR_OWN_WAY = ("threads", "tiktok")
REDIRECT = "http://127.0.0.1:8766/granted"


@pytest.fixture
def made(calm: World, tmp_path: Path) -> Path:
    """A config whose sources but for X have a client and no token."""
    path = settled(tmp_path, calm, only=(*GRANTED, "x"))
    changed(path, collectors={name: {"access_token": None} for name in GRANTED})
    return path


def consented(world: World, name: str) -> Consent:
    found = getattr(world.standins[name], "consent", None)
    assert isinstance(found, Consent)
    return found


def agree(url: str, redirect: str) -> str:
    """A browser whose person agrees."""
    answer = requests.get(url, allow_redirects=False, timeout=10)
    return answer.headers["location"]


def granted(house: RunContext, name: str = "linkedin") -> Token:
    return access_tokens.connect(house, name, agree, by="Ana Example", redirect=REDIRECT)


def test_a_source_without_access_is_off_and_says_what_to_do(made: Path) -> None:
    told, _ = collected(made)
    assert "linkedin: off, nobody has granted access yet: `mentions connect linkedin`" in told
    assert [line for line in told if line.startswith("x: ")]


@pytest.mark.parametrize("name", GRANTED)
def test_access_that_a_person_granted_is_kept_and_used(made: Path, name: str) -> None:
    with at_home(made) as (house, _):
        token = granted(house, name)
        assert house.store.tokens.all() == [token]
    told, _ = collected(made)
    assert [line for line in told if line.startswith(f"{name}: ") and " found, " in line]
    assert not [line for line in told.failures if "token" in line]


@pytest.mark.parametrize("name", ["linkedin", *BY_THEIR_OWN_WAY])
def test_what_comes_back_with_another_state_is_refused(made: Path, calm: World, name: str) -> None:
    def forged(url: str, redirect: str) -> str:
        return agree(url, redirect).replace("state=", "state=forged")

    with at_home(made) as (house, _), pytest.raises(PlatformRefused) as raised:
        access_tokens.connect(house, name, forged, by="Ana", redirect=REDIRECT)
    assert "access was not granted" in str(raised.value)


def test_a_person_who_says_no_is_believed(made: Path, calm: World) -> None:
    consented(calm, "linkedin").refuses = True

    def refused(url: str, redirect: str) -> str:
        return access_tokens.checked(agree(url, redirect))

    with at_home(made) as (house, _):
        with pytest.raises(PlatformRefused, match="not granted"):
            access_tokens.connect(house, "linkedin", refused, by="Ana", redirect=REDIRECT)
        assert house.store.tokens.all() == []


@pytest.mark.parametrize("name", ["linkedin", "google", *BY_THEIR_OWN_WAY])
def test_a_wrong_client_is_named_without_its_secret(made: Path, name: str) -> None:
    (made.parent / "wrong").write_text("a-wrong-secret")
    (made.parent / "wrong").chmod(0o600)
    changed(made, collectors={name: {"client_secret": "file:wrong"}})
    with at_home(made) as (house, _), pytest.raises(PlatformRefused) as raised:
        granted(house, name)
    assert "check client_id, client_secret" in str(raised.value)
    assert "a-wrong-secret" not in str(raised.value)


@pytest.mark.parametrize("fault", ["500", "html", "truncated", "empty", "not_json"])
@pytest.mark.parametrize("name", ["linkedin", *BY_THEIR_OWN_WAY])
def test_trouble_at_the_token_endpoint_is_named_and_nothing_is_kept(
    made: Path, calm: World, name: str, fault: str
) -> None:
    with at_home(made) as (house, _):
        way = access_tokens.access(house, name)
        url, state, verifier = way.ask(REDIRECT)
        back = agree(url, REDIRECT)
        calm.faults.add(name, fault, times=None)  # type: ignore[arg-type]
        with pytest.raises((PlatformUnavailable, PlatformRefused)) as raised:
            way.granted(back, REDIRECT, state, verifier, clock.now())
        assert "code" not in str(raised.value).replace("status code", "")
        assert house.store.tokens.all() == []


@pytest.mark.parametrize("name", ["reddit", "feeds", "myspace"])
def test_a_source_that_needs_no_grant_is_named(made: Path, name: str) -> None:
    with at_home(made) as (house, _), pytest.raises(ConfigError, match="there are: facebook"):
        access_tokens.access(house, name)


def test_a_client_that_is_missing_is_named(made: Path) -> None:
    changed(made, collectors={"linkedin": {"client_id": None}})
    with at_home(made) as (house, _), pytest.raises(ConfigError, match="client_id"):
        access_tokens.access(house, "linkedin")


# ── renewing ─────────────────────────────────────────────────────────────────────────────────────


def renewed(house: RunContext, at: datetime) -> None:
    access_tokens.renew(house.new_run(at))


@pytest.mark.parametrize("name", ["linkedin", "google", *BY_THEIR_OWN_WAY])
def test_what_ends_soon_is_renewed_before_it_does(made: Path, name: str) -> None:
    with at_home(made) as (house, told):
        first = granted(house, name)
        assert first.expires_at is not None
        lasts = first.expires_at - first.at
        renewed(house, first.at + lasts / 60)
        assert house.store.tokens.all() == [first]
        renewed(house, first.expires_at - lasts / 60)
        (second,) = house.store.tokens.all()
        assert second.access != first.access
        assert second.expires_at is not None
        assert second.expires_at > first.expires_at
        assert not told.failures


@pytest.mark.parametrize("name", ["linkedin", *BY_THEIR_OWN_WAY])
def test_a_renewal_that_is_refused_needs_a_person_and_an_outage_waits(
    made: Path, calm: World, name: str
) -> None:
    with at_home(made) as (house, told):
        first = granted(house, name)
        assert first.expires_at is not None
        at = first.expires_at - (first.expires_at - first.at) / 60
        calm.faults.add(name, "500", times=None)
        renewed(house, at)
        assert not told.failures
        assert any("could not be renewed yet" in line for line in told)
        calm.faults.clear()
        house.store.tokens.add(dataclasses.replace(first, renewal="forged"))
        renewed(house, at)
        assert any(
            "access can't be renewed" in line and f"mentions connect {name}" in line
            for line in told.failures
        )


def test_a_week_before_access_ends_that_cannot_be_renewed_somebody_hears_of_it(made: Path) -> None:
    with at_home(made) as (house, told):
        at = clock.now()
        house.store.tokens.add(
            Token(source="linkedin", access="x", at=at, expires_at=at + timedelta(days=20))
        )
        renewed(house, at + timedelta(days=12))
        assert not told
        renewed(house, at + timedelta(days=14))
        assert [line for line in told if "linkedin: access ends on" in line]


def test_what_a_person_granted_while_it_was_renewed_stays(made: Path) -> None:
    with at_home(made) as (house, _):
        first = granted(house)
        assert first.expires_at is not None
        way = access_tokens.access(house, "linkedin")
        late = way.renewed(first, first.expires_at)
        second = granted(house)
        assert not house.store.tokens.renew(late, of=first)
        assert house.store.tokens.all() == [second]


def test_access_can_be_given_up(made: Path, mentions: Command) -> None:
    with at_home(made) as (house, _):
        granted(house)
    ask = ("connect", "--config", made, "linkedin", "--by", "Ana", "--give-up")
    result = mentions(*ask)
    assert result.exit_code == 0, result.output
    assert "take it back on the platform too" in result.stdout
    with at_home(made) as (house, _):
        assert house.store.tokens.all() == []
        assert house.store.audit.events()[-1].kind == "access given up"
    again = mentions(*ask)
    assert again.exit_code == 1
    assert "no access is saved" in again.stderr


# ── how it comes back ────────────────────────────────────────────────────────────────────────────


def test_the_browser_comes_back_to_this_machine(calm: World, made: Path) -> None:
    answers: list[requests.Response] = []

    def browser(url: str) -> None:
        back = agree(url, "")
        answers.append(requests.get(f"{back.partition('?')[0]}/else", timeout=10))
        answers.append(requests.get(back, timeout=10))

    said: list[str] = []

    def heard(line: str) -> None:
        said.append(line)
        if line.strip().startswith("http"):
            threading.Thread(target=browser, args=(line.strip(),), daemon=True).start()

    redirect = f"http://127.0.0.1:{free_port()}/granted"
    with at_home(made) as (house, _):
        token = access_tokens.connect(
            house, "linkedin", access_tokens.listening(heard), by="Ana", redirect=redirect
        )
    assert token.access
    assert [answer.status_code for answer in answers] == [404, 200]
    assert "close this page" in answers[1].text
    asked = dict(parse_qsl(urlsplit(next(line for line in said if "http" in line).strip()).query))
    assert asked["state"]


def test_a_connection_that_a_browser_opens_and_does_not_use_keeps_nobody_waiting(
    calm: World, made: Path
) -> None:
    port = free_port()
    silent: list[socket.socket] = []

    def browser(line: str) -> None:
        if line.strip().startswith("http"):
            silent.append(socket.create_connection(("127.0.0.1", port), timeout=10))
            come = partial(requests.get, agree(line.strip(), ""), timeout=10)
            threading.Thread(target=come, daemon=True).start()

    redirect = f"http://127.0.0.1:{port}/granted"
    with at_home(made) as (house, _):
        ask = access_tokens.listening(browser)
        assert access_tokens.connect(house, "linkedin", ask, by="Ana", redirect=redirect).access
    silent[0].close()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.mark.parametrize("redirect", ["https://example.org/granted", "http://127.0.0.1/granted"])
def test_a_redirect_that_leads_elsewhere_is_refused(redirect: str) -> None:
    with pytest.raises(ConfigError, match="--paste"):
        access_tokens.listening(Told())("https://example.org/", redirect)


def test_the_address_can_be_pasted_by_hand(made: Path, mentions: Command) -> None:
    result = mentions(
        "connect", "--config", made, "linkedin", "--by", "Ana", "--paste", given="nonsense\n"
    )
    assert result.exit_code == 1
    assert "linkedin" in result.stderr
    assert "Open this address in a browser" in result.stdout
