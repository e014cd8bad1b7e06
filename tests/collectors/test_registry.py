from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from collectors import registry
from collectors.factory import collector_class
from collectors.http.web_pages import NotRead
from collectors.platforms import INTEGRATIONS
from core import clock
from core.errors import ConfigError, MentionsError
from settings import schema, secrets
from settings.public_records import PublicRecord
from settings.schema import Config

AT = datetime(2026, 11, 24, 9, 5, tzinfo=UTC)
SHIPPED = Path(__file__).parents[2] / "config.toml"


def given(folder: Path, **tables: dict[str, Any]) -> Config:
    """config.toml as it ships, with these sources."""
    table = tomllib.loads(SHIPPED.read_text("utf-8")) | {"collectors": tables}
    path = folder / "config.toml"
    path.write_text(tomli_w.dumps(table), "utf-8")
    return schema.load(path)


def sources(config: Config, folder: Path) -> list[registry.Source]:
    today = schema.today(config.organisation, clock.local_day(AT))
    return list(registry.Sources(config, secrets.Secrets(folder), today=today, at=AT))


def only(folder: Path, **tables: dict[str, Any]) -> registry.Source:
    (source,) = sources(given(folder, **tables), folder)
    return source


def secret(folder: Path, name: str, value: str = "s3cret") -> str:
    secrets.new_secret_file(folder / name, value)
    return f"file:{name}"


def test_as_shipped_every_source_is_there_and_off() -> None:
    cfg = schema.load(SHIPPED)
    listed = sources(cfg, SHIPPED.parent)
    assert {source.name for source in listed} == {source.name for source in INTEGRATIONS}
    assert {source.off for source in listed} == {"turned off in the file"}


@pytest.mark.parametrize("name", ["x", "reddit"])
def test_where_a_platforms_approval_is_needed_none_means_no_start(
    tmp_path: Path, name: str
) -> None:
    shipped = tomllib.loads(SHIPPED.read_text("utf-8"))["collectors"][name]
    references = {key: secret(tmp_path, key) for key in collector_class(name).secrets}
    cfg = given(tmp_path, **{name: shipped | references | {"on": True}})
    (source,) = sources(cfg, tmp_path)
    assert source.off == ""
    assert source.collector is not None
    with pytest.raises(MentionsError, match="approv"):
        list(source.collector.collect(AT))


def test_a_source_without_its_secret_is_off_and_says_what_to_set(tmp_path: Path) -> None:
    source = only(tmp_path, x={"on": True, "bearer_token": "file:none"})
    assert source.off == f"its secret is missing: set the file {tmp_path / 'none'}"


@pytest.mark.parametrize("table", [{}, {"bearer_token": ""}])
def test_a_source_whose_secret_is_not_even_named_is_off_too(
    tmp_path: Path, table: dict[str, Any]
) -> None:
    assert "bearer_token of [collectors.x]" in only(tmp_path, x={"on": True} | table).off


def test_all_secrets_that_are_missing_are_named_at_once(tmp_path: Path) -> None:
    table = {"on": True, "client_id": "file:a", "client_secret": "file:b"}
    off = only(tmp_path, reddit=table).off
    assert f"file {tmp_path / 'a'}" in off
    assert f"file {tmp_path / 'b'}" in off


def test_one_source_without_its_secret_leaves_the_others_on(tmp_path: Path) -> None:
    cfg = given(
        tmp_path,
        x={"on": True, "bearer_token": "file:none"},
        files={"on": True, "folder": "in"},
    )
    assert [bool(source.off) for source in sources(cfg, tmp_path)] == [True, False]


@pytest.mark.parametrize("on", [True, False])
@pytest.mark.parametrize("written", ["hunter2-in-clear", 12345])
def test_a_secret_in_clear_is_refused_and_not_repeated(
    tmp_path: Path, on: bool, written: str | int
) -> None:
    with pytest.raises(ConfigError, match=r"\[collectors\.x\] bearer_token") as refused:
        only(tmp_path, x={"on": on, "bearer_token": written})
    assert str(written) not in str(refused.value)


