"""Looks a reply over before it is sent: what it gives away, asks for or promises that it should not, in plain words.

It reads words, not minds: that it finds nothing is no proof. `Finding.grave` is what harms somebody once it is out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from collectors.platforms import FACTS, PLATFORM_NAMES
from core.models import Platform
from core.text import visible

SHOWN = 60  # characters of what is found
BEFORE = 200  # characters before a question in which a "don't" still belongs to it

_DETAIL = (
    r"(?:nhs number|date of birth|d\.?o\.?b\.?\b|full name|real name|your name|home address|your address|post ?code"
    r"|phone number|telephone number|mobile number|your number|contact number|your mobile|email address|your email|contact details|personal details"
    r"|your details|patient number|hospital number|reference number|your symptoms|your condition|your diagnosis"
    r"|your medication|medical history|health details|which (?:gp|surgery|practice|ward|hospital))"
)
_ASKS = re.compile(
    r"\b(?:send|give|tell|dm|message|pm|post|share|provide|supply|confirm|reply with|let (?:us|me) (?:have|know)|drop us"
    r"|what(?:'s| is| are| was)|(?:can|could|may) (?:we|i|you)|we(?:'ll| will)? need|we would need|please include|leave)\b"
    rf"(?:(?!\b(?:and|but)\b (?:please )?(?:don't|do not|never))[^.!?\n]){{0,60}}?\b{_DETAIL}",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"\b(?:don't|do not|never|please avoid|not to|without|no need to|needn't|rather than|instead of)\b[^.!?\n,;]*$",
    re.IGNORECASE,
)
_CARED = r"(?:seen|treated|admitted|discharged|referred|assessed|diagnosed|operated on|cared for|triaged|sectioned)"
_RECORD = (
    r"(?:records?|notes|file|(?:test |blood |scan )?results?|scan|operation|surgery|admission|discharge|diagnosis"
    r"|referral|appointment|treatment|prescription|procedure|consultation|x-ray)"
)
_WHO = r"(?:your(?: (?:mum|mother|dad|father|son|daughter|husband|wife|partner|child|baby|nan|gran|sister|brother|relative)(?:'s)?)?|his|her|their)"
_PATIENT = re.compile(
    rf"\b(?:our|a) patient of (?:ours|the)\b|\b(?:as|you(?:'re| are| were)|(?:he|she)(?:'s| is| was)|they(?:'re| are| were)) "
    rf"(?:(?:a|an|our|one of our) )?(?:\w+ )?patients?\b"
    rf"|\b(?:you|he|she|they|{_WHO}) (?:was|were|have been|has been|had been|got) (?:\w+ly )?{_CARED}\b"
    r"|\bwhen (?:you|he|she|they) (?:came|attended|visited|stayed|were in|was in|saw (?:us|our|the))\b"
    rf"|\b(?:we|i|our \w+|team|they)(?:'ve|'d| have| has| can| could| had)? (?:also )?(?:looked (?:at|up|into)|checked|found|seen|see|confirm|got|read|reviewed|hold) {_WHO} {_RECORD}\b"
    rf"|\b{_WHO} {_RECORD} (?:shows?|says?|is|are|was|were|has|have|will|went|took)\b"
    rf"|\b(?:sorry|apologise|apologies) (?:about|for|that|to hear about) (?:the (?:delay|wait|problem)s? (?:with|to|in|for) )?{_WHO} (?:long )?(?:{_RECORD[3:-1]}|wait|stay|visit|care with us)\b",
    re.IGNORECASE,
)
_MEDICINE = r"(?:dose|tablets?|pills?|medication|medicines?|paracetamol|ibuprofen|antibiotics?|insulin|inhaler|statins?|painkillers?|aspirin|steroids?|antidepressants?)"
_CLINICAL = re.compile(
    rf"\b(?:take|stop(?: taking)?|start(?: taking)?|try|increase|double|halve|reduce|skip|carry on with|keep taking|switch to)\b[^.!?\n]{{0,20}}\b{_MEDICINE}\b"
    r"|\b(?:that|this|it) (?:sounds|looks) like (?:a|an|you|the flu|covid|nothing)\b"
    r"|\bnothing (?:serious|to worry about)\b|\b(?:it|that)(?:'s| is) (?:probably|just|only|most likely) (?:a|an|the)?\s?(?:virus|cold|flu|side effect|bug|infection|anxiety|stress)\b"
    r"|\byou (?:probably |almost certainly )?(?:don't|do not|won't) need (?:to (?:see|go)|a (?:doctor|gp|scan|test|prescription)|antibiotics|an? (?:ambulance|appointment))\b"
    r"|\byou should (?:rest|take|eat|drink|stop|avoid|put|use)\b",
    re.IGNORECASE,
)
_ARGUES = re.compile(
    r"\b(?:that(?:'s| is)|this is|it(?:'s| is)|you(?:'re| are)) (?:simply |just |completely |totally |quite )?(?:not true|untrue|wrong|a lie|lies|lying|nonsense|rubbish|ridiculous|mistaken|rude|misinformed|unfair|fake news)\b"
    r"|\bcalm down\b|\bas (?:we|i) (?:have )?(?:already |previously )?(?:said|told you|explained|mentioned)\b|\bif you had (?:only |just |bothered|read)\b"
    r"|\bhow dare\b|\bget your facts\b",
    re.IGNORECASE,
)  # fmt: skip
_OPEN = re.compile(r"\{\w*\}|\[(?:name|link|insert|contact|service)[^\]]*\]|\bTBC\b", re.IGNORECASE)


Kind = Literal["name", "phone", "email", "detail", "example", "other team"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """Something in a reply that is no published contact point: a name, a phone, an email, a detail; or an example's, or another team's."""

    kind: Kind
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something in a draft: what it is and what to do about it, with the words. `grave`: it harms once it is out."""

    says: str
    words: str = ""
    grave: bool = False


