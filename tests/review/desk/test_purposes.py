"""What leaves for another purpose: an employer by two people's agreement, the police by a ground in law, protected to few."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from collectors import terms
from core.errors import StoreError
from core.models import PLATFORMS, Role
from review.cases.reasons import say_something
from settings.review import EscalationRole
from store import AuditQuery, CaseDecision, Receiver
from store.cases.handoffs import ChasePolicy
from tests.review.conftest import House
from tests.review.factories import NOW, ROLES, Told, asked_of, case_of, configure, read_by, tell
from tests.settings.test_employment import papers
from tests.store.factories import HOUR

WHY = "He names a patient of the ward by her full name twice"
ALSO = "Nothing milder serves, the ward sister spoke to him before"
SAYS = {
    "governance": ALSO,
    "guardian": "Nobody speaks up in it, and the patient can be found by what he wrote",
}
INSULT = Told(
    text="That patient Rosalind in bed nine is a fat idiot and a liar", risk="high",
    flags=(("derogatory", "a fat idiot and a liar"), ("pid", "Rosalind in bed nine")), read={"staff": "icb"},
)  # fmt: skip
TYPED = (
    *ROLES,
    EscalationRole(key="information_governance", type="information_governance", name="Information governance", when="Leaks"),
    EscalationRole(key="security", type="security", name="Security", when="Threats"),
    EscalationRole(key="media", type="media", name="Media desk", when="Reporters"),
    EscalationRole(key="police", type="police", name="Police", when="Crimes"),
    EscalationRole(key="estates", type="other", name="Estates", when="Buildings"),
)  # fmt: skip


_SENT = itertools.count()


@pytest.fixture
def page(anew: House) -> House:
    """A page with the purpose in force, every type of team, a Guardian and a second person of governance."""
    configure(
        anew.desk, roles=TYPED,
        governance=anew.desk.file.governance.model_copy(update={"employment": papers()}),
    )  # fmt: skip
    people: tuple[tuple[str, str, tuple[Role, ...]], ...] = (
        ("una", "Una Petrie", ("guardian",)), ("gov", "Goran Hale", ("governance",)),
        ("all", "Alma Roe", ("reviewer", "lead", "governance", "admin", "guardian")),
        ("una+two", "Una Two", ("governance",)),
    )  # fmt: skip
    for handle, name, roles in people:
        number = anew.store.users.add("local", handle, name, roles, at=NOW).number
        anew.who[handle] = number
    return anew


def case(house: House, told: Told = INSULT, number: int = 900, **about: Any) -> int:
    """A case of one post on Bluesky, whose terms forbid no use."""
    return case_of(house.store, _told(house, told, number, **about))


def _told(house: House, told: Told, number: int, **about: Any) -> Told:
    platform = about.pop("platform", "bluesky")
    alone = about.pop("alone", True)
    tell(house.store, told, number, alone=alone, platform=platform, issuer=platform, **about)
    return told


def posts(house: House, number: int) -> str:
    pairs = sorted(
        (one.item.number, one.item.revision) for one in house.store.cases.mentions(number) if one.reviewable
    )  # fmt: skip
    return ",".join(f"{mention}:{revision}" for mention, revision in pairs)


def send(house: House, handle: str, path: str, **form: Any) -> httpx.Response:
    # each form from an address of its own, which has a share of what may be sent
    behind = {"X-Forwarded-For": f"192.0.{next(_SENT) // 200}.{next(_SENT) % 200 + 1}"}
    with house.asks(handle) as client:
        return client.post(path, data=form, headers=behind)


def ask(house: House, number: int, handle: str = "amina", **form: Any) -> httpx.Response:
    told = {"posts": posts(house, number), "reason": "patient", "words": WHY} | form
    return send(house, handle, f"/cases/{number}/employer", **told)


def answer(house: House, number: int, handle: str, role: str, **form: Any) -> httpx.Response:
    request = house.store.purposes.last(number)
    told = {
        "request": str(request.number if request else 0), "as_role": role, "answer": "agrees", "reason": "needed",
        "words": SAYS[role],
    } | form  # fmt: skip
    return send(house, handle, f"/cases/{number}/employer/answer", **told)


def pass_on(house: House, number: int, role: str, handle: str = "amina") -> httpx.Response:
    found = house.store.cases.get(number)
    assert found is not None
    return send(
        house, handle, f"/cases/{number}/pass-on", version=str(found.version), posts=posts(house, number).split(","), role=role, sure=role
    )  # fmt: skip


def offered(house: House, number: int, handle: str = "amina") -> set[str]:
    with house.asks(handle) as client:
        text = client.get(f"/cases/{number}/pass-on").text
    return {role.key for role in TYPED if f'value="{role.key}"' in text}


# ── an employer ──────────────────────────────────────────────────────────────────────────────────


def test_it_takes_governance_and_the_guardian_and_neither_is_the_one_who_asked(page: House) -> None:
    number = case(page)
    read_by(page.desk, "ict@example.org")
    page.store.users.add("local", "ursa@example.org", "Ursa Penn", ("guardian",), at=NOW)
    assert pass_on(page, number, "hr").status_code == 422
    assert ask(page, number).status_code == 303
    assert asked_of(page.store) == [
        ("employer", ("ict@example.org",)), ("employer", ("ursa@example.org",)),
    ]  # fmt: skip
    assert "hr" not in offered(page, number)
    assert answer(page, number, "gov", "governance").status_code == 303
    assert "hr" not in offered(page, number)
    assert answer(page, number, "una", "guardian").status_code == 303
    assert "hr" in offered(page, number)
    assert pass_on(page, number, "hr").status_code == 303
    assert page.store.cases.history(number)[-1].decision.role == "hr"
    kinds = ("employer asked for", "employer answered")
    told = [event.about for event in page.store.audit.page(AuditQuery(kinds=kinds)).events]
    assert [about.get("as_role") for about in told] == ["guardian", "governance", None]
    assert WHY.encode() not in page.store.database.path.read_bytes()


def test_an_account_that_was_let_in_at_the_machine_is_no_second_person_for_a_week(
    page: House,
) -> None:
    number = case(page)
    assert ask(page, number).status_code == 303
    for handle, days in (("gov", 6), ("una", 8)):
        at = NOW - timedelta(days=days)
        page.store.sign_in_links.make(page.who[handle], at=at, until=at + timedelta(days=1), login="root")  # fmt: skip
    late = answer(page, number, "gov", "governance")
    assert (late.status_code, "let in at the command line" in late.text) == (403, True)
    with page.asks("gov") as client:
        assert "it can agree from" in client.get(f"/cases/{number}/employer").text
    assert answer(page, number, "una", "guardian").status_code == 303
    request = page.store.second_people.ask("link", page.who["una"], at=NOW, by=page.who["all"])
    assert page.store.second_people.answer(request, agrees=True, by=page.who["gov"], at=NOW)
    touched = page.store.second_people.at_the_machine(NOW - timedelta(days=7))
    assert set(touched) == {
        page.who["gov"],
        page.who["una"],
    }  # who such an account let in counts too


def test_one_person_with_all_roles_does_neither_both_nor_what_they_asked_for(page: House) -> None:
    number = case(page)
    assert ask(page, number, "all").status_code == 303
    assert answer(page, number, "all", "governance").status_code == 403
    assert answer(page, number, "all", "guardian").status_code == 403
    other = case(page, replace(INSULT, text=INSULT.text + " again"), 901)
    assert ask(page, other).status_code == 303
    assert answer(page, other, "all", "governance").status_code == 303
    assert answer(page, other, "all", "guardian").status_code == 403
    assert "hr" not in offered(page, other)


def test_nor_does_an_account_that_who_asked_linked_this_week(page: House) -> None:
    number = case(page)
    assert ask(page, number).status_code == 303
    page.store.sign_in_links.make(page.who["una"], at=NOW - timedelta(days=6), until=NOW, by=page.who["amina"])  # fmt: skip
    assert answer(page, number, "una", "guardian").status_code == 403
    page.store.sign_in_links.make(page.who["gov"], at=NOW - timedelta(days=8), until=NOW, by=page.who["amina"])  # fmt: skip
    assert answer(page, number, "gov", "governance").status_code == 303


def test_nor_does_another_account_of_the_same_mailbox(page: House) -> None:
    number = case(page)
    ask(page, number)
    assert answer(page, number, "una", "guardian").status_code == 303
    assert answer(page, number, "una+two", "governance").status_code == 403
    assert answer(page, number, "gov", "governance").status_code == 303


def test_the_store_itself_passes_nothing_to_an_employer_without_both(page: House) -> None:
    number = case(page)
    page.desk.config(page.store)
    page.store.handoffs.policy = ChasePolicy(roles={"hr": _receiver("employer")})
    found = page.store.cases.get(number)
    assert found is not None
    covers = tuple(
        (one.item.number, one.item.revision) for one in page.store.cases.mentions(number) if one.reviewable
    )  # fmt: skip
    decision = CaseDecision(case=number, kind="escalate", by=page.who["amina"], at=NOW, covers=covers, role="hr")  # fmt: skip
    with pytest.raises(Exception, match="two people have to agree"):
        page.store.cases.decide(decision, found.version)


def _receiver(kind: Any) -> Any:
    return Receiver(name="Team", type=kind)


@pytest.mark.parametrize("words", ["", "........................", "aaaaaaaa aaaaaaaa aaaaaaaa", "x y z x y z x y z", "checking", "conduct conduct conduct conduct"])  # fmt: skip
def test_a_reason_is_of_the_list_and_its_words_say_something(page: House, words: str) -> None:
    assert not say_something(words)
    number = case(page)
    assert ask(page, number, words=words).status_code == 422
    assert ask(page, number, reason="because").status_code == 422
    assert page.store.purposes.last(number) is None
    ask(page, number)
    assert answer(page, number, "gov", "governance", words=words).status_code == 422
    assert answer(page, number, "gov", "governance", reason="milder").status_code == 422


def test_a_refusal_ends_it_and_another_post_shuts_what_was_agreed(page: House) -> None:
    number = case(page, alone=False)
    ask(page, number)
    refused = answer(page, number, "una", "guardian", answer="refuses", reason="milder")
    assert refused.status_code == 303
    assert answer(page, number, "gov", "governance").status_code == 403
    assert ask(page, number).status_code == 303
    answer(page, number, "gov", "governance")
    answer(page, number, "una", "guardian")
    assert "hr" in offered(page, number)
    more = replace(INSULT, text=f"{INSULT.text}!")
    _told(page, more, 950, alone=False)
    assert case_of(page.store, more) == number
    assert "hr" not in offered(page, number)
    assert pass_on(page, number, "hr").status_code == 422


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"read": {"staff": "nhs"}}, "Not every writer says that they work for the ICB"),
        ({"read": {"staff": "no"}}, "Not every writer says that they work for the ICB"),
        ({"read": {"staff": "icb", "protected": "disclosure"}}, ""),  # nobody finds it: it is in the Guardian's lane
        ({"read": {"staff": "icb", "protected": "union"}}, ""),
        ({"read": {"staff": "icb", "protected": "discrimination"}}, ""),
        ({"read": {"staff": "icb", "protected": "complaint"}}, "Someone may be speaking up"),
        ({"flags": (("grievance", "a liar"), ("derogatory", "fat idiot"))}, "Someone may be speaking up"),
        ({"flags": (("no_disclaimer", "a liar"),)}, "a missing disclaimer is none"),
        ({"flags": (("media", "a liar"),)}, "a missing disclaimer is none"),
        ({"flags": (("no_disclaimer", "a liar"), ("media", "idiot"))}, "a missing disclaimer is none"),
    ],
)  # fmt: skip
def test_it_is_refused_by_what_the_posts_are(
    page: House, change: dict[str, Any], says: str
) -> None:
    number = case(page, replace(INSULT, **change))
    refused = ask(page, number)
    assert (refused.status_code, says in refused.text) == (422 if says else 404, True)
    assert page.store.purposes.last(number) is None


@pytest.mark.parametrize("platform", PLATFORMS)
def test_it_is_refused_where_the_platform_s_terms_forbid_it(page: House, platform: str) -> None:
    number = case(page, INSULT, platform=platform)
    expected = 422 if terms.forbids(platform, "employment") else 303  # type: ignore[arg-type]
    assert ask(page, number).status_code == expected


@pytest.mark.parametrize("source", ["import", "files", "noted", "inbox"])
def test_what_an_import_a_note_or_the_mailbox_brought_goes_to_no_employer_whatever_platform_it_names(
    page: House, source: str
) -> None:
    number = case(page, source=source)
    refused = ask(page, number)
    assert (refused.status_code, "came by an import, a note or our mailbox" in refused.text) == (422, True)  # fmt: skip


def test_what_a_source_found_and_an_import_gave_again_goes_to_no_employer(page: House) -> None:
    """The import may have changed its words, or what its writer says of themselves."""
    number = case(page)
    ask(page, number)
    found = page.store.cases.mentions(number)[0].item.number
    page.store.database.execute(
        "INSERT INTO matches (mention, source, term) VALUES (?, 'import', '')", found
    )
    assert answer(page, number, "gov", "governance").status_code == 422


def test_who_agrees_says_so_in_their_own_words(page: House) -> None:
    number = case(page)
    ask(page, number)
    copied = answer(page, number, "gov", "governance", words=f"{WHY.upper()} !")
    assert (copied.status_code, "Write in your own words why you agree" in copied.text) == (422, True)  # fmt: skip
    assert answer(page, number, "gov", "governance").status_code == 303
    assert answer(page, number, "una", "guardian", words=ALSO).status_code == 422
    assert answer(page, number, "una", "guardian").status_code == 303


def test_it_is_refused_once_it_was_passed_to_the_guardian_and_an_agreement_is_worth_nothing_then(
    page: House,
) -> None:
    number = case(page)
    ask(page, number)
    answer(page, number, "gov", "governance")
    assert pass_on(page, number, "guardian").status_code == 303
    assert answer(page, number, "una", "guardian").status_code == 404
    assert ask(page, number).status_code == 404
    assert offered(page, number) == set()
    assert offered(page, number, "una") == {"guardian", "information_governance"}


def test_with_the_purpose_off_or_a_paper_missing_nothing_is_asked_and_the_page_says_why(page: House) -> None:  # fmt: skip
    number = case(page)
    ask(page, number)
    answer(page, number, "gov", "governance")
    answer(page, number, "una", "guardian")
    assert "hr" in offered(page, number)
    off = page.desk.file.governance.model_copy(update={"employment": papers(dpia="")})
    configure(page.desk, governance=off)
    assert "hr" not in offered(page, number)
    assert ask(page, number).status_code == 422
    with page.asks("gov") as client:
        assert (
            "write the reference, with its number, of an assessment" in client.get("/employer").text
        )


def test_a_guardian_sees_what_was_asked_and_no_other_case(page: House) -> None:
    number = case(page)
    with page.asks("una") as client:
        assert client.get(f"/cases/{number}/employer").status_code == 404
        ask(page, number)
        assert f"/cases/{number}/employer" in client.get("/employer").text
        assert WHY in client.get(f"/cases/{number}/employer").text


# ── protected ────────────────────────────────────────────────────────────────────────────────────

DISCLOSURE = Told(
    text="I work on the ward and I told the board that nights are not safe", risk="low",
    flags=(("allegation", "nights are not safe"),), read={"staff": "icb", "protected": "disclosure"},
)  # fmt: skip


@pytest.mark.parametrize("handle", ["amina", "bea", "gwen", "all"])
@pytest.mark.parametrize(
    ("flags", "may"),
    [
        ((("allegation", "nights are not safe"),), {"guardian"}),
        ((("threat", "nights are not safe"),), {"guardian", "safeguarding"}),
        ((("safeguarding", "nights are not safe"),), {"guardian", "safeguarding"}),
        ((("pid", "nights are not safe"),), {"guardian", "information_governance"}),
    ],
)
def test_what_may_be_speaking_up_goes_to_few_whoever_passes_it_on(
    page: House, handle: str, flags: tuple[tuple[str, str], ...], may: set[str]
) -> None:
    number = case(page, replace(DISCLOSURE, flags=flags))
    sees = handle in (
        "gwen",
        "all",
    )  # the Guardian's lane; danger has a path of its own for the others
    assert offered(page, number, handle) == (may if sees else set())
    for role in TYPED:
        if role.key not in may or not sees:
            status = pass_on(page, number, role.key, handle).status_code
            assert status == (422 if sees else 404), role.key
    assert page.store.handoffs.of_case(number) == []


def test_a_name_unlocks_nothing_for_a_team_of_another_type(page: House) -> None:
    named = EscalationRole(key="guardian_two", type="other", name="Freedom to Speak Up Guardian", when="")  # fmt: skip
    configure(page.desk, roles=(*TYPED, named))
    number = case(page, DISCLOSURE)
    assert pass_on(page, number, "guardian_two", "all").status_code == 422


def test_danger_in_it_is_told_at_once_and_a_threat_goes_to_safeguarding(page: House) -> None:
    number = case(page, replace(DISCLOSURE, flags=(("safeguarding", "nights are not safe"),)))
    with page.asks() as client:  # those on duty see the danger, and nothing else of it
        danger = client.get(f"/cases/{number}/danger")
        assert client.get(f"/cases/{number}/threat").status_code == 404
    with page.asks("all") as client:
        threat = client.get(f"/cases/{number}/threat")
    assert "I called 999" in danger.text
    assert "Safeguarding" in threat.text
    found = page.store.cases.get(number)
    assert found is not None
    done = send(page, "amina", f"/cases/{number}/danger", do="ring", seen="0", version=str(found.version), who="Sam of safeguarding")  # fmt: skip
    assert done.status_code == 303
    assert [each.role for each in page.store.handoffs.of_case(number)] == ["safeguarding"]


# ── the police ───────────────────────────────────────────────────────────────────────────────────

THREAT = Told(text="I will be at the clinic on Monday with a knife", risk="high", flags=(("threat", "with a knife"),))  # fmt: skip


def tell_police(house: House, number: int, handle: str = "gov", **form: Any) -> httpx.Response:
    found = house.store.cases.get(number)
    assert found is not None
    told = {
        "version": str(found.version), "posts": posts(house, number).split(","), "ground": "crime",
        "words": "A knife is named, and the day; asked for by PC Orla Finch", "reference": "CAD 1234",
    } | form  # fmt: skip
    return send(house, handle, f"/cases/{number}/police", **told)


def test_governance_alone_passes_to_the_police_with_a_ground_in_law_and_a_record(page: House) -> None:  # fmt: skip
    number = case(page, THREAT)
    assert "police" not in offered(page, number)
    assert pass_on(page, number, "police", "all").status_code == 422
    assert tell_police(page, number, "amina").status_code == 403
    assert tell_police(page, number, ground="").status_code == 422
    assert tell_police(page, number, words="police").status_code == 422
    assert tell_police(page, number, posts=[]).status_code == 422
    assert tell_police(page, number).status_code == 303
    (told,) = page.store.purposes.disclosures(number)
    assert (told.ground, told.by_name, told.reference) == ("crime", "Goran Hale", "CAD 1234")
    assert [each.role for each in page.store.handoffs.of_case(number)] == ["police"]
    (event,) = page.store.audit.page(AuditQuery(kinds=("disclosed to the police",))).events
    assert (event.about["ground"], event.about["case"]) == ("crime", number)


def test_what_may_be_speaking_up_goes_to_no_police_by_this_page(page: House) -> None:
    number = case(page, DISCLOSURE)
    refused = tell_police(page, number)
    assert refused.status_code == 422
    assert page.store.purposes.disclosures(number) == []


@pytest.mark.parametrize("second", [False, True])
@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("HR want to know who she is for a disciplinary", "about someone’s employment"),
        ("to find out who on our staff complained about the director", "about someone’s employment"),
        ("Her manager asked us to report what she posted", "about someone’s employment"),
        ("They want it for the capability hearing on Tuesday", "about someone’s employment"),
        ("just curious what they make of this nasty thing", "no reason in law"),
    ],
)  # fmt: skip
def test_what_opens_no_post_is_no_reason_for_the_police_and_the_right_way_is_named(
    page: House, words: str, named: str, second: bool
) -> None:
    number = case(page, CRITICISM if second else THREAT)
    answer = tell_police(page, number, words=words)
    assert answer.status_code == 422
    assert named in answer.text
    assert "Write which crime or danger it is" in answer.text or "write which crime or danger it is" in answer.text  # fmt: skip
    assert page.store.purposes.disclosures(number) == []
    assert page.store.purposes.police_waiting(number) == []
    assert page.store.views.refused_reasons(NOW - HOUR)


def mailed_outside(house: House) -> list[tuple[str, tuple[str, ...]]]:
    rows = house.store.outbox.due(NOW + HOUR)
    return [(row.payload["what"], row.recipients) for row in rows if row.kind == "looks"]


def test_what_went_to_the_police_is_mailed_outside_governance(page: House) -> None:
    configure(page.desk, governance=page.desk.file.governance.model_copy(update={"dpo": "D. Example, dpo@example.org", "caldicott_guardian": "C. Example, caldicott@example.org"}))  # fmt: skip
    outside = ("dpo@example.org", "caldicott@example.org")
    assert tell_police(page, case(page, THREAT)).status_code == 303
    assert mailed_outside(page) == [("police", outside)]
    number = case(page, CRITICISM, 901)
    assert tell_police(page, number).status_code == 303
    assert mailed_outside(page) == [("police", outside)]  # it waits: nothing went
    assert answer_police(page, number, "bea") == 303
    assert mailed_outside(page) == [("police", outside)] * 2
    assert tell_police(page, case(page, COMPLAINT, 902), words="HR want to know who she is").status_code == 422  # fmt: skip
    (reason,) = [to for what, to in mailed_outside(page) if what == "reason"]
    assert set(outside) <= set(reason)  # of governance's own wrong reason others are told too


CRITICISM = Told(
    text="Nobody on ward 4 answers the bell and the managers laugh about it, somebody should pay for that", risk="medium",
    flags=(("allegation", "Nobody on ward 4 answers the bell"),), read={"staff": "icb", "protected": "criticism"},
)  # fmt: skip
COMPLAINT = Told(text="Three letters to your board and not one answer, shame on all of you", risk="low", read={"protected": "complaint"})  # fmt: skip


def answer_police(house: House, number: int, handle: str, answer: str = "agrees") -> int:
    waiting = house.store.purposes.police_waiting(number)
    request = waiting[0].number if waiting else 0
    return send(house, handle, f"/cases/{number}/police/answer", request=str(request), answer=answer).status_code  # fmt: skip


@pytest.mark.parametrize("told", [CRITICISM, COMPLAINT])
@pytest.mark.parametrize("second", ["una+two", "bea"])
def test_criticism_or_a_complaint_goes_to_the_police_once_a_second_person_agrees(
    page: House, told: Told, second: str
) -> None:
    number = case(page, told)
    read_by(page.desk, "ict@example.org")
    assert tell_police(page, number).status_code == 303
    assert [what for what, _ in asked_of(page.store)] == ["police"]
    assert page.store.purposes.disclosures(number) == []
    assert page.store.handoffs.of_case(number) == []
    for who in ("gov", "amina", "una", "vera"):
        assert answer_police(page, number, who) == 403
    with page.asks(second) as client:
        asks = client.get(f"/cases/{number}/police").text
        assert "A knife is named" in asks
        assert f"/cases/{number}/police" in client.get("/waiting").text
    assert answer_police(page, number, second) == 303
    (disclosed,) = page.store.purposes.disclosures(number)
    assert disclosed.by_name == "Goran Hale"
    (event,) = page.store.audit.page(AuditQuery(kinds=("police answered",))).events
    assert event.about["by"] == page.who[second]


def test_a_second_person_s_no_and_a_decision_meanwhile_send_nothing(page: House) -> None:
    number = case(page, CRITICISM)
    tell_police(page, number)
    assert answer_police(page, number, "una+two", "refuses") == 303
    assert page.store.purposes.police_waiting(number) == []
    tell_police(page, number)
    pass_on(page, number, "safeguarding")
    assert answer_police(page, number, "una+two") == 409
    assert page.store.purposes.disclosures(number) == []
    with page.asks("gov") as client:
        assert f"Goran Hale asks to pass case {number}" not in client.get("/governance").text


def test_what_waits_for_a_second_person_stands_before_governance(page: House) -> None:
    number = case(page, CRITICISM)
    tell_police(page, number)
    with page.asks("una+two") as client:
        assert f"Goran Hale asks to pass case {number} to the police" in client.get("/governance").text  # fmt: skip
    with page.asks("bea") as client:
        assert client.get(f"/cases/{case(page, THREAT, 905)}/police").status_code == 404


def test_that_it_went_to_the_police_is_read_by_governance_and_whoever_passed_it_on(
    page: House,
) -> None:
    number = case(page, THREAT)
    tell_police(page, number)
    (handoff,) = page.store.handoffs.of_case(number)
    addresses = ("/waiting", f"/waiting/{handoff.number}", f"/cases/{number}/full", f"/cases/{number}", "/weekly")  # fmt: skip
    for who in ("vera", "amina", "bea"):
        with page.asks(who) as client:
            for address in addresses:
                main = client.get(address).text.partition("<main")[2]
                assert "Police" not in main, (who, address)
            assert "Passed on" in client.get("/waiting").text
    with page.asks("gov") as client:
        for address in ("/waiting", f"/waiting/{handoff.number}", f"/cases/{number}/full"):
            assert "Police" in client.get(address).text.partition("<main")[2], address


def test_999_needs_nobody_s_leave(page: House) -> None:
    number = case(page, THREAT)
    with page.asks() as client:
        steps = client.get(f"/cases/{number}/threat").text
    assert 'href="tel:999"' in steps
    with page.asks("gov") as client:
        assert 'href="tel:999"' in client.get(f"/cases/{number}/police").text


def test_what_was_asked_answered_and_disclosed_goes_with_the_case(page: House) -> None:
    number = case(page, THREAT)
    tell_police(page, number)
    other = case(page, INSULT, 901)
    ask(page, other)
    answer(page, other, "gov", "governance")
    for told in (number, other):
        for one in page.store.cases.mentions(told):
            page.store.retention.erase([one.item.number], by="gov", at=NOW)
    tables = ("employer_requests", "employer_answers", "police_disclosures")
    assert [page.store.database.value(f"SELECT count(*) FROM {table}") for table in tables] == [0, 0, 0]  # fmt: skip


# ── teams of no type ─────────────────────────────────────────────────────────────────────────────

PLAIN = Told(text="The lift at the walk-in in Hayes is broken again", risk="low", flags=(("misinformation", "is broken again"),), read={"staff": "no"})  # fmt: skip
BY_NHS = Told(text="Night shift at the walk-in in Hayes again, views nobody’s but mine to bear", risk="low", flags=(("no_disclaimer", "Night shift"),), read={"staff": "nhs"})  # fmt: skip


@pytest.mark.parametrize(
    ("told", "platform", "may"),
    [
        (BY_NHS, "bluesky", {"guardian", "safeguarding"}),
        (replace(BY_NHS, read={"staff": "icb"}), "reddit", {"guardian", "safeguarding"}),
        (replace(BY_NHS, read={"staff": None}), "linkedin", {"guardian", "safeguarding"}),
        (INSULT, "bluesky", {"guardian", "safeguarding", "information_governance"}),
        (replace(INSULT, flags=(("derogatory", "a fat idiot"),), read={"staff": "no"}), "x", {"guardian", "safeguarding", "information_governance", "security", "media", "pals"}),
        (PLAIN, "x", {"guardian", "safeguarding", "information_governance", "security", "media", "pals", "estates"}),
    ],
)  # fmt: skip
def test_a_team_has_what_its_type_may_have_whatever_it_is_called(
    page: House, told: Told, platform: str, may: set[str]
) -> None:
    number = case(page, told, platform=platform)
    page.desk.config(page.store)
    assert offered(page, number) == may
    found = page.store.cases.get(number)
    assert found is not None
    covers = tuple((one.item.number, one.item.revision) for one in page.store.cases.mentions(number) if one.reviewable)  # fmt: skip
    for key in {role.key for role in TYPED} - may - {"police", "hr"}:
        assert pass_on(page, number, key).status_code == 422
        decision = CaseDecision(case=number, kind="escalate", by=page.who["amina"], at=NOW, covers=covers, role=key)  # fmt: skip
        with pytest.raises(StoreError, match="by its type"):  # by whatever page or command
            page.store.cases.decide(decision, found.version)
    if "estates" in may:
        assert pass_on(page, number, "estates").status_code == 303
    else:
        with page.asks("amina") as client:
            assert "Not every team is listed" in client.get(f"/cases/{number}/pass-on").text
