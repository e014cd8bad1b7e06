"""What the pages are called on which somebody looked at something, for whoever reads the record of looks.

The record holds addresses without numbers. An address that is no page here any more is called by what it was of.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from store import View

# Of a case, by what stands behind its number.
_OF_CASE: Mapping[str, str] = {
    "": "The case", "full": "Everything on the case", "leak": "Steps of a leak", "danger": "Steps of danger", "threat": "Steps of a threat",
    "pass-on": "Pass on", "rename": "Rename the case", "recuse": "This is about me or my team", "employer": "A request to an employer",
    "employer/answer": "A request to an employer: the answer", "police": "A request by the police", "police/answer": "A request by the police: the answer",
    "evidence": "Evidence pack", "show": "Show masked details", "original": "Open the original", "repeats": "Repeats of the case",
    "takedown": "Takedowns", "decide": "Decide", "undo": "Undo", "draft": "An answer being written", "send": "Send an answer",
    "send/confirm": "Send an answer: before it is done", "sent": "An answer that was sent", "replied": "Save an answer", "assign": "Hand it to a colleague",
    "take": "Take it", "give": "Give it back", "claim": "Take it", "release": "Give it back", "split": "Give posts a case of their own", "put-back": "Put posts back",
    "looked-again": "A second look", "speaking-up": "Someone is speaking up",
}  # fmt: skip
_OF_POST: Mapping[str, str] = {
    "": "The post", "reveal": "Show masked details", "original": "Open the original", "picture": "A picture", "moderate": "Hide or remove",
    "moderate/confirm": "Hide or remove: before it is done", "moderated": "What was hidden or removed", "report": "Report to the platform",
}  # fmt: skip
_OF_GUARDIAN: Mapping[str, str] = {
    "": "A case in the Guardian’s lane", "decide": "The Guardian’s decision", "back": "Back from the Guardian", "erasure": "Erasure in the Guardian’s lane",
    "evidence": "Evidence pack of the Guardian’s lane",
}  # fmt: skip
_OF_HANDOFF: Mapping[str, str] = {
    "": "What was passed on", "confirm": "A team confirms", "answer": "A team’s answer", "chase": "Chase", "again": "Pass on again", "take-back": "Take back",
}  # fmt: skip
_PARTS: Mapping[str, Mapping[str, str]] = {
    "cases": _OF_CASE, "mentions": _OF_POST, "guardian": _OF_GUARDIAN, "waiting": _OF_HANDOFF, "clocks": {"": "A 72-hour clock"},
    "opinions": {"": "A colleague’s question"}, "import": {"": "A file to be taken in"},
    "requests": {"": "A request about a person’s data", "act": "A request about a person’s data", "change": "A request about a person’s data", "find": "A search for a person’s data"},
    "tell": {"": "What a colleague reported", "who": "Who reported it"}, "sample": {"": "Quality check"},
}  # fmt: skip
_ALONE: Mapping[str, str] = {
    "/all": "All", "/today": "Today", "/mine": "Mine", "/waiting": "Waiting", "/done": "Done", "/rest": "Rest", "/rest/check": "Rest", "/rest/undo": "Rest",
    "/search": "Search", "/cases": "All", "/cases/decide": "Decide several", "/cases/assign": "Hand several to a colleague", "/overview": "Overview",
    "/guardian": "The Guardian’s lane", "/safeguarding": "Safeguarding", "/holds": "Holds to agree to", "/holds/reports": "Holds to agree to", "/holds/erasures": "Holds to agree to", "/sample": "Quality check", "/quality": "Quality",
    "/trends": "Trends", "/weekly": "Weekly summary", "/exports": "Exports", "/import": "Import", "/mail": "Emails", "/handover": "Handover", "/team": "Team", "/takedowns": "Takedowns",
    "/audit": "Record of decisions", "/audit/reveals": "Who opened masked details", "/audit/chain": "Is the record whole?", "/audit/export": "Record of decisions: a copy",
    "/looked-at": "Who looked at what", "/looked-at/decisions": "Who decided what", "/looked-at/export": "Who looked at what: a copy", "/looked-at/decisions/export": "Who decided what: a copy",
    "/governance": "Governance", "/requests": "Requests", "/employer": "Requests to employers", "/tell": "Report a post", "/report": "Report a post", "/new-items": "New cases", "/events": "New cases",
}  # fmt: skip
_NUMBERED = re.compile(r"/(?P<of>[a-z-]+)/(?:{number}|\d+)(?:/(?P<part>[a-z/-]*[a-z]))?(?:/.*)?")
_FILE = re.compile(r"/weekly/file/.*")


def page_words(address: str) -> str:
    """What a page is called, by its address without numbers."""
    if address in _ALONE:
        return _ALONE[address]
    if _FILE.fullmatch(address):
        return "Weekly summary as a file"
    match = _NUMBERED.fullmatch(address)
    parts = _PARTS.get(match["of"], {}) if match else {}
    if not match or not parts:
        return "A page that is no longer here"
    part = match["part"] or ""
    while part and part not in parts:  # a file or a token of that page
        part = part.rpartition("/")[0]
    return parts[part]


def what_words(view: View, kind: str) -> str:
    """What was looked at: Case 12; Post 325, case 12; Masked details of post 325, case 12. `kind` is what such a look is called."""
    if view.kind == "search":
        return f"{kind}, found {'something' if view.has_results else 'nothing'}"
    if view.kind == "case":
        return f"{kind} {view.case}" if view.case else kind
    if view.kind == "post":
        kind = f"{kind} {view.post}" if view.post else kind
    elif view.post:
        kind = f"{kind} of post {view.post}"
    if view.case:
        return f"{kind}, case {view.case}" if view.post else f"{kind} of case {view.case}"
    return kind
