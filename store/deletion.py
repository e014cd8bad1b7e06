"""Removes mentions from every place at once, and proves that nothing of them is left."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core import clock, media
from core.errors import StoreError
from store import purged_figures
from store.answered_posts import AnsweredPosts
from store.database import Database
from store.figures import LABELS, labels_of
from store.maintenance import Maintenance
from store.mentions import AUTHOR_FIELDS
from store.residue_scan import BLOCK, WIDTH, bytes_of, find_fragments, fragments
from store.samples.counts import SampleCounts
from store.sqlite import explain_errors, files_of

# Every table that refers to a mention, children first: what is removed, and then counted.
PLACES = {
    "false_negatives": "mention IN (SELECT mention FROM to_delete WHERE revision IS NULL)",
    "sample_answers": "mention IN (SELECT mention FROM to_delete WHERE revision IS NULL)",
    "samples": "mention IN (SELECT mention FROM to_delete WHERE revision IS NULL)",
    "reveals": "mention IN (SELECT mention FROM to_delete WHERE revision IS NULL)",
    "takedowns": "mention IN (SELECT mention FROM to_delete WHERE revision IS NULL)",
    "replies": "mention IN (SELECT mention FROM to_delete WHERE revision IS NULL)",
    "sendings": "mention IN (SELECT mention FROM to_delete WHERE revision IS NULL)",
    "moderations": "mention IN (SELECT mention FROM to_delete WHERE revision IS NULL)",
    "staff_reports": "mention IN (SELECT mention FROM to_delete WHERE revision IS NULL)",
    "case_flags": "mention IN (SELECT mention FROM to_delete WHERE revision IS NULL)",
    "case_places": "mention IN (SELECT mention FROM to_delete WHERE revision IS NULL)",
    "case_lines": """case_number IN (SELECT l.case_number FROM case_lines l JOIN to_delete g ON g.mention = l.post
        WHERE g.revision IS NULL)""",
    "similarity_bands": "mention IN (SELECT mention FROM to_delete WHERE revision IS NULL)",
    "case_mentions": "mention IN (SELECT mention FROM to_delete WHERE revision IS NULL)",
    "spans": "assessment IN (SELECT number FROM assessments_to_delete)",
    "flags": "assessment IN (SELECT number FROM assessments_to_delete)",
    "risks": "assessment IN (SELECT number FROM assessments_to_delete)",
    "assessments": "number IN (SELECT number FROM assessments_to_delete)",
    "unassessed": "mention IN (SELECT mention FROM to_delete WHERE revision IS NULL)",
    "counted_mentions": "mention IN (SELECT mention FROM to_delete WHERE revision IS NULL)",
    "alert_mails": """alert IN (SELECT a.number FROM alerts a JOIN to_delete g ON g.mention = a.mention
        WHERE g.revision IS NULL)""",
    "alerts": "mention IN (SELECT mention FROM to_delete WHERE revision IS NULL)",
    "outbox": "mention IN (SELECT mention FROM to_delete WHERE revision IS NULL)",
    "corrections": "mention IN (SELECT mention FROM to_delete WHERE revision IS NULL)",
    "decisions": "mention IN (SELECT mention FROM to_delete WHERE revision IS NULL)",
    "holds": "mention IN (SELECT mention FROM to_delete WHERE revision IS NULL)",
    "hold_requests": "mention IN (SELECT mention FROM to_delete WHERE revision IS NULL)",
    "picture_reads": "mention IN (SELECT mention FROM to_delete WHERE revision IS NULL)",
    "answered_posts": "mention IN (SELECT mention FROM to_delete WHERE revision IS NULL)",
    "failed_readings": """EXISTS (SELECT 1 FROM to_delete g WHERE g.mention = failed_readings.mention
        AND (g.revision IS NULL OR g.revision = failed_readings.revision))""",
    "matches": "mention IN (SELECT mention FROM to_delete WHERE revision IS NULL)",
    "revisions": """EXISTS (SELECT 1 FROM to_delete g WHERE g.mention = revisions.mention
        AND (g.revision IS NULL OR g.revision = revisions.revision))""",
    "mentions": "number IN (SELECT mention FROM to_delete WHERE revision IS NULL)",
}
# A reason that leaves neither a tombstone nor an event of its own: whoever objected may yet write what is a high risk.
NOT_TAKEN_IN = "objected"
ORPHANS = """SELECT count(*) FROM assessments_fts_docsize
    WHERE id NOT IN (SELECT number FROM assessments)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """What must go: whole mentions by reason, and single revisions that an edit replaced.

    `by_jump`: mentions that are over a platform's limit by what the clock jumped over alone.
    """

    mentions: Mapping[int, str] = field(default_factory=dict)
    by_jump: AbstractSet[int] = frozenset()
    revisions: Iterable[tuple[int, int]] = ()
    held_back: int = 0
    left_for_later: int = 0


