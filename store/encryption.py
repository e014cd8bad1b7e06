"""Encrypts personal fields (Fernet) and makes the keyed hashes by which encrypted things are found again.

What is hashed never leaves as it is: without the index key, which is itself kept encrypted in the
database, nobody can try out guesses against a hash.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from core.errors import EncryptionKeyError

_NOT_STORABLE = re.compile("[\ud800-\udfff\0]")
_WRONG_KEY = (
    "the encryption key does not open this database: put back the key that it was written with "
    "(the setting under [store] in the settings names where it is read from); nothing was changed"
)


def fernet(keys: Sequence[str]) -> MultiFernet:
    """The first key encrypts, all of them decrypt. Raises EncryptionKeyError where one is no Fernet key."""
    if not keys or not all(keys):
        raise EncryptionKeyError(
            "there is no encryption key: set the one that [store] in the settings names"
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
    return _NOT_STORABLE.sub("\ufffd", text)


def new_index_key() -> bytes:
    """A key for the hashes of one database, for its whole life."""
    return secrets.token_bytes(32)


class FieldEncryption:
    """The keys of one open database."""

    def __init__(self, fernet: MultiFernet, index_key: bytes) -> None:
        self.fernet = fernet
        self._index_key = index_key

    @classmethod
    def from_encrypted_key(cls, fernet: MultiFernet, index_key: bytes) -> FieldEncryption:
        """Raises EncryptionKeyError where none of the keys decrypts the index key."""
        try:
            return cls(fernet, fernet.decrypt(index_key))
        except InvalidToken as error:
            raise EncryptionKeyError(_WRONG_KEY) from error

    def with_keys(self, fernet: MultiFernet) -> FieldEncryption:
        """The same index key under other keys, for rotation."""
        return FieldEncryption(fernet, self._index_key)

    def encrypted_index_key(self) -> bytes:
        """The index key as it is kept."""
        return self.fernet.encrypt(self._index_key)

    def encrypt(self, value: Mapping[str, Any]) -> bytes:
        """A JSON object as a token. Lone surrogates survive."""
        return self.fernet.encrypt(_bytes(json.dumps(value, ensure_ascii=False)))

    def decrypt(self, token: bytes) -> dict[str, Any]:
        """What was encrypted. Raises EncryptionKeyError where no key decrypts it."""
        try:
            value: dict[str, Any] = json.loads(
                self.fernet.decrypt(token).decode("utf-8", "surrogatepass")
            )
        except InvalidToken as error:
            raise EncryptionKeyError(_WRONG_KEY) from error
        return value

    def opens(self, token: bytes) -> bool:
        """Whether one of the keys decrypts it."""
        try:
            self.fernet.decrypt(token)
        except InvalidToken:
            return False
        return True

    def rewrap(self, token: bytes) -> bytes:
        """The same under the first key. Raises EncryptionKeyError where no key decrypts it."""
        try:
            return self.fernet.rotate(token)
        except InvalidToken as error:
            raise EncryptionKeyError(_WRONG_KEY) from error

    def key_hash(self, issuer: str, issued_id: str) -> str:
        """By which a mention is found: its ids can hold an author's and are encrypted."""
        return self._hash("key", json.dumps([issuer, issued_id]))

    def text_hash(self, text: str) -> str:
        """Equal for equal words, so that a change is seen without decrypting them."""
        return self._hash("text", text)

    def story_hash(self, words: str) -> str:
        """Names a story without saying it."""
        return self._hash("story", words)[:32]

    def person_hash(self, who: str) -> str:
        """Names an officer in an event without saying who."""
        return self._hash("person", who)[:16]

    def author_hash(self, platform: str, account: str) -> str:
        """Names an account on a platform, by its id or its handle, without saying which; an @ before it doesn't count."""
        folded = unicodedata.normalize("NFKC", account).casefold().strip().lstrip("@")
        return self._hash("author", json.dumps([platform, folded]))

    def ledger(self, previous: str, written: str) -> str:
        """The mac of a line of the erasure ledger: over its canonical form and the mac before it."""
        return self._hash("ledger", f"{previous}\n{written}")

    def key_name(self, key: str) -> str:
        """Names a key without saying it, so that a change of keys knows whether it was begun for this one."""
        return self._hash("key name", key.strip())

    def database_name(self) -> str:
        """Names the database and all copies of it, which share the key of their hashes."""
        return self._hash("database", "")

    def chain(self, previous: str, written: str) -> str:
        """The mac of an event: over its canonical form and the mac before it."""
        return self._hash("event", f"{previous}\n{written}")

    def row_seal(self, form: bytes) -> bytes:
        """The seal of a row, of its canonical form: 16 bytes."""
        return hmac.digest(self._index_key, b"row\0" + form, "sha256")[:16]

    def _hash(self, purpose: str, written: str) -> str:
        keyed = hmac.new(self._index_key, purpose.encode() + b"\0", hashlib.sha256)
        keyed.update(_bytes(written))
        return keyed.hexdigest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
