from __future__ import annotations

from re import fullmatch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import ConfigError
from core.text import folded
from search import parser
from search.fts import columns, doubts, fts5, meaning
from search.nodes import All, Any_, Near, Node, Term
from search.query import parse
from store import Matcher

WAITING = "Still waiting for a walk-in appointment at Northwick Park, nobody answers the phone"


def matches(rule: str, text: str) -> bool:
    found = Matcher({"it": fts5(parse(rule), folded)}).match([columns(text, folded)])
    return found == [("it",)]


@pytest.mark.parametrize(
    ("rule", "text", "holds"),
    [
        ("waiting", WAITING, True),
        ("wait", WAITING, False),  # whole words
        ("wait*", WAITING, True),
        ("WAITING", WAITING, True),
        ("waiting AND phone", WAITING, True),
        ("waiting phone", WAITING, True),  # side by side is both
        ("waiting AND parking", WAITING, False),
        ("parking OR phone", WAITING, True),
        ("waiting NOT phone", WAITING, False),
        ("waiting -parking", WAITING, True),
        ('waiting -"northwick park"', WAITING, False),
        ("waiting -(parking OR phone)", WAITING, False),
        ("waiting AND NOT parking", WAITING, True),
        ("waiting -OR", WAITING, True),  # what follows a minus is a word
        ("waiting -OR", "waiting or not", False),
        ("waiting --parking", "waiting, parking", False),
        ('"northwick park"', WAITING, True),
        ('"park northwick"', WAITING, False),
        ('"northwick pa"*', WAITING, True),
        ("waiting NEAR/4 appointment", WAITING, True),
        ("waiting NEAR/1 appointment", WAITING, False),
        ("appointment NEAR/4 waiting", WAITING, True),  # in either order
        ('waiting NEAR/9 "northwick park"', WAITING, True),
        ("(walk-in OR queue) NEAR/2 (appointment OR visit*)", WAITING, True),
        ("(queue OR phone) NEAR/2 (appointment OR visit*)", WAITING, False),
        ("(waiting OR queue) AND (phone OR email)", WAITING, True),
        ("a OR b c", "only a", True),  # both binds tighter than either
        ("a OR b c", "only b", False),
        # hyphens as people write them
        ("walk-in", WAITING, True),
        ("walk-in", "the walk in centre", True),
        ("walk-in", "the walkin centre", True),
        ('"walk in"', "the walk‑in centre", True),
        ("walk-in", "walk there, come in", False),
        # handles and tags
        ("@HealthierNWL", "ask @healthiernwl about it", True),
        ("@HealthierNWL", "healthiernwl is a handle", False),
        ("healthiernwl", "ask @healthiernwl about it", True),
        ("@HealthierNWL", "mail me@healthiernwl.example", False),
        ("@nhs_nwl", "dear @nhs_nwl, dear all", True),
        ("@nhs", "dear @nhs_nwl", False),
        ("@ana.example.com", "hello @ana.example.com!", True),
        ("@ana-example", "hello @ana-example!", True),
        ("#NWLondon", "clinics #nwlondon today", True),
        ("#NWLondon", "clinics in nwlondon today", False),
        ('"nw london"', "clinics #NWLondon today", True),  # a phrase is also its tag
        ("#nhs*", "so proud #NHSheroes", True),
        ("@HealthierNWL NEAR/2 phone", "@HealthierNWL answer the phone", True),
        ("@HealthierNWL NEAR/1 phone", "@HealthierNWL please answer the phone", False),
        # one spelling for what reads alike
        ("nhs", "the N.H.S. is", True),
        ("st marys", "at St Mary’s", True),
        ("cafe", "the café at Ealing", True),
        ("icb", "ＩＣＢ", True),
        ("icb", "i\u200bcb", True),
        ("brent&harrow", "Brent and Harrow", True),
        # words of FTS5's own language are words here
        ('"or" AND fish', "fish or chips", True),
        ('"AND"', "this and that", True),
        ("near", "near the station", True),
        ("plain", "in plain words", True),
        ("signs:x", "it signs x", True),
        ("^first", "the first", True),
        ("{plain}", "in plain words", True),
        ('"a + b"', "a + b", True),
    ],
)  # fmt: skip
def test_a_rule_matches_what_people_write(rule: str, text: str, holds: bool) -> None:
    assert matches(rule, text) is holds


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("NOT waiting", "NOT alone"),
        ("-waiting", "NOT alone"),
        ("a OR NOT b", "character 6: NOT alone"),
        ("a OR", "ends where a word is missing"),
        ("a AND OR b", "character 7"),
        ("OR a", "character 1: a word is missing before OR"),
        ("(a OR b", "character 1: a bracket that is never closed"),
        ("a OR b)", "character 7: a bracket that was never opened"),
        ('say "hello', "character 4: a quotation mark"),
        ("a NEAR b", "character 3: how near"),
        ("(a AND b) NEAR/3 c", "NEAR stands between"),
        ("a NEAR/3 b NEAR/3 c", "NEAR stands between"),
        ("*", "holds no word"),
        ("wai*ing", "at a word's end alone"),
        ("a NOT NOT b", "NOT stands twice"),
        ("a - b", "a minus that excludes nothing"),
        ('""', "holds no word"),
        ("()", "a word is missing"),
        ("a " * 1500, "at most 2,000"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_character(rule: str, why: str) -> None:
    with pytest.raises(ConfigError) as raised:
        parse(rule)
    assert why in str(raised.value)


WORDS = st.from_regex(r"\A[@#]?[a-zé1&.](?:[a-zé1&.'-]{0,6}[a-z])?\Z").filter(
    lambda word: any(sign.isalnum() for sign in word)
)
PHRASES = st.text(alphabet="abé1 @#&'.()-", min_size=1, max_size=12).filter(
    lambda phrase: phrase == phrase.strip() and any(sign.isalnum() for sign in phrase)
)
TERMS = st.builds(Term, WORDS | PHRASES | st.sampled_from(["OR", "NEAR/3", "and"]), st.booleans())
NEARS = st.builds(
    Near,
    st.lists(TERMS, min_size=1, max_size=3).map(tuple),
    st.lists(TERMS, min_size=1, max_size=3).map(tuple),
    st.integers(0, 9999),
)


def joined(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    excluded = st.lists(parts, min_size=1, max_size=2).map(tuple)
    return (
        st.builds(Any_, several)
        | st.builds(All, several)
        | st.builds(All, st.lists(parts, min_size=1, max_size=3).map(tuple), excluded)
    )


RULES = st.recursive(TERMS | NEARS, joined, max_leaves=8)


def written(node: Node) -> str:
    """A rule as a person would write it, with every part that has parts in brackets."""
    if isinstance(node, Term):
        plain = fullmatch(r"[@#]?[a-zé1&.][a-zé1&.'-]*", node.written)
        return (node.written if plain else f'"{node.written}"') + "*" * node.begins
    if isinstance(node, Near):
        first, other = (
            f"({' OR '.join(map(written, terms))})" for terms in (node.first, node.other)
        )
        return f"{first} NEAR/{node.most} {other}"
    if isinstance(node, Any_):
        return " OR ".join(f"({written(part)})" for part in node.parts)
    required = " AND ".join(f"({written(part)})" for part in node.parts)
    return required + "".join(f" NOT ({written(part)})" for part in node.but)


@settings(deadline=None)
@given(RULES)
def test_a_rule_that_is_written_out_is_read_as_it_was(rule: Node) -> None:
    assert parse(written(rule)) == rule


@settings(deadline=None)
@given(st.text(max_size=60))
def test_whatever_people_type_is_read_or_refused(text: str) -> None:
    try:
        node = parse(text)
    except ConfigError:
        return
    assert meaning(node)


@settings(deadline=None)
@given(st.text(alphabet="ab-*\"()@#&'. \u201cANDORT/3", max_size=40))
def test_whatever_is_written_is_read_or_named_and_never_breaks_the_index(rule: str) -> None:
    try:
        node = parse(rule)
    except ConfigError:
        return
    Matcher({"it": fts5(node, folded)}).match([columns("a b ab", folded)])
    assert meaning(node)


def test_brackets_within_brackets_are_read_as_deep_as_the_index_reads_them() -> None:
    def nested(deep: int) -> str:
        rule = "a"
        for one in range(deep):
            rule = f"(b{one} {'OR' if one % 2 else 'AND'} {rule})"
        return rule

    matches(nested(parser.DEEPEST), "a")
    assert matches("(a OR " * parser.DEEPEST + "b" + ")" * parser.DEEPEST, "b")
    for deep in (parser.DEEPEST + 1, 900):
        with pytest.raises(ConfigError, match="brackets within brackets"):
            parse("(" * deep + "a" + ")" * deep)


def test_a_rule_is_told_in_plain_words() -> None:
    said = meaning(parse('(queue OR wait*) AND "northwick park" NOT @HealthierNWL'))
    assert (
        said
        == (
            "(either “queue” or a word that begins with “wait”) and “northwick park”, but not the handle "
            "“@HealthierNWL”"
        )
        or "but not" in said
    )
    assert "at most 3 words between" in meaning(parse("a NEAR/3 b"))


@pytest.mark.parametrize(
    ("rule", "doubt"),
    [
        ("phone and email", "small letters"),
        ("ph*", "so few letters"),
        ("nhs", "nearly everything"),
        ("icb -icb", "nothing can match"),
        ("icb OR icb", "stands twice"),
    ],
)
def test_what_is_perhaps_not_meant_is_pointed_out(rule: str, doubt: str) -> None:
    assert any(doubt in line for line in doubts(parse(rule)))


def test_a_good_rule_raises_no_doubt() -> None:
    assert not list(doubts(parse('"nw london" AND (phone OR email) NOT #job')))


def test_texts_of_one_batch_are_told_apart_and_forgotten() -> None:
    ready = Matcher({"one": fts5(parse("one"), folded), "two": fts5(parse("two"), folded)})
    texts = [columns(text, folded) for text in ("one two", "neither", "two")]
    assert ready.match(texts) == [("one", "two"), (), ("two",)]
    assert ready.match(texts[1:2]) == [()]
    assert ready.match([]) == []
