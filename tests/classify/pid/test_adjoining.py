"""Of a masked name no half is left, in whatever order; our own names, places and what is no name stay."""

from __future__ import annotations

import pytest

from classify.pid.base import Hit
from classify.pid.public_names import PublicNames
from classify.pid.redaction import mask

OURS = PublicNames(("Northwick Park", "Rose Court Surgery", "Kay Lodge"))


def hidden(text: str, *names: str) -> str:
    """The text, where only these words were told to be a name."""
    hits = [Hit("PATIENT_NAME", text.index(name), text.index(name) + len(name), 0.8, "told") for name in names]  # fmt: skip
    return mask(text, hits, public_names=OURS)


@pytest.mark.parametrize(
    ("text", "name", "left"),
    [
        ("Ward sister Kay Lamb told the group", "Kay", "Ward sister [name] told the group"),
        ("It was Joy Winter on bay 4", "Joy", "It was [name] on bay 4"), ("It was Joy Winter on bay 4", "Winter", "It was [name] on bay 4"),
        ("Lamb Kay has been here", "Kay", "[name] has been here"), ("They saw Lamb, Kay on bay 4", "Kay", "They saw [name] on bay 4"),
        ("Kay J. Lamb said so", "Kay", "[name] said so"), ("Kay O’Neill said so", "Kay", "[name] said so"), ("Kay Lamb-Hill said so", "Kay", "[name] said so"),
        ("Kay Lamb’s mum rang", "Kay", "[name] mum rang"), ("Then Kay Okonjo rang", "Kay", "Then [name] rang"), ("Kay Lamb Lied To Us All", "Kay", "[name] Lied To Us All"),
    ],
)  # fmt: skip
def test_the_rest_of_a_name_goes_with_the_half_that_is_masked(text: str, name: str, left: str) -> None:  # fmt: skip
    assert hidden(text, name) == left
    assert mask(left, [], public_names=OURS) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Kay Northwick Park called", "[name] Northwick Park called"), ("Kay Ealing has a bed", "[name] Ealing has a bed"), ("Kay Hospital food", "[name] Hospital food"),
        ("Sorry Kay we are closed", "Sorry [name] we are closed"), ("Thanks Kay Will ring you", "Thanks [name] Will ring you"), ("Poor Kay waited", "Poor [name] waited"),
        ("I told Kay I was ill", "I told [name] I was ill"), ("Kay NHS staff were kind", "[name] NHS staff were kind"), ("Kay. Lamb is for dinner", "[name]. Lamb is for dinner"),
        ("Kay Still Waiting For A Bed", "[name] Still Waiting For A Bed"), ("Seen at Mount Kay today", "Seen at Mount [name] today"), ("Ola, Kay, both kind", "Ola, [name], both kind"),
        ("kay lamb and chips", "[name] lamb and chips"),
    ],
)  # fmt: skip
def test_what_is_no_part_of_a_name_stays(text: str, left: str) -> None:
    assert hidden(text, "Kay" if "Kay" in text else "kay") == left
