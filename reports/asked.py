"""The email that says that something waits for a person's yes: what, how many posts, until when, and where. No words, no names.

The first of a kind leaves at once; those of the same kind to the same people that come within a quarter of an hour after it leave
together, so that twelve of one kind hide none of another. What can't wait is never put off.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Literal

from core import clock
from core.models import Role
from reports import health, looks
from reports.email import message
from reports.rendering import render
from settings.schema import Config
from store import OutboxRow, Store, User

AskedFor = Literal[
    "hold",
    "employer",
    "police",
    "name",
    "speech",
    "team",
    "team_approved",
    "pack",
    "lane",
    "back",
    "lane_erasure",
    "lane_looked",
    "erasure",
    "lane_erased",
    "handle",
    "contact",
    "less",
    "reached",
    "sought",
    "restricted",
    "same",
    "refused",
]
EVERY = timedelta(minutes=15)  # at most one email of a kind to the same people
# Each by itself and at once: somebody may be in danger, or is reached by a wrong number meanwhile
NEVER_WAITS: frozenset[AskedFor] = frozenset({"restricted", "reached"})
SUBJECTS: Mapping[str, str] = {
    "hold": "To agree to: a hold", "employer": "To agree to: a request for an employer", "police": "To agree to: a request for the police",
    "name": "To agree to: a name, or a word that may be one", "speech": "To agree to: a search for what staff say", "team": "To approve: {about}",
    "team_approved": "To look at: a team to which posts can be passed",
    "pack": "To agree to: a pack for a claim", "back": "To look at: a case that leaves the Guardian’s lane", "lane_erasure": "To agree to: an erasure in the Guardian’s lane",
    "lane_looked": "The Guardian’s lane: someone on duty looked behind the masks",
    "erasure": "To agree to: an erasure of what may be evidence",
    "lane_erased": "The Guardian’s lane: posts were erased", "lane": "The Guardian’s lane: cases that nobody has taken up",
    "handle": "To agree to: a handle as a colleague’s own", "contact": "To agree to: {about}",
    "less": "To agree to: {about}", "reached": "To look at: {about}",
    "sought": "To look at: search terms or public records that were removed",
    "restricted": "To look at now: a report of a post that is held without use",
    "refused": "Not agreed to: {about}",
    "same": "To agree to: another name or account of the person whose request it is",
}  # fmt: skip
# What is told, and asks for no answer
_TELLS = frozenset(
    ("lane_looked", "lane_erased", "lane", "team_approved", "reached", "sought", "refused")
)
_SENTENCES: Mapping[str, str] = {
    "hold": "A colleague asks you to agree to a hold on {posts}.",
    "employer": "A colleague asks that {posts} of case {case} may go to an employer. Governance and the Guardian both have to agree.",
    "police": "Governance asks that {posts} of case {case} may go to the police. A second person has to agree.",
    "name": "A colleague asks that a name, or a word that may be one, may be searched for. A lead and governance both have to agree.",
    "lane": "These cases of the Guardian’s lane wait, and nobody has taken them up.",
    "pack": "A colleague asks that {posts} of case {case} be saved for a court or tribunal. Governance and the Guardian both have to agree.",
    "back": "The Guardian says that nobody speaks up in case {case}. It goes back to everyone’s lists once governance has looked and agreed, and never by itself.",
    "lane_erasure": "Governance asks that {posts} of case {case} be erased for a person who asked for that. Nothing goes before the Guardian agrees.",
    "lane_looked": "Someone on duty opened masked details, or the original, of case {case}, to deal with danger or a leak in it. Who, and the reason, stand in the record of looks, which governance reads.",
    "erasure": "Governance asks that {posts} be erased for a person who asked for that. It is undecided, of high risk or held for something, or may be evidence of harm: nothing goes before another person of governance, or the Guardian, agrees.",
    "lane_erased": "{posts} of the Guardian’s lane were erased for a person who asked for that.",
    "handle": "A colleague asks that a handle count as someone’s own, so that cases with a post by it, those that are here too, are not shown to them. Another person of governance has to agree, or whose it is where governance asked.",
    "contact": "A lead changed what nobody changes alone. {About}. It is as before until another person has agreed.",
    "less": "A lead saved what takes from whom people are told by or from what is found. {About}. It is as before until another person has agreed.",
    "reached": "A lead changed {about}. It counts already: ring a new number yourself.",
    "sought": "A lead removed {gone}. It counts already: posts that only those would find are not found from the next collection on. Ask why.",
    "restricted": "A colleague reported a post that is held without use (UK GDPR Article 18). The program read no danger in what they wrote, and may be wrong. Read it now: if someone may be in danger, or a patient’s details are out, say so and it is in use again at once.",
    "refused": "Governance did not agree to a change of the settings that you saved and that takes a second person. {About}. It is as it was; the page and the history of that section say which.",
    "same": "A colleague asks to look for another name or account under request {case}, as the same person’s. Nothing of it is opened before another person of governance has looked at what was checked, and agreed.",
    "team": "A lead set up what is told of cases: {about}. Governance has to approve it first, and can say no.",
    "team_approved": "Governance approved a team to which posts can be passed. Which one, by whom and why is on your page: ask them if you don’t know it.",
    "speech": "A colleague asks for a search for what staff say of their work. A lead and governance both have to agree.",
}
_WHERE: Mapping[str, str] = {
    "hold": "/holds", "employer": "/cases/{case}/employer", "police": "/cases/{case}/police", "name": "/names", "speech": "/names", "team": "/governance", "team_approved": "/guardian",
    "pack": "/guardian/{case}/evidence", "lane": "/guardian", "back": "/guardian/{case}", "lane_erasure": "/guardian/{case}", "lane_erased": "/guardian", "erasure": "/holds#erasures", "lane_looked": "/guardian/{case}",
    "handle": "/governance", "contact": "/governance", "less": "/governance", "reached": "/governance", "sought": "/governance", "restricted": "/holds#reported", "same": "/requests/{case}", "refused": "/setup",
}  # fmt: skip


# What an email of an earlier version was about, which said no more
_UNNAMED: Mapping[str, str] = {
    "contact": "How the Guardian is found, or whom a case goes to, was changed", "less": "Fewer would be told or found, or later",
    "reached": "a telephone, an address or words that were changed", "team": "a team or a mailbox", "refused": "A change of the settings",
}  # fmt: skip


# What a case of the Guardian's lane is about, as the email says it
ABOUT: Mapping[str, str] = {
    "disclosure": "a concern, told in public", "union": "union matters", "discrimination": "discrimination, told of oneself",
    "none": "someone may be speaking up",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What waits. `posts` is how many; 0 where it is about none. `until`: so long nothing goes meanwhile."""

    what: str
    at: datetime
    case: int | None = None
    posts: int = 0
    until: datetime | None = None
    cases: tuple[tuple[int, str], ...] = ()  # of the Guardian's lane, each with what it is about
    gone: str = ""  # which search terms or records are not searched for any more, in words
    about: str = ""  # what of the settings, in fixed words

    @property
    def subject(self) -> str:
        """Fixed words."""
        first, _, rest = self._about.partition("; ")
        return SUBJECTS[self.what].format(
            about=f"{_lower(first)}, and more" if rest else _lower(first)
        )

    @property
    def _about(self) -> str:
        return self.about or _UNNAMED[self.what if self.what in _UNNAMED else "refused"]

    @property
    def asks(self) -> bool:
        """Whether somebody has to say yes or no; else it is told, to be looked at."""
        return self.what not in _TELLS

    @property
    def sentence(self) -> str:
        """What is asked, in a sentence."""
        posts = "1 post" if self.posts == 1 else f"{self.posts} posts"
        return _SENTENCES[self.what].format(
            posts=posts,
            case=self.case,
            gone=self.gone,
            about=_lower(self._about),
            About=self._about,
        )

    @property
    def where(self) -> str:
        """The page on which it is answered."""
        return _WHERE[self.what].format(case=self.case)


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def told_to(config: Config, users: Collection[User], roles: Collection[Role]) -> tuple[str, ...]:
    """The mailboxes of these people, and of their role where none of them has one as their sign-in name.

    Of the Guardian that is the team of the type guardian, of a lead whoever is told late, of governance whoever reads of much that
    was opened; else whoever is told of the service's health, so that it is told to somebody.
    """
    own = [user.handle for user in users if user.active and "@" in user.handle]
    if own:
        return tuple(dict.fromkeys(own))
    of_role: list[str] = []
    if "guardian" in roles:
        of_role += [
            each for team in config.review.roles if team.type == "guardian" for each in team.email
        ]
    if "governance" in roles:
        of_role += looks.told_to(config)
    if "lead" in roles:
        of_role += config.review.chase.lead
    return tuple(dict.fromkeys(of_role or health.told_to(config)))


