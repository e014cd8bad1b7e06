"""The directory of public contact points, and how a phone, email or postcode is written for it."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Ofcom's numbers for drama: never given to anybody, so libphonenumber calls many of them invalid.
_DRAMA = re.compile(
    r"(?:7700900|1632960|2079460|3069990|8081570|9098790|1914980|2890180|2920180"
    r"|1(?:13|14|15|16|17|18|21|31|41|51|61)4960)\d{3}"
)
_WRITTEN = re.compile(r"[\d\s().+/-]+")  # a number as people write it
_MOBILE = re.compile(r"7[1-57-9]\d{8}")
_SHORT = re.compile(r"(?:111|112|999|101|105|119|116\d{3})")


def phone(written: str) -> str:
    """A telephone number as E.164 (`+442079460123`); a short code as it is; '' if it is neither.

    Takes British numbers with or without +44, (0), blanks, dots and hyphens, and others with a +.
    """
    digits = re.sub(r"\D", "", written[:40])
    if _SHORT.fullmatch(digits):
        return digits
    if written.lstrip(" (").startswith("+") and not digits.startswith("44"):
        return "+" + digits if 8 <= len(digits) <= 15 else ""
    for prefix in ("0044", "44"):
        if digits.startswith(prefix) and len(digits) >= len(prefix) + 9:
            digits = digits.removeprefix(prefix)
            break
    digits = digits.removeprefix("0")
    return "+44" + digits if len(digits) in (9, 10) else ""


def is_number(e164: str) -> bool:
    """Whether somebody could have this number; Ofcom's numbers for drama count."""
    national = e164.removeprefix("+44")
    if e164.startswith("+44") and (_MOBILE.fullmatch(national) or _DRAMA.fullmatch(national)):
        return True
    if not e164.startswith("+"):
        return False
    import phonenumbers  # here, since most posts hold no number and its data takes 30 ms to load

    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(e164))
    except phonenumbers.NumberParseException:
        return False


def email(written: str) -> str:
    """An address in lower case with its `[at]` and `(dot)` undone."""
    simple = re.sub(r"\s*[\[({<]\s*at\s*[\])}>]\s*|\s+at\s+", "@", written.strip().lower())
    simple = re.sub(r"\s*[\[({<]\s*dot\s*[\])}>]\s*|\s+dot\s+", ".", simple)
    return re.sub(r"\s+", "", simple).strip(".")


def postcode(written: str) -> str:
    """A postcode in capitals without its blank."""
    return re.sub(r"\s+", "", written).upper()


class Contacts:
    """Public contact points: what stands in here is no patient's detail.

    Phones, emails and postcodes may be written in any form; `domains` are mail domains whose every
    address is public, their subdomains too.
    """

    __slots__ = ("domains", "emails", "phones", "postcodes")

    def __init__(
        self,
        phones: Iterable[str] = (),
        emails: Iterable[str] = (),
        postcodes: Iterable[str] = (),
        domains: Iterable[str] = (),
    ) -> None:
        self.phones = frozenset(filter(None, map(phone, phones)))
        self.emails = frozenset(filter(None, map(email, emails)))
        self.postcodes = frozenset(filter(None, map(postcode, postcodes)))
        self.domains = frozenset(domain.strip().lower().lstrip("@.") for domain in domains) - {""}

    def has(self, written: str) -> bool:
        """Whether this is a number, an address or a postcode that is published, and nothing besides."""
        if _WRITTEN.fullmatch(written):
            return self.has_phone(written)
        return self.has_email(written) or self.has_postcode(written)

    def has_phone(self, written: str) -> bool:
        """Whether this number is published, however it is written."""
        return phone(written) in self.phones

    def has_postcode(self, written: str) -> bool:
        """Whether this postcode is a published one."""
        return postcode(written) in self.postcodes

    def has_email(self, written: str) -> bool:
        """Whether this address is published, or its domain's addresses all are."""
        address = email(written)
        if address in self.emails:
            return True
        labels = address.rpartition("@")[2].split(".")
        return any(".".join(labels[start:]) in self.domains for start in range(len(labels)))


NOBODY = Contacts()
