"""Real text as examples: invented rows in the columns of each set, and what they may say of our outputs."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classify.inputs import Known
from classify.model.labels import FLAGS, OUTPUTS
from classify.model.onnx_model import SHIPPED
from classify.model.windows import CONTEXT, Cutter, Text
from classify.training import real_text
from classify.training.dataset import Example

CUTTER = Cutter(SHIPPED / "tokenizer.json", context=CONTEXT)
NOWHERE, HERE = Known(), Known(providers=("Northwick Park Hospital",))
COLUMNS: Mapping[str, Mapping[str, str]] = {  # of each set, beside `split` and `text`
    "fft_v6": {"sentiment": "negative", "danger": "no", "danger_how": "rule", "unflagged": "yes"},
    "fft_phase1": {"sentiment": "positive", "danger": "no", "danger_how": "rule", "unflagged": "yes"},
    "cssrs": {"danger": "yes", "danger_how": "read"},
    "counsel_chat": {"danger": "no", "danger_how": "rule"},
    "sad_stress": {"danger": "no", "danger_how": "rule"},
    "goemotions": {"emotions": "neutral", "danger": "no", "danger_how": "rule"},
    "covid_replies": {"parent_text": "Masks work", "danger": "no", "danger_how": "rule"},
    "covid_claims": {"misinformation": "yes"},
    "uk_petitions": {"danger": "no", "unflagged": "yes"},
    "nhs_information": {"danger": "no", "unflagged": "yes"},
    "isarcasm": {"danger": "no", "danger_how": "rule"},
    "banking77": {"unflagged": "yes"},
    "sms": {"kind": "ham", "danger": "no", "danger_how": "rule"},
    "cfpb_complaints": {"kind": "complaint"},
}  # fmt: skip


def written(folder: Path, name: str, rows: Sequence[Mapping[str, str]]) -> Path:
    with gzip.open(folder / f"{name}.csv.gz", "wt", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, ["split", "text", *COLUMNS[name]])
        out.writeheader()
        out.writerow({"split": "test", "text": "never read", **COLUMNS[name]})
        for row in rows:
            out.writerow({"split": "train", "text": "some words", **COLUMNS[name], **row})
    return folder


def read(
    folder: Path, name: str, *rows: Mapping[str, str], known: Known = NOWHERE
) -> list[Example]:
    return real_text.examples(written(folder, name, rows), CUTTER, known)


def answers(example: Example) -> dict[str, float]:
    asked = np.flatnonzero(~np.isnan(example.wanted))
    return {OUTPUTS[at]: float(example.wanted[at]) for at in asked}


def the_answers(folder: Path, name: str, known: Known = NOWHERE, **row: str) -> dict[str, float]:
    (example,) = read(folder, name, row, known=known)
    return answers(example)


def chosen(whole: Mapping[str, float], prefix: str) -> list[str]:
    return [name.removeprefix(prefix) for name, value in whole.items() if value and name.startswith(prefix)]  # fmt: skip


def test_every_set_is_tried_here() -> None:
    assert set(COLUMNS) == set(real_text.SOURCES)


def test_a_set_that_is_not_there_is_passed_over(tmp_path: Path) -> None:
    assert real_text.examples(tmp_path, CUTTER, NOWHERE) == []
    assert real_text.fillers(tmp_path) == []


@pytest.mark.parametrize("name", COLUMNS)
def test_a_row_of_its_training_part_answers_and_none_of_its_test_part(
    name: str, tmp_path: Path
) -> None:
    times = real_text.DANGER_TIMES if COLUMNS[name].get("danger") == "yes" else 1
    assert len(read(tmp_path, name, {})) == times
    (tmp_path / f"{name}.csv.gz").unlink()
    assert read(tmp_path, name) == []


@pytest.mark.parametrize("name", sorted(set(COLUMNS) - {"fft_v6", "fft_phase1"}))
def test_what_strangers_write_elsewhere_is_out_of_scope_and_unprotected(
    name: str, tmp_path: Path
) -> None:
    whole = answers(read(tmp_path, name, {}, known=HERE)[0])
    assert whole["in_scope"] == 0.0
    assert chosen(whole, "protected.") == ["none"]
    for flag in ("pid", "security", "grievance", "confidential"):
        assert whole[flag] == 0.0
    assert not [name for name in whole if name.startswith(("staff.", "sentiment."))]


# ── danger ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["cssrs", "counsel_chat", "sad_stress", "covid_replies", "sms"])
@pytest.mark.parametrize(
    ("danger", "how", "wanted"),
    [("yes", "read", 1.0), ("no", "read", 0.0), ("no", "rule", 0.0)],
)
def test_danger_is_learnt_as_a_reader_said(
    name: str, danger: str, how: str, wanted: float, tmp_path: Path
) -> None:
    rows = read(tmp_path, name, {"danger": danger, "danger_how": how})
    assert {answers(row)["safeguarding"] for row in rows} == {wanted}
    assert len(rows) == (real_text.DANGER_TIMES if danger == "yes" else 1)


@pytest.mark.parametrize(("danger", "how"), [("yes", "rule"), ("maybe", "read"), ("", "")])
def test_danger_that_nobody_read_is_left_out(danger: str, how: str, tmp_path: Path) -> None:
    assert read(tmp_path, "cssrs", {"danger": danger, "danger_how": how}) == []


def test_of_distress_no_flag_is_asked_but_danger_and_what_strangers_never_are(
    tmp_path: Path,
) -> None:
    whole = the_answers(tmp_path, "counsel_chat")
    asked = {name for name in whole if name in FLAGS}
    assert asked == {*real_text.NEVER_ELSEWHERE, "safeguarding"}
    assert "flagged" not in whole


# ── feedback on care ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("tone", "protected"), [("negative", "complaint"), ("positive", "none"), ("neutral", None)]
)
def test_feedback_at_a_provider_of_ours_is_in_scope_and_told_by_its_tone(
    tone: str, protected: str | None, tmp_path: Path
) -> None:
    rows = read(tmp_path, "fft_v6", *[{"text": f"words {n}", "sentiment": tone} for n in range(60)], known=HERE)  # fmt: skip
    ours = [row for row in rows if answers(row)["in_scope"] == 1.0]
    others = [row for row in rows if answers(row)["in_scope"] == 0.0]
    assert len(ours) + len(others) == 60
    assert 15 < len(ours) < 45
    for row in ours:
        whole = answers(row)
        assert 2 in row.types  # by its page it is about us
        assert chosen(whole, "sentiment.") == [tone]
        assert chosen(whole, "protected.") == ([protected] if protected else [])
        assert chosen(whole, "staff.") == ["no"]
        assert whole["flagged"] == 0.0
        assert {name for name in FLAGS if name in whole} == set(FLAGS) - {"assistance"}
    for row in others:
        assert 2 not in row.types
        assert chosen(answers(row), "protected.") == ["none"]


def test_where_no_provider_is_known_feedback_is_about_nobody_of_ours(tmp_path: Path) -> None:
    rows = read(tmp_path, "fft_phase1", *[{"text": f"words {n}"} for n in range(20)])
    assert {answers(row)["in_scope"] for row in rows} == {0.0}


def test_feedback_that_may_hold_a_flag_says_of_danger_alone(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "fft_v6", {"unflagged": "no", "danger": "no", "danger_how": "read"})
    whole = answers(row)
    assert {name for name in whole if name in FLAGS} == {"safeguarding"}
    assert not [name for name in whole if name.startswith(("sentiment.", "flagged"))]


# ── other sets ───────────────────────────────────────────────────────────────────────────────────


def test_a_reply_is_read_with_what_it_answers(tmp_path: Path) -> None:
    (reply,) = read(tmp_path, "covid_replies", {})
    assert 2 in reply.types
    (alone,) = read(tmp_path, "covid_replies", {"parent_text": ""})
    assert 2 not in alone.types


@pytest.mark.parametrize(("value", "wanted"), [("yes", 1.0), ("no", 0.0)])
def test_a_claim_is_false_as_its_checkers_said(value: str, wanted: float, tmp_path: Path) -> None:
    whole = the_answers(tmp_path, "covid_claims", misinformation=value)
    assert whole["misinformation"] == wanted
    assert "flagged" not in whole


def test_a_claim_that_nobody_could_check_is_left_out(tmp_path: Path) -> None:
    assert read(tmp_path, "covid_claims", {"misinformation": "unsure"}) == []


@pytest.mark.parametrize("name", ["uk_petitions", "nhs_information"])
def test_what_is_safe_to_leave_without_a_flag_has_none(name: str, tmp_path: Path) -> None:
    whole = the_answers(tmp_path, name)
    assert {whole[flag] for flag in FLAGS} == {0.0}
    assert whole["flagged"] == 0.0


def test_whether_a_banks_customer_asks_for_help_is_not_said(tmp_path: Path) -> None:
    whole = the_answers(tmp_path, "banking77")
    assert "assistance" not in whole
    assert {whole[flag] for flag in FLAGS if flag != "assistance"} == {0.0}


def test_no_more_rows_are_read_than_a_set_is_allowed_and_danger_is_never_among_those_left_out(
    tmp_path: Path,
) -> None:
    most = real_text.SOURCES["sms"].most
    calm = [{"text": f"words {n}"} for n in range(most + 30)]
    danger = [{"text": f"danger {n}", "danger": "yes", "danger_how": "read"} for n in range(5)]
    rows = read(tmp_path, "sms", *calm, *danger)
    dangers = [row for row in rows if answers(row)["safeguarding"] == 1.0]
    assert len(dangers) == 5 * real_text.DANGER_TIMES
    assert len(rows) - len(dangers) == most


def test_the_same_rows_come_out_each_time(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{"text": f"words {n}"} for n in range(30)]
    once = read(tmp_path, "fft_v6", *rows, known=HERE)
    again = read(tmp_path, "fft_v6", *rows, known=HERE)
    assert [row.ids for row in once] == [row.ids for row in again]


# ── fillers ──────────────────────────────────────────────────────────────────────────────────────

LONG_ENOUGH = "The bakery on the corner has opened again"


@pytest.mark.parametrize(
    ("name", "row", "fills"),
    [
        ("goemotions", {}, True),
        ("goemotions", {"emotions": "joy"}, True),
        ("goemotions", {"emotions": "anger"}, False),
        ("goemotions", {"danger": "yes"}, False),
        ("goemotions", {"text": "Too short"}, False),
        ("sms", {}, True),
        ("sms", {"kind": "spam"}, False),
        ("banking77", {}, True),
        ("isarcasm", {}, True),
        ("isarcasm", {"danger": "yes"}, False),
        ("cssrs", {}, False),
        ("fft_v6", {}, False),
    ],
)
def test_fillers_are_calm_harmless_and_about_other_things(
    name: str, row: Mapping[str, str], fills: bool, tmp_path: Path
) -> None:
    folder = written(tmp_path, name, [{"text": LONG_ENOUGH, **row}])
    assert real_text.fillers(folder) == ([LONG_ENOUGH] if fills else [])


def test_unrelated_sentences_alone_are_neither_about_us_nor_grave() -> None:
    examples = real_text.talk([LONG_ENOUGH, "Is the match on tonight?"], CUTTER, 40)
    assert len(examples) == 40
    for example in examples:
        whole = answers(example)
        assert set(example.types) == {0}
        assert chosen(whole, "protected.") == ["none"]
        assert not any(value for name, value in whole.items() if not name.startswith("protected."))
        assert {"in_scope", "safeguarding", "threat", "hate", "pid"} <= set(whole)
        assert not [name for name in whole if name.startswith(("staff.", "sentiment."))]
    assert max(len(example.ids) for example in examples) > 60  # several in a row
    assert real_text.talk([], CUTTER, 40) == []


def test_talk_beside_a_profile_is_asked_of_no_scope_and_holds_nothing() -> None:
    (example,) = real_text.talk(["The heron is back."], CUTTER, 1, [Text("", "x", "Runs a lot")])
    assert np.isnan(example.wanted[OUTPUTS.index("in_scope")])
    assert np.isnan(example.wanted[OUTPUTS.index("no_disclaimer")])
    assert example.wanted[OUTPUTS.index("safeguarding")] == 0.0
    (alone,) = real_text.talk(["The heron is back."], CUTTER, 1)
    assert alone.wanted[OUTPUTS.index("in_scope")] == 0.0
