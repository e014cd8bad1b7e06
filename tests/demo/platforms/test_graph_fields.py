from __future__ import annotations

import pytest

from demo.platforms.graph_fields import Edge, Field, GraphError, Node, parse, selected, shape

THING = shape("id name owner things", "id name")


def thing(number: str, **values: object) -> Node:
    return Node(THING, {"id": number, "name": f"thing {number}", **values})


def test_fields_nest_and_lists_are_asked_for_by_dots() -> None:
    assert parse("id, owner{name}, things.limit(0).summary(true)") == (
        Field("id"),
        Field("owner", {}, (Field("name"),)),
        Field("things", {"limit": "0", "summary": "true"}),
    )
    either_way = {
        parse(f"things{one}")[0].asks["limit"] for one in (".limit(3){id}", "{id}.limit(3)")
    }
    assert either_way == {"3"}


@pytest.mark.parametrize(
    "written", ["id,", "owner{name", "things.limit", "things.limit(", "a}b", "id;name"]
)
def test_what_can_not_be_read_is_an_error(written: str) -> None:
    with pytest.raises(GraphError) as refused:
        parse(written)
    assert refused.value.code == 2500


def test_only_what_was_asked_for_comes_and_always_the_id() -> None:
    one = thing("1", owner={"id": "9", "name": "Ana", "age": 3})
    assert selected(one, ()) == {"id": "1", "name": "thing 1"}
    assert selected(one, parse("owner{name}")) == {"owner": {"id": "9", "name": "Ana"}, "id": "1"}
    with pytest.raises(GraphError, match="nonexisting field"):
        selected(one, parse("colour"))


def test_a_list_inside_is_cut_and_counted_with_what_is_gone() -> None:
    one = thing(
        "1", things=Edge([thing("2"), "malformed", thing("3")], {"order": "ranked"}, more=4)
    )
    found = selected(one, parse("things.limit(2).summary(true){id}"))["things"]
    assert found == {
        "data": [{"id": "2"}, "malformed"], "summary": {"order": "ranked", "total_count": 7},
    }  # fmt: skip


def test_a_field_can_hang_on_what_is_asked_of_it() -> None:
    one = thing("1", owner=lambda asks: thing(asks["thing_id"]))
    assert selected(one, parse("owner.thing_id(7){name}"))["owner"]["name"] == "thing 7"
