"""A new model takes the present one's place only if it is no worse; with the shipped weights and files."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from classify.evaluation import external
from classify.model.checkpoint import opened
from classify.model.files import CHECKPOINT as FILES
from classify.model.onnx_model import SHIPPED, Model
from classify.policy import schema as policies
from classify.policy.schema import HERE
from core.errors import ModelError
from settings import schema
from steps.classifier import load_classifier
from tests.classify.factories import case
from tests.classify.model.test_checkpoint import made as checkpoint
from tests.classify.model.test_checkpoint import needs_torch, signed
from tests.conftest import Command
from tests.cycles import at_home
from tests.decisions import AT, CALM, THREAT, found, post, reader, settled
from tests.fakes import Told
from tuning import promotion

PRESENT = Model().version
BY = ("--by", "Jo Fell")


def model(folder: Path, version: str, **changes: Any) -> Path:
    """The shipped weights under another name; `changes` are made to model.json."""
    shutil.copytree(SHIPPED, folder)
    told = json.loads((folder / "model.json").read_text("utf-8"))
    told |= {"version": version} | changes
    (folder / "model.json").write_text(json.dumps(told), "utf-8")
    sums = [
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
        for name in ("model.onnx", "tokenizer.json", "model.json", "lexical.npz")
    ]
    (folder / "SHA256SUMS").write_text("".join(sums), "utf-8")
    return folder


def deaf(folder: Path, version: str) -> Path:
    """One that hears no threat."""
    return model(folder, version, shift=moved("threat", -20.0))


def moved(output: str, by: float) -> list[float]:
    """The shipped calibration with one output moved."""
    told = json.loads((SHIPPED / "model.json").read_text("utf-8"))
    shift = list(told["shift"])
    shift[told["outputs"].index(output)] = by
    return shift


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    """Two fixed sets: threats that the shipped model hears, and what is calm; the second has no risks."""
    folder = tmp_path / "sets"
    folder.mkdir()
    rows: list[dict[str, Any]] = [
        {"id": n, "platform": "x", "text": f"{text} ({n})",
         "labels": {"flags": flags, "risk": "high" if flags else "none"}}
        for n, (text, flags) in enumerate([(THREAT, ["threat"]), (CALM, [])] * 6)
    ]  # fmt: skip
    write(folder / "mentions.jsonl", rows)
    write(
        folder / "more.jsonl", [row | {"labels": {"flags": row["labels"]["flags"]}} for row in rows]
    )
    return folder


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """Config.toml where the model that ships is in force."""
    return settled(tmp_path)


@pytest.fixture
def named(tmp_path: Path) -> Path:
    """Config.toml that names a model's folder."""
    model(tmp_path / "model", "first")
    return settled(tmp_path, model="model")


def version_of(folder: Path) -> str:
    found: str = json.loads((folder / "model.json").read_text("utf-8"))["version"]
    return found


def test_a_model_that_is_no_worse_takes_the_place_and_the_old_one_stays(
    named: Path, sets: Path, tmp_path: Path, mentions: Command
) -> None:
    candidate = model(tmp_path / "new", "second")
    (candidate / "second.pt").write_bytes(b"a checkpoint of training")
    (candidate / "decisions.jsonl").write_text('{"mention": 7}\n')
    result = mentions("accept", candidate, "--sets", sets, "--config", named, *BY)
    assert result.exit_code == 0, result.output
    assert "second is in force; first stays in" in result.stdout
    assert version_of(tmp_path / "model") == "second"
    assert version_of(tmp_path / "model-first") == "first"
    assert (tmp_path / "model" / "decisions.jsonl").exists()
    assert not (tmp_path / "model" / "second.pt").exists()
    assert version_of(candidate) == "second"  # the folder that was handed in stays
    assert Model(tmp_path / "model").version == "second"
    record = json.loads((tmp_path / "model" / "accepted.json").read_text("utf-8"))
    assert (record["against"], set(record["sets"])) == ("first", {"all sets", "mentions", "more"})
    recall = record["sets"]["mentions"]["high risk recall"]
    assert (recall["candidate"], recall["difference"], recall["rows"]) == (1, [0, 0], 6)


