from __future__ import annotations

import re
import time
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from classify.text.lexicon import english
from classify.text.normalise import LONGEST, normalise

UPSIDE_DOWN = frozenset("ɐǝɟƃɥɾʞɯɹʇʌʍʎᴉ")  # no text here has one unless it is turned over

# What people mix: plain words, tricks of every kind, and what breaks offsets.
PIECES = st.sampled_from(
    ["the", " ", "nurse", "sh1t", "f*ck", "i d i o t", "😡", "👩🏽‍⚕️", "🇬🇧", "кill", "нет", "पानी", "ﬃ", "½", "ﷺ",
     "\u200b", "\u202e", "\ud800", "e\u0301", "k\u0337", "https://example.org/a?b=1", "soooooo", "!!!!!", "\0", "\n",
     "A&E", "SW1A 2AA", "@", "#", "$", "*", "1", "k.i.l.l", "🅰️", "f🅰️g", "k😡i😡l😡l", "|<ill", "\\/\\/ait", "🇰🇮🇱🇱", "🇫🇺🇨🇰",
     "killlll", "burnthemosques", "d!e", "f-ck", "ᴋɪʟʟ", "кіӏӏ", "1️⃣", "卐", "\ue000", " \ue000 ", "@user @user", "0f", "st0p th1s",
     "noʎ ʞɔnɟ", "ʞɔnɟ", "ǝ", "ı", "fvck", "cvnts"]
)  # fmt: skip
TEXTS = st.text(max_size=200) | st.lists(PIECES, max_size=30).map("".join)


@given(TEXTS)
@example("\ud800\udc00")
@example("f\u200b*\u200bck")
@example("noʎ卐")  # a sign that becomes a word of its own sets another free to be turned over
def test_offsets_always_map_back_into_the_text_as_given(text: str) -> None:
    normal = normalise(text)
    assert len(normal.text) == len(normal.origin) == len(normal.until)
    for place, (start, end) in enumerate(zip(normal.origin, normal.until, strict=True)):
        assert 0 <= start < end <= len(text)
        assert normal.map_to_original(place, place + 1) == (start, end)
    if not UPSIDE_DOWN.intersection(text):  # words that are upside down are read from their end on
        assert all(one <= other for one, other in pairwise(normal.origin))
        assert all(one <= other for one, other in pairwise(normal.until))


@given(TEXTS, st.integers(0, 300), st.integers(0, 300))
def test_every_span_of_the_result_is_a_span_of_the_text_as_given(
    text: str, start: int, length: int
) -> None:
    first, last = normalise(text).map_to_original(start, start + length)
    assert 0 <= first <= last <= len(text)


@given(TEXTS)
def test_no_surrogate_and_nothing_invisible_is_left_for_the_model(text: str) -> None:
    left = normalise(text).text
    left.encode("utf-8")
    assert not set(left) & set("\u200b\u200d\u202e\u2066\ufeff\u00ad")


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126, categories=["Ll", "Zs"])))
def test_plain_words_stay_as_they_are_but_for_drawn_out_letters(text: str) -> None:
    words = " ".join(word for word in text.split() if len(word) > 1 and len(set(word)) > 1)
    disguised = {"cvnt", "fvck"}  # what a letter stands in for
    if not any(c * 4 in words for c in set(words)) and disguised.isdisjoint(words.split()):
        assert normalise(words).text == words


ORDINARY = sorted(
    word
    for word in english()
    if len(word) > 1 and not re.search(r"(.)\1\1", word) and word.isalpha() and word != "fvck"
)


@given(st.lists(st.sampled_from(ORDINARY), max_size=40).map(" ".join))
def test_english_without_tricks_stays_as_it_is(text: str) -> None:
    normal = normalise(f"{text}.")
    assert normal.text == f"{text}."
    assert isinstance(normal.origin, range), "nothing was read anew"


