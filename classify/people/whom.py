"""Whether what governance looks for on a request is a person: a name, an account, an address or a number, or words that they wrote themselves.

The lists that keep names out of search terms are read the other way round: a search of *nurse* or *my manager* gathers what staff say, and is nobody's.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from classify.people import handles, names_in_words, workplace_speech
from classify.people.lists import dictionary, field, first_names, places, plain, surnames, words
from classify.people.search_terms import BODY_WORDS

# How it is looked for: every word anywhere; the words side by side as they stand; by whoever is called exactly so, alone
Manner = Literal["words", "phrase", "quote", "account"]
NO_PERSON = (
    "this names no person: write a name (given and family name), an account, an email address, a telephone or NHS number; choose “only what they wrote” (--author) for an account "
    "that is called by an everyday word; or copy at least {least} words that they wrote, as they stand"
)
QUOTED_WORDS = 6  # words of their own by which somebody is looked for
_SHORTEST = 4  # letters of a name that tells of a person by itself; Ian stands in guardian
_DIGITS = 7  # of a telephone number, an NHS number, an account
_ADDRESS = re.compile(r"\S+@\S+\.\w{2,}|https?://\S+|\bwww\.\S+", re.IGNORECASE)
_SERVER = re.compile(
    r"@?[\w-]+(?:\.[\w-]+)+|@?[\w.-]+@[\w-]+(?:\.[\w-]+)+"
)  # quietkiln.example.net
# Words of work that the lists have not, in the shapes in which staff write them
_WORK_TEXT = """
rota rotas rostering earlies lates nightshift nightshifts dayshift burnout preceptor preceptors preceptorship datixed skint floater floaters hca hcas hcsw hcsws
understaffed understaffing bullied grumbling grumble grumbles moaning fibbing skiving skivers sickies unpaid banding rebanding rebanded paycut payrise
"""
_WORK = frozenset(_WORK_TEXT.split())
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_GIVEN_AND_FAMILY = 2  # words of a name


def manner(who: str) -> Manner:
    """How a search may go: `account` where the words tell of nobody, so that only whoever is called so may be found."""
    who = " ".join(who.split())
    tokens = [plain(token) for token in _WORD.findall(who)]
    if _ADDRESS.search(who) or _SERVER.fullmatch(who) or len(re.sub(r"\D", "", who)) >= _DIGITS:
        return "words"
    if handles.as_accounts(who.lstrip("@")) or any(_tells(token) for token in tokens):
        return "words" if len(tokens) < QUOTED_WORDS else "quote"
    if len(tokens) >= QUOTED_WORDS:
        return "quote"
    if (
        names_in_words.names(who)
        or _is_name_of_words(who, tokens)
        or any(map(_may_be_name, tokens))
    ):
        return "phrase"
    return "account"


def _is_name_of_words(who: str, tokens: list[str]) -> bool:
    """Whether two words with capitals are a given and a family name of the lists, everyday words or not: Hope Ward."""
    return (
        len(tokens) == _GIVEN_AND_FAMILY
        and all(token[:1].isupper() for token in _WORD.findall(who))
        and tokens[0] in first_names()
        and tokens[1] in surnames()
    )


def _tells(token: str) -> bool:
    """Whether a word by itself is a name or nothing that a list knows, nor a piece of what one knows: nurs finds every nurse."""
    parts = [part for part in re.split(r"['’-]", token) if part]
    joined = "".join(parts)
    if any(_is_everyday(form) for form in (token, joined, *parts)):
        return False
    if joined in first_names() or joined in surnames():
        return len(joined) >= _SHORTEST
    return len(joined) >= _SHORTEST and joined not in _run_together()


def _may_be_name(token: str) -> bool:
    """Whether a word is a short name, or a piece of an everyday word and none itself: as a whole word it is somebody's, Ian, Ratched."""
    joined = token.replace("'", "").replace("-", "")
    return not _is_everyday(joined) and (joined in first_names() or joined in surnames() or len(joined) >= _SHORTEST)  # fmt: skip


def _is_everyday(word: str) -> bool:
    forms = (word, word.removesuffix("s"), word.removesuffix("es"))
    return bool(workplace_speech.in_text(word)) or any(form in listed for form in forms for listed in (words(), dictionary(), field(), places(), BODY_WORDS, _WORK))  # fmt: skip


@cache
def _run_together() -> str:
    """All everyday words, one a line: what stands in it is a piece of one."""
    return "\n".join(sorted(words() | dictionary() | field() | places() | BODY_WORDS))
