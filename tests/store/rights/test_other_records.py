"""What is held of a person beside the posts is looked for in every place that holds words, and each that is not says why."""

from __future__ import annotations

from core import clock
from store import Store
from store.rights.other_records import NOT_LOOKED_THROUGH, PLACES
from store.search import OF_CASE, OF_MENTION
from tests.store.factories import AT

WITH_A_POST = {"mentions", *OF_MENTION, *OF_CASE, "employer_answers", "handoff_steps"}


def test_every_table_with_sealed_words_is_looked_through_or_says_why_not(store: Store) -> None:
    sealed = {
        row["name"]
        for row in store.database.rows(
            "SELECT DISTINCT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'encrypted'"
        )
    }
    places = WITH_A_POST | set(PLACES) | set(NOT_LOOKED_THROUGH)
    assert sealed - places == set()
    assert places - sealed == {"users"}


def test_a_person_is_found_in_notes_settings_requests_and_accounts(store: Store) -> None:
    gwen = store.users.add("local", "rowan_a", "Rowan Ashdown", ["governance"], at=AT).number
    store.handovers.add("All quiet", by=gwen, at=AT, after=0, figures={})
    store.handovers.add("Rowan Ashdown rang.\nNothing else", by=gwen, at=AT, after=1, figures={})
    store.settings.save("alerts", {"email": ["rowan@example.org"], "who": {"lead": "Rowan  Ashdown"}}, 0, by=gwen, at=AT)  # fmt: skip
    request = store.rights_requests.add("access", came_on=clock.local_day(AT), who="Rowan Ashdown, by letter", reference="IG/1", by=gwen, at=AT)  # fmt: skip
    store.person_searches.add(request, "rowan ashdown", by=gwen, by_name="Gwen", at=AT)
    places = {place.place: place for place in store.other_records.search("@rowan_ashdown")}  # fmt: skip
    found = {name: [match.words for match in place.matches] for name, place in places.items() if place.matches}  # fmt: skip
    assert found == {
        "handover note": [("Rowan Ashdown rang.",)],
        "version of the settings": [("rowan@example.org", "Rowan  Ashdown")],
        "request about data": [("Rowan Ashdown, by letter",)],
        "account here": [(
            "Rowan Ashdown, sign-in name rowan_a, open; 0 posts reported, "
            f"{sum(event.about.get('by') == gwen for event in store.audit.events())} acts in the record of what was done, 0 looks in the record of who opened what",
        )],
    }  # fmt: skip
    assert places["handover note"].looked == 2
    assert store.other_records.search("  ") == []


def test_an_account_is_found_by_its_names_and_not_by_what_is_counted_of_it(store: Store) -> None:
    store.users.add("local", "kay", "Kay Lamb", ["viewer"], at=AT)
    store.users.add("local", "opal", "Opal Penrose", ["viewer"], at=AT)
    opened: list[str] = []
    store.database.connection.set_trace_callback(opened.append)
    places = {place.place: place for place in store.other_records.search("Penrose")}
    store.database.connection.set_trace_callback(None)
    assert [match.words[0].partition(",")[0] for match in places["account here"].matches] == ["Opal Penrose"]  # fmt: skip
    assert sum("FROM staff_reports" in each for each in opened) == 1, "reports are opened for whoever is found"  # fmt: skip
    for words in ("Open", "Post Reported", "Looks"):
        found = {place.place: place for place in store.other_records.search(words)}
        assert not found["account here"].matches, words
