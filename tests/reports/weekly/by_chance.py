"""Stores filled by chance for tests that work figures out another way, and every counted mention of one."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from typing import Any

from core import clock
from core.models import PLATFORMS, Author
from store import Store, Token
from store.own_posts import CAMPAIGN
from tests.reports.weekly.factories import AT, DAY, LAST, WEEK, count, read, sundays
from tests.store import factories as stored

WEEKS = 16
START = clock.day(sundays(WEEKS)[0] - 6 * DAY)[0]
END = clock.day(LAST)[1]


def fill(store: Store, seed: int) -> None:
    """Mentions of sixteen weeks, found early or late, some by a file; some purged; cases with their clocks and decisions."""
    chance = random.Random(seed)
    who = store.users.add("local", "amina", "Amina", ("reviewer",), at=AT)
    for name in ("x", "reddit", "feeds"):
        read(store, name, date(2026, 7, 1), LAST)
    for number in range(1, 181):
        posted = START + timedelta(minutes=chance.randrange(-600, WEEKS * 7 * 24 * 60 + 600))
        late = timedelta(hours=chance.choice([1, 1, 1, 30, 200, 700]))
        found = min(posted + late, AT)
        platform = chance.choice(["x", "x", "reddit", "news"])
        words = f"Waited at the desk {number}"
        post = stored.mention(
            number, platform=platform, posted_at=posted, fetched_at=found, text=words, text_raw=words,
            **_more(number, platform, chance),
        )  # fmt: skip
        source = "import" if chance.random() < 0.1 else {"news": "feeds"}.get(platform, platform)
        store.mentions.add_run(source, [post], since=posted - DAY, at=found, complete=True)
        flags = chance.sample(["assistance", "pid", "media", "threat"], chance.choice([0, 0, 1, 2]))
        stored.assess_all(
            store, chance.choice(["high", "medium", "low", "none"]), at=found,
            flags=[stored.flag(name) for name in flags], in_scope=chance.random() < 0.8,
            sentiment=chance.choice(["negative", "neutral", "positive"]), language=chance.choice(["en", "en", "so", "und"]),
            read=chance.choice(["full", "full", "partial"]),
        )  # fmt: skip
    for last in sundays(WEEKS):
        for back in chance.sample(range(7), 4):
            count(
                store, last - back * DAY, chance.randrange(3, 30), platform=chance.choice(PLATFORMS[:4]),
                sentiment=chance.choice(["negative", "neutral", "positive"]), risk=chance.choice(["high", "low"]),
                flags=chance.choice(["[]", '["assistance"]', '["media","pid"]']), in_scope=chance.choice([0, 1, 1]),
            )  # fmt: skip
    with store.database.transaction():
        for case in range(1, 90):
            began = START + timedelta(minutes=chance.randrange(WEEKS * 7 * 24 * 60))
            kind = chance.choice(["look", "look", "look", "assistance", "pid"])
            stopped = (
                began + timedelta(minutes=chance.randrange(5, 9000))
                if chance.random() < 0.8
                else None
            )
            reason = chance.choice(
                ["decided", "decided", "answered", "nothing left", "taken back", "recorded"]
            )
            store.database.insert(
                "deadlines", case_number=case, kind=kind, began_at=clock.text(began),
                due_at=clock.text(began + timedelta(hours=chance.choice([1, 8, 48]))),
                lane=chance.choice(["now", "answer", "look"]) if kind == "look" else None,
                stopped_at=clock.text(stopped) if stopped else None, stop_reason=reason if stopped else None,
            )  # fmt: skip
            store.database.insert(
                "cases", opened_at=clock.text(began), latest_at=clock.text(began), lead_mention=1, risk=1, flagged=1, size=1,
                assigned_to=who.number if chance.random() < 0.3 else None,
            )  # fmt: skip
            store.database.insert(
                "case_decisions", case_number=case, version=1, at=clock.text(began + DAY), by_user=who.number, size=1, risk=1,
                kind=chance.choice(["respond", "no_action", "escalate", "reopen"]), covers="[]", labels="{}",
                encrypted=store.database.encryption.encrypt({}),
            )  # fmt: skip
        for number in range(1, 40):
            store.database.insert(
                "takedowns", mention=number, step="asked", recipient="platform", by_user=who.number,
                at=clock.text(START + timedelta(hours=number * 60)), recorded_at=clock.text(AT),
                encrypted=store.database.encryption.encrypt({}),
            )  # fmt: skip
            if number % 3 == 0:
                store.database.insert(
                    "takedowns", mention=number, step="gone", recipient="platform", by_user=who.number,
                    at=clock.text(AT), recorded_at=clock.text(AT), encrypted=store.database.encryption.encrypt({}),
                )  # fmt: skip

    _fill_cases(store, chance, who.number)
    _fill_samples(store, chance, who.number)
    _fill_notes(store, chance, who.number)


def _more(number: int, platform: str, chance: random.Random) -> dict[str, Any]:
    """Whose it is, what it answers and belongs to, where it stands."""
    own, host = chance.random() < 0.15, chance.choice(["www.echo.example.org", "radio.example.org"])
    return {
        "own": own, "author": Author(id=f"{number % 7}", handle=f"desk{number % 3}" if own else f"somebody{number}"),
        "metrics": {"likes": chance.randrange(9), "views": chance.randrange(900), "replies": chance.randrange(3)},
        "matched": ("NHS", *chance.choice([(), (), (f"{CAMPAIGN}Flu",), (f"{CAMPAIGN}Flu", f"{CAMPAIGN}111")])),
        "parent_id": f"19900000000000{chance.randrange(1, number):05}" if number > 9 and chance.random() < 0.5 else "",
        "url": f"https://{host}/{number}" if platform == "news" else f"https://example.org/{number}",
    }  # fmt: skip


def _fill_cases(store: Store, chance: random.Random, who: int) -> None:
    """Posts in their cases, with places; what was passed on, hidden, and has gone."""
    insert, encrypted = store.database.insert, store.database.encryption.encrypt({})
    held = store.database.rows(
        "SELECT m.number, m.platform, m.posted_at, a.number AS assessment, a.read FROM mentions m JOIN assessments a ON a.mention = m.number"
    )
    with store.database.transaction():
        for row in held:
            if chance.random() < 0.8:
                insert(
                    "case_mentions", mention=row["number"], case_number=chance.randrange(1, 90), assessment=row["assessment"],
                    revision=1, joined_by="alone", reviewable=int(chance.random() < 0.8), risk=1, platform=row["platform"],
                    read=row["read"], posted_at=row["posted_at"],
                )  # fmt: skip
                for place in chance.sample(
                    ["Ealing", "Brent", "Harrow", "Hounslow"], chance.choice([0, 0, 1, 2])
                ):
                    insert("case_places", place=place, mention=row["number"])
            if chance.random() < 0.2:
                insert(
                    "moderations", mention=row["number"], revision=1, source="facebook", action="hide", final=0, protected=0, clause="6.9",
                    began_at=row["posted_at"], outcome=chance.choice(["done", "done", "refused"]), encrypted=encrypted,
                )  # fmt: skip
        for case in range(1, 90):
            at = clock.text(START + timedelta(minutes=chance.randrange(WEEKS * 7 * 24 * 60)))
            insert(
                "handoffs", case_number=case, version=1, role=chance.choice(["security", "safeguarding"]), posts="[]", flags="[]", by_user=who,
                at=at, state=chance.choice(["waits", "confirmed", "answered", "taken back"]), state_at=at, keeps_look=1, encrypted=encrypted,
            )  # fmt: skip
        for row in held[::23]:
            store.database.execute("UPDATE mentions SET deleted_at = ? WHERE number = ?", clock.text(AT), row["number"])  # fmt: skip


def _fill_samples(store: Store, chance: random.Random, who: int) -> None:
    """The quality check of twenty weeks, two of them after the week that is told, and decisions that say what holds."""
    insert, encrypted = store.database.insert, store.database.encryption.encrypt({})
    held = store.database.rows(
        """SELECT a.mention, f.name FROM assessments a LEFT JOIN flags f ON f.assessment = a.number
        WHERE a.number NOT IN (SELECT assessment FROM flags GROUP BY 1 HAVING count(*) > 1)"""
    )
    with store.database.transaction():
        for back in range(-2, 18):
            monday = LAST - (back * 7 + 6) * DAY
            flagged = json.dumps({"any": chance.randrange(20, 60)})
            insert(
                "sample_draws",
                week=f"{monday}",
                since=clock.text(AT),
                until=clock.text(AT),
                drawn_at=clock.text(AT),
                seed="5eed",
                flagged=flagged,
            )
            for kind, name in (
                ("unflagged", "in scope"),
                ("unflagged", "health"),
                ("second", "decided"),
            ):
                insert(
                    "sample_strata",
                    week=f"{monday}",
                    kind=kind,
                    name=name,
                    population=chance.randrange(50, 90),
                    drawn=9,
                )
            for post in chance.sample(held, 9):
                if post["name"] is None:
                    _answer(store, "unflagged", monday, post["mention"], chance, who)
                elif not store.database.row(
                    "SELECT 1 FROM decisions WHERE mention = ?", post["mention"]
                ):
                    at = clock.text(clock.day(monday)[0] + timedelta(days=chance.randrange(7)))
                    labels = json.dumps({post["name"]: chance.random() < 0.8})
                    decision = insert(
                        "decisions", mention=post["mention"], version=1, revision=1, kind="respond", decided_by="x", at=at,
                        labels=labels, encrypted=encrypted,
                    )  # fmt: skip
                    _answer(store, "second", monday, post["mention"], chance, who, decision)


def _answer(
    store: Store, kind: str, week: date, mention: int, chance: random.Random, who: int, decision: int | None = None
) -> None:  # fmt: skip
    """One that was drawn, with what a person said of it, once or twice, or passed it over."""
    insert, encrypted = store.database.insert, store.database.encryption.encrypt({})
    sample = insert(
        "samples", week=f"{week}", kind=kind, mention=mention, revision=1, stratum="decided" if decision else chance.choice(["in scope", "health"]),
        chance=0.1, decision=decision, drawn_at=clock.text(AT),
    )  # fmt: skip
    for version in range(1, chance.choice([2, 3])):
        labels = json.dumps(chance.choice([[], [], ["pid"], ["media", "threat"], ["assistance"]]))
        insert(
            "sample_answers", sample=sample, mention=mention, version=version, by_user=who, at=clock.text(AT), in_scope=int(chance.random() < 0.7),
            labels=labels, skipped=chance.choice([None, None, None, "unsure"]), encrypted=encrypted,
        )  # fmt: skip


def _fill_notes(store: Store, chance: random.Random, who: int) -> None:
    """What people wrote, what is coming up, what sources cost, access that ends, terms that were changed."""
    for last in (LAST, LAST - WEEK):
        for about in ("campaign:outtakes:Flu", "campaign:outcomes:111", "headline"):
            for words in ("A first try", chance.choice(["", "Bookings rose"])):
                store.weekly_notes.write("week", last, about, words, by=who, at=AT)
    for number in range(12):
        entry = store.weekly_notes.add_to_calendar(
            LAST + (number * 5 - 8) * DAY, f"Meeting {number}", by=who, at=AT
        )
        if number % 4 == 0:
            store.weekly_notes.remove_from_calendar(entry, by=who, at=AT)
    with store.database.transaction():
        store.sources.save_state(
            "x", {"spend": json.dumps({"month": "2026-11", "sum": 41_200})}, AT
        )
        store.sources.save_state("reddit", {"spend": "no JSON"}, AT)
    for number, source in enumerate(("x", "reddit", "instagram")):
        store.tokens.add(
            Token(source=source, access="a", at=AT, expires_at=AT + (number * 5 - 1) * DAY,
                  renewal="r" if number == 1 else "", renewable_until=AT + 90 * DAY if number == 1 else None),
        )  # fmt: skip
    for version, days in enumerate((400, 60, 9, 9)):
        assert store.settings.save(
            "names", {"terms": [str(version)]}, version, at=AT - days * DAY, by=who
        )
    for back in (1, 2, 3):
        last = LAST - back * WEEK
        store.weekly_notes.publish(
            "week", last, {"totals": {"mentions": 1 if back == 2 else None}}, AT
        )


def rows(store: Store) -> list[dict[str, Any]]:
    """Every counted mention, held or purged: its UK day, when it was found (None: purged), and its labels."""
    held = store.database.rows(
        """SELECT m.number, m.posted_at, m.found_at, m.platform, a.sentiment, a.in_scope,
            (SELECT r.risk FROM risks r WHERE r.mention = m.number ORDER BY r.number DESC LIMIT 1) AS risk,
            (SELECT group_concat(f.name) FROM flags f WHERE f.assessment = a.number) AS flags,
            (SELECT group_concat(t.source) FROM matches t WHERE t.mention = m.number) AS sources
        FROM mentions m JOIN assessments a ON a.number = (SELECT max(b.number) FROM assessments b WHERE b.mention = m.number)
        WHERE m.own = 0"""
    )
    found = [
        {
            "day": clock.local_day(clock.parse(row["posted_at"])), "found": clock.parse(row["found_at"]),
            "platform": row["platform"], "sentiment": row["sentiment"], "risk": row["risk"], "count": 1,
            "flags": set(filter(None, (row["flags"] or "").split(","))), "in_scope": row["in_scope"],
            "imported": set((row["sources"] or "").split(",")) == {"import"},
        }
        for row in held
    ]  # fmt: skip
    found += [
        {
            "day": date.fromisoformat(row["day"]), "found": None, "platform": row["platform"], "sentiment": row["sentiment"],
            "risk": row["risk"], "count": row["count"], "in_scope": row["in_scope"], "imported": False,
            "flags": {name.strip('"') for name in row["flags"].strip("[]").split(",") if name},
        }
        for row in store.database.rows("SELECT * FROM purged_counts")
    ]  # fmt: skip
    return [row for row in found if row["in_scope"] or row["flags"]]


def total(chosen: list[dict[str, Any]]) -> int:
    return sum(row["count"] for row in chosen)
