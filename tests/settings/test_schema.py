from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from pydantic import BaseModel

from core.errors import ConfigError
from settings import schema, secrets

SHIPPED = Path(__file__).parents[2] / "config.toml"
# Tables that stand many times, and are explained once, above the first.
LISTS = ("organisation.", "review.templates", "review.lines", "review.related")


@pytest.fixture
def table() -> dict[str, Any]:
    """config.toml as it ships, without its sources."""
    read = tomllib.loads(SHIPPED.read_text("utf-8"))
    return read | {"collectors": {}}


def loaded(table: dict[str, Any], folder: Path) -> schema.Config:
    path = folder / "config.toml"
    path.write_text(tomli_w.dumps(table), "utf-8")
    return schema.load(path)


def put(table: dict[str, Any], key: str, value: Any) -> None:
    *path, last = key.split(".")
    for step in path:
        table = table[step]
    table[last] = value


# ── the file that ships ──────────────────────────────────────────────────────────────────────────


def test_the_file_that_ships_can_be_read() -> None:
    cfg = schema.load(SHIPPED)
    assert len(cfg.organisation.places) == 8
    assert not cfg.alerts.on


def test_the_file_that_ships_names_the_accounts_of_the_codebook() -> None:
    told = schema.today(schema.load(SHIPPED).organisation, date(2026, 11, 24))
    assert told.official["x"] >= {"healthiernwl"}
    assert told.official["facebook"] >= {"staywellnwl"}
    assert told.official["linkedin"] >= {"1302365"}
    assert "@HealthierNWL" in told.terms


def lines_of_keys() -> Iterator[tuple[str, str, str]]:
    """Each table's name, key and comment: on its line, or the lines above it."""
    above, table = "", ""
    for line in SHIPPED.read_text("utf-8").splitlines():
        if line.startswith("#"):
            above += line
        elif found := re.match(r"\[+([\w.]+)\]+(.*)", line):
            table = found.group(1)
            above += found.group(2)
        elif found := re.match(r"(\w+) *= *(.*)", line):
            inline = re.sub(r'"[^"]*"', "", found.group(2)).partition("#")[2]
            yield table, found.group(1), inline or above
            above = "" if not table.startswith(LISTS) else above
        elif not line.strip() and not table.startswith(LISTS):
            above = ""


def test_every_key_of_the_file_that_ships_is_explained() -> None:
    # a platform's name under [retention.platforms] says all by itself
    mute = [
        f"{table}.{key}"
        for table, key, comment in lines_of_keys()
        if not comment.strip("# ") and table != "retention.platforms"
    ]
    assert mute == []


def fields(model: type[BaseModel], at: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        key = f"{at}{field.alias or name}"
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from fields(inner, f"{key}.")
        else:
            yield key


def test_every_key_with_a_default_stands_in_the_file_that_ships(table: dict[str, Any]) -> None:
    written = SHIPPED.read_text("utf-8")
    for key in fields(schema.Config):
        if f"# [[{key}]]\n" in written:
            continue  # a list of tables that ships empty
        found: Any = table
        for step in key.split("."):
            assert step in found, f"{key} is not in config.toml"
            found = found[step]


# ── strictness ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("colour", "blue"),
        ("alerts.colour", "blue"),
        ("alerts.mail.colour", "blue"),
        ("alerts.on", "yes"),
        ("alerts.to", "duty@example.org"),
        ("alerts.to", ["nobody"]),
        ("alerts.mail.port", 0),
        ("alerts.mail.port", "587"),
        ("alerts.mail.security", "ssl"),
        ("alerts.mail.sender", "mentions"),
        ("alerts.retry_minutes", float("nan")),
        ("alerts.retry_minutes", float("inf")),
        ("alerts.attempts", 0),
        ("alerts.route", [{"flags": [], "to": ["duty@example.org"]}]),
        ("alerts.route", [{"flags": ["pid"], "to": []}]),
        ("alerts.route", [{"flag": ["pid"], "to": ["duty@example.org"]}]),
        ("http.attempts", 4.5),
        ("http.read_seconds", -1.0),
        ("schedule.daily_at", "24:00"),
        ("schedule.daily_at", "8:00"),
        ("schedule.weekly_on", "monday"),
        ("schedule.collect_every_minutes", 0),
        ("store.keys", []),
        ("store.keys", [""]),
        ("store.keys", ["file:"]),
        ("review.public_url", "javascript:alert(1)"),
        ("retention.days", 0),
        ("retention.platforms", {"myspace": 3}),
        ("classifier.threads", True),
        ("organisation.names", []),
    ],
)
def test_a_key_that_is_unknown_or_wrong_stops_the_run_by_name(
    table: dict[str, Any], tmp_path: Path, key: str, value: Any
) -> None:
    put(table, key, value)
    with pytest.raises(ConfigError, match=re.escape(key)) as refused:
        loaded(table, tmp_path)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("key", ["store.keys", "alerts.mail.host", "http.user_agent"])