# ── what is no trick ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        "A&E was closed, the A&E at Northwick Park too",
        "my B12 is low, and folate B9, vitamin D3 and K2",
        "covid19 and COVID-19 and H1N1 and SARS-CoV-2",
        "GP2 and FY1s and ST3s, CT1 on nights, Band 6 and B5s",
        "M40 and A40, the M4s and the N1, P45s and P60s",
        "HbA1c of 48, CA125, T3N1M0, IL6, O2 sats, HPV16, p53, CYP2D6",
        "EC1A 1BB, SW1A 2AA, W1A 1AA, NW1W 8JR, HA1 3UJ, UB8 3NN, W12 0HS, ec1a 1bb, sw1a",
        "10am, 9:30, 2pm, 18th, 4x4, 24/7, 1.5mg, 500mg, 3rd, 7days, 4hrs, 20mins, 2nite",
        "ring 111 or 020 7946 0123, ext 4150; 999 010 3579; £3.50, $5, 50%, 5* and A* grades in C#",
        "@sm1th_h4rrow and #N0tOnTheNHS and nurse4u@example.org and www.g00d.example.org",
        "N.H.S. and N.W.L. I.C.B. and e.g. and a.k.a. and i.e.",
        "MP3s, 4G, iPad2s, R2D2, G4S, Q4, 2FA, WD40, NHS111, 111online",
        "the note* says so, and the ID*, and re* and Mo*",
        "help! well done! it's a mess, isn't it?! wow!! thanks!",
    ],
)
def test_what_the_nhs_writes_is_not_mangled(text: str) -> None:
    assert normalise(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        "Врач не принял меня в поликлинике, жду третий час",
        "Ο γιατρός δεν ήρθε ποτέ και περιμέναμε ώρες",
        "अस्पताल में किसी ने मेरी माँ की मदद नहीं की",
        "হাসপাতালে কেউ আসেনি", "மருத்துவமனையில் யாரும் வரவில்லை", "ਹਸਪਤਾਲ ਵਿੱਚ ਕੋਈ ਨਹੀਂ ਆਇਆ",
        "سرطان الثدي وموعد الطبيب", "بیمارستان بسته است", "病院はひどかった", "Lekarz był świetny, dziękuję",
        "Șofer de ambulanță excelent, mulțumesc", "Die Ärztin war großartig",
        "в GP сказали ждать, NHS не отвечает",
    ],
)  # fmt: skip
def test_what_is_written_in_another_alphabet_stays_as_it_is(text: str) -> None:
    assert normalise(text).text == text


# ── tricks, and what they stand for ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("b1tch", "bitch"), ("sh1t", "shit"), ("a$$hole", "asshole"), ("b@st@rds", "bastards"),
        ("k!ll", "kill"), ("stup1d", "stupid"), ("h4te", "hate"), ("1diot", "idiot"), ("5hit", "shit"),
        ("he1p", "help"), ("f4gg0ts", "faggots"), ("idi0t5", "idiots"), ("tw@t!", "twat!"),
        ("you st3al, you l1ar.", "you steal, you liar."),
    ],
)  # fmt: skip
def test_leetspeak_is_read_as_the_word_that_it_stands_for(written: str, read: str) -> None:
    assert normalise(written).text == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("f*ck", "fuck"), ("f**k", "fuck"), ("F*** off", "fuck off"), ("sh*t", "shit"), ("s**t", "shit"),
        ("c#nt", "cunt"), ("b*tch", "bitch"), ("w*nkers", "wankers"), ("bull****", "bullshit"),
        ("motherf***er", "motherfucker"), ("f＊ck", "fuck"), ("f** off", "fuck off"), ("cun*", "cunt"),
    ],
)  # fmt: skip
def test_starred_words_are_read_as_the_word_that_fits(written: str, read: str) -> None:
    assert normalise(written).text == read


@pytest.mark.parametrize("by", [" ", ".", "-", "_", "*"])
def test_spaced_letters_are_read_as_a_word(by: str) -> None:
    assert normalise(f"you {by.join('idiot')} there").text == "you idiot there"


def test_spaced_letters_end_where_a_word_begins() -> None:
    assert normalise("k i l l you all").text == "kill you all"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("кill уоu", "kill you"),  # Cyrillic among Latin
        ("sсum οf the earth", "scum of the earth"),
        ("𝓲𝓭𝓲𝓸𝓽", "idiot"), ("ｉｄｉｏｔ", "idiot"), ("ⓘⓓⓘⓞⓣ", "idiot"), ("𝐢𝐝𝐢𝐨𝐭", "idiot"),
        ("i\u0337d\u0337i\u0337o\u0337t\u0337", "idiot"),
        ("i\u200bd\u200bi\u200bo\u200bt", "idiot"), ("idi\u00adot", "idiot"), ("\u202eidiot\u202c", "idiot"),
        ("i.d.i.o.t 1diot", "idiot idiot"),
        ("sooooooo baaaaad!!!!!!", "soo baad!!"),
    ],
)  # fmt: skip
def test_look_alikes_and_invisible_signs_are_undone(written: str, read: str) -> None:
    assert normalise(written).text == read


def test_an_emoji_is_read_by_its_name_and_told_by_its_place() -> None:
    normal = normalise("you 🤡 go")
    assert "clown face" in normal.text
    at = normal.text.index("clown")
    assert normal.map_to_original(at, at + 5) == (4, 5)


