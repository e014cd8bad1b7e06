"""Officers set up in the page: by role, with a reason, in versions, without losing what they typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, cast

import pytest
from playwright.sync_api import Browser

from core.errors import StoreError
from reports.asked import waiting_of
from review.setup.changes import Setup
from settings import schema
from settings.review import PreElection
from steps.alerts import next_contacts
from steps.context import open_store
from store import Approval, AuditQuery, Hours, Store
from tests.review.conftest import sign_in
from tests.review.factories import NOW, asked_of, here, read_by
from tests.review.pages import Tags
from tests.review.setup_pages import Office, form, kept
from tests.store.factories import HOUR

RULES: dict[str, Any] = {"rules": [{"name": "waits", "rule": "wait* OR queue*"}]}
TWO = {"rules": [*RULES["rules"], {"name": "beds", "rule": "bed*"}]}


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, Callable[[], None]]]:
    yield from kept(tmp_path_factory.mktemp("office"))


@pytest.fixture
def office(one: tuple[Office, Callable[[], None]]) -> Office:
    """A page on which nothing was set up yet, to be changed at will."""
    made, again = one
    again()
    return made


def save(
    office: Office, key: str, content: dict[str, Any], handle: str = "bea", **more: Any
) -> Any:
    held = office.store.settings.current().get(key)
    version = str(held.version if held else 0)
    return office.send(
        f"/setup/{key}", handle, **form(office, key, content, **({"version": version} | more))
    )


def held(office: Office, key: str) -> Any:
    return office.store.settings.current()[key].content


# ── who may ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("handle", "status"),
    [("bea", 200), ("amina", 200), ("gwen", 200), ("vera", 403), ("ada", 403), ("", 303)],
)
def test_a_reviewer_and_governance_may_look_and_nobody_else(
    office: Office, handle: str, status: int
) -> None:
    for path in ("/setup", "/setup/rules"):
        assert office.get(path, handle).status_code == status
    way = office.get("/all", handle).text
    assert ('href="/setup"' in way) is (status == 200)


@pytest.mark.parametrize(
    ("handle", "status"), [("amina", 403), ("gwen", 403), ("vera", 403), ("ada", 403), ("", 401)]
)
def test_only_a_lead_changes_anything(office: Office, handle: str, status: int) -> None:
    for action in ("save", "preview", "add:rules"):
        assert save(office, "rules", RULES, handle, do=action).status_code == status
    assert office.send("/setup/rules/back/0", handle, version="0").status_code == status
    if handle:
        assert office.get("/setup/rules/back/0", handle).status_code == status
    assert office.store.settings.current() == {}


def test_who_may_look_sees_values_and_no_form(office: Office) -> None:
    page = office.read("/setup/escalation", "amina")
    assert not page.all("textarea")
    assert not [one for one in page.all("form") if one.get("action", "").startswith("/setup")]
    assert "Freedom to Speak Up Guardian" in page.text
    assert "Go back" not in page.text


@pytest.mark.parametrize("path", ["/setup/store", "/setup/collectors", "/setup/rules/back/7"])
def test_what_is_no_section_or_version_is_not_there(office: Office, path: str) -> None:
    office.read(path, status=404)


# ── saving ───────────────────────────────────────────────────────────────────────────────────────


def test_the_list_says_what_is_in_force_since_when_and_by_whom(office: Office) -> None:
    save(office, "rules", RULES, note="for the winter")
    page = office.read("/setup", "amina")
    assert "1 rule Version 1, Bea Whitlock, " in page.text
    assert "16 names; further search terms: 2 As installed" in page.text
    assert "a lead makes changes" in page.text


def test_a_change_is_kept_with_who_when_and_why_and_shown_in_the_history(office: Office) -> None:
    answer = save(office, "rules", RULES, note="for the winter")
    assert (answer.status_code, answer.headers["location"]) == (303, "/setup/rules?saved=1")
    page = office.read("/setup/rules?saved=1")
    assert "Version 1 is in force." in page.text
    for words in (
        "Version 1 In force Bea Whitlock, ",
        "for the winter",
        "Added: waits (rule: wait* OR queue*)",
    ):
        assert words in page.text
    (event,) = (one for one in office.store.audit.events() if one.kind == "settings changed")
    assert dict(event.about) == {"section": "rules", "version": 1, "by": office.who["bea"]}


def test_a_change_is_in_force_on_the_page_at_once_and_for_every_process(office: Office) -> None:
    save(office, "clocks", office.filed("clocks") | {"review.lanes.media_hours": 2})
    save(
        office,
        "escalation",
        office.filed("escalation") | {"review.crisis_contact": "the night manager, 020 7946 0199"},
    )
    assert "the night manager" in office.read("/cases/1/full").text  # somebody in danger
    with open_store(
        schema.load(office.path), office.path.parent
    ) as other:  # as a cycle in another process
        held = other.settings.current()["escalation"]
        assert other.settings.save("escalation", None, held.version, at=NOW, who="Ines Moreau")
    assert "the night manager" not in office.read("/cases/1/full").text
    lanes = office.desk.config(office.store).review.lanes
    assert lanes.media_hours == 2
    assert office.store.deadlines.due_by("media", NOW) == lanes.due("media", NOW)


class Unreadable:
    """A store that somebody else holds."""

    @property
    def settings(self) -> Unreadable:
        return self

    @property
    def deadlines(self) -> Unreadable:
        return self

    @property
    def handoffs(self) -> Unreadable:
        return self

    @property
    def alerts(self) -> Unreadable:
        return self

    @property
    def retention(self) -> Unreadable:
        return self

    asks: object = None

    due_by, policy = Hours().due, None

    def head(self) -> int:
        raise StoreError("mentions.db: another program holds it")


def test_where_settings_can_not_be_read_the_page_goes_on_with_those_of_before(
    office: Office,
) -> None:
    changed = office.filed("escalation") | {
        "review.crisis_contact": "the night manager, 020 7946 0199"
    }
    save(office, "escalation", changed)
    assert "the night manager" in office.read("/cases/1/full").text
    config = office.desk.config(cast(Store, Unreadable()))
    assert config.review.crisis_contact == "the night manager, 020 7946 0199"


@pytest.mark.parametrize(
    ("content", "at", "says"),
    [
        ({"rules": [{"name": "waits", "rule": "(wait*"}]}, "rules.0.rule", "a bracket that is never closed"),
        ({"rules": [{"name": "<b>", "rule": "wait*"}]}, "rules.0.name", "Use letters"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_beside_the_field_and_what_was_typed_stays(
    office: Office, content: dict[str, Any], at: str, says: str
) -> None:
    answer = save(office, "rules", content, note="because")
    assert answer.status_code == 422
    page = Tags(answer.text)
    assert f'href="#{at}"' in answer.text
    assert says in page.text
    wrong = [one for kind in ("input", "textarea") for one in page.all(kind, id=at)]
    assert f"{at}-error" in wrong[0]["aria-describedby"]
    assert "wait*" in answer.text
    assert 'value="because"' in answer.text
    assert office.store.settings.current() == {}


def test_nothing_is_kept_where_nothing_changed(office: Office) -> None:
    answer = save(office, "rules", office.filed("rules"))
    assert (answer.status_code, "Nothing was changed" in answer.text) == (422, True)
    assert office.store.settings.current() == {}


def test_rows_come_and_go_without_being_kept(office: Office) -> None:
    more = save(office, "rules", RULES, do="add:rules", note="because")
    assert more.status_code == 200
    assert 'id="rules.1.name"' in more.text
    assert 'value="waits"' in more.text
    assert 'value="because"' in more.text
    fewer = save(office, "rules", TWO, do="remove:rules:0")
    assert 'value="beds"' in fewer.text
    assert 'value="waits"' not in fewer.text
    assert office.store.settings.current() == {}


def test_enter_in_a_field_saves_and_takes_nothing_out(office: Office) -> None:
    page = office.read("/setup/names")
    first = next(one for one in page.all("button") if one.get("name") == "do")
    assert first["value"] == "save"


def test_hostile_words_are_shown_inert(office: Office) -> None:
    hostile = '<script>alert(1)</script>\u202e"><img src=x>'
    answer = save(
        office,
        "pre_election",
        {"review.pre_election": [{"from": "2030-01-01", "until": "2030-02-01", "reason": hostile}]},
        note=hostile,
    )
    assert answer.status_code == 303
    for path in ("/setup", "/setup/pre_election", "/all"):
        page = office.read(path)
        assert not page.all("img", src="x")
        assert "\u202e" not in page.text
        assert {script["src"] for script in page.all("script")} <= {
            "/static/early.js",
            "/static/desk.js",
            "/static/page.js",
        }


def test_all_of_it_is_done_without_javascript(browser: Browser, office: Office) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 700})
    page = context.new_page()
    sign_in(page, office, "bea")
    page.goto(f"{office.url}/setup/places")
    page.locator("summary", has_text="Brent").first.click()
    page.get_by_label("Other names").first.fill("Wembley\nKingsbury Road")
    page.get_by_role("button", name="Add a place").click()
    page.get_by_label("Name", exact=True).last.fill("Kew Bridge")
    page.get_by_role("button", name="Remove Harrow").click()
    page.get_by_label("Why").fill("as people call it")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/setup/places?saved=1")
    context.close()
    places = {one["name"]: one["aliases"] for one in held(office, "places")["organisation.places"]}
    assert places["Brent"] == ["Wembley", "Kingsbury Road"]
    assert places["Kew Bridge"] == []
    assert "Harrow" not in places
    assert office.store.settings.current()["places"].note == "as people call it"


# ── asking ───────────────────────────────────────────────────────────────────────────────────────


def told(office: Office) -> dict[str, Any]:
    return office.filed("recipients") | {"alerts.on": True, "alerts.to": ["night-desk@example.org"]}


def sure(text: str) -> str:
    """What ticking 'I have read this' sends."""
    before, _, rest = text.partition('id="sure"')
    assert rest, before[-300:]
    return rest.partition('value="')[2].partition('"')[0]


def begin(office: Office, content: dict[str, Any]) -> None:
    """Saves recipients, with a yes to what that asks."""
    asked = save(office, "recipients", content)
    assert save(office, "recipients", content, sure=sure(asked.text)).status_code == 303


def test_what_takes_something_from_people_is_kept_only_once_it_was_read(office: Office) -> None:
    begin(office, told(office))
    off = told(office) | {"alerts.on": False}
    asked = save(office, "recipients", off)
    assert asked.status_code == 422
    assert "Nobody will be told at once of a high risk" in asked.text
    assert held(office, "recipients")["alerts.on"] is True
    assert save(office, "recipients", off, sure="yes").status_code == 422
    assert save(office, "recipients", off, sure=sure(asked.text)).status_code == 303
    assert held(office, "recipients")["alerts.on"] is False


def test_a_yes_to_one_question_is_none_to_another(office: Office) -> None:
    begin(office, told(office) | {"reports.daily_to": ["a@example.org"]})
    yes = sure(save(office, "recipients", told(office)).text)  # nobody gets the morning list
    other = save(office, "recipients", told(office) | {"alerts.to": []}, sure=yes)
    assert (other.status_code, "Nobody will be told at once" in other.text) == (422, True)


def test_nobody_opens_the_way_to_an_employer_in_the_page(office: Office) -> None:
    filed = office.filed("escalation")
    employer = {"key": "", "type": "employer", "name": "Human resources", "when": "", "email": ["hr@example.org"]}  # fmt: skip
    refused = save(
        office, "escalation", filed | {"review.roles": [*filed["review.roles"], employer]}
    )
    assert refused.status_code == 422
    assert "There is no way to an employer here" in refused.text
    assert office.store.settings.current() == {}


def test_a_mailbox_that_a_lead_adds_is_an_event_and_stands_on_governance_s_page(
    office: Office,
) -> None:
    begin(office, told(office))
    events = office.store.audit.page(AuditQuery(kinds=("addresses added",))).events
    assert [(event.about["section"], event.about["count"]) for event in events] == [
        ("recipients", 1)
    ]
    page = office.read("/governance", "gwen").text
    assert (
        "Added in 7 days, to be told of cases by email: night-desk@example.org (Bea Whitlock"
        in page
    )


def test_a_team_that_a_lead_adds_waits_for_governance_and_is_used_then(office: Office) -> None:
    filed = office.filed("escalation")
    estates = {"key": "estates", "type": "other", "name": "Estates", "when": "Buildings", "email": ["e@example.org"], "reach": "", "minutes": None}  # fmt: skip
    content = filed | {"review.roles": [*filed["review.roles"], estates]}
    asked = save(office, "escalation", content)
    assert (
        "‘Estates’: a new team, another type or another address waits for governance" in asked.text
    )
    read_by(office.desk, "ict@example.org")
    assert save(office, "escalation", content, sure=sure(asked.text)).status_code == 303
    assert asked_of(office.store) == [("team", ("ict@example.org",))]

    def used() -> set[str]:
        return {role.key for role in office.desk.config(office.store).review.roles}

    assert "estates" not in used()
    assert (
        "Not used yet: Estates. Governance approves it first"
        in office.read("/setup/escalation").text
    )
    page = office.read("/governance", "gwen")
    assert "Estates, another team, e@example.org. It is new. Not offered until you approve it. Added by Bea Whitlock." in page.text  # fmt: skip
    (mark,) = [tag["value"] for tag in page.all("input", name="mark")]
    assert office.send("/governance/recipients", "bea", mark=mark).status_code == 403
    for reason in ("", "because"):
        bare = office.send("/governance/recipients", "gwen", mark=mark, reason=reason)
        assert bare.headers["location"].endswith("?recipients=reason#recipients")
    assert "estates" not in used()
    done = office.send("/governance/recipients", "gwen", mark=mark, reason="service")
    assert done.headers["location"] == "/governance?recipients=approved#recipients"
    assert "estates" in used()
    assert office.store.approvals.all()[-1].reason == "service"
    (told_guardian,) = [to for what, to in asked_of(office.store) if what == "team_approved"]
    assert told_guardian
    office.store.users.change(office.who["vera"], roles=("guardian",), at=NOW)
    lane = office.read("/guardian", "vera").text
    office.store.users.change(office.who["vera"], roles=("viewer",), at=NOW)
    assert "Estates, another team: Gwen Okafor" in lane
    assert "It answers for a service that the public asks about" in lane
    assert (
        office.send("/governance/recipients", "gwen", mark=mark)
        .headers["location"]
        .endswith("changed#recipients")
    )


@pytest.mark.parametrize(
    ("team", "stands"),
    [
        ({"key": "people", "type": "other", "name": "Directorate seven", "when": "Staff", "email": ["people.team@example.org"], "reach": "", "minutes": None}, False),
        ({"key": "estates", "type": "other", "name": "Estates", "when": "Buildings", "email": ["e@example.org"], "reach": "", "minutes": None}, False),
        ({"key": "security", "type": "other", "email": ["jane.smith@example.org"]}, True),
    ],
    ids=["sounds like an employer", "new", "another type and address"],
)  # fmt: skip
def test_governance_says_no_to_a_team_and_whoever_asked_is_told_by_email_and_on_the_page(
    office: Office, team: dict[str, Any], stands: bool
) -> None:
    read_by(office.desk, "ops@example.org")
    filed = office.filed("escalation")
    before = {row["key"]: row for row in filed["review.roles"]}
    rows = [*(row for row in filed["review.roles"] if row["key"] != team["key"]), before.get(team["key"], {}) | team]  # fmt: skip
    office.store.settings.save("escalation", filed | {"review.roles": rows}, 0, at=NOW, by=office.who["bea"])  # fmt: skip
    page = office.read("/governance", "gwen")
    assert page.text.count("No, leave it as it is") == 1
    (mark,) = [tag["value"] for tag in page.all("input", name="mark")]
    refused = office.send("/governance/recipients", "gwen", mark=mark, answer="no")
    assert refused.headers["location"] == "/governance?recipients=refused#recipients"
    assert "Saved: it stays as it is. Whoever asked is told." in office.read("/governance?recipients=refused", "gwen").text  # fmt: skip
    saved = office.store.settings.history("escalation")[0].content
    assert saved is not None
    now = {row["key"]: row for row in saved["review.roles"]}
    assert (team["key"] in now) is stands
    if stands:
        assert [now[team["key"]][name] for name in ("type", "email")] == [before[team["key"]][name] for name in ("type", "email")]  # fmt: skip
    assert {key for key in before if key != team["key"]} <= set(now)
    assert "recipient refused" in {event.kind for event in office.store.audit.events()}
    (row,) = [each for each in office.store.outbox.due(NOW) if each.kind == "asked" and each.payload["what"] == "refused"]  # fmt: skip
    waiting = waiting_of(row.payload)
    assert waiting.subject.startswith("Not agreed to: a team of the type ‘Another team’")
    for hidden in ("Directorate", "Estates", "jane.smith", "people.team"):
        assert hidden not in waiting.sentence + waiting.subject
    shown = office.read("/setup/escalation").text
    assert "Governance did not agree" in shown
    assert "Gwen Okafor" in shown
    assert "Not used yet" not in shown
    assert "No, leave it as it is" not in office.read("/governance", "gwen").text
    again = office.send("/governance/recipients", "gwen", mark=mark, answer="no")
    assert again.headers["location"].endswith("changed#recipients")


def test_governance_says_no_to_a_mailbox_and_whoever_was_told_before_is_told(
    office: Office,
) -> None:
    filed = office.filed("recipients")
    strange = "jane.smith@elsewhere.example"
    content = filed | {"alerts.to": [strange, *filed["alerts.to"]]}
    office.store.settings.save("recipients", content, 0, at=NOW, by=office.who["bea"])
    page = office.read("/governance", "gwen")
    assert page.text.count("No, leave it as it is") == 1
    (mark,) = [tag["value"] for tag in page.all("input", name="mark")]
    refused = office.send("/governance/recipients", "gwen", mark=mark, answer="no")
    assert refused.headers["location"] == "/governance?recipients=refused#recipients"
    saved = office.store.settings.history("recipients")[0].content
    assert saved is not None
    assert saved["alerts.to"] == filed["alerts.to"]
    assert "Governance did not agree" in office.read("/setup/recipients").text
    assert "Governance did not agree" not in office.read("/setup/escalation").text


def test_a_note_that_a_lead_writes_says_nothing_for_governance(office: Office) -> None:
    note = "Not agreed to: the Guardian’s telephone"
    office.store.settings.save("clocks", office.filed("clocks"), 0, at=NOW, by=office.who["bea"], note=note)  # fmt: skip
    assert "Governance did not agree" not in office.read("/setup/clocks").text


def test_whoever_saved_a_team_does_not_approve_it_though_they_are_governance(
    office: Office,
) -> None:
    office.store.users.change(office.who["bea"], roles=("reviewer", "lead", "governance"), at=NOW)
    filed = office.filed("escalation")
    desk = {"key": "desk", "type": "guardian", "name": "Speaking up desk", "when": "", "email": ["m@example.org"], "reach": "", "minutes": None}  # fmt: skip
    content = filed | {"review.roles": [*filed["review.roles"], desk]}
    asked = save(office, "escalation", content)
    assert save(office, "escalation", content, sure=sure(asked.text)).status_code == 303
    page = office.read("/governance", "bea")
    assert "Another person has to look: you saved it" in page.text
    (mark,) = [tag["value"] for tag in page.all("input", name="mark")]
    assert office.send("/governance/recipients", "bea", mark=mark).status_code == 403
    # nor by another account of the same mailbox
    office.who["bea+two"] = office.store.users.add("local", "bea+two", "Bea Two", ("governance",), at=NOW).number  # fmt: skip
    assert office.send("/governance/recipients", "bea+two", mark=mark).status_code == 403
    assert "desk" not in {role.key for role in office.desk.config(office.store).review.roles}


def test_a_doubtful_term_is_asked_and_an_account_of_somebody_is_refused(office: Office) -> None:
    names = office.filed("names")
    asked = save(office, "names", names | {"organisation.topics": ["hospital"]})
    assert (asked.status_code, "so short or common" in asked.text) == (422, True)
    refused = save(
        office, "names", names | {"organisation.topics": ["@rowan_ashdown"]}, sure=sure(asked.text)
    )
    assert (refused.status_code, "nly an account of the register" in refused.text) == (422, True)
    assert office.store.settings.current() == {}


def test_the_page_says_which_sources_a_term_reaches_in_words_that_a_lead_knows(
    office: Office,
) -> None:
    setup = office.desk.setup
    own = {"on": True, "terms": ["Kingston"]}
    tables = {
        "x": own, "bluesky": own, "feeds": {"on": True}, "reddit": own | {"on": False}, "gdelt": {"on": True},
        "facebook": {"on": True}, "nhs_reviews": {"on": True},
    }  # fmt: skip
    file = schema.load(office.path).model_copy(update={"collectors": tables})
    office.desk.setup = Setup(file, office.path.parent, office.desk.policy, here)
    try:
        told = office.read("/setup/names").text
        searched = told.partition("from the next collection on: ")[2].partition(".")[0]
        assert [name in searched for name in ("X (Twitter)", "Bluesky", "GDELT")] == [True] * 3
        assert [name in searched for name in ("Reddit", "Facebook")] == [False] * 2
        assert "With more terms of their own: X (Twitter), Bluesky." in told
        assert "fewer than 5 characters are left out" in told
        assert "Facebook (our own Page)" in told
        assert "config.toml" not in told
        assert "Where a search term reaches" not in office.read("/setup/rules").text
    finally:
        office.desk.setup = setup


# ── two at once ──────────────────────────────────────────────────────────────────────────────────


def test_who_was_slower_is_told_who_changed_what_and_loses_nothing(office: Office) -> None:
    office.store.settings.save(
        "rules", RULES, 0, at=NOW - HOUR, by=office.who["gwen"], note="first"
    )
    late = save(
        office, "rules", {"rules": [{"name": "beds", "rule": "bed*"}]}, version="0", note="mine"
    )
    assert late.status_code == 409
    page = Tags(late.text)
    for words in ("Gwen Okafor changed this at", "Nothing of yours was saved", "Added: waits (rule: wait* OR queue*)",
                  "If you save now, this changes:", "Added: beds (rule: bed*)", "Removed: waits"):  # fmt: skip
        assert words in page.text, words
    assert page.all("input", name="version", value="1")
    assert page.all("input", name="note", value="mine")
    assert "bed*" in late.text
    assert held(office, "rules") == RULES
    again = save(office, "rules", {"rules": [{"name": "beds", "rule": "bed*"}]}, version="1")
    assert again.status_code == 303


@pytest.mark.parametrize("do", ["save", "preview", "add:rules", "remove:rules.0"])
@pytest.mark.parametrize("rule", ["bed*", "bed* AND ("])
def test_no_step_of_a_form_hides_that_somebody_was_faster(
    office: Office, do: str, rule: str
) -> None:
    office.store.settings.save("rules", RULES, 0, at=NOW - HOUR, by=office.who["gwen"])
    late = save(office, "rules", {"rules": [{"name": "beds", "rule": rule}]}, version="0", do=do)
    assert (late.status_code, "Gwen Okafor changed this at" in late.text) == (409, True)
    assert f"Added: beds (rule: {rule})" in Tags(late.text).text


def test_nobody_is_asked_about_what_somebody_else_changed_meanwhile(office: Office) -> None:
    clocks = office.filed("clocks")
    theirs = {**clocks, "review.lanes.look_working_days": 6}
    office.store.settings.save("clocks", theirs, 0, at=NOW - HOUR, by=office.who["gwen"])
    late = save(office, "clocks", clocks, version="0")
    assert (late.status_code, "Gwen Okafor changed this at" in late.text) == (409, True)
    assert "6 instead of 2" in late.text


def test_a_form_of_a_version_that_never_was_is_no_change(office: Office) -> None:
    for version in ("7", "-1", "x", ""):
        assert save(office, "rules", RULES, version=version).status_code == 409
    assert office.store.settings.current() == {}


# ── going back ───────────────────────────────────────────────────────────────────────────────────


def test_a_change_is_undone_by_a_new_version_and_stays_in_the_history(office: Office) -> None:
    save(office, "rules", RULES)
    save(office, "rules", TWO)
    assert 'href="/setup/rules/back/1"' in office.get("/setup/rules?saved=2").text
    assert "Removed: beds (rule: bed*)" in office.read("/setup/rules/back/1").text
    done = office.send("/setup/rules/back/1", version="2", note="too many")
    assert done.headers["location"] == "/setup/rules?saved=3"
    assert held(office, "rules") == RULES
    page = office.read("/setup/rules")
    for words in ("Version 3: went back to version 1", "too many", "Version 2"):
        assert words in page.text


def test_a_section_goes_back_to_what_was_installed(office: Office) -> None:
    save(office, "rules", RULES)
    done = office.send("/setup/rules/back/0", version="1")
    assert done.status_code == 303
    assert held(office, "rules") is None
    assert "as installed, again since" in office.read("/setup/rules").text


def test_going_back_to_what_is_in_force_adds_nothing(office: Office) -> None:
    assert office.send("/setup/rules/back/0", version="0").headers["location"] == "/setup/rules"
    assert office.store.settings.current() == {}


def test_a_version_of_an_earlier_program_can_still_be_read(office: Office) -> None:
    contents: list[dict[str, Any]] = [{"rules": "text"}, {"rules": ["text"]}, {"gone": 1}, {}]
    for version, odd in enumerate(contents):
        office.store.settings.save("rules", odd, version, at=NOW, by=office.who["bea"])
    for path in ("/setup", "/setup/rules", "/setup/rules/back/1", "/setup/rules/back/3"):
        assert office.get(path).status_code == 200


def test_going_back_asks_what_it_takes_from_people_too(office: Office) -> None:
    begin(office, told(office))
    page = office.get("/setup/recipients/back/0")
    assert "Nobody will be told at once of a high risk" in page.text
    refused = office.send("/setup/recipients/back/0", version="1")
    assert refused.status_code == 422
    assert held(office, "recipients") is not None
    done = office.send("/setup/recipients/back/0", version="1", sure=sure(page.text))
    assert done.status_code == 303


def test_who_goes_back_too_late_is_told(office: Office) -> None:
    save(office, "rules", RULES)
    save(office, "rules", TWO)
    late = office.send("/setup/rules/back/1", version="1")
    assert (late.status_code, "Bea Whitlock changed this at" in late.text) == (409, True)
    assert held(office, "rules") == TWO


def test_a_version_that_does_not_fit_any_more_is_shown_so_and_can_be_mended(office: Office) -> None:
    office.store.settings.save("rules", {"rules": [{"name": "a"}]}, 0, at=NOW, by=office.who["bea"])
    assert "Can’t be used" in office.read("/setup").text
    page = office.read("/setup/rules")
    assert "does not fit any more" in page.text
    assert "It can’t be used any more" in office.read("/setup/rules/back/1").text
    assert office.send("/setup/rules/back/1", version="1").status_code == 422
    assert office.send("/setup/rules/back/0", version="1").status_code == 303
    assert "Can’t be used" not in office.read("/setup").text


# ── trying ───────────────────────────────────────────────────────────────────────────────────────


def test_a_rule_is_tried_on_the_last_month_and_nothing_is_kept(office: Office) -> None:
    tried = save(
        office, "rules", {"rules": [{"name": "shuts", "rule": "shuts OR shut"}]}, do="preview"
    )
    assert tried.status_code == 200
    assert "It means:" in tried.text
    assert "mentions are held that were posted in the last 30 days" in tried.text
    assert '<a href="/mentions/' in tried.text
    assert "Rosalind" not in tried.text
    assert 'value="shuts"' in tried.text
    assert office.store.settings.current() == {}


@pytest.mark.parametrize("do", ["preview", "save"])
@pytest.mark.parametrize("term", ["Petra Vance", "okonkwo Ealing", "whoever leaked the minutes"])
def test_a_search_that_is_not_taken_leaves_an_event_without_its_words(
    office: Office, do: str, term: str
) -> None:
    names = office.filed("names") | {"organisation.topics": ["Ealing", term]}
    assert save(office, "names", names, do=do).status_code == 422
    (event,) = [each for each in office.store.audit.events() if each.kind == "search refused"]
    assert (event.about["section"], event.about["saving"]) == ("names", int(do == "save"))
    assert term.split()[0].lower() not in str(event.about).lower()
    assert office.store.searched_people.refused(event.at) == [(event.about["by"], 1)]


def test_a_term_is_tried_with_its_doubts(office: Office) -> None:
    names = office.filed("names") | {"organisation.topics": ["Ealing", "zanzibarquux clinic"]}
    tried = save(office, "names", names, do="preview")
    assert "It was found in nothing that was collected" in tried.text
    assert "what platforms would find by a new one can’t be known before" in tried.text


def test_what_can_not_be_read_is_said_before_it_is_tried(office: Office) -> None:
    tried = save(office, "rules", {"rules": [{"name": "a", "rule": "(x"}]}, do="preview")
    assert (tried.status_code, "never closed" in tried.text) == (422, True)


# ── pre-election periods ─────────────────────────────────────────────────────────────────────────


def test_in_a_pre_election_period_every_page_and_every_answer_says_so(office: Office) -> None:
    period = {"from": "2026-11-01", "until": "2026-11-20", "reason": "a by-election in Brent"}
    assert save(office, "pre_election", {"review.pre_election": [period]}).status_code == 303
    for path in ("/all", "/cases/3/full", "/sources", "/setup", "/nowhere"):
        answer = office.get(path)
        assert (
            "Pre-election period until 20 November 2026: a by-election in Brent." in answer.text
        ), path
    respond = office.get("/cases/3/full").text.partition('id="kind-respond-hint"')[2]
    assert "party-political matters are not answered" in respond.partition("</div>")[0]
    assert "Pre-election" not in office.get("/sign-in", "").text


@pytest.mark.parametrize(
    ("first", "last", "on"),
    [
        (date(2026, 11, 20), date(2026, 11, 20), True),
        (date(2026, 11, 21), date(2026, 12, 1), False),
        (date(2026, 10, 1), date(2026, 11, 19), False),
    ],
)
def test_it_begins_with_its_first_day_and_ends_with_its_last(
    office: Office, first: date, last: date, on: bool
) -> None:
    period = PreElection.model_validate({"from": first, "until": last, "reason": "a poll"})
    review = office.desk.file.review.model_copy(update={"pre_election": (period,)})
    assert (review.pre_election_on(NOW.date()) is not None) is on


def test_what_is_known_of_each_public_record_stands_there_before_it_is_chosen(
    office: Office,
) -> None:
    shown = " ".join(office.get("/setup/records", "bea").text.split())
    assert "Ask the site’s makers" in shown
    assert "PDFs are not read" in shown
    assert "Open Parliament Licence" in shown
    assert "its key isn’t set" not in shown
    saved = save(office, "records", {"organisation.records": [{"preset": "cqc", "of": "rxc"}]})
    assert saved.status_code == 303, saved.text
    assert "its key isn’t set" in office.get("/setup/records", "bea").text
    assert "Ask the site’s makers" not in office.get("/setup/rules", "bea").text


def test_an_address_with_a_password_is_never_saved(office: Office) -> None:
    row = {"preset": "board_papers", "of": "https://reader:drama-secret@example.org/papers/"}
    refused = save(office, "records", {"organisation.records": [row]})
    assert refused.status_code == 422
    assert "env:NAME" in refused.text
    assert "records" not in office.store.settings.current()
    assert "drama-secret" not in office.get("/setup/records", "bea").text


def test_a_first_name_that_has_not_begun_is_said_above_the_names_and_titles_keep_the_other(
    office: Office,
) -> None:
    names = [
        {"name": "NHS Later Example", "from": "2099-04-01"},
        {"name": "NHS Earlier Example", "until": "2099-03-31"},
    ]
    saved = save(office, "names", {"organisation.names": names, "organisation.topics": []})
    assert saved.status_code in (303, 422), saved.text
    if saved.status_code == 422:
        sure = re.search(r'name="sure" type="checkbox" value="(\w+)"', saved.text)
        assert sure, saved.text
        saved = save(
            office, "names", {"organisation.names": names, "organisation.topics": []}, sure=sure[1]
        )
        assert saved.status_code == 303, saved.text
    shown = office.get("/setup/names", "bea").text
    assert "begins on 1 April 2099: pages and papers say NHS Earlier Example until then" in shown
    title = re.search(r"<title>(.*?)</title>", shown)
    assert title
    assert "NHS Earlier Example" in title[1]


# ── what nobody changes alone ────────────────────────────────────────────────────────────────────

HERS = "07700 900999"


def with_row(office: Office, section: str, key: str, row: str, **changes: Any) -> dict[str, Any]:
    """A section as config.toml has it, with one row of a list changed by its key or name, or taken out by `gone`."""
    filed = office.filed(section)
    rows = [dict(each) for each in filed[key]]
    for each in rows:
        if each.get("key", each["name"]) == row:
            each.update(changes)
    return filed | {key: [each for each in rows if not each.pop("gone", False)]}


@pytest.mark.parametrize(
    ("section", "key", "row", "changes"),
    [
        ("contacts", "organisation.contacts", "Freedom to Speak Up Guardian", {"phones": [HERS]}),
        ("escalation", "review.roles", "guardian", {"reach": HERS}),
        ("escalation", "review.roles", "guardian", {"gone": True}),
        ("escalation", "review.roles", "safeguarding", {"gone": True}),
        ("templates", "review.templates", "speak_up", {"text": f"Ring {HERS}, with your full name and ward"}),
    ],
)  # fmt: skip
def test_a_lead_alone_neither_makes_herself_the_guardian_nor_takes_them_away(
    office: Office, section: str, key: str, row: str, changes: dict[str, Any]
) -> None:
    farah = office.store.users.add("local", "farah@example.org", "Farah Iqbal", ("guardian",), at=NOW).number  # fmt: skip
    read_by(office.desk, "ict@example.org")
    before = office.desk.config(office.store)
    content = with_row(office, section, key, row, **changes)
    asked = save(office, section, content)
    assert "it waits for another person of governance" in asked.text
    assert save(office, section, content, sure=sure(asked.text)).status_code == 303
    used = office.desk.config(office.store)
    assert {role.key for role in used.review.roles} >= {role.key for role in before.review.roles}
    assert HERS not in str((used.review.roles, used.organisation.contacts, used.review.templates))
    assert [what for what, _ in asked_of(office.store)] == ["contact", "contact"]
    assert ("contact", ("farah@example.org",)) in asked_of(office.store)
    page = office.read("/governance", "gwen")
    assert "waits for another person’s yes" in page.text
    (mark,) = [tag["value"] for tag in page.all("input", name="mark")]
    office.store.users.change(office.who["bea"], roles=("reviewer", "lead", "governance"), at=NOW)
    assert office.send("/governance/recipients", "bea", mark=mark).status_code == 403
    assert office.send("/governance/recipients", "gwen", mark=mark).headers["location"].endswith("approved#recipients")  # fmt: skip
    then = office.desk.config(office.store)
    assert HERS in str((then.review.roles, then.organisation.contacts, then.review.templates)) or "gone" in changes  # fmt: skip
    if "gone" in changes:
        assert row not in {role.key for role in then.review.roles}
        assert "nobody is there to be sent to" in office.read("/governance", "gwen").text
    office.store.users.change(office.who["bea"], roles=("reviewer", "lead"), at=NOW)
    office.store.users.change(farah, active=False, at=NOW)


@pytest.mark.parametrize(
    ("row", "changes"),
    [
        ("safeguarding", {"reach": HERS}), ("safeguarding", {"out_of_hours_phone": HERS}), ("security", {"hours": "working", "reach": HERS}),
        ("security", {"reach": HERS}), ("pals", {"when": "Staff who raise a concern; protected by law"}), ("police", {"reach": HERS}), ("media", {"name": f"Media desk {HERS}"}),
        ("information_governance", {"when": "Nobody; send it to the communications team"}), ("information_governance", {"reach": HERS}), ("", {}),
    ],
)  # fmt: skip
def test_whom_people_ring_in_danger_counts_at_once_and_governance_sees_it_until_another_person_has(
    office: Office, row: str, changes: dict[str, Any]
) -> None:
    read_by(office.desk, "ict@example.org")
    assert "governance is emailed and sees them" in office.read("/setup/escalation").text
    content = with_row(office, "escalation", "review.roles", row, **changes) if row else office.filed("escalation") | {"review.crisis_contact": f"Lena {HERS}"}  # fmt: skip
    asked = save(office, "escalation", content)
    if asked.status_code != 303:
        assert save(office, "escalation", content, sure=sure(asked.text)).status_code == 303
    new = str(next(iter(changes.values()), HERS))
    assert new in str(office.desk.config(office.store).review)
    page = office.read("/governance", "gwen")
    assert "Bea Whitlock changed how people are reached" in page.text
    lines = page.text.partition("I have seen it")[0].rpartition("How people are reached")[2]
    assert new in lines
    assert lines.count("instead of") == len(changes or "1")  # what did not change is not shown
    assert "reached" in {what for what, _ in asked_of(office.store)}
    (change,) = [tag["value"] for tag in page.all("input", name="change")]
    office.store.users.change(office.who["bea"], roles=("reviewer", "lead", "governance"), at=NOW)
    assert office.send("/governance/numbers", "bea", change=change).status_code == 403
    assert "changed how people are reached" in office.read("/governance", "gwen").text
    office.send("/governance/numbers", "gwen", change=change)
    assert "changed how people are reached" not in office.read("/governance", "gwen").text


def test_what_changes_nothing_of_whom_people_ring_in_danger_asks_nobody(office: Office) -> None:
    assert save(office, "escalation", office.filed("escalation") | {"review.chase.danger_minutes": 10}).status_code == 303  # fmt: skip
    page = office.read("/governance", "gwen").text
    assert "how people are reached" not in page
    assert "would be less" not in page
    assert office.desk.config(office.store).review.chase.danger_minutes == 10


def agree_to_each(office: Office) -> None:
    """Gwen says yes to one change after another; Bea, who saved them, can't."""
    while marks := [tag["value"] for tag in office.read("/governance", "gwen").all("input", name="mark")]:  # fmt: skip
        assert office.send("/governance/recipients", "bea", mark=marks[0]).status_code == 403
        done = office.send("/governance/recipients", "gwen", mark=marks[0])
        assert done.headers["location"].endswith("approved#recipients")
        left = [tag["value"] for tag in office.read("/governance", "gwen").all("input", name="mark")]  # fmt: skip
        assert len(left) == len(marks) - 1


