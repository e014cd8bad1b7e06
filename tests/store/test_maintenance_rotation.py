"""A change of keys: everything, in parts, while others write, after a kill; then the old key can be thrown away."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from core.errors import EncryptionKeyError, StoreError
from core.models import Author
from store import Store, maintenance
from tests.forked import forked
from tests.store.factories import AT, HOUR, add, all_bytes, assess_all, flag, mention
from tests.store.forked_work import rotate_keys

NEW = Fernet.generate_key().decode()


def row_in_every_encrypted_table(store: Store) -> list[str]:
    """One row in each of them, whatever else a row of it would say; the tables."""
    db, tables = store.database, store.maintenance.encrypted_tables()
    db.execute("PRAGMA foreign_keys = OFF")
    db.execute("PRAGMA ignore_check_constraints = ON")
    for table in tables:
        if db.value(f"SELECT count(encrypted) FROM {table}"):
            continue
        columns = db.rows("SELECT * FROM pragma_table_info(?)", table)
        values = {
            column["name"]: 7 if column["type"] in ("INTEGER", "REAL") else "[]"
            for column in columns
            if column["notnull"] and column["name"] != "encrypted"
        }
        db.insert(table, **values, encrypted=db.encryption.encrypt({"of": table}))
    db.execute("PRAGMA ignore_check_constraints = OFF")
    return tables


def held(store: Store, tables: list[str]) -> dict[str, list[str]]:
    """What every encrypted field of these tables says."""
    return {
        table: [
            json.dumps(store.database.encryption.decrypt(row["encrypted"]), sort_keys=True)
            for row in store.database.rows(
                f"SELECT encrypted FROM {table} WHERE encrypted IS NOT NULL ORDER BY rowid"
            )
        ]
        for table in tables
    }


def test_the_new_key_alone_opens_every_encrypted_field_of_every_table(
    path: Path, keys: list[str], store: Store
) -> None:
    add(store, mention(1), mention(2))
    assess_all(store, "high", flags=[flag()])
    tables = row_in_every_encrypted_table(store)
    assert {"weekly_notes", "outbox_recipients", "settings", "access_tokens", "reveals"} <= set(tables)  # fmt: skip
    before = held(store, tables)
    assert all(before.values())
    store.maintenance.rotate_keys([NEW, *keys], at=AT)
    store.close()
    with Store.open(path, [NEW]) as opened:
        assert held(opened, tables) == before
    with pytest.raises(EncryptionKeyError):
        Store.open(path, keys)


def test_nothing_under_the_old_key_is_left_in_the_bytes(
    path: Path, keys: list[str], store: Store
) -> None:
    add(store, *(mention(number) for number in range(1, 30)))
    old = store.database.value("SELECT encrypted FROM revisions WHERE mention = 7")
    store.maintenance.rotate_keys([NEW, *keys], at=AT)
    store.close()
    assert bytes(old)[:60] not in all_bytes(path)


def test_hashes_stay_so_that_what_was_known_is_known(
    path: Path, keys: list[str], store: Store
) -> None:
    """Posts are found again, those who were erased or objected are, the chain of events and the ledger hold."""
    add(store, mention(1), mention(2, author=Author(handle="bryn_talog")))
    store.objections.add("x", ["bryn_talog"], by="gwen", at=AT)
    store.retention.erase([1], by="gwen", at=AT)
    store.maintenance.rotate_keys([NEW, *keys], at=AT)
    store.close()
    with Store.open(path, [NEW]) as opened:
        assert opened.objection_list.includes("x", Author(handle="@Bryn_Talog"))
        assert add(opened, mention(1)).gone == 1
        assert opened.ledger.state().trouble == ()
        assert opened.audit.check_chain().problems == ()


def test_it_goes_on_after_a_kill_at_any_point(
    path: Path, keys: list[str], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after each part in turn; between the kills both keys open all of it."""
    monkeypatch.setattr(maintenance, "BATCH", 3)
    add(store, *(mention(number) for number in range(1, 11)))
    assess_all(store, "high", flags=[flag()])
    tables = row_in_every_encrypted_table(store)
    before = held(store, tables)
    store.close()
    kills = 0
    while True:
        with Store.open(path, [NEW, *keys]) as opened:
            seen: list[int] = []

            def killed(done: int, total: int, seen: list[int] = seen) -> None:
                seen.append(done)
                if len(seen) > 1:
                    raise KeyboardInterrupt

            try:
                opened.maintenance.rotate_keys([NEW, *keys], at=AT, report_progress=killed)
            except KeyboardInterrupt:
                kills += 1
                assert opened.maintenance.unfinished_rotation() == AT
                assert held(opened, tables) == before
                continue
            break
        assert kills < 500
    assert kills > len(tables) // 2
    with Store.open(path, [NEW]) as opened:
        assert held(opened, tables) == before
        assert opened.maintenance.unfinished_rotation() is None


