"""How the model's scores, the recognisers' hits and the codebook's rules decide together.

What the codebook states as a rule is a rule here: who can air a grievance, who needs a disclaimer,
which flags are judged out of scope. What words mean is the model's to say, from the threshold of
policy.toml on. A mention that can't be read is never passed as clean: `read` says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, get_args

from classify.inputs import Evidence, Known, Readable
from classify.pid import Hit, context, redaction
from classify.pid.base import LINK
from classify.policy.schema import Policy
from classify.rules import scope
from core import clock
from core.models import TARGETS, Flag, Harm, Reading, Sentiment, Staff, Target

Value = TypeVar("Value", bound=str)

SENTIMENTS: tuple[Sentiment, ...] = get_args(Sentiment)
STAFFS: tuple[Staff, ...] = get_args(Staff)
ALWAYS_JUDGED = frozenset({"pid", "threat", "security", "safeguarding"})  # codebook, section 1
AIMED = frozenset({"derogatory", "hate", "sexual", "harassment", "threat"})
OF_THE_PROFILE = frozenset({"no_disclaimer", "impersonation", "brand"})  # a bio alone may show it
# An official account offers help, tells news and speaks for the organisation: these can't hold for it.
NEVER_OURS = frozenset({"assistance", "media", "removal_request"})
SLIPS = frozenset({"pid", "confidential"})  # what may slip out all the same, judged as anybody's
SURE_OF_US = 0.9  # the score from which anything else holds for what was cleared before it was said
LOOKS_CLEAN = 0.25  # below it `flagged` overrules a flag, since two doubts are one too many
# what it never overrules: where one missed case is worth ten needless readings, and what is a rule
UNHEARD = frozenset({"pid", "threat", "safeguarding", "security", "no_disclaimer"})
# what judges these in posts that are not about us: heads that public data taught
ELSEWHERE = {"hate": "task.dynahate", "derogatory": "task.offensive"}
# the model's own `no_disclaimer` from which staff speak of work: F1 of three writers held out .88, without the rule .83
ABOUT_WORK = 0.25
# from which its word on staff beats the cues': of three writers held out 40 of 1,619 are wrong so, 57 by cues first, 48 without
SURE_OF_STAFF = 0.97
SCOPE = 0.5  # the score from which a mention is in scope
NAMED_SCOPE = 0.25  # the same where what is named speaks for it
UNNAMED_SCOPE = 0.7  # and where neither health care nor anything local is named
NEAR_SCOPE = 0.2  # from here on what is out of scope can still be local health care
SURE = 0.5  # a recogniser's hit from here on is PID of itself
SHOWN_ELSEWHERE = 0.65  # the same of public data's toxic words, in posts that are not about us
SHOWN = 0.5  # a token from here on shows a flag
# These say little of themselves where nothing else speaks of health care.
EVERYDAY = frozenset({"PHONE", "EMAIL", "POSTCODE", "ADDRESS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredFlags:
    """What is known of a post before thresholds: flag -> score, of the flags that may hold of it.

    A score is on the scale of the thresholds; a flag holds from its own threshold on.
    """

    staff: Staff
    in_scope: bool
    scores: Mapping[str, float]


def decide(evidence: Evidence, rules: Policy, known: Known, *, all_scopes: bool) -> Reading:
    """The reading of one post."""
    return apply_thresholds(
        evidence, score_flags(evidence, rules, known, all_scopes=all_scopes), rules, known
    )


def score_flags(
    evidence: Evidence, rules: Policy, known: Known, *, all_scopes: bool
) -> ScoredFlags:
    """Who speaks, whether it is ours, and how likely each flag is that may hold."""
    cues = scope.scope_cues(
        evidence.post.text, evidence.post.author.bio, known.names, known.places, known.providers
    )
    staff = _staff(evidence, known)
    in_scope = _in_scope(evidence, cues)
    scores = _scores(evidence, rules, staff, in_scope or all_scopes, cues)
    outputs = evidence.scores.outputs
    if in_scope and outputs.get("flagged", 1.0) < LOOKS_CLEAN:
        scores = {name: scores[name] for name in scores if name in UNHEARD}
    if all_scopes and not in_scope and evidence.readable:
        task_scores = {name: outputs[head] for name, head in ELSEWHERE.items() if head in outputs}
        scores |= {name: score for name, score in task_scores.items() if name in scores}
    return ScoredFlags(staff=staff, in_scope=in_scope, scores=scores)


def apply_thresholds(
    evidence: Evidence, weighed: ScoredFlags, rules: Policy, known: Known
) -> Reading:
    """The reading, with the flags that reach their thresholds."""
    scores, least = weighed.scores, rules.flags
    holding = {name: scores[name] for name in scores if scores[name] >= least[name].threshold}
    flags = [_flag(evidence, rules, name, score) for name, score in holding.items()]
    flags += optional(evidence, rules, weighed.staff, weighed.in_scope)
    return Reading(
        in_scope=weighed.in_scope,
        staff=weighed.staff,
        sentiment=_sentiment(evidence) if evidence.readable else "neutral",
        language=evidence.written.tag,
        read=evidence.written.read,
        flags=tuple(sorted(flags, key=lambda flag: -flag.score)),
        masked=_masked(evidence, "pid" in holding, known),
    )


def _choice(outputs: Mapping[str, float], prefix: str, values: Iterable[Value]) -> Value:
    return max(values, key=lambda value: outputs[f"{prefix}.{value}"])


def _sentiment(evidence: Evidence) -> Sentiment:
    return _choice(evidence.scores.outputs, "sentiment", SENTIMENTS)


def _staff(evidence: Evidence, known: Known) -> Staff:
    """What the author plainly says of themselves beats what the model thinks, unless it is all but sure."""
    if evidence.public:
        return "no"
    outputs = evidence.scores.outputs
    if evidence.readable and max(outputs[f"staff.{value}"] for value in STAFFS) >= SURE_OF_STAFF:
        return _choice(outputs, "staff", STAFFS)
    plainly = scope.staff_cues(evidence.post.text, evidence.post.author.bio, known.names).suggests
    if plainly is not None or not evidence.readable:
        return plainly or "no"
    return _choice(outputs, "staff", STAFFS)


def _in_scope(evidence: Evidence, cues: scope.ScopeCues) -> bool:
    """The model's to say; it needs less where what is named speaks for it, and more where nothing is."""
    if not evidence.readable:
        return cues.organisation or bool(cues.providers or cues.places)
    least = {True: NAMED_SCOPE, None: SCOPE, False: UNNAMED_SCOPE}[cues.suggests]
    return evidence.scores.outputs["in_scope"] >= least


