"""Every field of a summary's figures worked out a second way, by loops over the tables' rows; a new field fails until it has one."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import date, datetime, timedelta
from statistics import mean, median
from typing import Any
from urllib.parse import urlsplit

import pytest

from collectors.platforms import PLATFORM_NAMES
from core import clock
from reports.weekly.figures import Figures, Series, Trust
from reports.weekly.periods import Period, period_of
from store import Store
from store.own_posts import CAMPAIGN
from tests.reports.factories import POLICY
from tests.reports.weekly.by_chance import fill, rows, total
from tests.reports.weekly.factories import AT, DAY, LAST, WEEK, figures_of
from tests.stores import temporary_store

PERIODS = [
    period_of("week", LAST),
    period_of("week", LAST - WEEK),
    period_of("month", LAST),
    period_of("quarter", LAST),
]
LANES = ("now", "answer", "look")
Row = dict[str, Any]


@pytest.fixture(scope="module", params=[3, 4])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    with temporary_store() as opened:
        fill(opened, request.param)
        yield opened


class Tables:
    """The rows of a store, moments as moments and what is encrypted in clear, beside the period that is told."""

    def __init__(self, store: Store, period: Period) -> None:
        self.store, self.period = store, period
        self.start, self.end = clock.day(period.first)[0], clock.day(period.last)[1]
        self.now = [row for row in rows(store) if period.first <= row["day"] <= period.last]

    def of(self, table: str) -> list[Row]:
        """All rows of a table."""
        return [
            {name: self._value(name, value) for name, value in dict(row).items()}
            for row in self.store.database.rows(f"SELECT * FROM {table}")
        ]

    def _value(self, name: str, value: Any) -> Any:
        if name == "encrypted":
            return self.store.database.encryption.decrypt(value) if value else {}
        moment = name in ("at", "until") or name.endswith("_at")
        return clock.parse(value) if moment and value else value

    def within(self, moment: datetime) -> bool:
        """Whether it lies in the period."""
        return self.start <= moment < self.end

    def held(self) -> list[Row]:
        """Mentions that are there with their assessment, flags and the case that they are in."""
        assessed = {row["mention"]: row for row in self.of("assessments")}
        cases = {row["mention"]: row["case_number"] for row in self.of("case_mentions")}
        flags = defaultdict(set)
        for row in self.of("flags"):
            flags[row["assessment"]].add(row["name"])
        return [
            {**row, "case": cases.get(row["number"]), "flags": flags[assessed[row["number"]]["number"]],
             **{name: assessed[row["number"]][name] for name in ("sentiment", "in_scope", "language", "read")}}
            for row in self.of("mentions") if row["deleted_at"] is None
        ]  # fmt: skip

    def clocks(self, kind: str) -> list[Row]:
        """Deadlines of a kind that began in the period."""
        return [
            row
            for row in self.of("deadlines")
            if row["kind"] == kind and self.within(row["began_at"])
        ]


def plain(value: Any) -> Any:
    """Dataclasses as dicts, so that a field that is new in one of them is missed here too."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return [plain(each) for each in value] if isinstance(value, list | tuple) else value


# ── what was said ────────────────────────────────────────────────────────────────────────────────


def totals(tables: Tables) -> Any:
    now = tables.now
    tones = {
        tone: total([row for row in now if row["sentiment"] == tone])
        for tone in ("negative", "neutral", "positive")
    }
    return {
        "mentions": total(now), **tones, "flagged": total([row for row in now if row["flags"]]),
        "high": total([row for row in now if row["risk"] == "high"]),
        "asking": total([row for row in now if "assistance" in row["flags"]]),
    }  # fmt: skip


