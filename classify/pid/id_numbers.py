"""Recognises numbers that are a person's own: NHS, CHI, hospital, national insurance, passport, licence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

from nhs_number.constants import (
    REGION_ENGLAND_WALES_IOM,
    REGION_NORTHERN_IRELAND,
    REGION_SCOTLAND,
    REGION_SYNTHETIC,
)
from nhs_number.validate import is_valid

from . import base
from .base import MOST, Hit, Post
from .vocabulary import HEALTH, OTHER_NUMBER

TEN_DIGITS = re.compile(
    r"(?<![\d/=_])\d{3}[ .\-]{1,3}\d{3}[ .\-]{1,3}\d{4}(?![\d/])|(?<![\w/=])\d(?:"
    r"[ .\-]{0,2}\d){8,19}(?![\w/])"
)
_NHS = re.compile(
    r"(?:(?:\bn[. ]?h[. ]?s\.?|\bh ?(?:&|and) ?c|\bhealth (?:&|and) (?:social )?care)\W{0,3}"
    r"(?:no|nos|nr|num|nums|number|numbers|id|ident|identifier)\b|\bnhsno\b|\bnumber (?:with|for"
    r"|on) the nhs\b|\bnhs ?#)"
    r"[^\d]{0,45}$"
)
_NHS_FAR = re.compile(r"\bnhs (?:no|num|number)\b[^\d]*$")
_NHS_PLAIN = re.compile(r"\bn\.?h\.?s\.?\W{0,4}$")
_NHS_AFTER = re.compile(
    r"^[^\w]{0,4}(?:there you go,? )?(?:(?:is|was|=|that's|that is) )?(?:(?:my|her|his|their|our"
    r"|the|an|your|\w+'s"
    r"|\w+s') ){0,2}"
    r"(?:\w+ )?n\.?h\.?s\.? ?(?:no|num|number|id)\b"
)
# Digits in any grouping, where the letters NHS stand before them.
_GROUPED = re.compile(r"(?<![\w/=])\d(?:[^\w\n]{0,3}\d){9}(?![\w/])")
_FEW_WORDS = 40  # code points beside a number that is all but the whole of a post
# A number told as somebody's own, or read off what a patient wears or carries.
_BEARER = re.compile(
    r"\b(?:wrist ?band|name ?band|name ?tag|tag|wristband|label|sticker|whiteboard|bed ?board|drug chart"
    r"|appointment card|clinic card|red book|stranger'?s card|(?:my|her|his|mum's|dad's|nan's"
    r"|\w+'s) (?:nhs )?(?:number|no|num))\b"
    r"[^.!?\n]{0,45}$"
)
_MINE_AFTER = re.compile(
    r"^[^\w]{0,4}(?:there you go,? )?(?:is |was |that's |that is )?(?:my|her|his) (?:number|no)\b"
)
_ASKS_BACK = re.compile(r"\b(?:ring|call|phone|text|dial) (?:me|us|back|my)\b")
_AND = re.compile(r"^(?:\s|,|;|and|&|\+|or|/)+$")
_CHI = re.compile(
    r"(?:\bchi\W{0,3}(?:no|num|number|id|#)?|\bcommunity health index(?: number)?)\b[^\d]{0,45}$"
)
_CHI_AFTER = re.compile(r"^[^\w]{0,4}(?:is |was )?(?:my |her |his |their |the )?chi\b")
_NOT_HEALTH = re.compile(
    r"\b(?:insurance|policy|claim|micro ?chip|chip|library|locker|membership|member|loyalty|nectar|gift"
    r"|voucher|batch|lot|asset|extension|bleep|pager|fax|wifi|score|lotto|engine|chassis|router|product"
    r"|jd\d+|isbn|issn|zoom|meeting|webinar|teams|parcel|tracking|track|order|ref|reference|ticket"
    r"|booking|invoice"
    r"|case|job|vacancy|company|charity|vat|account|acct|(?<!appointment )(?<!clinic )(?<!stranger's )"
    r"(?<!strangers )card|phone|tel|telephone|fax|mobile|call"
    r"|ring|text|whatsapp"
    r"|ean|barcode|doi|pmid|orcid|serial|model|imei|passcode|pin|code|confirmation|uprn"
    r"|registration|registered"
    r"|receipt|flight|lottery|incident|datix|complaint|petition|views|catalogue|sku|gmc|nmc|dial"
    r"|id)\b"
)
_OF_A_PATIENT = re.compile(
    r"\b(?:patients?|pts?|mrs?|ms|miss|mum|mother|dad|father|nan|gran|wife|husband|son|daughter"
    r"|dob|born|ward|bed"
    r"|admitted|referr\w+|bloods?|results?|scan|clinic|gp|discharged?|prescription|diagnos\w+"
    r"|records?)\b"
)
_NO_NUMBER = ("+44", "0044", "+", "£", "$")
_SCOTTISH = re.compile(r"\bchi\b|\bscot(?:land|tish)\b|\bglasgow\b|\bedinburgh\b|\bdob\b")
_ON_A_WARD = re.compile(
    r"\b(?:ward|bed \d|bay \d|amu|icu|dob|d\.o\.b|date of birth|patient'?s? (?:details|name)"
    r"|(?:mum|dad|nan|wife|husband)'s details|wristband|admitted)\b"
)
_HOSPITAL = re.compile(
    r"(?:\bmrns?(?![a-z])|\b(?:hosp(?:ital)?|h|k|r|unit|pas|rio|emis|systmone|cerner|lorenzo|epic|chart"
    r"|case ?notes?|clinic|district|trust|icu|a ?& ?e)\W{0,2}"
    r"(?:no|num|number|numbers|nr|id|#)(?!\w)|\b(?:patient|pt|pt's|patient's|medical record"
    r"|record)\W{0,2}"
    r"(?:no|num|number|nr|id|identifier|ref|reference|#)(?!\w)|\bhospno\b|\bunit(?= \d{6})"
    r"|\b(?:wrist ?band|name ?band|(?:band|tag|label) on (?:my|her|his) (?:wrist|arm|ankle|leg))\b)"
    r"(?P<gap>[^\d\n]{0,30}?)"
    r"(?P<id>(?:\b|(?<=mrn))(?!(?:is|no|at|on|in|it|my|of|to|be|was|and|or|for|by|as|so|we|he|me|id)\b)"
    r"(?:[a-z]{1,4}[-/]|[a-z]{1,4}(?=\d)|[a-z]{1,2} (?:[a-z] ?)?(?:[-/] ?)?)?"
    r"\d(?:[-/ ]{0,2}\d){3,10}(?:[-/]?[a-z])?\b)"
)
_HOSPITAL_AFTER = re.compile(
    r"\b(?P<id>[a-z]{0,4}-?\d{5,10}[a-z]?)\b\W{0,3}(?:is |was |= ?)?(?:my |her |his |their |the "
    r"|\w+'s )?"
    r"(?:mrn\b|hosp(?:ital)? (?:no|num|number|id)\b|patient (?:no|number|id)\b)"
)
_NINO = re.compile(r"\b([a-z]{2})[ .\-]?(\d{2})[ .\-]?(\d{2})[ .\-]?(\d{2})[ .\-]?([a-d])?\b")
_NINO_CUE = re.compile(
    r"\b(?:nino|n\.?i\.? ?(?:no|num|number|#)?|national insurance(?: no| number)?|nat "
    r"ins)\b[^\d]{0,30}$"
)
_PASSPORT = re.compile(
    r"\bpassport\b(?P<gap>[^\d\n]{0,70}?)(?P<id>\b(?:[a-z]{1,2}[ -]?\d{6,8}|\d{9}|\d{3} \d{3} "
    r"\d{3}|\d{4} \d{5})\b)"
)
_LICENCE = re.compile(r"\b([a-z9]{5})[ -]?(\d{6})[ -]?([a-z9]{2}[a-z\d]{3})(?: ?\d{2})?\b")
_LICENCE_CUE = re.compile(r"\b(?:driv(?:ing|er'?s?) licen[cs]e|dvla|licen[cs]e (?:no|number))\b")

# The synthetic range (9…) was never given to anybody: tests and people's examples use it.
_ISSUED = (REGION_ENGLAND_WALES_IOM, REGION_NORTHERN_IRELAND, REGION_SYNTHETIC)


def numbers(post: Post) -> Iterator[Hit]:
    """Numbers of health care and of the state. A published contact point is never an excuse here."""
    if post.digits < 4:  # the fewest that a hospital number has; others have more
        return
    yield from _ten_digits(post)
    yield from _hospital(post)
    yield from _ninos(post)
    yield from _grouped(post)
    for match in _PASSPORT.finditer(post.low):
        yield Hit("PASSPORT", *match.span("id"), 0.95, "a number that the words call a passport's")
    yield from _licences(post)


def _ten_digits(post: Post) -> Iterator[Hit]:
    last = -1
    for match in TEN_DIGITS.finditer(post.low):
        start, end = match.span()
        digits = re.sub(r"\D", "", match.group())
        before, after = post.before(start, 75), post.after(end)
        named = _NHS.search(before) or _NHS_AFTER.search(after)
        chained = last >= 0 and start - last < 12 and _AND.search(post.low[last:start])
        if (
            named is None
            and written_as_printed(match.group())
            and _NHS_FAR.search(post.before(start, 130))
        ):
            named = _NHS_FAR.search(post.before(start, 130))
        called = _CHI.search(before) or _CHI_AFTER.search(after)
        if called or (_is_chi(digits) and re.search(r"\bchi (?:no|num|number)\b", post.low)):
            if len(digits) == 10:
                yield Hit(
                    "CHI_NUMBER", start, end, 0.95, "ten digits that the words call a CHI number"
                )
        elif (
            (named or chained)
            and 9 <= len(digits) <= 11
            and (len(digits) == 10 or digits[0] != "0")
        ):
            last = end
            sure = 0.99 if is_valid(digits) else 0.9
            yield Hit("NHS_NUMBER", start, end, sure, "digits that the words call an NHS number")
        elif len(digits) == 10:
            hit = _unnamed(post, start, end, digits)
            if hit:
                yield hit


def _grouped(post: Post) -> Iterator[Hit]:
    """Ten digits in an odd grouping, of the range that is never issued or named by the letters NHS."""
    for match in _GROUPED.finditer(post.low):
        start, end = match.span()
        digits = re.sub(r"\D", "", match.group())
        before, after = post.before(start, 60), post.after(end)
        named = _NHS.search(before) or _NHS_AFTER.search(after)
        if not named and not (
            digits.startswith("999")
            and (
                _NHS_PLAIN.search(before)
                or _NHS_FAR.search(post.before(start, 150))
                or _MINE_AFTER.search(after)
                or re.search(r"\bnhs (?:no|num|number)\b", after)
            )
        ):
            continue
        if not (digits.startswith("0") and base.is_number(base.phone(digits))):
            yield Hit("NHS_NUMBER", start, end, 0.9, "digits that the words call an NHS number")


def written_as_printed(written: str) -> bool:
    """Whether it is written 3-3-4, as NHS numbers are printed."""
    return re.fullmatch(r"\d{3}\D+\d{3}\D+\d{4}", written) is not None


def _unnamed(post: Post, start: int, end: int, digits: str) -> Hit | None:
    """A number that nothing names: only among a patient's words, since mod 11 is weak."""
    before, after = post.before(start, 60), post.after(end, 25)
    spaced = written_as_printed(post.low[start:end])
    valid = is_valid(digits)
    if digits[0] == "0" or len(set(digits)) < 3 or not is_issued(digits):
        return _unnamed_chi(post, start, end, digits) if valid else None
    if _NHS_PLAIN.search(before) and (valid or spaced):
        return Hit("NHS_NUMBER", start, end, 0.9, "a number after the letters NHS")
    if digits.startswith("999") and (
        _BEARER.search(before) or _MINE_AFTER.search(post.after(end, 40))
    ):
        return Hit("NHS_NUMBER", start, end, 0.8, "ten digits told as a patient's own number")
    if (
        before.rstrip(" (").endswith(_NO_NUMBER)
        or OTHER_NUMBER.search(before)
        or _NOT_HEALTH.search(_nearest(before, after))
    ):
        return None
    around = post.low[max(0, start - (150 if spaced else 60)) : end + (100 if spaced else 40)]
    if valid and _OF_A_PATIENT.search(around):
        sure = 0.75 if spaced else 0.6
        return Hit("NHS_NUMBER", start, end, sure, "a valid NHS number among a patient's words")
    if digits.startswith("999") and (spaced or HEALTH.search(around)):
        return Hit("NHS_NUMBER", start, end, 0.6, "written as an NHS number of the test range is")
    if spaced and _ON_A_WARD.search(post.low[max(0, start - 60) : end + 60]):
        why = "digits written as an NHS number is, beside a patient's place or date"
        return Hit("NHS_NUMBER", start, end, 0.5, why)
    return _bare(post, start, end, valid)


