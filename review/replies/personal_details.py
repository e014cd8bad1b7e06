"""What in a draft names or reaches a person, and what in an author's profile says that they are staff.

It takes the classifier's recognisers, 0.2 s of a start: import it where a draft or a profile is read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from classify import pid
from classify.pid.base import Contacts
from classify.pid.public_names import public_names
from classify.pid.redaction import find_redactions, mask
from classify.rules.staff import profile_line
from core.danger import NUMBERS
from core.models import Staff
from review.replies.lint import Detail, Kind
from settings.examples import EXAMPLE
from settings.organisation import Organisation, today
from settings.schema import Config

# Figures of the numbers that ready words for people in danger name.
HELPLINES = frozenset(re.sub(r"\D", "", number) for number in NUMBERS)
SHORTEST_OWN = 6  # figures up to which a number is nobody's own: short codes and 116 numbers are national (Ofcom's numbering plan)
LONGEST_LINE = 160  # characters of a profile that are quoted


def details(text: str, organisation: Organisation) -> list[Detail]:
    """What in a reply names a person or says how to reach one, and is no published contact point."""
    published = Contacts(
        phones=[
            *NUMBERS,
            *(phone for contact in organisation.contacts for phone in contact.phones),
        ],
        emails=[email for contact in organisation.contacts for email in contact.emails],
        postcodes=[code for contact in organisation.contacts for code in contact.postcodes],
    )
    public = _public_names(organisation)
    personal_details = [
        Detail(kind="example", words=match.group()) for match in EXAMPLE.finditer(text)
    ]
    hits = pid.find(text, contacts=published)
    for start, end, label in find_redactions(text, hits, published=published):
        words = text[start:end]
        known = label in ("name", "area") and set(_words(words)) <= public
        known = known or (label == "date" and not re.search(r"\d", words))  # "in April" is nobody
        known = (
            known or re.sub(r"\D", "", words) in HELPLINES
        )  # Childline's is shorter than any other
        if not known and label != "handle" and not label.startswith("link"):
            personal_details.append(Detail(kind=_KINDS.get(label, "detail"), words=words))
    return personal_details


def of_other_teams(text: str, config: Config) -> list[Detail]:
    """Published numbers in a reply that Settings has as another team's: whoever rings one does not reach whom it names."""
    wrong = []
    teams = [
        (role.name, f"{role.reach}; {role.out_of_hours_phone}") for role in config.review.roles
    ]
    teams.append(("Communications team", config.review.comms_phone))
    for contact in config.organisation.contacts:
        for phone in contact.phones:
            if not _stands_in(phone, text) or _is_everyones(phone):
                continue
            owners = [name for name, reach in teams if _stands_in(phone, reach)]
            if owners and not any(set(_words(name)) & set(_words(contact.name)) for name in owners):
                wrong.append(Detail(kind="other team", words=phone))
    return wrong


def _is_everyones(phone: str) -> bool:
    """Whether a number reaches the same service whoever names it: 999, 111, 116 123, a helpline that points to help.

    No team owns it, though Settings say of the police that they are reached by it.
    """
    number = re.sub(r"\D", "", phone)
    return 0 < len(number) <= SHORTEST_OWN or number in HELPLINES


def _stands_in(phone: str, text: str) -> bool:
    """Whether a number stands in a text, however it is spaced, and is no end of a longer one: 111 of 020 7946 0111."""
    number = re.sub(r"\D", "", phone)
    before = r"(?<!\d)" if number.startswith("0") else r"(?<!\d)(?<!\d[ .-])"
    spaced = r"\D{0,3}".join(number)
    return bool(number) and re.search(rf"{before}{spaced}(?!\d)", text) is not None


_KINDS: Mapping[str, Kind] = {"name": "name", "telephone": "phone", "email": "email"}


def staff_line(bio: str, staff: Staff, organisation: Organisation, on: date) -> str:
    """The one line of a profile that says that its author is such staff, in masked words; "" where none does."""
    current = today(organisation, on)
    handles = tuple(sorted({handle for some in current.official.values() for handle in some}))
    line = profile_line(bio, staff, (*current.names, *(f"@{handle}" for handle in handles)))
    if not line:
        return ""
    public = Contacts(phones=current.phones, emails=current.emails, postcodes=current.postcodes)
    names = public_names(*current.names, *current.places, *current.providers)
    masked = mask(line, pid.find(line, contacts=public), handles, public, names)
    return masked if len(masked) <= LONGEST_LINE else f"{masked[:LONGEST_LINE]}…"


def _public_names(organisation: Organisation) -> set[str]:
    names = [
        *(contact.name for contact in organisation.contacts), *(name.name for name in organisation.names),
        *(name for entry in (*organisation.places, *organisation.providers) for name in (entry.name, *entry.aliases)),
        "Freedom to Speak Up Guardian", "Patient Advice and Liaison Service", "Healthwatch", "Samaritans", "Shout",
    ]  # fmt: skip
    return {word for name in names for word in _words(name)}


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