def together(counts: Mapping[str, int]) -> list[Row]:
    """Counts below five, and as many of the next as hide them, told as one: tried from none upwards."""
    ordered = sorted(
        ((name, count) for name, count in counts.items() if count),
        key=lambda row: (-row[1], row[0]),
    )
    few = [row for row in ordered if row[1] < 5]
    while few and len(few) < len(ordered) and (len(few) == 1 or sum(count for _, count in few) < 5):
        few = ordered[len(ordered) - len(few) - 1 :]
    told = [
        {"key": name, "name": name, "count": count}
        for name, count in ordered[: len(ordered) - len(few)]
    ]
    if few:
        of_few = sum(count for _, count in few)
        told.append(
            {
                "key": "",
                "name": "All others",
                "count": of_few if len(few) > 1 and of_few >= 5 else None,
            }
        )
    return told


def platforms(tables: Tables) -> Any:
    counts = Counter[str]()
    for row in tables.now:
        counts[PLATFORM_NAMES[row["platform"]]] += row["count"]
    return together(counts)


def places(tables: Tables) -> Any:
    seen = {
        row["mention"] for row in tables.of("case_mentions")
        if row["reviewable"] and tables.within(row["posted_at"])
    }  # fmt: skip
    return together(
        Counter(row["place"] for row in tables.of("case_places") if row["mention"] in seen)
    )


def flags(tables: Tables) -> Any:
    counts = Counter[str]()
    for row in tables.now:
        counts.update(dict.fromkeys(row["flags"], row["count"]))
    return [
        {"key": name, "name": POLICY.label(name), "count": count if count >= 5 else None}
        for name, count in sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    ]


# ── what we did ──────────────────────────────────────────────────────────────────────────────────


def lanes(tables: Tables) -> Any:
    told = []
    for lane in LANES:
        mine = [
            row for row in tables.clocks("look")
            if (row["lane"] or "look") == lane and row["stop_reason"] not in ("nothing left", "taken back")
        ]  # fmt: skip
        minutes = [
            (row["stopped_at"] - row["began_at"]).total_seconds() / 60
            for row in mine
            if row["stopped_at"]
        ]
        if mine:
            told.append({
                "lane": lane, "cases": len(mine), "running": len(mine) - len(minutes),
                "in_time": sum(row["stopped_at"] is not None and row["stopped_at"] <= row["due_at"] for row in mine),
                "late": sum((row["stopped_at"] or AT) > row["due_at"] for row in mine),
                "median_minutes": pytest.approx(median(minutes), abs=0.01) if minutes else None,
                "slowest_minutes": pytest.approx(max(minutes), abs=0.01) if minutes else None,
            })  # fmt: skip
    return told


def work(tables: Tables) -> Any:
    breaches = [row for row in tables.clocks("pid") if row["stop_reason"] != "taken back"]
    asked = {
        row["mention"]
        for row in tables.of("takedowns")
        if row["step"] == "asked" and tables.within(row["at"])
    }
    gone = {row["mention"] for row in tables.of("takedowns") if row["step"] == "gone"}
    gone |= {row["number"] for row in tables.of("mentions") if row["deleted_at"]}
    handoffs = [row["state"] for row in tables.of("handoffs") if tables.within(row["at"])]
    decided = Counter(
        row["kind"] for row in tables.of("case_decisions") if tables.within(row["at"])
    )
    return {
        "decided": {kind: count for kind, count in decided.items() if kind not in ("reopen", "confirm", "second_opinion", "undo")},
        "takedowns_asked": len(asked), "takedowns_gone": len(asked & gone),
        "hidden": len({row["mention"] for row in tables.of("moderations") if row["outcome"] == "done" and tables.within(row["began_at"])}),
        "clocks_began": len(breaches), "clocks_recorded": sum(row["stop_reason"] == "recorded" for row in breaches),
        "clocks_running": sum(row["stopped_at"] is None for row in breaches),
        "passed_on": len(handoffs) - handoffs.count("taken back"),
        "passed_on_open": handoffs.count("waits") + handoffs.count("confirmed"),
    }  # fmt: skip


def waiting_cases(tables: Tables) -> list[Row]:
    moment = min(tables.end, AT)
    running = [
        row for row in tables.of("deadlines")
        if row["kind"] == "assistance" and row["began_at"] < moment and (row["stopped_at"] is None or row["stopped_at"] >= moment)
    ]  # fmt: skip
    return sorted(running, key=lambda row: (row["began_at"], row["number"]))


