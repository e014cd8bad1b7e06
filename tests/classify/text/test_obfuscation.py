from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.model.onnx_model import Model, Text
from classify.text.lexicon import SWEARING, english, given_names
from classify.text.normalise import normalise
from classify.text.obfuscation import V_FOR_U

# ── stars, and other signs for a vowel ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("f*ck*ng", "fucking"), ("m*slims", "muslims"), ("j*ws", "jews"), ("b*itch", "bitch"), ("k**l", "kill"),
        ("f-ck off", "fuck off"), ("sh.t", "shit"), ("F^CK", "FUCK"), ("c&nt", "cunt"), ("sh_t", "shit"),
        ("tw•t", "twat"), ("f🔥ck", "fuck"), ("b🤬tch", "bitch"), ("r*pe", "rape"),
    ],
)  # fmt: skip
def test_a_sign_for_a_letter_is_read_as_the_word_that_fits(written: str, read: str) -> None:
    assert normalise(written).text == read


# ── v for u ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("fvck off", "fuck off"), ("FVCK", "FUCK"), ("Fvcking cvnts!", "Fucking cunts!"), ("goat-fvcker", "goat-fucker"),
        ("clusterfvck", "clusterfuck"), ("absofvckinglutely", "absofuckinglutely"), ("scvm", "scum"), ("bvllshit's", "bullshit's"),
        ("Mvslims", "Muslims"), ("they mvrder us", "they murder us"), ("f v c k", "fuck"), ("fv(k", "fuck"), ("sl v t", "sl v t"),
    ],
)  # fmt: skip
def test_a_v_is_read_as_u_in_a_word_that_people_disguise(written: str, read: str) -> None:
    assert normalise(written).text == read


@pytest.mark.parametrize(
    "text",
    [
        "vs CVs TVs DVDs obvs favs devs govt nvm RSVP Blvd", "HVRT, GVNS and MVSLIM are bodies", "DVLA, HIV, BVLGARI, AVGVSTVS",
        "@fvck #fvck fvck.example.org me@fvck", "Pavlova, Bratislava, Savchenko, Devlin, Ovbiagele, Kovč", "gvn",
    ],
)  # fmt: skip
def test_a_v_stays_a_v_in_what_nobody_disguised(text: str) -> None:
    assert normalise(text).text == text


ROUGH = [word for word in SWEARING if len(word) > 3 and re.search("u[bcglmnprst]", word)]


@given(st.sampled_from(ROUGH), st.sampled_from([str.lower, str.upper, str.capitalize]))
def test_every_rough_word_is_read_through_its_v_where_it_stands(
    word: str, case: Callable[[str], str]
) -> None:
    written = case(re.sub("u(?=[bcglmnprst])", "v", word))
    normal = normalise(f"oh {written} it")
    assert normal.text == f"oh {case(word)} it"
    assert normal.map_to_original(3, 3 + len(word)) == (3, 3 + len(written))


@given(st.sampled_from(sorted(english() | given_names())))
def test_no_english_word_or_name_is_read_through_a_v(word: str) -> None:
    if word != "fvck":
        assert all(
            rule(match) in (None, word)
            for pattern, rule in V_FOR_U
            for match in pattern.finditer(word)
        )


# ── letters apart ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "by", [" ", ".", "-", "_", "*", "/", "|", "~", " . ", " - ", "😡", " 😡 ", "..", "·", "\u200b"]
)
def test_letters_apart_are_read_as_a_word_whatever_stands_between(by: str) -> None:
    assert normalise(f"you {by.join('idiot')} there").text == "you idiot there"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("d i e", "die"), ("d.i.e", "die"), ("k 1 l l", "kill"), ("k.!.l.l", "kill"), ("K I L L", "KILL"),
        ("k i l l y o u", "kill you"), ("k i l l  y o u", "kill  you"), ("K-I-L-L", "KILL"),
        ("b u r n t h e m o s q u e", "burn the mosque"),
        ("pa.ki", "paki"), ("sh-it", "shit"), ("mus_lims", "muslims"), ("re/tard", "retard"),
    ],
)  # fmt: skip
def test_a_word_in_pieces_is_put_together(written: str, read: str) -> None:
    assert normalise(written).text == read


