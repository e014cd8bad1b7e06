from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from classify.text.clean import plain
from classify.text.normalise import normalise
from classify.text.own_words import own_words, without_links

HIDDEN = "\u200b"

# What leads, quotes, marks and signs in every order, and what looks like it.
PIECES = st.sampled_from(
    ["@jane", "@jane.bsky.social", "@A@host.social", "@", ".@b", "RT ", "and ", "'s", " ", "\n", "\n\n", "\r\n", "> ", ">", ">!", "!<",
     "&gt;", "&amp;", "&#39;", "&nbsp;", "&#10;", "&amp;gt;", "&lt;", "&", ";", "*", "**", "***", "~~", "_", "`", "^", "\\", "\\_", "# ",
     "#NHS", "* ", "[", "](", ")", "[label](https://example.org/a_(b))", "[quote=jane]", "[quote]", "[/quote]", "words", "a", "50", ":",
     "Replying to ", "In reply to ", "Jane Smith.\n", "On 3 Nov 2026, at 10:02, Jane wrote:\n", "wrote:\n", "Originally posted by jane:",
     "Click to expand...\n", "-- \n", "--\n", "Regards,\n", "Jane Doe\n", "Sent from my iPhone\n", "From: a@example.org\n",
     "To: b@example.org\n", "Subject: c\n", "-----Original Message-----\n", "---------- Forwarded message ---------\n",
     "if you are not the intended recipient ", "This email ", "https://example.org/a?utm_source=b&id=1", "&utm_medium=c", "\u200b", "\u2028",
     "\ud800", "\0", "😡", "'", "f**k", "s**t"]
)  # fmt: skip
TEXTS = st.text(max_size=200) | st.lists(PIECES, max_size=30).map("".join)
PLATFORMS = st.sampled_from(["", "x", "reddit", "email", "bluesky"])
KINDS = st.sampled_from(["", "reply", "report"])


def read(text: str, platform: str = "", kind: str = "") -> str:
    """The words that are left, as they are read, with a single blank between them."""
    words = own_words(text, platform, kind).text
    assert len(words) == len(text)
    return " ".join(words.replace(HIDDEN, "").split())


@given(TEXTS, PLATFORMS, KINDS)
@example("> @jane hello", "", "")
@example("@jane\n> quoted\n@bob mine", "", "")
def test_a_text_keeps_its_length_and_its_line_breaks(text: str, platform: str, kind: str) -> None:
    words = own_words(text, platform, kind).text
    assert len(words) == len(text)
    assert all(word == "\n" for word, sign in zip(words, text, strict=True) if sign == "\n")


@given(TEXTS, PLATFORMS, KINDS)
def test_the_words_of_the_words_are_the_same(text: str, platform: str, kind: str) -> None:
    words = own_words(text, platform, kind).text
    assert own_words(words, platform, kind).text == words


@given(TEXTS, PLATFORMS, KINDS)
def test_no_sign_moves_and_none_is_written_but_for_entities(
    text: str, platform: str, kind: str
) -> None:
    if "&" in text:
        return
    for sign, word in zip(text, own_words(text, platform, kind).text, strict=True):
        assert word in (sign, " ", HIDDEN)


@given(TEXTS, PLATFORMS, KINDS)
def test_where_a_text_has_words_some_are_left(text: str, platform: str, kind: str) -> None:
    """Else what is quoted stays."""
    quoted = "> a nurse\n" + text.replace("\n", "\n> ")
    assert any(map(str.isalpha, own_words(quoted, "x", kind).text))


