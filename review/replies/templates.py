"""What the review page is given to answer with: templates filled with contact points, lines to take, what a draft gives away, and what in a profile says 'staff'."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from core.models import Staff
from core.text import folded
from search import fts, query
from settings.organisation import Contact, Organisation
from settings.review import NEVER_ANSWERED, LineToTake, ReplyTemplate
from settings.schema import Config, today
from store import Matcher

if TYPE_CHECKING:
    from review.replies.models import Detail, Kind, Replies

_OPEN = re.compile(r"\{(\w+)\}")
# Kept for examples (RFC 2606) and for drama (Ofcom): what points there helps nobody.
_EXAMPLE = re.compile(
    r"\bexample\.(?:org|com|net)\b|\b020[ .-]?7946[ .-]?0\d{3}\b|\b07700[ .-]?900\d{3}\b"
)
LONGEST_LINE = 160  # characters of a profile that are quoted
_TERM = "\0"  # between the key of a line and one of its words, in the name of a query


def replies(cfg: Config, on: date) -> Replies:
    """What is set up for answering on a day, as the page wants it."""
    from review.replies.models import Line, Related, Replies, Template

    told = cfg.review
    held = [one.reason for one in told.pre_election if one.in_force(on)]
    return Replies(
        templates=[
            Template(
                key=one.key, name=one.name, text=text, flags=frozenset(one.flags),
                staff=frozenset(one.staff), tones=frozenset(one.tone),
                platforms=frozenset(one.platforms), replies=one.reply, missing=missing,
            )
            for one in told.templates
            for text, missing in [filled(one, cfg.organisation, on)]
        ],
        lines=[
            Line(
                key=one.key, topic=one.topic, words=one.line, owner=one.owner, about=bool(one.about),
                flags=frozenset(one.flags), places=frozenset(one.places),
                clauses=frozenset(one.clauses), since=one.since, until=one.until, source=one.source,
            )
            for one in told.lines
        ],
        related=[
            Related(
                name=one.name, flags=frozenset(one.flags), clauses=frozenset(one.clauses),
                where=one.where, link=one.link, hr=one.hr,
            )
            for one in told.related
        ],
        lengths=told.lengths, never=NEVER_ANSWERED, restriction="; ".join(held),
        find=lambda texts: about(told.lines, texts),
    )  # fmt: skip


def filled(template: ReplyTemplate, organisation: Organisation, on: date) -> tuple[str, str]:
    """Its text with the contact point in force on a day; beside it what is missing, in words."""
    contact = next(
        (one for one in organisation.contacts if one.name == template.contact and one.in_force(on)),
        None,
    )
    names = [one for one in organisation.names if one.in_force(on)] or organisation.names
    known = {"organisation": names[0].name, "link": template.link, **_of(contact)}
    wanted = dict.fromkeys(_OPEN.findall(template.text))
    missing = [name for name in wanted if not known.get(name)]
    text = _OPEN.sub(lambda found: known.get(found[1]) or found[0], template.text)
    if not missing:
        return text, ""
    if contact is None:
        return text, f"there is no contact point called {template.contact}"
    return text, f"the contact point {contact.name} has no {' and no '.join(missing)}"


def lacking(cfg: Config, on: date) -> tuple[list[str], int]:
    """What templates lack, each in words; and how many point to an example, as the file that ships does."""
    ready = [(one.name, *filled(one, cfg.organisation, on)) for one in cfg.review.templates]
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
    given = tuple((line.key, line.about) for line in lines if line.about)
    if getattr(_matchers, "given", None) != given:
        _matchers.ready, _matchers.given = _matcher(given), given
    ready: Matcher = _matchers.ready
    found: list[Mapping[str, tuple[str, ...]]] = []
    for names in ready.match([fts.columns(text, folded) for text in texts]):
        said = [name.split(_TERM) for name in names if _TERM in name]
        found.append(
            {
                key: tuple(term for whose, term in said if whose == key)
                for key in names
                if _TERM not in key
            }
        )
    return found


def _matcher(given: Sequence[tuple[str, str]]) -> Matcher:
    queries = {}
    for key, rule in given:
        node = query.parse(rule)
        queries[key] = fts.fts5(node, folded)
        for term in fts.terms(node):
            shown = f"{term.written}…" if term.begins else term.written
            queries[f"{key}{_TERM}{shown}"] = fts.fts5(term, folded)
    return Matcher(queries)


def details(text: str, organisation: Organisation) -> list[Detail]:
    """What in a reply names a person or says how to reach one, and is no published contact point."""
    from classify import pid
    from classify.pid.base import Contacts
    from classify.pid.redaction import blanks
    from review.replies.models import Detail

    published = Contacts(
        phones=[phone for one in organisation.contacts for phone in one.phones],
        emails=[email for one in organisation.contacts for email in one.emails],
        postcodes=[code for one in organisation.contacts for code in one.postcodes],
    )
    public = _public_names(organisation)
    found = [Detail(kind="example", words=one.group()) for one in _EXAMPLE.finditer(text)]
    hits = pid.find(text, contacts=published)
    for start, end, label in blanks(text, hits, published=published):
        words = text[start:end]
        known = label == "name" and set(_words(words)) <= public
        if not known and label != "handle" and not label.startswith("link"):
            found.append(Detail(kind=_KINDS.get(label, "detail"), words=words))
    return found


_KINDS: Mapping[str, Kind] = {"name": "name", "phone": "phone", "email": "email"}


def staff_line(bio: str, staff: Staff, organisation: Organisation, on: date) -> str:
    """The one line of a profile that says that its author is such staff, in masked words; "" where none does."""
    from classify import pid
    from classify.pid import redaction
    from classify.pid.base import Contacts
    from classify.rules.staff import profile_line

    told = today(organisation, on)
    handles = tuple(sorted({handle for some in told.official.values() for handle in some}))
    line = profile_line(bio, staff, (*told.names, *(f"@{handle}" for handle in handles)))
    if not line:
        return ""
    public = Contacts(phones=told.phones, emails=told.emails, postcodes=told.postcodes)
    masked = redaction.mask(line, pid.find(line, contacts=public), handles, public)
    return masked if len(masked) <= LONGEST_LINE else f"{masked[:LONGEST_LINE]}…"


def _public_names(organisation: Organisation) -> set[str]:
    names = [
        *(one.name for one in organisation.contacts), *(one.name for one in organisation.names),
        *(name for one in (*organisation.places, *organisation.providers) for name in (one.name, *one.aliases)),
        "Freedom to Speak Up Guardian", "Patient Advice and Liaison Service", "Healthwatch", "Samaritans", "Shout",
    ]  # fmt: skip
    return {word for name in names for word in _words(name)}


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
