"""What a restore would undo to somebody's harm is done again, ends, or is said: the backup of each test is older than what people did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import get_args

import pytest

from core.models import Author
from store import CaseDecision, Correction, LanePlacing, Placing, Store
from store.cases.sight import RESTRICTED, UNASKED
from store.rights.ledger import CARRIED, LedgerKind
from store.team.second_steps import SecondStep
from tests.store.factories import AT, DAY, HOUR, add, assess_all, flag, mention

OTHER = Author(id="88", handle="bryn_talog", name="Bryn Talog")
END = AT + 60 * DAY


@dataclass
class Backed:
    """A store with three posts in cases and people, and a backup of it as it stood then."""

    store: Store
    backup: Path
    path: Path
    keys: list[str]
    users: dict[str, int]

    def restored(self, *, at_days: int = 2) -> Store:
        """The backup, brought back with the ledger of now."""
        place = self.path.parent / "again.db"
        Store.restore(self.backup, place, self.keys, at=AT + at_days * DAY, ledger=self.store.ledger.path)  # fmt: skip
        return Store.open(place, self.keys, ledger=self.store.ledger.path)

    def again(self, restored: Store) -> dict[str, int]:
        """What the restore did again, and what it left to people, as it counts them."""
        event = next(each for each in restored.audit.events() if each.kind == "erased again")
        return {name: int(count) for name, count in event.about.items() if name not in ("mentions", "lines")}  # fmt: skip


@pytest.fixture
def backed(store: Store, path: Path, tmp_path: Path, keys: list[str]) -> Backed:
    add(store, mention(1), mention(2, author=OTHER, text="The lift at Ealing is out again, says my aunt"), mention(3, text="Parking in Harrow costs more than the bus"))  # fmt: skip
    assess_all(store, "medium", flags=[flag("allegation")])
    placings = [Placing(mention=one.mention, risk=one.risk, lane=LanePlacing(lane="look", reason="Because"), places=()) for one in store.grouping.ungrouped()]  # fmt: skip
    store.grouping.group(placings, alike=lambda *_: False, at=AT)
    people = {
        "gwen": ["governance"], "sirius": ["lead", "reviewer"], "ada": ["admin"], "farah": ["guardian"], "bea": ["reviewer"],
    }  # fmt: skip
    users = {name: store.users.add("local", name, name.title(), roles, at=AT).number for name, roles in people.items()}  # type: ignore[arg-type]  # fmt: skip
    for number in users.values():
        store.users.change(number, secret="$argon2id$of-then", at=AT)
    backup = tmp_path / "backups" / "b1"
    store.backups.write(backup, at=AT)
    return Backed(store, backup, path, keys, users)


def hold(backed: Backed, number: int, *, without_use: bool = False) -> None:
    store, users = backed.store, backed.users
    store.hold_requests.ask([number], approver=users["gwen"], by=users["sirius"], by_name="Sirius", reason="A claim", at=AT + HOUR, expires=END, without_use=without_use)  # fmt: skip
    waiting = store.hold_requests.waiting(AT + HOUR, approver=users["gwen"])
    store.hold_requests.answer([each.number for each in waiting], agrees=True, by=users["gwen"], by_name="Gwen", at=AT + 2 * HOUR)  # fmt: skip


def purge(store: Store, at_days: int) -> None:
    store.retention.purge(AT + at_days * DAY, {"default": DAY}, deleted_after=HOUR)


def test_a_hold_that_was_agreed_after_the_backup_stands_again_and_keeps_the_post(
    backed: Backed,
) -> None:
    hold(backed, 1)
    with backed.restored() as again:
        (held,) = again.retention.holds(since=AT)
        assert (held.mention, held.expires, held.approver) == (1, END, "Gwen")
        assert again.hold_requests.waiting(AT + 2 * DAY) == []
        purge(again, 20)
        assert again.mentions.get(1) is not None
        assert again.mentions.get(3) is None  # nothing held this one
        assert again.retention.erase([1], by="gwen", at=AT + 21 * DAY).held_back == 1


def test_a_hold_that_was_lifted_or_has_ended_since_keeps_nothing(backed: Backed) -> None:
    backed.store.retention.hold(1, reason="A claim", approver="Gwen", at=AT, expires=END)
    backed.store.retention.hold(2, reason="A claim", approver="Gwen", at=AT, expires=AT + 3 * DAY)
    backed.store.backups.write(backed.backup.with_name("b2"), at=AT + HOUR)
    backed.store.retention.lift_hold(1, by="gwen", at=AT + 2 * HOUR)
    later = Backed(backed.store, backed.backup.with_name("b2"), backed.path, backed.keys, backed.users)  # fmt: skip
    with later.restored(at_days=4) as again:
        assert not again.retention.on_hold(1, AT + 4 * DAY)
        assert not again.retention.on_hold(2, AT + 4 * DAY)


def test_a_hold_whose_end_came_before_the_restore_is_not_put_on_anew(backed: Backed) -> None:
    hold(backed, 1)
    with backed.restored(at_days=61) as again:
        assert again.retention.holds(since=AT) == []


def test_a_hold_that_was_asked_for_waits_again_for_the_same_person(backed: Backed) -> None:
    users = backed.users
    backed.store.hold_requests.ask([3], approver=users["gwen"], by=users["sirius"], by_name="Sirius", reason="A claim", at=AT + HOUR, expires=END)  # fmt: skip
    with backed.restored() as again:
        (waiting,) = again.hold_requests.waiting(AT + 2 * DAY, approver=users["gwen"])
        assert (waiting.mention, waiting.by, waiting.at) == (3, users["sirius"], AT + HOUR)
        purge(again, 10)
        assert again.mentions.get(3) is not None
        purge(again, 15)  # no longer than two weeks from when it was asked for
        assert again.mentions.get(3) is None


def test_what_was_taken_out_of_use_is_out_of_use_again(backed: Backed) -> None:
    hold(backed, 1, without_use=True)
    with backed.restored() as again:
        assert again.retention.restricted(1)
        assert RESTRICTED in {row[0] for row in again.database.rows("SELECT speaks FROM case_mentions WHERE mention = 1")}  # fmt: skip


def test_a_hold_of_a_post_that_came_after_the_backup_is_told(backed: Backed) -> None:
    add(backed.store, mention(9, text="The new clinic in Hounslow has no ramp"))
    hold(backed, 4)
    with backed.restored() as again:
        assert backed.again(again) == {"holds of posts that are not in this backup": 2}
        told = again.ledger.restored(AT + 2 * DAY)
        assert told is not None
        assert any("ask for a hold on it then" in line for line in told.to_do)


def test_a_restored_backup_that_knows_it_all_says_nothing(backed: Backed) -> None:
    hold(backed, 1)
    backed.store.backups.write(backed.backup.with_name("b2"), at=AT + DAY)
    later = Backed(backed.store, backed.backup.with_name("b2"), backed.path, backed.keys, backed.users)  # fmt: skip
    with later.restored() as again:
        assert len(again.retention.holds(since=AT)) == 1
        assert again.ledger.restored(AT + 2 * DAY) is None


def closed(backed: Backed) -> None:
    backed.store.users.change(backed.users["bea"], active=False, at=AT + HOUR)


def role_gone(backed: Backed) -> None:
    backed.store.users.change(backed.users["sirius"], roles=["reviewer"], at=AT + HOUR)


def role_gone_and_given(backed: Backed) -> None:
    role_gone(backed)
    backed.store.users.change(backed.users["sirius"], roles=["lead", "reviewer"], at=AT + 2 * HOUR)


def last_role_gone(backed: Backed) -> None:
    backed.store.users.change(backed.users["bea"], roles=["viewer"], at=AT + HOUR)


@pytest.mark.parametrize(
    ("did", "who", "roles", "active"),
    [
        (closed, "bea", ("reviewer",), False),
        (role_gone, "sirius", ("reviewer",), True),
        (role_gone_and_given, "sirius", ("lead", "reviewer"), True),
        (last_role_gone, "bea", ("reviewer",), False),
    ],
)
def test_an_account_that_was_closed_or_lost_a_role_has_no_more_again(
    backed: Backed, did: Callable[[Backed], None], who: str, roles: tuple[str, ...], active: bool
) -> None:
    did(backed)
    with backed.restored() as again:
        user = again.users.get(backed.users[who])
        assert user is not None
        assert (user.active, user.roles) == (active, roles)


def test_the_password_of_before_lets_nobody_in_once_it_was_changed(backed: Backed) -> None:
    backed.store.users.change(backed.users["bea"], secret="$argon2id$another", at=AT + HOUR)
    with backed.restored() as again:
        bea, gwen = again.users.get(backed.users["bea"]), again.users.get(backed.users["gwen"])
        assert bea is not None
        assert gwen is not None
        assert (bea.secret, gwen.secret) == ("", "$argon2id$of-then")
        assert backed.again(again) == {"accounts that need a new link": 1}


def test_a_second_step_that_was_reset_no_longer_counts_nor_does_a_code_that_was_used(
    backed: Backed,
) -> None:
    steps, bea, ada = backed.store.second_steps, backed.users["bea"], backed.users["ada"]
    codes = {}
    for user in (bea, ada):
        steps.begin(user, "JBSWY3DPEHPK3PXP", at=AT)
        codes[user] = steps.confirm(user, 1, at=AT)
    backed.store.backups.write(backed.backup.with_name("b2"), at=AT)
    steps.remove(bea, at=AT + HOUR, by=ada)
    assert steps.use_code(ada, codes[ada][0], at=AT + HOUR)
    later = Backed(backed.store, backed.backup.with_name("b2"), backed.path, backed.keys, backed.users)  # fmt: skip
    with later.restored() as again:
        assert again.second_steps.of(bea) == SecondStep(last_step=1)
        assert not again.second_steps.use_code(bea, codes[bea][1], at=AT + 2 * DAY)
        assert not again.second_steps.use_code(ada, codes[ada][0], at=AT + 2 * DAY)
        assert again.second_steps.use_code(ada, codes[ada][1], at=AT + 2 * DAY)
        bea_again = again.users.get(bea)
        assert bea_again is not None
        assert bea_again.secret == ""


def test_sessions_links_and_requests_of_before_are_over(backed: Backed) -> None:
    store, bea, gwen = backed.store, backed.users["bea"], backed.users["gwen"]
    session = store.sessions.begin(bea, at=AT, until=AT + 400 * DAY)
    link = store.sign_in_links.make(bea, at=AT, until=AT + 400 * DAY)
    store.second_people.ask("roles", bea, roles=["governance"], at=AT, by=gwen)
    store.second_steps.ask_reset(bea, at=AT, by=gwen)
    store.backups.write(backed.backup.with_name("b2"), at=AT + HOUR)
    later = Backed(store, backed.backup.with_name("b2"), backed.path, backed.keys, backed.users)
    with later.restored() as again:
        assert again.sessions.get(session, at=AT + HOUR, idle=timedelta(days=500)) is None
        assert again.sign_in_links.owner(link, at=AT + HOUR) is None
        assert (again.second_people.waiting(), again.second_steps.waiting_resets()) == ([], [])
    assert store.sign_in_links.owner(link, at=AT + HOUR) is not None  # the check of the check


def test_a_name_that_was_ended_may_not_be_searched_for_again(backed: Backed) -> None:
    people, users = backed.store.searched_people, backed.users
    number = people.ask("Rowan Ashdown", office="mp", purpose="A debate", until=date(2027, 2, 1), by=users["sirius"], side="lead", at=AT)  # fmt: skip
    people.agree(number, by=users["gwen"], side="governance", at=AT)
    backed.store.backups.write(backed.backup.with_name("b2"), at=AT)
    people.end(number, by=users["gwen"], at=AT + HOUR)
    later = Backed(backed.store, backed.backup.with_name("b2"), backed.path, backed.keys, backed.users)  # fmt: skip
    with later.restored() as again:
        assert again.searched_people.approved(date(2026, 11, 25)) == frozenset()
    said = backed.store.ledger.path.read_text()
    assert "Rowan" not in said
    assert "rowan" not in said


def test_a_case_that_a_person_sent_to_the_guardian_is_there_again_and_who_stepped_back_sees_it_no_more(
    backed: Backed,
) -> None:
    store, users = backed.store, backed.users
    first = store.cases.of_mention(1)
    second = store.cases.of_mention(2)
    assert first is not None
    assert second is not None
    store.speaking_up.send(first, [1], by=users["bea"], at=AT + HOUR, reason="A nurse says so")
    store.recusals.step_back(second, users["bea"], at=AT + HOUR, words="My sister wrote it")
    with backed.restored() as again:
        assert again.speaking_up.protected(first) == 1
        assert not UNASKED.sees(first, again.speaking_up.protected(first) or 0)
        assert again.recusals.of_user(users["bea"]) == {second}


def test_what_was_sent_to_the_guardian_and_taken_back_stays_on_the_desk(backed: Backed) -> None:
    store, users = backed.store, backed.users
    case = store.cases.of_mention(1)
    assert case is not None
    store.speaking_up.send(case, [1], by=users["bea"], at=AT + HOUR)
    store.speaking_up.send_back(case, by=users["farah"], at=AT + 2 * HOUR, reason="An advertisement")  # fmt: skip
    with backed.restored() as again:
        assert again.speaking_up.protected(case) == 0


def test_a_handle_of_ones_own_keeps_its_owner_from_their_posts_again(backed: Backed) -> None:
    bea = backed.users["bea"]
    number = backed.store.recusals.ask_handle(bea, "x", "@bryn_talog", by=bea, at=AT + HOUR)
    backed.store.recusals.answer_handle(number, agrees=True, by=backed.users["gwen"], at=AT + HOUR)
    with backed.restored() as again:
        assert again.recusals.handles(bea)[0].handle == "registered before a restore"


def own_handle(backed: Backed, *, agrees: bool | None = True) -> int:
    """A handle that bea asked for as hers before the backup that is restored."""
    bea, recusals = backed.users["bea"], backed.store.recusals
    number = recusals.ask_handle(bea, "x", "@bryn_talog", by=bea, at=AT)
    if agrees is not None:
        recusals.answer_handle(number, agrees=agrees, by=backed.users["gwen"], at=AT)
    return number


def later(backed: Backed) -> Backed:
    backed.store.backups.write(backed.backup.with_name("b2"), at=AT)
    return Backed(backed.store, backed.backup.with_name("b2"), backed.path, backed.keys, backed.users)  # fmt: skip


def test_a_handle_that_was_removed_since_stays_removed(backed: Backed) -> None:
    """What it kept from its owner comes back, as it did then."""
    bea, number = backed.users["bea"], own_handle(backed)
    add(backed.store, mention(4, author=OTHER, text="No lift at Ealing on Monday, says my aunt"))
    assess_all(backed.store, "medium", flags=[flag("allegation")])
    (one,) = backed.store.grouping.ungrouped()
    backed.store.grouping.group([Placing(mention=one.mention, risk=one.risk, lane=LanePlacing(lane="look", reason="Because"))], alike=lambda *_: False, at=AT)  # fmt: skip
    kept = backed.store.recusals.of_user(bea)
    assert kept
    before = later(backed)
    backed.store.recusals.remove_handle(number, by=backed.users["gwen"], at=AT + HOUR)
    with before.restored() as again:
        assert again.recusals.handles(bea) == []
        (handle,) = again.recusals.all_handles()
        assert (handle.state, handle.removed_at) == ("removed", AT + HOUR)
        assert again.recusals.of_user(bea) == frozenset()
        assert before.again(again)["handles of their own ended"] == 1
        assert again.maintenance.verify().ok


def test_a_handle_that_was_refused_since_waits_for_nobody(backed: Backed) -> None:
    number = own_handle(backed, agrees=None)
    before = later(backed)
    backed.store.recusals.answer_handle(number, agrees=False, by=backed.users["gwen"], at=AT + HOUR)
    with before.restored() as again:
        assert [each.state for each in again.recusals.all_handles()] == ["refused"]
        assert not again.recusals.answer_handle(number, agrees=True, by=backed.users["farah"], at=AT + DAY)  # fmt: skip


def test_a_handle_that_was_asked_for_agreed_to_and_removed_since_counts_for_nothing(
    backed: Backed,
) -> None:
    backed.store.recusals.remove_handle(own_handle(backed), by=backed.users["gwen"], at=AT + HOUR)
    with backed.restored() as again:
        assert again.recusals.handles(backed.users["bea"]) == []


@pytest.mark.parametrize("without_use", [False, True])
def test_a_hold_that_was_refused_since_waits_for_nobody_and_keeps_no_post_out_of_use(
    backed: Backed, without_use: bool
) -> None:
    users = backed.users
    backed.store.hold_requests.ask([3], approver=users["gwen"], by=users["sirius"], by_name="Sirius", reason="A claim", at=AT, expires=END, without_use=without_use)  # fmt: skip
    before = later(backed)
    (waiting,) = backed.store.hold_requests.waiting(AT, approver=users["gwen"])
    backed.store.hold_requests.answer([waiting.number], agrees=False, by=users["gwen"], by_name="Gwen", at=AT + HOUR)  # fmt: skip
    with before.restored() as again:
        assert again.hold_requests.waiting(AT + DAY) == []
        assert not again.retention.restricted(3)
        assert not again.retention.on_hold(3, AT + DAY)
        assert before.again(again)["holds refused"] == 1


def test_a_link_to_an_account_of_another_organisation_that_ended_lets_nobody_over(
    backed: Backed,
) -> None:
    accounts, bea = backed.store.linked_accounts, backed.users["bea"]
    accounts.link(bea, "hounslow", 7, at=AT)
    before = later(backed)
    accounts.end(bea, "hounslow", 7, at=AT + HOUR)
    with before.restored() as again:
        assert again.linked_accounts.counterpart(bea, "hounslow", 7) is None
        assert before.again(again)["links of accounts ended"] == 1
        user = again.users.get(bea)
        assert user is not None
        assert user.active


def test_a_way_to_an_employer_that_was_refused_since_is_refused_again(backed: Backed) -> None:
    purposes, users = backed.store.purposes, backed.users
    case = backed.store.cases.of_mention(1)
    assert case is not None
    number = purposes.ask(case, [(1, 1)], by=users["sirius"], at=AT, reason="r", words="Because of what it says")  # fmt: skip
    purposes.answer(number, "governance", by=users["gwen"], at=AT, answer="agrees", reason="r", words="It is so")  # fmt: skip
    backed.store.backups.write(backed.backup.with_name("b2"), at=AT)
    purposes.answer(number, "guardian", by=users["farah"], at=AT + HOUR, answer="refuses", reason="r", words="They speak up")  # fmt: skip
    later = Backed(backed.store, backed.backup.with_name("b2"), backed.path, backed.keys, backed.users)  # fmt: skip
    with later.restored() as again:
        request = again.purposes.get(number)
        assert request is not None
        assert request.refused
        assert not again.purposes.answer(number, "guardian", by=users["bea"], at=AT + DAY, answer="agrees", reason="r", words="x y")  # fmt: skip


def test_what_needs_words_is_left_to_people_and_they_are_told(backed: Backed) -> None:
    store = backed.store
    request = store.rights_requests.add("rectification", came_on=AT.date(), who="Rowan, by post", reference="IG/26/1", by=None, at=AT + HOUR)  # fmt: skip
    store.corrections.add(Correction(mention=1, what="note", name="", at=AT + HOUR, by=None, before="", now="", note="It was in Ealing", request=request))  # fmt: skip
    store.settings.save("alerts", {"on": True}, 0, at=AT + HOUR, who="Sirius")
    with backed.restored() as again:
        assert backed.again(again) == {
            "requests to write down again": 1, "corrections to make again": 1, "settings to look through": 1,
        }  # fmt: skip
        told = again.ledger.restored(AT + 3 * DAY)
        assert told is not None
        assert len(told.to_do) == 3
        assert again.ledger.restored(AT + 40 * DAY) is None
        assert again.maintenance.verify().ok


def test_an_account_is_closed_though_the_ledger_cant_be_written_and_the_next_start_adds_the_line(
    backed: Backed,
) -> None:
    ledger = backed.store.ledger.path
    before = ledger.read_text() if ledger.exists() else ""
    ledger.unlink(missing_ok=True)
    ledger.mkdir(parents=True)
    backed.store.users.change(backed.users["bea"], active=False, at=AT + HOUR)
    user = backed.store.users.get(backed.users["bea"])
    assert user is not None
    assert not user.active
    ledger.rmdir()
    with Store.open(backed.path, backed.keys):
        assert len(ledger.read_text().splitlines()) > len(before.splitlines())
    with backed.restored() as again:
        user = again.users.get(backed.users["bea"])
        assert user is not None
        assert not user.active


def test_the_ledger_holds_no_word_and_no_name_of_any_of_it(backed: Backed) -> None:
    hold(backed, 1)
    closed(backed)
    number = backed.store.recusals.ask_handle(
        backed.users["bea"], "x", "@bryn_talog", by=backed.users["bea"], at=AT
    )
    backed.store.recusals.answer_handle(number, agrees=True, by=backed.users["gwen"], at=AT)
    case = backed.store.cases.of_mention(1)
    assert case is not None
    backed.store.cases.decide(CaseDecision(case=case, kind="no_action", by=backed.users["bea"], at=AT, covers=((1, 1),), reason="Zanzibar"), 1)  # fmt: skip
    said = backed.store.ledger.path.read_text().lower()
    for word in ("claim", "gwen", "sirius", "bryn", "zanzibar", mention(1).issued_id):
        assert word not in said


def test_a_pack_of_the_guardians_lane_is_known_again_with_who_asked_agreed_and_took(
    backed: Backed,
) -> None:
    store, users = backed.store, backed.users
    case = store.cases.of_mention(1)
    assert case is not None
    store.lane_packs.ask(case, [1], purpose="court", as_role="governance", by=users["gwen"], at=AT + HOUR, reason="Claim 3301234, her solicitor asks")  # fmt: skip
    (request,) = store.lane_packs.of_case(case)
    store.lane_packs.answer(request, agrees=True, by=users["farah"], at=AT + 2 * HOUR)
    store.lane_packs.note_taken(request, [1], by=users["farah"], at=AT + 3 * HOUR, format_="pdf")
    assert "solicitor" not in store.ledger.path.read_text("utf-8")
    with backed.restored() as again:
        (known,) = again.lane_packs.of_case(case)
        assert (known.by, known.answered_by, known.state, known.posts) == (users["gwen"], users["farah"], "agreed", (1,))  # fmt: skip
        (taken,) = again.exports.of_case(case)
        assert (taken.by, taken.at, taken.purpose, taken.rows) == (users["farah"], AT + 3 * HOUR, "court", 1)  # fmt: skip
        counts = backed.again(again)
        assert {name: count for name, count in counts.items() if "lane" in name} == {
            f"packs of the Guardian’s lane {what}": 1 for what in ("asked for", "agreed", "taken")
        }


def test_a_pack_of_a_post_or_by_an_account_that_came_after_the_backup_is_told_to_people(
    backed: Backed,
) -> None:
    store, users = backed.store, backed.users
    case = store.cases.of_mention(1)
    assert case is not None
    newcomer = store.users.add("local", "nia", "Nia", ["governance"], at=AT + HOUR).number
    store.lane_packs.ask(case, [1], purpose="court", as_role="governance", by=newcomer, at=AT + HOUR, reason="Claim 3301234")  # fmt: skip
    (request,) = store.lane_packs.of_case(case)
    store.lane_packs.answer(request, agrees=True, by=users["farah"], at=AT + 2 * HOUR)
    with backed.restored() as again:
        assert again.lane_packs.of_case(case) == []
        assert backed.again(again)["packs of the Guardian’s lane to write down"] == 2
        restored = again.ledger.restored(AT + 2 * DAY)
        assert restored is not None
        assert any("packs of the Guardian’s lane" in line for line in restored.to_do)


def test_where_no_ledger_is_found_all_that_it_carries_is_named() -> None:
    """Else whoever answers that nobody was erased leaves holds off, closed accounts open and who speaks up on every list."""
    together = {"withdrawn": "objected", "released": "held", "from the Guardian": "to the Guardian", "own handle": "stepped back", "own handle ended": "stepped back"}  # fmt: skip
    kinds = {together.get(kind, kind) for kind in get_args(LedgerKind)} - {"opened"}
    assert set(CARRIED) == kinds
    assert all("(" in line for line in CARRIED.values())  # each with what people do
