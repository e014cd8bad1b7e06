from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.inbox.text import own_words

LINK = "https://www.facebook.com/groups/999000111/posts/999000401/"
FOOTER = """
********************************************************************************

This message may contain confidential information. If you are not the
intended recipient please:
i) inform the sender that you have received the message in error before deleting it; and
ii) do not disclose, copy or distribute information in this e-mail.
Thank you for your co-operation.

NHSmail is the secure email, collaboration and directory service for NHS staff.

For more information and to find out how you can switch visit Joining NHSmail
"""
OUTLOOK = """
________________________________
From: Dilys Placeholder <dilys@example.org>
Sent: 13 November 2026 16:02
To: Owen Sample
Subject: RE: minutes

Last week's are at https://www.example.org/minutes/12
"""
GMAIL = """
On Tue, 24 Nov 2026 at 09:05, Ana Example <ana@example.org>
wrote:

> Please look at this
> https://x.com/a/status/1
"""


def own(body: str, subject: str = "Re: a post") -> str:
    return own_words(body, subject).text


@pytest.mark.parametrize(
    "history",
    [
        OUTLOOK, GMAIL, GMAIL.replace("\nwrote", " wrote"), OUTLOOK.replace("________________________________\n", ""),
        "\n-----Original Message-----\nFrom: a\nanything\n", "\n*From:* A\n*Sent:* now\n*To:* B\n\nanything",
    ],
)  # fmt: skip
def test_what_a_reply_quotes_is_left_out(history: str) -> None:
    assert own(f"It is gone.\n\nThank you all!\n{history}") == "It is gone.\n\nThank you all!"


def test_what_stands_under_a_quotation_is_kept() -> None:
    assert own(f"{GMAIL}\nI have seen it too.\n") == "I have seen it too."
    assert own(f"Above.\n{GMAIL}>\n\n> more\nBelow.") == "Above.\n\nBelow."


@pytest.mark.parametrize("subject", ["Fwd: look", "FW: look", "Fw:look", "Re: Fwd: look"])
def test_what_is_forwarded_stays(subject: str) -> None:
    words = own_words(f"Do we know this?\n{OUTLOOK}", subject)
    assert words.own == "Do we know this?"
    assert "https://www.example.org/minutes/12" in words.passed_on
    assert words.text.startswith("Do we know this?\n\nFrom: Dilys")


@pytest.mark.parametrize(
    "mark", ["---------- Forwarded message ---------", "Begin forwarded message:", "----- Forwarded by A on 1 May -----"]
)  # fmt: skip
def test_what_says_that_it_is_forwarded_stays_too(mark: str) -> None:
    assert own(f"Look\n\n{mark}\nFrom: a\n\nwords", "look") == f"Look\n\n{mark}\nFrom: a\n\nwords"


def test_a_mail_that_would_have_no_words_left_keeps_them() -> None:
    assert "minutes/12" in own(OUTLOOK)
    assert own("Thanks,\nAna") == "Thanks,\nAna"
    assert own("") == ""


@pytest.mark.parametrize(
    "kept",
    [
        "On 12 November she wrote: the ICB is rotten",
        "On Tuesday at 9pm somebody in the group wrote:\n\nNHS staff are thieves",
        "From: what I can see, it is fake\nAnd more",
        "> Dr Nobody is a fraud\n\nThat is the post, word for word.",
        "Thanks for reading. Please look at this today, since it is shared a lot.",
        "Hi all,\n\nThanks!\n\nCould somebody look at the group?",
        f"Could you look?\n\nThanks\n{LINK}\nSam",
        f"Could you look?\n\nMany thanks, Sam\n\n{LINK}",
        "Please look.\n\nThanks\n\nSam\n\nPS she has 4,000 followers and deletes her posts at night",
        "Please look.\n\nBest\n\nSam\n\nI forgot to say that the man in the picture is not one of ours.",
        "This message is confidential: a colleague is being threatened.",
        "Important: please read this today.\nA nurse is named.",
        "WARNING: it is not nice to read, and from outside London",
        "This message came from outside, through a neighbour.",
        "-- \nThis is all I know",
    ],
)
def test_what_only_looks_like_history_or_a_signature_stays(kept: str) -> None:
    assert own(kept) == kept


@pytest.mark.parametrize(
    "signature",
    [
        "\n-- \nAna Example\nhttps://www.example.org/people/ana",
        "\nKind regards,\n\nAna Example\nImmunisation team | NHS NW London\nwww.nwlondonicb.example.org",
        "\nMany thanks\nAna",
        "\nKind Regards",
        "\nBest wishes, Ana",
        "\nthanks, Ana Example",
        "\nYours sincerely,\nA. Example (she/her)\n020 7946 0112\nhttps://www.example.org",
        "\nSent from my iPhone",
        "\nGet Outlook for iOS<https://aka.ms/o0ukef>",
        "\nCheers\nAna\n\nSent from Outlook for Android",
    ],
)
def test_a_signature_is_taken_off(signature: str) -> None:
    assert (
        own(f"Hi,\n\nPlease look at this post.\n{signature}") == "Hi,\n\nPlease look at this post."
    )


def test_footers_and_banners_are_taken_off_and_what_stands_around_them_stays() -> None:
    banner = "CAUTION: This email originated from outside of the organisation. Do not click links."
    body = f"{banner}\nPlease look.\nIt is urgent.\nThis email is intended only for the addressee.\n{FOOTER}"
    assert own(body) == "Please look.\nIt is urgent."
    scanned = "\n\nThis e-mail has been scanned for viruses.\n\nSecond thought: it is two posts."
    assert own(f"First.{scanned}") == "First.\n\nSecond thought: it is two posts."


def test_places_of_pictures_are_no_words() -> None:
    assert own("See [cid:image001.png@01DA1B2C.3D4E5F60] above [image: Facebook]") == "See  above"


@given(st.text(alphabet="On wrote:@1\n >-_*Fm:SentTo\r", max_size=400), st.booleans())
def test_any_body_can_be_taken_apart_and_nothing_is_made_up(body: str, forwarded: bool) -> None:
    words = own_words(body, "Fwd: a" if forwarded else "a")
    assert set(words.text.split()) <= set(body.split())


@pytest.mark.parametrize(
    "piece",
    ["On 1\n", "> a\n", "From: a\n", "Thanks\n", "____________\n", "\n \n", "intended recipient "],
)
def test_it_takes_time_that_grows_with_the_body_alone(piece: str) -> None:
    started = time.monotonic()
    own(piece * (400_000 // len(piece)))
    assert time.monotonic() - started < 5
