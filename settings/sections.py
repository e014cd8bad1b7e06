"""Which parts of config.toml officers may change in the page: sections, each saved and undone as a whole.

A section is an entry here; its form follows from the types of settings/schema.py, its words stand below.
Where data is kept, secrets, servers, collectors and sign-in are in none: they are the installer's alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from settings.public_records import presets
from settings.schema import Config

FORMER_KEYS = "review.clocks."  # what an older program's page kept, which [review.lanes] replaced

Content = Mapping[str, Any]  # of a section: values as JSON has them, by keys of config.toml

SOUGHT, REPORTING, OURS, CASES, ANSWERS = (
    "What is looked for", "Who is told, and when", "Who and what is known", "Cases", "Answers",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """`keys` are keys of config.toml, each with its tables before it. `heading` is where the list has it."""

    key: str
    title: str
    about: str
    heading: str
    keys: tuple[str, ...]
    searches: bool = False  # holds terms or rules, which can be tried on what is held


SECTIONS: tuple[Section, ...] = (
    Section(
        key="names", title="Names and search terms", heading=SOUGHT, searches=True,
        about="What sources are searched for. The next cycle uses it.",
        keys=("organisation.names", "organisation.topics"),
    ),
    Section(
        key="rules", title="Rules", heading=SOUGHT, searches=True,
        about="Boolean rules over what was collected. The next cycle uses them on what it finds.",
        keys=("rules",),
    ),
    Section(
        key="campaigns", title="Campaigns", heading=SOUGHT, searches=True,
        about="What the organisation is campaigning for.", keys=("organisation.campaigns",),
    ),
    Section(
        key="records", title="Public records", heading=SOUGHT,
        about="Where the organisation is held to account: Parliament, coroners, councils, requests and petitions. They are read once whoever installs the program has turned on their source; nobody is looked into there. The next cycle uses it.",
        keys=("organisation.records",),
    ),
    Section(
        key="recipients", title="Recipients", heading=REPORTING,
        about="Who is told by email. No email holds a post’s words or names its writer. Whoever you add is told at once; to turn alerts off, or to take someone away, waits for governance.",
        keys=(
            "alerts.on", "alerts.to", "alerts.next", "alerts.route", "alerts.recent_days", "alerts.most_an_hour",
            "alerts.spikes", "alerts.spikes_to",
            "reports.daily_to", "reports.weekly_to",
        ),
    ),
    Section(
        key="times", title="Times of reports", heading=REPORTING,
        about="When the morning list and the weekly summary leave. The program that keeps the schedule takes a changed time within minutes, without being started again; where today’s new time is past, that report leaves then.",
        keys=("schedule.daily_at", "schedule.weekly_on", "schedule.weekly_at"),
    ),
    Section(
        key="accounts", title="Register of accounts", heading=OURS,
        about="The organisation’s accounts, its providers’ and other public bodies’.", keys=("organisation.accounts",),
    ),
    Section(
        key="contacts", title="Contact points", heading=OURS,
        about="Telephones, addresses and postcodes that are published.", keys=("organisation.contacts",),
    ),
    Section(
        key="places", title="Places", heading=OURS,
        about="Where the organisation’s people live. Posts that are grouped from now on are known by them.",
        keys=("organisation.places",),
    ),
    Section(
        key="providers", title="Providers", heading=OURS,
        about="Who gives care here, and what people call them.", keys=("organisation.providers",),
    ),
    Section(
        key="escalation", title="Passing on", heading=CASES,
        about="Who a case can be passed on to, how each of them is told, and who is told next where nobody answers. A telephone or words that you change count at once, and governance is emailed and sees them, before and after, with your name. What takes from it waits for governance: nobody told next, a team or a mailbox gone, a longer time to confirm.",
        keys=(
            "review.crisis_contact", "review.comms_phone", "review.roles", "review.chase.minutes",
            "review.chase.danger_minutes", "review.chase.urgent_minutes", "review.chase.chain", "review.chase.lead",
        ),
    ),
    Section(
        key="clocks", title="Clocks", heading=CASES,
        about="How long things may wait before they are overdue. What runs already keeps its time. Personal data has 72 hours by law, which nobody can change.",
        keys=(
            "review.lanes.now_hours", "review.lanes.answer_cutoff", "review.lanes.answer_late",
            "review.lanes.media_hours", "review.lanes.look_working_days",
        ),
    ),
    Section(
        key="samples", title="Quality check", heading=CASES,
        about="How much people judge blind each week, from the next draw on.",
        keys=("review.sample_unflagged", "review.sample_second"),
    ),
    Section(
        key="templates", title="Reply templates", heading=ANSWERS,
        about="Words to begin a reply from. A person edits them and answers on the platform; nothing is sent from here.",
        keys=("review.templates",),
    ),
    Section(
        key="lines", title="Lines to take", heading=ANSWERS,
        about="Have each agreed by whoever owns its subject, and give it a last day.", keys=("review.lines",),
    ),
    Section(
        key="related", title="Related policies", heading=ANSWERS,
        about="Other policies, and where to find them.", keys=("review.related",),
    ),
    Section(
        key="pre_election", title="Pre-election periods", heading=ANSWERS,
        about="In such a period every page says so, and beside an answer stands that party-political matters are not answered and publicity is restricted.",
        keys=("review.pre_election",),
    ),
)  # fmt: skip


def find(key: str) -> Section | None:
    """The section of that name."""
    return next((section for section in SECTIONS if section.key == key), None)


def field_of(key: str) -> FieldInfo:
    """What settings/schema.py says of a key of config.toml. Raises KeyError where there is none."""
    model: type[BaseModel] = Config
    *tables, last = key.split(".")
    for name in tables:
        inner = fields(model)[name].annotation
        assert isinstance(inner, type)
        assert issubclass(inner, BaseModel)
        model = inner
    return fields(model)[last]


def fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a table, as config.toml calls them."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def content(table: Mapping[str, Any], section: Section) -> dict[str, Any]:
    """What a whole configuration, as JSON has it, holds of a section."""
    return {key: _dig(table, key.split(".")) for key in section.keys}


def _dig(table: Mapping[str, Any], steps: list[str]) -> Any:
    node: Any = table
    for step in steps:
        node = node[step]
    return without_nothing(node)


def without_nothing(value: Any) -> Any:
    """The same without keys that hold nothing, as TOML has no null."""
    if isinstance(value, Mapping):
        return {key: without_nothing(part) for key, part in value.items() if part is not None}
    return [without_nothing(part) for part in value] if isinstance(value, list) else value


def put(table: dict[str, Any], content: Mapping[str, Any]) -> None:
    """Puts a section's content into a whole configuration."""
    for key, value in content.items():
        *steps, last = key.split(".")
        inner = table
        for step in steps:
            inner = inner[step]
        inner[last] = value