def test_a_secret_is_put_in_place_of_its_reference(tmp_path: Path) -> None:
    source = only(tmp_path, x={"on": True, "bearer_token": secret(tmp_path, "token")})
    assert source.table["bearer_token"] == "s3cret"


def test_the_secret_of_a_source_that_is_off_is_not_looked_up(tmp_path: Path) -> None:
    (tmp_path / "open").write_text("s3cret")
    (tmp_path / "open").chmod(0o644)  # would be refused if it were read
    assert only(tmp_path, x={"on": False, "bearer_token": "file:open"}).off


def test_the_address_of_a_feed_may_be_a_secret(tmp_path: Path) -> None:
    address = "https://blog.example.org/feed?token=1"
    listed = [{"url": secret(tmp_path, "address", address), "private": True}]
    source = only(tmp_path, feeds={"on": True, "feed": listed})
    assert source.table["feed"][0]["url"] == address


def two_feeds(folder: Path, **more: Any) -> registry.Source:
    feeds = [{"url": "https://blog.example.org/feed/"}, {"url": "file:none", "private": True}]
    return only(folder, feeds={"on": True, "feed": feeds, **more})


def test_one_feed_without_its_secret_is_left_out_and_the_others_run(tmp_path: Path) -> None:
    site = {"url": "https://blog.example.org", "user": "comms", "password": "file:nothing"}
    source = two_feeds(tmp_path, wordpress=[site])
    assert source.off == ""
    assert source.lacks == (
        f"feed 2 is left out: its secret is missing: set the file {tmp_path / 'none'}",
        f"wordpress 1 is left out: its secret is missing: set the file {tmp_path / 'nothing'}",
    )
    assert source.collector is not None
    assert source.collector.name == "feeds"


def test_where_every_feed_lacks_its_secret_the_source_is_off_and_says_what_to_set(
    tmp_path: Path,
) -> None:
    listed = [{"url": "file:none", "private": True}, {"url": "file:nothing"}]
    source = only(tmp_path, feeds={"on": True, "feed": listed})
    assert source.off.startswith("its secret is missing: set the file ")
    assert source.off.count("file ") == 2


def test_a_secret_in_clear_in_a_table_of_a_list_is_refused_and_not_repeated(tmp_path: Path) -> None:
    site = {"url": "https://blog.example.org", "user": "comms", "password": "hunter2"}
    with pytest.raises(ConfigError, match=r"\[collectors\.feeds\] wordpress 1 password") as refused:
        only(tmp_path, feeds={"on": True, "wordpress": [site]})
    assert "hunter2" not in str(refused.value)


def test_what_config_shows_of_feeds_in_comments_is_a_table_that_runs(tmp_path: Path) -> None:
    shown = SHIPPED.read_text("utf-8").partition("[collectors.feeds]")[2].partition("\n[")[0]
    table = tomllib.loads(re.sub(r"(?m)^# ", "", shown.partition("\n")[2]))
    found = table.pop("collectors")["feeds"]
    assert table.pop("on") is False
    source = only(tmp_path, feeds={**table, **found, "on": True})
    assert source.off == ""
    assert [len(source.table[part]) for part in ("feed", "wordpress", "record")] == [1, 1, 1]


def test_public_records_of_the_organisation_are_read_by_feeds_and_open_no_way_inside(
    tmp_path: Path,
) -> None:
    row = {"preset": "board_papers", "of": "https://10.0.0.9/board-papers/"}
    config = given(tmp_path, feeds={"on": True})
    organisation = config.organisation.model_copy(
        update={"records": (PublicRecord(preset="hansard"), PublicRecord.model_validate(row))}
    )
    config = config.model_copy(update={"organisation": organisation})
    (source,) = sources(config, tmp_path)
    assert source.off == ""
    built: Any = source.collector
    assert [(record.preset, record.of) for record in built.record] == [
        ("hansard", ""),
        ("board_papers", row["of"]),
    ]
    # it may be set up in the page, by who has no business in this network
    with pytest.raises(NotRead, match="leading where"):
        built.web.get("https://10.0.0.9/board-papers/", lambda _: True)


