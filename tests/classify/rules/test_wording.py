from __future__ import annotations

import pytest

from classify.pid.base import lowered
from classify.rules.wording import Phrases, Wording, read_words
from classify.text.normalise import normalise

LISTS = {
    "I am": ["i am", "im"],
    "really": ["really", "so much"],
    "tablets": ["tablet/tablets", "sleeping pills"],
}
PHRASES = Phrases(LISTS, ["the", "i", "am", "not"])


def words(text: str) -> Wording:
    normal = normalise(text)
    return read_words(normal, lowered(normal.text), {"od'd": "overdosed"})


def finds(phrase: str, text: str) -> list[str]:
    marked = words(text).marked
    matches = list(PHRASES.pattern(phrase).finditer(marked))
    assert all(match.group().startswith(" ") for match in matches)
    return [match.group()[1:] for match in matches]


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("I'm not OK. I took 20 tablets!", " im not ok . i took 20 tablets . "),
        ("don’t go , please; stay (here)", " dont go , please , stay , here , "),
        ("why?! because... yes\nno", " why ? because , yes . no "),
        ("she said 'wait' and \"no\"", ' she said " wait " and " no " '),
        ("@nurse_jo @a@example.org see you at 8.20", " see you at 8.20 "),
        ("#SelfHarm self-harm - again", " selfharm self harm , again "),
        ("OD'd", " overdosed "),
        ("", "  "),
        ("... , !", "  "),
    ],
)
def test_a_text_is_words_and_marks(text: str, marked: str) -> None:
    assert words(text).marked == marked


def test_the_end_of_a_sentence_is_kept_rather_than_a_comma() -> None:
    assert words("gone, ... . back").marked == " gone . back "
    assert words("gone. , back").marked == " gone . back "


def test_words_are_where_they_stand_in_the_text_as_given() -> None:
    text = "😡 i'm s\u200bo t1red, k1ll it"
    wording = words(text)
    start = wording.marked.index("kill")
    first, last = wording.map_to_original(start, start + len("kill it"))
    assert text[first:last] == "k1ll it"


def test_a_place_is_quoted_between_quotation_marks_alone() -> None:
    wording = words("he said 'burn it' and left it at that, her 'friend' in Kenton")

    def is_quoted(part: str) -> bool:
        start = wording.marked.index(part)
        return wording.is_quoted(start, start + len(part))

    assert is_quoted("burn it")
    assert is_quoted('burn it " and')
    assert not is_quoted("left it")
    assert not is_quoted('friend " in kenton')
    assert not words("it's burnt").is_quoted(1, 4)


@pytest.mark.parametrize(
    ("phrase", "text", "matches"),
    [
        ("kill/drown it", "kill it or drown it or keep it", ["kill it", "drown it"]),
        ("{I am} {really}? tired", "I'm tired, I am so much tired, I am tired", ["im tired", "i am so much tired", "i am tired"]),
        ("took {number} {tablets}", "took 3 tablets and took a couple of sleeping pills", ["took 3 tablets", "took a couple of sleeping pills"]),
        ("took {many} {tablets}", "took 2 tablets, took 16 tablets", ["took 16 tablets"]),
        ("in {year}", "in 1998 and in 2031 and in 31", ["in 1998", "in 2031"]),
        ("took ... tablets", "took all of the tablets", ["took all of the tablets"]),
        ("took ... tablets", "took them. The tablets", []),
        ("took ... tablets", "took one two three four five tablets", []),
        ("please? stop", "please stop", ["please stop"]),
        ("please? stop", "stop", ["stop"]),
        ("stop please?", "stop, please. stop", ["stop , please", "stop"]),
        ("< gone >", "gone. He is gone. All gone away", ["gone"]),
        ("gone >", "gone, and gone. Gone away", ["gone", "gone"]),
        ("not well", "not, well", ["not , well"]),
        ("cat", "category concat", []),
    ],
)  # fmt: skip
def test_a_phrase_finds_what_it_says(phrase: str, text: str, matches: list[str]) -> None:
    assert finds(phrase, text) == matches


def test_a_phrase_needs_a_word_for_each_of_its_places_the_rarest_first() -> None:
    needs = PHRASES.needs("{I am} not? taking the {tablets}")
    assert needs[0] == {"taking"}
    assert {"tablet", "tablets", "sleeping"} in map(set, needs)
    assert {"am", "im"} in map(set, needs) or {"i", "im"} in map(set, needs)
    assert {"the"} in map(set, needs)
    assert {"not"} not in map(set, needs)


@pytest.mark.parametrize(
    "phrase", ["", "... {number}", "perhaps?", "a//b x", "half {open", "</word x"]
)
def test_a_phrase_that_can_not_be_read_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match=r"read|has to be there"):
        PHRASES.needs(phrase)


def test_a_list_that_there_is_not_is_refused() -> None:
    with pytest.raises(KeyError):
        PHRASES.needs("{nobody knows} it")
