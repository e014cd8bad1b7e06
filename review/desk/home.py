"""Where somebody arrives: the welcome the first time, with a practice case that is in no store, then their own first page; and help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import RedirectResponse, Response

from review.auth.sessions import requires_role
from review.context import RequestContext
from review.desk.phones import phones
from review.desk.suggestions import KEYS as DECISION_KEYS
from review.desk.today import lanes_told
from review.rendering import page

SEEN = "welcomed"  # the preference that says that somebody saw the welcome


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeChoice:
    """A decision that can be chosen for the practice case, and what is said of it. `right`: one would do it."""

    label: str
    right: bool
    answer: str


# Invented, as all of its words: "Still getting letters with the old address on. ... Please could somebody fix this?"
PRACTICE: Mapping[str, PracticeChoice] = {
    "answer": PracticeChoice(label="Answer", right=True, answer="Someone waits for help, so they get an answer the same working day. The page copies words to start from and opens Facebook. You post them."),
    "pass": PracticeChoice(label="Pass on", right=True, answer="That works too. PALS can put the address right: they’re emailed, without the words of the post, and chased until they answer. Tell the writer that someone is on it."),
    "hide": PracticeChoice(label="Hide it", right=False, answer="Nothing in it breaks a rule, and a person with a walking frame would stand at a locked door again. Hiding is for abuse and patients’ details on our own pages."),
    "none": PracticeChoice(label="No action", right=False, answer="Someone waits for help. Because that clock runs, the page would ask you why before it closes the case."),
}  # fmt: skip

# What the words of the page mean, in the order of the alphabet.
GLOSSARY: tuple[tuple[str, str], ...] = (
    ("Bring back later", "The case comes back on the day you choose."),
    ("Case", "One post, or several that belong together: copies, shares, one thread. Each post gets its own decision."),
    ("Chase", "An email again to those who have not confirmed that they have a case."),
    ("CHI number", "Scotland’s NHS number. Where it is masked it stands as [CHI number]."),
    ("Clause", "The part of the social media policy that a flag stands for: “policy clause 3”."),
    ("Clock", "How long a case may wait. Now runs day and night; the others count working hours. A patient’s details have 72 hours by law, once someone confirms the leak."),
    ("Could not be read in full", "Pictures, or a language the program does not know. It may hold anything."),
    ("Edited since", "The writer changed the post after someone decided. Look again."),
    ("Digest", "One email for several cases, where many came at once."),
    ("Flag", "What the program thinks a post holds, such as a patient’s details. It says how sure it is: very sure, sure, not sure."),
    ("Guardian", "The Freedom to Speak Up Guardian, who hears staff who raise a concern."),
    ("Highlight", "The words that a flag rests on, with a letter that leads to the note beside them. You can turn it off."),
    ("Hold back", "On a platform that lets us: nobody else sees a comment until one of us lets it through."),
    ("Lane", "Where a case waits, by how much harm it can do: Now, Answer, Look, Rest."),
    ("Leak", "A patient’s or relative’s details in public."),
    ("Masked", "A name, number or address that is covered. Show it for a reason; the reason is saved, and governance sees who looked."),
    ("On-call list", "Who is emailed next, one by one, where someone may be in danger and nobody confirms. It stands in Settings."),
    ("Pass on", "Hand a case to the people whose job it is, such as PALS or Safeguarding. It stays in Waiting until they answer."),
    ("Quality check", "Posts drawn at random that you judge without seeing what the program said. It shows what is missed."),
    ("Reach", "How many could have seen it: followers, likes, shares."),
    ("Reason", "The line in the list that says why a case is there. Rules write it, in fixed words."),
    ("Looked at", "Which case, post, original or export you open, and when, is saved for governance. Of a search it says whether it found anything, not your words."),
    ("Record of decisions", "Who did what and when. A change that is made behind the page’s back is noticed."),
    ("Rest", "What is due to nobody. You close it in groups, once a day."),
    ("Sources", "Where posts come from. When one fails, the page says since when: an empty list may not be the whole truth."),
    ("Speaking up", "Staff who raise a concern. Protected by law; it goes to the Guardian, and never to an employer."),
    ("Story", "The same words or link in many places."),
    ("Suggestion", "The big button. Rules choose it from the lane and the flags; nothing is done until you press it."),
    ("Take, give back", "While you have a case, nobody else is led to it."),
    ("Waiting", "Cases that someone else has to answer: who has each, and since when."),
    ("Watch", "Nothing to do now. The case comes back if it grows threefold or turns worse."),
)  # fmt: skip
DOES: tuple[tuple[str, str], ...] = (
    ("Deal with this leak", "Opens the steps of a leak. The 72 hours start when you confirm."),
    ("Answer", "Copies the words and opens the platform. You post them. The clock stops when you say you have."),
    ("On-call list", "Who is emailed next, one by one, where someone may be in danger and nobody confirms. It stands in Settings."),
    ("Pass on", "Hands it to the team you choose, and keeps it in Waiting until they answer."),
    ("Hide or remove", "Only on our own pages. Shows first what people will see."),
    ("No action", "Closes the case. Asks you first if someone still waits."),
    ("Watch", "Closes it until it grows or turns worse."),
    ("Ask a colleague", "Stays open until they answer."),
    ("Undo", "Takes back a decision, also one that closed many cases at once. Both stay in the record."),
)  # fmt: skip
KEYS: tuple[tuple[str, str], ...] = (
    ("↑ ↓", "Move in the list"), ("Enter", "Open the case"), ("→ ←", "Open the next case, or the one before"), ("1", "Do what is suggested"), ("2 3 4", "The other decisions, left to right"),
    *((letter.upper(), does) for letter, does in DECISION_KEYS.items()), ("M", "More decisions"), ("T", "Take the case, or give it back"),
    ("V", "Show or hide the highlight"), ("Z", "Undo my last decision"), ("/", "Search"), ("?", "All keys"),
)  # fmt: skip


@requires_role("viewer", "guardian", "safeguarding")
def home(context: RequestContext) -> Response:
    """To the welcome, once; then to the page that is the first one of this person's work."""
    if not context.may("viewer"):
        return RedirectResponse(first_page(context), 303)
    if not context.user.preferences.get(SEEN):
        context.store.users.save_preferences(
            context.user.number, {**context.user.preferences, SEEN: True}
        )
        return RedirectResponse("/welcome", 303)
    return RedirectResponse(first_page(context), 303)