def test_a_word_that_only_looks_like_a_reference_stays_as_it_is(tmp_path: Path) -> None:
    secret(tmp_path, "note")
    table = {"on": True, "folder": "in", "terms": ["file:note"]}
    assert only(tmp_path, files=table).table["terms"] == ["file:note"]


def test_a_folder_starts_from_where_the_file_lies(tmp_path: Path) -> None:
    assert only(tmp_path, files={"on": True, "folder": "in"}).table["folder"] == str(
        tmp_path / "in"
    )


@pytest.mark.parametrize(
    ("tables", "named"),
    [
        ({"myspace": {"on": True}}, r"\[collectors\.myspace\].*x, reddit"),
        ({"files": {"on": "yes"}}, r"\[collectors\.files\] on"),
    ],
)
def test_a_table_that_is_unknown_or_wrong_stops_the_run_by_name(
    tmp_path: Path, tables: dict[str, Any], named: str
) -> None:
    with pytest.raises(ConfigError, match=named):
        sources(given(tmp_path, **tables), tmp_path)


def test_a_key_that_is_unknown_stops_the_run_by_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"\[collectors\.files\] colour: unknown key"):
        only(tmp_path, files={"on": True, "folder": "in", "colour": "blue"})


def test_a_private_persons_account_cannot_be_followed(tmp_path: Path) -> None:
    table = {"on": True, "bearer_token": secret(tmp_path, "token"), "approval": "yes"}
    with pytest.raises(ConfigError, match="register") as refused:
        only(tmp_path, x=table | {"accounts": ["rowan_ashdown"]})
    assert "rowan" not in str(refused.value)
    cfg = given(tmp_path, x=table | {"accounts": ["HealthierNWL"]})
    (source,) = sources(cfg, tmp_path)
    assert source.collector is not None


def test_the_client_waits_as_long_as_config_says(tmp_path: Path) -> None:
    http = registry.client(given(tmp_path))
    assert (http.attempts, http.longest_wait, http.most_bytes) == (4, 180.0, 20_000_000)
    assert http.timeout == (5.0, 30.0)


def test_a_source_with_terms_of_its_own_takes_what_was_added_and_loses_what_was_taken_out() -> None:
    own = ["Kingston", "NWL ICB", "Brent"]
    before, after = ("NWL ICB", "NHS NWL"), ("NHS NWL", "Larkfield")
    assert registry.changed_terms(own, before, after) == ["Kingston", "Brent", "Larkfield"]
    assert registry.changed_terms(own, before, before) == own


def test_a_collector_is_built_with_the_terms_that_were_set_up_in_the_page() -> None:
    config = schema.load(SHIPPED)
    tables = {"gdelt": {"on": True, "terms": ["Kingston"]}}
    changed = config.model_copy(
        update={
            "collectors": tables,
            "organisation": config.organisation.model_copy(update={"topics": ("Larkfield",)}),
        }
    )
    day = AT.date()
    filed = schema.today(config.organisation, day).terms
    sources = registry.Sources(
        changed, secrets.Secrets(SHIPPED.parent), at=AT, filed_terms=filed,
        today=schema.today(changed.organisation, day),
    )  # fmt: skip
    built: Any = {source.name: source.collector for source in sources}
    assert built["gdelt"].terms == ("Kingston", "Larkfield")


@pytest.mark.parametrize("url", ["https://news.google.com/rss/search?q=%22Marguerite+Ashdown%22", "https://thewardround.substack.com/feed"])  # fmt: skip
def test_an_address_that_is_a_secret_names_no_person_either(tmp_path: Path, url: str) -> None:
    feed = {"url": secret(tmp_path, "feed", url)}
    with pytest.raises(
        ConfigError, match=r"\[collectors.feeds\] feed 1 url: names a person"
    ) as refused:
        only(tmp_path, feeds={"on": True, "feed": [feed]})
    assert "Marguerite" not in str(refused.value)
    assert (
        only(
            tmp_path,
            feeds={
                "on": True,
                "feed": [
                    feed
                    | {
                        "url": secret(
                            tmp_path, "alert", "https://www.google.co.uk/alerts/feeds/1/2"
                        )
                    }
                ],
            },
        ).off
        == ""
    )
