"""A case as one line of a list: where it was said, why it stands there, how far it reached, its age, what is left of its time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from classify.policy.schema import Policy
from collectors.platforms import PLATFORM_NAMES
from core import clock
from core.models import Lane, Platform
from core.worries import NOBODY_LOOKED
from steps.lanes import REMARK
from store import Case, Item
from store.cases.models import LaneRow

# Two signs for each platform, of our own: no logo, no brand's colour.
TILES: Mapping[Platform, str] = {
    "x": "X", "facebook": "f", "instagram": "Ig", "linkedin": "in", "youtube": "Yt", "pinterest": "P", "reddit": "r/",
    "blog": "B", "news": "N", "review": "★", "bluesky": "Bs", "mastodon": "Ma", "tiktok": "Tk",
    "threads": "Th", "nextdoor": "Nd", "google": "G★", "forum": "Fo", "email": "@", "record": "§", "other": "?",
}  # fmt: skip
TOLD = "Told by a colleague"  # instead of the place, where that is how we know
SOON = timedelta(minutes=30)  # before which the time left is told in red
NEAR = timedelta(hours=4)  # before which a promise of a day is told in a row at all
FIRST_WORDS = 70  # characters of a post that tell a row of Done from others
FEW_SHARES = 10  # below which likes and followers say more of how far a post reached


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who has a case: `face` are initials, "" for nobody."""

    face: str
    words: str
    mine: bool = False
    looking: bool = False  # has it open, and has not taken it


@dataclass(frozen=True, slots=True, kw_only=True)
class RowShown:
    """A row in words. `due` is what is left, "" where nothing need be told. `new`: nobody opened it yet, or in Now has it, or whoever was handed it has not opened it; `opened`: somebody has.

    `age` counts from when a post was posted, or from what `since` says. `words` are the first of a post, masked, where a
    list shows them; `handed` says who handed it to whoever looks, with their note; `undo` is the version of the decision that its row can take back, `version` that of the case.
    """

    number: int
    tile: str
    place: str
    reason: str
    badge: str
    reach: str
    age: str
    due: str
    soon: bool
    overdue: bool
    holder: Holder
    new: bool
    since: str = "posted"
    words: str = ""
    handed: str = ""
    opened: bool = True
    undo: int = 0
    version: int = 0
    due_at: datetime | None = None  # until when, where the time left is told
    begun: str = ""  # what was done about danger: 999 called 01:54, rung 01:38
    unaware: str = ""  # of a confirmed leak, that its team does not know of it

    @property
    def age_read(self) -> str:
        """The age as it is read aloud: posted 9 min ago; decided Wed."""
        ago = " ago" if self.age.endswith((" min", " h")) else ""
        return f"{self.since} {self.age}{ago}"


def hours_of_law(ends_at: datetime, at: datetime, *, dated: bool = True) -> str:
    """72 hours end Wed 2 Dec 23:25; 72 hours ended at 09:00 on Sun 29 Nov. Not `dated`: 72 hours end Wed 23:25, which no other week can be meant by."""
    day, time_ = clock.local_day(ends_at), clock.local(ends_at)[-5:]
    if ends_at <= at:
        return f"72 hours ended at {time_} on {day:%a} {day.day} {day:%b}"
    return f"72 hours end {day:%a} {f'{day.day} {day:%b} ' if dated else ''}{time_}"


def heading(policy: Policy, reason: str) -> str:
    """A row's reason, without what holds of staff alone: whoever reads down a list would read a list of staff."""
    alone = {policy.flags[name].reason for name in policy.of_staff_alone}
    return REMARK if re.split(r"[:,;]", reason, maxsplit=1)[0].strip() in alone else reason


def shown(
    row: LaneRow, *, me: int, people: Mapping[int, str], at: datetime, team: str = "", confirm: datetime | None = None,
    handed: str = "", steps_left: int = 0, leak: str = "", begun: str = "",
) -> RowShown:  # fmt: skip
    """A row of a lane. `team` says who has what was passed on, where no colleague has it; it should `confirm` that by then.

    `steps_left` is how many steps have no answer of what its team has, `leak` how far a confirmed one is, `begun` what was done about danger.
    """
    return RowShown(
        number=row.case.number, begun=begun,
        tile="@" if row.reported else TILES[row.item.platform],
        place=TOLD if row.reported else PLATFORM_NAMES[row.item.platform],
        reason=row.reason, badge=(NOBODY_LOOKED if row.unlooked else "") or (f"{steps_left} step{'s' * (steps_left != 1)} left" if steps_left else "") or leak or badge(row.item, edited=row.edited, reported=row.reported, posts=row.posts, of=row.posts_of, answered=row.answered)
        or ("not confirmed yet" if confirm is not None and confirm == row.due_at else ""),
        reach="told by staff" if row.reported else reach(row.item), age=age(_known_since(row.item), at), since=_since(row.item),
        due=due(row.lane, row.due_at, at), due_at=row.due_at, soon=row.due_at is not None and row.due_at - at < SOON,
        overdue=row.due_at is not None and row.due_at <= at, holder=holder(row.has, row.looks, me=me, people=people, team=team, unbegun=row.unbegun), handed=handed, opened=row.opened,
        new=row.is_new(team) or (row.case.handed and row.has == me), version=row.case.version,
    )  # fmt: skip


