"""What something may be taken out for: a purpose from a list, and never somebody's employment by the way.

To pass anything to an employer is a purpose of its own ([governance.employment]), for which two people agree on a case's own
page: neither a pack nor a table is another way to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from classify.policy.schema import Policy
from classify.text import language
from collectors import terms
from collectors.platforms import PLATFORM_NAMES
from core import clock
from core.errors import StoreError
from settings.schema import Config
from steps import reasons
from store import Case, CaseMention, Item, Store, User

PURPOSES: Mapping[str, str] = {
    "takedown": "The platform, to have it taken down",
    "police": "The police, to whom governance passed this case",
    "court": "A court, or a claim",
    "ico": "The ICO",
    "complaint": "An answer to a complaint",
    "audit": "An audit, or a check of how well posts are read",
    "board": "Figures for the board",
    "employer": "An employer, as governance and the Guardian agreed for this case",
}
OF_TABLES = ("board", "complaint", "audit", "ico", "court")
OF_PACKS = ("takedown", "police", "court", "ico", "complaint", "audit", "employer")
MASKED_ONLY = frozenset({"board"})
# Of the Guardian's lane: a claim of whoever speaks up, and a leak that the ICO is told of.
OF_LANE: Mapping[str, str] = {
    "court": "A court or tribunal: the claim of whoever wrote it",
    "ico": "The ICO: a patient’s details are out",
}
# What a claim of one's own is called, which no other reason has: ERA 1996, sections 47B, 48, 103A
_OWN_CLAIM = re.compile(r"employment (?:appeal )?tribunals?|(?:claims? (?:of|for) )?unfair dismissal|detriment for speaking up", re.IGNORECASE)  # fmt: skip
CHOOSE = "choose what it is for from the list"
IN_ENGLISH = "write it in English: whoever reads the record has to understand what it was for"
SAY_WHY = "write why you take it, in a few words that tell whoever reads them later"


class Refused(StoreError):
    """Why nothing is taken, and in which field of the form that stands."""

    def __init__(self, field: str, why: str, *, ground: reasons.Ground | None = None) -> None:
        super().__init__(why)
        self.field = field
        self.why = why
        self.ground = ground  # of a reason that nothing is taken for, which governance is told


def by_staff(item: Item, policy: Policy) -> bool:
    """Whether a post is by staff: its writer says so, or a flag that holds of staff alone does, where terms forbid keeping that."""
    if item.own:
        return False
    return item.staff in ("icb", "nhs") or not policy.of_staff_alone.isdisjoint(flag.name for flag in item.flags)  # fmt: skip


def check_table(config: Config, purpose: str, reason: str, *, original: bool, at: datetime) -> None:
    """Raises Refused for a table that may not be taken for this. One for an employer there never is: it is of many people."""
    if purpose not in OF_TABLES:
        raise Refused(field="purpose", why=CHOOSE)
    if original and not reason.strip():
        raise Refused(field="reason", why="write why masked words don’t do")
    _check_addition(reason)
    if telling := reasons.about_employment(reason, recipients=True):
        raise Refused(field="reason", ground="employment", why=_not_for_work(telling, config, at) or (
            f"‘{telling}’ is about anyone’s employment, and no table is taken for that: it goes by its case, where two people agree"
        ))  # fmt: skip
    _check_subject(reason, recipients=True)
    if original and purpose in MASKED_ONLY:
        raise Refused(field="purpose", why="figures for the board need no words as they were posted: choose masked words")  # fmt: skip


def check_pack(
    store: Store, config: Config, policy: Policy, case: Case, mentions: Sequence[CaseMention], *,
    by: User, purpose: str, reason: str, at: datetime,
) -> None:  # fmt: skip
    """Raises Refused for a pack that may not be taken for this, or by them. `mentions` are the posts that it would hold."""
    if purpose not in OF_PACKS:
        raise Refused(field="purpose", why=CHOOSE)
    _check_addition(reason)
    telling = reasons.about_employment(reason)
    if not telling and purpose != "employer":
        _check_subject(reason, recipients=False)
    if telling or purpose == "employer":
        why = _not_for_work(telling, config, at) or _not_for_employer(store, case, mentions)
        if why:
            raise Refused(field="reason" if telling else "purpose", why=why, ground="employment" if telling else None)  # fmt: skip
    if purpose == "police" and not store.purposes.disclosures(case.number):
        raise Refused(
            field="purpose",
            why="governance passes a case to the police first, with the ground in law, on the case’s own page; in danger, call 999 now",
        )
    if "governance" not in by.roles and any(by_staff(each.item, policy) for each in mentions):
        raise Refused(
            field="purpose", why="this case has a post by staff: only governance takes a pack of it. Ask them, and say what for"
        )  # fmt: skip
    if "governance" not in by.roles and store.children.among([each.item.number for each in mentions]):  # fmt: skip
        raise Refused(
            field="purpose", why="a post of this case names a child: only governance takes a pack of it. Ask them, and say what for"
        )  # fmt: skip


def check_lane_pack(config: Config, purpose: str, reason: str, *, at: datetime) -> None:
    """Raises Refused for a pack of the Guardian's lane that may not be asked for or taken for this; for an employer none ever is."""
    if purpose not in OF_LANE:
        raise Refused(field="purpose", why=CHOOSE)
    _check_reason(reason)
    if telling := reasons.about_employment(_OWN_CLAIM.sub(" ", reason)):
        raise Refused(
            field="reason",
            ground="employment",
            why=f"‘{telling}’ is what an employer does with staff, and no pack of someone who may be speaking up is for that. For their own claim, write which court or tribunal asks",
        )


