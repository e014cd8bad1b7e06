"""Posts that must be two people's and share an account, a mailbox or a name are named; posts that may be one's are not."""

from __future__ import annotations

import pytest

from core.models import Role
from review.auth import two_people
from settings.review import EscalationRole
from store import User
from tests.review.factories import shipped


def account(handle: str, name: str, *roles: Role) -> User:
    return User(number=len(handle) + len(name), kind="local", handle=handle, name=name, roles=roles, active=True)  # fmt: skip


def said(*users: User, caldicott: str = "Amina Okafor, amina@example.org", guardian: str = "speak.up@example.org") -> list[str]:  # fmt: skip
    config = shipped()
    roles = (
        EscalationRole(key="fsu", type="guardian", name="Guardian", when="Concerns", email=(guardian,)),
        EscalationRole(key="hr", type="employer", name="HR", when="Conduct", email=("hr@example.org",)),
    )  # fmt: skip
    governance = config.governance.model_copy(
        update={"caldicott_guardian": caldicott, "dpo": "Dee Marsh, dee@example.org"}
    )
    review = config.review.model_copy(update={"roles": roles})
    return two_people.shared(config.model_copy(update={"governance": governance, "review": review}), users)  # fmt: skip


GOVERNANCE = account("gwen@example.org", "Gwen Okafor", "governance")
GUARDIAN = account("farah@example.org", "Farah Iqbal", "guardian")


def test_nothing_is_said_where_all_are_different_people() -> None:
    own = account("speak.up@example.org", "Farah Iqbal", "guardian")
    assert said(GOVERNANCE, GUARDIAN) == said(GOVERNANCE, own) == []


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (said(account("all", "Alma Roe", "governance", "guardian")), "governance and the Guardian: one of the two"),
        (said(account("gus", "Gus Roe", "admin", "guardian")), "is an administrator and the Guardian"),
        (said(account("gwen", "Gwen Okafor", "governance", "lead")), "governance and lead: it looks at what it decides itself"),
        (said(GOVERNANCE, account("farah", "Okafor, Gwen", "guardian")), "are one person’s by mailbox or name"),
        (said(GOVERNANCE, account("gwen+two@example.org", "Farah Iqbal", "guardian")), "are one person’s by mailbox or name"),
        (said(caldicott="Amina Okafor, speak.up@example.org"), "the Caldicott Guardian and the Freedom to Speak Up Guardian’s team"),
        (said(caldicott="Amina Okafor, dee@example.org"), "the Caldicott Guardian and the data protection officer"),
        (said(GOVERNANCE, caldicott="Gwen Okafor, gwen@example.org"), "the Caldicott Guardian and governance"),
        (said(guardian="hr@example.org"), "the Freedom to Speak Up Guardian’s team and the team HR"),
    ],
)  # fmt: skip
def test_what_one_person_holds_is_named_by_its_posts(lines: list[str], says: str) -> None:
    assert says in lines[0]
    assert not any("@example.org" in line for line in lines if line.startswith("one mailbox"))
