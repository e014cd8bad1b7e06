"""Every error that we raise on purpose, as a tree. Each message says what to do.

MentionsError
├── ConfigError               stop before doing anything
├── InputError                a file that was handed in can't be read
│   └── PersonSearchError     it is another tool's search for a person
├── ModelError                the weights or the policy can't be used
├── StoreError                the database can't be used: newer, locked, full
│   ├── DamagedError          the database file is damaged: a backup must be restored
│   └── EncryptionKeyError    the key that decrypts personal fields is lost or wrong
├── CollectorError            this platform failed; go on with the others, and exit 1 at the end
│   ├── PlatformUnavailable   may work later
│   └── PlatformRefused       needs a person
├── DeliveryError             leave the email due; try again on the next run
└── SignInRefused             nobody is signed in; the page says why and whom to ask

No message holds a post's words, an author or a secret.
"""

from __future__ import annotations


class MentionsError(Exception):
    """Anything that went wrong in a way that we foresaw; prints as one line."""


class ConfigError(MentionsError):
    """config.toml or policy.toml is wrong: the message names the key."""


class InputError(MentionsError):
    """A file or line that was handed in can't be read: the message names it by number."""


class PersonSearchError(InputError):
    """A file reads like another tool's search for a person: governance is told who handed it over."""


class ModelError(MentionsError):
    """The weights are missing, damaged, or name other flags than the policy."""


class StoreError(MentionsError):
    """The database can't be opened or written."""


class DamagedError(StoreError):
    """The database file itself is damaged: whatever reads that part of it fails, until a backup is restored."""


class EncryptionKeyError(StoreError):
    """The key that decrypts personal fields is lost or wrong."""


class CollectorError(MentionsError):
    """A platform failed; the others go on and the run exits with 1."""


class PlatformUnavailable(CollectorError):
    """May work later: an outage, a rate limit, an answer that is not what it should be.

    `retry_after` is how many seconds the platform asked us to wait, if it did.
    """

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class PlatformRefused(CollectorError):
    """Needs a person: an expired token, a missing permission, credit that is gone."""


class DeliveryError(MentionsError):
    """An email did not leave; it stays due.

    `permanent` where the server said that trying again can't help (5xx). `outage` where neither the email nor its address
    is to blame: the server is down, or refuses us. `wait`: how many seconds it asked us to wait, if it did.
    """

    def __init__(
        self, message: str, *, permanent: bool = False, outage: bool = False, wait: float | None = None
    ) -> None:  # fmt: skip
        super().__init__(message)
        self.permanent = permanent
        self.outage = outage
        self.wait = wait


class SignInRefused(MentionsError):
    """An identity provider's answer lets nobody in. `reason` is which page tells it, `who` the person's own name."""

    def __init__(self, message: str, *, reason: str, who: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.who = who


# How the error of something begins that a bug in this program kept from being done
OF_A_BUG = "a bug in this program"
