"""What officers read of each setting: its label, how to fill it in, and what is wrong where it has another form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Of a key of config.toml, or of a field of its rows. `kind` is which input, where the type doesn't say it.

    `one` is what a row is called, `short` the label in a list. `ordered`: it counts which row is
    before which. `wrong` is said where what was written has not the form that it must have.
    """

    label: str
    hint: str = ""
    kind: str = ""
    one: str = ""
    short: str = ""
    ordered: bool = False
    wrong: str = ""


_FROM = Words(label="From", hint="Its first day. Empty: always")
_UNTIL = Words(label="Until", hint="Its last day. Empty: no end")
_RULE = Words(
    label="Rule", kind="area",
    hint="Words, “a phrase”, begin*, AND, OR, NOT, NEAR/5, brackets; operators in capitals",
)  # fmt: skip
_NAME_OF_RULE = Words(
    label="Name", hint="Of the subject, never of a person",
    wrong="Use letters, digits, spaces and . & ' - alone, 60 at most",
)  # fmt: skip
_KEY = Words(
    label="Key", hint="Kept with decisions. Empty: made from the name",
    wrong="Use small letters, digits and _ alone, beginning with a letter, 40 at most",
)  # fmt: skip
_FLAGS = Words(label="For flags", hint="One that is ticked is enough")
_LINK = Words(label="Link", hint="From https:// on, or nothing")
_ADDRESSES = "One address a line"
_WRONG_ADDRESS = "Write whole addresses, such as comms-duty@example.org, one a line"
_TIME = "Write a time of day such as 08:00"
_HOURS = "Hours, nights and weekends included: 1 to 2,160"

