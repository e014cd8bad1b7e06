from __future__ import annotations

import time
import tomllib
from collections.abc import Callable, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify import risk
from classify.classifier import Classifier
from classify.inputs import Known
from classify.policy import schema
from classify.rules import plain_words
from classify.rules.plain_words import Entry, Floor, Undoing
from core.models import Author, Reading
from tests.classify.test_decision import Post
from tests.fakes import FakeModel
from tests.fuzz import profiles

RULES = schema.load()
FILE = tomllib.loads(plain_words.FILE.read_text("utf-8"))
FLOOR = plain_words.shipped()
UNREAD = "waxaan rabaa inaan arko dhakhtar"  # Somali, for which the classifier was not made
OFFICIAL = {"x": frozenset({"healthiernwl"})}
BODIES = {"x": frozenset({"healthiernwl", "brentcouncil"})}


def flags(text: str) -> set[str]:
    return set(plain_words.find(text))


def shown(text: str, flag: str = "safeguarding") -> list[str]:
    return [text[start:end] for start, end in plain_words.find(text)[flag].spans]


def read(
    text: str, *, says: Mapping[str, float] | None = None, handle: str = "", policy: schema.Policy = RULES
) -> Reading:  # fmt: skip
    known = Known(names=("NHS North West London",), official=OFFICIAL, register=BODIES)
    model = FakeModel(says={"": says or {}})
    (reading,) = Classifier(known, model, rules=policy).read(
        [Post(text, author=Author(handle=handle))]
    )
    return reading


def held(reading: Reading) -> set[str]:
    return {flag.name for flag in reading.flags}


def rules_of(reading: Reading, name: str) -> list[str]:
    (explanation,) = [flag.explanation for flag in reading.flags if flag.name == name]
    assert explanation is not None
    return [step.rule for step in explanation.rules]


# ── The list itself ──────────────────────────────────────────────────────────────────────────────


def examples() -> list[tuple[Entry, str]]:
    return [(entry, example) for entry in FLOOR.entries for example in entry.examples]


def quiet() -> list[tuple[Entry, str]]:
    return [(entry, example) for entry in FLOOR.entries for example in entry.quiet]


def undone() -> list[tuple[Undoing, str]]:
    return [(undoing, example) for undoing in FLOOR.undoings for example in undoing.examples]


def named(value: Entry | Undoing | str) -> str:
    """The same in every process, as xdist asks."""
    return value[:60] if isinstance(value, str) else value.name


@pytest.mark.parametrize(("entry", "example"), examples(), ids=named)
def test_an_entry_finds_its_examples(entry: Entry, example: str) -> None:
    assert entry.name in plain_words.find(example)[entry.flag].names


@pytest.mark.parametrize(("entry", "example"), quiet(), ids=named)
def test_what_only_looks_like_it_is_left_quiet(entry: Entry, example: str) -> None:
    assert entry.flag not in flags(example)


@pytest.mark.parametrize(("undoing", "example"), undone(), ids=named)
def test_an_undoing_undoes_plain_words_in_its_examples(undoing: Undoing, example: str) -> None:
    wording = FLOOR.read(example)
    assert wording is not None
    matches = list(FLOOR.matches(wording))
    assert undoing.name in {match.undone.name for match in matches if match.undone}
    assert flags(example) == set()


def test_every_entry_and_every_undoing_has_an_example_and_every_entry_a_counter_example() -> None:
    assert [entry.name for entry in FLOOR.entries if not (entry.examples and entry.quiet)] == []
    assert [undoing.name for undoing in FLOOR.undoings if not undoing.examples] == []
    names = [entry.name for entry in FLOOR.entries]
    assert len(names) == len(set(names))


def test_flags_and_kinds_are_ones_that_there_are() -> None:
    assert {entry.flag for entry in FLOOR.entries} == {"safeguarding", "threat"}
    assert all(RULES.flags[entry.flag].judged_out_of_scope == "always" for entry in FLOOR.entries)
    kinds = {entry.kind for entry in FLOOR.entries}
    assert set().union(*(undoing.undoes for undoing in FLOOR.undoings)) == kinds


def test_every_phrase_becomes_a_pattern_and_every_list_is_used() -> None:
    for phrase in (
        *(phrase for entry in FLOOR.entries for phrase in entry.phrases),
        *(phrase for each in FLOOR.undoings for phrase in (*each.phrases, *each.unless)),
    ):
        assert phrase.right_before.pattern.startswith(phrase.anywhere.pattern)
    written = str(FILE["entries"]) + str(FILE["undoings"]) + str(FILE["lists"])
    assert [name for name in FILE["lists"] if f"{{{name}}}" not in written] == []


