"""What staff tell of their work without its words; none of these wordings was looked at while the rules were written, but where it says so."""

from __future__ import annotations

import pytest

from classify.rules import told_at_work

UNEQUAL = (
    "They mimic my accent in the stand-up. Every single week.",
    "IVF appointment on Tuesday, 'restructure' meeting on Thursday.",
    "Hijab comment again at the away day. Table laughed.",  # of the rule's own
    "Eight months pregnant and 'restructured'. What a coincidence.",  # of the rule's own
    "Only brown face in the room. Eleven years of it.",  # of the rule's own
)
NO_UNEQUAL = (
    "Eight months pregnant and my colleagues threw me a surprise party!",
    "Back from mat leave and so happy to see everyone.",
    "Lovely iftar with the team tonight. Thank you for making room for us.",
    "My wheelchair and I made it up to the new office, lovely views.",
    "Funny how quiet the office is during half term.",
    "We're running a session on hearing loops on Monday, sign up for the training.",
    "My pregnant wife was laughed at on the ward.",  # a relative's complaint
)


@pytest.mark.parametrize("text", UNEQUAL)
def test_what_befell_somebody_beside_what_they_are_is_unequal_treatment(text: str) -> None:
    assert told_at_work.tells_of_unequal_treatment(text)


@pytest.mark.parametrize("text", NO_UNEQUAL)
def test_what_is_glad_or_of_somebody_else_is_none(text: str) -> None:
    assert not told_at_work.tells_of_unequal_treatment(text)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("Formal warning for telling the audit committee the truth. Worth it.", True),
        ("Final warning for refusing to change the date on the form.", True),
        ("Disciplinary on Monday for telling the meeting that the dashboard is wrong.", True),
        ("Final warning for drivers who park in the ambulance bay.", False),
        ("The hearing for the merger is on Tuesday.", False),
    ],
)
def test_a_measure_for_having_spoken(text: str, holds: bool) -> None:
    assert told_at_work.punished_for_speaking(text) is holds


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("The analyst next to me questioned the winter numbers. Her chair has been empty for a week.", True),
        ("A friend on the fourth floor emailed the CQC. By the end of the month her role did not exist.", True),
        ("A colleague wrote to all of us to say goodbye. Her new post starts in May.", False),
        ("A manager spoke to us about the new desk plan today.", False),
    ],
)  # fmt: skip
def test_a_colleague_who_spoke_and_was_gone(text: str, holds: bool) -> None:
    assert told_at_work.colleague_was_punished(text) is holds


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("Furious. Two deaths on that pathway and they deleted the emails. Shameless liars.", True),
        ("An abuse report about that care home and they sat on it for months.", True),
        ("I sat on the fourth floor all day. No lunch. Cowards.", False),
        ("They buried the good news about parking.", False),
        ("People are dying out there and we are counting it as something else.", True),
        ("Falls with harm? From this week they go down as 'found on floor'.", True),
        ("Read last year's board papers, then these. Someone took a line out.", True),
        ("The parking fines are logged as something else now.", False),
    ],
)
def test_harm_that_is_hidden(text: str, holds: bool) -> None:
    assert told_at_work.hidden_harm(text) is holds


@pytest.mark.parametrize(
    ("text", "bio", "holds"),
    [
        ("I used to work at the referral hub. Urgent letters went in a drawer.", "", True),
        ("There was a spreadsheet.", "ex-CHC assessor", True),
        ("It used to work at the weekend, now the line is dead.", "", False),
        ("My mum used to go to that practice.", "Retired, gardener", False),
    ],
)
def test_who_worked_there_once(text: str, bio: str, holds: bool) -> None:
    assert told_at_work.worked_there(text, bio) is holds
