"""Terms as search queries: quoted, joined by OR, split where a platform's limit ends."""

from __future__ import annotations

from urllib.parse import urlsplit

from collectors.wire import inside
from errors import ConfigError, PlatformRefused


def quoted(term: str) -> str:
    """A phrase in quotes; an @handle or #tag as it stands, since quotes would make it plain text."""
    term = " ".join(term.replace('"', " ").split())
    return term if term[:1] in "@#" and " " not in term else f'"{term}"'


def either(terms: tuple[str, ...], longest: int) -> tuple[str, ...]:
    """Queries that together find any of the terms, none longer than `longest` characters."""
    return joined(tuple(quoted(term) for term in terms if term.strip()), longest)


def joined(parts: tuple[str, ...], longest: int) -> tuple[str, ...]:
    """Parts of a query joined by OR into as few queries as the limit allows."""
    queries: list[str] = []
    for part in dict.fromkeys(parts):
        longer = f"{queries[-1]} OR {part}" if queries else ""
        if longer and len(longer) <= longest:
            queries[-1] = longer
        elif len(part) <= longest:
            queries.append(part)
        else:
            raise ConfigError(f"terms: one has {len(part)} characters; a query takes {longest}")
    return tuple(queries)


def check_queries(queries: tuple[str, ...], longest: int) -> None:
    """Raises ConfigError for a raw query that is empty or over the limit: we can't split it safely."""
    for number, query in enumerate(queries, 1):
        if not query.strip() or len(query) > longest:
            raise ConfigError(
                f"queries {number}: has {len(query)} characters; 1 to {longest} can be sent"
            )


def check_address(url: str, key: str) -> None:
    """Raises ConfigError where a key or token would travel in clear to another machine."""
    try:
        scheme = urlsplit(url).scheme
    except ValueError as error:
        raise ConfigError(f"{key}: not an address") from error
    if scheme != "https" and not (scheme == "http" and inside(url)):
        raise ConfigError(f"{key}: must start with https:// since a token travels there")


def check_approval(approval: str, source: str, asked: str) -> None:
    """Raises PlatformRefused until config says what the platform has approved for a public body."""
    if not approval.strip():
        raise PlatformRefused(
            f"[collectors.{source}] approval is empty: write there what {asked} has approved for this "
            "public body (plan, end user, date) before this source can start"
        )
