"""What a reply holds that must not go out: here numbers that are another team's than the one it names."""

from __future__ import annotations

from core.danger import CHILD_HELP, HELP, MISSING_HELP, OTHERS_HELP
from review.replies.lint import findings
from review.replies.personal_details import details, of_other_teams
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


def test_the_ready_words_for_somebody_in_danger_can_go_out_whichever_team_is_reached_by_their_numbers() -> (
    None
):
    config = load(REPOSITORY / "config.toml")
    reached = "999, 111, 101, 116 123, 0800 1111, 0808 2000 247"
    roles = tuple(role.model_copy(update={"reach": reached}) for role in config.review.roles)
    config = config.model_copy(update={"review": config.review.model_copy(update={"roles": roles})})
    ready = [
        each.text for each in config.review.templates if "safeguarding" in each.flags and each.reply
    ]
    for words in (*ready, HELP, OTHERS_HELP, CHILD_HELP, MISSING_HELP):
        found = [*details(words, config.organisation), *of_other_teams(words, config)]
        grave = [
            each
            for each in findings(words, details=found, hidden=(), platforms=(), lengths={})
            if each.grave
        ]
        assert not grave, words
