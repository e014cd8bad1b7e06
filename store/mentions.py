"""Takes in what a run found: mentions, their revisions, what they matched, and the run itself."""

from __future__ import annotations

import dataclasses
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Literal

from core import clock
from core.models import Author, Mention, Platform
from store.database import Opened
from store.encryption import clean
from store.models import RunResult, SourceState, Stored, Taken
from store.sqlite import Row

Outcome = Literal["new", "changed", "again", "gone"]
# A person's or another tool's word: it is no look at the platform, so that it neither counts as seen again
# for a limit of its terms, nor brings back what is gone there, nor who is.
BY_HAND = frozenset(("import", "files", "noted"))
LARGEST = 2**63 - 1  # an SQLite integer
LONGEST_ERROR = 1000  # characters
NOTHING = Taken()


class Mentions(Opened):
    """Adding what was found."""

    def take_in(
        self,
        source: str,
        mentions: Iterable[Mention],
        *,
        at: datetime,
        noted: Mapping[str, str] | None = None,
    ) -> Taken:
        """Stores a part of a run, so that a long one needs no memory; `add_run` ends the run.

        A copy older than the one that we hold changes nothing but what was unknown; adding the same
        again changes nothing. `noted` is what the source must be told next time, whatever becomes of
        the run.
        """
        copies = sorted(mentions, key=lambda copy: (copy.fetched_at, copy.deleted))
        with self._writing():
            outcomes = Counter(self._take_in(copy, clean(source), at) for copy in copies)
            if noted:
                self._add_notes(clean(source), noted, at)
        return Taken(
            new=outcomes["new"], changed=outcomes["changed"], again=outcomes["again"],
            gone=outcomes["gone"],
        )  # fmt: skip

    def add_run(
        self,
        source: str,
        mentions: Iterable[Mention],
        *,
        since: datetime,
        at: datetime,
        ended: datetime | None = None,
        error: str | None = None,
        complete: bool | None = None,
        odd: int = 0,
        state: Mapping[str, str] | None = None,
        earlier: Taken = NOTHING,
    ) -> RunResult:
        """Stores what a run found and the run itself, together or not at all.

        `found` is read to its end before anything is written; `earlier` is what `take_in` stored of
        this run before. `complete`: the run reached its end, so that the bookmark moves (by default,
        where there was no error). `kept` is what the source wants to be told on its next run.
        """
        copies = list(mentions)
        complete = error is None if complete is None else complete
        with self._writing():
            taken = earlier + self.take_in(source, copies, at=at)
            if complete:
                self._do("UPDATE runs SET sealed = NULL WHERE source = ?", clean(source))
            number = self._insert(
                "runs", source=clean(source), since=clock.text(since), at=clock.text(at),
                ended=clock.text(ended or at), complete=complete, odd=odd,
                error=None if error is None else clean(error)[:LONGEST_ERROR],
                sealed=self._seals.seal(dict(state or {})) if complete else None,
                new=taken.new, changed=taken.changed, again=taken.again, gone=taken.gone,
            )  # fmt: skip
        return RunResult(
            number=number, new=taken.new, changed=taken.changed, again=taken.again, gone=taken.gone,
        )  # fmt: skip

    def mark_gone(self, gone: Iterable[tuple[str, str, str]], *, at: datetime) -> int:
        """Marks what a recheck no longer found: issuer, issued id and why. How many of it we hold."""
        with self._writing():
            return sum(self._gone(*post, at) for post in gone)

    def _gone(self, issuer: str, issued_id: str, why: str, at: datetime) -> bool:
        row = self._row(
            "SELECT * FROM mentions WHERE key_hash = ?", self._seals.key_hash(issuer, issued_id)
        )
        if row is None or row["deleted_at"]:
            return False
        self._mark_deleted(row, clock.text(at), at, clean(why))
        return True

    def _add_notes(self, source: str, noted: Mapping[str, str], at: datetime) -> None:
        sealed = self._one("SELECT sealed FROM source_notes WHERE source = ?", source)
        known = {**(self._seals.open(sealed) if sealed else {}), **noted}
        self._do(
            """INSERT INTO source_notes (source, at, sealed) VALUES (?, ?, ?)
            ON CONFLICT (source) DO UPDATE SET at = excluded.at, sealed = excluded.sealed""",
            source, clock.text(at), self._seals.seal(known),
        )  # fmt: skip

    def _take_in(self, copy: Mention, source: str, at: datetime) -> Outcome:
        key_hash = self._seals.key_hash(copy.issuer, copy.issued_id)
        if self._row("SELECT 1 FROM tombstones WHERE key_hash = ?", key_hash):
            return "gone"
        row = self._row("SELECT * FROM mentions WHERE key_hash = ?", key_hash)
        if row is None and copy.deleted:
            return "gone"  # nothing of it was ever here, and nothing of it should be
        if row is None:
            number, outcome = self._add_mention(copy, key_hash), _NEW
        else:
            number = row["number"]
            outcome = self._merge(row, copy, at, by_hand=source in BY_HAND)
        for term in copy.matched or ("",):
            self._do(
                "INSERT INTO matches (mention, source, term) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                number, source, clean(term),
            )  # fmt: skip
        return outcome

    def _add_mention(self, copy: Mention, key_hash: str) -> int:
        fetched = clock.text(copy.fetched_at)
        number = self._insert(
            "mentions", key_hash=key_hash, platform=copy.platform, kind=copy.kind,
            posted_at=clock.text(copy.posted_at), edited_at=_moment(copy.edited_at),
            found_at=fetched, fetched_at=fetched, text_seen_at=fetched, revision=1,
            own=copy.own, hidden=copy.hidden, parent_hash=self._link(copy, copy.parent_id),
            root_hash=self._link(copy, copy.root_id),
            metrics=json.dumps(_metrics(copy)), shares=_metrics(copy).get("shares"),
            followers=_integer(copy.author.followers), language=clean(copy.language),
            story=self._story(copy.text, key_hash), sealed=self._seals.seal(_personal(copy)),
        )  # fmt: skip
        self._add_revision(number, 1, copy, copy.author.bio)
        return number

    def _add_revision(self, number: int, revision: int, copy: Mention, bio: str) -> None:
        sealed = self._seals.seal({"text": copy.text, "raw": copy.text_raw, "bio": bio})
        self._insert(
            "revisions", mention=number, revision=revision, at=clock.text(copy.fetched_at),
            text_hash=self._seals.text_hash(copy.text), bio_hash=self._seals.text_hash(bio),
            sealed=sealed,
        )  # fmt: skip

    def _link(self, copy: Mention, to: str) -> str | None:
        return self._seals.key_hash(*copy.linked(to)) if to else None

    def _story(self, text: str, key_hash: str) -> str:
        return self._seals.story_hash(story_words(text) or key_hash)

    def _merge(self, row: Row, copy: Mention, at: datetime, *, by_hand: bool) -> Outcome:
        fetched, number = clock.text(copy.fetched_at), row["number"]
        if by_hand and row["deleted_at"]:
            return "gone"
        if by_hand and row["faceless"]:
            copy = dataclasses.replace(copy, author=Author())
        late = fetched < row["fetched_at"]
        if copy.deleted:
            if not late:
                self._mark_deleted(row, fetched, at, "deleted")
            return "gone"
        if row["deleted_at"] and fetched > row["fetched_at"]:
            self._do(
                "UPDATE mentions SET deleted_at = NULL, gone_why = NULL WHERE number = ?", number
            )
            self._note("returned", at, mention=number)
        self._learn(row, copy, late=late, by_hand=by_hand)
        return "changed" if self._revise(row, copy, at) else "again"

    def _mark_deleted(self, row: Row, fetched: str, at: datetime, why: str) -> None:
        self._do(
            """UPDATE mentions SET deleted_at = coalesce(deleted_at, ?), fetched_at = ?,
            gone_why = coalesce(gone_why, ?) WHERE number = ?""",
            fetched, fetched, why, row["number"],
        )  # fmt: skip
        if not row["deleted_at"]:
            self._note("deleted", at, mention=row["number"])

    def _learn(self, row: Row, copy: Mention, *, late: bool, by_hand: bool) -> None:
        """Reach and address: the newest that is known wins, and what is not told is not forgotten."""
        known: dict[str, Any] = self._seals.open(row["sealed"])
        personal = _newest(known, _personal(copy), late=late)
        metrics = _newest(json.loads(row["metrics"]), _metrics(copy), late=late)
        followers = _newest(
            {"": row["followers"]}, {"": _integer(copy.author.followers)}, late=late
        )[""]
        self._do(
            "UPDATE mentions SET fetched_at = ?, faceless = ?, hidden = ?, own = ?, parent_hash = ?, root_hash = ?, metrics = ?, "
            "shares = ?, followers = ?, language = ?, sealed = ? WHERE number = ?",
            row["fetched_at"] if late or by_hand else clock.text(copy.fetched_at),
            row["faceless"] if by_hand else 0,
            row["hidden"] if late or by_hand else copy.hidden, row["own"] or copy.own,
            self._link(copy, copy.parent_id) or row["parent_hash"],
            self._link(copy, copy.root_id) or row["root_hash"], json.dumps(metrics),
            metrics.get("shares"), followers, row["language"] or clean(copy.language),
            row["sealed"] if personal == known else self._seals.seal(personal), row["number"],
        )  # fmt: skip

    def _revise(self, row: Row, copy: Mention, at: datetime) -> bool:
        """Whether the words or the bio are others, and newer, than what is held.

        A later edit is newer, whenever it was fetched; of the same edit, the later fetched. A bio that
        is not told is no change: two sources of one post may differ in what they tell.
        """
        number, fetched = row["number"], clock.text(copy.fetched_at)
        edited = _moment(copy.edited_at) or ""
        if (edited, fetched) <= (row["edited_at"] or "", row["text_seen_at"]):
            return False
        self._do(
            "UPDATE mentions SET edited_at = ?, text_seen_at = ? WHERE number = ?",
            edited or None, fetched, number,
        )  # fmt: skip
        current = self._rows(
            "SELECT * FROM revisions WHERE mention = ? AND revision = ?", number, row["revision"]
        )[0]
        same_text = self._seals.text_hash(copy.text) == current["text_hash"]
        bio = copy.author.bio
        if same_text and (not bio or self._seals.text_hash(bio) == current["bio_hash"]):
            return False
        revision = row["revision"] + 1
        self._add_revision(
            number, revision, copy, bio or self._seals.open(current["sealed"])["bio"]
        )
        self._do(
            "UPDATE mentions SET revision = ?, story = ? WHERE number = ?",
            revision, self._story(copy.text, row["key_hash"]), number,
        )  # fmt: skip
        self._note("revised", at, mention=number, revision=revision)
        return True


