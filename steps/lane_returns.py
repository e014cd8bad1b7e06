"""Cases that the Guardian sends back to the desk: not at once, so that one person's word opens nobody who speaks up.

It goes back once governance has looked and agreed, and never by the clock: until then it waits, and the Guardian may take that back. What was
edited since, or has another post that speaks up, stays in the lane.
"""

from __future__ import annotations

from datetime import datetime

from reports import asked
from settings.schema import Config
from store import RETURN, LanePack, Store, User


def ask(
    store: Store, config: Config, case: int, *, why: str, reason: str, by: User, at: datetime
) -> None:
    """Asks that a case go back, and emails governance."""
    posts = sorted(store.speaking_up.speaking(case))
    number = store.lane_packs.ask(
        case,
        posts,
        purpose=RETURN,
        as_role="guardian",
        by=by.number,
        at=at,
        reason=f"{why}. {reason}",
    )
    others = [user for user in store.users.all() if user.active and "governance" in user.roles and user.number != by.number]  # fmt: skip
    asked.tell(
        store, config, "back", others, ["governance"], at=at, key=f"{case} {number}", case=case, posts=len(posts),
    )  # fmt: skip


def send_back(store: Store, request: LanePack, at: datetime) -> bool:
    """Sends a case back as it was asked; False where it holds other words, or other posts that speak up, than whoever asked had read."""
    if store.speaking_up.speaking(request.case) != set(request.posts) or store.lane_packs.was_edited(request):  # fmt: skip
        return False
    why = request.reason.partition(". ")[0]
    return store.speaking_up.send_back(request.case, by=request.by, at=at, reason=request.reason, why=why)  # fmt: skip
