"""A post's words in the pane: whole chips, one quiet highlight of at most three stretches, what stands around them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classify import pid
from classify.pid.redaction import mask
from core.context import AnsweredPost, LinkCard, Page, PictureText, context_of
from core.media import Attachment
from core.models import Flag
from review.desk import pane
from review.desk.words import (
    MOST_STRETCHES,
    Run,
    _without_details,
    chosen_stretches,
    laid_out,
    length,
    shortened_words,
)
from tests.review.conftest import House
from tests.review.factories import GRIEVANCE, NAMED, NOW, OWN_STAFF, QUESTION, case_of, tell
from tests.review.pages import read, send


def flag(name: str, *spans: tuple[int, int], score: float = 0.9) -> Flag:
    return Flag(name=name, score=score, clauses=("6.9",), spans=spans)


def at(text: str, *parts: str) -> list[tuple[int, int]]:
    return [(text.index(part), text.index(part) + len(part)) for part in parts]


def written(runs: list[Run]) -> str:
    """Runs as a line: chips in [], marks in {} with their letters."""
    parts = []
    for run in runs:
        words = "".join(
            f"[{piece.text}]" if piece.kind == "chip" else piece.text for piece in run.pieces
        )
        parts.append(f"{{{words}|{run.letters}}}" if run.letters else words)
    return "".join(parts)


def marked(text: str, *flags: Flag) -> str:
    return written(laid_out(text, flags, text)[0])


TEXT = "They are clowns and liars, all of them. The ward was shut again on Friday and nobody rang us back about it at all."


def test_stretches_within_three_words_are_one() -> None:
    flags = [flag("derogatory", *at(TEXT, "clowns", "liars"))]
    assert marked(TEXT, *flags).startswith("They are {clowns and liars|a}, all")


def test_a_post_has_three_stretches_at_most_and_each_flag_its_letter() -> None:
    flags = [
        flag("threat", *at(TEXT, "They", "shut again")),
        flag("derogatory", *at(TEXT, "clowns and liars", "nobody rang")),
        flag("misinformation", *at(TEXT, "Friday")),
    ]
    shown = marked(TEXT, *flags)
    assert shown.count("{") == MOST_STRETCHES
    assert all(f"|{letter}}}" in shown for letter in "abc")
    assert "{shut again|a}" in shown


def test_words_that_show_two_flags_are_marked_once() -> None:
    flags = [flag("threat", *at(TEXT, "clowns and")), flag("hate", *at(TEXT, "and liars"))]
    assert "{clowns and liars|ab}" in marked(TEXT, *flags)


def test_a_flag_on_the_whole_post_marks_nothing() -> None:
    everything = flag("assistance", (0, len(TEXT)))
    runs, whole = laid_out(TEXT, [everything, flag("media")], TEXT)
    assert written(runs) == TEXT
    assert whole == {"assistance": True, "media": True}


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (
            "He has hit me twice, on Sunday. ",
            "{He has hit me twice, on Sunday.|a}",
        ),  # named by its words
        ("It was every evening, without a word. ", ""),
    ],
)
def test_danger_on_the_whole_post_is_not_outshone_by_what_is_milder(words: str, shown: str) -> None:
    text = f"Nobody else here knows about any of it. {words}Can I ring?"
    flags = [flag("safeguarding", (0, len(text))), flag("assistance", *at(text, "Can I ring?"))]
    runs, whole = laid_out(text, flags, text, grave=("safeguarding",))
    assert whole["safeguarding"]
    assert ("{Can I ring?|b}" in written(runs), shown in written(runs)) == (bool(shown), True)
    assert ("|a}" in written(runs)) == bool(shown)


def test_nothing_is_marked_for_what_the_program_is_not_sure_of() -> None:
    unsure = replace(flag("derogatory", *at(TEXT, "clowns")), score=0.5)
    runs, whole = laid_out(TEXT, [unsure], TEXT)
    assert (written(runs), whole) == (TEXT, {"derogatory": False})


def test_a_mask_is_marked_whole() -> None:
    text = "My uncle Ronald Tindall is here"
    pid_flag = flag("pid", *at(text, "uncle Ronald"))
    runs, _ = laid_out("My uncle [name] is here", [pid_flag], text)
    assert written(runs) == "My {uncle [name]|a} is here"


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("Had a fell[details]. Whole [details] heard.", "Had a [details]. Whole [details] heard."),
        ("Poor mit[details] in our Tesco", "Poor [details] in our Tesco"),
        ("Z moje[details]u!", "Z [details]!"),
        ("thanks[handle] now", "thanks[handle] now"),
        ("我[name]了", "我[name]了"),
    ],
)
def test_a_word_that_an_older_program_cut_is_hidden_whole(stored: str, shown: str) -> None:
    assert written(laid_out(stored, (), None)[0]) == shown


def test_what_was_edited_since_is_not_marked() -> None:
    runs, whole = laid_out("Some [name] words", [flag("threat", (0, 4))], None)
    assert written(runs) == "Some [name] words"
    assert whole == {"threat": False}


_PARTS = st.lists(
    st.sampled_from(["my mum Jean Halloran ", "999 123 4567 ", "@ife ", "waited, ", "é ", "jean@example.org ", "\n"]),
    max_size=12,
)  # fmt: skip


@settings(deadline=None)
@given(_PARTS, st.lists(st.tuples(st.integers(0, 120), st.integers(0, 40)), max_size=6))
def test_no_marking_shows_more_or_less_than_the_masked_words(
    parts: list[str], spans: list[tuple[int, int]]
) -> None:
    text = "".join(parts)
    masked = mask(text, pid.find(text))
    flags = [flag(f"f{place}", (start, start + size)) for place, (start, size) in enumerate(spans)]
    runs, _ = laid_out(masked, flags, text)
    assert (
        "".join(f"[{p.text}]" if p.kind else p.text for run in runs for p in run.pieces) == masked
    )
    assert sum(bool(run.letters) for run in runs) <= MOST_STRETCHES
    opened, _ = laid_out(masked, flags, text, open_=True)
    assert "".join(piece.text for run in opened for piece in run.pieces) == text


def test_a_very_long_post_ends_with_a_word_for_it() -> None:
    runs, _ = laid_out("On and on. " * 5000, [flag("derogatory", (0, 2))], "On and on. " * 5000)
    assert written(runs).endswith("the rest is not shown")


@pytest.mark.parametrize(
    ("seconds", "says"), [(42, "0:42"), (725, "12:05"), (3720, "1:02:00"), (None, ""), (-1, "")]
)
def test_a_films_length_is_said_as_clocks_say_it(seconds: int | None, says: str) -> None:
    assert length(seconds) == says


# ── on the page ──────────────────────────────────────────────────────────────────────────────────


def test_the_margin_says_meaning_clause_and_how_sure(anew: House) -> None:
    page = read(anew, f"/cases/{case_of(anew.store, NAMED)}")
    assert "a Patient’s details" in page.text
    assert "policy clause 6.10; program very sure" in page.text
    assert "masked: NHS number" in page.text


def test_the_margin_says_whom_the_policy_does_not_bind(anew: House) -> None:
    ours = read(anew, f"/cases/{case_of(anew.store, OWN_STAFF)}")
    assert "policy doesn’t apply" not in ours.text
    told = replace(
        OWN_STAFF, text=f"{OWN_STAFF.text} Again.", read={"staff": "nhs", "sentiment": "positive"}
    )
    tell(anew.store, told, 604, alone=True)
    theirs = read(anew, f"/cases/{case_of(anew.store, told)}")
    assert (
        "policy clause 6.6; program very sure; not our staff: the policy doesn’t apply to them"
        in theirs.text
    )


def test_the_switch_is_kept_for_the_person(anew: House) -> None:
    case = case_of(anew.store, NAMED)
    assert read(anew, f"/cases/{case}").all("mark")
    assert not read(anew, f"/cases/{case}?marks=off").all("mark")
    send(anew, "/preferences", marks="off", back=f"/cases/{case}")
    assert not read(anew, f"/cases/{case}").all("mark")
    assert read(anew, f"/cases/{case}", "bea").all("mark")


def test_speech_that_is_protected_has_no_highlight(anew: House) -> None:
    told = replace(
        GRIEVANCE,
        text=f"{GRIEVANCE.text} For ever.",
        read={"staff": "nhs", "protected": "disclosure"},
    )
    tell(anew.store, told, 600, alone=True)
    page = read(anew, f"/guardian/{case_of(anew.store, told)}", "gwen")
    assert not page.all("mark")
    pane = page.text.rpartition("May be speaking up")
    assert pane[2].strip().startswith("a person decides")
    assert "Insult" not in pane[2]


def test_of_a_post_that_is_gone_the_page_says_so_and_no_more(anew: House) -> None:
    told = replace(QUESTION, text="And in Harrow?", flags=(("assistance", "And in Harrow"),))
    around = context_of(answered=[AnsweredPost(text="", official=True, gone=True)])
    tell(anew.store, told, 602, alone=True, context=around, kind="reply")
    assert (
        "In reply to our own post, which is gone"
        in read(anew, f"/cases/{case_of(anew.store, told)}").text
    )


def test_what_a_post_answers_is_masked_as_its_own_words_are(anew: House) -> None:
    around = context_of(
        page=Page(owner="organisation", name="NHS North West London"),
        answered=[
            AnsweredPost(text="Ring my mum Jean Halloran on 07700 900123", handle="ife_1951")
        ],
        card=LinkCard(
            title="Clinic moves, writes Oluchi Bright", url="https://example.org/x?who=jean"
        ),
        pictures=["Dr Priya Shah at a desk"],
    )
    told = replace(
        QUESTION, text="Where do we go in Brent then?", flags=(("assistance", "Where do we go"),)
    )
    tell(anew.store, told, 601, alone=True, context=around, kind="reply")
    with anew.asks() as client:
        page = client.get(f"/cases/{case_of(anew.store, told)}").text
    assert "In reply to someone else’s post" in page
    for hidden in ("Halloran", "900123", "ife_1951", "Oluchi", "who=jean", "Priya"):
        assert hidden not in page
    assert "Clinic moves" in page


@pytest.mark.parametrize(
    ("words", "says"), [("Is", False), ("the 6 of", False), ("staff", False), ("fat cow", True)]
)
def test_a_scrap_is_not_marked_and_stands_for_the_whole_post(words: str, says: bool) -> None:
    text = f"Well then {words} and more of it that goes on and on"
    start = text.index(words)
    stretches, whole = chosen_stretches(
        text, [(start, start + len(words), "derogatory")], {"derogatory": 0}
    )
    assert (bool(stretches), whole["derogatory"]) == (says, not says)


def test_text_in_a_picture_stands_under_its_plate_without_what_told_of_a_patient(anew: House) -> None:  # fmt: skip
    words = "Kestrel ward\nMrs Orla Pennywhistle\nNHS number 999 123 4560\nThe bus was late"
    tell(
        anew.store, QUESTION, 820, alone=True, media=(Attachment(url="https://pbs.twimg.com/1.jpg"),),
        context=context_of(picture_texts=[PictureText(place=0, text=words)]),
    )  # fmt: skip
    plain = read(anew, f"/cases/{case_of(anew.store, QUESTION)}").text
    assert "Text in the picture, as a program read it:" in plain
    assert "The bus was late" in plain
    assert "Pennywhistle" not in plain
    assert "999 123 4560" not in plain


def test_what_a_flag_saw_in_a_picture_is_hidden_and_the_margin_says_where_it_lies() -> None:
    words = "Tell me about bed 12 and the other business, please"
    seen = (0, words.index("bed"), words.index(","))
    pid = Flag(name="pid", score=0.9, clauses=("6.2",), picture_spans=(seen, (1, 0, 4), (0, 14, 30)))  # fmt: skip
    assert _without_details(words, 0, [pid]) == "Tell me about [details], please"
    assert _without_details(words, 1, [pid]) == f"[details]{words[4:]}"
    assert _without_details(words, 0, [flag("threat", (0, 4))]) == words


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://t.co/aB3dE5fG7h", "a shortened link of X (t.co): where it leads is not known"),
        ("https://bit.ly/3xYzAbC", "a shortened link (bit.ly): where it leads is not known"),
        ("https://x.com/rowan/status/1990000000000000001", ""),
    ],
)
def test_a_shortened_link_is_called_so(url: str, said: str) -> None:
    assert shortened_words(url) == said


@pytest.mark.parametrize(
    ("read_as", "words"),
    [("full", ""), ("partial", "could not be read in full"), ("unread", "could not be read")],
)
def test_how_far_a_post_was_read_is_a_fact_only_where_that_is_not_to_its_end(
    house: House, read_as: str, words: str
) -> None:
    (item,) = [each.item for each in house.store.cases.mentions(case_of(house.store, NAMED)) if each.reviewable][:1]  # fmt: skip
    line = pane.facts(replace(item, read=read_as), NOW)  # type: ignore[arg-type]
    assert [fact for fact in line if "read" in fact] == ([words] if words else [])
