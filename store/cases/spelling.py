"""What was meant by words that no post has: the words of the index itself are what they are compared with."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.spelling import HEAD, Known, fold, heads, nearest, nearest_by_sound, slips
from store.database import Database
from store.encryption import clean

MOST_MENDED = 4  # words of one search: more slips than that are not mended
RARE, TIMES = (
    2,
    10,
)  # a word of so few posts may be a slip itself, where one alike is so many times as usual
LONG = 5  # letters from which another word is offered for one of the language
# A view of the index of words, with how many posts hold each; the connection's own, so that it is no part of the file.
_WORDS = """CREATE VIRTUAL TABLE IF NOT EXISTS temp.case_words
    USING fts5vocab ('main', 'case_mentions_fts', 'row')"""
# Beginnings that sound the same
_SAME = (("f", "ph"), ("ph", "f"), ("k", "c"), ("c", "k"), ("s", "c"), ("c", "s"), ("z", "s"))
_END = "\U0010ffff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """Words to search for. `instead`: what was looked for, by what was typed and no post has.

    `begins`: typed words that are the beginning of some word alone. `perhaps`: more usual words by rare ones that were
    searched for as they are, or that are words of the language and in no post: `absent` are those.
    """

    words: str
    instead: tuple[tuple[str, str], ...] = ()
    begins: tuple[str, ...] = ()
    perhaps: tuple[tuple[str, str], ...] = ()
    absent: tuple[str, ...] = ()


class Spelling:
    """Mends what is searched for."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def mend(self, words: str, is_word: Callable[[str], bool] = lambda _: False) -> Mended:
        """The same words, each that no post has by the nearest that some post has; what has none stays.

        What `is_word` knows is no slip: it is searched for as it is, and the nearest is only offered. A word that is only a beginning is searched for as one: it ends in "*" then.
        """
        typed = re.findall(r"\w+", clean(words))
        chosen: list[str] = []
        instead: list[tuple[str, str]] = []
        begins: list[str] = []
        perhaps: list[tuple[str, str]] = []
        absent: list[str] = []
        with self._db.snapshot():
            self._db.execute(_WORDS)
            for word in typed:
                folded, tries = fold(word), len(instead) + len(perhaps) < MOST_MENDED
                # what stands in no post that they may read is neither counted nor offered
                posts = self._posts(folded)
                if (
                    posts == 0
                    and len(folded) > 2
                    and self._begins(folded)
                    and self._is_readable(f"{folded}*")
                ):
                    begins.append(word)
                    chosen.append(f"{word}*")
                    continue
                meant = self._nearest(folded, posts) if tries and posts <= RARE else ""
                if meant and not self._is_readable(meant):
                    meant = ""
                known = posts == 0 and bool(meant) and is_word(folded)
                absent += [word] if known else []
                if known and len(folded) < LONG:
                    meant = ""  # nearly every short word of the language is one letter from another
                if meant:
                    (instead if posts == 0 and not known else perhaps).append((word, meant))
                chosen.append(meant if meant and posts == 0 and not known else word)
        return Mended(
            words=" ".join(chosen), instead=tuple(instead), begins=tuple(begins), perhaps=tuple(perhaps), absent=tuple(absent),
        )  # fmt: skip

    def _posts(self, word: str) -> int:
        """How many posts hold a word; of a word that stands in none that they may read, none."""
        if not self._is_readable(word):
            return 0
        return int(self._db.value("SELECT doc FROM temp.case_words WHERE term = ?", word) or 0)

    def _is_readable(self, word: str) -> bool:
        """Whether a post that whoever asks may read has this word, or one that begins so where it ends in "*"."""
        if self._db.sight.reads_children:
            return True
        written = f'"{word.removesuffix("*")}"{"*" if word.endswith("*") else ""}'
        return bool(self._db.row(
            f"""SELECT 1 FROM case_mentions_fts w JOIN case_mentions i ON i.assessment = w.rowid
            WHERE case_mentions_fts MATCH ? AND {self._db.sight.of_words("i.mention")} LIMIT 1""",
            written,
        ))  # fmt: skip

    def _begins(self, word: str) -> bool:
        """Whether some word begins so."""
        return bool(
            self._db.row(
                "SELECT 1 FROM temp.case_words WHERE term >= ? AND term < ? LIMIT 1",
                word, word + _END,
            )
        )  # fmt: skip

    def _nearest(self, word: str, posts: int) -> str:
        if not slips(word):
            return ""
        common = posts * TIMES
        # A slip is seldom at the beginning: one range of the index holds nearly all that are meant.
        return (
            nearest(word, self._begun([word[:HEAD]]), common=common, most=1)
            or nearest(word, self._begun(heads(word)), common=common)
            or nearest_by_sound(word, self._begun(_starts(word)), common=common)
        )  # fmt: skip

    def _begun(self, beginnings: Sequence[str]) -> list[Known]:
        """The words of the index with one of these beginnings."""
        rows = self._db.rows(
            """SELECT v.term, v.doc FROM json_each(?) h CROSS JOIN temp.case_words v
            ON v.term >= h.value AND v.term < h.value || ?""",
            json.dumps(beginnings), _END,
        )  # fmt: skip
        return [Known(row["term"], row["doc"]) for row in rows]


def _starts(word: str) -> list[str]:
    """The first two letters of what may sound as a word does: so few that little of the index is read."""
    others = (
        other + word[len(begins) : len(begins) + 1]
        for begins, other in _SAME
        if word.startswith(begins)
    )
    return sorted({word[:2], *others})