def waiting_now(tables: Tables) -> int:
    return sum(
        row["kind"] == "assistance" and row["began_at"] <= AT and (row["stopped_at"] is None or row["stopped_at"] > AT)
        for row in tables.of("deadlines")
    )  # fmt: skip


def waiting_long(tables: Tables) -> Any:
    return sum(
        min(tables.end, AT) - row["began_at"] > timedelta(days=2) for row in waiting_cases(tables)
    )


def waiting_longest(tables: Tables) -> Any:
    officers = {row["number"] for row in tables.of("cases") if row["assigned_to"]}
    roles = {
        row["case_number"]: row["role"]
        for row in tables.of("handoffs")
        if row["state"] in ("waits", "confirmed")
    }
    return [
        {"case": row["case_number"], "since": row["began_at"],
         "role": roles.get(row["case_number"], "officer" if row["case_number"] in officers else "")}
        for row in waiting_cases(tables)[:20]
    ]  # fmt: skip


def asked_and_answered(tables: Tables) -> Any:
    held, everything = tables.held(), tables.of("mentions")
    ours = {row["key_hash"] for row in everything if row["own"]}
    requests = [
        row for row in held
        if not row["own"] and tables.within(row["posted_at"]) and "assistance" in row["flags"] and row["parent_hash"] in ours
    ]  # fmt: skip
    answers = [row for row in held if row["own"]]
    return {
        "requests": len(requests),
        "answered": sum(
            any(
                answer["parent_hash"] == row["key_hash"]
                or (answer["parent_hash"] == row["parent_hash"] and answer["posted_at"] > row["posted_at"]
                    and answer["root_hash"] is not None and answer["root_hash"] != answer["parent_hash"])
                for answer in answers
            )
            for row in requests
        ),
    }  # fmt: skip


# ── what we and the press published ──────────────────────────────────────────────────────────────


def campaigns(tables: Tables) -> Any:
    posts = {row["number"]: row for row in tables.held() if tables.within(row["posted_at"])}
    named = defaultdict(set)
    for match in tables.of("matches"):
        if match["term"].startswith(CAMPAIGN) and match["mention"] in posts:
            named[match["term"][len(CAMPAIGN) :]].add(match["mention"])
    written = notes(tables)
    told = []
    for name in sorted(named):
        ours = [
            json.loads(posts[number]["metrics"]) for number in named[name] if posts[number]["own"]
        ]
        reach = {
            what: sum(each.get(what, 0) for each in ours)
            for what in ("views", "likes", "shares", "replies")
        }
        told.append({
            "reach": {"campaign": name, "posts": len(ours), **reach, "mentions": len(named[name]) - len(ours)},
            "outtakes": written.get(f"campaign:outtakes:{name}", ""), "outcomes": written.get(f"campaign:outcomes:{name}", ""),
        })  # fmt: skip
    return told


def official(tables: Tables) -> Any:
    ours = [row for row in tables.of("mentions") if row["own"] and row["posted_at"] < tables.end]
    accounts = sorted({(row["platform"], row["encrypted"]["handle"]) for row in ours})
    told = []
    for platform, handle in accounts:
        posted = [
            row["posted_at"]
            for row in ours
            if (row["platform"], row["encrypted"]["handle"]) == (platform, handle)
        ]
        told.append({
            "platform": platform, "handle": handle, "last": max(posted), "posts": sum(moment >= tables.start for moment in posted),
        })  # fmt: skip
    return told


def cuttings(tables: Tables, platform: str = "news") -> Any:
    pieces = [
        row for row in tables.held()
        if row["platform"] == platform and not row["own"] and row["in_scope"] and tables.within(row["posted_at"])
    ]  # fmt: skip
    return [
        {"outlet": urlsplit(row["encrypted"]["url"]).netloc.replace("www.", ""), "posted_at": row["posted_at"],
         "sentiment": row["sentiment"], "case": row["case"]}
        for row in sorted(pieces, key=lambda row: row["posted_at"], reverse=True)[:20]
    ]  # fmt: skip