class Deletions:
    """The one way by which content leaves the store."""

    def __init__(
        self,
        database: Database,
        maintenance: Maintenance,
        sample_counts: SampleCounts,
        answered_posts: AnsweredPosts,
    ) -> None:
        self._db = database
        self._maintenance = maintenance
        self._sample_counts = sample_counts
        self._answered_posts = answered_posts

    def remove(self, deletion: Deletion, at: datetime) -> tuple[Counter[str], set[bytes]]:
        """Within a transaction. Returns what went by reason, and fragments to look for afterwards."""
        self._list_deleted(deletion)
        sought = self._fragments()
        self._keep_counts(deletion.mentions)
        purged_figures.keep_finds(self._db, deletion.mentions)
        self._sample_counts.keep_deleted()
        sought |= self._empty_contexts(at)
        for number, reason in deletion.mentions.items():
            if reason == NOT_TAKEN_IN:
                continue
            self._db.execute(
                """INSERT INTO tombstones (key_hash, at)
                SELECT key_hash, ? FROM mentions WHERE number = ? ON CONFLICT DO NOTHING""",
                clock.text(at), number,
            )  # fmt: skip
            self._db.add_event("removed", at, mention=number, reason=reason)
        self._db.execute(
            """UPDATE case_mentions SET assessment = (SELECT a.number FROM current_assessments a
                WHERE a.mention = case_mentions.mention)
            WHERE assessment IN (SELECT number FROM assessments_to_delete)
                AND mention NOT IN (SELECT mention FROM to_delete WHERE revision IS NULL)"""
        )
        for table, refers in PLACES.items():
            self._db.execute(f"DELETE FROM {table} WHERE {refers}")
        self._remove_handoffs()
        self._remove_alerts()
        self._db.execute(
            """DELETE FROM employer_answers WHERE request IN (SELECT number FROM employer_requests
                WHERE case_number NOT IN (SELECT case_number FROM case_mentions))"""
        )
        purged_figures.keep_decisions(self._db)
        for table, column in (
            ("case_decisions", "case_number"), ("case_lines", "case_number"), ("path_steps", "case_number"), ("hr_releases", "case_number"),
            ("police_disclosures", "case_number"), ("police_requests", "case_number"), ("lane_packs", "case_number"), ("employer_requests", "case_number"), ("assignments", "case_number"), ("opinions", "case_number"),
            ("recusals", "case_number"), ("speaking_up_rulings", "case_number"), ("cases", "number"),
        ):  # fmt: skip
            self._db.execute(
                f"DELETE FROM {table} WHERE {column} NOT IN (SELECT case_number FROM case_mentions)"
            )
        self._db.execute(  # that of a breach, which holds no content, runs on until a person records what was done
            """DELETE FROM deadlines WHERE case_number NOT IN (SELECT number FROM cases)
            AND CASE kind WHEN 'pid' THEN stopped_at IS NOT NULL ELSE stopped_at IS NULL END"""
        )
        self._db.execute(  # what was looked at in time stays counted in past weeks, by nobody's name
            """UPDATE deadlines SET stopped_by = NULL, encrypted = NULL WHERE case_number NOT IN (SELECT number FROM cases)
            AND kind <> 'pid' AND coalesce(stopped_by, encrypted) IS NOT NULL"""
        )
        gone = Counter(deletion.mentions.values())
        gone["superseded"] = len(list(deletion.revisions))
        if self._db.value("SELECT EXISTS (SELECT 1 FROM assessments_to_delete)"):
            for index in ("assessments_fts", "case_mentions_fts"):
                self._db.execute(f"INSERT INTO {index} ({index}) VALUES ('optimize')")
        if sum(gone.values()):
            self._maintenance.schedule_vacuum(at)
        return +gone, sought

    def _empty_contexts(self, at: datetime) -> set[bytes]:
        """Takes what goes out of the contexts of what stays; fragments of it."""
        self._db.execute("DELETE FROM keys_to_delete")
        self._db.execute(
            f"INSERT INTO keys_to_delete SELECT key_hash FROM mentions WHERE {PLACES['mentions']}"
        )
        sought: set[bytes] = set()
        for row in self._db.rows("SELECT key_hash FROM keys_to_delete"):
            sought |= self._answered_posts.forget(row["key_hash"], at)
        return sought

    def forget_words_of(self, keys: Iterable[str], at: datetime) -> set[bytes]:
        """Within a transaction: empties these posts, mentions or not, in the contexts of others; fragments of it."""
        sought: set[bytes] = set()
        for key_hash in keys:
            sought |= self._answered_posts.forget(key_hash, at)
        return sought

    def _remove_handoffs(self) -> None:
        """Hand-offs of cases that have no mention left, with their steps and emails."""
        gone = "case_number NOT IN (SELECT case_number FROM case_mentions)"
        steps = f"handoff IN (SELECT number FROM handoffs WHERE {gone})"
        self._db.execute(
            f"""DELETE FROM outbox WHERE kind = 'handoff'
            AND number IN (SELECT outbox FROM handoff_steps WHERE {steps})"""
        )
        self._db.execute(f"DELETE FROM handoff_steps WHERE {steps}")
        self._db.execute(f"DELETE FROM handoffs WHERE {gone}")

    def _remove_alerts(self) -> None:
        """Alerts of cases that have no mention left, and mails that tell of nothing any more."""
        gone = """case_number IS NOT NULL AND case_number NOT IN (SELECT case_number FROM case_mentions)"""
        self._db.execute(
            f"DELETE FROM alert_mails WHERE alert IN (SELECT number FROM alerts WHERE {gone})"
        )
        self._db.execute(f"DELETE FROM alerts WHERE {gone}")
        self._db.execute(
            """DELETE FROM outbox WHERE kind = 'alert' AND mention IS NULL
            AND number NOT IN (SELECT outbox FROM alert_mails)"""
        )

    def forget_profiles(
        self, at: datetime, profiles: Mapping[str, timedelta]
    ) -> tuple[Counter[str], set[bytes]]:
        """Within a transaction: takes author and bio from what others said and was not seen for so long."""
        sought: set[bytes] = set()
        gone: Counter[str] = Counter()
        for platform, longest in profiles.items():
            for row in self._db.rows(
                """SELECT number, encrypted FROM mentions
                WHERE platform = ? AND fetched_at <= ? AND NOT author_removed AND NOT own""",
                platform, clock.text(at - longest),
            ):  # fmt: skip
                pieces = self.forget_profile(row["number"], row["encrypted"], at)
                gone["profile"] += bool(pieces)
                sought |= pieces
        return +gone, sought

    def forget_profile(self, number: int, encrypted: bytes, at: datetime) -> set[bytes]:
        """Fragments of what was known of the author, who is not any more; none where nobody was."""
        personal = self._db.encryption.decrypt(encrypted)
        known = [personal[part] for part in AUTHOR_FIELDS if personal[part]]
        known += self._forget_bios(number)
        author_removed = self._db.encryption.encrypt(
            {**personal, **dict.fromkeys(AUTHOR_FIELDS, "")}
        )
        self._db.execute(
            "UPDATE mentions SET encrypted = ?, author_removed = 1 WHERE number = ?",
            author_removed,
            number,
        )
        if known:
            self._db.add_event("removed", at, mention=number, reason="profile")
            self._maintenance.schedule_vacuum(at)
        key_hash = self._db.value("SELECT key_hash FROM mentions WHERE number = ?", number)
        sought = self._answered_posts.forget_author(key_hash, at)
        return sought.union(*(fragments(words) for words in known))

    def _forget_bios(self, number: int) -> list[str]:
        bios: list[str] = []
        for row in self._db.rows(
            "SELECT rowid, encrypted FROM revisions WHERE mention = ?", number
        ):
            content = self._db.encryption.decrypt(row["encrypted"])
            if content["bio"]:
                bios.append(content["bio"])
                self._db.execute(
                    "UPDATE revisions SET encrypted = ?, bio_hash = ? WHERE rowid = ?",
                    self._db.encryption.encrypt({**content, "bio": ""}), self._db.encryption.text_hash(""),
                    row["rowid"],
                )  # fmt: skip
        return bios

    def _list_deleted(self, deletion: Deletion) -> None:
        self._db.execute(
            "CREATE TEMP TABLE IF NOT EXISTS to_delete (mention INTEGER, revision INTEGER)"
        )
        self._db.execute(
            "CREATE TEMP TABLE IF NOT EXISTS assessments_to_delete (number INTEGER PRIMARY KEY)"
        )
        self._db.execute("CREATE TEMP TABLE IF NOT EXISTS keys_to_delete (key_hash TEXT)")
        self._db.execute("DELETE FROM to_delete")
        self._db.execute("DELETE FROM assessments_to_delete")
        whole = [(number, None) for number in deletion.mentions]
        self._db.execute_many("INSERT INTO to_delete VALUES (?, ?)", [*whole, *deletion.revisions])
        self._db.execute(
            """INSERT OR IGNORE INTO assessments_to_delete SELECT a.number FROM assessments a
            JOIN to_delete g ON g.mention = a.mention
            WHERE g.revision IS NULL OR g.revision = a.revision"""
        )

    def _fragments(self) -> set[bytes]:
        pieces: set[bytes] = set()
        for row in self._db.each(
            "SELECT masked FROM assessments WHERE number IN (SELECT number FROM assessments_to_delete)"
        ):
            pieces |= fragments(row["masked"])
        for row in self._db.each(f"SELECT encrypted FROM revisions WHERE {PLACES['revisions']}"):
            pieces |= fragments(self._db.encryption.decrypt(row["encrypted"])["text"])
        for row in self._db.each(f"SELECT encrypted FROM mentions WHERE {PLACES['mentions']}"):
            personal = self._db.encryption.decrypt(row["encrypted"])
            for part in ("url", "handle", "name", "author_id", "issued_id"):
                pieces |= fragments(personal[part])
            for attachment in media.from_json(personal.get("media")):
                pieces |= fragments(attachment.url)
        return pieces

    def _keep_counts(self, mentions: Mapping[int, str]) -> None:
        """Keeps how many there were, for trends, before it is forgotten which."""
        rows = self._db.rows(
            f"""SELECT m.posted_at, {LABELS} AND m.number IN (SELECT value FROM json_each(?))""",
            json.dumps(list(mentions)),
        )
        imported = purged_figures.imported(self._db, mentions)
        for table, counted in (
            ("purged_counts", rows), ("purged_imports", [row for row in rows if row["mention"] in imported]),
        ):  # fmt: skip
            for (day, *labels, flags), count in Counter(labels_of(row) for row in counted).items():
                self._db.execute(
                    f"""INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET count = count + excluded.count""",
                    day.isoformat(), *labels, json.dumps(flags), count,
                )  # fmt: skip

    def prove(self, sought: set[bytes]) -> tuple[dict[str, int], int, tuple[str, ...]]:
        """After the transaction: what is left by place, how many fragments were sought, and trouble."""
        left: dict[str, int] = {}
        trouble: list[str] = []
        with self._db.snapshot():
            for table, refers in PLACES.items():
                left[table] = self._db.value(f"SELECT count(*) FROM {table} WHERE {refers}")
            left["full text"] = self._db.value(ORPHANS)
            keys = self._db.rows("SELECT key_hash FROM keys_to_delete")
            left["contexts"] = self._answered_posts.count_left(row["key_hash"] for row in keys)
            due = self._maintenance.vacuum_is_due()
            sought -= find_fragments(sought, self._kept_in_clear())
        if due:
            trouble += self._maintenance.vacuum()
        try:
            with explain_errors(self._db.path):
                written_anew = due and self._maintenance.fits_in_memory()
                left["free pages"] = self._db.value("PRAGMA freelist_count") if written_anew else 0
                left["copies being made"] = len(self._maintenance.leftovers())
                for file in files_of(self._db.path):
                    there = file.exists() and bool(sought)
                    left[file.name] = len(find_fragments(sought, bytes_of(file))) if there else 0
        except StoreError as error:
            trouble.append(str(error))
        return left, len(sought), tuple(trouble)

    def _kept_in_clear(self) -> Iterable[bytes]:
        """Everything in clear that stays: a fragment of it proves nothing about what went."""
        block = bytearray()
        for row in self._db.each(
            """SELECT masked AS words FROM assessments UNION ALL SELECT term FROM matches
            UNION ALL SELECT source FROM runs UNION ALL SELECT error FROM runs
            WHERE error IS NOT NULL UNION ALL SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL"""
        ):
            words: str = row["words"]
            for form in (words, words.casefold()):  # the index holds them folded
                block += form.encode() + bytes(WIDTH)
            if len(block) > BLOCK:
                yield bytes(block)
                block.clear()
        yield bytes(block)
