"""Mastodon, beside collecting: is a status still there, and accounts whose name may be ours.

A status is known by the id that its author's own server gave it (see `issued` in parse.py), and looked
for there: with our token where that server stands in the table, else by that server's public API. Where
ours was asked for a status of another server it would have to be found by its address, and "not found"
would then also mean that the other server is down, which must never be read as a deletion.

There is no moderation here: a server's own moderators act, and reports are made in the app.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from collectors.base import Answer, Gone, Rechecked, RecheckedParent, SkippedItem, each
from collectors.context import with_thread_of
from collectors.http import client as http_client
from collectors.http.egress import inside
from collectors.http.transport import host
from collectors.mastodon.client import AT_ONCE, NOT_THERE, STATUSES, NoSearch, a_list
from collectors.mastodon.collector import Mastodon, Server
from collectors.mastodon.parse import refused, to_mention, to_profile
from collectors.parents import as_mention, as_parents
from core.context import ParentPost
from core.errors import CollectorError, PlatformUnavailable
from core.models import Mention

_ELSEWHERE = "servers that are not in the table"


def recheck(source: Mastodon, mentions: Sequence[Mention]) -> Iterator[Rechecked]:
    """Each status at the server that issued its id. Gone is what a whole answer leaves out, or a 404.

    Yields nothing of what can't be looked up: ids that are whole addresses, and other servers' where
    `origins` is false. Another server that does not answer is told of and fails nothing. Raises
    CollectorError for one of the table, after the others.
    """
    by_issuer: dict[str, list[Mention]] = {}
    for mention in mentions:
        if re.fullmatch(r"\w+", mention.issued_id):
            by_issuer.setdefault(mention.issuer, []).append(mention)
    ours = {name for server in source.server for name in source.names(server)}
    unknown = 0
    for issuer in sorted(by_issuer.keys() - ours) if source.origins else ():
        for fate in _in_public(source, issuer, by_issuer[issuer]):
            if isinstance(fate, int):
                unknown += fate
            else:
                yield fate
    if unknown:
        yield SkippedItem(
            _ELSEWHERE, f"{unknown} statuses can't be looked up: their servers don't answer"
        )
    yield from source.each_server(partial(_with_token, source, by_issuer))


def recheck_parents(source: Mastodon, posts: Sequence[ParentPost]) -> Iterator[RecheckedParent]:
    """Each status as `recheck` looks at it, at the server that issued its id. Raises as it does."""
    yield from as_parents(
        recheck(source, [as_mention(post, "mastodon", source.at) for post in posts])
    )


def _with_token(
    source: Mastodon, by_issuer: Mapping[str, Sequence[Mention]], server: Server, where: str
) -> Iterator[Rechecked]:
    mentions = [mention for name in source.names(server) for mention in by_issuer.get(name, ())]
    ask = source.reader(server).ask
    for start in range(0, len(mentions), AT_ONCE):
        batch = {mention.issued_id: mention for mention in mentions[start : start + AT_ONCE]}
        answer = ask(STATUSES, [("id[]", issued_id) for issued_id in batch], accept=(404,))
        if answer.status == 404:  # before Mastodon 4.3, and of another make: one by one
            for number, mention in enumerate(mentions[start:], start + 1):
                alone = ask(f"{STATUSES}/{mention.issued_id}", (), accept=NOT_THERE)
                yield from _alone(source, mention, alone, f"{where} recheck {number}")
            return
        statuses = a_list(answer, "")
        there = {
            str(status["id"]): status
            for status in statuses
            if isinstance(status, dict) and status.get("id")
        }
        if len(there.keys() & batch.keys()) < len(statuses):  # one can be any of those that we miss
            raise PlatformUnavailable("it sent statuses that were not asked for, or no statuses")
        for number, (issued_id, mention) in enumerate(batch.items(), start + 1):
            if issued_id in there:
                yield from _fate(source, mention, there[issued_id], f"{where} recheck {number}")
            elif there or mention.issuer == host(
                server.url
            ):  # a name that was seen may be mistaken
                yield Gone(mention.issuer, issued_id)


def _in_public(
    source: Mastodon, issuer: str, mentions: Sequence[Mention]
) -> Iterator[Rechecked | int]:
    """Statuses of a server that is not in the table; at last, how many it could not be asked for."""
    if inside(f"https://{issuer}"):  # a name out of somebody's post leads to no machine of ours
        yield len(mentions)
        return
    for number, mention in enumerate(mentions):
        url = f"https://{issuer}{STATUSES}/{mention.issued_id}"
        try:
            answer = source.http.get(url, accept=NOT_THERE)
            yield from _alone(source, mention, answer, f"{_ELSEWHERE} recheck {number + 1}")
        except CollectorError:
            yield len(mentions) - number
            return


def _alone(source: Mastodon, stored: Mention, answer: Answer, where: str) -> Iterator[Rechecked]:
    """One status that was asked for alone. Raises PlatformUnavailable for a 404 that says nothing of it."""
    status = http_client.read_json(answer.content, answer.headers, answer.url)
    if answer.status not in NOT_THERE:
        yield from _fate(source, stored, status, where)
    elif isinstance(status, dict) and "error" in status:
        yield Gone(stored.issuer, stored.issued_id)
    else:
        raise PlatformUnavailable("it answered a lookup in a way that says nothing")


def _fate(source: Mastodon, stored: Mention, status: Any, where: str) -> Iterator[Rechecked]:
    ours = source.official | ({stored.author.handle.lower()} if stored.own else set())
    why = refused(status, ours)
    if why:
        yield Gone(stored.issuer, stored.issued_id, why)
        return
    read = partial(to_mention, at=source.at, official=source.official)
    for fresh in each([status], read, at=source.at, where=where):
        if isinstance(fresh, SkippedItem):
            yield fresh
        elif fresh.key != stored.key:
            yield SkippedItem(where, "another status came back than was asked for; left out")
        else:
            yield replace(
                fresh, matched=stored.matched, own=fresh.own or stored.own,
                parent_id=fresh.parent_id or stored.parent_id,
                context=with_thread_of(fresh.context, stored.context),
            )  # fmt: skip


def profiles(source: Mastodon, names: Sequence[str]) -> Iterator[Mention | SkippedItem]:
    """Accounts that each server finds by each name. Raises as `collect` does."""
    yield from source.each_server(partial(_profiles, source, names))


def _profiles(
    source: Mastodon, names: Sequence[str], server: Server, where: str
) -> Iterator[Mention | SkippedItem]:
    read = partial(to_profile, at=source.at, official=source.official)
    for number, name in enumerate(names, 1):
        try:
            accounts = source.reader(server).search(name, "accounts")
        except NoSearch as error:
            yield SkippedItem(f"{where} profiles", str(error))
            return
        place = f"{where} profiles of name {number}"
        yield from each(accounts, read, at=source.at, where=place)