@pytest.mark.parametrize(
    ("text", "words", "answered"),
    [
        ("@A @B.C@host.social hello", "hello", ("A", "B.C@host.social")),
        ("@HealthierNWL are useless", "are useless", ("HealthierNWL",)),
        ("@HealthierNWL's site is down", "site is down", ("HealthierNWL",)),
        ("@HealthierNWL: @jane, hello", "hello", ("HealthierNWL", "jane")),
        (".@A hello", "hello", ("A",)),
        ("RT @jane: be kind", "be kind", ("jane",)),
        ("@a, @b and @c hello", "hello", ("a", "b", "c")),
        ("@jane.bsky.social @x.y-z.example.org hi", "hi", ("jane.bsky.social", "x.y-z.example.org")),
        ("@jane.Thanks for that", ".Thanks for that", ("jane",)),
        ("@JaneDoe-ab1cd hello", "hello", ("JaneDoe-ab1cd",)),
        ("@jane-you know", "-you know", ("jane",)),
        ("@jane. Thanks", "Thanks", ("jane",)),
        ("@user @user @user no beds", "no beds", ("user",)),
        ("\u2066@jane\u2069 hello", "hello", ("jane",)),
        ("@jane @bob", "", ("jane", "bob")),
        (r"@NHS\_NWLondon hello", "hello", ("NHS_NWLondon",)),
        ("Replying to @x and @y\nhello", "hello", ("x", "y")),
        ("Replying to\n@x\n@y\nand 2 others\nhello", "hello", ("x", "y")),
        ("In reply to Jane Smith.\nI disagree", "I disagree", ()),
        ("&#64;jane hello", "hello", ("jane",)),
    ],
)  # fmt: skip
def test_whom_a_post_answers_is_no_part_of_its_words(
    text: str, words: str, answered: tuple[str, ...]
) -> None:
    assert read(text) == words
    assert own_words(text).answered == answered


@pytest.mark.parametrize(
    "text",
    [
        "Thanks @a @b @c for the care",
        "hello @HealthierNWL",
        "@5pm the desk was shut",
        "@ the front desk",
        "jane@example.org is my address",
        "In reply to your letter of 3 May I disagree",
        "Replying to all of you",
        "In response to Northwick Park\nwe all waited",
        "RT if you agree",
        "and then she left",
    ],
)
def test_handles_and_names_elsewhere_stay(text: str) -> None:
    assert own_words(text).text == text
    assert own_words(text).answered == ()


@pytest.mark.parametrize(
    ("text", "platform", "words"),
    [
        ("> the nurse hit me\n\nI don't believe it", "", "I don't believe it"),
        ("&gt; the nurse hit me\n\nI don't believe it", "", "I don't believe it"),
        (">the nurse hit me\n\nsource?", "reddit", "source?"),
        (">50 patients died\n\nsource?", "reddit", "source?"),
        (">> deep\n> less deep\nmine", "", "mine"),
        ("@jane\n> quoted\n@bob mine", "", "mine"),
        ("[quote=jane]a [quote]b[/quote] c[/quote] mine", "", "mine"),
        ("[QUOTE]a[/QUOTE]\nmine", "", "mine"),
        ("Quote:\nOriginally Posted by jane\nrude staff\n\nmine", "", "mine"),
        ("Originally posted by jane: rude staff\nmine", "", "mine"),
        ("Originally posted by jane\na\n\nb\nClick to expand...\nmine", "", "mine"),
        ("On 3 Nov 2026, at 10:02, Jane wrote:\n> rude\nmine", "", "mine"),
        ("mine\n\nOn 3 Nov 2026, at 10:02,\nJane <j@example.org>\nwrote:\n\n> rude", "email", "mine"),
        ("mine\n\nOn 3 Nov 2026, at 10:02, Jane wrote:\n\nrude", "email", "mine"),
        ("mine\n\n-----Original Message-----\nFrom: a\nrude", "email", "mine"),
        ("mine\n\nFrom: a\nSent: Monday\nTo: b\nSubject: c\n\nrude", "email", "mine"),
    ],
)  # fmt: skip
def test_what_others_wrote_is_set_apart(text: str, platform: str, words: str) -> None:
    assert read(text, platform) == words


@pytest.mark.parametrize(
    ("text", "platform", "words"),
    [
        ("> all of it is quoted", "", "all of it is quoted"),
        ("@jane\n> all of it\n> is quoted\n😡", "", "all of it is quoted 😡"),
        ("> quoted\nhttps://example.org/a", "", "quoted https://example.org/a"),
        ("[quote]all of it[/quote]", "", "all of it"),
        ("On 3 Nov 2026, at 10:02, Jane wrote:\n\nrude", "email", "On 3 Nov 2026, at 10:02, Jane wrote: rude"),
    ],
)  # fmt: skip
def test_a_post_that_is_only_a_quotation_keeps_it(text: str, platform: str, words: str) -> None:
    assert read(text, platform) == words