def _bare(post: Post, start: int, end: int, valid: bool) -> Hit | None:
    """Ten digits that nothing explains: of the test range, or all but the whole of a post."""
    alone = len(post.low.replace("\x01", "").strip()) - (end - start) < _FEW_WORDS
    synthetic = post.low[start:end].startswith("999")
    if valid and (synthetic or alone):
        why = "a valid NHS number that nothing calls something else"
        return Hit("NHS_NUMBER", start, end, 0.6, why)
    if synthetic and alone:
        return Hit("NHS_NUMBER", start, end, 0.5, "ten digits of the test range, alone in a post")
    return None


def _nearest(before: str, after: str) -> str:
    """The words that can name a number: those of its own sentence, and just after it."""
    return f"{re.split(r'(?<!no)[.!?;](?= )', before)[-1][-45:]} {_ASKS_BACK.sub('', after[:12])}"


def _unnamed_chi(post: Post, start: int, end: int, digits: str) -> Hit | None:
    if not (_is_chi(digits) and _OF_A_PATIENT.search(post.before(start, 60) + post.after(end))):
        return None
    if _NOT_HEALTH.search(post.before(start)) or not post.says(_SCOTTISH):
        return None
    return Hit("CHI_NUMBER", start, end, 0.6, "a valid CHI number among a patient's words")


