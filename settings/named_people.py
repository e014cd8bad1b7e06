"""Nobody is watched by name, and staff not for what they say as staff: what config.toml and officers search for is held to it.

Names of who holds a public office may stand where two people agreed to them: in [[governance.people]], or in the page. So
may a search for unions, grievances or whistleblowing, word for word; what it finds is the Guardian's (docs/decisions/0034).
Messages say where a name stands and never which: they reach logs.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from classify.people import (
    handles,
    known_words,
    names_in_words,
    post_holders,
    search_terms,
    workplace_speech,
)
from classify.people.lists import plain
from core.errors import ConfigError
from search import fts
from search.nodes import All, Any_, Near, Node, Term
from search.query import parse
from settings import registered_accounts
from settings.public_records import presets

if TYPE_CHECKING:
    from settings.schema import Config

Sort = Literal["term", "title", "rule", "account", "query", "address", "own address"]
Place = tuple[str, str, Sort]  # key of config.toml with its row, what stands there, what it is
FAULT = "This looks like a person’s name. Search for subjects and places, never for people"
HOLDER = (
    "This singles out one person by the post that they hold, as their name would: nobody of staff is searched for. Search for the "
    "ward, the service or the place alone"
)
_FOLLOWED = "This follows an account that stands in no register of accounts"
SPEECH = (
    "This looks for what staff say of unions, strikes, grievances, managers or whistleblowing. Two people agree to such a search word for "
    "word, and what it finds goes to the Guardian"
)
_IN_WORDS = ("term", "title", "rule", "query")
_BLOG = "This reads like one writer’s own blog or newsletter. Read what bodies publish, never one person’s words"
# Keys under [collectors.NAME], and what stands there.
_KEYS: Mapping[str, Sort] = {
    "terms": "term", "queries": "query", "tags": "term", "hashtags": "account", "subreddits": "account",
}  # fmt: skip
# As platforms write a search for one writer's posts; a rule or a term must not look like it.
_BY_WRITER = re.compile(
    r"(?<![\w-])(?:from|to|by|author|user|username|account|handle|writer|poster|channel|profile|retweets_of|in_reply_to)\s*:\s*\S|(?<![\w.-])/?u/\w",
    re.IGNORECASE,
)
# What a platform's query leaves out.
_SHUT_OUT = re.compile(r"(?<!\S)(?:-|NOT\s+)(?:\"[^\"]*\"|\([^()]*\)|\S+)")
_AGREED_IN_FILE = (
    "For who holds a public office two people can agree: see [[governance.people]]",
    'They stand in [[governance.people]], with office "speech"',
)
_WHAT_ENDED = ("names a person", "looks for what staff say as staff")
_REFERENCES = ("env:", "file:", "keyring:")


def faults(config: Config, allowed: Collection[str]) -> dict[str, str]:
    """What names a person, by its place: a sentence each. `allowed`: names that may be searched for."""
    names = frozenset(allowed)
    known = {account.handle.lstrip("@").casefold() for account in config.organisation.accounts}
    return {
        place: why
        for place, written, sort in searched(config)
        if (why := _fault(written, sort, names, frozenset(known)))
    }


def unknown(
    before: Config, after: Config, allowed: Collection[str], *, file: Config | None = None
) -> dict[str, list[str]]:
    """By place, words that a change brings and no list knows: one of them may be somebody's name, which only people can tell.

    What stands there before the change, or in `file`, is not asked again. Words of `file` are known, and without one those of
    `before`; what one person saved in the page makes no word known, or a name would pass in two steps. `allowed` was
    agreed to by two people.
    """
    there = [row for config in (before, file) if config is not None for row in searched(config)]
    old = {(written, sort) for _, written, sort in there}
    sure = before if file is None else file
    listed = list(searched(sure))
    known = known_words.words_of(
        [written for _, written, sort in listed if sort in _IN_WORDS]
        + [account.handle for account in sure.organisation.accounts]
    )
    phrases = {" ".join(plain(written).split()) for _, written, _ in listed}
    register = {f"@{account.handle.lstrip('@')}" for account in after.organisation.accounts}
    return {
        place: unknown_words
        for place, written, sort in searched(after)
        if (written, sort) not in old and written not in register and (unknown_words := [
            word for word in _unknown(written, sort, known, allowed) if plain(word) not in phrases
        ])
    }  # fmt: skip


def may_name(terms: Sequence[str], config: Config) -> frozenset[str]:
    """Those of some search terms that name a person, or may: where they are written down, somebody's name would be."""

    def searching(*topics: str) -> Config:
        return config.model_copy(update={"organisation": config.organisation.model_copy(update={"topics": topics})})  # fmt: skip

    def doubts(term: str) -> set[str]:
        after = searching(term)
        return {*faults(after, ()), *unknown(searching(), after, ())}

    return frozenset(term for term in terms if any(place.startswith("organisation.topics") for place in doubts(term)))  # fmt: skip


