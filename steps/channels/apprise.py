"""Whatever apprise speaks: Slack, Matrix, ntfy, SMS gateways and a hundred more, each by an address of its own kind."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from core.errors import DeliveryError
from steps.channels.base import Letter, Session, nobody_got_it


@dataclass(frozen=True, kw_only=True)
class Apprise:
    """`find_secret` gives the address, such as `ntfys://host/topic`: https://github.com/caronc/apprise/wiki."""

    label: str
    find_secret: Callable[[], str]

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Nothing is sent yet. Raises DeliveryError where the extra is missing, or the address is of no kind that is known."""
        try:
            import apprise
        except ImportError as error:
            raise DeliveryError(
                f"{self.label} needs the extra `apprise`: pip install 'nwl-mentions[apprise]'", outage=True
            ) from error  # fmt: skip
        logging.getLogger("apprise").setLevel(
            logging.CRITICAL + 1
        )  # it logs addresses, which are secret
        service = apprise.Apprise()
        if not service.add(self.find_secret()):
            raise DeliveryError(f"{self.label}: apprise does not know this address", outage=True)
        yield _AppriseSession(service, self.label)


@dataclass
class _AppriseSession:
    service: Any
    label: str
    alive: bool = True

    def send(self, letter: Letter, to: Sequence[str]) -> Mapping[str, DeliveryError]:
        assert letter.note is not None
        note = letter.note
        body = "\n".join((*note.lines, note.link))
        if self.service.notify(title=note.title, body=body):
            return {}
        return nobody_got_it(DeliveryError(f"{self.label} did not take it"), to)
