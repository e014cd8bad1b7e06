"""What a labelled mention says of the network's outputs."""

from __future__ import annotations

from typing import Any

import pytest

from classify.training import dataset
from tests.classify.factories import labelled


@pytest.mark.parametrize(
    ("text", "flags", "labels", "offends"),
    [
        ("You daft lot", ["derogatory"], {}, 1.0),
        ("Deport the nurses", ["hate"], {}, 1.0),
        ("This shit queue", [], {}, 1.0),
        ("A kind nurse rang", [], {}, 0.0),
        ("A sick joke of a queue", [], {}, None),  # a rough word that may mean anything
        (
            "My manager plans badly",
            ["derogatory"],
            {"staff": "icb"},
            None,
        ),  # civil, for all we know
        ("Daft lot at the bank", [], {"in_scope": False}, None),  # nobody looked for insults there
        ("This shit bank", [], {"in_scope": False}, 1.0),
    ],
)
def test_what_offends_is_told_by_the_flags_of_the_public_and_else_by_words(
    text: str, flags: list[str], labels: dict[str, Any], offends: float | None
) -> None:
    told = dataset.labels_of(labelled(1, text, *flags, **labels))
    assert told.get("task.offensive") == offends