def test_who_accepts_a_model_is_kept_beside_it_and_in_the_events_as_a_fingerprint(
    named: Path, sets: Path, tmp_path: Path, mentions: Command
) -> None:
    with at_home(named) as (house, _):
        before = len(house.store.audit.events())
    candidate = model(tmp_path / "new", "second")
    result = mentions("accept", candidate, "--sets", sets, "--config", named, "--by", " Jo Fell ")
    assert result.exit_code == 0, result.output
    record = json.loads((tmp_path / "model" / "accepted.json").read_text("utf-8"))
    assert (record["by"], record["version"], record["against"]) == ("Jo Fell", "second", "first")
    with at_home(named) as (house, _):
        (event,) = house.store.audit.events(before)
        assert house.store.maintenance.verify().ok
    assert event.kind == "model accepted"
    assert set(event.about) == {"version", "against", "sha256", "by", "login"}
    assert (event.about["version"], event.about["against"]) == ("second", "first")
    assert event.about["sha256"] == record["sha256"]
    assert "Jo" not in str(event)


def test_one_that_a_person_still_has_to_name_is_accepted_by_somebody_too(
    made: Path, sets: Path, tmp_path: Path, mentions: Command
) -> None:
    with at_home(made):
        pass
    candidate = model(tmp_path / "new", "second")
    assert mentions("accept", candidate, "--sets", sets, "--config", made, *BY).exit_code == 0
    record = json.loads((tmp_path / "models" / "second" / "accepted.json").read_text("utf-8"))
    assert record["by"] == "Jo Fell"
    with at_home(made) as (house, _):
        assert house.store.audit.events()[-1].kind == "model accepted"


@pytest.mark.parametrize("by", [(), ("--by", ""), ("--by", "  ")])
def test_nobody_accepts_a_model_without_a_name(
    by: tuple[str, ...], named: Path, sets: Path, tmp_path: Path, mentions: Command
) -> None:
    candidate = model(tmp_path / "new", "second")
    result = mentions("accept", candidate, "--sets", sets, "--config", named, *by)
    assert result.exit_code == 2
    assert "--by NAME" in result.stderr
    assert "candidate" not in result.stdout  # nothing was measured first
    cfg = schema.load(named)
    trial = promotion.trial(cfg, tmp_path, candidate, None, sets, AT, Told())
    with pytest.raises(ModelError, match="nobody accepts it"):
        promotion.promote(cfg, tmp_path, trial, by=" ")
    assert version_of(tmp_path / "model") == "first"


def test_a_refusal_and_a_dry_run_leave_no_event_and_no_store_is_made_for_one(
    named: Path, sets: Path, tmp_path: Path, mentions: Command
) -> None:
    asked = ("--sets", sets, "--config", named, *BY)
    (tmp_path / "mentions.db").unlink()
    assert mentions("accept", model(tmp_path / "new", "second"), *asked).exit_code == 0
    assert not (tmp_path / "mentions.db").exists()
    with at_home(named, create=True) as (house, _):
        before = len(house.store.audit.events())
    assert mentions("accept", deaf(tmp_path / "deaf", "deaf"), *asked).exit_code == 1
    again = model(tmp_path / "third", "third")
    assert mentions("accept", again, *asked, "--dry-run").exit_code == 0
    with at_home(named) as (house, _):
        assert len(house.store.audit.events()) == before


def test_where_the_store_is_there_but_can_not_be_opened_nothing_is_changed(
    named: Path, sets: Path, tmp_path: Path, mentions: Command
) -> None:
    with at_home(named):
        pass
    (tmp_path / "key").unlink()
    candidate = model(tmp_path / "new", "second")
    result = mentions("accept", candidate, "--sets", sets, "--config", named, *BY)
    assert result.exit_code == 1
    assert "no key in" in result.stderr
    assert version_of(tmp_path / "model") == "first"
    assert not list(tmp_path.glob("model?*"))


