"""`evaluate` as people run it: with the model that ships on real files, and on small ones by hand."""

from __future__ import annotations

import gzip
import json
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from classify.evaluation.edits import EDITS
from classify.evaluation.metrics import Case
from classify.evaluation.workload import Day
from classify.model.onnx_model import Scores, Text
from core.errors import InputError, ModelError
from demo.world import World
from tests.conftest import Command
from tests.cycles import settled
from tests.fakes import FakeModel, Told, reader
from tuning import evaluate

ROOT = Path(__file__).parents[2]
LABELS = {"in_scope": True, "staff": "no", "sentiment": "neutral", "flags": [], "risk": "none"}
TEXTS = {
    "brick": "A brick would look well behind the window of the GP surgery in Brent",
    "rose": "A rose for the kind nurse at Northwick Park",
    "fox": "You stupid fox, said nobody at the clinic in Ealing",
}


def written(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def line(name: str, **labels: Any) -> dict[str, Any]:
    return {"id": name, "text": TEXTS[name], "labels": LABELS | labels}


def cases(path: Path, model: FakeModel | None = None) -> list[Case]:
    return evaluate.cases(reader(model), path, all_scopes=False, tell=Told())


# ── labelled lines ───────────────────────────────────────────────────────────────────────────────


def test_each_line_has_what_was_said_of_it_and_every_score(tmp_path: Path) -> None:
    model = FakeModel(says={"brick": {"threat": 0.99, "hate": 0.01}})
    file = written(tmp_path / "f", line("brick", flags=["threat"], risk="high"), line("rose"))
    threat, rose = cases(file, model)
    assert threat.true == threat.predicted == frozenset({"threat"})
    assert (threat.answer["risk"], rose.answer["risk"]) == ("high", "none")
    assert threat.scores["threat"] == pytest.approx(0.99)
    assert threat.scores["hate"] == pytest.approx(0.01)  # below its threshold, and told
    assert "grievance" not in threat.scores  # which the public can't have


def test_a_figure_is_not_made_of_a_part_of_the_lines(tmp_path: Path) -> None:
    class Stumbling(FakeModel):
        def scores(self, texts: Sequence[Text], progress: Any = None) -> list[Scores]:
            raise ValueError("a bug")

    file = written(tmp_path / "f", line("rose"), {"id": 2, "text": "rose"})
    with pytest.raises(InputError, match="line 2"):
        cases(file)
    with pytest.raises(ValueError, match="a bug"):
        cases(written(tmp_path / "f", line("rose")), Stumbling())


def test_a_file_without_a_labelled_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(InputError, match=r"empty\.jsonl"):
        cases(tmp_path / "empty.jsonl")


def test_a_flag_that_there_is_not_is_named_with_its_line(tmp_path: Path) -> None:
    file = written(tmp_path / "f", line("rose"), line("fox", flags=["derogatry"]))
    with pytest.raises(InputError, match=r"id \"fox\".*'derogatry'.*derogatory"):
        cases(file)
    assert len(cases(written(tmp_path / "f", line("rose", flags=["working_hours"])))) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"risk": "High"},
        {"staff": "NHS"},
        {"sentiment": "bad"},
        {"in_scope": "yes"},
        {"risk": ["low"]},
    ],
)
def test_a_label_of_a_value_that_there_is_not_is_named_with_its_line(
    tmp_path: Path, wrong: dict[str, Any]
) -> None:
    file = written(tmp_path / "f", line("rose"), line("fox", **wrong))
    with pytest.raises(InputError, match=rf'f: the line with id "fox".*{next(iter(wrong))}'):
        cases(file)


def test_a_line_that_cannot_be_read_is_named_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "some.jsonl").write_text(json.dumps(line("rose")) + "\n{\n")
    with pytest.raises(InputError, match=r"some\.jsonl: line 2"):
        cases(tmp_path / "some.jsonl")


def test_a_label_that_is_null_is_as_one_that_is_not_given(tmp_path: Path) -> None:
    file = written(tmp_path / "f", line("rose", risk=None, staff=None))
    told = evaluate.figures(reader(), file, all_scopes=False, tell=Told())
    names = {figure.name for figure in told.figures}
    assert "sentiment accuracy" in names
    assert not names & {"staff accuracy", "risk accuracy", "high risk recall"}


