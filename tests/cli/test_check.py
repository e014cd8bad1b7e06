from __future__ import annotations

import shutil
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from cryptography.fernet import Fernet

from classify.model.onnx_model import SHIPPED as MODEL
from cli import check
from core import clock
from demo.servers.microsoft import MicrosoftStandIn
from demo.world import World
from settings import schema, secrets
from settings.examples import keys_of_examples
from steps import deliver
from tests.conftest import Command
from tests.cycles import SHIPPED, at_home, changed, settled, walk, without_examples
from tests.steps.test_deliver import become_high, mention

TEAMS = {"name": "Duty team", "kind": "teams", "address": "file:webhook"}


@pytest.fixture
def made(calm: World, tmp_path: Path) -> Path:
    path = settled(tmp_path, calm)
    webhook = tmp_path / "webhook"
    webhook.touch(mode=0o600)
    webhook.write_text("https://workflows.example.org/0123456789", "utf-8")
    changed(
        path,
        alerts={"second": {"channels": [TEAMS]}},
        reports={"daily_to": ["a@example.org"], "weekly_to": ["a@example.org"]},
        review={
            "crisis_contact": "the night manager",
            "accessibility_contact": "020 7946 0133",
            "roles": [
                {"key": "pals", "name": "PALS", "when": "Help", "email": ["pals@example.org"]},
                {
                    "key": "guardian",
                    "type": "guardian",
                    "name": "Freedom to Speak Up Guardian",
                    "when": "Speaking up",
                    "email": ["guardian@example.org"],
                },
            ],
            "chase": {"chain": ["on-call@example.org"]},
            "looking": {"email": ["dpo@example.org"]},
        },
    )
    without_examples(path)
    return path


def states(path: Path) -> dict[str, str]:
    return {found.what: found.state for found in check.checks(schema.load(path), path.parent)}


def test_with_everything_there_each_line_says_ok_and_the_status_is_0(
    made: Path, mentions: Command
) -> None:
    result = mentions("check", "--offline", "--config", made)
    assert result.exit_code == 0, result.output
    off = [line for line in result.stdout.splitlines() if line.split()[0] != "ok"]
    # two teams that this site has not; another purpose, which is off with everything there; and terms that nobody has read
    assert [line.split(":")[0].split(maxsplit=1)[1] for line in off] == [
        "teams that must be there", "teams that must be there", "passing on to an employer", "terms of platforms",
    ]  # fmt: skip
    for what in ("model", "store", "source x", "source reddit", "source feeds", "source files",
                 "mail server", "alerts", "morning list", "weekly summary"):  # fmt: skip
        assert f"  {what}: " in result.stdout
    walk(made)
    assert mentions("check", "--offline", "--config", made).exit_code == 0  # and with a store


def test_as_shipped_it_says_what_is_missing_and_what_is_off_on_purpose(
    tmp_path: Path, mentions: Command
) -> None:
    shutil.copy(SHIPPED, tmp_path / "config.toml")
    result = mentions("check", "--offline", "--config", tmp_path / "config.toml")
    assert result.exit_code == 1
    found = states(tmp_path / "config.toml")
    assert found["store"] == "missing"  # no key yet
    assert found["sources"] == "missing"  # none is on
    assert {found[f"source {name}"] for name in ("x", "reddit", "feeds", "files")} == {"off"}
    assert found["mail server"] == found["alerts"] == "off"
    assert found["crisis contact"] == found["accessibility contact"] == "off"
    assert "the page names nobody: see [review] crisis_contact" in result.stdout
    assert "mentions new-key" in result.stdout


def found_of(path: Path, what: str) -> check.Check:
    return next(each for each in check.checks(schema.load(path), path.parent) if each.what == what)


def test_nothing_that_still_holds_an_example_is_called_ok(made: Path) -> None:
    shipped = tomllib.loads(SHIPPED.read_text("utf-8"))
    changed(
        made, organisation={"contacts": shipped["organisation"]["contacts"]},
        alerts={"mail": {"host": shipped["alerts"]["mail"]["host"]}},
    )  # fmt: skip
    templates = found_of(made, "reply templates")
    assert (templates.state, "point to examples that reach nobody" in templates.says) == ("missing", True)  # fmt: skip
    mail = found_of(made, "mail server")
    assert mail.state == "missing"
    assert "host is still the example that ships (smtp.example.org)" in mail.says
    changed(made, alerts={"mail": {"host": "mail.icb.invalid", "timeout_seconds": 1.0}})
    assert "mentions@example.org" in found_of(made, "sender of emails").says