def _scores(
    evidence: Evidence, rules: Policy, staff: Staff, judged: bool, cues: scope.ScopeCues
) -> dict[str, float]:
    """Flag -> score, of the flags that may hold."""
    outputs = evidence.scores.outputs
    # out of scope the gravest flags are judged as well, as long as it can be local health care
    near = (
        judged or cues.suggests is not False or cues.health > 0 or outputs["in_scope"] >= NEAR_SCOPE
    )
    scores = {}
    for name in rules.flags:
        score = outputs[name] if evidence.readable and near else 0.0
        if name == "pid":
            score = _known(evidence, score, judged or cues.health > 0)
        elif name == "no_disclaimer":
            score = _undisclaimed(evidence, staff, judged)
        cleared = evidence.official and name not in SLIPS and score < SURE_OF_US
        if not cleared and _may_hold(name, evidence, staff, judged):
            scores[name] = score
    return scores


def _may_hold(name: str, evidence: Evidence, staff: Staff, judged: bool) -> bool:
    if not judged and name not in ALWAYS_JUDGED:
        return False
    if name == "grievance":
        return staff != "no"
    if evidence.official and name in NEVER_OURS:
        return False
    return not (evidence.public and name in OF_THE_PROFILE)


def _known(evidence: Evidence, score: float, health: bool) -> float:
    """A sure identifier decides by itself, an everyday one beside health care; else the model's score
    does, moved by whose detail the words say it is. Registered accounts tell by consent.
    """
    sure = [
        hit.score
        for hit in evidence.hits
        if hit.score >= SURE and (health or score >= 0.2 or hit.type not in EVERYDAY)
    ]
    if not evidence.public:
        score = context.adjust_score(score, evidence.post.text, evidence.post.author.bio)
    return max(score, *sure, 0.0)