def test_a_key_that_is_missing_and_has_no_default_is_named(
    table: dict[str, Any], tmp_path: Path, key: str
) -> None:
    inner = table
    *path, last = key.split(".")
    for step in path:
        inner = inner[step]
    del inner[last]
    with pytest.raises(ConfigError, match=rf"{re.escape(key)}: missing"):
        loaded(table, tmp_path)


def test_a_key_with_a_default_can_be_left_out(table: dict[str, Any], tmp_path: Path) -> None:
    del table["schedule"]["daily_at"]
    assert loaded(table, tmp_path).schedule.daily_at == "08:00"


@pytest.mark.parametrize("key", ["alerts.mail.password", "store.keys"])
def test_a_secret_in_clear_is_refused_and_not_repeated(
    table: dict[str, Any], tmp_path: Path, key: str
) -> None:
    put(table, key, ["hunter2-in-clear"] if key == "store.keys" else "hunter2-in-clear")
    with pytest.raises(ConfigError, match="env:NAME") as refused:
        loaded(table, tmp_path)
    assert "hunter2" not in str(refused.value)


def test_a_user_without_a_password_is_refused(table: dict[str, Any], tmp_path: Path) -> None:
    table["alerts"]["mail"] |= {"user": "", "password": ""}
    assert loaded(table, tmp_path).alerts.mail.password == ""
    table["alerts"]["mail"]["user"] = "mailer"
    with pytest.raises(ConfigError, match=r"alerts\.mail: user has no password"):
        loaded(table, tmp_path)


def test_a_file_that_is_not_there_or_no_toml_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--config"):
        schema.load(tmp_path / "config.toml")
    with pytest.raises(ConfigError, match="--config"):
        schema.load(tmp_path)
    path = tmp_path / "config.toml"
    path.write_text("alerts = [", "utf-8")
    with pytest.raises(ConfigError, match=r"config\.toml line 1: .* never closed"):
        schema.load(path)
    path.write_bytes("name = 'caf\xe9'".encode("latin-1"))
    with pytest.raises(ConfigError, match=r"config\.toml line 1: .* UTF-8"):
        schema.load(path)


