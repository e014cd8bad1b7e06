"""However a policy is renamed, removed or brought back, what is about an employer and was locked stays locked."""

from __future__ import annotations

from typing import Any

from settings import overrides
from settings.schema import Config
from settings.sections import find
from settings.warnings import unlocked
from tests.review.factories import shipped


def about(*policies: dict[str, Any]) -> Config:
    """config.toml as it ships, with these related policies."""
    section = find("related")
    assert section is not None
    return overrides.with_content(shipped(), section, {"review.related": list(policies)})


def test_a_policy_about_what_an_employer_may_do_stays_locked_too() -> None:
    conduct = {"name": "Conduct Policy", "flags": ["hate"], "hr": True}
    opened = conduct | {"hr": False}
    assert unlocked("related", about(conduct), about(opened), []) == {
        "review.related.0.hr": (
            "‘Conduct Policy’ was locked as a way to an employer, which two people release case by case: "
            "tick that it is one. site.toml alone can say otherwise"
        )
    }
    assert unlocked("related", about(), about(opened), [conduct])
    assert unlocked("related", about(), about(opened | {"name": "Disciplinary Procedure"}), [])
    assert not unlocked("related", about(opened), about(opened), [conduct])
