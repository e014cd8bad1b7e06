"""config.toml as it ships, a site's own file over it, and the environment over both."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from core.errors import ConfigError
from settings import schema
from settings.files.layers import read_layers, still_shipped
from settings.shipped import shipped_config

SITE = """
[organisation]
topics = ["Testshire NHS"]

[[organisation.names]]
name = "Testshire ICB"

[alerts]
on = true
to = ["duty@example.org"]

[alerts.mail]
host = "smtp.testshire.example.org"
"""


def site(folder: Path, text: str = SITE) -> Path:
    (folder / "site.toml").write_text(text, "utf-8")
    return folder / "config.toml"


def shipped_copy(folder: Path) -> Path:
    path = folder / "config.toml"
    path.write_bytes(shipped_config().read_bytes())
    return path


@pytest.mark.parametrize("beside", [True, False])
def test_a_short_file_is_laid_over_what_ships(tmp_path: Path, beside: bool) -> None:
    path = site(tmp_path)
    if beside:
        shipped_copy(tmp_path)
    config = schema.load(path)
    assert config.organisation.name == "Testshire ICB"
    assert (config.alerts.on, config.alerts.to) == (True, ("duty@example.org",))
    assert config.alerts.mail.host == "smtp.testshire.example.org"
    shipped = schema.load(shipped_config())
    assert config.alerts.mail.port == shipped.alerts.mail.port
    assert config.schedule == shipped.schedule
    assert config.collectors == shipped.collectors


def test_a_list_is_replaced_whole_and_a_table_key_by_key(tmp_path: Path) -> None:
    path = site(
        tmp_path, '[[organisation.places]]\nname = "Elder Row"\n[retention.platforms]\nx = 3\n'
    )
    config = schema.load(path)
    assert [place.name for place in config.organisation.places] == ["Elder Row"]
    assert config.retention.platforms["x"] == 3
    assert config.retention.platforms["linkedin"] == 2, "what ships for another platform stays"


def test_an_empty_list_takes_away_what_ships(tmp_path: Path) -> None:
    assert schema.load(site(tmp_path, "[organisation]\nplaces = []\n")).organisation.places == ()


def test_config_may_name_the_short_file_itself(tmp_path: Path) -> None:
    path = tmp_path / "testshire.toml"
    path.write_text(SITE, "utf-8")
    assert schema.load(path).organisation.name == "Testshire ICB"
    site(tmp_path)
    assert schema.load(tmp_path / "site.toml") == schema.load(tmp_path / "config.toml")
    assert len(read_layers(tmp_path / "site.toml").layers) == 2, "it is not laid over itself"


def test_a_complete_file_stands_alone_as_it_did(tmp_path: Path) -> None:
    table: dict[str, Any] = tomllib.loads(shipped_config().read_text("utf-8"))
    del table["organisation"]["providers"]  # of somebody who has none
    del table["schedule"]["daily_at"]
    path = tmp_path / "config.toml"
    path.write_text(tomli_w.dumps(table), "utf-8")
    config = schema.load(path)
    assert config.organisation.providers == (), "nothing of what ships comes back under it"
    assert config.schedule.daily_at == "08:00"


def test_site_toml_is_laid_over_a_complete_file_too(tmp_path: Path) -> None:
    table: dict[str, Any] = tomllib.loads(shipped_config().read_text("utf-8"))
    table["schedule"]["collect_every_minutes"] = 15
    (tmp_path / "config.toml").write_text(tomli_w.dumps(table), "utf-8")
    config = schema.load(site(tmp_path))
    assert (config.schedule.collect_every_minutes, config.organisation.name) == (
        15,
        "Testshire ICB",
    )


def test_a_named_file_that_is_not_there_is_refused_though_a_site_is(tmp_path: Path) -> None:
    site(tmp_path)
    with pytest.raises(ConfigError, match="No such file"):
        schema.load(tmp_path / "other.toml")


def test_paths_start_at_the_sites_folder(tmp_path: Path) -> None:
    path = site(tmp_path, '[alerts.mail]\nca_file = "ca.pem"\n')
    assert schema.load(path).alerts.mail.ca_file == str(tmp_path.resolve() / "ca.pem")


def test_where_each_key_is_from_is_known(tmp_path: Path) -> None:
    layers = schema.load(site(tmp_path)).layers
    assert layers.where(("alerts", "mail", "host")) == "site.toml line 13: "
    assert layers.where(("organisation", "names", 0, "name")) == "site.toml line 6: "
    assert layers.where(("alerts", "mail", "port")).startswith("config.toml as it ships line ")


def test_the_same_settings_from_other_files_are_the_same(tmp_path: Path) -> None:
    assert schema.load(shipped_copy(tmp_path)) == schema.load(shipped_config())


def test_another_body_with_the_places_that_ship_is_noticed(tmp_path: Path) -> None:
    named = site(tmp_path, '[[organisation.names]]\nname = "Testshire ICB"\n')
    left = still_shipped(schema.load(named).layers)
    assert left == ["topics", "accounts", "places", "providers", "contacts"]
    whole = site(
        tmp_path,
        "[organisation]\ntopics = []\naccounts = []\nplaces = []\nproviders = []\ncontacts = []\n"
        '[[organisation.names]]\nname = "Testshire ICB"\n',
    )
    assert still_shipped(schema.load(whole).layers) == []
    assert still_shipped(schema.load(shipped_config()).layers) == []


# ── the environment ──────────────────────────────────────────────────────────────────────────────


def with_variables(
    monkeypatch: pytest.MonkeyPatch, folder: Path, **variables: str
) -> schema.Config:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return schema.load(site(folder))


@pytest.mark.parametrize(
    ("name", "written", "key", "value"),
    [
        ("MENTIONS_ALERTS__ON", "false", "alerts.on", False),
        ("MENTIONS_ALERTS__ON", "No", "alerts.on", False),
        ("MENTIONS_ALERTS__MAIL__HOST", "relay.example.org", "alerts.mail.host", "relay.example.org"),
        ("MENTIONS_ALERTS__MAIL__PORT", "2525", "alerts.mail.port", 2525),
        ("MENTIONS_ALERTS__RETRY_MINUTES", "7", "alerts.retry_minutes", 7.0),
        ("MENTIONS_ALERTS__TO", "a@example.org, b@example.org", "alerts.to", ("a@example.org", "b@example.org")),
        ("MENTIONS_ALERTS__TO", '["a@example.org"]', "alerts.to", ("a@example.org",)),
        ("MENTIONS_ALERTS__TO", "", "alerts.to", ()),
        ("MENTIONS_SCHEDULE__DAILY_AT", "07:15", "schedule.daily_at", "07:15"),
        ("MENTIONS_STORE__PATH", "12", "store.path", "12"),
        ("MENTIONS_RETENTION__PLATFORMS__X", "3", "retention.platforms.x", 3),
        ("MENTIONS_RETENTION__PLATFORMS", "{ x = 3 }", "retention.platforms.x", 3),
        ("MENTIONS_RETENTION__PLATFORMS", '{"x": 3}', "retention.platforms.x", 3),
        ("MENTIONS_COLLECTORS__BLUESKY__ON", "true", "collectors.bluesky.on", True),
        ("MENTIONS_COLLECTORS__BLUESKY__TERMS", "NHS Testshire", "collectors.bluesky.terms", ["NHS Testshire"]),
        ("MENTIONS_GOVERNANCE__REVIEW_DATE", "2027-03-31", "governance.review_date", "2027-03-31"),
        ("mentions_alerts__on", "false", "alerts.on", False),
    ],
)  # fmt: skip
def test_a_variable_holds_over_every_file_in_its_keys_type(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
    written: str,
    key: str,
    value: Any,
) -> None:
    node: Any = with_variables(monkeypatch, tmp_path, **{name: written})
    for step in key.split("."):
        node = node[step] if isinstance(node, dict) else getattr(node, step)
    assert (node if isinstance(value, list | bool) else type(value)(node)) == value


def test_a_list_of_tables_can_be_set_as_json(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    route = '[{"flags": ["pid"], "to": ["governance@example.org"]}]'
    config = with_variables(monkeypatch, tmp_path, MENTIONS_ALERTS__ROUTE=route)
    assert config.alerts.route[0].to == ("governance@example.org",)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("MENTIONS_ALERTS__OM", "did you mean MENTIONS_ALERTS__ON?"),
        ("MENTIONS_ALERTS_ON", "did you mean MENTIONS_ALERTS__ON?"),
        ("MENTIONS_ALERTS__MAIL_HOST", "did you mean MENTIONS_ALERTS__MAIL__HOST?"),
        ("MENTIONS_QWERTY__ZXCVB", "mentions config show"),
    ],
)
def test_a_variable_that_sets_nothing_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, says: str
) -> None:
    with pytest.raises(ConfigError, match=name) as refused:
        with_variables(monkeypatch, tmp_path, **{name: "hunter2"})
    assert says in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_a_secrets_variable_is_no_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    config = with_variables(
        monkeypatch, tmp_path, MENTIONS_SMTP_PASSWORD="hunter2", MENTIONS_OLD_ONE="hunter3"
    )
    assert config.alerts.mail.password == "env:MENTIONS_SMTP_PASSWORD"


@pytest.mark.parametrize(
    ("name", "written", "says"),
    [
        ("MENTIONS_ALERTS__ON", "perhaps", "write true or false"),
        ("MENTIONS_ALERTS__MAIL__PORT", "many", "a whole number without quotes from 1 to 65,535"),
        ("MENTIONS_ALERTS__TO", "[duty", "no list or table"),
        ("MENTIONS_ALERTS__MAIL__PASSWORD", "hunter2", "never the secret itself"),
    ],
)
def test_a_variable_of_another_type_is_refused_by_its_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, written: str, says: str
) -> None:
    with pytest.raises(ConfigError, match=name) as refused:
        with_variables(monkeypatch, tmp_path, **{name: written})
    assert says in str(refused.value)
    assert "hunter2" not in str(refused.value)
