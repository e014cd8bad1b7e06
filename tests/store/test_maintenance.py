"""Backup, restore, rotation and verification: drills."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from core import similarity
from core.errors import EncryptionKeyError, StoreError
from store import CaseQuery, Placing, Store
from tests.store.cases.test_decisions import decision
from tests.store.factories import (
    AT,
    DAY,
    MODEL,
    POLICY,
    add,
    all_bytes,
    assess_all,
    dump,
    flag,
    mention,
)

ALL = (
    "mentions", "revisions", "matches", "assessments", "flags", "spans", "risks", "outbox",
    "decisions", "runs", "tombstones", "purged_counts",
)  # fmt: skip


def filled(store: Store) -> None:
    add(store, *(mention(number) for number in range(1, 40)), state={"page": "3"})
    assess_all(store, "high", flags=[flag()])
    store.decisions.add(decision(), 0)
    store.retention.hold(2, reason="claim", approver="sirius", at=AT, expires=AT + DAY)
    store.outbox.add("daily", "2026-11-20", AT, {"end": "then"})
    store.retention.erase([3], by="governance", at=AT)


def test_a_backup_restores_to_the_same(store: Store, tmp_path: Path, keys: list[str]) -> None:
    filled(store)
    whole = dump(store, ALL)
    store.backups.write(tmp_path / "out" / "b1", at=AT)
    Store.restore(tmp_path / "out" / "b1", tmp_path / "again.db", keys, at=AT)
    with Store.open(tmp_path / "again.db", keys, create=False) as restored:
        assert dump(restored, ALL) == whole
        assert restored.maintenance.verify().ok
        assert restored.audit.events()[-1].kind == "restored"
        assert add(restored, mention(3)).gone == 1
    assert (tmp_path / "again.db").stat().st_mode & 0o777 == 0o600
    assert store.audit.events()[-1].kind == "backed up"


def test_a_large_backup_is_several_pieces(store: Store, tmp_path: Path, keys: list[str]) -> None:
    add(store, *(mention(number, text=f"{number} " * 200_000) for number in range(4)))
    store.backups.write(tmp_path / "b1")
    assert (tmp_path / "b1").read_bytes().count(b"\n") > 3
    Store.restore(tmp_path / "b1", tmp_path / "again.db", keys)
    with Store.open(tmp_path / "again.db", keys) as restored:
        assert dump(restored) == dump(store)


def test_a_backup_shows_nothing_and_leaves_no_clear_copy(
    store: Store, path: Path, tmp_path: Path
) -> None:
    filled(store)
    store.backups.write(tmp_path / "b1")
    content = (tmp_path / "b1").read_bytes()
    assert b"Northwick" not in content
    assert b"SQLite" not in content
    assert (tmp_path / "b1").stat().st_mode & 0o777 == 0o600
    assert {file.name for file in path.parent.iterdir()} == {
        "mentions.db", "mentions.db-wal", "mentions.db-shm", "erasures",
    }  # fmt: skip
    assert {file.name for file in tmp_path.iterdir()} == {
        "b1", "b1.json", "data", "mentions.db.ledger",
    }  # fmt: skip


def changed(content: bytes, how: str) -> bytes:
    lines = content.splitlines(keepends=True)
    changes = {
        "cut": content[:-40],
        "a piece is missing": b"".join(lines[:-1]),
        "a piece twice": b"".join([*lines, lines[-1]]),
        "reordered": b"".join([lines[0], lines[2], lines[1], *lines[3:]]),
        "a bit": content[:-50] + bytes([content[-50] ^ 1]) + content[-49:],
        "empty": b"",
        "another format": b"SQLite format 3\0" + content,
        "only its head": lines[0],
    }
    return changes[how]


@pytest.mark.parametrize(
    "how",
    [
        "cut",
        "a piece is missing",
        "a piece twice",
        "reordered",
        "a bit",
        "empty",
        "another format",
        "only its head",
    ],
)
def test_a_damaged_backup_is_refused_and_makes_nothing(
    store: Store, tmp_path: Path, keys: list[str], how: str
) -> None:
    add(store, *(mention(number, text=f"{number} " * 200_000) for number in range(4)))
    store.backups.write(tmp_path / "b1")
    (tmp_path / "b2").write_bytes(changed((tmp_path / "b1").read_bytes(), how))
    with pytest.raises(StoreError):
        Store.restore(tmp_path / "b2", tmp_path / "again.db", keys)
    assert {file.name for file in tmp_path.iterdir()} == {"b1", "b1.json", "b2", "data"}


def test_pieces_of_two_backups_are_not_mixed(store: Store, tmp_path: Path, keys: list[str]) -> None:
    add(store, *(mention(number, text=f"{number} " * 200_000) for number in range(4)))
    for name in ("b1", "b2"):
        store.backups.write(tmp_path / name)
    one, two = ((tmp_path / name).read_bytes().splitlines(keepends=True) for name in ("b1", "b2"))
    (tmp_path / "b3").write_bytes(b"".join([*one[:2], *two[2:]]))
    with pytest.raises(StoreError, match="damaged"):
        Store.restore(tmp_path / "b3", tmp_path / "again.db", keys)


def test_a_restore_needs_the_key_and_an_empty_place(
    store: Store, tmp_path: Path, keys: list[str]
) -> None:
    filled(store)
    store.backups.write(tmp_path / "b1")
    with pytest.raises(EncryptionKeyError):
        Store.restore(tmp_path / "b1", tmp_path / "again.db", [Fernet.generate_key().decode()])
    (tmp_path / "again.db-wal").write_text("an old log")
    with pytest.raises(StoreError, match="move it away"):
        Store.restore(tmp_path / "b1", tmp_path / "again.db", keys)
    with pytest.raises(StoreError):
        Store.restore(tmp_path / "missing", tmp_path / "third.db", keys)
    assert not (tmp_path / "third.db").exists()


def test_a_backup_that_fails_leaves_the_last_one(store: Store, tmp_path: Path) -> None:
    filled(store)
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError):
        store.backups.write(tmp_path / "file" / "b1")
    assert store.maintenance.verify().ok


def test_rotation_leaves_nothing_under_the_old_key(path: Path, keys: list[str]) -> None:
    new = Fernet.generate_key().decode()
    with Store.open(path, keys) as store:
        filled(store)
        whole = dump(store, ALL)
        assert store.maintenance.rotate_keys([new, *keys], at=AT) > 70
        assert dump(store, ALL) == whole
        assert store.maintenance.verify().ok
    with Store.open(path, [new]) as store:
        assert dump(store, ALL) == whole
        assert add(store, mention(1)).again == 1  # found again by the same hash
        assert add(store, mention(3)).gone == 1
    with pytest.raises(EncryptionKeyError):
        Store.open(path, keys)


def test_rotation_with_keys_that_do_not_open_changes_nothing(path: Path, keys: list[str]) -> None:
    with Store.open(path, keys) as store:
        filled(store)
        with pytest.raises(EncryptionKeyError):
            store.maintenance.rotate_keys([Fernet.generate_key().decode()])
    with Store.open(path, keys) as store:
        assert store.maintenance.verify().ok
        assert store.audit.events()[-1].kind != "keys rotated"


def test_verify_names_an_encrypted_field_that_no_key_decrypts(store: Store) -> None:
    filled(store)
    store.database.execute(
        "UPDATE decisions SET encrypted = ?", Fernet(Fernet.generate_key()).encrypt(b"{}")
    )
    assert store.maintenance.verify().problems == (
        "an encrypted field of decisions can't be decrypted",
    )


def test_verify_names_rows_that_refer_to_nothing(store: Store) -> None:
    filled(store)
    store.database.execute("PRAGMA foreign_keys = OFF")
    store.database.execute("DELETE FROM mentions WHERE number = 5")
    assert any(
        "refer to what is not there" in problem for problem in store.maintenance.verify().problems
    )


def test_verify_names_an_index_that_does_not_fit(store: Store) -> None:
    filled(store)
    store.database.execute("INSERT INTO assessments_fts (assessments_fts) VALUES ('delete-all')")
    (problem,) = store.maintenance.verify().problems
    assert "the full-text index does not fit the texts" in problem
    assert "mentions verify --rebuild" in problem


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("INSERT INTO case_mentions_fts (case_mentions_fts) VALUES ('delete-all')", "the search of cases lacks"),
        ("DELETE FROM case_mentions_fts_docsize WHERE id = (SELECT min(id) FROM case_mentions_fts_docsize)", "the search of cases lacks 1 post, and has 0 posts too many"),
        ("DELETE FROM similarity_bands", "similarity_bands: of"),
        ("INSERT INTO assessments_fts (assessments_fts) VALUES ('delete-all')", "the full-text index"),
    ],
)  # fmt: skip
def test_an_index_that_was_emptied_is_named_and_made_anew(store: Store, sql: str, says: str) -> None:  # fmt: skip
    add(store, *(mention(number, text=f"{words} at the clinic of Hillingdon again this week") for number, words in enumerate(("One long wait", "A kind nurse", "No parking at all"), 1)))  # fmt: skip
    assert store.maintenance.verify().problems == ()
    assess_all(store, "medium", flags=[flag("allegation")])
    placings = [
        Placing(mention=one.mention, risk=one.risk, bands=similarity.bands(one.text))
        for one in store.grouping.ungrouped()
    ]
    store.grouping.group(placings, alike=lambda *_: False, at=AT)
    assert store.maintenance.verify().problems == ()
    wanted = CaseQuery(tab="all", words="parking")
    assert store.queue.page(wanted, AT).total == 1
    store.database.execute(sql)
    assert any(says in problem for problem in store.maintenance.verify().problems)
    store.maintenance.rebuild_indexes(AT)
    assert store.maintenance.verify().problems == ()
    assert store.queue.page(wanted, AT).total == 1


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("DROP TRIGGER events_never_go", "events_never_go: this trigger was removed outside the program"),
        ("DROP INDEX alerts_by_case", "alerts_by_case: this index was removed outside the program"),
        ("CREATE TRIGGER quiet AFTER INSERT ON flags BEGIN DELETE FROM flags WHERE rowid = new.rowid; END",
         "quiet: this trigger is none of the program’s"),
    ],
)  # fmt: skip
def test_verify_names_what_the_schema_lacks_or_has_too_much(
    store: Store, sql: str, says: str
) -> None:
    assert store.maintenance.verify().ok
    store.database.execute(sql)
    assert says in store.maintenance.verify().problems


def test_verify_names_damage(path: Path, keys: list[str]) -> None:
    with Store.open(path, keys) as store:
        filled(store)
        page = store.database.value("SELECT rootpage FROM sqlite_schema WHERE name = 'assessments'")
    content = bytearray(all_bytes(path))
    content[(page - 1) * 4096 : page * 4096] = b"\xa5" * 4096
    path.write_bytes(bytes(content))
    with Store.open(path, keys) as store:
        assert not store.maintenance.verify().ok


def test_what_was_stored_is_still_assessed_after_a_restore(
    store: Store, tmp_path: Path, keys: list[str]
) -> None:
    add(store, mention(1))
    store.backups.write(tmp_path / "b1")
    Store.restore(tmp_path / "b1", tmp_path / "again.db", keys)
    with Store.open(tmp_path / "again.db", keys) as restored:
        assert assess_all(restored, "high") == 1
        assert restored.assessments.unassessed(POLICY, MODEL) == []