_NEW: Outcome = "new"


def _personal(copy: Mention) -> dict[str, str]:
    """What is sealed on the mention itself; ids too, since some platforms' hold an author's."""
    return {
        "issuer": copy.issuer, "issued_id": copy.issued_id, "url": copy.url,
        "author_id": copy.author.id, "handle": copy.author.handle, "name": copy.author.name,
        "parent_id": copy.parent_id, "root_id": copy.root_id, "quoted_id": copy.quoted_id,
    }  # fmt: skip


def _metrics(copy: Mention) -> dict[str, int]:
    counts = {clean(name): _integer(count) for name, count in copy.metrics.items()}
    return {name: count for name, count in counts.items() if count is not None}


def _integer(count: int | None) -> int | None:
    return None if count is None else max(-LARGEST, min(LARGEST, int(count)))


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else clock.text(moment)


def _newest(known: Mapping[str, Any], fresh: Mapping[str, Any], *, late: bool) -> dict[str, Any]:
    fresh = {name: value for name, value in fresh.items() if value not in ("", None)}
    if late:
        return {**known, **fresh, **{k: v for k, v in known.items() if v not in ("", None)}}
    return {**known, **fresh}


# ── Gives mentions back as they came, and says when each source was last read. ────────────────────

# A mention with its current revision and what it matched; `sealed` of both under other names.
STORED = """SELECT m.*, v.sealed AS content, (SELECT json_group_array(t.term) FROM (
        SELECT term FROM matches WHERE mention = m.number AND term <> ''
        GROUP BY term ORDER BY min(rowid)) t
    ) AS matched
    FROM mentions m JOIN revisions v ON v.mention = m.number AND v.revision = m.revision"""


