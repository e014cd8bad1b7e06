"""What a lead takes out of the store: a table, or the evidence pack of a case; checked, and written down with who and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import BinaryIO, Literal

from classify.policy.schema import Policy
from core import clock
from core.errors import ConfigError, StoreError
from core.models import Role
from reports import evidence, exports, pdf
from reports.exports import Format, Written
from settings.schema import Config
from steps import export_purposes
from store import Case, CaseMention, Export, ExportKind, ExportQuery, Store, User

EVIDENCE_ROLES: tuple[Role, ...] = ("lead", "governance")

ORIGINAL_REFUSED = "posts by staff are among them: governance takes words as they were posted. Take masked words, or ask governance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody asks for: a table in a format, of UK days, both included, and whether with the words as collected."""

    what: ExportKind
    format: Format
    first: date
    last: date
    purpose: str
    reason: str
    original: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """An evidence pack as a file."""

    content: bytes
    format: Literal["pdf", "html"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a pack holds, and what for. `why` is the purpose in words; `lane`: it is of the Guardian's lane, and holds these posts alone.

    `shown_to`: who gets to see it, as its first page warns; "" where nobody is warned.
    """

    case: Case
    mentions: Sequence[CaseMention]
    purpose: str
    why: str
    reason: str = field(repr=False)
    speaking_up: int = 0
    lane: bool = False
    shown_to: str = ""


def take_table(
    store: Store, config: Config, policy: Policy, wanted: Wanted, into: BinaryIO, *, by: User, at: datetime
) -> Written:  # fmt: skip
    """Writes the table into a file, then who took it into the record. The caller hands the file on only after that.

    A table has the same rows, whoever takes it and in whichever words: two files that differ would tell who is staff. Words as they were posted, those
    of staff among them, are governance's to take. Raises StoreError for somebody who may not, export_purposes.Refused for what it may not be taken for; ConfigError for
    Parquet without its extra.
    """
    _refuse(by, ("lead", "governance"))
    export_purposes.check_table(config, wanted.purpose, wanted.reason, original=wanted.original, at=at)  # fmt: skip
    if wanted.original and "governance" not in by.roles:
        raise export_purposes.Refused(field="words", why=ORIGINAL_REFUSED)
    if not wanted.original:
        _refuse(by, ("lead",))
    query = ExportQuery(
        since=clock.day(wanted.first)[0], until=clock.day(wanted.last)[1], forbidden=exports.forbidden(),
        original=wanted.original, of_staff=policy.of_staff_alone,
    )  # fmt: skip
    written = exports.write(store, wanted.what, wanted.format, query, into, policy)
    store.exports.record(Export(
        what=wanted.what, format=wanted.format, at=at, by=by.number, reason=export_purposes.in_record(wanted.purpose, wanted.reason), rows=written.rows,
        left_out={str(why): count for why, count in written.left_out.items()}, masked=not wanted.original, digest=written.digest, first=wanted.first,
        last=wanted.last, purpose=wanted.purpose,
    ))  # fmt: skip
    return written


def pack_of(store: Store, case: Case) -> tuple[list[CaseMention], int, int]:
    """The posts that a pack of the case would hold, how many it leaves out as speaking up, and how many have no room."""
    return evidence.posts_of(store, case.number)


def take_evidence(
    store: Store, config: Config, policy: Policy, case: Case, *, by: User, at: datetime, purpose: str, reason: str,
    as_html: bool = False,
) -> Pack:  # fmt: skip
    """The pack of a case, once it stands in the record; as HTML that prints where no PDF can be made.

    That its posts were seen in clear is an event each. Raises StoreError for somebody who is neither lead nor governance,
    and where all of the case may be speaking up; export_purposes.Refused for what it may not be taken for, or by them.
    """
    _refuse(by, EVIDENCE_ROLES)
    mentions, speaking_up, _ = evidence.posts_of(store, case.number)
    if speaking_up and not mentions:
        raise StoreError(
            "this case may be speaking up: it is for the Guardian alone"
            if exports.counts_speaking_up(by.roles)
            else "no post of this case may stand in a pack"
        )
    export_purposes.check_pack(store, config, policy, case, mentions, by=by, purpose=purpose, reason=reason, at=at)  # fmt: skip
    return write_pack(store, config, policy, Contents(
        case=case, mentions=mentions, purpose=purpose, why=export_purposes.PURPOSES[purpose], reason=reason, speaking_up=speaking_up,
    ), by=by, at=at, as_html=as_html)  # fmt: skip


def write_pack(
    store: Store, config: Config, policy: Policy, contents: Contents, *, by: User, at: datetime, as_html: bool = False,
) -> Pack:  # fmt: skip
    """The pack of these posts, once it stands in the record; whether it may be taken was checked."""
    case, mentions, reason = contents.case, contents.mentions, contents.reason.strip()
    staff = sum(export_purposes.by_staff(each.item, policy) for each in mentions)
    format_: Literal["pdf", "html"] = "html" if as_html or not pdf.is_installed() else "pdf"
    for mention in mentions:
        store.mentions.reveal(mention.item.number, by=by.handle, at=at, reason=f"Evidence pack of case {case.number}: {reason or contents.why}")  # fmt: skip
    store.exports.record(Export(
        what="evidence", format=format_, at=at, by=by.number, reason=export_purposes.in_record(contents.purpose, reason), rows=len(mentions),
        left_out={"speaking_up": contents.speaking_up} if contents.speaking_up else {}, masked=False, case=case.number,
        purpose=contents.purpose, by_staff=staff,
    ))  # fmt: skip
    gathered = evidence.gather(
        store, case, policy, config.review.roles, at=at, by=evidence.roles_in_words(by.roles), reason=f"{contents.why}: {reason}" if reason else contents.why,
        agreed=[mention.item.number for mention in mentions] if contents.lane else None,
        shown_to=contents.shown_to,
    )  # fmt: skip
    if not exports.counts_speaking_up(by.roles):
        gathered = replace(gathered, speaking_up=0)
    page = evidence.html(gathered)
    if format_ == "html":
        return Pack(content=page.encode("utf-8", "replace"), format="html")
    try:
        return Pack(content=pdf.pdf(page), format="pdf")
    except ConfigError:  # WeasyPrint is there, and Pango is not
        return Pack(content=page.encode("utf-8", "replace"), format="html")


def _refuse(by: User, roles: tuple[Role, ...]) -> None:
    if not by.active or not set(roles).intersection(by.roles):
        raise StoreError(f"{by.handle} may not take this: it is for {' and '.join(roles)}")
