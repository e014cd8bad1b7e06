from __future__ import annotations

import pytest

from classify.evaluation.fairness import (
    DIALECTS,
    FEWEST,
    GROUPS,
    SHORT_FORMS,
    UNION,
    Fairness,
    Group,
    earned,
    fairness,
    groupings,
    protected,
    shouted,
    spoken,
    unknown,
)
from tests.classify.factories import RULES, case

LONG = "the clinic sent a letter about the scan and nobody told us when it would be read "


def group(told: Fairness, name: str) -> Group:
    (found,) = [one for one in told.groups if one.name == name]
    return found


# ── words ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "text", "finds"),
    [
        ("gay gays", "Gay pride", True),
        ("gay gays", "a gayer day", False),
        ("muslim*", "so many Muslims", True),
        ("care_home*", "two care homes, one care-home", True),
        ("rn", "the #rn tag", False),
        ("her", "there", False),
        ("women", "wo men", False),
    ],
)
def test_a_word_of_the_list_is_found_whole_and_by_its_beginning(
    words: str, text: str, finds: bool
) -> None:
    assert (spoken(words).search(text) is not None) == finds


def test_every_protected_characteristic_but_marriage_has_its_words() -> None:
    assert set(GROUPS) == {
        "religion", "ethnicity, nationality", "disability", "sex", "sexual orientation",
        "gender identity", "age", "pregnancy, maternity",
    }  # fmt: skip


def test_no_word_stands_twice_in_a_list() -> None:
    lists = [words for groups in GROUPS.values() for words in groups.values()]
    for words in (*lists, *DIALECTS.values(), UNION, SHORT_FORMS):
        assert len(words.split()) == len(set(words.split()))


def test_words_out_of_the_list_are_counted_and_names_and_links_are_not() -> None:
    assert unknown("they were late again and nobody said why") == 0.0
    assert unknown("dey wos laet agen") > 0.5
    assert unknown("see https://example.org/xqzt for the times of the clinic today") == 0.0
    assert unknown("qzx") == 0.0  # too short to tell


def test_capitals_are_shouting_where_there_are_many() -> None:
    assert shouted("WHY HAS NOBODY CALLED US BACK")
    assert not shouted("NHS NWL ICB")
    assert not shouted("Nobody at the NHS ICB called us back about the MRI")


# ── rates ────────────────────────────────────────────────────────────────────────────────────────

OF_WOMEN = [case(n, text="a woman spoke", said=["threat"] if n < 12 else []) for n in range(20)]
OF_NOBODY = [case(n, text="a clinic shut", said=["threat"] if n < 4 else []) for n in range(40)]


def test_a_group_that_is_flagged_more_often_is_marked() -> None:
    told = group(fairness([*OF_WOMEN, *OF_NOBODY], RULES), "- women")
    rate = told.rates["flagged needlessly"]
    assert (rate.share.hits, rate.share.count) == (12, 20)
    assert (rate.rest.hits, rate.rest.count) == (4, 40)
    assert rate.gap[0] == pytest.approx(0.5)
    assert rate.marked
    assert rate.stays  # all are of one length
    assert "flag missed" not in told.rates  # nobody said that one of them was


def test_a_group_that_fares_as_others_do_is_not_marked() -> None:
    same = [case(n, text="a woman spoke", said=["threat"] if n < 2 else []) for n in range(20)]
    rate = group(fairness([*same, *OF_NOBODY], RULES), "- women").rates["flagged needlessly"]
    assert not rate.marked
    assert not rate.stays


def test_a_difference_that_is_of_length_alone_does_not_stay() -> None:
    short = [case(n, text="a clinic shut", said=[]) for n in range(40)]
    long = [case(n, text=LONG * 4, said=["threat"] if n % 2 else []) for n in range(40)]
    of_women = [
        case(n, text=LONG * 4 + "woman", said=["threat"] if n % 2 else []) for n in range(40)
    ]
    rate = group(fairness([*short, *long, *of_women], RULES), "- women").rates["flagged needlessly"]
    assert rate.marked
    assert not rate.stays