# What officers read of each setting: its label, how to fill it in, and what is wrong where it has another form.

# text: one line; wide: one over the whole width; area: several; lines: one thing a line; the others are inputs of that name
Input = Literal[
    "text", "wide", "area", "lines", "tick", "ticks", "date", "time", "number", "select"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Of a key of config.toml, or of a field of its rows. `kind` is which input, where the type doesn't say it.

    `noun` is what a row is called, `short` the label in a list, `card` the line of a section's card, {} its value. `ordered`: it counts which row is
    before which. `wrong` is said where what was written has not the form that it must have.
    """

    label: str
    hint: str = ""
    kind: Input | None = None
    noun: str = ""
    short: str = ""
    card: str = ""
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
    label="Key", hint="Saved with decisions. Empty: made from the name",
    wrong="Use small letters, digits and _ alone, beginning with a letter, 40 at most",
)  # fmt: skip
_FLAGS = Words(label="For flags", hint="One that is ticked is enough")
_LINK = Words(label="Link", hint="From https:// on, or nothing")
_ADDRESSES = "One address a line"


def _asked_for() -> str:
    """What each public record that asks for something is filled in with."""
    return ". ".join(
        f"{preset.name.partition(':')[0].partition(' (')[0]}: {preset.asks.partition(':')[0]}, such as {preset.example}"
        for preset in presets().values()
        if preset.asks
    )


_WRONG_ADDRESS = "Write whole addresses, such as comms-duty@example.org, one a line"
_TIME = "Write a time of day such as 08:00"
_MINUTES = "5 to 20,160"
_HOURS = "Hours, nights and weekends included: 1 to 2,160"

WORDS: Mapping[str, Words] = {
    # what is looked for
    "organisation.names": Words(
        label="Names of the organisation", noun="name", ordered=True,
        hint="The first is what the page and reports call the organisation. All of them are recognised, former and coming ones too. Only those that are ticked are searched for, from their first day to their last.",
    ),
    "organisation.names.name": Words(label="Name"),
    "organisation.names.search": Words(label="Search for it", hint="Not where it is too common, or another name finds it"),
    "organisation.names.from": _FROM,
    "organisation.names.until": _UNTIL,
    "organisation.topics": Words(
        label="Further search terms", short="further search terms", kind="lines",
        hint="Subjects and places, never people. One a line, at least 2 characters",
    ),
    "rules": Words(
        label="Rules", noun="rule",
        hint="What was collected is held to them as it comes in; the queue and reports say which rule a post matched.",
    ),
    "rules.name": _NAME_OF_RULE,
    "rules.rule": _RULE,
    "organisation.campaigns": Words(
        label="Campaigns", noun="campaign",
        hint="Which posts speak of a campaign, by a rule; the weekly summary says what each reached.",
    ),
    "organisation.campaigns.name": _NAME_OF_RULE,
    "organisation.campaigns.rule": _RULE,
    "organisation.campaigns.from": _FROM,
    "organisation.campaigns.until": _UNTIL,
    "organisation.records": Words(
        label="Public records", noun="record",
        hint="What a public body publishes there comes in as a story about us, what people ask or petition for as criticism. Who asked and who died is masked.",
    ),
    "organisation.records.preset": Words(label="Which record"),
    "organisation.records.of": Words(
        label="What it asks for", kind="wide",
        hint=f"{_asked_for()}. The others ask for nothing",
    ),
    "organisation.records.terms": Words(label="Look for", hint="Subjects and places, never people. One a line; nothing: the names and further search terms", kind="lines"),
    # who is told
    "alerts.on": Words(label="Send an email at once when a case becomes high", card="alerts at once: {}"),
    "alerts.to": Words(label="Who is told at once", card="told at once: {}", hint=f"{_ADDRESSES}. Of whatever no route below names", kind="lines", wrong=_WRONG_ADDRESS),
    "alerts.next": Words(label="Who is told where none of them takes it", card="told next if they don’t take it: {}", hint=f"{_ADDRESSES}. One more each time. Where this is empty, whoever is told next where someone may be in danger (under Passing on) is told of danger, and nobody of anything else", kind="lines", wrong=_WRONG_ADDRESS),
    "alerts.route": Words(
        label="Who is told of some cases", noun="route",
        hint="In the place of those above. What a case has of other flags is told to those above all the same. Patient’s details go to information governance, danger to the safeguarding lead and the duty officer, a threat to security, a reporter to the press desk. What may be speaking up goes to the Guardian alone: choose that lane.",
    ),
    "alerts.route.name": Words(label="Name", hint="As mails and the page call them: Information governance", wrong="Use 60 characters at most"),
    "alerts.route.flags": Words(label="Flags", hint="One is enough. Nothing ticked: any"),
    "alerts.route.lanes": Words(label="Lanes", hint="Nothing ticked: any but the Guardian’s"),
    "alerts.route.platforms": Words(label="On", hint="Nothing ticked: any"),
    "alerts.route.hours": Words(label="When", hint="Now is told day and night, all else in working hours"),
    "alerts.route.risk": Words(label="From which risk on"),
    "alerts.route.to": Words(label="Who is told of them", hint=_ADDRESSES, kind="lines", wrong=_WRONG_ADDRESS),
    "alerts.route.words": Words(label="A sentence of your own in their mails", hint="Such as: ring the desk before you answer", kind="wide", wrong="Use 300 characters at most"),
    "alerts.route.next": Words(label="Who is told where none of them takes it", hint=f"{_ADDRESSES}. One more each time", kind="lines", wrong=_WRONG_ADDRESS),
    "alerts.route.minutes": Words(label="Minutes until then", short="minutes", hint=f"{_MINUTES}. Empty: 15 where someone may be in danger, else 60"),
    "alerts.recent_days": Words(label="Days after which a post is too old to alert at once", card="older than {} days counts as old", hint="1 to 365. Older ones come in one digest"),
    "alerts.most_an_hour": Words(label="Alerts to one route within an hour", card="at most {} alerts an hour to a route", hint="1 to 1,000. What is over comes in a digest"),
    "alerts.spikes": Words(label="Tell when more cases came than usual", hint="One email for as long as it lasts, with counts alone"),
    "alerts.spikes_to": Words(label="Who is told of that", card="told when more cases came than usual: {}", hint=f"{_ADDRESSES}. Empty: the lead who is told of what was chased twice, else those above", kind="lines", wrong=_WRONG_ADDRESS),
    "alerts.route.also": Words(label="Also told in", hint="Names of second channels, as they are installed. One a line", kind="lines"),
    "reports.daily_to": Words(label="Who gets the morning list", card="the morning list goes to {}", hint=f"{_ADDRESSES}. It says what there is to do and what is wrong, in ten lines, without words of a post", kind="lines", wrong=_WRONG_ADDRESS),
    "reports.weekly_to": Words(label="Who gets the weekly summary", card="the weekly summary goes to {}", hint=f"{_ADDRESSES}. It names nobody", kind="lines", wrong=_WRONG_ADDRESS),
    "schedule.daily_at": Words(label="The morning list, each working day at", card="the morning list leaves at {}", hint="UK time, before the team starts. It covers what came since the one before, a weekend too", kind="time", wrong=_TIME),
    "schedule.weekly_on": Words(label="The weekly summary, on", card="the weekly summary on {}"),
    "schedule.weekly_at": Words(label="And at", card="at {}", hint="UK time. It covers the seven days before", kind="time", wrong=_TIME),
    # who and what is ours
    "organisation.accounts": Words(
        label="Accounts", noun="account",
        hint="Only accounts that stand here can be followed or named in a search, and those of the organisation count as its own voice. Never a private person’s.",
    ),
    "organisation.accounts.platform": Words(label="Platform"),
    "organisation.accounts.handle": Words(label="Handle", hint="Or the account’s number"),
    "organisation.accounts.owner": Words(label="Whose"),
    "organisation.accounts.from": _FROM,
    "organisation.accounts.until": _UNTIL,
    "organisation.providers": Words(label="Providers", noun="provider", hint="Trusts and other bodies that give care here."),
    "organisation.providers.name": Words(label="Name"),
    "organisation.providers.aliases": Words(label="Other names", hint="Of it, its sites, what people say. One a line", kind="lines"),
    "organisation.providers.from": _FROM,
    "organisation.providers.until": _UNTIL,
    "organisation.places": Words(label="Places", noun="place", hint="The queue and trends can be filtered by them."),
    "organisation.places.name": Words(label="Name"),
    "organisation.places.aliases": Words(label="Other names", hint="Of the place and what lies in it. One a line", kind="lines"),
    "organisation.places.from": _FROM,
    "organisation.places.until": _UNTIL,
    "organisation.contacts": Words(
        label="Published contact points", noun="contact point",
        hint="What stands here is nobody’s personal detail: it is not masked in posts. A former number stays, since it is still nobody’s own.",
    ),
    "organisation.contacts.name": Words(label="Whose"),
    "organisation.contacts.phones": Words(label="Telephones", hint="One a line, in any spelling", kind="lines"),
    "organisation.contacts.emails": Words(label="Email addresses", hint="One a line", kind="lines"),
    "organisation.contacts.postcodes": Words(label="Postcodes", hint="One a line", kind="lines"),
    "organisation.contacts.from": _FROM,
    "organisation.contacts.until": _UNTIL,
    # cases
    "review.crisis_contact": Words(
        label="Who is rung out of hours when someone is in danger", short="Out of hours", hint="Their role and telephone, as the page shall say it",
    ),
    "review.roles": Words(label="Teams you can pass to", noun="role", ordered=True),
    "review.roles.key": Words(
        label="Short name for the record", hint="Saved with what was passed on: leave it as it is. Empty: made from the name",
        wrong="Use small letters and _ alone, 40 at most",
    ),
    "review.roles.name": Words(label="Name"),
    "review.roles.when": Words(label="When they are the right one", kind="wide"),
    "review.roles.email": Words(
        label="Email", kind="lines", wrong=_WRONG_ADDRESS,
        hint=f"{_ADDRESSES}. They are written to at once: no words of the post, no name. Empty: officers ring them",
    ),
    "review.roles.reach": Words(label="Telephone", hint="As officers read it, such as 020 7946 0133, day and night", kind="wide"),
    "review.roles.hours": Words(label="When that number answers", hint="Out of working hours the number below is shown in its place"),
    "review.roles.out_of_hours_phone": Words(label="Telephone out of hours", hint="As officers read it, such as the on-call manager, 020 7946 0199. It stands on the page and in emails at night and at weekends", kind="wide"),
    "review.roles.minutes": Words(label="Minutes to confirm that they have it", short="minutes", hint=f"{_MINUTES}; in working hours, and of a leak never more than 24 hours by the clock; Safeguarding and Information governance 1,440 at most. Empty: as for all others, below"),
    "review.comms_phone": Words(label="The comms team’s telephone", short="Comms team", hint="It stands in the emails to whoever a case is passed on to"),
    "review.chase.minutes": Words(label="Minutes a team has to confirm that it has a case", card="a team has {} minutes to confirm", hint=f"{_MINUTES}, in working hours"),
    "review.chase.danger_minutes": Words(label="Minutes where someone may be in danger", card="{} minutes where someone may be in danger", hint="5 to 240, day and night"),
    "review.chase.urgent_minutes": Words(label="Minutes where a code or password is out, or a page in our name stands in Now", card="{} minutes for a password or a page in our name", hint="5 to 720, day and night"),
    "review.chase.chain": Words(label="Who is told next where someone may be in danger", card="told next where someone may be in danger: {}", hint=f"{_ADDRESSES}: the on-call manager first. One more is told each time nobody has confirmed", kind="lines", wrong=_WRONG_ADDRESS),
    "review.chase.lead": Words(label="Who is told after two reminders", card="told after two reminders: {}", hint=_ADDRESSES, kind="lines", wrong=_WRONG_ADDRESS),
    "review.roles.type": Words(label="What they are", hint="What they may be sent hangs on this alone. A new team, another type or another address waits for governance; until then the team is told as before"),
    "review.lanes.now_hours": Words(label="Now: danger, threats and leaks wait for a decision", card="Now: within {} hours", hint=_HOURS),
    "review.lanes.answer_cutoff": Words(label="Answer: what is found before this is answered the same working day", card="Answer: the same working day if found before {}", hint="UK time", kind="time", wrong=_TIME),
    "review.lanes.answer_late": Words(label="And what is found later, on the next working day by", card="else the next one by {}", hint="UK time", kind="time", wrong=_TIME),
    "review.lanes.media_hours": Words(label="A reporter waits for an answer or the media desk", card="a reporter waits {} working hours at most", hint="Working hours: 1 to 2,160"),
    "review.lanes.look_working_days": Words(label="Look: everything else that a person should see soon", card="Look: within {} working days", hint="Working days: 1 to 60"),
    "review.sample_unflagged": Words(label="Posts without a flag, judged blind each week", card="{} posts without a flag are judged blind each week", hint="0 to 500. They tell how much is missed"),
    "review.sample_second": Words(label="Decisions judged blind by a second person each week", card="{} decisions are judged again", hint="0 to 500. They tell how far people agree"),
    # answers
    "review.templates": Words(
        label="Templates", noun="template",
        ordered=True,
        hint="A template fits a post for which all hold that it names; where nothing is ticked, it always fits. The first that fits is offered first.",
    ),
    "review.templates.key": _KEY,
    "review.templates.name": Words(label="Name"),
    "review.templates.flags": _FLAGS,
    "review.templates.about": Words(label="Posts that say", kind="area", hint=f"{_RULE.hint}. Empty: any"),
    "review.templates.staff": Words(label="For writers"),
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
        label="Lines to take", noun="line",
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
    "review.related": Words(label="Related policies", noun="policy", hint="Shown beside a case for one of their flags or clauses (policy, section 8)."),
    "review.related.name": Words(label="Name"),
    "review.related.flags": _FLAGS,
    "review.related.clauses": Words(label="For clauses of the policy", hint="One a line, such as 6.10", kind="lines"),
    "review.related.where": Words(label="Where to find it"),
    "review.related.link": _LINK,
    "review.related.hr": Words(label="About what an employer may do", hint="Shown then only once the way to an employer was released"),
    "review.pre_election": Words(label="Pre-election periods", noun="period", hint="From the first day to the last, both included."),
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
    "alerts.route.lanes": {"now": "Now", "answer": "Answer", "look": "Look", "rest": "Rest", "guardian": "the Guardian’s"},
    "alerts.route.hours": {"any": "At any time", "working": "In working hours", "outside": "Outside working hours"},
    "alerts.route.risk": {"high": "High", "medium": "Medium", "low": "Low"},
    "organisation.records.preset": {name: preset.name for name, preset in presets().items()},
    "review.roles.hours": {"any": "Day and night", "working": "In working hours"},
    "review.roles.type": {
        "information_governance": "Information governance", "safeguarding": "Safeguarding", "security": "Security",
        "guardian": "Freedom to Speak Up Guardian", "pals": "PALS and complaints", "media": "Media desk", "police": "Police",
        "employer": "An employer: another purpose, off as it ships", "other": "Another team",
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
    words = WORDS.get(key)
    if words is None:
        last = key.rpartition(".")[2].replace("_", " ")
        words = Words(label=last[:1].upper() + last[1:])
    return words