def test_a_byte_order_mark_does_no_harm(table: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(tomli_w.dumps(table), "utf-8-sig")
    assert schema.load(path) == loaded(table, tmp_path)


def test_the_certificates_path_starts_from_the_files_folder(
    table: dict[str, Any], tmp_path: Path
) -> None:
    table["alerts"]["mail"]["ca_file"] = "ca.pem"
    assert loaded(table, tmp_path).alerts.mail.ca_file == str(tmp_path.resolve() / "ca.pem")
    table["alerts"]["mail"]["ca_file"] = "/etc/ca.pem"
    assert loaded(table, tmp_path).alerts.mail.ca_file == "/etc/ca.pem"


# ── what is in force ─────────────────────────────────────────────────────────────────────────────


def organisation(*names: dict[str, Any], **parts: Any) -> schema.Organisation:
    return schema.Organisation.model_validate(
        {"names": names or ({"name": "Testshire ICB"},), **parts}, strict=False
    )


def test_a_name_is_searched_from_its_first_day_to_its_last() -> None:
    body = organisation(
        {"name": "Old CCG", "until": date(2022, 6, 30)},
        {"name": "New ICB", "from": date(2022, 7, 1)},
        {"name": "ICB", "search": False},
    )
    assert schema.today(body, date(2022, 6, 30)).terms == ("Old CCG",)
    assert schema.today(body, date(2022, 7, 1)).terms == ("New ICB",)


def test_all_names_are_recognised_whatever_the_day() -> None:
    body = organisation({"name": "Old CCG", "until": date(2022, 6, 30)}, {"name": "New ICB"})
    assert schema.today(body, date(2026, 1, 1)).names == ("Old CCG", "New ICB")


def test_dates_the_wrong_way_round_are_refused(table: dict[str, Any], tmp_path: Path) -> None:
    table["organisation"]["names"] = [
        {"name": "Testshire ICB", "from": date(2026, 2, 1), "until": date(2026, 1, 1)}
    ]
    with pytest.raises(ConfigError, match=r"organisation\.names, entry 1: until is before from"):
        loaded(table, tmp_path)


def test_the_register_holds_all_bodies_and_only_our_own_are_official() -> None:
    body = organisation(
        topics=("Testshire NHS",),
        accounts=(
            {"platform": "x", "handle": "@TestshireICB", "owner": "organisation"},
            {"platform": "x", "handle": "TestHospital", "owner": "provider"},
            {"platform": "x", "handle": "Gone", "owner": "organisation", "until": date(2020, 1, 1)},
        ),
    )
    told = schema.today(body, date(2026, 1, 1))
    assert told.register["x"] == {"testshireicb", "testhospital"}
    assert told.official["x"] == {"testshireicb"}
    assert told.provider_accounts["x"] == {"testhospital"}
    assert told.register["reddit"] == frozenset()
    assert told.terms == ("Testshire ICB", "@TestshireICB", "Testshire NHS")


def test_a_place_is_known_by_all_its_names() -> None:
    body = organisation(
        places=({"name": "Brent", "aliases": ("Wembley", "Kilburn")}, {"name": "Kilburn"}),
        contacts=({"name": "Desk", "phones": ("020 7946 0000",), "until": date(2020, 1, 1)},),
    )
    told = schema.today(body, date(2026, 1, 1))
    assert told.places == ("Brent", "Wembley", "Kilburn")
    assert told.phones == ("020 7946 0000",), "a former number is nobody's own either"


# ── secrets ──────────────────────────────────────────────────────────────────────────────────────


def test_a_secret_of_the_environment_is_looked_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MENTIONS_TEST_SECRET", " s3cret\n")
    found = secrets.secret("env:MENTIONS_TEST_SECRET", tmp_path)
    assert found.value == "s3cret"
    assert "s3cret" not in repr(found)


@pytest.mark.parametrize("written", [None, "", "  "])
def test_a_secret_that_is_not_there_says_where_to_put_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, written: str | None
) -> None:
    monkeypatch.delenv("MENTIONS_TEST_SECRET", raising=False)
    if written is not None:
        monkeypatch.setenv("MENTIONS_TEST_SECRET", written)
        (tmp_path / "key").write_text(written)
        (tmp_path / "key").chmod(0o600)
    found = secrets.secret("env:MENTIONS_TEST_SECRET", tmp_path)
    assert (found.value, found.where) == (None, "environment variable MENTIONS_TEST_SECRET")
    found = secrets.secret("file:key", tmp_path)
    assert (found.value, found.where) == (None, f"file {tmp_path / 'key'}")


