"""Evidence packs of what is in the Guardian's lane: for the claim of one writer, which governance and the Guardian agree to.

It holds that writer's posts alone: others who speak up in the same case have no part in the claim, and in a tribunal the employer reads
all of it. Of a leak governance takes one for the ICO. Nobody else takes any, and none is for an employer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from classify.policy.schema import Policy
from core import clock
from core.errors import StoreError
from reports import asked, evidence, exports
from settings.schema import Config
from steps import export, export_purposes
from store import AnswerAs, Case, CaseMention, LanePack, Store, User

LEAK = "pid"
NOT_OF_LANE = "no post of this case may stand in such a pack"
ROLES: Mapping[AnswerAs, str] = {"governance": "governance", "guardian": "the Guardian"}
NO_LEAK = "no post of this case is read as a patient’s details: there is nothing in it that the ICO is told of"
BOTH_AGREE = "governance and the Guardian agree to such a pack first, two people: on /guardian/{case}/evidence, or ask by --ask"
CHOOSE = "choose whose claim it is: {writers}. Each writer’s pack holds their own posts alone"
SHOWN_TO = (
    "In a court or tribunal the other side, the employer, gets to see this pack: the words, the addresses, by which the writer can be found, "
    "and what was decided here. Only give it to the writer or whoever acts for them, who know that."
)


@dataclass(frozen=True, slots=True)
class Writer:
    """Someone whose posts stand in the Guardian's lane, told by the first of them and never by a name."""

    posts: tuple[int, ...]

    @property
    def post(self) -> int:
        """By which they are told."""
        return self.posts[0]

    @property
    def name(self) -> str:
        """As people read it."""
        return f"the writer of post {self.post}"


def writers(store: Store, mentions: Collection[CaseMention]) -> list[Writer]:
    """Whose posts these are; one whose platform does not say who wrote it stands alone."""
    numbers = sorted(mention.item.number for mention in mentions)
    accounts = store.threads.writers(numbers)
    posts: dict[str, list[int]] = {}
    for number in numbers:
        posts.setdefault(f"account {accounts[number]}" if number in accounts else f"post {number}", []).append(number)  # fmt: skip
    return [Writer(tuple(theirs)) for theirs in posts.values()]


def whose(known: Sequence[Writer], post: int | None) -> Writer:
    """The writer of a post; without one the only writer there is. Raises export_purposes.Refused where that is nobody, or several."""
    if post is None and len(known) == 1:
        return known[0]
    for writer in known:
        if post in writer.posts:
            return writer
    raise export_purposes.Refused(
        field="writer", why=CHOOSE.format(writers=", ".join(writer.name for writer in known))
    )


def agreed_to(store: Store, case: int, writer: Writer) -> LanePack | None:
    """The newest request of this writer's posts; one that was asked for before each writer had a pack of their own counts for none."""
    return next((each for each in store.lane_packs.of_case(case) if set(each.posts) & set(writer.posts) and set(each.posts) <= set(writer.posts)), None)  # fmt: skip


def posts_of(store: Store, case: Case, purpose: str) -> list[CaseMention]:
    """The posts of a case of which a pack of the Guardian's lane may be: those that may be speaking up.

    For the ICO those that hold a patient's details, whoever wrote them, where one of them may be speaking up; else none.
    """
    mentions = store.cases.mentions(case.number, limit=evidence.MOST)
    numbers = [mention.item.number for mention in mentions]
    # of a case that was sent back none stands in the lane, and some may still be read so
    speaking_up = store.speaking_up.speaking(case.number) or store.exports.speaking_up(numbers)
    if purpose != "ico":
        return [mention for mention in mentions if mention.item.number in speaking_up]
    leaks = [mention for mention in mentions if any(flag.name == LEAK for flag in mention.item.flags)]  # fmt: skip
    return leaks if any(mention.item.number in speaking_up for mention in leaks) else []


def is_of_lane(store: Store, case: Case, by: User, purpose: str) -> bool:
    """Whether a pack of a case for this purpose is one of the Guardian's lane, and whoever asks may know: the page and the command go by it."""
    if purpose not in export_purposes.OF_LANE or not exports.counts_speaking_up(by.roles):
        return False
    if purpose == "ico":
        return bool(posts_of(store, case, purpose))
    return not evidence.posts_of(store, case.number)[0] and bool(posts_of(store, case, purpose))