# The name of every source, by steps from one to the next: a year of runs is not read for a dozen names.
EACH_SOURCE = """WITH RECURSIVE known (source) AS (SELECT min(source) FROM runs UNION ALL
    SELECT (SELECT min(source) FROM runs WHERE source > k.source) FROM known k
    WHERE k.source IS NOT NULL)"""


class Reading(Opened):
    """Mentions and the state of sources."""

    def unassessed(self, policy: str, model: str, *, limit: int | None = None) -> list[Stored]:
        """Current revisions without an assessment by this policy and model.

        What nobody has assessed at all comes first, so that a new policy's work on history does not
        keep a new mention waiting. Deleted mentions are left out.
        """
        with self._reading():
            rows = self._rows(
                f"""{STORED} WHERE m.number IN (
                    SELECT n.number FROM mentions n INDEXED BY mentions_to_read
                    WHERE n.deleted_at IS NULL AND NOT EXISTS (
                        SELECT 1 FROM assessments a WHERE a.mention = n.number
                        AND a.revision = n.revision AND a.policy = ? AND a.model = ?))
                ORDER BY EXISTS (SELECT 1 FROM assessments b WHERE b.mention = m.number
                    AND b.revision = m.revision), m.number LIMIT ?""",
                clean(policy), clean(model), -1 if limit is None else limit,
            )  # fmt: skip
            mentions = [self._stored(row) for row in rows]
        for row in rows:
            self._reach_read[row["number"], row["revision"]] = (row["followers"], row["shares"])
        return mentions

    def list_unseen(
        self, source: str, unseen: Mapping[Platform, datetime], *, after: int = 0, limit: int = 500
    ) -> list[Stored]:
        """What this source found, is there as far as we know, and was not seen since a moment.

        `unseen` has that moment for each platform; others are left out. In the order of its numbers,
        from the one after `after` on.
        """
        moments = json.dumps({platform: clock.text(at) for platform, at in unseen.items()})
        with self._reading():
            rows = self._rows(
                f"""{STORED} WHERE m.number > ? AND m.deleted_at IS NULL
                AND m.fetched_at <= (SELECT value FROM json_each(?) WHERE key = m.platform)
                AND EXISTS (SELECT 1 FROM matches t WHERE t.source = ? AND t.mention = m.number)
                ORDER BY m.number LIMIT ?""",
                after, moments, clean(source), limit,
            )  # fmt: skip
            return [self._stored(row) for row in rows]

    def waiting(self) -> int:
        """How many mentions nobody has assessed as they stand now, deleted ones left out."""
        with self._reading():
            return int(self._one(
                """SELECT count(*) FROM mentions m INDEXED BY mentions_to_read
                WHERE m.deleted_at IS NULL AND NOT EXISTS (
                SELECT 1 FROM assessments a WHERE a.mention = m.number AND a.revision = m.revision)"""
            ))  # fmt: skip

    def mention(self, number: int) -> Stored | None:
        """One mention in clear, or None. A page shows it only through `reveal`."""
        with self._reading():
            row = self._row(f"{STORED} WHERE m.number = ?", number)
            return self._stored(row) if row else None

    def posted_since(self, since: datetime, *, limit: int = 500) -> Iterator[list[Stored]]:
        """What was posted since and is not deleted, in batches, oldest number first."""
        after = 0
        while True:
            with self._reading():
                rows = self._rows(
                    f"""{STORED} WHERE m.number > ? AND m.posted_at >= ? AND m.deleted_at IS NULL
                    ORDER BY m.number LIMIT ?""",
                    after, clock.text(since), limit,
                )  # fmt: skip
                batch = [self._stored(row) for row in rows]
            if not batch:
                return
            after = batch[-1].number
            yield batch

    def found_by(self, number: int) -> list[str]:
        """The sources that found a mention."""
        with self._reading():
            rows = self._rows(
                "SELECT DISTINCT source FROM matches WHERE mention = ? ORDER BY source", number
            )
        return [row["source"] for row in rows]

    def reveal(self, number: int, *, by: str, at: datetime, reason: str = "") -> Stored | None:
        """One mention in clear for a person's eyes, which leaves an event; the reason is kept sealed."""
        with self._writing():
            row = self._row(f"{STORED} WHERE m.number = ?", number)
            if row is None:
                return None
            self._note("revealed", at, mention=number, by=self._seals.person_hash(by))
            self._insert(
                "reveals", mention=number, revision=row["revision"], at=clock.text(at),
                by_name=clean(by), sealed=self._seals.seal({"reason": reason}),
            )  # fmt: skip
            return self._stored(row)

    def last_complete_run(self, source: str) -> datetime | None:
        """When the last run began that reached the source's end; None where there was none."""
        with self._reading():
            at = self._one(
                "SELECT at FROM runs WHERE source = ? AND complete ORDER BY number DESC LIMIT 1",
                clean(source),
            )
        return clock.parse(at) if at else None

    def collector_state(self, source: str) -> dict[str, str]:
        """What the source asked to be told: on its last run that reached the end, and in any case."""
        with self._reading():
            sealed = self._one(
                "SELECT sealed FROM runs WHERE source = ? AND complete ORDER BY number DESC LIMIT 1",
                clean(source),
            )
            noted = self._one("SELECT sealed FROM source_notes WHERE source = ?", clean(source))
            known = {
                **(self._seals.open(sealed) if sealed else {}),
                **(self._seals.open(noted) if noted else {}),  # an empty one forgets the run's
            }
            return {name: value for name, value in known.items() if value}

    def sources(self) -> list[SourceState]:
        """Every source that was ever run, by name."""
        with self._reading():
            rows = self._rows(
                f"""{EACH_SOURCE}
                SELECT r.*, (SELECT at FROM runs c WHERE c.source = r.source AND c.complete = 1
                    ORDER BY c.number DESC LIMIT 1) AS complete_at
                FROM known k JOIN runs r ON r.number = (SELECT max(number) FROM (
                    SELECT max(number) AS number FROM runs WHERE source = k.source AND complete = 1
                    UNION ALL SELECT max(number) FROM runs WHERE source = k.source AND complete = 0))
                ORDER BY r.source"""
            )
        return [
            SourceState(
                source=row["source"], last_run=clock.parse(row["at"]),
                error=row["error"] or (None if row["complete"] else "it stopped before its end"),
                last_complete=clock.parse(row["complete_at"]) if row["complete_at"] else None,
                odd=row["odd"], mention_count=row["new"] + row["changed"] + row["again"],
            )
            for row in rows
        ]  # fmt: skip

    def _stored(self, row: Row) -> Stored:
        return Stored(
            number=row["number"], revision=row["revision"],
            recent=clock.parse(max(row["posted_at"], row["found_at"])),
            mention=_mention(row, self._seals.open(row["sealed"]), self._seals.open(row["content"])),
        )  # fmt: skip


