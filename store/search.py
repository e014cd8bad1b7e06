"""Finds mentions: by masked words through the index, a person by a scan that decrypts, and what was posted lately."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlite_utils
from rapidfuzz.distance import DamerauLevenshtein

from core import clock
from core.addresses import account_named, is_address
from core.errors import ConfigError
from core.text import holds_phrase
from store.accounts import accounts_of
from store.database import Database
from store.encryption import clean
from store.mentions import AUTHOR_FIELDS
from store.sqlite import DatabaseError, Row

# Where words about a mention are encrypted: by its number, or by that of its case.
OF_MENTION = (
    "revisions", "decisions", "holds", "staff_reports", "takedowns", "replies", "moderations", "sendings", "reveals", "sample_answers",
    "corrections", "hold_requests",
)  # fmt: skip
OF_CASE = (
    "case_decisions", "hr_releases", "employer_requests", "police_disclosures", "police_requests", "lane_packs", "assignments", "opinions", "deadlines", "handoffs", "path_steps", "exports",
    "recusals", "speaking_up_rulings", "case_lines",
)  # fmt: skip
_ALL_OF_A_MENTION = " UNION ALL ".join((
    "SELECT encrypted FROM mentions WHERE number = ?1",
    *(f"SELECT encrypted FROM {table} WHERE mention = ?1" for table in OF_MENTION),
    *(
        f"""SELECT t.encrypted FROM case_mentions i JOIN {table} t ON t.case_number = i.case_number
        WHERE i.mention = ?1 AND t.encrypted IS NOT NULL"""
        for table in OF_CASE
    ),
    """SELECT s.encrypted FROM case_mentions i JOIN employer_requests r ON r.case_number = i.case_number
        JOIN employer_answers s ON s.request = r.number WHERE i.mention = ?1""",
    """SELECT s.encrypted FROM case_mentions i JOIN handoffs h ON h.case_number = i.case_number
        JOIN handoff_steps s ON s.handoff = h.number WHERE i.mention = ?1""",
))  # fmt: skip
# Of rows `m` of mentions, those that nobody has read as staff's.
_NOT_BY_STAFF = """NOT EXISTS (SELECT 1 FROM current_assessments whose WHERE whose.mention = m.number
    AND whose.staff IN ('icb', 'nhs'))"""
BATCH = 1000
MOST_SHOWN = 2_000  # latest posts of the desk with whose writers a note is compared
MOST_CALLED = 50_000  # latest posts whose writers a new search term is compared with: seconds
NEAR_FROM = 9  # letters from which one letter off is the same word
POST = "post {number}"  # how the writer of a post is called whose platform says nothing of them
PART = 500  # mentions that a search for a person opens in one go


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """A mention's words. `matched` is what it was found by; `in_scope` None where nobody has assessed it."""

    number: int
    text: str = field(repr=False)
    matched: tuple[str, ...]
    in_scope: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonMatch:
    """A mention in which a person was found: `by_them`, where an account of that very id, handle or name wrote it."""

    number: int
    by_them: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPart:
    """What a part of a search for a person found; go on after `last`, None where that was the end."""

    matches: tuple[PersonMatch, ...]
    looked: int
    last: int | None


def _before_domain(handle: str) -> str:
    """What of a handle stands before its domain or server: quietkiln of quietkiln.example.net and of @quietkiln@fedi.example.net."""
    return handle.removeprefix("@").partition("@")[0].partition(".")[0]


