"""What people say of a sample, blind: the next one for somebody, their answer, and a case for what was missed."""

from __future__ import annotations

import json
from datetime import date

from core import clock
from core.errors import StoreError
from store.cases.deadlines import Deadlines
from store.cases.decisions import Judgement
from store.cases.grouping import Grouping
from store.cases.models import RANK, Placing
from store.cases.sight import IN_USE
from store.database import Database
from store.samples.models import SampleAnswer, SampleItem, SampleProgress
from store.sqlite import Row

# One that waits: of the newest sample, as it was when it was drawn, and nobody has said what it is.
_WAITS = """s.week = (SELECT max(week) FROM sample_draws) AND m.deleted_at IS NULL
    AND m.revision = s.revision AND NOT EXISTS (SELECT 1 FROM sample_answers a
        WHERE a.sample = s.number AND a.skipped IS NULL)"""
# Who decided on a post, or on anything of its case, does not judge it again, nor does who passed it over.
_ALLOWED = """NOT EXISTS (SELECT 1 FROM sample_answers a WHERE a.sample = s.number AND a.by_user = ?1)
    AND NOT EXISTS (SELECT 1 FROM decisions d LEFT JOIN case_decisions c
            ON c.case_number = d.case_number AND c.version = d.case_version
        WHERE d.mention = s.mention AND (c.by_user = ?1 OR (c.by_user IS NULL
            AND d.decided_by = (SELECT name FROM users WHERE number = ?1))))
    AND NOT EXISTS (SELECT 1 FROM case_mentions i JOIN case_decisions c
            ON c.case_number = i.case_number
        WHERE i.mention = s.mention AND c.by_user = ?1)"""
_SHOWN = """SELECT s.number, s.mention, m.platform, m.kind AS post, m.posted_at, r.language, r.masked,
        (SELECT count(*) FROM sample_answers a WHERE a.sample = s.number) AS version
    FROM samples s JOIN mentions m ON m.number = s.mention
    JOIN current_assessments r ON r.mention = s.mention AND r.revision = s.revision"""
_MINE = """SELECT a.* FROM sample_answers a WHERE a.sample = ? AND a.by_user = ?
    AND a.skipped IS NULL AND a.version = (SELECT max(b.version) FROM sample_answers b
        WHERE b.sample = a.sample AND b.skipped IS NULL)"""


