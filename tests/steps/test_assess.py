from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from classify.classifier import Classifier
from classify.inputs import Known
from classify.model.onnx_model import Scores, Text
from classify.policy import schema
from core import clock
from core.models import Author, Mention
from demo.world import World
from steps import assess, collect
from steps.classify_file import classify_file
from tests.cycles import at_home, settled
from tests.fakes import FakeModel, Told, reader

AT = clock.now()
THREAT = {"brick": {"threat": 0.99}}


def mention(number: int, text: str = "The clinic in Brent", **changes: Any) -> Mention:
    given: dict[str, Any] = {
        "issuer": "x", "issued_id": str(number), "platform": "x", "kind": "post", "url": "",
        "text": text, "posted_at": AT - timedelta(hours=1), "fetched_at": AT,
    }  # fmt: skip
    return Mention(**(given | changes))


@pytest.fixture
def made(calm: World, tmp_path: Path) -> Path:
    return settled(tmp_path, calm, only=("files",))


def test_what_is_assessed_once_is_not_assessed_again(made: Path) -> None:
    model = FakeModel()
    with at_home(made) as (house, _):
        house.store.mentions.add_run("x", [mention(n) for n in range(5)], since=AT, at=AT)
        assert assess.assess(house.new_run(AT), reader(model)) == 5
        assert assess.assess(house.new_run(AT), reader(model)) == 0
        assert len(model.read) == 5
        house.store.mentions.add_run(
            "x", [mention(2, "Other words", edited_at=AT)], since=AT, at=AT
        )
        assert assess.assess(house.new_run(AT), reader(model)) == 1


@pytest.mark.parametrize("what", ["model", "policy"])
def test_a_new_model_or_policy_assesses_history(what: str, made: Path) -> None:
    old = mention(
        1, "a brick", posted_at=AT - timedelta(days=20), fetched_at=AT - timedelta(days=20)
    )
    young = mention(2, "a brick")
    rules = schema.load().model_copy(update={"version": "2026.93"})
    newer = (
        Classifier(Known(), FakeModel(says=THREAT, version="fake-2"))
        if what == "model"
        else Classifier(Known(), FakeModel(says=THREAT), rules=rules)
    )
    with at_home(made) as (house, _):
        house.store.mentions.add_run("x", [old, young], since=AT, at=AT)
        assess.assess(house.new_run(AT), reader())
        assert assess.assess(house.new_run(AT), newer) == 2
        items = [house.store.figures.item(n) for n in (1, 2)]
        assert all(item and item.risk == "high" for item in items)


