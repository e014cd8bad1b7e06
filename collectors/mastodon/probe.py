"""Asks each Mastodon server whose its token is."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from collectors.http.transport import host
from collectors.mastodon.collector import Mastodon, Server
from collectors.mastodon.parse import signed_in
from collectors.probing import Probe
from core.errors import PlatformRefused


def probes(source: Mastodon) -> Iterator[Probe]:
    """One call of each server."""
    for server in source.server:
        yield Probe(host(server.url), partial(_account, source, server))


def _account(source: Mastodon, server: Server) -> str:
    if server.left_out:
        raise PlatformRefused(server.left_out)
    signed_in(source.reader(server).account())
    return "it takes the token"