_OF_DETAIL: Mapping[str, Finding] = {
    "name": Finding(says="It seems to name a person. Leave the name out", grave=True),
    "detail": Finding(says="It seems to hold a personal detail. Leave it out", grave=True),
    "phone": Finding(says="This number is no published contact point. Use one that is, or have it added", grave=True),
    "email": Finding(says="This address is no published contact point. Use one that is, or have it added", grave=True),
    "example": Finding(says="This is an example that reaches nobody. A lead sets the real contact point under Settings; until then write your own words", grave=True),
    "other team": Finding(says="This number is another team’s. A lead sets the right one under Settings, Organisation", grave=True),
}  # fmt: skip
_OF_WORDS: Sequence[tuple[re.Pattern[str], Finding]] = (
    (_PATIENT, Finding(says="It seems to say that someone is a patient. Not even a patient’s own word makes that public", grave=True)),
    (_CLINICAL, Finding(says="It reads like clinical advice. Point to NHS 111, a GP practice or nhs.uk", grave=True)),
    (_ARGUES, Finding(says="It reads like an argument. Point to the published source and leave it there")),
    (_OPEN, Finding(says="Something is left open. Fill it in or remove it", grave=True)),
)  # fmt: skip


def findings(
    draft: str,
    *,
    details: Sequence[Detail],
    hidden: Sequence[tuple[str, str]],
    platforms: Sequence[Platform],
    lengths: Mapping[Platform, int],
) -> list[Finding]:
    """What to change in a draft, gravest first. `details` are what the recognisers found, `hidden` what is
    blanked out of the posts, each with what it is called there."""
    plain = draft.replace("’", "'").replace("‘", "'")
    all_findings = [_worded(_OF_DETAIL[detail.kind], detail.words) for detail in details]
    all_findings += [_worded(_OF_DETAIL["name"], words) for words in _repeated(draft, hidden)]
    all_findings += [
        Finding(says="It asks for personal details in public. Point to a contact point instead", words=words, grave=True)
        for words in _asked(plain)
    ]  # fmt: skip
    for pattern, finding in _OF_WORDS:
        all_findings += [_worded(finding, match.group()) for match in pattern.finditer(plain)]
    all_findings += list(_too_long(draft, platforms, lengths))
    return sorted(dict.fromkeys(all_findings), key=lambda finding: not finding.grave)


def _worded(finding: Finding, words: str) -> Finding:
    short = " ".join(visible(words).split())
    cut = f"{short[:SHOWN]}…" if len(short) > SHOWN else short
    return Finding(says=finding.says, words=cut, grave=finding.grave)


def _asked(plain: str) -> Iterator[str]:
    for match in _ASKS.finditer(plain):
        before = plain[max(0, match.start() - BEFORE) : match.start()]
        if not _NOT.search(before) and not _NOT.search(match.group()):
            yield match.group()


def _repeated(draft: str, hidden: Sequence[tuple[str, str]]) -> Iterator[str]:
    """What is blanked out of the posts and stands in the draft: a number however it is written, a name word by word."""
    figures = re.sub(r"\D", "", draft)
    for label, words in hidden:
        number = re.sub(r"\D", "", words)
        if len(number) >= 6 and number in figures:
            yield words
        if label.startswith("name"):
            for word in re.findall(r"[^\W\d_]{3,}", words):
                if any(
                    re.search(rf"\b{re.escape(way)}\b", draft)
                    for way in {word.title(), word.upper()} | {word} - {word.lower()}
                ):  # McDonald too; in small letters a name may be a word
                    yield word


def _too_long(
    draft: str, platforms: Sequence[Platform], lengths: Mapping[Platform, int]
) -> Iterator[Finding]:
    for platform in platforms:
        if not is_short_enough(draft, platform, lengths):
            name, count = PLATFORM_NAMES[platform], length(draft, platform)
            yield Finding(says=f"It is too long for {name}: {count:,} characters, and {lengths[platform]:,} fit")  # fmt: skip


def is_short_enough(text: str, platform: Platform, lengths: Mapping[Platform, int]) -> bool:
    """Whether a platform takes a text whole, by the limits that are set up."""
    most = lengths.get(platform)
    return most is None or length(text, platform) <= most


def length(text: str, platform: Platform) -> int:
    """How many characters of its limit a text takes on a platform, which counts links and emoji in its own way."""
    return FACTS[platform].count_characters(text.replace("\r\n", "\n").strip())
