"""Deciding by the page's forms: what is kept, what is refused and why, and who was faster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from review.cases.queue import MOST_AT_ONCE
from tests.review.conftest import House
from tests.review.factories import (
    ALLEGATION,
    GRIEVANCE,
    IN_DANGER,
    NAMED,
    NOW,
    PRESS,
    case_of,
)

Form = dict[str, Any]


def form(house: House, case: int, **changes: Any) -> Form:
    """The form as the page fills it in."""
    found = house.store.cases.get(case)
    assert found is not None
    worth = [
        one for one in house.store.cases.mentions(case) if one.reviewable and not one.item.deleted
    ]
    covers = [f"{one.item.number}:{one.item.revision}" for one in worth]
    given: Form = {"kind": "no_action", "version": str(found.version), "covers": covers}
    return given | changes


def sends(
    house: House, case: int, told: Mapping[str, Any], handle: str = "amina"
) -> tuple[int, str]:
    """The status of the answer, and its page."""
    with house.asks(handle) as client:
        answer = client.post(f"/cases/{case}/decide", data=dict(told))
    return answer.status_code, answer.text


def test_a_decision_is_kept_with_reason_note_and_labels(fresh: House) -> None:
    case = case_of(fresh.store, NAMED)
    told = form(
        fresh,
        case,
        reason="it names nobody",
        note="Rang her.",
        **{"label-pid": "no", "label-allegation": "no", "missing": "removal_request"},
    )
    assert sends(fresh, case, told)[0] == 303
    decided = fresh.store.cases.history(case)[-1].decision
    assert (decided.kind, decided.reason, decided.note) == (
        "no_action",
        "it names nobody. Information governance was not told",
        "Rang her.",
    )
    assert decided.labels == {"pid": False, "allegation": False, "removal_request": True}
    assert decided.at == NOW


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"kind": ""}, "Choose what to do"),
        ({"kind": "delete_everything"}, "Choose what to do"),
        ({"covers": []}, "Tick the posts"),
        ({"covers": ["1;DROP TABLE cases"]}, "changed on its way"),
        ({"kind": "escalate"}, "Choose whom to pass it on to"),
        ({"kind": "escalate", "role": "hr"}, "Choose whom to pass it on to"),
        ({"kind": "snooze", "until": "next week"}, "Write the day"),
        ({"kind": "snooze", "until": "2020-01-01", "reason": "More is known then"}, "future"),
        ({"note": "x" * 5000}, "at most 4,000"),
        ({}, "Write why. "),
        (
            {"kind": "respond", "label-safeguarding": "no", "reason": "x"},
            "Write why “not in danger”",
        ),
        ({"kind": "escalate", "role": "pals"}, "This doesn’t tell Safeguarding"),
    ],
)
def test_what_cannot_be_right_is_refused_with_what_to_do(
    house: House, changes: Form, why: str
) -> None:
    case = case_of(house.store, IN_DANGER)
    status, page = sends(house, case, form(house, case, **changes))
    assert status == 422
    assert why in page
    assert house.store.cases.history(case) == []


def test_the_second_of_two_sees_who_decided_what(fresh: House) -> None:
    case = case_of(fresh.store, ALLEGATION)
    told = form(fresh, case)
    assert sends(fresh, case, told | {"reason": "known to us"}, "bea")[0] == 303
    status, page = sends(fresh, case, told)
    assert status == 409
    assert "Bea Whitlock decided this case" in page
    assert "known to us" in page
    assert len(fresh.store.cases.history(case)) == 1


def test_undo_takes_back_and_the_history_keeps_both(fresh: House) -> None:
    case = case_of(fresh.store, ALLEGATION)
    sends(fresh, case, form(fresh, case, reason="Known to us"))
    with fresh.asks() as client:
        undone = client.post(f"/cases/{case}/undo", data={"undoes": "1", "version": "1"})
        assert undone.status_code == 303
        again = client.post(f"/cases/{case}/undo", data={"undoes": "1", "version": "2"})
        assert again.status_code == 422
    found = fresh.store.cases.get(case)
    assert found is not None
    assert (found.state, found.version) == ("new", 2)


def test_a_claim_of_somebody_else_is_shown_and_not_taken(fresh: House) -> None:
    case = case_of(fresh.store, GRIEVANCE)  # Bea looks at it
    with fresh.asks("amina") as client:
        assert client.post(f"/cases/{case}/claim").status_code == 409
    with fresh.asks("bea") as client:
        assert client.post(f"/cases/{case}/release").status_code == 303
    with fresh.asks("amina") as client:
        assert client.post(f"/cases/{case}/claim").status_code == 303


def test_several_cases_are_decided_at_once_only_after_the_page_said_what_it_will_do(
    fresh: House,
) -> None:
    plain, grave = case_of(fresh.store, PRESS), case_of(fresh.store, ALLEGATION)
    versions = [f"{number}:{fresh.store.cases.get(number).version}" for number in (plain, grave)]  # type: ignore[union-attr]
    before = {number: fresh.store.cases.history(number) for number in (plain, grave)}
    with fresh.asks() as client:
        answer = client.post(
            "/cases/decide", data={"case": [*versions, "9999:0", "x"], "kind": "monitor"}
        )
    assert answer.status_code == 200
    assert f'href="/cases/{grave}"' in answer.text
    assert before == {number: fresh.store.cases.history(number) for number in (plain, grave)}


@pytest.mark.parametrize("kind", ["escalate", "snooze", "remove", "duplicate", ""])
def test_what_needs_a_look_at_each_is_not_done_at_once(house: House, kind: str) -> None:
    with house.asks() as client:
        answer = client.post("/cases/decide", data={"case": ["1:0"], "kind": kind})
    assert answer.status_code == 422


def test_there_is_a_cap_on_how_many(house: House) -> None:
    many = [f"{number}:0" for number in range(MOST_AT_ONCE + 1)]
    with house.asks() as client:
        assert (
            client.post("/cases/decide", data={"case": many, "kind": "monitor"}).status_code == 422
        )


@pytest.mark.parametrize("reason", ["x" * 5000, "9" * 100_000])
def test_a_reason_that_is_too_long_decides_nothing(house: House, reason: str) -> None:
    case = case_of(house.store, PRESS)
    found = house.store.cases.get(case)
    assert found is not None
    told = {"case": [f"{case}:{found.version}"], "kind": "no_action", "reason": reason}
    with house.asks() as client:
        answer = client.post("/cases/decide", data=told)
    assert answer.status_code == 422
    assert "at most 4,000" in answer.text
    assert house.store.cases.get(case) == found


def test_a_post_that_is_ticked_twice_is_decided_once(fresh: House) -> None:
    case = case_of(fresh.store, GRIEVANCE)
    told = form(fresh, case)
    assert (
        sends(
            fresh,
            case,
            told
            | {
                "covers": [told["covers"]] * 2
                if isinstance(told["covers"], str)
                else [*told["covers"]] * 2
            },
        )[0]
        == 303
    )
    ((mention, _),) = fresh.store.cases.history(case)[-1].decision.covers
    assert len(fresh.store.decisions.of_mention(mention)) == 1


def test_words_are_revealed_for_a_reason_that_is_kept_sealed(fresh: House) -> None:
    number = 1
    with fresh.asks() as client:
        assert (
            "Rosalind Pettigrew"
            not in client.get(f"/cases/{case_of(fresh.store, NAMED)}/full").text
        )
        assert (
            "Rosalind" not in client.post(f"/mentions/{number}/reveal", data={"reason": "why"}).text
        )
        shown = client.post(
            f"/mentions/{number}/reveal", data={"why": "check", "reason": "to ring the practice"}
        )
        assert "Rosalind Pettigrew" in shown.text
        assert client.get(f"/mentions/{number}/reveal").status_code == 405
    with fresh.asks("vera") as client:
        assert (
            client.post(
                f"/mentions/{number}/reveal",
                data={"why": "check", "reason": "to ring the practice"},
            ).status_code
            == 403
        )
    assert b"to ring the practice" not in fresh.store.database.path.read_bytes()
    assert fresh.store.maintenance.verify().ok


def test_a_mail_links_to_the_case_of_its_mention(house: House) -> None:
    with house.asks() as client:
        answer = client.get("/mentions/6")
    assert answer.status_code == 200
    assert f"Case {house.store.cases.of_mention(6)}" in answer.text
    assert "post 6" in answer.text


def test_what_is_not_there_is_said_so(house: House) -> None:
    with house.asks() as client:
        assert client.get("/cases/999999/full").status_code == 404
        assert client.get("/mentions/999999").status_code == 404
        told = client.post("/cases/999999/decide", data={"kind": "no_action"})
        assert told.status_code == 404


def test_what_was_edited_after_a_decision_is_in_its_tab(house: House) -> None:
    with house.asks() as client:
        assert f"/cases/{house.store.cases.of_mention(6)}" in client.get("/all?tab=edited").text