def records(tables: Tables) -> Any:
    return cuttings(tables, "record")


def notes(tables: Tables) -> Any:
    written: dict[str, str] = {}
    for row in tables.of("weekly_notes"):
        if (row["period"], row["last_day"]) == (tables.period.kind, f"{tables.period.last}"):
            written[row["about"]] = row["encrypted"]["words"]
    return {about: words for about, words in written.items() if words}


def coming(tables: Tables) -> Any:
    last = tables.period.last
    entries = [
        {
            "number": row["number"],
            "day": date.fromisoformat(row["day"]),
            "what": row["encrypted"]["what"],
        }
        for row in tables.of("calendar_entries")
        if row["removed_at"] is None
        and last <= date.fromisoformat(row["day"]) <= last + timedelta(days=28)
    ]
    return sorted(entries, key=lambda entry: (entry["day"], entry["number"]))


# ── how far to trust it ──────────────────────────────────────────────────────────────────────────


def weeks_before(period: Period, count: int) -> list[tuple[date, date]]:
    """The weeks before those by which a period is judged, oldest first."""
    last = period.weeks(period.judged)[0][0] - DAY
    return [(last - back * WEEK - 6 * DAY, last - back * WEEK) for back in reversed(range(count))]


def sources(tables: Tables) -> Any:
    """Minute by minute would do too: what no run that ended covers, within the period."""
    told = []
    runs = [row for row in tables.of("runs") if row["complete"] and row["source"] != "import"]
    oldest = clock.day(tables.period.weeks(tables.period.judged + 52)[0][0])[0] - timedelta(days=7)
    for source in sorted({row["source"] for row in runs if row["at"] >= oldest}):
        spans = sorted(
            (clock.parse(row["since"]), row["at"])
            for row in runs
            if row["source"] == source and row["at"] >= oldest
        )
        gaps, read_to = [], tables.start
        for since, until in spans:
            if since > read_to and read_to < tables.end:
                gaps.append((read_to, min(since, tables.end)))
            read_to = max(read_to, until)
        now = min(tables.end, AT)  # of a period that is not over, what is to come is no gap
        if read_to < now:
            gaps.append((read_to, now))
        told.append({"name": source, "gaps": tuple(gaps)})
    return told


def imported(tables: Tables) -> Any:
    first = tables.period.weeks(tables.period.judged)[0][0]
    last = tables.period.weeks(tables.period.judged)[-1][1]
    return total(
        [row for row in rows(tables.store) if first <= row["day"] <= last and row["imported"]]
    )


def spend(tables: Tables) -> Any:
    return [{"source": "x", "month": "2026-11", "dollars": 41.2}]


def found_count(tables: Tables) -> Any:
    return total(
        [
            row
            for row in rows(tables.store)
            if row["found"] is not None and tables.within(row["found"])
        ]
    )


def found_later(tables: Tables) -> Any:
    return total([
        row for row in tables.now
        if row["found"] is not None and tables.end <= row["found"] < AT and not row["imported"]
    ])  # fmt: skip


def since(tables: Tables) -> Any:
    oldest = clock.day(tables.period.weeks(tables.period.judged + 52)[0][0])[0] - timedelta(days=7)
    return min(
        clock.parse(row["since"]) for row in tables.of("runs")
        if row["complete"] and row["source"] != "import" and row["at"] >= oldest
    )  # fmt: skip


def leaks_to_look_at(tables: Tables) -> Any:
    """Cases that were not looked at, with a post that may hold a patient's details and was posted by then; none whose leak was confirmed."""
    flags = defaultdict(set)
    for row in tables.of("flags"):
        flags[row["assessment"]].add(row["name"])
    holds = {
        row["case_number"] for row in tables.of("case_mentions")
        if row["reviewable"] and not row["deleted"] and not row["speaks"] and "pid" in flags[row["assessment"]]
        and row["posted_at"] < min(tables.end, AT)
    }  # fmt: skip
    holds -= {row["case_number"] for row in tables.of("deadlines") if row["kind"] == "pid" and row["stop_reason"] != "taken back"}  # fmt: skip
    return len([
        row for row in tables.of("deadlines")
        if row["kind"] == "look" and row["stopped_at"] is None and row["case_number"] in holds
    ])  # fmt: skip


