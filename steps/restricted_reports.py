"""Reads what colleagues wrote of posts that are held without use (UK GDPR Article 18): what tells of danger ends that, whatever was ticked.

What the program does not understand it leaves to governance, who were emailed of it when it came.
"""

from __future__ import annotations

from classify import pid
from classify.batch import Line
from classify.classifier import Classifier
from classify.rules import despair, harm_words, plain_words
from core.models import Author
from steps.context import RunContext

# What of a person is a way to reach somebody, and no detail of a patient by itself
_REACHED_BY = frozenset(("PHONE", "EMAIL", "POSTCODE", "ADDRESS", "URL", "HANDLE"))


def told_plainly(text: str) -> frozenset[str]:
    """The flags that a text tells of in so plain words that no model is asked: danger, a threat, a patient's details."""
    flags = {flag for flag in plain_words.find(text) if flag in ("safeguarding", "threat")}
    if harm_words.harms_in(text) or despair.told_in(text):
        flags.add("safeguarding")
    if any(hit.type not in _REACHED_BY for hit in pid.find(text)):
        flags.add("pid")
    return frozenset(flags)


def read(context: RunContext, classifier: Classifier) -> int:
    """How many restrictions ended by what a colleague wrote. Each report is read once."""
    reports, ended = context.store.staff_reports.of_restricted(read=False), 0
    for report in reports:
        tells: set[str] = set()
        for text in filter(None, (report.worry, report.words)):
            (reading,) = classifier.read([Line(id=report.number, text=text, platform="other", author=Author(), shares=None, posted_at=None)], all_scopes=True)  # fmt: skip
            tells |= {flag.name for flag in reading.flags} | told_plainly(text)
        context.store.staff_reports.answer_of_restricted(report.number, tells=tells, at=context.at)
        ended += not context.store.retention.restricted(report.mention)
    return ended