def first_page(context: RequestContext) -> str:
    """A lead begins with the day at a glance, governance with its own overview, everybody else with today's list."""
    if context.may("lead"):
        return "/overview"
    if context.may("governance") and not context.may("reviewer"):
        return "/governance"
    if context.may("viewer"):
        return "/today"
    return "/guardian" if context.may("guardian") else "/safeguarding"


@requires_role("viewer")
def welcome(context: RequestContext) -> Response:
    """Three things to know, and a practice case. Nothing that is chosen for it is saved."""
    chosen = context.request.query_params.get("try", "")
    return page(
        context, "desk/welcome.html", lanes=lanes_told(context), practice=PRACTICE, chosen=PRACTICE.get(chosen), key=chosen,
        tried=not context.request.query_params.keys().isdisjoint(("try", "checked")), onward=first_page(context),
    )  # fmt: skip


@requires_role("viewer", "guardian", "safeguarding")
def help_page(context: RequestContext) -> Response:
    """How a morning goes, whom to ring, what the decisions and keys do, and what every word means."""
    return page(
        context, "desk/help.html", lanes=lanes_told(context), glossary=GLOSSARY, decisions=DOES, keys=KEYS,
        ring=[role for role in context.config.review.roles if role.reach], phones=phones,
    )  # fmt: skip