WORDS: Mapping[str, Words] = {
    # what is looked for
    "organisation.names": Words(
        label="Names of the organisation", one="name", ordered=True,
        hint="The first is what the page and reports call the organisation. All of them are recognised, former and coming ones too. Only those that are ticked are searched for, from their first day to their last.",
    ),
    "organisation.names.name": Words(label="Name"),
    "organisation.names.search": Words(label="Search for it", hint="Not where it is too common, or another name finds it"),
    "organisation.names.from": _FROM,
    "organisation.names.until": _UNTIL,
    "organisation.topics": Words(
        label="Further search terms", short="further terms", kind="lines",
        hint="Subjects and places, never people. One a line, at least 2 characters",
    ),
    "rules": Words(
        label="Rules", one="rule",
        hint="What was collected is held to them as it comes in; the queue and reports say which rule a post matched.",
    ),
    "rules.name": _NAME_OF_RULE,
    "rules.rule": _RULE,
    "organisation.campaigns": Words(
        label="Campaigns", one="campaign",
        hint="Which posts speak of a campaign, by a rule; the weekly summary says what each reached.",
    ),
    "organisation.campaigns.name": _NAME_OF_RULE,
    "organisation.campaigns.rule": _RULE,
    "organisation.campaigns.from": _FROM,
    "organisation.campaigns.until": _UNTIL,
    # who is told
    "alerts.on": Words(label="Send an email at once for a high risk", short="Alerts"),
    "alerts.to": Words(label="Who is told at once", short="alert recipients", hint=_ADDRESSES, kind="lines", wrong=_WRONG_ADDRESS),
    "reports.daily_to": Words(label="Who gets the daily list", short="daily list", hint=f"{_ADDRESSES}. It holds counts and a link, no words", kind="lines", wrong=_WRONG_ADDRESS),
    "reports.weekly_to": Words(label="Who gets the weekly summary", short="weekly summary", hint=f"{_ADDRESSES}. It names nobody", kind="lines", wrong=_WRONG_ADDRESS),
    "schedule.daily_at": Words(label="The daily list, each day at", short="Daily list", hint="UK time. It covers the 24 hours before", kind="time", wrong=_TIME),
    "schedule.weekly_on": Words(label="The weekly summary, on", short="weekly summary"),
    "schedule.weekly_at": Words(label="And at", short="at", hint="UK time. It covers the seven days before", kind="time", wrong=_TIME),
    # who and what is ours
    "organisation.accounts": Words(
        label="Accounts", one="account",
        hint="Only accounts that stand here can be followed or named in a search, and those of the organisation count as its own voice. Never a private person’s.",
    ),
    "organisation.accounts.platform": Words(label="Platform"),
    "organisation.accounts.handle": Words(label="Handle", hint="Or the account’s number"),
    "organisation.accounts.owner": Words(label="Whose"),
    "organisation.accounts.from": _FROM,
    "organisation.accounts.until": _UNTIL,
    "organisation.providers": Words(label="Providers", one="provider", hint="Trusts and other bodies that give care here."),
    "organisation.providers.name": Words(label="Name"),
    "organisation.providers.aliases": Words(label="Other names", hint="Of it, its sites, what people say. One a line", kind="lines"),
    "organisation.providers.from": _FROM,
    "organisation.providers.until": _UNTIL,
    "organisation.places": Words(label="Places", one="place", hint="The queue and trends can be filtered by them."),
    "organisation.places.name": Words(label="Name"),
    "organisation.places.aliases": Words(label="Other names", hint="Of the place and what lies in it. One a line", kind="lines"),
    "organisation.places.from": _FROM,
    "organisation.places.until": _UNTIL,
    "organisation.contacts": Words(
        label="Published contact points", one="contact point",
        hint="What stands here is nobody’s personal detail: it is not blanked in posts. A former number stays, since it is still nobody’s own.",
    ),
    "organisation.contacts.name": Words(label="Whose"),
    "organisation.contacts.phones": Words(label="Telephones", hint="One a line, in any spelling", kind="lines"),
    "organisation.contacts.emails": Words(label="Email addresses", hint="One a line", kind="lines"),
    "organisation.contacts.postcodes": Words(label="Postcodes", hint="One a line", kind="lines"),
    "organisation.contacts.from": _FROM,
    "organisation.contacts.until": _UNTIL,
    # cases
    "review.crisis_contact": Words(
        label="Who is rung out of hours when somebody is in danger", short="Out of hours", hint="Their role and telephone, as the page shall say it",
    ),
    "review.roles": Words(label="Whom a case can be escalated to", one="role", ordered=True),
    "review.roles.key": Words(
        label="Key", hint="Kept with what was escalated: leave it as it is. Empty: made from the name",
        wrong="Use small letters and _ alone, 40 at most",
    ),
    "review.roles.name": Words(label="Name"),
    "review.roles.when": Words(label="When they are the right one", kind="wide"),
    "review.roles.reach": Words(label="How they are told", hint="A telephone, an address: officers tell them themselves", kind="wide"),
    "review.roles.hr": Words(label="A way to an employer", hint="Locked then until a governance role releases it"),
    "review.clocks.high_hours": Words(label="A new case of high risk waits for a decision", short="Hours for high risk", hint=_HOURS),
    "review.clocks.medium_hours": Words(label="A new case of medium risk waits for a decision", short="medium risk", hint=_HOURS),
    "review.clocks.assistance_hours": Words(label="A request for help waits for an answer", short="help", hint=_HOURS),
    "review.clocks.media_hours": Words(label="A media enquiry waits for an answer or the media desk", short="media", hint=_HOURS),
    "review.sample_unflagged": Words(label="Posts without a flag, judged blind each week", short="Posts", hint="0 to 500. They tell how much is missed"),
    "review.sample_second": Words(label="Decisions judged blind by a second person each week", short="decisions", hint="0 to 500. They tell how far people agree"),
    # answers
    "review.templates": Words(
        label="Templates", one="template",
        ordered=True,
        hint="A template fits a post for which all hold that it names; where nothing is ticked, it always fits. The first that fits is offered first.",
    ),
    "review.templates.key": _KEY,
    "review.templates.name": Words(label="Name"),
    "review.templates.flags": _FLAGS,
    "review.templates.staff": Words(label="For authors"),
    "review.templates.tone": Words(label="For posts that are"),
    "review.templates.platforms": Words(label="On"),
    "review.templates.contact": Words(label="Contact point", hint="The name of one of the contact points"),
    "review.templates.link": _LINK,
    "review.templates.reply": Words(label="Something is answered", hint="If not, the text says what to do instead"),
    "review.templates.text": Words(
        label="Text", kind="area",
        hint="It asks for no personal detail and repeats none. Left open: {organisation}, {service}, {contact}, {phone}, {email}, {link}",
    ),
    "review.lines": Words(
        label="Lines to take", one="line",
        hint="What the organisation says of a subject. One is offered where all hold that it names: words, flags, places and clauses.",
    ),
    "review.lines.key": _KEY,
    "review.lines.topic": Words(label="Subject"),
    "review.lines.about": Words(label="Posts that say", kind="area", hint=f"{_RULE.hint}. Empty: any"),
    "review.lines.flags": _FLAGS,
    "review.lines.places": Words(label="For places", hint="One a line", kind="lines"),
    "review.lines.clauses": Words(label="For clauses of the policy", hint="One a line, such as 6.10", kind="lines"),
    "review.lines.line": Words(label="What we say", kind="area"),
    "review.lines.owner": Words(label="Who answers for it"),
    "review.lines.from": _FROM,
    "review.lines.until": _UNTIL,
    "review.lines.source": Words(label="Where it is published", hint="A link from https:// on, or nothing"),
    "review.related": Words(label="Related policies", one="policy", hint="Shown beside a case for one of their flags or clauses (policy, section 8)."),
    "review.related.name": Words(label="Name"),
    "review.related.flags": _FLAGS,
    "review.related.clauses": Words(label="For clauses of the policy", hint="One a line, such as 6.10", kind="lines"),
    "review.related.where": Words(label="Where to find it"),
    "review.related.link": _LINK,
    "review.related.hr": Words(label="About what an employer may do", hint="Shown then only once the way to an employer was released"),
    "review.pre_election": Words(label="Pre-election periods", one="period", hint="From the first day to the last, both included."),
    "review.pre_election.from": Words(label="From", hint="Its first day"),
    "review.pre_election.until": Words(label="Until", hint="Its last day, mostly polling day"),
    "review.pre_election.reason": Words(label="Which election", hint="As it shall stand in “Pre-election period: ...”"),
}  # fmt: skip

# What choices are called, by key; what is not named is called by its own name.
CHOICES: Mapping[str, Mapping[str, str]] = {
    "schedule.weekly_on": {
        "mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday",
        "sat": "Saturday", "sun": "Sunday",
    },
    "review.templates.staff": {
        "icb": "who say that they work for the ICB", "nhs": "who work elsewhere in the NHS", "no": "who are not staff",
    },
    "organisation.accounts.owner": {
        "organisation": "Our own", "provider": "A provider’s", "body": "Another public body’s",
    },
}  # fmt: skip


def of(key: str) -> Words:
    """What officers read of a key; of one that nobody named, its own last part."""
    found = WORDS.get(key)
    if found is None:
        last = key.rpartition(".")[2].replace("_", " ")
        found = Words(label=last[:1].upper() + last[1:])
    return found
