from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from classify.evaluation.external import ALIASES, posts, span_f1, task
from classify.model.onnx_model import Model
from core.errors import InputError
from core.estimates import Figure


def csv(folder: Path, written: str, name: str = "rows.csv") -> Path:
    path = folder / name
    raw = written.encode()
    path.write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    return path


# ── files ────────────────────────────────────────────────────────────────────────────────────────


def test_rows_are_read_with_their_labels(tmp_path: Path) -> None:
    told = posts(csv(tmp_path, '\ufefflabel,id,text\n1,7,"a, ""b""\nc"\n0,8,\n'))
    assert (told.texts, told.labels) == (['a, "b"\nc', ""], [True, False])
    assert (told.kinds, told.spans) == ([], [])


@pytest.mark.parametrize(
    ("column", "yes", "no"),
    [("hate", "1", "0"), ("toxic", "1", "0"), ("label_gold", "hateful", "non-hateful"),
     ("category", "threats", "none"), ("level", "Misogynistic", "Nonmisogynistic"),
     ("label", "1.0", " 0 ")],
)  # fmt: skip
def test_published_files_are_read_as_they_are(
    tmp_path: Path, column: str, yes: str, no: str
) -> None:
    written = f"text,{column},split\na,{yes},test\nb,{no},train\nc,{no},test\n"
    told = posts(csv(tmp_path, written, "set.csv.gz"))
    assert (told.texts, told.labels) == (["a", "c"], [True, False])


def test_what_each_row_tests_is_read_too(tmp_path: Path) -> None:
    told = posts(csv(tmp_path, "functionality,test_case,label_gold\nslur,a,hateful\n"))
    assert (told.texts, told.kinds, told.labels) == (["a"], ["slur"], [True])


def test_spans_are_offsets_of_characters_and_need_no_label(tmp_path: Path) -> None:
    told = posts(csv(tmp_path, 'text,spans\nabc,"[0, 2]"\nd,[]\n'))
    assert told.spans == [frozenset({0, 2}), frozenset()]
    assert told.labels == []


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("text,tag\na,1\n", "columns text and label"),
        ("", "columns text and label"),
        ("text,label\na,1\nb,2\n", "row 2"),
        ("text,label\na,yes\n", "row 1"),
        ("text,label\na,\n", "row 1"),
        ("text,label\na\n", "row 1"),
        ("label,text\n1\n", "row 1"),
        ("text,category\na,\n", "row 1"),
        ("text,spans\na,0 to 3\n", "row 1"),
        ("text,spans\na,[x]\n", "row 1"),
        ("text,label\n", "no row"),
        ("text,label,split\na,1,train\n", "no row whose split is test"),
    ],
)
def test_a_row_that_is_not_whole_is_named(tmp_path: Path, written: str, named: str) -> None:
    with pytest.raises(InputError, match=named):
        posts(csv(tmp_path, written))


@pytest.mark.parametrize("name", ["rows.csv", "rows.csv.gz"])
def test_a_file_that_is_no_text_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"text,label\n\xff,1\n")
    with pytest.raises(InputError, match=r"rows\.csv"):
        posts(tmp_path / name)


def test_a_gzipped_file_that_was_cut_off_is_named(tmp_path: Path) -> None:
    whole = gzip.compress(b"text,label\n" + b"a,1\n" * 500)
    (tmp_path / "rows.csv.gz").write_bytes(whole[:-12])
    with pytest.raises(InputError, match=r"rows\.csv"):
        posts(tmp_path / "rows.csv.gz")


def test_every_alias_leads_to_a_head_of_the_model_that_ships() -> None:
    heads = {name.removeprefix("task.") for name in Model().outputs}
    assert set(ALIASES.values()) <= heads


# ── figures ──────────────────────────────────────────────────────────────────────────────────────


def by_name(figures: list[Figure]) -> dict[str, Figure]:
    return {figure.name: figure for figure in figures}


def test_a_head_is_measured_on_both_its_classes() -> None:
    told = by_name(task([0.9, 0.4, 0.6, 0.1, 0.2], [True, True, False, False, False], 0.5))
    # ones: 1 hit of 2 true and 2 said; noughts: 2 hits of 3 true and 3 said
    assert told["macro-F1"].value == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert told["accuracy"].value == pytest.approx(3 / 5)
    assert (told["recall of 1"].value, told["recall of 1"].count) == (0.5, 2)
    assert (told["recall of 0"].value, told["recall of 0"].count) == pytest.approx((2 / 3, 3))
    # of six pairs of a 1 and a 0 five are in order
    assert told["AUC"].value == pytest.approx(5 / 6)
    assert told["AUC"].low <= told["AUC"].value <= told["AUC"].high


def test_the_area_counts_ties_as_half_and_knows_no_threshold() -> None:
    ties = by_name(task([0.5, 0.5], [True, False], 0.1))
    assert ties["AUC"].value == 0.5
    assert by_name(task([0.2, 0.1], [True, False], 0.9))["AUC"].value == 1.0


def test_no_row_gives_figures_of_nothing() -> None:
    assert {figure.count for figure in task([], [], 0.5)} == {0}


def test_the_threshold_itself_counts() -> None:
    assert by_name(task([0.5], [True], 0.5))["accuracy"].value == 1.0


def test_each_kind_of_test_has_its_accuracy() -> None:
    told = by_name(
        task(
            [0.9, 0.9, 0.1], [True, False, False], 0.5, ["slur", "counter-speech", "counter-speech"]
        )
    )
    assert told["accuracy: slur"].value == 1.0
    assert (told["accuracy: counter-speech"].value, told["accuracy: counter-speech"].count) == (
        0.5,
        2,
    )


def test_characters_are_measured_post_by_post() -> None:
    found = [[(0, 4)], [], [(0, 2)], [(0, 2), (1, 4)]]
    gold = [frozenset({2, 3, 4, 5}), frozenset(), frozenset(), frozenset({0, 1, 2, 3})]
    # 2 hits of 4 and 4; empty and rightly so; empty and not; whole, though two spans overlap
    told = span_f1("characters", found, gold)
    assert told.value == pytest.approx((0.5 + 1 + 0 + 1) / 4)
    assert told.count == 4
    assert span_f1("characters", [[]], [frozenset({1})]).value == 0.0
