"""An erased person stays erased: a restore, another copy or a kill brings nobody back, and no restore takes a line of the ledger."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import clock
from core.context import AnsweredPost, Context
from core.errors import StoreError
from core.models import Author
from store import Store
from store.residue_scan import find_fragments, fragments
from tests.store.factories import AT, DAY, HOUR, add, all_bytes, assess_all, mention

THEIRS = "Zanzibarquux the registrar read my letter aloud in the corridor of the ward"
EARLIER = "Quillfeather parking at the hospital is dear, and nobody there answers for it"
OTHERS = "The nurses in the clinic at Ealing are lovely people, and I told them as much"
OTHER = Author(id="88", handle="bryn_talog", name="Bryn Talog")
PERSON = "@rowan_ashdown"


def backed_up(store: Store, to: Path) -> None:
    """Two posts of one person and one of another, assessed, and a backup with all three."""
    add(store, mention(1, text=THEIRS), mention(2, text=EARLIER), mention(3, text=OTHERS, author=OTHER, url="https://example.org/3"))  # fmt: skip
    assess_all(store, "low")
    store.backups.write(to, at=AT)


def in_the_bytes(path: Path, *texts: str) -> set[bytes]:
    content = all_bytes(path)
    return find_fragments(set().union(*(fragments(text) for text in texts)), [content])


def test_who_was_erased_is_gone_again_after_a_restore(
    store: Store, path: Path, tmp_path: Path, keys: list[str]
) -> None:
    backup = tmp_path / "backups" / "b1"
    backed_up(store, backup)
    proof = store.retention.erase_person(PERSON, by="gwen", at=AT + HOUR)
    assert (proof.gone, proof.proved) == ({"erased": 2}, True)
    store.close()
    for file in path.parent.glob("mentions.db*"):
        if file.is_file():
            file.unlink()
    again = Store.restore(backup, path, keys, at=AT + 2 * HOUR)
    assert again is not None
    assert (dict(again.gone), again.proved) == ({"erased": 2}, True)
    assert again.sought > 0
    with Store.open(path, keys) as restored:
        assert restored.search.find_person("rowan ashdown", by="gwen", at=AT) == []
        assert restored.search.find_person("bryn talog", by="gwen", at=AT) == [3]
        assert add(restored, mention(1, text=THEIRS)).gone == 1  # and is not taken in again
        assert restored.maintenance.verify().ok
    assert in_the_bytes(path, THEIRS, EARLIER) == set()
    assert in_the_bytes(path, OTHERS) != set()  # the look at the bytes would have seen them


def test_without_the_ledger_they_would_have_come_back(
    store: Store, tmp_path: Path, keys: list[str]
) -> None:
    """The check of the check: the backup does hold them."""
    backup = tmp_path / "backups" / "b1"
    backed_up(store, backup)
    Store.restore(backup, tmp_path / "elsewhere" / "again.db", keys, at=AT)
    with Store.open(tmp_path / "elsewhere" / "again.db", keys) as restored:
        assert restored.search.find_person("rowan ashdown", at=AT) == [1, 2]


def test_what_was_purged_before_they_were_erased_does_not_come_back_either(
    store: Store, path: Path, tmp_path: Path, keys: list[str]
) -> None:
    backup = tmp_path / "backups" / "b1"
    backed_up(store, backup)
    store.mentions.mark_gone([("x", mention(2).issued_id, "deleted")], at=AT)
    store.retention.purge(AT + HOUR, {}, deleted_after=0 * HOUR)
    store.retention.erase_person(PERSON, by="gwen", at=AT + HOUR)
    again = Store.restore(backup, tmp_path / "new" / "mentions.db", keys, ledger=(path.parent / "erasures" / "mentions.db.ledger"))  # fmt: skip
    assert again is not None
    assert dict(again.gone) == {"erased": 2}


def test_what_they_wrote_after_they_were_erased_stays(
    store: Store, path: Path, tmp_path: Path, keys: list[str]
) -> None:
    store.retention.erase_person(PERSON, by="gwen", at=AT - DAY)
    add(store, mention(1, text=THEIRS))
    store.retention.erase([1], by="gwen", at=AT + HOUR)
    backup = tmp_path / "backups" / "b1"
    add(store, mention(4, fetched_at=AT + DAY), at=AT + DAY)
    store.backups.write(backup, at=AT + DAY)
    store.retention.erase_person("bryn_talog", by="gwen", at=AT + 2 * DAY)
    assert Store.restore(backup, tmp_path / "new.db", keys, at=AT + 3 * DAY) is None
    with Store.open(tmp_path / "new.db", keys) as restored:
        assert restored.search.find_person("rowan ashdown", at=AT) == [2]


def test_a_hold_of_then_spares_what_it_spared(
    store: Store, path: Path, tmp_path: Path, keys: list[str]
) -> None:
    backup = tmp_path / "backups" / "b1"
    backed_up(store, backup)
    store.retention.hold(2, reason="a claim", approver="sirius", at=AT, expires=AT + 9 * DAY)
    assert store.retention.erase_person(PERSON, by="gwen", at=AT + HOUR).held_back == 1
    again = Store.restore(backup, tmp_path / "new.db", keys, ledger=(path.parent / "erasures" / "mentions.db.ledger"))  # fmt: skip
    assert again is not None
    assert dict(again.gone) == {"erased": 1}
    with Store.open(
        tmp_path / "new.db", keys, ledger=(path.parent / "erasures" / "mentions.db.ledger")
    ) as it:
        assert it.search.find_person("rowan ashdown", at=AT) == [2]


def test_a_new_machine_learns_from_the_ledger_beside_the_backup(
    store: Store, tmp_path: Path, keys: list[str]
) -> None:
    first, second = tmp_path / "backups" / "b1", tmp_path / "backups" / "b2"
    backed_up(store, first)
    store.retention.erase_person(PERSON, by="gwen", at=AT + HOUR)
    store.backups.write(second, at=AT + HOUR)
    again = Store.restore(first, tmp_path / "machine" / "mentions.db", keys, at=AT + DAY)
    assert again is not None
    assert dict(again.gone) == {"erased": 2}


def test_a_restore_never_overwrites_the_ledger(
    store: Store, path: Path, tmp_path: Path, keys: list[str]
) -> None:
    backup = tmp_path / "backups" / "b1"
    backed_up(store, backup)
    store.retention.erase([1], by="gwen", at=AT + HOUR)
    before = (path.parent / "erasures" / "mentions.db.ledger").read_bytes()
    (tmp_path / "erasures").mkdir()
    (tmp_path / "erasures" / "new.db.ledger").write_bytes(before)
    Store.restore(backup, tmp_path / "new.db", keys, at=AT + DAY)
    assert (tmp_path / "erasures" / "new.db.ledger").read_bytes() == before
    assert (tmp_path / "erasures" / "new.db.ledger").stat().st_mode & 0o777 in (0o600, 0o644)
    assert (path.parent / "erasures" / "mentions.db.ledger").stat().st_mode & 0o777 == 0o600


def test_an_older_copy_of_the_database_is_brought_up_at_the_next_start(
    store: Store, path: Path, keys: list[str]
) -> None:
    """As where somebody copies yesterday's file back by hand."""
    add(
        store,
        mention(1, text=THEIRS),
        mention(3, text=OTHERS, author=OTHER, url="https://example.org/3"),
    )
    old = path.with_name("old.db")
    store.database.execute("VACUUM INTO ?", str(old))
    store.retention.erase_person(PERSON, by="gwen", at=AT + HOUR)
    store.close()
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    old.rename(path)
    with Store.open(path, keys) as opened:
        assert opened.search.find_person("rowan ashdown", at=AT) == []
        assert opened.audit.events()[-2].kind == "erased again"
    assert in_the_bytes(path, THEIRS) == set()