@pytest.mark.parametrize(
    "fault", [{"where": "somewhere"}, {"whose": "nobody"}, {"written": ["{no such list} it"]}]
)
def test_a_list_that_can_not_be_read_is_refused(fault: dict[str, object]) -> None:
    broken = {**FILE, "undoings": [FILE["undoings"][0] | fault]}
    with pytest.raises((ValueError, KeyError)):
        Floor(broken)


# ── Danger and threats in plain words ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        "@HealthierNWL I am going to kill myself tonight",
        "I plan to end my life tonight",
        "I took an overdose an hour ago",
        "kms tonight, not even joking",
        "i dont wanna be here no more",
        "id rather unalive than do another term there",
        "wanna die",
        "i no wan live again",
        "my son says he wants to die",
        "i still think about ending it",
        "Rude receptionist. Parking full. I am suicidal and nobody rang back. Two stars.",
        "my stepdad hit me yesterday",
        "hes not breathing",
        "nan hasnt been fed since yesterday and nobody answers the buzzer",
        "they have stopped giving my mum her insulin",
        "the carers are hitting my dad, I have it on camera",
        "next door's kids are left on their own every night",
        "he wont let me leave the house and he has taken my phone",
        "missing since 2pm, my dad, 81, left the ward in his slippers",
        "my best friend just texted me goodbye and she has taken pills",
        "they are sending my sister to Pakistan to be married and she is 15",
        "how many paracetamol is too many, asking for myself. The Samaritans never pick up",
        "is two boxes of codeine enough to do it",
        "is 20 codeine enough to do it, asking for a friend",
        "how many of these would it take to not wake up",
        "i am doing well now, still think about ending it most days",
        "The thoughts haven't gone. I still think of it most nights",
    ],
)
def test_danger_is_found_in_whatever_tone_or_english(text: str) -> None:
    assert flags(text) == {"safeguarding"}


@pytest.mark.parametrize(
    "text",
    [
        "I will kill you",
        "somebody should petrol bomb that surgery",
        "smash every window in the place",
        "I know where you live",
        "someone should shoot them",
        "burn it down",
    ],
)
def test_a_threat_is_found(text: str) -> None:
    assert flags(text) == {"threat"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I want to k1ll mys3lf tonight", "I want to k1ll mys3lf"),
        ("i w\u200bant to d\u200bie", "i w\u200bant to d\u200bie"),
        ("I want to dіe", "I want to dіe"),  # a Cyrillic і
        ("😢😢 I want to k i l l myself", "I want to k i l l myself"),
        ("no.\n\ni’m going to kill myself", "i’m going to kill myself"),
    ],
)
def test_words_in_disguise_are_found_where_they_stand_as_given(text: str, words: str) -> None:
    assert shown(text) == [words]


def test_what_undoes_plain_words_undoes_those_inside_them() -> None:
    wording = FLOOR.read("She took an overdose and died on the Sunday")
    assert wording is not None
    matches = list(FLOOR.matches(wording))
    undone = {wording.marked[match.start : match.end]: match.undone for match in matches}
    assert undone.keys() == {"she took an overdose", "took an overdose"}
    assert None not in undone.values()


def test_my_is_the_authors_own_unless_it_names_somebody_else() -> None:
    assert flags("My son has gone missing from the ward") == {"safeguarding"}
    assert flags("My son has gone missing from the ward. Found safe, thank you") == set()
    assert flags("My life is pointless. The cat was found safe") == {"safeguarding"}


def test_spans_are_half_open_code_points_in_order_and_apart() -> None:
    text = "🏥🏥 I want to die. Last night I cut myself again, 😢 I want to die."
    spans = plain_words.find(text)["safeguarding"].spans
    assert [text[start:end] for start, end in spans] == [
        "I want to die", "I cut myself again", "I want to die",
    ]  # fmt: skip
    assert list(spans) == sorted(spans)


# ── What undoes them, and what must not ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        "I am not suicidal but I cut again last night",
        "ten years ago I tried, tonight I will do it right",
        "lost my brother to suicide and I want to join him",
        "I took an overdose when I was 19. Last night I took another overdose",
        "I was well for years, now I want to die again",
        "I rang Samaritans on 116 123 and nobody picked up, I am going to kill myself",
        "thought I was joking. not a joke. I want to die",
        "Your suicide prevention poster is lovely. I want to kill myself and nobody rings back",
        "He died in March and I want to be dead",
        "I never said I was fine. I want to end it all",
        "My son wants to die. Your leaflet says to call 116 123 and nobody picks up",
        "I left him in 2015 and last night he locked me in the flat again",
        "The ward found him, and now my brother has gone missing from it again",
        "Six years clean. I still want to die",
        "She was home in March and now she is back, still sat in her own mess",
    ],
)
def test_real_danger_is_not_swallowed_by_what_stands_near_it(text: str) -> None:
    assert "safeguarding" in flags(text)