def is_issued(digits: str) -> bool:
    return any(_within(region, digits) for region in _ISSUED)


def _is_chi(digits: str) -> bool:
    if len(digits) != 10 or not _within(REGION_SCOTLAND, digits):
        return False
    try:
        date(2000 + int(digits[4:6]), int(digits[2:4]), int(digits[:2]))
    except ValueError:
        return False
    return True


def _within(region: Any, digits: str) -> bool:  # the library says that it has types, and has few
    return bool(region.contains_number(digits))


def _hospital(post: Post) -> Iterator[Hit]:
    for pattern in (_HOSPITAL, _HOSPITAL_AFTER):
        for match in pattern.finditer(post.low):
            start, end = match.span("id")
            start += len(match["id"]) - len(match["id"].lstrip(" -/"))
            if re.fullmatch(r"\d{1,2}[-/](?:0?\d|1[0-2])[-/]\d{2,4}|(?:19|20)\d\d", match["id"]):
                continue  # a date
            longer = re.match(r"(?:[ .\-]?\d)+", post.low[end : end + 20])
            written = post.low[start:end] + (longer.group() if longer else "")
            if base.is_number(base.phone(written)) and written[0] in "+0":
                continue  # 'the hospital number is 020 …' is its telephone
            if re.search(r"\bnhs\b", match.groupdict().get("gap") or ""):
                continue
            yield Hit(
                "HOSPITAL_NUMBER",
                start,
                end,
                0.95,
                "a number that the words call a hospital number",
            )


