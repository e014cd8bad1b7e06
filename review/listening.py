"""Ports of organisations that come while the pages run: each is listened on within seconds, without a start.

uvicorn listens on what it is given as it starts. It asks `Listening.look` every few seconds (`callback_notify`), which gives it
more. A port that is let go of by its organisation stays open until the end: it answers that no page is there.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

import anyio.to_thread
import uvicorn

from core import logs
from core.errors import ConfigError
from review.organisations import Pages
from settings.organisations import Member
from steps.bugs import log_bug

log = logging.getLogger("review")


@dataclass(eq=False)
class Listening:
    """Where the pages of several organisations are listened for. Touched on the event loop alone, but for the taking.

    `take` gives a socket that listens on a port, and raises ConfigError where another program has it. `server` is set once it is
    made; until then nothing is looked for.
    """

    pages: Pages
    take: Callable[[int], socket.socket]
    ports: set[int]
    behind_proxy: bool = False
    server: uvicorn.Server | None = None
    _told: dict[str, str] = field(default_factory=dict)  # what was last said of an organisation

    async def look(self) -> None:
        """Looks which organisations there are, and listens on ports that are new. Raises nothing: the server asks it."""
        try:
            await self.pages.look_again()
            for member in tuple(self.pages.members.values()):
                with logs.for_organisation(member.slug):
                    await self._look_at(member)
        except Exception as bug:
            log_bug("looking for organisations that came", bug)

    async def _look_at(self, member: Member) -> None:
        if member.wrong or not member.port or self.server is None:
            return
        if member.port not in self.ports:
            try:
                listening = await anyio.to_thread.run_sync(self.take, member.port)
            except (ConfigError, OSError) as error:
                self._tell(member, f"can't be opened: {error}", logging.ERROR)
                return
            await self._listen(self.server, listening)
            self.ports.add(member.port)
            self._tell(member, f"is at {member.public_url}", logging.INFO)
        if member.public_url.startswith("https://") and not self.behind_proxy:
            self._tell(
                member,
                "is the first behind a proxy: start `mentions serve` again, so that it knows who asks by what the proxy says",
                logging.WARNING,
            )

    async def _listen(self, server: uvicorn.Server, listening: socket.socket) -> None:
        config = server.config

        def protocol() -> asyncio.Protocol:
            built: asyncio.Protocol = config.http_protocol_class(  # type: ignore[call-arg]
                config=config, server_state=server.server_state, app_state=server.lifespan.state
            )
            return built

        loop = asyncio.get_running_loop()
        opened = await loop.create_server(protocol, sock=listening, backlog=config.backlog)
        server.servers.append(opened)  # which it closes with its own

    def _tell(self, member: Member, what: str, level: int) -> None:
        """Says something of an organisation's page once, until something else is to be said."""
        if self._told.get(member.slug) != what:
            self._told[member.slug] = what
            log.log(level, "the page of %s %s", member.slug, what)