def test_one_mention_that_cannot_be_assessed_costs_only_itself_and_stays_waiting(
    made: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Stumbling(FakeModel):
        def scores(self, texts: Sequence[Text], progress: Any = None) -> list[Scores]:
            if any("marigold" in text.text for text in texts):
                raise ValueError(f"can't read {texts[0].text}")
            return super().scores(texts, progress)

    with at_home(made) as (house, told):
        found = [mention(n, f"{'marigold' if n == 3 else 'rose'} {n}") for n in range(6)]
        house.store.mentions.add_run("x", found, since=AT, at=AT)
        assess.assess(house.new_run(AT), reader(Stumbling()))
        assert house.store.figures.row_counts()["assessments"] == 5
        (failed,) = told.failures
        assert "mention 4 could not be assessed" in failed
        assert "marigold" not in "".join(told) + caplog.text
        assert assess.assess(house.new_run(AT), reader()) == 1


def test_new_reach_raises_a_risk_without_a_new_reading(made: Path) -> None:
    rude = {"rude": {"derogatory": 0.99, "target.organisation": 0.9}}
    model = FakeModel(says=rude)
    with at_home(made) as (house, _):
        house.store.mentions.add_run("x", [mention(1, "rude")], since=AT, at=AT)
        assess.assess(house.new_run(AT), reader(model))
        later = AT + timedelta(minutes=1)
        grown = mention(1, "rude", fetched_at=later, metrics={"shares": 10_000})
        for _ in range(2):
            house.store.mentions.add_run("x", [grown], since=AT, at=later)
            assess.assess(house.new_run(later), reader(model))
        assert len(model.read) == 1
        item = house.store.figures.item(1)
        assert item is not None
        assert item.risk == "high"


@pytest.mark.parametrize(("value", "risk"), [("disclosure", "medium"), ("complaint", "high")])
def test_new_reach_raises_no_risk_of_who_speaks_up(value: str, risk: str, made: Path) -> None:
    works_here = value == "disclosure"
    staff = {"staff.icb": 0.99 * works_here, "staff.no": 1.0 * (not works_here)}
    says = {"rota": {"allegation": 0.99, f"protected.{value}": 0.9, "protected.none": 0.0} | staff}
    with at_home(made) as (house, _):
        house.store.mentions.add_run("x", [mention(1, "rota")], since=AT, at=AT)
        assess.assess(house.new_run(AT), reader(FakeModel(says=says)))
        later = AT + timedelta(minutes=1)
        grown = mention(1, "rota", fetched_at=later, metrics={"shares": 10_000})
        house.store.mentions.add_run("x", [grown], since=AT, at=later)
        assess.assess(house.new_run(later), reader(FakeModel(says=says)))
        item = house.store.figures.item(1)
        assert item is not None
        assert (item.protected, item.risk) == (value, risk)


def test_whether_an_author_is_staff_is_not_kept_where_terms_forbid_it(made: Path) -> None:
    """Neither as the label nor by a flag that holds of staff alone; whose the post is stays the same."""
    staff = {"rota": {"staff.icb": 0.99, "staff.no": 0.0, "grievance": 0.99}}
    with at_home(made) as (house, _):
        both = [mention(1, "rota"), mention(2, "rota", platform="linkedin")]
        house.store.mentions.add_run("x", both, since=AT, at=AT)
        assess.assess(house.new_run(AT), reader(FakeModel(says=staff)))
        on_x, on_linkedin = (house.store.figures.item(number) for number in (1, 2))
        assert on_x is not None
        assert on_linkedin is not None
        assert (on_x.staff, on_linkedin.staff) == ("icb", None)
        told = [{flag.name for flag in each.flags} & schema.load().of_staff_alone for each in (on_x, on_linkedin)]  # fmt: skip
        assert (bool(told[0]), told[1]) == (True, set())
        assert house.store.exports.speaking_up([1, 2]) == {1, 2}


def test_whoever_writes_at_length_delays_nobody(made: Path) -> None:
    model = FakeModel(says=THREAT)
    read_before_told: list[int] = []
    posts = [mention(number, f"The clinic in Brent {number} " * 2_000) for number in range(20)]
    with at_home(made) as (house, _):
        house.store.mentions.add_run(
            "x", [*posts, mention(20, "I throw a brick at the clinic in Brent")], since=AT, at=AT
        )
        run = house.new_run(AT)
        told = lambda: read_before_told.append(sum(map(len, model.read)))  # noqa: E731
        assert assess.assess(run, reader(model), after_part=told) == 21
    assert len(read_before_told) > 5
    assert read_before_told[0] <= assess.CHARACTERS
    assert "brick" in model.read[0]


def test_progress_is_told_in_batches(made: Path) -> None:
    with at_home(made) as (house, told):
        found = [mention(n) for n in range(assess.BATCH + 5)]
        house.store.mentions.add_run("x", found, since=AT, at=AT)
        assess.assess(house.new_run(AT), reader())
        total = assess.BATCH + 5
        assert told == [f"assessed {assess.BATCH} of {total}", f"assessed {total} of {total}"]


def test_a_mention_found_by_the_way_is_stored_before_it_is_assessed(made: Path) -> None:
    with at_home(made) as (house, _):
        collect.collect(house.new_run(clock.now()))
        assert (
            house.store.assessments.count_unassessed()
            == house.store.figures.row_counts()["mentions"]
            > 0
        )


# ── files ────────────────────────────────────────────────────────────────────────────────────────


def answered(
    given: bytes, model: FakeModel | None = None, *, all_scopes: bool = False
) -> tuple[list[dict[str, Any]], Told, bool]:
    told, answers = Told(), io.BytesIO()
    whole = classify_file(
        reader(model), io.BytesIO(given), answers, all_scopes=all_scopes, report_progress=told
    )
    return [json.loads(line) for line in answers.getvalue().splitlines()], told, whole


def lines(*given: Any) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in given)