def test_a_source_that_still_points_to_an_example_is_known_by_its_keys() -> None:
    shipped = tomllib.loads(SHIPPED.read_text("utf-8"))["collectors"]
    assert keys_of_examples(shipped["inbox"]) == ["host", "user"]
    assert keys_of_examples(shipped["bluesky"]) == ["identifier"]
    assert keys_of_examples(shipped["inbox"] | {"host": "127.0.0.1"}) == []  # a stand-in
    assert keys_of_examples(shipped["x"]) == []


def test_emails_that_wait_are_no_nothing_to_be_mailed(tmp_path: Path, mentions: Command) -> None:
    shutil.copy(SHIPPED, tmp_path / "config.toml")
    path = tmp_path / "config.toml"
    assert mentions("new-key", "--config", path).exit_code == 0
    assert mentions("init", "--database", "--config", path).exit_code == 0
    assert found_of(path, "mail server").state == "off"
    with at_home(path) as (house, _):
        house.store.outbox.add("access", "a", clock.now(), {}, ["dpo@example.org"])
    mail = found_of(path, "mail server")
    assert mail.state == "missing"
    assert "by which no email leaves; 1 waits: name yours under [alerts.mail]" in mail.says


def test_a_reply_template_that_points_to_nobody_is_named(tmp_path: Path) -> None:
    written = SHIPPED.read_text("utf-8").replace('contact = "Media desk"', 'contact = "Press"')
    (tmp_path / "config.toml").write_text(written, "utf-8")
    cfg = schema.load(tmp_path / "config.toml")
    (found,) = [one for one in check.checks(cfg, tmp_path) if one.what == "reply templates"]
    assert found.state == "missing"
    assert "there is no contact point called Press" in found.says


WRONG: list[tuple[dict[str, object], str, str]] = [
    ({"collectors": {"x": {"bearer_token": "env:NOT_SET_X"}}}, "source x", "NOT_SET_X"),
    ({"collectors": {"reddit": {"client_id": "file:gone"}}}, "source reddit", "gone"),
    ({"collectors": {"x": {"approval": ""}}}, "source x", "approv"),
    ({"collectors": {"reddit": {"approval": " "}}}, "source reddit", "approv"),
    ({"collectors": {"x": {"pages": "many"}}}, "sources", "pages"),
    ({"collectors": {"facebok": {"on": True}}}, "sources", "facebok"),
    (
        {
            "collectors": {
                "feeds": {
                    "wordpress": [
                        {
                            "url": "http://127.0.0.1:9",
                            "user": "comms",
                            "password": "env:NOT_SET_SITE",
                        }
                    ]
                }
            }
        },
        "source feeds",
        "wordpress 1 is left out: its secret is missing: set the environment variable NOT_SET_SITE",
    ),
    ({"alerts": {"mail": {"port": 9}}}, "mail server", "can't be reached"),
    ({"alerts": {"mail": {"password": "env:NOT_SET_MAIL"}}}, "mail server", "NOT_SET_MAIL"),
    ({"alerts": {"mail": {"ca_file": "gone.pem"}}}, "mail server", "ca_file"),
    ({"alerts": {"mail": {"ca_file": ""}}}, "mail server", "ca_file"),
    ({"alerts": {"mail": {"user": "nobody"}}}, "mail server", "sign-in"),
    ({"alerts": {"to": []}}, "alerts", "[alerts] to"),
    ({"store": {"keys": ["file:no-key"]}}, "store", "no-key"),
    ({"classifier": {"model": "nowhere"}}, "model", "nowhere"),
]