TELLING: dict[str, Any] = {
    "alerts.on": True, "alerts.to": ["comms-duty@example.org", "lead@example.org"], "reports.daily_to": ["comms-duty@example.org"],
}  # fmt: skip
CHAIN = {"review.chase.chain": ["on-call@example.org", "director@example.org"]}


@pytest.mark.parametrize(
    ("key", "before", "less", "in_force"),
    [
        ("recipients", TELLING, {"alerts.on": False}, lambda config: config.alerts.on),
        ("recipients", TELLING, {"alerts.to": []}, lambda config: config.alerts.to == ("comms-duty@example.org", "lead@example.org")),
        ("escalation", CHAIN, {"review.chase.chain": []}, lambda config: config.review.chase.chain == ("on-call@example.org", "director@example.org")),
        ("escalation", CHAIN, {"review.chase.danger_minutes": 60}, lambda config: config.review.chase.danger_minutes == 15),
        ("clocks", {}, {"review.lanes.now_hours": 12}, lambda config: config.review.lanes.now_hours == 1),
    ],
)  # fmt: skip
def test_no_lead_alone_takes_away_who_is_told_and_governance_and_the_guardian_are_told_of_it(
    office: Office, key: str, before: dict[str, Any], less: dict[str, Any], in_force: Callable[[Any], bool]
) -> None:  # fmt: skip
    read_by(office.desk, "ops@example.org")
    for address in ("comms-duty@example.org", "lead@example.org", "on-call@example.org", "director@example.org"):  # fmt: skip
        office.store.approvals.add(Approval(what="address", email=(address,)), by=office.who["gwen"], at=NOW)  # fmt: skip
    standing = office.filed(key) | before
    office.store.settings.save(key, standing, 0, at=NOW, who="a test")
    assert in_force(office.desk.config(office.store))
    asked = save(office, key, standing | less, version=1)
    assert "it waits for another person of governance" in " ".join(asked.text.split())
    assert save(office, key, standing | less, version=1, sure=sure(asked.text)).status_code == 303
    assert in_force(office.desk.config(office.store))  # as before
    assert "Waits" in office.read(f"/setup/{key}").text or "waits" in office.read(f"/setup/{key}").text  # fmt: skip
    assert [what for what, _ in asked_of(office.store)] == ["less", "less"]
    agree_to_each(office)
    assert not in_force(office.desk.config(office.store))
    assert "would be told less" not in office.read("/governance", "gwen").text