def listed(
    case: Case, item: Item | None, reason: str, *, has: int | None, me: int, people: Mapping[int, str], at: datetime,
    by: int | None = None, team: str = "", handed: str = "",
) -> RowShown:  # fmt: skip
    """A row of any other list. What is done says who decided (`by`; None: this program) and when, and counts its age from then.

    `team` says who has what was passed on, where no colleague has it.
    """
    done = case.decided_at if case.state == "done" else None
    if done is not None:
        name = people.get(by, "someone who has left") if by is not None else "this program"
        decided = f"{name}, {clock.near(done, at).removeprefix('today, ')}"
    posted_at = _known_since(item) if item else case.latest_at
    return RowShown(
        number=case.number, tile=TILES[item.platform] if item else "–",
        place=PLATFORM_NAMES[item.platform] if item else "Deleted", reason=reason,
        badge=badge(item, edited=case.edited > 0, reported=False, posts=case.flagged) if item else "",
        reach=decided if done is not None else reach(item) if item else "", age=age(done or posted_at, at), since="decided" if done else _since(item) if item else "posted",
        due=due(case.lane, case.due_at, at) if case.state != "done" else "", due_at=case.due_at,
        soon=case.due_at is not None and case.due_at - at < SOON, overdue=case.due_at is not None and case.due_at <= at,
        holder=holder_of(case, has, me=me, people=people, at=at, team=team) if done is None else Holder(face=initials(name), words=f"{name} decided", mine=by == me), new=case.handed and has == me and done is None, handed=handed if done is None else "",
        words=first_words(item.masked) if done is not None and item is not None else "", version=case.version,
    )  # fmt: skip


def first_words(masked: str) -> str:
    """The first words of a post, masked, in one line."""
    line = " ".join(masked.split())
    if len(line) <= FIRST_WORDS:
        return line
    cut = line[:FIRST_WORDS]
    whole = cut[: cut.rfind("[")] if cut.rfind("[") > cut.rfind("]") else cut  # no mask is cut
    return f"{whole.rsplit(' ', 1)[0].rstrip(' ,;:')}…"


def holder(
    has: int | None, looks: int | None = None, *, me: int, people: Mapping[int, str], team: str = "", unbegun: bool = False
) -> Holder:  # fmt: skip
    """Who has a case and who has it open, for the person who asks: the one answer of every row and page of it.

    `team` says how far what was passed on is, where no colleague has it, whoever looks at it: With PALS. `unbegun`: nothing was done about danger in it.
    """
    looking = looks if looks != has else None
    first = has if has is not None else looking
    if first is None:
        return Holder(face="", words=team or "Nobody has it")
    phrases = []
    if has is not None:
        phrases.append(_of(has, "has it", "You have it", me, people))
    elif team:
        phrases.append(team)
    if looking is not None:
        does = "has it open, nothing is done yet" if unbegun else "is looking"
        phrases.append(_of(looking, does, "You are looking", me, people))
    words = (
        phrases[0]
        if len(phrases) == 1
        else f"{phrases[0]}, {phrases[1].replace('You ', 'you ', 1) if looking == me else phrases[1]}"
    )
    return Holder(face=initials(people.get(first, "Someone who has left")), words=words, mine=first == me, looking=has is None)  # fmt: skip


def holder_of(
    case: Case, has: int | None, *, me: int, people: Mapping[int, str], at: datetime, team: str = ""
) -> Holder:
    """The same of a case by itself."""
    looks = case.claimed_by if case.claimed_until and case.claimed_until > at else None
    return holder(has, looks, me=me, people=people, team=team)


def _of(number: int, does: str, you: str, me: int, people: Mapping[int, str]) -> str:
    return you if number == me else f"{people.get(number, 'Someone who has left')} {does}"


def initials(name: str) -> str:
    """AY of Amina Yusuf; one letter of a name of one word."""
    words = name.split()
    return "".join(word[0] for word in (words if len(words) < 2 else (words[0], words[-1]))).upper()


