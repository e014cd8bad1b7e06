"""What the review page is given to answer with: templates filled with contact points, lines to take, what a draft gives away, and what in a profile says 'staff'."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from datetime import date

from classify import pid
from classify.pid import redaction
from classify.pid.base import Contacts
from classify.rules.staff import profile_line
from core.models import Staff
from core.text import folded
from review.replies.models import Detail, Kind, Line, Related, Replies, Template
from search import fts, query
from settings.organisation import Contact, Organisation
from settings.review import NEVER_ANSWERED, LineToTake, ReplyTemplate
from settings.schema import Config, today
from store import Matcher

_OPEN = re.compile(r"\{(\w+)\}")
# Kept for examples (RFC 2606) and for drama (Ofcom): what points there helps nobody.
_EXAMPLE = re.compile(
    r"\bexample\.(?:org|com|net)\b|\b020[ .-]?7946[ .-]?0\d{3}\b|\b07700[ .-]?900\d{3}\b"
)
LONGEST_LINE = 160  # characters of a profile that are quoted
_TERM = "\0"  # between the key of a line and one of its words, in the name of a query


def replies(config: Config, on: date) -> Replies:
    """What is set up for answering on a day, as the page wants it."""
    review = config.review
    reasons = [period.reason for period in review.pre_election if period.in_force(on)]
    return Replies(
        templates=[
            Template(
                key=template.key, name=template.name, text=text, flags=frozenset(template.flags),
                staff=frozenset(template.staff), tones=frozenset(template.tone),
                platforms=frozenset(template.platforms), replies=template.reply, missing=missing,
            )
            for template in review.templates
            for text, missing in [filled(template, config.organisation, on)]
        ],
        lines=[
            Line(
                key=line.key, topic=line.topic, words=line.line, owner=line.owner, about=bool(line.about),
                flags=frozenset(line.flags), places=frozenset(line.places),
                clauses=frozenset(line.clauses), since=line.since, until=line.until, source=line.source,
            )
            for line in review.lines
        ],
        related=[
            Related(
                name=policy.name, flags=frozenset(policy.flags), clauses=frozenset(policy.clauses),
                where=policy.where, link=policy.link, hr=policy.hr,
            )
            for policy in review.related
        ],
        lengths=review.lengths, never=NEVER_ANSWERED, restriction="; ".join(reasons),
        find=lambda texts: about(review.lines, texts),
    )  # fmt: skip


def filled(template: ReplyTemplate, organisation: Organisation, on: date) -> tuple[str, str]:
    """Its text with the contact point in force on a day; beside it what is missing, in words."""
    contact = next(
        (
            contact
            for contact in organisation.contacts
            if contact.name == template.contact and contact.in_force(on)
        ),
        None,
    )
    names = [name for name in organisation.names if name.in_force(on)] or organisation.names
    known = {"organisation": names[0].name, "link": template.link, **_of(contact)}
    wanted = dict.fromkeys(_OPEN.findall(template.text))
    missing = [name for name in wanted if not known.get(name)]
    text = _OPEN.sub(lambda match: known.get(match[1]) or match[0], template.text)
    if not missing:
        return text, ""
    if contact is None:
        return text, f"there is no contact point called {template.contact}"
    return text, f"the contact point {contact.name} has no {' and no '.join(missing)}"


def lacking(config: Config, on: date) -> tuple[list[str], int]:
    """What templates lack, each in words; and how many point to an example, as the file that ships does."""
    ready = [
        (template.name, *filled(template, config.organisation, on))
        for template in config.review.templates
    ]
    lacks = [f"{name}: {missing}" for name, _, missing in ready if missing]
    return lacks, sum(bool(_EXAMPLE.search(text)) for _, text, missing in ready if not missing)


def _of(contact: Contact | None) -> dict[str, str]:
    if contact is None:
        return {}
    phone = contact.phones[0] if contact.phones else ""
    email = contact.emails[0] if contact.emails else ""
    return {
        "service": contact.name, "phone": phone, "email": email,
        "contact": " or ".join(way for way in (phone, email) if way),
    }  # fmt: skip


_matchers = threading.local()  # an index in memory belongs to the thread that made it


def about(lines: Sequence[LineToTake], texts: Sequence[str]) -> list[Mapping[str, tuple[str, ...]]]:
    """Of each text the keys of the lines that it is about by their rule, with the words of it that it says."""
    rules = tuple((line.key, line.about) for line in lines if line.about)
    if getattr(_matchers, "given", None) != rules:
        _matchers.ready, _matchers.given = _matcher(rules), rules
    ready: Matcher = _matchers.ready
    matches: list[Mapping[str, tuple[str, ...]]] = []
    for names in ready.match([fts.columns(text, folded) for text in texts]):
        pairs = [name.split(_TERM) for name in names if _TERM in name]
        matches.append(
            {
                key: tuple(term for whose, term in pairs if whose == key)
                for key in names
                if _TERM not in key
            }
        )
    return matches


def _matcher(rules: Sequence[tuple[str, str]]) -> Matcher:
    queries = {}
    for key, rule in rules:
        node = query.parse(rule)
        queries[key] = fts.fts5(node, folded)
        for term in fts.terms(node):
            shown = f"{term.written}…" if term.begins else term.written
            queries[f"{key}{_TERM}{shown}"] = fts.fts5(term, folded)
    return Matcher(queries)


def details(text: str, organisation: Organisation) -> list[Detail]:
    """What in a reply names a person or says how to reach one, and is no published contact point."""
    published = Contacts(
        phones=[phone for contact in organisation.contacts for phone in contact.phones],
        emails=[email for contact in organisation.contacts for email in contact.emails],
        postcodes=[code for contact in organisation.contacts for code in contact.postcodes],
    )
    public = _public_names(organisation)
    personal_details = [
        Detail(kind="example", words=match.group()) for match in _EXAMPLE.finditer(text)
    ]
    hits = pid.find(text, contacts=published)
    for start, end, label in redaction.find_redactions(text, hits, published=published):
        words = text[start:end]
        known = label == "name" and set(_words(words)) <= public
        if not known and label != "handle" and not label.startswith("link"):
            personal_details.append(Detail(kind=_KINDS.get(label, "detail"), words=words))
    return personal_details


_KINDS: Mapping[str, Kind] = {"name": "name", "phone": "phone", "email": "email"}


def staff_line(bio: str, staff: Staff, organisation: Organisation, on: date) -> str:
    """The one line of a profile that says that its author is such staff, in masked words; "" where none does."""
    current = today(organisation, on)
    handles = tuple(sorted({handle for some in current.official.values() for handle in some}))
    line = profile_line(bio, staff, (*current.names, *(f"@{handle}" for handle in handles)))
    if not line:
        return ""
    public = Contacts(phones=current.phones, emails=current.emails, postcodes=current.postcodes)
    masked = redaction.mask(line, pid.find(line, contacts=public), handles, public)
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
