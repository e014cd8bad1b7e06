"""Recognises bank details: sort code with account number, IBAN, a payment card called one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from .pid_post import MOST, Hit, Post

_SORT = re.compile(r"(?<![\d/-])(\d{2})([- ]?)(\d{2})\2(\d{2})(?![\d/-])")
_SORT_CUE = re.compile(r"\b(?:sort(?:ing)?[ -]?code|s/c|sc|sort)\b[^\d]{0,25}$")
_ACCOUNT = re.compile(r"(?<![\w/-])(?:\d{4} ?\d{4}|\d{2}(?:[ -]\d{2}){3})(?![\d/-])")
_ACCOUNT_CUE = re.compile(
    r"(?:\b(?:bank|account|acc|acct|current account)(?: ?(?:no|num|number|nr|details|#))?\b"
    r"|\ba/c(?: ?(?:no|num|number))?\b)"
    r"[^\d]{0,25}$"
)
_IBAN = re.compile(r"\b([a-z]{2}\d{2}(?: ?[a-z\d]{4}){3,7}(?: ?[a-z\d]{1,3})?)\b")
_CARD = re.compile(r"(?<!\d)(?:\d[ -]?){15}\d(?!\d)")
_CARD_CUE = re.compile(r"\b(?:card|visa|mastercard|debit|credit)\b")
# An account to which the public is asked to give is published, not leaked.
_GIVING = re.compile(
    r"\b(?:donat\w+|fundrais\w+|charit\w+|justgiving|appeal|invoice|payable to|league of "
    r"friends)\b"
)
_OWED = re.compile(
    r"\brefund\w*|\bowed?\b|\bpay me\b|\bcharged\b|\bpaid twice\b|\bput it back\b|\breimburs\w+|\bexpenses\b"
    r"|\bmy (?:\w+ )?(?:account|bank|pension|card)\b"
)


def bank(post: Post) -> Iterator[Hit]:
    """Somebody's own account; one that is published for donations is not."""
    if (
        not post.digits
        or post.official
        or (_GIVING.search(post.low) and not _OWED.search(post.low))
    ):
        return
    sorts = list(islice(_SORT.finditer(post.low), MOST))
    accounts = list(islice(_ACCOUNT.finditer(post.low), MOST))
    for found in sorts:
        near = any(
            0 <= other.start() - found.end() <= 40 or 0 <= found.start() - other.end() <= 40
            for other in accounts
        )
        named = _SORT_CUE.search(post.before(found.start()))
        if named or (near and found[2] == "-" and _accountish(post.low)):
            yield Hit("BANK_ACCOUNT", *found.span(), 0.9, "a sort code")
    for found in accounts:
        close = any(
            0 <= found.start() - other.end() <= 40 and _SORT_CUE.search(post.before(other.start()))
            for other in sorts
        )
        named = _ACCOUNT_CUE.search(post.before(found.start()))
        if close or (named and _accountish(post.low)):
            yield Hit("BANK_ACCOUNT", *found.span(), 0.9, "an account number")
    yield from _other(post)


def _accountish(low: str) -> bool:
    return re.search(r"\b(?:bank|sort|account|a/c|acc|acct|paid into|pay)\b", low) is not None


def _other(post: Post) -> Iterator[Hit]:
    for found in _IBAN.finditer(post.low):
        written = found[1].replace(" ", "")
        if 15 <= len(written) <= 34 and (
            _mod97(written) or "iban" in post.before(found.start(), 30)
        ):
            yield Hit("BANK_ACCOUNT", *found.span(), 0.95, "an IBAN")
    for found in _CARD.finditer(post.low):
        if _CARD_CUE.search(post.before(found.start(), 50)) and _luhn(
            re.sub(r"\D", "", found.group())
        ):
            yield Hit("BANK_ACCOUNT", *found.span(), 0.9, "the number of a payment card")


def _mod97(written: str) -> bool:
    turned = written[4:] + written[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def _luhn(digits: str) -> bool:
    total = 0
    for place, sign in enumerate(reversed(digits)):
        value = int(sign) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