def test_what_a_report_passes_on_stays() -> None:
    text = "please look\n\n> I know where she parks"
    assert read(text, "email") == "please look"
    assert read(text, "email", "report") == "please look I know where she parks"
    for mark in ("---------- Forwarded message ---------", "Begin forwarded message:"):
        forwarded = f"please look\n\n{mark}\nFrom: a\nTo: b\nSubject: c\n\n> I know where she parks"
        assert read(forwarded, "email").endswith("Subject: c I know where she parks")


@pytest.mark.parametrize(
    "text",
    [
        'she said "die" to me',
        "waits are >4 hours now",
        ">50 patients on trolleys",
        ">:( no beds again",
        ">_< no beds",
        "beds -> none",
        "On Tuesday she wrote: nobody came",
        "they wrote:\nnobody came",
        "I was originally posted by the Navy",
        "2 * 3 * 4",
        "f**k this s**t, f*ck off c*nt",
        "**ck this sh**",
        "an A* student and a B* one",
        "5* care, 5* food",
        "* was lovely and so was *",
        "¯\\(ツ)/¯",
        "\\/\\/ait and |\\|o",
        "#NHS #1 care",
        "A&E; closed",
        "[sic] (https://example.org)",
        "https://example.org/?utm_source=x",
        "Regards, Jane",
        "-- \nmy words",
        "snake_case_word and __init__",
    ],
)
def test_signs_that_are_no_marks_stay(text: str) -> None:
    assert own_words(text).text == text


@pytest.mark.parametrize(
    ("text", "platform", "words"),
    [
        ("**no** *beds* ***again***", "", "no beds again"),
        ("~~good~~ care", "", "good care"),
        ("**all of *it* hurts**", "", "all of it hurts"),
        ("**self**-harm", "", "self-harm"),
        ("see [their page](https://example.org/a_(b)) now", "", "see their page now"),
        ("![a ward](https://example.org/a.png) full", "", "a ward full"),
        ('[ok](https://example.org/a "the title") now', "", 'ok "the title" now'),
        (r"the NHS\_NWLondon account", "reddit", "the NHS_NWLondon account"),
        (r"f\*\*k \#NHS", "reddit", "f**k #NHS"),
        (r"¯\\\_(ツ)_/¯ ok", "reddit", r"¯\\_(ツ)_/¯ ok"),
        ("# Title\n\n* one bed\n* no nurse #NHS", "", "Title one bed no nurse #NHS"),
        (">!she died!< sorry", "reddit", "she died sorry"),
        ("_really_ bad `care` ^now", "reddit", "really bad care now"),
        ("see https://example.org/a?utm_source=x&fbclid=y now", "", "see https://example.org/a now"),
        ("see https://example.org/a?id=1&utm_source=x#b now", "", "see https://example.org/a?id=1#b now"),
    ],
)  # fmt: skip
def test_marks_go_and_words_stay(text: str, platform: str, words: str) -> None:
    assert read(text, platform) == words


def test_entities_are_read_as_their_signs_by_all_who_read_words() -> None:
    text = "I don&#39;t go to A&amp;E&nbsp;now &lt;3 &quot;ever&quot;"
    words = own_words(text).text
    assert len(words) == len(text)
    for reading in (normalise(words).text, plain(words).text):
        assert " ".join(reading.split()) == 'I don\'t go to A&E now <3 "ever"'


@pytest.mark.parametrize("text", ["AT&T; fine", "&bogus; stays", "&#0000000000065; stays", "R&D"])
def test_what_is_no_entity_stays(text: str) -> None:
    assert own_words(text).text == text


