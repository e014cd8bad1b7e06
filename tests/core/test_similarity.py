"""Texts that say nearly the same share a band and are alike; others are not."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from datasketch import MinHash
from hypothesis import given
from hypothesis import strategies as st

from core import similarity

TOLD = (
    "Ealing A&E shuts on Friday for good, my cousin saw the sign on the door this morning and "
    "nobody at the council will say why"
)
NEAR = [
    TOLD.upper(),
    f"RT @somebody: {TOLD} https://example.org/1",
    TOLD.replace("my cousin", "my sister"),
    f"omg {TOLD} share this",
    TOLD.replace(", ", " ").replace("for good ", ""),
]
FAR = [
    "The walk-in centre in Hayes has new opening hours from Monday, see the leaflet for details",
    "Ealing A&E were wonderful with my dad on Friday, can't thank the nurses enough for their care",
    "",
    "thank you so much",
]


@pytest.mark.parametrize("other", NEAR)
def test_nearly_the_same_shares_a_band_and_is_alike(other: str) -> None:
    assert set(similarity.bands(TOLD)) & set(similarity.bands(other))
    assert similarity.alike(TOLD, other)


@pytest.mark.parametrize("other", FAR)
def test_something_else_is_not_alike(other: str) -> None:
    assert not similarity.alike(TOLD, other)


def test_short_thanks_are_said_by_many_and_have_no_band() -> None:
    assert similarity.bands("Thank you so much!") == ()


def test_bands_are_the_same_on_every_machine() -> None:
    assert similarity.bands(TOLD)[:2] == (PINNED[0], PINNED[1])


PINNED = (-5147711431925736390, 7839845393676163846)


@given(st.text(max_size=400))
def test_a_text_is_alike_itself_and_its_bands_fit_an_sqlite_integer(text: str) -> None:
    assert similarity.alike(text, text)
    assert all(-(2**63) <= band < 2**63 for band in similarity.bands(text))


@given(st.text(max_size=200), st.text(max_size=200))
def test_being_alike_is_mutual(one: str, other: str) -> None:
    assert similarity.alike(one, other) == similarity.alike(other, one)


@given(st.sets(st.binary(max_size=40), min_size=1, max_size=60))
def test_a_sketch_is_the_librarys_so_that_stored_bands_stay_comparable(runs: set[bytes]) -> None:
    library = MinHash(num_perm=similarity.PERMUTATIONS, seed=1, hashfunc=zlib.crc32)
    library.update_batch(runs)
    assert np.array_equal(similarity.sketch(runs), library.digest())
