"""A whole office signs in from one address at nine; only tries that fail are counted against it."""

from __future__ import annotations

from review.middleware import RateLimiter
from tests.review.conftest import House
from tests.review.factories import PASSWORD

FORM = {"name": "amina", "password": PASSWORD}


def test_signing_in_is_no_try(fresh: House) -> None:
    fresh.desk.tries = RateLimiter(most=2, each=0.0001)
    with fresh.asks("") as anyone:
        for _ in range(4):
            assert anyone.post("/sign-in", data=FORM).status_code == 303


def test_a_wrong_password_is_one(fresh: House) -> None:
    fresh.desk.tries = RateLimiter(most=2, each=0.0001)
    with fresh.asks("") as anyone:
        wrong = [
            anyone.post("/sign-in", data=FORM | {"password": "heron"}).status_code for _ in range(3)
        ]
        assert wrong == [422, 422, 429]
        assert anyone.post("/sign-in", data=FORM).status_code == 429
