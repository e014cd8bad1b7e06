"""A case by staff says what may be done about its writer, what not, and whom to ask."""

from __future__ import annotations

from tests.review.conftest import House
from tests.review.factories import OWN_STAFF, RUMOUR, case_of
from tests.review.pages import read


def test_a_case_by_staff_says_what_may_be_done_what_not_and_whom_to_ask(house: House) -> None:
    text = read(house, f"/cases/{case_of(house.store, OWN_STAFF)}").text
    for words in ("says that they work for us.", "Treat it as anyone’s", "don’t tell a manager or an employer", "ask governance: Gwen Okafor"):  # fmt: skip
        assert words in text
    assert "governance.employment" not in read(house, f"/cases/{case_of(house.store, OWN_STAFF)}/employer").text  # fmt: skip
    assert "Treat it as anyone’s" not in read(house, f"/cases/{case_of(house.store, RUMOUR)}").text  # fmt: skip