def _undisclaimed(evidence: Evidence, staff: Staff, judged: bool) -> float:
    """Clause 6.6 is a rule: staff, about work, and neither bio nor text says whose views they are.

    Whether it is about work is the model's to say.
    """
    author = evidence.post.author
    if (
        staff == "no"
        or not judged
        or evidence.scores.outputs["no_disclaimer"] < ABOUT_WORK
        or scope.has_disclaimer(evidence.post.text, f"{author.name} {author.bio}")
    ):
        return 0.0
    return max(0.5, min(0.99, 1.0 - evidence.scores.outputs["staff.no"]))


def _flag(evidence: Evidence, rules: Policy, name: str, score: float) -> Flag:
    return Flag(
        name=name,
        score=round(min(score, 1.0), 4),
        clauses=rules.clauses_of(name),
        spans=_spans(evidence, name),
        target=_target(evidence.scores.outputs) if name in AIMED else (),
        harm=_harm(evidence.scores.outputs) if name == "allegation" else None,
    )


def _spans(evidence: Evidence, name: str) -> tuple[tuple[int, int], ...]:
    """The words that show a flag; the likeliest ones where none is sure."""
    if name == "no_disclaimer":
        return ()
    spans: list[tuple[int, int]] = []
    if name in AIMED and evidence.scores.outputs["in_scope"] < NEAR_SCOPE:
        spans += evidence.scores.spans("toxic", SHOWN_ELSEWHERE)
    spans = spans or list(evidence.scores.spans(name, SHOWN))
    if name == "pid":
        spans += [(hit.start, hit.end) for hit in evidence.hits]
    best = evidence.scores.best(name)
    if not spans and best > (0.15 if name in OF_THE_PROFILE else 0.0):
        spans = list(evidence.scores.spans(name, 0.6 * best))
    return _joined(whole(evidence.post.text, *span) for span in spans)