def test_a_worse_model_is_refused_and_nothing_is_changed(
    named: Path, sets: Path, tmp_path: Path, mentions: Command
) -> None:
    result = mentions(
        "accept", deaf(tmp_path / "new", "deaf"), "--sets", sets, "--config", named, *BY
    )
    assert result.exit_code == 1
    assert "refused" in result.stderr
    # macro-F1 and recall over all sets; macro-F1 on both, recall where risks are told
    assert len(re.findall(r"   worse$", result.stdout, re.M)) == 2
    assert result.stdout.count("   worse beyond chance") == 3
    assert version_of(tmp_path / "model") == "first"
    assert not list(tmp_path.glob("model*first"))


def test_a_dry_run_measures_and_leaves_everything_as_it_is(
    named: Path, sets: Path, tmp_path: Path, mentions: Command
) -> None:
    candidate = model(tmp_path / "new", "second")
    result = mentions("accept", candidate, "--sets", sets, "--dry-run", "--config", named)
    assert result.exit_code == 0
    assert "unflagged left unflagged" in result.stdout
    assert version_of(tmp_path / "model") == "first"


def test_the_model_that_ships_is_never_touched(
    made: Path, sets: Path, tmp_path: Path, mentions: Command
) -> None:
    before = {path.name: path.read_bytes() for path in SHIPPED.iterdir() if path.is_file()}
    candidate = model(tmp_path / "new", "second")
    result = mentions("accept", candidate, "--sets", sets, "--config", made, *BY)
    assert result.exit_code == 0, result.output
    assert 'model = "models/second"' in result.stdout
    assert version_of(tmp_path / "models" / "second") == "second"
    assert {path.name: path.read_bytes() for path in SHIPPED.iterdir() if path.is_file()} == before
    again = mentions("accept", candidate, "--sets", sets, "--config", made, *BY)
    assert again.exit_code == 1
    assert "is there already" in again.stderr


def test_where_the_old_one_could_not_stay_nothing_is_changed(
    named: Path, sets: Path, tmp_path: Path, mentions: Command
) -> None:
    (tmp_path / "model-first").mkdir()
    candidate = model(tmp_path / "new", "second")
    result = mentions("accept", candidate, "--sets", sets, "--config", named, *BY)
    assert result.exit_code == 1
    assert "model-first is there already" in result.stderr
    assert version_of(tmp_path / "model") == "first"
    assert not (tmp_path / "model.coming").exists()


def test_a_model_is_measured_under_the_policy_that_it_comes_with(
    made: Path, sets: Path, tmp_path: Path, mentions: Command
) -> None:
    low = tmp_path / "low.toml"
    text = (HERE / "policy.toml").read_text("utf-8")
    low.write_text(re.sub(r"threshold = [\d.]+", "threshold = 0.0", text), "utf-8")
    candidate = model(tmp_path / "new", "second")
    result = mentions("accept", candidate, "--policy", low, "--sets", sets, "--config", made, *BY)
    assert result.exit_code == 1  # everything is flagged by it
    ours = tmp_path / "ours.toml"
    ours.write_text(text.replace('version = "2026.8"', 'version = "2026.9"'), "utf-8")
    result = mentions("accept", candidate, "--policy", ours, "--sets", sets, "--config", made, *BY)
    assert result.exit_code == 0
    assert 'model = "models/second" under' in result.stdout
    assert 'policy = "models/second/policy.toml"' in result.stdout
    assert (tmp_path / "models" / "second" / "policy.toml").read_bytes() == ours.read_bytes()