@pytest.mark.parametrize("less", [{"organisation.topics": []}, {"organisation.topics": ["teapot"]}, {"names": {"search": False}}, {"names": {"until": "2026-01-31"}}])  # fmt: skip
def test_no_lead_alone_stops_the_search_and_governance_and_the_guardian_are_told_of_it(
    office: Office, less: dict[str, Any]
) -> None:
    read_by(office.desk, "ops@example.org")
    before = office.desk.config(office.store).organisation
    content = office.filed("names")
    change = less.get("names", {})
    first, *others = content["organisation.names"]
    rows = [first | change, *(row if "until" in change else row | change for row in others)]
    content |= {key: value for key, value in less.items() if key != "names"} | {"organisation.names": rows}  # fmt: skip
    asked = save(office, "names", content)
    assert "it waits for another person of governance" in " ".join(asked.text.split())
    assert save(office, "names", content, sure=sure(asked.text)).status_code == 303
    now = office.desk.config(office.store).organisation
    assert set(now.topics) >= set(before.topics)
    assert [name.search for name in now.names] == [name.search for name in before.names]
    assert [name.until for name in now.names if name.search] == [name.until for name in before.names if name.search]  # fmt: skip
    assert [what for what, _ in asked_of(office.store)] == ["less", "less"]
    page = office.read("/governance", "gwen")
    assert "Less would be searched for" in page.text
    agree_to_each(office)
    assert office.desk.config(office.store).organisation != before