def _joined(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif start < end:
            joined.append((start, end))
    return tuple(joined)


def _target(outputs: Mapping[str, float]) -> tuple[Target, ...]:
    aimed = tuple(
        value for value in TARGETS if value != "none" and outputs[f"target.{value}"] >= 0.5
    )
    return aimed or (max(TARGETS, key=lambda value: outputs[f"target.{value}"]),)


def _harm(outputs: Mapping[str, float]) -> Harm:
    return "serious" if outputs["harm.serious"] >= 0.5 else "other"


def _masked(evidence: Evidence, identifies: bool, known: Known) -> str:
    """The text as it may be shown: identifiers, names and, in a leak, the telling details blanked."""
    hits = list(evidence.hits)
    hits += [
        Hit("PATIENT_NAME", *span, SHOWN, "the model")
        for span in evidence.scores.spans("name", SHOWN)
    ]
    if identifies:
        hits += [
            Hit("NARRATIVE", *span, SHOWN, "the model")
            for span in evidence.scores.spans("pid", SHOWN)
        ]
    author = evidence.post.author
    if not evidence.public:
        hits += [
            Hit("PATIENT_NAME", *span, SHOWN, "the author")
            for span in _signed(evidence.post, known.names)
        ]
    handles = (author.handle,) if evidence.public else ()
    return redaction.mask(evidence.post.text, hits, handles, evidence.contacts)


def _signed(post: Readable, names: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where the author's own name or handle stands in the text; one plain word could be any word.

    The text of a profile is its name and handle: they go, unless the name is one of ours.
    """
    name, handle = post.author.name.strip(), post.author.handle.lstrip("@")
    own = [name] if " " in name and name[:1].isupper() else []
    own += [handle] if re.search(r"[\d_-]", handle) and len(handle) > 3 else []
    if getattr(post, "kind", "") == "profile":
        own = [
            name_or_handle
            for name_or_handle in (name, handle)
            if name_or_handle and name_or_handle not in names
        ]
    for written in own:
        for place in re.finditer(rf"(?<!\w){re.escape(written)}(?!\w)", post.text, re.IGNORECASE):
            yield place.span()


# ── The optional rules of the policy: posts in working hours (6.5), links with a headline alone (6.13).

SPEAKING = frozenset(
    ("i", "i'm", "my", "me", "we", "our", "us", "you", "your", "this", "these", "that", "here", "please",
     "thanks", "thank", "great", "good", "read", "see")
)  # fmt: skip


def _headline_only(text: str) -> bool:
    """A link, and beside it nothing or what reads as a headline: few words, and nobody speaking."""
    words, links = LINK.subn(" ", text)
    beside = re.findall(r"[^\W\d_]+", words)
    return links > 0 and len(beside) <= 20 and not SPEAKING & {word.lower() for word in beside}


def optional(evidence: Evidence, rules: Policy, staff: Staff, in_scope: bool) -> list[Flag]:
    """The flags of clauses 6.5 and 6.13, where the organisation turned them on."""
    if staff != "icb":
        return []
    flags = []
    hours, at = rules.rules.working_hours, evidence.post.posted_at
    if hours.on and at is not None and not in_scope:
        local = at.astimezone(clock.READERS_ZONE)
        at_work = (
            f"{local:%a}".lower() in hours.days and hours.start <= f"{local:%H:%M}" < hours.until
        )
        if at_work:
            flags.append(Flag(name="working_hours", score=1.0, clauses=hours.clause))
    headline = rules.rules.headline_share
    if headline.on and in_scope and _headline_only(evidence.post.text):
        flags.append(Flag(name="headline_share", score=1.0, clauses=headline.clause))
    return flags


# ── Evidence in whole words: the network reads pieces of words, and `£3` of `£3.1m` says something else.

LONGEST = 40  # signs that a span grows by at most at each end: what is longer is no word
_JOINER = "\u200d"
_OF_THE_ONE_BEFORE = frozenset(f"{_JOINER}\ufe0e\ufe0f\u20e3🏻🏼🏽🏾🏿")  # parts of one emoji
_IN_NUMBERS = ".,:"
_IN_WORDS = "'’-"


def whole(text: str, start: int, end: int) -> tuple[int, int]:
    """The same span, grown to where words of `text` begin and end; an empty one stays so."""
    if start >= end:
        return start, end
    first, last = max(0, start - LONGEST), min(len(text), end + LONGEST)
    while start > first and _within(text, start):
        start -= 1
    while end < last and _within(text, end):
        end += 1
    return start, end


def _within(text: str, at: int) -> bool:
    """Whether a cut before the sign at `at` would go through a word, a number, an emoji or a letter with its accent."""
    before, after = text[at - 1], text[at]
    if before == _JOINER or after in _OF_THE_ONE_BEFORE:
        return True
    if unicodedata.combining(after) or (_of_a_word(before) and after.isalnum()):
        return True
    if before.isalnum() and at + 1 < len(text):
        return _joins(before, after, text[at + 1])
    return after.isalnum() and at >= 2 and _joins(text[at - 2], before, after)


def _of_a_word(sign: str) -> bool:
    return sign.isalnum() or bool(unicodedata.combining(sign))


def _joins(left: str, sign: str, right: str) -> bool:
    if sign in _IN_NUMBERS:
        return left.isdigit() and right.isdigit()
    return sign in _IN_WORDS and left.isalpha() and right.isalpha()