def compared(before: Config, after: Config, allowed: Collection[str]) -> dict[str, dict[str, str]]:
    """By place, what of a change is compared with what those who post call themselves, each with how it is written."""
    old = {written for _, written, _ in searched(before)}
    register = {handles.squashed(account.handle) for account in after.organisation.accounts}
    known = register | {handles.squashed(written) for written in old}
    parts = {
        place: {
            squash: as_written
            for squash, as_written in handles.compared(
                search_terms.without(written, allowed)
            ).items()
            if squash not in known
        }
        for place, written, sort in searched(after)
        if written not in old and sort in _IN_WORDS
    }
    return {place: words for place, words in parts.items() if words}


def _unknown(
    written: str, sort: Sort, known: Collection[str], allowed: Collection[str]
) -> list[str]:
    """The same of one place: of an address what it searches for, of an account whether it is two words that are a name, of an own address nothing."""
    if sort == "address":
        return [
            word
            for text in search_terms.searched_in(written)
            for word in known_words.unknown(text, known, allowed, phrase=True)
        ]
    if sort == "account":
        agreed = {_same(name) for name in allowed}
        return [name for name in names_in_words.names(written) if _same(name) not in agreed]
    if sort not in _IN_WORDS:
        return []
    return known_words.unknown(written, known, allowed, phrase=sort in ("term", "title"))


def unknown_in_file(config: Config, allowed: Collection[str] = ()) -> list[str]:
    """The same of what a configuration searches for beside the organisation's own names, places and providers: saved already, and asked about were it new.

    `allowed`: names and words that two people agreed to in the page.
    """
    organisation = config.organisation.model_copy(
        update={"topics": (), "campaigns": (), "records": ()}
    )
    bare = config.model_copy(update={"organisation": organisation, "rules": (), "collectors": {}})
    names = agreed(config) | frozenset(allowed)
    words_by_place = unknown(bare, config, names)
    accounts = {f"@{account.handle.lstrip('@')}" for _, account in registered_accounts.not_plain(config.organisation, names) if account.owner != "organisation"}  # fmt: skip
    return sorted({word for words in words_by_place.values() for word in words} | accounts)


def agreed(config: Config, on: date | None = None) -> frozenset[str]:
    """Names that config.toml may search for; those in force on a day, or all that were ever agreed to."""
    return frozenset(
        person.name for person in config.governance.people if on is None or person.in_force(on)
    )


def file_faults(config: Config) -> dict[str, str]:
    """What names a person, and nobody agreed to, by its place; one whose time is over is left out at a run."""
    return {
        place: f"{_low(why)}. {_AGREED_IN_FILE[why == SPEECH]}"
        for place, why in faults(config, agreed(config)).items()
    }


