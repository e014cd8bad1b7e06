"""What is shown of a text: nothing that identifies somebody, and more hidden rather than less."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.pid import find, redaction
from classify.pid.base import NOBODY, Contacts, Hit, lowered
from classify.pid.public_names import public_names
from classify.pid.redaction import find_redactions, mask
from classify.pid.word_edges import within
from classify.text.clean import LIMIT, plain, undotted, words_of
from tests.fuzz.profiles import examples


def masked(text: str, handles: tuple[str, ...] = ()) -> str:
    return mask(text, find(text, contacts=NOBODY), handles)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("My mum Jean Halloran was admitted", "My mum [name] was admitted"),
        ("NHS number 999 123 4567 please", "NHS number [NHS number] please"),
        ("Dr Shah and nurse Priya", "Dr [name] and nurse [name]"),
        ("thanks @jean_1951", "thanks [handle]"),
        ("thanks @jean.halloran.example.org.", "thanks [handle]."),
        ("thanks @jean@social.example.org", "thanks [handle]"),
        ("thanks@jean_1951 and .@bob", "thanks[handle] and .[handle]"),
        ("see you @9 or mail jean+x@example.org", "see you @9 or mail [email]"),
        ("see https://example.org/p/123?q=jean now", "see [link example.org] now"),
        ("mail comms@example.org", "mail [email]"),
        ("call 020 7946 0123", "call [telephone]"),
        ("order 12345678", "order [number]"),
        ("near HA1 3UJ", "near [postcode]"),
        ("mrs halloran in bed 4", "[name] in bed 4"),
        ("9\u200b99 123 4567 is my NHS number", "[NHS number] is my NHS number"),
    ],
)
def test_what_identifies_is_blanked(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_what_does_not_identify_stays() -> None:
    for text in (
        "Waited 9 hours in A&E at Northwick Park in 2024-25, £1,250,000 well spent?",
        "Tooth split on a Toffee Crisp",
    ):
        assert masked(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Please ring Samaritans on 116 123, free, day or night",
        "116000 is for missing children",
        "Childline 0800 1111 or +44 800 1111",
        "The line is 0808 2000 247 and CALM 0800 58 58 58",
        "Book on 0300 123 1000 or (0300) 123 1000",
    ],
)
def test_a_number_that_no_private_person_has_stays(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "my mum's number is 0800 023 4650",
        "her NHS number is 0808 205 1234",
        "hospital number 08002012345",
        "ref 116124 and 0300 123 10001",
        "call 0330 123 1000 or 07700 900123",
    ],
)
def test_a_number_told_as_somebodys_or_written_otherwise_is_blanked(text: str) -> None:
    assert not re.search(r"\d{3}", masked(text))


def test_a_public_handle_stays_in_any_case() -> None:
    assert (
        masked("hi @healthiernwl and @bob", ("@HealthierNWL",)) == "hi @healthiernwl and [handle]"
    )


def test_a_name_that_was_hit_is_blanked_wherever_it_stands_again() -> None:
    shown = masked("My mum Oluchi Bright was admitted. Bring Oluchi home. OLUCHI!")
    assert "luchi" not in shown.lower()


def test_overlapping_blanks_are_one_with_the_more_telling_name() -> None:
    assert masked("My NHS number: 9991234567.") == "My NHS number: [NHS number]."


def test_what_was_not_searched_is_not_shown() -> None:
    shown = mask("a " * LIMIT + "Jean Halloran", ())
    assert "Halloran" not in shown
    assert shown.endswith("[the rest is not shown]")


def test_a_masked_text_can_be_masked_again() -> None:
    once = masked("Mrs Okafor 999 123 4567, jean@example.org, https://example.org/x")
    assert mask(once, ()) == once


@examples(25)
@given(
    st.text(alphabet=st.characters(codec=None), max_size=60),
    st.text(alphabet=st.characters(codec=None), max_size=60),
    st.integers(0, 999),
)
def test_a_phone_is_hidden_in_any_surroundings(before: str, after: str, last: int) -> None:
    assert f"07700 900{last:03}" not in masked(f"{before} 07700 900{last:03} {after}")


def test_nothing_is_masked_in_nothing() -> None:
    assert mask("", ()) == ""


# ── what is asked before a pattern is searched ───────────────────────────────────────────────────

AFTER_KIN, AFTER_TITLE, FULL, EMAIL = (
    redaction._AFTER_KIN, redaction.AFTER_TITLE, redaction._FULL, redaction._EMAIL,
)  # fmt: skip


@examples(50)
@given(st.from_regex(AFTER_KIN) | st.from_regex(AFTER_TITLE) | st.from_regex(FULL) | st.from_regex(EMAIL))  # fmt: skip
def test_whatever_would_be_found_is_searched_for(given: str) -> None:
    text = plain(given).text
    low = lowered(text)
    if AFTER_KIN.search(text):
        assert redaction._KIN_LOW.search(undotted(low))
    if AFTER_TITLE.search(text):
        assert redaction._TITLE_WORDS & words_of(low)
    if FULL.search(text):
        assert redaction._TWO_CAPITALS.search(text)
    if EMAIL.search(text):
        assert redaction._AT_SIGN.search(text) or redaction._AT_TOLD.search(text)


PALS = Contacts(phones=["020 7946 0111"], emails=["pals@example.org"], postcodes=["HA1 3UJ"])


def test_published_contact_points_stay_and_nothing_beside_them_does() -> None:
    text = "Ring 0207 946 0111 or (020) 7946-0111, write to PALS@example.org, ha1 3uj; her own is 020 7946 0112, jo@example.org, HA1 3XX"  # fmt: skip
    shown = mask(text, find(text, contacts=PALS), published=PALS)
    assert shown.startswith(
        "Ring 0207 946 0111 or (020) 7946-0111, write to PALS@example.org, ha1 3uj; her own is ["
    )
    assert not any(own in shown for own in ("0112", "jo@", "3XX"))
    assert "0111" not in masked(text)


def test_the_number_that_a_public_body_asks_people_to_ring_is_its_own_to_publish() -> None:
    text = "Please ring 020 7946 0136 now. We have your number 07700 900123."
    assert redaction.numbers_to_ring(text) == ["020 7946 0136"]
    ours = PALS.with_phones(redaction.numbers_to_ring(text))
    assert mask(text, find(text, contacts=ours), published=ours).startswith(
        "Please ring 020 7946 0136 now"
    )
    assert "07700" not in mask(text, find(text, contacts=ours), published=ours)


def test_what_is_told_with_a_published_number_is_blanked_all_the_same() -> None:
    text = "Jean Halloran, 020 7946 0111"
    told = [Hit("NARRATIVE", 0, len(text), 0.9, "told")]
    assert mask(text, told, published=PALS) == "[name], [number]"
    number = [Hit("PATIENT_NAME", 15, len(text), 0.9, "the model takes it for a name")]
    assert mask(text, number, published=PALS).endswith(", 020 7946 0111")


# ── whole words, each by its name, and what everybody may read ───────────────────────────────────

OURS = public_names(
    "NHS North West London", "NHS NWL", "Hillingdon", "Brent", "Ealing", "Northwick Park", "LNWH",
    "St Mary's Hospital",
)  # fmt: skip


def by_model(text: str, *parts: str, kind: str = "NARRATIVE") -> list[Hit]:
    """What the model points at: pieces of words, as its tokens are."""
    return [
        Hit(kind, text.index(part), text.index(part) + len(part), 0.9, "the model", by_model=True)
        for part in parts
    ]


def shown(text: str, *hits: Hit, handles: tuple[str, ...] = ()) -> str:
    return mask(text, [*find(text, contacts=NOBODY), *hits], handles, NOBODY, OURS)


@pytest.mark.parametrize(
    ("text", "pieces", "masked_text"),
    [
        ("Had a fellow in bay 2. Whole ward heard.", ["ow in bay", "ward"], "Had a [place of care] 2. Whole [place of care] heard."),
        ("Poor mite in our Tesco", ["te"], "Poor [details: 1 word] in our Tesco"),
        ("Z mojego oddziału!", ["go oddzia"], "Z [details: 2 words]!"),
        ("Mad one tonight. You don't believe it.", ["night", "bel"], "Mad one [date]. You don't [details: 1 word] it."),
        ("she came in after the fête", ["fê"], "she came in after the [details: 1 word]"),
        ("a well-known face", ["known"], "a [details: 1 word] face"),
        ("it was the one in the bay by the door", ["the", "bay by"], "it was the one in the [place of care] by the door"),
        ("he was 84 years old and alone", ["84 years old"], "he was [age] and alone"),
        ("taken on Tuesday night to theatre", ["Tuesday night"], "taken on [date] to theatre"),
        ("he lives near Pinner Green you know", ["Pinner Green"], "he lives near [area] you know"),
        ("seen at the HIV clinic with his liver, 58", ["HIV", "liver, 58"], "seen at the [health details] clinic with his [health details]"),
        ("she was in Hillingdon on a trolley", ["in Hillingdon on a"], "she was in Hillingdon on a trolley"),
    ],
)  # fmt: skip
def test_details_are_hidden_in_whole_words(text: str, pieces: list[str], masked_text: str) -> None:
    assert shown(text, *by_model(text, *pieces)) == masked_text


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("NHS North West London should be ashamed", "London"),
        ("nhs north west  london should be ashamed", "north west  london"),
        ("Ask LNWH about it", "LNWH"),
        ("The queue at Northwick Park again", "Northwick"),
        ("St Mary's Hospital lost my letter", "Mary's Hospital"),
        ("Ealing has no beds", "Ealing"),
        ("NHS NWL Support: chat us your login", "NHS NWL Support"),
        ("Wes Streeting wants a word", "Wes Streeting"),
        ("Sir Keir Starmer came by", "Keir Starmer"),
    ],
)
def test_what_everybody_may_read_stays(text: str, part: str) -> None:
    assert shown(text, *by_model(text, part, kind="PATIENT_NAME")) == text


def test_our_own_accounts_stay_and_nobody_elses() -> None:
    assert shown("@HealthierNWL @bob", handles=("@healthiernwl",)) == "@HealthierNWL [handle]"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("my dad Brent was admitted with a stroke", "Brent"),
        ("My mum Ealing Halloran was admitted", "Halloran"),
        ("my uncle Tom Moore was admitted with a stroke", "Moore"),
    ],
)
def test_somebody_who_is_called_like_a_public_name_is_hidden(text: str, told: str) -> None:
    assert told not in shown(text)


def test_a_name_beside_a_number_is_a_mask_of_its_own() -> None:
    text = "My brother Ronald Tindall, NHS no 999 214 3045, lives at 4 Sallow Walk"
    over_all = by_model(text, "Ronald Tindall, NHS no 999 214 3045", kind="PATIENT_NAME")
    assert shown(text, *over_all) == "My brother [name], [name] [NHS number], lives at [address]"
    told = by_model(text, "My brother Ronald Tindall, NHS no 999")
    assert shown(text, *told) == "My brother [name], NHS no [NHS number], lives at [address]"
    assert shown("Moira Halloran 999 123 4567") == "[name] [NHS number]"


def test_two_words_of_a_name_are_one_mask_and_two_people_two() -> None:
    text = "told Ife and Bo Marsh"
    assert shown(text, *by_model(text, "Bo", "Marsh", kind="PATIENT_NAME")).endswith("and [name]")
    assert shown("@ife @bo") == "[handle] [handle]"


_SIGNS = st.text(st.sampled_from("ab Zé'’-_.,0 \u200d\u0301हि中\n@"), max_size=12)


@examples(75)
@given(st.lists(st.tuples(_SIGNS, st.booleans()), min_size=1, max_size=8), st.sampled_from(["NARRATIVE", "PATIENT_NAME"]))  # fmt: skip
def test_a_mask_never_ends_inside_a_word(parts: list[tuple[str, bool]], kind: str) -> None:
    text, hits = "", []
    for part, hit in parts:
        if hit and part:
            hits.append(Hit(kind, len(text), len(text) + len(part), 0.9, "the model", by_model=True))  # fmt: skip
        text += part
    for start, end, _ in find_redactions(text, hits):
        assert not within(text, start)
        assert not within(text, end) or text[end] in "'’"  # of whom: the s may be shown


_NAMES = st.sampled_from(["Jean Halloran", "Oluchi Bright", "Moira O'Brien", "Zoë Marsh", "Ife Adeyemi-Cole"])  # fmt: skip
_NUMBERS = st.sampled_from(["999 123 4567", "07700 900123", "jean@example.org", "HA1 3UJ", "3/4/1951"])  # fmt: skip


@examples(50)
@given(_SIGNS, _NAMES, st.sampled_from([" ", ", ", " - ", " NHS no "]), _NUMBERS, _SIGNS)
def test_no_letter_of_an_identifier_is_shown(
    before: str, name: str, between: str, number: str, after: str
) -> None:
    text = f"{before} my mum {name}{between}{number} was admitted {after}"
    start = text.index(name)
    hits = [
        Hit("RELATIVE_NAME", start, start + len(name), 0.9, "a rule"),
        Hit("PATIENT_NAME", start, start + len(name + between + number), 0.9, "the model", by_model=True),
    ]  # fmt: skip
    secret = {*range(start, start + len(name))}
    secret |= {*range(text.index(number), text.index(number) + len(number))}
    hidden = {
        at
        for first, last, _ in find_redactions(text, [*find(text), *hits], (), NOBODY, OURS)
        for at in range(first, last)
    }
    assert not [text[at] for at in secret - hidden if text[at].isalnum()]


@examples(75)
@given(st.lists(_NAMES | _NUMBERS | _SIGNS | st.sampled_from(["mum", "Dr", "born", "of", "@ife", "and"]), max_size=8))  # fmt: skip
def test_what_is_masked_stays_as_it_is_when_it_is_masked_again(parts: list[str]) -> None:
    once = shown(" ".join(parts))
    assert mask(once, (), (), NOBODY, OURS) == once


@pytest.mark.parametrize("text", [
    "@a Zoë Marsh", "@the Zoë Marsh rang", "u/two Zoë Marsh", "https://example.org/a Zoë Marsh", "#a Zoë Marsh", "my last 07700 900123 Jean Halloran", "an jean@example.org Oluchi Bright",
    "two @ife Moira O'Brien", "a.b@example.org a Ife Adeyemi-Cole", "Hi @ife Zoë, yes", "@mum Zoë Marsh and Jean",
])  # fmt: skip
def test_what_stands_beside_a_mask_is_hidden_at_the_first_go(text: str) -> None:
    once = shown(text)
    assert mask(once, (), (), NOBODY, OURS) == once


def test_a_name_with_an_accent_is_hidden_like_one_without() -> None:
    for name in ("Zoë Marsh", "Chloé Marsh", "José Marsh", "Siân Marsh"):
        assert "Marsh" not in masked(f"a {name} answered"), name
    assert masked("a Toffee Crisp") == "a Toffee Crisp"


def test_a_long_post_of_many_masks_takes_no_longer_than_its_length() -> None:
    text = "Jean-" * 4000 + " @ife a" * 20_000
    hits = [Hit("PATIENT_NAME", at, at + 2, 0.9, "the model", by_model=True) for at in range(0, 20_000, 5)]  # fmt: skip
    began = time.process_time()
    find_redactions(text, hits, (), NOBODY, OURS)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Hi Shazia, yes, you count.", "Hi [name], yes, you count."),
        ("Hi Nimco, we're sorry.", "Hi [name], we're sorry."),
        ("Thanks Kayleigh! It is on its way.", "Thanks [name]! It is on its way."),
        (
            "Sorry about that.\nDear Oyinkan\nIt is one form",
            "Sorry about that.\nDear [name]\nIt is one form",
        ),
        ("Hi All, the clinic is open", "Hi All, the clinic is open"),
        ("Dear Team, thanks", "Dear Team, thanks"),
        ("Hello Harrow! We are here", "Hello Harrow! We are here"),
        ("Hi NHS, is it open", "Hi NHS, is it open"),
    ],
)
def test_whom_an_answer_greets_is_masked_by_whatever_name(text: str, masked: str) -> None:
    assert mask(text, find(text), (), NOBODY, OURS) == masked
