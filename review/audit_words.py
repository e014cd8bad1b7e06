"""What each kind of event is called, and what one says, in plain words: no name of a field, no code.

Every kind that any code writes stands in `GROUPS`; a test goes through the code and fails on one that doesn't.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from review.clock_parts import OUTCOMES, STEPS, WHOM
from review.names import sentence, words
from store.shapes import Event
from wording import PLATFORM_NAMES

# By group: of each kind its name, and what one says beyond it. {field} is what the event holds there, in words.
GROUPS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "People and signing in": {
        "signed in": ("Signed in", ""),
        "signed out": ("Signed out", ""),
        "signed out everywhere": ("Signed out everywhere", "Ended all sessions of {user}: {sessions}."),
        "user added": ("Person added", "Added {user}, who may be: {roles}."),
        "user changed": ("Person changed", ""),  # see _changed
        "link made": ("One-time link made", "Made a link by which {user} can choose a password."),
    },
    "Personal data": {
        "revealed": ("Original words shown", "Saw the original words of a post, for a reason that is kept."),
        "searched for a person": ("Searched for a person", "Searched for what is held of a person, who asked: {found} found."),
        "erased": ("Erased for a person", "Erased what was held of a person: {mentions} posts."),
        "breach clock began": ("72-hour clock began", "The clock of a breach of personal data began."),
        "breach clock stopped": ("72-hour clock stopped", "Recorded what was done about a breach: {outcome}."),
        "breach clock taken back": ("72-hour clock taken back", "The clock of a breach was taken back, with the decision that had begun it."),
        "audit exported": ("Audit exported", "Took a copy of this audit: {events} events."),
    },
    "Cases and decisions": {
        "case decided": ("Case decided", "Decided: {decision} (decision {version} of the case)."),
        "case reopened": ("Case opened again", "The case opened again: it {why}."),
        "case assigned": ("Case assigned", ""),  # see _assigned
        "opinion asked": ("Second opinion asked", "Asked {user} for a second opinion."),
        "opinion given": ("Second opinion given", "Gave a second opinion."),
        "absence set": ("Absence set", "Kept when {user} is away, and who covers."),
        "absence ended": ("Absence ended", "Ended or took back an absence of {user}."),
        "handed over": ("Handover note", "Left a handover note, or corrected one."),
        "decided": ("Post decided", "Decided on one post: {decision}."),
        "reply recorded": ("Reply written down", "Wrote down what was replied (decision {version} of the case)."),
        "hr released": ("Way to human resources released", ""),
        "told": ("Post reported by staff", ""),
        "became high": ("Post read as a high risk", ""),
        "sample drawn": ("Sample drawn", "Drew the sample of the week from {week}: {mentions} posts."),
        "sample answered": ("Post of the sample judged", ""),
        "sample passed over": ("Post of the sample passed over", ""),
        "missed": ("Missed post found", "The sample found a post that had been let pass; it is a case now."),
        "not missed": ("Missed post taken back", "Whoever had found a missed post says that nothing in it was missed."),
    },
    "On platforms": {
        "takedown": ("Takedown step", "Wrote down a step of a takedown: {step} ({whom})."),
        "moderating": ("About to act on a platform", "Was about to act on {source}: {action}."),
        "moderated": ("Acted on a platform", "Acted on {source}: {action}."),
        "moderation began": ("Acting on a platform began", "Confirmed an act on a platform: {action}, {clause}."),
        "moderation ended": ("Acting on a platform ended", "An act on a platform ended: {outcome}."),
        "access granted": ("Access granted", "Granted access to {source}."),
        "access renewed": ("Access renewed", "Access to {source} was renewed by itself."),
        "access given up": ("Access given up", "Gave up access to {source}."),
    },
    "Posts that came and went": {
        "revised": ("Post edited", "A post was edited by its author (version {revision})."),
        "deleted": ("Post gone from its platform", ""),
        "returned": ("Post back on its platform", ""),
        "held": ("Hold put on a post", "Put a hold on a post, so that it is kept for longer."),
        "hold lifted": ("Hold on a post lifted", ""),
        "removed": ("Post removed from here", "A post was removed from here: {reason}."),
        "purged": ("Purge", ""),  # see _purged
    },
    "Settings, mail and care of the data": {
        "settings changed": ("Settings changed", "Changed the settings “{section}” (version {version})."),
        "rules tried": ("Search rules tried", "Tried {rules} search rules on what is held: {found} found."),
        "model accepted": ("Model accepted", "Put the model {version} in force, measured against {against}."),
        "sent": ("Mail sent", "Mail {outbox} was sent."),
        "parked": ("Mail given up", "Mail {outbox} could not be sent, and was given up."),
        "keys rotated": ("Keys changed", "Sealed everything anew under another key: {fields} fields."),
        "backed up": ("Backup made", ""),
        "restored": ("Backup restored", "The data was brought back from a backup."),
    },
}  # fmt: skip
KINDS: Mapping[str, tuple[str, str]] = {
    kind: told for group in GROUPS.values() for kind, told in group.items()
}
OWN = frozenset(
    {"signed in", "signed out", "signed out everywhere"}
)  # done by the person whom they name
BY_COMMAND = frozenset({"user added", "user changed", "link made", "backed up", "restored", "keys rotated", "rules tried"})  # fmt: skip
REASONS: Mapping[str, str] = {
    "deleted": "its author or platform deleted it", "limit": "its platform allows no longer",
    "retention": "it was kept for as long as the settings say", "erased": "it was erased for a person",
    "profile": "only its author’s profile, which the platform took back",
    "superseded": "words that an edit replaced",
}  # fmt: skip

# What stands in these fields is one of a few names, each with words of its own.
_SHOWN: Mapping[str, Mapping[str, str]] = {
    "step": {str(name): said for name, said in STEPS.items()},
    "whom": {str(name): said for name, said in WHOM.items()},
    "outcome": OUTCOMES, "reason": REASONS,
}  # fmt: skip


@dataclass(frozen=True)
class People:
    """Names by number, and the numbers behind the fingerprints by which some events know whom."""

    names: Mapping[int, str]
    fingerprints: Mapping[str, int] = field(default_factory=dict)

    def name(self, number: object) -> str:
        """Somebody's name."""
        return self.names.get(number, "somebody") if isinstance(number, int) else "somebody"

    def doer(self, event: Event) -> int | None:
        """The number of who did it, where that is known."""
        by = event.about.get("by")
        if by is None and event.kind in OWN:
            by = event.about.get("user")
        return self.fingerprints.get(by) if isinstance(by, str) else by

    def who(self, event: Event) -> str:
        """Who did it, in words."""
        by, number = event.about.get("by"), self.doer(event)
        if number is not None:
            return self.name(number)
        if by == "provider":
            return "The organisation’s sign-in service"
        if isinstance(by, str):
            return f"Somebody at the command line (fingerprint {by[:8]})"
        return "At the command line" if event.kind in BY_COMMAND else "This program"


