"""Whoever speaks up is sent to the Guardian and to nobody else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from settings import guardian_contacts, schema
from settings.organisation import Contact
from settings.schema import Config

SHIPPED = schema.load(Path(schema.__file__).parent.parent / "config.toml")
NAME = "Freedom to Speak Up Guardian"


def with_guardian(role: dict[str, Any] | None = None, **contact: Any) -> Config:
    rest = tuple(each for each in SHIPPED.organisation.contacts if each.name != NAME)
    organisation = SHIPPED.organisation.model_copy(update={"contacts": (*rest, Contact(name=NAME, **contact))})  # fmt: skip
    roles = tuple(each.model_copy(update=role or {}) if each.type == "guardian" else each for each in SHIPPED.review.roles)  # fmt: skip
    review = SHIPPED.review.model_copy(update={"roles": roles})
    return SHIPPED.model_copy(update={"organisation": organisation, "review": review})


@pytest.mark.parametrize(("contact", "role", "says"), [
    ({"phones": ("111",)}, {}, "111 is a general number"),
    ({"phones": ("116 123",)}, {}, "116 123 is a general number"),
    ({"emails": ("nhsnwl.communications.nwl@nhs.net",)}, {}, "is Communications team’s too"),
    ({"emails": ("Press@Example.org",)}, {}, "is Media desk’s too"),
    ({"emails": ("comms@example.org",)}, {}, "reads like the communications team’s mailbox"),
    ({"phones": ("+44 20 7946 0111",)}, {}, "is PALS’s too"),
    ({"phones": ("0808 2000 247",)}, {}, "is National helplines"),
    ({}, {"reach": "020 7946 0122"}, "is Media desk’s too"),
    ({}, {"email": ("nwl.media@example.org",)}, "reads like the communications team’s mailbox"),
    ({}, {"out_of_hours_phone": "999"}, "999 is a general number"),
])  # fmt: skip
def test_what_reaches_somebody_else_is_named(
    contact: dict[str, Any], role: dict[str, Any], says: str
) -> None:
    (line,) = guardian_contacts.doubts(with_guardian(role, **contact))
    assert says in line


def test_what_is_the_guardians_alone_is_not_and_the_file_that_ships_is_so() -> None:
    own = with_guardian({"reach": "020 7946 0199", "email": ("ftsu@example.org",)}, phones=("020 7946 0199",), emails=("guardian@example.org",))  # fmt: skip
    assert list(guardian_contacts.doubts(own)) == []
    assert list(guardian_contacts.doubts(SHIPPED)) == []
