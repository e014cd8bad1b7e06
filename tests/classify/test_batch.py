from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify import batch
from core.errors import InputError
from core.models import PLATFORMS, Author, Flag, Reading

FULL = {
    "id": "a1", "platform": "x", "text": "Nine hours in A&E",
    "author": {"handle": "rowan_ashdown", "name": "Rowan Ashdown", "bio": "Gardener", "followers": 120},
    "metrics": {"likes": 3, "shares": 0, "replies": 1}, "posted_at": "2026-11-01T12:00:00Z",
}  # fmt: skip
GOOD = {"id": 7, "text": "fine"}


def read(*lines: object) -> list[batch.Line | InputError]:
    """What comes of lines: bytes as they are, anything else as JSON."""
    written = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    return list(batch.lines(io.BytesIO(b"\n".join(written) + b"\n")))


def one(**parts: Any) -> batch.Line:
    (line,) = read({**GOOD, **parts})
    assert isinstance(line, batch.Line), line
    return line


# ── in ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_whole_line_is_read() -> None:
    assert read(FULL) == [
        batch.Line(
            id="a1", text="Nine hours in A&E", platform="x", shares=0,
            author=Author(handle="rowan_ashdown", name="Rowan Ashdown", bio="Gardener", followers=120),
            posted_at=datetime(2026, 11, 1, 12, tzinfo=UTC),
        )
    ]  # fmt: skip


def test_only_id_and_text_are_needed() -> None:
    assert one() == batch.Line(
        id=7, text="fine", platform="other", author=Author(), shares=None, posted_at=None
    )


@pytest.mark.parametrize("name", ["author", "metrics", "posted_at", "platform"])
def test_what_is_null_is_as_good_as_left_out(name: str) -> None:
    assert one(**{name: None}) == one()
    assert one(author=dict.fromkeys(("handle", "name", "bio", "followers"))) == one()
    assert one(metrics={"shares": None}, posted_at="") == one()


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_platform_is_known(platform: str) -> None:
    assert one(platform=platform).platform == platform


@pytest.mark.parametrize("platform", ["myspace", "", 5, ["x"], {"x": 1}, True])
def test_a_platform_is_a_hint_and_an_unknown_one_is_other(platform: object) -> None:
    assert one(platform=platform).platform == "other"


def test_keys_that_nobody_knows_do_no_harm() -> None:
    assert one(colour="blue", labels={"flags": []}) == one()


def test_an_empty_text_is_a_post_too() -> None:
    assert one(text="").text == ""


@pytest.mark.parametrize(
    ("written", "read"), [(120, 120), (120.0, 120), (-5, 0), (1e999, 2**53), (10**300, 2**53)]
)
def test_a_count_is_read_however_it_was_written(written: float, read: int) -> None:
    line = one(author={"followers": written}, metrics={"shares": written})
    assert (line.author.followers, line.shares) == (read, read)


