"""What every way out is: it is opened, and a letter is sent to some of those whom it can reach.

A channel never retries and never asks the store: `steps/deliver.py` does both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol

from core.errors import DeliveryError
from reports.notes import Note


@dataclass(frozen=True, kw_only=True)
class Letter:
    """The same thing for any channel: `mail` for those that carry email, `note` for those that carry a few words."""

    mail: EmailMessage | None = None
    note: Note | None = None


class Session(Protocol):
    """A channel while it is open."""

    @property
    def alive(self) -> bool:
        """False once the other side has hung up; then nothing more leaves by this session."""

    def send(self, letter: Letter, to: Sequence[str]) -> Mapping[str, DeliveryError]:
        """Sends to each of `to`; those who did not get it, each with why. Never raises for what the other side does."""


class Channel(Protocol):
    """A way out. `label` is what people call it."""

    @property
    def label(self) -> str: ...

    def session(self) -> AbstractContextManager[Session]:
        """Opens it. Raises DeliveryError, an `outage`, where it can't be opened or refuses the sign-in."""


def nobody_got_it(error: DeliveryError, to: Sequence[str]) -> dict[str, DeliveryError]:
    """The same for all of them."""
    return dict.fromkeys(to, error)