def late(tables: Tables) -> Any:
    found = [
        row
        for row in rows(tables.store)
        if row["found"] is not None and tables.within(row["found"]) and not row["imported"]
    ]
    told = [
        {
            "first": first,
            "last": last,
            "count": total([row for row in found if first <= row["day"] <= last]),
        }
        for first, last in weeks_before(tables.period, 8)
    ]
    return [row for row in told if row["count"]]


def restated(tables: Tables) -> Any:
    told = {
        row["last_day"]: json.loads(row["figures"])["totals"]["mentions"]
        for row in tables.of("weekly_summaries")
    }
    weeks = []
    for first, last in weeks_before(tables.period, 8):
        count = total([row for row in rows(tables.store) if first <= row["day"] <= last])
        if told.get(f"{last}") not in (None, count):
            weeks.append({"first": first, "last": last, "published": told[f"{last}"], "now": count})
    return weeks


def quality(tables: Tables) -> Any:
    """The figures that a summary says; their intervals have tests of their own (tests/core/test_estimates.py)."""
    since = tables.period.last - timedelta(weeks=11)
    monday = since - timedelta(days=since.weekday())
    weeks = [
        row["week"]
        for row in tables.of("sample_draws")
        if monday <= date.fromisoformat(row["week"]) <= tables.period.last
    ]
    answers: dict[int, Row] = {}
    for row in tables.of("sample_answers"):
        if row["skipped"] is None and row["version"] >= answers.get(row["sample"], row)["version"]:
            answers[row["sample"]] = row
    drawn = [
        row for row in tables.of("samples") if row["week"] in weeks and row["number"] in answers
    ]
    blind = [
        (row["week"], row["stratum"], json.loads(answers[row["number"]]["labels"]))
        for row in drawn
        if row["kind"] == "unflagged"
    ]
    strata = [
        row
        for row in tables.of("sample_strata")
        if row["week"] in weeks and row["kind"] == "unflagged"
    ]
    missed = 0.0
    for name in {row["name"] for row in strata}:
        share, size = 0.0, 0
        for row in strata:
            said = [
                labels for week, stratum, labels in blind if (week, stratum) == (row["week"], name)
            ]
            if row["name"] == name and said:
                share += row["population"] * sum(map(bool, said)) / len(said)
                size += row["population"]
        missed += (
            share / size * sum(row["population"] for row in strata if row["name"] == name)
            if size
            else 0
        )
    decisions = {row["number"]: json.loads(row["labels"]) for row in tables.of("decisions")}
    assessed_at = {row["mention"]: row["at"] for row in tables.of("assessments")}
    stories = {row["number"]: row["story"] for row in tables.of("mentions")}
    last: dict[str, tuple[date, bool]] = {}
    spoken: dict[str, dict[str, bool]] = defaultdict(dict)
    for row in sorted(tables.of("decisions"), key=lambda row: (row["at"], row["number"])):
        if monday <= clock.local_day(row["at"]) and assessed_at[row["mention"]] <= row["at"]:
            story = stories[row["mention"]]
            spoken[story] |= json.loads(row["labels"])
            last[story] = clock.local_day(row["at"]), any(spoken[story].values())
    judged = [
        right
        for day, right in last.values()
        if day - timedelta(days=day.weekday()) <= tables.period.last
    ]
    flagged = sum(
        json.loads(row["flagged"])["any"]
        for row in tables.of("sample_draws")
        if row["week"] in weeks
    )
    found = flagged * mean(judged)
    pairs = [
        (flag in json.loads(answers[row["number"]]["labels"]), holds)
        for row in drawn if row["kind"] == "second" for flag, holds in decisions[row["decision"]].items()
    ]  # fmt: skip
    scope = [answers[row["number"]]["in_scope"] for row in drawn if row["kind"] == "second"]
    return {
        "answered": len(blind), "missed": sum(bool(labels) for *_, labels in blind),
        "population": sum(row["population"] for row in strata), "flagged": flagged,
        "precision": pytest.approx(mean(judged)), "recall": pytest.approx(found / (found + missed)),
        "flags_agree": pytest.approx(mean(first == second for first, second in pairs)) if len(pairs) >= 10 else None,
        "scope_agree": pytest.approx(mean(scope)) if len(scope) >= 10 else None,  # all were answered, so in scope
    }  # fmt: skip