def test_a_change_of_several_saves_has_a_yes_and_a_no_of_its_own(office: Office) -> None:
    read_by(office.desk, "ops@example.org")
    for address in CHAIN["review.chase.chain"]:
        office.store.approvals.add(Approval(what="address", email=(address,)), by=office.who["gwen"], at=NOW)  # fmt: skip
    standing = office.filed("escalation") | CHAIN
    office.store.settings.save("escalation", standing, 0, at=NOW, who="a test")
    content: dict[str, Any] = dict(standing)
    saves: list[dict[str, Any]] = [{"review.chase.chain": ["director@example.org"]}, {"review.chase.danger_minutes": 60}]  # fmt: skip
    for version, less in enumerate(saves, 1):
        content = content | less
        asked = save(office, "escalation", content, version=version)
        assert asked.text.count("it waits for another person of governance") == 1
        assert save(office, "escalation", content, version=version, sure=sure(asked.text)).status_code == 303  # fmt: skip
    lines = ["Told next where someone may be in danger, no longer: on-call@example.org", "Minutes until danger is chased: 60 instead of 15"]  # fmt: skip
    page = office.read("/governance", "gwen")
    assert [line in page.text for line in lines] == [True, True]
    marks = [tag["value"] for tag in page.all("input", name="mark")]
    by_line = dict(zip(sorted(lines, key=page.text.index), marks, strict=True))
    refused = office.send("/governance/recipients", "gwen", mark=by_line[lines[0]], answer="no")
    assert refused.headers["location"].endswith("refused#recipients")
    shown = office.read("/setup/escalation").text
    assert "Governance did not agree" in shown
    assert lines[0] in shown
    history = office.store.settings.history("escalation")[0]
    assert (history.by, history.note) == (office.who["gwen"], f"Not agreed to: {lines[0]}")
    assert history.content is not None
    assert history.content["review.chase.chain"] == CHAIN["review.chase.chain"]
    assert history.content["review.chase.danger_minutes"] == 60  # it waits on by itself
    assert "refused" in {what for what, _ in asked_of(office.store)}
    assert "guarded setting refused" in {event.kind for event in office.store.audit.events()}
    assert office.desk.config(office.store).review.chase.danger_minutes == 15
    assert lines[0] not in office.read("/governance", "gwen").text
    agree_to_each(office)
    assert office.desk.config(office.store).review.chase.danger_minutes == 60
    assert office.desk.config(office.store).review.chase.chain == tuple(CHAIN["review.chase.chain"])
    assert office.send("/governance/recipients", "gwen", mark=by_line[lines[0]], answer="no").headers["location"].endswith("changed#recipients")  # fmt: skip