def in_record(purpose: str, reason: str) -> str:
    """What the record says it was for beside the purpose: own words, which are an addition, else the purpose's."""
    return reason.strip() or PURPOSES[purpose]


def _check_addition(reason: str) -> None:
    """Own words beside a purpose, which nobody has to write; all of them in English, since one part in another language is read by nobody."""
    if not reason.strip():
        return
    _check_reason(reason)
    if language.detect(reason).read != "full":
        raise Refused(field="reason", why=IN_ENGLISH)


def _check_subject(reason: str, *, recipients: bool) -> None:
    """Raises Refused where own words say that it is of staff, of whoever wrote, of a role at work or a union."""
    if why := reasons.about_staff(reason, recipients=recipients):
        raise Refused(field="reason", why=why.says, ground="employment")


def _check_reason(reason: str) -> None:
    if any(map(str.isalpha, reason)) and language.detect(reason).read == "unread":
        raise Refused(field="reason", why=IN_ENGLISH)
    if reasons.says_nothing(reason):
        raise Refused(field="reason", why=SAY_WHY)
    barred = reasons.refused(reason, of_files=True)
    if barred is not None and barred.ground == "curiosity":
        raise Refused(
            field="reason",
            why=f"‘{barred.words}’ is no reason of your work here: {SAY_WHY}",
            ground="curiosity",
        )


def _not_for_work(telling: str, config: Config, at: datetime) -> str:
    if not config.governance.employment.why_off(clock.local_day(at)):
        return ""
    words = (
        f"‘{telling}’ is about anyone’s employment"
        if telling
        else "this is about anyone’s employment"
    )
    return f"{words}, and nothing is taken for that here: that purpose is off. Tell governance who asked you for it"  # fmt: skip


def _not_for_employer(store: Store, case: Case, mentions: Sequence[CaseMention]) -> str:
    """Why a pack of a case is not for an employer although the purpose is in force, "" where two people agreed to these posts."""
    posts = [each.item for each in mentions]
    if store.team_access.is_protected(case.number) or any(
        item.protected not in ("none", "criticism") for item in posts
    ):
        return "someone may be speaking up or complaining, which is lawful: no pack of it goes to an employer. Ask the Guardian"
    forbidding = sorted({item.platform for item in posts if terms.forbids(item.platform, "employment")})  # fmt: skip
    if forbidding:
        names = " and ".join(PLATFORM_NAMES[name] for name in forbidding)
        return f"the terms of {names} forbid it, or it was told to us for another reason: no pack of it goes to an employer. Tell governance who asked you for it"
    request = store.purposes.last(case.number)
    if request is None or not request.agreed or set(request.posts) != {(item.number, item.revision) for item in posts}:  # fmt: skip
        return (
            f"governance and the Guardian have to agree first: ask on /cases/{case.number}/employer"
        )
    return ""
