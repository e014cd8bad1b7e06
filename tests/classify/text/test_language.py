"""English in whatever shape is English; what is not, or not all, is never called read in full."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.text.language import LONGEST, Language, detect
from tests.fuzz.profiles import examples

ENGLISH = (
    "Shocking!!", "omg", "lol the state of u", "bare peng tho innit", "Brill", "gutted", "Shambolic", "wtf",
    "MY MUM WAITED 9 HOURS DISGRACE", "Gr8 service ta", "teh docter is rubish and i wated 5 hors",
    "dnt evn bother ringin, wrst surgry evr", "fk dis gp m8 proper mank", "NHS", "GP A&E UTC", "naïve", "Ta duck",
    "Priya Raghunathan Subramaniam was kind", "Diolch yn fawr to the team at Hillingdon", "ICB till I burn",
    "Namaste all, great Diwali event at Northwick Park", "Eid Mubarak to all staff at Ealing",
    "The Somali interpreter was great, mahadsanid", "السلام عليكم everyone, clinic is open", "Worst. Surgery. Ever. Voilà",
    "😡😡 absolute joke 😡", "sooooo slooooow", "1st & 2nd jabs done, 20mins", "w0rst h0spital ev3r",
    "\ud800 hello there mate", "Dr Wojciechowski and Nurse Oyelaran were lovely",
)  # fmt: skip

FOREIGN = (
    ("Dziękuję bardzo za pomoc", "pl"), ("Nie ma lekarza w przychodni", "pl"), ("no puedo ver al médico", "es"),
    ("Nu pot să obțin o programare la medic", "ro"), ("Multumesc frumos pentru ajutor", "ro"),
    ("Eu não consigo marcar uma consulta", "pt"), ("je suis très déçu par le service", "fr"),
    ("doktor nerede randevu alamıyorum", "tr"), ("Ich warte seit drei Stunden", "de"),
    ("આ હોસ્પિટલ ખૂબ સરસ છે", "gu"), ("मुझे डॉक्टर से मिलना है", "hi"), ("ਮੈਨੂੰ ਡਾਕਟਰ ਨਹੀਂ ਮਿਲਿਆ", "pa"),
    ("نحن ننتظر منذ خمس ساعات في المستشفى", "ar"), ("ما پنج ساعت در بیمارستان منتظر هستیم", "fa"),
    ("ہم پانچ گھنٹے سے ہسپتال میں انتظار کر رہے ہیں", "ur"), ("நான் மருத்துவரை பார்க்க வேண்டும்", "ta"),
    ("আমি ডাক্তারের সাথে দেখা করতে চাই", "bn"), ("Я не могу записаться к врачу", "ru"),
    ("waxaan rabaa inaan arko dhakhtar", "so"), ("mujhe doctor se milna hai kab tak wait karu", "hi-Latn"),
    ("Kem cho, hospital ma bahu vaar lage che", "gu-Latn"), ("ami daktar er jonno wait korchi onek khon", "bn-Latn"),
    ("Merci", "fr"), ("Diolch", "cy"),
)  # fmt: skip


@pytest.mark.parametrize("text", ENGLISH)
def test_english_short_slangy_shouted_or_misspelt_is_read_in_full(text: str) -> None:
    assert detect(text) == Language("en", "full")


@pytest.mark.parametrize(("text", "tag"), FOREIGN)
def test_another_language_is_told_and_unread(text: str, tag: str) -> None:
    assert detect(text) == Language(tag, "unread")


@pytest.mark.parametrize(("text", "tag"), [pair for pair in FOREIGN if " " in pair[0]])
def test_a_foreign_sentence_in_an_english_post_is_partial(text: str, tag: str) -> None:
    assert (
        detect(f"Thank you to everybody at the clinic today. {text}. See you next week.").read
        == "partial"
    )


@pytest.mark.parametrize(
    "text",
    [
        "уоu аll dеѕеrvе tо diе in thе wаrd", "уоu аrе ѕсum", "ᴋɪʟʟ ᴛʜᴇᴍ ᴀʟʟ", "🅺🅸🅻🅻 🆃🅷🅴🅼", "𝓴𝓲𝓵𝓵 𝓽𝓱𝓮𝓶 𝓪𝓵𝓵",
        "k\u0337i\u0337l\u0337l\u0337 y\u0337o\u0337u", "y.o.u a.r.e s.c.u.m", "P4k15 0ut 0f 5outh4ll", "whyarewomensothick",
    ],
)  # fmt: skip
def test_english_in_disguise_is_english(text: str) -> None:
    assert detect(text) == Language("en", "full")


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("naan naalu mani neram hospital la wait pannitu irunthen yaarum varala", "ta-Latn"),
        ("chahar saat to bimarestan boodam hichkas nayomad", "fa-Latn"),
        ("ana fel mostashfa men el sobh w mafeesh doctor gaa", "ar-Latn"),
        ("Waxaan sugayay afar saacadood isbitaalka Ealing, cidna iima imaan", "so"),
        ("Dhakhtarku wuu fiicnaa laakiin ballanta way dheerayd", "so"),
    ],
)  # fmt: skip
def test_what_people_here_write_in_latin_letters_is_unread(text: str, tag: str) -> None:
    assert detect(text) == Language(tag, "unread")


@pytest.mark.parametrize(
    "text",
    [
        "zehr dapolu mikta fosenar", "Hospital zehr dapolu, mikta fosenar ip", "khub kharab",
        "The queue was long. Zehr dapolu mikta fosenar ip. Never again",
    ],
)  # fmt: skip
def test_words_of_no_known_language_are_never_read_in_full(text: str) -> None:
    assert detect(text).read == "partial"


@pytest.mark.parametrize(
    "text",
    [
        "st marys", "hillingdon hosp", "northwick pk utc ealing, southall chc", "wrst docters, terible recepton",
        "Ghasem Tehrani, Parvaneh Yousefi, Thulasi Sivakumar", "Proper dozy wait",
    ],
)  # fmt: skip
def test_places_names_and_slips_are_no_other_language(text: str) -> None:
    assert detect(text) == Language("en", "full")


@pytest.mark.parametrize(
    "text", ["The GP was lovely but yeh log sirf paisa lete hain aur kuch nahi karte"]
)
def test_the_english_half_of_a_mixed_sentence_is_read(text: str) -> None:
    assert detect(text) == Language("hi-Latn", "partial")


def test_a_switch_within_a_sentence_is_partial() -> None:
    assert (
        detect("I went to the GP ale nikt mi nie pomógł bo nie mówię po angielsku").read
        == "partial"
    )
    assert detect("The doctor said ok but mujhe nahi pata kya karna hai and left").read == "partial"


def test_the_tag_is_that_of_most_words() -> None:
    assert (
        detect("Thank you very much to all of you for this. Dziękuję bardzo za pomoc.").tag == "en"
    )
    assert detect("Thanks. Nie ma lekarza w przychodni i nikt nie odbiera telefonu.").tag == "pl"


@pytest.mark.parametrize(
    "text", ["", " ", "😂😂", "https://example.org/a", "@abc @def", "12345", "!!", "\u200b"]
)
def test_where_there_are_no_words_nothing_can_be_told(text: str) -> None:
    assert detect(text) == Language("und", "unread")


def test_a_text_too_long_to_be_read_is_partial() -> None:
    assert detect("all good here " * LONGEST).read == "partial"


@examples(25)
@given(st.text(alphabet=st.characters(codec=None), max_size=300))
def test_any_text_has_an_answer(text: str) -> None:
    assert detect(text).read in ("full", "partial", "unread")


def test_a_post_of_thirty_words_takes_well_under_a_millisecond() -> None:
    post = (
        "I have been waiting for my appointment at the surgery since half eight and nobody picks up "
        * 2
    )
    detect("Nie ma lekarza w przychodni")  # the model is loaded once
    start = time.process_time()
    for _ in range(200):
        detect(post)
    assert (
        time.process_time() - start
    ) / 200 < 0.001  # 0.1 ms on the slow machine it was measured on


@pytest.mark.parametrize(
    "text",
    [
        "im home. my brother came. thank you vi x", "jabbed & biscuited", "jabbed & biscuited #nhsnwlondon", "more chilli. trust me", "Why is it never Ruislip",
        "thx hun x", "cheers vi xx", "home now xoxo", "bus diverted, queueing at Southall", "triaged and binned off", "xx",
    ],
)  # fmt: skip
def test_short_plain_english_with_a_kiss_or_a_verb_of_ones_own_is_read_in_full(text: str) -> None:
    assert detect(text) == Language("en", "full")


@pytest.mark.parametrize(
    ("text", "read"), [("dziękuję bardzo x", "unread"), ("bonjour mes amis xx", "unread"), ("merci x", "unread"), ("blorped zindling", "partial")],
)  # fmt: skip
def test_a_kiss_or_an_ending_makes_no_other_language_english(text: str, read: str) -> None:
    assert detect(text).read == read