def test_what_was_installed_is_put_back_without_a_yes_where_a_mailbox_was_never_approved(
    office: Office,
) -> None:
    standing = office.filed("recipients") | TELLING
    for address in TELLING["alerts.to"]:
        office.store.approvals.add(Approval(what="address", email=(address,)), by=office.who["gwen"], at=NOW)  # fmt: skip
    office.store.settings.save("recipients", standing, 0, at=NOW, who="a test")
    strange = standing | {"alerts.to": [*TELLING["alerts.to"], "lena.private@example.com"]}
    asked = save(office, "recipients", strange, version=1)
    assert save(office, "recipients", strange, version=1, sure=sure(asked.text)).status_code == 303
    assert save(office, "recipients", standing, version=2).status_code == 303
    assert "would be told less" not in office.read("/governance", "gwen").text


SOUGHT = (
    "Northwick Park",
    "Ealing Hospital",
    "Hillingdon Hospital",
    "Charing Cross Hospital",
    "Central Middlesex",
    "ICB",
)


def searching(office: Office, *more: str) -> tuple[dict[str, Any], list[str]]:
    """The section of search terms with some that are in force, and those."""
    filed = office.filed("names")
    topics = [*SOUGHT, *filed["organisation.topics"], *more]
    content = filed | {"organisation.topics": topics}
    office.store.settings.save("names", content, 0, at=NOW, who="a test")
    return content, topics


