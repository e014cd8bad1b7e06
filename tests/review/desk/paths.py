"""A page on which a leak and danger can be dealt with: teams with an email and a number, platforms that hide a post."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import httpx
from playwright.sync_api import Page

from review.moderation.platforms import Platforms
from settings.review import Chase, EscalationRole
from steps.models import ModerationRequest, Offered, Offers
from store import CasePath, Outcome, PathKind, Store
from tests.review.conftest import House, look
from tests.review.factories import NOW, Told, case_of, configure
from tests.review.pages import Tags, read, send

ROLES = (
    EscalationRole(key="pals", name="PALS and complaints", when="Help with care", email=("pals@example.org",)),
    EscalationRole(key="guardian", name="Freedom to Speak Up Guardian", when="Staff who raise a concern"),
    EscalationRole(key="safeguarding", name="Safeguarding", when="Duty lead, day and night", email=("safe@example.org",), reach="020 7946 0133"),
    EscalationRole(key="security", name="Security", when="Threats to people or premises", email=("security@example.org",), reach="020 7946 0155"),
    EscalationRole(key="information_governance", name="Information governance", when="Personal data that is out", email=("ig.duty@example.org",), reach="020 7946 0177"),
    EscalationRole(key="police", name="Police", when="A crime"),
)  # fmt: skip


class Hiding(Platforms):
    """Platforms that hide what they are asked to, and show it again."""

    def __init__(self, open_store: Callable[[], Store]) -> None:
        self._open = open_store
        self.asked: list[str] = []
        self.outcome: Outcome = "done"
        self.why = ""

    def offers(self, number: int, at: datetime) -> Offers:
        hidden = bool(self.asked) and self.asked[-1] == "hide" and self.outcome == "done"
        hide = Offered(
            name="hide", does="Only its writer still sees the comment.", undo="unhide", restores=False,
            why_not="It is hidden already" if hidden else "", first="", mark=f"hide{len(self.asked)}",
        )  # fmt: skip
        unhide = Offered(
            name="unhide", does="Everyone sees it again.", undo="hide", restores=True,
            why_not="" if hidden else "It is shown", first="", mark=f"unhide{len(self.asked)}",
        )  # fmt: skip
        return Offers(source="x", steps=(hide, unhide))

    def act(self, request: ModerationRequest) -> None:
        self.asked.append(request.action)
        with self._open() as store:
            store.moderations.end(request.moderation, self.outcome, why=self.why, at=NOW)


@contextmanager
def hiding(house: House) -> Iterator[House]:
    """The house, ready, on platforms that hide what they are asked to; as it was afterwards."""
    before = house.desk.platforms
    house.desk.platforms = Hiding(house.desk.open_store)
    yield ready(house)
    house.desk.platforms = before


def ready(house: House) -> House:
    """Teams with emails and numbers; who is next on call."""
    configure(
        house.desk, roles=ROLES, chase=Chase(chain=("on-call@example.org",)), crisis_contact="the on-call manager, 020 7946 0100",
    )  # fmt: skip
    return house


def hidden_fields(page: Tags) -> dict[str, str]:
    """The state that every form of a path sends along."""
    names = ("version", "seen", "stands", "posts", "revision", "mark", "after", "action", "clause", "reason", "mention")  # fmt: skip
    return {
        one["name"]: one["value"]
        for one in page.all("input", type_="hidden")
        if one.get("name") in names
    }


def do(
    house: House, address: str, step: str, handle: str = "amina", /, seen: Tags | None = None, **form: object
) -> httpx.Response:  # fmt: skip
    """One step, by somebody who read the page just now, or as it was `seen`."""
    page = seen or read(house, address, handle)
    given = hidden_fields(page) | {"do": step} | form
    return send(house, address, handle, **given)


def emails_leave(house: House) -> None:
    """The schedule has just sent what was due, so that an email that is written now leaves."""
    alerts = house.desk.file.alerts
    mail = alerts.mail.model_copy(update={"host": "mail.icb.invalid"})
    configure(house.desk, alerts=alerts.model_copy(update={"mail": mail}))
    house.store.job_runs.end(house.store.job_runs.begin("deliver", NOW), NOW, failures=0)


def path_of(house: House, case: int, kind: PathKind) -> CasePath:
    return house.store.path_steps.path(case, kind)


def emailed(house: House) -> list[tuple[str, tuple[str, ...]]]:
    """What waits in the outbox of hand-offs: the step, and to whom."""
    rows = house.store.outbox.due(NOW.replace(year=NOW.year + 1))
    return [(row.payload["step"], row.recipients) for row in rows if row.kind == "handoff"]


def teams_are_emailed(house: House) -> None:
    """What was passed on by email leaves now, as a delivery sends it."""
    for row in house.store.outbox.due(NOW.replace(year=NOW.year + 1)):
        if row.kind == "handoff":
            house.store.outbox.mark_sent(row.number, NOW)
    house.store.cases.follow_leaks(NOW)


def outline(page: Tags) -> list[str]:
    """The classes of the steps, in their order."""
    steps = [one.get("class", "") for one in page.all("li")]
    return [one for one in steps if re.match(r"(task|step)\b", one)]


def now_lane(house: House, told: Told, reason: str) -> None:
    """Puts the posts of a case into Now, as grouping does by their flags."""
    house.store.database.execute(
        "UPDATE case_mentions SET lane = 'now', reason = ?, weight = 0 WHERE case_number = ?",
        reason, case_of(house.store, told),
    )  # fmt: skip


LOOKS = 420  # ms: what is pressed sooner after something came, the page takes for a slip


def keys(page: Page, *pressed: str) -> None:
    """Presses keys as a hand does, one by one, each after a look at what came."""
    for key in pressed:
        look(page, LOOKS)
        page.keyboard.press(key)


def press_on(page: Page, name: str) -> None:
    """Tabs to a button or link by its words, where the focus is not on it already, and presses it."""
    look(page, LOOKS)
    for _ in range(60):
        focused = page.evaluate("document.activeElement.closest('a, button')?.textContent ?? ''")
        if name not in focused:
            page.keyboard.press("Tab")
        else:
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"no Tab leads to {name}")