def test_a_model_with_a_policy_of_its_own_is_never_in_force_without_it(
    named: Path, sets: Path, tmp_path: Path, mentions: Command
) -> None:
    ours = tmp_path / "ours.toml"
    ours.write_bytes((HERE / "policy.toml").read_bytes().replace(b"2026.8", b"2026.9", 1))
    candidate = model(tmp_path / "new", "second")
    result = mentions("accept", candidate, "--policy", ours, "--sets", sets, "--config", named, *BY)
    assert result.exit_code == 0, result.output
    assert version_of(tmp_path / "model") == "first"
    assert version_of(tmp_path / "models" / "second") == "second"


def test_the_policy_on_the_scale_of_its_scores_goes_with_a_model(
    named: Path, sets: Path, tmp_path: Path, mentions: Command
) -> None:
    cfg = schema.load(named)
    assert promotion.policy_of(cfg, tmp_path) == HERE / "policy.toml"
    came = (HERE / "policy.toml").read_bytes().replace(b"2026.8", b"2026.0", 1)
    (tmp_path / "model" / "policy.toml").write_bytes(came)
    candidate = model(tmp_path / "new", "second")
    (candidate / "policy.toml").write_text("no policy at all")
    result = mentions("accept", candidate, "--sets", sets, "--config", named, *BY)
    assert result.exit_code == 0, result.output
    assert promotion.policy_of(cfg, tmp_path) == tmp_path / "model" / "policy.toml"
    assert (tmp_path / "model" / "policy.toml").read_bytes() == came


def test_what_a_crash_between_two_moves_left_is_undone_by_the_next_try(
    named: Path, sets: Path, tmp_path: Path, mentions: Command
) -> None:
    candidate = model(tmp_path / "new", "second")
    # as it lies after the old one was moved away, before the new one was moved in
    coming = Path(shutil.copytree(candidate, tmp_path / "model.coming"))
    (coming / "accepted.json").write_text('{"against": "first"}')
    (tmp_path / "model").rename(tmp_path / "model-first")
    result = mentions("accept", candidate, "--sets", sets, "--dry-run", "--config", named)
    assert result.exit_code == 0, result.output
    assert version_of(tmp_path / "model") == "first"
    result = mentions("accept", candidate, "--sets", sets, "--config", named, *BY)
    assert result.exit_code == 0, result.output
    assert version_of(tmp_path / "model") == "second"
    assert version_of(tmp_path / "model-first") == "first"
    assert not coming.exists()


def test_half_a_copy_of_ours_stands_in_nobodys_way_and_anybody_elses_folder_stays(
    named: Path, sets: Path, tmp_path: Path, mentions: Command
) -> None:
    candidate = model(tmp_path / "new", "second")
    coming = tmp_path / "model.coming"
    coming.mkdir()
    (coming / "model.onnx").write_bytes(b"half")
    result = mentions("accept", candidate, "--sets", sets, "--config", named, *BY)
    assert result.exit_code == 1
    assert "model.coming is there already" in result.stderr
    assert (coming / "model.onnx").read_bytes() == b"half"
    (coming / "accepted.json").write_text("{")
    result = mentions("accept", candidate, "--sets", sets, "--config", named, *BY)
    assert result.exit_code == 0, result.output
    assert version_of(tmp_path / "model") == "second"


def test_where_the_named_model_is_missing_it_is_said(
    named: Path, sets: Path, tmp_path: Path, mentions: Command
) -> None:
    shutil.rmtree(tmp_path / "model")
    candidate = model(tmp_path / "new", "second")
    result = mentions("accept", candidate, "--sets", sets, "--config", named, *BY)
    assert result.exit_code == 1
    assert "no model in" in result.stderr
    assert not (tmp_path / "model").exists()


def test_what_was_changed_while_it_was_measured_is_not_put_in_force(
    named: Path, sets: Path, tmp_path: Path
) -> None:
    cfg, candidate = schema.load(named), model(tmp_path / "new", "second")
    trial = promotion.trial(cfg, tmp_path, candidate, None, sets, AT, Told())
    shutil.rmtree(candidate)
    deaf(candidate, "second")
    with pytest.raises(ModelError, match="changed while it was measured"):
        promotion.promote(cfg, tmp_path, trial, by="Jo Fell")
    assert version_of(tmp_path / "model") == "first"
    assert not (tmp_path / "model.coming").exists()