def _mention(row: Row, personal: dict[str, Any], content: dict[str, Any]) -> Mention:
    return Mention(
        issuer=personal["issuer"], issued_id=personal["issued_id"], platform=row["platform"],
        kind=row["kind"], url=personal["url"], text=content["text"], text_raw=content["raw"],
        posted_at=clock.parse(row["posted_at"]), fetched_at=clock.parse(row["fetched_at"]),
        edited_at=clock.parse(row["edited_at"]) if row["edited_at"] else None,
        author=Author(
            id=personal["author_id"], handle=personal["handle"], name=personal["name"],
            bio=content["bio"], followers=row["followers"],
        ),
        parent_id=personal["parent_id"], root_id=personal["root_id"],
        quoted_id=personal["quoted_id"], metrics=json.loads(row["metrics"]),
        language=row["language"], matched=tuple(json.loads(row["matched"])),
        deleted=row["deleted_at"] is not None, hidden=bool(row["hidden"]), own=bool(row["own"]),
    )  # fmt: skip


# ── Which mentions say the same: the words that a copy, a share or a repost keeps. ────────────────

FEWEST_WORDS = 5  # "thank you so much" is said by many who tell no common story

_LINK = re.compile(r"https?://\S+|www\.\S+")
_SHARED = re.compile(r"^\s*rt\s+@\w+\s*:?", re.IGNORECASE)
_HANDLE = re.compile(r"@[\w.\-]+")
_WORD = re.compile(r"\w+")


def story_words(text: str) -> str:
    """The words that two copies have in common, or "" where there are too few to tell.

    Case, punctuation, links, handles and a share's prefix don't count.
    """
    plain = unicodedata.normalize("NFKC", text)
    plain = _HANDLE.sub(" ", _SHARED.sub(" ", _LINK.sub(" ", plain)))
    words = _WORD.findall(plain.casefold())
    return " ".join(words) if len(words) >= FEWEST_WORDS else ""
