"""Takes the answers of a back catalogue into the store, with the posts that they are of: part by part, and each part once.

What holds for an import holds here: [governance], tombstones, objections, platforms' terms, no search for a person. Nothing of
it is told by itself: what is high goes into one digest at the end (steps/alerts.py). A post that is neither in scope nor names
anything of ours is not taken in: an archive is mostly of others.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, BinaryIO

from classify.batch import Line, read_record, reading_of, risk_of
from classify.classifier import add_impersonation_flags
from collectors.base import ODD_ERRORS, settle
from collectors.files.collector import Files
from collectors.files.columns import mapped
from collectors.files.dates import UnreadableDate
from collectors.files.parse import DATES, NoWords, Reading, to_mention
from collectors.files.subject import Subject, check_share, names_nothing
from core import clock
from core.errors import InputError, MentionsError
from core.models import Assessment, Mention, Risk
from core.models import Reading as Answered
from settings import named_people
from steps import assess, gate, group, inferences, match_rules
from steps.catalogue import manifest
from steps.catalogue.classify_parts import TELL_EACH, how_long
from steps.catalogue.manifest import Manifest, Receipt
from steps.catalogue.parts import records_of
from steps.catalogue.places import Place, place_of
from steps.context import RunContext
from steps.health import why_none_leaves
from steps.import_file import SOURCE, Alone
from store import PageCounts

TOGETHER = 250  # posts that are stored, assessed and grouped in one transaction
NOT_OURS = "neither in scope nor naming anything of ours"


@dataclass(frozen=True, slots=True)
class AnsweredPost:
    """A post of a catalogue with what was said of it; `as_read`: its words are those that were read, none of them cleaned or joined."""

    mention: Mention
    as_read: bool
    reading: Answered
    risk: Risk
    policy: str
    model: str


@dataclass(slots=True)
class _Pairs:
    """Where the posts and the answers of one part are, opened and checked."""

    receipt: Receipt
    posts: Place
    answers: Place
    moved: bool


def import_answers(
    context: RunContext, answers: Place, posts: str = "", *, alone: Alone
) -> PageCounts:
    """Takes in what of a catalogue is not in yet, and writes down what came of it; how many posts were new or changed.

    `posts` says where they lie now, where that is not where they were answered. `alone` stands around each transaction. Raises InputError,
    and ConfigError where nothing may be read. A part that can't be taken in is named, and the others go on.
    """
    gate.check_open(context)
    written = manifest.read(answers)
    if written is None:
        raise InputError(
            f"{answers.address} holds no answers of a catalogue: `mentions classify --input DIR --output DIR` writes them"
        )
    _check_fit(context, written)
    place, _ = place_of(posts or written.input)
    receipts = [
        each
        for each in manifest.receipts(answers)
        if not context.store.catalogues.has(_digest(each))
    ]
    if not receipts:
        context.report_progress("every part of it is in already: nothing was taken in")
        return PageCounts()
    imports = context.store.imports
    digest = hashlib.sha256(
        json.dumps(written.settings_sha256 + written.begun).encode()
    ).hexdigest()
    number = imports.add("answers of a back catalogue", digest=digest, by=None, at=context.at)
    imports.begin(
        number, tool="answers", posts=sum(each.answered for each in receipts), at=context.at
    )
    run = _Run(context, number, alone, sum(each.answered for each in receipts))
    try:
        context.report_progress(f"to take in: {run.total:,} answers in {len(receipts):,} parts; each is looked through before anything of it is stored")  # fmt: skip
        run.group_what_waits()
        for place_in, receipt in enumerate(receipts, 1):
            run.part = f"part {place_in:,} of {len(receipts):,}"
            run.take(_Pairs(receipt, place, answers, bool(posts)))
    except BaseException as error:
        imports.end(
            number,
            at=clock.now(),
            why=str(error)
            if isinstance(error, MentionsError)
            else "it was stopped: run it again, nothing is taken in twice",
        )
        raise
    run.end()
    return run.counts


def _check_fit(context: RunContext, written: Manifest) -> None:
    if written.all_scopes:
        raise InputError(
            "these answers were given with --all-scopes, which is for other data: answer the posts without it"
        )
    if written.policy_sha256 != manifest.checksum(context.policy):
        context.report_progress(f"! the answers are by policy {written.policy}, and {context.policy.version} is in force: they are read anew, ten minutes in each cycle")  # fmt: skip


def _digest(receipt: Receipt) -> str:
    return hashlib.sha256(f"{receipt.part.name}\n{receipt.sha256}".encode()).hexdigest()


class _Run:
    """One taking in: what has come of it so far."""

    def __init__(self, context: RunContext, number: int, alone: Alone, total: int) -> None:
        self._context, self._number, self._alone = context, number, alone
        self.total, self.part = total, ""
        self._began = self._told_at = time.monotonic()
        self._seen = 0  # records that were looked through or stored, each twice at the end
        self._quiet = replace(
            context, report_progress=lambda _: None
        )  # a page is too little to be told of
        files = context.sources.make("files")
        assert isinstance(files, Files)
        self._files = files
        self._rules = match_rules.of_today(context.config, context.at)
        on = clock.local_day(context.at)
        self._allowed = named_people.agreed(
            context.config, on
        ) | context.store.searched_people.approved(on)
        self.counts = PageCounts()
        self.left_out: Counter[str] = Counter()
        self.done = self.assessed = 0

    def group_what_waits(self) -> None:
        """What was found before it is grouped by itself first, so that its alerts are told as they always are."""
        with self._alone():
            group.group(self._context, wake=False)

    def take(self, pairs: _Pairs) -> None:
        """One part: looked through first, so that nothing is stored of one that may not be taken in."""
        name = pairs.receipt.part.name
        try:
            self._look_through(pairs)
            some = self._ours(pairs, count=True)
            while page := list(islice(some, TOGETHER)):
                self._store(page)
        except InputError as error:
            self._context.failed(f"part {name}: {error}; nothing else of it is taken in")
            return
        with self._alone():
            self._context.store.catalogues.add_part(
                _digest(pairs.receipt), self._number, self._context.at
            )

    def _look_through(self, pairs: _Pairs) -> None:
        """Raises InputError for a part that is torn, about a person, or whose posts mostly name nothing of ours."""
        name = pairs.receipt.part.file
        subject = Subject(
            name, register=self._files.registered, ours=self._files.named_by, allowed=self._allowed
        )
        subject.check_name(name)
        for _, record in records_of(pairs.posts, pairs.receipt.part, moved=pairs.moved):
            if isinstance(record, Mapping):
                subject.look(record, mapped(tuple(record), {}))
            self._tell()
        subject.check_writers()
        count = nothing = 0
        for post in self._ours(pairs):
            count += 1
            nothing += bool(self._files.named_by) and names_nothing(
                post.mention, self._files.named_by
            )
        check_share(name, nothing, count)

    def _ours(self, pairs: _Pairs, *, count: bool = False) -> Iterator[AnsweredPost]:
        """The posts of a part that are taken in. `count`: those that are not are counted by their reason."""
        reasons = self.left_out if count else Counter[str]()
        for record, answer, masked in _pairs(pairs):
            self._seen += 1
            self._tell()
            try:
                mention, _ = settle(to_mention(record, self._reading(pairs)), self._context.at)
                post = AnsweredPost(
                    mention, mention.text == record["text"], reading_of(answer, mention.text if masked is None else masked), risk_of(answer),
                    str(answer["policy"]), str(answer["model"]),
                )  # fmt: skip
            except UnreadableDate as error:
                reasons[str(error.why)] += 1
            except NoWords:
                reasons["it says nothing"] += 1
            except ODD_ERRORS as error:
                reasons[f"not shaped as it should be ({type(error).__name__})"] += 1
            else:
                if post.reading.in_scope or not names_nothing(mention, self._files.named_by):
                    yield post
                else:
                    reasons[NOT_OURS] += 1

    def _reading(self, pairs: _Pairs) -> Reading:
        return Reading(
            columns={}, platform="", dates=DATES, at=self._context.at, file=pairs.receipt.part.file
        )

    def _store(self, page: Sequence[AnsweredPost]) -> None:
        """Posts, what was said of them, their cases, and that their alerts wait for the digest: together or not at all."""
        store, at = self._context.store, self._context.at
        with self._alone(), store.database.transaction():
            last = store.catalogues.last_alert()
            self.counts += store.mentions.add_page(
                SOURCE, match_rules.matched(self._rules, [post.mention for post in page]), at=at
            )
            self.assessed += self._assess(page)
            group.group(self._quiet, wake=False)
            store.catalogues.hold_alerts(last, self._number)
            self.done += len(page)
            store.imports.progress(self._number, self.done, at=clock.now())

    def _assess(self, page: Sequence[AnsweredPost]) -> int:
        """What nobody has assessed yet, and still has the words that were answered."""
        store, policy = self._context.store, self._context.policy
        numbers = {
            number: post for post in page
            if (number := store.mentions.number_of(post.mention.issuer, post.mention.issued_id)) is not None
        }  # fmt: skip
        assessments = []
        for number in sorted(store.assessments.unassessed_of(numbers)):
            post, stored = numbers[number], store.mentions.get(number)
            if stored is None or not post.as_read or stored.mention.text != post.mention.text:
                continue  # a cycle reads it
            reading = add_impersonation_flags(post.reading, stored.mention.matched, policy)
            assessments.append(Assessment(
                mention=number, revision=stored.revision, policy=post.policy, model=post.model,
                reading=inferences.without_forbidden(reading, stored.mention.platform), risk=post.risk, at=self._context.at,
            ))  # fmt: skip
        assess.keep(self._context, assessments)
        return len(assessments)

    def _tell(self) -> None:
        """How far it is, each few seconds: an archive takes hours, and silence looks like a program that hangs."""
        now = time.monotonic()
        if now - self._told_at < TELL_EACH:
            return
        self._told_at = now
        left = (2 * self.total - self._seen) * (now - self._began) / self._seen if self._seen else 0
        rest = f", about {how_long(left)} left" if left > 0 else ""
        self._context.report_progress(
            f"{self.part}: {self.done:,} posts taken in, {self.counts.new:,} of them new; {self._seen / (2 * self.total or 1):.0%} of all looked at{rest}"
        )

    def end(self) -> None:
        """Writes down what came of it, and says it."""
        context, odd = self._context, self.left_out.total()
        with self._alone():
            context.store.mentions.add_run(
                SOURCE,
                [],
                since=context.at,
                at=context.at,
                ended=clock.now(),
                earlier=self.counts,
                odd=odd,
            )
            context.store.imports.end(
                self._number, at=clock.now(), posts=self.done, new=self.counts.new, changed=self.counts.changed, left_out=odd
            )  # fmt: skip
        waiting = context.store.catalogues.count_cases(self._number)
        context.report_progress(
            f"taken in: {self.done:,} posts, {self.counts.new:,} new, {self.counts.changed:,} changed, {self.counts.again:,} here already, "
            f"{self.counts.gone:,} that were erased or purged and stay so; {self.assessed:,} assessed as answered"
        )
        for reason, count in self.left_out.most_common():
            context.report_progress(f"left out: {count:,}, {reason}")
        if waiting:
            digest = "nobody is told, since nobody is set up under [alerts]"
            if context.config.alerts.tells_anybody:
                why = why_none_leaves(context.store, context.config, clock.now())
                digest = f"one digest tells of them{f', once it can leave: {why}' if why else ''}"
            context.report_progress(f"{waiting:,} cases of it would have been alerted: {digest}")


def _pairs(pairs: _Pairs) -> Iterator[tuple[dict[str, Any], dict[str, Any], str | None]]:
    """Each record of a part with its answer and its words as they may be shown, by their order. Raises InputError where they don't fit."""
    part = pairs.receipt.part
    answers = _checked(pairs.answers, manifest.answers_name(part.name), pairs.receipt.sha256)
    shown = _checked(pairs.answers, manifest.masked_name(part.name), pairs.receipt.masked_sha256)
    following = zip(map(json.loads, answers), map(json.loads, shown), strict=True)
    answer, masked = next(following, (None, None))
    for _, record in records_of(pairs.posts, part, moved=pairs.moved):
        line = read_record(record, "")
        if answer is None or not isinstance(line, Line) or line.id != answer.get("id"):
            continue  # a line that was left out has no answer
        assert isinstance(record, dict)
        yield record, answer, masked
        answer, masked = next(following, (None, None))
    if answer is not None:
        raise InputError("its answers are not of these posts: say where the posts lie with --posts")


def _checked(place: Place, name: str, sha256: str) -> Iterator[bytes]:
    """The lines of a file whose checksum is right. Raises InputError."""
    with place.open(name) as file:
        if _sum(file) != sha256:
            raise InputError(
                "its answers are not as they were written (SHA-256 differs): answer it again"
            )
    with place.open(name) as file:
        yield from file


def _sum(file: BinaryIO) -> str:
    hashed = hashlib.sha256()
    while chunk := file.read(1 << 20):
        hashed.update(chunk)
    return hashed.hexdigest()