def told_quality(figures: Figures) -> Any:
    """The same of the figures."""
    told = figures.trust.quality
    assert told is not None
    overall = told.overall
    assert overall.precision is not None
    assert overall.recall is not None
    return {
        "answered": told.answered, "missed": overall.missed, "population": told.population, "flagged": told.flagged,
        "precision": overall.precision.value, "recall": overall.recall.value,
        "flags_agree": told.flags_agree.same.value if told.flags_agree else None,
        "scope_agree": told.scope.agree.same.value if told.scope.agree else None,
    }  # fmt: skip


def not_read(tables: Tables) -> Any:
    assessed = {row["number"]: row["language"] for row in tables.of("assessments")}
    return dict(Counter(
        (row["read"], assessed[row["assessment"]]) for row in tables.of("case_mentions")
        if row["read"] != "full" and tables.within(row["posted_at"])
    ))  # fmt: skip


def terms_changed(tables: Tables) -> Any:
    first = tables.period.weeks(26)[0][0]
    days = {
        clock.local_day(row["at"]) for row in tables.of("settings") if row["section"] == "names"
    }
    return sorted(day for day in days if first <= day <= tables.period.last)


def ending(tables: Tables) -> Any:
    return sorted(
        row["source"] for row in tables.of("access_tokens")
        if not row["encrypted"].get("renewal") and row["expires_at"] <= tables.end + timedelta(days=7)
    )  # fmt: skip


# ── all of them ──────────────────────────────────────────────────────────────────────────────────

# A second way, or why there is none.
WAYS: Mapping[str, Callable[[Tables], Any] | str] = {
    "Figures.period": "what was asked for", "Figures.at": "what was asked for", "Figures.organisation": "a name of config.toml",
    "Figures.totals": totals, "Figures.series": "its fields are below", "Figures.platforms": platforms, "Figures.places": places,
    "Figures.flags": flags, "Figures.tone_by_platform": "test_tone_by_platform_shows_counts_as_they_are_and_no_small_one",
    "Figures.leaks_to_look_at": leaks_to_look_at, "Trust.found_later": found_later, "Trust.since": since,
    "Figures.lanes": lanes, "Figures.work": work, "Figures.waiting": lambda tables: len(waiting_cases(tables)), "Figures.waiting_now": waiting_now,
    "Figures.waiting_long": waiting_long, "Figures.waiting_longest": waiting_longest, "Figures.help": asked_and_answered,
    "Figures.themes": "worked out from words by the encoder: test_themes.py", "Figures.campaigns": campaigns,
    "Figures.official": official, "Figures.cuttings": cuttings, "Figures.records": records, "Figures.trust": "its fields are below", "Figures.coming": coming,
    "Figures.notes": notes, "Figures.written_lines": "what officers wrote: tests/review/desk/test_renaming.py",
    "Series.key": "a name", "Series.share": "a name", "Series.points": "test_points_totals_and_what_is_compared, and test_figures.py",
    "Series.week": "test_points_totals_and_what_is_compared", "Series.total": "test_points_totals_and_what_is_compared",
    "Series.compared": "test_points_totals_and_what_is_compared", "Series.of": "test_points_totals_and_what_is_compared",
    "Series.reading": "worked out by hand in test_xmr.py, over simulated weeks in test_year.py", "Series.driver": "test_layout.py and test_year.py",
    "Trust.sources": sources, "Trust.left_out": "which weeks were watched alike: test_watched.py and test_year.py",
    "Trust.weeks_left_out": "which weeks were watched alike: test_watched.py and test_year.py", "Trust.imported": imported,
    "Trust.spend": spend, "Trust.found_count": found_count, "Trust.late": late, "Trust.restated": restated, "Trust.quality": quality,
    "Trust.tone_right": "compared with the card of the model in test_figures.py", "Trust.not_read": not_read,
    "Trust.terms_changed": terms_changed, "Trust.health": "given: tests/steps/test_health.py", "Trust.ending": ending,
    "Trust.policy": lambda tables: tables.of("assessments")[-1]["policy"], "Trust.model": lambda tables: tables.of("assessments")[-1]["model"],
}  # fmt: skip
TOLD: Mapping[str, Callable[[Figures], Any]] = {
    "Trust.quality": told_quality,
    "Trust.ending": lambda figures: sorted(token.source for token in figures.trust.ending),
}