def sentence_of(office: Office) -> str:
    """The email of what was taken out, as it leaves."""
    (sentence,) = [
        waiting_of(row.payload).sentence
        for row in office.store.outbox.due(NOW)
        if row.kind == "asked" and row.payload["what"] == "sought"
    ]
    return sentence


@pytest.mark.parametrize("count", [1, 3])
def test_search_terms_that_a_lead_takes_out_are_shown_before_and_emailed_by_number_and_name(office: Office, count: int) -> None:  # fmt: skip
    read_by(office.desk, "ops@example.org")
    content, topics = searching(office)
    gone, left = topics[:count], topics[count:]
    asked = save(office, "names", content | {"organisation.topics": left})
    assert asked.status_code == 422, "nothing is saved before the question was ticked"
    assert office.desk.config(office.store).organisation.topics == tuple(topics)
    assert all(f"‘{term}’" in asked.text for term in gone)
    assert f"{count} removed" in asked.text
    assert save(office, "names", content | {"organisation.topics": left}, sure=sure(asked.text)).status_code == 303  # fmt: skip
    assert office.desk.config(office.store).organisation.topics == tuple(left)
    page = office.read("/governance", "gwen")
    assert all(f"Search term ‘{term}’: not searched for any more" in page.text for term in gone)
    assert {what for what, _ in asked_of(office.store)} == {"sought"}
    words = sentence_of(office)
    assert f"removed {count} search term{'s' if count > 1 else ''}: " in words
    assert all(f"‘{term}’" in words for term in gone)
    assert "telephone" not in words


