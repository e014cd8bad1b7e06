"""How the page acts on posts where they are, by what is in force when somebody does.

What was set up in the page and stops a source is left out.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from core.errors import MentionsError
from core.progress import report_progress
from settings.schema import Config
from steps.context import RunContext, open_store
from steps.effective import effective_config
from steps.models import AnswerOffer, AnswerRequest, ModerationRequest, Offers
from store import Store


class Platforms:
    """Of one config.toml. `limit`: seconds for which a page waits for an action; the asking goes on."""

    limit = 20.0

    def __init__(self, file: Config, folder: Path) -> None:
        self._file, self._folder = file, folder

    def offers(self, number: int, at: datetime) -> Offers:
        """What can be done to a mention, by its number. Asks nothing of a platform."""
        # here, since every start of the page would pay for the platforms' libraries: 0.7 s, 41 MB
        from steps import moderate

        with open_store(self._file, self._folder, create=False) as store:
            return moderate.offers(self._context(store, at), number)

    def act(self, request: ModerationRequest) -> None:
        """Does what somebody confirmed, and keeps what came of it under its number. Raises nothing."""
        from steps import moderate  # here, as in `offers`

        try:
            with open_store(self._file, self._folder, create=False) as store:
                moderate.carry_out(self._context(store, request.at), request)
        except MentionsError as error:  # nothing can be kept: after a while it counts as not known
            report_progress(
                f"mention {request.mention} {request.action}: what came of it could not be saved: {error}"
            )

    def answer_offer(self, number: int, text: str, at: datetime) -> AnswerOffer:
        """What sending a reply to a mention would do. Asks nothing of a platform."""
        from steps import answer  # here, as in `offers`

        with open_store(self._file, self._folder, create=False) as store:
            return answer.offer(self._context(store, at), number, text)

    def answer(self, request: AnswerRequest) -> None:
        """Sends what somebody confirmed, and keeps what came of it under its number. Raises nothing."""
        from steps import answer  # here, as in `offers`

        try:
            with open_store(self._file, self._folder, create=False) as store:
                answer.carry_out(self._context(store, request.at), request)
        except MentionsError as error:  # nothing can be kept: after a while it counts as not known
            report_progress(f"reply {request.sending}: what came of it could not be saved: {error}")

    def keep_reply(self, number: int, at: datetime) -> None:
        """Keeps a reply of which somebody says that it is out, as one that was seen to be sent. Raises StoreError."""
        from steps import answer  # here, as in `offers`

        with open_store(self._file, self._folder, create=False) as store:
            answer.keep_as_reply(self._context(store, at), number)

    def _context(self, store: Store, at: datetime) -> RunContext:
        in_force = effective_config(self._file, self._folder, store, at)
        return RunContext(
            config=in_force.config,
            folder=self._folder,
            store=store,
            report_progress=report_progress,
            at=at,
            effective=in_force,
        )