def test_an_emoji_of_several_signs_is_one_place() -> None:
    text = "thanks 👩🏽‍⚕️!"
    normal = normalise(text)
    at = normal.text.index("health")
    assert text[slice(*normal.map_to_original(at, at + 6))] == "👩🏽‍⚕️"


def test_a_link_is_read_by_its_host_alone() -> None:
    normal = normalise("see https://www.example.org/k1ll?you=1 now")
    assert normal.text == "see link example.org now"


@pytest.mark.parametrize(
    ("text", "word", "given_as"),
    [
        ("you are a b1tch really", "bitch", "b1tch"),
        ("you are an i d i o t really", "idiot", "i d i o t"),
        ("you are a f**king joke", "fucking", "f**king"),
        ("😡 you s\u200bc\u200bum", "scum", "s\u200bc\u200bum"),
    ],
)
def test_a_word_found_is_told_as_it_was_written(text: str, word: str, given_as: str) -> None:
    normal = normalise(text)
    at = normal.text.index(word)
    assert text[slice(*normal.map_to_original(at, at + len(word)))] == given_as


# ── handles again and again ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("@user @user @user you idiot", "@user you idiot"),
        ("oh @User\n@user  @USER, no", "oh @User, no"),
        ("@nurse@example.org @nurse@example.org hi", "@nurse@example.org hi"),
        ("@user @user2 @user @nurse_x", "@user @user2 @user @nurse_x"),
        ("@user, @user and @user", "@user, @user and @user"),
        ("@user @user@example.org @user.", "@user @user@example.org @user."),
        ("mail me@user @user", "mail me@user @user"),
    ],
)
def test_a_handle_that_is_said_again_and_again_is_read_once(written: str, read: str) -> None:
    assert normalise(written).text == read


def test_what_stands_after_handles_keeps_its_place() -> None:
    text = "@user @user @user you 1diot"
    normal = normalise(text)
    at = normal.text.index("idiot")
    assert text[slice(*normal.map_to_original(at, at + 5))] == "1diot"
    assert normal.map_to_original(0, 5) == (0, 5)
    assert text[slice(*normal.map_to_original(0, at + 5))] == text


# ── size ─────────────────────────────────────────────────────────────────────────────────────────


def test_no_more_than_the_first_part_is_read() -> None:
    assert len(normalise("a b" * LONGEST).text) <= LONGEST


HOSTILE = {
    "letters": "a", "signs": "!", "leet": "a!", "leet digits": "a1", "leet at": "a@", "leet mix": "a$@",
    "leet that fails": "aaaaaaaaaaaaaaaaaaaa!b1_", "stars": "*", "starred": "a*", "starred ends": "abcdefgh**** ",
    "spaced": "a ", "dotted": "a.", "repeats": "aaaa ", "links": "https://a", "slashes": "https://",
    "emoji": "😡", "joined emoji": "👩‍👩‍👧‍👦\u200d", "flags": "🇬", "marks": "e\u0301\u0301", "cyrillic": "а", "mixed": "аa",
    "mixed words": "аa ", "ligatures": "ﷺ", "surrogates": "\ud800", "zero width": "\u200b", "hindi": "कि",
    "pipes": "|", "drawn": "|<", "drawn and not": "s|-|it|", "backslashes": "\\/", "many readings": "s1l|!l1| ", "brackets": "()(",
    "slashed": "a/", "commas": "a, ", "spaced out": "a . ", "emoji between": "i😡", "letter emoji": "a🅰️", "spelt flags": "🇫🇺",
    "together": "womenandmen", "almost together": "theblacksarq", "drawn out": "killl ", "pairs": "aabb", "hidden": "f-ck ",
    "leetspeak": "k1ll h4te 0f ", "private use": "\ue000", "spaced private use": " \ue000 ", "handles": "@a @a ",
    "keycaps": "1️⃣", "variation": "\ufe0f", "nul": "\0", "dollars": "$a$", "hash": "#a#",
    "upside down": "noʎ ʞɔnɟ ", "turned letters": "ʎ", "nearly turned": "ʎo", "not turned": "noʎ a", "parted turned": "ʎ, ", "turned commas": "noʎ,",
    "v for u": "fvck ", "a v": "av", "v before": "vb", "rough v": "fvck",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_20_000_hostile_characters_take_time_in_proportion(name: str) -> None:
    piece = HOSTILE[name]

    def seconds(length: int) -> float:
        text = (piece * length)[:length]
        started = time.process_time()
        normalise(text)
        return time.process_time() - started

    normalise(piece * 10)  # what is read on first use
    small = min(seconds(2_500) for _ in range(3))
    large = min(seconds(LONGEST) for _ in range(2))
    assert large < 1.0
    assert large < max(24 * small, 0.05), f"8 times the text took {large / small:.0f} times as long"
