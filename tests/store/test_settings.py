"""Versions of what is set up in the page: added, sealed, attributed, never changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from core.errors import StoreError
from store import Store
from store.sqlite import DatabaseError
from tests.store.factories import AT, HOUR, all_bytes

TERMS = {"organisation.topics": ["kingfisher clinic"]}


def somebody(store: Store, name: str = "Bea Whitlock") -> int:
    return store.users.add("local", name.lower(), name, ["reviewer", "lead"], at=AT).number


def test_a_version_is_kept_with_who_when_and_why(store: Store) -> None:
    by = somebody(store)
    assert store.settings.current() == {}
    assert store.settings.save("names", TERMS, 0, at=AT, by=by, note="it opens in May")
    (found,) = store.settings.current().values()
    assert (found.section, found.version, found.content) == ("names", 1, TERMS)
    assert (found.by_name, found.at, found.note, found.back_to) == (
        "Bea Whitlock", AT, "it opens in May", None,
    )  # fmt: skip


def test_the_newest_of_each_section_counts_and_all_stay(store: Store) -> None:
    by = somebody(store)
    assert store.settings.save("names", TERMS, 0, at=AT, by=by)
    assert store.settings.save("rules", {"rules": []}, 0, at=AT, by=by)
    assert store.settings.save("names", None, 1, at=AT + HOUR, by=by)
    assert {key: one.content for key, one in store.settings.current().items()} == {
        "names": None,
        "rules": {"rules": []},
    }
    assert [one.content for one in store.settings.history("names")] == [None, TERMS]
    assert store.settings.history("nowhere") == []


def test_who_made_a_change_of_an_older_version_changes_nothing(store: Store) -> None:
    one, other = somebody(store), somebody(store, "Amina Yusuf")
    assert store.settings.save("names", TERMS, 0, at=AT, by=one)
    assert not store.settings.save("names", None, 0, at=AT, by=other)
    assert not store.settings.save("names", None, 2, at=AT, by=other)
    assert [found.by_name for found in store.settings.history("names")] == ["Bea Whitlock"]


def test_going_back_is_a_new_version_that_says_so(store: Store) -> None:
    by = somebody(store)
    assert store.settings.save("names", TERMS, 0, at=AT, by=by)
    assert store.settings.save("names", {"organisation.topics": []}, 1, at=AT, by=by)
    assert store.settings.save("names", TERMS, 2, at=AT, by=by, back_to=1)
    found = store.settings.current()["names"]
    assert (found.version, found.content, found.back_to) == (3, TERMS, 1)
    for nowhere in (0, 4):
        with pytest.raises(StoreError, match="no version"):
            store.settings.save("names", TERMS, 3, at=AT, by=by, back_to=nowhere)


def test_every_change_of_any_section_has_another_head(store: Store) -> None:
    by = somebody(store)
    heads = [store.settings.head()]
    for section, version in (("names", 0), ("rules", 0), ("names", 1)):
        store.settings.save(section, None, version, at=AT, by=by)
        heads.append(store.settings.head())
    assert heads[0] == 0
    assert len(set(heads)) == 4


def test_somebody_at_the_command_line_is_named_and_nobody_is_refused(store: Store) -> None:
    assert store.settings.save("names", None, 0, at=AT, who="Ines Moreau")
    assert store.settings.current()["names"].by_name == "Ines Moreau"
    with pytest.raises(StoreError, match="who made it"):
        store.settings.save("names", None, 1, at=AT, who=" ")


def test_an_event_says_which_version_and_nothing_of_its_content(store: Store) -> None:
    by = somebody(store)
    store.settings.save("names", TERMS, 0, at=AT, by=by, note="a reason")
    store.settings.save("names", None, 1, at=AT, who="Ines Moreau")
    by_user, by_name = (one.about for one in store.audit.events() if one.kind == "settings changed")
    assert by_user == {"section": "names", "version": 1, "by": by}
    assert (by_name["version"], str(by_name["by"]) != "Ines Moreau") == (2, True)
    assert store.maintenance.verify().ok


def test_content_note_and_name_are_sealed_and_keys_can_be_rotated(
    path: Path, keys: list[str]
) -> None:
    new = Fernet.generate_key().decode()
    with Store.open(path, keys) as store:
        store.settings.save("names", TERMS, 0, at=AT, who="Ines Moreau", note="for the opening")
        content = all_bytes(path)
        for hidden in (b"kingfisher", b"Ines Moreau", b"for the opening"):
            assert hidden not in content
        store.maintenance.rotate_keys([new, *keys])
    with Store.open(path, [new]) as store:
        assert store.settings.current()["names"].content == TERMS


@pytest.mark.parametrize(
    "sql", ["UPDATE settings SET from_file = 1", "UPDATE settings SET version = 9", "DELETE FROM settings"]
)  # fmt: skip
def test_nobody_changes_or_removes_what_was_kept(store: Store, sql: str) -> None:
    store.settings.save("names", TERMS, 0, at=AT, by=somebody(store))
    with pytest.raises(DatabaseError, match="settings are added"):
        store.database.execute(sql)
