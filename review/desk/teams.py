"""Which team must know of what: the one place by which a page names it."""

from __future__ import annotations

from collections.abc import Mapping

DEATH = "death"  # somebody died, in a post in which a patient's details are out: whoever looks into that has to know
HARM = "harm"  # serious harm to somebody who lives, in a post in which a patient's details are out: no flag, and Safeguarding has to know
# Of each flag the team that is told of it, by its key.
TEAM_OF: Mapping[str, str] = {
    "safeguarding": "safeguarding", "threat": "security", "pid": "information_governance", "security": "security", "impersonation": "security",
}  # fmt: skip