def test_the_email_about_a_term_that_may_be_a_name_does_not_write_it(office: Office) -> None:
    read_by(office.desk, "ops@example.org")
    content, topics = searching(office, "Rosalind Featherstone")
    left = content | {"organisation.topics": topics[1:-1]}
    asked = save(office, "names", left)
    assert save(office, "names", left, sure=sure(asked.text)).status_code == 303
    words = sentence_of(office)
    assert "removed 2 search terms" in words
    assert "1 that may be a name" in words
    assert "Featherstone" not in words
    assert f"‘{topics[0]}’" in words


@pytest.mark.parametrize(
    ("named", "chain", "says"),
    [
        ([], [], "told next if they don’t take it: nobody;"),
        ([], ["on-call@example.org"], "told next if they don’t take it: 1 address where someone may be in danger (set under Passing on), nobody of anything else;"),
        (["next@example.org"], ["on-call@example.org"], "told next if they don’t take it: 1 address;"),
    ],
)  # fmt: skip
def test_the_settings_say_who_is_told_next_as_a_case_does(office: Office, named: list[str], chain: list[str], says: str) -> None:  # fmt: skip
    for address in (*named, *chain):
        office.store.approvals.add(Approval(what="address", email=(address,)), by=office.who["gwen"], at=NOW)  # fmt: skip
    office.store.settings.save("recipients", office.filed("recipients") | {"alerts.next": named}, 0, at=NOW, who="a test")  # fmt: skip
    office.store.settings.save("escalation", office.filed("escalation") | {"review.chase.chain": chain}, 0, at=NOW, who="a test")  # fmt: skip
    assert says in office.read("/setup").text
    team = office.desk.config(office.store).alerts.team
    told = next_contacts(True, "now", team, office.desk.config(office.store))
    assert bool(told) == ("nobody;" not in says), "as the step that emails them has it"