def tell(  # noqa: PLR0913 - what an email can hold
    store: Store, config: Config, what: AskedFor, users: Collection[User], roles: Collection[Role], *, at: datetime,
    key: int | str = "", case: int | None = None, posts: int = 0, until: datetime | None = None, gone: str = "", about: str = "",
) -> None:  # fmt: skip
    """Puts the email into the outbox: once for each of `key`; nothing where nobody has an address.

    `users`: who can answer; `roles`: as what, for those who sign in by a name that is no mailbox. `gone`: what is searched for no more;
    `about`: what of the settings it is, in fixed words, parted by semicolons.
    """
    to = told_to(config, users, roles)
    if not to:
        return
    payload = {
        "what": what, "at": clock.text(at), "case": str(case or ""), "posts": str(posts),
        "until": clock.text(until) if until else "", "gone": gone, "about": about,
    }  # fmt: skip
    due_at = at if what in NEVER_WAITS else store.outbox.turn("asked", f"{what} ", to, at, every=EVERY)  # fmt: skip
    store.outbox.add("asked", f"{what} {key or case} {clock.text(at)}", at, payload, to, due_at=due_at)  # fmt: skip


def grouped(rows: Sequence[OutboxRow]) -> list[list[OutboxRow]]:
    """Rows that are due, in the order of the first: those of one kind to the same people together, any other by itself."""
    groups: dict[tuple[object, ...], list[OutboxRow]] = {}
    for row in rows:
        what = row.payload.get("what", "")
        alone = row.kind != "asked" or what in NEVER_WAITS or what == "lane"
        people = frozenset((person.address, person.state) for person in row.people)
        key = (row.number,) if alone else (what, people)
        groups.setdefault(key, []).append(row)
    return list(groups.values())