BAD: dict[str, bytes] = {
    "not JSON": b"{",
    "two objects": b'{"id": 1, "text": "a"} {"id": 2, "text": "b"}',
    "an array": b'[{"id": 1, "text": "a"}]',
    "a text": b'"id"',
    "a number": b"12",
    "null": b"null",
    "not UTF-8": b'{"id": 1, "text": "caf\xe9"}',
    "UTF-16": '{"id": 1, "text": "a"}'.encode("utf-16"),
    "raw surrogates": b'{"id": 1, "text": "\xed\xa0\x80"}',
    "a control character": b'{"id": 1, "text": "a\x00b"}',
    "no id": b'{"text": "a"}',
    "null id": b'{"id": null, "text": "a"}',
    "true id": b'{"id": true, "text": "a"}',
    "fractional id": b'{"id": 1.5, "text": "a"}',
    "NaN id": b'{"id": NaN, "text": "a"}',
    "list id": b'{"id": [1], "text": "a"}',
    "no text": b'{"id": 1}',
    "null text": b'{"id": 1, "text": null}',
    "number text": b'{"id": 1, "text": 5}',
    "list text": b'{"id": 1, "text": ["a"]}',
    "author text": b'{"id": 1, "text": "a", "author": "rowan"}',
    "author list": b'{"id": 1, "text": "a", "author": []}',
    "handle number": b'{"id": 1, "text": "a", "author": {"handle": 5}}',
    "bio list": b'{"id": 1, "text": "a", "author": {"bio": ["a"]}}',
    "followers text": b'{"id": 1, "text": "a", "author": {"followers": "many"}}',
    "followers true": b'{"id": 1, "text": "a", "author": {"followers": true}}',
    "followers NaN": b'{"id": 1, "text": "a", "author": {"followers": NaN}}',
    "metrics list": b'{"id": 1, "text": "a", "metrics": [1]}',
    "shares text": b'{"id": 1, "text": "a", "metrics": {"shares": "3"}}',
    "shares NaN": b'{"id": 1, "text": "a", "metrics": {"shares": NaN}}',
    "posted_at words": b'{"id": 1, "text": "a", "posted_at": "yesterday"}',
    "posted_at true": b'{"id": 1, "text": "a", "posted_at": true}',
    "posted_at NaN": b'{"id": 1, "text": "a", "posted_at": NaN}',
    "posted_at huge": b'{"id": 1, "text": "a", "posted_at": ' + b"9" * 400 + b"}",
    "posted_at infinite": b'{"id": 1, "text": "a", "posted_at": 1e999}',
    "posted_at object": b'{"id": 1, "text": "a", "posted_at": {}}',
    "a number of 5,000 digits": b'{"id": ' + b"9" * 5_000 + b', "text": "a"}',
    "100,000 brackets": b'{"id": 1, "text": "a", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "100,000 open brackets": b"[" * 100_000,
    "100,000 braces": b'{"a":' * 100_000,
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_line_is_named_by_its_number_and_the_others_are_read(kind: str) -> None:
    first, bad, last = read({"id": 1, "text": "a"}, BAD[kind], {"id": 2, "text": "b"})
    assert isinstance(first, batch.Line)
    assert isinstance(last, batch.Line)
    assert (first.id, last.id) == (1, 2)
    assert isinstance(bad, InputError)
    assert str(bad).startswith("line 2: ")
    assert "rowan" not in str(bad)
    assert "\n" not in str(bad)
    assert len(str(bad)) < 100


def test_blank_lines_are_skipped_and_counted() -> None:
    first, bad = read(b"", b"  \t\r", GOOD, b"", b"{")
    assert isinstance(first, batch.Line)
    assert str(bad).startswith("line 5: ")


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm() -> None:
    (line,) = batch.lines(io.BytesIO(b'\xef\xbb\xbf{"id": 1, "text": "a"}\r\n'))
    assert isinstance(line, batch.Line)
    assert list(batch.lines(io.BytesIO(b"\xef\xbb\xbf\n"))) == []


def test_a_last_line_without_an_end_is_read() -> None:
    (line,) = batch.lines(io.BytesIO(b'{"id": 1, "text": "a"}'))
    assert isinstance(line, batch.Line)
    assert list(batch.lines(io.BytesIO(b""))) == []


def test_a_line_is_ended_by_nothing_but_its_end() -> None:
    text = "one\u2028two\u0085three\u000bfour"
    (line,) = batch.lines(
        io.BytesIO(
            json.dumps({"id": 1, "text": text}, ensure_ascii=False)
            .replace("\u000b", "\\u000b")
            .encode()
        )
    )
    assert isinstance(line, batch.Line)
    assert line.text == text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.binary(max_size=60).map(lambda raw: raw.replace(b"\n", b"")))
def test_whatever_bytes_come_a_line_or_an_error_comes_of_them(raw: bytes) -> None:
    assert all(isinstance(line, batch.Line | InputError) for line in read(raw))


@given(
    st.fixed_dictionaries(
        {"id": JSON, "text": JSON},
        optional={
            "author": JSON | st.dictionaries(st.sampled_from(["handle", "bio", "followers"]), JSON),
            "metrics": JSON | st.dictionaries(st.just("shares"), JSON),
            "platform": JSON,
            "posted_at": JSON,
        },
    )
)
def test_whatever_object_comes_a_line_or_an_error_comes_of_it(given_object: dict[str, Any]) -> None:
    (line,) = read(given_object)
    assert isinstance(line, batch.Line | InputError)


