"""Opening: keys, versions, other people's files, rights, and what a full disk costs."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlite_utils import Database

from core.errors import EncryptionKeyError, StoreError
from core.models import Author
from store import Store
from store.schema import TABLES
from store.sqlite import check_version
from tests.store.factories import AT, add, all_bytes, assess_all, dump, mention, reading


def test_the_settings_are_those_that_the_reference_gives(shipped_store: Store) -> None:
    said = {
        name: shipped_store.database.value(f"PRAGMA {name}")
        for name in (
            "journal_mode",
            "synchronous",
            "foreign_keys",
            "trusted_schema",
            "secure_delete",
        )
    }
    assert said == {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "trusted_schema": 0,
        "secure_delete": 1,
    }  # fmt: skip
    assert shipped_store.database.value("PRAGMA busy_timeout") == 30_000


def test_a_sqlite_with_the_wal_bug_is_refused() -> None:
    with pytest.raises(StoreError, match="pysqlite3"):
        check_version((3, 46, 1))
    check_version((3, 51, 3))
    check_version()


def test_every_table_of_ours_is_strict(store: Store) -> None:
    rows = store.database.rows("PRAGMA table_list")
    ours = {
        row["name"]: row["strict"]
        for row in rows
        if row["type"] == "table" and row["schema"] == "main" and not row["name"].startswith(("sqlite_", "_"))
    }  # fmt: skip
    assert set(ours) >= {name for lines in TABLES.values() for name in lines} - {
        "assessments_fts",
        "case_mentions_fts",
    }
    assert all(ours.values())


def test_the_files_are_their_owners_alone(store: Store, path: Path) -> None:
    add(store, mention())
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_a_file_that_others_could_read_is_closed_to_them(path: Path, keys: list[str]) -> None:
    Store.open(path, keys).close()
    path.chmod(0o644)
    with Store.open(path, keys) as store:
        add(store, mention())
        for file in path.parent.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_nothing_personal_lies_in_clear(path: Path, keys: list[str]) -> None:
    secret = mention(
        issuer="https://rowan-blog.example.org/feed", issued_id="at://did:plc:ashdown77/post/3k",
        url="https://rowan-blog.example.org/2026/11", text="Quillback ward told Maeve nothing",
        text_raw="<p>Quillback ward told Maeve nothing</p>", parent_id="parentid55",
        root_id="rootid66", quoted_id="quotedid77", kind="comment",
        author=Author(id="did:plc:ashdown77", handle="ashdownhandle", name="Rowan Ashdown", bio="biowords"),
    )  # fmt: skip
    with Store.open(path, keys) as store:
        add(store, secret, state={"page": "token-of-a-page"})
        assess_all(store, "high", masked="Quillback ward told [name] nothing")
        store.outbox.add("daily", "2026-11-20", AT, {"end": "payloadwords"})
        content = all_bytes(path)
    content += all_bytes(path)
    for hidden in (
        b"rowan-blog", b"ashdown", b"Ashdown", b"Maeve", b"parentid55", b"rootid66", b"quotedid77",
        b"biowords", b"token-of-a-page", b"payloadwords", *(key.encode() for key in keys),
    ):  # fmt: skip
        assert hidden not in content
    assert b"Quillback ward told [name]" in content


def test_a_wrong_key_changes_nothing_and_says_what_to_do(path: Path, keys: list[str]) -> None:
    with Store.open(path, keys) as store:
        add(store, mention())
    before = all_bytes(path)
    with pytest.raises(EncryptionKeyError, match="put back the key"):
        Store.open(path, [Fernet.generate_key().decode()])
    assert all_bytes(path) == before


@pytest.mark.parametrize("wrong", [[], [""], ["abc"], ["not base64 at all!"], ["é" * 44]])
def test_what_is_no_key_is_refused_before_a_file_is_made(path: Path, wrong: list[str]) -> None:
    with pytest.raises(EncryptionKeyError):
        Store.open(path, wrong)
    assert not path.exists()


def test_any_of_the_keys_opens(path: Path, keys: list[str]) -> None:
    with Store.open(path, keys) as store:
        add(store, mention())
    with Store.open(path, [Fernet.generate_key().decode(), *keys]) as store:
        assert len(store.assessments.unassessed("p", "m")) == 1
        add(store, mention(2))


def test_a_newer_database_is_refused_and_left_alone(path: Path, keys: list[str]) -> None:
    Store.open(path, keys).close()
    db = Database(path)
    db.table("_sqlite_migrations").insert(
        {"migration_set": "store", "name": "m999_later", "applied_at": "2030"}
    )
    db.close()
    before = all_bytes(path)
    with pytest.raises(StoreError, match="newer version"):
        Store.open(path, keys)
    assert all_bytes(path) == before


def test_another_programs_database_is_refused_and_left_alone(path: Path, keys: list[str]) -> None:
    path.parent.mkdir()
    db = Database(path)
    db.table("theirs").insert({"a": 1})
    db.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        Store.open(path, keys)
    assert path.read_bytes() == before


def test_what_is_no_database_is_refused_and_left_alone(path: Path, keys: list[str]) -> None:
    path.parent.mkdir()
    path.write_bytes(b"<html>log in</html>" * 400)
    before = path.read_bytes()
    with pytest.raises(StoreError, match="this is no database"):
        Store.open(path, keys)
    assert path.read_bytes() == before


def test_a_folder_in_place_of_the_file_is_a_store_error(path: Path, keys: list[str]) -> None:
    path.mkdir(parents=True)
    with pytest.raises(StoreError):
        Store.open(path, keys)


def test_a_file_in_place_of_the_folder_is_a_store_error(path: Path, keys: list[str]) -> None:
    path.parent.write_text("in the way")
    with pytest.raises(StoreError):
        Store.open(path, keys)


def test_a_missing_database_is_not_made_when_it_should_be_there(
    path: Path, keys: list[str]
) -> None:
    with pytest.raises(StoreError, match="does not exist"):
        Store.open(path, keys, create=False)
    assert not path.exists()


def test_a_damaged_database_is_named_as_such(path: Path, keys: list[str]) -> None:
    with Store.open(path, keys) as store:
        add(store, *(mention(number) for number in range(200)))
    content = bytearray(path.read_bytes())
    content[8192:] = b"\xa5" * (len(content) - 8192)
    path.write_bytes(bytes(content))
    with pytest.raises(StoreError, match="backup"), Store.open(path, keys) as store:
        add(store, mention(1), mention(999))


def test_an_empty_file_becomes_a_store(path: Path, keys: list[str]) -> None:
    path.parent.mkdir()
    path.touch()
    with Store.open(path, keys) as store:
        assert add(store, mention()).new == 1


def test_a_locked_database_is_a_store_error(path: Path, keys: list[str]) -> None:
    with Store.open(path, keys) as holder, Store.open(path, keys, patience=0.05) as second:
        holder.database.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="another program"):
            add(second, mention())
        holder.database.connection.rollback()
        assert add(second, mention()).new == 1


def test_a_full_disk_loses_nothing_that_was_stored(store: Store) -> None:
    add(store, mention(1))
    assess_all(store)
    before = dump(store, ("mentions", "revisions", "matches", "assessments", "runs", "events"))
    pages = store.database.value("PRAGMA page_count")
    store.database.execute(f"PRAGMA max_page_count = {pages + 1}")
    with pytest.raises(StoreError, match="disk is full"):
        add(store, *(mention(number, text="long " * 3000) for number in range(2, 9)))
    (stored,) = store.assessments.unassessed("later", "model")
    long = reading("words " * 9000)
    with pytest.raises(StoreError, match="disk is full"):
        assess_all(store, policy="later", masked=long.masked)
    assert stored.number == 1
    assert (
        dump(store, ("mentions", "revisions", "matches", "assessments", "runs", "events")) == before
    )
    store.database.execute("PRAGMA max_page_count = 1000000")
    assert add(store, mention(2)).new == 1
    assert store.maintenance.verify().ok
