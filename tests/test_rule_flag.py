"""A flag that no model knows: its table in a policy of one's own and its rule, and nothing else."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from classify.classifier import Classifier
from classify.inputs import Known
from classify.policy import schema
from classify.rules.flag_rules import FLAG_RULES, FlagRule, RuleHit, RulePost
from core import clock
from core.errors import ModelError
from core.explanation import FlagExplanation, RuleStep
from core.models import Mention
from steps import assess, classify_file, group
from steps.context import RunContext
from store import Store
from tests.fakes import FakeModel, Told
from tests.review.conftest import House, serve
from tests.review.factories import NOW, people, shipped
from tests.review.pages import read
from tests.store.factories import AT, HOUR, add, mention

TABLE = """
[flags.invented_here]
label = "call to a raffle"
clause = ["6.4"]
means = "Calls to a raffle in the name of a local service."
examples = ["Raffle for the Larkfield scanner: example.org/raffle"]
source = "rule"
on = true
threshold = 0.5
missed_costs = 2
tuning = "fixed"
author = "anyone"
rests_on = "words"
judged_out_of_scope = "never"
elsewhere_task = "none"
overruled_if_clean = false
official_exempt = "always"
attribute = "none"
gravity = "high"
gravity_speaking_up = "high"
high_when = []
blanked = false
urgent = true
in_danger = false
protected_speech = false
heard_by = "pals"
takedown_ground = "always"
takedown_followed = true
never_answered = true
spreads = false
report_text = "It calls to a raffle in the name of a public body."
lane = "look"
reason = "Calls to a raffle in our name"
mail_words = "A raffle in our name"
"""
TEXT = "Come to the raffle for the scanner at Northwick Park hospital, tickets at the link below"


def invented_here(post: RulePost) -> RuleHit | None:
    """A raffle for something."""
    match = re.search(r"raffle for the \w+", post.text)
    return RuleHit(why="calls to a raffle", score=0.8, spans=(match.span(),)) if match else None


RULES: dict[str, FlagRule] = {**FLAG_RULES, "invented_here": invented_here}


def policy_of(folder: Path) -> schema.Policy:
    """The policy that ships with one table more."""
    path = folder / "ours.toml"
    path.write_text(schema.SHIPPED.read_text("utf-8") + TABLE, "utf-8")
    return schema.load(path)


def reader(policy: schema.Policy) -> Classifier:
    known = Known(providers=("Northwick Park",), official={"x": frozenset({"healthiernwl"})})
    return Classifier(known, FakeModel(), rules=policy, flag_rules=RULES)


@pytest.fixture
def page(tmp_path: Path) -> Iterator[House]:
    """A review page under that policy, with one such post, assessed and grouped as a cycle does."""
    policy = policy_of(tmp_path)

    def fill(store: Store) -> dict[str, int]:
        file = shipped()
        ours = file.classifier.model_copy(update={"policy": "ours.toml"})
        config = file.model_copy(update={"classifier": ours})
        context = RunContext(
            config=config, folder=tmp_path, store=store, report_progress=Told(), at=NOW - HOUR
        )
        add(store, said(), at=AT)
        assess.assess(context, reader(policy))
        group.group(context)
        return people(store)

    for house in serve(tmp_path, fill):
        house.desk.policy = policy
        yield house


def said() -> Mention:
    return mention(1, text=TEXT, text_raw=TEXT, posted_at=AT - HOUR, fetched_at=AT)


def test_it_is_in_the_answer_with_its_clause_its_words_and_why(tmp_path: Path) -> None:
    answers = io.BytesIO()
    line = json.dumps({"id": 1, "text": TEXT}).encode()
    assert classify_file.classify_file(
        reader(policy_of(tmp_path)),
        io.BytesIO(line),
        answers,
        all_scopes=False,
        report_progress=Told(),
    )
    told = json.loads(answers.getvalue())
    start = TEXT.index("raffle")
    assert told["flags"] == [{
        "flag": "invented_here", "score": 0.8, "clause": ["6.4"],
        "spans": [[start, start + len("raffle for the scanner")]],
        "why": {"model": None, "threshold": 0.5, "rules": [
            {"rule": "calls to a raffle", "from": None, "to": 0.8},
        ]},
    }]  # fmt: skip
    assert told["risk"] == "high"


def test_it_follows_its_properties(tmp_path: Path) -> None:
    policy = policy_of(tmp_path)

    def flagged(text: str, handle: str = "rowan", policy: schema.Policy = policy) -> bool:
        line = json.dumps({"id": 1, "text": text, "platform": "x", "author": {"handle": handle}})
        answers = io.BytesIO()
        classify_file.classify_file(
            reader(policy),
            io.BytesIO(line.encode()),
            answers,
            all_scopes=False,
            report_progress=Told(),
        )
        return bool(json.loads(answers.getvalue())["flags"])

    assert flagged(TEXT)
    assert not flagged("Northwick Park hospital opens a new scanner, it says on the link below")
    assert not flagged(TEXT, handle="HealthierNWL")  # official_exempt = "always"
    for key, value in (("on", False), ("threshold", 0.9), ("author", "icb")):
        flag = policy.flags["invented_here"].model_copy(update={key: value})
        changed = policy.model_copy(update={"flags": {**policy.flags, "invented_here": flag}})
        assert not flagged(TEXT, policy=changed)


def test_it_is_in_the_store_with_why(page: House) -> None:
    item = page.store.figures.item(1)
    assert item is not None
    (flag,) = item.flags
    assert (flag.name, flag.score, item.risk) == ("invented_here", 0.8, "high")
    assert flag.explanation == FlagExplanation(
        model=None, threshold=0.5,
        rules=(RuleStep(rule="calls to a raffle", before=None, after=0.8),),
    )  # fmt: skip


def test_the_page_has_its_words_and_handles_it_as_the_policy_says(page: House) -> None:
    number = page.store.cases.of_mention(1)
    pane = read(page, f"/cases/{number}")
    assert "Calls to a raffle in our name" in pane.text  # why it is here
    assert "a Call to a raffle" in pane.text  # in the margin
    assert "policy clause 6.4; program sure" in pane.text
    case = read(page, f"/cases/{number}/full")
    assert "Call to a raffle" in case.text
    assert "Calls to a raffle in the name of a local service." in case.text
    assert "Calls to a raffle: 80" in case.text
    assert "reply draft fits" not in case.text  # never_answered
    assert "Nothing is answered" in case.text
    queue = read(page, "/all?tab=new")
    assert "Call to a raffle" in queue.text
    report = read(page, "/mentions/1/report")
    assert "It calls to a raffle in the name of a public body." in report.text
    assert "protected speech" not in report.text  # it is a ground for a removal
    sample = read(page, "/all?flag=invented_here")
    assert f"Tick case {number}" in sample.text


def test_a_flag_without_its_rule_is_no_silent_one(tmp_path: Path) -> None:
    policy = policy_of(tmp_path)
    with pytest.raises(ModelError, match=r"invented_here.*flag_rules\.py"):
        Classifier(Known(), FakeModel(), rules=policy)


def test_no_model_is_asked_about_it(tmp_path: Path) -> None:
    policy = policy_of(tmp_path)
    assert "invented_here" not in FakeModel().flags
    reader(policy)  # the model need not know it
    by_model = TABLE.replace('source = "rule"', 'source = "model"')
    path = tmp_path / "by_model.toml"
    path.write_text(schema.SHIPPED.read_text("utf-8") + by_model, "utf-8")
    with pytest.raises(ModelError, match=r"different flags \(invented_here"):
        Classifier(Known(), FakeModel(), rules=schema.load(path), flag_rules=RULES)


def test_the_moment_is_told_to_a_rule(tmp_path: Path) -> None:
    seen: list[RulePost] = []

    def watching(post: RulePost) -> None:
        seen.append(post)

    policy = policy_of(tmp_path)
    classifier = Classifier(
        Known(), FakeModel(), rules=policy, flag_rules={**RULES, "invented_here": watching}
    )
    at = clock.now()
    classifier.read([mention(1, text=TEXT, posted_at=at, fetched_at=at)])
    assert [(post.text, post.posted_at, post.staff, post.in_scope) for post in seen] == [
        (TEXT, at, "no", True)
    ]