def test_what_did_not_pass_is_not_installed_whoever_asks(
    named: Path, sets: Path, tmp_path: Path
) -> None:
    cfg, candidate = schema.load(named), deaf(tmp_path / "new", "deaf")
    trial = promotion.trial(cfg, tmp_path, candidate, None, sets, AT, Told())
    with pytest.raises(ModelError, match="worse than the present"):
        promotion.promote(cfg, tmp_path, trial, by="Jo Fell")
    assert version_of(tmp_path / "model") == "first"


def test_functional_tests_of_hate_are_one_of_the_fixed_sets(
    named: Path, sets: Path, tmp_path: Path, mentions: Command
) -> None:
    hateful, calm = "I hate all Muslims, they are vermin", "I love my Muslim neighbours"
    rows = "".join(
        f'"{text}, {n}",{label}\n' for n in range(6) for text, label in ((hateful, 1), (calm, 0))
    )
    (sets / "hate.csv").write_text(f"text,label\n{rows}", "utf-8")
    shift = moved("task.dynahate", -20.0)
    candidate = model(tmp_path / "new", "meek", shift=shift)
    result = mentions("accept", candidate, "--sets", sets, "--config", named, *BY)
    assert result.exit_code == 1
    assert re.search(r"^hate\.csv .*\nmacro-F1.* worse beyond chance$", result.stdout, re.M)
    assert "neighbours" not in result.output
    (sets / "hate.csv").write_text("words\nx\n", "utf-8")
    result = mentions("accept", candidate, "--sets", sets, "--config", named, *BY)
    assert result.exit_code == 1
    assert "hate.csv: a CSV with the columns text and label" in result.stderr
    (sets / "hate.csv").write_text("text,spans\nwords,[]\n", "utf-8")
    result = mentions("accept", candidate, "--sets", sets, "--config", named, *BY)
    assert "hate.csv holds no row of text and label" in result.stderr


def test_the_sets_that_ship_can_be_read() -> None:
    assert len(external.posts(promotion.SETS / "hate.csv").labels) >= 200
    assert {"identifiers.jsonl", "mentions.jsonl"} <= {
        path.name for path in promotion.SETS.iterdir()
    }


@pytest.mark.parametrize("version", [PRESENT, "../up", ".hidden", "a b"])
def test_a_version_is_its_own_and_can_name_a_folder(
    version: str, made: Path, sets: Path, tmp_path: Path, mentions: Command
) -> None:
    candidate = model(tmp_path / "new", version)
    result = mentions("accept", candidate, "--sets", sets, "--config", made, *BY)
    assert result.exit_code == 1
    assert "version" in result.stderr
    assert not (tmp_path / "models").exists()


def test_without_a_fixed_set_or_with_a_line_that_is_wrong_nothing_is_accepted(
    made: Path, sets: Path, tmp_path: Path, mentions: Command
) -> None:
    candidate = model(tmp_path / "new", "second")
    empty = tmp_path / "empty"
    empty.mkdir()
    result = mentions("accept", candidate, "--sets", empty, "--config", made, *BY)
    assert result.exit_code == 1
    assert "no fixed test set" in result.stderr
    (sets / "more.jsonl").write_text('{"id": 1, "text": "no labels"}\n')
    result = mentions("accept", candidate, "--sets", sets, "--config", made, *BY)
    assert result.exit_code == 1
    assert "more.jsonl: line 1" in result.stderr


def test_a_damaged_candidate_is_refused(
    made: Path, sets: Path, tmp_path: Path, mentions: Command
) -> None:
    candidate = model(tmp_path / "new", "second")
    with (candidate / "model.onnx").open("ab") as file:
        file.write(b"!")
    result = mentions("accept", candidate, "--sets", sets, "--config", made, *BY)
    assert result.exit_code == 1
    assert "SHA-256 differs" in result.stderr