def _ninos(post: Post) -> Iterator[Hit]:
    for match in _NINO.finditer(post.low):
        prefix = match[1]
        cued = _NINO_CUE.search(post.before(match.start(), 60)) is not None
        possible = prefix == "qq" or (
            not set(prefix) & set("dfiquv")
            and prefix[1] != "o"
            and prefix not in {"bg", "gb", "kn", "nk", "nt", "tn", "zz"}
        )
        if cued or (
            possible and match[5] and not _NOT_HEALTH.search(post.before(match.start(), 30))
        ):
            yield Hit(
                "NINO",
                *match.span(),
                0.98 if cued else 0.85,
                "the form of a national insurance number",
            )


def _licences(post: Post) -> Iterator[Hit]:
    for match in _LICENCE.finditer(post.low):
        month, day = int(match[2][1:3]) % 50, int(match[2][3:5])
        real = 1 <= month <= 12 and 1 <= day <= 31 and match[1].rstrip("9").isalpha()
        if real or _LICENCE_CUE.search(post.before(match.start(), 60)):
            yield Hit(
                "DRIVING_LICENCE", *match.span(), 0.95, "the form of a driving licence number"
            )


# ── Recognises bank details: sort code with account number, IBAN, a payment card called one. ──────

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
_ACCOUNTISH = re.compile(r"\b(?:bank|sort|account|a/c|acc|acct|paid into|pay)\b")


