"""What may be evidence is erased under a request of erasure, by two people; the data protection officer is emailed of each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.errors import StoreError
from core.models import Author
from reports import looks
from settings.schema import Config
from steps import erasures
from store import GUARDED_ERASURE, Store
from store.rights.requests import KINDS
from tests.review.factories import NOW, Told, asked_of, people, shipped, tell
from tests.store.factories import DAY
from tests.stores import temporary_store

HARMFUL = {
    "high and undecided": Told(text="They sent my father home with a clot in his leg", risk="high", flags=(("allegation", "sent my father home"),)),
    "a death": Told(text="He died on Tuesday. I want to know who decided that.", risk="low"),
    "neglect": Told(text="She was left on the floor all night at your clinic", risk="low"),
    "someone in danger": Told(text="I can't go on and will end it tonight", risk="medium", flags=(("safeguarding", "end it tonight"),)),
}  # fmt: skip
HARMLESS = Told(text="The car park is full again", risk="none")


@pytest.fixture
def store() -> Iterator[Store]:
    with temporary_store() as store:
        people(store)
        store.users.add("local", "farah@example.org", "Farah Iqbal", ("guardian",), at=NOW)
        yield store


@pytest.fixture
def config() -> Config:
    settings = shipped()
    governance = settings.governance.model_copy(update={"dpo": "D. Example, dpo@example.org", "caldicott_guardian": "C. Example, caldicott@example.org"})  # fmt: skip
    return settings.model_copy(update={"governance": governance})


def told_of(store: Store, post: Told) -> int:
    tell(store, post, 901, NOW, author=Author(handle="someone"))
    return int(store.database.value("SELECT max(number) FROM mentions"))


def request(store: Store, kind: str = "erasure") -> int:
    return store.rights_requests.add(kind, came_on=NOW.date(), who="T. Quill", reference="IG/26/118", by=None, at=NOW)  # type: ignore[arg-type]  # fmt: skip


def check(store: Store, config: Config, post: int, under: int, by: str = "gwen") -> None:
    erasures.check(store, config, [post], by=by, at=NOW, request=under)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"erasure"}))
def test_a_request_of_another_kind_erases_nothing(store: Store, config: Config, kind: str) -> None:
    with pytest.raises(StoreError, match="does not ask for an erasure"):
        check(store, config, told_of(store, HARMLESS), request(store, kind))


@pytest.mark.parametrize("what", HARMFUL)
def test_what_may_be_evidence_waits_for_a_second_person(
    store: Store, config: Config, what: str
) -> None:
    post, under = told_of(store, HARMFUL[what]), request(store)
    for _ in range(2):  # asked once, however often it is tried
        with pytest.raises(StoreError, match=f"has to agree to the erasure of {post}, and was asked"):  # fmt: skip
            check(store, config, post, under)
    (asking,) = store.lane_packs.open_requests(GUARDED_ERASURE)
    assert asking.posts == (post,)
    ((_, to),) = [each for each in asked_of(store) if each[0] == "erasure"]
    assert "farah@example.org" in to
    with pytest.raises(StoreError, match="another person"):
        store.lane_packs.answer(asking, agrees=True, by=asking.by, at=NOW)
    guardian = next(user.number for user in store.users.all() if "guardian" in user.roles)
    assert store.lane_packs.answer(asking, agrees=True, by=guardian, at=NOW)
    check(store, config, post, under)
    with pytest.raises(StoreError):  # the yes is of that month
        erasures.check(store, config, [post], by="gwen", at=NOW + 31 * DAY, request=under)


def test_a_yes_to_one_request_is_none_to_another(store: Store, config: Config) -> None:
    post, under, other = told_of(store, HARMFUL["a death"]), request(store), request(store)
    with pytest.raises(StoreError):
        check(store, config, post, under)
    (asking,) = store.lane_packs.open_requests(GUARDED_ERASURE)
    guardian = next(user.number for user in store.users.all() if "guardian" in user.roles)
    assert store.lane_packs.answer(asking, agrees=True, by=guardian, at=NOW)
    with pytest.raises(StoreError, match="has to agree"):
        check(store, config, post, other)
    (again,) = store.lane_packs.open_requests(GUARDED_ERASURE)
    assert again.under == other


def test_a_no_erases_nothing(store: Store, config: Config) -> None:
    post, under = told_of(store, HARMFUL["a death"]), request(store)
    with pytest.raises(StoreError):
        check(store, config, post, under)
    (asking,) = store.lane_packs.open_requests(GUARDED_ERASURE)
    guardian = next(user.number for user in store.users.all() if "guardian" in user.roles)
    store.lane_packs.answer(asking, agrees=False, by=guardian, at=NOW)
    with pytest.raises(StoreError):
        check(store, config, post, under)


def test_a_hold_that_somebody_asked_for_takes_a_second_person(store: Store, config: Config) -> None:
    post, under = told_of(store, HARMLESS), request(store)
    check(store, config, post, under)
    gwen = next(user.number for user in store.users.all() if user.handle == "gwen")
    store.hold_requests.ask([post], approver=gwen, by=None, by_name="ivo", reason="a claim", at=NOW, expires=NOW + DAY)  # fmt: skip
    with pytest.raises(StoreError, match="has to agree"):
        check(store, config, post, under)


def test_where_nobody_else_could_agree_nothing_goes(store: Store, config: Config) -> None:
    for user in store.users.all():
        if user.handle != "gwen" and not {"governance", "guardian"}.isdisjoint(user.roles):
            store.users.change(user.number, active=False, at=NOW)
    with pytest.raises(StoreError, match="nobody else here"):
        check(store, config, told_of(store, HARMFUL["a death"]), request(store))


def test_each_erasure_is_mailed_to_who_is_not_governance(store: Store, config: Config) -> None:
    under = request(store)
    erasures.tell_erased(store, config, 2, by="gwen", at=NOW, request=under)
    (row,) = [row for row in store.outbox.due(NOW) if row.kind == "looks"]
    assert set(row.recipients) == {"dpo@example.org", "caldicott@example.org"}
    names = {user.number: user.name for user in store.users.all()}
    mail = looks.mail(config, looks.looks_of(row.payload, names), to=row.recipients, at=NOW, message_id="<1@example.org>")  # fmt: skip
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert f"erased 2 posts for good, under request {under}" in text
    assert "Quill" not in text
