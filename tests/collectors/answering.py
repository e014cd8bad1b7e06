"""What the tests of answering share: a stand-in's posts as they were collected, and answers to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from collectors import factory
from collectors.base import Published
from collectors.platforms import integration
from core.models import Mention
from demo.servers.http import Request, StandIn
from tests.collectors.cases import AT, client, pull

WORDS = "Thank you for telling us. PALS can help: https://www.nhs.uk/pals."
KEY = "a" * 64


def source(standin: StandIn, *ours: str, **more: Any) -> Any:
    """The stand-in's collector; `ours` are accounts of the organisation."""
    table = standin.table(lambda _, value: value) | more
    named = [table.get(key) for key in ("page_id", "user_id", "identifier")]
    channels = [channel.lower() for channel in table.get("channels", ())]
    number = (
        str(table.get("organization", "")).rpartition(":")[2]
        or str(table.get("business_id", "")).lower()
    )
    known = frozenset(name for name in (*named, *channels, number, *ours, *standin.ours) if name)
    return factory.build(
        standin.name, table, http=client(), at=AT, state={}, terms=("ICB", "NHS"),
        register={standin.name: known | {"healthiernwl"}}, official={standin.name: known},
    )  # fmt: skip


def collected(standin: StandIn, *ours: str) -> list[Mention]:
    """What a first run of a week brought."""
    mentions, _, _, error = pull(source(standin, *ours), AT - timedelta(days=7))
    assert error is None
    return list({mention.key: mention for mention in mentions}.values())


def may(built: Any, mention: Mention) -> str:
    """Why a mention can't be answered."""
    return integration(built.name).replying.load().may(built, mention)


def account(built: Any, mention: Mention) -> str:
    return integration(built.name).replying.load().account(built, mention)


def send(built: Any, mention: Mention, words: str = WORDS, key: str = KEY) -> Published:
    return integration(built.name).replying.load().send(built, mention, words, key)


def answerable(built: Any, mentions: list[Mention], *kinds: str) -> Mention:
    """The first of these kinds that can be answered."""
    return the(mentions, lambda mention: mention.kind in kinds and not may(built, mention))


def the(mentions: list[Mention], fits: Callable[[Mention], bool]) -> Mention:
    return next(mention for mention in mentions if fits(mention))


def posted(standin: StandIn) -> list[Request]:
    """What was asked of the platform that changes something, but for signing in."""
    return [
        request for request in standin.requests
        if request.method in ("POST", "PUT") and "Session" not in request.path
    ]  # fmt: skip