@pytest.mark.parametrize(
    "text",
    [
        "co-op, pre-op, re-admit, X-ray, e-mail, t-shirt, on-call, mother-in-law, sub-human",
        "and/or, his/her, men/women, he/she, 24/7, N/A, w/c, c/o, GP/nurse",
        "a.m. and p.m., e.g. this, i.e. that, R.I.P., p.t.o., D.I.E. Ltd, G.U.N.",
        "options a, b, c, d and vitamins A, B and C; 1 2 3 4; 0 2 0 7 9 4 6",
        "N.H.S. N-W-L I.C.B. S.H.I.E.L.D.", "it was.hit by a car.Die Frau", "Ward A / B / C", "I - a nurse - do",
        "the rat's tail, the Jews' harp, *hate* is a word, (rap music), ...shit happens -women too-",
    ],
)  # fmt: skip
def test_what_is_parted_for_good_reason_stays_so(text: str) -> None:
    assert normalise(text).text == text


# ── words together, letters drawn out ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("burnthemosques", "burn the mosques"), ("whyarewomensothick", "why are women so thick"),
        ("BurnTheMosques", "Burn The Mosques"), ("killyourself", "kill yourself"),
        ("kiiiill", "kill"), ("haaaate", "hate"), ("fuuuck", "fuck"), ("DIIIE", "DIE"), ("bitchhh", "bitch"),
    ],
)  # fmt: skip
def test_words_run_together_or_drawn_out_are_told_apart(written: str, read: str) -> None:
    assert normalise(written).text == read


@pytest.mark.parametrize(
    "text",
    [
        "consultation cancellation inequalities intermittent antidepressants breathlessness prioritising",
        "nevertheless, WhatDoTheyKnow, Northwickparkhospital, hammersmithandfulham, gastroenterologist",
        "#BurnTheMosques @burnthemosques", "ooh soo coool, hmmm, aaah, yesss, book, committee, 111, www",
    ],
)  # fmt: skip
def test_a_long_word_or_a_drawn_out_sigh_is_no_trick(text: str) -> None:
    assert normalise(text).text == text


# ── what it is for ───────────────────────────────────────────────────────────────────────────────


def each_word(trick: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: re.sub("[a-zA-Z]{3,}", lambda word: trick(word.group()), text)


def from_a(first: int) -> Callable[[str], str]:
    """Letters of an alphabet in Unicode whose a stands at `first`."""
    return lambda text: re.sub("[a-z]", lambda m: chr(first + ord(m.group()) - 97), text.lower())


TRICKS: dict[str, Callable[[str], str]] = {
    "digits": lambda text: text.translate(str.maketrans("oieas", "01345")),
    "signs": lambda text: text.translate(str.maketrans("ias", "!@$")),
    "cyrillic": lambda text: text.translate(str.maketrans("aeocpxyi", "аеосрхуі")),
    "bold": from_a(0x1D41A),
    "fullwidth": from_a(0xFF41),
    "circled": from_a(0x24D0),
    "blocks": from_a(0x1F170),
    "nothing between": lambda text: "\u200b".join(text),
    "marks": lambda text: re.sub("[a-z]", lambda m: m.group() + "\u0337\u0336\u0321", text),
    "blanks": each_word(" ".join),
    "dots": each_word(".".join),
    "emoji between": each_word("😡".join),
    "letter emoji": lambda text: text.replace("a", "🅰️").replace("o", "🅾️").replace("i", "1️⃣"),
    "run together": lambda text: text.replace(" ", ""),
    "upside down": lambda text: text.lower()[::-1].translate(
        str.maketrans("abcdefghijklmnopqrstuvwxyz,", "ɐqɔpǝɟƃɥıɾʞןɯuodbɹsʇnʌʍxʎz'")
    ),
}
PLAIN = (
    ("threat", "Somebody should shoot that doctor dead"),
    ("hate", "All muslims are filthy vermin and should die"),
    ("hate", "Black nurses are filthy animals, send them home"),
    ("derogatory", "That receptionist is a fat stupid bitch"),
    ("derogatory", "The manager is a useless lying cunt and a stupid bitch"),
)


@pytest.mark.parametrize(("flag", "plain"), PLAIN)
def test_a_sentence_is_flagged_alike_however_it_is_disguised(flag: str, plain: str) -> None:
    tricked = {name: trick(plain) for name, trick in TRICKS.items()}
    model = Model()
    first, *scores = model.scores([Text(plain), *map(Text, tricked.values())])
    expected = first.outputs[flag]
    assert expected > 0.5, "choose a sentence that the model flags"
    far = {
        name: f"{score.outputs[flag]:.2f} for {expected:.2f}: {normalise(tricked[name]).text}"
        for name, score in zip(tricked, scores, strict=True)
        if abs(score.outputs[flag] - expected) > 0.3
    }
    assert len(far) <= len(TRICKS) // 5, far
