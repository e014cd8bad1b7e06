"""Evidence packs of what is in the Guardian's lane: for the claim of whoever wrote it, which governance and the Guardian agree to.

Of a leak governance takes one for the ICO. Nobody else takes any, and none is for an employer.
"""

from __future__ import annotations

from collections.abc import Mapping
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


def posts_of(store: Store, case: Case, purpose: str) -> list[CaseMention]:
    """The posts of a case of which a pack of the Guardian's lane may be: those that may be speaking up; for the ICO a leak alone."""
    mentions = store.cases.mentions(case.number, limit=evidence.MOST)
    numbers = [mention.item.number for mention in mentions]
    # of a case that was sent back none stands in the lane, and some may still be read so
    speaking_up = store.speaking_up.speaking(case.number) or store.exports.speaking_up(numbers)
    return [
        mention for mention in mentions
        if mention.item.number in speaking_up and (purpose != "ico" or any(flag.name == LEAK for flag in mention.item.flags))
    ]  # fmt: skip


def is_of_lane(store: Store, case: Case, by: User) -> bool:
    """Whether a pack of a case is one of the Guardian's lane: all of it may be speaking up, and whoever asks may know."""
    return exports.counts_speaking_up(by.roles) and not evidence.posts_of(store, case.number)[0] and bool(posts_of(store, case, "court"))  # fmt: skip


def ask(
    store: Store, config: Config, case: Case, *, by: User, at: datetime, purpose: str, reason: str
) -> LanePack:
    """Asks the other one of governance and the Guardian for a pack, who is emailed. Raises StoreError as `take` does."""
    as_role = _lane_role(by)
    export_purposes.check_lane_pack(config, purpose, reason, at=at)
    posts = [mention.item.number for mention in posts_of(store, case, purpose)]
    if not posts:
        raise StoreError(NO_LEAK if purpose == "ico" else NOT_OF_LANE)
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
    as_html: bool = False,
) -> export.Pack:  # fmt: skip
    """The pack of posts of the Guardian's lane: for a claim as governance and the Guardian agreed, by either; for the ICO by governance.

    Raises StoreError for anybody else, where the two have not agreed, and export_purposes.Refused for any other purpose.
    """
    _lane_role(by)
    posts, agreed = posts_of(store, case, purpose), ""
    if purpose == "ico":
        if "governance" not in by.roles:
            raise StoreError("governance tells the ICO of a leak, and takes the pack for it")
        if not posts:
            raise StoreError(NO_LEAK)
    else:
        request = store.lane_packs.last(case.number)
        if request is None or not request.in_force(at) or by.number not in (request.by, request.answered_by):  # fmt: skip
            raise StoreError(BOTH_AGREE.format(case=case.number))
        purpose, reason = request.purpose, request.reason
        agreed = f", asked for by {ROLES[request.as_role]} {_on(request.at)}, agreed by {ROLES[request.missing]} {_on(request.answered_at or at)}"
        posts = [mention for mention in posts if mention.item.number in request.posts]
        if not posts:
            raise StoreError(NOT_OF_LANE)
    export_purposes.check_lane_pack(config, purpose, reason, at=at)
    return export.write_pack(store, config, policy, export.Contents(
        case=case, mentions=posts, purpose=purpose, why=export_purposes.OF_LANE[purpose] + agreed, reason=reason, lane=True,
    ), by=by, at=at, as_html=as_html)  # fmt: skip


def _on(at: datetime) -> str:
    return f"on {clock.local(at)}"


def _lane_role(by: User) -> AnswerAs:
    """As what somebody asks for a pack of the lane. Raises StoreError for whoever is neither of the two."""
    if by.active and "governance" in by.roles:
        return "governance"
    if by.active and "guardian" in by.roles:
        return "guardian"
    raise StoreError(f"{by.handle} may not take this: it is for governance and the Guardian")
