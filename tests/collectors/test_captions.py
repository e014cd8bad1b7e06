from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from collectors.captions import spoken, transcript

SRT = """1
00:00:00,000 --> 00:00:02,500
Welcome to the board meeting

2
00:00:02,500 --> 00:00:05,000
<i>of the integrated care board</i>
and its partners &amp; friends
"""
VTT = """WEBVTT
Kind: captions
Language: en

STYLE
::cue { color: white }

NOTE this is not said

cue-1
00:00:00.000 --> 00:00:02.500 align:start
Welcome to the board meeting

00:02.500 --> 00:05.000
Welcome to the board meeting
<00:00:03.000><c>of the board</c>
"""


def test_subrip_is_its_words() -> None:
    assert (
        spoken(SRT)
        == "Welcome to the board meeting\nof the integrated care board\nand its partners & friends"
    )


def test_webvtt_is_its_words_and_a_line_that_rolls_on_stands_once() -> None:
    assert spoken(VTT) == "Welcome to the board meeting\nof the board"


def test_what_is_no_subtitles_says_nothing() -> None:
    assert spoken("<html><body>Sign in</body></html>") == ""


def test_a_podcasts_transcript_is_read_in_every_form_that_its_namespace_names() -> None:
    assert transcript(VTT) == spoken(VTT)
    assert (
        transcript(
            '{"version": "1.0.0", "segments": [{"speaker": "A", "startTime": 0, "body": "Hello"}, {"body": "there"}]}'
        )
        == "Hello\nthere"
    )
    assert transcript("<cite>A:</cite><time>0:00</time><p>Hello there</p>") == "A:0:00\nHello there"
    assert transcript("Hello there") == "Hello there"
    assert transcript('{"segments": 1') == ""


@given(st.text(max_size=500))
def test_any_text_is_borne(text: str) -> None:
    spoken(text)
    transcript(text)