def test_lines_that_repeat_others_are_told_of(tmp_path: Path) -> None:
    told = Told()
    file = written(tmp_path / "f", line("rose"), line("rose"), line("fox") | {"id": "rose"})
    evaluate.cases(reader(), file, all_scopes=False, tell=told)
    assert [one.split(":")[0] for one in told if one.startswith("!")] == [
        "! 2 lines repeat ids of others", "! 1 lines repeat texts of others",
    ]  # fmt: skip


def test_a_target_that_does_not_go_by_flag_is_left_out_and_told_of(tmp_path: Path) -> None:
    told = Told()
    file = written(tmp_path / "f", line("brick", flags=["threat"], target=["patient"]))
    (one,) = evaluate.cases(reader(), file, all_scopes=False, tell=told)
    assert "target" not in one.labels
    assert "1 lines give target" in told[0]


def test_the_figures_alone_can_be_had(tmp_path: Path) -> None:
    told = evaluate.figures(
        reader(), written(tmp_path / "f", line("rose")), all_scopes=False, tell=Told()
    )
    assert "in_scope accuracy" in told.text()


def test_progress_is_told_by_counts(tmp_path: Path) -> None:
    told = Told()
    file = written(tmp_path / "f", *(line("rose") | {"id": n, "text": f"{n}"} for n in range(300)))
    evaluate.cases(reader(), file, all_scopes=False, tell=told)
    assert told == ["assessed 256 of 300", "assessed 300 of 300"]


def test_peers_are_measured_where_they_are_asked_for(tmp_path: Path) -> None:
    file = written(tmp_path / "f", line("brick", flags=["threat"]), line("rose"))
    alone = evaluate.everything(reader(), file, Day(), all_scopes=False, others=False, tell=Told())
    assert alone.peers == ()
    assert alone.file == "f"


def test_what_is_saved_is_its_owners_alone_and_holds_no_word(tmp_path: Path) -> None:
    file = written(tmp_path / "f", line("brick", flags=["threat"]), line("rose"))
    told = evaluate.everything(reader(), file, Day(), all_scopes=False, others=False, tell=Told())
    folder = tmp_path / "new" / "saved"
    evaluate.save(told, folder)
    evaluate.save(told, folder)  # again, over the first
    assert sorted(path.name for path in folder.iterdir()) == ["figures.json", "report.txt"]
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert "window" not in path.read_text("utf-8")
    assert json.loads((folder / "figures.json").read_text("utf-8"))["count"] == 2
    assert "brick" in (folder / "report.txt").read_text("utf-8")  # the id of what was missed


# ── danger in plain words, and edits that change nothing ─────────────────────────────────────────


def names_and_shares(path: Path, model: FakeModel) -> dict[str, tuple[float, int]]:
    measured = evaluate.everything(
        reader(model), path, Day(), all_scopes=False, others=False, tell=Told()
    )
    figures = measured.evaluation.figures
    return {figure.name: (round(figure.value, 3), figure.count) for figure in figures}


def test_explicit_danger_and_twins_left_alone_are_figures_of_their_own(tmp_path: Path) -> None:
    danger = {"flags": ["safeguarding"], "risk": "high"}
    rows = [
        line("brick", **danger) | {"note": "explicit", "pair": "danger"},
        line("rose", **danger) | {"note": "explicit", "pair": "danger"},
        line("fox", **danger) | {"note": "hinted", "pair": "danger"},
        *({"id": n, "text": f"{word} {n}", "labels": LABELS, "pair": "twin"}
          for n, word in enumerate(("fox", "hen", "owl", "cat"))),
    ]  # fmt: skip
    model = FakeModel(says={word: {"safeguarding": 0.99} for word in ("brick", "fox")})
    shares = names_and_shares(written(tmp_path / "f", *rows), model)
    assert shares["explicit danger found"] == (0.5, 2)
    assert shares["twins left alone"] == (0.75, 4)


def test_a_file_without_such_rows_says_nothing_of_them(tmp_path: Path) -> None:
    shares = names_and_shares(written(tmp_path / "f", line("rose"), line("fox")), FakeModel())
    assert not {"explicit danger found", "twins left alone"} & set(shares)