class Search:
    """Finding mentions."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def by_words(self, words: str, *, limit: int = 500) -> list[int]:
        """Mentions whose masked text holds all the words, best first. No query language: all is words."""
        terms = re.findall(r"\w+", clean(words))
        if not terms:
            return []
        query = " ".join(f'"{term}"' for term in terms)  # \w holds no quote
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT a.mention FROM assessments_fts w JOIN current_assessments a
                ON a.number = w.rowid WHERE assessments_fts MATCH ? ORDER BY w.rank, a.mention LIMIT ?""",
                query, limit,
            )  # fmt: skip
        return [row["mention"] for row in rows]

    def find_person(
        self,
        words: str,
        *,
        by: str = "",
        at: datetime | None = None,
        report_progress: Callable[[int, int], object] = lambda looked, total: None,
    ) -> list[int]:
        """Mentions by or about a person: every one whose author, address, text or notes hold all words.

        It decrypts everything that is encrypted, for a subject access request or an erasure, and leaves an
        event. Only a governance role may run it; whom was looked for is not kept. It goes in parts, so that others write
        meanwhile; `report_progress` is told how many of how many mentions were looked through.
        """
        matches: list[int] = []
        after, looked, total = 0, 0, self.count()
        while True:
            part = self.person_part(words, after=after)
            matches += [match.number for match in part.matches]
            looked += part.looked
            report_progress(looked, total)
            if part.last is None:
                break
            after = part.last
        self.note_search(by=by, at=at or clock.now(), matches=len(matches), looked=looked)
        return matches

    def count(self) -> int:
        """How many mentions there are to look through."""
        with self._db.snapshot():
            return int(self._db.value("SELECT count(*) FROM mentions"))

    def person_part(
        self,
        words: str,
        *,
        after: int = 0,
        limit: int = PART,
        authors_only: bool = False,
        phrase: bool = False,
        until: Callable[[], bool] = lambda: False,
    ) -> PersonPart:
        """The next part of a search for a person, from the mention after `after` on. Note it with `note_search`.

        `authors_only`: what was written by an account whose id, handle or name is exactly this, as its source or the
        post's address says it; else also all that holds
        every one of the words, what people wrote about a post among it; with `phrase` as whole words side by side. `until` ends the part early.
        """
        wanted, account = _folded(words).split(), _Account(words)
        matches: list[PersonMatch] = []
        looked, last = 0, after
        with self._db.snapshot():
            rows = self._db.rows(
                "SELECT number, platform, kind, encrypted FROM mentions WHERE number > ? ORDER BY number LIMIT ?",
                after, limit,
            )  # fmt: skip
            for row in rows if wanted else ():
                number, looked = row["number"], looked + 1
                by_them = self._is_by(row, account)
                if by_them or (not authors_only and self._has_words(number, wanted, phrase=phrase)):
                    matches.append(PersonMatch(number=number, by_them=by_them))
                last = number
                if until():
                    break
        more = bool(wanted) and (looked < len(rows) or len(rows) == limit)
        return PersonPart(matches=tuple(matches), looked=looked, last=last if more else None)

    def note_search(
        self, *, by: str, at: datetime, matches: int, looked: int, request: int | None = None, quoted: bool = False
    ) -> None:  # fmt: skip
        """Keeps that somebody looked for a person, and how much was found; not the words. `quoted`: by what they wrote themselves."""
        about: dict[str, int | str] = {} if request is None else {"request": request}
        with self._db.transaction():
            self._db.add_event(
                "searched for a person", at, by=self._db.encryption.person_hash(by), found=matches, looked=looked, **about,
            )  # fmt: skip
            if quoted:
                self._db.add_event("searched by own words", at, by=self._db.encryption.person_hash(by), **about)  # fmt: skip

    def _has_words(self, number: int, wanted: list[str], *, phrase: bool = False) -> bool:
        rows = self._db.rows(_ALL_OF_A_MENTION, number)
        fields = [self._db.encryption.decrypt(row["encrypted"]) for row in rows]
        whole = _folded(" ".join(str(value) for words in fields for value in words.values()))
        if phrase:
            return holds_phrase(whole, wanted)
        return all(word in whole for word in wanted)

    def by_author(self, who: str) -> list[int]:
        """Mentions whose author's id, handle or name is exactly this, also by their address; an @ before it doesn't count.

        The address of a profile, or of a post that says whose it is, stands for that account on its platform alone.
        """
        account = _Account(who)
        rows = self._db.each(
            "SELECT number, platform, kind, encrypted FROM mentions ORDER BY number"
        )
        return [row["number"] for row in rows if self._is_by(row, account)]

    def of_persons(
        self, numbers: Iterable[int], persons: Collection[str], *, phrases: Collection[str] = (), accounts: Collection[str] = ()
    ) -> set[int]:  # fmt: skip
        """Those of these mentions that one of these persons wrote, or that hold all words of how one is called; `post 5` is called that post.

        Of `persons` in `phrases` the words have to stand side by side; who is in `accounts` has to have written it.
        """
        matches = set[int]()
        for number in numbers:
            row = self._db.row(
                "SELECT number, platform, kind, encrypted FROM mentions WHERE number = ?", number
            )
            if row is None:
                continue
            for person in persons:
                words = re.findall(r"[^\W_]+", _folded(person)) or _folded(person).split()
                if person == POST.format(number=number) or self._is_by(row, _Account(person)) or (person not in accounts and self._has_words(number, words, phrase=person in phrases)):  # fmt: skip
                    matches.add(number)
                    break
        return matches

    def accounts_shown(self, wanted: Collection[str], *, most: int = MOST_SHOWN) -> frozenset[str]:
        """Those of these words, in lower case, that are the handle of whoever wrote a post of the desk, of the latest.

        Of the Guardian's lane, of restricted posts and of what is in no case it says nothing: an answer would tell that they are here.
        """
        if not wanted:
            return frozenset()
        with self._db.snapshot():
            rows = self._db.rows(
                """SELECT m.encrypted FROM case_mentions i CROSS JOIN mentions m ON m.number = i.mention CROSS JOIN cases c ON c.number = i.case_number
                WHERE c.protected = 0 AND NOT m.own AND m.kind <> 'article' ORDER BY i.mention DESC LIMIT ?""",
                most,
            )  # fmt: skip
        handles = (self._db.encryption.decrypt(row["encrypted"]).get("handle") or "" for row in rows)  # fmt: skip
        shown = {name.lower().lstrip("@") for handle in handles for name in (handle, _before_domain(handle))}  # fmt: skip
        return frozenset(shown.intersection(wanted))

    def called_so(
        self, wanted: Collection[str], squash: Callable[[str], str], *, most: int = MOST_CALLED
    ) -> frozenset[str]:
        """Those of these words by which somebody who posted calls themselves, or one letter off: by handle or by name, of the latest posts.

        `squash` writes a handle or name as `wanted` is written. It decrypts writers, tells nobody which one it was, and leaves no trace of
        the words. Not of our own posts and the press.
        """
        matches = set[str]()
        with self._db.snapshot():
            rows = self._db.rows(
                "SELECT encrypted FROM mentions WHERE NOT own AND kind <> 'article' ORDER BY number DESC LIMIT ?", most
            )  # fmt: skip
        called = {
            squash(name)
            for row in rows
            for personal in (self._db.encryption.decrypt(row["encrypted"]),)
            for part in ("handle", "name")
            if personal.get(part)
            for name in (personal[part], _before_domain(personal[part]) if part == "handle" else "")
            if name
        }
        for word in wanted:
            near = len(word) >= NEAR_FROM
            if word in called or (near and any(abs(len(name) - len(word)) < 2 and DamerauLevenshtein.distance(word, name, score_cutoff=1) < 2 for name in called)):  # fmt: skip
                matches.add(word)
        return frozenset(matches)

    def accounts_of(self, numbers: Iterable[int]) -> set[str]:
        """Hashes of the accounts, by id and by handle, that wrote these mentions, also by their addresses; a name is no account."""
        rows = self._db.rows(
            "SELECT platform, kind, encrypted FROM mentions WHERE number IN (SELECT value FROM json_each(?))",
            json.dumps(list(numbers)),
        )
        return {
            self._db.encryption.author_hash(platform, account)
            for row in rows
            for platform, account in accounts_of(row["platform"], row["kind"], self._db.encryption.decrypt(row["encrypted"]))
        }  # fmt: skip

    def _is_by(self, row: Row, account: _Account) -> bool:
        personal: dict[str, str] = self._db.encryption.decrypt(row["encrypted"])
        accounts = accounts_of(row["platform"], row["kind"], personal)
        if account.addressed in {(place, _folded(each).lstrip("@")) for place, each in accounts}:
            return True
        names = {personal[part] for part in AUTHOR_FIELDS if personal[part]} | {each for _, each in accounts}  # fmt: skip
        return account.name in {_folded(each).lstrip("@") for each in names}

    def recent(self, since: datetime, *, most: int) -> tuple[int, Iterator[list[Recent]]]:
        """How many mentions that are still there, and theirs to see, were posted since, and up to `most` of them in batches.

        Without what staff wrote of themselves as staff, whatever its words: who tries words on posts would gather it by them.
        Where there are more, every so-many-th in the order of their moments: each stretch of time counts alike.
        """
        with self._db.snapshot():
            numbers = [
                row["number"]
                for row in self._db.rows(
                    f"""SELECT m.number FROM mentions m INDEXED BY mentions_by_posted
                    WHERE m.posted_at >= ? AND m.deleted_at IS NULL AND {_NOT_BY_STAFF} AND {self._db.sight.of_posts("m.number")} ORDER BY m.posted_at, m.number""",
                    clock.text(since),
                )
            ]
        total = len(numbers)
        if total > most:
            numbers = [numbers[place * total // most] for place in range(most)]
        return total, self._in_batches(numbers)

    def note_rules_tried(
        self, rules: int, *, mention_count: int, at: datetime, by: int | None = None
    ) -> None:
        """Keeps that rules were held to what is stored, and how many mentions they found; not their words.

        `by` is a user's number; None at the command line.
        """
        with self._db.transaction():
            who = {} if by is None else {"by": by}
            self._db.add_event("rules tried", at, rules=rules, found=mention_count, **who)

    def _in_batches(self, numbers: list[int]) -> Iterator[list[Recent]]:
        for start in range(0, len(numbers), BATCH):
            with self._db.snapshot():
                rows = self._db.rows(
                    f"""SELECT m.number, v.encrypted, (SELECT json_group_array(DISTINCT t.term) FROM matches t
                        WHERE t.mention = m.number AND t.term <> '') AS matched,
                    (SELECT a.in_scope FROM assessments a WHERE a.mention = m.number
                        AND a.revision = m.revision ORDER BY a.number DESC LIMIT 1) AS in_scope
                    FROM json_each(?) j JOIN mentions m ON m.number = j.value
                    JOIN revisions v ON v.mention = m.number AND v.revision = m.revision
                    WHERE m.deleted_at IS NULL AND {_NOT_BY_STAFF} AND {self._db.sight.of_posts("m.number")}""",
                    json.dumps(numbers[start : start + BATCH]),
                )
            yield [
                Recent(
                    number=row["number"], text=self._db.encryption.decrypt(row["encrypted"])["text"],
                    matched=tuple(json.loads(row["matched"])),
                    in_scope=None if row["in_scope"] is None else bool(row["in_scope"]),
                )
                for row in rows
            ]  # fmt: skip


class _Account:
    """Whom somebody looks for: an id, a handle or a name as it was written, and the account of an address, if it is one."""

    def __init__(self, written: str) -> None:
        place, account = account_named(written) if is_address(written) else ("", "")
        self.name = _folded(written).lstrip("@")
        self.addressed = (place, _folded(account).lstrip("@")) if account else None


def _folded(words: str) -> str:
    return unicodedata.normalize("NFKC", words).casefold().strip()


class Matcher:
    """Matches rules on texts in memory, as they come in: an FTS5 index over two columns, never on disk.

    It is emptied after each batch. `rules` has an FTS5 query by name. Raises ConfigError for one that FTS5 can't read.
    """

    def __init__(self, rules: Mapping[str, str]) -> None:
        self.rules = dict(rules)
        self._db = sqlite_utils.Database(memory=True)
        self._db.execute(
            "CREATE VIRTUAL TABLE words USING fts5 (plain, signs, "
            "tokenize = 'unicode61 remove_diacritics 2')"
        )
        for name, query in self.rules.items():
            try:
                self._db.execute("SELECT rowid FROM words WHERE words MATCH ?", [query]).fetchall()
            except DatabaseError as error:
                raise ConfigError(f"the rule {name} can't be looked for: write it again") from error

    def match(self, texts: Sequence[tuple[str, str]]) -> list[tuple[str, ...]]:
        """The names of the rules that each text matches; a text is its two columns."""
        matches: list[list[str]] = [[] for _ in texts]
        if not self.rules or not texts:
            return [()] * len(texts)
        rows = [(number, clean(plain), clean(signs)) for number, (plain, signs) in enumerate(texts)]
        self._db.conn.executemany("INSERT INTO words (rowid, plain, signs) VALUES (?, ?, ?)", rows)
        for name, query in self.rules.items():
            for row in self._db.execute("SELECT rowid FROM words WHERE words MATCH ?", [query]):
                matches[row[0]].append(name)
        self._db.execute("DELETE FROM words")
        return [tuple(names) for names in matches]
