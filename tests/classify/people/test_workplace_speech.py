"""What staff say as staff is not searched for unasked: unions, strikes, grievances, managers, whistleblowing."""

from __future__ import annotations

import pytest

from classify.people import workplace_speech

SOUGHT = (
    "ballot", "strik*", "griev*", "whistle*", "trade unions", "Unite", "UNISON", "speak up", "raising concerns", "my manager", "line manager",
    "industrial action", "blew the whistle", "stri?e", "employment tribunal", "bullying staff", "racism at work", "#NHSstrike", "our boss",
)  # fmt: skip
NOT_SOUGHT = (
    "NHS North West London", "practice manager", "European Union", "Students' Union", "Union Street surgery", "walk-in centre", "stroke unit",
    "racism", "staff nurse", "Unite for health", "grieving parents", "community", "strikingly", "bullying in schools", "urgent care", "manage*ent", "pick* up", "manag*",
)  # fmt: skip


@pytest.mark.parametrize("words", SOUGHT)
def test_words_of_staff_speech_are_told(words: str) -> None:
    assert workplace_speech.in_text(words)


@pytest.mark.parametrize("words", NOT_SOUGHT)
def test_what_only_reads_like_it_passes(words: str) -> None:
    assert not workplace_speech.in_text(words)


@pytest.mark.parametrize("account", ["nhsstrike", "UNISONtheunion", "nhs_union", "PayBallot"])
def test_tags_forums_and_accounts_are_read_too(account: str) -> None:
    assert workplace_speech.in_account(account)
    assert not workplace_speech.in_account("doctorsUK")


@pytest.mark.parametrize(
    "words",
    [
        "datix Northwick Park", "Datixed", "exception report", "exception reporting Ealing", "unsafe staffing", "unsafe rotas", "tribunal NHS North West London", "tribunals", "whistle*",
        "whistle-blow*", "whoever leaked the minutes", "who leaked the memo", "leaked our emails", "the person who filmed", "someone who wrote", "night nurse blog", "Bank HCA", "written warning",
        "incident form", "student midwives diary",
    ],
)  # fmt: skip
def test_what_hardly_anybody_but_staff_says_and_people_described_by_a_deed_wait(words: str) -> None:
    assert workplace_speech.in_text(words)


@pytest.mark.parametrize(
    "words",
    [
        "SEND tribunal Ealing", "first-tier tribunal", "mental health tribunal", "leaking roof Hillingdon Hospital", "gas leak", "blood bank", "food bank nurse", "bank holiday opening", "rota virus", "night nursing",
        "nurse recruitment", "staff survey", "safe staffing", "board minutes", "water leaked", "record numbers in A&E", "serious incident", "staffing levels", "annual report",
        "warning signs of sepsis", "pharmacy rota", "blog", "patient diary", "exception", "agency spending", "community nurses", "ward sisters",
    ],
)  # fmt: skip
def test_ordinary_topics_that_share_a_word_with_it_do_not_wait(words: str) -> None:
    assert not workplace_speech.in_text(words)


@pytest.mark.parametrize(
    "words",
    ["I work icb", "i work at the nwl icb", "views my own NW London", "Views are my own", "opinions mine", "tweets my own", "Band 7 pharmacist", "band six nurse Ealing", "AfC band 8a"],
)  # fmt: skip
def test_how_staff_speak_of_themselves_waits_for_two_people(words: str) -> None:
    assert workplace_speech.in_text(words)


@pytest.mark.parametrize(
    "words",
    ["works on the A40 hospital", "road works Hillingdon", "council tax band", "brass band Ealing hospital", "my own GP", "how the appeal works"],
)  # fmt: skip
def test_words_that_are_nobody_s_way_to_say_that_they_are_staff_pass(words: str) -> None:
    assert not workplace_speech.in_text(words)


@pytest.mark.parametrize(
    "term",
    [
        "capability hearing", "suspended from work", "stood down", "resignation letter", "exit interview", "my payslip", "sick pay", "long-term sick", "occupational health referral",
        "reasonable adjustments", "phased return", "fit note", "performance review", "my appraisal", "burnt out", "consultation meeting",
        # of the same kinds, in other words
        "capability procedure", "investigation meeting", "sickness absence meeting", "off sick with stress", "long term sickness", "signed off work", "unpaid overtime", "handed in my notice",
        "no pay rise", "our rota", "burnout", "settlement agreement", "return to work interview", "made redundant and managed out", "probation review", "stressed at work", "wrong payslip",
    ],
)  # fmt: skip
def test_what_staff_say_of_their_work_pay_and_illness_is_speech(term: str) -> None:
    assert workplace_speech.in_text(term)
    assert workplace_speech.in_text(f'NHS AND "{term}"')


@pytest.mark.parametrize(
    "term",
    [
        "GP fit note", "fit note from the surgery", "reasonable adjustments for patients", "reasonable adjustments at the hospital", "public consultation meeting", "Ealing Hospital", "A&E wait",
        "GP appointment", "flu jab", "NHS North West London", "health centre", "urgent treatment centre", "hospital closure", "waiting list", "out of hours GP", "mental health trust",
        "dental practice", "prescription delay", "Northwick Park", "maternity unit",
    ],
)  # fmt: skip
def test_what_patients_say_is_none_of_staffs(term: str) -> None:
    assert workplace_speech.in_text(term) == ""