def test_no_field_is_without_a_second_way_or_a_reason() -> None:
    assert set(WAYS) == {
        f"{of.__name__}.{field.name}" for of in (Figures, Series, Trust) for field in fields(of)
    }


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: period.name)
def test_a_second_way_says_the_same(store: Store, period: Period) -> None:
    figures, tables = figures_of(store, period), Tables(store, period)
    differ = {}
    for field, way in WAYS.items():
        if isinstance(way, str):
            continue
        of, _, name = field.partition(".")
        told = getattr(figures.trust if of == "Trust" else figures, name)
        first = plain(TOLD[field](figures) if field in TOLD else told)
        if first != (second := way(tables)):
            differ[field] = first, second
    assert differ == {}


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: period.name)
def test_tone_by_platform_shows_counts_as_they_are_and_no_small_one(
    store: Store, period: Period
) -> None:
    table = figures_of(store, period).tone_by_platform
    counts = Counter[tuple[str, str]]()
    for row in Tables(store, period).now:
        counts[PLATFORM_NAMES[row["platform"]], row["sentiment"]] += row["count"]
    if table is None:
        return
    for platform, cells in zip(table.rows, table.cells, strict=True):
        for column, cell in zip(table.columns, cells, strict=True):
            assert cell in (None, counts[platform, column])
            assert cell is None or not 0 < cell < 5


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: period.name)
def test_points_totals_and_what_is_compared(store: Store, period: Period) -> None:
    figures, tables = figures_of(store, period), Tables(store, period)
    now = totals(tables)
    of_clocks = {
        (first, last): [
            (row["stopped_at"] is not None and row["stopped_at"] <= row["due_at"])
            for row in tables.of("deadlines")
            if row["kind"] == "look" and row["stop_reason"] not in ("nothing left", "taken back")
            and first <= clock.local_day(row["began_at"]) <= last
            and (row["stopped_at"] is not None or row["due_at"] < AT)
        ]
        for first, last in period.weeks(52 + period.judged)
    }  # fmt: skip
    looked = figures.chart("in_time")
    for point in looked.points:
        hits = of_clocks[point.first, point.last]
        assert point.value == (
            pytest.approx(100 * mean(hits)) if len(hits) >= 5 and point.value is not None else None
        )
    judged = [hit for week in period.weeks(period.judged) for hit in of_clocks[week]]
    assert looked.of == (sum(judged), len(judged))
    assert looked.total == (pytest.approx(100 * mean(judged)) if judged else None)
    for key in ("mentions", "asking", "high"):
        assert figures.chart(key).total == now[key]
    assert figures.chart("negative").total == pytest.approx(100 * now["negative"] / now["mentions"])
    week = period.weeks(1)[0]
    left_out = {fault.platform for fault in figures.trust.left_out}
    counted = [
        row for row in rows(store)
        if week[0] <= row["day"] <= week[1] and row["platform"] in {"x", "reddit", "news"} - left_out and not row["imported"]
    ]  # fmt: skip
    compared = figures.chart("mentions").compared
    assert compared in (None, total(counted))
    for series in figures.series:
        assert series.week in [*series.points, series.week]
        assert series.week.value is None or any(
            point.last == series.week.last for point in series.points
        )