def test_a_process_that_is_killed_hard_leaves_what_the_next_completes(
    path: Path, keys: list[str], store: Store
) -> None:
    add(store, *(mention(number) for number in range(1, 200)))
    words = [store.database.encryption.decrypt(row["encrypted"])["text"] for row in store.database.rows("SELECT encrypted FROM revisions ORDER BY mention")]  # fmt: skip
    store.close()
    with forked(rotate_keys, path, NEW, *keys) as process:
        for done in range(9):
            assert process.line() != "", done
        process.kill()
    with Store.open(path, [NEW, *keys]) as opened:
        assert opened.maintenance.unfinished_rotation() is not None
        opened.maintenance.rotate_keys([NEW, *keys])
    with Store.open(path, [NEW]) as opened:
        assert [opened.database.encryption.decrypt(row["encrypted"])["text"] for row in opened.database.rows("SELECT encrypted FROM revisions ORDER BY mention")] == words  # fmt: skip


def test_others_who_know_both_keys_read_and_write_meanwhile(
    path: Path, keys: list[str], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintenance, "BATCH", 3)
    add(store, *(mention(number) for number in range(1, 11)))
    store.close()
    with Store.open(path, [NEW, *keys]) as rotating, Store.open(path, [NEW, *keys]) as service:
        came = iter(range(11, 30))

        def meanwhile(done: int, total: int) -> None:
            if (number := next(came, None)) is not None:
                add(service, mention(number), at=AT + HOUR)
            assert service.mentions.get(1) is not None

        rotating.maintenance.rotate_keys([NEW, *keys], report_progress=meanwhile)
    with Store.open(path, [NEW]) as opened:
        assert opened.mentions.get(1) is not None
        assert opened.mentions.get(12) is not None
        assert opened.maintenance.verify().ok


def test_a_program_that_knows_the_old_key_alone_and_goes_on_writing_is_named(
    path: Path, keys: list[str], store: Store
) -> None:
    """`store` was opened before the new key was put first, as a page that nobody restarted."""
    add(store, *(mention(number) for number in range(1, 11)))
    with Store.open(path, [NEW, *keys]) as rotating:
        wrote: list[int] = []

        def stale(done: int, total: int) -> None:
            if done and not wrote:
                wrote.append(add(store, mention(50)).number)

        with pytest.raises(StoreError, match="restart the service and the page"):
            rotating.maintenance.rotate_keys([NEW, *keys], report_progress=stale)
        assert wrote
        assert rotating.mentions.get(11) is not None  # with both keys nothing is lost
        assert rotating.maintenance.rotate_keys([NEW, *keys]) > 0
    with Store.open(path, [NEW]) as opened:
        assert opened.mentions.get(11) is not None


def test_progress_says_how_far_it_is(store: Store, keys: list[str]) -> None:
    add(store, *(mention(number) for number in range(1, 11)))
    told: list[tuple[int, int]] = []
    store.maintenance.rotate_keys([NEW, *keys], report_progress=lambda *far: told.append(far))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == told[-1][1] >= 20
