from __future__ import annotations

import json
from dataclasses import replace

from classify.evaluation.baselines import Peer
from classify.evaluation.report import Measured, measure
from classify.evaluation.workload import Day
from core.estimates import Figure
from tests.classify.factories import RULES, case


def measured() -> Measured:
    cases = [
        case(n, text="a woman's secret words" if n % 5 else "secret words", true=["threat"] if n % 2 else [],
             said=["threat"] if n % 3 else [], masked="the secret words")
        for n in range(40)
    ]  # fmt: skip
    return measure(cases, RULES, Day(), file="some.jsonl", model="m-1")


def test_every_part_is_measured() -> None:
    told = measured()
    assert (told.file, told.model, told.count) == ("some.jsonl", "m-1", 40)
    assert told.policy == RULES.version
    assert [flag.name for flag in told.evaluation.flags] == list(RULES.in_use)
    assert [one.name for one in told.calibration] == list(RULES.in_use)
    assert [one.name for one in told.sweeps] == ["threat"]
    assert told.worst
    assert told.fairness.groups
    assert told.peers == ()


def test_the_record_is_plain_data_with_every_figure_and_no_word() -> None:
    peer = Peer("TF-IDF", "", [Figure(0.5, 0.4, 0.6, 9, "macro-F1")])
    written = json.dumps(replace(measured(), peers=[peer]).record(), allow_nan=False)
    assert "secret" not in written
    told = json.loads(written)
    assert told["evaluation"]["figures"][0]["name"] == "macro-F1 over flags"
    assert told["peers"][0]["theirs"][0]["value"] == 0.5
    assert told["worst"][0]["id"].startswith("m-")
    rates = next(one["rates"] for one in told["fairness"]["groups"] if one["name"] == "- women")
    assert set(rates["flag missed"]) >= {"share", "rest", "gap", "gap_interval", "marked", "stays"}
    assert told["sweeps"][0]["precision"][0] is not None


def test_what_cannot_be_told_is_null() -> None:
    told = measure([case(1, true=["threat"]), case(2)], RULES, Day(), file="", model="").record()
    assert told["sweeps"][0]["precision"] == [None] * 9
