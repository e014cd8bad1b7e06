"""Seals personal fields (Fernet) and makes the keyed hashes by which sealed things are found again.

What is hashed never leaves as it is: without the index key, which is itself sealed in the
database, nobody can try out guesses against a hash.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from core.errors import EncryptionKeyError

_UNHELD = re.compile("[\ud800-\udfff\0]")
_WRONG = (
    "the encryption key does not open this database: put back the key that it was written with "
    "(the setting under [store] in config.toml names where it is read from); nothing was changed"
)


def fernet(keys: Sequence[str]) -> MultiFernet:
    """The first key seals, all of them open. Raises EncryptionKeyError where one is no Fernet key."""
    if not keys or not all(keys):
        raise EncryptionKeyError(
            "there is no encryption key: set the one that [store] in config.toml names"
        )
    try:
        return MultiFernet([Fernet(key.strip()) for key in keys])
    except (ValueError, TypeError) as error:
        raise EncryptionKeyError(
            "an encryption key is not 32 bytes in URL-safe base64: check that it was copied whole"
        ) from error


def clean(text: str) -> str:
    """Text that SQLite can hold in clear: one U+FFFD for each lone surrogate and NUL.

    It keeps its length in code points, so that spans still fit.
    """
    return _UNHELD.sub("\ufffd", text)


def new_index_key() -> bytes:
    """A key for the hashes of one database, for its whole life."""
    return secrets.token_bytes(32)


class FieldEncryption:
    """The keys of one open database."""

    def __init__(self, box: MultiFernet, index_key: bytes) -> None:
        self.box = box
        self._index_key = index_key

    @classmethod
    def opened(cls, box: MultiFernet, sealed_index_key: bytes) -> FieldEncryption:
        """Raises EncryptionKeyError where none of the keys opens the index key."""
        try:
            return cls(box, box.decrypt(sealed_index_key))
        except InvalidToken as error:
            raise EncryptionKeyError(_WRONG) from error

    def under(self, box: MultiFernet) -> FieldEncryption:
        """The same index key under other keys, for rotation."""
        return FieldEncryption(box, self._index_key)

    def sealed_index_key(self) -> bytes:
        """The index key as it is kept."""
        return self.box.encrypt(self._index_key)

    def seal(self, value: Mapping[str, Any]) -> bytes:
        """A JSON object, sealed. Lone surrogates survive."""
        return self.box.encrypt(_bytes(json.dumps(value, ensure_ascii=False)))

    def open(self, token: bytes) -> dict[str, Any]:
        """What was sealed. Raises EncryptionKeyError where no key opens it."""
        try:
            opened: dict[str, Any] = json.loads(
                self.box.decrypt(token).decode("utf-8", "surrogatepass")
            )
        except InvalidToken as error:
            raise EncryptionKeyError(_WRONG) from error
        return opened

    def rewrap(self, token: bytes) -> bytes:
        """The same under the first key. Raises EncryptionKeyError where no key opens it."""
        try:
            return self.box.rotate(token)
        except InvalidToken as error:
            raise EncryptionKeyError(_WRONG) from error

    def key_hash(self, issuer: str, issued_id: str) -> str:
        """By which a mention is found: its ids can hold an author's and are sealed."""
        return self._hash("key", json.dumps([issuer, issued_id]))

    def text_hash(self, text: str) -> str:
        """Equal for equal words, so that a change is seen without opening them."""
        return self._hash("text", text)

    def story_hash(self, words: str) -> str:
        """Names a story without saying it."""
        return self._hash("story", words)[:32]

    def person_hash(self, who: str) -> str:
        """Names an officer in an event without saying who."""
        return self._hash("person", who)[:16]

    def chain(self, previous: str, written: str) -> str:
        """The mac of an event: over its canonical form and the mac before it."""
        return self._hash("event", f"{previous}\n{written}")

    def _hash(self, purpose: str, written: str) -> str:
        keyed = hmac.new(self._index_key, purpose.encode() + b"\0", hashlib.sha256)
        keyed.update(_bytes(written))
        return keyed.hexdigest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