def bank(post: Post) -> Iterator[Hit]:
    """Somebody's own account; one that is published for donations is not."""
    if not post.digits or post.official or (post.says(_GIVING) and not post.says(_OWED)):
        return
    sorts = list(islice(_SORT.finditer(post.low), MOST))
    accounts = list(islice(_ACCOUNT.finditer(post.low), MOST))
    for match in sorts:
        near = any(
            0 <= other.start() - match.end() <= 40 or 0 <= match.start() - other.end() <= 40
            for other in accounts
        )
        named = _SORT_CUE.search(post.before(match.start()))
        if named or (near and match[2] == "-" and post.says(_ACCOUNTISH)):
            yield Hit("BANK_ACCOUNT", *match.span(), 0.9, "a sort code")
    for match in accounts:
        close = any(
            0 <= match.start() - other.end() <= 40 and _SORT_CUE.search(post.before(other.start()))
            for other in sorts
        )
        named = _ACCOUNT_CUE.search(post.before(match.start()))
        if close or (named and post.says(_ACCOUNTISH)):
            yield Hit("BANK_ACCOUNT", *match.span(), 0.9, "an account number")
    yield from _other(post)


def _other(post: Post) -> Iterator[Hit]:
    for match in _IBAN.finditer(post.low):
        written = match[1].replace(" ", "")
        if 15 <= len(written) <= 34 and (
            _mod97(written) or "iban" in post.before(match.start(), 30)
        ):
            yield Hit("BANK_ACCOUNT", *match.span(), 0.95, "an IBAN")
    for match in _CARD.finditer(post.low):
        if _CARD_CUE.search(post.before(match.start(), 50)) and _luhn(
            re.sub(r"\D", "", match.group())
        ):
            yield Hit("BANK_ACCOUNT", *match.span(), 0.9, "the number of a payment card")


def _mod97(written: str) -> bool:
    turned = written[4:] + written[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def _luhn(digits: str) -> bool:
    total = 0
    for place, sign in enumerate(reversed(digits)):
        value = int(sign) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
