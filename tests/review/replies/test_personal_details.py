"""What a reply holds that must not go out: here numbers that are another team's than the one it names."""

from __future__ import annotations

from review.replies.personal_details import of_other_teams
from settings.organisation import Contact
from settings.review import EscalationRole
from settings.schema import Config, load
from tests.review.factories import REPOSITORY

PALS, COMMS = "020 7946 0121", "020 7946 0111"


def set_up(pals: str) -> Config:
    config = load(REPOSITORY / "config.toml")
    role = EscalationRole(
        key="pals", type="pals", name="PALS and complaints", when="Help", reach=PALS
    )
    organisation = config.organisation.model_copy(
        update={"contacts": (Contact(name="PALS", phones=(pals,)),)}
    )
    review = config.review.model_copy(update={"roles": (role,), "comms_phone": COMMS})
    return config.model_copy(update={"organisation": organisation, "review": review})


def test_the_number_of_another_team_must_change_and_the_teams_own_need_not() -> None:
    (found,) = of_other_teams(f"PALS can help: {COMMS}.", set_up(COMMS))
    assert (found.kind, found.words) == ("other team", COMMS)
    assert of_other_teams(f"PALS can help: {PALS}.", set_up(PALS)) == []
    assert of_other_teams("PALS can help.", set_up(COMMS)) == []


def test_a_helpline_is_no_other_teams_for_being_the_end_of_its_number() -> None:
    config = set_up("111")
    for words in ("NHS 111 can help", f"Ring {COMMS}", "Ring 0800 111 000"):
        assert of_other_teams(words, config) == [], words
    (found,) = of_other_teams("Ring (020) 7946-0111", set_up(COMMS))
    assert found.words == COMMS
