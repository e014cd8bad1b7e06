"""How a person grants a source access by OAuth 2: what `mentions connect` needs to know of a platform."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What differs between platforms; addresses and the client stand in the source's table.

    A collector with a class attribute `grant` has the keys `access_token` (empty: the store's, from
    `mentions connect`), `client_id`, `client_secret`, `authorize_url` and `token_url`.
    """

    scopes: tuple[str, ...]
    to_reply: tuple[
        str, ...
    ] = ()  # what answering takes beyond these, asked for where `reply` is true
    # what a key of the table that is true takes beyond these: {"story_mentions": ("instagram_manage_messages",)}
    to_read: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pkce: bool = True
    basic: bool = False  # the client signs in by HTTP Basic rather than in the form
    between: str = " "  # what stands between two scopes
    extra: Mapping[str, str] = field(default_factory=dict)  # more of the authorize address
    exchange: str = ""  # the grant_type that makes a short token a long one (Meta's)
    # what the token that is kept is made of: of the client, the table and the token that was given
    finish: Callable[[Any, Mapping[str, Any], str], str] | None = None
    alone: bool = False  # the client's own credentials are enough: nobody is asked
