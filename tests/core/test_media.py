"""What is attached to a post comes back as it was kept, within bounds."""

from __future__ import annotations

import pytest

from core.media import MOST, Attachment, as_json, from_json, pictures

ATTACHED = (Attachment(url="https://example.org/1.jpg"), Attachment(kind="video", seconds=42))


def test_what_is_kept_comes_back() -> None:
    assert from_json(as_json(ATTACHED)) == ATTACHED


@pytest.mark.parametrize("written", [None, "", {}, [None], [{"kind": "sound"}], [{}]])
def test_what_is_not_as_it_should_be_is_left_out(written: object) -> None:
    assert from_json(written) == ()


def test_a_post_keeps_few_and_no_endless_address() -> None:
    assert len(pictures(["https://example.org/1.jpg"] * 99)) == MOST
    assert pictures(["https://example.org/" + "x" * 9000]) == (Attachment(),)
