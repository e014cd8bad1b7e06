"""Words beside a purpose that look for a person are refused, however they are put, and what an officer needs to see a post for is taken.

FINE and SEEKING were written before the rules that judge them; those that follow, afterwards, and each part of them before it was looked at.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from steps.reasons import names_no_work, refused
from steps.seeking import seeks_person

FINE = [
    "To see whether the picture shows a wristband",
    "The patient wrote to us and asked us to look at her post",
    "Checking that the masked part is a telephone number and not a ward",
    "Need the exact wording before we answer in public",
    "To read the whole thread, the second half is cut off",
    "Is the address that is masked our walk-in centre's?",
    "Checking whether it is still up before we report it to the platform",
    "The reply has to name the right hospital",
    "Press office asked whether the quote in the paper is the same as the post",
    "To see if the video is from our site or an old one",
    "Somebody may be in danger and the place is masked",
    "To give the safeguarding team the words as they were written",
    "The masked number may be a bed number, the risk hangs on it",
    "Translation looks odd, want the Polish original",
    "To make sure that we answer the person who asked and not somebody else",
    "Complaint 4471 quotes this post, checking that it is the same one",
    "To tell whether this is about parking at Northwick or at Ealing",
    "Our reply was deleted, checking what it stood under",
    "The photo may show a patient's notes on a screen",
    "To check if the writer says when it happened",
    "Information governance need to know what exactly was disclosed about the patient",
    "Two posts look the same, checking if one is a copy",
    "To see which clinic is meant so that we can say sorry for the right one",
    "To see whether the staff member named in it has already been masked everywhere",
    "Checking the date of the appointment that she mentions",
    "The classifier says threat, I read a joke: need the words",
    "To answer her question about the referral",
    "A manager is thanked, want to pass the thanks on to the whole ward",
    "Trending hashtag, checking that the post is about us at all",
    "The link in it may be a scam that uses our logo",
]
SEEKING = [
    "Which one of the porters wrote this",
    "I think I know her, want to be sure",
    "So that we know who is behind this account",
    "The matron would like to have a word with whoever posted it",
    "Find out if he is one of ours",
    "Her boss should see this",
    "Is this Sarah from outpatients?",
    "to check if it is the physio we had trouble with last year",
    "We need to identify the author",
    "HR have asked for a copy",
    "For the investigation into her behaviour online",
    "People team want to look into it",
    "Workforce need it for a meeting with him on Tuesday",
    "want to see whose account this is",
    "To put a name to it",
    "Might be the same girl who complained about rotas",
    "So the head of nursing can speak to the author",
    "Someone on nights wrote this, trying to work out who",
    "To compare with the off duty, who was on that evening",
    "He should not be saying this about his employer, needs to be dealt with",
    "Possible breach of the social media policy by an employee",
    "Evidence for her probation review",
    "The chief exec wants to know who is saying these things",
    "Does this person work for us",
    "Trying to trace the poster",
    "Need the handle to look her up on Facebook",
    "To pass to his line manager",
    "to see if its the union rep again",
    "Recognise the style, checking who",
    "Is she bank or agency staff",
]
MORE_FINE = [
    "Which of the two numbers is the clinic's",
    "PALS asks whether she gave a date",
    "He says he rang us three times, checking the number he rang",
    "To tell the practice manager what the complaint is about",
    "The nurse is thanked by name, is the name masked",
    "She asks where to send the form, need the end of the post",
    "Reporter names a deadline, need the whole email",
    "Is the man in danger, it says a bridge",
    "To see who is in the picture: a patient or a model",
    "The family asked us to take it down",
    "A doctor's letter may be in the picture",
    "Staff are insulted here, is it hate",
    "A receptionist is accused of lying: to pass on to PALS with the practice's name",
    "The matron has to ring the daughter back, which ward",
    "The link leads to a login page",
    "Checking if this page pretends to be us",
    "The union's leaflet is quoted, is the quote right",
    "Is it our car park or the council's",
    "To see whether the number is a doctor's registration number",
    "Ward manager asks which patient's board this is so the family is told",
    "Translated by machine: does she say knife",
    "To find out which clinic the letter is from",
    "The mother names her child, how old",
    "Same words in three posts, is it a bot",
    "To work out where he is, he says he has taken tablets",
    "Who is in danger here and where",
    "The head of communications asked for the exact quote",
    "Rota of the clinic is in the picture, does it show patients",
    "To answer the mum who asked about the vaccine",
    "Someone wrote that our phone line is down, need the time",
    "Is she asking for a call back, the end is cut",
    "To pass the thanks to the nurses on the ward",
    "Who should we ring at the practice",
    "PALS need the date of the operation",
    "The manager of the surgery asks us to have the fake page taken down",
    "He may hurt himself, need where he is",
    "Whether the consultant's name is masked in all copies",
    "Which ward is the broken lift on",
    "A colleague reported that the post shows a screen with names",
    "Complaint about staff attitude, PALS wants the words",
    "Looking for the name of the clinic",
    "If the doctor is named we ask the platform to remove it",
    "Caldicott Guardian asks what is visible in the photo",
    "She says she was sent home by the midwife: maternity wants the hospital",
    "The advert says our staff recommend it, is it false",
    "Is it still there, the platform wrote that it is gone",
    "Someone asks whose clinic it is",
    "To see if our answer fits her question",
    "To tell the family's MP what was said",
    "Is the child named in full",
    "Her practice should ring her back, which one is it",
    "To check whether he was discharged to the right place",
    "She was told by reception to come back, PALS asks which day",
    "Is this one of our leaflets",
    "The person who wrote asks us to delete her comment",
    "Which one of the two clinics is closed",
    "To thank him for the photo of the garden",
    "The nurse in the video wears our badge, consent was never given",
    "To send the words to the police, incident 4471",
    "Does the post name a patient or only a street",
    "The estates team asks where the leak in the roof is",
    "To know what time the bus is that she means",
    "Whether our reply was rude",
    "They write that no doctor came all night, need the ward",
    "Somebody offers vaccines for money, need the number",
    "Is the quote by our chair real",
    "The mother wants her picture gone, checking which picture",
    "Says she will jump, need the station",
    "Sounds like a scam in our name",
    "To see if the follow-up was answered",
    "Complainant says the tweet was hers, is the handle the one she gave us in her letter",
    "Does the writer want an answer",
    "Need the quoted number to ring the walk-in centre",
    "Caption says Ward 6 and a name, is it a patient's",
    "He is suicidal, police ask for the exact words",
    "A reporter asks by 5 pm, need her whole question",
    "Is she the same patient as in yesterday's complaint",
    "Our own account is tagged, why",
    "To warn the practice that their page was copied",
    "Someone posted the code of our door",
    "Need the original language",
    "To show the platform what is wrong with it",
    "The consultant in the clip agreed to be filmed, is it that clip",
    "Is this about the trust or the council",
    "They may be at our site now with a knife",
    "Wife wants to know if her husband's name is out",
    "Is the screenshot of the portal real or drawn",
    "The map in it shows the wrong entrance",
    "Daughter says dad lay on the floor for nine hours, which ward",
    "Name of the drug is blanked out, she may have taken too much",
    "We promised an answer by noon, need the second question",
    "Our chair is quoted and denies it",
    "Advice in it could poison a baby",
    "He mentions a date in June, PALS looks for the call",
    "To compare both screenshots before we report the copy",
    "Landlord of the surgery is named, is that private",
    "To tell maternity which woman is bleeding",
    "Was it written before or after the strike",
    "Somebody's NHS number may be in the sticker",
    "To pass the compliment on with its exact words",
]
MORE_SEEKING = [
    "to see which of our nurses it was",
    "Is it the one from ward 4? Asked by the matron",
    "who is the sister on this ward",
    "wants to know which bank nurse this is",
    "the director wants her name",
    "so that she is spoken to",
    "Lena wants to know if that is Jo from our floor",
    "For the hearing of the member of staff",
    "For the panel hearing of our colleague",
    "Board paper on who of our people grumbles",
    "Names of staff",
    "trying to figure out the person behind it",
    "could be our receptionist",
    "checking if it's one of the new starters",
    "The practice manager would like a conversation with the author",
    "this sounds like someone in my team",
    "curious which colleague says that",
    "Let the clinical lead know which doctor it is",
    "Head of nursing needs to see what her staff are writing",
    "I used to work with her",
    "Does he still work on our unit",
    "Is the author a trainee of ours",
    "get the full name for the director",
    "to take it up with the person concerned",
    "we think it's a porter",
    "check against the staff list",
    "do we employ this man",
    "see if the writing matches the email we got from a nurse",
    "her mentor at the university should be told",
    "evidence against the physio",
    "I want to find the nurse who said this",
    "so we can warn him",
    "for his file",
    "who could have posted this from the night shift",
    "any idea who it might be",
    "need to speak with this employee",
    "to see if it's Karen again",
    "she's one of our midwives I'm sure",
    "matron is after the person",
    "to report her to the NMC",
    "name and shame",
    "to get this person sacked",
    "let's see who's moaning now",
    "might be a disgruntled former colleague",
    "bring this up at her one to one",
    "the poster works on Quillback ward I think",
    "to let her ward know",
    "find her on linkedin",
    "is the person staff or a patient",
    "whoever wrote this needs talking to",
    "Would like to learn who this nurse might be",
    "We suspect a former receptionist",
    "to find out if it comes from inside",
    "Is it an inside job",
    "Ward manager asked me to look",
    "to give it to HR's partner",
    "find the person so we can talk",
    "I have a hunch which of the girls it is",
    "which band is she",
    "to check her profile for where she works",
    "see where she works",
    "my boss told me to look at it",
    "so the team leader knows what he's saying",
    "someone's been talking about us, who",
    "trust wants the author to take it down himself, need to reach them at work",
    "proof that she broke confidentiality",
    "for the meeting about her conduct",
    "to prepare a letter to the member of staff",
    "the union man again?",
    "want to check if they're on our books",
    "manager's request",
    "to print it for her 1-2-1",
    "Just need to be sure it isn't my deputy",
    "I reckon that's Bev",
    "so HCA can be told off",
    "who's got it in for us",
    "let me see if it's a certain consultant",
    "for the attention of her head of department",
    "trying to establish authorship",
    "confirm suspicion about a staff nurse",
    "name needed",
    "to take action against this individual",
    "is it someone we let go last month",
    "to prove it was her",
    "we're keeping an eye on this one",
    "It must be Donna",
    "Let me check something about a colleague",
    "personnel matter",
    "to forward it to the practice's partner who employs him",
    "the author should be ashamed, who is that",
    "wants a screenshot for the team meeting about attitudes",
    "to show my mate on the ward",
    "suspect it was written on shift",
    "was it posted in working time",
    "so that we can have words with the culprit",
    "Sue thinks it's her junior",
    "for a chat with the writer",
    "to note her name down",
    "in case it's an employee of the practice",
    "to see whether the reporter of this is a nurse",
]


def opens(words: str) -> bool:
    return refused(words) is None and not names_no_work(words)


@pytest.mark.parametrize(
    ("fine", "seeking", "most"), [(FINE, SEEKING, 2), (MORE_FINE, MORE_SEEKING, 4)]
)
def test_words_that_seek_a_person_open_nothing_and_words_of_the_work_do(
    fine: Sequence[str], seeking: Sequence[str], most: int
) -> None:
    assert len(fine) == len(set(fine)) >= 30 <= len(set(seeking)) == len(seeking)
    assert len([words for words in fine if not opens(words)]) <= most
    assert len([words for words in seeking if opens(words)]) <= most


@pytest.mark.parametrize(
    "words",
    [
        "to see which of our nurses it was", "Is it the one from ward 4? Asked by the matron", "the director wants her name", "so that she is spoken to",
        "For the hearing of the member of staff", "For the panel hearing of our colleague", "Board paper on who of our people grumbles", "Names of staff",
    ],
)  # fmt: skip
def test_they_open_no_post_and_take_no_file(words: str) -> None:
    """What audits got through with."""
    for of_files in (False, True):
        barred = refused(words, of_files=of_files)
        assert barred is not None
        assert (barred.ground, barred.words in barred.says) == ("employment", True)
    assert seeks_person(words)


@pytest.mark.parametrize(
    ("words", "named"),
    [("for a d1sciplinary on Monday", "disciplinary"), ("h1s b0ss wants it", "boss"), ("Within 24 hrs, the clinic asks", ""), ("Ref 12a of the clinic", "")],
)  # fmt: skip
def test_figures_for_letters_hide_nothing(words: str, named: str) -> None:
    barred = refused(words)
    assert named in barred.words if barred and named else barred is None and not named


@pytest.mark.parametrize(
    "words", ["wer ist diese Krankenschwester", "it must be Donna", "manager’s request", "just need it for Sue"],
)  # fmt: skip
def test_words_that_name_nothing_of_the_work_open_nothing_whatever_they_say(words: str) -> None:
    assert not opens(words)


@pytest.mark.parametrize("words", ["", "........", "x", "ok"])
def test_signs_are_no_words(words: str) -> None:
    assert names_no_work(words) == ""
