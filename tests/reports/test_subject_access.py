"""What a person is given: their own details open, everybody else's masked, what was decided by role, and where it went."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models import Author
from reports import subject_access
from reports.subject_access import Disclosure, reopened
from steps import rights
from store import Correction, Store, TakedownStep
from store.cases.staff_reports import NO_WORDS
from tests.reports.factories import POLICY
from tests.review.factories import NOW, decide, group, people, shipped
from tests.store.factories import add, assess_all, assessed, flag, mention
from tests.stores import temporary_store

OWN = frozenset({"rowan", "ashdown", "07700", "900123"})
OTHER = Author(id="88", handle="bryn_talog", name="Bryn Talog")


@pytest.mark.parametrize(
    ("text", "shown", "told"),
    [
        ("I am Rowan Ashdown", "I am [name]", "I am Rowan Ashdown"),
        ("Rowan and Petra waited", "[name] and [name] waited", "Rowan and [name] waited"),
        ("Rowan Vance waited", "[name] waited", "[name] waited"),
        ("ring 07700 900123", "ring [telephone]", "ring 07700 900123"),
        ("ring 07700 900999", "ring [telephone]", "ring [telephone]"),
        ("[name] said Rowan", "[name] said [name]", "[name] said Rowan"),
        ("nothing here", "nothing here", "nothing here"),
        ("other words", "does [name] not fit", "does [name] not fit"),
    ],
)
def test_only_what_is_theirs_is_opened(text: str, shown: str, told: str) -> None:
    assert reopened(text, shown, OWN) == told


HOME = "send this to Doreen Maplethorpe flat 2 Tamarind Court Greenford, thanks"
SPANS = ((13, 31, "name"), (32, 53, "address"))


@pytest.mark.parametrize(
    ("text", "shown", "name", "told"),
    [
        (HOME, "send this to [name] [address] [name], thanks", "Doreen Maplethorpe", "send this to Doreen Maplethorpe [2: address, not decided] [3: name, not decided], thanks"),
        (HOME, "send this to [name] [address] [name], thanks", "Rowan Ashdown", "send this to [1: name, not decided] [2: address, not decided] [3: name, not decided], thanks"),
        ("it is Doreen Maplethorpe Petra Quill 020 7946 0123", "it is [name] [telephone]", "Petra Quill", "it is [1: name, not decided] Petra Quill [3: telephone, not decided]"),
        ("it is Anne Doreen Maplethorpe", "it is [name]", "Doreen Maplethorpe", "it is [1: name, not decided]"),  # a longer name is another's
        ("ring 07700 900123 Jo Quill jo@example.org", "ring [telephone] [name] [email]", "Jo Quill", "ring [1: telephone, not decided] Jo Quill [3: email, not decided]"),
    ],
)  # fmt: skip
def test_where_masks_touch_each_holds_one_thing_and_ones_whole_name_opens(
    text: str, shown: str, name: str, told: str
) -> None:
    spans = SPANS if text == HOME else ()
    assert reopened(text, shown, (), name, mark=True, spans=spans) == told
    assert reopened(text, shown, (), "Ann Other", mark=True, spans=spans).count("not decided") == shown.count("[")  # fmt: skip


@given(st.lists(st.sampled_from(["rowan", "petra", "and", "07700", "[name]", " ", "of"]), max_size=12))  # fmt: skip
def test_nothing_of_others_is_opened_whatever_stands_there(parts: list[str]) -> None:
    text = " ".join(parts)
    shown = " ".join("[name]" if part in ("rowan", "petra") else part for part in parts)
    assert "petra" not in reopened(text, shown, OWN)


@pytest.mark.parametrize(
    ("who", "name"),
    [
        ("Rowan Ashdown, rowan@example.org", "Rowan Ashdown"),
        ("Siân O’Rourke-Vance (by letter)", "Siân O’Rourke-Vance"),
        ("Rowan Ashdown", "Rowan Ashdown"),
        ("rowan@example.org", ""),
        ("Rowan, 020 7946 0101", ""),
        ("the solicitor of Rowan Ashdown", ""),
        ("Rowan Ashdown 020 7946 0101", ""),
        ("", ""),
    ],
)
def test_a_name_is_taken_from_a_request_only_where_it_plainly_stands_first(
    who: str, name: str
) -> None:
    assert subject_access.name_in(who) == name


def test_of_the_name_in_the_request_only_the_whole_is_opened() -> None:
    text, shown = "Rowan Ashdown, Rowan and Petra Ashdown", "[name], [name] and [name]"
    assert reopened(text, shown, (), "Rowan Ashdown") == "Rowan Ashdown, [name] and [name]"


def test_the_name_with_which_somebody_asks_stays_open_in_what_they_wrote_and_what_is_about_them() -> None:  # fmt: skip
    with temporary_store() as store:
        filled(store)
        request = rights.write_down(
            store, "access", who="Rowan Ashdown, rowan@example.org", reference="IG/26/118", by="gwen", at=NOW
        )  # fmt: skip
        given_out = subject_access.gather(
            store, shipped(), POLICY, (1, 2), {1}, own=["@rowan_ashdown"], at=NOW, request=request
        )
    assert [post.words for post in given_out.posts] == [
        "Rowan Ashdown here: I told [2: name, not decided] that it hurts", "Rowan Ashdown was rude to [2: name, not decided]",
    ]  # fmt: skip


def filled(store: Store) -> dict[str, int]:
    who = people(store)
    add(
        store,
        mention(1, text="Rowan Ashdown here: I told Petra Vance that it hurts"),
        mention(2, text="Rowan Ashdown was rude to Petra Vance", author=OTHER),
        mention(3, text="I told the board that Rowan Ashdown hid the figures", author=OTHER),
    )  # fmt: skip
    readings: tuple[tuple[int, str, dict[str, Any]], ...] = (
        (1, "[name] here: I told [name] that it hurts", {}),
        (2, "[name] was rude to [name]", {}),
        (3, "I told the board that [name] hid the figures", {"protected": "disclosure", "staff": "nhs"}),
    )  # fmt: skip
    for number, masked, changes in readings:
        waiting = [one for one in store.assessments.unassessed("2026.1", "model-a") if one.number == number]  # fmt: skip
        assert waiting
        store.assessments.add([assessed(waiting[0], "medium", masked=masked, flags=[flag("derogatory")], **changes)])  # fmt: skip
    group(store, alone=True)
    return who


def pack(store: Store, *numbers: int) -> Disclosure:
    return subject_access.gather(
        store, shipped(), POLICY, numbers or (1, 2, 3), {1}, own=["Rowan Ashdown", "@rowan_ashdown"], at=NOW,
    )  # fmt: skip


def test_their_own_post_has_their_name_account_and_address_and_nobody_elses() -> None:
    with temporary_store() as store:
        filled(store)
        post = pack(store).posts[0]
    assert post.words == "Rowan Ashdown here: I told [2: name, not decided] that it hurts"
    assert post.account == "Rowan Ashdown rowan_ashdown"
    assert post.address.startswith("https://")
    assert "very sure" in post.labels[0]


def test_a_post_about_them_has_their_own_name_masks_others_and_does_not_say_who_wrote_it() -> None:
    with temporary_store() as store:
        filled(store)
        given_out = pack(store)
    post = given_out.posts[1]
    assert (post.words, post.account, post.address) == ("Rowan Ashdown was rude to [2: name, not decided]", "", "")  # fmt: skip
    assert given_out.not_decided == 2
    assert "Not ready to be sent: of 2 masked places" in subject_access.html(given_out)


AUNT = "My aunt Philippa Ashdown, 71, is on Ward 7 at Northwick Park with sepsis, says my mother Petra Vance"
AUNT_MASKED = "My aunt [name], [details], is on [details] at Northwick Park with [details], says my mother [name]"


def test_of_a_patient_who_is_mentioned_a_person_decides_which_masked_places_are_theirs() -> None:
    with temporary_store() as store:
        add(store, mention(1, text=AUNT, author=OTHER))
        assess_all(store, masked=AUNT_MASKED)

        def given_out(*own: str, decided: subject_access.Decided = subject_access.NOT_DECIDED) -> Disclosure:  # fmt: skip
            return subject_access.gather(store, shipped(), POLICY, (1,), (), own=own, at=NOW, decided=decided)  # fmt: skip

        places = subject_access.undecided(store, shipped(), POLICY, (1,), (), own=["Ashdown"], at=NOW)  # fmt: skip
        surname, whole = given_out("Ashdown"), given_out("Philippa Ashdown")
        said = given_out("Philippa Ashdown", decided={1: {2, 3, 4}})
        none = given_out("Ashdown", decided={1: ()})
    assert [(each.place, each.hidden) for each in places] == [
        (1, "Philippa Ashdown"), (2, "71"), (3, "Ward 7"), (4, "sepsis"), (5, "Petra Vance"),
    ]  # fmt: skip
    assert "Philippa" not in surname.posts[0].words  # a relative may have that family name
    assert surname.not_decided == 5
    assert whole.posts[0].words.startswith(
        "My aunt Philippa Ashdown, [2: details, not decided], is on"
    )
    assert said.posts[0].words == AUNT.replace("Petra Vance", "[name]")
    assert said.not_decided == 0
    assert (none.posts[0].words, none.not_decided) == (AUNT_MASKED, 0)


def test_whoever_spoke_up_about_them_is_not_given_away() -> None:
    with temporary_store() as store:
        filled(store)
        given_out = pack(store)
    assert [post.number for post in given_out.posts] == [1, 2]
    assert given_out.withheld == 1
    assert "hid the figures" not in subject_access.as_json(given_out)
    assert "1 post is left out" in subject_access.html(given_out)


def test_what_was_decided_and_done_stands_there_by_role_and_names_no_colleague() -> None:
    with temporary_store() as store:
        who = filled(store)
        case = store.cases.of_mention(1)
        assert case is not None
        decide(store, case, next(iter(who.values())), "remove", reason="Names Petra Vance", at=NOW)  # fmt: skip
        store.takedowns.add(TakedownStep(mention=1, step="asked", at=NOW, by=next(iter(who.values())), kept_at=NOW))  # fmt: skip
        store.mentions.reveal(1, by="somebody", at=NOW, reason="To check")
        store.corrections.add(Correction(
            mention=1, what="attribution", name="staff", at=NOW, by=None, before="staff", now="not staff",
            note="She left in March, says Petra Vance",
        ))  # fmt: skip
        names = [user.name for user in store.users.all()]
        given_out = pack(store, 1)
        page, data = subject_access.html(given_out), subject_access.as_json(given_out)
    post = given_out.posts[0]
    assert "Remove" in post.decisions[0].what
    assert post.decisions[0].by != ""
    assert [part.what for part in post.went_to] == ["Asked to take it down (the platform)"]
    assert len(post.looked_at) == 1
    assert "<s>staff</s> not staff" in page
    for text in (page, data):
        assert "Petra" not in text
        assert not [name for name in names if name in text]


def test_the_json_is_for_machines_and_says_the_same() -> None:
    with temporary_store() as store:
        filled(store)
        data = json.loads(subject_access.as_json(pack(store)))
    assert data["organisation"] == "NHS North West London"
    assert data["posts"][0]["posted_at"].endswith("+00:00")
    assert len(data["posts"][0]["kept_until"]) == 10


def test_words_that_nobody_has_read_are_masked_by_rules() -> None:
    with temporary_store() as store:
        add(store, replace(mention(1), text="Petra Vance rang 07700 900555 and Rowan heard"))
        post = pack(store, 1).posts[0]
    assert "Petra" not in post.words
    assert "900555" not in post.words


def test_a_child_is_kept_shortest_and_the_pack_says_until_when() -> None:
    with temporary_store() as store:
        add(store, mention(1, platform="bluesky"))
        assess_all(store)
        before = pack(store, 1).posts[0].kept_until
        store.children.mark({1: True})
        after = pack(store, 1).posts[0].kept_until
    assert before is not None
    assert after is not None
    assert (before - after).days == shipped().retention.days - 7


def test_a_report_by_link_gives_nobody_words_that_they_did_not_write() -> None:
    with temporary_store() as store:
        add(store, mention(1, text=NO_WORDS, posted_at=NOW, author=replace(OTHER)))
        assess_all(store, "low")
        store.staff_reports.add(1, at=NOW, worry="Colm from contracts is behind it", who="Petra Vance", by=None)  # fmt: skip
        group(store, NOW)
        pack = subject_access.gather(store, shipped(), POLICY, [1], {1}, own=[OTHER.handle], at=NOW)
    (post,) = pack.posts
    assert post.words == ""
    assert "no words of this post were read here" in post.program_note
    assert post.posted_at is None
    assert len(post.reported) == 1
    assert post.reported[0].startswith("Reported to us by a colleague on ")
    for form in (subject_access.html(pack), subject_access.as_json(pack)):
        assert NO_WORDS not in form
        assert "by a colleague on" in form
        assert "Colm" not in form
        assert "Petra" not in form
    assert "not known here" in subject_access.html(pack)
    assert "Not looked through, because" in subject_access.html(pack)


def test_what_a_source_read_and_a_colleague_reported_keeps_its_words_and_moment() -> None:
    with temporary_store() as store:
        add(store, mention(1, text="The clinic never rang me back", author=replace(OTHER)))
        assess_all(store, "low")
        store.staff_reports.add(1, at=NOW, worry="unkind", who="", by=None)
        group(store, NOW)
        (post,) = subject_access.gather(store, shipped(), POLICY, [1], {1}, own=[OTHER.handle], at=NOW).posts  # fmt: skip
    assert "never rang me back" in post.words
    assert post.posted_at is not None
    assert post.program_note == ""
    assert len(post.reported) == 1