@pytest.mark.parametrize(
    "text",
    [
        "kill me now",
        "I nearly died laughing",
        "Lost my brother to suicide in 2019. He took his own life",
        "If you feel suicidal call 116 123, day or night",
        "please do not harm yourself, ring 116 123",
        "I have never self-harmed and I am not suicidal",
        "Two workers a day take their own lives in our industry",
        "Inquest: he had told the nurse that he was going to kill himself, the coroner heard",
        "Suicide awareness training for receptionists, Thursday at two",
        "Accidental insulin overdose: the protocol on the intranet has changed",
        "The accidental overdose on the ward was put right within the hour",
        "mate the boss fight made me want to die like forty times",
        "'NHS managers should be shot' is what my uncle said over lunch, and I left the table",
        "A man who said that he would burn the surgery down has been jailed for a year",
        "the trust is bleeding us dry, cutting nurses again",
        "kms if arsenal draw at home",
        "my eldest will kill me if I am late for pick up",
        "nobody has rung me since Tuesday",
        "My sister took an overdose. We buried her in May, in her blue dress",
        "Five years ago tonight I took an overdose. I have a dog now and a job",
        "'I want to die' are four words that no parent wants to hear: our guide is out today",
        "If she is going to kill herself, stay with her and ring 999",
        "So sorry that your son is suicidal, love. Ours got through it",
        "Man is on the ledge of the flyover, police said",
        "In the last series he tried to hang himself and now he runs a bakery",
        "They left my husband in his own mess for six hours in March. He is home now",
        "My ex hit me for years. I left him in 2018 and I am safe now",
        "my laptop wants to die",
        "wanna die, just replied all to the entire trust",
        "Dad walked out of the stroke unit on his own two legs today",
        "they want shooting for those parking charges",
        "need a slap of reality, the lot of them",
        "missing letters again",
        "how many ibuprofen is too many for my daughter, she is 4",
        "how many paracetamol can I take in a day, asking for myself",
        "how many paracetamol is too many, asking for a friend",
        "Quiz for the new trainees: how many paracetamol is too many?",
        "whats the quickest way to go? The bus is on diversion",
        "that ward gave me my boy and i still think of it most nights",
        "in March they left my mum in her own mess, she is home now",
    ],
)
def test_what_is_no_danger_and_no_threat_is_left_quiet(text: str) -> None:
    assert flags(text) == set()


# ── In an answer ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("@HealthierNWL I am going to kill myself tonight", "I am going to kill myself"),
        ("I plan to end my life tonight", "I plan to end my life"),
        ("I took an overdose an hour ago", "I took an overdose"),
    ],
)
def test_the_plainest_words_earn_high_whatever_the_shipped_model_thinks(
    text: str, words: str
) -> None:
    classifier = Classifier(Known(names=("NHS North West London",)))
    (reading,) = classifier.read([Post(text)])
    assert "safeguarding" in held(reading)
    assert risk.risk(reading, classifier.policy, followers=0, shares=0) == "high"
    assert any(rule.startswith("plain words: ") for rule in rules_of(reading, "safeguarding"))
    (flag,) = [flag for flag in reading.flags if flag.name == "safeguarding"]
    assert any(words in text[start:end] for start, end in flag.spans)


def test_the_answer_names_the_entry_and_never_the_words() -> None:
    reading = read("I will burn your surgery down")
    assert rules_of(reading, "threat") == [
        "plain words: threatens fire, a bomb or damage, or calls for it"
    ]


@pytest.mark.parametrize("says", [{"in_scope": 0.0}, {"in_scope": 0.99}, {"flagged": 0.0}])
def test_it_holds_in_every_scope_and_in_a_post_that_looks_clean(says: dict[str, float]) -> None:
    reading = read("I want to die", says={"safeguarding": 0.0} | says)
    assert held(reading) == {"safeguarding"}
    assert reading.flags[0].spans == ((0, 13),)


def test_it_holds_of_what_can_not_be_read() -> None:
    reading = read(f"{UNREAD}. {UNREAD}. {UNREAD}. i want to die")
    assert reading.read != "full"
    assert "safeguarding" in held(reading)


def test_a_score_is_never_lowered_and_the_rule_is_named_all_the_same() -> None:
    reading = read("I want to die", says={"safeguarding": 0.97})
    assert reading.flags[0].score == 0.97
    assert rules_of(reading, "safeguarding")[-1].startswith("plain words: wants to die")