def badge(item: Item, *, edited: bool, reported: bool, posts: int, of: int = 0, answered: bool = False) -> str:  # fmt: skip
    """The one thing to know of a row before it is opened: answered, edited, not read, several posts; that it was reported its tile tells.

    `posts` wait of `of` that the case has.
    """
    if edited:
        return "edited since"
    if answered:
        return f"{posts:,} posts, answered" if posts > 1 else "answered"
    if item.read != "full" and not reported:
        return "not read" if item.read == "unread" else "not read in full"
    if posts < of:
        return f"{posts:,} of {of:,} posts left"
    return f"{posts:,} posts" if posts > 1 else ""


def reach(item: Item) -> str:
    """The one figure that says most of how far a post went: 1,013 shares, 41 followers, 3 likes."""
    metrics = item.metrics
    shares = metrics.get("shares", 0) + metrics.get("quotes", 0)
    figures = (
        (shares if shares >= FEW_SHARES else 0, "share", "shares"),
        (metrics.get("score", 0), "vote", "votes"),
        (item.followers or 0, "follower", "followers"),
        (metrics.get("likes", 0), "like", "likes"),
        (shares, "share", "shares"),
        (metrics.get("replies", 0), "reply", "replies"),
        (metrics.get("views", 0), "view", "views"),
    )
    return next(
        (
            f"{count:,} {singular if count == 1 else plural}"
            for count, singular, plural in figures
            if count > 0
        ),
        "",
    )


def _known_since(item: Item) -> datetime:
    """From when a post's age counts: since it was posted, or was found where nobody knows that."""
    return item.fetched_at if item.undated else item.posted_at


def _since(item: Item) -> str:
    """What an age counts from: posted, or found."""
    return "found" if item.undated else "posted"


def age(moment: datetime, at: datetime) -> str:
    """36 min, 5 h, Wed, 12 Nov: as long as a moment is ago, in as few signs as say it."""
    passed = max(timedelta(), at - moment)
    today, then = clock.local_day(at), clock.local_day(moment)
    if passed < timedelta(hours=1):
        return f"{int(passed.total_seconds() // 60)} min"
    if today == then or passed < timedelta(hours=6):
        return f"{int(passed.total_seconds() // 3600)} h"
    if (today - then).days < 7:
        return f"{then:%a}"
    return f"{then.day} {then:%b}" if then.year == today.year else f"{then.day} {then:%b %y}"


def due(lane: Lane | None, moment: datetime | None, at: datetime) -> str:
    """24 min left, by 14:00, Overdue; of another day the day too, Mon 12:00, as the case says it at length.

    "" in a lane without a promise where there is a day or more.
    """
    if moment is None:
        return ""
    rest = moment - at
    if rest <= timedelta():
        return "Overdue"
    if lane == "now" or rest < timedelta(hours=1):
        minutes = int(rest.total_seconds() // 60)
        return f"{minutes} min left" if minutes < 120 else f"{minutes // 60} h left"
    if lane in ("answer", "look") and clock.local_day(moment) != clock.local_day(at):
        day = clock.local_day(moment)
        return f"{f'{day:%a}' if (day - clock.local_day(at)).days < 7 else f'{day.day} {day:%b}'} {clock.local(moment)[-5:]}"
    return f"by {clock.local(moment)[-5:]}" if rest < NEAR or lane in ("answer", "look") else ""


def length(minutes: int) -> str:
    """15 minutes, 1 hour, 4 hours, 1 hour 30 minutes."""
    hours, rest = divmod(minutes, 60)
    parts = ((hours, "hour"), (rest, "minute"))
    return " ".join(f"{count} {word}{'s' * (count != 1)}" for count, word in parts if count)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLeft:
    """What is left until `moment` as a page says it when it is made, and what a script needs to go on counting.

    `rest` follows the time itself; `over` is said from that moment on. `unit`: "minutes" from two hours on, "h min" all along.
    """

    words: str
    moment: datetime
    over: str
    rest: str = ""
    unit: str = "minutes"


def left(moment: datetime | None, at: datetime) -> str:
    """The same at length, as a case says it: 31 minutes left, by 17:00 today, by Tue 1 Dec, 12:00, overdue since 09:02.

    Tomorrow is told by its day, as the row has it.
    """
    if moment is None:
        return ""
    rest = moment - at
    day, hour = clock.near(moment, at).rsplit(", ", 1)
    if rest <= timedelta():
        return f"overdue since {hour if day == 'today' else f'{day}, {hour}'}"
    if rest < timedelta(hours=2):
        minutes = int(rest.total_seconds() // 60)
        return f"{minutes} minute{'s' * (minutes != 1)} left"
    if day == "today":
        return f"by {hour} today"
    on = clock.local_day(moment)
    return f"by {f'{on:%a} {on.day} {on:%b}' if day == 'tomorrow' else day}, {hour}"
