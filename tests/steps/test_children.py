"""What names a child is marked once, anew after an edit, and hides from nobody who can act."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from core.models import Author
from steps import assess, children
from tests.cycles import at_home
from tests.decisions import AT, found, post, settled
from tests.fakes import FakeModel, reader

ANN = Author(handle="ann")


def test_children_are_marked_and_looked_for_again_in_an_edit(tmp_path: Path) -> None:
    later = AT + timedelta(hours=1)
    with at_home(settled(tmp_path)) as (house, _):
        found(
            house,
            post(1, "My 14 year old on CAMHS", author=ANN),
            post(2, "14 years ago", author=ANN),
            post(3, "We welcome the pupils of Roe Green school", author=ANN, own=True),
        )
        assert children.mark(house.new_run(AT)) == 1
        assert not house.store.children.is_marked(3)
        assert (house.store.children.is_marked(1), house.store.children.is_marked(2)) == (True, False)  # fmt: skip
        assert children.mark(house.new_run(AT)) == 0
        found(house, post(2, "14 years ago; my son is 9 now", author=ANN, edited_at=later, fetched_at=later))  # fmt: skip
        assert children.mark(house.new_run(later)) == 1


def test_a_child_in_danger_is_alerted_as_anybody(tmp_path: Path) -> None:
    """The mark hides nothing: risk, lane and alert don't ask for it."""
    with at_home(settled(tmp_path)) as (house, _):
        found(house, post(1, "a brick for the boy, aged 7", author=ANN))
        children.mark(house.new_run(AT))
        assess.assess(house.new_run(AT), reader(FakeModel(says={"brick": {"threat": 0.99}})))
        item = house.store.figures.item(1)
        assert item is not None
        assert item.risk == "high"