def take_pack(
    store: Store, config: Config, policy: Policy, case: Case, *, by: User, at: datetime, purpose: str, reason: str,
    post: int | None = None,
) -> export.Pack:  # fmt: skip
    """The pack of a case for a purpose, as the page and the command take it; of the lane where that is what there is. Raises as both do."""
    if post is not None or is_of_lane(store, case, by, purpose):
        return take(store, config, policy, case, by=by, at=at, purpose=purpose, reason=reason, post=post)  # fmt: skip
    return export.take_evidence(store, config, policy, case, by=by, at=at, purpose=purpose, reason=reason)  # fmt: skip


def ask(
    store: Store, config: Config, case: Case, *, by: User, at: datetime, purpose: str, reason: str, post: int | None = None
) -> LanePack:  # fmt: skip
    """Asks the other one of governance and the Guardian for a pack of whoever wrote a post, who is emailed. Raises StoreError as `take` does.

    Without a post it is of the only writer there is.
    """
    as_role = _lane_role(by)
    mentions = posts_of(store, case, purpose)
    if not mentions:
        raise StoreError(NO_LEAK if purpose == "ico" else NOT_OF_LANE)
    posts = whose(writers(store, mentions), post).posts
    export_purposes.check_lane_pack(config, purpose, reason, at=at)
    store.lane_packs.ask(case.number, posts, purpose=purpose, as_role=as_role, by=by.number, at=at, reason=reason)  # fmt: skip
    request = store.lane_packs.last(case.number)
    assert request is not None
    others = [user for user in store.users.all() if user.active and request.missing in user.roles and user.number != by.number]  # fmt: skip
    asked.tell(
        store, config, "pack", others, [request.missing], at=at, key=f"{case.number} {request.number}", case=case.number, posts=len(posts),
    )  # fmt: skip
    return request


def take(
    store: Store, config: Config, policy: Policy, case: Case, *, by: User, at: datetime, purpose: str, reason: str,
    post: int | None = None, as_html: bool = False,
) -> export.Pack:  # fmt: skip
    """The pack of posts of the Guardian's lane: for a writer's claim as governance and the Guardian agreed, by either; for the ICO by governance.

    `post`: one of that writer's; without it the only writer there is. Raises StoreError for anybody else, where the two have not agreed, and export_purposes.Refused for any other purpose.
    """
    _lane_role(by)
    posts, agreed, request = posts_of(store, case, purpose), "", None
    if purpose == "ico":
        if "governance" not in by.roles:
            raise StoreError("governance tells the ICO of a leak, and takes the pack for it")
        if not posts:
            raise StoreError(NO_LEAK)
    else:
        if not posts:
            raise StoreError(NOT_OF_LANE)
        writer = whose(writers(store, posts), post)
        request = agreed_to(store, case.number, writer)
        if request is None or not request.in_force(at) or by.number not in (request.by, request.answered_by):  # fmt: skip
            raise StoreError(BOTH_AGREE.format(case=case.number))
        purpose, reason = request.purpose, request.reason
        agreed = f" ({writer.name}), asked for by {ROLES[request.as_role]} {_on(request.at)}, agreed by {ROLES[request.missing]} {_on(request.answered_at or at)}"
        posts = [mention for mention in posts if mention.item.number in request.posts]
        if not posts:
            raise StoreError(NOT_OF_LANE)
    export_purposes.check_lane_pack(config, purpose, reason, at=at)
    pack = export.write_pack(store, config, policy, export.Contents(
        case=case, mentions=posts, purpose=purpose, why=export_purposes.OF_LANE[purpose] + agreed, reason=reason, lane=True,
        shown_to=SHOWN_TO if request is not None else "",
    ), by=by, at=at, as_html=as_html)  # fmt: skip
    if request is not None:
        store.lane_packs.note_taken(request, [mention.item.number for mention in posts], by=by.number, at=at, format_=pack.format)  # fmt: skip
    return pack


def _on(at: datetime) -> str:
    return f"on {clock.local(at)}"


def _lane_role(by: User) -> AnswerAs:
    """As what somebody asks for a pack of the lane. Raises StoreError for whoever is neither of the two."""
    if by.active and "governance" in by.roles:
        return "governance"
    if by.active and "guardian" in by.roles:
        return "guardian"
    raise StoreError(f"{by.handle} may not take this: it is for governance and the Guardian")