def test_where_nothing_is_searched_for_every_page_says_so(office: Office) -> None:
    said = "Nothing of ours is searched for"
    assert said not in office.read("/today", "amina").text
    content = office.filed("names")
    rows = [row | {"search": False} for row in content["organisation.names"]]
    office.store.settings.save("names", {"organisation.names": rows, "organisation.topics": []}, 0, at=NOW, who="the installer")  # fmt: skip
    for page, who in (("/today", "amina"), ("/all", "amina"), ("/handover", "bea"), ("/governance", "gwen"), ("/setup", "bea")):  # fmt: skip
        assert said in office.read(page, who).text, (page, who)


def test_the_guardians_time_to_confirm_is_no_leads_alone(office: Office) -> None:
    content = with_row(office, "escalation", "review.roles", "guardian", minutes=10000)
    asked = save(office, "escalation", content)
    assert save(office, "escalation", content, sure=sure(asked.text)).status_code == 303
    guardian = next(role for role in office.desk.config(office.store).review.roles if role.type == "guardian")  # fmt: skip
    assert (guardian.minutes or 240) == 240
    assert "minutes to confirm: 10000 instead of 240" in office.read("/governance", "gwen").text


def test_where_nobody_is_told_every_page_says_so_and_the_overview_promises_nothing(office: Office) -> None:  # fmt: skip
    farah = office.store.users.add("local", "farah", "Farah Idris", ["guardian"], at=NOW).number
    silent = "No email is sent at once"
    office.store.settings.save("recipients", office.filed("recipients") | TELLING, 0, at=NOW, who="a test")  # fmt: skip
    for page in ("/today", "/all", "/handover"):
        assert silent not in office.read(page, "amina").text
    states: tuple[dict[str, Any], ...] = ({"alerts.on": False}, {"alerts.to": [], "alerts.route": []})  # fmt: skip
    for state in states:
        version = office.store.settings.current()["recipients"].version
        office.store.settings.save("recipients", office.filed("recipients") | TELLING | state, version, at=NOW, who="the installer")  # fmt: skip
        for page, who in (("/today", "amina"), ("/all", "amina"), ("/handover", "bea"), ("/governance", "gwen"), ("/setup", "bea")):  # fmt: skip
            assert silent in office.read(page, who).text, (page, who)
        assert "The Guardian is emailed a case of high risk at once" not in office.read("/governance", "gwen").text  # fmt: skip
    office.store.users.change(farah, active=False, at=NOW)


def test_a_telephone_that_can_not_be_rung_is_asked_about_and_the_green_box_says_what_was_saved(
    office: Office,
) -> None:
    before = office.filed("escalation")
    short = save(office, "escalation", before | {"review.crisis_contact": "020 7946 01"})
    assert short.status_code == 422
    assert "‘020 7946 01’ is no whole telephone number" in short.text
    named = save(
        office, "escalation", before | {"review.crisis_contact": "ring Jane in the office"}
    )
    assert named.status_code == 422
    assert "This looks like a person’s name. Write the role" in named.text
    assert office.store.settings.current() == {}
    save(office, "escalation", before | {"review.crisis_contact": "the desk, 020 7946 0199"})
    banner = office.read("/setup/escalation?saved=1").text.partition("is in force.")[2]
    assert "the desk, 020 7946 0199 instead of" in banner.partition("Undo")[0]


def test_search_terms_stand_before_the_long_list_of_names_which_is_folded_until_it_is_changed(
    office: Office,
) -> None:
    source = office.get("/setup/names", "bea").text
    terms = source.index('id="organisation.topics"')
    assert terms < source.index('name="rows:organisation.names"')
    assert source[terms:].count('<details class="nhsuk-details"><summary') == 1
    added = save(office, "names", office.filed("names"), do="add:organisation.names")
    assert '<details class="nhsuk-details" open><summary' in added.text
