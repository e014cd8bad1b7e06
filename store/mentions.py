"""Mentions: what runs found, their revisions and what they matched; added, merged and given back."""

from __future__ import annotations

import dataclasses
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from core import addresses, clock, media
from core import context as contexts
from core.models import LINK_ALONE, Author, Mention, Platform
from store.accounts import accounts_of, accounts_of_address
from store.answered_posts import AnsweredPosts
from store.cases import numbers
from store.cases.sight import READ_AS_SPEAKING, RESTRICTED, UNASKED
from store.database import Database
from store.encryption import clean
from store.models import PageCounts, PartOutcome, RunResult, Stored
from store.rights.objection_list import ObjectionList
from store.sources import Sources
from store.sqlite import Row

Outcome = Literal["new", "changed", "again", "gone"]
# A platform's interface brought it; it is the Guardian's, or held without use
Keeps = Literal["read", "lane"]
# A person's or another tool's word: it is no look at the platform, so that it neither counts as seen again
# for a limit of its terms, nor brings back what is gone there, nor who is.
BY_HAND = frozenset(("import", "files", "noted"))
BY_LINK = BY_HAND | {"inbox"}  # what may bring no more of a post than its link
FEW_WORDS = 4  # beside a link; fewer say nothing of the post
_LINK = re.compile(r"\S*://\S+|\[link\]", re.IGNORECASE)
AUTHOR_FIELDS = ("author_id", "handle", "name")  # of what is encrypted on a mention
LATELY = (
    5_000  # mentions among which an address of another shape is sought, beside the Guardian's lane
)
LARGEST = 2**63 - 1  # an SQLite integer
NOTHING = PageCounts()


