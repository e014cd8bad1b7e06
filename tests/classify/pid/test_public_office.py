from __future__ import annotations

import pytest

from classify.pid import find
from classify.pid.public_office import without_holders

PUBLIC = [
    "Mayor Yusuf Adeleke rolled up his sleeve for a flu jab at the Hayes hub",
    "The Deputy Mayor of Ealing, Cllr Moira Tench, told the meeting that she has epilepsy",
    "Farida Sohal MP wrote in the Gazette about her own endometriosis",
    "Cllr Owen Pike spoke at the launch about his own stroke.",
    "The Prime Minister had his blood pressure checked in Wembley",
    "Baroness Thirkell shared how she lives with arthritis",
    "The mayor gave blood in Hounslow this morning",
]
PRIVATE = [
    "Cllr Owen Pike had his blood pressure checked on our ward, it was sky high",
    "Word is Mayor Yusuf Adeleke told his GP about his diabetes",
    "The receptionist told me that Cllr Moira Tench has epilepsy",
    "Mayor Adeleke's wife Bisi had her flu jab and has MS",
    "My neighbour Cllr Moira Tench talked to me about her depression",
    "Farida Sohal MP has endometriosis",
    "Edna Pratt, 81, told us about her own diabetes. The mayor was there",
    "The mayor had his flu jab and edna pratt has copd",
    "Oh Lord, Sheila Potts had her flu jab for the COPD",
    "Thanks Mayor, Edna Pratt had her flu jab too",
    "Mrs Pratt had her booster and told us about her cancer",
]


@pytest.mark.parametrize("text", PUBLIC)
def test_what_holders_of_office_do_or_tell_in_public_names_nobody_else(text: str) -> None:
    rest = without_holders(text)
    assert rest is not None
    assert find(rest) == ()


@pytest.mark.parametrize("text", PRIVATE)
def test_what_others_tell_of_them_and_who_stands_beside_them_is_private(text: str) -> None:
    assert without_holders(text) is None


def test_a_name_with_a_title_beside_a_holder_is_left_to_be_found() -> None:
    rest = without_holders("The mayor had his flu jab, and Mrs Pratt of Vale Road has COPD")
    assert rest is not None
    assert find(rest) != ()