class SampleAnswers:
    """Asking people, and keeping what they say."""

    def __init__(self, database: Database, grouping: Grouping, deadlines: Deadlines) -> None:
        self._db = database
        self._grouping = grouping
        self._deadlines = deadlines

    def next_for(self, user: int) -> SampleItem | None:
        """One that waits and that this person may judge, the same until they do; None where there is none.

        Each person has an order of their own, so that two who sit down together seldom take the same.
        """
        with self._db.snapshot():
            row = self._db.row(
                f"""{_SHOWN} WHERE {_WAITS} AND {_ALLOWED} AND {self._db.sight.of_posts("s.mention")}
                ORDER BY (s.number * 7919 + ?1 * 104729) % 1009, s.number LIMIT 1""",
                user,
            )
        return _to_judge(row, None) if row else None

    def get(self, number: int, user: int) -> SampleItem | None:
        """One that this person may judge, or has judged and may judge anew; else None."""
        with self._db.snapshot():
            mine = self._db.row(_MINE, number, user)
            allowed = "m.deleted_at IS NULL" if mine else f"{_WAITS} AND {_ALLOWED}"
            row = self._db.row(
                f"{_SHOWN} WHERE s.number = ?2 AND ?1 AND {allowed} AND {self._db.sight.of_posts('s.mention')}",
                user, number,
            )  # fmt: skip
            return _to_judge(row, self._answer(mine) if mine else None) if row else None

    def progress(self, user: int) -> SampleProgress:
        """How far the newest sample is. What was deleted, edited or purged meanwhile is not counted."""
        with self._db.snapshot():
            week = self._db.value("SELECT max(week) FROM sample_draws")
            if week is None:
                return SampleProgress(week=None)
            answered = self._db.value(
                """SELECT count(DISTINCT a.sample) FROM samples s JOIN sample_answers a
                ON a.sample = s.number WHERE s.week = ? AND a.skipped IS NULL""",
                week,
            )
            waiting, yours = (
                self._db.value(
                    f"""SELECT count(*) FROM samples s JOIN mentions m ON m.number = s.mention
                    WHERE ?1 AND {_WAITS} {more} AND {self._db.sight.of_posts("s.mention")}""",
                    user,
                )
                for more in ("", f"AND {_ALLOWED}")
            )
        return SampleProgress(
            week=date.fromisoformat(week), answered=answered, total=answered + waiting, yours=yours
        )

    def add(self, answer: SampleAnswer, expected_version: int) -> bool:
        """Adds what somebody says who saw it with `expected_version` answers; a later one of theirs counts.

        False where it is not theirs to judge (any more): somebody was faster, or it was edited or deleted.
        Something that nobody flagged and that this person flags is put into a case, open for a decision; who
        takes that back, takes it out of what waits there.
        """
        with self._db.transaction():
            shown = self.get(answer.sample, answer.by)
            if shown is None or shown.version != expected_version:
                return False
            if shown.mine is not None and answer.skipped is not None:
                raise StoreError("it was judged already: say whether it is still true")
            self._db.insert(
                "sample_answers", sample=answer.sample, mention=shown.mention,
                version=expected_version + 1, by_user=answer.by, at=clock.text(answer.at),
                in_scope=answer.in_scope, labels=json.dumps(sorted(set(answer.flags))),
                skipped=answer.skipped, encrypted=self._db.encryption.encrypt({"note": answer.note}),
            )  # fmt: skip
            self._db.add_event(
                "sample answered" if answer.skipped is None else "sample passed over", answer.at,
                sample=answer.sample, by=answer.by, version=expected_version + 1,
            )  # fmt: skip
            kind = self._db.value("SELECT kind FROM samples WHERE number = ?", answer.sample)
            if kind == "unflagged" and answer.flags and answer.skipped is None:
                self._add_false_negative(shown.mention, answer)
            elif kind == "unflagged" and shown.mine is not None and shown.mine.flags:
                self._remove_false_negative(shown.mention, answer)
        return True

    def false_negatives(self, case: int) -> dict[int, tuple[str, ...]]:
        """The mentions of a case that the model had not flagged, with what a person found in them."""
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT x.mention, x.flags FROM false_negatives x JOIN case_mentions i
                ON i.mention = x.mention WHERE i.case_number = ? ORDER BY x.mention""",
                case,
            )
        return {row["mention"]: tuple(json.loads(row["flags"])) for row in rows}

    def judgements(self) -> list[Judgement]:
        """What people found, blind, in mentions that nobody had flagged: the last word on each sample.

        `labels` names the flags that hold; whoever judged saw the others and did not find them. Ordered by the
        moment; left out is what was deleted or edited since.
        """
        with self._db.snapshot():
            rows = self._db.rows(
                f"""SELECT a.mention, s.revision, m.story, a.at, a.labels
                FROM sample_answers a JOIN samples s ON s.number = a.sample
                    JOIN mentions m ON m.number = a.mention AND m.revision = s.revision
                WHERE s.kind = 'unflagged' AND m.deleted_at IS NULL AND {IN_USE} AND a.skipped IS NULL
                    AND a.version = (SELECT max(b.version) FROM sample_answers b
                        WHERE b.sample = a.sample AND b.skipped IS NULL)
                ORDER BY a.at, a.mention"""
            )
        return [
            Judgement(
                mention=row["mention"], revision=row["revision"], version=0, story=row["story"],
                at=clock.parse(row["at"]), flagged=False,
                labels=dict.fromkeys(json.loads(row["labels"]), True),
            )
            for row in rows
        ]  # fmt: skip

    def _add_false_negative(self, mention: int, answer: SampleAnswer) -> None:
        """Puts something that was missed into the case where it belongs, or a new one."""
        self._db.execute(
            """INSERT INTO false_negatives (mention, sample, at, flags, risk) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (mention) DO UPDATE SET sample = excluded.sample, at = excluded.at,
                flags = excluded.flags, risk = excluded.risk""",
            mention, answer.sample, clock.text(answer.at), json.dumps(sorted(set(answer.flags))),
            RANK[answer.risk],
        )  # fmt: skip
        case = self._grouping.place_again(
            Placing(mention=mention, risk=0, places=self._places(mention))
        )
        if case is not None:
            self._grouping.reopen_if_outgrown(case, answer.at)
            self._deadlines.update(case, answer.at)
            self._db.add_event("missed", answer.at, mention=mention, case=case)

    def _remove_false_negative(self, mention: int, answer: SampleAnswer) -> None:
        """What somebody found in a mention no longer counts."""
        if not self._db.execute("DELETE FROM false_negatives WHERE mention = ?", mention):
            return
        case = self._grouping.place_again(
            Placing(mention=mention, risk=0, places=self._places(mention))
        )
        if case is not None:
            self._deadlines.update(case, answer.at)
            self._db.add_event("not missed", answer.at, mention=mention, case=case)

    def _places(self, mention: int) -> tuple[str, ...]:
        rows = self._db.rows("SELECT place FROM case_places WHERE mention = ?", mention)
        return tuple(row["place"] for row in rows)

    def _answer(self, row: Row) -> SampleAnswer:
        return SampleAnswer(
            sample=row["sample"], by=row["by_user"], at=clock.parse(row["at"]),
            in_scope=bool(row["in_scope"]), flags=tuple(json.loads(row["labels"])),
            note=self._db.encryption.decrypt(row["encrypted"])["note"],
        )  # fmt: skip


def _to_judge(row: Row, mine: SampleAnswer | None) -> SampleItem:
    return SampleItem(
        number=row["number"], mention=row["mention"], platform=row["platform"], post=row["post"],
        posted_at=clock.parse(row["posted_at"]), language=row["language"], masked=row["masked"],
        version=row["version"], mine=mine,
    )  # fmt: skip
