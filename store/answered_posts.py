"""Words of posts that mentions answer or quote, as those mentions' contexts hold them: they go when the post goes."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from core import clock
from core import context as contexts
from core.context import AnsweredPost, Context, ParentPost
from core.models import Mention, Platform, linked
from store.database import Database
from store.encryption import clean
from store.maintenance import Maintenance
from store.residue_scan import fragments
from store.sqlite import Row

_LINKS = ("parent_id", "root_id", "quoted_id")
# Where the answered post is a mention of ours, its own times are those that count.
_NO_MENTION = """NOT EXISTS (SELECT 1 FROM mentions p
    WHERE p.key_hash = a.key_hash AND p.deleted_at IS NULL)"""

Change = Callable[[AnsweredPost], AnsweredPost]


class AnsweredPosts:
    """Whose words stand in the contexts of which mentions, and taking them out of there.

    A post is named by the hash of its key. Whoever calls a method that changes something is in a transaction.
    """

    def __init__(self, database: Database, maintenance: Maintenance) -> None:
        self._db = database
        self._maintenance = maintenance

    def note(self, number: int, copy: Mention, *, seen: str) -> None:
        """Remembers whose words a copy of mention `number` brought, as of a moment as `clock.text` writes it."""
        if not any(post.text or post.handle for post in copy.context.answered):
            return
        named = {getattr(copy, link) for link in _LINKS}
        named |= {post.post_id for post in copy.context.answered if post.text or post.handle}
        for to in named - {""}:
            self._db.execute(
                "INSERT INTO answered_posts (mention, key_hash, seen_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                number, self._db.encryption.key_hash(*copy.linked(to)), seen,
            )  # fmt: skip

    def without_gone(self, copy: Mention, stored: Context = contexts.NOWHERE) -> Mention:
        """A copy without the words of posts that are known to be gone.

        Those are marked as deleted, went from here (but for our own, which their platform shows again), or are gone
        in the context that is stored.
        """
        gone = {post.post_id for post in stored.answered if post.gone}

        def change(post: AnsweredPost) -> AnsweredPost:
            if post.gone or not post.post_id:
                return post
            return post.emptied() if post.post_id in gone or self._is_gone(copy, post) else post

        if not copy.context.answered:
            return copy
        return dataclasses.replace(copy, context=copy.context.with_answered(change))

    def _is_gone(self, copy: Mention, post: AnsweredPost) -> bool:
        key_hash = self._db.encryption.key_hash(*copy.linked(post.post_id))
        return bool(self._db.value(
            """SELECT EXISTS (SELECT 1 FROM mentions WHERE key_hash = ?1 AND deleted_at IS NOT NULL)
            OR (NOT ?2 AND EXISTS (SELECT 1 FROM tombstones WHERE key_hash = ?1))""",
            key_hash, post.official,
        ))  # fmt: skip

    def forget(self, key_hash: str, at: datetime) -> set[bytes]:
        """Empties this post in every context that holds words of it; fragments to look for afterwards."""
        return self._change_all(key_hash, AnsweredPost.emptied, at)

    def forget_author(self, key_hash: str, at: datetime) -> set[bytes]:
        """Takes the handle of this post's author out of every context; fragments to look for afterwards."""
        return self._change_all(
            key_hash, lambda post: dataclasses.replace(post, handle=""), at, identified=True
        )

    def replace(self, key_hash: str, text: str, at: datetime) -> set[bytes]:
        """Puts what a post says now where a context holds other words of it."""
        now = contexts.cut(text)

        def change(post: AnsweredPost) -> AnsweredPost:
            if not post.text or now.startswith(post.text):  # a context may hold its title alone
                return post
            return dataclasses.replace(post, text=now)

        return self._change_all(key_hash, change, at, identified=True)

    def _change_all(
        self, key_hash: str, change: Change, at: datetime, *, identified: bool = False
    ) -> set[bytes]:
        sought: set[bytes] = set()
        for number in self._children([key_hash]):
            sought |= self._change(number, key_hash, change, at, identified=identified)
        return sought

    def _change(
        self, number: int, key_hash: str, change: Change, at: datetime, *, identified: bool = False
    ) -> set[bytes]:
        """Of one mention, in all of its revisions. `identified`: only where the context names the post."""
        child = self._child(number)
        sought: set[bytes] = set()
        has_words = False
        for row in self._revisions(number):
            content, context = self._context(row)
            mine = self._of_post(child, context, key_hash, identified=identified)
            new = _changed(context, mine, change)
            if new != context:
                sought |= _fragments(context, new) | fragments(row["encrypted"].decode())
                content["context"] = contexts.as_json(new)
                self._db.execute(
                    "UPDATE revisions SET encrypted = ? WHERE mention = ? AND revision = ?",
                    self._db.encryption.encrypt(content), number, row["revision"],
                )  # fmt: skip
            has_words = has_words or bool(self._of_post(child, new, key_hash))
        if not has_words:
            self._db.execute(
                "DELETE FROM answered_posts WHERE mention = ? AND key_hash = ?", number, key_hash
            )
        if sought:
            self._maintenance.schedule_vacuum(at)
        return sought

    def due(
        self, source: str, unseen: Mapping[Platform, datetime], *, after: str = "", limit: int = 500
    ) -> tuple[list[ParentPost], str]:
        """Posts that are no mentions of ours and were not seen since a moment, whose words contexts hold.

        Of mentions that `source` found; `unseen` has the moment by platform. In the order of their keys, from the
        one after `after` on, with the key that was looked at last ("" at the end).
        """
        moments = json.dumps({platform: clock.text(at) for platform, at in unseen.items()})
        with self._db.transaction():
            rows = self._db.rows(
                f"""SELECT a.key_hash FROM answered_posts a JOIN mentions m ON m.number = a.mention
                WHERE a.key_hash > ? AND m.deleted_at IS NULL AND {_NO_MENTION}
                AND EXISTS (SELECT 1 FROM matches t WHERE t.source = ? AND t.mention = m.number)
                GROUP BY a.key_hash
                HAVING max(a.seen_at) <= (SELECT value FROM json_each(?) WHERE key = m.platform)
                ORDER BY a.key_hash LIMIT ?""",
                after, clean(source), moments, limit,
            )  # fmt: skip
            parents = [self._parent(row["key_hash"]) for row in rows]
        last = rows[-1]["key_hash"] if rows else ""
        return [parent for parent in parents if parent], last

    def _parent(self, key_hash: str) -> ParentPost | None:
        """The post of a key, from the first context that holds words of it; what holds none is let go."""
        for row in self._db.rows(
            "SELECT mention FROM answered_posts WHERE key_hash = ? ORDER BY mention DESC", key_hash
        ):
            child = self._child(row["mention"])
            for revision in self._revisions(row["mention"]):
                context = self._context(revision)[1]
                for post in self._of_post(child, context, key_hash):
                    issuer, issued_id = child.named.get(key_hash) or child.key_of(post)
                    return ParentPost(
                        issuer, issued_id, is_comment=key_hash == child.comment, own=post.official,
                        under_ours=context.is_under_ours,
                    )  # fmt: skip
            self._db.execute(
                "DELETE FROM answered_posts WHERE mention = ? AND key_hash = ?",
                row["mention"], key_hash,
            )  # fmt: skip
        return None

    def update(
        self,
        there: Iterable[tuple[str, str, str]],
        gone: Iterable[tuple[str, str]],
        *,
        at: datetime,
    ) -> int:
        """Stores what a look at such posts told; how many are gone.

        `there`: issuer, id and what it says now, "" where that was not told. `gone`: issuer and id.
        """
        count = 0
        with self._db.transaction():
            for issuer, issued_id, text in there:
                key_hash = self._db.encryption.key_hash(issuer, issued_id)
                self._db.execute(
                    "UPDATE answered_posts SET seen_at = max(seen_at, ?) WHERE key_hash = ?",
                    clock.text(at), key_hash,
                )  # fmt: skip
                if text:
                    self.replace(key_hash, text, at)
            for issuer, issued_id in gone:
                key_hash = self._db.encryption.key_hash(issuer, issued_id)
                children = self._children([key_hash])
                if self.forget(key_hash, at):
                    count += 1
                    for number in children:
                        self._db.add_event("removed", at, mention=number, reason="answered post")
        return count

    def expire(
        self, at: datetime, limits: Mapping[str, timedelta], longest: Mapping[str, timedelta]
    ) -> tuple[int, set[bytes]]:
        """Within a transaction: empties what others said and no look has seen for as long as terms allow.

        Returns in how many contexts, and fragments to look for afterwards.
        """
        sought: set[bytes] = set()
        count = 0
        for row in self._db.rows(_OVERDUE, *_bounds(at, limits, longest)):
            pieces = self._change(row["mention"], row["key_hash"], _emptied_of_others, at)
            if pieces:
                count += 1
                self._db.add_event("removed", at, mention=row["mention"], reason="answered post")
            sought |= pieces
        return count, sought

    def overdue(
        self, at: datetime, limits: Mapping[str, timedelta], longest: Mapping[str, timedelta]
    ) -> bool:
        """Whether `expire` would find words of others."""
        for row in self._db.rows(_OVERDUE, *_bounds(at, limits, longest)):
            child = self._child(row["mention"])
            for revision in self._revisions(row["mention"]):
                posts = self._of_post(child, self._context(revision)[1], row["key_hash"])
                if not all(post.official for post in posts):
                    return True
        return False

    def count_left(self, key_hashes: Iterable[str]) -> int:
        """In how many mentions words of these posts are left, whatever this table says: for a proof."""
        keys = set(key_hashes)
        return sum(not keys.isdisjoint(self._held_by(number)) for number in self._children(keys))

    def _held_by(self, number: int) -> set[str]:
        """The posts of which a mention's contexts hold words."""
        child = self._child(number)
        key_hashes: set[str] = set()
        for row in self._revisions(number):
            for post in self._context(row)[1].answered:
                if post.post_id and (post.text or post.handle):
                    key_hashes.add(self._db.encryption.key_hash(*child.key_of(post)))
                elif post.text or post.handle:
                    key_hashes |= child.named.keys()
        return key_hashes

    def _children(self, key_hashes: Iterable[str]) -> list[int]:
        """Mentions that may hold words of these posts, by what was noted and by their own links."""
        rows = self._db.rows(
            """SELECT mention FROM answered_posts WHERE key_hash IN (SELECT value FROM json_each(?1))
            UNION SELECT number FROM mentions WHERE parent_hash IN (SELECT value FROM json_each(?1))
            UNION SELECT number FROM mentions WHERE root_hash IN (SELECT value FROM json_each(?1))""",
            json.dumps(sorted(key_hashes)),
        )
        return [row["mention"] for row in rows]

    def _revisions(self, number: int) -> list[Row]:
        return self._db.rows(
            "SELECT revision, encrypted FROM revisions WHERE mention = ? ORDER BY revision DESC",
            number,
        )

    def _context(self, row: Row) -> tuple[dict[str, Any], Context]:
        content = self._db.encryption.decrypt(row["encrypted"])
        return content, contexts.from_json(content.get("context"))

    def _child(self, number: int) -> _Child:
        row = self._db.rows("SELECT platform, encrypted FROM mentions WHERE number = ?", number)[0]
        personal = self._db.encryption.decrypt(row["encrypted"])
        keys = {
            link: linked(row["platform"], personal["issuer"], personal[link])
            for link in _LINKS
            if personal[link]
        }
        named = {self._db.encryption.key_hash(*key): key for key in keys.values()}
        parent, root = keys.get("parent_id"), keys.get("root_id")
        comment = (
            self._db.encryption.key_hash(*parent) if parent and root not in (None, parent) else ""
        )
        return _Child(row["platform"], personal["issuer"], named, comment)

    def _of_post(
        self, child: _Child, context: Context, key_hash: str, *, identified: bool = False
    ) -> list[AnsweredPost]:
        """What of a context holds words of this post.

        One that is not named (its source does not tell, or it is from before ids were kept) may be any that the mention
        links to: all of those count, unless `identified`.
        """
        posts = [post for post in context.answered if post.text or post.handle]
        mine = [
            post
            for post in posts
            if post.post_id and self._db.encryption.key_hash(*child.key_of(post)) == key_hash
        ]
        if not identified and key_hash in child.named:
            mine += [post for post in posts if not post.post_id]
        return mine