def test_an_edit_that_turns_the_answers_is_told_of(tmp_path: Path) -> None:
    told = Told()
    model = FakeModel(says={"brick": {"threat": 0.99}, "picnic": {"threat": 0.99}})
    rows = (line("brick"), line("rose"), line("fox") | {"text": "99"})
    robustness = evaluate.robustness(
        reader(model), written(tmp_path / "f", *rows), ["A picnic."], all_scopes=False, tell=told
    )
    changes = {change.edit: change for change in robustness.changes}
    assert list(changes) == list(EDITS)
    turned = changes["long after"]
    assert (turned.rows, turned.raised.share.hits, turned.raised.share.count) == (3, 2, 2)
    assert (turned.flags.share.hits, turned.lost.share.hits, turned.lost.share.count) == (2, 0, 1)
    assert changes["hashtags"].flags.share.hits == 0
    assert changes["typos"].rows == 2  # no letter to mistype in the third
    assert "long after, 11 of 11 edits" in told


def test_what_stands_around_an_edited_line_stays(tmp_path: Path) -> None:
    model = FakeModel(says={"brick": {"threat": 0.99}})
    row = line("brick") | {"author": {"bio": "Nurse"}, "platform": "x"}
    texts: list[Text] = []

    class Remembering(FakeModel):
        def scores(self, given: Sequence[Text], progress: Any = None) -> list[Scores]:
            texts.extend(given)
            return model.scores(given, progress)

    file = written(tmp_path / "f", row)
    evaluate.robustness(reader(Remembering()), file, ["A."], all_scopes=False, tell=Told())
    assert {(text.platform, text.bio) for text in texts} == {("x", "Nurse")}
    assert len(texts) == 1 + len(EDITS) + 1  # a quoted reply is read once more with its quotation


# ── heads ────────────────────────────────────────────────────────────────────────────────────────


def test_a_published_set_is_measured_by_the_head_that_answers_it(tmp_path: Path) -> None:
    model = FakeModel(says={"fox": {"task.toxic": 0.9}}, shown={"toxic": "fox", "threat": "You"})
    rows = (
        "text,toxic,spans,split\n"
        f'"{TEXTS["fox"]}",1,"[11, 12, 13]",test\n'
        f'"{TEXTS["rose"]}",0,[],test\n'
        '"left out",1,[],train\n'
    )
    path = tmp_path / "toxic_spans.csv.gz"
    path.write_bytes(gzip.compress(rows.encode()))
    told = {f.name: f for f in evaluate.task(reader(model), path, "toxic_spans", Told())}
    assert (told["macro-F1"].value, told["macro-F1"].count) == (1.0, 2)
    # the token is "fox,": three of four characters, and the empty post is right
    assert told["characters, token head"].value == pytest.approx((6 / 7 + 1) / 2)
    assert told["characters, spans of all flags"].value == pytest.approx((0 + 1) / 2)


