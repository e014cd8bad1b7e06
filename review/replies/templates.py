"""What is set up for answering on a day: templates filled with its contact points, lines to take, related policies."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from classify.policy.schema import Policy, shipped
from collectors.platforms import PLATFORM_NAMES
from core.models import Platform
from core.text import folded
from review.replies.lint import is_short_enough
from search import fts, query
from settings.examples import EXAMPLE
from settings.guardian_contacts import FEWEST_DIGITS
from settings.organisation import Contact, Organisation
from settings.review import LineToTake, RelatedPolicy, ReplyTemplate
from settings.schema import Config
from store import Matcher

_OPEN = re.compile(r"\{(\w+)\}")
MATCHERS_HELD = (
    4  # of one thread: of the lines and of the templates, before and after a change of settings
)
_TERM = "\0"  # between the key of a line and one of its words, in the name of a query


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledTemplate:
    """A template with its text as it reads on a day. `missing`: what the contact points of the day lack, in words."""

    template: ReplyTemplate
    text: str
    missing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replies:
    """What is set up for answering on a day.

    `policy` says to which flags nothing is answered, whatever templates say. `restriction` is what holds back
    publishing that day, in words; "" for nothing.
    """

    templates: Sequence[FilledTemplate] = ()
    lines: Sequence[LineToTake] = ()
    related: Sequence[RelatedPolicy] = ()
    lengths: Mapping[Platform, int] = field(default_factory=dict)
    policy: Policy = field(default_factory=shipped)
    restriction: str = ""


def replies(config: Config, policy: Policy, on: date) -> Replies:
    """What is set up for answering on a day."""
    review = config.review
    reasons = [period.reason for period in review.pre_election if period.in_force(on)]
    return Replies(
        templates=[filled(template, config.organisation, on) for template in review.templates],
        lines=review.lines, related=review.related,
        lengths=review.lengths, policy=policy, restriction="; ".join(reasons),
    )  # fmt: skip


def filled(template: ReplyTemplate, organisation: Organisation, on: date) -> FilledTemplate:
    """A template with the contact point in force on a day."""
    contact = next(
        (
            contact
            for contact in organisation.contacts
            if contact.name == template.contact and contact.in_force(on)
        ),
        None,
    )
    known = {"organisation": organisation.name_on(on), "link": template.link, **_of(contact)}
    wanted = dict.fromkeys(_OPEN.findall(template.text))
    missing = [name for name in wanted if not known.get(name)]
    text = _OPEN.sub(lambda match: known.get(match[1]) or match[0], template.text)
    why = ""
    if missing and contact is None:
        why = f"there is no contact point called {template.contact}"
    elif missing and contact is not None:
        why = f"the contact point {contact.name} has no {' and no '.join(missing)}"
    return FilledTemplate(template=template, text=text, missing=why)


def lacking(config: Config, on: date) -> tuple[list[str], int]:
    """What templates lack, each in words; and how many point to an example, as the file that ships does."""
    ready = [filled(template, config.organisation, on) for template in config.review.templates]
    lacks = [f"{each.template.name}: {each.missing}" for each in ready if each.missing]
    return lacks, sum(bool(EXAMPLE.search(each.text)) for each in ready if not each.missing)


def too_long(config: Config, on: date) -> list[str]:
    """Templates that no longer fit a platform once they are filled with the contact points of the day, each in words.

    One without platforms of its own is for all but those for which a template of the same flags is set up by name.
    """
    faults = []
    for template in config.review.templates:
        text = filled(template, config.organisation, on).text
        short_forms = {name for other in config.review.templates if other is not template and other.flags == template.flags for name in other.platforms}  # fmt: skip
        platforms = template.platforms or [name for name in config.review.lengths if name not in short_forms]  # fmt: skip
        longest = [name for name in platforms if template.reply and not is_short_enough(text, name, config.review.lengths)]  # fmt: skip
        if longest:
            names = ", ".join(PLATFORM_NAMES[name] for name in longest)
            faults.append(f"{template.name}: too long for {names} with its contact point in it")
    return faults


def _of(contact: Contact | None) -> dict[str, str]:
    if contact is None:
        return {}
    phone = next((phone for phone in contact.phones if _is_its_own(phone, contact)), "")
    email = contact.emails[0] if contact.emails else ""
    return {
        "service": contact.name, "phone": phone, "email": email,
        "contact": " or ".join(way for way in (phone, email) if way),
    }  # fmt: skip


def _is_its_own(phone: str, contact: Contact) -> bool:
    """Whether a number is a contact point's own, and not one that everybody rings: PALS is not rung by 111."""
    digits = "".join(filter(str.isdigit, phone))
    return len(digits) >= FEWEST_DIGITS or phone in contact.name


_matchers = threading.local()  # an index in memory belongs to the thread that made it


def about(
    lines: Sequence[LineToTake | ReplyTemplate], texts: Sequence[str]
) -> list[Mapping[str, tuple[str, ...]]]:
    """Of each text the keys of the lines, or templates, that it is about by their rule, with the words of it that it says."""
    rules = tuple((line.key, line.about) for line in lines if line.about)
    known: dict[tuple[tuple[str, str], ...], Matcher] = _matchers.__dict__.setdefault("known", {})
    if rules not in known:
        if len(known) >= MATCHERS_HELD:
            known.clear()
        known[rules] = _matcher(rules)
    ready = known[rules]
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
