"""What is taken is taken for a purpose of the list, and no pack or table is a way to anybody's employer."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.models import Platform, Role
from settings.schema import Config
from steps import export, export_purposes
from steps.export_purposes import OF_PACKS, OF_TABLES, PURPOSES, Refused
from store import Case, CaseDecision, Store, User
from tests.reports.factories import POLICY
from tests.review.factories import NOW, Told, group, shipped, tell
from tests.settings.test_employment import papers
from tests.stores import temporary_store

STAFF = Told(
    text="That patient in bed nine is a fat idiot", risk="high", flags=(("derogatory", "a fat idiot"),), read={"staff": "icb"},
)  # fmt: skip
PUBLIC = Told(text="The phones at Ealing are a disgrace", risk="medium", flags=(("derogatory", "a disgrace"),), read={"staff": "no"})  # fmt: skip
COURT = "The county court asked for it by Friday"
HEARING = "director of HR wants it for the disciplinary hearing"


def person(store: Store, *roles: Role) -> User:
    handle = "-".join(roles)
    user = store.users.get(store.users.add("local", handle, handle, roles, at=NOW).number)
    assert user is not None
    return user


def case(store: Store, told: Told, number: int = 1, platform: Platform = "bluesky", **more: Any) -> Case:  # fmt: skip
    tell(store, told, number, alone=True, platform=platform, issuer=platform, **more)
    group(store, NOW)
    found = store.cases.of_mention(number)
    whole = store.cases.get(found) if found is not None else None
    assert whole is not None
    return whole


def on() -> Config:
    """config.toml with the purpose in force."""
    file = shipped()
    return file.model_copy(
        update={"governance": file.governance.model_copy(update={"employment": papers()})}
    )


def take(store: Store, of: Case, by: User, purpose: str = "court", reason: str = COURT, config: Config | None = None) -> str:  # fmt: skip
    """The pack, as the page would be."""
    return export.take_evidence(
        store, config or shipped(), POLICY, of, by=by, at=NOW, purpose=purpose, reason=reason, as_html=True
    ).content.decode()  # fmt: skip


def test_a_pack_says_what_it_is_for_and_the_record_does() -> None:
    with temporary_store() as store:
        of = case(store, PUBLIC)
        page = take(store, of, person(store, "lead"))
        (taken,) = store.exports.latest()
    assert f"A court, or a claim: {COURT}" in page
    assert (taken.purpose, taken.reason, taken.by_staff) == ("court", COURT, 0)


@pytest.mark.parametrize("purpose", ["", "board", "hr", "because"])
def test_nothing_is_taken_without_a_purpose_of_the_list(purpose: str) -> None:
    with temporary_store() as store:
        of = case(store, PUBLIC)
        with pytest.raises(Refused, match="from the list"):
            take(store, of, person(store, "lead"), purpose)
        assert store.exports.latest() == []


@pytest.mark.parametrize("purpose", [each for each in OF_PACKS if each != "police"])
@pytest.mark.parametrize("roles", [("lead",), ("governance",), ("lead", "governance", "guardian")])
def test_with_the_purpose_off_no_pack_is_for_somebody_s_employment(
    purpose: str, roles: tuple[Role, ...]
) -> None:
    with temporary_store() as store:
        of = case(store, STAFF)
        with pytest.raises(Refused, match="that purpose is off") as refused:
            take(store, of, person(store, *roles), purpose, HEARING)
        assert refused.value.field == "reason"
        with pytest.raises(Refused, match="that purpose is off"):
            take(store, of, person(store, "governance", "viewer"), "employer")
        assert store.exports.latest() == []
        assert not [event for event in store.audit.events() if event.kind == "revealed"]


def test_a_pack_of_a_post_by_staff_is_governance_s() -> None:
    with temporary_store() as store:
        of = case(store, STAFF)
        with pytest.raises(Refused, match="only governance takes a pack"):
            take(store, of, person(store, "lead"))
        take(store, of, person(store, "governance"))
        (taken,) = store.exports.latest()
    assert taken.by_staff == 1


def test_so_is_one_of_a_post_that_names_a_child() -> None:
    with temporary_store() as store:
        of = case(store, PUBLIC)
        store.children.mark({1: True})
        with pytest.raises(Refused, match="names a child"):
            take(store, of, person(store, "lead"))
        take(store, of, person(store, "governance"))


def test_a_flag_that_holds_of_staff_alone_makes_it_one_where_terms_hide_who_wrote_it() -> None:
    told = Told(text="Proud to be NHS NW London", risk="low", flags=(("no_disclaimer", "Proud"),), read={"staff": None})  # fmt: skip
    with temporary_store() as store:
        of = case(store, told, platform="x")
        with pytest.raises(Refused, match="only governance takes a pack"):
            take(store, of, person(store, "lead"))


def test_for_the_police_governance_passes_it_to_them_first() -> None:
    with temporary_store() as store:
        of, who = case(store, PUBLIC), person(store, "governance")
        with pytest.raises(Refused, match="call 999 now"):
            take(store, of, who, "police", "The police want the post itself")
        covers = tuple((each.item.number, each.item.revision) for each in store.cases.mentions(of.number))  # fmt: skip
        told = CaseDecision(case=of.number, kind="escalate", by=who.number, at=NOW, covers=covers, role="police")  # fmt: skip
        assert store.purposes.to_police(told, of.version, ground="crime", words="A threat to a named nurse")  # fmt: skip
        assert "The police" in take(store, of, who, "police", "The police want the post itself")


def agree(store: Store, of: Case) -> None:
    posts = tuple((each.item.number, each.item.revision) for each in store.cases.mentions(of.number))  # fmt: skip
    asker, governance, guardian = (person(store, "reviewer", role) for role in ("viewer", "governance", "guardian"))  # fmt: skip
    store.purposes.ask(of.number, posts, by=asker.number, at=NOW, reason="patient", words="He names a patient twice")  # fmt: skip
    request = store.purposes.last(of.number)
    assert request is not None
    for role, user in (("governance", governance), ("guardian", guardian)):
        assert store.purposes.answer(
            request.number, role, by=user.number, at=NOW, answer="agrees", reason="needed", words="Nothing milder serves here",  # type: ignore[arg-type]
        )  # fmt: skip


def test_with_the_purpose_on_it_takes_what_two_people_agreed_to() -> None:
    with temporary_store() as store:
        of, who = case(store, STAFF), person(store, "governance")
        for purpose, reason in (("employer", COURT), ("court", HEARING)):
            with pytest.raises(Refused, match="have to agree first"):
                take(store, of, who, purpose, reason, on())
        agree(store, of)
        assert "An employer" in take(store, of, who, "employer", HEARING, on())


@pytest.mark.parametrize("platform", ["x", "facebook", "linkedin", "reddit"])
def test_with_the_purpose_on_terms_that_forbid_it_are_kept(platform: Platform) -> None:
    with temporary_store() as store:
        of, who = case(store, STAFF, platform=platform), person(store, "governance")
        with pytest.raises(Refused, match="the terms of"):
            take(store, of, who, "court", HEARING, on())


def test_with_the_purpose_on_nothing_protected_goes_by_it() -> None:
    spoke = Told(text=STAFF.text, risk="high", flags=STAFF.flags, read={"staff": "icb", "protected": "complaint"})  # fmt: skip
    with temporary_store() as store:
        of, who = case(store, spoke), person(store, "governance")
        with pytest.raises(Refused, match="which is lawful"):
            take(store, of, who, "employer", COURT, on())


def table(store: Store, by: User, purpose: str, reason: str, *, config: Config | None = None, original: bool = False) -> None:  # fmt: skip
    wanted = export.Wanted(
        what="mentions", format="csv", first=NOW.date() - timedelta(days=3), last=NOW.date(), purpose=purpose,
        reason=reason, original=original,
    )  # fmt: skip
    with tempfile.TemporaryFile() as file:
        export.take_table(store, config or shipped(), POLICY, wanted, file, by=by, at=NOW)


@pytest.mark.parametrize(
    "why",
    [
        "Pour savoir qui se plaint",
        "wer von uns beschwert sich",
        "quién de los nuestros se queja",
        "kto z naszych narzeka",
    ],
)
def test_a_reason_that_whoever_reads_the_record_may_not_understand_is_asked_for_in_english(
    why: str,
) -> None:
    with temporary_store() as store:
        by = person(store, "lead")
        with pytest.raises(Refused, match="in English"):
            table(store, by, next(iter(OF_TABLES)), why)
        assert store.exports.latest() == []


@pytest.mark.parametrize(
    "why",
    [
        "Which of ours are grumbling",
        "who is moaning this month",
        "how many of ours are on here",
        "which are complaining about us",
    ],
)
def test_no_table_says_who_of_staff_complains(why: str) -> None:
    with temporary_store() as store:
        with pytest.raises(Refused):
            table(store, person(store, "lead"), next(iter(OF_TABLES)), why)
        assert store.exports.latest() == []


# Each a word of its language for staff, a role, who wrote or a union, alone in an English sentence
ELSEWHERE = (
    "infirmières", "syndicat", "Krankenschwestern", "Gewerkschaft", "enfermeras", "sindicatos", "infermieri", "funcionários", "pielęgniarki", "lekarze", "związki", "angajati",
    "vakbond", "nyrsys", "shaqaalaha", "hemşireler", "punonjësit", "darbuotojai", "szakszervezet", "karamchari", "медсестры", "профспілка", "νοσηλευτές", "الممرضات", "نقابة", "پرستاران",
    "ڈاکٹروں", "कर्मचारी", "ਨਰਸਾਂ", "নার্স", "કર્મચારી", "செவிலியர்", "护士", "工會",
)  # fmt: skip


@pytest.mark.parametrize(
    "why",
    [
        "posts by nurses in October", "what the union says of waiting times", "UNISON posts in May", "about the matron of ward seven", "colleagues in Brent and their posts", "authors in Brent this month",
        "figures on the head of nursing", "head of nursing", "the head of nursing in figures", "figures for head of nursing staff", "list of nurses for the head of nursing",
        "figures for the head of nursing who wants to know who complains", "figures for head of people", "for the director of workforce", "figures for the head of nursing and HR", "for her manager",
        *(f"figures about {word} at Ealing this month" for word in ELSEWHERE),
    ],
)  # fmt: skip
@pytest.mark.parametrize("purpose", ["audit", "board"])
def test_no_table_is_of_staff_of_a_writer_of_a_role_or_a_union_in_whatever_language(
    purpose: str, why: str
) -> None:
    with pytest.raises(Refused) as refused:
        export_purposes.check_table(shipped(), purpose, why, original=False, at=NOW)
    assert refused.value.field == "reason"


@pytest.mark.parametrize(
    "why",
    [
        "figures for head of nursing", "Figures for the head of patient experience on waiting times", "numbers for the chief executive", "asked for by the director of nursing and quality", "For the medical director’s report",
        "The county court asked for it by Friday", "waiting times at Ealing in October", "The local authority asks, reference LA 22", "strike days at Northwick Park", "For the board’s paper on telephones", "", "  ",
    ],
)  # fmt: skip
def test_for_whom_a_table_is_may_be_said_and_that_nothing_is_said_beside_the_purpose(
    why: str,
) -> None:
    with temporary_store() as store:
        table(store, person(store, "lead"), "audit", why)
        (taken,) = store.exports.latest()
    assert taken.reason == (why.strip() or PURPOSES["audit"])


@pytest.mark.parametrize(
    "why", ["for the head of nursing", "The RCN asks for it by Friday", "posts by nurses in October", "what pielęgniarki say at Ealing"]
)  # fmt: skip
def test_a_pack_is_neither_of_staff_nor_for_who_is_over_them(why: str) -> None:
    with temporary_store() as store:
        of = case(store, PUBLIC)
        with pytest.raises(Refused) as refused:
            take(store, of, person(store, "lead"), "complaint", why)
        assert (refused.value.field, refused.value.ground) == ("reason", "employment")
        assert store.exports.latest() == []


def test_a_pack_needs_no_words_beside_its_purpose() -> None:
    with temporary_store() as store:
        of = case(store, PUBLIC)
        page = take(store, of, person(store, "lead"), "complaint", "")
        (taken,) = store.exports.latest()
    assert taken.reason == PURPOSES["complaint"]
    assert f"{PURPOSES['complaint']}: " not in page


def test_words_as_they_were_posted_need_a_reason_of_their_own() -> None:
    with temporary_store() as store:
        with pytest.raises(Refused, match="why masked words don’t do"):
            table(store, person(store, "governance"), "ico", "", original=True)
        assert store.exports.latest() == []


@pytest.mark.parametrize("purpose", OF_TABLES)
def test_no_table_is_for_somebody_s_employment_with_the_purpose_off_or_on(purpose: str) -> None:
    with temporary_store() as store:
        by = person(store, "lead")
        why = "report to the director of people on staff posts"
        with pytest.raises(Refused, match="that purpose is off"):
            table(store, by, purpose, why)
        with pytest.raises(Refused, match="it goes by its case"):
            table(store, by, purpose, why, config=on())
        assert store.exports.latest() == []


@pytest.mark.parametrize("purpose", sorted(set(PURPOSES) - set(OF_TABLES)))
def test_a_table_has_purposes_of_its_own(purpose: str) -> None:
    with temporary_store() as store, pytest.raises(Refused, match="from the list"):
        table(store, person(store, "lead"), purpose, COURT)


def test_figures_for_the_board_are_masked() -> None:
    why = "For the board’s paper on waiting times"
    with temporary_store() as store:
        by = person(store, "lead")
        with pytest.raises(Refused, match="need no words as they were posted"):
            table(store, by, "board", why, original=True)
        table(store, by, "board", why)
        (taken,) = store.exports.latest()
    assert (taken.purpose, taken.masked) == ("board", True)


def test_our_own_posts_are_nobody_s_on_the_staff() -> None:
    with temporary_store() as store:
        of = case(store, STAFF)
        (one,) = store.cases.mentions(of.number)
    assert export_purposes.by_staff(one.item, POLICY)
    assert not export_purposes.by_staff(replace(one.item, own=True), POLICY)