def test_misses_and_high_risks_are_measured_too() -> None:
    high = {"risk": "high"}
    cases = [
        case(n, text="a woman spoke", true=["threat"], said=["threat"] if n < 10 else [],
             labels=high, answer=high if n < 5 else {})
        for n in range(20)
    ]  # fmt: skip
    others = [
        case(n, true=["threat"], said=["threat"], labels=high, answer=high) for n in range(20)
    ]
    raised = [case(n, text="a woman spoke", answer=high) for n in range(FEWEST)]
    told = group(fairness([*cases, *others, *raised, case()], RULES), "- women").rates
    assert told["flag missed"].share.value == 0.5
    assert told["high missed"].share.value == 0.75
    assert told["high needlessly"].share.value == 1.0
    assert told["high missed"].marked


def test_of_few_mentions_nothing_is_said() -> None:
    few = OF_WOMEN[: FEWEST - 1]
    told = fairness([*few, *OF_NOBODY], RULES)
    assert not [one for one in told.groups if one.name == "- women"]
    assert ("- women", FEWEST - 1) in [(one.name, one.count) for one in told.too_few]
    assert told.compared == sum(len(one.rates) for one in told.groups)


def test_platform_length_and_how_it_is_written_are_groups() -> None:
    names = {(kind, name) for kind, name, _ in groupings(["x", "news"])}
    assert {("platform", "news"), ("length", "51 words and more"), ("written in", "emoji")} <= names
    holds = {name: holds for _, name, holds in groupings(["x"])}
    assert holds["emoji"](case(text="well done 🎉"))
    assert holds["short forms"](case(text="cant get thru"))
    assert holds["London youth English (MLE)"](case(text="innit bruv"))
    assert holds["11 to 25 words"](case(text=LONG))
    assert holds["x"](case(platform="x"))
    assert holds["not English"](case(answer={"language": "pl"}))
    assert not any(
        hold(case(text="Fine"))
        for name, hold in holds.items()
        if name not in ("x", "0 to 10 words")
    )


# ── protected speech ─────────────────────────────────────────────────────────────────────────────


def test_a_civil_complaint_that_is_told_to_be_high_is_raised() -> None:
    negative = {"sentiment": "negative", "risk": "low"}
    cases = [
        case(1, labels=negative, answer={"risk": "high"}),
        case(2, labels=negative, answer={"risk": "low"}),
        case(3, labels=negative, answer={"risk": "none"}),
        case(4),
    ]
    told = {one.name: one for one in protected(cases, RULES)}
    complaint = told["complaint or criticism by the public, no flag"]
    assert (complaint.share.hits, complaint.share.count) == (1, 3)
    assert (complaint.rest.hits, complaint.rest.count) == (0, 1)


def test_staff_who_speak_out_are_raised_only_above_what_the_table_gives_them() -> None:
    staff = {"staff": "nhs", "sentiment": "negative", "harm": {"allegation": "serious"}}
    grave = case(1, true=["allegation"], labels=staff, answer={"risk": "high"})
    civil = case(2, true=["grievance"], labels={"staff": "icb"}, answer={"risk": "high"})
    told = {one.name: one.share for one in protected([grave, civil], RULES)}
    assert told["allegation by staff"].hits == 0  # it is high by the table
    assert (told["grievance by staff"].hits, told["grievance by staff"].count) == (1, 1)
    assert "allegation by the public" not in told


def test_union_matters_are_known_by_their_words() -> None:
    told = {one.name: one.share.count for one in protected([case(text="RCN ballot opens")], RULES)}
    assert told == {"union matters (strike, ballot, RCN ...)": 1}


def test_what_labels_earn_is_the_tables_to_say() -> None:
    aimed = {"target": {"hate": ["person"]}}
    assert earned(case(true=["hate"], labels=aimed), RULES) == "high"
    assert earned(case(true=["hate"]), RULES) == "medium"
    assert earned(case(true=["hate"], labels={"target": None, "harm": None}), RULES) == "medium"
    assert earned(case(labels={"sentiment": "negative"}), RULES) == "low"
    assert earned(case(labels={"sentiment": "negative", "in_scope": False}), RULES) == "none"