# ── a Hugging Face checkpoint ────────────────────────────────────────────────────────────────────


def quiet(folder: Path, **more: Any) -> Path:
    """A checkpoint that is sure of no flag; `more` goes into its config.json."""
    torch = pytest.importorskip("torch")
    from transformers import BertForSequenceClassification

    checkpoint(folder, ("threat", "pid", "task.rude"), **more)
    network = BertForSequenceClassification.from_pretrained(folder)
    with torch.no_grad():
        network.classifier.weight.zero_()
        network.classifier.bias.fill_(-20.0)
    network.save_pretrained(folder)
    return signed(folder)


@pytest.fixture
def calm_sets(sets: Path) -> Path:
    """Fixed sets in which nothing is to be flagged."""
    rows = [{"id": n, "platform": "x", "text": f"{CALM} ({n})", "labels": {"flags": [], "risk": "none"}}
            for n in range(12)]  # fmt: skip
    for path in sets.glob("*.jsonl"):
        write(path, rows)
    (sets / "hate.csv").write_text("text,label\n" + "I love my neighbours,0\n" * 6, "utf-8")
    return sets


@needs_torch
def test_a_checkpoint_that_is_no_worse_is_accepted_and_read_where_a_person_names_it(
    made: Path, calm_sets: Path, tmp_path: Path, mentions: Command
) -> None:
    candidate = quiet(tmp_path / "new")
    (candidate / "second.pt").write_bytes(b"a checkpoint of training")
    version = opened(candidate).version
    result = mentions("accept", candidate, "--sets", calm_sets, "--config", made, *BY)
    assert result.exit_code == 0, result.output
    assert f'model = "models/{version}"' in result.stdout
    assert {path.name for path in (tmp_path / "models" / version).iterdir()} == {
        *FILES, "SHA256SUMS", "accepted.json", "policy.toml",
    }  # fmt: skip
    made.write_text(made.read_text("utf-8").replace('model = ""', f'model = "models/{version}"'))
    reader = load_classifier(schema.load(made), tmp_path, AT)
    assert reader.version == version
    assert [reading.flags for reading in reader.read([post(1, CALM)])] == [()]


@needs_torch
def test_a_checkpoint_takes_the_place_of_a_checkpoint_and_the_old_one_stays(
    sets: Path, tmp_path: Path, mentions: Command
) -> None:
    first = opened(quiet(tmp_path / "model", task_thresholds={"rude": 0.3})).version
    second = opened(quiet(tmp_path / "new", task_thresholds={"rude": 0.4})).version
    named = settled(tmp_path, model="model")
    with at_home(named):
        pass
    result = mentions("accept", tmp_path / "new", "--sets", sets, "--config", named, *BY)
    assert result.exit_code == 0, result.output
    assert f"{second} is in force; {first} stays in" in result.stdout
    assert opened(tmp_path / "model").version == second != first
    assert opened(tmp_path / f"model-{first}").version == first
    record = json.loads((tmp_path / "model" / "accepted.json").read_text("utf-8"))
    assert (record["version"], record["against"], record["by"]) == (second, first, "Jo Fell")
    with at_home(named) as (house, _):
        assert house.store.audit.events()[-1].about["version"] == second
        found(house, post(1, THREAT))
        assert reader(house).version == second
        item = house.store.figures.item(1)
        assert item is not None
        assert item.flags == ()


@needs_torch
def test_a_checkpoint_that_hears_no_threat_is_refused_and_so_is_the_present_one(
    named: Path, sets: Path, tmp_path: Path, mentions: Command
) -> None:
    result = mentions("accept", quiet(tmp_path / "new"), "--sets", sets, "--config", named, *BY)
    assert result.exit_code == 1
    assert "refused" in result.stderr
    assert version_of(tmp_path / "model") == "first"
    shutil.rmtree(tmp_path / "model")
    shutil.copytree(tmp_path / "new", tmp_path / "model")
    result = mentions("accept", tmp_path / "new", "--sets", sets, "--config", named, *BY)
    assert result.exit_code == 1
    assert "as the present model is" in result.stderr