def test_every_line_is_answered_in_order_by_the_contract() -> None:
    many = [{"id": n, "text": f"post {n}"} for n in range(assess.BATCH * 2 + 3)]
    answers, told, whole = answered(lines(*many))
    assert [answer["id"] for answer in answers] == [one["id"] for one in many]
    assert whole
    assert told.failures == []
    assert set(answers[0]) == {
        "id", "in_scope", "staff", "sentiment", "protected", "language", "read", "flags", "risk",
        "policy", "model", "why",
    }  # fmt: skip


def test_a_line_whose_reading_is_a_bug_is_named_and_the_others_are_done(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Stumbling(FakeModel):
        def scores(self, texts: Sequence[Text], progress: Any = None) -> list[Scores]:
            if any("marigold" in text.text for text in texts):
                raise ValueError(texts[0].text)
            return super().scores(texts, progress)

    given = lines(
        {"id": "a", "text": "rose"}, {"id": "b", "text": "marigold"}, {"id": "c", "text": ""}
    )
    answers, told, whole = answered(given, Stumbling())
    assert [answer["id"] for answer in answers] == ["a", "c"]
    assert not whole
    (failed,) = told.failures
    assert '"b"' in failed
    assert "marigold" not in failed + caplog.text


def test_reach_on_a_line_counts_for_its_risk() -> None:
    model = FakeModel(says={"rude": {"derogatory": 0.99, "target.organisation": 0.9}})
    shared = {"id": 2, "text": "rude", "metrics": {"shares": 100_000}}
    followed = {"id": 3, "text": "rude", "author": {"followers": 10**7}}
    answers, *_ = answered(lines({"id": 1, "text": "rude"}, shared, followed), model)
    assert [answer["risk"] for answer in answers] == ["medium", "high", "high"]


def test_the_classifier_of_the_file_knows_its_own_accounts_and_names(made: Path) -> None:
    with at_home(made) as (house, _):
        told = assess.classifier(house.new_run(AT))
    author = Author(handle="HealthierNWL")
    (reading,) = told.read([mention(1, "Our new clinic in Brent is open", author=author)])
    assert reading.staff == "no"


def test_a_coroners_report_is_kept_and_shown_masked_and_is_high_nowhere_but_elsewhere(
    made: Path,
) -> None:
    words = "Alex Roe: Prevention of future deaths report\n\nDeceased name: Alex Roe\nMr Roe was ill, and died in Brent."
    report = {
        "issuer": "https://www.judiciary.uk",
        "platform": "record",
        "kind": "article",
        "author": Author(name="Coroners"),
    }
    model = FakeModel(
        says={"died": {"pid": 0.99, "in_scope": 0.9, "staff.icb": 0.99, "staff.no": 0.0}},
        shown={"pid": "Roe"},
    )
    with at_home(made) as (house, _):
        house.store.mentions.add_run(
            "feeds", [mention(1, words, **report), mention(2, words)], since=AT, at=AT
        )
        assess.assess(house.new_run(AT), Classifier(Known(places=("Brent",)), model))
        record, post = (house.store.figures.item(number) for number in (1, 2))
    assert record is not None
    assert post is not None
    assert [flag.name for flag in record.flags] == ["media"]
    assert (record.risk, record.staff, record.protected) == ("medium", "no", "none")
    assert "Roe" not in record.masked
    assert record.masked.endswith("died in Brent.")
    assert post.risk == "high", "the same words in a post are a leak"