@pytest.mark.parametrize(("change", "what", "says"), WRONG)
def test_each_missing_thing_is_named_with_its_mend(
    change: dict[str, dict[str, object]], what: str, says: str, made: Path, mentions: Command
) -> None:
    changed(made, **change)
    result = mentions("check", "--offline", "--config", made)
    assert result.exit_code == 1
    (line,) = [line for line in result.stdout.splitlines() if line.startswith("MISSING")]
    assert line.startswith(f"MISSING  {what}: ")
    assert says in line
    assert "1 thing is missing" in result.stderr


def test_a_store_that_is_damaged_or_anothers_is_named(made: Path) -> None:
    walk(made)
    (made.parent / "key").unlink()
    assert states(made)["store"] == "missing"
    secrets.new_secret_file(made.parent / "key", Fernet.generate_key().decode())
    found = {one.what: one for one in check.checks(schema.load(made), made.parent)}
    assert found["store"].state == "missing"
    assert "key" in found["store"].says
    (made.parent / "mentions.db").write_bytes(b"no database" * 500)
    assert states(made)["store"] == "missing"


def test_a_model_that_was_changed_is_named(made: Path, tmp_path: Path) -> None:
    shutil.copytree(MODEL, tmp_path / "weights")
    with (tmp_path / "weights" / "model.json").open("a") as file:
        file.write(" ")
    changed(made, classifier={"model": "weights"})
    assert states(made)["model"] == "missing"


def test_mails_that_were_given_up_are_named(calm: World, made: Path, mentions: Command) -> None:
    calm.faults.add("mail", "550", path="RCPT")
    with at_home(made) as (house, _):
        become_high(house, mention(1))
        deliver.deliver(house, clock.now())
    result = mentions("check", "--offline", "--config", made)
    assert result.exit_code == 1
    assert "MISSING  mails: 1 " in result.stdout
    assert "--retry-mail" in result.stdout


def test_no_line_holds_a_secret(calm: World, made: Path, mentions: Command) -> None:
    said = mentions("check", "--offline", "--config", made).output
    key = (made.parent / "key").read_text("utf-8").strip()
    for secret in (calm.mail.password, calm.x_bearer, *calm.reddit_client, key):
        assert secret not in said


def test_sign_in_by_the_organisations_accounts_is_checked_without_asking_anybody(
    made: Path,
) -> None:
    def sign_in() -> check.Check:
        found = check.checks(schema.load(made), made.parent)
        return next(one for one in found if one.what == "sign-in")

    assert sign_in().state == "ok"
    changed(
        made, review={"oidc": {
            "on": True, "kind": "other", "issuer": "https://id.example.org", "client_id": "abc",
            "client_secret": "file:oidc-secret", "roles": {"Mentions.Lead": ["lead"]},
        }},
    )  # fmt: skip
    assert (sign_in().state, "the application's secret" in sign_in().says) == ("missing", True)
    secrets.new_secret_file(made.parent / "oidc-secret", "invented")
    assert (sign_in().state, sign_in().says) == (
        "ok", "by https://id.example.org, its secret is there",
    )  # fmt: skip


def test_who_is_told_of_some_flags_is_said_and_a_flag_that_the_policy_lacks_is_missing(
    made: Path,
) -> None:
    routes = [{"flags": ["pid", "threat"], "to": ["a@example.org"]}, {"flags": ["thread"], "to": ["b@example.org"]}]  # fmt: skip
    changed(made, alerts={"route": routes})
    found = {looked.what: looked for looked in check.checks(schema.load(made), made.parent)}
    assert found["alerts of pid, threat"].state == "ok"
    assert found["alerts of thread"].state == "missing"
    assert "no flag called thread" in found["alerts of thread"].says


