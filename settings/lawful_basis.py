"""Whether a lawful basis, a consultation and a role holder are written out: by their form alone. Whether they hold no program can judge.

Of the UK GDPR, Article 6(1) has the points a to f. What people post tells of health, of unions and of beliefs, so a condition
of Article 9(2) stands beside it; the points b, h, i and j hold with a condition of Part 1 of Schedule 1 to the Data Protection
Act 2018, and point g with one of Part 2 (section 10(2) and (3) of the Act, from memory: not looked up).
"""

from __future__ import annotations

import re

from core.patterns import lazy_compile

_BETWEEN = r"(?:[^\d;.]|part\s*[123]\b){0,30}?"
_SIX = re.compile(r"\b6\s*\(\s*1\s*\)\s*\(?\s*[a-f]\b", re.IGNORECASE)
_NINE = re.compile(r"\b9\s*\(\s*2\s*\)\s*\(?\s*(?P<point>[a-j])\b", re.IGNORECASE)
_ARTICLE = re.compile(r"\bart(?:icle)?s?\b", re.IGNORECASE)
_SCHEDULE = re.compile(
    rf"\bsch(?:edule)?\.?\s*1\b{_BETWEEN}\bpara(?:graph)?s?\.?\s*\d{{1,2}}\b|\bpara(?:graph)?s?\.?\s*\d{{1,2}}\b[^;.]{{0,40}}\bsch(?:edule)?\.?\s*1\b",
    re.IGNORECASE,
)
_WITH_SCHEDULE = frozenset("bghij")

# What says that nobody holds a role, or that nothing came back.
VACANT = re.compile(
    r"\b(?:vacan(?:t|cy)|to be (?:appointed|recruited|confirmed)|nobody|no one|c/o|care of|unfilled|post holder)\b",
    re.IGNORECASE,
)
_UNANSWERED = re.compile(
    r"\b(?:no|without|not|await\w*|pending|yet|nothing)\b[^.;]{0,20}\b(?:repl\w*|respon\w*|answer\w*|heard|back|acknowledg\w*)\b|\bawaiting\b|\bignored\b|\be-?mailed\b[^.;]*$"
    r"|\bunanswered\b",
    re.IGNORECASE,
)
_OUTCOME = re.compile(
    r"\b(?:agree[ds]?|accept(?:ed|s)?|support(?:ed|s)?|endors(?:ed|es)|content|object(?:ed|s|ions?)|disagree[ds]?|oppos(?:ed|es)|noted|comment(?:s|ed)?|concerns?"
    r"|changes?|amend(?:ed|ments?)|conditions?|recommend(?:ed|ations?)|outcome)\b",
    re.IGNORECASE,
)
# A mailbox of whoever runs the program is not that of who watches over it.
_TEAM_MAILBOX = re.compile(
    r"\b(?:comms?|communications?|press|media|marketing|social|pr|news(?:desk|room)?|enquiries|info|noreply|no-reply)(?:[._-]\w+)*@",
    re.IGNORECASE,
)


