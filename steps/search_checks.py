"""What may not be meant in search terms and rules: each a sentence, said before a change is kept."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import lru_cache

from classify.people import handles
from classify.policy.schema import HERE
from core.errors import ConfigError
from search import contradictions, fts
from search.nodes import Term
from search.query import parse
from settings import named_people, registered_accounts
from settings.schema import Config, today
from store import Store

_UNKNOWN = (
    "{} may be someone’s name, account or post: no word, place or body that is known here, written as accounts are, the name of an account, or a post that one person holds. "
    "Ask under Names of people: two people say what it is"
)
_AGREE_SPEECH = "Ask under Names of people"
_AGREE = "The name of who holds a public office can be agreed to under Names of people"

FEWEST = (
    4  # letters of a term by itself: shorter ones are other words' and other bodies' short forms
)


def doubts(before: Config, after: Config, on: date) -> list[str]:
    """What is doubtful of the terms, rules and campaigns that a change brings or alters; what was there is not asked again."""
    return [
        *_of_terms(before, after, on),
        *(
            f"{name}: {doubt}"
            for name, written in sorted(set(_rules(after)) - set(_rules(before)))
            for doubt in of_rule(written, after, on)
        ),
        *_twice(before, after),
    ]


def unregistered(config: Config) -> dict[str, str]:
    """By key, search terms that are accounts and stand in no register: those can't be kept at all."""
    known = {account.handle.lstrip("@").casefold() for account in config.organisation.accounts}
    faults = {}
    fault = "only an account of the register can be searched for: add it there first, if it is one of a public body"
    for place, name in enumerate(config.organisation.names):
        if _is_handle(name.name) and name.name.lstrip("@").casefold() not in known:
            faults[f"organisation.names.{place}.name"] = fault
    if any(
        _is_handle(t) and t.lstrip("@").casefold() not in known for t in config.organisation.topics
    ):
        faults["organisation.topics"] = fault
    return faults


def personal(
    before: Config, after: Config, allowed: Collection[str] = (), *, file: Config | None = None
) -> dict[str, str]:
    """By key, what a change brings that names a person, may name one, follows one, or holds an NHS number: platforms would be sent it.

    `allowed`: names of who holds a public office, and words of nobody's, which two people agreed to. What `file`, the
    configuration without the page, searches for is known.
    """
    old = {written for _, written, _ in named_people.searched(before)}
    new = [
        (place, written) for place, written, _ in named_people.searched(after) if written not in old
    ]
    faults = named_people.faults(after, allowed)
    wrong = {
        _field(place): "This looks like an NHS number. Take it out."
        for place, written in new if _holds_nhs_number(written)
    } | {
        _field(place): f"{why}. {_AGREE_SPEECH if why == named_people.SPEECH else _AGREE}"
        for place, _ in new if (why := faults.get(place))
    }  # fmt: skip
    for place, words in named_people.unknown(before, after, allowed, file=file).items():
        wrong.setdefault(_field(place), _UNKNOWN.format(_listed(words)))
    return {place: why for place, why in wrong.items() if not place.startswith("collectors.")}


def registered(
    before: Config, after: Config, file: Config, allowed: Collection[str] = ()
) -> dict[str, str]:
    """By key, accounts that a change brings to the register and that nothing says to be a public body's: said like any word that may be a person's.

    Of who posts here nothing is asked: whether an account wrote what is the Guardian's makes no difference to what is said.
    """
    accounts = registered_accounts.to_agree(
        before.organisation, after.organisation, file.organisation, allowed
    )
    return {place: _UNKNOWN.format(_listed([handle])) for place, handle in accounts.items()}


def like_who_posts(
    store: Store, config: Config, file: Config, allowed: Collection[str] = ()
) -> dict[str, list[str]]:
    """By place, words that were set up in the page and by which somebody who posts calls themselves, or nearly: for governance, and for no form.

    Whoever saves a term is answered the same whether an account posts here or not, in the same time, since nothing is compared then. It
    is here, when sources are searched: `without_who_posts`.
    """
    parts = named_people.compared(file, config, allowed)
    parts = {place: words for place, words in parts.items() if not place.startswith("collectors.")}
    wanted = {squash for words in parts.values() for squash in words}
    matches = store.search.called_so(wanted, handles.squashed) if wanted else frozenset()
    return {
        place: [words[squash] for squash in words if squash in matches]
        for place, words in parts.items()
        if not matches.isdisjoint(words)
    }