@dataclasses.dataclass(frozen=True, slots=True)
class _Child:
    """A mention that answers or quotes; `named` are the keys of what it links to, by their hashes.

    `comment` is the hash of what it answers where that is no root of a thread.
    """

    platform: str
    issuer: str
    named: Mapping[str, tuple[str, str]]
    comment: str

    def key_of(self, post: AnsweredPost) -> tuple[str, str]:
        return linked(self.platform, self.issuer, post.post_id)


_OVERDUE = f"""SELECT a.mention, a.key_hash FROM answered_posts a JOIN mentions m ON m.number = a.mention
    WHERE {_NO_MENTION} AND ((SELECT max(s.seen_at) FROM answered_posts s WHERE s.key_hash = a.key_hash)
        <= (SELECT value FROM json_each(?) WHERE key = m.platform)
        OR m.found_at <= (SELECT value FROM json_each(?) WHERE key = m.platform))"""


def _bounds(
    at: datetime, limits: Mapping[str, timedelta], longest: Mapping[str, timedelta]
) -> tuple[str, str]:
    unseen, oldest = (
        json.dumps({platform: clock.text(at - hours) for platform, hours in bound.items()})
        for bound in (limits, longest)
    )
    return unseen, oldest


def _changed(context: Context, posts: Sequence[AnsweredPost], change: Change) -> Context:
    return context.with_answered(lambda post: change(post) if post in posts else post)


def _emptied_of_others(post: AnsweredPost) -> AnsweredPost:
    return post if post.official else post.emptied()


def _fragments(old: Context, new: Context) -> set[bytes]:
    """Of the words that one context has and the other has not."""
    staying = {words for post in new.answered for words in (post.text, post.handle)}
    went = {words for post in old.answered for words in (post.text, post.handle)} - staying
    return set().union(*(fragments(words) for words in went))