def test_a_team_without_an_email_is_to_be_rung_and_a_chain_without_anybody_is_named(
    calm: World, tmp_path: Path
) -> None:
    roles = [
        {"key": "pals", "name": "PALS", "when": "Help"},
        {"key": "media", "name": "Media desk", "when": "Press", "reach": "020 7946 0150"},
        {
            "key": "security",
            "name": "Security",
            "when": "Threats",
            "reach": "020 7946 0177",
            "hours": "working",
            "email": ["s@example.org"],
        },
        {
            "key": "safeguarding",
            "name": "Safeguarding",
            "when": "Danger",
            "reach": "020 7946 0133",
            "hours": "any",
            "email": ["t@example.org"],
        },
    ]
    path = settled(tmp_path, calm, review={"roles": roles, "chase": {"chain": []}})
    says = {line.what: line.says for line in check.checks(schema.load(path), path.parent)}
    assert (
        "no email for PALS, Media desk: ring them, and the page can’t say how: PALS"
        in says["passing on by phone"]
    )
    assert "nobody is told" in says["on-call chain"]
    assert says["ringing at night"].startswith("nobody answers for Security outside working hours")


def test_a_site_in_which_nobody_is_guardian_is_told_that_the_lane_is_read_by_nobody(
    calm: World, tmp_path: Path
) -> None:
    path = settled(
        tmp_path, calm, review={"roles": [{"key": "pals", "name": "PALS", "when": "Help"}]}
    )
    assert states(path)["Freedom to Speak Up Guardian"] == "missing"
    with at_home(path) as (house, _):
        house.store.users.add("local", "bea", "Bea Whitlock", ("lead",), at=clock.now())
        assert states(path)["Freedom to Speak Up Guardian"] == "missing"
        house.store.users.add("local", "farah", "Farah Example", ("guardian",), at=clock.now())
    assert states(path)["Freedom to Speak Up Guardian"] == "ok"
    for handle, mailbox, state in (
        ("bea", [], "missing"),
        ("bea", ["duty@example.org"], None),
        ("bea@example.org", [], None),
        ("", [], None),
    ):
        changed(path, review={"duty_lead": handle, "duty_lead_email": mailbox})
        assert states(path).get("the duty lead's email") == state


def test_a_guardian_whose_contact_is_the_communications_teams_mailbox_is_named(calm: World, tmp_path: Path) -> None:  # fmt: skip
    path = settled(tmp_path, calm)
    assert "the Guardian's contact" not in states(path)
    own = {"name": "Freedom to Speak Up Guardian", "phones": ["111"]}
    changed(path, organisation={"contacts": [own]})
    assert states(path)["the Guardian's contact"] == "missing"


# ── a test of every channel ──────────────────────────────────────────────────────────────────────


def test_a_test_goes_out_by_every_channel_and_each_says_what_happened(
    calm: World, made: Path, mentions: Command
) -> None:
    with MicrosoftStandIn(clock.now()) as microsoft:
        (made.parent / "webhook").write_text(microsoft.workflow, "utf-8")
        result = mentions("check", "--config", made, "--send-test", "bea@example.org")
    assert result.exit_code == 0, result.output
    mail, teams = result.stdout.splitlines()
    assert mail.startswith("sent      Email: mail server 127.0.0.1:")
    assert teams.startswith("sent      Duty team: ")
    assert calm.mail.messages[-1]["X-Envelope-To"] == "bea@example.org"
    assert microsoft.cards[0]["body"][0]["text"] == "A test: nothing has happened"


def test_a_test_that_does_not_leave_says_why_and_the_others_go_out(
    calm: World, made: Path, mentions: Command
) -> None:
    calm.faults.add("mail", "550", path="RCPT")
    (made.parent / "webhook").unlink()
    result = mentions("check", "--config", made, "--send-test", "bea@example.org")
    assert result.exit_code == 1
    mail, teams = result.stdout.splitlines()
    assert mail.startswith("NOT SENT  Email: It did not leave: mail server 127.0.0.1:")
    assert "there is no such mailbox" in mail
    assert "the address of Duty team is missing: set the file" in teams
    assert "2 of the tests did not leave" in result.stderr


def test_each_paper_that_is_missing_is_named_with_what_to_write(
    made: Path, mentions: Command
) -> None:
    changed(made, governance={"dpo": "", "review_date": "2020-01-01"})
    result = mentions("check", "--offline", "--config", made)
    assert result.exit_code == 1
    assert (
        "MISSING  [governance] dpo: no source is read before: write the data protection"
        in result.stdout
    )
    assert "[governance] review_date: no source is read before: the review was due" in result.stdout