def test_an_unknown_head_is_named_with_those_there_are(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("text,label\na,1\n")
    with pytest.raises(ModelError, match=r"'nonsense'.*toxic"):
        evaluate.task(reader(), path, "nonsense", Told())


@pytest.mark.parametrize("name", ["toxic_spans", "toxic"])
def test_spans_are_measured_without_labels_by_the_head_of_tokens_alone(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(f'text,spans\n"{TEXTS["fox"]}",[]\n')
    assert len(evaluate.task(reader(), path, name, Told())) == 2
    with pytest.raises(InputError, match="label"):
        evaluate.task(reader(), path, "dynahate", Told())


def test_a_flag_is_measured_as_thresholds_meet_it(tmp_path: Path) -> None:
    told = Told()
    model = FakeModel(says={"fox": {"hate": 0.9}, "rose": {"hate": 0.01}})
    path = tmp_path / "rows.csv"
    path.write_text(f'text,label\n"{TEXTS["fox"]}",1\n"{TEXTS["rose"]}",0\n')
    macro, *_ = evaluate.task(reader(model), path, "hate", told)
    assert macro.value == 1.0
    assert f"yes from {reader().policy.flags['hate'].threshold:g} on" in told[-1]


# ── the command, with the model that ships ───────────────────────────────────────────────────────


@pytest.fixture
def made(calm: World, tmp_path: Path) -> Path:
    return settled(tmp_path, calm, only=("files",))


def test_evaluate_reports_on_labelled_mentions(
    mentions: Command, made: Path, tmp_path: Path
) -> None:
    rows = (
        (ROOT / "classify" / "training" / "data" / "elsie.jsonl")
        .read_text("utf-8")
        .splitlines()[::15]
    )
    file = tmp_path / "some.jsonl"
    file.write_text("\n".join(rows), "utf-8")
    result = mentions(
        "evaluate",
        "--config",
        made,
        file,
        "--save",
        tmp_path / "saved",
        "--volume",
        "50",
        "--words",
    )
    assert result.exit_code == 0
    assert f"{len(rows)} labelled mentions of some.jsonl" in result.stdout
    assert "Of 50 mentions a day" in " ".join(result.stdout.split())
    figures = json.loads((tmp_path / "saved" / "figures.json").read_text("utf-8"))
    macro = figures["evaluation"]["figures"][0]
    assert 0.4 < macro["value"] < 1.0  # far better than chance
    assert macro["low"] < macro["value"] < macro["high"]
    mean = [one["error"] for one in figures["calibration"]]
    assert sum(mean) / len(mean) < 0.1


def test_evaluate_tells_what_edits_change(mentions: Command, made: Path, tmp_path: Path) -> None:
    file = written(tmp_path / "f", line("brick", flags=["threat"], risk="high"), line("rose"))
    saved = tmp_path / "saved"
    result = mentions("evaluate", "--config", made, file, "--edits", "--save", saved)
    assert result.exit_code == 0
    assert [name for name in EDITS if f"\n{name} " not in result.stdout] == []
    assert "FLAG BY FLAG" not in result.stdout
    assert "11 of 11 edits" in result.stderr
    figures = json.loads((saved / "figures.json").read_text("utf-8"))
    assert [change["edit"] for change in figures["changes"]] == list(EDITS)
    assert result.stdout == (saved / "report.txt").read_text("utf-8")
    assert "window" not in result.stdout + (saved / "figures.json").read_text("utf-8")
    assert mentions("evaluate", "--config", made, file, "--edits").stdout == result.stdout
    for other in (["--peers"], ["--words"], ["--task", "hate"]):
        refused = mentions("evaluate", "--config", made, file, "--edits", *other)
        assert refused.exit_code == 2
        assert "--edits" in refused.stderr


def test_evaluate_is_the_same_each_time(mentions: Command, made: Path, tmp_path: Path) -> None:
    file = written(tmp_path / "f", line("brick", flags=["threat"], risk="high"), line("rose"))
    once, again = (mentions("evaluate", "--config", made, file).stdout for _ in range(2))
    assert once == again


def test_evaluate_measures_a_head(mentions: Command, made: Path, tmp_path: Path) -> None:
    file = tmp_path / "check.csv"
    file.write_text(
        "text,label,kind\nall of them are vermin,1,dehumanising\ngood morning,0,neutral\n"
    )
    result = mentions("evaluate", "--config", made, "--task", "hatecheck", file)
    assert result.exit_code == 0
    assert "macro-F1" in result.stdout
    assert "accuracy: dehumanising" in result.stdout
    saved = tmp_path / "saved"
    again = mentions("evaluate", "--config", made, "--task", "hatecheck", file, "--save", saved)
    assert again.exit_code == 0
    assert json.loads((saved / "figures.json").read_text("utf-8"))[0]["name"] == "macro-F1"
    assert "vermin" not in (saved / "report.txt").read_text("utf-8")
    both = mentions("evaluate", "--config", made, "--task", "hatecheck", file, "--peers")
    assert both.exit_code == 2
    assert "--task" in both.stderr


def test_what_a_stranger_wrote_cannot_steer_the_terminal(
    mentions: Command, made: Path, tmp_path: Path
) -> None:
    row = line("brick", flags=["media"]) | {
        "id": "a\x1b[2J\nb\u202e", "text": TEXTS["brick"] + "\x1b[31m",
    }  # fmt: skip
    result = mentions("evaluate", "--config", made, written(tmp_path / "f", row), "--words")
    assert result.exit_code == 0
    assert "missed" in result.stdout.lower()
    assert not set("\x1b\u202e") & set(result.stdout)
    assert max(map(len, result.stdout.splitlines())) <= 100


def test_evaluate_says_what_a_file_lacks(mentions: Command, made: Path, tmp_path: Path) -> None:
    (tmp_path / "f.jsonl").write_text('{"id": 1, "text": "a"}\n')
    result = mentions("evaluate", "--config", made, tmp_path / "f.jsonl")
    assert result.exit_code == 1
    assert '"labels"' in result.stderr
    assert (
        mentions("evaluate", "--config", made, tmp_path / "f.jsonl", "--prevalence", "2").exit_code
        == 2
    )
