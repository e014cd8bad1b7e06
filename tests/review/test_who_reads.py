"""What colleagues wrote freely is for who decides and for governance: a viewer or an administrator has no use for it."""

from __future__ import annotations

import pytest

from tests.review.conftest import House
from tests.review.factories import NOW, OWN_STAFF, PRESS, case_of
from tests.review.pages import read
from tests.store.factories import HOUR

WHY = "a hearing was asked for by HR"
NOTE = "Rang Rosalind Pettigrew’s son on 07700 900123"


@pytest.mark.parametrize(
    ("handle", "reads"), [("amina", True), ("gwen", True), ("gov", True), ("vera", False), ("ada", False)]
)  # fmt: skip
def test_reasons_and_notes_are_for_who_decides_and_for_governance(
    anew: House, handle: str, reads: bool
) -> None:
    store = anew.store
    who = anew.who | {
        "gov": store.users.add("local", "gov", "Only Governance", ("governance",), at=NOW).number
    }
    house = House(url=anew.url, store=store, desk=anew.desk, who=who)
    own = case_of(store, OWN_STAFF)
    post = next(one.item for one in store.cases.mentions(own) if one.reviewable)
    store.purposes.ask(
        own, [(post.number, post.revision)], by=who["amina"], at=NOW, reason="harm", words=WHY
    )
    note = store.handovers.add(NOTE, by=who["bea"], at=NOW - HOUR, figures={}, after=0)
    case = read(house, f"/cases/{own}/full", handle).text
    assert WHY not in case
    with house.asks(handle) as client:
        asked = client.get(f"/cases/{own}/employer")
    assert (asked.status_code == 200, WHY in asked.text) == (reads, reads)
    decided = read(house, f"/cases/{case_of(store, PRESS)}/full", handle).text
    assert "Passed on to PALS and complaints" in decided
    assert ("Rang back at ten." in decided, "asks about waits" in decided) == (reads, reads)
    for path in ("/handover", f"/handover/{note}"):
        assert (NOTE in read(house, path, handle).text) is reads


def test_a_viewer_reads_no_flag_that_holds_of_staff_alone_since_it_says_who_they_are(
    house: House,
) -> None:
    own = case_of(house.store, OWN_STAFF)
    number = next(one.item.number for one in house.store.cases.mentions(own) if one.reviewable)
    for address in (f"/cases/{own}", f"/cases/{own}/full", f"/mentions/{number}"):
        for handle, reads in (("vera", False), ("amina", True)):
            text = read(house, address, handle).text.casefold()
            assert ("no disclaimer" in text) is reads, (address, handle)