def without_who_posts(
    store: Store, config: Config, file: Config, allowed: Collection[str] = ()
) -> Config:
    """The configuration by which sources are searched: without terms of the page that are like an account of somebody who posts, until two people agreed.

    It is said to nobody but governance: whoever saved such a term learns nothing by it.
    """
    organisation = config.organisation
    searched = (organisation.topics, organisation.names, organisation.records)
    if searched == (file.organisation.topics, file.organisation.names, file.organisation.records):
        return config
    like = like_who_posts(store, config, file, allowed)
    gone = {place.removeprefix("organisation.").rsplit(".", 1)[0] if place.count(".") > 2 else place.removeprefix("organisation.") for place in like}  # fmt: skip
    if not gone:
        return config
    update = {
        "topics": tuple(term for row, term in enumerate(organisation.topics) if f"topics.{row}" not in gone),
        "names": tuple(
            name.model_copy(update={"search": False}) if f"names.{row}" in gone else name for row, name in enumerate(organisation.names)
        ),
        "records": tuple(record for row, record in enumerate(organisation.records) if f"records.{row}" not in gone),
    }  # fmt: skip
    return config.model_copy(update={"organisation": organisation.model_copy(update=update)})


def _listed(words: Sequence[str]) -> str:
    quoted = [f"“{word}”" for word in words]
    return ", ".join(quoted)


def _holds_nhs_number(written: str) -> bool:
    from classify.pid import typed_words  # here, since the page would pay for it at every start

    return typed_words.holds_nhs_number(written)


def _field(place: str) -> str:
    """Where in the form it stands: topics are one field, a line each."""
    return "organisation.topics" if place.startswith("organisation.topics.") else place


def of_term(term: str, others: Sequence[str]) -> Iterator[str]:
    """The doubts of a search term, beside the others that are searched for."""
    words = contradictions.words(term)
    letters = sum(len(word) for word in words)
    if not words:
        yield f"“{term}” holds no word"
    elif not _is_sign(term) and (letters < FEWEST or (len(words) == 1 and words[0] in _everyday())):
        yield f"“{term}” is so short or common that it will find a great deal that is not about us: add a word"
    if set(term) & set('*"“”()'):
        yield f"“{term}”: a term is a plain phrase. Signs such as * and quotation marks belong into rules"
    if set(term.split()) & {"AND", "OR", "NOT"}:
        yield f"“{term}”: a term is a plain phrase, in which AND, OR and NOT are words. Write two terms, or a rule"
    for other in others:
        same = contradictions.words(other) == words
        if (
            words
            and other != term
            and (same or (len(words) > 1 and contradictions.covers(Term(other), Term(term))))
        ):
            yield f"“{term}” is found by “{other}” already: searching for both takes calls that platforms count"
            break


def of_rule(written: str, config: Config, on: date) -> Iterator[str]:
    """The doubts of a rule that can be read; nothing of one that can't."""
    try:
        node = parse(written)
    except ConfigError:
        return
    yield from fts.doubts(node)
    yield from contradictions.doubts(node)
    register = {
        handle for handles in today(config.organisation, on).register.values() for handle in handles
    }
    for term in fts.terms(node):
        if term.sign == "@" and term.written[1:].casefold() not in register:
            yield (
                f"“{term.written}” stands in no register of accounts. A rule must not follow a person "
                "(docs/decisions/0004)"
            )


def _of_terms(before: Config, after: Config, on: date) -> Iterator[str]:
    old, new = today(before.organisation, on).terms, today(after.organisation, on).terms
    for term in new:
        if term not in old:
            yield from of_term(term, new)
    names = [name.name for name in after.organisation.names]
    was = [name.name for name in before.organisation.names]
    for name in sorted({name for name in names if names.count(name) > 1 >= was.count(name)}):
        yield f"“{name}” stands twice"
    topics = after.organisation.topics
    if topics != before.organisation.topics:
        yield from (
            f"“{topic}” stands twice"
            for topic in sorted({t for t in topics if topics.count(t) > 1})
        )
        searched = {name.name for name in after.organisation.names if name.search}
        yield from (f"“{topic}” is a name already" for topic in topics if topic in searched)


def _rules(config: Config) -> list[tuple[str, str]]:
    rules = [(rule.name, rule.rule) for rule in config.rules]
    return [*rules, *((campaign.name, campaign.rule) for campaign in config.organisation.campaigns)]


def _twice(before: Config, after: Config) -> Iterator[str]:
    """Rules that say the same under two names, where one of them is new."""
    old, seen = _rules(before), dict[str, str]()
    for name, written in _rules(after):
        alike = " ".join(written.split())
        if alike in seen and ((name, written) not in old or seen[alike] not in dict(old)):
            yield f"{name}: it says the same as {seen[alike]}"
        seen.setdefault(alike, name)


def _is_sign(term: str) -> bool:
    return term[:1] in "@#"


def _is_handle(term: str) -> bool:
    return term.strip().startswith("@")


@lru_cache(maxsize=1)
def _everyday() -> frozenset[str]:
    """Words of everyday English, by which the classifier tells names from words."""
    return frozenset((HERE.parent / "text" / "english.txt").read_text("utf-8").split()) | {
        "nhs",
        "gp",
        "icb",
    }
