"""What is told outside of mail."""

from __future__ import annotations

from reports.notes import Note


def test_many_alerts_are_one_note_that_says_how_many_wait() -> None:
    one, many = (
        Note(words="A threat", address="a", more=1),
        Note(words="A threat", address="a", more=7),
    )
    assert one.lines == ("1 more alert waits in Today.",)
    assert many.lines == ("7 more alerts wait in Today.",)


def test_a_note_of_a_case_leads_to_it_and_a_test_to_the_page() -> None:
    case = Note(words="A threat", address="https://mentions.example.org", case=7, mail_failed=True)
    assert case.title == "A threat, case 7"
    assert case.link == "https://mentions.example.org/cases/7"
    assert case.lines == ("The email about it has not left.",)
    test = Note(words="A test: nothing has happened", address="https://mentions.example.org")
    assert (test.title, test.link) == (
        "A test: nothing has happened",
        "https://mentions.example.org/today",
    )
