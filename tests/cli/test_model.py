"""Thresholds that follow decisions and rows to train on, with the shipped model and a real store."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from classify.model.onnx_model import SHIPPED as MODEL
from classify.policy import schema
from classify.policy.schema import rewritten
from core.models import LOOKS_LIKE, Author
from steps.context import RunContext
from tests.conftest import Command
from tests.cycles import at_home
from tests.decisions import AT, CALM, THREAT, decide, found, post, reader, settled
from tests.fakes import Told
from tuning import feedback
from tuning.thresholds import Reviewed

SHIPPED = schema.load()
YEAR = timedelta(days=365)
PATIENT = "Mrs Adaeze Okoro in bed 4 at Northwick Park is back with her liver again, NHS number 999 123 4560"


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return settled(tmp_path)


@pytest.fixture
def home(made: Path) -> Iterator[tuple[RunContext, Told]]:
    with at_home(made) as opened:
        yield opened


def of(decisions: list[Reviewed], flag: str) -> list[Reviewed]:
    return [one for one in decisions if one.flag == flag]


# ── decisions and scores ─────────────────────────────────────────────────────────────────────────


def test_each_decision_comes_with_the_score_that_the_model_gives_now(
    home: tuple[RunContext, Told],
) -> None:
    house, _ = home
    found(house, post(1, THREAT), post(2, CALM))
    ready = reader(house)
    decide(house, 1, threat=True, hate=False)
    decide(house, 2, threat=False)
    decisions = feedback.reviewed(house, ready)
    sure, calm = of(decisions, "threat")
    assert (sure.holds, sure.unflagged, calm.holds, calm.unflagged) == (True, False, False, True)
    assert sure.score > SHIPPED.flags["threat"].threshold > calm.score > 0
    (below,) = of(decisions, "hate")  # what didn't hold has its score all the same
    assert 0 < below.score < SHIPPED.flags["hate"].threshold


def test_copies_of_a_story_count_once_by_the_last_word(home: tuple[RunContext, Told]) -> None:
    house, _ = home
    found(house, *[post(number, THREAT) for number in range(1, 6)])
    ready = reader(house)
    for number in range(1, 5):
        decide(house, number, threat=True)
    decide(house, 5, threat=False)
    (only,) = feedback.reviewed(house, ready)
    assert not only.holds


def test_what_no_threshold_decides_is_left_out(home: tuple[RunContext, Told]) -> None:
    house, _ = home
    mark = f"{LOOKS_LIKE}NHS North West London"
    found(
        house,
        post(1, CALM, own=True),
        post(2, "今日は病院で長い時間待たされました。とても疲れました。"),
        post(3, f"{CALM} again", matched=(mark,), author=Author(handle="nhs_nwl_help")),
        post(4, "The doctor at the Harrow clinic was kind to my mother and to all of us"),
        post(5, "If nobody at the Harrow clinic rings me I am going to kill myself tonight"),
    )
    ready = reader(house)
    decide(house, 1, threat=False, pid=False)
    decide(house, 2, threat=False)
    decide(house, 3, impersonation=True)
    decide(house, 4, grievance=False)  # the public can't have one, whatever the score
    decide(house, 5, safeguarding=False)  # plain words put it on, whatever the score
    assert feedback.reviewed(house, ready) == []


def test_what_was_erased_or_edited_since_is_left_out(home: tuple[RunContext, Told]) -> None:
    house, _ = home
    found(house, post(1, THREAT), post(2, CALM))
    ready = reader(house)
    decide(house, 1, threat=True)
    decide(house, 2, threat=False)
    house.store.retention.erase([1], by="officer.two", at=AT)
    assert [one.holds for one in feedback.reviewed(house, ready)] == [False]


def test_what_a_flag_brought_before_somebody_is_no_chance_find_under_a_later_policy(
    made: Path,
) -> None:
    with at_home(made) as (house, _):
        found(house, post(1, THREAT))
        reader(house)
        decide(house, 1, threat=True)
    deaf = dict.fromkeys(SHIPPED.flags, 0.99999)
    shipped = (schema.HERE / "policy.toml").read_text("utf-8")
    (made.parent / "ours.toml").write_text(rewritten(shipped, deaf, "2026.99"), "utf-8")
    made.write_text(made.read_text("utf-8").replace('policy = ""', 'policy = "ours.toml"'), "utf-8")
    with at_home(made) as (house, _):
        (only,) = feedback.reviewed(house, reader(house))
        assert not house.store.figures.item(1).flags  # type: ignore[union-attr]
    assert not only.unflagged


# ── mentions policy suggest ──────────────────────────────────────────────────────────────────────


def judged(house: RunContext, count: int = 60) -> None:
    """Threats that the model is sure of, each refused, and a single one that holds."""
    words = [f"{THREAT}, wait for bus number {n} and row {n * 7}" for n in range(count)]
    found(house, *[post(n, text) for n, text in enumerate(words, 1)])
    reader(house)
    decide(house, 1, threat=True)
    for number in range(2, count + 1):
        decide(house, number, threat=False)


def test_where_nobody_decided_nothing_follows(made: Path, mentions: Command) -> None:
    with at_home(made) as (house, _):
        found(house, post(1, THREAT))
        reader(house)
    result = mentions("policy", "suggest", "--config", made)
    assert result.exit_code == 0
    assert "nobody has said yet" in result.stdout


def test_it_says_what_each_threshold_rests_on_and_writes_nothing_by_itself(
    made: Path, mentions: Command
) -> None:
    with at_home(made) as (house, _):
        judged(house, 4)
        before = house.store.figures.row_counts()
    result = mentions("policy", "suggest", "--config", made)
    (threat,) = re.findall(r"^threat .*", result.stdout, re.M)
    shipped = f"{schema.load().flags['threat'].threshold:.2f}"
    assert threat.split()[1:7] == [shipped, shipped, "1", "3", "0", "0"]
    assert len(re.findall(r"^pid .* nobody has decided on it$", result.stdout, re.M)) == 1
    assert "no_disclaimer" not in result.stdout
    assert "without a flag" in result.stdout
    with at_home(made) as (house, _):
        assert house.store.figures.row_counts() == before
    assert sorted(path.name for path in made.parent.glob("*.toml")) == ["config.toml"]


def test_a_policy_with_new_thresholds_is_written_for_a_person_to_put_in_force(
    made: Path, mentions: Command
) -> None:
    shipped = (schema.HERE / "policy.toml").read_text("utf-8")
    ours = made.parent / "ours.toml"
    # above the shipped one, so that it may come down once a sample shows a missed case
    ours.write_text(rewritten(shipped, {"threat": 0.99999}, "2026.99"), "utf-8")
    made.write_text(made.read_text("utf-8").replace('policy = ""', 'policy = "ours.toml"'), "utf-8")
    with at_home(made) as (house, _):
        found(house, post(1, THREAT))
        reader(house)
        decide(house, 1, threat=True)
    new = made.parent / "new.toml"
    result = mentions("policy", "suggest", "--config", made, "--write", new)
    assert result.exit_code == 0, result.stderr
    written = schema.load(new)
    assert written.flags["threat"].threshold < 0.99999
    assert re.fullmatch(r"2026\.99\+\d{8}", written.version)
    same = written.model_copy(update={"version": "", "flags": {}})
    assert same == schema.load(ours).model_copy(update={"version": "", "flags": {}})
    assert len(new.read_text("utf-8").splitlines()) == len(shipped.splitlines())
    again = mentions("policy", "suggest", "--config", made, "--write", new)
    assert again.exit_code == 1
    assert "name another file" in again.stderr


def test_thresholds_follow_from_the_policy_that_came_with_the_model(
    tmp_path: Path, mentions: Command
) -> None:
    # another model's scores lie on another scale: 0.5 of this one is what 0.18 is of the one that ships
    shutil.copytree(MODEL, tmp_path / "model")
    shipped = (schema.HERE / "policy.toml").read_text("utf-8")
    made = settled(tmp_path, model="model", policy="model/policy.toml")
    (tmp_path / "model" / "policy.toml").write_text(rewritten(shipped, {"threat": 0.5}, "2026.8"))
    with at_home(made) as (house, _):
        judged(house, 4)
    (threat,) = re.findall(
        r"^threat .*", mentions("policy", "suggest", "--config", made).stdout, re.M
    )
    assert threat.split()[1:3] == ["0.50", "0.50"]
    low, high = (float(part) for part in threat.split()[7:10:2])
    assert low < 0.5 < high


def test_where_no_threshold_moves_no_file_is_written(made: Path, mentions: Command) -> None:
    with at_home(made) as (house, _):
        judged(house, 3)
    result = mentions("policy", "suggest", "--config", made, "--write", made.parent / "new.toml")
    assert "nothing was written" in result.stdout
    assert not (made.parent / "new.toml").exists()


def test_the_file_may_be_named_before_or_after_what_is_to_be_done(
    made: Path, mentions: Command
) -> None:
    with at_home(made):
        pass
    for order in (("policy", "--config", made, "suggest"), ("policy", "suggest", "--config", made)):
        assert mentions(*order).exit_code == 0
    assert mentions("policy", "suggest", "--config", made.parent / "gone.toml").exit_code == 1


# ── rows to train on ─────────────────────────────────────────────────────────────────────────────


def test_a_row_has_masked_words_and_what_a_person_said(home: tuple[RunContext, Told]) -> None:
    house, told = home
    words = f"{THREAT}. Ask Rowan Ashdown, he rang 020 7946 0018"
    found(house, post(1, words, author=Author(handle="jo_writes", name="Jo Fell")))
    reader(house)
    decide(house, 1, threat=True, hate=False)
    (row,) = feedback.decided_rows(house)
    assert row["known"] == ["threat", "hate"]
    assert row["labels"] == {"flags": ["threat"]}
    assert "fist" in row["text"]
    assert not re.search(r"Rowan|Ashdown|7946|jo_writes|Jo Fell|at://", str(row))
    assert row["provenance"] == {"mention": 1, "decision": 1, "sources": ["bluesky"]}
    assert told[-1] == "1 mentions that people decided on can be learnt from"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"platform": "reddit"}, "terms give no leave (reddit)"),
        ({"platform": "x"}, "terms give no leave (x)"),
        ({"platform": "news"}, "terms give no leave (news)"),
        ({"own": True}, "our own, or hidden"),
        ({"hidden": True}, "our own, or hidden"),
        ({"kind": "report"}, "it quotes somebody else"),
        ({"kind": "profile"}, "or is a profile"),
        ({"text": "今日は病院で長い時間待たされました。とても疲れました。"}, "not read in full"),
    ],
)
def test_what_may_not_be_learnt_from_is_left_out_and_counted(
    home: tuple[RunContext, Told], changes: dict[str, object], why: str
) -> None:
    house, told = home
    found(house, post(1, **({"text": THREAT} | changes)))  # type: ignore[arg-type]
    reader(house)
    decide(house, 1, threat=True)
    assert feedback.decided_rows(house) == []
    assert told[-1].startswith("left out 1: ")
    assert why in told[-1]


def test_what_was_deleted_or_only_imported_by_hand_is_not_learnt_from(
    home: tuple[RunContext, Told],
) -> None:
    house, told = home
    found(house, post(1, THREAT), post(2, f"{THREAT} again"))
    found(house, post(3, f"{THREAT} or tomorrow"), source="files")
    reader(house)
    for number in (1, 2, 3):
        decide(house, number, threat=True)
    house.store.mentions.mark_gone([("bluesky", "at://1", "deleted")], at=AT)
    assert [row["id"] for row in feedback.decided_rows(house)] == ["decided-2"]
    assert "by hand" in told[-1]


def test_nobody_is_learnt_from_who_can_still_be_told(home: tuple[RunContext, Told]) -> None:
    house, told = home
    found(house, post(1, PATIENT), post(2, CALM), post(3, f"{CALM}, and a clock"))
    reader(house)
    decide(house, 1, pid=True, threat=False)  # the model saw it and blanked it
    decide(house, 2, pid=True)  # the model did not
    decide(house, 3, pid=False)
    rows = {row["id"]: row for row in feedback.decided_rows(house)}
    assert set(rows) == {"decided-1", "decided-3"}
    assert rows["decided-1"]["known"] == ["threat"]
    assert "Okoro" not in rows["decided-1"]["text"]
    assert rows["decided-3"]["known"] == ["pid"]
    assert "masking did not see it" in told[-1]


def test_no_copy_is_learnt_from_where_one_of_them_identifies_somebody(
    home: tuple[RunContext, Told],
) -> None:
    house, told = home
    found(house, post(1, CALM), post(2, CALM, platform="reddit"), post(3, THREAT))
    reader(house)
    decide(house, 2, pid=True)  # of a copy that may not be learnt from itself
    decide(house, 1, threat=False)
    decide(house, 3, threat=True)
    assert [row["id"] for row in feedback.decided_rows(house)] == ["decided-3"]
    assert any("left out 1: a copy of it identifies somebody" in line for line in told)


def test_what_a_profile_or_a_picture_showed_is_not_learnt_from_words(
    home: tuple[RunContext, Told],
) -> None:
    house, _ = home
    mark = f"{LOOKS_LIKE}NHS North West London"
    found(house, post(1, CALM, matched=(mark,)), post(2, f"{CALM} again", matched=(mark,)))
    reader(house)
    decide(house, 1, impersonation=True, threat=False)
    decide(house, 2, impersonation=True)
    (row,) = feedback.decided_rows(house)
    assert row["known"] == ["threat"]


def test_what_only_a_hold_keeps_is_not_learnt_from(home: tuple[RunContext, Told]) -> None:
    house, told = home
    found(house, post(1, THREAT))
    reader(house)
    decide(house, 1, threat=True)
    house.store.retention.hold(
        1, reason="a complaint", approver="officer.two", at=AT, expires=AT + YEAR
    )
    assert feedback.decided_rows(house) == []
    assert "a hold keeps it" in told[-1]
    house.store.retention.lift_hold(1, by="officer.two", at=AT)
    assert len(feedback.decided_rows(house)) == 1


def test_of_copies_of_a_story_one_is_learnt_from(home: tuple[RunContext, Told]) -> None:
    house, _ = home
    found(house, *[post(number, THREAT) for number in range(1, 4)])
    reader(house)
    for number in range(1, 4):
        decide(house, number, threat=number < 3)
    (row,) = feedback.decided_rows(house)
    assert row["labels"] == {"flags": []}
