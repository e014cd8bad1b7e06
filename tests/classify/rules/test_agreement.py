from __future__ import annotations

import pytest

from classify.rules.agreement import agrees


@pytest.mark.parametrize(
    "text",
    ["same", "Same here!!", "me too 😔", "This 💯", "Exactly this, my mum too", "agreed", "couldn't agree more.", "😡😡", "👏", "100%", "Yep. Same with us"],
)  # fmt: skip
def test_bare_agreement_says_nothing_of_its_own(text: str) -> None:
    assert agrees(text)


@pytest.mark.parametrize(
    "text",
    ["", "same. mine are saved up too", "yes please", "This is a lie", "😂😂", "❤️", "Me too, and I know where he parks", "exactly the wrong place to park", "thanks"],
)  # fmt: skip
def test_who_adds_words_laughs_or_comforts_does_not_only_agree(text: str) -> None:
    assert not agrees(text)