def test_a_kill_between_the_ledger_and_the_database_is_completed_at_the_next_start(
    store: Store, path: Path, keys: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    add(store, mention(1, text=THEIRS))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(store.deletions, "remove", killed)
    with pytest.raises(KeyboardInterrupt):
        store.retention.erase([1], by="gwen", at=AT)
    assert store.mentions.get(1) is not None
    store.close()
    with Store.open(path, keys) as opened:
        assert opened.mentions.get(1) is None


def test_a_ledger_that_was_lost_is_written_again_from_the_database(
    store: Store, path: Path, keys: list[str]
) -> None:
    add(store, mention(1, text=THEIRS))
    store.retention.erase([1], by="gwen", at=AT)
    ledger = path.parent / "erasures" / "mentions.db.ledger"
    before = ledger.read_bytes()
    ledger.unlink()
    assert "0 of 2 lines" in store.ledger.state().trouble[0]
    with Store.open(path, keys) as opened:
        assert ledger.read_bytes() == before
        assert opened.ledger.state().trouble == ()
        assert "though this database has had one" in opened.ledger.lost(clock.now())
        assert opened.ledger.lost(clock.now() + 31 * DAY) == ""


def test_who_moves_a_database_away_with_all_that_shares_its_name_leaves_the_ledger(
    store: Store, path: Path, tmp_path: Path, keys: list[str]
) -> None:
    backup = tmp_path / "backups" / "b1"
    backed_up(store, backup)
    store.retention.erase_person(PERSON, by="gwen", at=AT + HOUR)
    store.close()
    away = tmp_path / "away"
    away.mkdir()
    for file in path.parent.glob("mentions.db*"):
        file.rename(away / file.name)
    again = Store.restore(backup, path, keys, at=AT + DAY)
    assert again is not None
    assert dict(again.gone) == {"erased": 2}
    with Store.open(path, keys) as restored:
        assert restored.ledger.lost(clock.now()) == ""


@pytest.mark.parametrize("both", [False, True])
def test_a_ledger_that_lay_beside_the_database_is_moved_over_and_loses_no_line(
    store: Store, path: Path, keys: list[str], both: bool
) -> None:
    add(store, mention(1, text=THEIRS), mention(2, text=EARLIER))
    store.retention.erase([1], by="gwen", at=AT)
    ledger, beside = store.ledger.path, path.with_name("mentions.db.erasures")
    store.retention.erase([2], by="gwen", at=AT)
    lines = ledger.read_bytes().splitlines(keepends=True)
    beside.write_bytes(b"".join(lines))
    if both:
        ledger.write_bytes(lines[0])
    else:
        ledger.unlink()
    with Store.open(path, keys) as opened:
        assert not beside.exists()
        assert ledger.read_bytes() == b"".join(lines)
        assert ledger.stat().st_mode & 0o777 == 0o600
        assert opened.ledger.lost(clock.now()) == ""


def test_a_restore_that_finds_no_ledger_is_told_until_one_is_found(
    store: Store, path: Path, tmp_path: Path, keys: list[str]
) -> None:
    backup, new = tmp_path / "backups" / "b1", tmp_path / "new" / "mentions.db"
    backed_up(store, backup)
    store.retention.erase_person(PERSON, by="gwen", at=AT + HOUR)
    assert Store.restore(backup, new, keys) is None
    with Store.open(new, keys) as opened:
        assert "no erasure ledger was found" in opened.ledger.lost(clock.now())
        found = opened.ledger.path
    found.parent.mkdir()
    found.write_bytes(store.ledger.path.read_bytes())
    with Store.open(new, keys) as opened:
        assert opened.search.find_person("rowan ashdown", by="gwen", at=AT) == []
        assert opened.ledger.lost(clock.now()) == ""


def test_half_a_line_of_a_power_cut_counts_for_nothing_and_the_next_stands_by_itself(
    store: Store, path: Path, keys: list[str]
) -> None:
    add(store, mention(1), mention(2))
    store.retention.erase([1], by="gwen", at=AT)
    ledger = path.parent / "erasures" / "mentions.db.ledger"
    with ledger.open("ab") as file:
        file.write(b'{"kind":"erased","at":"2026')
    store.retention.erase([2], by="gwen", at=AT)
    assert len(ledger.read_bytes().splitlines()) == 3
    assert store.ledger.state().trouble == ()
    with Store.open(path, keys) as opened:
        assert opened.ledger.unknown() == []


def test_lines_made_by_hand_erase_nobody_and_are_told(
    store: Store, path: Path, keys: list[str]
) -> None:
    add(store, mention(1), mention(2))
    store.retention.erase([1], by="gwen", at=AT)
    ledger = path.parent / "erasures" / "mentions.db.ledger"
    lines = ledger.read_text().splitlines()
    key = store.database.value("SELECT key_hash FROM mentions WHERE number = 2")
    forged = lines[-1].replace(store.database.value("SELECT key_hash FROM tombstones"), key)
    assert forged != lines[-1]
    ledger.write_text("\n".join([*lines, forged]) + "\n")
    with Store.open(path, keys) as opened:
        assert opened.mentions.get(2) is not None
        assert "changed by hand" in opened.ledger.state().trouble[0]


def test_the_ledger_of_another_database_is_refused(
    store: Store, path: Path, tmp_path: Path, keys: list[str]
) -> None:
    add(store, mention(1))
    store.retention.erase([1], by="gwen", at=AT)
    with Store.open(tmp_path / "other.db", keys):
        pass
    (tmp_path / "erasures").mkdir()
    (tmp_path / "erasures" / "other.db.ledger").write_bytes(
        (path.parent / "erasures" / "mentions.db.ledger").read_bytes()
    )
    with pytest.raises(StoreError, match="another database"):
        Store.open(tmp_path / "other.db", keys)


def test_where_the_ledger_cannot_be_written_nothing_is_erased(store: Store, path: Path) -> None:
    add(store, mention(1))
    (path.parent / "erasures" / "mentions.db.ledger").mkdir(parents=True)
    with pytest.raises(StoreError):
        store.retention.erase([1], by="gwen", at=AT)
    assert store.mentions.get(1) is not None


def test_the_ledger_names_nobody(store: Store, path: Path) -> None:
    add(store, mention(1, text=THEIRS))
    store.objections.add("x", ["@rowan_ashdown", "7700900"], by="gwen", at=AT)
    store.retention.erase_person(PERSON, by="gwen", at=AT)
    said = (path.parent / "erasures" / "mentions.db.ledger").read_text()
    for word in ("rowan", "7700900", "gwen", "Zanzibar", mention(1).issued_id):
        assert word not in said


def test_objections_survive_a_restore(
    store: Store, path: Path, tmp_path: Path, keys: list[str]
) -> None:
    backup = tmp_path / "backups" / "b1"
    backed_up(store, backup)
    store.objections.add("x", ["bryn_talog"], by="gwen", at=AT)
    store.objections.add("bluesky", ["bryn.example.org"], by="gwen", at=AT)
    store.objections.withdraw("bluesky", ["bryn.example.org"], by="gwen", at=AT)
    Store.restore(backup, tmp_path / "new.db", keys, ledger=(path.parent / "erasures" / "mentions.db.ledger"))  # fmt: skip
    with Store.open(
        tmp_path / "new.db", keys, ledger=(path.parent / "erasures" / "mentions.db.ledger")
    ) as it:
        assert [one.platform for one in it.objections.all()] == ["x"]
        assert it.objection_list.includes("x", OTHER)
        assert not it.objection_list.includes("bluesky", Author(handle="bryn.example.org"))


def test_words_of_whoever_was_erased_leave_the_contexts_of_others_too(
    store: Store, tmp_path: Path, keys: list[str], path: Path
) -> None:
    """The answer was here when the backup was made; what it answers was found and erased later."""
    parent = mention(1, text=THEIRS)
    around = Context(answered=(AnsweredPost(post_id=parent.issued_id, text=THEIRS, handle="rowan_ashdown"),))  # fmt: skip
    answer = mention(3, text=OTHERS, author=OTHER, url="https://example.org/3", parent_id=parent.issued_id, context=around)  # fmt: skip
    add(store, answer)
    store.backups.write(tmp_path / "backups" / "b1", at=AT)
    add(store, parent)
    store.retention.erase_person(PERSON, by="gwen", at=AT + HOUR)
    ledger = path.parent / "erasures" / "mentions.db.ledger"
    Store.restore(tmp_path / "backups" / "b1", tmp_path / "new.db", keys, ledger=ledger)
    with Store.open(tmp_path / "new.db", keys, ledger=ledger) as restored:
        assert restored.search.find_person("zanzibarquux", at=AT) == []
        assert restored.search.find_person("nurses", at=AT) == [1]
