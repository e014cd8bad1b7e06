"""Whether what stands as a telephone can be rung: a whole number, a short one such as 999, or an extension that only telephones inside reach.

It stands on the page and in emails where somebody may be in danger, so what is not is asked about before it is saved. Whoever
answers is told by their role: a person's name stands in no telephone, since another answers on the next shift.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers

from classify.people import search_terms
from classify.pid.base import is_number, phone
from settings.schema import Config

NAMES = "This looks like a person’s name. Write the role, such as the on-call manager, and the number: another person answers on the next shift"
_REGION = "GB"
_RUN = re.compile(r"\+?\(?\d[\d ().-]*\d|\d")  # digits as people write a number
_INSIDE = re.compile(r"\b(?:ext(?:ension|n)?|internal|bleep|pager|x)\b[.: ]*\d{2,6}(?!\d)|\bx\d{2,6}\b", re.IGNORECASE)  # fmt: skip
_CLOCK = re.compile(r"\b\d{1,2}[:.]\d\d\b(?! ?\d)")  # when it answers
_FEWEST = 3  # digits; fewer are hours, a day, an option of a menu


def doubt(written: str) -> str:
    """What a text that somebody is to ring lacks, as the end of a sentence; "" where it can be rung, or is empty."""
    if not written.strip():
        return ""
    left, rung = _without_numbers(written)
    left = _CLOCK.sub(" ", left)
    inside = [match[0] for match in _INSIDE.finditer(left)]
    rest = [run[0] for run in _RUN.finditer(_INSIDE.sub(" ", left)) if len(_digits(run[0])) >= _FEWEST]  # fmt: skip
    rest = [run for run in rest if not _is_short(run)]
    if rest:
        return f"‘{rest[0].strip()}’ is no whole telephone number, and can’t be rung. Save it only if it is right"
    if rung or any(_is_short(run[0]) for run in _RUN.finditer(left)):
        return ""
    if inside:
        return f"‘{inside[0]}’ can only be rung from a telephone inside the organisation"
    return "there is no number in it: nobody can ring it"


def doubts(before: Config, after: Config) -> Iterator[str]:
    """What of the telephones that a change brings can't be rung, a sentence each; what stood there before is not asked again."""
    there = {(called, written) for _, called, written in _written(before)}
    for _, called, written in _written(after):
        if (called, written) not in there and (why := doubt(written)):
            yield f"{called}: {why}"


def faults(before: Config, after: Config) -> dict[str, str]:
    """The telephones that a change brings and that name a person, by their place in the form."""
    there = {written for _, _, written in _written(before)}
    return {
        place: NAMES
        for place, _, written in _written(after)
        if written not in there and search_terms.name_in(written)
    }


def _written(config: Config) -> Iterator[tuple[str, str, str]]:
    """Every text by which somebody is rung: its place in the form, how it is called, what stands there."""
    review = config.review
    yield "review.crisis_contact", "Who is rung out of hours", review.crisis_contact
    yield "review.comms_phone", "The comms team’s telephone", review.comms_phone
    for row, role in enumerate(review.roles):
        place = f"review.roles.{row}"
        yield f"{place}.reach", f"{role.name}, telephone", role.reach
        yield f"{place}.out_of_hours_phone", f"{role.name}, telephone out of hours", role.out_of_hours_phone  # fmt: skip
    for row, contact in enumerate(config.organisation.contacts):
        for written in contact.phones:
            yield f"organisation.contacts.{row}.phones", f"{contact.name}, telephone", written


def _without_numbers(written: str) -> tuple[str, bool]:
    """A text without the whole numbers in it, with their extensions, and whether there was one."""
    left, rung = written, False
    matches = phonenumbers.PhoneNumberMatcher(written, _REGION, phonenumbers.Leniency.POSSIBLE)
    for match in reversed(list(matches)):
        e164 = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
        if is_number(e164):
            left, rung = f"{left[: match.start]} {left[match.end :]}", True
    for run in reversed(list(_RUN.finditer(left))):  # in spellings that the library does not take
        if is_number(phone(run[0])):
            left, rung = f"{left[: run.start()]} {left[run.end() :]}", True
    return left, rung


def _digits(run: str) -> str:
    return re.sub(r"\D", "", run)


def _is_short(run: str) -> bool:
    """Whether a run of digits is a number such as 999, 111, 101 or 116 123."""
    digits = _digits(run)
    if not _FEWEST <= len(digits) <= 6 or digits.startswith("0"):
        return False
    number = phonenumbers.PhoneNumber(country_code=44, national_number=int(digits))
    return bool(phonenumbers.is_valid_short_number_for_region(number, _REGION))
