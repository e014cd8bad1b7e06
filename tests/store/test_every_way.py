"""Whatever people and platforms do, in whatever order: counts are those of a naive recount, and nothing is left behind."""

from __future__ import annotations

import contextlib
import dataclasses
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any, get_args

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from core import clock
from core.errors import StoreError
from core.models import DecisionKind, Risk
from store import CaseDecision, CaseQuery, Moderation, PathStep, Placing, Stance, Tab
from store.cases.grouping import GROWS
from store.cases.queue import TABS
from tests.fuzz.profiles import many_or
from tests.store.factories import AT, DAY, HOUR, add, assess_all, flag, mention
from tests.stores import temporary_store

TEXTS = (
    "They shut the walk-in centre in Hayes and told nobody about it at all",
    "They shut the walk-in centre in Hayes and told nobody of it, at all",
    "Nine hours on a chair at Northwick Park and nobody came to see her",
    "Who do I ring about my repeat prescription, the surgery never answers",
)
FLAGS = ("allegation", "pid", "assistance")
KINDS: tuple[DecisionKind, ...] = (
    "no_action", "respond", "escalate", "monitor", "snooze", "remove", "duplicate", "second_opinion", "undo",
)  # fmt: skip
POST = st.sampled_from(range(1, 6))
WHO = st.sampled_from(("amina", "bea", "gwen"))
OF_CASE = ("case_decisions", "case_lines", "assignments", "opinions", "hr_releases", "employer_requests", "police_disclosures", "police_requests", "lane_packs", "handoffs", "path_steps",
)  # fmt: skip
OF_POST = (
    "replies", "moderations", "sendings", "takedowns", "staff_reports", "case_mentions", "case_flags", "case_places", "decisions",
    "similarity_bands",
)  # fmt: skip


def alike(one: str, other: str) -> bool:
    return one.split()[:5] == other.split()[:5]


def whatever(act: Callable[[], object]) -> None:
    """Does it, unless it can't be done now."""
    with contextlib.suppress(StoreError):
        act()


