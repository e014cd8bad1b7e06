"""A certificate's last day is read from the server that shows it, trusted or not, once a day; and what can't be asked keeps its day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from core import clock
from demo.world import World
from steps.certificates import certificates, note_certificates
from steps.upkeep import CERTIFICATE
from tests.cycles import at_home, changed, settled

AT = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def made(tmp_path: Path, calm: World) -> Path:
    """The demo's mail server with STARTTLS, and its own authority; no source is on."""
    return settled(tmp_path, calm, only=("files",), collectors={"files": {"on": False}})


def until_of(pem: bytes) -> datetime:
    return x509.load_pem_x509_certificate(pem).not_valid_after_utc


def test_the_mail_servers_certificate_and_its_authority_are_known(made: Path, calm: World) -> None:
    with at_home(made) as (house, _):
        note_certificates(house.store, house.config, house.folder, AT)
        marks = house.store.pulse.marks()
    known = {
        name.removeprefix(CERTIFICATE): clock.parse(mark.value)
        for name, mark in marks.items()
        if name.startswith(CERTIFICATE)
    }
    assert set(known) == {calm.mail.host, calm.mail.ca.name}
    assert known[calm.mail.ca.name] == until_of(calm.mail.ca.read_bytes())
    assert known[calm.mail.host] > clock.now()


def test_they_are_asked_for_once_a_day_and_one_that_is_used_no_more_goes(
    made: Path, calm: World
) -> None:
    with at_home(made) as (house, _):
        store = house.store
        store.pulse.note(f"{CERTIFICATE}old.example.org", AT, clock.text(AT))
        note_certificates(store, house.config, house.folder, AT)
        first = store.pulse.marks()
        assert f"{CERTIFICATE}old.example.org" not in first
        note_certificates(store, house.config, house.folder, AT + DAY / 2)
        assert store.pulse.marks() == first
        note_certificates(store, house.config, house.folder, AT + DAY)
        assert store.pulse.marks()[f"{CERTIFICATE}{calm.mail.host}"].at == AT + DAY


def test_a_server_that_is_away_keeps_the_day_that_is_known(made: Path, calm: World) -> None:
    changed(made, alerts={"mail": {"port": 9, "ca_file": ""}})
    with at_home(made) as (house, _):
        store = house.store
        store.pulse.note(f"{CERTIFICATE}{calm.mail.host}", AT - DAY, clock.text(AT + DAY))
        note_certificates(store, house.config, house.folder, AT)
        assert store.pulse.marks()[f"{CERTIFICATE}{calm.mail.host}"].at == AT - DAY


def test_whom_it_asks_is_what_config_toml_names(made: Path) -> None:
    changed(
        made, review={"public_url": "https://mentions.example.org"}, alerts={"on": False, "mail": {"ca_file": ""}},
        collectors={"inbox": {"on": True, "host": "imap.example.org", "user": "a@example.org"}},
    )  # fmt: skip
    with at_home(made) as (house, _):
        assert set(certificates(house.config, house.folder)) == {
            "mentions.example.org", "imap.example.org",
        }  # fmt: skip