@needs_torch
def test_our_model_takes_the_place_of_a_checkpoint(
    sets: Path, tmp_path: Path, mentions: Command
) -> None:
    quiet(tmp_path / "model")
    named = settled(tmp_path, model="model")
    candidate = model(tmp_path / "new", "second")
    result = mentions("accept", candidate, "--sets", sets, "--config", named, *BY)
    assert result.exit_code == 0, result.output
    assert Model(tmp_path / "model").version == "second"


@needs_torch
def test_a_damaged_checkpoint_is_refused(
    named: Path, sets: Path, tmp_path: Path, mentions: Command
) -> None:
    candidate = quiet(tmp_path / "new")
    with (candidate / "model.safetensors").open("ab") as file:
        file.write(b"!")
    result = mentions("accept", candidate, "--sets", sets, "--config", named, *BY)
    assert result.exit_code == 1
    assert "SHA-256 differs" in result.stderr


# ── danger is no trade ───────────────────────────────────────────────────────────────────────────


def dangers(found_by_candidate: int, *, note: str = "", count: int = 400) -> list[str]:
    """Why a candidate is refused that finds so many of `count` dangers of which the present model finds all."""
    flags = tuple(policies.load().in_use)
    rows = range(count)
    present = [
        replace(case(n, true=["safeguarding"], said=["safeguarding"]), note=note) for n in rows
    ]
    candidate = [
        replace(
            case(n, true=["safeguarding"], said=["safeguarding"] if n < found_by_candidate else []),
            note=note,
        )
        for n in rows
    ]
    measures = promotion.compare(present, candidate, flags)
    faults = {measure.name: measure.fault(all_sets=True) for measure in measures}
    return [name for name, fault in faults.items() if fault == "finds less danger"]


def test_a_model_that_loses_one_danger_in_four_hundred_is_refused() -> None:
    assert dangers(400) == []
    assert dangers(399) == ["danger found"]
    assert dangers(399, note="explicit") == ["danger found", "explicit danger found"]


def test_protected_speech_is_compared_where_rows_are_labelled_for_it() -> None:
    flags = tuple(policies.load().in_use)
    deaf = [
        case(n, labels={"protected": "disclosure"}, answer={"protected": "none"}) for n in range(40)
    ]
    hears = [
        case(n, labels={"protected": "disclosure"}, answer={"protected": "disclosure"})
        for n in range(40)
    ]
    (told,) = [
        m for m in promotion.compare(hears, deaf, flags) if m.name == "protected speech told"
    ]
    assert (told.present, told.candidate, told.count) == (1, 0, 40)
    assert told.fault(all_sets=True) == "worse"
    unlabelled = [case(n) for n in range(4)]
    names = [m.name for m in promotion.compare(unlabelled, unlabelled, flags)]
    assert "protected speech told" not in names


def test_a_model_that_raises_or_accuses_who_speaks_up_is_refused() -> None:
    flags = tuple(policies.load().in_use)
    labels = {"protected": "disclosure", "risk": "medium"}
    fair = [case(n, labels=labels, answer={"risk": "medium"}) for n in range(400)]
    raises = [
        case(n, labels=labels, answer={"risk": "high" if n < 12 else "medium"}) for n in range(400)
    ]
    accuses = [
        case(n, labels=labels, said=["derogatory"] if n < 12 else [], answer={"risk": "medium"})
        for n in range(400)
    ]
    for worse, name in ((raises, promotion.NOT_RAISED), (accuses, promotion.NOT_ACCUSED)):
        faults = {m.name: m.fault(all_sets=True) for m in promotion.compare(fair, worse, flags)}
        assert faults[name] == "worse"
    assert not any(m.fault(all_sets=True) for m in promotion.compare(fair, fair, flags))