def test_papers_whose_review_comes_soon_are_named_before_sources_stop(made: Path) -> None:
    lines = [
        each.says
        for each in check.checks(schema.load(made), made.parent)
        if each.what == "[governance]"
    ]
    assert "after that day no source is read" in lines[0]


def test_a_team_that_must_be_there_and_is_not_is_named(made: Path, mentions: Command) -> None:
    config = tomllib.loads(made.read_text("utf-8"))
    config["review"]["roles"] = [
        role for role in config["review"]["roles"] if "guardian" not in (role["key"], role.get("type"))
    ]  # fmt: skip
    made.write_text(tomli_w.dumps(config), "utf-8")
    result = mentions("check", "--offline", "--config", made)
    assert result.exit_code == 1
    assert "MISSING  teams that must be there: Staff who raise a concern: no team of that type" in result.stdout  # fmt: skip


def test_what_waits_for_governance_and_why_employment_is_off_are_said(made: Path, mentions: Command) -> None:  # fmt: skip
    config = tomllib.loads(made.read_text("utf-8"))
    config["review"]["roles"].append({"key": "desk", "type": "other", "name": "Conduct panel", "when": ""})  # fmt: skip
    config["review"]["roles"].append({"key": "hr", "name": "HR", "when": "", "hr": True})
    config["governance"]["employment"] = {"on": True, "dpia": "DPIA-2026-021"}
    made.write_text(tomli_w.dumps(config), "utf-8")
    said = mentions("check", "--offline", "--config", made).stdout
    assert "passing on to Conduct panel: it sounds like a way to an employer, and waits for governance: not offered until then" in said  # fmt: skip
    assert "MISSING  passing on to an employer: [governance.employment] is not complete" in said
    assert "union_consulted: write the day on which the unions were consulted" in said


def test_it_says_where_nobody_is_mailed_of_much_that_is_opened_and_no_end_of_the_record_leaves(
    made: Path, mentions: Command
) -> None:
    changed(made, reports={"daily_to": []}, review={"looking": {"email": []}}, alerts={"on": False}, health={"to": []})  # fmt: skip
    said = mentions("check", "--offline", "--config", made).output
    assert "off      one person opens much: nobody is mailed" in said
    assert "MISSING  end of the record: nobody outside this system gets it" in said
    changed(made, governance={"chain_end_to": ["dpo@example.org"]}, review={"looking": {"email": ["dpo@example.org"]}})  # fmt: skip
    said = mentions("check", "--offline", "--config", made).output
    assert "one person opens much" not in said
    assert "ok       end of the record: it leaves each day by an email of its own" in said


def test_public_records_that_are_chosen_and_that_nothing_reads_are_named(made: Path) -> None:
    assert "public records" not in states(made)
    changed(
        made,
        organisation={"records": [{"preset": "hansard"}, {"preset": "petitions"}]},
        collectors={"feeds": {"on": False}},
    )
    lines = [
        line
        for line in check.checks(schema.load(made), made.parent)
        if line.what == "public records"
    ]
    assert [(line.state, line.says) for line in lines] == [
        ("off", "2 are chosen, and nothing reads them: turn on [collectors.feeds]"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("names", "state"),
    [
        ([{"name": "NHS Old Example", "until": date(2025, 3, 31)}, {"name": "NHS New Example", "from": date(2025, 4, 1)}], "off"),
        ([{"name": "NHS Old Example", "until": date(2025, 3, 31)}], "missing"),
        ([{"name": "NHS New Example"}], None),
    ],
)  # fmt: skip
def test_a_first_name_that_has_ended_is_named(
    made: Path, names: list[dict[str, Any]], state: str | None
) -> None:
    changed(made, organisation={"names": names})
    assert states(made).get("name of the organisation") == state


@pytest.mark.parametrize(("key", "state"), [("", "missing"), ("env:CQC_KEY", None)])
def test_a_record_of_the_cqc_without_its_key_is_named(
    made: Path, key: str, state: str | None
) -> None:
    changed(
        made,
        organisation={"records": [{"preset": "cqc", "of": "RYJ"}]},
        collectors={"feeds": {"on": True, "cqc_key": key}},
    )
    assert states(made).get("public record of the CQC") == state
