"""A password that many use, or that is built on words of the organisation, is refused; whatever else is long enough is taken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.auth import passwords
from review.auth.passwords import COMMON, FEWEST, GUESSABLE, fault, words_of
from settings.schema import Config
from store import User
from tests.review.factories import shipped


def user(handle: str = "amina", name: str = "Amina Yusuf") -> User:
    return User(number=1, kind="local", handle=handle, name=name, roles=("viewer",), active=True)


@pytest.fixture(scope="module")
def config() -> Config:
    return shipped()


@pytest.mark.parametrize(
    "password",
    ["password1234", "PASSWORD1234", "qwerty123456", "motherfucker", "sonyericsson", "leavemealone", "123456789012"],
)  # fmt: skip
def test_what_is_known_from_breaches_is_refused(password: str) -> None:
    assert fault(password, password) == COMMON


@pytest.mark.parametrize(
    "password", ["Password123!!", "welcome2024!!", "Summer2025Summer", "aaaaaaaaaaaabcdef", "qwertyuiop[]", "P4ssw0rdP4ssw0rd"]
)  # fmt: skip
def test_what_is_guessed_soon_is_refused(password: str) -> None:
    assert fault(password, password) in (COMMON, GUESSABLE)


def test_words_of_the_organisation_and_the_account_make_no_password(config: Config) -> None:
    words = words_of(config, user())
    assert {"nhs", "amina", "yusuf", "mentions"} <= set(words)
    for built in ("amina.yusuf.2026", "AminaYusuf!2026", "nhs-mentions-2026", "Welcome-nhs-icb1"):
        assert fault(built, built, words=words) == GUESSABLE, built


@pytest.mark.parametrize(
    "password",
    ["otter marble lantern", "heron kettle violet", "Blau-Zaun-Regen-7", "x9$Lq2!vRz0p", "ein Tier im Garten geht", "鳥 茶碗 紫色 庭の石 雨", "o" * 10 + "tter marble lantern" + "x" * 200],
)  # fmt: skip
def test_any_characters_make_a_password_and_no_kind_of_them_is_asked_for(
    config: Config, password: str
) -> None:
    assert fault(password, password, words=words_of(config, user())) == ""


def test_short_long_and_different_ones_are_told_apart() -> None:
    assert "at least 12" in fault("otter marbl", "otter marbl")
    assert "at most 256" in fault("otter marble " * 30, "otter marble " * 30)
    assert "differ" in fault("otter marble lantern", "otter marble lanterns")


def test_the_list_holds_hashes_in_order_and_enough_of_them() -> None:
    written = passwords._LIST.read_bytes()
    each = [written[at : at + 5] for at in range(0, len(written), 5)]
    assert each == sorted(set(each))
    assert len(each) >= 3_000  # ASVS 5.0, 6.2.4: of those that are long enough here
    assert len(each) == 43_940


def test_the_file_of_another_list_is_made_of_what_is_long_enough() -> None:
    made = passwords.write(["short", "otter marble lantern", "Otter Marble Lantern"])
    assert made == passwords.hashed("otter marble lantern")


@given(st.text(min_size=FEWEST, max_size=256))
def test_no_text_makes_it_trip(text: str) -> None:
    assert isinstance(fault(text, text), str)