def kind_name(kind: str) -> str:
    """What a kind is called; one without words by its own name."""
    return KINDS[kind][0] if kind in KINDS else sentence(kind)


def said(event: Event, people: People) -> str:
    """What happened, in a sentence; "" where its name says it all."""
    if event.kind in _OF_THEIR_OWN:
        return _OF_THEIR_OWN[event.kind](event, people)
    if (
        event.kind not in KINDS
    ):  # of a newer version of this program: shown as it is rather than hidden
        return "; ".join(f"{name}: {value}" for name, value in event.about.items())
    return sentence(KINDS[event.kind][1].format_map(_Fields(event, people)))


class _Fields(dict[str, str]):
    """What an event holds, in words; "not known" where an older version wrote it without."""

    def __init__(self, event: Event, people: People) -> None:
        super().__init__({name: _shown(name, value, people) for name, value in event.about.items()})

    def __missing__(self, name: str) -> str:
        return "not known"


def _shown(name: str, value: int | str, people: People) -> str:
    if name == "user":
        return people.name(value)
    if name == "clause":
        return "by no clause" if value == "none" else f"by clause {value}"
    if name in ("roles", "before"):
        return ", ".join(words(role) for role in str(value).split(",")) or "nothing"
    if name == "source":
        return PLATFORM_NAMES.get(str(value)) or sentence(words(str(value)))
    told = _SHOWN.get(name, {}).get(str(value))
    if told is not None:
        return told[:1].lower() + told[1:]
    if name in ("decision", "action", "outcome"):
        return words(str(value)).lower()
    return f"{value:,}" if isinstance(value, int) and name != "outbox" else str(value)


def _changed(event: Event, people: People) -> str:
    user, by = event.about.get("user"), event.about.get("by")
    whose = "their own" if user == by else f"{people.name(user)}’s"
    told, told_of = _Fields(event, people), str(event.about.get("changed", "")).split(",")
    parts = {
        "roles": f"Changed {whose} roles to: {told['roles']} (before: {told['before']})."
        if "roles" in event.about
        else f"Changed {whose} roles.",
        "active": {1: f"Turned {people.name(user)} on.", 0: f"Turned {people.name(user)} off."}.get(
            int(event.about.get("active", 2)), f"Turned {people.name(user)} on or off."
        ),
        "password": f"Set {whose} password.",
    }
    return " ".join(parts[part] for part in told_of if part in parts)


def _assigned(event: Event, people: People) -> str:
    to = event.about.get("to")
    return (
        "Gave the case back to everybody." if to is None else f"Gave the case to {people.name(to)}."
    )


def _purged(event: Event, people: People) -> str:
    counts = [
        f"{value:,} because {REASONS[name]}" if name in ("deleted", "limit", "retention") else f"{value:,} {name}"
        for name, value in event.about.items()
        if value and name != "superseded"
    ]  # fmt: skip
    if edits := event.about.get("superseded"):
        counts.append(f"{edits:,} older versions of edited posts")
    return f"Removed what was due: {'; '.join(counts) or 'nothing'}."


_OF_THEIR_OWN: Mapping[str, Callable[[Event, People], str]] = {
    "user changed": _changed, "case assigned": _assigned, "purged": _purged,
}  # fmt: skip