# Point (f), however it is written beside another, and by its name.
_INTERESTS = re.compile(
    r"\b6\s*[(.]?\s*1\s*[).]?\s*\(?\s*(?:[a-e]\s*\)?\s*(?:,|/|&|and|or)\s*\(?\s*){0,5}f\b|\blegitimate[\s-]+interests?\b|\bpoint\s*\(?f\b",
    re.IGNORECASE,
)
# What names point (f) only to say that nothing stands on it.
_POINT_F = r"(?:(?:uk\s+gdpr,?\s+)?(?:art(?:icle)?s?\.?\s*)?6\s*[(.]?\s*1\s*[).]?\s*\(?\s*f\b\s*+\)?+|(?:point\s*)?\(f\)|legitimate[\s-]+interests?\b)"
_NOT_ON_INTERESTS = re.compile(
    rf"\b(?:not|nor|no|never|rather than|instead of|in place of)\s+(?:(?:on|under|by|relying|reliance|the|upon)\s+){{0,3}}{_POINT_F}(?!\s*(?:alone|only|by itself|on its own))"
    rf"|{_POINT_F}\s+(?:is|was|are|were|does|do)\s+not\s+(?:relied|used|appl\w+|claimed|invoked|open|available)\b(?!\s*(?:alone|only|by itself|on its own))",
    re.IGNORECASE,
)
_CLOSED = (
    "Article 6(1)(f), legitimate interests, is closed to a public authority in the performance of its tasks (UK GDPR, Article 6(1), last sentence). Write the public "
    "task with the law that gives it, such as: Article 6(1)(e), National Health Service Act 2006, section 14Z45"
)
# What says that a paper is still to come. A draft that this one replaces, and a folder or title with that word, say nothing of the paper.
_TO_COME = lazy_compile(
    r"\b(?:tb[acd]|todo|to[ _-]?(?:do|follow)|(?:will|shall|is going to|[’']ll)[ _-]follow|follows (?:soon|shortly|later)|to[ _-]be[ _-](?:done|written|drafted|agreed|approved|signed|completed|finished|confirmed|published|arranged|held|decided|added|"
    r"consulted|asked|reviewed|updated|assigned|issued|sent|supplied|provided)|not[ _-](?:yet|been|written|done|signed|approved|published|started|finished|complete[d]?|issued|sent|agreed yet|available)"
    r"|yet to|will be (?:written|done|drafted|signed|approved|published|completed|finished|added|supplied|provided|sent|issued)|being (?:written|drafted|prepared|updated)|in (?:progress|draft|preparation|hand)"
    r"|draft(?!\s*[/\\>›])|unsigned|unpublished|unwritten|pending|awaiting|awaited|outstanding(?! care)|placeholder|work in progress|wip|in due course|coming soon|shortly|planned(?! care))\b",
    re.IGNORECASE,
)
# What is said of another paper, which this one took the place of.
_EARLIER_PAPER = re.compile(
    r"\b(?:replac(?:es|ed|ing)|supersed(?:es|ed|ing)|withdraws|instead of|in place of|no longer|not|formerly|previously)\s+"
    r"(?:(?:in|a|an|the|its|our|any|all|earlier|previous|first|second|last|old|former|unsigned|unpublished)\s+){0,4}(?:drafts?|placeholder|unsigned|unpublished)\b",
    re.IGNORECASE,
)


def still_to_come(written: str) -> str:
    """The words by which a paper is not there yet, "" for none."""
    match = _TO_COME.search(_EARLIER_PAPER.sub(" ", written))
    return match[0] if match else ""


def fault_of_public_basis(written: str) -> str:
    """As `fault_of_basis`, of what a public authority does as its task: point (f) is closed to it."""
    relied_on = _NOT_ON_INTERESTS.sub(" ", written)
    return _CLOSED if _INTERESTS.search(relied_on) else fault_of_basis(relied_on)


def fault_of_basis(written: str) -> str:
    """What a lawful basis leaves out; "" where it names each part."""
    if not _ARTICLE.search(written) or not _SIX.search(written):
        return "name the point of Article 6(1), such as Article 6(1)(e)"
    points = {match["point"].casefold() for match in _NINE.finditer(written)}
    if not points:
        return "name the condition of Article 9(2) too, since posts tell of health, such as Article 9(2)(g)"
    if points <= _WITH_SCHEDULE and not _SCHEDULE.search(written):
        return "name the paragraph of Schedule 1 to the Data Protection Act 2018 by which the condition of Article 9 holds, such as Schedule 1, paragraph 18"
    return ""


def fault_of_outcome(written: str) -> str:
    """What a consultation's record leaves out; "" where it says what came of it."""
    if _UNANSWERED.search(written):
        return "a question without an answer is no consultation: write what came of it"
    if not _OUTCOME.search(written):
        return "write what came of it too: agreed, agreed with changes, noted, or objected"
    return ""


def fault_of_holder(written: str) -> str:
    """Why it names nobody who holds a role; "" where it may."""
    if VACANT.search(written):
        return "a vacant role watches over nothing: write who holds it, or who stands in by appointment"
    if _TEAM_MAILBOX.search(written):
        return "write an address of their own, not the mailbox of the team that uses the program"
    return ""
