"""What kind of matter an email is about, more closely than by its flag: in fixed words, so that whoever gets it can tell whether to run."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from classify.policy.schema import Policy
from core import worries
from core.models import Flag, TeamType
from core.subjects import topic_of, wants, warns, whom_of
from reports.first_steps import FirstStep
from store import Item
from store.cases.handoffs import ANSWERS, ASKS

THREAT, IMPERSONATION, SECURITY = "threat", "impersonation", "security"
KINDS = frozenset((THREAT, IMPERSONATION, SECURITY))  # the flags of which there are kinds
FALSE_PAGE, WAY_IN, WARNING = (
    "A page in our name", "A code or a way in, given away", "A warning of a fake or a fraud",
)  # fmt: skip
SURE = 0.7  # the score from which what a flag holds is said as a fact
_OPEN_SPEECH = frozenset(
    ("none", "complaint", "criticism")
)  # of all else no email says what it is about
# Of whoever asks about these the topic would say how they are: it stands in no email
PRIVATE_TOPICS = frozenset(("maternity care", "mental health care"))
_COMPLAINTS: Mapping[str, str] = {"complaint": "a complaint", "criticism": "criticism"}
# What Security does first, by the kind
_FIRST: Mapping[str, str] = {
    WAY_IN: "Change what was given away, or close the way in: whoever read it can use it",
    FALSE_PAGE: "Find out whether anyone gave it their details, and stop what they can be used for",
}  # fmt: skip


def kind_of(flags: Sequence[str], item: Item | None) -> str:
    """What kind of threat, of false page or of security matter it is, where that is the gravest of it; "" where the flag's own words say all."""
    if item is None or item.protected not in _OPEN_SPEECH:
        return ""
    if THREAT in flags[:1]:
        flag = _sure(item, THREAT)
        whom = whom_of(flag, item.masked) if flag else ""
        return f"A threat to hurt {whom}" if whom else ""
    if not {IMPERSONATION, SECURITY} & set(flags[:1]):
        return ""
    if IMPERSONATION in flags:
        wanted = wants(item.masked)
        return f"{FALSE_PAGE} that asks for {wanted}" if wanted else FALSE_PAGE
    if warns(item.masked):
        return WARNING
    return WAY_IN if _sure(item, SECURITY) else "What may be a code or a way in, given away"


def first_step_of(kind: str) -> FirstStep | None:
    """What Security does first about a matter of this kind; None for any other."""
    words = next((words for begins, words in _FIRST.items() if begins.lower() in kind.lower()), "")
    if kind.startswith(FALSE_PAGE) and "asks for" not in kind:
        return None
    return FirstStep(words=words) if words else None


def is_open_speech(item: Item) -> bool:
    """Whether an email may say what a post is about: of what may be speaking up none does."""
    return item.protected in _OPEN_SPEECH


def topic(team: TeamType, item: Item | None) -> str:
    """What somebody asks or complains about, for a team that answers people: a request for help about prescriptions; a complaint about GP appointments. Whoever asks for help is answered, however they complain beside it. "" where that is not to be said."""
    if item is None or team not in ANSWERS or item.protected not in _OPEN_SPEECH:
        return ""
    about = topic_of(item.masked)
    about = "" if about in PRIVATE_TOPICS else about
    asks = any(flag.name == ASKS for flag in item.flags)
    complaint = _COMPLAINTS.get(item.protected, "")
    complaint = "a request for help" if asks and complaint else complaint
    return f"{complaint} about {about}" if complaint and about else complaint or about


def ticked(reports: Collection[str]) -> str:
    """What colleagues who reported a post ticked, the most urgent of it; "" of none, or of words that no form has."""
    label = worries.ticked(worries.gravest(tuple(reports)))
    return label if label in worries.LANES else ""


def of_report(label: str, flags: Sequence[str], policy: Policy) -> str:
    """What a colleague reported, by what they ticked; "" where its flags, which are graver or the same, say it."""
    heading = worries.HEADINGS.get(label, "")
    aimed = label == worries.AIMED  # counts as a threat until somebody has looked, and may be none
    own_flags = worries.FLAGS[label] if aimed else ()
    named = [policy.flags[flag] for flag in flags if flag in policy.flags and flag not in own_flags]
    if not heading or (label in worries.FLAGS and not aimed and label != worries.PRESS):
        return ""
    if any(flag.lane == "now" for flag in named):
        return f"{named[0].mail_words}; aimed at a colleague" if aimed else ""
    return heading


def _sure(item: Item, name: str) -> Flag | None:
    return next((flag for flag in item.flags if flag.name == name and flag.score >= SURE), None)