# ── out ──────────────────────────────────────────────────────────────────────────────────────────

FLAGS = (
    Flag(name="derogatory", score=0.97123, clauses=("3", "6.8", "6.9"), spans=((12, 24),), target=("colleague",)),
    Flag(name="allegation", score=0.5, clauses=("9",), harm="serious"),
)  # fmt: skip
READING = Reading(
    in_scope=True, staff="icb", sentiment="negative", language="en", read="full", flags=FLAGS, masked="…",
    protected="disclosure",
)  # fmt: skip


def answered(line: batch.Line, reading: Reading = READING) -> dict[str, Any]:
    written = batch.answer(line, reading, "high", policy="2026.1", model="m")
    assert "\n" not in written
    told: dict[str, Any] = json.loads(written)
    return told


def test_an_answer_has_the_keys_of_the_contract_in_their_order() -> None:
    told = answered(one(id="a1"))
    assert told == {
        "id": "a1", "in_scope": True, "staff": "icb", "sentiment": "negative",
        "protected": "disclosure", "language": "en", "read": "full", "risk": "high", "policy": "2026.1", "model": "m",
        "flags": [
            {"flag": "derogatory", "score": 0.9712, "clause": ["3", "6.8", "6.9"],
             "spans": [[12, 24]], "target": ["colleague"]},
            {"flag": "allegation", "score": 0.5, "clause": ["9"], "spans": [], "harm": "serious"},
        ],
    }  # fmt: skip
    assert list(told) == [
        "id", "in_scope", "staff", "sentiment", "protected", "language", "read", "flags", "risk", "policy",
        "model",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "given_id", ["a1", "", "7", 7, -1, 0, 2**80, 10**400, "\ud800", "\u202e", "é\n\0", "1990000000000000000"]
)  # fmt: skip
def test_an_id_comes_back_as_it_was_given(given_id: str | int) -> None:
    told = answered(one(id=given_id))["id"]
    assert told == given_id
    assert type(told) is type(given_id)


def test_a_lone_surrogate_in_a_text_is_read_as_any_other_sign() -> None:
    line = one(id="\ud800", text="a \ud800 b")
    assert line.text == "a \ud800 b"
    batch.answer(line, READING, "low", policy="p", model="m").encode("utf-8")


# ── labelled ─────────────────────────────────────────────────────────────────────────────────────


def labelled(*lines: object) -> list[batch.Labelled]:
    written = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    return list(batch.labelled(io.BytesIO(b"\n".join(written))))


def test_labelled_lines_are_read_with_their_labels() -> None:
    labels = {"in_scope": True, "flags": ["pid"]}
    mark = b"\xef\xbb\xbf" + json.dumps({**GOOD, "labels": labels}).encode()
    (judged,) = labelled(mark, b"", b"  ")
    assert (judged.line.id, judged.labels, judged.note, judged.pair) == (7, labels, "", "")


def test_what_a_labelled_line_was_meant_for_is_read_where_it_is_a_word() -> None:
    (judged,) = labelled({**GOOD, "labels": {"flags": []}, "note": "explicit", "pair": ["twin"]})
    assert (judged.note, judged.pair) == ("explicit", "")


@pytest.mark.parametrize(
    "bad",
    [
        GOOD,
        {**GOOD, "labels": None},
        {**GOOD, "labels": ["pid"]},
        {**GOOD, "labels": {}},
        {**GOOD, "labels": {"flags": "pid"}},
        {**GOOD, "labels": {"flags": [{"flag": "pid"}]}},
        {"id": 1, "labels": {"flags": []}},
        *BAD.values(),
    ],
)
def test_the_first_line_without_labels_is_named_by_its_number(bad: object) -> None:
    good = {**GOOD, "labels": {"flags": []}}
    with pytest.raises(InputError, match="line 2: "):
        labelled(good, bad, good)
