from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.inbox.addresses import mailbox

JANE = "jane@example.org"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("jane@example.org <jane@example.org>", JANE),
        ("'jane@example.org' <jane@example.org>", JANE),
        ('"jane@example.org" <jane@example.org>', JANE),
        ("Jane @ Example ICB <jane@example.org>", "Jane @ Example ICB"),
        ("Example, Jane (NHS: NWL) <jane@example.org>", "Example, Jane (NHS: NWL)"),
        ('"Example, Jane" <jane@example.org>', "Example, Jane"),
        (r'"Jane \"J\" Example" <jane@example.org>', 'Jane "J" Example'),
        ("NHS: NWL <jane@example.org>", "NHS: NWL"),
        ("Example; Jane <jane@example.org>", "Example; Jane"),
        ("Jane (Brent <jane@example.org>", "Jane (Brent"),
        ('"Jane <jane@example.org>', "Jane"),
        ("Jane [NWL] <jane@example.org>", "Jane [NWL]"),
        ("Jane Example <jane@example.org", "Jane Example"),
        ("Jane Example <<jane@example.org>>", "Jane Example"),
        ("Jane Example <mailto:jane@example.org>", "Jane Example"),
        ("Jane Example [mailto:jane@example.org]", "Jane Example"),
        ("Jane Example [jane@example.org]", "Jane Example"),
        ("Jane Example < jane @ example.org >", "Jane Example"),
        ("Jane Example jane@example.org", "Jane Example"),
        ("jane@example.org (Jane Example)", "Jane Example"),
        ("jane@example.org>", ""),
        ("<jane@example.org> Jane", ""),
        ("JANE@Example.ORG", ""),
        ("Jane\r\n Example\r\n\t<jane@example.org>", "Jane Example"),
        ("Jane <jane@example.org>, Bo <bo@example.org>", "Jane"),
        ("jane@example.org, bo@example.org", ""),
        ("jane@example.org, Jane Example <jane@example.org>", "jane@example.org, Jane Example"),
        ("Team: Jane <jane@example.org>, Bo <bo@example.org>;", "Jane"),
        ("Team:jane@example.org;", ""),
        ('"Bo <bo@example.com>" <jane@example.org>', "Bo <bo@example.com>"),
        ("(bo@example.com) jane@example.org", "bo@example.com"),
    ],
)
def test_a_mailbox_is_read_however_it_is_written(written: str, name: str) -> None:
    assert mailbox(written) == (name, JANE)


@pytest.mark.parametrize(
    ("written", "name"),
    [("", ""), ("<>", ""), ("Team: ;", ""), ("Jane Example", "Jane Example"), ("/O=X/CN=JANE", "/O=X/CN=JANE"), ("@", "@")],
)  # fmt: skip
def test_where_there_is_no_address_there_may_be_a_name(written: str, name: str) -> None:
    assert mailbox(written) == (name, "")


@given(st.text(st.sampled_from('a@<>"(),;:[]\\ .=?é\n'), max_size=60))
def test_any_text_is_a_mailbox_or_none(written: str) -> None:
    name, address = mailbox(written)
    assert isinstance(name, str)
    assert address == "" or "@" in address


@pytest.mark.parametrize("sign", ["<", '"', "(", "a@", "a@b,", '\\"', "a ", ":"])
def test_a_long_header_takes_no_long_time(sign: str) -> None:
    began = time.process_time()
    mailbox(sign * 200_000)
    assert time.process_time() - began < 1