def waiting_of(payload: Mapping[str, str]) -> Waiting:
    """What a row of the outbox tells."""
    return Waiting(
        what=payload["what"], at=clock.parse(payload["at"]), case=int(payload["case"]) if payload["case"] else None,
        posts=int(payload["posts"]), until=clock.parse(payload["until"]) if payload["until"] else None,
        cases=tuple(
            (int(number), ABOUT.get(kind, ABOUT["none"]))
            for number, _, kind in (each.partition(":") for each in payload.get("cases", "").split(",") if each)
        ),
        gone=payload.get("gone", ""), about=payload.get("about", ""),
    )  # fmt: skip


def mail(
    config: Config, several: Sequence[Waiting], *, to: Sequence[str], at: datetime, message_id: str
) -> EmailMessage:
    """The email itself, of one thing that waits or of several of a kind; what would be said twice is said once, with how often."""
    address = config.review.public_url.rstrip("/")
    lines = Counter((each.sentence, each.where) for each in several)
    first = several[0]
    subject = first.subject if len(several) == 1 else f"{len(several)} × {first.subject}"
    filled = {"waiting": first, "several": [(*line, times) for line, times in lines.items()], "subject": subject, "address": address}  # fmt: skip
    return message(
        config.alerts.mail, to, subject, render("asked.txt", **filled), render("asked.html", **filled), at=at, message_id=message_id,
    )  # fmt: skip