def test_a_secret_file_is_read_from_the_files_folder(tmp_path: Path) -> None:
    assert secrets.new_secret_file(tmp_path / "data" / "key", "abc") == tmp_path / "data" / "key"
    assert secrets.secret("file:data/key", tmp_path).value == "abc"


def test_a_credential_is_what_systemd_hands_to_the_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    (tmp_path / "smtp").write_text("invented\n", "utf-8")
    (tmp_path / "smtp").chmod(
        0o440
    )  # as systemd shows it: its list of rights names the service alone
    assert secrets.secret("credential:smtp", tmp_path).value == "invented"
    missing = secrets.secret("credential:other", tmp_path)
    assert missing.value is None
    assert "/etc/mentions/credentials/other" in missing.where
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    assert "/etc/mentions/credentials/smtp" in secrets.secret("credential:smtp", tmp_path).where


def test_a_secret_file_is_made_for_its_owner_and_never_made_anew(tmp_path: Path) -> None:
    path = secrets.new_secret_file(tmp_path / "data" / "key", "abc")
    assert path.stat().st_mode & 0o077 == 0
    secrets.new_secret_file(path, "another")
    assert secrets.secret(f"file:{path}", tmp_path).value == "abc"


@pytest.mark.skipif(os.name != "posix", reason="owners and groups are POSIX's")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_secret_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = secrets.new_secret_file(tmp_path / "key", "abc")
    path.chmod(mode)
    with pytest.raises(ConfigError, match="chmod 600"):
        secrets.secret("file:key", tmp_path)


def test_what_is_no_text_file_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    for name in ("folder", "bytes", "null\0byte"):
        with pytest.raises(ConfigError, match="can't be read"):
            secrets.secret(f"file:{name}", tmp_path)


def test_a_secret_in_clear_is_never_looked_up(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="in clear") as refused:
        secrets.secret("hunter2", tmp_path)
    assert "hunter2" not in str(refused.value)


# ── who is told of what ──────────────────────────────────────────────────────────────────────────

DUTY, LEAD, DESK = "duty@example.org", "lead@example.org", "desk@example.org"
ROUTES = [
    {"flags": ["pid"], "to": [LEAD]}, {"flags": ["threat", "security"], "to": [DESK]},
    {"flags": ["security"], "to": [LEAD]},
]  # fmt: skip


@pytest.mark.parametrize(
    ("flags", "people"),
    [
        ([], (DUTY,)),
        (["derogatory"], (DUTY,)),
        (["pid"], (LEAD,)),
        (["derogatory", "pid"], (LEAD, DUTY)),  # what stands beside it is not lost to the others
        (["threat", "pid"], (LEAD, DESK)),
        (["pid", "threat"], (LEAD, DESK)),
        (["security"], (DESK, LEAD)),
        (["security", "pid"], (LEAD, DESK)),
    ],
)
def test_each_flag_is_told_to_the_people_of_its_routes_and_any_other_to_all_the_same(
    table: dict[str, Any], tmp_path: Path, flags: list[str], people: tuple[str, ...]
) -> None:
    table["alerts"] |= {"on": True, "to": [DUTY], "route": ROUTES}
    assert loaded(table, tmp_path).alerts.recipients_for(flags) == people


def test_without_a_route_all_is_told_to_the_same_people_and_nothing_while_alerts_are_off(
    table: dict[str, Any], tmp_path: Path
) -> None:
    table["alerts"] |= {"on": True, "to": [DUTY, DESK]}
    assert loaded(table, tmp_path).alerts.recipients_for(["pid"]) == (DUTY, DESK)
    table["alerts"] |= {"on": False, "route": ROUTES}
    assert loaded(table, tmp_path).alerts.recipients_for(["pid"]) == ()


def test_a_file_without_the_table_of_platforms_keeps_nothing_for_longer_than_the_one_that_ships() -> (
    None
):
    shipped = schema.load(SHIPPED).retention
    assert schema.Retention(days=365).platforms == shipped.platforms