def without_ended(config: Config, allowed: Collection[str]) -> tuple[Config, list[str]]:
    """The configuration without what names a person whose time is over, and a line for each place.

    What else stands there goes on.
    """
    ended = faults(config, allowed)
    if not ended:
        return config, []
    organisation = config.organisation
    listed = dict(_indexed(config))
    gone = {listed[place] for place in ended if place in listed}

    def left(key: str, rows: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(row for number, row in enumerate(rows) if (key, number) not in gone)

    organisation = organisation.model_copy(update={
        "topics": left("organisation.topics", organisation.topics),
        "campaigns": left("organisation.campaigns", organisation.campaigns),
        "accounts": left("organisation.accounts", organisation.accounts),
        "names": left("organisation.names", organisation.names) or organisation.names,
        "places": left("organisation.places", organisation.places),
        "providers": left("organisation.providers", organisation.providers),
        "records": left("organisation.records", organisation.records),
    })  # fmt: skip
    collectors = {
        name: _table_left(name, table, ended) for name, table in config.collectors.items()
    }
    update = {
        "organisation": organisation,
        "rules": left("rules", config.rules),
        "collectors": collectors,
    }
    return config.model_copy(update=update), [
        f"{place} is left out: it {_WHAT_ENDED[why == SPEECH]}, and nobody agrees to that any more; take it out, or have it agreed to again"
        for place, why in ended.items()
    ]


def searched(config: Config) -> Iterator[Place]:
    """Everything by which something is found, taken in or known, with its place."""
    organisation = config.organisation
    yield from (
        (f"organisation.names.{row}.name", name.name, "term")
        for row, name in enumerate(organisation.names)
    )
    yield from (
        (f"organisation.topics.{row}", topic, "term")
        for row, topic in enumerate(organisation.topics)
    )
    rules = [(f"rules.{row}", rule.name, rule.rule) for row, rule in enumerate(config.rules)]
    rules += [
        (f"organisation.campaigns.{row}", campaign.name, campaign.rule)
        for row, campaign in enumerate(organisation.campaigns)
    ]
    for place, name, rule_text in rules:
        yield f"{place}.name", name, "title"
        yield f"{place}.rule", rule_text, "rule"
    yield from (
        (f"organisation.accounts.{row}.handle", account.handle, "account")
        for row, account in enumerate(organisation.accounts)
    )
    for key, bodies in (("places", organisation.places), ("providers", organisation.providers)):
        for row, body in enumerate(bodies):
            for field, written in (
                ("name", body.name),
                *(("aliases", alias) for alias in body.aliases),
            ):
                yield f"organisation.{key}.{row}.{field}", written, "term"
    for row, record in enumerate(organisation.records):
        yield from _of_record(f"organisation.records.{row}", record.model_dump())
    for name, table in config.collectors.items():
        yield from _of_source(f"collectors.{name}", table)


def _of_record(place: str, record: Mapping[str, Any]) -> Iterator[Place]:
    """What a public record is searched for, and the site that it stands on."""
    for term in _list(record.get("terms")):
        if isinstance(term, str):
            yield f"{place}.terms", term, "term"
    of, preset = record.get("of"), presets().get(record.get("preset"))  # type: ignore[arg-type]
    if preset and isinstance(of, str) and "." in of:
        yield f"{place}.of", preset.address.replace("{of}", of), "address"


def _of_source(place: str, table: Mapping[str, Any]) -> Iterator[Place]:
    for key, sort in _KEYS.items():
        for row, written in enumerate(_list(table.get(key))):
            if isinstance(written, str):
                yield f"{place}.{key}.{row}", written, sort
    for row, record in enumerate(_list(table.get("record"))):
        if isinstance(record, Mapping):
            yield from _of_record(f"{place}.record.{row}", record)
    for key in ("feed", "wordpress"):
        for row, part in enumerate(_list(table.get(key))):
            url = part.get("url") if isinstance(part, Mapping) else None
            if isinstance(url, str) and not url.startswith(_REFERENCES):
                yield (
                    f"{place}.{key}.{row}.url",
                    url,
                    "own address" if part.get("own") is True else "address",
                )


def in_addresses(urls: Mapping[str, str], allowed: Collection[str]) -> str:
    """The key of the first address that names a person, of those that were secret until they were looked up; "" for none."""
    names = frozenset(allowed)
    return next(
        (key for key, url in urls.items() if _fault(url, "address", names, frozenset())), ""
    )


def fault_of_rule(rule: str, config: Config, allowed: Collection[str]) -> str:
    """Why a rule that stands nowhere yet must not be tried: it names a person, follows one or looks for speech; "" for none."""
    known = {account.handle.lstrip("@").casefold() for account in config.organisation.accounts}
    return _fault(rule, "rule", frozenset(allowed), frozenset(known))


def looks_for_speech(written: str, sort: Sort = "term", allowed: Collection[str] = ()) -> bool:
    """Whether a term, rule, query, tag or address looks for what staff say of unions, wrongs or managers, and stands not in `allowed`."""
    return bool(_speech(written, sort)) and not _stands_in(written, allowed)


def _stands_in(written: str, allowed: Collection[str]) -> bool:
    """Whether two people agreed to just these words: to one word of a rule is not to the rule."""
    return _same(written) in {_same(each) for each in allowed}


def _speech(written: str, sort: Sort) -> str:
    """The words by which it does; "" for none. What a rule shuts out by NOT is not looked for."""
    if sort in ("title", "own address"):
        return ""
    if sort == "account":
        return workplace_speech.in_account(written.split("@")[0] or written.lstrip("@"))
    if sort == "address":
        return next(filter(None, map(workplace_speech.in_text, search_terms.searched_in(written))), "")  # fmt: skip
    if sort == "rule":
        try:
            return workplace_speech.in_text(" ".join(_sought(parse(written))))
        except ConfigError:
            return ""  # named elsewhere
    if sort == "query":
        written = _SHUT_OUT.sub(" ", written)
    return workplace_speech.in_text(written)


def _sought(node: Node) -> Iterator[str]:
    """The words that a rule looks for, in their order."""
    if isinstance(node, Term):
        yield f"{node.written}*" if node.begins and not node.written.endswith("*") else node.written
    elif isinstance(node, Near):
        yield from (word for term in node.first + node.other for word in _sought(term))
    else:
        assert isinstance(node, All | Any_)
        yield from (word for part in node.parts for word in _sought(part))


def _same(written: str) -> str:
    return " ".join(written.casefold().split())


@lru_cache(maxsize=4096)
def _fault(written: str, sort: Sort, allowed: frozenset[str], register: frozenset[str]) -> str:
    if why := _names_person(written, sort, allowed, register):
        return why
    if sort == "term" and written.strip().lstrip("@").casefold() in register:
        return ""
    return SPEECH if looks_for_speech(written, sort, allowed) else ""


def _names_person(
    written: str, sort: Sort, allowed: frozenset[str], register: frozenset[str]
) -> str:
    if sort == "title":
        sort = "term"
    if sort in ("term", "rule") and written.strip().lstrip("@").casefold() in register:
        return ""
    if sort in ("term", "rule") and _BY_WRITER.search(written):
        return _FOLLOWED
    if sort == "rule":
        if _follows(written, register):
            return _FOLLOWED
        return _why(search_terms.in_query(_without_registered(written, register), allowed))
    if sort == "term" and written.strip()[:1] in "@＠":
        return _FOLLOWED
    if sort == "account":
        handle = written.lstrip("#@").split("@")[0]  # what follows is a server
        if search_terms.in_account(handle, allowed):
            return FAULT
        return _why(post_holders.in_text(search_terms.without(f"#{handle}", allowed)))
    if sort == "query":
        return _why(search_terms.in_query(_without_registered(written, register), allowed))
    if sort == "term":
        return _why(search_terms.in_term(written, allowed))
    own = sort == "own address"
    if not search_terms.in_address(written, own=own, allowed=allowed):
        return ""
    return _why(search_terms.in_address(written, own=True, allowed=allowed)) or _BLOG


def _why(words: str) -> str:
    """What is said of words that were found; "" where none were."""
    if not words:
        return ""
    return HOLDER if post_holders.in_text(words) else FAULT


def _follows(rule: str, register: frozenset[str]) -> bool:
    try:
        terms = list(fts.terms(parse(rule)))
    except ConfigError:
        return False  # named elsewhere
    return any(term.sign == "@" and term.written[1:].casefold() not in register for term in terms)


def _without_registered(written: str, register: frozenset[str]) -> str:
    """A query without the accounts of the register, which may be named."""
    return re.sub(
        r"[@＠]?[\w.-]+",
        lambda match: " " if match[0].lstrip("@＠").casefold() in register else match[0],
        written,
    )


def _indexed(config: Config) -> Iterator[tuple[str, tuple[str, int]]]:
    """Of each place of the organisation's tables and rules, its key and row."""
    for place, _, _ in searched(config):
        key, _, rest = next(
            ((key, "", place[len(key) + 1 :]) for key in _ROWS if place.startswith(f"{key}.")), ("", "", "")
        )  # fmt: skip
        if key:
            yield place, (key, int(rest.split(".")[0]))


_ROWS = (
    "organisation.topics", "organisation.campaigns", "organisation.accounts", "organisation.names", "organisation.places",
    "organisation.providers", "organisation.records", "rules",
)  # fmt: skip


def _table_left(name: str, table: Mapping[str, Any], ended: Collection[str]) -> dict[str, Any]:
    """A source's table without the entries that ended; turned off where that leaves a list of feeds empty."""
    place = f"collectors.{name}"
    new = dict(table)
    for key in (*_KEYS, "feed", "wordpress", "record"):
        rows = _list(table.get(key))
        left = [
            row
            for number, row in enumerate(rows)
            if not any(
                where == f"{place}.{key}.{number}" or where.startswith(f"{place}.{key}.{number}.")
                for where in ended
            )
        ]
        if len(left) < len(rows):
            new[key] = left
    parts = ("feed", "wordpress", "record")
    emptied = [key for key in parts if table.get(key) and not new[key]]
    if emptied and not any(new.get(key) for key in parts):
        new["on"] = False
    return new


def _list(value: object) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def _low(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