@pytest.mark.parametrize(
    "ending",
    [
        "-- \nJane Doe\nClerk",
        "--\nJane Doe",
        "—\nJane Doe\nCEO at Example",
        "Kind regards,\n\nJane Doe\nClerk, Example Trust\n020 7946 0001",
        "Many thanks\nJane",
        "Sent from my iPhone",
        "Sent from Outlook for iOS",
        "Kind regards,\nJane\n\nSent from my Samsung Galaxy",
        "This email and any attachments are confidential.\nDelete it if you got it in error.",
        "This message may hold secrets. If you are not the intended recipient please tell us.",
    ],
)
def test_signatures_and_footers_of_mails_are_set_apart(ending: str) -> None:
    assert read(f"Nobody called back.\n\n{ending}", "email") == "Nobody called back."
    assert read(f"Nobody called back.\n\n{ending}\n\n> you", "email") == "Nobody called back."
    assert "Nobody called back." in read(f"> you\n\nNobody called back.\n\n{ending}", "email")


@pytest.mark.parametrize(
    "ending",
    [
        "--\nI can't do this any more",
        "Thanks,\nand please call me back today",
        "Thanks!",
        "Regards,\nJane, NHS number 999 000 0018",
        "The notification was sent from my iPhone app to all users.",
        "This email is confidential, my manager must not see it.",
        "On 3 November the practice wrote:\n\nwe are closed",
        "From: my heart, thank you",
    ],
)
def test_words_at_the_end_of_a_mail_stay(ending: str) -> None:
    text = f"Nobody called back.\n\n{ending}"
    assert own_words(text, "email").text == text


@pytest.mark.parametrize("text", ["", "The care on Ward 3 was lovely, thank you 😊", "@", "\n"])
def test_a_post_with_nothing_to_set_apart_is_given_back_as_it_is(text: str) -> None:
    assert own_words(text).text is text


@pytest.mark.parametrize(
    "piece",
    [">", "> ", ">\n", "@", "@a", "@a ", "@a@", "@a.", "[", "[a](", "[quote]", "[quote", "[/quote]", "*", "*a ", "a* ", "**a** ",
     "* ", "# ", "~~a", "~~ ", "_a", "`", "\\", "\\_", "&", "&amp;", "&amp;amp;", "&#", "&a", ">!", ">!a!<", "On ", "On\n", "On wrote:\n",
     "On 1:00 wrote:\n\n", "Originally posted by ", "Originally posted by a\n", "Replying to ", "Replying to @a\n", "and ", "RT ",
     "From: a\n", "From: a\nTo: b\n", "--\n", "-- \na\n", "Regards,\n", "Sent from a ", "This email ", "intended recipient\n\n", "\n",
     " ", " \n", "https://a.org/?utm_a=b&", "?utm_a=", "(", "](/", "Jane ", "In reply to Jane ", "\u200b", "-", "—", ".@a", "> @a\n",
     "@a\n> b\n", "*a **b *c "]
)  # fmt: skip
@pytest.mark.parametrize("platform", ["x", "reddit", "email"])
def test_hostile_texts_take_no_more_than_their_length_asks(piece: str, platform: str) -> None:
    text = (piece * (60_000 // len(piece) + 1))[:60_000]
    start = time.process_time()
    words = own_words(text, platform).text
    assert time.process_time() - start < 1
    assert len(words) == len(text)


@pytest.mark.parametrize(
    ("opening", "closing"), [("*a ", "a* "), ("[quote] ", "[/quote] "), (">!a ", "a!< "), ("[", "](/a)")]
)  # fmt: skip
def test_marks_within_marks_take_no_more_either(opening: str, closing: str) -> None:
    text = opening * 20_000 + closing * 20_000
    start = time.process_time()
    assert len(own_words(text, "reddit").text) == len(text)
    assert time.process_time() - start < 5


# ── links ────────────────────────────────────────────────────────────────────────────────────────


def test_a_link_says_nothing_but_where_somebody_is_asked_to_follow_it() -> None:
    said = "Nine hours in the corridor again"
    link = "https://example.org/watch/UxMUWzKHCq"
    assert without_links(f"{said} {link}") == f"{said} {' ' * len(link)}"
    assert without_links(f"{link} {said}") == f"{' ' * len(link)} {said}"
    for kept in (f"Click to keep your place {link}", f"{said} https://nhs-app.example.org/x", link):
        assert without_links(kept) == kept
