"""What templates, lines to take and related policies in config.toml must say before they are offered."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from settings.review import Answering, LineToTake, RelatedPolicy, ReplyTemplate

TEMPLATE: dict[str, Any] = {
    "key": "help", "name": "Help with care", "flags": ("assistance",), "contact": "PALS",
    "link": "https://111.nhs.uk", "text": "{service} can help: {contact}. See {link}.",
}  # fmt: skip
LINE: dict[str, Any] = {
    "key": "parking", "topic": "Parking", "about": "parking OR (car NEAR/3 park*)",
    "line": "Parking is free for disabled people.", "owner": "Estates",
}  # fmt: skip


def test_what_is_whole_is_taken() -> None:
    assert ReplyTemplate(**TEMPLATE).reply
    assert LineToTake(**LINE, until=date(2027, 3, 31)).until == date(2027, 3, 31)
    assert not RelatedPolicy(name="NHS identity guidelines").hr
    assert Answering(lengths={"x": 280}).lengths["x"] == 280


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"text": "Dear {name}, hello"}, "only these can be left open"),
        ({"text": "A brace { alone"}, "only these can be left open"),
        ({"link": ""}, "write the link beside it"),
        ({"contact": ""}, "name it under contact"),
        ({"link": "javascript:alert(1)"}, "https://"),
        ({"link": "www.nhs.uk"}, "https://"),
        ({"key": "Not a key"}, "key"),
        ({"platforms": ("myspace",)}, "platforms"),
        ({"staff": ("nobody",)}, "staff"),
        ({"colour": "blue"}, "colour"),
        *(
            ({"flags": (flag,)}, "write reply = false")
            for flag in ("harassment", "hate", "sexual", "threat")
        ),
    ],
)
def test_a_template_that_could_mislead_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        ReplyTemplate(**(TEMPLATE | changes))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"about": "(never closed"}, "bracket that is never closed"),
        ({"about": ""}, "say when it fits"),
        ({"from": date(2027, 1, 1), "until": date(2026, 1, 1)}, "until is before from"),
        ({"source": "data:text/html,x"}, "https://"),
        ({"owner": ""}, "owner"),
    ],
)
def test_a_line_that_could_not_be_offered_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        LineToTake(**(LINE | changes))


@pytest.mark.parametrize("name", ["templates", "lines"])
def test_two_of_one_key_are_refused(name: str) -> None:
    one = ReplyTemplate(**TEMPLATE) if name == "templates" else LineToTake(**LINE)
    with pytest.raises(ValidationError, match=f"{name}: two have the same key"):
        Answering.model_validate({name: (one, one)})


@pytest.mark.parametrize("lengths", [{"x": 0}, {"myspace": 10}, {"x": "280"}])
def test_a_length_is_a_number_of_a_platform(lengths: Any) -> None:
    with pytest.raises(ValidationError, match="lengths"):
        Answering(lengths=lengths)
