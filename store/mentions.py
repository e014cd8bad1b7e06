"""Takes in what a run found: mentions, their revisions, what they matched, and the run itself."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

import clock
from mention import Author, Mention
from store.driver import Row
from store.opened import Opened
from store.sealing import clean
from store.shapes import RunResult, Taken
from store.stories import story_words

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
        found: Iterable[Mention],
        *,
        at: datetime,
        noted: Mapping[str, str] | None = None,
    ) -> Taken:
        """Stores a part of a run, so that a long one needs no memory; `add_run` ends the run.

        A copy older than the one that we hold changes nothing but what was unknown; adding the same
        again changes nothing. `noted` is what the source must be told next time, whatever becomes of
        the run.
        """
        copies = sorted(found, key=lambda copy: (copy.fetched_at, copy.deleted))
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
        found: Iterable[Mention],
        *,
        since: datetime,
        at: datetime,
        ended: datetime | None = None,
        error: str | None = None,
        complete: bool | None = None,
        odd: int = 0,
        kept: Mapping[str, str] | None = None,
        earlier: Taken = NOTHING,
    ) -> RunResult:
        """Stores what a run found and the run itself, together or not at all.

        `found` is read to its end before anything is written; `earlier` is what `take_in` stored of
        this run before. `complete`: the run reached its end, so that the bookmark moves (by default,
        where there was no error). `kept` is what the source wants to be told on its next run.
        """
        copies = list(found)
        complete = error is None if complete is None else complete
        with self._writing():
            taken = earlier + self.take_in(source, copies, at=at)
            if complete:
                self._do("UPDATE runs SET sealed = NULL WHERE source = ?", clean(source))
            number = self._insert(
                "runs", source=clean(source), since=clock.text(since), at=clock.text(at),
                ended=clock.text(ended or at), complete=complete, odd=odd,
                error=None if error is None else clean(error)[:LONGEST_ERROR],
                sealed=self._seals.seal(dict(kept or {})) if complete else None,
                new=taken.new, changed=taken.changed, again=taken.again, gone=taken.gone,
            )  # fmt: skip
        return RunResult(
            number=number, new=taken.new, changed=taken.changed, again=taken.again, gone=taken.gone,
        )  # fmt: skip

    def mark_gone(self, gone: Iterable[tuple[str, str, str]], *, at: datetime) -> int:
        """Marks what a recheck no longer found: issuer, issued id and why. How many of it we hold."""
        with self._writing():
            return sum(self._gone(*one, at) for one in gone)

    def _gone(self, issuer: str, issued_id: str, why: str, at: datetime) -> bool:
        held = self._row(
            "SELECT * FROM mentions WHERE key_hash = ?", self._seals.key_hash(issuer, issued_id)
        )
        if held is None or held["deleted_at"]:
            return False
        self._mark_deleted(held, clock.text(at), at, clean(why))
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
        held = self._row("SELECT * FROM mentions WHERE key_hash = ?", key_hash)
        if held is None and copy.deleted:
            return "gone"  # nothing of it was ever here, and nothing of it should be
        if held is None:
            number, outcome = self._add_mention(copy, key_hash), _NEW
        else:
            number = held["number"]
            outcome = self._merge(held, copy, at, by_hand=source in BY_HAND)
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

    def _merge(self, held: Row, copy: Mention, at: datetime, *, by_hand: bool) -> Outcome:
        fetched, number = clock.text(copy.fetched_at), held["number"]
        if by_hand and held["deleted_at"]:
            return "gone"
        if by_hand and held["faceless"]:
            copy = dataclasses.replace(copy, author=Author())
        late = fetched < held["fetched_at"]
        if copy.deleted:
            if not late:
                self._mark_deleted(held, fetched, at, "deleted")
            return "gone"
        if held["deleted_at"] and fetched > held["fetched_at"]:
            self._do(
                "UPDATE mentions SET deleted_at = NULL, gone_why = NULL WHERE number = ?", number
            )
            self._note("returned", at, mention=number)
        self._learn(held, copy, late=late, by_hand=by_hand)
        return "changed" if self._revise(held, copy, at) else "again"

    def _mark_deleted(self, held: Row, fetched: str, at: datetime, why: str) -> None:
        self._do(
            """UPDATE mentions SET deleted_at = coalesce(deleted_at, ?), fetched_at = ?,
            gone_why = coalesce(gone_why, ?) WHERE number = ?""",
            fetched, fetched, why, held["number"],
        )  # fmt: skip
        if not held["deleted_at"]:
            self._note("deleted", at, mention=held["number"])

    def _learn(self, held: Row, copy: Mention, *, late: bool, by_hand: bool) -> None:
        """Reach and address: the newest that is known wins, and what is not told is not forgotten."""
        known: dict[str, Any] = self._seals.open(held["sealed"])
        personal = _newest(known, _personal(copy), late=late)
        metrics = _newest(json.loads(held["metrics"]), _metrics(copy), late=late)
        followers = _newest(
            {"": held["followers"]}, {"": _integer(copy.author.followers)}, late=late
        )[""]
        self._do(
            "UPDATE mentions SET fetched_at = ?, faceless = ?, hidden = ?, own = ?, parent_hash = ?, root_hash = ?, metrics = ?, "
            "shares = ?, followers = ?, language = ?, sealed = ? WHERE number = ?",
            held["fetched_at"] if late or by_hand else clock.text(copy.fetched_at),
            held["faceless"] if by_hand else 0,
            held["hidden"] if late or by_hand else copy.hidden, held["own"] or copy.own,
            self._link(copy, copy.parent_id) or held["parent_hash"],
            self._link(copy, copy.root_id) or held["root_hash"], json.dumps(metrics),
            metrics.get("shares"), followers, held["language"] or clean(copy.language),
            held["sealed"] if personal == known else self._seals.seal(personal), held["number"],
        )  # fmt: skip

    def _revise(self, held: Row, copy: Mention, at: datetime) -> bool:
        """Whether the words or the bio are others, and newer, than what is held.

        A later edit is newer, whenever it was fetched; of the same edit, the later fetched. A bio that
        is not told is no change: two sources of one post may differ in what they tell.
        """
        number, fetched = held["number"], clock.text(copy.fetched_at)
        edited = _moment(copy.edited_at) or ""
        if (edited, fetched) <= (held["edited_at"] or "", held["text_seen_at"]):
            return False
        self._do(
            "UPDATE mentions SET edited_at = ?, text_seen_at = ? WHERE number = ?",
            edited or None, fetched, number,
        )  # fmt: skip
        current = self._rows(
            "SELECT * FROM revisions WHERE mention = ? AND revision = ?", number, held["revision"]
        )[0]
        same_text = self._seals.text_hash(copy.text) == current["text_hash"]
        bio = copy.author.bio
        if same_text and (not bio or self._seals.text_hash(bio) == current["bio_hash"]):
            return False
        revision = held["revision"] + 1
        self._add_revision(
            number, revision, copy, bio or self._seals.open(current["sealed"])["bio"]
        )
        self._do(
            "UPDATE mentions SET revision = ?, story = ? WHERE number = ?",
            revision, self._story(copy.text, held["key_hash"]), number,
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


def _newest(known: Mapping[str, Any], told: Mapping[str, Any], *, late: bool) -> dict[str, Any]:
    told = {name: value for name, value in told.items() if value not in ("", None)}
    if late:
        return {**known, **told, **{k: v for k, v in known.items() if v not in ("", None)}}
    return {**known, **told}
