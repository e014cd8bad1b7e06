"""Slurs are their author's where they say them of others, and never of who was called so."""

from __future__ import annotations

import pytest

from classify.rules.slurs import own_hate_in

# None of these was looked at while the rule was written.
OWN = (
    "The new starters here are all pikeys and I'm passed over because I'm white and straight.",
    "Reported for telling the truth about trannies on my ward. Where is my protection?",
    "Can't even say wogs any more without a meeting with HR. We discriminate against the English.",
    "My grievance: every promotion this year went to some paki. Discrimination, plain and simple.",
    "Got a warning for using the word chinky about the takeaway. That's discrimination.",
    "White staff are the ones discriminated against. Every band 8 goes to some wog.",
    "As a Christian I'm victimised for saying the truth: faggots spread disease.",
    "Harassed by HR for saying what everyone thinks: muslims are terrorists.",
)
SAID_TO_THEM = (
    "Twelve years here and tonight a man refused to be washed by 'that coon'. I did it anyway.",
    "They named the WhatsApp group 'Wogs and Co' and added me. It is called humour.",
    "Pakis in the on-call rota, that's what was on the whiteboard when we came in, written large.",
    "I asked HR what they'd do about 'tranny' on my desk plate. A form, they said.",
    "Hearing gyppo from the next bay, from staff, about my own people.",
    "Every time my boss asks if I know them. Muslims are terrorists, is what she means.",
    "Faggot. On my payslip envelope. This week.",
    "We dykes and queers of the office still can't get an answer about the network's budget.",
    "Disciplined for complaining that my line manager greets me with 'alright, chinky'.",
    "A relative asked for “a nurse who isn't a wog”. My ward manager swapped me off the bay.",
    "As a dyke in a uniform I get asked if I'm safe around women patients. By my own matron.",
    "'Go home, nigger' in biro on the staff toilet door. Nobody asked who.",
    "He called me a paki on the ward and nobody said a word.",
    "Grievance hearing for saying that he called me a paki.",
    "Being called a dyke at work is discrimination, whatever HR says.",
)
NAMES = ("Thank you Greg Dyke for the tour.", "The clinic on Coon Lane is shut.")


@pytest.mark.parametrize("text", OWN)
def test_what_somebody_says_of_others_is_theirs_whatever_is_claimed_around_it(text: str) -> None:
    spans = own_hate_in(text)
    assert spans
    assert all(text[start:end].strip() == text[start:end] for start, end in spans)


@pytest.mark.parametrize("text", SAID_TO_THEM)
def test_what_was_said_to_somebody_is_not_theirs(text: str) -> None:
    assert own_hate_in(text) == ()


@pytest.mark.parametrize("text", NAMES)
def test_a_name_is_no_slur(text: str) -> None:
    assert own_hate_in(text) == ()