class EveryWay(RuleBasedStateMachine):
    """Random actions on one store; what must hold is looked at after each."""

    @initialize()
    def opened(self) -> None:
        self.open = contextlib.ExitStack()
        self.store = self.open.enter_context(temporary_store())
        self.store.database.execute("PRAGMA synchronous = OFF")
        self.people = {
            name: self.store.users.add("local", name, name.title(), ["reviewer"], at=AT).number
            for name in ("amina", "bea", "gwen")
        }
        self.at = AT

    def teardown(self) -> None:
        if hasattr(self, "store"):
            found = self.store.maintenance.verify()
            self.open.close()
            assert found.ok, found.problems

    # ── what platforms do ────────────────────────────────────────────────────────────────────────

    @rule(
        number=POST, text=st.sampled_from(TEXTS), risk=st.sampled_from(get_args(Risk)),
        flags=st.lists(st.sampled_from(FLAGS), unique=True), unread=st.booleans(),
    )  # fmt: skip
    def found(self, number: int, text: str, risk: Risk, flags: list[str], unread: bool) -> None:
        """Found for the first time, or edited since."""
        self.at += HOUR
        parent = mention(1).issued_id if number in (4, 5) else ""
        said = mention(number, text=text, fetched_at=self.at, edited_at=self.at, parent_id=parent)
        add(self.store, said, at=self.at)
        self.cycle(risk, flags, unread=unread)

    @rule(number=POST)
    def gone(self, number: int) -> None:
        self.at += HOUR
        stored = self.store.mentions.get(number)
        if stored is not None:
            told = (stored.mention.issuer, stored.mention.issued_id, "gone")
            self.store.mentions.mark_gone([told], at=self.at)

    @rule(number=POST)
    def back(self, number: int) -> None:
        """There again as it was."""
        self.at += HOUR
        stored = self.store.mentions.get(number)
        if stored is not None:
            again = dataclasses.replace(stored.mention, fetched_at=self.at, deleted=False)
            add(self.store, again, at=self.at)
            self.cycle("low", [])

    def cycle(self, risk: Risk, flags: list[str], *, unread: bool = False) -> None:
        told = [flag(name) for name in flags]
        assess_all(self.store, risk, flags=told, read="unread" if unread else "full", at=self.at)
        placings = [
            Placing(mention=one.mention, risk=one.risk, bands=(1,), places=("Hayes",))
            for one in self.store.grouping.ungrouped()
        ]
        self.store.grouping.group(placings, alike=alike, at=self.at)
        self.store.grouping.wake(self.at)

    @rule(hours=st.sampled_from((1, 5, 30, 100)))
    def later(self, hours: int) -> None:
        self.at += hours * HOUR
        self.store.grouping.wake(self.at)

    # ── what people do ───────────────────────────────────────────────────────────────────────────

    @rule(data=st.data(), who=WHO, kind=st.sampled_from(KINDS))
    def decide(self, data: st.DataObject, who: str, kind: DecisionKind) -> None:
        case = self.some_case(data)
        found = self.store.cases.get(case) if case else None
        if found is None:
            return
        posts = [
            (one.item.number, one.item.revision)
            for one in self.store.cases.mentions(found.number)
            if one.reviewable and not one.item.deleted  # as the page ticks them
        ]
        some = data.draw(st.lists(st.sampled_from(posts), unique=True)) if posts else []
        said = CaseDecision(
            case=found.number, kind=kind, by=self.people[who], at=self.at,
            covers=() if kind == "undo" else tuple(some or posts),
            role="pals" if kind == "escalate" else "",
            duplicate_of=data.draw(st.sampled_from(self.cases())) if kind == "duplicate" else None,
            until=data.draw(st.sampled_from((None, self.at + DAY))) if kind == "snooze" else None,
            undoes=data.draw(st.integers(1, max(1, found.version))) if kind == "undo" else None,
            labels=data.draw(st.dictionaries(st.sampled_from(FLAGS), st.booleans())),
        )  # fmt: skip
        if kind == "respond":
            whatever(lambda: self.store.replies.record(said, found.version, text="PALS can help"))
        elif kind == "second_opinion" and data.draw(st.booleans()):
            of = data.draw(st.sampled_from(list(self.people.values())))
            whatever(
                lambda: self.store.cases.ask_opinion(said, found.version, of=of, question="PALS?")
            )
        else:
            whatever(lambda: self.store.cases.decide(said, found.version))

    @rule(data=st.data(), who=WHO, to=st.sampled_from((None, "amina", "bea", "gwen")))
    def assign(self, data: st.DataObject, who: str, to: str | None) -> None:
        if case := self.some_case(data):
            seen = len(self.store.assignments.of_case(case))
            whom = self.people[to] if to else None
            whatever(
                lambda: self.store.assignments.assign(
                    case, whom, by=self.people[who], at=self.at, seen=seen
                )
            )

    @rule(data=st.data(), who=WHO, stance=st.sampled_from(get_args(Stance)))
    def answer(self, data: st.DataObject, who: str, stance: Stance) -> None:
        waiting = self.numbers("SELECT number FROM opinions WHERE state = 'waits'")
        if waiting:
            one = data.draw(st.sampled_from(waiting))
            whatever(lambda: self.store.opinions.answer(
                one, by=self.people[who], stance=stance, answer="so", at=self.at
            ))  # fmt: skip

    @rule(data=st.data(), who=WHO, act=st.sampled_from(("confirm", "answer", "wait_again", "chase_now")))  # fmt: skip
    def hear_of_a_handoff(self, data: st.DataObject, who: str, act: str) -> None:
        """The team says that it has what was passed on, or answers; or what was written down of that doesn't hold."""
        if numbers := self.numbers("SELECT number FROM handoffs"):
            number, by, steps = data.draw(st.sampled_from(numbers)), self.people[who], self.store.handoff_steps  # fmt: skip
            whatever({
                "confirm": lambda: steps.confirm(number, by=by, at=self.at, who="Ife", when=self.at),
                "answer": lambda: steps.answer(number, by=by, at=self.at, note="They rang her"),
                "wait_again": lambda: steps.wait_again(number, by=by, at=self.at),
                "chase_now": lambda: steps.chase_now(number, by=by, at=self.at),
            }[act])  # fmt: skip

    @rule(data=st.data(), who=WHO, step=st.sampled_from(("confirm", "hide", "tell")))
    def step_on_a_path(self, data: st.DataObject, who: str, step: str) -> None:
        if case := self.some_case(data):
            seen = self.store.path_steps.path(case, "leak").version
            done = PathStep(case=case, path="leak", step=step, by=self.people[who], at=self.at)
            whatever(lambda: self.store.path_steps.add(done, seen=seen))

    @rule(data=st.data(), who=WHO)
    def claim(self, data: st.DataObject, who: str) -> None:
        if case := self.some_case(data):
            self.store.claims.claim(case, self.people[who], self.at)

    @rule(who=WHO, cover=WHO, days=st.integers(0, 5))
    def away(self, who: str, cover: str, days: int) -> None:
        today = clock.local_day(self.at)
        last, by = today + timedelta(days=days), self.people[who]
        whatever(
            lambda: self.store.absences.add(
                by, today, last, self.people[cover], by=by, at=self.at
            )
        )  # fmt: skip

    @rule(number=POST, who=WHO)
    def hide(self, number: int, who: str) -> None:
        stored = self.store.mentions.get(number)
        if stored is None:
            return
        before = self.store.moderations.of_mention(number, self.at)
        asked = Moderation(
            mention=number, revision=stored.revision, source="x", action="hide", by=self.people[who], at=self.at,
        )  # fmt: skip
        begun = self.store.moderations.begin(asked, after=before[-1].number if before else 0)
        if begun is not None:
            self.store.moderations.end(begun, "done", at=self.at)

    @rule(number=POST)
    def told(self, number: int) -> None:
        whatever(lambda: self.store.staff_reports.add(number, at=self.at, worry="it frightens me"))

    # ── what goes ────────────────────────────────────────────────────────────────────────────────

    @rule()
    def purge(self) -> None:
        assert self.store.retention.purge(self.at, {}, deleted_after=timedelta(0)).proved

    @rule(number=POST)
    def erase(self, number: int) -> None:
        assert self.store.retention.erase([number], by="governance", at=self.at).proved

    # ── what must hold ───────────────────────────────────────────────────────────────────────────

    @invariant()
    def figures_are_those_of_a_recount(self) -> None:
        for case in self.rows("SELECT * FROM cases"):
            there = self.rows("SELECT * FROM case_mentions WHERE case_number = ? AND NOT deleted", case["number"])  # fmt: skip
            seen = [one for one in there if one["reviewable"]]
            edited = [one for one in seen if (one["decided_revision"] or 99) < one["revision"]]
            unread = [one for one in seen if one["read"] != "full"]
            counted = (len(there), len(seen), len(unread), len(edited))
            assert (case["size"], case["flagged"], case["unread"], case["edited"]) == counted
            assert case["risk"] == max((one["risk"] for one in seen), default=0)

    @invariant()
    def what_a_decision_does_not_cover_waits(self) -> None:
        for case in self.rows("SELECT * FROM cases WHERE state IN ('done', 'escalated')"):
            assert case["size"] < GROWS * max(1, case["decided_size"])
            assert case["risk"] <= case["decided_risk"]
            left = self.rows(
                """SELECT 1 FROM case_mentions WHERE case_number = ? AND reviewable AND NOT deleted
                AND coalesce(decided_revision, 0) < revision""",
                case["number"],
            )
            assert left == []

    @invariant()
    def a_case_stands_by_its_last_decision_that_holds(self) -> None:
        for case in self.rows("SELECT * FROM cases"):
            history = self.store.cases.history(case["number"])
            said = [one.decision for one in history if not one.undone and one.decision.kind != "undo"]  # fmt: skip
            last = said[-1] if said else None
            assert (case["kind"], case["decided_by"]) == ((last.kind, last.by) if last else (None, None))  # fmt: skip
            assert case["version"] == len(history)
            assert last or case["state"] in ("new", "open")

    @invariant()
    def no_case_covers_itself(self) -> None:
        cases = self.cases()
        for case in cases:
            way = [case]
            while (of := self.store.duplicates.covering_case(way[-1])) in cases:
                assert of not in way
                way.append(of)
            assert self.store.duplicates.final_case(case) == way[-1]
            assert all(
                self.store.duplicates.covering_case(one) == case
                for one in self.store.duplicates.of_case(case)
            )

    @invariant()
    def tabs_count_what_their_lists_hold(self) -> None:
        for user in (self.people["amina"], self.people["bea"]) if hasattr(self, "people") else ():
            for tab in TABS:
                found = self.store.queue.page(CaseQuery(tab=tab, user=user, size=100), self.at)
                shown = sorted(card.case.number for card in found.cards)
                assert found.total == found.tabs[tab] == len(shown)
                assert shown == self.naive(tab, user), tab
                assert all(card.item is not None for card in found.cards), tab

    @invariant()
    def due_is_the_first_clock_that_runs(self) -> None:
        clocks = self.rows("SELECT * FROM deadlines WHERE stopped_at IS NULL")
        each = Counter((one["case_number"], one["kind"]) for one in clocks)
        assert max(each.values(), default=1) == 1
        passed_on = self.rows(
            "SELECT * FROM handoffs WHERE state IN ('waits', 'confirmed') AND due_at IS NOT NULL"
        )
        for case in self.rows("SELECT * FROM cases"):
            due = [one["due_at"] for one in (*clocks, *passed_on) if one["case_number"] == case["number"]]  # fmt: skip
            assert case["due_at"] == min(due, default=None)

    @invariant()
    def opinions_follow_what_holds(self) -> None:
        for case in self.cases():
            holds = {one.version for one in self.store.cases.history(case) if not one.undone}
            for one in self.store.opinions.of_case(case):
                assert (one.asked_at_version in holds) == (one.why != "taken back")
                assert (one.state == "waits") == (one.ended_at is None)

    @invariant()
    def nothing_is_left_of_what_went(self) -> None:
        cases, posts = set(self.cases()), set(self.numbers("SELECT number FROM mentions"))
        assert cases == set(self.numbers("SELECT case_number FROM case_mentions"))
        for table in OF_CASE:
            assert set(self.numbers(f"SELECT case_number FROM {table}")) <= cases
        for table in OF_POST:
            assert set(self.numbers(f"SELECT mention FROM {table}")) <= posts
        handoffs = set(self.numbers("SELECT number FROM handoffs"))
        assert set(self.numbers("SELECT handoff FROM handoff_steps")) == handoffs
        left = self.rows("SELECT * FROM deadlines WHERE case_number NOT IN (SELECT number FROM cases)")  # fmt: skip
        # a breach's clock runs on; what stopped stays for the figures of past weeks, without a name or a word
        assert all(
            one["stopped_at"] is None
            if one["kind"] == "pid"
            else one["stopped_at"] is not None
            and one["stopped_by"] is None
            and one["encrypted"] is None
            for one in left
        )

    # ── a naive reading ──────────────────────────────────────────────────────────────────────────

    def naive(self, tab: Tab, user: int) -> list[int]:
        """The cases of a tab, one by one."""
        found = []
        for case in self.rows("SELECT * FROM cases"):
            waits = case["state"] in ("new", "open")
            holds = {
                "new": waits and case["flagged"] > 0,
                "high": waits and case["flagged"] > 0 and case["risk"] == 3,
                "mine": self.is_mine(case, user),
                "escalated": case["state"] == "escalated",
                "overdue": self.is_overdue(case),
                "snoozed": case["state"] == "snoozed",
                "edited": case["edited"] > 0,
                "done": case["state"] == "done",
                "unread": waits and case["unread"] > 0,
                "all": True,
            }
            found += [case["number"]] * bool(holds[tab])
        return sorted(found)

    def is_overdue(self, case: Any) -> bool:
        """Past its time, and for whoever decides: a team that has a part of it, or is yet to confirm it in time, leaves them nothing that is due."""
        at = clock.text(self.at)
        if case["due_at"] is None or case["due_at"] > at:
            return False
        teams = self.rows("SELECT * FROM handoffs WHERE case_number = ? AND state IN ('waits', 'confirmed')", case["number"])  # fmt: skip
        clocks = self.rows("SELECT * FROM deadlines WHERE case_number = ? AND kind <> 'look' AND stopped_at IS NULL", case["number"])  # fmt: skip
        unconfirmed = [one for one in teams if one["state"] == "waits"]
        return (
            case["lane"] is not None
            or not teams
            or any(
                one["due_at"] is not None and one["due_at"] <= at for one in (*unconfirmed, *clocks)
            )
        )

    def is_mine(self, case: Any, user: int) -> bool:
        away = self.store.absences.away(self.at)
        here = [user, *(who for who, one in away.items() if one.acting == user)]
        opinions = self.store.opinions.of_case(case["number"])
        passed_on = [one.state for one in self.store.handoffs.of_case(case["number"]) if one.by == user]  # fmt: skip
        if case["state"] == "done":  # for the team, and not for whoever passed a part of it on
            return "waits" in passed_on or "confirmed" in passed_on
        return (
            (case["assigned_to"] in here and case["state"] != "snoozed")
            or any(o.state == "waits" and o.of in here and o.asked_by != user for o in opinions)
            or any(o.state in ("waits", "answered") and o.asked_by == user for o in opinions)
            or (bool(set(passed_on) - {"taken back"}) and case["state"] != "snoozed")
        )

    def rows(self, sql: str, *values: object) -> list[Any]:
        return self.store.database.rows(sql, *values) if hasattr(self, "store") else []

    def numbers(self, sql: str) -> list[int]:
        return [row[0] for row in self.rows(sql)]

    def cases(self) -> list[int]:
        return self.numbers("SELECT number FROM cases ORDER BY number")

    def some_case(self, data: st.DataObject) -> int | None:
        there = self.cases()
        return data.draw(st.sampled_from(there)) if there else None


TestEveryWay = EveryWay.TestCase
TestEveryWay.settings = settings(
    max_examples=many_or(6),
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