class Mentions:
    """Adding and reading mentions."""

    def __init__(
        self,
        database: Database,
        sources: Sources,
        answered_posts: AnsweredPosts,
        objections: ObjectionList,
    ) -> None:
        self._db = database
        self._sources = sources
        self._answered_posts = answered_posts
        self._objections = objections

    def add_page(
        self,
        source: str,
        mentions: Iterable[Mention],
        *,
        at: datetime,
        noted: Mapping[str, str] | None = None,
        parts: Iterable[PartOutcome] = (),
    ) -> PageCounts:
        """Stores a part of a run, so that a long one needs no memory; `add_run` ends the run.

        A copy older than the one that we hold changes nothing but what was unknown; adding the same
        again changes nothing. `noted` is what the source must be told next time, whatever becomes of
        the run; `parts` is what became of the parts of the source whose mentions came with this or before it.
        """
        copies = sorted(mentions, key=lambda copy: (copy.fetched_at, copy.deleted))
        with self._db.transaction():
            if source in BY_HAND:
                copies = self._as_in_the_lane(copies)
            if source in BY_LINK:
                copies = [self._known_by_link(copy) for copy in copies]
            outcomes = Counter(self._take_in(copy, clean(source), at) for copy in copies)
            if noted:
                self._sources.save_state(clean(source), noted, at)
            self._sources.save_parts(clean(source), parts, at)
        return PageCounts(
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
        earlier: PageCounts = NOTHING,
    ) -> RunResult:
        """Stores what a run found and the run itself, together or not at all.

        `mentions` is read to its end before anything is written; `earlier` is what `add_page` stored of
        this run before. `complete`: the run reached its end, so that the bookmark moves (by default,
        where there was no error). `state` is what the source wants to be told on its next run.
        """
        copies = list(mentions)
        complete = error is None if complete is None else complete
        with self._db.transaction():
            taken = earlier + self.add_page(source, copies, at=at)
            number = self._sources.add_run(
                clean(source), taken, since=since, at=at, ended=ended or at, error=error,
                complete=complete, odd=odd, state=state or {},
            )  # fmt: skip
        return RunResult(
            number=number, new=taken.new, changed=taken.changed, again=taken.again, gone=taken.gone,
        )  # fmt: skip

    def mark_gone(self, gone: Iterable[tuple[str, str, str]], *, at: datetime) -> int:
        """Marks what a recheck no longer found: issuer, issued id and why. How many of it we hold."""
        with self._db.transaction():
            return sum(self._mark_post_gone(*post, at) for post in gone)

    def _mark_post_gone(self, issuer: str, issued_id: str, why: str, at: datetime) -> bool:
        row = self._db.row(
            "SELECT * FROM mentions WHERE key_hash = ?",
            self._db.encryption.key_hash(issuer, issued_id),
        )
        if row is None or row["deleted_at"]:
            return False
        self._mark_deleted(row, clock.text(at), at, clean(why))
        return True

    def _known_by_link(self, copy: Mention) -> Mention:
        """Marks what says no more of a post than its link, where that leads to one of the Guardian's, or where nobody can tell whether it does.

        Its own words are no post's: those of a colleague who passes a link on, or none. It stays with the Guardian and the
        duty lead until one of them has said that nobody speaks up in what it leads to.
        """
        if copy.url and self._may_be_of_lane(copy):
            return copy.with_match(LINK_ALONE)
        if not copy.url or (
            copy.kind != "report" and len(_LINK.sub(" ", copy.text).split()) >= FEW_WORDS
        ):
            return copy
        if not addresses.is_shortened(copy.url):
            if copy.kind != "report":
                return copy
            at, above = self.at_and_above(copy.url)
            leads = above is not None or (at is not None and bool(self._db.value(
                f"""SELECT 1 FROM case_mentions i WHERE i.mention = ? AND (i.speaks IN (1, 2) OR i.speaks = {RESTRICTED} AND (i.ruled
                    OR i.ruled IS NULL AND EXISTS (SELECT 1 FROM assessments b WHERE b.number = i.assessment AND {READ_AS_SPEAKING.format("b")})))""", at
            )))  # fmt: skip
            if not leads:
                return copy
        return copy.with_match(LINK_ALONE)

    def _may_be_of_lane(self, copy: Mention) -> bool:
        """Whether another server's copy of a post may be one of the Guardian's: by whose it is, whatever was written beside it.

        An address without an account may be anybody's: it counts where nothing is known by it and few words are there to tell by.
        """
        if account := addresses.copied_account(copy.url):
            accounts = {_alike(each) for each in (account, addresses.home_account(account)) if each}
            rows = self._db.rows(
                """SELECT m.platform, m.kind, m.encrypted FROM case_mentions i JOIN mentions m ON m.number = i.mention
                WHERE i.speaks > 0 AND m.deleted_at IS NULL"""
            )
            return any(
                _alike(name) in accounts
                for row in rows
                for _, name in accounts_of(row["platform"], row["kind"], self._db.encryption.decrypt(row["encrypted"]))
            )  # fmt: skip
        if not addresses.is_any_servers(copy.url) or len(_LINK.sub(" ", copy.text).split()) >= FEW_WORDS:  # fmt: skip
            return False
        return (
            self.number_of(copy.issuer, copy.issued_id) is None
            and self.at_and_above(copy.url)[0] is None
        )

    def _as_in_the_lane(self, copies: Sequence[Mention]) -> list[Mention]:
        """What a person or another tool brought by another address of a post of the Guardian's lane, as that very post.

        Else it would be a second one, read without its writer, and lie before the desk.
        """
        every = [addresses.post_keys(copy.url) for copy in copies]
        keys = [
            each[0] if each and addresses.leads_to(each[0], copy.url, copy.issued_id, copy.kind) else ""
            for copy, each in zip(copies, every, strict=True)
        ]  # fmt: skip
        # remarks may have the address of what they stand under, without saying that they are remarks
        counted = Counter(keys)
        single = {key for key, count in counted.items() if key and (count == 1 or addresses.of_one(key))}  # fmt: skip
        above = {key for each in every for key in each[1:]}
        if not single and not above:
            return list(copies)
        known: dict[str, tuple[str, str]] = {}
        for row in self._db.rows(
            """SELECT m.kind, m.encrypted FROM case_mentions i JOIN mentions m ON m.number = i.mention
            WHERE i.speaks > 0 AND m.deleted_at IS NULL"""
        ):
            personal = self._db.encryption.decrypt(row["encrypted"])
            for key in addresses.post_keys(personal["url"]):
                if key in single | above and addresses.leads_to(key, personal["url"], personal["issued_id"], row["kind"]):  # fmt: skip
                    known[key] = personal["issuer"], personal["issued_id"]
        return [
            self._as_known(copy, key if key in single else "", each, known)
            for copy, key, each in zip(copies, keys, every, strict=True)
        ]

    def _as_known(
        self, copy: Mention, key: str, keys: Sequence[str], known: Mapping[str, tuple[str, str]]
    ) -> Mention:
        """A copy as the post of the lane that it is, or as an answer to the one that its address says it stands under."""
        if key in known:
            return dataclasses.replace(copy, issuer=known[key][0], issued_id=known[key][1])
        answered = next((known[each] for each in keys[1:] if each in known), None)
        if answered is None or copy.parent_id or answered[0] != copy.issuer:
            return copy
        return dataclasses.replace(copy, parent_id=answered[1])

    def _take_in(self, copy: Mention, source: str, at: datetime) -> Outcome:
        key_hash = self._db.encryption.key_hash(copy.issuer, copy.issued_id)
        if self._db.row("SELECT 1 FROM tombstones WHERE key_hash = ?", key_hash):
            return "gone"
        row = self._db.row("SELECT * FROM mentions WHERE key_hash = ?", key_hash)
        if row is None and copy.deleted:
            return "gone"  # nothing of it was ever here, and nothing of it should be
        terms = copy.matched or ("",)
        if row is None:
            number, outcome = self._add_mention(copy, key_hash), _NEW
        else:
            number, by_hand = row["number"], source in BY_HAND
            if by_hand and (keeps := self._keeps(row)):
                terms = ("",) if keeps == "read" else ()
                outcome = self._merge_kept(row, copy, keeps)
            else:
                outcome = self._merge(row, copy, at, by_hand=by_hand)
        for term in terms:
            self._db.execute(
                "INSERT INTO matches (mention, source, term) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                number, source, clean(term),
            )  # fmt: skip
        return outcome

    def _add_mention(self, copy: Mention, key_hash: str) -> int:
        fetched, copy = clock.text(copy.fetched_at), self._answered_posts.without_gone(copy)
        objected = not copy.own and self._objections.includes(
            copy.platform, copy.author, accounts_of_address(copy.url, copy.kind)
        )
        number = self._db.insert(
            "mentions", number=numbers.following(self._db, "mentions"), key_hash=key_hash, platform=copy.platform, kind=copy.kind,
            posted_at=clock.text(copy.posted_at), edited_at=_moment(copy.edited_at),
            found_at=fetched, fetched_at=fetched, text_seen_at=fetched, revision=1,
            own=copy.own, hidden=copy.hidden, objected="waits" if objected else None, parent_hash=self._link(copy, copy.parent_id),
            root_hash=self._link(copy, copy.root_id),
            metrics=json.dumps(_metrics(copy)), shares=_metrics(copy).get("shares"),
            followers=_integer(copy.author.followers), language=clean(copy.language),
            story=self._story(copy.text, key_hash), encrypted=self._db.encryption.encrypt(_personal(copy)),
        )  # fmt: skip
        self._add_revision(number, 1, copy, copy.author.bio)
        self._answered_posts.note(number, copy, seen=fetched)
        return number

    def _add_revision(self, number: int, revision: int, copy: Mention, bio: str) -> None:
        content: dict[str, Any] = {"text": copy.text, "raw": copy.text_raw, "bio": bio}
        if copy.context:
            content["context"] = contexts.as_json(copy.context)
        encrypted = self._db.encryption.encrypt(content)
        self._db.insert(
            "revisions", mention=number, revision=revision, at=clock.text(copy.fetched_at),
            text_hash=self._db.encryption.text_hash(copy.text), bio_hash=self._db.encryption.text_hash(bio),
            encrypted=encrypted,
        )  # fmt: skip

    def _link(self, copy: Mention, to: str) -> str | None:
        return self._db.encryption.key_hash(*copy.linked(to)) if to else None

    def _story(self, text: str, key_hash: str) -> str:
        return self._db.encryption.story_hash(story_words(text) or key_hash)

    def _merge(self, row: Row, copy: Mention, at: datetime, *, by_hand: bool) -> Outcome:
        fetched, number = clock.text(copy.fetched_at), row["number"]
        if by_hand and row["deleted_at"]:
            return "gone"
        if by_hand and row["author_removed"]:
            copy = dataclasses.replace(copy, author=Author())
        late = fetched < row["fetched_at"]
        if copy.deleted:
            if not late:
                self._mark_deleted(row, fetched, at, "deleted")
            return "gone"
        if row["deleted_at"] and fetched > row["fetched_at"]:
            self._db.execute(
                "UPDATE mentions SET deleted_at = NULL, deletion_reason = NULL WHERE number = ?",
                number,
            )
            self._db.add_event("returned", at, mention=number)
        self._update(row, copy, late=late, by_hand=by_hand)
        return "changed" if self._revise(row, copy, at) else "again"

    def _keeps(self, row: Row) -> Keeps | None:
        """Why what a person or another tool brings of a post leaves its words and its writer as they are; None where it may change them.

        A platform's own interface brought it, so that these are what was posted; or it lies in the Guardian's lane, where
        they are the evidence, and whoever brings a file may be whom it accuses.
        """
        if not self._db.value(f"SELECT {UNASKED.of_posts('m.number')} FROM mentions m WHERE m.number = ?", row["number"]):  # fmt: skip
            return "lane"
        marks = ", ".join("?" * len(BY_HAND))
        if self._db.value(
            f"SELECT 1 FROM matches WHERE mention = ? AND source NOT IN ({marks}) LIMIT 1", row["number"], *sorted(BY_HAND)
        ):  # fmt: skip
            return "read"
        return None

    def _merge_kept(self, row: Row, copy: Mention, keeps: Keeps) -> Outcome:
        """What is brought by hand of a post that keeps its words: its reach, and who wrote it and what it answers where that was unknown.

        Of the Guardian's lane nothing: it counts as a post that was never here, for that it was here, and stands on no list, would tell which posts these are.
        """
        if row["deleted_at"]:
            return "gone"
        if keeps == "lane":
            return "gone" if copy.deleted else _NEW
        if copy.deleted:
            return "again"
        known: dict[str, Any] = self._db.encryption.decrypt(row["encrypted"])
        named = row["author_removed"] or any(known[part] for part in AUTHOR_FIELDS)
        self._update(
            row,
            dataclasses.replace(
                copy, author=Author(followers=copy.author.followers) if named else copy.author, own=False, context=contexts.NOWHERE,
                parent_id="" if row["parent_hash"] else copy.parent_id, root_id="" if row["root_hash"] else copy.root_id,
                url="" if known["url"] else copy.url, quoted_id="" if known["quoted_id"] else copy.quoted_id, media=(), images=(),
            ),
            late=clock.text(copy.fetched_at) < row["fetched_at"], by_hand=True,
        )  # fmt: skip
        return "again"

    def _mark_deleted(self, row: Row, fetched: str, at: datetime, why: str) -> None:
        self._db.execute(
            """UPDATE mentions SET deleted_at = coalesce(deleted_at, ?), fetched_at = ?,
            deletion_reason = coalesce(deletion_reason, ?) WHERE number = ?""",
            fetched, fetched, why, row["number"],
        )  # fmt: skip
        if not row["deleted_at"]:
            self._db.add_event("deleted", at, mention=row["number"])
        self._answered_posts.forget(row["key_hash"], at)

    def _update(self, row: Row, copy: Mention, *, late: bool, by_hand: bool) -> None:
        """Reach and address: the newest that is known wins, and what is not told is not forgotten."""
        self._answered_posts.note(row["number"], copy, seen=row["found_at"])
        known: dict[str, Any] = self._db.encryption.decrypt(row["encrypted"])
        personal = _merged(known, _personal(copy), late=late)
        metrics = _merged(json.loads(row["metrics"]), _metrics(copy), late=late)
        followers = _merged(
            {"": row["followers"]}, {"": _integer(copy.author.followers)}, late=late
        )[""]
        self._db.execute(
            "UPDATE mentions SET fetched_at = ?, author_removed = ?, hidden = ?, own = ?, parent_hash = ?, root_hash = ?, metrics = ?, "
            "shares = ?, followers = ?, language = ?, encrypted = ? WHERE number = ?",
            row["fetched_at"] if late or by_hand else clock.text(copy.fetched_at),
            row["author_removed"] if by_hand else 0,
            row["hidden"] if late or by_hand else copy.hidden, row["own"] or copy.own,
            self._link(copy, copy.parent_id) or row["parent_hash"],
            self._link(copy, copy.root_id) or row["root_hash"], json.dumps(metrics),
            metrics.get("shares"), followers, row["language"] or clean(copy.language),
            row["encrypted"] if personal == known else self._db.encryption.encrypt(personal), row["number"],
        )  # fmt: skip

    def _revise(self, row: Row, copy: Mention, at: datetime) -> bool:
        """Whether the words or the bio are others, and newer, than what is held.

        A later edit is newer, whenever it was fetched; of the same edit, the later fetched, or that which tells
        more. A bio that is not told is no change: two sources of one post may differ in what they tell. A context
        that is told for the first time is one, since it may say what the words mean.
        """
        number, fetched = row["number"], clock.text(copy.fetched_at)
        edited = _moment(copy.edited_at) or ""
        moment, known = (edited, fetched), (row["edited_at"] or "", row["text_seen_at"])
        if moment < known:
            return False
        current = self._db.rows(
            "SELECT * FROM revisions WHERE mention = ? AND revision = ?", number, row["revision"]
        )[0]
        if moment == known and not self._tells_more(copy, current):
            return False
        self._db.execute(
            "UPDATE mentions SET edited_at = ?, text_seen_at = ? WHERE number = ?",
            edited or None, fetched, number,
        )  # fmt: skip
        same_text = self._db.encryption.text_hash(copy.text) == current["text_hash"]
        bio = copy.author.bio
        same_bio = not bio or self._db.encryption.text_hash(bio) == current["bio_hash"]
        content: dict[str, Any] = self._db.encryption.decrypt(current["encrypted"])
        context = contexts.from_json(content.get("context"))
        if same_text and same_bio and (context.is_told or not copy.context):
            return False
        revision = row["revision"] + 1
        newer = copy.context if copy.context.is_told else context
        copy = self._answered_posts.without_gone(
            dataclasses.replace(
                copy, context=dataclasses.replace(newer, picture_texts=context.picture_texts)
            ),
            context,
        )
        self._add_revision(number, revision, copy, bio or content["bio"])
        self._db.execute(
            "UPDATE mentions SET revision = ?, story = ?, child = NULL WHERE number = ?",
            revision, self._story(copy.text, row["key_hash"]), number,
        )  # fmt: skip
        self._db.add_event("revised", at, mention=number, revision=revision)
        if not same_text:
            self._answered_posts.replace(row["key_hash"], copy.text, at)
        return True

    def _tells_more(self, copy: Mention, current: Row) -> bool:
        """Whether a copy of the same moment and words has a bio or a context that the held one lacks.

        Which of two sources of one run comes first says nothing of which tells more.
        """
        same_text = self._db.encryption.text_hash(copy.text) == current["text_hash"]
        lacks_bio = current["bio_hash"] == self._db.encryption.text_hash("")
        if same_text and copy.author.bio and lacks_bio:
            return True
        if not (same_text and copy.context):
            return False
        content = self._db.encryption.decrypt(current["encrypted"])
        return not contexts.from_json(content.get("context")).is_told

    def add_picture_texts(
        self, number: int, revision: int, texts: Iterable[contexts.PictureText], at: datetime
    ) -> bool:
        """Keeps what was read in a mention's pictures, as a new revision, so that it is assessed again.

        It does nothing, and is False, where nothing new was read, or the mention went or changed meanwhile.
        """
        with self._db.transaction():
            row = self._db.row(
                f"{STORED} WHERE m.number = ? AND m.revision = ? AND m.deleted_at IS NULL",
                number, revision,
            )  # fmt: skip
            if row is None:
                return False
            stored = self.from_row(row).mention
            places = {text.place: text for text in (*stored.context.picture_texts, *texts)}
            read = contexts.read_in_pictures(
                dataclasses.replace(text, text=clean(text.text)) for text in places.values()
            )
            if read == stored.context.picture_texts:
                return False
            context = dataclasses.replace(stored.context, picture_texts=read)
            copy = dataclasses.replace(stored, context=context)
            self._add_revision(number, revision + 1, copy, stored.author.bio)
            self._db.execute(
                "UPDATE mentions SET revision = ?, child = NULL WHERE number = ?",
                revision + 1,
                number,
            )
            self._db.add_event("pictures read", at, mention=number, revision=revision + 1)
            return True

    def unseen(
        self, source: str, unseen: Mapping[Platform, datetime], *, after: int = 0, limit: int = 500
    ) -> list[Stored]:
        """What this source found, is there as far as we know, and was not seen since a moment.

        `unseen` has that moment for each platform; others are left out. In the order of its numbers,
        from the one after `after` on.
        """
        moments = json.dumps({platform: clock.text(at) for platform, at in unseen.items()})
        with self._db.snapshot():
            rows = self._db.rows(
                f"""{STORED} WHERE m.number > ? AND m.deleted_at IS NULL
                AND m.fetched_at <= (SELECT value FROM json_each(?) WHERE key = m.platform)
                AND EXISTS (SELECT 1 FROM matches t WHERE t.source = ? AND t.mention = m.number)
                ORDER BY m.number LIMIT ?""",
                after, moments, clean(source), limit,
            )  # fmt: skip
            return [self.from_row(row) for row in rows]

    def numbers(self) -> list[int]:
        """The numbers of all that is stored, the first taken in first: most numbers between them were never given."""
        with self._db.snapshot():
            return [
                row["number"]
                for row in self._db.rows("SELECT number FROM mentions ORDER BY number")
            ]

    def get(self, number: int) -> Stored | None:
        """One mention in clear, or None. A page shows it only through `reveal`."""
        with self._db.snapshot():
            row = self._db.row(f"{STORED} WHERE m.number = ?", number)
            return self.from_row(row) if row else None

    def posted_since(self, since: datetime, *, limit: int = 500) -> Iterator[list[Stored]]:
        """What was posted since and is not deleted, in batches, oldest number first."""
        after = 0
        while True:
            with self._db.snapshot():
                rows = self._db.rows(
                    f"""{STORED} WHERE m.number > ? AND m.posted_at >= ? AND m.deleted_at IS NULL
                    ORDER BY m.number LIMIT ?""",
                    after, clock.text(since), limit,
                )  # fmt: skip
                batch = [self.from_row(row) for row in rows]
            if not batch:
                return
            after = batch[-1].number
            yield batch

    def sources_of(self, number: int) -> list[str]:
        """The sources that found a mention."""
        with self._db.snapshot():
            rows = self._db.rows(
                "SELECT DISTINCT source FROM matches WHERE mention = ? ORDER BY source", number
            )
        return [row["source"] for row in rows]

    def reveal(self, number: int, *, by: str, at: datetime, reason: str = "") -> Stored | None:
        """One mention in clear for a person's eyes, which leaves an event; the reason is encrypted."""
        with self._db.transaction():
            row = self._db.row(f"{STORED} WHERE m.number = ?", number)
            if row is None:
                return None
            self._db.add_event(
                "revealed", at, mention=number, by=self._db.encryption.person_hash(by)
            )
            stored = self.from_row(row)
            author = stored.mention.author.id or stored.mention.author.handle
            self._db.insert(
                "reveals", mention=number, revision=row["revision"], at=clock.text(at), by_name=clean(by),
                author_hash=self._db.encryption.author_hash(stored.mention.platform, author) if author else "",
                encrypted=self._db.encryption.encrypt({"reason": reason}),
            )  # fmt: skip
            return stored

    def reveals_of(self, number: int) -> list[tuple[datetime, str]]:
        """When a mention was seen in clear, and by whom: the name by which they sign in."""
        with self._db.snapshot():
            rows = self._db.rows(
                "SELECT at, by_name FROM reveals WHERE mention = ? ORDER BY number", number
            )
        return [(clock.parse(row["at"]), row["by_name"]) for row in rows]

    def looks_of(self, number: int, *, by: str, since: datetime, revision: int) -> list[str]:
        """Why somebody, by the name by which they sign in, saw this revision of a mention in clear since then, in the words that were kept."""
        with self._db.snapshot():
            rows = self._db.rows(
                "SELECT encrypted FROM reveals WHERE mention = ? AND by_name = ? AND at >= ? AND revision = ? ORDER BY number",
                number, clean(by), clock.text(since), revision,
            )  # fmt: skip
        return [str(self._db.encryption.decrypt(row["encrypted"])["reason"]) for row in rows]

    def from_row(self, row: Row) -> Stored:
        """A mention of a row of `STORED`."""
        return Stored(
            number=row["number"], revision=row["revision"],
            recent=clock.parse(max(row["posted_at"], row["found_at"])),
            mention=_mention(row, self._db.encryption.decrypt(row["encrypted"]), self._db.encryption.decrypt(row["content"])),
        )  # fmt: skip

    def number_of(self, issuer: str, issued_id: str) -> int | None:
        """The number of a mention that is held and not deleted, by the id that its issuer gave."""
        with self._db.snapshot():
            number: int | None = self._db.value(
                "SELECT number FROM mentions WHERE key_hash = ? AND deleted_at IS NULL",
                self._db.encryption.key_hash(issuer, issued_id),
            )
        return number

    def is_here_for_all(self, issuer: str, issued_id: str) -> bool:
        """Whether a mention is held, not deleted, and seen by whoever has no part in the Guardian's lane.

        What whoever hands over a file is told of it: of any other, that it was here would say that it is the Guardian's.
        """
        with self._db.snapshot():
            return bool(self._db.value(
                f"SELECT {UNASKED.of_posts('m.number')} FROM mentions m WHERE m.key_hash = ? AND m.deleted_at IS NULL",
                self._db.encryption.key_hash(issuer, issued_id),
            ))  # fmt: skip

    def at_address(self, url: str) -> int | None:
        """The number of a mention that is held and not deleted, by an address that leads to it, however it is written."""
        return self.at_and_above(url)[0]

    def at_and_above(self, url: str) -> tuple[int | None, int | None]:
        """The number of a mention that an address leads to, as `at_address`; and that of the Guardian's lane which it stands under, where the address says so.

        It is sought among all of the Guardian's lane, and what was taken in lately: each is decrypted, found or not,
        so that the time that it takes says nothing; on every platform, since a file may call the place of an address otherwise. Of several one of that lane, else the first.
        """
        keys = addresses.post_keys(url)
        if not keys:
            return None, None
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT m.number, m.kind, m.encrypted, coalesce(i.speaks, 0) > 0 AS speaks FROM mentions m
                LEFT JOIN case_mentions i ON i.mention = m.number
                WHERE m.deleted_at IS NULL AND m.number IN (SELECT mention FROM case_mentions WHERE speaks > 0
                    UNION ALL SELECT number FROM mentions WHERE number > coalesce((SELECT number FROM mentions ORDER BY number DESC LIMIT 1 OFFSET ?), 0))""",
                LATELY,
            )
            matches, above = [], []
            for row in rows:
                personal = self._db.encryption.decrypt(row["encrypted"])
                leads = [addresses.leads_to(key, personal["url"], personal["issued_id"], row["kind"]) for key in keys]  # fmt: skip
                if leads[0]:
                    matches.append((not row["speaks"], row["number"]))
                elif row["speaks"] and True in leads:
                    above.append((leads.index(True), row["number"]))
        return min(matches)[1] if matches else None, min(above)[1] if above else None

    def has_other_source(self, number: int, *, besides: str) -> bool:
        """Whether a source other than this one brought a mention, so that its words are as they were posted."""
        with self._db.snapshot():
            return bool(self._db.value(
                "SELECT 1 FROM matches WHERE mention = ? AND source <> ? LIMIT 1", number, besides
            ))  # fmt: skip


_NEW: Outcome = "new"


def _alike(account: str) -> str:
    """An account without case and @; a bridge writes - for _."""
    return account.lower().removeprefix("@").replace("_", "-")


def _personal(copy: Mention) -> dict[str, Any]:
    """What is encrypted on the mention itself; ids too, since some platforms' hold an author's.

    Addresses of media are kept here and not with a revision: on some platforms they hold for days alone, so that
    the newest wins. A profile's pictures are its author's, and are not kept.
    """
    attached = copy.media or media.pictures(copy.images)
    if copy.kind == "profile":
        attached = ()
    return {
        "issuer": copy.issuer, "issued_id": copy.issued_id, "url": copy.url,
        "author_id": copy.author.id, "handle": copy.author.handle, "name": copy.author.name,
        "parent_id": copy.parent_id, "root_id": copy.root_id, "quoted_id": copy.quoted_id,
        "media": media.as_json(attached) or "",
    }  # fmt: skip


def _metrics(copy: Mention) -> dict[str, int]:
    counts = {clean(name): _integer(count) for name, count in copy.metrics.items()}
    return {name: count for name, count in counts.items() if count is not None}


def _integer(count: int | None) -> int | None:
    return None if count is None else max(-LARGEST, min(LARGEST, int(count)))


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else clock.text(moment)


def _merged(known: Mapping[str, Any], fresh: Mapping[str, Any], *, late: bool) -> dict[str, Any]:
    fresh = {name: value for name, value in fresh.items() if value not in ("", None)}
    if late:
        return {**known, **fresh, **{k: v for k, v in known.items() if v not in ("", None)}}
    return {**known, **fresh}


# A mention with its current revision and what it matched; `encrypted` of both under other names.
STORED = """SELECT m.*, v.encrypted AS content, (SELECT json_group_array(t.term) FROM (
        SELECT term FROM matches WHERE mention = m.number AND term <> ''
        GROUP BY term ORDER BY min(rowid)) t
    ) AS matched
    FROM mentions m JOIN revisions v ON v.mention = m.number AND v.revision = m.revision"""


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
        context=contexts.from_json(content.get("context")), media=media.from_json(personal.get("media")),
    )  # fmt: skip


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