def test_a_higher_threshold_does_not_put_it_out() -> None:
    strict = RULES.flags["safeguarding"].model_copy(update={"threshold": 0.95})
    policy = RULES.model_copy(update={"flags": {**RULES.flags, "safeguarding": strict}})
    assert held(read("I want to die", policy=policy)) == {"safeguarding"}


def test_what_an_account_of_ours_says_is_held_against_it_only_where_the_model_is_sure() -> None:
    assert held(read("I want to die", handle="HealthierNWL")) == set()
    sure = {"safeguarding": 0.97}
    assert held(read("I want to die", handle="HealthierNWL", says=sure)) == {"safeguarding"}
    assert held(read("I want to die", handle="BrentCouncil")) == {"safeguarding"}


def test_one_flags_plain_words_put_on_no_other_flag() -> None:
    assert held(read("I will kill you")) == {"threat"}


# ── Whatever is written ──────────────────────────────────────────────────────────────────────────


@given(st.text(max_size=300))
@profiles.examples(37)
def test_any_text_is_read_and_spans_lie_within_it(text: str) -> None:
    lie_within(text)


PIECES = sorted(
    {word for entry in FLOOR.entries for example in entry.examples for word in example.split()}
    | {word for undoing in FLOOR.undoings for example in undoing.examples for word in example.split()}
    | {".", ",", "?", "'", '"', "\n", "…", "😢", "\u200b", "not", "but", "tonight", "k1ll"}
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join))
@profiles.examples(37)
def test_any_row_of_its_own_words_is_read_and_spans_lie_within_it(text: str) -> None:
    lie_within(text)


def lie_within(text: str) -> None:
    for words in plain_words.find(text).values():
        assert words.names
        last = 0
        for start, end in words.spans:
            assert last <= start < end <= len(text)
            last = end


def seconds(work: Callable[[str], object], texts: Sequence[str]) -> float:
    """The least of three of this process's CPU seconds for all texts."""
    took = []
    for _ in range(3):
        begun = time.process_time()
        for text in texts:
            work(text)
        took.append(time.process_time() - begun)
    return min(took)


def test_plain_words_behind_hundreds_that_are_undone_are_found() -> None:
    denied = "I do not want to die. " * 300
    assert plain_words.find(denied) == {}
    words = plain_words.find(f"{denied}Now I want to die.")["safeguarding"]
    assert [start >= len(denied) for start, _ in words.spans] == [True]


@pytest.mark.parametrize(
    "seed",
    [
        "i really really want to ",
        "i am going to ",
        "he said he will kill ",
        "took 20 of my ",
        "and ",
    ],
)
def test_four_times_the_words_cost_about_four_times_as_much(seed: str) -> None:
    def find(text: str) -> object:
        plain_words.find.cache_clear()
        return plain_words.find(text)

    short, long = seed * 150, seed * 600
    find(short)
    assert seconds(find, [long]) < 12 * seconds(find, [short] * 2)


# ── Jests, and who keeps whom from what ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        "rota came out. I want to die 😭😂",
        "another double shift, gonna kill myself lmao",
        "three handovers before lunch hahaha I want to die",
        "I'll throw myself off the roof if this printer jams again",
        "if they put me on nights again I'll jump off the car park",
        "Going to jump in the river at Teddington with the swim club",
        "I am starving myself for this wedding dress",
        "would not let me see a woman doctor",
        "He would not let me see the nurse, the receptionist at the surgery",
        "my dad wont let me go to the match on saturday",
        "the boss won't let me leave early",
    ],
)
def test_a_jest_with_a_trifle_or_a_wish_that_a_desk_refuses_is_no_danger(text: str) -> None:
    assert flags(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "rota came out. I want to die",
        "I want to die 😂",
        "nights again, I want to die lol",
        "another double shift, I have the tablets in my locker, gonna kill myself lmao",
        "printer broke, I've written my note, going to kill myself tonight lmao",
        "they put me on nights again and I am so alone, I want to end my life haha",
        "one more shift like that and I swear I'll end it all, I mean it",
        "if he comes back tonight I am going to kill myself",
        "Going to jump in the river, I can't swim",
        "I am starving myself again, for this wedding I have not eaten in 5 days",
        "husband would not let me see the midwife",
        "He won't let me out of the house",
        "my mother in law doesn't let me speak to my family",
        "The carers never let mum have any water",
        "I've got a spreadsheet of who gets what when I'm gone, I'm going to kill myself haha",
        "lol jk but I do want to die most shifts",
        "if they discharge me again I'll jump",
        "jumped in the river last night, someone pulled me out haha",
        "Husband says no doctor. I am bleeding",
        "my parents won't let me see a doctor",
    ],
)
def test_a_laugh_alone_a_trifle_alone_or_a_jailer_at_home_leaves_danger(text: str) -> None:
    assert "safeguarding" in flags(text)
