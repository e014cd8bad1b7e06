"""Every list calls a case as Today does: what a colleague told us of has its own sign there too."""

from __future__ import annotations

import pytest

from tests.review.conftest import House
from tests.review.desk.test_sorting_first_look import reported
from tests.review.pages import read, send

SIGN = "@Told by a colleague: Aimed at a colleague"


@pytest.mark.parametrize("page", ["/today?lane=now", "/mine", "/all"])
def test_what_a_colleague_told_us_of_has_its_sign_in_every_list(fresh: House, page: str) -> None:
    case = reported(fresh, "target")
    send(fresh, f"/cases/{case}/take", seen="0")
    assert SIGN in read(fresh, page).text
